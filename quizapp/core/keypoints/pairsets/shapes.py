"""Shapes: what the clauses of a row tie together, by the first shape that fits them."""

import re
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import rjieba

from quizapp.core.keypoints.pairsets.clauses import FEWEST
from quizapp.core.keypoints.pairsets.clauses import said_until
from quizapp.core.keypoints.pairsets.clauses import shared_end
from quizapp.core.keypoints.pairsets.clauses import shared_start
from quizapp.core.keypoints.pairsets.clauses import texts_of
from quizapp.core.keypoints.pairsets.rows import TOPICS
from quizapp.core.keypoints.pairsets.rows import Row
from quizapp.core.keypoints.templates import Template
from quizapp.core.keypoints.templates import induce
from quizapp.core.speech import Confidence
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

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

    @cached_property
    def span(self) -> Span:
        spans = (*self.items, *self.lefts, *self.rights)
        return Span(min(span.start for span in spans), max(span.end for span in spans))


def table(text: str, row: Row) -> Table | None:
    """Read a row by the first shape that fits it."""
    shapes: tuple[Callable[[str, Row], Table | None], ...] = (_quoted, _by_hinge, _by_template, _by_words, _by_topic)
    found = next((read for shape in shapes if (read := shape(text, row)) is not None), None)
    return found if found is not None and is_sound(text, found) else None


def is_sound(text: str, found: Table) -> bool:
    """Both sides differ from item to item, neither says what the other says, and none is empty or torn."""
    lefts, rights = texts_of(text, found.lefts), texts_of(text, found.rights)
    injective = len(set(lefts)) == len(lefts) and len(set(rights)) == len(rights)
    whole = all(map(_is_whole, [*lefts, *rights]))
    circular = all(left in right or right in left for left, right in zip(lefts, rights, strict=True))
    nested = any(one in two for one in lefts for two in lefts if one != two)
    return injective and whole and not circular and not nested and not _echoes(text, found, rights)


def _echoes(text: str, found: Table, rights: Sequence[str]) -> bool:
    """办文就是办文的高手: the right only says the left again."""
    shared = len(shared_start(text, found.lefts))
    slots = [left[shared:] for left in texts_of(text, found.lefts)]
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
    return not TOPICS.match(first) or first in _TAUGHT or (first == "在" and word != "要")


def _are_alike(text: str, lefts: Sequence[Span]) -> bool:
    """Say whether what the lefts share is a word of its own, or they are of one length."""
    first = {len(left.of(text).partition("、")[0]) for left in lefts}
    if len(first) == 1 or TOPICS.match(text, lefts[0].start):
        return True
    shared = len(shared_start(text, lefts))
    return all(shared in _word_ends(left.of(text)) for left in lefts)


def _word_ends(value: str) -> set[int]:
    return set(accumulate(map(len, rjieba.cut(value))))


def _match(text: str, rights: Sequence[Span]) -> bool:
    """Clauses apart by commas are parallel when their ends are of one kind too."""
    lengths = [right.end - right.start for right in rights]
    shares = shared_start(text, rights) or shared_end(text, rights)
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
    if not _is_topic(text, row) and not shared_start(text, [group[0] for group in rest]):
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
    return bool(TOPICS.match(first)) and bool(shared_end(text, row.heads))


def _bare(text: str, lefts: tuple[Span, ...]) -> tuple[Span, ...]:
    """管好自己的{腿}: what stands after a long shared 的 is said without it; 容人 is said whole."""
    shared = shared_start(text, lefts)
    if len(shared) < FEWEST or not shared.endswith("的"):
        return lefts
    return tuple(Span(left.start + len(shared), left.end) for left in lefts)


def _quoted(text: str, row: Row) -> Table | None:
    """在上下之间找到“结合点”: a quoted word closes each clause."""
    ends = [_QUOTED_END.search(head.of(text)) for head in row.heads]
    if None in ends or any(head.of(text).count("“") != 1 for head in row.heads):
        return None
    template = induce(texts_of(text, row.heads))
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
    template = induce(texts_of(text, row.heads))
    if template is None or not template.anchors[0] or len(template.slots) != 2 or not template.relates(0, 1):
        return None
    if not (template.is_good(0) and template.is_good(1)) or _TO_PLACE.match(template.anchors[1]):
        return None
    lefts, rights = _slots(row, template, 0), _slots(row, template, 1)
    sure = TOPICS.match(template.anchors[0])
    return Table(
        row.heads, lefts, rights, template.anchors, Rule.CLAUSES, Confidence.MEDIUM if sure else Confidence.LOW
    )


#: 把责任扛在肩上: the verb before 在 belongs to neither side.
_TO_PLACE = re.compile("[在到于]")


#: Characters that tie nothing (see Template.relates).
_UNTYING = frozenset("，。；：、的得和与及“”")


def _shares_middle(text: str, heads: Sequence[Span]) -> bool:
    """Say whether there can be an anchor between two slots, before it is looked for at length."""
    start, end = len(shared_start(text, heads)), len(shared_end(text, heads))
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
