"""Who was there: present, on leave, absent; the way it is known, corrections, and everybody over time."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.attendance import leave_until
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import SittingPhase
from quizapp.db import attempts
from quizapp.db import attendance as rows
from quizapp.db import people
from quizapp.db import reports
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import AttendanceRow
from quizapp.db.attendance import Known
from quizapp.db.attendance import Sums
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services import leave
from quizapp.services import make_ups
from quizapp.services.people import in_tree_order

#: As many people are listed unasked; of more, one section at a time.
LISTED_AT_ONCE = 150
#: As many sittings stand side by side.
SITTINGS_BESIDE = 12
#: Of one's own sittings: a year of weeks.
OWN_SITTINGS = 52
MAX_REASON = 200


@dataclass(frozen=True)
class Count:
    """How many of a group at one sitting, or at several together."""

    expected: int
    present: int
    leave: int
    started: int
    handed_in: int

    @property
    def absent(self) -> int:
        return self.expected - self.present - self.leave

    @property
    def rate(self) -> Fraction | None:
        """The share of the expected who were there; None where nobody was expected."""
        return Fraction(self.present, self.expected) if self.expected else None


@dataclass(frozen=True)
class SectionCount(Count):
    """How many of a section; people are counted where they were at the sitting."""

    section_id: int
    public_id: str
    name: str


def presence_of(session: Session, sitting: SittingRow) -> Mapping[int, Known]:
    """What is known of everybody who is expected at a sitting, by person id."""
    return rows.known_of(session, sitting.id)


def counts(session: Session, sitting: SittingRow) -> tuple[SectionCount, ...]:
    """How many of each section that takes part, as the organisation tree reads."""
    by_section = {section_id: each for (_, section_id), each in rows.sums(session, [sitting.id]).items()}
    tree = in_tree_order(people.sections(session))
    return tuple(
        SectionCount(**vars(by_section[row.id]), section_id=row.id, public_id=row.public_id, name=row.name)
        for row, _ in tree
        if row.id in by_section
    )


def total(counted: Iterable[Count | Sums]) -> Count:
    """These together."""
    each = [(c.expected, c.present, c.leave, c.started, c.handed_in) for c in counted]
    return Count(*(sum(numbers) for numbers in zip(*each, strict=True))) if each else Count(0, 0, 0, 0, 0)


def sign(
    session: Session, sitting: SittingRow, person_id: int, way: Way, *, device: str = "", by_id: int, now: datetime
) -> AttendanceRow:
    """Note that somebody is there; the first way stays, and so does a correction. The caller records it.

    A make-up task that leave had made and nobody has begun goes away.

    :raise NotFound: if the person is not expected at this sitting
    """
    if attempts.attempt_of(session, sitting.id, person_id) is None:
        raise NotFound("attendance", sitting.public_id)
    values = {
        "sitting_id": sitting.id,
        "person_id": person_id,
        "presence": Presence.PRESENT,
        "way": way,
        "device": device,
        "at": now,
        "by_id": by_id,
        "reason": "",
    }
    if rows.keep_signed(session, values):
        rows.drop_untouched_make_up(session, sitting.id, person_id)
    found = rows.attendance_row(session, sitting.id, person_id)
    assert found is not None
    return found


# One sitting


@dataclass(frozen=True)
class PersonLine:
    """One person at one sitting, with name; `by` is who ticked or corrected."""

    public_id: str
    name: str
    staff_number: str
    known: Known
    by: str
    #: Asked for leave and has no answer yet.
    leave_waits: bool
    #: Has a make-up task, done or not.
    has_task: bool
    #: What the reader may do about it now.
    can_correct: bool
    can_enter_leave: bool
    can_assign: bool


@dataclass(frozen=True)
class SectionSheet:
    """One section at one sitting, those who are missing first."""

    count: SectionCount
    people: tuple[PersonLine, ...]


@dataclass(frozen=True)
class SittingAttendance:
    """One sitting, as far as the reader may see it; `sheets` name the people of the sections that are listed."""

    sitting: SittingRow
    has_closed: bool
    sections: tuple[SectionCount, ...]
    total: Count
    sheets: tuple[SectionSheet, ...]


@dataclass(frozen=True)
class Correction:
    """What a correction says; `seen` is the stamp of what its author had before them."""

    presence: Presence
    kind: LeaveKind | None
    reason: str
    seen: str


class KnownMeanwhile(QuizError):
    """Somebody signed in or was corrected since the author of a correction looked."""

    def __init__(self, known: Known, by: str):
        super().__init__(known, by)
        self.known, self.by = known, by


def sitting_page(
    session: Session, actor: Actor, public_id: str, section_public_id: str = "", *, now: datetime
) -> SittingAttendance:
    """Who was there: all of a sitting for its leader and the host's overseers, else the sections one oversees.

    :raise NotFound: where none of it is the actor's to see
    """
    sitting = _weekly(session, public_id)
    seen = tuple(
        each for each in counts(session, sitting) if _sees_all(actor, sitting) or each.section_id in actor.overseen
    )
    together = total(seen)
    listed = [each for each in seen if each.public_id == section_public_id or _unasked(section_public_id, together)]
    if not seen or (section_public_id and not listed):
        raise NotAllowed("attendance", public_id)
    return SittingAttendance(
        sitting=sitting,
        has_closed=sitting.phase(now) is SittingPhase.CLOSED,
        sections=seen,
        total=together,
        sheets=_sheets(session, actor, sitting, listed, now),
    )


def _unasked(section_public_id: str, together: Count) -> bool:
    return not section_public_id and together.expected <= LISTED_AT_ONCE


def _weekly(session: Session, public_id: str) -> SittingRow:
    sitting = sittings.sitting_by_public_id(session, public_id)
    if sitting.published_at is None or sitting.kind is SittingKind.MAKE_UP:
        raise NotFound("sitting", public_id)
    return sitting


def _sees_all(actor: Actor, sitting: SittingRow) -> bool:
    host = Subject("sitting", sitting.public_id, section_id=sitting.host_section_id, leader_id=sitting.leader_id)
    return allowed(actor, Action.ROOM_LEAD, host)


def _sheets(
    session: Session, actor: Actor, sitting: SittingRow, listed: Sequence[SectionCount], now: datetime
) -> tuple[SectionSheet, ...]:
    section_ids = [each.section_id for each in listed]
    known = rows.known_of(session, sitting.id, section_ids)
    by = rows.names(session, {each.by_id for each in known.values() if each.by_id is not None})
    with_task = {row.person_id for row in rows.made_up(session, [sitting.id])}
    waiting = rows.waiting_leave(session, sitting.id)
    lines: dict[int, list[PersonLine]] = {section_id: [] for section_id in section_ids}
    for person, section_id in rows.dealt_people(session, [sitting.id], section_ids):
        line = _line(actor, sitting, person, section_id, known[person.id], by, person.id in with_task, now)
        lines[section_id].append(replace(line, leave_waits=person.id in waiting))
    return tuple(SectionSheet(each, tuple(sorted(lines[each.section_id], key=_missing_first))) for each in listed)


def _line(
    actor: Actor,
    sitting: SittingRow,
    person: PersonRow,
    section_id: int,
    known: Known,
    names: Mapping[int, str],
    has_task: bool,
    now: datetime,
) -> PersonLine:
    is_absent = known.presence is Presence.ABSENT
    may_correct = allowed(actor, Action.ATTENDANCE_CORRECT, _subject(person, section_id))
    may_decide = allowed(actor, Action.LEAVE_DECIDE, _subject(person, person.section_id))
    missed = known.presence is not Presence.PRESENT and not known.started and not has_task
    return PersonLine(
        public_id=person.public_id,
        name=person.name,
        staff_number=person.staff_number,
        known=known,
        by=names.get(known.by_id or 0, ""),
        leave_waits=False,
        has_task=has_task,
        can_correct=may_correct and has_begun(sitting, now),
        can_enter_leave=may_decide and is_absent and known.way is None and now < leave_until(sitting.closes_at),
        can_assign=may_correct and missed and sitting.phase(now) is SittingPhase.CLOSED,
    )


def _missing_first(line: PersonLine) -> tuple[int, str]:
    return (Presence.ABSENT, Presence.LEAVE, Presence.PRESENT).index(line.known.presence), line.staff_number


def has_begun(sitting: SittingRow, now: datetime) -> bool:
    """Whether people can be there already: the study has begun, or the quiz."""
    return now >= min(sitting.meeting.begins_at or sitting.opens_at, sitting.opens_at)


def _subject(person: PersonRow, section_id: int) -> Subject:
    return Subject("attendance", person.public_id, owner_id=person.id, section_id=section_id)


# Corrections


def correction_page(
    session: Session, actor: Actor, sitting_public_id: str, person_public_id: str, *, now: datetime
) -> tuple[SittingRow, PersonLine]:
    """One person at a sitting, for whoever may correct it."""
    sitting, person, attempt = _to_correct(session, actor, sitting_public_id, person_public_id)
    known = rows.known_of(session, sitting.id, [attempt.section_id])[person.id]
    names = rows.names(session, [known.by_id]) if known.by_id else {}
    has_task = rows.make_up_of(session, sitting.id, person.id) is not None
    return sitting, _line(actor, sitting, person, attempt.section_id, known, names, has_task, now)


def stamp(known: Known) -> str:
    """What a page saw of somebody's presence, so that a correction of something else is noticed."""
    since = known.at.isoformat() if known.at else ""
    return f"{known.presence} {known.way or ''} {known.leave or ''} {since}"


