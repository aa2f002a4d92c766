"""单选: which of these does not belong to a set.

Asked of a set of four to eight short items that the stem can name: “下列选项中，不属于讲话提出的“X”的是（　）。” Three
options are items, the key is no item: it provably is not in the set (`distractors.outsiders`). Lists of faults and of
bans are not asked, for 不属于 beside another 不 is a riddle. The key is found again by reading which set the stem names
and which one option is none of its items and stands nowhere in its passage.
"""

from collections.abc import Iterator
from random import Random

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.distractors import whole
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

#: With three items or fewer, showing three of them would tell the whole set.
FEWEST = 4
SHOWN = 3
#: How many outsiders are tried before a set is given up.
TRIES = 4


class SetNot(DraftingKind):
    name = "SET_NOT"
    label = "要点排除"
    type = TypeName.SINGLE_CHOICE
    bloom = Bloom.REMEMBER
    ease = 3
    prior = 1.0
    lists = True
    excludes = True

    def places(self, material: Material) -> list[int]:
        return [i for i in material.points_of(SET_KINDS) if len(material.point(i).items) >= FEWEST]

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = set_at(material, index)
        if not is_askable(point) or point.negative or material.subjects[index] is None:
            return
        rng = material.rng(self.name, material.identity(index))
        for outsider in outsiders_of(material, index, rng)[:TRIES]:
            yield drawn(material, index, outsider, rng)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        found = asked_set(candidate.question.stem, material)
        if found is None:
            return None
        point = set_at(material, found)
        inside = {bare(item.display) for item in point.items}
        passage = bare(whole(point).of(material.text))
        outside = [option for option in candidate.question.options if bare(option.text) not in inside]
        is_said = any(bare(option.text) in passage for option in outside)
        return None if is_said else frozenset(option.id for option in outside)


def drawn(material: Material, index: int, outsider: Wrong, rng: Random) -> Candidate:
    """Three items of the set and this outsider."""
    point = set_at(material, index)
    items = [point.items[i] for i in sorted(rng.sample(range(len(point.items)), SHOWN))]
    inside = [Wrong(item.display, Origin.SIBLING, "是讲话原文所列的一项") for item in items]
    options, key, origins = mixed_options([(outsider.text, outsider.proof)], inside, rng)
    question = Question(
        TypeName.SINGLE_CHOICE,
        f"下列选项中，不属于{called(material, index)}的是（　）。",
        options,
        key,
        explanation=explanation_of(material, index),
        source=material.source(point.heading, quote_of(material, index, items)),
    )
    evidence = evidence_of(material, index, items)
    asked = "、".join(item.display for item in point.items)
    return Candidate(SetNot.name, index, question, evidence, asked, origins, slots=slots_of(material, items))


KIND = SetNot()
