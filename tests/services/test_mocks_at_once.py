"""Two devices that draw a mock at the same time, on a database that lets both in; and the whole of one there."""

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from at_once import one_after_the_other
from conftest import Clock
from conftest import Office
from factories import SPEC
from factories import approved_set
from factories import sitting_facts
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.db.engine import writing
from quizapp.db.practice import CardRow
from quizapp.db.practice import MockRow
from quizapp.services import attempts
from quizapp.services import memory
from quizapp.services import mocks
from quizapp.services import sittings
from quizapp.services.mocks import Drawn

pytestmark = pytest.mark.parametrize("on_postgres", [True], ids=["postgresql"], indirect=True)

ZONE = ZoneInfo("Asia/Shanghai")


def test_of_two_devices_one_draws_and_the_other_goes_on_with_it(
    app: Flask, session: Session, office: Office, clock: Clock
) -> None:
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=4, now=clock())
        opens_at = clock() + timedelta(days=3)
        facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at)
        model = sittings.plan_sitting(write, office.editor.actor, facts, now=clock()).public_id
        sittings.draw(write, office.editor.actor, model, SPEC, Random(1), now=clock())
    found: list[Drawn] = []

    def tap(write: Session) -> None:
        found.append(mocks.draw(write, office.staff.actor, model, Random(len(found)), ZONE, now=clock()))

    one_after_the_other(app, tap, tap)
    assert [each.is_new for each in found] == [True, False]
    assert found[0].attempt_id == found[1].attempt_id
    assert session.scalar(select(func.count()).select_from(MockRow)) == 1
    with writing() as write:
        attempts.submit(write, office.staff.actor, found[0].attempt_id, now=clock())
    with writing() as write:
        while (sitting_id := memory.sitting_to_take_in(write)) is not None:
            memory.take_in_sitting(write, sitting_id, ZONE, now=clock())
    assert session.scalar(select(func.count()).select_from(CardRow)) == 8
    with writing() as write:
        assert mocks.draw(write, office.staff.actor, model, Random(3), ZONE, now=clock()).is_new
