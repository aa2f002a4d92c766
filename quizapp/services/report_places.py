"""A place in the organisation tree: what lies below it side by side, at one sitting or over a period.

Who oversees hundreds of sections reads them level by level: the office, its departments, their sections. A line holds
the figures of all below it; people who belong to the place itself, and to nothing below it, are a line of their own.
"""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.bulletin import tenths
from quizapp.core.reports import FEW
from quizapp.core.reports import NOBODY
from quizapp.core.reports import Figures
from quizapp.core.reports import places
from quizapp.core.reports import together
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.db import people
from quizapp.db import reports
from quizapp.db.people import SectionRow
from quizapp.db.reports import MissedPoint
from quizapp.services.people import in_tree_order
from quizapp.services.reports import MOST_MISSED
from quizapp.services.reports import SITTINGS_SHOWN
from quizapp.services.reports import MissedQuestion
from quizapp.services.reports import SectionName
from quizapp.services.reports import SittingLine
from quizapp.services.reports import SittingName
from quizapp.services.reports import ids
from quizapp.services.reports import most_missed
from quizapp.services.reports import newest_sittings
from quizapp.services.reports import opened
from quizapp.services.reports import section_name
from quizapp.services.reports import sitting_name

#: Key points of a whole department are gathered over so many of the newest sittings: a quarter.
SITTINGS_OF_POINTS = 12
#: Fewer scores make no distribution.
LEAST_DISTRIBUTED = 10

#: When a period begins and when it is over.
Moments = tuple[datetime, datetime]


@dataclass(frozen=True)
class Node:
    """A place in the tree that somebody oversees with all below it: whoever holds one was asked for the permission.

    `section` is None where somebody oversees several branches: then it holds them all.
    """

    section: SectionName | None
    #: The overseen sections it belongs to, from the top.
    above: tuple[SectionName, ...]
    #: What lies directly below it, each with the ids of everything below that.
    below: tuple[tuple[SectionName, frozenset[int]], ...]

    @property
    def is_leaf(self) -> bool:
        """Nothing is below it but what was merged into others."""
        return self.section is not None and all(section.merged for section, _ in self.below)

    @property
    def ids(self) -> frozenset[int]:
        own = {self.section.id} if self.section else set()
        return frozenset(own).union(*(below for _, below in self.below))


@dataclass(frozen=True)
class Line:
    """One section with all below it, or the people of a place itself (`is_own`).

    At least `people` people stand behind the scores, however often each of them was counted. `change` is that of the
    mean since the time before, `place` the one by the mean: both only among groups of three people and more.
    """

    section: SectionName
    figures: Figures
    people: int
    is_own: bool = False
    has_below: bool = False
    change: Fraction | None = None
    place: int | None = None

    @property
    def few(self) -> bool:
        return 0 < self.people < FEW


@dataclass(frozen=True)
class Place:
    """What lies below a node, side by side, and all of it together."""

    node: Node
    lines: tuple[Line, ...]
    total: Line
    #: False while figures are provisional; then nobody has a place.
    ranked: bool
    #: What the changes are since; none where there was nothing before.
    since: tuple[SittingName, ...]


@dataclass(frozen=True)
class Means:
    """Mean shares with the people behind each, oldest first; None where fewer than three people have a score."""

    shares: tuple[Fraction | None, ...]
    people: tuple[int, ...]


@dataclass(frozen=True)
class AtSitting:
    """A place at one sitting."""

    sitting: SittingName
    place: Place
    #: How many scores lie in each ten percent; none for few scores, or while the sitting is open.
    distribution: tuple[int, ...]
    missed: tuple[MissedQuestion, ...]


@dataclass(frozen=True)
class Overview(AtSitting):
    """A place at its newest sitting, and the sittings before."""

    sittings: tuple[SittingLine, ...]
    past: tuple[SittingName, ...]
    means: Means


@dataclass(frozen=True)
class InPeriod:
    """A place over the closed sittings of a period, newest first; everybody counts once for each (人次)."""

    place: Place
    sittings: tuple[SittingLine, ...]
    past: tuple[SittingName, ...]
    means: Means
    points: tuple[MissedPoint, ...]
    #: How many of the newest sittings the key points are gathered over.
    points_over: int


# Nodes


