"""Questions that ask the same thing: finding them from one of them, and keeping one of two."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.core.duplicates import Double
from quizapp.core.duplicates import double_of
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotNow
from quizapp.core.errors import Problem
from quizapp.core.question import Question
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.states import Decision
from quizapp.core.states import Move
from quizapp.core.states import QuestionState
from quizapp.db import desk
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.services import audit
from quizapp.services.bank import decided
from quizapp.services.bank import keep_act
from quizapp.services.bank import shown

#: More than so many with one answer are not held against a question: that answer (三) says nothing.
HELD_AGAINST = 200
#: More than so many about one key point are its ordinary questions, not doubles; so many are shown.
SHOWN = 6


@dataclass(frozen=True)
class Rival:
    """Another question that may ask the same, and why it may."""

    row: QuestionRow
    version: QuestionVersionRow
    question: Question
    set_name: str
    why: Double


def rivals(session: Session, row: QuestionRow, version: QuestionVersionRow) -> Sequence[Rival]:
    """The likely doubles of a question, the surest first. Found by index: the size of the bank does not matter."""
    found = {rival.row.id: rival for rival in _rivals(session, row, version)}
    order = list(Double)
    return sorted(found.values(), key=lambda rival: (order.index(rival.why), rival.row.id))[:SHOWN]


def _rivals(session: Session, row: QuestionRow, version: QuestionVersionRow) -> Iterator[Rival]:
    question = version.question()
    rows = [
        *desk.about_same_point(session, row, version, HELD_AGAINST),
        *desk.with_same_answer(session, row, version, HELD_AGAINST),
    ]
    for other, newest in rows:
        same_point = row.key_point_id is not None and other.key_point_id == row.key_point_id
        theirs = newest.question()
        why = double_of(question, theirs, same_point=same_point)
        if why is not None:
            yield Rival(other, newest, theirs, other.question_set.name, why)


def merge(
    session: Session, actor: Actor, going: tuple[str, int], staying: tuple[str, int], *, now: datetime
) -> QuestionRow:
    """Retire one question in favour of another, each as (public id, number of the version that was shown).

    Papers keep what they hold, and every version its statistics.

    :raise NotNow: if either is retired already
    """
    require(actor, Action.QUESTION_CORRECT, Subject("question", going[0]))
    if going[0] == staying[0]:
        raise BadInput("", [Problem("合并", "一道题不能并入它自己")])
    question, version = shown(session, *going)
    kept, kept_version = shown(session, *staying)
    if kept.state is QuestionState.RETIRED:
        raise NotNow(kept.state, Move.MERGE)
    reason = f"并入“{kept_version.stem}”"
    line = decided(session, actor, question, version, Decision.MERGED, reason, now)
    line.into_id = kept.id
    keep_act(session, actor, Decision.MERGED, [line], now)
    audit.record(session, actor, "question:merged", question.public_id, now, version=version.number, into=staying[0])
    return question
