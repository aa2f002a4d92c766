"""The answer sheet (.xlsx) for results from paper: a row for each person, a column for each question.

What comes back is unpacked under limits before it is read; formulas and dates are refused, for what they show is not
what they hold.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.question import Interaction
from quizapp.formats.answer_notation import EXAMPLES
from quizapp.formats.tables import inert

MAX_BYTES = 700_000
MAX_ENTRIES = 200
MAX_UNPACKED = 50_000_000
MAX_RATIO = 200
#: Smaller parts may be as uniform as they like.
RATIO_COUNTS_FROM = 100_000
MAX_ROWS = 20_000
#: No table has more rows. A file that numbers a row higher would have every row before it counted.
LAST_ROW = 1_048_576
MAX_COLUMNS = 250
CHUNK = 1 << 16
#: So many problems are told; who wrote more of them in has another look at the whole sheet anyway.
MAX_PROBLEMS = 50

ANSWERS, RULES, ABOUT = "答卷", "填写说明", "场次"
WHO = ("工号", "姓名", "科室")
WIDTHS = (12, 12, 18)
QUESTION = re.compile(r"第\s*(\d{1,3})\s*题.*")
AGAIN = "请从“录入答卷”页重新下载答卷表，把答案填进去再上传"
BROKEN = f"打不开：不是 Excel 表格（.xlsx），或者已损坏。{AGAIN}"
TOO_LARGE = f"解压后过大或内容过多，没有读取。{AGAIN}"
#: What a broken or hostile workbook makes the library raise.
FAULTS = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, EOFError, OSError, RuntimeError),
    *(ValueError, TypeError, KeyError, IndexError, AttributeError),
)


@dataclass(frozen=True)
class PersonLine:
    """Somebody whose answers the sheet is to take."""

    staff_number: str
    name: str
    section: str


@dataclass(frozen=True)
class Column:
    """A question as the sheet heads it."""

    number: int
    type_label: str
    interaction: Interaction

    @property
    def example(self) -> str:
        return EXAMPLES[self.interaction]

    @property
    def heading(self) -> str:
        return f"第{self.number}题（{self.type_label}）"


@dataclass(frozen=True)
class FilledRow:
    """What stands in one row; `row` counts as the table does."""

    row: int
    staff_number: str
    name: str
    answers: tuple[str, ...]

    @property
    def is_answered(self) -> bool:
        return any(self.answers)

    def place(self, number: int | None = None) -> str:
        """Where a problem of this row stands, or of its answer to a question."""
        return f"“{ANSWERS}”第 {self.row} 行" + (f"第{number}题" if number else "")


@dataclass(frozen=True)
class AnswerSheet:
    """An answer sheet that was read: for which sitting it was made, how many questions it heads, who answered what."""

    sitting: str
    questions: int
    rows: tuple[FilledRow, ...]


# Writing


def write_answer_sheet(sitting: str, topic: str, columns: Sequence[Column], people: Iterable[PersonLine]) -> bytes:
    """An empty sheet; everything in it is text, whatever it looks like."""
    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, options) as book:
        looks = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}),
            "text": book.add_format({"num_format": "@"}),
        }
        _write_answers(book, looks, columns, people)
        _write_rules(book, looks, topic, columns)
        about = book.add_worksheet(ABOUT)
        about.write_string(0, 0, sitting)
        about.write_string(1, 0, inert(topic))
        about.very_hidden()
    return made.getvalue()


def _write_answers(book: Any, looks: dict[str, Any], columns: Sequence[Column], people: Iterable[PersonLine]) -> None:
    page = book.add_worksheet(ANSWERS)
    for index, width in enumerate(WIDTHS):
        page.set_column(index, index, width, looks["text"])
    page.set_column(len(WHO), len(WHO) + len(columns) - 1, 14, looks["text"])
    for index, words in enumerate([*WHO, *(column.heading for column in columns)]):
        page.write_string(0, index, inert(words), looks["head"])
    for row, person in enumerate(people, start=1):
        for index, words in enumerate((person.staff_number, person.name, person.section)):
            page.write_string(row, index, inert(words), looks["text"])
    page.freeze_panes(1, len(WHO))


def _write_rules(book: Any, looks: dict[str, Any], topic: str, columns: Sequence[Column]) -> None:
    page = book.add_worksheet(RULES)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 70)
    lines = [
        ("场次", topic),
        ("怎样填", f"在“{ANSWERS}”页每人一行填写；没有答的题留空，没有交卷的人整行留空。"),
        ("不要改动", "工号、姓名、列名和题数；不要用公式。"),
        *((column.heading, column.example) for column in columns),
    ]
    for row, (head, words) in enumerate(lines):
        page.write_string(row, 0, inert(head), looks["head"])
        page.write_string(row, 1, inert(words))


# Reading


def read_answer_sheet(filename: str, content: bytes) -> AnswerSheet:
    """What somebody filled in.

    :raise BadInput: naming the file, and every cell of it that cannot be taken
    """
    try:
        _check_package(content)
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
        try:
            return _sheet(filename, book)
        finally:
            book.close()
    except FAULTS as fault:
        raise BadInput(filename, [Problem("", BROKEN)]) from fault
    except _Refused as refused:
        raise BadInput(filename, [Problem("", refused.reason)]) from refused


class _Refused(Exception):
    """The file as a whole cannot be taken; `reason` is the rest of a sentence that begins with its name."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def _check_package(content: bytes) -> None:
    """Unpack every part once and count what really comes out: the sizes in the directory may lie."""
    if len(content) > MAX_BYTES:
        raise _Refused(f"太大：不超过 {MAX_BYTES // 1000} KB。人多时请按科室分成几个文件上传")
    with zipfile.ZipFile(BytesIO(content)) as package:
        entries = package.infolist()
        if len(entries) > MAX_ENTRIES:
            raise _Refused(TOO_LARGE)
        if any(entry.flag_bits & 1 for entry in entries):
            raise _Refused("是加密文件：请在 Excel 或 WPS 中去掉密码后重新上传")
        if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
            raise _Refused("含有宏：请另存为不带宏的 .xlsx 后重新上传")
        room = MAX_UNPACKED
        for entry in entries:
            room -= _unpacked_size(package, entry, room)


