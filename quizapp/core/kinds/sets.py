"""What the kinds that ask about a whole set share."""

from collections.abc import Sequence

from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import bare
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span

FEWEST, MOST = 3, 8
LONGEST_ITEM = 24
#: A passage up to this long, in one paragraph, is quoted whole; else only the sentence that announces the set.
LONGEST_QUOTE = 160


def is_askable(point: KeyPoint) -> bool:
    """Whether a set is neither too small nor too large to ask for, and of short items that all differ.

    A single character says too little in a list that has no name: 谱, 节, 度.
    """
    texts = {bare(item.display) for item in point.items}
    return (
        FEWEST <= len(point.items) <= MOST
        and len(texts) == len(point.items)
        and all(len(item.display) <= LONGEST_ITEM for item in point.items)
        and (point.name is not None or all(len(text) > 1 for text in texts))
    )


def called(material: Material, index: int) -> str:
    """What a stem calls the set. One that the speech lets nobody call without doubt gets a name that no gate passes."""
    return material.subjects[index] or f"讲话所列的{len(material.point(index).items)}项"


def sentence_at(material: Material, span: Span) -> Span:
    """The sentence that holds the start of a span; the span itself where none does."""
    found = (each for each in material.reading.clean.sentences if each.start <= span.start < each.end)
    return next(found, span)


def has_lead(point: KeyPoint) -> bool:
    """Whether a sentence announces the set. What stands before an unnamed list does so only for a list of faults."""
    return point.lead.end > point.lead.start and (point.kind is not PointKind.HEADINGS or point.negative)


def quote_of(material: Material, index: int, asked: Sequence[Item]) -> Span:
    """The passage that proves the answer: all of a short one, else the announcement or the first item asked."""
    point = material.point(index)
    spans = [item.span for item in point.items] + ([point.lead] if has_lead(point) else [])
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    passage = Span(sentence_at(material, Span(first, first)).start, sentence_at(material, Span(last - 1, last)).end)
    if passage.end - passage.start <= LONGEST_QUOTE and "\n" not in passage.of(material.text):
        return passage
    return sentence_at(material, point.lead if has_lead(point) else asked[0].span)


def evidence_of(material: Material, index: int, items: Sequence[Item]) -> tuple[Span, ...]:
    """The sentences a question about these items stands on: the announcement, and one for each item."""
    point = material.point(index)
    told = [sentence_at(material, item.span) for item in items]
    return tuple(dict.fromkeys([sentence_at(material, point.lead), *told] if has_lead(point) else told))


def listed(items: Sequence[str]) -> str:
    """The items in one line; a semicolon parts them where an item has commas of its own."""
    return ("；" if any(mark in item for item in items for mark in "，、") else "、").join(items)


def explanation_of(material: Material, index: int) -> str:
    """One sentence: what the speech says, and all items of the set in order."""
    point = material.point(index)
    quote = quote_of(material, index, point.items).of(material.text).rstrip("。：:；，！？")
    items = listed([item.display for item in point.items])
    if all(bare(item.display) in bare(quote) for item in point.items) and len(point.items) > 1:
        return f"讲话原文：{quote}。"
    return f"讲话原文：{quote}……{called(material, index).removeprefix('讲话')}依次为：{items}。"


def asked_set(stem: str, material: Material) -> int | None:
    """The one set a stem names; None when it names none, or several that differ."""
    named = {i: phrase for i, phrase in enumerate(material.subjects) if phrase and phrase in stem}
    longest = max(map(len, named.values()), default=0)
    found = [i for i, phrase in named.items() if len(phrase) == longest]
    items = {tuple(item.display for item in material.point(i).items) for i in found}
    return found[0] if len(items) == 1 else None
