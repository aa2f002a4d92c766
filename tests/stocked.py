"""The office's database with an approved question set in it, made once for each size and copied for each test.

Approving a set takes longer than most of what tests do with it.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import FRIDAY
from conftest import Office
from factories import approved_set
from flask import Flask

from quizapp import create_app
from quizapp.db.base import db
from quizapp.db.engine import writing

#: The database and the id of its set, by how many questions of every type the set has.
_made: dict[int, tuple[Path, int]] = {}


def stocked_set(each: int = 3) -> Any:
    """A fixture, to be called `set_id` in a module: the id of a set with `each` approved questions of every type."""

    @pytest.fixture
    def set_id(
        app: Flask,
        office_database: tuple[Path, Office],
        office: Office,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> int:
        still = office_database[0]
        database = Path(app.config["INSTANCE"]) / "quizapp.sqlite3"
        # Whatever wrote before would be lost.
        assert database.read_bytes() == still.read_bytes(), "ask for the set before anything is written"
        if each not in _made:
            _made[each] = _make(still, office, tmp_path_factory.mktemp("stocked"), each)
        stocked, made = _made[each]
        shutil.copy(stocked, database)
        return made

    return set_id


def _make(still: Path, office: Office, folder: Path, each: int) -> tuple[Path, int]:
    shutil.copy(still, folder)
    made = create_app({"QUIZAPP_INSTANCE": str(folder)})
    with made.app_context():
        with writing() as session:
            editor, approver = office.editor.actor, office.second_editor.actor
            set_id = approved_set(session, editor, approver, each=each, now=FRIDAY).id
        db.session.remove()
        db.engine.dispose()
    return folder / "quizapp.sqlite3", set_id
