"""Every gate has what it refuses, and something close to it that it lets pass."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from quizapp.core.distractors import Origin
from quizapp.core.gates import GATES
from quizapp.core.gates import Case
from quizapp.core.gates import refused_by
from quizapp.core.kinds import KINDS
from quizapp.core.kinds import Candidate
from quizapp.core.kinds import Material
from quizapp.core.kinds import pair_sc
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.question import Option
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from tests.core.hand_readings import STYLE
from tests.core.hand_readings import STYLE_PAIRS
from tests.core.hand_readings import STYLE_TEMPLATE
from tests.core.hand_readings import clean
from tests.core.hand_readings import heading
from tests.core.hand_readings import key_point
from tests.core.hand_readings import style_reading
from tests.core.hand_readings import style_set
from tests.core.hand_readings import tasks_set

LEXICON = Lexicon(
    (
        TermClass("X型干部", ("创新型", "专业型", "协作型", "法治型"), form="*型"),
        TermClass("职能", ("公文办理", "会务保障", "公务接待", "值班值守"), form="????"),
        TermClass("求", ("求“新”", "求“活”"), form="求“?”"),
    ),
    (frozenset({"重要", "重大"}), frozenset({"班长", "带头人"})),
)
REFUSES = {gate.name: gate.refuses for gate in GATES}


def candidates(kind: str, reading: Reading, index: int = 0, lexicon: Lexicon = LEXICON) -> list[Case]:
    material = Material(reading, lexicon)
    return [Case(each, material) for each in KINDS[kind].candidates(material, index)]


def case(kind: str, reading: Reading | None = None, index: int = 0) -> Case:
    """The first candidate of the kind about a set of the reading; the sample speech where none is given."""
    return candidates(kind, reading or style_reading(), index)[0]


def one(text: str, *points: KeyPoint, **more: Any) -> Reading:
    return Reading(clean(text, **more), (), points)


def changed(given: Case, **question: Any) -> Case:
    """The case with parts of its question replaced; a statement goes with its stem."""
    candidate = replace(given.candidate, question=replace(given.question, **question))
    if candidate.statement:
        candidate = replace(candidate, statement=candidate.question.stem.split("，", 1)[1].removesuffix("。"))
    return replace(given, candidate=candidate)


def with_options(given: Case, *texts: str, right: str) -> Case:
    """The case with these options; `right` are the right ones, parted by spaces."""
    wanted = set(right.split())
    options = tuple(Option(letter, text, "有据") for letter, text in zip("ABCDEFG", texts, strict=False))
    key = frozenset(option.id for option in options if option.text in wanted)
    origins = tuple((option.id, Origin.LEXICON) for option in options if option.id not in key)
    told = changed(given, options=options, key=key)
    return replace(told, candidate=replace(told.candidate, origins=origins))


def pairs_of(pairs: list[tuple[str, str]], text: str, template: tuple[str, str, str], **more: Any) -> Reading:
    told = {"name": None, "template": template} | more
    return one(text, key_point(text, text[:2], [left for left, _ in pairs], pairs, **told))


def false_case(reading: Reading | None = None) -> Case:
    return next(each for each in candidates("PAIR_TF", reading or style_reading()) if each.is_false)


def choice_about(given: str, reading: Reading, index: int = 0) -> Case:
    """The choice whose stem shows a value."""
    material = Material(reading, LEXICON)
    pair = next(each for each in reading.points[index].pairs if given in each.left)
    return Case(pair_sc.choice(material, index, pair, "讲话指出，", asks_right=True), material)


def listed(after: str = "。", **more: Any) -> Case:
    text = f"今年要抓好三项工程，即公文办理、会务保障、档案管理{after}其余照旧。"
    told = {"name": "三项工程"} | more
    return case("SET_CLOZE", one(text, key_point(text, "今年", ["公文办理", "会务保障", "档案管理"], **told)))


def leader_case(kind: str) -> Case:
    text = "总书记提出“三个务必”：务必谦虚谨慎、务必艰苦奋斗、务必敢于斗争。"
    items = ["务必谦虚谨慎", "务必艰苦奋斗", "务必敢于斗争"]
    return case(kind, one(text, key_point(text, "总书记", items, name="三个务必")))


def roles(*pairs: tuple[str, str]) -> Reading:
    text = "".join(f"就{left}而言，主任是{right}。" for left, right in pairs)
    return pairs_of([(f"就{left}而言", right) for left, right in pairs], text, ("", "，主任是", ""))


def named_twice(label: str | None) -> Case:
    """Two sets of one name, the first under a heading or not."""
    text = (
        "参谋工作要高质高效。突出抓好三项重点，即文稿、信息、调研。\n"
        "全年工作要统筹。全面抓好三项重点，即公文办理、会务保障、档案管理。\n"
    )
    first = key_point(text, "突出抓好", ["文稿", "信息", "调研"], name="三项重点", homonym=True)
    second = key_point(text, "全面抓好", ["公文办理", "会务保障", "档案管理"], name="三项重点", homonym=True)
    outline = (heading(text, "参谋工作要高质高效", "调研。"),) if label else ()
    reading = Reading(clean(text), outline, (replace(first, heading=0 if label else None), second))
    return case("SET_CLOZE", reading)


def spirits(between: str) -> Case:
    pairs = [("长期默默无闻", "老黄牛"), ("始终勇于超前", "拓荒牛"), ("真心服务群众", "孺子牛")]
    text = "发扬" + "，".join(f"{left}{between}“{right}”" for left, right in pairs) + "。"
    return case("PAIR_SC", pairs_of(pairs, text, ("", f"{between}“", "”")))


def wholes(after: str) -> Case:
    """Statements that end where the clause ends, or are cut out of it."""
    pairs = [("始终精益求精地", "文稿"), ("始终紧扣中心地", "信息"), ("始终围绕重点地", "调研")]
    text = "要" + "；".join(f"{left}抓{right}{after}" for left, right in pairs) + "。"
    return case("PAIR_SC", pairs_of(pairs, text, ("", "抓", "")))


def cut_word(items: list[str]) -> Case:
    text = "当前存在三个问题：节奏还不够快，标准还不够高，作风还不够实。"
    return case("SET_CLOZE", one(text, key_point(text, "当前", items, name="三个问题")))


def three_demands() -> Case:
    text = "起草做到“三求”：一要求“实”，二要求“全”，三要求“准”。"
    point = key_point(text, "起草", ["求“实”", "求“全”", "求“准”"], name="三求")
    outline = tuple(
        heading(text, item, f"{item}{end}") for item, end in zip(["求“实”", "求“全”", "求“准”"], "，，。", strict=True)
    )
    return case("SET_CLOZE", Reading(clean(text), outline, (point,)))


def doubled(whole: bool) -> Case:
    """The sample's table under the name of its faults, its items the whole statements or the types alone."""
    statements = [f"争当“{left}”干部，戒“{right}”" for left, right in STYLE_PAIRS]
    items = statements if whole else [left for left, _ in STYLE_PAIRS]
    point = key_point(STYLE, OWN, items, STYLE_PAIRS, name="四病", template=STYLE_TEMPLATE)
    return case("SHORT", style_reading(point))


