"""Everybody's own calendar, behind an address that nobody can guess."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from icalendar import Calendar
from sqlalchemy.orm import Session

from quizapp.db.attendance import MakeUpRow
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow

ClientOf = Callable[[Person], Browser]


@pytest.fixture
def study(session: Session, office: Office, clock: Clock) -> int:
    """A published study of 秘书科 in two days."""
    begins = clock() + timedelta(days=2)
    with writing() as write:
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        facts = sitting_facts(
            known.id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=begins + timedelta(hours=1),
            closes_at=begins + timedelta(hours=2),
            begins_at=begins,
            ends_at=begins + timedelta(hours=2),
            place="三楼会议室",
            agenda="领学\n测验；讲评",
            scope_section_id=office.secretariat,
        )
        return published_sitting(write, office.editor.actor, facts, now=clock()).id


def address_of(browser: Browser) -> str:
    browser.submit("/calendar/address")
    page = browser.get("/calendar").get_data(as_text=True)
    return "/calendars/" + page.partition("/calendars/")[2].partition('"')[0]


def titles(browser: Browser, address: str) -> list[str]:
    answer = browser.get(address)
    assert answer.mimetype == "text/calendar"
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")]


def test_a_calendar_program_reads_the_study_without_signing_in(
    office: Office, study: int, client_of: ClientOf, anonymous: Browser
) -> None:
    address = address_of(client_of(office.staff))
    assert titles(anonymous, address) == ["集中学习：“五型”干部学测", "学测：“五型”干部学测"]
    event = Calendar.from_ical(anonymous.get(address).data).walk("VEVENT")[0]
    assert (str(event["LOCATION"]), str(event["DESCRIPTION"])) == ("三楼会议室", "主持科室：秘书科\n领学\n测验；讲评")


def test_the_leader_is_told_that_they_lead_and_others_of_nothing(
    office: Office, study: int, client_of: ClientOf, anonymous: Browser
) -> None:
    assert titles(anonymous, address_of(client_of(office.deputy)))[0] == "带学：“五型”干部学测"
    assert titles(anonymous, address_of(client_of(office.stranger))) == []


def test_what_has_to_be_made_up_stands_there_with_its_deadline(
    session: Session, office: Office, study: int, clock: Clock, client_of: ClientOf, anonymous: Browser
) -> None:
    with writing() as write:
        due = clock() + timedelta(days=9)
        by = office.chief.id
        write.add(MakeUpRow(sitting_id=study, person_id=office.staff.id, due=due, assigned_by_id=by, made_at=clock()))
    address = address_of(client_of(office.staff))
    assert "补学截止：“五型”干部学测" in titles(anonymous, address)
    event = Calendar.from_ical(anonymous.get(address).data).walk("VEVENT")[-1]
    # RFC 5545, 3.8.2.2: an end lies later than the start; what has none is a moment.
    assert (event["DTSTART"].dt, "DTEND" in event) == (due, False)


def test_a_new_address_makes_the_old_one_lead_nowhere(
    office: Office, study: int, client_of: ClientOf, anonymous: Browser
) -> None:
    browser = client_of(office.staff)
    old, new = address_of(browser), address_of(browser)
    assert old != new
    assert [anonymous.get(address).status_code for address in (old, new)] == [404, 200]


def test_whoever_has_left_has_no_calendar(
    session: Session, office: Office, study: int, client_of: ClientOf, anonymous: Browser
) -> None:
    address = address_of(client_of(office.staff))
    with writing() as write:
        write.get_one(PersonRow, office.staff.id).active = False
    assert anonymous.get(address).status_code == 404


def test_an_address_that_nobody_has_is_not_found(anonymous: Browser, office: Office) -> None:
    assert anonymous.get("/calendars/None").status_code == 404


def test_an_entry_keeps_its_name_when_the_feed_is_read_again(
    office: Office, study: int, clock: Clock, client_of: ClientOf, anonymous: Browser
) -> None:
    address = address_of(client_of(office.staff))

    def names() -> list[str]:
        return [str(event["UID"]) for event in Calendar.from_ical(anonymous.get(address).data).walk("VEVENT")]

    before = names()
    clock.advance(minutes=10)
    assert names() == before != []
