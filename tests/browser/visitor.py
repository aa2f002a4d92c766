"""Somebody at a screen, and the rules that every page they come to must keep."""

import os
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

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


@dataclass(frozen=True)
class Site:
    """A running site and the password of its fictional people."""

    address: str
    password: str


class Visitor:
    """Somebody at a screen of a given width. Every page they come to is held against the rules of the house."""

    def __init__(self, site: Site, page: Page, shots: Path):
        self.site, self.page, self.shots = site, page, shots
        self.complaints: list[str] = []
        self.allowed = 0
        self.number = 0
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", lambda request: self._watch(request.url))

    def _hear(self, kind: str, words: str) -> None:
        if kind not in ("error", "warning"):
            return
        if self.allowed and "Failed to load resource" in words:
            return
        self.complaints.append(f"console: {words}")

    def _watch(self, url: str) -> None:
        if not url.startswith((self.site.address, "data:")):
            self.complaints.append(f"a request left the machine: {url}")

    def expect_refusals(self) -> None:
        """From here on a refused request is part of the story (the browser reports every 4xx on its console)."""
        self.allowed = 1

    def go(self, path: str) -> None:
        self.page.goto(self.site.address + path)
        self.look()

    def press(self, words: str) -> None:
        """Click the first button or link with these words and look at where it leads."""
        target = self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words)).first
        target.click()
        self.page.wait_for_load_state()
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
