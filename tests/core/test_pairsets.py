"""Sets with neither ordinals nor a counting name, and pairsets: what ties two things, and what only looks so."""

import pytest
from growth import grows_with_length_alone
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.keypoints import key_points
from quizapp.core.outline import read_lists
from quizapp.core.speech import Confidence
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.text import clean_text


def points(raw: str) -> tuple[KeyPoint, ...]:
    clean = clean_text(raw)
    return key_points(clean, read_lists(clean))


def pairsets(raw: str) -> list[KeyPoint]:
    return [point for point in points(raw) if point.kind is PointKind.PAIRSET]


def listed(raw: str) -> list[KeyPoint]:
    return [point for point in points(raw) if point.rule is Rule.LISTED]


def only(raw: str) -> KeyPoint:
    (point,) = pairsets(raw)
    return point


def items(point: KeyPoint) -> list[str]:
    return [item.text for item in point.items]


def pairs(point: KeyPoint) -> list[tuple[str, str]]:
    return [(pair.left, pair.right) for pair in point.pairs]


# Parallel clauses of one template

CLAUSES = {
    "a topic and what follows it": (
        "对上，严格请示报告；对下，注重调查研究；对内，强化沟通协作。",
        [("对上", "严格请示报告"), ("对下", "注重调查研究"), ("对内", "强化沟通协作")],
    ),
    "a slot behind a long anchor is said bare": (
        "从我做起，管住自己的口，不该说的不说；管住自己的笔，不该写的不写；管住自己的心，不该想的不想，清清白白。",
        [("口", "不该说的不说"), ("笔", "不该写的不写"), ("心", "不该想的不想")],
    ),
    "the same, all with commas": (
        "管住自己的口，不该说的不说，管住自己的笔，不该写的不写，管住自己的心，不该想的不想。",
        [("口", "不该说的不说"), ("笔", "不该写的不写"), ("心", "不该想的不想")],
    ),
    "a demand to each": (
        "力求写稿要写出深度，写信要写出温度，写诗要写出高度。",
        [("写稿", "写出深度"), ("写信", "写出温度"), ("写诗", "写出高度")],
    ),
    "a demand to each, at more length": (
        "抓会务，要在细上用力，做到不出差错；抓文稿，要在精上用力；抓值班，要在严上用力。",
        [("抓会务", "要在细上用力"), ("抓文稿", "要在精上用力"), ("抓值班", "要在严上用力")],
    ),
    "paired connectives stay together": (
        "修路要既快，又稳，确保安全；修桥要既牢，又美；修渠要既深，又直。",
        [("修路", "既快，又稳"), ("修桥", "既牢，又美"), ("修渠", "既深，又直")],
    ),
    "a means and an end": (
        "要以学习促提升，以实干促发展，以创新促突破。",
        [("学习", "提升"), ("实干", "发展"), ("创新", "突破")],
    ),
    "apart by enumeration commas": (
        "向改革要动力、向创新要活力、向管理要效益。",
        [("改革", "动力"), ("创新", "活力"), ("管理", "效益")],
    ),
    "from one state to another": (
        "变被动为主动，变粗放为精细，变封闭为开放。",
        [("被动", "主动"), ("粗放", "精细"), ("封闭", "开放")],
    ),
    "of one build, with verbs of their own": (
        "力求用鲜活的事例说明抽象的道理，用通俗的语言讲清复杂的政策，用准确的数据支撑重要的结论。",
        [("鲜活的事例", "抽象的道理"), ("通俗的语言", "复杂的政策"), ("准确的数据", "重要的结论")],
    ),
}


@pytest.mark.parametrize(("raw", "expected"), CLAUSES.values(), ids=CLAUSES)
def test_parallel_clauses_tie_their_slots(raw, expected):
    point = only(raw)
    assert pairs(point) == expected
    assert (point.rule, point.confidence, point.name) == (Rule.CLAUSES, Confidence.MEDIUM, None)


