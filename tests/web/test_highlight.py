"""Cutting a speech into marked pieces: nothing lost, nothing doubled, whatever overlaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span
from quizapp.web.highlight import Mark
from quizapp.web.highlight import Piece
from quizapp.web.highlight import lines
from quizapp.web.highlight import marks_of
from quizapp.web.highlight import paragraphs
from quizapp.web.highlight import passage
from quizapp.web.highlight import pieces

TEXT = "一是甲乙丙，二是丁。"
WHOLE = Span(0, len(TEXT))

CASES = {
    "no mark leaves one piece": ([], [Piece(TEXT)]),
    "a mark is cut out": (
        [Mark(Span(2, 5), "pair")],
        [Piece("一是"), Piece("甲乙丙", ("pair",)), Piece("，二是丁。")],
    ),
    "a mark inside another keeps both": (
        [Mark(Span(2, 5), "key-point"), Mark(Span(3, 4), "pair")],
        [
            Piece("一是"),
            Piece("甲", ("key-point",)),
            Piece("乙", ("key-point", "pair")),
            Piece("丙", ("key-point",)),
            Piece("，二是丁。"),
        ],
    ),
    "marks that overlap share the middle": (
        [Mark(Span(0, 4), "key-point"), Mark(Span(3, 10), "pair")],
        [Piece("一是甲", ("key-point",)), Piece("乙", ("key-point", "pair")), Piece("丙，二是丁。", ("pair",))],
    ),
    "marks that touch stay apart": (
        [Mark(Span(0, 2), "pair"), Mark(Span(2, 10), "pair")],
        [Piece("一是", ("pair",)), Piece("甲乙丙，二是丁。", ("pair",))],
    ),
    "an empty mark marks nothing": ([Mark(Span(3, 3), "pair")], [Piece(TEXT)]),
    "the same mark twice marks once": ([Mark(WHOLE, "pair")] * 2, [Piece(TEXT, ("pair",))]),
}


@pytest.mark.parametrize(("marks", "expected"), CASES.values(), ids=CASES)
def test_a_text_is_cut_where_marks_begin_and_end(marks, expected):
    assert list(pieces(TEXT, WHOLE, marks)) == expected


def test_a_mark_over_two_paragraphs_is_clipped_in_each():
    text = "甲乙\n丙丁"
    found = paragraphs(text, [Span(0, 2), Span(3, 5)], [Mark(Span(1, 4), "pair", point=1)])

    assert [[(piece.text, piece.styles) for piece in paragraph.pieces] for paragraph in found] == [
        [("甲", ()), ("乙", ("pair",))],
        [("丙", ("pair",)), ("丁", ())],
    ]


def test_the_number_of_a_key_point_stands_only_where_it_begins():
    found = paragraphs("甲乙\n丙丁", [Span(0, 2), Span(3, 5)], [Mark(Span(1, 4), "pair", point=7)])

    assert [piece.points for paragraph in found for piece in paragraph.pieces] == [(), (7,), (), ()]


def test_key_points_that_begin_at_one_place_are_both_numbered_there():
    marks = [Mark(Span(0, 1), "key-point", point=2), Mark(Span(0, 3), "pair", point=1)]

    assert pieces(TEXT, WHOLE, marks)[0].points == (1, 2)


def test_marks_of_a_key_point_are_its_items_and_the_halves_of_its_pairs():
    point = KeyPoint(
        kind=PointKind.NAMED,
        name="一型",
        full_name=None,
        count=1,
        items=(Item("甲", "甲型", Span(4, 5)),),
        span=Span(0, 9),
        lead=Span(0, 2),
        heading=None,
        rule=Rule.LEAD,
        complete=True,
        pairs=(Pair("甲", "乙", Span(4, 5), Span(7, 8), Span(3, 9)),),
    )

    assert marks_of([point]) == [
        Mark(Span(4, 5), "key-point", 1),
        Mark(Span(4, 5), "pair"),
        Mark(Span(7, 8), "pair"),
    ]


def test_a_passage_is_the_whole_paragraphs_of_the_sentence_with_their_numbers():
    text = "甲。\n乙一。乙二。\n丙一。丙二。\n丁。"
    found = passage(text, Span(6, 13))

    assert [paragraph.number for paragraph in found] == [2, 3]
    assert [piece.text for paragraph in found for piece in paragraph.pieces if piece.styles] == ["乙二。", "丙一。"]


def test_empty_lines_are_no_paragraphs():
    assert list(lines("甲\n\n乙\n")) == [Span(0, 1), Span(3, 4)]


spans = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: Span(min(ends), max(ends)))
marks_anywhere = st.lists(st.builds(Mark, spans, st.sampled_from(["key-point", "pair"])), max_size=8)


@given(text=st.text(max_size=40), marks=marks_anywhere)
def test_the_pieces_of_a_text_are_the_text(text, marks):
    assert "".join(piece.text for piece in pieces(text, Span(0, len(text)), marks)) == text


@given(marks=marks_anywhere)
def test_every_character_has_the_marks_that_cover_it(marks):
    at = 0
    for piece in pieces("字" * 40, Span(0, 40), marks):
        for _ in piece.text:
            assert set(piece.styles) == {mark.style for mark in marks if mark.span.start <= at < mark.span.end}
            at += 1
