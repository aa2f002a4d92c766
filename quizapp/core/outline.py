"""Read the outline of a speech: which ordinals number which list, how the lists nest, what each heading says."""

import re
from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from itertools import pairwise
from itertools import takewhile
from typing import NamedTuple

from quizapp.core.markers import FORMS
from quizapp.core.markers import Family
from quizapp.core.markers import Marker
from quizapp.core.markers import heading_below
from quizapp.core.markers import markers
from quizapp.core.markers import number
from quizapp.core.speech import CleanText
from quizapp.core.speech import Heading
from quizapp.core.speech import Span


@dataclass(frozen=True)
class OrdinalList:
    """The headings that one run of ordinals numbers. Its number is the `list_id` of its headings.

    `lead` is what stands before the first ordinal and announces the list; `declared` the count it announces.
    `complete` is False when fewer or more items came than were announced, or when the text breaks off.
    """

    parent: int | None
    headings: tuple[int, ...]
    family: Family
    lead: Span
    declared: int | None
    complete: bool
    closing: bool


@dataclass(frozen=True)
class Outline:
    """The headings in order, and the lists they form."""

    headings: tuple[Heading, ...]
    lists: tuple[OrdinalList, ...]

    @cached_property
    def _body_starts(self) -> list[int]:
        return [heading.body.start for heading in self.headings]

    def heading_at(self, position: int) -> int | None:
        """The innermost heading that a position of the text stands under, by index."""
        index: int | None = bisect_right(self._body_starts, position) - 1
        while index is not None and index >= 0 and self.headings[index].body.end <= position:
            index = self.headings[index].parent
        return index if index is not None and index >= 0 else None


def read_outline(clean: CleanText) -> tuple[Heading, ...]:
    """Give the headings of the speech in order."""
    return read_lists(clean).headings


def read_lists(clean: CleanText) -> Outline:
    """Give the headings with the lists they stand in, and what announced each list."""
    reader = _Reader(clean)
    for marker in markers(clean):
        reader.take(marker)
    reader.close_paragraphs(len(clean.paragraphs))
    lists = _dissolved(clean, _merged(clean, reader.lists))
    return _built(clean, lists)


# Which list an ordinal belongs to

#: Families that speakers mix within one list.
_MIXED = (
    frozenset({Family.YAO, Family.DI, Family.SHI}),
    frozenset({Family.FIRST_NEXT, Family.DI}),
)
_CLOSING = re.compile(r"总之|综上|最后，|同志们|让我们")
_TURN = re.compile(r"但|同时|另外|此外|下一步|接下来|今后|当前|目前|还要|总之")
_ASIDE = re.compile(r"(?:另外|此外)，")
#: What such words begin with, those of a salutation included.
_CLOSERS = frozenset("总综最同让另此各尊女朋")
_SALUTATION = re.compile(r"(?:同志们|各位|尊敬的|女士们|朋友们)[^。！？；]{0,40}[：！，]?$")
_TITLE_LINE = re.compile(
    r"(?!第?[一二三四五六七八九十\d]{1,3}[、．.]|（[一二三四五六七八九十\d]{1,3}）)[^。！？；：，\t]{2,40}$"
)
#: Title, date, speaker.
_TITLE_LINES = 4
_DECLARED = re.compile(
    r"(?<![第十百千万几])([一二两三四五六七八九十双]{1,3})(?:个|项|大|点|种|条|件|类|对|方面|层面|句话|关)(?!月|小时|多|人|字)"
    r"|“([一二两三四五六七八九十双]{1,3})[^“”，。；]{1,7}”[：，。]?$"
)
#: An announced count stands near the end of the lead.
_DECLARED_WITHIN = 24
#: No speech goes deeper; the bound keeps a malicious one from costing more than its length.
_DEPTH = 12


@dataclass(eq=False)
class _Node:
    """A numbered item while the outline is being read."""

    marker: Marker


