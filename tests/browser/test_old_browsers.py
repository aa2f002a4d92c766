"""The quiz in the browsers that an office has: a Chromium of 2021, as the domestic ones are inside, and Firefox.

Each is asked in its own tongue; the story is the same.
"""

import shutil
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import Protocol

import pytest
from browser.bidi import firefox
from browser.conftest import QUIET
from browser.old_chromium import BINARY
from conftest import PASSWORD
from conftest import Clock
from conftest import Office
from flask import Flask
from interacting import CHOICE
from interacting import ESSAY
from interacting import MATCH
from interacting import begun
from interacting import held
from playwright.sync_api import Error
from playwright.sync_api import Page
from playwright.sync_api import Playwright
from werkzeug.serving import make_server

from quizapp import web
from quizapp.db.base import db
from quizapp.db.engine import writing

pytestmark = pytest.mark.browser
PATIENCE_SECONDS = 30
#: Longer than matching.js takes for one tap of an unsteady finger.
BETWEEN_TAPS_SECONDS = 0.45
STATIC = Path(web.__file__).parent / "static"
WORDS = "一文一事，不得多头主送。"


class Tab(Protocol):
    """What any browser can do, however it is told to."""

    name: str
    errors: list[str]

    def go(self, address: str) -> None: ...
    def ask(self, expression: str) -> Any: ...
    def tap(self, x: float, y: float) -> None: ...
    def type(self, words: str) -> None: ...
    def set_offline(self, offline: bool) -> None: ...


class OldChromium:
    """Playwright starts it and speaks its protocol; what Playwright asks inside a page is too new for it."""

    def __init__(self, page: Page):
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        assert page.context.browser
        self.name = page.context.browser.version

    def misread(self, script: str) -> str | None:
        """Why it cannot read this module; what the module then misses on an empty page is no matter."""
        told: str | None = self.page.evaluate(
            "(text) => import('data:text/javascript;charset=utf-8,' + encodeURIComponent(text))"
            ".then(() => null, (wrong) => (wrong.name === 'SyntaxError' ? wrong.message : null))",
            script,
        )
        return told

    def go(self, address: str) -> None:
        self.page.goto(address)

    def ask(self, expression: str) -> Any:
        try:
            return self.page.evaluate(expression)
        except Error as gone:
            if "context was destroyed" not in gone.message:
                raise
            return None

    def tap(self, x: float, y: float) -> None:
        self.page.touchscreen.tap(x, y)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def set_offline(self, offline: bool) -> None:
        self.page.context.set_offline(offline)


@pytest.fixture
def old_chromium(playwright: Playwright) -> Iterator[OldChromium]:
    if not BINARY.exists():
        pytest.skip("the Chromium of 2021 is missing: `make test` fetches it where there is one")
    browser = playwright.chromium.launch(executable_path=BINARY, args=list(QUIET))
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    yield OldChromium(context.new_page())
    browser.close()


@pytest.fixture
def old_firefox(tmp_path: Path) -> Iterator[Tab]:
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if not path:
        pytest.skip("Firefox is missing: `make test` installs it or says what to install")
    with firefox(path, tmp_path / "profile") as tab:
        yield tab


