"""Taking a quiz on a phone, a desk and both: nothing tapped is lost, whatever network, clock and windows do."""

import re
from collections.abc import Iterator

import pytest
from browser.room import WIDTHS
from browser.room import Finger
from browser.room import Room
from browser.room import saved
from browser.room import served
from browser.room import take_away
from browser.room import turn_to
from conftest import Clock
from conftest import Office
from flask import Flask
from interacting import CHOICE
from interacting import ESSAY
from interacting import MATCH
from interacting import ORDER
from playwright.sync_api import Browser
from playwright.sync_api import Locator
from playwright.sync_api import Page
from playwright.sync_api import expect
from sqlalchemy import func
from sqlalchemy import select

from quizapp.core.states import AttemptState
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db

pytestmark = pytest.mark.browser
ALL = (CHOICE, MATCH, ORDER, ESSAY)
expect.set_options(timeout=20_000)
#: A browser without its database, as in some private windows.
NO_DATABASE = "delete window.indexedDB; delete Window.prototype.indexedDB;"
BROKEN_DATABASE = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'InvalidStateError'); };"


@pytest.fixture
def room(app: Flask, office: Office, clock: Clock, chromium: Browser) -> Iterator[Room]:
    with served(app, office, clock, chromium) as found:
        yield found


def on_screen(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        "fieldset[data-number]", "all => all.filter((b) => b.getClientRects().length).map((b) => b.dataset.number)"
    )


def choose(page: Page, n: int) -> None:
    turn_to(page, CHOICE)
    page.locator(f"#q{CHOICE} .option").nth(n).click()


def answer_all(page: Page) -> None:
    """Give something for each of the four questions, and change one's mind about the first."""
    choose(page, 0)
    turn_to(page, MATCH)
    page.locator(f"#q{MATCH} [data-line]").first.click()
    page.locator(f"#q{MATCH} [data-option]").first.click()
    turn_to(page, ORDER)
    page.locator(f"#q{ORDER} [data-accept]").click()
    turn_to(page, ESSAY)
    page.fill(f"#q{ESSAY} textarea", "网断了也要写完")
    choose(page, 2)


def ticked(page: Page) -> int:
    """Which option of the first question is chosen, from nought; -1 for none."""
    return int(page.eval_on_selector_all(f"#q{CHOICE} .option input", "all => all.findIndex((i) => i.checked)"))


def is_locked(page: Page) -> bool:
    return page.locator(f"#q{CHOICE} .option input").first.is_disabled()


def line(page: Page, number: str = CHOICE) -> Locator:
    return page.locator(f"#q{number} [data-saved]")


def kept_here(page: Page) -> int:
    """How many answers wait in this browser."""
    return int(
        page.evaluate(
            """async () => {
              const simple = Object.keys(localStorage).filter((name) => name.startsWith("unsent:")).length;
              if (!("indexedDB" in window)) return simple;
              return new Promise((resolve) => {
                let asked;
                try { asked = indexedDB.open("quizapp", 1); } catch (refused) { return resolve(simple); }
                asked.onsuccess = () => {
                  const count = asked.result.transaction("unsent").objectStore("unsent").count();
                  count.onsuccess = () => { asked.result.close(); resolve(simple + count.result); };
                };
              });
            }"""
        )
    )


def state_of(room: Room) -> tuple[AttemptState, int]:
    """The attempt's state, and how many response rows there are."""
    with room.app.app_context():
        attempt = db.session.scalars(select(AttemptRow).where(AttemptRow.public_id == room.attempt)).one()
        found = attempt.state, db.session.scalar(select(func.count()).select_from(ResponseRow)) or 0
        db.session.remove()
    return found


# Going through the paper


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_one_question_is_on_the_screen_and_buttons_keys_and_card_lead_to_the_others(room: Room, width: int) -> None:
    page = room.open(width)
    assert on_screen(page) == [CHOICE]
    page.locator("[data-step='1']").click()
    assert on_screen(page) == [MATCH]
    assert page.evaluate("document.activeElement.id") == f"q{MATCH}"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert on_screen(page) == [ESSAY], "after the last comes nothing"
    assert page.locator("[data-last]").is_visible()
    page.keyboard.press("ArrowLeft")
    assert on_screen(page) == [ORDER]
    if width == 360:
        page.locator("[data-card-toggle]").click()
    page.locator(f"[data-card='{CHOICE}']").click()
    assert on_screen(page) == [CHOICE]
    assert page.locator("[data-step='-1']").is_disabled()
    page.locator("[data-step='1']").click()
    page.reload()
    assert on_screen(page) == [MATCH], "a reload comes back to the same question"


