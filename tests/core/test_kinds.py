"""Each kind: when it asks, how, and that its key follows again from the stem and the speech."""

from dataclasses import replace
from typing import Any

import pytest

from quizapp.core.kinds import KINDS
from quizapp.core.kinds import Candidate
from quizapp.core.kinds import Material
from quizapp.core.kinds import registry
from quizapp.core.kinds.base import answer_of
from quizapp.core.kinds.set_cloze import accepted
from quizapp.core.kinds.set_cloze import blankable
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.question import TypeName
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.core.speech import Span
from tests.core.hand_readings import STYLE
from tests.core.hand_readings import STYLE_PAIRS
from tests.core.hand_readings import clean
from tests.core.hand_readings import key_point
from tests.core.hand_readings import style_reading
from tests.core.hand_readings import style_set
from tests.core.hand_readings import tasks_set

LEXICON = Lexicon(
    (
        TermClass("X型干部", ("创新型", "专业型", "协作型"), form="*型"),
        TermClass("职能", ("公文办理", "会务保障", "公务接待", "值班值守"), form="????"),
    )
)
TYPES = {
    "SET_MC": TypeName.MULTIPLE_CHOICE,
    "SET_CLOZE": TypeName.FILL_IN,
    "PAIR_SC": TypeName.SINGLE_CHOICE,
    "PAIR_TF": TypeName.TRUE_FALSE,
}


def material(*points: KeyPoint) -> Material:
    return Material(style_reading(*points), LEXICON, "讲话一则")


def asked(kind: str, *points: KeyPoint, index: int = 0) -> list[Candidate]:
    return list(KINDS[kind].candidates(material(*points), index))


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_candidate_gives_its_key_again(kind: str) -> None:
    found = asked(kind)

    assert found
    for each in found:
        assert KINDS[kind].key_again(each, material()) == answer_of(each.question)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_candidate_quotes_the_speech_and_explains_itself(kind: str) -> None:
    for each in asked(kind):
        question = each.question
        assert question.type is TYPES[kind]
        assert question.source.quote == STYLE[question.source.start : question.source.end]
        assert question.source.speech == "讲话一则"
        assert question.explanation.startswith("讲话原文：")
        assert question.explanation.endswith("。")


@pytest.mark.parametrize("kind", ["SET_MC", "PAIR_SC"])
def test_every_option_of_a_choice_has_its_proof(kind: str) -> None:
    assert all(option.proof for each in asked(kind) for option in each.question.options)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_the_same_material_gives_the_same_candidates(kind: str) -> None:
    assert asked(kind) == asked(kind)


def test_a_set_of_three_is_shown_whole_and_a_larger_one_never() -> None:
    (whole, *_), (part, *_) = asked("SET_MC", tasks_set()), asked("SET_MC", style_set())

    assert (len(whole.right), whole.question.stem) == (3, "讲话要求抓好的“三项任务”包括（　）。")
    assert len(part.right) in (2, 3)
    assert part.question.stem == "下列选项中，属于讲话提出的“四型”干部的有（　）。"


def test_right_options_are_items_and_wrong_ones_are_not_in_the_passage() -> None:
    for each in asked("SET_MC"):
        assert set(each.right) <= {pair[0] for pair in STYLE_PAIRS}
        assert not [text for text in each.wrong if text in STYLE]


def test_a_blank_leaves_at_least_two_items_to_be_seen() -> None:
    for each in [*asked("SET_CLOZE", style_set()), *asked("SET_CLOZE", tasks_set())]:
        items = material(style_set()).point(0).items if "四型" in each.question.stem else tasks_set().items
        assert sum(item.display in each.question.stem for item in items) >= 2
        assert each.question.stem.count(BLANK) == len(each.question.blanks)


def test_two_blanks_of_a_long_list_may_be_filled_in_any_order() -> None:
    text = "要做到“五勤”：勤动手、勤跑腿、勤开口、勤动脑、勤记录。"
    five = key_point(text, "要做到", ["勤动手", "勤跑腿", "勤开口", "勤动脑", "勤记录"], name="五勤")
    first = next(KINDS["SET_CLOZE"].candidates(Material(Reading(clean(text), (), (five,)), LEXICON), 0))

    assert (len(first.question.blanks), first.question.any_order) == (2, True)


def test_items_with_commas_are_parted_by_semicolons() -> None:
    text = "树立三大导向：能打硬仗，能扛硬活；公道正派；肯钻肯干，甘当人梯。"
    items = ["能打硬仗，能扛硬活", "公道正派", "肯钻肯干，甘当人梯"]
    point = key_point(text, "树立", items, name="三大导向")
    (told,) = KINDS["SET_CLOZE"].candidates(Material(Reading(clean(text), (), (point,)), LEXICON), 0)

    assert told.question.stem.count("；") == 2
    assert told.question.blanks == (("公道正派",),)


def test_an_item_that_the_name_of_its_part_tells_is_not_left_out() -> None:
    text = "要做到务实、为民、清廉。"
    point = key_point(text, "要做到", ["务实", "为民", "清廉"], name=None)

    assert blankable(point, "讲话在“清正廉洁”部分提出的要求") == [0, 1]
    assert blankable(point, "讲话在“转变作风”部分提出的要求") == [0, 1, 2]


def test_a_blank_asks_for_the_words_of_the_speech_and_for_no_synonym() -> None:
    found = [Item(text, text, Span(0, len(text))) for text in ("务实", "为民", "清廉")]

    assert accepted(found[2], found) == ("清廉",)


