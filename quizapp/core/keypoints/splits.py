"""Items that say something first and then go on about it: 容异就是听得进意见; 查工程，看牢不牢."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.core.speech import Span

_EXPLAINED = re.compile(r"“?([^，：“”]{1,8})”?(，?(?:就是|是指|指的是|即是?))(.{2,})")
_FIRST_MAX = 10
_SPREAD_MAX = 2
#: A first clause is a head where what follows it is half as long again; two equal halves are one saying.
_LONGER = 1.5
#: Beside siblings of one clause, the first clause of a longer one is no shorter than this share of them.
_SHARE = 0.6


@dataclass(frozen=True)
class Split:
    """Where each text is split; no rights where what follows is not parallel. `between` stands at each split."""

    lefts: tuple[Span, ...]
    rights: tuple[Span, ...]
    between: str


def explanations(text: str, spans: Sequence[Span]) -> Split | None:
    """Short terms and what each is said to be, where every text says so in the same words."""
    told: list[re.Match[str]] = []
    for span in spans:
        match = _EXPLAINED.fullmatch(text, span.start, span.end)
        if match is None:
            return None
        told.append(match)
    if len({match[2] for match in told}) > 1 or len({match[1] for match in told}) < len(told):
        return None
    lefts = tuple(Span(*match.span(1)) for match in told)
    return Split(lefts, tuple(Span(*match.span(3)) for match in told), told[0][2])


def first_clauses(text: str, spans: Sequence[Span]) -> Split | None:
    """The first clauses of texts that all have a short one and then explain it, or of the few that go on at all."""
    cuts = [_comma(text, span) for span in spans]
    if all(cut is None for cut in cuts):
        return None
    lefts = tuple(Span(span.start, span.end if cut is None else cut) for span, cut in zip(spans, cuts, strict=True))
    if len({left.of(text) for left in lefts}) < len(lefts):
        return None
    if None in cuts:
        return Split(lefts, (), "，") if _are_few(spans, lefts) else None
    return Split(lefts, _parallel(text, spans, lefts), "，") if _are_heads(spans, lefts) else None


def _comma(text: str, span: Span) -> int | None:
    """Where the first clause ends, if it holds no quotation that the comma stands in."""
    at = text.find("，", span.start, span.end)
    whole = at > span.start and text.count("“", span.start, at) == text.count("”", span.start, at)
    return at if whole else None


def _are_few(spans: Sequence[Span], lefts: Sequence[Span]) -> bool:
    """Say whether most texts are one clause, and what is left of the others is of their kind."""
    single = [_size(left) for span, left in zip(spans, lefts, strict=True) if span == left]
    cut = [_size(left) for span, left in zip(spans, lefts, strict=True) if span != left]
    return len(single) >= len(cut) and min(cut) >= _SHARE * min(single)


def _are_heads(spans: Sequence[Span], lefts: Sequence[Span]) -> bool:
    sizes = [_size(left) for left in lefts]
    rests = [_size(span) - size - 1 for span, size in zip(spans, sizes, strict=True)]
    longer = all(rest >= _LONGER * size for rest, size in zip(rests, sizes, strict=True))
    return longer and max(sizes) <= _FIRST_MAX and max(sizes) - min(sizes) <= _SPREAD_MAX


def _parallel(text: str, spans: Sequence[Span], lefts: Sequence[Span]) -> tuple[Span, ...]:
    """What follows the first clauses, where it opens alike everywhere."""
    rights = tuple(Span(left.end + 1, span.end) for span, left in zip(spans, lefts, strict=True))
    return rights if len({text[right.start] for right in rights}) == 1 else ()


def _size(span: Span) -> int:
    return span.end - span.start
