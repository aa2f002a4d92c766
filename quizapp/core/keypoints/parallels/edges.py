"""What the first item of a row loses before it and the last one behind it, told by the shape of the others.

Each place where an item could begin or end is weighed: how well the length suits the others (4 where they all have
it), what the words cut off are (2 to 6 where they cannot belong), what the items share (4 a character). Words are cut
only in the one segment whose edge is not clear without them.
"""

import re
from collections.abc import Sequence
from itertools import accumulate
from itertools import pairwise
from typing import NamedTuple

import rjieba

from quizapp.core.keypoints.parallels.anchors import SPREAD
from quizapp.core.keypoints.parallels.stretches import ITEM_MIN
from quizapp.core.keypoints.parallels.stretches import Piece

#: Prepositions: what follows them is named, not done.
_PREPOSITIONS = "以 对 在 把 从 就 将 按 按照 根据 依据 同 跟 为 由 经 针对 关于 对于 围绕 通过 给"
PREPOSITIONS = frozenset(_PREPOSITIONS.split())
#: Words before the first item that are no part of it, whatever the items are.
_AHEAD = """
要 应 应当 应该 必须 需 需要 须 务必 一定 一定要 就要 都要 还要 更要 要能 能 能够 会 可 可以 才能 才 敢于 善于 勇于
乐于 不能 不得 不可 不要 不许 不准 严禁 切忌 避免 防止 杜绝 克服 力戒 做到 实现 希望 力求 力争 确保 保证 努力 充分
积极 主动 不断 始终 牢牢 紧紧 坚定 持续 继续 进一步 逐步 真正 全面 认真 切实
为了 靠 用 凭 经过 无论 不论 不管 是 即 就是 正是 不是 而是 都是 也是 使 让 令 被
都 也 又 还 更 既 再 特别 特别是 尤其 尤其是 比如 例如 如 像 首先 其次 最后 同时 并 并且 而 而且 大家 我们 你们 他们
自己 同志 学着 处处 时时 着 了 过 的 得 地 之 越是
"""
#: Verbs that govern what follows: 加强A、B、C. Before clauses they belong to the clause.
_VERBS = """
着力 着重 突出 注重 重视 抓好 抓实 抓住 抓紧 做好 做实 搞好 落实 坚持 坚决 保持 发扬 发挥 履行 担负 承担 紧扣 聚焦
运用 采取 利用 依托 实施 推进 推动 促进 开展 进行 强化 加强 增强 提高 提升 把握 处理 统筹 包括 涵盖 涉及 安排 提出
完成 形成 确立 树立 树牢 建立 健全 完善 营造 构建 打造 建设 培养 造就 明确 反对 摒弃 破除 纠正 解决 整治 有 没有
还有 成为 属于 作为 处于 处在 存在 面临 面对 具有 具备 缺乏 重点 主要 学会 争取 当好 一个 一种 一支 一批 一项 一些
各项 各种 各类 这个 那个 这些 那些 和 与 以及 及 或 或者
"""
LEADS_OF_CLAUSES = PREPOSITIONS.union(_AHEAD.split())
LEADS = LEADS_OF_CLAUSES.union(_VERBS.split())
#: The segmenter glues these to the word behind.
MODALS = frozenset("要须")
#: An item that begins with one of these is told from its subject by it: 机关离领导最近、与群众联系最广.
_COVERBS = frozenset("离与对同跟向从在为让把给")
NEVER_FIRST = frozenset("的和与及或等了着过地得之”》")
_NEVER_LAST = frozenset("的和与及或之了")
_PEEL_MAX = 40
_READ_MAX = 40
#: What the last item may lose, as far as words are cut for it.
_ROW_SURE = 2

