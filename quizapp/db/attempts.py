"""Attempts and responses: one row for each person and sitting, one for each answer given."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import String
from sqlalchemy import UniqueConstraint
from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow


class AttemptRow(Addressable, Base):
    """One person's go at one paper, dealt when the sitting is published."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("sitting_id", "person_id"),
        Index("ix_attempt_sitting_section", "sitting_id", "section_id"),
        Index("ix_attempt_deadline_open", "closed_at", "deadline"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: The person's section at the time of the attempt; a later transfer changes no past report.
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    #: 128 bits of chance from which the person's order of questions and options follows.
    seed: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime | None]
    #: min(start + duration, closing time of the sitting), fixed at the start; the server's clock alone decides.
    deadline: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closer: Mapped[Closer | None] = mapped_column(words(Closer))
    #: The score in UNITS of a point, summed from the response rows when the attempt is closed or regraded; while
    #: answers wait for a person's mark it is the sum of the others.
    units: Mapped[int | None]
    #: The paper's full score in the same units.
    full_units: Mapped[int | None]
    #: How many answers still wait for a person's mark; the score is final when there are none.
    unmarked: Mapped[int] = mapped_column(default=0, server_default="0")

    sitting: Mapped[SittingRow] = relationship(lazy="raise")
    person: Mapped[PersonRow] = relationship(lazy="raise")
    section: Mapped[SectionRow] = relationship(lazy="raise")

    @property
    def share(self) -> Fraction | None:
        """The share of the full score, 0..1; None until the attempt is closed and every answer has its mark."""
        known = self.units is not None and self.full_units and not self.unmarked
        return Fraction(self.units or 0, self.full_units or 1) if known else None

    @property
    def state(self) -> AttemptState:
        if self.closed_at is not None:
            return AttemptState.CLOSED
        return AttemptState.NOT_STARTED if self.started_at is None else AttemptState.IN_PROGRESS


class ResponseRow(Base):
    """What one person gave for one question, the newest by the client's sequence number."""

    __tablename__ = "response"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    #: The question's position on the sitting's paper (not the person's order).
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Canonical option ids, sorted (choice), or a text for each blank (text).
    value: Mapped[list[str]] = mapped_column(JSON)
    sequence: Mapped[int]
    saved_at: Mapped[datetime]
    #: The mark in UNITS; None until the attempt is closed, and then until a person has marked what people mark.
    units: Mapped[int | None]


def attempt_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> AttemptRow:
    """The attempt with its sitting; `lock` keeps other writers off it until the transaction ends."""
    return addressed(session, AttemptRow, public_id, joinedload(AttemptRow.sitting), lock=lock)


def attempt_of(session: Session, sitting_id: int, person_id: int, *, lock: bool = False) -> AttemptRow | None:
    statement = select(AttemptRow).where(AttemptRow.sitting_id == sitting_id, AttemptRow.person_id == person_id)
    return session.scalar(statement.with_for_update() if lock else statement)


def attempts_of_person(session: Session, person_id: int) -> Sequence[AttemptRow]:
    """All attempts dealt to a person, newest sitting first, with the sitting and its host."""
    return session.scalars(
        select(AttemptRow)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .where(AttemptRow.person_id == person_id)
        .options(
            selectinload(AttemptRow.sitting).selectinload(SittingRow.host_section),
            selectinload(AttemptRow.sitting).selectinload(SittingRow.leader),
        )
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
    ).all()


def overdue(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of attempts that were started, are not closed, and whose deadline has passed."""
    return session.scalars(
        select(AttemptRow.id).where(AttemptRow.closed_at.is_(None), AttemptRow.deadline <= now).limit(limit)
    ).all()


def is_answering(session: Session, person_id: int, now: datetime) -> bool:
    """Whether a person has a paper open whose deadline is ahead."""
    running = select(AttemptRow.id).where(
        AttemptRow.person_id == person_id, AttemptRow.closed_at.is_(None), AttemptRow.deadline > now
    )
    return session.scalar(running.limit(1)) is not None


def responses(session: Session, attempt_id: int) -> Mapping[int, ResponseRow]:
    """The saved responses by position."""
    rows = session.scalars(select(ResponseRow).where(ResponseRow.attempt_id == attempt_id))
    return {row.position: row for row in rows}


def save_response(
    session: Session, attempt_id: int, position: int, value: Sequence[str], sequence: int, now: datetime
) -> bool:
    """Insert the response, or replace an older one; False when what is held is as new or newer.

    One statement, so that two devices, a repeated request and a late one cannot lose an answer between them.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(ResponseRow).values(
        attempt_id=attempt_id, position=position, value=list(value), sequence=sequence, saved_at=now
    )
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[ResponseRow.attempt_id, ResponseRow.position],
        set_={"value": new.value, "sequence": new.sequence, "saved_at": new.saved_at},
        where=new.sequence > ResponseRow.sequence,
    )
    return session.execute(statement.returning(ResponseRow.position)).first() is not None
