"""Who signed in, who asked for leave, and who has to make up for it."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import ColumnElement
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import UniqueConstraint
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import cast
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.sitting import Mode
from quizapp.core.sitting import SittingKind
from quizapp.db import summaries
from quizapp.db.attempts import INSERT
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.db.speeches import SpeechRow

#: What the database holds for a make-up task of whose speech no part was read.
NOTHING_READ = "[]"


class AttendanceRow(Base):
    """What is known of one person's presence at one sitting. Whoever has none and no leave was absent."""

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_device", "sitting_id", "device"),)

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    presence: Mapped[Presence] = mapped_column(words(Presence))
    way: Mapped[Way] = mapped_column(words(Way))
    #: SHA-256 of the name that the phone's browser keeps; empty where no phone was used.
    device: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime]
    #: Who signed, ticked or corrected; and why it was corrected.
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[PersonRow] = relationship(lazy="raise", foreign_keys=[person_id])


class CodeTryRow(Base):
    """How often somebody gave a wrong sign-in code; codes are short, so tries are counted."""

    __tablename__ = "code_try"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    times: Mapped[int]
    last_at: Mapped[datetime]


class LeaveRow(Addressable, Base):
    """Leave from one sitting, asked for by the person or their chief; the newest word stands."""

    __tablename__ = "leave_of_absence"
    __table_args__ = (UniqueConstraint("sitting_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[LeaveKind] = mapped_column(words(LeaveKind))
    reason: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[LeaveDecision] = mapped_column(words(LeaveDecision), default=LeaveDecision.WAITING)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    #: Why it was declined.
    answer: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[PersonRow] = relationship(lazy="raise", foreign_keys=[person_id])
    sitting: Mapped[SittingRow] = relationship(lazy="raise")


class MakeUpRow(Addressable, Base):
    """A study that one person has to make up for: read the speech, sit a fresh paper."""

    __tablename__ = "make_up"
    __table_args__ = (UniqueConstraint("sitting_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The sitting that was missed.
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    due: Mapped[datetime]
    #: The parts of the speech (numbers from 0) that were read.
    read: Mapped[list[int]] = mapped_column(JSON, default=list)
    #: When all parts had been read.
    read_at: Mapped[datetime | None]
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]

    person: Mapped[PersonRow] = relationship(lazy="raise", foreign_keys=[person_id])
    sitting: Mapped[SittingRow] = relationship(lazy="raise")
    attempt: Mapped[AttemptRow | None] = relationship(lazy="raise")


class MakeUpPaperRow(Base):
    """The fresh paper for all who missed one sitting: a sitting of its own, drawn when the first of them needs it."""

    __tablename__ = "make_up_paper"

    #: The sitting that was missed.
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    paper_sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), unique=True)


@dataclass(frozen=True)
class Known:
    """What is known of one expected person at one sitting."""

    presence: Presence
    #: How and since when their presence is known; None where nothing but leave, or nothing at all, is known.
    way: Way | None
    at: datetime | None
    #: Their section at the time of the sitting.
    section_id: int
    leave: LeaveKind | None
    #: SHA-256 of the name of the phone that signed; empty where none did.
    device: str
    #: Who signed, ticked or corrected, and why it was corrected.
    by_id: int | None
    reason: str
    started: bool
    handed_in: bool


@dataclass(frozen=True)
class Sums:
    """How many of a section, at one sitting."""

    expected: int
    present: int
    leave: int
    started: int
    handed_in: int


def known_of(session: Session, sitting_id: int, section_ids: Collection[int] | None = None) -> Mapping[int, Known]:
    """What is known of everybody who is expected at a sitting, or of those in these sections, by person."""
    statement = _known_of(sitting_id)
    if section_ids is not None:
        statement = statement.where(AttemptRow.section_id.in_(section_ids))
    return {person_id: _known(*values) for person_id, *values in session.execute(statement)}


def known_of_person(session: Session, sitting_id: int, person_id: int) -> Known | None:
    """What is known of one person; None where they are not expected."""
    found = session.execute(_known_of(sitting_id).where(AttemptRow.person_id == person_id)).first()
    return _known(*found[1:]) if found else None


def _known_of(sitting_id: int) -> Select[Any]:
    return expected(
        AttemptRow.person_id,
        presence(),
        AttendanceRow.way,
        func.coalesce(AttendanceRow.at, AttemptRow.started_at),
        AttemptRow.section_id,
        LeaveRow.kind,
        func.coalesce(AttendanceRow.device, ""),
        AttendanceRow.by_id,
        func.coalesce(AttendanceRow.reason, ""),
        AttemptRow.started_at.is_not(None),
        AttemptRow.closed_at.is_not(None),
    ).where(AttemptRow.sitting_id == sitting_id)


def _known(presence: Presence, way: Way | None, at: datetime | None, *others: Any) -> Known:
    if way is None and presence is Presence.PRESENT:
        way = Way.ANSWERED
    return Known(presence, way, at if way else None, *others)


def sums(
    session: Session, sitting_ids: Collection[int], section_ids: Collection[int] | None = None
) -> Mapping[tuple[int, int], Sums]:
    """The figures by (sitting, section), of all sections or of these; sections that were dealt nothing are left out."""
    statement = (
        expected(
            AttemptRow.sitting_id,
            AttemptRow.section_id,
            func.count(AttemptRow.id),
            _times(presence() == Presence.PRESENT),
            _times(presence() == Presence.LEAVE),
            func.count(AttemptRow.started_at),
            func.count(AttemptRow.closed_at),
        )
        .where(AttemptRow.sitting_id.in_(sitting_ids))
        .group_by(AttemptRow.sitting_id, AttemptRow.section_id)
    )
    if section_ids is not None:
        statement = statement.where(AttemptRow.section_id.in_(section_ids))
    rows = session.execute(statement)
    return {(sitting_id, section_id): Sums(*map(int, numbers)) for sitting_id, section_id, *numbers in rows}


def presences(
    session: Session, sitting_ids: Collection[int], section_ids: Collection[int]
) -> Sequence[tuple[int, int, int, Presence]]:
    """(person, section, sitting, presence) of everybody who was expected while in one of these sections."""
    found = expected(AttemptRow.person_id, AttemptRow.section_id, AttemptRow.sitting_id, presence())
    narrowed = (AttemptRow.sitting_id.in_(sitting_ids), AttemptRow.section_id.in_(section_ids))
    return [
        (person, section, sitting, each) for person, section, sitting, each in session.execute(found.where(*narrowed))
    ]


def presences_of_person(
    session: Session, person_id: int, now: datetime, limit: int
) -> Sequence[tuple[SittingRow, Presence]]:
    """One person's presence at the newest closed sittings, the newest first."""
    statement = (
        expected(SittingRow, presence())
        .where(AttemptRow.person_id == person_id, SittingRow.kind == SittingKind.WEEKLY, SittingRow.closes_at <= now)
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
        .limit(limit)
    )
    return [(sitting, presence) for sitting, presence in session.execute(statement)]


def dealt_people(
    session: Session, sitting_ids: Collection[int], section_ids: Collection[int]
) -> Sequence[tuple[PersonRow, int]]:
    """Everybody who was dealt one of these sittings while in one of these sections, with that section, by staff
    number."""
    rows = session.execute(
        select(PersonRow, AttemptRow.section_id)
        .join(AttemptRow, AttemptRow.person_id == PersonRow.id)
        .where(AttemptRow.sitting_id.in_(sitting_ids), AttemptRow.section_id.in_(section_ids))
        .distinct()
        .order_by(PersonRow.staff_number)
    )
    return [(person, section_id) for person, section_id in rows]


def expected(*columns: Any) -> Select[Any]:
    """Everybody who was dealt a sitting, with what `presence` asks: whoever leaves the office before it closes gives
    an unopened paper back."""
    return (
        select(*columns)
        .select_from(AttemptRow)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .outerjoin(AttendanceRow, of_same_place(AttendanceRow))
        .outerjoin(LeaveRow, and_(of_same_place(LeaveRow), LeaveRow.decision == LeaveDecision.APPROVED))
    )


def of_same_place(row: type[AttendanceRow] | type[LeaveRow] | type[MakeUpRow]) -> ColumnElement[bool]:
    """Of the sitting and the person that a paper was dealt for."""
    return and_(row.sitting_id == AttemptRow.sitting_id, row.person_id == AttemptRow.person_id)


def presence() -> ColumnElement[Presence]:
    """What was signed or corrected, else what the paper of an individual sitting shows, else leave, else absence."""
    answered = and_(SittingRow.mode == Mode.INDIVIDUAL, AttemptRow.started_at.is_not(None))
    column = AttendanceRow.__table__.c.presence
    return case(
        (column.is_not(None), column),
        (answered, literal(Presence.PRESENT, column.type)),
        (LeaveRow.id.is_not(None), literal(Presence.LEAVE, column.type)),
        else_=literal(Presence.ABSENT, column.type),
    )


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def hold(session: Session, sitting_id: int, person_ids: Collection[int]) -> frozenset[int]:
    """Keep everybody else from changing what is known of these people at a sitting until the transaction ends; who of
    them is expected there.

    Whoever signs, corrects, gives leave or makes a task holds the paper that was dealt, before they look: a statement
    that waits for a lock goes on seeing in all other tables what it saw before.
    """
    dealt = select(AttemptRow.person_id).where(
        AttemptRow.sitting_id == sitting_id, AttemptRow.person_id.in_(person_ids)
    )
    held = frozenset(session.scalars(dealt.order_by(AttemptRow.id).with_for_update()))
    summaries.outdate_people(session, sitting_id, held)
    return held


def attendance_row(session: Session, sitting_id: int, person_id: int) -> AttendanceRow | None:
    return session.get(AttendanceRow, (sitting_id, person_id), populate_existing=True)


def keep_signed(session: Session, values: Mapping[str, Any]) -> bool:
    """Insert the attendance of somebody of whom nothing is known yet; False where something is."""
    return _inserted(session, AttendanceRow, AttendanceRow.person_id, values)


def _inserted(
    session: Session, row_type: type[Base], key: InstrumentedAttribute[int], values: Mapping[str, Any]
) -> bool:
    statement = INSERT[session.get_bind().dialect.name](row_type).values(**values).on_conflict_do_nothing()
    return session.execute(statement.returning(key)).first() is not None


def leave_of(session: Session, sitting_id: int, person_id: int) -> LeaveRow | None:
    return session.scalar(select(LeaveRow).where(LeaveRow.sitting_id == sitting_id, LeaveRow.person_id == person_id))


def waiting_leave(session: Session, sitting_id: int) -> frozenset[int]:
    """Who asked for leave from a sitting and has no answer yet."""
    waiting = select(LeaveRow.person_id).where(
        LeaveRow.sitting_id == sitting_id, LeaveRow.decision == LeaveDecision.WAITING
    )
    return frozenset(session.scalars(waiting))


def leave_to_decide(session: Session, public_id: str) -> LeaveRow:
    """The leave with its person and sitting, held against everybody else who would change it."""
    named = select(LeaveRow.sitting_id, LeaveRow.person_id).where(LeaveRow.public_id == public_id)
    for sitting_id, person_id in session.execute(named):
        hold(session, sitting_id, [person_id])
    return addressed(session, LeaveRow, public_id, joinedload(LeaveRow.person), joinedload(LeaveRow.sitting))


def leaves_in_sections(session: Session, section_ids: Collection[int], since: datetime) -> Sequence[LeaveRow]:
    """What the people of these sections asked for: all that wait, and what was decided since; the newest first."""
    return session.scalars(
        select(LeaveRow)
        .join(PersonRow, PersonRow.id == LeaveRow.person_id)
        .where(
            PersonRow.section_id.in_(section_ids),
            or_(LeaveRow.decision == LeaveDecision.WAITING, LeaveRow.decided_at >= since),
        )
        .options(
            joinedload(LeaveRow.sitting),
            contains_eager(LeaveRow.person).joinedload(PersonRow.section),
        )
        .order_by(LeaveRow.asked_at.desc(), LeaveRow.id.desc())
    ).all()


def has_other_overseer(session: Session, section_id: int, person_id: int) -> bool:
    """Whether somebody else oversees a section, or any that it belongs to."""
    line = select(SectionRow.id, SectionRow.parent_id).where(SectionRow.id == section_id).cte("line", recursive=True)
    line = line.union(select(SectionRow.id, SectionRow.parent_id).join(line, SectionRow.id == line.c.parent_id))
    others = (
        select(OversightRow.person_id)
        .join(PersonRow, PersonRow.id == OversightRow.person_id)
        .where(OversightRow.section_id.in_(select(line.c.id)), PersonRow.active, PersonRow.id != person_id)
    )
    return session.scalar(others.limit(1)) is not None


def names(session: Session, person_ids: Collection[int]) -> Mapping[int, str]:
    """What these people are called."""
    found = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(person_ids)))
    return dict(found.all())


