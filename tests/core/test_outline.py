"""The outline: which ordinals number which list, how lists nest, and what each heading says."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.outline import declared_count
from quizapp.core.outline import read_lists
from quizapp.core.outline import read_outline
from quizapp.core.text import clean_text


def tree(raw: str) -> list[tuple[int, str, str]]:
    return [(heading.level, heading.marker, heading.text) for heading in read_outline(clean_text(raw))]


def texts(raw: str) -> list[str]:
    return [heading.text for heading in read_outline(clean_text(raw))]


def levels(raw: str) -> list[int]:
    return [heading.level for heading in read_outline(clean_text(raw))]


# Nesting

GBT = (
    "一、看清形势\n（一）灾情多发。\n1.山洪频发。\n2.林火多发。\n"
    "（二）人手不足。\n二、抓紧备汛\n（一）查堤。\n（二）备料。"
)


def test_official_numbering_nests_by_rank():
    assert levels(GBT) == [1, 2, 3, 3, 2, 1, 2, 2]


def test_a_list_of_one_family_can_stand_inside_its_like():
    raw = "一要把稿子写好。稿子有讲究：一要求“短”，不绕弯。二要求“新”，不炒剩饭。\n二要把会开好。\n三要把事办好。"
    assert tree(raw) == [
        (1, "一要", "把稿子写好"),
        (2, "一要", "求“短”，不绕弯"),
        (2, "二要", "求“新”，不炒剩饭"),
        (1, "二要", "把会开好"),
        (1, "三要", "把事办好"),
    ]


def test_mixed_ordinals_go_on_with_the_list_they_fit():
    raw = "二要细化。我想补充两点。一要耐心。第二要细心。耐心细心都要。\n三要督促。"
    assert levels("一要准确。\n" + raw) == [1, 1, 2, 2, 1]


def test_a_third_of_another_family_closes_a_chain_of_first_and_next():
    raw = "第一，要善学。首先要学文件。其次，要学业务。第三，要学法规。\n平时多积累。\n第二，要善谋。"
    assert levels(raw) == [1, 2, 2, 2, 1]


def test_first_begins_anew_after_a_paragraph_without_number():
    raw = "一是纪律要严。\n二是作风要硬。\n下面再说具体工作。\n第一，抓好值班。\n第二，抓好信访。"
    assert levels(raw) == [1, 1, 1, 1]


def test_a_new_list_inside_a_paragraph_follows_one_ended_by_a_full_stop():
    raw = "不足有三条：一是学得浅；二是抓得松；三是跟得慢。还要做好两项工作：一是整改；二是回头看。"
    assert levels(raw) == [1, 1, 1, 1, 1]


def test_a_new_list_after_a_turn_follows_one_that_came_whole():
    raw = "有两个特点：一是底数更清。二是队伍更强。但也有短板，主要是：（1）经费不足；（2）人手不够。"
    assert levels(raw) == [1, 1, 1, 1]


def test_quoted_numerals_need_not_be_consecutive():
    raw = "“一”，就是守住一条底线。\n“四”，就是建好四支队伍。\n“七”，就是办好七件实事。"
    assert levels(raw) == [1, 1, 1]


def test_last_counts_on_from_whatever_came_before():
    raw = "流程要记牢。首先，登记。其次，分办。最后，归档。"
    assert tree(raw)[-1] == (1, "最后，", "归档")


def test_a_run_of_one_verb_is_a_list_that_keeps_its_verb():
    assert tree("工作靠什么？一靠制度，二靠作风，三靠监督。") == [
        (1, "一", "靠制度"),
        (1, "二", "靠作风"),
        (1, "三", "靠监督"),
    ]


def test_a_run_of_one_verb_nests_like_any_other():
    raw = "一、抓班子\n班子怎么抓？一抓学习；二抓团结。\n二、抓队伍\n队伍要年轻。"
    assert levels(raw) == [1, 2, 2, 1]


def test_another_verb_does_not_go_on_with_a_run():
    assert texts("一抓班子。一管队伍。二管阵地。二抓制度。") == ["抓班子", "管队伍", "管阵地", "抓制度"]


REASONS = {
    "lai": ("一来人手不够，二来任务太重。", ["人手不够", "任务太重"]),
    "ze": ("一则人手不够，二则任务太重。", ["人手不够", "任务太重"]),
    "qi": ("其一，人手不够。其二，任务太重。", ["人手不够", "任务太重"]),
}


@pytest.mark.parametrize(("raw", "expected"), REASONS.values(), ids=REASONS)
def test_reasons_are_a_list(raw, expected):
    assert texts(raw) == expected


PARTS = {
    "parts": ("第一部分", "第二部分"),
    "questions": ("第一个问题", "第二个问题"),
    "sides": ("第一个方面", "第二个方面"),
    "numerals": ("一、", "二、"),
}


@pytest.mark.parametrize(("one", "two"), PARTS.values(), ids=PARTS)
def test_a_mark_on_its_own_line_takes_the_line_below_as_its_heading(one, two):
    raw = f"{one}\n认清形势，增强信心\n形势很好。\n{two}\n压实责任\n（一）抓早\n要早。\n（二）抓小\n要小。"
    expected = [(1, one, "认清形势，增强信心"), (1, two, "压实责任"), (2, "（一）", "抓早"), (2, "（二）", "抓小")]
    assert tree(raw) == expected


def test_a_part_without_a_heading_is_called_by_its_number():
    assert texts("第一部分\n形势很好，大家都要看到。\n第二部分\n任务很重，大家都要上心。") == ["第一部分", "第二部分"]


# Two speeches in one file

SECOND = {
    "a title": "在全县信访工作会议上的讲话\n同志们：",
    "a title and a date": "在全县信访工作会议上的讲话\n（2024年3月5日）\n同志们：",
    "a title, a speaker and a date": "在全县信访工作会议上的讲话\n县长 周明远\n（2024年3月5日）\n各位代表、同志们：",
}


@pytest.mark.parametrize("second", SECOND.values(), ids=SECOND)
def test_a_second_title_with_a_salutation_begins_anew(second):
    first = "一、抓学习\n学。\n二、抓落实\n一是早。\n二是实。"
    raw = f"{first}\n{second}\n三是来访要接。四是来信要回。\n一、抓接访\n接。\n二、抓回访\n回。"
    assert [*zip(levels(raw), texts(raw), strict=True)] == [
        (1, "抓学习"),
        (1, "抓落实"),
        (2, "早"),
        (2, "实"),
        (1, "抓接访"),
        (1, "抓回访"),
    ]
    clean = clean_text(raw)
    lists = read_lists(clean).lists
    assert not lists[-1].closing
    assert clean.text[read_outline(clean)[1].body.end :].lstrip("\n").startswith("在全县信访工作会议")


def test_a_salutation_alone_begins_no_other_speech():
    assert levels("一、抓学习\n学习要紧。\n同志们：\n二、抓落实\n落实要紧。") == [1, 1]


# Closing words

CLOSING = {
    "last": "最后，提几点希望。",
    "comrades": "同志们，任务很重。",
    "in sum": "总之，要抓紧。",
    "let us": "让我们一起努力。",
}


@pytest.mark.parametrize("closing", CLOSING.values(), ids=CLOSING)
def test_a_list_after_closing_words_is_under_no_section(closing):
    raw = f"一、抓学习\n学习要经常。\n二、抓落实\n落实要到底。\n{closing}要做到“两通”：一是上情下通。二是下情上通。"
    lists = read_lists(clean_text(raw)).lists
    assert levels(raw) == [1, 1, 1, 1]
    assert lists[-1].closing
    assert lists[-1].parent is None


def test_an_outline_goes_on_after_words_that_only_seemed_to_close_it():
    raw = "一、抓学习\n同志们，学习要紧。\n二、抓落实\n同志们，落实更要紧。\n三、抓作风\n作风最要紧。"
    assert levels(raw) == [1, 1, 1]


def test_an_aside_closes_soft_lists_only():
    raw = "一、抓班子\n一要团结。\n二要务实。\n另外，干部要多交流。\n二、抓队伍\n队伍要年轻。"
    assert levels(raw) == [1, 2, 2, 1]


def test_last_over_paragraphs_of_first_and_next_is_an_item():
    raw = "首先，查漏洞。\n其次，补短板。\n最后，建制度。"
    assert tree(raw) == [(1, "首先，", "查漏洞"), (1, "其次，", "补短板"), (1, "最后，", "建制度")]


# Lists that are none

LONE = {
    "a lone yao": "作为负责人，一要敢于担当，多到现场去。",
    "a lone first": "首先要把底数摸清。别的以后再说。",
    "a lone quoted numeral": "“三”，是个吉利的数字。",
    "a quoted list": "老话讲得好：“一是勤；二是俭；三是忍。”这话不假。",
}


@pytest.mark.parametrize("raw", LONE.values(), ids=LONE)
def test_a_list_of_one_is_no_list(raw):
    assert not read_outline(clean_text(raw))


def test_what_stands_under_a_dissolved_item_moves_up():
    raw = "一、抓培训\n首先要摸清需求，做到两点：一是问得细；二是记得全。"
    assert levels("一、抓宣传\n" + raw.replace("一、", "二、")) == [1, 1, 2, 2]


def test_a_lone_section_over_its_own_line_is_a_heading():
    assert texts("一、会场纪律\n手机静音。按号入座。") == ["会场纪律"]


def test_a_quoted_list_neither_is_one_nor_goes_on_with_one():
    raw = "一是学习。老话讲：“做事一要勤，二要俭，三要忍。”二是落实。三是作风。"
    assert tree(raw) == [(1, "一是", "学习"), (1, "二是", "落实"), (1, "三是", "作风")]


def test_a_restated_list_is_said_once():
    raw = (
        "信访工作有三点要注意：一是态度要好；二是底数要清；三是办理要快。首先，态度要好，不能推脱。"
        "其次，底数要清，台账天天看。再次，办理要快，当日事当日了。"
    )
    assert texts(raw) == ["态度要好", "底数要清", "办理要快"]


def test_an_orphan_is_ignored():
    assert not read_outline(clean_text("三要抓好收尾。四要抓好总结。"))


# What is announced

COUNTS = {
    "a count and a classifier": ("要做到以下三点：", 3),
    "the last of two": ("围绕一个中心，抓好四项任务：", 4),
    "a name": ("概括起来就是“两个确保”。", 2),
    "ordinals are no counts": ("这是第三个问题。", None),
    "one thing is no count": ("这是一项系统工程。", None),
    "a name that does not end the lead": ("要提高“三服务”水平。", None),
    "months": ("用好今后三个月。", None),
}


@pytest.mark.parametrize(("lead", "count"), COUNTS.values(), ids=COUNTS)
def test_a_lead_announces_a_count(lead, count):
    assert declared_count(lead) == count


COMPLETE = {
    "all came": ("要做好两点：一要早，二要实。", True),
    "one is missing": ("要做好三点：一要早，二要实。", False),
    "nothing was announced": ("工作中，一要早，二要实。", True),
    "cut off": ("工作中，一要早，提前谋划。二要实，各项措施要进一步落到实", False),
    "cut off after all came": ("要做好两点：一要早。二要实。各项措施都要进一步落到实", True),
}


@pytest.mark.parametrize(("raw", "complete"), COMPLETE.values(), ids=COMPLETE)
def test_a_list_knows_whether_it_is_whole(raw, complete):
    assert read_lists(clean_text(raw)).lists[0].complete is complete


def test_a_list_knows_what_announced_it():
    clean = clean_text("会议开得好。下一步要抓好两件事：一是整改；二是回访。")
    assert read_lists(clean).lists[0].lead.of(clean.text) == "下一步要抓好两件事："


# What a heading says

SAYS = {
    "yao is taken off": ("一是要勤走访。二是要勤记录。", ["勤走访", "勤记录"]),
    "yao of a word stays": ("一是要求十分具体。二是要点十分清楚。", ["要求十分具体", "要点十分清楚"]),
    "yao before qiu zhen": ("一是要求真务实。二是要求新求变。", ["求真务实", "要求新求变"]),
    "jiushi is taken off": ("一是就是要早谋划。二是就是要快行动。", ["早谋划", "快行动"]),
    "an idiom with ji stays": ("一要即知即改。二要立行立改。", ["即知即改", "立行立改"]),
    "a whole line": ("一、抓早，抓小，抓苗头，抓源头，抓关键，抓重点，抓住不放，务求实效\n好。\n二、抓实\n好。", None),
    "an explanation is cut": ("一要专心，要有坐得住的功夫。二要用心。", ["专心", "用心"]),
    "a quoted character is a heading": (
        "一是“联”，主动联系群众；二是“帮”，真心帮扶企业；三是“督”，从严督促落实。",
        ["“联”", "“帮”", "“督”"],
    ),
    "a quoted character ends its sentence": ("一是“联”。多联系。二是“帮”。多帮扶。", ["“联”", "“帮”"]),
    "a heading with a full stop": ("一、抓早。\n要早。\n二、抓小。\n要小。", ["抓早", "抓小"]),
    "terse siblings that are then explained": (
        "一是想得浅，不少同志满足于把上级的话再说一遍。二是走得少，一个季度没有下过一次村。三是办得慢，三天的件拖了半个月。",
        ["想得浅", "走得少", "办得慢"],
    ),
    "two short clauses stay": ("一要多看书，少应酬。二要多下乡，少开会。", ["多看书，少应酬", "多下乡，少开会"]),
    "topics stay": (
        "一是就全县大局而言，我们是参谋。二是就机关内部而言，我们是管家，里里外外、上上下下都要操心，一刻也不能松懈。",
        ["就全县大局而言，我们是参谋", "就机关内部而言，我们是管家"],
    ),
}


@pytest.mark.parametrize(("raw", "expected"), SAYS.values(), ids=SAYS)
def test_a_heading_says(raw, expected):
    assert texts(raw) == (expected or ["抓早，抓小，抓苗头，抓源头，抓关键，抓重点，抓住不放，务求实效", "抓实"])


def test_one_long_sibling_shortens_all():
    raw = "一要勤于动腿，多到一线去。二要勤于动脑，遇事多想几步，凡事多问几个为什么，不要人云亦云，随大流走。"
    assert texts(raw) == ["勤于动腿", "勤于动脑"]


def test_a_heading_keeps_its_whole_sentence():
    heading = read_outline(clean_text("第一，要用功学习，才能有长进。第二，要用功办事。"))[0]
    assert (heading.text, heading.long) == ("用功学习", "要用功学习，才能有长进")


def bodies(raw: str) -> list[str]:
    clean = clean_text(raw)
    return [heading.body.of(clean.text) for heading in read_outline(clean)]


def test_a_summary_belongs_to_the_parent():
    raw = "做到三点：一要早，早打算；二要细，细安排；三要实，实打实。总之，要让群众满意。"
    assert bodies(raw)[-1] == "三要实，实打实。"


def test_a_body_holds_what_stands_under_the_heading():
    raw = "一、抓学习\n天天学。\n一是学文件。\n二是学法规。\n二、抓落实\n日日抓。"
    assert bodies(raw)[0] == "一、抓学习\n天天学。\n一是学文件。\n二是学法规。"


# Properties

MARKS = [
    "第一部分",
    "第二部分\n",
    "一来",
    "二来",
    "一抓",
    "二抓",
    "一、",
    "二、",
    "三、",
    "（一）",
    "（二）",
    "1.",
    "2.",
    "①",
    "一是",
    "二是",
    "三是",
    "一要",
    "二要",
    "第一，",
    "第二，",
]
WORDS = [
    "首先，",
    "其次，",
    "最后，",
    "总之",
    "另外，",
    "同志们，",
    "同志们：\n",
    "在会上的讲话\n",
    "“一”，",
    "“三”，",
    "抓早",
    "三点：",
    "“两个确保”",
    "就全局而言，",
]
SPEECHES = st.lists(st.sampled_from([*MARKS, *WORDS, *"。；，：\n实快“”"]), max_size=60).map("".join)


@given(st.one_of(SPEECHES, st.text(max_size=80)))
def test_headings_are_verbatim_and_stand_under_their_parents(raw):
    clean = clean_text(raw)
    outline = read_lists(clean)
    for index, heading in enumerate(outline.headings):
        assert heading.span.of(clean.text) == heading.text
        assert heading.text in heading.long
        assert heading.body.of(clean.text).startswith(heading.marker)
        assert heading.body.start <= heading.span.start <= heading.span.end <= len(clean.text)
        assert index in outline.lists[heading.list_id].headings
        if heading.parent is None:
            assert heading.level == 1
        else:
            assert heading.parent < index
            assert heading.level == outline.headings[heading.parent].level + 1


@given(SPEECHES)
def test_headings_come_in_the_order_of_the_text(raw):
    starts = [heading.body.start for heading in read_outline(clean_text(raw))]
    assert starts == sorted(set(starts))


# Cost

NASTY = {
    "lone sections": "一、会\n",
    "sections without a word": "一、\n",
    "numbered lines": "1.会\n",
    "one ordinal again and again": "一是会；",
    "two in turn": "一是会；二是议；",
    "first and next in turn": "首先，其次，",
    "lists inside lists": "一是会。一要会。第一，会。首先，会。",
    "closing words": "一、会\n总之\n",
    "commas": "一是会，议，就是，",
    "quotes": "“一是会”二是",
    "titles and salutations": "会议\n同志们：\n",
}


@pytest.mark.parametrize("unit", NASTY.values(), ids=NASTY)
def test_an_outline_costs_no_more_than_the_length_of_the_text(unit):
    def seconds(length: int) -> float:
        clean = clean_text(unit * (length // len(unit)))
        start = process_time()
        read_lists(clean)
        return process_time() - start

    short, long = (min(seconds(length) for _ in range(3)) for length in (4_000, 40_000))
    assert long < 40 * max(short, 0.001)
