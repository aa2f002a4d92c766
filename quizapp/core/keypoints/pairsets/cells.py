"""Tables in a speech: rows of cells under a header, the first column tied to another."""

from collections.abc import Iterator
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from quizapp.core.keypoints.pairsets.clauses import FEWEST
from quizapp.core.keypoints.pairsets.shapes import Table
from quizapp.core.speech import CleanText
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_ROWS_MAX = 40
_HEADER_MAX = 12
_CELL_MAX = 60
_Row = tuple[Span, ...]


def cell_tables(clean: CleanText) -> Iterator[tuple[int, Table]]:
    """Find the tables that have a header and three rows or more, all of as many cells, and where each begins."""
    if "\t" not in clean.text:
        return
    text = clean.text
    tabs = ((text.count("\t", line.start, line.end), line) for line in clean.paragraphs)
    for width, block in groupby(tabs, itemgetter(0)):
        lines = [line for _, line in block] if width else []
        if not FEWEST < len(lines) <= _ROWS_MAX + 1:
            continue
        rows = [_cells(text, line) for line in lines]
        found = _read(text, rows[1:]) if _is_header(text, rows) else None
        if found is not None:
            yield lines[0].start, found


def _cells(text: str, paragraph: Span) -> _Row:
    cells, start = [], paragraph.start
    for cell in paragraph.of(text).split("\t"):
        cells.append(Span(start, start + len(cell)))
        start += len(cell) + 1
    return tuple(cells)


def _is_header(text: str, lines: Sequence[_Row]) -> bool:
    """Say whether the first row names the columns: short words without figures that no row below repeats."""
    names = [cell.of(text) for cell in lines[0]]
    below = {cell.of(text) for line in lines[1:] for cell in line}
    return all(0 < len(name) <= _HEADER_MAX and not any(map(str.isdigit, name)) for name in names) and below.isdisjoint(
        names
    )


def _read(text: str, lines: Sequence[_Row]) -> Table | None:
    """The first column that tells its rows apart and is no running number, with the next one that does."""
    columns = [column for column in zip(*lines, strict=True) if _tells_apart(text, column)]
    columns = columns[1:] if columns and all(cell.of(text).isdecimal() for cell in columns[0]) else columns
    if len(columns) < 2:
        return None
    lefts, rights = columns[:2]
    return Table(lefts, lefts, rights, ("", "\t", ""), Rule.FRAME)


def _tells_apart(text: str, column: Sequence[Span]) -> bool:
    values = [cell.of(text) for cell in column]
    return len(set(values)) == len(values) and all(0 < len(value) <= _CELL_MAX for value in values)