class _List:
    """A list while the outline is being read; `end` is where something closed it."""

    def __init__(self, first: _Node, parent: _Node | None, lead: Span, declared: int | None, closing: bool):
        self.nodes = [first]
        self.parent, self.lead, self.declared, self.closing = parent, lead, declared, closing
        self.end: int | None = None
        self.first = self.last = first.marker
        self.family = self.first.family
        self.rank = FORMS[self.family].rank
        self.inline = not self.first.opens_paragraph
        #: Whether every item but the first follows a semicolon or a comma.
        self.in_one_sentence = True

    @property
    def value(self) -> int:
        """Of the last item. “最后” counts on from the item before it."""
        return self.last.value or len(self.nodes)

    def append(self, node: _Node, mark_before: str) -> None:
        self.nodes.append(node)
        self.last = node.marker
        self.in_one_sentence &= mark_before in "；，"

    def takes(self, marker: Marker) -> bool:
        """Say whether the marker can be the next one here."""
        if marker.family is Family.QUOTED and self.family is Family.QUOTED:
            return marker.value > self.value
        if marker.value == 0:
            return marker.family is self.last.family and self.last.value != 0
        return marker.value == self.value + 1 and marker.verb == self.last.verb and self._compatible(marker)

    def _compatible(self, marker: Marker) -> bool:
        if marker.family is self.last.family or marker.family is self.family:
            return True
        return not marker.after_comma and any(marker.family in mix and self.last.family in mix for mix in _MIXED)

    def score(self, marker: Marker) -> float:
        """How well the marker goes on with this list."""
        same = 3.0 if marker.family is self.last.family else 1.5
        lead = marker.family is self.family
        style = 2 * (marker.opens_paragraph != self.inline)
        full = 5 * (self.declared is not None and len(self.nodes) >= self.declared)
        return same + lead + style - full