class Somebody:
    """A person with a finger in front of any browser."""

    def __init__(self, tab: Tab, address: str):
        self.tab, self.address = tab, address

    def wait(self, expression: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.tab.ask(expression):
            if time.monotonic() > until:
                page = self.tab.ask("location.href + '\\n' + document.body.innerText")
                pytest.fail(f"{self.tab.name} never came to: {expression}\n{self.tab.errors}\n{page}")

    def wait_for_page(self, path: str) -> None:
        self.wait(f"document.readyState === 'complete' && location.pathname === '{path}'")

    def tap(self, selector: str, index: int = 0) -> None:
        """Bring it to the middle of the screen and, once nothing lies over it, touch it there."""
        middle = (
            f"(() => {{ const e = document.querySelectorAll({selector!r})[{index}]; if (!e) return null; "
            "e.scrollIntoView({ block: 'center', behavior: 'instant' }); const b = e.getBoundingClientRect(); "
            "const at = [b.left + b.width / 2, b.top + b.height / 2]; "
            "return e.contains(document.elementFromPoint(...at)) ? at : null; })()"
        )
        self.wait(middle)
        self.tab.tap(*self.tab.ask(middle))

    def write(self, selector: str, words: str) -> None:
        self.tap(selector)
        self.wait(f"document.activeElement.matches({selector!r})")
        self.tab.type(words)
        self.wait(f"document.querySelector({selector!r}).value === {words!r}")

    def turn_to(self, number: str) -> None:
        self.tab.ask(f"location.hash = 'q{number}'")
        self.wait(f"document.querySelector('#q{number}').offsetHeight > 0")

    def sign_in(self, number: str) -> None:
        self.tab.go(f"{self.address}/sign-in")
        self.write("#staff_number", number)
        self.write("#password", PASSWORD)
        self.tap("main form button")
        self.wait_for_page("/")

    def sees_saved(self, number: str, *, saved: bool = True) -> None:
        self.wait(f"Boolean(document.querySelector('#q{number} [data-saved].is-saved')) === {str(saved).lower()}")


Holding = Callable[[str], list[str]]


@pytest.fixture
def served(app: Flask, office: Office, clock: Clock) -> Iterator[tuple[str, str, Holding]]:
    """A server's address, the path of a paper that has been begun, and what the database holds of its questions."""
    with app.app_context():
        with writing() as session:
            attempt = begun(session, office, clock)
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def holding(number: str) -> list[str]:
        with app.app_context():
            found = held(db.session()).get(number, [])
            db.session.remove()
        return found

    yield f"http://127.0.0.1:{server.server_port}", f"/attempts/{attempt}", holding
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("browser", ["old_chromium", "old_firefox"])
def test_a_quiz_is_taken_from_sign_in_to_result_and_outlives_a_lost_network(
    request: pytest.FixtureRequest, served: tuple[str, str, Holding], office: Office, browser: str
) -> None:
    tab: Tab = request.getfixturevalue(browser)
    address, path, holding = served
    person = Somebody(tab, address)
    person.sign_in(office.staff.number)
    tab.go(address + path)

    person.tap(f"#q{CHOICE} label.option", 1)
    person.sees_saved(CHOICE)
    [first] = holding(CHOICE)

    person.turn_to(ESSAY)
    person.write(f"#q{ESSAY} textarea", WORDS)
    person.sees_saved(ESSAY)
    assert holding(ESSAY) == [WORDS]

    tab.set_offline(True)
    person.turn_to(CHOICE)
    person.tap(f"#q{CHOICE} label.option", 2)
    person.sees_saved(CHOICE, saved=False)
    person.turn_to(MATCH)
    person.tap(f"#q{MATCH} [data-line]")
    time.sleep(BETWEEN_TAPS_SECONDS)
    person.tap(f"#q{MATCH} [data-option]", 3)
    person.wait(f"document.querySelector('#q{MATCH} select').value !== ''")
    assert (holding(CHOICE), holding(MATCH)) == ([first], [])
    tab.set_offline(False)
    person.sees_saved(CHOICE)
    person.sees_saved(MATCH)
    assert holding(CHOICE) != [first]
    assert [letter != "" for letter in holding(MATCH)] == [True, False, False, False, False]

    person.tap("[data-hand-in]")
    person.wait("document.querySelector('dialog').open")
    person.tap("dialog [data-confirm]")
    person.wait_for_page(f"{path}/result")
    assert "逐题解析" in tab.ask("document.body.innerText")
    assert tab.errors == []


def test_the_chromium_of_2021_can_read_every_script(old_chromium: OldChromium) -> None:
    scripts = {path.name: path.read_text(encoding="utf-8") for path in STATIC.rglob("*.js")}
    assert len(scripts) > 5
    assert {name: wrong for name, text in scripts.items() if (wrong := old_chromium.misread(text))} == {}
    assert old_chromium.misread("class A { static { made = 1; } }"), "it would say so if it could not"
