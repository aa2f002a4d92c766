"""Bulletins: their texts and the figures they were drafted from, which sittings these count, and who was missing.

Names stand in a table of their own, section by section, so that nobody reads more of them than they may.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import undefer

from quizapp.core.attendance import Presence
from quizapp.core.periods import PeriodKind
from quizapp.core.sitting import SittingKind
from quizapp.core.states import BulletinState
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.attendance import expected
from quizapp.db.attendance import of_same_place
from quizapp.db.attendance import presence
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow


class BulletinRow(Addressable, Base):
    """A bulletin; once it is issued, nothing of it changes."""

    __tablename__ = "bulletin"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="begins_before_it_ends"),
        Index("ix_bulletin_section_id_starts_on", "section_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PeriodKind] = mapped_column(words(PeriodKind))
    #: The first and the last day, in the office's zone.
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    #: Whom it speaks of: this section and all below it.
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    state: Mapped[BulletinState] = mapped_column(words(BulletinState), default=BulletinState.DRAFT)
    title: Mapped[str] = mapped_column(String(100))
    #: The text of each part, by its name in core/bulletin.py; and as it was drafted from the facts.
    parts: Mapped[dict[str, str]] = mapped_column(JSON, deferred=True)
    drafted: Mapped[dict[str, str]] = mapped_column(JSON, deferred=True)
    #: The figures and what was missed most, as core/bulletin.py stores them; and when they were read.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    facts_at: Mapped[datetime]
    #: Grows with every change: two who write at once must not overwrite each other.
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    #: Why it was sent back, until it is submitted again.
    returned: Mapped[str] = mapped_column(String(300), default="")
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: When it was approved, and the day it bears.
    issued_at: Mapped[datetime | None]
    dated: Mapped[date | None]

    section: Mapped[SectionRow] = relationship(lazy="raise")


class BulletinSittingRow(Base):
    """A sitting that a bulletin's figures count."""

    __tablename__ = "bulletin_sitting"

    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"), primary_key=True, autoincrement=False)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False, index=True)


class BulletinAbsenceRow(Base):
    """Who of one section was missing, as it was known when the figures were read."""

    __tablename__ = "bulletin_absence"

    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"), primary_key=True, autoincrement=False)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True, autoincrement=False)
    #: How many they are.
    count: Mapped[int]
    #: [name, staff number, times missed, of these in the room, of these made up], by staff number.
    people: Mapped[list[list[Any]]] = mapped_column(JSON)


@dataclass(frozen=True)
class Absence:
    """Somebody who was expected and did not take the quiz, so many times in one period while in one section."""

    name: str
    staff_number: str
    missed: int
    #: Of these: signed in, and gave no paper all the same; and made up in time since.
    in_room: int
    made_up: int


@dataclass(frozen=True)
class MakingUp:
    """How far those who were missing have come: times made up in time, and the last day of the others."""

    made_up: int
    due: datetime | None


def bulletin_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> BulletinRow:
    """The bulletin with its texts, figures and section."""
    whole = (undefer(BulletinRow.parts), undefer(BulletinRow.drafted), undefer(BulletinRow.facts))
    return addressed(session, BulletinRow, public_id, selectinload(BulletinRow.section), *whole, lock=lock)


def bulletins_between(
    session: Session, since: date, until: date, issued_of: Collection[int], drafts_of: Collection[int] | None
) -> Sequence[BulletinRow]:
    """The bulletins of periods that begin in these days (`until` is past them), newest first: those issued for some
    sections, and the drafts for some; None is all of both."""
    statement = (
        select(BulletinRow)
        .where(BulletinRow.starts_on >= since, BulletinRow.starts_on < until, _readable(issued_of, drafts_of))
        .options(selectinload(BulletinRow.section))
        .order_by(BulletinRow.ends_on.desc(), BulletinRow.starts_on, BulletinRow.id.desc())
    )
    return session.scalars(statement).all()


def newest_and_oldest_day(
    session: Session, issued_of: Collection[int], drafts_of: Collection[int] | None
) -> tuple[date, date] | None:
    """The last and the first day on which a period of such a bulletin begins; None where there is none."""
    days = select(func.max(BulletinRow.starts_on), func.min(BulletinRow.starts_on))
    newest, oldest = session.execute(days.where(_readable(issued_of, drafts_of))).one()
    return None if newest is None else (newest, oldest)


def _readable(issued_of: Collection[int], drafts_of: Collection[int] | None) -> Any:
    if drafts_of is None:
        return True
    issued = and_(BulletinRow.state == BulletinState.ISSUED, BulletinRow.section_id.in_(issued_of))
    return or_(issued, BulletinRow.section_id.in_(drafts_of))


def not_issued(session: Session, kind: PeriodKind, starts_on: date, section_id: int) -> BulletinRow | None:
    """The draft for a section and a period, where somebody has begun one."""
    return session.scalar(
        select(BulletinRow).where(
            BulletinRow.kind == kind,
            BulletinRow.starts_on == starts_on,
            BulletinRow.section_id == section_id,
            BulletinRow.state != BulletinState.ISSUED,
        )
    )


