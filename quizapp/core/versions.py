"""How a corrected question differs from the version before it, part by part."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizapp.core.comparison import Change
from quizapp.core.comparison import Compared
from quizapp.core.comparison import Piece
from quizapp.core.comparison import compare
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint


class Part(StrEnum):
    """A part of a question, in the order a page shows them."""

    STEM = "stem"
    OPTIONS = "options"
    KEY = "key"
    BLANKS = "blanks"
    PAIRS = "pairs"
    ORDER = "order"
    POINTS = "points"
    EXPLANATION = "explanation"
    DIFFICULTY = "difficulty"


@dataclass(frozen=True)
class PartCompared:
    """A part of both versions, line by line."""

    part: Part
    lines: tuple[Compared, ...]

    @property
    def is_same(self) -> bool:
        return all(line.is_same for line in self.lines)


def differences(old: Question, new: Question) -> tuple[PartCompared, ...]:
    """Every part that either version has, compared."""
    before, after = dict(_parts(old)), dict(_parts(new))
    return tuple(
        PartCompared(part, _compared(before.get(part, []), after.get(part, [])))
        for part in Part
        if part in before or part in after
    )


def _compared(old: Sequence[str], new: Sequence[str]) -> tuple[Compared, ...]:
    """A part of one line is the same part however little of it was kept: the two stand side by side."""
    lines = compare(old, new)
    if len(old) == len(new) == 1 and len(lines) > 1:
        return (Compared(1, 1, (Piece(Change.REMOVED, old[0]), Piece(Change.ADDED, new[0]))),)
    return lines


def _parts(question: Question) -> Iterator[tuple[Part, list[str]]]:
    text = {option.id: option.text for option in question.options}
    told = {
        Part.STEM: [question.stem],
        Part.OPTIONS: [f"{option.id} {option.text}" for option in question.options],
        Part.KEY: [f"{each} {text.get(each, '')}".strip() for each in sorted(question.key)],
        Part.BLANKS: list(_blanks(question)),
        Part.PAIRS: [f"{left} — {text.get(right, right)}" for left, right in question.pairs],
        Part.ORDER: [f"{n}. {text.get(each, each)}" for n, each in enumerate(question.right_order, start=1)],
        Part.POINTS: list(map(_point, question.points)),
        Part.EXPLANATION: [question.explanation] if question.explanation else [],
        Part.DIFFICULTY: [str(question.difficulty)],
    }
    return ((part, lines) for part, lines in told.items() if lines)


def _point(point: ScoringPoint) -> str:
    """A scoring point with what it is known by."""
    keywords = "；".join("、".join(group) for group in point.keywords)
    return f"{point.text}（{keywords}）" if keywords else point.text


def _blanks(question: Question) -> Iterator[str]:
    for number, wordings in enumerate(question.blanks, start=1):
        yield f"第 {number} 空：{' / '.join(wordings)}"
    if question.any_order and len(question.blanks) > 1:
        yield "各空顺序不限"
