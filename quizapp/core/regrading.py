"""更正: a question whose key was found wrong after the sitting, what it earns then, and what that changes.

What was decided lies over what was asked and answered: neither answers nor marks given by people are ever changed.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from quizapp.core.grading import grade
from quizapp.core.grading import units
from quizapp.core.marking import is_blank
from quizapp.core.marking import units_said
from quizapp.core.question import UNITS
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.types import TYPES
from quizapp.core.types.base import same_text
from quizapp.core.types.fill_in import plain


class Method(StrEnum):
    """What becomes of a question whose key was wrong."""

    #: 按新答案: marked by the key of a newer version that asks the same.
    NEW_KEY = "new_key"
    #: 送分: everybody who was dealt it gets its whole mark.
    GRANT = "grant"
    #: 作废: it counts for nobody, and the full score is less by its mark.
    VOID = "void"


class NoNewKey(StrEnum):
    """Why a question cannot be marked by a newer key."""

    BY_PEOPLE = "by_people"
    NO_NEWER = "no_newer"
    NOT_APPROVED = "not_approved"
    ASKS_OTHER = "asks_other"
    SAME_KEY = "same_key"


#: Whatever was answered, so nobody has to mark it.
OVERRULING = frozenset({Method.GRANT, Method.VOID})


@dataclass(frozen=True)
class Progress:
    """How far scoring anew has come; counts of papers."""

    total: int
    looked: int
    changed: int
    finished: bool


@dataclass(frozen=True)
class Standing:
    """What was decided of one place of a paper, as its people are told."""

    method: Method
    reason: str
    at: datetime


# Which newer version asks the same


def in_letters_of(asked: Question, newer: Question) -> Question | None:
    """The question as it was asked, with the newer version's key and what proves it, in the letters of the old one.

    None where answers to the one do not mean the same in the other: another type, other options, lines or blanks; or
    where people mark.
    """
    kind = TYPES[asked.type]
    letters = _letters(asked, newer)
    lefts = _by_left(newer)
    same = (
        asked.type is newer.type
        and not kind.is_marked_by_person
        and letters is not None
        and lefts.keys() == _by_left(asked).keys()
        and len(newer.blanks) == len(asked.blanks)
    )
    if not same or letters is None:
        return None
    return replace(
        asked,
        key=frozenset(letters[option_id] for option_id in newer.key),
        pairs=tuple((left, letters[lefts[same_text(left)]]) for left, _ in asked.pairs),
        right_order=tuple(letters[option_id] for option_id in newer.right_order),
        blanks=newer.blanks,
        any_order=newer.any_order,
        explanation=newer.explanation,
        source=newer.source,
    )


def _letters(asked: Question, newer: Question) -> Mapping[str, str] | None:
    """The old option ids by the new ones; None where the options do not say the same."""
    old = {same_text(option.text): option.id for option in asked.options}
    new = {same_text(option.text): option.id for option in newer.options}
    return {new[text]: old[text] for text in new} if old.keys() == new.keys() else None


def _by_left(question: Question) -> Mapping[str, str]:
    return {same_text(left): option_id for left, option_id in question.pairs}


def in_letters_of_newer(asked: Question, newer: Question, value: Sequence[str]) -> list[str]:
    """A stored answer to the question as it was asked, as it would be stored for the newer version, which asks the
    same."""
    old = _letters(asked, newer) or {}
    letters = {old_id: new_id for new_id, old_id in old.items()}
    moved = [letters.get(each, each) for each in value] if asked.options else list(value)
    if asked.pairs and value:
        by_left = {same_text(left): each for (left, _), each in zip(asked.pairs, moved, strict=False)}
        return [by_left.get(same_text(left), "") for left, _ in newer.pairs]
    return sorted(moved) if asked.key else moved


def same_key(one: Question, other: Question) -> bool:
    """Whether two questions of one text mark every answer alike."""
    return _key(one) == _key(other)


def _key(question: Question) -> tuple[object, ...]:
    blanks = tuple(frozenset(map(plain, wordings)) for wordings in question.blanks)
    return question.key, question.pairs, question.right_order, blanks, question.any_order


def still_sound(question: Question, accepted: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Those of the wordings accepted for an earlier key, as (blank, wording), that may count beside this one.

    Where blanks may be filled in any order, a word that belongs to another blank now would earn twice.
    """
    for blank, wording in accepted:
        others = (w for index, wordings in enumerate(question.blanks) if index != blank for w in wordings)
        if not question.any_order or all(plain(wording) != plain(other) for other in others):
            yield blank, wording


# What an answer earns


