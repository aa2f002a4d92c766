"""Tables that leave the site: as .xlsx for people, as CSV for programs.

A `Table` holds exact values; each column's kind says what a value is and how it is shown. Whatever a text looks like,
it stays a text: no formula, no link, no date, and a staff number keeps its noughts.
"""

import csv
import unicodedata
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from io import BytesIO
from io import StringIO
from itertools import islice
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range

from quizapp.core.question import UNITS

#: A value of a row; None is an empty cell, for what is not known is not nought.
Cell = str | int | Fraction | float | date | datetime | None
Row = Sequence[Cell]

#: What a cell of .xlsx holds, counted as UTF-16 does.
LONGEST_TEXT = 32_767
CUT_OFF = "……（内容过长，未完）"
#: A sheet's name may have no more characters, and none of these.
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = frozenset("[]:*?/\\")
#: What a table without a title is called.
NAMELESS = "表格"
#: A page's header holds no more, again as UTF-16 counts.
LONGEST_HEADER = 100
#: Widths of columns, in characters of the body's type; a Chinese character takes two.
NARROWEST, WIDEST = 8, 48
#: So many rows are looked at for the width of a column.
MEASURED = 500
#: What makes spreadsheet programs calculate a text of a CSV file (OWASP, CSV Injection), full-width ones included.
STARTS_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


class Kind(Enum):
    """What the values of a column are."""

    #: str.
    TEXT = "text"
    #: int: people, questions, times.
    COUNT = "count"
    #: Fraction, 0..1: written to a tenth of a percent, rounded down as everywhere on the site.
    SHARE = "share"
    #: Units of a mark (UNITS to a point), int or Fraction: written as points to a tenth, rounded down.
    POINTS = "points"
    #: Any other number, negative ones too: written to two places, rounded to the nearest.
    NUMBER = "number"
    #: A number of minutes: written to a tenth, rounded down.
    MINUTES = "minutes"
    #: A number of seconds: written as hours, minutes and seconds.
    DURATION = "duration"
    #: date.
    DATE = "date"
    #: An aware datetime: written in the office's zone, to the minute.
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """What heads a column, and what its values are."""

    head: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    """Rows under heads, each as long as there are columns.

    `totals` stand under the rows, bold, and are not sorted or filtered with them; `notes` are sentences below, such as
    how few people are too few.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    totals: Sequence[Row] = ()
    notes: tuple[str, ...] = ()


# .xlsx

WRITES = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "0",
    Kind.SHARE: "0.0%",
    Kind.POINTS: "0.0",
    Kind.NUMBER: "0.00",
    Kind.MINUTES: "0.0",
    Kind.DURATION: "[h]:mm:ss",
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
#: What a value needs at least, where its kind alone says so.
WIDTHS = {Kind.DATE: 11, Kind.MOMENT: 17, Kind.DURATION: 10}
#: Excel counts days from here.
DAY_SECONDS = 86_400
A4 = 9
#: Left, right, top and bottom, in inches.
MARGINS = (0.4, 0.4, 0.8, 0.6)


def write_xlsx(table: Table, zone: tzinfo, made_at: datetime) -> bytes:
    """The table as a workbook of one sheet, ready to print on A4."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, WRITES) as book:
        book.set_properties({"title": clean(table.title), "created": _naive(made_at, zone)})
        page = book.add_worksheet(sheet_name(table.title))
        _set_up(page, table, f"{made_at.astimezone(zone):%Y-%m-%d %H:%M}")
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1})
        for column, words in enumerate(table.columns):
            page.write_string(0, column, inert(words.head), head)
        _write_rows(page, 1, table, table.rows, _formats(book), zone)
        _write_rows(page, 1 + len(table.rows), table, table.totals, _formats(book, {"bold": True, "top": 1}), zone)
        quiet = book.add_format({"italic": True, "font_color": "#555555"})
        for row, note in enumerate(table.notes, start=2 + len(table.rows) + len(table.totals)):
            page.write_string(row, 0, inert(note), quiet)
    return made.getvalue()


def sheet_name(title: str) -> str:
    """A name that a sheet may have: a title without what is not allowed there, and not too long."""
    allowed = "".join(" " if c in NOT_IN_SHEET_NAMES else c for c in title if c.isprintable())
    name = _cut(allowed.strip(" '"), LONGEST_SHEET_NAME).strip(" '")
    # Excel keeps this name for itself.
    return NAMELESS if not name or name.casefold() == "history" else name


def clean(text: str) -> str:
    """A text that XML can hold: one kind of line break, and a replacement character for what is no character."""
    if text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if _is_character(c) else "\ufffd" for c in lines)


def _is_character(c: str) -> bool:
    return c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff")


def inert(text: str) -> str:
    """A text as the library writes it word for word, cut off where a cell is full."""
    whole = clean(text)
    if _utf16(whole) > LONGEST_TEXT:
        whole = _cut(whole, LONGEST_TEXT - len(CUT_OFF)) + CUT_OFF
    # The library passes on as XML, unescaped, what begins and ends like a run of its own rich text.
    return whole + " " if whole.startswith("<r>") and whole.endswith("</r>") else whole


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _cut(text: str, longest: int) -> str:
    """The beginning of a text that takes no more than so many UTF-16 units; no character is split."""
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")