def _unpacked_size(package: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    size = 0
    with package.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > room or (size > RATIO_COUNTS_FROM and size > MAX_RATIO * max(entry.compress_size, 1)):
                raise _Refused(TOO_LARGE)
    return size


def _sheet(filename: str, book: Any) -> AnswerSheet:
    if not {ANSWERS, ABOUT} <= set(book.sheetnames):
        raise _Refused(f"不是本站的答卷表（缺少“{ANSWERS}”页或场次标识）。{AGAIN}")
    rows = _rows(book[ANSWERS])
    questions = _questions(next(rows, ()))
    problems: list[Problem] = []
    filled = [_filled(number, cells, questions, problems) for number, cells in enumerate(rows, start=2)]
    if problems:
        raise BadInput(filename, told(problems))
    made_for = next(_rows(book[ABOUT]), ())
    return AnswerSheet(_text(made_for[0])[0] if made_for else "", questions, tuple(row for row in filled if row))


def told(problems: list[Problem]) -> list[Problem]:
    """The first of them, and how many more there are."""
    if len(problems) <= MAX_PROBLEMS:
        return problems
    return [*problems[:MAX_PROBLEMS], Problem("", f"还有 {len(problems) - MAX_PROBLEMS} 处问题，改正后再次上传时列出")]


def _rows(page: Any) -> Iterator[tuple[Any, ...]]:
    """The rows as they are there: what a file says of its own extent may lie."""
    page.reset_dimensions()
    for number, cells in enumerate(page.iter_rows(), start=1):
        if len(cells) > MAX_COLUMNS and any(cell.value is not None for cell in islice(cells, MAX_COLUMNS, None)):
            raise _Refused(TOO_LARGE)
        if number > LAST_ROW:
            raise _Refused(TOO_LARGE)
        if number > MAX_ROWS:
            if any(cell.value is not None for cell in cells):
                raise _Refused(f"行数太多：最多 {MAX_ROWS} 行")
            continue
        yield cells


def _questions(head: Sequence[Any]) -> int:
    """How many questions the sheet heads, which must be numbered from 1 on."""
    names = [_text(cell)[0] for cell in head]
    while names and not names[-1]:
        names.pop()
    numbers = [found and int(found[1]) for found in map(QUESTION.fullmatch, names[len(WHO) :])]
    if tuple(names[: len(WHO)]) != WHO or numbers != list(range(1, len(numbers) + 1)):
        raise _Refused(f"的列名被改动：第一行应为“工号、姓名、科室、第1题、第2题……”。{AGAIN}")
    return len(numbers)


def _filled(number: int, cells: Sequence[Any], questions: int, problems: list[Problem]) -> FilledRow | None:
    """One row, or None where nothing stands in it; what cannot be taken joins the problems."""
    read = [_text(cell) for cell in cells[: len(WHO) + questions]]
    values = [value for value, _ in read] + [""] * (len(WHO) + questions - len(read))
    row = FilledRow(number, values[0], values[1], tuple(values[len(WHO) :]))
    for index, (_, fault) in enumerate(read):
        if fault:
            problems.append(Problem(row.place(max(index + 1 - len(WHO), 0)), fault))
    if any(_text(cell)[0] for cell in cells[len(WHO) + questions :]):
        problems.append(Problem(row.place(), f"第{questions}题之后的列里还有内容，请删除"))
    return row if row.staff_number or row.name or row.is_answered else None


def _text(cell: Any) -> tuple[str, str]:
    """What a cell holds as text, and what is wrong with it."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return "", "是公式，请改为直接填写答案"
    if cell.data_type in ("d", "e"):
        return "", "是日期或错误值，请把单元格设为文本格式后重新填写"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE", ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip(), ""
