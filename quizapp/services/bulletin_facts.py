"""What a bulletin is drafted from: the figures of the studies of a period that are over, and who was missing."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import tzinfo

from sqlalchemy.orm import Session

from quizapp.core.bulletin import MOST_POINTS
from quizapp.core.bulletin import BulletinFacts
from quizapp.core.bulletin import Group
from quizapp.core.bulletin import Held
from quizapp.core.bulletin import Point
from quizapp.core.bulletin import SectionLine
from quizapp.core.bulletin import all_of
from quizapp.core.bulletin import group_of
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.periods import YEARS
from quizapp.core.periods import Period
from quizapp.core.periods import PeriodKind
from quizapp.core.periods import Span
from quizapp.core.periods import before
from quizapp.core.periods import period_with
from quizapp.core.reports import FEW
from quizapp.core.reports import Figures
from quizapp.core.states import SittingPhase
from quizapp.db import bulletins as rows
from quizapp.db import people
from quizapp.db import reports
from quizapp.db.bulletins import Absence
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.services.people import in_tree_order


@dataclass(frozen=True)
class Basis:
    """All that a draft is made from, read at one time."""

    section_public_id: str
    facts: BulletinFacts
    #: The sittings that the figures count.
    sitting_ids: tuple[int, ...]
    #: Who was missing, by section.
    absences: Mapping[int, Sequence[Absence]]


def checked_period(kind: PeriodKind, day: date, today: date) -> Period:
    """The period that holds a day.

    :raise BadInput: for one that has not begun, or that nobody means
    """
    try:
        period = period_with(kind, day)
    except ValueError:
        raise BadInput("", [Problem("日期", f"请填写 {YEARS[0]} 年至 {YEARS[-1]} 年之间的日期")]) from None
    if period.starts_on > today:
        raise BadInput("", [Problem("日期", f"{period.name}还没有开始，请改填已经开始的一期")])
    return period


def basis_of(session: Session, section: SectionRow, period: Period, zone: tzinfo, now: datetime) -> Basis:
    """The facts of a section and all below it in a period, with who was missing.

    :raise BadInput: where nobody of these was at a study that is over
    """
    counted = _counted(session, section, period, zone, now)
    facts = _facts(session, section, counted, period, zone, now)
    return Basis(section.public_id, facts, counted.ids, rows.absences(session, counted.scope, counted.ids))


def facts_of(session: Session, section: SectionRow, period: Period, zone: tzinfo, now: datetime) -> BulletinFacts:
    """The same without names.

    :raise BadInput: where nobody of these was at a study that is over
    """
    return _facts(session, section, _counted(session, section, period, zone, now), period, zone, now)


def facts_today(
    session: Session, section: SectionRow, told: BulletinFacts, zone: tzinfo, now: datetime
) -> BulletinFacts:
    """What today's data give for a bulletin: the figures that it tells, of groups taken to be as large as they were."""
    counted = _counted(session, section, told.period, zone, now)
    by_section = reports.over_sittings(session, counted.narrowed, counted.ids)
    were = {line.section_id: line.group for line in told.sections}
    groups = {
        section_id: replace(were[section_id], figures=figures) if section_id in were else Group(figures, 0, 0)
        for section_id, figures in by_section.items()
    }
    return replace(
        told,
        held=counted.held(zone),
        sections=_lines(session, section, groups),
        points=_points(session, counted) if told.total.tells_scores else (),
    )


# Their parts


@dataclass(frozen=True)
class _Counted:
    """The sittings of a period that are over and were dealt to somebody of these sections."""

    sittings: tuple[SittingRow, ...]
    scope: frozenset[int]
    is_office: bool

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(sitting.id for sitting in self.sittings)

    @property
    def narrowed(self) -> frozenset[int] | None:
        """The sections to narrow a query to; None for the whole office."""
        return None if self.is_office else self.scope

    def held(self, zone: tzinfo) -> tuple[Held, ...]:
        return tuple(Held(sitting.opens_at.astimezone(zone).date(), sitting.topic) for sitting in self.sittings)


