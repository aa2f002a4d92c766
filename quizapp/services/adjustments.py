"""调整得分: so much added to or taken from one person's score in one sitting, by a person, with a reason.

It is a row of its own: answers and marks stay what they are, and withdrawing it gives the score from before.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.marking import NoticeKind
from quizapp.core.question import UNITS
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.states import AttemptState
from quizapp.db import attempts
from quizapp.db import marking as rows
from quizapp.db import people
from quizapp.db import regrades
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import addressed
from quizapp.db.marking import NoticeRow
from quizapp.db.people import PersonRow
from quizapp.db.regrades import AdjustmentRow
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services.regrading import checked_reason
from quizapp.services.regrading import closed_sitting

#: What is adjusted at least: marks are told with one decimal.
STEP = Fraction(1, 10)


class AdjustedMeanwhile(QuizError):
    """The score or its adjustments have changed since they were shown; nothing was stored."""


@dataclass(frozen=True)
class Adjustment:
    """What was added (or taken, below nought), in units. `id` is the public id."""

    id: str
    units: int
    reason: str
    by_id: int
    by: str
    at: datetime


@dataclass(frozen=True)
class Adjusted:
    """One person's score in one sitting, what the answers earned, and what was adjusted since, the oldest first."""

    sitting: SittingRow
    person: PersonRow
    attempt: AttemptRow
    earned: int
    adjustments: tuple[Adjustment, ...]
    #: Says of what the page speaks, so that nobody adjusts what they have not seen.
    stamp: str


def of_person(session: Session, actor: Actor, sitting_id: str, person_id: str, *, now: datetime) -> Adjusted:
    """One person's score in a closed sitting, for an editor or for who oversees the person; nobody's own.

    :raise NotFound: where the person was not dealt the sitting or has no score there
    """
    sitting = closed_sitting(session, actor, sitting_id, now, action=Action.SCORE_ADJUST)
    person = people.person_by_public_id(session, person_id)
    attempt = _attempt(session, actor, sitting, person)
    return _adjusted(session, sitting, person, attempt)


def _attempt(
    session: Session, actor: Actor, sitting: SittingRow, person: PersonRow, *, lock: bool = False
) -> AttemptRow:
    attempt = attempts.attempt_of(session, sitting.id, person.id, lock=lock)
    if attempt is None or attempt.state is not AttemptState.CLOSED:
        raise NotFound("score", person.public_id)
    subject = Subject("score", person.public_id, owner_id=person.id, section_id=attempt.section_id)
    require(actor, Action.SCORE_ADJUST, subject)
    return attempt


def _adjusted(session: Session, sitting: SittingRow, person: PersonRow, attempt: AttemptRow) -> Adjusted:
    held = of_attempt(session, attempt.id)
    earned = int(session.scalars(select(rows.earned()).where(AttemptRow.id == attempt.id)).one())
    return Adjusted(sitting, person, attempt, earned, held, _stamp(attempt, earned, held))


def _stamp(attempt: AttemptRow, earned: int, held: Sequence[Adjustment]) -> str:
    told = (attempt.public_id, earned, attempt.full_units, [each.id for each in held])
    return hashlib.sha256(repr(told).encode()).hexdigest()


def of_attempt(session: Session, attempt_id: int) -> tuple[Adjustment, ...]:
    """What was adjusted of a score and stands, the oldest first."""
    return tuple(
        Adjustment(row.public_id, row.units, row.reason, row.by_id, row.by.name, row.at)
        for row in regrades.adjustments_of(session, attempt_id)
    )


def find_person(session: Session, actor: Actor, sitting_id: str, staff_number: str, *, now: datetime) -> str:
    """The public id of whom a staff number names, to adjust their score in a sitting.

    :raise BadInput: if nobody is called so there, or it is not for the actor
    """
    sitting = closed_sitting(session, actor, sitting_id, now)
    person = people.person_by_number(session, staff_number.strip())
    try:
        if person is None:
            raise NotFound("person", staff_number)
        _attempt(session, actor, sitting, person)
    except NotFound:
        message = f"工号 {staff_number.strip()} 在这一场没有可以调整的成绩（本人的成绩由别人调整）。"
        raise BadInput("", [Problem("", message)]) from None
    return person.public_id


