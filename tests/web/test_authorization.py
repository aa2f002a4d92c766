"""Who may see and do what: every page, every kind of person, against tests/authz.yml.

Who is not let in sees exactly what they would see if the thing did not exist, and nothing changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp import create_app
from tests.world import PRINCIPALS
from tests.world import World
from tests.world import shared_world
from tests.world import text_of
from tests.world import without_the_fleeting

PAGES: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parents[1] / "authz.yml").read_text("utf-8"))[
    "pages"
]
STATIC = frozenset({"static", "bootstrap"})
UNKNOWN = "0000000000000000000000"


@dataclass(frozen=True)
class Case:
    """One line of the file: a page, the things it is asked about, and who is let in."""

    page: str
    allow: tuple[str, ...]
    of: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    json: dict[str, Any] | None = None
    file: tuple[str, str] | None = None

    @property
    def method(self) -> str:
        return self.page.split(" ")[0]

    def __str__(self) -> str:
        return " ".join([self.page, *self.of.values()])


CASES = [Case(page, **case) for page, cases in PAGES.items() for case in cases]
CELLS = [(case, who) for case in CASES for who in PRINCIPALS]


def pages_of(app: Flask) -> dict[str, Rule]:
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        # Programs have a token instead of a session, and tests of their own.
        if rule.endpoint not in STATIC and not rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.fixture(scope="module")
def world(empty_database: Path, password_hash: str) -> World:
    return shared_world(empty_database, password_hash)


@pytest.fixture
def undisturbed(world: World) -> Iterator[World]:
    """The world; whatever a test changes is undone after it."""
    yield world
    if world.checksum() != world.at_rest:
        world.put_back()


def ask(world: World, case: Case, who: str) -> TestResponse:
    """Send what the case says, as this person's browser would."""
    browser = world.browser(who)
    address = world.address(pages_of(world.app)[case.page], case.of)
    if case.method == "GET":
        return browser.get(address)
    if case.json is not None:
        return browser.send(address, _named(world, case.json))
    form = _named(world, case.form)
    if case.file is not None:
        form["file"] = (BytesIO(case.file[1].encode()), case.file[0])
    return browser.submit(address, form)


def _named(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    """What is sent, with the ids of the things it names."""
    return {n: world.ids[v[1:]] if isinstance(v, str) and v.startswith("@") else v for n, v in sent.items()}


def asks_to_sign_in(answer: TestResponse) -> bool:
    """Whether the answer is the way to the sign-in page; signing out leads there too, but as what was asked for."""
    led_there = answer.headers.get("Location", "").startswith("/sign-in")
    return answer.status_code == 401 or (led_there and "Clear-Site-Data" not in answer.headers)


def test_every_page_is_in_the_file_and_every_line_is_a_page(world: World) -> None:
    assert set(PAGES) == set(pages_of(world.app))


def test_the_file_names_only_people_who_are_there() -> None:
    assert {who for case in CASES for who in case.allow} <= set(PRINCIPALS)


@pytest.mark.parametrize(("case", "who"), CELLS, ids=lambda part: str(part))
def test_who_is_let_in(undisturbed: World, case: Case, who: str) -> None:
    answer = ask(undisturbed, case, who)
    if who in case.allow:
        assert answer.status_code < 400
        assert not asks_to_sign_in(answer)
        return
    assert undisturbed.checksum() == undisturbed.at_rest
    if who == "anonymous":
        assert asks_to_sign_in(answer), answer.status_code
    else:
        assert told(answer) == told(nothing_there(undisturbed, who, answer.mimetype))


@cache
def nothing_there(world: World, who: str, mimetype: str) -> TestResponse:
    """What this person is shown under an address that never was."""
    return world.browser(who).get("/no/such/page", headers={"Accept": mimetype})


def told(answer: TestResponse) -> tuple[int, str, list[str]]:
    """All that an answer tells: status, body, and which headers it has."""
    return answer.status_code, without_the_fleeting(answer.get_data(as_text=True)), sorted(answer.headers.keys())


ABOUT_SOMETHING = [case for case in CASES if any("<string:" in part for part in case.page.split("/"))]


@pytest.mark.parametrize("case", ABOUT_SOMETHING, ids=str)
def test_whoever_is_let_in_finds_nothing_under_an_unknown_address(undisturbed: World, case: Case) -> None:
    nowhere = replace(case, of={name: UNKNOWN if len(value) > 1 else value for name, value in case.of.items()})
    for who in case.allow[:1]:
        assert ask(undisturbed, nowhere, who).status_code == 404


#: Whose names each may come across: their own, those they oversee, and those who lead a study or speak for their
#: section in the rota (known to all).
LEADERS = frozenset({"deputy", "director", "chief", "finance_chief"})
#: Who drafted a bulletin, or changed a score by hand, stands there by name; of the latter its person is told.
SIGNED = re.compile(r"GET /$|/bulletins/|/adjustments$|/result$")
SIGNERS = frozenset({"editor", "second_editor"})
#: Whoever hosts or leads a study sees everybody who is expected there: the list in the room is what keeps it honest.
OF_A_STUDY = re.compile(r"/rooms/|/sittings/<string:sitting_id>/(attendance|print|minutes)")
#: 财务科 hosts it for the people of the chief.
HOSTS = {"hosted_by_finance": frozenset({"finance_chief", "chief", "deputy"})}
HOSTS_OF_OTHERS = frozenset({"chief", "deputy"})
SEEN_BY = {
    "staff": {"staff"},
    "colleague": {"colleague"},
    "stranger": {"stranger"},
    "chief": {"chief", "staff", "colleague", "editor"},
    "finance_chief": {"finance_chief", "stranger"},
    "deputy": {"chief", "staff", "colleague", "editor", "second_editor", "admin", "auditor"},
}


@pytest.mark.parametrize("who", SEEN_BY)
def test_no_page_tells_names_of_other_sections(undisturbed: World, who: str) -> None:
    office = undisturbed.office
    hidden = {other: getattr(office, other).name for other in PRINCIPALS[1:] if other not in SEEN_BY[who] | LEADERS}
    for case in CASES:
        is_host = who in HOSTS.get(case.of.get("sitting_id", ""), HOSTS_OF_OTHERS)
        is_known = "token" in case.of or (is_host and OF_A_STUDY.search(case.page))  # a calendar's address is a secret
        if case.method == "GET" and who in case.allow and not is_known:
            text = text_of(ask(undisturbed, case, who))
            signed = SIGNERS if SIGNED.search(case.page) else ()
            assert not {other for other, name in hidden.items() if name in text and other not in signed}, case


def test_an_ended_session_is_let_in_nowhere(undisturbed: World) -> None:
    """What was seen as somebody is asked for as nobody once their session is over."""
    for case in CASES:
        if "staff" in case.allow and "anonymous" not in case.allow:
            browser = undisturbed.browser("staff")
            browser.set_cookie(undisturbed.app.config["SIGN_IN_COOKIE_NAME"], "x" * 43)
            address = undisturbed.address(pages_of(undisturbed.app)[case.page], case.of)
            answer = browser.get(address) if case.method == "GET" else browser.submit(address, case.form)
            assert asks_to_sign_in(answer), case


def test_a_new_page_without_a_line_would_be_noticed(tmp_path: Path) -> None:
    made = create_app({"QUIZAPP_INSTANCE": str(tmp_path)}, TESTING=True)
    made.add_url_rule("/new-page", "new_page", lambda: "")
    assert set(pages_of(made)) - set(PAGES) == {"GET /new-page"}
