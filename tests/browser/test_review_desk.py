"""The review desk by single keys and by touch: one press a decision, the sentence beside the question."""

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import yaml
from browser.visitor import Site
from browser.visitor import Visitor
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import Request

from quizapp.config import PROJECT

pytestmark = pytest.mark.browser
OFFICE = yaml.safe_load((PROJECT / "quizapp" / "cli" / "demo_office.yaml").read_text(encoding="utf-8"))["people"]
EDITORS = [str(p["number"]) for p in OFFICE if p.get("roles") == ["editor"]]
SPEECH = """在全县政务值班工作会上的讲话（{name}）

同志们：

今天专门开一次会，讲值班工作。值班是政府机关的一件日常工作，也是一件容易松劲的工作。下面讲两点意见。

一、认清要求，做到“四个必须”

值班工作要做到“四个必须”。一是人员必须在岗。值班表上写了谁，谁就坐在值班室里，有事先请假，替班要登记。二是电话必须畅通。铃响三声以内接听，一件事一条记录，接的人签上名字。三是信息必须及时。突发情况先报告、再续报，不等情况全部弄清楚才开口。四是交接必须清楚。上一班没有办完的事，写在交接本上，下一班照着接着办。

二、改进作风，争当“三型”值班员

一要争当“守纪型”值班员，戒散。班前不饮酒，班中不离岗，班后不留尾巴。二要争当“尽责型”值班员，戒推。电话打到值班室，就是打到政府，不说“这事不归我管”。三要争当“精细型”值班员，戒粗。时间、地点、人数、进展，一样一样问清楚，一样一样记下来。
"""
#: Milliseconds: who presses the same key sooner has not seen the next question.
READING = 350
#: Twelve questions of which the last two ask the same.
CHORES = ("登记", "编号", "呈批", "分送", "催办", "归档", "清退", "销毁", "借阅", "复制")


def question_set(slug: str, name: str) -> str:
    questions = [
        {
            "id": f"q{n}",
            "type": "单选",
            "stem": f"{name}：公文办理第 {n} 道环节叫做（　）。",
            "options": dict(zip("ABCD", (chore, f"代{chore}", f"免{chore}", f"补{chore}"), strict=True)),
            "key": "A",
            "explanation": f"办理流程第 {n} 步是{chore}。",
            "heading": f"第 {n} 步",
        }
        for n, chore in enumerate(CHORES, start=1)
    ]
    for n, stem in ((11, "值班电话应当在铃响几声以内接听"), (12, "值班电话应当在铃响几声以内接起")):
        options = {"A": "三声", "B": "四声", "C": "五声", "D": "六声"}
        questions.append(
            {
                "id": f"q{n}",
                "type": "单选",
                "stem": f"{name}：{stem}（　）。",
                "options": options,
                "key": "A",
                "explanation": "讲话原文如此。",
                "heading": "电话",
            }
        )
    file = {"format": "quiz/1", "set": slug, "name": name, "source": {"speech": name}, "questions": questions}
    return yaml.safe_dump(file, allow_unicode=True, sort_keys=False)


class Counted:
    """What a person presses, and what their browser then asks for."""

    def __init__(self, page: Page):
        self.page, self.pressed, self.documents = page, 0, 0
        page.on("request", self._count)

    def _count(self, request: Request) -> None:
        self.documents += request.is_navigation_request()

    def press(self, key: str) -> None:
        self.pressed += 1
        self.page.keyboard.press(key)

    def press_and_go(self, key: str) -> None:
        """Read, then press a key that leads to another page."""
        self.page.wait_for_timeout(READING)
        mark_old(self.page)
        self.press(key)
        arrive(self.page)


def mark_old(page: Page) -> None:
    page.evaluate("document.documentElement.dataset.old = '1'")


def arrive(page: Page) -> None:
    """Wait for the page after the one that was marked."""
    page.locator("html:not([data-old])").wait_for(state="attached")
    page.wait_for_load_state()