FRAMES = {
    "a place and what to find there": (
        "要在上级那里找到“靠山”，在群众那里找到“靠谱”，在市场那里找到“靠法”。",
        [("上级", "靠山"), ("群众", "靠谱"), ("市场", "靠法")],
    ),
    "a spirit and what makes it": (
        "大力弘扬不怕吃亏、甘于付出的“垫脚石”精神，迎难而上、敢打敢拼的“急先锋”精神和日积月累、水滴石穿的“愚公”精神。",
        [("不怕吃亏、甘于付出", "垫脚石"), ("迎难而上、敢打敢拼", "急先锋"), ("日积月累、水滴石穿", "愚公")],
    ),
    "a part to play": (
        "当好领导的“外脑”、基层的“后盾”和群众的“贴心人”。",
        [("领导", "外脑"), ("基层", "后盾"), ("群众", "贴心人")],
    ),
    "a quality of each": (
        "我们要准确把握办文的规范性、办会的严谨性、办事的高效性，做细做实。",
        [("办文", "规范性"), ("办会", "严谨性"), ("办事", "高效性")],
    ),
}


@pytest.mark.parametrize(("raw", "expected"), FRAMES.values(), ids=FRAMES)
def test_a_fixed_frame_ties_its_two_sides(raw, expected):
    point = only(raw)
    assert pairs(point) == expected
    assert items(point) == [right for _, right in expected]
    assert point.rule is Rule.FRAME


QUOTED_WORDS = {
    "a quality of each topic": (
        "总的原则是收文重“快”、办文重“精”、发文重“严”。",
        ["收文", "办文", "发文"],
        [("收文", "快"), ("办文", "精"), ("发文", "严")],
    ),
    "a part to play, two are enough": (
        "县委宣传部要当好“扩音器”，县委统战部要当好“连心桥”。",
        ["扩音器", "连心桥"],
        [("县委宣传部", "扩音器"), ("县委统战部", "连心桥")],
    ),
    "what becomes of each": (
        "愿大家把“暮气”扫出去，把“锐气”提起来，把“正气”树起来。",
        ["暮气", "锐气", "正气"],
        [("暮气", "扫出去"), ("锐气", "提起来"), ("正气", "树起来")],
    ),
    "from one to the other": (
        "要推动服务从“坐等”向“上门”转变、从“单干”向“联办”转变。",
        ["从“坐等”向“上门”转变", "从“单干”向“联办”转变"],
        [("坐等", "上门"), ("单干", "联办")],
    ),
}


@pytest.mark.parametrize(("raw", "expected", "tied"), QUOTED_WORDS.values(), ids=QUOTED_WORDS)
def test_quoted_words_are_tied_to_what_stands_beside_them(raw, expected, tied):
    point = only(raw)
    assert (items(point), pairs(point), point.rule) == (expected, tied, Rule.FRAME)


NOT_TIED = {
    "nothing but connectives": "既当“指挥官”，又当“服务生”，还当“消防队”。",
    "no word they share": "不当“甩手掌柜”，不做“太平官”，不念“难字经”。",
    "side by side": "要建好“蓄水池”和“防火墙”，用好“望远镜”和“显微镜”。",
    "two single characters": "会前重“细”、会后重“快”。",
    "nobody in particular": "有的当了“老好人”，我们当了“局外人”，大家当了“旁观者”。",
}


@pytest.mark.parametrize("raw", NOT_TIED.values(), ids=NOT_TIED)
def test_quoted_words_that_stand_by_themselves_are_not_tied(raw):
    assert not [point for point in pairsets(raw) if point.pairs]


