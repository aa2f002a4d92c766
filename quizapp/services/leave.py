"""Leave from one sitting: asked for, decided by whoever oversees the person, and made up for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.attendance import leave_until
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.db import attendance as rows
from quizapp.db import people
from quizapp.db.attendance import Known
from quizapp.db.attendance import LeaveRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.people import PersonRow
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services import make_ups

MAX_REASON = 200
#: How long what was decided stays on the approvers' list.
DECIDED_FOR = timedelta(days=30)
CORRECTED = "签到情况已更正为未到，不能请假；如有出入，请科长先更正签到情况"


class AlreadyDecided(QuizError):
    """Another approver was first; their decision stands."""

    def __init__(self, decision: LeaveDecision, by: str, at: datetime):
        super().__init__(decision, by, at)
        self.decision, self.by, self.at = decision, by, at


@dataclass(frozen=True)
class LeavePage:
    """Somebody's leave from one sitting, and what can still be done about it."""

    sitting: SittingRow
    person: PersonRow
    leave: LeaveRow | None
    decided_by: str
    known: Known
    make_up: MakeUpRow | None
    #: Asked for after the sitting has closed.
    is_late: bool
    #: Until when it can be asked for.
    until: datetime
    #: Why it cannot be asked for or entered now; empty where it can.
    hindrance: str

    @property
    def can_ask(self) -> bool:
        return not self.hindrance

    @property
    def came(self) -> bool:
        """There after all: presence wins over leave."""
        return self.known.presence is Presence.PRESENT


@dataclass(frozen=True)
class Asked:
    """A leave on the approvers' list."""

    leave: LeaveRow
    decided_by: str

    @property
    def is_late(self) -> bool:
        """补假: asked for after the sitting had closed."""
        return self.leave.asked_at >= self.leave.sitting.closes_at


# One's own


def own_page(session: Session, actor: Actor, sitting_public_id: str, *, now: datetime) -> LeavePage:
    """One's own leave from a sitting."""
    sitting = make_ups.missable_sitting(session, sitting_public_id)
    return _page(session, sitting, session.get_one(PersonRow, actor.person_id), now)


def ask(
    session: Session, actor: Actor, sitting_public_id: str, kind: LeaveKind, reason: str, *, now: datetime
) -> LeaveRow:
    """Ask for leave, or ask otherwise while nobody has decided; where nobody oversees the person it stands at once.

    :raise BadInput: if it is too late, the person has signed in, leave was given, or the reason cannot be kept
    """
    sitting = make_ups.missable_sitting(session, sitting_public_id)
    person = session.get_one(PersonRow, actor.person_id)
    require(actor, Action.LEAVE_ASK, Subject("leave", sitting_public_id, owner_id=person.id))
    row = _asked(session, actor, sitting, person, kind, reason, now)
    audit.record(session, actor, "leave:asked", sitting_public_id, now, kind=kind.value, late=now >= sitting.closes_at)
    if not rows.has_other_overseer(session, person.section_id, person.id):
        _approve(session, actor, row, sitting, now)
    return row


def withdraw(session: Session, actor: Actor, public_id: str, *, now: datetime) -> str:
    """Take back what was asked for while nobody has decided; the public id of the sitting.

    :raise AlreadyDecided: if somebody has
    """
    row = rows.leave_to_decide(session, public_id)
    if row.person_id != actor.person_id:
        raise NotFound("leave", public_id)
    _must_wait(session, row)
    session.delete(row)
    audit.record(session, actor, "leave:withdrawn", row.sitting.public_id, now)
    return row.sitting.public_id


# The approvers'


def page_for(
    session: Session, actor: Actor, sitting_public_id: str, person_public_id: str, *, now: datetime
) -> LeavePage:
    """The leave of somebody whom the actor oversees."""
    sitting = make_ups.missable_sitting(session, sitting_public_id)
    return _page(session, sitting, _overseen_person(session, actor, person_public_id), now)