def mark(
    question: Question,
    value: Sequence[str],
    said: Sequence[bool] | None,
    full_mark: int,
    rule: MultipleRule,
    method: Method | None,
) -> int | None:
    """The mark in units for a stored answer as it counts now; None while a person has to give it.

    `said` is what a person found in a short answer.
    """
    if method is Method.VOID:
        return 0
    if method is Method.GRANT:
        return full_mark * UNITS
    kind = TYPES[question.type]
    if kind.is_marked_by_person:
        if said is not None:
            return units_said(said, full_mark)
        return 0 if is_blank("".join(value)) else None
    return units(grade(question, kind.restored(value), rule), full_mark) if value else 0


def held(earned: int, adjusted: int, full_units: int) -> int:
    """The score: what the answers earned and what was added or taken by hand, never below nought or above the full."""
    return min(max(earned + adjusted, 0), full_units)


# What a regrading would change


@dataclass(frozen=True)
class Group:
    """People who gave the same answer to a question and stand the same otherwise."""

    people: int
    value: tuple[str, ...]
    #: What a person found said; None where nobody has marked, or marks.
    said: tuple[bool, ...] | None
    #: The mark this answer has now; None while it waits for one.
    units: int | None
    #: What all answers together earn now, what was adjusted by hand, and the full score, in units.
    earned: int
    adjusted: int
    full_units: int
    #: How many answers of one of them wait for a person's mark.
    waiting: int


@dataclass(frozen=True)
class Side:
    """How everybody with a final score stands; `mean` is the mean share of the full score, None without any."""

    people: int
    passed: int
    mean: Fraction | None


@dataclass(frozen=True)
class Effect:
    """What regrading one question would change, in counts of people."""

    people: int
    #: (change of the score in units, how many people), the greatest gain first; those that keep theirs are not there.
    changes: tuple[tuple[int, int], ...]
    now_pass: int
    no_longer_pass: int
    before: Side
    after: Side
    #: The full scores that occur, in units, before and after.
    full_before: tuple[int, ...]
    full_after: tuple[int, ...]

    @property
    def changed(self) -> int:
        return sum(people for _, people in self.changes)

    @property
    def leaves_nothing(self) -> bool:
        """Whether somebody's paper would have no mark left to earn."""
        return 0 in self.full_after


@dataclass(frozen=True)
class _Score:
    units: int
    full_units: int
    final: bool

    @property
    def share(self) -> Fraction:
        return Fraction(self.units, self.full_units) if self.full_units else Fraction(0)

    def passes(self, percent: int) -> bool:
        return self.final and self.units * 100 >= percent * self.full_units


def effect(
    groups: Sequence[Group],
    was: Method | None,
    method: Method | None,
    question: Question,
    full_mark: int,
    rule: MultipleRule,
    pass_percent: int,
) -> Effect:
    """Compare everybody's score now, while `was` stands, with what it would be by this method and question."""
    moved = [(group.people, _now(group), _then(group, was, method, question, full_mark, rule)) for group in groups]
    changes: Counter[int] = Counter()
    for people, old, new in moved:
        changes[new.units - old.units] += people
    del changes[0]
    return Effect(
        people=sum(people for people, _, _ in moved),
        changes=tuple(sorted(changes.items(), reverse=True)),
        now_pass=sum(p for p, old, new in moved if not old.passes(pass_percent) and new.passes(pass_percent)),
        no_longer_pass=sum(p for p, old, new in moved if old.passes(pass_percent) and not new.passes(pass_percent)),
        before=_side([(people, old) for people, old, _ in moved], pass_percent),
        after=_side([(people, new) for people, _, new in moved], pass_percent),
        full_before=tuple(sorted({old.full_units for _, old, _ in moved})),
        full_after=tuple(sorted({new.full_units for _, _, new in moved})),
    )


def _now(group: Group) -> _Score:
    return _Score(held(group.earned, group.adjusted, group.full_units), group.full_units, group.waiting == 0)


def _then(
    group: Group, was: Method | None, method: Method | None, question: Question, full_mark: int, rule: MultipleRule
) -> _Score:
    own = mark(question, group.value, group.said, full_mark, rule, method)
    earned = group.earned - (group.units or 0) + (own or 0)
    full = group.full_units + ((was is Method.VOID) - (method is Method.VOID)) * full_mark * UNITS
    elsewhere = group.waiting - (group.units is None and was not in OVERRULING)
    return _Score(held(earned, group.adjusted, full), full, elsewhere + (own is None) == 0)


def _side(scores: Sequence[tuple[int, _Score]], percent: int) -> Side:
    final = [(people, score) for people, score in scores if score.final]
    count = sum(people for people, _ in final)
    total = sum((people * score.share for people, score in final), Fraction(0))
    passed = sum(people for people, score in final if score.passes(percent))
    return Side(count, passed, total / count if count else None)
