"""Figures of closed sittings, summed up once, so that no page counts 2,000,000 responses.

A summary holds sums only: whatever is shown follows from them (core/reports.py, core/statistics.py). Whoever changes
what a closed sitting's figures are made of says so with `outdate` in the same transaction; until the sums are made
anew, readers count those sections from the rows. On PostgreSQL the row of the sitting's summary is the lock between the
two: whoever makes sums holds it before reading, whoever outdates them writes it.
"""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import BigInteger
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import false
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import true
from sqlalchemy import update
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from quizapp.core.sitting import SittingKind
from quizapp.core.statistics import ItemSums
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import Base
from quizapp.db.sittings import SittingRow

#: While people mark answer after answer, statistics of the items are made anew no more often than this.
BETWEEN_ITEMS = timedelta(minutes=1)
#: Whoever promised to make them and has not by then was stopped in the middle.
GIVEN_UP = timedelta(minutes=5)


class SummaryRow(Base):
    """One sitting that is summed up, and how far that is."""

    __tablename__ = "sitting_summary"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    #: None until every section has its sums.
    sections_made_at: Mapped[datetime | None]
    #: [units, full units, people] of every final score.
    scores: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    #: The median of the seconds from opening a paper to handing it in; papers typed in from paper left out.
    seconds: Mapped[float | None]
    #: Whether something changed since the statistics of the items were made.
    items_outdated: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: When somebody began to make them; None when they are done.
    items_begun_at: Mapped[datetime | None]
    #: None until they were made once.
    items_made_at: Mapped[datetime | None]


class SectionSummaryRow(Base):
    """Sums over the people of one section in one sitting who have the same full score; 0 for those without a score."""

    __tablename__ = "section_summary"
    __table_args__ = (
        Index(
            "ix_section_summary_outdated",
            "sitting_id",
            sqlite_where=text("outdated"),
            postgresql_where=text("outdated"),
        ),
    )

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True, autoincrement=False)
    full_units: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dealt: Mapped[int]
    started: Mapped[int]
    closed: Mapped[int]
    passed: Mapped[int]
    excellent: Mapped[int]
    #: The sum of the scores and of their squares, in units.
    units: Mapped[int] = mapped_column(BigInteger)
    squares: Mapped[int] = mapped_column(BigInteger)
    waiting: Mapped[int]
    excused: Mapped[int]
    made_up: Mapped[int]
    #: Whether something changed since; also what question_summary holds of this section.
    outdated: Mapped[bool] = mapped_column(default=False, server_default=false())


class QuestionSummaryRow(Base):
    """How one section did on one place of a paper."""

    __tablename__ = "question_summary"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked: Mapped[int]
    answered: Mapped[int]
    #: Earned, and to be earned.
    units: Mapped[int] = mapped_column(BigInteger)
    full: Mapped[int] = mapped_column(BigInteger)


class ItemStatisticsRow(Base):
    """What the statistics of one place of a paper follow from: everybody together who was dealt it and has a score."""

    __tablename__ = "item_statistics"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    #: Whole points.
    full_mark: Mapped[int]
    people: Mapped[int]
    #: Sums in units over these people, as core/statistics.py names them.
    marks: Mapped[int] = mapped_column(BigInteger)
    squares: Mapped[int] = mapped_column(BigInteger)
    totals: Mapped[int] = mapped_column(BigInteger)
    total_squares: Mapped[int] = mapped_column(BigInteger)
    products: Mapped[int] = mapped_column(BigInteger)
    best: Mapped[int] = mapped_column(BigInteger)
    #: [value, people]: the answers most given, as they are stored, most common first; an empty value was left blank.
    answers: Mapped[list[tuple[list[str], int]]] = mapped_column(JSON)
    #: The median of the seconds from the answer before (or the start) to the first to this; None where none is known.
    seconds: Mapped[float | None]

    @property
    def sums(self) -> ItemSums:
        return ItemSums(
            self.people, self.marks, self.squares, self.totals, self.total_squares, self.products, self.best
        )


# Saying that something changed


def outdate(session: Session, sitting_id: int, section_ids: Collection[int]) -> None:
    """Note that what these sections' figures in a sitting are made of has changed."""
    session.flush()
    held = update(SummaryRow).where(SummaryRow.sitting_id == sitting_id).values(items_outdated=True)
    changed = session.execute(held.returning(SummaryRow.sitting_id), execution_options={"synchronize_session": False})
    if changed.first() is not None:
        _outdate_sections(session, sitting_id, SectionSummaryRow.section_id.in_(section_ids))


