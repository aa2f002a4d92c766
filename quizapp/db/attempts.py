"""Attempts and responses: one row for each person and sitting, one for each answer given."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import ColumnElement
from sqlalchemy import Executable
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import String
from sqlalchemy import UniqueConstraint
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from quizapp.core.sitting import SittingKind
from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.core.states import attempt_state
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import is_no_mock

#: Characters of the name that an open page gives itself: 128 bits.
PAGE_NAME = 22


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
    #: The open page (its own random name) on which the paper was last answered; empty until one says its name.
    page: Mapped[str] = mapped_column(String(PAGE_NAME), default="", server_default=text("''"))
    #: When another page took over from one before it; None while there has been only one.
    moved_at: Mapped[datetime | None]
    #: Taken on paper; somebody else entered the answers.
    on_paper: Mapped[bool] = mapped_column(default=False, server_default=false())

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
        return attempt_state(started=self.started_at is not None, closed=self.closed_at is not None)


class ResponseRow(Base):
    """What one person gave for one question, the newest by the client's sequence number."""

    __tablename__ = "response"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    #: The question's position on the sitting's paper (not the person's order).
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Canonical option ids, sorted (choice), or a text for each blank (text).
    value: Mapped[list[str]] = mapped_column(JSON)
    #: 标记待查: the person wants to come back to it.
    flagged: Mapped[bool] = mapped_column(default=False, server_default=false())
    sequence: Mapped[int]
    #: The open page that gave it; empty for a page without scripts.
    page: Mapped[str] = mapped_column(String(PAGE_NAME), default="", server_default=text("''"))
    saved_at: Mapped[datetime]
    #: Arrived after the bell, though given before it.
    late: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The mark in UNITS; None until the attempt is closed, and then until a person has marked what people mark.
    units: Mapped[int | None]


