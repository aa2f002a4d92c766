"""People who were not there: on leave, or with a study to make up for."""

from datetime import datetime

from conftest import Person
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.db.attendance import LeaveRow
from quizapp.db.attendance import MakeUpRow


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
    leave = LeaveRow(
        sitting_id=sitting_id,
        person_id=person.id,
        kind=kind,
        asked_at=now,
        asked_by_id=person.id,
        decision=decision,
    )
    writer.add(leave)


def owing(writer: Session, sitting_id: int, person: Person, due: datetime, now: datetime) -> None:
    """A task that nobody has begun; the person is taken to have given it to themselves."""
    task = MakeUpRow(sitting_id=sitting_id, person_id=person.id, due=due, assigned_by_id=person.id, made_at=now)
    writer.add(task)
