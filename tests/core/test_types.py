"""What every question type promises, and what each one promises of its own."""

import dataclasses
import re
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from itertools import permutations

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
from quizapp.core.question import Response
from quizapp.core.question import ScoringPoint
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.core.types import registry
from quizapp.core.types.fill_in import plain
from quizapp.core.types.matching import right_lines
from quizapp.core.types.short_answer import said

PARTIAL, ALL = MultipleRule.PARTIAL, MultipleRule.ALL_OR_NOTHING
every_type = pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)


def key_as_sent(question: Question) -> list[str]:
    """The right answer as a browser would send it."""
    return TYPES[question.type].stored(TYPES[question.type].right_response(question))


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
    assert [kind.label for kind in TYPES.values()] == [
        "单选题",
        "多选题",
        "判断题",
        "填空题",
        "匹配题",
        "排序题",
        "简答题",
    ]


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


def guesses(question: Question) -> list[Response]:
    """Whatever somebody who knows nothing may answer, each as likely; empty where nobody guesses."""
    ids = [option.id for option in question.options]
    some = [frozenset(chosen) for n in range(1, len(ids) + 1) for chosen in combinations(ids, n)]
    found: dict[TypeName, list[Response]] = {
        TypeName.SINGLE_CHOICE: [frozenset(option) for option in ids],
        TypeName.TRUE_FALSE: [frozenset(option) for option in ids],
        TypeName.MULTIPLE_CHOICE: list(some),
        TypeName.MATCHING: list(permutations(ids, len(question.pairs))),
        TypeName.ORDERING: list(permutations(ids)),
    }
    return found.get(question.type, [])


@every_type
@pytest.mark.parametrize("rule", MultipleRule)
def test_guessing_earns_what_all_answers_earn_on_average(kind, rule):
    question = kind.example()
    shares = [kind.fraction(question, response, rule) for response in guesses(question)]
    typed = None if kind.is_marked_by_person else Fraction(0)
    assert kind.guessed(question, rule) == (sum(shares, Fraction(0)) / len(shares) if shares else typed)


@every_type
def test_a_response_survives_being_sent_again(kind):
    question = kind.example()
    response = kind.response(question, key_as_sent(question))
    assert kind.response(question, kind.stored(response)) == response
    assert kind.restored(kind.stored(response)) == response


@every_type
def test_a_response_in_other_letters_leads_back(kind):
    question = kind.example()
    ids = [option.id for option in question.options]
    letters = dict(zip(ids, reversed("QRSTUVWXYZ"[: len(ids)]), strict=True))
    back = {letter: option_id for option_id, letter in letters.items()}
    for response in (kind.right_response(question), kind.response(question, [])):
        assert kind.relettered(kind.relettered(response, letters), back) == response
        assert not set(kind.relettered(response, letters)) & set(ids)


@every_type
def test_the_right_answer_has_no_faults_and_each_part_of_the_key_is_in_words(kind):
    question = kind.example()
    assert kind.faults(question, kind.right_response(question)) == ()
    lines = kind.key_lines(question)
    assert lines
    assert all(line.strip() and "\n" not in line for line in lines)


@every_type
def test_what_a_type_has_no_use_for_is_refused_with_its_place(kind):
    strange = {
        "options": choices("甲", "乙", "丙"),
        "key": frozenset("A"),
        "blanks": (("甲",),),
        "pairs": (("甲", "A"),),
        "right_order": ("A", "B", "C"),
        "points": (ScoringPoint("甲", (("甲",),)),),
    }
    for field, value in strange.items():
        if not getattr(kind.example(), field):
            assert field in places(dataclasses.replace(kind.example(), **{field: value}))