def near_roles(last: str) -> Case:
    """A false statement about the 班长 of a table, told with the value of another row."""
    pairs = [("对上级领导而言", "参谋"), ("对领导班子而言", "班长"), ("对各个科室而言", last)]
    text = "".join(f"{left}，主任是{right}。" for left, right in pairs)
    found = candidates("PAIR_TF", pairs_of(pairs, text, ("", "，主任是", "")))
    about = next(each for each in found if each.is_false and "对领导班子" in each.question.stem)
    told = changed(about, stem=f"讲话指出，对领导班子而言，主任是{last}。")
    return replace(told, candidate=replace(told.candidate, swapped=("班长", last)))


def faults() -> Reading:
    pairs = [("一些科室写材料", "流水账"), ("一些科室办会议", "大杂烩"), ("一些科室搞调研", "走马灯")]
    text = "".join(f"{left}成了“{right}”。" for left, right in pairs)
    return pairs_of(pairs, text, ("", "成了“", "”"), negative=True)


def with_kept(given: Case, *kept: Candidate) -> Case:
    return replace(given, kept=kept)


def telling(same: bool) -> Case:
    """A true statement after a choice about the same pair, or about another."""
    choice = case("PAIR_SC").candidate
    true = (each for each in candidates("PAIR_TF", style_reading()) if not each.is_false)
    told = next(each for each in true if (each.candidate.asked == choice.asked) is same)
    return with_kept(told, choice)


