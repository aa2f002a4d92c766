"""A whole afternoon in time-lapse: one leader, two big screens, thirty phones; and nobody's name on any screen."""

import json
import os
import re
import time
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from http.cookiejar import Cookie
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor
from urllib.request import Request
from urllib.request import build_opener

import pytest
import segno
from browser.room import device
from browser.room import serving
from browser.visitor import HOUSE_RULES
from browser.visitor import overhear
from conftest import FRIDAY
from conftest import PASSWORD
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.roles import SYSTEM
from quizapp.core.room import Screen
from quizapp.core.sitting import Mode
from quizapp.db import people as people_rows
from quizapp.db.attendance import LeaveRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import people
from quizapp.services import room
from quizapp.services import sign_in
from quizapp.services import signing_in
from quizapp.services.people import PersonFacts
from quizapp.services.room import SNAPSHOT_SERVES
from quizapp.web import bell

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
PHONES = 30
#: So many of them are plain clients; the others are pages.
PLAIN = 28
#: Answers nothing right; whose name must be on no screen.
CANARY = "林金丝雀"


class RunningClock(Clock):
    """A clock that runs, and that a test can move on."""

    def __init__(self, moment: datetime):
        super().__init__(moment)
        self.begun = time.monotonic()

    def __call__(self) -> datetime:
        return self.moment + timedelta(seconds=time.monotonic() - self.begun)


@pytest.fixture
def clock() -> Clock:
    return RunningClock(FRIDAY)


class Phone:
    """Somebody's phone, as far as the server can tell."""

    def __init__(self, address: str, token: str = ""):
        self.address, self.csrf, self.place = address, "", ""
        self.jar = CookieJar()
        if token:
            self.jar.set_cookie(_cookie("sid", token))
        self.opener = build_opener(HTTPCookieProcessor(self.jar))

    def lend(self, other: "Phone") -> None:
        """Let somebody else use this phone: it is known by the name that its browser keeps."""
        other.jar.set_cookie(next(cookie for cookie in self.jar if cookie.name == "device"))

    def ask(self, path: str, body: bytes | None = None) -> str:
        request = Request(path if path.startswith("http") else self.address + path, body)  # noqa: S310 - our own server
        with self.opener.open(request, timeout=30) as answer:
            page: str = answer.read().decode()
            self.place = answer.url
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        self.csrf = found[1] if found else self.csrf
        return page

    def submit(self, path: str, **fields: str) -> str:
        return self.ask(path, urlencode({"csrf_token": self.csrf, **fields}).encode())

    def scan(self, address: str) -> str:
        """Scan the screen and confirm."""
        page = self.ask(address)
        scanned = re.search(r'name="scanned" value="([^"]+)"', page)
        return self.submit(self.place.split("?")[0], scanned=scanned[1]) if scanned else page

    def answer_all(self, sitting: str, others: bool) -> None:
        """Answer every question by one form: by the first option or, as the others do, by the second."""
        page = self.submit(f"/sittings/{sitting}/attempt")
        attempt = re.search(r"/attempts/([\w-]{22})", self.place)
        assert attempt, self.place
        self.attempt = attempt[1]
        given = {}
        for number, kind in re.findall(r'data-number="(\d+)" data-interaction="(\w+)"', page):
            options = re.findall(rf'name="q{number}"[^>]*value="(\w)"', page)
            given[f"q{number}"], given[f"s{number}"] = "不知道" if kind == "text" else options[others], "0"
        self.submit(f"/attempts/{self.attempt}/answers", **given)

    def hand_in(self) -> None:
        self.submit(f"/attempts/{self.attempt}/submission")


def _cookie(name: str, value: str) -> Cookie:
    return Cookie(0, name, value, None, False, "127.0.0.1", False, False, "/", True, False, None, True, None, None, {})


