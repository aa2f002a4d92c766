"""/api/v1: what other systems read, with which token, and what they never get."""

import re
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from jsonschema import Draft202012Validator
from services.summed import THREE
from services.summed import Told
from services.summed import closed
from sqlalchemy import event
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set
from werkzeug.test import TestResponse

from quizapp import create_app
from quizapp.core.api import REQUESTS
from quizapp.core.api import Scope
from quizapp.core.roles import Role
from quizapp.db.api_tokens import ApiTokenRow
from quizapp.db.base import db
from quizapp.db.engine import GateBusy
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.services import api_tokens
from quizapp.services import attempts
from quizapp.services import people
from quizapp.services import sittings
from quizapp.services.people import PersonFacts

set_id = stocked_set(each=1)
Make = Callable[..., "Reader"]
ClientOf = Callable[[Person], Browser]
#: Thirty people on three questions.
MARKS = [(5, 0, 5), (5, 5, 5), (5, 0, 2), (0, 5, 2), (0, 5, 0)] * 6


class Reader:
    """A system with a token."""

    def __init__(self, app: Flask, token: str):
        self.app, self.token = app, token

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        with self.app.app_context():
            return self.app.test_client().get(f"/api/v1{path}", headers=headers, **kwargs)

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/json"), answer.get_data(as_text=True)
        return answer.get_json()

    def items(self, path: str) -> list[Any]:
        """All of a list, page after page."""
        found, following = [], path
        while following:
            page = self.json(following)
            found += page["items"]
            following = (page["next"] or "").removeprefix("/api/v1")
        return found


@pytest.fixture
def reader(app: Flask, session: Session, office: Office, clock: Clock) -> Make:
    def made(*scopes: Scope, name: str = "机关综合平台", days: float = 90) -> Reader:
        with writing() as write:
            until = clock() + timedelta(days=days)
            token = api_tokens.make(write, office.admin.actor, name, scopes or tuple(Scope), until, now=clock())
        return Reader(app, token)

    return made


def public_id(session: Session, section_id: int) -> str:
    return session.get_one(SectionRow, section_id).public_id


@pytest.fixture
def scored(office: Office, clock: Clock, session: Session, set_id: int) -> str:
    """A closed sitting that four people of 秘书科 took and one of 财务科, nobody with a right answer."""
    with writing() as write:
        facts = sitting_facts(
            set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), topic="已结束"
        )
        sitting = published_sitting(write, office.editor.actor, facts, now=clock(), spec=THREE).public_id
    for person in (office.staff, office.colleague, office.chief, office.editor, office.stranger):
        with writing() as write:
            attempt = attempts.start(write, person.actor, sitting, now=clock()).public_id
        with writing() as write:
            attempts.submit(write, person.actor, attempt, now=clock() + timedelta(minutes=3))
    clock.advance(hours=3)
    return sitting


@pytest.fixture
def told(office: Office, clock: Clock, session: Session, set_id: int) -> Told:
    """A closed sitting with statistics."""
    return closed(office, clock, set_id, MARKS)


def resources(told: Told) -> dict[str, Scope]:
    return {
        "/people": Scope.PEOPLE_READ,
        "/sections": Scope.PEOPLE_READ,
        "/sittings": Scope.SITTINGS_READ,
        f"/sittings/{told.id}/sections": Scope.SCORES_READ,
        f"/sittings/{told.id}/statistics": Scope.STATISTICS_READ,
        f"/questions/{told.questions[0]}/statistics": Scope.STATISTICS_READ,
        "/scores?from=2026-11-01&to=2026-11-30": Scope.SCORES_READ,
    }


# Who may read


def test_a_token_reads_what_its_scopes_say_and_nothing_else(reader: Make, told: Told) -> None:
    wrong = []
    for scope in Scope:
        system = reader(scope, name=scope.value)
        for path, needed in resources(told).items():
            answer = system.get(path)
            expected = 200 if needed is scope else 403
            if answer.status_code != expected:
                wrong.append((scope, path, answer.status_code))
            if expected == 403:
                assert f'scope="{needed.value}"' in answer.headers["WWW-Authenticate"]
                assert answer.mimetype == "application/problem+json"
    assert wrong == []


