"""Runs of parallel items: A、B、C after 即 or a colon, in quotation marks, or directly before the name of the set."""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import rjieba

from quizapp.core.speech import Span

_ITEM_MAX = 40
_EDGES = " ，：、。；！？—"
_OPEN = re.compile(r"等等?(?:等)?$")
_BREAK = re.compile(r"[，。；：！？（）\n]")
_LAST_JOIN = re.compile(r"以及|和|与|及")
_QUOTED_ROW = re.compile(r"“[^“”\n]{1,40}”(?:(?:、|，|和|与|以及)?“[^“”\n]{1,40}”)*")
_QUOTED_ITEM = re.compile(r"“([^“”\n]{1,40})”")
_TAIL_COUNT = re.compile(r"这?[二两三四五六七八九十]{1,2}(?:个|项|大|点|种|条|件|类|方面|层面)[^、]{0,8}$")
#: What may stand before the first item of a run and is no part of it.
_BEFORE_ITEMS = """
要 应 应当 必须 需 需要 着力 突出 抓好 抓实 抓住 抓 做好 做到 搞好 落实 坚持 围绕
聚焦 通过 实施 推进 推动 开展 强化 加强 把握 把握好 处理 处理好 统筹 包括 涵盖 安排
安排了 提出 提出了 进行 完成 形成 实现 确立 树立 以 对 在 把 从 就 将 按照 根据
紧紧围绕 紧扣 全面 认真 切实 努力 重点 主要 是 即 有 了 好 的 落实好 组织 办好 打好
打赢 组织了 确保 牢牢 把住
"""
_AHEAD_OF_NOUNS = "围绕 紧紧围绕 聚焦 紧扣 紧盯 瞄准 依托 通过 以 对 在 把 从 按照 根据 包括 涵盖"
_COVERBS = frozenset(_AHEAD_OF_NOUNS.split())
LEAD_VERBS = frozenset(_BEFORE_ITEMS.split())


@dataclass(frozen=True)
class Run:
    """Items that stand in a row; `closed` is False when the row says it goes on (等)."""

    items: tuple[Span, ...]
    closed: bool

    @property
    def span(self) -> Span:
        return Span(self.items[0].start, self.items[-1].end)


def run_after(text: str, start: int, end: int, count: int) -> Run | None:
    """Read exactly `count` items from the start of a stretch of text; None when they are not there."""
    start = _skip_edges(text, start, end)
    for reader in (_quoted_row, _by_semicolon, _one_by_one, _by_enumeration, _by_comma):
        run = reader(text, start, end, count)
        if run is not None:
            return run
    return None


def run_before(text: str, start: int, end: int, count: int) -> Run | None:
    """Read exactly `count` items that end where a name begins (A、B、C三项重点; “A、B、C”三个转变)."""
    closed = not text.startswith("等", end - 1)
    end -= len(text[start:end]) - len(text[start:end].rstrip("这等的"))
    if text.endswith("”", start, end):
        return _quoted_before(text, start, end, count)
    return _plain_before(text, start, end, count, closed)


def _skip_edges(text: str, start: int, end: int) -> int:
    while start < end and text[start] in _EDGES:
        start += 1
    return start


def _trimmed(text: str, start: int, end: int) -> Span:
    start = _skip_edges(text, start, end)
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    if end - start > 2 and text[start] == "“" and text.find("”", start, end) == end - 1:
        return Span(start + 1, end - 1)
    return Span(start, end)


def _run(text: str, pieces: Sequence[Span], closed: bool) -> Run | None:
    items = tuple(_trimmed(text, piece.start, piece.end) for piece in pieces)
    values = {item.of(text) for item in items}
    good = len(values) == len(items) and all(0 < item.end - item.start <= _ITEM_MAX for item in items)
    return Run(items, closed) if good and all(map(_is_balanced, values)) else None


def _is_balanced(value: str) -> bool:
    return value.count("“") == value.count("”") and value.count("（") == value.count("）")


def _split(text: str, start: int, end: int, separator: str) -> Iterator[Span]:
    for part in text[start:end].split(separator):
        yield Span(start, start + len(part))
        start += len(part) + len(separator)


def _quoted_row(text: str, start: int, end: int, count: int) -> Run | None:
    row = _QUOTED_ROW.match(text, start, end)
    if row is None:
        return None
    items = [Span(*item.span(1)) for item in _QUOTED_ITEM.finditer(text, row.start(), row.end())]
    if len(items) == count:
        return _run(text, items, not text.startswith("等", row.end()))
    if len(items) > 1:
        return None
    return next((run for run in _inside(text, items[0], count) if run), None)


def _inside(text: str, quoted: Span, count: int) -> Iterator[Run | None]:
    for separator in "、，；":
        if count > 1 and text.count(separator, quoted.start, quoted.end) == count - 1:
            yield _run(text, list(_split(text, quoted.start, quoted.end, separator)), True)


def _by_semicolon(text: str, start: int, end: int, count: int) -> Run | None:
    if not 1 < count == 1 + text.count("；", start, end):
        return None
    return _run(text, list(_split(text, start, end, "；")), True)


_ONE = re.compile(r"一(?:个|项|种|条|方面|手)?(?:是|要|就是)(?=.{2})")


