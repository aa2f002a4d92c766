"""The text of a speech cut into paragraphs and pieces, so that a template can mark what is a key point.

Marks may overlap and nest, and may run over the end of a paragraph; a piece never does either: each piece is inside one
paragraph and has the same marks from its first character to its last. Pieces are plain text, escaped by the template.
"""

from bisect import bisect_left
from bisect import bisect_right
from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from quizapp.core.speech import Evidence
from quizapp.core.speech import Heading
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span

PAIR, SOURCE, EVIDENCE = "pair", "source", "evidence"


@dataclass(frozen=True)
class Mark:
    """A span to be marked, and how: `style` None only cuts the text. `point` is the number of the key point, and
    `heading` the index of the heading, that begins here, if one does."""

    span: Span
    style: str | None
    point: int | None = None
    heading: int | None = None


class Piece(NamedTuple):
    """Text under the same marks. `styles` are sorted; `points` and `headings` are those that begin with it."""

    text: str
    styles: tuple[str, ...] = ()
    points: tuple[int, ...] = ()
    headings: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph by its number, from 1, and where it starts in the text."""

    number: int
    pieces: tuple[Piece, ...]
    start: int


def paragraphs(text: str, spans: Sequence[Span], marks: Sequence[Mark]) -> tuple[Paragraph, ...]:
    """All paragraphs of a text, which are in order and apart, with their marks."""
    inside: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        for place in _reached(spans, mark.span):
            inside[place].append(mark)
    return tuple(
        Paragraph(place + 1, pieces(text, span, inside.get(place, ())), span.start) for place, span in enumerate(spans)
    )


def _reached(spans: Sequence[Span], span: Span) -> range:
    """The places of the spans, in order and apart, that share a character with this one."""
    if span.start >= span.end:
        return range(0)
    first = bisect_right(spans, span.start, key=lambda each: each.end)
    return range(first, max(first, bisect_left(spans, span.end, key=lambda each: each.start)))


def pieces(text: str, within: Span, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """One stretch of the text, cut wherever a mark begins or ends."""
    opens: dict[int, list[Mark]] = defaultdict(list)
    closes: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        start, end = max(mark.span.start, within.start), min(mark.span.end, within.end)
        if start < end:
            opens[start].append(mark)
            closes[end].append(mark)
    cuts = sorted({within.start, within.end, *opens, *closes})
    held: Counter[str | None] = Counter()
    found = []
    for start, end in pairwise(cuts):
        for mark in closes.get(start, ()):
            held[mark.style] -= 1
        for mark in opens.get(start, ()):
            held[mark.style] += 1
        styles = sorted(style for style, times in held.items() if times and style is not None)
        points, headings = _beginning(opens.get(start, ()), start)
        found.append(Piece(text[start:end], tuple(styles), points, headings))
    return tuple(found)


def _beginning(marks: Sequence[Mark], start: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The numbers of the key points and the indices of the headings that begin here, not before this paragraph."""
    here = [mark for mark in marks if mark.span.start == start]
    if not here:
        return (), ()
    points = {mark.point for mark in here if mark.point is not None}
    headings = {mark.heading for mark in here if mark.heading is not None}
    return tuple(sorted(points)), tuple(sorted(headings))


# What the page of a speech marks


def style_of(kind: PointKind) -> str:
    return f"kind-{kind.value}"


def marks_of(points: Sequence[KeyPoint]) -> list[Mark]:
    """The items of every key point, or all of it where it has none, and the halves of its pairs."""
    return [mark for number, point in enumerate(points, start=1) for mark in _marks_of_point(number, point)]


def _marks_of_point(number: int, point: KeyPoint) -> Iterator[Mark]:
    """The number stands at whatever comes first."""
    style = style_of(point.kind)
    spans = [(item.span, style) for item in point.items]
    spans += [
        (span, each) for pair in point.pairs for span in (pair.left_span, pair.right_span) for each in (style, PAIR)
    ]
    filled = sorted({(span, each) for span, each in spans if span.start < span.end}, key=_place)
    for index, (span, each) in enumerate(filled or [(point.span, style)]):
        yield Mark(span, each, number if index == 0 else None)


def _place(styled: tuple[Span, str]) -> tuple[int, int, str]:
    return styled[0].start, styled[0].end, styled[1]


def heading_places(outline: Sequence[Heading]) -> list[Mark]:
    """Where each heading begins, so that links lead there."""
    return [
        Mark(Span(each.span.start, max(each.span.end, each.span.start + 1)), None, heading=index)
        for index, each in enumerate(outline)
    ]


def evidence_marks(evidence: Sequence[Evidence]) -> list[Mark]:
    return [Mark(each.span, EVIDENCE) for each in evidence]


def lines(text: str) -> Iterator[Span]:
    """The paragraphs of a clean text, which line breaks part."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield Span(start, start + len(line))
        start += len(line) + 1


def passage(text: str, marked: Span) -> tuple[Paragraph, ...]:
    """The whole paragraphs that a sentence stands in, with the sentence marked."""
    spans = list(lines(text))
    told = paragraphs(text, spans, [Mark(marked, SOURCE)])
    return tuple(told[place] for place in _reached(spans, marked))
