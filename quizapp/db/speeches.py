"""Speeches and the key points found in them."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import UniqueConstraint
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from quizapp.core.corrections import Verb
from quizapp.core.speech import PointKind
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import PersonRow


class SpeechRow(Addressable, Base):
    __tablename__ = "speech"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None until the editor gives one: a title is asked for, never invented.
    title: Mapped[str | None] = mapped_column(String(200))
    filename: Mapped[str] = mapped_column(String(200))
    #: Who spoke, at which meeting and when, as an editor confirmed it from the text.
    speaker: Mapped[str | None] = mapped_column(String(200))
    occasion: Mapped[str | None] = mapped_column(String(200))
    held_on: Mapped[date | None]
    #: SHA-256 of the file, so that the same file is not stored twice.
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    file: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    raw_text: Mapped[str] = mapped_column(Text, deferred=True)
    #: The clean text that stored offsets point into.
    text: Mapped[str] = mapped_column(Text, deferred=True)
    loaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    loaded_at: Mapped[datetime]
    #: When questions were last drafted; None: never.
    drafted_at: Mapped[datetime | None]
    #: What drafting did last: counts by kind and rejections by gate.
    drafting_summary: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)

    loaded_by: Mapped[PersonRow] = relationship(lazy="raise")


class SpeechTextRow(Base):
    """Another text of a speech: a newer one that waits to be adopted, or one that a newer has replaced."""

    __tablename__ = "speech_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    speech_id: Mapped[int] = mapped_column(ForeignKey("speech.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    file: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    raw_text: Mapped[str] = mapped_column(Text, deferred=True)
    text: Mapped[str] = mapped_column(Text, deferred=True)
    loaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    loaded_at: Mapped[datetime]
    #: None: it waits.
    replaced_at: Mapped[datetime | None]

    loaded_by: Mapped[PersonRow] = relationship(lazy="raise")


class CorrectionRow(Base):
    """What an editor corrected in the reading of a speech; applied in order each time the text is read."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    speech_id: Mapped[int] = mapped_column(ForeignKey("speech.id"), index=True)
    verb: Mapped[Verb] = mapped_column(words(Verb))
    #: The correction as core.corrections stores it.
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    #: None while it holds.
    undone_at: Mapped[datetime | None]

    made_by: Mapped[PersonRow] = relationship(lazy="raise")


