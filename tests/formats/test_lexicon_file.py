"""The lexicon of the site is whole, and a mistake in it is found with its line."""

from itertools import combinations
from json import dumps
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quizapp
from quizapp import create_app
from quizapp.config import BadSettings
from quizapp.core.distractors import is_negative
from quizapp.core.distractors import marks_of
from quizapp.core.errors import BadInput
from quizapp.core.gates import ABSOLUTE
from quizapp.formats.lexicon import load_lexicon
from quizapp.formats.lexicon import read_classes
from quizapp.formats.lexicon import read_groups
from quizapp.formats.lexicon import read_lexicon

#: Words an office might write, no two of which differ by marks alone.
TERMS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)

EIGHT = "子, 丑, 寅, 卯, 辰, 巳, 午, 未"
WHOLE = f"classes:\n  - name: 甲\n    terms: [{EIGHT}]\n"
CLASS_MISTAKES = {
    "no terms": ("classes:\n  - name: 甲\n    terms: []\n", "第 3 行", "空"),
    "terms left out": ("classes:\n  - name: 甲\n", "第 2 行", "空"),
    "seven terms": ("classes:\n  - name: 甲\n    terms: [子, 丑, 寅, 卯, 辰, 巳, 午]\n", "第 3 行", "至少要有 8 个"),
    "a term twice": (f"classes:\n  - name: 甲\n    terms: [{EIGHT},\n      子]\n", "第 4 行", "子"),
    "an unknown field": (WHOLE + "    colour: 红\n", "第 4 行", "colour"),
    "a field twice": (WHOLE + "    name: 乙\n", "第 4 行", "重复的字段"),
    "a field that is a list": (WHOLE + "    ? [form]\n    : 子\n", "第 4 行", "字段"),
    "no name": (f"classes:\n  - terms: [{EIGHT}]\n", "第 2 行", "name"),
    "a name twice": (WHOLE + WHOLE.removeprefix("classes:\n"), "第 4 行", "甲"),
    "a term of another form": (WHOLE.replace("子", "子型") + '    form: "*型"\n', "第 3 行", "丑"),
    "an empty form": (WHOLE + '    form: ""\n', "第 4 行", "form"),
    "a form that is a list": (WHOLE + "    form: [子]\n", "第 4 行", "form"),
    "a bracket left open": (WHOLE + '    form: "[子丑"\n', "第 4 行", "方括号"),
    "a bracket never opened": (WHOLE + '    form: "子丑]"\n', "第 4 行", "方括号"),
    "a bracket with nothing in it": (WHOLE + '    form: "[]?"\n', "第 4 行", "方括号"),
    "no cues": (WHOLE + "    cues: []\n", "第 4 行", "cues"),
    "a list where a class belongs": ("classes:\n  - [子, 丑]\n", "第 2 行", "字段"),
    "an empty term": (f'classes:\n  - name: 甲\n    terms: [{EIGHT}, ""]\n', "第 3 行", "空"),
    "no classes": ("classes: []\n", "第 1 行", "classes"),
    "another top field": ("kinds: []\n", "第 1 行", "classes"),
    "an empty file": ("", "第 1 行", "classes"),
    "no YAML": ("classes: [\n", "第 2 行", "YAML"),
    "a character that YAML forbids": ("classes: \x00\n", "第 1 行", "YAML"),
}
GROUP_MISTAKES = {
    "a group of one": ("groups:\n  - [子]\n", "第 2 行", "两个"),
    "a term in two groups": ("groups:\n  - [子, 丑]\n  - [寅, 子]\n", "第 3 行", "子"),
    "a term twice in its group": ("groups:\n  - [子, 丑, 子]\n", "第 2 行", "子"),
    "a term in two groups but for marks": ("groups:\n  - [求实, 丑]\n  - [寅, 求“实”]\n", "第 3 行", "求“实”"),
    "an empty group": ("groups:\n  - []\n", "第 2 行", "两个"),
    "an empty term": ('groups:\n  - [子, ""]\n', "第 2 行", "空"),
    "a word where a group belongs": ("groups:\n  - 子\n", "第 2 行", "两个"),
}


def quoted(terms: list[str]) -> str:
    """A list as YAML has it."""
    return dumps(terms, ensure_ascii=False)


