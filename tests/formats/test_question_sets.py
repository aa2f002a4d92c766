"""Question sets: read as written, written as read, and every mistake named with its line and what to do."""

import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.errors import BadInput
from quizapp.core.question import BLANK
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.formats.question_sets import MAX_BYTES
from quizapp.formats.question_sets import SCHEMA
from quizapp.formats.question_sets import TYPE_WORDS
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.formats.question_sets import read_question_set
from quizapp.formats.question_sets import write_question_set

SPEECH = "在办公室会议上的讲话"
GOOD = """\
format: quiz/1
set: gongwen
name: 公文处理
source: {speech: 在办公室会议上的讲话}
questions:
  - id: gw-01
    type: 单选
    stem: 公文标题由机关名称、事由和（　）组成。
    options: {A: 文种, B: 密级, C: 日期}
    key: A
    explanation: 见条例。
    heading: 公文格式
  - id: gw-02
    type: 多选
    stem: 属于公文的有（　）。
    options: {A: 通报, B: 短信, C: 函}
    key: [A, C]
    explanation: 见条例。
    heading: 公文种类
    quote: 通报、函
    difficulty: 4
  - id: gw-03
    type: 判断
    stem: 请示可以一文多事。
    key: 错
    explanation: 请示应当一文一事。
    heading: 行文规则
  - id: gw-04
    type: 填空
    stem: 坚持______、______。
    key: [准确规范, [安全保密, 保密安全]]
    any_order: true
    explanation: 见总则。
    heading: 总则
  - id: gw-05
    type: 匹配
    stem: 将情形与文种对应起来。
    pairs:
      - {left: 请求批准, right: 请示}
      - {left: 汇报工作, right: 报告}
    extra: [通告]
    explanation: 见条例。
    heading: 公文种类
  - id: gw-06
    type: 排序
    stem: 按先后顺序排列。
    items: [签收, 登记, 初审]
    explanation: 见条例。
    heading: 公文办理
  - id: gw-07
    type: 简答
    stem: 简述行文规则。
    points:
      - text: 请示应当一文一事
        keywords: [请示, [一文一事, 一事一文]]
    explanation: 见条例。
    heading: 行文规则
"""


def read(text: str) -> QuestionSetFile:
    return read_question_set("gongwen.yaml", text.encode())


def problems(content: str | bytes) -> list[str]:
    with pytest.raises(BadInput) as refusal:
        read_question_set("gongwen.yaml", content if isinstance(content, bytes) else content.encode())
    assert refusal.value.source == "gongwen.yaml"
    assert refusal.value.problems
    return [str(problem) for problem in refusal.value.problems]


# Reading


def test_a_set_reads_as_it_is_written():
    found = read(GOOD)
    single, multiple, true_false, fill_in, matching, ordering, short_answer = (q for _, q in found.entries)
    assert (found.slug, found.name, found.speech) == ("gongwen", "公文处理", SPEECH)
    assert [entry.id for entry in found.entries] == [f"gw-0{number}" for number in range(1, 8)]
    assert single.options == (Option("A", "文种"), Option("B", "密级"), Option("C", "日期"))
    assert (single.key, single.difficulty) == (frozenset("A"), 2)
    assert (multiple.key, multiple.difficulty) == (frozenset("AC"), 4)
    assert multiple.source == Source(SPEECH, heading="公文种类", quote="通报、函")
    assert true_false.key == frozenset("F")
    assert TYPES[TypeName.TRUE_FALSE].key_text(true_false) == "错误"
    assert fill_in.blanks == (("准确规范",), ("安全保密", "保密安全"))
    assert fill_in.any_order
    assert not single.any_order
    assert matching.options == (Option("A", "请示"), Option("B", "报告"), Option("C", "通告"))
    assert matching.pairs == (("请求批准", "A"), ("汇报工作", "B"))
    assert ordering.options == (Option("A", "签收"), Option("B", "登记"), Option("C", "初审"))
    assert ordering.right_order == ("A", "B", "C")
    assert short_answer.points == (ScoringPoint("请示应当一文一事", (("请示",), ("一文一事", "一事一文"))),)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing():
    assert read_question_set("x", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == read(GOOD)


def test_a_text_may_be_a_block_and_its_last_line_break_does_not_count():
    block = GOOD.replace("    explanation: 见总则。\n", "    explanation: |\n      第一行：见总则。\n      第二行。\n")
    assert read(block).entries[3].question.explanation == "第一行：见总则。\n第二行。"


def test_the_readme_describes_a_set_that_reads():
    readme = (Path(__file__).resolve().parents[2] / "questions" / "README.md").read_text(encoding="utf-8")
    found = read(re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)[0])
    assert [question for _, question in found.entries] == [
        dataclasses.replace(kind.example(), source=question.source, difficulty=question.difficulty)
        for kind, (_, question) in zip(TYPES.values(), found.entries, strict=True)
    ]
    assert all(f"`{field}`" in readme for field in SCHEMA["$defs"]["question"]["properties"])


