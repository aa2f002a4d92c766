"""The bulletin as .docx in the form of GB/T 9704-2012, with the list of those who were missing for who may see it."""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from typing import Any
from typing import Protocol

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.shared import Pt

from quizapp.core.bulletin import COLUMNS
from quizapp.core.bulletin import LEAD_IN
from quizapp.core.bulletin import OUTLINE
from quizapp.core.bulletin import BulletinFacts
from quizapp.core.bulletin import notes
from quizapp.core.bulletin import rows
from quizapp.core.bulletin import signs
from quizapp.core.bulletin import title_lines
from quizapp.core.periods import day_words
from quizapp.formats.official_docx import BODY_FONT
from quizapp.formats.official_docx import BODY_SIZE
from quizapp.formats.official_docx import CLOSER
from quizapp.formats.official_docx import HEAD_FONT
from quizapp.formats.official_docx import LINE
from quizapp.formats.official_docx import SUBHEAD_FONT
from quizapp.formats.official_docx import add_title
from quizapp.formats.official_docx import content_of
from quizapp.formats.official_docx import indent
from quizapp.formats.official_docx import keep_whole
from quizapp.formats.official_docx import off_grid
from quizapp.formats.official_docx import official_document
from quizapp.formats.official_docx import repeat_on_every_page
from quizapp.formats.official_docx import set_cell_edges
from quizapp.formats.official_docx import without_gaps
from quizapp.formats.official_docx import write

#: So many signs of 二号 stand in a line of the title.
TITLE_SIGNS = 20
#: 五号 and its lines, as small as is read with ease: a table of three hundred sections has ten pages.
TABLE_SIZE, TABLE_LINE = 10.5, 16
#: In mm, left and right in each cell.
CELL_EDGE = 0.8
#: Widths in mm of the table's columns, which are the text's together.
WIDTHS = (32, 13.5, 13, 14, 13, 20.5, 14, 14, 11, 11)
ANNEX_COLUMNS = ("科室", "姓名", "工号", "未参加（次）", "其中到会未作答", "已按期补学")
ANNEX_WIDTHS = (38, 26, 26, 22, 22, 22)
ANNEX_TITLE = "未参加测验人员名单"
#: （一） begins a heading of the second level; it ends with the sentence.
SUBHEAD = re.compile(r"(（[一二三四五六七八九十]+）[^。]*。?)(.*)")


class Missing(Protocol):
    """Somebody who was missing, as the list tells it."""

    @property
    def name(self) -> str: ...
    @property
    def staff_number(self) -> str: ...
    @property
    def missed(self) -> int: ...
    @property
    def in_room(self) -> int: ...
    @property
    def made_up(self) -> int: ...


Absences = Sequence[tuple[str, Sequence[Missing]]]


def write_bulletin(
    parts: Mapping[str, str], facts: BulletinFacts, dated: date | None, absences: Absences = ()
) -> bytes:
    """The bulletin as a document; without a date while it is not issued. `absences` by section go into an annex."""
    document = official_document(parts.get("title", ""))
    add_title(document, "\n".join(title_lines(parts.get("title", ""), TITLE_SIGNS)))
    _add_line(document)
    if parts.get("addressee"):
        _add_line(document, parts["addressee"])
    for head, name in OUTLINE:
        _add_head(document, head)
        if name:
            _add_text(document, parts.get(name, ""))
        else:
            _add_text(document, LEAD_IN)
            _add_figures(document, facts)
    if absences:
        _add_line(document)
        indent(_add_line(document, f"附件：{ANNEX_TITLE}"), first=2)
    _add_line(document)
    _sign(document, parts.get("signer", ""), day_words(dated) if dated else "（签发后注明日期）")
    if absences:
        _add_annex(document, absences)
    return content_of(document)


# Texts


def _add_line(document: Any, text: str = "", font: str = BODY_FONT) -> Any:
    paragraph = document.add_paragraph()
    write(paragraph, text, font, BODY_SIZE, LINE, closer=CLOSER)
    paragraph.paragraph_format.widow_control = False
    return paragraph


