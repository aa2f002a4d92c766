"""flask office …, flask attempts …: the first administrator, the demonstration, closing what is overdue."""

import hashlib
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import create_app
from quizapp.cli import demo
from quizapp.core.question import UNITS
from quizapp.core.question import TypeName
from quizapp.core.roles import Role
from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.core.states import QuestionState
from quizapp.core.states import SittingPhase
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.audit import AuditRow
from quizapp.db.audit import broken_links
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRoleRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import paper
from quizapp.services import attempts
from quizapp.services import passwords

NAMED = ["--name", "测试办公室", "--admin-number", "a001", "--admin-name", "管理者"]


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    """Run a command; its exit status and everything it said."""
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def count(app: Flask, table: type) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(table)) or 0
        db.session.remove()
    return found


def enter(browser: Browser, number: str, password: str) -> int:
    answer = browser.submit("/sign-in", {"staff_number": number, "password": password})
    browser.csrf = None
    return answer.status_code


# office init


def test_nobody_can_sign_in_before_there_is_an_office(app: Flask, anonymous: Browser) -> None:
    assert count(app, PersonRow) == 0
    for number, password in (("admin", "admin"), ("admin", "password"), ("root", "root")):
        assert enter(anonymous, number, password) == 422


def test_the_first_administrator_gets_a_password_that_must_be_changed(
    app: Flask, anonymous: Browser, clock: Clock
) -> None:
    clock.moment = datetime.now(UTC)  # a command has no clock but the machine's
    status, said = run(app, "office", "init", *NAMED)
    assert status == 0
    password = re.search(r"一次性密码：(\S+)", said)
    assert password
    assert "a001" in said
    assert enter(anonymous, "a001", password[1]) == 302
    assert anonymous.get("/people").headers["Location"] == "/password"
    new = "Guanli-Yongchi-77"
    anonymous.submit("/password", {"current": password[1], "new": new, "again": new})
    anonymous.csrf = None
    assert anonymous.get("/people").status_code == 200
    anonymous.submit("/sign-out")
    anonymous.csrf = None
    assert enter(anonymous, "a001", password[1]) == 422
    assert enter(anonymous, "a001", new) == 302


def test_the_first_password_ends_after_three_days(app: Flask, anonymous: Browser, clock: Clock) -> None:
    _, said = run(app, "office", "init", *NAMED)
    password = re.search(r"一次性密码：(\S+)", said)
    assert password
    clock.moment = datetime.now(UTC) + timedelta(hours=72, minutes=1)
    assert enter(anonymous, "a001", password[1]) == 422


def test_no_two_offices_start_with_the_same_password(app: Flask, tmp_path: Path, empty_database: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "quizapp.sqlite3").write_bytes(empty_database.read_bytes())
    other = create_app({"QUIZAPP_INSTANCE": str(folder)}, TESTING=True)
    said = [re.search(r"一次性密码：(\S+)", run(each, "office", "init", *NAMED)[1]) for each in (app, other)]
    assert said[0] is not None
    assert said[1] is not None
    assert said[0][1] != said[1][1]


def test_the_password_is_stored_nowhere_readable(app: Flask) -> None:
    _, said = run(app, "office", "init", *NAMED)
    password = re.search(r"一次性密码：(\S+)", said)
    assert password
    for file in Path(app.config["INSTANCE"]).iterdir():
        assert password[1].encode() not in file.read_bytes(), file.name


def test_a_second_office_is_refused(app: Flask) -> None:
    run(app, "office", "init", *NAMED)
    for command in (["office", "init", *NAMED], ["office", "demo"]):
        status, said = run(app, *command)
        assert status == 1
        assert "没有做任何改动" in said
    assert count(app, PersonRow) == 1


def test_an_office_without_a_number_for_its_administrator_is_refused(app: Flask) -> None:
    status, said = run(app, "office", "init", "--name", "办公室", "--admin-number", " ", "--admin-name", "管理者")
    assert (status, "请填写工号" in said) == (1, True)
    assert count(app, SectionRow) == 0


