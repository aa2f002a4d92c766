"""The days that figures are asked for: what they hold, what comes before, when they begin in the office's zone."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.periods import PeriodKind
from quizapp.core.periods import Span
from quizapp.core.periods import span_between
from quizapp.core.periods import span_of

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(2001, 1, 8), date(2098, 12, 31))

NAMED = {
    "a week from Monday on": (PeriodKind.WEEK, date(2026, 11, 16), date(2026, 11, 22), "2026年11月16日至22日"),
    "a month": (PeriodKind.MONTH, date(2026, 11, 1), date(2026, 11, 30), "2026年11月"),
    "a quarter": (PeriodKind.QUARTER, date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度"),
    "a year": (PeriodKind.YEAR, date(2026, 1, 1), date(2026, 12, 31), "2026年"),
}


@pytest.mark.parametrize(("kind", "first", "last", "name"), NAMED.values(), ids=NAMED)
def test_the_calendar_names_its_periods(kind: PeriodKind, first: date, last: date, name: str) -> None:
    found = span_of(kind, date(2026, 11, 20))
    assert (found.first, found.last, found.name) == (first, last, name)


def test_days_between_two_are_named_by_both() -> None:
    assert span_between(date(2026, 9, 1), date(2026, 10, 15)).name == "2026年9月1日至2026年10月15日"
    assert span_between(date(2026, 9, 1), date(2026, 9, 1)).name == "2026年9月1日"


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="2026"):
        span_between(date(2026, 11, 20), date(2026, 11, 19))


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2100, 1, 1)], ids=str)
def test_a_year_that_nobody_means_is_refused(day: date) -> None:
    with pytest.raises(ValueError, match=str(day.year)):
        span_of(PeriodKind.MONTH, day)
    with pytest.raises(ValueError, match=str(day.year)):
        span_between(day, day)


@given(st.sampled_from(PeriodKind), DAYS)
def test_the_calendars_period_holds_its_day_and_follows_the_one_before_at_once(kind: PeriodKind, day: date) -> None:
    found = span_of(kind, day)
    assert found.first <= day <= found.last
    assert found.before.last + timedelta(days=1) == found.first
    assert found.before.kind is kind


@given(DAYS, st.integers(0, 400))
def test_other_days_are_compared_with_as_many_before_them(first: date, more: int) -> None:
    found = Span(first, first + timedelta(days=more))
    assert found.before.last + timedelta(days=1) == found.first
    assert found.before.last - found.before.first == found.last - found.first


def test_a_day_begins_and_ends_at_the_offices_midnight() -> None:
    since, until = span_between(date(2026, 11, 20), date(2026, 11, 20)).moments(ZONE)
    assert since == datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert until == datetime(2026, 11, 20, 16, tzinfo=UTC)
