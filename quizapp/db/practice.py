"""Practice: cards, answers given in practice, each day's five, mistakes, and how well sections remember key points."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy import CheckConstraint
from sqlalchemy import ColumnElement
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import UniqueConstraint
from sqlalchemy import exists
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import selectinload

from quizapp.core.memory import Memory
from quizapp.core.practice import Matter
from quizapp.core.practice import Origin
from quizapp.core.practice import PracticeMode
from quizapp.core.sitting import SittingKind
from quizapp.core.states import QuestionState
from quizapp.db.attempts import PAGE_NAME
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import is_no_mock


class CardRow(Base):
    """What one person remembers of one key point, or of a question that belongs to none."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("person_id", "key_point_id"),
        UniqueConstraint("person_id", "question_id"),
        CheckConstraint("(key_point_id IS NULL) <> (question_id IS NULL)", name="is_about_one_thing"),
        Index("ix_card_key_point_id", "key_point_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key_point_id: Mapped[int | None] = mapped_column(ForeignKey("key_point.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    #: The memory as core/memory.py has it; None for a card that starts anew.
    stability: Mapped[float | None]
    difficulty: Mapped[float | None]
    rated_at: Mapped[datetime | None]
    #: The office's day on which it was last rated: only the first answer of a day rates.
    rated_on: Mapped[date | None]
    ratings: Mapped[int] = mapped_column(default=0, server_default="0")
    lapses: Mapped[int] = mapped_column(default=0, server_default="0")
    #: When a newer text changed the key point, so that the card started anew; None once it was rated again.
    anew_at: Mapped[datetime | None]

    @property
    def matter(self) -> Matter:
        return Matter(self.key_point_id, self.question_id)

    @property
    def memory(self) -> Memory | None:
        if self.stability is None or self.difficulty is None or self.rated_at is None:
            return None
        return Memory(self.stability, self.difficulty, self.rated_at)


class PracticeAnswerRow(Base):
    """One answer given in practice, or one card turned over (without a question). Never changed."""

    __tablename__ = "practice_answer"
    __table_args__ = (
        UniqueConstraint("person_id", "page", "sequence"),
        Index("ix_practice_answer_person_id_day", "person_id", "day"),
        Index("ix_practice_answer_person_id_question_id", "person_id", "question_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key_point_id: Mapped[int | None] = mapped_column(ForeignKey("key_point.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("question_version.id"))
    mode: Mapped[PracticeMode] = mapped_column(words(PracticeMode))
    #: The open page that gave it (its own random name) and its number there: what arrives twice is held once.
    page: Mapped[str] = mapped_column(String(PAGE_NAME))
    sequence: Mapped[int]
    #: As a response holds it, in the bank's option ids.
    value: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    is_right: Mapped[bool]
    is_unsure: Mapped[bool]
    #: When it was given, as far as the device can be believed, and the office's day then.
    given_at: Mapped[datetime]
    day: Mapped[date]
    received_at: Mapped[datetime]


class DailyRow(Base):
    """The five questions that one person was given on one day."""

    __tablename__ = "daily"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version_ids: Mapped[list[int]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    #: When the last of them was answered.
    finished_at: Mapped[datetime | None]


class MistakeRow(Base):
    """A question that one person has answered wrongly."""

    __tablename__ = "mistake"
    __table_args__ = (Index("ix_mistake_person_id_cleared_on", "person_id", "cleared_on"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    #: The version that was last answered wrongly, and what was given.
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    value: Mapped[list[str]] = mapped_column(JSON)
    origin: Mapped[Origin] = mapped_column(words(Origin))
    #: The attempt in which it was, where it was in a sitting.
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    times: Mapped[int] = mapped_column(default=1, server_default="1")
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    #: The office's day then: what is right on the same day makes nothing good.
    last_on: Mapped[date]
    #: On how many different days it was right since, and the last of them.
    right_days: Mapped[int] = mapped_column(default=0, server_default="0")
    right_on: Mapped[date | None]
    #: None until it is made good.
    cleared_on: Mapped[date | None]


class TakenInRow(Base):
    """How far the answers of an ended sitting have been taken into people's cards and mistakes."""

    __tablename__ = "taken_in"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    #: The last attempt that was looked at, by id.
    reached: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Whether marks changed since: then mistakes are looked at again, and no card is rated.
    again: Mapped[bool] = mapped_column(default=False, server_default=false())
    done_at: Mapped[datetime | None] = mapped_column(index=True)


class PointMasteryRow(Base):
    """How well the people of a section remember what a card is about, summed up once a day."""

    __tablename__ = "point_mastery"
    __table_args__ = (
        UniqueConstraint("section_id", "key_point_id"),
        UniqueConstraint("section_id", "question_id"),
        CheckConstraint("(key_point_id IS NULL) <> (question_id IS NULL)", name="is_about_one_thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    key_point_id: Mapped[int | None] = mapped_column(ForeignKey("key_point.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    people: Mapped[int]
    #: The sum of their predicted recall, and how many of them are at least strong.
    recall: Mapped[float]
    strong: Mapped[int]
    made_on: Mapped[date]


class SummedOnRow(Base):
    """On which day of the office a section's PointMasteryRows were made."""

    __tablename__ = "mastery_summed_on"

    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True, autoincrement=False)
    #: None: cards of many people have changed since.
    day: Mapped[date | None]


class MockRow(Addressable, Base):
    """A mock paper that one person drew for themselves, after the specification of a coming sitting."""

    __tablename__ = "mock"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: The sitting whose specification it follows, and the sitting of its own that holds the paper.
    model_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), unique=True)
    made_at: Mapped[datetime]


# What may be practised


def may_be_practised(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Of QuestionRow: approved, and on no paper of a week's sitting that has not closed, published or not."""
    return (QuestionRow.state == QuestionState.APPROVED) & ~is_reserved(now)


def is_reserved(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Of QuestionRow: on a paper of a week's sitting that has not closed, so that nobody may be told its key."""
    of_paper = aliased(QuestionVersionRow)
    return (
        exists()
        .where(of_paper.question_id == QuestionRow.id)
        .where(PaperQuestionRow.version_id == of_paper.id)
        .where(SittingRow.id == PaperQuestionRow.sitting_id)
        .where(_is_to_come(now))
        # Whoever asks may read sittings too: theirs are others than these.
        .correlate(QuestionRow)
    )


def reserved_until(session: Session, question_ids: Collection[int], now: datetime) -> Mapping[int, datetime]:
    """Of these questions the reserved ones, each with the time at which the last of its sittings is to close."""
    found = session.execute(
        select(QuestionVersionRow.question_id, func.max(SittingRow.closes_at))
        .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
        .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
        .where(QuestionVersionRow.question_id.in_(question_ids), _is_to_come(now))
        .group_by(QuestionVersionRow.question_id)
    )
    return dict(found.all())


def _is_to_come(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Of SittingRow: a week's sitting that has not closed."""
    has_not_closed = or_(SittingRow.published_at.is_(None), SittingRow.closes_at > now)
    return (SittingRow.kind == SittingKind.WEEKLY) & SittingRow.ended_at.is_(None) & has_not_closed


# Cards


def card(session: Session, person_id: int, matter: Matter, *, lock: bool = False) -> CardRow | None:
    statement = select(CardRow).where(CardRow.person_id == person_id, _is_about(matter))
    return session.scalar(statement.with_for_update() if lock else statement)


def _is_about(matter: Matter) -> ColumnElement[bool]:
    if matter.key_point_id is not None:
        return CardRow.key_point_id == matter.key_point_id
    return CardRow.question_id == matter.question_id


def cards_of(
    session: Session, person_ids: Collection[int], matters: Collection[Matter]
) -> Mapping[tuple[int, Matter], CardRow]:
    """The cards of these people about these matters, held against other writers until the transaction ends; in order,
    so that two who hold many never wait for each other."""
    points = [each.key_point_id for each in matters if each.key_point_id is not None]
    questions = [each.question_id for each in matters if each.question_id is not None]
    about = or_(CardRow.key_point_id.in_(points), CardRow.question_id.in_(questions))
    rows = session.scalars(
        select(CardRow).where(CardRow.person_id.in_(person_ids), about).order_by(CardRow.id).with_for_update()
    )
    return {(row.person_id, row.matter): row for row in rows}


def memories_of(session: Session, person_id: int) -> Mapping[Matter, tuple[Memory | None, date | None]]:
    """One person's cards as values: the memory, and the day on which it was last rated. Columns, not rows: it is read
    whenever five are chosen."""
    found = session.execute(
        select(
            CardRow.key_point_id,
            CardRow.question_id,
            CardRow.stability,
            CardRow.difficulty,
            CardRow.rated_at,
            CardRow.rated_on,
        ).where(CardRow.person_id == person_id)
    )
    return {
        Matter(point, question): (
            None if stability is None or difficulty is None or at is None else Memory(stability, difficulty, at),
            on,
        )
        for point, question, stability, difficulty, at, on in found
    }


# Mistakes


def mistake(session: Session, person_id: int, question_id: int) -> MistakeRow | None:
    return session.get(MistakeRow, (person_id, question_id), with_for_update=True)


def mistakes_of(
    session: Session, person_ids: Collection[int], question_ids: Collection[int]
) -> Mapping[tuple[int, int], MistakeRow]:
    """The mistakes of these people in these questions by (person, question), held against other writers."""
    rows = session.scalars(
        select(MistakeRow)
        .where(MistakeRow.person_id.in_(person_ids), MistakeRow.question_id.in_(question_ids))
        .order_by(MistakeRow.person_id, MistakeRow.question_id)
        .with_for_update()
    )
    return {(row.person_id, row.question_id): row for row in rows}


# Mocks


def hold_person(session: Session, person_id: int) -> None:
    """Until this transaction ends nobody else draws for this person."""
    session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update(key_share=True))


def sittings_ahead(session: Session, person_id: int, now: datetime, limit: int) -> Sequence[SittingRow]:
    """The week's sittings that have not closed, the next first: those that were dealt to a person, and those that are
    not published, whoever takes part in them."""
    open_ = (SittingRow.ended_at.is_(None), SittingRow.closes_at > now)
    wanted = _weekly(*open_, or_(SittingRow.published_at.is_(None), _is_dealt_to(person_id)))
    return session.scalars(wanted.order_by(SittingRow.opens_at, SittingRow.id).limit(limit)).all()


def sittings_behind(session: Session, person_id: int, now: datetime, limit: int) -> Sequence[SittingRow]:
    """The week's sittings that have closed and were dealt to a person, the newest first."""
    closed = or_(SittingRow.ended_at.is_not(None), SittingRow.closes_at <= now)
    wanted = _weekly(SittingRow.published_at.is_not(None), closed, _is_dealt_to(person_id))
    return session.scalars(wanted.order_by(SittingRow.opens_at.desc(), SittingRow.id.desc()).limit(limit)).all()


def _weekly(*which: ColumnElement[bool]) -> Select[SittingRow]:
    """With their meetings and sets."""
    statement = select(SittingRow).where(SittingRow.kind == SittingKind.WEEKLY, *which)
    return statement.options(selectinload(SittingRow.meeting), selectinload(SittingRow.sets))


def _is_dealt_to(person_id: int) -> ColumnElement[bool]:
    return exists().where(AttemptRow.sitting_id == SittingRow.id, AttemptRow.person_id == person_id)


def practisable(session: Session, set_ids: Collection[int], now: datetime) -> frozenset[int]:
    """The questions of these sets that may be practised now."""
    wanted = select(QuestionRow.id).where(QuestionRow.set_id.in_(set_ids), may_be_practised(now))
    return frozenset(session.scalars(wanted))


def last_practised(session: Session, person_id: int) -> Mapping[int, date]:
    """When one person last had each question before them, in practice or in a mock."""
    answered = session.execute(
        select(PracticeAnswerRow.question_id, func.max(PracticeAnswerRow.day))
        .where(PracticeAnswerRow.person_id == person_id, PracticeAnswerRow.question_id.is_not(None))
        .group_by(PracticeAnswerRow.question_id)
    )
    drawn = session.execute(
        select(QuestionVersionRow.question_id, func.max(MockRow.made_at))
        .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
        .join(MockRow, MockRow.sitting_id == PaperQuestionRow.sitting_id)
        .where(MockRow.person_id == person_id)
        .group_by(QuestionVersionRow.question_id)
    )
    found = {question_id: day for question_id, day in answered if question_id is not None}
    for question_id, at in drawn:
        found[question_id] = max(found.get(question_id, at.date()), at.date())
    return found


# Answers


def answer_held(session: Session, person_id: int, page: str, sequence: int) -> PracticeAnswerRow | None:
    """What is held of an answer that arrives, perhaps again."""
    return session.scalar(
        select(PracticeAnswerRow).where(
            PracticeAnswerRow.person_id == person_id,
            PracticeAnswerRow.page == page,
            PracticeAnswerRow.sequence == sequence,
        )
    )


def practised_days(session: Session, person_id: int, since: date) -> Sequence[date]:
    """The days on which one's five were finished."""
    return session.scalars(
        select(DailyRow.day).where(
            DailyRow.person_id == person_id, DailyRow.day >= since, DailyRow.finished_at.is_not(None)
        )
    ).all()


# Taking sittings in


def sitting_to_take_in(session: Session) -> int | None:
    """A week's sitting that has ended, nobody having a paper open, and whose answers are not all taken in, the oldest
    first; then such a mock or make-up paper.

    Of these there are many: each is held as not taken in from the moment it is drawn, so that all are never read.
    """
    still_open = exists().where(
        AttemptRow.sitting_id == SittingRow.id, AttemptRow.closed_at.is_(None), AttemptRow.started_at.is_not(None)
    )
    weekly = session.scalar(
        select(SittingRow.id)
        .outerjoin(TakenInRow, TakenInRow.sitting_id == SittingRow.id)
        .where(SittingRow.kind == SittingKind.WEEKLY, SittingRow.ended_at.is_not(None), TakenInRow.done_at.is_(None))
        .where(~still_open)
        .order_by(SittingRow.opens_at, SittingRow.id)
        .limit(1)
    )
    return weekly or session.scalar(
        select(TakenInRow.sitting_id)
        .join(SittingRow, SittingRow.id == TakenInRow.sitting_id)
        .where(TakenInRow.done_at.is_(None), SittingRow.kind != SittingKind.WEEKLY, SittingRow.ended_at.is_not(None))
        .where(~still_open)
        .limit(1)
    )


def await_papers(session: Session, sitting_id: int) -> None:
    """Somebody may hand in a paper of this sitting (still): it is to be taken in once the sitting has ended."""
    hold_taken_in(session, sitting_id).done_at = None


def hold_taken_in(session: Session, sitting_id: int) -> TakenInRow:
    """How far a sitting is taken in, held against other writers; made where nobody has begun."""
    row = session.get(TakenInRow, sitting_id, with_for_update=True)
    if row is None:
        session.execute(insert(TakenInRow), [{"sitting_id": sitting_id}])
        row = session.get_one(TakenInRow, sitting_id)
    return row


def look_again(session: Session, which: ColumnElement[bool]) -> None:
    """Marks of ended sittings have changed (`which` is of PaperQuestionRow): their mistakes are to be looked at again.

    Where somebody is just taking one in, it begins anew: no card is rated twice for one day.
    """
    # A mock keeps the marks it had.
    changed = (
        select(PaperQuestionRow.sitting_id)
        .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
        .where(which, is_no_mock())
    )
    for row in session.scalars(select(TakenInRow).where(TakenInRow.sitting_id.in_(changed)).with_for_update()):
        row.again, row.reached, row.done_at = row.again or row.done_at is not None, 0, None


def take_in_more(session: Session, sitting_id: int, attempt_ids: Collection[int]) -> None:
    """Papers of a sitting that is being taken in, or was, have closed since: whoever takes it in goes back to them."""
    row = session.get(TakenInRow, sitting_id, with_for_update=True)
    if row is not None:
        row.again, row.reached, row.done_at = False, min(row.reached, min(attempt_ids) - 1), None
