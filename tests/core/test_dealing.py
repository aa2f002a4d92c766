"""What one person sees: their own order, letters that tell nothing, and never a key before closing."""

import dataclasses
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.dealing import Presented
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import deal
from quizapp.core.dealing import present
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse

CANARY = "不可外泄"
MARKS = dict(zip(TypeName, (2, 3, 1, 2, 4, 5, 6), strict=True))
LETTERED = [name for name in TypeName if TYPES[name].example().options]


def numbered(name: TypeName, number: int) -> Question:
    return dataclasses.replace(TYPES[name].example(), stem=f"{TYPES[name].example().stem}{number}")


PAPER = [numbered(name, number) for name in TypeName for number in range(5)]


def test_the_same_seed_deals_the_same_and_another_seed_another():
    assert deal(PAPER, "a") == deal(PAPER, "a")
    assert len({deal(PAPER, str(seed)) for seed in range(50)}) == 50


def test_a_deal_is_the_same_in_every_release():
    # Attempts under way are dealt again on each page: if this changes, people see their paper reshuffled mid-way.
    dealt = deal(PAPER[:7], "2024-w1")
    assert dealt.order == (1, 3, 4, 0, 2, 5, 6)
    assert ["".join(ids) for ids in dealt.option_ids] == ["ABDC", "ADBC", "BACD", "ACDB", "DCBA", "BADC", "ACBD"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PAPER), max_size=12), st.text())
def test_every_question_and_option_is_dealt_once_and_runs_keep_their_place(questions, seed):
    dealt = deal(questions, seed)
    assert sorted(dealt.order) == list(range(len(questions)))
    assert [questions[index].type for index in dealt.order] == [question.type for question in questions]
    for index, ids in zip(dealt.order, dealt.option_ids, strict=True):
        assert sorted(ids) == sorted(option.id for option in questions[index].options)


@settings(deadline=None)
@given(st.text())
def test_letters_lead_to_options_and_back(seed):
    dealt = deal(PAPER, seed)
    for position, ids in enumerate(dealt.option_ids):
        assert list(dealt.letters(position).values()) == list("ABCDEFGHIJ"[: len(ids)])
        assert list(dealt.letters(position)) == list(ids)
        assert list(dealt.ids(position).items()) == list(zip("ABCDEFGHIJ", ids, strict=False))


@pytest.mark.parametrize("letter", ["E", "Z", "a", "T", "AB", "\0"])
@pytest.mark.parametrize("name", LETTERED)
def test_a_letter_that_was_never_shown_is_refused(name, letter):
    dealt = deal([TYPES[name].example()], "x")
    with pytest.raises(BadResponse):
        TYPES[name].response(as_shown(TYPES[name].example(), dealt, 0), [letter])


@pytest.mark.parametrize("name", LETTERED)
def test_the_right_answer_in_the_letters_shown_is_the_right_answer_in_ids(name):
    question, kind = TYPES[name].example(), TYPES[name]
    for seed in range(20):
        dealt = deal([question], str(seed))
        shown = as_shown(question, dealt, 0)
        assert kind.problems(shown) == [] or name is TypeName.TRUE_FALSE
        sent = kind.response(shown, kind.stored(kind.right_response(shown)))
        assert kind.relettered(sent, dealt.ids(0)) == kind.right_response(question)
        assert kind.relettered(kind.right_response(question), dealt.letters(0)) == kind.right_response(shown)


SMALL = Question(TypeName.ORDERING, "排序。", tuple(Option(i, i) for i in "ABC"), right_order=tuple("CAB"))


def test_an_ordering_is_never_shown_in_its_right_order_and_in_every_other_equally_often():
    shown = Counter(deal([SMALL], str(seed)).option_ids[0] for seed in range(2000))
    assert SMALL.right_order not in shown
    assert len(shown) == 5
    chi_square = sum((count - 400) ** 2 / 400 for count in shown.values())
    assert chi_square < 18.5  # one in a thousand, four degrees of freedom


# Some of the questions for each person

