"""Definitions: what is a subject, what is a predicate, and which clauses with 是 define nothing."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.keypoints.definitions import definitions
from quizapp.core.outline import read_lists
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.text import clean_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
GOLD = SHARED / "gold" / "gold_seeds.yaml"


def found(raw: str) -> tuple[KeyPoint, ...]:
    clean = clean_text(raw)
    return definitions(clean, read_lists(clean))


def defined(raw: str) -> list[tuple[str, ...]]:
    return [tuple(item.text for item in point.items) for point in found(raw)]


DEFINED = {
    "a noun": ("台账是管理的依据，调度是抓项目的有效手段。", [("调度", "抓项目的有效手段")]),
    "a verb and its object": ("摸清底数是做好统计的前提。", [("摸清底数", "做好统计的前提")]),
    "two subjects": ("细心、耐心是办好信访的保证。", [("细心、耐心", "办好信访的保证")]),
    "a measure word stays outside": ("信访局是个综合部门，事情多。", [("信访局", "综合部门")]),
    "an adverb stays outside": ("安全始终是生产的底线。", [("安全", "生产的底线")]),
    "a word in quotation marks": ("值班室是全局的“神经末梢”。", [("值班室", "全局的“神经末梢”")]),
    "as": ("信访局作为联系群众的桥梁，要热情。", [("信访局", "联系群众的桥梁")]),
    "a quoted subject": ("“度”就是分寸。", [("度", "分寸")]),
    "behind an ordinal": (
        "一是纪律是队伍的生命线。二是作风是队伍的形象。",
        [("纪律", "队伍的生命线"), ("作风", "队伍的形象")],
    ),
    "behind a connective": ("实践证明，纪律是队伍的生命线。", [("纪律", "队伍的生命线")]),
    "the chief person": ("各局主要负责人是第一责任人。", [("各局主要负责人", "第一责任人")]),
    "a noun that begins like a function word": (
        "就业是最大的民生，应急管理是安全的保障。",
        [("就业", "最大的民生"), ("应急管理", "安全的保障")],
    ),
    "a noun that ends like a function word": ("居委会是基层治理的基础。", [("居委会", "基层治理的基础")]),
    "inside a quotation": ("要懂得“稳定是发展的前提，发展是稳定的保障”。", [("发展", "稳定的保障")]),
    "any noun, where both sides are short": ("门牌是单位的面孔。", [("门牌", "单位的面孔")]),
    "the best of its kind": ("节俭是最好的保护。", [("节俭", "最好的保护")]),
    "a predicate that begins like a function word": ("清白是从业的底线。", [("清白", "从业的底线")]),
    "a kind of work": ("统计是一项打基础、管长远的工作。", [("统计", "一项打基础、管长远的工作")]),
    "the same subject once more": (
        "口碑是窗口的脸面，也是单位的名片，要珍惜。",
        [("口碑", "窗口的脸面"), ("口碑", "单位的名片")],
    ),
    "once more, but nothing said": ("口碑是窗口的脸面，也是长期的问题。", [("口碑", "窗口的脸面")]),
    "behind a full stop of half width": ("整理要细.整理是统计的基础。", [("整理", "统计的基础")]),
    "to hold meetings": ("办会是机关的“基本功”。", [("办会", "机关的“基本功”")]),
    "two clauses of one sentence": (
        "稳定是发展的前提，发展是稳定的保障。",
        [("稳定", "发展的前提"), ("发展", "稳定的保障")],
    ),
}


@pytest.mark.parametrize(("raw", "expected"), DEFINED.values(), ids=DEFINED)
def test_a_definition_is_a_subject_and_what_it_is(raw, expected):
    assert defined(raw) == expected


NOTHING = {
    "a pronoun for a subject": "这是做好统计的前提，它也是发展的保障。",
    "a pronoun inside": "我们的队伍是发展的保障。",
    "a question": "什么是发展的根本？",
    "a condition": "如果说制度是工作的保障，那就要执行。",
    "a denial": "口号不是工作的保障。",
    "not all": "并非台账就是工作的保障。",
    "more than that": "台账也是工作的保障，更是考核的基础。",
    "what is asked for": "要成为发展的保障，争当群众的桥梁。",
    "to take as": "要把督查作为抓落实的重要手段，始终将安全作为底线。",
    "a topic, not a subject": "问题的关键是人，关键是抓好基础。",
    "a purpose": "目的是打牢发展的基础。",
    "an example": "特别是基层窗口，尤其是乡镇一线阵地。",
    "an act, not a kind": "用心谋事就是要聚精会神。",
    "an adjective": "会风是很好的，作风是实的。",
    "both halves of a saying": "松懈就是隐患，时间就是生命。抓作风就是抓基础，抓细节就是抓根本。",
    "what it is used for": "考核结果作为选拔的重要依据。",
    "an empty noun": "短板是长期的问题，拖延是普遍的现象。",
    "to what degree": "很大程度上是作风的根本。",
    "a masked subject": "XX局是服务群众的窗口。",
    "an unclosed quotation mark": "“信访局是联系群众的桥梁。",
    "as, without a subject": "作为服务群众的窗口，信访局要热情。",
    "whether": "是否落实是检验作风的标志，是不是真抓是关键。",
}


@pytest.mark.parametrize("raw", NOTHING.values(), ids=NOTHING)
def test_a_clause_with_shi_need_not_define_anything(raw):
    assert defined(raw) == []


def test_a_definition_stands_in_its_clause_under_its_heading():
    raw = "一、抓统计\n大家知道，摸清底数是做好统计的前提，要抓细。\n二、抓档案\n要全。"
    (point,) = found(raw)
    text = clean_text(raw).text
    assert (point.kind, point.rule, point.heading) == (PointKind.DEFINITION, Rule.COPULA, 0)
    assert (point.lead.of(text), point.span.of(text)) == ("大家知道，", "摸清底数是做好统计的前提")


PIECES = st.lists(
    st.sampled_from([*"“”，；。！？（）是作为个的也.", "就是", "督查", "抓落实的手段", "发展的基础", "一是", "☆"]),
    max_size=60,
).map("".join)


@given(st.one_of(PIECES, st.text(max_size=120)))
def test_subject_and_predicate_are_verbatim_in_their_clause(raw):
    clean = clean_text(raw)
    for point in definitions(clean, read_lists(clean)):
        subject, predicate = point.items
        assert point.span.start <= subject.span.start < subject.span.end < predicate.span.start
        assert predicate.span.end <= point.span.end
        assert [item.span.of(clean.text) for item in point.items] == [subject.text, predicate.text]


# The sample speeches

needs_speeches = pytest.mark.skipif(not GOLD.exists(), reason="the sample speeches are not kept with the code")


@cache
def seeds() -> list[dict[str, Any]]:
    return yaml.safe_load(GOLD.read_text("utf-8"))["seeds"]


def of_seed(seed: dict[str, Any]) -> list[tuple[str, ...]]:
    return defined((SHARED / "speeches" / seed["file"]).read_text("utf-8"))


def same(gold: str, text: str) -> bool:
    short, long = sorted((gold, text), key=len)
    return short in long and len(short) >= 0.6 * len(long)


@needs_speeches
def test_every_annotated_definition_is_found():
    wanted = [(seed, each) for seed in seeds() for each in seed["definitions"]]
    missed = [
        each["subject"]
        for seed, each in wanted
        if not any(same(each["subject"], one) and same(each["predicate"], two) for one, two in of_seed(seed))
    ]
    print(f"definitions: {len(wanted) - len(missed)} of {len(wanted)}")
    assert not missed


#: Read by hand: each says what its subject is, and the annotation names another clause of the same sentence or none.
RIGHT_TOO = {
    ("000", "政府的综合协调机构"),
    ("000", "办公室的重要职能"),
    ("000", "一名干部必需的品质"),
    ("001", "衡量工作成效的主要标志"),
    ("002", "事业兴旺的关键"),
    ("002", "全区政府系统的“中枢神经”"),
    ("004", "各单位的“参谋部”、“作战部”、“后勤部”和“不管部”"),
    ("004", "各单位的中枢机关"),
    ("004", "一个地方、一个单位的一面旗帜、一个标杆"),
    ("004", "市委、市政府的“耳目”"),
}


@needs_speeches
def test_every_other_definition_found_is_right_too():
    extra = {
        (seed["id"], predicate)
        for seed in seeds()
        for subject, predicate in of_seed(seed)
        if not any(
            same(each["subject"], subject) and same(each["predicate"], predicate) for each in seed["definitions"]
        )
    }
    print(f"definitions beyond the annotation: {len(extra)}, all right")
    assert extra == RIGHT_TOO
