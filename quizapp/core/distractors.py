"""Where wrong options come from, each with its proof.

In this order: the other values of the same slot, the items of another closed set of the speech, the terms of a paradigm
class, and the items of other speeches' lists that stand nowhere in this one. When none of them fits, there is no
question: options are never padded.

Parts of speech are not compared: the tagger calls 位置 and 使命 verbs and 落实 an adjective when they stand alone, and
so would refuse more good options than bad ones. Form, length and shared characters do the work.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from os.path import commonprefix
from random import Random

import rjieba

from quizapp.core.lexicon import WILD
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.lexicon import bare
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.core.speech import Span
from quizapp.core.stems import even
from quizapp.core.stems import is_demanded
from quizapp.core.stems import namesakes
from quizapp.core.stems import nested

#: Wordings may differ from the right ones by this share in length; short ones of one length may not differ at all.
LENGTH_SHARE = 0.34
#: Among longer ones an eye sees a smaller difference.
LONG_SHARE = 0.2
SHORT = 6
#: The same few wordings are compared with hundreds of terms: so many answers are kept.
KEPT = 4096
#: Wrong options come from the lists nearest in the speech: in a long one the others are of another matter.
SETS_AROUND = 30
#: Demands of two or three characters differ too much in kind to stand for each other.
SHORT_DEMAND = 4
NEGATIVE = re.compile(
    r"不(?!忘|懈|断|仅|但|论|管|怕|走样|过夜|拖延|误|出|放松)|没有|缺乏|推诿|拖拉|滞后|差距|短板|问题"
)

#: What a set of this name holds are the members of one thing: a demand of the same form is out of place among them.
CLOSED_KIND = re.compile(r"(?:环节|阶段|流程|步骤|领域|场所|部门|岗位|字|词)$")


class Origin(StrEnum):
    """Where a wrong option came from."""

    SIBLING = "sibling"
    SET = "set"
    LEXICON = "lexicon"
    LIBRARY = "library"


@dataclass(frozen=True)
class Wrong:
    """A wrong option with its proof, in words for the reviewer."""

    text: str
    origin: Origin
    proof: str


def is_negative(text: str) -> bool:
    """Whether the wording tells of a fault rather than of a demand."""
    return NEGATIVE.search(text) is not None


def marks_of(text: str) -> tuple[int, ...]:
    return tuple(text.count(mark) for mark in "，、“")


def common_ends(texts: Sequence[str]) -> tuple[str, str]:
    """What all wordings begin with and what they end with, never overlapping."""
    return _common_ends(tuple(texts))


@lru_cache(KEPT)
def _common_ends(texts: tuple[str, ...]) -> tuple[str, str]:
    before = commonprefix(list(texts))
    shortest = min(len(text) for text in texts) - len(before)
    after = commonprefix([text[::-1] for text in texts])[:shortest][::-1]
    return before, after


def has_shape(text: str, like: Sequence[str]) -> bool:
    """Whether a wording cannot be told from the given ones by its form alone."""
    lengths = [len(bare(each)) for each in like]
    if length := shape_length(like):
        fits = len(bare(text)) == length
    else:
        share = LENGTH_SHARE if min(lengths) <= SHORT else LONG_SHARE
        fits = min(lengths) * (1 - share) <= len(bare(text)) <= max(lengths) * (1 + share)
    return (
        fits
        and marks_of(text) in {marks_of(each) for each in like}
        and has_affixes(text, like)
        and is_negative(text) == is_negative("".join(like))
        and is_doubled(text) in {is_doubled(each) for each in like}
    )


def is_doubled(text: str) -> bool:
    """Whether a wording begins with one character twice: 人人有责任 stands out beside 收入有压力."""
    plain = bare(text)
    return len(plain) > 1 and plain[0] == plain[1]


def shape_length(texts: Sequence[str]) -> int:
    """The one length of short wordings, which what stands beside them must have too; 0 where lengths may differ."""
    lengths = {len(bare(text)) for text in texts}
    return min(lengths) if len(lengths) == 1 and min(lengths) <= SHORT else 0


def has_affixes(text: str, like: Sequence[str]) -> bool:
    """Whether a wording begins and ends as all the given ones do, and has every character they share."""
    if len(like) < 2:
        return True
    before, after = common_ends(like)
    return text.startswith(before) and text.endswith(after) and shared_characters(like) <= set(text)


@lru_cache(KEPT)
def words(text: str) -> frozenset[str]:
    """The words of two characters and more."""
    return frozenset(word for word in rjieba.cut(bare(text)) if len(word) > 1)


def own_words(text: str, like: Sequence[str]) -> frozenset[str]:
    """The words of a wording that none of the given ones has: 任务 and 艰巨 of 任务十分艰巨, where all say 十分."""
    shared = shared_characters(like)
    pieces = "".join(" " if char in shared else char for char in bare(text)).split()
    return frozenset(word for piece in pieces for word in words(piece) if not any(word in each for each in like))


def shared_characters(texts: Sequence[str]) -> frozenset[str]:
    """The characters that all of several wordings have."""
    return _shared_characters(tuple(texts))


@lru_cache(KEPT)
def _shared_characters(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset.intersection(*(frozenset(bare(each)) for each in texts)) if len(texts) > 1 else frozenset()


def affix_of(items: Sequence[Item]) -> tuple[str, str]:
    """What the display of every item adds before and after its text."""
    found = {tuple(item.display.split(item.text, 1)) for item in items if item.text in item.display}
    (only,) = found if len(found) == 1 else (("", ""),)
    return only[0], only[1]


def outsiders(reading: Reading, lexicon: Lexicon, index: int, rng: Random, lent: Sequence[str] = ()) -> Iterator[Wrong]:
    """What provably is not in a set and looks as if it were: from the speech, then the lexicon, then what is lent."""
    point = even(reading.points[index])
    avoided = [item.display for other in namesakes(reading, index) for item in other.items] + names_of(point)
    chosen: list[str] = []
    nearer = (*from_other_sets(reading, lexicon, index, rng), *from_lexicon(reading, lexicon, point, rng))
    for wrong in (*nearer, *from_library(reading, point, lent, rng)):
        inside = [item.display for item in point.items]
        is_fit = has_shape(wrong.text, inside) and not shares_word(wrong.text, inside)
        if is_fit and not lexicon.near_any(wrong.text, [*inside, *avoided, *chosen]):
            chosen.append(wrong.text)
            yield wrong


def shares_word(text: str, inside: Sequence[str]) -> bool:
    """Whether a wording has a word that some of the items have and not all, or ends as some of them do.

    坚持群众路线 beside 坚持联系群众 is nearly right, and 服务上贯通 beside 政治上贯通 stands out. The verb that a
    wording begins with is left aside, unless all share it: 强化 and 加强 go with anything.
    """
    plain, shared = bare(text), shared_characters(inside)
    told = list(rjieba.cut("".join(char for char in plain if char not in shared)))
    later = told if plain[:1] in shared else told[1:]
    ends = [bare(each)[-2:] == plain[-2:] for each in inside]
    # 群众路线 counts as one word, and 群众 of it is said all the same.
    pieces = [word[at : at + 2] for word in later for at in range(len(word) - 1)]
    return (any(ends) and not all(ends)) or any(piece in each for piece in pieces for each in inside)


def names_of(point: KeyPoint) -> list[str]:
    return [name for name in (point.name, point.full_name) if name]


def from_other_sets(reading: Reading, lexicon: Lexicon, index: int, rng: Random) -> list[Wrong]:
    """Items of other closed sets of the same kind that the target's own passage never speaks of."""
    point = reading.points[index]
    found = [
        Wrong(item.display, Origin.SET, f"是讲话{called(reading, other)}的一项，不在本组原文之内")
        for other in reading.sets_around(point, SETS_AROUND)
        if is_apart(other, point) and is_kin(reading, lexicon, other, point)
        for item in other.items
        if is_foreign(reading, item, point)
    ]
    return in_chance_order(found, rng)