@dataclass
class Afternoon:
    """The served site, the people in the room, and what is complained of."""

    app: Flask
    office: Office
    clock: Clock
    address: str
    sitting: str
    chromium: Browser
    crowd: list[Person]
    tokens: dict[int, str]
    complaints: list[str] = field(default_factory=list)
    #: All that screens were told and showed.
    shown: list[str] = field(default_factory=list)
    number: int = 0

    def page(self, person: Person | None, width: int, height: int) -> Page:
        token = self.tokens[person.id] if person else ""
        return self.watched(device(self.app, self.chromium, self.address, token, width, height).new_page())

    def watched(self, page: Page) -> Page:
        overhear(page, self.address, self.complaints.append)
        return page

    def look(self, page: Page, name: str) -> None:
        """Hold a page against the house rules, and keep what a screen shows; with SCREENSHOTS=1 a picture as well."""
        if "/boards/" in page.url:
            self.shown.append(page.content())
        if os.environ.get("SCREENSHOTS") != "1":
            self.complaints += [f"{name}: {sentence}" for sentence in page.evaluate(HOUSE_RULES)]
            return
        # Taking a picture leaves styles on a page that stays.
        self.number += 1
        folder = Path(__file__).parent / "screenshots" / "afternoon"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{self.number:02}-{name}.png", full_page="/boards/" not in page.url)

    def hurry(self, *pages: Page) -> None:
        """Let pages ask at once and be told what is new: nobody waits for their two seconds, or for the server's."""
        self.clock.advance(seconds=SNAPSHOT_SERVES.total_seconds())
        hurry(*pages)

    def on(self, path: str) -> str:
        return f"{self.address}/rooms/{self.sitting}{path}"


@pytest.fixture
def afternoon(app: Flask, office: Office, clock: Clock, chromium: Browser, password_hash: str) -> Iterator[Afternoon]:
    with app.app_context():
        with writing() as session:
            crowd = _hire(session, office, password_hash, clock())
            known = approved_set(session, office.editor.actor, office.second_editor.actor, now=clock())
            facts = sitting_facts(
                known.id,
                host=office.secretariat,
                leader=office.deputy.id,
                opens_at=clock() + timedelta(minutes=40),
                closes_at=clock() + timedelta(minutes=60),
                begins_at=clock() + timedelta(minutes=20),
                ends_at=clock() + timedelta(minutes=90),
                place="三楼会议室",
                mode=Mode.TOGETHER,
            )
            row = published_sitting(session, office.editor.actor, facts, now=clock())
            sitting, on_leave = row.public_id, office.stranger
            session.add(
                LeaveRow(
                    sitting_id=row.id,
                    person_id=on_leave.id,
                    kind=LeaveKind.DUTY,
                    asked_at=clock(),
                    asked_by_id=on_leave.id,
                    decision=LeaveDecision.APPROVED,
                    decided_by_id=office.finance_chief.id,
                    decided_at=clock(),
                )
            )
            everybody = [*crowd, *office.everybody()]
            tokens = {p.id: sign_in.open_session(session, p.id, "127.0.0.1", clock()) for p in everybody}
        db.session.remove()
    with serving(app, chromium) as address:
        yield Afternoon(app, office, clock, address, sitting, chromium, crowd, tokens)


def _hire(session: Session, office: Office, password_hash: str, now: datetime) -> list[Person]:
    found = []
    for n in range(PHONES):
        section = (office.secretariat, office.inspection, office.finance)[n % 3]
        name = CANARY if n == 0 else f"第{n}位同志"
        facts = PersonFacts(f"20{n:02}", name, "科员", section, frozenset(), frozenset())
        row = people.add_person(session, SYSTEM, facts, password_hash, now=now, must_change=False)
        actor = people_rows.actor(session, row.id)
        found.append(Person(row.id, row.public_id, facts.staff_number, name, actor))
    return found


def test_a_whole_afternoon(afternoon: Afternoon) -> None:
    leader = afternoon.page(afternoon.office.deputy, 360, 740)
    leader.goto(afternoon.on(""))
    afternoon.look(leader, "console before")
    with leader.expect_popup() as opened:
        leader.get_by_role("link", name="打开大屏").click()
    board = afternoon.watched(opened.value)
    board.set_viewport_size({"width": 1920, "height": 1080})
    # The second screen stands in another room, and nobody is signed in there.
    second = afternoon.page(None, 1366, 768)
    second.goto(board.url)
    afternoon.look(board, "board not yet")

    phones, waiting = sign_everybody_in(afternoon, board, leader)
    take_the_quiz(afternoon, board, second, leader, phones, waiting)
    close_and_review(afternoon, board, second)

    names = {person.name for person in [*afternoon.crowd, *afternoon.office.everybody()]}
    assert CANARY in names
    assert not [name for name in names for said in afternoon.shown if name in said]
    assert not afternoon.complaints, "\n".join(afternoon.complaints)


