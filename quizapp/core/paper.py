"""Drawing a paper from the bank. The same arguments always give the same paper."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random

from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.question import TypeName

MAX_QUESTIONS = 200
MAX_MARK = 100


@dataclass(frozen=True)
class PaperSpec:
    """How many questions of each type, and the full mark of each question of that type.

    `each` is how many of them one person gets, where every person gets a paper of their own; None gives all to all.
    """

    counts: Mapping[TypeName, int]
    marks: Mapping[TypeName, int]
    each: Mapping[TypeName, int] | None = None

    @property
    def full_mark(self) -> int:
        """What one person can earn."""
        given = self.counts if self.each is None else self.each
        return sum(count * self.marks.get(name, 0) for name, count in given.items())

    def problems(self) -> list[Problem]:
        """What keeps the specification from being drawn, whatever the bank holds."""
        total = sum(self.counts.values())
        found = [Problem(f"counts.{n}", "题数不能小于 0。") for n, count in self.counts.items() if count < 0]
        if not found and not 1 <= total <= MAX_QUESTIONS:
            found.append(Problem("counts", f"一份试卷应有 1 到 {MAX_QUESTIONS} 题，现为 {total} 题。"))
        marked = (name for name, count in self.counts.items() if count > 0)
        unfit = [name for name in marked if not 1 <= self.marks.get(name, 0) <= MAX_MARK]
        found += [Problem(f"marks.{name}", f"每题分值应为 1 到 {MAX_MARK} 分。") for name in unfit]
        return found + self._problems_of_each()

    def _problems_of_each(self) -> list[Problem]:
        each = self.each or {}
        found = [
            Problem(f"each.{name}", f"每人题数应为 0 到 {self.counts.get(name, 0)}，不能多于抽入试卷的题数。")
            for name, count in each.items()
            if not 0 <= count <= self.counts.get(name, 0)
        ]
        if self.each is not None and not found and not sum(each.values()):
            found.append(Problem("each", "每人至少 1 题。"))
        return found


@dataclass(frozen=True)
class Candidate:
    """A question version that may stand on a paper, with what drawing needs to know of it.

    `fingerprint` is equal for questions that ask the same thing; empty where none is known.
    """

    question_id: int
    version_id: int
    type: TypeName
    key_point: int | None
    difficulty: int
    fingerprint: str
    last_used: date | None


@dataclass(frozen=True)
class Shortage:
    """The bank has too few questions of a type; both figures include the locked ones."""

    type: TypeName
    wanted: int
    available: int


class NotEnoughQuestions(QuizError):
    def __init__(self, shortages: Sequence[Shortage]):
        super().__init__(shortages)
        self.shortages = tuple(shortages)


class LockFault(StrEnum):
    """Why locked questions cannot all be kept."""

    GONE = "gone"  # no candidate: retired, or edited since
    SAME = "same"  # two that ask the same thing
    TOO_MANY = "too_many"  # more of one type than the paper takes


class BadLock(QuizError):
    def __init__(self, fault: LockFault, version_ids: Sequence[int]):
        super().__init__(fault, version_ids)
        self.fault, self.version_ids = fault, tuple(version_ids)


class NoOtherQuestion(QuizError):
    """Nothing in the bank can take the place of this question."""

    def __init__(self, type_name: TypeName):
        super().__init__(type_name)
        self.type = type_name


def shortages(spec: PaperSpec, candidates: Sequence[Candidate], locked: Sequence[int]) -> tuple[Shortage, ...]:
    """The types the bank cannot fill, in the order of a paper; empty exactly when `draw_paper` succeeds."""
    kept = _kept(spec, candidates, locked)
    free = _free_by_type(spec, candidates, kept)
    found = []
    for name in TypeName:
        available = _count(name, kept) + len({_identity(candidate) for candidate in free[name]})
        if available < spec.counts.get(name, 0):
            found.append(Shortage(name, spec.counts[name], available))
    return tuple(found)


def draw_paper(spec: PaperSpec, candidates: Sequence[Candidate], locked: Sequence[int], rng: Random) -> tuple[int, ...]:
    """Choose the question versions of a paper: by type, locked ones first, nothing asked twice.

    Each choice takes the key point the paper asks least about, then the question unused for longest, then the
    difficulty it has least of, then chance.
    """
    if lacking := shortages(spec, candidates, locked):
        raise NotEnoughQuestions(lacking)
    paper = _kept(spec, candidates, locked)
    for name, free in _free_by_type(spec, candidates, paper).items():
        rng.shuffle(free)
        for _ in range(spec.counts.get(name, 0) - _count(name, paper)):
            chosen = min(free, key=_wear(paper))
            paper.append(chosen)
            free = [candidate for candidate in free if _identity(candidate) != _identity(chosen)]
    return tuple(candidate.version_id for name in TypeName for candidate in paper if candidate.type is name)


def swap(paper: Sequence[int], position: int, candidates: Sequence[Candidate], rng: Random) -> tuple[int, ...]:
    """The paper with the question at `position` replaced by another of its type that asks nothing the paper asks.

    Raises NotFound for a position or question that is not there, NoOtherQuestion when nothing can replace it.
    """
    if not 0 <= position < len(paper):
        raise NotFound("paper position", position)
    known = {candidate.version_id: candidate for candidate in candidates}
    if paper[position] not in known:
        raise NotFound("candidate", paper[position])
    old = known[paper[position]]
    standing = [known[version_id] for version_id in paper if version_id in known]
    free = [candidate for candidate in _free(candidates, standing) if candidate.type is old.type]
    if not free:
        raise NoOtherQuestion(old.type)
    rng.shuffle(free)
    new = min(free, key=_wear([candidate for candidate in standing if candidate is not old]))
    return (*paper[:position], new.version_id, *paper[position + 1 :])


def _kept(spec: PaperSpec, candidates: Iterable[Candidate], locked: Sequence[int]) -> list[Candidate]:
    known = {candidate.version_id: candidate for candidate in candidates}
    if gone := [version_id for version_id in locked if version_id not in known]:
        raise BadLock(LockFault.GONE, gone)
    kept = [known[version_id] for version_id in locked]
    for one_per in (_identity, _question_id):
        times = Counter(map(one_per, kept))
        if same := [candidate.version_id for candidate in kept if times[one_per(candidate)] > 1]:
            raise BadLock(LockFault.SAME, same)
    if many := [c.version_id for c in kept if _count(c.type, kept) > spec.counts.get(c.type, 0)]:
        raise BadLock(LockFault.TOO_MANY, many)
    return kept


def _free_by_type(
    spec: PaperSpec, candidates: Sequence[Candidate], kept: Sequence[Candidate]
) -> dict[TypeName, list[Candidate]]:
    """What can still be chosen, by type in the order of a paper.

    Where questions of two types ask the same thing, it counts for the first of those types that the paper takes: so
    what a type lacks is known before anything is drawn.
    """
    groups: dict[TypeName, list[Candidate]] = {}
    claimed: set[str] = set()
    for name in TypeName:
        of_type = [candidate for candidate in _free(candidates, kept) if candidate.type is name]
        groups[name] = [candidate for candidate in of_type if _identity(candidate) not in claimed]
        if spec.counts.get(name, 0) > _count(name, kept):
            claimed |= {_identity(candidate) for candidate in of_type}
    return groups


def _free(candidates: Iterable[Candidate], paper: Iterable[Candidate]) -> list[Candidate]:
    """The newest version of each question that asks nothing the paper asks, in an order that is always the same."""
    asked = {_identity(candidate) for candidate in paper}
    questions = {candidate.question_id for candidate in paper}
    in_order = sorted(candidates, key=lambda candidate: candidate.version_id)
    newest = {candidate.question_id: candidate for candidate in in_order}.values()
    return [c for c in newest if _identity(c) not in asked and c.question_id not in questions]


def _identity(candidate: Candidate) -> str:
    """What a candidate asks; itself alone where no fingerprint is known."""
    return candidate.fingerprint or f"question {candidate.question_id}"


def _question_id(candidate: Candidate) -> str:
    return str(candidate.question_id)


def _count(name: TypeName, paper: Iterable[Candidate]) -> int:
    return sum(candidate.type is name for candidate in paper)


def _wear(paper: Iterable[Candidate]) -> Callable[[Candidate], tuple[int, int, int]]:
    """How little a candidate would add to this paper: 0 is fresh. A question without a key point crowds none."""
    standing = list(paper)
    key_points = Counter(candidate.key_point for candidate in standing)
    difficulties = Counter(candidate.difficulty for candidate in standing)

    def wear(candidate: Candidate) -> tuple[int, int, int]:
        crowding = 0 if candidate.key_point is None else key_points[candidate.key_point]
        last_used = candidate.last_used.toordinal() if candidate.last_used else 0
        return crowding, last_used, difficulties[candidate.difficulty]

    return wear
