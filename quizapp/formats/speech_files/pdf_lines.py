"""Whole paragraphs out of the visual lines of pages.

A page breaks its lines where the column ends. Where a paragraph ends shows in the places of the lines alone: a line
that stops early, a line that starts further in, a wider gap, another size of letter.
"""

import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import pairwise
from statistics import median

#: In ems: how far in a paragraph starts; how far before the edge its last line stops; how much edges may vary.
INDENT = 1.2
SHORT = 2.5
RAGGED = 3.0
#: Blocks of fewer lines show no edges; columns of more kinds than this are told apart no more.
FEW = 5
MAX_COLUMNS = 20
#: How much wider than usual the gap between two paragraphs is; how much letters of another rank differ in size.
WIDER = 1.35
OTHER_SIZE = 1.18
#: Fewer letters than this do not show their size.
MEASURED = 4
#: What a page repeats stands in its upper or lower part of this share, at the same height within so many points.
MARGIN = 0.15
SAME_HEIGHT = 4.0

#: Stands between the cells of a row.
GAP_MARK = "\t"
SENTENCE_END = re.compile(r"[。！？!?；;：:…][”’》）】」』)]*$")
#: Numbers of headings. What is spoken in a row (一是、第二，) opens a paragraph only where none starts further in.
_ORDINAL = "[一二三四五六七八九十]+"
HEADING = re.compile(rf"第{_ORDINAL}[章节条部]|{_ORDINAL}、|[(（](?:{_ORDINAL}|\d+)[)）]|\d{{1,2}}[.．、](?!\d)")
SPOKEN = re.compile(rf"第{_ORDINAL}[，、 　]|{_ORDINAL}[是要]|(?:首先|其次|再次|最后)[，、]|[①-⑳]")
_AROUND = r"[-—–－―·•.\s]*"
PAGE_NUMBER = re.compile(
    rf"{_AROUND}(?:第\s*)?(?:[\d０-９]{{1,4}}|[ivxⅰ-ⅻ]{{1,5}})(?:\s*页)?"
    rf"(?:\s*[,，/／|]?\s*(?:共\s*)?\d{{1,4}}(?:\s*页)?)?{_AROUND}",
    re.IGNORECASE,
)
DIGITS = re.compile(r"[\d０-９]+")
LATIN_START = re.compile(r"[A-Za-z0-9]{6}")


@dataclass(frozen=True)
class Line:
    """One visual line and its place, in points from the lower left of its page."""

    text: str
    page: int
    left: float
    right: float
    middle: float
    em: float
    page_height: float

    def is_below(self, other: "Line") -> bool:
        return self.page == other.page and self.middle < other.middle - 0.3 * other.em

    def is_beside(self, other: "Line") -> bool:
        level = abs(self.middle - other.middle) < 0.3 * min(self.em, other.em)
        return self.page == other.page and level and self.left >= other.right - 0.5 * other.em


@dataclass(frozen=True)
class _Column:
    """The edges between which the lines of a block run, and the usual step from one to the next."""

    left: float
    right: float
    step: float
    em: float

    def is_indented(self, line: Line) -> bool:
        return line.left > self.left + INDENT * line.em

    def is_short(self, line: Line) -> bool:
        return line.right < self.right - SHORT * line.em

    def belongs_to(self, other: "_Column", few: bool) -> bool:
        """Whether these are the edges of another column, or of a few lines that may lie anywhere in it."""
        out = RAGGED * self.em
        if few:
            return self.left > other.left - out and self.right < other.right + out
        return max(abs(self.left - other.left), abs(self.right - other.right)) < out


def paragraphs(pages: Sequence[Sequence[Line]]) -> Iterator[str]:
    """The text of the pages, a paragraph on a line; what every page repeats is left out."""
    placed = _placed(list(_rows(_without_furniture(pages))))
    indents = sum(column.is_indented(row) for row, column in placed) > 1
    pieces: list[str] = []
    for place, (row, column) in enumerate(placed):
        if place and _begins(*placed[place - 1], row, column, indents):
            yield "".join(pieces)
            pieces = []
        elif pieces and _apart(pieces[-1], row.text):
            pieces.append(" ")
        pieces.append(row.text)
    if pieces:
        yield "".join(pieces)


def _apart(text: str, more: str) -> bool:
    """Whether only the line break stood between two words of Latin letters."""
    return all(letter.isascii() and letter.isalnum() for letter in (text[-1], more[0]))


# What every page repeats


def _without_furniture(pages: Sequence[Sequence[Line]]) -> Iterator[Line]:
    """The lines without running heads and feet and without the numbers of pages."""
    margins = [line for page in pages for line in page if _in_margin(line)]
    seen = Counter(key for line in margins for key in _neighbouring_keys(line))
    numbered = _are_numbered(pages)
    often = 2 if len(pages) <= 5 else 3
    for page in pages:
        for line in page:
            repeated = seen[_key(line)] >= often or (numbered and _is_page_number(line))
            if not (_in_margin(line) and repeated):
                yield line


