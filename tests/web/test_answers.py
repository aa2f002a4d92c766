"""What a page sends while a paper is open, request by request: what is told, what is refused, what stays."""

from collections.abc import Callable

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select

from quizapp.db.attempts import LeavingRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db

ClientOf = Callable[[Person], Browser]
PHONE, DESK = "phone-page-0000000001A", "desk--page-0000000001A"
LIMIT_SECONDS = 20 * 60


def begin(browser: Browser, sitting: str) -> str:
    return str(browser.submit(f"/sittings/{sitting}/attempt").location)


def counted(app: Flask) -> tuple[int, int]:
    """How many answers are held, and how many receipts are kept."""
    with app.app_context():
        found = [db.session().scalar(select(func.count()).select_from(row)) or 0 for row in (ResponseRow, ReceiptRow)]
        db.session.remove()
    return found[0], found[1]


ANSWER = {"value": ["A"], "flagged": False, "sequence": 1, "page": PHONE, "live": True}
#: What is sent to which number, and the status and a word of the reason that must come back.
REFUSED = {
    "a number beyond the paper": ("99", ANSWER, 422, "没有这道题"),
    "the number nought": ("0", ANSWER, 422, "没有这道题"),
    "an option that is none": ("1", ANSWER | {"value": ["H"]}, 422, "选项"),
    "a text where a list is due": ("1", ANSWER | {"value": "A"}, 422, ""),
    "a number where a list is due": ("1", ANSWER | {"value": 7}, 422, ""),
    "a megabyte": ("1", ANSWER | {"value": ["长" * 350_000]}, 422, ""),
    "a sequence that no page reaches": ("1", ANSWER | {"sequence": 10_000}, 422, "序号"),
    "a sequence below nought": ("1", ANSWER | {"sequence": -1}, 422, "序号"),
    "no sequence": ("1", {"value": ["A"]}, 422, "不完整"),
    "a page that is no name": ("1", ANSWER | {"page": "<script>alert(1)</script>"}, 422, "页面"),
    "a list instead of an object": ("1", [ANSWER], 422, "不完整"),
}


