"""What the calendar knows of a day, and that it says where it knows nothing."""

from datetime import date

import pytest

from quizapp.core.holidays import Day
from quizapp.core.holidays import DayKind
from quizapp.core.holidays import day
from quizapp.core.holidays import last_worked

DAYS = {
    "an ordinary Friday": (date(2026, 11, 27), Day(DayKind.WORK)),
    "an ordinary Saturday": (date(2026, 11, 28), Day(DayKind.REST)),
    "the National Day": (date(2026, 10, 1), Day(DayKind.HOLIDAY, "国庆节")),
    "a Saturday of the National Day": (date(2026, 10, 3), Day(DayKind.HOLIDAY, "国庆节")),
    "a Saturday worked in lieu": (date(2026, 10, 10), Day(DayKind.WORK)),
    "the Spring Festival": (date(2026, 2, 17), Day(DayKind.HOLIDAY, "春节")),
    "the Mid-autumn Festival": (date(2026, 9, 25), Day(DayKind.HOLIDAY, "中秋节")),
    "a holiday that came once": (date(2015, 9, 3), Day(DayKind.HOLIDAY, "公共假日")),
    "a New Year's Day nobody has announced": (date(2099, 1, 1), Day(DayKind.UNKNOWN)),
    "a weekend nobody has announced": (date(2099, 1, 3), Day(DayKind.UNKNOWN)),
    "a day before the calendar begins": (date(1999, 10, 1), Day(DayKind.UNKNOWN)),
}


@pytest.mark.parametrize(("of", "known"), DAYS.values(), ids=DAYS)
def test_a_day_is_what_the_government_announced(of: date, known: Day) -> None:
    assert day(of) == known


LAST_WORKED = {
    "a Wednesday": (date(2026, 11, 25), date(2026, 11, 25)),
    "a Sunday": (date(2026, 11, 22), date(2026, 11, 20)),
    "a Saturday worked in lieu": (date(2026, 10, 10), date(2026, 10, 10)),
    "the last day of a long holiday": (date(2026, 10, 7), date(2026, 9, 30)),
    "a Sunday that nobody has announced": (date(2099, 1, 4), date(2099, 1, 2)),
}


@pytest.mark.parametrize(("until", "found"), LAST_WORKED.values(), ids=LAST_WORKED)
def test_work_is_done_by_the_last_day_that_is_worked(until: date, found: date) -> None:
    assert last_worked(until) == found
