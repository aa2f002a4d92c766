"""Uploading a speech: a file or pasted text, one of the two; nothing half stored, doubled or typed in vain."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlalchemy import select

from quizapp.db.speeches import SpeechRow
from quizapp.formats.speech_files import MAX_CHARACTERS

DEMO = (Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt").read_text(encoding="utf-8")
TITLE = DEMO.splitlines()[0]


def uploaded(browser, content=None, text="", title="", name="讲话.txt"):
    form = {"text": text, "title": title}
    if content is not None:
        form["file"] = (BytesIO(content if isinstance(content, bytes) else content.encode()), name)
    return browser.submit("/speeches/new", form)


def count(session):
    session.rollback()
    return session.scalar(select(func.count()).select_from(SpeechRow))


def problems(answer):
    """What the page says is wrong: (field, sentence)."""
    told = answer.get_data(as_text=True).split('id="errors"')[1].split("</div>")[0]
    return re.findall(r'<li>(?:<a href="#([^"]*)">)?(.*?)(?:</a>)?</li>', told)


def test_the_page_says_what_is_taken_and_how_much(editor):
    page = editor.get("/speeches/new").get_data(as_text=True)

    for words in (".docx", ".txt", ".pdf", ".html", ".mht", "10 MB", "100 MB", "200,000 字"):
        assert words in page


@pytest.mark.parametrize(("installed", "told"), [(None, False), ("/usr/bin/soffice", True)], ids=["without", "with"])
def test_what_libreoffice_reads_is_offered_where_it_is_installed(editor, monkeypatch, installed, told):
    monkeypatch.setattr("quizapp.web.sources.converter", lambda: installed)
    page = editor.get("/speeches/new").get_data(as_text=True)
    accepted = re.search(r'accept="([^"]*)"', page)[1].split(",")

    assert (".doc" in accepted, ".wps" in accepted, ".rtf" in accepted) == (told, told, told)
    assert ("另存为 .docx" in page) is not told


def test_an_uploaded_speech_takes_the_title_its_text_states(editor, session):
    assert uploaded(editor, DEMO).status_code == 302
    assert session.scalar(select(SpeechRow.title)) == TITLE


def test_the_editor_s_title_wins_over_the_text_s(editor, session):
    uploaded(editor, DEMO, title="　另一个标题 ")

    assert session.scalar(select(SpeechRow.title)) == "另一个标题"


def test_pasted_text_is_kept_as_a_text_file(editor, session):
    answer = uploaded(editor, text=DEMO.replace("\n", "\r\n"))
    row = session.scalars(select(SpeechRow)).one()

    assert answer.location == f"/speeches/{row.public_id}"
    assert row.filename == "粘贴的文字.txt"
    assert row.file.decode() == DEMO
    assert row.title == TITLE


def test_pasted_text_and_the_same_text_as_a_file_read_alike(editor, session):
    uploaded(editor, text=DEMO)
    pasted = session.scalars(select(SpeechRow.text)).one()
    answer = uploaded(editor, DEMO)

    assert answer.location == f"/speeches/{session.scalars(select(SpeechRow.public_id)).one()}"
    assert session.scalars(select(SpeechRow.text)).one() == pasted


def test_the_longest_text_can_be_pasted(editor, session):
    filler = "各科室要把这件事情办好办实办到位。" * 11_000
    text = (DEMO + "\n" + filler)[:MAX_CHARACTERS]

    assert uploaded(editor, text=text).status_code == 302
    assert count(session) == 1


def test_pasted_markup_is_text_and_no_page(editor, session):
    answer = uploaded(editor, text="<html>\n" + DEMO)

    assert answer.status_code == 302
    assert "<html>" in session.scalars(select(SpeechRow.raw_text)).one()
    assert "<html>" not in editor.get(answer.location).get_data(as_text=True).split("<body")[1]


REFUSED_TEXTS = {
    "no ordinals": ("今天天气很好，我们去公园散步，一直玩到傍晚。" * 20, "序号"),
    "marks only": ("。。。！！！", "没有文字"),
    "one character too many": ("一" * (MAX_CHARACTERS + 1), f"最多 {MAX_CHARACTERS} 个字符"),
    "control characters": ("一、\x01\x02\x03\x04\x05\x06二、" * 50, "控制字符"),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED_TEXTS.values(), ids=REFUSED_TEXTS)
def test_text_that_is_no_speech_is_refused_by_its_name_and_stays_on_the_page(editor, session, text, sentence):
    answer = uploaded(editor, text=text, title="一个标题")
    ((_, told),) = problems(answer)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "粘贴的文字" in told
    assert sentence in told
    assert text[:200] in page.split("<textarea")[1]
    assert 'value="一个标题"' in page
    assert count(session) == 0


REFUSED_FILES = {
    "an empty file": (b"", "空文件"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "图片"),
    "a broken PDF": (b"%PDF-1.7", "《讲话.txt》"),
    "nothing but spaces": ("　\n ".encode(), "没有文字"),
    "a broken .docx": (b"PK\x03\x04" + b"\0" * 200, "损坏"),
    "an encrypted or old .docx": (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "Office"),
    "bytes in no known encoding": (bytes(range(129, 255)) * 3, "编码"),
    "a text without any ordinals": ("今天天气很好，我们去公园散步，一直玩到傍晚。".encode() * 20, "序号"),
    "more characters than a speech has": (b"a" * (MAX_CHARACTERS + 1), f"最多 {MAX_CHARACTERS} 个字符"),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED_FILES.values(), ids=REFUSED_FILES)
def test_a_file_that_is_no_speech_is_refused_by_its_name_in_one_sentence(editor, session, content, sentence):
    answer = uploaded(editor, content)
    ((_, told),) = problems(answer)

    assert answer.status_code == 422
    assert "《讲话.txt》" in told
    assert sentence in told
    assert count(session) == 0


@pytest.mark.parametrize("text", ["", "  \r\n　"], ids=["nothing", "blanks"])
def test_neither_file_nor_text_is_asked_for_at_the_file(editor, session, text):
    answer = uploaded(editor, text=text)

    assert answer.status_code == 422
    assert [field for field, _ in problems(answer)] == ["file"]


def test_both_are_too_much_and_the_text_stays(editor, session):
    answer = uploaded(editor, DEMO, text="打了很久的字", name="甲.txt")
    ((field, told),) = problems(answer)

    assert answer.status_code == 422
    assert field == "text"
    assert "《甲.txt》" in told
    assert "打了很久的字" in answer.get_data(as_text=True)
    assert count(session) == 0


def test_a_title_that_is_too_long_keeps_the_pasted_text(editor, session):
    answer = uploaded(editor, text=DEMO, title="长" * 201)

    assert [field for field, _ in problems(answer)] == ["title"]
    assert DEMO[:100] in answer.get_data(as_text=True)
    assert count(session) == 0


def test_the_same_speech_again_leads_to_the_stored_one(editor, session):
    address = uploaded(editor, DEMO).location
    answer = uploaded(editor, DEMO, title="换个标题", name="副本.txt")

    assert answer.location == address
    assert "以前上传过" in editor.get(address).get_data(as_text=True)
    assert count(session) == 1


@pytest.mark.parametrize("who", ["staff", "chief", "director", "admin", "auditor"])
def test_only_editors_know_of_the_page(client_of, office, session, who):
    browser = client_of(getattr(office, who))

    assert browser.get("/speeches/new").status_code == 404
    assert uploaded(browser, DEMO).status_code == 404
    assert count(session) == 0
