"""Lists that people narrow by what a line is under each facet: what remains, and how much another choice would show."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol
from typing import TypeVar


class Facet(StrEnum):
    """What questions to practise, and mistakes, can be narrowed by."""

    STATE = "state"
    SPEECH = "speech"
    SET = "set"
    HEADING = "heading"
    POINT = "point"
    TYPE = "type"
    DIFFICULTY = "difficulty"
    ORIGIN = "origin"
    TIMES = "times"


class MistakeState(StrEnum):
    """Whether a mistake has been made good."""

    OPEN = "open"
    CLEARED = "cleared"


class Times(StrEnum):
    """How often a question was answered wrongly."""

    ONCE = "once"
    AGAIN = "again"


class Narrowed(Protocol):
    """A line of a list that can be narrowed: under each facet it is one thing, or nothing."""

    @property
    def facets(self) -> Mapping[Facet, str]: ...


Line = TypeVar("Line", bound=Narrowed)
Chosen = Mapping[Facet, str]


def has(chosen: Chosen, line: Narrowed) -> bool:
    return all(line.facets.get(facet) == value for facet, value in chosen.items())


def narrowed(lines: Iterable[Line], chosen: Chosen) -> list[Line]:
    """The lines that are all that was chosen, in their order."""
    return [line for line in lines if has(chosen, line)]


def without(chosen: Chosen, facets: Collection[Facet]) -> Chosen:
    return {facet: value for facet, value in chosen.items() if facet not in facets}


def counts(lines: Iterable[Narrowed], chosen: Chosen, facet: Facet, dropped: Collection[Facet] = ()) -> dict[str, int]:
    """How many lines each value of a facet would show, everything else chosen as it is, but for what is `dropped` when
    this facet changes (the headings of one speech say nothing of another)."""
    others = without(chosen, {facet, *dropped})
    return dict(Counter(line.facets[facet] for line in lines if facet in line.facets and has(others, line)))
