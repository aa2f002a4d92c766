"""What the kinds that ask about a table of pairs share."""

import re
from collections.abc import Iterator

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.drafts import Kind
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import bare
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import Span
from quizapp.core.stems import is_stated
from quizapp.core.stems import nested
from quizapp.core.stems import opening
from quizapp.core.stems import statement

FEWEST = 3
STOPS = re.compile(r"[。！？；\n]")
#: Two values this close in one clause are tied to each other.
REACH = 12


def is_askable(material: Material, index: int) -> bool:
    """Whether a set's pairs are a table both ways, each of them said in the speech letter for letter."""
    point = material.point(index)
    lefts, rights = [pair.left for pair in point.pairs], [pair.right for pair in point.pairs]
    return (
        len(point.pairs) >= FEWEST
        and len(set(lefts)) == len(lefts)
        and len(set(rights)) == len(rights)
        and all(is_stated(point, material.reading, pair) for pair in point.pairs)
    )


def in_chance_order(material: Material, index: int) -> list[Pair]:
    """The pairs of a set in one order for all kinds, so that each kind can begin with pairs of its own."""
    pairs = list(material.point(index).pairs)
    material.rng(Kind.PAIR_SC, index, "order").shuffle(pairs)
    return pairs


def told(point: KeyPoint, left: str, right: str) -> str:
    """A pair's statement as a stem says it, without the marks it ends with."""
    return statement(point, left, right).strip("。，；：、")


def stem_of(material: Material, index: int, shown: tuple[str, str]) -> str:
    """The statement of a table with the shown values in it; its opening is one for the whole table."""
    return f"{opening(material.reading, index)}{told(material.point(index), *shown)}。"


def explanation_of(point: KeyPoint, pair: Pair) -> str:
    return f"讲话原文：{told(point, pair.left, pair.right)}。"


def sentence_of(material: Material, pair: Pair) -> Span:
    """The whole sentence of the speech that ties the pair, ordinal and full stop included."""
    start, end = min(pair.left_span.start, pair.right_span.start), max(pair.left_span.end, pair.right_span.end)
    found = (each for each in material.reading.clean.sentences if each.start <= start and end <= each.end)
    return next(found, pair.sentence)


def says(material: Material, text: str) -> bool:
    """Whether the speech says a statement, marks and spaces aside."""
    return bare(text) in material.bare_text


def is_tied(material: Material, point: KeyPoint, left: str, right: str) -> bool:
    """Whether the speech, outside the table's own statements, holds two values close together in one clause."""
    rest = material.text
    for pair in point.pairs:
        rest = rest.replace(statement(point, pair.left, pair.right), "。")
    close = re.compile(
        f"{re.escape(left)}.{{0,{REACH}}}{re.escape(right)}|{re.escape(right)}.{{0,{REACH}}}{re.escape(left)}"
    )
    return any(close.search(clause) for clause in STOPS.split(rest))


def wrong_rights(material: Material, point: KeyPoint, pair: Pair) -> Iterator[Wrong]:
    """The values that the same table ties to other lefts, and nothing in the speech to this one."""
    for other in point.pairs:
        if other is not pair and is_wrong(material, point, pair.left, other.right):
            yield Wrong(other.right, Origin.SIBLING, f"原文中与“{nested(other.left)}”相对应")


def wrong_lefts(material: Material, point: KeyPoint, pair: Pair) -> Iterator[Wrong]:
    """The same for the other slot."""
    for other in point.pairs:
        if other is not pair and is_wrong(material, point, other.left, pair.right):
            yield Wrong(other.left, Origin.SIBLING, f"原文中与“{nested(other.right)}”相对应")


def is_wrong(material: Material, point: KeyPoint, left: str, right: str) -> bool:
    """Whether tying these two values is provably false by the speech, and not true in other words."""
    false = told(point, left, right)
    true = [told(point, pair.left, pair.right) for pair in point.pairs]
    return (
        not says(material, false)
        and not is_tied(material, point, left, right)
        and not any(material.lexicon.levelled(false) == material.lexicon.levelled(each) for each in true)
    )
