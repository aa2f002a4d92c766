"""Question by question on the phone: what its page shows at each step, and what becomes of a form without scripts."""

import re
from collections.abc import Callable

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from flask import Flask
from led import ESSAY
from led import MULTIPLE
from led import ORDER
from led import SINGLE
from led import SOME
from led import Led
from led import led_sitting
from sqlalchemy import select

from quizapp.core.room import Screen
from quizapp.core.room import Step
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db

ClientOf = Callable[[Person], Browser]


@pytest.fixture
def led(app: Flask, office: Office, clock: Clock) -> Led:
    with app.app_context():
        found = led_sitting(office, clock)
        found.begin(office.staff)
        db.session.remove()
    return found


@pytest.fixture
def phone(led: Led, client_of: ClientOf) -> Browser:
    return client_of(led.office.staff)


@pytest.fixture
def paper(led: Led) -> str:
    return f"/attempts/{led.attempts[led.office.staff.id]}"


def bring(app: Flask, led: Led, position: int, step: Step, screen: Screen = Screen.QUESTION) -> None:
    with app.app_context():
        led.at(position, step, screen)
        db.session.remove()


def text(browser: Browser, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def held(app: Flask) -> dict[int, list[str]]:
    with app.app_context():
        return {row.position: row.value for row in db.session.scalars(select(ResponseRow))}


WAITS = {
    "before the first question": (SINGLE, Step.READ, Screen.SIGN_IN, "请看大屏，等待出题"),
    "while it is read": (SINGLE, Step.READ, Screen.QUESTION, "请看大屏读题"),
    "after it was closed": (SINGLE, Step.SPLIT, Screen.QUESTION, "已停止作答，请看大屏"),
    "while it is explained": (SINGLE, Step.EXPLAIN, Screen.QUESTION, "第 1 题解析"),
}


@pytest.mark.parametrize(("position", "step", "screen", "words"), WAITS.values(), ids=WAITS)
def test_the_page_says_what_the_room_is_at(
    app: Flask, led: Led, phone: Browser, paper: str, position: int, step: Step, screen: Screen, words: str
) -> None:
    bring(app, led, position, step, screen)
    page = text(phone, f"{paper}/live")
    assert words in page
    assert 'name="q1"' not in page


@pytest.mark.parametrize("position", SOME)
def test_every_type_of_question_can_be_answered_and_tells_no_key(
    app: Flask, led: Led, phone: Browser, paper: str, position: int
) -> None:
    bring(app, led, position, Step.ANSWER)
    page = text(phone, f"{paper}/live")
    assert f'name="q{position}"' in page
    assert CANARY not in page


@pytest.mark.parametrize("step", [Step.READ, Step.ANSWER, Step.SPLIT])
def test_no_answer_of_any_address_tells_a_key_before_the_explanation(
    app: Flask, led: Led, phone: Browser, paper: str, step: Step
) -> None:
    bring(app, led, SINGLE, step)
    paths = [f"{paper}/live", f"{paper}/live/question", paper, f"{paper}/state", f"{paper}/hand-in", f"{paper}/result"]
    answers = [phone.get(path, follow_redirects=True) for path in paths]
    answers.append(phone.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1}))
    answers.append(phone.submit(f"{paper}/answers", {"q1": "A", "s1": "0"}, follow_redirects=True))
    answers.append(phone.submit(f"{paper}/submission", follow_redirects=True))
    for answer in answers:
        assert CANARY not in answer.get_data(as_text=True)


def test_nobody_hands_in_before_the_leader_closes(led: Led, phone: Browser, paper: str) -> None:
    assert phone.submit(f"{paper}/submission").location == f"{paper}/live"
    assert phone.get(f"{paper}/result").location == paper


def test_a_whole_paper_has_no_page_of_this_kind(sitting: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    paper = browser.submit(f"/sittings/{sitting}/attempt").location
    assert browser.get(f"{paper}/live").location == paper
    assert browser.get(f"{paper}/live/question").location == paper


def test_the_paper_as_a_whole_is_not_shown(app: Flask, led: Led, phone: Browser, paper: str) -> None:
    bring(app, led, SINGLE, Step.ANSWER)
    for path in (paper, f"{paper}/hand-in"):
        assert phone.get(path).location == f"{paper}/live"


def test_a_phone_is_told_only_what_has_changed(app: Flask, led: Led, phone: Browser, paper: str) -> None:
    first = phone.get(f"{paper}/live/question")
    version = {"If-None-Match": first.headers["ETag"]}
    assert phone.get(f"{paper}/live/question", headers=version).status_code == 304
    bring(app, led, SINGLE, Step.READ)
    assert phone.get(f"{paper}/live/question", headers=version).status_code == 200


def test_after_the_bell_the_phone_is_sent_to_its_result(app: Flask, led: Led, phone: Browser, paper: str) -> None:
    waiting = phone.get(f"{paper}/live/question").headers["ETag"]
    with app.app_context():
        led.close()
        db.session.remove()
    answer = phone.get(f"{paper}/live/question", headers={"If-None-Match": waiting})
    assert answer.location == f"{paper}/result"
    assert CANARY in text(phone, f"{paper}/result")


def test_between_the_bell_and_the_collecting_the_page_asks_for_patience(
    led: Led, client_of: ClientOf, paper: str, clock: Clock
) -> None:
    clock.advance(hours=2)
    page = client_of(led.office.staff)
    assert "作答时间已到" in text(page, f"{paper}/live")
    late = page.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1})
    assert late.get_json()["message"].startswith("这份试卷已经交卷或已到截止时间")


