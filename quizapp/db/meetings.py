"""The afternoon around a sitting: where and when people meet, who approves the paper, what goes into the minutes."""

from datetime import date
from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from quizapp.db.base import Base
from quizapp.db.plans import PlanRow


class MeetingRow(Base):
    """What a sitting is part of; every sitting has one."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_plan_day", "plan_id", "planned_on", unique=True),)

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    #: The plan whose turn this is, and the plan's own day of it (before any move); None for a sitting of its own.
    plan_id: Mapped[int | None] = mapped_column(ForeignKey(PlanRow.id))
    planned_on: Mapped[date | None]
    #: Who takes part: this section and all below it; None is the whole office.
    scope_section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    #: The meeting; the quiz is a part of it. None where people do not meet.
    begins_at: Mapped[datetime | None] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(String(100), default="")
    #: 议程, a line for each item.
    agenda: Mapped[str] = mapped_column(Text, default="")
    #: Days after closing by which it must be made up for.
    make_up_days: Mapped[int] = mapped_column(default=7)
    #: 送审: whoever composed the paper thinks it ready.
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Why it was sent back, until it is submitted again.
    returned: Mapped[str] = mapped_column(String(300), default="")
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BatchRow(Base):
    """One of several starts of a sitting that is taken in batches."""

    __tablename__ = "batch"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)


class MinutesRow(Base):
    """The minutes of one study as people wrote them; made from the facts only when asked."""

    __tablename__ = "minutes"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    #: The text of each part, by its name in core/minutes.py.
    parts: Mapped[dict[str, str]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime | None]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Grows with every change: two who write at once must not overwrite each other.
    version: Mapped[int] = mapped_column(default=1)
