"""Two who write at the same time, on a database that lets both in (PostgreSQL; SQLite lets one in at a time)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from quizapp.db.base import db
from quizapp.db.engine import writing

Verb = Callable[[Session], object]


def one_after_the_other(app: Flask, first: Verb, second: Verb) -> None:
    """Do the first; commit it only once the second, which has begun meanwhile, waits for it.

    :raise Exception: whatever the second does
    """

    def begin() -> None:
        with app.app_context():
            try:
                with writing() as write:
                    second(write)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        with writing() as write:
            first(write)
            write.flush()
            begun = pool.submit(begin)
            while not begun.done() and not write.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                sleep(0.01)
            assert not begun.done(), "the second did not wait"
        begun.result()
