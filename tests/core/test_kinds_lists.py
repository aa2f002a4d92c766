"""The kinds that ask for lists: what does not belong, whether it is told right, all of it, its order, its place.

The texts are our own; what real speeches give is held at the end, by rules that every draft must keep.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.distractors import has_shape
from quizapp.core.distractors import shares_word
from quizapp.core.drafting import draft_questions
from quizapp.core.drafts import Draft
from quizapp.core.gates import Case
from quizapp.core.gates import refused_by
from quizapp.core.kinds import KINDS
from quizapp.core.kinds import Candidate
from quizapp.core.kinds import Material
from quizapp.core.kinds import set_tf
from quizapp.core.kinds.base import answer_of
from quizapp.core.kinds.order import sequences
from quizapp.core.kinds.short import Ask
from quizapp.core.kinds.short import keywords
from quizapp.core.kinds.short import points_of
from quizapp.core.kinds.short import question_of
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.reading import read_speech
from quizapp.core.speech import Heading
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Rule
from quizapp.core.speech import Span
from quizapp.core.stems import even
from quizapp.core.stems import label_of
from quizapp.core.stems import subject
from quizapp.core.types import TYPES
from quizapp.formats.lexicon import load_lexicon
from tests.core.hand_readings import clean
from tests.core.hand_readings import heading
from tests.core.hand_readings import key_point
from tests.core.hand_readings import span_of
from tests.core.hand_readings import style_reading
from tests.core.hand_readings import style_set
from tests.core.hand_readings import tasks_set

ROOT = Path(__file__).parents[2]
OWN = ("SET_NOT", "SET_TF", "SHORT", "OUTLINE", "ORDER", "HEAD_MC", "MENTION")
LEXICON = Lexicon(
    (
        TermClass("X型干部", ("创新型", "专业型", "协作型"), form="*型"),
        TermClass("职能", ("公文办理", "会务保障", "公务接待", "值班值守"), form="????"),
        TermClass("X零", ("零延误", "零积压", "零失误"), form="零??"),
    ),
    (frozenset({"公文办理", "公文处理"}), frozenset({"档案管理", "档案工作"})),
)

ZEROS_TEXT = "服务企业要做到“四零”：零差错、零等候、零超时、零投诉。\n"
#: A speech of two parts of one level, told under headings, with a name whose items it does not give.
PARTS = (
    "一要办好文。\n"
    "一是起草求准，数字再三核对。\n"
    "二是审核求严，推行“双人双岗”校对。\n"
    "三是流转求快，急件随到随办。\n"
    "二要办好会。\n"
    "一是筹备求细，座次反复推敲。\n"
    "二是组织求稳，流程烂熟于心。\n"
    "三是落实求实，议定事项逐条督办。\n"
)


def parts_outline() -> tuple[Heading, ...]:
    """The headings of PARTS."""
    first, second = "一要办好文。", "二要办好会。"
    tops = [
        heading(PARTS, "办好文", "急件随到随办。"),
        heading(PARTS, "办好会", "议定事项逐条督办。"),
    ]
    assert PARTS.index(first) < PARTS.index(second)
    under = [
        heading(PARTS, title, end, parent, list_id)
        for title, end, parent, list_id in (
            ("起草求准", "再三核对。", 0, 1),
            ("审核求严", "校对。", 0, 1),
            ("流转求快", "随到随办。", 0, 1),
            ("筹备求细", "反复推敲。", 1, 2),
            ("组织求稳", "烂熟于心。", 1, 2),
            ("落实求实", "逐条督办。", 1, 2),
        )
    ]
    return (*tops, *under)


def siblings(titles: Sequence[str], parent: int | None, lead: str) -> KeyPoint:
    """The unnamed list of these headings of PARTS."""
    told = {"kind": PointKind.HEADINGS, "name": None, "heading": parent, "rule": Rule.SIBLINGS}
    return key_point(PARTS, lead, titles, **told)


DRAFTING = ("起草求准", "审核求严", "流转求快")
MEETINGS = ("筹备求细", "组织求稳", "落实求实")


def mention(name: str = "双人双岗", **more: Any) -> KeyPoint:
    span = span_of(PARTS, name)
    told = {"kind": PointKind.MENTION, "name": name, "full_name": None, "count": 4, "items": (), "span": span}
    rest = {"lead": span, "heading": 3, "rule": Rule.NO_ITEMS, "complete": False}
    return KeyPoint(**(told | rest | more))


def parts(*points: KeyPoint, **more: Any) -> Material:
    """PARTS with its two lists, its outline and its mention; or with the given points."""
    found = points or (
        siblings(("办好文", "办好会"), None, "一要"),
        siblings(DRAFTING, 0, "一要办好文。"),
        mention(),
        siblings(MEETINGS, 1, "二要办好会。"),
    )
    return Material(Reading(clean(PARTS, **more), parts_outline(), found), LEXICON, "讲话一则")


def zeros(**more: Any) -> Material:
    items = ["零差错", "零等候", "零超时", "零投诉"]
    point = replace(key_point(ZEROS_TEXT, "服务企业要做到", items, name="四零"), **more)
    return Material(Reading(clean(ZEROS_TEXT), (), (point,)), LEXICON, "讲话一则")


def plain(text: str) -> Material:
    return Material(Reading(clean(text), (), ()), LEXICON, "讲话一则")


def style(*points: KeyPoint) -> Material:
    return Material(style_reading(*points), LEXICON, "讲话一则")


def asked(kind: str, material: Material, index: int | None = None) -> list[Candidate]:
    places = KINDS[kind].places(material) if index is None else [index]
    return [each for place in places for each in KINDS[kind].candidates(material, place)]


def stems(kind: str, material: Material) -> list[str]:
    return [each.question.stem for each in asked(kind, material)]


CASES: dict[str, tuple[str, Material]] = {
    "what does not belong": ("SET_NOT", zeros()),
    "a list to judge": ("SET_TF", style()),
    "a list to tell": ("SHORT", style()),
    "the whole speech": ("OUTLINE", parts()),
    "a process": ("ORDER", plain("遇到险情，先叫醒群众，再组织转移，最后清点人数。")),
    "a chain": ("ORDER", plain("办件要做到来件必登，登件必办，办件必复。")),
    "the headings of a part": ("HEAD_MC", parts()),
    "where a name is spoken of": ("MENTION", parts()),
}


@pytest.mark.parametrize(("kind", "material"), CASES.values(), ids=CASES)
def test_every_candidate_gives_its_key_again(kind: str, material: Material) -> None:
    found = asked(kind, material)

    assert found
    for each in found:
        assert KINDS[kind].key_again(each, material) == answer_of(each.question)


@pytest.mark.parametrize(("kind", "material"), CASES.values(), ids=CASES)
def test_every_candidate_is_sound_quotes_the_speech_and_proves_its_options(kind: str, material: Material) -> None:
    for each in asked(kind, material):
        question = each.question
        assert TYPES[question.type].problems(question) == []
        assert question.source.quote == material.text[question.source.start : question.source.end]
        assert question.explanation.endswith("。")
        if question.type is not TypeName.TRUE_FALSE:
            assert all(option.proof for option in question.options)


@pytest.mark.parametrize(("kind", "material"), CASES.values(), ids=CASES)
def test_the_same_material_gives_the_same_candidates(kind: str, material: Material) -> None:
    again = Material(material.reading, material.lexicon, material.title)

    assert asked(kind, material) == asked(kind, again)


@pytest.mark.parametrize(("kind", "material"), CASES.values(), ids=CASES)
def test_some_candidate_passes_every_gate(kind: str, material: Material) -> None:
    assert None in [refused_by(Case(each, material)) for each in asked(kind, material)]


# What does not belong


def test_the_key_is_the_only_option_that_is_no_item() -> None:
    for each in asked("SET_NOT", zeros()):
        assert each.question.stem == "下列选项中，不属于讲话提出的“四零”的是（　）。"
        assert [text for text in each.right if text in ZEROS_TEXT] == []
        assert [text for text in each.wrong if text not in ZEROS_TEXT] == []
        assert (len(each.right), len(each.wrong)) == (1, 3)


NO_EXCLUSION: dict[str, tuple[Material, int]] = {
    "of three items": (style(), 1),
    "of faults": (zeros(negative=True), 0),
    "of what the stem cannot name": (style(style_set(name="四点", kind=PointKind.COUNTED)), 0),
}


@pytest.mark.parametrize(("material", "index"), NO_EXCLUSION.values(), ids=NO_EXCLUSION)
def test_no_exclusion_is_asked(material: Material, index: int) -> None:
    assert index not in KINDS["SET_NOT"].places(material) or asked("SET_NOT", material, index) == []


def excluded(**changes: Any) -> str | None:
    """What refuses a sound exclusion after these changes to its question."""
    material = zeros()
    (first, *_) = asked("SET_NOT", material)
    return refused_by(Case(replace(first, question=replace(first.question, **changes)), material))


def test_one_negative_may_ask_for_what_does_not_belong_and_two_may_not() -> None:
    assert excluded() is None
    assert excluded(stem="下列选项中，属于讲话提出的“四零”的是（　）。") == "G19"
    assert excluded(stem="下列选项中，不属于讲话提出的“四零”而不对的是（　）。") == "G19"


def test_a_negative_stem_is_still_refused_to_every_other_kind() -> None:
    material = style()
    (first, *_) = asked("SET_MC", material, 0)
    negative = replace(first.question, stem="下列选项中，不属于讲话提出的“四型”干部的有（　）。")

    assert refused_by(Case(replace(first, question=negative), material)) == "G19"


def test_an_outsider_that_lacks_what_the_name_and_all_items_say_is_refused() -> None:
    material = zeros()
    (first, *_) = asked("SET_NOT", material)
    told = tuple(replace(o, text="快办理") if o.id in first.question.key else o for o in first.question.options)

    assert refused_by(Case(replace(first, question=replace(first.question, options=told)), material)) is not None


# Judging a list


def judged(material: Material, index: int) -> dict[str, Candidate]:
    """One true and one false candidate about a list, by their key."""
    return {next(iter(each.question.key)): each for each in asked("SET_TF", material, index)}


def test_a_false_list_differs_from_the_true_one_in_one_item() -> None:
    items = [item.display for item in tasks_set().items]
    for each in asked("SET_TF", style(), 1):
        told = [text for text in items if text in each.question.stem]
        assert len(told) == (3 if "T" in each.question.key else 2)
        if each.swapped:
            assert bare(each.asked).replace(bare(each.swapped[0]), bare(each.swapped[1])) == bare(each.question.stem)


def test_a_list_without_an_outsider_is_told_truly_only_where_nothing_else_asks_it() -> None:
    counted = style_reading(style_set(), tasks_set(kind=PointKind.COUNTED))

    assert judged(Material(counted, Lexicon(), None), 1) == {}
    # A name without pairs has no other way to be asked without recall.
    assert judged(Material(style_reading(), Lexicon(), None), 1).keys() == {"T"}

    text = "要树立三大导向：德才兼备，以德为先；能打硬仗，能扛硬活；肯钻肯干，甘当人梯。"
    items = ["德才兼备，以德为先", "能打硬仗，能扛硬活", "肯钻肯干，甘当人梯"]
    point = key_point(text, "要树立", items, name="三大导向")
    assert set(judged(Material(Reading(clean(text), (), (point,)), Lexicon()), 0)) == {"T"}


def test_names_are_explained_and_demands_follow_a_colon() -> None:
    assert set_tf.judged(zeros(), 0).question.stem.startswith("讲话提出的“四零”是指零差错、")
    assert "部分提出的要求是：起草求准、" in set_tf.judged(parts(), 1).question.stem


def test_a_tampered_list_does_not_give_the_key_it_claims() -> None:
    material = zeros()
    true = set_tf.judged(material, 0)
    tampered = replace(true, question=replace(true.question, stem=true.question.stem.replace("零差错", "零积压")))
    doubly = replace(true, question=replace(true.question, stem="讲话提出的“四零”是指零积压、零延误、零超时、零投诉。"))

    assert KINDS["SET_TF"].key_again(tampered, material) == frozenset({"F"})
    assert KINDS["SET_TF"].key_again(doubly, material) is None


# Telling a list

QUESTIONS = {
    "demands of a part": (
        "讲话在“抓落实”部分提出的要求",
        3,
        Ask.GIST,
        "讲话在“抓落实”部分提出了哪三项要求？",
    ),
    "what a part is counted as": (
        "讲话在“隐患治理”部分讲到的四个领域",
        4,
        Ask.GIST,
        "讲话在“隐患治理”部分讲到了哪四个领域？",
    ),
    "names that the speech explains": ("讲话提出的“三容”", 3, Ask.NAMES, "讲话提出的“三容”包括哪三项？"),
    "points on a topic": (
        "讲话就“怎么抓好落实”提出的两点要求",
        2,
        Ask.WORDS,
        "讲话就“怎么抓好落实”提出了哪两点要求？",
    ),
    "a count with its noun": (
        "讲话在“从严管理”部分指出的“三种情形”",
        3,
        Ask.GIST,
        "讲话在“从严管理”部分指出了哪三种情形？",
    ),
    "stages that are worked on": (
        "讲话在“档案工作”部分提出的“四个环节”",
        4,
        Ask.GIST,
        "请简述讲话在“档案工作”部分提出的“四个环节”的主要内容。",
    ),
    "problems": ("讲话指出，当前工作存在的问题", 4, Ask.GIST, "讲话指出，当前工作存在的问题主要有哪些？"),
    "main problems": ("讲话指出的主要不足", 4, Ask.GIST, "讲话指出的主要不足有哪些？"),
    "words": ("讲话提出的“四勤”", 4, Ask.WORDS, "讲话提出的“四勤”分别指什么？"),
    "sentences": ("讲话提出的“四个坚持”", 4, Ask.GIST, "请简述讲话提出的“四个坚持”的主要内容。"),
    "what is said in so many words": ("讲话所讲的“三句话”", 3, Ask.WORDS, "讲话所讲的“三句话”分别是什么？"),
}


@pytest.mark.parametrize(("phrase", "count", "ask", "expected"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_phrase_becomes_a_question(phrase: str, count: int, ask: Ask, expected: str) -> None:
    assert question_of(phrase, count, ask) == expected
    assert KINDS["SHORT"].names(expected, phrase)


def items_of(*texts: str) -> list[Item]:
    return [Item(text, text, Span(0, len(text))) for text in texts]


KEYWORDS: dict[str, tuple[list[str], tuple[tuple[str, ...], ...]]] = {
    "two words of one clause": (["压实党政领导责任", "严格考核问责"], (("党政领导",), ("责任",))),
    "a quoted name inside": (
        ["更新观念，在“四个转变”上下功夫", "苦练内功，在提高能力上下功夫"],
        (("观念",), ("四个转变",)),
    ),
    "what it is about and how it is to be": (["收集要全", "整理要细"], (("收集",), ("全",))),
    "none that only leads": (["推动工作方式转变", "推动作风转变"], (("方式",),)),
    "an adjective and its noun in either order": (
        ["清醒认识面临的严峻形势", "压实责任"],
        (("严峻形势", "形势严峻"),),
    ),
    "of what all share nothing": (["问题清单", "责任清单"], (("问题",),)),
}


@pytest.mark.parametrize(("texts", "expected"), KEYWORDS.values(), ids=KEYWORDS)
def test_keywords_are_the_words_that_say_what_an_item_is_about(
    texts: list[str], expected: tuple[tuple[str, ...], ...]
) -> None:
    items = items_of(*texts)

    assert keywords(items[0], items, Lexicon()) == expected


def test_what_would_count_for_two_points_counts_for_neither() -> None:
    lexicon = Lexicon((), (frozenset({"方式", "办法"}), frozenset({"方法", "办法"})))
    text = "要做到“三个转变”：转变工作方式、转变工作方法、转变工作作风。"
    point = key_point(text, "要做到", ["转变工作方式", "转变工作方法", "转变工作作风"], name="三个转变")
    told = points_of(point, lexicon)

    assert all("办法" not in group for each in told for group in each.keywords)


def test_points_are_the_items_and_each_has_words_of_its_own() -> None:
    (told,) = asked("SHORT", style(), 1)

    assert [point.text for point in told.question.points] == ["公文办理", "会务保障", "档案管理"]
    assert told.question.points[0].keywords == (("公文办理", "公文处理"),)
    assert told.question.stem == "讲话要求抓好的“三项任务”分别指什么？"
    assert all(point.keywords for point in told.question.points)


def test_a_wording_that_another_item_says_is_no_keyword() -> None:
    text = "今年要抓好“三件要事”：公文办理、公文处理、会务保障。"
    point = key_point(text, "今年要抓好", ["公文办理", "公文处理", "会务保障"], name="三件要事")
    (told,) = asked("SHORT", Material(Reading(clean(text), (), (point,)), LEXICON))

    assert [point.keywords for point in told.question.points[:2]] == [(("公文办理",),), (("公文处理",),)]


NOT_TOLD: dict[str, dict[str, Any]] = {
    "an open list": {"complete": False},
    "a list whose name has another count": {"count": 5},
    "an item too long to tell": {
        "items": (*zeros().point(0).items[:3], Item("零" * 37, "零" * 37, zeros().point(0).items[3].span)),
    },
    "one item twice": {"items": (*zeros().point(0).items[:3], zeros().point(0).items[0])},
}


@pytest.mark.parametrize("changes", NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_cannot_be_told_whole_is_not_asked(changes: dict[str, Any]) -> None:
    assert asked("SHORT", zeros()) != []
    assert asked("SHORT", zeros(**changes)) == []


def test_a_question_that_shows_one_of_its_points_is_refused() -> None:
    material = zeros()
    (told,) = asked("SHORT", material)
    showing = replace(told.question, stem="讲话提出的“四零”分别指什么？（如零差错）")

    assert refused_by(Case(replace(told, question=told.question), material)) is None
    assert refused_by(Case(replace(told, question=showing), material)) is not None


# The outline


def test_the_outline_asks_for_every_heading_of_the_top_level() -> None:
    (told,) = asked("OUTLINE", parts())

    assert told.question.stem == "讲话主要讲了哪两个方面的内容？"
    assert [point.text for point in told.question.points] == ["办好文", "办好会"]


def outlined(**changes: Any) -> list[Candidate]:
    """The outline of PARTS with its top headings changed."""
    material = parts()
    reading = material.reading
    changed = tuple(replace(node, **changes) if node.parent is None else node for node in reading.outline)
    return asked("OUTLINE", replace(material, reading=replace(reading, outline=changed)))


def test_a_list_counted_off_inside_a_paragraph_is_no_outline() -> None:
    assert outlined() != []
    assert outlined(inline=True) == []


def test_two_lists_at_the_top_are_no_outline() -> None:
    material = parts()
    first, *rest = material.reading.outline
    split = replace(material.reading, outline=(replace(first, list_id=9), *rest))

    assert asked("OUTLINE", replace(material, reading=split)) == []


def test_headings_that_hold_little_of_the_text_are_no_outline() -> None:
    material = parts()
    longer = replace(material.reading, clean=clean(PARTS + "同志们辛苦了。" * 60))

    assert asked("OUTLINE", replace(material, reading=longer)) == []


def test_the_outline_is_not_asked_a_second_time_as_a_list() -> None:
    assert asked("SHORT", parts(), 0) == []


# Orders

SEQUENCES: dict[str, tuple[str, list[str]]] = {
    "先 再 最后 in a case": ("遇到险情，先叫醒群众，再组织转移，最后清点人数。", ["叫醒群众", "组织转移", "清点人数"]),
    "a work that must be done so": ("办理来信要先登记，再转办，然后督办，最后答复。", ["登记", "转办", "督办", "答复"]),
    "a topic, then what must come first": ("办文流程上，要先拟稿，再核稿，最后签发。", ["拟稿", "核稿", "签发"]),
    "a chain": ("办件要做到来件必登，登件必办，办件必复。", ["来件必登", "登件必办", "办件必复"]),
    "a chain that shares one character": ("做到有令必行，行必有果，果必可查。", ["有令必行", "行必有果", "果必可查"]),
}


@pytest.mark.parametrize(("text", "steps"), SEQUENCES.values(), ids=SEQUENCES)
def test_an_order_that_the_speech_states_is_asked(text: str, steps: list[str]) -> None:
    (told,) = asked("ORDER", plain(text))
    texts = {option.id: option.text for option in told.question.options}

    assert [texts[letter] for letter in told.question.right_order] == steps
    assert [option.text for option in told.question.options] != steps
    assert told.question.stem.endswith("请按先后顺序排列。")


FLOWS: dict[str, tuple[str, str]] = {
    "what goes by it": (
        "收文按照签收、登记、初审、承办的程序办理。",
        "讲话要求，收文按照下列四个环节的程序办理，请按先后顺序排列。",
    ),
    "what it is for, in the clause before": (
        "对发现的隐患，要按照排查、登记、整改、销号的流程闭环管理，做到底数清。",
        "讲话要求，对发现的隐患，要按照下列四个环节的流程闭环管理，请按先后顺序排列。",
    ),
    "arrows": (
        "我们建立了“立项—交办—反馈—归档”的全流程督查机制。",
        "讲话讲到的全流程督查机制包括下列四个环节，请按先后顺序排列。",
    ),
}


@pytest.mark.parametrize(("text", "stem"), FLOWS.values(), ids=FLOWS)
def test_a_flow_that_the_speech_calls_so_is_asked(text: str, stem: str) -> None:
    (told,) = asked("ORDER", plain(text))

    assert told.question.stem == stem
    assert KINDS["ORDER"].key_again(told, plain(text)) == told.question.right_order


NO_ORDER = {
    "a flow that nothing says what it is for": "要按照签收、登记、初审、承办的程序办理。",
    "a flow that goes on": "收文按照签收、登记、初审、承办等程序办理。",
    "a row that nobody calls a flow": "收文按照时效、密级、来源、内容的要求办理。",
    "an ordinary enumeration": "要抓好公文办理、会务保障、档案管理。",
    "首先 其次 that only counts up": "首先要学理论，其次要学业务，最后要学法规。",
    "two steps": "遇到险情，先叫醒群众，再组织转移。",
    "no case": "我们先开会，再调研，最后写报告。",
    "what has been done": "办理来信要先登记了，再转办了，最后答复了。",
    "what must not be done": "开展督查不要先打招呼，再走形式，最后写报告。",
    "what others do": "接到任务，有的同志先推，再拖，最后不了了之。",
    "something in between": "遇到险情，先叫醒群众，带上干粮，再组织转移，最后清点人数。",
    "words that only look like steps": "遇到险情，先进单位要带头，再三提醒，后续跟进。",
    "who answers for what": "落实县领导包乡镇、乡镇干部包村、村干部包户的责任制。",
    "a row with a gap in the chain": "做到有令必行，行必有果，功过必明。",
    "a chain that closes into a ring": "做到办必查，查必改，改必办。",
    "steps of one character": "研究问题要先听、再议、后定。",
    "a step that points elsewhere": "遇到险情，先做这件事，再组织转移，最后清点人数。",
}


@pytest.mark.parametrize("text", NO_ORDER.values(), ids=NO_ORDER)
def test_what_states_no_order_is_not_asked_for_one(text: str) -> None:
    assert asked("ORDER", plain(text)) == []


def test_two_orders_of_the_same_steps_leave_no_single_key() -> None:
    one, other = "遇到险情，先叫醒群众，再组织转移，最后清点人数。", "遇到险情，先组织转移，再叫醒群众，最后清点人数。"
    (told,) = asked("ORDER", plain(one))

    assert KINDS["ORDER"].key_again(told, plain(one)) == told.question.right_order
    assert KINDS["ORDER"].key_again(told, plain(f"{one}\n{other}")) is None


@given(st.permutations(["登记", "转办", "督办", "答复", "归档"]), st.integers(3, 5))
def test_whatever_the_steps_their_order_is_read_as_it_is_told(steps: list[str], count: int) -> None:
    words = ["先", *["再"] * (count - 2), "最后"]
    text = "办理来信要" + "，".join(word + step for word, step in zip(words, steps, strict=False)) + "。"
    (found,) = sequences(text, Span(0, len(text)))

    assert found.texts(text) == steps[:count]
    assert all(one.end < other.start for one, other in pairwise(found.spans))


# Headings


def test_wrong_headings_stand_in_another_part_only() -> None:
    for each in asked("HEAD_MC", parts(), 1):
        assert set(each.right) == set(DRAFTING)
        assert set(each.wrong) <= set(MEETINGS)


def test_a_heading_that_the_part_also_says_is_not_wrong() -> None:
    told = PARTS.replace("急件随到随办。", "筹备会议的急件也随到随办，组织求稳。")
    material = parts()
    outline = tuple(
        heading(told, node.text, end, node.parent, node.list_id)
        for node, end in zip(
            material.reading.outline,
            [
                "组织求稳。",
                "逐条督办。",
                "再三核对。",
                "校对。",
                "组织求稳。",
                "反复推敲。",
                "烂熟于心。",
                "逐条督办。",
            ],
            strict=True,
        )
    )
    first, under_first = (
        key_point(told, lead, titles, kind=PointKind.HEADINGS, name=None, heading=parent, rule=Rule.SIBLINGS)
        for lead, titles, parent in (("一要", ("办好文", "办好会"), None), ("一要办好文。", DRAFTING, 0))
    )
    found = asked("HEAD_MC", Material(Reading(clean(told), outline, (first, under_first)), Lexicon()), 1)

    assert found
    assert all("组织求稳" not in each.wrong for each in found)


def test_a_modal_that_all_headings_begin_with_is_taken_from_all_options() -> None:
    text = (
        "一要强素质。\n一是能写稿子。\n二是能办会子。\n三是能跑腿子。\n"
        "二要树形象。\n一是能吃苦头。\n二是能担担子。\n三是能挑梁子。\n"
    )
    outline = (
        heading(text, "强素质", "能跑腿子。"),
        heading(text, "树形象", "能挑梁子。"),
        *(heading(text, t, f"{t}。", 0, 1) for t in ("能写稿子", "能办会子", "能跑腿子")),
        *(heading(text, t, f"{t}。", 1, 2) for t in ("能吃苦头", "能担担子", "能挑梁子")),
    )
    told = {"kind": PointKind.HEADINGS, "name": None, "heading": 0, "rule": Rule.SIBLINGS}
    point = key_point(text, "一要强素质。", ["能写稿子", "能办会子", "能跑腿子"], **told)
    found = asked("HEAD_MC", Material(Reading(clean(text), outline, (point,)), Lexicon()))

    for each in found:
        assert set(each.right) == {"写稿子", "办会子", "跑腿子"}
        assert KINDS["HEAD_MC"].key_again(each, Material(Reading(clean(text), outline, (point,)), Lexicon()))


# Names without items


def test_a_name_is_asked_for_its_part_and_never_for_its_items() -> None:
    (told,) = asked("MENTION", parts())

    assert told.question.stem == "讲话在阐述（　）时，提到了“双人双岗”。"
    assert (told.right, set(told.wrong)) == (("审核求严",), {"起草求准", "流转求快"})


def mentioned(text: str = "", **more: Any) -> list[Candidate]:
    """What is asked of the mention, after a text is added to the speech or the mention is changed."""
    material = parts(siblings(DRAFTING, 0, "一要办好文。"), mention(**more))
    return asked("MENTION", replace(material, reading=replace(material.reading, clean=clean(PARTS + text))))


def test_a_name_that_all_the_country_says_is_not_asked() -> None:
    for name, is_asked in (("三会一课", False), ("一企一策", False), ("三签三校", True)):
        told = replace(mention(), name=name)
        material = parts(siblings(DRAFTING, 0, "一要办好文。"), told)
        text = clean(PARTS.replace("双人双岗", name))
        assert bool(asked("MENTION", replace(material, reading=replace(material.reading, clean=text)))) is is_asked


def test_a_name_that_the_speech_only_carries_out_is_not_asked() -> None:
    material = parts(siblings(DRAFTING, 0, "一要办好文。"), mention())
    told = clean(PARTS.replace("推行“双人双岗”", "落实“双人双岗”"))

    assert asked("MENTION", replace(material, reading=replace(material.reading, clean=told))) == []


def test_the_last_of_a_row_inside_a_paragraph_is_never_the_key() -> None:
    material = parts()
    outline = tuple(
        replace(node, inline=True, list_id=9 if node.text == "流转求快" else node.list_id)
        for node in material.reading.outline
    )

    assert asked("MENTION", material) != []
    assert asked("MENTION", replace(material, reading=replace(material.reading, outline=outline))) == []


def test_a_name_said_elsewhere_too_is_not_asked() -> None:
    assert mentioned() != []
    assert mentioned("会上也要落实“双人双岗”制度。\n") == []


def test_a_name_whose_words_are_anothers_is_not_asked() -> None:
    assert mentioned(attributed_to="市委") == []


def test_a_name_with_the_wrong_number_of_items_is_not_asked() -> None:
    assert mentioned(rule=Rule.MISCOUNTED) == []


def test_a_name_that_shares_a_character_with_its_own_heading_alone_is_not_asked() -> None:
    material = parts()
    outline = tuple(
        replace(node, text="双审求严") if node.text == "审核求严" else node for node in material.reading.outline
    )

    assert asked("MENTION", replace(material, reading=replace(material.reading, outline=outline))) == []


def test_a_name_with_a_near_namesake_is_not_asked() -> None:
    other = replace(mention(), name="双种人双岗")
    material = parts(siblings(DRAFTING, 0, "一要办好文。"), mention(), other)

    assert [each for each in asked("MENTION", material) if "双人双岗" in each.question.stem] == []


# What lists are called, and what may stand beside their items

CALLED: dict[str, tuple[str, str, list[str], str | None]] = {
    "a count that demands nothing": ("慢的原因主要有三个：", "三个", ["资金不足", "手续不全", "力量不够"], None),
    "a count of words": ("做法概括为三个字：", "三个字", ["联", "帮", "促"], None),
    "after the number of a heading": (
        "一、把握三个关键：",
        "三个关键",
        ["抓产业", "引人才", "优治理"],
        "讲话要求把握的“三个关键”",
    ),
    "items that say the verb again": ("要盯住三类场所：", "三类场所", ["盯食堂", "盯市场", "盯工地"], None),
}


@pytest.mark.parametrize(("lead", "name", "items", "phrase"), CALLED.values(), ids=CALLED)
def test_a_count_is_called_by_what_is_to_be_done_or_not_at_all(
    lead: str, name: str, items: list[str], phrase: str | None
) -> None:
    text = lead + "、".join(items) + "。"
    point = key_point(text, lead, items, name=name, kind=PointKind.COUNTED)

    assert subject(Reading(clean(text), (), (point,)), 0) == phrase


NAMES: dict[str, tuple[str, str, str | None, list[str], str | None]] = {
    "what the speech puts forward": (
        "今年要做到",
        "三实",
        "“三实”",
        ["谋事实", "创业实", "做人实"],
        "讲话提出的“三实”",
    ),
    "what it only reports": (
        "事故多由此导致：",
        "三违",
        None,
        ["违章指挥", "违章作业", "违反纪律"],
        "讲话中讲到的“三违”",
    ),
    "a noun after the marks": ("要争当", "三实", "“三实”干部", ["谋事实", "创业实", "做人实"], "讲话提出的“三实”干部"),
    "a direction after the marks": ("要落到", "三力", "“三力”上来", ["执行力", "战斗力", "凝聚力"], "讲话提出的“三力”"),
    "marks of its own": ("要做到", "三个“不”", None, ["不推诿", "不拖延", "不敷衍"], "讲话提出的三个“不”"),
    "a name that runs on": ("要在", "三个方面努力", None, ["提高学习能力", "提高办事能力", "提高协调能力"], None),
    "bans": ("必须做到", "三个严禁", None, ["严禁公车私用", "严禁公款吃喝", "严禁酒后驾车"], "讲话提出的“三个严禁”"),
    "what is worked on": (
        "要抓好",
        "三个关键环节",
        None,
        ["收集要全", "整理要细", "利用要活"],
        "讲话就“三个关键环节”提出的要求",
    ),
}


@pytest.mark.parametrize(("lead", "name", "full", "items", "phrase"), NAMES.values(), ids=NAMES)
def test_a_name_is_said_as_it_stands_and_no_further(
    lead: str, name: str, full: str | None, items: list[str], phrase: str | None
) -> None:
    told = full or (name if phrase is None else f"“{name}”")
    text = f"{lead}{told}：{'、'.join(items)}。"
    negative = name in ("三个严禁", "三个“不”")
    point = key_point(text, lead, items, name=name, full_name=full, negative=negative)

    assert subject(Reading(clean(text), (), (point,)), 0) == phrase


def test_a_part_that_demands_as_much_before_its_list_is_no_name_for_it() -> None:
    before = "考核要看实绩，要听评价，要查解决。"
    told = PARTS.replace("一要办好文。\n", f"一要办好文。{before}\n")
    nodes = parts_outline()
    outline = tuple(
        heading(told, node.text, node.body.of(PARTS).strip()[-5:], node.parent, node.list_id) for node in nodes
    )
    rest = {"kind": PointKind.HEADINGS, "name": None, "heading": 0, "rule": Rule.SIBLINGS}

    assert subject(parts().reading, 1) == "讲话在“办好文”部分提出的要求"
    point = key_point(told, "一要办好文。", DRAFTING, **rest)
    assert subject(Reading(clean(told), outline, (point,)), 0) is None


def test_a_count_after_the_last_of_a_row_belongs_to_the_part_above() -> None:
    text = "一、加强保障。\n一是压实责任，层层落实。二是营造氛围，多作宣传。要抓好三项工作：公文、会务、档案。\n"
    top = heading(text, "加强保障", "档案。\n")
    row = [heading(text, title, end, 0, 1) for title, end in (("压实责任", "落实。"), ("营造氛围", "档案。\n"))]
    outline = (top, *(replace(node, inline=True) for node in row))
    told = {"name": "三项工作", "kind": PointKind.COUNTED, "heading": 2}
    point = key_point(text, "要抓好三项工作：", ["公文", "会务", "档案"], **told)

    assert subject(Reading(clean(text), outline, (point,)), 0) == "讲话在“加强保障”部分提出的“三项工作”"


def test_the_noun_that_only_the_last_item_has_belongs_to_the_name() -> None:
    text = "要建设“三型”办公室：学习型、服务型、廉洁型办公室。"
    items = ["学习型", "服务型", "廉洁型办公室"]
    point = key_point(text, "要建设", items, name="三型", full_name="“三型”办公室")

    assert [item.display for item in even(point).items] == ["学习型", "服务型", "廉洁型"]
    assert even(point).items[-1].span.of(text) == "廉洁型"
    assert even(replace(point, full_name="“三型”")).items == point.items


def test_faults_of_some_are_no_faults_of_the_whole() -> None:
    items = ["活动较少", "记录不全", "制度不严"]
    for where, phrase in (("有的支部", None), ("机关支部", "讲话指出，机关支部存在的问题")):
        text = f"{where}存在不少问题：" + "、".join(items) + "。"
        told = {"name": None, "kind": PointKind.HEADINGS, "negative": True}
        point = key_point(text, f"{where}存在不少问题：", items, **told)
        assert subject(Reading(clean(text), (), (point,)), 0) == phrase


def test_items_that_need_the_noun_of_their_name_are_not_listed_without_it() -> None:
    text = "要弘扬三种精神：“绣花”精神、“铁锤”精神、“老牛”精神。"
    point = key_point(text, "要弘扬", ["绣花", "铁锤", "老牛"], name="三种精神")

    assert subject(Reading(clean(text), (), (point,)), 0) is None
    assert subject(Reading(clean(text), (), (replace(point, name="三种劲头"),)), 0) is not None


def test_a_label_keeps_a_word_that_only_begins_like_a_modal() -> None:
    assert label_of("应急处置要快") == "应急处置要快"
    assert label_of("应当处置得快") == "处置得快"
    assert label_of("要件专人送") == "要件专人送"


BESIDE: dict[str, tuple[str, list[str], bool]] = {
    "a word of one item only": ("坚持群众路线", ["坚持联系群众", "坚持真抓实干"], True),
    "the end of one item only": ("服务上贯通", ["思想上畅通", "政治上贯通"], True),
    "what all items share": ("落实岗位责任", ["落实属地责任", "落实监管责任"], False),
    "a verb that goes with anything": ("强化综合协调", ["强化督促检查", "细化分解任务"], False),
}


@pytest.mark.parametrize(("text", "inside", "expected"), BESIDE.values(), ids=BESIDE)
def test_a_wording_that_is_half_an_item_is_told_from_the_others(text: str, inside: list[str], expected: bool) -> None:
    assert shares_word(text, inside) is expected


def test_a_doubled_beginning_stands_out() -> None:
    assert not has_shape("人人有责任", ["收入有压力", "支出有缺口"])
    assert has_shape("管理有潜力", ["收入有压力", "支出有缺口"])


# Real speeches


def speeches() -> list[Path]:
    """The speeches of the tests, and the office's own where they are at hand."""
    homes = (ROOT / "tests" / "speeches", ROOT.parent / "shared" / "speeches")
    return [path for home in homes for path in sorted(home.glob("*.txt"))]


