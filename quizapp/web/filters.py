"""How values become words: numbers are rounded here and nowhere else."""

from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from flask import Flask
from flask import current_app

from quizapp.core.labels import label
from quizapp.core.question import UNITS

WEEKDAYS = "一二三四五六日"


def init_app(app: Flask) -> None:
    for function in (label_of, day_time, day, clock_time, percent, points, minutes):
        app.add_template_filter(function)


def office_time(moment: datetime) -> datetime:
    """A stored time in the office's zone."""
    return moment.astimezone(ZoneInfo(current_app.config["OFFICE_ZONE"]))


def label_of(member: StrEnum) -> str:
    return label(member)


def day_time(moment: datetime | None) -> str:
    """11月22日（周日）14:30"""
    return "—" if moment is None else f"{day(moment)} {clock_time(moment)}"


def day(moment: datetime) -> str:
    local = office_time(moment)
    return f"{local.month}月{local.day}日（周{WEEKDAYS[local.weekday()]}）"


def clock_time(moment: datetime) -> str:
    return office_time(moment).strftime("%H:%M")


def percent(share: Fraction | None) -> str:
    """A share as a whole percentage, rounded down: nothing reads as passed that did not. A dash for no share."""
    return "—" if share is None else f"{floor(share * 100)}%"


def points(units: int | None) -> str:
    """Units of a mark as points with at most one decimal, rounded down."""
    if units is None:
        return "—"
    tenths = floor(Fraction(units, UNITS) * 10)
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def minutes(seconds: float) -> str:
    return f"{int(seconds // 60)} 分 {int(seconds % 60):02d} 秒"
