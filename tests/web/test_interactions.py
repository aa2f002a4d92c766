"""Matching, ordering and short answers through the pages, without a line of JavaScript."""

import html
import re
from collections.abc import Callable

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from flask import Flask
from interacting import CHOICE
from interacting import ESSAY
from interacting import LEFTS
from interacting import MATCH
from interacting import ORDER
from interacting import QUESTIONS
from interacting import RIGHTS
from interacting import STEPS
from interacting import begun
from interacting import held
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.question import TypeName
from quizapp.core.types.base import MAX_ANSWER
from quizapp.core.types.base import MAX_ESSAY
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import set_by_slug
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.marking import MarkRow
from quizapp.db.sittings import SittingRow

NOTHING = {CHOICE: [], MATCH: [""] * 5, ORDER: [""] * 5, ESSAY: [""]}


@pytest.fixture
def paper(app: Flask, office: Office, clock: Clock) -> str:
    """The address of the paper."""
    with app.app_context():
        with writing() as session:
            attempt = begun(session, office, clock)
        db.session.remove()
    return f"/attempts/{attempt}"


@pytest.fixture
def person(client_of: Callable[[Person], Browser], office: Office) -> Browser:
    return client_of(office.staff)


def text(browser: Browser, path: str) -> str:
    return html.unescape(browser.get(path).get_data(as_text=True))


def box(page: str, number: str) -> str:
    """The part of the page that belongs to one question."""
    return page.split(f'<fieldset class="question" id="q{number}"')[1].split("</fieldset>")[0]


def selected(page: str, number: str) -> list[str]:
    """What the select boxes of a question hold, "" where nothing is chosen."""
    boxes = re.findall(rf'<select[^>]*name="q{number}">(.*?)</select>', page, re.S)
    return [next(iter(re.findall(r'value="(\w)" selected', inside)), "") for inside in boxes]


def letters(page: str, number: str) -> dict[str, str]:
    """The letters that this person sees, by the options' texts."""
    first = re.search(rf'<select[^>]*name="q{number}">(.*?)</select>', page, re.S)
    assert first
    return {words: letter for letter, words in re.findall(r'value="(\w)"[^>]*>\w　([^<]+)<', first[1])}


def save(browser: Browser, paper: str, known: str = "0", **given: list[str] | str) -> tuple[int, str]:
    """Send the whole page's form; the status, and the page that is seen then."""
    form: dict[str, object] = {f"q{number}": value for number, value in NOTHING.items()}
    form |= {f"s{number}": known for number in NOTHING} | given
    answer = browser.submit(f"{paper}/answers", form)
    body = browser.get(answer.location) if answer.status_code == 302 else answer
    return answer.status_code, html.unescape(body.get_data(as_text=True))


def test_what_was_chosen_in_the_select_boxes_is_saved_and_comes_back(
    person: Browser, paper: str, session: Session
) -> None:
    page = text(person, paper)
    right, steps = letters(page, MATCH), letters(page, ORDER)
    matched = [right["请示"], "", right["通报"], "", right["纪要"]]
    ordered = [steps[step] for step in STEPS]
    _, page = save(person, paper, q2=matched, q3=ordered, q4=["第一行\r\n第二行"])
    assert selected(page, MATCH) == matched
    assert selected(page, ORDER) == ordered
    assert "第一行\n第二行</textarea>" in page
    assert held(session) == {MATCH: ["A", "", "F", "", "E"], ORDER: list("ABCDE"), ESSAY: ["第一行\n第二行"]}


def test_emptying_the_boxes_clears_the_answers(person: Browser, paper: str, session: Session) -> None:
    save(person, paper, q2=["A", "B", "C", "D", "E"], q3=list("ABCDE"), q4=["写过"])
    _, page = save(person, paper, known="1")
    assert held(session) == {MATCH: [], ORDER: [], ESSAY: []}
    assert selected(page, MATCH) == [""] * 5
    assert "写过" not in page


def test_an_order_nobody_touched_is_no_answer(person: Browser, paper: str, session: Session) -> None:
    _, page = save(person, paper)
    assert held(session) == {}
    assert re.findall(r'data-letter="(\w)"', page) == list("ABCDE"), "the list shows what was dealt"
    assert "还没有作答" in box(page, ORDER)
    assert "还有 4 题未答" in text(person, f"{paper}/hand-in")


def test_the_items_are_never_shown_in_their_right_order(person: Browser, paper: str) -> None:
    assert list(letters(text(person, paper), ORDER)) != list(STEPS)


