"""Signing in and out, one's own password, and everything that ends a session."""

import re
import time
from collections.abc import Callable
from collections.abc import Iterator
from datetime import timedelta
from typing import cast
from unittest.mock import Mock

import pytest
from argon2 import PasswordHasher
from argon2 import extract_parameters
from conftest import PASSWORD
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp import create_app
from quizapp.core.roles import Action
from quizapp.core.roles import Role
from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.people import SignInFailureRow
from quizapp.db.people import SignInSessionRow
from quizapp.services import passwords
from quizapp.services import people
from quizapp.services import sign_in
from quizapp.services.people import PersonFacts
from quizapp.web.security import STATIC
from quizapp.web.views.account import safe_target

Client = Callable[[Person], Browser]
NEW = "Ganbu-Yongchi-77"
#: As the site hashes; the tests themselves hash more quickly.
AS_SHIPPED = passwords.HASHER
WRONG = "工号或密码不正确"
HELD = "密码错误次数过多"


def enter(
    browser: Browser, number: str, password: str = PASSWORD, *, ip: str = "127.0.0.1", **more: str
) -> TestResponse:
    """Fill in the sign-in form."""
    sent = {"staff_number": number, "password": password, **more}
    answer = browser.submit("/sign-in", sent, environ_overrides={"REMOTE_ADDR": ip})
    if answer.status_code == 302:
        browser.csrf = None  # a new session has a new token
    return answer


def is_in(browser: Browser) -> bool:
    """Whether the browser is signed in; a script is told so plainly."""
    answer = browser.get("/history", headers={"Accept": "application/json"})
    assert answer.status_code in (200, 302, 401)
    return answer.status_code != 401


def token_of(browser: Browser) -> str:
    cookie = browser.get_cookie("sid")
    assert cookie is not None
    return cookie.value


def new_browser(app: Flask) -> Browser:
    return cast(Browser, app.test_client())


def copy_of(app: Flask, browser: Browser) -> Browser:
    """Another browser that holds the same sign-in cookie."""
    other = new_browser(app)
    other.set_cookie("sid", token_of(browser))
    return other


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """Hash quickly: how slow it has to be is tested by itself."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    passwords._nobody.cache_clear()
    return hasher


@pytest.fixture
def office(app: Flask, office: Office, quick: PasswordHasher) -> Office:
    with app.app_context():
        with writing() as session:
            session.execute(update(PersonRow).values(password_hash=quick.hash(PASSWORD)))
        db.session.remove()
    return office


@pytest.fixture
def quick_hash(quick: PasswordHasher) -> str:
    return quick.hash(PASSWORD)


@pytest.fixture
def rows(app: Flask) -> Iterator[Session]:
    """Looks at the rows between requests, outside any application context: one would carry a request's person on."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as looking:
        yield looking


def change(app: Flask, office: Office, person: Person, clock: Clock, **changes: object) -> None:
    """Let the administrator change what the roster says."""
    with app.app_context():
        with writing() as session:
            row = people.person_with_rights(session, office.admin.actor, person.public_id)
            facts = {**vars(people.facts_of(row)), **changes}
            people.change_person(session, office.admin.actor, row.id, PersonFacts(**facts), now=clock())
        db.session.remove()


def reset(app: Flask, office: Office, person: Person, clock: Clock, hashed: str) -> None:
    with app.app_context():
        with writing() as session:
            people.reset_password(session, office.admin.actor, person.id, hashed, now=clock())
        db.session.remove()


# Signing in


def test_the_right_password_opens_the_site(office: Office, anonymous: Browser) -> None:
    answer = enter(anonymous, office.staff.number)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert office.staff.name in anonymous.get("/password").get_data(as_text=True)


def test_blanks_around_the_number_do_not_matter(office: Office, anonymous: Browser) -> None:
    assert enter(anonymous, f" {office.staff.number} ").status_code == 302


