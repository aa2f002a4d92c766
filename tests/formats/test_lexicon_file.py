"""The lexicon of the site is whole, and a mistake in it is found with its line."""

from itertools import combinations

import pytest

from quizapp.core.distractors import is_negative
from quizapp.core.errors import BadInput
from quizapp.core.lexicon import TermClass
from quizapp.formats.lexicon import load_lexicon
from quizapp.formats.lexicon import read_classes
from quizapp.formats.lexicon import read_groups

CLASS_MISTAKES = {
    "no terms": ("classes:\n  - name: 甲\n    terms: []\n", "第 3 行", "空"),
    "terms left out": ("classes:\n  - name: 甲\n", "第 2 行", "空"),
    "a term twice": ("classes:\n  - name: 甲\n    terms: [子, 丑,\n      子]\n", "第 4 行", "子"),
    "an unknown field": ("classes:\n  - name: 甲\n    terms: [子]\n    colour: 红\n", "第 4 行", "colour"),
    "no name": ("classes:\n  - terms: [子]\n", "第 2 行", "name"),
    "a name twice": ("classes:\n  - name: 甲\n    terms: [子]\n  - name: 甲\n    terms: [丑]\n", "第 4 行", "甲"),
    "a term of another form": ('classes:\n  - name: 甲\n    form: "*型"\n    terms: [子型, 丑]\n', "第 4 行", "丑"),
    "a list where a class belongs": ("classes:\n  - [子, 丑]\n", "第 2 行", "字段"),
    "an empty term": ('classes:\n  - name: 甲\n    terms: [子, ""]\n', "第 3 行", "空"),
    "no classes": ("classes: []\n", "第 1 行", "classes"),
    "another top field": ("kinds: []\n", "第 1 行", "classes"),
    "an empty file": ("", "第 1 行", "classes"),
    "no YAML": ("classes: [\n", "第 2 行", "YAML"),
}
GROUP_MISTAKES = {
    "a group of one": ("groups:\n  - [子]\n", "第 2 行", "两个"),
    "a term in two groups": ("groups:\n  - [子, 丑]\n  - [寅, 子]\n", "第 3 行", "子"),
    "a word where a group belongs": ("groups:\n  - 子\n", "第 2 行", "两个"),
}


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
        read_classes("classes:\n  - name: 甲\n    terms: []\n  - terms: [子, 子]\n", "paradigms.yaml")

    assert len(refused.value.problems) == 3


def test_the_site_lexicon_is_read_once() -> None:
    assert load_lexicon() is load_lexicon()


def test_the_site_lexicon_has_classes_enough_to_choose_from() -> None:
    sizes = [len(each.terms) for each in load_lexicon().classes]

    assert len(sizes) >= 25
    assert all(8 <= size <= 15 for size in sizes)


@pytest.mark.parametrize("term_class", load_lexicon().classes, ids=lambda each: each.name)
def test_a_class_leaves_a_choice_of_four_that_are_apart(term_class: TermClass) -> None:
    """Near terms may share a class, to recognise sets by; but four that may stand side by side must remain."""
    near = load_lexicon().near

    assert any(
        not any(near(one, other) for one, other in combinations(four, 2)) for four in combinations(term_class.terms, 4)
    )


@pytest.mark.parametrize("term_class", load_lexicon().classes, ids=lambda each: each.name)
def test_no_term_of_a_class_tells_of_a_fault(term_class: TermClass) -> None:
    assert not [term for term in term_class.terms if is_negative(term)]
