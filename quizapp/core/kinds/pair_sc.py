"""单选: which value the speech ties to a given one.

Asked of a table of at least three pairs that is one to one both ways and whose every statement stands in the speech
letter for letter. Its values are names, the demands of a named set, or whole clauses, so that each of them could
stand in the slot: idioms, praise and explanations go with their own subject in any speech. Each statement says enough
by itself, or with the name of its set or its part of the speech before it; a table is asked once each way. The wrong
options are the other values of the same slot: the speech ties each of them to something else, and this question drops
one that it also mentions near the given value. The key is found again by putting each option into the blank: exactly
one of the statements is in the speech.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from quizapp.core.drafts import Bloom
from quizapp.core.kinds import pairs
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.stems import nested

GAP = "（　）"
PHRASED = re.compile(rf"讲话中，与“(?P<given>[^“”]+)”[^，]*相对应的(?:内容)?是“?{GAP}”?[^，]*。")
#: Wrong options beside the key: three are plenty.
WRONG = 3


class PairSC(DraftingKind):
    name = "PAIR_SC"
    label = "对应单选"
    type = TypeName.SINGLE_CHOICE
    bloom = Bloom.UNDERSTAND
    ease = 3
    prior = 1.5
    ties = True

    def places(self, material: Material) -> list[int]:
        return pairs.places(material)

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        """One pair after another, the directions taking turns; the first pair is left to true/false."""
        opening = opening_of(material, index)
        if opening is None:
            return
        point = material.point(index)
        is_phrase = pairs.is_phrase(material, point)
        ways = ways_of(point)
        for turn, pair in enumerate(pairs.in_chance_order(material, index)[1:]):
            for asks_right in (turn % 2 == 0, turn % 2 == 1):
                if asks_right in ways:
                    found = choice(material, index, pair, opening, asks_right)
                    yield as_phrase(material, found, pair, asks_right) if is_phrase else found

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        if phrased := PHRASED.fullmatch(candidate.question.stem):
            return tied_again(candidate, material, phrased["given"])
        blanked = candidate.statement
        filled = {option.id: blanked.replace(GAP, option.text) for option in candidate.question.options}
        return frozenset(letter for letter, text in filled.items() if pairs.says(material, text))


def opening_of(material: Material, index: int) -> str | None:
    """How the stems of the table begin; None where it is not asked in this way."""
    point = material.point(index)
    if not pairs.is_askable(material, index) or not ways_of(point) or pairs.is_past(material, point):
        return None
    return "" if pairs.is_phrase(material, point) else pairs.opening_of(material, index)


def ways_of(point: KeyPoint) -> tuple[bool, ...]:
    """The slots that may be asked for: the right one (True), the left one (False)."""
    if pairs.is_of_names(point) or pairs.is_of_set(point):
        return (True, False)
    if not pairs.is_of_clauses(point):
        return ()
    return (True, False) if pairs.has_long_topics(point) else (True,)


def choice(material: Material, index: int, pair: Pair, opening: str, asks_right: bool) -> Candidate:
    point = material.point(index)
    rng = material.rng(PairSC.name, material.identity(index), pair.left, str(asks_right))
    wrongs = list((pairs.wrong_rights if asks_right else pairs.wrong_lefts)(material, point, pair))
    rng.shuffle(wrongs)
    right, given = (pair.right, pair.left) if asks_right else (pair.left, pair.right)
    statement = pairs.told(point, *((pair.left, GAP) if asks_right else (GAP, pair.right)))
    true = pairs.told(point, pair.left, pair.right)
    options, key, origins = mixed_options([(right, f"原文中与“{nested(given)}”相对应")], wrongs[:WRONG], rng)
    question = Question(
        TypeName.SINGLE_CHOICE,
        f"{opening}{statement}。",
        options,
        key,
        explanation=pairs.explanation_of(point, pair),
        source=material.source(point.heading, pairs.sentence_of(material, pair)),
    )
    return Candidate(
        PairSC.name,
        index,
        question,
        (pairs.sentence_of(material, pair),),
        true,
        origins,
        statement=statement,
        contest=pairs.contest(material, index, "right" if asks_right else "left"),
        slots=pairs.slots_of(point),
    )


def as_phrase(material: Material, found: Candidate, pair: Pair, asks_right: bool) -> Candidate:
    """The same for a table whose pairs are phrases: 扎实工作、勇于超前的“马前卒”精神 says no sentence of its own."""
    point = material.point(found.key_point or 0)
    noun = pairs.noun_behind(material, point)
    given = f"“{nested(pair.left)}”" if asks_right else f"“{nested(pair.right)}”{noun}"
    asked = f"“{GAP}”{noun}" if asks_right else GAP
    stem = f"讲话中，与{given}相对应的{'是' if asks_right else '内容是'}{asked}。"
    return replace(found, question=replace(found.question, stem=stem), statement="")


def tied_again(candidate: Candidate, material: Material, given: str) -> frozenset[str]:
    """The options that the speech ties to the given value by a 的."""
    told = material.bare_text
    value = bare(given)
    return frozenset(
        option.id
        for option in candidate.question.options
        if f"{value}的{bare(option.text)}" in told or f"{bare(option.text)}的{value}" in told
    )


KIND = PairSC()
