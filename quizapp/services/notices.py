"""What people are told about their attempts after closing, until they put it aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import selectinload

from quizapp.core.errors import NotFound
from quizapp.core.marking import NoticeKind
from quizapp.core.roles import Actor
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import addressed
from quizapp.db.marking import NoticeRow
from quizapp.services import attempts
from quizapp.services.results import is_reviewable

#: What these say tells nothing of a key.
ABOUT_THE_SCORE = frozenset({NoticeKind.ADJUSTED, NoticeKind.ADJUSTMENT_WITHDRAWN})
#: The first page tells so many; the rest comes when these are put aside.
TOLD_AT_ONCE = 10


@dataclass(frozen=True)
class Notice:
    """One thing a person is told. Addresses are public ids; scores are in units.

    While keys are not to be seen, `number` and `words` are not told: they say what was right.
    """

    id: str
    kind: NoticeKind
    topic: str
    attempt_id: str
    #: The question as the person numbers it; None where the attempt as a whole is spoken of.
    number: int | None
    words: str
    before_units: int | None
    after_units: int | None
    made_at: datetime


def waiting(session: Session, actor: Actor, *, now: datetime) -> Sequence[Notice]:
    """What one has not put aside yet, the newest first."""
    found = session.scalars(
        select(NoticeRow)
        .where(NoticeRow.person_id == actor.person_id, NoticeRow.dismissed_at.is_(None))
        .options(selectinload(NoticeRow.attempt).selectinload(AttemptRow.sitting))
        .order_by(NoticeRow.id.desc())
        .limit(TOLD_AT_ONCE)
    )
    return [_notice(session, row, now) for row in found]


def of_attempt(session: Session, actor: Actor, attempt_id: str, *, now: datetime) -> Sequence[Notice]:
    """Everything one was ever told about an attempt of one's own, the newest first."""
    attempt = attempts.own_attempt(session, actor, attempt_id)
    found = session.scalars(
        select(NoticeRow)
        .where(NoticeRow.attempt_id == attempt.id)
        .options(selectinload(NoticeRow.attempt).selectinload(AttemptRow.sitting))
        .order_by(NoticeRow.id.desc())
    )
    return [_notice(session, row, now) for row in found]


def _notice(session: Session, row: NoticeRow, now: datetime) -> Notice:
    told = is_reviewable(row.attempt, now)
    places = attempts.numbered_places(session, row.attempt) if told and row.position is not None else ()
    return Notice(
        id=row.public_id,
        kind=row.kind,
        topic=row.attempt.sitting.topic,
        attempt_id=row.attempt.public_id,
        number=next((number for number, place in places if place.position == row.position), None),
        words=row.words if told or row.kind in ABOUT_THE_SCORE else "",
        before_units=row.before_units,
        after_units=row.after_units,
        made_at=row.made_at,
    )


def dismiss(session: Session, actor: Actor, public_id: str, *, now: datetime) -> None:
    """Put a notice aside; a second time changes nothing. Anybody else's looks like none."""
    row = addressed(session, NoticeRow, public_id)
    if row.person_id != actor.person_id:
        raise NotFound("notice", public_id)
    row.dismissed_at = row.dismissed_at or now