def correct(
    session: Session,
    actor: Actor,
    sitting_public_id: str,
    person_public_id: str,
    correction: Correction,
    *,
    now: datetime,
) -> None:
    """Say that somebody was there, on leave or absent after all; the reason is kept with it and shown.

    :raise KnownMeanwhile: if something else has become known since its author looked
    :raise BadInput: without a reason, without a kind of leave, or before the study has begun
    """
    sitting, person, attempt = _to_correct(session, actor, sitting_public_id, person_public_id, lock=True)
    before = rows.known_of(session, sitting.id, [attempt.section_id])[person.id]
    if problems := _problems(sitting, correction, before, now):
        raise BadInput("", problems)
    if correction.seen != stamp(before):
        by = rows.names(session, [before.by_id])[before.by_id] if before.by_id else ""
        raise KnownMeanwhile(before, by)
    _write(session, actor, sitting, person, correction, now)
    told = _told(person, before, correction)
    audit.record(session, actor, "attendance:corrected", sitting_public_id, now, **told)


def _told(person: PersonRow, before: Known, correction: Correction) -> dict[str, object]:
    """A correction as the audit trail keeps it."""
    return {
        "person": person.staff_number,
        "before": stamp(before),
        "after": correction.presence.value,
        "reason": correction.reason.strip(),
    }