def test_only_a_short_answer_is_marked_by_a_person():
    assert [name for name, kind in TYPES.items() if kind.is_marked_by_person] == [TypeName.SHORT_ANSWER]


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
    "a very long text": ["A" * 2001],
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
    TypeName.MATCHING: "向上级机关请求指示、批准 — 请示\n向上级机关汇报工作 — 报告\n不相隶属机关之间商洽工作 — 函",
    TypeName.ORDERING: "1. 签收\n2. 登记\n3. 初审\n4. 承办",
    TypeName.SHORT_ANSWER: (
        "（1）原则上主送一个上级机关\n（2）请示应当一文一事\n（3）不得在报告等非请示性公文中夹带请示事项"
    ),
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
    "an hour": ("8点", "8:00"),
    "an hour to the minute": ("八点整", "8点钟"),
    "half past": ("八点半", "8:30"),
    "a quarter past": ("8点一刻", "8:15"),
    "minutes without their word": ("8时40", "八点四十"),
    "minutes with a nought": ("八点零五分", "8:05"),
    "an hour with a nought": ("08:40", "8:40"),
    "the colon of printers": ("8∶40", "8:40"),
    "a morning is a morning anyway": ("上午8:40", "8点40分"),
    "an afternoon on either dial": ("下午2点半", "14:30"),
    "a percentage in characters": ("百分之九十五", "95%"),
    "a percentage with a decimal": ("百分之三点五", "3.5%"),
    "all of it": ("百分之百", "100%"),
    "per thousand": ("千分之五", "5‰"),
    "tenths": ("九成", "90%"),
    "tenths and a half": ("九成五", "95%"),
    "ten thousands with a decimal": ("1.2万", "一万二千"),
    "ten thousands in figures and characters": ("1万2千", "12,000"),
    "hundred millions": ("3.5亿", "三亿五千万"),
    "a skipped place without its zero": ("一万五百", "一万零五百"),
    "two of a thousand": ("两千", "二千"),
    "twenty in one character": ("廿五", "二十五"),
    "a year with circles": ("二○二四年", "2024年"),
    "a year with a letter": ("二O二四年", "2024年"),
    "numerals of a receipt": ("壹佰伍拾元", "150元"),
    "a decimal in characters": ("三点五个百分点", "3.5个百分点"),
    "a number below nought": ("－5%", "-5%"),
    "an ordinal": ("第二", "第2"),
}
DIFFERENT = {
    "a decimal is not its digits": ("3.5", "35"),
    "a percentage is not a number": ("50%", "50"),
    "a list of figures is not one figure": ("3、5", "35"),
    "a plan is not another plan": ("十一五", "十五"),
    "a thing is not another thing": ("勤奋", "勤政"),
    "a part is not the whole": ("工作方式", "转变工作方式"),
    "about so many is not so many": ("两三个", "23个"),
    "about seventy or eighty is not 78": ("七八十", "78"),
    "three hundred and a bit is not 305": ("三百五", "305"),
    "ten thousand and a bit is not 10005": ("一万五", "10005"),
    "an hour is no duration": ("8点", "8小时"),
    "the evening is not the morning": ("晚上8点", "8点"),
    "for a while is not a bit": ("一时", "一点"),
    "by all means is no number": ("千万", "10000000"),
    "in case is no number": ("万一", "10001"),
    "below nought is not above": ("-5%", "5%"),
    "a thousandth is no hundredth": ("5‰", "5%"),
    "tidying up is no number": ("收拾", "收十"),
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


# Pieces rather than characters, so that chance builds numbers, shares and times, and what looks like them.
PIECES = [*"零〇一两三五九十百千万亿015点时整半刻分成:,、.%-○o廿壹佰年第x", "40", "百分之", "上午", "晚上"]
some_pieces = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)


@settings(deadline=None, max_examples=500)
@given(st.text() | some_pieces)
def test_comparing_twice_changes_nothing(text):
    assert plain(plain(text)) == plain(text)


@settings(deadline=None, max_examples=300)
@given(some_pieces, st.sampled_from("，…“"))
def test_marks_around_numerals_never_change_what_they_say(text, mark):
    assert plain(mark + text + mark) == plain(text)


def below_ten_thousand(number: int) -> str:
    """A number below ten thousand as it is said, written out digit by digit."""
    said, pending_zero = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // size % 10
        if digit:
            said += ("零" if pending_zero and said else "") + "零一二三四五六七八九"[digit] + unit
        pending_zero = not digit
    return said


