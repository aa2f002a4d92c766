"""The library of speeches: nothing half stored, nothing invented, nothing doubled."""

import re
from collections import Counter
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlalchemy import select

import quizapp
from quizapp.core.gates import GATES
from quizapp.core.gates import REASONS
from quizapp.core.labels import label
from quizapp.core.speech import Confidence
from quizapp.core.speech import PointKind
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import LentItemRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import readings
from quizapp.services import speeches
from quizapp.web.point_list import AT_ONCE
from quizapp.web.point_list import LINES
from quizapp.web.point_list import SIGNS

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


def test_the_library_lists_a_speech_with_its_figures(editor, address, office, session):
    page = editor.get("/speeches").get_data(as_text=True)

    assert DEMO.splitlines()[0] in page
    assert "讲话.txt" in page
    assert office.editor.name in page
    assert count(session, KeyPointRow) > 0
    assert f'data-label="要点">{count(session, KeyPointRow)}<' in page


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
    editor.submit(address + "/about", {"title": "在学习会上的讲话"})
    editor.submit(address + "/drafts")

    assert set(session.scalars(select(QuestionVersionRow.source_speech))) == {"在学习会上的讲话"}


@pytest.mark.parametrize("title", ["", "   ", "长" * 201, "有\x01控制字符"], ids=["none", "spaces", "long", "control"])
def test_a_bad_title_is_refused_and_the_old_one_stays(editor, address, session, title):
    answer = editor.submit(address + "/about", {"title": title})

    assert answer.status_code == 422
    assert session.scalar(select(SpeechRow.title)) == DEMO.splitlines()[0]


def test_what_is_said_of_a_speech_stands_under_its_title(editor, address):
    about = {"title": "讲话", "speaker": "李市长 ", "occasion": "全市会议", "held_on": "2026-03-08"}
    page = editor.submit(address + "/about", about, follow_redirects=True).get_data(as_text=True)

    assert "讲话信息已保存" in page
    assert '<p class="about">李市长，全市会议，2026年3月8日</p>' in page
    assert 'value="2026-03-08"' in page


def test_what_the_text_states_is_proposed_and_marked_until_it_is_confirmed(editor, session):
    text = DEMO.replace("同志们：", "（2026年3月8日）\n\n同志们：", 1)
    address = uploaded(editor, text).location
    row = session.scalar(select(SpeechRow))
    proposal = speeches.proposed(row, readings.understanding_of(session, row).reading)
    before = editor.get(address).get_data(as_text=True)
    form = {"title": row.title, "speaker": "李市长", "occasion": proposal.occasion or "会议", "held_on": "2026-03-08"}
    after = editor.submit(address + "/about", form, follow_redirects=True).get_data(as_text=True)

    marked = [proposal.speaker, proposal.occasion, proposal.held_on]
    assert any(marked)
    assert before.count("据原文提出，请核对后保存。") == sum(map(bool, marked))
    assert "据原文提出" not in after


def test_nothing_is_shown_as_said_that_nobody_confirmed(editor, address):
    assert 'class="about"' not in editor.get(address).get_data(as_text=True)


