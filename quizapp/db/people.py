"""The organisation tree, people, what they oversee, and their sign-in sessions."""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy import ColumnElement
from sqlalchemy import ForeignKey
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from quizapp.core.display import Contrast
from quizapp.core.display import Theme
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words


class SectionRow(Addressable, Base):
    __tablename__ = "section"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    #: Order among siblings, as the office lists its sections.
    position: Mapped[int] = mapped_column(default=0)
    #: When it was merged into another; nobody joins it any more, and what it did stays under its name.
    closed_at: Mapped[datetime | None]


class PersonRow(Addressable, Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: 工号, what people sign in with.
    staff_number: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    #: 职务, shown beside the name; it carries no permission.
    post: Mapped[str] = mapped_column(String(50), default="")
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    #: Set by someone else: only the password page works until it is changed.
    must_change_password: Mapped[bool] = mapped_column(default=True)
    #: A password set by someone else stops working at this time.
    initial_password_expires_at: Mapped[datetime | None]
    #: False: can no longer sign in; past scores stay.
    active: Mapped[bool] = mapped_column(default=True)
    large_type: Mapped[bool] = mapped_column(default=False)
    theme: Mapped[Theme] = mapped_column(words(Theme), default=Theme.SYSTEM, server_default=Theme.SYSTEM.value)
    contrast: Mapped[Contrast] = mapped_column(
        words(Contrast), default=Contrast.STANDARD, server_default=Contrast.STANDARD.value
    )
    #: Where reminders go; empty: nowhere.
    email: Mapped[str] = mapped_column(String(254), default="", server_default=text("''"))
    #: The unguessable address of the person's calendar; None until they ask for one.
    calendar_token: Mapped[str | None] = mapped_column(String(22), index=True, unique=True)
    created_at: Mapped[datetime]

    section: Mapped[SectionRow] = relationship(lazy="raise")
    roles: Mapped[list["PersonRoleRow"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    oversights: Mapped[list["OversightRow"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class PersonRoleRow(Base):
    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role), primary_key=True)


class OversightRow(Base):
    """A person oversees a section and all below it."""

    __tablename__ = "oversight"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True)


class SignInSessionRow(Base):
    """One signed-in browser. The cookie holds the token, the table only its SHA-256."""

    __tablename__ = "sign_in_session"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class SignInFailureRow(Base):
    """A failed sign-in; counted in the database so that all workers share the count."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (CheckConstraint("length(staff_number) > 0", name="staff_number_present"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_number: Mapped[str] = mapped_column(String(32), index=True)
    ip: Mapped[str] = mapped_column(String(45), index=True)
    at: Mapped[datetime] = mapped_column(index=True)


def person_by_public_id(session: Session, public_id: str) -> PersonRow:
    return addressed(session, PersonRow, public_id)


def person_by_number(session: Session, staff_number: str) -> PersonRow | None:
    return session.scalar(select(PersonRow).where(PersonRow.staff_number == staff_number))


def section_by_public_id(session: Session, public_id: str) -> SectionRow:
    return addressed(session, SectionRow, public_id)


def hold_sections(session: Session, public_ids: Iterable[str]) -> None:
    """Keep other writers off these sections until the transaction ends; in one order, so that none wait in a ring."""
    statement = select(SectionRow.id).where(SectionRow.public_id.in_(public_ids)).order_by(SectionRow.id)
    session.execute(statement.with_for_update())


def sections(session: Session) -> Sequence[SectionRow]:
    """All sections, parents and siblings in the office's order."""
    return session.scalars(select(SectionRow).order_by(SectionRow.position, SectionRow.id)).all()


def open_sections(session: Session) -> Sequence[SectionRow]:
    """The sections that people can belong to: those that were merged into others are left out."""
    return [row for row in sections(session) if row.closed_at is None]


def root_section_id(session: Session) -> int:
    """The office itself, which all sections belong to."""
    return session.scalars(
        select(SectionRow.id).where(SectionRow.parent_id.is_(None)).order_by(SectionRow.id).limit(1)
    ).one()


def with_all_below(session: Session, section_ids: Iterable[int]) -> frozenset[int]:
    """The ids of these sections and of all sections below them (one recursive query)."""
    wanted = list(section_ids)
    if not wanted:
        return frozenset()
    tree = select(SectionRow.id).where(SectionRow.id.in_(wanted)).cte("tree", recursive=True)
    tree = tree.union(select(SectionRow.id).join(tree, SectionRow.parent_id == tree.c.id))
    return frozenset(session.scalars(select(tree.c.id)))


def with_all_above(session: Session, section_id: int) -> Sequence[str]:
    """The names of a section and of all sections it belongs to, up to the office itself."""
    line = select(SectionRow.name, SectionRow.parent_id).where(SectionRow.id == section_id).cte("line", recursive=True)
    line = line.union(select(SectionRow.name, SectionRow.parent_id).join(line, SectionRow.id == line.c.parent_id))
    return session.scalars(select(line.c.name)).all()


def ids_of_all_above(section_id: int | ColumnElement[int]) -> Select[int]:
    """A section and all sections it belongs to, as a part of a query."""
    line = select(SectionRow.id, SectionRow.parent_id).where(SectionRow.id == section_id).cte("line", recursive=True)
    line = line.union(select(SectionRow.id, SectionRow.parent_id).join(line, SectionRow.id == line.c.parent_id))
    return select(line.c.id)


def actor(session: Session, person_id: int) -> Actor:
    """The person as the permission table sees them."""
    name, section_id = session.execute(
        select(PersonRow.name, PersonRow.section_id).where(PersonRow.id == person_id)
    ).one()
    return actor_named(session, person_id, name, section_id)


def actor_named(session: Session, person_id: int, name: str, section_id: int) -> Actor:
    """The same where name and section are known already: two small queries, and the tree for those who oversee."""
    roles = session.scalars(select(PersonRoleRow.role).where(PersonRoleRow.person_id == person_id))
    overseen = session.scalars(select(OversightRow.section_id).where(OversightRow.person_id == person_id)).all()
    return Actor(person_id, name, section_id, frozenset(roles) | {Role.STAFF}, with_all_below(session, overseen))


def active_holders(session: Session, role: Role, *, lock: bool = False) -> int:
    """How many active people hold a role; with `lock`, until this transaction ends nobody else counts to take it."""
    if lock:
        # Counted by a statement of its own: only that sees what those have done whom this one waited for.
        session.execute(select(PersonRoleRow.person_id).where(PersonRoleRow.role == role).with_for_update())
    return (
        session.scalar(
            select(func.count())
            .select_from(PersonRoleRow)
            .join(PersonRow, PersonRow.id == PersonRoleRow.person_id)
            .where(PersonRoleRow.role == role, PersonRow.active)
        )
        or 0
    )


def end_sessions(session: Session, person_id: int) -> None:
    """End a person's sign-in sessions everywhere."""
    session.execute(delete(SignInSessionRow).where(SignInSessionRow.person_id == person_id))