def _add_head(document: Any, text: str) -> None:
    paragraph = _add_line(document, text, HEAD_FONT)
    indent(paragraph, first=2)
    paragraph.paragraph_format.keep_with_next = True


def _add_text(document: Any, text: str) -> None:
    """A paragraph for each line, the head of （一） in its own face."""
    for line in text.splitlines():
        paragraph = document.add_paragraph()
        for words, font in _faces(line):
            write(paragraph, words, font, BODY_SIZE, LINE, closer=CLOSER)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.paragraph_format.widow_control = False
        indent(paragraph, first=2)


def _faces(line: str) -> Iterator[tuple[str, str]]:
    found = SUBHEAD.fullmatch(line)
    if found is None:
        yield line, BODY_FONT
        return
    yield found[1], SUBHEAD_FONT
    if found[2]:
        yield found[2], BODY_FONT


def _sign(document: Any, signer: str, day: str) -> None:
    """The office two signs from the right; below it the date, whose first sign stands two right of the office's first.

    A date that is longer than that allows stands two from the right itself, and the office moves left.
    """
    long, short = signs(signer), signs(day)
    right_of_office, right_of_day = (2.0, long - short) if short <= long else (4 + short - long, 2.0)
    for text, right in ((signer, right_of_office), (day, right_of_day)):
        paragraph = _add_line(document, text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        indent(paragraph, right=right)
        without_gaps(paragraph)
        paragraph.paragraph_format.keep_together = True
        paragraph.paragraph_format.keep_with_next = text is signer


# Tables


def _add_figures(document: Any, facts: BulletinFacts) -> None:
    _add_table(document, COLUMNS, WIDTHS, rows(facts))
    note = document.add_paragraph()
    write(note, notes(facts), BODY_FONT, TABLE_SIZE, TABLE_LINE)
    note.paragraph_format.space_before = note.paragraph_format.space_after = Pt(TABLE_LINE / 3)
    off_grid(note)


def _add_annex(document: Any, absences: Absences) -> None:
    """On a page of its own: 附件, its title, and a row for everybody."""
    head = _add_line(document, "附件", HEAD_FONT)
    head.paragraph_format.page_break_before = True
    add_title(document, ANNEX_TITLE)
    _add_line(document)
    told = [
        (section, one.name, one.staff_number, str(one.missed), str(one.in_room), str(one.made_up))
        for section, found in absences
        for one in found
    ]
    _add_table(document, ANNEX_COLUMNS, ANNEX_WIDTHS, told)


def _add_table(
    document: Any, columns: Sequence[str], widths: Sequence[float], lines: Sequence[tuple[str, ...]]
) -> None:
    """A table whose first row stands at the top of every page, and whose first column is aligned left."""
    table = document.add_table(rows=2, cols=len(columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    set_cell_edges(table, CELL_EDGE)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    head, first = table.rows
    repeat_on_every_page(head)
    keep_whole(head)
    keep_whole(first)
    for index, text in enumerate(columns):
        left = WD_ALIGN_PARAGRAPH.CENTER if index else WD_ALIGN_PARAGRAPH.LEFT
        _fill(head.cells[index], text, HEAD_FONT, WD_ALIGN_PARAGRAPH.CENTER)
        _fill(first.cells[index], text, BODY_FONT, left)
    # The library counts all cells anew for each that it adds; copies of the first row cost nothing.
    rest = [first._tr, *(deepcopy(first._tr) for _ in lines[1:])]
    for row, line in zip(rest, lines, strict=True):
        table._tbl.append(row)
        for place, text in zip(row.iter(qn("w:t")), line, strict=True):
            place.text = text


def _fill(cell: Any, text: str, font: str, alignment: Any) -> None:
    paragraph = cell.paragraphs[0]
    write(paragraph, text, font, TABLE_SIZE, TABLE_LINE)
    paragraph.alignment = alignment
    off_grid(paragraph)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
