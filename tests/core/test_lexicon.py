"""Which terms are too close to part, and which class a set is of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.lexicon import bare
from quizapp.core.lexicon import char_overlap

LEXICON = Lexicon(
    classes=(
        TermClass("功能", ("公文办理", "会务保障", "档案管理"), form="????"),
        TermClass("型", ("创新型", "服务型"), form="*型"),
        TermClass("戒", ("奢", "浮"), form="?", cues=("戒",)),
    ),
    synonyms=(frozenset({"督查督办", "督促检查"}), frozenset({"重要", "重大"})),
)
NEAR = {
    "the same but for marks": ("求“实”", "求实"),
    "one inside the other": ("勤奋", "勤奋型"),
    "synonyms": ("督查督办", "督促检查"),
    "the same but for a synonym inside": ("责任十分重大", "责任十分重要"),
    "nearly all characters in common": ("转变工作方法", "转变工作方式"),
}
APART = {
    "different words of one form": ("政治型机关", "效能型机关"),
    "single characters": ("懒", "虚"),
    "one synonym, another subject": ("责任十分重大", "位置十分重要"),
    "half the characters": ("统筹协调", "统筹发展"),
}
CLASSES = {
    "by form": (["钻研型", "亲民型"], "四型", ["型"]),
    "by form and cue": (["懒", "虚"], "五戒", ["戒"]),
    "a form without its cue": (["谱", "节"], "弹琴", []),
    "by two members": (["公文办理", "档案管理", "招商引资"], "三项任务", ["功能"]),
    "one member is chance": (["公文办理", "招商引资", "项目建设"], "三项任务", []),
    "one item of another form": (["钻研型", "亲民"], "两型", []),
}


@pytest.mark.parametrize(("one", "other"), NEAR.values(), ids=NEAR)
def test_near_wordings_never_stand_against_each_other(one: str, other: str) -> None:
    assert LEXICON.near(one, other)


@pytest.mark.parametrize(("one", "other"), APART.values(), ids=APART)
def test_wordings_apart_may_stand_against_each_other(one: str, other: str) -> None:
    assert not LEXICON.near(one, other)


@pytest.mark.parametrize(("items", "name", "found"), CLASSES.values(), ids=CLASSES)
def test_a_set_is_of_a_class_by_form_by_name_or_by_members(items: list[str], name: str, found: list[str]) -> None:
    assert [each.name for each in LEXICON.classes_of(items, name)] == found


def test_the_most_closely_described_class_comes_first() -> None:
    loose, close = TermClass("任意", ("创新型", "服务型")), TermClass("型", ("创新型",), form="*型")

    assert Lexicon((loose, close)).classes_of(["创新型", "服务型"], "") == (close, loose)


@given(st.text(), st.text())
def test_being_near_goes_both_ways(one: str, other: str) -> None:
    assert LEXICON.near(one, other) == LEXICON.near(other, one)


@given(st.text())
def test_every_wording_is_near_itself(text: str) -> None:
    assert LEXICON.near(text, text)


@given(st.text())
def test_what_is_bare_stays_as_it_is(text: str) -> None:
    assert bare(bare(text)) == bare(text)


@given(st.text(), st.text())
def test_overlap_is_a_share(one: str, other: str) -> None:
    assert 0 <= char_overlap(one, other) <= 1


def test_an_empty_lexicon_knows_no_synonyms() -> None:
    assert not Lexicon().near("督查督办", "督促检查")
