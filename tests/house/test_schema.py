"""Migrations and models build the same database, and every connection keeps its promises."""

import re
import sqlite3
from collections.abc import Iterator
from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from quizapp import create_app
from quizapp.db import audit
from quizapp.db.base import db
from quizapp.db.engine import PRAGMAS
from quizapp.db.engine import writing

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
#: What SQLite answers where it does not repeat the word it was told.
ANSWERS = {"FULL": 2, "ON": 1, "OFF": 0, "MEMORY": 2, "FAST": 2, "WAL": "wal"}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A database built from nothing by the migrations."""
    made = create_app({"QUIZAPP_INSTANCE": str(tmp_path_factory.mktemp("migrated"))}, TESTING=True)
    with made.app_context():
        upgrade()
        yield made
        db.session.remove()
        db.engine.dispose()


def objects(path: Path) -> dict[str, str]:
    """Tables, indexes and triggers of a SQLite file, each as its own statement with the blanks evened out."""
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: _in_any_order(sql) for name, sql in found if name != "alembic_version"}


def _in_any_order(sql: str) -> str:
    """A statement with the parts of its outer brackets sorted: two builders may name columns and constraints in another
    order, and a column that was added later stands last."""
    even = re.sub(r"\s+", " ", sql)
    head, bracket, body = even.partition("(")
    parts, depth = [""], 0
    for sign in body.rpartition(")")[0]:
        depth += (sign == "(") - (sign == ")")
        parts = [*parts, ""] if sign == "," and not depth else [*parts[:-1], parts[-1] + sign]
    return f"{head}{bracket}{sorted(part.strip() for part in parts)}"


def database_of(app: Flask) -> Path:
    return Path(app.config["INSTANCE"]) / "quizapp.sqlite3"


def test_the_migrations_leave_nothing_for_the_models_to_add(migrated: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []


def test_models_and_migrations_write_the_same_statements(migrated: Flask, empty_database: Path) -> None:
    by_models, by_migrations = objects(empty_database), objects(database_of(migrated))
    assert set(by_models) == set(by_migrations)
    assert [name for name in by_models if by_models[name] != by_migrations[name]] == []


def test_the_audit_guards_stand_both_ways(migrated: Flask, empty_database: Path) -> None:
    for path in (empty_database, database_of(migrated)):
        assert {"audit_no_update", "audit_no_delete"} <= set(objects(path))


def test_the_migration_carries_the_guards_of_the_models_for_every_database() -> None:
    """A migration never imports today's code, so it holds a copy; here the copy is compared."""
    assert first_migration().GUARDS == audit.GUARDS


def first_migration() -> ModuleType:
    spec = spec_from_file_location("first_migration", MIGRATIONS / "versions" / "0001_create_the_house.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_is_one_line_of_migrations_and_each_says_what_it_does() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    for revision in script.walk_revisions():
        assert re.fullmatch(r"[A-Z].+\.", revision.doc), revision.revision


def test_migrations_go_back_to_nothing_and_forth_again(tmp_path: Path) -> None:
    made = create_app({"QUIZAPP_INSTANCE": str(tmp_path)}, TESTING=True)
    with made.app_context():
        upgrade()
        built = objects(database_of(made))
        downgrade(revision="base")
        assert objects(database_of(made)) == {}
        upgrade()
        assert objects(database_of(made)) == built
        db.session.remove()
        db.engine.dispose()


def test_no_migration_imports_the_product() -> None:
    for path in (MIGRATIONS / "versions").glob("*.py"):
        assert "quizapp" not in path.read_text(encoding="utf-8"), path.name


def test_every_connection_has_the_pragmas(migrated: Flask) -> None:
    expected = {name: ANSWERS.get(value, value) for name, value in (pragma.split("=") for pragma in PRAGMAS)}
    connections = [db.engine.connect() for _ in range(3)]
    try:
        for connection in connections:
            told = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in expected}
            assert {name: str(value) for name, value in told.items()} == {n: str(v) for n, v in expected.items()}
    finally:
        for connection in connections:
            connection.close()


@pytest.mark.parametrize(
    "promise",
    ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "recursive_triggers=ON"],
)
def test_what_answers_and_the_audit_trail_rest_on_is_promised(promise: str) -> None:
    """The test above compares with the list; this one holds the list."""
    assert promise in PRAGMAS


def test_a_row_cannot_point_at_nothing(migrated: Flask) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), writing() as session:
        session.execute(text("INSERT INTO oversight (person_id, section_id) VALUES (404, 404)"))


CHANGES = {
    "changing a row": "UPDATE audit SET person_name = 'somebody else' WHERE id = 1",
    "deleting a row": "DELETE FROM audit WHERE id = 1",
    "deleting all rows": "DELETE FROM audit",
    "replacing a row": "REPLACE INTO audit (id, at, person_name, ip, verb, subject, detail, previous_hash, hash) "
    "VALUES (1, '2026-01-01 00:00:00', 'x', '', 'x', 'x', '{}', 'x', 'x')",
    "replacing a row on conflict": "INSERT INTO audit (id, at, person_name, ip, verb, subject, detail, previous_hash, "
    "hash) SELECT id, at, 'x', ip, verb, subject, detail, previous_hash, hash FROM audit WHERE id = 1 "
    "ON CONFLICT (id) DO UPDATE SET person_name = 'x'",
}


@pytest.fixture
def trail(migrated: Flask) -> str:
    """One row of the trail, and how it reads."""
    with writing() as session:
        session.execute(
            text(
                "INSERT INTO audit (id, at, person_name, ip, verb, subject, detail, previous_hash, hash) VALUES "
                "(1, '2026-01-01 00:00:00', '冯审计', '', 'sign-in', '1203', '{}', '0', '1') ON CONFLICT DO NOTHING"
            )
        )
    return _as_it_reads()


def _as_it_reads() -> str:
    rows = db.session.execute(text("SELECT * FROM audit ORDER BY id")).all()
    db.session.rollback()
    return repr(rows)


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_the_database_refuses_to_alter_the_trail(trail: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match="audit rows are final"), writing() as session:
        session.execute(text(statement))
    assert _as_it_reads() == trail
