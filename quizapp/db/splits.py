"""How people answered one question of a sitting, and how far they have come with it: counts, never a name."""

import json
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.marking import MarkRow
from quizapp.db.reports import CLEARED
from quizapp.db.reports import Given
from quizapp.db.speeches import KeyPointRow


def given_at(
    session: Session, sitting_id: int, positions: Collection[int], *, closed: bool
) -> Mapping[int, Sequence[Given]]:
    """Every different answer at these places of a paper and how many gave it, of closed attempts or of all.

    What was cleared, or asked and left blank, comes as an empty value.
    """
    value, said = cast(ResponseRow.value, String), cast(MarkRow.said, String)
    same_place = and_(MarkRow.attempt_id == ResponseRow.attempt_id, MarkRow.position == ResponseRow.position)
    rows = session.execute(
        select(ResponseRow.position, value, said, func.count())
        .select_from(AttemptRow)
        .join(ResponseRow, and_(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position.in_(positions)))
        .outerjoin(MarkRow, same_place)
        .where(AttemptRow.sitting_id == sitting_id, _counts(closed))
        .group_by(ResponseRow.position, value, said)
    )
    found: dict[int, list[Given]] = {position: [] for position in positions}
    for position, answer, points, times in rows:
        found[position].append(Given(json.loads(answer), json.loads(points or "null"), times))
    return found


def takers(session: Session, sitting_id: int, *, closed: bool) -> int:
    """How many have closed their paper, or begun it."""
    found = select(func.count(AttemptRow.id)).where(AttemptRow.sitting_id == sitting_id, _counts(closed))
    return session.scalar(found) or 0


def answered_at(session: Session, sitting_id: int, position: int) -> int:
    """How many have something held at one place of a paper; a plain count, for a screen asks often."""
    found = (
        select(func.count())
        .select_from(AttemptRow)
        .join(ResponseRow, and_(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position == position))
        .where(AttemptRow.sitting_id == sitting_id, cast(ResponseRow.value, String) != CLEARED)
    )
    return session.scalar(found) or 0


def _counts(closed: bool) -> ColumnElement[bool]:
    return AttemptRow.closed_at.is_not(None) if closed else AttemptRow.started_at.is_not(None)


def sections_asked(session: Session, sitting_id: int) -> Collection[int]:
    """The sections whose people were dealt a sitting."""
    return session.scalars(select(AttemptRow.section_id).where(AttemptRow.sitting_id == sitting_id).distinct()).all()


def waiting_places(session: Session, sitting_id: int) -> Collection[int]:
    """The places of a paper at which answers wait for a person's mark."""
    waiting = select(MarkRow.position).where(MarkRow.sitting_id == sitting_id, MarkRow.marked_at.is_(None))
    return frozenset(session.scalars(waiting.distinct()))


def points_of(session: Session, question_ids: Collection[int]) -> Mapping[int, tuple[int, str]]:
    """The key point of each question that has one, as (id, name)."""
    rows = session.execute(
        select(QuestionRow.id, KeyPointRow.id, KeyPointRow.name)
        .join(KeyPointRow, KeyPointRow.id == QuestionRow.key_point_id)
        .where(QuestionRow.id.in_(question_ids))
    )
    return {question_id: (point_id, name) for question_id, point_id, name in rows}