class ReceiptRow(Base):
    """One answer as the server received it; never changed. The newest that counts is the response."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("attempt_id", "position", "page", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    page: Mapped[str] = mapped_column(String(PAGE_NAME))
    sequence: Mapped[int]
    value: Mapped[list[str]] = mapped_column(JSON)
    flagged: Mapped[bool]
    received_at: Mapped[datetime]
    #: When it was given as the device reckons, for one that arrived after the bell.
    given_at: Mapped[datetime | None]
    arrival: Mapped[Arrival] = mapped_column(words(Arrival))


class LeavingRow(Base):
    """One time that somebody left the open paper for another window, or the screen went dark. A fact, no fault."""

    __tablename__ = "leaving"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    page: Mapped[str] = mapped_column(String(PAGE_NAME), primary_key=True)
    #: Counts the leavings of this page, from 1.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    left_at: Mapped[datetime]
    #: None until the person was back.
    seconds: Mapped[int | None]


def attempt_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> AttemptRow:
    """The attempt with its sitting; `lock` keeps other writers off it until the transaction ends."""
    return addressed(session, AttemptRow, public_id, joinedload(AttemptRow.sitting), lock=lock)


def attempt_of(session: Session, sitting_id: int, person_id: int, *, lock: bool = False) -> AttemptRow | None:
    statement = select(AttemptRow).where(AttemptRow.sitting_id == sitting_id, AttemptRow.person_id == person_id)
    return session.scalar(statement.with_for_update() if lock else statement)


@dataclass(frozen=True)
class Taker:
    """Somebody who was dealt a sitting, as lists name them."""

    id: int
    public_id: str
    staff_number: str
    name: str


def takers(session: Session, sitting_id: int) -> Sequence[Taker]:
    """Everybody who was dealt a sitting, by staff number."""
    # Columns, not rows: an office may have 20,000 people, and a list of them is asked for in one go.
    rows = session.execute(
        select(PersonRow.id, PersonRow.public_id, PersonRow.staff_number, PersonRow.name)
        .join(AttemptRow, AttemptRow.person_id == PersonRow.id)
        .where(AttemptRow.sitting_id == sitting_id)
        .order_by(PersonRow.staff_number)
    )
    return [Taker(*row) for row in rows]


def attempts_at(
    session: Session, sitting_id: int, who: ColumnElement[bool], *, lock: bool = False
) -> Sequence[AttemptRow]:
    """The attempts at a sitting of the people that `who` picks, with person, section and sitting.

    `lock` keeps other writers off them; by id, so that two who lock many never wait for each other.
    """
    statement = (
        select(AttemptRow)
        .join(AttemptRow.person)
        .where(AttemptRow.sitting_id == sitting_id, who)
        .options(contains_eager(AttemptRow.person), selectinload(AttemptRow.section), selectinload(AttemptRow.sitting))
        .order_by(AttemptRow.id)
    )
    return session.scalars(statement.with_for_update(of=AttemptRow) if lock else statement).all()


def count_open(session: Session, sitting_id: int) -> int:
    """How many attempts dealt at a sitting have no result yet."""
    still_open = select(func.count()).where(AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_(None))
    return session.scalar(still_open) or 0


def count_on_paper(session: Session, sitting_id: int) -> int:
    """How many results of a sitting came in on paper."""
    entered = select(func.count()).where(AttemptRow.sitting_id == sitting_id, AttemptRow.on_paper)
    return session.scalar(entered) or 0


def attempts_of_person(session: Session, person_id: int) -> Sequence[AttemptRow]:
    """All attempts dealt to a person, newest sitting first, with the sitting, its host, batches and meeting; mocks,
    which count nowhere, are not among them."""
    return session.scalars(
        select(AttemptRow)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .where(AttemptRow.person_id == person_id, is_no_mock())
        .options(
            selectinload(AttemptRow.sitting).selectinload(SittingRow.host_section),
            selectinload(AttemptRow.sitting).selectinload(SittingRow.leader),
            selectinload(AttemptRow.sitting).selectinload(SittingRow.batches),
            selectinload(AttemptRow.sitting).selectinload(SittingRow.meeting),
        )
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
    ).all()


def mocks_of_person(session: Session, person_id: int) -> Sequence[AttemptRow]:
    """A person's attempts at their own mocks, the newest first, with the sitting."""
    return session.scalars(
        select(AttemptRow)
        .join(AttemptRow.sitting)
        .where(AttemptRow.person_id == person_id, SittingRow.kind == SittingKind.MOCK)
        .options(contains_eager(AttemptRow.sitting))
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


@dataclass(frozen=True)
class Given:
    """The state of one question as a page sent it: canonical value, flag, and what the page calls itself and this."""

    position: int
    value: Sequence[str]
    flagged: bool
    sequence: int
    page: str


def save_response(session: Session, attempt_id: int, given: Given, now: datetime, *, late: bool) -> bool:
    """Insert the response, or replace an older one; False when what is held is as new or newer.

    One statement, so that two devices, a repeated request and a late one cannot lose an answer between them.
    """
    values = {"attempt_id": attempt_id, **_columns(given), "saved_at": now, "late": late}
    return session.connection().execute(_upsert_response(_dialect(session)), values).first() is not None


@cache
def _upsert_response(dialect: str) -> Executable:
    """Built once: everybody's every answer goes this way."""
    statement = INSERT[dialect](ResponseRow.__table__)
    new, held = statement.excluded, ResponseRow.__table__.c
    replaced = {name: new[name] for name in ("value", "flagged", "sequence", "page", "saved_at", "late")}
    key = [held.attempt_id, held.position]
    statement = statement.on_conflict_do_update(index_elements=key, set_=replaced, where=new.sequence > held.sequence)
    executable: Executable = statement.returning(held.position)
    return executable


def keep_receipt(
    session: Session, attempt_id: int, given: Given, arrival: Arrival, now: datetime, given_at: datetime | None = None
) -> None:
    """Note what was received; the same sequence of the same page is noted once."""
    values = {"attempt_id": attempt_id, **_columns(given), "received_at": now, "given_at": given_at, "arrival": arrival}
    session.connection().execute(_insert_receipt(_dialect(session)), values)


@cache
def _insert_receipt(dialect: str) -> Executable:
    statement: Executable = INSERT[dialect](ReceiptRow.__table__).on_conflict_do_nothing()
    return statement


#: Both databases know ON CONFLICT, each by a statement of its own dialect.
INSERT: Mapping[str, Callable[[Any], Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _columns(given: Given) -> dict[str, Any]:
    return {
        "position": given.position,
        "value": list(given.value),
        "flagged": given.flagged,
        "sequence": given.sequence,
        "page": given.page,
    }


def receipt_of(session: Session, attempt_id: int, given: Given) -> ReceiptRow | None:
    """What became of this answer when it was received before."""
    return session.scalar(
        select(ReceiptRow).where(
            ReceiptRow.attempt_id == attempt_id,
            ReceiptRow.position == given.position,
            ReceiptRow.page == given.page,
            ReceiptRow.sequence == given.sequence,
        )
    )


def receipts(session: Session, attempt_id: int) -> Sequence[ReceiptRow]:
    """Everything that was received for an attempt, oldest first."""
    return session.scalars(select(ReceiptRow).where(ReceiptRow.attempt_id == attempt_id).order_by(ReceiptRow.id)).all()


def held_version(session: Session, attempt_id: int) -> int:
    """A number that grows with every answer that is held."""
    total = select(func.coalesce(func.sum(ResponseRow.sequence), 0)).where(ResponseRow.attempt_id == attempt_id)
    return int(session.scalar(total) or 0)


def answering(session: Session, sitting_id: int, now: datetime) -> int:
    """How many papers of a sitting are being answered."""
    running = select(func.count()).where(
        AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_(None), AttemptRow.deadline > now
    )
    return session.scalar(running) or 0


def keep_leaving(session: Session, attempt_id: int, page: str, number: int, seconds: int | None, now: datetime) -> None:
    """Note that a page was left, or that the person is back after so many seconds; repeating changes nothing."""
    left_at = now - timedelta(seconds=seconds or 0)
    statement = INSERT[_dialect(session)](LeavingRow).values(
        attempt_id=attempt_id, page=page, number=number, left_at=left_at, seconds=seconds
    )
    statement = statement.on_conflict_do_update(
        index_elements=[LeavingRow.attempt_id, LeavingRow.page, LeavingRow.number],
        set_={"seconds": statement.excluded.seconds},
        where=LeavingRow.seconds.is_(None),
    )
    session.execute(statement)


def leavings(session: Session, attempt_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """How often each of these papers was left, and for how many seconds in all, by attempt; those never left are not
    there."""
    rows = session.execute(
        select(LeavingRow.attempt_id, func.count(), func.coalesce(func.sum(LeavingRow.seconds), 0))
        .where(LeavingRow.attempt_id.in_(attempt_ids))
        .group_by(LeavingRow.attempt_id)
    )
    return {attempt_id: (times, int(seconds or 0)) for attempt_id, times, seconds in rows}


def late_answers(session: Session, attempt_ids: Collection[int]) -> Mapping[int, int]:
    """How many answers of each of these papers arrived after the bell and count; those with none are not there."""
    rows = session.execute(
        select(ResponseRow.attempt_id, func.count().label("late"))
        .where(ResponseRow.attempt_id.in_(attempt_ids), ResponseRow.late)
        .group_by(ResponseRow.attempt_id)
    )
    return {row.attempt_id: row.late for row in rows}
