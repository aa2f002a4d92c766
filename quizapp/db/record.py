"""A person's own record: what they were dealt and whether they were there; and which hours were recognised."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import UniqueConstraint
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import selectinload

from quizapp.core.attendance import Presence
from quizapp.db.attempts import INSERT
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import expected
from quizapp.db.attendance import presence
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import new_public_id
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import is_no_mock


class RecognitionRow(Addressable, Base):
    """That a training authority recognised the office's studies of a year as hours of training (学时)."""

    __tablename__ = "recognition"
    __table_args__ = (
        UniqueConstraint("year", "authority"),
        CheckConstraint("minutes_per_hour > 0", name="hours_have_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    authority: Mapped[str] = mapped_column(String(60))
    #: The number or the title of the document that says so.
    document: Mapped[str] = mapped_column(String(100))
    #: So many minutes of study count as one hour of training.
    minutes_per_hour: Mapped[int]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime | None]
    #: Grows with every change: two who write at once must not overwrite each other.
    version: Mapped[int] = mapped_column(default=1)


def recognitions(session: Session) -> Sequence[RecognitionRow]:
    """All that was recognised, the newest year first."""
    return session.scalars(select(RecognitionRow).order_by(RecognitionRow.year.desc(), RecognitionRow.authority)).all()


def recognition_of(session: Session, year: int, authority: str) -> RecognitionRow | None:
    """What an authority recognised of a year."""
    return session.scalar(
        select(RecognitionRow).where(RecognitionRow.year == year, RecognitionRow.authority == authority)
    )


def keep_recognition(
    session: Session,
    *,
    year: int,
    authority: str,
    document: str,
    minutes_per_hour: int,
    entered_by_id: int,
    entered_at: datetime,
) -> bool:
    """Insert what an authority recognised of a year; False where something of theirs and that year is there."""
    statement = INSERT[session.get_bind().dialect.name](RecognitionRow).values(
        public_id=new_public_id(),
        year=year,
        authority=authority,
        document=document,
        minutes_per_hour=minutes_per_hour,
        entered_by_id=entered_by_id,
        entered_at=entered_at,
        version=1,
    )
    return session.execute(statement.on_conflict_do_nothing().returning(RecognitionRow.id)).first() is not None


def closed_attempts(session: Session, person_id: int, now: datetime) -> Sequence[tuple[AttemptRow, Presence]]:
    """Everything dealt to a person in sittings that have closed, with their presence there, the newest first.

    Sitting, meeting and the section they were in are loaded; papers that make up for a sitting are among them,
    mocks are not.
    """
    closed = or_(SittingRow.closes_at <= now, SittingRow.ended_at.is_not(None))
    statement = (
        expected(AttemptRow, presence())
        .where(AttemptRow.person_id == person_id, SittingRow.published_at.is_not(None), closed, is_no_mock())
        .options(
            selectinload(AttemptRow.section),
            selectinload(AttemptRow.sitting).selectinload(SittingRow.meeting),
        )
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
    )
    return [(attempt, there) for attempt, there in session.execute(statement)]