def hurry(*pages: Page) -> None:
    """Let pages ask at once, as they do when the network is back."""
    for page in pages:
        page.evaluate("dispatchEvent(new Event('online'))")


def sign_everybody_in(afternoon: Afternoon, board: Page, leader: Page) -> tuple[list[Phone], Page]:
    """Most sign in by their camera, one of them after a password, one by the digits, one by the leader's tick.

    The plain phones, and the page of whoever typed the digits.
    """
    crowd = afternoon.crowd
    qr = board.locator(".signing-qr")
    qr.wait_for()
    expect_the_qr_of_now(afternoon, board)
    phones = [Phone(afternoon.address, afternoon.tokens[person.id]) for person in crowd[:PLAIN]]
    for phone in phones:
        # The last two have one phone between them.
        if phone is phones[-1]:
            phones[-2].lend(phone)
        told = json.loads(phone.ask(board.url + "/snapshot"))
        afternoon.shown.append(json.dumps(told, ensure_ascii=False))
        assert "已签到" in phone.scan(afternoon.on(f"/enter?c={told['qr']}"))
    by_password(afternoon, board, crowd[28])
    waiting = by_digits(afternoon, board, crowd[29])
    afternoon.hurry(board)
    expect(board.locator(".screen-figure strong").first).to_have_text(str(PHONES))
    afternoon.look(board, "board signing in")
    flags = leader.locator("[data-part=flags]")
    afternoon.hurry(leader)
    expect(flags).to_contain_text(crowd[26].name)
    expect(flags).to_contain_text(crowd[27].name)
    section = leader.locator("details.roll", has_text="督查室")
    if not section.evaluate("box => box.open"):
        section.locator("summary").click()
    leader.get_by_role("button", name=re.compile(f"代签.*{afternoon.office.auditor.name}")).click()
    afternoon.hurry(board, leader)
    expect(board.locator(".screen-figure strong").first).to_have_text(str(PHONES + 1))
    expect(leader.locator("[data-part=figures]")).to_contain_text("请假")
    afternoon.look(leader, "console signing in")
    return phones, waiting


def expect_the_qr_of_now(afternoon: Afternoon, board: Page) -> None:
    """What the picture says is what a phone needs; the code may change while we look."""
    reader = Phone(afternoon.address)

    def is_right() -> bool:
        told = json.loads(reader.ask(board.url + "/snapshot"))
        address = afternoon.on(f"/enter?c={told['qr']}")
        return board.locator(".signing-qr").get_attribute("src") == segno.make(
            address, error="m", micro=False
        ).svg_data_uri(border=2)

    wait_until(is_right)


def wait_until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.1)


def by_password(afternoon: Afternoon, board: Page, person: Person) -> None:
    """Somebody who is not signed in to the site scans, gives the password, and has lost nothing."""
    told = json.loads(Phone(afternoon.address).ask(board.url + "/snapshot"))
    phone = afternoon.page(None, 360, 740)
    phone.goto(afternoon.on(f"/enter?c={told['qr']}"))
    phone.get_by_label("工号").fill(person.number)
    phone.get_by_label("密码").fill(PASSWORD)
    afternoon.clock.advance(seconds=60)
    phone.get_by_role("button", name="登录").click()
    afternoon.look(phone, "phone confirm")
    phone.get_by_role("button", name="确认签到").click()
    expect(phone.get_by_text("✓ 已签到")).to_be_visible()
    phone.close()


def by_digits(afternoon: Afternoon, board: Page, person: Person) -> Page:
    phone = afternoon.page(person, 360, 740)
    phone.goto(afternoon.on("/sign-in"))
    afternoon.look(phone, "phone digits")
    digits = board.locator(".signing-digits")
    phone.get_by_label("签到码").fill(digits.inner_text())
    phone.get_by_role("button", name="签到", exact=True).click()
    expect(phone.get_by_text("✓ 已签到")).to_be_visible()
    expect(phone.get_by_role("button", name="开始作答")).to_be_hidden()
    afternoon.look(phone, "phone waiting")
    return phone