MC, CLOZE, SC = "SET_MC", "SET_CLOZE", "PAIR_SC"
FAR, OWN = "急件不过夜", "改作风"
TWO, ALL = "钻研型 亲民型", "公文办理 会务保障 档案管理"
STYLES = ("钻研型", "亲民型", "创新型", "专业型")
#: gate and what it is about → what it refuses, and something near that it passes.
CASES: dict[tuple[str, str], tuple[Callable[[], Case], Callable[[], Case]]] = {
    ("G1", "a masked name in the sentence"): (
        lambda: case(MC, style_reading(masks=[OWN])),
        lambda: case(MC, style_reading(masks=[FAR])),
    ),
    ("G1", "a masked name in an option"): (
        lambda: with_options(case(MC), *STYLES[:3], "X市型", right="钻研型"),
        lambda: with_options(case(MC), *STYLES, right="钻研型"),
    ),
    ("G2", "a broken sentence"): (
        lambda: case(MC, style_reading(broken=[OWN])),
        lambda: case(MC, style_reading(broken=[FAR])),
    ),
    ("G2", "a quotation mark that does not close"): (
        lambda: changed(case(SC), stem="讲话要求，争当“（　）干部，戒“浅”。"),
        lambda: case(SC),
    ),
    ("G3", "words of a leader among other options"): (lambda: leader_case(MC), lambda: leader_case(CLOZE)),
    ("G4", "a number that is not that of the items"): (lambda: listed(count=4), listed),
    ("G4", "a list that is not whole"): (lambda: listed(complete=False), listed),
    ("G5", "a list that goes on"): (lambda: listed(after="等。"), lambda: listed(after="，等级评定另议。")),
    ("G6", "an option without proof"): (
        lambda: changed(case(MC), options=tuple(replace(o, proof="") for o in case(MC).question.options)),
        lambda: case(MC),
    ),
    ("G6", "a wrong option near a right one"): (
        lambda: with_options(case(MC), "钻研型", "亲民型", "钻研", "专业型", right=TWO),
        lambda: with_options(case(MC), *STYLES, right=TWO),
    ),
    ("G6", "a key that does not follow"): (
        lambda: changed(case(SC), key=frozenset(set("ABCD") - case(SC).question.key)),
        lambda: case(SC),
    ),
    ("G6", "a right option that is not in the list"): (
        lambda: with_options(case(MC), *STYLES, right="创新型"),
        lambda: case(MC),
    ),
    ("G6", "a quotation that is not in the speech"): (
        lambda: changed(case(SC), source=replace(case(SC).question.source, quote="争当“钻研型”干部，戒“懒”")),
        lambda: case(SC),
    ),
    ("G7", "a name that two sets have"): (lambda: named_twice(None), lambda: named_twice("参谋工作")),
    ("G7", "a name that is only a number"): (lambda: listed(name="三点"), listed),
    ("G7", "a stem that leaves the name out"): (
        lambda: changed(case(MC), stem="下列选项中，正确的有（　）。"),
        lambda: case(MC),
    ),
    ("G8", "an item that ends inside a word"): (
        lambda: cut_word(["节奏还不", "标准还不", "作风还不"]),
        lambda: cut_word(["节奏还不够快", "标准还不够高", "作风还不够实"]),
    ),
    ("G8", "要求 is one word, 要 of an ordinal none"): (
        lambda: Case(
            three_demands().candidate, Material(replace(three_demands().material.reading, outline=()), LEXICON)
        ),
        three_demands,
    ),
    ("G8", "an option that begins with 的"): (
        lambda: with_options(case(MC), "钻研型", "亲民型", "的创新型", right="钻研型"),
        lambda: with_options(case(MC), "钻研型", "亲民型", "创新型", right="钻研型"),
    ),
    ("G9", "a phrase without a predicate"): (lambda: spirits("的"), lambda: spirits("，当好")),
    ("G9", "a statement cut out of its clause"): (lambda: wholes("的质量"), lambda: wholes("，保证质量")),
    ("G9", "half of a paired connective"): (
        lambda: changed(case(SC), stem="讲话要求，既争当“（　）”干部，戒“浅”。"),
        lambda: changed(case(SC), stem="讲话要求，既争当“（　）”干部，又戒“浅”。"),
    ),
    ("G10", "我们"): (
        lambda: changed(case(MC), stem="我们的“四型”干部包括（　）。"),
        lambda: changed(case(MC), stem="忘我的“四型”干部包括（　）。"),
    ),
    ("G11", "a short key that shares a character with what is given"): (
        lambda: choice_about(
            "领导班子",
            roles(("全局工作", "指挥员"), ("领导班子", "班长"), ("其他部门", "联络员"), ("领导班子外", "参谋")),
        ),
        lambda: choice_about(
            "其他部门", roles(("领导班子", "班长"), ("其他部门", "联络员"), ("全局工作", "指挥员"), ("机关", "参谋"))
        ),
    ),
    ("G11", "a word of the key in the stem"): (
        lambda: changed(case(MC), stem="讲话在“钻研业务、亲民为民”部分提出的“四型”干部包括（　）。"),
        lambda: changed(case(MC), stem="讲话在“改进作风”部分提出的“四型”干部包括（　）。"),
    ),
    ("G11", "a blank that the stem fills itself"): (
        lambda: changed(listed(), stem=listed().question.stem + "公文办理、会务保障、档案管理。"),
        listed,
    ),
    ("G12", "the only long option is right"): (
        lambda: with_options(case(SC), "十分善于钻研业务型", "亲民型", "节俭型", right="十分善于钻研业务型"),
        lambda: with_options(case(SC), "钻研业务型", "亲民型", "勤俭节约型", right="钻研业务型"),
    ),
    ("G12", "all wrong options look alike and no right one so"): (
        lambda: with_options(case(MC), "钻研型", "亲民型", "创新", "专业", right=TWO),
        lambda: with_options(case(MC), *STYLES, right=TWO),
    ),
    ("G13", "two options"): (
        lambda: with_options(case(SC), "钻研型", "亲民型", right="钻研型"),
        lambda: with_options(case(SC), "钻研型", "亲民型", "节俭型", right="钻研型"),
    ),
    ("G13", "six options"): (
        lambda: with_options(case(MC), *STYLES, "法治型", "协作型", right=TWO),
        lambda: with_options(case(MC), *STYLES, "法治型", right=TWO),
    ),
    ("G13", "nothing wrong"): (
        lambda: with_options(case(MC, index=1), "公文办理", "会务保障", "档案管理", right=ALL),
        lambda: with_options(case(MC, index=1), "公文办理", "会务保障", "档案管理", "公务接待", right=ALL),
    ),
    ("G13", "all of the above"): (
        lambda: with_options(case(MC), "钻研型", "亲民型", "以上都对", right="钻研型"),
        lambda: with_options(case(MC), "钻研型", "亲民型", "创新型", right="钻研型"),
    ),
    ("G14", "一律 in what is wrong only"): (
        lambda: with_options(case(MC), "钻研型", "亲民型", "一律创新型", right="钻研型"),
        lambda: with_options(case(MC), "一律钻研型", "亲民型", "一律创新型", right="一律钻研型"),
    ),
    ("G15", "a stem too long"): (
        lambda: changed(case(MC), stem="讲话提出的“四型”干部" + "很" * 80),
        lambda: changed(case(MC), stem="讲话提出的“四型”干部" + "很" * 60),
    ),
    ("G15", "an option too long"): (
        lambda: with_options(case(MC), "钻研型", "亲民型", "很" * 37, right="钻研型"),
        lambda: with_options(case(MC), "钻研型", "亲民型", "很" * 36, right="钻研型"),
    ),
    ("G15", "two values changed"): (
        lambda: changed(false_case(), stem="讲话要求，争当“创新型”干部，戒“慢”。"),
        false_case,
    ),
    ("G15", "items of two clauses under a name that means one"): (
        lambda: doubled(whole=True),
        lambda: doubled(whole=False),
    ),
    ("G16", "下功夫"): (
        lambda: with_options(case(MC), "下功夫", "亲民型", "创新型", right="下功夫"),
        lambda: with_options(case(MC), "下苦功夫", "亲民型", "创新型", right="下苦功夫"),
    ),
    ("G17", "a fault among demands"): (
        lambda: with_options(case(MC), "钻研型", "亲民型", "不够钻研", right="钻研型"),
        lambda: with_options(case(MC), "钻研型", "亲民型", "不断钻研", right="钻研型"),
    ),
    ("G17", "faults as pairs"): (lambda: case(SC, faults()), lambda: case(SC)),
    ("G18", "a swapped value that means the same"): (lambda: near_roles("带头人"), lambda: near_roles("裁判员")),
    ("G18", "a term of the lexicon that the speech says"): (
        lambda: with_options(case(MC), "钻研型", "节俭型", "敏捷型", right="钻研型"),
        lambda: with_options(case(MC), "钻研型", "专业型", "创新型", right="钻研型"),
    ),
    ("G19", "asking by a negative"): (
        lambda: changed(case(MC), stem="下列选项中，不属于讲话提出的“四型”干部的有（　）。"),
        lambda: case(MC),
    ),
    ("G19", "two negatives in a statement"): (
        lambda: changed(false_case(), stem="讲话要求，不争当“亲民型”干部，不戒“冷”。"),
        lambda: changed(false_case(), stem="讲话要求，争当“亲民型”干部，不戒“冷”。"),
    ),
    ("G20", "a true statement says what a choice asks"): (lambda: telling(same=True), lambda: telling(same=False)),
}


