"""How hard a draft is, what it is worth asking, and why: estimates until people have answered.

Difficulty and worth follow generation rules of the house: a kind's own ease and prior, then what the key point is and
what the options give away. Every part of the worth leaves a reason in words, for the editor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from quizapp.core.kinds import KINDS
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import bare
from quizapp.core.lexicon import char_overlap
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.solvers import guesses
from quizapp.core.speech import PointKind

MANY_ITEMS = 6
ALIKE = 0.5
#: A wording said this often is no news to anybody who listened.
OFTEN = 3
NAMED, HIGH_UP, TIED = 3.0, 2.0, 1.5
HIGH_LEVEL = 2
#: Of an answer this long every further character adds nothing to what it tells.
TELLING = 24
GUESSED, KNOWN = 1.0, 0.5
#: Stems longer than this cost the reader more than they give.
LONG_STEM, STEM_ROOM = 50, 30


@dataclass(frozen=True)
class Scored:
    """A candidate that passed the gates, with its estimates."""

    candidate: Candidate
    difficulty: int
    worth: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Cues:
    """What makes a question easier than its kind: its stem gives it away, or everybody has heard the answer often."""

    is_guessed: bool
    is_known: bool


def scored(candidate: Candidate, material: Material) -> Scored:
    cues = Cues(guesses(candidate.question), is_common_knowledge(candidate, material))
    parts = [(reason, value) for reason, value in worth_of(candidate, material, cues) if round(value, 2)]
    reasons = tuple(f"{reason} {value:+.1f}" for reason, value in parts)
    return Scored(candidate, difficulty(candidate, material, cues), round(sum(value for _, value in parts), 2), reasons)


def worth_of(candidate: Candidate, material: Material, cues: Cues) -> Iterator[tuple[str, float]]:
    """What a question is worth, part by part."""
    kind = KINDS[candidate.kind]
    point = None if candidate.key_point is None else material.point(candidate.key_point)
    yield "讲话有名称的要点", NAMED if point is not None and point.kind is PointKind.NAMED else 0
    yield "一、二级标题下的内容", HIGH_UP if level(candidate, material) <= HIGH_LEVEL else 0
    yield "考查对应关系", TIED if kind.ties else 0
    yield f"题目种类“{kind.label}”", kind.prior
    yield "答案信息量", min(len(bare(candidate.asked)), TELLING) / TELLING
    yield "题干透露答案", -GUESSED if cues.is_guessed else 0
    yield "讲话反复提及，人人知晓", -KNOWN if cues.is_known else 0
    yield "题干偏长", -max(0, len(candidate.question.stem) - LONG_STEM) / STEM_ROOM


def level(candidate: Candidate, material: Material) -> int:
    """The level of the heading right above what is asked; 0 where there is none."""
    heading = heading_of(candidate, material)
    return 0 if heading is None else material.reading.outline[heading].level


def heading_of(candidate: Candidate, material: Material) -> int | None:
    return candidate.heading if candidate.key_point is None else material.point(candidate.key_point).heading


def difficulty(candidate: Candidate, material: Material, cues: Cues) -> int:
    """An estimate from 1 to 5, until people have answered."""
    point = None if candidate.key_point is None else material.point(candidate.key_point)
    is_large = point is not None and (len(point.items) >= MANY_ITEMS or point.homonym)
    harder = is_large or likeness(candidate.question) > ALIKE
    easier = cues.is_guessed or cues.is_known
    return min(5, max(1, KINDS[candidate.kind].ease + int(harder) - int(easier)))


def likeness(question: Question) -> float:
    """How alike the options are, on average."""
    shares = [char_overlap(one.text, other.text) for one, other in combinations(question.options, 2)]
    return sum(shares) / len(shares) if shares and question.type is not TypeName.TRUE_FALSE else 0.0


def is_common_knowledge(candidate: Candidate, material: Material) -> bool:
    """Whether the speech says every right wording again and again."""
    asked = [*candidate.right, *(blank[0] for blank in candidate.question.blanks)]
    is_told = candidate.question.type is not TypeName.TRUE_FALSE and bool(asked)
    return is_told and all(len(material.reading.said.places(text)) >= OFTEN for text in asked)