def test_the_schema_knows_every_type():
    assert SCHEMA["$defs"]["question"]["properties"]["type"]["enum"] == list(TYPE_WORDS.values())


# What is refused: a change to the good set, the place that must be named, a part of the sentence

MISTAKES = {
    "a wrong format": (("format: quiz/1", "format: quiz/2"), "第1行 format", "quiz/1"),
    "no format": (("format: quiz/1\n", ""), "第1行", "缺少 format"),
    "a slug in Chinese": (("set: gongwen", "set: 公文"), "第2行 set", "小写字母"),
    "a slug with a line break": (("set: gongwen", 'set: "gongwen\\n"'), "第2行 set", "小写字母"),
    "an empty name": (("name: 公文处理", "name:"), "第3行 name", "是空的"),
    "a name in two lines": (("name: 公文处理", 'name: "公文\\n处理"'), "第3行 name", "写在一行"),
    "no speech": (("{speech: 在办公室会议上的讲话}", "{}"), "第4行 source", "缺少 speech（讲话标题）"),
    "a blank speech": (("{speech: 在办公室会议上的讲话}", '{speech: " "}'), "第4行 source.speech", "是空的"),
    "no explanation": (("    explanation: 见总则。\n", ""), "questions[3]（gw-04）", "缺少 explanation（解析）"),
    "a blank explanation": (("见总则。", '"  "'), "第33行 questions[3].explanation（gw-04）", "是空的"),
    "no heading": (("    heading: 行文规则\n", ""), "questions[2]（gw-03）", "缺少 heading（出处标题）"),
    "no key": (("    key: 错\n", ""), "questions[2]（gw-03）", "缺少 key（答案）"),
    "an unknown field": (("    key: 错\n", "    key: 错\n    score: 5\n"), "第26行 questions[2].score", "没有“score”"),
    "an unknown type": (("type: 判断", "type: 论述"), "第23行 questions[2].type", "单选、多选、判断、填空"),
    "a key that is no option": (("    key: A\n", "    key: D\n"), "第10行 questions[0].key（gw-01）", "“D”不是"),
    "two keys for one": (("    key: A\n", "    key: [A, B]\n"), "第10行 questions[0].key", "应是文字"),
    "a small letter": (("    key: A\n", "    key: a\n"), "第10行 questions[0].key", "大写字母"),
    "one key for many": (("key: [A, C]", "key: [A]"), "questions[1].key", "至少要有两个答案"),
    "no list for many": (("key: [A, C]", "key: A、C"), "questions[1].key", "应是列表"),
    "a letter twice in a key": (("key: [A, C]", "key: [A, A]"), "questions[1].key", "重复"),
    "neither true nor false": (("key: 错", "key: 不对"), "questions[2].key", "对、错"),
    "options where none belong": (
        ("    key: 错\n", "    key: 错\n    options: {A: 对, B: 错}\n"),
        "questions[2].options",
        "这种题型不用 options",
    ),
    "any order where none belongs": (
        ("    key: A\n", "    key: A\n    any_order: true\n"),
        "questions[0].any_order",
        "这种题型不用",
    ),
    "no options": (("    options: {A: 文种, B: 密级, C: 日期}\n", ""), "questions[0]（gw-01）", "缺少 options（选项）"),
    "two equal options": (("B: 密级", "B: “文种”"), "第9行 questions[0].options.B", "内容相同"),
    "an option by number": (("B: 密级", "2: 密级"), "第9行 questions[0].options", "字段名"),
    "an option of two letters": (("B: 密级", "BB: 密级"), "questions[0].options.BB", "一个大写字母"),
    "an option twice": (("B: 密级", "A: 密级"), "第9行 questions[0].options.A（gw-01）", "写了两次"),
    "a time as an option": (("B: 密级", "B: 8:40"), "第9行 questions[0].options.B", "“8:40”会被读成"),
    "a number as an option": (("B: 密级", "B: 3.50"), "第9行 questions[0].options.B", "“3.50”会被读成"),
    "a date as an option": (("B: 密级", "B: 2024-01-01"), "第9行 questions[0].options.B", "加上引号"),
    "a yes as an option": (("B: 密级", "B: yes"), "第9行 questions[0].options.B", "加上引号"),
    "an empty option": (("B: 密级", "B: "), "第9行 questions[0].options.B", "是空的"),
    "a field twice": (("    key: 错\n", "    key: 错\n    key: 对\n"), "第26行 questions[2].key（gw-03）", "写了两次"),
    "an id twice": (("id: gw-03", "id: gw-01"), "第22行 questions[2].id（gw-01）", "与第6行的重复"),
    "an id of blanks": (("id: gw-03", "id: gw 03"), "第22行 questions[2].id", "写法不对"),
    "too hard": (("difficulty: 4", "difficulty: 6"), "questions[1].difficulty", "不能大于 5"),
    "a difficulty in words": (("difficulty: 4", "difficulty: 难"), "questions[1].difficulty", "整数"),
    "more blanks than answers": (("坚持______、", "坚持______、______、"), "questions[3].stem（gw-04）", "3 个空"),
    "a short blank": (("坚持______、", "坚持____、"), "questions[3].stem", "下划线"),
    "an answer of punctuation": (("准确规范", "……"), "第31行 questions[3].key[0]（gw-04）", "除去空格和标点"),
    "a second wording of punctuation": (("保密安全", "……"), "questions[3].key[1][1]（gw-04）", "除去空格和标点"),
    "an answer that is a number": (("准确规范", "12"), "questions[3].key[0]", "“12”会被读成"),
    "a key where none belongs": (
        ("    items: [", "    key: ABC\n    items: ["),
        "第47行 questions[5].key（gw-06）",
        "这种题型不用 key",
    ),
    "pairs where none belong": (
        ("    items: [", "    pairs: []\n    items: ["),
        "questions[5].pairs",
        "这种题型不用 pairs",
    ),
    "no pairs": (
        ("      - {left: 汇报工作, right: 报告}\n", ""),
        "第38行 questions[4].pairs（gw-05）",
        "至少要有 2 项",
    ),
    "a pair without its right side": ((", right: 报告", ""), "第40行 questions[4].pairs[1]", "缺少 right（右列）"),
    "two equal left sides": (("left: 汇报工作", "left: “请求批准”"), "第40行 questions[4].pairs[1]", "内容相同"),
    "two equal right sides": (
        ("right: 报告", "right: 请示"),
        "第40行 questions[4].pairs[1].right（gw-05）",
        "内容相同",
    ),
    "an extra option that is no extra": (("[通告]", "[报告]"), "第41行 questions[4].extra[0]（gw-05）", "内容相同"),
    "too many on the right": (
        ("[通告]", "[甲, 乙, 丙, 丁, 戊, 己, 庚, 辛, 壬]"),
        "第41行 questions[4].extra",
        "最多 8 项，现有 9 项",
    ),
    "a line about a field that is not there": (
        ("汇报工作, right", "汇报工作, Right"),
        "questions[4].pairs[1].Right",
        "没有“Right”",
    ),
    "two items to order": (("[签收, 登记, 初审]", "[签收, 登记]"), "第47行 questions[5].items", "至少要有 3 项"),
    "two equal items": (
        ("[签收, 登记, 初审]", "[签收, 登记, 签收]"),
        "第47行 questions[5].items[2]（gw-06）",
        "内容相同",
    ),
    "an item that is a time": (("登记, 初审", "登记, 8:40"), "questions[5].items[2]", "“8:40”会被读成"),
    "no points": (
        ("      - text: 请示应当一文一事\n        keywords: [请示, [一文一事, 一事一文]]\n", ""),
        "第53行 questions[6].points（gw-07）",
        "是空的",
    ),
    "a point without keywords": (
        ("        keywords: [请示, [一文一事, 一事一文]]\n", ""),
        "第54行 questions[6].points[0]",
        "缺少 keywords（关键词）",
    ),
    "an empty group of keywords": (
        ("[请示, [一文一事, 一事一文]]", "[请示, []]"),
        "points[0].keywords[1]",
        "至少要有 1 项",
    ),
    "a keyword of punctuation": (("[请示, [", "[……, ["), "第55行 questions[6].points[0].keywords[0]", "有空的"),
    "a proof of no option": (
        ("    key: A\n", "    key: A\n    proofs: {A: 原文, Z: 无}\n"),
        "questions[0].proofs.Z",
        "没有选项 Z",
    ),
    "a question that is a text": (("  - id: gw-01\n", "  - 说明\n  - id: gw-01\n"), "第6行 questions[0]", "应是若干"),
    "an anchor": (("公文种类", "&here 公文种类"), "第19行", "锚点"),
    "an alias": (("公文种类", "*here"), "第19行", "锚点"),
    "a tag": (("公文种类", "!!python/object:os.system 公文种类"), "第19行", "标签"),
    "a merge": (("    key: 错\n", "    <<: {key: 错}\n"), "第25行", "字段名"),
    "lists without end": (("公文种类", "[" * 50 + "]" * 50), "第19行", "层次太深"),
    "a mapping that breaks off": (("name: 公文处理", "name: {公文处理"), "第", "YAML 格式不对"),
    "a tab for indentation": (("    type: 判断", "\ttype: 判断"), "第23行", "YAML 格式不对"),
    "two documents": (("format: quiz/1", "--- 1\n---\nformat: quiz/1"), "第2行", "YAML 格式不对"),
}


