"""PostgreSQL keeps the house's promises too: the tables, the guards of the trail, locks between writers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import PASSWORD
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import made_ready
from flask import Flask
from flask_migrate import downgrade
from flask_migrate import upgrade
from postgres import Postgres
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError

from quizapp.core.question import Interaction
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.audit import AuditRow
from quizapp.db.audit import broken_links
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import audit
from quizapp.services.answers import Sent

pytestmark = pytest.mark.parametrize("on_postgres", [True], ids=["postgresql"], indirect=True)

THREADS = 6


@pytest.fixture
def migrated(tmp_path: Path, postgres_server: Postgres, on_postgres: bool) -> Iterator[None]:
    """A database built from nothing by the migrations, and the context of its application."""
    address = postgres_server.create()
    with made_ready(tmp_path, address):
        upgrade()
        yield
    postgres_server.drop(address)


#: How PostgreSQL itself spells out what a schema is made of.
OBJECTS = """
    SELECT table_name || '.' || column_name,
    concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def objects() -> dict[str, str]:
    """Columns, constraints, indexes, triggers and functions, each with its definition."""
    found = db.session.execute(text(OBJECTS)).all()
    db.session.remove()
    return {name: definition for name, definition in found if not name.startswith("alembic_version")}


def test_the_migrations_leave_nothing_for_the_models_to_add(migrated: None) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_models_and_migrations_build_the_same_objects(migrated: None, app: Flask) -> None:
    by_migrations = objects()
    with app.app_context():
        assert objects() == by_migrations


def test_migrations_go_back_to_nothing_and_forth_again(migrated: None) -> None:
    built = objects()
    downgrade(revision="base")
    assert objects() == {}
    upgrade()
    assert objects() == built


CHANGES = {
    "changing a row": "UPDATE audit SET person_name = 'somebody else'",
    "deleting a row": "DELETE FROM audit WHERE id = 1",
    "emptying the table": "TRUNCATE audit",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_the_database_refuses_to_alter_the_trail(app: Flask, office: Office, statement: str) -> None:
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditRow))
        with pytest.raises(DBAPIError, match="audit rows are final"), writing() as session:
            session.execute(text(statement))
        assert before
        assert db.session.scalar(select(func.count()).select_from(AuditRow)) == before
        assert list(broken_links(db.session())) == []
        db.session.remove()


def test_the_trail_stays_whole_when_many_write(app: Flask, office: Office, clock: Clock) -> None:
    def record(n: int) -> None:
        with app.app_context():
            for _ in range(10):
                with writing() as session:
                    audit.record(session, office.staff.actor, "test", str(n), clock(), of=n)
            db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(record, range(THREADS)))
    with app.app_context():
        assert list(broken_links(db.session())) == []
        assert db.session.scalar(select(func.count()).where(AuditRow.verb == "test")) == 10 * THREADS
        db.session.remove()


def test_a_row_cannot_point_at_nothing(app: Flask) -> None:
    with app.app_context(), pytest.raises(IntegrityError, match="foreign key"), writing() as session:
        session.execute(text("INSERT INTO oversight (person_id, section_id) VALUES (404, 404)"))


@pytest.fixture
def opened(app: Flask, office: Office, sitting: str, clock: Clock) -> str:
    with app.app_context():
        with writing() as session:
            attempt = attempts.start(session, office.staff.actor, sitting, now=clock()).public_id
        db.session.remove()
    return attempt


def test_of_many_saves_at_once_the_newest_is_held_and_each_has_a_receipt(
    app: Flask, office: Office, opened: str, clock: Clock
) -> None:
    with app.app_context():
        questions = answers.taking(db.session(), office.staff.actor, opened, now=clock()).questions
        number = next(q.number for q in questions if q.interaction is Interaction.CHOICE)

    def give(sequence: int) -> None:
        with app.app_context():
            for _ in range(2):
                with writing() as session:
                    sent = Sent(["ABCD"[sequence % 4]], sequence, page="a" * 22)
                    answers.save(session, office.staff.actor, opened, number, sent, now=clock())
            db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(give, range(1, 4 * THREADS)))
    with app.app_context():
        row = db.session.scalars(select(ResponseRow)).one()
        assert row.sequence == 4 * THREADS - 1
        noted = db.session.scalars(select(ReceiptRow.sequence)).all()
        assert sorted(noted) == list(range(1, 4 * THREADS))
        db.session.remove()


def test_handing_in_at_once_on_many_devices_is_the_same_as_once(
    app: Flask, office: Office, opened: str, clock: Clock
) -> None:
    def submit(seconds: int) -> object:
        with app.app_context():
            with writing() as session:
                now = clock() + timedelta(seconds=seconds)
                row = attempts.submit(session, office.staff.actor, opened, now=now)
                seen = (row.closed_at, row.units, row.closer)
            db.session.remove()
        return seen

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(submit, range(THREADS)))) == 1
    with app.app_context():
        handed_in = select(func.count()).where(AuditRow.verb == "attempt:submitted", AuditRow.subject == opened)
        assert db.session.scalar(handed_in) == 1
        db.session.remove()


def test_somebody_signs_in_and_is_at_home(anonymous: Browser, office: Office, sitting: str) -> None:
    answer = anonymous.submit("/sign-in", {"staff_number": office.staff.number, "password": PASSWORD})
    assert answer.status_code == 302
    assert "五型" in anonymous.get("/").get_data(as_text=True)


NOWHERE = {"a NUL in an address": "/attempts/%00", "a NUL in a sitting's address": "/sittings/%00"}


@pytest.mark.parametrize("path", NOWHERE.values(), ids=NOWHERE)
def test_what_the_database_cannot_even_look_up_is_not_there(editor: Browser, path: str) -> None:
    assert editor.get(path).status_code == 404
