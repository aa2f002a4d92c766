"""The page of the channels, what the first page says, and one's own address for mail."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from flask import render_template
from services.away import owing
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.reminders import ReminderKind
from quizapp.core.reminders import ReminderState
from quizapp.db import sittings as sitting_rows
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.reminders import ReminderRow
from quizapp.formats.channels import read_channels

Client = Callable[[Person], Browser]
SECRET = "geheim-9931"
CHANNELS = f"mailtos://xuece:{SECRET}@smtp.example.gov.cn?from=xuece@example.gov.cn wecombot://{SECRET}"


@pytest.fixture
def channels(app: Flask) -> None:
    app.config["REMINDERS"] = read_channels(CHANNELS)


def reminder(person_id: int | None, clock: Clock, number: int, **facts: object) -> ReminderRow:
    common = {
        "kind": ReminderKind.TAKE,
        "person_id": person_id,
        "day": clock().date(),
        "channel": 0 if person_id else 1,
        "once": f"{number}",
        "title": f"学测未作答：第{number}场",
        "body": "您还没有作答。",
        "next_try_at": clock(),
        "made_at": clock(),
    }
    return ReminderRow(**(common | facts))


@pytest.fixture
def history(session: Session, office: Office, clock: Clock, channels: None) -> list[str]:
    """One reminder sent, one waiting, two failed (one to a group); the ids of the failed."""
    with writing() as writer:
        failed = {"state": ReminderState.FAILED, "tries": 5, "error": "550 没有这个收件人"}
        made = [
            reminder(office.staff.id, clock, 1, state=ReminderState.SENT, sent_at=clock() - timedelta(hours=3)),
            reminder(office.staff.id, clock, 2),
            reminder(office.colleague.id, clock, 3, **failed),
            reminder(None, clock, 4, **(failed | {"error": "the key is wrong"})),
        ]
        writer.add_all(made)
        writer.flush()
        return [row.public_id for row in made[2:]]


def states(session: Session) -> list[ReminderState]:
    session.rollback()
    return list(session.scalars(select(ReminderRow.state).order_by(ReminderRow.id)))


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_without_channels_the_page_says_how_to_set_them(client_of: Client, office: Office) -> None:
    page = text(client_of(office.admin), "/reminders")
    for words in ("还没有设置提醒渠道", "QUIZAPP_REMINDERS", "mailtos://", "wecombot://"):
        assert words in page


def test_the_page_shows_how_each_channel_is_doing_and_no_secret(
    client_of: Client, office: Office, history: list[str]
) -> None:
    page = text(client_of(office.editor), "/reminders")
    for words in ("电子邮件", "mailtos://smtp.example.gov.cn", "企业微信群", "11:00", "550 没有这个收件人", "全群"):
        assert words in page
    assert office.colleague.name in page
    assert SECRET not in page


def test_a_channel_that_took_something_since_it_failed_is_well_again(
    client_of: Client, office: Office, session: Session, clock: Clock, history: list[str]
) -> None:
    browser = client_of(office.admin)
    assert text(browser, "/reminders").count("有问题") == 2
    clock.advance(minutes=5)
    with writing() as writer:
        writer.add(reminder(office.stranger.id, clock, 5, state=ReminderState.SENT, sent_at=clock()))
    page = text(browser, "/reminders")
    assert (page.count("有问题"), page.count("正常")) == (1, 1)


def test_channels_that_were_never_used_have_no_failures_to_show(
    client_of: Client, office: Office, channels: None
) -> None:
    page = text(client_of(office.admin), "/reminders")
    assert page.count("还没有用过") == 2
    assert "没有发送失败的提醒" in page


def test_one_failed_reminder_is_sent_again(
    client_of: Client, office: Office, session: Session, history: list[str]
) -> None:
    browser = client_of(office.admin)
    answer = browser.submit(f"/reminders/{history[0]}/retry", follow_redirects=True)
    assert "重新发送" in answer.get_data(as_text=True)
    assert states(session) == [
        ReminderState.SENT,
        ReminderState.WAITING,
        ReminderState.WAITING,
        ReminderState.FAILED,
    ]


def test_all_failed_reminders_are_sent_again_at_once(
    client_of: Client, office: Office, session: Session, history: list[str]
) -> None:
    browser = client_of(office.admin)
    assert "2 条提醒" in browser.submit("/reminders/retry", follow_redirects=True).get_data(as_text=True)
    assert ReminderState.FAILED not in states(session)
    assert "没有需要重发" in browser.submit("/reminders/retry", follow_redirects=True).get_data(as_text=True)


def test_a_channel_that_was_taken_away_is_named_as_such(
    app: Flask, client_of: Client, office: Office, history: list[str]
) -> None:
    app.config["REMINDERS"] = app.config["REMINDERS"][:1]
    assert "已撤掉的渠道" in text(client_of(office.admin), "/reminders")


def test_those_who_may_not_see_the_page_find_none(client_of: Client, office: Office, history: list[str]) -> None:
    for person in (office.staff, office.chief, office.director, office.auditor):
        browser = client_of(person)
        assert browser.get("/reminders").status_code == 404
        assert browser.submit(f"/reminders/{history[0]}/retry").status_code == 404
        assert browser.submit("/reminders/retry").status_code == 404


def test_the_first_page_says_what_waits_and_nothing_where_nothing_does(
    app: Flask, client_of: Client, office: Office, clock: Clock, session: Session, sitting: str
) -> None:
    with writing() as writer:
        missed = sitting_rows.sitting_by_public_id(writer, sitting)
        owing(writer, missed.id, office.staff, clock() + timedelta(days=1), clock())
    name = app.config["SIGN_IN_COOKIE_NAME"]
    seen = {}
    for person in (office.staff, office.colleague):
        cookie = client_of(person).get_cookie(name)
        assert cookie is not None
        with app.app_context(), app.test_request_context(headers={"Cookie": f"{name}={cookie.value}"}):
            seen[person.name] = render_template("reminders/_home.html")
    assert "补学待完成：“五型”干部学测" in seen[office.staff.name]
    assert seen[office.colleague.name].strip() == ""


# One's own address


def test_people_set_change_and_take_away_their_address(client_of: Client, office: Office, session: Session) -> None:
    browser = client_of(office.staff)
    for sent, kept in ((" lu@example.org ", "lu@example.org"), ("lu2@example.org", "lu2@example.org"), ("", "")):
        assert browser.submit("/account/email", {"email": sent}).status_code == 302
        session.rollback()
        assert session.get_one(PersonRow, office.staff.id).email == kept
        assert f'value="{kept}"' in text(browser, "/account")


def test_blanks_alone_are_no_address(client_of: Client, office: Office) -> None:
    answer = client_of(office.staff).submit("/account/email", {"email": "  "}, follow_redirects=True)
    assert "不再向您发送邮件提醒" in answer.get_data(as_text=True)


REFUSED = {
    "no address": "lu",
    "two addresses": "a@example.org,b@example.org",
    "a header": "a@example.org\r\nBcc: b@example.org",
    "a NUL": "a\0@example.org",
    "markup": '"><script>alert(1)</script>@example.org',
    "too long": "a" * 300 + "@example.org",
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
def test_what_is_no_address_is_said_on_its_field_and_kept_for_correction(
    client_of: Client, office: Office, session: Session, sent: str
) -> None:
    with writing() as writer:
        writer.execute(update(PersonRow).where(PersonRow.id == office.staff.id).values(email="old@example.org"))
    answer = client_of(office.staff).submit("/account/email", {"email": sent})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="email-error"' in page
    assert "<script>alert" not in page
    session.rollback()
    assert session.get_one(PersonRow, office.staff.id).email == "old@example.org"
