"""有疑问: what people think is wrong with a question they answered, and what an editor answers."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.errors import Problem
from quizapp.core.marking import DoubtReason
from quizapp.core.marking import NoticeKind
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingMove
from quizapp.core.types.base import text_fault
from quizapp.db import bank
from quizapp.db import marking as rows
from quizapp.db.base import addressed
from quizapp.db.marking import DoubtRow
from quizapp.db.marking import NoticeRow
from quizapp.services import attempts
from quizapp.services import audit
from quizapp.services.results import is_reviewable

#: One person has no more doubts open than this.
MOST_OPEN = 20
MAX_WORDS = 200
MAX_DOUBT_ANSWER = 500


@dataclass(frozen=True)
class Doubt:
    """An open doubt as an editor sees it: what is doubted, not by whom. `id` is its public id."""

    id: str
    #: The number of the version that the person answered.
    version: int
    reason: DoubtReason
    words: str
    made_at: datetime


@dataclass(frozen=True)
class OwnDoubt:
    """A doubt as the person who has it sees it; `answer` is empty while it is open."""

    reason: DoubtReason
    words: str
    made_at: datetime
    settled_at: datetime | None
    answer: str


@dataclass(frozen=True)
class Doubted:
    """A question that somebody doubts, for the editors' page. `question_id` is its public id."""

    question_id: str
    stem: str
    #: Whether wordings can be accepted for it.
    has_blanks: bool
    doubts: tuple[Doubt, ...]


def raise_doubt(
    session: Session, actor: Actor, attempt_id: str, number: int, reason: DoubtReason, words: str, *, now: datetime
) -> None:
    """Doubt one question of one's own closed attempt; `number` counts the questions as the person sees them.

    :raise BadInput: if the words are missing or too long, this is doubted already, or too much is
    :raise NotFound: while keys are not to be seen
    """
    attempt = attempts.own_attempt(session, actor, attempt_id, lock=True)
    if attempt.state is not AttemptState.CLOSED:
        raise NotNow(attempt.state, SittingMove.ANSWER)
    if not is_reviewable(attempt, now):
        raise NotFound("review", attempt_id)
    place = attempts.place_of(session, attempt, number)
    words = words.strip()
    _check_words(reason, words)
    _check_room(session, actor, place.version_id)
    session.add(
        DoubtRow(
            person_id=actor.person_id,
            version_id=place.version_id,
            attempt_id=attempt.id,
            position=place.position,
            reason=reason,
            words=words,
            made_at=now,
        )
    )
    audit.record(session, actor, "doubt:raised", attempt.public_id, now, position=place.position, reason=reason.value)


def _check_words(reason: DoubtReason, words: str) -> None:
    if reason is DoubtReason.OTHER and not words:
        raise BadInput("", [Problem("", "请写明疑问是什么。")])
    if len(words) > MAX_WORDS:
        raise BadInput("", [Problem("", f"说明最多 {MAX_WORDS} 个字，现有 {len(words)} 个。")])
    if fault := text_fault(words):
        raise BadInput("", [Problem("", fault)])


def _check_room(session: Session, actor: Actor, version_id: int) -> None:
    mine = session.scalars(
        select(DoubtRow.version_id).where(DoubtRow.person_id == actor.person_id, DoubtRow.settled_at.is_(None))
    ).all()
    if version_id in mine:
        raise BadInput("", [Problem("", "您对这道题的疑问正在等待答复，不用再提。")])
    if len(mine) >= MOST_OPEN:
        raise BadInput("", [Problem("", f"您有 {len(mine)} 个疑问还在等待答复，请等答复后再提。")])


def open_doubts(session: Session) -> Mapping[int, Sequence[Doubt]]:
    """The doubts that no editor has answered, by question id, the oldest first."""
    found: dict[int, list[Doubt]] = {}
    for question, version, row in rows.open_doubts(session):
        found.setdefault(question.id, []).append(_told(version.number, row))
    return found


def _told(version: int, row: DoubtRow) -> Doubt:
    return Doubt(row.public_id, version, row.reason, row.words, row.made_at)


def doubted_questions(session: Session, actor: Actor) -> Sequence[Doubted]:
    """Every question with open doubts, the longest waiting first."""
    require(actor, Action.QUESTION_CORRECT, Subject("doubt"))
    found: dict[int, Doubted] = {}
    for question, version, row in rows.open_doubts(session):
        before = found.get(question.id)
        doubts = (*(before.doubts if before else ()), _told(version.number, row))
        found[question.id] = Doubted(question.public_id, version.stem, bool(version.blanks), doubts)
    return list(found.values())


def settle(session: Session, actor: Actor, doubt_id: str, answer: str, *, now: datetime) -> None:
    """Answer a doubt (by its public id); the person is told. The question stays as it is: that is decided at the desk.

    :raise NotFound: if there is no such doubt, or it has its answer already
    """
    require(actor, Action.QUESTION_CORRECT, Subject("doubt", doubt_id))
    answer = checked_answer(answer)
    row = addressed(session, DoubtRow, doubt_id, lock=True)
    if row.settled_at is not None:
        raise NotFound("doubt", doubt_id)
    _answer(session, actor, row, answer, now)


def settle_question(session: Session, actor: Actor, question_id: str, answer: str, *, now: datetime) -> int:
    """Give every open doubt about a question (by its public id) the same answer; how many there were."""
    require(actor, Action.QUESTION_CORRECT, Subject("doubt", question_id))
    answer = checked_answer(answer)
    question = bank.question_by_public_id(session, question_id)
    found = [doubt for doubted, _, doubt in rows.open_doubts(session) if doubted.id == question.id]
    for row in found:
        _answer(session, actor, row, answer, now)
    return len(found)


def _answer(session: Session, actor: Actor, row: DoubtRow, answer: str, now: datetime) -> None:
    row.answer, row.settled_by_id, row.settled_at = answer, actor.person_id, now
    session.add(
        NoticeRow(
            person_id=row.person_id,
            attempt_id=row.attempt_id,
            position=row.position,
            kind=NoticeKind.DOUBT_ANSWERED,
            words=answer,
            made_at=now,
        )
    )
    audit.record(session, actor, "doubt:answered", row.public_id, now, answer=answer)


def checked_answer(answer: str) -> str:
    """The answer as it is kept; BadInput for one that cannot be."""
    answer = answer.replace("\r\n", "\n").strip()
    if not answer:
        raise BadInput("", [Problem("", "请填写答复，提出疑问的人会看到。")])
    if len(answer) > MAX_DOUBT_ANSWER:
        raise BadInput("", [Problem("", f"答复最多 {MAX_DOUBT_ANSWER} 个字，现有 {len(answer)} 个。")])
    if fault := text_fault(answer):
        raise BadInput("", [Problem("", fault)])
    return answer


def of_attempt(session: Session, actor: Actor, attempt_id: str) -> Mapping[int, Sequence[OwnDoubt]]:
    """One's own doubts about the versions of one's own paper, by the number the person sees, the oldest first.

    A version that was doubted on another paper is doubted here too.
    """
    attempt = attempts.own_attempt(session, actor, attempt_id)
    numbers = {place.version_id: number for number, place in attempts.numbered_places(session, attempt)}
    found: dict[int, list[OwnDoubt]] = {}
    for row in session.scalars(
        select(DoubtRow)
        .where(DoubtRow.person_id == actor.person_id, DoubtRow.version_id.in_(numbers))
        .order_by(DoubtRow.id)
    ):
        own = OwnDoubt(row.reason, row.words, row.made_at, row.settled_at, row.answer)
        found.setdefault(numbers[row.version_id], []).append(own)
    return found
