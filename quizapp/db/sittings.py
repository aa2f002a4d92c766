"""Sittings (the weekly sessions), the sets they draw from, and their papers."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import CheckConstraint
from sqlalchemy import ColumnElement
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from quizapp.core.dealing import Drawing
from quizapp.core.errors import NotFound
from quizapp.core.paper import NOTHING_MISSED
from quizapp.core.paper import Candidate
from quizapp.core.paper import Missed
from quizapp.core.paper import heading_area
from quizapp.core.paper import point_area
from quizapp.core.paper import set_area
from quizapp.core.paper import top_heading
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.regrading import Method
from quizapp.core.regrading import Standing
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.sitting import SittingKind
from quizapp.core.states import QuestionState
from quizapp.core.states import Review
from quizapp.core.states import SittingPhase
from quizapp.core.states import phase
from quizapp.core.stems import among_speeches
from quizapp.db import people
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.meetings import BatchRow
from quizapp.db.meetings import MeetingRow
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.speeches import KeyPointRow


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
    #: What the draw has to heed beyond counts and marks, as core/paper.py stores it.
    wishes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    kind: Mapped[SittingKind] = mapped_column(
        words(SittingKind), default=SittingKind.WEEKLY, server_default=SittingKind.WEEKLY.value, index=True
    )
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.INDIVIDUAL, server_default=Mode.INDIVIDUAL.value)
    pace: Mapped[Pace] = mapped_column(words(Pace), default=Pace.WHOLE, server_default=Pace.WHOLE.value)
    #: When somebody first saw that it had closed; a clock that is set back opens nothing again.
    ended_at: Mapped[datetime | None]
    #: None while the paper is being composed.
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    host_section: Mapped[SectionRow] = relationship(lazy="raise")
    leader: Mapped[PersonRow] = relationship(lazy="raise")
    sets: Mapped[list["SittingSetRow"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    meeting: Mapped[MeetingRow] = relationship(lazy="raise", cascade="all, delete-orphan")
    batches: Mapped[list[BatchRow]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=BatchRow.starts_at
    )

    def phase(self, now: datetime) -> SittingPhase:
        if self.ended_at is not None and self.published_at is not None:
            return SittingPhase.CLOSED
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
    #: What was decided of it after the sitting; None while it counts as published.
    standing: Standing | None = None

    @property
    def method(self) -> Method | None:
        return None if self.standing is None else self.standing.method


#: Published papers by the sitting's public id, which no two databases share. A published paper never changes, and it is
#: read at every save. Mocks stand apart: however many people practise, they push no week's paper out.
_published: dict[str, tuple[Place, ...]] = {}
_mocks: dict[str, tuple[Place, ...]] = {}
PAPERS_KEPT = 16
MOCKS_KEPT = 64


def published_paper(session: Session, sitting: SittingRow) -> tuple[Place, ...]:
    """The places of a published paper, read once for each process."""
    known, most = (_mocks, MOCKS_KEPT) if sitting.kind is SittingKind.MOCK else (_published, PAPERS_KEPT)
    places = known.get(sitting.public_id)
    if places is None:
        rows = paper(session, sitting.id)
        questions = among_speeches([row.version.question() for row in rows])
        places = tuple(
            Place(row.position, row.version.question_id, question, row.full_mark, row.version_id)
            for row, question in zip(rows, questions, strict=True)
        )
        if len(known) >= most:
            known.clear()
        known[sitting.public_id] = places
    return places


def is_no_mock() -> ColumnElement[bool]:
    """Of SittingRow: not a mock, which counts nowhere and which nobody but its person may know of."""
    return SittingRow.kind != SittingKind.MOCK


def sitting_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> SittingRow:
    """The sitting, for those who prepare, lead or read it; of a mock there is nothing for anybody to do so.

    :raise NotFound: if there is none, or it is a mock
    """
    row = addressed(
        session,
        SittingRow,
        public_id,
        selectinload(SittingRow.host_section),
        selectinload(SittingRow.leader),
        selectinload(SittingRow.sets),
        selectinload(SittingRow.meeting),
        selectinload(SittingRow.batches),
        lock=lock,
    )
    if row.kind is SittingKind.MOCK:
        raise NotFound("sitting", public_id)
    return row


def sitting_alone(session: Session, public_id: str) -> SittingRow:
    """The sitting without its host, leader and sets: for those who all start in the same minute."""
    return addressed(session, SittingRow, public_id)


def sitting_to_start(session: Session, public_id: str) -> SittingRow:
    """The same, with its times held still: who starts in the instant of an extension gets the new deadline."""
    statement = select(SittingRow).where(SittingRow.public_id == public_id).with_for_update(read=True, of=SittingRow)
    row = session.scalar(statement)
    if row is None:
        raise NotFound("sitting", public_id)
    return row


def all_sittings(session: Session) -> Sequence[SittingRow]:
    """The weeks' own, newest first, with host, leader, sets and meeting."""
    return session.scalars(
        select(SittingRow)
        .where(SittingRow.kind == SittingKind.WEEKLY)
        .options(
            selectinload(SittingRow.host_section),
            selectinload(SittingRow.leader),
            selectinload(SittingRow.sets),
            selectinload(SittingRow.meeting),
        )
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
    ).all()


def still_to_close(session: Session, now: datetime) -> Sequence[tuple[int, int | None]]:
    """The weeks' own published sittings that have not closed: each with the section that takes part, None being the
    whole office."""
    rows = session.execute(
        select(SittingRow.id, MeetingRow.scope_section_id)
        .join(MeetingRow, MeetingRow.sitting_id == SittingRow.id)
        .where(SittingRow.kind == SittingKind.WEEKLY, SittingRow.published_at.is_not(None), SittingRow.closes_at > now)
        .order_by(SittingRow.opens_at, SittingRow.id)
    )
    return [(id_, scope) for id_, scope in rows]