GROUPS = {
    "cases": (
        "值班人员责任心不强的，批评教育；业务不熟悉的，集中培训；屡教不改正的，严肃处理。",
        [("责任心不强的", "批评教育"), ("业务不熟悉的", "集中培训"), ("屡教不改正的", "严肃处理")],
    ),
    "by whom each is done": (
        "在任务分工上，短稿由秘书科写，力求一个“精”字；长稿由综合科写，力求一个“深”字；急稿由值班室写，力求一个“快”字。",
        [("短稿", "秘书科"), ("长稿", "综合科"), ("急稿", "值班室")],
    ),
    "topics and what is said of them alike": (
        "年轻干部要这样做。要稳住心，不该想的坚决不想；要管好手，不该拿的坚决不拿；要站稳脚，不该去的坚决不去。",
        [("稳住心", "不该想的坚决不想"), ("管好手", "不该拿的坚决不拿"), ("站稳脚", "不该去的坚决不去")],
    ),
    "two demands on each of two": (
        "党员干部既要带头学习，又要带头实干；青年同志既要敢想敢闯，又要守住规矩。",
        [("党员干部", "既要带头学习，又要带头实干"), ("青年同志", "既要敢想敢闯，又要守住规矩")],
    ),
    "bodies of one kind": (
        "材料组提前三天交稿，联络组每小时报一次进度，保卫组全程守在现场。",
        [("材料组", "提前三天交稿"), ("联络组", "每小时报一次进度"), ("保卫组", "全程守在现场")],
    ),
}


@pytest.mark.parametrize(("raw", "tied"), GROUPS.values(), ids=GROUPS)
def test_groups_that_open_with_different_words_tie_what_they_are_about(raw, tied):
    point = only(raw)
    assert (pairs(point), point.rule) == (tied, Rule.CLAUSES)
    assert items(point) == [left for left, _ in tied]


NO_GROUPS = {
    "some and others": "有的窗口，人在心不在；有的材料，字多事不多；有的会议，时间长效果差。",
    "bodies of no particular kind": "各小组提前三天交稿，各小组每天报进度，各小组全程守在现场。",
    "groups of other lengths": "收文由秘书科办；发文由综合科办，力求快，力求准；存档由档案室管。",
    "plain demands": "思想上重视起来，行动上跟上来；纪律挺在前面，责任扛在肩上；作风转起来，效率提上来。",
}


@pytest.mark.parametrize("raw", NO_GROUPS.values(), ids=NO_GROUPS)
def test_groups_of_no_one_build_tie_nothing(raw):
    assert not pairsets(raw)


# Tables

ROWS_OF_CELLS = "任务\t责任单位\t时限\n修路\t交通局\t5月底\n通水\t水利局\t5月底\n改厕\t住建局\t6月底"
TABLE = f"各项任务按下表执行：\n{ROWS_OF_CELLS}\n抓紧落实。"


def test_a_table_ties_its_first_two_columns_that_tell_the_rows_apart():
    point = only(TABLE)
    assert pairs(point) == [("修路", "交通局"), ("通水", "水利局"), ("改厕", "住建局")]
    assert (items(point), point.name, point.complete) == (["修路", "通水", "改厕"], None, True)
    assert point.lead.of(clean_text(TABLE).text) == "各项任务按下表执行："


def test_running_numbers_are_no_items():
    raw = "分工如下：\n序号\t任务\t责任人\n1\t修路\t甲科\n2\t通水\t乙科\n3\t改厕\t丙科\n抓紧落实。"
    assert pairs(only(raw)) == [("修路", "甲科"), ("通水", "乙科"), ("改厕", "丙科")]


NO_TABLES = {
    "two rows": "如下：\n任务\t单位\n修路\t交通局\n通水\t水利局\n抓紧落实。",
    "no header": "如下：\n修路5公里\t交通局\n通水3处\t水利局\n改厕8座\t住建局\n植树9亩\t林业局\n抓紧落实。",
    "rows of other widths": "如下：\n任务\t单位\n修路\t交通局\n通水\t水利局\t县\n改厕\t住建局\n抓紧落实。",
    "a column that repeats": "如下：\n任务\t单位\n修路\t交通局\n通水\t交通局\n改厕\t交通局\n抓紧落实。",
}


@pytest.mark.parametrize("raw", NO_TABLES.values(), ids=NO_TABLES)
def test_other_rows_of_cells_are_no_pairs(raw):
    assert not pairsets(raw)


