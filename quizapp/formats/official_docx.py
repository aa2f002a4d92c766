"""What every paper of the office shares as .docx, after GB/T 9704-2012: page, faces and sizes, lines, page numbers.

A Chinese face is named for East Asian text, a Latin one beside it: Word and WPS choose between them sign by sign. Where
the face of titles is not installed, the font table names another.
"""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.shared import Pt
from lxml import etree

TITLE_FONT, BODY_FONT, HEAD_FONT, SUBHEAD_FONT = "方正小标宋简体", "仿宋", "黑体", "楷体"
NUMBER_FONT, LATIN_FONT = "宋体", "Times New Roman"
#: What stands in for a face that is not installed.
INSTEAD = {TITLE_FONT: "宋体", BODY_FONT: "FangSong", SUBHEAD_FONT: "KaiTi", HEAD_FONT: "SimHei"}
#: 二号, 三号, 四号 in points.
TITLE_SIZE, BODY_SIZE, NUMBER_SIZE = 22, 16, 14
#: From line to line of a title, in points.
TITLE_LINE = 36
PAGE = (210, 297)
#: Top, bottom, left, right: 156 × 225 mm of text.
MARGINS = (37, 35, 28, 26)
POINTS_PER_MM = 72 / 25.4
#: 22 lines of 28 signs fill a page: 225 mm / 22 from line to line, and each sign a quarter of a point closer than it is
#: wide, or a line would hold 27. A grid of signs would do it too, but LibreOffice gives each sign two places of it.
LINE, LINES, SIGNS = 28.95, 22, 28
CLOSER = 0.25
SIGN = BODY_SIZE - CLOSER
#: What comes after snapToGrid in a paragraph's properties; Word refuses another order.
AFTER_SNAP = ("w:spacing", "w:ind", "w:jc", "w:textAlignment", "w:outlineLvl", "w:rPr", "w:sectPr")
#: The dash beside a page number stands 7 mm below the text, in the middle of its line.
FOOTER = 25


def official_document(title: str) -> Any:
    """An empty paper of the office, of 22 lines a page and with page numbers."""
    document = document_in(BODY_SIZE, title)
    _set_lines(document)
    _add_page_numbers(document)
    _name_stand_ins(document)
    return document


def document_in(size: float, title: str) -> Any:
    """An empty page of the office with its text in this size; its properties name nobody."""
    document = Document()
    _set_page(document)
    _set_style(document.styles["Normal"], BODY_FONT, size)
    document.core_properties.title, document.core_properties.author = title, ""
    return document


def add_title(document: Any, text: str) -> Any:
    title = document.add_paragraph()
    write(title, text, TITLE_FONT, TITLE_SIZE, TITLE_LINE)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    off_grid(title)
    return title


def content_of(document: Any) -> bytes:
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    section.top_margin, section.bottom_margin = Mm(MARGINS[0]), Mm(MARGINS[1])
    section.left_margin, section.right_margin = Mm(MARGINS[2]), Mm(MARGINS[3])


def _set_lines(document: Any) -> None:
    """22 lines of 28 signs a page, for every paragraph that says nothing else."""
    properties = document.sections[0]._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE * 20)))
    properties.append(grid)


def _set_style(style: Any, font: str, size: float) -> None:
    """The face and size of a style, whose text is Chinese: by its language a reading program chooses how signs look."""
    style.font.name, style.font.size = LATIN_FONT, Pt(size)
    properties = style.element.get_or_add_rPr()
    _name_face(properties, font)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


def write(paragraph: Any, text: str, font: str, size: float, line: float, *, closer: float = 0) -> None:
    """Add text in a face and a size to a paragraph whose lines are so many points apart, its signs so many closer."""
    run = paragraph.add_run(text)
    run.font.name, run.font.size = LATIN_FONT, Pt(size)
    _name_face(run._element.get_or_add_rPr(), font)
    if closer:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(round(-closer * 20)))
        run._element.rPr.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz")
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)


def _name_face(properties: Any, font: str) -> None:
    """The Chinese face; quotation marks and dashes, which both scripts have, are in it too."""
    faces = properties.get_or_add_rFonts()
    faces.set(qn("w:eastAsia"), font)
    faces.set(qn("w:hint"), "eastAsia")


def indent(paragraph: Any, *, first: float = 0, right: float = 0) -> None:
    """Indent by signs of the body: Word and WPS take the count, everything else the length."""
    found = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, signs in (("firstLine", first), ("right", right)):
        if signs:
            found.set(qn(f"w:{name}Chars"), str(round(signs * 100)))
            found.set(qn(f"w:{name}"), str(round(signs * SIGN * 20)))


def without_gaps(paragraph: Any) -> None:
    """Put no gap between Chinese signs and digits, so that the width of a line is that of its signs."""
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        gaps = OxmlElement(name)
        gaps.set(qn("w:val"), "0")
        following = ("w:autoSpaceDN",) if name.endswith("DE") else ()
        paragraph._p.get_or_add_pPr().insert_element_before(gaps, *following, "w:snapToGrid", *AFTER_SNAP)


def off_grid(paragraph: Any) -> None:
    """Let lines of larger or smaller signs stand as close as they say."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(snap, *AFTER_SNAP)


def _add_page_numbers(document: Any) -> None:
    """— 1 — in 四号 半角宋体: right on odd pages, left on even ones, one sign from the edge."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    section.footer_distance = Mm(FOOTER)
    for footer, alignment in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = alignment
        off_grid(paragraph)
        form = paragraph.paragraph_format
        form.left_indent = form.right_indent = Pt(NUMBER_SIZE)
        write(paragraph, "— ", NUMBER_FONT, NUMBER_SIZE, BODY_SIZE)
        _add_field(paragraph, "PAGE")
        write(paragraph, " —", NUMBER_FONT, NUMBER_SIZE, BODY_SIZE)
        for run in paragraph.runs:
            run.font.name = NUMBER_FONT


def _add_field(paragraph: Any, name: str) -> None:
    """A field that the reading program fills in; 1 stands there until it does."""
    for kind, text in (("begin", ""), ("", name), ("separate", ""), (None, "1"), ("end", "")):
        write(paragraph, "", NUMBER_FONT, NUMBER_SIZE, BODY_SIZE)
        run = paragraph.runs[-1]
        if kind is None:
            run.text = text
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = f" {text} "
        run._r.append(element)


def _name_stand_ins(document: Any) -> None:
    """Tell the reading program what to show where a face is not installed."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table = parse_xml(part.blob)
    for font, instead in INSTEAD.items():
        table.append(
            parse_xml(
                f'<w:font {nsdecls("w")} w:name="{font}"><w:altName w:val="{instead}"/>'
                '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
            )
        )
    part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def set_cell_edges(table: Any, millimetres: float) -> None:
    """So much room left and right of what stands in a table's cells."""
    edges = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(millimetres * POINTS_PER_MM * 20)))
        edge.set(qn("w:type"), "dxa")
        edges.append(edge)
    table._tbl.tblPr.insert_element_before(edges, "w:tblLook")


def repeat_on_every_page(row: Any) -> None:
    """Let a table's row stand at the top of every page that the table reaches."""
    header = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(header)


def keep_whole(row: Any) -> None:
    """Never part a table's row between two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
