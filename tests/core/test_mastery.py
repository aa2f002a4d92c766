"""What may be told of groups: three people or more, and no difference that speaks of fewer."""

from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.mastery import NOBODY
from quizapp.core.mastery import Remembered
from quizapp.core.mastery import of_people
from quizapp.core.mastery import told

#: Trees as the parent of each section but the first, always an earlier one; and how many people each section has.
trees = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), min_size=1, max_size=9)


def tree(lines: list[tuple[int, int]]) -> tuple[dict[int, list[int]], dict[int, Remembered]]:
    below: dict[int, list[int]] = {}
    for number, (parent, _) in enumerate(lines[1:], start=1):
        below.setdefault(parent % number, []).append(number)
    return below, {number: of_people([0.5] * people) for number, (_, people) in enumerate(lines)}


@given(trees)
def test_no_figure_and_no_difference_to_what_is_below_tells_of_one_or_two(lines: list[tuple[int, int]]) -> None:
    below, own = tree(lines)
    for section in own:
        figure = told(own, below, section)
        children = sum((told(own, below, child) for child in below.get(section, ())), NOBODY)
        assert figure.people == 0 or figure.people >= 3
        assert figure.people - children.people not in (1, 2)


@given(trees)
def test_at_most_two_people_are_left_out_of_the_top_and_nobody_counts_twice(lines: list[tuple[int, int]]) -> None:
    below, own = tree(lines)
    everybody = sum(each.people for each in own.values())
    assert everybody - 2 <= told(own, below, 0).people <= everybody


def test_a_group_has_the_mean_of_its_people_and_counts_the_strong() -> None:
    group = of_people([0.9, 0.85, 0.5, 0.15])
    assert (group.people, group.strong) == (4, 2)
    assert abs(group.mean - 0.6) < 1e-9
