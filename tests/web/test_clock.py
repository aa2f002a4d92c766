"""The office's clock: an hour forth or back on the server moves no opening, no closing and no deadline."""

import json
import logging
import math
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import FRIDAY
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import create_app
from quizapp.core.errors import NotNow
from quizapp.core.states import SittingPhase
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import attempts
from quizapp.services import timekeeping
from quizapp.web import access
from quizapp.web import bell
from quizapp.web.clock import SMALL_STEP_SECONDS
from quizapp.web.clock import Jump
from quizapp.web.clock import SteadyClock

ROOT = Path(__file__).resolve().parents[2]
HOUR = 3600.0


class Machine:
    """A computer whose clock can be set, with one that cannot."""

    def __init__(self, folder: Path, boot: str = "first"):
        self.path = folder / "clock.json"
        self.boot = boot
        self.steady = 1000.0
        self.skew = FRIDAY.timestamp() - self.steady

    def worker(self) -> SteadyClock:
        return SteadyClock(self.path, wall=lambda: self.steady + self.skew, steady=lambda: self.steady, boot=self.boot)

    def set_clock(self, seconds: float) -> None:
        self.skew += seconds

    def go_on(self, seconds: float) -> None:
        self.steady += seconds

    @property
    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.steady + self.skew, UTC)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def running() -> bool:
    return True


def idle() -> bool:
    return False


JUMPS = {"an hour forth": HOUR, "an hour back": -HOUR, "a day forth": 24 * HOUR, "half a minute back": -30.0}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_jump_while_people_answer_is_told_once_and_not_followed(machine: Machine, jump: float) -> None:
    clocks = [machine.worker(), machine.worker()]
    machine.set_clock(jump)
    machine.go_on(3)
    told = [clock.check(running) for clock in clocks + clocks]
    office = FRIDAY + timedelta(seconds=3)
    assert told == [Jump(office, machine.wall, followed=False), None, None, None]
    assert [clock.now() for clock in clocks] == [office, office]
    assert machine.worker().now() == office, "a worker that is replaced tells the same time"


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_jump_while_nobody_answers_is_followed_by_all_workers(machine: Machine, jump: float) -> None:
    first, second = machine.worker(), machine.worker()
    machine.set_clock(jump)
    assert first.check(idle) == Jump(FRIDAY, machine.wall, followed=True)
    assert second.check(idle) is None
    assert first.now() == second.now() == machine.wall


def test_a_jump_is_followed_when_the_last_paper_is_closed(machine: Machine) -> None:
    clock = machine.worker()
    machine.set_clock(HOUR)
    assert clock.check(running) is not None
    machine.go_on(600)
    assert clock.check(idle) is None, "it was told of when it happened"
    assert clock.now() == machine.wall


def test_a_clock_that_is_put_right_again_leaves_no_trace(machine: Machine) -> None:
    clock = machine.worker()
    machine.set_clock(HOUR)
    assert clock.check(running) is not None
    machine.set_clock(-HOUR)
    assert clock.check(running) is None
    machine.set_clock(HOUR)
    again = clock.check(running)
    assert again is not None, "a second jump is another one"
    assert clock.now() == FRIDAY


def test_a_small_step_forth_is_followed_at_once(machine: Machine) -> None:
    first, second = machine.worker(), machine.worker()
    machine.set_clock(4)
    assert first.check(running) is None
    assert first.now() == machine.wall
    assert second.now() == FRIDAY, "until its bell rings"
    assert second.check(running) is None
    assert second.now() == machine.wall


def test_a_small_step_back_is_followed_by_standing_still(machine: Machine) -> None:
    clock = machine.worker()
    machine.go_on(10)
    before = clock.now()
    machine.set_clock(-4)
    assert clock.check(running) is None
    assert clock.now() == before
    machine.go_on(3)
    assert clock.now() == before
    machine.go_on(2)
    assert clock.now() == machine.wall == before + timedelta(seconds=1)


