"""What is recited: the key points of speeches that are studied, and one person's cards about them."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.practice import PracticeMode
from quizapp.core.recitation import RECITED
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.practice import CardRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow


class SpeechLine(NamedTuple):
    """A speech as lists show it; `title` is its file's name where it has none."""

    id: int
    public_id: str
    title: str
    held_on: date | None


class Card(NamedTuple):
    """One person's card of a key point, with where that stands."""

    key_point_id: int
    speech_id: int
    start: int
    stability: float | None
    difficulty: float | None
    rated_at: datetime | None
    rated_on: date | None
    anew_at: datetime | None


def is_studied() -> ColumnElement[bool]:
    """Of SpeechRow: questions about it have been approved. What an editor has only loaded is nobody's to read yet."""
    return (
        exists()
        .where(QuestionSetRow.speech_id == SpeechRow.id)
        .where(QuestionRow.set_id == QuestionSetRow.id, QuestionRow.state == QuestionState.APPROVED)
    )


def _is_there() -> ColumnElement[bool]:
    """Of KeyPointRow: the speech still has it, and a card may be made of it."""
    return KeyPointRow.gone_at.is_(None) & KeyPointRow.kind.in_(RECITED)


def studied(session: Session) -> Sequence[SpeechLine]:
    """The speeches that are studied, the newest first."""
    title = func.coalesce(SpeechRow.title, SpeechRow.filename)
    found = session.execute(
        select(SpeechRow.id, SpeechRow.public_id, title, SpeechRow.held_on)
        .where(is_studied())
        .order_by(SpeechRow.loaded_at.desc(), SpeechRow.id.desc())
    )
    return [SpeechLine(*row) for row in found]


def speech(session: Session, public_id: str) -> SpeechLine | None:
    title = func.coalesce(SpeechRow.title, SpeechRow.filename)
    row = session.execute(
        select(SpeechRow.id, SpeechRow.public_id, title, SpeechRow.held_on).where(
            SpeechRow.public_id == public_id, is_studied()
        )
    ).one_or_none()
    return None if row is None else SpeechLine(*row)


def counts(session: Session) -> Mapping[int, int]:
    """How many key points each speech has that a card may be made of."""
    found = select(KeyPointRow.speech_id, func.count()).where(_is_there()).group_by(KeyPointRow.speech_id)
    return dict(session.execute(found).all())


def points_of(session: Session, speech_id: int) -> Sequence[KeyPointRow]:
    """The key points of a speech in the order of its text."""
    wanted = select(KeyPointRow).where(KeyPointRow.speech_id == speech_id, _is_there())
    return session.scalars(wanted.order_by(KeyPointRow.start, KeyPointRow.id)).all()


def points_by_id(session: Session, ids: Collection[int]) -> Mapping[int, KeyPointRow]:
    """Those that are still there, of speeches that are studied."""
    found = session.scalars(
        select(KeyPointRow)
        .join(SpeechRow, SpeechRow.id == KeyPointRow.speech_id)
        .where(KeyPointRow.id.in_(ids), _is_there(), is_studied())
    )
    return {row.id: row for row in found}


def was_studied(session: Session, key_point_id: int) -> bool:
    """Whether there is or was such a key point in a speech that is studied."""
    found = (
        select(KeyPointRow.id)
        .join(SpeechRow, SpeechRow.id == KeyPointRow.speech_id)
        .where(KeyPointRow.id == key_point_id, is_studied())
    )
    return session.scalar(found) is not None


def cards_of(session: Session, person_id: int) -> Sequence[Card]:
    """One person's cards of key points that are still there, of speeches that are studied."""
    found = session.execute(
        select(CardRow.key_point_id, KeyPointRow.speech_id, KeyPointRow.start)
        .add_columns(CardRow.stability, CardRow.difficulty, CardRow.rated_at, CardRow.rated_on, CardRow.anew_at)
        .join(KeyPointRow, KeyPointRow.id == CardRow.key_point_id)
        .join(SpeechRow, SpeechRow.id == KeyPointRow.speech_id)
        .where(CardRow.person_id == person_id, _is_there(), is_studied())
    )
    return [Card(*row) for row in found]


def texts(session: Session, speech_ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """Title and clean text by speech."""
    title = func.coalesce(SpeechRow.title, SpeechRow.filename)
    found = session.execute(select(SpeechRow.id, title, SpeechRow.text).where(SpeechRow.id.in_(speech_ids)))
    return {id_: (told, text) for id_, told, text in found}


def heading_paths(session: Session, speech_id: int) -> Sequence[str]:
    """The headings that approved questions about a speech stand under, as drafting wrote them."""
    return session.scalars(
        select(QuestionVersionRow.source_heading)
        .join(QuestionRow, QuestionRow.version_id == QuestionVersionRow.id)
        .join(QuestionSetRow, QuestionSetRow.id == QuestionRow.set_id)
        .where(QuestionSetRow.speech_id == speech_id, QuestionRow.state == QuestionState.APPROVED)
        .distinct()
    ).all()


def turned(session: Session, person_id: int, page: str) -> Sequence[PracticeAnswerRow]:
    """The cards turned over in one run, in order."""
    return session.scalars(
        select(PracticeAnswerRow)
        .where(
            PracticeAnswerRow.person_id == person_id,
            PracticeAnswerRow.page == page,
            PracticeAnswerRow.mode == PracticeMode.RECITATION,
        )
        .order_by(PracticeAnswerRow.id)
    ).all()
