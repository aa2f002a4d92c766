"""The rota's pages: everybody reads it, forms change it, and what is wrong is said beside the form."""

from collections.abc import Callable
from datetime import date
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import weekly_plan
from icalendar import Calendar
from icalendar import Component
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.rota import ChangeState
from quizapp.db.engine import writing
from quizapp.db.meetings import MeetingRow
from quizapp.db.plans import PlanRow
from quizapp.db.plans import PlanSectionRow
from quizapp.db.plans import RotaChangeRow
from quizapp.db.sittings import SittingRow
from quizapp.services import plans

ClientOf = Callable[[Person], Browser]
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)  # a Friday
NEXT, THIRD = TODAY + timedelta(days=7), TODAY + timedelta(days=14)


@pytest.fixture
def plan(session: Session, office: Office, clock: Clock) -> str:
    """A plan whose first study is today: 秘书科, 督查室, 财务科 host in turn; director and deputy lead."""
    with writing() as write:
        return plans.add_plan(write, office.editor.actor, weekly_plan(office), zone=ZONE, now=clock()).public_id


def form_of(office: Office, **changes: object) -> dict[str, object]:
    form: dict[str, object] = {
        "name": "每周集中学习",
        "scope": office.root,
        "weekday": 4,
        "every_weeks": 1,
        "starts_at": "14:30",
        "minutes": 120,
        "place": "三楼会议室",
        "starts_on": "2026-11-20",
        "ends_on": "",
        "holidays": "skip",
        "mode": "together",
        "quiz_after_minutes": 60,
        "quiz_minutes": 20,
        "pass_percent": 60,
        "weeks_ahead": 4,
        "topic_due_days": 5,
        "paper_due_days": 2,
        "make_up_days": 7,
        f"host-{office.inspection}": "1",
        f"host-{office.secretariat}": "2",
        f"leader-{office.deputy.id}": "1",
    }
    return form | changes


def page(browser: Browser, address: str = "/rota") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


# Plans