def chinese_numeral(number: int) -> str:
    """A number below 10^12 as it is said: in groups of four places, with 零 where a place is skipped."""
    said = ""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        group = number // size % 10**4
        if group:
            said += ("零" if said and group < 1000 else "") + below_ten_thousand(group) + unit
        elif said and number % size:
            said += "零"
    while "零零" in said:
        said = said.replace("零零", "零")
    return said.removeprefix("一") if said.startswith("一十") else said


def spellings(number: int) -> set[str]:
    """How people write one number."""
    in_words = chinese_numeral(number)
    found = {str(number), f"{number:,}", in_words, re.sub("(?<!十)二(?=[百千万亿])", "两", in_words)}
    for unit, size in (("万", 10**4), ("亿", 10**8)):
        if number >= size:
            found.add(f"{Decimal(number) / size:f}{unit}")
            found.add(f"{number // size}{unit}" + (f"零{number % size}" if number % size else ""))
    return found


@settings(deadline=None, max_examples=500)
@given(st.integers(1, 9999) | st.integers(10**4, 10**8) | st.integers(10**8, 10**12 - 1))
def test_every_spelling_of_a_number_equals_its_figures(number):
    assert {spelling: plain(spelling) for spelling in spellings(number)} == dict.fromkeys(
        spellings(number), str(number)
    )


@settings(deadline=None, max_examples=300)
@given(st.integers(1, 10**8), st.integers(1, 10**8))
def test_two_numbers_are_equal_in_no_spelling_unless_they_are_one(one, other):
    shared = {plain(text) for text in spellings(one)} & {plain(text) for text in spellings(other)}
    assert bool(shared) == (one == other)


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(0, 99))
def test_every_spelling_of_a_percentage_is_equal(whole, hundredths):
    decimals = "".join("〇一二三四五六七八九"[int(digit)] for digit in f"{hundredths:02}")
    in_words = chinese_numeral(whole) or "零"
    assert plain(f"百分之{in_words}") == plain(f"百分之{whole}") == f"{whole}%"
    assert plain(f"百分之{in_words}点{decimals}") == plain(f"{whole}.{hundredths:02}％") == f"{whole}.{hundredths:02}%"


def times(hour: int, minute: int) -> set[str]:
    """How people write one clock time."""
    said, minutes = chinese_numeral(hour) or "零", chinese_numeral(minute)
    found = {f"{hour}:{minute:02}", f"{hour:02}：{minute:02}", f"{hour}∶{minute:02}"}
    if minute:
        short = f"零{minutes}" if minute < 10 else minutes
        found |= {f"{hour}点{minute}分", f"{hour}时{minute:02}", f"{said}点{short}", f"{said}时{minutes}分"}
    else:
        found |= {f"{hour}点", f"{said}点整", f"{hour}时整", f"{said}点钟"} | ({f"{said}时"} if hour != 1 else set())
    if minute == 30:
        found |= {f"{hour}点半", f"{said}时半"}
    if minute in (15, 45):
        found.add(f"{said}点{'一' if minute == 15 else '三'}刻")
    return found | ({f"上午{hour}点{minute:02}分"} if 1 <= hour < 12 else set())


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 24), st.integers(0, 59) | st.sampled_from([0, 15, 30, 45]))
def test_every_spelling_of_a_clock_time_is_equal_and_unlike_every_other(hour, minute):
    found = {spelling: plain(spelling) for spelling in times(hour, minute)}
    assert found == dict.fromkeys(times(hour, minute), f"{hour}:{minute:02}")


@settings(deadline=None)
@given(st.integers(1, 11), st.integers(0, 59))
def test_an_afternoon_is_the_same_on_either_dial_and_never_a_morning(hour, minute):
    afternoon = plain(f"下午{hour}:{minute:02}")
    assert afternoon == plain(f"{hour + 12}点{minute:02}分") == plain(f"下午{hour + 12}:{minute:02}")
    assert afternoon != plain(f"上午{hour}:{minute:02}")


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
    "a key": ({"key": frozenset("A")}, "key"),
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


