"""How well somebody remembers a key point: FSRS-6 with its default weights, as py-fsrs computes it.

Rated are days, not minutes: of one day only the first answer counts, so nothing is learnt in steps of minutes, and the
time that went by is a number of whole days.
"""

from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from enum import IntEnum
from enum import StrEnum
from math import exp

from fsrs import Card
from fsrs import Rating
from fsrs import Scheduler
from fsrs import State

#: A key point is due when its predicted recall has fallen this far.
RETENTION = 0.85
#: And in any case after so many days.
LONGEST_DAYS = 120

_FSRS = Scheduler(
    desired_retention=RETENTION,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=LONGEST_DAYS,
    enable_fuzzing=False,
)
_W = _FSRS.parameters
#: Of the published curve: recall after t days = (1 + FACTOR · t / stability) ** DECAY, which is 0.9 at t = stability.
_DECAY = -_W[20]
_FACTOR = 0.9 ** (1 / _DECAY) - 1
#: Of the published stability after an answer, what depends on the weights alone.
_GROWTH, _LEAST_LOSS = exp(_W[8]), exp(_W[17] * _W[18])
#: FSRS lets no stability fall below this.
_LEAST_STABILITY = 0.001
#: Days until recall has fallen to RETENTION, for a stability of one.
_DAYS_OF_STABILITY = (RETENTION ** (1 / _DECAY) - 1) / _FACTOR


class Grade(IntEnum):
    """What an answer says of the memory, by FSRS's own numbers. Nobody is asked whether it was easy."""

    AGAIN = Rating.Again.value
    HARD = Rating.Hard.value
    GOOD = Rating.Good.value


class Mastery(StrEnum):
    """How well a key point is remembered today, in a word."""

    STRONG = "strong"
    FADING = "fading"
    WEAK = "weak"


#: The recall from which a key point is called so; below both it is weak.
STRONG_FROM, FADING_FROM = RETENTION, 0.7


@dataclass(frozen=True)
class Memory:
    """What one person holds of one key point.

    Stability: days after which recall is 0.9. Difficulty: 1 (easy) to 10. `rated_at` is aware.
    """

    stability: float
    difficulty: float
    rated_at: datetime


def grade_of(right: bool, unsure: bool) -> Grade:
    """A wrong answer is forgotten, however sure; a right one that was marked unsure was hard."""
    if not right:
        return Grade.AGAIN
    return Grade.HARD if unsure else Grade.GOOD


def rated(memory: Memory | None, grade: Grade, now: datetime) -> Memory:
    """The memory after an answer; None is a key point that was never asked. For the first answer of a day only.

    An answer before the last rating (a clock that was set back) counts as given at that rating.
    """
    if memory is None:
        card, at, rated_at = Card(0, due=now), now.astimezone(UTC), now
    else:
        card, at, rated_at = _card(memory), _day(memory, now), max(now, memory.rated_at)
    after, _ = _FSRS.review_card(card, Rating(grade), at)
    assert after.stability is not None and after.difficulty is not None
    return Memory(after.stability, after.difficulty, rated_at)


def recall(memory: Memory, now: datetime) -> float:
    """The chance, 0..1, that the key point is recalled on the day of `now`; 1 until the day after the rating."""
    return recall_after(elapsed_days(memory, now), memory.stability)


def recall_after(days: float, stability: float) -> float:
    """The chance, 0..1, that something of this stability is recalled so many days after its rating."""
    return float((1 + _FACTOR * days / stability) ** _DECAY)


def outlook(memory: Memory, recalled: float) -> tuple[float, float]:
    """The stability that a right (GOOD) and that a wrong answer would leave at this recall, on a day after the rating.

    What `rated` gives, by the published formulas of FSRS-6 alone: to choose five, hundreds of answers are thought
    through, and by py-fsrs that takes ten times as long. A test holds the two together.
    """
    stability, difficulty, forgotten = memory.stability, memory.difficulty, 1 - recalled
    growth = _GROWTH * (11 - difficulty) * stability ** -_W[9] * (exp(forgotten * _W[10]) - 1)
    lapsed = _W[11] * difficulty ** -_W[12] * ((stability + 1) ** _W[13] - 1) * exp(forgotten * _W[14])
    return stability * (1 + growth), max(min(lapsed, stability / _LEAST_LOSS), _LEAST_STABILITY)


def due_at(memory: Memory) -> datetime:
    """When recall has fallen to RETENTION: whole days after the rating, at least one and at most LONGEST_DAYS."""
    days = round(memory.stability * _DAYS_OF_STABILITY)
    return memory.rated_at + timedelta(days=min(max(days, 1), LONGEST_DAYS))


def mastery(recall: float) -> Mastery:
    """The word for a recall of 0..1."""
    if recall >= STRONG_FROM:
        return Mastery.STRONG
    return Mastery.FADING if recall >= FADING_FROM else Mastery.WEAK


def elapsed_days(memory: Memory, now: datetime) -> int:
    """Days since the rating, to the nearest whole one; never below zero.

    FSRS counts days; py-fsrs rounds them down, so that from an afternoon to the next morning there would be none.
    Office hours span less than half a day, so the nearest whole number is the difference of the dates in any zone.
    """
    return max(0, round((now - memory.rated_at) / timedelta(days=1)))


def _day(memory: Memory, now: datetime) -> datetime:
    return memory.rated_at.astimezone(UTC) + timedelta(days=elapsed_days(memory, now))


def _card(memory: Memory) -> Card:
    """As py-fsrs wants it. Number and due date say nothing, but left out they would be taken from the clock."""
    at = memory.rated_at.astimezone(UTC)
    return Card(0, State.Review, None, memory.stability, memory.difficulty, due=at, last_review=at)
