"""What the drafting pipeline hands to the desk."""

from dataclasses import dataclass
from enum import StrEnum

from quizapp.core.question import Question


class Kind(StrEnum):
    """The kinds of question that can be drafted from a speech (a kind gives questions of one type)."""

    SET_MC = "set_mc"
    SET_CLOZE = "set_cloze"
    PAIR_SC = "pair_sc"
    PAIR_TF = "pair_tf"


@dataclass(frozen=True)
class Draft:
    """A question nobody has approved, with what it was drafted from.

    `key_point` is the index of its key point in the reading's `sets`. `fingerprint` is stable: the same speech gives
    the same fingerprints, so drafting again doubles nothing.
    """

    kind: Kind
    question: Question
    key_point: int
    fingerprint: str


@dataclass(frozen=True)
class Rejected:
    """A candidate that a gate refused: the gate (`G1`…`G20`), the kind, and what it was about."""

    gate: str
    kind: Kind
    stem: str


@dataclass(frozen=True)
class Drafting:
    """All drafts of one speech, in the order of the speech, and what was refused."""

    drafts: tuple[Draft, ...]
    rejected: tuple[Rejected, ...]