# Matching


def matching(*pairs: tuple[str, str], extra: tuple[str, ...] = ()) -> Question:
    """Lines whose right side is told; the options are lettered from the end, so that no letter matches its line."""
    rights = [right for _, right in pairs]
    letters = "ZYXWVUTSRQ"[: len(rights) + len(extra)]
    options = tuple(Option(letter, text) for letter, text in zip(letters, (*rights, *extra), strict=True))
    lines = tuple((left, letter) for (left, _), letter in zip(pairs, letters, strict=False))
    return Question(TypeName.MATCHING, "连线。", options=options, pairs=lines)


FOUR_LINES = matching(("甲", "子"), ("乙", "丑"), ("丙", "寅"), ("丁", "卯"), extra=("辰",))
MATCHED = {
    "every line": (["Z", "Y", "X", "W"], Fraction(1)),
    "three of four": (["Z", "Y", "X", "V"], Fraction(3, 4)),
    "two exchanged": (["Y", "Z", "X", "W"], Fraction(1, 2)),
    "one chosen": (["", "", "X", ""], Fraction(1, 4)),
    "fewer than the lines": (["Z"], Fraction(1, 4)),
    "one option for all lines": (["Z", "Z", "Z", "Z"], Fraction(1, 4)),
    "the option that belongs to none": (["V", "", "", ""], Fraction(0)),
    "nothing": (["", "", "", ""], Fraction(0)),
}


@pytest.mark.parametrize(("sent", "expected"), MATCHED.values(), ids=MATCHED)
def test_a_matching_earns_the_share_of_its_right_lines(sent, expected):
    kind = TYPES[TypeName.MATCHING]
    response = kind.response(FOUR_LINES, sent)
    assert kind.fraction(FOUR_LINES, response, ALL) == expected
    assert Fraction(sum(right_lines(FOUR_LINES, response)), 4) == expected


def test_a_matching_is_read_line_by_line_and_its_wrong_lines_are_named():
    kind = TYPES[TypeName.MATCHING]
    response = kind.response(FOUR_LINES, ["Y", "", "X", "W"])
    assert kind.response_text(FOUR_LINES, response) == "甲 — 丑\n乙 — 未选\n丙 — 寅\n丁 — 卯"
    assert kind.faults(FOUR_LINES, response) == ("甲 — 丑", "乙 — 未选")
    assert kind.faults(FOUR_LINES, ()) == ()


@pytest.mark.parametrize("raw", [["A"], ["z"], ["Z", "Y", "X", "W", "V"], ["Z", None]])
def test_what_is_no_option_of_a_matching_is_refused(raw):
    with pytest.raises(BadResponse):
        TYPES[TypeName.MATCHING].response(FOUR_LINES, raw)


def with_pairs(*pairs: tuple[str, str]) -> dict[str, object]:
    return {"pairs": pairs}


MATCHING_FAULTS = {
    "one line": (with_pairs(("甲", "A")), "pairs"),
    "no lines": (with_pairs(), "pairs"),
    "eleven lines": (with_pairs(*((f"第{n}行", "A") for n in range(11))), "pairs"),
    "an empty line": (with_pairs(("甲", "A"), (" ", "B")), "pairs[1]"),
    "two equal lines": (with_pairs(("甲", "A"), ("“甲”", "B")), "pairs[1]"),
    "an option that is not there": (with_pairs(("甲", "A"), ("乙", "Z")), "pairs[1]"),
    "an option used twice": (with_pairs(("甲", "A"), ("乙", "A")), "pairs[1]"),
    "two equal options": ({"options": choices("请示", "报告", "报 告")}, "options.C"),
    "eleven options": ({"options": choices(*"甲乙丙丁戊己庚辛壬癸子")}, "options"),
    "fewer options than lines": ({"options": choices("请示", "报告")}, "pairs[2]"),
    "a line too long": (with_pairs(("甲" * 4001, "A"), ("乙", "B")), "pairs[0]"),
}


