"""How a sitting runs: who takes it when, and when each person's time is up."""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from enum import StrEnum


class SittingKind(StrEnum):
    """Whether a sitting is the week's own, makes up for one that somebody missed, or is a mock that one person takes
    alone: that counts nowhere, and nobody else knows of it."""

    WEEKLY = "weekly"
    MAKE_UP = "make_up"
    MOCK = "mock"


class Mode(StrEnum):
    """One sitting, three ways to take it: everyone within one window, in several starts, or each at any time."""

    TOGETHER = "together"
    BATCHED = "batched"
    INDIVIDUAL = "individual"


class Pace(StrEnum):
    """Whether people have the whole paper before them, or the leader opens one question after another."""

    WHOLE = "whole"
    BY_QUESTION = "by_question"


def deadline(
    mode: Mode, closes_at: datetime, duration: timedelta, starts: Sequence[datetime], now: datetime
) -> datetime | None:
    """When the time of somebody who starts now is up; None where nobody may start now.

    Together, the bell rings for all at once; in batches, for all of a batch; otherwise everybody has the duration. The
    sitting's closing ends every attempt. `starts` are the batches', in order.
    """
    if mode is Mode.TOGETHER:
        return closes_at
    if mode is Mode.INDIVIDUAL:
        return min(now + duration, closes_at)
    begun = [start for start in starts if start <= now]
    if not begun or now >= begun[-1] + duration:
        return None
    return min(begun[-1] + duration, closes_at)


def next_start(starts: Sequence[datetime], now: datetime) -> datetime | None:
    """The next batch that is still to start."""
    return next((start for start in starts if start > now), None)
