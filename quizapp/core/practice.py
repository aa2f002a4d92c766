"""Practising alone: its modes, what a card remembers, when a mistake is made good, and the days on which one practised.

Nothing of it is supervised, so nothing of it enters a score, a ranking or a bulletin.
"""

from collections.abc import Callable
from collections.abc import Collection
from datetime import date
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

#: 今日五题.
DAILY = 5
#: A mistake is made good once its question was answered rightly on so many different days.
DAYS_TO_CLEAR = 2
#: As far back as a streak is counted.
LONGEST_STREAK = 366


class PracticeMode(StrEnum):
    """Why a question was practised."""

    DAILY = "daily"
    MISTAKES = "mistakes"
    FREE = "free"
    RECITATION = "recitation"


class Origin(StrEnum):
    """Where a question was last answered wrongly."""

    SITTING = "sitting"
    PRACTICE = "practice"


class Matter(NamedTuple):
    """What a card remembers: a key point, or the question itself where it belongs to none."""

    key_point_id: int | None
    question_id: int | None


def matter_of(question_id: int, key_point_id: int | None) -> Matter:
    """What the card that a question moves is about."""
    return Matter(None, question_id) if key_point_id is None else Matter(key_point_id, None)


def streak(days: Collection[date], today: date, is_free: Callable[[date], bool]) -> int:
    """On how many days one has practised without missing one, up to today.

    A free day (holiday, weekend, leave) on which nobody expects it breaks nothing and counts only where one practised;
    neither does today, which is not over.
    """
    practised = set(days)
    count = 0
    for back in range(LONGEST_STREAK):
        day = today - timedelta(days=back)
        if day in practised:
            count += 1
        elif back and not is_free(day):
            break
    return count
