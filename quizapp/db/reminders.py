"""Reminders waiting, sent and failed, and who has to be told what."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any
from typing import TypeVar

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from quizapp.core.attendance import LeaveDecision
from quizapp.core.reminders import ReminderKind
from quizapp.core.reminders import ReminderState
from quizapp.core.rota import ChangeKind
from quizapp.core.rota import ChangeState
from quizapp.core.sitting import SittingKind
from quizapp.db.attempts import INSERT
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import LeaveRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.attendance import of_same_place
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import words
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.plans import RotaChangeRow
from quizapp.db.sittings import SittingRow

Value = TypeVar("Value")
IN_ONE_STATEMENT = 500


class ReminderRow(Addressable, Base):
    """One message to one person, or to the office's group, over one channel."""

    __tablename__ = "reminder"
    __table_args__ = (
        Index("ix_reminder_once", "once", unique=True),
        Index("ix_reminder_state_next", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReminderKind] = mapped_column(words(ReminderKind))
    #: None: to the group behind the channel.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    sitting_id: Mapped[int | None] = mapped_column(ForeignKey("sitting.id"))
    #: The office's day it was made for.
    day: Mapped[date]
    #: The number of the channel among the settings, from 0; never its address, which holds a secret.
    channel: Mapped[int]
    #: Equal for what must be sent only once, whoever makes it: kind, subject, day, person, channel.
    once: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(String(500))
    state: Mapped[ReminderState] = mapped_column(words(ReminderState), default=ReminderState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    #: Why the last try failed, without secrets.
    error: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    person: Mapped[PersonRow | None] = relationship(lazy="raise")


# What was made and sent


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add what is not there yet by `once`; how many were added."""
    if not rows:
        return 0
    statement = INSERT[session.get_bind().dialect.name](ReminderRow).on_conflict_do_nothing()
    return len(session.scalars(statement.returning(ReminderRow.id), list(rows)).all())


def made_already(session: Session, names: Collection[str]) -> frozenset[str]:
    """Which of these were made before."""
    parts = _in_parts(sorted(names))
    return frozenset(
        name for part in parts for name in session.scalars(select(ReminderRow.once).where(ReminderRow.once.in_(part)))
    )


def due(session: Session, channel: int, now: datetime, limit: int) -> Sequence[ReminderRow]:
    """The reminders of a channel whose time has come, oldest first, kept from other workers."""
    return session.scalars(
        select(ReminderRow)
        .where(
            ReminderRow.state == ReminderState.WAITING, ReminderRow.next_try_at <= now, ReminderRow.channel == channel
        )
        .options(selectinload(ReminderRow.person))
        .order_by(ReminderRow.next_try_at, ReminderRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ReminderRow)
    ).all()


def any_due(session: Session, channel: int, now: datetime) -> bool:
    waiting = select(ReminderRow.id).where(
        ReminderRow.state == ReminderState.WAITING, ReminderRow.next_try_at <= now, ReminderRow.channel == channel
    )
    return session.scalar(waiting.limit(1)) is not None


def give_up(session: Session, before: datetime, error: str, now: datetime) -> None:
    """Mark as failed what should have been sent before then."""
    session.execute(
        update(ReminderRow)
        .where(ReminderRow.state == ReminderState.WAITING, ReminderRow.next_try_at < before)
        .values(state=ReminderState.FAILED, error=error, next_try_at=now)
    )


def any_stale(session: Session, before: datetime) -> bool:
    stale = select(ReminderRow.id).where(ReminderRow.state == ReminderState.WAITING, ReminderRow.next_try_at < before)
    return session.scalar(stale.limit(1)) is not None


def failed(session: Session, limit: int) -> Sequence[ReminderRow]:
    """What could not be sent, the newest first, each with its person."""
    return session.scalars(
        select(ReminderRow)
        .where(ReminderRow.state == ReminderState.FAILED)
        .options(selectinload(ReminderRow.person))
        .order_by(ReminderRow.id.desc())
        .limit(limit)
    ).all()


def all_failed(session: Session) -> Sequence[ReminderRow]:
    return session.scalars(
        select(ReminderRow).where(ReminderRow.state == ReminderState.FAILED).with_for_update(of=ReminderRow)
    ).all()


def numbers_by_state(session: Session) -> dict[tuple[int, ReminderState], int]:
    """How many reminders of each channel stand where."""
    rows = session.execute(
        select(ReminderRow.channel, ReminderRow.state, func.count()).group_by(ReminderRow.channel, ReminderRow.state)
    )
    return {(channel, state): number for channel, state, number in rows}


def last_sent(session: Session) -> dict[int, datetime]:
    """When each channel last took a message."""
    rows = session.execute(
        select(ReminderRow.channel, func.max(ReminderRow.sent_at))
        .where(ReminderRow.sent_at.is_not(None))
        .group_by(ReminderRow.channel)
    )
    return {channel: at for channel, at in rows if at is not None}


def last_error(session: Session, channel: int, sent_at: datetime | None) -> str:
    """What a channel said when it last failed, unless it took something since; a try to come follows a failed one."""
    statement = select(ReminderRow.error).where(
        ReminderRow.channel == channel,
        ReminderRow.tries > 0,
        ReminderRow.error != "",
        ReminderRow.state != ReminderState.SENT,
    )
    if sent_at is not None:
        statement = statement.where(ReminderRow.next_try_at > sent_at)
    return session.scalar(statement.order_by(ReminderRow.next_try_at.desc(), ReminderRow.id.desc()).limit(1)) or ""


# Who has to be told what


def open_sittings(session: Session, now: datetime) -> Sequence[SittingRow]:
    """The week's own sittings that are open, the one that closes first before the others."""
    return session.scalars(
        select(SittingRow)
        .where(
            SittingRow.published_at.is_not(None),
            SittingRow.ended_at.is_(None),
            SittingRow.kind == SittingKind.WEEKLY,
            SittingRow.opens_at <= now,
            SittingRow.closes_at > now,
        )
        .order_by(SittingRow.closes_at, SittingRow.id)
    ).all()


def not_started(session: Session, sitting_id: int) -> frozenset[int]:
    """Of those who have still to take a sitting, everybody with an address who was not told of it before."""
    told = exists().where(
        ReminderRow.kind == ReminderKind.TAKE,
        ReminderRow.sitting_id == AttemptRow.sitting_id,
        ReminderRow.person_id == AttemptRow.person_id,
    )
    return frozenset(session.scalars(_still_to_take(sitting_id).where(PersonRow.email != "", ~told)))


def still_to_take(session: Session, sitting_id: int, section_id: int) -> frozenset[int]:
    """Everybody of a section, as it is now, who has still to take a sitting."""
    return frozenset(session.scalars(_still_to_take(sitting_id).where(AttemptRow.section_id == section_id)))


def anybody_not_started(session: Session, sitting_id: int) -> bool:
    return session.scalar(_still_to_take(sitting_id).limit(1)) is not None


def _still_to_take(sitting_id: int) -> Select[int]:
    """Every active person who was dealt a sitting, has not begun it and is not on leave from it."""
    excused = exists().where(of_same_place(LeaveRow), LeaveRow.decision == LeaveDecision.APPROVED)
    return (
        select(AttemptRow.person_id)
        .join(PersonRow, PersonRow.id == AttemptRow.person_id)
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.started_at.is_(None), AttemptRow.closed_at.is_(None))
        .where(PersonRow.active, ~excused)
    )


def told_to_take(session: Session, day: date) -> frozenset[int]:
    """Who was told that day of a sitting to take."""
    told = select(ReminderRow.person_id).where(
        ReminderRow.kind == ReminderKind.TAKE, ReminderRow.day == day, ReminderRow.person_id.is_not(None)
    )
    return frozenset(person for person in session.scalars(told) if person is not None)


def make_ups_due(
    session: Session, since: datetime, until: datetime, person_id: int | None = None
) -> Sequence[MakeUpRow]:
    """The make-ups due in that time that are not done, of one person or of all active people, with what was missed."""
    statement = (
        select(MakeUpRow)
        .join(PersonRow, PersonRow.id == MakeUpRow.person_id)
        .outerjoin(AttemptRow, AttemptRow.id == MakeUpRow.attempt_id)
        .where(MakeUpRow.due >= since, MakeUpRow.due < until, PersonRow.active)
        .where(or_(MakeUpRow.attempt_id.is_(None), AttemptRow.closed_at.is_(None)))
        .options(selectinload(MakeUpRow.sitting))
        .order_by(MakeUpRow.due, MakeUpRow.id)
    )
    return session.scalars(statement if person_id is None else statement.where(MakeUpRow.person_id == person_id)).all()


def swaps_asked(session: Session) -> Sequence[RotaChangeRow]:
    """The swaps that wait for the other section's word."""
    return session.scalars(
        select(RotaChangeRow)
        .where(RotaChangeRow.kind == ChangeKind.SWAP, RotaChangeRow.state == ChangeState.ASKED)
        .order_by(RotaChangeRow.id)
    ).all()


def nearest_overseers(session: Session, section_id: int) -> frozenset[int]:
    """Who oversees a section itself; where nobody does, who oversees the next one above."""
    at: int | None = section_id
    while at is not None:
        found = frozenset(session.scalars(_overseers(at)))
        if found:
            return found
        at = session.scalar(select(SectionRow.parent_id).where(SectionRow.id == at))
    return frozenset()


def _overseers(section_id: int) -> Select[int]:
    return (
        select(OversightRow.person_id)
        .join(PersonRow, PersonRow.id == OversightRow.person_id)
        .where(OversightRow.section_id == section_id, PersonRow.active)
    )


def with_address(session: Session, person_ids: Iterable[int]) -> frozenset[int]:
    """Which of these active people gave an address for mail."""
    reachable = select(PersonRow.id).where(PersonRow.active, PersonRow.email != "")
    parts = _in_parts(sorted(person_ids))
    return frozenset(person for part in parts for person in session.scalars(reachable.where(PersonRow.id.in_(part))))


def _in_parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """So many that a statement can name them one by one."""
    return (values[start : start + IN_ONE_STATEMENT] for start in range(0, len(values), IN_ONE_STATEMENT))
