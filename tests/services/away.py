"""People who were not there: on leave, or with a study to make up for."""

from datetime import datetime

from conftest import Office
from conftest import Person
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.db.attendance import LeaveRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.bank import QuestionSetRow
from quizapp.services import leave
from quizapp.services import speeches


def on_leave(
    writer: Session,
    sitting_id: int,
    person: Person,
    now: datetime,
    *,
    kind: LeaveKind = LeaveKind.DUTY,
    decision: LeaveDecision = LeaveDecision.APPROVED,
) -> None:
    """Leave that the person asked for, and what was said to it."""
    common = {"sitting_id": sitting_id, "person_id": person.id, "asked_by_id": person.id, "asked_at": now}
    writer.add(LeaveRow(kind=kind, decision=decision, **common))


def owing(writer: Session, sitting_id: int, person: Person, due: datetime, now: datetime) -> None:
    """A task that nobody has begun; the person is taken to have given it to themselves."""
    writer.add(MakeUpRow(sitting_id=sitting_id, person_id=person.id, due=due, assigned_by_id=person.id, made_at=now))


def owing_a_speech(writer: Session, office: Office, sitting: str, speech: str, now: datetime) -> str:
    """The public id of staff's task for a sitting whose questions, the only ones there are, come from this speech."""
    file = speeches.understand("speech.txt", speech.encode())
    row, _ = speeches.load_speech(writer, office.editor.actor, file, "在办公室工作会议上的讲话", now=now)
    writer.scalars(select(QuestionSetRow)).one().speech_id = row.id
    leave.enter(writer, office.chief.actor, sitting, office.staff.public_id, LeaveKind.DUTY, "", now=now)
    return writer.scalars(select(MakeUpRow.public_id)).one()