NO_TOKEN = {
    "nothing": {},
    "another way": {"Authorization": "Basic eGM6eGM="},
    "no token behind it": {"Authorization": "Bearer "},
    "a made-up token": {"Authorization": "Bearer xc_" + "A" * 43},
    "a long one": {"Authorization": "Bearer " + "x" * 5000},
    "no text": {"Authorization": "Bearer \xff\xfe"},
    "a cookie": {"Cookie": "sid=xc_token; token=xc_token"},
}


@pytest.mark.parametrize("headers", NO_TOKEN.values(), ids=NO_TOKEN)
def test_without_a_token_nobody_reads(app: Flask, office: Office, headers: dict[str, str]) -> None:
    answer = app.test_client().get("/api/v1/people", headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.get_json()["status"] == 401
    assert "RateLimit" not in answer.headers


def test_a_token_in_the_address_is_no_token(app: Flask, reader: Make) -> None:
    system = reader()
    for name in ("token", "access_token", "api_key"):
        answer = app.test_client().get(f"/api/v1/people?{name}={system.token}")
        assert answer.status_code == 401
        assert system.get(f"/people?{name}={system.token}").status_code == 400


def test_a_person_who_is_signed_in_reads_nothing_here(app: Flask, client_of: ClientOf, office: Office) -> None:
    browser = client_of(office.admin)
    before = browser.get("/history")
    answer = browser.get("/api/v1/people")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.vary or answer.headers["Cache-Control"] == "no-store"
    assert before.status_code == browser.get("/history").status_code == 200


def test_a_token_ends(reader: Make, clock: Clock, office: Office, session: Session) -> None:
    short, other = reader(days=1, name="短"), reader(name="另一个")
    assert short.get("/people").status_code == 200
    clock.advance(days=1)
    answer = short.get("/people")
    assert (answer.status_code, "已过期" in answer.get_json()["detail"]) == (401, True)
    with writing() as write:
        row = write.scalars(select(ApiTokenRow).where(ApiTokenRow.name == "另一个")).one()
        api_tokens.revoke(write, office.admin.actor, row.public_id, now=clock())
    answer = other.get("/people")
    assert (answer.status_code, "已停用" in answer.get_json()["detail"]) == (401, True)


# What is read


def test_people_are_listed_without_anything_of_their_accounts(reader: Make, office: Office, session: Session) -> None:
    with writing() as write:
        write.get_one(PersonRow, office.staff.id).email = "lu@example.gov.cn"
        write.get_one(PersonRow, office.stranger.id).active = False
    listed = {item["staff_number"]: item for item in reader().items("/people")}
    assert set(listed) == {person.number for person in office.everybody()}
    assert listed["1102"] == {
        "staff_number": "1102",
        "name": "陆干部",
        "section": {"id": public_id(session, office.secretariat), "name": "秘书科"},
        "active": True,
    }
    assert listed["1402"]["active"] is False


def test_people_are_narrowed_to_a_section_or_to_those_who_are_active(
    reader: Make, office: Office, session: Session
) -> None:
    system = reader()
    with writing() as write:
        write.get_one(PersonRow, office.stranger.id).active = False
    finance = public_id(session, office.finance)
    numbers = {
        query: [item["staff_number"] for item in system.items(f"/people?section={finance}{query}")]
        for query in ("", "&active=true", "&active=false")
    }
    assert numbers == {"": ["1401", "1402"], "&active=true": ["1401"], "&active=false": ["1402"]}


def test_sections_hang_together_as_a_tree(reader: Make, office: Office) -> None:
    listed = {item["id"]: item for item in reader().items("/sections")}
    tree = {item["name"]: item["parent_id"] and listed[item["parent_id"]]["name"] for item in listed.values()}
    root = "市政府办公室"
    assert tree == {root: None, "秘书科": root, "督查室": root, "财务科": root}


def test_sittings_are_those_that_were_published(
    reader: Make, office: Office, clock: Clock, set_id: int, session: Session
) -> None:
    starts = {"上周": -7, "正在": -0.02, "下周": 7}
    with writing() as write:
        for topic, days in starts.items():
            at = clock() + timedelta(days=days)
            facts = sitting_facts(set_id, host=office.finance, leader=office.deputy.id, opens_at=at, topic=topic)
            published_sitting(write, office.editor.actor, facts, now=at - timedelta(days=1), spec=THREE)
        facts = sitting_facts(
            set_id, host=office.finance, leader=office.deputy.id, opens_at=clock() + timedelta(days=9), topic="未定"
        )
        sittings.plan_sitting(write, office.editor.actor, facts, now=clock())
    system = reader(Scope.SITTINGS_READ)
    listed = {item["topic"]: item for item in system.items("/sittings")}
    assert {topic: item["phase"] for topic, item in listed.items()} == {
        "上周": "closed",
        "正在": "open",
        "下周": "planned",
    }
    assert listed["正在"]["host"]["name"] == "财务科"
    assert listed["上周"]["opens_at"] == "2026-11-13T06:00:00Z"
    assert "沈副主任" not in str(listed)
    for phase, topic in (("closed", "上周"), ("open", "正在"), ("planned", "下周")):
        assert [item["topic"] for item in system.items(f"/sittings?phase={phase}")] == [topic]
    assert [item["topic"] for item in system.items("/sittings?from=2026-11-13&to=2026-11-13")] == ["上周"]
    assert system.items("/sittings?from=2026-11-14&to=2026-11-19") == []


def test_scores_are_those_of_sections_and_of_few_people_there_is_no_mean(reader: Make, scored: str) -> None:
    by_name = {item["section"]["name"]: item for item in reader().items(f"/sittings/{scored}/sections")}
    secretariat, finance, inspection = by_name["秘书科"], by_name["财务科"], by_name["督查室"]
    assert {name: secretariat[name] for name in ("expected", "started", "scored", "mean", "pass_rate")} == {
        "expected": 4,
        "started": 4,
        "scored": 4,
        "mean": 0,
        "pass_rate": 0,
    }
    assert (finance["started"], finance["scored"]) == (1, 1)
    assert (inspection["expected"], inspection["scored"]) == (3, 0)
    for few in (finance, inspection):
        assert [few[name] for name in ("mean", "spread", "pass_rate", "excellent_rate")] == [None] * 4


def test_a_person_who_sat_often_is_still_one_person(
    reader: Make, office: Office, clock: Clock, scored: str, set_id: int, session: Session
) -> None:
    """Three scores of one and the same would tell theirs."""
    for _ in range(2):
        with writing() as write:
            facts = sitting_facts(set_id, host=office.finance, leader=office.deputy.id, opens_at=clock())
            sitting = published_sitting(write, office.editor.actor, facts, now=clock(), spec=THREE).public_id
        with writing() as write:
            attempt = attempts.start(write, office.stranger.actor, sitting, now=clock()).public_id
        with writing() as write:
            attempts.submit(write, office.stranger.actor, attempt, now=clock() + timedelta(minutes=3))
        clock.advance(hours=3)
    items = reader().items("/scores?from=2026-11-20&to=2026-11-21")
    by_name = {item["section"]["name"]: item for item in items}
    assert (by_name["财务科"]["scored"], by_name["财务科"]["mean"]) == (3, None)
    assert (by_name["秘书科"]["scored"], by_name["秘书科"]["mean"]) == (4, 0)
    assert by_name["秘书科"]["expected"] == 12
    assert reader(name="另").items("/scores?from=2026-11-01&to=2026-11-19") == []


def test_an_open_sitting_has_no_figures_yet(reader: Make, sitting: str) -> None:
    system = reader()
    for path in (f"/sittings/{sitting}/sections", f"/sittings/{sitting}/statistics"):
        answer = system.get(path)
        assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")


def test_statistics_are_figures_and_tell_neither_stems_nor_keys(reader: Make, told: Told) -> None:
    system = reader()
    paper = system.json(f"/sittings/{told.id}/statistics")
    assert (paper["people"], len(paper["questions"])) == (30, 3)
    total = sum(sum(row) for row in MARKS)
    assert paper["mean"] == round(float(Fraction(total, 15 * 30)), 4)
    assert paper["questions"][0]["question_id"] == told.questions[0]
    assert paper["questions"][0]["figures"]["facility"] == 0.6
    asked = system.json(f"/questions/{told.questions[0]}/statistics")
    assert [version["sitting_ids"] for version in asked["versions"]] == [[told.id]]
    assert asked["versions"][0]["figures"] == paper["questions"][0]["figures"]


def test_a_question_that_was_never_asked_is_not_there(reader: Make, told: Told, session: Session) -> None:
    unused = "0000000000000000000000"
    assert reader().get(f"/questions/{unused}/statistics").status_code == 404


def test_what_is_not_of_people_names_nobody_and_no_key(reader: Make, told: Told, office: Office) -> None:
    system = reader()
    names = [person.name for person in office.everybody()]
    for path, scope in resources(told).items():
        if path != "/people":
            text = system.get(path).get_data(as_text=True)
            assert not [word for word in (*names, CANARY, "题：", "password", "argon2") if word in text], (path, scope)


# Pages


def test_a_list_is_whole_while_people_join(reader: Make, office: Office, clock: Clock, session: Session) -> None:
    system, found = reader(), []
    before = {person.number for person in office.everybody()}
    path = "/people?limit=4"
    for number in range(100):
        page = system.json(path)
        assert len(page["items"]) <= 4
        found += [item["staff_number"] for item in page["items"]]
        if page["next"] is None:
            break
        path = page["next"].removeprefix("/api/v1")
        if number < 3:
            with writing() as write:
                for joined in (f"000{number}", f"9{number}"):
                    facts = PersonFacts(joined, "新同志", "", office.finance, frozenset({Role.STAFF}))
                    people.add_person(write, office.admin.actor, facts, "x", now=clock())
    assert Counter(found) == Counter(before | {f"{head}{number}" for head in ("000", "9") for number in range(3)})


def test_every_list_is_the_same_in_small_pages(reader: Make, scored: str, told: Told) -> None:
    system = reader()
    paths = (
        "/people?",
        "/sections?",
        "/sittings?",
        f"/sittings/{scored}/sections?",
        "/scores?from=2026-11-01&to=2026-12-31&",
    )
    for path in paths:
        assert system.items(f"{path}limit=2") == system.items(path), path
        assert len(system.items(path)) > 1


@pytest.mark.parametrize("on_postgres", [True], ids=["postgresql"], indirect=True)
def test_postgresql_pages_and_narrows_alike(
    app: Flask, office: Office, sitting: str, reader: Make, session: Session, clock: Clock
) -> None:
    system, finance = reader(), public_id(session, office.finance)
    assert len(system.items("/people?limit=4")) == len(office.everybody())
    assert len(system.items(f"/people?section={finance}&active=true&limit=1")) == 2
    assert len(system.items("/sections?limit=1")) == 4
    assert [item["id"] for item in system.items("/sittings?phase=open&from=2026-11-20&to=2026-11-20")] == [sitting]
    assert system.items(f"/sittings?cursor={sitting}") == []
    assert system.get("/sittings/%00/sections").status_code == 404
    clock.advance(hours=3)
    over = "/scores?from=2026-11-20&to=2026-11-20&limit=2"
    assert system.items(f"/sittings/{sitting}/sections?limit=2") == system.items(over)
    assert system.get(f"/sittings/{sitting}/statistics").status_code == 200


def test_the_next_page_is_also_in_the_header(reader: Make, office: Office) -> None:
    answer = reader().get("/people?limit=2&active=true")
    following = answer.get_json()["next"]
    assert answer.headers["Link"] == f'<{following}>; rel="next"'
    assert urlsplit(following).query.startswith("limit=2&active=true&cursor=")


HOSTILE = {
    "an unknown name": ("/people?colour=red", ["colour"]),
    "a name twice": ("/people?limit=1&limit=2", ["limit"]),
    "two faults": ("/people?limit=0&x=1", ["limit", "x"]),
    "nought": ("/people?limit=0", ["limit"]),
    "too many": ("/people?limit=201", ["limit"]),
    "a sign": ("/people?limit=%2B5", ["limit"]),
    "digits of elsewhere": ("/people?limit=%D9%A3", ["limit"]),
    "a huge number": ("/people?limit=" + "9" * 4000, ["limit"]),
    "nothing": ("/people?limit=", ["limit"]),
    "a cursor of nobody": ("/people?cursor=0000000000000000000000", ["cursor"]),
    "a cursor that injects": ("/people?cursor=' OR 1=1 --", ["cursor"]),
    "a cursor with a NUL": ("/people?cursor=%00", ["cursor"]),
    "a cursor of another list": ("/sittings?cursor={section}", ["cursor"]),
    "a section of nowhere": ("/people?section=nowhere", ["section"]),
    "neither true nor false": ("/people?active=1", ["active"]),
    "an unknown phase": ("/sittings?phase=composing", ["phase"]),
    "no day": ("/sittings?from=yesterday", ["from"]),
    "no such day": ("/sittings?from=2026-02-30", ["from"]),
    "a week": ("/sittings?from=2026-W47-5", ["from"]),
    "the end of time": ("/sittings?to=9999-12-31", ["to"]),
    "the wrong way round": ("/sittings?from=2026-11-20&to=2026-11-19", ["to"]),
    "no period": ("/scores", ["from", "to"]),
    "too long a period": ("/scores?from=2025-01-01&to=2026-06-01", ["to"]),
    "a parameter where none is": ("/openapi.json?x=1", ["x"]),
}


def test_a_bad_parameter_is_named(reader: Make, office: Office, session: Session) -> None:
    system, section = reader(), public_id(session, office.finance)
    for path, names in HOSTILE.values():
        answer = system.get(path.format(section=section))
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), path
        assert sorted(fault["name"] for fault in answer.get_json()["parameters"]) == names, path
        assert all(fault["reason"] for fault in answer.get_json()["parameters"])


