"""What people judge: which answers need nobody, what a mark is worth, where keywords stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.marking import is_blank
from quizapp.core.marking import keyword_spans
from quizapp.core.marking import units_said
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import UNITS
from quizapp.core.question import ScoringPoint

BLANK = {"nothing": "", "blanks": " \u3000\n", "punctuation": "……。，", "a dash": "——"}


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_an_answer_without_a_word_says_nothing(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["无", "不会", "1", "a"])
def test_a_single_sign_is_something_to_read(text: str) -> None:
    assert not is_blank(text)


@given(st.lists(st.booleans(), min_size=1, max_size=MAX_PARTS), st.integers(0, 100))
def test_every_point_is_worth_the_same_exactly(said: list[bool], full_mark: int) -> None:
    assert units_said(said, full_mark) * len(said) == sum(said) * full_mark * UNITS


SPANS = {
    "as it is written": ("要文不过夜。", "文不过夜", ["文不过夜"]),
    "with blanks and marks inside": ("文 不，过夜", "文不过夜", ["文 不，过夜"]),
    "twice": ("快，再快", "快", ["快", "快"]),
    "in full width": ("ＡＢＣ", "abc", ["ＡＢＣ"]),
    "in other figures": ("3个表率", "三个表率", ["3个表率"]),
    "not at all": ("其他", "文不过夜", []),
    "nothing but punctuation is sought": ("其他。", "。", []),
}


@pytest.mark.parametrize(("answer", "wording", "found"), SPANS.values(), ids=SPANS)
def test_keywords_are_found_where_they_stand(answer: str, wording: str, found: list[str]) -> None:
    point = ScoringPoint("要点", ((wording,),))
    assert [span.of(answer) for span in keyword_spans(answer, [point])] == found


def test_overlapping_keywords_are_one_mark() -> None:
    points = [ScoringPoint("一", (("文不过夜",),)), ScoringPoint("二", (("过夜事",),))]
    assert [span.of("文不过夜事不隔天") for span in keyword_spans("文不过夜事不隔天", points)] == ["文不过夜事"]


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=5), max_size=5))
def test_marks_are_inside_the_answer_in_order_and_apart(answer: str, wordings: list[str]) -> None:
    spans = keyword_spans(answer, [ScoringPoint("要点", (tuple(wordings),))])
    ends = [place for span in spans for place in (span.start, span.end)]
    assert ends == sorted(set(ends))
    assert all(0 <= place <= len(answer) for place in ends)