def test_what_a_command_does_is_in_the_trail_under_its_own_name(app: Flask) -> None:
    run(app, "office", "init", *NAMED)
    with app.app_context():
        rows = db.session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
        assert [(row.verb, row.person_id, row.person_name) for row in rows] == [
            ("section:added", None, "系统命令"),
            ("person:added", None, "系统命令"),
        ]
        db.session.remove()


# attempts close-overdue


def test_overdue_attempts_are_closed_with_what_was_saved(app: Flask, office: Office, clock: Clock) -> None:
    then = clock() - timedelta(hours=1)
    with app.app_context():
        with writing() as session:
            made = approved_set(session, office.editor.actor, office.second_editor.actor, now=then)
            facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=then)
            sitting = published_sitting(session, office.editor.actor, facts, now=then).public_id
            for person in (office.staff, office.colleague):
                attempts.start(session, person.actor, sitting, now=then)
            attempts.start(session, office.stranger.actor, sitting, now=clock())
        db.session.remove()
    assert run(app, "attempts", "close-overdue") == (0, "已收卷 2 份。\n")
    assert run(app, "attempts", "close-overdue") == (0, "已收卷 0 份。\n")
    with app.app_context():
        closed = db.session.scalars(select(AttemptRow).where(AttemptRow.closed_at.is_not(None))).all()
        assert {row.person_id for row in closed} == {office.staff.id, office.colleague.id}
        assert {row.closer for row in closed} == {Closer.SERVER}
        assert all(row.closed_at == row.deadline for row in closed)
        db.session.remove()


