"""今日五题 in a real browser: answered without a network, kept when the page is closed, sent when one comes back."""

from collections.abc import Iterator

import pytest
from browser.axe import COLOURS
from browser.axe import faults
from browser.room import device
from browser.room import serving
from browser.visitor import HOUSE_RULES
from browser.visitor import follow
from browser.visitor import overhear
from conftest import Clock
from conftest import Office
from flask import Flask
from playwright.sync_api import Browser
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page
from playwright.sync_api import expect
from sqlalchemy import select
from stocked import stocked_set

from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.practice import DailyRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.services import sign_in

pytestmark = pytest.mark.browser
set_id = stocked_set(each=2)
TOTAL = 5


@pytest.fixture
def tokens(app: Flask, set_id: int, office: Office, clock: Clock) -> tuple[str, str]:
    """Of staff, and of a colleague who uses the same browser."""
    with app.app_context():
        with writing() as session:
            made = [
                sign_in.open_session(session, person.id, "127.0.0.1", clock())
                for person in (office.staff, office.colleague)
            ]
        db.session.remove()
    return made[0], made[1]


@pytest.fixture
def address(app: Flask, tokens: tuple[str, str], chromium: Browser) -> Iterator[str]:
    with serving(app, chromium) as found:
        yield found


def held(app: Flask) -> dict[int, list[int]]:
    """The sequence numbers of everybody's answers."""
    with app.app_context():
        found: dict[int, list[int]] = {}
        for row in db.session.scalars(select(PracticeAnswerRow).order_by(PracticeAnswerRow.sequence)):
            found.setdefault(row.person_id, []).append(row.sequence)
        db.session.remove()
    return found


def is_finished(app: Flask, office: Office) -> bool:
    with app.app_context():
        row = db.session.scalars(select(DailyRow).where(DailyRow.person_id == office.staff.id)).one()
        db.session.remove()
    return row.finished_at is not None


def begin(context: BrowserContext, address: str, complaints: list[str]) -> Page:
    page = context.new_page()
    overhear(page, address, complaints.append, may_fail=lambda: True)
    page.goto(f"{address}/practice")
    follow(page.get_by_role("button", name="开始，约三分钟"))
    complaints += page.evaluate(HOUSE_RULES) + faults(page)
    return page


def answer_all(page: Page) -> None:
    """Skip the first, choose or fill in something in the others."""
    for number in range(1, TOTAL + 1):
        place = page.locator(f"[data-five='{number}']")
        expect(place).to_be_visible()
        if number == 1:
            place.get_by_role("button", name="不会，看答案").click()
        else:
            give(page, number)
            place.get_by_role("button", name="提交答案").click()
        expect(place.locator("[data-verdict]")).to_be_focused()
        expect(place.locator(".explained")).to_be_visible()
        place.locator("[data-next]").click()


def give(page: Page, number: int) -> None:
    place = page.locator(f"[data-five='{number}']")
    kind = place.get_attribute("data-interaction")
    if kind == "choice":
        place.locator(".option").first.click()
    elif kind == "text":
        place.locator("input[type=text]").first.fill("戒懒")
    elif kind == "order":
        place.locator("[data-accept]").click()
    else:
        place.locator("[data-line='0']").click()
        place.locator("[data-option]").first.click()


def test_five_answered_without_a_network_are_sent_when_the_site_is_opened_again(
    app: Flask, address: str, tokens: tuple[str, str], office: Office, chromium: Browser
) -> None:
    complaints: list[str] = []
    context = device(app, chromium, address, tokens[0], 360, has_touch=True, is_mobile=True)
    page = begin(context, address, complaints)
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    answer_all(page)
    expect(page.locator("#summary")).to_contain_text("今天的五题做完了")
    expect(page.locator("#summary [data-unsent]")).to_contain_text("还有 5 题没有传到服务器，已存在本机")
    expect(page.locator("#offline")).to_contain_text("没有网络，已存在本机")
    # The summary, and below it what was missed with its explanations.
    complaints += page.evaluate(HOUSE_RULES) + faults(page) + faults(page, COLOURS)
    assert held(app) == {}
    # As a phone takes a page away: nothing more leaves it.
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.close()
    context.set_offline(False)

    # Whoever signs in at the same browser meanwhile sends nothing of it.
    cookie = {"name": app.config["SIGN_IN_COOKIE_NAME"], "url": address}
    context.add_cookies([{**cookie, "value": tokens[1]}])
    other = context.new_page()
    other.goto(f"{address}/practice")
    other.wait_for_load_state("networkidle")
    expect(other.locator("#unsent-practice")).to_be_hidden()
    assert held(app) == {}

    context.add_cookies([{**cookie, "value": tokens[0]}])
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#unsent-practice")).to_have_text("✓ 存在本机的 5 题练习答案已补传。")
    assert held(app) == {office.staff.id: [1, 2, 3, 4, 5]}
    assert is_finished(app, office)
    page.goto(f"{address}/practice/daily")
    expect(page.locator("#summary")).to_be_visible()
    complaints += page.evaluate(HOUSE_RULES) + faults(page) + faults(page, COLOURS)
    assert not complaints, "\n".join(complaints)


def test_a_page_that_was_closed_without_a_network_goes_on_where_it_was(
    app: Flask, address: str, tokens: tuple[str, str], office: Office, chromium: Browser
) -> None:
    complaints: list[str] = []
    context = device(app, chromium, address, tokens[0], 1440)
    page = begin(context, address, complaints)
    give(page, 1)
    page.get_by_role("button", name="提交答案").first.click()
    expect(page.locator("[data-five='1'] [data-saved]")).to_contain_text("✓ 已保存")
    page.locator("[data-five='1'] [data-next]").click()
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    give(page, 2)
    page.locator("[data-five='2']").get_by_role("button", name="提交答案").click()
    expect(page.locator("[data-five='2'] [data-saved]")).to_have_text("没有网络，已存在本机")
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"{address}/practice/daily")
    expect(page.locator("[data-five='3']")).to_be_visible()
    expect(page.locator("[data-step='2']")).not_to_contain_text("未答")
    page.wait_for_load_state("networkidle")
    assert held(app) == {office.staff.id: [1, 2]}
    assert not complaints, "\n".join(complaints)
