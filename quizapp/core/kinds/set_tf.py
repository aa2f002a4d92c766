"""判断: “X”是指 these items, as the speech lists them or with exactly one of them replaced.

Asked of a set of three to six short items that the stem can name; the statement lists all of them in their order, and
the whole stays short enough to be judged at a glance. What replaces an item provably is not in the set
(`distractors.outsiders`). Lists of faults and bans are not asked: their statement would hold one 不 after another. The
key is found again by reading which set the stem names, and comparing the list in the stem with its items.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace

from quizapp.core.distractors import Wrong
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.pair_tf import OPTIONS
from quizapp.core.kinds.set_cloze import blankable
from quizapp.core.kinds.sets import asked_set
from quizapp.core.kinds.sets import called
from quizapp.core.kinds.sets import evidence_of
from quizapp.core.kinds.sets import explanation_of
from quizapp.core.kinds.sets import is_askable
from quizapp.core.kinds.sets import listed
from quizapp.core.kinds.sets import outsiders_of
from quizapp.core.kinds.sets import quote_of
from quizapp.core.kinds.sets import set_at
from quizapp.core.kinds.sets import slots_of
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import PointKind
from quizapp.core.stems import is_generic

#: Nobody judges a longer list item by item.
MOST = 6
#: How many outsiders, or places for them, are tried before a false statement is given up.
TRIES = 4
#: A name in quotation marks, and the noun after it: “五型”干部.
NAME_LAST = re.compile(r"”[^“”的]{0,6}$")
#: Of every ten lists that could be told falsely, so many are.
FALSE_OF_TEN = 8


class SetTF(DraftingKind):
    name = "SET_TF"
    label = "要点判断"
    type = TypeName.TRUE_FALSE
    bloom = Bloom.REMEMBER
    ease = 1
    prior = 1.0
    lists = True

    def places(self, material: Material) -> list[int]:
        return [i for i in material.points_of(SET_KINDS) if len(material.point(i).items) <= MOST]

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        """False statements first or a true one first, by chance; only one of them is kept.

        A list that nothing proves wrong can be put into is told truly only where it cannot be asked by a blank, or has
        a name and no pairs: then this is the one way to ask it without recall. Else the statement would add nothing.
        """
        point = set_at(material, index)
        if not is_askable(point) or point.negative or material.subjects[index] is None:
            return
        rng = material.rng(self.name, material.identity(index))
        pool = outsiders_of(material, index, rng)[:TRIES]
        is_false = rng.randrange(10) < FALSE_OF_TEN
        if is_false:
            for wrong in pool:
                yield judged(material, index, rng.randrange(len(point.items)), wrong)
        is_only_way = point.kind is PointKind.NAMED and not pool and not point.pairs
        if (pool and not is_false) or is_only_way or not blankable(point, called(material, index)):
            yield judged(material, index)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        """True when the stem lists just the items; false when it lists one that is none of them, for one of them."""
        found = asked_set(candidate.question.stem, material)
        if found is None:
            return None
        items = [item.display for item in set_at(material, found).items]
        told = candidate.question.stem.split(material.subjects[found] or "", 1)[-1]
        if told in (says(items, True), says(items, False)):
            return frozenset({"T"})
        missing = [text for text in items if bare(text) not in bare(told)]
        return frozenset({"F"}) if len(missing) == 1 else None


def says(items: Sequence[str], is_named: bool) -> str:
    """The end of the statement: a name is what 是指 explains; demands and long lists follow a colon."""
    told = listed(items)
    return f"是指{told}。" if is_named and "；" not in told and told[0] not in "指是" else f"是：{told}。"


def judged(material: Material, index: int, at: int = 0, wrong: Wrong | None = None) -> Candidate:
    """The list to judge: as the speech has it, or with an outsider in the place of the item `at`."""
    point = set_at(material, index)
    items = [item.display for item in point.items]
    told = [wrong.text if wrong and place == at else text for place, text in enumerate(items)]
    about, right_id = called(material, index), "F" if wrong else "T"
    is_named = NAME_LAST.search(about) is not None and not is_generic(point.name)
    proof = f"“{wrong.text}”{wrong.proof}；原文此处是“{items[at]}”" if wrong else "讲话原文如此"
    question = Question(
        TypeName.TRUE_FALSE,
        f"{about}{says(told, is_named)}",
        tuple(replace(option, proof=proof) if option.id == right_id else option for option in OPTIONS),
        frozenset({right_id}),
        explanation=explanation_of(material, index),
        source=material.source(point.heading, quote_of(material, index, point.items)),
    )
    return Candidate(
        SetTF.name,
        index,
        question,
        evidence_of(material, index, point.items),
        f"{about}{says(items, is_named)}",
        (("F", wrong.origin),) if wrong else (),
        swapped=(items[at], wrong.text) if wrong else None,
        slots=slots_of(material, point.items),
    )


KIND = SetTF()
