"""Narrowing a list: what remains is what was chosen, and every figure beside a choice is what choosing it shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.narrowing import Facet
from quizapp.core.narrowing import counts
from quizapp.core.narrowing import narrowed
from quizapp.core.narrowing import without

VALUES = st.sampled_from("abc")
FACETS = st.sampled_from([Facet.SET, Facet.HEADING, Facet.POINT])


@dataclass(frozen=True)
class Line:
    facets: Mapping[Facet, str]


LINES = st.lists(st.builds(Line, st.dictionaries(FACETS, VALUES)), max_size=12)
CHOSEN = st.dictionaries(FACETS, VALUES)


@given(LINES, CHOSEN)
def test_what_remains_is_all_that_was_chosen_and_nothing_else_is_left_out(
    lines: list[Line], chosen: Mapping[Facet, str]
) -> None:
    found = narrowed(lines, chosen)
    assert found == [line for line in lines if chosen.items() <= line.facets.items()]


@given(LINES, CHOSEN, FACETS, st.sets(FACETS), VALUES)
def test_a_count_is_what_choosing_its_value_shows(
    lines: list[Line], chosen: Mapping[Facet, str], facet: Facet, dropped: set[Facet], value: str
) -> None:
    then = {**without(chosen, {facet, *dropped}), facet: value}
    assert counts(lines, chosen, facet, dropped).get(value, 0) == len(narrowed(lines, then))
