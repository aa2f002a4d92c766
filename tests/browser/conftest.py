"""The site as `make run` starts it, on an empty database, and a real Chromium that tells on every page."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from browser.visitor import Site
from browser.visitor import Visitor
from playwright.sync_api import Browser
from playwright.sync_api import Playwright
from playwright.sync_api import sync_playwright

from quizapp.config import PROJECT

#: Without the last four, Chromium itself looks for hosts of its maker at every start.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
WINDOWED = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start the site with the command behind `make run`, on an empty instance folder."""
    instance = tmp_path_factory.mktemp("site") / "instance"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "flask", "--app", "quizapp", "serve"]
    environ = os.environ | {"QUIZAPP_INSTANCE": str(instance), "QUIZAPP_PORT": str(port), "QUIZAPP_WORKERS": "2"}
    server = subprocess.Popen(command, cwd=PROJECT, env=environ, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server)
        yield Site(address, (instance / "demo_password").read_text().strip())
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(40)


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert server.poll() is None, "the site stopped before it answered"
        try:
            urlopen(f"{address}/sign-in", timeout=5).close()  # noqa: S310 - our own address
        except (URLError, TimeoutError):
            time.sleep(0.3)
        else:
            return
    pytest.fail("the site did not answer within three minutes")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all browsers: a process cannot have two at a time."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Chromium without windows where the system has it: with none to draw for nobody, it costs half the work."""
    with launched(playwright, "chromium-headless-shell", *WINDOWED) as browser:
        yield browser


@pytest.fixture(scope="session")
def windowed(playwright: Playwright) -> Iterator[Browser]:
    """The whole Chromium: a finger that drags scrolls its page as on a phone."""
    with launched(playwright, *WINDOWED) as browser:
        yield browser


@contextmanager
def launched(playwright: Playwright, *names: str) -> Iterator[Browser]:
    """The first of these browsers that the system has."""
    path = next(filter(None, map(shutil.which, names)), None)
    assert path, "Chromium is missing: run `make test`, which installs it or says what to install"
    browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
    yield browser
    browser.close()


@pytest.fixture
def visitor(site: Site, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[int], Visitor]]:
    """Visitors by the width of their screen; at the end none may have complained."""
    visitors: list[Visitor] = []

    def come(width: int) -> Visitor:
        context = chromium.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
        context.set_default_timeout(20_000)
        shots = Path(__file__).parent / "screenshots" / f"{request.node.name}-{width}"
        visitors.append(Visitor(site, context.new_page(), shots))
        return visitors[-1]

    yield come
    complaints = [sentence for person in visitors for sentence in person.complaints]
    for person in visitors:
        person.page.context.close()
    assert not complaints, "\n".join(complaints)