def outdate_attempts(session: Session, attempt_ids: Collection[int]) -> None:
    """The same for the sections and sittings that these papers were dealt in."""
    where = select(AttemptRow.sitting_id, AttemptRow.section_id).where(AttemptRow.id.in_(attempt_ids)).distinct()
    changed: dict[int, list[int]] = {}
    for sitting_id, section_id in session.execute(where.order_by(AttemptRow.sitting_id)):
        changed.setdefault(sitting_id, []).append(section_id)
    for sitting_id, section_ids in changed.items():
        outdate(session, sitting_id, section_ids)


def outdate_people(session: Session, sitting_id: int, person_ids: Collection[int]) -> None:
    """The same for the sections in which these people were dealt a sitting."""
    dealt = select(AttemptRow.section_id).where(
        AttemptRow.sitting_id == sitting_id, AttemptRow.person_id.in_(person_ids)
    )
    outdate(session, sitting_id, session.scalars(dealt.distinct()).all())


def _outdate_sections(session: Session, sitting_id: int, which: Any) -> None:
    session.execute(
        update(SectionSummaryRow).where(SectionSummaryRow.sitting_id == sitting_id, which).values(outdated=True),
        execution_options={"synchronize_session": False},
    )


# Reading


@dataclass(frozen=True)
class SummedUp:
    """Which sittings are summed up, and which (sitting, section) of them hold no more."""

    sittings: frozenset[int]
    outdated: frozenset[tuple[int, int]]


def summed_up(session: Session, sitting_ids: Collection[int]) -> SummedUp:
    section = SectionSummaryRow
    outdated = and_(section.sitting_id == SummaryRow.sitting_id, section.outdated)
    made = session.execute(
        select(SummaryRow.sitting_id, section.section_id)
        .outerjoin(section, outdated)
        .where(SummaryRow.sitting_id.in_(sitting_ids), SummaryRow.sections_made_at.is_not(None))
    ).all()
    return SummedUp(
        frozenset(sitting_id for sitting_id, _ in made),
        frozenset((sitting_id, section_id) for sitting_id, section_id in made if section_id is not None),
    )


def items_of(session: Session, sitting_id: int) -> Sequence[ItemStatisticsRow]:
    """The statistics of a paper's places, as they were last made."""
    return session.scalars(
        select(ItemStatisticsRow).where(ItemStatisticsRow.sitting_id == sitting_id).order_by(ItemStatisticsRow.position)
    ).all()


# What there is to make


def sitting_to_sum_up(session: Session) -> int | None:
    """A weekly sitting that has ended, nobody having a paper open, whose sections are not all summed up."""
    still_open = exists().where(
        AttemptRow.sitting_id == SittingRow.id, AttemptRow.closed_at.is_(None), AttemptRow.started_at.is_not(None)
    )
    made = exists().where(SummaryRow.sitting_id == SittingRow.id, SummaryRow.sections_made_at.is_not(None))
    ended = select(SittingRow.id).where(
        SittingRow.ended_at.is_not(None), SittingRow.kind == SittingKind.WEEKLY, ~made, ~still_open
    )
    first = session.scalar(ended.order_by(SittingRow.id).limit(1))
    if first is not None:
        return first
    return session.scalar(select(SectionSummaryRow.sitting_id).where(SectionSummaryRow.outdated).limit(1))


def sitting_with_items_to_make(session: Session, now: datetime) -> int | None:
    """A summed-up sitting whose items' statistics do not hold, or whose maker was stopped in the middle."""
    outdated = and_(
        SummaryRow.items_outdated,
        SummaryRow.items_begun_at.is_(None),
        or_(SummaryRow.items_made_at.is_(None), SummaryRow.items_made_at <= now - BETWEEN_ITEMS),
    )
    stopped = SummaryRow.items_begun_at <= now - GIVEN_UP
    return session.scalar(
        select(SummaryRow.sitting_id)
        .where(SummaryRow.sections_made_at.is_not(None), or_(outdated, stopped))
        .order_by(SummaryRow.sitting_id)
        .limit(1)
    )


def hold(session: Session, sitting_id: int) -> SummaryRow | None:
    """The summary with all who outdate it kept waiting until the transaction ends; None before there is one."""
    return session.scalar(
        select(SummaryRow)
        .where(SummaryRow.sitting_id == sitting_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def sections_to_sum_up(session: Session, sitting_id: int, limit: int) -> Sequence[int]:
    """Sections that were dealt a sitting and have no sums that hold."""
    holds = exists().where(
        SectionSummaryRow.sitting_id == sitting_id,
        SectionSummaryRow.section_id == AttemptRow.section_id,
        ~SectionSummaryRow.outdated,
    )
    dealt = select(AttemptRow.section_id).where(AttemptRow.sitting_id == sitting_id, ~holds).distinct()
    return session.scalars(dealt.order_by(AttemptRow.section_id).limit(limit)).all()
