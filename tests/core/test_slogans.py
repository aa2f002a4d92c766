"""Slogans: which quotations are sayings, where they part, and what only looks like one."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.keypoints.slogans import slogans
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
    return slogans(clean, read_lists(clean))


def halves(raw: str) -> list[list[str]]:
    return [[item.text for item in point.items] for point in found(raw)]


SAYINGS = {
    "a comma": ("树立“急事马上办，难事合力办”的理念。", ["急事马上办", "难事合力办"]),
    "an enumeration comma": ("弘扬“埋头苦干、勇挑重担”精神。", ["埋头苦干", "勇挑重担"]),
    "one character more": ("坚持“向前一步，就多一分担当”。", None),
    "two sentences part at the semicolon": (
        "古语说“人无远虑，必有近忧；事无预案，必有后患”。",
        ["人无远虑，必有近忧", "事无预案，必有后患"],
    ),
    "two short clauses against a long one": (
        "这叫“起得早，睡得晚，中间还要连轴转”。",
        ["起得早，睡得晚", "中间还要连轴转"],
    ),
    "three clauses of one length": (
        "大家“早上披着星出，中午啃着饼干，夜里踩着月归”。",
        ["早上披着星出", "中午啃着饼干", "夜里踩着月归"],
    ),
    "halves of one length but for the hinge": ("常讲“企业的难处，就是机关的考题”。", ["企业的难处", "就是机关的考题"]),
    "a full stop at its end": ("记住“台账要清，底数要明。”这句话。", ["台账要清", "底数要明"]),
}


@pytest.mark.parametrize(("raw", "expected"), SAYINGS.values(), ids=SAYINGS)
def test_a_quoted_saying_parts_where_its_halves_are_of_one_length(raw, expected):
    assert halves(raw) == ([expected] if expected else [])


ONE_HALF = {
    "it answers itself": "坚持“当天活当天清”。",
    "a hinge between two equal sides": "明白“松懈就是隐患”的道理。",
    "a standard in one word": "树立“零投诉”的服务理念。",
    "an aim in one word": "以“零延误”为目标。",
    "announced as a saying": "俗话说，“磨刀不误砍柴工”。",
}


@pytest.mark.parametrize("raw", ONE_HALF.values(), ids=ONE_HALF)
def test_a_saying_of_one_half_is_for_a_person_to_confirm(raw):
    (point,) = found(raw)
    assert (len(point.items), point.confidence) == (1, Confidence.LOW)


ANTITHESES = {
    "most characters the same": ("用力办文只能把话说通，用情办文才能把话说透。", Confidence.MEDIUM),
    "one hinge at the same place": ("隐患就是火苗，拖延就是灾祸。", Confidence.MEDIUM),
    "one takes up how the other ends": ("民生无小事，小事连民心。", Confidence.MEDIUM),
    "the same opening": ("台账反映底数，台账体现作风。", Confidence.LOW),
}


@pytest.mark.parametrize(("raw", "sure"), ANTITHESES.values(), ids=ANTITHESES)
def test_a_sentence_that_is_an_antithesis_needs_no_quotation_marks(raw, sure):
    (point,) = found(raw)
    assert (len(point.items), point.confidence) == (2, sure)


NONE = {
    "nought that is no standard": "实现与群众“零距离”接触。",
    "a demand that takes up how it ends": "工作要抓实，抓实出成绩。",
    "a hinge with halves of other lengths": "常讲“企业有难处，就是机关干部的一道考题”。",
    "a title": "学习《急事马上办，难事合力办》。",
    "a term": "发挥“参谋助手”作用。",
    "the name of a set": "落实“三项重点”和“四个不放过”。",
    "two names of sets": "做到“三个走遍、四个必访”。",
    "the items of a set named behind": "推动“窗口亮、队伍强”“双亮”行动。",
    "items before their count": "通过“改流程、改作风”两个改变，提高效率。",
    "words of one length in a row": "抓好“值班、信访、档案”。",
    "halves of other lengths": "要做到“讲规矩，任何时候都不能越过红线”。",
    "two demands that run alike": "要把台账做细做实，要把底数摸清摸准。",
    "two clauses that only have one length": "各地情况差别很大，工作方法不能照搬。",
    "a figure": "完成“2024年，2025年”计划表。",
    "a question": "多问“做了没有，做好没有？”。",
    "a short remark": "他说“好，好”。",
    "a masked name": "争创“美丽XX，幸福XX”。",
}


@pytest.mark.parametrize("raw", NONE.values(), ids=NONE)
def test_what_only_looks_like_a_saying_is_none(raw):
    assert halves(raw) == []


def test_a_saying_is_given_once_whatever_marks_stand_in_it():
    assert halves("树立“今日事急，明日事缓”意识。\n再讲“今日事急、明日事缓”。") == [["今日事急", "明日事缓"]]


def test_a_saying_of_a_broken_sentence_is_low():
    (point,) = found("树立“急事马上办，难事合力办”意识，以“更高标准做好工作。")
    assert point.confidence is Confidence.LOW


def test_a_slogan_says_where_and_under_which_heading_it_stands():
    raw = "一、抓效率\n要树立“急事马上办，难事合力办”的理念。\n二、抓质量\n要细。"
    (point,) = found(raw)
    text = clean_text(raw).text
    assert (point.kind, point.rule, point.heading) == (PointKind.SLOGAN, Rule.HALVES, 0)
    assert (point.span.of(text), point.lead.of(text)) == ("急事马上办，难事合力办", "要树立“")


# Any text

PIECES = st.lists(
    st.sampled_from([*"“”，、；。！？《》（）一是做事不好人X☆\n", "今天做事，明天做事", "办事就是办人", "三个"]),
    max_size=60,
).map("".join)


@given(st.one_of(PIECES, st.text(max_size=120)))
def test_every_half_is_verbatim_inside_its_saying_and_in_order(raw):
    clean = clean_text(raw)
    points = slogans(clean, read_lists(clean))
    assert [point.span.start for point in points] == sorted(point.span.start for point in points)
    for point in points:
        assert point.items
        for item in point.items:
            assert item.span.of(clean.text) == item.text
            assert point.span.start <= item.span.start < item.span.end <= point.span.end


# The sample speeches

needs_speeches = pytest.mark.skipif(not GOLD.exists(), reason="the sample speeches are not kept with the code")


@cache
def seeds() -> list[dict[str, Any]]:
    return yaml.safe_load(GOLD.read_text("utf-8"))["seeds"]


def texts(seed: dict[str, Any]) -> list[str]:
    clean = clean_text((SHARED / "speeches" / seed["file"]).read_text("utf-8"))
    return [point.span.of(clean.text) for point in slogans(clean, read_lists(clean))]


@needs_speeches
def test_every_annotated_slogan_is_found():
    wanted = [(seed["id"], each) for seed in seeds() for each in seed["slogans"]]
    missed = [
        (seed_id, each) for seed_id, each in wanted if each not in texts(next(s for s in seeds() if s["id"] == seed_id))
    ]
    print(f"slogans: {len(wanted) - len(missed)} of {len(wanted)}")
    assert not missed


@needs_speeches
def test_hardly_anything_else_is_called_a_slogan():
    extra = [each for seed in seeds() for each in texts(seed) if each not in seed["slogans"]]
    print(f"slogans beyond the annotation: {extra}")
    # 毛主席的这句话标注在引语之下，也确是一句话。
    assert extra == ["没有调查就没有发言权"]