@pytest.mark.parametrize(("change", "place", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_place_and_what_to_do(change, place, sentence):
    assert GOOD.count(change[0]) >= 1
    found = problems(GOOD.replace(*change, 1))
    assert any(place in one and sentence in one for one in found), found
    assert all(one.endswith("。") for one in found)


def test_one_mistake_is_one_problem():
    single = {"a key that is no option", "no explanation", "an id twice", "a time as an option", "an unknown type"}
    assert {name: len(problems(GOOD.replace(*MISTAKES[name][0], 1))) for name in single} == dict.fromkeys(single, 1)


def test_every_mistake_of_a_file_is_named_in_the_order_of_its_lines():
    text = GOOD
    for name in ("an empty name", "a key that is no option", "an id twice", "more blanks than answers"):
        text = text.replace(*MISTAKES[name][0], 1)
    found = problems(text)
    assert [re.match(r"第(\d+)行", one)[1] for one in found] == ["3", "10", "22", "30"]


FILES = {
    "nothing": (b"", "是空的"),
    "only comments": ("# 题集\n".encode(), "是空的"),
    "a list": (b"- 1\n- 2\n", "应是若干"),
    "a number": (b"5", "应是若干"),
    "no questions": (GOOD[: GOOD.index("  - id")].replace("questions:", "questions: []").encode(), "至少要有 1 项"),
    "questions left empty": (GOOD[: GOOD.index("  - id")].encode(), "是空的"),
    "another encoding": (GOOD.encode("gb18030"), "不是 UTF-8"),
    "a NUL": (GOOD.encode() + b"\0", "控制字符"),
    "too large": (GOOD.encode() + b"#" * MAX_BYTES, "太大"),
    "a bomb of aliases": (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", "锚点"),
    "more values than any set has": (b"a: [" + b"1," * 250_000 + b"]", "内容太多"),
    "more questions than a set may have": (b"questions:\n" + b"- 1\n" * 5001, "试题太多"),
    "brackets without end": (b"[" * 500_000, "层次太深"),
    "questions in questions": (b"questions:\n" + b"- - - - - - - - - - 1\n", "层次太深"),
    "every field the wrong kind": (b"format: []\nset: {}\nname: 1\nsource: x\nquestions: {}", "应是"),
}


@pytest.mark.parametrize(("content", "sentence"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_set_is_refused_in_chinese(content, sentence):
    assert any(sentence in one for one in problems(content)), problems(content)


def test_an_encoding_mistake_names_the_line():
    assert problems(b"format: quiz/1\nname: \xff\n")[0].startswith("第2行")


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_set_or_a_list_of_problems(content):
    with pytest.raises(BadInput):
        read_question_set("x.yaml", content)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_set_with_any_piece_replaced_is_a_set_or_a_list_of_problems(data):
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 30)))
    piece = data.draw(
        st.sampled_from(["", "[", "]", "{", "}", ": ", "- ", "&a ", "*a", "!x ", "'", '"', "\n", "~", "1", "? "])
    )
    try:
        read(GOOD[:start] + piece + GOOD[end:])
    except BadInput as refusal:
        assert all(problem.message.endswith("。") for problem in refusal.problems)


# Writing

characters = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\n\t：#'\"-?:,[]{}&*!|>%@` \u2028\ufeff"
)
sound_texts = st.text(characters, min_size=1, max_size=40).map(str.strip).filter(bool)
tricky_texts = st.sampled_from(
    ["yes", "null", "~", "1", "8:40", "2024-01-01", "0x1F", "=", "<<", "- a", "a: b", "# x", "1e3"]
)
texts = sound_texts | tricky_texts
lines = texts.map(lambda text: " ".join(text.split())).filter(bool)


@st.composite
def questions(draw: st.DrawFn, speech: str) -> Question:
    kind = draw(st.sampled_from(list(TYPES.values())))
    changes: dict[str, object] = {
        "explanation": draw(texts),
        "difficulty": draw(st.integers(1, 5)),
        "source": Source(speech, heading=draw(texts), quote=draw(st.just("") | texts)),
    }
    if kind.name is TypeName.FILL_IN:
        changes["blanks"] = tuple(
            map(tuple, draw(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=4)))
        )
        changes["stem"] = draw(texts) + BLANK * len(changes["blanks"])
        changes["any_order"] = draw(st.booleans())
    elif kind.name is TypeName.TRUE_FALSE:
        changes |= {"stem": draw(texts), "key": frozenset(draw(st.sampled_from("TF")))}
    elif kind.name is TypeName.SHORT_ANSWER:
        groups = st.lists(st.lists(texts, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)
        changes["points"] = tuple(draw(st.lists(st.builds(ScoringPoint, texts, groups), min_size=1, max_size=4)))
    elif kind.name in (TypeName.MATCHING, TypeName.ORDERING):
        drawn = draw(st.lists(st.tuples(texts, st.just("") | texts), min_size=3, max_size=10))
        options = tuple(Option(letter, *pair) for letter, pair in zip("ABCDEFGHIJ", drawn, strict=False))
        changes |= {"stem": draw(texts), "options": options}
        if kind.name is TypeName.ORDERING:
            changes["right_order"] = tuple(option.id for option in options)
        else:
            lefts = draw(st.lists(texts, min_size=2, max_size=len(options)))
            changes["pairs"] = tuple(zip(lefts, "ABCDEFGHIJ", strict=False))
    else:
        drawn = draw(st.lists(st.tuples(texts, st.just("") | texts), min_size=2, max_size=10))
        options = tuple(Option(letter, *pair) for letter, pair in zip("ABCDEFGHIJ", drawn, strict=False))
        changes |= {"stem": draw(texts), "options": options}
        changes["key"] = frozenset(draw(st.sets(st.sampled_from([o.id for o in options]), min_size=1)))
    question = dataclasses.replace(kind.example(), **{"any_order": False, **changes})
    return question if not kind.problems(question) else dataclasses.replace(kind.example(), source=changes["source"])


@st.composite
def question_sets(draw: st.DrawFn) -> QuestionSetFile:
    speech = draw(lines)
    drawn = draw(st.lists(questions(speech), min_size=1, max_size=5))
    entries = tuple(Entry(f"q-{number}", question) for number, question in enumerate(drawn))
    return QuestionSetFile(draw(st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True)), draw(lines), speech, entries)