def make_up_of(session: Session, sitting_id: int, person_id: int) -> MakeUpRow | None:
    return session.scalar(select(MakeUpRow).where(MakeUpRow.sitting_id == sitting_id, MakeUpRow.person_id == person_id))


def keep_make_up(session: Session, values: Mapping[str, Any]) -> bool:
    """Insert the task of somebody who has none; False where they have."""
    return _inserted(session, MakeUpRow, MakeUpRow.id, values)


def with_make_up(session: Session, sitting_id: int) -> frozenset[int]:
    """Who has a make-up task for a sitting, done or not."""
    return frozenset(session.scalars(select(MakeUpRow.person_id).where(MakeUpRow.sitting_id == sitting_id)))


def outdate_made_up(session: Session, attempt_id: int) -> None:
    """Note that the sitting which this attempt makes up for has another figure now."""
    missed = select(MakeUpRow.sitting_id, MakeUpRow.person_id).where(MakeUpRow.attempt_id == attempt_id)
    for sitting_id, person_id in session.execute(missed):
        summaries.outdate_people(session, sitting_id, [person_id])


def make_up_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> MakeUpRow:
    """The task with the sitting that was missed and the paper that makes up for it."""
    loaded = (selectinload(MakeUpRow.sitting), selectinload(MakeUpRow.attempt))
    return addressed(session, MakeUpRow, public_id, *loaded, lock=lock)


