"""The declarative base, the column types every table shares, and the one database handle."""

import secrets
from datetime import UTC
from datetime import datetime
from enum import StrEnum
from typing import Any
from typing import TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime
from sqlalchemy import Dialect
from sqlalchemy import Enum
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import TypeDecorator
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.sql.base import ExecutableOption

from quizapp.core.errors import NotFound


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC without a zone so that SQLite and PostgreSQL compare it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def words(enum: type[StrEnum]) -> Enum:
    """A column type that stores an enum as its words, so that a person reading the table understands it."""
    values = [member.value for member in enum]
    return Enum(enum, values_callable=lambda _: values, native_enum=False, length=32, validate_strings=True)


def new_public_id() -> str:
    """128 bits of chance: what addresses show instead of a countable id."""
    return secrets.token_urlsafe(16)


class Base(DeclarativeBase):
    """Constraint names are spelt out so that migrations can name them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: dict[Any, Any] = {datetime: UTCDateTime}


class Addressable:
    """A row that has a page of its own: `public_id` is what its address shows."""

    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)


AddressableRow = TypeVar("AddressableRow", bound=Addressable)


def addressed(
    session: Session, row_type: type[AddressableRow], public_id: str, *load: ExecutableOption, lock: bool = False
) -> AddressableRow:
    """The row that an address names, with what `load` asks for.

    `lock` keeps other writers off the row until the transaction ends (SQLite's write gate does so anyway).

    :raise NotFound: if there is none
    """
    statement = select(row_type).where(row_type.public_id == public_id).options(*load)
    row = session.scalar(statement.with_for_update(of=row_type) if lock else statement)
    if row is None:
        raise NotFound(row_type.__name__.removesuffix("Row").lower(), public_id)
    return row


#: Engine and request-scoped session only. Rows inherit from Base, so that typed models stay plain SQLAlchemy.
db = SQLAlchemy(metadata=Base.metadata)
