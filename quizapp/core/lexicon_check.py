"""Which terms of the lexicon a speech has itself, as items of what was found in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import TermClass
from quizapp.core.lexicon import bare
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading


@dataclass(frozen=True)
class SharedTerm:
    """A term of a class that is an item of a finding, too."""

    term: str
    term_class: TermClass
    point: KeyPoint


def shared_terms(reading: Reading, lexicon: Lexicon) -> Iterator[SharedTerm]:
    """Every term of the lexicon that a finding of this speech has as an item, in the order of the speech.

    A warning, not a fault: a term that stands in a speech is never a wrong option there. But a class whose terms the
    library's speeches say has fewer left than it looks.
    """
    known = terms_by_wording(lexicon)
    for point in reading.points:
        told = dict.fromkeys(wording for item in point.items for wording in wordings(item))
        yield from (SharedTerm(term, each, point) for wording in told for term, each in known.get(wording, ()))


def wordings(item: Item) -> tuple[str, str]:
    """An item as the speech has it and as the office says it: 勤奋, 勤奋型."""
    return bare(item.text), bare(item.display)


def terms_by_wording(lexicon: Lexicon) -> dict[str, list[tuple[str, TermClass]]]:
    known: dict[str, list[tuple[str, TermClass]]] = {}
    for each in lexicon.classes:
        for term in each.terms:
            known.setdefault(bare(term), []).append((term, each))
    return known