def test_what_is_unknown_is_not_there(reader: Make, office: Office, sitting: str) -> None:
    system = reader()
    ids = ("0000000000000000000000", "1", "%00", "..", "' OR 1=1 --", "长" * 300)
    paths = [
        path.format(id)
        for path in ("/sittings/{}/sections", "/sittings/{}/statistics", "/questions/{}/statistics")
        for id in ids
    ]
    for path in (*paths, "/", "", "/persons", "/people/1102", "/people/"):
        answer = system.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path


# How it answers


def test_only_reading_exists(app: Flask, reader: Make, told: Told) -> None:
    system = reader()
    client = app.test_client()
    for path in [*resources(told), "/openapi.json"]:
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = client.open(
                f"/api/v1{path}", method=method, headers={"Authorization": f"Bearer {system.token}"}, json={}
            )
            assert (answer.status_code, answer.mimetype) == (405, "application/problem+json"), (method, path)
            assert answer.headers["Allow"] == "GET, HEAD"
        assert client.head(f"/api/v1{path}", headers={"Authorization": f"Bearer {system.token}"}).status_code == 200


def test_reading_writes_nothing_but_the_counter(app: Flask, reader: Make, told: Told) -> None:
    system, written = reader(), []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "WITH", "BEGIN", "PRAGMA")):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    for path in resources(told):
        assert system.get(path).status_code == 200
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(written) == len(resources(told))
    assert {statement.split(" SET ")[0] for statement in written} == {"UPDATE api_token"}


