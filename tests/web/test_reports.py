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
from quizapp.db.reminders import ReminderRow
from quizapp.formats.channels import read_channels
from quizapp.services import attempts
from quizapp.services import reminders

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
    assert "丁干部" in page
    assert "陆干部" not in page, "who has handed in is not among those who have not"
    assert "提醒未作答的 3 人" in page


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
    assert 'class="chart-wide chart-bars"' in page
    assert "显示数据表" in page
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


# Periods


def test_a_period_that_ends_before_it_begins_is_refused_and_what_was_typed_stays(
    app: Flask, office: Office, sitting: str, client_of: SignIn
) -> None:
    asked = "period=custom&from=2026-11-20&to=2026-11-01"
    section = sections(app)["秘书科"]
    for who, path in ((office.director, "/reports"), (office.chief, f"/reports/sections/{section}")):
        page = text_of(client_of(who), f"{path}?{asked}", 422)
        assert "结束日期（2026-11-01）早于开始日期（2026-11-20）" in page
        assert 'value="2026-11-20"' in page
        assert 'value="2026-11-01"' in page


UNCLEAR = {
    "no kind of period": "period=decade",
    "no day": "period=month&day=yesterday",
    "a day that is none": "period=month&day=2026-02-30",
    "one end only": "period=custom&from=2026-11-20",
    "no dates": "period=custom&from=a&to=b",
    "another age": "period=custom&from=1026-11-20&to=1026-11-21",
}


@pytest.mark.parametrize("asked", UNCLEAR.values(), ids=UNCLEAR)
def test_a_period_that_nobody_can_mean_is_refused_in_words(
    office: Office, sitting: str, client_of: SignIn, asked: str
) -> None:
    page = text_of(client_of(office.director), f"/reports?{asked}", 422)
    assert 'role="alert"' in page
    assert "None" not in page


def test_a_period_counts_its_closed_sittings(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    browser = client_of(office.director)
    periods = ("month", "quarter", "year", "custom&from=2026-11-01&to=2026-11-30")
    for period in periods:
        assert "没有已结束的学习场次" in text_of(browser, f"/reports?period={period}")
    ring(app, clock)
    browser = client_of(office.director)
    for period in periods:
        page = text_of(browser, f"/reports?period={period}")
        assert "共 1 场已结束的学习" in page
        assert "失分最多的要点" in page


def test_the_calendars_periods_lead_to_the_one_before_and_never_ahead(
    office: Office, sitting: str, client_of: SignIn
) -> None:
    browser = client_of(office.director)
    now = text_of(browser, "/reports?period=quarter")
    assert "← 2026年第三季度" in now
    assert 'rel="next"' not in now
    before = text_of(browser, "/reports?period=quarter&day=2026-07-01")
    assert re.search(r'rel="next" href="/reports\?[^"]*day=2026-10-01"', before)


# Side by side


def test_lines_are_sorted_through_links_that_keep_the_period(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    ring(app, clock)
    browser = client_of(office.director)
    assert "/reports?period=month&amp;by=expected&amp;down=1" in text_of(browser, "/reports?period=month")
    down = text_of(browser, "/reports?period=month&by=expected&down=1")
    assert 'aria-sort="descending"' in down
    assert names_of_lines(down) == ["秘书科", "督查室", "市政府办公室", "财务科"]
    up = names_of_lines(text_of(browser, "/reports?period=month&by=expected"))
    assert up == ["市政府办公室", "财务科", "督查室", "秘书科"]
    as_listed = names_of_lines(text_of(browser, "/reports?period=month&by=nonsense"))
    assert as_listed == ["市政府办公室", "秘书科", "督查室", "财务科"]


def names_of_lines(page: str) -> list[str]:
    table = page[page.index("各科室情况（") : page.index("</tbody>")]
    return re.findall(r'<a href="/reports/[^"]+">([^<]+)</a>', table)


def test_the_addresses_of_a_page_take_nothing_strange_along(office: Office, sitting: str, client_of: SignIn) -> None:
    strange = "_external=1&_scheme=javascript&endpoint=x&_anchor=y"
    for path in ("/reports", "/reports?period=month"):
        page = text_of(client_of(office.director), f"{path}{'&' if '?' in path else '?'}{strange}")
        assert 'href="javascript' not in page


# Reminding


def test_a_tap_reminds_and_says_who_is_not_reached(app: Flask, office: Office, sitting: str, client_of: SignIn) -> None:
    app.config["REMINDERS"] = read_channels("mailtos://u:p@smtp.example.org?from=a@example.org")
    section = sections(app)["秘书科"]
    with app.app_context():
        with writing() as session:
            reminders.remember_email(session, office.colleague.actor, "d@example.org", now=FRIDAY)
        db.session.remove()
    browser = client_of(office.chief)
    address = f"/reports/sittings/{sitting}/sections/{section}"
    first = browser.submit(f"{address}/reminder", follow_redirects=True).get_data(as_text=True)
    assert "已给 1 人发出邮件提醒" in first
    assert "2 人收不到邮件" in first
    assert "顾科长、丁干部、唐编辑还没有作答" in first
    again = browser.submit(f"{address}/reminder", follow_redirects=True).get_data(as_text=True)
    assert "1 人今天已经提醒过" in again
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ReminderRow)) == 1


