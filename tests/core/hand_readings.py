"""Readings built by hand, so that drafting is tested apart from reading."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from quizapp.core.speech import CleanText
from quizapp.core.speech import Heading
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Span


def span_of(text: str, piece: str, start: int = 0) -> Span:
    """Where a piece stands; a test that misquotes its own text fails here."""
    at = text.index(piece, start)
    return Span(at, at + len(piece))


def clean(text: str, masks: Sequence[str] = (), broken: Sequence[str] = ()) -> CleanText:
    """Clean text with its paragraphs and sentences; `broken` are pieces of sentences that count as broken."""
    paragraphs = tuple(Span(found.start(), found.end()) for found in re.finditer(r"[^\n]+", text))
    sentences = tuple(Span(found.start(), found.end()) for found in re.finditer(r"[^\n。！？]+[。！？]?", text))
    numbers = {i for piece in broken for i, each in enumerate(sentences) if piece in each.of(text)}
    return CleanText(
        text,
        tuple(range(len(text))),
        None,
        paragraphs,
        sentences,
        tuple(span_of(text, mask) for mask in masks),
        frozenset(numbers),
    )


def heading(text: str, title: str, body_to: str, parent: int | None = None, list_id: int = 0) -> Heading:
    """A heading whose part ends with the text `body_to`."""
    span = span_of(text, title)
    end = text.index(body_to, span.start) + len(body_to)
    return Heading(1 if parent is None else 2, "一要", title, "", span, Span(span.start, end), parent, False, list_id)


def key_point(
    text: str,
    lead: str,
    items: Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    *,
    affix: str = "",
    **more: Any,
) -> KeyPoint:
    """A complete named set announced by `lead`; its items and pairs are looked for from there, in order."""
    lead_span = span_of(text, lead)
    at = lead_span.start
    found = []
    for item in items:
        span = span_of(text, item, at)
        found.append(Item(item, item + affix, span))
        at = span.end
    tied, at = [], lead_span.start
    for left, right in pairs:
        first = span_of(text, left, at)
        second = span_of(text, right, first.end)
        tied.append(Pair(left, right, first, second, Span(first.start, second.end)))
        at = second.end
    point = {
        "kind": PointKind.NAMED,
        "name": "四型",
        "full_name": None,
        "count": len(items),
        "items": tuple(found),
        "span": Span(min(item.span.start for item in found), max(item.span.end for item in found)),
        "lead": lead_span,
        "heading": None,
        "rule": "lead",
        "complete": True,
        "pairs": tuple(tied),
    }
    return KeyPoint(**(point | more))


#: A table of four pairs under two names, and a list of functions, as an office might say them.
STYLE = (
    "改作风，就是要争当“四型”干部，力戒“四病”。\n"
    "一要争当“钻研型”干部，戒“浅”。干一行就要懂一行，业务书要天天翻。\n"
    "二要争当“亲民型”干部，戒“冷”。群众上门，一张笑脸、一杯热茶。\n"
    "三要争当“节俭型”干部，戒“奢”。公家的钱一分也要算清。\n"
    "四要争当“敏捷型”干部，戒“慢”。急件不过夜，电话三声必接。\n"
    "业务上，当前要抓好三项任务，即公文办理、会务保障、档案管理。做到材料准、程序清、时限严。\n"
)
STYLE_PAIRS = (("钻研型", "浅"), ("亲民型", "冷"), ("节俭型", "奢"), ("敏捷型", "慢"))
STYLE_TEMPLATE = ("争当“", "”干部，戒“", "”")


def style_set(**more: Any) -> KeyPoint:
    """“四型”干部 with its table of pairs."""
    lead, told = "改作风，就是要争当“四型”干部，力戒“四病”。", {"template": STYLE_TEMPLATE, "name_right": "四病"}
    point = key_point(STYLE, lead, [left for left, _ in STYLE_PAIRS], STYLE_PAIRS, full_name="“四型”干部", **told)
    return replace(point, **more)


def tasks_set(**more: Any) -> KeyPoint:
    """三项任务 of one sentence."""
    lead = "业务上，当前要抓好三项任务，即公文办理、会务保障、档案管理。"
    told = {"name": "三项任务", "rule": "namely"} | more
    return key_point(STYLE, lead, ["公文办理", "会务保障", "档案管理"], **told)


def style_reading(*points: KeyPoint, **more: Any) -> Reading:
    """The sample speech with both its sets, or with the given ones."""
    return Reading(clean(STYLE, **more), (), points or (style_set(), tasks_set()))