EACH = st.dictionaries(st.sampled_from(TypeName), st.integers(0, 6))


def about(name: TypeName, number: int, quote: str) -> Question:
    """A question that stands on this sentence of a speech; empty where it names none."""
    return dataclasses.replace(numbered(name, number), source=Source("讲话", quote=quote))


@settings(deadline=None)
@given(st.lists(st.sampled_from(PAPER), max_size=16), st.text(), EACH)
def test_one_person_gets_so_many_of_each_type_or_all_there_are_and_none_twice(questions, seed, each):
    # A paper stands in the order of its types.
    questions = sorted(questions, key=lambda question: list(TypeName).index(question.type))
    dealt = deal(questions, seed, each)
    on_paper = Counter(question.type for question in questions)
    given = Counter(questions[index].type for index in dealt.order)
    assert given == +Counter({name: min(each.get(name, 0), on_paper[name]) for name in TypeName})
    assert len(set(dealt.order)) == len(dealt.order)
    assert [questions[index].type for index in dealt.order] == sorted(given.elements(), key=list(TypeName).index)
    assert dealt == deal(questions, seed, each), "the same person gets the same paper on every page"
    for index, ids in zip(dealt.order, dealt.option_ids, strict=True):
        assert sorted(ids) == sorted(option.id for option in questions[index].options)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["", "甲", "乙", "丙", "丁"]), min_size=1, max_size=12), st.text(), st.integers(0, 12))
def test_each_sentence_is_asked_about_once_before_any_is_asked_about_twice(quotes, seed, count):
    questions = [about(TypeName.TRUE_FALSE, number, quote) for number, quote in enumerate(quotes)]
    dealt = deal(questions, seed, {TypeName.TRUE_FALSE: count})
    asked = Counter(quotes[index] for index in dealt.order if quotes[index])
    left_out = set(quotes) - set(asked) - {""}
    assert not (left_out and max(asked.values(), default=0) > 1)


def test_two_people_get_different_questions_as_often_as_chance_has_it():
    wanted = {TypeName.SINGLE_CHOICE: 2}
    papers = Counter(frozenset(deal(PAPER[:5], str(seed), wanted).order) for seed in range(1000))
    assert len(papers) == 10
    assert min(papers.values()) > 50


def test_letters_of_a_paper_of_ones_own_lead_to_options_and_back():
    dealt = deal(PAPER, "s", dict.fromkeys(TypeName, 2))
    for position, index in enumerate(dealt.order):
        shown = as_shown(PAPER[index], dealt, position)
        assert {option.text for option in shown.options} == {option.text for option in PAPER[index].options}
    assert [one.number for one in present(PAPER, dealt, MARKS)] == list(range(1, 15))


def test_the_left_column_stays_as_it_is_and_the_right_one_is_shuffled():
    question = TYPES[TypeName.MATCHING].example()
    shown = [present([question], deal([question], str(seed)), MARKS)[0] for seed in range(50)]
    assert {one.prompts for one in shown} == {tuple(left for left, _ in question.pairs)}
    assert len({tuple(text for _, text in one.options) for one in shown}) > 10
    assert {tuple(letter for letter, _ in one.options) for one in shown} == {("A", "B", "C", "D")}


def test_only_a_matching_has_a_left_column():
    shown = present(PAPER, deal(PAPER, "s"), MARKS)
    assert {one.type for one in shown if one.prompts} == {TypeName.MATCHING}


def test_true_and_false_are_never_shuffled_and_are_lettered_like_the_rest():
    for seed in range(20):
        shown = [one for one in present(PAPER, deal(PAPER, str(seed)), MARKS) if one.type is TypeName.TRUE_FALSE]
        assert {one.options for one in shown} == {(("A", "正确"), ("B", "错误"))}


def test_the_key_stands_under_each_letter_equally_often():
    question = TYPES[TypeName.SINGLE_CHOICE].example()
    letters = Counter(deal([question], str(seed)).letters(0)["A"] for seed in range(4000))
    chi_square = sum((letters[letter] - 1000) ** 2 / 1000 for letter in "ABCD")
    assert chi_square < 16.3  # one in a thousand, three degrees of freedom


