"""The memory model: FSRS-6 by its published formulas, counted in days, and what an answer says of a memory."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from math import exp
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card
from fsrs import Rating
from fsrs import Scheduler
from fsrs import State
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.memory import LONGEST_DAYS
from quizapp.core.memory import RETENTION
from quizapp.core.memory import Grade
from quizapp.core.memory import Mastery
from quizapp.core.memory import Memory
from quizapp.core.memory import due_at
from quizapp.core.memory import elapsed_days
from quizapp.core.memory import grade_of
from quizapp.core.memory import mastery
from quizapp.core.memory import outlook
from quizapp.core.memory import rated
from quizapp.core.memory import recall

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)

# FSRS-6 as published (github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm), with its default weights.
W = (
    *(0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796),
    *(1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542),
)
FACTOR = 0.9 ** (-1 / W[20]) - 1


def published_recall(days: float, stability: float) -> float:
    return float((1 + FACTOR * days / stability) ** -W[20])


def published_difficulty(difficulty: float, grade: Grade) -> float:
    easiest = W[4] - exp(W[5] * 3) + 1
    moved = difficulty - W[6] * (grade - 3) * (10 - difficulty) / 9
    return min(max(W[7] * easiest + (1 - W[7]) * moved, 1), 10)


def published_stability(memory: Memory, grade: Grade, days: int) -> float:
    """After an answer on a later day."""
    stability, difficulty, recalled = memory.stability, memory.difficulty, published_recall(days, memory.stability)
    if grade is Grade.AGAIN:
        forgotten = W[11] * difficulty ** -W[12] * ((stability + 1) ** W[13] - 1) * exp(W[14] * (1 - recalled))
        return float(max(min(forgotten, stability / exp(W[17] * W[18])), 0.001))
    growth = exp(W[8]) * (11 - difficulty) * stability ** -W[9] * (exp(W[10] * (1 - recalled)) - 1)
    return float(stability * (1 + growth * (W[15] if grade is Grade.HARD else 1)))


memories = st.builds(Memory, st.floats(0.001, 36_500), st.floats(1, 10), st.just(MONDAY))
grades = st.sampled_from(Grade)
days = st.integers(1, 1000)


def after(days: float) -> datetime:
    return MONDAY + timedelta(days=days)


# Against the published formulas


@pytest.mark.parametrize("grade", Grade)
def test_a_new_point_starts_as_published(grade: Grade) -> None:
    memory = rated(None, grade, MONDAY)
    assert memory.stability == pytest.approx(W[grade - 1])
    assert memory.difficulty == pytest.approx(min(max(W[4] - exp(W[5] * (grade - 1)) + 1, 1), 10))
    assert memory.rated_at == MONDAY


@given(memories, grades, days)
def test_an_answer_moves_a_memory_as_published(memory: Memory, grade: Grade, days: int) -> None:
    moved = rated(memory, grade, after(days))
    assert moved.stability == pytest.approx(published_stability(memory, grade, days))
    assert moved.difficulty == pytest.approx(published_difficulty(memory.difficulty, grade))
    assert moved.rated_at == after(days)


@given(memories, days)
def test_recall_falls_on_the_published_curve(memory: Memory, days: int) -> None:
    assert recall(memory, after(days)) == pytest.approx(published_recall(days, memory.stability))


@given(memories, days)
def test_py_fsrs_recalls_the_same(memory: Memory, days: int) -> None:
    """The product computes the curve by itself, for py-fsrs takes longer over millions of cards."""
    card = Card(0, State.Review, None, memory.stability, memory.difficulty, MONDAY, MONDAY)
    assert recall(memory, after(days)) == pytest.approx(Scheduler().get_card_retrievability(card, after(days)))


@given(memories, days)
def test_what_is_thought_through_is_what_an_answer_does(memory: Memory, days: int) -> None:
    right, wrong = outlook(memory, recall(memory, after(days)))
    assert right == pytest.approx(rated(memory, Grade.GOOD, after(days)).stability)
    assert wrong == pytest.approx(rated(memory, Grade.AGAIN, after(days)).stability)


@given(memories, grades, days)
def test_py_fsrs_sets_the_same_due_date(memory: Memory, grade: Grade, days: int) -> None:
    scheduler = Scheduler(
        desired_retention=0.85, learning_steps=(), relearning_steps=(), maximum_interval=120, enable_fuzzing=False
    )
    card = Card(0, State.Review, None, memory.stability, memory.difficulty, MONDAY, MONDAY)
    reviewed, _ = scheduler.review_card(card, Rating(grade), after(days))
    assert due_at(rated(memory, grade, after(days))) == reviewed.due


# What must hold of any memory


@given(memories, st.floats(0, 2000), st.floats(0, 2000))
def test_recall_only_falls(memory: Memory, one: float, other: float) -> None:
    sooner, later = sorted((one, other))
    assert 0 < recall(memory, after(later)) <= recall(memory, after(sooner)) <= 1


@given(memories, days, days)
def test_a_right_answer_makes_it_last_longer(memory: Memory, days: int, later: int) -> None:
    right = rated(memory, Grade.GOOD, after(days))
    assert recall(right, after(days + later)) >= recall(memory, after(days + later))


@given(memories, days, days)
def test_the_surer_the_answer_the_longer_it_lasts(memory: Memory, days: int, later: int) -> None:
    again, hard, good = (recall(rated(memory, grade, after(days)), after(days + later)) for grade in sorted(Grade))
    assert again <= hard <= good


@given(st.lists(st.tuples(grades, st.integers(0, 400)), min_size=1, max_size=30))
def test_any_history_leaves_a_memory_in_bounds(history: list[tuple[Grade, int]]) -> None:
    memory, now = None, MONDAY
    for grade, days in history:
        now += timedelta(days=days)
        memory = rated(memory, grade, now)
        assert memory.stability >= 0.001
        assert 1 <= memory.difficulty <= 10
        assert timedelta(days=1) <= due_at(memory) - now <= timedelta(days=LONGEST_DAYS)


@given(st.floats(1, 60), st.floats(1, 10))
def test_it_is_due_when_recall_has_fallen_to_what_is_wanted(stability: float, difficulty: float) -> None:
    memory = Memory(stability, difficulty, MONDAY)
    due = due_at(memory)
    assert recall(memory, due + timedelta(days=1)) < RETENTION < recall(memory, due - timedelta(days=1))


# Days


DAYS = {
    "the same afternoon": (timedelta(hours=8), 0),
    "from an afternoon to the next morning": (timedelta(hours=15), 1),
    "from a morning to the next afternoon": (timedelta(hours=33), 1),
    "from a Friday afternoon to Monday": (timedelta(days=3, hours=-8), 3),
    "a clock that was set back": (timedelta(days=-2), 0),
}


@pytest.mark.parametrize(("passed", "expected"), DAYS.values(), ids=DAYS)
def test_office_hours_are_counted_in_days(passed: timedelta, expected: int) -> None:
    assert elapsed_days(Memory(1, 5, MONDAY), MONDAY + passed) == expected


def test_an_afternoon_and_the_next_morning_are_two_days() -> None:
    """py-fsrs alone would take the second for an answer of the same day."""
    memory = rated(None, Grade.GOOD, datetime(2026, 11, 2, 17, tzinfo=UTC))
    next_morning = rated(memory, Grade.GOOD, datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert next_morning.stability == pytest.approx(published_stability(memory, Grade.GOOD, 1))


@given(memories, grades, st.timedeltas(timedelta(0), timedelta(days=500)))
def test_an_answer_before_the_last_rating_counts_as_given_then(memory: Memory, grade: Grade, back: timedelta) -> None:
    assert rated(memory, grade, MONDAY - back) == rated(memory, grade, MONDAY)
    assert recall(memory, MONDAY - back) == 1


@given(memories, grades, days)
def test_the_zone_of_a_time_changes_nothing(memory: Memory, grade: Grade, days: int) -> None:
    there = after(days).astimezone(ZoneInfo("Asia/Shanghai"))
    assert rated(memory, grade, there) == rated(memory, grade, after(days))
    assert recall(memory, there) == recall(memory, after(days))


# Words


GRADES = {
    "right": (True, False, Grade.GOOD),
    "right but unsure": (True, True, Grade.HARD),
    "wrong": (False, False, Grade.AGAIN),
    "wrong and unsure": (False, True, Grade.AGAIN),
}


@pytest.mark.parametrize(("right", "unsure", "grade"), GRADES.values(), ids=GRADES)
def test_an_answer_is_graded_by_whether_it_was_right_and_sure(right: bool, unsure: bool, grade: Grade) -> None:
    assert grade_of(right, unsure) is grade


WORDS = {
    "just rated": (1.0, Mastery.STRONG),
    "as wanted": (0.85, Mastery.STRONG),
    "a little less": (0.849, Mastery.FADING),
    "just not weak": (0.7, Mastery.FADING),
    "weak": (0.699, Mastery.WEAK),
    "nearly lost": (0.1, Mastery.WEAK),
}


@pytest.mark.parametrize(("recalled", "word"), WORDS.values(), ids=WORDS)
def test_mastery_is_named_by_recall(recalled: float, word: Mastery) -> None:
    assert mastery(recalled) is word