def take_the_quiz(
    afternoon: Afternoon, board: Page, second: Page, leader: Page, phones: list[Phone], waiting: Page
) -> None:
    """The leader starts; everybody answers; time is added; the figures are held still for a while."""
    leader.get_by_role("button", name="现在开始测验").click()
    expect(leader.locator("[data-part=next]")).to_contain_text("作答进度")
    afternoon.hurry(waiting)
    # Nobody touches the phone.
    waiting.get_by_role("button", name="开始作答").click()
    waiting.wait_for_url("**/attempts/*")
    for n, phone in enumerate(phones):
        phone.answer_all(afternoon.sitting, others=n > 0)
    for phone in phones[:20]:
        phone.hand_in()
    figures = board.locator(".progress-figures")
    afternoon.hurry(board, second)
    expect(figures).to_contain_text("20 已交卷")
    expect(figures).to_contain_text(f"{PLAIN + 1} 已开始")
    expect(second.locator(".progress-figures")).to_contain_text("20 已交卷")
    afternoon.look(board, "board progress")
    afternoon.look(second, "second board progress")

    add_time(leader, waiting)
    waiting.close()
    leader.get_by_role("button", name="冻结数字").click()
    expect(leader.get_by_text("数字已冻结")).to_be_visible()
    afternoon.hurry(board)
    expect(board.get_by_text("数字暂停更新")).to_be_visible()
    for phone in phones[20:22]:
        phone.hand_in()
    afternoon.hurry(leader)
    expect(leader.locator("[data-part=figures]")).to_contain_text("22\n已交卷", use_inner_text=True)
    expect(figures).to_contain_text("20 已交卷")
    leader.get_by_role("button", name="恢复更新数字").click()
    expect(leader.get_by_text("数字已冻结")).to_be_hidden()
    afternoon.hurry(board)
    expect(figures).to_contain_text("22 已交卷")
    afternoon.look(leader, "console open")


def add_time(leader: Page, taking: Page) -> None:
    """Five minutes more reach the phone that is in the middle of its paper."""

    def left() -> int:
        minutes, seconds = re.findall(r"\d+", taking.locator("#time").inner_text())
        return int(minutes) * 60 + int(seconds)

    before = left()
    leader.get_by_label("分钟").fill("5")
    leader.get_by_role("button", name="延长", exact=True).click()
    expect(leader.locator("[data-part=next]")).to_contain_text(re.compile("剩余 2[1-9] 分"))
    # Whoever looks at the phone again sees it at once.
    taking.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(lambda: left() > before + 200)


def close_and_review(afternoon: Afternoon, board: Page, second: Page) -> None:
    """Another machine takes the console over, closes, and leads through what was missed most."""
    desk = afternoon.page(afternoon.office.director, 1440, 900)
    desk.goto(afternoon.on(""))
    desk.locator("summary", has_text="提前收卷").click()
    desk.get_by_role("button", name="确认收卷").click()
    expect(desk.locator("[data-part=next]")).to_contain_text("已结束")
    afternoon.hurry(board)
    expect(board.locator(".progress-figures")).to_contain_text("已收卷")
    afternoon.clock.advance(seconds=90)
    with afternoon.app.app_context():
        while bell.ring(bell.AT_ONCE):
            pass
        db.session.remove()
    afternoon.hurry(desk)
    expect(desk.locator("[data-part=figures]")).to_contain_text(f"{PLAIN + 1}\n已交卷", use_inner_text=True)
    afternoon.look(desk, "console closed")
    most_missed = [
        re.findall(r"\d+", words)[0] for words in desk.locator("[data-part=review] tbody th").all_inner_texts()
    ]
    assert len(most_missed) == 8
    for number in most_missed[:3]:
        desk.get_by_role("button", name=f"讲第 {number} 题", exact=True).click()
        expect(desk.locator("#now")).to_contain_text(f"第 {number} 题")
        afternoon.hurry(board)
        expect(board.locator(".qs-number")).to_have_text(f"第 {number} 题")
        for step in ("看选择分布", "看解析"):
            desk.get_by_role("button", name=f"下一步：{step}").click()
            expect(desk.locator("#now")).to_contain_text(step)
            afternoon.hurry(board)
            expect(board.locator(f".qs-{'split' if step == '看选择分布' else 'explain'}")).to_be_visible()
            afternoon.look(board, f"review {number} {step}")
        afternoon.hurry(second)
        expect(second.locator(".qs-explain")).to_be_visible()
    afternoon.look(second, "second board review")
    afternoon.look(desk, "console review")