def _to_correct(
    session: Session, actor: Actor, sitting_public_id: str, person_public_id: str, *, lock: bool = False
) -> tuple[SittingRow, PersonRow, AttemptRow]:
    """`lock` keeps other corrections of the same person off until the transaction ends."""
    sitting = _weekly(session, sitting_public_id)
    person = people.person_by_public_id(session, person_public_id)
    attempt = attempts.attempt_of(session, sitting.id, person.id, lock=lock)
    if attempt is None:
        raise NotFound("attendance", person_public_id)
    require(actor, Action.ATTENDANCE_CORRECT, _subject(person, attempt.section_id))
    return sitting, person, attempt


def _problems(sitting: SittingRow, correction: Correction, before: Known, now: datetime) -> list[Problem]:
    found = []
    if not has_begun(sitting, now):
        found.append(Problem("", "学习还没有开始，开始后才能更正签到"))
    if not 0 < len(correction.reason.strip()) <= MAX_REASON:
        found.append(Problem("更正理由", f"请填写，不超过 {MAX_REASON} 字"))
    if correction.presence is Presence.LEAVE and correction.kind is None:
        found.append(Problem("请假类别", "更正为请假时请选择类别"))
    if correction.presence is before.presence and correction.kind in (None, before.leave):
        found.append(Problem("更正为", "与现有记录相同，没有需要更正的"))
    return found


