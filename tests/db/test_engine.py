"""The one way to write: nothing is lost, nothing is half done, nobody waits for ever."""

import fcntl
import subprocess
import sys
import threading
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from quizapp.db import engine
from quizapp.db.audit import broken_links
from quizapp.db.base import db
from quizapp.db.engine import GateBusy
from quizapp.db.engine import sqlite_is_safe
from quizapp.db.engine import writing
from quizapp.services import audit

ROOT = Path(__file__).resolve().parents[2]
THREADS, EACH = 8, 50


@pytest.fixture
def counter(app: Flask) -> Iterator[Flask]:
    """A table with one number in it."""
    with app.app_context():
        with writing() as session:
            session.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
            session.execute(text("INSERT INTO counter VALUES (0)"))
        db.session.remove()
    yield app


def increment(app: Flask, times: int) -> None:
    """Read, add, write: what loses updates wherever reading is not part of the write transaction."""
    with app.app_context():
        for _ in range(times):
            with writing() as session:
                n = session.execute(text("SELECT n FROM counter")).scalar_one()
                session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
        db.session.remove()


def held(app: Flask) -> int:
    with app.app_context():
        n: int = db.session.execute(text("SELECT n FROM counter")).scalar_one()
        db.session.remove()
    return n


def test_eight_threads_lose_nothing(counter: Flask) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: increment(counter, EACH), range(THREADS)))
    assert held(counter) == THREADS * EACH


ANOTHER_PROCESS = """
import sys
from sqlalchemy import text
from quizapp import create_app
from quizapp.db.base import db
from quizapp.db.engine import writing

app = create_app({"QUIZAPP_INSTANCE": sys.argv[1]})
with app.app_context():
    for _ in range(100):
        with writing() as session:
            n = session.execute(text("SELECT n FROM counter")).scalar_one()
            session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
"""


def test_two_processes_lose_nothing(counter: Flask) -> None:
    arguments = [sys.executable, "-c", ANOTHER_PROCESS, str(counter.config["INSTANCE"])]
    with subprocess.Popen(arguments, cwd=ROOT) as other:
        increment(counter, 100)
        assert other.wait(60) == 0
    assert held(counter) == 200


def test_an_error_inside_undoes_everything(counter: Flask) -> None:
    with counter.app_context():
        with pytest.raises(RuntimeError, match="half way"), writing() as session:
            session.execute(text("UPDATE counter SET n = 7"))
            session.execute(text("INSERT INTO counter VALUES (8)"))
            raise RuntimeError("half way")
        assert db.session.execute(text("SELECT n FROM counter")).scalars().all() == [0]
        db.session.remove()


def test_an_error_of_the_database_undoes_everything(counter: Flask) -> None:
    with counter.app_context():
        with pytest.raises(IntegrityError), writing() as session:
            session.execute(text("UPDATE counter SET n = 7"))
            session.execute(text("INSERT INTO counter VALUES (NULL)"))
        assert db.session.execute(text("SELECT n FROM counter")).scalars().all() == [0]
        db.session.remove()


def test_the_gate_opens_again_after_an_error(counter: Flask) -> None:
    with counter.app_context():
        with pytest.raises(RuntimeError), writing():
            raise RuntimeError
        with writing() as session:
            session.execute(text("UPDATE counter SET n = 1"))
        db.session.remove()
    assert held(counter) == 1


def test_what_was_read_before_the_gate_opened_is_read_again(counter: Flask) -> None:
    """A page may have looked long before it writes; what it saw then is not what it writes upon."""
    with counter.app_context():
        assert db.session.execute(text("SELECT n FROM counter")).scalar_one() == 0
        elsewhere = threading.Thread(target=increment, args=(counter, 3))
        elsewhere.start()
        elsewhere.join()
        assert db.session.execute(text("SELECT n FROM counter")).scalar_one() == 0  # still the old snapshot
        with writing() as session:
            assert session.execute(text("SELECT n FROM counter")).scalar_one() == 3
        db.session.remove()