# Lists that the outline does not hold


def test_what_is_numbered_within_a_quotation_is_a_list():
    raw = "县委主要领导强调：“安全工作一要把小事当大事，二要把苗头当案头，三要把预案当答案。”大家要牢记。"
    (point,) = points(raw)
    assert (point.kind, items(point)) == (PointKind.HEADINGS, ["把小事当大事", "把苗头当案头", "把预案当答案"])


def test_numbers_within_a_quotation_that_do_not_count_on_are_no_list():
    assert not points("他说：“信息工作一要抓快，三要抓准，这是最要紧的两条规矩。”")


def test_neighbouring_paragraphs_that_open_alike_are_a_list():
    raw = "文稿要精益求精。多改几遍。\n文风要短实新。少说套话。\n文件要限时办结。当天办完。"
    (point,) = points(raw)
    assert items(point) == ["文稿要精益求精", "文风要短实新", "文件要限时办结"]
    assert pairs(point) == [("文稿", "精益求精"), ("文风", "短实新"), ("文件", "限时办结")]


def test_paragraphs_that_open_each_their_own_way_are_no_list():
    assert not points("文稿要精益求精。多改几遍。\n大家都要动脑筋。少说套话。\n文件要限时办结。当天办完。")


def test_two_quoted_terms_that_are_explained_in_turn_are_a_set():
    point = only("写材料，贵在“真”，重在“短”。真，就是说实话、报实情；短，就是少套话、不绕弯。")
    assert pairs(point) == [("真", "就是说实话、报实情"), ("短", "就是少套话、不绕弯")]


def test_two_terms_that_were_not_quoted_before_are_none():
    assert not pairsets("写材料很要紧。真，就是说实话、报实情；短，就是少套话、不绕弯。")


EXPLAINED = {
    "some sentences apart": (
        "要学会能忍、能让、能帮。这不容易。能忍，是一种胸怀；能让，是一种境界；能帮，就是伸手拉一把，不图回报。",
        [("能忍", "是一种胸怀"), ("能让", "是一种境界"), ("能帮", "就是伸手拉一把，不图回报")],
    ),
    "single quoted words": (
        "要念好“严、实、快”这本经。“严”，就是标准要严。各科室都要对表。“实”，就是作风要实。“快”，就是节奏要快。",
        [("严", "就是标准要严"), ("实", "就是作风要实"), ("快", "就是节奏要快")],
    ),
    "with a tail behind the row": (
        "要树立勤、俭、廉的家风。勤，就是多干多看；俭，就是厉行节约；廉，就是守住底线。",
        [("勤", "就是多干多看"), ("俭", "就是厉行节约"), ("廉", "就是守住底线")],
    ),
}


@pytest.mark.parametrize(("raw", "expected"), EXPLAINED.values(), ids=EXPLAINED)
def test_announced_items_are_tied_to_what_explains_them(raw, expected):
    point = only(raw)
    assert pairs(point) == expected
    assert (point.rule, point.confidence) == (Rule.EXPLAINED, Confidence.HIGH)


def test_quoted_words_that_are_explained_need_no_announcement():
    point = only("“稳”就是不出乱子；“准”就是不出差错；“快”就是不误时机。")
    assert pairs(point) == [("稳", "不出乱子"), ("准", "不出差错"), ("快", "不误时机")]
    assert point.rule is Rule.EXPLAINED


def test_headings_are_paired_with_the_sentences_that_explain_them():
    raw = (
        "首先，唱戏要有“本”。“本”就是规矩，就是章程。其次，唱戏要有“板”。就是要踩准点子，做到不抢不拖。"
        "再次，唱戏要有“眼”。就是要看清火候。"
    )
    (point,) = points(raw)
    assert (point.kind, point.rule) == (PointKind.HEADINGS, Rule.SIBLINGS)
    assert pairs(point) == [("本", "就是规矩，就是章程"), ("板", "就是要踩准点子"), ("眼", "就是要看清火候")]


