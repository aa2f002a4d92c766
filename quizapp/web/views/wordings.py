"""What people typed into the blanks of a question, and accepting a wording for everybody."""

from flask import Blueprint
from flask import abort
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import wordings
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now

bp = Blueprint("wordings", __name__)
#: What a request scores anew before it answers; the bell does the rest.
RUNS_AT_ONCE = 5


@bp.get("/questions/<string:question_id>/wordings")
@needs(Action.QUESTION_CORRECT)
def page(question_id: str) -> ResponseReturnValue:
    return render_template(
        "wordings/page.html", told=wordings.wordings_of(db.session(), actor(), question_id, now=now())
    )


@bp.post("/questions/<string:question_id>/wordings")
@needs(Action.QUESTION_CORRECT)
def accept(question_id: str) -> ResponseReturnValue:
    number, blank = request.form.get("version", type=int), request.form.get("blank", type=int)
    if number is None or blank is None:
        abort(400)
    wording = request.form.get("wording", "")
    try:
        with writing() as session:
            wordings.accept(session, actor(), question_id, number, blank, wording, now=now())
    except BadInput as refused:
        told = wordings.wordings_of(db.session(), actor(), question_id, now=now())
        return render_template("wordings/page.html", told=told, fault=str(refused)), 422
    flash(f"“{wording.strip()}”已认可，填写它的答卷按对计分。")
    return _go_on(question_id)


@bp.post("/wordings/<string:wording_id>/withdrawal")
@needs(Action.QUESTION_CORRECT)
def withdraw(wording_id: str) -> ResponseReturnValue:
    with writing() as session:
        row = wordings.withdraw(session, actor(), wording_id, now=now())
        question_id, wording = wordings.question_of(session, row), row.wording
    flash(f"“{wording}”不再计为正确，已交的答卷重新计分。")
    return _go_on(question_id)


@bp.post("/questions/<string:question_id>/wordings/rescoring")
@needs(Action.QUESTION_CORRECT)
def go_on(question_id: str) -> ResponseReturnValue:
    """Score a few more now instead of waiting for the bell."""
    wordings.wordings_of(db.session(), actor(), question_id, now=now())
    return _go_on(question_id)


def _go_on(question_id: str) -> ResponseReturnValue:
    more = True
    for _ in range(RUNS_AT_ONCE):
        if more:
            with writing() as session:
                more = wordings.rescore(session, now=now())
    return redirect(url_for(".page", question_id=question_id))
