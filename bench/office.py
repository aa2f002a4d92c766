"""A large office with a past: 20,000 people in 300 sections, 100 closed sittings, 2,000,000 answers.

    python -m bench.office <folder> [<DATABASE_URL>]        fills an empty database, and sums the sittings up

Six sittings are the whole office's; the others are those of one department each, in turn. The same every time.
"""

import sys
import time
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp import create_app
from quizapp.cli import demo
from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.question import UNITS
from quizapp.core.question import TypeName
from quizapp.core.states import Arrival
from quizapp.core.states import Closer
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.attendance import AttendanceRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import Base
from quizapp.db.base import db
from quizapp.db.base import new_public_id
from quizapp.db.engine import writing
from quizapp.db.meetings import MeetingRow
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.web import bell

PEOPLE, DEPARTMENTS, SECTIONS, SITTINGS, WHOLE_OFFICE = 20_000, 19, 300, 100, 6
QUESTIONS, MARK = 10, 10
#: Of those who are expected so many come, and nobody knows fewer than a third.
COME = 0.95
ROWS_AT_ONCE = 5_000
#: The newest sittings have their receipts; those of two years would say no more.
WITH_RECEIPTS = 2


@dataclass(frozen=True)
class Office:
    """Ids: the sections by department, the people by section."""

    root: int
    departments: Mapping[int, Sequence[int]]
    people: Mapping[int, Sequence[int]]


def opened(folder: Path, database: str = "") -> Flask:
    settings = {"QUIZAPP_INSTANCE": str(folder)}
    return create_app(settings | ({"DATABASE_URL": database} if database else {}))


def fill(folder: Path, rng: Random) -> None:
    """Fill an empty database."""
    db.create_all()
    demo.load(folder, UTC, lambda _: None)
    office = move_in()
    asked = questions()
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for number in range(SITTINGS):
        hold(office, asked, number, now - timedelta(weeks=SITTINGS - number) + timedelta(days=6), rng)
    while bell.sum_up():
        pass
    while bell.make_items():
        pass


def move_in() -> Office:
    """Departments below the office and sections below these; a director, deputies and chiefs oversee them."""
    with writing() as session:
        root = session.scalars(select(SectionRow.id).where(SectionRow.parent_id.is_(None))).one()
        like = session.scalars(select(PersonRow).order_by(PersonRow.id.desc())).first()
        assert like is not None
        departments: dict[int, list[int]] = {}
        for number in range(DEPARTMENTS):
            departments[_section(session, f"第{number + 1}局", root, number)] = []
        for number in range(SECTIONS - len(_sections(session))):
            above = list(departments)[number % DEPARTMENTS]
            departments[above].append(_section(session, f"{number + 1}科", above, number))
        places = [section for below in departments.values() for section in below]
        there = session.scalar(select(func.count()).select_from(PersonRow)) or 0
        facts = {"password_hash": like.password_hash, "created_at": like.created_at, "must_change_password": False}
        rows = (
            {
                "public_id": new_public_id(),
                "staff_number": f"b{number:05}",
                "name": f"干部{number}",
                "section_id": places[number % len(places)],
            }
            | facts
            for number in range(PEOPLE - there)
        )
        _insert(session, PersonRow, rows)
        people: dict[int, list[int]] = {}
        for id_, section_id in session.execute(select(PersonRow.id, PersonRow.section_id).order_by(PersonRow.id)):
            people.setdefault(section_id, []).append(id_)
        overseen = [(places[0], people[places[0]][0]), (next(iter(departments)), people[places[0]][1])]
        session.add_all(OversightRow(section_id=section, person_id=person) for section, person in overseen)
    return Office(root, departments, people)


def _sections(session: Session) -> Sequence[int]:
    return session.scalars(select(SectionRow.id)).all()


def _section(session: Session, name: str, above: int, position: int) -> int:
    row = SectionRow(name=name, parent_id=above, position=position)
    session.add(row)
    session.flush()
    return row.id


@dataclass(frozen=True)
class Asked:
    """A question that is answered by one option: its version, and what is right and what is not, as stored."""

    version_id: int
    right: list[str]
    wrong: Sequence[list[str]]


def questions() -> Sequence[Asked]:
    rows = db.session().scalars(
        select(QuestionVersionRow)
        .join(QuestionRow, QuestionRow.version_id == QuestionVersionRow.id)
        .where(QuestionVersionRow.type.in_([TypeName.SINGLE_CHOICE, TypeName.TRUE_FALSE]))
        .order_by(QuestionVersionRow.id)
    )
    return [Asked(row.id, row.key, [[each["id"]] for each in row.options if each["id"] not in row.key]) for row in rows]