class KeyPointRow(Base):
    """A key point of a speech; its questions point here, and it points at the sentence."""

    __tablename__ = "key_point"
    __table_args__ = (UniqueConstraint("speech_id", "start", "end", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    speech_id: Mapped[int] = mapped_column(ForeignKey("speech.id"), index=True)
    kind: Mapped[PointKind] = mapped_column(words(PointKind))
    name: Mapped[str] = mapped_column(String(100))
    #: Half-open offsets in the clean text.
    start: Mapped[int]
    end: Mapped[int]
    #: The members as shown, in the speech's order.
    items: Mapped[list[str]] = mapped_column(JSON)
    #: [left, right] pairs; empty where nothing is tied.
    pairs: Mapped[list[list[str]]] = mapped_column(JSON)
    #: When a correction or a newer text did away with it; its questions stay. None while the reading has it.
    gone_at: Mapped[datetime | None]


class LentItemRow(Base):
    """Words of a speech's closed lists that other speeches may take as wrong options for lists of the same shape."""

    __tablename__ = "lent_item"
    __table_args__ = (Index("ix_lent_item_shape_text", "shape", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    speech_id: Mapped[int] = mapped_column(ForeignKey("speech.id"), index=True)
    shape: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(80))


def lent_items(session: Session, speech_id: int, shapes: Sequence[str], most: int) -> Mapping[str, Sequence[str]]:
    """What other speeches lend for each shape, at most so many words a shape: a question of the index each, so that a
    large library costs no more than a small one."""
    return {
        shape: session.scalars(
            select(LentItemRow.text)
            .where(LentItemRow.shape == shape, LentItemRow.speech_id != speech_id)
            .order_by(LentItemRow.text)
            .limit(most)
        ).all()
        for shape in shapes
    }


def set_lent_items(session: Session, speech_id: int, offered: Sequence[tuple[str, str]]) -> None:
    """Let a speech lend these (shape, words), and nothing else."""
    session.execute(delete(LentItemRow).where(LentItemRow.speech_id == speech_id))
    session.add_all(LentItemRow(speech_id=speech_id, shape=shape, text=text) for shape, text in offered)


def speech_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> SpeechRow:
    """The speech and who loaded it, without its texts until they are asked for."""
    return addressed(session, SpeechRow, public_id, joinedload(SpeechRow.loaded_by), lock=lock)


def speech_by_sha256(session: Session, sha256: str) -> SpeechRow | None:
    return session.scalar(select(SpeechRow).where(SpeechRow.sha256 == sha256))


def text_by_sha256(session: Session, sha256: str) -> SpeechTextRow | None:
    return session.scalar(select(SpeechTextRow).where(SpeechTextRow.sha256 == sha256))


def waiting_text(session: Session, speech_id: int) -> SpeechTextRow | None:
    """The newer text that waits to be adopted, with who loaded it."""
    return session.scalar(
        select(SpeechTextRow)
        .options(joinedload(SpeechTextRow.loaded_by))
        .where(SpeechTextRow.speech_id == speech_id, SpeechTextRow.replaced_at.is_(None))
    )


def replaced_texts(session: Session, speech_id: int) -> Sequence[SpeechTextRow]:
    """The texts that the speech had before, newest first, with who loaded each."""
    return session.scalars(
        select(SpeechTextRow)
        .options(joinedload(SpeechTextRow.loaded_by))
        .where(SpeechTextRow.speech_id == speech_id, SpeechTextRow.replaced_at.is_not(None))
        .order_by(SpeechTextRow.replaced_at.desc(), SpeechTextRow.id.desc())
    ).all()


def texts_of(session: Session, speech_id: int) -> Sequence[str]:
    """Every clean text that the speech has and had, the one in force first."""
    now = session.scalars(select(SpeechRow.text).where(SpeechRow.id == speech_id)).all()
    before = session.scalars(
        select(SpeechTextRow.text)
        .where(SpeechTextRow.speech_id == speech_id, SpeechTextRow.replaced_at.is_not(None))
        .order_by(SpeechTextRow.replaced_at.desc(), SpeechTextRow.id.desc())
    ).all()
    return [*now, *before]


def corrections_of(session: Session, speech_id: int) -> Sequence[CorrectionRow]:
    """The corrections that hold, in the order they were made, with who made each."""
    return session.scalars(
        select(CorrectionRow)
        .options(joinedload(CorrectionRow.made_by))
        .where(CorrectionRow.speech_id == speech_id, CorrectionRow.undone_at.is_(None))
        .order_by(CorrectionRow.id)
    ).all()


def all_speeches(session: Session) -> Sequence[SpeechRow]:
    """Newest first, with who loaded each, without their texts."""
    return session.scalars(
        select(SpeechRow)
        .options(joinedload(SpeechRow.loaded_by))
        .order_by(SpeechRow.loaded_at.desc(), SpeechRow.id.desc())
    ).all()


def key_points_of(session: Session, speech_id: int) -> Sequence[KeyPointRow]:
    return session.scalars(
        select(KeyPointRow).where(KeyPointRow.speech_id == speech_id).order_by(KeyPointRow.start, KeyPointRow.id)
    ).all()


def key_point_counts(session: Session) -> Mapping[int, int]:
    """How many key points each speech has."""
    found = session.execute(
        select(KeyPointRow.speech_id, func.count()).where(KeyPointRow.gone_at.is_(None)).group_by(KeyPointRow.speech_id)
    )
    return dict(found.all())
