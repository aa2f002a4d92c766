"""Two who say something of the same person at the same moment, on a database that lets both in."""

from datetime import timedelta

import pytest
from at_once import one_after_the_other
from conftest import Clock
from conftest import Office
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.errors import BadInput
from quizapp.db import sittings as rows
from quizapp.db.attendance import LeaveRow
from quizapp.db.engine import writing
from quizapp.services import attendance
from quizapp.services import leave
from quizapp.services.attendance import Correction
from quizapp.services.attendance import KnownMeanwhile

pytestmark = pytest.mark.parametrize("on_postgres", [True], ids=["postgresql"], indirect=True)


def test_leave_that_is_given_while_it_is_asked_otherwise_stays_given(
    app: Flask, session: Session, office: Office, sitting: str, clock: Clock
) -> None:
    with writing() as writer:
        asked = leave.ask(writer, office.staff.actor, sitting, LeaveKind.DUTY, "", now=clock()).public_id

    def give(session: Session) -> None:
        leave.decide(session, office.chief.actor, asked, True, "", now=clock())

    def ask_again(session: Session) -> None:
        leave.ask(session, office.staff.actor, sitting, LeaveKind.SICK, "", now=clock())

    with pytest.raises(BadInput, match="已经准假"):
        one_after_the_other(app, give, ask_again)
    assert session.scalars(select(LeaveRow.decision)).all() == [LeaveDecision.APPROVED]


def test_who_corrects_while_the_person_signs_in_is_told(
    app: Flask, session: Session, office: Office, sitting: str, clock: Clock
) -> None:
    row = rows.sitting_by_public_id(session, sitting)
    seen = attendance.stamp(attendance.presence_of(session, row)[office.colleague.id])

    def sign(session: Session) -> None:
        person_id = office.colleague.id
        attendance.sign(session, row, person_id, Way.CODE, by_id=person_id, now=clock() + timedelta(minutes=1))

    def correct(session: Session) -> None:
        said = Correction(Presence.LEAVE, LeaveKind.DUTY, "公出", seen)
        attendance.correct(session, office.chief.actor, sitting, office.colleague.public_id, said, now=clock())

    with pytest.raises(KnownMeanwhile):
        one_after_the_other(app, sign, correct)
    assert attendance.presence_of(session, row)[office.colleague.id].way is Way.CODE
