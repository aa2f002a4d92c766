"""Sittings that were held, what people did in them, and people who moved, were excused or made up for one."""

from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from random import Random

from conftest import FRIDAY
from conftest import Office
from conftest import Person
from factories import SPEC
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.question import UNITS
from quizapp.core.sitting import SittingKind
from quizapp.core.states import Closer
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.attendance import LeaveRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import people

FULL_UNITS = sum(n * SPEC.marks[name] for name, n in SPEC.counts.items()) * UNITS
AFTER = FRIDAY + timedelta(hours=3)
WEEK = timedelta(weeks=1)


def hold(
    office: Office, set_id: int, weeks_ago: int = 0, kind: SittingKind = SittingKind.WEEKLY, **changes: object
) -> str:
    """The public id of a sitting dealt and open for two hours on a Friday."""
    opens_at = FRIDAY - weeks_ago * WEEK
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at, **changes)
        row = published_sitting(write, office.editor.actor, facts, now=opens_at - timedelta(hours=1))
        row.kind = kind
        return row.public_id


def play(sitting: str, rng: Random) -> None:
    """Let everybody do something: stay away, begin, hand in; answer some questions, clear some, leave some."""
    with writing() as write:
        row = write.scalars(select(SittingRow).where(SittingRow.public_id == sitting)).one()
        places = write.scalars(select(PaperQuestionRow).where(PaperQuestionRow.sitting_id == row.id)).all()
        for attempt in write.scalars(select(AttemptRow).where(AttemptRow.sitting_id == row.id)):
            fate = rng.choice(["away", "begun", "closed", "closed", "closed"])
            if fate != "away":
                begin(attempt, row)
            if fate == "closed":
                finish(write, attempt, {p: rng.choice([None, None, 0, 1, 2, 3]) for p in places})


def begin(attempt: AttemptRow, sitting: SittingRow) -> None:
    attempt.started_at = sitting.opens_at
    attempt.deadline = sitting.opens_at + timedelta(minutes=20)


def finish(write: Session, attempt: AttemptRow, thirds: dict[PaperQuestionRow, int | None]) -> None:
    """Close an attempt with a response worth so many thirds of each mark; 0 stands for a cleared answer."""
    total = 0
    for place, share in thirds.items():
        if share is not None:
            units = place.full_mark * UNITS * share // 3
            total += units
            value = ["A"] if share else []
            write.add(
                ResponseRow(
                    attempt_id=attempt.id,
                    position=place.position,
                    value=value,
                    sequence=1,
                    saved_at=FRIDAY,
                    units=units,
                )
            )
    attempt.units, attempt.full_units = total, FULL_UNITS
    attempt.closed_at, attempt.closer = attempt.deadline, Closer.PERSON


def score(sitting: str, person: Person, units: int) -> None:
    """Give a person this score without answers."""
    with writing() as write:
        row = write.scalars(select(SittingRow).where(SittingRow.public_id == sitting)).one()
        attempt = write.scalars(
            select(AttemptRow).where(AttemptRow.sitting_id == row.id, AttemptRow.person_id == person.id)
        ).one()
        begin(attempt, row)
        finish(write, attempt, {})
        attempt.units = units


def public_id(session: Session, section_id: int) -> str:
    return session.get_one(SectionRow, section_id).public_id


def transfer(office: Office, person: Person, section_id: int) -> None:
    with writing() as write:
        row = people.person_with_rights(write, office.admin.actor, person.public_id)
        facts = replace(people.facts_of(row), section_id=section_id)
        people.change_person(write, office.admin.actor, person.id, facts, now=AFTER)


def excuse(sitting: str, person: Person) -> None:
    with writing() as write:
        write.add(
            LeaveRow(
                sitting_id=_number(write, sitting),
                person_id=person.id,
                kind=LeaveKind.SICK,
                asked_at=FRIDAY,
                asked_by_id=person.id,
                decision=LeaveDecision.APPROVED,
            )
        )


def make_up(missed: str, again: str, person: Person, due: datetime) -> None:
    with writing() as write:
        paper = select(AttemptRow).where(
            AttemptRow.sitting_id == _number(write, again), AttemptRow.person_id == person.id
        )
        write.add(
            MakeUpRow(
                sitting_id=_number(write, missed),
                person_id=person.id,
                due=due,
                read_at=FRIDAY,
                attempt_id=write.scalars(paper).one().id,
                assigned_by_id=person.id,
                made_at=FRIDAY,
            )
        )


def _number(session: Session, sitting: str) -> int:
    return session.scalars(select(SittingRow.id).where(SittingRow.public_id == sitting)).one()
