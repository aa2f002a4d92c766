"""Cutting a speech into marked pieces: nothing lost, nothing doubled, whatever overlaps."""

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.speech import Evidence
from quizapp.core.speech import EvidenceForm
from quizapp.core.speech import Heading
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span
from quizapp.web.highlight import Mark
from quizapp.web.highlight import Piece
from quizapp.web.highlight import evidence_marks
from quizapp.web.highlight import heading_places
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


def test_headings_are_placed_without_being_marked():
    found = pieces(TEXT, WHOLE, [Mark(Span(2, 5), None, heading=0), Mark(Span(6, 8), None, heading=1)])

    assert [(piece.text, piece.styles, piece.headings) for piece in found] == [
        ("一是", (), ()),
        ("甲乙丙", (), (0,)),
        ("，", (), ()),
        ("二是", (), (1,)),
        ("丁。", (), ()),
    ]


def test_a_heading_that_has_no_words_has_a_place_all_the_same():
    empty = Heading(1, "一、", "", "", Span(2, 2), Span(2, 4), None, False, 0)

    assert [piece.headings for piece in pieces(TEXT, WHOLE, heading_places([empty]))] == [(), (0,), ()]


POINT = KeyPoint(
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


def test_marks_of_a_key_point_are_its_items_and_the_halves_of_its_pairs():
    assert marks_of([POINT]) == [
        Mark(Span(4, 5), "kind-named", 1),
        Mark(Span(4, 5), "pair"),
        Mark(Span(7, 8), "kind-named"),
        Mark(Span(7, 8), "pair"),
    ]


def test_a_key_point_without_items_is_marked_as_a_whole():
    mention = replace(POINT, kind=PointKind.MENTION, items=(), pairs=())

    assert marks_of([POINT, mention])[-1] == Mark(Span(0, 9), "kind-mention", 2)


def test_evidence_is_marked_sentence_by_sentence():
    found = evidence_marks([Evidence(0, Span(2, 5), EvidenceForm.DEMAND, 3)])

    assert found == [Mark(Span(2, 5), "evidence")]


def test_a_long_speech_is_cut_in_time_that_grows_with_its_length_only():
    """Twice the text takes about twice as long: ten times would say that marks are held against every paragraph."""

    def seconds(times):
        text = ("字" * 79 + "\n") * times
        spans = [Span(80 * n, 80 * n + 79) for n in range(times)]
        marks = [Mark(Span(80 * n + at, 80 * n + at + 5), "pair", n) for n in range(times) for at in range(0, 70, 10)]
        started = perf_counter()
        found = paragraphs(text, spans, marks)
        assert sum(len(paragraph.pieces) for paragraph in found) == 14 * times
        return perf_counter() - started

    assert min(seconds(2000) for _ in range(3)) < 8 * min(seconds(500) for _ in range(3)) + 0.05


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
