"""Practising what one chooses: what there is, and runs of some of it, from the bank or from one's own mistakes.

A run has no row of its own. Everything about it stands in its address, and its answers are held under a page name that
follows from that: so a reload, the back button and a second tap find the same questions, and what was answered.
"""

import re
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import tzinfo
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.desk import top_heading
from quizapp.core.narrowing import Chosen
from quizapp.core.narrowing import Facet
from quizapp.core.narrowing import narrowed
from quizapp.core.practice import PracticeMode
from quizapp.core.question import Question
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.types import TYPES
from quizapp.db import practice as rows
from quizapp.db.attempts import PAGE_NAME
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.speeches import KeyPointRow
from quizapp.services import mistakes
from quizapp.services import practising
from quizapp.services.mistakes import Standing
from quizapp.services.practising import Explained
from quizapp.services.practising import Given
from quizapp.services.practising import Kept
from quizapp.services.practising import Outcome
from quizapp.services.practising import Reserved
from quizapp.services.practising import ToPractise

#: What the bank is narrowed by, in this order. The headings and key points of one set say nothing of another.
FACETS = (Facet.SET, Facet.HEADING, Facet.POINT, Facet.TYPE, Facet.DIFFICULTY)
UNDER = {Facet.SET: frozenset({Facet.HEADING, Facet.POINT}), Facet.HEADING: frozenset({Facet.POINT})}
FEWEST, USUAL, MOST = 5, 10, 50
#: Stands for having none: no heading, no key point.
NONE = "-"
#: Seconds at which a run was begun, and chance, both in hexadecimal digits.
SEED = re.compile(r"([0-9a-f]{8})-[0-9a-f]{8}")


@dataclass(frozen=True)
class Line:
    """A question that may be practised, as choosing needs it; `start` as in the speech, -1 where nobody knows."""

    question_id: int
    version_id: int
    set_name: str
    point: str
    start: int
    facets: Mapping[Facet, str]


@dataclass(frozen=True)
class Run:
    """A run of practice as its address says it: what was chosen, how many, and whether answers are shown at once."""

    mode: PracticeMode
    chosen: Chosen
    number: int
    at_once: bool
    seed: str

    @property
    def page(self) -> str:
        """What its answers are held under: when they are shown changes nothing about what was answered."""
        told = [self.mode.value, str(self.number), self.seed, *(f"{k}={v}" for k, v in sorted(self.chosen.items()))]
        return sha256("\n".join(told).encode()).hexdigest()[:PAGE_NAME]

    @property
    def begun_at(self) -> datetime:
        """To the second."""
        found = SEED.fullmatch(self.seed)
        assert found is not None
        return datetime.fromtimestamp(int(found[1], 16), UTC)


@dataclass(frozen=True)
class Place:
    """One question of a run, by its number from 1. `told` says whether its key may be told now."""

    number: int
    question_id: int
    version_id: int
    answer: PracticeAnswerRow | None
    told: bool = True

    @property
    def kept(self) -> Kept | None:
        row = self.answer
        return None if row is None else Kept(self.version_id, row.value, row.is_right, row.is_unsure)


@dataclass(frozen=True)
class Progress:
    """A run and how far it is."""

    run: Run
    places: tuple[Place, ...]

    @property
    def answered(self) -> int:
        return sum(place.answer is not None for place in self.places)

    @property
    def judged(self) -> int:
        """How many of the answered ones may be told to be right or wrong."""
        return sum(place.answer is not None and place.told for place in self.places)

    @property
    def right(self) -> int:
        return sum(place.answer is not None and place.told and place.answer.is_right for place in self.places)

    def next_after(self, number: int) -> int | None:
        """The next question without an answer, from the first again at the end; None when there is none."""
        waiting = [place.number for place in self.places if place.answer is None]
        return next((other for other in waiting if other > number), waiting[0] if waiting else None)


@dataclass(frozen=True)
class Shown:
    """One question of a run: to be answered, or what became of it. `outcome` is None where its key may not be told,
    or not yet; `given` is then what was answered, in letters as shown or texts."""

    place: Place
    practised: ToPractise
    given: tuple[str, ...]
    outcome: Outcome | None