def called(reading: Reading, point: KeyPoint) -> str:
    if point.name:
        return f"“{nested(point.name)}”"
    return f"“{nested(reading.outline[point.heading].text)}”部分" if point.heading is not None else "另一组"


def is_apart(other: KeyPoint, point: KeyPoint) -> bool:
    """Whether a set is closed, of the same polarity and another list than the target; a namesake never is apart."""
    same_name = other.name is not None and other.name in (point.name, point.name_right)
    overlap = {item.text for item in other.items} & {item.text for item in point.items}
    return other is not point and other.complete and other.negative == point.negative and not (same_name or overlap)


def is_kin(reading: Reading, lexicon: Lexicon, other: KeyPoint, point: KeyPoint) -> bool:
    """Whether two sets hold things of one kind: both tell what to do, share a form, or are of one class of terms.

    Length alone does not do: 容人 beside 勤奋 and 奉献 is out of place before anybody has read the speech.
    """
    ours, theirs = [item.display for item in point.items], [item.display for item in other.items]
    if is_demanded(reading, point) and is_demanded(reading, other):
        return min(map(len, ours + theirs)) >= SHORT_DEMAND
    same_class = set(lexicon.classes_of(ours, "".join(names_of(point)))) & set(
        lexicon.classes_of(theirs, "".join(names_of(other)))
    )
    return bool(same_class) or any(common_ends(ours + theirs))