@cache
def drafted(path: Path) -> tuple[Material, tuple[Draft, ...]]:
    reading, lexicon = read_speech(path.read_text(encoding="utf-8")), load_lexicon()
    drafts = draft_questions(reading, lexicon, "讲话标题").drafts
    return Material(reading, lexicon, "讲话标题"), tuple(each for each in drafts if each.kind in OWN)


def candidate_of(draft: Draft) -> Candidate:
    """What the key can be found again from: the question as it came out."""
    asked_for = tuple(option.text for option in draft.question.options)
    return Candidate(draft.kind, draft.key_point, draft.question, (), "、".join(asked_for))


@pytest.mark.parametrize("path", speeches(), ids=lambda path: path.stem)
def test_drafts_of_real_speeches_keep_the_rules(path: Path) -> None:
    material, drafts = drafted(path)

    for draft in drafts:
        question = draft.question
        assert KINDS[draft.kind].key_again(candidate_of(draft), material) == answer_of(question), question.stem
        assert question.source.quote == material.text[question.source.start : question.source.end]
        assert question.type is TypeName.TRUE_FALSE or all(option.proof for option in question.options)
        assert question.stem.startswith(("讲话", "下列选项中，", "请简述讲话"))
        assert len(question.stem) <= (60 if question.type is TypeName.TRUE_FALSE else 80)
        assert longest(question) <= 36


def longest(question: Question) -> int:
    texts = [option.text for option in question.options] + [point.text for point in question.points]
    return max(map(len, texts), default=0)


#: What the speeches of the tests give nothing for: their names are said everywhere, their parts are of other matters.
RARE = ("HEAD_MC", "MENTION")


@pytest.mark.parametrize("kind", [kind for kind in OWN if kind not in RARE])
def test_every_kind_finds_something_to_ask_in_the_speeches_of_the_tests(kind: str) -> None:
    own = [path for path in speeches() if path.parent.name == "speeches" and path.parent.parent.name == "tests"]

    assert any(draft.kind == kind for path in own for draft in drafted(path)[1])
