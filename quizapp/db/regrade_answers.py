"""The answers that a regrade touches: how all who were asked a question stand, and their attempts a few at a time."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.regrading import Group
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.marking import MarkRow
from quizapp.db.marking import earned
from quizapp.db.regrades import AdjustmentRow
from quizapp.db.sittings import SittingRow


def answers_at(session: Session, sitting_id: int, position: int) -> Sequence[Group]:
    """How all who were asked a question of a sitting and have handed in stand, counted by what is alike."""
    adjusted = (
        select(AdjustmentRow.attempt_id, func.sum(AdjustmentRow.units).label("units"))
        .join(AttemptRow, AttemptRow.id == AdjustmentRow.attempt_id)
        .where(AttemptRow.sitting_id == sitting_id, AdjustmentRow.withdrawn_at.is_(None))
        .group_by(AdjustmentRow.attempt_id)
        .subquery()
    )
    alike = (
        cast(ResponseRow.value, String).label("value"),
        cast(MarkRow.said, String).label("said"),
        ResponseRow.attempt_id.is_(None).label("no_answer"),
        ResponseRow.units.label("units"),
        # Only where something was adjusted the score may be another than what the answers earn.
        case((adjusted.c.units.is_(None), AttemptRow.units), else_=earned()).label("earned"),
        func.coalesce(adjusted.c.units, 0).label("adjusted"),
        AttemptRow.full_units.label("full_units"),
        AttemptRow.unmarked.label("unmarked"),
    )
    answer = and_(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position == position)
    given = (
        select(*alike)
        .select_from(AttemptRow)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .outerjoin(ResponseRow, answer)
        .outerjoin(MarkRow, and_(MarkRow.attempt_id == AttemptRow.id, MarkRow.position == position))
        .outerjoin(adjusted, adjusted.c.attempt_id == AttemptRow.id)
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_not(None))
        # Where papers differ, what was asked and left blank has a row too.
        .where(or_(SittingRow.drawing == Drawing.SAME, ResponseRow.attempt_id.is_not(None)))
        .subquery()
    )
    counted = session.execute(select(func.count(), *given.c).group_by(*given.c).order_by(*given.c))
    return [_group(*row) for row in counted]


def _group(
    people: int,
    value: str | None,
    said: str | None,
    no_answer: bool,
    units: int | None,
    earned: int,
    adjusted: int,
    full_units: int,
    unmarked: int,
) -> Group:
    points = json.loads(said or "null")
    return Group(
        people=people,
        value=tuple(json.loads(value or "[]")),
        said=None if points is None else tuple(points),
        units=0 if no_answer else units,
        earned=int(earned or 0),
        adjusted=int(adjusted),
        full_units=int(full_units or 0),
        waiting=unmarked,
    )


def next_attempts(session: Session, sitting_id: int, position: int, after: int, limit: int) -> Sequence[Any]:
    """The closed attempts of a sitting after this person, each with its answer at a place; nobody else writes to them
    until the transaction ends."""
    return session.execute(
        select(
            AttemptRow.id,
            AttemptRow.person_id,
            AttemptRow.units.label("score"),
            AttemptRow.full_units,
            AttemptRow.unmarked,
            ResponseRow.attempt_id.is_not(None).label("has_row"),
            ResponseRow.value,
            ResponseRow.units,
            MarkRow.said,
        )
        .outerjoin(ResponseRow, and_(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position == position))
        .outerjoin(MarkRow, and_(MarkRow.attempt_id == AttemptRow.id, MarkRow.position == position))
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.person_id > after, AttemptRow.closed_at.is_not(None))
        .order_by(AttemptRow.person_id)
        .limit(limit)
        .with_for_update(of=AttemptRow)
    ).all()


def count_closed(session: Session, sitting_id: int) -> int:
    """How many have handed in a paper of a sitting."""
    closed = select(func.count()).where(AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_not(None))
    return session.scalar(closed) or 0