def is_foreign(reading: Reading, item: Item, point: KeyPoint) -> bool:
    """Whether neither the item nor any word of its own stands in the target's passage, nor in its announcement."""
    passage = bare(whole(point).of(reading.clean.text))
    inside = [each.text for each in point.items]
    is_said = bare(item.text) in passage or any(word in passage for word in own_words(item.text, inside))
    return not is_said and not is_told_in_part(reading, item.text, point)


def is_told_in_part(reading: Reading, text: str, point: KeyPoint) -> bool:
    """Whether the part of the speech that an unnamed list is called by says a wording, or has a sentence with all its
    words: the stem asks for what the part demands, and the part demands more than its headings."""
    if point.name is not None or point.heading is None:
        return False
    body, parts = reading.outline[point.heading].body, words(text)
    if bare(text) in bare(body.of(reading.clean.text)) or not parts:
        return True
    return reading.said.together_between(parts, body.start, body.end)


def whole(point: KeyPoint) -> Span:
    """The passage from the announcement of a set, or its first item, to its end."""
    spans = [point.span, point.lead, *(item.span for item in point.items)]
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def from_lexicon(reading: Reading, lexicon: Lexicon, point: KeyPoint, rng: Random) -> list[Wrong]:
    """Terms of the classes the set is of that stand nowhere in the speech.

    A list of faults takes none: that a speech does not find a fault, in whatever words, cannot be shown.
    """
    if point.negative:
        return []
    before, after = affix_of(point.items)
    name = "".join(names_of(point))
    found = [
        Wrong(text, Origin.LEXICON, f"讲话全文没有这一提法（同类词“{each.name}”）")
        for each in lexicon.classes_of([item.display for item in point.items], name)
        if is_apt(each, point)
        for text in each.terms
        if is_unsaid(reading, text, point)
    ]
    if not before + after:
        return in_chance_order(found, rng)
    wrapped = [
        Wrong(f"{before}{text}{after}", Origin.LEXICON, f"讲话全文没有这一提法（同类词“{each.name}”）")
        for each in lexicon.classes_of([item.text for item in point.items], name)
        for text in each.terms
        if is_unsaid(reading, text, point)
    ]
    return in_chance_order(found, rng) + in_chance_order(wrapped, rng)


def from_library(reading: Reading, point: KeyPoint, lent: Sequence[str], rng: Random) -> list[Wrong]:
    """Items of other speeches' lists of the same shape that stand nowhere in this one."""
    proof = "讲话全文没有这一提法（见于文库中其他讲话）"
    return in_chance_order([Wrong(t, Origin.LIBRARY, proof) for t in lent if is_unsaid(reading, t, point)], rng)


def is_apt(each: TermClass, point: KeyPoint) -> bool:
    """Whether terms of a class can stand among the items, and not only have their form.

    措施要硬 has the form of 派单要准, but not the matter: for a list without a name more than one character must be
    shared, and more than the verb it begins with: 突出政治引领 is no member of 突出人员密集场所, 突出电动自行车.
    """
    if each.cues or each.is_open:
        return True
    if point.name is not None:
        return not CLOSED_KIND.search(point.name)
    if each.form.endswith("*") and not common_ends([item.display for item in point.items])[1]:
        return False
    return len(WILD.sub("", each.form)) > 1


def is_unsaid(reading: Reading, term: str, point: KeyPoint) -> bool:
    """Whether the speech says a term nowhere, its passage no part of it, and no sentence all of its words."""
    inside = [item.display for item in point.items]
    own = bare(without_common(term, inside))
    if reading.said.has(term) or (own and own in bare(whole(point).of(reading.clean.text))):
        return False
    parts = own_words(term, inside)
    return len(parts) < 2 or not reading.said.together(parts)


def without_common(term: str, like: Sequence[str]) -> str:
    """A wording without what all the given ones begin and end with: 服务 of 服务型, beside 务实型 and 勤奋型."""
    if len(like) < 2:
        return term
    before, after = common_ends(like)
    return term.removeprefix(before).removesuffix(after) if has_affixes(term, like) else term


def in_chance_order(wrongs: list[Wrong], rng: Random) -> list[Wrong]:
    mixed = list(dict.fromkeys(wrongs))
    rng.shuffle(mixed)
    return mixed
