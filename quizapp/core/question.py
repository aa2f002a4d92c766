"""A question as a value: what is asked, what is right, and the sentence that proves it."""

from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum

#: A question has at most this many options, right options or blanks. Every fraction a type can give then has a
#: denominator that divides UNITS (the least common multiple of 1..10), so marks are whole numbers of units and SQL can
#: add them without rounding.
MAX_PARTS = 10
UNITS = 2520


class TypeName(StrEnum):
    """The types of question that are whole in this version. The value is stored and written in question sets."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    FILL_IN = "fill_in"


class Interaction(StrEnum):
    """How a person answers; pages and formats know interactions, never types."""

    CHOICE = "choice"
    TEXT = "text"


class MultipleRule(StrEnum):
    """How a paper marks multiple choice; printed on the paper."""

    ALL_OR_NOTHING = "all_or_nothing"
    PARTIAL = "partial"


@dataclass(frozen=True)
class Option:
    """One option. `id` is a capital letter, unique in its question; true/false uses T and F."""

    id: str
    text: str
    #: Why a machine-drafted option is right or wrong; empty for questions written by people.
    proof: str = ""


@dataclass(frozen=True)
class Source:
    """Where a question comes from.

    `start` and `end` are half-open offsets of `quote` in the cleaned text of the speech when the speech is in the
    library; both None for a set that names its source in words only.
    """

    speech: str
    heading: str = ""
    quote: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Question:
    """What one question version holds.

    `key` holds the ids of the right options (choice). `blanks` holds, for each blank in order, the accepted wordings,
    the first being the one shown (text); blanks in the stem are written as ______ (six underscores).
    """

    type: TypeName
    stem: str
    options: tuple[Option, ...] = ()
    key: frozenset[str] = frozenset()
    blanks: tuple[tuple[str, ...], ...] = ()
    #: Several blanks of one closed list may be filled in any order.
    any_order: bool = False
    explanation: str = ""
    source: Source = field(default_factory=lambda: Source(""))
    #: 1 (easy) to 5 (hard), estimated until people have answered.
    difficulty: int = 2


#: What a person gave: option ids (choice) or one text for each blank (text).
Response = frozenset[str] | tuple[str, ...]
BLANK = "______"
