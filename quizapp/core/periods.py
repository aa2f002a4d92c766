"""The days that figures are asked for: a week, month, quarter or year of the calendar, or those between two others."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import tzinfo

from quizapp.core.bulletin import YEARS
from quizapp.core.bulletin import Period
from quizapp.core.bulletin import PeriodKind
from quizapp.core.bulletin import before
from quizapp.core.bulletin import day_words
from quizapp.core.bulletin import period_with

DAY = timedelta(days=1)


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
