"""What every question type promises, and what each one promises of its own."""

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.question import BLANK
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.core.types import registry
from quizapp.core.types.fill_in import plain

PARTIAL, ALL = MultipleRule.PARTIAL, MultipleRule.ALL_OR_NOTHING
every_type = pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)


def key_as_sent(question: Question) -> list[str]:
    """The right answer as a browser would send it."""
    return sorted(question.key) or [wordings[0] for wordings in question.blanks]


def places(question: Question) -> set[str]:
    return {problem.place for problem in TYPES[question.type].problems(question)}


def example(name: TypeName, **changes: object) -> Question:
    return dataclasses.replace(TYPES[name].example(), **changes)


def choices(*texts: str) -> tuple[Option, ...]:
    return tuple(Option(letter, text) for letter, text in zip("ABCDEFGHIJKLMN", texts, strict=False))


def fill_in(*blanks: tuple[str, ...], any_order: bool = False) -> Question:
    return Question(TypeName.FILL_IN, "、".join([BLANK] * len(blanks)), blanks=blanks, any_order=any_order)


# The contract


def test_each_type_name_has_its_type_in_the_order_of_a_paper():
    assert list(TYPES) == list(TypeName)
    assert [kind.label for kind in TYPES.values()] == ["单选题", "多选题", "判断题", "填空题"]


def test_two_types_of_one_name_clash_when_the_registry_is_built():
    with pytest.raises(LookupError, match="single_choice"):
        registry([*TYPES.values(), TYPES[TypeName.SINGLE_CHOICE]])


def test_a_name_without_a_type_is_missed_when_the_registry_is_built():
    with pytest.raises(LookupError, match="fill_in"):
        registry(kind for name, kind in TYPES.items() if name is not TypeName.FILL_IN)


@every_type
def test_the_example_is_of_its_type_and_sound(kind):
    assert kind.example().type is kind.name
    assert kind.problems(kind.example()) == []
    assert kind.example().explanation
    assert kind.example().source.speech


@every_type
@pytest.mark.parametrize("rule", MultipleRule)
def test_the_key_earns_the_whole_mark_and_nothing_earns_nothing(kind, rule):
    question = kind.example()
    assert kind.fraction(question, kind.response(question, key_as_sent(question)), rule) == 1
    assert kind.fraction(question, kind.response(question, []), rule) == 0


@every_type
def test_a_response_survives_being_sent_again(kind):
    question = kind.example()
    response = kind.response(question, key_as_sent(question))
    assert kind.response(question, sorted(response) if isinstance(response, frozenset) else list(response)) == response


@every_type
def test_an_empty_list_clears_the_answer(kind):
    question = kind.example()
    cleared = kind.response(question, [])
    assert not cleared
    assert kind.response_text(question, cleared) == "未作答"


@every_type
def test_the_key_and_the_rule_are_said_in_chinese(kind):
    question = kind.example()
    right = kind.response(question, key_as_sent(question))
    assert kind.key_text(question)
    assert kind.response_text(question, right) not in ("", "未作答")
    assert all(kind.rule_text(rule).endswith("。") for rule in MultipleRule)


ODD_ANSWERS = {
    "nothing at all": None,
    "a bare string": "A",
    "a number": 1,
    "not a number": float("nan"),
    "a mapping": {"A": True},
    "a list of numbers": [1],
    "a list of nothing": [None],
    "a list of lists": [["A"]],
    "a very long text": ["A" * 201],
    "a million characters": ["字" * 1_000_000],
    "too many": ["A"] * (MAX_PARTS + 1),
    "a lone surrogate": ["\ud800"],
    "a NUL": ["A\0"],
    "bytes": [b"A"],
}


