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
    """The types of question, in the order of a paper. The value is stored and written in question sets."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    FILL_IN = "fill_in"
    MATCHING = "matching"
    ORDERING = "ordering"
    SHORT_ANSWER = "short_answer"


class Interaction(StrEnum):
    """How a person answers; pages and formats know interactions, never types."""

    CHOICE = "choice"
    TEXT = "text"
    MATCH = "match"
    ORDER = "order"
    ESSAY = "essay"


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
class ScoringPoint:
    """One point that a short answer earns by saying it (采分点).

    `keywords` are groups of wordings: the point is proposed as said when a wording of every group occurs. Whether it is
    said, a person decides.
    """

    text: str
    keywords: tuple[tuple[str, ...], ...] = ()


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
    the first being the one shown (text); blanks in the stem are written as ______ (six underscores). `pairs` holds, for
    each line of the left column, its text and the id of the option that belongs to it (match): every option belongs to
    one line at most, and options that belong to none mislead. `right_order` holds the ids of all options in the order
    asked for (order). `points` holds what a short answer is marked by (essay).
    """

    type: TypeName
    stem: str
    options: tuple[Option, ...] = ()
    key: frozenset[str] = frozenset()
    blanks: tuple[tuple[str, ...], ...] = ()
    #: Several blanks of one closed list may be filled in any order.
    any_order: bool = False
    pairs: tuple[tuple[str, str], ...] = ()
    right_order: tuple[str, ...] = ()
    points: tuple[ScoringPoint, ...] = ()
    explanation: str = ""
    source: Source = field(default_factory=lambda: Source(""))
    #: 1 (easy) to 5 (hard), estimated until people have answered.
    difficulty: int = 2


#: What a person gave: option ids (choice); one text for each blank (text); one option id, or "", for each line of the
#: left column (match); the option ids in the order given (order); one text (essay).
Response = frozenset[str] | tuple[str, ...]
BLANK = "______"
