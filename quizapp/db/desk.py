"""The review desk: what lies on it, what an editor has opened there and done, and what may be asked twice."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import and_
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from quizapp.core.states import ON_DESK
from quizapp.core.states import Decision
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import ReviewRow
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.marking import DoubtRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import is_no_mock


class DeskOpeningRow(Base):
    """That an editor has had this version on the screen: only such versions are approved many at a time."""

    __tablename__ = "desk_opening"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class DeskActRow(Addressable, Base):
    """One thing that an editor did at the desk, with one question or many; it can be withdrawn as one."""

    __tablename__ = "desk_act"
    __table_args__ = (Index("ix_desk_act_person_id_at", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[Decision] = mapped_column(words(Decision))
    at: Mapped[datetime]
    #: None while it holds.
    withdrawn_at: Mapped[datetime | None]

    lines: Mapped[list["DeskActLineRow"]] = relationship(lazy="raise", order_by="DeskActLineRow.question_id")


class DeskActLineRow(Base):
    """What an act did with one question: the decision it left in the history, and the state before."""

    __tablename__ = "desk_act_line"

    act_id: Mapped[int] = mapped_column(ForeignKey("desk_act.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True, index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    state_before: Mapped[QuestionState] = mapped_column(words(QuestionState))
    #: The question that stays where this one was merged.
    into_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))

    question: Mapped[QuestionRow] = relationship(lazy="raise", foreign_keys=[question_id])
    review: Mapped[ReviewRow] = relationship(lazy="raise")


def lines(session: Session, person_id: int, others: Collection[int]) -> Sequence[Any]:
    """What choosing and ordering need to know of every question on the desk, and of these others besides.

    Columns, not rows: the desk may hold thousands, and a page shows one.
    """
    # Each half has its index; with OR between them, a large bank would be read through.
    wanted = union_all(
        select(QuestionRow.id).where(QuestionRow.state.in_(ON_DESK)),
        select(QuestionRow.id).where(QuestionRow.id.in_(others)),
    )
    return session.execute(
        select(
            QuestionRow.id,
            QuestionRow.public_id,
            QuestionRow.state,
            QuestionRow.set_id,
            QuestionRow.kind,
            QuestionRow.worth,
            QuestionSetRow.public_id.label("set_public_id"),
            QuestionVersionRow.number,
            QuestionVersionRow.type,
            QuestionVersionRow.source_heading,
            QuestionVersionRow.source_start,
            QuestionVersionRow.difficulty,
            DeskOpeningRow.at.label("opened_at"),
        )
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .join(QuestionSetRow, QuestionSetRow.id == QuestionRow.set_id)
        .outerjoin(
            DeskOpeningRow,
            and_(DeskOpeningRow.version_id == QuestionVersionRow.id, DeskOpeningRow.person_id == person_id),
        )
        .where(QuestionRow.id.in_(wanted))
    ).all()


def doubted(session: Session) -> frozenset[int]:
    """The ids of the questions that have a doubt without an answer; as long as there are few, it takes no time."""
    waiting = select(DoubtRow.version_id).where(DoubtRow.settled_at.is_(None))
    return frozenset(session.scalars(select(QuestionVersionRow.question_id).where(QuestionVersionRow.id.in_(waiting))))


def set_names(session: Session, public_ids: Collection[str]) -> Mapping[str, str]:
    """The names of these sets by public id, in their order."""
    rows = session.execute(
        select(QuestionSetRow.public_id, QuestionSetRow.name)
        .where(QuestionSetRow.public_id.in_(public_ids))
        .order_by(QuestionSetRow.id)
    )
    return dict(rows.all())


def stems(session: Session, question_ids: Sequence[int]) -> Mapping[int, str]:
    """The newest stem of each question."""
    rows = session.execute(
        select(QuestionRow.id, QuestionVersionRow.stem)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.id.in_(question_ids))
    )
    return dict(rows.all())


def newest_of(session: Session, public_ids: Collection[str]) -> Mapping[str, tuple[QuestionRow, QuestionVersionRow]]:
    """Questions with their newest version, by public id; other writers are kept off them until the transaction ends."""
    rows = session.execute(
        select(QuestionRow, QuestionVersionRow)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.public_id.in_(public_ids))
        .order_by(QuestionRow.id)
        .with_for_update(of=QuestionRow)
    )
    return {question.public_id: (question, newest) for question, newest in rows}


def opened(session: Session, person_id: int, version_ids: Collection[int]) -> frozenset[int]:
    """Which of these versions the person has had on the screen."""
    return frozenset(
        session.scalars(
            select(DeskOpeningRow.version_id).where(
                DeskOpeningRow.person_id == person_id, DeskOpeningRow.version_id.in_(version_ids)
            )
        )
    )


def act(session: Session, public_id: str) -> DeskActRow:
    """An act with its lines, and each with its question and the decision it left."""
    lines = selectinload(DeskActRow.lines)
    return addressed(
        session,
        DeskActRow,
        public_id,
        lines.joinedload(DeskActLineRow.question),
        lines.joinedload(DeskActLineRow.review),
        lock=True,
    )


def last_act(session: Session, person_id: int, since: datetime) -> DeskActRow | None:
    """The newest act of this person that still holds, with its lines and their questions."""
    return session.scalar(
        select(DeskActRow)
        .options(selectinload(DeskActRow.lines).joinedload(DeskActLineRow.question))
        .where(DeskActRow.person_id == person_id, DeskActRow.at >= since, DeskActRow.withdrawn_at.is_(None))
        .order_by(DeskActRow.id.desc())
        .limit(1)
    )


def merged_into(session: Session, question_id: int) -> QuestionRow | None:
    """The question that stayed when this one was merged, while the merger holds."""
    return session.scalar(
        select(QuestionRow)
        .join(DeskActLineRow, DeskActLineRow.into_id == QuestionRow.id)
        .join(DeskActRow, DeskActRow.id == DeskActLineRow.act_id)
        .where(DeskActLineRow.question_id == question_id, DeskActRow.withdrawn_at.is_(None))
        .order_by(DeskActRow.id.desc())
        .limit(1)
    )


def published_since(session: Session, version_ids: Collection[int], since: datetime) -> frozenset[int]:
    """Which of these versions a paper holds that was published since."""
    return frozenset(
        session.scalars(
            select(PaperQuestionRow.version_id)
            .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
            .where(PaperQuestionRow.version_id.in_(version_ids), SittingRow.published_at >= since, is_no_mock())
        )
    )


def with_same_answer(
    session: Session, row: QuestionRow, version: QuestionVersionRow, limit: int
) -> Sequence[tuple[QuestionRow, QuestionVersionRow]]:
    """Other questions in use whose newest version has the same answer, those of the same speech first."""
    return _others(
        session,
        row,
        QuestionVersionRow.answer_hash == version.answer_hash,
        (QuestionVersionRow.source_speech != version.source_speech, QuestionRow.id),
        limit,
    )


def about_same_point(
    session: Session, row: QuestionRow, version: QuestionVersionRow, limit: int
) -> Sequence[tuple[QuestionRow, QuestionVersionRow]]:
    """Other questions in use of the same type about the same key point."""
    if row.key_point_id is None:
        return []
    wanted = and_(QuestionRow.key_point_id == row.key_point_id, QuestionVersionRow.type == version.type)
    return _others(session, row, wanted, (QuestionRow.id,), limit)


def _others(
    session: Session, row: QuestionRow, wanted: ColumnElement[bool], order: Sequence[Any], limit: int
) -> Sequence[tuple[QuestionRow, QuestionVersionRow]]:
    rows = session.execute(
        select(QuestionRow, QuestionVersionRow)
        # By the question's own id too: nothing leads from a version to its question by `version_id`.
        .join(
            QuestionVersionRow,
            and_(QuestionVersionRow.id == QuestionRow.version_id, QuestionVersionRow.question_id == QuestionRow.id),
        )
        .options(joinedload(QuestionRow.question_set))
        .where(wanted, QuestionRow.id != row.id, QuestionRow.state != QuestionState.RETIRED)
        .order_by(*order)
        .limit(limit)
    )
    return [(question, newest) for question, newest in rows]
