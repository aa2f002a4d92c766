"""Which days of the year are worked: ordinary days, weekends, public holidays and the days worked in lieu of them."""

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from enum import Enum

from chinese_calendar import get_holiday_detail


class DayKind(Enum):
    """What is known of a day; nobody guesses at a year whose holidays the government has not announced."""

    WORK = "work"
    REST = "rest"
    HOLIDAY = "holiday"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Day:
    """A day of the calendar."""

    kind: DayKind
    #: Of a public holiday.
    name: str = ""


SATURDAY = 5
#: The festivals by the names that the calendar package gives them.
FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


def day(of: date) -> Day:
    """What is known of this day."""
    try:
        is_off, festival = get_holiday_detail(of)
    except NotImplementedError:
        return Day(DayKind.UNKNOWN)
    if not is_off:
        return Day(DayKind.WORK)
    if festival is None:
        return Day(DayKind.REST)
    return Day(DayKind.HOLIDAY, FESTIVALS.get(festival, "公共假日"))


def last_worked(until: date) -> date:
    """The last day until this one that is worked."""
    while not is_worked(until):
        until -= timedelta(days=1)
    return until


def is_worked(of: date) -> bool:
    """Whether a day is worked; of a year nobody has announced, from Monday to Friday."""
    kind = day(of).kind
    return of.weekday() < SATURDAY if kind is DayKind.UNKNOWN else kind is DayKind.WORK
