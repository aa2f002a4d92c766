"""The text of a speech cut into paragraphs and pieces, so that a template can mark what is a key point.

Marks may overlap and nest, and may run over the end of a paragraph; a piece never does either: each piece is inside one
paragraph and has the same marks from its first character to its last. Pieces are plain text, escaped by the template.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Span

KEY_POINT, PAIR, SOURCE = "key-point", "pair", "source"


@dataclass(frozen=True)
class Mark:
    """A span to be marked, and how. `point` is the number of the key point that begins here, if one does."""

    span: Span
    style: str
    point: int | None = None


@dataclass(frozen=True)
class Piece:
    """Text under the same marks. `styles` are sorted; `points` are the numbers of the key points that begin with it."""

    text: str
    styles: tuple[str, ...] = ()
    points: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph by its number, from 1."""

    number: int
    pieces: tuple[Piece, ...]


def paragraphs(text: str, spans: Sequence[Span], marks: Sequence[Mark]) -> tuple[Paragraph, ...]:
    """All paragraphs of a text with their marks."""
    return tuple(Paragraph(number, pieces(text, span, marks)) for number, span in enumerate(spans, start=1))


def pieces(text: str, within: Span, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    """One stretch of the text, cut wherever a mark begins or ends."""
    here = [mark for mark in marks if _clipped(mark.span, within)]
    edges = {within.start, within.end}
    for mark in here:
        edges |= {max(mark.span.start, within.start), min(mark.span.end, within.end)}
    cuts = sorted(edges)
    return tuple(_piece(text, Span(start, end), here) for start, end in zip(cuts, cuts[1:], strict=False))


def _clipped(span: Span, within: Span) -> bool:
    """Whether any character of the span is within."""
    return max(span.start, within.start) < min(span.end, within.end)


def _piece(text: str, span: Span, marks: Sequence[Mark]) -> Piece:
    over = [mark for mark in marks if _clipped(mark.span, span)]
    styles = tuple(sorted({mark.style for mark in over}))
    points = tuple(sorted({m.point for m in over if m.point is not None and m.span.start == span.start}))
    return Piece(span.of(text), styles, points)


def marks_of(points: Sequence[KeyPoint]) -> list[Mark]:
    """What the page of a speech marks: the items of every key point and the halves of its pairs."""
    return [mark for number, point in enumerate(points, start=1) for mark in _marks_of_point(number, point)]


def _marks_of_point(number: int, point: KeyPoint) -> Iterator[Mark]:
    """The items, and the slots of the pairs; the number stands at whatever comes first."""
    spans = [(item.span, KEY_POINT) for item in point.items]
    spans += [(span, PAIR) for pair in point.pairs for span in (pair.left_span, pair.right_span)]
    filled = sorted(((span, style) for span, style in spans if span.start < span.end), key=lambda s: s[0].start)
    for index, (span, style) in enumerate(filled):
        yield Mark(span, style, number if index == 0 else None)


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
    return tuple(paragraph for paragraph, span in zip(told, spans, strict=True) if _clipped(marked, span))