# Adjusting


def adjust(
    session: Session,
    actor: Actor,
    sitting_id: str,
    person_id: str,
    points: Fraction,
    reason: str,
    stamp: str,
    *,
    now: datetime,
) -> None:
    """Add so many points to a score, or take them away; the person is told. A second tap is the same as one.

    :raise BadInput: if the points are none, too many or too finely divided, or the reason is missing
    :raise AdjustedMeanwhile: if it is no longer what was shown (`stamp`)
    """
    sitting = closed_sitting(session, actor, sitting_id, now, action=Action.SCORE_ADJUST)
    person = people.person_by_public_id(session, person_id)
    attempt = _attempt(session, actor, sitting, person, lock=True)
    held = _adjusted(session, sitting, person, attempt)
    units, reason = _checked_units(points, attempt), checked_reason(reason)
    if held.stamp != stamp:
        if _is_done(actor, held, units, reason, stamp):
            return
        raise AdjustedMeanwhile
    row = AdjustmentRow(attempt_id=attempt.id, units=units, reason=reason, by_id=actor.person_id, at=now)
    session.add(row)
    _sum_up_and_tell(session, attempt, NoticeKind.ADJUSTED, f"{_signed(points)} 分，{reason}（{actor.name}）", now)
    facts = {"person": person.staff_number, "adjusted": _signed(points), "reason": reason}
    audit.record(session, actor, "score:adjusted", sitting.public_id, now, **facts)


def _checked_units(points: Fraction, attempt: AttemptRow) -> int:
    full = Fraction(attempt.full_units or 0, UNITS)
    if not points:
        raise BadInput("", [Problem("", "请填写要加（正数）或要扣（负数）的分数。")])
    if abs(points) > full:
        raise BadInput("", [Problem("", f"一次最多调整 {full} 分（满分）。")])
    if (points / STEP).denominator != 1:
        raise BadInput("", [Problem("", "分数最多一位小数。")])
    return int(points * UNITS)


def _signed(points: Fraction) -> str:
    return f"{'+' if points > 0 else '−'}{float(abs(points)):g}"


def _is_done(actor: Actor, held: Adjusted, units: int, reason: str, stamp: str) -> bool:
    """Whether just this was stored since what was shown: a button pressed twice."""
    *before, last = held.adjustments or (None,)
    same = last is not None and (last.by_id, last.units, last.reason) == (actor.person_id, units, reason)
    return same and stamp == _stamp(held.attempt, held.earned, [each for each in before if each])


def _sum_up_and_tell(session: Session, attempt: AttemptRow, kind: NoticeKind, words: str, now: datetime) -> None:
    before = attempt.units
    rows.sum_up(session, [attempt.id])
    session.add(
        NoticeRow(
            person_id=attempt.person_id,
            attempt_id=attempt.id,
            kind=kind,
            words=words,
            before_units=before,
            after_units=attempt.units,
            made_at=now,
        )
    )
    session.flush()


def withdraw(session: Session, actor: Actor, adjustment_id: str, *, now: datetime) -> tuple[str, str]:
    """Withdraw an adjustment; the person is told. A second time changes nothing. The sitting's and the person's public
    ids."""
    row = addressed(session, AdjustmentRow, adjustment_id, joinedload(AdjustmentRow.attempt), lock=True)
    sitting = session.get_one(SittingRow, row.attempt.sitting_id)
    person = session.get_one(PersonRow, row.attempt.person_id)
    attempt = _attempt(session, actor, sitting, person, lock=True)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by_id = now, actor.person_id
        points = _signed(Fraction(row.units, UNITS))
        words = f"{points} 分，{row.reason}"
        _sum_up_and_tell(session, attempt, NoticeKind.ADJUSTMENT_WITHDRAWN, words, now)
        facts = {"person": person.staff_number, "adjusted": points, "reason": row.reason}
        audit.record(session, actor, "score:adjustment-withdrawn", sitting.public_id, now, **facts)
    return sitting.public_id, person.public_id