def _in_margin(line: Line) -> bool:
    return not MARGIN < line.middle / line.page_height < 1 - MARGIN


def _key(line: Line) -> tuple[str, int]:
    return DIGITS.sub("#", re.sub(r"\s", "", line.text)), round(line.middle / SAME_HEIGHT)


def _neighbouring_keys(line: Line) -> Iterable[tuple[str, int]]:
    text, height = _key(line)
    return ((text, height - 1), (text, height), (text, height + 1))


def _are_numbered(pages: Sequence[Sequence[Line]]) -> bool:
    """Whether most pages have a line in their margin that could be their number."""
    found = sum(any(_in_margin(line) and _is_page_number(line) for line in page) for page in pages)
    return 2 * found >= len(pages)


def _is_page_number(line: Line) -> bool:
    return len(line.text) <= 30 and PAGE_NUMBER.fullmatch(line.text) is not None


# Rows and columns


def _rows(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines that stand side by side as one: the cells of a table, apart by tabs, or a line set in pieces."""
    row: Line | None = None
    for line in lines:
        if row is not None and line.is_beside(row):
            apart = GAP_MARK if line.left - row.right > line.em else ""
            row = replace(row, text=row.text + apart + line.text, right=line.right)
            continue
        if row is not None:
            yield row
        row = line
    if row is not None:
        yield row


def _placed(rows: Sequence[Line]) -> list[tuple[Line, _Column]]:
    """Each row with its column: that of its block, widened by all blocks that run between about the same edges."""
    blocks = list(_blocks(rows))
    kinds: list[list[_Column]] = []
    kind_of: dict[int, list[_Column]] = {}
    for place in sorted(range(len(blocks)), key=lambda place: -len(blocks[place])):
        column, few = _column(blocks[place]), len(blocks[place]) < FEW
        kind = next((kind for kind in kinds if column.belongs_to(kind[0], few)), None)
        if kind is None:
            kind = []
            kinds = [*kinds, kind][:MAX_COLUMNS]
        kind_of[place] = kind
        # The edges of a few lines are no edges of a column.
        kind += [column] if not few or not kind else []
    columns = [_merged(kind_of[place]) for place in range(len(blocks))]
    return [(row, column) for block, column in zip(blocks, columns, strict=True) for row in block]


def _merged(kind: Sequence[_Column]) -> _Column:
    return _Column(
        left=min(column.left for column in kind),
        right=max(column.right for column in kind),
        step=median(column.step for column in kind),
        em=kind[0].em,
    )


def _blocks(rows: Sequence[Line]) -> Iterator[list[Line]]:
    """Rows one below the other: a new page or a step up begins another block."""
    block: list[Line] = []
    for row in rows:
        if block and not row.is_below(block[-1]):
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _column(block: Sequence[Line]) -> _Column:
    steps = [a.middle - b.middle for a, b in pairwise(block)]
    em = median(row.em for row in block)
    return _Column(
        left=_edge([row.left for row in block], em),
        right=-_edge([-row.right for row in block], em),
        step=median(steps) if steps else 0.0,
        em=em,
    )


def _edge(places: Sequence[float], em: float) -> float:
    """The outermost place that is no exception: another line stands there too, within half an em."""
    ordered = sorted(places)
    return next((a for a, b in pairwise(ordered) if b - a < 0.5 * em), ordered[0])


# Where a paragraph begins


def _begins(above: Line, column_above: _Column, line: Line, column: _Column, indents: bool) -> bool:
    """Whether a line opens a paragraph; if not, it goes on with the one above."""
    if _is_other_rank(above, line) or GAP_MARK in above.text or GAP_MARK in line.text:
        return True
    short = column_above.is_short(above)
    if column.is_indented(line):
        # The lines of an item hang further in than its number: what stops in mid-sentence at the edge goes on.
        return short or _ends_sentence(above) or _has_number(line)
    if short and not LATIN_START.match(line.text):
        return True
    if line.is_below(above) and above.middle - line.middle > WIDER * column.step > 0:
        return True
    return _is_numbered(above, line, indents)


def _ends_sentence(line: Line) -> bool:
    return SENTENCE_END.search(line.text[-20:]) is not None


def _is_other_rank(above: Line, line: Line) -> bool:
    if min(len(above.text), len(line.text)) < MEASURED:
        return False
    return max(above.em, line.em) > OTHER_SIZE * min(above.em, line.em)


def _is_numbered(above: Line, line: Line, indents: bool) -> bool:
    """Whether a number opens a paragraph here; where paragraphs are indented, one within a paragraph does not."""
    return _ends_sentence(above) and (_has_number(line) if not indents else HEADING.match(line.text) is not None)


def _has_number(line: Line) -> bool:
    return HEADING.match(line.text) is not None or SPOKEN.match(line.text) is not None
