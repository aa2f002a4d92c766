"""Bulletins."""

from enum import StrEnum


class PeriodKind(StrEnum):
    """How long a time a bulletin speaks of."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
