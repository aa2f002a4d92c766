"""The answer sheet goes out as text, and comes back checked to the cell; answers are read however people write them."""

import zipfile
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from factories import question
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.errors import BadInput
from quizapp.core.question import BLANK
from quizapp.core.question import Interaction
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.formats import answer_sheets
from quizapp.formats.answer_notation import read_answer
from quizapp.formats.answer_notation import write_answer
from quizapp.formats.answer_sheets import Column
from quizapp.formats.answer_sheets import PersonLine
from quizapp.formats.answer_sheets import read_answer_sheet
from quizapp.formats.answer_sheets import write_answer_sheet

SINGLE = question(TypeName.SINGLE_CHOICE, 1)
MULTIPLE = question(TypeName.MULTIPLE_CHOICE, 1)
STATEMENT = question(TypeName.TRUE_FALSE, 1)
TWO_BLANKS = replace(
    question(TypeName.FILL_IN, 1), stem=f"文不过夜，{BLANK}，{BLANK}。", blanks=(("事不隔天",), ("案无积卷",))
)
ONE_BLANK = question(TypeName.FILL_IN, 1)
MATCHING = question(TypeName.MATCHING, 1)
ORDERING = question(TypeName.ORDERING, 1)
ESSAY = question(TypeName.SHORT_ANSWER, 1)

READ: dict[str, tuple[Question, str, Response]] = {
    "one letter": (SINGLE, "A", frozenset("A")),
    "a small letter": (SINGLE, " b ", frozenset("B")),
    "a full-width letter": (SINGLE, "Ｃ", frozenset("C")),
    "letters run together": (MULTIPLE, "ABD", frozenset("ABD")),
    "letters with enumeration commas": (MULTIPLE, "A、B、D", frozenset("ABD")),
    "letters with spaces": (MULTIPLE, "a b d", frozenset("ABD")),
    "letters out of order": (MULTIPLE, "D，A；B", frozenset("ABD")),
    "right in a word": (STATEMENT, "对", frozenset("T")),
    "right in two characters": (STATEMENT, "正确", frozenset("T")),
    "right as a tick": (STATEMENT, "√", frozenset("T")),
    "right as a letter": (STATEMENT, "t", frozenset("T")),
    "wrong in a word": (STATEMENT, "错", frozenset("F")),
    "wrong in two characters": (STATEMENT, "错误", frozenset("F")),
    "wrong as a cross": (STATEMENT, "×", frozenset("F")),
    "wrong as a full-width letter": (STATEMENT, "Ｆ", frozenset("F")),
    "what a spreadsheet makes of T": (STATEMENT, "TRUE", frozenset("T")),
    "two blanks": (TWO_BLANKS, "事不隔天；案无积卷", ("事不隔天", "案无积卷")),
    "two blanks with a bar": (TWO_BLANKS, "事不隔天|案无积卷", ("事不隔天", "案无积卷")),
    "only the second blank": (TWO_BLANKS, "；案无积卷", ("", "案无积卷")),
    "one blank that holds a semicolon": (ONE_BLANK, "甲；乙", ("甲；乙",)),
    "lines with numbers": (MATCHING, "1A 2C", ("A", "C", "", "")),
    "lines with signs between": (MATCHING, "1-b、2－a；3→D", ("B", "A", "D", "")),
    "lines by letters alone": (MATCHING, "BADC", ("B", "A", "D", "C")),
    "an order": (ORDERING, "CABD", ("C", "A", "B", "D")),
    "an order with arrows": (ORDERING, "c→a→b→d", ("C", "A", "B", "D")),
    "an essay": (ESSAY, " 一文一事。\n不越级。 ", ("一文一事。\n不越级。",)),
    "nothing": (MULTIPLE, "  ", frozenset()),
}


@pytest.mark.parametrize(("asked", "written", "response"), READ.values(), ids=READ)
def test_an_answer_is_read_however_it_is_written(asked: Question, written: str, response: Response) -> None:
    assert read_answer(asked, written) == response


