"""One person's open paper on a served site, on any number of devices."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from browser.visitor import HOUSE_RULES
from browser.visitor import overhear
from conftest import Clock
from conftest import Office
from flask import Flask
from interacting import begun
from interacting import held
from playwright.sync_api import Browser
from playwright.sync_api import BrowserContext
from playwright.sync_api import CDPSession
from playwright.sync_api import Page
from werkzeug.serving import make_server

from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import attempts
from quizapp.services import sign_in

WIDTHS = {"a phone": 360, "a desktop": 1440}


@dataclass
class Room:
    """Where one person takes the quiz, on any number of devices."""

    app: Flask
    address: str
    token: str
    attempt: str
    chromium: Browser
    clock: Clock
    complaints: list[str] = field(default_factory=list)
    #: Whether a request that fails is part of the story.
    may_fail: bool = False

    @property
    def paper(self) -> str:
        return f"{self.address}/attempts/{self.attempt}"

    def device(self, width: int, *, script: bool = True, **kind: Any) -> BrowserContext:
        """A signed-in browser of this width."""
        return device(self.app, self.chromium, self.address, self.token, width, java_script_enabled=script, **kind)

    def sit(self, context: BrowserContext, at: str = "", *, script: bool = True, without: str = "") -> Page:
        """The paper in a new window of a device, `at` a question, with all scripts or `without` one of them."""
        page = context.new_page()
        overhear(page, self.address, self.complaints.append, may_fail=lambda: self.may_fail)
        if without:
            page.route(f"**/{without}*", lambda route: route.abort())
        page.goto(f"{self.paper}#q{at}" if at else self.paper)
        if script:
            self.complaints += page.evaluate(HOUSE_RULES)
        return page

    def open(self, width: int, at: str = "", *, script: bool = True, without: str = "", **kind: Any) -> Page:
        """The paper on a device of its own."""
        return self.sit(self.device(width, script=script, **kind), at, script=script, without=without)

    def phone(self, at: str = "") -> Page:
        return self.open(360, at, has_touch=True, is_mobile=True)

    def held(self, number: str) -> list[str]:
        """What the database holds of one question, in the bank's letters."""
        with self.app.app_context():
            found = held(db.session())
            db.session.remove()
        return found.get(number, [])


def device(
    app: Flask, chromium: Browser, address: str, token: str = "", width: int = 360, height: int = 740, **kind: Any
) -> BrowserContext:
    """A browser with a screen of this size; whoever has the token is signed in."""
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **kind)
    context.set_default_timeout(20_000)
    if token:
        context.add_cookies([{"name": app.config["SIGN_IN_COOKIE_NAME"], "value": token, "url": address}])
    return context


@contextmanager
def serving(app: Flask, chromium: Browser) -> Iterator[str]:
    """The address of the site on a real port; at the end all devices are put away."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        for context in chromium.contexts:
            context.close()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def served(app: Flask, office: Office, clock: Clock, chromium: Browser, sitting: str = "") -> Iterator[Room]:
    """A room on a real port, with a paper of the sitting, or of four questions; at the end no page of it may have
    complained."""
    with app.app_context():
        with writing() as session:
            opened = attempts.start(session, office.staff.actor, sitting, now=clock()).public_id if sitting else ""
            attempt = opened or begun(session, office, clock)
            token = sign_in.open_session(session, office.staff.id, "127.0.0.1", clock())
        db.session.remove()
    with serving(app, chromium) as address:
        found = Room(app, address, token, attempt, chromium, clock)
        yield found
    assert not found.complaints, "\n".join(found.complaints)


def take_away(page: Page) -> None:
    """Take the page away as a phone does that needs its memory: nothing more leaves it.

    Merely closed, it would send what waits as soon as the browser gives up pretending that there is no network.
    """
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.close()


def saved(page: Page, number: str) -> None:
    """Wait until the server has the answer."""
    page.locator(f"#q{number} [data-saved].is-saved").wait_for(state="attached")


def turn_to(page: Page, number: str) -> None:
    """Bring one question before the person's eyes."""
    page.evaluate("id => { location.hash = ''; location.hash = id; }", f"q{number}")
    page.locator(f"#q{number}").wait_for()


class Finger:
    """One finger on the glass, as the browser itself receives it."""

    def __init__(self, page: Page):
        self.page = page
        self.wire: CDPSession = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", (x, y))

    def slide(self, x: float, start: float, end: float, steps: int = 12) -> None:
        self.draw((x, start), (x, end), steps)

    def draw(self, start: tuple[float, float], end: tuple[float, float], steps: int = 12) -> None:
        """Move from one point to another as somebody does, not all at once."""
        for step in range(1, steps + 1):
            here = tuple(a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
            self._send("touchMove", (here[0], here[1]))
            self.page.wait_for_timeout(16)

    def up(self) -> None:
        self._send("touchEnd")