#: What can follow the last item: particles, modals, adverbs, a count.
FOLLOWING = re.compile(
    r"[要应都均也是在上中下为这那并来去到以之]|必须|得到|进一步|逐[项个条一]|[一二两三四五六七八九十]{1,2}[个项大种点条]"
)
#: Nouns that take up a row: 参谋、协调、督办职能.
_TAKING_UP = re.compile(
    r"工作|任务|职责|职能|作用|功能|问题|矛盾|困难|水平|能力|素质|本领|意识|观念|理念|精神|作风|方面|环节|领域|关系|要求|原则|标准"
    r"|方法|方式|措施|手段|制度|机制|体系|情况|条件|环境|氛围|格局|局面|目标|重点|关口|力度|事项|活动|项目|队伍|思路|需求|功夫|现象|倾向"
    r"|部门|责任人|人员"
)

#: More that the items share makes a row no surer.
_HEAD_MAX, _TAIL_MAX = 2, 3
_FIRST_MIN, _LAST_MIN = 1.5, 1.5

#: Where a word begins, and where it ends.
Words = dict[int, int]


def words_before(text: str, start: int, end: int) -> Words:
    """The last words of a segment."""
    return _words(text, max(start, end - _READ_MAX), end)


def words_after(text: str, start: int, end: int) -> Words:
    """The first words of a segment."""
    return _words(text, start, min(end, start + _READ_MAX))


def _words(text: str, start: int, end: int) -> Words:
    return dict(pairwise(accumulate(map(len, rjieba.cut(text[start:end])), initial=start)))


def word_behind(text: str, at: int, words: Words, limit: int) -> str:
    """The word that ends at a place."""
    for start in range(at - 1, max(limit, at - 5) - 1, -1):
        if start in words:
            return text[start:at]
    return ""


class Shape(NamedTuple):
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


def shape_of(text: str, inner: Sequence[Piece], starts: Sequence[Piece], ends: Sequence[Piece] = ()) -> Shape:
    """The shape that the inner items show; `starts` have their true beginnings, `ends`, if any, their true ends."""
    sizes = frozenset([end - start for start, end in inner])
    heads = [text[start : min(end, start + _HEAD_MAX)] for start, end in starts] if len(starts) > 1 else [""]
    tails = [text[max(start, end - _TAIL_MAX) : end][::-1] for start, end in ends] if len(ends) > 1 else [""]
    return Shape(sizes, min(sizes), max(sizes), _common_start(heads), _common_start(tails)[::-1])


def _common_start(texts: Sequence[str]) -> str:
    # What the first and the last in order share, all between them share too.
    first, last = min(texts), max(texts)
    while not last.startswith(first):
        first = first[:-1]
    return first


# The first item


def first_item(text: str, piece: Piece, shape: Shape, leads: frozenset[str] = LEADS) -> Piece | None:
    """The first item without the words before it."""
    start, end = piece
    if shape.sizes == {end - start} and text[start] not in NEVER_FIRST:
        return piece
    words = words_before(text, start, end)
    if _is_plain(text, piece, words, shape, leads):
        return end - shape.high, end
    peeled = _peeled(text, piece, words, leads)
    starts = _beginnings(text, piece, words, shape, leads)
    scores = [(_first_score(text, piece, at, words, peeled, shape, leads), -at) for at in starts]
    score, at = max(scores, default=(0, 0))
    return (-at, end) if score >= _FIRST_MIN else None


def _is_plain(text: str, piece: Piece, words: Words, shape: Shape, leads: frozenset[str]) -> bool:
    """Say whether a word begins where the one length of the others says that the item does; nothing weighs more."""
    at = piece[1] - shape.high
    if shape.low < shape.high or at <= piece[0] + 1 or at not in words or text[at] in NEVER_FIRST:
        return False
    return shape.heads(text, at) == len(shape.head) and text[at : words[at]] not in leads


def _beginnings(text: str, piece: Piece, words: Words, shape: Shape, leads: frozenset[str]) -> list[int]:
    """Where the first item can begin: at the start of its segment or of a word, as far back as the others reach."""
    start, end = piece
    low = max(start, end - shape.high - SPREAD)
    places = [at for at in range(low, end - 1) if at == start or (at in words and text[at] not in NEVER_FIRST)]
    # 分词会把“要出思路”切成“要出/思路”，把“明确责任”连成一个词：字数相合、开头的字相同或前面是引导词，就不看分词。
    for at in (end - size for size in shape.sizes if low < end - size and end - size not in words):
        if shape.heads(text, at) or text[max(start, at - 2) : at] in leads or text[at - 1] in MODALS:
            places.append(at)
    return places