def test_a_date_that_is_none_is_refused_at_its_field_and_what_was_typed_stays(editor, address):
    answer = editor.submit(address + "/about", {"title": "讲话", "speaker": "李市长", "held_on": "2026-13-40"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert 'href="#held_on"' in page
    assert 'value="李市长"' in page


def test_the_page_links_each_heading_to_its_place(editor, address):
    page = editor.get(address).get_data(as_text=True)
    targets = re.findall(r'href="#(heading-\d+)"', page)

    assert len(targets) > 5
    assert all(page.count(f'id="{target}"') == 1 for target in targets)


def test_the_page_marks_key_points_by_kind_and_links_both_ways(editor, address, session):
    page = editor.get(address).get_data(as_text=True)

    text = text_of(page)
    assert '<mark class="kind-named">' in text
    assert '<mark class="pair">' in text
    for number in range(1, count(session, KeyPointRow) + 1):
        assert f'id="text-point-{number}" href="#point-{number}"' in text
        assert f'id="point-{number}"' in page
        assert f'href="#text-point-{number}"' in page


def test_every_kind_has_a_sign_and_a_line_of_its_own():
    for signs in (SIGNS, LINES):
        assert set(signs) == set(PointKind)
        assert len(set(signs.values())) == len(PointKind)


def test_the_legend_and_the_style_sheet_know_every_kind(editor, address):
    page = editor.get(address).get_data(as_text=True)
    sheet = (Path(quizapp.__file__).parent / "web" / "static" / "site.css").read_text(encoding="utf-8")
    legend = page.split('class="legend"')[1].split("</ul>")[0]

    for kind in PointKind:
        assert label(kind) in legend
        assert f">{SIGNS[kind]}<" in legend
        assert f'class="kind-{kind}">{LINES[kind]}<' in legend
        assert f"mark.kind-{kind} " in sheet
        assert f".ref-{kind} " in sheet


def test_evidence_can_be_switched_on_without_a_script(editor, address):
    page = editor.get(address).get_data(as_text=True)

    assert 'id="show-evidence"' in page
    assert '<mark class="evidence">' in page


def test_the_text_on_the_page_is_the_text_of_the_speech(editor, address, session):
    page = editor.get(address).get_data(as_text=True)
    unmarked = re.sub(r'<a class="point-ref.*?</a>|<span class="paragraph-number">\d+</span>', "", text_of(page))
    plain = unescape("".join(re.sub(r"<[^>]+>", "", unmarked).split()))

    assert plain == "".join(session.scalar(select(SpeechRow.text)).split())


def test_each_paragraph_says_where_it_starts_in_the_text(editor, address, session):
    page = editor.get(address).get_data(as_text=True)
    text = session.scalar(select(SpeechRow.text))
    starts = [int(start) for start in re.findall(r'data-start="(\d+)"', page)]

    assert [text[start - 1] for start in starts[1:]] == ["\n"] * (len(starts) - 1)
    assert len(starts) == len(text.splitlines())


def text_of(page):
    return page.split('id="text-pane"')[1].split(">", 1)[1].split("</div>")[0]


# The list of key points


def numbers(page):
    """The key points that the list shows."""
    return [int(number) for number in re.findall(r'<section class="card-paper point" id="point-(\d+)"', page)]


@pytest.fixture
def reading(address, session):
    return readings.understanding_of(session, session.scalar(select(SpeechRow))).reading


def test_each_point_of_the_list_says_what_it_is_why_and_where(editor, address, reading):
    page = editor.get(address).get_data(as_text=True)

    assert numbers(page) == list(range(1, len(reading.points) + 1))
    for number, point in enumerate(reading.points, start=1):
        told = page.split(f'id="point-{number}"')[1].split("</section>")[0]
        assert label(point.kind) in told
        assert f"依据：{label(point.rule)}；位置：第 " in told
        assert all(item.display in unescape(told) for item in point.items)
        assert (label(point.confidence) in told) is (point.confidence is not Confidence.HIGH)


def test_a_filter_by_kind_shows_these_only_and_counts_each(editor, address, reading):
    kinds = Counter(point.kind for point in reading.points)
    for kind, expected in kinds.items():
        page = editor.get(f"{address}?kind={kind}").get_data(as_text=True)
        assert numbers(page) == [n for n, point in enumerate(reading.points, start=1) if point.kind is kind]
        assert f"符合条件的有 {expected} 个（共 {len(reading.points)} 个）" in page
        for each, number in kinds.items():
            assert f'data-count-kind="{each}">{number}<' in page


def test_filters_narrow_one_another(editor, address, reading):
    low = [n for n, p in enumerate(reading.points, start=1) if p.confidence is Confidence.HIGH and p.pairs]
    pair = reading.points[low[0] - 1].pairs[0]
    page = editor.get(address, query_string={"sure": "high", "words": pair.right}).get_data(as_text=True)

    assert low[0] in numbers(page)
    assert len(numbers(page)) < len(reading.points)


def test_every_word_of_a_search_must_be_there_in_any_order(editor, address, reading):
    number, point = next((n, p) for n, p in enumerate(reading.points, start=1) if len(p.items) > 2)
    words = f"{point.items[2].display} {point.items[0].display}"
    found = numbers(editor.get(address, query_string={"words": words}).get_data(as_text=True))

    assert number in found
    assert numbers(editor.get(address, query_string={"words": words + " 决无此词"}).get_data(as_text=True)) == []


def test_a_filter_that_nothing_fits_says_so_and_how_to_go_on(editor, address):
    page = editor.get(address, query_string={"words": "决无此词"}).get_data(as_text=True)

    assert '<p class="empty" id="points-none">没有符合条件的要点' in page
    assert 'value="决无此词"' in page


STRANGE = {
    "an unknown kind": "kind=nonsense",
    "an unknown confidence": "sure=<b>",
    "a page far behind the last": "from=99999",
    "a page that is no number": "from=x",
    "a point that is no number": "at=-1",
    "a number without end": "at=" + "9" * 5000,
    "a search without end": "words=" + "x" * 5000,
    "a NUL": "words=%00",
}


@pytest.mark.parametrize("query", STRANGE.values(), ids=STRANGE)
def test_an_address_that_asks_for_nonsense_shows_the_page(editor, address, query):
    assert editor.get(f"{address}?{query}").status_code == 200


def many(lists):
    """A speech with so many lists, each with a name of its own."""
    items = "一是把{n}号台账建好，二是把{n}号责任压实，三是把{n}号结果用好。"
    parts = "".join(f"\n抓好“{n}号清单”三项工作。{items.format(n=n)}\n" for n in range(1, lists + 1))
    return f"在清单会上的讲话\n\n同志们：\n\n一、统一思想\n{parts}\n二、抓好落实\n\n大家回去要抓紧办。\n"


def test_a_long_list_is_shown_a_hundred_at_a_time_and_none_is_lost(editor, session):
    address = uploaded(editor, many(130)).location
    total = len(readings.understanding_of(session, session.scalar(select(SpeechRow))).reading.points)
    assert total > AT_ONCE

    seen, link = [], address
    while link:
        page = editor.get(link).get_data(as_text=True)
        seen += numbers(page)
        after = re.search(r'href="([^"]+)">再看 100 个', page)
        link = unescape(after[1]) if after else None
    assert seen == list(range(1, total + 1))


def test_a_point_that_is_on_another_page_of_the_list_is_linked_there(editor, session):
    address = uploaded(editor, many(130)).location
    page = editor.get(address).get_data(as_text=True)
    link = re.search(r'id="text-point-101" href="([^"]+)"', page)[1]

    assert link == f"{address}?at=101#point-101"
    assert numbers(editor.get(link).get_data(as_text=True))[0] == 101


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
    assert all(gate.reason for gate in GATES)


def test_an_editor_asks_for_so_many_questions(editor, address, session):
    editor.submit(address + "/drafts", {"number": "3"})

    assert count(session, QuestionRow) == 3


@pytest.mark.parametrize("typed", ["0", "-1", "三", "9999"])
def test_what_is_no_number_of_questions_is_refused(editor, address, session, typed):
    answer = editor.submit(address + "/drafts", {"number": typed})

    assert answer.status_code == 422
    assert "请填写 1 到" in answer.get_data(as_text=True)
    assert count(session, QuestionRow) == 0


def test_what_the_gates_refused_can_be_looked_at_with_its_reason(editor, address, session):
    editor.submit(address + "/drafts")
    refused = session.scalars(select(SpeechRow)).one().drafting_summary["rejected"]
    gate, _, stem = refused[0]
    page = unescape(editor.get(address + "/rejected").get_data(as_text=True))
    one = unescape(editor.get(f"{address}/rejected?gate={gate}").get_data(as_text=True))

    assert all(stem in page for _, _, stem in refused)
    assert stem in one
    assert REASONS[gate] in one


def test_before_drafting_nothing_was_refused_and_the_page_says_what_to_do(editor, address):
    assert "去拟题" in editor.get(address + "/rejected").get_data(as_text=True)


def test_a_speech_of_the_library_lends_the_items_of_its_lists(editor, address, session):
    lent = set(session.scalars(select(LentItemRow.text)))

    assert lent
    assert lent <= {item for row in session.scalars(select(KeyPointRow)) for item in row.items}