def enter(
    session: Session,
    actor: Actor,
    sitting_public_id: str,
    person_public_id: str,
    kind: LeaveKind,
    reason: str,
    *,
    now: datetime,
) -> LeaveRow:
    """Enter leave for somebody whom the actor oversees; it stands at once, and whatever waited is decided by it."""
    sitting = make_ups.missable_sitting(session, sitting_public_id)
    person = _overseen_person(session, actor, person_public_id)
    row = _asked(session, actor, sitting, person, kind, reason, now)
    _approve(session, actor, row, sitting, now)
    return row


def decide(session: Session, actor: Actor, public_id: str, approve: bool, reason: str, *, now: datetime) -> LeaveRow:
    """Give leave or decline it; the first decision stands. Declining needs a reason.

    :raise AlreadyDecided: if another approver was first
    :raise BadInput: without a sound reason, or if attendance was corrected to absence, which leave would not change
    """
    row = rows.leave_to_decide(session, public_id)
    require(actor, Action.LEAVE_DECIDE, _subject(row.person))
    wanted = LeaveDecision.APPROVED if approve else LeaveDecision.DECLINED
    if (row.decision, row.decided_by_id) == (wanted, actor.person_id):
        return row
    _must_wait(session, row)
    reason = _sound_reason(reason)
    if approve:
        if _was_corrected_to_absence(rows.known_of_person(session, row.sitting_id, row.person_id)):
            raise BadInput("", [Problem("", CORRECTED)])
        _approve(session, actor, row, row.sitting, now)
        return row
    if not reason:
        raise BadInput("", [Problem("不准假的理由", "请填写，本人会看到")])
    row.decision, row.decided_by_id, row.decided_at = LeaveDecision.DECLINED, actor.person_id, now
    row.answer = reason
    audit.record(
        session, actor, "leave:declined", row.sitting.public_id, now, person=row.person.staff_number, reason=reason
    )
    return row


def queue(session: Session, actor: Actor, *, now: datetime) -> tuple[Sequence[Asked], Sequence[Asked]]:
    """What waits for the actor's decision, and what was decided of late by whomever."""
    found = rows.leaves_in_sections(session, actor.overseen, now - DECIDED_FOR)
    mine = [row for row in found if allowed(actor, Action.LEAVE_DECIDE, _subject(row.person))]
    names = rows.names(session, {row.decided_by_id for row in mine if row.decided_by_id is not None})
    told = [Asked(row, names.get(row.decided_by_id or 0, "")) for row in mine]
    waiting = [asked for asked in told if asked.leave.decision is LeaveDecision.WAITING]
    return waiting[::-1], [asked for asked in told if asked.leave.decision is not LeaveDecision.WAITING]


# Shared


def give(
    session: Session, actor: Actor, sitting: SittingRow, person: PersonRow, kind: LeaveKind, now: datetime
) -> None:
    """Give leave that nobody asked for, as when attendance is corrected; the caller has asked permission, and holds
    the person's place at the sitting."""
    _approve(session, actor, _kept(session, actor, sitting, person, kind, "", now), sitting, now)


def _page(session: Session, sitting: SittingRow, person: PersonRow, now: datetime) -> LeavePage:
    known = _known(session, sitting, person)
    leave = rows.leave_of(session, sitting.id, person.id)
    decided_by = leave.decided_by_id if leave else None
    return LeavePage(
        sitting=sitting,
        person=person,
        leave=leave,
        decided_by=rows.names(session, [decided_by])[decided_by] if decided_by else "",
        known=known,
        make_up=rows.make_up_of(session, sitting.id, person.id),
        is_late=now >= sitting.closes_at,
        until=leave_until(sitting.closes_at),
        hindrance=_hindrance(sitting, leave, known, now),
    )


