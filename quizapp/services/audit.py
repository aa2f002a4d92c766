"""Writing the audit trail, in the same transaction as what it speaks of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.db import audit as trail
from quizapp.db.audit import AuditRow

#: Any constant: the key of PostgreSQL's advisory lock that lets one writer extend the chain at a time.
CHAIN_LOCK = 7_302_026


def record(session: Session, actor: Actor, verb: str, subject: str, now: datetime, **detail: object) -> None:
    """Add one sealed row; it stands or falls with the caller's transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    row = AuditRow(
        at=now,
        person_id=actor.person_id or None,
        person_name=actor.name,
        ip=actor.ip,
        verb=verb,
        subject=subject[:100],
        detail=detail,
        previous_hash=trail.last_hash(session),
    )
    row.hash = row.seal()
    session.add(row)
    session.flush()


def newest(session: Session, actor: Actor, *, before: int | None = None, limit: int = 100) -> Sequence[AuditRow]:
    """A page of the trail, newest first."""
    require(actor, Action.AUDIT_READ, Subject("audit"))
    statement = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(AuditRow.id < before)
    return session.scalars(statement).all()


def broken_links(session: Session, actor: Actor) -> list[int]:
    """The ids of rows that were tampered with; empty when the chain is whole."""
    require(actor, Action.AUDIT_READ, Subject("audit"))
    return list(trail.broken_links(session))