@every_type
@pytest.mark.parametrize("raw", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
def test_odd_answers_are_refused_in_one_sentence(kind, raw):
    with pytest.raises(BadResponse) as refusal:
        kind.response(kind.example(), raw)
    assert refusal.value.reason.endswith("。")


@every_type
@settings(deadline=None)
@given(
    raw=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from("ABCDTF"),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_is_sent_is_a_response_with_an_exact_mark_or_refused(kind, raw):
    question = kind.example()
    try:
        response = kind.response(question, raw)
    except BadResponse:
        return
    for rule in MultipleRule:
        assert 0 <= kind.fraction(question, response, rule) <= 1
        assert UNITS % kind.fraction(question, response, rule).denominator == 0


COMMON_FAULTS = {
    "an empty stem": ({"stem": " 　"}, "stem"),
    "a stem too long": ({"stem": "题" * 4001}, "stem"),
    "a control character": ({"explanation": "a\x07b"}, "explanation"),
    "a lone surrogate": ({"explanation": "\udc00"}, "explanation"),
    "blanks around a text": ({"explanation": "解析 "}, "explanation"),
    "no such difficulty": ({"difficulty": 6}, "difficulty"),
}


@every_type
@pytest.mark.parametrize(("changes", "place"), COMMON_FAULTS.values(), ids=COMMON_FAULTS)
def test_faults_that_any_question_can_have_are_named_with_their_place(kind, changes, place):
    assert place in places(dataclasses.replace(kind.example(), **changes))


# Choosing


CHOICE_FAULTS = {
    "one option": ({"options": choices("甲")}, "options"),
    "no options": ({"options": ()}, "options"),
    "eleven options": ({"options": choices(*"甲乙丙丁戊己庚辛壬癸子")}, "options"),
    "two equal options": ({"options": choices("为民", "为 民", "务实", "清廉")}, "options.B"),
    "options equal but for quotes": ({"options": choices("为民", "“为民”", "务实", "清廉")}, "options.B"),
    "options equal but for width": ({"options": choices("AB型", "ＡＢ型。", "务实", "清廉")}, "options.B"),
    "an empty option": ({"options": choices("甲", " ", "丙", "丁")}, "options.B"),
    "a letter twice": ({"options": (Option("A", "甲"), Option("A", "乙"))}, "options"),
    "a small letter": ({"options": (Option("A", "甲"), Option("b", "乙"))}, "options.b"),
    "all of the above": ({"options": choices("甲", "乙", "丙", "以上都对")}, "options.D"),
    "options named by letter": ({"options": choices("甲", "乙", "丙", "A和B")}, "options.D"),
    "no key": ({"key": frozenset()}, "key"),
    "a key that is no option": ({"key": frozenset("AZ")}, "key"),
    "the key left in the stem": ({"stem": "标题由（ A ）组成。"}, "stem"),
    "blanks": ({"blanks": (("甲",),)}, "blanks"),
}


@pytest.mark.parametrize("name", [TypeName.SINGLE_CHOICE, TypeName.MULTIPLE_CHOICE])
@pytest.mark.parametrize(("changes", "place"), CHOICE_FAULTS.values(), ids=CHOICE_FAULTS)
def test_faults_of_a_choice_are_named_with_their_place(name, changes, place):
    assert place in places(example(name, **changes))


def test_options_may_differ_in_their_punctuation_alone():
    options = choices("〔2024〕1号", "[2024]1号", "2024-1号")
    assert places(example(TypeName.SINGLE_CHOICE, options=options)) == set()


@pytest.mark.parametrize("text", ["GDP", "B超", "A股和债券", "以上级文件为准", "上述情况"])
def test_an_option_that_only_looks_like_a_reference_is_sound(text):
    assert places(example(TypeName.SINGLE_CHOICE, options=choices("甲", text))) == set()


def test_a_single_choice_has_one_key_and_a_multiple_choice_two_or_more():
    assert "key" in places(example(TypeName.SINGLE_CHOICE, key=frozenset("AB")))
    assert "key" in places(example(TypeName.MULTIPLE_CHOICE, key=frozenset("A")))


@pytest.mark.parametrize("name", [TypeName.SINGLE_CHOICE, TypeName.TRUE_FALSE])
def test_only_one_option_can_be_chosen(name):
    question = TYPES[name].example()
    with pytest.raises(BadResponse):
        TYPES[name].response(question, [option.id for option in question.options][:2])


@pytest.mark.parametrize("raw", [["Z"], ["A", "Z"], ["A", "A"], [""], ["a"]])
def test_an_unknown_or_repeated_option_is_refused(raw):
    kind = TYPES[TypeName.MULTIPLE_CHOICE]
    with pytest.raises(BadResponse):
        kind.response(kind.example(), raw)


# The key of the example is ACD of ABCD.
MULTIPLE = {
    "the whole key": ("ACD", Fraction(1), Fraction(1)),
    "two thirds of the key": ("AC", Fraction(2, 3), Fraction(0)),
    "a third of the key": ("D", Fraction(1, 3), Fraction(0)),
    "one distractor spoils it": ("AB", Fraction(0), Fraction(0)),
    "every option": ("ABCD", Fraction(0), Fraction(0)),
    "only the distractor": ("B", Fraction(0), Fraction(0)),
    "nothing": ("", Fraction(0), Fraction(0)),
}


@pytest.mark.parametrize(("chosen", "partial", "whole"), MULTIPLE.values(), ids=MULTIPLE)
def test_multiple_choice_shares_the_mark_unless_the_paper_says_all_or_nothing(chosen, partial, whole):
    kind = TYPES[TypeName.MULTIPLE_CHOICE]
    assert kind.fraction(kind.example(), frozenset(chosen), PARTIAL) == partial
    assert kind.fraction(kind.example(), frozenset(chosen), ALL) == whole


def test_the_two_rules_for_multiple_choice_read_differently():
    kind = TYPES[TypeName.MULTIPLE_CHOICE]
    assert "少选按选对的比例得分" in kind.rule_text(PARTIAL)
    assert "少选、错选不得分" in kind.rule_text(ALL)


def test_a_true_or_false_question_has_its_two_options_always():
    assert "options" in places(example(TypeName.TRUE_FALSE, options=(Option("T", "对"), Option("F", "错"))))
    assert "options" in places(example(TypeName.TRUE_FALSE, options=(Option("F", "错误"), Option("T", "正确"))))
    assert "key" in places(example(TypeName.TRUE_FALSE, key=frozenset("TF")))


PRINTED = {
    TypeName.SINGLE_CHOICE: "A",
    TypeName.MULTIPLE_CHOICE: "A、C、D",
    TypeName.TRUE_FALSE: "正确",
    TypeName.FILL_IN: "第1空：准确规范；第2空：安全保密（或：保密安全）（顺序不限）",
}


@every_type
def test_the_key_is_printed_as_an_office_prints_it(kind):
    assert kind.key_text(kind.example()) == PRINTED[kind.name]


# Filling in


SAME = {
    "quotes": ("勤奋型", "“勤奋型”"),
    "spaces, also full-width": ("转变 工作　方式", "转变工作方式"),
    "width and case": ("ＧＤＰ", "gdp"),
    "a final stop": ("说实话、办实事。", "说实话办实事"),
    "an invisible character": ("为\u200b民", "为民"),
    "two, three ways": ("两个", "2个"),
    "a numeral in characters": ("四十七件", "47件"),
    "a year in characters": ("二〇二四年", "２０２４年"),
    "hundreds with a zero": ("一百零五", "105"),
    "thousands with a comma": ("1，200", "1200"),
    "a time": ("8点40分", "8：40"),
    "a time in characters": ("八点四十分", "8:40"),
    "a range": ("2021—2025", "2021-2025"),
}
DIFFERENT = {
    "a decimal is not its digits": ("3.5", "35"),
    "a percentage is not a number": ("50%", "50"),
    "a list of figures is not one figure": ("3、5", "35"),
    "a plan is not another plan": ("十一五", "十五"),
    "a thing is not another thing": ("勤奋", "勤政"),
    "a part is not the whole": ("工作方式", "转变工作方式"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_a_blank_is_compared_by_what_it_says(one, other):
    kind = TYPES[TypeName.FILL_IN]
    assert kind.fraction(fill_in((one,)), (other,), PARTIAL) == 1
    assert kind.fraction(fill_in((other,)), (one,), PARTIAL) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_says_something_else_is_wrong(one, other):
    kind = TYPES[TypeName.FILL_IN]
    assert kind.fraction(fill_in((one,)), (other,), PARTIAL) == 0
    assert kind.fraction(fill_in((other,)), (one,), PARTIAL) == 0


@settings(deadline=None)
@given(st.text(), st.sampled_from(["，", " ", "“", "　", "…"]))
def test_marks_and_blanks_around_a_text_never_change_what_it_says(text, mark):
    assert plain(mark + text + mark) == plain(text)


@settings(deadline=None)
@given(st.text(alphabet="零〇一二两三四五六七八九十百千万0123456789点时:分,.%- "))
def test_any_mixture_of_numerals_has_something_to_compare(text):
    assert isinstance(plain(text), str)


def chinese_numeral(number: int) -> str:
    """A number below ten thousand as it is said, written out digit by digit."""
    said, pending_zero = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // size % 10
        if digit:
            said += ("零" if pending_zero and said else "") + "零一二三四五六七八九"[digit] + unit
        pending_zero = not digit
    return said.removeprefix("一") if 10 <= number < 20 else said


@settings(deadline=None)
@given(st.integers(1, 9999))
def test_a_number_said_properly_equals_its_figures(number):
    assert plain(chinese_numeral(number)) == str(number)


def test_each_accepted_wording_earns_the_mark():
    question = fill_in(("安全保密", "保密安全"))
    assert TYPES[TypeName.FILL_IN].fraction(question, ("保密安全",), PARTIAL) == 1


# The blanks accept 甲, 乙 or 丙, and 丙: only one assignment of the three words is whole.
ORDER = {
    "in order": (["甲", "乙", "丙"], Fraction(1), Fraction(1)),
    "in another order": (["丙", "甲", "乙"], Fraction(0), Fraction(1)),
    "the same word twice counts once": (["甲", "甲", "丙"], Fraction(2, 3), Fraction(2, 3)),
    "a word that could go in two blanks makes way": (["丙", "乙", "甲"], Fraction(1, 3), Fraction(1)),
    "one blank left empty": (["甲", "", "丙"], Fraction(2, 3), Fraction(2, 3)),
    "fewer texts than blanks": (["乙"], Fraction(0), Fraction(1, 3)),
}


@pytest.mark.parametrize(("sent", "in_place", "any_order"), ORDER.values(), ids=ORDER)
def test_blanks_of_one_list_may_be_filled_in_any_order_each_once(sent, in_place, any_order):
    kind = TYPES[TypeName.FILL_IN]
    blanks = (("甲",), ("乙", "丙"), ("丙",))
    for question, expected in ((fill_in(*blanks), in_place), (fill_in(*blanks, any_order=True), any_order)):
        assert kind.fraction(question, kind.response(question, sent), PARTIAL) == expected


def test_a_response_to_blanks_keeps_what_was_typed_and_has_a_text_for_each():
    kind = TYPES[TypeName.FILL_IN]
    question = fill_in(("甲",), ("乙",))
    assert kind.response(question, [" 甲 。"]) == (" 甲 。", "")
    assert kind.response(question, ["", " "]) == ()
    assert kind.response_text(question, ("甲", "")) == "第1空：甲；第2空：未填"


FILL_IN_FAULTS = {
    "fewer blanks in the stem than answers": ({"stem": f"一、{BLANK}。"}, "stem"),
    "more blanks in the stem than answers": ({"stem": f"{BLANK}{BLANK}{BLANK}"}, "stem"),
    "blanks of another length": ({"stem": "一、____；二、____。"}, "stem"),
    "no answers": ({"stem": "没有空。", "blanks": ()}, "blanks"),
    "a blank without wordings": ({"blanks": (("甲",), ())}, "blanks[1]"),
    "a wording of punctuation": ({"blanks": (("甲",), ("乙", "……"))}, "blanks[1][1]"),
    "a wording nobody may type": ({"blanks": (("甲",), ("乙" * 201,))}, "blanks[1][0]"),
    "one word in two blanks of a list": ({"blanks": (("甲",), ("乙", "“甲”"))}, "blanks[1][1]"),
    "eleven blanks": ({"stem": BLANK * 11, "blanks": tuple((str(n),) for n in range(11))}, "blanks"),
    "options": ({"options": choices("甲", "乙")}, "options"),
    "a key": ({"key": frozenset("A")}, "options"),
}


@pytest.mark.parametrize(("changes", "place"), FILL_IN_FAULTS.values(), ids=FILL_IN_FAULTS)
def test_faults_of_blanks_are_named_with_their_place(changes, place):
    assert place in places(example(TypeName.FILL_IN, **changes))


def test_a_word_may_come_twice_where_the_order_counts():
    assert places(fill_in(("服务",), ("服务",))) == set()


@every_type
def test_interactions_take_the_response_they_name(kind):
    question = kind.example()
    expected = frozenset if kind.interaction is Interaction.CHOICE else tuple
    assert isinstance(kind.response(question, key_as_sent(question)), expected)
