"""Rows: where parallel groups of clauses stand, and where the template of a row begins."""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from itertools import pairwise

from quizapp.core.keypoints.pairsets.clauses import FEWEST
from quizapp.core.keypoints.pairsets.clauses import MOST
from quizapp.core.keypoints.pairsets.clauses import Clauses
from quizapp.core.keypoints.pairsets.clauses import pieces
from quizapp.core.keypoints.pairsets.clauses import shared_start
from quizapp.core.keypoints.pairsets.clauses import texts_of
from quizapp.core.keypoints.runs import LEAD_VERBS
from quizapp.core.speech import Span

_CLAUSE_MAX = 60
#: What a parallel clause cannot open with: it points back, numbers, hedges, connects, or names nobody in particular.
_NEVER_FIRST = frozenset(
    "一二三四五六七八九十第各我你他她它咱这那每某该此今近如若只因但而所虽尽比例再更又还也都并且或即既其首最然特尤不没未无是能会可应"
    "0123456789(（《—"
)
_NO_OPENING = re.compile(
    r"有[的些]|个别|大家|同志|许多|很多|明年|去年|当前|目前|过去|现在|同时|另外|由于|就[是要能会]|必须|确保|切实|真正|离不开"
)
MODAL = re.compile(r"(?:一定|还|更|既|又)?(?:要|必须|应当|应该|应|需要|须)(?!求|点|素)")


@dataclass(frozen=True)
class Row:
    """Groups of clauses that open alike. `mark` is what stands between them."""

    groups: tuple[tuple[Span, ...], ...]
    mark: str

    @cached_property
    def heads(self) -> tuple[Span, ...]:
        return tuple(group[0] for group in self.groups)


def rows(clauses: Clauses) -> Iterator[Row]:
    """Find every row that is worth a closer look."""
    yield from _unit_rows(clauses)
    yield from _comma_rows(clauses, 1)
    yield from _comma_rows(clauses, 2)
    yield from _listed_rows(clauses)


def _chains(seeds: Iterable[int], step: int) -> Iterator[range]:
    """Join i, i + step, i + 2·step … where each seed says that it is like the next."""
    pool = dict.fromkeys(seeds)
    for seed in pool:
        if seed - step in pool:
            continue
        last = seed + step
        while last in pool:
            last += step
        if (last - seed) // step < MOST:
            yield range(seed, last + 1, step)


def _unit_rows(clauses: Clauses) -> Iterator[Row]:
    """Groups apart by semicolons, or as sentences, or as paragraphs."""
    units, firsts, marks = clauses.units, clauses.firsts, clauses.marks
    alike = [
        at
        for at, (one, two) in enumerate(pairwise(units))
        if firsts[one] == firsts[two] and may_open(firsts[one]) and marks[two] in "；。\n"
    ]
    for run in _chains(alike, 1):
        starts = [units[at] for at in run]
        if len({marks[start] for start in starts[1:]}) > 1:
            continue
        before = _group_before(clauses, starts[0], units[run[0] - 1] if run[0] else starts[0])
        starts = [*before, *starts]
        end = units[run[-1] + 1] if run[-1] + 1 < len(units) else len(clauses)
        yield from _row(clauses, starts, end, marks[starts[1]])


#: In how many clauses before a semicolon the first group is sought.
_BACK = 6


def _group_before(clauses: Clauses, start: int, unit: int) -> list[int]:
    """The first group may stand behind other clauses of its unit: 从小事做起，管好自己的腿，…；管好自己的嘴，…"""
    if clauses.marks[start] not in "；。":
        return []
    back = range(start - 1, max(unit, start - _BACK) - 1, -1)
    return list(islice((i for i in back if clauses.firsts[i] == clauses.firsts[start]), 1))


def _comma_rows(clauses: Clauses, step: int) -> Iterator[Row]:
    """Groups of one clause or of two, apart by commas."""
    firsts, marks = clauses.firsts, clauses.marks
    alike = [i for i, (one, two) in enumerate(zip(firsts, firsts[step:], strict=False)) if one == two]
    alike = [i for i in alike if may_open(firsts[i]) and set(marks[i + 1 : i + step + 1]) == {"，"}]
    alike = [i for i in alike if step == 1 or firsts[i + 1] != firsts[i]]
    for run in _chains(alike, step):
        starts = list(run)
        if step == 1 and starts[0] and marks[starts[0]] == "，" and firsts[starts[0]] in clauses.texts[starts[0] - 1]:
            starts.insert(0, starts[0] - 1)  # its first group may stand behind words that lead up to it
        yield from _row(clauses, starts, min(starts[-1] + step, len(clauses)), "，")


