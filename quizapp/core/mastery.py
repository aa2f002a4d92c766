"""How key points stand, of one person and of groups, and which figures of groups may be told.

A figure of a group is told of three people or more, and so that no difference of two figures speaks of fewer.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from enum import StrEnum

from quizapp.core.memory import FADING_FROM
from quizapp.core.memory import Mastery
from quizapp.core.memory import Memory
from quizapp.core.memory import due_at
from quizapp.core.memory import mastery
from quizapp.core.memory import recall
from quizapp.core.reports import FEW

#: A key point that will be due within so long is said to be due soon.
SOON = timedelta(days=2)
#: A key point is called forgotten by a group when its mean recall lies below this.
FORGOTTEN_BELOW = FADING_FROM


class Standing(StrEnum):
    """How somebody stands with a key point today."""

    STRONG = Mastery.STRONG.value
    FADING = Mastery.FADING.value
    WEAK = Mastery.WEAK.value
    ANEW = "anew"  # a newer text changed it, and it was not practised since
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Held:
    """What somebody holds of a key point today. Recall (0..1) and the times are None where nothing is remembered."""

    standing: Standing
    recall: float | None = None
    rated_at: datetime | None = None
    due_at: datetime | None = None
    anew_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    def is_due_soon(self, now: datetime) -> bool:
        return self.due_at is not None and now < self.due_at <= now + SOON


NEVER_SEEN = Held(Standing.UNSEEN)


def held(memory: Memory | None, anew_at: datetime | None, now: datetime) -> Held:
    """What a card says today."""
    if memory is None:
        return Held(Standing.ANEW, anew_at=anew_at) if anew_at is not None else NEVER_SEEN
    recalled = recall(memory, now)
    return Held(Standing(mastery(recalled).value), recalled, memory.rated_at, due_at(memory))


@dataclass(frozen=True)
class Remembered:
    """What a group remembers of a key point: of so many people the sum of their recall, and how many are strong."""

    people: int = 0
    recall: float = 0.0
    strong: int = 0

    def __add__(self, other: "Remembered") -> "Remembered":
        return Remembered(self.people + other.people, self.recall + other.recall, self.strong + other.strong)

    @property
    def few(self) -> bool:
        return self.people < FEW

    @property
    def mean(self) -> float:
        """Mean recall, 0..1; 0 of nobody."""
        return self.recall / self.people if self.people else 0.0

    @property
    def standing(self) -> Standing:
        return Standing(mastery(self.mean).value)


NOBODY = Remembered()


def of_people(recalls: Sequence[float]) -> Remembered:
    """The figure of a group from everybody's recall."""
    return Remembered(len(recalls), sum(recalls), sum(mastery(each) is Mastery.STRONG for each in recalls))


def told(own: Mapping[int, Remembered], below: Mapping[int, Sequence[int]], section_id: int) -> Remembered:
    """What may be told of a section with all below it, from each section's own people.

    `below` are the sections directly below each. Groups of fewer than three people are put together, level by level,
    until they are three; those that are still fewer at the top are left out. So whatever is told of two places, the
    difference between them is of three people at least, or of nobody.
    """
    return _told(own, below, section_id)[0]


def _told(
    own: Mapping[int, Remembered], below: Mapping[int, Sequence[int]], section_id: int
) -> tuple[Remembered, Remembered]:
    """What may be told, and what is left for the level above."""
    sum_told, left = NOBODY, own.get(section_id, NOBODY)
    if not left.few:
        sum_told, left = left, NOBODY
    for child in below.get(section_id, ()):
        child_told, child_left = _told(own, below, child)
        sum_told, left = sum_told + child_told, left + child_left
    return (sum_told, left) if left.few else (sum_told + left, NOBODY)