def test_an_item_in_two_places_is_refused_and_nothing_on_the_page_is_lost(
    person: Browser, paper: str, session: Session
) -> None:
    twice = ["A", "A", "B", "C", "D"]
    status, page = save(person, paper, q1=["C"], q2=["B", "", "", "", ""], q3=twice, q4=["写了很多"])
    assert status == 422
    assert "同一项不能排在两个位置" in page
    assert held(session) == {}
    assert 'value="C" checked' in box(page, CHOICE)
    assert (selected(page, MATCH), selected(page, ORDER)) == (["B", "", "", "", ""], twice)
    assert "写了很多</textarea>" in page
    assert [number for number in NOTHING if "data-unsaved" in box(page, number)] == list(NOTHING)


def test_a_refused_page_still_knows_only_what_its_sender_knew(person: Browser, paper: str) -> None:
    """Another device has answered since: the page must not pass for one that has seen it."""
    person.send(f"{paper}/answers/{MATCH}", {"value": ["A", "", "", "", ""], "sequence": 7})
    _, page = save(person, paper, q3=["A", "A", "", "", ""])
    assert f'name="s{MATCH}" value="0"' in page
    assert f'name="s{MATCH}" value="7"' in text(person, paper)


PROGRESS = {
    "no line": ([""] * 5, "未答", ""),
    "two lines": (["B", "", "A", "", ""], "已连 2/5", "没有答完：已连 2/5"),
    "all lines": (list("ABCDE"), "已答", ""),
}


@pytest.mark.parametrize(("matched", "on_card", "before_handing_in"), PROGRESS.values(), ids=PROGRESS)
def test_the_answer_card_says_how_far_a_matching_has_come(
    person: Browser, paper: str, matched: list[str], on_card: str, before_handing_in: str
) -> None:
    _, page = save(person, paper, q2=matched)
    assert f"2<small>{on_card}</small>" in page
    assert ('data-card="2" class="is-answered"' in page) is (on_card != "未答")
    last_look = re.sub("<[^>]+>", "", text(person, f"{paper}/hand-in"))
    assert before_handing_in in last_look
    assert ("没有答完" in last_look) is bool(before_handing_in)


def test_places_left_empty_are_counted_and_kept(person: Browser, paper: str, session: Session) -> None:
    _, page = save(person, paper, q3=["B", "", "", "A", ""])
    assert selected(page, ORDER) == ["B", "", "", "A", ""]
    assert "3<small>已排 2/5</small>" in page
    assert "还没有作答" in box(page, ORDER), "the list by hand is no whole answer yet"


def test_one_option_on_two_lines_is_kept_for_that_is_how_two_lines_are_exchanged(person: Browser, paper: str) -> None:
    _, page = save(person, paper, q2=["B", "B", "", "", ""])
    assert selected(page, MATCH) == ["B", "B", "", "", ""]
    assert "✓ 已连 1 2" in page


def test_nothing_before_closing_tells_pairs_points_or_order(person: Browser, paper: str) -> None:
    pages = [text(person, f"{paper}{path}") for path in ("", "/state", "/hand-in")]
    assert not any(CANARY in page for page in pages)


def test_the_page_holds_as_much_as_the_server_takes(person: Browser, paper: str) -> None:
    page = text(person, paper)
    assert f'maxlength="{MAX_ESSAY}"' in box(page, ESSAY)
    save(person, paper, q4=["长" * MAX_ESSAY])
    status, page = save(person, paper, known="1", q4=["长" * (MAX_ESSAY + 1)])
    assert (status, page.count("长" * (MAX_ESSAY + 1))) == (422, 1)
    assert MAX_ANSWER == 200, "what text.html says too"


def closed(person: Browser, paper: str, **given: list[str]) -> str:
    """The result after these answers, as text without tags."""
    save(person, paper, **given)
    return text(person, person.submit(f"{paper}/submission").location)