@pytest.mark.parametrize(("changes", "place"), MATCHING_FAULTS.values(), ids=MATCHING_FAULTS)
def test_faults_of_a_matching_are_named_with_their_place(changes, place):
    assert place in places(example(TypeName.MATCHING, **changes))


# Ordering


FIVE_ITEMS = Question(TypeName.ORDERING, "排序。", options=choices(*"甲乙丙丁戊"), right_order=tuple("DBEAC"))
ORDERED = {
    "the right order": ("DBEAC", Fraction(1)),
    "the first moved to the end": ("BEACD", Fraction(3, 4)),
    "two neighbours exchanged": ("DBAEC", Fraction(1, 4)),
    "two halves exchanged": ("EACDB", Fraction(3, 4)),
    "backwards": ("CAEBD", Fraction(0)),
    "one place left empty": (["D", "B", "E", "A", ""], Fraction(0)),
    "not all placed": ("DBEA", Fraction(0)),
    "nothing": (["", "", "", "", ""], Fraction(0)),
}


@pytest.mark.parametrize(("sent", "expected"), ORDERED.values(), ids=ORDERED)
def test_an_ordering_earns_the_share_of_its_right_neighbours_once_all_are_placed(sent, expected):
    kind = TYPES[TypeName.ORDERING]
    assert kind.fraction(FIVE_ITEMS, kind.response(FIVE_ITEMS, list(sent)), ALL) == expected


def test_an_ordering_is_read_as_a_sequence_and_its_misplaced_items_are_named():
    kind = TYPES[TypeName.ORDERING]
    response = kind.response(FIVE_ITEMS, ["D", "E", "B", ""])
    assert kind.response_text(FIVE_ITEMS, response) == "1. 丁\n2. 戊\n3. 乙\n4. 未排\n5. 未排"
    assert kind.faults(FIVE_ITEMS, tuple("DEBAC")) == ("2. 戊", "3. 乙")


@pytest.mark.parametrize("raw", [["A", "A"], ["A", "", "A"], ["Z"], ["A", "B", "C", "D", "E", "A"]])
def test_an_item_placed_twice_or_unknown_is_refused(raw):
    with pytest.raises(BadResponse):
        TYPES[TypeName.ORDERING].response(FIVE_ITEMS, raw)


ORDERING_FAULTS = {
    "two items": ({"options": choices("甲", "乙"), "right_order": ("A", "B")}, "options"),
    "eleven items": ({"options": choices(*"甲乙丙丁戊己庚辛壬癸子"), "right_order": tuple("ABCDEFGHIJK")}, "options"),
    "two equal items": ({"options": choices("签收", "登记", "初审", "签 收")}, "options.D"),
    "an item left out": ({"right_order": tuple("ABC")}, "right_order"),
    "an item twice": ({"right_order": tuple("ABCC")}, "right_order"),
    "no order": ({"right_order": ()}, "right_order"),
}


@pytest.mark.parametrize(("changes", "place"), ORDERING_FAULTS.values(), ids=ORDERING_FAULTS)
def test_faults_of_an_ordering_are_named_with_their_place(changes, place):
    assert place in places(example(TypeName.ORDERING, **changes))


# Answering in one's own words


THREE_POINTS = Question(
    TypeName.SHORT_ANSWER,
    "简述。",
    points=(
        ScoringPoint("每年不少于5项", (("不少于5项", "至少五项"),)),
        ScoringPoint("完成率达到95%", (("完成率",), ("95%",))),
        ScoringPoint("8点40分前报送", (("8:40",), ("报送", "上报"))),
    ),
)
SAYINGS = {
    "everything, spelled otherwise": ("至少 5 项；完成率为百分之九十五；八点四十，上报。", [True, True, True]),
    "a group missing": ("完成率要高，不少于五项", [True, False, False]),
    "a longer number is another number": ("不少于5项，完成率195%，18:40报送", [True, False, False]),
    "half a number is another number": ("至少十五项，完成率0.95%", [False, False, False]),
    "nothing to the point": ("认真学习，抓好落实。", [False, False, False]),
}


