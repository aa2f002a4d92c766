"""A speech whose printed text differs: pasted, drafted, replaced, looked at again, and its coverage, in a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser.test_week import EDITORS
from browser.test_week import SPEECH
from browser.test_week import WIDTHS
from browser.visitor import Visitor
from browser.visitor import follow

pytestmark = pytest.mark.browser


def speech_of(width: int) -> str:
    return SPEECH.format(width=f"新文本 {width}")


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_an_editor_replaces_the_text_of_a_speech(visitor: Callable[[int], Visitor], tmp_path: Path, width: int) -> None:
    person = visitor(width)
    person.sign_in(EDITORS[0])
    address = paste_a_speech(person, width)
    see_no_coverage_yet(person, address)
    person.go(address)
    person.press("拟题")
    see_the_map(person, address)
    bring_a_newer_text(person, address, tmp_path, width)
    look_again(person)


def paste_a_speech(person: Visitor, width: int) -> str:
    """Neither file nor text is refused; then the text is pasted. The path of the speech."""
    page = person.page
    person.go("/speeches/new")
    person.expect_refusals()
    person.press("上传")
    assert person.sees("请选择讲话文件，或者把文字粘贴到下面的框里")
    page.fill("#text", speech_of(width))
    person.press("上传")
    page.wait_for_url(lambda url: not url.endswith("/new"))
    person.look()
    assert person.sees("粘贴的文字.txt")
    return page.url.removeprefix(person.site.address)


def see_no_coverage_yet(person: Visitor, address: str) -> None:
    person.go(address)
    person.press("覆盖情况")
    assert person.sees("还没有拟题")
    person.press("去拟题")
    assert person.page.url.endswith("#drafting")


def see_the_map(person: Visitor, address: str) -> None:
    page = person.page
    person.go(f"{address}/coverage")
    assert page.locator(".cover-cell").count() == page.locator(".cover-map li").count() > 10
    assert page.locator(".cover-cell.cover-waiting").count() > 0
    sizes = page.eval_on_selector_all(
        ".cover-cell", "cells => cells.map((c) => [c.getBoundingClientRect().width, c.getBoundingClientRect().height])"
    )
    assert all(width >= 44 and height >= 44 for width, height in sizes)
    page.locator(".cover-filter a", has_text="有题待审").click()
    page.wait_for_url("**covered=waiting*")
    assert "有题待审" in page.locator(".cover-filter [aria-current]").inner_text()
    assert not person.sees("未拟出题")
    page.locator("summary", has_text="逐段列表").click()
    person.look()
    page.locator(".cover-cell").nth(9).click()
    page.wait_for_url("**#paragraph-10")
    assert page.locator("#paragraph-10").is_visible()


def bring_a_newer_text(person: Visitor, address: str, tmp_path: Path, width: int) -> None:
    page = person.page
    file = tmp_path / "印发稿.txt"
    file.write_text(speech_of(width).replace("“自省型”", "“自律型”"), encoding="utf-8")
    person.go(address)
    person.press("上传新文本")
    page.set_input_files("input[type=file]", file)
    person.press("上传并对照")
    page.wait_for_url("**/text")
    person.look()
    assert page.locator(".comparison del").inner_text().endswith("省")
    assert page.locator(".comparison ins").inner_text().endswith("律")
    folded = page.locator(".comparison details").first
    assert not folded.locator("p").first.is_visible()
    folded.locator("summary").click()
    assert folded.locator("p").first.is_visible()
    person.look()
    assert person.sees("所依据的要点在新文本中有改动")
    person.press("启用新文本")
    page.wait_for_url("**/text/new")
    person.look()
    assert person.sees("转为需复核")


def look_again(person: Visitor) -> None:
    person.press("去复核")
    assert person.sees("需复核")
    follow(person.page.get_by_role("link", name="开始审题"))
    person.look()
    assert person.sees("讲话换了新文本")