def new_seed(chance: str, now: datetime) -> str:
    """A run's own name, from eight hexadecimal digits of chance."""
    return f"{int(now.timestamp()):08x}-{chance}"


# What there is


def lines(session: Session, actor: Actor, *, now: datetime) -> list[Line]:
    """Everything that one may practise now, set by set (the newest first), as the speech goes."""
    require(actor, Action.PRACTICE_OWN, Subject("practice", "free", owner_id=actor.person_id))
    found = session.execute(
        select(
            QuestionRow.id,
            QuestionRow.version_id,
            QuestionRow.key_point_id,
            QuestionSetRow.public_id,
            QuestionSetRow.name,
            KeyPointRow.name.label("point"),
            QuestionVersionRow.source_heading,
            QuestionVersionRow.source_start,
            QuestionVersionRow.type,
            QuestionVersionRow.difficulty,
        )
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .join(QuestionSetRow, QuestionSetRow.id == QuestionRow.set_id)
        .outerjoin(KeyPointRow, KeyPointRow.id == QuestionRow.key_point_id)
        .where(rows.may_be_practised(now))
        .order_by(QuestionSetRow.created_at.desc(), QuestionSetRow.id, QuestionRow.id)
    )
    return [
        Line(
            question_id=row.id,
            version_id=row.version_id,
            set_name=row.name,
            point=row.point or "",
            start=-1 if row.source_start is None else row.source_start,
            facets={
                Facet.SET: row.public_id,
                Facet.HEADING: top_heading(row.source_heading) or NONE,
                Facet.POINT: NONE if row.key_point_id is None else str(row.key_point_id),
                Facet.TYPE: row.type,
                Facet.DIFFICULTY: str(row.difficulty),
            },
        )
        for row in found
    ]


# A run


def standing(session: Session, actor: Actor, run: Run, *, now: datetime) -> Progress:
    """The questions of a run in their order. Those that were answered keep their places; the others come in the run's
    order, and where one may not be practised any more the next takes its place. Numbers have gaps only where the bank
    has too little left to fill them."""
    require(actor, Action.PRACTICE_OWN, Subject("practice", run.page, owner_id=actor.person_id))
    held = _answers(session, actor.person_id, run)
    answered = {row.question_id for row in held.values()}
    waiting = iter([each for each in _candidates(session, actor, run, now) if each[0] not in answered])
    told = _not_reserved(session, [row.question_id for row in held.values() if row.question_id is not None], now)
    places: list[Place] = []
    for number in range(1, run.number + 1):
        row = held.get(number)
        if row is not None and row.question_id is not None and row.version_id is not None:
            places.append(Place(number, row.question_id, row.version_id, row, row.question_id in told))
        elif following := next(waiting, None):
            places.append(Place(number, *following, answer=None))
    return Progress(run, tuple(places))


def _answers(session: Session, person_id: int, run: Run) -> Mapping[int, PracticeAnswerRow]:
    found = session.scalars(
        select(PracticeAnswerRow).where(PracticeAnswerRow.person_id == person_id, PracticeAnswerRow.page == run.page)
    )
    return {row.sequence: row for row in found}


def _candidates(session: Session, actor: Actor, run: Run, now: datetime) -> list[tuple[int, int]]:
    """(question id, version id) of all that a run may ask, in its order."""
    if run.mode is PracticeMode.MISTAKES:
        own = narrowed(mistakes.lines(session, actor, now=now), run.chosen)
        open_ones = sorted((line for line in own if line.standing is Standing.OPEN), key=lambda line: line.practised_on)
        return [(line.question_id, line.shown_id) for line in open_ones]
    found = narrowed(lines(session, actor, now=now), run.chosen)
    known = _answered_before(session, actor.person_id, run)
    ordered = sorted(found, key=lambda line: (line.question_id in known, _lot(run.seed, line.question_id)))
    return [(line.question_id, line.version_id) for line in ordered]


def _lot(seed: str, question_id: int) -> str:
    """Where a question comes by the run's seed, whatever else the bank has."""
    return sha256(f"{seed}:{question_id}".encode()).hexdigest()


