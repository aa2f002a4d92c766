"""The tokens that other systems read with, and how many requests each has made of late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import String
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from quizapp.core.api import REQUESTS
from quizapp.core.api import WINDOW
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.people import PersonRow


class ApiTokenRow(Addressable, Base):
    """One token. The other system holds it, the table only its SHA-256."""

    __tablename__ = "api_token"
    __table_args__ = (
        # Who is tapped twice makes one token; a name is free again once its token is revoked.
        Index(
            "ix_api_token_name",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The system that reads with it.
    name: Mapped[str] = mapped_column(String(50))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    #: Words of core/api.py:Scope.
    scopes: Mapped[list[str]] = mapped_column(JSON)
    expires_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    #: When the first request of the window came, and how many since.
    window_at: Mapped[datetime | None]
    window_requests: Mapped[int] = mapped_column(default=0)

    made_by: Mapped[PersonRow] = relationship(lazy="raise", foreign_keys=[made_by_id])
    revoked_by: Mapped[PersonRow | None] = relationship(lazy="raise", foreign_keys=[revoked_by_id])


def tokens(session: Session) -> Sequence[ApiTokenRow]:
    """All of them, the newest first."""
    people = (selectinload(ApiTokenRow.made_by), selectinload(ApiTokenRow.revoked_by))
    return session.scalars(select(ApiTokenRow).options(*people).order_by(ApiTokenRow.id.desc())).all()


def by_digest(session: Session, token_sha256: str) -> ApiTokenRow | None:
    return session.scalar(select(ApiTokenRow).where(ApiTokenRow.token_sha256 == token_sha256))


def is_named(session: Session, name: str) -> bool:
    """Whether a token that is not revoked has this name."""
    held = select(func.count()).where(ApiTokenRow.name == name, ApiTokenRow.revoked_at.is_(None))
    return bool(session.scalar(held))


def count_request(session: Session, token_id: int, now: datetime) -> tuple[datetime, int] | None:
    """Count one more request: (when its window began, how many it has); None, and nothing counted, beyond the limit.

    One statement, so that the count is exact however many processes answer at once.
    """
    row = ApiTokenRow
    # A window of the future is none: the clock was set back.
    is_over = or_(row.window_at.is_(None), row.window_at <= now - WINDOW, row.window_at > now + WINDOW)
    counted: Any = session.execute(
        update(row)
        .where(row.id == token_id, row.revoked_at.is_(None), row.expires_at > now)
        .where(or_(is_over, row.window_requests < REQUESTS))
        .values(
            window_requests=case((is_over, 1), else_=row.window_requests + 1),
            window_at=case((is_over, now), else_=row.window_at),
            last_used_at=now,
        )
        .returning(row.window_at, row.window_requests)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if counted is None else (counted.window_at, counted.window_requests)
