"""Drawing a paper from the bank. The same arguments always give the same paper."""

from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from heapq import heappop
from heapq import heapreplace
from random import Random
from typing import Any

from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.filling import Pool
from quizapp.core.filling import met
from quizapp.core.question import TypeName

MAX_QUESTIONS = 200
MAX_MARK = 100
MAX_REST_WEEKS = 52
#: How drafting writes the headings above a sentence, the top one first.
BELOW = " › "


def top_heading(path: str) -> str:
    """The heading of the speech's first level that a question stands under; empty where none is known."""
    return path.split(BELOW)[0]


# What is asked of a paper


def set_area(set_id: int) -> str:
    """The name of a question set as a part of the bank; a quota or an emphasis is stored by it."""
    return f"set:{set_id}"


def heading_area(set_id: int, heading: str) -> str:
    return f"heading:{set_id}:{heading}"


def point_area(key_point: int) -> str:
    return f"point:{key_point}"


@dataclass(frozen=True)
class Quota:
    """At least so many questions of a type, from a part of the bank, of a difficulty; what is not said is left open.

    A question counts for one quota only.
    """

    count: int
    type: TypeName | None = None
    area: str = ""
    difficulty: int | None = None

    def fits(self, candidate: "Candidate") -> bool:
        return (
            self.type in (None, candidate.type)
            and self.difficulty in (None, candidate.difficulty)
            and (not self.area or self.area in candidate.areas)
        )


@dataclass(frozen=True)
class Wishes:
    """What a draw heeds beyond counts and marks: quotas and rest always, the others as far as there is a choice."""

    quotas: tuple[Quota, ...] = ()
    #: Parts of the bank that come first.
    emphasis: tuple[str, ...] = ()
    #: How many in a hundred questions are about what was missed lately.
    missed_percent: int = 0
    #: Nothing that a paper of the last so many weeks used.
    rest_weeks: int = 0
    #: Whether key points that people have forgotten since count as missed too.
    forgotten: bool = False

    def rests(self, candidate: "Candidate", day: date | None) -> bool:
        """Whether a question was used too shortly before this day; where there is no day, nothing rests."""
        if day is None or not self.rest_weeks or candidate.last_used is None:
            return False
        return candidate.last_used >= day - timedelta(weeks=self.rest_weeks)

    def problems(self, counts: Mapping[TypeName, int]) -> list[Problem]:
        found = []
        if not 0 <= self.missed_percent <= 100:
            found.append(Problem("missed", "应为 0 到 100"))
        if not 0 <= self.rest_weeks <= MAX_REST_WEEKS:
            found.append(Problem("rest", f"应为 0 到 {MAX_REST_WEEKS} 周"))
        for number, quota in enumerate(self.quotas, start=1):
            if not 1 <= quota.count <= MAX_QUESTIONS:
                found.append(Problem(f"quotas.{number}", f"题数应为 1 到 {MAX_QUESTIONS}"))
        wanted, total = sum(quota.count for quota in self.quotas), sum(counts.values())
        if not found and wanted > total:
            found.append(Problem("quotas", f"各条合计至少 {wanted} 题，多于试卷的 {total} 题；一题只算入一条"))
        return found


def wishes_of(stored: Mapping[str, Any]) -> Wishes:
    """The wishes that were stored."""
    return Wishes(
        quotas=tuple(
            Quota(count, TypeName(type_) if type_ else None, area, difficulty)
            for count, type_, area, difficulty in stored.get("quotas", ())
        ),
        emphasis=tuple(stored.get("emphasis", ())),
        missed_percent=stored.get("missed_percent", 0),
        forgotten=stored.get("forgotten", False),
        rest_weeks=stored.get("rest_weeks", 0),
    )


def stored(wishes: Wishes) -> dict[str, Any]:
    """The wishes as a column of JSON holds them."""
    return {
        "quotas": [[q.count, q.type.value if q.type else None, q.area, q.difficulty] for q in wishes.quotas],
        "emphasis": list(wishes.emphasis),
        "missed_percent": wishes.missed_percent,
        "forgotten": wishes.forgotten,
        "rest_weeks": wishes.rest_weeks,
    }