class _Reader:
    """Takes the ordinals one by one and keeps the stack of lists that are still open, outermost first."""

    def __init__(self, clean: CleanText):
        # `numbered_paragraph` is the last one that began with an ordinal; those before `seen` had their closing words.
        self.clean = clean
        self.lists: list[_List] = []
        self.open: list[_List] = []
        self.suspended: list[_List] = []
        self.closing = False
        self.numbered_paragraph = -1
        self.sentence_starts = [sentence.start for sentence in clean.sentences]
        self.seen = 0

    def take(self, marker: Marker) -> None:
        self.close_paragraphs(marker.paragraph + 1)
        if marker.value == 1:
            self._begin(marker)
        else:
            self._go_on(marker)
        if marker.opens_paragraph:
            self.numbered_paragraph = marker.paragraph

    def close_paragraphs(self, until: int) -> None:
        """Let the paragraphs before `until` close what their first words close."""
        text = self.clean.text
        for index in range(self.seen, until):
            paragraph = self.clean.paragraphs[index]
            if text[paragraph.start] not in _CLOSERS:
                continue
            title = self._title_over(index)
            if title is not None:
                self._begin_anew(title)
            elif _CLOSING.match(text, paragraph.start, paragraph.end):
                self._close_all(paragraph)
            elif _ASIDE.match(text, paragraph.start, paragraph.end):
                self._close_soft(paragraph.start)
        self.seen = max(self.seen, until)

    def _title_over(self, index: int) -> Span | None:
        """Where another speech begins: the topmost of the short lines over its salutation."""
        paragraphs, text = self.clean.paragraphs, self.clean.text
        if not _SALUTATION.match(text, paragraphs[index].start, paragraphs[index].end):
            return None
        above = reversed(paragraphs[max(0, index - _TITLE_LINES) : index])
        return ([None, *takewhile(lambda line: _is_title_line(text, line), above)])[-1]

    def _begin_anew(self, title: Span) -> None:
        self._cut(0, title.start)
        self.suspended, self.closing = [], False

    def _close_all(self, paragraph: Span) -> None:
        if self.open and self._is_last_item(paragraph):
            return
        self.suspended = self.open or self.suspended
        self._cut(0, paragraph.start)
        self.closing = bool(self.lists)

    def _is_last_item(self, paragraph: Span) -> bool:
        """首先…其次…最后 over whole paragraphs: here 最后 numbers the last item, and closes nothing."""
        if not self.clean.text.startswith("最后", paragraph.start):
            return False
        return any(
            each.family is Family.FIRST_NEXT and not each.inline and not each.last.after_comma and each.value > 1
            for each in self.open
        )

    def _close_soft(self, position: int) -> None:
        keep = len(self.open)
        while keep and self.open[keep - 1].rank is None:
            keep -= 1
        self._cut(keep, position)

    def _cut(self, keep: int, position: int) -> None:
        for closed in self.open[keep:]:
            closed.end = position
        self.open = self.open[:keep]

    def _begin(self, marker: Marker) -> None:
        if marker.after_comma and self.clean.text[marker.span.start - 1] == "、":
            return
        self._cut(min(self._kept_for(marker), _DEPTH - 1), marker.span.start)
        lead = self._lead(marker)
        parent = self.open[-1].nodes[-1] if self.open else None
        declared = declared_count(self.clean.text[max(lead.start, lead.end - _DECLARED_WITHIN) : lead.end])
        begun = _List(_Node(marker), parent, lead, declared, self.closing and not self.open)
        self.open.append(begun)
        self.lists.append(begun)

    def _lead(self, marker: Marker) -> Span:
        """What stands directly before the first ordinal: the rest of its sentence, or the sentence before."""
        at = marker.span.start
        index = bisect_left(self.sentence_starts, at) - 1
        if index < 0:
            return Span(at, at)
        sentence = self.clean.sentences[index]
        start, end = sentence.start, min(sentence.end, at)
        before = self.lists[-1].last.span.end if self.lists else 0
        start = max(start, before if before < end else 0)
        return Span(max(start, self.clean.text.rfind("；", start, end - 1) + 1), end)

    def _kept_for(self, marker: Marker) -> int:
        """How many open lists a new list can stand in."""
        rank = FORMS[marker.family].rank
        keep = len(self.open)
        if rank is not None:
            keep = next((i for i, each in enumerate(self.open) if each.rank is not None and each.rank >= rank), keep)
        if marker.opens_paragraph:
            return self._kept_for_paragraph(marker, keep)
        while keep and self._is_finished(self.open[keep - 1], marker):
            keep -= 1
        return keep

    def _kept_for_paragraph(self, marker: Marker, keep: int) -> int:
        # A list that runs inside a paragraph is over when a new list takes whole paragraphs.
        while keep and self.open[keep - 1].rank is None and self.open[keep - 1].inline:
            keep -= 1
        for index, each in enumerate(self.open[:keep]):
            if each.rank is None and not each.inline and (each.family is marker.family or self._outranks(marker, each)):
                return index
        return keep

    def _outranks(self, marker: Marker, soft: _List) -> bool:
        """After a paragraph without a number, 第一 begins anew instead of going deeper under 四是."""
        unnumbered = self.numbered_paragraph < marker.paragraph - 1
        return marker.family is Family.DI and soft.family is not Family.DI and unnumbered

    def _is_finished(self, each: _List, marker: Marker) -> bool:
        """Inside a paragraph, a full stop after semicolons ends a list; so does a turn after all announced items."""
        if each.rank is not None or not each.inline or len(each.nodes) < 2:
            return False
        if each.in_one_sentence and self.clean.text.find("。", each.last.span.end, marker.span.start) >= 0:
            return True
        return each.declared == len(each.nodes) and self._turns(each.last.span.end, marker.span.start)

    def _turns(self, start: int, end: int) -> bool:
        """Say whether a sentence in between turns to something else."""
        between = self.sentence_starts[
            bisect_right(self.sentence_starts, start) : bisect_left(self.sentence_starts, end)
        ]
        return any(_TURN.match(self.clean.text, position) for position in between)

    def _go_on(self, marker: Marker) -> None:
        index = self._best(self.open, marker)
        if index is None and FORMS[marker.family].rank is not None:
            index = self._resumed(marker)
        if index is None:
            if marker.family is Family.QUOTED:
                self._begin(marker)
            return
        self._cut(index + 1, marker.span.start)
        start = marker.span.start
        self.open[index].append(_Node(marker), self.clean.text[start - 1 : start])

    @staticmethod
    def _best(open_lists: Sequence[_List], marker: Marker) -> int | None:
        candidates = [index for index, each in enumerate(open_lists) if each.takes(marker)]
        inner = candidates[-1] if candidates else None
        return max(candidates, key=lambda index: open_lists[index].score(marker) + 0.5 * (index == inner), default=None)

    def _resumed(self, marker: Marker) -> int | None:
        """一个“同志们，”开头的段落未必是结尾：后面若还有“二、”，就回到原来的提纲。"""
        index = self._best(self.suspended, marker)
        if index is None or self.suspended[index].family is not marker.family:
            return None
        self._cut(0, marker.span.start)
        self.open = self.suspended[: index + 1]
        self.suspended, self.closing = [], False
        for each in self.open:
            each.end = None
        return index


def _is_title_line(text: str, line: Span) -> bool:
    return _TITLE_LINE.match(text, line.start, line.end) is not None