def test_what_has_not_changed_is_not_sent_again(reader: Make, office: Office, session: Session) -> None:
    system = reader()
    first = system.get("/people")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = system.get("/people", headers=tag)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.vary.as_set(preserve_casing=False) == {"authorization", "accept-encoding"}
    with writing() as write:
        write.get_one(PersonRow, office.staff.id).name = "陆主任科员"
    assert system.get("/people", headers=tag).status_code == 200


FAILURES = {"a fault of ours": (RuntimeError("SELECT secret"), 500), "a gate that does not open": (None, 503)}


@pytest.mark.parametrize(("fault", "status"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_json_and_tells_no_internals(
    monkeypatch: pytest.MonkeyPatch, reader: Make, fault: Exception | None, status: int
) -> None:
    def failing(*args: object, **kwargs: object) -> None:
        raise fault or GateBusy

    system = reader()
    monkeypatch.setattr("quizapp.services.api.people", failing)
    answer = system.get("/people")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert re.fullmatch("[0-9a-f]{8}", answer.get_json()["incident"])
    assert "secret" not in answer.get_data(as_text=True)


def test_another_sites_name_is_refused_in_json(app: Flask, office: Office) -> None:
    answer = app.test_client().get("/api/v1/openapi.json", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


# How often


def test_a_token_is_told_what_is_left_and_when_to_come_again(reader: Make, clock: Clock) -> None:
    system = reader()
    answer = system.get("/sections")
    assert answer.headers["RateLimit-Policy"] == f'"token";q={REQUESTS};w=60'
    assert answer.headers["RateLimit"] == f'"token";r={REQUESTS - 1};t=60'
    assert system.get("/no-such-thing").headers.get("RateLimit") is None
    with writing() as write:
        write.scalars(select(ApiTokenRow)).one().window_requests = REQUESTS
    clock.advance(seconds=25)
    spent = system.get("/sections")
    assert (spent.status_code, spent.mimetype) == (429, "application/problem+json")
    assert (spent.headers["Retry-After"], spent.headers["RateLimit"]) == ("35", '"token";r=0;t=35')
    clock.advance(seconds=35)
    assert system.get("/sections").status_code == 200


@pytest.mark.parametrize("on_postgres", [False, True], ids=["sqlite", "postgresql"], indirect=True)
def test_two_servers_on_one_database_count_together_and_exactly(
    app: Flask, reader: Make, database: dict[str, str], clock: Clock
) -> None:
    token = reader().token
    other = create_app(database, CLOCK=clock, TESTING=True, PROPAGATE_EXCEPTIONS=False)
    with writing() as write:
        row = write.scalars(select(ApiTokenRow)).one()
        row.window_at, row.window_requests = clock(), REQUESTS - 25
    db.session.remove()

    def ask(number: int) -> int:
        return Reader((app, other)[number % 2], token).get("/sections").status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = Counter(pool.map(ask, range(40)))
    with other.app_context():
        db.session.remove()
        db.engine.dispose()
    assert statuses == {200: 25, 429: 15}


# The description

#: The bones of an OpenAPI 3.1 document, as its specification has them.
STRUCTURE = {
    "type": "object",
    "required": ["openapi", "info", "paths", "components"],
    "properties": {
        "openapi": {"const": "3.1.0"},
        "info": {"type": "object", "required": ["title", "version"]},
        "servers": {"type": "array", "items": {"type": "object", "required": ["url"]}},
        "paths": {
            "type": "object",
            "propertyNames": {"pattern": "^/"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["get"],
                "properties": {
                    "get": {
                        "type": "object",
                        "required": ["operationId", "summary", "parameters", "responses", "security"],
                        "properties": {
                            "parameters": {"type": "array", "items": {"$ref": "#/$defs/parameter"}},
                            "responses": {
                                "type": "object",
                                "required": ["200", "400", "401", "403", "429"],
                                "propertyNames": {"pattern": "^[1-5][0-9]{2}$"},
                                "additionalProperties": {"type": "object", "required": ["description"]},
                            },
                            "security": {"type": "array", "items": {"type": "object", "required": ["token"]}},
                        },
                    }
                },
            },
        },
    },
    "$defs": {
        "parameter": {
            "type": "object",
            "required": ["name", "in", "schema", "description", "required"],
            "properties": {"in": {"enum": ["path", "query"]}, "name": {"type": "string"}},
            "if": {"properties": {"in": {"const": "path"}}},
            "then": {"properties": {"required": {"const": True}}},
        }
    },
}


@pytest.fixture
def described(app: Flask, office: Office) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_description_is_one_and_names_every_address(app: Flask, described: dict[str, Any]) -> None:
    Draft202012Validator(STRUCTURE).validate(described)
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    served = {
        re.sub(r"<string:(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules() if "/api/" in rule.rule
    }
    assert {f"/api/v1{path}" for path in described["paths"]} == served - {"/api/v1/openapi.json"}
    names = [operation["get"]["operationId"] for operation in described["paths"].values()]
    assert len(set(names)) == len(names)
    for path, operation in described["paths"].items():
        in_path = {p["name"] for p in operation["get"]["parameters"] if p["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))


def schemas(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operation in described["paths"].items():
        content = operation["get"]["responses"]["200"]["content"]["application/json"]
        yield path, content["schema"] | {"components": described["components"]}


def test_every_answer_is_as_it_is_described(reader: Make, told: Told, scored: str, app: Flask) -> None:
    described = app.test_client().get("/api/v1/openapi.json").get_json()
    system = reader()
    fault = {"$ref": "#/components/schemas/Problem", "components": described["components"]}
    for path, schema in schemas(described):
        for sitting in (told.id, scored):
            asked = path.format(sitting_id=sitting, question_id=told.questions[0])
            query = "?from=2026-11-01&to=2026-12-31" if path == "/scores" else ""
            Draft202012Validator(schema).validate(system.json(asked + query))
            Draft202012Validator(fault).validate(system.get(f"{asked}?x=1").get_json())


def test_every_declared_parameter_is_taken(
    reader: Make, described: dict[str, Any], told: Told, session: Session
) -> None:
    """What is described is not refused as unknown."""
    values = {"phase": "closed", "from": "2026-11-01", "to": "2026-11-30", "active": "true", "limit": "5"}
    cursors = {"/people": PersonRow, "/sections": SectionRow}
    system = reader()
    for path, operation in described["paths"].items():
        asked = [p["name"] for p in operation["get"]["parameters"] if p["in"] == "query"]
        query = "&".join(f"{name}={values[name]}" for name in asked if name in values)
        if path in cursors:
            query += f"&cursor={session.scalars(select(cursors[path].public_id)).first()}"
        address = path.format(sitting_id=told.id, question_id=told.questions[0])
        assert system.get(f"{address}?{query}").status_code == 200, (path, query)


# The administrators' page


def test_a_token_is_made_on_its_page_and_shown_once(
    client_of: ClientOf, office: Office, app: Flask, clock: Clock
) -> None:
    browser = client_of(office.admin)
    assert "还没有令牌" in browser.get("/api-tokens").get_data(as_text=True)
    form = {"name": "机关人事系统", "scopes": ["people:read"], "expires_on": "2027-11-20"}
    made = browser.submit("/api-tokens", form)
    token = re.search(r"xc_[A-Za-z0-9_-]{43}", made.get_data(as_text=True))
    assert made.status_code == 200 and token
    page = browser.get("/api-tokens").get_data(as_text=True)
    assert "机关人事系统" in page and "2027年11月20日" in page and token[0] not in page
    system = Reader(app, token[0])
    assert system.get("/people").status_code == 200
    assert system.get("/sittings").status_code == 403
    again = browser.submit("/api-tokens", form)
    assert (again.status_code, "已有一个没有停用的令牌" in again.get_data(as_text=True)) == (422, True)
    found = re.search(r"/api-tokens/[\w-]+/revocation", page)
    assert found
    assert browser.submit(found[0]).status_code == browser.submit(found[0]).status_code == 302
    assert system.get("/people").status_code == 401
    assert "白管理停用于" in browser.get("/api-tokens").get_data(as_text=True)


FORMS = {
    "nothing": ({}, "请填写系统名称"),
    "no scope": ({"name": "甲", "expires_on": "2027-01-01"}, "请至少选择一项"),
    "an unknown scope": ({"name": "甲", "scopes": "keys:read", "expires_on": "2027-01-01"}, "甲"),
    "a past day": ({"name": "甲", "scopes": "people:read", "expires_on": "2026-11-19"}, "有效期至少到今天"),
    "too far": ({"name": "甲", "scopes": "people:read", "expires_on": "2027-11-21"}, "最长一年"),
    "no day": ({"name": "甲", "scopes": "people:read", "expires_on": "明年"}, "有效期"),
}


@pytest.mark.parametrize(("form", "words"), FORMS.values(), ids=FORMS)
def test_a_form_that_is_refused_says_why_and_makes_nothing(
    client_of: ClientOf, office: Office, session: Session, form: dict[str, Any], words: str
) -> None:
    answer = client_of(office.admin).submit("/api-tokens", form)
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (422, True)
    assert session.scalars(select(ApiTokenRow)).all() == []