@settings(deadline=None)
@given(question_sets())
def test_a_set_survives_being_written_and_read(question_set):
    assert read_question_set("x.yaml", write_question_set(question_set)) == question_set


SHUFFLED = {
    "a matching": (
        {
            "type": TypeName.MATCHING,
            "options": (Option("C", "通告", "多余"), Option("Q", "报告"), Option("A", "请示", "原文")),
            "pairs": (("请求批准", "A"), ("汇报工作", "Q")),
        },
        {
            "type": TypeName.MATCHING,
            "options": (Option("A", "请示", "原文"), Option("B", "报告"), Option("C", "通告", "多余")),
            "pairs": (("请求批准", "A"), ("汇报工作", "B")),
        },
    ),
    "an ordering": (
        {
            "type": TypeName.ORDERING,
            "options": (Option("A", "初审", "第三"), Option("B", "签收"), Option("C", "登记")),
            "right_order": ("B", "C", "A"),
        },
        {
            "type": TypeName.ORDERING,
            "options": (Option("A", "签收"), Option("B", "登记"), Option("C", "初审", "第三")),
            "right_order": ("A", "B", "C"),
        },
    ),
}


@pytest.mark.parametrize(("held", "read_again"), SHUFFLED.values(), ids=SHUFFLED)
def test_options_whose_letters_are_not_written_come_back_lettered_in_the_order_of_the_file(held, read_again):
    common = {"stem": "题干", "explanation": "解析", "source": Source(SPEECH, heading="一")}
    content = write_question_set(QuestionSetFile("s", "名称", SPEECH, (Entry("a", Question(**held, **common)),)))
    assert read_question_set("s", content).entries == (Entry("a", Question(**read_again, **common)),)


