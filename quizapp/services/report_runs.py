"""One section over time, person by person and key point by key point; and one person of it."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.core.reports import FEW
from quizapp.core.reports import NOBODY
from quizapp.core.reports import Figures
from quizapp.core.reports import together
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.db import attendance
from quizapp.db import people
from quizapp.db import reports
from quizapp.db.attempts import AttemptRow
from quizapp.db.people import PersonRow
from quizapp.db.reports import Asked
from quizapp.db.reports import MissedPoint
from quizapp.services import make_ups
from quizapp.services.report_places import Means
from quizapp.services.report_places import Moments
from quizapp.services.report_places import change_between
from quizapp.services.report_places import closed_in
from quizapp.services.report_places import means
from quizapp.services.reports import MOST_MISSED
from quizapp.services.reports import PEOPLE_SHOWN
from quizapp.services.reports import SITTINGS_SHOWN
from quizapp.services.reports import PersonLine
from quizapp.services.reports import PersonName
from quizapp.services.reports import SectionName
from quizapp.services.reports import SectionReport
from quizapp.services.reports import SittingLine
from quizapp.services.reports import SittingName
from quizapp.services.reports import ids
from quizapp.services.reports import leave_of
from quizapp.services.reports import newest_sittings
from quizapp.services.reports import overseen_section
from quizapp.services.reports import person_line
from quizapp.services.reports import person_name
from quizapp.services.reports import section_at
from quizapp.services.reports import sitting_name

#: As many key points stand beside people.
POINTS_BESIDE_PEOPLE = 12


@dataclass(frozen=True)
class Paging:
    """Which of how many pages, from 1."""

    number: int
    pages: int

    @classmethod
    def of(cls, length: int, at_once: int, number: int) -> "Paging":
        """The page that was asked for; the last one where there are fewer."""
        pages = max(1, -(-length // at_once))
        return cls(min(max(number, 1), pages), pages)


@dataclass(frozen=True)
class PersonRun:
    """One person over the sittings shown, by sitting id, and over the key points shown, by their place among these.

    Sittings dealt while in another section are left out, and so are key points that the person was never asked about.
    """

    person: PersonName
    lines: Mapping[int, PersonLine]
    made_up: frozenset[int]
    points: Mapping[int, Asked]


@dataclass(frozen=True)
class SectionRun:
    """One section over the closed sittings of a period or of all time, newest first; a page of them, if they are many.

    `means` and `office` run over `past`, which is the period, oldest first, or the page where no period was asked for.
    """

    section: SectionName
    newest: SectionReport | None
    total: Figures
    people_behind: int
    change: Fraction | None
    sittings: tuple[SittingLine, ...]
    sitting_pages: Paging
    past: tuple[SittingName, ...]
    means: Means
    office: Means
    points: tuple[MissedPoint, ...]
    people: tuple[PersonRun, ...]
    people_pages: Paging

    @property
    def few(self) -> bool:
        return 0 < self.people_behind < FEW

    @property
    def points_beside(self) -> tuple[MissedPoint, ...]:
        return self.points[:POINTS_BESIDE_PEOPLE]


@dataclass(frozen=True)
class PersonReport:
    """One person in the sittings they took while in an overseen section, newest first.

    `shares` and `sections` run over `past`, the closed ones of these, oldest first: the person, and the mean of the
    section they were in.
    """

    person: PersonName
    lines: tuple[PersonLine, ...]
    #: By sitting id.
    made_up: frozenset[int]
    pages: Paging
    past: tuple[SittingName, ...]
    shares: tuple[Fraction | None, ...]
    sections: Means
    points: tuple[MissedPoint, ...]


@dataclass(frozen=True)
class Wanted:
    """Which part of a section's past is asked for; no period means all time."""

    period: Moments | None = None
    before: Moments | None = None
    sitting_page: int = 1
    people_page: int = 1
    #: A file holds everybody.
    everybody: bool = False


