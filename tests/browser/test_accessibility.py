"""What a program can judge of WCAG 2.2, on every page and in every state, at both widths and in every palette."""

import logging
import re
import threading
from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

import pytest
from browser import axe
from browser.room import Room
from browser.room import saved
from browser.room import served
from browser.room import turn_to
from browser.visitor import HOUSE_RULES
from browser.visitor import overhear
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from interacting import CHOICE
from interacting import ESSAY
from interacting import MATCH
from interacting import ORDER
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page
from werkzeug.serving import make_server

from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import sign_in
from tests.house.test_routes import WITHOUT_LINK
from tests.house.test_routes import endpoint_of
from tests.house.test_routes import pages
from tests.house.test_routes import walk
from tests.world import World
from tests.world import shared_world

pytestmark = pytest.mark.browser
#: Between them they reach every page.
WHO = ("anonymous", "staff", "chief", "director", "editor", "admin", "auditor")
WIDTHS = {"a phone": 360, "a desktop": 1440}
#: What <html> is called, and the rule that its colours are held against: 4.5:1, in high contrast 7:1.
PALETTES = {
    "light": ("theme-light", axe.COLOURS),
    "dark": ("theme-dark", axe.COLOURS),
    "high contrast": ("contrast-high", axe.STRONG_COLOURS),
    "dark and high contrast": ("theme-dark contrast-high", axe.STRONG_COLOURS),
}
LARGE = "large type"
FOCUSED = "the keyboard"
HEARD = "what the browser tells of it"
LOOKS = (*WIDTHS, *PALETTES, LARGE, FOCUSED, HEARD)
#: Where there is nothing yet, by who looks there.
EMPTY = {
    "staff": ("/", "/history"),
    "chief": ("/reports",),
    "editor": ("/sittings", "/speeches", "/review", "/sets", "/marking", "/doubts"),
    "auditor": ("/audit",),
}
#: A page with many addresses is looked at under so many that show something new.
LOOKED_AT = 2
UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
DRESS = "name => { document.documentElement.className = name; }"
#: An element without its words: where nothing but words is new, a program finds nothing new.
TAG = re.compile(r'<([a-z0-9]+)\b(?:[^>]*?\bclass="([^"]*)")?')
#: Marks what is seen to bear words, and tells for each what makes its colours: what it is called, what it is drawn in
#: and on, and how large.
PAINT = """() => {
  for (const each of document.querySelectorAll("[data-painted]")) delete each.dataset.painted;
  const ground = (each) => {
    const own = getComputedStyle(each);
    const isDrawn = own.backgroundColor !== "rgba(0, 0, 0, 0)" || own.backgroundImage !== "none" || !each.parentElement;
    return isDrawn ? `${own.backgroundColor} ${own.backgroundImage}` : ground(each.parentElement);
  };
  const hasWords = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim());
  const isSeen = (each) => each.getClientRects().length && (hasWords(each) || "value" in each);
  return [...document.body.querySelectorAll("*")].filter(isSeen).map((each, number) => {
    each.dataset.painted = number;
    const own = getComputedStyle(each);
    const drawn = [own.color, ground(each), own.fontSize, own.fontWeight, own.opacity];
    return [each.localName, each.getAttribute("class"), ...drawn].join("|");
  });
}"""
#: Leaves only these of them marked.
NEW = """(numbers) => {
  for (const each of document.querySelectorAll("[data-painted]")) {
    if (!numbers.includes(Number(each.dataset.painted))) delete each.dataset.painted;
  }
}"""
MARKED = "[data-painted]"
TRIES = 5
#: What axe does not ask: whether the page fits the window, and whether what is pressed by thumb is big enough for it.
FITS = """() => {
  const found = [];
  const over = document.documentElement.scrollWidth - window.innerWidth;
  if (over > 0) found.push(`wider than the window by ${over} px`);
  for (const each of document.querySelectorAll(".btn-primary, .option, .form-control, .check-row")) {
    const height = each.getBoundingClientRect().height;
    if (height > 0 && height < 43.9) found.push(`${height} px high: ${each.outerHTML.slice(0, 80)}`);
  }
  return found;
}"""
#: Whoever comes by keyboard sees where they are: a line around it, or around the words beside a box that is hidden.
FOCUS = """() => {
  const drawn = (each) => each && getComputedStyle(each).outlineStyle !== "none";
  const found = [];
  for (const each of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    each.focus({ preventScroll: true });
    if (document.activeElement !== each || drawn(each) || drawn(each.nextElementSibling)) continue;
    found.push(`no line around what has the focus: ${each.outerHTML.slice(0, 80)}`);
  }
  document.activeElement.blur();
  return found;
}"""


