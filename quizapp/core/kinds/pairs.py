"""What the kinds that ask about a table of pairs share."""

import re
from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import Stretches
from quizapp.core.kinds.passages import part_at
from quizapp.core.lexicon import bare
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span
from quizapp.core.stems import is_pair_demanded
from quizapp.core.stems import is_stated
from quizapp.core.stems import is_telling
from quizapp.core.stems import namesakes
from quizapp.core.stems import nested
from quizapp.core.stems import place
from quizapp.core.stems import quoted_name
from quizapp.core.stems import statement
from quizapp.core.stems import within

FEWEST = 3
STOPS = re.compile(r"[。！？；\n]")
#: A shorter statement does not say by itself what it is about, nor does a topic this short: 对外.
LONG_ENOUGH, LONG_TOPIC = 10, 6
#: With fewer words of its own between its values a statement is told by the name of its set.
FEW_ANCHORS = 4
#: Values that are clauses: long enough to differ in substance and not in one idiom.
CLAUSE = 9
LONGEST_NAME = 8
#: What stands before a name: 办公室主任是指挥员, 全力打造学习型机关, 急件由值班室办.
BEFORE_NAME = re.compile(r"(?:(?<!就)(?<!才)是|为|叫|打造|建设|当好|争当|争做|成为|作为|找到|由|抓)“?$")
#: What a thing is called when it is only praised: any of these could be said of any.
WEIGHT = re.compile(r"(?:前提|保障|保证|关键|基础|根本|核心|重点|目的|目标|动力|方向|方法|手段|途径|支撑|要求)$")
#: 由单一服务向综合服务转变, 变“坐等上门”为“主动服务”: the one value tells the other.
FROM_TO = re.compile(r"(?:由|从|变|把|将)“?$")
#: 容异就是听得进不同意见: the right value only says in other words what the left one is.
GLOSS = re.compile(r"就是|意味|是指|指的是|即$")
BOUND = re.compile(r"要$|必须|应当|一律|不得")
ASKING = re.compile(r"怎么|如何|怎样|为什么|什么|谁|哪")
#: What was reached is no demand, and nobody need remember what goes with what.
PAST = re.compile(r"去年|上年|过去(?:的)?[一几两三五]年|[一几两三五]年来|近年|以来|回顾")
REACH_BACK = 120
DOING_TAGS = ("v", "vn")
#: Two values this close in one clause are tied to each other.
REACH = 12


def places(material: Material) -> list[int]:
    """The lists and the tables of the speech; which of them tie their values in a way to be asked, comes later."""
    return material.points_of({*SET_KINDS, PointKind.PAIRSET})


def slots_of(point: KeyPoint) -> tuple[Span, ...]:
    return tuple(span for pair in point.pairs for span in (pair.left_span, pair.right_span))


def contest(material: Material, index: int, *aspect: str) -> Sequence[object]:
    """One table of pairs, however often and from whichever end it was read, and one aspect of it."""
    table = frozenset(frozenset((pair.left_span, pair.right_span)) for pair in material.point(index).pairs)
    return (table, *aspect)


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


def is_asking(point: KeyPoint) -> bool:
    """Whether the pairs are questions that the speech goes on to answer: 差距怎么找."""
    return ASKING.search("".join(point.template)) is not None


def is_past(material: Material, point: KeyPoint) -> bool:
    """Whether the pairs tell what was reached, and demand nothing."""
    if any(is_pair_demanded(material.reading, point, pair) for pair in point.pairs if len(point.template) == 3):
        return False
    start = point.pairs[0].left_span.start
    return PAST.search(material.text, max(0, start - REACH_BACK), start) is not None


