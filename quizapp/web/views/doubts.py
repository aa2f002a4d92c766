"""有疑问: doubting a question on the result page, and an editor's answer."""

from flask import Blueprint
from flask import abort
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from quizapp.core.errors import BadInput
from quizapp.core.marking import DoubtReason
from quizapp.core.roles import Action
from quizapp.db import marking as rows
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import doubts
from quizapp.web.access import actor
from quizapp.web.access import may_page
from quizapp.web.access import needs
from quizapp.web.access import now

bp = Blueprint("doubts", __name__)


@bp.app_template_global("doubts_open")
def doubts_open() -> int:
    """How many doubts wait for an editor who asks; 0 where the database cannot say."""
    if not may_page("question:correct"):
        return 0
    try:
        return rows.count_open_doubts(db.session())
    except SQLAlchemyError:
        return 0


@bp.post("/attempts/<string:attempt_id>/questions/<int:number>/doubt")
@needs(Action.ATTEMPT_TAKE)
def doubt(attempt_id: str, number: int) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    if reason not in set(DoubtReason):
        flash("没有提交：请选择疑问的类型。", "error")
        return redirect(_question(attempt_id, number))
    try:
        with writing() as session:
            words = request.form.get("words", "").replace("\r\n", "\n")
            doubts.raise_doubt(session, actor(), attempt_id, number, DoubtReason(reason), words, now=now())
    except BadInput as refused:
        flash(f"没有提交：{refused}", "error")
        return redirect(_question(attempt_id, number))
    flash(f"第 {number} 题的疑问已提交，编辑答复后会在首页告诉您。")
    return redirect(_question(attempt_id, number))


def _question(attempt_id: str, number: int) -> str:
    return url_for("results.result", attempt_id=attempt_id, _anchor=f"m{number}")


@bp.get("/doubts")
@needs(Action.QUESTION_CORRECT)
def index() -> ResponseReturnValue:
    return render_template("doubts/index.html", doubted=doubts.doubted_questions(db.session(), actor()), fault=None)


@bp.post("/doubts/questions/<string:question_id>/answer")
@needs(Action.QUESTION_CORRECT)
def answer(question_id: str) -> ResponseReturnValue:
    """Answer every open doubt about a question at once."""
    if "answer" not in request.form:
        abort(400)
    try:
        with writing() as session:
            told = doubts.settle_question(session, actor(), question_id, request.form["answer"], now=now())
    except BadInput as refused:
        doubted = doubts.doubted_questions(db.session(), actor())
        return render_template("doubts/index.html", doubted=doubted, fault=(question_id, str(refused))), 422
    flash(f"已答复，{told} 位提出疑问的人会在首页看到。" if told else "这道题的疑问已由别人答复。")
    return redirect(url_for(".index"))