@dataclass
class Judge:
    """Holds pages against the rules and remembers, by the look in which they were seen, what is wrong."""

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    endpoints: set[str] = field(default_factory=set)
    #: How often a page was looked at under each of its addresses.
    times: Counter[str] = field(default_factory=Counter)
    #: What was already seen in every palette.
    painted: set[str] = field(default_factory=set)
    judged: int = 0

    def look(self, page: Page, where: str) -> None:
        """Look at the page as it is, folded out, at every width, and at what is painted as nothing before in every
        palette."""
        self.judged += 1
        page.evaluate(UNFOLD)
        for name, width in reversed(WIDTHS.items()):
            page.set_viewport_size({"width": width, "height": 740})
            self._note(name, where, axe.faults(page) + page.evaluate(FITS) + page.evaluate(HOUSE_RULES))
            self._look_at_colours(page, where)
        own = page.evaluate("document.documentElement.className")
        page.evaluate(DRESS, "large-type")
        self._note(LARGE, where, page.evaluate(FITS))
        page.evaluate(DRESS, own)

    def _look_at_colours(self, page: Page, where: str) -> None:
        own = page.evaluate("document.documentElement.className")
        for _ in range(TRIES):
            paints = page.evaluate(PAINT)
            new = {paint: number for number, paint in enumerate(paints) if paint not in self.painted}
            if not new:
                return
            page.evaluate(NEW, list(new.values()))
            for name, (dress, rule) in PALETTES.items():
                page.evaluate(DRESS, dress)
                self._note(name, where, axe.faults(page, rule, MARKED))
            page.evaluate(DRESS, own)
            # A page that follows the room may have drawn itself anew meanwhile, and nothing was judged.
            if page.locator(MARKED).count() == len(new):
                self.painted |= new.keys()
                return
        self._note(HEARD, where, ["does not hold still"])

    def look_at_the_focus(self, page: Page, where: str) -> None:
        self._note(FOCUSED, where, page.evaluate(FOCUS))

    def listen(self, page: Page, address: str) -> None:
        overhear(page, address, lambda words: self._note(HEARD, page.url, [words]))

    def _note(self, look: str, where: str, sentences: list[str]) -> None:
        self.found[look] += [f"{where}: {sentence}" for sentence in sentences]

    def all_found(self) -> list[str]:
        return [f"{look}, {sentence}" for look, sentences in self.found.items() for sentence in sentences]


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """The application on a port of its own."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def token_of(app: Flask, person: Person, clock: Clock) -> str:
    """Sign somebody in without a page."""
    with app.app_context():
        with writing() as session:
            token = sign_in.open_session(session, person.id, "127.0.0.1", clock())
        db.session.remove()
    return token


@contextmanager
def window(chromium: Chromium, app: Flask, address: str, token: str, **device: Any) -> Iterator[Page]:
    """A window of somebody who is signed in, or of nobody; colours change at once, so that none is seen half-way."""
    context: BrowserContext = chromium.new_context(locale="zh-CN", reduced_motion="reduce", **device)
    context.set_default_timeout(20_000)
    if token:
        context.add_cookies([{"name": app.config["SIGN_IN_COOKIE_NAME"], "value": token, "url": address}])
    yield context.new_page()
    context.close()


# Every page


@pytest.fixture(scope="module")
def world(empty_database: Path, password_hash: str) -> Iterator[World]:
    found = shared_world(empty_database, password_hash)
    yield found
    if found.checksum() != found.at_rest:
        found.put_back()


@pytest.fixture(scope="module")
def judge(world: World, chromium: Chromium) -> Judge:
    """All pages of the house that any link leads to, each as it differs from person to person."""
    found, seen = Judge(), defaultdict[str, set[Any]](set)
    with listening(world.app) as address:
        for who in WHO:
            with window(chromium, world.app, address, world.cookies[who][0]) as page:
                found.listen(page, address)
                for link in fresh_pages(world, who, seen, found):
                    page.goto(address + link)
                    found.look_at_the_focus(page, f"{who} {link}")
                    found.look(page, f"{who} {link}")
    print(f"{found.judged} pages judged, in {len(LOOKS)} looks each")
    return found


def fresh_pages(world: World, who: str, seen: dict[str, set[Any]], judge: Judge) -> Iterator[str]:
    """The addresses of pages where this person sees what nobody has seen there; all that they reach are noted."""
    for link, answer in [(link, answer) for _, link, answer in walk(world, who) if answer.status_code == 200]:
        endpoint = endpoint_of(world, link)
        judge.endpoints.add(endpoint)
        if answer.mimetype != "text/html" or judge.times[endpoint] == LOOKED_AT:
            continue
        elements = set(TAG.findall(answer.get_data(as_text=True)))
        if not elements <= seen[endpoint]:
            judge.times[endpoint] += 1
            seen[endpoint] |= elements
            yield link


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_used_by_everybody(judge: Judge, look: str) -> None:
    assert judge.found[look] == []


def test_no_page_was_passed_over(world: World, judge: Judge) -> None:
    shown = {rule.endpoint for _, rule in pages(world.app, safe=True)} - WITHOUT_LINK
    assert shown - judge.endpoints == set()


def test_a_spoilt_page_is_found_out(world: World, chromium: Chromium) -> None:
    found = Judge()
    with listening(world.app) as address, window(chromium, world.app, address, "") as page:
        page.goto(f"{address}/sign-in")
        found.listen(page, address)
        page.evaluate("console.error('spoilt')")
        page.evaluate("document.querySelector('label').remove()")
        page.evaluate("document.documentElement.style.setProperty('--quiet', '#777')")
        page.evaluate("document.querySelector('main').style.minWidth = '2000px'")
        page.evaluate("document.querySelector('.btn').style.setProperty('outline', 'none', 'important')")
        found.look_at_the_focus(page, "spoilt")
        found.look(page, "spoilt")
    told = "\n".join(found.all_found())
    assert all(found.found[look] for look in LOOKS)
    assert all(name in told for name in ("label #staff_number", "color-contrast ", "color-contrast-enhanced ", "wider"))


# States


def test_empty_pages_can_be_used_by_everybody(app: Flask, office: Office, clock: Clock, chromium: Chromium) -> None:
    found = Judge()
    with listening(app) as address:
        for who, addresses in EMPTY.items():
            token = token_of(app, getattr(office, who), clock)
            with window(chromium, app, address, token) as page:
                for link in addresses:
                    page.goto(address + link)
                    found.look(page, f"{who} {link}")
    assert found.all_found() == []


def test_refusals_can_be_read_by_everybody(world: World, chromium: Chromium) -> None:
    found, past = Judge(), world.ids["past"]
    with listening(world.app) as address, window(chromium, world.app, address, world.cookies["admin"][0]) as page:
        refusals: dict[int, Callable[[], Any]] = {
            404: lambda: page.goto(f"{address}/no-such-page"),
            409: lambda: send(page, f"/sittings/{past}/attempt"),
            422: lambda: send(page, "/people/new"),
        }
        for status, ask in refusals.items():
            page.goto(f"{address}/password")
            with page.expect_navigation() as told:
                ask()
            assert told.value.status == status
            found.look(page, str(status))
    assert found.all_found() == []


def send(page: Page, path: str) -> None:
    """Send an empty form with the token of the page."""
    page.evaluate(
        """(path) => {
          const form = document.querySelector("main form");
          form.action = path;
          for (const field of form.querySelectorAll("[type=password]")) field.remove();
          form.submit();
        }""",
        path,
    )


@pytest.fixture
def room(app: Flask, office: Office, clock: Clock, chromium: Chromium) -> Iterator[Room]:
    with served(app, office, clock, chromium) as found:
        found.may_fail = True
        yield found


def test_an_open_paper_can_be_used_by_everybody_in_every_state(room: Room) -> None:
    found, page = Judge(), room.open(360, reduced_motion="reduce")
    found.look(page, "begun")
    for number in (CHOICE, MATCH, ORDER, ESSAY):
        turn_to(page, number)
        found.look(page, f"question {number}")
    turn_to(page, CHOICE)
    page.locator(f"#q{CHOICE} .option").first.click()
    page.locator(f"#q{CHOICE} .flag").click()
    saved(page, CHOICE)
    page.locator("[data-card-toggle]").click()
    found.look(page, "saved and flagged, with the card open")
    page.locator("[data-card-toggle]").click()
    page.context.set_offline(True)
    page.locator(f"#q{CHOICE} .option").nth(1).click()
    page.locator("#offline").wait_for()
    found.look(page, "offline")
    page.context.set_offline(False)
    saved(page, CHOICE)
    page.locator("[data-hand-in]").first.click()
    page.locator("#handing-in[open]").wait_for()
    found.look(page, "before handing in")
    assert found.all_found() == []


def test_a_paper_whose_time_is_over_can_be_read_by_everybody(room: Room, clock: Clock) -> None:
    found, page = Judge(), room.open(360, reduced_motion="reduce")
    left = float(page.get_attribute("#paper", "data-remaining") or 0)
    clock.advance(seconds=left - 2)
    page.reload()
    page.context.set_offline(True)
    page.get_by_text("作答时间已到").wait_for()
    found.look(page, "locked")
    assert found.all_found() == []


# How the pages look to one person


def test_the_display_is_set_by_keyboard_without_scripts_and_one_stays_where_one_was(
    app: Flask, office: Office, clock: Clock, chromium: Chromium
) -> None:
    token = token_of(app, office.staff, clock)
    with listening(app) as address, window(chromium, app, address, token, java_script_enabled=False) as page:
        page.goto(f"{address}/history")
        page.locator(".display summary").press("Enter")
        page.get_by_label("标准", exact=True).first.press("ArrowRight")
        page.get_by_label("跟随系统").press("ArrowLeft")
        page.get_by_role("button", name="保存显示设置").press("Enter")
        page.wait_for_selector("html.large-type.theme-dark")
        assert page.url == f"{address}/history"


def test_setting_the_display_on_an_open_paper_loses_no_answer_that_was_not_yet_sent(room: Room) -> None:
    page = room.open(360)
    page.route("**/answers/*", lambda route: route.abort())
    page.locator(f"#q{CHOICE} .option").first.click()
    page.locator(f"#q{CHOICE} [data-saved].is-waiting").wait_for(state="attached")
    assert room.held(CHOICE) == []
    page.locator(".display summary").press("Enter")
    page.get_by_label("深色").press("Space")
    page.get_by_role("button", name="保存显示设置").press("Enter")
    page.locator("html.theme-dark").wait_for(state="attached")
    page.unroute("**/answers/*")
    saved(page, CHOICE)
    assert len(room.held(CHOICE)) == 1


DEVICES = {
    "nothing": ({}, "rgb(245, 246, 247)", "rgb(31, 35, 40)"),
    "dark": ({"color_scheme": "dark"}, "rgb(18, 21, 25)", "rgb(228, 231, 235)"),
    "more contrast": ({"contrast": "more"}, "rgb(255, 255, 255)", "rgb(0, 0, 0)"),
    "both": ({"color_scheme": "dark", "contrast": "more"}, "rgb(0, 0, 0)", "rgb(255, 255, 255)"),
}


@pytest.mark.parametrize(("device", "ground", "ink"), DEVICES.values(), ids=DEVICES)
def test_whoever_has_chosen_nothing_sees_what_their_device_asks_for(
    world: World, chromium: Chromium, device: dict[str, Any], ground: str, ink: str
) -> None:
    with listening(world.app) as address, window(chromium, world.app, address, "", **device) as page:
        page.goto(f"{address}/sign-in")
        seen = page.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    assert seen == [ground, ink]


def test_light_colours_stay_light_on_a_dark_device(world: World, chromium: Chromium) -> None:
    with listening(world.app) as address, window(chromium, world.app, address, "", color_scheme="dark") as page:
        page.goto(f"{address}/sign-in")
        page.evaluate(DRESS, "theme-light")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(245, 246, 247)"
