"""The pages of those who oversee sections: what they show, to whom, and when."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import FRIDAY
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select

from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.services import attempts

SignIn = Callable[[Person], Browser]


@pytest.fixture
def sitting(app: Flask, office: Office, clock: Clock) -> str:
    """A sitting that is open now; 陆干部 has handed in an empty paper, 孟干部 has begun."""
    with app.app_context():
        with writing() as session:
            made = approved_set(session, office.editor.actor, office.second_editor.actor, now=clock())
            facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
            public_id = published_sitting(session, office.editor.actor, facts, now=clock()).public_id
        with writing() as session:
            handed_in = attempts.start(session, office.staff.actor, public_id, now=clock())
            attempts.start(session, office.stranger.actor, public_id, now=clock())
            attempts.submit(session, office.staff.actor, handed_in.public_id, now=clock() + timedelta(seconds=125))
        db.session.remove()
    return public_id


def ring(app: Flask, clock: Clock) -> None:
    """Let the sitting close and the bell ring."""
    clock.moment = FRIDAY + timedelta(hours=2)
    with app.app_context():
        with writing() as session:
            attempts.close_overdue(session, now=clock(), at_once=100)
        db.session.remove()


def sections(app: Flask) -> dict[str, str]:
    with app.app_context():
        found = {row.name: row.public_id for row in db.session.scalars(select(SectionRow))}
        db.session.remove()
    return found


def text_of(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def pages(app: Flask, office: Office, sitting: str) -> dict[str, str]:
    """Every report's address, for 秘书科."""
    section = sections(app)["秘书科"]
    return {
        "index": "/reports",
        "sitting": f"/reports/sittings/{sitting}",
        "section in sitting": f"/reports/sittings/{sitting}/sections/{section}",
        "section": f"/reports/sections/{section}",
        "person": f"/reports/people/{office.staff.public_id}",
    }


def test_before_the_first_sitting_the_page_says_what_happens_next(office: Office, client_of: SignIn) -> None:
    page = text_of(client_of(office.chief), "/reports")
    assert "还没有已经开始的学习场次" in page
    assert "由编辑安排、组卷、发布" in page


def test_a_chief_of_one_section_reads_it_at_once(app: Flask, office: Office, sitting: str, client_of: SignIn) -> None:
    page = text_of(client_of(office.chief), "/reports")
    assert "进行中" in page
    assert "还没有作答（3 人）" in page
    assert page.index("丁干部") < page.index("陆干部"), "who has not answered comes first"


@pytest.mark.parametrize("who", ["director", "deputy", "chief"])
def test_while_a_sitting_is_open_scores_are_provisional_and_no_page_shows_a_key(
    app: Flask, office: Office, sitting: str, client_of: SignIn, who: str
) -> None:
    browser = client_of(getattr(office, who))
    for path in pages(app, office, sitting).values():
        page = text_of(browser, path)
        assert CANARY not in page, path
    page = text_of(browser, pages(app, office, sitting)["section in sitting"])
    assert "得分按已交卷的人计算" in page
    assert "0／40" in page


