"""What parallel headings share: in 争当“{勤奋}型”干部，戒“{懒}” the anchors stay, the slots vary and pair up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from itertools import repeat
from operator import contains
from typing import NamedTuple

import rjieba

_TEXT_MAX = 80
_ITEMS_MAX = 20
_SLOT_MAX = 16
_MARKS = "“”‘’，。；：、！？（）《》—·"
_NEGATION = re.compile(r"(?:不够|不太|不大|没有|未能|不能|[不没未无非])$")
_WEAK_STARTS = ("的", "和", "与", "也", "都")
_WEAK_ENDS = ("的", "得", "地", "和", "与")
#: Between two slots of a pair stands more than a comma, 的 or 得.
_UNRELATING = re.compile(r"[，。；：、的得和与及”]*")
#: A boundary moves at most so far to meet a word's edge.
_SHIFT_MAX = 2
#: Behind a place as many characters tell whether a word ends there.
_TAG_BEYOND = 6


class Slot(NamedTuple):
    """Where one item fills a slot: offsets in the item's text."""

    start: int
    end: int


@dataclass(frozen=True)
class Template:
    """`anchors` has one more entry than there are slots; `fillings[i]` are the slots of the i-th text, in order."""

    texts: tuple[str, ...]
    anchors: tuple[str, ...]
    fillings: tuple[tuple[Slot, ...], ...]

    def values(self, slot: int) -> list[str]:
        return [text[row[slot].start : row[slot].end] for text, row in zip(self.texts, self.fillings, strict=True)]

    @property
    def slots(self) -> range:
        return range(len(self.anchors) - 1)

    def is_good(self, slot: int) -> bool:
        """Say whether a question can ask for this slot."""
        values = self.values(slot)
        return (
            len(set(values)) == len(values) and all(map(_is_value, values)) and len({_commas(v) for v in values}) == 1
        )

    def relates(self, left: int, right: int) -> bool:
        """Say whether two neighbouring slots are tied by words, not by a comma or by a noun they happen to share."""
        tied = right == left + 1 and _UNRELATING.fullmatch(self.anchors[right]) is None
        return tied and not self._is_clause(left) and not self._follows_noun(right)

    def _is_clause(self, slot: int) -> bool:
        """Say whether the slot fills its clause, so that nothing in it points to another."""
        before, after = self.anchors[slot], self.anchors[slot + 1]
        return (before.endswith("，") or (slot == 0 and not before)) and after.startswith("，")

    def _follows_noun(self, slot: int) -> bool:
        edges = [(text, row[slot].start) for text, row in zip(self.texts, self.fillings, strict=True)]
        return any(_tag_before(text, edge).startswith(("n", "vn", "an")) for text, edge in edges)


def _tag_before(text: str, position: int) -> str:
    """The part of speech of the word that ends at a position; empty for marks and where no word ends."""
    at = 0
    for word in rjieba.cut(text[: position + _TAG_BEYOND]):
        at += len(word)
        if at >= position:
            # Telling what one word is costs far less than telling it of all of them.
            return str(rjieba.tag(word)[0][1]) if at == position and word not in _MARKS else ""
    return ""


def _is_value(value: str) -> bool:
    whole = not value.startswith(_WEAK_STARTS) and not value.endswith(_WEAK_ENDS)
    balanced = value.count("“") == value.count("”")
    return 0 < len(value) <= _SLOT_MAX and "，" not in value and balanced and whole


def _commas(value: str) -> int:
    return value.count("、")


def induce(texts: Sequence[str]) -> Template | None:
    """Find the template of parallel texts; None when they share nothing, or are no headings."""
    if not 2 <= len(texts) <= _ITEMS_MAX or max(map(len, texts)) > _TEXT_MAX or len(set(texts)) < len(texts):
        return None
    anchors = [anchor for anchor in _anchors(list(texts)) if anchor != "、"]
    if not anchors:
        return None
    rows = [_rows(text, anchors) for text in texts]
    rows = _on_words(texts, _with_negations(texts, rows))
    return _template(texts, rows)


# Anchors