def make_ups_of_person(session: Session, person_id: int) -> Sequence[MakeUpRow]:
    """A person's tasks with sittings and papers, the next to be done first."""
    return session.scalars(
        select(MakeUpRow)
        .where(MakeUpRow.person_id == person_id)
        .options(joinedload(MakeUpRow.sitting), joinedload(MakeUpRow.attempt))
        .order_by(MakeUpRow.due, MakeUpRow.id)
    ).all()


def make_ups_in_sections(
    session: Session, section_ids: Collection[int], since: datetime
) -> Sequence[tuple[MakeUpRow, int]]:
    """The tasks, made since, of people who were in these sections at the sitting they missed, each with that section;
    the newest sitting first, people by staff number."""
    rows = session.execute(
        select(MakeUpRow, AttemptRow.section_id)
        .join(AttemptRow, of_same_place(MakeUpRow))
        .join(SittingRow, SittingRow.id == MakeUpRow.sitting_id)
        .join(PersonRow, PersonRow.id == MakeUpRow.person_id)
        .where(AttemptRow.section_id.in_(section_ids), MakeUpRow.made_at >= since)
        .options(contains_eager(MakeUpRow.sitting), contains_eager(MakeUpRow.person), joinedload(MakeUpRow.attempt))
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc(), PersonRow.staff_number)
    )
    return [(row, section_id) for row, section_id in rows]