def test_after_the_closing_time_scores_and_keys_are_shown(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    ring(app, clock)
    page = text_of(client_of(office.chief), pages(app, office, sitting)["section in sitting"])
    assert "未参加（3 人）" in page
    assert "✗ 不合格" in page
    assert "0／40" in page
    assert "2 分 05 秒" in page
    assert "人数较少，平均值仅供参考" in page
    assert f"{CANARY}原句" in page
    assert "作答 0／1 人" in page


def test_how_an_attempt_was_made_stands_beside_its_person_and_carries_no_penalty(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    path = pages(app, office, sitting)["section in sitting"]
    assert "只作记录，不扣分" not in text_of(client_of(office.chief), path), "nothing to be said of a usual attempt"
    browser = client_of(office.colleague)
    paper = browser.submit(f"/sittings/{sitting}/attempt").location
    for number in (1, 2, 3):
        browser.send(f"{paper}/leavings", {"page": "phone", "number": number, "seconds": 4})
    # The wireless was gone at the bell, and came back half a minute later.
    synced = int(clock().timestamp() * 1000)
    clock.advance(minutes=20, seconds=30)
    for number in (1, 3):
        sent = {"value": ["A"], "sequence": 1, "page": "phone", "synced": synced, "given": 1190, "sent": 1230}
        assert browser.send(f"{paper}/answers/{number}", sent).get_json()["late"] is True
    ring(app, clock)
    page = text_of(client_of(office.chief), path)
    for words in ("断网补传 2 题", "离开页面 3 次", "只作记录，不扣分"):
        assert words in page
    assert "用时很短</span>" not in page
    assert client_of(office.colleague).get(path).status_code == 404
    assert "断网补传" not in text_of(client_of(office.director), f"/reports/sittings/{sitting}")


def test_an_attempt_too_fast_to_have_been_read_is_called_short(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    browser = client_of(office.colleague)
    paper = browser.submit(f"/sittings/{sitting}/attempt").location
    clock.advance(seconds=15)
    browser.submit(f"{paper}/submission")
    page = text_of(client_of(office.chief), pages(app, office, sitting)["section in sitting"])
    assert page.count("用时很短</span>") == 1
    assert "平均每题不到 2 秒" in page


def test_an_overseer_of_several_reads_them_side_by_side(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    ring(app, clock)
    page = text_of(client_of(office.deputy), "/reports")
    assert "各科室情况" in page
    assert 'class="bar-value"' in page
    assert "用表格查看走势" in page
    assert "财务科" not in page


def test_a_chief_meets_no_name_of_another_section(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    ring(app, clock)
    browser = client_of(office.chief)
    for path in pages(app, office, sitting).values():
        page = text_of(browser, path)
        for name in ("财务科", "督查室", "孟干部", "钱科长", "许编辑", "白管理"):
            assert name not in page, (path, name)


@pytest.mark.parametrize("name", ["财务科", "督查室", "市政府办公室"])
def test_another_section_answers_like_a_missing_page(
    app: Flask, office: Office, sitting: str, client_of: SignIn, name: str
) -> None:
    browser, other = client_of(office.chief), sections(app)[name]
    for path in (f"/reports/sections/{other}", f"/reports/sittings/{sitting}/sections/{other}"):
        refused, missing = text_of(browser, path, 404), text_of(browser, path.replace(other, "nowhere"), 404)
        assert name not in refused
        assert without_chance(refused) == without_chance(missing)


def without_chance(page: str) -> str:
    """The page but for what differs each time it is asked for."""
    return re.sub(r'value="[^"]+"|编号[^<]*<[^>]*>[^<]*|[0-9a-f]{8}', "", page)


def test_a_person_of_another_section_answers_like_a_missing_page(
    office: Office, sitting: str, client_of: SignIn
) -> None:
    page = text_of(client_of(office.chief), f"/reports/people/{office.stranger.public_id}", 404)
    assert office.stranger.name not in page


@pytest.mark.parametrize("who", ["staff", "editor", "admin", "auditor"])
def test_without_oversight_every_report_is_a_missing_page(
    app: Flask, office: Office, sitting: str, client_of: SignIn, who: str
) -> None:
    browser = client_of(getattr(office, who))
    for path in pages(app, office, sitting).values():
        text_of(browser, path, 404)


def test_a_refused_report_is_recorded(app: Flask, office: Office, sitting: str, client_of: SignIn) -> None:
    text_of(client_of(office.chief), f"/reports/sections/{sections(app)['财务科']}", 404)
    with app.app_context():
        row = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert (row.verb, row.person_name) == ("refused", office.chief.name)


def test_reading_reports_writes_nothing(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    ring(app, clock)
    browser = client_of(office.director)
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditRow))
    for path in pages(app, office, sitting).values():
        text_of(browser, path)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AuditRow)) == before


def test_every_page_is_made_for_a_strict_policy(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    ring(app, clock)
    browser = client_of(office.director)
    for path in pages(app, office, sitting).values():
        page = text_of(browser, path)
        assert page.count("<h1") == 1, path
        assert not re.search(r"<[^>]*\s(style|on\w+)=", page), path
        assert "None" not in page, path
