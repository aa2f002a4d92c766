"""Two items that are a row by themselves: of one length with the same words at the same places, or of one build.

Two words of four characters apart by 、 are a pair without anything in common: 倒排工期、挂图作战. What a preposition
takes is named, not done, and no such pair.
"""

import re
from collections.abc import Sequence

from quizapp.core.keypoints.parallels.anchors import SPREAD
from quizapp.core.keypoints.parallels.anchors import are_built_alike
from quizapp.core.keypoints.parallels.anchors import are_twins
from quizapp.core.keypoints.parallels.anchors import same_places
from quizapp.core.keypoints.parallels.edges import FOLLOWING
from quizapp.core.keypoints.parallels.edges import MODALS
from quizapp.core.keypoints.parallels.edges import NEVER_FIRST
from quizapp.core.keypoints.parallels.edges import PREPOSITIONS
from quizapp.core.keypoints.parallels.edges import Words
from quizapp.core.keypoints.parallels.edges import follows_lead
from quizapp.core.keypoints.parallels.edges import open_end
from quizapp.core.keypoints.parallels.edges import word_behind
from quizapp.core.keypoints.parallels.edges import words_after
from quizapp.core.keypoints.parallels.edges import words_before
from quizapp.core.keypoints.parallels.stretches import Piece

_PAIR_MIN, _PAIR_MAX = 3, 12
_CLAUSE_MIN, _CLAUSE_MAX = 4, 16
_BARE = 4
_HALF = 2

_DETERMINER = re.compile(r"[各这那][种类项个些]|一[些个种]")
_QUOTES = frozenset("“”")
_DENIALS = frozenset("不没无未莫")
#: A bare pair with a particle inside is a phrase.
_PARTICLES = frozenset("的了着得和与及是在等“”《》")


# Pairs apart by 、


def listed_pair(text: str, left: Piece, right: Piece) -> list[Piece]:
    """The two items at the ends of two segments that meet at a mark; empty where they are no pair."""
    stop = open_end(text, *right)
    one, other = text[max(left[0], left[1] - _PAIR_MAX) : left[1]], text[right[0] : min(stop, right[0] + _PAIR_MAX)]
    for size in _sizes(one, other):
        if not (is_pair(one[-size:], other[:size]) or _are_denials(one[-size:], other[:size], stop - right[0])):
            continue
        pair = (left[1] - size, left[1]), (right[0], right[0] + size)
        if _begins_pair(text, pair, left, stop) and _ends_pair(text, pair, left, right, stop):
            return list(pair)
    return _bare_pair(text, left, right, stop)


def _sizes(one: str, other: str) -> list[int]:
    """The lengths, longest first, at which the end of one text and the beginning of another have a common place."""
    total, longest = len(one), min(len(one), len(other))
    shared = [(place, character) for place, character in enumerate(other) if character in one]
    sizes = {total - at + place for place, character in shared for at, each in enumerate(one) if each == character}
    return sorted([size for size in sizes if _PAIR_MIN <= size <= longest], reverse=True)


def is_pair(left: str, right: str) -> bool:
    """Say whether two items of one length say the same at two places at least."""
    if not are_twins(left, right) or _DETERMINER.match(left):
        return False
    return _QUOTES.isdisjoint(left) and _QUOTES.isdisjoint(right)


def _are_denials(left: str, right: str, whole: int) -> bool:
    """Say whether two items of one length deny something each: 不念稿子、不搬文件."""
    return left[0] == right[0] and left[0] in _DENIALS and left != right and len(right) == whole


def _begins_pair(text: str, pair: Sequence[Piece], whole: Piece, stop: int) -> bool:
    at = pair[0][0]
    if at == whole[0]:
        return True
    if text[at] in NEVER_FIRST:
        return False
    words = words_before(text, *whole)
    if at not in words and text[at - 1] not in MODALS:
        return False
    return text[at] == text[pair[1][0]] or pair[1][1] == stop or follows_lead(text, at, whole[0], words)


def _ends_pair(text: str, pair: Sequence[Piece], left: Piece, right: Piece, stop: int) -> bool:
    (start, end), (other, at) = pair
    if at == stop:
        return True
    follows = text[at] == "的" or FOLLOWING.match(text, at, right[1]) is not None
    alone = start == left[0] and 2 * same_places(text[start:end], text[other:at]) > at - other
    return (follows or alone) and at in words_after(text, *right)


def _bare_pair(text: str, left: Piece, right: Piece, stop: int) -> list[Piece]:
    """Two items of four characters without anything in common, each of two words."""
    at, end = left[1] - _BARE, right[0] + _BARE
    if at < left[0] or not (stop == end or text.startswith("的", end, stop)) or _DETERMINER.match(text, at):
        return []
    if not _PARTICLES.isdisjoint(text[at : left[1]] + text[right[0] : end]):
        return []
    pair = [(at, left[1]), (right[0], end)]
    if _is_doubled(text, at) and _is_doubled(text, right[0]):
        return pair
    if not _has_two_parts(words_after(text, right[0], end), right[0]):
        return []
    ahead = words_before(text, *left)
    return pair if at in ahead and _has_two_parts(ahead, at) and _may_begin(text, left[0], at, ahead) else []


def _is_doubled(text: str, at: int) -> bool:
    """Say whether four characters say one of them twice: 敢想敢干."""
    return text[at] == text[at + 2] or text[at + 1] == text[at + 3]


def _has_two_parts(words: Words, start: int) -> bool:
    """Say whether an item parts after two characters. A saying that is one word is any sentence's."""
    return start + _HALF in words and start + 1 not in words


def _may_begin(text: str, limit: int, at: int, words: Words) -> bool:
    """What a preposition takes is named, no pair of clauses."""
    return at == limit or word_behind(text, at, words, limit) not in PREPOSITIONS


# Pairs of clauses


def clause_pair(text: str, left: Piece, right: Piece) -> list[Piece]:
    """Two clauses that agree, the first one without a lead; empty where they do not."""
    size = right[1] - right[0]
    for start in (left[0], left[1] - size):
        if start < left[0] or not _agree(text[start : left[1]], text[slice(*right)]):
            continue
        if start == left[0] or _is_led(text, start, left):
            return [(start, left[1]), right]
    return []


def _agree(left: str, right: str) -> bool:
    if not (_CLAUSE_MIN <= len(left) <= _CLAUSE_MAX and _CLAUSE_MIN <= len(right) <= _CLAUSE_MAX):
        return False
    if is_pair(left, right) or are_built_alike(left, right):
        return True
    return left[:_HALF] == right[:_HALF] and abs(len(left) - len(right)) < SPREAD and left != right


def _is_led(text: str, at: int, whole: Piece) -> bool:
    words = words_before(text, *whole)
    if at not in words and text[at - 1] not in MODALS:
        return False
    return follows_lead(text, at, whole[0], words) and _may_begin(text, whole[0], at, words)