def issued_with(session: Session, sitting_id: int) -> Sequence[BulletinRow]:
    """The issued bulletins whose figures count a sitting, newest first."""
    return session.scalars(
        select(BulletinRow)
        .join(BulletinSittingRow, BulletinSittingRow.bulletin_id == BulletinRow.id)
        .where(BulletinSittingRow.sitting_id == sitting_id, BulletinRow.state == BulletinState.ISSUED)
        .options(selectinload(BulletinRow.section))
        .order_by(BulletinRow.issued_at.desc(), BulletinRow.id.desc())
    ).all()


def keep_basis(
    session: Session, bulletin_id: int, sitting_ids: Iterable[int], absences: Mapping[int, Sequence[Absence]]
) -> None:
    """Keep what the figures of a bulletin count, and who was missing by section, in place of what was kept before."""
    _drop_basis(session, bulletin_id)
    counted = [{"bulletin_id": bulletin_id, "sitting_id": sitting_id} for sitting_id in sitting_ids]
    missing = [
        {
            "bulletin_id": bulletin_id,
            "section_id": section_id,
            "count": len(people),
            "people": [list(vars(one).values()) for one in people],
        }
        for section_id, people in absences.items()
    ]
    for table, rows in ((BulletinSittingRow, counted), (BulletinAbsenceRow, missing)):
        if rows:
            session.execute(insert(table), rows)


def remove(session: Session, row: BulletinRow) -> None:
    """Do away with a draft."""
    _drop_basis(session, row.id)
    session.delete(row)
    session.flush()


def _drop_basis(session: Session, bulletin_id: int) -> None:
    for table in (BulletinSittingRow, BulletinAbsenceRow):
        session.execute(delete(table).where(table.bulletin_id == bulletin_id))


def absent_people(session: Session, bulletin_id: int, section_ids: Collection[int]) -> Mapping[int, tuple[str, int]]:
    """Of these sections and of no other: the public id of each, and how many of it were missing."""
    found = session.execute(
        select(SectionRow.id, SectionRow.public_id, BulletinAbsenceRow.count)
        .join(BulletinAbsenceRow, BulletinAbsenceRow.section_id == SectionRow.id)
        .where(BulletinAbsenceRow.bulletin_id == bulletin_id, SectionRow.id.in_(section_ids))
    )
    return {section_id: (public_id, count) for section_id, public_id, count in found}


def absences_kept(session: Session, bulletin_id: int, section_ids: Collection[int]) -> Mapping[int, Sequence[Absence]]:
    """Who was missing, of these sections and of no other."""
    rows = session.execute(
        select(BulletinAbsenceRow.section_id, BulletinAbsenceRow.people).where(
            BulletinAbsenceRow.bulletin_id == bulletin_id, BulletinAbsenceRow.section_id.in_(section_ids)
        )
    )
    return {section_id: [Absence(*one) for one in people] for section_id, people in rows}


# What a bulletin is drafted from


def weekly_sittings(session: Session, since: datetime, until: datetime) -> Sequence[SittingRow]:
    """The weeks' published sittings that open in this time, oldest first; `until` is past it."""
    return session.scalars(
        select(SittingRow)
        .where(
            SittingRow.kind == SittingKind.WEEKLY,
            SittingRow.published_at.is_not(None),
            SittingRow.opens_at >= since,
            SittingRow.opens_at < until,
        )
        .order_by(SittingRow.opens_at, SittingRow.id)
    ).all()


def absences(
    session: Session, section_ids: Collection[int], sitting_ids: Collection[int]
) -> Mapping[int, Sequence[Absence]]:
    """Who of these sections was expected at these sittings, on no leave, and did not take the quiz; by staff number."""
    found: dict[int, list[Absence]] = {}
    for section_id, name, number, missed, in_room, made_up in session.execute(
        _missing(
            section_ids,
            sitting_ids,
            AttemptRow.section_id,
            PersonRow.name,
            PersonRow.staff_number,
            func.count(),
            _times(presence() == Presence.PRESENT),
            _times(_made_up()),
        )
        .join(PersonRow, PersonRow.id == AttemptRow.person_id)
        .group_by(AttemptRow.section_id, PersonRow.id, PersonRow.name, PersonRow.staff_number)
        .order_by(PersonRow.staff_number)
    ):
        found.setdefault(section_id, []).append(Absence(name, number, missed, int(in_room), int(made_up)))
    return found


def making_up(session: Session, section_ids: Collection[int], sitting_ids: Collection[int]) -> MakingUp:
    """How far the people of these sections who missed these sittings have come with making up."""
    open_until = case((_made_up(), None), else_=MakeUpRow.due)
    made_up, due = session.execute(
        _missing(section_ids, sitting_ids, _times(_made_up()), func.max(open_until)).where(
            MakeUpRow.sitting_id.in_(sitting_ids)
        )
    ).one()
    return MakingUp(int(made_up), due)


_again = aliased(AttemptRow)


def _made_up() -> Any:
    return func.coalesce(_again.closed_at <= MakeUpRow.due, False)


def _missing(section_ids: Collection[int], sitting_ids: Collection[int], *columns: Any) -> Any:
    return (
        expected(*columns)
        .outerjoin(MakeUpRow, of_same_place(MakeUpRow))
        .outerjoin(_again, _again.id == MakeUpRow.attempt_id)
        .where(
            AttemptRow.section_id.in_(section_ids),
            AttemptRow.sitting_id.in_(sitting_ids),
            AttemptRow.started_at.is_(None),
            presence() != Presence.LEAVE,
        )
    )


def _times(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