@pytest.fixture
def touching(site: Site, chromium: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """Somebody with a phone in one hand."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, locale="zh-CN"
    )
    context.set_default_timeout(20_000)
    person = Visitor(site, context.new_page(), Path(__file__).parent / "screenshots" / "review-by-touch-360")
    yield person
    context.close()
    assert not person.complaints, "\n".join(person.complaints)


def load_set(person: Visitor, tmp_path: Path, slug: str) -> str:
    """Load the twelve; gives the name of the set."""
    file, name = tmp_path / "题集.yaml", f"值班与公文 {slug}"
    file.write_text(question_set(slug, name), encoding="utf-8")
    person.sign_in(EDITORS[0])
    person.go("/question-sets/new")
    person.page.set_input_files("input[type=file]", file)
    person.press("导入")
    assert person.sees("共 12 题")
    return name


def load_speech(person: Visitor, tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.txt"
    file.write_text(SPEECH.format(name=name), encoding="utf-8")
    person.sign_in(EDITORS[0])
    person.go("/speeches/new")
    person.page.set_input_files("input[type=file]", file)
    person.press("上传")
    person.press("拟题")


def number_left(page: Page) -> int:
    return int(page.locator("h1").inner_text().partition("共")[2].strip(" 题"))


def test_twelve_drafts_by_single_keys(visitor: Callable[[int], Visitor], tmp_path: Path) -> None:
    person = visitor(1440)
    name = load_set(person, tmp_path, "anjian")
    person.sign_in(EDITORS[1])
    person.go("/review")
    page, counted = person.page, Counted(person.page)
    page.locator(".facet").get_by_role("link", name=name).focus()
    counted.press_and_go("Enter")
    counted.press_and_go("n")
    person.look()
    assert number_left(page) == 12
    counted.pressed = counted.documents = 0
    for left in range(11, 7, -1):
        counted.press_and_go("a")
        assert "已通过第 1 题" in page.locator(".done").inner_text()
        assert number_left(page) == left
    # The fifth goes back with the second of the usual reasons; that was a slip.
    stem = page.locator(".stem").inner_text()
    counted.press("b")
    assert page.locator("#return").get_attribute("open") is not None
    person.look()
    counted.press_and_go("2")
    assert "已退回" in page.locator(".done").inner_text()
    counted.press_and_go("u")
    assert page.locator(".stem").inner_text() == stem
    person.look()
    for _ in range(6):
        counted.press_and_go("a")
    # The last two ask the same: one stays.
    assert number_left(page) == 2
    counted.press("m")
    person.look()
    counted.press_and_go("Enter")
    assert "保留相近的那题" in page.locator(".done").inner_text()
    counted.press_and_go("a")
    assert person.sees("没有等待审核的题了")
    # 11 approvals, 3 keys for the slip and its way back, 2 for the merger; a decision is its POST and the next page.
    assert counted.pressed == 11 + 3 + 2
    assert counted.documents <= 2 * (11 + 2 + 1)
    assert page.locator(".queue li").count() == 0


def test_a_key_pressed_twice_decides_once(visitor: Callable[[int], Visitor], tmp_path: Path) -> None:
    person = visitor(1440)
    name = load_set(person, tmp_path, "lianji")
    person.sign_in(EDITORS[1])
    begin(person, name)
    page = person.page
    mark_old(page)
    for _ in range(3):
        page.keyboard.press("a")
    arrive(page)
    page.wait_for_timeout(READING)
    assert number_left(page) == 11


def test_no_key_fires_while_somebody_types(visitor: Callable[[int], Visitor], tmp_path: Path) -> None:
    person = visitor(1440)
    name = load_set(person, tmp_path, "dazi")
    person.sign_in(EDITORS[1])
    begin(person, name)
    page = person.page
    address = page.url
    page.keyboard.press("b")
    page.locator("#reason").focus()
    page.keyboard.type("a banu 2/?")
    page.keyboard.press("Escape")
    for chord in ("Control+u", "Alt+a", "Control+b"):
        page.keyboard.press(chord)
    assert page.url == address
    assert page.locator("#reason").input_value() == "a banu 2/?"
    page.keyboard.press("?")
    assert page.locator("#keys").get_attribute("open") is not None
    page.locator("#keys-on").uncheck()
    page.keyboard.press("a")
    assert page.url == address


def test_the_sentence_stays_in_view_beside_the_question(visitor: Callable[[int], Visitor], tmp_path: Path) -> None:
    person = visitor(1440)
    person.page.set_viewport_size({"width": 1440, "height": 900})
    load_speech(person, tmp_path, "并排")
    begin(person, "并排")
    page, counted = person.page, Counted(person.page)
    for _ in range(4):
        assert in_window(page, "mark.source")
        for needed in (".stem", ".desk-answers", ".desk-decide"):
            assert in_window(page, needed), (page.url, needed)
        page.mouse.wheel(0, 2000)
        assert in_window(page, "mark.source")
        if not page.locator("[data-key=n]").count():
            break
        counted.press_and_go("n")
        person.look()


def begin(person: Visitor, name: str) -> None:
    """Choose a set by its name and open its first question."""
    person.go("/review")
    person.press(name)
    person.press("开始审题")


def in_window(page: Page, selector: str) -> bool:
    """Whether the first such thing is in the window from its first line to its last, as long as the window has room."""
    return bool(
        page.locator(selector).first.evaluate(
            """(place) => {
              const box = place.getBoundingClientRect();
              return box.top >= 0 && box.bottom <= innerHeight;
            }"""
        )
    )


def test_twelve_drafts_by_touch(touching: Visitor, tmp_path: Path) -> None:
    person, page = touching, touching.page
    name = load_set(person, tmp_path, "chumo")
    person.sign_in(EDITORS[1])
    person.go("/review")
    tap_and_go(page, name, "link")
    person.look()
    tap_and_go(page, "开始审题", "link")
    taps = 0
    for left in range(11, 3, -1):
        tap_and_go(page, "通过")
        taps += 1
        assert number_left(page) == left
    person.look()
    page.locator("#return > summary").tap()
    person.look()
    tap_and_go(page, "题干表述不清")
    assert "已退回" in page.locator(".done").inner_text()
    tap_and_go(page, "撤销")
    tap_and_go(page, "通过")
    tap_and_go(page, "通过")
    assert number_left(page) == 2
    page.get_by_role("link", name="合并").tap()
    person.look()
    page.locator("#rivals").get_by_role("button", name="保留本题").first.tap()
    page.locator(".done").get_by_text("保留本题").wait_for()
    tap_and_go(page, "通过")
    assert taps == 8
    page.get_by_text("没有等待审核的题了").wait_for()


def tap_and_go(page: Page, words: str, role: Literal["button", "link"] = "button") -> None:
    mark_old(page)
    page.locator("main").get_by_role(role, name=words).first.tap()
    arrive(page)


def test_on_a_phone_the_sentence_stands_under_the_stem(touching: Visitor, tmp_path: Path) -> None:
    person, page = touching, touching.page
    load_speech(person, tmp_path, "手机")
    begin(person, "手机")
    tops = [
        page.locator(selector).first.evaluate("(place) => place.getBoundingClientRect().top")
        for selector in (".desk-stem", ".source-card", ".desk-answers")
    ]
    assert tops == sorted(tops)
    assert in_window(page, ".desk-decide")


def test_without_javascript_everything_but_the_keys_works(site: Site, chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site.address}/sign-in")
    page.fill("#staff_number", EDITORS[0])
    page.fill("#password", site.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}/")
    file = tmp_path / "题集.yaml"
    file.write_text(question_set("wujiao", "没有脚本"), encoding="utf-8")
    page.goto(f"{site.address}/question-sets/new")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="导入").click()
    page.goto(f"{site.address}/review")
    page.locator(".facet").get_by_role("link", name="没有脚本").click()
    page.get_by_role("link", name="开始审题").click()
    page.locator("#return > summary").click()
    page.get_by_role("button", name="干扰项太明显").click()
    page.locator(".done").get_by_text("已退回第 1 题").wait_for()
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("已撤销").wait_for()
    page.locator("main").get_by_role("button", name="通过").first.click()
    page.locator(".done").get_by_text("已通过第 1 题").wait_for()
    page.locator("#filters > summary").click()
    page.locator("#filters").get_by_role("link", name="第 2 步").click()
    assert page.locator(".queue li").count() == 1
    context.close()