def declared_count(lead: str) -> int | None:
    """The count that the end of a lead announces (做好三点, “三通”)."""
    counts = [number(match[1] or match[2]) for match in _DECLARED.finditer(lead[-_DECLARED_WITHIN:])]
    # “这是一项系统工程”不是在报数。
    return next((count for count in reversed(counts) if count != 1), None)


# Lists that say the same, lists that are none

_SHORT_ITEM = 15
#: How far into an item a word is looked for that the list before it has.
_BEGINNING = 60
_HEADING_LINE_END = re.compile(r"[。！？；]")


def _merged(clean: CleanText, lists: list[_List]) -> list[_List]:
    """Drop a list that takes up the short items of the list before it one by one; what stands under it moves over."""
    kept: list[_List] = []
    heirs: dict[int, _Node] = {}
    for each in lists:
        if kept and _restates(clean, kept[-1], each):
            heirs.update(zip(map(id, each.nodes), kept[-1].nodes, strict=True))
        else:
            kept.append(each)
    for each in kept:
        each.parent = heirs.get(id(each.parent), each.parent)
    return kept


def _restates(clean: CleanText, first: _List, second: _List) -> bool:
    soft = first.rank is None and second.rank is None
    if not soft or len(first.nodes) != len(second.nodes) or len(first.nodes) < 2:
        return False
    if second.parent not in (first.parent, first.nodes[-1]) or second.first.paragraph - first.last.paragraph > 1:
        return False
    pairs = zip(first.nodes, second.nodes, strict=True)
    return all(_takes_up(_beginning(clean, node.marker), _beginning(clean, again.marker)) for node, again in pairs)


def _beginning(clean: CleanText, marker: Marker) -> str:
    return _head_sentence(clean, marker, marker.span.end + _BEGINNING).of(clean.text)


def _takes_up(item: str, again: str) -> bool:
    return len(item) < _SHORT_ITEM and any(word in again for word in map("".join, pairwise(item)) if word.isalnum())


def _dissolved(clean: CleanText, lists: list[_List]) -> list[_List]:
    """Drop lists of one item (a lone 一要 or 首先); a lone 一、 over a line of its own is a heading all the same."""
    singles = [each for each in lists if len(each.nodes) == 1 and not _is_heading_line(clean, each.first)]
    lone = {id(each.nodes[0]): each for each in singles}
    kept = [each for each in lists if id(each.nodes[0]) not in lone]
    for each in kept:
        while each.parent is not None and id(each.parent) in lone:
            each.parent = lone[id(each.parent)].parent
    return kept


def _is_heading_line(clean: CleanText, marker: Marker) -> bool:
    line = clean.paragraphs[marker.paragraph]
    ranked = FORMS[marker.family].rank is not None and marker.family is not Family.QUOTED
    return ranked and marker.opens_paragraph and not _HEADING_LINE_END.search(clean.text, line.start, line.end)


# What a heading says

_SENTENCE_LIMIT = 30
_CLAUSE_MIN = 4
_NEEDED_MAX = 3
_TOPICAL_MAX = 4
_CLAUSE_BREAK = re.compile(r"[，：]")
_HEAD_END = re.compile(r"[。！？；\n]")
_TOPICAL = re.compile(r"(?:而言|来说|来讲|方面|之中|过程中|基础上|前提下|同时)$")
#: A clause that explains the one before it is no part of the heading.
_EXPLAINS = re.compile(r"要有|才能|就是|这就?是|以便|从而|即")
#: 一是“联”，二是“帮”: what follows the term explains it.
_QUOTED_TERM = re.compile(r"“[^“”]{1,6}”")
_EDGES = " ，：、。；！？—"
# “要求”“要点”“要素”里的“要”不能去掉；“要求真务实”“要求‘实’”里的可以。“即知即改”里的“即”也不能。
_LEAD_IN = re.compile(r"(?:就是|即[：，]|是(?![非否]))?(?:要(?!求(?![真“])|[点素件害领么闻事职务]))?")


class _Head(NamedTuple):
    """The first sentence of an item, cut into clauses. `needed` clauses at least say what the item is.

    `clauses` holds no more of a sentence that is too long to be a heading than such a one may keep.
    """

    start: int
    sentence: Span
    clauses: list[Span]
    whole_line: bool
    needed: int

    @property
    def is_long(self) -> bool:
        return not self.whole_line and self.sentence.end - self.start > _SENTENCE_LIMIT

    def cut(self, clauses: int) -> Span:
        if self.whole_line:
            return Span(self.start, self.sentence.end)
        count = max(clauses, self.needed)
        return Span(self.start, self.clauses[min(count, len(self.clauses)) - 1].end)