def test_a_swipe_turns_the_page_and_an_upright_one_does_not(room: Room) -> None:
    page = room.phone()
    finger = Finger(page)
    for start, end, expected in (
        ((300, 560), (120, 570), MATCH),
        ((80, 130), (260, 135), CHOICE),
        ((300, 560), (250, 420), CHOICE),
        ((300, 560), (270, 562), CHOICE),
        ((5, 560), (200, 560), CHOICE),
    ):
        finger.down(*start)
        finger.draw(start, end)
        finger.up()
        assert on_screen(page) == [expected], (start, end)


def test_letters_and_numbers_choose_and_are_plain_text_in_a_field(room: Room) -> None:
    page = room.open(1440)
    page.keyboard.press("b")
    saved(page, CHOICE)
    assert ticked(page) == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert ticked(page) == 1, "arrows turn the page and change no answer"
    page.keyboard.press("4")
    expect(page.locator(f"#q{CHOICE} .option input").nth(3)).to_be_checked()
    turn_to(page, ESSAY)
    page.locator(f"#q{ESSAY} textarea").press_sequentially("a1")
    page.keyboard.press("ArrowLeft")
    assert on_screen(page) == [ESSAY]
    assert page.input_value(f"#q{ESSAY} textarea") == "a1"
    assert ticked(page) == 3


def test_the_whole_row_of_an_option_is_its_button(room: Room) -> None:
    page = room.phone()
    row = page.locator(f"#q{CHOICE} .option").nth(1)
    box = row.bounding_box()
    assert box
    assert box["height"] >= 44
    page.touchscreen.tap(box["x"] + box["width"] - 4, box["y"] + box["height"] - 3)
    saved(page, CHOICE)
    assert ticked(page) == 1


def test_the_whole_paper_is_seen_at_once_by_who_prefers_it_on_a_wide_screen(room: Room) -> None:
    context = room.device(1440)
    page = room.sit(context)
    page.get_by_role("button", name="整卷").click()
    assert on_screen(page) == list(ALL)
    again = room.sit(context)
    assert on_screen(again) == list(ALL)
    again.set_viewport_size({"width": 360, "height": 740})
    assert len(on_screen(again)) == 1


def test_the_card_tells_by_word_and_shape_what_is_blank_answered_and_flagged(room: Room) -> None:
    page = room.open(1440)
    cells = {number: page.locator(f"[data-card='{number}']") for number in ALL}
    expect(cells[CHOICE]).to_have_text(re.compile(r"1\s*未答"), use_inner_text=True)
    dashed = "e => getComputedStyle(e).borderTopStyle"
    assert cells[CHOICE].evaluate(dashed) == "dashed"
    choose(page, 0)
    expect(cells[CHOICE].locator("small")).to_have_text("已答")
    assert cells[CHOICE].evaluate(dashed) == "solid"
    page.get_by_label("标记待查").first.check()
    expect(cells[CHOICE].locator(".card-flag")).to_be_visible()
    assert cells[CHOICE].evaluate("e => getComputedStyle(e, '::after').content") != "none"
    expect(page.locator(f"#q{CHOICE} legend")).to_contain_text("已答 · 已标记")


# Saving


def test_a_mark_for_later_is_kept_with_the_question_and_seen_on_another_device(room: Room) -> None:
    phone = room.open(360)
    phone.locator(f"#q{CHOICE} [data-flag]").check()
    saved(phone, CHOICE)
    assert room.held(CHOICE) == []
    desk = room.open(1440)
    assert desk.locator(f"#q{CHOICE} [data-flag]").is_checked()
    assert desk.locator(f"[data-card='{CHOICE}'] .card-flag").is_visible()
    desk.locator(f"#q{CHOICE} [data-flag]").uncheck()
    expect(phone.locator(f"#q{CHOICE} [data-flag]")).not_to_be_checked()


STORES = {"the database": "", "no database": NO_DATABASE, "a broken database": BROKEN_DATABASE}


