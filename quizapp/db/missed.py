"""What many people answered wrongly of late, as drawing a paper needs to know it."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.paper import NOTHING_MISSED
from quizapp.core.paper import Missed
from quizapp.core.paper import Wishes
from quizapp.core.practice import Matter
from quizapp.core.practice import matter_of
from quizapp.core.question import UNITS
from quizapp.core.sitting import SittingKind
from quizapp.core.states import QuestionState
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.mastery import forgotten
from quizapp.db.regrades import is_void
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow

#: A facility below this counts as missed; of fewer answers nothing is concluded.
MISSED_BELOW = Fraction(3, 5)
FEWEST_ANSWERS = 3


def missed_as_wished(session: Session, wishes: Wishes, scope: int | None, since: datetime, now: datetime) -> Missed:
    """What a draw for a section with all below it (None: for everybody) counts as missed."""
    if not wishes.missed_percent:
        return NOTHING_MISSED
    missed = missed_between(session, since, now)
    if not wishes.forgotten:
        return missed
    matters = forgotten(session, scope)
    return Missed(
        missed.questions.union(each.question_id for each in matters if each.question_id is not None),
        missed.key_points.union(each.key_point_id for each in matters if each.key_point_id is not None),
    )


def forgotten_in(session: Session, set_ids: Collection[int], scope: int | None) -> frozenset[Matter]:
    """Of what approved questions of these sets are about, that which is forgotten."""
    asked = select(QuestionRow.id, QuestionRow.key_point_id).where(
        QuestionRow.set_id.in_(set_ids), QuestionRow.state == QuestionState.APPROVED
    )
    return forgotten(session, scope) & {matter_of(id_, point_id) for id_, point_id in session.execute(asked)}


def missed_between(session: Session, since: datetime, now: datetime) -> Missed:
    """The questions and key points that people missed in the weeks' sittings that closed between these times."""
    given: Counter[tuple[str, int]] = Counter()
    units: Counter[tuple[str, int]] = Counter()
    full: Counter[tuple[str, int]] = Counter()
    for question_id, key_point, answers, earned, worth in _answers(session, since, now):
        for asked in [("question", question_id), *([("point", key_point)] if key_point is not None else [])]:
            given[asked] += answers
            units[asked] += int(earned)
            full[asked] += int(worth) * UNITS
    missed = [
        asked
        for asked, answers in given.items()
        if answers >= FEWEST_ANSWERS and Fraction(units[asked], full[asked]) < MISSED_BELOW
    ]
    return Missed(
        frozenset(id_ for kind, id_ in missed if kind == "question"),
        frozenset(id_ for kind, id_ in missed if kind == "point"),
    )


def _answers(session: Session, since: datetime, now: datetime) -> list[tuple[int, int | None, int, int, int]]:
    """By question: its key point, how many answers have a mark, the units they earned, the full marks they could."""
    rows = session.execute(
        select(
            QuestionRow.id,
            QuestionRow.key_point_id,
            func.count(),
            func.sum(ResponseRow.units),
            func.sum(PaperQuestionRow.full_mark),
        )
        .select_from(ResponseRow)
        .join(AttemptRow, AttemptRow.id == ResponseRow.attempt_id)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .join(
            PaperQuestionRow,
            (PaperQuestionRow.sitting_id == SittingRow.id) & (PaperQuestionRow.position == ResponseRow.position),
        )
        .join(QuestionVersionRow, QuestionVersionRow.id == PaperQuestionRow.version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
        .where(
            SittingRow.kind == SittingKind.WEEKLY,
            SittingRow.published_at.is_not(None),
            SittingRow.closes_at > since,
            SittingRow.closes_at <= now,
            AttemptRow.closed_at.is_not(None),
            ResponseRow.units.is_not(None),
            ~is_void(),
        )
        .group_by(QuestionRow.id, QuestionRow.key_point_id)
    )
    return [(id_, point, answers, earned or 0, worth or 0) for id_, point, answers, earned, worth in rows]
