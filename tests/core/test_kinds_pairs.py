"""The kinds that ask what belongs to what: matching, and single choice of tables whose pairs are phrases."""

from pathlib import Path
from typing import Any

import pytest

from quizapp.core.drafting import draft_questions
from quizapp.core.gates import Case
from quizapp.core.gates import refused_by
from quizapp.core.kinds import KINDS
from quizapp.core.kinds import Candidate
from quizapp.core.kinds import Material
from quizapp.core.kinds.base import answer_of
from quizapp.core.lexicon import Lexicon
from quizapp.core.question import TypeName
from quizapp.core.reading import read_speech
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.types import TYPES
from quizapp.formats.lexicon import load_lexicon
from tests.core.hand_readings import clean
from tests.core.hand_readings import key_point
from tests.core.hand_readings import style_reading
from tests.core.hand_readings import style_set

LEXICON = Lexicon()
ROOT = Path(__file__).parents[2]
SEEDS = sorted((ROOT.parent / "shared" / "speeches").glob("*.txt"))
FIXTURES = sorted((ROOT / "tests" / "speeches").glob("*.txt"))

LEGS = "要管住自己，迈开自己的腿，多到一线；张开自己的嘴，多讲政策；竖起自己的耳，多听民声。"
LEGS_PAIRS = (("腿", "多到一线"), ("嘴", "多讲政策"), ("耳", "多听民声"))
SPIRITS = "要弘扬埋头苦干的“骆驼”精神、心无旁骛的“钻井”精神、甘当人梯的“红烛”精神。"
SPIRIT_PAIRS = (("埋头苦干", "骆驼"), ("心无旁骛", "钻井"), ("甘当人梯", "红烛"))


def table(text: str, pairs: tuple[tuple[str, str], ...], template: tuple[str, ...], **more: Any) -> KeyPoint:
    """An unnamed table of pairs that fills the text."""
    told: dict[str, Any] = {"kind": PointKind.PAIRSET, "name": None, "template": template, "rule": "clauses"} | more
    return key_point(text, text[:2], [left for left, _ in pairs], pairs, **told)


def material(text: str, *points: KeyPoint) -> Material:
    return Material(Reading(clean(text), (), points), LEXICON, "讲话一则")


def matchings(text: str, *points: KeyPoint) -> list[Candidate]:
    return list(KINDS["PAIR_MATCH"].candidates(material(text, *points), 0))


def columns(candidate: Candidate) -> dict[str, str]:
    texts = {option.id: option.text for option in candidate.question.options}
    return {left: texts[letter] for left, letter in candidate.question.pairs}


def test_a_matching_of_two_named_sets_calls_both_and_ties_each_line_to_its_own() -> None:
    (found,) = KINDS["PAIR_MATCH"].candidates(Material(style_reading(), LEXICON), 0)

    assert found.question.stem == "请将左栏讲话提出的“四型”干部与右栏对应的“四病”连线。"
    assert columns(found) == {"钻研型": "浅", "亲民型": "冷", "节俭型": "奢", "敏捷型": "慢"}
    assert TYPES[TypeName.MATCHING].problems(found.question) == []


def test_the_right_column_is_shuffled_and_the_left_one_is_as_the_speech_has_it() -> None:
    found = [
        next(KINDS["PAIR_MATCH"].candidates(Material(style_reading(clean_text), LEXICON), 0))
        for clean_text in (style_set(), style_set(name="四种"), style_set(name="四样"), style_set(name="四类"))
    ]

    assert {tuple(left for left, _ in each.question.pairs) for each in found} == {
        ("钻研型", "亲民型", "节俭型", "敏捷型")
    }
    assert len({tuple(option.text for option in each.question.options) for each in found}) > 1


def test_columns_of_two_clauses_show_each_its_own() -> None:
    text = "办文，要字斟句酌；办会，要滴水不漏；办事，要善始善终。"
    pairs = (("办文", "字斟句酌"), ("办会", "滴水不漏"), ("办事", "善始善终"))
    (found,) = matchings(text, table(text, pairs, ("", "，要", "")))

    assert columns(found) == {"办文": "要字斟句酌", "办会": "要滴水不漏", "办事": "要善始善终"}


