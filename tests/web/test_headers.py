"""What every answer carries, and what none does."""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from conftest import PASSWORD
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from quizapp import create_app
from quizapp.db.base import db
from quizapp.db.engine import GateBusy

Client = Callable[[Person], Browser]

#: Word for word; {n} is 128 bits of chance, another in each answer.
CSP = (
    "default-src 'none'; script-src 'self' 'nonce-{n}'; style-src 'self' 'nonce-{n}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
NONCE = re.compile(r"'nonce-([A-Za-z0-9_-]{22})'")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
INTERNALS = re.compile(
    r"Traceback|quizapp/|\.py\b|site-packages|SELECT|INSERT|sqlite|Werkzeug|Flask|Python/|/etc/secret"
)


def fail_in(app: Flask, fault: Exception) -> None:
    """Give the application a page that fails."""

    def failing() -> str:
        raise fault

    app.add_url_rule("/failing", "failing", failing)


ANSWERS: dict[str, tuple[int, Callable[[Browser], TestResponse]]] = {
    "a page": (200, lambda b: b.get("/sign-in")),
    "a page asked for by its head": (200, lambda b: b.head("/sign-in")),
    "a redirect": (302, lambda b: b.get("/")),
    "a script that is signed out": (401, lambda b: b.get("/history", headers={"Accept": "application/json"})),
    "a request without a token": (400, lambda b: b.post("/sign-in")),
    "an untrusted host": (400, lambda b: b.get("/sign-in", headers={"Host": "evil.example"})),
    "a missing page": (404, lambda b: b.get("/no/such/page")),
    "a missing file": (404, lambda b: b.get("/static/no-such.css")),
    "a wrong method": (405, lambda b: b.put("/sign-in")),
    "a form that is refused": (422, lambda b: b.submit("/sign-in", {})),
    "too large a body": (413, lambda b: b.post("/sign-in", data=b"x" * (20 * 1024 * 1024 + 1))),
    "too many parts": (413, lambda b: b.post("/sign-in", data={f"f{n}": "x" for n in range(501)}, content_type="multipart/form-data")),  # noqa: E501
    "a failure": (500, lambda b: b.get("/failing")),
    "a failure told to a script": (500, lambda b: b.get("/failing", headers={"Accept": "application/json"})),
    "a file": (200, lambda b: b.get("/static/site.css", buffered=True)),
    "a file of Bootstrap": (200, lambda b: b.get("/bootstrap.css", buffered=True)),
    "the methods of a page": (200, lambda b: b.options("/sign-in")),
}  # fmt: skip


@pytest.mark.parametrize(("status", "ask"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_carries_every_header(
    app: Flask, anonymous: Browser, status: int, ask: Callable[[Browser], TestResponse]
) -> None:
    fail_in(app, RuntimeError("boom"))
    answer = ask(anonymous)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policies = answer.headers.getlist("Content-Security-Policy")
    assert [NONCE.sub("'nonce-{n}'", policy) for policy in policies] == [CSP]
    assert len(set(NONCE.findall(policies[0]))) == 1
    assert "Strict-Transport-Security" not in answer.headers


def test_every_answer_has_a_nonce_of_its_own(anonymous: Browser) -> None:
    policies = [anonymous.get("/sign-in").headers["Content-Security-Policy"] for _ in range(20)]
    assert len(set(policies)) == 20


KEPT_BY_NOBODY = [name for name in ANSWERS if not name.startswith("a file")]


@pytest.mark.parametrize("name", KEPT_BY_NOBODY)
def test_what_is_no_file_is_kept_by_no_cache(app: Flask, anonymous: Browser, name: str) -> None:
    fail_in(app, RuntimeError("boom"))
    answer = ANSWERS[name][1](anonymous)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.vary


def test_pages_of_people_are_kept_by_no_cache(client_of: Client, office: Office) -> None:
    for path in ("/", "/history", "/password"):
        answer = client_of(office.staff).get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize("path", ["/static/site.css", "/static/taking.js", "/bootstrap.css"])
def test_files_are_kept_by_browsers_and_are_the_same_for_everybody(
    client_of: Client, office: Office, path: str
) -> None:
    browser = client_of(office.staff)
    answer = browser.get(path, buffered=True)
    assert answer.cache_control.public
    assert (answer.cache_control.max_age or 0) >= 365 * 24 * 3600
    assert "Cookie" not in answer.vary
    assert "Set-Cookie" not in answer.headers


def test_the_address_of_a_file_changes_with_the_file(anonymous: Browser) -> None:
    """What is kept for a year must have another address once it is another file."""
    page = anonymous.get("/sign-in").get_data(as_text=True)
    files = re.findall(r'(?:href|src)="(/(?:static/|bootstrap)[^"]+)"', page)
    assert files
    assert all(re.search(r"\?v=[0-9a-f]{12}$", file) for file in files)
    assert all(anonymous.get(file, buffered=True).status_code == 200 for file in files)


# Errors tell nothing

FAULTS = {
    "a fault of ours": (RuntimeError("SELECT secret FROM person /etc/secret"), 500),
    "a fault with a row": (IntegrityError("INSERT INTO person VALUES (?)", {}, Exception("sqlite: UNIQUE")), 500),
    "a database that is locked": (OperationalError("SELECT 1", {}, Exception("sqlite: database is locked")), 503),
    "a gate that does not open": (GateBusy(), 503),
    "a name that is not there": (KeyError("/etc/secret"), 500),
}


@pytest.mark.parametrize(("fault", "status"), FAULTS.values(), ids=FAULTS)
def test_a_failure_tells_no_internals_and_has_a_number_that_is_in_the_log(
    app: Flask, anonymous: Browser, caplog: pytest.LogCaptureFixture, fault: Exception, status: int
) -> None:
    fail_in(app, fault)
    answer = anonymous.get("/failing")
    body = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert not INTERNALS.search(body)
    assert not INTERNALS.search(str(answer.headers))
    number = re.search(r"编号：([0-9a-f]{8})", body)
    assert number
    assert number[1] in caplog.text


@pytest.mark.parametrize(("fault", "status"), FAULTS.values(), ids=FAULTS)
def test_a_script_is_told_of_a_failure_in_the_same_words(
    app: Flask, anonymous: Browser, fault: Exception, status: int
) -> None:
    fail_in(app, fault)
    answer = anonymous.get("/failing", headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert set(answer.get_json()) == {"error", "message", "incident"}
    assert not INTERNALS.search(answer.get_data(as_text=True))


def test_whoever_should_come_again_is_told_when(app: Flask, anonymous: Browser) -> None:
    fail_in(app, GateBusy())
    assert anonymous.get("/failing").headers["Retry-After"] == "2"


def test_a_wrong_method_is_told_the_right_ones(anonymous: Browser) -> None:
    assert anonymous.put("/sign-in").headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_database_that_fails_before_anybody_is_known_still_gives_a_page(
    app: Flask, client_of: Client, office: Office
) -> None:
    """The error page must not ask the same database who is looking at it."""
    browser = client_of(office.staff)
    with app.app_context():
        with db.engine.connect() as connection:
            connection.execute(text("ALTER TABLE sign_in_session RENAME TO lost"))
            connection.commit()
        db.engine.dispose()
    answer = browser.get("/")
    assert answer.status_code == 503
    assert "系统正忙" in answer.get_data(as_text=True)
    assert NONCE.search(answer.headers["Content-Security-Policy"])


# Host names and proxies


def site(tmp_path: Path, clock: Clock, empty_database: Path, **environ: str) -> Browser:
    """A browser on an application with these settings, on a database without people."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "quizapp.sqlite3").write_bytes(empty_database.read_bytes())
    environ = {"QUIZAPP_INSTANCE": str(folder), **environ}
    made = create_app(environ, CLOCK=clock, TESTING=True, PROPAGATE_EXCEPTIONS=False)
    made.test_client_class = Browser
    browser = made.test_client()
    assert isinstance(browser, Browser)
    return browser


HOSTS = {
    "evil.example": 400,
    "localhost.evil.example": 400,
    "evil.example:8000": 400,
    "localhost": 200,
    "localhost:8000": 200,
    "127.0.0.1:8000": 200,
}


@pytest.mark.parametrize(("host", "status"), HOSTS.items(), ids=HOSTS)
def test_the_site_answers_to_its_own_names_only(anonymous: Browser, host: str, status: int) -> None:
    answer = anonymous.get("/sign-in", headers={"Host": host})
    assert answer.status_code == status
    assert "evil.example" not in answer.get_data(as_text=True) + str(answer.headers)


def test_a_name_told_by_a_stranger_is_not_believed(anonymous: Browser) -> None:
    answer = anonymous.get("/", headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 302
    assert "evil.example" not in answer.headers["Location"]


def test_a_name_told_by_the_proxy_is_checked_too(tmp_path: Path, clock: Clock, empty_database: Path) -> None:
    browser = site(tmp_path, clock, empty_database, QUIZAPP_PROXIES="1", QUIZAPP_TRUSTED_HOSTS="xuece.example")
    for host, status in (("evil.example", 400), ("xuece.example", 200)):
        assert browser.get("/sign-in", headers={"X-Forwarded-Host": host}).status_code == status


@pytest.mark.parametrize(("proxies", "expected"), [("0", "127.0.0.1"), ("1", "203.0.113.9")])
def test_the_address_in_the_trail_is_the_one_that_can_be_believed(
    tmp_path: Path, clock: Clock, empty_database: Path, proxies: str, expected: str
) -> None:
    browser = site(tmp_path, clock, empty_database, QUIZAPP_PROXIES=proxies)
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    browser.submit("/sign-in", {"staff_number": "9999", "password": "wrong"}, headers=headers)
    with browser.application.app_context():
        assert db.session.execute(text("SELECT ip FROM sign_in_failure")).scalars().all() == [expected]
        assert db.session.execute(text("SELECT ip FROM audit")).scalars().all() == [expected]


# Cookies


def cookies(answer: TestResponse) -> SimpleCookie:
    found: SimpleCookie = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        found.load(line)
    return found


def answers_with_cookies(browser: Browser) -> list[TestResponse]:
    """Every answer that sets a cookie: a page with a form, signing in, a new password, signing out."""
    referrer = {"Referer": browser.get("/sign-in").request.host_url}
    answers = [browser.get("/sign-in")]
    entered = {"staff_number": "1102", "password": PASSWORD}
    answers.append(browser.submit("/sign-in", entered, headers=referrer))
    browser.csrf = None
    new = "Ganbu-Yongchi-77"
    passwords = {"current": PASSWORD, "new": new, "again": new}
    answers.append(browser.submit("/password", passwords, headers=referrer))
    browser.csrf = None
    answers.append(browser.submit("/sign-out", headers=referrer))
    return answers


def test_every_cookie_is_for_this_site_alone_and_for_no_script(app: Flask, office: Office, anonymous: Browser) -> None:
    named = set()
    for answer in answers_with_cookies(anonymous):
        for name, morsel in cookies(answer).items():
            named.add(name)
            assert morsel["httponly"], name
            assert (morsel["samesite"], morsel["path"], morsel["domain"]) == ("Lax", "/", ""), name
    assert named == {"sid", "web"}


def test_over_tls_cookies_are_bound_to_this_host_and_the_browser_stays_on_tls(
    app: Flask, office: Office, clock: Clock
) -> None:
    """The same database behind TLS."""
    made = create_app({"QUIZAPP_INSTANCE": str(app.config["INSTANCE"]), "QUIZAPP_HTTPS": "1"}, CLOCK=clock)
    made.test_client_class = Browser
    browser = made.test_client()
    assert isinstance(browser, Browser)
    browser.environ_base["wsgi.url_scheme"] = "https"
    named = set()
    for answer in answers_with_cookies(browser):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        for name, morsel in cookies(answer).items():
            named.add(name)
            assert morsel["secure"], name
            assert (morsel["path"], morsel["domain"]) == ("/", ""), name
    assert named == {"__Host-sid", "__Host-web"}
    assert browser.get("/static/site.css", buffered=True).headers["Strict-Transport-Security"]
    with made.app_context():
        db.engine.dispose()


def test_behind_tls_the_same_name_over_plain_http_is_another_site(
    tmp_path: Path, clock: Clock, empty_database: Path
) -> None:
    browser = site(tmp_path, clock, empty_database, QUIZAPP_HTTPS="1")
    for origin, status in (("http://localhost", 400), ("https://localhost", 422)):
        headers = {"Origin": origin, "Referer": "https://localhost/sign-in"}
        browser.environ_base["wsgi.url_scheme"] = "https"
        assert browser.submit("/sign-in", {}, headers=headers).status_code == status


def test_the_token_of_a_session_is_stored_as_its_digest_only(app: Flask, office: Office, client_of: Client) -> None:
    browser = client_of(office.staff)
    cookie = browser.get_cookie("sid")
    assert cookie is not None
    assert len(cookie.value) >= 43  # 256 bits
    with app.app_context():
        stored = db.session.execute(text("SELECT token_sha256 FROM sign_in_session")).scalars().all()
    assert cookie.value not in stored
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in stored)