def is_of_names(point: KeyPoint) -> bool:
    """Whether every right value is a name, a role or quoted, so that each of them could stand with each left."""
    before, between, after = point.template
    rights = [bare(pair.right) for pair in point.pairs]
    if FROM_TO.search(before) or any(map(WEIGHT.search, rights)) or ends_alike(point):
        return False
    is_quoted = between.endswith("“") and after.startswith("”") or all(pair.right[0] == "“" for pair in point.pairs)
    is_named = BEFORE_NAME.search(between) is not None and all(len(right) <= LONGEST_NAME for right in rights)
    return is_quoted or is_named or is_telling(point.name_right)


def ends_alike(point: KeyPoint) -> bool:
    """Whether the two values of a pair end in the same word, and other pairs in others: 被动服务 and 主动服务."""
    ends = {(pair.left[-2:], pair.right[-2:]) for pair in point.pairs}
    return len(ends) > 1 and any(left == right for left, right in ends)


def is_of_set(point: KeyPoint) -> bool:
    """Whether a named set demands something of each of its items, in phrases that could be demanded of any."""
    return (
        is_telling(point.name)
        and BOUND.search(point.template[1]) is not None
        and not GLOSS.search(point.template[1])
        and all(len(bare(pair.right)) >= 4 for pair in point.pairs)
    )


def is_of_clauses(point: KeyPoint) -> bool:
    """Whether every right value is a whole clause of some length and no explanation of the left one."""
    rights = [pair.right for pair in point.pairs]
    return (
        "，" in point.template[1]
        and all(len(bare(right)) >= CLAUSE for right in rights)
        and not any(GLOSS.match(right) for right in rights)
    )


def has_long_topics(point: KeyPoint) -> bool:
    return all(len(bare(pair.left)) >= LONG_TOPIC for pair in point.pairs)


def in_chance_order(material: Material, index: int) -> list[Pair]:
    """The pairs of a set in one order for all kinds, so that each kind can begin with pairs of its own."""
    pairs = list(material.point(index).pairs)
    material.rng("PAIR", material.identity(index), "order").shuffle(pairs)
    return pairs


def told(point: KeyPoint, left: str, right: str) -> str:
    """A pair's statement as a stem says it, without the marks it ends with."""
    return statement(point, left, right).strip("，。；：、")


def opening_of(material: Material, index: int) -> str | None:
    """How the stems of a table begin; None where its statements say too little and nothing says what of.

    A short statement, or one about 对上, says which set it is from, else in which part of the speech it stands.
    """
    point = material.point(index)
    verb = "要求" if is_demanded(material, point) else "指出"
    is_clear = is_telling(point.name) and not point.homonym and not namesakes(material.reading, index)
    enough = says_enough(point)
    if is_clear and (not enough or len(bare("".join(point.template))) < FEW_ANCHORS):
        return f"讲话在阐述{quoted_name(point)}时{verb}，"
    if enough:
        return f"讲话{verb}，"
    heading = part_at(material, point.heading, point.pairs[-1].left_span.start)
    at = place(material.reading, heading, avoid=point.name or "")
    values = [value for pair in point.pairs for value in (pair.left, pair.right)]
    return f"{within(at)}{verb}，" if at and not any(bare(value) in bare(at.label) for value in values) else None


def says_enough(point: KeyPoint) -> bool:
    """Whether every statement can be understood by itself."""
    is_long = all(len(bare(told(point, pair.left, pair.right))) >= LONG_ENOUGH for pair in point.pairs)
    says_more = "，" not in point.template[1] or len(bare(point.template[0] + point.template[1])) > 1
    return is_long and (says_more or has_long_topics(point))


def is_demanded(material: Material, point: KeyPoint) -> bool:
    """Whether the statements say what to do, or begin with it: 建设学习型科室, 把时间还给调研."""
    if BOUND.search("".join(point.template)) or any(
        is_pair_demanded(material.reading, point, pair) for pair in point.pairs
    ):
        return True
    first = point.template[0]
    tag = next((tag for _, tag in rjieba.tag(first)), "")
    return first.startswith(("把", "以")) or tag in DOING_TAGS


