"""Key points: which names get which items, how items are shown, what is paired, and what stays unnamed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.keypoints.naming import set_names
from quizapp.core.keypoints.runs import run_after
from quizapp.core.keypoints.runs import run_before
from quizapp.core.keypoints.templates import induce
from quizapp.core.reading import read_speech
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.text import clean_text


def named(raw: str) -> dict[str, list[str]]:
    return {point.name: shown(point) for point in read_speech(raw).sets if point.name is not None}


def shown(point: KeyPoint) -> list[str]:
    return [item.display for item in point.items]


def only(raw: str) -> KeyPoint:
    (point,) = read_speech(raw).sets
    return point


def pairs(point: KeyPoint) -> list[tuple[str, str]]:
    return [(pair.left, pair.right) for pair in point.pairs]


# Names


def names(raw: str) -> list[tuple[str, int]]:
    return [(name.text, name.count) for name in set_names(clean_text(raw))]


NAMES = {
    "quoted": ("做到“四带头”。", [("四带头", 4)]),
    "quoted with a classifier": ("筑牢“三个防线”。", [("三个防线", 3)]),
    "two": ("坚持“双线”推进。", [("双线", 2)]),
    "ten is part of the core": ("坚持“三个十分”。", [("三个十分", 3)]),
    "two counts": ("落实“两学三查”。", [("两学三查", 5)]),
    "numerals only": ("按照“一二四”思路。", [("一二四", 3)]),
    "counted": ("抓好三项工程。", [("三项工程", 3)]),
    "the same verb is counted, not two counts": ("坚持“两个一律”。", [("两个一律", 2)]),
    "what is counted is quoted": ("坚持四个“不”，走在前列。", [("四个“不”", 4)]),
    "a verb behind the noun": ("围绕水稻、柑橘、茶油三大特色品牌做文章。", [("三大特色品牌", 3)]),
    "a verb without a noun before it": ("要在两个方面发力。", [("两个方面发力", 2)]),
    "a long counted name": ("建好五个层面的联络机制：", [("五个层面的联络机制", 5)]),
}


@pytest.mark.parametrize(("raw", "expected"), NAMES.values(), ids=NAMES)
def test_a_name_is_a_count_and_what_is_counted(raw, expected):
    assert names(raw) == expected


NO_NAMES = [
    "迎接“十四五”。",
    "开好“两会”。",
    "凝聚“两办”合力。",
    "防止“两极分化”。",
    "信奉“一加一大于二”。",
    "用好“一把利剑”。",
    "这是第三个问题。",
    "用了三个月，",
]


@pytest.mark.parametrize("raw", NO_NAMES)
def test_words_with_a_count_are_not_all_names(raw):
    assert not names(raw)


def test_a_full_name_ends_with_its_noun():
    (name,) = set_names(clean_text("争做“四有”青年，走在前列。"))
    assert name.full == "“四有”青年"


# Binding


def test_a_name_that_ends_the_lead_names_the_list():
    assert named("要全力做好“三帮”。一是帮思想。二是帮资金。三是帮技术。") == {"三帮": ["帮思想", "帮资金", "帮技术"]}


def test_a_name_before_other_words_does_not_name_the_list():
    point = only("不断提高“三服务”水平。一是思想更统一。二是业务更熟练。三是纪律更严明。")
    assert (point.kind, point.name) == (PointKind.HEADINGS, None)


LED_UP_TO = {
    "to work on": "做好这项工作，要在“三个环节”上下足功夫。",
    "to set out from": "做好这项工作，要从“三个环节”入手：",
}


@pytest.mark.parametrize("lead", LED_UP_TO.values(), ids=LED_UP_TO)
def test_a_name_that_the_lead_works_on_names_the_list(lead):
    (items,) = named(f"{lead}一是受理要快。二是审核要准。三是归档要全。").values()
    assert items == ["受理要快", "审核要准", "归档要全"]


def test_two_names_that_the_lead_joins_are_tied_where_every_item_bears_both():
    raw = (
        "从下月起，开展创建“三型”支部、争当“三讲”标兵活动。\n一是创建阳光型支部，讲公开。好。\n"
        "二是创建活力型支部，讲创新。好。\n三是创建温馨型支部，讲互助。好。"
    )
    first, second = read_speech(raw).sets
    assert (first.name, shown(first)) == ("三型", ["阳光型", "活力型", "温馨型"])
    assert (second.name, shown(second)) == ("三讲", ["讲公开", "讲创新", "讲互助"])
    assert pairs(first) == [("阳光型", "讲公开"), ("活力型", "讲创新"), ("温馨型", "讲互助")]


def test_a_count_that_the_speech_only_mentions_is_not_that_of_the_list():
    raw = "去年认真落实“五个坚持”要求，不断提高服务质量。一是思想更加统一。二是业务更加熟练。三是纪律更加严明。"
    point = only(raw)
    assert (point.name, shown(point), point.complete) == (
        None,
        ["思想更加统一", "业务更加熟练", "纪律更加严明"],
        True,
    )


def test_a_name_whose_count_differs_does_not_name_the_list():
    raw = "要做到“四个到位”。一是认识到位。二是责任到位。三是督查到位。"
    assert not read_speech(raw).sets


def test_the_heading_over_a_list_names_it():
    raw = "一、筑牢“三道防线”\n基础要打牢。\n一是思想上的。\n二是制度上的。\n三是监督上的。\n二、再谈作风\n好。"
    point = next(point for point in read_speech(raw).sets if point.name == "三道防线")
    assert (point.rule, point.heading, point.count) == ("heading", 0, 3)


NAMELY = {
    "namely": "抓好“三件大事”。即：修路、通水、改厕。",
    "in brackets": "抓好“三件大事”（即修路、通水、改厕）的部署要记牢。",
    "in brackets, some words on": "牢记“三件大事”的重要部署和具体工作安排（即修路、通水、改厕），抓好落实。",
    "including": "“三件大事”包括修路、通水和改厕。",
    "a colon": "抓好“三件大事”：修路、通水、改厕。",
    "quoted one by one": "抓好“三件大事”，即“修路”“通水”“改厕”。",
    "one by one": "抓好“三件大事”：一个是修路，一个是通水，一个是改厕。",
    "quoted as a whole": "抓好“三件大事”，就是“修路、通水、改厕”。",
    "semicolons": "“三件大事”是指：修路；通水；改厕。",
    "before the name, quoted": "完成“修路、通水、改厕”“三件大事”，让群众满意。",
    "before the name, quoted one by one": "完成“修路”“通水”“改厕”“三件大事”，让群众满意。",
}


@pytest.mark.parametrize("raw", NAMELY.values(), ids=NAMELY)
def test_items_beside_a_name_are_bound_to_it(raw):
    assert named(raw) == {"三件大事": ["修路", "通水", "改厕"]}


FOLLOWED = {
    "a noun and a verb between": (
        "要争做“三实”青年，做到说话诚实、办事踏实、成绩真实；要多学习。",
        {"三实": ["说话诚实", "办事踏实", "成绩真实"]},
    ),
    "a noun between": (
        "文稿实行“三审”制度，撰稿人自审、科长初审、主任终审，一个字也不放过。",
        {"三审": ["撰稿人自审", "科长初审", "主任终审"]},
    ),
    "semicolons": (
        "坚持“三个一律”，一律公开招标；一律集体研究；一律全程留痕。",
        {"三个一律": ["一律公开招标", "一律集体研究", "一律全程留痕"]},
    ),
    "a core inside": (
        "做到“三个一律”：没有预案的一律不批准，没有审核的一律不上会，没有签字的一律不印发。",
        {"三个一律": ["没有预案的一律不批准", "没有审核的一律不上会", "没有签字的一律不印发"]},
    ),
    "a quoted core": (
        "我们要做到三个“敢”：敢担难事、敢碰硬茬、敢讲真话，不负重托。",
        {"三个“敢”": ["敢担难事", "敢碰硬茬", "敢讲真话"]},
    ),
    "quoted slots of a frame": (
        "要弘扬三种精神，以任劳任怨的“黄牛”精神抓服务，以滴水石穿的“愚公”精神抓攻坚，以精益求精的“匠人”精神抓文稿。",
        {"三种精神": ["黄牛", "愚公", "匠人"]},
    ),
}


@pytest.mark.parametrize(("raw", "expected"), FOLLOWED.values(), ids=FOLLOWED)
def test_items_that_bear_what_is_counted_are_bound_to_the_name_before_them(raw, expected):
    assert named(raw) == expected


NOT_FOLLOWED = {
    "items that do not bear it": "要争做“三实”青年，做到认真学习、努力工作、团结同志。",
    "one item too few": "要争做“三实”青年，做到说话诚实、办事踏实。",
    "a core at different ends": "要争做“三实”青年，做到实话实说、办事踏实、成绩真实可信。",
}


@pytest.mark.parametrize("raw", NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_other_words_after_a_name_are_no_items(raw):
    assert not named(raw)


def test_a_quoted_slot_is_tied_to_what_is_said_of_it():
    (raw, _) = FOLLOWED["quoted slots of a frame"]
    assert pairs(only(raw)) == [("任劳任怨", "黄牛"), ("滴水石穿", "愚公"), ("精益求精", "匠人")]


def test_items_that_are_explained_are_the_terms():
    point = only("大家要有“三让”的风格：让利就是舍得眼前好处，让功就是推得开荣誉，让路就是给得出机会。")
    assert shown(point) == ["让利", "让功", "让路"]
    assert pairs(point) == [("让利", "舍得眼前好处"), ("让功", "推得开荣誉"), ("让路", "给得出机会")]


APPOSED = {
    "items of one length": ("要突出抓好防汛、防火、防疫三项硬仗。", {"三项硬仗": ["防汛", "防火", "防疫"]}),
    "items of several lengths": (
        "着力抓好招商、项目建设、营商环境优化三大任务群。",
        {"三大任务群": ["招商", "项目建设", "营商环境优化"]},
    ),
    "after a perfective verb": (
        "安排了公文、礼仪、保密、档案四个专题培训班。",
        {"四个专题培训班": ["公文", "礼仪", "保密", "档案"]},
    ),
    "whoever does it before the verb": (
        "全县要围绕水稻、柑橘、小龙虾三大特色品牌做文章。",
        {"三大特色品牌": ["水稻", "柑橘", "小龙虾"]},
    ),
    "before what belongs to them": (
        "每月把停车、供暖、养犬三个领域的突出问题交给主管部门。",
        {"三个领域": ["停车", "供暖", "养犬"]},
    ),
    "in quotes": (
        "通过“改进会风、改进文风、改进学风”三个改进，面貌一新。",
        {"三个改进": ["改进会风", "改进文风", "改进学风"]},
    ),
}


@pytest.mark.parametrize(("raw", "expected"), APPOSED.values(), ids=APPOSED)
def test_items_before_a_name_are_bound_to_it(raw, expected):
    assert named(raw) == expected


def test_items_after_an_announcement_are_the_heads_of_the_parts():
    raw = (
        "下面，我讲三句话，抓早、抓小、抓实。\n第一句话，抓早，关键是早谋划\n好。\n"
        "第二句话，抓小，关键是小切口\n好。\n第三句话，抓实，关键是实打实\n好。"
    )
    assert named(raw) == {"三句话": ["抓早", "抓小", "抓实"]}


def test_items_that_begin_with_one_are_no_count():
    raw = "“三个一”工程，就是一个中心、一支队伍、一个平台。"
    assert named(raw) == {"三个一": ["一个中心", "一支队伍", "一个平台"]}


def test_numerals_of_a_name_stand_for_sets_of_their_own():
    raw = "落实“一三”思路。\n“一”，就是守住“一条底线”。\n“三”，就是建好“三支队伍”。"
    assert named(raw)["一三"] == ["一条底线", "三支队伍"]


NAMES_ONLY = {
    "no items anywhere": "要提高“三服务”水平，采取“四不两直”方式，牢记“五个坚持”的要求。",
    "only the first is told": "牢记“五个坚持”的要求，第一个坚持就是“坚持实干为先”。",
    "fewer items than the name says": "牢记“五个坚持”：坚持学习、坚持实干、坚持廉洁。",
    "a list of another length": "弘扬“五种精神”。一是敬业。二是团结。",
}


@pytest.mark.parametrize("raw", NAMES_ONLY.values(), ids=NAMES_ONLY)
def test_a_name_without_items_gives_no_set(raw):
    assert not named(raw)


def test_an_open_run_is_not_complete():
    assert not only("抓好“三件大事”，包括修路、通水、改厕等。").complete


def test_a_list_cut_off_by_the_end_of_the_text_names_nothing():
    raw = "新同志要做到“四个博”：首先，博览群书。第二，博采众长，多向老同志学习请教，遇到不懂的问"
    assert not read_speech(raw).sets


def test_a_name_used_twice_is_marked_in_both_places():
    raw = "抓好“三项重点”，即会务、文稿、值班。在文稿上，要抓好调研、起草、校对三项重点。"
    assert [(shown(point), point.homonym) for point in read_speech(raw).sets] == [
        (["会务", "文稿", "值班"], True),
        (["调研", "起草", "校对"], True),
    ]


def test_a_set_said_twice_is_one_set():
    raw = "抓好“两件大事”，即修路、通水。再说一遍，“两件大事”就是修路、通水。"
    assert [point.homonym for point in read_speech(raw).sets] == [False]


def test_shorter_items_are_preferred_and_pairs_come_from_the_headings():
    raw = (
        "突出“三项重点”。即：会务、文稿、值班。\n"
        "一是会务要周密细致。好。\n二是文稿要精益求精。好。\n三是值班要雷打不动。好。"
    )
    point = only(raw)
    assert shown(point) == ["会务", "文稿", "值班"]
    assert pairs(point) == [("会务", "周密细致"), ("文稿", "精益求精"), ("值班", "雷打不动")]


BARE = {"抓落实要做好三点": "三点", "要在三个方面发力": "三个方面发力", "这项工作有三个特点": "三个特点"}


@pytest.mark.parametrize(("lead", "name"), BARE.items(), ids=BARE)
def test_a_bare_count_is_told_from_a_name(lead, name):
    point = only(f"{lead}：一要定人，二要定时，三要定责。")
    assert (point.kind, point.name) == (PointKind.COUNTED, name)


# Lists without a name


def test_unnamed_headings_are_a_set():
    point = only("平时要这样做。一要勤走访。二要勤记录。三要勤思考。")
    assert (point.kind, shown(point)) == (PointKind.HEADINGS, ["勤走访", "勤记录", "勤思考"])


FIRST_CLAUSES = {
    "all explain themselves alike": (
        "要做到：一是看账本，看收支平不平衡；二是看仓库，看物资够不够用；三是看现场，看通道畅不畅通。",
        ["看账本", "看仓库", "看现场"],
        [("看账本", "看收支平不平衡"), ("看仓库", "看物资够不够用"), ("看现场", "看通道畅不畅通")],
    ),
    "all explain themselves": (
        "原因有二：一来人手配备偏少，有些岗位空缺了大半年还没有补上；二来培训机会不多，新同志上手慢、出错多、压力大。",
        ["人手配备偏少", "培训机会不多"],
        [],
    ),
    "only the last one goes on": (
        "首先，重要文件印发前必须经过集体审核；其次，各个科室每月要报送一次工作台账；再次，遇到问题要当天报告，把情况说清、把责任理清。",
        ["重要文件印发前必须经过集体审核", "各个科室每月要报送一次工作台账", "遇到问题要当天报告"],
        [],
    ),
    "two equal halves are one saying": (
        "用人要坚持：一是德才兼备，以德为先；二是五湖四海，任人唯贤；三是老中青结合，以青为主。",
        ["德才兼备，以德为先", "五湖四海，任人唯贤", "老中青结合，以青为主"],
        [],
    ),
    "headings that fill a paragraph stay whole": (
        "一、抓学习，让干部的本领强起来\n好。\n二、抓纪律，让机关的作风硬起来\n好。",
        ["抓学习，让干部的本领强起来", "抓纪律，让机关的作风硬起来"],
        None,
    ),
}


@pytest.mark.parametrize(("raw", "expected", "tied"), FIRST_CLAUSES.values(), ids=FIRST_CLAUSES)
def test_items_within_a_paragraph_are_their_first_clauses_where_these_are_heads(raw, expected, tied):
    point = next(point for point in read_speech(raw).sets)
    assert shown(point) == expected
    assert tied is None or pairs(point) == tied


def test_an_incomplete_list_is_no_set():
    assert not read_speech("要做好三点：一要勤走访，二要勤记录。").sets


def test_headings_that_say_the_same_are_no_set():
    assert not read_speech("一是抓落实。二是抓落实。").sets


def test_faults_are_told_from_demands():
    raw = "目前还存在一些问题，主要表现在：一是会风还不够实。二是文风还不够短。"
    assert only(raw).negative
    assert not only("下一步，一要会风更实。二要文风更短。").negative


# Views

VIEWS = {
    "an affix behind the slot": (
        "要建“三型”班子。一是争做“学习型”班子，戒“惰”。二是争做“开拓型”班子，戒“守”。三是争做“亲民型”班子，戒“远”。",
        ["学习型", "开拓型", "亲民型"],
    ),
    "a noun behind de": (
        "一、争当“三个模范”\n要走在前。\n一要争当爱岗敬业的模范，带头苦干。\n二要争当遵章守纪的模范，带头自律。\n三要争当团结友爱的模范，带头互助。\n二、抓好落实\n好。",
        ["爱岗敬业", "遵章守纪", "团结友爱"],
    ),
    "a role": (
        "要把握“三个定位”：一是对领导而言，我们是参谋。二是对部门而言，我们是纽带。三是对群众而言，我们是窗口。",
        ["参谋", "纽带", "窗口"],
    ),
    "a quoted slot": ("抓好“三个字”：一是“快”。二是“准”。三是“实”。", ["快", "准", "实"]),
    "a word for a kind behind the core": (
        "争做“三实”干部。一是争做“朴实型”干部，戒“浮”。二是争做“务实型”干部，戒“虚”。三是争做“扎实型”干部，戒“躁”。",
        ["朴实型", "务实型", "扎实型"],
    ),
    "the core opens the clause": (
        "要做到“三勤”：一是勤学善思，争做学习型干部。二是勤勉敬业，争做实干型干部。三是勤政为民，争做服务型干部。",
        ["勤学善思", "勤勉敬业", "勤政为民"],
    ),
    "the core opens the quotation": (
        "争做“三勤”干部。一是争做“勤学型”干部，戒“惰”。二是争做“勤思型”干部，戒“躁”。三是争做“勤政型”干部，戒“庸”。",
        ["勤学型", "勤思型", "勤政型"],
    ),
    "whole where the core ends a word": (
        "要做到“三通”。一是民情上畅通。二是民意上直通。三是民心上贯通。",
        ["民情上畅通", "民意上直通", "民心上贯通"],
    ),
    "whole where the core stands between slots": (
        "总的讲是“三个十分”。一是地位十分特殊。二是任务十分繁重。三是使命十分光荣。",
        ["地位十分特殊", "任务十分繁重", "使命十分光荣"],
    ),
    "whole where every item begins alike": (
        "实现“三个提升”，即提升效率、提升质量、提升形象。",
        ["提升效率", "提升质量", "提升形象"],
    ),
}


@pytest.mark.parametrize(("raw", "expected"), VIEWS.values(), ids=VIEWS)
def test_items_are_shown_as_the_office_says_them(raw, expected):
    assert next(shown(point) for point in read_speech(raw).sets if point.name) == expected


# Pairs

FOUR = (
    "第一，抓作风，就是要做“四实”干部，守住“四忌”\n"
    "一要做“思实”干部，忌“浮”。好。\n二要做“言实”干部，忌“夸”。好。\n三要做“行实”干部，忌“拖”。好。\n四要做“果实”干部，忌“虚”。好。\n"
    "第二，抓学习\n好。"
)


def test_two_names_over_one_list_are_tied_by_its_template():
    first, second = (point for point in read_speech(FOUR).sets if point.name in ("四实", "四忌"))
    assert pairs(first) == [("思实", "浮"), ("言实", "夸"), ("行实", "拖"), ("果实", "虚")]
    assert pairs(second) == [(right, left) for left, right in pairs(first)]
    assert (first.name_right, second.name_right) == (second.name, first.name)


def test_the_template_holds_what_stands_around_the_slots():
    point = only("一要争做“勤快”人，忌“懒”。二要争做“明白”人，忌“糊”。三要争做“干净”人，忌“脏”。")
    before, between, after = point.template
    assert [before + left + between + right + after for left, right in pairs(point)] == [
        "争做“勤快”人，忌“懒”",
        "争做“明白”人，忌“糊”",
        "争做“干净”人，忌“脏”",
    ]


def test_a_topic_is_shown_with_the_word_that_makes_it_one():
    raw = "要把握“两个定位”：一是对领导而言，我们是参谋。二是对部门而言，我们是纽带。"
    assert pairs(only(raw)) == [("对领导而言", "参谋"), ("对部门而言", "纽带")]


def test_a_run_of_clauses_is_paired_like_headings():
    raw = "办公室要当好“三员”：对领导，要当好参谋员；对部门，要当好协调员；对群众，要当好服务员。"
    assert pairs(only(raw)) == [("领导", "参谋员"), ("部门", "协调员"), ("群众", "服务员")]


UNPAIRED = {
    "tied by de only": "一要加强党的建设。二要提高人的素质。三要完善制度的执行。",
    "a slot that breaks off": "一要把底线守得更牢。二要把服务送得更近。三要把队伍带得更硬。",
    "tied by a comma only": "一要认清形势，加油干。二要突出重点，抓紧办。",
    "tied by a noun they share": "一要听取主任上周工作汇报。二要解决科室日常工作难题。",
}


@pytest.mark.parametrize("raw", UNPAIRED.values(), ids=UNPAIRED)
def test_headings_that_only_look_alike_are_not_paired(raw):
    assert all(not point.pairs for point in read_speech(raw).sets)


# Templates and runs


def test_slots_reach_to_the_edges_of_words():
    template = induce(["民情上畅通", "民意上直通", "民心向上贯通"])
    assert template is not None
    assert template.values(template.slots[-1]) == ["畅通", "直通", "贯通"]


def test_a_negation_stays_with_what_it_denies():
    template = induce(["会风还不够实", "文风还不够短", "调研还不扎实"])
    assert template is not None
    assert template.values(1) == ["不够实", "不够短", "不扎实"]


def test_a_longer_negation_stays_too():
    template = induce(["识别还不够精准", "监管还不够严格", "配备还不够充足"])
    assert template is not None
    assert template.values(1) == ["不够精准", "不够严格", "不够充足"]


def test_texts_with_nothing_in_common_have_no_template():
    assert induce(["防微杜渐", "开门见山"]) is None


def test_a_list_within_a_slot_stays_whole():
    template = induce(["文稿要在吃透精神、贴近实际上用力", "信息要在又快又准、全面规范上用力"])
    assert template is not None
    assert "吃透精神、贴近实际" in template.values(1)


RUNS = {
    "enumeration": ("修路、通水、改厕，这些", 3, ["修路", "通水", "改厕"]),
    "with and": ("修路、通水和改厕。", 3, ["修路", "通水", "改厕"]),
    "before its count": ("修路、通水、改厕三个方面", 3, ["修路", "通水", "改厕"]),
    "commas": ("路要修通，水要接通，厕要改好", 3, ["路要修通", "水要接通", "厕要改好"]),
    "commas with more behind": ("带头学，带头干，带头廉，走在前", 3, ["带头学", "带头干", "带头廉"]),
    "semicolons": ("路，要修；水，要通", 2, ["路，要修", "水，要通"]),
}


@pytest.mark.parametrize(("text", "count", "expected"), RUNS.values(), ids=RUNS)
def test_a_run_is_read(text, count, expected):
    run = run_after(text, 0, len(text), count)
    assert run is not None
    assert [item.of(text) for item in run.items] == expected


NO_RUNS = {
    "too few": ("修路、通水。", 3),
    "too many": ("修路、通水、改厕、植树。", 3),
    "a tail": ("修路、通水、改厕这些年来做得最苦最累最难的几件事情", 3),
}


@pytest.mark.parametrize(("text", "count"), NO_RUNS.values(), ids=NO_RUNS)
def test_a_run_of_another_length_is_not_read(text, count):
    assert run_after(text, 0, len(text), count) is None


def test_a_first_item_that_cannot_be_told_from_what_precedes_it_is_not_read():
    text = "我们这些年来反反复复强调了很多遍的那个学习、实干、清廉奉公"
    assert run_before(text, 0, len(text), 3) is None


# Properties

WORDS = [
    "“三个转变”",
    "“五型”",
    "三项重点",
    "三点",
    "即：",
    "包括",
    "：",
    "、",
    "，",
    "。",
    "；",
    "“",
    "”",
    "（",
    "）",
    "\n",
    "和",
    "等",
    "转变",
]
MARKS = [
    "一、",
    "二、",
    "一是",
    "二是",
    "三是",
    "一要",
    "二要",
    "三要",
    "第一，",
    "第二，",
    "学习",
    "作风",
    "型",
    "干部",
    "戒",
    "是",
    "要",
    "我讲",
]
SPEECHES = st.lists(st.sampled_from([*WORDS, *MARKS]), max_size=50).map("".join)


@given(st.one_of(SPEECHES, st.text(max_size=60)))
def test_everything_read_stands_in_the_speech(raw):
    reading = read_speech(raw)
    text = reading.clean.text
    for point in reading.sets:
        assert all(item.span.of(text) == item.text for item in point.items)
        assert all(item.text in item.display and item.display in text for item in point.items)
        assert all(pair.left_span.of(text) == pair.left for pair in point.pairs)
        assert all(pair.right_span.of(text) == pair.right for pair in point.pairs)
        assert 0 <= point.span.start <= point.span.end <= len(text)
        assert 0 <= point.lead.start <= point.lead.end <= len(text)


@given(SPEECHES)
def test_a_set_never_holds_an_item_twice_and_a_complete_one_holds_its_count(raw):
    for point in read_speech(raw).sets:
        assert len({item.text for item in point.items}) == len(point.items) == point.count
        assert all(len(set(side)) == point.count for side in zip(*pairs(point), strict=True))


def test_the_same_speech_is_read_the_same():
    assert read_speech(FOUR) == read_speech(FOUR)


LONG = {
    "one line": "一" * 200_000,
    "open quotes": "“三个" * 10_000,
    "ordinals": "一是甲；二是乙。" * 5_000,
    "names": "“三个转变”：甲、乙、丙。" * 2_000,
    "brackets": "中(" * 50_000,
    "wraps": ("字" * 36 + " ") * 5_000,
    "nested": "一、\n（一）\n1.\n（1）\n①\n" * 2_000,
}


@pytest.mark.parametrize("raw", LONG.values(), ids=LONG)
def test_a_very_long_text_is_read_all_the_same(raw):
    assert read_speech(raw).clean.text
