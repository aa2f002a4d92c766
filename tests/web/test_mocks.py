"""Mocks on pages: begun by a tap, said to be practice, and in nothing that anybody else looks at."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
import yaml
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import ALL_TYPES
from factories import sitting_facts
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.api import Scope
from quizapp.core.question import TypeName
from quizapp.core.reminders import Channel
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.practice import CardRow
from quizapp.db.sittings import SittingRow
from quizapp.services import api_tokens
from quizapp.services import attempts
from quizapp.services import memory
from quizapp.services import mocks
from quizapp.services import reminders
from quizapp.services import sittings
from quizapp.services import summaries
from quizapp.services import timekeeping
from tests.world import World
from tests.world import shared_world
from tests.world import text_of
from tests.world import without_the_fleeting

ZONE = ZoneInfo("Asia/Shanghai")
ClientOf = Callable[[Person], Browser]
set_id = stocked_set(5)


@pytest.fixture
def model(app: Flask, set_id: int, office: Office, clock: Clock) -> Iterator[str]:
    """A sitting in three days whose paper is drawn, a short answer on it."""
    with app.app_context():
        with writing() as write:
            opens_at = clock() + timedelta(days=3)
            facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at)
            row = sittings.plan_sitting(write, office.editor.actor, facts, now=clock())
            sittings.draw(write, office.editor.actor, row.public_id, ALL_TYPES, Random(1), now=clock())
            public_id = row.public_id
        yield public_id
        db.session.remove()


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"<[^>]+>", "", answer.get_data(as_text=True))


def test_a_mock_is_begun_gone_on_with_and_handed_in(model: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    assert "共 7 题" in text(browser, "/practice/mocks")
    begun = browser.submit(f"/practice/mocks/{model}")
    paper = begun.headers["Location"]
    assert "简答题要由人评阅，模拟测试不出。" in text(browser, paper)
    again = browser.submit(f"/practice/mocks/{model}")
    assert again.headers["Location"] == paper
    assert "还没有交卷" in text(browser, paper)
    page = text(browser, "/practice/mocks")
    assert "正在作答" in page
    assert "开始模拟：" not in page
    result = browser.submit(f"{paper}/submission").headers["Location"]
    told = text(browser, result)
    assert "模拟测试，只有您本人能看" in told
    assert "回模拟测试" in told
    assert "看解析" in text(browser, "/practice/mocks")
    assert "模拟：" not in text(browser, "/history")
    assert "模拟：" not in text(browser, "/")
    assert client_of(office.chief).get(result).status_code == 404


def test_after_so_many_it_is_said_until_when(model: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    for _ in range(mocks.MOST_A_DAY):
        paper = browser.submit(f"/practice/mocks/{model}").headers["Location"]
        browser.submit(f"{paper}/submission")
    page = text(browser, "/practice/mocks")
    assert "明天可以再做" in page
    assert "我最近 3 次模拟的得分率" in page
    assert browser.submit(f"/practice/mocks/{model}").headers["Location"].endswith("/practice/mocks")
    assert "没有开始：模拟测试：今天已经做过 3 次" in text(browser, "/practice/mocks")


def test_without_a_sitting_the_page_says_what_to_do(app: Flask, office: Office, client_of: ClientOf) -> None:
    assert "今日五题" in text(client_of(office.staff), "/practice/mocks")


# Nothing that anybody else looks at

PAGES = yaml.safe_load((Path(__file__).parents[1] / "authz.yml").read_text("utf-8"))["pages"]
#: Who looks, the widest view of each first.
READERS = ("director", "editor", "auditor", "admin", "chief")
CHANNELS = (
    Channel(0, "mailto", "电子邮件", "smtp.example.org", True, "mailto://u@smtp.example.org"),
    Channel(1, "feishu", "飞书群", "", False, "feishu://token"),
)
#: What is one's own, and what looking itself changes.
OWN = ("/practice", "/review", "/api-tokens")
#: Of how well key points are remembered by a section, without names, practice is a part.
MASTERY = "/mastery"
#: A page's token for its script, and when a document was made, to the second.
FLEETING = re.compile(r'data-token="[^"]*"|<dcterms:[^>]*>[^<]*<')


@pytest.fixture(scope="module")
def shared(empty_database: Path, password_hash: str) -> World:
    return shared_world(empty_database, password_hash)


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    yield shared
    shared.put_back()


def seen(world: World) -> dict[tuple[str, str], str]:
    """Every page of the house as one of those sees it who see most of it, and every table as a file; by who and
    address."""
    rules = {f"GET {rule.rule}": rule for rule in world.app.url_map.iter_rules()}
    found = {}
    for page, (case, *_) in PAGES.items():
        who = next((each for each in READERS if each in case["allow"]), None)
        if who is None or not page.startswith("GET ") or page[4:].startswith(OWN) or page.endswith(MASTERY):
            continue
        address = world.address(rules[page], case.get("of", {}))
        answer = world.browser(who).get(address)
        found[who, address] = FLEETING.sub("", without_the_fleeting(text_of(answer)))
        if b"as=csv" in answer.data:
            found[who, f"{address}?as=csv"] = text_of(world.browser(who).get(f"{address}?as=csv"))
    return found


def read_by_programs(world: World, token: str, paths: list[str]) -> list[object]:
    browser = world.app.test_client()
    return [browser.get(path, headers={"Authorization": f"Bearer {token}"}).get_json() for path in paths]


def to_tell(session: Session, world: World) -> list[object]:
    """What would be reminded of, now and until tomorrow."""
    moments = [world.clock() + timedelta(hours=hours) for hours in (0, 1, 20)]
    due = (reminders.missing(session, now=now, zone=ZONE, at_hour=9, channels=CHANNELS) for now in moments)
    return [sorted(map(repr, rows)) for rows in due]


def ask_what_is_left(world: World) -> None:
    """All but matching and ordering is reserved in this world; let the paper that is composed ask for these."""
    with writing() as write:
        row = sitting_rows.sitting_by_public_id(write, world.ids["composing"])
        row.specification = {TypeName.MATCHING.value: [2, 5], TypeName.ORDERING.value: [1, 5]}


def take_a_mock(world: World) -> SittingRow:
    """One that has ended and was taken into cards, and one that another person is just taking."""
    office, now = world.office, world.clock()
    then = now - timedelta(hours=1)
    with writing() as write:
        drawn = mocks.draw(write, office.colleague.actor, world.ids["composing"], Random(1), ZONE, now=then)
        mocks.draw(write, office.stranger.actor, world.ids["composing"], Random(2), ZONE, now=now)
        attempts.submit(write, office.colleague.actor, drawn.attempt_id, now=then)
    with writing() as write:
        while (sitting_id := memory.sitting_to_take_in(write)) is not None:
            memory.take_in_sitting(write, sitting_id, ZONE, now=now)
    session = db.session()
    attempt = select(AttemptRow.sitting_id).where(AttemptRow.public_id == drawn.attempt_id)
    return session.get_one(SittingRow, session.scalars(attempt).one())


def test_no_page_no_file_no_program_no_reminder_and_no_sum_knows_of_a_mock(world: World) -> None:
    with world.app.app_context():
        ask_what_is_left(world)
        with writing() as write:
            while (sitting_id := memory.sitting_to_take_in(write)) is not None:
                memory.take_in_sitting(write, sitting_id, ZONE, now=world.clock())
            until = world.clock() + timedelta(days=9)
            token = api_tokens.make(write, world.office.admin.actor, "通报", frozenset(Scope), until, now=world.clock())
        paths = [f"/api/v1/{name}" for name in ("sittings", "scores", "people", "sections")]
        paths += [f"/api/v1/sittings/{world.ids['past']}/{name}" for name in ("sections", "statistics")]
        before = seen(world), read_by_programs(world, token, paths), to_tell(db.session(), world)
        assert len(before[0]) > 100
        cards = db.session().scalar(select(func.count()).select_from(CardRow))
        mock = take_a_mock(world)
        assert db.session().scalar(select(func.count()).select_from(CardRow)) > (cards or 0), (
            "there is something to see"
        )
        after = seen(world), read_by_programs(world, token, paths), to_tell(db.session(), world)
        assert sorted(place for place, each in after[0].items() if each != before[0][place]) == []
        assert after[1:] == before[1:]
        (answer,) = read_by_programs(world, token, [f"/api/v1/sittings/{mock.public_id}/sections"])
        assert isinstance(answer, dict)
        assert answer["status"] == 404
        assert summaries.sitting_to_sum_up(db.session()) != mock.id
        db.session.remove()


def test_by_its_address_nobody_finds_anything(world: World) -> None:
    with world.app.app_context():
        ask_what_is_left(world)
        mock = take_a_mock(world).public_id
        assert timekeeping.is_running(db.session(), world.clock()), "a week's sitting runs in this world"
        db.session.remove()
    rules = [rule.rule for rule in world.app.url_map.iter_rules() if "<string:sitting_id>" in rule.rule]
    asked = [
        rule.replace("<string:sitting_id>", mock) for rule in rules if rule.count("<") == 1 and "/api/" not in rule
    ]
    assert len(asked) > 20
    for who in ("director", "editor"):
        browser = world.browser(who)
        answers = {address: browser.get(address).status_code for address in asked}
        assert set(answers.values()) <= {404, 405}, {k: v for k, v in answers.items() if v not in (404, 405)}