def test_readers_do_not_wait_for_a_writer(counter: Flask) -> None:
    with counter.app_context():
        with writing() as session:
            session.execute(text("UPDATE counter SET n = 5"))
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(held, counter).result(timeout=5) == 0
        db.session.remove()
    assert held(counter) == 5


def test_the_trail_stays_whole_when_many_write(app: Flask, office: Office, clock: Clock) -> None:
    def record(n: int) -> None:
        with app.app_context():
            for _ in range(10):
                with writing() as session:
                    audit.record(session, office.staff.actor, "test", str(n), clock(), of=n)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(4)))
    with app.app_context():
        assert list(broken_links(db.session())) == []
        assert db.session.execute(text("SELECT count(*) FROM audit WHERE verb = 'test'")).scalar_one() == 40
        db.session.remove()


# The gate


@contextmanager
def gate_held_by_another_process(app: Flask) -> Iterator[None]:
    with open(Path(app.config["INSTANCE"]) / "quizapp.sqlite3.gate", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def gate_held_by_another_thread(app: Flask) -> Iterator[None]:
    with engine._thread_gate:
        yield


HOLDERS = {"another process": gate_held_by_another_process, "another thread": gate_held_by_another_thread}


@pytest.mark.parametrize("holding", HOLDERS.values(), ids=HOLDERS)
def test_nobody_waits_for_ever_at_the_gate(
    counter: Flask, monkeypatch: pytest.MonkeyPatch, holding: Callable[[Flask], object]
) -> None:
    monkeypatch.setattr(engine, "GATE_SECONDS", 0.05)
    with counter.app_context():
        with holding(counter), pytest.raises(GateBusy), writing():  # type: ignore[attr-defined]
            pytest.fail("two writers at once")
        db.session.remove()
    increment(counter, 1)
    assert held(counter) == 1


def test_a_busy_gate_is_a_page_that_says_so(
    app: Flask, office: Office, client_of: Callable[[Person], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client_of(office.staff)
    browser.token()
    monkeypatch.setattr(engine, "GATE_SECONDS", 0.05)
    with gate_held_by_another_process(app):
        answer = browser.submit("/display", {"theme": "dark"})
        told = browser.send("/display", {})
        refused = browser.get("/audit")
    for each in (answer, told, refused):
        assert (each.status_code, each.headers["Retry-After"]) == (503, "2")
    assert "系统正忙" in answer.get_data(as_text=True)
    assert told.get_json()["error"] == "系统正忙"
    assert browser.submit("/display", {"theme": "dark"}).status_code == 302


def test_looking_goes_on_while_the_gate_is_held(
    app: Flask, office: Office, clock: Clock, client_of: Callable[[Person], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it is time to note that the session is in use: that can wait."""
    browser = client_of(office.staff)
    monkeypatch.setattr(engine, "GATE_SECONDS", 0.05)
    with gate_held_by_another_process(app):
        assert browser.get("/history").status_code == 200
        clock.advance(minutes=5)
        assert browser.get("/history").status_code == 200


def test_a_database_in_memory_needs_no_gate() -> None:
    made = Flask("memory", instance_path="/nonexistent")
    made.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(made)
    with made.app_context():
        with writing() as session:
            assert session.execute(text("SELECT 1")).scalar_one() == 1
        db.session.remove()
        db.engine.dispose()


# The library

VERSIONS = {
    "the one Debian has": ((3, 40, 1), False),
    "the last of the old line": ((3, 51, 2), False),
    "the first with the fix": ((3, 51, 3), True),
    "later": ((3, 52, 0), True),
    "much later": ((4, 0, 0), True),
    "3.50 before its fix": ((3, 50, 6), False),
    "3.50 with its fix": ((3, 50, 7), True),
    "3.44 before its fix": ((3, 44, 5), False),
    "3.44 with its fix": ((3, 44, 6), True),
    "3.45 never got one": ((3, 45, 99), False),
    "3.51 before its fix, whatever 3.50 has": ((3, 51, 0), False),
}


@pytest.mark.parametrize(("version", "safe"), VERSIONS.values(), ids=VERSIONS)
def test_which_sqlite_has_the_fix(version: tuple[int, int, int], safe: bool) -> None:
    assert sqlite_is_safe(version) is safe
