"""What the drafting pipeline hands to the desk."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from quizapp.core.question import Question


class Bloom(StrEnum):
    """What a question asks of the mind (Anderson & Krathwohl 2001, the revision of Bloom's taxonomy)."""

    REMEMBER = "remember"
    UNDERSTAND = "understand"
    APPLY = "apply"
    ANALYSE = "analyse"


@dataclass(frozen=True)
class Draft:
    """A question nobody has approved, with what it was drafted from.

    `kind` names the kind of drafted question (`SET_MC`). `key_point` is the index of its key point in the reading's
    `points`, None where it stands on `heading` (an index into the outline) alone. `fingerprint` is stable: the same
    speech gives the same fingerprints, so drafting again doubles nothing. `worth` ranks the drafts of one speech;
    `reasons` say, in words for the editor, why it was chosen and why it has that worth.
    """

    kind: str
    question: Question
    key_point: int | None
    fingerprint: str
    bloom: Bloom
    worth: float
    reasons: tuple[str, ...] = ()
    heading: int | None = None


@dataclass(frozen=True)
class Rejected:
    """A candidate that a gate refused: the gate (`G1`…`G20`), the kind, and the stem it had."""

    gate: str
    kind: str
    stem: str


@dataclass(frozen=True)
class Drafting:
    """All drafts of one speech, in the order of the speech, and what was refused."""

    drafts: tuple[Draft, ...]
    rejected: tuple[Rejected, ...]

    @property
    def histogram(self) -> Mapping[str, int]:
        """How many candidates each gate refused, in the order of the gates."""
        counts = Counter(each.gate for each in self.rejected)
        return {gate: counts[gate] for gate in sorted(counts, key=lambda gate: int(gate[1:]))}
