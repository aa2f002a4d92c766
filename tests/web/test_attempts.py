"""The quiz through its pages: what is shown, what is hidden, what survives."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update

from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db
from quizapp.db.engine import GATE_SECONDS
from quizapp.db.engine import writing
from quizapp.db.sittings import SittingRow
from quizapp.web import bell

ClientOf = Callable[[Person], Browser]


def begin(browser: Browser, sitting: str) -> str:
    """Start as the home page's button does; the address of the paper."""
    answer = browser.submit(f"/sittings/{sitting}/attempt")
    assert answer.status_code == 302
    return str(answer.location)


def text(browser: Browser, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def test_the_home_page_offers_the_quiz_before_anything_else(sitting: str, office: Office, client_of: ClientOf) -> None:
    page = text(client_of(office.staff), "/")
    assert page.index("开始作答") < page.index("</main>")
    assert "“五型”干部学测" in page


def test_nothing_before_closing_tells_a_key(sitting: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    pages = [paper, f"{paper}/state", f"{paper}/hand-in", f"{paper}/result", "/", "/history"]
    answers = [browser.get(path) for path in pages]
    answers.append(browser.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1}))
    for answer in answers:
        assert CANARY not in answer.get_data(as_text=True)
        assert CANARY not in str(answer.headers)


def test_after_handing_in_the_result_shows_key_and_sentence(sitting: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    answer = browser.submit(f"{paper}/submission")
    page = text(browser, answer.location)
    assert f"{CANARY}解析" in page
    assert f"{CANARY}原句" in page
    assert "正确答案" in page


def test_every_save_is_answered_with_what_the_server_holds(
    sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    clock.advance(minutes=3)
    told = browser.send(f"{paper}/answers/1", {"value": ["B"], "sequence": 1}).get_json()
    held = {"sequence": 1, "value": ["B"], "flagged": False, "page": "", "saved_at": "14:03:00", "age": 0}
    place = {"late": False, "live": True, "server": clock().timestamp() * 1000}
    assert told == held | place | {"state": "saved", "remaining": 17 * 60}
    clock.advance(minutes=1)
    told = browser.send(f"{paper}/answers/1", {"value": ["C"], "sequence": 1}).get_json()
    place["server"] = clock().timestamp() * 1000
    assert told == held | place | {"state": "older", "age": 60, "remaining": 16 * 60}


def test_without_javascript_the_whole_page_is_saved_by_its_form(
    sitting: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    answer = browser.submit(f"{paper}/answers", {"q1": "A", "s1": "0", "q2": "B", "s2": "0", "next": "hand-in"})
    assert answer.location.endswith("/hand-in")
    page = text(browser, answer.location)
    assert "服务器已保存 2 题" in page
    assert "还有 6 题未答" in page
    again = browser.submit(f"{paper}/answers", {"q1": "C", "s1": "1", "q2": "B", "s2": "1", "next": "stay"})
    assert "已保存到服务器" in text(browser, again.location)
    held = browser.get(f"{paper}/state").get_json()["held"]
    assert (held["1"]["value"], held["2"]["value"]) == (["C"], ["B"])
    assert (held["1"]["sequence"], held["2"]["sequence"]) == (2, 1)


def test_another_device_continues_where_one_was(sitting: str, office: Office, client_of: ClientOf) -> None:
    phone, desk = client_of(office.staff), client_of(office.staff)
    paper = begin(phone, sitting)
    phone.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1})
    assert begin(desk, sitting) == paper
    page = text(desk, paper)
    assert re.search(r'name="q1" value="A" checked', page)
    assert stems(page) == stems(text(phone, paper))


def stems(page: str) -> list[str]:
    return re.findall(r'class="stem"[^>]*>([^<]+)<', page)


def test_when_time_is_over_the_page_says_so_and_the_bell_closes(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    browser.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1})
    clock.advance(minutes=20)
    assert browser.send(f"{paper}/answers/1", {"value": ["B"], "sequence": 2}).status_code == 409
    assert "作答时间已到" in text(browser, paper)
    with app.app_context():
        assert bell.ring(10) == 0, "a save that arrived in time may still be waiting at the gate"
        clock.advance(seconds=GATE_SECONDS)
        assert bell.ring(10) == 0, "an answer whose network was away may still come"
        clock.advance(seconds=app.config["GRACE"])
        assert bell.ring(10) == 1
        assert bell.ring(10) == 0
    page = text(browser, browser.get(paper).location)
    assert "到时自动交卷" in page


