"""Where rows of parallel words and clauses can stand: neighbouring segments that are tied to each other.

Segments, the pieces of text between two marks, are a row as they stand where 、 sets them apart; where commas do, they
are one if they share a word at the same place, or if several have one length. A row never passes a sentence.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from quizapp.core.keypoints.parallels.anchors import SPREAD
from quizapp.core.keypoints.parallels.anchors import are_built_alike
from quizapp.core.keypoints.parallels.anchors import are_steps
from quizapp.core.keypoints.parallels.anchors import is_alike
from quizapp.core.keypoints.parallels.anchors import same_places

#: [start, end) in the text.
Piece = tuple[int, int]
_NOWHERE: Piece = (-2, -2)

ITEM_MIN, ITEM_MAX = 2, 16
#: Clauses without an anchor: of one length, and so many of them.
EVEN_COUNT = 4
_EVEN_MIN, _EVEN_MAX = 3, 6
#: By how much a clause may be longer than the one before it.
_LONGER = SPREAD + 2

#: No sentence ties so many.
_CHAIN_MAX = 64

#: How two neighbours are tied, a character each so that the ties of a row are a string.
LISTED, ANCHORED, EVEN, ONE_VERB = "、", "=", "~", "/"
_CONNECTIVES = frozenset("更又还也并且")
#: The second clause goes on with the row: 既出人才、出经验，更出干部.
_GOING_ON = re.compile(r"[更又还也并且]要?")
#: The verb that both clauses have: 是见证，也是依据.
_SAME_VERB = re.compile(r"[也更又还](是|没有)")

#: The marks that a row may pass.
_INSIDE = frozenset("、，；")
_SEGMENT = re.compile(r"[^、，；。！？：…—（）\n]+")


class Row(NamedTuple):
    """Linked neighbours, untrimmed: `links[i]` ties pieces i and i + 1; `before` is the clause ahead of them."""

    pieces: tuple[Piece, ...]
    links: str
    before: Piece | None = None

    def part(self, low: int, high: int) -> "Row":
        """The row from piece `low` up to and with piece `high`."""
        return Row(self.pieces[low : high + 1], self.links[low:high], None if low else self.before)

    def cut(self, places: Sequence[int]) -> "Iterator[Row]":
        """The parts of the row that remain when the links at these places are severed."""
        ends = [-1, *places, len(self.links)]
        return (self.part(low + 1, high) for low, high in pairwise(ends) if high > low + 1)


def rows(barred: str) -> Iterator[Row]:
    """The rows of a text in which a line break stands wherever no row may pass."""
    for row in _chains(barred):
        if row.links == row.links[0] * len(row.links):
            yield row
        elif len(row.links) < _CHAIN_MAX:
            yield from _apart(barred, row)


def _apart(text: str, row: Row) -> Iterator[Row]:
    """The rows that a row with ties of several kinds holds."""
    for part in row.cut(_weak_places(text, row)):
        yield from _sorted_out(part)


def _chains(text: str) -> Iterator[Row]:
    """The longest runs of linked segments; a mark stands between two of them, and nothing else."""
    pieces: list[Piece] = []
    links, before, last = "", None, _NOWHERE
    for segment in map(re.Match.span, _SEGMENT.finditer(text)):
        mark = text[last[1]] if segment[0] == last[1] + 1 else ""
        link, linked = _tie(text, pieces[-1], segment, mark) if mark in _INSIDE else ("", segment)
        if link:
            pieces.append(linked)
            links += link
        else:
            if links:
                yield Row(tuple(pieces), links, before)
            elif mark in _INSIDE and (pair := _with_same_verb(text, pieces[0], segment)) is not None:
                yield Row(pair, ONE_VERB)
            # An item of a list apart by 、 is no clause.
            before = last if mark in _INSIDE and text[last[0] - 1] != LISTED else None
            pieces, links = [segment], ""
        last = segment
    if links:
        yield Row(tuple(pieces), links, before)


def _tie(text: str, left: Piece, right: Piece, mark: str) -> tuple[str, Piece]:
    return (LISTED, right) if mark == LISTED else _link(text, left, right, mark)


def _link(text: str, left: Piece, right: Piece, mark: str) -> tuple[str, Piece]:
    """How two clauses are tied, and the second one without a word that only says that the row goes on."""
    (start, end), (other, other_end) = left, right
    size = end - start
    excess = other_end - other - size
    if not (ITEM_MIN <= size <= ITEM_MAX and -SPREAD <= excess <= _LONGER and size + excess >= ITEM_MIN):
        return "", right
    one, two = text[start:end], text[other:other_end]
    if two[0] in _CONNECTIVES:
        return _link_on(one, two, text, right)
    # Most neighbours have nothing in common, and that is soon told.
    if are_steps((one, two)) if set(one).isdisjoint(two) else is_alike(one, two) or are_built_alike(one, two):
        return ANCHORED, right
    return EVEN if not excess and mark == "，" and _EVEN_MIN <= size <= _EVEN_MAX else "", right


def _link_on(one: str, two: str, text: str, right: Piece) -> tuple[str, Piece]:
    """The same for a clause that begins with 更, 又 …, which no even row goes on with."""
    if _SAME_VERB.match(two):
        return "", right
    going_on = _GOING_ON.match(two)
    bare = two[going_on.end() :] if going_on else two
    if len(bare) == len(one) and is_alike(one, bare):
        return ANCHORED, (right[1] - len(bare), right[1])
    return ANCHORED if is_alike(one, two) else "", right


def _with_same_verb(text: str, left: Piece, right: Piece) -> tuple[Piece, Piece] | None:
    """What the one verb of two clauses takes: 作风是脸面，也是名片."""
    verb = _SAME_VERB.match(text, *right) if text[right[0]] in _CONNECTIVES else None
    at = text.rfind(verb[1], *left) if verb else -1
    if verb is None or at < 0:
        return None
    skipped = verb[1] == "是"
    one, other = (at + skipped, left[1]), (verb.start(1) + skipped, right[1])
    sizes = one[1] - one[0], other[1] - other[0]
    return (one, other) if min(sizes) > ITEM_MIN and max(sizes) <= min(ITEM_MAX, min(sizes) + SPREAD) else None


# What goes together in one row


def _weak_places(text: str, row: Row) -> list[int]:
    """Links that tie less than what stands on one side of them: an even comma beside an anchored row or a list."""
    marks = [text[piece[0] - 1] for piece in row.pieces[1:]]
    parted = "，" in marks and "；" in marks
    if EVEN not in row.links and not parted:
        return []
    texts = [text[start:end] for start, end in row.pieces]
    alike = [is_alike(left, right) for left, right in pairwise(texts)]
    return [
        place
        for place, link in enumerate(row.links)
        if (link == EVEN and _is_weak(texts, row.links, place, alike)) or (parted and marks[place] == "；")
    ]


def _is_weak(texts: Sequence[str], links: str, place: int, alike: Sequence[bool]) -> bool:
    left, right = _listed_length(links, place, -1), _listed_length(links, place, 1)
    if min(left, right) == 1 and max(left, right) > 2:
        return True
    return _stands_alone(texts, place, -1, alike) or _stands_alone(texts, place + 1, 1, alike)


def _listed_length(links: str, place: int, step: int) -> int:
    """How many items (up to three) stand apart by 、 beside a link."""
    length, place = 1, place + step
    while length < 3 and 0 <= place < len(links) and links[place] == LISTED:
        length, place = length + 1, place + step
    return length


def _stands_alone(texts: Sequence[str], index: int, step: int, alike: Sequence[bool]) -> bool:
    """Say whether pieces from here on are tied so well that a neighbour of the same length is none of theirs."""
    ties = [at for at in ((index - 1, index - 2) if step < 0 else (index, index + 1)) if 0 <= at < len(alike)]
    near = [texts[index + step * offset] for offset in range(len(ties) + 1)]
    if not ties:
        return False
    one, two = near[:2]
    if len(ties) > 1 and alike[ties[0]] and alike[ties[1]]:
        return len({each[0] for each in near}) == 1 or len({each[-2:] for each in near}) == 1
    return (len(one) == len(two) and 2 * same_places(one, two) > len(one)) or are_built_alike(one, two)


def _sorted_out(row: Row) -> Iterator[Row]:
    """The row itself where its marks agree or its items do; else the lists in it, and the clauses between them."""
    listed = row.links.count(LISTED)
    if listed in (0, len(row.links)) or _is_uniform(row):
        yield row
        return
    commas = [place for place, link in enumerate(row.links) if link != LISTED]
    lists = list(row.cut(commas))
    inside = {piece for each in lists for piece in each.pieces}
    clauses = row.cut([i for i, pair in enumerate(pairwise(row.pieces)) if not inside.isdisjoint(pair)])
    yield from sorted([*lists, *clauses], key=lambda each: each.pieces[0])


def _is_uniform(row: Row) -> bool:
    """Say whether all items have one length, as far as words before the first and after the last let it show."""
    if len(row.pieces) < EVEN_COUNT and EVEN in row.links:
        return False
    whole = row.pieces[row.links[0] == LISTED : len(row.pieces) - (row.links[-1] == LISTED)]
    return len({end - start for start, end in whole}) == 1
