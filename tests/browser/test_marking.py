"""The marking desk by keyboard on a desktop and by touch on a phone, in a real browser on a real database."""

import threading
from collections.abc import Callable
from collections.abc import Iterator

import pytest
from browser.visitor import Site
from browser.visitor import Visitor
from conftest import PASSWORD
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from playwright.sync_api import Browser
from services.judged import ESSAY
from services.judged import Quiz
from services.judged import open_quiz
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from quizapp.core.question import UNITS

pytestmark = pytest.mark.browser
Come = Callable[[int, Person], Visitor]


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    """Three short answers that wait, two of them the same."""
    made = open_quiz(office, clock)
    for person, text in (
        (office.staff, "先是关键词1，然后是关键词2。"),
        (office.colleague, "先是关键词1，然后是关键词2！"),
        (office.stranger, "只记得关键词5"),
    ):
        made.write(person, text)
    made.close()
    return made


@pytest.fixture
def come(app: Flask, quiz: Quiz, chromium: Browser) -> Iterator[Come]:
    """Visitors to this test's own office; at the end none may have complained."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    visitors: list[Visitor] = []

    def enter(width: int, person: Person) -> Visitor:
        touch = width < 600
        context = chromium.new_context(viewport={"width": width, "height": 800}, locale="zh-CN", has_touch=touch)
        visitor = Visitor(Site(f"http://127.0.0.1:{server.port}", PASSWORD), context.new_page(), app.config["INSTANCE"])
        visitors.append(visitor)
        visitor.sign_in(person.number)
        return visitor

    yield enter
    complaints = [sentence for visitor in visitors for sentence in visitor.complaints]
    for visitor in visitors:
        visitor.page.context.close()
    server.shutdown()
    assert not complaints, "\n".join(complaints)


def ticked(visitor: Visitor) -> list[str]:
    return [str(box.get_attribute("value")) for box in visitor.page.locator("[name=said]:checked").all()]


def press(visitor: Visitor, key: str) -> None:
    """Press a key that leads to another page."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press(key)
    visitor.page.wait_for_load_state()
    visitor.look()


def test_a_pile_is_marked_by_keyboard_alone(come: Come, quiz: Quiz, office: Office) -> None:
    editor = come(1440, office.editor)
    editor.go("/marking")
    editor.press("评阅")
    assert editor.sees("还有 3 份")
    while not editor.sees("只记得"):
        press(editor, "ArrowRight")
    assert ticked(editor) == ["5"]
    editor.page.keyboard.press("1")
    editor.page.keyboard.press("5")
    assert ticked(editor) == ["1"]
    press(editor, "Enter")
    assert editor.sees("记 1 分，还有 2 份")
    press(editor, "u")
    assert editor.sees("已撤销")
    assert editor.sees("只记得")
    assert ticked(editor) == ["5"]
    press(editor, "Enter")
    assert ticked(editor) == ["1", "2"]
    editor.page.keyboard.press("s")
    press(editor, "Enter")
    assert editor.sees("同样的答案共 2 份，各记 2 分")
    assert editor.sees("已全部评完")
    scores = [quiz.units_of(person, ESSAY) for person in (office.staff, office.colleague, office.stranger)]
    assert scores == [2 * UNITS, 2 * UNITS, UNITS]


def test_keys_do_nothing_while_they_are_switched_off(come: Come, quiz: Quiz, office: Office) -> None:
    editor = come(1440, office.editor)
    editor.go(f"/marking/sittings/{quiz.sitting}/questions/{ESSAY}")
    before = ticked(editor)
    editor.page.locator("#keys summary").click()
    editor.page.locator("#keys-on").uncheck()
    editor.page.locator("h1").click()
    for key in "123":
        editor.page.keyboard.press(key)
    assert ticked(editor) == before


def test_a_pile_is_marked_by_touch_on_a_phone(come: Come, quiz: Quiz, office: Office) -> None:
    chief = come(360, office.chief)
    chief.go("/marking")
    chief.page.get_by_role("link", name="评阅").tap()
    chief.page.wait_for_url("**/questions/*")
    chief.look()
    assert chief.sees("还有 2 份")
    box = chief.page.locator(".points label").nth(4)
    assert box.bounding_box()["height"] >= 44  # type: ignore[index]
    box.tap()
    chief.page.get_by_text("同样的答案 1 份").tap()
    with chief.page.expect_navigation():
        chief.page.get_by_role("button", name="确认").tap()
    chief.look()
    assert chief.sees("各记 3 分，还有 0 份")
    assert [quiz.units_of(person, ESSAY) for person in (office.staff, office.colleague)] == [3 * UNITS] * 2
    assert quiz.units_of(office.stranger, ESSAY) is None


def test_it_works_without_scripts(come: Come, quiz: Quiz, office: Office, chromium: Browser) -> None:
    editor = come(1440, office.editor)
    cookies = editor.page.context.cookies()
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{editor.site.address}/marking/sittings/{quiz.sitting}/questions/{ESSAY}")
    page.get_by_role("button", name="确认").click()
    assert "还有 2 份" in page.inner_text("main")
    context.close()
