"""The auditor's page."""

import ast
import re
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FRIDAY
from conftest import Browser
from conftest import Office
from conftest import Person
from flask import Flask
from sqlalchemy import text

import quizapp
from quizapp.core.states import Decision
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import audit
from quizapp.web.views.audit import VERBS

SignIn = Callable[[Person], Browser]
SOURCES = sorted(Path(quizapp.__file__).parent.rglob("*.py"))
#: How verbs are written: what it was done to, and what was done.
VERB = re.compile(r"[a-z-]+:[a-z_-]+")


def record(app: Flask, office: Office, *verbs: str, **detail: object) -> None:
    with app.app_context():
        with writing() as session:
            for verb in verbs:
                audit.record(session, office.editor.actor, verb, "对象", FRIDAY, **detail)
        db.session.remove()


def page_of(browser: Browser, path: str = "/audit") -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("who", ["director", "chief", "staff", "editor", "admin"])
def test_only_the_auditor_reads_the_trail(office: Office, client_of: SignIn, who: str) -> None:
    assert client_of(getattr(office, who)).get("/audit").status_code == 404


def test_the_newest_comes_first_in_words(app: Flask, office: Office, client_of: SignIn) -> None:
    record(app, office, "speech:loaded", "question:retired")
    page = page_of(client_of(office.auditor))
    assert page.index("停用试题") < page.index("上传讲话")
    assert "唐编辑" in page
    assert "2026-11-20 14:00:00" in page


def test_a_hundred_rows_a_page_and_older_ones_behind_a_link(app: Flask, office: Office, client_of: SignIn) -> None:
    record(app, office, *["sign-in"] * 250)
    browser = client_of(office.auditor)
    path, numbers = "/audit", []
    while path:
        page = page_of(browser, path)
        found = [int(part.split("<")[0]) for part in page.split('data-label="编号">')[1:]]
        assert len(found) <= 100
        numbers += found
        older = re.search(r'href="(/audit\?before=\d+)">更早的记录<', page)
        path = older[1] if older else ""
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 1
    assert len(numbers) == numbers[0], "no row is left out or shown twice"


@pytest.mark.parametrize("before", ["0", "-1", "abc", "9" * 30])
def test_a_strange_page_number_does_no_harm(office: Office, client_of: SignIn, before: str) -> None:
    assert client_of(office.auditor).get(f"/audit?before={before}").status_code == 200


def test_a_change_of_rights_names_what_differs(app: Flask, office: Office, client_of: SignIn) -> None:
    before = {"name": "甲", "roles": [], "section": office.finance, "oversees": [], "active": True}
    after = before | {"roles": ["editor", "auditor"], "section": office.secretariat, "oversees": [office.root]}
    record(app, office, "person:changed", before=before, after=after)
    page = page_of(client_of(office.auditor))
    assert "角色：无 → 编辑、审计员" in page
    assert "科室：财务科 → 秘书科" in page
    assert "分管：无 → 市政府办公室" in page
    assert "姓名：甲" not in page


def test_what_people_typed_is_shown_as_text(app: Flask, office: Office, client_of: SignIn) -> None:
    record(app, office, "question:sent_back", reason="<script>alert(1)</script>")
    page = page_of(client_of(office.auditor))
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_whole_chain_is_called_whole(office: Office, client_of: SignIn) -> None:
    assert "记录链完整" in page_of(client_of(office.auditor))


def test_a_tampered_row_is_named(app: Flask, office: Office, client_of: SignIn) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET person_name = '别人' WHERE id = 3"))
    page = page_of(client_of(office.auditor))
    assert "记录链不完整" in page
    assert "第 3 号记录" in page


def test_a_long_trail_is_checked_when_asked(
    app: Flask, office: Office, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quizapp.web.views.audit.CHECKED_UNASKED", 1)
    browser = client_of(office.auditor)
    assert "记录链完整" not in page_of(browser)
    assert "记录链完整" in page_of(browser, "/audit?check=1")


def test_reading_the_trail_adds_nothing_to_it(office: Office, client_of: SignIn) -> None:
    browser = client_of(office.auditor)
    first = page_of(browser)
    assert page_of(browser).count('data-label="编号"') == first.count('data-label="编号"')


def test_every_verb_that_is_recorded_has_a_chinese_word() -> None:
    recorded = {verb for path in SOURCES for verb in recorded_verbs(path)}
    assert {"sign-in", "person:changed", "question:approved"} <= recorded
    assert recorded <= VERBS.keys()


def recorded_verbs(path: Path) -> Iterator[str]:
    """The verbs in calls of audit.record, whichever way they are written."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_record(node.func):
            verb = node.args[2]
            for spelling in meanings(tree) if isinstance(verb, ast.Name) else [verb]:
                yield from spelt(spelling)


def meanings(tree: ast.Module) -> list[ast.expr]:
    """Everything in a file that is written like a verb, for one that is chosen before it is recorded."""
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [text for text in texts if VERB.fullmatch(str(text.value))]


def spelt(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from spelt(node.body)
        yield from spelt(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield from (f"question:{decision}" for decision in Decision)
    else:
        assert isinstance(node, ast.Constant), ast.unparse(node)
        yield str(node.value)


def is_record(function: ast.expr) -> bool:
    """Whether a call is `audit.record(…)`."""
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "record"
        and isinstance(function.value, ast.Name)
        and function.value.id == "audit"
    )