def batch_starts(session: Session, sitting_id: int) -> Sequence[datetime]:
    """When the batches of a sitting start, in order."""
    return session.scalars(
        select(BatchRow.starts_at).where(BatchRow.sitting_id == sitting_id).order_by(BatchRow.starts_at)
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
            .where(is_no_mock())
        )
    )


def count_takers(session: Session, scope_section_id: int | None) -> int:
    """How many active people belong to a section and all below it; None is the whole office."""
    statement = select(func.count()).select_from(PersonRow).where(PersonRow.active)
    if scope_section_id is not None:
        statement = statement.where(PersonRow.section_id.in_(people.with_all_below(session, [scope_section_id])))
    return session.scalar(statement) or 0


def has_chief(session: Session, section_id: int) -> bool:
    """Whether an active person oversees this very section."""
    chiefs = (
        select(func.count())
        .select_from(OversightRow)
        .join(PersonRow, PersonRow.id == OversightRow.person_id)
        .where(OversightRow.section_id == section_id, PersonRow.active)
    )
    return bool(session.scalar(chiefs))


def candidates(
    session: Session, set_ids: Sequence[int], *, but: int | None = None, missed: Missed = NOTHING_MISSED
) -> Sequence[Candidate]:
    """The approved questions of these sets, each with the day a paper last used it (`but` this sitting's own): what
    somebody drew for practice wears no question out."""
    used = (
        select(QuestionVersionRow.question_id, func.max(SittingRow.opens_at).label("last"))
        .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
        .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
        .where(SittingRow.id != (but or 0), is_no_mock())
        .group_by(QuestionVersionRow.question_id)
        .subquery()
    )
    version = QuestionVersionRow
    # Columns, not rows: a bank of 20,000 questions is read for every draw.
    rows = session.execute(
        select(QuestionRow.id, QuestionRow.set_id, QuestionRow.fingerprint, QuestionRow.key_point_id, used.c.last)
        .add_columns(version.id, version.type, version.difficulty, version.source_heading)
        .join(version, version.id == QuestionRow.version_id)
        .outerjoin(used, used.c.question_id == QuestionRow.id)
        .where(QuestionRow.set_id.in_(set_ids), QuestionRow.state == QuestionState.APPROVED)
        .order_by(QuestionRow.id)
    )
    return [
        Candidate(
            question_id=question_id,
            version_id=version_id,
            type=type_,
            key_point=key_point,
            difficulty=difficulty,
            fingerprint=f"{set_id}:{fingerprint}",
            last_used=_day(last),
            set_id=set_id,
            heading=top_heading(heading),
            missed=missed.has(question_id, key_point),
        )
        for question_id, set_id, fingerprint, key_point, last, version_id, type_, difficulty, heading in rows
    ]


def count_by_type(session: Session, set_ids: Sequence[int]) -> dict[TypeName, int]:
    """How many approved questions of each type these sets hold; types they do not hold are left out."""
    counted = session.execute(
        select(QuestionVersionRow.type, func.count())
        .join(QuestionRow, QuestionRow.version_id == QuestionVersionRow.id)
        .where(QuestionRow.set_id.in_(set_ids), QuestionRow.state == QuestionState.APPROVED)
        .group_by(QuestionVersionRow.type)
    )
    return dict(counted.all())


@dataclass(frozen=True)
class Area:
    """A part of the bank that a quota or an emphasis may name, and how many approved questions it holds."""

    ref: str
    words: str
    questions: int


@dataclass(frozen=True)
class SetAreas:
    """A question set with its top headings in the order of its questions, and its key points in the speech's."""

    whole: Area
    headings: tuple[Area, ...]
    points: tuple[Area, ...]

    @property
    def all(self) -> tuple[Area, ...]:
        return (self.whole, *self.headings, *self.points)


def areas(session: Session, set_ids: Collection[int]) -> Sequence[SetAreas]:
    """The parts of these sets, newest set first."""
    counted = (QuestionRow.set_id, QuestionRow.key_point_id, QuestionVersionRow.source_heading)
    rows = session.execute(
        select(*counted, func.count(), KeyPointRow.name, KeyPointRow.start)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .outerjoin(KeyPointRow, KeyPointRow.id == QuestionRow.key_point_id)
        .where(QuestionRow.set_id.in_(set_ids), QuestionRow.state == QuestionState.APPROVED)
        .group_by(*counted, KeyPointRow.name, KeyPointRow.start)
        .order_by(func.min(QuestionRow.id))
    ).all()
    wanted = select(QuestionSetRow.id, QuestionSetRow.name).where(QuestionSetRow.id.in_(set_ids))
    named = session.execute(wanted.order_by(QuestionSetRow.created_at.desc(), QuestionSetRow.id)).all()
    return [_areas_of(set_id, name, [row[1:] for row in rows if row[0] == set_id]) for set_id, name in named]


def _areas_of(set_id: int, name: str, rows: Sequence[Any]) -> SetAreas:
    headings: Counter[str] = Counter()
    points: Counter[tuple[int, int, str]] = Counter()
    for key_point, heading, count, point_name, start in rows:
        headings[top_heading(heading)] += count
        if key_point is not None:
            points[start, key_point, point_name] += count
    return SetAreas(
        Area(set_area(set_id), name, headings.total()),
        tuple(Area(heading_area(set_id, words), words, count) for words, count in headings.items() if words),
        tuple(Area(point_area(id_), words, count) for (_, id_, words), count in sorted(points.items())),
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
