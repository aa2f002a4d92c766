"""A whole week of the office in a real browser: from a speech to the scores of a section."""

from collections.abc import Callable
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from browser.visitor import Visitor
from browser.visitor import follow

from quizapp.cli.demo import accounts
from quizapp.config import PROJECT

pytestmark = pytest.mark.browser
OFFICE = yaml.safe_load((PROJECT / "quizapp" / "cli" / "demo_office.yaml").read_text(encoding="utf-8"))["people"]
WIDTHS = {"a phone": 360, "a desktop": 1440}
SPEECH = """在全区办公室系统作风建设会上的讲话（{width}）

同志们：

今天把大家请来，只说一件事，就是转变作风。下面讲三点意见。

一、认清形势，增强转变作风的紧迫感

作风好不好，群众看得见。近来有的文件转了一圈又回到原处，有的电话打了三遍才有人接，说明我们的服务还没有跟上。

二、对照标准，争当“四型”干部，做到“四戒”

一要争当“思考型”干部，戒“盲”。遇事多问一个为什么，先把情况弄清楚，再把意见提出来。

二要争当“行动型”干部，戒“空”。多到现场去看，多到窗口去站，把办法想在前头。

三要争当“求教型”干部，戒“满”。向老同志请教，向基层同志请教，把短板一块一块补上。

四要争当“自省型”干部，戒“护”。每周回头看一次，错了就认，认了就改。

三、抓住关键，做到“三个跟上”

转变作风要落到具体事情上，关键是做到“三个跟上”。一是思想跟上。把每周集中学习坚持下去。二是措施跟上。每个科室列出三件要改的事。三是监督跟上。由督查室每月通报一次。
"""


def number_of(section: str, **facts: object) -> str:
    """The staff number of the first person of a section with these facts."""
    return next(
        str(p["number"]) for p in OFFICE if p["section"] == section and all(p.get(k) == v for k, v in facts.items())
    )


EDITORS = [str(p["number"]) for p in OFFICE if p.get("roles") == ["editor"]]
DIRECTOR = number_of("市政府办公室", post="主任")
CHIEF = number_of("财务科", oversees=["财务科"])
STAFF = [str(p["number"]) for p in OFFICE if p["section"] == "财务科" and not p.get("oversees") and not p.get("roles")]


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_an_office_lives_its_week(visitor: Callable[[int], Visitor], tmp_path: Path, width: int) -> None:
    person = visitor(width)
    upload_and_draft(person, tmp_path, width)
    approve_by_keyboard(person, width)
    topic = publish_a_quiz(person, width)
    take_the_quiz(person, STAFF[0 if width == 360 else 1], topic)
    see_the_scores(person, topic)


def upload_and_draft(person: Visitor, tmp_path: Path, width: int) -> None:
    file = tmp_path / "讲话.txt"
    file.write_text(SPEECH.format(width=width), encoding="gb18030")
    person.sign_in(EDITORS[0])
    person.go("/speeches/new")
    person.page.set_input_files("input[type=file]", file)
    person.press("上传")
    assert person.sees("思考型")
    person.press("拟题")
    assert person.sees("新拟")
    person.press("再拟一次")
    assert person.sees("新拟 0 题")


def approve_by_keyboard(person: Visitor, width: int) -> None:
    """A second editor approves all questions of the speech that wait, with one key each."""
    person.sign_in(EDITORS[1])
    person.go("/review")
    page = person.page
    waiting = page.get_by_role("link", name=f"在全区办公室系统作风建设会上的讲话（{width}）").first
    count = int(waiting.locator(".chip-count").inner_text())
    follow(waiting)
    follow(page.get_by_role("link", name="开始审题"))
    person.look()
    for left in range(count, 0, -1):
        assert page.locator("form[action*='/approval']").count(), f"{left} still wait, and cannot be approved"
        # Whoever presses the same key sooner has not seen the next question, and the desk does not heed it.
        page.wait_for_timeout(350)
        with page.expect_navigation():
            page.keyboard.press("a")
    person.go("/review")
    assert not waiting.count()


