"""What lies on the review desk, and what of it an editor wants to see: choosing, counting, ordering."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum

from quizapp.core.question import TypeName
from quizapp.core.states import WAITING
from quizapp.core.states import QuestionState


class Group(StrEnum):
    """The piles of the desk, in the order they are worked through."""

    RECHECK = "recheck"
    DOUBTED = "doubted"
    SUSPECT = "suspect"
    WAITING = "waiting"
    SENT_BACK = "sent_back"


class Facet(StrEnum):
    """What the desk can be narrowed by."""

    GROUP = "group"
    SET = "set"
    TYPE = "type"
    KIND = "kind"
    HEADING = "heading"
    DIFFICULTY = "difficulty"


class Order(StrEnum):
    """How the desk is sorted within a pile."""

    SPEECH = "speech"
    WORTH = "worth"


#: What a question's group is while its state alone speaks.
GROUP_OF = {
    QuestionState.RECHECK: Group.RECHECK,
    QuestionState.IN_REVIEW: Group.WAITING,
    QuestionState.SENT_BACK: Group.SENT_BACK,
}
HEADINGS_APART = " › "
#: Stands for having none: no kind, because people wrote the question; no heading above it.
NONE = "-"


@dataclass(frozen=True)
class Line:
    """One question of the desk, as far as choosing and ordering need to know it.

    `set_place` is where its set stands among the sets, `start` where its sentence stands in the speech. `is_opened`:
    the editor who asks has had this version on the screen.
    """

    question_id: int
    public_id: str
    number: int
    state: QuestionState
    set_id: str
    set_place: int
    type: TypeName
    kind: str
    heading: str
    difficulty: int
    worth: float
    start: int | None = None
    is_doubted: bool = False
    #: Whether its key is probably wrong, by what people answered.
    is_suspect: bool = False
    is_opened: bool = False

    @property
    def is_to_decide(self) -> bool:
        """Whether it waits for a reviewer, not for a correction."""
        return self.state in WAITING or self.is_doubted or self.is_suspect

    @property
    def groups(self) -> frozenset[Group]:
        own = {GROUP_OF[self.state]} if self.state in GROUP_OF else set()
        told = {Group.DOUBTED: self.is_doubted, Group.SUSPECT: self.is_suspect}
        return frozenset(own | {group for group, holds in told.items() if holds})

    def values(self, facet: Facet) -> frozenset[str]:
        """What the question is under this facet."""
        if facet is Facet.GROUP:
            return frozenset(group.value for group in self.groups)
        return frozenset({self._value(facet)})

    def _value(self, facet: Facet) -> str:
        told = {
            Facet.SET: self.set_id,
            Facet.TYPE: self.type.value,
            Facet.KIND: self.kind or NONE,
            Facet.HEADING: top_heading(self.heading) or NONE,
            Facet.DIFFICULTY: str(self.difficulty),
        }
        return told[facet]


@dataclass(frozen=True)
class Choice:
    """What an editor wants to see: at most one value of each facet, and an order."""

    values: Mapping[Facet, str] = field(default_factory=dict)
    order: Order = Order.SPEECH

    def but(self, facet: Facet) -> "Choice":
        """The same without this facet."""
        return Choice({name: value for name, value in self.values.items() if name is not facet}, self.order)

    def has(self, line: Line) -> bool:
        return all(value in line.values(facet) for facet, value in self.values.items())


def top_heading(path: str) -> str:
    """The first heading of a path of headings."""
    return path.split(HEADINGS_APART)[0]


def chosen(lines: Iterable[Line], choice: Choice) -> list[Line]:
    """The lines that an editor wants to see, in the order of the choice."""
    return sorted((line for line in lines if choice.has(line)), key=lambda line: place(line, choice.order))


def place(line: Line, order: Order) -> tuple[float, ...]:
    """What lines are sorted by: pile by pile, then as the speech goes or by worth."""
    pile = min((list(Group).index(group) for group in line.groups), default=list(Group).index(Group.WAITING))
    worth = -line.worth if order is Order.WORTH else 0.0
    return pile, worth, line.set_place, line.start if line.start is not None else -1, line.question_id


def counts(lines: Iterable[Line], choice: Choice, facet: Facet) -> dict[str, int]:
    """How many questions each value of a facet would show, everything else chosen as it is."""
    others = choice.but(facet)
    return dict(Counter(value for line in lines if others.has(line) for value in line.values(facet)))


def next_to_decide(lines: Sequence[Line], after: Line, order: Order) -> Line | None:
    """The line to decide after this one: the next that waits, from the top again at the end; None when none does.

    `lines` are in their order; `after` need not be one of them any more.
    """
    here = place(after, order)
    waiting = [line for line in lines if line.is_to_decide and line.question_id != after.question_id]
    return next((line for line in waiting if place(line, order) > here), waiting[0] if waiting else None)