def section_over_time(
    session: Session, actor: Actor, public_id: str, wanted: Wanted = Wanted(), *, now: datetime
) -> SectionRun:
    """One section: the newest sitting, figures over time, people, the key points that are not understood."""
    section = overseen_section(session, actor, public_id)
    names = closed_in(session, [section.id], wanted.period, now)
    paging = Paging.of(len(names), SITTINGS_SHOWN, wanted.sitting_page)
    start = (paging.number - 1) * SITTINGS_SHOWN
    page = names[start : start + SITTINGS_SHOWN]
    counted = names if wanted.period else page
    figures = {at: each for (_, at), each in reports.by_section(session, [section.id], ids(counted)).items()}
    past = tuple(reversed(counted))
    total, people_behind = _together(figures, counted)
    missed = reports.missed_points(session, [section.id], ids(counted)) if counted else ()
    points = tuple(point for point in missed if point.facility < 1)
    run = SectionRun(
        section=section,
        newest=None,
        total=total,
        people_behind=people_behind,
        change=_change(session, section, (total, people_behind), wanted, now),
        sittings=tuple(SittingLine(name, figures[name.id]) for name in page),
        sitting_pages=paging,
        past=past,
        means=means([figures[name.id] for name in past]),
        office=_others(session, figures, past),
        points=points[: max(MOST_MISSED, POINTS_BESIDE_PEOPLE)],
        people=(),
        people_pages=Paging(1, 1),
    )
    run = _with_people(session, run, counted, wanted, now)
    if wanted.period is None and paging.number == 1:
        newest = newest_sittings(session, [section.id], now, 1)
        run = replace(run, newest=section_at(session, section, newest[0]) if newest else None)
    return run


def _together(figures: Mapping[int, Figures], names: Sequence[SittingName]) -> tuple[Figures, int]:
    """The figures of these sittings as one, and how many people stand behind them."""
    each = [figures[name.id] for name in names]
    return together(each), max((found.closed for found in each), default=0)


def _change(
    session: Session, section: SectionName, now_and_people: tuple[Figures, int], wanted: Wanted, now: datetime
) -> Fraction | None:
    """By how much the mean of a period differs from that of the one before; None where too few stand behind either."""
    total, people_behind = now_and_people
    if wanted.before is None or people_behind < FEW:
        return None
    earlier = closed_in(session, [section.id], wanted.before, now)
    found = {at: each for (_, at), each in reports.by_section(session, [section.id], ids(earlier)).items()}
    last, last_people = _together(found, earlier)
    if last_people < FEW or total.mean is None or last.mean is None:
        return None
    return change_between(total.mean, last.mean)


def _others(session: Session, own: Mapping[int, Figures], past: Sequence[SittingName]) -> Means:
    """The mean of the whole office, where enough others took part that it tells nothing of single people."""
    office = reports.by_sitting(session, None, ids(past)) if past else {}
    found = means([office.get(name.id, NOBODY) for name in past])
    enough = [found.people[place] - own[name.id].closed >= FEW for place, name in enumerate(past)]
    return Means(
        tuple(share if known else None for share, known in zip(found.shares, enough, strict=True)),
        tuple(people if known else 0 for people, known in zip(found.people, enough, strict=True)),
    )


# People


def _with_people(
    session: Session, run: SectionRun, counted: Sequence[SittingName], wanted: Wanted, now: datetime
) -> SectionRun:
    everybody = reports.people_of_section(session, run.section.id, ids(counted)) if counted else ()
    at_once = max(len(everybody), 1) if wanted.everybody else PEOPLE_SHOWN
    paging = Paging.of(len(everybody), at_once, wanted.people_page)
    start = (paging.number - 1) * at_once
    shown = everybody[start : start + at_once]
    return replace(run, people=_people_runs(session, run, shown, now), people_pages=paging)


def _people_runs(session: Session, run: SectionRun, shown: Sequence[PersonRow], now: datetime) -> tuple[PersonRun, ...]:
    names = {line.sitting.id: line.sitting for line in run.sittings}
    person_ids = [row.id for row in shown]
    leaves = reports.leaves_of_section(session, run.section.id, list(names))
    lines: dict[int, dict[int, PersonLine]] = defaultdict(dict)
    for row in reports.attempts_of_section(session, run.section.id, list(names), person_ids):
        line = person_line(row, person_name(row.person), run.section.name, names[row.sitting_id])
        lines[row.person_id][row.sitting_id] = replace(line, leave=leave_of(row, leaves))
    made_up = _made_up(session, run.section, list(names), now)
    points = _points_of_people(session, run, person_ids)
    return tuple(
        PersonRun(person_name(row), lines[row.id], made_up.get(row.id, frozenset()), points.get(row.id, {}))
        for row in shown
    )