def publish_a_quiz(person: Visitor, width: int) -> str:
    topic = f"“四型”干部学测 {width}"
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    person.sign_in(EDITORS[0])
    person.go("/sittings/new")
    page = person.page
    page.fill("#topic", topic)
    page.select_option("#host", label="财务科")
    page.select_option("#leader", label="周明远（主任）")
    page.fill("#opens_at", (now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("#closes_at", (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label(f"在全区办公室系统作风建设会上的讲话（{width}）").check()
    person.press("保存并组卷")
    person.sign_in(CHIEF)
    person.go("/sittings")
    person.press(topic)
    person.expect_refusals()
    page.fill("[name=count-single_choice]", "99")
    person.press("抽题")
    assert person.sees("单选题不足：需要 99 题")
    for name in ("single_choice", "multiple_choice", "true_false", "fill_in"):
        page.fill(f"[name=count-{name}]", "1")
    person.press("抽题")
    person.press("送审")
    person.sign_in(DIRECTOR)
    person.go("/sittings")
    person.press(topic)
    person.press("批准发布")
    assert person.sees("已批准发布")
    return topic


def take_the_quiz(person: Visitor, number: str, topic: str) -> None:
    """Answer, lose the network, go on, reload, hand in, read the sentence that proves the answer."""
    page = person.page
    person.sign_in(number)
    card = page.locator("section", has=page.get_by_role("heading", name=topic))
    follow(card.get_by_role("button", name="开始作答"))
    person.look()
    assert page.locator("fieldset[data-number]").count() == 4
    page.locator("#q1 label.option").first.click()
    page.locator("#q1 [data-saved].is-saved").wait_for()
    page.context.set_offline(True)
    page.keyboard.press("ArrowRight")
    page.locator("#q2 input[value=A]").focus()
    page.keyboard.press("Space")
    page.locator("#offline", has_text="1 题待保存").wait_for()
    page.context.set_offline(False)
    page.locator("#q2 [data-saved].is-saved").wait_for()
    page.locator("#offline").wait_for(state="hidden")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.locator("fieldset[data-interaction=text] input[type=text]").first.fill("思考型")
    page.locator("fieldset[data-interaction=text] [data-saved].is-saved").wait_for()
    page.reload()
    assert page.locator("#q1 input:checked").count() == 1
    assert page.locator("#q2 input:checked").input_value() == "A"
    page.locator("fieldset[data-interaction=text] input[type=text]").first.fill("最后一刻改的")
    person.press("交卷")
    page.get_by_text("还未作答 1 题").wait_for()
    page.get_by_role("button", name="确认交卷").click()
    page.wait_for_url("**/result")
    person.look()
    assert person.sees("正确答案")
    assert person.sees("最后一刻改的")
    assert page.locator("blockquote mark").count() == 4
    person.go("/history")
    assert person.sees(topic)


def see_the_scores(person: Visitor, topic: str) -> None:
    person.sign_in(CHIEF)
    person.go("/reports")
    assert person.sees("财务科")
    assert not person.sees("金融科")
    person.press(topic)
    assert person.sees("1")


def test_the_menu_works_by_keyboard_on_a_phone(visitor: Callable[[int], Visitor]) -> None:
    person = visitor(360)
    person.sign_in(EDITORS[0])
    page = person.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.focus("#menu-toggle")
    page.keyboard.press("Space")
    assert page.locator("nav.menu").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "首页"


def test_two_devices_agree_on_the_newest_answer(visitor: Callable[[int], Visitor]) -> None:
    """The phone taps, loses its network, and comes back after the desk has answered: the desk's answer is newer."""
    phone, desk = visitor(360), visitor(1440)
    number = next(number for words, number, _ in accounts() if words == "干部")
    phone.sign_in(number)
    follow(phone.page.get_by_role("button", name="开始作答").first)
    desk.sign_in(number)
    desk.go(phone.page.url.removeprefix(phone.site.address))
    phone.expect_refusals()
    phone.page.context.set_offline(True)
    phone.page.locator("#q1 label.option").nth(0).click()
    phone.page.locator("#offline", has_text="1 题待保存").wait_for()
    phone.page.wait_for_timeout(1500)
    desk.page.locator("#q1 label.option").nth(1).click()
    desk.page.locator("#q1 [data-saved].is-saved").wait_for()
    phone.page.context.set_offline(False)
    phone.page.locator("#q1 [data-saved]", has_text="另一台设备").wait_for()
    assert phone.page.locator("#q1 input:checked").input_value() == "B"
    phone.page.get_by_role("button", name="改在本页作答").click()
    phone.page.locator("#q1 label.option").nth(2).click()
    phone.page.locator("#q1 [data-saved].is-saved", has_text="✓ 已保存（").wait_for()
    desk.page.reload()
    assert desk.page.locator("#q1 input:checked").input_value() == "C"


def test_without_javascript_the_quiz_is_taken_by_forms(visitor: Callable[[int], Visitor], chromium: object) -> None:
    person = visitor(360)
    context = person.page.context.browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})  # type: ignore[union-attr]
    page = context.new_page()
    page.goto(f"{person.site.address}/sign-in")
    page.fill("#staff_number", next(number for words, number, _ in accounts() if words.startswith("科长")))
    page.fill("#password", person.site.password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="开始作答").first.click()
    page.locator("#q1 label.option").first.click()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存到服务器").wait_for()
    assert page.locator("#q1 input:checked").count() == 1
    page.get_by_role("button", name="交卷").click()
    page.get_by_text("服务器已保存 1 题").wait_for()
    page.get_by_role("button", name="确认交卷").click()
    page.get_by_text("正确答案").first.wait_for()
    context.close()