def plain(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_the_result_says_of_each_line_what_was_matched_and_what_is_right(person: Browser, paper: str) -> None:
    right = letters(text(person, paper), MATCH)
    page = closed(person, paper, q2=[right["请示"], right["通报"], "", "", ""])
    table = re.search(r'<table class="marked-table">(.*?)</table>', page, re.S)
    assert table
    rows = [plain(row) for row in re.findall(r"<tr>(.*?)</tr>", table[1], re.S)][1:]
    assert rows[:3] == [f"{LEFTS[0]} ✓ 对 请示", f"{LEFTS[1]} ✗ 错 通报 应为：报告", f"{LEFTS[2]} ○ 未连 应为：函"]
    assert "△ 部分正确" in page


def test_the_result_shows_both_orders_and_which_neighbours_are_right(person: Browser, paper: str) -> None:
    steps = letters(text(person, paper), ORDER)
    mine = [STEPS[3], *STEPS[:3], STEPS[4]]
    page = closed(person, paper, q3=[steps[step] for step in mine])
    lists = re.findall(r'<ol class="marked-order">(.*?)</ol>', page, re.S)[:2]
    given, right = ([plain(item) for item in re.findall(r"<li>(.*?)</li>", inside, re.S)] for inside in lists)
    assert right == list(STEPS)
    assert given == [
        mine[0],
        f"{mine[1]} ✗ 不接上一项",
        f"{mine[2]} ✓ 接上一项",
        f"{mine[3]} ✓ 接上一项",
        f"{mine[4]} ✗ 不接上一项",
    ]


def test_an_order_with_an_empty_place_says_why_it_earns_nothing(person: Browser, paper: str) -> None:
    page = plain(closed(person, paper, q3=["B", "", "A", "", ""]))
    assert "没有排完，不得分" in page
    assert "○ 未排" in page


def test_a_short_answer_waits_for_whoever_marks_it(person: Browser, paper: str) -> None:
    page = plain(closed(person, paper, q4=["一事一文，主送一个"]))
    assert "○ 待评阅 — / 5 分" in page
    assert "由阅卷人逐点评定" in page
    assert "一事一文，主送一个" in page
    assert "已答到" not in page


def test_a_marked_short_answer_says_which_points_were_found(
    app: Flask, person: Browser, paper: str, session: Session
) -> None:
    closed(person, paper, q4=["一事一文"])
    with writing() as writer:
        writer.execute(update(MarkRow).values(said=[False, True]))
    page = plain(text(person, f"{paper}/result"))
    assert f"{CANARY}主送一个上级机关 ✗ 未答到" in page
    assert f"{CANARY}请示应当一文一事 ✓ 已答到" in page
    assert "由阅卷人逐点评定" not in page


def test_a_short_answer_left_blank_waits_for_nobody(person: Browser, paper: str) -> None:
    page = plain(closed(person, paper))
    assert "待评阅" not in page
    assert page.count("✗ 未答") == 4


def the_set(session: Session) -> QuestionSetRow:
    row = set_by_slug(session, "lianxian")
    assert row is not None
    return row


def test_whoever_composes_is_offered_all_seven_types(
    editor: Browser, person: Browser, paper: str, session: Session
) -> None:
    sitting = session.scalars(select(SittingRow)).one()
    composed = editor.submit(
        "/sittings/new",
        {
            "topic": "七种题型",
            "host": str(sitting.host_section_id),
            "leader": str(sitting.leader_id),
            "opens_at": "2026-11-27T14:00",
            "closes_at": "2026-11-27T16:00",
            "duration": "20",
            "pass_percent": "60",
            "multiple_rule": "partial",
            "sets": str(the_set(session).id),
        },
    ).location
    page = text(editor, composed)
    for name in TypeName:
        assert f'name="count-{name.value}"' in page
        assert f'name="mark-{name.value}"' in page
    wanted = {f"{part}-{name.value}": "0" for name in TypeName for part in ("count", "mark")}
    wanted |= {f"count-{q.type.value}": "1" for q in QUESTIONS} | {f"mark-{q.type.value}": "7" for q in QUESTIONS}
    editor.submit(f"{composed}/paper", wanted)
    page = plain(text(editor, composed))
    assert "试卷（4 题，满分 28 分）" in page
    assert f"{LEFTS[4]} 纪要 多余的选项：通报" in page
    assert f"关键词：{CANARY}主送；一个" in page


def test_while_people_answer_whoever_composed_sees_no_order_and_no_pairs(
    editor: Browser, paper: str, session: Session
) -> None:
    sitting = session.scalars(select(SittingRow)).one()
    page = text(editor, f"/sittings/{sitting.public_id}")
    items = [item for item in re.findall(r"<li>([^<]+)</li>", page) if item in (*STEPS, *RIGHTS)]
    assert items == [*sorted(RIGHTS), *sorted(STEPS)]
    assert f"{CANARY}主送" not in page


def test_the_bank_shows_pairs_order_and_points_once_the_quiz_is_over(
    client_of: Callable[[Person], Browser], office: Office, paper: str, clock: Clock, session: Session
) -> None:
    address = f"/question-sets/{the_set(session).public_id}"
    page = text(client_of(office.editor), address)
    assert LEFTS[0] in page
    assert CANARY not in page
    clock.advance(hours=3)
    page = plain(text(client_of(office.editor), address))
    assert f"{LEFTS[0]} 请示" in page
    assert " ".join(STEPS) in page
    assert f"{CANARY}请示应当一文一事" in page
