"""Which key points somebody practises today: five that are worth most.

Worth is what a review saves from being forgotten: the recall in two weeks with an answer today, right or wrong as the
memory model expects it, less the recall without. That prefers neither what is nearly lost, which comes back only
a little, nor what is quite safe, and needs no rule of its own for either. What was wrong and what the next sitting asks
weighs somewhat more. `python -m bench.practice` says what such a choice is worth to an office.
"""

from collections.abc import Collection
from collections.abc import Hashable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Generic
from typing import TypeVar

from quizapp.core.memory import LONGEST_DAYS
from quizapp.core.memory import RETENTION
from quizapp.core.memory import Memory
from quizapp.core.memory import elapsed_days
from quizapp.core.memory import outlook
from quizapp.core.memory import recall_after

#: The days from today after which recall is compared. One week to four, or a mean over them, choose no better.
AHEAD = 14
#: How much more the worth of a review weighs for what the next sitting asks, and for a mistake. Heavier weights
#: raise the sitting's scores, and cost the rest of what was learnt more than that.
COMING, WRONG = 1.25, 1.1
#: One place in so many is kept for a new point of the next sitting, while no more is due than so many days of
#: practice: kept longer, it costs more of what was learnt than it brings to the sitting.
KEPT_EVERY, LOAD_DAYS = 5, 2

Subject = TypeVar("Subject", bound=Hashable)


@dataclass(frozen=True)
class Candidate(Generic[Subject]):
    """A key point that can be asked: `memory` is None where it never was."""

    subject: Subject
    memory: Memory | None
    #: Among the mistakes that are not made good.
    wrong: bool = False
    #: The sets of the next sitting ask it.
    coming: bool = False


def choose(candidates: Collection[Candidate[Subject]], number: int, now: datetime, seed: str) -> list[Subject]:
    """The subjects to practise today, at most `number`, what is worth most first.

    What was rated today is left out: a second answer would rate nothing. New points have the places that due ones
    leave, those of the next sitting also the kept ones; then comes what is not due yet. The seed settles ties.
    """
    chance = Random(seed)  # noqa: S311 -- ties, not secrets
    old, new, due = [], [], 0
    for candidate in candidates:
        tie = chance.random()
        if candidate.memory is None:
            new.append((not candidate.coming, not candidate.wrong, tie, candidate))
        elif days := elapsed_days(candidate.memory, now):
            recalled = recall_after(days, candidate.memory.stability)
            due += recalled < RETENTION or days >= LONGEST_DAYS
            old.append((-_worth(candidate, candidate.memory, days, recalled), tie, candidate))
    first = [entry[-1] for entry in sorted(old, key=lambda entry: entry[:-1])]
    fresh = [entry[-1] for entry in sorted(new, key=lambda entry: entry[:-1])]
    return [candidate.subject for candidate in _placed(first, fresh, number, due)]


def _worth(candidate: Candidate[Subject], memory: Memory, days: int, recalled: float) -> float:
    """How much better it is recalled AHEAD from now for an answer today, weighed; `days` ago it was rated.

    Below zero where it is remembered so well that the chance of a slip outweighs what an answer adds.
    """
    right, wrong = outlook(memory, recalled)
    expected = recalled * recall_after(AHEAD, right) + (1 - recalled) * recall_after(AHEAD, wrong)
    gain = expected - recall_after(days + AHEAD, memory.stability)
    weight = (COMING if candidate.coming else 1) * (WRONG if candidate.wrong else 1)
    return gain * weight if gain > 0 else gain / weight


def _placed(
    old: Sequence[Candidate[Subject]], new: Sequence[Candidate[Subject]], number: int, due: int
) -> Sequence[Candidate[Subject]]:
    """Old and new in their order, as many as there are places."""
    has_room = due <= number * LOAD_DAYS
    kept = min(number // KEPT_EVERY, sum(candidate.coming for candidate in new)) if has_room else 0
    places = min(len(new), max(number - due, kept))
    places_of_old = min(len(old), number - places)
    return [*old[:places_of_old], *new[: number - places_of_old]]
