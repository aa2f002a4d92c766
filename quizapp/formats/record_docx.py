"""A person's learning record as .docx, in the form of the office's other papers (GB/T 9704)."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.shared import Pt

from quizapp.formats.official_docx import BODY_FONT
from quizapp.formats.official_docx import BODY_SIZE
from quizapp.formats.official_docx import HEAD_FONT
from quizapp.formats.official_docx import LINE
from quizapp.formats.official_docx import add_title
from quizapp.formats.official_docx import content_of
from quizapp.formats.official_docx import indent
from quizapp.formats.official_docx import keep_whole
from quizapp.formats.official_docx import off_grid
from quizapp.formats.official_docx import official_document
from quizapp.formats.official_docx import repeat_on_every_page
from quizapp.formats.official_docx import set_cell_edges
from quizapp.formats.official_docx import write
from quizapp.formats.tables import clean

#: 五号 and its lines, as small as is read with ease.
TABLE_SIZE, TABLE_LINE = 10.5, 16
#: In mm, left and right in each cell.
CELL_EDGE = 0.8


@dataclass(frozen=True)
class PaperTable:
    """A table in words; `widths` in mm are the text's (156) together, the columns of `left` are aligned left."""

    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class PaperPart:
    """A part of the record under its heading: sentences, and a table where there is one."""

    head: str
    lines: tuple[str, ...]
    table: PaperTable | None = None


@dataclass(frozen=True)
class RecordPaper:
    """A record in words: title, whose and of when, the parts, and what closes it."""

    title: str
    about: tuple[str, ...]
    parts: tuple[PaperPart, ...]
    notes: tuple[str, ...]


def write_record(paper: RecordPaper) -> bytes:
    """The record as a document."""
    document = official_document(clean(paper.title))
    add_title(document, clean(paper.title))
    _add_line(document, "")
    for line in paper.about:
        _add_line(document, line)
    for part in paper.parts:
        _add_part(document, part)
    for note in paper.notes:
        _add_note(document, note)
    return content_of(document)


def _add_part(document: Any, part: PaperPart) -> None:
    head = _add_line(document, part.head, HEAD_FONT)
    head.paragraph_format.keep_with_next = True
    for line in part.lines:
        _add_line(document, line)
    if part.table is not None and part.table.rows:
        _add_table(document, part.table)


def _add_line(document: Any, text: str, font: str = BODY_FONT) -> Any:
    paragraph = document.add_paragraph()
    write(paragraph, clean(text), font, BODY_SIZE, LINE)
    indent(paragraph, first=2)
    return paragraph


def _add_note(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    write(paragraph, clean(text), BODY_FONT, TABLE_SIZE, TABLE_LINE)
    paragraph.paragraph_format.space_before = Pt(TABLE_LINE / 3)
    off_grid(paragraph)


def _add_table(document: Any, told: PaperTable) -> None:
    """A table whose first row stands at the top of every page."""
    table = document.add_table(rows=2, cols=len(told.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    set_cell_edges(table, CELL_EDGE)
    for column, width in zip(table.columns, told.widths, strict=True):
        column.width = Mm(width)
    head, first = table.rows
    repeat_on_every_page(head)
    keep_whole(head)
    keep_whole(first)
    for index, text in enumerate(told.columns):
        left = WD_ALIGN_PARAGRAPH.LEFT if index in told.left else WD_ALIGN_PARAGRAPH.CENTER
        _fill(head.cells[index], text, HEAD_FONT, WD_ALIGN_PARAGRAPH.CENTER)
        _fill(first.cells[index], text, BODY_FONT, left)
    _copy_rows(table, first._tr, told.rows)


def _copy_rows(table: Any, first: Any, rows: Sequence[tuple[str, ...]]) -> None:
    # The library counts all cells anew for each that it adds; copies of the first row cost nothing.
    made = [first, *(deepcopy(first) for _ in rows[1:])]
    for row, words in zip(made, rows, strict=True):
        table._tbl.append(row)
        for place, text in zip(row.iter(qn("w:t")), words, strict=True):
            place.text = clean(text)


def _fill(cell: Any, text: str, font: str, alignment: Any) -> None:
    paragraph = cell.paragraphs[0]
    write(paragraph, text, font, TABLE_SIZE, TABLE_LINE)
    paragraph.alignment = alignment
    off_grid(paragraph)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
