"""Where wrong options come from, in which order, and what may never be one."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.distractors import Origin
from quizapp.core.distractors import affix_of
from quizapp.core.distractors import common_ends
from quizapp.core.distractors import has_shape
from quizapp.core.distractors import is_negative
from quizapp.core.distractors import outsiders
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from tests.core.hand_readings import STYLE
from tests.core.hand_readings import clean
from tests.core.hand_readings import key_point
from tests.core.hand_readings import style_reading
from tests.core.hand_readings import style_set
from tests.core.hand_readings import tasks_set

TYPES = TermClass("X型干部", ("创新型", "专业型", "钻研型", "节约型"), form="*型")
TASKS = TermClass("职能", ("公文办理", "会务保障", "档案管理", "公务接待", "值班值守"))
LEXICON = Lexicon((TYPES, TASKS), (frozenset({"节约", "节俭"}),))
SHAPES = {
    "the same form": ("创新型", ["勤奋型", "务实型"], True),
    "another ending": ("创新化", ["勤奋型", "务实型"], False),
    "another length among short ones": ("文稿起草", ["文稿", "信息", "调研"], False),
    "a third longer among long ones": ("加强与社区的沟通", ["强化督促检查", "加快推进项目落地"], True),
    "twice as long": ("把握内容", ["全面提升服务质量和效率", "办公室日常运转要迈出新步伐"], False),
    "no comma where all have one": ("德才兼备以德为先", ["能打硬仗，能扛硬活", "崇尚实干，崇尚担当"], False),
    "a character that all share is missing": ("形势非常严峻", ["位置十分重要", "责任十分重大"], False),
    "a fault among demands": ("作风不实不严", ["强化督促检查", "细化分解任务"], False),
    "a demand among faults": ("强化督促检查", ["作风还不扎实", "学习还不深入"], False),
}
FAULTS = {
    "工作节奏还不够快": True,
    "学以致用有差距": True,
    "急难任务推诿扯皮": True,
    "抓政治学习不放松": False,
    "持之以恒不懈怠": False,
    "办事要办得圆满": False,
}


def texts_for(point: KeyPoint, *others: KeyPoint, lexicon: Lexicon = LEXICON) -> dict[str, Origin]:
    found = outsiders(style_reading(point, *others), lexicon, 0, Random(1))
    return {wrong.text: wrong.origin for wrong in found}


@pytest.mark.parametrize(("text", "like", "expected"), SHAPES.values(), ids=SHAPES)
def test_a_wrong_option_has_the_form_of_the_right_ones(text: str, like: list[str], expected: bool) -> None:
    assert has_shape(text, like) is expected


@pytest.mark.parametrize(("text", "expected"), FAULTS.items())
def test_a_fault_is_told_from_a_demand(text: str, expected: bool) -> None:
    assert is_negative(text) is expected


def test_terms_of_the_class_that_the_speech_never_says_are_outsiders() -> None:
    assert texts_for(tasks_set()) == {"公务接待": Origin.LEXICON, "值班值守": Origin.LEXICON}


def test_an_item_of_the_set_and_its_synonym_are_no_outsiders() -> None:
    assert set(texts_for(style_set())) == {"创新型", "专业型"}


def test_a_term_that_stands_anywhere_in_the_speech_is_no_outsider() -> None:
    said = replace(style_reading(), clean=clean(STYLE + "值班值守也不能松。\n"))

    assert "值班值守" not in {wrong.text for wrong in outsiders(said, LEXICON, 1, Random(1))}


def test_a_term_whose_words_one_sentence_says_is_no_outsider() -> None:
    lexicon = Lexicon((TermClass("十分", ("任务十分艰巨", "前景十分广阔"), form="??十分??"),))
    text = "概括起来是“三个十分”：位置十分要紧，责任十分重大，要求十分严格。今年任务比往年更艰巨。"
    items = ["位置十分要紧", "责任十分重大", "要求十分严格"]
    reading = Reading(clean(text), (), (key_point(text, "概括起来", items, name="三个十分"),))

    assert [wrong.text for wrong in outsiders(reading, lexicon, 0, Random(1))] == ["前景十分广阔"]


def test_an_item_of_a_set_of_the_same_class_comes_before_the_lexicon() -> None:
    text = "上半年抓好三项重点，即公文办理、会务保障、档案管理。下半年抓好两项重点，即公务接待、信访接谈。"
    first = key_point(text, "上半年", ["公文办理", "会务保障", "档案管理"], name="三项重点")
    other = key_point(text, "下半年", ["公务接待", "信访接谈"], name="两项重点")
    lexicon = Lexicon((replace(TASKS, terms=(*TASKS.terms, "信访接谈")),))
    found = list(outsiders(Reading(clean(text), (), (first, other)), lexicon, 0, Random(1)))

    assert [wrong.origin for wrong in found] == [Origin.SET, Origin.SET, Origin.LEXICON]
    assert all(wrong.proof for wrong in found)


def test_sets_of_different_kinds_lend_each_other_nothing() -> None:
    """材料准 and 钻研型 have three characters and nothing else in common."""
    short = key_point(STYLE, "做到材料准", ["材料准", "程序清", "时限严"], name="三句话")

    assert Origin.SET not in texts_for(style_set(), short).values()


def test_a_namesake_lends_nothing() -> None:
    text = "先抓三项重点，即公文办理、会务保障、档案管理。再抓三项重点，即公务接待、值班值守、调查研究。"
    points = (
        key_point(text, "先抓", ["公文办理", "会务保障", "档案管理"], name="三项重点", homonym=True),
        key_point(text, "再抓", ["公务接待", "值班值守", "调查研究"], name="三项重点", homonym=True),
    )

    lexicon = Lexicon((replace(TASKS, terms=(*TASKS.terms, "公务接待礼仪", "信访接谈")),))

    assert [w.text for w in outsiders(Reading(clean(text), (), points), lexicon, 0, Random(1))] == ["信访接谈"]


def test_faults_get_no_terms_from_the_lexicon() -> None:
    text = "当前还存在一些问题：作风还不够实，学习还不够深，服务还不够优。"
    items = ["作风还不够实", "学习还不够深", "服务还不够优"]
    lexicon = Lexicon((TermClass("还不够", ("纪律还不够严", "协调还不够顺"), form="??还不够?"),))
    faults = key_point(text, "当前", items, name=None, negative=True)

    assert not list(outsiders(Reading(clean(text), (), (faults,)), lexicon, 0, Random(1)))


def test_the_affix_that_the_office_adds_is_added_to_a_term() -> None:
    text = "要争当“三个表率”：一是勤学善思，二是秉公用权，三是同心同德。"
    point = key_point(text, "要争当", ["勤学善思", "秉公用权", "同心同德"], affix="的表率", name="三个表率")
    lexicon = Lexicon((TermClass("表率", ("敬业奉献", "求真务实"), form="????", cues=("表率",)),))
    found = {wrong.text for wrong in outsiders(Reading(clean(text), (), (point,)), lexicon, 0, Random(1))}

    assert affix_of(point.items) == ("", "的表率")
    assert found == {"敬业奉献的表率", "求真务实的表率"}


def test_the_same_chance_gives_the_same_order() -> None:
    reading = style_reading()
    twice = [[wrong.text for wrong in outsiders(reading, LEXICON, 1, Random(7))] for _ in range(2)]

    assert twice[0] == twice[1]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_common_ends_are_common_and_never_overlap(texts: list[str]) -> None:
    before, after = common_ends(texts)

    assert all(text.startswith(before) and text.endswith(after) for text in texts)
    assert len(before) + len(after) <= min(map(len, texts))
