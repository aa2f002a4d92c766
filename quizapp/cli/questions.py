"""flask questions …"""

from datetime import UTC
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.db import people
from quizapp.db.engine import writing
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.formats.question_sets import read_question_set
from quizapp.services.bank import LoadReport
from quizapp.services.bank import load_question_set

questions = AppGroup("questions", help="题集。")


@questions.command("load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--approved-by", metavar="工号", help="由这位编辑担保，导入后直接入库；不写则进入待审。")
def load(paths: tuple[Path, ...], approved_by: str | None) -> None:
    """读入题集（文件，或含 *.yaml 的文件夹）：全部成功才写入；重复读入不会重复。"""
    try:
        files = read_files(paths)
        with writing() as session:
            approver = editor(session, approved_by) if approved_by else None
            reports = load_files(session, files, approver)
    except BadInput as bad:
        raise click.ClickException("没有导入任何题目：\n" + explain(bad)) from None
    for report in reports:
        click.echo(f"{report.name}：新增 {report.added}，更新 {report.changed}，未变 {report.unchanged}")


def read_files(paths: tuple[Path, ...]) -> list[QuestionSetFile]:
    """Read every set; all problems of all files are collected before anything is said.

    :raise BadInput: naming each file and place
    """
    found = [file for path in paths for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]
    if not found:
        raise BadInput("", [Problem(str(paths[0]), "没有找到 .yaml 题集文件")])
    sets: list[QuestionSetFile] = []
    problems: list[Problem] = []
    for file in found:
        try:
            sets.append(read_question_set(file.name, file.read_bytes()))
        except BadInput as bad:
            problems += [Problem(f"{file} {problem.place}".strip(), problem.message) for problem in bad.problems]
    if problems:
        raise BadInput("", problems)
    return sets


def load_files(session: Session, files: list[QuestionSetFile], approver: Actor | None) -> list[LoadReport]:
    now = datetime.now(UTC)
    return [load_question_set(session, SYSTEM, file, approved_by=approver, now=now) for file in files]


def editor(session: Session, staff_number: str) -> Actor:
    """The editor with this staff number."""
    person = people.person_by_number(session, staff_number)
    actor = people.actor(session, person.id) if person and person.active else None
    if actor is None or Role.EDITOR not in actor.roles:
        raise BadInput("", [Problem("--approved-by", f"工号 {staff_number} 不是在职的编辑")])
    return actor


def explain(bad: BadInput) -> str:
    return "\n".join(f"  {problem}" for problem in bad.problems)