def node(session: Session, actor: Actor, public_id: str = "") -> Node:
    """A place that the actor oversees; without an id the topmost, or all branches of somebody who oversees several."""
    tree = [row for row, _ in in_tree_order(people.sections(session))]
    overseen = [row for row in tree if row.id in actor.overseen]
    below = _below(tree)
    if not public_id:
        tops = [row for row in overseen if row.parent_id not in actor.overseen]
        if len(tops) != 1:
            return Node(None, (), tuple(_names(tops, below, tree)))
        (row,) = tops
    else:
        row = people.section_by_public_id(session, public_id)
    require(actor, Action.REPORT_READ, Subject("section", row.public_id, section_id=row.id))
    children = [child for child in tree if child.parent_id == row.id]
    return Node(section_name(row), tuple(_above(row, tree, actor)), tuple(_names(children, below, tree)))


def _below(tree: Sequence[SectionRow]) -> Mapping[int, frozenset[int]]:
    """Every section with all below it. Children come after their parents in the tree."""
    found: dict[int, set[int]] = {row.id: {row.id} for row in tree}
    for row in reversed(tree):
        if row.parent_id is not None:
            found[row.parent_id] |= found[row.id]
    return {section_id: frozenset(below) for section_id, below in found.items()}


def _names(
    rows: Sequence[SectionRow], below: Mapping[int, frozenset[int]], tree: Sequence[SectionRow]
) -> Iterator[tuple[SectionName, frozenset[int]]]:
    """These sections; two of one name are told apart by what they belong to."""
    names = {row.id: row.name for row in tree}
    for row in rows:
        twins = sum(other.name == row.name for other in rows) > 1
        yield section_name(row, names.get(row.parent_id or 0, "") if twins else ""), below[row.id]


def _above(row: SectionRow, tree: Sequence[SectionRow], actor: Actor) -> list[SectionName]:
    by_id = {other.id: other for other in tree}
    found: list[SectionName] = []
    while row.parent_id in actor.overseen:
        row = by_id[row.parent_id]
        found.insert(0, section_name(row))
    return found


# Reports


def overview(session: Session, at: Node, *, now: datetime) -> Overview | None:
    """A place at the newest sitting that was dealt there, and the twelve newest; None before the first one."""
    names = newest_sittings(session, at.ids, now, SITTINGS_SHOWN)
    if not names:
        return None
    newest = _at_sitting(session, at, names[0], _one_before(names))
    by_sitting = reports.by_sitting(session, at.ids, ids(names))
    past = tuple(name for name in reversed(names) if name.final)
    return Overview(
        **vars(newest),
        sittings=tuple(SittingLine(name, by_sitting[name.id]) for name in names),
        past=past,
        means=means([by_sitting[name.id] for name in past]),
    )


def at_sitting(session: Session, at: Node, sitting_public_id: str, *, now: datetime) -> AtSitting:
    """A place at one sitting that has opened."""
    sitting = opened(session, sitting_public_id, now)
    earlier = reports.opened_sittings(session, at.ids, sitting.opens_at, 2)
    others = [sitting_name(row, now) for row in earlier if row.id != sitting.id]
    return _at_sitting(session, at, sitting, others[:1])


def _one_before(names: Sequence[SittingName]) -> Sequence[SittingName]:
    return [name for name in names[1:] if name.final][:1]


def _at_sitting(session: Session, at: Node, sitting: SittingName, before: Sequence[SittingName]) -> AtSitting:
    place = _place(session, at, [sitting], [name for name in before if name.final])
    distributed = sitting.final and place.total.people >= LEAST_DISTRIBUTED
    return AtSitting(
        sitting=sitting,
        place=place,
        distribution=reports.scores_in_tens(session, at.ids, sitting.id) if distributed else (),
        missed=most_missed(session, at.ids, sitting),
    )


def in_period(session: Session, at: Node, period: Moments, before: Moments, *, now: datetime) -> InPeriod:
    """A place over the closed sittings of a period, compared with those of the one before."""
    names = closed_in(session, at.ids, period, now)
    earlier = closed_in(session, at.ids, before, now)
    by_sitting = reports.by_sitting(session, at.ids, ids(names))
    newest = names[:SITTINGS_OF_POINTS]
    points = reports.missed_points(session, at.ids, ids(newest)) if newest else ()
    past = tuple(reversed(names))
    return InPeriod(
        place=_place(session, at, names, earlier),
        sittings=tuple(SittingLine(name, by_sitting[name.id]) for name in names),
        past=past,
        means=means([by_sitting[name.id] for name in past]),
        points=tuple(point for point in points if point.facility < 1)[:MOST_MISSED],
        points_over=len(newest),
    )