# Without scripts


def give(phone: Browser, paper: str, asked: int, **fields: object) -> str:
    """Send the form of the question that stands on the page, changed so; what the next page says."""
    page = text(phone, f"{paper}/live")
    found = re.search(r'name="sequence" value="(\d+)"', page)
    form = {"number": str(asked), "sequence": found[1] if found else "0", **fields}
    answer = phone.submit(f"{paper}/live/answer", form, follow_redirects=True)
    return answer.get_data(as_text=True)


def test_without_scripts_an_answer_is_saved_and_can_be_changed(
    app: Flask, led: Led, phone: Browser, paper: str
) -> None:
    bring(app, led, MULTIPLE, Step.ANSWER)
    assert "✓ 已保存" in give(phone, paper, MULTIPLE, q2=["A", "C"])
    assert held(app) == {MULTIPLE: ["A", "C"]}
    give(phone, paper, MULTIPLE, q2=["B"])
    assert held(app) == {MULTIPLE: ["B"]}
    give(phone, paper, MULTIPLE)
    assert held(app) == {MULTIPLE: []}


def test_without_scripts_a_form_that_comes_too_late_is_told_so(
    app: Flask, led: Led, phone: Browser, paper: str
) -> None:
    bring(app, led, SINGLE, Step.SPLIT)
    assert "没有保存：这道题已停止作答" in give(phone, paper, SINGLE, q1="A")
    assert "没有保存：这道题还没有开始作答" in give(phone, paper, MULTIPLE, q2="A")
    assert held(app) == {}


def test_without_scripts_an_old_form_does_not_replace_a_newer_answer(
    app: Flask, led: Led, phone: Browser, paper: str
) -> None:
    bring(app, led, SINGLE, Step.ANSWER)
    give(phone, paper, SINGLE, q1="A")
    give(phone, paper, SINGLE, q1="B")
    assert "以较新的答案为准" in give(phone, paper, SINGLE, q1="C", sequence="0")
    assert held(app) == {SINGLE: ["B"]}


NONSENSE = {
    "no number": {"number": "", "q1": "A"},
    "a number of no question": {"number": "99", "q99": "A"},
    "an option of no question": {"q1": "Z"},
    "two options of one": {"q1": ["A", "B"]},
    "a sequence of words": {"sequence": "早", "q1": "Z"},
    "a sequence beyond all": {"sequence": "99999999999999999999", "q1": "A"},
}


@pytest.mark.parametrize("fields", NONSENSE.values(), ids=NONSENSE)
def test_what_is_no_answer_is_refused_in_a_sentence(
    app: Flask, led: Led, phone: Browser, paper: str, fields: dict[str, object]
) -> None:
    bring(app, led, SINGLE, Step.ANSWER)
    assert "没有保存：" in give(phone, paper, SINGLE, **fields)
    assert held(app) == {}


def test_a_short_answer_is_held_as_it_was_typed(app: Flask, led: Led, phone: Browser, paper: str) -> None:
    bring(app, led, ESSAY, Step.ANSWER)
    give(phone, paper, ESSAY, q7="第一行\r\n第二行")
    assert held(app) == {ESSAY: ["第一行\n第二行"]}


def test_an_item_in_two_places_is_refused(app: Flask, led: Led, phone: Browser, paper: str) -> None:
    bring(app, led, ORDER, Step.ANSWER)
    assert "同一项不能排在两个位置" in give(phone, paper, ORDER, q6=["A", "A", "B", "C"])


# By script


def test_a_refused_save_says_why(app: Flask, led: Led, phone: Browser, paper: str) -> None:
    bring(app, led, SINGLE, Step.SPLIT)
    answer = phone.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1})
    assert answer.status_code == 409
    assert answer.get_json()["message"].startswith("这道题已停止作答")
    assert answer.get_json()["closed"] is False
    early = phone.send(f"{paper}/answers/2", {"value": ["A"], "sequence": 1})
    assert early.get_json()["message"].startswith("这道题还没有开始作答")
