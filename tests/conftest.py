"""The application on a database of its own for each test, a clock that stands still, and an office full of people."""

import re
import shutil
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from types import CodeType
from typing import Any

import postgres
import pytest
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from postgres import Postgres
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp import create_app
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.db import people as people_rows
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import passwords
from quizapp.services import people
from quizapp.services import sign_in
from quizapp.services.people import PersonFacts

PASSWORD = "Xuexi-Tiantian-9"
FRIDAY = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # 14:00 in the office


#: What a rule of addresses was compiled into, by what it says. Nearly all of the time that making an application takes
#: goes into this, and thousands of tests make one with the same rules.
_compiled: dict[tuple[Any, ...], Any] = {}
_compile = Rule._compile_builder


def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
    said = (rule.rule, rule.subdomain, repr(rule.defaults), append_unknown)
    if said not in _compiled:
        _compiled[said] = _compile(rule, append_unknown)
    return _compiled[said]


Rule._compile_builder = compile_once  # type: ignore[method-assign]


class CompiledOnce(BytecodeCache):
    """Compiled templates by their names and texts: an application has its own, and each test has an application."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self.kept[bucket.key, bucket.checksum] = bucket.code


_templates = CompiledOnce()


class Clock:
    """The time that the application sees; tests move it."""

    def __init__(self, moment: datetime):
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **parts: float) -> None:
        self.moment += timedelta(**parts)


class Browser(FlaskClient):
    """A test client that fills in the CSRF token of its own session, as a page's form does."""

    csrf: str | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask in a context of its own: a test that holds one open would lend its `g`, and with it who is signed in."""
        with self.application.app_context():
            return super().open(*args, **kwargs)

    def token(self) -> str:
        if self.csrf is None:
            page = self.get("/password", follow_redirects=True).get_data(as_text=True)
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
            assert found, "no page of this browser holds a CSRF token"
            self.csrf = found[1]
        return self.csrf

    def submit(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST a form with its token."""
        return self.post(path, data={**(data or {}), "csrf_token": self.token()}, **kwargs)

    def send(self, path: str, json: object, **kwargs: Any) -> TestResponse:
        """POST JSON as a script of the page does."""
        headers = {"X-CSRFToken": self.token(), "Accept": "application/json"}
        return self.post(path, json=json, headers=headers, **kwargs)


@dataclass(frozen=True)
class Person:
    """Somebody of the office, as tests speak of them."""

    id: int
    public_id: str
    number: str
    name: str
    actor: Actor


@dataclass(frozen=True)
class Office:
    """An office of four sections: 市政府办公室 above 秘书科, 督查室 and 财务科."""

    root: int
    secretariat: int
    inspection: int
    finance: int
    director: Person  # oversees everything
    deputy: Person  # oversees 秘书科 and 督查室
    chief: Person  # oversees 秘书科
    finance_chief: Person  # oversees 财务科
    staff: Person  # 秘书科
    colleague: Person  # 秘书科
    stranger: Person  # 财务科
    editor: Person
    second_editor: Person
    admin: Person
    auditor: Person

    def everybody(self) -> list[Person]:
        return [person for person in vars(self).values() if isinstance(person, Person)]


@pytest.fixture(scope="session")
def password_hash() -> str:
    return passwords.hash_password(PASSWORD)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and no rows, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    with made_ready(folder):
        db.create_all()
    return folder / "quizapp.sqlite3"


