"""Who was there at the newest studies: section by section, person by person, and oneself."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.core.attendance import Presence
from quizapp.core.errors import NotAllowed
from quizapp.core.roles import Actor
from quizapp.core.states import SittingPhase
from quizapp.db import attendance as rows
from quizapp.db import people
from quizapp.db import reports
from quizapp.db.attendance import MakeUpRow
from quizapp.db.attendance import Sums
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attendance
from quizapp.services import make_ups
from quizapp.services.attendance import Count
from quizapp.services.people import in_tree_order

#: As many sittings stand side by side.
SITTINGS_BESIDE = 12
#: Of one's own sittings: a year of weeks.
OWN_SITTINGS = 52


@dataclass(frozen=True)
class Cell:
    """One person at one sitting, and whether they made up for it since."""

    presence: Presence
    made_up: bool


@dataclass(frozen=True)
class PersonRun:
    """One person over the sittings shown, by sitting id; sittings they were not expected at are left out."""

    public_id: str
    name: str
    staff_number: str
    cells: Mapping[int, Cell]

    @property
    def present(self) -> int:
        return sum(cell.presence is Presence.PRESENT for cell in self.cells.values())

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.present, len(self.cells)) if self.cells else None


@dataclass(frozen=True)
class SectionRun:
    """One section over the sittings shown: by sitting id, and all together."""

    section_id: int
    public_id: str
    name: str
    counts: Mapping[int, Count]
    total: Count


@dataclass(frozen=True)
class OverTime:
    """The overseen sections over the newest sittings, oldest first; `people` of the sections that are listed."""

    sittings: tuple[SittingRow, ...]
    sections: tuple[SectionRun, ...]
    total: Count
    people: tuple[tuple[SectionRun, tuple[PersonRun, ...]], ...]


def of_sections(session: Session, actor: Actor, section_public_id: str = "", *, now: datetime) -> OverTime:
    """Who was there at the newest closed sittings, by section and by person; of all overseen sections, or of one.

    :raise NotFound: if the section that is asked for is not overseen
    """
    tree = [row for row, _ in in_tree_order(people.sections(session)) if row.id in actor.overseen]
    asked = [row for row in tree if section_public_id in ("", row.public_id)]
    if not asked:
        raise NotAllowed("section", section_public_id)
    section_ids = [row.id for row in asked]
    opened = reports.opened_sittings(session, section_ids, now, SITTINGS_BESIDE + 1)
    closed = [sitting for sitting in opened if sitting.phase(now) is SittingPhase.CLOSED][:SITTINGS_BESIDE]
    runs = _section_runs(asked, rows.sums(session, [sitting.id for sitting in closed], section_ids))
    shown = tuple(reversed(closed))
    return OverTime(shown, runs, attendance.total(run.total for run in runs), _people_runs(session, runs, shown, now))


def _section_runs(tree: Sequence[SectionRow], by_both: Mapping[tuple[int, int], Sums]) -> tuple[SectionRun, ...]:
    """The sections that took part, in the office's order."""
    counted: dict[int, dict[int, Count]] = {}
    for (sitting_id, section_id), each in by_both.items():
        counted.setdefault(section_id, {})[sitting_id] = Count(**vars(each))
    return tuple(
        SectionRun(row.id, row.public_id, row.name, counted[row.id], attendance.total(counted[row.id].values()))
        for row in tree
        if row.id in counted
    )


def _people_runs(
    session: Session, listed: Sequence[SectionRun], shown: Sequence[SittingRow], now: datetime
) -> tuple[tuple[SectionRun, tuple[PersonRun, ...]], ...]:
    """The people of these sections; of many, none until one section is asked for."""
    largest = sum(max(count.expected for count in run.counts.values()) for run in listed)
    if len(listed) != 1 and largest > attendance.LISTED_AT_ONCE:
        return ()
    sitting_ids, section_ids = [sitting.id for sitting in shown], [run.section_id for run in listed]
    tasks = rows.make_ups_of(session, sitting_ids, section_ids)
    made_up = {(row.sitting_id, row.person_id) for row in tasks if _is_done(row, now)}
    cells: dict[tuple[int, int], dict[int, Cell]] = {}
    for person_id, section_id, sitting_id, presence in rows.presences(session, sitting_ids, section_ids):
        cell = _cell(presence, (sitting_id, person_id) in made_up)
        cells.setdefault((section_id, person_id), {})[sitting_id] = cell
    people_of: dict[int, list[PersonRun]] = {section_id: [] for section_id in section_ids}
    for person, section_id in rows.dealt_people(session, sitting_ids, section_ids):
        run = PersonRun(person.public_id, person.name, person.staff_number, cells[section_id, person.id])
        people_of[section_id].append(run)
    return tuple((run, tuple(people_of[run.section_id])) for run in listed)


def _cell(presence: Presence, made_up: bool) -> Cell:
    return Cell(presence, made_up and presence is not Presence.PRESENT)


def _is_done(task: MakeUpRow, now: datetime) -> bool:
    """In time or later."""
    return make_ups.done_at(task.attempt, now) is not None


@dataclass(frozen=True)
class OwnAttendance:
    """One's own attendance over a year of sittings, the newest first."""

    lines: tuple[tuple[SittingRow, Cell], ...]

    @property
    def present(self) -> int:
        return sum(cell.presence is Presence.PRESENT for _, cell in self.lines)

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.present, len(self.lines)) if self.lines else None


def own(session: Session, actor: Actor, *, now: datetime) -> OwnAttendance:
    """One's own attendance, whatever section one was in."""
    found = rows.presences_of_person(session, actor.person_id, now, OWN_SITTINGS)
    tasks = rows.make_ups_of_person(session, actor.person_id)
    made_up = {row.sitting_id for row in tasks if _is_done(row, now)}
    return OwnAttendance(tuple((sitting, _cell(presence, sitting.id in made_up)) for sitting, presence in found))
