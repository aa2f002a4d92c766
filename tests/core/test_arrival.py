"""Whether a late answer counts, and how often a page asks again."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.arrival import ASKED_A_SECOND
from quizapp.core.arrival import LONGEST_JOURNEY
from quizapp.core.arrival import SECONDS_ALONE
from quizapp.core.arrival import SECONDS_SHARED
from quizapp.core.arrival import DeviceClock
from quizapp.core.arrival import is_late_but_counts
from quizapp.core.arrival import seconds_until_next

BELL = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
GRACE = timedelta(seconds=60)


def clock(synced: float, given: float, sent: float) -> DeviceClock:
    """A device that last heard from the server `synced` seconds before the bell."""
    return DeviceClock(BELL - timedelta(seconds=synced), timedelta(seconds=given), timedelta(seconds=sent))


#: What a device says, how many seconds after the bell that arrives, and whether it counts.
CASES = {
    "given before the bell, sent when the network is back": (clock(100, 90, 130), 31, True),
    "given at the bell itself": (clock(100, 100, 130), 30, True),
    "given a second after the bell": (clock(100, 101, 130), 30, False),
    "at the end of the grace": (clock(100, 90, 160), 60, True),
    "a second after the grace": (clock(100, 90, 161), 61, False),
    "a slow journey": (clock(100, 90, 120), 34, True),
    "a journey that takes too long": (clock(100, 90, 120), 36, False),
    "a device whose time stood still": (clock(100, 90, 95), 30, False),
    "a device that says it sends in the future": (clock(100, 90, 140), 30, False),
    "a device that gave it after it sent it": (clock(100, 135, 130), 30, False),
    "a device that gave it before it heard from the server": (clock(100, -5, 130), 30, False),
    "a device that says nothing": (None, 1, False),
}


@pytest.mark.parametrize(("said", "after", "counts"), CASES.values(), ids=CASES)
def test_a_late_answer_counts_when_the_devices_clock_agrees(said: DeviceClock | None, after: int, counts: bool) -> None:
    assert is_late_but_counts(said, BELL, BELL + timedelta(seconds=after), GRACE) is counts


def test_without_grace_nothing_late_counts() -> None:
    now = BELL + timedelta(seconds=1)
    assert not is_late_but_counts(clock(100, 90, 101), BELL, now, timedelta(0))


seconds = st.floats(-1e6, 1e6)


@given(seconds, seconds, seconds, seconds)
def test_what_counts_was_given_before_the_bell_and_came_within_the_grace(
    synced: float, given_: float, sent: float, after: float
) -> None:
    said, now = clock(synced, given_, sent), BELL + timedelta(seconds=after)
    if is_late_but_counts(said, BELL, now, GRACE):
        assert said.given_at <= BELL
        assert now <= BELL + GRACE
        assert said.synced + said.given <= now + LONGEST_JOURNEY


def test_pages_that_share_a_paper_ask_every_few_seconds_whatever_the_crowd() -> None:
    assert {seconds_until_next(people, shared=True) for people in (1, 20_000)} == {SECONDS_SHARED}


@given(st.integers(0, 10**6))
def test_a_crowd_asks_no_more_often_than_the_server_can_spare(people: int) -> None:
    wait = seconds_until_next(people, shared=False)
    assert wait in SECONDS_ALONE
    assert people / wait <= 2 * ASKED_A_SECOND or wait == SECONDS_ALONE.stop - 1