def _answered_before(session: Session, person_id: int, run: Run) -> frozenset[int]:
    """The questions that one had answered when the run began, in practice or in a sitting."""
    begun = run.begun_at
    practised = session.scalars(
        select(PracticeAnswerRow.question_id).where(
            PracticeAnswerRow.person_id == person_id,
            PracticeAnswerRow.question_id.is_not(None),
            PracticeAnswerRow.received_at <= begun,
            PracticeAnswerRow.page != run.page,
        )
    )
    asked = session.scalars(
        select(QuestionVersionRow.question_id)
        .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
        .join(AttemptRow, AttemptRow.sitting_id == PaperQuestionRow.sitting_id)
        .join(
            ResponseRow,
            (ResponseRow.attempt_id == AttemptRow.id) & (ResponseRow.position == PaperQuestionRow.position),
        )
        .where(AttemptRow.person_id == person_id, AttemptRow.closed_at <= begun)
    )
    return frozenset(id_ for id_ in (*practised, *asked) if id_ is not None)


def _not_reserved(session: Session, question_ids: Collection[int], now: datetime) -> frozenset[int]:
    return frozenset(question_ids) - frozenset(rows.reserved_until(session, question_ids, now))


# Its pages


def shown(session: Session, found: Progress, number: int) -> Shown:
    """One question of a run that stands; with its outcome where it was answered and answers are shown at once."""
    place = next(place for place in found.places if place.number == number)
    (practised,) = practising.to_practise(session, [place.version_id], found.run.seed)
    kept, seed = place.kept, found.run.seed
    given = () if kept is None else practising.shown_value(session, kept, seed)
    outcome = None
    if kept is not None and place.told and found.run.at_once:
        (outcome,) = practising.outcomes(session, [kept], seed)
    return Shown(place, replace(practised, shown=replace(practised.shown, number=number)), given, outcome)


def results(session: Session, found: Progress) -> tuple[Shown, ...]:
    """Every answered question of a run with what became of it, but for keys that may not be told now."""
    answered = [place for place in found.places if place.answer is not None]
    practised = practising.to_practise(session, [place.version_id for place in answered], found.run.seed)
    told = [place for place in answered if place.told]
    outcomes = practising.outcomes(session, [place.kept for place in told if place.kept], found.run.seed)
    by_number = {place.number: outcome for place, outcome in zip(told, outcomes, strict=True)}
    return tuple(
        Shown(place, replace(each, shown=replace(each.shown, number=place.number)), (), by_number.get(place.number))
        for place, each in zip(answered, practised, strict=True)
    )


def answer(session: Session, actor: Actor, run: Run, given: Given, zone: tzinfo, *, now: datetime) -> bool:
    """Take an answer of a run in; False where another one is held for its place, which stays.

    :raise NotFound: if there is no such version
    :raise Reserved: if its key may not be told any more
    :raise BadResponse: if what was sent is no answer to it
    """
    asked = replace(given, mode=run.mode, page=run.page, seed=run.seed)
    outcome = practising.answer(session, actor, asked, zone, now=now)
    held = rows.answer_held(session, actor.person_id, run.page, given.sequence)
    assert held is not None and held.version_id is not None
    kept = Kept(held.version_id, held.value, held.is_right, held.is_unsure)
    before = practising.outcomes(session, [kept], run.seed)[0]
    same_question = (before.explained.id, before.explained.version) == (given.id, given.version)
    return same_question and before.response == outcome.response


def to_judge(session: Session, actor: Actor, run: Run, given: Given, *, now: datetime) -> Explained | None:
    """What a short answer should have said, for its person to judge it by before it is held; None for any other type.

    :raise NotFound: if there is no such version
    :raise Reserved: if its key may not be told any more
    :raise BadResponse: if what was sent is no answer to it
    """
    require(actor, Action.PRACTICE_OWN, Subject("practice", run.page, owner_id=actor.person_id))
    question_id, version_id = practising.version_named(session, given.id, given.version)
    question = _question(session, version_id)
    kind = TYPES[question.type]
    if not kind.is_marked_by_person:
        return None
    kind.response(question, list(given.raw))
    if not practising.open_versions(session, [question_id], now=now):
        raise Reserved(given.id)
    (told,) = practising.explained(session, [version_id], run.seed)
    return told


def _question(session: Session, version_id: int) -> Question:
    return session.get_one(QuestionVersionRow, version_id).question()