def test_each_question_stands_in_each_place_of_its_run_equally_often():
    first = Counter(deal(PAPER[:5], str(seed)).order[0] for seed in range(2000))
    assert min(first.values()) > 300


def secretive(question: Question) -> Question:
    """The question with a canary in everything that must stay hidden until the sitting closes."""
    return dataclasses.replace(
        question,
        options=tuple(Option(option.id, option.text, proof=CANARY) for option in question.options),
        blanks=tuple((CANARY, *wordings) for wordings in question.blanks),
        points=tuple(ScoringPoint(CANARY, ((CANARY,),)) for _ in question.points),
        explanation=CANARY,
        source=Source(CANARY, heading=CANARY, quote=CANARY),
    )


@pytest.mark.parametrize("name", TypeName)
def test_nothing_hidden_is_in_what_a_page_shows(name):
    questions = [secretive(TYPES[name].example())]
    assert CANARY in repr(questions)
    assert CANARY not in repr(present(questions, deal(questions, "s"), MARKS))


@pytest.mark.parametrize("name", TypeName)
def test_what_a_page_shows_does_not_depend_on_the_key(name):
    question = TYPES[name].example()
    other = dataclasses.replace(
        question,
        key=frozenset(option.id for option in question.options) - question.key,
        blanks=tuple(("另一个答案",) for _ in question.blanks),
        pairs=tuple(zip([left for left, _ in question.pairs], "DABC", strict=False)),
        right_order=question.right_order[::-1],
        points=tuple(ScoringPoint("另一个要点", (("另一个",),)) for _ in question.points),
        explanation="另一个解析",
    )
    assert present([question], deal([question], "s"), MARKS) == present([other], deal([other], "s"), MARKS)


def test_what_a_page_shows_does_not_depend_on_what_the_bank_calls_the_options():
    question = TYPES[TypeName.SINGLE_CHOICE].example()
    renamed = dataclasses.replace(
        question, options=tuple(Option(chr(ord(o.id) + 10), o.text) for o in question.options), key=frozenset("K")
    )
    assert present([question], deal([question], "s"), MARKS) == present([renamed], deal([renamed], "s"), MARKS)


def test_presented_values_hold_these_fields_and_no_others():
    assert [field.name for field in dataclasses.fields(Presented)] == [
        "number",
        "type",
        "interaction",
        "stem",
        "options",
        "blanks",
        "full_mark",
        "prompts",
    ]


def test_a_paper_is_presented_in_the_order_dealt_with_its_marks():
    dealt = deal(PAPER, "s")
    shown = present(PAPER, dealt, MARKS)
    assert [one.number for one in shown] == list(range(1, 36))
    assert [one.stem for one in shown] == [PAPER[index].stem for index in dealt.order]
    assert [one.full_mark for one in shown] == [mark for mark in MARKS.values() for _ in range(5)]
    assert {one.blanks for one in shown if one.type is TypeName.FILL_IN} == {2}


@pytest.mark.parametrize("name", TypeName)
def test_after_closing_the_key_is_printed_in_the_letters_the_person_saw(name):
    question = TYPES[name].example()
    for seed in range(10):
        dealt = deal([question], str(seed))
        shown = as_shown(question, dealt, 0)
        texts = {option.id: option.text for option in question.options}
        assert {o.text for o in shown.options if o.id in shown.key} == {texts[option_id] for option_id in question.key}
        assert [(o.id, o.text) for o in shown.options] == list(present([question], dealt, MARKS)[0].options)
        assert TYPES[name].key_lines(shown) and set(TYPES[name].key_lines(shown)) == set(
            TYPES[name].key_lines(question)
        )
    assert TYPES[TypeName.TRUE_FALSE].key_text(as_shown(PAPER[10], deal([PAPER[10]], "s"), 0)) == "正确"
