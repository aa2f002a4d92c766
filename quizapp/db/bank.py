"""Question sets, questions, their versions, and what reviewers decided."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import Float
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import UniqueConstraint
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from quizapp.core.duplicates import answer_hash
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.states import Decision
from quizapp.core.states import QuestionState
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow


class QuestionSetRow(Addressable, Base):
    __tablename__ = "question_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Stable name for files and commands; a speech's own set uses its public id.
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    #: The speech its questions were drafted from; None for sets loaded from a file.
    speech_id: Mapped[int | None] = mapped_column(ForeignKey("speech.id"), unique=True)
    created_at: Mapped[datetime]


class QuestionRow(Addressable, Base):
    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("set_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id"), index=True)
    #: What makes a question the same question when it is drafted or loaded again.
    fingerprint: Mapped[str] = mapped_column(String(128))
    state: Mapped[QuestionState] = mapped_column(words(QuestionState), index=True)
    #: The version under review or in the bank: always the newest.
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("question_version.id", use_alter=True, name="fk_question_version_id_question_version")
    )
    key_point_id: Mapped[int | None] = mapped_column(ForeignKey("key_point.id"), index=True)
    #: The kind of drafted question (`SET_MC`); empty for questions that people wrote.
    kind: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"), index=True)
    #: What a drafted question asks of the mind (Bloom's level); empty for questions that people wrote.
    bloom: Mapped[str] = mapped_column(String(16), default="", server_default=text("''"))
    #: How much a drafted question is worth asking, against the others of its speech; and why, in words.
    worth: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime]

    version: Mapped["QuestionVersionRow"] = relationship(foreign_keys=[version_id], lazy="raise", post_update=True)
    question_set: Mapped[QuestionSetRow] = relationship(lazy="raise")
    key_point: Mapped[KeyPointRow | None] = relationship(lazy="raise")


class QuestionVersionRow(Base):
    """The text of a question at one time. Never changed: a correction is the next version."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    number: Mapped[int]
    type: Mapped[TypeName] = mapped_column(words(TypeName))
    stem: Mapped[str] = mapped_column(Text)
    #: [{"id", "text", "proof"}]
    options: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    #: Option ids, sorted.
    key: Mapped[list[str]] = mapped_column(JSON)
    #: Accepted wordings for each blank.
    blanks: Mapped[list[list[str]]] = mapped_column(JSON)
    any_order: Mapped[bool] = mapped_column(default=False)
    #: [[left text, option id]] for matching.
    pairs: Mapped[list[list[str]]] = mapped_column(JSON, default=list, server_default="[]")
    #: Option ids in the order asked for.
    right_order: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    #: [{"text", "keywords": [[wording]]}] for short answers.
    points: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    explanation: Mapped[str] = mapped_column(Text)
    source_speech: Mapped[str] = mapped_column(String(200))
    source_heading: Mapped[str] = mapped_column(Text)
    source_quote: Mapped[str] = mapped_column(Text)
    #: Half-open offsets of the quote in the speech's clean text, where the speech is in the library.
    source_start: Mapped[int | None]
    source_end: Mapped[int | None]
    difficulty: Mapped[int]
    #: What all versions of one type and one answer share, so that doubles are found without reading every stem.
    answer_hash: Mapped[str] = mapped_column(String(16), default="", server_default=text("''"), index=True)
    #: Who wrote this version; None: drafted by the site or loaded from a file.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    def question(self) -> Question:
        """The version as a core value."""
        return Question(
            type=self.type,
            stem=self.stem,
            options=tuple(Option(o["id"], o["text"], o.get("proof", "")) for o in self.options),
            key=frozenset(self.key),
            blanks=tuple(tuple(wordings) for wordings in self.blanks),
            any_order=self.any_order,
            pairs=tuple((left, option_id) for left, option_id in self.pairs),
            right_order=tuple(self.right_order),
            points=tuple(ScoringPoint(p["text"], tuple(map(tuple, p["keywords"]))) for p in self.points),
            explanation=self.explanation,
            source=Source(
                self.source_speech, self.source_heading, self.source_quote, self.source_start, self.source_end
            ),
            difficulty=self.difficulty,
        )


def version_columns(question: Question) -> Mapping[str, object]:
    """The columns of a version that hold this question."""
    return {
        "type": question.type,
        "stem": question.stem,
        "options": [{"id": o.id, "text": o.text, "proof": o.proof} for o in question.options],
        "key": sorted(question.key),
        "blanks": [list(wordings) for wordings in question.blanks],
        "any_order": question.any_order,
        "pairs": [list(pair) for pair in question.pairs],
        "right_order": list(question.right_order),
        "points": [{"text": p.text, "keywords": [list(group) for group in p.keywords]} for p in question.points],
        "explanation": question.explanation,
        "source_speech": question.source.speech,
        "source_heading": question.source.heading,
        "source_quote": question.source.quote,
        "source_start": question.source.start,
        "source_end": question.source.end,
        "difficulty": question.difficulty,
        "answer_hash": answer_hash(question),
    }


