"""The days that figures are asked for: a week, month, quarter or year of the calendar, or those between two others."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import tzinfo
from enum import StrEnum

DAY = timedelta(days=1)
NUMERALS = "一二三四五六七八九十"


class PeriodKind(StrEnum):
    """The times that the calendar has names for."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


#: How many months a period has that is made of months.
MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
#: The years that people mean. One half typed (0026) is a slip, and the first day of all cannot be told in UTC.
YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Period:
    """A week from Monday on, or a month, quarter or year of the calendar; both days belong to it."""

    kind: PeriodKind
    starts_on: date
    ends_on: date

    @property
    def name(self) -> str:
        """2026年11月16日至22日, 2026年11月, 2026年第四季度, 2026年"""
        first, last = self.starts_on, self.ends_on
        if self.kind is PeriodKind.WEEK:
            year = f"{last.year}年" if last.year != first.year else ""
            month = f"{last.month}月" if last.month != first.month else ""
            return f"{day_words(first)}至{year}{month}{last.day}日"
        if self.kind is PeriodKind.MONTH:
            return f"{first.year}年{first.month}月"
        if self.kind is PeriodKind.QUARTER:
            return f"{first.year}年第{NUMERALS[first.month // 3]}季度"
        return f"{first.year}年"


def period_with(kind: PeriodKind, day: date) -> Period:
    """The period of this kind that holds a day.

    :raise ValueError: for a day in a year outside YEARS
    """
    if day.year not in YEARS:
        raise ValueError(day)
    return _period_with(kind, day)


def before(period: Period) -> Period:
    """The period of the same kind before it."""
    return _period_with(period.kind, period.starts_on - timedelta(days=1))


def _period_with(kind: PeriodKind, day: date) -> Period:
    if kind is PeriodKind.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6))
    months = MONTHS[kind]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    # So many months later it is still among the first days of a month, whatever their lengths.
    beyond = first + timedelta(days=31 * months)
    return Period(kind, first, beyond.replace(day=1) - timedelta(days=1))


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Span:
    """Some days, the first and the last among them; `kind` where the calendar has a name for them."""

    first: date
    last: date
    kind: PeriodKind | None = None

    @property
    def name(self) -> str:
        if self.kind is not None:
            return Period(self.kind, self.first, self.last).name
        return day_words(self.first) if self.first == self.last else f"{day_words(self.first)}至{day_words(self.last)}"

    @property
    def before(self) -> "Span":
        """What it is compared with: the calendar's one before, or as many days before the first."""
        if self.kind is not None:
            found = before(Period(self.kind, self.first, self.last))
            return Span(found.starts_on, found.ends_on, self.kind)
        return Span(self.first - (self.last - self.first) - DAY, self.first - DAY)

    def moments(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """When it begins and when it is over, in an office of this zone."""
        return _midnight(self.first, zone), _midnight(self.last + DAY, zone)


def span_of(kind: PeriodKind, day: date) -> Span:
    """The week, month, quarter or year that holds a day.

    :raise ValueError: for a day in a year outside YEARS
    """
    found = period_with(kind, day)
    return Span(found.starts_on, found.ends_on, kind)


def span_between(first: date, last: date) -> Span:
    """The days from one to another.

    :raise ValueError: if it ends before it begins, or lies in a year outside YEARS
    """
    if last < first or first.year not in YEARS or last.year not in YEARS:
        raise ValueError(first, last)
    return Span(first, last)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
