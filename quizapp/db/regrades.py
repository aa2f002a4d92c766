"""What was decided of questions after their sitting, and what was added to or taken from a score by hand."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import String
from sqlalchemy import exists
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from quizapp.core.regrading import OVERRULING
from quizapp.core.regrading import Method
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow


class RegradeRow(Addressable, Base):
    """What was decided of one place of a paper after the sitting, and how far scoring anew has come.

    Withdrawing it starts the run again, towards the scores without it.
    """

    __tablename__ = "regrade"
    __table_args__ = (
        Index(
            "ix_regrade_standing",
            "sitting_id",
            "position",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    position: Mapped[int]
    method: Mapped[Method] = mapped_column(words(Method))
    #: The newer version whose key counts; None where none does.
    version_id: Mapped[int | None] = mapped_column(ForeignKey("question_version.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    #: What was shown to whoever confirmed it last, so that a second tap is the same as one.
    stamp: Mapped[str] = mapped_column(String(64))
    total: Mapped[int] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    #: Attempts are taken person by person; all up to this one are done.
    reached_person: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")

    sitting: Mapped[SittingRow] = relationship(lazy="raise")
    version: Mapped[QuestionVersionRow | None] = relationship(lazy="raise")
    by: Mapped[PersonRow] = relationship(lazy="raise", foreign_keys=[by_id])


class AdjustmentRow(Addressable, Base):
    """So much added to (or taken from) one person's score in one sitting, by a person, for a reason."""

    __tablename__ = "adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    units: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]

    attempt: Mapped[AttemptRow] = relationship(lazy="raise")
    by: Mapped[PersonRow] = relationship(lazy="raise", foreign_keys=[by_id])


# What stands


def standing(session: Session, sitting_id: int) -> Mapping[int, RegradeRow]:
    """What counts of a sitting's paper in place of what was published, by position, each with its newer version."""
    rows = session.scalars(
        select(RegradeRow)
        .where(RegradeRow.sitting_id == sitting_id, RegradeRow.withdrawn_at.is_(None))
        .options(joinedload(RegradeRow.version))
    )
    return {row.position: row for row in rows}


def stands_at(
    sitting_id: InstrumentedAttribute[int], position: InstrumentedAttribute[int], methods: Collection[Method]
) -> ColumnElement[bool]:
    """Whether one of these was decided of the place that the two columns of the statement around it name."""
    row = aliased(RegradeRow)
    return exists().where(
        row.sitting_id == sitting_id,
        row.position == position,
        row.method.in_(methods),
        row.withdrawn_at.is_(None),
    )


def is_void() -> ColumnElement[bool]:
    """Whether the place of the paper (PaperQuestionRow) that the statement around it speaks of counts for nobody."""
    return stands_at(PaperQuestionRow.sitting_id, PaperQuestionRow.position, [Method.VOID])


def uses_version(version_id: int) -> ColumnElement[bool]:
    """Whether a place of a paper (PaperQuestionRow) is marked by this version: the one it asked, or the newer one."""
    row = aliased(RegradeRow)
    by_newer = exists().where(
        row.sitting_id == PaperQuestionRow.sitting_id,
        row.position == PaperQuestionRow.position,
        row.version_id == version_id,
        row.withdrawn_at.is_(None),
    )
    return or_(PaperQuestionRow.version_id == version_id, by_newer)


def is_overruled(session: Session, sitting_id: int, position: int) -> bool:
    """Whether a place was granted or made void, so that marks given there are kept and do not count."""
    found = select(RegradeRow.id).where(
        RegradeRow.sitting_id == sitting_id,
        RegradeRow.position == position,
        RegradeRow.method.in_(OVERRULING),
        RegradeRow.withdrawn_at.is_(None),
    )
    return session.scalar(found) is not None


# Lists


def of_sitting(session: Session, sitting_id: int) -> Sequence[RegradeRow]:
    """Everything that was ever decided of a sitting's questions, the newest first, with who did."""
    return session.scalars(
        select(RegradeRow)
        .where(RegradeRow.sitting_id == sitting_id)
        .options(joinedload(RegradeRow.by), joinedload(RegradeRow.version))
        .order_by(RegradeRow.id.desc())
    ).all()


def unfinished(session: Session, sitting_id: int) -> RegradeRow | None:
    """The run through a sitting's attempts that has not come to its end."""
    return session.scalar(
        select(RegradeRow).where(RegradeRow.sitting_id == sitting_id, RegradeRow.finished_at.is_(None)).limit(1)
    )


def adjustments_of(session: Session, attempt_id: int) -> Sequence[AdjustmentRow]:
    """What was added or taken by hand and stands, the oldest first, with who did."""
    return session.scalars(
        select(AdjustmentRow)
        .where(AdjustmentRow.attempt_id == attempt_id, AdjustmentRow.withdrawn_at.is_(None))
        .options(joinedload(AdjustmentRow.by))
        .order_by(AdjustmentRow.id)
    ).all()
