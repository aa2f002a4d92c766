"""Rows of neighbouring fragments that each put a word in quotation marks: 会前重“细”、会中重“稳”、会后重“快”."""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import rjieba

from quizapp.core.keypoints.pairsets.clauses import FEWEST
from quizapp.core.keypoints.pairsets.clauses import MOST
from quizapp.core.keypoints.pairsets.clauses import shared_end
from quizapp.core.keypoints.pairsets.clauses import texts_of
from quizapp.core.keypoints.pairsets.rows import may_be_topics
from quizapp.core.keypoints.pairsets.shapes import Table
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_QUOTED = re.compile(r"“([^“”，。；：\n]{1,12})”")
_MARK = re.compile(r"[，、；。：！？\n“”]")
_JOINS = "，、；"
_GAP_MAX = 32
_HEAD_MAX = 20
_TAIL_MAX = 12
_LEFT_MIN = 2
#: What takes the quoted word and says behind it what becomes of it: 把“官气”减下去.
_TAKES = re.compile(r"[把将让使]$")
#: Words that only set quoted words side by side.
_BESIDE = frozenset(["", "和", "与", "及", "或", "以及", "的", "到", "至"])


@dataclass(frozen=True)
class _Fragment:
    """A stretch between two marks with the quoted words in it; the first one's `head` may hold words that lead up."""

    head: Span
    words: tuple[Span, ...]
    tail: Span


def quoted_rows(text: str) -> Iterator[Table]:
    """Find the rows of fragments whose quoted words are tied to what stands beside them."""
    for chain in _chains(text):
        found = _read(text, chain)
        if found is not None:
            yield found


def _read(text: str, chain: Sequence[_Fragment]) -> Table | None:
    counts = {len(fragment.words) for fragment in chain}
    if counts == {1}:
        return _of_topics(text, chain) or _taken(text, chain)
    return _two_each(text, chain) if counts == {2} else None


# Chains of fragments


def _chains(text: str) -> Iterator[list[_Fragment]]:
    """Neighbouring fragments apart by one and the same mark."""
    rows: list[list[Span]] = []
    mark = ""
    last: Span | None = None
    for match in _QUOTED.finditer(text):
        word = Span(*match.span(1))
        joint = None if last is None else _joint(text, last.end + 1, match.start())
        if joint == "" and rows:
            rows[-1].append(word)
        elif joint and rows and mark in ("", joint):
            mark = joint
            rows.append([word])
        else:
            yield from _fragments(text, rows)
            rows, mark = [[word]], ""
        last = word
    yield from _fragments(text, rows)


def _joint(text: str, start: int, end: int) -> str | None:
    """The one mark between two quoted words; empty where there is none, None where they are apart."""
    if end - start > _GAP_MAX:
        return None
    marks = _MARK.findall(text, start, end)
    if not marks:
        return ""
    return str(marks[0]) if len(marks) == 1 and marks[0] in _JOINS else None


def _fragments(text: str, rows: Sequence[Sequence[Span]]) -> Iterator[list[_Fragment]]:
    if not 2 <= len(rows) <= MOST:
        return
    bounds = [_before(text, rows[0][0].start - 1)]
    for row, following in pairwise(rows):
        between = _MARK.search(text, row[-1].end + 1, following[0].start - 1)
        assert between is not None
        bounds.append(between.start())
    bounds.append(_after(text, rows[-1][-1].end + 1))
    starts = [bounds[0], *(bound + 1 for bound in bounds[1:-1])]
    yield [
        _Fragment(Span(start, row[0].start - 1), tuple(row), Span(row[-1].end + 1, end))
        for start, row, end in zip(starts, rows, bounds[1:], strict=True)
    ]


def _before(text: str, position: int) -> int:
    low = max(0, position - _HEAD_MAX)
    return max((match.end() for match in _MARK.finditer(text, low, position)), default=low)


def _after(text: str, position: int) -> int:
    high = min(len(text), position + _TAIL_MAX)
    mark = _MARK.search(text, position, high)
    return mark.start() if mark else high


# What is tied


