"""The minutes as a file: an office's form, one page, nothing in it but text."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from quizapp.core.minutes import PARTS
from quizapp.formats.minutes_docx import write_minutes

USUAL = {
    **PARTS,
    "title": "市政府办公室集中学习记录",
    "leave": "1 人：陆干部（公出）",
    "remarks": "顾科长：抓好落实。\n丁干部：提高站位。",
    "agenda": "",
}


def opened(parts: dict[str, str]) -> Any:
    return Document(BytesIO(write_minutes(parts)))


def body_size(document: Any) -> float:
    return float(document.styles["Normal"].font.size.pt)


def test_the_page_is_that_of_the_standard() -> None:
    section = opened(USUAL).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_title_and_body_name_their_chinese_fonts() -> None:
    document = opened(USUAL)
    title = document.paragraphs[0].runs[0]
    assert title.text == "市政府办公室集中学习记录"
    assert title.font.size.pt == 22
    assert title._element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"


def test_facts_stand_in_the_table_and_texts_below_it_without_the_empty_ones() -> None:
    document = opened(USUAL)
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert cells[cells.index("请假") + 1] == "1 人：陆干部（公出）"
    heads = [p.text for p in document.paragraphs if p.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"]
    assert heads == ["学习内容", "测验情况", "发言要点", "会议要求"]
    assert "丁干部：提高站位。" in [p.text for p in document.paragraphs]


LENGTHS = {"a short text has the usual size": (2, 16), "a longer one shrinks": (12, 12), "never below": (200, 12)}


@pytest.mark.parametrize(("lines", "size"), LENGTHS.values(), ids=LENGTHS)
def test_the_body_shrinks_to_stay_on_one_page(lines: int, size: int) -> None:
    document = opened(USUAL | {"remarks": "\n".join(["某同志发言，结合本科室工作谈体会。"] * lines)})
    assert body_size(document) == size


def test_a_label_column_stays_narrow() -> None:
    columns = opened(USUAL).tables[0].columns
    assert [round(column.width.mm) for column in columns] == [28, 50, 28, 50]


def test_the_file_holds_no_macro_and_points_nowhere_outside() -> None:
    with zipfile.ZipFile(BytesIO(write_minutes(USUAL))) as package:
        names = package.namelist()
        relations = b"".join(package.read(name) for name in names if name.endswith(".rels"))
    assert not [name for name in names if "vba" in name.lower()]
    assert b"External" not in relations