@pytest.mark.parametrize(("text", "place", "word"), CLASS_MISTAKES.values(), ids=CLASS_MISTAKES)
def test_a_mistake_in_the_classes_names_file_and_line(text: str, place: str, word: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_classes(text, "paradigms.yaml")

    assert refused.value.source == "paradigms.yaml"
    assert (refused.value.problems[0].place, word in refused.value.problems[0].message) == (place, True)


@pytest.mark.parametrize(("text", "place", "word"), GROUP_MISTAKES.values(), ids=GROUP_MISTAKES)
def test_a_mistake_in_the_synonyms_names_file_and_line(text: str, place: str, word: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_groups(text, "synonyms.yaml")

    assert (refused.value.problems[0].place, word in refused.value.problems[0].message) == (place, True)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        read_classes(f"classes:\n  - name: 甲\n    terms: []\n  - terms: [{EIGHT}, 子]\n", "paradigms.yaml")

    assert [problem.place for problem in refused.value.problems] == ["第 3 行", "第 4 行", "第 4 行"]


@pytest.mark.parametrize("twin", ["重大任务", "重要工作", "“重大”工作"])
def test_two_terms_of_a_class_that_the_synonyms_make_one_are_refused(twin: str) -> None:
    synonyms = (frozenset({"重大", "重要"}), frozenset({"任务", "工作"}))
    text = f"classes:\n  - name: 甲\n    terms: [重大工作, {EIGHT},\n      {twin}]\n"
    with pytest.raises(BadInput) as refused:
        read_classes(text, "paradigms.yaml", synonyms)

    (problem,) = refused.value.problems
    assert (problem.place, twin in problem.message, "重大工作" in problem.message) == ("第 4 行", True, True)


def test_without_synonyms_only_marks_make_two_terms_one() -> None:
    assert read_classes(WHOLE.replace("子", "重大任务").replace("丑", "重要任务"), "paradigms.yaml")


@given(st.text())
def test_any_text_is_a_lexicon_or_is_refused_with_reasons(text: str) -> None:
    for read, field in ((read_classes, "classes"), (read_groups, "groups")):
        for written in (text, f"{field}: {text}", f"{field}:\n  - {text}\n"):
            try:
                read(written, "x.yaml")
            except BadInput as refused:
                assert refused.problems


@given(st.lists(st.lists(TERMS, min_size=8, max_size=12, unique=True), min_size=1, max_size=4))
def test_classes_come_back_as_they_were_written(classes: list[list[str]]) -> None:
    text = "classes:\n" + "".join(f"  - name: 第{n}类\n    terms: {quoted(each)}\n" for n, each in enumerate(classes))

    assert [list(each.terms) for each in read_classes(text, "x.yaml")] == classes


@given(st.lists(TERMS, min_size=4, max_size=12, unique=True))
def test_groups_come_back_as_they_were_written(terms: list[str]) -> None:
    groups = [terms[:2], terms[2:]]
    text = "groups:\n" + "".join(f"  - {quoted(each)}\n" for each in groups)

    assert read_groups(text, "x.yaml") == tuple(map(frozenset, groups))


def test_a_folder_without_the_files_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read_lexicon(tmp_path)

    assert refused.value.source == "synonyms.yaml"


def test_the_site_lexicon_is_read_once() -> None:
    assert load_lexicon() is load_lexicon()


def test_a_mistake_in_the_lexicon_stops_the_start_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "synonyms.yaml").write_text("groups:\n  - [子, 丑]\n", encoding="utf-8")
    (tmp_path / "paradigms.yaml").write_text("classes:\n  - name: 甲\n    terms: []\n", encoding="utf-8")
    monkeypatch.setattr(quizapp, "load_lexicon", lambda: read_lexicon(tmp_path))
    with pytest.raises(BadSettings) as refused:
        create_app({"QUIZAPP_INSTANCE": str(tmp_path / "instance")})

    assert "paradigms.yaml 第 3 行" in refused.value.message
    assert not (tmp_path / "instance").exists()


def test_the_site_lexicon_has_classes_enough_to_choose_from() -> None:
    sizes = [len(each.terms) for each in load_lexicon().classes]

    assert len(sizes) >= 95
    assert all(8 <= size <= 15 for size in sizes)
    assert len(load_lexicon().synonyms) >= 150


def test_any_terms_of_a_class_may_stand_side_by_side() -> None:
    near = load_lexicon().near

    assert not [pair for each in load_lexicon().classes for pair in combinations(each.terms, 2) if near(*pair)]


def test_a_class_is_told_by_its_own_terms() -> None:
    lexicon = load_lexicon()

    assert not [
        each.name for each in lexicon.classes if each not in lexicon.classes_of(each.terms[:3], "".join(each.cues))
    ]


def test_the_terms_of_a_class_are_of_one_length_and_punctuation() -> None:
    assert not [
        each.name for each in load_lexicon().classes if len({(len(term), marks_of(term)) for term in each.terms}) > 1
    ]


def test_no_term_tells_of_a_fault_or_an_absolute() -> None:
    terms = [term for each in load_lexicon().classes for term in each.terms]

    assert not [term for term in terms if is_negative(term) or ABSOLUTE.search(term)]


def test_no_two_classes_say_the_same() -> None:
    classes = load_lexicon().classes

    assert not [(one.name, other.name) for one, other in combinations(classes, 2) if set(one.terms) == set(other.terms)]


def test_the_terms_of_a_group_never_stand_against_each_other() -> None:
    near = load_lexicon().near

    assert all(near(*pair) for group in load_lexicon().synonyms for pair in combinations(sorted(group), 2))