def test_an_editor_makes_a_plan_and_sees_its_rota(session: Session, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.editor)
    assert "还没有学习计划" in page(browser, "/plans")
    answer = browser.submit("/plans/new", form_of(office, ends_on="2027-01-31"), follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "学习计划已建立" in text
    assert "每周五 14:30，120 分钟，三楼会议室。市政府办公室参加。" in " ".join(text.split())
    assert "2027 年放假安排尚未公布" in text
    row = session.scalars(select(PlanRow)).one()
    assert "督查室、秘书科" in page(browser, "/plans")
    assert f'name="host-{office.inspection}" value="1"' in page(browser, f"/plans/{row.public_id}")


BAD = {
    "no sections": ({"hosts": None}, "主持科室：请至少选择一个"),
    "an end before the beginning": ({"ends_on": "2026-11-01"}, "结束日期不能早于开始日期"),
    "a quiz that does not fit": ({"quiz_minutes": "100"}, "测验要在学习结束前完成"),
    "a number that is none": ({"minutes": "两小时"}, "请填写 10 到 600 之间的整数"),
    "a date that is none": ({"starts_on": "2026-13-01"}, "开始日期"),
    "a name without end": ({"name": "学" * 51}, "名称不超过 50 字"),
}


@pytest.mark.parametrize(("changes", "words"), BAD.values(), ids=BAD)
def test_a_plan_that_cannot_be_says_which_field(
    session: Session, office: Office, client_of: ClientOf, changes: dict[str, object], words: str
) -> None:
    form = form_of(office, **{name: value for name, value in changes.items() if value is not None})
    if "hosts" in changes:
        form = {name: value for name, value in form.items() if not name.startswith("host-")}
    answer = client_of(office.editor).submit("/plans/new", form)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert words in text
    assert "没有保存，请先改正" in text
    assert session.scalars(select(PlanRow)).all() == []


TURNS = {
    "two with the same number": ("1", "请各填一个"),
    "a word": ("第一", "请填写 1 到 999 之间的整数"),
    "nought": ("0", "请填写 1 到 999 之间的整数"),
}


@pytest.mark.parametrize(("number", "words"), TURNS.values(), ids=TURNS)
def test_an_order_that_is_none_is_said_and_what_was_typed_stays(
    office: Office, client_of: ClientOf, number: str, words: str
) -> None:
    form = form_of(office) | {f"host-{office.finance}": number}
    answer = client_of(office.editor).submit("/plans/new", form)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert words in text
    assert f'name="host-{office.finance}" value="{number}"' in text


def test_a_section_that_no_database_can_hold_is_nobody(session: Session, office: Office, client_of: ClientOf) -> None:
    form = form_of(office) | {f"host-{10**30}": "3"}
    assert client_of(office.editor).submit("/plans/new", form).status_code == 302
    assert len(session.scalars(select(PlanSectionRow)).all()) == 2


def test_a_plan_is_changed_and_retired(session: Session, office: Office, plan: str, client_of: ClientOf) -> None:
    browser = client_of(office.admin)
    changed = browser.submit(
        f"/plans/{plan}", form_of(office, place="二楼") | {f"leader-{office.director.id}": "2"}, follow_redirects=True
    )
    assert "二楼" in changed.get_data(as_text=True)
    refused = browser.submit(f"/plans/{plan}", form_of(office, weekday=2))
    assert (refused.status_code, "另建一个" in refused.get_data(as_text=True)) == (422, True)
    retired = browser.submit(f"/plans/{plan}/retirement", follow_redirects=True)
    assert "已停用" in retired.get_data(as_text=True)
    assert "还没有轮值" in page(browser)


# The rota


def test_everybody_reads_who_hosts_and_who_leads(office: Office, plan: str, client_of: ClientOf) -> None:
    text = page(client_of(office.stranger))
    assert "11月27日（周五）" in text
    assert "督查室" in text
    assert "沈副主任" in text
    assert "2027 年放假安排尚未公布，该年的学习按原定日期暂列" in text
    assert "待选题" not in text
    assert "停学" not in text


def test_what_is_late_shows_for_those_who_oversee_it(office: Office, plan: str, client_of: ClientOf) -> None:
    assert "待选题，已逾期" in page(client_of(office.chief))
    assert "待选题，已逾期" in page(client_of(office.director))
    assert "已逾期" not in page(client_of(office.finance_chief))


def test_a_chief_begins_to_prepare(session: Session, office: Office, plan: str, client_of: ClientOf) -> None:
    browser = client_of(office.chief)
    answer = browser.submit(f"/rota/{plan}/studies/{TODAY}/sitting")
    row = session.scalars(select(SittingRow)).one()
    assert answer.location.endswith(f"/sittings/{row.public_id}/topic")
    assert "2026年第47周集中学习" in page(browser, answer.location)
    assert "继续准备" in page(browser)


def test_two_chiefs_swap(session: Session, office: Office, plan: str, client_of: ClientOf) -> None:
    chief, finance_chief = client_of(office.chief), client_of(office.finance_chief)
    address = f"/rota/{plan}/studies/{TODAY}/swap"
    assert "12月4日（周五） 财务科主持" in page(chief, address)
    refused = chief.submit(address, {"reason": ""})
    assert (refused.status_code, "请选择与哪一次对调" in refused.get_data(as_text=True)) == (422, True)
    asked = chief.submit(address, {"other": f"{THIRD}", "reason": "全科下乡"}, follow_redirects=True)
    assert "待对方科室答复" in asked.get_data(as_text=True)
    change = session.scalars(select(RotaChangeRow.public_id)).one()
    assert "同意对调" not in page(chief)
    assert "同意对调" in page(finance_chief)
    done = finance_chief.submit(f"/rota/changes/{change}/decision", {"agrees": "1"}, follow_redirects=True)
    text = done.get_data(as_text=True)
    assert "已同意对调" in text
    assert "与秘书科对调" in text
    assert "原因：全科下乡" in text


def test_a_swap_is_declined_and_another_withdrawn(
    session: Session, office: Office, plan: str, client_of: ClientOf
) -> None:
    chief = client_of(office.chief)
    for answer, words in (("decision", "不同意对调"), ("withdrawal", "已撤回")):
        chief.submit(f"/rota/{plan}/studies/{TODAY}/swap", {"other": f"{THIRD}", "reason": "出差"})
        change = session.scalars(select(RotaChangeRow.public_id).order_by(RotaChangeRow.id.desc())).first()
        browser = client_of(office.finance_chief) if answer == "decision" else chief
        done = browser.submit(f"/rota/changes/{change}/{answer}", {"agrees": "0"}, follow_redirects=True)
        assert words in done.get_data(as_text=True)
        session.rollback()


def test_an_answer_that_says_neither_yes_nor_no_is_none(
    session: Session, office: Office, plan: str, client_of: ClientOf
) -> None:
    client_of(office.chief).submit(f"/rota/{plan}/studies/{TODAY}/swap", {"other": f"{THIRD}", "reason": "出差"})
    change = session.scalars(select(RotaChangeRow)).one()
    answer = client_of(office.finance_chief).submit(f"/rota/changes/{change.public_id}/decision")
    session.refresh(change)
    assert (answer.status_code, change.state) == (422, ChangeState.ASKED)


def test_an_editor_replaces_a_leader_skips_and_adds(office: Office, plan: str, client_of: ClientOf) -> None:
    browser = client_of(office.editor)
    led = browser.submit(
        f"/rota/{plan}/studies/{TODAY}/leader",
        {"leader": office.chief.id, "reason": "主任开会"},
        follow_redirects=True,
    )
    assert "替周主任" in led.get_data(as_text=True)
    skipped = browser.submit(f"/rota/{plan}/studies/{NEXT}/skip", {"reason": "防汛值守"}, follow_redirects=True)
    assert "防汛值守" in skipped.get_data(as_text=True)
    extra = {"day": "2026-11-24", "host": office.finance, "leader": office.deputy.id, "reason": "专题学习"}
    added = browser.submit(f"/rota/{plan}/extra", extra, follow_redirects=True)
    assert "11月24日（周二）" in added.get_data(as_text=True)
    again = browser.submit(f"/rota/{plan}/extra", extra)
    assert (again.status_code, "已在轮值表上" in again.get_data(as_text=True)) == (422, True)


PAGES = {
    "swap": ("studies/2026-11-20/swap", {"chief", "deputy", "director", "editor"}),
    "leader": ("studies/2026-11-20/leader", {"director", "editor"}),
    "skip": ("studies/2026-11-20/skip", {"director", "editor"}),
    "extra": ("extra", {"director", "editor"}),
}


@pytest.mark.parametrize(("path", "allowed"), PAGES.values(), ids=PAGES)
def test_a_page_that_somebody_may_not_use_is_not_there(
    office: Office, plan: str, client_of: ClientOf, path: str, allowed: set[str]
) -> None:
    who = ("staff", "chief", "finance_chief", "deputy", "director", "editor", "admin")
    found = {name for name in who if client_of(getattr(office, name)).get(f"/rota/{plan}/{path}").status_code == 200}
    assert found == allowed


@pytest.mark.parametrize("day", ["2026-99-99", "heute", "20261120x"])
def test_an_address_with_no_day_is_not_found(office: Office, plan: str, client_of: ClientOf, day: str) -> None:
    assert client_of(office.editor).get(f"/rota/{plan}/studies/{day}/skip").status_code == 404


def test_a_day_that_is_no_study_is_said(office: Office, plan: str, client_of: ClientOf) -> None:
    for day in ("2026-11-21", "0001-01-01", "9999-12-31", "2026-11-13"):
        answer = client_of(office.editor).get(f"/rota/{plan}/studies/{day}/skip")
        assert (answer.status_code, "不在轮值表上" in answer.get_data(as_text=True)) == (422, True)


# The calendar


def events(browser: Browser, anonymous: Browser) -> list[Component]:
    browser.submit("/calendar/address")
    address = "/calendars/" + page(browser, "/calendar").partition("/calendars/")[2].partition('"')[0]
    return Calendar.from_ical(anonymous.get(address).data).walk("VEVENT")


def titles(browser: Browser, anonymous: Browser) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(browser, anonymous)]


