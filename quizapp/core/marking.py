"""What people judge after a quiz: short answers point by point, wordings accepted for everybody, doubts."""

import unicodedata
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction

from quizapp.core.grading import units
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.speech import Span
from quizapp.core.types.fill_in import DIGITS
from quizapp.core.types.fill_in import plain


class DoubtReason(StrEnum):
    """What somebody thinks is wrong with a question."""

    KEY_WRONG = "key_wrong"
    UNCLEAR = "unclear"
    TWO_KEYS = "two_keys"
    OTHER = "other"


class NoticeKind(StrEnum):
    """What a person is told about an attempt after it was closed."""

    WORDING_ACCEPTED = "wording_accepted"
    WORDING_WITHDRAWN = "wording_withdrawn"
    MARKED = "marked"
    MARK_CHANGED = "mark_changed"
    DOUBT_ANSWERED = "doubt_answered"
    KEY_CORRECTED = "key_corrected"
    GRANTED = "granted"
    VOIDED = "voided"
    REGRADE_WITHDRAWN = "regrade_withdrawn"
    ADJUSTED = "adjusted"
    ADJUSTMENT_WITHDRAWN = "adjustment_withdrawn"


def is_blank(text: str) -> bool:
    """Whether an answer says nothing: no person needs to read it."""
    return not plain(text)


def units_said(said: Sequence[bool], full_mark: int) -> int:
    """The mark for a short answer of which these points are said, each point worth the same."""
    return units(Fraction(sum(said), len(said)), full_mark)


def with_wordings(question: Question, accepted: Iterable[tuple[int, str]]) -> Question:
    """The question with more wordings that count, each as (index of the blank, wording)."""
    blanks = [list(wordings) for wordings in question.blanks]
    for blank, wording in accepted:
        blanks[blank].append(wording)
    return replace(question, blanks=tuple(map(tuple, blanks)))


def keyword_spans(answer: str, points: Iterable[ScoringPoint]) -> tuple[Span, ...]:
    """Where wordings of the points stand in an answer as it was typed, in order and apart."""
    folded, places = _folded(answer)
    wordings = {_folded(w)[0] for point in points for group in point.keywords for w in group} - {""}
    found = sorted(span for wording in wordings for span in _occurrences(folded, wording))
    return tuple(_joined(Span(places[start], places[end - 1] + 1) for start, end in found))


def _folded(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without what a comparison ignores, and for each character left the index it came from."""
    kept = [
        (character, index)
        for index, typed in enumerate(text)
        for character in unicodedata.normalize("NFKC", typed).casefold().translate(DIGITS)
        if unicodedata.category(character)[0] not in "ZCP"
    ]
    return "".join(character for character, _ in kept), tuple(index for _, index in kept)


def _occurrences(text: str, sought: str) -> Iterator[tuple[int, int]]:
    start = text.find(sought)
    while start >= 0:
        yield start, start + len(sought)
        start = text.find(sought, start + 1)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that overlap made one."""
    found: list[Span] = []
    for span in spans:
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
