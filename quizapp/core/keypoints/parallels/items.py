"""The items of a row: words apart by 、, clauses, or both in turn, each without what does not belong to it."""

import re
from collections.abc import Sequence

from quizapp.core.keypoints.parallels.anchors import SPREAD
from quizapp.core.keypoints.parallels.anchors import are_built_alike
from quizapp.core.keypoints.parallels.anchors import are_steps
from quizapp.core.keypoints.parallels.anchors import build_of
from quizapp.core.keypoints.parallels.anchors import has_anchor
from quizapp.core.keypoints.parallels.anchors import is_alike
from quizapp.core.keypoints.parallels.anchors import places_in_common
from quizapp.core.keypoints.parallels.edges import LEADS_OF_CLAUSES
from quizapp.core.keypoints.parallels.edges import NEVER_FIRST
from quizapp.core.keypoints.parallels.edges import coverb_start
from quizapp.core.keypoints.parallels.edges import first_item
from quizapp.core.keypoints.parallels.edges import follows_lead
from quizapp.core.keypoints.parallels.edges import last_item
from quizapp.core.keypoints.parallels.edges import shape_of
from quizapp.core.keypoints.parallels.edges import words_after
from quizapp.core.keypoints.parallels.edges import words_before
from quizapp.core.keypoints.parallels.stretches import EVEN
from quizapp.core.keypoints.parallels.stretches import EVEN_COUNT
from quizapp.core.keypoints.parallels.stretches import ITEM_MAX
from quizapp.core.keypoints.parallels.stretches import ITEM_MIN
from quizapp.core.keypoints.parallels.stretches import LISTED
from quizapp.core.keypoints.parallels.stretches import ONE_VERB
from quizapp.core.keypoints.parallels.stretches import Piece
from quizapp.core.keypoints.parallels.stretches import Row
from quizapp.core.keypoints.parallels.twins import clause_pair
from quizapp.core.keypoints.parallels.twins import listed_pair

_JOIN = re.compile(r"(?:以及|和|与|及)(?!.{1,8}关系)")
_PAIR = 2


def items_of(text: str, row: Row) -> tuple[list[Piece], ...]:
    """The items of each row that a row of segments holds; nothing where it is none after all."""
    if row.links == ONE_VERB:
        return (list(row.pieces),)
    if LISTED not in row.links:
        return (_clauses(text, row),)
    if row.links.count(LISTED) < len(row.links):
        return (_mixed(text, row),)
    listed, further = _by_shape(text, row.pieces)
    return _enumerated(text, listed), further


def _size(piece: Piece) -> int:
    return piece[1] - piece[0]


def _texts(text: str, pieces: Sequence[Piece]) -> list[str]:
    return [text[start:end] for start, end in pieces]


# Rows apart by 、


def _by_shape(text: str, pieces: Sequence[Piece]) -> tuple[Sequence[Piece], list[Piece]]:
    """在A、B、C亮身份、作表率 is two rows: the last of the one and the first of the other share a segment."""
    if len(pieces) < EVEN_COUNT:
        return pieces, []
    sizes = [*map(_size, pieces)]
    for index in range(_PAIR, len(pieces) - 1):
        before, after = sizes[index - 1], sizes[index + 1]
        if sizes[index] == before + after and len(set(sizes[1:index])) == 1 and len(set(sizes[index + 1 :])) == 1:
            start, end = pieces[index]
            if start + before in words_after(text, start, end):
                joint = start + before
                return [*pieces[:index], (start, joint)], [(joint, end), *pieces[index + 1 :]]
    return pieces, []


def _enumerated(text: str, row: Sequence[Piece]) -> list[Piece]:
    pieces = _even_part(text, _with_joined(text, row))
    if len(pieces) == _PAIR:
        return listed_pair(text, *pieces)
    inner = pieces[1:-1]
    first = _first_listed(text, pieces, inner)
    if first is None:
        return []
    last = last_item(text, pieces[-1], inner, first)
    return [] if last is None else [first, *inner, last]


def _first_listed(text: str, pieces: Sequence[Piece], inner: Sequence[Piece]) -> Piece | None:
    sizes = {end - start for start, end in inner}
    if sizes == {_size(pieces[0])} and text[pieces[0][0]] not in NEVER_FIRST:
        return pieces[0]
    start = coverb_start(text, pieces[0], pieces[1:])
    if start is not None:
        return start, pieces[0][1]
    return first_item(text, pieces[0], shape_of(text, inner, pieces[1:]))


