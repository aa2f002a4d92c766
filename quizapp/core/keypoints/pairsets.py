"""Pairsets: rows of clauses cut from one template, each tying one thing to another, under no counting name."""

import re
from bisect import bisect_right
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from itertools import chain
from itertools import islice
from itertools import pairwise

import rjieba

from quizapp.core.keypoints.polarity import is_negative
from quizapp.core.keypoints.runs import LEAD_VERBS
from quizapp.core.keypoints.templates import Template
from quizapp.core.keypoints.templates import induce
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

FEWEST = 3
_MOST = 12
_CLAUSE_MAX = 60
_ROW_MAX = 120
#: Looking closely at a row is dear; so many rows a text of this many characters may have, and no speech comes near.
_CHARACTERS_A_ROW = 120
_FEW_ROWS = 20


# Clauses

_MARKS = re.compile(r"[，；：。！？\n]")
#: What a parallel clause cannot open with: it points back, numbers, hedges, connects, or names nobody in particular.
_NEVER_FIRST = frozenset(
    "一二三四五六七八九十第各我你他她它咱这那每某该此今近如若只因但而所虽尽比例再更又还也都并且或即既其首最然特尤不没未无是能会可应"
    "0123456789(（《—"
)
_NO_OPENING = re.compile(
    r"有[的些]|个别|大家|同志|许多|很多|明年|去年|当前|目前|过去|现在|同时|另外|由于|就[是要能会]|必须|确保|切实|真正|离不开"
)
_MODAL = re.compile(r"(?:一定|还|更|既|又)?(?:要|必须|应当|应该|应|需要|须)(?!求|点|素)")


class Clauses:
    """The clauses of a text in order: where each stands, what mark stands before it, and what it opens with.

    A clause that an ordinal opens belongs to the outline; it opens with nothing here, and so is like no other.
    """

    def __init__(self, clean: CleanText, outline: Outline):
        self.text = text = clean.text
        parts = _MARKS.split(text)
        lengths = list(map(len, parts))
        starts = accumulate(map((1).__add__, lengths), initial=0)
        self.starts = [start for start, part in zip(starts, parts, strict=False) if part]
        self.ends = [start + length for start, length in zip(self.starts, filter(None, lengths), strict=True)]
        self.texts = list(filter(None, parts))
        self.marks = [text[start - 1] if start else "\n" for start in self.starts]
        self.firsts = [part[0] for part in self.texts]
        self.units = [i for i, mark in enumerate(self.marks) if mark != "，"]
        for heading in outline.headings:
            index = bisect_right(self.starts, heading.body.start) - 1
            if self.starts[index] == heading.body.start:
                self.firsts[index] = ""

    def __len__(self) -> int:
        return len(self.starts)

    def bounds(self, index: int) -> tuple[int, int]:
        return self.starts[index], self.ends[index]

    def span(self, index: int) -> Span:
        return Span(self.starts[index], self.ends[index])

    def spans(self, start: int, stop: int) -> tuple[Span, ...]:
        return tuple(self.span(index) for index in range(start, stop))

    @cached_property
    def rows_within(self) -> tuple[tuple[Span, list[str]], ...]:
        """Clauses that list at least three things by 、, with the things."""
        few = [
            i for i, part in enumerate(self.texts) if FEWEST - 1 <= part.count("、") < _MOST and len(part) <= _ROW_MAX
        ]
        return tuple((self.span(index), self.texts[index].split("、")) for index in few)


def pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Where the things stand that 、 parts."""
    for piece in text[start:end].split("、"):
        yield Span(start, start + len(piece))
        start += len(piece) + 1


# How far what is said of a thing goes

_RESULTS = re.compile(
    r"做到|确保|使|让|从而|以便|不断|不[要能得准]|这样|那样|都|也|才|则|但|而|并|同时|进而|真正|切实|推动|妥善|为[了此]?|总之"
)
_RESUMED = re.compile(r"都|也|才|则|便|就(?!是)")
_FIRST_HALF = re.compile(r"既(?!定|然)|不仅|不但|不只")
_SECOND_HALF = re.compile(r"又|也|还|更|而且")
_SAID_MAX = 40


def said_until(text: str, clauses: Sequence[Span]) -> int:
    """Where what the clauses say of one thing ends: before what follows from it, or takes up something else."""
    end = clauses[0].end
    for index, clause in enumerate(clauses[1:], start=1):
        following = clauses[index + 1] if index + 1 < len(clauses) else None
        resumed = following is not None and _RESUMED.match(text, following.start)
        halves = _FIRST_HALF.search(text, clauses[0].start, clauses[0].end)
        goes_on = halves is not None and _SECOND_HALF.match(text, clause.start)
        if clause.end - clauses[0].start > _SAID_MAX or not (goes_on or not _RESULTS.match(text, clause.start)):
            break
        if resumed and not goes_on:
            break
        end = clause.end
    return end


def most_rows(text: str) -> int:
    """How many rows of one shape are looked at closely in a text of this length."""
    return _FEW_ROWS + len(text) // _CHARACTERS_A_ROW


# Rows: where parallel groups of clauses stand


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
        if (last - seed) // step < _MOST:
            yield range(seed, last + 1, step)


def _unit_rows(clauses: Clauses) -> Iterator[Row]:
    """Groups apart by semicolons, or as sentences, or as paragraphs."""
    units, firsts, marks = clauses.units, clauses.firsts, clauses.marks
    alike = [
        at
        for at, (one, two) in enumerate(pairwise(units))
        if firsts[one] == firsts[two] and _may_open(firsts[one]) and marks[two] in "；。\n"
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
    alike = [i for i in alike if _may_open(firsts[i]) and set(marks[i + 1 : i + step + 1]) == {"，"}]
    alike = [i for i in alike if step == 1 or firsts[i + 1] != firsts[i]]
    for run in _chains(alike, step):
        starts = list(run)
        if step == 1 and starts[0] and marks[starts[0]] == "，" and firsts[starts[0]] in clauses.texts[starts[0] - 1]:
            starts.insert(0, starts[0] - 1)  # its first group may stand behind words that lead up to it
        yield from _row(clauses, starts, min(starts[-1] + step, len(clauses)), "，")


def _row(clauses: Clauses, starts: Sequence[int], end: int, mark: str) -> Iterator[Row]:
    if len(starts) >= FEWEST:
        bounds = [*starts, end]
        groups = tuple(clauses.spans(start, min(stop, start + _MOST)) for start, stop in pairwise(bounds))
        yield Row(groups, mark)


def _listed_rows(clauses: Clauses) -> Iterator[Row]:
    """Groups apart by 、: 向改革要动力、向创新要活力、向管理要效益."""
    for clause, listed in clauses.rows_within:
        opening = {piece[:1] for piece in listed[1:]}
        if len(opening) == 1 and _TOPICS.match(opening.pop()):
            yield Row(tuple((piece,) for piece in pieces(clauses.text, clause.start, clause.end)), "、")


# One template

#: Words that make what follows them the topic or the means of the clause.
_TOPICS = re.compile(r"[对在向用以从靠把为让由变凭就将]|针对|面对|围绕|关于")
_TAUGHT = "对就针面关围"
_HINGE = re.compile(
    r"(?<![重主需必首只紧摘概扼])(?:就要|必须|应当|应该|要|须|应|就是|重在|贵在|在于)(?![求点素件么闻害领])"
)
_LEFT_MAX = 16
_HEAD_MAX = 10
_RIGHT_MAX = 40
_VALUE_MAX = 16


@dataclass(frozen=True)
class Table:
    """What a row ties: its items, and the two sides; `around` is what stands before, between and after the sides."""

    items: tuple[Span, ...]
    lefts: tuple[Span, ...]
    rights: tuple[Span, ...]
    around: tuple[str, ...]
    rule: Rule
    confidence: Confidence = Confidence.MEDIUM

    @property
    def span(self) -> Span:
        spans = (*self.items, *self.lefts, *self.rights)
        return Span(min(span.start for span in spans), max(span.end for span in spans))


def _texts(text: str, spans: Iterable[Span]) -> list[str]:
    return [span.of(text) for span in spans]


def _prefix(text: str, spans: Sequence[Span]) -> str:
    return _common_start(_texts(text, spans))


def _suffix(text: str, spans: Sequence[Span]) -> str:
    return _common_start([value[::-1] for value in _texts(text, spans)])[::-1]


def _common_start(values: Sequence[str]) -> str:
    # What the first and the last in order share, all between them share too.
    first, last = min(values), max(values)
    size = next((at for at, (one, two) in enumerate(zip(first, last, strict=False)) if one != two), len(first))
    return first[:size]


def opened(text: str, row: Row) -> Row | None:
    """The row from where its template begins: without what leads up to the first group, and without 要 at each."""
    rest = _prefix(text, row.heads[1:])
    modal = _MODAL.match(rest)
    skipped = modal.end() if modal else 0
    opening = rest[skipped:]
    if not _may_open(opening) or max(head.end - head.start for head in row.heads) > _CLAUSE_MAX:
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
    return opened_row if len(set(_texts(text, opened_row.heads))) == len(groups) else None


def _may_open(opening: str) -> bool:
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
_LEADING = LEAD_VERBS | frozenset(_MORE_LEADS.split())
_LEADS_UP = re.compile(rf"(?:{'|'.join(sorted(_LEADING, key=len, reverse=True))})$")


def table(text: str, row: Row) -> Table | None:
    """Read a row by the first shape that fits it."""
    shapes: tuple[Callable[[str, Row], Table | None], ...] = (_quoted, _by_hinge, _by_template, _by_words, _by_topic)
    found = next((read for shape in shapes if (read := shape(text, row)) is not None), None)
    return found if found is not None and _is_sound(text, found) else None


def _is_sound(text: str, found: Table) -> bool:
    """Both sides differ from item to item, neither says what the other says, and none is empty or torn."""
    lefts, rights = _texts(text, found.lefts), _texts(text, found.rights)
    injective = len(set(lefts)) == len(lefts) and len(set(rights)) == len(rights)
    whole = all(map(_is_whole, [*lefts, *rights]))
    circular = all(left in right or right in left for left, right in zip(lefts, rights, strict=True))
    nested = any(one in two for one in lefts for two in lefts if one != two)
    return injective and whole and not circular and not nested and not _echoes(text, found, rights)


def _echoes(text: str, found: Table, rights: Sequence[str]) -> bool:
    """办文就是办文的高手: the right only says the left again."""
    shared = len(_prefix(text, found.lefts))
    slots = [left[shared:] for left in _texts(text, found.lefts)]
    said_again = all(slot and slot in right for slot, right in zip(slots, rights, strict=True))
    return found.rule is Rule.CLAUSES and said_again and all("的" in right for right in rights)


def _is_whole(value: str) -> bool:
    return bool(value.strip()) and value.count("“") == value.count("”") and value.count("（") == value.count("）")


# Shapes


def _by_hinge(text: str, row: Row) -> Table | None:
    """办文要办成精品: what stands before 要, and what after."""
    hinges = [_HINGE.search(text, head.start + 1, head.end) for head in row.heads]
    words = {hinge.group() for hinge in hinges if hinge}
    if None in hinges or len(words) != 1 or not _may_hinge(text, row, words.copy().pop()):
        return None
    found = [hinge for hinge in hinges if hinge is not None]
    lefts = [Span(head.start, hinge.start()) for head, hinge in zip(row.heads, found, strict=True)]
    if max(left.end - left.start for left in lefts) > _HEAD_MAX or not _are_alike(text, lefts):
        return None
    rights = _said(text, row, [hinge.end() for hinge in found])
    if row.mark in "，、" and not _match(text, rights):
        return None
    word = words.pop()
    if all(_is_term(left.of(text)) for left in lefts):
        terms = tuple(Span(left.start + 1, left.end - 1) for left in lefts)
        return Table(terms, terms, tuple(rights), ("“", f"”{word}", ""), Rule.EXPLAINED)
    return Table(tuple(lefts), tuple(lefts), tuple(rights), ("", word, ""), Rule.CLAUSES)


def _is_term(value: str) -> bool:
    return value.startswith("“") and value.endswith("”") and value.count("“") == 1


def _may_hinge(text: str, row: Row, word: str) -> bool:
    """向改革要动力: after such words 要 is a verb."""
    first = text[row.heads[0].start]
    return not _TOPICS.match(first) or first in _TAUGHT or (first == "在" and word != "要")


def _are_alike(text: str, lefts: Sequence[Span]) -> bool:
    """Say whether what the lefts share is a word of its own, or they are of one length."""
    first = {len(left.of(text).partition("、")[0]) for left in lefts}
    if len(first) == 1 or _TOPICS.match(text, lefts[0].start):
        return True
    shared = len(_prefix(text, lefts))
    return all(shared in _word_ends(left.of(text)) for left in lefts)


def _word_ends(value: str) -> set[int]:
    return set(accumulate(map(len, rjieba.cut(value))))


def _match(text: str, rights: Sequence[Span]) -> bool:
    """Clauses apart by commas are parallel when their ends are of one kind too."""
    lengths = [right.end - right.start for right in rights]
    shares = _prefix(text, rights) or _suffix(text, rights)
    return max(lengths) - min(lengths) <= (3 if shares else 1)


def _said(text: str, row: Row, starts: Sequence[int]) -> list[Span]:
    """What each group says from a place in its first clause on."""
    groups = [(Span(start, group[0].end), *group[1:]) for start, group in zip(starts, row.groups, strict=True)]
    if row.mark in "，、":
        return [group[0] for group in groups]
    return [Span(group[0].start, end) for group, end in zip(groups, _ends(text, groups), strict=True)]


def _ends(text: str, groups: Sequence[Sequence[Span]]) -> list[int]:
    """Groups of one number of clauses are taken whole; of the last, which may run on, as many as of the others."""
    sizes = {len(group) for group in groups[:-1]}
    if (
        len(sizes) == 1
        and len(groups[-1]) >= (size := sizes.pop())
        and all(group[size - 1].end - group[0].start <= _RIGHT_MAX for group in groups)
    ):
        return [group[size - 1].end for group in groups]
    return [said_until(text, group) for group in groups]


def _by_topic(text: str, row: Row) -> Table | None:
    """对上协调，要按照程序: the first clause, and what follows it."""
    if min(map(len, row.groups)) < 2:
        return None
    lefts = row.heads
    if max(left.end - left.start for left in lefts) > _LEFT_MAX or not _are_alike(text, lefts):
        return None
    rest = [group[1:] for group in row.groups]
    if not _is_topic(text, row) and not _prefix(text, [group[0] for group in rest]):
        return None
    ends = _ends(text, rest) if row.mark != "，" else [group[0].end for group in rest]
    rights = tuple(Span(group[0].start, end) for group, end in zip(rest, ends, strict=True))
    shown = _bare(text, lefts)
    before = text[lefts[0].start : shown[0].start]
    sure = _is_topic(text, row) or _OF_TOPIC.match(rights[0].of(text)) is not None
    confidence = Confidence.MEDIUM if sure else Confidence.LOW
    return Table(shown, shown, rights, (before, "，", ""), Rule.CLAUSES, confidence)


_OF_TOPIC = re.compile(r"就?[要是]|就是|必须|应|须|不|重在|贵在|关键|做到|能")


def _is_topic(text: str, row: Row) -> bool:
    """对上, 对下; or what stands around the slot on both sides says so."""
    first = text[row.heads[0].start]
    if first in _TAUGHT and max(head.end - head.start for head in row.heads) <= _HEAD_MAX:
        return True
    return bool(_TOPICS.match(first)) and bool(_suffix(text, row.heads))


def _bare(text: str, lefts: tuple[Span, ...]) -> tuple[Span, ...]:
    """管好自己的{腿}: what stands after a long shared 的 is said without it; 容人 is said whole."""
    shared = _prefix(text, lefts)
    if len(shared) < FEWEST or not shared.endswith("的"):
        return lefts
    return tuple(Span(left.start + len(shared), left.end) for left in lefts)


def _quoted(text: str, row: Row) -> Table | None:
    """在上下之间找到“结合点”: a quoted word closes each clause."""
    ends = [_QUOTED_END.search(head.of(text)) for head in row.heads]
    if None in ends or any(head.of(text).count("“") != 1 for head in row.heads):
        return None
    template = induce(_texts(text, row.heads))
    if template is None or not _is_anchored(template) or not template.anchors[-2].endswith("“"):
        return None
    slot = len(template.anchors) - 3
    if slot < 0 or not template.is_good(slot) or not template.is_good(slot + 1):
        return None
    lefts, rights = _slots(row, template, slot), _slots(row, template, slot + 1)
    around = (template.anchors[slot], template.anchors[slot + 1], template.anchors[slot + 2])
    return Table(rights, lefts, rights, around, Rule.FRAME)


_QUOTED_END = re.compile(r"“[^“”]{1,10}”[^“”]{0,4}$")


def _is_anchored(template: Template) -> bool:
    """Say whether the template begins with an anchor, or ends with one."""
    return bool(template.anchors[0] or template.anchors[-1])


def _slots(row: Row, template: Template, slot: int) -> tuple[Span, ...]:
    fillings = (filling[slot] for filling in template.fillings)
    return tuple(
        Span(head.start + each.start, head.start + each.end) for head, each in zip(row.heads, fillings, strict=True)
    )


def _by_template(text: str, row: Row) -> Table | None:
    """以学习促提升: two slots of one clause, tied by words."""
    if not _shares_middle(text, row.heads) or min(map(len, row.groups)) > 1 and row.mark == "，":
        return None
    template = induce(_texts(text, row.heads))
    if template is None or not template.anchors[0] or len(template.slots) != 2 or not template.relates(0, 1):
        return None
    if not (template.is_good(0) and template.is_good(1)) or _TO_PLACE.match(template.anchors[1]):
        return None
    lefts, rights = _slots(row, template, 0), _slots(row, template, 1)
    sure = _TOPICS.match(template.anchors[0])
    return Table(
        row.heads, lefts, rights, template.anchors, Rule.CLAUSES, Confidence.MEDIUM if sure else Confidence.LOW
    )


#: 把责任扛在肩上: the verb before 在 belongs to neither side.
_TO_PLACE = re.compile("[在到于]")


#: Characters that tie nothing (see Template.relates).
_UNTYING = frozenset("，。；：、的得和与及“”")


def _shares_middle(text: str, heads: Sequence[Span]) -> bool:
    """Say whether there can be an anchor between two slots, before it is looked for at length."""
    start, end = len(_prefix(text, heads)), len(_suffix(text, heads))
    middles = [set(text[head.start + start + 1 : head.end - end - 1]) for head in heads]
    return not set.intersection(*middles) <= _UNTYING


def _by_words(text: str, row: Row) -> Table | None:
    """用活跃的形式反映真实的情况: no verb is shared, but the clauses are of one build, word by word."""
    if not _MEANS.match(text, row.heads[0].start):
        return None
    builds = [_build(head.of(text)) for head in row.heads]
    if None in builds or len({build[0] for build in builds if build}) != 1:
        return None
    cuts = [build[1] for build in builds if build]
    lefts = tuple(Span(h.start + 1, h.start + cut[0]) for h, cut in zip(row.heads, cuts, strict=True))
    rights = tuple(Span(h.start + cut[1], h.end) for h, cut in zip(row.heads, cuts, strict=True))
    return Table(row.heads, lefts, rights, (), Rule.CLAUSES)


_MEANS = re.compile("[用以靠凭]")


def _build(clause: str) -> tuple[str, tuple[int, int]] | None:
    """用 + (A 的)? N + V + (B 的)? M: its outline in signs, and where V stands."""
    words = list(rjieba.cut(clause))
    if len(words) < 4 or len(words[0]) != 1:
        return None
    noun = 3 if words[2] == "的" else 1
    if len(words) < noun + 3:
        return None
    rest = words[noun + 2 :]
    if not (len(rest) == 1 or (len(rest) == 3 and rest[1] == "的")):
        return None
    before = sum(map(len, words[: noun + 1]))
    return f"{noun}{len(rest)}", (before, before + len(words[noun + 1]))


# Frames of phrases

_OF_QUOTED = re.compile(r"的“([^“”，。；\n]{1,10})”")
_GOES_ON = re.compile(r"([^，、。；：！？“”和\n]{0,4})(?:[，、]|和|与|以及|及)")
_PHRASE_MAX = 24
_STOPS = re.compile(r"[，。；：！？“”\n]")


def quoted_frames(text: str) -> Iterator[Table]:
    """乐于吃苦、默默无闻的“孺子牛”精神，扎实工作、勇于超前的“马前卒”精神."""
    phrases: list[tuple[int, re.Match[str]]] = []
    for match in _OF_QUOTED.finditer(text):
        start = _next_phrase(text, phrases[-1][1], match) if phrases else None
        if start is None:
            yield from _framed(text, phrases)
            phrases = []
        phrases.append((start or 0, match))
    yield from _framed(text, phrases)


def _next_phrase(text: str, last: re.Match[str], match: re.Match[str]) -> int | None:
    """Where the phrase that a quoted word closes begins, if it goes on from the last one."""
    if match.start() - last.end() > _PHRASE_MAX:
        return None
    on = _GOES_ON.match(text, last.end(), match.start())
    rest = on is not None and not _BREAKS.search(text, on.end(), match.start())
    return on.end() if on is not None and rest and on.end() < match.start() else None


_BREAKS = re.compile(r"[，。；：！？“”\n的]")


def _framed(text: str, phrases: Sequence[tuple[int, re.Match[str]]]) -> Iterator[Table]:
    if not FEWEST <= len(phrases) <= _MOST:
        return
    first = _after_lead(text, phrases[0][1].start())
    starts = [first, *(start for start, _ in phrases[1:])]
    lefts = tuple(Span(start, match.start()) for start, (_, match) in zip(starts, phrases, strict=True))
    rights = tuple(Span(*match.span(1)) for _, match in phrases)
    tails = {_tail(text, match.end()) for _, match in phrases[:-1]}
    tail = tails.pop() if len(tails) == 1 else ""
    shared = len(_prefix(text, lefts))
    lefts = tuple(Span(left.start + shared, left.end) for left in lefts) if shared > 1 else lefts
    before = text[lefts[0].start - shared : lefts[0].start] if shared > 1 else ""
    longest = max(left.end - left.start for left in lefts[1:])
    if lefts[0].end - lefts[0].start <= longest + 6:
        yield Table(rights, lefts, rights, (before, "的“", f"”{tail}"), Rule.FRAME)


def _tail(text: str, position: int) -> str:
    on = _GOES_ON.match(text, position)
    return on[1] if on else ""


def _after_lead(text: str, end: int) -> int:
    """Where a phrase begins that ends here: after the verbs that lead up to it."""
    window = text[max(0, end - _PHRASE_MAX - 6) : end]
    stop = max((match.end() for match in _STOPS.finditer(window)), default=0)
    at, led = stop, False
    start = stop
    for word in rjieba.cut(window[stop:].partition("、")[0]):
        if word in _LEADING:
            led, start = True, at + len(word)
        elif led:
            break
        at += len(word)
    return end - len(window) + start


_HEAD_NOUN = re.compile(r"的([^的]{2,4})$")


def listed_frames(text: str, clauses: Clauses) -> Iterator[Table]:
    """牵动全局的关键点、领导的关注点、群众意见的集中点: what is said of each stands before 的."""
    for span, listed in clauses.rows_within:
        if text.count("的", span.start, span.end) != len(listed):
            continue
        heads = [_HEAD_NOUN.search(piece) for piece in listed]
        nouns = [head[1] for head in heads if head]
        if len(nouns) < len(listed) or len({noun[-1] for noun in nouns}) > 1 or len(set(map(len, nouns))) > 1:
            continue
        spans = list(pieces(text, span.start, span.end))
        rights = tuple(Span(p.end - len(noun), p.end) for p, noun in zip(spans, nouns, strict=True))
        lefts = [Span(p.start, p.end - len(noun) - 1) for p, noun in zip(spans, nouns, strict=True)]
        lefts[0] = Span(max(span.start, _after_lead(text, lefts[0].end)), lefts[0].end)
        yield Table(rights, tuple(lefts), rights, ("", "的", ""), Rule.FRAME)


# Key points

_SAID_BY = re.compile(r"(?:说|指出|强调|讲|云|曰|道|语|言|认为|要求)(?:过|的是)?[，：]?“$")
_QUOTED_WITHIN = 160
_LEAD_MAX = 200


class Place:
    """Makes key points out of tables, at their place in the speech."""

    def __init__(self, clean: CleanText, outline: Outline):
        self.clean, self.text, self.outline = clean, clean.text, outline
        self.sentence_starts = [sentence.start for sentence in clean.sentences]

    def point(self, found: Table, lead: Span | None = None, heading: int | None = None) -> KeyPoint:
        items = tuple(Item(span.of(self.text), span.of(self.text), span) for span in found.items)
        span = found.span
        lead = lead or self.lead(span.start)
        sides = zip(found.lefts, found.rights, strict=True)
        return KeyPoint(
            kind=PointKind.PAIRSET,
            name=None,
            full_name=None,
            count=len(items),
            items=items,
            span=span,
            lead=lead,
            heading=self.outline.heading_at(span.start) if heading is None else heading,
            rule=found.rule,
            complete=not self.text.startswith("等", span.end) and not self.is_cut_off(span),
            negative=is_negative(self.text, lead, items),
            pairs=tuple(self.pair(left, right) for left, right in sides),
            template=found.around,
            confidence=found.confidence,
        )

    def pair(self, left: Span, right: Span) -> Pair:
        start, end = min(left.start, right.start), max(left.end, right.end)
        return Pair(left.of(self.text), right.of(self.text), left, right, Span(start, end))

    def lead(self, position: int) -> Span:
        """What stands before a row in its sentence."""
        sentence = bisect_right(self.sentence_starts, position) - 1
        start = self.sentence_starts[sentence] if sentence >= 0 else 0
        return Span(max(start, position - _LEAD_MAX), position)

    def is_cut_off(self, span: Span) -> bool:
        last = len(self.clean.sentences) - 1
        return last in self.clean.broken_sentences and span.end > self.clean.sentences[last].start

    def is_said_by_another(self, position: int) -> bool:
        """Say whether a place lies in words that the speech quotes from somebody."""
        start = max(0, position - _QUOTED_WITHIN)
        opening = self.text.rfind("“", start, position)
        if opening < 0 or "”" in self.text[opening:position]:
            return False
        return _SAID_BY.search(self.text, max(0, opening - 8), opening + 1) is not None


def pair_sets(clean: CleanText, outline: Outline, clauses: Clauses) -> Iterator[KeyPoint]:
    """Find the rows that tie one thing to another, each place once."""
    text, place = clean.text, Place(clean, outline)
    close = (opened(text, row) for row in rows(clauses))
    looked_at = islice((row for row in close if row is not None), most_rows(text))
    found = [each for row in looked_at if (each := table(text, row)) is not None]
    framed = chain(islice(quoted_frames(text), most_rows(text)), islice(listed_frames(text, clauses), most_rows(text)))
    found += [each for each in framed if _is_sound(text, each)]
    end = -1
    for each in sorted(found, key=lambda each: (each.span.start, -each.span.end)):
        if each.span.start >= end and not place.is_said_by_another(each.span.start):
            end = each.span.end
            yield place.point(each)
