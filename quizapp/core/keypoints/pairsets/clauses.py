"""Clauses: where each stands, what it opens with, and how far what is said of one thing goes."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Span

FEWEST = 3
MOST = 12
_ROW_MAX = 120
#: Looking closely at a row is dear; so many rows a text of this many characters may have, and no speech comes near.
_CHARACTERS_A_ROW = 200
_FEW_ROWS = 20

_MARKS = re.compile(r"[，；：。！？\n]")


class Clauses:
    """The clauses of a text in order: where each stands, what mark stands before it, and what it opens with.

    A clause that an ordinal opens belongs to the outline; it opens with nothing here, and so is like no other.
    """

    def __init__(self, clean: CleanText, outline: Outline):
        self.text = text = clean.text
        parts = _MARKS.split(text)
        lengths = list(map(len, parts))
        starts = accumulate(map((1).__add__, lengths), initial=0)
        self.starts = [start for start, part in zip(starts, parts, strict=False) if part]
        self.ends = [start + length for start, length in zip(self.starts, filter(None, lengths), strict=True)]
        self.texts = list(filter(None, parts))
        self.marks = [text[start - 1] if start else "\n" for start in self.starts]
        self.firsts = [part[0] for part in self.texts]
        # The first clause opens a unit whatever stands before it: a text cut from another may begin with a comma.
        self.units = [i for i, mark in enumerate(self.marks) if not i or mark != "，"]
        for heading in outline.headings:
            index = bisect_right(self.starts, heading.body.start) - 1
            if self.starts[index] == heading.body.start:
                self.firsts[index] = ""

    def __len__(self) -> int:
        return len(self.starts)

    def bounds(self, index: int) -> tuple[int, int]:
        return self.starts[index], self.ends[index]

    def span(self, index: int) -> Span:
        return Span(self.starts[index], self.ends[index])

    def spans(self, start: int, stop: int) -> tuple[Span, ...]:
        return tuple(self.span(index) for index in range(start, stop))

    @cached_property
    def rows_within(self) -> tuple[tuple[Span, list[str]], ...]:
        """Clauses that list at least three things by 、, with the things."""
        few = [
            i for i, part in enumerate(self.texts) if FEWEST - 1 <= part.count("、") < MOST and len(part) <= _ROW_MAX
        ]
        return tuple((self.span(index), self.texts[index].split("、")) for index in few)


def pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Where the things stand that 、 parts."""
    for piece in text[start:end].split("、"):
        yield Span(start, start + len(piece))
        start += len(piece) + 1


# How far what is said of a thing goes

_RESULTS = re.compile(
    r"做到|确保|使|让|从而|以便|不断|不[要能得准]|这样|那样|都|也|才|则|但|而|并|同时|进而|真正|切实|推动|妥善|为[了此]?|总之"
)
_RESUMED = re.compile(r"都|也|才|则|便|就(?!是)")
_FIRST_HALF = re.compile(r"既(?!定|然)|不仅|不但|不只")
_SECOND_HALF = re.compile(r"又|也|还|更|而且")
_SAID_MAX = 40


def said_until(text: str, clauses: Sequence[Span]) -> int:
    """Where what the clauses say of one thing ends: before what follows from it, or takes up something else."""
    end = clauses[0].end
    for index, clause in enumerate(clauses[1:], start=1):
        following = clauses[index + 1] if index + 1 < len(clauses) else None
        resumed = following is not None and _RESUMED.match(text, following.start)
        halves = _FIRST_HALF.search(text, clauses[0].start, clauses[0].end)
        goes_on = halves is not None and _SECOND_HALF.match(text, clause.start)
        if clause.end - clauses[0].start > _SAID_MAX or not (goes_on or not _RESULTS.match(text, clause.start)):
            break
        if resumed and not goes_on:
            break
        end = clause.end
    return end


def most_rows(text: str) -> int:
    """How many rows of one shape are looked at closely in a text of this length."""
    return _FEW_ROWS + len(text) // _CHARACTERS_A_ROW


# What clauses share


def texts_of(text: str, spans: Iterable[Span]) -> list[str]:
    return [span.of(text) for span in spans]


def shared_start(text: str, spans: Sequence[Span]) -> str:
    return _common_start(texts_of(text, spans))


def shared_end(text: str, spans: Sequence[Span]) -> str:
    return _common_start([value[::-1] for value in texts_of(text, spans)])[::-1]


def _common_start(values: Sequence[str]) -> str:
    # What the first and the last in order share, all between them share too.
    first, last = min(values), max(values)
    size = next((at for at, (one, two) in enumerate(zip(first, last, strict=False)) if one != two), len(first))
    return first[:size]