@pytest.mark.parametrize(("gate", "about"), CASES, ids=lambda each: each)
def test_a_gate_refuses_its_fault(gate: str, about: str) -> None:
    assert REFUSES[gate](CASES[gate, about][0]())


@pytest.mark.parametrize(("gate", "about"), CASES, ids=lambda each: each)
def test_a_gate_passes_what_is_near_its_fault(gate: str, about: str) -> None:
    assert not REFUSES[gate](CASES[gate, about][1]())


def test_the_gates_are_twenty_in_their_order_and_each_has_a_case() -> None:
    assert [gate.name for gate in GATES] == [f"G{number}" for number in range(1, 21)]
    assert {gate for gate, _ in CASES} == {gate.name for gate in GATES}


def test_every_gate_says_what_it_refuses() -> None:
    assert all(gate.refuses.__doc__ and gate.refuses.__name__.startswith(gate.name.lower()) for gate in GATES)


@pytest.mark.parametrize("kind", ["SET_MC", "SET_CLOZE", "SET_TF", "PAIR_SC", "PAIR_TF", "PAIR_MATCH", "SHORT"])
def test_sound_questions_pass_all_gates(kind: str) -> None:
    assert None in {refused_by(each) for each in candidates(kind, style_reading())}


def test_the_first_gate_that_refuses_is_named() -> None:
    both = changed(case(MC, style_reading(broken=[OWN])), stem="下列选项中，不正确的有（　）。")

    assert refused_by(both) == "G2"


def test_a_choice_whose_wrong_option_the_speech_says_too_is_refused() -> None:
    """The inverse rule alone finds it: two of the options make statements of the speech."""
    told = case(SC)
    (wrong, *_) = told.candidate.wrong
    statement = told.question.stem.removeprefix("讲话要求，").replace("（　）", wrong)
    reading = replace(told.material.reading, clean=clean(f"{STYLE}有人说，{statement}\n"))

    assert REFUSES["G6"](Case(told.candidate, Material(reading, LEXICON)))


def test_sets_of_the_sample_are_what_the_cases_take_them_for() -> None:
    assert [len(point.items) for point in (style_set(), tasks_set())] == [4, 3]
