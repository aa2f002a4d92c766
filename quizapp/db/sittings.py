"""Sittings (the weekly sessions), the sets they draw from, and their papers."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from quizapp.core.dealing import Drawing
from quizapp.core.paper import Candidate
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.states import QuestionState
from quizapp.core.states import Review
from quizapp.core.states import SittingPhase
from quizapp.core.states import phase
from quizapp.core.stems import among_speeches
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow


class SittingRow(Addressable, Base):
    __tablename__ = "sitting"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("duration_minutes > 0", name="has_a_duration"),
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_mark_is_a_percentage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(100))
    #: 主持科室, whose chief may compose the paper.
    host_section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    #: 带学领导, who leads the session.
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opens_at: Mapped[datetime] = mapped_column(index=True)
    closes_at: Mapped[datetime] = mapped_column(index=True)
    duration_minutes: Mapped[int]
    #: A score of at least this share of the full score passes.
    pass_percent: Mapped[int] = mapped_column(default=60)
    multiple_rule: Mapped[MultipleRule] = mapped_column(words(MultipleRule), default=MultipleRule.PARTIAL)
    #: When people see keys and explanations.
    review: Mapped[Review] = mapped_column(words(Review), default=Review.AT_ONCE, server_default=Review.AT_ONCE.value)
    drawing: Mapped[Drawing] = mapped_column(words(Drawing), default=Drawing.SAME, server_default=Drawing.SAME.value)
    #: {type: [count, full mark of each, how many of them one person gets]}: what was asked of the last draw. The third
    #: is there where every person gets a paper of their own.
    specification: Mapped[dict[str, list[int]]] = mapped_column(JSON, default=dict)
    #: None while the paper is being composed.
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    host_section: Mapped[SectionRow] = relationship(lazy="raise")
    leader: Mapped[PersonRow] = relationship(lazy="raise")
    sets: Mapped[list["SittingSetRow"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    def phase(self, now: datetime) -> SittingPhase:
        return phase(self.published_at is not None, self.opens_at, self.closes_at, now)

    @property
    def each(self) -> Mapping[TypeName, int] | None:
        """How many questions of each type one person gets; None where everybody gets them all."""
        if self.drawing is Drawing.SAME:
            return None
        return {TypeName(name): asked[2] for name, asked in self.specification.items() if len(asked) > 2}


class SittingSetRow(Base):
    """A question set that a sitting's paper may draw from."""

    __tablename__ = "sitting_set"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id"), primary_key=True)


class PaperQuestionRow(Base):
    """One place on a sitting's paper. Pins the version, so a later correction changes no paper."""

    __tablename__ = "paper_question"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    #: From 1.
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    #: Whole points.
    full_mark: Mapped[int]
    #: Kept when the paper is drawn again.
    locked: Mapped[bool] = mapped_column(default=False)

    version: Mapped[QuestionVersionRow] = relationship(lazy="raise")


@dataclass(frozen=True)
class Place:
    """One place on a published paper, as plain values."""

    position: int
    question_id: int
    question: Question
    full_mark: int
    version_id: int


#: Published papers by the sitting's public id, which no two databases share. A published paper never changes, and it is
#: read at every save.
_published: dict[str, tuple[Place, ...]] = {}
PAPERS_KEPT = 16


def published_paper(session: Session, sitting: SittingRow) -> tuple[Place, ...]:
    """The places of a published paper, read once for each process."""
    places = _published.get(sitting.public_id)
    if places is None:
        rows = paper(session, sitting.id)
        questions = among_speeches([row.version.question() for row in rows])
        places = tuple(
            Place(row.position, row.version.question_id, question, row.full_mark, row.version_id)
            for row, question in zip(rows, questions, strict=True)
        )
        if len(_published) >= PAPERS_KEPT:
            _published.clear()
        _published[sitting.public_id] = places
    return places


def sitting_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> SittingRow:
    return addressed(
        session,
        SittingRow,
        public_id,
        selectinload(SittingRow.host_section),
        selectinload(SittingRow.leader),
        selectinload(SittingRow.sets),
        lock=lock,
    )


def sitting_alone(session: Session, public_id: str) -> SittingRow:
    """The sitting without its host, leader and sets: for those who all start in the same minute."""
    return addressed(session, SittingRow, public_id)


def all_sittings(session: Session) -> Sequence[SittingRow]:
    """Newest first, with host and leader."""
    return session.scalars(
        select(SittingRow)
        .options(selectinload(SittingRow.host_section), selectinload(SittingRow.leader))
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
    ).all()


def published(session: Session, *, closing_after: datetime | None = None) -> Sequence[SittingRow]:
    """Published sittings by opening time, all or only those still to close."""
    statement = select(SittingRow).where(SittingRow.published_at.is_not(None))
    if closing_after is not None:
        statement = statement.where(SittingRow.closes_at > closing_after)
    return session.scalars(
        statement.options(selectinload(SittingRow.host_section), selectinload(SittingRow.leader)).order_by(
            SittingRow.opens_at, SittingRow.id
        )
    ).all()


def paper(session: Session, sitting_id: int) -> Sequence[PaperQuestionRow]:
    """The paper by position, each with its version."""
    return session.scalars(
        select(PaperQuestionRow)
        .where(PaperQuestionRow.sitting_id == sitting_id)
        .options(selectinload(PaperQuestionRow.version))
        .order_by(PaperQuestionRow.position)
    ).all()


def questions_out(session: Session, set_id: int, now: datetime) -> frozenset[int]:
    """The questions of a set that stand on a published paper which somebody may still answer."""
    return frozenset(
        session.scalars(
            select(QuestionVersionRow.question_id)
            .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
            .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
            .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
            .where(QuestionRow.set_id == set_id, SittingRow.published_at.is_not(None), SittingRow.closes_at > now)
        )
    )


def candidates(session: Session, set_ids: Sequence[int], *, but: int | None = None) -> Sequence[Candidate]:
    """The approved questions of these sets, each with the day a paper last used it (`but` this sitting's own)."""
    used = (
        select(QuestionVersionRow.question_id, func.max(SittingRow.opens_at).label("last"))
        .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
        .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
        .where(SittingRow.id != (but or 0))
        .group_by(QuestionVersionRow.question_id)
        .subquery()
    )
    rows = session.execute(
        select(QuestionRow, QuestionVersionRow, used.c.last)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .outerjoin(used, used.c.question_id == QuestionRow.id)
        .where(QuestionRow.set_id.in_(set_ids), QuestionRow.state == QuestionState.APPROVED)
        .order_by(QuestionRow.id)
    )
    return [
        Candidate(
            question_id=question.id,
            version_id=newest.id,
            type=newest.type,
            key_point=question.key_point_id,
            difficulty=newest.difficulty,
            fingerprint=f"{question.set_id}:{question.fingerprint}",
            last_used=_day(last),
        )
        for question, newest, last in rows
    ]


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
