"""When somebody may start, and when their time is up."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.sitting import Mode
from quizapp.core.sitting import deadline
from quizapp.core.sitting import next_start

OPENS = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=2)
TWENTY = timedelta(minutes=20)
STARTS = (OPENS, OPENS + timedelta(minutes=30), CLOSES - timedelta(minutes=10))
CASES = {
    "together, the bell rings for all at once": (Mode.TOGETHER, 5, CLOSES),
    "alone, everybody has the duration": (Mode.INDIVIDUAL, 5, OPENS + timedelta(minutes=25)),
    "alone, the closing ends what began late": (Mode.INDIVIDUAL, 115, CLOSES),
    "in a batch, the bell rings for the batch": (Mode.BATCHED, 5, OPENS + TWENTY),
    "at the very start of the second batch": (Mode.BATCHED, 30, OPENS + timedelta(minutes=50)),
    "the last batch ends with the sitting": (Mode.BATCHED, 112, CLOSES),
    "between two batches nobody starts": (Mode.BATCHED, 25, None),
    "at the very end of a batch nobody starts": (Mode.BATCHED, 20, None),
    "before the first batch nobody starts": (Mode.BATCHED, -1, None),
}


@pytest.mark.parametrize(("mode", "after", "expected"), CASES.values(), ids=CASES)
def test_a_deadline_follows_from_the_mode(mode: Mode, after: int, expected: datetime | None) -> None:
    assert deadline(mode, CLOSES, TWENTY, STARTS, OPENS + timedelta(minutes=after)) == expected


@given(st.sampled_from(Mode), st.integers(0, 119), st.lists(st.integers(0, 119)), st.integers(1, 240))
def test_nobody_has_time_after_the_closing_nor_a_deadline_in_the_past(
    mode: Mode, after: int, starts: list[int], duration: int
) -> None:
    now = OPENS + timedelta(minutes=after)
    begun = sorted(OPENS + timedelta(minutes=start) for start in starts)
    found = deadline(mode, CLOSES, timedelta(minutes=duration), begun, now)
    assert found is None or now < found <= CLOSES
    assert (found is None) <= (mode is Mode.BATCHED)


def test_the_next_batch_is_the_first_that_is_still_to_start() -> None:
    assert next_start(STARTS, OPENS) == STARTS[1]
    assert next_start(STARTS, CLOSES) is None