def _one_by_one(text: str, start: int, end: int, count: int) -> Run | None:
    """一个是A，一个是B: each said to be one of them."""
    if count < 2 or _ONE.match(text, start, end) is None:
        return None
    pieces = list(_split(text, start, end, "，"))
    ones = [_ONE.match(text, piece.start, piece.end) for piece in pieces]
    told = [one for one in ones if one is not None]
    if len(pieces) != count or len(told) < count or len({one.group() for one in told}) > 1:
        return None
    return _run(text, [Span(one.end(), piece.end) for one, piece in zip(told, pieces, strict=True)], True)


def _by_enumeration(text: str, start: int, end: int, count: int) -> Run | None:
    stop = _BREAK.search(text, start, end)
    return _enumerated(text, start, stop.start() if stop else end, count)


def _enumerated(text: str, start: int, end: int, count: int) -> Run | None:
    tail = _TAIL_COUNT.search(text[start:end][-16:])
    end -= len(tail.group()) if tail else 0
    more = _OPEN.search(text, start, end)
    end = more.start() if more else end
    if count - text.count("、", start, end) not in (1, 2):
        return None
    pieces = list(_split(text, start, end, "、"))
    pieces = [*pieces[:-1], *_joined_last(text, pieces[-1])] if len(pieces) == count - 1 else pieces
    if len(pieces) != count or count < 2 or not _is_even(pieces):
        return None
    return _run(text, pieces, more is None)


def _joined_last(text: str, piece: Span) -> list[Span]:
    """Part A和B at the end of a row; only where there is one such word."""
    joins = list(_LAST_JOIN.finditer(text, piece.start, piece.end))
    if len(joins) != 1:
        return [piece]
    return [Span(piece.start, joins[0].start()), Span(joins[0].end(), piece.end)]


def _is_even(pieces: Sequence[Span]) -> bool:
    """An item far longer than the others is an item with other words behind it."""
    lengths = [piece.end - piece.start for piece in pieces]
    return max(lengths) <= 2 * min(lengths) + 6


def _by_comma(text: str, start: int, end: int, count: int) -> Run | None:
    if text.count("，", start, end) < count - 1:
        return None
    pieces = list(_split(text, start, end, "，"))
    if len(pieces) > count > 1 and _same_opening(text, pieces[:count]) and not _same_opening(text, pieces[: count + 1]):
        pieces = pieces[:count]
    return _run(text, pieces, True) if len(pieces) == count > 1 and _is_even(pieces) else None


def _same_opening(text: str, pieces: Sequence[Span]) -> bool:
    return len({text[piece.start : piece.start + 1] for piece in pieces}) == 1


def _quoted_before(text: str, start: int, end: int, count: int) -> Run | None:
    row_start = end
    while row_start > start and text[row_start - 1] == "”":
        opening = text.rfind("“", start, row_start)
        if opening < 0:
            return None
        row_start = opening - (opening > start and text[opening - 1] in "、，和与")
    row_start = _skip_edges(text, row_start, end)
    return _quoted_row(text, row_start + (text[row_start] in "和与"), end, count)


def _plain_before(text: str, start: int, end: int, count: int, closed: bool) -> Run | None:
    start = max(start, 1 + max(text.rfind(mark, start, end) for mark in "，。；：！？“”（）\n"))
    pieces = list(_split(text, start, end, "、"))
    pieces = [*pieces[:-1], *_joined_last(text, pieces[-1])] if len(pieces) == count - 1 else pieces
    if len(pieces) != count or count < 2:
        return None
    first = _first_item(text, pieces)
    return None if first is None else _run(text, [first, *pieces[1:]], closed)


def _first_item(text: str, pieces: Sequence[Span]) -> Span | None:
    """The first item without the verbs before it: as long as the others where they agree, else after the last verb."""
    words = _word_starts(text, pieces[0])
    lengths = {piece.end - piece.start for piece in pieces[1:]}
    if len(lengths) == 1:
        start = pieces[0].end - lengths.pop()
        if start in words:
            return Span(start, pieces[0].end)
    start = _after_verbs(text, words, pieces[0].end)
    start = _after_subject(text, words, pieces[0].end) if start == pieces[0].start else start
    longest = max(piece.end - piece.start for piece in pieces[1:])
    return Span(start, pieces[0].end) if 0 < pieces[0].end - start <= longest + 2 else None


def _word_starts(text: str, span: Span) -> list[int]:
    starts, at = [], span.start
    for word in rjieba.cut(span.of(text)):
        starts.append(at)
        at += len(word)
    return starts


def _after_verbs(text: str, words: Sequence[int], end: int) -> int:
    bounds = [*words, end]
    start = bounds[0]
    for at, following in zip(bounds, bounds[1:], strict=False):
        if text[at:following] not in LEAD_VERBS:
            break
        start = following
    return start


def _after_subject(text: str, words: Sequence[int], end: int) -> int:
    """Behind the last of these words, whoever does it stands before (全市要围绕茶叶、…)."""
    bounds = [*words, end]
    led = [following for at, following in pairwise(bounds) if text[at:following] in _COVERBS and following < end]
    return led[-1] if led else bounds[0]
