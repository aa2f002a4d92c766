"""The room: what the big screen shows, the steps of a question that all look at together, and when people sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from enum import Enum
from enum import StrEnum

from quizapp.core.sitting import Pace
from quizapp.core.states import SittingPhase


class Screen(StrEnum):
    """What the big screen shows; the leader chooses."""

    SIGN_IN = "sign_in"
    PROGRESS = "progress"
    QUESTION = "question"
    BLANK = "blank"


class Step(StrEnum):
    """Of the question on the screen: it is read, answers are awaited, how people chose, and why."""

    READ = "read"
    ANSWER = "answer"
    SPLIT = "split"
    EXPLAIN = "explain"


# Signing in: codes that change, and when the door is open

#: So soon a photograph of the QR code is worth nothing.
QR_EVERY = timedelta(seconds=15)
#: The picture on the screen may be two seconds old, and a phone takes a moment to open what it read.
QR_MORE = timedelta(seconds=5)
CODE_EVERY = timedelta(seconds=60)
#: Whoever began to type while the code changed need not type again.
CODE_MORE = CODE_EVERY
BEFORE = timedelta(minutes=30)


def slot(moment: datetime, every: timedelta) -> int:
    """Which of the periods of this length it is, counted from the beginning of time."""
    return int(moment.timestamp() // every.total_seconds())


def slots_taken(moment: datetime, every: timedelta, more: timedelta) -> tuple[int, ...]:
    """The periods whose code is taken now: this one, and the last one while it is not over by `more`."""
    return tuple(range(slot(moment - more, every), slot(moment, every) + 1))


class Door(Enum):
    """Whether people can sign in."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Window:
    """When people sign in; the beginning inclusive, the end exclusive."""

    opens_at: datetime
    closes_at: datetime

    def door(self, now: datetime) -> Door:
        if now < self.opens_at:
            return Door.NOT_YET
        return Door.OPEN if now < self.closes_at else Door.OVER


def window(quiz: tuple[datetime, datetime], meeting: tuple[datetime | None, datetime | None]) -> Window:
    """From half an hour before people meet, or before the quiz where they do not, until both are over."""
    (opens_at, closes_at), (begins_at, ends_at) = quiz, meeting
    return Window(min(begins_at or opens_at, opens_at) - BEFORE, max(ends_at or closes_at, closes_at))


# The way through the afternoon


@dataclass(frozen=True)
class Stand:
    """Where the leader is with the questions."""

    position: int
    step: Step


#: The steps at which answers are told.
TOLD = (Step.SPLIT, Step.EXPLAIN)


def steps(*, answering: bool) -> tuple[Step, ...]:
    """The steps of one question; answers are awaited only while people answer question by question."""
    return tuple(Step) if answering else (Step.READ, Step.SPLIT, Step.EXPLAIN)


def as_it_stands(stand: Stand, *, answering: bool) -> Stand:
    """The same, with a step that there is: a question that was being answered when the quiz ended is read."""
    return stand if stand.step in steps(answering=answering) else Stand(stand.position, Step.READ)


def _all_stands(order: Sequence[int], answering: bool) -> list[Stand]:
    return [Stand(position, step) for position in order for step in steps(answering=answering)]


def stand_after(stand: Stand, order: Sequence[int], *, answering: bool) -> Stand | None:
    """What comes next, the questions being told in this order; None at the end."""
    whole = _all_stands(order, answering)
    return whole[whole.index(stand) + 1] if stand in whole[:-1] else None


def stand_before(stand: Stand, order: Sequence[int], *, answering: bool) -> Stand | None:
    """What came before, the questions being told in this order; None at the beginning, or where no way leads back."""
    whole = _all_stands(order, answering)
    if stand not in whole[1:]:
        return None
    before = whole[whole.index(stand) - 1]
    return before if is_way(stand, before, answering=answering) else None


def is_way(here: Stand | None, there: Stand, *, answering: bool) -> bool:
    """Whether the leader may go on there: while people answer, nothing that was told is put to them again."""
    if here is None or not answering:
        return True
    if here.position != there.position:
        return here.position < there.position
    return here.step not in TOLD or there.step in TOLD


class Next(Enum):
    """The one thing that the leader's console proposes."""

    SIGN_IN = "sign_in"
    START = "start"
    PROGRESS = "progress"
    FIRST = "first"
    ON = "on"
    CLOSE = "close"
    BLANK = "blank"
    DONE = "done"


def next_move(phase: SittingPhase, pace: Pace, screen: Screen, *, begun: bool, more: bool) -> Next:
    """What to propose; `begun`: a question was on the screen already, `more`: another step follows it."""
    if phase is SittingPhase.PLANNED:
        return Next.START if screen is Screen.SIGN_IN else Next.SIGN_IN
    if phase is SittingPhase.OPEN and pace is Pace.WHOLE:
        return Next.CLOSE if screen is Screen.PROGRESS else Next.PROGRESS
    if screen is Screen.QUESTION and more:
        return Next.ON
    if phase is SittingPhase.OPEN:
        return Next.CLOSE if begun and not more else Next.FIRST
    if screen is Screen.QUESTION:
        return Next.BLANK
    return Next.DONE if begun and not more else Next.FIRST


# How often to ask

SECONDS_LIVE = 2
SECONDS_WAITING = 5
NEAR = timedelta(minutes=1)


def seconds_until_next(phase: SittingPhase, pace: Pace, opens_at: datetime, now: datetime) -> int:
    """When a phone asks again: soon while the leader leads it or the quiz is near, else at leisure."""
    is_near = phase is SittingPhase.PLANNED and opens_at - now < NEAR
    is_led = phase is SittingPhase.OPEN and pace is Pace.BY_QUESTION
    return SECONDS_LIVE if is_near or is_led else SECONDS_WAITING


def seconds_left(phase: SittingPhase, opens_at: datetime, closes_at: datetime, now: datetime) -> int:
    """Until the quiz begins, or else until it ends; nought when it is over."""
    if phase is SittingPhase.CLOSED:
        return 0
    until = opens_at if phase is SittingPhase.PLANNED else closes_at
    return max(0, round((until - now).total_seconds()))
