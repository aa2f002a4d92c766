"""A paper that was closed while the network was away, and opened again: in time, after the bell, after the closing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from browser.room import Room
from browser.room import served
from browser.room import take_away
from browser.room import turn_to
from conftest import Clock
from conftest import Office
from flask import Flask
from playwright.sync_api import Browser
from playwright.sync_api import BrowserContext
from playwright.sync_api import Error
from playwright.sync_api import Page
from playwright.sync_api import expect
from sqlalchemy import select

from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import attempts

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
FIVE = range(1, 6)
LIMIT = timedelta(minutes=20)


@pytest.fixture
def room(app: Flask, office: Office, sitting: str, clock: Clock, chromium: Browser) -> Iterator[Room]:
    with served(app, office, clock, chromium, sitting) as found:
        found.may_fail = True
        yield found


def answer_offline(room: Room, context: BrowserContext, numbers: range) -> None:
    """Open the paper, lose the network, answer, and close the page."""
    page = room.sit(context)
    context.set_offline(True)
    for number in numbers:
        turn_to(page, str(number))
        page.locator(f"#q{number} label.option").first.click()
    expect(page.locator("#offline")).to_contain_text(f"网络已断开，{len(numbers)} 题待保存")
    take_away(page)


def held(room: Room) -> tuple[AttemptState, list[int], list[bool], list[Arrival]]:
    """The attempt's state; how long each held answer is, whether it came late; and what became of all that came."""
    with room.app.app_context():
        state = db.session.scalars(select(AttemptRow).where(AttemptRow.public_id == room.attempt)).one().state
        rows = db.session.scalars(select(ResponseRow)).all()
        arrivals = db.session.scalars(select(ReceiptRow.arrival).order_by(ReceiptRow.id)).all()
        db.session.remove()
    return state, [len(row.value) for row in rows], [row.late for row in rows], list(arrivals)


def hand_in(page: Page) -> None:
    page.locator("[data-hand-in]").first.click()
    page.get_by_role("button", name="确认交卷").click()
    page.wait_for_url("**/result")


def test_five_answers_given_without_a_network_are_all_there_when_the_paper_is_handed_in(room: Room) -> None:
    context = room.device(360)
    answer_offline(room, context, FIVE)
    page = context.new_page()
    with pytest.raises(Error):
        page.goto(room.paper)
    assert held(room)[1] == []
    context.set_offline(False)
    page.goto(room.paper)
    for number in FIVE:
        page.locator(f"#q{number} [data-saved].is-saved").wait_for(state="attached")
    hand_in(page)
    assert held(room) == (AttemptState.CLOSED, [1] * 5, [False] * 5, [Arrival.SAVED] * 5)


def test_a_paper_reopened_just_after_the_bell_still_delivers_what_was_given_before_it(room: Room) -> None:
    room.clock.advance(seconds=LIMIT.total_seconds() - 4)
    context = room.device(360)
    answer_offline(room, context, range(1, 3))
    room.clock.advance(seconds=9)
    context.set_offline(False)
    page = context.new_page()
    page.goto(room.paper)
    page.wait_for_url("**/result")
    assert held(room) == (AttemptState.CLOSED, [1, 1], [True, True], [Arrival.LATE] * 2)
    expect(page.locator("main")).to_contain_text("到时自动交卷")


def test_what_was_left_on_a_device_when_the_paper_was_closed_is_kept_for_the_record_and_said(room: Room) -> None:
    context = room.device(360)
    answer_offline(room, context, range(2, 4))
    room.clock.advance(minutes=25)
    with room.app.app_context(), writing() as session:
        attempts.close_overdue(session, now=room.clock(), at_once=10)
    context.set_offline(False)
    page = context.new_page()
    page.goto(room.paper)
    expect(page.locator("#leftover")).to_contain_text("第 2、3 题的答案，收卷之后才送达，已留存备查，不计入得分")
    assert held(room) == (AttemptState.CLOSED, [], [], [Arrival.TOO_LATE] * 2)
    page.reload()
    expect(page.locator("#leftover")).to_be_hidden()
    assert len(held(room)[3]) == 2
