"""What does a bell cost that rings for everybody at once? Dealing, starting, saving and closing, for one person each.

The same work for growing offices, in one process and through the one write gate: a row is level where an office of ten
times the people costs each of them the same. Starting must be one small write, for everybody does it in one minute.

    python -m bench.bell [people …]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import insert
from sqlalchemy import select

from quizapp import create_app
from quizapp.cli import demo
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.db import sittings as sitting_rows
from quizapp.db.base import db
from quizapp.db.base import new_public_id
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import sittings
from quizapp.services.answers import Sent
from quizapp.web.bell import AT_ONCE

OFFICES = (200, 2_000, 20_000)
#: So many of them start and answer; half of these hand in, and the bell closes the others.
TAKERS = 200
ANSWERS = 5


def main(offices: tuple[int, ...]) -> None:
    columns = [measure(people) for people in offices]
    print(f"{'ms CPU each':<14}" + "".join(f"{people:>12,}" for people in offices))
    for step in columns[0]:
        print(f"{step:<14}" + "".join(f"{column[step] * 1000:>12.2f}" for column in columns))


def measure(people: int) -> dict[str, float]:
    """CPU seconds of each step for one person (save: for one answer), in an office of so many."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"QUIZAPP_INSTANCE": folder})
        with app.app_context():
            db.create_all()
            demo.load(Path(folder), UTC, lambda _: None)
            found = steps(move_in(people))
            db.session.remove()
            db.engine.dispose()
    return found


def move_in(people: int) -> list[Actor]:
    """Fill the demonstration office up to so many."""
    with writing() as session:
        one = session.scalars(select(PersonRow).order_by(PersonRow.id.desc())).first()
        assert one is not None
        there = session.query(PersonRow).count()
        facts = {"section_id": one.section_id, "password_hash": one.password_hash, "created_at": one.created_at}
        rows = [
            {"public_id": new_public_id(), "staff_number": f"b{n}", "name": f"干部{n}", "active": True} | facts
            for n in range(max(0, people - there))
        ]
        if rows:
            session.execute(insert(PersonRow), rows)
    found = db.session().execute(select(PersonRow.id, PersonRow.name, PersonRow.section_id).order_by(PersonRow.id))
    return [Actor(row.id, row.name, row.section_id, frozenset({Role.STAFF})) for row in found]


def plan(now: datetime) -> str:
    """A sitting of the demonstration's questions with its paper drawn."""
    with writing() as session:
        cast = demo.cast_of(session)
        sets = ("wuxing-wujie", "liuge-biaoshuai", demo.RULES)
        facts = demo.plan_of(session, cast, "压测", sets, "秘书科", now, now + timedelta(hours=1))
        sitting = sittings.plan_sitting(session, cast.editors[0], facts, now=now).public_id
        sittings.draw(session, cast.editors[0], sitting, demo.SPEC, Random(1), now=now)
    return sitting


@dataclass
class Bell:
    """One sitting from its publication to the bell, for so many takers."""

    sitting: str
    takers: Sequence[Actor]
    now: datetime
    papers: dict[int, str] = field(default_factory=dict)

    def deal(self) -> None:
        with writing() as session:
            demo.publish(session, sitting_rows.sitting_by_public_id(session, self.sitting), self.now)

    def start(self) -> None:
        for actor in self.takers:
            with writing() as session:
                self.papers[actor.person_id] = attempts.start(session, actor, self.sitting, now=self.now).public_id

    def save(self, sequence: int) -> None:
        sent = Sent([], sequence, flagged=True, page="p" * 22, live=True)
        for actor in self.takers:
            for number in range(1, ANSWERS + 1):
                with writing() as session:
                    answers.save(session, actor, self.papers[actor.person_id], number, sent, now=self.now)

    def hand_in(self) -> None:
        for actor in self.takers[::2]:
            with writing() as session:
                attempts.submit(session, actor, self.papers[actor.person_id], now=self.now)

    def ring(self) -> None:
        closed, later = AT_ONCE, self.now + timedelta(hours=2)
        while closed == AT_ONCE:
            with writing() as session:
                closed = attempts.close_overdue(session, now=later, at_once=AT_ONCE)


def steps(actors: Sequence[Actor]) -> dict[str, float]:
    now = datetime.now(UTC)
    bell = Bell(plan(now), actors[:TAKERS], now)
    takers = len(bell.takers)
    return {
        "deal": seconds(bell.deal) / len(actors),
        "start": seconds(bell.start) / takers,
        "save": seconds(lambda: bell.save(1)) / takers / ANSWERS,
        "save again": seconds(lambda: bell.save(2)) / takers / ANSWERS,
        "hand in": seconds(bell.hand_in) / takers * 2,
        "bell": seconds(bell.ring) / takers * 2,
    }


def seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or OFFICES)