def hold(office: Office, asked: Sequence[Asked], number: int, opens_at: datetime, rng: Random) -> None:
    """One sitting from dealing to closing."""
    whole = number % (SITTINGS // WHOLE_OFFICE) == SITTINGS // WHOLE_OFFICE - 1
    departments = list(office.departments)
    scope = None if whole else departments[number % len(departments)]
    sections = list(office.people) if scope is None else office.departments[scope]
    paper = rng.sample(list(asked), QUESTIONS)
    with writing() as session:
        host = office.departments[scope or departments[0]][0]
        sitting = SittingRow(
            topic=f"第{number + 1}次集中学习",
            host_section_id=host,
            leader_id=office.people[host][0],
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=1),
            duration_minutes=20,
            specification={},
            wishes={},
            ended_at=opens_at + timedelta(hours=1),
            published_at=opens_at - timedelta(days=1),
            created_at=opens_at - timedelta(days=2),
            meeting=MeetingRow(
                begins_at=opens_at - timedelta(hours=1),
                ends_at=opens_at + timedelta(hours=1),
                scope_section_id=scope,
            ),
        )
        session.add(sitting)
        session.flush()
        session.add_all(
            PaperQuestionRow(sitting_id=sitting.id, position=position, version_id=each.version_id, full_mark=MARK)
            for position, each in enumerate(paper, start=1)
        )
        session.flush()
        takers = [(person, section) for section in sections for person in office.people.get(section, ())]
        _insert(session, AttemptRow, _attempts(sitting, takers, rng))
    papers = db.session().execute(
        select(AttemptRow.id, AttemptRow.person_id)
        .where(AttemptRow.sitting_id == sitting.id, AttemptRow.started_at.is_not(None))
        .order_by(AttemptRow.id)
    )
    answered = [_answers(attempt, paper, Random(person), rng) for attempt, person in papers]
    with writing() as session:
        _insert(session, ResponseRow, (_response(sitting, each) for given in answered for each in given))
        scores = ({"id": given[0][0], "units": sum(each[3] for each in given)} for given in answered)
        _update_scores(session, scores)
        _insert(session, AttendanceRow, _present(sitting, takers, rng))
        if number >= SITTINGS - WITH_RECEIPTS:
            _insert(session, ReceiptRow, (_receipt(sitting, each) for given in answered for each in given))


def _attempts(sitting: SittingRow, takers: Sequence[tuple[int, int]], rng: Random) -> Iterator[dict[str, Any]]:
    for person, section in takers:
        came = rng.random() < COME
        started = sitting.opens_at + timedelta(seconds=rng.randrange(120)) if came else None
        yield {
            "public_id": new_public_id(),
            "sitting_id": sitting.id,
            "person_id": person,
            "section_id": section,
            "seed": f"{person:032}",
            "started_at": started,
            "deadline": started and started + timedelta(minutes=20),
            "closed_at": started and started + timedelta(seconds=rng.randrange(200, 900)),
            "closer": Closer.PERSON if came else None,
            "full_units": QUESTIONS * MARK * UNITS if came else None,
        }


def _answers(
    attempt: int, paper: Sequence[Asked], person: Random, rng: Random
) -> Sequence[tuple[int, int, list[str], int]]:
    """(attempt, position, value, units): who knows more answers more of it rightly."""
    knows = 0.35 + 0.6 * person.random()
    found = []
    for position, each in enumerate(paper, start=1):
        right = rng.random() < knows
        found.append((attempt, position, each.right if right else rng.choice(each.wrong), MARK * UNITS if right else 0))
    return found


def _response(sitting: SittingRow, given: tuple[int, int, list[str], int]) -> dict[str, Any]:
    attempt, position, value, units = given
    at = sitting.opens_at + timedelta(minutes=position)
    return {
        "attempt_id": attempt,
        "position": position,
        "value": value,
        "sequence": position,
        "saved_at": at,
        "units": units,
    }


def _receipt(sitting: SittingRow, given: tuple[int, int, list[str], int]) -> dict[str, Any]:
    attempt, position, value, _ = given
    return {
        "attempt_id": attempt,
        "position": position,
        "page": "p",
        "sequence": position,
        "value": value,
        "flagged": False,
        "received_at": sitting.opens_at + timedelta(seconds=120 + 20 * position),
        "arrival": Arrival.SAVED,
    }


def _present(sitting: SittingRow, takers: Sequence[tuple[int, int]], rng: Random) -> Iterator[dict[str, Any]]:
    for person, _ in takers:
        if rng.random() < COME:
            yield {
                "sitting_id": sitting.id,
                "person_id": person,
                "presence": Presence.PRESENT,
                "way": Way.CODE,
                "at": sitting.opens_at,
                "by_id": person,
            }


def _insert(session: Session, row_type: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        session.execute(insert(row_type), some)


def _update_scores(session: Session, scores: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(scores, ROWS_AT_ONCE)):
        session.execute(update(AttemptRow), some)


def main(folder: str, database: str = "") -> None:
    app = opened(Path(folder), database)
    with app.app_context():
        begun = time.monotonic()
        fill(Path(folder), Random(1))
        count = db.session().scalar(select(func.count()).select_from(ResponseRow))
        print(f"{count:,} answers in {time.monotonic() - begun:.0f} s")
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