@pytest.mark.parametrize("script", STORES.values(), ids=STORES)
def test_answers_given_without_a_network_survive_closing_the_page_and_count(room: Room, script: str) -> None:
    room.may_fail = True
    context = room.device(360)
    if script:
        context.add_init_script(script)
    page = room.sit(context)
    context.set_offline(True)
    answer_all(page)
    banner = page.locator("#offline")
    expect(banner).to_contain_text("网络已断开，4 题待保存。答案留在本机")
    assert kept_here(page) == 4
    take_away(page)
    assert state_of(room)[1] == 0
    context.set_offline(False)
    page = room.sit(context)
    for number in ALL:
        saved(page, number)
    assert ticked(page) == 2
    page.locator("[data-hand-in]").first.click()
    page.get_by_role("button", name="确认交卷").click()
    page.wait_for_url("**/result")
    assert state_of(room) == (AttemptState.CLOSED, 4)
    assert room.held(ESSAY) == ["网断了也要写完"]
    assert kept_here(page) == 0


def test_the_banner_counts_what_waits_and_says_once_that_all_is_saved(room: Room) -> None:
    room.may_fail = True
    page = room.open(360)
    banner = page.locator("#offline")
    page.context.set_offline(True)
    choose(page, 0)
    expect(banner).to_contain_text("网络已断开，1 题待保存")
    expect(line(page)).to_have_text("待保存")
    turn_to(page, ORDER)
    page.locator(f"#q{ORDER} [data-accept]").click()
    expect(banner).to_contain_text("网络已断开，2 题待保存")
    page.context.set_offline(False)
    expect(banner).to_have_text("网络已恢复，答案已全部保存。")
    expect(banner).to_be_hidden()
    assert room.held(CHOICE)
    choose(page, 1)
    saved(page, CHOICE)
    expect(banner).to_be_hidden()


def test_what_waits_is_sent_in_the_order_in_which_it_was_given(room: Room) -> None:
    room.may_fail = True
    page = room.open(360)
    page.context.set_offline(True)
    turn_to(page, ESSAY)
    page.fill(f"#q{ESSAY} textarea", "先写这一题")
    page.locator(f"#q{ESSAY} textarea").blur()
    turn_to(page, ORDER)
    page.locator(f"#q{ORDER} [data-accept]").click()
    choose(page, 1)
    order: list[str] = []
    page.on("request", lambda sent: order.append(sent.url.rsplit("/", 1)[1]) if "/answers/" in sent.url else None)
    page.locator("#offline", has_text="3 题待保存").wait_for()
    order.clear()
    page.context.set_offline(False)
    for number in (ESSAY, ORDER, CHOICE):
        saved(page, number)
    assert list(dict.fromkeys(order)) == [ESSAY, ORDER, CHOICE]


def test_what_was_typed_and_left_at_once_is_sent_without_anything_else_being_done(room: Room) -> None:
    page = room.open(360, ESSAY)
    page.fill(f"#q{ESSAY} textarea", "写完就离开")
    page.locator(f"#q{ESSAY} textarea").blur()
    saved(page, ESSAY)
    assert room.held(ESSAY) == ["写完就离开"]