class ReviewRow(Base):
    """One decision about one version."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[Decision] = mapped_column(words(Decision))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


def set_by_public_id(session: Session, public_id: str) -> QuestionSetRow:
    return addressed(session, QuestionSetRow, public_id)


def set_by_slug(session: Session, slug: str) -> QuestionSetRow | None:
    return session.scalar(select(QuestionSetRow).where(QuestionSetRow.slug == slug))


def question_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> QuestionRow:
    return addressed(session, QuestionRow, public_id, lock=lock)


def question_in_context(session: Session, public_id: str) -> QuestionRow:
    """The question with its set and its key point."""
    return addressed(
        session, QuestionRow, public_id, joinedload(QuestionRow.question_set), joinedload(QuestionRow.key_point)
    )


def version(session: Session, version_id: int) -> QuestionVersionRow:
    return session.get_one(QuestionVersionRow, version_id)


def queue(session: Session, states: Sequence[QuestionState]) -> Sequence[tuple[QuestionRow, QuestionVersionRow]]:
    """Questions in these states with their newest version, set by set, in the order they were drafted."""
    rows = session.execute(
        select(QuestionRow, QuestionVersionRow)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.state.in_(states))
        .order_by(QuestionRow.set_id, QuestionRow.id)
    )
    return [(question, newest) for question, newest in rows]


def newest_reviews(session: Session, question_ids: Collection[int]) -> Mapping[int, int]:
    """The id of the last decision about each question."""
    rows = session.execute(
        select(QuestionVersionRow.question_id, func.max(ReviewRow.id))
        .join(QuestionVersionRow, QuestionVersionRow.id == ReviewRow.version_id)
        .where(QuestionVersionRow.question_id.in_(question_ids))
        .group_by(QuestionVersionRow.question_id)
    )
    return dict(rows.all())


def last_review(session: Session, question_id: int) -> ReviewRow | None:
    """The last decision about a question, whatever version it was about."""
    return session.scalar(
        select(ReviewRow)
        .join(QuestionVersionRow, QuestionVersionRow.id == ReviewRow.version_id)
        .where(QuestionVersionRow.question_id == question_id)
        .order_by(ReviewRow.id.desc())
        .limit(1)
    )


def questions_of_set(session: Session, set_id: int) -> Sequence[tuple[QuestionRow, QuestionVersionRow]]:
    rows = session.execute(
        select(QuestionRow, QuestionVersionRow)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.set_id == set_id)
        .order_by(QuestionRow.id)
    )
    return [(question, newest) for question, newest in rows]


def fingerprints(session: Session, set_id: int) -> frozenset[str]:
    return frozenset(session.scalars(select(QuestionRow.fingerprint).where(QuestionRow.set_id == set_id)))


def sets_with_counts(session: Session) -> Sequence[tuple[QuestionSetRow, Mapping[QuestionState, int]]]:
    """Every set with how many of its questions stand in each state."""
    counts: dict[int, dict[QuestionState, int]] = {}
    for set_id, state, n in session.execute(
        select(QuestionRow.set_id, QuestionRow.state, func.count()).group_by(QuestionRow.set_id, QuestionRow.state)
    ):
        counts.setdefault(set_id, {})[state] = n
    rows = session.scalars(select(QuestionSetRow).order_by(QuestionSetRow.created_at.desc(), QuestionSetRow.id))
    return [(row, counts.get(row.id, {})) for row in rows]


def count_in_states(session: Session, states: Sequence[QuestionState]) -> int:
    return session.scalar(select(func.count()).select_from(QuestionRow).where(QuestionRow.state.in_(states))) or 0


def counts_by_speech(session: Session) -> Mapping[int, Mapping[QuestionState, int]]:
    """For each speech that questions were drafted from, how many stand in each state."""
    counts: dict[int, dict[QuestionState, int]] = {}
    rows = session.execute(
        select(QuestionSetRow.speech_id, QuestionRow.state, func.count())
        .join(QuestionRow, QuestionRow.set_id == QuestionSetRow.id)
        .group_by(QuestionSetRow.speech_id, QuestionRow.state)
    )
    for speech_id, state, n in rows:
        if speech_id is not None:
            counts.setdefault(speech_id, {})[state] = n
    return counts


def speeches_named(session: Session) -> Mapping[int, str]:
    """For each set, the speech that its questions name as their source."""
    rows = session.execute(
        select(QuestionRow.set_id, func.max(QuestionVersionRow.source_speech))
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .group_by(QuestionRow.set_id)
    )
    return dict(rows.all())


def set_of_speech(session: Session, speech: SpeechRow) -> QuestionSetRow | None:
    return session.scalar(select(QuestionSetRow).where(QuestionSetRow.speech_id == speech.id))


def versions_of(session: Session, question_id: int) -> Sequence[tuple[QuestionVersionRow, str | None]]:
    """All versions, the first first, each with its author's name; None: drafted by the site or loaded from a file."""
    rows = session.execute(
        select(QuestionVersionRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == QuestionVersionRow.author_id)
        .where(QuestionVersionRow.question_id == question_id)
        .order_by(QuestionVersionRow.number)
    )
    return [(version, name) for version, name in rows]


def reviews_of(session: Session, question_id: int) -> Sequence[tuple[ReviewRow, str]]:
    """All decisions about a question, the first first, each with its reviewer's name."""
    rows = session.execute(
        select(ReviewRow, PersonRow.name)
        .join(QuestionVersionRow, QuestionVersionRow.id == ReviewRow.version_id)
        .join(PersonRow, PersonRow.id == ReviewRow.reviewer_id)
        .where(QuestionVersionRow.question_id == question_id)
        .order_by(ReviewRow.id)
    )
    return [(review, name) for review, name in rows]