def _set_up(page: Any, table: Table, made: str) -> None:
    last = len(table.columns) - 1
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(table.rows), last)
    page.ignore_errors({"number_stored_as_text": xl_range(0, 0, len(table.rows) + len(table.totals), last)})
    for index, width in enumerate(_widths(table)):
        page.set_column(index, index, width)
    page.set_paper(A4)
    page.set_landscape()
    page.set_margins(*MARGINS)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    # Headers have codes of their own, which begin with this sign.
    title = "".join("＆" if c == "&" else c for c in table.title if c.isprintable()).strip() or NAMELESS
    page.set_header(f"&C{_cut(title, LONGEST_HEADER)}")
    page.set_footer(f"&L{made} 导出&R第 &P 页，共 &N 页")


def _widths(table: Table) -> Iterator[int]:
    """A width for each column, from its head and the first rows."""
    looked_at = [*islice(table.rows, MEASURED), *table.totals]
    for index, column in enumerate(table.columns):
        least = max(WIDTHS.get(column.kind, NARROWEST), _breadth(column.head) + 3)
        texts = (row[index] for row in looked_at if column.kind is Kind.TEXT)
        needed = max((_breadth(text) + 2 for text in texts if isinstance(text, str)), default=0)
        yield min(max(least, needed), WIDEST)


def _breadth(text: str) -> int:
    """How wide a text is: the longest of its lines, a Chinese character counting two."""
    lines = text[:1000].splitlines()
    return max((sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line) for line in lines), default=0)


def _formats(book: Any, more: Mapping[str, object] | None = None) -> dict[Kind, Any]:
    looks = {
        kind: {"num_format": written, "valign": "top"} | dict(more or {}) for kind, written in NUMBER_FORMATS.items()
    }
    looks[Kind.TEXT]["text_wrap"] = True
    return {kind: book.add_format(look) for kind, look in looks.items()}


def _write_rows(
    page: Any, first: int, table: Table, rows: Sequence[Row], formats: Mapping[Kind, Any], zone: tzinfo
) -> None:
    plan = [(index, column.kind, formats[column.kind]) for index, column in enumerate(table.columns)]
    for number, row in enumerate(rows, start=first):
        for index, kind, look in plan:
            value = row[index]
            if value is None:
                continue
            if kind is Kind.TEXT:
                page.write_string(number, index, inert(_text(value)), look)
            elif kind in (Kind.DATE, Kind.MOMENT):
                page.write_datetime(number, index, _when(value, zone), look)
            else:
                page.write_number(number, index, _number(kind, value), look)


def _number(kind: Kind, value: Cell) -> float:
    number = NUMBERS[kind](value)
    return float(number / DAY_SECONDS if kind is Kind.DURATION else number)


# CSV


def write_csv(table: Table, zone: tzinfo) -> bytes:
    """The heads and the rows as UTF-8 with a mark that spreadsheet programs know it by; texts in quotes, lines CRLF.

    Totals and notes are for people: a program that adds up a column must not count twice.
    """
    made = StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([guarded(column.head) for column in table.columns])
    kinds = [column.kind for column in table.columns]
    for row in table.rows:
        writer.writerow([_in_csv(kind, value, zone) for kind, value in zip(kinds, row, strict=True)])
    return made.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """A text that no spreadsheet program takes for a formula: an apostrophe before what could begin one."""
    written = clean(text)
    first = next((c for c in written if unicodedata.category(c) not in ("Cf", "Zs")), "")
    return f"'{written}" if first in STARTS_FORMULA and first else written


def _in_csv(kind: Kind, value: Cell, zone: tzinfo) -> object:
    if value is None:
        return ""
    if kind is Kind.TEXT:
        return guarded(_text(value))
    if kind in (Kind.DATE, Kind.MOMENT):
        return _when(value, zone).strftime("%Y-%m-%d" if kind is Kind.DATE else "%Y-%m-%d %H:%M")
    number = NUMBERS[kind](value)
    if kind is Kind.SHARE:
        return f"{number * 100:.1f}%"
    if kind is Kind.DURATION:
        return f"{number // 3600}:{number // 60 % 60:02}:{number % 60:02}"
    return number


# Values


def _text(value: Cell) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text column holds {value!r}")
    return str(value)


def _when(value: Cell, zone: tzinfo) -> Any:
    """A date, or a moment as the office's clocks showed it."""
    if isinstance(value, datetime):
        return _naive(value, zone)
    if not isinstance(value, date):
        raise TypeError(f"a column of dates holds {value!r}")
    return value


def _naive(moment: datetime, zone: tzinfo) -> datetime:
    """The office's time, without a zone: spreadsheets know none.

    :raise ValueError: if the moment says no zone, for then nobody knows which it is in
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {moment}")
    return moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


def _whole(value: Any) -> int:
    if value != int(value):
        raise TypeError(f"a column of whole numbers holds {value!r}")
    return int(value)


def _down(places: int, unit: int = 1) -> Callable[[Any], Decimal]:
    """How a number is rounded down to so many decimal places, after dividing it by the unit."""
    power = 10**places

    def rounded(value: Any) -> Decimal:
        above, below = value.as_integer_ratio()
        return Decimal(above * power // (below * unit)).scaleb(-places)

    return rounded


def _nearest(value: Any) -> Decimal:
    return Decimal(round(Fraction(value) * 100)).scaleb(-2)


#: How the values of a column of numbers are rounded.
NUMBERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.COUNT: _whole,
    Kind.SHARE: _down(3),
    Kind.POINTS: _down(1, UNITS),
    Kind.NUMBER: _nearest,
    Kind.MINUTES: _down(1),
    Kind.DURATION: _whole,
}
