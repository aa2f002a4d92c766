"""Who was there at one sitting: present, on leave, absent; the way it is known, and corrections."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
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
from quizapp.core.states import SittingPhase
from quizapp.db import attendance as rows
from quizapp.db import people
from quizapp.db.attendance import AttendanceRow
from quizapp.db.attendance import Known
from quizapp.db.attendance import Sums
from quizapp.db.people import PersonRow
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services import leave
from quizapp.services import make_ups
from quizapp.services.people import in_tree_order

#: As many people are listed unasked; of more, one section at a time.
LISTED_AT_ONCE = 150
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
    if not rows.hold(session, sitting.id, [person_id]):
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
    sitting = make_ups.missable_sitting(session, public_id)
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


def _sees_all(actor: Actor, sitting: SittingRow) -> bool:
    host = Subject("sitting", sitting.public_id, section_id=sitting.host_section_id, leader_id=sitting.leader_id)
    return allowed(actor, Action.ROOM_LEAD, host)


def _sheets(
    session: Session, actor: Actor, sitting: SittingRow, listed: Sequence[SectionCount], now: datetime
) -> tuple[SectionSheet, ...]:
    section_ids = [each.section_id for each in listed]
    known = rows.known_of(session, sitting.id, section_ids)
    aside = _aside(session, sitting, known.values())
    lines: dict[int, list[PersonLine]] = {section_id: [] for section_id in section_ids}
    for person, section_id in rows.dealt_people(session, [sitting.id], section_ids):
        lines[section_id].append(_line(actor, sitting, person, known[person.id], aside, now))
    return tuple(SectionSheet(each, tuple(sorted(lines[each.section_id], key=_missing_first))) for each in listed)


@dataclass(frozen=True)
class _Aside:
    """What a line tells beside what is known: names by person id, who has a task, whose leave waits."""

    names: Mapping[int, str]
    with_task: frozenset[int]
    leave_waits: frozenset[int]


def _aside(session: Session, sitting: SittingRow, known: Iterable[Known]) -> _Aside:
    by_ids = {each.by_id for each in known if each.by_id is not None}
    return _Aside(
        rows.names(session, by_ids), rows.with_make_up(session, sitting.id), rows.waiting_leave(session, sitting.id)
    )


def _line(
    actor: Actor, sitting: SittingRow, person: PersonRow, known: Known, aside: _Aside, now: datetime
) -> PersonLine:
    is_absent, has_task = known.presence is Presence.ABSENT, person.id in aside.with_task
    may_correct = allowed(actor, Action.ATTENDANCE_CORRECT, _subject(person, known.section_id))
    may_decide = allowed(actor, Action.LEAVE_DECIDE, _subject(person, person.section_id))
    missed = known.presence is not Presence.PRESENT and not known.started and not has_task
    return PersonLine(
        public_id=person.public_id,
        name=person.name,
        staff_number=person.staff_number,
        known=known,
        by=aside.names.get(known.by_id or 0, ""),
        leave_waits=person.id in aside.leave_waits,
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
    sitting, person, known = _to_correct(session, actor, sitting_public_id, person_public_id)
    return sitting, _line(actor, sitting, person, known, _aside(session, sitting, [known]), now)


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
    """Say that somebody was there, on leave or absent after all; the reason is kept with it and shown. Saying it again
    is the same as once.

    :raise KnownMeanwhile: if something else has become known since its author looked
    :raise BadInput: without a reason, without a kind of leave, or before the study has begun
    """
    sitting, person, before = _to_correct(session, actor, sitting_public_id, person_public_id, lock=True)
    if _said_before(actor, correction, before):
        return
    if problems := _problems(sitting, correction, before, now):
        raise BadInput("", problems)
    if correction.seen != stamp(before):
        by = rows.names(session, [before.by_id])[before.by_id] if before.by_id else ""
        raise KnownMeanwhile(before, by)
    _write(session, actor, sitting, person, correction, now)
    told = _told(person, before, correction)
    audit.record(session, actor, "attendance:corrected", sitting_public_id, now, **told)


def _said_before(actor: Actor, correction: Correction, before: Known) -> bool:
    wanted = (Way.CORRECTED, actor.person_id, correction.presence, correction.reason.strip())
    same_kind = correction.presence is not Presence.LEAVE or correction.kind is before.leave
    return same_kind and (before.way, before.by_id, before.presence, before.reason) == wanted


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
) -> tuple[SittingRow, PersonRow, Known]:
    """`lock` keeps other words on the same person off until the transaction ends."""
    sitting = make_ups.missable_sitting(session, sitting_public_id)
    person = people.person_by_public_id(session, person_public_id)
    if lock:
        rows.hold(session, sitting.id, [person.id])
    known = rows.known_of_person(session, sitting.id, person.id)
    if known is None:
        raise NotFound("attendance", person_public_id)
    require(actor, Action.ATTENDANCE_CORRECT, _subject(person, known.section_id))
    return sitting, person, known


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