def _first_score(
    text: str, piece: Piece, at: int, words: Words, peeled: int, shape: Shape, leads: frozenset[str]
) -> float:
    size, same = piece[1] - at, shape.heads(text, at)
    begins_with_lead = not same and text[at : words.get(at, piece[1])] in leads
    score = shape.fit(size) + 4 * same - 2 * begins_with_lead
    if at == piece[0]:
        near = min(abs(size - each) for each in shape.sizes) <= 1
        score += 5 if near and not begins_with_lead else 2
    elif at == peeled:
        score += 4
    elif follows_lead(text, at, piece[0], words, leads):
        score += 2
    return score


def follows_lead(text: str, at: int, limit: int, words: Words, leads: frozenset[str] = LEADS) -> bool:
    """Say whether the word before a place only leads to what stands there."""
    # 分词会把“努力做到”连成一个词，所以也看末两字。
    pair = text[max(limit, at - 2) : at]
    return pair in leads or pair[-1:] in "们”的" or word_behind(text, at, words, limit) in leads


def _peeled(text: str, piece: Piece, words: Words, leads: frozenset[str]) -> int:
    """Where the words that only lead to the row end, from the start of its first segment."""
    at, limit = piece[0], min(piece[1], piece[0] + _PEEL_MAX)
    while at < limit and at in words and text[at : words[at]] in leads:
        at = words[at]
    return at


def coverb_start(text: str, piece: Piece, others: Sequence[Piece]) -> int | None:
    """Where the first item begins by its preposition, where all the others begin with one."""
    if not all(text[start] in _COVERBS for start, _ in others):
        return None
    words = words_before(text, *piece)
    return next((at for at in sorted(words) if text[at] in _COVERBS and words[at] == at + 1), None)


# The last item


def last_item(text: str, piece: Piece, inner: Sequence[Piece], first: Piece) -> Piece | None:
    """The last item without what follows it."""
    start, end = piece
    stop = open_end(text, start, end)
    if {one_end - one for one, one_end in inner} == {stop - start}:
        return start, stop
    words = words_after(text, start, stop)
    shape = shape_of(text, inner, [first, *inner], [first, *inner])
    sure = len(inner) >= _ROW_SURE and shape.low == shape.high == first[1] - first[0]
    low, high = start + ITEM_MIN, min(stop, start + shape.high + 2 * SPREAD)
    ends = [at for at in words if low <= at <= high and text[at - 1] not in _NEVER_LAST and at != stop]
    ends += [stop] if low <= stop <= high else []
    score, at = max([(_last_score(text, piece, at, stop, shape, sure), at) for at in ends], default=(0, 0))
    return (start, at) if score >= _LAST_MIN else None


def open_end(text: str, start: int, end: int) -> int:
    """Where 等 ends the row; the end of the segment without one."""
    at = text.find("等", start + 1, end)
    if at < 0:
        return end
    words = words_after(text, start, end)
    if at not in words:
        return end
    return at if words[at] == at + 1 or text.startswith("等等", at) else end


def _last_score(text: str, piece: Piece, at: int, stop: int, shape: Shape, sure: bool) -> float:
    size = at - piece[0]
    same = sure or shape.heads(text, piece[0]) > 0
    score = shape.fit(size) + (2 * len(shape.tail) if text.endswith(shape.tail, piece[0], at) else 0)
    if at == stop:
        return score + (6 if stop < piece[1] else 2)
    if text[at] == "的":
        return score + (3 if size >= shape.low else 0)
    if FOLLOWING.match(text, at, piece[1]) or _TAKING_UP.match(text, at, piece[1]):
        return score + 1.5
    return score - (0 if same and size in shape.sizes else 4)