def test_a_reply_that_is_lost_saves_the_answer_once_and_the_next_one_too(room: Room) -> None:
    room.may_fail = True
    page = room.open(360)
    lose = True

    def arrive(route: object) -> None:
        nonlocal lose
        if lose:
            lose = False
            route.fetch()  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/answers/*", arrive)
    choose(page, 0)
    expect(line(page)).to_have_text("待保存")
    choose(page, 3)
    saved(page, CHOICE)
    before = room.held(CHOICE)
    page.reload()
    assert ticked(page) == 3
    assert len(before) == 1
    assert "另一台设备" not in line(page).inner_text()


REFUSALS = {
    "signed out": (401, '{"error": "signed-out"}', "登录已过期，1 题待保存", "重新登录"),
    "an old page": (400, '{"error": "expired"}', "页面已过期，1 题待保存", "刷新页面"),
    "a busy server": (503, "{}", "系统正忙，1 题待保存", ""),
    "too many requests": (429, "{}", "系统正忙，1 题待保存", ""),
}


@pytest.mark.parametrize(("status", "body", "words", "link"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_said_and_the_answer_stays(room: Room, status: int, body: str, words: str, link: str) -> None:
    room.may_fail = True
    page = room.open(360)
    page.route("**/answers/*", lambda route: route.fulfill(status=status, body=body, content_type="application/json"))
    choose(page, 1)
    expect(page.locator("#offline")).to_contain_text(words)
    assert kept_here(page) == 1
    if link:
        expect(page.locator("#offline").get_by_role("link", name=link)).to_be_visible()
    page.unroute("**/answers/*")
    saved(page, CHOICE)
    assert kept_here(page) == 0


def test_what_is_no_answer_is_said_at_its_question_and_not_sent_again(room: Room) -> None:
    room.may_fail = True
    page = room.open(360, ESSAY)
    page.locator(f"#q{ESSAY} textarea").evaluate("e => e.removeAttribute('maxlength')")
    page.fill(f"#q{ESSAY} textarea", "长" * 2001)
    expect(line(page, ESSAY)).to_contain_text("没有保存：")
    assert kept_here(page) == 0
    page.fill(f"#q{ESSAY} textarea", "短")
    saved(page, ESSAY)


# Windows and devices


def test_of_two_windows_the_newer_one_answers_and_the_other_looks_on(room: Room) -> None:
    context = room.device(1440)
    first = room.sit(context)
    choose(first, 0)
    saved(first, CHOICE)
    second = room.sit(context)
    banner = first.locator("#elsewhere")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("这份试卷正在另一个窗口或设备上作答，本页随时显示最新答案")
    assert is_locked(first)
    expect(second.locator("#elsewhere")).to_be_hidden()
    choose(second, 2)
    saved(second, CHOICE)
    expect(first.locator(f"#q{CHOICE} .option input").nth(2)).to_be_checked()
    banner.get_by_role("button", name="改在本页作答").click()
    expect(banner).to_be_hidden()
    expect(second.locator("#elsewhere")).to_be_visible()
    choose(first, 1)
    expect(second.locator(f"#q{CHOICE} .option input").nth(1)).to_be_checked()


def test_of_two_devices_the_newer_one_answers_and_the_other_follows_by_asking(room: Room) -> None:
    phone = room.open(360)
    choose(phone, 0)
    saved(phone, CHOICE)
    desk = room.open(1440)
    expect(phone.locator("#elsewhere")).to_be_visible()
    choose(desk, 3)
    expect(phone.locator(f"#q{CHOICE} .option input").nth(3)).to_be_checked()
    expect(line(phone)).to_contain_text("来自另一台设备")


def test_an_answer_given_later_elsewhere_wins_and_the_page_says_so(room: Room) -> None:
    room.may_fail = True
    phone = room.open(360)
    phone.context.set_offline(True)
    choose(phone, 0)
    expect(line(phone)).to_have_text("待保存")
    # The ages of the two answers are compared; the server's clock stands still here, so the phone's must move on.
    phone.wait_for_timeout(50)
    desk = room.open(1440)
    choose(desk, 1)
    saved(desk, CHOICE)
    phone.context.set_offline(False)
    expect(line(phone)).to_contain_text("另一台设备后来改过这题，以较新的答案为准")
    assert (ticked(phone), ticked(desk)) == (1, 1)


def test_what_was_sent_in_vain_does_not_run_over_an_answer_given_later_elsewhere(room: Room) -> None:
    room.may_fail = True
    phone = room.open(360)
    sent: list[str] = []
    is_back = False

    def arrive(route: object) -> None:
        sent.append("answer")
        if is_back:
            route.continue_()  # type: ignore[attr-defined]
            return
        if len(sent) == 1:
            route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    phone.route("**/answers/*", arrive)
    for n, tries in ((0, 1), (2, 2), (3, 3)):
        choose(phone, n)
        expect(line(phone)).to_have_text("待保存")
        assert len(sent) >= tries
    desk = room.open(1440)
    choose(desk, 1)
    saved(desk, CHOICE)
    is_back = True
    expect(line(phone)).to_contain_text("另一台设备后来改过这题，以较新的答案为准")
    assert (ticked(phone), ticked(desk)) == (1, 1)


def test_an_answer_given_later_here_replaces_the_one_given_elsewhere_and_the_page_says_so(room: Room) -> None:
    room.may_fail = True
    phone, desk = room.open(360), room.open(1440)
    phone.context.set_offline(True)
    choose(desk, 1)
    saved(desk, CHOICE)
    room.clock.advance(seconds=30)
    choose(phone, 0)
    expect(line(phone)).to_have_text("待保存")
    phone.context.set_offline(False)
    expect(line(phone)).to_contain_text("替换了另一台设备较早的答案")
    expect(desk.locator(f"#q{CHOICE} .option input").nth(0)).to_be_checked()


def test_a_page_that_the_back_button_brings_back_shows_what_was_answered_since(room: Room) -> None:
    page = room.open(360)
    choose(page, 0)
    saved(page, CHOICE)
    page.goto(f"{room.address}/history")
    desk = room.open(1440)
    choose(desk, 2)
    saved(desk, CHOICE)
    page.go_back()
    expect(page.locator(f"#q{CHOICE} .option input").nth(2)).to_be_checked()
    expect(page.locator("#elsewhere")).to_be_hidden()


# Leaving


def go_away(page: Page, hidden: bool) -> None:
    page.evaluate(
        """hidden => {
          const value = hidden ? "hidden" : "visible";
          Object.defineProperty(document, "visibilityState", { value, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_leaving_is_counted_and_shown_as_a_plain_fact_and_a_reload_is_none(room: Room) -> None:
    page = room.open(360)
    expect(page.locator("#left")).to_be_hidden()
    page.reload()
    page.goto(f"{room.address}/history")
    page.go_back()
    expect(page.locator("#left")).to_be_hidden()
    for times in (1, 2):
        with page.expect_response("**/leavings"):
            go_away(page, True)
        with page.expect_response("**/leavings"):
            go_away(page, False)
        expect(page.locator("#left")).to_have_text(f"离开本页 {times} 次（含锁屏、来电），只作记录，不扣分。")
    page.reload()
    expect(page.locator("#left")).to_contain_text("离开本页 2 次")


