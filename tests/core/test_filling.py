"""A question counts for one demand only: as many as can be met are met, and earlier ones first."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.filling import Pool
from quizapp.core.filling import met

CASES = {
    "nothing is asked": ([], [Pool(3, frozenset())], {}, ()),
    "nothing is there": ([2], [], {}, (0,)),
    "more than is asked": ([2], [Pool(5, frozenset({0}))], {}, (2,)),
    "what both could have goes to the first": ([2, 2], [Pool(3, frozenset({0, 1}))], {}, (2, 1)),
    "the first takes what the second cannot": (
        [1, 1],
        [Pool(1, frozenset({0, 1})), Pool(1, frozenset({0}))],
        {},
        (1, 1),
    ),
    "a room holds only so many": (
        [2, 2],
        [Pool(2, frozenset({0}), "room"), Pool(2, frozenset({1}), "room")],
        {"room": 3},
        (2, 1),
    ),
    "what has no room takes up none": (
        [2, 2],
        [Pool(2, frozenset({0})), Pool(2, frozenset({1}), "room")],
        {"room": 2},
        (2, 2),
    ),
}


@pytest.mark.parametrize(("demands", "pools", "rooms", "expected"), CASES.values(), ids=CASES)
def test_demands_are_met(demands, pools, rooms, expected):
    assert met(demands, pools, rooms) == expected


pools = st.builds(
    Pool, st.integers(0, 2), st.frozensets(st.integers(0, 2), max_size=3), st.sampled_from([None, "a", "b"])
)


def best(demands: list[int], found: list[Pool], rooms: dict[str, int]) -> tuple[int, ...]:
    """By trying every way to share out every single question."""
    questions = [pool for pool in found for _ in range(pool.size)]
    ways = product(*[[None, *sorted(question.fits)] for question in questions])
    return max(tuple(way.count(n) for n in range(len(demands))) for way in ways if fits(way, questions, demands, rooms))


def fits(way: tuple[int | None, ...], questions: list[Pool], demands: list[int], rooms: dict[str, int]) -> bool:
    taken = [question.room for question, demand in zip(questions, way, strict=True) if demand is not None]
    return all(taken.count(room) <= size for room, size in rooms.items()) and all(
        way.count(number) <= demand for number, demand in enumerate(demands)
    )


@given(
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.lists(pools, max_size=4).filter(lambda found: sum(pool.size for pool in found) <= 6),
    st.fixed_dictionaries({"a": st.integers(0, 3), "b": st.integers(0, 3)}),
)
def test_no_other_way_gives_an_earlier_demand_more(demands, found, rooms):
    assert met(demands, found, rooms) == best(demands, found, rooms)