def closed_in(
    session: Session, section_ids: Collection[int], period: Moments | None, now: datetime
) -> list[SittingName]:
    """The closed sittings of a period, or of all time, that were dealt to these sections, newest first."""
    since, until = period or (None, None)
    return [sitting_name(row, now) for row in reports.closed_sittings(session, section_ids, now, since, until)]


def means(figures: Sequence[Figures]) -> Means:
    shares = tuple(each.mean if each.closed >= FEW else None for each in figures)
    return Means(shares, tuple(each.closed for each in figures))


# Side by side


def _place(session: Session, at: Node, names: Sequence[SittingName], before: Sequence[SittingName]) -> Place:
    found = _sums(session, at.ids, ids(names))
    earlier = _sums(session, at.ids, ids(before)) if before else None
    lines = [_line(section, below, found, earlier, has_below=len(below) > 1) for section, below in at.below]
    # What was merged into others stays where it did something, and an empty section is said to be empty.
    lines = [line for line in lines if not line.section.merged or line.figures.dealt]
    if at.section is not None:
        own = _line(at.section, {at.section.id}, found, earlier)
        lines = [*([replace(own, is_own=True)] if own.figures.dealt else []), *lines]
    total = _line(at.section or SectionName(0, "", ""), at.ids, found, earlier)
    ranked = all(name.final for name in names) and not total.figures.waiting
    if ranked:
        shown = places(lines, lambda line: NOBODY if line.people < FEW else line.figures)
        lines = [replace(line, place=place) for line, place in zip(lines, shown, strict=True)]
    else:
        lines, total = [replace(line, change=None) for line in lines], replace(total, change=None)
    return Place(at, tuple(lines), total, ranked, tuple(before))


@dataclass(frozen=True)
class _Sums:
    """By section: the figures, and how many people stand behind the scores."""

    figures: Mapping[int, Figures]
    people: Mapping[int, int]


def _sums(session: Session, section_ids: Collection[int], sitting_ids: Sequence[int]) -> _Sums:
    figures = reports.over_sittings(session, section_ids, sitting_ids)
    if len(sitting_ids) == 1:
        return _Sums(figures, {section_id: each.closed for section_id, each in figures.items()})
    return _Sums(figures, reports.most_scores(session, section_ids, sitting_ids))


def _line(
    section: SectionName, below: Collection[int], found: _Sums, earlier: _Sums | None, *, has_below: bool = False
) -> Line:
    figures, people = _of(found, below)
    change = None
    if earlier is not None:
        last, last_people = _of(earlier, below)
        if figures.mean is not None and last.mean is not None and min(people, last_people) >= FEW:
            change = change_between(figures.mean, last.mean)
    return Line(section, figures, people, has_below=has_below, change=change)


def change_between(mean: Fraction, last: Fraction) -> Fraction:
    """By how much a mean differs from an earlier one as both are printed, to a tenth of a percent."""
    return Fraction(tenths(mean) - tenths(last), 1000)


def _of(sums: _Sums, below: Collection[int]) -> tuple[Figures, int]:
    figures = together(sums.figures[section_id] for section_id in below if section_id in sums.figures)
    return figures, sum(sums.people.get(section_id, 0) for section_id in below)


#: What lines can be sorted by; None comes last either way.
ORDERS: Mapping[str, Callable[[Line], Any]] = {
    "expected": lambda line: line.figures.expected,
    "started": lambda line: line.figures.started,
    "excused": lambda line: line.figures.excused,
    "made_up": lambda line: line.figures.made_up,
    "participation": lambda line: line.figures.participation,
    "mean": lambda line: line.figures.mean,
    "pass_rate": lambda line: line.figures.pass_rate,
    "excellent_rate": lambda line: line.figures.excellent_rate,
    "change": lambda line: line.change,
    "place": lambda line: line.place,
}


def in_order(lines: Sequence[Line], by: str, *, down: bool) -> Sequence[Line]:
    """The lines sorted by one of ORDERS, or in the office's order; equals keep the office's order."""
    if by not in ORDERS:
        return lines
    value = ORDERS[by]
    known = [line for line in lines if value(line) is not None]
    return [*sorted(known, key=value, reverse=down), *(line for line in lines if value(line) is None)]