def _counted(session: Session, section: SectionRow, period: Period, zone: tzinfo, now: datetime) -> _Counted:
    scope, is_office = people.with_all_below(session, [section.id]), section.parent_id is None
    closed = [each for each in _published(session, period, zone) if each.phase(now) is SittingPhase.CLOSED]
    dealt = reports.by_sitting(session, None if is_office else scope, [sitting.id for sitting in closed])
    return _Counted(tuple(sitting for sitting in closed if sitting.id in dealt), scope, is_office)


def _published(session: Session, period: Period, zone: tzinfo) -> Sequence[SittingRow]:
    return rows.weekly_sittings(session, *Span(period.starts_on, period.ends_on).moments(zone))


def _facts(
    session: Session, section: SectionRow, counted: _Counted, period: Period, zone: tzinfo, now: datetime
) -> BulletinFacts:
    if not counted.sittings:
        raise BadInput("", [Problem("", _why_nothing(session, section, period, zone, now))])
    last = _counted(session, section, before(period), zone, now)
    making_up = rows.making_up(session, counted.scope, counted.ids)
    facts = BulletinFacts(
        scope=section.name,
        period=period,
        as_of=now.astimezone(zone).date(),
        held=counted.held(zone),
        sections=_lines(session, section, _groups(session, counted)),
        last=all_of(_groups(session, last).values()) if last.sittings else None,
        points=(),
        missed_made_up=making_up.made_up,
        due=making_up.due.astimezone(zone).date() if making_up.due else None,
    )
    total = facts.total
    return replace(
        facts,
        points=_points(session, counted) if total.tells_scores else (),
        missed=total.figures.expected - total.figures.started,
    )


def _why_nothing(session: Session, section: SectionRow, period: Period, zone: tzinfo, now: datetime) -> str:
    published = _published(session, period, zone)
    if not published:
        return f"{period.name}没有发布过集中学习，请改选日期或期间"
    if not any(sitting.phase(now) is SittingPhase.CLOSED for sitting in published):
        return f"{period.name}的集中学习都还没有结束，结束后再起草"
    return f"“{section.name}”没有人参加{period.name}已结束的集中学习，请改选范围"


def _groups(session: Session, counted: _Counted) -> dict[int, Group]:
    """Everybody by section: whoever belonged to it at the time."""
    figures: dict[int, list[Figures]] = {}
    for (section_id, _), each in reports.by_section(session, counted.scope, counted.ids).items():
        figures.setdefault(section_id, []).append(each)
    return {section_id: group_of(each) for section_id, each in figures.items()}


def _lines(session: Session, scope: SectionRow, groups: Mapping[int, Group]) -> tuple[SectionLine, ...]:
    """The sections in the office's order, each by a name that tells it from the others."""
    tree = [row for row, _ in in_tree_order(people.sections(session))]
    above = {row.id: row.name for row in tree}
    told = [row for row in tree if row.id in groups]
    same = Counter(row.name for row in told)

    def name(row: SectionRow) -> str:
        if row.id == scope.id and len(told) > 1:
            return f"{row.name}（本级）"
        return f"{above[row.parent_id]}·{row.name}" if row.parent_id and same[row.name] > 1 else row.name

    return tuple(SectionLine(row.id, name(row), groups[row.id]) for row in told)


def _points(session: Session, counted: _Counted) -> tuple[Point, ...]:
    """What was missed most; nothing that so few were asked that it would tell of persons."""
    found = reports.missed_points(session, counted.narrowed, counted.ids)
    points = [
        Point(point.name, point.speech, point.quote, point.asked, point.facility)
        for point in found
        if point.facility < 1 and point.asked >= FEW
    ]
    return tuple(points[:MOST_POINTS])