def test_headings_of_which_one_is_not_explained_are_not_paired():
    raw = "首先，唱戏要有“本”。“本”就是规矩。其次，唱戏要有“板”。大家要抓紧。再次，唱戏要有“眼”。就是要看清火候。"
    (point,) = points(raw)
    assert not point.pairs


def test_a_named_set_takes_the_pairs_that_explain_its_items():
    raw = "要把握“三件法宝”，即稳、准、快。稳，就是不出乱子；准，就是不出差错；快，就是不误时机。"
    (point,) = points(raw)
    assert (point.name, pairs(point)) == (
        "三件法宝",
        [("稳", "就是不出乱子"), ("准", "就是不出差错"), ("快", "就是不误时机")],
    )


def test_two_quoted_terms_that_a_heading_names_are_a_set():
    raw = "第一部分，树形象，打造“金字招牌”和“温馨港湾”\n好好干。\n第二部分，抓作风\n好好干。"
    point = only(raw)
    assert (items(point), pairs(point), point.heading) == (["金字招牌", "温馨港湾"], [], 0)


NO_TERMS = {
    "names of sets": "第一部分，争当“三有”和“四好”\n好。\n第二部分，抓作风\n好。",
    "a part of what is quoted": "第一部分，办好“民生”和“项目”，防止“空转”\n好。\n第二部分，抓作风\n好。",
    "no heading": "要打造“金字招牌”和“温馨港湾”。",
}


@pytest.mark.parametrize("raw", NO_TERMS.values(), ids=NO_TERMS)
def test_other_quoted_terms_are_none(raw):
    assert not pairsets(raw)


# What only looks like pairs

NO_PAIRS = {
    "doers of no particular kind": "各科室要认真学习，各单位要抓好落实，各部门要密切配合。",
    "some and others": "有的同志作风漂浮，工作不实；有的同志能力不足，办法不多；有的同志纪律松弛，要求不严。",
    "clauses tied by a comma only": "加强学习，提高素质；加强管理，规范运行；加强监督，改进作风。",
    "tied by de only": "离不开领导的关心关怀，离不开老同志的传帮带，离不开大家的辛勤付出。",
    "thanks to many": "感谢各位领导的支持，感谢各位同事的帮助，感谢各位家属的理解。",
    "the right says the left again": "办文就是办文的高手，办会就是办会的高手，办事就是办事的高手。",
    "words that begin alike by chance": "办公室要加强统筹，办事员要抓好落实，办证大厅要热情服务。",
    "one within the other": "领导要率先垂范，领导干部要以身作则，领导班子要团结一致。",
    "times": "今年，我们完成了改造；今天，我们迎来了检查；今后，我们还要努力。",
    "one slot only": "敢于查找问题，敢于反映问题，敢于推动问题解决。",
    "conditions": "如果不学习，就会落后；如果不实干，就会掉队；如果不自律，就会出事。",
    "two groups": "对上要讲真话，对下要讲实话。",
    "the same twice": "对上，要讲真话；对下，要讲真话；对内，要讲真话。",
    "numbered clauses": "第一，要讲真话；第二，要讲实话；第三，要讲公道话。",
    "a verb that goes with its place": "把责任扛在肩上、把纪律挺在前面、把群众记在心里。",
    "a row of demands": "我们要统一思想，我们要凝聚共识，我们要砥砺奋进。",
    "a plain row": "会议研究了预算、人事和基建，听取了汇报，部署了工作。",
}


@pytest.mark.parametrize("raw", NO_PAIRS.values(), ids=NO_PAIRS)
def test_clauses_that_only_look_alike_are_no_pairs(raw):
    assert not pairsets(raw)


QUOTED = {
    "with a colon": "有位老领导讲过：“对上要讲真话，对下要讲实话，对内要讲公道话。”",
    "with a comma": "古人说，“对上要讲真话，对下要讲实话，对内要讲公道话”。",
}