# Handing in


def test_the_dialog_names_what_is_blank_half_done_and_flagged_and_leads_there(room: Room) -> None:
    page = room.open(360)
    choose(page, 0)
    page.locator(f"#q{CHOICE} [data-flag]").check()
    turn_to(page, MATCH)
    page.locator(f"#q{MATCH} [data-line]").first.click()
    page.locator(f"#q{MATCH} [data-option]").first.click()
    page.locator("[data-hand-in]").first.click()
    groups = page.locator("#handing-in [data-lists] p").all_inner_texts()
    assert [" ".join(text.split()) for text in groups] == [
        "还未作答 2 题： 第 3 题 第 4 题",
        "没有答完 1 题： 第 2 题（已连 1/5）",
        "标记待查 1 题： 第 1 题",
    ]
    page.locator("#handing-in").get_by_role("button", name="第 4 题").click()
    assert on_screen(page) == [ESSAY]
    page.locator("[data-last]").click()
    page.keyboard.press("Escape")
    expect(page.locator("#handing-in")).to_be_hidden()
    assert state_of(room)[0] is AttemptState.IN_PROGRESS


def test_without_a_network_handing_in_waits_says_so_and_happens_when_it_is_back(room: Room) -> None:
    room.may_fail = True
    page = room.open(360)
    page.context.set_offline(True)
    choose(page, 1)
    page.locator("[data-hand-in]").first.click()
    page.get_by_role("button", name="确认交卷").click()
    dialog = page.locator("#handing-in")
    expect(dialog).to_contain_text("暂时不能交卷")
    expect(dialog).to_contain_text("还有 1 题待保存。答案留在本机")
    expect(dialog).to_contain_text("到截止时间，系统也会自动按已保存的答案交卷")
    page.context.set_offline(False)
    page.wait_for_url("**/result")
    assert state_of(room) == (AttemptState.CLOSED, 1)


def test_a_lost_reply_and_a_second_tap_hand_in_once(room: Room) -> None:
    room.may_fail = True
    page = room.open(360)
    choose(page, 1)
    saved(page, CHOICE)
    sent: list[str] = []

    def lose_first(route: object) -> None:
        sent.append("")
        route.fetch(max_redirects=0)  # type: ignore[attr-defined]
        route.abort() if len(sent) == 1 else route.continue_()  # type: ignore[attr-defined]

    page.route("**/submission", lose_first)
    page.locator("[data-hand-in]").first.click()
    page.locator("[data-confirm]").evaluate("button => { button.click(); button.click(); }")
    page.wait_for_url("**/result")
    assert len(sent) == 2
    assert state_of(room) == (AttemptState.CLOSED, 1)


