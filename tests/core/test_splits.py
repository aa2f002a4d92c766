"""Splits equal a count by hand, and tell nothing of the key before it may be told."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from factories import CANARY
from factories import question
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.question import Response
from quizapp.core.question import TypeName
from quizapp.core.splits import FEW
from quizapp.core.splits import OTHERS
from quizapp.core.splits import WORDINGS_SHOWN
from quizapp.core.splits import point_lines
from quizapp.core.splits import split_lines
from quizapp.core.types import TYPES

SPLIT = [name for name in TypeName if name is not TypeName.SHORT_ANSWER]
CHOSEN = [TypeName.SINGLE_CHOICE, TypeName.MULTIPLE_CHOICE, TypeName.TRUE_FALSE]
PLACED = [TypeName.MATCHING, TypeName.ORDERING]
WORDS = ["高效", "高 效", "高效。", "马上就办", "1", "一"]


def together(given: Sequence[Response]) -> list[tuple[Response, int]]:
    """The answers as SQL groups them."""
    return [(each, given.count(each)) for each in dict.fromkeys(given)]


def responses(name: TypeName) -> st.SearchStrategy[list[Response]]:
    asked = question(name, 1)
    ids = [option.id for option in asked.options]
    one: st.SearchStrategy[Response] = {
        TypeName.SINGLE_CHOICE: st.sampled_from(ids).map(lambda letter: frozenset({letter})),
        TypeName.TRUE_FALSE: st.sampled_from(ids or [""]).map(lambda letter: frozenset({letter})),
        TypeName.MULTIPLE_CHOICE: st.frozensets(st.sampled_from(ids or [""]), min_size=1),
        TypeName.FILL_IN: st.tuples(st.sampled_from([*WORDS, f"{CANARY}空1"])),
        TypeName.MATCHING: st.lists(st.sampled_from([*ids, ""]), min_size=4, max_size=4).map(tuple),
        TypeName.ORDERING: st.permutations(ids).map(tuple),
    }[name]
    return st.lists(one, max_size=30)


@pytest.mark.parametrize("name", CHOSEN)
@given(data=st.data())
def test_a_choice_splits_into_how_many_chose_each_option(name: TypeName, data: st.DataObject) -> None:
    asked, given_ = question(name, 1), data.draw(responses(name))
    lines = split_lines(asked, together(given_), told=True)
    assert [line.text for line in lines] == [option.text for option in asked.options]
    for line in lines:
        assert line.times == sum(line.mark in chosen for chosen in given_)
        assert line.share == (Fraction(line.times, len(given_)) if given_ else 0)
        assert line.right == (line.mark in asked.key)


@pytest.mark.parametrize("name", PLACED)
@given(data=st.data())
def test_what_is_put_in_places_splits_into_how_many_had_each_part_right(name: TypeName, data: st.DataObject) -> None:
    asked, given_ = question(name, 1), data.draw(responses(name))
    right = TYPES[name].right_response(asked)
    lines = split_lines(asked, together(given_), told=True)
    for part, (line, belongs) in enumerate(zip(lines, right, strict=True)):
        assert line.times == sum(tuple(response)[part] == belongs for response in given_)


@given(given_=responses(TypeName.FILL_IN))
def test_a_blank_splits_into_the_commonest_answers_however_they_are_typed(given_: list[Response]) -> None:
    forms = [{"高 效": "高效", "高效。": "高效", "一": "1"}.get(text, text) for response in given_ for text in response]
    lines = split_lines(question(TypeName.FILL_IN, 1), together(given_), told=True)
    named = {line.text: line.times for line in lines if line.text != OTHERS}
    common = {form: forms.count(form) for form in forms if forms.count(form) >= FEW}
    assert sorted(named.values()) == sorted(common.values())
    assert sum(line.times for line in lines) == len(given_)
    assert [line.right for line in lines if line.text == f"{CANARY}空1"] == [True] * (f"{CANARY}空1" in common)
    assert len(named) <= WORDINGS_SHOWN


def test_what_one_person_typed_is_never_on_the_screen() -> None:
    given_: list[tuple[Response, int]] = [(("高效",), 5), (("某某的主意",), 1), (("另一个主意",), 2)]
    lines = split_lines(question(TypeName.FILL_IN, 1), given_, told=False)
    assert [(line.text, line.times) for line in lines] == [("高效", 5), (OTHERS, 3)]


@pytest.mark.parametrize("name", SPLIT)
@given(data=st.data())
def test_before_it_is_told_no_line_says_what_is_right(name: TypeName, data: st.DataObject) -> None:
    asked, given_ = question(name, 1), data.draw(responses(name))
    lines = split_lines(asked, together(given_), told=False)
    assert {line.right for line in lines} <= {None}
    if name in PLACED:
        told = split_lines(asked, together(given_), told=True)
        texts = {option.text for option in asked.options}
        assert not [line.text for line in lines if any(text in line.text for text in texts)]
        assert [line.times for line in lines] == [line.times for line in told]


@given(marked=st.lists(st.lists(st.booleans(), min_size=5, max_size=5), max_size=20))
def test_points_split_into_how_many_answers_said_each(marked: list[list[bool]]) -> None:
    asked = question(TypeName.SHORT_ANSWER, 1)
    lines = point_lines(asked, [(said, 1) for said in marked], told=True)
    assert [line.times for line in lines] == [sum(said[n] for said in marked) for n in range(5)]
    assert CANARY in lines[0].text
    assert CANARY not in "".join(line.text for line in point_lines(asked, [(said, 1) for said in marked], told=False))
