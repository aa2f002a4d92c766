"""更正答案并重新计分: choose what becomes of a question, see what it would change, confirm just that."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from flask import Blueprint
from flask import abort
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.errors import BadInput
from quizapp.core.labels import label
from quizapp.core.regrading import Effect
from quizapp.core.regrading import Method
from quizapp.core.regrading import Standing
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import adjustments
from quizapp.services import bulletins
from quizapp.services import regrading
from quizapp.services.regrading import Asked
from quizapp.services.regrading import ChangedSinceShown
from quizapp.services.regrading import DryRun
from quizapp.services.regrading import Elsewhere
from quizapp.services.regrading import StillRunning
from quizapp.web.access import actor
from quizapp.web.access import may_page
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import points

bp = Blueprint("regrading", __name__, url_prefix="/sittings/<string:sitting_id>")
#: What a request scores anew before it answers; the bell does the rest.
RUNS_AT_ONCE = 5
WITHDRAW = "withdraw"
TOLD = {
    Method.NEW_KEY: "本题已更正答案",
    Method.GRANT: "本题送分",
    Method.VOID: "本题已作废，不计分，满分相应减少",
}


@bp.app_template_global("regradable")
def regradable(question_id: str) -> Sequence[Elsewhere]:
    """The closed sittings that asked a question (by its public id), for who may regrade them."""
    if not may_page("score:regrade"):
        return ()
    return regrading.asked_in(db.session(), actor(), question_id, now=now())


@bp.app_template_filter("standing_words")
def standing_words(standing: Standing) -> str:
    """What a person is told of a question that was regraded."""
    return TOLD[standing.method]


@bp.app_template_filter("signed_points")
def signed_points(units: int) -> str:
    """+2, −0.5, 0"""
    return f"{'+' if units > 0 else '−' if units < 0 else ''}{points(abs(units))}"


@bp.app_template_filter("percent_fine")
def percent_fine(share: Fraction | None) -> str:
    """A share as a percentage with one decimal, rounded down: one question changes a mean by little."""
    if share is None:
        return "—"
    whole, tenth = divmod(floor(share * 1000), 10)
    return f"{whole}.{tenth}%"


@bp.app_template_filter("method_word")
def method_word(method: Method | None) -> str:
    return label(method) if method else "撤回更正，恢复原评分"


@bp.app_template_filter("effect_words")
def effect_words(effect: Effect) -> str:
    """17 人 +2 分，3 人 −2 分，2 人由不及格变及格"""
    told = [f"{people} 人 {signed_points(units)} 分" for units, people in effect.changes]
    told += [f"{effect.now_pass} 人由不及格变及格"] if effect.now_pass else []
    told += [f"{effect.no_longer_pass} 人由及格变不及格"] if effect.no_longer_pass else []
    return "，".join(told) or "没有人的得分变化"


@bp.get("/regrades")
@needs(Action.SCORE_REGRADE)
def index(sitting_id: str) -> ResponseReturnValue:
    """Everything that was regraded in a sitting; with a staff number the way to that person's score."""
    number = request.args.get("staff_number", "")
    fault = ""
    if number.strip():
        try:
            found = adjustments.find_person(db.session(), actor(), sitting_id, number, now=now())
            return redirect(url_for("adjustments.page", sitting_id=sitting_id, person_id=found))
        except BadInput as refused:
            fault = str(refused)
    told = regrading.of_sitting(db.session(), actor(), sitting_id, now=now())
    body = render_template("regrading/index.html", told=told, staff_number=number, fault=fault)
    return body, 422 if fault else 200


@bp.get("/questions/<int:position>/regrade")
@needs(Action.SCORE_REGRADE)
def question(sitting_id: str, position: int) -> ResponseReturnValue:
    """Choose; with a method the dry run of it."""
    found = regrading.asked(db.session(), actor(), sitting_id, position, now=now())
    if "method" not in request.args or found.running:
        return _page(found)
    try:
        return _page(found, _dry_run(found, _method(request.args["method"])))
    except BadInput as refused:
        return _page(found, fault=str(refused)), 422


def _method(told: str) -> Method | None:
    """What a form or an address names; None withdraws."""
    if told == WITHDRAW:
        return None
    if told not in set(Method):
        abort(404)
    return Method(told)


def _dry_run(found: Asked, method: Method | None) -> DryRun:
    return regrading.dry_run(db.session(), actor(), found.sitting.public_id, found.place.position, method, now=now())


def _page(found: Asked, run: DryRun | None = None, *, fault: str = "", reason: str = "") -> str:
    session = db.session()
    return render_template(
        "regrading/question.html",
        found=found,
        run=run,
        fault=fault,
        reason=reason,
        choices=_choices(found),
        chosen=(run.method.value if run.method else WITHDRAW) if run else "",
        bulletins=bulletins.of_sitting(session, actor(), found.sitting) if run else (),
    )


def _choices(found: Asked) -> Sequence[tuple[str, Method | None]]:
    return [(method.value if method else WITHDRAW, method) for method in found.methods]


@bp.post("/questions/<int:position>/regrade")
@needs(Action.SCORE_REGRADE)
def confirm(sitting_id: str, position: int) -> ResponseReturnValue:
    method, reason = _method(request.form.get("method", "")), request.form.get("reason", "")
    stamp = request.form.get("stamp", "")
    try:
        with writing() as session:
            regrading.confirm(session, actor(), sitting_id, position, method, reason, stamp, now=now())
    except ChangedSinceShown as changed:
        fault = "试算之后，答卷、评阅或处理方式又有变动。还没有更正；请看下面新的试算，再确认。"
        found = regrading.asked(db.session(), actor(), sitting_id, position, now=now())
        return _page(found, changed.found, fault=fault, reason=reason), 409
    except StillRunning:
        found = regrading.asked(db.session(), actor(), sitting_id, position, now=now())
        return _page(found, fault="本场还在重新计分，算完再更正下一题。", reason=reason), 409
    except BadInput as refused:
        return _refused(sitting_id, position, method, str(refused), reason)
    flash(f"第 {position} 题：{'更正已撤回' if method is None else label(method)}，正在重新计分。")
    return _go_on(url_for(".question", sitting_id=sitting_id, position=position))


def _refused(sitting_id: str, position: int, method: Method | None, fault: str, reason: str) -> ResponseReturnValue:
    found = regrading.asked(db.session(), actor(), sitting_id, position, now=now())
    try:
        return _page(found, _dry_run(found, method), fault=fault, reason=reason), 422
    except BadInput:
        return _page(found, fault=fault, reason=reason), 422


@bp.post("/regrades/progress")
@needs(Action.SCORE_REGRADE)
def go_on(sitting_id: str) -> ResponseReturnValue:
    """Score a few more now instead of waiting for the bell."""
    regrading.of_sitting(db.session(), actor(), sitting_id, now=now())
    return _go_on(url_for(".index", sitting_id=sitting_id))


def _go_on(address: str) -> ResponseReturnValue:
    more = True
    for _ in range(RUNS_AT_ONCE):
        if more:
            with writing() as session:
                more = regrading.step(session, now=now())
    return redirect(address)
