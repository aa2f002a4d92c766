"""Which terms are too close to part, and which class a set is of."""

from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import combinations

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
    "a synonym inside a longer wording": ("督查督办", "强化督促检查"),
    "nearly all characters in common": ("转变工作方法", "转变工作方式"),
}
APART = {
    "different words of one form": ("政治型机关", "效能型机关"),
    "single characters": ("懒", "虚"),
    "one synonym, another subject": ("责任十分重大", "位置十分重要"),
    "half the characters": ("统筹协调", "统筹发展"),
}
#: Terms of few characters, so that classes, items and synonyms meet.
WORDS = st.text("督查办型创新“”，", min_size=1, max_size=4)
FORMS = st.sampled_from(["*", "?", "??", "*型", "督??", "[督创]?", "[!督]*", "“?”", "办*查"])
TERM_CLASSES = st.builds(
    TermClass,
    name=WORDS,
    terms=st.lists(WORDS, min_size=1, max_size=5).map(tuple),
    form=FORMS,
    cues=st.lists(WORDS, max_size=2).map(tuple),
)
LEXICONS = st.builds(
    Lexicon,
    classes=st.lists(TERM_CLASSES, max_size=6).map(tuple),
    synonyms=st.lists(st.frozensets(WORDS, min_size=2, max_size=4), max_size=3).map(tuple),
)
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


@given(LEXICONS, st.lists(WORDS, max_size=4), st.text("督查型", max_size=3))
def test_the_classes_found_are_those_that_hold_the_set(lexicon: Lexicon, items: list[str], name: str) -> None:
    found = lexicon.classes_of(items, name)

    assert set(found) == {each for each in lexicon.classes if each.holds(items, name)}
    assert [each.is_open for each in found] == sorted(each.is_open for each in found)


@given(FORMS, WORDS)
def test_a_form_means_what_a_shell_pattern_means(form: str, item: str) -> None:
    assert bool(TermClass("甲", (item,), form).has_form(item)) is fnmatchcase(item, form)


@given(LEXICONS, WORDS, WORDS)
def test_asking_again_gives_the_same_answer(lexicon: Lexicon, one: str, other: str) -> None:
    fresh = Lexicon(lexicon.classes, lexicon.synonyms)
    first = [lexicon.near(one, other), lexicon.levelled(one), lexicon.classes_of([one, other], one)]

    assert first == [lexicon.near(one, other), lexicon.levelled(one), lexicon.classes_of([one, other], one)]
    assert first == [fresh.near(one, other), fresh.levelled(one), fresh.classes_of([one, other], one)]


@given(st.lists(st.sampled_from([*"督查办", "督促检查", "重大", "重要", "很"]), min_size=1, max_size=120))
def test_a_passage_is_levelled_as_its_wordings_are(pieces: list[str]) -> None:
    """Long texts go another way than short ones; what they say is the same."""
    marked = "，".join(pieces)

    assert LEXICON.levelled(marked) == LEXICON.levelled(bare(marked))
    assert "重要" not in LEXICON.levelled(marked)


def test_what_may_be_said_in_place_of_a_term_is_its_group() -> None:
    assert set(LEXICON.wordings("“督查督办”")) == {"督查督办", "督促检查"}
    assert LEXICON.wordings("公文办理") == ()


@given(LEXICONS)
def test_each_synonym_is_levelled_to_one_of_its_group(lexicon: Lexicon) -> None:
    groups = [{bare(term) for term in group} for group in lexicon.synonyms]
    apart = all(one.isdisjoint(other) for one, other in combinations(groups, 2))

    assert not apart or all(
        len({lexicon.levelled(term) for term in group if bare(term)}) <= 1 for group in lexicon.synonyms
    )


@given(LEXICONS, LEXICONS)
def test_the_version_tells_what_a_lexicon_says(one: Lexicon, other: Lexicon) -> None:
    says = (one.classes, sorted(map(sorted, one.synonyms)))
    says_too = (other.classes, sorted(map(sorted, other.synonyms)))

    assert (one.version == other.version) is (says == says_too)


def test_the_version_is_the_same_on_every_machine() -> None:
    assert LEXICON.version == "cb397e3d537a"
    assert replace(LEXICON, synonyms=LEXICON.synonyms[::-1]).version == LEXICON.version


def test_two_lexicons_do_not_answer_for_each_other() -> None:
    assert LEXICON.near("督查督办", "督促检查")
    assert not replace(LEXICON, synonyms=()).near("督查督办", "督促检查")
