"""单选: which value the speech ties to a given one.

Asked of a table of at least three pairs that is one to one both ways and whose every statement stands in the speech
letter for letter. The wrong options are the other values of the same slot: the speech ties each of them to something
else, and this question drops one that it also mentions near the given value. The key is found again by putting each
option into the blank: exactly one of the statements is in the speech.
"""

from collections.abc import Iterator

from quizapp.core.drafts import Kind
from quizapp.core.kinds import pairs
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import Pair
from quizapp.core.stems import nested

GAP = "（　）"
#: Wrong options beside the key: three are plenty.
WRONG = 3


class PairSC:
    kind = Kind.PAIR_SC
    limit = 2

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        """One pair after another, the directions taking turns; the first pair is left to true/false."""
        if not pairs.is_askable(material, index):
            return
        for turn, pair in enumerate(pairs.in_chance_order(material, index)[1:]):
            for asks_right in (turn % 2 == 0, turn % 2 == 1):
                yield choice(material, index, pair, asks_right)

    def aspect(self, candidate: Candidate) -> str:
        return "right" if is_right_asked(candidate.question.stem) else "left"

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        _, blanked = candidate.question.stem.split("，", 1)
        filled = {option.id: blanked.replace(GAP, option.text) for option in candidate.question.options}
        return frozenset(letter for letter, text in filled.items() if pairs.says(material, text))


def is_right_asked(stem: str) -> bool:
    """Whether the gap stands in the second half of the statement."""
    _, blanked = stem.split("，", 1)
    return blanked.index(GAP) * 2 > len(blanked) - len(GAP)


def choice(material: Material, index: int, pair: Pair, asks_right: bool) -> Candidate:
    point, rng = material.point(index), material.rng(Kind.PAIR_SC, index, pair.left, str(asks_right))
    wrongs = list((pairs.wrong_rights if asks_right else pairs.wrong_lefts)(material, point, pair))
    rng.shuffle(wrongs)
    right, given = (pair.right, pair.left) if asks_right else (pair.left, pair.right)
    true = pairs.told(point, pair.left, pair.right)
    options, key, origins = mixed_options([(right, f"原文中与“{nested(given)}”相对应")], wrongs[:WRONG], rng)
    question = Question(
        TypeName.SINGLE_CHOICE,
        pairs.stem_of(material, index, (pair.left, GAP) if asks_right else (GAP, pair.right)),
        options,
        key,
        explanation=pairs.explanation_of(point, pair),
        source=material.source(index, pairs.sentence_of(material, pair)),
    )
    return Candidate(Kind.PAIR_SC, index, question, (pairs.sentence_of(material, pair),), true, origins)


KIND = PairSC()