def explanation_of(point: KeyPoint, pair: Pair) -> str:
    return f"讲话原文：{told(point, pair.left, pair.right)}。"


def sentence_of(material: Material, pair: Pair) -> Span:
    """The whole sentence of the speech that ties the pair, ordinal and full stop included."""
    start, end = min(pair.left_span.start, pair.right_span.start), max(pair.left_span.end, pair.right_span.end)
    found = material.sentence_at(start)
    return found if found is not None and end <= found.end else pair.sentence


def says(material: Material, text: str) -> bool:
    """Whether the speech says a statement, marks and spaces aside."""
    return material.reading.said.has(text)


@dataclass(frozen=True)
class Table:
    """The pairs of a key point as what is true, and what else the speech says of their values."""

    material: Material
    point: KeyPoint
    #: The true statements, in the words that stand for their synonyms.
    levelled: frozenset[str]
    #: Where the speech says them.
    said: Stretches

    @classmethod
    def of(cls, material: Material, point: KeyPoint) -> "Table":
        level, places = material.lexicon.levelled, material.reading.said.places
        true = [statement(point, pair.left, pair.right) for pair in point.pairs]
        found = (Span(at, at + len(each)) for each in true for at in places(each))
        levelled = frozenset(level(told(point, pair.left, pair.right)) for pair in point.pairs)
        return cls(material, point, levelled, Stretches.of(found))

    def is_wrong(self, left: str, right: str) -> bool:
        """Whether tying these two values is provably false by the speech, and not true in other words."""
        false = told(self.point, left, right)
        is_true = says(self.material, false) or self.material.lexicon.levelled(false) in self.levelled
        return not is_true and not self.is_tied(left, right)

    def is_tied(self, left: str, right: str) -> bool:
        """Whether the speech, outside the table's own statements, holds two values close together in one clause."""
        places = self.material.reading.said.places
        return any(
            not self.said.touch(between) and not STOPS.search(between.of(self.material.text))
            for first, second in ((left, right), (right, left))
            for at in places(first)
            for other in places(second)[slice(*near(places(second), at + len(first)))]
            for between in [Span(at, other + len(second))]
        )


def near(places: Sequence[int], end: int) -> tuple[int, int]:
    """Which of the places lie within reach behind an offset."""
    return bisect_left(places, end), bisect_right(places, end + REACH)


def wrong_rights(material: Material, point: KeyPoint, pair: Pair) -> Iterator[Wrong]:
    """The values that the same table ties to other lefts, and nothing in the speech to this one."""
    table = Table.of(material, point)
    for other in point.pairs:
        if other is not pair and table.is_wrong(pair.left, other.right):
            yield Wrong(other.right, Origin.SIBLING, f"原文中与“{nested(other.left)}”相对应")


def wrong_lefts(material: Material, point: KeyPoint, pair: Pair) -> Iterator[Wrong]:
    """The same for the other slot."""
    table = Table.of(material, point)
    for other in point.pairs:
        if other is not pair and table.is_wrong(other.left, pair.right):
            yield Wrong(other.left, Origin.SIBLING, f"原文中与“{nested(other.right)}”相对应")


def is_phrase(material: Material, point: KeyPoint) -> bool:
    """Whether the pairs are phrases without a verb, the right value a quoted name of one noun: A的“B”精神."""
    before, between, after = point.template
    return not before and between == "的“" and bool(noun_behind(material, point))


def noun_behind(material: Material, point: KeyPoint) -> str:
    """The noun that stands behind the quotation mark of every right value: 精神."""
    after = point.template[2]
    noun = after.removeprefix("”")
    is_shared = noun != after and all(material.text.startswith(after, pair.right_span.end) for pair in point.pairs)
    tags = [tag for _, tag in rjieba.tag(noun)] if is_shared and noun else []
    return noun if len(tags) == 1 and tags[0].startswith("n") else ""
