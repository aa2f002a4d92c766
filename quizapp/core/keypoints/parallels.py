"""Unnamed parallel structures: words apart by 、 and clauses that repeat a word at the same place.

Two extractors read the same segments, the pieces of text between two marks. Segments apart by 、 are a row as they
stand; segments apart by commas are one where they share an anchor, or where several have one length. The inner items
of a row show its shape, and by that shape the first item loses the words before it and the last one what follows it.
A row never passes a sentence, an ordinal, or the edge of a quotation that holds more than a term.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import rjieba

from quizapp.core.markers import number
from quizapp.core.outline import Outline
from quizapp.core.outline import declared_count
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_ITEM_MIN, _ITEM_MAX = 2, 16
_ITEMS_MAX = 16
#: Pairs of shorter words stand on every page.
_PAIR_MIN, _PAIR_MAX = 4, 12
#: Clauses without an anchor: of one length, and so many of them.
_EVEN_MIN, _EVEN_MAX, _EVEN_COUNT = 3, 6, 4
#: How far the lengths of two clauses with a shared anchor may differ.
_SPREAD = 3


def parallels(clean: CleanText, outline: Outline) -> tuple[KeyPoint, ...]:
    """Give the unnamed parallel structures of a speech in the order of the text; no two overlap."""
    page = _Page(clean, outline)
    found = (point for stretch in _stretches(page.barred) for point in _points(page, stretch))
    return tuple(found)


# The page: where words, ordinals and quotations end

_Piece = tuple[int, int]

_QUOTE = re.compile(r"“[^“”、，；。：！？（）\n]{1,20}”|《[^《》、，；。：！？（）\n]{1,30}》|[“”《》]")
_BAR = "\n"


class _Page:
    """The clean text with what every step asks of it."""

    def __init__(self, clean: CleanText, outline: Outline):
        self.clean, self.text, self.outline = clean, clean.text, outline
        #: 1 where a word begins or ends, as far as words were asked for.
        self.bounds = bytearray(len(clean.text) + 1)

    @cached_property
    def edges(self) -> list[int]:
        """Where ordinals and their headings begin."""
        return sorted({at for each in self.outline.headings for at in (each.body.start, each.span.start)})

    @cached_property
    def barred(self) -> str:
        """The text with a bar where no row may pass; every character keeps its place."""
        text = _QUOTE.sub(lambda quote: quote.group() if len(quote.group()) > 1 else _BAR, self.text)
        bars = [0, *(at for at in self.edges if at)]
        return "".join(text[start : end - 1] + _BAR for start, end in pairwise(bars)) + text[bars[-1] :]

    def read_words(self, start: int, end: int) -> None:
        """Note in `bounds` where the words of a stretch begin; each stretch is segmented once."""
        at = start
        for word in rjieba.cut(self.text[start:end]):
            self.bounds[at] = 1
            at += len(word)
        self.bounds[at] = 1

    def of(self, piece: _Piece) -> str:
        return self.text[piece[0] : piece[1]]

    def word_end(self, start: int, limit: int) -> int:
        end = self.bounds.find(1, start + 1, limit)
        return end if end >= 0 else limit

    def word_before(self, end: int, limit: int) -> str:
        start = self.bounds.rfind(1, limit, end)
        return self.text[max(start, limit) : end]


_SEGMENT = re.compile(r"[^、，；。！？：…—（）\n]+")


def _stretches(barred: str) -> Iterator[list[_Piece]]:
    """Neighbouring segments with nothing but one 、, comma or semicolon between two of them."""
    stretch: list[_Piece] = []
    for match in _SEGMENT.finditer(barred):
        start, end = match.span()
        if not stretch or start != stretch[-1][1] + 1 or barred[start - 1] not in "、，；":
            if len(stretch) > 1:
                yield stretch
            stretch = []
        stretch.append((start, end))
    if len(stretch) > 1:
        yield stretch


# Rows: neighbours that can be parallel

_LISTED, _ANCHORED, _EVEN = "listed", "anchored", "even"
#: Says little about a clause when it is all that two of them share.
_IDLE = frozenset("的了着过是在上中里")
#: Modals and adverbs that clauses hinge on.
_HINGES = frozenset("要能必须应不就先后更最")
#: The second clause goes on with the row: 既出人才、出经验，更出干部.
_GOING_ON = re.compile(r"[更又还也并且]要?")
_CONNECTIVES = frozenset("更又还也并且")


class _Row(NamedTuple):
    """Linked neighbours, untrimmed: `links[i]` ties pieces i and i + 1; `before` is the clause ahead of them."""

    pieces: tuple[_Piece, ...]
    links: tuple[str, ...]
    before: _Piece | None = None

    def part(self, low: int, high: int) -> "_Row":
        """The row from piece `low` up to and with piece `high`."""
        return _Row(self.pieces[low : high + 1], self.links[low:high], None if low else self.before)

    def cut(self, places: Sequence[int]) -> "Iterator[_Row]":
        """The parts of the row that remain when the links at these places are severed."""
        ends = [-1, *places, len(self.links)]
        return (self.part(low + 1, high) for low, high in pairwise(ends) if high > low + 1)


def _rows(page: _Page, stretch: Sequence[_Piece]) -> Iterator[_Row]:
    for row in _chains(page, stretch):
        if row.links.count(row.links[0]) == len(row.links):
            yield row
            continue
        for part in row.cut(_weak_places(page, row)):
            yield from _sorted_out(page, part)


def _chains(page: _Page, stretch: Sequence[_Piece]) -> Iterator[_Row]:
    """The longest runs of linked segments."""
    pieces, links = [stretch[0]], []
    link: str | None
    for index, piece in enumerate(stretch[1:], start=1):
        mark = page.text[piece[0] - 1]
        link, linked = (_LISTED, piece) if mark == "、" else _link(page.text, pieces[-1], piece, mark)
        if link is not None:
            pieces.append(linked)
            links.append(link)
            continue
        if links:
            yield _row(page.barred, stretch, pieces, links, index)
            links = []
        pieces = [piece]
    if links:
        yield _row(page.barred, stretch, pieces, links, len(stretch))


def _row(text: str, stretch: Sequence[_Piece], pieces: list[_Piece], links: list[str], end: int) -> _Row:
    begun = end - len(pieces)
    # An item of a list apart by 、 is no clause.
    is_clause = begun > 0 and text[stretch[begun - 1][0] - 1] != "、"
    return _Row(tuple(pieces), tuple(links), stretch[begun - 1] if is_clause else None)


def _link(text: str, left: _Piece, right: _Piece, mark: str) -> tuple[str | None, _Piece]:
    """How two clauses are tied, and the second one without a word that only says that the row goes on."""
    (start, end), (other, other_end) = left, right
    size, excess = end - start, other_end - other - end + start
    if not (_ITEM_MIN <= size <= _ITEM_MAX and size + excess >= _ITEM_MIN and -_SPREAD <= excess <= _SPREAD + 2):
        return None, right
    if text[other] in _CONNECTIVES:
        return _link_on(text[start:end], text, right)
    if _alike(text[start:end], text[other:other_end]):
        return _ANCHORED, right
    return _EVEN if not excess and mark == "，" and _EVEN_MIN <= size <= _EVEN_MAX else None, right


def _link_on(left: str, text: str, right: _Piece) -> tuple[str | None, _Piece]:
    """The same for a clause that begins with 更, 又 …, which no even row goes on with."""
    going_on = _GOING_ON.match(text, *right)
    bare = (going_on.end() if going_on else right[0], right[1])
    if bare[1] - bare[0] == len(left) and _alike(left, text[bare[0] : bare[1]]):
        return _ANCHORED, bare
    return _ANCHORED if _alike(left, text[right[0] : right[1]]) else None, right


def _alike(left: str, right: str) -> bool:
    """Say whether two clauses share an anchor: the same words at the same place, counted from either end."""
    spread = abs(len(left) - len(right))
    if spread > _SPREAD:
        return False
    if left[:2] == right[:2] or left[-2:] == right[-2:]:
        return True
    # 强化…，优化…：首词末字相同，也算同位。
    if spread < _SPREAD and (left[0] == right[0] or left[1:2] == right[1:2]):
        return True
    if spread > 1:
        return False
    if left[-1] == right[-1] and left[-1] not in _IDLE:
        return True
    return len(set(left).intersection(right)) > spread and _places_in_common(left, right) > spread


def _places_in_common(left: str, right: str) -> int:
    """How many characters stand at the same place, counted from the better end."""
    return max(_same_places(left, right), _same_places(left[::-1], right[::-1]))


def _same_places(left: str, right: str) -> int:
    return len([a for a, b in zip(left, right, strict=False) if a == b and a not in _IDLE])


def _common_start(left: str, right: str) -> int:
    length = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        length += 1
    return length


# What goes together in one row


def _weak_places(page: _Page, row: _Row) -> list[int]:
    """Links that tie less than what stands on one side of them: an even comma beside an anchored row or a list."""
    alike = [_alike(page.of(left), page.of(right)) for left, right in pairwise(row.pieces)]
    marks = [page.text[piece[0] - 1] for piece in row.pieces[1:]]
    return [
        place
        for place, link in enumerate(row.links)
        if (link == _EVEN and _is_weak(page, row, place, alike)) or (marks[place] == "；" and "，" in marks)
    ]


def _is_weak(page: _Page, row: _Row, place: int, alike: Sequence[bool]) -> bool:
    left, right = _listed_length(row, place, -1), _listed_length(row, place, 1)
    if min(left, right) == 1 and max(left, right) > 2:
        return True
    return _stands_alone(page, row, place, -1, alike) or _stands_alone(page, row, place + 1, 1, alike)


def _listed_length(row: _Row, place: int, step: int) -> int:
    """How many items (up to three) stand apart by 、 beside a link."""
    length, place = 1, place + step
    while length < 3 and 0 <= place < len(row.links) and row.links[place] == _LISTED:
        length, place = length + 1, place + step
    return length


def _stands_alone(page: _Page, row: _Row, index: int, step: int, alike: Sequence[bool]) -> bool:
    """Say whether pieces from here on are tied so well that a neighbour of the same length is none of theirs."""
    ties = [at for at in ((index - 1, index - 2) if step < 0 else (index, index + 1)) if 0 <= at < len(alike)]
    near = [page.of(row.pieces[index + step * offset]) for offset in range(len(ties) + 1)]
    if len(ties) > 1 and alike[ties[0]] and alike[ties[1]]:
        return len({text[0] for text in near}) == 1 or len({text[-2:] for text in near}) == 1
    return len(ties) > 0 and len(near[0]) == len(near[1]) and 2 * _same_places(*near[:2]) > len(near[0])


def _sorted_out(page: _Page, row: _Row) -> Iterator[_Row]:
    """The row itself where its marks agree or its items do; else the lists in it, and the clauses between them."""
    if len({link == _LISTED for link in row.links}) == 1 or _is_uniform(row):
        yield row
        return
    commas = [place for place, link in enumerate(row.links) if link != _LISTED]
    lists = list(row.cut(commas))
    inside = {piece for each in lists for piece in each.pieces}
    clauses = row.cut([i for i, pair in enumerate(pairwise(row.pieces)) if not inside.isdisjoint(pair)])
    yield from sorted([*lists, *clauses], key=lambda each: each.pieces[0])


def _is_uniform(row: _Row) -> bool:
    """Say whether all items have one length, as far as words before the first and after the last let it show."""
    if len(row.pieces) < _EVEN_COUNT and _EVEN in row.links:
        return False
    whole = row.pieces[row.links[0] == _LISTED : len(row.pieces) - (row.links[-1] == _LISTED)]
    return len({end - start for start, end in whole}) == 1


# The shape of a row

#: Words before the first item that are no part of it, whatever the items are.
_AHEAD = """
要 应 应当 应该 必须 需 需要 须 务必 一定 一定要 就要 都要 还要 更要 要能 能 能够 会 可 可以 才能 才 敢于 善于 勇于
乐于 不能 不得 不可 不要 不许 不准 严禁 切忌 避免 防止 杜绝 克服 力戒 做到 实现 希望 力求 力争 确保 保证 努力 充分
积极 主动 不断 始终 牢牢 紧紧 坚定 持续 继续 进一步 逐步 真正 全面 认真 切实 以 对 在 把 从 就 将 按 按照 根据 依据
同 跟 为 为了 由 靠 用 凭 经 经过 针对 关于 对于 无论 不论 不管 是 即 就是 正是 不是 而是 都是 也是 使 让 令 给 被
都 也 又 还 更 既 再 特别 特别是 尤其 尤其是 比如 例如 如 像 首先 其次 最后 同时 并 并且 而 而且 大家 我们 你们 他们
自己 同志 学着 通过 围绕 处处 时时 着 了 过 的 得 地 之
"""
#: Verbs that govern what follows: 加强A、B、C. Before clauses they belong to the clause.
_VERBS = """
着力 着重 突出 注重 重视 抓好 抓实 抓住 抓紧 做好 做实 搞好 落实 坚持 坚决 保持 发扬 发挥 履行 担负 承担 紧扣 聚焦
运用 采取 利用 依托 实施 推进 推动 促进 开展 进行 强化 加强 增强 提高 提升 把握 处理 统筹 包括 涵盖 涉及 安排 提出
完成 形成 确立 树立 树牢 建立 健全 完善 营造 构建 打造 建设 培养 造就 明确 反对 摒弃 破除 纠正 解决 整治 有 没有
还有 成为 属于 作为 处于 处在 存在 面临 面对 具有 具备 缺乏 重点 主要 学会 争取 当好 一个 一种 一支 一批 一项 一些
各项 各种 各类 这个 那个 这些 那些 和 与 以及 及 或 或者
"""
_LEADS_OF_CLAUSES = frozenset(_AHEAD.split())
_LEADS = _LEADS_OF_CLAUSES | frozenset(_VERBS.split())
#: The segmenter glues these to the word behind.
_MODALS = frozenset("要须")
_NEVER_FIRST = frozenset("的和与及或等了着过地得之”》")
_NEVER_LAST = frozenset("的和与及或之了")
_PEEL_MAX = 40

#: What can follow the last item: particles, modals, adverbs, a count.
_FOLLOWING = re.compile(
    r"[要应都均也是在上中下为这那并来去到以之]|必须|得到|进一步|[一二两三四五六七八九十]{1,2}[个项大种点条]"
)
#: Nouns that take up a row: 参谋、协调、督办职能.
_TAKING_UP = re.compile(
    r"工作|任务|职责|职能|作用|功能|问题|矛盾|困难|水平|能力|素质|本领|意识|观念|理念|精神|作风|方面|环节|领域|关系|要求|原则|标准"
    r"|方法|方式|措施|手段|制度|机制|体系|情况|条件|环境|氛围|格局|局面|目标|重点|关口|力度|事项|活动|项目|队伍|思路|需求|功夫|现象|倾向"
)
_JOIN = re.compile(r"(?:以及|和|与|及)(?!.{1,8}关系)")


#: More that the items share makes a row no surer.
_HEAD_MAX, _TAIL_MAX = 2, 3


class _Shape(NamedTuple):
    """What items of one row have in common: their lengths, their first characters, their last ones."""

    sizes: frozenset[int]
    low: int
    high: int
    head: str
    tail: str

    def heads(self, text: str, at: int) -> int:
        """How many of the shared first characters stand at a place."""
        if not self.head or text[at] != self.head[0]:
            return 0
        return len(self.head) if text.startswith(self.head, at) else 1

    def fit(self, size: int) -> float:
        """How well an item of this length suits the others."""
        if size in self.sizes:
            return 4 if len(self.sizes) == 1 else 1
        return -0.5 - max(0, size - self.high - 1, self.low - 1 - size)


def _shape(page: _Page, inner: Sequence[_Piece], starts: Sequence[_Piece], ends: Sequence[_Piece]) -> _Shape:
    """The shape that the inner items show; `starts` have their true beginnings, `ends` their true ends."""
    sizes = frozenset([end - start for start, end in inner])
    head = _common_head([page.of(piece)[:_HEAD_MAX] for piece in starts]) if len(starts) > 1 else ""
    tail = _common_head([page.of(piece)[: -_TAIL_MAX - 1 : -1] for piece in ends])[::-1] if len(ends) > 1 else ""
    return _Shape(sizes, min(sizes), max(sizes), head, tail)


def _common_head(texts: Sequence[str]) -> str:
    head = texts[0]
    for text in texts[1:]:
        head = head[: _common_start(head, text)]
    return head


# Edges of a row. Each place where an item could begin or end is weighed: how well the length suits the others (4 where
# they all have it), what the words cut off are (2 to 6 where they cannot belong), what the items share (4 a character).

_FIRST_MIN, _LAST_MIN = 1.5, 1.5


def _first(page: _Page, piece: _Piece, shape: _Shape, leads: frozenset[str] = _LEADS) -> _Piece | None:
    """The first item without the words before it."""
    start, end = piece
    if shape.sizes == {end - start} and page.text[start] not in _NEVER_FIRST:
        return piece
    if _is_plain(page, piece, shape, leads):
        return end - shape.high, end
    peeled = _peeled(page, piece, leads)
    scored = [
        (_first_score(page, piece, at, peeled, shape, leads), -at) for at in _beginnings(page, piece, shape, leads)
    ]
    score, at = max(scored, default=(0, 0))
    return (-at, end) if score >= _FIRST_MIN else None


def _is_plain(page: _Page, piece: _Piece, shape: _Shape, leads: frozenset[str]) -> bool:
    """Say whether a word begins where the one length of the others says that the item does; nothing weighs more."""
    at = piece[1] - shape.high
    if shape.low < shape.high or at <= piece[0] + 1 or not page.bounds[at] or page.text[at] in _NEVER_FIRST:
        return False
    return shape.heads(page.text, at) == len(shape.head) and page.text[at : page.word_end(at, piece[1])] not in leads


def _beginnings(page: _Page, piece: _Piece, shape: _Shape, leads: frozenset[str]) -> list[int]:
    """Where the first item can begin: at the start of its segment or of a word, as far back as the others reach."""
    start, end = piece
    low = max(start, end - shape.high - _SPREAD)
    places = [at for at in range(low, end - 1) if at == start or page.bounds[at] and page.text[at] not in _NEVER_FIRST]
    # 分词会把“要出思路”切成“要出/思路”，把“明确责任”连成一个词：字数相合、开头的字相同或前面是引导词，就不看分词。
    for at in (end - size for size in shape.sizes if low < end - size and not page.bounds[end - size]):
        if shape.heads(page.text, at) or page.text[max(start, at - 2) : at] in leads or page.text[at - 1] in _MODALS:
            places.append(at)
    return places


def _first_score(page: _Page, piece: _Piece, at: int, peeled: int, shape: _Shape, leads: frozenset[str]) -> float:
    size, same = piece[1] - at, shape.heads(page.text, at)
    begins_with_lead = not same and page.text[at : page.word_end(at, piece[1])] in leads
    score = shape.fit(size) + 4 * same - 2 * begins_with_lead
    if at == piece[0]:
        near = min(abs(size - each) for each in shape.sizes) <= 1
        score += 5 if near and not begins_with_lead else 2
    elif at == peeled:
        score += 4
    elif _follows_lead(page, at, piece[0], leads):
        score += 2
    return score


def _follows_lead(page: _Page, at: int, limit: int, leads: frozenset[str]) -> bool:
    # 分词会把“努力做到”连成一个词，所以也看末两字。
    pair = page.text[max(limit, at - 2) : at]
    return pair in leads or pair[-1] in "们”的" or page.word_before(at, limit) in leads


def _peeled(page: _Page, piece: _Piece, leads: frozenset[str]) -> int:
    """Where the words that only lead to the row end, from the start of its first segment."""
    at, limit = piece[0], min(piece[1], piece[0] + _PEEL_MAX)
    while at < limit:
        end = page.word_end(at, limit)
        if page.text[at:end] not in leads:
            break
        at = end
    return at


def _last(page: _Page, piece: _Piece, inner: Sequence[_Piece], first: _Piece) -> _Piece | None:
    """The last item without what follows it."""
    start, end = piece
    stop = _open_end(page, start, end)
    if {_size(each) for each in inner} == {stop - start}:
        return start, stop
    shape = _shape(page, inner, [first, *inner], [first, *inner])
    scored = [
        (_last_score(page, piece, at, stop, shape), at)
        for at in range(start + _ITEM_MIN, min(stop, start + shape.high + 2 * _SPREAD) + 1)
        if at == stop or (page.bounds[at] and page.text[at - 1] not in _NEVER_LAST)
    ]
    score, at = max(scored, default=(0, 0))
    return (start, at) if score >= _LAST_MIN else None


def _open_end(page: _Page, start: int, end: int) -> int:
    """Where 等 ends the row; the end of the segment without one."""
    at = page.text.find("等", start + 1, end)
    if at < 0 or not page.bounds[at]:
        return end
    return at if page.bounds[at + 1] or page.text.startswith("等等", at) else end


def _last_score(page: _Page, piece: _Piece, at: int, stop: int, shape: _Shape) -> float:
    size, text = at - piece[0], page.text
    same = shape.heads(text, piece[0]) > 0 and size in shape.sizes
    score = shape.fit(size) + (2 * len(shape.tail) if text.endswith(shape.tail, piece[0], at) else 0)
    if at == stop:
        return score + (6 if stop < piece[1] else 2)
    if text[at] == "的":
        return score + (3 if size >= shape.low else 0)
    if _FOLLOWING.match(text, at, piece[1]):
        return score + 1.5
    return score + (1.5 if _TAKING_UP.match(text, at, piece[1]) else 0 if same else -4)


# Rows apart by 、


def _enumerated(page: _Page, row: _Row) -> list[_Piece]:
    pieces = _even_part(page, _with_joined(page, row.pieces))
    if len(pieces) == 2:
        return _pair_of_words(page, *pieces)
    inner = pieces[1:-1]
    shape = _shape(page, inner, [*inner, pieces[-1]], inner)
    first = _first(page, pieces[0], shape)
    if first is None:
        return []
    last = _last(page, pieces[-1], inner, first)
    return [] if last is None else [first, *inner, last]


def _with_joined(page: _Page, pieces: Sequence[_Piece]) -> list[_Piece]:
    """Part A和B at the end of a row."""
    start, end = pieces[-1]
    join = _JOIN.search(page.text, start + 1, min(end - 1, start + _ITEM_MAX))
    if join is None or not (page.bounds[join.start()] and page.bounds[join.end()]):
        return list(pieces)
    size = join.start() - start
    if size < _ITEM_MIN or (len(pieces) > 2 and abs(size - _size(pieces[-2])) > _SPREAD):
        return list(pieces)
    return [*pieces[:-1], (start, join.start()), (join.end(), end)]


def _size(piece: _Piece) -> int:
    return piece[1] - piece[0]


def _even_part(page: _Page, pieces: list[_Piece]) -> list[_Piece]:
    """The longer part of a row where an item far longer than the others has other words inside it."""
    limit = 2 * min(map(_size, pieces[1:-1]), default=_ITEM_MAX) + 2
    for index in range(1, len(pieces) - 1):
        if _size(pieces[index]) > limit and not _alike(page.of(pieces[index]), page.of(pieces[index + 1])):
            return max(pieces[: index + 1], pieces[index:], key=len)
    return pieces


def _pair_of_words(page: _Page, left: _Piece, right: _Piece) -> list[_Piece]:
    """Two items of one length that say the same at two places at least."""
    stop = _open_end(page, *right)
    if len(set(page.of(left)[-_PAIR_MAX:]).intersection(page.of(right)[:_PAIR_MAX])) < 2:
        return []
    for size in range(min(_PAIR_MAX, _size(left), stop - right[0]), _PAIR_MIN - 1, -1):
        first, second = (left[1] - size, left[1]), (right[0], right[0] + size)
        edges = _begins_pair(page, first, left) and _ends_pair(page, second, right, stop)
        if edges and _is_pair(page.of(first), page.of(second)):
            return [first, second]
    return []


def _is_pair(left: str, right: str) -> bool:
    weak = "“" in left or "“" in right or _DETERMINER.match(left)
    return not weak and len(left) == len(right) and left != right and _same_places(left, right) > 1


_DETERMINER = re.compile(r"[各这那][种类项个些]|一[些个种]")


def _begins_pair(page: _Page, first: _Piece, whole: _Piece) -> bool:
    at = first[0]
    if at == whole[0]:
        return True
    return bool(page.bounds[at]) and page.text[at] not in _NEVER_FIRST and page.text[at] == page.text[first[1] + 1]


def _ends_pair(page: _Page, second: _Piece, whole: _Piece, stop: int) -> bool:
    at = second[1]
    if at == stop:
        return True
    return bool(page.bounds[at]) and (page.text[at] == "的" or _FOLLOWING.match(page.text, at, whole[1]) is not None)


# Rows of clauses


def _clauses(page: _Page, row: _Row) -> list[_Piece]:
    if len(row.pieces) == 2 and row.links[0] == _EVEN:
        return []
    pieces = _with_first_trimmed(page, list(row.pieces))
    if row.before is not None and pieces[0] == row.pieces[0]:
        pieces = [*_clause_before(page, row.before, pieces), *pieces]
    pieces = _without_strays(page, pieces)
    if len(pieces) == 2:
        sound = _is_pair(*map(page.of, pieces)) and _PAIR_MIN <= _size(pieces[0]) <= _PAIR_MAX
        return pieces if sound else []
    return pieces if _has_anchor(page, pieces) or _is_even(pieces) else _anchored_part(page, pieces)


def _with_first_trimmed(page: _Page, pieces: list[_Piece]) -> list[_Piece]:
    """一定要想在前面，学在前面: the modal before the first clause stands for all."""
    if len(pieces) < 3:
        return pieces
    first = _first(page, pieces[0], _shape(page, pieces[1:], pieces[1:], pieces[1:]), _LEADS_OF_CLAUSES)
    start = pieces[0][0]
    if first is None or first[0] == start or not _follows_lead(page, first[0], start, _LEADS_OF_CLAUSES):
        return pieces
    return [first, *pieces[1:]] if _has_anchor(page, [first, *pieces[1:]]) else pieces


def _without_strays(page: _Page, pieces: list[_Piece]) -> list[_Piece]:
    """Leave out the first clause where the others share far more than one word with each other."""
    if len(pieces) < 4:
        return pieces
    first, second, third = (page.of(piece) for piece in pieces[:3])
    stray = _places_in_common(second, third) > 2 * _places_in_common(first, second) + 1
    return pieces[1:] if stray else pieces


def _is_even(pieces: Sequence[_Piece]) -> bool:
    sizes = [_size(piece) for piece in pieces]
    return len(pieces) >= _EVEN_COUNT and len(set(sizes[1:])) == 1 and abs(sizes[0] - sizes[1]) < _SPREAD


def _has_anchor(page: _Page, pieces: Sequence[_Piece]) -> bool:
    """Say whether all items share words at one place, counted from either end."""
    texts = [page.of(piece) for piece in pieces]
    return _is_anchor(_shared(texts), texts) or _is_anchor(_shared([text[::-1] for text in texts]), texts)


def _shared(texts: Sequence[str]) -> list[tuple[int, str]]:
    """The places, counted from the start, where all texts have the same character."""
    same = [(i, each[0]) for i, each in enumerate(zip(*texts, strict=False)) if each.count(each[0]) == len(each)]
    return [(place, character) for place, character in same if character not in _IDLE]


def _is_anchor(shared: Sequence[tuple[int, str]], texts: Sequence[str]) -> bool:
    """One character inside clauses of different length is chance, unless such clauses hinge on it."""
    if len(shared) != 1:
        return len(shared) > 1
    place, character = shared[0]
    return place == 0 or character in _HINGES or len(set(map(len, texts))) == 1


def _anchored_part(page: _Page, pieces: Sequence[_Piece]) -> list[_Piece]:
    """The first part of at least three items with an anchor of their own."""
    for low in range(len(pieces) - 2):
        if _has_anchor(page, pieces[low : low + 3]):
            high = low + 3
            while high < len(pieces) and _has_anchor(page, pieces[low : high + 1]):
                high += 1
            return list(pieces[low:high])
    return []


def _clause_before(page: _Page, before: _Piece, pieces: list[_Piece]) -> list[_Piece]:
    """The first item, where other words stand ahead of it in its clause."""
    shape = _shape(page, pieces, pieces, pieces)
    first = _first(page, before, shape, _LEADS_OF_CLAUSES)
    if first is None:
        return []
    if _has_anchor(page, [first, *pieces]) and shape.low - 1 <= _size(first) <= shape.high + 1:
        return [first]
    led = first[0] > before[0] and _follows_lead(page, first[0], before[0], _LEADS_OF_CLAUSES)
    return [first] if shape.sizes == {_size(first)} and led else []


def _mixed(page: _Page, row: _Row) -> list[_Piece]:
    """A row over 、 and commas: 固优势、锻长板，明差距、补短板."""
    first, inner, last = row.pieces[0], row.pieces[1:-1], row.pieces[-1]
    trimmed = _first(page, first, _shape(page, inner, [*inner, last], inner)) if row.links[0] == _LISTED else first
    if trimmed is None:
        return []
    ended = _last(page, last, inner, trimmed) if row.links[-1] == _LISTED else last
    if ended is None:
        return []
    pieces = [trimmed, *inner, ended]
    even = len({_size(piece) for piece in pieces}) == 1 and len(pieces) >= _EVEN_COUNT
    return pieces if even or _has_anchor(page, pieces) else []


# From rows to key points

#: Organisations and persons, told by how their names end.
_ORGANISATION_END = (
    r"[党市省区县州纪]委|政法委|党组|党支部|政府|人大|政协|[委府大协]办|中央|国务院|[法医学]院|检察院|部门|单位|机关|[科处]室|办公室|街道"
    r"|乡镇|机构|企业|学校|银行|公司|集团|[大支]队|委员会|管委会|小组|(?<![全大格布结政时])局|(?<!大)厅|(?<![学百专])科|(?<![好长短益坏用难到深])处"
    r"|^[省市县区乡镇村]"
)
_PERSON_END = (
    r"书记|主任|[科处局部厅省市县区镇乡村]长|秘书长|委员|常委|代表|同志们?|朋友们?|领导|干部|负责人|人员|先生|人士"
)
_ORGANISATION = re.compile(f"(?:{_ORGANISATION_END})$")
_NAME_END = re.compile(f"(?:{_ORGANISATION_END}|{_PERSON_END})$")
_BODY = re.compile(
    r"本?(?:[省市县区州乡镇]?(?:[党省市区县州纪]委|政府|人大|政协|直属)|部门|单位|机关|科室|处室|企业|街道|乡镇)"
)
_NAME_LAST = frozenset("委组部府大协办央院门位关科室道镇构业校行司团队会局厅处省市县区乡村记任长员常表志们友导人士生")
_NUMBER = re.compile(r".{0,14}[0-9０-９]|第?[一二三四五六七八九十百千万亿两]+[年月日号时点元名位人]?.?$")
_MORE = re.compile(r"等|，?(?:以及|及其他|和其他|还有)")
_EXAMPLE = re.compile(r"(?:例如|比如|诸如|譬如|如|像)[，：]?$")
_SET_AFTER = re.compile(
    r"[”这]{0,2}“?([两二三四五六七八九十]{1,2})(?:个|项|大|点|种|条|件|类|方面|层面|句话|[^“”，。、个项]{1,6}”)"
)
_SET_BEFORE = re.compile(r"[，。：；](?:即|也就是|就是|分别是|包括)?[：，“]*$")
_BAN = re.compile(
    r"(?:不能|不得|不可|不要|不许|不准|不应|不搞|严禁|禁止|切忌|避免|防止|杜绝|克服|反对|摒弃|力戒|破除|纠正|整治|谨防|没有)[^，。；]{0,8}$"
)
_OTHERS = re.compile(r"(?:^|[，；。：])(?:但|但是)?(?:还|仍|也)?(?:有的|有些|个别|少数|一些|部分)|存在|不同程度")
_DEMAND = re.compile(r"要|必须|应当|应该|务必|力争|确保")
_FAULT = re.compile(r"不够|不到位|不强|不严|不高|不足|不实|不力|不深|不扎实|不主动|短板|弱项|缺乏|欠缺|薄弱|滞后|差距")
_DENIED = frozenset("不没无未")
_LEAD_MAX = 60
_BAN_WITHIN = 12
_SET_WITHIN = 24


def _points(page: _Page, stretch: Sequence[_Piece]) -> Iterator[KeyPoint]:
    free, read = 0, False
    for row in _rows(page, stretch):
        if not read:
            page.read_words(stretch[0][0], stretch[-1][1])
            read = True
        if len(row.pieces) > _ITEMS_MAX:
            continue
        pieces = [_unquoted(page, piece) for piece in _items(page, row)]
        if pieces and pieces[0][0] >= free and _is_sound(page, pieces):
            rule = Rule.ENUMERATED if set(row.links) == {_LISTED} else Rule.ANCHORED
            free = pieces[-1][1]
            yield _point(page, pieces, rule)


def _items(page: _Page, row: _Row) -> list[_Piece]:
    if _LISTED not in row.links:
        return _clauses(page, row)
    return _enumerated(page, row) if set(row.links) == {_LISTED} else _mixed(page, row)


def _unquoted(page: _Page, piece: _Piece) -> _Piece:
    start, end = piece
    whole = page.text[start] == "“" and page.text.find("”", start, end) == end - 1
    return (start + 1, end - 1) if whole else piece


def _is_sound(page: _Page, pieces: Sequence[_Piece]) -> bool:
    """Say whether a row is worth a question: distinct items of like weight that are no names, titles or figures."""
    texts = [page.of(piece) for piece in pieces]
    sizes = list(map(len, texts))
    return (
        len(set(texts)) == len(texts)
        and min(sizes) >= _ITEM_MIN
        and max(sizes) <= min(_ITEM_MAX, 2 * min(sizes) + 1)
        and not _bulges(page, pieces)
        and not _names(texts)
        and not _joins_organisations(page, pieces)
        and not _is_masked(page, pieces)
        and not _is_set(page, pieces)
    )


def _bulges(page: _Page, pieces: Sequence[_Piece]) -> bool:
    """Say whether the one inner item is longer than both its neighbours: it holds other words then."""
    if len(pieces) != 3 or _has_anchor(page, pieces):
        return False
    return _size(pieces[1]) > 1 + max(_size(pieces[0]), _size(pieces[2]))


def _names(texts: Sequence[str]) -> bool:
    return 2 * len([text for text in texts if _is_name(text)]) >= len(texts)


def _is_name(text: str) -> bool:
    return (text[-1] in _NAME_LAST and _NAME_END.search(text) is not None) or _NUMBER.match(text) is not None


def _joins_organisations(page: _Page, pieces: Sequence[_Piece]) -> bool:
    """Say whether a 、 of the row stands between two names: 党委、政府的决策 is no beginning of a row."""
    return any(
        page.text[left[1] - 1] in _NAME_LAST
        and _BODY.match(page.text, *right)
        and _ORGANISATION.search(page.text[max(left[0], left[1] - 3) : left[1]])
        for left, right in pairwise(pieces)
    )


def _is_masked(page: _Page, pieces: Sequence[_Piece]) -> bool:
    masks = page.clean.masks
    index = bisect_right(masks, pieces[0][0], key=lambda mask: mask.end)
    return index < len(masks) and masks[index].start < pieces[-1][1]


def _is_set(page: _Page, pieces: Sequence[_Piece]) -> bool:
    """Say whether the speech counts the row, before or after it: such a row has a name and is read with it."""
    after = _SET_AFTER.match(page.text, pieces[-1][1])
    if after is not None and number(after[1]) == len(pieces):
        return True
    before = page.text[max(0, pieces[0][0] - _SET_WITHIN) : pieces[0][0]]
    begun = _SET_BEFORE.search(before)
    return begun is not None and declared_count(before[: begun.start()]) == len(pieces)


def _point(page: _Page, pieces: Sequence[_Piece], rule: Rule) -> KeyPoint:
    items = tuple(Item(page.of(piece), page.of(piece), Span(*piece)) for piece in pieces)
    span = Span(pieces[0][0], pieces[-1][1])
    lead = _lead(page, span.start)
    return KeyPoint(
        kind=PointKind.PARALLEL,
        name=None,
        full_name=None,
        count=len(items),
        items=items,
        span=span,
        lead=lead,
        heading=page.outline.heading_at(span.start),
        rule=rule,
        complete=_is_complete(page, lead, span),
        negative=_is_negative(page, lead, items),
        confidence=_confidence(page, pieces),
    )


def _is_complete(page: _Page, lead: Span, span: Span) -> bool:
    """Say whether the row neither goes on (等), nor gives examples, nor breaks off with the text."""
    cut_off = span.end == len(page.text) and len(page.clean.sentences) - 1 in page.clean.broken_sentences
    return not cut_off and _MORE.match(page.text, span.end) is None and not _EXAMPLE.search(lead.of(page.text))


def _lead(page: _Page, position: int) -> Span:
    """What stands before the first item in its clause, an opening quotation mark included."""
    edge = bisect_right(page.edges, position) - 1
    start = max(0, position - _LEAD_MAX, page.edges[edge] if edge >= 0 else 0)
    clause = max(map(page.text[start:position].rfind, "，；：。！？（）\n"))
    return Span(start + clause + 1, position)


def _is_negative(page: _Page, lead: Span, items: Sequence[Item]) -> bool:
    """Say whether the items are faults, or stand under a ban."""
    words = lead.of(page.text)
    if _BAN.search(words[-_BAN_WITHIN:]) or all(_FAULT.search(item.text) for item in items):
        return True
    if words.endswith("得") and all(item.text[0] in _DENIED for item in items):
        return True
    return _tells_of_others(page, lead.end)


def _tells_of_others(page: _Page, position: int) -> bool:
    """有的同志…、一些科室存在…: what the sentence says of others is a fault, until it demands something."""
    before = page.text[max(0, position - _LEAD_MAX) : position]
    before = before[max(map(before.rfind, "。；！？\n")) + 1 :]
    told = list(_OTHERS.finditer(before))
    return bool(told) and _DEMAND.search(before, told[-1].end()) is None


def _confidence(page: _Page, pieces: Sequence[_Piece]) -> Confidence:
    texts = [page.of(piece) for piece in pieces]
    spread = max(map(len, texts)) - min(map(len, texts))
    if len(texts) == 2:
        return Confidence.MEDIUM if 2 * _same_places(*texts) >= len(texts[0]) else Confidence.LOW
    if spread == 0 or _has_anchor(page, pieces):
        return Confidence.HIGH
    return Confidence.MEDIUM if spread < _SPREAD else Confidence.LOW
