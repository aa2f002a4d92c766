"""Which key points are practised today, and in which order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.choosing import Candidate
from quizapp.core.choosing import choose
from quizapp.core.memory import LONGEST_DAYS
from quizapp.core.memory import RETENTION
from quizapp.core.memory import Grade
from quizapp.core.memory import Memory
from quizapp.core.memory import rated
from quizapp.core.memory import recall

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
#: A memory that is due, and one that is not.
FADING, FRESH = Memory(3, 5, NOW - timedelta(days=10)), Memory(30, 5, NOW - timedelta(days=4))


def chosen(candidates: Sequence[Candidate[str]], number: int = 5, seed: str = "today") -> list[str]:
    return choose(candidates, number, NOW, seed)


def due(number: int) -> list[Candidate[str]]:
    """So many points that are due."""
    return [Candidate(f"due {n}", replace(FADING, stability=3 + n / 10)) for n in range(number)]


def new(number: int, *, coming: bool = False) -> list[Candidate[str]]:
    return [Candidate(f"{'coming' if coming else 'new'} {n}", None, coming=coming) for n in range(number)]


def later_recall(memory: Memory, days: int) -> float:
    """The recall in so many days that an answer now leads to one expects, by py-fsrs."""
    recalled = recall(memory, NOW)
    right, wrong = (rated(memory, grade, NOW) for grade in (Grade.GOOD, Grade.AGAIN))
    then = NOW + timedelta(days=days)
    return recalled * recall(right, then) + (1 - recalled) * recall(wrong, then)


memories = st.builds(
    Memory, st.floats(0.05, 500), st.floats(1, 10), st.integers(0, 300).map(lambda days: NOW - timedelta(days=days))
)
candidates = st.builds(Candidate, st.uuids().map(str), st.none() | memories, st.booleans(), st.booleans())
lists = st.lists(candidates, max_size=40, unique_by=lambda each: each.subject)


# What is worth most


def test_what_is_about_to_be_forgotten_comes_before_what_is_fresh() -> None:
    assert chosen([Candidate("fresh", FRESH), Candidate("fading", FADING)]) == ["fading", "fresh"]


def test_at_equal_recall_what_was_wrong_comes_first() -> None:
    assert chosen([Candidate("right", FADING), Candidate("wrong", FADING, wrong=True)], 1) == ["wrong"]


def test_at_equal_recall_what_the_next_sitting_asks_comes_first() -> None:
    asked = [Candidate("coming", FADING, coming=True), Candidate("not coming", FADING), Candidate("other", FADING)]
    assert chosen(asked, 1) == ["coming"]


@given(memories, st.booleans(), st.text())
def test_neither_ever_puts_a_point_back(memory: Memory, wrong: bool, seed: str) -> None:
    """Also where an answer is worth less than none, for a slip would cost more than it adds."""
    pair = [Candidate("plain", memory), Candidate("marked", memory, wrong, not wrong)]
    assert chosen(pair, seed=seed)[:1] in ([], ["marked"])


def test_of_two_that_are_due_the_one_that_gains_more_comes_first() -> None:
    """A hard point that was lost again and again comes back only a little, though its recall is lowest."""
    lost, fading = Memory(0.05, 10, NOW - timedelta(days=40)), Memory(4, 3, NOW - timedelta(days=12))
    assert recall(lost, NOW) < recall(fading, NOW) < RETENTION
    assert chosen([Candidate("lost", lost), Candidate("fading", fading)], 1) == ["fading"]


@given(st.lists(memories, min_size=1, max_size=30))
def test_the_first_gains_most_in_two_weeks_by_py_fsrs(memories: list[Memory]) -> None:
    rated_before = [memory for memory in memories if memory.rated_at < NOW]
    gains = [later_recall(each, 14) - recall(each, NOW + timedelta(days=14)) for each in rated_before]
    first = choose([Candidate(n, memory) for n, memory in enumerate(rated_before)], 1, NOW, "today")
    assert [gains[n] for n in first] == pytest.approx(sorted(gains)[-1:])


# What may be chosen


def test_what_was_rated_today_is_left_out() -> None:
    today = Candidate("today", rated(FADING, Grade.AGAIN, NOW - timedelta(hours=2)), wrong=True, coming=True)
    assert chosen([today, Candidate("fading", FADING)]) == ["fading"]


@given(lists, st.integers(0, 12), st.text())
def test_as_many_as_there_are_each_once(candidates: list[Candidate[str]], number: int, seed: str) -> None:
    found = chosen(candidates, number, seed)
    open_today = {each.subject for each in candidates if each.memory is None or each.memory.rated_at < NOW}
    assert len(found) == len(set(found)) == min(number, len(open_today))
    assert set(found) <= open_today


@given(lists, st.text())
def test_the_same_arguments_choose_the_same(candidates: list[Candidate[str]], seed: str) -> None:
    assert chosen(candidates, seed=seed) == chosen(list(candidates), seed=seed)


def test_points_that_are_worth_the_same_take_turns() -> None:
    found = {chosen(new(9), 1, f"day {day}")[0] for day in range(200)}
    assert found == {each.subject for each in new(9)}


# New points


def test_no_new_point_comes_while_enough_is_due() -> None:
    assert all(each.startswith("due") for each in chosen([*new(9), *due(5)]))


def test_new_points_take_the_places_that_due_ones_leave() -> None:
    found = chosen([Candidate("fresh", FRESH), *new(9), *due(2)])
    assert found[:2] == ["due 0", "due 1"]
    assert [each.split()[0] for each in found[2:]] == ["new"] * 3


def test_new_points_come_when_nothing_is_due() -> None:
    found = chosen([*(Candidate(f"fresh {n}", FRESH) for n in range(9)), *new(2)])
    assert sorted(each.split()[0] for each in found) == ["fresh", "fresh", "fresh", "new", "new"]


def test_what_was_not_asked_for_too_long_is_due_however_well_it_is_remembered() -> None:
    old = Memory(500, 3, NOW - timedelta(days=LONGEST_DAYS))
    assert recall(old, NOW) > RETENTION
    found = chosen([*(Candidate(f"old {n}", old) for n in range(5)), *new(9)])
    assert all(each.startswith("old") for each in found)


def test_one_place_of_five_is_kept_for_a_new_point_of_the_next_sitting() -> None:
    found = chosen([*new(9), *new(3, coming=True), *due(9)])
    assert [each.split()[0] for each in found] == ["due", "due", "due", "due", "coming"]


def test_the_kept_place_goes_once_more_is_due_than_can_be_worked_off_soon() -> None:
    assert all(each.startswith("due") for each in chosen([*new(3, coming=True), *due(11)]))


def test_a_kept_place_is_for_points_of_the_next_sitting_only() -> None:
    assert all(each.startswith("due") for each in chosen([*new(9), *due(9)]))


def test_the_new_points_of_the_next_sitting_come_before_others() -> None:
    assert {each.split()[0] for each in chosen([*new(9), *new(5, coming=True)])} == {"coming"}


# Size


def test_hundreds_of_points_are_weighed_against_each_other() -> None:
    """The one that gains most is found wherever it stands."""
    rng = Random(3)
    many = [Candidate(f"fresh {n}", replace(FRESH, stability=rng.uniform(20, 90))) for n in range(500)]
    many.insert(rng.randrange(500), Candidate("fading", FADING))
    assert chosen(many)[0] == "fading"
