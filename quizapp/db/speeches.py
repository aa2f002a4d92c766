"""Speeches and the key points found in them."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import UniqueConstraint
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

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
    #: SHA-256 of the file, so that the same file is not stored twice.
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    file: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    raw_text: Mapped[str] = mapped_column(Text, deferred=True)
    #: The clean text that every stored offset points into; written once.
    text: Mapped[str] = mapped_column(Text, deferred=True)
    loaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    loaded_at: Mapped[datetime]
    #: When questions were last drafted; None: never.
    drafted_at: Mapped[datetime | None]
    #: What drafting did last: counts by kind and rejections by gate.
    drafting_summary: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)

    loaded_by: Mapped[PersonRow] = relationship(lazy="raise")


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


def speech_by_public_id(session: Session, public_id: str) -> SpeechRow:
    """The speech and who loaded it, without its texts until they are asked for."""
    return addressed(session, SpeechRow, public_id, joinedload(SpeechRow.loaded_by))


def speech_by_sha256(session: Session, sha256: str) -> SpeechRow | None:
    return session.scalar(select(SpeechRow).where(SpeechRow.sha256 == sha256))


def all_speeches(session: Session) -> Sequence[SpeechRow]:
    """Newest first, with who loaded each, without their texts."""
    return session.scalars(
        select(SpeechRow)
        .options(joinedload(SpeechRow.loaded_by))
        .order_by(SpeechRow.loaded_at.desc(), SpeechRow.id.desc())
    ).all()


def text_of(session: Session, speech_id: int) -> tuple[str, str]:
    """A speech's public id, and the clean text that the offsets of its questions point into."""
    row = session.execute(select(SpeechRow.public_id, SpeechRow.text).where(SpeechRow.id == speech_id)).one()
    return row.public_id, row.text


def key_points_of(session: Session, speech_id: int) -> Sequence[KeyPointRow]:
    return session.scalars(
        select(KeyPointRow).where(KeyPointRow.speech_id == speech_id).order_by(KeyPointRow.start, KeyPointRow.id)
    ).all()


def key_point_counts(session: Session) -> Mapping[int, int]:
    """How many key points each speech has."""
    found = session.execute(select(KeyPointRow.speech_id, func.count()).group_by(KeyPointRow.speech_id))
    return dict(found.all())
