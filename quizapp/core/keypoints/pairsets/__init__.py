"""Pairsets: rows of clauses cut from one template, each tying one thing to another, under no counting name."""

import re
from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from itertools import islice

from quizapp.core.keypoints.pairsets.cells import cell_tables
from quizapp.core.keypoints.pairsets.clauses import Clauses
from quizapp.core.keypoints.pairsets.clauses import most_rows
from quizapp.core.keypoints.pairsets.frames import listed_frames
from quizapp.core.keypoints.pairsets.frames import quoted_frames
from quizapp.core.keypoints.pairsets.groups import group_tables
from quizapp.core.keypoints.pairsets.quoted_rows import quoted_rows
from quizapp.core.keypoints.pairsets.rows import opened
from quizapp.core.keypoints.pairsets.rows import rows
from quizapp.core.keypoints.pairsets.shapes import Table
from quizapp.core.keypoints.pairsets.shapes import is_sound
from quizapp.core.keypoints.pairsets.shapes import table
from quizapp.core.keypoints.polarity import is_negative
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_SAID_BY = re.compile(r"(?:说|指出|强调|讲|云|曰|道|语|言|认为|要求)(?:过|的是)?[，：]?“$")
_QUOTED_WITHIN = 160
_LEAD_MAX = 200


class Place:
    """Makes key points out of tables, at their place in the speech."""

    def __init__(self, clean: CleanText, outline: Outline):
        self.clean, self.text, self.outline = clean, clean.text, outline
        self.sentence_starts = [sentence.start for sentence in clean.sentences]

    def point(self, found: Table, lead: Span | None = None, heading: int | None = None) -> KeyPoint:
        """The pairset that a table is."""
        pairs = tuple(self.pair(left, right) for left, right in zip(found.lefts, found.rights, strict=True))
        return replace(
            self.unnamed(
                PointKind.PAIRSET, found.rule, found.items, found.confidence, lead or self.lead(found.span.start)
            ),
            span=found.span,
            heading=self.outline.heading_at(found.span.start) if heading is None else heading,
            complete=self._is_whole(found.span),
            pairs=pairs,
            template=found.around,
        )

    def unnamed(
        self, kind: PointKind, rule: Rule, spans: Sequence[Span], confidence: Confidence, lead: Span | None = None
    ) -> KeyPoint:
        """A set without a name whose items stand at these places."""
        span = Span(spans[0].start, spans[-1].end)
        items = tuple(Item(each.of(self.text), each.of(self.text), each) for each in spans)
        lead = lead or self.lead(span.start)
        return KeyPoint(
            kind=kind,
            name=None,
            full_name=None,
            count=len(items),
            items=items,
            span=span,
            lead=lead,
            heading=self.outline.heading_at(span.start),
            rule=rule,
            complete=self._is_whole(span),
            negative=is_negative(self.text, lead, items),
            confidence=confidence,
        )

    def _is_whole(self, span: Span) -> bool:
        return not self.text.startswith("等", span.end) and not self.is_cut_off(span)

    def pair(self, left: Span, right: Span) -> Pair:
        start, end = min(left.start, right.start), max(left.end, right.end)
        return Pair(left.of(self.text), right.of(self.text), left, right, Span(start, end))

    def lead(self, position: int) -> Span:
        """What stands before a row in its sentence."""
        sentence = bisect_right(self.sentence_starts, position) - 1
        start = self.sentence_starts[sentence] if sentence >= 0 else 0
        return Span(max(start, position - _LEAD_MAX), position)

    def sentence_before(self, position: int) -> Span:
        """The sentence that ends before a position; nothing where none does."""
        index = bisect_left(self.sentence_starts, position) - 1
        return self.clean.sentences[index] if index >= 0 else Span(position, position)

    def is_cut_off(self, span: Span) -> bool:
        last = len(self.clean.sentences) - 1
        return last in self.clean.broken_sentences and span.end > self.clean.sentences[last].start

    def is_said_by_another(self, position: int) -> bool:
        """Say whether a place lies in words that the speech quotes from somebody."""
        start = max(0, position - _QUOTED_WITHIN)
        opening = self.text.rfind("“", start, position)
        if opening < 0 or "”" in self.text[opening:position]:
            return False
        return _SAID_BY.search(self.text, max(0, opening - 8), opening + 1) is not None


def pair_sets(clean: CleanText, outline: Outline, clauses: Clauses) -> Iterator[KeyPoint]:
    """Find the rows that tie one thing to another, each place once."""
    text, place = clean.text, Place(clean, outline)
    close = (opened(text, row) for row in rows(clauses))
    looked_at = islice((row for row in close if row is not None), most_rows(text))
    found = [each for row in looked_at if (each := table(text, row)) is not None]
    framed = chain(islice(quoted_frames(text), most_rows(text)), islice(listed_frames(text, clauses), most_rows(text)))
    found += [each for each in framed if is_sound(text, each)]
    found = _apart(found)
    further = chain(islice(quoted_rows(text), most_rows(text)), islice(group_tables(text, clauses), most_rows(text)))
    found += _beside(found, _apart(each for each in further if is_sound(text, each)))
    yield from (place.point(each) for each in found if not place.is_said_by_another(each.span.start))
    for start, each in cell_tables(clean):
        yield place.point(each, place.sentence_before(start))


def _apart(found: Iterable[Table]) -> list[Table]:
    """Those that overlap none before them; of two that begin at one place the longer."""
    kept: list[Table] = []
    for each in sorted(found, key=lambda each: (each.span.start, -each.span.end)):
        if not kept or each.span.start >= kept[-1].span.end:
            kept.append(each)
    return kept


def _beside(found: Sequence[Table], further: Sequence[Table]) -> Iterator[Table]:
    """Those of the further tables that overlap none of the first."""
    starts = [each.span.start for each in found]
    ends = [each.span.end for each in found]
    for each in further:
        if bisect_left(starts, each.span.end) == bisect_right(ends, each.span.start):
            yield each
