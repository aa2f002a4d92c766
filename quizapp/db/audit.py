"""The audit trail: rows that nobody can change, each sealed with a hash over the one before."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime

from sqlalchemy import DDL
from sqlalchemy import JSON
from sqlalchemy import String
from sqlalchemy import event
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from quizapp.db.base import Base


class AuditRow(Base):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    #: Not a foreign key: the trail outlives whatever it speaks of. None for commands at the machine.
    person_id: Mapped[int | None]
    person_name: Mapped[str] = mapped_column(String(50))
    ip: Mapped[str] = mapped_column(String(45))
    verb: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(100))
    detail: Mapped[dict[str, object]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    #: SHA-256 over previous_hash and every column above; unique, so two writers can never fork the chain.
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    def seal(self) -> str:
        """What `hash` must be."""
        facts = [
            self.previous_hash,
            self.at.astimezone(UTC).isoformat(),
            self.person_id,
            self.person_name,
            self.ip,
            self.verb,
            self.subject,
            self.detail,
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


GENESIS = "0" * 64


def last_hash(session: Session) -> str:
    return session.scalar(select(AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)) or GENESIS


def broken_links(session: Session) -> Iterator[int]:
    """The ids of rows that do not fit the chain; nothing when the trail is whole."""
    previous = GENESIS
    for row in session.scalars(select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)):
        if row.previous_hash != previous or row.hash != row.seal():
            yield row.id
        previous = row.hash


#: Triggers that refuse to change or delete a row of the trail; migrations and create_all run the same statements.
GUARDS = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit rows are final'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final()",
    ),
}
for _dialect, _statements in GUARDS.items():
    for _statement in _statements:
        _guard = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(AuditRow.__table__, "after_create", _guard)
