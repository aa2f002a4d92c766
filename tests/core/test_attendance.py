"""Make-up tasks by their times, and speeches cut into parts that are read in one go."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.attendance import LEAST_TIME
from quizapp.core.attendance import MakeUpState
from quizapp.core.attendance import leave_until
from quizapp.core.attendance import make_up_due
from quizapp.core.attendance import make_up_state
from quizapp.core.attendance import reading_parts
from quizapp.core.reading import read_speech

DUE = datetime(2026, 11, 27, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)

STATES = {
    "nothing done before the deadline": (None, DUE - HOUR, MakeUpState.DUE),
    "nothing done at the deadline": (None, DUE, MakeUpState.DUE),
    "nothing done after it": (None, DUE + HOUR, MakeUpState.OVERDUE),
    "done in time": (DUE - HOUR, DUE, MakeUpState.DONE),
    "done in the last moment": (DUE, DUE + HOUR, MakeUpState.DONE),
    "done in time stays done for ever": (DUE - HOUR, DUE + 1000 * HOUR, MakeUpState.DONE),
    "done late stays overdue": (DUE + HOUR, DUE + 2 * HOUR, MakeUpState.OVERDUE),
    "done late, and the clock was set back": (DUE + HOUR, DUE - HOUR, MakeUpState.OVERDUE),
}


@pytest.mark.parametrize(("done_at", "now", "state"), STATES.values(), ids=STATES)
def test_where_a_make_up_task_stands(done_at: datetime | None, now: datetime, state: MakeUpState) -> None:
    assert make_up_state(DUE, done_at, now) is state


@given(st.integers(0, 60), st.timedeltas(timedelta(days=-40), timedelta(days=400)))
def test_nobody_is_given_a_task_that_is_nearly_over(days: int, since_closing: timedelta) -> None:
    now = DUE + since_closing
    due = make_up_due(DUE, days, now)
    assert due >= now + LEAST_TIME
    assert due >= DUE + timedelta(days=days)


def test_leave_can_be_asked_for_three_days_later() -> None:
    assert leave_until(DUE) == DUE + timedelta(days=3)


SPEECH = """在全市办公室工作会议上的讲话

同志们：

今天讲两点意见。

一、争做“四有”干部

希望大家争做“四有”干部。一是有信念，心中有党。二是有本领，干事有方。

二、抓好三项重点

各科室要抓好落实。

谢谢大家。
"""


def parts_of(text: str) -> list[tuple[str, tuple[str, ...]]]:
    reading = read_speech(text)
    return [(part.title, part.paragraphs) for part in reading_parts(reading.clean, reading.outline)]


def test_a_speech_is_cut_at_its_top_headings() -> None:
    (first, opening), (second, closing) = parts_of(SPEECH)
    assert (first, second) == ("一、争做“四有”干部", "二、抓好三项重点")
    assert opening[0] == "在全市办公室工作会议上的讲话"
    assert closing[-1] == "谢谢大家。"


def test_a_speech_without_headings_is_one_part() -> None:
    text = "大家辛苦了。\n\n希望大家再接再厉。"
    assert parts_of(text) == [("", ("大家辛苦了。", "希望大家再接再厉。"))]


@given(
    st.lists(
        st.sampled_from(["一、争做实干家", "二、抓好落实", "三、守住底线", "要求真务实。", "一是实，二是新。", ""])
    )
)
def test_no_paragraph_is_lost_or_read_twice(lines: list[str]) -> None:
    reading = read_speech("\n".join(lines))
    cut = [paragraph for part in reading_parts(reading.clean, reading.outline) for paragraph in part.paragraphs]
    assert cut == [each.of(reading.clean.text) for each in reading.clean.paragraphs]


def test_a_longer_part_takes_longer_even_who_reads_fast() -> None:
    short, long = (reading_parts(read_speech(text).clean, ())[0] for text in ("要实。", "要求真务实。" * 200))
    assert 1 <= short.seconds < long.seconds
