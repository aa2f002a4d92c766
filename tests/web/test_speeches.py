"""The library of speeches: nothing half stored, nothing invented, nothing doubled."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlalchemy import select

from quizapp.core.gates import GATES
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.formats.speech_files import MAX_CHARACTERS
from quizapp.web.views.speeches import GATE_WORDS

DEMO = (Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt").read_text(encoding="utf-8")
UNTITLED = "同志们：\n\n" + "\n".join(DEMO.splitlines()[4:])


def uploaded(browser, text, title="", name="讲话.txt"):
    content = text if isinstance(text, bytes) else text.encode()
    return browser.submit("/speeches/new", {"file": (BytesIO(content), name), "title": title})


def count(session, table):
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def address(editor):
    """The page of the demonstration speech, just uploaded."""
    return uploaded(editor, DEMO).location


def test_the_empty_library_says_what_to_do(editor):
    page = editor.get("/speeches").get_data(as_text=True)

    assert "还没有讲话" in page
    assert 'href="/speeches/new"' in page


def test_the_upload_page_says_the_limits(editor):
    page = editor.get("/speeches/new").get_data(as_text=True)

    assert "10 MB" in page
    assert "200,000 字" in page


def test_an_uploaded_speech_takes_the_title_its_text_states(editor, session):
    answer = uploaded(editor, DEMO)

    assert answer.status_code == 302
    assert session.scalar(select(SpeechRow.title)) == DEMO.splitlines()[0]


def test_the_editor_s_title_wins_over_the_text_s(editor, session):
    uploaded(editor, DEMO, title="　另一个标题 ")

    assert session.scalar(select(SpeechRow.title)) == "另一个标题"


def test_the_library_lists_a_speech_with_its_figures(editor, address, office, session):
    page = editor.get("/speeches").get_data(as_text=True)

    assert DEMO.splitlines()[0] in page
    assert "讲话.txt" in page
    assert office.editor.name in page
    assert count(session, KeyPointRow) > 0
    assert f'data-label="要点">{count(session, KeyPointRow)}<' in page


REFUSED = {
    "an empty file": (b"", "空文件"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "图片"),
    "a PDF": (b"%PDF-1.7", "PDF"),
    "nothing but spaces": ("　\n ".encode(), "没有文字"),
    "a broken .docx": (b"PK\x03\x04" + b"\0" * 200, "损坏"),
    "an encrypted or old .docx": (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "Office"),
    "bytes in no known encoding": (bytes(range(129, 255)) * 3, "编码"),
    "a text without any ordinals": ("今天天气很好，我们去公园散步，一直玩到傍晚。".encode() * 20, "序号"),
    "more characters than a speech has": (b"a" * (MAX_CHARACTERS + 1), f"最多 {MAX_CHARACTERS} 个字符"),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_no_speech_is_refused_in_one_sentence_and_not_stored(editor, session, content, sentence):
    answer = uploaded(editor, content)

    problems = re.findall(r"<li>(.*?)</li>", answer.get_data(as_text=True).split('id="errors"')[1].split("</div>")[0])
    assert answer.status_code == 422
    assert len(problems) == 1
    assert sentence in problems[0]
    assert count(session, SpeechRow) == 0


def test_no_file_at_all_is_asked_for_at_its_field(editor):
    answer = editor.submit("/speeches/new", {"title": "标题"})

    assert answer.status_code == 422
    assert 'href="#file"' in answer.get_data(as_text=True)


def test_the_same_file_again_leads_to_the_stored_speech(editor, address, session):
    answer = uploaded(editor, DEMO, title="换个标题", name="副本.txt")

    assert answer.location == address
    assert "以前上传过" in editor.get(address).get_data(as_text=True)
    assert count(session, SpeechRow) == 1


def test_a_speech_without_a_title_asks_for_one_and_invents_none(editor, session):
    address = uploaded(editor, UNTITLED).location
    page = editor.get(address).get_data(as_text=True)

    assert session.scalar(select(SpeechRow.title)) is None
    assert "先补标题" in page
    assert f"{address}/drafts" not in page
    assert "（待补标题）" in editor.get("/speeches").get_data(as_text=True)


def test_nothing_is_drafted_from_a_speech_without_a_title(editor, session):
    answer = editor.submit(uploaded(editor, UNTITLED).location + "/drafts")

    assert answer.status_code == 422
    assert "请先填写标题" in answer.get_data(as_text=True)
    assert count(session, QuestionRow) == 0


def test_a_title_once_given_opens_drafting_and_names_the_source(editor, session):
    address = uploaded(editor, UNTITLED).location
    editor.submit(address + "/title", {"title": "在学习会上的讲话"})
    editor.submit(address + "/drafts")

    assert set(session.scalars(select(QuestionVersionRow.source_speech))) == {"在学习会上的讲话"}


@pytest.mark.parametrize("title", ["", "   ", "长" * 201, "有\x01控制字符"], ids=["none", "spaces", "long", "control"])
def test_a_bad_title_is_refused_and_the_old_one_stays(editor, address, session, title):
    answer = editor.submit(address + "/title", {"title": title})

    assert answer.status_code == 422
    assert session.scalar(select(SpeechRow.title)) == DEMO.splitlines()[0]


def test_the_page_links_each_heading_to_its_paragraph(editor, address):
    page = editor.get(address).get_data(as_text=True)
    targets = set(re.findall(r'href="#(paragraph-\d+)"', page))

    assert len(targets) > 5
    assert all(f'id="{target}"' in page for target in targets)


def test_the_page_marks_key_points_in_the_text_and_links_both_ways(editor, address, session):
    page = editor.get(address).get_data(as_text=True)

    assert '<mark class="key-point' in page
    assert "pair" in " ".join(re.findall(r'<mark class="([^"]+)"', page))
    for number in range(1, count(session, KeyPointRow) + 1):
        assert f'id="text-point-{number}"' in page
        assert f'href="#text-point-{number}"' in page


def test_the_text_on_the_page_is_the_text_of_the_speech(editor, address, session):
    page = editor.get(address).get_data(as_text=True)
    text = page.split('class="speech-text numbered">')[1].split("</section>")[0]
    unmarked = re.sub(r'<a class="point-ref".*?</a>|<span class="paragraph-number">\d+</span>', "", text)
    plain = "".join(re.sub(r"<[^>]+>", "", unmarked).split())

    assert plain == "".join(session.scalar(select(SpeechRow.text)).split())


def test_a_speech_is_shown_as_text_whatever_it_holds(editor):
    answer = uploaded(editor, "讲话\n\n一、我说<script>alert(1)</script>这一句。\n\n二、再说一句。")
    page = editor.get(answer.location).get_data(as_text=True)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_drafting_puts_drafts_on_the_desk_and_says_how_many(editor, address, session):
    answer = editor.submit(address + "/drafts", follow_redirects=True)
    page = answer.get_data(as_text=True)

    made = count(session, QuestionRow)
    assert made > 0
    assert f"新拟 {made} 题，已有 0 题" in page
    assert 'href="/review' in page
    assert "拟出的题" in page


def test_drafting_again_adds_nothing(editor, address, session):
    editor.submit(address + "/drafts")
    made = count(session, QuestionRow)
    page = editor.submit(address + "/drafts", follow_redirects=True).get_data(as_text=True)

    assert f"新拟 0 题，已有 {made} 题" in page
    assert count(session, QuestionRow) == made


def test_drafting_does_not_double_the_key_points_stored_on_upload(editor, address, session):
    before = count(session, KeyPointRow)
    editor.submit(address + "/drafts")

    assert count(session, KeyPointRow) == before


@pytest.mark.parametrize("who", ["staff", "chief", "director", "admin", "auditor"])
@pytest.mark.parametrize("path", ["/speeches", "/speeches/new"])
def test_only_editors_know_of_the_library(client_of, office, who, path):
    assert client_of(getattr(office, who)).get(path).status_code == 404


def test_a_speech_that_is_not_there_is_a_missing_page(editor):
    assert editor.get("/speeches/no-such-speech").status_code == 404
    assert editor.submit("/speeches/no-such-speech/drafts").status_code == 404


def test_every_gate_has_words_for_editors():
    assert {gate.name for gate in GATES} <= GATE_WORDS.keys()