STEPS = st.one_of(
    st.tuples(st.just("set"), st.floats(-2 * HOUR, 2 * HOUR)),
    st.tuples(st.just("set"), st.floats(-10, 10)),
    st.tuples(st.just("go on"), st.floats(0, 600)),
    st.tuples(st.just("check"), st.integers(0, 1)),
)


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(STEPS, max_size=25))
def test_while_people_answer_time_never_goes_back_and_never_leaps(steps: list[tuple[str, float]]) -> None:
    """Whatever is done to the server's clock, in whatever order two workers look at it."""
    with TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        clocks = [machine.worker(), machine.worker()]
        seen = [clock.now() for clock in clocks]
        for what, how_much in steps:
            before = machine.steady
            if what == "set":
                machine.set_clock(how_much)
            elif what == "go on":
                machine.go_on(how_much)
            else:
                clocks[int(how_much)].check(running)
            passed = machine.steady - before
            for number, clock in enumerate(clocks):
                moved = (clock.now() - seen[number]).total_seconds()
                # Another worker may have followed several small steps before this one looked.
                most = passed + (SMALL_STEP_SECONDS * len(steps) if what == "check" else 0)
                assert -1e-6 <= moved <= most + 1e-3
                seen[number] = clock.now()


@settings(max_examples=100, deadline=None)
@given(jumps=st.lists(st.floats(SMALL_STEP_SECONDS + 1, 10 * HOUR), max_size=8), back=st.booleans())
def test_large_jumps_while_people_answer_change_nothing_at_all(jumps: list[float], back: bool) -> None:
    with TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        clock = machine.worker()
        for number, jump in enumerate(jumps, start=1):
            machine.set_clock(-jump if back else jump)
            machine.go_on(3)
            clock.check(running)
            assert clock.now() == FRIDAY + timedelta(seconds=3 * number)


# The file


def test_after_a_restart_of_the_machine_the_servers_clock_counts_anew(machine: Machine) -> None:
    machine.worker()
    after = Machine(machine.path.parent, boot="second")
    after.steady = 20.0
    after.skew = FRIDAY.timestamp() + HOUR - after.steady
    assert after.worker().now() == FRIDAY + timedelta(hours=1)


