"""What people judged after a quiz: marks, accepted wordings, doubts, and what each person is told of it."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import Index
from sqlalchemy import ScalarSelect
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from quizapp.core.dealing import Drawing
from quizapp.core.marking import DoubtReason
from quizapp.core.marking import NoticeKind
from quizapp.core.question import UNITS
from quizapp.core.regrading import OVERRULING
from quizapp.core.regrading import Method
from quizapp.db import regrades
from quizapp.db import summaries
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import words
from quizapp.db.regrades import AdjustmentRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow

#: Any constant: the key of PostgreSQL's advisory lock between marking by wordings and changing them.
WORDINGS_LOCK = 7_302_027


class MarkRow(Addressable, Base):
    """A response that a person marks: what is proposed, and what the person found.

    Its public id is chance of its own, so neither its address nor the order of addresses leads to a name.
    """

    __tablename__ = "mark"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "position"], ["response.attempt_id", "response.position"]),
        Index("ix_mark_sitting_id_position", "sitting_id", "position"),
        Index(
            "ix_mark_waiting",
            "attempt_id",
            sqlite_where=text("marked_at IS NULL"),
            postgresql_where=text("marked_at IS NULL"),
        ),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    #: SHA-256 of the answer as it is compared: answers that say the same have the same.
    same: Mapped[str] = mapped_column(String(64))
    #: For each scoring point whether its keywords occur: a proposal, never a mark.
    proposed: Mapped[list[bool]] = mapped_column(JSON)
    #: For each scoring point whether the person found it said; None while the answer waits.
    said: Mapped[list[bool] | None] = mapped_column(JSON(none_as_null=True))
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    marked_at: Mapped[datetime | None]
    #: Names the one act by which identical answers were marked together; None once the mark was changed.
    act: Mapped[str | None] = mapped_column(String(22))

    attempt: Mapped[AttemptRow] = relationship(lazy="raise", viewonly=True, foreign_keys=[attempt_id])
    response: Mapped[ResponseRow] = relationship(lazy="raise", viewonly=True)


class AcceptedWordingRow(Addressable, Base):
    """A wording that an editor accepted for one blank of a version, for everybody. The version itself never changes."""

    __tablename__ = "accepted_wording"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    #: From 0.
    blank: Mapped[int]
    wording: Mapped[str] = mapped_column(String(200))
    accepted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]


class RescoringRow(Base):
    """One run through the closed attempts after a wording was accepted or withdrawn, and how far it has come."""

    __tablename__ = "rescoring"

    id: Mapped[int] = mapped_column(primary_key=True)
    wording_id: Mapped[int] = mapped_column(ForeignKey("accepted_wording.id"), index=True)
    #: Attempts are taken sitting by sitting, in each person by person; all up to this one are done.
    reached_sitting: Mapped[int] = mapped_column(default=0)
    reached_person: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]
    looked: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    wording: Mapped[AcceptedWordingRow] = relationship(lazy="raise")


class NoticeRow(Addressable, Base):
    """Something a person is told about an attempt of theirs, until they have put it aside."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person_id_dismissed_at", "person_id", "dismissed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    #: The question's position on the paper; None where the attempt as a whole is spoken of.
    position: Mapped[int | None]
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind))
    #: What the person had written, or what the editor says.
    words: Mapped[str] = mapped_column(Text, default="")
    #: The score of the attempt before and after, in units.
    before_units: Mapped[int | None]
    after_units: Mapped[int | None]
    made_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]

    attempt: Mapped[AttemptRow] = relationship(lazy="raise")


