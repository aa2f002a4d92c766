"""Ordinals: what counts as one, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.markers import Family
from quizapp.core.markers import markers
from quizapp.core.markers import number
from quizapp.core.text import clean_text

NUMBERS = {"一": 1, "十": 10, "十二": 12, "二十": 20, "九十九": 99, "两": 2, "7": 7, "⑫": 12}


@pytest.mark.parametrize(("numeral", "value"), NUMBERS.items(), ids=NUMBERS)
def test_numerals_are_read(numeral, value):
    assert number(numeral) == value


@pytest.mark.parametrize("text", ["", "一三", "十四五", "三百", "甲", "123"])
def test_other_words_are_no_numbers(text):
    assert number(text) is None


FOUND = {
    "a part": ("第一句话，稳字当头", [("第一句话，", Family.PART, 1)]),
    "a han numeral": ("二、压实责任", [("二、", Family.HAN, 2)]),
    "a bracketed numeral": ("（三）加强值守", [("（三）", Family.BRACKETED, 3)]),
    "a half-width bracket": ("(三)加强值守", [("（三）", Family.BRACKETED, 3)]),
    "an arabic numeral": ("1.建好台账", [("1.", Family.ARABIC, 1)]),
    "an arabic numeral with a comma of its own": ("12、建好台账", [("12、", Family.ARABIC, 12)]),
    "a bracketed arabic numeral": ("（2）用好台账", [("（2）", Family.BRACKETED_ARABIC, 2)]),
    "a circled numeral": ("①查漏；②补缺", [("①", Family.CIRCLED, 1), ("②", Family.CIRCLED, 2)]),
    "a quoted numeral": ("“三”，就是三个到位", [("“三”，", Family.QUOTED, 3)]),
    "di": ("第二，要勤走访。", [("第二，", Family.DI, 2)]),
    "di with yao": ("第二要勤走访。", [("第二要", Family.DI, 2)]),
    "shi": ("一是勤走访；二是勤记录。", [("一是", Family.SHI, 1), ("二是", Family.SHI, 2)]),
    "shi before yao": ("一是要勤走访。", [("一是", Family.SHI, 1)]),
    "shi before a word with yao": ("三是要求十分具体。", [("三是", Family.SHI, 3)]),
    "yao before qiu": ("一要求“稳”，二要求“快”。", [("一要", Family.YAO, 1), ("二要", Family.YAO, 2)]),
    "first and next": (
        "首先，摸底。其次，建账。",
        [("首先，", Family.FIRST_NEXT, 1), ("其次，", Family.FIRST_NEXT, 2)],
    ),
    "last": ("首先摸底。最后，归档。", [("首先", Family.FIRST_NEXT, 1), ("最后，", Family.FIRST_NEXT, 0)]),
    "qi": ("其一，账不清。", [("其一，", Family.QI, 1)]),
    "after a colon": ("要做到：一要清，二要准。", [("一要", Family.YAO, 1), ("二要", Family.YAO, 2)]),
    "after a closing quote": ("落实“双报到”。一是进社区。", [("一是", Family.SHI, 1)]),
}


@pytest.mark.parametrize(("raw", "expected"), FOUND.values(), ids=FOUND)
def test_an_ordinal_is_found(raw, expected):
    assert [(mark.text, mark.family, mark.value) for mark in markers(clean_text(raw))] == expected


NOT_FOUND = {
    "decimals": "3.5个百分点的增幅来之不易。",
    "months": "一、二月份任务不轻。",
    "a name in quotes": "努力做到“三要三不要”。",
    "elements": "要抓三要素。二要件缺一不可。",
    "whether": "看效果。一是否到位，谁也说不准。",
    "an idiom": "办事要实。一是一，二是二。",
    "a rank": "争第一、创一流。我们要争第一。",
    "the first in a quotation": "牢记“首先是党员”的身份。",
    "inside a word": "他一要紧就忘事，第一要务记心间。",
    "again without a comma": "会上再三讲过。再次强调纪律。",
}


@pytest.mark.parametrize("raw", NOT_FOUND.values(), ids=NOT_FOUND)
def test_what_only_looks_like_an_ordinal_is_left_alone(raw):
    assert not markers(clean_text(raw))


def test_a_marker_knows_how_it_stands():
    first, second, third = markers(clean_text("一是摸底。\n工作中，一要快，二要稳。"))
    assert (first.opens_paragraph, first.after_comma, first.paragraph) == (True, False, 0)
    assert (second.opens_paragraph, second.after_comma, second.paragraph) == (False, True, 1)
    assert third.after_comma


@given(st.lists(st.sampled_from([*"一二三是要第、，。\n：“”（）1.①其首先最后"]), max_size=60).map("".join))
def test_markers_are_verbatim_and_in_order(raw):
    clean = clean_text(raw)
    found = markers(clean)
    assert all(mark.span.of(clean.text) == mark.text for mark in found)
    assert [mark.span.start for mark in found] == sorted(mark.span.start for mark in found)
    assert all(clean.paragraphs[mark.paragraph].start <= mark.span.start for mark in found)