def test_after_signing_in_one_is_where_one_wanted_to_be(office: Office, anonymous: Browser) -> None:
    asked = anonymous.get("/history")
    assert asked.headers["Location"] == "/sign-in?next=/history"
    page = anonymous.get(asked.headers["Location"]).get_data(as_text=True)
    assert 'name="next" value="/history"' in page
    assert enter(anonymous, office.staff.number, next="/history").headers["Location"] == "/history"


def without_fleeting(answer: TestResponse, number: str) -> str:
    body = answer.get_data(as_text=True).replace(number, "")
    return re.sub(r'(nonce|value)="[^"]*"', "", body)


def test_an_unknown_number_looks_like_a_wrong_password(
    app: Flask, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words, status and length, and the same work: one hash is computed whoever it is."""
    change(app, office, office.colleague, clock, active=False)
    hasher = Mock(wraps=passwords.HASHER)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    passwords.password_matches(None, "warm up")  # the hash that stands in for nobody's is made once
    seen = []
    for number in (office.staff.number, "7777", office.colleague.number):
        hasher.reset_mock()
        browser = new_browser(app)
        answer = enter(browser, number, "Wrong-Password-1")
        assert WRONG in answer.get_data(as_text=True)
        seen.append((answer.status_code, without_fleeting(answer, number), hasher.verify.call_count))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][2] == 1


def test_passwords_are_hashed_as_owasp_asks() -> None:
    stored = AS_SHIPPED.hash(PASSWORD)
    assert stored.startswith("$argon2id$")
    found = extract_parameters(stored)
    assert (found.memory_cost, found.time_cost, found.parallelism) == (46 * 1024, 1, 1)


def test_a_weaker_hash_is_renewed_at_the_next_sign_in(
    app: Flask, office: Office, anonymous: Browser, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "HASHER", AS_SHIPPED)
    assert enter(anonymous, office.staff.number).status_code == 302
    renewed = rows.get_one(PersonRow, office.staff.id).password_hash
    assert extract_parameters(renewed).memory_cost == 46 * 1024
    assert enter(anonymous, office.staff.number).status_code == 302


def test_signing_in_and_failing_to_are_in_the_trail(office: Office, anonymous: Browser, rows: Session) -> None:
    enter(anonymous, office.staff.number, "Wrong-Password-1", ip="192.0.2.7")
    enter(anonymous, office.staff.number, ip="192.0.2.7")
    anonymous.submit("/sign-out", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    newest = rows.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(3)).all()[::-1]
    assert [row.verb for row in newest] == ["sign-in:failed", "sign-in", "sign-out"]
    assert {row.ip for row in newest} == {"192.0.2.7"}
    assert newest[0].person_id is None
    assert newest[1].person_id == newest[2].person_id == office.staff.id


# Guessing


def fail(browser: Browser, number: str, times: int, *, ip: str = "127.0.0.1") -> None:
    for _ in range(times):
        assert WRONG in enter(browser, number, "Wrong-Password-1", ip=ip).get_data(as_text=True)


def test_five_failures_lock_the_account_on_every_server(
    app: Flask, office: Office, clock: Clock, anonymous: Browser
) -> None:
    """The count is in the database: another application on it knows of the failures, also after a restart."""
    second = create_app({"QUIZAPP_INSTANCE": str(app.config["INSTANCE"])}, CLOCK=clock, TESTING=True)
    second.test_client_class = Browser
    other = new_browser(second)
    fail(anonymous, office.staff.number, 3)
    fail(other, office.staff.number, 2)
    for browser in (anonymous, other):
        answer = enter(browser, office.staff.number)
        assert (answer.status_code, HELD in answer.get_data(as_text=True)) == (422, True)
    clock.advance(minutes=15)
    assert enter(other, office.staff.number).status_code == 302
    with second.app_context():
        db.engine.dispose()


def test_a_lock_tells_no_more_of_an_unknown_number_than_of_a_known_one(office: Office, anonymous: Browser) -> None:
    fail(anonymous, "7777", 5)
    fail(anonymous, office.staff.number, 5)
    answers = [without_fleeting(enter(anonymous, number), number) for number in ("7777", office.staff.number)]
    assert answers[0] == answers[1]


def test_asking_while_locked_does_not_lengthen_the_lock(office: Office, clock: Clock, anonymous: Browser) -> None:
    fail(anonymous, office.staff.number, 5)
    for _ in range(3):
        clock.advance(minutes=4)
        assert HELD in enter(anonymous, office.staff.number).get_data(as_text=True)
    clock.advance(minutes=3)
    assert enter(anonymous, office.staff.number).status_code == 302


def test_nobody_locks_a_colleague_out_from_another_network(
    office: Office, client_of: Client, anonymous: Browser
) -> None:
    working = client_of(office.staff)
    fail(anonymous, office.staff.number, 5, ip="192.0.2.66")
    assert is_in(working)
    assert enter(anonymous, office.staff.number, ip="198.51.100.4").status_code == 302
    assert HELD in enter(anonymous, office.staff.number, ip="192.0.2.67").get_data(as_text=True)


NETWORKS = {
    "IPv4 counts by the first three numbers": ("192.0.2.66", "192.0.2."),
    "IPv6 by the first four groups": ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002:"),
    "IPv6 written short": ("2001:db8::5", "2001:0db8:0000:0000:"),
    "IPv4 written as IPv6": ("::ffff:192.0.2.66", "192.0.2."),
    "a socket without an address": ("", ""),
}


@pytest.mark.parametrize(("ip", "expected"), NETWORKS.values(), ids=NETWORKS)
def test_failures_are_counted_by_network(ip: str, expected: str) -> None:
    assert sign_in.network(ip) == expected


@pytest.mark.parametrize("ip", ["", "::1", "2001:db8::5", "fe80::1%eth0", "::ffff:192.0.2.66"])
def test_five_failures_lock_the_account_whatever_the_address(office: Office, anonymous: Browser, ip: str) -> None:
    fail(anonymous, office.staff.number, 5, ip=ip)
    assert HELD in enter(anonymous, office.staff.number, ip=ip).get_data(as_text=True)


def test_a_success_clears_the_count(office: Office, anonymous: Browser) -> None:
    fail(anonymous, office.staff.number, 4)
    assert enter(anonymous, office.staff.number).status_code == 302
    fail(anonymous, office.staff.number, 4)
    assert enter(anonymous, office.staff.number).status_code == 302


def test_an_address_that_tries_everybody_is_held_back(
    app: Flask, office: Office, clock: Clock, anonymous: Browser
) -> None:
    with app.app_context(), writing() as session:
        session.add_all(SignInFailureRow(staff_number=f"n{n}", ip="192.0.2.1", at=clock()) for n in range(200))
    assert enter(anonymous, office.staff.number, ip="192.0.2.1").status_code == 429
    assert enter(anonymous, office.staff.number, ip="192.0.2.2").status_code == 302
    clock.advance(minutes=10)
    assert enter(anonymous, office.staff.number, ip="192.0.2.1").status_code == 302


def test_a_whole_office_behind_one_address_is_not_held_back(app: Flask, office: Office, clock: Clock) -> None:
    with app.app_context():
        for person in office.everybody() * 3:
            with writing() as session:
                sign_in.credentials(session, person.number, "192.0.2.1", clock())
                sign_in.open_session(session, person.id, "192.0.2.1", clock())
        assert db.session.scalar(select(func.count()).select_from(SignInFailureRow)) == 0


# Sessions


def test_every_sign_in_has_a_token_of_its_own(office: Office, anonymous: Browser) -> None:
    tokens = []
    for _ in range(2):
        enter(anonymous, office.staff.number)
        tokens.append(token_of(anonymous))
    assert tokens[0] != tokens[1]


def test_a_token_planted_before_signing_in_is_worth_nothing(app: Flask, office: Office, anonymous: Browser) -> None:
    planted = "p" * 43
    anonymous.set_cookie("sid", planted)
    enter(anonymous, office.staff.number)
    assert token_of(anonymous) != planted
    thief = new_browser(app)
    thief.set_cookie("sid", planted)
    assert not is_in(thief)


def test_signing_in_renews_the_csrf_secret(office: Office, anonymous: Browser) -> None:
    """What was read from the sign-in page of a shared computer is worth nothing afterwards."""
    before = anonymous.token()
    enter(anonymous, office.staff.number)
    assert anonymous.post("/display", data={"csrf_token": before, "theme": "dark"}).status_code == 400


def ends_by_signing_out(app: Flask, office: Office, clock: Clock, browser: Browser, hashed: str) -> None:
    assert browser.submit("/sign-out").status_code == 302


def ends_by_disabling(app: Flask, office: Office, clock: Clock, browser: Browser, hashed: str) -> None:
    change(app, office, office.staff, clock, active=False)


def ends_by_reset(app: Flask, office: Office, clock: Clock, browser: Browser, hashed: str) -> None:
    reset(app, office, office.staff, clock, hashed)


def ends_by_new_rights(app: Flask, office: Office, clock: Clock, browser: Browser, hashed: str) -> None:
    change(app, office, office.staff, clock, roles=frozenset({Role.EDITOR}))


def ends_by_new_oversight(app: Flask, office: Office, clock: Clock, browser: Browser, hashed: str) -> None:
    change(app, office, office.staff, clock, oversees=frozenset({office.finance}))


def ends_by_new_password(app: Flask, office: Office, clock: Clock, browser: Browser, hashed: str) -> None:
    assert browser.submit("/password", {"current": PASSWORD, "new": NEW, "again": NEW}).status_code == 302


ENDS = {
    "signing out": ends_by_signing_out,
    "being disabled": ends_by_disabling,
    "a password reset": ends_by_reset,
    "another role": ends_by_new_rights,
    "another oversight": ends_by_new_oversight,
    "a new password": ends_by_new_password,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_copied_cookie_is_worth_nothing_after(
    app: Flask,
    office: Office,
    clock: Clock,
    client_of: Client,
    quick_hash: str,
    end: Callable[[Flask, Office, Clock, Browser, str], None],
) -> None:
    browser = client_of(office.staff)
    thief = copy_of(app, browser)
    assert is_in(thief)
    end(app, office, clock, browser, quick_hash)
    assert not is_in(thief)


@pytest.mark.parametrize("end", [ends_by_reset, ends_by_disabling], ids=["reset", "disabled"])
def test_a_password_that_is_taken_away_while_it_is_checked_opens_nothing(
    app: Flask,
    office: Office,
    clock: Clock,
    anonymous: Browser,
    monkeypatch: pytest.MonkeyPatch,
    rows: Session,
    end: Callable[[Flask, Office, Clock, Browser, str], None],
) -> None:
    def slowly(password_hash: str | None, password: str) -> bool:
        end(app, office, clock, anonymous, "$argon2id$another")
        return True

    anonymous.token()
    monkeypatch.setattr(passwords, "password_matches", slowly)
    assert WRONG in enter(anonymous, office.staff.number).get_data(as_text=True)
    assert rows.scalars(select(SignInSessionRow)).all() == []


def test_whoever_is_disabled_and_comes_back_signs_in_anew(
    app: Flask, office: Office, clock: Clock, client_of: Client
) -> None:
    browser = client_of(office.staff)
    change(app, office, office.staff, clock, active=False)
    change(app, office, office.staff, clock, active=True)
    assert not is_in(browser)


def test_signing_out_forgets_what_the_browser_kept(office: Office, client_of: Client) -> None:
    browser = client_of(office.staff)
    answer = browser.submit("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert browser.get_cookie("sid") is None
    assert browser.get("/").headers["Location"].startswith("/sign-in")


def test_the_fourth_session_ends_the_oldest(office: Office, clock: Clock, client_of: Client) -> None:
    browsers = []
    for _ in range(4):
        browsers.append(client_of(office.staff))
        clock.advance(seconds=1)
    assert [is_in(browser) for browser in browsers] == [False, True, True, True]


def test_other_peoples_sessions_do_not_count(office: Office, clock: Clock, client_of: Client) -> None:
    browsers = [client_of(person) for person in office.everybody()]
    assert all(map(is_in, browsers))


TIMES = {
    "staff, idle": ("staff", timedelta(minutes=30)),
    "an administrator, idle": ("admin", timedelta(minutes=15)),
}


@pytest.mark.parametrize(("who", "idle"), TIMES.values(), ids=TIMES)
def test_an_unattended_session_ends(office: Office, clock: Clock, client_of: Client, who: str, idle: timedelta) -> None:
    browser = client_of(getattr(office, who))
    clock.moment += idle
    assert is_in(browser)
    clock.moment += idle + timedelta(seconds=1)
    assert not is_in(browser)


ABSOLUTES = {"staff": timedelta(hours=12), "admin": timedelta(hours=8)}


@pytest.mark.parametrize(("who", "longest"), ABSOLUTES.items(), ids=ABSOLUTES)
def test_no_session_outlives_the_day_however_busy(
    office: Office, clock: Clock, client_of: Client, who: str, longest: timedelta
) -> None:
    browser, start = client_of(getattr(office, who)), clock()
    while clock() < start + longest:
        assert is_in(browser)
        clock.advance(minutes=10)
    clock.moment = start + longest
    assert is_in(browser)
    clock.advance(seconds=1)
    assert not is_in(browser)


def test_working_keeps_a_session_alive_and_writes_seldom(
    office: Office, clock: Clock, client_of: Client, rows: Session
) -> None:
    browser, start = client_of(office.staff), clock()
    seen = []
    for _ in range(6):
        clock.advance(seconds=25)
        assert is_in(browser)
        rows.rollback()
        seen.append(rows.scalars(select(SignInSessionRow.last_seen_at)).one() - start)
    assert seen == [timedelta(seconds=s) for s in (0, 0, 75, 75, 75, 150)]


def test_files_are_no_activity(office: Office, clock: Clock, client_of: Client) -> None:
    browser = client_of(office.staff)
    clock.advance(minutes=20)
    browser.get("/static/site.css", buffered=True)
    clock.advance(minutes=11)
    assert not is_in(browser)


# One-time passwords


@pytest.fixture
def newcomer(app: Flask, office: Office, clock: Clock, quick_hash: str) -> str:
    """The staff number of somebody whose password was set by somebody else."""
    with app.app_context():
        with writing() as session:
            facts = PersonFacts("1999", "新来的", "科员", office.finance)
            people.add_person(session, office.admin.actor, facts, quick_hash, now=clock())
        db.session.remove()
    return "1999"


def test_a_password_set_by_somebody_else_opens_only_the_page_that_changes_it(
    app: Flask, newcomer: str, anonymous: Browser
) -> None:
    assert enter(anonymous, newcomer).status_code == 302
    shown = {"/password": 200}
    # Programs of other systems have a token instead of a session.
    pages = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/")]
    kept = [rule for rule in pages if rule.endpoint not in STATIC and not is_public(app, rule)]
    for rule in (rule for rule in kept if "GET" in (rule.methods or ())):
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        answer = anonymous.get(address)
        assert answer.status_code == shown.get(address, 302), address
        if address != "/password":
            assert answer.headers["Location"] == "/password", address
    for rule in kept:
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        if "POST" in (rule.methods or ()) and address not in ("/password", "/sign-out"):
            assert anonymous.submit(address).headers["Location"] == "/password", address


def is_public(app: Flask, rule: Rule) -> bool:
    return app.view_functions[rule.endpoint].action is Action.PUBLIC  # type: ignore[attr-defined]


def test_once_changed_everything_opens(newcomer: str, anonymous: Browser) -> None:
    enter(anonymous, newcomer)
    before = token_of(anonymous)
    answer = anonymous.submit("/password", {"current": PASSWORD, "new": NEW, "again": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert token_of(anonymous) != before
    assert anonymous.get("/history").status_code == 200
    anonymous.csrf = None
    anonymous.submit("/sign-out")
    anonymous.csrf = None
    assert WRONG in enter(anonymous, newcomer).get_data(as_text=True)
    assert enter(anonymous, newcomer, NEW).status_code == 302


def test_a_one_time_password_ends_after_three_days(newcomer: str, clock: Clock, anonymous: Browser) -> None:
    clock.advance(hours=72, seconds=-1)
    assert enter(anonymous, newcomer).status_code == 302
    clock.advance(seconds=1)
    assert WRONG in enter(anonymous, newcomer).get_data(as_text=True)


def test_a_password_of_ones_own_does_not_end(office: Office, clock: Clock, anonymous: Browser) -> None:
    clock.advance(days=100)
    assert enter(anonymous, office.staff.number).status_code == 302


def test_a_reset_opens_a_locked_account_with_the_new_password_only(
    app: Flask, office: Office, clock: Clock, anonymous: Browser
) -> None:
    fail(anonymous, office.staff.number, 5)
    reset(app, office, office.staff, clock, passwords.hash_password(NEW))
    assert WRONG in enter(anonymous, office.staff.number, PASSWORD).get_data(as_text=True)
    assert enter(anonymous, office.staff.number, NEW).headers["Location"] == "/"
    assert anonymous.get("/").headers["Location"] == "/password"


def test_one_time_passwords_are_long_readable_and_never_the_same() -> None:
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([2-9A-HJ-NP-Za-km-z]{4}-){3}[2-9A-HJ-NP-Za-km-z]{4}", password) for password in made)


# One's own password

CONTEXT = ("陆干部", "1102", "秘书科", "市政府办公室", "xuece", "学测")
#: (password, whether it will do)
POLICY = {
    "three classes and ten characters": ("Ganbu-2026", True),
    "nine characters": ("Ganbu-202", False),
    "two classes": ("ganbu-shiwu", False),
    "two classes, capitals": ("GANBU-SHIWU", False),
    "lower case, digits, capitals": ("Shiwugong8", True),
    "digits and symbols only": ("2026-11-22", False),
    "a long sentence in one class": ("woaizhefangshuitu", True),
    "fourteen in one class are not long": ("woaizhefangshu", False),
    "a Chinese sentence": ("春江潮水连海平海上明月共潮生", False),
    "a long Chinese sentence": ("春江潮水连海平海上明月共潮生滟滟", True),
    "128 characters": ("Ab1-" * 16 + "Xy2_" * 16, True),
    "129 characters": ("Ab1-" * 16 + "Xy2_" * 16 + "z", False),
    "one character over and over": ("aaaaaaaaaaaaaaaa", False),
    "two characters over and over": ("abababababababab", False),
    "the word password": ("MyPassword-8", False),
    "a number row": ("Zx123456-ab", False),
    "a keyboard row": ("Qwerty-2026-x", False),
    "one's own staff number": ("Ganbu-1102-x", False),
    "one's own name": ("陆干部Ganbu-26", False),
    "one's section": ("秘书科Ganbu-26", False),
    "the office": ("市政府办公室Ganbu-26", False),
    "the site": ("Xuece-2026-x", False),
    "the site in Chinese": ("每周学测Ganbu-26", False),
    "blanks count": ("Ganbu shiwu 8", True),
    "full-width letters are letters": ("Ｇanbu-shiwu8", True),
}


@pytest.mark.parametrize(("password", "fine"), POLICY.values(), ids=POLICY)
def test_the_password_rules(password: str, fine: bool) -> None:
    assert (passwords.faults(password, CONTEXT) == []) is fine


def test_a_password_may_not_name_the_office_one_works_in(office: Office, client_of: Client) -> None:
    new = "市政府办公室Ganbu-26"
    answer = client_of(office.staff).submit("/password", {"current": PASSWORD, "new": new, "again": new})
    assert (answer.status_code, "单位名称" in answer.get_data(as_text=True)) == (422, True)


REFUSED = {
    "a wrong current password": ({"current": "Wrong-Password-1", "new": NEW, "again": NEW}, "现在的密码不正确"),
    "two different new ones": ({"current": PASSWORD, "new": NEW, "again": "Ganbu-Yongchi-78"}, "不一致"),
    "the same as before": ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "不能与现在的密码相同"),
    "too weak": ({"current": PASSWORD, "new": "short", "again": "short"}, "至少 10 个字符"),
    "nothing": ({}, "请填写现在的密码"),
    "too long": ({"current": PASSWORD, "new": "Ab1-" * 33, "again": "Ab1-" * 33}, "不能超过 128 个字符"),
}


@pytest.mark.parametrize(("sent", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_password_that_will_not_do_changes_nothing(
    app: Flask, office: Office, client_of: Client, rows: Session, sent: dict[str, str], sentence: str
) -> None:
    browser = client_of(office.staff)
    before = rows.get_one(PersonRow, office.staff.id).password_hash
    answer = browser.submit("/password", sent)
    assert (answer.status_code, sentence in answer.get_data(as_text=True)) == (422, True)
    rows.expire_all()
    assert rows.get_one(PersonRow, office.staff.id).password_hash == before
    assert is_in(browser)


def test_a_long_password_is_taken_whole(office: Office, client_of: Client, anonymous: Browser) -> None:
    long = "Ab1-" * 16 + "Xy2_" * 16
    client_of(office.staff).submit("/password", {"current": PASSWORD, "new": long, "again": long})
    assert WRONG in enter(anonymous, office.staff.number, long[:-1]).get_data(as_text=True)
    assert enter(anonymous, office.staff.number, long).status_code == 302


def test_no_page_shows_a_password_back(office: Office, anonymous: Browser, client_of: Client) -> None:
    assert "Wrong-Password-1" not in enter(anonymous, "1102", "Wrong-Password-1").get_data(as_text=True)
    sent = {"current": "Wrong-Password-1", "new": NEW, "again": NEW}
    body = client_of(office.staff).submit("/password", sent).get_data(as_text=True)
    assert NEW not in body
    assert "Wrong-Password-1" not in body


def test_passwords_may_be_pasted_and_remembered(anonymous: Browser) -> None:
    page = anonymous.get("/sign-in").get_data(as_text=True)
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


LOOKS = {
    "large type": ({"type_size": "large"}, "large-type"),
    "dark colours": ({"theme": "dark"}, "theme-dark"),
    "light colours": ({"theme": "light"}, "theme-light"),
    "high contrast": ({"contrast": "high"}, "contrast-high"),
    "all at once": ({"type_size": "large", "theme": "dark", "contrast": "high"}, "large-type theme-dark contrast-high"),
}


def classes(page: str) -> str:
    found = re.search(r'<html lang="zh-CN" class="([^"]*)">', page)
    assert found
    return found[1]


@pytest.mark.parametrize(("chosen", "seen"), LOOKS.values(), ids=LOOKS)
def test_how_pages_look_stays_with_the_person(
    office: Office, client_of: Client, chosen: dict[str, str], seen: str
) -> None:
    answer = client_of(office.staff).submit("/display", {**chosen, "next": "/history"})
    assert answer.headers["Location"] == "/history"
    page = client_of(office.staff).get("/").get_data(as_text=True)
    assert classes(page) == seen
    assert all(re.search(rf'name="{name}" value="{value}" checked', page) for name, value in chosen.items())
    assert classes(client_of(office.colleague).get("/").get_data(as_text=True)) == ""


def test_a_display_setting_that_was_not_sent_or_is_none_stays_as_it_was(office: Office, client_of: Client) -> None:
    browser = client_of(office.staff)
    browser.submit("/display", {"type_size": "large", "theme": "dark", "contrast": "high"})
    browser.submit("/display", {"theme": "light", "contrast": "shrill"})
    assert classes(browser.get("/").get_data(as_text=True)) == "large-type theme-light contrast-high"


def test_whoever_is_signed_out_sees_what_their_device_asks_for(anonymous: Browser) -> None:
    page = anonymous.get("/sign-in").get_data(as_text=True)
    assert '<html lang="zh-CN">' in page
    assert "显示设置" not in page


def test_the_trail_says_in_words_how_somebody_wanted_pages_to_look(office: Office, client_of: Client) -> None:
    client_of(office.staff).submit("/display", {"type_size": "large", "theme": "dark"})
    page = client_of(office.auditor).get("/audit").get_data(as_text=True)
    assert all(words in page for words in ("调整显示", "字号：大", "配色：深色", "对比度：标准"))


# Where one is led

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "/%2f/evil.example",
    "/%2fevil.example",
    "/%252f/evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "https:evil.example",
    "https://evil.example",
    "http://localhost@evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "%0d%0aLocation: https://evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "evil.example",
    "",
]
WITHIN = ["/", "/history", "/people?q=%E5%BC%A0", "/attempts/abc-_9", "/people?q=x&section=y"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert safe_target(target) == "/"


@pytest.mark.parametrize("target", WITHIN)
def test_within_the_site_everybody_is_led_where_they_wanted(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert safe_target(target) == target


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "/%09/evil.example"])
def test_forms_that_go_on_to_somewhere_ask_where(office: Office, client_of: Client, target: str) -> None:
    answer = client_of(office.staff).submit("/display", {"theme": "dark", "next": target})
    assert answer.headers["Location"] == "/"


# Forged requests


def test_a_page_open_for_three_hours_still_hands_in(
    office: Office, clock: Clock, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client_of(office.staff)
    opened = time.time() - 3 * 3600
    with monkeypatch.context() as earlier:
        earlier.setattr(time, "time", lambda: opened)
        browser.token()
    for _ in range(9):
        clock.advance(minutes=20)
        assert is_in(browser)
    assert browser.submit("/display", {"theme": "dark"}).status_code == 302


FORGED = {
    "from another site": {"Origin": "https://evil.example"},
    "from a page without a name": {"Origin": "null"},
    "from the same name at another port": {"Origin": "http://localhost:8080"},
    "a browser says so": {"Sec-Fetch-Site": "cross-site"},
    "from a neighbour": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_nobody_is_signed_in_by_another_site(office: Office, anonymous: Browser, headers: dict[str, str]) -> None:
    sent = {"staff_number": office.staff.number, "password": PASSWORD}
    assert anonymous.submit("/sign-in", sent, headers=headers).status_code == 400
    assert anonymous.get_cookie("sid") is None


def test_signing_in_takes_the_token_of_this_very_browser(app: Flask, office: Office, anonymous: Browser) -> None:
    attacker = new_browser(app)
    sent = {"staff_number": office.staff.number, "password": PASSWORD, "csrf_token": attacker.token()}
    anonymous.get("/sign-in")
    assert anonymous.post("/sign-in", data=sent).status_code == 400
    assert app.test_client().post("/sign-in", data=sent).status_code == 400


def test_the_own_site_may_say_that_it_is(office: Office, anonymous: Browser) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    sent = {"staff_number": office.staff.number, "password": PASSWORD}
    assert anonymous.submit("/sign-in", sent, headers=headers).status_code == 302


TRICKS: dict[str, Callable[[Browser], TestResponse]] = {
    "by its head": lambda b: b.head("/sign-out"),
    "by looking": lambda b: b.get("/sign-out"),
    "by putting": lambda b: b.put("/sign-out", data={"csrf_token": b.token()}),
    "by deleting": lambda b: b.delete("/sign-out", data={"csrf_token": b.token()}),
    "by asking what may be done": lambda b: b.options("/sign-out"),
    "by another name of the method": lambda b: b.get("/sign-out", headers={"X-HTTP-Method-Override": "POST"}),
    "by a field for the method": lambda b: b.get("/sign-out?_method=POST"),
    "with the token in the address": lambda b: b.post(f"/sign-out?csrf_token={b.token()}"),
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_nobody_is_signed_out_otherwise_than_by_the_button(
    office: Office, client_of: Client, trick: Callable[[Browser], TestResponse]
) -> None:
    browser = client_of(office.staff)
    assert trick(browser).status_code in (200, 400, 405)
    assert is_in(browser)
