"""States move through their tables and no other way; phases follow from the clock."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from quizapp.core.errors import NotNow
from quizapp.core.states import BULLETIN_MOVES
from quizapp.core.states import MOVE_OF
from quizapp.core.states import BulletinMove
from quizapp.core.states import BulletinState
from quizapp.core.states import Decision
from quizapp.core.states import Move
from quizapp.core.states import QuestionState
from quizapp.core.states import Review
from quizapp.core.states import SittingPhase
from quizapp.core.states import after
from quizapp.core.states import before
from quizapp.core.states import bulletin_after
from quizapp.core.states import may_review
from quizapp.core.states import phase

#: from → what may be done with it and where it then is; whatever is missing cannot be done.
MAY = {
    QuestionState.IN_REVIEW: {
        Move.APPROVE: QuestionState.APPROVED,
        Move.SEND_BACK: QuestionState.SENT_BACK,
        Move.CORRECT: QuestionState.IN_REVIEW,
        Move.RECHECK: QuestionState.RECHECK,
        Move.MERGE: QuestionState.RETIRED,
    },
    QuestionState.SENT_BACK: {
        Move.CORRECT: QuestionState.IN_REVIEW,
        Move.RECHECK: QuestionState.RECHECK,
        Move.MERGE: QuestionState.RETIRED,
    },
    QuestionState.APPROVED: {
        Move.CORRECT: QuestionState.IN_REVIEW,
        Move.RECHECK: QuestionState.RECHECK,
        Move.RETIRE: QuestionState.RETIRED,
        Move.MERGE: QuestionState.RETIRED,
    },
    QuestionState.RECHECK: {
        Move.APPROVE: QuestionState.APPROVED,
        Move.SEND_BACK: QuestionState.SENT_BACK,
        Move.CORRECT: QuestionState.IN_REVIEW,
        Move.RETIRE: QuestionState.RETIRED,
        Move.MERGE: QuestionState.RETIRED,
    },
    QuestionState.RETIRED: {},
}
PAIRS = [(state, move) for state in QuestionState for move in Move]


@pytest.mark.parametrize(("state", "move"), PAIRS, ids=lambda part: part.value)
def test_a_question_moves_as_the_desk_says(state: QuestionState, move: Move) -> None:
    expected = MAY[state].get(move)
    if expected is not None:
        assert after(state, move) is expected
        return
    with pytest.raises(NotNow) as refused:
        after(state, move)
    assert (refused.value.state, refused.value.move) == (state, move)


def test_nothing_reaches_the_bank_but_by_approval() -> None:
    ways = {(state, move) for state, moves in MAY.items() for move, to in moves.items() if to is QuestionState.APPROVED}
    assert ways == {(QuestionState.IN_REVIEW, Move.APPROVE), (QuestionState.RECHECK, Move.APPROVE)}


def test_what_is_retired_stays_so() -> None:
    for move in Move:
        with pytest.raises(NotNow):
            after(QuestionState.RETIRED, move)


def test_whatever_is_corrected_is_reviewed_again() -> None:
    for state, moves in MAY.items():
        if Move.CORRECT in moves:
            assert after(state, Move.CORRECT) is QuestionState.IN_REVIEW


def test_withdrawing_gives_back_the_state_that_was() -> None:
    for was, moves in MAY.items():
        for move, led_to in moves.items():
            assert before(led_to, move, was) is was


@pytest.mark.parametrize("now", QuestionState)
def test_a_question_that_moved_on_is_not_taken_back(now: QuestionState) -> None:
    if now is QuestionState.APPROVED:
        return
    with pytest.raises(NotNow) as refused:
        before(now, Move.APPROVE, QuestionState.IN_REVIEW)
    assert (refused.value.state, refused.value.move) == (now, Move.WITHDRAW)


def test_every_decision_but_a_withdrawal_made_a_move() -> None:
    assert set(MOVE_OF) == set(Decision) - {Decision.WITHDRAWN}


OPENS = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=2)
INSTANT = timedelta(microseconds=1)
PHASES = {
    "long before": (OPENS - timedelta(days=9), SittingPhase.PLANNED),
    "the last instant before": (OPENS - INSTANT, SittingPhase.PLANNED),
    "opening is inclusive": (OPENS, SittingPhase.OPEN),
    "in between": (OPENS + timedelta(hours=1), SittingPhase.OPEN),
    "the last instant": (CLOSES - INSTANT, SittingPhase.OPEN),
    "closing is exclusive": (CLOSES, SittingPhase.CLOSED),
    "long after": (CLOSES + timedelta(days=9), SittingPhase.CLOSED),
}


@pytest.mark.parametrize(("now", "expected"), PHASES.values(), ids=PHASES)
def test_a_published_sitting_follows_the_clock(now: datetime, expected: SittingPhase) -> None:
    assert phase(True, OPENS, CLOSES, now) is expected


@pytest.mark.parametrize("now", [now for now, _ in PHASES.values()], ids=PHASES)
def test_an_unpublished_sitting_is_composed_whatever_the_clock(now: datetime) -> None:
    assert phase(False, OPENS, CLOSES, now) is SittingPhase.COMPOSING


def test_the_zone_of_a_clock_does_not_matter() -> None:
    elsewhere = OPENS.astimezone(ZoneInfo("Asia/Shanghai"))
    assert phase(True, OPENS, CLOSES, elsewhere) is SittingPhase.OPEN


#: By review policy: before the closing time, at it, after it.
REVIEWS = {
    Review.AT_ONCE: (True, True, True),
    Review.AFTER_CLOSING: (False, True, True),
    Review.NEVER: (False, False, False),
}


@pytest.mark.parametrize("review", Review)
def test_keys_are_shown_as_the_plan_says(review: Review) -> None:
    moments = (CLOSES - INSTANT, CLOSES, CLOSES + timedelta(days=9))
    assert tuple(may_review(review, CLOSES, now) for now in moments) == REVIEWS[review]


#: What may be done with a bulletin in each state, and what it then is; None: it is gone.
BULLETINS = {
    BulletinState.DRAFT: {
        BulletinMove.WRITE: BulletinState.DRAFT,
        BulletinMove.SUBMIT: BulletinState.SUBMITTED,
        BulletinMove.ISSUE: BulletinState.ISSUED,
        BulletinMove.REMOVE: None,
    },
    BulletinState.SUBMITTED: {
        BulletinMove.WRITE: BulletinState.SUBMITTED,
        BulletinMove.RETURN: BulletinState.DRAFT,
        BulletinMove.ISSUE: BulletinState.ISSUED,
    },
    BulletinState.ISSUED: {},
}


@pytest.mark.parametrize("state", BulletinState)
@pytest.mark.parametrize("move", BulletinMove)
def test_a_bulletin_moves_as_the_office_says_and_an_issued_one_not_at_all(
    state: BulletinState, move: BulletinMove
) -> None:
    if (state, move) not in BULLETIN_MOVES:
        assert move not in BULLETINS[state]
        with pytest.raises(NotNow):
            bulletin_after(state, move)
    else:
        assert bulletin_after(state, move) is BULLETINS[state][move]
