"""Tables that leave the site: exact numbers, texts that stay texts, files that other programs read."""

import csv
from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from fractions import Fraction
from io import BytesIO
from io import StringIO
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils.escape import unescape

from quizapp.core.question import UNITS
from quizapp.formats.tables import CUT_OFF
from quizapp.formats.tables import LONGEST_TEXT
from quizapp.formats.tables import Cell
from quizapp.formats.tables import Column
from quizapp.formats.tables import Kind
from quizapp.formats.tables import Table
from quizapp.formats.tables import clean
from quizapp.formats.tables import guarded
from quizapp.formats.tables import sheet_name
from quizapp.formats.tables import write_csv
from quizapp.formats.tables import write_xlsx

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 6, 30, 15, tzinfo=UTC)
EVERY_KIND = tuple(Column(f"列{number}", kind) for number, kind in enumerate(Kind))
ROW = (
    *("0012", 7, Fraction(599, 1000), Fraction(7 * UNITS, 2), Fraction(-1, 3), Fraction(45, 2), 3725),
    *(date(2026, 11, 22), NOW),
)

#: Texts that programs have taken for something else.
HOSTILE = (
    *("=1+1", '=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "{=1+1}"),
    *("＝1+1", "＋1", "－1", "＠SUM", " =1", "\u200b=1", "\ufeff=cmd|' /C calc'!A0", "\xa0=1"),
    *("0012", "1e5", "TRUE", "2026-11-22", "https://evil.example", "mailto:a@b", "internal:Sheet1!A1"),
    *(
        "<r></r>",
        "<r><t>x</t></r>",
        "<r>&</r>",
        "&amp;",
        "]]>",
        "_x0041_",
        "_x000D_",
        "a\x00b",
        "\x0b",
        "\ud800",
        "\ufffe",
    ),
    *('"', '","', "a;=1", "a,b", "行一\r\n行二\r行三", " 两端 ", "", "\u2028", "\x85", "'", "'=1"),
    "长" * (LONGEST_TEXT + 1),
    "𠀀" * LONGEST_TEXT,
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(), max_size=40),
    st.text(st.sampled_from("=+-@\t\r\n'\"<r>/&_x0041;,\x00\ud800\ufffe＝a"), max_size=20),
)


def table(rows: Sequence[Sequence[Cell]], kind: Kind = Kind.TEXT, **more: Any) -> Table:
    return Table("科室成绩", tuple(Column(f"列{n}", kind) for n in range(len(rows[0]))), rows, **more)


def sheet(of: Table) -> Any:
    return openpyxl.load_workbook(BytesIO(write_xlsx(of, ZONE, NOW))).active


def read_csv(of: Table) -> list[list[str]]:
    return list(csv.reader(StringIO(write_csv(of, ZONE).decode("utf-8-sig"), newline="")))


# Values


