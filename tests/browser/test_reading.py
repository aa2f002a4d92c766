"""An editor at the page of a speech: reading on, finding, correcting and taking back, with a mouse and by keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser.test_week import EDITORS
from browser.visitor import Visitor
from browser.visitor import follow
from playwright.sync_api import Page
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
WIDTHS = {"a phone": 360, "a desktop": 1440}
FILLER = "各科室要把这件事放在心上，从手头的小事做起，先把情况弄清楚，再把办法想周全，一步一步往前走，不图一时热闹。"
SPEECH = f"""在全区办公室读书会上的讲话（{{width}}）

同志们：

今天讲几点意见。

一、统一思想

办公室工作无小事，一句话说不准，一件事办不细，就会影响全局。{FILLER * 5}

{FILLER * 6}

二、争当“四勤”干部

大家要争当“四勤”干部。一是脑勤，遇事多想一层。二是腿勤，有事多跑一趟。三是手勤，听到就要记下。四是嘴勤，不懂就要请教。

{FILLER * 5}

{FILLER * 6}

三、抓好当前

全区各级要高水平谋事、高效率办事。{FILLER * 5}

{FILLER * 6}

四、狠抓落实

会后各科室要把责任落下去，把台账建起来，把进度报上来。{FILLER * 5}

