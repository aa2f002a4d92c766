"""flask lexicon check: which terms the speeches say themselves; a warning that changes nothing."""

from pathlib import Path

import pytest
from conftest import Clock
from conftest import Office
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.corrections import Rename
from quizapp.core.corrections import point_ref
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.db.speeches import speech_by_public_id
from quizapp.formats.lexicon import load_lexicon
from quizapp.services import readings
from quizapp.services import speeches

TITLE = "在全办作风建设会议上的讲话"
SPEECH = f"""{TITLE}

同志们：

一、改进作风，争当“四型”干部。
一要争当“勤学型”干部，戒“惰”。二要争当“创新型”干部，戒“浮”。三要争当“善谋型”干部，戒“散”。四要争当“清廉型”干部，戒“贪”。
二、突出重点。
要抓好三项重点，即公文办理、会务保障、走访慰问。
"""
NOTHING_SHARED = f"""{TITLE}

一、改进作风，争当“两型”干部。
一要争当“勤学型”干部，戒“惰”。二要争当“善谋型”干部，戒“散”。
"""
LINES = [
    "创新型（X型干部）：《{name}》的“四型”",
    "公文办理（办公室职能）：《{name}》的“三项重点”",
    "会务保障（办公室职能）：《{name}》的“三项重点”",
]


def check(app: Flask, *files: Path) -> tuple[int, list[str]]:
    result = app.test_cli_runner().invoke(args=["lexicon", "check", *map(str, files)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output.splitlines()


def written(folder: Path, text: str, name: str = "讲话.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def loaded(session: Session, office: Office, clock: Clock) -> str:
    """A speech in the library."""
    with writing() as write:
        file = speeches.understand("讲话.txt", SPEECH.encode())
        row, _ = speeches.load_speech(write, office.editor.actor, file, "", now=clock())
        return row.public_id


def test_a_file_is_told_term_by_term_with_class_speech_and_set(app: Flask, tmp_path: Path) -> None:
    status, lines = check(app, written(tmp_path, SPEECH))

    assert status == 0
    assert {line.format(name="讲话.txt") for line in LINES} <= set(lines)
    assert "不会用作该讲话的干扰项" in lines[-1]


def test_every_line_names_a_term_and_its_class(app: Flask, tmp_path: Path) -> None:
    known = {f"{term}（{each.name}）" for each in load_lexicon().classes for term in each.terms}
    *lines, _ = check(app, written(tmp_path, SPEECH))[1]

    assert {line.partition("：《")[0] for line in lines} <= known


def test_a_file_given_twice_is_told_once(app: Flask, tmp_path: Path) -> None:
    file, other = written(tmp_path, SPEECH), written(tmp_path, SPEECH, "副本.txt")

    assert check(app, file, file) == check(app, file)
    assert len(check(app, file, other)[1]) == 2 * len(check(app, file)[1]) - 1


def test_a_file_that_shares_nothing_is_told_so(app: Flask, tmp_path: Path) -> None:
    assert check(app, written(tmp_path, NOTHING_SHARED)) == (0, ["没有词是讲话要点的条目。"])


def test_a_file_that_cannot_be_read_says_why(app: Flask, tmp_path: Path) -> None:
    status, lines = check(app, written(tmp_path, "PK\x03\x04", "讲话.docx"))

    assert status == 1
    assert "讲话.docx" in "".join(lines)


def test_without_files_the_library_is_looked_at(app: Flask, loaded: str) -> None:
    status, lines = check(app)

    assert status == 0
    assert {line.format(name=TITLE) for line in LINES} <= set(lines)


def test_the_library_is_read_as_its_editors_corrected_it(
    app: Flask, session: Session, office: Office, clock: Clock, loaded: str
) -> None:
    with writing() as write:
        row = speech_by_public_id(write, loaded)
        reading = readings.understanding_of(write, row).reading
        point = next(point for point in reading.points if point.name == "三项重点")
        rename = Rename(point_ref(point), "突出重点")
        readings.correct(write, office.editor.actor, loaded, rename, now=clock())

    assert f"公文办理（办公室职能）：《{TITLE}》的“突出重点”" in check(app)[1]


def test_the_library_is_only_read(app: Flask, session: Session, loaded: str) -> None:
    before = session.scalar(select(func.count()).select_from(AuditRow))
    session.rollback()
    check(app)

    assert session.scalar(select(func.count()).select_from(AuditRow)) == before
    assert not session.new and not session.dirty


def test_an_empty_library_shares_nothing(app: Flask) -> None:
    assert check(app) == (0, ["没有词是讲话要点的条目。"])


def test_the_help_says_that_a_shared_term_is_never_used(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["lexicon", "check", "--help"]).output

    assert "不会用作这篇讲话的干扰项" in "".join(said.split())
    assert "退出码仍为0" in "".join(said.split())
