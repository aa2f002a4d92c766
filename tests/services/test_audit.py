"""The audit trail: who reads it, that it is final, and that tampering is named."""

from datetime import timedelta
from datetime import timezone

import pytest
from conftest import FRIDAY
from conftest import Office
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from quizapp.core.errors import NotAllowed
from quizapp.core.roles import SYSTEM
from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import audit


def write_rows(office: Office, count: int = 5) -> None:
    with writing() as session:
        for number in range(count):
            audit.record(session, office.editor.actor, "test:done", f"第{number}件", FRIDAY, number=number, 原因=["甲"])


def tamper(statement: str, **values: object) -> None:
    """Change the trail as somebody with the database file could: the guards taken away first."""
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
        connection.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        connection.execute(text(statement), values)


def broken(session: Session, office: Office) -> list[int]:
    return audit.broken_links(session, office.auditor.actor)


@pytest.mark.parametrize("who", ["director", "chief", "staff", "editor", "admin"])
def test_nobody_but_the_auditor_reads_the_trail(session: Session, office: Office, who: str) -> None:
    actor = getattr(office, who).actor
    with pytest.raises(NotAllowed):
        audit.newest(session, actor)
    with pytest.raises(NotAllowed):
        audit.broken_links(session, actor)


def test_a_trail_that_nobody_touched_is_whole(session: Session, office: Office) -> None:
    write_rows(office)
    assert session.scalar(select(func.count()).select_from(AuditRow)) > 5
    assert broken(session, office) == []


def test_newest_comes_first_and_pages_follow_on(session: Session, office: Office) -> None:
    write_rows(office, 9)
    first = audit.newest(session, office.auditor.actor, limit=4)
    second = audit.newest(session, office.auditor.actor, before=first[-1].id, limit=4)
    subjects = [row.subject for row in [*first, *second]]
    assert subjects == [f"第{number}件" for number in range(8, 0, -1)]


FORGERIES = {
    "who": "UPDATE audit SET person_name = '别人' WHERE id = 4",
    "when": "UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE id = 4",
    "from where": "UPDATE audit SET ip = '10.9.9.9' WHERE id = 4",
    "what": "UPDATE audit SET verb = 'sign-in' WHERE id = 4",
    "to what": "UPDATE audit SET subject = '别的' WHERE id = 4",
    "the details": "UPDATE audit SET detail = '[]' WHERE id = 4",
}


@pytest.mark.parametrize("statement", FORGERIES.values(), ids=FORGERIES)
def test_a_changed_row_is_named(session: Session, office: Office, statement: str) -> None:
    write_rows(office)
    tamper(statement)
    assert broken(db.session(), office) == [4]


def test_a_missing_row_is_noticed_at_the_next(session: Session, office: Office) -> None:
    write_rows(office)
    tamper("DELETE FROM audit WHERE id = 4")
    assert broken(db.session(), office) == [5]


def test_a_row_sealed_again_is_noticed_at_the_next(session: Session, office: Office) -> None:
    write_rows(office)
    tamper("UPDATE audit SET person_name = '别人' WHERE id = 4")
    resealed = db.session.get_one(AuditRow, 4).seal()
    tamper("UPDATE audit SET hash = :resealed WHERE id = 4", resealed=resealed)
    assert broken(db.session(), office) == [5]


@pytest.mark.parametrize("statement", ["UPDATE audit SET verb = 'x'", "DELETE FROM audit WHERE id = 1"])
def test_the_database_refuses_to_change_the_trail(session: Session, office: Office, statement: str) -> None:
    before = session.scalar(select(func.count()).select_from(AuditRow))
    with pytest.raises((IntegrityError, OperationalError), match="audit rows are final"), writing() as write:
        write.execute(text(statement))
    assert session.scalar(select(func.count()).select_from(AuditRow)) == before
    assert broken(session, office) == []


def test_a_row_falls_with_what_it_speaks_of(session: Session, office: Office) -> None:
    before = session.scalar(select(func.count()).select_from(AuditRow))
    with pytest.raises(RuntimeError), writing() as write:
        audit.record(write, office.editor.actor, "test:done", "甲", FRIDAY)
        raise RuntimeError("what it speaks of failed")
    assert session.scalar(select(func.count()).select_from(AuditRow)) == before


def test_what_a_command_did_is_signed_by_the_system(session: Session, office: Office) -> None:
    with writing() as write:
        audit.record(write, SYSTEM, "test:done", "甲", FRIDAY)
    (row,) = audit.newest(session, office.auditor.actor, limit=1)
    assert (row.person_id, row.person_name) == (None, "系统命令")


def test_a_very_long_subject_is_cut_and_still_sealed(session: Session, office: Office) -> None:
    with writing() as write:
        audit.record(write, office.editor.actor, "test:done", "长" * 500, FRIDAY)
    assert broken(session, office) == []


def test_a_time_in_another_zone_is_sealed_as_the_same_moment(session: Session, office: Office) -> None:
    with writing() as write:
        local = FRIDAY.astimezone(timezone(timedelta(hours=8)))
        audit.record(write, office.editor.actor, "test:done", "甲", local)
    session.expire_all()
    assert broken(session, office) == []