def _with_joined(text: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Part A和B at the end of a row."""
    start, end = pieces[-1]
    join = _JOIN.search(text, start + 1, min(end - 1, start + ITEM_MAX))
    if join is None:
        return list(pieces)
    size = join.start() - start
    if size < ITEM_MIN or (len(pieces) > _PAIR and abs(size - _size(pieces[-2])) > SPREAD):
        return list(pieces)
    words = words_after(text, start, end)
    if join.start() not in words or join.end() not in words:
        return list(pieces)
    return [*pieces[:-1], (start, join.start()), (join.end(), end)]


def _even_part(text: str, pieces: list[Piece]) -> list[Piece]:
    """The longer part of a row where an item far longer than the others has other words inside it."""
    sizes = [end - start for start, end in pieces[1:-1]]
    limit = 2 * min(sizes) + 2 if sizes else 0
    if not sizes or max(sizes) <= limit:
        return pieces
    for index in range(1, len(pieces) - 1):
        if sizes[index - 1] > limit and not is_alike(*_texts(text, pieces[index : index + 2])):
            return max(pieces[: index + 1], pieces[index:], key=len)
    return pieces


# Rows of clauses


def _clauses(text: str, row: Row) -> list[Piece]:
    if row.links == EVEN:
        return []
    pieces = _with_first_trimmed(text, list(row.pieces))
    if row.before is not None and pieces[0] == row.pieces[0]:
        pieces = _with_clause_before(text, row.before, pieces)
    pieces = _without_strays(text, pieces)
    if len(pieces) == _PAIR:
        return clause_pair(text, *pieces)
    texts = _texts(text, pieces)
    return pieces if _are_parallel(texts) else _anchored_part(texts, pieces)


def _are_parallel(texts: Sequence[str]) -> bool:
    if has_anchor(texts) or _is_even(texts) or are_steps(texts):
        return True
    return all(are_built_alike(texts[0], text) for text in texts[1:])


def _with_first_trimmed(text: str, pieces: list[Piece]) -> list[Piece]:
    """一定要想在前面，学在前面: the modal before the first clause stands for all."""
    if len(pieces) <= _PAIR:
        return pieces
    first = first_item(text, pieces[0], shape_of(text, pieces[1:], pieces[1:]), LEADS_OF_CLAUSES)
    if first is None or first == pieces[0] or not _is_led(text, first, pieces[0]):
        return pieces
    return [first, *pieces[1:]] if has_anchor(_texts(text, [first, *pieces[1:]])) else pieces


def _is_led(text: str, first: Piece, whole: Piece) -> bool:
    return follows_lead(text, first[0], whole[0], words_before(text, *whole), LEADS_OF_CLAUSES)


def _without_strays(text: str, pieces: list[Piece]) -> list[Piece]:
    """Leave out the first clause where the others share far more with each other than with it."""
    if len(pieces) < EVEN_COUNT:
        return pieces
    first, second, third = _texts(text, pieces[:3])
    if places_in_common(second, third) > 2 * places_in_common(first, second) + 1:
        return pieces[1:]
    return pieces[1:] if are_built_alike(second, third) and build_of(first) != build_of(second) else pieces


def _is_even(texts: Sequence[str]) -> bool:
    sizes = [*map(len, texts)]
    return len(sizes) >= EVEN_COUNT and len(set(sizes[1:])) == 1 and abs(sizes[0] - sizes[1]) < SPREAD


def _anchored_part(texts: Sequence[str], pieces: Sequence[Piece]) -> list[Piece]:
    """The first part of at least three items with an anchor of their own."""
    for low in range(len(pieces) - 2):
        if has_anchor(texts[low : low + 3]):
            high = low + 3
            while high < len(pieces) and has_anchor(texts[low : high + 1]):
                high += 1
            return list(pieces[low:high])
    return []


def _with_clause_before(text: str, before: Piece, pieces: list[Piece]) -> list[Piece]:
    """The row with the end of the clause ahead of it, where that makes a row of at least three."""
    texts = _texts(text, pieces)
    if len({*map(len, texts)}) > 1 and not _are_parallel(texts):
        return pieces
    more = [*_clause_before(text, before, pieces), *pieces]
    return more if len(more) > _PAIR and _are_parallel(_texts(text, more)) else pieces


def _clause_before(text: str, before: Piece, pieces: list[Piece]) -> list[Piece]:
    """The first item, where other words stand ahead of it in its clause."""
    shape = shape_of(text, pieces, pieces)
    if shape.low < shape.high and not has_anchor(_texts(text, pieces)):
        return []
    first = first_item(text, before, shape, LEADS_OF_CLAUSES)
    if first is None:
        return []
    if shape.low - 1 <= _size(first) <= shape.high + 1 and has_anchor(_texts(text, [first, *pieces])):
        return [first]
    led = first[0] > before[0] and shape.sizes == {_size(first)} and _is_led(text, first, before)
    return [first] if led else []


# Rows over both marks


def _mixed(text: str, row: Row) -> list[Piece]:
    """A row over 、 and commas: 固优势、锻长板，明差距、补短板."""
    first, inner, last = row.pieces[0], row.pieces[1:-1], row.pieces[-1]
    trimmed = first
    if row.links[0] == LISTED:
        trimmed = first_item(text, first, shape_of(text, inner, [*inner, last])) or (0, 0)
    if row.links[-1] == LISTED and _size(trimmed):
        last = last_item(text, last, inner, trimmed) or (0, 0)
    if not (_size(trimmed) and _size(last)):
        return []
    pieces = [trimmed, *inner, last]
    even = len(pieces) >= EVEN_COUNT and len(set(map(_size, pieces))) == 1
    return pieces if even or has_anchor(_texts(text, pieces)) else []
