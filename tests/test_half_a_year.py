"""What a choice of five is worth over months, with a few people of `make bench`'s half a year."""

from functools import cache
from statistics import fmean

import pytest

from bench import practice
from bench.practice import Life
from bench.practice import Office
from bench.practice import Policy

PEOPLE, WEEKS = 4, 16


@cache
def lives(policy: Policy) -> list[Life]:
    return [practice.life(policy, Office(), WEEKS, number) for number in range(PEOPLE)]


def test_our_five_keep_what_was_asked() -> None:
    assert fmean(map(practice.late, lives(practice.ours))) >= 0.85


@pytest.mark.parametrize("other", [practice.by_chance, practice.wrong_first, practice.nothing])
def test_everybody_remembers_more_by_our_choice(other: Policy) -> None:
    assert all(
        practice.late(one) > practice.late(another)
        for one, another in zip(lives(practice.ours), lives(other), strict=True)
    )


def test_our_choice_prepares_for_what_the_next_sitting_asks() -> None:
    """The lowest recall first keeps as much, and knows less at the sitting."""
    ours, weakest = (
        fmean(fmean(life.known_new + life.known_older) for life in lives(policy))
        for policy in (practice.ours, practice.weakest_first)
    )
    assert ours > weakest