def _head_sentence(clean: CleanText, marker: Marker, limit: int | None) -> Span:
    paragraph_end = clean.paragraphs[marker.paragraph].end
    if marker.span.end == paragraph_end:
        return heading_below(clean, marker.paragraph) or marker.span
    end = min(paragraph_end, limit if limit is not None else paragraph_end)
    found = _HEAD_END.search(clean.text, marker.span.end, end)
    return _trimmed(clean.text, marker.span.end, found.start() if found else end)


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES:
        end -= 1
    return Span(start, end)


def _head(clean: CleanText, marker: Marker, limit: int | None) -> _Head:
    sentence = _head_sentence(clean, marker, limit)
    clauses = list(_clauses(clean.text, sentence))
    paragraph = clean.paragraphs[marker.paragraph]
    whole_line = (
        marker.opens_paragraph
        and sentence.end >= paragraph.end - 1
        and not _HEADING_LINE_END.search(clean.text, paragraph.start, paragraph.end)
    )
    return _Head(_said_from(clean.text, sentence), sentence, clauses, whole_line, _needed(clean.text, clauses))


def _clauses(text: str, sentence: Span) -> Iterator[Span]:
    # Of a sentence this long no heading keeps more.
    most = _NEEDED_MAX if sentence.end - sentence.start > 2 * _SENTENCE_LIMIT else None
    start, count = sentence.start, 0
    for match in islice(_CLAUSE_BREAK.finditer(text, sentence.start, sentence.end), most):
        yield Span(start, match.start())
        start, count = match.end(), count + 1
    if count != most:
        yield Span(start, sentence.end)


def _said_from(text: str, sentence: Span) -> int:
    """Where the heading begins once 就是 and 要 are taken off."""
    match = _LEAD_IN.match(text, sentence.start, sentence.end)
    return match.end() if match and match.end() < sentence.end else sentence.start


def _needed(text: str, clauses: Sequence[Span]) -> int:
    count = 1
    while count < min(len(clauses), _NEEDED_MAX) and _says_too_little(text, clauses, count):
        count += 1
    return count


def _says_too_little(text: str, clauses: Sequence[Span], count: int) -> bool:
    last = clauses[count - 1]
    if text[clauses[0].start] == "“" and text[last.end - 1] == "”":
        return False
    return _is_topic(text, last) or last.end - clauses[0].start < _CLAUSE_MIN


def _is_topic(text: str, clause: Span) -> bool:
    return _TOPICAL.search(text, max(clause.start, clause.end - _TOPICAL_MAX), clause.end) is not None


def _texts(clean: CleanText, heads: Sequence[_Head]) -> list[Span]:
    """The heading of each sibling; one that is too long to be a heading shortens all to as many clauses."""
    if _are_terse(heads):
        return [Span(head.start, head.clauses[0].end) for head in heads]
    longs = [head.needed for head in heads if head.is_long]
    if all(_QUOTED_TERM.fullmatch(clean.text, head.start, head.clauses[0].end) for head in heads):
        longs.append(1)
    if longs:
        return [head.cut(min(longs)) for head in heads]
    return [_before_explanation(clean.text, head) for head in heads]


_TERSE_MAX = 4


def _are_terse(heads: Sequence[_Head]) -> bool:
    """Say whether all siblings put it in as many characters, few of them, and then explain (编得粗，有的部门……)."""
    sizes = {head.clauses[0].end - head.start for head in heads}
    explained = all(head.sentence.end - head.clauses[0].end > 1.5 * max(sizes) for head in heads)
    inline = not any(head.whole_line for head in heads)
    return inline and len(heads) > 2 and len(sizes) == 1 and max(sizes) <= _TERSE_MAX and explained


def _before_explanation(text: str, head: _Head) -> Span:
    for said, clause in pairwise(head.clauses):
        if not head.whole_line and _EXPLAINS.match(text, clause.start) and not _is_topic(text, said):
            return Span(head.start, said.end)
    return Span(head.start, head.sentence.end)


# The frozen outline

_SUMMARY = re.compile(r"(?:总之|同时|另外|此外|综上|以上)")


