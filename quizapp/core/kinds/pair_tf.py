"""判断: a statement that ties two values, as the speech does or with one value swapped.

Asked of the same tables as 单选, but only where the slot that is swapped holds names, roles, quoted words, or the
four-character demands of a named set: a swapped predicate makes nonsense, not a false statement. A false statement
differs from the true one in that slot alone. The key is found again by looking for the statement in the speech.
"""

from collections.abc import Iterator
from dataclasses import replace

from quizapp.core.distractors import Wrong
from quizapp.core.drafts import Bloom
from quizapp.core.kinds import pairs
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import bare
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair

OPTIONS = (Option("T", "正确"), Option("F", "错误"))
#: How long the phrases are that may be swapped.
FOUR = 4
#: How many wrong values are tried for one pair.
SWAPS = 2


class PairTF(DraftingKind):
    name = "PAIR_TF"
    label = "对应判断"
    type = TypeName.TRUE_FALSE
    bloom = Bloom.UNDERSTAND
    ease = 1
    prior = 1.0
    ties = True

    def places(self, material: Material) -> list[int]:
        return pairs.places(material)

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        """True statements from one end of the table, false ones from the other, in turn: they tell of different
        pairs."""
        opening = opening_of(material, index)
        if opening is None:
            return
        ordered = pairs.in_chance_order(material, index)
        for true, false in zip(ordered, reversed(ordered), strict=True):
            yield judged(material, index, opening, true)
            wrongs = wrongs_of(material, index, false)[:SWAPS]
            yield from (judged(material, index, opening, false, wrong) for wrong in wrongs)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        return frozenset({"T" if pairs.says(material, candidate.statement) else "F"})


def opening_of(material: Material, index: int) -> str | None:
    """How the stems of the table begin; None where it is not asked in this way."""
    point = material.point(index)
    if not pairs.is_askable(material, index) or not is_swappable(point) or pairs.is_past(material, point):
        return None
    return pairs.opening_of(material, index)


def is_swappable(point: KeyPoint) -> bool:
    """Whether another right value makes a false statement and no nonsense."""
    return pairs.is_of_names(point) or (
        pairs.is_of_set(point) and all(len(bare(pair.right)) == FOUR for pair in point.pairs)
    )


def wrongs_of(material: Material, index: int, pair: Pair) -> list[Wrong]:
    """The values that make the pair's statement false, those most like its own first, else in a chance order."""
    wrongs = list(pairs.wrong_rights(material, material.point(index), pair))
    material.rng(PairTF.name, material.identity(index), pair.left).shuffle(wrongs)
    return sorted(wrongs, key=lambda wrong: (len(wrong.text) != len(pair.right), wrong.text[-1] != pair.right[-1]))


def judged(material: Material, index: int, opening: str, pair: Pair, wrong: Wrong | None = None) -> Candidate:
    """The pair's statement to judge: as the speech says it, or with a wrong value in it."""
    point, sentence = material.point(index), pairs.sentence_of(material, pair)
    statement = pairs.told(point, pair.left, wrong.text if wrong else pair.right)
    right_id = "F" if wrong else "T"
    proof = f"“{wrong.text}”{wrong.proof}" if wrong else "讲话原文如此"
    question = Question(
        TypeName.TRUE_FALSE,
        f"{opening}{statement}。",
        tuple(replace(option, proof=proof) if option.id == right_id else option for option in OPTIONS),
        frozenset({right_id}),
        explanation=pairs.explanation_of(point, pair),
        source=material.source(point.heading, sentence),
    )
    return Candidate(
        PairTF.name,
        index,
        question,
        (sentence,),
        pairs.told(point, pair.left, pair.right),
        (("F", wrong.origin),) if wrong else (),
        statement=statement,
        swapped=(pair.right, wrong.text) if wrong else None,
        contest=pairs.contest(material, index, right_id),
        slots=pairs.slots_of(point),
    )


KIND = PairTF()