def _made_up(
    session: Session, section: SectionName, sitting_ids: Sequence[int], now: datetime
) -> Mapping[int, frozenset[int]]:
    """The sittings that people of the section made up for, in time or later, by person."""
    found: dict[int, set[int]] = {}
    for task in attendance.make_ups_of(session, sitting_ids, [section.id]):
        if make_ups.done_at(task.attempt, now) is not None:
            found.setdefault(task.person_id, set()).add(task.sitting_id)
    return {person_id: frozenset(done) for person_id, done in found.items()}


def _points_of_people(
    session: Session, run: SectionRun, person_ids: Sequence[int]
) -> Mapping[int, Mapping[int, Asked]]:
    """How each of these people did on each of the key points that stand beside people."""
    numbers = {place: number for number, point in enumerate(run.points_beside) for place in point.places}
    found: dict[int, dict[int, Asked]] = defaultdict(dict)
    for person_id, place, asked in reports.asked_of_people(session, run.section.id, list(numbers), person_ids):
        number, held = numbers[place], found[person_id]
        held[number] = held[number] + asked if number in held else asked
    return found


def person_report(session: Session, actor: Actor, public_id: str, page: int = 1, *, now: datetime) -> PersonReport:
    """One person's sittings, those taken while in an overseen section; nothing of other sections is told."""
    row = people.person_by_public_id(session, public_id)
    attempts = reports.attempts_in_sections(session, row.id, actor.overseen, now)
    for section_id in {attempt.section_id for attempt in attempts} or {row.section_id}:
        require(actor, Action.REPORT_READ, Subject("person", public_id, section_id=section_id))
    person = person_name(row)
    paging = Paging.of(len(attempts), SITTINGS_SHOWN, page)
    start = (paging.number - 1) * SITTINGS_SHOWN
    shown = attempts[start : start + SITTINGS_SHOWN]
    lines = [person_line(each, person, each.section.name, sitting_name(each.sitting, now)) for each in shown]
    leaves = reports.leaves_of_person(session, row.id, [each.sitting_id for each in shown])
    lines = [replace(line, leave=leave_of(each, leaves)) for each, line in zip(shown, lines, strict=True)]
    final = [(each, line) for each, line in zip(shown, lines, strict=True) if line.sitting.final]
    final.reverse()
    return PersonReport(
        person=person,
        lines=tuple(lines),
        made_up=_made_up_by(session, row.id, now),
        pages=paging,
        past=tuple(line.sitting for _, line in final),
        shares=tuple(line.share for _, line in final),
        sections=_sections_of(session, [each for each, _ in final]),
        points=_points_of_person(session, actor, row.id, final),
    )


def _made_up_by(session: Session, person_id: int, now: datetime) -> frozenset[int]:
    tasks = attendance.make_ups_of_person(session, person_id)
    return frozenset(task.sitting_id for task in tasks if make_ups.done_at(task.attempt, now) is not None)


def _sections_of(session: Session, attempts: Sequence[AttemptRow]) -> Means:
    """The means of the sections in which these attempts were dealt."""
    section_ids, sitting_ids = {each.section_id for each in attempts}, {each.sitting_id for each in attempts}
    found = reports.by_section(session, section_ids, sitting_ids) if attempts else {}
    return means([found.get((each.section_id, each.sitting_id), NOBODY) for each in attempts])


def _points_of_person(
    session: Session, actor: Actor, person_id: int, final: Sequence[tuple[AttemptRow, PersonLine]]
) -> tuple[MissedPoint, ...]:
    sitting_ids = [each.sitting_id for each, _ in final]
    if not sitting_ids:
        return ()
    asked = reports.asked_of_person(session, person_id, actor.overseen, sitting_ids)
    found = reports.by_point(session, asked, sitting_ids)
    return tuple(point for point in found if point.facility < 1)[:MOST_MISSED]