def test_every_kind_is_written_as_what_it_is() -> None:
    page = sheet(Table("各类", EVERY_KIND, [ROW]))
    assert [cell.value for cell in page[2]] == [
        *("0012", 7, 0.599, 3.5, -0.33, 22.5, timedelta(hours=1, minutes=2, seconds=5)),
        *(datetime(2026, 11, 22), datetime(2026, 11, 22, 14, 30)),  # noqa: DTZ001 - spreadsheets know no zones
    ]
    assert [cell.data_type for cell in page[2]] == ["s", "n", "n", "n", "n", "n", "d", "d", "d"]
    formats = ["@", "0", "0.0%", "0.0", "0.00", "0.0", "[h]:mm:ss", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert [cell.number_format for cell in page[2]] == formats


def test_every_kind_is_written_for_programs() -> None:
    expected = ["0012", "7", "59.9%", "3.5", "-0.33", "22.5", "1:02:05", "2026-11-22", "2026-11-22 14:30"]
    assert read_csv(Table("各类", EVERY_KIND, [ROW]))[1] == expected


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_known_is_an_empty_cell_and_no_nought(kind: Kind) -> None:
    unknown = table([[None]], kind)
    assert sheet(unknown)["A2"].value is None
    assert read_csv(unknown)[1] == [""]


ROUNDED_DOWN = {
    "a share just below the pass mark": (Kind.SHARE, Fraction(5999, 10_000), 0.599, "59.9%"),
    "a third": (Kind.SHARE, Fraction(1, 3), 0.333, "33.3%"),
    "a whole": (Kind.SHARE, Fraction(1), 1, "100.0%"),
    "points that do not come out even": (Kind.POINTS, Fraction(UNITS * 2, 3), 0.6, "0.6"),
    "points of a unit": (Kind.POINTS, 1, 0, "0.0"),
    "a float just below": (Kind.SHARE, 0.9999999, 0.999, "99.9%"),
    "minutes": (Kind.MINUTES, Fraction(59, 60), 0.9, "0.9"),
}


@pytest.mark.parametrize(("kind", "value", "number", "text"), ROUNDED_DOWN.values(), ids=ROUNDED_DOWN)
def test_nothing_reads_as_reached_that_was_not(kind: Kind, value: Cell, number: float, text: str) -> None:
    made = table([[value]], kind)
    assert sheet(made)["A2"].value == number
    assert read_csv(made)[1] == [text]


@given(st.fractions(-10, 10))
def test_other_numbers_are_the_nearest_of_two_places(value: Fraction) -> None:
    [_, [text]] = read_csv(table([[value]], Kind.NUMBER))
    assert abs(Fraction(text) - value) <= Fraction(1, 200)


WRONG = {
    "a number among texts": (Kind.TEXT, 12),
    "a text among numbers": (Kind.COUNT, "=1"),
    "half a person": (Kind.COUNT, Fraction(1, 2)),
    "a text among dates": (Kind.DATE, "2026-11-22"),
    "a moment of no zone": (Kind.MOMENT, datetime(2026, 11, 22)),  # noqa: DTZ001
}


@pytest.mark.parametrize(("kind", "value"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("write", [sheet, read_csv])
def test_a_value_of_another_kind_is_refused(write: Any, kind: Kind, value: Cell) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        write(table([[value]], kind))


# Texts


def expected_in_cell(text: str) -> str | None:
    """What a cell shows of a text; the library reads an empty one as none, and leaves _x005F_ as it is."""
    written = clean(text)
    if len(written.encode("utf-16-le")) > 2 * LONGEST_TEXT:
        whole = written.encode("utf-16-le")[: 2 * (LONGEST_TEXT - len(CUT_OFF))]
        return whole.decode("utf-16-le", "ignore") + CUT_OFF
    return written or None


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_a_text_is_a_text_whatever_it_looks_like(texts: list[str]) -> None:
    made = sheet(table([texts]))
    for cell, text in zip(made[2], texts, strict=True):
        assert cell.data_type in ("s", "n") and not cell.hyperlink
        assert unescape(str(cell.value or "")).rstrip() == (expected_in_cell(text) or "").rstrip(), text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_workbook_holds_a_formula_or_a_link(text: str) -> None:
    hostile = Table(text, (Column(text), Column("数", Kind.COUNT)), [(text, 1)], [(text, 1)], (text,))
    with ZipFile(BytesIO(write_xlsx(hostile, ZONE, NOW))) as package:
        for name in package.namelist():
            tags = {etree.QName(element).localname for element in etree.fromstring(package.read(name)).iter()}
            assert not tags & {"f", "hyperlink", "hyperlinks"}, name


def test_a_text_is_cut_off_where_a_cell_is_full_and_says_so() -> None:
    value = sheet(table([["长" * 40_000]]))["A2"].value
    assert len(value) == LONGEST_TEXT
    assert value.endswith(CUT_OFF)


def test_no_sign_is_split_where_a_text_is_cut_off() -> None:
    value = sheet(table([["𠀀" * 20_000]]))["A2"].value
    assert set(value.removesuffix(CUT_OFF)) == {"𠀀"}
    assert len(value.encode("utf-16-le")) // 2 <= LONGEST_TEXT


@given(TEXTS)
def test_what_is_cleaned_is_a_text_of_xml(text: str) -> None:
    cleaned = clean(text)
    element = etree.Element("t")
    element.text = cleaned
    assert (etree.fromstring(etree.tostring(element, encoding="utf-8")).text or "") == cleaned
    assert clean(cleaned) == cleaned
    assert "\r" not in cleaned


@given(TEXTS)
def test_a_text_of_a_csv_file_begins_no_formula(text: str) -> None:
    written = guarded(text)
    seen = written.lstrip(" \xa0\u3000\u200b\ufeff")
    assert not seen.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert written in (clean(text), f"'{clean(text)}")


@settings(max_examples=60)
@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_a_csv_file_is_read_back_cell_by_cell(rows: list[list[str]]) -> None:
    [heads, *read] = read_csv(table(rows))
    assert heads == ["列0", "列1", "列2"]
    assert read == [[guarded(text) for text in row] for row in rows]


def test_a_csv_file_has_its_mark_and_its_line_ends() -> None:
    made = write_csv(table([["甲"], ["乙"]]), ZONE)
    assert made == '\ufeff"列0"\r\n"甲"\r\n"乙"\r\n'.encode()


def test_real_numbers_below_nought_have_no_apostrophe() -> None:
    assert write_csv(table([[-3]], Kind.COUNT), ZONE).endswith(b"\r\n-3\r\n")


# The sheet


def test_the_heads_stay_in_sight_and_filter_the_rows_but_not_the_totals() -> None:
    made = sheet(table([["甲"], ["乙"]], totals=[["合计"]], notes=("不足 3 人不列平均",)))
    assert (made.freeze_panes, made.auto_filter.ref, made.print_title_rows) == ("A2", "A1:A3", "$1:$1")
    assert [made[f"A{row}"].value for row in range(1, 7)] == ["列0", "甲", "乙", "合计", None, "不足 3 人不列平均"]
    assert made["A1"].font.bold and made["A4"].font.bold and not made["A2"].font.bold


def test_it_prints_on_a4_across_as_wide_as_the_paper() -> None:
    made = sheet(table([["甲"]]))
    assert (made.page_setup.paperSize, made.page_setup.orientation) == (9, "landscape")
    assert (made.page_setup.fitToHeight, made.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    assert made.oddHeader.center.text == "科室成绩"
    assert "2026-11-22 14:30" in made.oddFooter.left.text


def test_a_column_is_as_wide_as_its_chinese_and_no_wider_than_bounds() -> None:
    made = sheet(table([["市政府办公室综合科", "短", "长" * 400]]))
    widths = {name: dimension.width for name, dimension in made.column_dimensions.items()}
    assert widths["A"] >= 2 * len("市政府办公室综合科")
    assert widths["B"] < widths["A"] < widths["C"] < 50


SHEET_NAMES = {
    "a/b:c*d?e[f]g\\h": "a b c d e f g h",
    "'甲'": "甲",
    "": "表格",
    "History": "表格",
    "长" * 40: "长" * 31,
    "𠀀" * 40: "𠀀" * 15,
    "甲\n乙\x00": "甲乙",
}


@pytest.mark.parametrize(("title", "name"), SHEET_NAMES.items(), ids=range(len(SHEET_NAMES)))
def test_a_sheet_has_a_name_that_a_sheet_may_have(title: str, name: str) -> None:
    assert sheet_name(title) == name


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_any_title_gives_a_workbook_that_opens(title: str) -> None:
    made = sheet(Table(title, (Column(title),), [("甲",)], notes=(title,)))
    assert made["A2"].value == "甲"


def test_a_table_without_rows_still_has_its_heads() -> None:
    nobody = Table("空表", (Column("姓名"),), [])
    assert sheet(nobody)["A1"].value == "姓名"
    assert read_csv(nobody) == [["姓名"]]


def test_a_row_of_another_length_is_refused() -> None:
    short = Table("缺格", (Column("一"), Column("二")), [("甲",)])
    with pytest.raises((ValueError, IndexError)):
        write_csv(short, ZONE)
    with pytest.raises((ValueError, IndexError)):
        write_xlsx(short, ZONE, NOW)