{FILLER * 6}
"""


@pytest.fixture(params=WIDTHS.values(), ids=WIDTHS)
def person(visitor: Callable[[int], Visitor], tmp_path: Path, request: pytest.FixtureRequest) -> Visitor:
    """An editor who has just opened a speech of their own; nothing glides, so that places can be measured."""
    width: int = request.param
    come = visitor(width)
    come.page.emulate_media(reduced_motion="reduce")
    file = tmp_path / "讲话.txt"
    file.write_text(SPEECH.format(width=f"{width}-{request.node.name}"), encoding="utf-8")
    come.sign_in(EDITORS[0])
    come.go("/speeches/new")
    come.page.set_input_files("input[type=file]", file)
    come.press("上传")
    come.page.wait_for_url("**/speeches/*")
    return come


def is_wide(person: Visitor) -> bool:
    size = person.page.viewport_size
    return size is not None and size["width"] >= 1000


def top_of(page: Page, selector: str) -> float:
    """How far below the upper edge of the window something stands."""
    return float(page.eval_on_selector(selector, "found => found.getBoundingClientRect().top"))


def card(page: Page, words: str):  # type: ignore[no-untyped-def]
    return page.locator("#points-list .point:visible").filter(has=page.locator("h3", has_text=words))


# Reading on


def test_reading_on_marks_the_heading_and_a_click_leads_to_it(person: Visitor) -> None:
    page = person.page
    current = page.locator("#outline-pane a[aria-current]")
    if not is_wide(person):
        page.locator("#outline-pane > summary").click()
    last = page.locator("#outline-pane a[data-heading]").last
    name = last.inner_text()

    last.click()
    expect(current).to_have_text(name)
    assert page.url.endswith(str(last.get_attribute("href")))
    assert (
        abs(top_of(page, str(last.get_attribute("href"))) - (top_of(page, "#text-pane") if is_wide(person) else 0)) < 40
    )

    if not is_wide(person):
        return
    text = page.locator("#text-pane")
    text.hover()
    page.mouse.wheel(0, -20_000)
    expect(current.filter(has_text=name)).to_have_count(0)
    second = page.locator("#outline-pane a[data-heading]", has_text="抓好当前")
    place = str(second.get_attribute("href"))
    text.evaluate("(pane, place) => { pane.scrollTop += document.querySelector(place).getBoundingClientRect().top"
                  " - pane.getBoundingClientRect().top - 20; }", place)  # fmt: skip
    expect(current).to_have_text(second.inner_text())
    text.evaluate("pane => { pane.scrollTop = pane.scrollHeight; }")
    expect(current).to_have_text(name)
    shown = page.eval_on_selector(
        "#outline-pane a[aria-current]",
        """link => { const pane = document.getElementById("outline-pane").getBoundingClientRect();
                     const line = link.getBoundingClientRect();
                     return line.top >= pane.top && line.bottom <= pane.bottom; }""",
    )
    assert shown


def test_a_heading_is_reached_by_keyboard(person: Visitor) -> None:
    page = person.page
    if not is_wide(person):
        page.locator("#outline-pane > summary").press("Enter")
    page.locator("#outline-pane a[data-heading]").nth(2).focus()
    page.keyboard.press("Enter")

    expect(page.locator("#outline-pane a[aria-current]")).to_have_attribute("data-heading", "2")
    expect(page.locator("#heading-2")).to_be_in_viewport()


def test_outline_and_text_stand_side_by_side_or_below_one_another(person: Visitor) -> None:
    page = person.page
    if is_wide(person):
        assert abs(top_of(page, "#outline-pane") - top_of(page, "#text-pane")) < 2
        scrolls = page.eval_on_selector("#text-pane", "pane => pane.scrollHeight > pane.clientHeight + 100")
        assert scrolls
    else:
        assert top_of(page, "#text-pane") > top_of(page, "#outline-pane")
        assert page.eval_on_selector("#outline-pane", "outline => outline.open") is False


def test_a_point_leads_to_its_place_in_the_text_and_back(person: Visitor) -> None:
    page = person.page
    found = card(page, "四勤").first
    number = str(found.get_attribute("id")).removeprefix("point-")
    found.get_by_role("link", name="看原文").click()
    sign = page.locator(f"#text-point-{number}")
    expect(sign).to_be_in_viewport()
    sign.click()
    expect(page.locator(f"#point-{number}")).to_be_in_viewport()


def test_evidence_is_shown_on_demand(person: Visitor) -> None:
    page = person.page
    ground = "mark => getComputedStyle(mark).backgroundColor"
    marks = page.locator("mark.evidence")
    if not marks.count():
        pytest.skip("this speech gives no evidence sentences")
    before = marks.first.evaluate(ground)
    page.locator("#show-evidence").check()
    assert marks.first.evaluate(ground) != before


# The list


def test_filters_answer_at_once_and_count(person: Visitor) -> None:
    page = person.page
    all_of_them = page.locator("#points-list .point").count()
    address = page.url
    page.locator("#filter label", has_text="有名称的要点").click()
    shown = page.locator("#points-list .point:visible")
    named = shown.count()
    assert 0 < named < all_of_them
    expect(page.locator("#points-shown")).to_have_text(f"符合条件的有 {named} 个（共 {all_of_them} 个）。")
    expect(page.locator("[data-count-kind='']")).to_have_text(str(all_of_them))
    assert page.url.startswith(f"{address}?kind=named")

    page.fill("#filter-words", "嘴勤 脑勤")
    expect(shown).to_have_count(1)
    page.fill("#filter-words", "决无此词")
    expect(page.locator("#points-none")).to_be_visible()
    person.look()
    page.get_by_role("link", name="清除").click()
    expect(shown).to_have_count(all_of_them)


def test_a_filter_is_still_there_after_the_page_is_loaded_again(person: Visitor) -> None:
    page = person.page
    page.locator("#filter label", has_text="有名称的要点").click()
    before = page.locator("#points-list .point:visible").count()
    page.reload()
    expect(page.locator("#points-list .point:visible")).to_have_count(before)
    expect(page.locator("#filter input[value=named]")).to_be_checked()


# Corrections


def test_an_editor_corrects_a_reading_and_takes_it_back(person: Visitor) -> None:
    page = person.page
    open_corrections(page, "四勤")
    fill_in(page, "名称", "决无此名")
    person.expect_refusals()
    person.press("改名称")
    expect(page.locator("#errors")).to_be_focused()
    assert person.sees("讲话原文中没有“决无此名”这一说法")
    expect(opened(page).get_by_label("名称")).to_have_value("决无此名")

    fill_in(page, "名称", "四勤”干部")
    with page.expect_navigation():
        opened(page).get_by_label("名称").press("Enter")
    assert person.sees("名称已改")
    person.look()

    open_corrections(page, "四勤”干部")
    opened(page).get_by_label("拆分").select_option(index=1)
    follow(opened(page).get_by_role("button", name="拆分"))
    assert person.sees("已拆成两个要点")
    expect(page.locator(page.url[page.url.index("#") :])).to_be_in_viewport()

    page.locator(page.url[page.url.index("#") :]).locator(".correct > summary").click()
    opened(page).get_by_label("合并").select_option(index=next_place(page))
    follow(opened(page).get_by_role("button", name="合并"))
    assert person.sees("两个要点已合并")
    person.look()

    expect(page.locator(".correction")).to_have_count(3)
    follow(page.locator(".correction", has_text="改名称").get_by_role("button", name="撤销"))
    assert person.sees("有 2 条更正找不到原处")
    person.look()
    while page.locator(".correction").count():
        follow(page.locator(".correction").first.get_by_role("button", name="撤销"))
    expect(card(page, ". 四勤")).to_have_count(1)


def next_place(page: Page) -> int:
    """In the list of points to merge with, the one that stands behind the point itself."""
    number = int(page.url.rpartition("-")[2])
    words = opened(page).get_by_label("合并").locator("option").all_inner_texts()
    return next(place for place, told in enumerate(words) if told.startswith(f"{number + 1}."))


def open_corrections(page: Page, words: str) -> None:
    card(page, words).first.locator(".correct > summary").click()


def opened(page: Page):  # type: ignore[no-untyped-def]
    return page.locator("#points-list .correct[open]").first


def fill_in(page: Page, label: str, words: str) -> None:
    opened(page).get_by_label(label).fill(words)


def test_a_heading_is_given_another_level(person: Visitor) -> None:
    page = person.page
    if not is_wide(person):
        page.locator("#outline-pane > summary").click()
    line = page.locator("#outline-1 > .outline-line")
    follow(line.get_by_role("link", name="改级别"))
    expect(line.get_by_label("标题级别")).to_be_focused()
    line.get_by_label("标题级别").select_option("2")
    follow(line.get_by_role("button", name="改级别"))
    assert person.sees("标题级别已改")
    assert page.locator("#outline-0 #outline-1").count() == 1
    person.look()


def test_a_selected_passage_is_added_as_a_point(person: Visitor) -> None:
    page = person.page
    before = page.locator("#points-list .point").count()
    select(page, "一句话说不准，一件事办不细")
    bar = page.get_by_role("button", name="添加为要点")
    expect(bar).to_be_visible()
    person.look()
    reach_by_tab(page, bar)
    page.keyboard.press("Enter")

    expect(page.locator("#add-kind")).to_be_focused()
    expect(page.locator("#add-passage")).to_have_value("一句话说不准，一件事办不细")
    expect(page.locator("#add-items")).to_have_value("一句话说不准\n一件事办不细")
    page.select_option("#add-kind", "named")
    page.fill("#add-name", "全局")
    follow(page.get_by_role("button", name="添加", exact=True))
    assert person.sees("要点已添加")
    assert page.locator("#points-list .point").count() == before + 1
    expect(page.locator(page.url[page.url.index("#") :])).to_contain_text("一句话说不准")


def test_the_offset_of_a_selection_is_its_place_in_the_text(person: Visitor) -> None:
    """Signs and numbers that stand between are not counted."""
    page = person.page
    select(page, "不懂就要请教")
    page.get_by_role("button", name="添加为要点").click()
    text = page.eval_on_selector_all(
        "#text-pane p[data-start]",
        """all => all.map(paragraph => { const copy = paragraph.cloneNode(true);
             for (const each of copy.querySelectorAll(".paragraph-number, .point-ref")) each.remove();
             return copy.textContent; }).join("\\n")""",
    )
    assert page.input_value("#add-start") == str(text.index("不懂就要请教"))


def select(page: Page, words: str) -> None:
    """Select words of the text as dragging over them does."""
    page.evaluate(
        """words => {
          const text = document.getElementById("text-pane");
          text.focus();
          const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
          const ends = [];
          let told = "";
          while (walker.nextNode()) {
            if (walker.currentNode.parentElement.closest(".point-ref, .paragraph-number")) continue;
            ends.push([told.length, walker.currentNode]);
            told += walker.currentNode.data;
          }
          const place = (at) => {
            const [start, node] = ends.findLast(([start]) => start <= at);
            return [node, at - start];
          };
          const from = told.indexOf(words);
          document.getSelection().setBaseAndExtent(...place(from), ...place(from + words.length));
        }""",
        words,
    )


def reach_by_tab(page: Page, target) -> None:  # type: ignore[no-untyped-def]
    for _ in range(12):
        page.keyboard.press("Tab")
        if target.evaluate("button => button === document.activeElement"):
            return
    pytest.fail("Tab does not lead from the selection to the button")


# Without a script


def test_everything_is_there_without_a_script(person: Visitor) -> None:
    page = person.page
    address = page.url
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state(), locale="zh-CN",
                                  viewport=page.viewport_size)  # fmt: skip
    plain = context.new_page()
    plain.goto(address)
    plain.locator("#filter label", has_text="有名称的要点").click()
    plain.get_by_role("button", name="筛选").click()
    assert "kind=named" in plain.url
    card(plain, "四勤").first.locator(".correct > summary").click()
    opened(plain).get_by_role("button", name="核对无误").click()
    assert "已标为核对无误" in plain.inner_text("main")
    plain.locator("#add > summary").click()
    plain.fill("#add-passage", "一句话说不准，一件事办不细")
    plain.fill("#add-items", "一句话说不准\n一件事办不细")
    plain.fill("#add-name", "全局")
    plain.get_by_role("button", name="添加", exact=True).click()
    assert "要点已添加" in plain.inner_text("main")
    context.close()
