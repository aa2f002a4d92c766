"""What the clock needs to know of sittings, and what it leaves behind."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.roles import SYSTEM
from quizapp.db.attempts import AttemptRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import is_no_mock
from quizapp.services import audit


def is_running(session: Session, now: datetime) -> bool:
    """Whether a sitting has opened whose end was not noted yet, or an attempt was started and is not closed; mocks hold
    no clock."""
    opened = select(SittingRow.id).where(
        SittingRow.published_at.is_not(None), SittingRow.ended_at.is_(None), SittingRow.opens_at <= now, is_no_mock()
    )
    started = (
        select(AttemptRow.id)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .where(AttemptRow.closed_at.is_(None), AttemptRow.deadline.is_not(None), is_no_mock())
    )
    return any(session.scalar(asked.limit(1)) is not None for asked in (opened, started))


def any_end_to_note(session: Session, past: datetime) -> bool:
    return session.scalar(select(SittingRow.id).where(*_closed_unnoted(past)).limit(1)) is not None


def note_ends(session: Session, *, past: datetime) -> None:
    """Note of every sitting that closed by then that it has: a clock that is set back later opens none again."""
    session.execute(update(SittingRow).where(*_closed_unnoted(past)).values(ended_at=SittingRow.closes_at))


def _closed_unnoted(past: datetime) -> tuple[ColumnElement[bool], ...]:
    return SittingRow.published_at.is_not(None), SittingRow.ended_at.is_(None), SittingRow.closes_at <= past


def record_jump(session: Session, office: datetime, wall: datetime, *, followed: bool) -> None:
    """Keep in the trail that the server's clock jumped, by the office's time and by its own."""
    audit.record(
        session,
        SYSTEM,
        "clock:jumped",
        "clock",
        wall if followed else office,
        office=office.isoformat(timespec="seconds"),
        wall=wall.isoformat(timespec="seconds"),
        followed=followed,
    )
