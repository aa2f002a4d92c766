"""每周学测: the application factory."""

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate

from quizapp import cli
from quizapp import web
from quizapp.config import BadSettings
from quizapp.config import kept_secret
from quizapp.config import settings
from quizapp.core.errors import BadInput
from quizapp.db.base import db
from quizapp.db.engine import prepare_engine
from quizapp.db.engine import sqlite_is_safe
from quizapp.formats.lexicon import load_lexicon


def create_app(environ: Mapping[str, str] | None = None, **overrides: Any) -> Flask:
    """Build the application from the environment; `overrides` are settings that tests replace.

    :raise BadSettings: naming every setting that cannot be used, or every line of the lexicon that cannot
    """
    _check_lexicon()
    values = settings(os.environ if environ is None else environ) | overrides
    instance: Path = values["INSTANCE"]
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    values["SECRET_KEY"] = values["SECRET_KEY"] or kept_secret(instance)

    app = Flask("quizapp", instance_path=str(instance))
    app.config.from_mapping(values)
    db.init_app(app)
    Migrate(app, db, directory=str(Path(__file__).parent.parent / "migrations"), render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine)
        _warn_of_old_sqlite(app)
    web.init_app(app)
    cli.init_app(app)
    return app


def _check_lexicon() -> None:
    """Read the lexicon now: a mistake in it must stop the start, not the first speech that somebody loads."""
    try:
        load_lexicon()
    except BadInput as bad:
        raise BadSettings([f"词表 {bad.source} {problem}" for problem in bad.problems]) from bad


def _warn_of_old_sqlite(app: Flask) -> None:
    """Say once at start that only the write gate stands between this SQLite library and its WAL-reset bug."""
    if db.engine.dialect.name == "sqlite" and not sqlite_is_safe(sqlite3.sqlite_version_info):
        app.logger.info("SQLite %s：写入经写入闸门逐个进行，请勿用其他程序同时写库。", sqlite3.sqlite_version)
