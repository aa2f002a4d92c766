"""Question sets: what the bank holds, loading a set from a file, retiring a question."""

from collections.abc import Mapping

from flask import Blueprint
from flask import abort
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from flask_wtf.file import FileRequired

from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.core.states import MOVES
from quizapp.core.states import Move
from quizapp.core.states import QuestionState
from quizapp.db import sittings
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.formats.question_sets import MAX_BYTES
from quizapp.formats.question_sets import read_question_set
from quizapp.services import bank
from quizapp.services.speeches import printable
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.forms import Form
from quizapp.web.tables import study as tables

bp = Blueprint("sets", __name__, url_prefix="/question-sets")


class QuestionSetForm(Form):
    file = FileField(
        "题集文件",
        [FileRequired("请选择题集文件")],
        description=f"YAML 格式（.yaml、.yml），UTF-8 编码，不超过 {MAX_BYTES // 1_000_000} MB。",
        render_kw={"accept": ".yaml,.yml"},
    )


@bp.get("")
@needs(Action.QUESTION_READ)
def index() -> ResponseReturnValue:
    lines = bank.question_sets(db.session(), actor())
    if exports.wanted():
        return exports.answer(tables.question_sets(lines))
    return render_template("sets/index.html", lines=lines, states=QuestionState)


@bp.get("/new")
@needs(Action.QUESTION_LOAD)
def new() -> ResponseReturnValue:
    return render_template("sets/new.html", form=QuestionSetForm())


@bp.post("/new")
@needs(Action.QUESTION_LOAD)
def upload() -> ResponseReturnValue:
    form = QuestionSetForm()
    if not form.validate():
        return render_template("sets/new.html", form=form), 422
    given = form.file.data
    try:
        file = read_question_set(printable(given.filename), given.read())
        with writing() as session:
            report = bank.load_question_set(session, actor(), file, now=now())
    except BadInput as error:
        form.refuse(error)
        return render_template("sets/new.html", form=form), 422
    flash(f"“{report.name}”已导入：新增 {report.added} 题、更新 {report.changed} 题、未变 {report.unchanged} 题。")
    return redirect(url_for(".page", set_id=report.set_id))


@bp.get("/<string:set_id>")
@needs(Action.QUESTION_READ)
def page(set_id: str) -> ResponseReturnValue:
    row, entries = bank.question_set(db.session(), actor(), set_id)
    # Who reads the bank takes the quiz too: what is being asked now shows no key.
    out = sittings.questions_out(db.session(), row.id, now())
    return render_template(
        "sets/page.html",
        question_set=row,
        entries=[(q, version.number, version.question(), q.id not in out) for q, version in entries],
        counts=_counts([question.state for question, _ in entries]),
        correctable={state for state in QuestionState if (state, Move.CORRECT) in MOVES},
        retirable={state for state in QuestionState if (state, Move.RETIRE) in MOVES},
    )


@bp.post("/<string:set_id>/questions/<string:question_id>/retirement")
@needs(Action.QUESTION_CORRECT)
def retire(set_id: str, question_id: str) -> ResponseReturnValue:
    number = request.form.get("version", type=int)
    if number is None:
        abort(400)
    with writing() as session:
        bank.retire(session, actor(), question_id, number, of_set=set_id, now=now())
    flash("试题已停用，不再用于新试卷；已发布的试卷不变。")
    return redirect(url_for(".page", set_id=set_id))


def _counts(states: list[QuestionState]) -> Mapping[QuestionState, int]:
    return {state: states.count(state) for state in QuestionState if state in states}
