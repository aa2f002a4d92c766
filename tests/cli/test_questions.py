"""flask questions load: whole files or nothing, twice is once, and every fault has its file and line."""

from pathlib import Path

import pytest
from conftest import Office
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow

SHIPPED = Path(__file__).resolve().parents[2] / "questions"
HEAD = "format: quiz/1\nset: {slug}\nname: 题集{slug}\nsource: {{speech: 测试讲话}}\nquestions:\n"
ENTRY = """
  - id: {id}
    type: 单选
    stem: 讲话要求做到（　）。
    options: {{A: 甲项, B: 乙项, C: 丙项}}
    key: {key}
    explanation: 讲话原文如此。
    heading: 第一部分
"""


def set_file(folder: Path, slug: str, *keys: str) -> Path:
    """A set with a question for each key."""
    path = folder / f"{slug}.yaml"
    entries = "".join(ENTRY.format(id=f"q{n}", key=key) for n, key in enumerate(keys))
    path.write_text(HEAD.format(slug=slug) + entries, encoding="utf-8")
    return path


def run(app: Flask, *arguments: str | Path) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["questions", "load", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def states(session: Session) -> list[QuestionState]:
    session.rollback()
    return list(session.scalars(select(QuestionRow.state)))


def test_a_set_waits_for_review(app: Flask, session: Session, tmp_path: Path) -> None:
    status, said = run(app, set_file(tmp_path, "yi", "A", "B"))
    assert (status, said) == (0, "题集yi：新增 2，更新 0，未变 0\n")
    assert states(session) == [QuestionState.IN_REVIEW] * 2


def test_a_folder_loads_with_all_its_sets(app: Flask, session: Session) -> None:
    status, said = run(app, SHIPPED)
    assert status == 0, said
    assert len(said.splitlines()) == len(list(SHIPPED.glob("*.yaml")))
    assert len(states(session)) >= 45


def test_loading_again_adds_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    path = set_file(tmp_path, "yi", "A", "B")
    run(app, path)
    assert run(app, path) == (0, "题集yi：新增 0，更新 0，未变 2\n")
    assert len(states(session)) == 2


def test_a_corrected_question_is_told_as_changed(app: Flask, session: Session, tmp_path: Path) -> None:
    run(app, set_file(tmp_path, "yi", "A", "B"))
    assert run(app, set_file(tmp_path, "yi", "A", "C")) == (0, "题集yi：新增 0，更新 1，未变 1\n")
    assert len(states(session)) == 2


def test_an_editor_may_vouch_for_a_file(app: Flask, session: Session, office: Office, tmp_path: Path) -> None:
    status, _ = run(app, set_file(tmp_path, "yi", "A"), "--approved-by", office.editor.number)
    assert status == 0
    assert states(session) == [QuestionState.APPROVED]


def test_vouching_later_approves_what_waits(app: Flask, session: Session, office: Office, tmp_path: Path) -> None:
    path = set_file(tmp_path, "yi", "A", "B")
    run(app, path)
    status, _ = run(app, path, "--approved-by", office.editor.number)
    assert status == 0
    assert states(session) == [QuestionState.APPROVED] * 2


@pytest.mark.parametrize("number", ["1102", "9999"], ids=["staff", "nobody"])
def test_nobody_else_may(app: Flask, session: Session, office: Office, tmp_path: Path, number: str) -> None:
    status, said = run(app, set_file(tmp_path, "yi", "A"), "--approved-by", number)
    assert (status, f"工号 {number} 不是在职的编辑" in said) == (1, True)
    assert states(session) == []


def test_a_key_that_is_no_option_is_named_with_file_and_line(app: Flask, session: Session, tmp_path: Path) -> None:
    path = set_file(tmp_path, "yi", "A", "E")
    line = next(n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "key: E" in text)
    status, said = run(app, path)
    assert status == 1
    assert str(path) in said
    assert f"第{line}行" in said
    assert states(session) == []


def test_one_bad_file_keeps_all_out_and_every_fault_is_told(app: Flask, session: Session, tmp_path: Path) -> None:
    paths = [set_file(tmp_path, "yi", "A"), set_file(tmp_path, "er", "E"), set_file(tmp_path, "san", "F", "A")]
    status, said = run(app, *paths)
    assert status == 1
    assert "没有导入任何题目" in said
    assert str(paths[0]) not in said
    assert str(paths[1]) in said
    assert str(paths[2]) in said
    assert states(session) == []
    assert session.scalars(select(QuestionSetRow)).all() == []


def test_what_is_no_yaml_is_told_in_words(app: Flask, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_bytes(b"\xff\xfe\x00: [")
    status, said = run(app, path)
    assert (status, str(path) in said, "Traceback" in said) == (1, True, False)
    assert states(session) == []


def test_a_folder_without_sets_is_told(app: Flask, tmp_path: Path) -> None:
    status, said = run(app, tmp_path)
    assert (status, "没有找到 .yaml 题集文件" in said) == (1, True)


def test_a_file_that_is_not_there_is_told(app: Flask, tmp_path: Path) -> None:
    status, said = run(app, tmp_path / "missing.yaml")
    assert (status, "missing.yaml" in said) == (2, True)