@pytest.mark.parametrize("path", ["", "/state", "/hand-in", "/result"])
def test_somebody_elses_attempt_looks_like_none(sitting: str, office: Office, client_of: ClientOf, path: str) -> None:
    paper = begin(client_of(office.staff), sitting)
    for other in (office.colleague, office.chief, office.director, office.editor, office.admin):
        theirs = client_of(other).get(f"{paper}{path}")
        missing = client_of(other).get(f"/attempts/AAAAAAAAAAAAAAAAAAAAAA{path}")
        assert (theirs.status_code, missing.status_code) == (404, 404)


def test_nobody_saves_or_hands_in_for_another(app: Flask, sitting: str, office: Office, client_of: ClientOf) -> None:
    paper = begin(client_of(office.staff), sitting)
    other = client_of(office.colleague)
    assert other.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1}).status_code == 404
    assert other.submit(f"{paper}/submission").status_code == 404
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(ResponseRow)) == 0


ODD_REQUESTS = {
    "no sequence": {"value": ["A"]},
    "a sequence that is a text": {"value": ["A"], "sequence": "1"},
    "a sequence that is true": {"value": ["A"], "sequence": True},
    "a sequence of nought": {"value": ["A"], "sequence": 0},
    "a sequence beyond all bounds": {"value": ["A"], "sequence": 2**63},
    "a list instead of an object": [1, 2],
    "a text": "A",
    "an option that is none": {"value": ["Z"], "sequence": 1},
    "NaN": {"value": [float("nan")], "sequence": 1},
    "a megabyte": {"value": ["长" * 350_000], "sequence": 1},
}


@pytest.mark.parametrize("sent", ODD_REQUESTS.values(), ids=ODD_REQUESTS)
def test_an_odd_request_gets_a_sentence_and_changes_nothing(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, sent: object
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    answer = browser.send(f"{paper}/answers/1", sent)
    assert answer.status_code == 422
    assert answer.get_json()["message"]
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(ResponseRow)) == 0


def test_a_body_that_is_no_json_is_refused(sitting: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    headers = {"X-CSRFToken": browser.token(), "Content-Type": "application/json"}
    assert browser.post(f"{paper}/answers/1", data=b"{not json", headers=headers).status_code == 400


def test_fifty_starts_at_once_are_one_attempt_with_one_deadline(
    app: Flask, sitting: str, office: Office, client_of: ClientOf
) -> None:
    browsers = [client_of(office.staff) for _ in range(3)]
    for browser in browsers:
        browser.token()
    with ThreadPoolExecutor(8) as pool:
        places = set(pool.map(lambda n: begin(browsers[n % 3], sitting), range(50)))
    assert len(places) == 1
    with app.app_context():
        started = select(func.count()).select_from(AttemptRow).where(AttemptRow.started_at.is_not(None))
        assert db.session().scalar(started) == 1


def test_a_sitting_that_is_not_open_cannot_be_started(
    sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    clock.advance(hours=3)
    answer = client_of(office.staff).submit(f"/sittings/{sitting}/attempt")
    assert answer.status_code == 409
    assert "已结束" in answer.get_data(as_text=True)


def test_handing_in_twice_gives_the_same_result(sitting: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    first, second = (browser.submit(f"{paper}/submission") for _ in range(2))
    assert first.location == second.location
    assert "本人交卷" in text(browser, first.location)


def test_a_page_that_is_older_than_another_devices_answer_does_not_overwrite_it(
    sitting: str, office: Office, client_of: ClientOf
) -> None:
    phone, desk = client_of(office.staff), client_of(office.staff)
    paper = begin(phone, sitting)
    begin(desk, sitting)
    phone.send(f"{paper}/answers/1", {"value": ["B"], "sequence": 1})
    desk.submit(f"{paper}/answers", {"s1": "0", "q2": "A", "s2": "0", "next": "stay"})
    held = phone.get(f"{paper}/state").get_json()["held"]
    assert (held["1"]["value"], held["2"]["value"]) == (["B"], ["A"])


def test_a_form_clears_what_its_page_knew_and_now_leaves_blank(
    sitting: str, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    browser.send(f"{paper}/answers/1", {"value": ["B"], "sequence": 1})
    browser.submit(f"{paper}/answers", {"s1": "1", "next": "stay"})
    assert browser.get(f"{paper}/state").get_json()["held"]["1"]["value"] == []


def test_who_is_answering_is_not_signed_out_for_being_slow(
    sitting: str, office: Office, client_of: ClientOf, app: Flask, clock: Clock
) -> None:
    with app.app_context(), writing() as session:
        session.execute(update(SittingRow).values(duration_minutes=90))
    browser = client_of(office.staff)
    paper = begin(browser, sitting)
    clock.advance(minutes=50)
    answer = browser.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1})
    assert answer.status_code == 200
