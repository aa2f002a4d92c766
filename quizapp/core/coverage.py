"""How far a speech has been asked about: which paragraphs and key points have questions, and which are known to all."""

from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from quizapp.core.speech import Span

#: A key point is known when people who were asked earned this share, and this many answers at least say so.
KNOWN_FROM = Fraction(9, 10)
ANSWERS_NEEDED = 10


class Covered(StrEnum):
    """How far a key point has been asked about."""

    NO_QUESTION = "no_question"  # nothing in the bank or on the desk
    WAITING = "waiting"  # questions wait at the desk, none is in the bank
    NEVER_ASKED = "never_asked"  # in the bank, on no paper that people have taken
    ASKED = "asked"
    KNOWN = "known"  # asked, and nearly everybody is right


@dataclass(frozen=True)
class Use:
    """What became of questions: how many are in the bank and wait at the desk; how often people were asked, and how
    they did. `facility` is the mean share of the mark (high = easy), None while nobody was asked."""

    approved: int = 0
    waiting: int = 0
    asked: int = 0
    facility: Fraction | None = None

    @property
    def covered(self) -> Covered:
        if self.facility is not None:
            known = self.asked >= ANSWERS_NEEDED and self.facility >= KNOWN_FROM
            return Covered.KNOWN if known else Covered.ASKED
        if self.approved:
            return Covered.NEVER_ASKED
        return Covered.WAITING if self.waiting else Covered.NO_QUESTION


def together(uses: Sequence[Use]) -> Use:
    """The use of several questions as one; shares are weighed by how often each was asked."""
    asked = sum(use.asked for use in uses)
    earned = sum((use.facility * use.asked for use in uses if use.facility is not None), Fraction(0))
    return Use(
        sum(use.approved for use in uses),
        sum(use.waiting for use in uses),
        asked,
        earned / asked if asked else None,
    )


def paragraphs_of(paragraphs: Sequence[Span], span: Span) -> range:
    """The paragraphs, by index, that a span reaches into."""
    first = bisect_right(paragraphs, span.start, key=lambda each: each.end)
    return range(first, max(first, bisect_left(paragraphs, span.end, key=lambda each: each.start)))