def test_after_the_bell_a_tap_says_that_it_is_over(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    ring(app, clock)
    address = f"/reports/sittings/{sitting}/sections/{sections(app)['秘书科']}"
    page = client_of(office.chief).submit(f"{address}/reminder", follow_redirects=True).get_data(as_text=True)
    assert "作答已经结束" in page
    assert "提醒未作答的" not in page


# Who sees which rows, on pages and in files

#: Each file of each page, for 秘书科.
FILES = {
    "index": ("sections", "sittings", "questions"),
    "period": ("sections", "sittings", "points"),
    "sitting": ("sections", "questions"),
    "section in sitting": ("people", "questions"),
    "section": ("sittings", "people", "points", "points-of-people"),
    "section in period": ("sittings", "people", "points", "points-of-people"),
    "person": ("sittings", "points"),
}
OVERSEEN = {
    "director": {"秘书科", "督查室", "财务科", "市政府办公室"},
    "deputy": {"秘书科", "督查室"},
    "chief": {"秘书科"},
}
HOME = {
    "秘书科": {"顾科长", "陆干部", "丁干部", "唐编辑"},
    "督查室": {"许编辑", "白管理", "冯审计"},
    "财务科": {"钱科长", "孟干部"},
    "市政府办公室": {"周主任", "沈副主任"},
}


def addresses(app: Flask, office: Office, sitting: str) -> dict[str, str]:
    found = pages(app, office, sitting)
    in_period = f"{found['section']}?period=month"
    return found | {"period": "/reports?period=month", "section in period": in_period}


def with_file(path: str, which: str, ending: str = "csv") -> str:
    return f"{path}{'&' if '?' in path else '?'}of={which}&as={ending}"


@pytest.mark.parametrize("who", OVERSEEN)
def test_a_file_holds_the_rows_of_its_page_and_of_no_other_section(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn, who: str
) -> None:
    ring(app, clock)
    browser, own = client_of(getattr(office, who)), OVERSEEN[who]
    foreign = {name for section, names in HOME.items() if section not in own for name in (*names, section)}
    told = addresses(app, office, sitting)
    for page, files in FILES.items():
        # A chief begins with the page of the section, which has other tables.
        shown = FILES["section"] if who == "chief" and page in ("index", "period") else files
        for which in shown:
            answer = browser.get(with_file(told[page], which))
            assert (answer.status_code, answer.mimetype) == (200, "text/csv"), (page, which)
            text = answer.get_data(as_text=True)
            assert not {name for name in foreign if name in text}, (page, which)
        assert browser.get(with_file(told[page], "nonsense")).status_code == 404
    people_file = browser.get(with_file(told["section in sitting"], "people")).get_data(as_text=True)
    assert all(name in people_file for name in HOME["秘书科"])
    lines = browser.get(with_file(told["sitting"], "sections")).get_data(as_text=True)
    assert all(section in lines for section in own)


def test_no_page_or_file_of_a_whole_department_names_anybody(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn
) -> None:
    ring(app, clock)
    browser, told = client_of(office.director), addresses(app, office, sitting)
    others = set().union(*HOME.values()) - {office.director.name}
    for page in ("index", "period", "sitting"):
        for path in (told[page], *(with_file(told[page], which) for which in FILES[page])):
            text = browser.get(path).get_data(as_text=True)
            assert not {name for name in others if name in text}, path


@pytest.mark.parametrize("who", ["finance_chief", "staff", "editor", "admin", "auditor"])
def test_who_does_not_oversee_a_section_gets_none_of_its_pages_and_files(
    app: Flask, office: Office, sitting: str, clock: Clock, client_of: SignIn, who: str
) -> None:
    ring(app, clock)
    browser, told = client_of(getattr(office, who)), addresses(app, office, sitting)
    for page in ("section in sitting", "section", "section in period", "person"):
        for path in (told[page], *(with_file(told[page], which, "xlsx") for which in FILES[page])):
            answer = browser.get(path)
            assert answer.status_code == 404, path
            assert "丁干部" not in answer.get_data(as_text=True)
    place = f"?section={sections(app)['秘书科']}"
    for path in (f"/reports{place}", f"/reports{place}&period=month", f"/reports{place}&as=csv"):
        assert browser.get(path).status_code == 404, path
    assert browser.get(f"/reports/sittings/{sitting}{place}").status_code == 404
    assert browser.submit(f"{told['section in sitting']}/reminder").status_code == 404


def test_while_a_sitting_is_open_no_file_holds_a_question(
    app: Flask, office: Office, sitting: str, client_of: SignIn
) -> None:
    browser, told = client_of(office.director), addresses(app, office, sitting)
    for page, files in FILES.items():
        for which in files:
            text = browser.get(with_file(told[page], which)).get_data(as_text=True)
            assert CANARY not in text, (page, which)
            assert "讲话要求" not in text, (page, which)