SCREENS = {"1080p": (1920, 1080), "an old projector": (1366, 768), "four to three": (1024, 768)}
SECTIONS = 40
#: More than the list has pages, for its time also passes by itself.
TURNS = 40
#: What has to be read from eight metres: figures, digits, names of sections.
MATTERS = ".screen-figure strong, .signing-digits, .screen-name, .screen-of strong, .progress-figures strong, h1"
#: What is smaller than a twentieth of the screen, or stands beyond its edge.
MISSED = """(matters) => {
  const places = [...document.querySelectorAll(matters)].filter((place) => place.offsetParent);
  const small = places.filter((place) => parseFloat(getComputedStyle(place).fontSize) < innerHeight / 20 - 0.5);
  const seen = (place) => {
    const box = place.getBoundingClientRect();
    return box.left >= 0 && box.top >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
  };
  return [...small, ...places.filter((place) => !seen(place))].map((place) => place.outerHTML);
}"""


@pytest.fixture
def large_office(app: Flask, office: Office, clock: Clock, password_hash: str) -> str:
    """The board's address of a study in which forty more sections take part."""
    with app.app_context():
        with writing() as session:
            for n in range(SECTIONS):
                section = people.add_section(session, SYSTEM, f"综合协调第{n + 1}科", office.root, now=clock())
                facts = PersonFacts(f"3{n:03}", f"第{n}位同志", "科员", section.id, frozenset(), frozenset())
                people.add_person(session, SYSTEM, facts, password_hash, now=clock(), must_change=False)
            known = approved_set(session, office.editor.actor, office.second_editor.actor, now=clock())
            facts_of_study = sitting_facts(
                known.id,
                host=office.secretariat,
                leader=office.deputy.id,
                opens_at=clock() + timedelta(minutes=20),
                topic="深入学习贯彻市政府常务会议精神专题",
            )
            sitting = published_sitting(session, office.editor.actor, facts_of_study, now=clock()).public_id
        db.session.remove()
    return board_of(app, sitting)


def board_of(app: Flask, sitting: str) -> str:
    return f"/rooms/{sitting}/boards/{signing_in.board_key(app.config['SECRET_KEY'], sitting)}"


def test_forty_sections_pass_by_on_every_screen_and_all_is_large_enough(
    app: Flask, office: Office, clock: Clock, chromium: Browser, large_office: str
) -> None:
    sitting = large_office.split("/")[2]
    with serving(app, chromium) as address:
        for screen in (Screen.SIGN_IN, Screen.PROGRESS):
            with app.app_context(), writing() as session:
                room.show(session, office.deputy.actor, sitting, screen, now=clock())
            for name, (width, height) in SCREENS.items():
                page = device(app, chromium, address, "", width, height).new_page()
                page.clock.install()
                page.goto(address + large_office)
                seen: set[str] = set()
                page.locator("[data-page]").wait_for()
                for _ in range(TURNS):
                    assert page.evaluate(MISSED, MATTERS) == [], f"{screen} on {name}"
                    seen |= set(page.locator(".screen-sections li:visible .screen-name").all_inner_texts())
                    if len(seen) == SECTIONS + 4:
                        break
                    page.clock.run_for(8000)
                assert len(seen) == SECTIONS + 4, f"{screen} on {name}"
                page.context.close()


def test_a_board_without_network_keeps_its_picture_and_says_so(app: Flask, chromium: Browser, sitting: str) -> None:
    with serving(app, chromium) as address:
        page = device(app, chromium, address, "", 1366, 768).new_page()
        page.goto(address + board_of(app, sitting), wait_until="networkidle")
        expect(page.locator(".signing-digits")).to_be_visible()
        page.context.set_offline(True)
        hurry(page)
        expect(page.locator("[data-lost]")).to_be_visible()
        expect(page.locator(".signing-digits")).to_be_visible()
        page.context.set_offline(False)
        expect(page.locator("[data-lost]")).to_be_hidden()