@pytest.mark.parametrize("raw", QUOTED.values(), ids=QUOTED)
def test_what_somebody_else_said_is_no_pairset_of_the_speech(raw):
    assert not pairsets(raw)


# Lists without ordinals

LISTED = {
    "faults apart by semicolons": (
        "但也存在不足，主要表现在：会风不够实；文风不够短，套话空话仍较多；调研深度不够高，落实力度不够大。",
        ["会风不够实", "文风不够短", "调研深度不够高", "落实力度不够大"],
    ),
    "apart by enumeration commas": ("概括起来就是：想干事、能干事、干成事。", ["想干事", "能干事", "干成事"]),
    "apart by commas, of one build": (
        "具体来说就是：思想上要更清醒，工作上要更扎实，作风上要更过硬。",
        ["思想上要更清醒", "工作上要更扎实", "作风上要更过硬"],
    ),
}


@pytest.mark.parametrize(("raw", "expected"), LISTED.values(), ids=LISTED)
def test_an_announced_list_without_ordinals_is_a_set(raw, expected):
    (point,) = listed(raw)
    assert (items(point), point.kind, point.name) == (expected, PointKind.HEADINGS, None)


def test_listed_faults_are_marked_as_such():
    (point,) = listed("工作中还存在问题，主要表现在：会风不够实；文风不够短；作风不够硬。")
    assert point.negative


def test_a_listed_row_that_goes_on_is_not_complete():
    (point,) = listed("目前的主要任务是：修路、通水、改厕等。")
    assert not point.complete


def test_a_row_that_the_headings_of_a_cut_off_list_take_up_is_a_set():
    raw = (
        "要在全办倡导潜心读书、潜心调研、潜心写作的风气。\n第一，要潜心读书，才能长见识。好。\n"
        "第二，要潜心调研，才能接地气。办公室的同志都要多下去走一走看一"
    )
    (point,) = listed(raw)
    assert (items(point), point.confidence) == (["潜心读书", "潜心调研", "潜心写作"], Confidence.HIGH)


NOT_LISTED = {
    "no lead that announces": "会上他说：修路、通水、改厕。",
    "two items": "主要表现在：会风不实；文风不短。",
    "commas without one build": "主要是：会议多，大家都在忙着准备材料，没有时间下去。",
    "ordinals": "主要表现在：一是会风不实；二是文风不短；三是作风不硬。",
    "long sentences": "主要是："
    + "；".join("这一项工作牵涉的部门很多需要大家坐下来一起慢慢商量" + each for each in "甲乙丙")
    + "。",
}


@pytest.mark.parametrize("raw", NOT_LISTED.values(), ids=NOT_LISTED)
def test_what_no_lead_announces_is_not_listed(raw):
    assert not listed(raw)


# Each once, in order


def test_a_pairset_that_a_set_already_holds_is_not_repeated():
    raw = "要做到“三个当好”，即：对领导，要当好参谋员；对部门，要当好协调员；对群众，要当好服务员。"
    assert [point.kind for point in points(raw)] == [PointKind.NAMED]


def test_findings_come_in_the_order_of_the_speech():
    raw = (
        "对上要讲真话，对下要讲实话，对内要讲公道话。\n抓好“三件大事”，即修路、通水、改厕。\n"
        "向改革要动力、向创新要活力、向管理要效益。"
    )
    assert [point.kind for point in points(raw)] == [PointKind.PAIRSET, PointKind.NAMED, PointKind.PAIRSET]


def test_a_pairset_stands_under_its_heading():
    raw = "一、转作风\n对上要讲真话，对下要讲实话，对内要讲公道话。\n二、抓落实\n好。"
    assert only(raw).heading == 0


def test_the_template_holds_what_stands_around_the_sides():
    point = only("服务领导要到位，服务基层要热情，服务群众要真诚。")
    before, between, after = point.template
    assert [before + left + between + right + after for left, right in pairs(point)] == [
        "服务领导要到位",
        "服务基层要热情",
        "服务群众要真诚",
    ]


# Properties

