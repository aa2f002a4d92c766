"""What one person sees of a paper: the order of the questions and, in each, the order of the options.

A position counts the questions as this person sees them, from 0. Letters are those they see, A first, whatever the
options are called in the bank; so a page made of `Presented` values tells nothing about ids or keys.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import groupby
from random import Random
from string import ascii_uppercase

from quizapp.core.errors import NotFound
from quizapp.core.question import Interaction
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES


@dataclass(frozen=True)
class Deal:
    """One person's paper: for each position the index of the question on the paper, and its options' ids as shown."""

    order: tuple[int, ...]
    option_ids: tuple[tuple[str, ...], ...]

    def shown_letter(self, position: int, option_id: str) -> str:
        ids = self.option_ids[position]
        if option_id not in ids:
            raise NotFound("option", option_id)
        return ascii_uppercase[ids.index(option_id)]

    def option_id(self, position: int, letter: str) -> str:
        shown = dict(zip(ascii_uppercase, self.option_ids[position], strict=False))
        if letter not in shown:
            raise NotFound("option", letter)
        return shown[letter]


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


def deal(questions: Sequence[Question], seed: str) -> Deal:
    """Shuffle the questions within each run of one type, and the options of each; the same seed deals the same.

    Attempts under way are dealt again on every page, so this must not change between releases.
    """
    rng = Random(seed)
    order: list[int] = []
    for _, run in groupby(range(len(questions)), key=lambda index: questions[index].type):
        indices = list(run)
        rng.shuffle(indices)
        order += indices
    return Deal(tuple(order), tuple(_shown_option_ids(questions[index], rng) for index in order))


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
        )
        for position, question in enumerate(questions[index] for index in dealt.order)
    )


def as_shown(question: Question, dealt: Deal, position: int) -> Question:
    """The whole question with its options in the order and under the letters this person saw: for the review after
    closing, where the key is printed in their letters."""
    options = {option.id: option for option in question.options}
    shown = [options[option_id] for option_id in dealt.option_ids[position]]
    return replace(
        question,
        options=tuple(Option(letter, o.text, o.proof) for letter, o in zip(ascii_uppercase, shown, strict=False)),
        key=frozenset(dealt.shown_letter(position, option_id) for option_id in question.key),
    )


def _shown_option_ids(question: Question, rng: Random) -> tuple[str, ...]:
    ids = [option.id for option in question.options]
    if question.type is not TypeName.TRUE_FALSE:
        rng.shuffle(ids)
    return tuple(ids)
