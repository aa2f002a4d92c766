"""States and the moves between them, as tables; nothing changes state another way."""

from datetime import datetime
from enum import StrEnum

from quizapp.core.errors import NotNow


class QuestionState(StrEnum):
    """A question is a draft until it is approved; only approved ones form the bank."""

    IN_REVIEW = "in_review"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    RETIRED = "retired"


class Move(StrEnum):
    """What the desk can do with a question."""

    APPROVE = "approve"
    SEND_BACK = "send_back"
    CORRECT = "correct"
    RETIRE = "retire"


MOVES = {
    (QuestionState.IN_REVIEW, Move.APPROVE): QuestionState.APPROVED,
    (QuestionState.IN_REVIEW, Move.SEND_BACK): QuestionState.SENT_BACK,
    (QuestionState.IN_REVIEW, Move.CORRECT): QuestionState.IN_REVIEW,
    (QuestionState.SENT_BACK, Move.CORRECT): QuestionState.IN_REVIEW,
    (QuestionState.APPROVED, Move.CORRECT): QuestionState.IN_REVIEW,
    (QuestionState.APPROVED, Move.RETIRE): QuestionState.RETIRED,
}


def after(state: QuestionState, move: Move) -> QuestionState:
    """The next state, or NotNow where the table has no such move."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise NotNow(state, move) from None


class SittingPhase(StrEnum):
    """Where a sitting stands; derived from its publication and the clock, never stored."""

    COMPOSING = "composing"
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class SittingMove(StrEnum):
    """What can be done with a sitting."""

    COMPOSE = "compose"
    START = "start"
    ANSWER = "answer"


def phase(published: bool, opens_at: datetime, closes_at: datetime, now: datetime) -> SittingPhase:
    """The phase of a sitting at `now`; opening is inclusive, closing exclusive."""
    if not published:
        return SittingPhase.COMPOSING
    if now < opens_at:
        return SittingPhase.PLANNED
    return SittingPhase.OPEN if now < closes_at else SittingPhase.CLOSED


class AttemptState(StrEnum):
    """Where an attempt stands; derived from its times, never stored."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class Closer(StrEnum):
    """Who closed an attempt."""

    PERSON = "person"
    SERVER = "server"


class Decision(StrEnum):
    """What a reviewer decided on a version of a question."""

    APPROVED = "approved"
    SENT_BACK = "sent_back"