def _anchors(texts: list[str]) -> list[str]:
    """The longest common substring, and the same again to its left and to its right."""
    anchor = _longest_common(texts) if all(texts) else ""
    if not anchor:
        return []
    cuts = [text.index(anchor) for text in texts]
    left = _anchors([text[:cut] for text, cut in zip(texts, cuts, strict=True)])
    right = _anchors([text[cut + len(anchor) :] for text, cut in zip(texts, cuts, strict=True)])
    return [*left, anchor, *right]


def _longest_common(texts: Sequence[str]) -> str:
    """The first of the longest substrings that all texts share."""
    first, rest = texts[0], texts[1:]
    shared = set(first).intersection(*rest)
    best = ""
    for start in [at for at, char in enumerate(first) if char in shared]:
        longer = first[start : start + len(best) + 1]
        while len(longer) > len(best) and all(map(contains, rest, repeat(longer))):
            best, longer = longer, first[start : start + len(longer) + 1]
    return best


_Row = list[tuple[int, int]]


def _rows(text: str, anchors: Sequence[str]) -> _Row:
    """The stretches between the anchors, in order, from before the first to after the last."""
    row, at = [], 0
    for anchor in anchors:
        found = text.index(anchor, at)
        row.append((at, found))
        at = found + len(anchor)
    return [*row, (at, len(text))]


# Edges of slots


def _with_negations(texts: Sequence[str], rows: list[_Row]) -> list[_Row]:
    """Keep 不 with what it denies: 还{不够高}, not 还不{够高}."""
    for slot in range(1, len(rows[0])):
        end = rows[0][slot][0]
        negation = _NEGATION.search(texts[0][end - _gap(rows, slot) : end])
        rows = _moved(rows, slot, -len(negation.group()), 0) if negation else rows
    return rows


def _gap(rows: Sequence[_Row], slot: int) -> int:
    """How long the anchor before a slot is."""
    return rows[0][slot][0] - rows[0][slot - 1][1]


def _moved(rows: list[_Row], slot: int, start: int, end: int) -> list[_Row]:
    if not (start or end):
        return rows
    return [[*row[:slot], (row[slot][0] + start, row[slot][1] + end), *row[slot + 1 :]] for row in rows]


def _on_words(texts: Sequence[str], rows: list[_Row]) -> list[_Row]:
    """Widen slots whose edge cuts a word in most items: 畅|通 becomes 畅通."""
    bounds = [_boundaries(text) for text in texts]
    for slot in range(len(rows[0])):
        if slot + 1 < len(rows[0]):
            room = _gap(rows, slot + 1)
            rows = _moved(rows, slot, 0, _shift([row[slot][1] for row in rows], bounds, room, 1))
        if slot:
            room = _gap(rows, slot)
            rows = _moved(rows, slot, -_shift([row[slot][0] for row in rows], bounds, room, -1), 0)
    return rows


def _boundaries(text: str) -> set[int]:
    return set(accumulate(map(len, rjieba.cut(text)), initial=0))


def _shift(edges: Sequence[int], bounds: Sequence[set[int]], room: int, step: int) -> int:
    for shift in range(min(room, _SHIFT_MAX) + 1):
        inside = sum([edge + step * shift not in bound for edge, bound in zip(edges, bounds, strict=True)])
        if 2 * inside <= len(edges):
            return shift
    return 0


# The template


def _template(texts: Sequence[str], rows: list[_Row]) -> Template | None:
    rows = _without_gapless(texts, rows)
    slots = [i for i, column in enumerate(zip(*rows, strict=True)) if any(start < end for start, end in column)]
    if not slots:
        return None
    fillings = tuple(tuple(Slot(*row[i]) for i in slots) for row in rows)
    first, text = fillings[0], texts[0]
    edges = [0, *(edge for slot in first for edge in (slot.start, slot.end)), len(text)]
    anchors = tuple(text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2))
    return Template(tuple(texts), anchors, fillings)


def _without_gapless(texts: Sequence[str], rows: list[_Row]) -> list[_Row]:
    """Join stretches with nothing left between them."""
    slot = 1
    while slot < len(rows[0]):
        if all(row[slot - 1][1] == row[slot][0] for row in rows):
            rows = [[*row[: slot - 1], (row[slot - 1][0], row[slot][1]), *row[slot + 1 :]] for row in rows]
        else:
            slot += 1
    return rows
