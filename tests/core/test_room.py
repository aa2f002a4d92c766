"""Codes that change, the door, and the way through the questions."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.room import BEFORE
from quizapp.core.room import CODE_EVERY
from quizapp.core.room import CODE_MORE
from quizapp.core.room import QR_EVERY
from quizapp.core.room import QR_MORE
from quizapp.core.room import TOLD
from quizapp.core.room import Door
from quizapp.core.room import Next
from quizapp.core.room import Screen
from quizapp.core.room import Stand
from quizapp.core.room import Step
from quizapp.core.room import is_way
from quizapp.core.room import next_move
from quizapp.core.room import seconds_left
from quizapp.core.room import seconds_until_next
from quizapp.core.room import slot
from quizapp.core.room import slots_taken
from quizapp.core.room import stand_after
from quizapp.core.room import stand_before
from quizapp.core.room import window
from quizapp.core.sitting import Pace
from quizapp.core.states import SittingPhase

START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("every", "more", "shortest", "longest"),
    [(QR_EVERY, QR_MORE, 5, 20), (CODE_EVERY, CODE_MORE, 60, 120)],
    ids=["the QR code", "the six digits"],
)
@given(shown=MOMENTS, later=st.integers(0, 400))
def test_a_code_is_taken_while_it_is_shown_and_a_little_longer(
    every: timedelta, more: timedelta, shortest: int, longest: int, shown: datetime, later: int
) -> None:
    is_taken = slot(shown, every) in slots_taken(shown + timedelta(seconds=later), every, more)
    if later <= shortest:
        assert is_taken
    if later >= longest:
        assert not is_taken


@given(moment=MOMENTS)
def test_the_code_of_tomorrow_is_not_taken(moment: datetime) -> None:
    assert max(slots_taken(moment, QR_EVERY, QR_MORE)) == slot(moment, QR_EVERY)


@pytest.mark.parametrize(
    ("meeting", "opens", "closes"),
    [
        ((None, None), -30, 60),
        ((START - timedelta(minutes=40), START + timedelta(minutes=90)), -70, 90),
        ((START - timedelta(minutes=40), START + timedelta(minutes=30)), -70, 60),
        ((START + timedelta(minutes=5), None), -30, 60),
    ],
    ids=["a quiz alone", "a meeting around it", "a quiz that was extended past it", "a quiz moved before it"],
)
def test_people_sign_in_from_half_an_hour_before_until_all_is_over(
    meeting: tuple[datetime | None, datetime | None], opens: int, closes: int
) -> None:
    found = window((START, START + timedelta(hours=1)), meeting)
    assert found.opens_at == START + timedelta(minutes=opens)
    assert found.closes_at == START + timedelta(minutes=closes)


@pytest.mark.parametrize(
    ("seconds", "door"),
    [(-BEFORE.seconds - 1, Door.NOT_YET), (-BEFORE.seconds, Door.OPEN), (3599, Door.OPEN), (3600, Door.OVER)],
    ids=["too early", "on the minute", "the last second", "over"],
)
def test_the_door_opens_and_shuts_on_the_second(seconds: int, door: Door) -> None:
    assert window((START, START + timedelta(hours=1)), (None, None)).door(START + timedelta(seconds=seconds)) is door


ORDERS = st.lists(st.integers(1, 30), min_size=1, max_size=6, unique=True)


@given(order=ORDERS, answering=st.booleans())
def test_going_on_comes_past_every_step_once_and_ends(order: list[int], answering: bool) -> None:
    here: Stand | None = Stand(order[0], Step.READ)
    passed = []
    while here is not None:
        passed.append(here)
        here = stand_after(here, order, answering=answering)
    assert len(set(passed)) == len(passed) == len(order) * (4 if answering else 3)
    assert {stand.position for stand in passed} == set(order)


@given(order=ORDERS)
def test_after_closing_going_back_undoes_going_on(order: list[int]) -> None:
    here = Stand(order[0], Step.READ)
    while (after := stand_after(here, order, answering=False)) is not None:
        assert stand_before(after, order, answering=False) == here
        here = after
    assert stand_before(Stand(order[0], Step.READ), order, answering=False) is None


STANDS = st.builds(Stand, st.integers(1, 5), st.sampled_from(Step))


@given(walk=st.lists(STANDS, max_size=12))
def test_while_people_answer_no_way_leads_from_what_was_told_to_answering_it(walk: list[Stand]) -> None:
    here: Stand | None = None
    told: set[int] = set()
    for there in walk:
        if not is_way(here, there, answering=True):
            continue
        here = there
        assert there.step in TOLD or there.position not in told
        if there.step in TOLD:
            told.add(there.position)


def test_a_question_that_left_the_paper_leads_nowhere() -> None:
    assert stand_after(Stand(9, Step.READ), [1, 2], answering=False) is None
    assert stand_before(Stand(9, Step.READ), [1, 2], answering=False) is None


PLANNED, OPEN, CLOSED = SittingPhase.PLANNED, SittingPhase.OPEN, SittingPhase.CLOSED
WHOLE, BY_QUESTION = Pace.WHOLE, Pace.BY_QUESTION


@pytest.mark.parametrize(
    ("phase", "pace", "screen", "begun", "more", "move"),
    [
        (PLANNED, WHOLE, Screen.BLANK, False, False, Next.SIGN_IN),
        (PLANNED, WHOLE, Screen.SIGN_IN, False, False, Next.START),
        (OPEN, WHOLE, Screen.SIGN_IN, False, False, Next.PROGRESS),
        (OPEN, WHOLE, Screen.PROGRESS, False, False, Next.CLOSE),
        (OPEN, BY_QUESTION, Screen.PROGRESS, False, True, Next.FIRST),
        (OPEN, BY_QUESTION, Screen.QUESTION, True, True, Next.ON),
        (OPEN, BY_QUESTION, Screen.QUESTION, True, False, Next.CLOSE),
        (CLOSED, WHOLE, Screen.PROGRESS, False, True, Next.FIRST),
        (CLOSED, WHOLE, Screen.QUESTION, True, True, Next.ON),
        (CLOSED, WHOLE, Screen.QUESTION, True, False, Next.BLANK),
        (CLOSED, WHOLE, Screen.BLANK, True, False, Next.DONE),
    ],
    ids=[
        "before the afternoon",
        "people sign in",
        "the clock opened the quiz",
        "people answer",
        "question by question, before the first",
        "question by question",
        "question by question, after the last",
        "after the bell",
        "in the review",
        "after the last question",
        "all is over",
    ],
)
def test_the_console_proposes_one_thing(
    phase: SittingPhase, pace: Pace, screen: Screen, begun: bool, more: bool, move: Next
) -> None:
    assert next_move(phase, pace, screen, begun=begun, more=more) is move


@pytest.mark.parametrize(
    ("phase", "pace", "minutes", "seconds"),
    [
        (PLANNED, WHOLE, 20, 5),
        (PLANNED, WHOLE, 0.5, 2),
        (OPEN, WHOLE, -1, 5),
        (OPEN, BY_QUESTION, -1, 2),
        (CLOSED, BY_QUESTION, -60, 5),
    ],
    ids=["long before", "just before", "whole papers", "question by question", "over"],
)
def test_phones_ask_often_only_while_something_is_about_to_happen(
    phase: SittingPhase, pace: Pace, minutes: float, seconds: int
) -> None:
    assert seconds_until_next(phase, pace, START, START - timedelta(minutes=minutes)) == seconds


def test_what_is_left_is_never_less_than_nothing() -> None:
    closes_at = START + timedelta(minutes=10)
    assert seconds_left(PLANNED, START, closes_at, START - timedelta(seconds=90)) == 90
    assert seconds_left(OPEN, START, closes_at, START) == 600
    assert seconds_left(OPEN, START, closes_at, closes_at + timedelta(hours=1)) == 0
    assert seconds_left(CLOSED, START, closes_at, START) == 0
