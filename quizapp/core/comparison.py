"""How a newer text of a speech differs from the one it replaces: paragraph by paragraph, and inside a changed one."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from operator import add


class Change(StrEnum):
    """What became of a piece."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Reason(StrEnum):
    """Why a newer text makes a question one to look at again."""

    QUOTE_GONE = "quote_gone"
    POINT_CHANGED = "point_changed"


@dataclass(frozen=True)
class Piece:
    """Words of one paragraph that were kept, taken out or put in."""

    change: Change
    text: str


@dataclass(frozen=True)
class Compared:
    """A paragraph: its number (from 1) in the old and in the new text, None where it is not in one, and its pieces."""

    old: int | None
    new: int | None
    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        return all(piece.change is Change.SAME for piece in self.pieces)


#: Two paragraphs that share less of their pairs of neighbouring characters are one taken out and another put in.
ALIKE = 0.3
#: How many paragraphs further on the partner of a changed one is looked for.
WINDOW = 3

Pairs = list[tuple[int, int]]


def compare(old: Sequence[str], new: Sequence[str]) -> tuple[Compared, ...]:
    """All paragraphs of both texts, in order. Takes time in proportion to their length, whatever they hold."""
    return tuple(_compared(old, new))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Compared]:
    i = j = 0
    for at, to in [*_chain(old, new), (len(old), len(new))]:
        yield from _replaced(old, new, range(i, at), range(j, to))
        if at < len(old):
            yield Compared(at + 1, to + 1, (Piece(Change.SAME, old[at]),))
        i, j = at + 1, to + 1


def _replaced(old: Sequence[str], new: Sequence[str], gone: range, come: range) -> Iterator[Compared]:
    """Paragraphs in the place of others: alike ones are compared inside, in order."""
    waiting = come.start
    for i in gone:
        partner = _partner(old[i], new, range(waiting, min(waiting + WINDOW, come.stop)))
        if partner is None:
            yield Compared(i + 1, None, (Piece(Change.REMOVED, old[i]),))
            continue
        yield from _added(new, range(waiting, partner))
        yield Compared(i + 1, partner + 1, _inside(old[i], new[partner]))
        waiting = partner + 1
    yield from _added(new, range(waiting, come.stop))


def _added(new: Sequence[str], places: range) -> Iterator[Compared]:
    return (Compared(None, j + 1, (Piece(Change.ADDED, new[j]),)) for j in places)


def _partner(paragraph: str, new: Sequence[str], places: range) -> int | None:
    """The paragraph that this one became: of those it is like, the one it is most like."""
    likeness = {j: _likeness(paragraph, new[j]) for j in places}
    best = max(likeness, key=lambda j: likeness[j], default=None)
    return best if best is not None and likeness[best] >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    """The share of pairs of neighbouring characters that both have."""
    pairs, others = set(_neighbours(one)), set(_neighbours(other))
    return 2 * len(pairs & others) / max(len(pairs) + len(others), 1)


def _neighbours(text: str) -> list[str]:
    return list(map(add, text, text[1:]))


def _inside(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of two paragraphs, in order; what was taken out comes before what was put in there."""
    pieces: list[Piece] = []
    i = j = 0
    for at, to, length in [*_kept(old, new), (len(old), len(new), 0)]:
        pieces += [Piece(Change.REMOVED, old[i:at])] * (i < at) + [Piece(Change.ADDED, new[j:to])] * (j < to)
        pieces += [Piece(Change.SAME, old[at : at + length])] * (length > 0)
        i, j = at + length, to + length
    return tuple(pieces)


def _kept(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    """Stretches that both have: where in the one, where in the other, how long. A single character between two
    changes is not worth keeping: it makes a comparison nobody can read."""
    head, tail = _ends(old, new)
    middle, into = old[head : len(old) - tail], new[head : len(new) - tail]
    stretches = [(0, 0, head)]
    for at, to, length in _runs(_chain(_neighbours(middle), _neighbours(into))):
        last_at, last_to, last_length = stretches[-1]
        # A run of n pairs is n + 1 characters, and the first of them may end the run before.
        over = max(last_at + last_length - at - head, last_to + last_length - to - head, 0)
        if length + 1 - over > 1:
            stretches.append((at + head + over, to + head + over, length + 1 - over))
    yield from (each for each in [*stretches, (len(old) - tail, len(new) - tail, tail)] if each[2])


def _runs(pairs: Pairs) -> Iterator[tuple[int, int, int]]:
    """Pairs that go on side by side, as one stretch each."""
    length = 0
    for place, (i, j) in enumerate(pairs):
        length += 1
        if pairs[place + 1 : place + 2] != [(i + 1, j + 1)]:
            yield i - length + 1, j - length + 1, length
            length = 0


def _chain(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """Places that hold the same in both, rising in both.

    First what stands only once in either holds them together, then, between two such places, what comes the same
    number of times. Nothing is compared with everything: the worst case is a sort.
    """
    held = [(-1, -1), *_rising(_shared(_single(old), _single(new))), (len(old), len(new))]
    found: Pairs = []
    for (i, j), (at, to) in pairwise(held):
        if i + 1 < at and j + 1 < to:
            found += _between(old, new, range(i + 1, at), range(j + 1, to))
        found += [(at, to)] * (at < len(old))
    return found


def _between(old: Sequence[str], new: Sequence[str], places: range, others: range) -> Pairs:
    one, other = old[places.start : places.stop], new[others.start : others.stop]
    head, tail = _ends(one, other)
    middle = _rising(
        _shared(
            _numbered(one[head : len(one) - tail], places.start + head),
            _numbered(other[head : len(other) - tail], others.start + head),
        )
    )
    return [
        *zip(places[:head], others[:head], strict=True),
        *middle,
        *zip(places[len(places) - tail :], others[len(others) - tail :], strict=True),
    ]


def _ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How much the two have in common at their beginning, and at their end beyond it."""
    head = next((n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    if head is None:
        return min(len(old), len(new)), 0
    rest = zip(reversed(old[head:]), reversed(new[head:]), strict=False)
    tail = next((n for n, (one, other) in enumerate(rest) if one != other), min(len(old), len(new)) - head)
    return head, tail


def _single(values: Sequence[str]) -> dict[Hashable, int]:
    """The place of each value that stands there once only."""
    counts = Counter(values)
    return {value: place for place, value in enumerate(values) if counts[value] == 1}


def _numbered(values: Sequence[str], first: int) -> dict[Hashable, int]:
    """The place of each value, told apart by how often it came before."""
    seen: Counter[str] = Counter()
    places: dict[Hashable, int] = {}
    for place, value in enumerate(values, start=first):
        places[value, seen[value]] = place
        seen[value] += 1
    return places


def _shared(old: Mapping[Hashable, int], new: Mapping[Hashable, int]) -> Pairs:
    return [(place, new[value]) for value, place in old.items() if value in new]


def _rising(pairs: Pairs) -> Pairs:
    """The longest choice of pairs, given in the order of their first places, whose second places rise too."""
    ends: list[int] = []
    links: list[int] = []
    chosen_at: list[int] = []
    for index, (_, second) in enumerate(pairs):
        length = bisect_left(ends, second)
        links.append(chosen_at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(second)
            chosen_at.append(index)
        else:
            ends[length], chosen_at[length] = second, index
    chosen: Pairs = []
    at = chosen_at[-1] if chosen_at else -1
    while at >= 0:
        chosen.append(pairs[at])
        at = links[at]
    return chosen[::-1]
