"""Two who change the same thing at the same time: the second waits for the first, and sees what that has left."""

from dataclasses import replace
from datetime import date
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from at_once import Verb
from at_once import one_after_the_other
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import SPEC
from factories import approved_set
from factories import weekly_plan
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Role
from quizapp.core.rota import ChangeState
from quizapp.db import people as people_rows
from quizapp.db.engine import writing
from quizapp.db.people import PersonRoleRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.plans import RotaChangeRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.services import people
from quizapp.services import plans
from quizapp.services import rota
from quizapp.services import sections
from quizapp.services import sittings

# SQLite lets one writer in at a time (db/engine.py); only PostgreSQL has two in the house.
pytestmark = pytest.mark.parametrize("on_postgres", [True], ids=["postgresql"], indirect=True)

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)  # a Friday
WEEK = timedelta(days=7)


@pytest.fixture
def plan(session: Session, office: Office, clock: Clock) -> str:
    with writing() as write:
        return plans.add_plan(write, office.editor.actor, weekly_plan(office), zone=ZONE, now=clock()).public_id


def test_a_swap_withdrawn_meanwhile_is_not_agreed_to(
    app: Flask, session: Session, office: Office, clock: Clock, plan: str
) -> None:
    with writing() as write:
        days = (TODAY, TODAY + 2 * WEEK)
        asked = rota.ask_swap(write, office.chief.actor, plan, *days, "出差", zone=ZONE, now=clock()).public_id
    with pytest.raises(BadInput, match="不用再答复"):
        one_after_the_other(
            app,
            lambda write: rota.withdraw(write, office.chief.actor, asked, zone=ZONE, now=clock()),
            lambda write: rota.decide_swap(write, office.finance_chief.actor, asked, True, zone=ZONE, now=clock()),
        )
    assert session.scalars(select(RotaChangeRow.state)).one() is ChangeState.WITHDRAWN


def test_a_study_published_meanwhile_is_not_given_to_another_host(
    app: Flask, session: Session, office: Office, clock: Clock, plan: str
) -> None:
    clock.advance(hours=-4)
    with writing() as write:
        row = rota.prepare(write, office.editor.actor, plan, TODAY + WEEK, zone=ZONE, now=clock())
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        write.add(SittingSetRow(sitting_id=row.id, set_id=known.id))
        prepared, leader = row.public_id, row.leader_id
    with writing() as write:
        sittings.draw(write, office.editor.actor, prepared, SPEC, Random(1), now=clock())
    order = weekly_plan(office, hosts=(office.finance, office.secretariat, office.inspection))
    with pytest.raises(BadInput, match="已发布"):
        one_after_the_other(
            app,
            lambda write: sittings.publish(write, people_rows.actor(write, leader), prepared, now=clock()),
            lambda write: plans.change_plan(write, office.editor.actor, plan, order, zone=ZONE, now=clock()),
        )
    session.rollback()
    assert session.scalars(select(SittingRow.host_section_id)).one() == office.inspection


def test_whoever_leaves_while_they_are_asked_to_step_in_does_not_lead(
    app: Flask, session: Session, office: Office, clock: Clock, plan: str
) -> None:
    def leave(write: Session) -> None:
        write.get_one(PersonRow, office.chief.id).active = False
        plans.leave_rota(write, office.chief.id, now=clock())

    def substitute(write: Session) -> None:
        day, chief = TODAY + WEEK, office.chief.id
        rota.substitute(write, office.editor.actor, plan, day, chief, "出差", zone=ZONE, now=clock())

    one_after_the_other(app, substitute, leave)
    session.rollback()
    assert session.scalars(select(RotaChangeRow.state)).one() is ChangeState.WITHDRAWN


def test_two_sections_are_not_merged_into_each_other(
    app: Flask, session: Session, office: Office, clock: Clock
) -> None:
    with writing() as write:
        one, other = (write.get_one(SectionRow, id_).public_id for id_ in (office.finance, office.inspection))

    def merge(section: str, into: str) -> Verb:
        return lambda write: sections.merge(write, office.admin.actor, section, into, today=TODAY, now=clock())

    with pytest.raises(BadInput, match="已经并入其他科室"):
        one_after_the_other(app, merge(one, other), merge(other, one))
    session.rollback()
    assert office.inspection in [row.id for row in people_rows.open_sections(session)]


def test_two_administrators_do_not_disable_each_other(
    app: Flask, session: Session, office: Office, clock: Clock
) -> None:
    with writing() as write:
        write.add(PersonRoleRow(person_id=office.stranger.id, role=Role.ADMIN))

    def disable(by: Person, whom: Person) -> Verb:
        def verb(write: Session) -> None:
            facts = people.facts_of(people.person_with_rights(write, SYSTEM, whom.public_id))
            actor = people_rows.actor(write, by.id)
            people.change_person(write, actor, whom.id, replace(facts, active=False), now=clock())

        return verb

    one, other = office.admin, office.stranger
    with pytest.raises(BadInput, match="最后一位管理员"):
        one_after_the_other(app, disable(one, other), disable(other, one))
    session.rollback()
    assert people_rows.active_holders(session, Role.ADMIN) == 1
