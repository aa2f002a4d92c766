"""From responses to whole units of a mark."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.grading import grade
from quizapp.core.grading import units
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import UNITS
from quizapp.core.question import MultipleRule
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES


@pytest.mark.parametrize("name", TypeName)
def test_a_question_never_answered_earns_nothing(name):
    assert grade(TYPES[name].example(), None, MultipleRule.PARTIAL) == 0


def test_grading_asks_the_type_and_follows_the_rule_of_the_paper():
    question = TYPES[TypeName.MULTIPLE_CHOICE].example()
    assert grade(question, frozenset("A"), MultipleRule.PARTIAL) == Fraction(1, 3)
    assert grade(question, frozenset("A"), MultipleRule.ALL_OR_NOTHING) == 0
    assert grade(question, question.key, MultipleRule.ALL_OR_NOTHING) == 1


@settings(deadline=None)
@given(parts=st.integers(1, MAX_PARTS), data=st.data(), full_mark=st.integers(0, 100))
def test_every_share_of_a_question_is_a_whole_number_of_units(parts, data, full_mark):
    share = Fraction(data.draw(st.integers(0, parts)), parts)
    assert Fraction(units(share, full_mark), UNITS) == share * full_mark


def test_the_parts_of_a_mark_add_up_to_the_mark():
    assert sum(units(Fraction(1, 3), 2) for _ in range(3)) == units(Fraction(1), 2) == 2 * UNITS


@pytest.mark.parametrize(
    ("fraction", "full_mark"),
    [(Fraction(1, 11), 1), (Fraction(1, 16), 1), (Fraction(-1, 2), 2), (Fraction(3, 2), 2), (Fraction(1), -1)],
)
def test_a_mark_is_never_rounded_nor_out_of_range(fraction, full_mark):
    with pytest.raises(ValueError):
        units(fraction, full_mark)


LONGEST = [chr(ord("A") + n) for n in range(MAX_PARTS)]
LONG = {
    "lines": Question(
        TypeName.MATCHING,
        "匹配。",
        tuple(Option(letter, letter) for letter in LONGEST),
        pairs=tuple((f"左{letter}", letter) for letter in LONGEST),
    ),
    "items": Question(
        TypeName.ORDERING,
        "排序。",
        tuple(Option(letter, letter) for letter in LONGEST),
        right_order=tuple(LONGEST),
    ),
    "points": Question(
        TypeName.SHORT_ANSWER,
        "简答。",
        points=tuple(ScoringPoint(letter, ((f"要点{letter}",),)) for letter in LONGEST),
    ),
}


@pytest.mark.parametrize("question", LONG.values(), ids=LONG)
@settings(deadline=None)
@given(data=st.data(), full_mark=st.integers(0, 100))
def test_every_mark_of_the_longest_question_of_a_type_is_a_whole_number_of_units(question, data, full_mark):
    kind = TYPES[question.type]
    assert kind.problems(question) == []
    given_ids = data.draw(st.permutations(LONGEST))
    said = data.draw(st.lists(st.sampled_from(LONGEST)).map(lambda letters: "、".join(f"要点{i}" for i in letters)))
    response = kind.response(question, [said] if kind.is_marked_by_person else given_ids)
    share = grade(question, response, MultipleRule.PARTIAL)
    assert Fraction(units(share, full_mark), UNITS) == share * full_mark