def test_what_is_written_is_for_people_to_read():
    text = write_question_set(read(GOOD)).decode()
    assert text.startswith("format: quiz/1\nset: gongwen\nname: 公文处理\n")
    assert "\\u" not in text
    assert "type: 单选\n" in text
    assert "key: 错\n" in text
    assert "  - left: 请求批准\n    right: 请示\n" in text
    assert "  items:\n  - 签收\n  - 登记\n  - 初审\n" in text
    assert "  - text: 请示应当一文一事\n    keywords:\n    - 请示\n    - - 一文一事\n      - 一事一文\n" in text


def test_where_a_quote_stands_is_not_written():
    question = read(GOOD).entries[0].question
    placed = dataclasses.replace(question, source=dataclasses.replace(question.source, start=3, end=5))
    question_set = QuestionSetFile("s", "名称", SPEECH, (Entry("a", placed),))
    assert read_question_set("s", write_question_set(question_set)).entries == (Entry("a", question),)


UNWRITABLE = {
    "no explanation": ({"explanation": ""}, "explanation"),
    "no heading": ({"source": Source(SPEECH)}, "heading"),
    "from another speech": ({"source": Source("另一篇讲话", heading="一")}, "另一篇讲话"),
    "not sound": ({"key": frozenset("Z")}, "不是这道题的选项"),
}


@pytest.mark.parametrize(("changes", "sentence"), UNWRITABLE.values(), ids=UNWRITABLE)
def test_nothing_is_written_that_could_not_be_read(changes, sentence):
    question = dataclasses.replace(read(GOOD).entries[0].question, **changes)
    with pytest.raises(BadInput, match=sentence):
        write_question_set(QuestionSetFile("s", "名称", SPEECH, (Entry("a", question),)))
