"""Runs of practice as tests begin and answer them."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from conftest import Person

from quizapp.core.narrowing import Chosen
from quizapp.core.practice import PracticeMode
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import free_practice
from quizapp.services import practising
from quizapp.services.free_practice import Progress
from quizapp.services.free_practice import Run
from quizapp.services.practising import Given

ZONE = ZoneInfo("Asia/Shanghai")


def begin(
    now: datetime,
    chosen: Chosen | None = None,
    number: int = 5,
    *,
    mode: PracticeMode = PracticeMode.FREE,
    chance: str = "0badcafe",
) -> Run:
    return Run(mode, chosen or {}, number, at_once=True, seed=free_practice.new_seed(chance, now))


def standing(person: Person, run: Run, now: datetime) -> Progress:
    db.session.rollback()
    return free_practice.standing(db.session(), person.actor, run, now=now)


def answer(
    person: Person, run: Run, number: int, now: datetime, *, right: bool = False, raw: Sequence[str] | None = None
) -> bool:
    """Answer the question that stands at a place of a run, or what is given; wrong is nothing at all."""
    place = next(place for place in standing(person, run, now).places if place.number == number)
    (told,) = practising.explained(db.session(), [place.version_id], run.seed)
    given = raw if raw is not None else told.kind.stored(told.kind.right_response(told.question)) if right else []
    sent = Given(told.id, told.version, run.seed, run.mode, given, False, run.page, number)
    with writing() as session:
        return free_practice.answer(session, person.actor, run, sent, ZONE, now=now)


def answer_all(person: Person, run: Run, now: datetime, *, right: bool) -> Progress:
    for place in standing(person, run, now).places:
        answer(person, run, place.number, now, right=right)
    return standing(person, run, now)
