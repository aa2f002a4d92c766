"""Who was there: signed in, on leave, absent, made up."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from quizapp.core.speech import CleanText
from quizapp.core.speech import Heading
from quizapp.core.speech import Span

#: 补假: for so long after the study leave can still be asked for.
LATE_LEAVE = timedelta(days=3)
#: Whoever is given a make-up task late has this long for it all the same.
LEAST_TIME = timedelta(days=3)
#: Characters a second that somebody takes in who reads fast.
QUICK_READING = 12


class Presence(StrEnum):
    """Whether somebody who was expected at a sitting was there."""

    PRESENT = "present"
    LEAVE = "leave"
    ABSENT = "absent"


class Way(StrEnum):
    """How somebody's presence is known."""

    QR = "qr"
    CODE = "code"
    TICK = "tick"
    PAPER = "paper"
    ANSWERED = "answered"
    CORRECTED = "corrected"


class LeaveKind(StrEnum):
    """Why somebody could not come."""

    DUTY = "duty"
    TRAINING = "training"
    SICK = "sick"
    PERSONAL = "personal"
    ANNUAL = "annual"
    OTHER = "other"


class LeaveDecision(StrEnum):
    """What the approver said to a leave that was asked for."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"


class MakeUpState(StrEnum):
    """Where a make-up task stands; follows from its times, never stored."""

    DUE = "due"
    DONE = "done"
    OVERDUE = "overdue"


def leave_until(closes_at: datetime) -> datetime:
    """Until when leave from a sitting can be asked for."""
    return closes_at + LATE_LEAVE


def make_up_due(closes_at: datetime, days: int, now: datetime) -> datetime:
    """By when a sitting must be made up for by somebody who is told so now."""
    return max(closes_at + timedelta(days=days), now + LEAST_TIME)


def make_up_state(due: datetime, done_at: datetime | None, now: datetime) -> MakeUpState:
    """Where a make-up task stands; what was done too late stays overdue."""
    if done_at is not None and done_at <= due:
        return MakeUpState.DONE
    return MakeUpState.DUE if done_at is None and now <= due else MakeUpState.OVERDUE


@dataclass(frozen=True)
class Part:
    """A part of a speech that is read in one go."""

    #: The heading it stands under; empty for a speech without headings.
    title: str
    paragraphs: tuple[str, ...]

    @property
    def seconds(self) -> int:
        """How long somebody needs for it who reads fast."""
        return 1 + sum(map(len, self.paragraphs)) // QUICK_READING


def reading_parts(clean: CleanText, outline: Sequence[Heading]) -> tuple[Part, ...]:
    """Cut a speech at its top headings; what stands before the first belongs to the first part."""
    tops = [heading for heading in outline if heading.level == 1 and not heading.inline]
    if not tops:
        return (_part("", clean, Span(0, len(clean.text))),)
    return tuple(
        _part(f"{top.marker}{top.text}", clean, span) for top, span in zip(tops, _cut(clean, tops), strict=True)
    )


def _cut(clean: CleanText, tops: Sequence[Heading]) -> Iterator[Span]:
    edges = [0, *(top.body.start for top in tops[1:]), len(clean.text)]
    return (Span(start, end) for start, end in pairwise(edges))


def _part(title: str, clean: CleanText, span: Span) -> Part:
    found = [each.of(clean.text) for each in clean.paragraphs if span.start <= each.start < span.end]
    return Part(title, tuple(paragraph for paragraph in found if paragraph.strip()))
