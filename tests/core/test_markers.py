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
    "lai": ("一来人手少，二来任务重。", [("一来", Family.LAI, 1), ("二来", Family.LAI, 2)]),
    "ze": ("一则时间紧；二则要求高。", [("一则", Family.ZE, 1), ("二则", Family.ZE, 2)]),
    "the same verb": ("工作中，一靠制度，二靠自觉。", [("一", Family.VERB, 1), ("二", Family.VERB, 2)]),
    "the same verb over paragraphs": (
        "一抓班子。班子要强。\n二抓队伍。队伍要硬。",
        [("一", Family.VERB, 1), ("二", Family.VERB, 2)],
    ),
    "a numeral with a point": ("一．认清形势", [("一．", Family.HAN, 1)]),
    "an arabic numeral with half a bracket": ("1)建好台账", [("1）", Family.BRACKETED_ARABIC, 1)]),
    "a part over its own line": ("第二部分\n压实责任", [("第二部分", Family.PART, 2)]),
    "a numeral over its heading": ("二、\n压实责任", [("二、", Family.HAN, 2)]),
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
    "first of all kinds": "第一时间到岗。第一季度开门红。第一书记带头。第一议题先学。第一责任人负责。",
    "two sides": "一方面要抓早，另一方面要抓实。",
    "an idiom in a quotation": "做人要“一是一、二是二”。",
    "a list that somebody else is quoted with": "老话讲：“做事一要勤，二要俭，三要忍。”",
    "a list in corner brackets": "老話講：「做事要好：一是勤；二是儉。」",
    "a list in a title": "对照《关于值班的办法：一是到岗；二是到位》抓好落实。",
    "parts of a title": "学习《督查办法（一）》《督查办法（二）》。",
    "a plan": "“十四五”开局，一二三产业融合，大家一心一意。",
    "figures": "增长3.5%；2024.3.5开会；1.5倍。",
    "grades": "一、二级公路要养护。",
    "the order of a meeting": "会前通知到位；会中记录到位；会后督办到位。",
    "one verb alone": "一抓到底，二话不说。",
    "different verbs": "路口要一看二慢三通过：一看，二慢，三通过。",
    "measure words": "材料改了，一次次改，二次次改。一则消息，二则消息。",
    "one lai alone": "一来就开会，会议不断。",
    "lai and qu": "一来二去，二来一去。",
    "verbs out of order": "二抓队伍。一抓班子。",
    "nothing behind them": "一是。二是。三是！",
    "a numeral over a sentence": "二、\n这是一句完整的话，不是标题。",
}


@pytest.mark.parametrize("raw", NOT_FOUND.values(), ids=NOT_FOUND)
def test_what_only_looks_like_an_ordinal_is_left_alone(raw):
    assert not markers(clean_text(raw))


def test_a_marker_knows_how_it_stands():
    first, second, third = markers(clean_text("一是摸底。\n工作中，一要快，二要稳。"))
    assert (first.opens_paragraph, first.after_comma, first.paragraph) == (True, False, 0)
    assert (second.opens_paragraph, second.after_comma, second.paragraph) == (False, True, 1)
    assert third.after_comma


def test_a_long_text_with_an_ordinal_in_every_line_is_a_table():
    lines = [f"{number}.会" for number in range(1, 100)] * 20
    assert not markers(clean_text("\n".join(lines)))
    assert markers(clean_text("\n".join(lines[:99])))


def test_numbers_of_another_verb_are_another_run():
    found = markers(clean_text("一抓班子。二管队伍。二抓队伍。三抓阵地。"))
    assert [(mark.verb, mark.value) for mark in found] == [("抓", 1), ("抓", 2), ("抓", 3)]


@given(
    st.lists(
        st.sampled_from([*"一二三是要第、，。\n：“”《》（）1.①其首先最后来则抓靠", "部分", "会议"]), max_size=60
    ).map("".join)
)
def test_markers_are_verbatim_and_in_order(raw):
    clean = clean_text(raw)
    found = markers(clean)
    assert all(mark.span.of(clean.text) == mark.text for mark in found)
    assert [mark.span.start for mark in found] == sorted(mark.span.start for mark in found)
    assert all(clean.paragraphs[mark.paragraph].start <= mark.span.start for mark in found)
