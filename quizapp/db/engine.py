"""How we talk to the database: pragmas, the write gate, and the one way to write.

SQLite: readers run on snapshots (WAL); writers queue at a gate instead of polling SQLite's lock, which keeps the
slowest save near the median. The gate also keeps commits and checkpoints of several connections apart, which SQLite
libraries before 3.51.3 need (the WAL-reset bug, https://sqlite.org/wal.html).
"""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy.orm import Session

from quizapp.db.base import db

PRAGMAS = (
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # REPLACE deletes rows without their delete triggers, which guard the audit trail, unless triggers may nest.
    "recursive_triggers=ON",
    "wal_autocheckpoint=1000",
    "journal_size_limit=67108864",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
    "temp_store=MEMORY",
    "secure_delete=FAST",
)
GATE_SECONDS = 10.0
_thread_gate = threading.Lock()


class GateBusy(Exception):
    """Another writer held the gate for longer than anybody should wait: the page answers 503, the client retries."""


def prepare_engine(engine: Engine) -> None:
    """Set the pragmas on every SQLite connection and begin transactions ourselves (the driver's way loses updates)."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(dbapi_connection: Any, record: object) -> None:
        dbapi_connection.isolation_level = None
        for pragma in PRAGMAS:
            dbapi_connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def writing() -> Iterator[Session]:
    """Open the request's write transaction and commit it once; any error rolls all of it back.

    Nothing slow belongs inside: no hashing, no parsing, no template. Rows loaded before are expired, for they may be
    stale by the time the gate opens.

    :raise GateBusy: if the gate does not open within GATE_SECONDS
    """
    session = db.session()
    session.rollback()
    with _gate():
        session.connection(execution_options={"write": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def _gate() -> Iterator[None]:
    """Let one writer in at a time: among our threads by a lock, among our processes by a lock on a file."""
    path = _gate_path()
    if path is None:
        yield
        return
    if not _thread_gate.acquire(timeout=GATE_SECONDS):
        raise GateBusy
    try:
        with open(path, "ab") as gate_file:
            _lock_file(gate_file.fileno())
            yield
    finally:
        _thread_gate.release()


def _gate_path() -> Path | None:
    """The lock file beside the SQLite database; None for a database that has locks of its own."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(current_app.instance_path, url.database + ".gate")


def _lock_file(fd: int) -> None:
    deadline = time.monotonic() + GATE_SECONDS
    pause = 0.0005
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise GateBusy from None
            time.sleep(pause)
            pause = min(pause * 2, 0.005)


def sqlite_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite library has the fix of the WAL-reset bug (3.51.3, 3.50.7 and 3.44.6 branches)."""
    fixed = {(3, 50): 7, (3, 44): 6}
    return version >= (3, 51, 3) or version[2] >= fixed.get(version[:2], 10**6)