def short(room: Room, seconds: float) -> None:
    """Let the paper have only this much time left when it is opened."""
    room.clock.advance(minutes=20)
    room.clock.advance(seconds=-seconds)


def test_at_the_bell_the_inputs_lock_and_the_paper_is_handed_in_by_itself(room: Room) -> None:
    room.may_fail = True
    short(room, 8)
    page = room.open(360)
    expect(page.locator("#announcer")).to_have_text("还剩 10 秒")
    choose(page, 1)
    saved(page, CHOICE)
    room.clock.advance(seconds=9)
    expect(page.locator(f"#q{CHOICE} .option input").first).to_be_disabled()
    page.wait_for_url("**/result")
    assert state_of(room) == (AttemptState.CLOSED, 1)
    expect(page.locator("main")).to_contain_text("到时自动交卷")


def test_an_answer_given_before_the_bell_that_arrives_after_it_counts(room: Room) -> None:
    room.may_fail = True
    short(room, 8)
    page = room.open(360)
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#handing-in")).to_contain_text("还有 1 题待保存")
    expect(page.locator("#handing-in h2")).to_have_text("作答时间已到")
    assert is_locked(page)
    room.clock.advance(seconds=14)
    page.context.set_offline(False)
    page.wait_for_url("**/result")
    assert state_of(room) == (AttemptState.CLOSED, 1)


def test_an_answer_that_comes_too_late_is_named_and_does_not_count(room: Room) -> None:
    room.may_fail = True
    short(room, 8)
    page = room.open(360)
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator("#handing-in h2")).to_have_text("作答时间已到")
    room.clock.advance(minutes=30)
    page.context.set_offline(False)
    expect(page.locator("#handing-in")).to_contain_text("第 1 题的答案到达时已过截止时间，没有计入得分")
    page.get_by_role("link", name="查看成绩").click()
    page.wait_for_url("**/result")
    assert room.held(CHOICE) == []


# Without scripts, and when one does not arrive


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_without_scripts_all_questions_stand_below_each_other_and_are_answered_marked_and_handed_in(
    room: Room, width: int
) -> None:
    page = room.open(width, script=False)
    for number in ALL:
        assert page.locator(f"#q{number}").is_visible()
    assert page.locator(".by-script:visible").count() == 0
    page.locator(f"#q{CHOICE} .option").nth(1).click()
    page.locator(f"#q{CHOICE} [data-flag]").check()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存到服务器").wait_for()
    page.get_by_role("button", name="交卷").click()
    page.get_by_text("还有 3 题未答").wait_for()
    assert "标记待查 1 题：第 1 题" in page.inner_text("main")
    page.get_by_role("link", name="第 1 题").first.click()
    assert page.locator(f"#q{CHOICE} [data-flag]").is_checked()
    page.get_by_role("button", name="交卷").click()
    page.get_by_role("button", name="确认交卷").click()
    page.wait_for_url("**/result")
    assert state_of(room) == (AttemptState.CLOSED, 1)


def test_when_no_script_arrives_the_whole_paper_and_its_save_button_come_back(room: Room) -> None:
    room.may_fail = True
    context = room.device(360)
    context.route("**/*.js*", lambda route: route.abort())
    page = room.sit(context)
    page.locator(f"#q{ESSAY}").wait_for()
    page.locator(f"#q{CHOICE} .option").nth(1).click()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存到服务器").wait_for()
    assert len(room.held(CHOICE)) == 1


@pytest.mark.parametrize("script", ["walking.js", "finishing.js", "taking.js"])
def test_each_script_does_without_the_others(room: Room, script: str) -> None:
    room.may_fail = True
    page = room.open(360, without=script)
    page.locator(f"#q{CHOICE} .option").nth(1).click()
    if script == "taking.js":
        page.get_by_role("button", name="保存", exact=True).click()
        page.get_by_text("已保存到服务器").wait_for()
    else:
        saved(page, CHOICE)
    assert len(room.held(CHOICE)) == 1
