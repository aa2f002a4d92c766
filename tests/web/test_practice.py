"""今日五题 as pages: by forms without scripts, and by JSON as the page's script sends it."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.question import TypeName
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.practice import MistakeRow
from quizapp.db.practice import PracticeAnswerRow

ClientOf = Callable[[Person], Browser]
set_id = stocked_set(each=3)


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.get_data(as_text=True))


def begin(browser: Browser) -> str:
    assert browser.submit("/practice/daily/five").status_code == 302
    return text(browser, "/practice/daily")


def forms(page: str) -> list[dict[str, str]]:
    """The hidden fields of each question that is to be answered, in order."""
    found = re.findall(r"<form[^>]*data-answer>(.*?)</form>", page, flags=re.DOTALL)
    return [dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)) for form in found]


def sent(form: dict[str, str], person: Person, **changes: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "person": person.public_id,
        "id": form["id"],
        "version": int(form["version"]),
        "seed": form["seed"],
        "value": [],
        "unsure": False,
        "page": form["page"],
        "sequence": int(form["number"]),
        "age": 0,
    }
    return facts | changes


def answers(person: Person) -> list[PracticeAnswerRow]:
    db.session.rollback()
    mine = select(PracticeAnswerRow).where(PracticeAnswerRow.person_id == person.id)
    return list(db.session.scalars(mine.order_by(PracticeAnswerRow.id)))


def test_the_hub_and_the_first_page_lead_to_the_five_and_say_when_they_are_done(
    set_id: int, session: Session, office: Office, client_of: ClientOf
) -> None:
    staff = client_of(office.staff)
    assert "○ 今天还没做完" in text(staff, "/")
    assert "开始，约三分钟" in text(staff, "/practice")
    for form in forms(begin(staff)):
        assert staff.submit("/practice/daily", {**form, "skip": "1"}).status_code == 302
    assert "✓ 今天已完成" in text(staff, "/practice")
    assert "连续练习 <strong>1</strong> 天" in text(staff, "/")
    assert "今天的五题做完了" in text(staff, "/practice/daily")
    assert session.scalars(select(MistakeRow.question_id).where(MistakeRow.person_id == office.staff.id)).all()


def test_without_scripts_an_answer_leads_to_what_is_right_and_on_to_the_next(
    set_id: int, session: Session, office: Office, client_of: ClientOf
) -> None:
    staff = client_of(office.staff)
    page = begin(staff)
    first = forms(page)[0]
    # Of the five one is seen; what is right is not, until it was answered.
    assert len(re.findall(r'<section class="daily-place"[^>]* hidden>', page)) == 4
    assert len(re.findall(r"<div data-explanation hidden>", page)) == 5
    answer = staff.submit("/practice/daily", {**first, "skip": "1", "unsure": "1"})
    assert answer.headers["Location"] == "/practice/daily/1"
    told = text(staff, "/practice/daily/1")
    assert ("✗ 未作答" in told, "拿不准" in told, "下一题" in told) == (True, True, True)
    assert len(forms(text(staff, "/practice/daily"))) == 4


def test_a_form_without_an_answer_says_so_and_keeps_that_one_was_unsure(
    set_id: int, session: Session, office: Office, client_of: ClientOf
) -> None:
    staff = client_of(office.staff)
    first = forms(begin(staff))[0]
    refused = staff.submit("/practice/daily", {**first, "unsure": "1"})
    page = unescape(refused.get_data(as_text=True))
    assert refused.status_code == 422
    assert "还没有作答。不会也没关系，点“不会，看答案”。" in page
    assert page.count("data-unsure checked") == 1
    assert answers(office.staff) == []


def test_a_form_that_is_sent_twice_is_taken_once(
    set_id: int, session: Session, office: Office, client_of: ClientOf
) -> None:
    staff = client_of(office.staff)
    first = forms(begin(staff))[0]
    for _ in range(2):
        assert staff.submit("/practice/daily", {**first, "skip": "1"}).status_code == 302
    assert len(answers(office.staff)) == 1


def test_an_answer_by_script_is_judged_here_and_one_that_comes_again_says_the_same(
    set_id: int, session: Session, office: Office, client_of: ClientOf
) -> None:
    staff = client_of(office.staff)
    places = forms(begin(staff))
    body = sent(places[0], office.staff, age=3600)
    told = [staff.send("/practice/answers", body).get_json() for _ in range(2)]
    assert told == [{"verdict": "none", "saved_at": "14:00:00", "done": False, "streak": 0}] * 2
    (held,) = answers(office.staff)
    assert held.received_at.timestamp() - held.given_at.timestamp() == 3600
    for place in places[1:]:
        last = staff.send("/practice/answers", sent(place, office.staff)).get_json()
    assert (last["done"], last["streak"]) == (True, 1)


SPOILT = {
    "no question": {"id": None},
    "no version": {"version": "x"},
    "a page's name that is too long": {"page": "a" * 23},
    "no list": {"value": "A"},
    "no texts": {"value": [1]},
    "an option that is not there": {"value": ["Z"]},
    "a sequence that is none": {"sequence": True},
    "an endless sequence": {"sequence": 10**9},
    "a seed that is none": {"seed": "\0"},
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT)
def test_what_is_no_answer_is_refused_with_a_sentence_and_nothing_is_kept(
    set_id: int, session: Session, office: Office, client_of: ClientOf, change: dict[str, object]
) -> None:
    staff = client_of(office.staff)
    choices = select(QuestionVersionRow).where(QuestionVersionRow.type == TypeName.SINGLE_CHOICE)
    row = session.scalars(choices).first()
    assert row is not None
    public_id = session.get_one(QuestionRow, row.question_id).public_id
    form = {"id": public_id, "version": "1", "seed": "seed", "page": "page", "number": "1"}
    answer = staff.send("/practice/answers", sent(form, office.staff, **change))
    assert answer.status_code == 422
    assert answer.get_json()["message"].endswith("。")
    assert answers(office.staff) == []


def test_a_body_that_is_no_object_is_refused(
    set_id: int, session: Session, office: Office, client_of: ClientOf
) -> None:
    assert client_of(office.staff).send("/practice/answers", ["A"]).status_code == 422


def test_a_page_of_somebody_who_has_signed_out_saves_nothing_for_whoever_came_after(
    set_id: int, session: Session, office: Office, client_of: ClientOf
) -> None:
    first = forms(begin(client_of(office.staff)))[0]
    answer = client_of(office.colleague).send("/practice/answers", sent(first, office.staff))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "other-person")
    assert answers(office.colleague) == answers(office.staff) == []


def test_a_question_that_nobody_knows_is_not_found(
    set_id: int, session: Session, office: Office, client_of: ClientOf
) -> None:
    form = {"id": "0" * 22, "version": "1", "seed": "seed", "page": "page", "number": "1"}
    assert client_of(office.staff).send("/practice/answers", sent(form, office.staff)).status_code == 404


def test_without_a_question_the_page_says_what_to_do(office: Office, client_of: ClientOf) -> None:
    page = begin(client_of(office.staff))
    assert "现在没有可以练习的题" in page
    assert "请先参加本周学测" in page


def test_the_five_of_one_are_not_those_of_another_and_their_pages_show_only_ones_own(
    set_id: int, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    staff, colleague = client_of(office.staff), client_of(office.colleague)
    mine = forms(begin(staff))
    staff.submit("/practice/daily", {**mine[0], "skip": "1"})
    theirs = forms(begin(colleague))
    assert {form["seed"] for form in mine} != {form["seed"] for form in theirs}
    assert len(theirs) == 5
    assert colleague.get("/practice/daily/1").headers["Location"] == "/practice/daily"
