"""The bulletin as a file: page, faces, sizes and numbering of GB/T 9704-2012, read back from what was written."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from bulletin_facts import USUAL
from bulletin_facts import group
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt

from quizapp.core.bulletin import COLUMNS
from quizapp.core.bulletin import SectionLine
from quizapp.core.bulletin import draft
from quizapp.core.bulletin import rows
from quizapp.formats.bulletin_docx import write_bulletin

ISSUED = date(2026, 12, 1)


@dataclass(frozen=True)
class Missing:
    name: str
    staff_number: str
    missed: int
    in_room: int
    made_up: int


ABSENCES = (
    ("秘书科", (Missing("陆干部", "1102", 2, 1, 1),)),
    ("督查室", (Missing("许编辑", "1201", 1, 0, 0), Missing("白管理", "1202", 1, 0, 0))),
)


def opened(dated: date | None = ISSUED, absences: Any = (), **parts: str) -> Any:
    return Document(BytesIO(write_bulletin(draft(USUAL) | parts, USUAL, dated, absences)))


@pytest.fixture(scope="module")
def document() -> Any:
    return opened(absences=ABSENCES)


def texts(document: Any) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def paragraph_with(document: Any, text: str) -> Any:
    return next(paragraph for paragraph in document.paragraphs if paragraph.text.startswith(text))


def face(run: Any) -> str:
    return str(run._element.rPr.rFonts.get(qn("w:eastAsia")))


def faces(paragraph: Any) -> list[tuple[str, str, float]]:
    return [(run.text, face(run), run.font.size.pt) for run in paragraph.runs]


def indent(paragraph: Any, name: str) -> str | None:
    found = paragraph._p.pPr.find(qn("w:ind"))
    return None if found is None else found.get(qn(f"w:{name}"))


def test_the_page_is_that_of_the_standard(document: Any) -> None:
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert abs(section.top_margin.mm - 37) <= 1
    assert abs(section.left_margin.mm - 28) <= 1
    text = (
        section.page_width.mm - section.left_margin.mm - section.right_margin.mm,
        section.page_height.mm - section.top_margin.mm - section.bottom_margin.mm,
    )
    assert [round(length) for length in text] == [156, 225]


def test_a_page_has_22_lines_of_28_signs(document: Any) -> None:
    body = paragraph_with(document, "2026年11月，")
    form, section = body.paragraph_format, document.sections[0]
    assert form.line_spacing_rule is WD_LINE_SPACING.EXACTLY
    high = section.page_height - section.top_margin - section.bottom_margin
    wide = section.page_width - section.left_margin - section.right_margin
    assert high // form.line_spacing == 22
    run = body.runs[0]
    closer = int(run._element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert wide / Pt(1) // (run.font.size.pt + closer) == 28


def test_title_headings_and_body_have_their_faces_and_sizes(document: Any) -> None:
    assert faces(document.paragraphs[0]) == [("市政府办公室关于2026年11月\n集中学习情况的通报", "方正小标宋简体", 22.0)]
    assert document.paragraphs[0].alignment is WD_ALIGN_PARAGRAPH.CENTER
    assert faces(paragraph_with(document, "一、")) == [("一、总体情况", "黑体", 16.0)]
    head, rest = faces(paragraph_with(document, "（一）"))
    assert head == ("（一）测验成绩存在差距。", "楷体", 16.0)
    assert rest[1:] == ("仿宋", 16.0)
    assert {(face, size) for _, face, size in faces(paragraph_with(document, "1.“五型”"))} == {("仿宋", 16.0)}
    normal = document.styles["Normal"]
    assert normal.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    assert normal.element.rPr.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"


def test_every_run_names_a_chinese_and_a_latin_face(document: Any) -> None:
    for run in all_runs(document):
        named = run._element.rPr.rFonts
        assert named.get(qn("w:eastAsia")) in {"方正小标宋简体", "黑体", "楷体", "仿宋"}
        assert named.get(qn("w:ascii")) == "Times New Roman"


def all_runs(document: Any) -> Iterator[Any]:
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    for paragraph in (*document.paragraphs, *(p for cell in cells for p in cell.paragraphs)):
        yield from paragraph.runs


def test_headings_are_numbered_in_their_order(document: Any) -> None:
    found = [text for text in texts(document) if text[1:2] == "、"]
    assert found == ["一、总体情况", "二、各科室情况", "三、存在问题", "四、下一步要求"]
    second = [text[:3] for text in texts(document) if text.startswith("（")]
    assert second == ["（一）", "（二）", "（三）", "（一）", "（二）", "（三）"]


def test_paragraphs_begin_two_signs_in_and_the_addressee_does_not(document: Any) -> None:
    for begin in ("一、", "2026年11月，", "（一）", "1.", "附件："):
        assert indent(paragraph_with(document, begin), "firstLineChars") == "200"
    assert indent(paragraph_with(document, "各科室："), "firstLineChars") is None


def test_the_table_holds_the_figures_and_its_head_stands_on_every_page(document: Any) -> None:
    table = document.tables[0]
    assert [tuple(cell.text for cell in row.cells) for row in table.rows] == [COLUMNS, *rows(USUAL)]
    head, *rest = table.rows
    assert head._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in rest)
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert {run.font.size.pt for row in table.rows for cell in row.cells for run in cell.paragraphs[0].runs} == {10.5}
    assert sum(column.width.mm for column in table.columns) == pytest.approx(156, abs=1)


def test_pages_are_numbered_right_on_odd_and_left_on_even_ones(document: Any) -> None:
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, alignment in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "— 1 —"
        assert paragraph.alignment is alignment
        assert [element.text.strip() for element in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert {(face(run), run.font.name, run.font.size.pt) for run in paragraph.runs} == {("宋体", "宋体", 14.0)}
    assert 23 <= section.footer_distance.mm <= 28


SIGNED = {
    "a long office: the date begins two signs right of it": ("某某某市人民政府办公室", "200", "450"),
    "a short office: the date stands two from the right": ("办公室", "750", "200"),
}


@pytest.mark.parametrize(("signer", "of_office", "of_day"), SIGNED.values(), ids=SIGNED)
def test_the_office_signs_above_the_date_by_the_rule(signer: str, of_office: str, of_day: str) -> None:
    *_, office, day = opened(signer=signer).paragraphs
    assert (office.text, day.text) == (signer, "2026年12月1日")
    assert {office.alignment, day.alignment} == {WD_ALIGN_PARAGRAPH.RIGHT}
    assert (indent(office, "rightChars"), indent(day, "rightChars")) == (of_office, of_day)


def test_a_draft_bears_no_date() -> None:
    assert texts(opened(dated=None))[-1] == "（签发后注明日期）"


def test_the_names_stand_in_an_annex_on_a_page_of_its_own(document: Any) -> None:
    assert "附件：未参加测验人员名单" in texts(document)
    assert [p.text for p in document.paragraphs if p.paragraph_format.page_break_before] == ["附件"]
    told = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    assert told[1:] == [
        ["秘书科", "陆干部", "1102", "2", "1", "1"],
        ["督查室", "许编辑", "1201", "1", "0", "0"],
        ["督查室", "白管理", "1202", "1", "0", "0"],
    ]


def test_whoever_may_see_no_names_gets_no_annex() -> None:
    document = opened()
    assert len(document.tables) == 1
    assert not [text for text in texts(document) if "附件" in text]


def test_a_face_that_is_not_installed_has_a_stand_in() -> None:
    with zipfile.ZipFile(BytesIO(write_bulletin(draft(USUAL), USUAL, ISSUED))) as package:
        fonts = package.read("word/fontTable.xml").decode()
        names = package.namelist()
        relations = b"".join(package.read(name) for name in names if name.endswith(".rels"))
    assert 'w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in fonts
    assert not [name for name in names if "vba" in name.lower()]
    assert b"External" not in relations


TITLES = {
    "a short one stands in one line": ("关于本周学习情况的通报", 1),
    "a long one is broken between words": ("市政府办公室关于2026年第四季度集中学习情况的通报", 2),
    "one without a place to break is left to the page": ("长" * 30, 1),
}


@pytest.mark.parametrize(("title", "lines"), TITLES.values(), ids=TITLES)
def test_a_title_is_broken_where_no_word_is(title: str, lines: int) -> None:
    shown = opened(title=title).paragraphs[0].text.split("\n")
    assert len(shown) == lines
    assert "".join(shown) == title


def test_what_looks_like_markup_is_text() -> None:
    line = SectionLine(1, "<w:b/>&科", group(10, {80: 5}))
    facts = replace(USUAL, sections=(line, *USUAL.sections))
    document = Document(BytesIO(write_bulletin(draft(facts) | {"title": "<&>"}, facts, None)))
    assert document.tables[0].rows[1].cells[0].text == "<w:b/>&科"
    assert document.paragraphs[0].text == "<&>"


def test_three_hundred_sections_fit_one_table() -> None:
    lines = tuple(SectionLine(n, f"第{n}科", group(10, {80: 5})) for n in range(300))
    facts = replace(USUAL, sections=lines)
    assert len(Document(BytesIO(write_bulletin(draft(facts), facts, None))).tables[0].rows) == 302
