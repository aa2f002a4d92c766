"""Matching, ordering and short answers in a real browser: by finger, mouse and keyboard, and without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browser.room import WIDTHS
from browser.room import Finger
from browser.room import Room
from browser.room import saved
from browser.room import served
from browser.room import turn_to
from browser.visitor import HOUSE_RULES
from conftest import Clock
from conftest import Office
from flask import Flask
from interacting import ESSAY
from interacting import LEFTS
from interacting import MATCH
from interacting import ORDER
from playwright.sync_api import Browser
from playwright.sync_api import Locator
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
#: Longer than matching.js takes for one tap of an unsteady finger.
BETWEEN_TAPS_MS = 450
#: Bring an element this far below the top of the window, at once.
SCROLL_HERE = "(e, y) => window.scrollBy({ top: e.getBoundingClientRect().top - y, behavior: 'instant' })"


@pytest.fixture
def room(app: Flask, office: Office, clock: Clock, chromium: Browser) -> Iterator[Room]:
    with served(app, office, clock, chromium) as found:
        yield found


@pytest.fixture
def phone_room(app: Flask, office: Office, clock: Clock, windowed: Browser) -> Iterator[Room]:
    """The room for fingers that drag."""
    with served(app, office, clock, windowed) as found:
        yield found


def said(page: Page, number: str) -> str:
    return page.locator(f"#q{number} [data-said]").inner_text()


def line(page: Page, n: int) -> Locator:
    return page.locator(f"#q{MATCH} [data-line]").nth(n)


def option(page: Page, words: str) -> Locator:
    return page.locator(f"#q{MATCH} [data-option]", has=page.get_by_text(words, exact=True))


def items(page: Page) -> list[str]:
    return page.locator(f"#q{ORDER} [data-text]").all_inner_texts()


def chosen(page: Page, number: str) -> list[str]:
    return page.eval_on_selector_all(f"#q{number} select", "boxes => boxes.map((box) => box.value)")


def tap(page: Page, end: Locator) -> None:
    """Touch the middle of a button with a finger, as somebody does who reads before the next tap."""
    end.tap()
    page.wait_for_timeout(BETWEEN_TAPS_MS)


# Matching


def test_lines_are_joined_by_finger_from_either_side_moved_and_undone(room: Room) -> None:
    page = room.phone(MATCH)
    tap(page, line(page, 0))
    tap(page, option(page, "请示"))
    assert said(page, MATCH) == f"已将“{LEFTS[0]}”与“请示”相连。"
    tap(page, option(page, "报告"))
    tap(page, line(page, 1))
    saved(page, MATCH)
    assert room.held(MATCH) == ["A", "B", "", "", ""]
    assert line(page, 1).inner_text().endswith(f"✓ 已连 {chosen(page, MATCH)[1]}")
    assert option(page, "报告").inner_text().endswith("✓ 已连 2")
    tap(page, line(page, 2))
    tap(page, option(page, "请示"))
    assert "它原来连着第 1 项，那里现在空着" in said(page, MATCH)
    saved(page, MATCH)
    assert room.held(MATCH) == ["", "B", "A", "", ""]
    tap(page, line(page, 2))
    assert "再点一次取消相连" in said(page, MATCH)
    tap(page, line(page, 2))
    assert "已取消" in said(page, MATCH)
    saved(page, MATCH)
    assert room.held(MATCH) == ["", "B", "", "", ""]
    assert page.locator(f"[data-card='{MATCH}'] small").inner_text() == "已连 1/5"


def test_a_double_tap_joins_once_and_neither_undoes_nor_moves_anything(room: Room) -> None:
    page = room.phone(MATCH)
    tap(page, line(page, 0))
    # Both at once: taps sent one by one are as far apart as this machine is slow.
    option(page, "请示").evaluate("button => { button.click(); button.click(); }")
    page.wait_for_timeout(BETWEEN_TAPS_MS)
    assert page.locator(f"#q{MATCH} [aria-pressed=true]").count() == 0
    tap(page, line(page, 1))
    saved(page, MATCH)
    assert room.held(MATCH) == ["A", "", "", "", ""]


def test_lines_are_joined_by_mouse_and_drawn(room: Room) -> None:
    page = room.open(1440, MATCH)
    wires = page.locator(f"#q{MATCH} .match-wires line")
    for n, words in enumerate(("通报", "函", "请示")):
        line(page, n).click()
        option(page, words).click()
        assert wires.count() == n + 1
    middle = "e => { const b = e.getBoundingClientRect(); return b.top + b.height / 2; }"
    for n, words in enumerate(("通报", "函", "请示")):
        drawn = wires.nth(n).evaluate(
            "(e) => { const top = e.ownerSVGElement.getBoundingClientRect().top; "
            "return [top + Number(e.getAttribute('y1')), top + Number(e.getAttribute('y2'))]; }"
        )
        assert drawn == pytest.approx([line(page, n).evaluate(middle), option(page, words).evaluate(middle)], abs=1)
    page.get_by_role("button", name="全部取消相连").click()
    assert wires.count() == 0
    saved(page, MATCH)
    assert room.held(MATCH) == []


def test_lines_are_joined_by_keyboard_alone(room: Room) -> None:
    page = room.open(1440, MATCH)
    line(page, 0).focus()
    for name in ("ArrowDown", "Enter", "ArrowRight", "ArrowDown", "Space"):
        page.keyboard.press(name)
    saved(page, MATCH)
    third = page.locator(f"#q{MATCH} [data-option]").nth(2)
    assert third.evaluate("e => e === document.activeElement")
    assert chosen(page, MATCH) == ["", "C", "", "", ""]
    page.keyboard.press("ArrowLeft")
    assert line(page, 1).evaluate("e => e === document.activeElement"), "across lies what it is joined to"
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator(f"#q{MATCH} [aria-pressed=true]").count() == 0
    assert chosen(page, MATCH) == ["", "C", "", "", ""]


# Ordering


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_an_order_is_no_answer_until_somebody_says_so(room: Room, width: int) -> None:
    page = room.open(width, ORDER)
    dealt = items(page)
    assert "还没有作答" in said(page, ORDER)
    page.reload()
    assert "还没有作答" in said(page, ORDER)
    assert room.held(ORDER) == []
    page.get_by_role("button", name="按当前顺序作答").click()
    saved(page, ORDER)
    assert (len(room.held(ORDER)), items(page)) == (5, dealt)
    page.locator(f"#q{ORDER} [data-move='1']").first.click()
    page.locator(f"#q{ORDER}").get_by_role("button", name="清除作答").click()
    saved(page, ORDER)
    assert (room.held(ORDER), items(page)) == ([], dealt)
    assert said(page, ORDER) == "已清除作答，恢复原来的顺序。"
    assert page.get_by_role("button", name="按当前顺序作答").is_visible()


def test_items_are_moved_by_buttons_that_stay_under_the_finger_and_by_keys(room: Room) -> None:
    page = room.open(360, ORDER)
    dealt = items(page)
    page.get_by_role("button", name=re.compile(f"下移.*{dealt[0]}")).focus()
    page.keyboard.press("Enter")
    assert items(page)[:2] == [dealt[1], dealt[0]]
    assert said(page, ORDER) == f"已将“{dealt[0]}”移到第 2 位，共 5 位。"
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    assert items(page).index(dealt[0]) == 3
    assert page.evaluate("document.activeElement.textContent") == f"下移：{dealt[0]}"
    page.get_by_role("button", name=re.compile(f"拖动.*{dealt[0]}")).focus()
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    assert items(page) == dealt
    assert said(page, ORDER) == f"“{dealt[0]}”已经是第一位。"
    saved(page, ORDER)
    assert len(room.held(ORDER)) == 5


def middle_of(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def handle(page: Page, place: int) -> Locator:
    return page.locator(f"#q{ORDER} [data-handle]").nth(place)


def test_an_item_is_dragged_by_mouse(room: Room) -> None:
    page = room.open(1440, ORDER)
    dealt = items(page)
    handle(page, 2).scroll_into_view_if_needed()
    x, y = middle_of(handle(page, 0))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, middle_of(handle(page, 3))[1], steps=8)
    page.mouse.up()
    saved(page, ORDER)
    assert items(page) == [*dealt[1:4], dealt[0], dealt[4]]
    assert said(page, ORDER) == f"已将“{dealt[0]}”移到第 4 位，共 5 位。"
    assert page.locator(f"#q{ORDER} [style]").count() == 0


def test_an_item_is_dragged_by_finger_and_the_page_stays_where_it_is(phone_room: Room) -> None:
    page = phone_room.phone(ORDER)
    dealt = items(page)
    stem = page.locator(f"#q{ORDER} .stem")
    stem.evaluate(SCROLL_HERE, 40)
    before = stem.bounding_box()
    finger = Finger(page)
    x, y = middle_of(handle(page, 3))
    finger.down(x, y)
    finger.slide(x, y, middle_of(handle(page, 1))[1])
    finger.up()
    saved(page, ORDER)
    assert items(page) == [dealt[0], dealt[3], dealt[1], dealt[2], dealt[4]]
    assert stem.bounding_box() == before
    assert len(phone_room.held(ORDER)) == 5


def test_scrolling_over_the_list_and_resting_on_a_handle_move_nothing(phone_room: Room) -> None:
    page = phone_room.phone(ORDER)
    dealt = items(page)
    page.locator(f"#q{ORDER} .stem").evaluate(SCROLL_HERE, 40)
    scrolled = page.evaluate("window.scrollY")
    finger = Finger(page)
    x, y = middle_of(page.locator(f"#q{ORDER} [data-text]").nth(3))
    finger.down(x, y)
    finger.slide(x, y, y - 220)
    finger.up()
    page.wait_for_function("was => window.scrollY > was + 50", arg=scrolled)
    for tremble in (0, 3):
        x, y = middle_of(handle(page, 4))
        finger.down(x, y)
        finger.slide(x, y, y + tremble, steps=2)
        finger.up()
    handle(page, 4).dblclick()
    assert items(page) == dealt
    assert chosen(page, ORDER) == [""] * 5
    assert phone_room.held(ORDER) == []


def test_a_drag_that_is_broken_off_leaves_everything_as_it_was(room: Room) -> None:
    page = room.open(1440, ORDER)
    dealt = items(page)
    handle(page, 2).scroll_into_view_if_needed()
    x, y = middle_of(handle(page, 0))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, middle_of(handle(page, 2))[1], steps=5)
    assert items(page) != dealt
    page.keyboard.press("Escape")
    page.mouse.up()
    assert items(page) == dealt
    assert chosen(page, ORDER) == [""] * 5


def test_a_long_drag_takes_the_page_along(phone_room: Room) -> None:
    page = phone_room.phone(ORDER)
    page.set_viewport_size({"width": 360, "height": 420})
    dealt = items(page)
    handle(page, 0).evaluate(SCROLL_HERE, 150)
    scrolled = page.evaluate("window.scrollY")
    finger = Finger(page)
    x, y = middle_of(handle(page, 0))
    finger.down(x, y)
    finger.slide(x, y, 400)
    page.wait_for_function(
        "text => document.querySelector('.order-list').lastElementChild.innerText.includes(text)", arg=dealt[0]
    )
    finger.up()
    saved(page, ORDER)
    assert items(page) == [*dealt[1:], dealt[0]]
    assert page.evaluate("window.scrollY") > scrolled


# What survives


def answer_everything(page: Page) -> dict[str, Any]:
    """Join two lines, move one item, write two paragraphs; what the page shows then."""
    turn_to(page, MATCH)
    for n, words in enumerate(("函", "报告")):
        line(page, n).click()
        option(page, words).click()
    turn_to(page, ORDER)
    page.locator(f"#q{ORDER} [data-move='1']").nth(2).click()
    turn_to(page, ESSAY)
    page.fill(f"#q{ESSAY} textarea", "第一段\n\n第二段")
    return shown(page)


def shown(page: Page) -> dict[str, Any]:
    return {
        "matched": chosen(page, MATCH),
        "states": page.locator(f"#q{MATCH} [data-state]").all_inner_texts(),
        "ordered": chosen(page, ORDER),
        "items": items(page),
        "essay": page.input_value(f"#q{ESSAY} textarea"),
        "card": page.locator(".answer-card small").all_inner_texts(),
    }


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_reload_in_the_middle_loses_nothing(room: Room, width: int) -> None:
    page = room.open(width)
    before = answer_everything(page)
    assert before["card"] == ["未答", "已连 2/5", "已答", "已答"]
    for number in (MATCH, ORDER, ESSAY):
        saved(page, number)
    page.reload()
    assert shown(page) == before
    assert room.held(ESSAY) == ["第一段\n\n第二段"]


def test_what_the_network_kept_back_comes_back_with_the_page_and_is_saved_then(room: Room) -> None:
    page = room.open(360)
    room.may_fail = True
    page.route("**/answers/*", lambda route: route.abort())
    before = answer_everything(page)
    page.locator("#offline", has_text="3 题待保存").wait_for()
    page.unroute("**/answers/*")
    page.reload()
    for number in (MATCH, ORDER, ESSAY):
        saved(page, number)
    assert shown(page) == before
    assert room.held(MATCH) == ["C", "B", "", "", ""]


def test_another_device_shows_what_was_joined_and_moved_here(room: Room) -> None:
    desk, phone = room.open(1440), room.open(360)
    before = answer_everything(phone)
    for number in (MATCH, ORDER, ESSAY):
        saved(phone, number)
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    desk.locator(f"#q{ESSAY} [data-saved]", has_text="另一台设备").wait_for(state="attached")
    turn_to(desk, MATCH)
    assert shown(desk) == before
    assert desk.locator(f"#q{MATCH} .match-wires line").count() == 2


def test_the_last_thing_done_before_handing_in_counts(room: Room) -> None:
    page = room.open(360)
    answer_everything(page)
    page.locator("[data-last]").click()
    page.get_by_role("button", name="确认交卷").click()
    page.get_by_text("待评阅").first.wait_for()
    assert len(room.held(ORDER)) == 5
    assert [text.split() for text in room.held(ESSAY)] == [["第一段", "第二段"]]


def test_a_short_answer_counts_its_characters(room: Room) -> None:
    page = room.open(360, ESSAY)
    counter = page.locator(f"#q{ESSAY} [data-counter]")
    assert counter.inner_text() == "已写 0 字，最多 2000 字"
    page.locator(f"#q{ESSAY} textarea").press_sequentially("三个字")
    assert counter.inner_text() == "已写 3 字，最多 2000 字"
    page.fill(f"#q{ESSAY} textarea", "")
    page.locator(f"[data-card='{ESSAY}'] small", has_text="未答").wait_for(state="attached")


# How it looks and what it needs


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_without_scripts_everything_is_answered_with_select_boxes(room: Room, width: int) -> None:
    page = room.open(width, script=False)
    assert page.locator(".by-hand:visible").count() == 0
    match, order = page.locator(f"#q{MATCH} select"), page.locator(f"#q{ORDER} select")
    assert (match.count(), order.count()) == (5, 5)
    match.nth(1).select_option(label=option_label(match.nth(1), "报告"))
    for place in range(5):
        order.nth(place).select_option(index=place + 1)
    page.fill(f"#q{ESSAY} textarea", "手写的答案")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存到服务器").wait_for()
    assert room.held(MATCH) == ["", "B", "", "", ""]
    assert (len(room.held(ORDER)), room.held(ESSAY)) == (5, ["手写的答案"])
    assert page.locator(".answer-card small").all_inner_texts() == ["未答", "已连 1/5", "已答", "已答"]
    page.get_by_role("button", name="交卷").click()
    page.get_by_role("button", name="确认交卷").click()
    page.get_by_text("待评阅").first.wait_for()


def option_label(box: Locator, words: str) -> str:
    return next(label for label in box.locator("option").all_inner_texts() if label.endswith(words))


@pytest.mark.parametrize(("script", "number"), {"matching.js": MATCH, "ordering.js": ORDER}.items())
def test_when_a_script_does_not_arrive_its_select_boxes_come_back_and_are_saved(
    room: Room, script: str, number: str
) -> None:
    room.may_fail = True
    page = room.open(360, number, without=script)
    first = page.locator(f"#q{number} select").first
    first.wait_for()
    first.select_option(index=1)
    saved(page, number)
    assert len(list(filter(None, room.held(number)))) == 1


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_nothing_jumps_when_the_scripts_arrive(room: Room, width: int) -> None:
    page = room.open(width)
    for number in (MATCH, ORDER):
        page.goto(f"{room.address}/attempts/{room.attempt}?again={number}#q{number}")
        page.locator(f"#q{number} .by-hand").wait_for()
        shifts = page.evaluate(
            """() => new Promise((resolve) => {
              new PerformanceObserver((list) => resolve(list.getEntries().map((e) => e.value)))
                .observe({ type: "layout-shift", buffered: true });
              setTimeout(() => resolve([]), 500);
            })"""
        )
        assert sum(shifts) < 0.01


@pytest.mark.parametrize("large", [False, True], ids=["usual type", "large type"])
def test_every_button_is_large_enough_for_a_finger_and_nothing_is_wider_than_the_phone(room: Room, large: bool) -> None:
    page = room.phone()
    if large:
        page.evaluate("document.documentElement.classList.add('large-type')")
    answer_everything(page)
    boxes = []
    for number in (MATCH, ORDER):
        turn_to(page, number)
        boxes += page.eval_on_selector_all(
            f"#q{number} .by-hand button",
            "all => all.map((b) => b.getBoundingClientRect()).filter((b) => b.width).map((b) => [b.width, b.height])",
        )
    assert len(boxes) > 20
    assert round(min(min(box) for box in boxes), 2) >= 44
    room.complaints += page.evaluate(HOUSE_RULES)