@dataclass(frozen=True)
class PaperSpec:
    """How many questions of each type, and the full mark of each question of that type.

    `each` is how many of them one person gets, where every person gets a paper of their own; None gives all to all.
    """

    counts: Mapping[TypeName, int]
    marks: Mapping[TypeName, int]
    each: Mapping[TypeName, int] | None = None
    wishes: Wishes = Wishes()

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
        return found + self._problems_of_each() + self.wishes.problems(self.counts)

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
class Missed:
    """What many people answered wrongly of late, or have forgotten: questions, and key points whatever the question."""

    questions: frozenset[int] = frozenset()
    key_points: frozenset[int] = frozenset()

    def has(self, question_id: int, key_point: int | None) -> bool:
        return question_id in self.questions or key_point in self.key_points


NOTHING_MISSED = Missed()


@dataclass(frozen=True)
class Candidate:
    """A question version that may stand on a paper, with what drawing needs to know of it.

    `fingerprint` is equal for questions that ask the same thing; empty where none is known. `heading` is the speech's
    top heading that it stands under, `missed` whether it is about what was missed lately.
    """

    question_id: int
    version_id: int
    type: TypeName
    key_point: int | None
    difficulty: int
    fingerprint: str
    last_used: date | None
    set_id: int = 0
    heading: str = ""
    missed: bool = False

    @cached_property
    def areas(self) -> frozenset[str]:
        """The parts of the bank that it belongs to."""
        found = {set_area(self.set_id), heading_area(self.set_id, self.heading)}
        if self.key_point is not None:
            found.add(point_area(self.key_point))
        return frozenset(found)


@dataclass(frozen=True)
class Shortage:
    """The bank has too few questions of a type; both figures include the locked ones.

    `resting` more are there, but a paper of the last weeks used them.
    """

    type: TypeName
    wanted: int
    available: int
    resting: int = 0


@dataclass(frozen=True)
class QuotaShortage:
    """A quota, by its number from 1, that the bank cannot fill beside those before it."""

    number: int
    quota: Quota
    available: int
    resting: int = 0

    @property
    def wanted(self) -> int:
        return self.quota.count


class NotEnoughQuestions(QuizError):
    def __init__(self, shortages: Sequence[Shortage | QuotaShortage]):
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


# Drawing


def shortages(
    spec: PaperSpec, candidates: Sequence[Candidate], locked: Sequence[int], *, day: date | None = None
) -> tuple[Shortage | QuotaShortage, ...]:
    """The types, then the quotas, that the bank cannot fill; empty exactly when `draw_paper` succeeds."""
    return _lacking(_Bank(spec, candidates, locked, day))


def draw_paper(
    spec: PaperSpec, candidates: Sequence[Candidate], locked: Sequence[int], rng: Random, *, day: date | None = None
) -> tuple[int, ...]:
    """Choose the question versions of a paper: by type, locked ones first, nothing asked twice.

    Each choice leaves every quota within reach. Among those that do, it takes what was missed lately until there is
    enough of it, then what is emphasised, then the key point the paper asks least about, then the question unused for
    longest, then the difficulty it has least of, then chance. `day` is the sitting's own, before which questions rest.
    """
    bank = _Bank(spec, candidates, locked, day)
    if lacking := _lacking(bank):
        raise NotEnoughQuestions(lacking)
    paper = list(bank.kept)
    reach = _Reach(bank)
    for name in TypeName:
        enough = _missed_wanted(bank, name)
        shelf = _Shelf(bank.free[name], reach.fits, rng)
        for _ in range(bank.room(name)):
            paper.append(reach.take(shelf, _Wear(paper, spec.wishes, missed_first=_count_missed(paper) < enough)))
    return tuple(candidate.version_id for name in TypeName for candidate in paper if candidate.type is name)


def swap(
    paper: Sequence[int],
    position: int,
    candidates: Sequence[Candidate],
    rng: Random,
    *,
    wishes: Wishes | None = None,
    day: date | None = None,
) -> tuple[int, ...]:
    """The paper with the question at `position` replaced by another of its type that asks nothing the paper asks.

    What keeps the quotas comes first. Raises NotFound for a position or question that is not there, NoOtherQuestion
    when nothing can replace it.
    """
    wishes = wishes or Wishes()
    if not 0 <= position < len(paper):
        raise NotFound("paper position", position)
    known = {candidate.version_id: candidate for candidate in candidates}
    if paper[position] not in known:
        raise NotFound("candidate", paper[position])
    old = known[paper[position]]
    standing = [known[version_id] for version_id in paper if version_id in known]
    free = [c for c in _free(candidates, standing) if c.type is old.type and not wishes.rests(c, day)]
    if not free:
        raise NoOtherQuestion(old.type)
    rng.shuffle(free)
    rest = [candidate for candidate in standing if candidate is not old]
    wear = _Wear(rest, wishes, missed_first=_count_missed(rest) < _share(wishes.missed_percent, len(paper)))
    broken = _broken_by(wishes.quotas, rest)
    new = min(free, key=lambda candidate: (broken(candidate), wear.of(candidate)))
    return (*paper[:position], new.version_id, *paper[position + 1 :])


