"""Any text gives a reading, and everything in a reading can be shown in the text."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from bench.fuzz import PIECES
from quizapp.core.drafting import draft_questions
from quizapp.core.reading import read_speech
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Span
from quizapp.formats.lexicon import load_lexicon
from quizapp.formats.reading_json import reading_as_values

_SAID = """
坚持用学习治心 要把责任扛在肩上 争当“勤学型”干部，戒“惰” 会前重“细”、会中重“稳”、会后重“快” 每周调度两次
督查是抓落实的重要手段 文不过夜，事不隔天 做到讲政治、懂规矩、守纪律 6月底前全部完成 由督查室牵头 讲三点意见
全面落实“三服务”要求 做好“三通” 重点抓好文稿、信息、调研三项重点 市委主要领导强调： 主要表现在：标准不高；作风不实
"""
WORDS = [*PIECES, *_SAID.split(), "。", "。\n", "，", "；"]
texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=60).map("".join)


def spans_of(point: KeyPoint) -> list[Span]:
    tied = [span for pair in point.pairs for span in (pair.left_span, pair.right_span, pair.sentence)]
    return [point.span, point.lead, *(item.span for item in point.items), *tied]


@given(texts)
@settings(deadline=None)
def test_everything_found_stands_in_the_text(raw: str) -> None:
    reading = read_speech(raw)
    text = reading.clean.text
    for point in reading.points:
        assert all(0 <= span.start <= span.end <= len(text) for span in spans_of(point))
        assert [item.span.of(text) for item in point.items] == [item.text for item in point.items]
        assert all(pair.left_span.of(text) == pair.left for pair in point.pairs)
        assert all(pair.right_span.of(text) == pair.right for pair in point.pairs)
    for each in reading.evidence:
        assert 0 <= each.span.start < each.span.end <= len(text)


@given(texts)
@settings(deadline=None)
def test_everything_found_points_at_a_heading_that_is_there(raw: str) -> None:
    reading = read_speech(raw)
    headings = {None, *range(len(reading.outline))}
    assert {point.heading for point in reading.points} <= headings
    assert {each.heading for each in reading.evidence} <= headings
    assert {heading.parent for heading in reading.outline} <= headings


SHAPES = {
    PointKind.NAMED: (1, 99),
    PointKind.COUNTED: (1, 99),
    PointKind.HEADINGS: (2, 99),
    PointKind.PAIRSET: (2, 99),
    PointKind.PARALLEL: (2, 999),
    PointKind.SLOGAN: (1, 2),
    PointKind.DEFINITION: (2, 2),
    PointKind.FACT: (1, 1),
    PointKind.MENTION: (0, 0),
}


@given(texts)
@settings(deadline=None)
def test_each_kind_has_its_shape(raw: str) -> None:
    for point in read_speech(raw).points:
        fewest, most = SHAPES[point.kind]
        assert fewest <= len(point.items) <= most
        assert (point.fact is not None) == (point.kind is PointKind.FACT)
        assert point.name or point.kind not in (PointKind.NAMED, PointKind.COUNTED, PointKind.MENTION)


@given(texts)
@settings(deadline=None)
def test_points_come_in_the_order_of_the_text(raw: str) -> None:
    starts = [point.span.start for point in read_speech(raw).points]
    assert starts == sorted(starts)


@given(texts)
@settings(deadline=None, max_examples=50)
def test_reading_twice_gives_the_same(raw: str) -> None:
    assert read_speech(raw) == read_speech(raw)


@given(texts)
@settings(deadline=None, max_examples=50)
def test_every_reading_can_be_told_and_drafted_from(raw: str) -> None:
    reading: Reading = read_speech(raw)
    assert reading_as_values(reading)["outline"] is not None
    draft_questions(reading, load_lexicon(), "一篇讲话")