def test_a_chief_s_calendar_says_what_is_due(
    office: Office, plan: str, client_of: ClientOf, anonymous: Browser
) -> None:
    found = titles(client_of(office.chief), anonymous)
    assert "选题截止：12月11日（周五）学习（秘书科主持）" in found
    assert not any("财务科主持" in title for title in found)


def test_studies_to_come_stand_in_everybody_s_calendar(
    office: Office, plan: str, client_of: ClientOf, anonymous: Browser
) -> None:
    assert titles(client_of(office.stranger), anonymous) == ["集中学习（暂定）：每周集中学习"] * 4
    assert titles(client_of(office.deputy), anonymous).count("带学（暂定）：每周集中学习") == 2


def test_a_study_that_is_prepared_stands_there_with_its_own_hours(
    session: Session, office: Office, plan: str, client_of: ClientOf, anonymous: Browser
) -> None:
    client_of(office.chief).submit(f"/rota/{plan}/studies/{TODAY}/sitting")
    with writing() as write:
        meeting = write.scalars(select(MeetingRow)).one()
        meeting.begins_at, meeting.place = meeting.begins_at - timedelta(minutes=20), "二楼"
        begins_at = meeting.begins_at
    first = events(client_of(office.stranger), anonymous)[0]
    assert (first["DTSTART"].dt, str(first["LOCATION"])) == (begins_at, "二楼")