def _asked(
    session: Session,
    actor: Actor,
    sitting: SittingRow,
    person: PersonRow,
    kind: LeaveKind,
    reason: str,
    now: datetime,
) -> LeaveRow:
    """The leave as it is asked for now, if it may be."""
    rows.hold(session, sitting.id, [person.id])
    known = _known(session, sitting, person)
    reason = _sound_reason(reason)
    hindrance = _hindrance(sitting, rows.leave_of(session, sitting.id, person.id), known, now)
    problems = [Problem("", hindrance)] if hindrance else []
    if kind is LeaveKind.OTHER and not reason:
        problems.append(Problem("事由", "类别选“其他”时请写明事由"))
    if problems:
        raise BadInput("", problems)
    return _kept(session, actor, sitting, person, kind, reason, now)


def _known(session: Session, sitting: SittingRow, person: PersonRow) -> Known:
    known = rows.known_of_person(session, sitting.id, person.id)
    if known is None:
        raise NotFound("leave", sitting.public_id)
    return known


def _hindrance(sitting: SittingRow, leave: LeaveRow | None, known: Known, now: datetime) -> str:
    if leave is not None and leave.decision is LeaveDecision.APPROVED:
        return "已经准假，不用再次请假"
    if known.presence is Presence.PRESENT:
        return "已经签到或参加作答，不用请假"
    if _was_corrected_to_absence(known):
        return CORRECTED
    if now >= leave_until(sitting.closes_at):
        return "这次学习已结束三天以上，不能再补假；如情况特殊，请科长在签到情况中更正"
    return ""


def _was_corrected_to_absence(known: Known | None) -> bool:
    """Whether somebody said, after looking into it, that the person was absent: that word outvotes leave."""
    return known is not None and known.presence is Presence.ABSENT and known.way is not None


def _kept(
    session: Session,
    actor: Actor,
    sitting: SittingRow,
    person: PersonRow,
    kind: LeaveKind,
    reason: str,
    now: datetime,
) -> LeaveRow:
    """The one row of this person and sitting, with the newest word."""
    row = rows.leave_of(session, sitting.id, person.id)
    if row is None:
        row = LeaveRow(sitting_id=sitting.id, person_id=person.id)
        session.add(row)
    row.kind, row.reason, row.asked_at, row.asked_by_id = kind, reason, now, actor.person_id
    row.decision, row.decided_by_id, row.decided_at = LeaveDecision.WAITING, None, None
    row.answer = ""
    session.flush()
    return row


def _approve(session: Session, actor: Actor, row: LeaveRow, sitting: SittingRow, now: datetime) -> None:
    """The leave stands; whoever neither signed in nor took the quiz makes up for it."""
    row.decision, row.decided_by_id, row.decided_at = LeaveDecision.APPROVED, actor.person_id, now
    session.flush()
    audit.record(session, actor, "leave:approved", sitting.public_id, now, person=row.person_id, kind=row.kind.value)
    known = rows.known_of_person(session, sitting.id, row.person_id)
    if known is not None and known.presence is not Presence.PRESENT and not known.started:
        make_ups.assign(session, sitting, row.person_id, actor, now=now)


def _overseen_person(session: Session, actor: Actor, public_id: str) -> PersonRow:
    person = people.person_by_public_id(session, public_id)
    require(actor, Action.LEAVE_DECIDE, _subject(person))
    return person


def _subject(person: PersonRow) -> Subject:
    return Subject("leave", person.public_id, owner_id=person.id, section_id=person.section_id)


def _must_wait(session: Session, row: LeaveRow) -> None:
    if row.decision is not LeaveDecision.WAITING and row.decided_at is not None and row.decided_by_id is not None:
        raise AlreadyDecided(row.decision, rows.names(session, [row.decided_by_id])[row.decided_by_id], row.decided_at)


def _sound_reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) > MAX_REASON:
        raise BadInput("", [Problem("事由", f"不超过 {MAX_REASON} 字，现有 {len(reason)} 字")])
    if "\0" in reason:
        raise BadInput("", [Problem("事由", "含有无法保存的字符，请重新输入")])
    return reason
