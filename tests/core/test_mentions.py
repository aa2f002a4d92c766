"""Mentions: names of sets that the speech gives no items for, and words with a count that name none."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.keypoints import key_points
from quizapp.core.keypoints.mentions import mentions
from quizapp.core.keypoints.naming import set_names
from quizapp.core.outline import read_lists
from quizapp.core.speech import Confidence
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.text import clean_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
GOLD = SHARED / "gold" / "gold_seeds.yaml"


def found(raw: str) -> tuple[KeyPoint, ...]:
    clean = clean_text(raw)
    outline = read_lists(clean)
    sets = [point for point in key_points(clean, outline) if point.kind in (PointKind.NAMED, PointKind.COUNTED)]
    return mentions(clean, outline, set_names(clean), sets)


def names(raw: str) -> list[tuple[str | None, int]]:
    return [(point.name, point.count) for point in found(raw)]


MENTIONED = {
    "quoted": ("提高“四服务”水平。", [("四服务", 4)]),
    "quoted, with a classifier": ("增强“四个意识”。", [("四个意识", 4)]),
    "two counts": ("采取“三不两直”方式。", [("三不两直", 5)]),
    "two counts, proverbial": ("落实“一岗双责”要求。", [("一岗双责", 3)]),
    "unquoted, behind a verb that names it": ("坚决做到两个维护，走在前列。", [("两个维护", 2)]),
    "numerals that are called a plan": ("按照“二四六”工作思路推进。", [("二四六", 3)]),
}


@pytest.mark.parametrize(("raw", "expected"), MENTIONED.values(), ids=MENTIONED)
def test_a_name_without_items_is_mentioned_and_nothing_is_filled_in(raw, expected):
    assert names(raw) == expected
    assert all(point.items == () and not point.complete for point in found(raw))


NO_MENTIONS = {
    "abbreviations": "凝聚“两办”合力，开好“两会”，迎接“十四五”。",
    "sayings": "防止“两极分化”，树立“一盘棋”思想，杜绝“两张皮”“三板斧”。",
    "a sum": "发扬“五加二”精神。",
    "days": "庆祝“五四”和“七一”。",
    "only a count": "我讲两点，提三个方面要求。",
    "of one": "围绕“一个中心”，争创“一流”业绩。",
    "a congress": "学习党的二十大精神。",
    "bodies": "四大班子办公室要带头。",
    "months": "用了三个月，走了五个乡镇。",
    "initiatives, not sets": "共建“一带一路”，坚持“一国两制”。",
    "a set with its items": "做到“两个带头”：带头学习、带头落实。",
    "a set told by headings": "做到“两个带头”。一是带头学习。二是带头落实。",
}


@pytest.mark.parametrize("raw", NO_MENTIONS.values(), ids=NO_MENTIONS)
def test_a_word_with_a_count_need_not_be_a_mention(raw):
    assert names(raw) == []


def test_a_name_is_mentioned_once_where_it_is_first_said():
    raw = "提高“四服务”水平。要抓“四服务”工作。"
    (point,) = found(raw)
    assert point.span.start == clean_text(raw).text.index("“四服务”")


def test_a_name_with_the_noun_of_a_set_is_that_set():
    raw = "争当“两型”干部：勤奋型、廉洁型。\n大家都要做“两型干部”。"
    assert names(raw) == []


def test_a_list_with_another_number_of_items_is_told_as_such():
    raw = "要做到“三个带头”。一是带头学习。二是带头落实。"
    (point,) = found(raw)
    assert (point.rule, point.confidence, point.count) == (Rule.MISCOUNTED, Confidence.LOW, 3)


def test_a_list_further_on_does_not_count_for_a_name():
    (point,) = found("要提高“三服务”水平和质量。一是学习。二是落实。")
    assert (point.rule, point.confidence) == (Rule.NO_ITEMS, Confidence.HIGH)


def test_a_mention_says_where_it_stands():
    raw = "一、抓服务\n要提高“四服务”水平。\n二、抓落实\n要实。"
    (point,) = found(raw)
    text = clean_text(raw).text
    assert (point.kind, point.heading) == (PointKind.MENTION, 0)
    assert (point.lead.of(text), point.span.of(text)) == ("要提高", "“四服务”")


PIECES = st.lists(
    st.sampled_from([*"“”，；。：三四五两双个项的\n", "一是", "二是", "服务", "做到", "坚持", "一岗双责"]), max_size=60
).map("".join)


@given(st.one_of(PIECES, st.text(max_size=120)))
def test_every_mention_is_verbatim_and_no_name_is_told_twice(raw):
    clean = clean_text(raw)
    points = mentions(clean, read_lists(clean), set_names(clean), ())
    assert len({point.name for point in points}) == len(points)
    assert [point.span.start for point in points] == sorted(point.span.start for point in points)
    for point in points:
        assert point.span.of(clean.text).strip("“”") == point.name


# The sample speeches

needs_speeches = pytest.mark.skipif(not GOLD.exists(), reason="the sample speeches are not kept with the code")


@cache
def seeds() -> list[dict[str, Any]]:
    return yaml.safe_load(GOLD.read_text("utf-8"))["seeds"]


@needs_speeches
def test_exactly_the_names_annotated_as_without_items_are_mentioned():
    # 注明“不是要点集”的是简称和俗语。
    wanted = {
        seed["id"]: {each["name"] for each in seed["name_only"] if "不是要点集" not in each.get("note", "")}
        for seed in seeds()
    }
    told = {
        seed["id"]: {name for name, _ in names((SHARED / "speeches" / seed["file"]).read_text("utf-8"))}
        for seed in seeds()
    }
    print(f"mentions: {sum(map(len, told.values()))} of {sum(map(len, wanted.values()))}")
    assert told == wanted