RELATIONS = ("处理好当前与长远的关系", "当前与长远的关系", "处理好当前与长远", "当前与长远")
ACCEPTED = {
    "an affix may be left out": (["勤奋型", "务实型"], ("勤奋型", "勤奋")),
    "what all begin with may be left out": (["转变工作方式", "转变工作作风"], ("转变工作方式", "工作方式", "方式")),
    "no particle is left over": (["处理好当前与长远的关系", "处理好质量与速度的关系"], RELATIONS),
    "a verb is no affix": (["一张清单管到底", "一个专班抓到底"], ("一张清单管到底",)),
    "the modal inside may be left out": (["信仰要坚定", "立场要鲜明"], ("信仰要坚定", "信仰坚定")),
    "a place said of a subject keeps its frame": (
        ["理论学习要在深化上下功夫", "组织建设要在规范上下功夫"],
        ("理论学习要在深化上下功夫", "理论学习在深化上下功夫"),
    ),
    "what most begin with may be left out": (
        ["压实党政领导责任", "压实部门监管责任", "压实企业主体责任", "严格考核问责"],
        ("压实党政领导责任", "党政领导责任"),
    ),
    "a negation may not": (["不打折扣", "不搞变通"], ("不打折扣",)),
    "half a word may not": (["思想上畅通", "生活上直通"], ("思想上畅通",)),
    "a quoted character may stand alone": (["求“实”", "求“全”"], ("求“实”", "“实”")),
    "a place may go with what frames it": (
        ["在队伍建设上下功夫", "在参谋辅政上下功夫"],
        ("在队伍建设上下功夫", "队伍建设"),
    ),
}


@pytest.mark.parametrize(("items", "expected"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepted_wordings(items: list[str], expected: tuple[str, ...]) -> None:
    text = "要做到：" + "、".join(items) + "。"
    found = key_point(text, "要做到", items).items

    assert accepted(found[0], found) == expected


def test_a_choice_fills_the_gap_of_a_sentence_of_the_speech() -> None:
    for each in asked("PAIR_SC"):
        (right,) = each.right
        statement = each.statement.replace("（　）", right)
        assert bare(statement) in bare(STYLE)


def test_wrong_values_are_those_of_the_same_slot() -> None:
    lefts, rights = {pair[0] for pair in STYLE_PAIRS}, {pair[1] for pair in STYLE_PAIRS}
    for each in asked("PAIR_SC"):
        assert {*each.right, *each.wrong} in (lefts, rights)


def test_choices_ask_both_ways_and_leave_one_pair_to_true_and_false() -> None:
    found = asked("PAIR_SC")
    statements = {each.asked for each in found}
    ways = {each.contest for each in found}

    assert (len(statements), len(ways)) == (3, 2)


def test_a_value_that_the_speech_also_puts_beside_the_given_one_is_not_wrong() -> None:
    told = replace(style_reading(style_set()), clean=clean(STYLE + "钻研型的人也要防着慢。\n"))
    found = KINDS["PAIR_SC"].candidates(Material(told, LEXICON), 0)

    for each in found:
        assert not ("钻研型" in each.question.stem and "慢" in each.wrong)
        assert not ("“慢”" in each.question.stem and "钻研型" in each.wrong)


def test_a_false_statement_changes_one_value_and_its_explanation_says_the_right_one() -> None:
    rights = {pair[0]: pair[1] for pair in STYLE_PAIRS}
    false = [each for each in asked("PAIR_TF") if "F" in each.question.key]

    assert false
    for each in false:
        left = next(left for left in rights if left in each.question.stem)
        assert f"“{left}”干部，戒“{rights[left]}”" in each.question.explanation
        assert f"戒“{rights[left]}”" not in each.question.stem


NOT_ASKED: dict[str, dict[str, Any]] = {
    "two pairs only": {"pairs": style_set().pairs[:2]},
    "one value for two": {"pairs": (*style_set().pairs[:3], replace(style_set().pairs[3], right="浅"))},
    "a template the speech does not say": {"template": ("当好“", "”干部，防“", "”")},
    "no template": {"template": ()},
}


@pytest.mark.parametrize("changes", NOT_ASKED.values(), ids=NOT_ASKED)
@pytest.mark.parametrize("kind", ["PAIR_SC", "PAIR_TF"])
def test_pairs_that_are_no_table_are_not_asked(kind: str, changes: dict[str, Any]) -> None:
    assert asked(kind, style_set(**changes)) == []


def test_short_predicates_are_neither_judged_nor_chosen() -> None:
    text = "在学习上要走在前，在作风上要更扎实，在责任上要敢担事。"
    pairs = [("学习", "走在前"), ("作风", "更扎实"), ("责任", "敢担事")]
    point = key_point(text, "在学习", [p[0] for p in pairs], pairs, name=None, template=("在", "上要", ""))
    told = Material(Reading(clean(text), (), (point,)), LEXICON)

    assert list(KINDS["PAIR_TF"].candidates(told, 0)) == []
    assert list(KINDS["PAIR_SC"].candidates(told, 0)) == []


def test_a_tampered_key_is_not_the_one_that_follows() -> None:
    (first, *_) = asked("PAIR_SC")
    other = next(option.id for option in first.question.options if option.id not in first.question.key)
    tampered = replace(first, question=replace(first.question, key=frozenset({other})))

    assert KINDS["PAIR_SC"].key_again(tampered, material()) == first.question.key != tampered.question.key


def test_a_set_the_stem_does_not_name_gives_no_key() -> None:
    (first, *_) = asked("SET_MC")
    nameless = replace(first, question=replace(first.question, stem="下列选项中，正确的有（　）。"))

    assert KINDS["SET_MC"].key_again(nameless, material()) is None


def test_two_modules_cannot_draft_one_kind() -> None:
    with pytest.raises(LookupError, match="two modules"):
        registry([*KINDS.values(), KINDS["SET_MC"]])