def test_a_demand_between_the_two_goes_with_the_right_value_and_the_noun_before_it_with_the_left() -> None:
    text = "领导责任要扛起来；监管责任要担起来；主体责任要落下去。"
    pairs = (("领导", "扛起来"), ("监管", "担起来"), ("主体", "落下去"))
    (found,) = matchings(text, table(text, pairs, ("", "责任要", "")))

    assert columns(found) == {"领导责任": "要扛起来", "监管责任": "要担起来", "主体责任": "要落下去"}


REFUSED: dict[str, tuple[tuple[tuple[str, str], ...], dict[str, Any]]] = {
    "two pairs are no table": (LEGS_PAIRS[:2], {}),
    "a value that two lines share": ((("腿", "多到一线"), ("嘴", "多讲政策"), ("耳", "多讲政策")), {}),
}


@pytest.mark.parametrize(("pairs", "more"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_not_matched(pairs: tuple[tuple[str, str], ...], more: dict[str, Any]) -> None:
    text = LEGS + "说话要有分寸，嘴、耳都要多讲政策。"

    assert matchings(text, table(text, pairs, ("", "，", ""), **more)) == []


def test_a_right_value_cut_out_of_its_clause_is_not_matched() -> None:
    text = "隐患要查得准；预警要叫得应；抢险要顶得上。"
    pairs = (("隐患", "查"), ("预警", "叫"), ("抢险", "顶"))

    assert matchings(text, table(text, pairs, ("", "要", "得"))) == []


def test_a_key_that_the_speech_ties_twice_is_not_found_again() -> None:
    text = LEGS + "会上不同，腿要多讲政策。"
    (found,) = matchings(text, table(text, LEGS_PAIRS, ("", "，", "")))

    assert KINDS["PAIR_MATCH"].key_again(found, material(text)) != answer_of(found.question)


def test_one_line_of_three_may_share_a_character_with_its_own_and_two_may_not() -> None:
    one = "学风要勤学善思；会风要开短讲实；文风要去繁就简。"
    two = "学风要勤学善思；会风要会少人精；文风要去繁就简。"
    told = {
        text: table(text, (("学风", text[3:7]), ("会风", text[11:15]), ("文风", "去繁就简")), ("", "要", ""))
        for text in (one, two)
    }
    gates = {text: refused_by(Case(matchings(text, point)[0], material(text, point))) for text, point in told.items()}

    assert gates == {one: None, two: "G11"}


def test_phrases_are_asked_by_what_corresponds_for_they_are_no_sentences() -> None:
    point = table(SPIRITS, SPIRIT_PAIRS, ("", "的“", "”精神"), rule="frame")
    found = list(KINDS["PAIR_SC"].candidates(material(SPIRITS, point), 0))
    stems = {each.question.stem for each in found}

    assert all(stem.startswith("讲话中，与“") for stem in stems)
    assert any(stem.endswith("相对应的是“（　）”精神。") for stem in stems)
    assert any("”精神相对应的内容是（　）。" in stem for stem in stems)
    for each in found:
        assert refused_by(Case(each, material(SPIRITS, point))) is None
        assert KINDS["PAIR_SC"].key_again(each, material(SPIRITS, point)) == each.question.key


def test_phrases_without_a_noun_of_their_own_are_not_asked() -> None:
    text = "处在连接上下的“桥梁”、协调左右的“纽带”、保持运转的“枢纽”位置。"
    pairs = (("连接上下", "桥梁"), ("协调左右", "纽带"), ("保持运转", "枢纽"))
    point = table(text, pairs, ("", "的“", "”"), rule="frame")

    assert list(KINDS["PAIR_SC"].candidates(material(text, point), 0)) == []


ROLES = "在政务工作上当好参谋员，在事务工作上当好服务员，在会务工作上当好组织员，在督查工作上当好监督员。"
ROLE_PAIRS = (("政务", "参谋员"), ("事务", "服务员"), ("会务", "组织员"), ("督查", "监督员"))


def singles(text: str, *points: KeyPoint) -> list[Candidate]:
    return list(KINDS["PAIR_SC"].candidates(material(text, *points), 0))


def judged(text: str, *points: KeyPoint) -> list[Candidate]:
    return list(KINDS["PAIR_TF"].candidates(material(text, *points), 0))


def test_a_table_is_asked_once_in_each_direction_however_large_it_is() -> None:
    found = singles(ROLES, table(ROLES, ROLE_PAIRS, ("在", "工作上当好", "")))

    assert len(found) > 2
    assert len({each.contest for each in found}) == 2


#: Tables that are good for matching only: in any speech the one value goes with the other, or nothing tells of what.
MATCHED_ONLY: dict[str, tuple[str, tuple[tuple[str, str], ...], tuple[str, ...], dict[str, Any]]] = {
    "idioms that go with their own subject": (
        "办理公文要字斟句酌；承办会议要滴水不漏；接待来访要善始善终。",
        (("办理公文", "字斟句酌"), ("承办会议", "滴水不漏"), ("接待来访", "善始善终")),
        ("", "要", ""),
        {},
    ),
    "explanations of the left value": (
        "容异就是听得进不同的意见；容难就是扛得住复杂的局面；容错就是给得起改正的机会。",
        (("容异", "听得进不同的意见"), ("容难", "扛得住复杂的局面"), ("容错", "给得起改正的机会")),
        ("", "就是", ""),
        {"kind": PointKind.NAMED, "name": "三容"},
    ),
    "what the thing is praised as": (
        "各级领导重视是前提；规章制度健全是保障；干部队伍建设是关键。",
        (("各级领导重视", "前提"), ("规章制度健全", "保障"), ("干部队伍建设", "关键")),
        ("", "是", ""),
        {"kind": PointKind.NAMED, "name": "三点体会"},
    ),
    "a change whose two ends share their noun": (
        "由被动的服务向主动的服务转变；由粗放的管理向精细的管理转变；由经验的办事向制度的办事转变。",
        (("被动的服务", "主动的服务"), ("粗放的管理", "精细的管理"), ("经验的办事", "制度的办事")),
        ("由", "向", "转变"),
        {"kind": PointKind.NAMED, "name": "三个转变"},
    ),
    "a short statement of no set and no part": (
        "文件由文秘科办；会议由会务科办；车辆由行政科办。",
        (("文件", "文秘科"), ("会议", "会务科"), ("车辆", "行政科")),
        ("", "由", "办"),
        {},
    ),
}


@pytest.mark.parametrize(("text", "pairs", "template", "more"), MATCHED_ONLY.values(), ids=MATCHED_ONLY)
def test_values_that_could_not_stand_for_each_other_are_matched_and_neither_chosen_nor_judged(
    text: str, pairs: tuple[tuple[str, str], ...], template: tuple[str, ...], more: dict[str, Any]
) -> None:
    point = table(text, pairs, template, **more)

    assert singles(text, point) == judged(text, point) == []
    assert len(matchings(text, point)) == 1


def test_names_are_chosen_and_judged() -> None:
    point = table(ROLES, ROLE_PAIRS, ("在", "工作上当好", ""))

    assert singles(ROLES, point)
    assert {each.question.key for each in judged(ROLES, point)} == {frozenset("T"), frozenset("F")}


def test_a_short_statement_says_which_set_it_is_of() -> None:
    text = "落实三个一律：迟报的一律退回重报，漏报的一律通报批评，瞒报的一律严肃问责。"
    pairs = (("迟报的", "退回重报"), ("漏报的", "通报批评"), ("瞒报的", "严肃问责"))
    point = table(text, pairs, ("", "一律", ""), kind=PointKind.NAMED, name="三个一律")

    found = singles(text, point)

    assert found
    assert all(each.question.stem.startswith("讲话在阐述“三个一律”时要求，") for each in found)


def test_a_statement_that_begins_with_its_verb_is_a_demand() -> None:
    text = "把更多的时间还给“调研”，把更多的精力还给“落实”，把更多的脚步还给“基层”。"
    pairs = (("时间", "调研"), ("精力", "落实"), ("脚步", "基层"))
    found = singles(text, table(text, pairs, ("把更多的", "还给“", "”")))

    assert found
    assert all(each.question.stem.startswith("讲话要求，把更多的") for each in found)


NEVER_MATCHED: dict[str, tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]] = {
    "questions that the speech goes on to answer": (
        "上半年怎么看，存在的差距怎么找，下半年的重点怎么抓。",
        (("上半年", "看"), ("存在的差距", "找"), ("下半年的重点", "抓")),
        ("", "怎么", ""),
    ),
    "what was reached last year": (
        "去年以来，成绩不小。理论武装更加深入，组织基础更加牢固，纪律约束更加严格。",
        (("理论武装", "深入"), ("组织基础", "牢固"), ("纪律约束", "严格")),
        ("", "更加", ""),
    ),
    "a line that elsewhere goes with another's value": (
        "信仰要坚定，立场要鲜明，执行要有力。各种诱惑面前要立场坚定。",
        (("信仰", "坚定"), ("立场", "鲜明"), ("执行", "有力")),
        ("", "要", ""),
    ),
}


@pytest.mark.parametrize(("text", "pairs", "template"), NEVER_MATCHED.values(), ids=NEVER_MATCHED)
def test_no_table_to_match_is(text: str, pairs: tuple[tuple[str, str], ...], template: tuple[str, ...]) -> None:
    assert matchings(text, table(text, pairs, template)) == []


def test_a_second_table_of_the_same_lines_is_not_matched() -> None:
    text = "会前重细，会中重稳，会后重快。会前要细致周密，会中要沉着稳妥，会后要利落高效。"
    first = table(text, (("会前", "细"), ("会中", "稳"), ("会后", "快")), ("", "重", ""))
    second = table(text, (("会前", "细致周密"), ("会中", "沉着稳妥"), ("会后", "利落高效")), ("", "要", ""))

    assert len(list(KINDS["PAIR_MATCH"].candidates(material(text, first, second), 0))) == 1
    assert list(KINDS["PAIR_MATCH"].candidates(material(text, first, second), 1)) == []


def test_the_right_column_begins_with_what_is_its_own() -> None:
    text, pairs, template, more = MATCHED_ONLY["explanations of the left value"]
    (found,) = matchings(text, table(text, pairs, template, **more))

    assert set(columns(found).values()) == {"听得进不同的意见", "扛得住复杂的局面", "给得起改正的机会"}


def test_a_matching_without_set_and_part_says_what_its_lines_are() -> None:
    text = "办文要字斟句酌，办会要滴水不漏，办事要善始善终。"
    pairs = (("办文", "字斟句酌"), ("办会", "滴水不漏"), ("办事", "善始善终"))
    (found,) = matchings(text, table(text, pairs, ("", "要", "")))

    assert found.question.stem.startswith("请根据讲话对办文、办会、办事的要求，")


@pytest.mark.parametrize("path", [*SEEDS, *FIXTURES], ids=lambda path: path.stem)
def test_every_matching_of_a_real_speech_gives_its_key_again_and_quotes_its_source(path: Path) -> None:
    reading = read_speech(path.read_text(encoding="utf-8"))
    speech, kind = Material(reading, load_lexicon(), "讲话一则"), KINDS["PAIR_MATCH"]
    asked = [each for index in kind.places(speech) for each in kind.candidates(speech, index)]

    for each in (one for one in asked if refused_by(Case(one, speech)) is None):
        question = each.question
        texts = {option.id: option.text for option in question.options}
        assert kind.key_again(each, speech) == answer_of(question)
        assert question.source.quote == reading.clean.text[question.source.start : question.source.end]
        assert all(option.proof for option in question.options)
        assert all(f"{left}——{texts[letter]}" in question.explanation for left, letter in question.pairs)
        assert TYPES[TypeName.MATCHING].problems(question) == []


def test_real_speeches_give_matchings_at_all() -> None:
    if not SEEDS:
        pytest.skip("the sample speeches are not kept with the code")
    readings = [read_speech(path.read_text(encoding="utf-8")) for path in SEEDS]
    kinds = [draft.kind for each in readings for draft in draft_questions(each, load_lexicon()).drafts]

    assert kinds.count("PAIR_MATCH") >= 10
