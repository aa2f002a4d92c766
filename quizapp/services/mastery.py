"""How well key points are remembered: one's own map, a section's, and what the office as a whole has forgotten.

One's own map is shown to nobody else. A section's figures are told of three people and more, and name nobody.
"""

from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from fractions import Fraction
from typing import Generic
from typing import TypeVar

from sqlalchemy.orm import Session

from quizapp.core.coverage import ANSWERS_NEEDED
from quizapp.core.coverage import KNOWN_FROM
from quizapp.core.errors import NotFound
from quizapp.core.mastery import NEVER_SEEN
from quizapp.core.mastery import Held
from quizapp.core.mastery import Remembered
from quizapp.core.mastery import Standing
from quizapp.core.mastery import held
from quizapp.core.mastery import of_people
from quizapp.core.mastery import told
from quizapp.core.memory import recall
from quizapp.core.practice import Matter
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.db import mastery as rows
from quizapp.db import people
from quizapp.db import practice as practice_rows
from quizapp.db.mastery import AskedQuestion
from quizapp.db.mastery import Source
from quizapp.db.mastery import Topic
from quizapp.services import report_places
from quizapp.services.report_places import Node

Figure = TypeVar("Figure", Held, Remembered)


# A map: speeches, their headings, their key points (and questions that belong to none)


@dataclass(frozen=True)
class Cell(Generic[Figure]):
    """A key point with what is known of it."""

    topic: Topic
    figure: Figure


@dataclass(frozen=True)
class SpeechMap(Generic[Figure]):
    """The key points of a speech, or questions of a set, under their top headings; a heading may be empty."""

    source: Source
    headings: Sequence[tuple[str, Sequence[Cell[Figure]]]]

    @property
    def cells(self) -> Sequence[Cell[Figure]]:
        return [cell for _, cells in self.headings for cell in cells]

    @property
    def counts(self) -> Mapping[Standing, int]:
        return Counter(cell.figure.standing for cell in self.cells)


def _maps(
    session: Session, topics: Iterable[Topic], figure: Callable[[Topic], Figure | None]
) -> Sequence[SpeechMap[Figure]]:
    """The newest speech first; topics without a figure, and speeches without topics, are left out."""
    of_source: dict[str, list[Cell[Figure]]] = defaultdict(list)
    for topic in topics:
        found = figure(topic)
        if found is not None:
            of_source[topic.source].append(Cell(topic, found))
    sources = [source for source in rows.sources(session) if source.key in of_source]
    return [SpeechMap(source, _by_heading(of_source[source.key])) for source in sources]


def _by_heading(cells: Sequence[Cell[Figure]]) -> Sequence[tuple[str, Sequence[Cell[Figure]]]]:
    """In the order of the text. What no question places stands with what comes before it."""
    found: dict[str, list[Cell[Figure]]] = {}
    heading = next((cell.topic.heading for cell in cells if cell.topic.heading), "")
    for cell in cells:
        heading = cell.topic.heading or heading
        found.setdefault(heading, []).append(cell)
    return list(found.items())


# One's own


@dataclass(frozen=True)
class OwnMap:
    """Everything that somebody remembers or could practise, speech by speech."""

    speeches: Sequence[SpeechMap[Held]]
    #: Key points that are due by now.
    due: int

    @property
    def counts(self) -> Mapping[Standing, int]:
        return sum((Counter(each.counts) for each in self.speeches), Counter())


@dataclass(frozen=True)
class OwnTopic:
    """A key point, or a question that belongs to none, with what one remembers of it.

    The sentence is empty, and items are, while no question about it may be practised: the sentence may tell a key.
    """

    matter: Matter
    name: str
    source: Source
    held: Held
    may_practise: bool
    sentence: str
    items: Sequence[str]


def own_map(session: Session, actor: Actor, *, now: datetime) -> OwnMap:
    """One's own map: key points that may be practised now, and whatever one holds a card of."""
    _require_own(actor)
    cards, open_now = rows.cards(session, actor.person_id), rows.open_matters(session, now)

    def figure(topic: Topic) -> Held | None:
        if topic.matter in cards:
            return held(*cards[topic.matter], now)
        return NEVER_SEEN if topic.matter in open_now else None

    speeches = _maps(session, rows.topics(session, _questions(cards)), figure)
    return OwnMap(speeches, sum(cell.figure.is_due(now) for each in speeches for cell in each.cells))


def own_point(session: Session, actor: Actor, speech_id: str, number: int, *, now: datetime) -> OwnTopic:
    """One key point of the own map, by its speech and its number in it.

    :raise NotFound: if it is not on it
    """
    _require_own(actor)
    row = rows.point(session, speech_id, number)
    if row is None:
        raise NotFound("key point", (speech_id, number))
    return _own_topic(session, actor, Matter(row.id, None), row.items, now)


def own_question(session: Session, actor: Actor, public_id: str, *, now: datetime) -> OwnTopic:
    """One question of the own map that belongs to no key point.

    :raise NotFound: if it is not on it
    """
    _require_own(actor)
    question_id = rows.question(session, public_id)
    if question_id is None:
        raise NotFound("question", public_id)
    return _own_topic(session, actor, Matter(None, question_id), (), now)


def _own_topic(session: Session, actor: Actor, matter: Matter, items: Sequence[str], now: datetime) -> OwnTopic:
    cards = rows.cards(session, actor.person_id)
    may_practise = matter in rows.open_matters(session, now)
    topic = next(each for each in rows.topics(session, _questions([matter])) if each.matter == matter)
    if matter not in cards and not (may_practise and matter.key_point_id is not None):
        raise NotFound("topic", topic.ref)
    return OwnTopic(
        matter=matter,
        name=topic.name,
        source=next(source for source in rows.sources(session) if source.key == topic.source),
        held=held(*cards[matter], now) if matter in cards else NEVER_SEEN,
        may_practise=may_practise,
        sentence=rows.quotes(session, [matter])[matter] if may_practise else "",
        items=items if may_practise else (),
    )


