"""The speech of a make-up task in a real browser: what was read is noted by itself, what was not seen never is."""

import threading
from collections.abc import Iterator

import pytest
from browser.axe import faults
from browser.visitor import HOUSE_RULES
from conftest import Clock
from conftest import Office
from flask import Flask
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import expect
from services.away import owing_a_speech
from werkzeug.serving import make_server

from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import sign_in

#: Three parts; each takes somebody who reads fast a second or two, and the last one is below the first screen.
PARTS = [f"{number}、抓好第{number}项重点\n\n{'各科室要抓好落实，一项一项抓到底。' * 2}" for number in "一二三"]
SPEECH = "\n\n".join(["在全市办公室工作会议上的讲话", *PARTS])


@pytest.fixture
def task(app: Flask, sitting: str, office: Office, clock: Clock, chromium: Browser) -> Iterator[tuple[str, str]]:
    """The address of staff's task on a served site, and their token; the sitting has closed."""
    with app.app_context():
        with writing() as session:
            public_id = owing_a_speech(session, office, sitting, SPEECH, clock())
            clock.advance(hours=3)
            token = sign_in.open_session(session, office.staff.id, "127.0.0.1", clock())
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/make-ups/{public_id}", token
    for context in chromium.contexts:
        context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def opened(app: Flask, chromium: Browser, task: tuple[str, str], *, script: bool = True) -> Page:
    address, token = task
    context = chromium.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN", java_script_enabled=script)
    context.add_cookies([{"name": app.config["SIGN_IN_COOKIE_NAME"], "value": token, "url": address}])
    page = context.new_page()
    page.goto(address)
    return page


def test_a_part_is_noted_after_it_was_seen_long_enough_and_the_unseen_never(
    app: Flask, task: tuple[str, str], chromium: Browser
) -> None:
    page = opened(app, chromium, task)
    assert page.evaluate(HOUSE_RULES) == []
    assert faults(page) == []
    first, last = page.locator("#part-0 .part-read"), page.locator("#part-2 .part-read")
    page.locator("#part-0 .part-end").scroll_into_view_if_needed()
    expect(first).to_be_visible(timeout=20_000)
    expect(last).to_be_hidden()
    expect(page.locator("#to-start")).to_be_hidden()
    for number in (1, 2):
        page.locator(f"#part-{number} .part-end").scroll_into_view_if_needed()
        expect(page.locator(f"#part-{number} .part-read")).to_be_visible(timeout=20_000)
    expect(page.locator("#to-start")).to_be_visible()
    assert page.locator("#progress").evaluate("bar => bar.value") == 3
    assert page.evaluate(HOUSE_RULES) == []
    page.reload()
    assert page.locator(".speech-part form").count() == 0, "the server has kept it"


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_the_button_notes_a_part_at_once(app: Flask, task: tuple[str, str], chromium: Browser, script: bool) -> None:
    page = opened(app, chromium, task, script=script)
    page.locator("#part-2 button").click()
    expect(page.locator("#part-2 .part-read")).to_be_visible()
    expect(page.locator("#part-0 .part-read")).to_be_hidden()


def test_what_could_not_be_noted_is_said_and_tried_again(app: Flask, task: tuple[str, str], chromium: Browser) -> None:
    page = opened(app, chromium, task)
    page.route("**/parts/*", lambda route: route.abort())
    page.locator("#part-2 button").click()
    expect(page.locator("[data-said]")).to_contain_text("没有连上服务器")
    page.unroute("**/parts/*")
    page.locator("#part-2 button").click()
    expect(page.locator("#part-2 .part-read")).to_be_visible()
