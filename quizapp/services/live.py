"""Question by question: what one person's phone shows while the leader takes the room through the paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.core.dealing import Presented
from quizapp.core.dealing import as_shown
from quizapp.core.grading import grade
from quizapp.core.grading import units
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.roles import Actor
from quizapp.core.room import Screen
from quizapp.core.room import Step
from quizapp.core.types import TYPES
from quizapp.db.attempts import AttemptRow
from quizapp.db.rooms import RoomRow
from quizapp.db.sittings import Place
from quizapp.db.sittings import published_paper
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services.answers import Held
from quizapp.services.results import Answered
from quizapp.services.results import Marked


@dataclass(frozen=True)
class Live:
    """The question that the room is at, as one person sees it.

    `step` is None while no question is put. `question` is there while it may be answered, `answered` (what its person
    gave) once answering is over, and `marked` (what is right) once the leader explains it.
    """

    attempt: AttemptRow
    step: Step | None
    number: int
    total: int
    question: Presented | None = None
    held: Held | None = None
    answered: Answered | None = None
    marked: Marked | None = None


def version_of(session: Session, attempt: AttemptRow, *, now: datetime) -> str:
    """A text that changes whenever the phone has something else to show; cheap, for phones ask often."""
    room = session.get(RoomRow, attempt.sitting_id)
    return f"{room.version if room else 0}.{attempt.state.value}.{attempts.is_running(attempt, now):d}"


def following(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Live:
    """The question that the room is at; nothing of those to come.

    :raise NotNow: once the attempt is closed
    """
    taking = answers.taking(session, actor, public_id, now=now)
    attempt, total = taking.attempt, len(taking.questions)
    room = session.get(RoomRow, attempt.sitting_id)
    places = published_paper(session, attempt.sitting)
    at = room.position if room is not None and room.screen is Screen.QUESTION else None
    index = next((index for index, place in enumerate(places) if place.position == at), None)
    if room is None or index is None:
        return Live(attempt, None, 0, total)
    found = Live(attempt, room.step, index + 1, total)
    return _with_question(session, found, places, taking.questions[index], taking.held.get(index + 1))


def _with_question(session: Session, found: Live, places: Sequence[Place], shown: Presented, held: Held | None) -> Live:
    """What of the question this step lets its person see."""
    if found.step is Step.ANSWER:
        return replace(found, question=shown, held=held)
    if found.step is Step.READ:
        return found
    index = found.number - 1
    place = attempts.counting_now(session, found.attempt.sitting_id, [places[index]])[0]
    question = as_shown(place.question, attempts.deal_of(found.attempt, places), index)
    response = _response(question, held)
    if found.step is Step.SPLIT:
        return replace(found, answered=_answered(shown, question, held, response))
    return replace(found, marked=_marked(found, place, question, response))


def _response(question: Question, held: Held | None) -> Response | None:
    return TYPES[question.type].restored(held.value) if held is not None and any(held.value) else None


def _answered(shown: Presented, question: Question, held: Held | None, response: Response | None) -> Answered:
    if held is None or response is None:
        return Answered(shown, (), "")
    return Answered(shown, held.value, TYPES[question.type].response_text(question, response))


def _marked(found: Live, place: Place, question: Question, response: Response | None) -> Marked:
    waits = TYPES[question.type].is_marked_by_person and response is not None
    fraction = grade(question, response, found.attempt.sitting.multiple_rule)
    return Marked(
        number=found.number,
        question=question,
        response=response,
        units=0 if waits else units(fraction, place.full_mark),
        full_mark=place.full_mark,
        waits=waits,
        standing=None,
        said=None,
        paragraph=None,
    )
