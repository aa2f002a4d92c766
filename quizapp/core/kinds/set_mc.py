"""多选: which of these belong to a set.

Asked of a set of three to eight short items that has a name; of headings without one HEAD_MC asks. A set of three is
shown whole; of a larger one some items stay away, so that choosing everything never works. The wrong options provably
are not in the set (`distractors.outsiders`). The key is found again by reading which set the stem names and which
options are its items.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from random import Random

from quizapp.core.distractors import Wrong
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.kinds.sets import asked_set
from quizapp.core.kinds.sets import called
from quizapp.core.kinds.sets import evidence_of
from quizapp.core.kinds.sets import explanation_of
from quizapp.core.kinds.sets import is_askable
from quizapp.core.kinds.sets import outsiders_of
from quizapp.core.kinds.sets import quote_of
from quizapp.core.kinds.sets import set_at
from quizapp.core.kinds.sets import slots_of
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import Item
from quizapp.core.speech import PointKind

#: Wrong options beside two or three right ones.
WRONG = 2
#: How many choices of items and outsiders are tried before a set is given up.
TRIES = 4


class SetMC(DraftingKind):
    name = "SET_MC"
    label = "要点多选"
    type = TypeName.MULTIPLE_CHOICE
    bloom = Bloom.REMEMBER
    ease = 3
    prior = 1.5
    lists = True

    def places(self, material: Material) -> list[int]:
        return material.points_of(SET_KINDS - {PointKind.HEADINGS})

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        if not is_askable(set_at(material, index)) or tells_faults(material, index):
            return
        rng = material.rng(self.name, material.identity(index))
        # A list that no stem can name is refused whatever stands beside its items.
        pool = outsiders_of(material, index, rng) if material.subjects[index] else []
        for attempt in range(max(1, min(TRIES, len(pool) // WRONG))):
            yield drawn(material, index, pool[WRONG * attempt : WRONG * (attempt + 1)], rng)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        found = asked_set(candidate.question.stem, material)
        if found is None:
            return None
        inside = {bare(item.display) for item in set_at(material, found).items}
        return frozenset(option.id for option in candidate.question.options if bare(option.text) in inside)


def tells_faults(material: Material, index: int) -> bool:
    """Whether the stem says of the list what the speech finds (讲话指出，…存在的问题): that is no name."""
    return called(material, index).startswith("讲话指出，")


def shown_items(items: tuple[Item, ...], rng: Random) -> list[Item]:
    """All of three; of more, two or three in their order."""
    if len(items) <= 3:
        return list(items)
    count = rng.choice((2, 3, 3))
    return [items[i] for i in sorted(rng.sample(range(len(items)), count))]


def drawn(material: Material, index: int, wrong: Sequence[Wrong], rng: Random) -> Candidate:
    """One question about the set, with these wrong options."""
    point = set_at(material, index)
    items = shown_items(point.items, rng)
    right = [(item.display, "是讲话原文所列的一项") for item in items]
    options, key, origins = mixed_options(right, wrong, rng)
    question = Question(
        TypeName.MULTIPLE_CHOICE,
        stem_of(called(material, index), is_whole=len(items) == len(point.items)),
        options,
        key,
        explanation=explanation_of(material, index),
        source=material.source(point.heading, quote_of(material, index, items)),
    )
    evidence = evidence_of(material, index, items)
    asked = "、".join(item.display for item in point.items)
    return Candidate(SetMC.name, index, question, evidence, asked, origins, slots=slots_of(material, point.items))


def stem_of(about: str, is_whole: bool) -> str:
    return f"{about}包括（　）。" if is_whole else f"下列选项中，属于{about}的有（　）。"


KIND = SetMC()
