"""What one person sees of a paper: the order of the questions and, in each, the order of the options.

A position counts the questions as this person sees them, from 0. Letters are those they see, A first, whatever the
options are called in the bank; so a page made of `Presented` values tells nothing about ids or keys.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from enum import StrEnum
from itertools import groupby
from random import Random
from string import ascii_uppercase

from quizapp.core.question import Interaction
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES


class Drawing(StrEnum):
    """Whose paper it is: everybody's the same (in an order of one's own), or some of its questions for each person."""

    SAME = "same"
    PER_PERSON = "per_person"


@dataclass(frozen=True)
class Deal:
    """One person's paper: for each position the index of the question on the paper, and its options' ids as shown."""

    order: tuple[int, ...]
    option_ids: tuple[tuple[str, ...], ...]

    def letters(self, position: int) -> dict[str, str]:
        """The letters shown, by option id, in the order shown."""
        return dict(zip(self.option_ids[position], ascii_uppercase, strict=False))

    def ids(self, position: int) -> dict[str, str]:
        """The option ids, by the letter shown."""
        return {letter: option_id for option_id, letter in self.letters(position).items()}


@dataclass(frozen=True)
class Presented:
    """All that a page may show of a question before the sitting closes."""

    number: int
    type: TypeName
    interaction: Interaction
    stem: str
    options: tuple[tuple[str, str], ...]
    blanks: int
    full_mark: int
    #: The lines of the left column, in their order (match).
    prompts: tuple[str, ...] = ()


def deal(questions: Sequence[Question], seed: str, each: Mapping[TypeName, int] | None = None) -> Deal:
    """Shuffle the questions within each run of one type, and the options of each; the same seed deals the same.

    `each` is how many of each type this person gets; None deals all of them. Attempts under way are dealt again on
    every page, so this must not change between releases.
    """
    rng = Random(seed)
    order: list[int] = []
    for name, run in groupby(range(len(questions)), key=lambda index: questions[index].type):
        indices = list(run)
        rng.shuffle(indices)
        order += indices if each is None else _apart(questions, indices, each.get(name, 0))
    return Deal(tuple(order), tuple(_shown_option_ids(questions[index], rng) for index in order))


def deal_for_all(questions: Sequence[Question], seed: str) -> Deal:
    """The paper in its own order, the same for everybody: what a room looks at together.

    Options to choose from stand as in the bank; where the bank's order would tell the key, the seed shuffles them.
    """
    rng = Random(seed)
    return Deal(tuple(range(len(questions))), tuple(_common_option_ids(question, rng) for question in questions))


def _apart(questions: Sequence[Question], shuffled: Sequence[int], count: int) -> list[int]:
    """So many of these, one for each sentence of the speech before a second about the same."""
    quotes: set[str] = set()
    first: list[int] = []
    second: list[int] = []
    for index in shuffled:
        quote = questions[index].source.quote
        (second if quote and quote in quotes else first).append(index)
        quotes.add(quote)
    return (first + second)[:count]


def present(questions: Sequence[Question], dealt: Deal, marks: Mapping[TypeName, int]) -> tuple[Presented, ...]:
    """The paper as its page shows it, field by field: what is not named here cannot leak."""
    return tuple(
        Presented(
            number=position + 1,
            type=question.type,
            interaction=TYPES[question.type].interaction,
            stem=question.stem,
            options=tuple((option.id, option.text) for option in as_shown(question, dealt, position).options),
            blanks=len(question.blanks),
            full_mark=marks[question.type],
            prompts=tuple(left for left, _ in question.pairs),
        )
        for position, question in enumerate(questions[index] for index in dealt.order)
    )


def as_shown(question: Question, dealt: Deal, position: int) -> Question:
    """The whole question with its options in the order and under the letters this person saw: for the review after
    closing, where the key is printed in their letters."""
    options = {option.id: option for option in question.options}
    letters = dealt.letters(position)
    return replace(
        question,
        options=tuple(Option(letter, options[id_].text, options[id_].proof) for id_, letter in letters.items()),
        key=frozenset(letters[option_id] for option_id in question.key),
        pairs=tuple((left, letters[option_id]) for left, option_id in question.pairs),
        right_order=tuple(letters[option_id] for option_id in question.right_order),
    )


def _common_option_ids(question: Question, rng: Random) -> tuple[str, ...]:
    if TYPES[question.type].interaction is Interaction.CHOICE:
        return tuple(option.id for option in question.options)
    return _shown_option_ids(question, rng)


def _shown_option_ids(question: Question, rng: Random) -> tuple[str, ...]:
    ids = [option.id for option in question.options]
    if question.type is not TypeName.TRUE_FALSE:
        rng.shuffle(ids)
    while len(ids) > 1 and tuple(ids) == question.right_order:
        rng.shuffle(ids)  # items shown in their right order would be no question
    return tuple(ids)