@pytest.mark.parametrize(("answer", "expected"), SAYINGS.values(), ids=SAYINGS)
def test_a_point_is_proposed_as_said_when_every_keyword_group_occurs(answer, expected):
    kind = TYPES[TypeName.SHORT_ANSWER]
    response = kind.response(THREE_POINTS, [answer])
    assert list(said(THREE_POINTS, response)) == expected
    assert kind.fraction(THREE_POINTS, response, ALL) == Fraction(sum(expected), 3)
    assert len(kind.faults(THREE_POINTS, response)) == expected.count(False)


def test_a_short_answer_takes_two_thousand_characters_and_every_other_text_two_hundred():
    kind = TYPES[TypeName.SHORT_ANSWER]
    assert kind.response(THREE_POINTS, ["字" * 2000]) == ("字" * 2000,)
    for question, name in ((THREE_POINTS, TypeName.SHORT_ANSWER), (fill_in(("甲",)), TypeName.FILL_IN)):
        with pytest.raises(BadResponse, match="最多 (2000|200) 个字"):
            TYPES[name].response(question, ["字" * (2001 if name is TypeName.SHORT_ANSWER else 201)])


def test_a_short_answer_keeps_its_lines_and_of_blanks_alone_nothing():
    kind = TYPES[TypeName.SHORT_ANSWER]
    assert kind.response(THREE_POINTS, ["一、甲\r\n二、乙"]) == ("一、甲\r\n二、乙",)
    cleared: Response = ()
    assert kind.response(THREE_POINTS, [" \n　"]) == cleared


def with_points(*points: ScoringPoint) -> dict[str, object]:
    return {"points": points}


POINT = ScoringPoint("一文一事", (("一文一事",),))
SHORT_ANSWER_FAULTS = {
    "no points": (with_points(), "points"),
    "eleven points": (with_points(*(ScoringPoint(f"第{n}点", (("甲",),)) for n in range(11))), "points"),
    "an empty point": (with_points(ScoringPoint(" ", (("甲",),))), "points[0]"),
    "two equal points": (with_points(POINT, ScoringPoint("“一文一事”", (("一事",),))), "points[1]"),
    "no keywords": (with_points(POINT, ScoringPoint("甲")), "points[1].keywords"),
    "an empty group": (with_points(POINT, ScoringPoint("甲", (("甲",), ()))), "points[1].keywords[1]"),
    "a keyword of punctuation": (with_points(ScoringPoint("甲", (("甲", "……"),))), "points[0].keywords[0]"),
    "a keyword with a control character": (with_points(ScoringPoint("甲", (("甲\x07",),))), "points[0].keywords[0]"),
    "a point too long": (with_points(ScoringPoint("甲" * 4001, (("甲",),))), "points[0]"),
}


@pytest.mark.parametrize(("changes", "place"), SHORT_ANSWER_FAULTS.values(), ids=SHORT_ANSWER_FAULTS)
def test_faults_of_a_short_answer_are_named_with_their_place(changes, place):
    assert place in places(example(TypeName.SHORT_ANSWER, **changes))


def test_faults_of_choices_and_blanks_can_be_counted_over_people():
    multiple = TYPES[TypeName.MULTIPLE_CHOICE]
    assert multiple.faults(multiple.example(), frozenset("AB")) == ("错选：短信", "漏选：纪要", "漏选：函")
    single = TYPES[TypeName.SINGLE_CHOICE]
    assert single.faults(single.example(), frozenset("C")) == ("错选：签发人",)
    blanks = TYPES[TypeName.FILL_IN]
    assert blanks.faults(blanks.example(), ("保密安全", "求真务实")) == ("第1空填错",)
    assert blanks.faults(fill_in(("甲",), ("乙",)), ("丙", "乙")) == ("第1空填错",)


@every_type
def test_nothing_given_has_no_faults_to_count(kind):
    assert kind.faults(kind.example(), kind.response(kind.example(), [])) == ()