def quotas_met(quotas: Sequence[Quota], paper: Iterable[Candidate]) -> tuple[int, ...]:
    """How many questions of a paper count for each quota, none for two."""
    alike = Counter(_fits(quotas, candidate) for candidate in paper)
    return met([quota.count for quota in quotas], [Pool(size, fits) for fits, size in alike.items()], {})


class _Bank:
    """What a draw can choose from: the locked questions, and what is free of each type."""

    def __init__(self, spec: PaperSpec, candidates: Sequence[Candidate], locked: Sequence[int], day: date | None):
        self.spec = spec
        self.kept = _kept(spec, candidates, locked)
        self.resting = [candidate for candidate in candidates if spec.wishes.rests(candidate, day)]
        awake = [c for c in candidates if not spec.wishes.rests(c, day)] if self.resting else candidates
        self.free = _free_by_type(spec, awake, self.kept)

    def room(self, name: TypeName) -> int:
        """How many questions of a type are still to be chosen."""
        return self.spec.counts.get(name, 0) - _count(name, self.kept)

    def resting_for(self, quota: Quota) -> int:
        """How many questions of this kind are left out because they were used lately."""
        return len({_identity(candidate) for candidate in _free(self.resting, self.kept) if quota.fits(candidate)})


def _lacking(bank: _Bank) -> tuple[Shortage | QuotaShortage, ...]:
    return (*_lacking_types(bank), *_lacking_quotas(bank))


def _lacking_types(bank: _Bank) -> Iterator[Shortage]:
    for name in TypeName:
        available = _count(name, bank.kept) + len({_identity(candidate) for candidate in bank.free[name]})
        if available < (wanted := bank.spec.counts.get(name, 0)):
            yield Shortage(name, wanted, available, bank.resting_for(Quota(wanted, name)))


def _lacking_quotas(bank: _Bank) -> Iterator[QuotaShortage]:
    for number, (quota, found) in enumerate(zip(bank.spec.wishes.quotas, _Reach(bank).met(), strict=True), start=1):
        if found < quota.count:
            yield QuotaShortage(number, quota, found, bank.resting_for(quota))


class _Reach:
    """Whether every quota can still be filled while a paper grows."""

    def __init__(self, bank: _Bank):
        self.quotas = bank.spec.wishes.quotas
        self.rooms: dict[Hashable, int] = {name: bank.room(name) for name in TypeName}
        everything = [*bank.kept, *(candidate for free in bank.free.values() for candidate in free)]
        self.fits = {candidate.version_id: _fits(self.quotas, candidate) for candidate in everything}
        self.standing = Counter(self.fits[candidate.version_id] for candidate in bank.kept)
        self.of_identity: dict[str, frozenset[int]] = defaultdict(frozenset)
        for candidate in everything:
            self.of_identity[_identity(candidate)] |= self.fits[candidate.version_id]
        self.free = Counter(
            (name, self.of_identity[identity])
            for name, free in bank.free.items()
            for identity in {_identity(candidate) for candidate in free}
        )

    def met(self) -> tuple[int, ...]:
        pools = [Pool(size, fits) for fits, size in self.standing.items()]
        pools += [Pool(size, fits, name) for (name, fits), size in self.free.items()]
        return met([quota.count for quota in self.quotas], pools, self.rooms)

    def take(self, shelf: "_Shelf", wear: "_Wear") -> Candidate:
        """The least worn candidate that keeps every quota within reach."""
        refused: set[frozenset[int]] = set()
        while True:
            chosen = shelf.first(wear, refused)
            self._count_in(chosen, 1)
            if all(found >= quota.count for found, quota in zip(self.met(), self.quotas, strict=True)):
                shelf.gone.add(_identity(chosen))
                return chosen
            self._count_in(chosen, -1)
            refused.add(self.fits[chosen.version_id])

    def _count_in(self, chosen: Candidate, times: int) -> None:
        self.rooms[chosen.type] -= times
        self.standing[self.fits[chosen.version_id]] += times
        self.free[chosen.type, self.of_identity[_identity(chosen)]] -= times


#: What a question's wear was when it was last looked at, its rank by chance, the question.
_Entry = tuple[tuple[int, ...], int, Candidate]