class DoubtRow(Addressable, Base):
    """What a person thinks is wrong with a question version; open until an editor has answered."""

    __tablename__ = "doubt"
    __table_args__ = (
        Index(
            "ix_doubt_open",
            "person_id",
            "version_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    #: Where the person met the question, and where the answer is shown.
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    position: Mapped[int]
    reason: Mapped[DoubtReason] = mapped_column(words(DoubtReason))
    words: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    version: Mapped[QuestionVersionRow] = relationship(lazy="raise")


def earned() -> ScalarSelect[int]:
    """What all answers of the attempt (AttemptRow) in the statement around it earn; what is void earns nothing."""
    void = regrades.stands_at(AttemptRow.sitting_id, ResponseRow.position, [Method.VOID])
    units = select(func.coalesce(func.sum(ResponseRow.units), 0)).where(ResponseRow.attempt_id == AttemptRow.id, ~void)
    return units.correlate(AttemptRow).scalar_subquery()


def _adjusted() -> ScalarSelect[int]:
    """What was added to or taken from it by hand."""
    units = select(func.coalesce(func.sum(AdjustmentRow.units), 0)).where(
        AdjustmentRow.attempt_id == AttemptRow.id, AdjustmentRow.withdrawn_at.is_(None)
    )
    return units.correlate(AttemptRow).scalar_subquery()


def _full() -> ScalarSelect[int]:
    """Its full score: the marks of what its person was dealt and what is not void."""
    # Where each person has a paper of their own, what was asked and left blank has a row too.
    dealt = exists().where(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position == PaperQuestionRow.position)
    marks = (
        select(func.coalesce(func.sum(PaperQuestionRow.full_mark), 0) * UNITS)
        .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
        .where(PaperQuestionRow.sitting_id == AttemptRow.sitting_id, ~regrades.is_void())
        .where(or_(SittingRow.drawing == Drawing.SAME, dealt))
    )
    return marks.correlate(AttemptRow).scalar_subquery()


def _waiting() -> ScalarSelect[int]:
    """How many of its answers wait for a mark; none where the question was granted or made void."""
    overruled = regrades.stands_at(AttemptRow.sitting_id, MarkRow.position, OVERRULING)
    waiting = select(func.count()).where(MarkRow.attempt_id == AttemptRow.id, MarkRow.marked_at.is_(None), ~overruled)
    return waiting.correlate(AttemptRow).scalar_subquery()


def sum_up(session: Session, attempt_ids: Collection[int]) -> None:
    """Compute the score of closed attempts, the full score, and how many answers wait for a mark, anew from the rows.

    The score is what the answers earn and what was adjusted by hand, held between nought and the full score.
    """
    session.flush()
    these = and_(AttemptRow.id.in_(attempt_ids), AttemptRow.closed_at.is_not(None))
    summed = {"units": earned() + _adjusted(), "full_units": _full(), "unmarked": _waiting()}
    full = AttemptRow.full_units
    outside = or_(AttemptRow.units < 0, AttemptRow.units > full)
    for where, values in (
        (these, summed),
        (and_(these, outside), {"units": case((AttemptRow.units < 0, 0), else_=full)}),
    ):
        session.execute(
            update(AttemptRow).where(where).values(**values), execution_options={"synchronize_session": False}
        )
    for row in session:
        if isinstance(row, AttemptRow) and row.id in attempt_ids:
            session.expire(row, [*summed])
    summaries.outdate_attempts(session, attempt_ids)


def share_wordings(session: Session) -> None:
    """Keep anybody from accepting or withdrawing a wording until this transaction, which marks by them, has ended."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock_shared(WORDINGS_LOCK)))


def hold_wordings(session: Session) -> None:
    """Wait for everybody who marks by the wordings as they are, and keep others waiting until they have changed.

    SQLite's write gate lets only one of them in at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(WORDINGS_LOCK)))


def accepted_wordings(session: Session, version_ids: Collection[int]) -> Mapping[int, Sequence[tuple[int, str]]]:
    """The wordings that count now besides those of the versions: (index of the blank, wording) by version."""
    found: dict[int, list[tuple[int, str]]] = {}
    if version_ids:
        rows = session.execute(
            select(AcceptedWordingRow.version_id, AcceptedWordingRow.blank, AcceptedWordingRow.wording)
            .where(AcceptedWordingRow.version_id.in_(version_ids), AcceptedWordingRow.withdrawn_at.is_(None))
            .order_by(AcceptedWordingRow.id)
        )
        for version_id, blank, wording in rows:
            found.setdefault(version_id, []).append((blank, wording))
    return found


def mark_rows(session: Session, attempt_id: int) -> Mapping[int, MarkRow]:
    """The marks of an attempt, given or waiting, by position."""
    rows = session.scalars(select(MarkRow).where(MarkRow.attempt_id == attempt_id))
    return {row.position: row for row in rows}


def open_doubts(session: Session) -> Sequence[tuple[QuestionRow, QuestionVersionRow, DoubtRow]]:
    """Every doubt without an answer, with the question and the version it is about, the oldest first."""
    rows = session.execute(
        select(QuestionRow, QuestionVersionRow, DoubtRow)
        .join(QuestionVersionRow, QuestionVersionRow.question_id == QuestionRow.id)
        .join(DoubtRow, DoubtRow.version_id == QuestionVersionRow.id)
        .where(DoubtRow.settled_at.is_(None))
        .order_by(DoubtRow.id)
    )
    return [(question, version, doubt) for question, version, doubt in rows]


def count_open_doubts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(DoubtRow).where(DoubtRow.settled_at.is_(None))) or 0