def _row(clauses: Clauses, starts: Sequence[int], end: int, mark: str) -> Iterator[Row]:
    if len(starts) >= FEWEST:
        bounds = [*starts, end]
        groups = tuple(clauses.spans(start, min(stop, start + MOST)) for start, stop in pairwise(bounds))
        yield Row(groups, mark)


def _listed_rows(clauses: Clauses) -> Iterator[Row]:
    """Groups apart by 、: 向改革要动力、向创新要活力、向管理要效益."""
    for clause, listed in clauses.rows_within:
        opening = {piece[:1] for piece in listed[1:]}
        if len(opening) == 1 and TOPICS.match(opening.pop()):
            yield Row(tuple((piece,) for piece in pieces(clauses.text, clause.start, clause.end)), "、")


# Where a template begins

#: Words that make what follows them the topic or the means of the clause.
TOPICS = re.compile(r"[对在向用以从靠把为让由变凭就将]|针对|面对|围绕|关于")


def opened(text: str, row: Row) -> Row | None:
    """The row from where its template begins: without what leads up to the first group, and without 要 at each."""
    rest = shared_start(text, row.heads[1:])
    modal = MODAL.match(rest)
    skipped = modal.end() if modal else 0
    opening = rest[skipped:]
    if not may_open(opening) or max(head.end - head.start for head in row.heads) > _CLAUSE_MAX:
        return None
    first = _first_start(text, row.heads[0], opening)
    if first is None:
        groups = row.groups[1:]
        starts = [group[0].start + skipped for group in groups]
    else:
        groups, starts = row.groups, [first, *(group[0].start + skipped for group in row.groups[1:])]
    if len(groups) < FEWEST:
        return None
    moved = ((Span(start, group[0].end), *group[1:]) for start, group in zip(starts, groups, strict=True))
    opened_row = Row(tuple(moved), row.mark)
    return opened_row if len(set(texts_of(text, opened_row.heads))) == len(groups) else None


#: What points back or names nobody in particular is no topic, even where all topics begin alike (会前, 会中, 会后).
_NAMELESS = frozenset("各每我你他她它咱这那有某该此另其")


def may_be_topics(topics: Sequence[str]) -> bool:
    """Say whether words can be what a row is about: each could open a clause, or all are of one kind by their form."""
    if any(topic[:1] in _NAMELESS for topic in topics):
        return False
    alike = len({(len(topic), topic[:1]) for topic in topics}) == 1 or len({topic[-1:] for topic in topics}) == 1
    return alike or all(map(may_open, topics))


def may_open(opening: str) -> bool:
    return bool(opening) and opening[0] not in _NEVER_FIRST and _NO_OPENING.match(opening) is None


def _first_start(text: str, head: Span, opening: str) -> int | None:
    """Where the first group begins: at its clause, or after words that lead up to it (力争, 做到, 要)."""
    while opening:
        at = text.find(opening, head.start, head.end)
        while at >= 0:
            if at == head.start or _LEADS_UP.search(text, max(head.start, at - 4), at):
                return at
            at = text.find(opening, at + 1, head.end)
        opening = opening[: max(len(opening) // 2, 1)] if len(opening) > 1 else ""
    return None


#: Words that lead up to a row and are no part of its first group.
_MORE_LEADS = """
力争 力求 大力 发扬 弘扬 发挥 处在 处于 准确 倡导 强调 大兴 始终 积极 主动 充分
进一步 深入 真正 坚决 就是 就要 一定 既要 又要 还要 能够 善于 要求 提倡 体现 培育
塑造 展现 具备 承担 扮演 担当 担负 保持 争做 争当 当好 成为 打造 建设 构建 建立 健全
完善 找准 找到 找出 抓牢 守住 守好 用好 走好 干好 管好 办成 写好 讲好
"""
LEADING = LEAD_VERBS | frozenset(_MORE_LEADS.split())
_LEADS_UP = re.compile(rf"(?:{'|'.join(sorted(LEADING, key=len, reverse=True))})$")