def _write(
    session: Session, actor: Actor, sitting: SittingRow, person: PersonRow, correction: Correction, now: datetime
) -> None:
    row = rows.attendance_row(session, sitting.id, person.id)
    if row is None:
        row = AttendanceRow(sitting_id=sitting.id, person_id=person.id)
        session.add(row)
    row.presence, row.way, row.at = correction.presence, Way.CORRECTED, now
    row.by_id, row.reason, row.device = actor.person_id, correction.reason.strip(), ""
    session.flush()
    if correction.presence is Presence.LEAVE and correction.kind is not None:
        leave.give(session, actor, sitting, person, correction.kind, now)
    if correction.presence is Presence.PRESENT:
        rows.drop_untouched_make_up(session, sitting.id, person.id)


# Over time


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


def over_time(session: Session, actor: Actor, section_public_id: str = "", *, now: datetime) -> OverTime:
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
    return OverTime(shown, runs, total(run.total for run in runs), _people_runs(session, runs, shown, now))


def _section_runs(tree: Sequence[SectionRow], by_both: Mapping[tuple[int, int], Sums]) -> tuple[SectionRun, ...]:
    """The sections that took part, in the office's order."""
    counted: dict[int, dict[int, Count]] = {}
    for (sitting_id, section_id), each in by_both.items():
        counted.setdefault(section_id, {})[sitting_id] = Count(**vars(each))
    return tuple(
        SectionRun(row.id, row.public_id, row.name, counted[row.id], total(counted[row.id].values()))
        for row in tree
        if row.id in counted
    )


def _people_runs(
    session: Session, listed: Sequence[SectionRun], shown: Sequence[SittingRow], now: datetime
) -> tuple[tuple[SectionRun, tuple[PersonRun, ...]], ...]:
    """The people of these sections; of many, none until one section is asked for."""
    largest = sum(max(count.expected for count in run.counts.values()) for run in listed)
    if len(listed) != 1 and largest > LISTED_AT_ONCE:
        return ()
    made_up = _made_up(session, shown, now)
    return tuple((run, _section_people(session, run, shown, made_up)) for run in listed)


def _section_people(
    session: Session, run: SectionRun, shown: Sequence[SittingRow], made_up: frozenset[tuple[int, int]]
) -> tuple[PersonRun, ...]:
    sitting_ids = [sitting.id for sitting in shown]
    cells: dict[int, dict[int, Cell]] = {}
    for person_id, sitting_id, presence in rows.presences(session, sitting_ids, [run.section_id]):
        cells.setdefault(person_id, {})[sitting_id] = _cell(presence, (sitting_id, person_id) in made_up)
    return tuple(
        PersonRun(person.public_id, person.name, person.staff_number, cells[person.id])
        for person, _ in rows.dealt_people(session, sitting_ids, [run.section_id])
    )


def _cell(presence: Presence, made_up: bool) -> Cell:
    return Cell(presence, made_up and presence is not Presence.PRESENT)


def _made_up(session: Session, shown: Sequence[SittingRow], now: datetime) -> frozenset[tuple[int, int]]:
    """(sitting, person) of everybody who made up for it, in time or later."""
    tasks = rows.made_up(session, [sitting.id for sitting in shown])
    return frozenset((row.sitting_id, row.person_id) for row in tasks if make_ups.done_at(row.attempt, now) is not None)


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
    made_up = _made_up(session, [sitting for sitting, _ in found], now)
    lines = ((sitting, _cell(presence, (sitting.id, actor.person_id) in made_up)) for sitting, presence in found)
    return OwnAttendance(tuple(lines))
