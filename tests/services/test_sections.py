"""Merging a section into another moves what is to come and leaves the past where it was."""

from collections.abc import Callable
from datetime import date
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from factories import weekly_plan
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.db import people as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.plans import PlanSectionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import people
from quizapp.services import plans
from quizapp.services import sections
from quizapp.services import sittings

TODAY = date(2026, 11, 20)


def public_id(session: Session, section_id: int) -> str:
    return session.get_one(SectionRow, section_id).public_id


def merge(office: Office, clock: Clock, section_id: int, into_id: int, by: Person | None = None) -> None:
    with writing() as write:
        one, other = public_id(write, section_id), public_id(write, into_id)
        sections.merge(write, (by or office.admin).actor, one, other, now=clock(), today=TODAY)


def test_everybody_moves_and_is_overseen_by_the_same_people(session: Session, office: Office, clock: Clock) -> None:
    before = set(session.scalars(select(PersonRow.id).where(PersonRow.section_id == office.finance)))
    merge(office, clock, office.finance, office.secretariat)
    after = set(session.scalars(select(PersonRow.id).where(PersonRow.section_id == office.secretariat)))
    assert before <= after
    assert rows.actor(session, office.finance_chief.id).overseen == {office.secretariat}
    # The deputy oversaw one of the two already: once is enough.
    assert rows.actor(session, office.deputy.id).overseen == {office.secretariat, office.inspection}


def test_what_was_taken_stays_and_what_waits_moves_along(session: Session, office: Office, clock: Clock) -> None:
    with writing() as write:
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        facts = sitting_facts(known.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        sitting = published_sitting(write, office.editor.actor, facts, now=clock())
        attempts.start(write, office.stranger.actor, sitting.public_id, now=clock())
    merge(office, clock, office.finance, office.secretariat)
    of_person = {row.person_id: row.section_id for row in session.scalars(select(AttemptRow))}
    assert of_person[office.stranger.id] == office.finance
    assert of_person[office.finance_chief.id] == office.secretariat


def test_it_hosts_no_more_and_takes_no_more_turns(session: Session, office: Office, clock: Clock) -> None:
    with writing() as write:
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        soon = sitting_facts(
            known.id, host=office.finance, leader=office.deputy.id, opens_at=clock() + timedelta(days=2)
        )
        planned = sittings.plan_sitting(write, office.editor.actor, soon, now=clock()).public_id
        facts = weekly_plan(office, hosts=(office.finance,))
        plans.add_plan(write, office.editor.actor, facts, zone=ZoneInfo("Asia/Shanghai"), now=clock())
    merge(office, clock, office.finance, office.secretariat)
    assert session.scalars(select(SittingRow).where(SittingRow.public_id == planned)).one().host_section_id == (
        office.secretariat
    )
    assert session.scalars(select(PlanSectionRow.until)).one() == TODAY


def test_it_can_be_chosen_no_more(session: Session, office: Office, clock: Clock) -> None:
    merge(office, clock, office.finance, office.secretariat)
    assert office.finance not in [row.id for row, _ in people.section_tree(session, office.admin.actor)]
    assert office.finance in [row.id for row in rows.sections(session)]


def test_its_name_stays_its_own_and_the_refusal_says_so(session: Session, office: Office, clock: Clock) -> None:
    merge(office, clock, office.finance, office.secretariat)
    with pytest.raises(BadInput, match="“财务科”已并入其他科室，以往的记录仍用这个名称"), writing() as write:
        people.add_section(write, office.admin.actor, "财务科", office.root, now=clock())


REFUSED = {
    "into itself": ("finance", "finance", "不能并入自己"),
    "into a section below": ("root", "finance", "最上层的单位不能并入"),
}


@pytest.mark.parametrize(("one", "other", "words"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_with_its_reason(
    session: Session, office: Office, clock: Clock, one: str, other: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        merge(office, clock, getattr(office, one), getattr(office, other))


def test_a_section_is_merged_only_once(session: Session, office: Office, clock: Clock) -> None:
    merge(office, clock, office.finance, office.secretariat)
    for one, other in ((office.finance, office.inspection), (office.inspection, office.finance)):
        with pytest.raises(BadInput, match="已经并入其他科室"):
            merge(office, clock, one, other)


def test_only_an_administrator_merges(session: Session, office: Office, clock: Clock) -> None:
    with pytest.raises(NotFound):
        merge(office, clock, office.finance, office.secretariat, by=office.director)


def test_the_page_says_what_moves_and_does_it(
    session: Session, office: Office, client_of: Callable[[Person], Browser]
) -> None:
    browser, one = client_of(office.admin), public_id(session, office.finance)
    address = f"/people/sections/{one}/merger"
    assert "以往的成绩、签到和学习记录不变" in browser.get(address).get_data(as_text=True)
    refused = browser.submit(address, {"into": ""})
    assert (refused.status_code, "请选择并入哪个科室" in refused.get_data(as_text=True)) == (422, True)
    done = browser.submit(address, {"into": public_id(session, office.secretariat)}, follow_redirects=True)
    assert "“财务科”已并入“秘书科”" in done.get_data(as_text=True)
