"""What the kinds that ask about a whole set share."""

from collections.abc import Sequence
from random import Random

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import bare
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span
from quizapp.core.stems import even

FEWEST, MOST = 3, 8
LONGEST_ITEM = 24
#: A passage up to this long, in one paragraph, is quoted whole; else only the sentence that announces the set.
LONGEST_QUOTE = 160
#: What the speech itself says elsewhere comes before what only the language offers.
NEAR_FIRST = tuple(Origin)


def set_at(material: Material, index: int) -> KeyPoint:
    """The set with all its items told alike."""
    return even(material.point(index))


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


def outsiders_of(material: Material, index: int, rng: Random) -> list[Wrong]:
    """What provably is not in a set and looks as if it were, in a chance order, but from near sources first."""
    found = list(material.outsiders(index))
    rng.shuffle(found)
    return sorted(found, key=lambda wrong: NEAR_FIRST.index(wrong.origin))


def called(material: Material, index: int) -> str:
    """What a stem calls the set. One that the speech lets nobody call without doubt gets a name that no gate passes."""
    return material.subjects[index] or f"讲话所列的{len(material.point(index).items)}项"


def sentence_at(material: Material, span: Span) -> Span:
    """The sentence that holds the start of a span; the span itself where none does."""
    return material.sentence_at(span.start) or span


def slots_of(material: Material, items: Sequence[Item]) -> tuple[Span, ...]:
    """Where the items stand, with their affix where the speech says it there: 勤奋型, not 勤奋."""
    return tuple(displayed(material.text, item) for item in items)


def displayed(text: str, item: Item) -> Span:
    before = item.display.find(item.text)
    start = item.span.start - max(before, 0)
    end = start + len(item.display)
    return Span(start, end) if text[start:end] == item.display else item.span


def has_lead(point: KeyPoint) -> bool:
    """Whether a sentence announces the set. What stands before an unnamed list does so only for a list of faults."""
    return point.lead.end > point.lead.start and (point.kind is not PointKind.HEADINGS or point.negative)


def quote_of(material: Material, index: int, asked: Sequence[Item]) -> Span:
    """The passage that proves the answer: all of a short one, else the announcement or the first item asked."""
    point = material.point(index)
    spans = [item.span for item in point.items] + ([point.lead] if has_lead(point) else [])
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    listing = sentence_at(material, point.items[0].span)
    is_listed = all(listing.start <= item.span.start < listing.end for item in point.items)
    if is_listed and len(point.items) > 1 and listing.end - listing.start <= LONGEST_QUOTE and first < listing.start:
        return listing  # what announces the set stands far before the sentence that says all its items
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
    point = set_at(material, index)
    quote = quote_of(material, index, point.items).of(material.text).rstrip("。：:；，！？")
    items = listed([item.display for item in point.items])
    if all(bare(item.display) in bare(quote) for item in point.items) and len(point.items) > 1:
        return f"讲话原文：{quote}。"
    return f"讲话原文：{quote}。{called(material, index)}依次为：{items}。"


def asked_set(stem: str, material: Material) -> int | None:
    """The one set a stem names; None when it names none, or several that differ."""
    found = material.named_in(stem)
    items = {tuple(item.display for item in set_at(material, i).items) for i in found}
    return found[0] if len(items) == 1 else None


def is_whole(point: KeyPoint) -> bool:
    """Whether the list is closed, and as long as its name says: only then is there an outside to it."""
    return point.complete and point.count == len(point.items)