class _Layout:
    """Places of the nodes in the finished outline: everything is told by index, in the order of the text."""

    def __init__(self, clean: CleanText, lists: list[_List]):
        self.clean = clean
        self.lists = sorted(lists, key=lambda each: each.first.span.start)
        placed = sorted((node.marker.span.start, id(node), node) for each in lists for node in each.nodes)
        self.nodes = [node for _, _, node in placed]
        self.starts = [start for start, _, _ in placed]
        self.sentence_starts = [sentence.start for sentence in clean.sentences]
        self.place = {id(node): index for index, node in enumerate(self.nodes)}
        self.indices = [[self.place[id(node)] for node in each.nodes] for each in self.lists]
        self.parents = [None if each.parent is None else self.place[id(each.parent)] for each in self.lists]

    def end(self, each: _List) -> int:
        return len(self.clean.text) if each.end is None else each.end

    def limit(self, index: int) -> int | None:
        """Where the next heading begins."""
        return self.starts[index + 1] if index + 1 < len(self.starts) else None

    # Levels

    def levels(self) -> list[int]:
        parents: list[int | None] = [None] * len(self.nodes)
        for parent, indices in zip(self.parents, self.indices, strict=True):
            for index in indices:
                parents[index] = parent
        levels: list[int] = []
        for parent in parents:
            levels.append(1 if parent is None else levels[parent] + 1)
        return levels

    # Bodies

    def bodies(self) -> list[Span]:
        """From each marker to the end of what stands under it."""
        ends = [0] * len(self.nodes)
        for each, indices in zip(self.lists, self.indices, strict=True):
            for index, following in pairwise(indices):
                ends[index] = self.starts[following]
            last = indices[-1]
            ends[last] = self.end(each) if each.rank is not None else self._soft_end(last, self.end(each))
        return [_unended(self.clean.text, start, end) for start, end in zip(self.starts, ends, strict=True)]

    def _soft_end(self, last: int, end: int) -> int:
        """The last item of a soft list ends with its paragraph, or where a sentence sums up what the parent says."""
        inner = self.nodes[bisect_left(self.starts, end) - 1].marker
        end = min(end, self.clean.paragraphs[inner.paragraph].end)
        if self.nodes[last].marker.opens_paragraph:
            return end
        first = bisect_right(self.sentence_starts, inner.span.end)
        following = self.sentence_starts[first : bisect_left(self.sentence_starts, end)]
        return next((start for start in following if _SUMMARY.match(self.clean.text, start)), end)


def _built(clean: CleanText, lists: list[_List]) -> Outline:
    layout = _Layout(clean, lists)
    bodies, levels = layout.bodies(), layout.levels()
    headings: list[Heading | None] = [None] * len(layout.nodes)
    finished = []
    for list_id, (indices, parent) in enumerate(zip(layout.indices, layout.parents, strict=True)):
        heads = [_head(clean, layout.nodes[index].marker, layout.limit(index)) for index in indices]
        for index, head, text in zip(indices, heads, _texts(clean, heads), strict=True):
            marker = layout.nodes[index].marker
            headings[index] = Heading(
                level=levels[index],
                marker=marker.text,
                text=text.of(clean.text),
                long=head.sentence.of(clean.text),
                span=text,
                body=bodies[index],
                parent=parent,
                inline=not marker.opens_paragraph,
                list_id=list_id,
            )
        finished.append(_ordinal_list(layout, list_id, heads[-1].sentence))
    return Outline(tuple(heading for heading in headings if heading), tuple(finished))


def _unended(text: str, start: int, end: int) -> Span:
    while end > start and text[end - 1] == "\n":
        end -= 1
    return Span(start, end)


def _ordinal_list(layout: _Layout, list_id: int, last: Span) -> OrdinalList:
    each = layout.lists[list_id]
    return OrdinalList(
        parent=layout.parents[list_id],
        headings=tuple(layout.indices[list_id]),
        family=each.family,
        lead=each.lead,
        declared=each.declared,
        complete=_is_complete(layout, each, last),
        closing=each.closing,
    )


def _is_complete(layout: _Layout, each: _List, last: Span) -> bool:
    """Say whether all items are there; where the text breaks off inside a list, only an announced count can tell."""
    clean = layout.clean
    if _is_cut_off(clean) and layout.end(each) >= len(clean.text):
        return each.declared == len(each.nodes) and last.end <= clean.sentences[-1].start
    return each.declared in (None, len(each.nodes))


def _is_cut_off(clean: CleanText) -> bool:
    return len(clean.sentences) - 1 in clean.broken_sentences and not clean.text.endswith(tuple("。！？!?”》）…"))
