"""Every page declares who may ask, is written like its neighbours, and changes nothing unless it is told to."""

import os
import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp import create_app
from quizapp.core.api import Scope
from quizapp.core.roles import Action
from tests.world import PRINCIPALS
from tests.world import World
from tests.world import shared_world

HERE = Path(__file__).parent
PINNED = HERE / "routes.txt"
PAGES = yaml.safe_load((HERE.parent / "authz.yml").read_text("utf-8"))["pages"]
#: Files that anybody may have: Flask's own and Bootstrap's.
STATIC = frozenset({"static", "bootstrap"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PARAMETER = re.compile(r"<(string|int):[a-z]+(_[a-z]+)*>")
#: Where programs read.
API = "/api/"
#: What any program may have: the description of the interface, which is the same for all.
WITHOUT_TOKEN = frozenset({"/api/v1/openapi.json"})
#: No link leads there: a script asks for the one, saving all answers of a paper leads to the other.
WITHOUT_LINK = frozenset(
    {
        *("attempts.state", "attempts.confirm", "live.question"),
        # The big screen and phones ask for these; a QR code and a calendar program lead to the others.
        *("room.pulse", "room.screen", "room.snapshot", "room.board_snapshot"),
        *("room.enter", "calendars.feed"),
        # An answer sent without scripts leads there.
        "practice.answered",
        # Leads on to the big screen itself.
        "room.open_board",
    }
)
#: Of a page with many addresses, so many are opened for each person.
OPENED = 8


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app({"QUIZAPP_INSTANCE": str(tmp_path_factory.mktemp("routes"))}, TESTING=True)


@pytest.fixture(scope="module")
def shared(empty_database: Path, password_hash: str) -> World:
    return shared_world(empty_database, password_hash)


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    """The world; whatever a test changes is undone after it."""
    yield shared
    if shared.checksum() != shared.at_rest:
        shared.put_back()


def rules(app: Flask) -> list[Rule]:
    """The addresses of pages."""
    return [rule for rule in all_rules(app) if not rule.rule.startswith(API)]


def all_rules(app: Flask) -> list[Rule]:
    """The same, and those of programs."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in STATIC]


def pages(app: Flask, *, safe: bool) -> list[tuple[str, Rule]]:
    """(method, rule) of every page that only shows (safe), or that does something."""
    return [
        (method, rule)
        for rule in rules(app)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if (method in SAFE) is safe
    ]


def test_every_page_declares_an_action(made: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in rules(made)
        if not isinstance(getattr(made.view_functions[rule.endpoint], "action", None), Action)
    ]
    assert not silent, f"put @needs(Action.…) or @public under the address of {silent}"


#: What anybody may ask for: the sign-in page; a calendar and a big screen, whose addresses are secrets; where the QR
#: code leads, and how far a room is, which tells of nobody.
PUBLIC = frozenset(
    {
        "/sign-in",
        "/calendars/<string:token>",
        "/rooms/<string:sitting_id>/boards/<string:key>",
        "/rooms/<string:sitting_id>/boards/<string:key>/screen",
        "/rooms/<string:sitting_id>/boards/<string:key>/snapshot",
        "/rooms/<string:sitting_id>/enter",
        "/rooms/<string:sitting_id>/pulse",
    }
)


def test_only_what_names_nobody_or_has_a_secret_address_is_public(made: Flask) -> None:
    public = {r.rule for r in rules(made) if made.view_functions[r.endpoint].action is Action.PUBLIC}  # type: ignore[attr-defined]
    assert public == PUBLIC


def test_every_address_of_programs_declares_a_scope(made: Flask) -> None:
    scopes = {
        rule.rule: getattr(made.view_functions[rule.endpoint], "scope", "none declared")
        for rule in all_rules(made)
        if rule.rule.startswith(API)
    }
    assert {address for address, scope in scopes.items() if scope is None} == WITHOUT_TOKEN
    silent = [address for address, scope in scopes.items() if scope is not None and not isinstance(scope, Scope)]
    assert not silent, f"put @needs_scope(Scope.…) under the address of {silent}"


def test_programs_only_read(made: Flask) -> None:
    methods = {rule.rule: rule.methods for rule in all_rules(made) if rule.rule.startswith(API)}
    assert {address: found for address, found in methods.items() if found != {"GET", "HEAD"}} == {}


def test_addresses_are_kebab_case_and_parameters_typed(made: Flask) -> None:
    wrong = [
        rule.rule
        for rule in all_rules(made)
        if rule.rule not in WITHOUT_TOKEN
        for part in rule.rule.strip("/").split("/")
        if part and not KEBAB.fullmatch(part) and not PARAMETER.fullmatch(part)
    ]
    assert wrong == []


def test_no_address_counts(made: Flask) -> None:
    """Numbers in an address are places on a paper; whatever has a page of its own is named by chance."""
    counted = {name for rule in all_rules(made) for name in re.findall(r"<int:([a-z_]+)>", rule.rule)}
    assert counted <= {"number", "position"}


def test_a_page_has_one_method(made: Flask) -> None:
    """A view that shows and acts would need to ask which it is about to do."""
    assert [rule.rule for rule in all_rules(made) if len((rule.methods or set()) - {"HEAD", "OPTIONS"}) != 1] == []


def test_the_addresses_are_those_that_people_know(made: Flask) -> None:
    of_pages = pages(made, safe=True) + pages(made, safe=False)
    of_programs = [("GET", rule) for rule in all_rules(made) if rule.rule.startswith(API)]
    found = sorted(f"{rule.rule} {method}" for method, rule in of_pages + of_programs)
    if os.environ.get("PIN_ROUTES"):
        PINNED.write_text("\n".join(found) + "\n", encoding="utf-8")
    pinned = PINNED.read_text(encoding="utf-8").splitlines()
    gone, new = sorted(set(pinned) - set(found)), sorted(set(found) - set(pinned))
    told = f"gone: {gone}, new: {new}. An address that people may have kept needs a redirect."
    again = "Where it is meant: PIN_ROUTES=1 .venv/bin/python -m pytest tests/house/test_routes.py"
    assert found == pinned, f"{told} {again}"


# CSRF

WRONG_TOKENS = {"no token": None, "an empty token": "", "a made-up token": "IjEi.abc.def", "another's token": "another"}


@pytest.mark.parametrize("token", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_what_changes_something_refuses_a_request_without_its_token(world: World, token: str | None) -> None:
    others = world.cookies["auditor"][2]
    for method, rule in pages(world.app, safe=False):
        case = PAGES[f"{method} {rule.rule}"][0]
        browser = world.browser(case["allow"][0])
        sent = {} if token is None else {"csrf_token": others if token == "another" else token}
        answer = browser.open(world.address(rule, case.get("of", {})), method=method, data=case.get("form", {}) | sent)
        assert answer.status_code == 400, rule.rule
    assert world.checksum() == world.at_rest


def test_what_changes_something_refuses_a_request_from_another_site(world: World) -> None:
    for method, rule in pages(world.app, safe=False):
        case = PAGES[f"{method} {rule.rule}"][0]
        browser = world.browser(case["allow"][0])
        address = world.address(rule, case.get("of", {}))
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = browser.submit(address, case.get("form", {}), headers=headers)
            assert answer.status_code == 400, rule.rule
    assert world.checksum() == world.at_rest


def test_no_address_takes_another_method(world: World) -> None:
    """Neither by asking for it, nor by asking in a header or a field."""
    for method, rule in pages(world.app, safe=True) + pages(world.app, safe=False):
        case = PAGES[f"{method} {rule.rule}"][0]
        browser = world.browser((case["allow"] or ["staff"])[0])
        address = world.address(rule, case.get("of", {}))
        for other in ("PUT", "PATCH", "DELETE", "TRACE"):
            answer = browser.open(address, method=other, data={"csrf_token": browser.token()})
            assert answer.status_code == 405, f"{other} {rule.rule}"
        if method == "GET":
            asked = {"_method": "POST", "csrf_token": browser.token()}
            browser.get(address, query_string=asked, headers={"X-HTTP-Method-Override": "POST"})
            browser.head(address, query_string=asked, headers={"X-HTTP-Method-Override": "DELETE"})
        browser.options(address)
    assert world.checksum() == world.at_rest


# Looking changes nothing


@pytest.mark.parametrize("who", PRINCIPALS)
def test_looking_at_everything_changes_nothing_and_no_link_is_dead(world: World, who: str) -> None:
    dead = [f"{page} → {link}" for page, link, answer in walk(world, who) if answer.status_code >= 400]
    assert dead == []
    assert world.checksum() == world.at_rest


def test_every_page_can_be_reached_by_links(world: World) -> None:
    reached = {
        endpoint_of(world, link) for who in ("anonymous", "staff", "chief", "director", "editor", "admin", "auditor")
        for _, link, answer in walk(world, who) if answer.status_code == 200
    }  # fmt: skip
    asked = {rule.endpoint for _, rule in pages(world.app, safe=True)} - WITHOUT_LINK
    assert asked - reached == set()


@cache
def walk(world: World, who: str) -> list[tuple[str, str, TestResponse]]:
    """Follow the links from the first page on, in the world at rest: (page, link on it, what is there)."""
    return list(_walk(world, who))


def _walk(world: World, who: str) -> Iterator[tuple[str, str, TestResponse]]:
    browser = world.browser(who)
    waiting, known = deque([("", "/"), ("", "/sign-in")]), {"/", "/sign-in"}
    opened: dict[str, int] = {}
    while waiting:
        page, link = waiting.popleft()
        answer = browser.get(link)
        yield page, link, answer
        for found in links(answer.get_data(as_text=True)) if answer.mimetype == "text/html" else ():
            endpoint = endpoint_of(world, found)
            if found not in known and opened.get(endpoint, 0) < OPENED:
                opened[endpoint] = opened.get(endpoint, 0) + 1
                known.add(found)
                waiting.append((link, found))
        if target := answer.headers.get("Location"):
            waiting.extend([(link, target)] if target not in known else [])
            known.add(target)


def links(body: str) -> list[str]:
    """The pages that links lead to; places within a page and files are left out."""
    hrefs = [unescape(href) for href in re.findall(r'<a\b[^>]*\bhref="([^"]*)"', body)]
    return [urlsplit(href)._replace(fragment="").geturl() for href in hrefs if href.startswith("/")]


def endpoint_of(world: World, address: str) -> str:
    adapter = world.app.url_map.bind("localhost")
    endpoint, _ = adapter.match(urlsplit(address).path)
    return str(endpoint)
