"""Closed sittings with statistics as the summariser leaves them, of as many people as a test likes."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from conftest import Clock
from conftest import Office
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select

from quizapp.core.paper import PaperSpec
from quizapp.core.question import UNITS
from quizapp.core.question import TypeName
from quizapp.core.statistics import item_sums
from quizapp.db import sittings
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.summaries import ItemStatisticsRow
from quizapp.db.summaries import SummaryRow

#: Three questions: one of four options, one to judge, one blank.
ASKED = (TypeName.SINGLE_CHOICE, TypeName.TRUE_FALSE, TypeName.FILL_IN)
THREE = PaperSpec(counts=dict.fromkeys(ASKED, 1), marks=dict.fromkeys(ASKED, 5))

Marks = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Told:
    """A closed sitting, by its id and public id; its questions by their public ids, in their order."""

    row_id: int
    id: str
    questions: tuple[str, ...]


def closed(
    office: Office,
    clock: Clock,
    set_id: int,
    marks: Marks,
    answers: Mapping[int, Sequence[tuple[list[str], int]]] | None = None,
    **facts: object,
) -> Told:
    """A sitting that is over. `marks` are points, a row for each person and a column for each question of THREE;
    `answers` are (value, people) by position."""
    opens_at = clock() + timedelta(days=6)
    with writing() as session:
        told = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at, **facts)
        row = published_sitting(session, office.editor.actor, told, now=clock(), spec=THREE)
        sitting = Told(row.id, row.public_id, _questions(row.id))
    clock.advance(days=6, hours=3)
    if marks:
        sum_up(sitting.row_id, clock, marks, answers or {})
    return sitting


def _questions(sitting_id: int) -> tuple[str, ...]:
    places = sittings.paper(db.session(), sitting_id)
    of_question = QuestionVersionRow.question_id == QuestionRow.id
    ids = select(QuestionVersionRow.id, QuestionRow.public_id).join(QuestionRow, of_question)
    found = dict(db.session().execute(ids).all())
    return tuple(found[place.version_id] for place in places)


def sum_up(sitting_id: int, clock: Clock, marks: Marks, answers: Mapping[int, Sequence[tuple[list[str], int]]]) -> None:
    units = [[mark * UNITS for mark in row] for row in marks]
    totals = [sum(row) for row in units]
    places = sittings.paper(db.session(), sitting_id)
    full = sum(place.full_mark for place in places) * UNITS
    with writing() as session:
        session.add(
            SummaryRow(
                sitting_id=sitting_id,
                sections_made_at=clock(),
                scores=[[total, full, times] for total, times in sorted(Counter(totals).items())],
                seconds=300.0,
                items_outdated=False,
                items_made_at=clock(),
            )
        )
        for at, place in enumerate(places):
            sums = vars(item_sums((row[at], total) for row, total in zip(units, totals, strict=True)))
            session.add(
                ItemStatisticsRow(
                    sitting_id=sitting_id,
                    position=place.position,
                    version_id=place.version_id,
                    full_mark=place.full_mark,
                    people=sums["n"],
                    **{name: value for name, value in sums.items() if name != "n"},
                    answers=list(answers.get(place.position, [])),
                    seconds=20.0 + place.position,
                )
            )
