"""今日五题 on two devices at the same moment, on a database that lets both in."""

import pytest
from at_once import one_after_the_other
from conftest import Clock
from conftest import Office
from flask import Flask
from services.test_daily import ZONE
from services.test_daily import answer
from services.test_daily import begun
from services.test_daily import chosen
from services.test_daily import given
from services.test_daily import held
from services.test_daily import set_id
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.db.practice import PracticeAnswerRow
from quizapp.services import daily
from quizapp.services.daily import Five

# SQLite lets one writer in at a time (db/engine.py); only PostgreSQL has two in the house.
pytestmark = pytest.mark.parametrize("on_postgres", [True], ids=["postgresql"], indirect=True)
__all__ = ["set_id"]


def test_two_devices_that_begin_at_once_get_the_same_five(
    app: Flask, session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    one = chosen(office.staff, clock())
    assert one is not None
    other = Five(one.day, None, one.version_ids[::-1])
    one_after_the_other(
        app,
        lambda write: daily.keep(write, office.staff.actor, one, zone=ZONE, now=clock()),
        lambda write: daily.keep(write, office.staff.actor, other, zone=ZONE, now=clock()),
    )
    assert tuple(held(office.staff).version_ids) == one.version_ids


def test_two_devices_that_give_the_last_two_answers_at_once_finish_the_day(
    app: Flask, session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    places = begun(office.staff, clock()).places
    for place in places[:3]:
        answer(office.staff, place, clock())
    phone, desktop = (given(place, page=page) for place, page in zip(places[3:], ("phone", "desktop"), strict=True))
    one_after_the_other(
        app,
        lambda write: daily.answer(write, office.staff.actor, phone, ZONE, now=clock()),
        lambda write: daily.answer(write, office.staff.actor, desktop, ZONE, now=clock()),
    )
    assert held(office.staff).finished_at == clock()


def test_the_same_answer_that_arrives_twice_at_once_is_held_once(
    app: Flask, session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    place = begun(office.staff, clock()).places[0]
    one_after_the_other(
        app,
        lambda write: daily.answer(write, office.staff.actor, given(place), ZONE, now=clock()),
        lambda write: daily.answer(write, office.staff.actor, given(place), ZONE, now=clock()),
    )
    assert len(session.scalars(select(PracticeAnswerRow)).all()) == 1
