"""Groups apart by semicolons that open with different words and yet are of one build: X的，…；Y的，…；Z的，…."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import pairwise

import rjieba

from quizapp.core.keypoints.pairsets.clauses import FEWEST
from quizapp.core.keypoints.pairsets.clauses import MOST
from quizapp.core.keypoints.pairsets.clauses import Clauses
from quizapp.core.keypoints.pairsets.clauses import shared_end
from quizapp.core.keypoints.pairsets.clauses import shared_start
from quizapp.core.keypoints.pairsets.rows import MODAL
from quizapp.core.keypoints.pairsets.rows import may_be_topics
from quizapp.core.keypoints.pairsets.rows import may_open
from quizapp.core.keypoints.pairsets.shapes import Table
from quizapp.core.speech import Confidence
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_Group = tuple[Span, ...]
_TOPIC_MAX = 16
_SAID_MAX = 24
_SPREAD_MAX = 2
_CASE = re.compile(r"[^“”]{2,15}[的者]")
_BY = re.compile(r"([^由，]{1,10})由([^由，]{2,12})")
_BOTH = re.compile(r"([^既，]{2,10})(?=既[^定然])")
_AND = re.compile(r"又|也")
_DOER = re.compile(r"([一-龥]{1,4}[组队科室处站岗])(?![组队科室处站岗长])(.{3,})")


def group_tables(text: str, clauses: Clauses) -> Iterator[Table]:
    """Find the tables that such groups are, and rows of doers with what each does."""
    shapes: tuple[Callable[[str, Sequence[_Group]], Table | None], ...] = (_cases, _by_whom, _both, _topics)
    for groups in _groups(clauses):
        found = next((read for shape in shapes if (read := shape(text, groups)) is not None), None)
        if found is not None:
            yield found
    yield from _doers(text, clauses)


def _groups(clauses: Clauses) -> Iterator[list[_Group]]:
    """Runs of groups apart by semicolons; clauses before the first and behind the last may belong to neither."""
    run: list[int] = []
    for unit in [*range(len(clauses.units)), None]:
        if unit is not None and clauses.marks[clauses.units[unit]] == "；":
            run.append(unit)
            continue
        if run and len(run) < MOST:
            yield from _cut(clauses, [run[0] - 1, *run] if run[0] else run)
        run = []


def _cut(clauses: Clauses, units: Sequence[int]) -> Iterator[list[_Group]]:
    starts = [clauses.units[unit] for unit in units]
    end = clauses.units[units[-1] + 1] if units[-1] + 1 < len(clauses.units) else len(clauses)
    bounds = [*starts, end]
    sizes = [stop - start for start, stop in pairwise(bounds)]
    size = sizes[1] if len(sizes) > 1 else 0
    alike = len({*sizes[1:-1], size}) == 1 and min(sizes) >= size
    if not 1 <= size <= FEWEST or not alike or not all(clauses.firsts[start] for start in starts):
        return
    yield [clauses.spans(bounds[1] - size, bounds[1]), *(clauses.spans(at, at + size) for at in starts[1:])]


# Shapes


def _cases(text: str, groups: Sequence[_Group]) -> Table | None:
    """业务不熟的，集中培训: each case, and what is done about it."""
    if len(groups) < FEWEST or len(groups[0]) != 2:
        return None
    lefts = _with_first_cut(text, [group[0] for group in groups])
    rights = [group[1] for group in groups]
    if not all(_CASE.fullmatch(text, left.start, left.end) and may_open(left.of(text)) for left in lefts):
        return None
    return _tied(text, lefts, rights, "，") if _spread(rights) <= _SPREAD_MAX else None


def _by_whom(text: str, groups: Sequence[_Group]) -> Table | None:
    """急件由值班室办: what, and by whom it is done."""
    heads = [group[0] for group in groups]
    if len(groups) < FEWEST:
        return None
    verb = shared_end(text, heads)
    found = [_BY.fullmatch(text, head.start, head.end - len(verb)) for head in heads]
    told = [match for match in found if match is not None]
    if not verb or len(told) < len(heads):
        return None
    lefts = _with_first_cut(text, [Span(*match.span(1)) for match in told])
    return _tied(text, lefts, [Span(*match.span(2)) for match in told], "由", verb)


def _both(text: str, groups: Sequence[_Group]) -> Table | None:
    """干部既要管好自己，又要管好身边人: whose two demands; two groups are enough."""
    if len(groups[0]) != 2 or not all(_AND.match(text, group[1].start) for group in groups):
        return None
    found = [_BOTH.match(text, group[0].start, group[0].end) for group in groups]
    told = [match for match in found if match is not None]
    if len(told) < len(groups):
        return None
    lefts = [Span(*match.span(1)) for match in told]
    if not all(may_open(left.of(text)) for left in lefts):
        return None
    return _tied(text, lefts, [Span(left.end, group[1].end) for left, group in zip(lefts, groups, strict=True)], "")


def _topics(text: str, groups: Sequence[_Group]) -> Table | None:
    """要管住嘴，不该说的坚决不说: topics of one length, and what is said of each in the same words."""
    if len(groups) < FEWEST or len(groups[0]) != 2:
        return None
    lefts = [_without_modal(text, group[0]) for group in groups]
    rights = [group[1] for group in groups]
    opening = shared_start(text, rights)
    alike = len({left.end - left.start for left in lefts}) == 1 and _spread(rights) <= _SPREAD_MAX
    if not alike or len(opening) < 2 or not all(may_open(left.of(text)) for left in lefts):
        return None
    return _tied(text, lefts, rights, "，")


def _without_modal(text: str, head: Span) -> Span:
    modal = MODAL.match(text, head.start, head.end)
    return Span(modal.end(), head.end) if modal else head


def _spread(spans: Sequence[Span]) -> int:
    sizes = [span.end - span.start for span in spans]
    return max(sizes) - min(sizes)


def _with_first_cut(text: str, spans: Sequence[Span]) -> list[Span]:
    """The first without what leads up to it, where the others are of one length and a word begins there."""
    sizes = {span.end - span.start for span in spans[1:]}
    start = spans[0].end - max(sizes)
    longer = len(sizes) == 1 and start > spans[0].start
    return [Span(start, spans[0].end) if longer and start in _words(text, spans[0]) else spans[0], *spans[1:]]


def _words(text: str, span: Span) -> set[int]:
    starts, at = set(), span.start
    for word in rjieba.cut(span.of(text)):
        starts.add(at)
        at += len(word)
    return starts


def _tied(text: str, lefts: Sequence[Span], rights: Sequence[Span], between: str, behind: str = "") -> Table | None:
    sized = max(left.end - left.start for left in lefts) <= _TOPIC_MAX
    if not sized or max(right.end - right.start for right in rights) > 2 * _SAID_MAX:
        return None
    return Table(tuple(lefts), tuple(lefts), tuple(rights), ("", between, behind), Rule.CLAUSES, Confidence.MEDIUM)


# Doers


def _doers(text: str, clauses: Clauses) -> Iterator[Table]:
    """签到组提前到岗，会务组…，保障组…: a sentence that says of bodies of one kind what each does."""
    for unit, following in pairwise([*clauses.units, len(clauses)]):
        if not FEWEST <= following - unit <= MOST:
            continue
        first = _DOER.match(clauses.texts[unit])
        kind = first[1][-1] if first else ""
        parts = clauses.texts[unit:following] if kind else []
        if not parts or "" in clauses.firsts[unit:following] or not all(kind in part[1:5] for part in parts):
            continue
        found = [_DOER.fullmatch(text, *clauses.bounds(at)) for at in range(unit, following)]
        told = [match for match in found if match is not None and match[1][-1] == kind]
        if len(told) == following - unit and may_be_topics([match[1] for match in told]):
            lefts, rights = [Span(*match.span(1)) for match in told], [Span(*match.span(2)) for match in told]
            table = _tied(text, lefts, rights, "")
            if table is not None:
                yield table