# office demo


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The demonstration office, loaded once by its command."""
    folder = tmp_path_factory.mktemp("demo")
    made = create_app({"QUIZAPP_INSTANCE": str(folder)}, TESTING=True, PROPAGATE_EXCEPTIONS=False)
    made.test_client_class = Browser
    with made.app_context():
        upgrade()
        db.session.remove()
    status, said = run(made, "office", "demo")
    assert status == 0, said
    return made


@pytest.fixture
def told(shown: Flask) -> Iterator[Session]:
    with shown.app_context():
        yield db.session()
        db.session.remove()


def sittings_by_phase(session: Session) -> dict[SittingPhase, list[SittingRow]]:
    found: dict[SittingPhase, list[SittingRow]] = {}
    for row in session.scalars(select(SittingRow)):
        found.setdefault(row.phase(datetime.now(UTC)), []).append(row)
    return found


def test_the_demonstration_has_sixty_two_people_in_ten_sections(told: Session) -> None:
    people = told.scalars(select(PersonRow)).all()
    assert len(people) == 62
    assert told.scalar(select(func.count()).select_from(SectionRow)) == 10
    assert len({person.name for person in people}) == 62


def test_the_demonstration_has_every_kind_of_person(told: Session) -> None:
    roles = told.scalars(select(PersonRoleRow.role)).all()
    assert {role: roles.count(role) for role in set(roles)} == {Role.EDITOR: 2, Role.ADMIN: 1, Role.AUDITOR: 1}
    overseers = told.scalars(select(OversightRow.person_id).distinct()).all()
    assert len(overseers) == 13  # a director, three deputies, nine chiefs


def test_the_demonstration_has_three_sittings_behind_it_one_open_and_one_ahead(told: Session) -> None:
    phases = {phase: len(rows) for phase, rows in sittings_by_phase(told).items()}
    assert phases == {SittingPhase.CLOSED: 3, SittingPhase.OPEN: 1, SittingPhase.PLANNED: 1}


def test_the_scores_of_the_demonstration_are_believable(told: Session) -> None:
    for sitting in sittings_by_phase(told)[SittingPhase.CLOSED]:
        rows = told.scalars(select(AttemptRow).where(AttemptRow.sitting_id == sitting.id)).all()
        taken = [row for row in rows if row.state is AttemptState.CLOSED]
        shares = [Fraction(row.units or 0, row.full_units or 1) for row in taken]
        assert len(rows) == 62
        assert 45 <= len(taken) < 62
        assert Fraction(4, 10) <= min(shares) <= max(shares) <= 1
        assert len(set(shares)) > 10
        assert Fraction(6, 10) < sum(shares, Fraction(0)) / len(shares) < Fraction(95, 100)


def test_every_paper_of_the_demonstration_has_a_matching_and_an_ordering_that_some_answered_partly(
    told: Session,
) -> None:
    for sitting in sittings_by_phase(told)[SittingPhase.CLOSED]:
        places = paper(told, sitting.id)
        long = [place for place in places if place.version.type in (TypeName.MATCHING, TypeName.ORDERING)]
        assert len(long) == 2
        for place in long:
            held = select(ResponseRow.units).join(AttemptRow, AttemptRow.id == ResponseRow.attempt_id)
            held = held.where(AttemptRow.sitting_id == sitting.id, ResponseRow.position == place.position)
            shares = {Fraction(units, place.full_mark * UNITS) for units in told.scalars(held)}
            assert 1 in shares
            assert any(0 <= share < 1 for share in shares)


def test_whoever_is_shown_the_site_still_has_the_open_quiz_before_them(told: Session) -> None:
    (sitting,) = sittings_by_phase(told)[SittingPhase.OPEN]
    numbers = [number for _, number, _ in demo.accounts()]
    waiting = told.scalars(
        select(AttemptRow)
        .join(PersonRow, PersonRow.id == AttemptRow.person_id)
        .where(AttemptRow.sitting_id == sitting.id, PersonRow.staff_number.in_(numbers))
    ).all()
    assert len(waiting) == len(numbers)
    assert {row.state for row in waiting} == {AttemptState.NOT_STARTED}
    taken = told.scalars(select(AttemptRow).where(AttemptRow.sitting_id == sitting.id)).all()
    assert sum(row.state is AttemptState.CLOSED for row in taken) > 10


def test_the_demonstration_has_a_bank_and_something_to_review(told: Session) -> None:
    states = told.scalars(select(QuestionRow.state)).all()
    assert states.count(QuestionState.APPROVED) >= 45
    assert states.count(QuestionState.IN_REVIEW) >= 1


def test_the_trail_of_the_demonstration_is_whole(told: Session) -> None:
    assert list(broken_links(told)) == []


def test_every_account_that_is_named_opens(shown: Flask) -> None:
    password = demo.demo_password(Path(shown.config["INSTANCE"]))
    browser = shown.test_client()
    for words, number, name in demo.accounts()[:3]:
        assert enter(browser, number, password) == 302, words  # type: ignore[arg-type]
        assert name in browser.get("/").get_data(as_text=True)


def test_the_password_of_the_demonstration_is_made_for_this_machine_and_for_its_account_alone(
    shown: Flask, tmp_path: Path
) -> None:
    file = Path(shown.config["INSTANCE"]) / demo.PASSWORD_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert demo.demo_password(tmp_path) != file.read_text()
    assert passwords.faults(file.read_text(), ()) == []


def test_the_demonstration_loads_into_an_empty_database_only(shown: Flask) -> None:
    before = count(shown, AuditRow)
    status, said = run(shown, "office", "demo")
    assert (status, "没有做任何改动" in said) == (1, True)
    assert count(shown, AuditRow) == before


def test_a_second_start_leaves_the_demonstration_alone_and_names_its_accounts(
    shown: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("quizapp.cli.serve"), "_become_server", lambda host, port: None)
    monkeypatch.setitem(shown.config, "PORT", free_port())
    before = contents(shown)
    status, said = run(shown, "serve")
    assert status == 0
    assert contents(shown) == before
    assert demo.demo_password(Path(shown.config["INSTANCE"])) in said
    assert all(number in said and name in said for _, number, name in demo.accounts())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def contents(app: Flask) -> str:
    """Everything the database holds, as SQLite writes it out."""
    with closing(sqlite3.connect(Path(app.config["INSTANCE"]) / "quizapp.sqlite3")) as connection:
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()


def test_a_demonstration_that_is_interrupted_leaves_nothing(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "quizapp.sqlite3").write_bytes(empty_database.read_bytes())
    made = create_app({"QUIZAPP_INSTANCE": str(tmp_path)}, TESTING=True)
    monkeypatch.setattr(demo, "_hold_past", interrupted)
    result = made.test_cli_runner().invoke(args=["office", "demo"])
    assert result.exit_code == 1
    assert count(made, PersonRow) == count(made, SittingRow) == count(made, AuditRow) == 0