WORDS = """
对 上 下 内 办文 办会 办事 要 就是 用 以 促 在 找到 的 “ ” 精神 容人 容事 容言 精品 圆满 样板
主要表现在 不够 不 等 和 一是 二是 第一，
"""
MARKS = ["，", "；", "。", "、", "：", "\n"]
SPEECHES = st.lists(st.sampled_from([*WORDS.split(), *MARKS, *MARKS]), max_size=60).map("".join)
ROWS = st.lists(st.text("甲乙丙丁戊己的要", min_size=1, max_size=4), min_size=6, max_size=12).map(
    lambda words: "；".join(f"对{one}，要{two}" for one, two in zip(words[::2], words[1::2], strict=False))
)


@given(st.one_of(SPEECHES, ROWS, st.text(max_size=60)))
def test_everything_found_stands_in_the_speech(raw):
    clean = clean_text(raw)
    found = key_points(clean, read_lists(clean))
    for point in found:
        assert all(item.span.of(clean.text) == item.text for item in point.items)
        assert all(pair.left_span.of(clean.text) == pair.left for pair in point.pairs)
        assert all(pair.right_span.of(clean.text) == pair.right for pair in point.pairs)
        assert all(pair.sentence.start <= pair.left_span.start for pair in point.pairs if point.rule is Rule.CLAUSES)
        assert 0 <= point.span.start <= point.span.end <= len(clean.text)
        assert 0 <= point.lead.start <= point.lead.end <= len(clean.text)
    assert [point.span.start for point in found] == sorted(point.span.start for point in found)


@given(st.one_of(SPEECHES, ROWS))
def test_pairs_are_a_table_both_ways(raw):
    for point in pairsets(raw):
        lefts, rights = [pair.left for pair in point.pairs], [pair.right for pair in point.pairs]
        assert len(set(lefts)) == len(lefts) == len(set(rights)) == len(rights)
        assert len(point.items) == point.count == len({item.text for item in point.items})
        assert not point.pairs or len(point.pairs) == point.count >= 2


@given(st.one_of(SPEECHES, ROWS))
@example("，第一，就是")
def test_no_two_pairsets_stand_at_one_place(raw):
    spans = [point.span for point in pairsets(raw) if point.rule in (Rule.CLAUSES, Rule.FRAME) and point.pairs]
    assert all(one.end <= two.start for one, two in zip(spans, spans[1:], strict=False))


LONG = {
    "one clause": "管好自己的腿，",
    "semicolons": "；",
    "one numeral": "一",
    "commas": "，",
    "enumeration commas": "、",
    "open quotes": "“",
    "short quotations": "“甲”",
    "clauses of a template": "办文要办成精品，办事要办得圆满。",
    "topics": "对上，要好；对下，要快；",
    "frames": "甲的“乙”、丙的“丁”、戊的“己”。",
    "rows that are explained": "甲、乙、丙。甲，好。乙，好。丙，好。",
    "announcements": "主要表现在：甲乙；丙丁；戊己。",
    "rows of quoted words": "会前重“细”、",
    "two quoted words each": "从“甲”向“乙”转变、",
    "cases": "甲乙的，丙丁；",
    "bodies": "签到组到岗快，",
    "cells": "甲\t乙\n",
    "numbers in a quotation": "“一要甲乙，二要丙丁，三要戊己”",
    "terms explained": "真，就是好；",
    "openings": "会前要好。\n",
    "names that are followed": "“三实”干部，做到甲实、乙实、丙实。",
    "counted names": "围绕三大特色产业做文章。",
    "quoted cores": "三个“不”",
    "headings with quoted terms": "一、“甲乙”和“丙丁”\n好。\n",
}


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG)
def test_a_very_long_text_takes_no_longer_than_its_length(unit):
    def prepare(length):
        clean = clean_text((unit * (length // len(unit) + 1))[:length])
        outline = read_lists(clean)
        return lambda: key_points(clean, outline)

    assert grows_with_length_alone(prepare)
