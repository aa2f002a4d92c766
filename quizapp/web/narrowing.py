"""What a person chose to see of a list: it stands in the address, so that every choice is a link."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from quizapp.core.narrowing import Chosen
from quizapp.core.narrowing import Facet
from quizapp.core.narrowing import Narrowed
from quizapp.core.narrowing import counts
from quizapp.core.narrowing import without

#: A choice is shorter than this, or is none.
LONGEST = 4000


@dataclass(frozen=True)
class Chip:
    """One value that a list can be narrowed by: its word, how many lines it would show, the address that chooses it."""

    word: str
    count: int
    query: Mapping[str, str]
    is_chosen: bool


def chosen_of(facets: Iterable[Facet]) -> Chosen:
    """What the address says about these."""
    told = {facet: request.args.get(facet.value, "") for facet in facets}
    return {facet: value for facet, value in told.items() if value and len(value) <= LONGEST}


def query_of(chosen: Chosen) -> dict[str, str]:
    """The part of an address that says the choice."""
    return {facet.value: value for facet, value in chosen.items()}


def chips(
    lines: Sequence[Narrowed],
    chosen: Chosen,
    facet: Facet,
    order: Iterable[str],
    word: Callable[[str], str],
    *,
    under: Collection[Facet] = (),
    must_choose: bool = False,
) -> list[Chip]:
    """The values of a facet in this order, those that show nothing left out unless one is chosen.

    `under` is what another value of this facet does away with; where one value must be chosen, choosing it again keeps
    it, and every value of the order is there.
    """
    found = counts(lines, chosen, facet, under)
    own = chosen.get(facet)
    rest = without(chosen, {facet, *under})
    shown = [value for value in dict.fromkeys(order) if must_choose or value in found or value == own]
    shown += [own] if own is not None and own not in shown else []
    return [
        Chip(
            word(value),
            found.get(value, 0),
            query_of(rest if value == own and not must_choose else {**rest, facet: value}),
            value == own,
        )
        for value in shown
    ]