@pytest.fixture
def clock() -> Clock:
    return Clock(FRIDAY)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the modules in postgres.BOTH twice."""
    module = metafunc.definition.path.relative_to(Path(__file__).parent).as_posix()
    if module in postgres.BOTH and "on_postgres" in metafunc.fixturenames:
        metafunc.parametrize("on_postgres", [False, True], ids=["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest) -> bool:
    """Whether this test's application keeps its rows in PostgreSQL."""
    return getattr(request, "param", False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_templates(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres, password_hash: str
) -> tuple[str, str, Office]:
    """Two databases that tests copy: with all tables and no rows, and with the office moved in."""
    folder = tmp_path_factory.mktemp("postgres")
    empty = postgres_server.create()
    with made_ready(folder, empty):
        db.create_all()
    moved_in = postgres_server.create(postgres.name_of(empty))
    with made_ready(folder, moved_in), writing() as session:
        office = _build(session, password_hash, FRIDAY)
    return postgres.name_of(empty), postgres.name_of(moved_in), office


@contextmanager
def made_ready(folder: Path, address: str = "") -> Iterator[None]:
    """The context of an application on this database, with nobody connected to it afterwards."""
    made = create_app({"QUIZAPP_INSTANCE": str(folder)} | ({"DATABASE_URL": address} if address else {}))
    with made.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def database(
    request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path, on_postgres: bool
) -> Iterator[dict[str, str]]:
    """The settings of an application whose database is this test's own and has all tables and no rows.

    In PostgreSQL the office, where a test asks for it, is there from the beginning.
    """
    instance = tmp_path / "instance"
    instance.mkdir()
    settings = {"QUIZAPP_INSTANCE": str(instance)}
    if not on_postgres:
        shutil.copy(empty_database, instance)
        yield settings
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    empty, moved_in, _ = request.getfixturevalue("postgres_templates")
    address = server.create(moved_in if "office" in request.fixturenames else empty)
    yield settings | {"DATABASE_URL": address}
    server.drop(address)


@pytest.fixture
def app(database: dict[str, str], clock: Clock) -> Iterator[Flask]:
    made = create_app(database, CLOCK=clock, TESTING=True, PROPAGATE_EXCEPTIONS=False)
    made.test_client_class = Browser
    made.jinja_env.bytecode_cache = _templates
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session in an application context. Write inside `with writing() as session:`."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture(scope="session")
def office_database(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, password_hash: str
) -> tuple[Path, Office]:
    """A database in which the office has just moved in, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(empty_database, folder)
    with made_ready(folder), writing() as session:
        office = _build(session, password_hash, FRIDAY)
    return folder / "quizapp.sqlite3", office


@pytest.fixture
def office(
    request: pytest.FixtureRequest,
    app: Flask,
    office_database: tuple[Path, Office],
    empty_database: Path,
    on_postgres: bool,
) -> Office:
    if on_postgres:
        there: Office = request.getfixturevalue("postgres_templates")[2]
        return there
    still, made = office_database
    database = Path(app.config["INSTANCE"]) / "quizapp.sqlite3"
    # Whatever wrote before the office moved in would be lost.
    assert database.read_bytes() == empty_database.read_bytes(), "ask for the office before anything is written"
    shutil.copy(still, database)
    return made


def _build(session: Session, password_hash: str, now: datetime) -> Office:
    root = people.add_section(session, SYSTEM, "市政府办公室", None, now=now).id
    ids = {name: people.add_section(session, SYSTEM, name, root, now=now).id for name in ("秘书科", "督查室", "财务科")}
    ids["root"] = root

    def hire(number: str, name: str, section: str, *roles: Role, oversees: tuple[str, ...] = ()) -> Person:
        facts = PersonFacts(
            number, name, "科员", ids[section], frozenset(roles), frozenset(ids[over] for over in oversees)
        )
        row = people.add_person(session, SYSTEM, facts, password_hash, now=now, must_change=False)
        return Person(row.id, row.public_id, number, name, people_rows.actor(session, row.id))

    return Office(
        root=root,
        secretariat=ids["秘书科"],
        inspection=ids["督查室"],
        finance=ids["财务科"],
        director=hire("1001", "周主任", "root", oversees=("root",)),
        deputy=hire("1002", "沈副主任", "root", oversees=("秘书科", "督查室")),
        chief=hire("1101", "顾科长", "秘书科", oversees=("秘书科",)),
        finance_chief=hire("1401", "钱科长", "财务科", oversees=("财务科",)),
        staff=hire("1102", "陆干部", "秘书科"),
        colleague=hire("1103", "丁干部", "秘书科"),
        stranger=hire("1402", "孟干部", "财务科"),
        editor=hire("1104", "唐编辑", "秘书科", Role.EDITOR),
        second_editor=hire("1201", "许编辑", "督查室", Role.EDITOR),
        admin=hire("1202", "白管理", "督查室", Role.ADMIN),
        auditor=hire("1203", "冯审计", "督查室", Role.AUDITOR),
    )


@pytest.fixture
def client_of(app: Flask, clock: Clock) -> Callable[[Person], Browser]:
    """A browser in which this person is signed in."""

    def signed_in(person: Person) -> Browser:
        with app.app_context():
            with writing() as session:
                token = sign_in.open_session(session, person.id, "127.0.0.1", clock())
            db.session.remove()
        browser = app.test_client()
        assert isinstance(browser, Browser)
        browser.set_cookie(app.config["SIGN_IN_COOKIE_NAME"], token)
        return browser

    return signed_in


@pytest.fixture
def anonymous(app: Flask) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


@pytest.fixture
def editor(client_of: Callable[[Person], Browser], office: Office) -> Browser:
    return client_of(office.editor)


@pytest.fixture(scope="session")
def sitting_database(
    tmp_path_factory: pytest.TempPathFactory, office_database: tuple[Path, Office]
) -> tuple[Path, str]:
    """The office's database with a sitting that has just opened, made once and copied for each test; its public id."""
    still, office = office_database
    folder = tmp_path_factory.mktemp("sitting")
    shutil.copy(still, folder)
    with made_ready(folder):
        public_id = _open_sitting(office, FRIDAY)
    return folder / still.name, public_id


def _open_sitting(office: Office, now: datetime) -> str:
    """A sitting that is open now, with two questions of each type."""
    with writing() as session:
        made = approved_set(session, office.editor.actor, office.second_editor.actor, now=now)
        facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=now)
        return published_sitting(session, office.editor.actor, facts, now=now).public_id


@pytest.fixture
def sitting(
    app: Flask, request: pytest.FixtureRequest, office: Office, clock: Clock, on_postgres: bool
) -> Iterator[str]:
    """The public id of a sitting that is open now, with two questions of each type, in an application context."""
    untouched, _ = request.getfixturevalue("office_database")
    database = Path(app.config["INSTANCE"]) / untouched.name
    # Whoever has opened it may have written into its journal.
    is_opened = database.with_name(f"{database.name}-wal").exists()
    if not on_postgres and clock() == FRIDAY and not is_opened and database.read_bytes() == untouched.read_bytes():
        still, public_id = request.getfixturevalue("sitting_database")
        shutil.copy(still, database)
    else:
        with app.app_context():
            public_id = _open_sitting(office, clock())
            db.session.remove()
    with app.app_context():
        yield public_id
        db.session.remove()