class _Shelf:
    """The free questions of one type, in heaps that hold the least worn on top.

    Of questions in one heap, what changes as a paper grows is how crowded their key points are, and that only grows: so
    a question is looked at again only when it comes to the top.
    """

    def __init__(self, free: Sequence[Candidate], fits: Mapping[int, frozenset[int]], rng: Random):
        shuffled = list(free)
        rng.shuffle(shuffled)
        #: What asks one of these things is no longer there.
        self.gone: set[str] = set()
        self.heaps: dict[tuple[frozenset[int], bool, int], list[_Entry]] = defaultdict(list)
        for rank, candidate in enumerate(shuffled):
            heap = self.heaps[fits[candidate.version_id], candidate.missed, candidate.difficulty]
            heap.append(((), rank, candidate))

    def first(self, wear: "_Wear", refused: Collection[frozenset[int]]) -> Candidate:
        """The least worn question that fits other quotas than those refused."""
        tops = (self._top(heap, wear) for (fits, *_), heap in self.heaps.items() if fits not in refused)
        return min((top for top in tops if top), key=lambda top: (wear.of(top[2]), top[1]))[2]

    def _top(self, heap: list[_Entry], wear: "_Wear") -> _Entry | None:
        while heap:
            known, rank, candidate = heap[0]
            now = wear.in_heap(candidate)
            if _identity(candidate) in self.gone:
                heappop(heap)
            elif known == now:
                return heap[0]
            else:
                heapreplace(heap, (now, rank, candidate))
        return None


def _fits(quotas: Sequence[Quota], candidate: Candidate) -> frozenset[int]:
    """The quotas that a candidate can count for, by number from 0."""
    return frozenset(number for number, quota in enumerate(quotas) if quota.fits(candidate))


def _broken_by(quotas: Sequence[Quota], rest: Sequence[Candidate]) -> Callable[[Candidate], int]:
    """How many questions the quotas lack once a candidate has joined the rest of a paper."""
    found: dict[frozenset[int], int] = {}

    def broken(candidate: Candidate) -> int:
        fits = _fits(quotas, candidate)
        if fits not in found:
            found[fits] = -sum(quotas_met(quotas, [*rest, candidate]))
        return found[fits]

    return broken


# What was missed


def _share(percent: int, count: int) -> int:
    """So many in a hundred of this many, rounded up."""
    return -(-count * percent // 100)


def _count_missed(paper: Iterable[Candidate]) -> int:
    return sum(candidate.missed for candidate in paper)


def _missed_wanted(bank: _Bank, name: TypeName) -> int:
    """How many missed questions the paper should hold once this type is drawn.

    Each type takes its part, and what later types cannot take.
    """
    total = sum(bank.spec.counts.values())
    wanted = _share(bank.spec.wishes.missed_percent, total)
    if not wanted:
        return 0
    later = list(TypeName)[list(TypeName).index(name) + 1 :]
    locked_later = [candidate for candidate in bank.kept if candidate.type in later]
    so_far = total - sum(bank.spec.counts.get(other, 0) for other in later)
    taken_later = sum(
        min(bank.room(other), len({_identity(c) for c in bank.free[other] if c.missed})) for other in later
    )
    own_part = wanted * so_far // total + _count_missed(locked_later)
    return min(max(own_part, wanted - taken_later), wanted)


# What may be chosen


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


class _Wear:
    """How little a candidate would add to a paper: 0 is fresh. A question without a key point crowds none."""

    def __init__(self, paper: Iterable[Candidate], wishes: Wishes, *, missed_first: bool):
        standing = list(paper)
        self.missed_first = missed_first
        self.emphasis = frozenset(wishes.emphasis)
        self.key_points = Counter(candidate.key_point for candidate in standing)
        self.difficulties = Counter(candidate.difficulty for candidate in standing)

    def in_heap(self, candidate: Candidate) -> tuple[int, int, int]:
        """What tells apart questions that are missed or not alike, and of one difficulty."""
        beside = bool(self.emphasis) and self.emphasis.isdisjoint(candidate.areas)
        crowding = 0 if candidate.key_point is None else self.key_points[candidate.key_point]
        return beside, crowding, candidate.last_used.toordinal() if candidate.last_used else 0

    def of(self, candidate: Candidate) -> tuple[int, ...]:
        unasked = self.missed_first and not candidate.missed
        return unasked, *self.in_heap(candidate), self.difficulties[candidate.difficulty]
