"""Two questions are doubles for what they ask, not for how their options lie."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.duplicates import ALIKE
from quizapp.core.duplicates import Double
from quizapp.core.duplicates import answer_hash
from quizapp.core.duplicates import double_of
from quizapp.core.duplicates import likeness
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES

STEM = "值班电话应当在铃响几声以内接听（　）。"
HERE, THERE = Source("值班工作讲话", "一", "铃响三声以内接听"), Source("另一次讲话", "二", "三声以内接听")


def single(stem: str, right: str, *wrong: str, source: Source = HERE) -> Question:
    options = tuple(Option(letter, text) for letter, text in zip("ABCD", (right, *wrong), strict=False))
    return Question(TypeName.SINGLE_CHOICE, stem, options, frozenset("A"), source=source)


ONE = single(STEM, "三声", "四声", "五声")
PAIRS = {
    "the very same": (ONE, Double.SAME),
    "the same with other wrong options": (single(STEM, "三声", "两声"), Double.SAME),
    "the same in another speech": (replace(ONE, source=THERE), Double.SAME),
    "other marks and quotes": (single("“值班电话”应当在铃响几声以内接听？", "“三声”", "四声"), Double.SAME),
    "other words": (single("值班电话应当在铃响几声以内接起（　）。", "三声", "四声"), Double.ALIKE),
    "other words in another speech": (single("值班电话应在铃响几声以内接起。", "三声", "四声", source=THERE), None),
    "another answer": (single(STEM, "四声", "三声"), None),
    "the same answer to something else": (single("突发情况的续报应当有几次（　）。", "三声", "四声"), None),
    "another type": (Question(TypeName.FILL_IN, STEM, blanks=(("三声",),), source=HERE), None),
}


@pytest.mark.parametrize(("other", "why"), PAIRS.values(), ids=PAIRS)
def test_what_makes_a_double(other: Question, why: Double | None) -> None:
    assert double_of(ONE, other, same_point=False) is why
    assert double_of(other, ONE, same_point=False) is why


def test_questions_of_one_type_about_one_key_point_may_be_doubles() -> None:
    other = single("关于交接班，讲话的要求是（　）。", "清楚", "快")
    assert double_of(ONE, other, same_point=True) is Double.SAME_POINT
    assert double_of(ONE, replace(other, source=THERE), same_point=True) is None


@pytest.mark.parametrize("name", TypeName)
def test_the_order_of_options_does_not_change_the_answer(name: TypeName) -> None:
    example = TYPES[name].example()
    assert answer_hash(replace(example, options=example.options[::-1])) == answer_hash(example)
    assert len(answer_hash(example)) == 16


def test_statements_that_are_true_are_not_alike_for_that() -> None:
    options = (Option("T", "正确"), Option("F", "错误"))
    one = Question(TypeName.TRUE_FALSE, "电话三声以内接听。", options, frozenset("T"), source=HERE)
    other = replace(one, stem="交接必须清楚。", source=Source(HERE.speech, "二", "交接必须清楚"))
    assert answer_hash(one) != answer_hash(other)
    assert answer_hash(one) != answer_hash(replace(one, key=frozenset("F")))


def test_each_type_has_answers_of_its_own() -> None:
    hashes = {answer_hash(type_.example()) for type_ in TYPES.values()}
    assert len(hashes) == len(TYPES)


@given(st.text("甲乙丙丁，。", max_size=12), st.text("甲乙丙丁，。", max_size=12))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1


def test_what_is_alike_is_said_in_nearly_the_same_words() -> None:
    assert likeness(STEM, "值班电话应当在铃响几声以内接起。") > ALIKE
    assert likeness(STEM, "铃响几声以内应当接听值班电话？") < 1
    assert likeness(STEM, "交接班应当办理哪些手续？") < ALIKE