@pytest.mark.parametrize(("number", "sent", "status", "word"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_answer_is_refused_with_its_reason_and_changes_nothing(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, number: str, sent: object, status: int, word: str
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    answer = browser.send(f"{paper}/answers/{number}", sent)
    assert answer.status_code == status
    assert word in answer.get_json()["message"]
    assert counted(app) == (0, 0)


@pytest.mark.parametrize("path", ["answers/1", "pages", "leavings"])
def test_somebody_elses_paper_is_not_there(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, path: str
) -> None:
    paper = begin(client_of(office.staff), sitting)
    sent = ANSWER | {"number": 1, "seconds": 2}
    for other in (office.colleague, office.chief, office.editor):
        assert client_of(other).send(f"{paper}/{path}", sent).status_code == 404
    assert counted(app) == (0, 0)


def test_after_closing_an_answer_is_refused_kept_for_the_record_and_counts_for_nothing(
    app: Flask, sitting: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    browser.submit(f"{paper}/submission")
    for _ in range(2):
        answer = browser.send(f"{paper}/answers/1", ANSWER)
        told = answer.get_json()
        assert (answer.status_code, told["recorded"], told["closed"]) == (409, True, True)
        assert "不计入" in told["message"]
    assert counted(app) == (0, 1)


def test_a_reply_says_what_the_server_holds_and_who_answers(
    sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    told = browser.send(f"{paper}/answers/1", ANSWER | {"flagged": True}).get_json()
    assert (told["state"], told["flagged"], told["page"], told["live"]) == ("saved", True, PHONE, True)
    assert told["server"] == clock().timestamp() * 1000
    browser.send(f"{paper}/pages", {"page": DESK})
    older = browser.send(f"{paper}/answers/1", ANSWER | {"value": ["B"], "live": False, "page": DESK}).get_json()
    assert (older["state"], older["value"], older["page"]) == ("older", ["A"], PHONE)


def test_the_state_is_told_once_and_then_only_when_it_changes(
    sitting: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    browser.send(f"{paper}/answers/1", ANSWER)
    first = browser.get(f"{paper}/state?page={PHONE}")
    told = first.get_json()
    assert (told["page"], told["live"], told["closed"]) == (PHONE, True, False)
    assert told["held"]["1"]["value"] == ["A"]
    known = {"If-None-Match": first.headers["ETag"]}
    again = browser.get(f"{paper}/state?page={PHONE}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    browser.send(f"{paper}/pages", {"page": DESK})
    moved = browser.get(f"{paper}/state?page={PHONE}", headers=known)
    assert (moved.status_code, moved.get_json()["live"], moved.get_json()["page"]) == (200, False, DESK)


def test_when_time_is_over_the_state_says_whether_the_paper_is_closed(
    sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    clock.advance(seconds=LIMIT_SECONDS)
    over = browser.get(f"{paper}/state")
    assert (over.status_code, over.get_json()["closed"]) == (409, False)
    browser.submit(f"{paper}/submission")
    assert browser.get(f"{paper}/state").get_json()["closed"] is True


def test_an_answer_from_before_the_bell_counts_while_the_grace_lasts(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    synced = clock().timestamp() * 1000
    clock.advance(seconds=LIMIT_SECONDS + 40)
    said = {"synced": synced, "given": LIMIT_SECONDS - 3, "sent": LIMIT_SECONDS + 39}
    late = browser.send(f"{paper}/answers/1", ANSWER | said)
    assert (late.status_code, late.get_json()["state"], late.get_json()["late"]) == (200, "saved", True)
    clock.advance(seconds=app.config["GRACE"])
    refused = browser.send(f"{paper}/answers/2", ANSWER | said | {"sent": LIMIT_SECONDS + 99})
    assert (refused.status_code, refused.get_json()["closed"]) == (409, False)
    assert counted(app) == (1, 2)


LIES = {
    "given after the bell": {"given": LIMIT_SECONDS + 1},
    "a clock that was turned back": {"sent": LIMIT_SECONDS - 600},
    "a time that is no number": {"given": "before"},
    "a time beyond all calendars": {"synced": 9e13},
    "a time that is true": {"given": True},
    "no time at all": {"synced": None},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_a_device_says_of_time_counts_for_nothing_unless_it_agrees(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock, lie: dict[str, object]
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    said = {"synced": clock().timestamp() * 1000, "given": LIMIT_SECONDS - 3, "sent": LIMIT_SECONDS + 20}
    clock.advance(seconds=LIMIT_SECONDS + 20)
    assert browser.send(f"{paper}/answers/1", ANSWER | said | lie).status_code == 409
    assert counted(app) == (0, 1)


def test_leaving_the_page_is_noted_and_shown(app: Flask, sitting: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    assert browser.send(f"{paper}/leavings", {"page": PHONE, "number": 1, "seconds": None}).status_code == 204
    assert browser.send(f"{paper}/leavings", {"page": PHONE, "number": 1, "seconds": 7}).status_code == 204
    assert "离开本页 1 次" in browser.get(paper).get_data(as_text=True)
    with app.app_context():
        assert db.session().scalars(select(LeavingRow.seconds)).all() == [7]


@pytest.mark.parametrize(
    "sent", [{}, {"page": PHONE}, {"page": PHONE, "number": "1"}, [], {"page": "a b", "number": 1}]
)
def test_a_leaving_that_says_nothing_is_refused(
    sitting: str, office: Office, client_of: ClientOf, sent: object
) -> None:
    browser = client_of(office.staff)
    assert browser.send(f"{begin(browser, sitting)}/leavings", sent).status_code == 422


def test_without_scripts_a_flag_is_kept_and_named_before_handing_in(
    sitting: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    answer = browser.submit(
        f"{paper}/answers", {"s1": "0", "q1": "A", "f1": "1", "s3": "0", "f3": "1", "next": "hand-in"}
    )
    page = browser.get(answer.location).get_data(as_text=True)
    assert "标记待查" in page
    held = browser.get(f"{paper}/state").get_json()["held"]
    assert [(n, h["value"], h["flagged"]) for n, h in held.items()] == [("1", ["A"], True), ("3", [], True)]


def test_a_form_that_comes_too_late_is_told_so_and_kept_for_the_record(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    clock.advance(seconds=LIMIT_SECONDS + 1)
    page = browser.submit(f"{paper}/answers", {"s1": "0", "q1": "A", "next": "stay"}).get_data(as_text=True)
    assert "截止时间之后到达" in page
    assert counted(app) == (0, 1)


def test_a_form_is_told_for_which_questions_another_page_was_newer(
    sitting: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    browser.send(f"{paper}/answers/1", ANSWER)
    told = browser.submit(f"{paper}/answers", {"s1": "0", "q1": "B", "next": "stay"})
    assert "第 1 题在另一台设备上改得更晚" in browser.get(told.location).get_data(as_text=True)