DAMAGED = {
    "empty": b"",
    "cut off": b'{"boot": "first", "off',
    "no object": b"[]",
    "nothing in it": b"{}",
    "a word for a number": b'{"boot": "first", "offset": "x", "told": null}',
    "no number": b'{"boot": "first", "offset": NaN, "told": null}',
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_said_once_and_made_anew(
    machine: Machine, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    machine.path.write_bytes(content)
    clock = machine.worker()
    assert clock.now() == machine.wall
    assert machine.worker().check(running) is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_file_damaged_while_people_answer_is_put_right_by_whoever_knows(machine: Machine, content: bytes) -> None:
    clock = machine.worker()
    machine.set_clock(HOUR)
    clock.check(running)
    machine.path.write_bytes(content)
    clock.check(running)
    assert clock.now() == FRIDAY
    assert machine.worker().now() == FRIDAY


def test_deleting_the_file_takes_the_servers_clock(machine: Machine) -> None:
    """The way to say that the server is right after all."""
    clock = machine.worker()
    machine.set_clock(HOUR)
    clock.check(running)
    machine.path.unlink()
    assert clock.check(running) is None
    assert clock.now() == machine.wall


def test_a_folder_that_cannot_be_written_leaves_the_servers_clock_and_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file stands where the folder should be, which stops root as well."""
    (tmp_path / "taken").write_text("")
    machine = Machine(tmp_path / "taken")
    clock = machine.worker()
    machine.set_clock(HOUR)
    assert [clock.check(running), clock.check(running)] == [None, None]
    assert clock.now() == machine.wall
    assert len(caplog.records) == 1


def test_a_folder_that_is_taken_away_leaves_the_time_as_it_was_and_is_said_once(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.path = machine.path.parent / "instance" / "clock.json"
    machine.path.parent.mkdir()
    clock = machine.worker()
    for path in machine.path.parent.iterdir():
        path.unlink()
    machine.path.parent.rmdir()
    machine.set_clock(HOUR)
    assert [clock.check(running), clock.check(running)] == [None, None]
    assert clock.now() == FRIDAY
    assert len(caplog.records) == 1


def test_the_file_holds_numbers_that_a_person_can_read(machine: Machine) -> None:
    machine.worker()
    kept = json.loads(machine.path.read_text())
    assert kept == {"boot": "first", "offset": machine.skew, "told": None}


#: Reads the clock's file alone: the site around it takes seconds to import.
WORKER = """
import sys, time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
spec = spec_from_file_location("clock", "quizapp/web/clock.py")
module = sys.modules["clock"] = module_from_spec(spec)
spec.loader.exec_module(module)
skew = Path(sys.argv[1]) / "skew"
clock = module.SteadyClock(Path(sys.argv[1]) / "clock.json", wall=lambda: time.time() + float(skew.read_text()))
for line in sys.stdin:
    clock.check(lambda: line.strip() == "running")
    print(clock.now().timestamp(), flush=True)
"""


def test_real_processes_keep_one_time_when_the_clock_jumps_between_them(tmp_path: Path) -> None:
    """With this machine's own steady clock; the second process starts after the jump."""
    (tmp_path / "skew").write_text("0")

    def start() -> subprocess.Popen[str]:
        arguments = [sys.executable, "-c", WORKER, str(tmp_path)]
        return subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(process: subprocess.Popen[str], what: str) -> float:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(what + "\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    with start() as first:
        before = ask(first, "running")
        (tmp_path / "skew").write_text(str(HOUR))
        with start() as second:
            during = [ask(first, "running"), ask(second, "running")]
            after = [ask(first, "idle"), ask(second, "idle")]
            assert second.stdin is not None
            second.stdin.close()
        assert first.stdin is not None
        first.stdin.close()
    assert all(before <= moment < before + 600 for moment in during)
    assert all(before + HOUR <= moment < before + HOUR + 600 for moment in after)


# The site


@pytest.fixture
def on_machine(app: Flask, machine: Machine, office: Office) -> Machine:
    """The application goes by the clock of a machine that the test sets."""
    app.config["CLOCK"] = None
    app.extensions["clock"] = machine.worker()
    return machine


def rings(app: Flask) -> None:
    """What one ring of the bell does, in the order of the bell."""
    with app.app_context():
        bell.note_ends()
        bell.watch_clock()
        bell.ring(10)
        db.session.remove()


def jumps(session: Session) -> list[dict[str, object]]:
    found = session.scalars(select(AuditRow).where(AuditRow.verb == "clock:jumped").order_by(AuditRow.id)).all()
    session.rollback()
    return [dict(row.detail) for row in found]


def planned(session: Session, office: Office, *, hours: float) -> str:
    with writing() as writer:
        made = approved_set(writer, office.editor.actor, office.second_editor.actor, now=FRIDAY)
        facts = sitting_facts(
            made.id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=FRIDAY + timedelta(hours=hours),
        )
        public_id = published_sitting(writer, office.editor.actor, facts, now=FRIDAY).public_id
    session.rollback()
    return public_id


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forth", "back"])
def test_an_hour_in_the_middle_of_a_quiz_moves_no_deadline_in_any_worker(
    app: Flask,
    database: dict[str, str],
    on_machine: Machine,
    office: Office,
    session: Session,
    client_of: Callable[[Person], Browser],
    jump: float,
) -> None:
    public_id = planned(session, office, hours=0)
    other = create_app(database, TESTING=True)
    other.extensions["clock"] = on_machine.worker()
    with writing() as writer:
        attempt = attempts.start(writer, office.staff.actor, public_id, now=access.now()).public_id
    rings(app)
    on_machine.set_clock(jump)
    on_machine.go_on(60)
    for worker in (app, other, app):
        rings(worker)
    seconds = {worker: left(worker, office, attempt) for worker in (app, other)}
    held = session.scalars(select(AttemptRow).where(AttemptRow.public_id == attempt)).one()
    assert held.deadline is not None
    assert held.closed_at is None
    assert list(seconds.values()) == [held.deadline - FRIDAY - timedelta(seconds=60)] * 2
    office_time = (FRIDAY + timedelta(seconds=60)).isoformat()
    assert jumps(session) == [{"office": office_time, "wall": on_machine.wall.isoformat(), "followed": False}]
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def left(worker: Flask, office: Office, attempt: str) -> timedelta:
    with worker.app_context():
        found = attempts.remaining(attempts.own_attempt(db.session(), office.staff.actor, attempt), access.now())
        db.session.remove()
    return found


def test_a_sitting_opens_and_closes_by_the_time_that_passes_not_by_what_the_server_says(
    app: Flask, on_machine: Machine, office: Office, session: Session
) -> None:
    """Nobody visits and no bell rings for a week; then the clock is wrong by a day while the quiz is on."""
    public_id = planned(session, office, hours=7 * 24)
    row = sitting_rows.sitting_by_public_id(session, public_id)
    opens_at, closes_at = row.opens_at, row.closes_at
    on_machine.go_on(7 * 24 * HOUR - 1)
    assert row.phase(access.now()) is SittingPhase.PLANNED
    on_machine.go_on(1)
    assert (access.now(), row.phase(access.now())) == (opens_at, SittingPhase.OPEN)
    on_machine.set_clock(-24 * HOUR)
    rings(app)
    assert row.phase(access.now()) is SittingPhase.OPEN
    on_machine.go_on((closes_at - opens_at).total_seconds() - 1)
    rings(app)
    assert row.phase(access.now()) is SittingPhase.OPEN
    on_machine.go_on(1)
    assert (access.now(), row.phase(access.now())) == (closes_at, SittingPhase.CLOSED)


def test_a_clock_set_back_after_closing_opens_nothing_again(
    app: Flask, on_machine: Machine, office: Office, session: Session
) -> None:
    public_id = planned(session, office, hours=0)
    row = sitting_rows.sitting_by_public_id(session, public_id)
    closes_at = row.closes_at
    session.rollback()
    on_machine.go_on((closes_at - FRIDAY).total_seconds())
    rings(app)
    assert sitting_rows.sitting_by_public_id(session, public_id).ended_at is None, "a late answer may still arrive"
    session.rollback()
    on_machine.go_on(10 + app.config["GRACE"])
    rings(app)
    on_machine.set_clock(-HOUR)
    rings(app)
    assert access.now() == on_machine.wall < closes_at, "nobody is answering, so the server's clock is followed"
    row = sitting_rows.sitting_by_public_id(session, public_id)
    assert (row.ended_at, row.phase(access.now())) == (closes_at, SittingPhase.CLOSED)
    session.rollback()
    with pytest.raises(NotNow), writing() as writer:
        attempts.start(writer, office.staff.actor, public_id, now=access.now())


def test_ends_are_noted_once_and_only_of_what_is_published_and_over(
    app: Flask, office: Office, clock: Clock, sitting: str, session: Session
) -> None:
    def ended() -> datetime | None:
        session.rollback()
        return sitting_rows.sitting_by_public_id(session, sitting).ended_at

    bell.note_ends()
    assert ended() is None
    closes_at = sitting_rows.sitting_by_public_id(session, sitting).closes_at
    clock.moment = closes_at + timedelta(minutes=30)
    bell.note_ends()
    assert ended() == closes_at
    clock.advance(days=1)
    bell.note_ends()
    assert ended() == closes_at


def test_somebody_is_answering_from_the_opening_until_the_end_is_noted_and_every_paper_closed(
    app: Flask, office: Office, clock: Clock, session: Session
) -> None:
    def is_running() -> bool:
        session.rollback()
        return timekeeping.is_running(session, clock())

    public_id = planned(session, office, hours=1)
    assert not is_running()
    clock.advance(hours=1)
    assert is_running()
    with writing() as writer:
        attempts.start(writer, office.staff.actor, public_id, now=clock())
    clock.advance(hours=2)
    assert is_running(), "a late answer may still arrive"
    with writing() as writer:
        timekeeping.note_ends(writer, past=clock())
    assert is_running(), "a paper is still open"
    with writing() as writer:
        attempts.close_overdue(writer, now=clock(), at_once=10)
    assert not is_running()


def test_an_application_with_a_clock_of_its_own_watches_none(app: Flask) -> None:
    with app.app_context():
        bell.watch_clock()
    assert "clock" not in app.extensions
    assert not (Path(app.config["INSTANCE"]) / "clock.json").exists()


def test_an_application_goes_by_the_server_until_somebody_sets_its_clock(database: dict[str, str]) -> None:
    made = create_app(database, TESTING=True)
    with made.app_context():
        apart = datetime.now(UTC) - access.now()
        assert math.isclose(apart.total_seconds(), 0, abs_tol=60)
        db.engine.dispose()
    assert (Path(made.config["INSTANCE"]) / "clock.json").exists()
