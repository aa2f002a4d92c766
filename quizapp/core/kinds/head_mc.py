"""多选: which demands a part of the speech makes, by its headings.

Asked of a whole list of three to eight unnamed sibling headings that the stem can name by the part they stand in. What
all of them begin with and says nothing (能, 要) is taken from all options. The wrong options are headings of the same
level in other parts, of the same form, length and polarity: each stands outside the part, and no sentence of the part
has all its words. They begin as the part's own do: a verb beside verbs, and none says 以…为…. Parts that are called by
a bare noun (道路交通领域) are of different matters, and their headings tell of which: they are not asked. Where the
speech has fewer than two, what else is not in the list gives the rest; two there must be. With three headings all are
shown, of more two or three. The key is found again by reading which part the stem names and which options are headings
right under it.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.distractors import common_ends
from quizapp.core.distractors import has_shape
from quizapp.core.distractors import is_negative
from quizapp.core.distractors import is_told_in_part
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.kinds.set_mc import shown_items
from quizapp.core.kinds.set_mc import stem_of
from quizapp.core.kinds.sets import asked_set
from quizapp.core.kinds.sets import evidence_of
from quizapp.core.kinds.sets import explanation_of
from quizapp.core.kinds.sets import is_askable
from quizapp.core.kinds.sets import is_whole
from quizapp.core.kinds.sets import outsiders_of
from quizapp.core.kinds.sets import quote_of
from quizapp.core.kinds.sets import slots_of
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import Heading
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.stems import DEMAND
from quizapp.core.stems import begins_with_verb
from quizapp.core.stems import is_demanded
from quizapp.core.stems import label_of
from quizapp.core.stems import nested

#: What all headings of a part may begin with, and no option needs.
MODALS = frozenset("能要须")
WRONG = 2
#: Wrong headings come from so many before and behind: in a long speech the others are of another matter.
HEADINGS_AROUND = 60
AS_BASE = re.compile("以.+为")
#: What a part that is called by its matter ends with.
MATTERS = ("领域", "行业", "部门", "环节", "方面", "区域", "场所")
TRIES = 4


class HeadMC(DraftingKind):
    name = "HEAD_MC"
    label = "标题多选"
    type = TypeName.MULTIPLE_CHOICE
    bloom = Bloom.ANALYSE
    ease = 4
    prior = 1.5
    lists = True

    def places(self, material: Material) -> list[int]:
        return [i for i in material.points_of([PointKind.HEADINGS]) if material.point(i).heading is not None]

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        if material.subjects[index] is None or point.negative or not is_askable(point) or not is_whole(point):
            return
        rng = material.rng(self.name, material.identity(index))
        pool = list(wrong_headings(material, point, rng))
        if len(pool) < WRONG:
            pool += others_than(pool, material, index, rng)
        if len(pool) < WRONG or is_of_matter(material.reading, point.heading):
            return
        for attempt in range(min(TRIES, len(pool))):
            # Each try begins with the next one of the pool.
            yield drawn(material, index, [*pool[attempt:], *pool[:attempt]][:WRONG], rng)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        found = asked_set(candidate.question.stem, material)
        if found is None:
            return None
        point = material.point(found)
        inside = {bare(option_text(item.display, point)) for item in point.items}
        return frozenset(option.id for option in candidate.question.options if bare(option.text) in inside)


def option_text(text: str, point: KeyPoint) -> str:
    """A heading as an option, without the modal that all headings of its part begin with."""
    before, _ = common_ends([item.display for item in point.items])
    return text.removeprefix(before[:1]) if before[:1] in MODALS else text


def wrong_headings(material: Material, point: KeyPoint, rng: Random) -> Iterator[Wrong]:
    """Headings of the same level elsewhere that look like this part's own and are said nowhere in it."""
    reading, near = material.reading, material.lexicon.near_any
    own = [option_text(item.display, point) for item in point.items]
    others = list(dict.fromkeys(elsewhere(reading, point)))
    rng.shuffle(others)
    chosen: list[str] = []
    for node in others:
        text = label_of(node.text) if "“" not in node.text else node.text
        is_alike = has_shape(text, own) and is_kind_of(reading, text, point) and has_frame(text, own)
        if is_of_matter(reading, node.parent):
            continue
        if is_alike and not near(text, [*own, *chosen]) and not is_told_in_part(reading, text, point):
            chosen.append(text)
            yield Wrong(text, Origin.SET, f"是讲话“{parent_label(reading, node)}”部分的标题，本部分没有这一提法")


def has_frame(text: str, own: Sequence[str]) -> bool:
    """Whether a heading is built as the part's own are: it begins with a verb as they do, and is no 以…为…."""
    return begins_with_verb(text) in {begins_with_verb(each) for each in own} and not (
        AS_BASE.match(text) and not any(map(AS_BASE.match, own))
    )


def is_of_matter(reading: Reading, heading: int | None) -> bool:
    """Whether a part is called by a bare noun: 道路交通领域."""
    label = "" if heading is None else label_of(reading.outline[heading].text)
    return bool(label) and "，" not in label and label.endswith(MATTERS)


def others_than(pool: Sequence[Wrong], material: Material, index: int, rng: Random) -> Iterator[Wrong]:
    """What else is not in the list, told without the modal as the options are."""
    point, chosen = material.point(index), [wrong.text for wrong in pool]
    for wrong in outsiders_of(material, index, rng):
        text = option_text(wrong.text, point)
        if not material.lexicon.near_any(text, chosen):
            chosen.append(text)
            yield replace(wrong, text=text)


def elsewhere(reading: Reading, point: KeyPoint) -> Iterator[Heading]:
    """The headings of the level of the point's own that stand under another heading."""
    levels = {reading.outline[child].level for child in reading.children.get(point.heading, ())}
    at = point.heading or 0
    for node in reading.outline[max(0, at - HEADINGS_AROUND) : at + HEADINGS_AROUND]:
        is_other = node.parent is not None and node.parent != point.heading
        if is_other and node.level in levels and not is_negative(node.text):
            yield node


def is_kind_of(reading: Reading, text: str, point: KeyPoint) -> bool:
    """Whether a heading demands as the part's own headings do, or tells as they do."""
    return not is_demanded(reading, point) or DEMAND.search(text) is not None or starts_after_modal(reading, text)


def starts_after_modal(reading: Reading, text: str) -> bool:
    """Whether the speech puts a 要 before a heading: 一要突出重点."""
    at = reading.clean.text.find(text)
    return at > 0 and reading.clean.text[at - 1] == "要"


def parent_label(reading: Reading, node: Heading) -> str:
    return nested(label_of(reading.outline[node.parent].text)) if node.parent is not None else ""


def drawn(material: Material, index: int, wrong: Sequence[Wrong], rng: Random) -> Candidate:
    """One question about the part, with these wrong headings."""
    point, about = material.point(index), material.subjects[index] or ""
    items = shown_items(point.items, rng)
    right = [(option_text(item.display, point), "是讲话这一部分的标题") for item in items]
    options, key, origins = mixed_options(right, wrong, rng)
    question = Question(
        TypeName.MULTIPLE_CHOICE,
        stem_of(about, is_whole=len(items) == len(point.items)),
        options,
        key,
        explanation=explanation_of(material, index),
        source=material.source(point.heading, quote_of(material, index, items)),
    )
    evidence = evidence_of(material, index, items)
    asked = "、".join(item.display for item in point.items)
    return Candidate(HeadMC.name, index, question, evidence, asked, origins, slots=slots_of(material, point.items))


KIND = HeadMC()
