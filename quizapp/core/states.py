"""States and the moves between them, as tables; nothing changes state another way."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from quizapp.core.errors import NotNow


class QuestionState(StrEnum):
    """A question is a draft until it is approved; only approved ones form the bank.

    One whose proof a newer text of the speech took away leaves the bank until somebody has looked at it again.
    """

    IN_REVIEW = "in_review"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    RECHECK = "recheck"
    RETIRED = "retired"


#: What a reviewer still has to decide, the most pressing first; and what lies on the desk beside it.
WAITING = (QuestionState.RECHECK, QuestionState.IN_REVIEW)
ON_DESK = (*WAITING, QuestionState.SENT_BACK)


class Move(StrEnum):
    """What the desk can do with a question."""

    APPROVE = "approve"
    SEND_BACK = "send_back"
    CORRECT = "correct"
    RECHECK = "recheck"
    RETIRE = "retire"
    MERGE = "merge"
    WITHDRAW = "withdraw"


MOVES = {
    (QuestionState.IN_REVIEW, Move.APPROVE): QuestionState.APPROVED,
    (QuestionState.IN_REVIEW, Move.SEND_BACK): QuestionState.SENT_BACK,
    (QuestionState.IN_REVIEW, Move.CORRECT): QuestionState.IN_REVIEW,
    (QuestionState.SENT_BACK, Move.CORRECT): QuestionState.IN_REVIEW,
    (QuestionState.APPROVED, Move.CORRECT): QuestionState.IN_REVIEW,
    (QuestionState.APPROVED, Move.RETIRE): QuestionState.RETIRED,
    (QuestionState.IN_REVIEW, Move.RECHECK): QuestionState.RECHECK,
    (QuestionState.SENT_BACK, Move.RECHECK): QuestionState.RECHECK,
    (QuestionState.APPROVED, Move.RECHECK): QuestionState.RECHECK,
    (QuestionState.RECHECK, Move.APPROVE): QuestionState.APPROVED,
    (QuestionState.RECHECK, Move.SEND_BACK): QuestionState.SENT_BACK,
    (QuestionState.RECHECK, Move.CORRECT): QuestionState.IN_REVIEW,
    (QuestionState.RECHECK, Move.RETIRE): QuestionState.RETIRED,
    (QuestionState.IN_REVIEW, Move.MERGE): QuestionState.RETIRED,
    (QuestionState.SENT_BACK, Move.MERGE): QuestionState.RETIRED,
    (QuestionState.APPROVED, Move.MERGE): QuestionState.RETIRED,
    (QuestionState.RECHECK, Move.MERGE): QuestionState.RETIRED,
}


def after(state: QuestionState, move: Move) -> QuestionState:
    """The next state, or NotNow where the table has no such move."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise NotNow(state, move) from None


def before(state: QuestionState, move: Move, was: QuestionState) -> QuestionState:
    """The state that withdrawing a move gives back.

    :raise NotNow: where the question is no longer in the state that the move led to
    """
    if MOVES.get((was, move)) is not state:
        raise NotNow(state, Move.WITHDRAW)
    return was


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
    HAND_IN = "hand_in"
    REGRADE = "regrade"


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


def attempt_state(*, started: bool, closed: bool) -> AttemptState:
    if closed:
        return AttemptState.CLOSED
    return AttemptState.IN_PROGRESS if started else AttemptState.NOT_STARTED


class Closer(StrEnum):
    """Who closed an attempt."""

    PERSON = "person"
    SERVER = "server"


class Arrival(StrEnum):
    """What became of an answer that the server received."""

    #: Held, unless a newer one came after it.
    SAVED = "saved"
    #: The same, though it arrived after the bell: the device had lost the network, and its clock agrees.
    LATE = "late"
    #: Another page had given a newer one.
    OLDER = "older"
    #: After the paper was closed, or too long after the bell: kept for the record, and does not count.
    TOO_LATE = "too_late"


#: What the held answers are made of.
COUNTING = frozenset({Arrival.SAVED, Arrival.LATE})


class Review(StrEnum):
    """When people see keys and explanations of the paper they handed in."""

    AT_ONCE = "at_once"
    AFTER_CLOSING = "after_closing"
    NEVER = "never"


def may_review(review: Review, closes_at: datetime, now: datetime) -> bool:
    """Whether somebody who has handed in may see keys and explanations."""
    return review is Review.AT_ONCE or (review is Review.AFTER_CLOSING and closes_at <= now)


class Decision(StrEnum):
    """What a reviewer decided on a version of a question. Withdrawing is a fact of its own: nothing is struck out."""

    APPROVED = "approved"
    SENT_BACK = "sent_back"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


#: The move that each decision made, where it made one that can be withdrawn.
MOVE_OF = {
    Decision.APPROVED: Move.APPROVE,
    Decision.SENT_BACK: Move.SEND_BACK,
    Decision.MERGED: Move.MERGE,
}


class Hindrance(StrEnum):
    """Why something that was asked for at the desk was not done with one question."""

    CHANGED = "changed"
    DECIDED = "decided"
    NOT_OPENED = "not_opened"
    OWN = "own"
    ON_PAPER = "on_paper"


class BulletinState(StrEnum):
    """Where a bulletin stands; an issued one is what the office was told, and never changes."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ISSUED = "issued"


class BulletinMove(StrEnum):
    """What can be done with a bulletin."""

    WRITE = "write"
    SUBMIT = "submit"
    RETURN = "return"
    ISSUE = "issue"
    REMOVE = "remove"


#: None: it is gone. Whoever approves may write on before, so that a wrong word costs no round.
BULLETIN_MOVES: Mapping[tuple[BulletinState, BulletinMove], BulletinState | None] = {
    (BulletinState.DRAFT, BulletinMove.WRITE): BulletinState.DRAFT,
    (BulletinState.DRAFT, BulletinMove.SUBMIT): BulletinState.SUBMITTED,
    (BulletinState.DRAFT, BulletinMove.ISSUE): BulletinState.ISSUED,
    (BulletinState.DRAFT, BulletinMove.REMOVE): None,
    (BulletinState.SUBMITTED, BulletinMove.WRITE): BulletinState.SUBMITTED,
    (BulletinState.SUBMITTED, BulletinMove.RETURN): BulletinState.DRAFT,
    (BulletinState.SUBMITTED, BulletinMove.ISSUE): BulletinState.ISSUED,
}


def bulletin_after(state: BulletinState, move: BulletinMove) -> BulletinState | None:
    """The next state, or NotNow where the table has no such move."""
    try:
        return BULLETIN_MOVES[state, move]
    except KeyError:
        raise NotNow(state, move) from None
