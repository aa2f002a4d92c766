"""A quiz whose keys are found wrong: answers by the bank's letters, corrected versions, and scores from scratch."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from conftest import Person
from services.judged import FULL_MARK
from services.judged import Quiz
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.grading import grade
from quizapp.core.question import UNITS
from quizapp.core.question import MultipleRule
from quizapp.core.question import TypeName
from quizapp.core.regrading import Method
from quizapp.core.types import TYPES
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.marking import AcceptedWordingRow
from quizapp.db.marking import MarkRow
from quizapp.db.regrades import AdjustmentRow
from quizapp.db.regrades import RegradeRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import bank
from quizapp.services import regrading
from quizapp.services.answers import Sent

#: Where the question of each type stands on a paper with one of each.
AT = {name: position for position, name in enumerate(TypeName, start=1)}
SINGLE, BLANKS, ESSAY = AT[TypeName.SINGLE_CHOICE], AT[TypeName.FILL_IN], AT[TypeName.SHORT_ANSWER]
WHOLE = FULL_MARK * UNITS


def start(quiz: Quiz, person: Person, given: Mapping[int, list[str]]) -> str:
    """Let a person answer by position, in the bank's letters, and leave the paper open; the attempt's public id."""
    now = quiz.clock()
    with writing() as session:
        public_id = attempts.start(session, person.actor, quiz.sitting, now=now).public_id
        attempt = attempts.own_attempt(session, person.actor, public_id)
        places = sittings.published_paper(session, attempt.sitting)
        dealt = attempts.deal_of(attempt, places)
        for number, index in enumerate(dealt.order, start=1):
            place = places[index]
            if place.position in given:
                value = attempts.shown_value(place.question, dealt, number - 1, given[place.position])
                answers.save(session, person.actor, public_id, number, Sent(list(value), 1), now=now)
    quiz.attempts[person.id] = public_id
    return public_id


def hand_in(quiz: Quiz, person: Person, given: Mapping[int, list[str]]) -> str:
    attempt = start(quiz, person, given)
    with writing() as session:
        attempts.submit(session, person.actor, attempt, now=quiz.clock() + timedelta(minutes=1))
    return attempt


def correct(quiz: Quiz, type_: TypeName, *, approved: bool = True, **changes: object) -> None:
    """Give the question of this type a newer version, which another editor approves."""
    with writing() as session:
        row = session.scalars(select(QuestionRow).where(QuestionRow.fingerprint == f"{type_.value}-0")).one()
        version = bank.shown(session, row.public_id, _newest(session, row.id).number)[1]
        asked = replace(version.question(), **changes)  # type: ignore[arg-type]
        bank.correct(session, quiz.office.editor.actor, row.public_id, version.number, asked, now=quiz.clock())
        if approved:
            other = quiz.office.second_editor.actor
            bank.approve(session, other, row.public_id, version.number + 1, now=quiz.clock())


def _newest(session: Session, question_id: int) -> QuestionVersionRow:
    newest = select(QuestionVersionRow).where(QuestionVersionRow.question_id == question_id)
    return session.scalars(newest.order_by(QuestionVersionRow.number.desc())).first()  # type: ignore[return-value]


def dry_run(quiz: Quiz, position: int, method: Method | None) -> regrading.DryRun:
    db.session.rollback()
    editor = quiz.office.second_editor.actor
    return regrading.dry_run(db.session(), editor, quiz.sitting, position, method, now=quiz.clock())


def decide(quiz: Quiz, position: int, method: Method | None, *, reason: str = "答案有误", run: bool = True) -> None:
    """Confirm what the dry run shows, and let the run come to its end."""
    shown = dry_run(quiz, position, method)
    with writing() as session:
        editor = quiz.office.second_editor.actor
        regrading.confirm(session, editor, quiz.sitting, position, method, reason, shown.stamp, now=quiz.clock())
    if run:
        run_all(quiz)


def run_all(quiz: Quiz, at_once: int = 100) -> int:
    """Score everything anew; in how many transactions."""
    runs, more = 0, True
    while more:
        with writing() as session:
            more = regrading.step(session, now=quiz.clock(), at_once=at_once)
        runs += more
    return runs


# Scores from scratch: written against the words of the office, not against the code


def scores_from_scratch(session: Session) -> dict[int, tuple[int, int, int]]:
    """(score, full score, answers waiting) of every closed attempt, by id."""
    closed = session.scalars(select(AttemptRow).where(AttemptRow.closed_at.is_not(None))).all()
    return {attempt.id: _score(session, attempt) for attempt in closed}


def _score(session: Session, attempt: AttemptRow) -> tuple[int, int, int]:
    score = full = waiting = 0
    sitting = session.get_one(SittingRow, attempt.sitting_id)
    for place in session.scalars(select(PaperQuestionRow).where(PaperQuestionRow.sitting_id == sitting.id)):
        answer = session.get(ResponseRow, (attempt.id, place.position), populate_existing=True)
        decided = [
            row
            for row in session.scalars(select(RegradeRow).where(RegradeRow.sitting_id == sitting.id))
            if row.position == place.position and row.withdrawn_at is None
        ]
        method = decided[0].method if decided else None
        if method is Method.VOID:
            continue
        full += place.full_mark * UNITS
        if method is Method.GRANT:
            score += place.full_mark * UNITS
            continue
        key = session.get_one(QuestionVersionRow, decided[0].version_id if decided else place.version_id)
        earned = _earned(session, attempt, place, key, answer.value if answer else [], sitting.multiple_rule)
        score, waiting = score + (earned or 0), waiting + (earned is None)
    for row in session.scalars(select(AdjustmentRow).where(AdjustmentRow.attempt_id == attempt.id)):
        score += row.units if row.withdrawn_at is None else 0
    return max(0, min(score, full)), full, waiting


def _earned(
    session: Session,
    attempt: AttemptRow,
    place: PaperQuestionRow,
    key: QuestionVersionRow,
    value: list[str],
    rule: MultipleRule,
) -> int | None:
    if not any(value):
        return 0
    if key.type is TypeName.SHORT_ANSWER:
        said = session.get_one(MarkRow, (attempt.id, place.position), populate_existing=True).said
        return None if said is None else place.full_mark * UNITS * sum(said) // len(said)
    question = key.question()
    accepted = session.scalars(
        select(AcceptedWordingRow).where(
            AcceptedWordingRow.version_id.in_([key.id, place.version_id]), AcceptedWordingRow.withdrawn_at.is_(None)
        )
    ).all()
    blanks = [list(wordings) for wordings in question.blanks]
    for row in accepted:
        blanks[row.blank].append(row.wording)
    question = replace(question, blanks=tuple(map(tuple, blanks)))
    share = grade(question, TYPES[question.type].restored(value), rule)
    return int(share * place.full_mark * UNITS)