REFUSED = {
    "a letter that no option has": (SINGLE, "E", "没有选项“E”，这道题的选项是 A、B、C、D。"),
    "two letters in a single choice": (SINGLE, "AB", "最多填写或选择 1 项"),
    "a letter twice": (MULTIPLE, "ABA", "不能选两次"),
    "neither right nor wrong": (STATEMENT, "A", "请填“对”或“错”"),
    "three texts for two blanks": (TWO_BLANKS, "甲；乙；丙", "这道题有 2 个空，却填了 3 段"),
    "a line that is not there": (MATCHING, "1A 5B", "左列没有第 5 项，只有 4 项"),
    "a line twice": (MATCHING, "1A 1B", "左列第 1 项写了两次"),
    "too few letters alone": (MATCHING, "AB", "请写成左列序号加右列字母"),
    "a letter of no right side": (MATCHING, "1E", "没有选项“E”"),
    "an item twice": (ORDERING, "CCBD", "不能排在两个位置"),
    "too many items": (ORDERING, "CABDA", "这道题只有 4 项，却排了 5 项"),
}


@pytest.mark.parametrize(("asked", "written", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_answer_is_refused_with_a_reason(asked: Question, written: str, told: str) -> None:
    with pytest.raises(BadResponse) as refused:
        read_answer(asked, written)
    assert told in refused.value.reason


@pytest.mark.parametrize("name", TypeName)
def test_the_key_of_every_type_is_read_as_it_is_written(name: TypeName) -> None:
    asked = TYPES[name].example()
    right = TYPES[name].right_response(asked)
    assert read_answer(asked, write_answer(asked, right)) == right


@given(st.text(max_size=40), st.sampled_from([SINGLE, MULTIPLE, STATEMENT, TWO_BLANKS, MATCHING, ORDERING, ESSAY]))
def test_whatever_is_typed_is_an_answer_or_refused(written: str, asked: Question) -> None:
    try:
        response = read_answer(asked, written)
    except BadResponse:
        return
    kind = TYPES[asked.type]
    assert kind.response(asked, kind.stored(response)) == response


# The sheet

COLUMNS = (
    Column(1, "单选题", Interaction.CHOICE),
    Column(2, "填空题", Interaction.TEXT),
    Column(3, "排序题", Interaction.ORDER),
)
PEOPLE = (PersonLine("0101", "陆干部", "秘书科"), PersonLine("=1+1", "http://a.b", "财务科"))
EMPTY = write_answer_sheet("public-id", "“五型”干部", COLUMNS, PEOPLE)


def filled(**cells: object) -> bytes:
    """The sheet with these cells of its first page written over."""
    book = openpyxl.load_workbook(BytesIO(EMPTY))
    for name, value in cells.items():
        book["答卷"][name] = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(BadInput) as refused:
        read_answer_sheet("答卷表.xlsx", content)
    return str(refused.value)


def test_a_sheet_goes_out_as_text_with_a_frozen_head_and_rules() -> None:
    book = openpyxl.load_workbook(BytesIO(EMPTY))
    page = book["答卷"]
    assert [cell.value for cell in page[1]] == [
        "工号",
        "姓名",
        "科室",
        "第1题（单选题）",
        "第2题（填空题）",
        "第3题（排序题）",
    ]
    assert page.freeze_panes == "D2"
    assert {cell.data_type for cell in page[3]} <= {"s", "n"}
    assert page["A3"].value == "=1+1"
    assert page["A3"].data_type == "s"
    assert page.column_dimensions["D"].width > 10
    assert book["场次"].sheet_state == "veryHidden"
    assert ("第3题（排序题）", "按正确顺序填字母，如 CABD") in [
        (row[0].value, row[1].value) for row in book["填写说明"]
    ]


def test_an_untouched_sheet_comes_back_without_answers() -> None:
    sheet = read_answer_sheet("a.xlsx", EMPTY)
    assert (sheet.sitting, sheet.questions) == ("public-id", 3)
    assert [(row.row, row.staff_number, row.is_answered) for row in sheet.rows] == [
        (2, "0101", False),
        (3, "=1+1", False),
    ]


def test_a_name_that_looks_like_rich_text_is_written_as_it_is() -> None:
    odd = "<r><t>陆</t></r>"
    made = write_answer_sheet("public-id", odd, COLUMNS, [PersonLine("0101", odd, odd)])
    page = openpyxl.load_workbook(BytesIO(made))["答卷"]
    assert [cell.value.strip() for cell in page[2][1:3]] == [odd, odd]
    assert [row.name for row in read_answer_sheet("a.xlsx", made).rows] == [odd]


def test_what_was_filled_in_comes_back_as_text() -> None:
    sheet = read_answer_sheet("a.xlsx", filled(D2=" A ", E2=2024, F2=3.0, D3=True, E3=0.5))
    assert sheet.rows[0].answers == ("A", "2024", "3")
    assert sheet.rows[1].answers == ("TRUE", "0.5", "")


WRONG_CELLS = {
    "a formula": ({"D2": "=A1"}, "“答卷”第 2 行第1题：是公式"),
    "a formula in the number": ({"A2": "=1"}, "“答卷”第 2 行：是公式"),
    "an error": ({"E3": "#REF!"}, "“答卷”第 3 行第2题：是日期或错误值"),
    "a column too many": ({"G2": "A"}, "“答卷”第 2 行：第3题之后的列里还有内容"),
    "a heading changed": ({"E1": "第5题"}, "列名被改动"),
    "a heading taken away": ({"B1": None}, "列名被改动"),
}


@pytest.mark.parametrize(("cells", "told"), WRONG_CELLS.values(), ids=WRONG_CELLS)
def test_a_cell_that_cannot_be_taken_is_named(cells: dict[str, object], told: str) -> None:
    assert told in refusal(filled(**cells))


def test_all_of_them_are_named_at_once_and_very_many_are_counted() -> None:
    told = refusal(filled(D2="=1", E2="=2", F3="=3"))
    assert [place in told for place in ("第 2 行第1题", "第 2 行第2题", "第 3 行第3题")] == [True] * 3
    many = refusal(filled(**{f"D{row}": "=1" for row in range(2, 82)}))
    assert "还有 30 处问题" in many


def test_a_sheet_whose_mark_of_the_sitting_is_gone_is_refused() -> None:
    book = openpyxl.load_workbook(BytesIO(EMPTY))
    del book["场次"]
    assert "不是本站的答卷表" in refusal(saved(book))


def packed(**parts: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return made.getvalue()


HOSTILE = {
    "no zip at all": (b"\xd0\xcf\x11\xe0 an old .xls", "不是 Excel 表格"),
    "nothing": (b"", "不是 Excel 表格"),
    "a zip of something else": (packed(a=b"b"), "不是 Excel 表格"),
    "cut off": (EMPTY[: len(EMPTY) // 2], "不是 Excel 表格"),
    "a bomb": (packed(a=bytes(30_000_000)), "解压后过大"),
    "very many parts": (packed(**{f"p{n}": b"" for n in range(300)}), "解压后过大或内容过多"),
    "a macro": (packed(**{"xl/vbaProject.bin": b"x"}), "含有宏"),
    "too large": (bytes(answer_sheets.MAX_BYTES + 1), "太大：不超过 700 KB"),
}


@pytest.mark.parametrize(("content", "told"), HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_no_answer_sheet_is_refused_in_one_sentence(content: bytes, told: str) -> None:
    assert told in refusal(content)


def test_a_row_with_a_number_that_no_table_has_is_refused_and_not_counted_up_to() -> None:
    with zipfile.ZipFile(BytesIO(EMPTY)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert b'<row r="3"' in parts[name]
    parts[name] = parts[name].replace(b'<row r="3"', b'<row r="99999999999"')
    assert "解压后过大或内容过多" in refusal(packed(**parts))


def test_a_row_far_below_does_not_hide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_sheets, "MAX_ROWS", 50)
    assert "行数太多" in refusal(filled(D60="A"))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_and_nothing_else_happens(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_answer_sheet("a.xlsx", content)


@given(st.integers(min_value=0, max_value=len(EMPTY) - 1), st.integers(min_value=0, max_value=255))
def test_a_spoilt_sheet_is_read_or_refused(at: int, byte: int) -> None:
    spoilt = EMPTY[:at] + bytes([byte]) + EMPTY[at + 1 :]
    try:
        read_answer_sheet("a.xlsx", spoilt)
    except BadInput:
        return
