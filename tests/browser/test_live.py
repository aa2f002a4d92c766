"""Question by question on real phones: they follow the room, keep what was tapped, and say what came too late."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

import pytest
from browser.room import device
from browser.room import serving
from browser.visitor import HOUSE_RULES
from browser.visitor import overhear
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from flask import Flask
from led import ESSAY
from led import FILL_IN
from led import MATCH
from led import ORDER
from led import SINGLE
from led import Led
from led import led_sitting
from playwright.sync_api import Browser
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page
from playwright.sync_api import expect
from sqlalchemy import select

from quizapp.core.room import Screen
from quizapp.core.room import Stand
from quizapp.core.room import Step
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import attempts
from quizapp.services import room
from quizapp.services import sign_in

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
SAVED = "[data-saved].is-saved"


@dataclass
class LiveRoom:
    """A leader, and people with their phones."""

    app: Flask
    led: Led
    address: str
    chromium: Browser
    complaints: list[str] = field(default_factory=list)

    def show(self, position: int, step: Step) -> None:
        """Press the button of the console."""
        with self.app.app_context():
            with writing() as session:
                leader, stand = self.led.office.deputy.actor, Stand(position, step)
                room.show(session, leader, self.led.public_id, Screen.QUESTION, stand, now=self.led.clock())
            db.session.remove()

    def freeze(self) -> None:
        """Press a button that the phones are told of and that changes nothing on them."""
        with self.app.app_context():
            with writing() as session:
                room.freeze(session, self.led.office.deputy.actor, self.led.public_id, True, now=self.led.clock())
            db.session.remove()

    def close(self) -> None:
        """Press the last button; then the bell collects the papers."""
        with self.app.app_context():
            with writing() as session:
                room.close(session, self.led.office.deputy.actor, self.led.public_id, now=self.led.clock())
            with writing() as session:
                attempts.close_overdue(session, now=self.led.clock(), at_once=100)
            db.session.remove()

    def device(self, person: Person, *, script: bool = True) -> BrowserContext:
        with self.app.app_context():
            with writing() as session:
                token = sign_in.open_session(session, person.id, "127.0.0.1", self.led.clock())
            db.session.remove()
        return device(self.app, self.chromium, self.address, token, java_script_enabled=script, has_touch=True)

    def phone(self, person: Person) -> Page:
        return self.sit(self.device(person), person)

    def sit(self, device: BrowserContext, person: Person) -> Page:
        page = device.new_page()
        overhear(page, self.address, self.complaints.append, may_fail=lambda: True)
        page.goto(f"{self.address}/attempts/{self.led.attempts[person.id]}/live")
        return page

    def follows_house_rules(self, page: Page) -> None:
        assert page.evaluate(HOUSE_RULES) == []

    def held(self, person: Person) -> dict[int, list[str]]:
        """What the server holds of one person, in the letters of the room."""
        with self.app.app_context():
            db.session.rollback()
            own = select(AttemptRow.id).where(AttemptRow.public_id == self.led.attempts[person.id]).scalar_subquery()
            found = db.session.scalars(select(ResponseRow).where(ResponseRow.attempt_id == own)).all()
            held = {row.position: list(row.value) for row in found}
            db.session.remove()
        return held

    def receipts(self) -> int:
        with self.app.app_context():
            count = len(db.session.scalars(select(ReceiptRow.id)).all())
            db.session.remove()
        return count


@pytest.fixture
def live(app: Flask, office: Office, clock: Clock, chromium: Browser) -> Iterator[LiveRoom]:
    with app.app_context():
        led = led_sitting(office, clock)
        led.begin(office.staff, office.colleague)
        db.session.remove()
    with serving(app, chromium) as address:
        found = LiveRoom(app, led, address, chromium)
        yield found
    assert not found.complaints, "\n".join(found.complaints)


def tap(page: Page, n: int) -> None:
    page.locator(".option").nth(n).click()


def test_two_phones_follow_the_room_from_the_first_question_to_the_result(live: LiveRoom, office: Office) -> None:
    one, other = live.phone(office.staff), live.phone(office.colleague)
    for page in (one, other):
        expect(page.get_by_text("请看大屏，等待出题")).to_be_visible()
    live.show(SINGLE, Step.READ)
    expect(one.locator("#now").get_by_text("请看大屏读题")).to_be_visible()
    expect(one.locator("#announcer")).to_have_text("第 1 题：请看大屏读题")
    live.show(SINGLE, Step.ANSWER)
    for page in (one, other):
        expect(page.locator(f"#q{SINGLE}")).to_be_visible()
        live.follows_house_rules(page)
    tap(one, 0)
    expect(one.locator(SAVED)).to_be_visible()

    other.context.set_offline(True)
    tap(other, 1)
    expect(other.get_by_text("待保存")).to_be_visible()
    other.context.set_offline(False)
    expect(other.locator(SAVED)).to_be_visible()
    assert (live.held(office.staff), live.held(office.colleague)) == ({SINGLE: ["A"]}, {SINGLE: ["B"]})

    live.show(SINGLE, Step.SPLIT)
    for page in (one, other):
        expect(page.locator("#now").get_by_text("第 1 题已停止作答，请看大屏")).to_be_visible()
        assert CANARY not in page.content()
    live.show(SINGLE, Step.EXPLAIN)
    expect(one.get_by_text("✓ 正确")).to_be_visible()
    expect(other.get_by_text("✗ 错误")).to_be_visible()
    expect(other.locator("blockquote mark")).to_have_text(f"{CANARY}原句0")
    live.follows_house_rules(other)

    live.close()
    for page in (one, other):
        page.wait_for_url("**/result")
    expect(one.get_by_text("得分（满分 35）")).to_be_visible()


def test_each_way_of_answering_is_saved_as_it_is_given(live: LiveRoom, office: Office) -> None:
    page = live.phone(office.staff)
    live.show(FILL_IN, Step.ANSWER)
    page.fill(f"#q{FILL_IN} input.blank-input", "当天办结")
    expect(page.locator(SAVED)).to_be_visible()
    live.show(MATCH, Step.ANSWER)
    page.locator(f"#q{MATCH} [data-line]").first.click()
    page.locator(f"#q{MATCH} [data-option]").first.click()
    expect(page.locator(f"#q{MATCH} {SAVED}")).to_be_visible()
    live.show(ORDER, Step.ANSWER)
    page.locator(f"#q{ORDER} [data-accept]").click()
    expect(page.locator(f"#q{ORDER} {SAVED}")).to_be_visible()
    live.show(ESSAY, Step.ANSWER)
    page.fill(f"#q{ESSAY} textarea", "关键词1")
    expect(page.locator(f"#q{ESSAY} {SAVED}")).to_be_visible()
    held = live.held(office.staff)
    assert (held[FILL_IN], held[ESSAY]) == (["当天办结"], ["关键词1"])
    assert [bool(letter) for letter in held[MATCH]] == [True, False, False, False]
    assert sorted(held[ORDER]) == ["A", "B", "C", "D"]


def test_an_answer_that_comes_too_late_is_said_to_be_so(live: LiveRoom, office: Office) -> None:
    page = live.phone(office.staff)
    live.show(SINGLE, Step.ANSWER)
    page.locator(f"#q{SINGLE}").wait_for()
    page.context.set_offline(True)
    tap(page, 0)
    expect(page.get_by_text("待保存")).to_be_visible()
    live.show(SINGLE, Step.SPLIT)
    page.context.set_offline(False)
    expect(page.locator("#notices")).to_contain_text("第 1 题：这道题已停止作答")
    expect(page.get_by_text("未作答", exact=True)).to_be_visible()
    assert live.held(office.staff) == {}


def test_what_was_tapped_is_sent_by_the_next_page_when_the_first_could_not(live: LiveRoom, office: Office) -> None:
    device = live.device(office.staff)
    page = live.sit(device, office.staff)
    live.show(SINGLE, Step.ANSWER)
    page.locator(f"#q{SINGLE}").wait_for()
    device.route("**/answers/*", lambda route: route.abort())
    tap(page, 2)
    expect(page.get_by_text("待保存")).to_be_visible()
    page.close()
    device.unroute("**/answers/*")
    again = live.sit(device, office.staff)
    expect(again.locator(SAVED)).to_be_visible()
    expect(again.locator(".option input").nth(2)).to_be_checked()
    assert live.held(office.staff) == {SINGLE: ["C"]}


def test_a_reply_that_was_lost_and_a_finger_that_trembles_change_nothing(live: LiveRoom, office: Office) -> None:
    page = live.phone(office.staff)
    live.show(SINGLE, Step.ANSWER)
    page.locator(f"#q{SINGLE}").wait_for()
    lost = []

    def lose_first(route: object) -> None:
        if lost:
            route.continue_()  # type: ignore[attr-defined]
        else:
            lost.append(route.fetch().status)  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]

    page.route("**/answers/*", lose_first)
    page.locator(".option").nth(1).dblclick()
    expect(page.locator(SAVED)).to_be_visible()
    assert lost == [200]
    assert live.held(office.staff) == {SINGLE: ["B"]}
    assert live.receipts() == 1


def test_a_page_under_the_finger_is_not_drawn_anew_while_its_question_is_open(live: LiveRoom, office: Office) -> None:
    page = live.phone(office.staff)
    live.show(ESSAY, Step.ANSWER)
    page.fill(f"#q{ESSAY} textarea", "写到一半")
    with page.expect_response("**/live/question"):
        live.freeze()
    expect(page.locator(f"#q{ESSAY} textarea")).to_be_focused()
    expect(page.locator(f"#q{ESSAY} textarea")).to_have_value("写到一半")


def test_without_scripts_there_is_a_form_and_a_way_to_the_next_question(live: LiveRoom, office: Office) -> None:
    page = live.sit(live.device(office.staff, script=False), office.staff)
    live.show(SINGLE, Step.ANSWER)
    page.get_by_role("link", name="刷新").click()
    tap(page, 3)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("✓ 已保存。停止作答前还可以修改。")).to_be_visible()
    assert live.held(office.staff) == {SINGLE: ["D"]}
    live.show(SINGLE, Step.SPLIT)
    tap(page, 0)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("没有保存：这道题已停止作答")).to_be_visible()
    assert live.held(office.staff) == {SINGLE: ["D"]}
