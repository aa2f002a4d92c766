"""The kinds that ask about a passage: a row, a saying, a figure, a definition, a heading's sentence, a case."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.gates import Case
from quizapp.core.gates import is_other_figure
from quizapp.core.gates import refused_by
from quizapp.core.kinds import KINDS
from quizapp.core.kinds import Candidate
from quizapp.core.kinds import Material
from quizapp.core.kinds.base import answer_of
from quizapp.core.kinds.num import NUMBER
from quizapp.core.kinds.num import others
from quizapp.core.kinds.num import value_of
from quizapp.core.kinds.num import written
from quizapp.core.kinds.passages import stands_alone
from quizapp.core.lexicon import Lexicon
from quizapp.core.reading import read_speech
from quizapp.core.speech import About
from quizapp.core.speech import FactKind
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Rule
from quizapp.core.speech import Span
from quizapp.core.types import TYPES
from quizapp.formats.lexicon import load_lexicon
from tests.core.hand_readings import clean
from tests.core.hand_readings import span_of

ROOT = Path(__file__).parents[2]
SEEDS = sorted((ROOT.parent / "shared" / "speeches").glob("*.txt"))
FIXTURES = sorted((ROOT / "tests" / "speeches").glob("*.txt"))
PASSAGE_KINDS = ("PAR_CLOZE", "SLOGAN", "NUM", "DEF", "HEAD_LOC", "SCEN")
BEFORE, AFTER = "会议开始。\n", "\n会议结束。"


def found_point(text: str, kind: PointKind, items: tuple[str, ...], **more: Any) -> KeyPoint:
    """A finding whose items stand in the text in order."""
    spans, at = [], 0
    for item in items:
        spans.append(span_of(text, item, at))
        at = spans[-1].end
    told: dict[str, Any] = {
        "kind": kind,
        "name": None,
        "full_name": None,
        "count": len(items),
        "items": tuple(Item(item, item, span) for item, span in zip(items, spans, strict=True)),
        "span": Span(spans[0].start, spans[-1].end),
        "lead": Span(spans[0].start, spans[0].start),
        "heading": None,
        "rule": Rule.ENUMERATED,
        "complete": True,
    }
    return KeyPoint(**(told | more))


def asked(kind: str, said: str, items: tuple[str, ...], point_kind: PointKind, **more: Any) -> list[Candidate]:
    """The candidates for a finding in a sentence that stands between two others, each judged by the gates."""
    text = BEFORE + said + AFTER
    material = Material(
        Reading(clean(text), (), (found_point(text, point_kind, items, **more),)), Lexicon(), "讲话一则"
    )
    return list(KINDS[kind].candidates(material, 0))


def drafted(text: str, kind: str) -> list[Candidate]:
    """What a whole speech gives of a kind."""
    material = Material(read_speech(text), load_lexicon(), "讲话一则")
    each_kind = KINDS[kind]
    found = [each for index in each_kind.places(material) for each in each_kind.candidates(material, index)]
    return [each for each in found if refused_by(Case(each, material)) is None]


def stems(found: list[Candidate]) -> list[str]:
    return [each.question.stem for each in found]


# Passages

ALONE = {
    "a subject": "各科室要按时报送材料",
    "a demand": "坚持一竿子插到底",
    "a topic with its demand": "对拖延不办的，要严肃问责",
    "a doing as the topic": "回访不能只问一句",
    "a word that begins like a connective": "及时报送要成为习惯",
}
NOT_ALONE = {
    "a pronoun": "我们要按时报送材料",
    "a pointer": "这项工作要抓紧",
    "a connective": "但材料要按时报送",
    "an adverbial": "在工作推进中",
    "a verb that lost its subject": "处在承上启下的位置",
    "an ability of nobody": "能写会说善协调",
    "a dangling end": "按时报送材料的",
    "an open quotation": "坚持“一竿子插到底",
    "the next member of a list": "按时报送材料；二是不出差错",
    "the day of the speech": "材料今天要报送",
    "a leader": "总书记要求按时报送材料",
}


@pytest.mark.parametrize("piece", ALONE.values(), ids=ALONE)
def test_what_names_its_subject_or_demands_stands_alone(piece: str) -> None:
    assert stands_alone(piece)


@pytest.mark.parametrize("piece", NOT_ALONE.values(), ids=NOT_ALONE)
def test_what_needs_more_than_itself_does_not(piece: str) -> None:
    assert not stands_alone(piece)


# PAR_CLOZE

ROW = ("批得快", "办得实", "督得紧")


def rows(said: str, items: tuple[str, ...], **more: Any) -> list[Candidate]:
    return asked("PAR_CLOZE", said, items, PointKind.PARALLEL, **more)


def test_a_row_in_its_demand_loses_one_member_and_never_the_first() -> None:
    found = rows("文件流转要批得快、办得实、督得紧，不许过夜。", ROW)

    assert {each.question.blanks[0][0] for each in found} == {"办得实", "督得紧"}
    assert all(stem.startswith("讲话要求，文件流转要批得快、") for stem in stems(found))
    assert "讲话要求，文件流转要批得快、办得实、______。" in stems(found)


REFUSED_ROWS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "an open row": ("文件流转要批得快、办得实、督得紧等。", ROW, {"complete": False}),
    "a row of faults": ("不能只批得快、办得实、督得紧。", ROW, {"negative": True}),
    "two members": ("文件流转要批得快、办得实。", ROW[:2], {}),
    "members of several lengths": ("文件流转要批得快、办得实、督得特别紧。", (*ROW[:2], "督得特别紧"), {}),
    "bare names": ("要管好大桌子、小椅子、长板凳。", ("大桌子", "小椅子", "长板凳"), {}),
    "praise": ("办公室同志批得快、办得实、督得紧。", ROW, {}),
    "a ritual": ("要再立新功、再谱新篇、再创佳绩。", ("再立新功", "再谱新篇", "再创佳绩"), {}),
    "another's words": ("文件流转要批得快、办得实、督得紧。", ROW, {"attributed_to": "一位领导"}),
    "a subject that points outside": ("他们要批得快、办得实、督得紧。", ROW, {}),
    "a member said again": ("文件流转要批得快、办得实、督得紧，贵在办得实、督得紧。", ROW, {}),
    "nothing beside the row": ("批得快、办得实、督得紧。", ROW, {}),
}


@pytest.mark.parametrize(("said", "items", "more"), REFUSED_ROWS.values(), ids=REFUSED_ROWS)
def test_a_row_is_not_asked_of(said: str, items: tuple[str, ...], more: dict[str, Any]) -> None:
    assert rows(said, items, **more) == []


def test_the_opening_and_the_closing_of_a_speech_are_not_asked_of() -> None:
    text = "文件流转要批得快、办得实、督得紧。\n会议到此结束。"
    point = found_point(text, PointKind.PARALLEL, ROW)
    material = Material(Reading(clean(text), (), (point,)), Lexicon(), "讲话一则")

    assert list(KINDS["PAR_CLOZE"].candidates(material, 0)) == []


LEFT_TO_OTHERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "a member cut out of its clause": (
        "窗口人员要做到不该说的不说、不该要的不要、不该去的地方不去。",
        ("不该说的不说", "不该要的不要", "不该去的地方"),
    ),
    "another row in the passage": ("窗口人员要想在前、干在前、冲在前，文件流转要批得快、办得实、督得紧。", ROW),
    "what is said of what stands before": ("这是铁的纪律，各科室要批得快、办得实、督得紧。", ROW),
    "what is done with everything": ("各科室要逐条对照、逐条推进、逐条落实。", ("逐条对照", "逐条推进", "逐条落实")),
}


@pytest.mark.parametrize(("said", "items"), LEFT_TO_OTHERS.values(), ids=LEFT_TO_OTHERS)
def test_no_member_is_left_out_of(said: str, items: tuple[str, ...]) -> None:
    blanks = {each.question.blanks[0][0] for each in rows(said, items)}

    assert blanks <= {"不该要的不要"}


def test_a_wording_never_drops_its_negation() -> None:
    for each in rows("重要会议的档案，各单位不能等、不能拖、不能缺。", ("不能等", "不能拖", "不能缺")):
        assert all("不" in form for form in each.question.blanks[0])


def test_the_form_that_most_members_have_is_right_too() -> None:
    items = ("耐得住寂寞", "守得住小节", "经得起诱惑")
    found = {
        each.question.blanks[0][0]: each.question.blanks[0]
        for each in rows("干部要耐得住寂寞、守得住小节、经得起诱惑。", items)
    }

    assert found["经得起诱惑"] == ("经得起诱惑", "经得住诱惑")


def test_of_quoted_words_only_the_word_is_left_out() -> None:
    items = ("不当“传声筒”", "不做“中转站”", "不找“挡箭牌”")
    found = rows("机关干部遇到难事，不当“传声筒”，不做“中转站”，不找“挡箭牌”。", items)

    assert {each.question.blanks for each in found} == {(("中转站",),), (("挡箭牌",),)}
    assert "讲话要求，机关干部遇到难事，不当“传声筒”，不做“______”，不找“挡箭牌”。" in stems(found)


# SLOGAN


def sayings(said: str, halves: tuple[str, ...], **more: Any) -> list[Candidate]:
    return asked("SLOGAN", said, halves, PointKind.SLOGAN, rule=Rule.HALVES, **more)


def test_a_saying_keeps_the_passage_around_it() -> None:
    (found,) = sayings("机关干部要牢记“急件不过手，难件不过周”。", ("急件不过手", "难件不过周"))

    assert found.question.stem == "讲话要求，机关干部要牢记“急件不过手，______”。"
    assert found.question.blanks == (("难件不过周",),)


def test_a_passage_with_two_sayings_shows_neither_in_the_question_about_the_other() -> None:
    said = "机关干部要牢记“急件不过手，难件不过周”，做到“大事有交代，小事有回音”。"
    text = BEFORE + said + AFTER
    points = [
        found_point(text, PointKind.SLOGAN, halves, rule=Rule.HALVES)
        for halves in (("急件不过手", "难件不过周"), ("大事有交代", "小事有回音"))
    ]
    material = Material(Reading(clean(text), (), tuple(points)), Lexicon(), "讲话一则")
    found = [each for at in (0, 1) for each in KINDS["SLOGAN"].candidates(material, at)]

    assert stems(found) == ["讲话要求，机关干部要牢记“急件不过手，______”。", "讲话中讲到：“大事有交代，______”。"]


def test_a_saying_that_is_a_sentence_of_its_own_stands_alone() -> None:
    (found,) = sayings("“急件不过手，难件不过周”。", ("急件不过手", "难件不过周"))

    assert found.question.stem == "讲话中讲到：“急件不过手，______”。"


def test_the_hinge_of_a_saying_stays_visible() -> None:
    (found,) = sayings("“百姓的急事，就是窗口的大事”。", ("百姓的急事", "就是窗口的大事"))

    assert (found.question.stem, found.question.blanks) == (
        "讲话中讲到：“百姓的急事，就是______”。",
        (("窗口的大事",),),
    )


def test_today_in_a_saying_is_any_day() -> None:
    text = BEFORE + "“今天多走一步，明天少跑十里”。" + AFTER
    point = found_point(text, PointKind.SLOGAN, ("今天多走一步", "明天少跑十里"), rule=Rule.HALVES)
    material = Material(Reading(clean(text), (), (point,)), Lexicon(), "讲话一则")
    (found,) = KINDS["SLOGAN"].candidates(material, 0)

    assert refused_by(Case(found, material)) is None


REFUSED_SAYINGS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "the name of a campaign": ("“守好初心、扛起使命”主题教育正在开展。", ("守好初心", "扛起使命"), {}),
    "three parts": ("“白天走村，晚上算账，夜里写信”。", ("白天走村", "晚上算账", "夜里写信"), {}),
    "another's words": ("“急件不过手，难件不过周”。", ("急件不过手", "难件不过周"), {"attributed_to": "俗话"}),
    "what everybody says": ("“台上一分钟，台下十年功”。", ("台上一分钟", "台下十年功"), {}),
    "a half too long to recall": (
        "“守得住清贫，才能在漫长岁月里担得起责任”。",
        ("守得住清贫", "才能在漫长岁月里担得起责任"),
        {},
    ),
}


@pytest.mark.parametrize(("said", "halves", "more"), REFUSED_SAYINGS.values(), ids=REFUSED_SAYINGS)
def test_no_saying_to_complete_is(said: str, halves: tuple[str, ...], more: dict[str, Any]) -> None:
    assert sayings(said, halves, **more) == []


# NUM


def figures(said: str, answer: str, fact: FactKind) -> list[Candidate]:
    return asked("NUM", said, (answer,), PointKind.FACT, fact=fact)


def test_a_deadline_is_asked_with_other_months() -> None:
    (found, *_) = figures("各科室要在6月底前完成档案移交。", "6月底前", FactKind.DEADLINE)

    assert found.question.stem == "讲话要求，各科室要在（　）完成档案移交。"
    assert found.right == ("6月底前",)
    assert set(found.wrong) <= {"4月底前", "5月底前", "7月底前", "8月底前"}


def test_of_a_calendar_frequency_only_the_period_is_asked() -> None:
    (found, *_) = figures("县信访局要每月梳理一次高频诉求。", "每月梳理一次", FactKind.FREQUENCY)

    assert found.question.stem == "讲话要求，县信访局要（　）梳理一次高频诉求。"
    assert found.right == ("每月",)
    assert not [text for text in found.wrong if not text.startswith("每")]


REFUSED_FIGURES: dict[str, tuple[str, str, FactKind]] = {
    "a report of what was": ("全县各项工作要看增长，去年同比增长8%。", "8%", FactKind.PERCENT),
    "a kind that only counts": ("各乡镇要建好12个站点。", "12个", FactKind.COUNT),
    "a clause that says nothing of what": ("要在6月底前完成。", "6月底前", FactKind.DEADLINE),
    "a pointer to what was said before": ("这项工作要在6月底前完成移交。", "6月底前", FactKind.DEADLINE),
    "a head without its noun": ("十桌以上的要提前两天向村里报备。", "两天", FactKind.DEADLINE),
    "the same figure beside it": ("市场开办方要每天快检、每天公示结果。", "每天快检", FactKind.FREQUENCY),
    "who is responsible, which may be called in many ways": (
        "严格执行请假制度，由县人事局牵头，对请假情况逐月汇总。",
        "县人事局",
        FactKind.AGENT,
    ),
    "the only one of all that is the least": ("各科室每年至少要报送1篇调研报告。", "1篇", FactKind.FREQUENCY),
    "a share that is only told": ("全县各乡镇完成任务的65.2%。", "65.2%", FactKind.PERCENT),
    "what we carry out already": ("我们实行了销号制，逾期5天内的要亮黄牌。", "5天内", FactKind.DEADLINE),
    "a doing without its object": ("各县区长要每季度至少专题研究一次。", "每季度至少专题研究一次", FactKind.FREQUENCY),
    "a system, whatever it is called": ("各科室要试行首问负责制。", "首问负责制", FactKind.SYSTEM),
}


@pytest.mark.parametrize(("said", "answer", "fact"), REFUSED_FIGURES.values(), ids=REFUSED_FIGURES)
def test_a_figure_is_not_asked_where_it_is(said: str, answer: str, fact: FactKind) -> None:
    assert figures(said, answer, fact) == []


def test_a_number_that_the_speech_says_elsewhere_is_no_wrong_option() -> None:
    said = "各科室要在6月底前完成档案移交；各乡镇要在7月底前完成验收。"
    (found, *_) = figures(said, "6月底前", FactKind.DEADLINE)

    assert "7月底前" not in found.wrong


NEIGHBOURS: dict[str, tuple[str, list[str], list[str]]] = {
    "months of the year": ("12月底前", ["11月底前", "10月底前"], []),
    "days of a month": ("当月25日前", ["当月20日前", "当月15日前"], ["当月28日前"]),
    "customary days": ("15日内", ["10日内", "7日内"], ["20日内", "30日内"]),
    "a share never above the whole": ("98%以上", ["95%以上", "90%以上"], ["100%以上"]),
    "numerals as they are written": ("两次", ["一次"], ["三次", "四次"]),
    "ranks that are set": ("前三名", [], ["前五名", "前八名"]),
    "the last ranks": ("后三名", ["后两名"], ["后五名", "后十名"]),
    "a clock": ("下午5点前", ["下午4点前", "下午3点前"], ["下午6点前", "下午7点前"]),
    "minutes of a clock": ("8点40分之前", ["8点30分之前", "8点20分之前"], ["8点50分之前", "9点00分之前"]),
    "periods of the calendar": ("每周", ["每天"], ["每半月", "每月"]),
    "two numbers are not changed": ("10月15日前", [], []),
}


@pytest.mark.parametrize(("answer", "below", "above"), NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_other_figures_are_those_that_people_set(answer: str, below: list[str], above: list[str]) -> None:
    assert others(answer) == (below, above)


def test_the_right_figure_is_neither_the_least_nor_the_greatest() -> None:
    for right in range(2, 12):
        (first, *_) = figures(f"各科室要在{right}月底前完成档案移交。", f"{right}月底前", FactKind.DEADLINE)
        months = sorted(int(text.split("月")[0]) for text in first.wrong)

        assert months[0] < right < months[-1]


def test_a_period_that_the_sentence_says_in_a_short_way_is_no_wrong_option() -> None:
    found = figures("坚持周学习制度，各支部要每月研讨一次业务。", "每月研讨一次", FactKind.FREQUENCY)

    assert found
    assert not [each for each in found if "每周" in each.wrong]


def test_a_month_that_is_over_before_the_speech_is_no_wrong_option() -> None:
    said = BEFORE + "各科室要在8月底前完成档案移交。" + AFTER
    point = found_point(said, PointKind.FACT, ("8月底前",), fact=FactKind.DEADLINE)
    reading = Reading(clean(said), (), (point,), about=About(held_on=date(2024, 7, 3)))
    (found, *_) = KINDS["NUM"].candidates(Material(reading, Lexicon(), "讲话一则"), 0)

    assert "6月底前" not in found.wrong
    assert "7月底前" in found.wrong


def test_what_is_planned_is_not_demanded() -> None:
    (found, *_) = figures("年底，县委组织部将组织评议，排在后三名的要作说明。", "后三名", FactKind.RANK)

    assert found.question.stem.startswith("讲话指出，")


@given(st.integers(1, 99))
def test_a_numeral_is_written_as_it_was_read(value: int) -> None:
    for like in ("三", "3"):
        said = written(float(value), like)
        assert NUMBER.fullmatch(said)
        assert value_of(said) == value


@given(st.integers(1, 99), st.sampled_from(["日内", "个工作日内", "月底前", "%以上", "次", "分钟内"]))
def test_a_wrong_figure_differs_from_the_right_one_in_its_figure_alone(value: int, unit: str) -> None:
    answer = f"{value}{unit}"

    below, above = others(answer)
    assert answer not in (*below, *above)
    assert all(is_other_figure(answer, other) for other in (*below, *above))


# DEF

DEFINED = "作风是机关的脸面，服务是窗口的灵魂，廉洁是从政的底线。\n"


def definitions(text: str) -> list[Candidate]:
    return drafted(f"在会上的讲话\n一、抓作风。{text}二、抓服务。要把窗口办好。\n三、抓廉洁。要把账本管好。\n", "DEF")


def test_a_definition_is_asked_by_its_subject_among_others_of_one_length() -> None:
    found = {each.question.stem: each for each in definitions(DEFINED)}
    asked_first = found["讲话指出，（　）是机关的脸面。"]

    assert asked_first.right == ("作风",)
    assert set(asked_first.wrong) == {"服务", "廉洁"}


def test_a_lonely_definition_is_a_blank() -> None:
    assert stems(definitions("作风是机关的脸面。\n")) == ["讲话指出，______是机关的脸面。"]


def test_a_subject_with_two_predicates_is_not_wrong_for_its_second() -> None:
    found = definitions("作风是机关的脸面，也是干部的名片，服务是窗口的灵魂，廉洁是从政的底线。\n")

    assert not [each for each in found if "名片" in each.question.stem and "作风" in each.wrong]


REFUSED_DEFINITIONS = {
    "a predicate that many things are": "督查是抓落实的有效手段。\n",
    "an office of itself": "办公室是政府运转的核心。\n",
    "a pronoun": "这是办好事情的根本。\n",
    "everybody": "人人是安全生产的核心。\n",
    "a subject that shares a character with what it is": "安全是平安建设的生命。\n",
}


@pytest.mark.parametrize("text", REFUSED_DEFINITIONS.values(), ids=REFUSED_DEFINITIONS)
def test_no_definition_to_ask_is(text: str) -> None:
    assert definitions(text) == []


# HEAD_LOC

HEADED = (
    "在会上的讲话\n"
    "一是应收尽收，守住家底。各单位要按照范围，把该归的归齐，把该交的交足，年底完成移交。移交手续当面办清，该归的一件不漏。\n"
    "二是慎终如始，堵住漏洞。库房温湿度每天记录两次，消防设施要按季检查，做到人防不松劲。每次检查都要记录在案。\n"
    "三是开门纳客，用足价值。查档窗口全年开放，跨馆出证随到随办，让群众少跑腿。窗口还要开通电话预约。\n"
)


def test_a_sentence_of_one_part_is_asked_for_its_heading_among_the_siblings() -> None:
    found = drafted(HEADED, "HEAD_LOC")

    assert found
    for each in found:
        assert each.question.stem.endswith("是围绕下列哪一方面提出的？")
        assert {option.text for option in each.question.options} == {
            "应收尽收，守住家底",
            "慎终如始，堵住漏洞",
            "开门纳客，用足价值",
        }


def test_the_heading_of_the_sentence_is_the_key() -> None:
    keys = {each.question.stem[4:12]: each.right for each in drafted(HEADED, "HEAD_LOC")}

    assert {"库房温湿度每天记": ("慎终如始，堵住漏洞",)}.items() <= keys.items()


HARMED = {
    "headings that only name their things": HEADED.replace("慎终如始，堵住漏洞", "保管要严")
    .replace("应收尽收，守住家底", "收集要全")
    .replace("开门纳客，用足价值", "利用要活"),
    "what is neither demanded nor stated": HEADED.replace("消防设施要按季检查，做到", "消防设施按季检查，"),
    "a telling word of the heading": HEADED.replace("库房温湿度", "漏洞温湿度"),
    "a word that stands in another part": HEADED.replace(
        "窗口还要开通电话预约。", "窗口的温湿度、消防设施也要检查、记录。"
    ),
    "two headings only": HEADED.split("三是")[0],
    "the same sentence under two headings": HEADED + "库房温湿度每天记录两次，消防设施要按季检查，做到人防不松劲。\n",
    "a general purpose": HEADED.replace(
        "库房温湿度每天记录两次，消防设施要按季检查", "力争打造一流库房，推动消防设施全面提升"
    ),
}


@pytest.mark.parametrize("text", HARMED.values(), ids=HARMED)
def test_a_sentence_that_could_be_meant_elsewhere_is_not_asked(text: str) -> None:
    assert not [stem for stem in stems(drafted(text, "HEAD_LOC")) if "消防设施" in stem]


# SCEN

FAULTS = (
    "在会上的讲话\n"
    "一、当前还存在一些问题，主要表现在：\n"
    "一是担当精神不强。有的干部遇到矛盾绕着走，碰到麻烦往上推，导致事情一拖再拖。\n"
    "二是服务意识不浓。有的窗口人员对群众冷言冷语，一张证明让人来回跑。\n"
    "三是纪律观念不严。有的同志迟到早退，上班时间炒股购物，影响很坏。\n"
    "二、下一步要抓好整改。\n"
)


def test_a_case_tells_of_one_what_the_speech_tells_of_some_and_not_what_comes_of_it() -> None:
    found = {each.right: each.question.stem for each in drafted(FAULTS, "SCEN")}
    ending = "。对照讲话指出的问题，这主要反映了（　）。"

    assert found == {
        ("担当精神不强",): f"某干部遇到矛盾绕着走，碰到麻烦往上推{ending}",
        ("服务意识不浓",): f"某窗口人员对群众冷言冷语，一张证明让人来回跑{ending}",
        ("纪律观念不严",): f"某工作人员迟到早退，上班时间炒股购物{ending}",
    }


def test_the_other_faults_are_the_wrong_options() -> None:
    for each in drafted(FAULTS, "SCEN"):
        assert {*each.right, *each.wrong} == {"担当精神不强", "服务意识不浓", "纪律观念不严"}


CLOUDED = {
    "a word of another fault's part": FAULTS.replace("影响很坏", "影响很坏，对群众冷言冷语"),
    "a word of its own fault": FAULTS.replace("对群众冷言冷语", "谈不上服务，对群众冷言冷语"),
    "a pointer": FAULTS.replace("对群众冷言冷语", "对他们冷言冷语"),
    "demands": FAULTS.replace("当前还存在一些问题，主要表现在：", "要做到以下几点：").replace("不强", "要强")
    .replace("不浓", "要浓").replace("不严", "要严"),
}  # fmt: skip


@pytest.mark.parametrize("text", CLOUDED.values(), ids=CLOUDED)
def test_a_case_that_could_show_another_fault_is_not_told(text: str) -> None:
    assert not [stem for stem in stems(drafted(text, "SCEN")) if "窗口人员" in stem]


# All of them


@pytest.mark.parametrize("path", [*SEEDS, *FIXTURES], ids=lambda path: path.stem)
def test_every_question_of_a_real_speech_proves_itself(path: Path) -> None:
    material = Material(read_speech(path.read_text(encoding="utf-8")), load_lexicon(), "讲话一则")
    for name in PASSAGE_KINDS:
        kind = KINDS[name]
        asked_all = [each for index in kind.places(material) for each in kind.candidates(material, index)]
        for each in (one for one in asked_all if refused_by(Case(one, material)) is None):
            question = each.question
            assert kind.key_again(each, material) == answer_of(question)
            assert question.source.quote == material.text[question.source.start : question.source.end]
            assert all(option.proof for option in question.options)
            assert TYPES[question.type].problems(question) == []