def _of_topics(text: str, chain: Sequence[_Fragment]) -> Table | None:
    """会前重“细”: what stands before the words that all share; a quality belongs to its topic, a role to its bearer."""
    heads = [fragment.head for fragment in chain]
    verb = _verb(text, heads)
    words = [fragment.words[0] for fragment in chain]
    sizes = {word.end - word.start for word in words}
    if not verb or verb[-1] in "的和与" or not _have_one_tail(text, chain):
        return None
    if len(chain) < FEWEST and (min(sizes) < _LEFT_MIN or len(verb) < _LEFT_MIN):
        return None
    lefts = [Span(head.start, head.end - len(verb)) for head in heads]
    first = _first_left(text, lefts)
    if first is None:
        return None
    lefts[0] = first
    topics = texts_of(text, lefts)
    if not _are_distinct(text, lefts) or min(map(len, topics)) < _LEFT_MIN or not may_be_topics(topics):
        return None
    items = lefts if sizes == {1} else words
    tail = chain[0].tail.of(text)
    return Table(tuple(items), tuple(lefts), tuple(words), ("", f"{verb}“", f"”{tail}"), Rule.FRAME)


def _verb(text: str, heads: Sequence[Span]) -> str:
    """The words that all heads end with: 重, not 文重 of 收文重 and 办文重; at least a topic is left before them."""
    shared = shared_end(text, heads)
    most = min(len(shared), *(head.end - head.start - _LEFT_MIN for head in heads))
    if most < 1:
        return ""
    starts = [_word_starts(text, head) for head in heads[1:]]
    for size in range(most, 1, -1):
        inside = [head.end - size not in each for head, each in zip(heads[1:], starts, strict=True)]
        if 2 * sum(inside) < len(inside):
            return shared[-size:]
    return shared[-1]


def _have_one_tail(text: str, chain: Sequence[_Fragment]) -> bool:
    """Say whether the same follows each quoted word; behind the last one the sentence may go on."""
    tails = {fragment.tail.of(text) for fragment in chain[:-1]}
    return len(tails) == 1 and chain[-1].tail.of(text).startswith(tails.pop())


def _first_left(text: str, lefts: Sequence[Span]) -> Span | None:
    """The first topic without what leads up to it: as long as the others, from where a word begins."""
    first, sizes = lefts[0], [left.end - left.start for left in lefts[1:]]
    if not min(sizes) or first.end <= first.start:
        return None
    if first.end - first.start <= max(sizes):
        return first
    start = first.end - max(sizes)
    begins = {text[left.start] for left in lefts[1:]} == {text[start]} or start in _word_starts(text, first)
    return Span(start, first.end) if len(set(sizes)) == 1 and begins else None


def _word_starts(text: str, span: Span) -> set[int]:
    starts, at = set(), span.start
    for word in rjieba.cut(span.of(text)):
        starts.add(at)
        at += len(word)
    return starts


def _are_distinct(text: str, spans: Sequence[Span]) -> bool:
    return len({span.of(text) for span in spans}) == len(spans)


def _taken(text: str, chain: Sequence[_Fragment]) -> Table | None:
    """把“官气”减下去: what becomes of each quoted word."""
    words, tails = [fragment.words[0] for fragment in chain], [fragment.tail for fragment in chain]
    heads = {fragment.head.of(text) for fragment in chain[1:]}
    if len(chain) < FEWEST or len(heads) > 1 or not all(tail.end - tail.start > 1 for tail in tails):
        return None
    head = heads.pop()
    if not _TAKES.search(head) or not chain[0].head.of(text).endswith(head) or not _are_distinct(text, tails):
        return None
    return Table(tuple(words), tuple(words), tuple(tails), (f"{head}“", "”", ""), Rule.FRAME)


def _two_each(text: str, chain: Sequence[_Fragment]) -> Table | None:
    """从“藏”向“用”转变、从“等”向“送”转变: two quoted words in the same words each time."""
    between = {text[one.end + 1 : two.start - 1] for one, two in (fragment.words for fragment in chain)}
    heads = {fragment.head.of(text) for fragment in chain[1:]}
    if len(between) > 1 or len(heads) > 1 or not _have_one_tail(text, chain):
        return None
    head, tie, tail = heads.pop(), between.pop(), chain[0].tail.of(text)
    if not head or tie in _BESIDE or not chain[0].head.of(text).endswith(head):
        return None
    lefts, rights = (tuple(fragment.words[at] for fragment in chain) for at in (0, 1))
    items = tuple(
        Span(left.start - 1 - len(head), right.end + 1 + len(tail)) for left, right in zip(lefts, rights, strict=True)
    )
    return Table(items, lefts, rights, (f"{head}“", f"”{tie}“", f"”{tail}"), Rule.FRAME)
