"""Frames: phrases of one fixed build that tie a quoted word, or a noun, to what is said of it."""

import re
from collections.abc import Iterator
from collections.abc import Sequence

import rjieba

from quizapp.core.keypoints.pairsets.clauses import FEWEST
from quizapp.core.keypoints.pairsets.clauses import MOST
from quizapp.core.keypoints.pairsets.clauses import Clauses
from quizapp.core.keypoints.pairsets.clauses import pieces
from quizapp.core.keypoints.pairsets.clauses import shared_start
from quizapp.core.keypoints.pairsets.rows import LEADING
from quizapp.core.keypoints.pairsets.shapes import Table
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

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
    if not FEWEST <= len(phrases) <= MOST:
        return
    first = _after_lead(text, phrases[0][1].start())
    starts = [first, *(start for start, _ in phrases[1:])]
    lefts = tuple(Span(start, match.start()) for start, (_, match) in zip(starts, phrases, strict=True))
    rights = tuple(Span(*match.span(1)) for _, match in phrases)
    tails = {_tail(text, match.end()) for _, match in phrases[:-1]}
    tail = tails.pop() if len(tails) == 1 else ""
    shared = len(shared_start(text, lefts))
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
        if word in LEADING:
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
