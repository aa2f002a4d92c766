"""Which of the drafts are put before the editor: each thing once, every part of the speech, then the worthiest.

The rules, in the order in which they choose: every named list is asked once objectively and once by recall; every
heading of the top level twice; then by worth. None of these may break the shares: stems that ask by a negative stay
below MOST_NEGATIVE; of the statements to judge as many are true as false, or one less, for 正确 is the common guess;
where fewer questions are wanted than there are, no top heading gives more than MOST_OF_HEADING of them.
"""

import math
from collections import Counter
from collections import defaultdict
from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from quizapp.core.kinds import KINDS
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import answer_of
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.ranking import Scored
from quizapp.core.ranking import heading_of
from quizapp.core.solvers import bigrams
from quizapp.core.speech import PointKind

MOST_NEGATIVE = 0.1
MOST_OF_HEADING = 0.4
Name = TypeVar("Name", bound=Hashable)
#: Each heading of the top level gives at least this many questions.
A_HEADING = 2
FEW_HEADINGS = 3
#: Two stems of one answer that share this much of their bigrams are one question.
SAME_STEM = 0.8
NEGATIVE_STEM = "不属于"


def distinct(found: Sequence[Scored]) -> list[Scored]:
    """The questions without those that ask the same again; of two, the worthier stays."""
    kept: list[Scored] = []
    by_answer: dict[object, list[Scored]] = {}
    taken: set[object] = set()
    for each in sorted(found, key=lambda one: (-one.worth, order_in_text(one))):
        place, answer = passage(each), (each.candidate.question.type, answer_text(each.candidate))
        rivals = by_answer.setdefault(answer, [])
        if place in taken or any(is_same_stem(each, rival) for rival in rivals):
            continue
        taken.add(place)
        rivals.append(each)
        kept.append(each)
    return kept


def passage(each: Scored) -> object:
    """What takes one question of a type: a passage of a key point, or one line of a table."""
    candidate, question = each.candidate, each.candidate.question
    own = bare(candidate.asked) if KINDS[candidate.kind].ties else ""
    return question.type, candidate.key_point, question.source.start, question.source.end, own


def answer_text(candidate: Candidate) -> object:
    """What is right, in words."""
    question = candidate.question
    if question.type is TypeName.TRUE_FALSE:
        return bare(candidate.asked)
    if candidate.right:
        return frozenset(map(bare, candidate.right))
    return answer_of(question)


def is_same_stem(one: Scored, other: Scored) -> bool:
    first, second = bigrams(one.candidate.question.stem), bigrams(other.candidate.question.stem)
    return len(first & second) > SAME_STEM * len(first | second)


def order_in_text(each: Scored) -> tuple[int, str, str]:
    source = each.candidate.question.source
    return source.start or 0, each.candidate.kind, each.candidate.question.stem


class Selection:
    """The choice of the best drafts of one speech, with the reason for each."""

    def __init__(self, found: Sequence[Scored], material: Material, number: int | None):
        self.material = material
        self.pool = sorted(found, key=lambda each: (-each.worth, order_in_text(each)))
        self.number = len(self.pool) if number is None else min(number, len(self.pool))
        self.tops = [top_heading(each.candidate, material) for each in self.pool]
        self.is_spread = self.number < len(self.pool) and len(set(self.tops)) >= FEW_HEADINGS
        self.chosen: dict[int, str] = {}
        self.crowd: Counter[int | None] = Counter()
        self.judged: Counter[bool] = Counter()
        self.negatives = 0

    def best(self) -> list[Scored]:
        """The chosen questions, each with why it was chosen among its reasons."""
        for wanted, reason in self.needs():
            self.take(wanted, reason, most=1)
        # A statement to judge may have to wait for one of the other kind: so the pool is gone through until it gives
        # no more.
        while self.take(range(len(self.pool)), "按价值入选", most=self.number):
            pass
        return [self.told(at) for at in sorted(self.chosen)]

    def told(self, at: int) -> Scored:
        each = self.pool[at]
        return replace(each, reasons=(self.chosen[at], *each.reasons))

    def needs(self) -> Iterator[tuple[Sequence[int], str]]:
        """What the choice must hold, the most wanted first: the questions of the pool that would do, and why."""
        outline = self.material.reading.outline
        named = self.material.points_of([PointKind.NAMED])
        tops = [i for i, node in enumerate(outline) if node.parent is None]
        of_point, of_top = self.by_point, self.by_top
        for is_recall, word in ((False, "客观题"), (True, "识记题")):
            for point in named:
                yield of_point[point, is_recall], f"“{self.material.point(point).name}”须有一道{word}"
            for top in tops:
                yield of_top[top], f"“{outline[top].text}”部分须有 {A_HEADING} 题"

    @cached_property
    def by_point(self) -> Mapping[tuple[int | None, bool], Sequence[int]]:
        return grouped((each.candidate.key_point, KINDS[each.candidate.kind].recall) for each in self.pool)

    @cached_property
    def by_top(self) -> Mapping[int | None, Sequence[int]]:
        return grouped(self.tops)

    def take(self, wanted: Iterable[int], reason: str, most: int) -> int:
        """Choose the worthiest of the wanted that break no share; how many were chosen."""
        before = len(self.chosen)
        for at in wanted:
            if len(self.chosen) >= min(self.number, before + most):
                break
            if at not in self.chosen and self.fits(at):
                self.choose(at, reason)
        return len(self.chosen) - before

    def choose(self, at: int, reason: str) -> None:
        question = self.pool[at].candidate.question
        self.chosen[at] = reason
        self.crowd[self.tops[at]] += 1
        self.negatives += NEGATIVE_STEM in question.stem
        self.judged[is_true(question)] += question.type is TypeName.TRUE_FALSE

    def fits(self, at: int) -> bool:
        """Whether the shares still hold with this question."""
        question = self.pool[at].candidate.question
        if NEGATIVE_STEM in question.stem and self.negatives >= math.floor(self.number * MOST_NEGATIVE):
            return False
        if question.type is TypeName.TRUE_FALSE and not self.is_even_with(is_true(question)):
            return False
        is_crowded = self.crowd[self.tops[at]] >= math.ceil(self.number * MOST_OF_HEADING)
        return not (self.is_spread and self.tops[at] is not None and is_crowded)

    def is_even_with(self, is_one_true: bool) -> bool:
        """Whether one more statement, true or false, leaves as many true as false, or one false more."""
        true, false = self.judged[True], self.judged[False]
        return true < false if is_one_true else false <= true


def grouped(names: Iterable[Name]) -> defaultdict[Name, list[int]]:
    """The places in a sequence, by what stands there."""
    found: defaultdict[Name, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        found[name].append(at)
    return found


def is_true(question: Question) -> bool:
    return "T" in question.key


def top_heading(candidate: Candidate, material: Material) -> int | None:
    """The heading of the top level over what is asked."""
    outline, heading = material.reading.outline, heading_of(candidate, material)
    while heading is not None and (parent := outline[heading].parent) is not None:
        heading = parent
    return heading