def make_ups_of(session: Session, sitting_ids: Collection[int], section_ids: Collection[int]) -> Sequence[MakeUpRow]:
    """The tasks of these sittings that people of these sections have, with the papers that make up for them."""
    return session.scalars(
        select(MakeUpRow)
        .join(AttemptRow, of_same_place(MakeUpRow))
        .where(MakeUpRow.sitting_id.in_(sitting_ids), AttemptRow.section_id.in_(section_ids))
        .options(joinedload(MakeUpRow.attempt))
    ).all()


def make_up_paper(session: Session, sitting_id: int) -> SittingRow | None:
    """The sitting of the fresh paper for those who missed this one."""
    return session.scalar(
        select(SittingRow)
        .join(MakeUpPaperRow, MakeUpPaperRow.paper_sitting_id == SittingRow.id)
        .where(MakeUpPaperRow.sitting_id == sitting_id)
    )


def latest_due(session: Session, sitting_id: int) -> datetime | None:
    """By when the last of those who missed a sitting must have made up for it."""
    latest = select(MakeUpRow.due).where(MakeUpRow.sitting_id == sitting_id).order_by(MakeUpRow.due.desc())
    return session.scalar(latest.limit(1))


def speeches_of(session: Session, sitting_id: int) -> Sequence[SpeechRow]:
    """The speeches behind a sitting's question sets, in the order the sets were made."""
    ids = (
        select(QuestionSetRow.speech_id)
        .join(SittingSetRow, SittingSetRow.set_id == QuestionSetRow.id)
        .where(SittingSetRow.sitting_id == sitting_id, QuestionSetRow.speech_id.is_not(None))
    )
    return session.scalars(select(SpeechRow).where(SpeechRow.id.in_(ids)).order_by(SpeechRow.id)).all()


def drop_untouched_make_up(session: Session, sitting_id: int, person_id: int) -> bool:
    """Do away with a make-up task that nobody has begun; whether there was one."""
    untouched = (MakeUpRow.attempt_id.is_(None), cast(MakeUpRow.read, String) == NOTHING_READ)
    of_person = (MakeUpRow.sitting_id == sitting_id, MakeUpRow.person_id == person_id)
    return session.execute(delete(MakeUpRow).where(*of_person, *untouched).returning(MakeUpRow.id)).first() is not None
