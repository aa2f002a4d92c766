"""How far a speech has been asked about: states from facts, shares weighed, paragraphs found from spans."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.coverage import ANSWERS_NEEDED
from quizapp.core.coverage import KNOWN_FROM
from quizapp.core.coverage import Covered
from quizapp.core.coverage import Use
from quizapp.core.coverage import paragraphs_of
from quizapp.core.coverage import together
from quizapp.core.speech import Span

STATES = {
    "nothing": (Use(), Covered.NO_QUESTION),
    "only drafts": (Use(waiting=2), Covered.WAITING),
    "in the bank": (Use(approved=1), Covered.NEVER_ASKED),
    "in the bank and on the desk": (Use(approved=1, waiting=1), Covered.NEVER_ASKED),
    "asked": (Use(approved=1, asked=40, facility=Fraction(1, 2)), Covered.ASKED),
    "nobody right": (Use(approved=1, asked=40, facility=Fraction(0)), Covered.ASKED),
    "just known": (Use(approved=1, asked=ANSWERS_NEEDED, facility=KNOWN_FROM), Covered.KNOWN),
    "all right, too few": (Use(approved=1, asked=ANSWERS_NEEDED - 1, facility=Fraction(1)), Covered.ASKED),
    "just not known": (Use(approved=1, asked=99, facility=KNOWN_FROM - Fraction(1, 1000)), Covered.ASKED),
    "asked, and retired since": (Use(asked=40, facility=Fraction(1)), Covered.KNOWN),
}


@pytest.mark.parametrize(("use", "expected"), STATES.values(), ids=STATES)
def test_the_state_follows_from_what_became_of_the_questions(use: Use, expected: Covered) -> None:
    assert use.covered is expected


def test_shares_are_weighed_by_how_often_each_was_asked() -> None:
    often, seldom = Use(1, 0, 30, Fraction(1)), Use(1, 0, 10, Fraction(0))
    assert together([often, seldom]) == Use(2, 0, 40, Fraction(3, 4))


def test_what_was_never_asked_does_not_lower_a_share() -> None:
    assert together([Use(1, 0, 10, Fraction(1)), Use(1)]).facility == 1


def test_of_nothing_there_is_no_share() -> None:
    assert together([]) == Use()


USES = st.builds(
    lambda approved, waiting, asked, right: Use(
        approved, waiting, asked, Fraction(min(right, asked), asked) if asked else None
    ),
    *[st.integers(0, 50)] * 4,
)


@given(st.lists(USES, max_size=8), st.integers(0, 8))
def test_putting_together_in_parts_is_putting_together(uses: list[Use], at: int) -> None:
    assert together([together(uses[:at]), together(uses[at:])]) == together(uses)


PARAGRAPHS = (Span(0, 5), Span(6, 10), Span(11, 20))
REACHES = {
    "inside one": (Span(7, 9), [1]),
    "a whole one": (Span(6, 10), [1]),
    "over a break": (Span(3, 8), [0, 1]),
    "over all": (Span(0, 20), [0, 1, 2]),
    "the break itself": (Span(5, 6), []),
    "after the end": (Span(20, 22), []),
}


@pytest.mark.parametrize(("span", "expected"), REACHES.values(), ids=REACHES)
def test_a_span_reaches_into_the_paragraphs_it_shares_a_character_with(span: Span, expected: list[int]) -> None:
    assert list(paragraphs_of(PARAGRAPHS, span)) == expected


@given(st.lists(st.integers(1, 6), min_size=1, max_size=10), st.integers(0, 70), st.integers(1, 30))
def test_paragraphs_are_found_as_by_looking_at_each(lengths: list[int], start: int, length: int) -> None:
    spans, at = [], 0
    for each in lengths:
        spans.append(Span(at, at + each))
        at += each + 1
    span = Span(start, start + length)
    slow = [i for i, each in enumerate(spans) if max(each.start, span.start) < min(each.end, span.end)]
    assert list(paragraphs_of(spans, span)) == slow