def _questions(matters: Iterable[Matter]) -> Collection[int]:
    return [each.question_id for each in matters if each.question_id is not None]


def _require_own(actor: Actor) -> None:
    require(actor, Action.PRACTICE_OWN, Subject("mastery", "own", owner_id=actor.person_id))


# A section


@dataclass(frozen=True)
class SectionMap:
    """What a section with all below it remembers; `weakest` are the same cells, the lowest mean first.

    `hidden` key points are remembered by somebody, but by too few to tell. `made_on` is None while sums are made.
    There are `quotes` of what may be practised now: the others may tell a key.
    """

    at: Node
    speeches: Sequence[SpeechMap[Remembered]]
    weakest: Sequence[Cell[Remembered]]
    quotes: Mapping[Matter, str]
    hidden: int
    made_on: date | None

    @property
    def counts(self) -> Mapping[Standing, int]:
        return Counter(cell.figure.standing for cell in self.weakest)

    @property
    def titles(self) -> Mapping[str, str]:
        """By the key of each source."""
        return {each.source.key: each.source.title for each in self.speeches}


def section_map(session: Session, actor: Actor, public_id: str, *, now: datetime) -> SectionMap:
    """The map of a section that the actor oversees.

    :raise NotFound: if there is none; :raise NotAllowed: if the actor does not oversee it
    """
    at = report_places.node(session, actor, public_id)
    assert at.section is not None
    below: dict[int, list[int]] = {}
    for row in people.sections(session):
        below.setdefault(row.parent_id or 0, []).append(row.id)
    sums = rows.sums_of(session, at.ids)
    figures = {matter: told(own, below, at.section.id) for matter, own in sums.items()}
    shown = {matter: figure for matter, figure in figures.items() if figure.people}
    speeches = _maps(session, rows.topics(session, _questions(shown)), lambda topic: shown.get(topic.matter))
    cells = [cell for each in speeches for cell in each.cells]
    return SectionMap(
        at=at,
        speeches=speeches,
        weakest=sorted(cells, key=lambda cell: (cell.figure.mean, cell.topic.ref)),
        quotes=rows.quotes(session, shown.keys() & rows.open_matters(session, now)),
        hidden=len(figures) - len(shown),
        made_on=rows.summed_on(session, at.ids),
    )


# Summing up


def section_to_sum_up(session: Session, today: date) -> int | None:
    """A section whose sums were not made today; None as well while a sitting waits to be taken in, which changes
    them."""
    if practice_rows.sitting_to_take_in(session) is not None:
        return None
    return rows.section_to_sum_up(session, today)


def read_section(session: Session, section_id: int, *, now: datetime) -> Mapping[Matter, Remembered]:
    """What the people of a section remember today: a tenth of a second for a hundred of them."""
    recalls: dict[Matter, list[float]] = defaultdict(list)
    for matter, memory in rows.memories_in(session, section_id):
        recalls[matter].append(recall(memory, now))
    return {matter: of_people(found) for matter, found in recalls.items()}


def keep_section(session: Session, section_id: int, sums: Mapping[Matter, Remembered], today: date) -> None:
    """Put these sums in the place of those from before."""
    rows.keep(session, section_id, sums, today)
    session.flush()


# The office


@dataclass(frozen=True)
class Forgotten:
    """A key point that the office has forgotten, with its words and its questions (public id, stem)."""

    cell: Cell[Remembered]
    source: Source
    quote: str
    questions: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Known:
    """A question that nearly everybody answers rightly; `facility` is the mean share of its mark."""

    question: AskedQuestion
    facility: Fraction


@dataclass(frozen=True)
class OfficeMastery:
    """What the whole office has forgotten, the lowest first, and what it knows too well to be asked again.

    `points` is of how many key points enough people remember anything.
    """

    forgotten: Sequence[Forgotten]
    known: Sequence[Known]
    points: int
    made_on: date | None


def office(session: Session, actor: Actor) -> OfficeMastery:
    """For editors: what to ask again, and what to retire."""
    require(actor, Action.STATISTICS_READ, Subject("mastery", "office"))
    sums, low = rows.office_sums(session), rows.forgotten(session, None)
    maps = _maps(
        session,
        rows.topics(session, _questions(low)),
        lambda topic: sums[topic.matter] if topic.matter in low else None,
    )
    quotes, questions = rows.quotes(session, low), rows.questions_about(session, low)
    found = [
        Forgotten(cell, each.source, quotes.get(cell.topic.matter, ""), questions.get(cell.topic.matter, ()))
        for each in maps
        for cell in each.cells
    ]
    return OfficeMastery(
        forgotten=sorted(found, key=lambda each: (each.cell.figure.mean, each.cell.topic.ref)),
        known=_known(session),
        points=len(sums),
        made_on=rows.summed_on(session),
    )


def _known(session: Session) -> Sequence[Known]:
    """Approved questions of a facility from KNOWN_FROM by ANSWERS_NEEDED answers, the easiest first."""
    asked = [each for each in rows.asked_questions(session) if each.answers >= ANSWERS_NEEDED and each.full]
    found = [Known(each, Fraction(each.units, each.full)) for each in asked]
    return sorted(
        (each for each in found if each.facility >= KNOWN_FROM),
        key=lambda each: (-each.facility, -each.question.answers, each.question.public_id),
    )
