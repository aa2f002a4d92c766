"""Somebody at a screen, and the rules that every page they come to must keep."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import ConsoleMessage
from playwright.sync_api import Locator
from playwright.sync_api import Page
from playwright.sync_api import Request

#: What every page must be, asked in the page itself; each finding is one sentence.
HOUSE_RULES = """() => {
  const found = [];
  if (!/ · 每周学测$/.test(document.title)) found.push(`title: ${document.title}`);
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) found.push(`${headings} h1`);
  if (document.documentElement.lang !== "zh-CN") found.push("no language");
  for (const input of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!input.labels.length && !input.getAttribute("aria-label")) found.push(`no label: ${input.outerHTML}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) found.push(`id twice: ${id}`);
  for (const form of document.querySelectorAll("form[method=post]")) {
    if (!form.querySelector("[name=csrf_token]")) found.push(`no CSRF token: ${form.action}`);
  }
  for (const button of document.querySelectorAll("button, a[href]")) {
    if (!button.textContent.trim() && !button.getAttribute("aria-label")) found.push(`no words: ${button.outerHTML}`);
  }
  if (document.querySelector("[style], [onclick]")) found.push("an inline style or handler");
  const over = document.documentElement.scrollWidth - window.innerWidth;
  if (over > 0) found.push(`wider than the window by ${over} px`);
  if (/None|undefined|{{|NaN/.test(document.querySelector("main").innerText)) found.push("a value that is no word");
  return found;
}"""

#: Marks the page that a click is to leave; the mark goes with the page, or as soon as a script or a field that is not
#: filled in rightly keeps the browser from leaving.
EXPECT_TO_LEAVE = """(clicked) => {
  const link = clicked.closest("a[href]");
  const isWithin = link && link.href.replace(/#.*/, "") === location.href.replace(/#.*/, "") && link.hash;
  window.isLeaving = Boolean((link && !isWithin) || (clicked.form && clicked.type === "submit"));
  const heed = (event) => { if (event.defaultPrevented) window.isLeaving = false; };
  window.addEventListener("click", heed, { once: true });
  window.addEventListener("submit", heed, { once: true });
  window.addEventListener("invalid", () => { window.isLeaving = false; }, { once: true, capture: true });
}"""


@dataclass(frozen=True)
class Site:
    """A running site and the password of its fictional people."""

    address: str
    password: str


def overhear(
    page: Page, address: str, note: Callable[[str], None], *, may_fail: Callable[[], bool] = lambda: False
) -> None:
    """Note what the browser complains of, and what it fetches from elsewhere than this address; but not that a request
    failed where it `may_fail` (the browser reports every 4xx on its console)."""

    def told(message: ConsoleMessage) -> None:
        is_failure = "Failed to load resource" in message.text
        if message.type in ("error", "warning") and not (is_failure and may_fail()):
            note(f"console: {message.text}")

    def sent(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            note(f"a request left the machine: {request.url}")

    page.on("console", told)
    page.on("pageerror", lambda error: note(f"script: {error}"))
    page.on("request", sent)


def follow(target: Locator) -> None:
    """Click, and wait for the page it leads to, if it does: a browser may well say that the old page is loaded."""
    target.evaluate(EXPECT_TO_LEAVE)
    target.click()
    target.page.wait_for_function("() => !window.isLeaving")
    target.page.wait_for_load_state()


class Visitor:
    """Somebody at a screen of a given width. Every page they come to is held against the rules of the house."""

    def __init__(self, site: Site, page: Page, shots: Path):
        self.site, self.page, self.shots = site, page, shots
        self.complaints: list[str] = []
        self.allowed = False
        self.number = 0
        overhear(page, site.address, self.complaints.append, may_fail=lambda: self.allowed)

    def expect_refusals(self) -> None:
        """From here on a refused request is part of the story."""
        self.allowed = True

    def go(self, path: str) -> None:
        self.page.goto(self.site.address + path)
        self.look()

    def press(self, words: str) -> None:
        """Click the first button or link with these words and look at where it leads."""
        target = self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words)).first
        follow(target)
        self.look()

    def look(self) -> None:
        """Hold the page against the rules; with SCREENSHOTS=1 keep a picture of it for somebody to look at."""
        found = self.page.evaluate(HOUSE_RULES)
        self.complaints += [f"{self.page.url}: {sentence}" for sentence in found]
        if os.environ.get("SCREENSHOTS") == "1":
            self.number += 1
            self.shots.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.shots / f"{self.number:02}.png", full_page=True)

    def sign_in(self, number: str) -> None:
        """Sign in by keyboard alone."""
        self.page.context.clear_cookies()
        self.go("/sign-in")
        self.page.focus("#staff_number")
        self.page.keyboard.type(number)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(self.site.password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.site.address}/")
        self.look()

    def sees(self, words: str) -> bool:
        return words in self.page.inner_text("main")
