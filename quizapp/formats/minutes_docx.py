"""The minutes as one page .docx, in the form of GB/T 9704: what an office puts into its file (台账).

Nothing here can lay out a page, so how much fits is reckoned from the characters: Chinese ones are square.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from math import ceil
from typing import Any
from unicodedata import east_asian_width

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from docx.shared import Pt

from quizapp.core.minutes import PARTS
from quizapp.core.minutes import TEXTS
from quizapp.formats.official_docx import BODY_FONT
from quizapp.formats.official_docx import HEAD_FONT
from quizapp.formats.official_docx import MARGINS
from quizapp.formats.official_docx import PAGE
from quizapp.formats.official_docx import POINTS_PER_MM
from quizapp.formats.official_docx import TITLE_FONT
from quizapp.formats.official_docx import TITLE_LINE
from quizapp.formats.official_docx import TITLE_SIZE
from quizapp.formats.official_docx import content_of
from quizapp.formats.official_docx import document_in
from quizapp.formats.official_docx import write

#: The sizes that the body may have and the height of its lines, the usual ones first: 三号, 小三, 四号, 小四.
FORMS = ((16, 28), (15, 26), (14, 24), (12, 21), (12, 18), (12, 16))
#: The table's rows: two parts that are short share one.
ROWS = (("time",), ("place", "host"), ("leader", "recorder"), ("expected", "present"), ("leave",), ("absent",))
LABELS = {**PARTS, "leader": "主持人"}
#: Widths in mm: a label, a value that shares its row, and the rest of the page for one that does not.
LABEL_WIDTH, VALUE_WIDTH = 28, 50
CELL_PADDING = 4


def write_minutes(parts: Mapping[str, str]) -> bytes:
    """The minutes as a document; on one page as long as the smallest form lets them."""
    size, line = next((form for form in FORMS if _height(parts, *form) <= _room()), FORMS[-1])
    document = document_in(size, parts.get("title", ""))
    title = document.add_paragraph()
    write(title, parts.get("title", ""), TITLE_FONT, TITLE_SIZE, TITLE_LINE)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(size / 2)
    _add_table(document, parts, size, line)
    for head, lines in _texts(parts):
        _add_text(document, head, lines, size, line)
    return content_of(document)


def _texts(parts: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """The paragraphs below the table by their heads, which are not numbered, for what people write is."""
    for name in TEXTS:
        if lines := [line.strip() for line in parts.get(name, "").splitlines() if line.strip()]:
            yield PARTS[name], lines


# How much fits


def _room() -> float:
    return (PAGE[1] - MARGINS[0] - MARGINS[1]) * POINTS_PER_MM


def _height(parts: Mapping[str, str], size: int, line: int) -> float:
    """About how high the page is in this form of the body, in points."""
    width = (PAGE[0] - MARGINS[2] - MARGINS[3]) * POINTS_PER_MM
    title = _line_count(parts.get("title", ""), TITLE_SIZE, width) * TITLE_LINE + size / 2
    rows = (max(_line_count(parts.get(n, ""), size, _value_width(row)) for n in row) for row in ROWS)
    table = sum(rows) * line + len(ROWS) * 2
    lines = (1 + sum(_line_count("　　" + text, size, width) for text in told) for _, told in _texts(parts))
    return title + table + sum(lines) * line


def _value_width(row: tuple[str, ...]) -> float:
    whole = PAGE[0] - MARGINS[2] - MARGINS[3] - LABEL_WIDTH
    return ((VALUE_WIDTH if len(row) > 1 else whole) - CELL_PADDING) * POINTS_PER_MM


def _line_count(text: str, size: int, width: float) -> int:
    """Lines of this text, each character as wide as it is high, Latin ones half of that."""
    ems = (sum(1.0 if east_asian_width(c) in "WFA" else 0.55 for c in line) for line in text.splitlines() or [""])
    return sum(max(1, ceil(length * size / width)) for length in ems)


# The document


def _add_table(document: Any, parts: Mapping[str, str], size: int, line: int) -> None:
    table = document.add_table(rows=len(ROWS), cols=4, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, (LABEL_WIDTH, VALUE_WIDTH) * 2, strict=True):
        column.width = Mm(width)
    for cells, row in zip((row.cells for row in table.rows), ROWS, strict=True):
        if len(row) == 1:
            cells[1].merge(cells[3])
        for index, name in enumerate(row):
            write(cells[2 * index].paragraphs[0], LABELS[name], HEAD_FONT, size, line)
            write(cells[2 * index + 1].paragraphs[0], parts.get(name, ""), BODY_FONT, size, line)


def _add_text(document: Any, head: str, lines: list[str], size: int, line: int) -> None:
    for text, font in ((head, HEAD_FONT), *((text, BODY_FONT) for text in lines)):
        paragraph = document.add_paragraph()
        write(paragraph, text, font, size, line)
        paragraph.paragraph_format.first_line_indent = Pt(size * 2)
        paragraph.paragraph_format.widow_control = False
