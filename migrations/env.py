"""How Alembic reaches our database and tables; run through `flask db …`."""

from alembic import context
from flask import current_app

from quizapp.db.base import UTCDateTime

target = current_app.extensions["migrate"]
database = target.db


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Write our column types as what they store, so that an old migration never depends on today's code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False


def run_migrations() -> None:
    # Our own engine: with its pragmas, and DDL inside the write transaction.
    connectable = database.engine
    with connectable.connect().execution_options(write=True) as connection:
        options = dict(current_app.extensions["migrate"].configure_args)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transaction_per_migration=True,
            render_item=render_item,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run against a database; the offline mode is not used here")
run_migrations()
