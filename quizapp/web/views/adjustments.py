"""调整得分: one person's score in one sitting, by an editor or by who oversees the person."""

from fractions import Fraction

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import adjustments
from quizapp.services.adjustments import AdjustedMeanwhile
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now

bp = Blueprint("adjustments", __name__)
#: What people type for a minus.
MINUS = str.maketrans("−－–＋．", "---+.")
LONGEST = 8


@bp.get("/sittings/<string:sitting_id>/people/<string:person_id>/adjustments")
@needs(Action.SCORE_ADJUST)
def page(sitting_id: str, person_id: str) -> ResponseReturnValue:
    return _page(sitting_id, person_id)


def _page(sitting_id: str, person_id: str, *, fault: str = "", points: str = "", reason: str = "") -> str:
    found = adjustments.of_person(db.session(), actor(), sitting_id, person_id, now=now())
    return render_template("adjustments/page.html", found=found, fault=fault, points=points, reason=reason)


@bp.post("/sittings/<string:sitting_id>/people/<string:person_id>/adjustments")
@needs(Action.SCORE_ADJUST)
def adjust(sitting_id: str, person_id: str) -> ResponseReturnValue:
    points, reason = request.form.get("points", ""), request.form.get("reason", "")
    stamp = request.form.get("stamp", "")
    try:
        with writing() as session:
            adjustments.adjust(session, actor(), sitting_id, person_id, _number(points), reason, stamp, now=now())
    except BadInput as refused:
        return _page(sitting_id, person_id, fault=str(refused), points=points, reason=reason), 422
    except AdjustedMeanwhile:
        fault = "打开本页之后，得分又有变动。还没有调整；请看下面现在的得分，再保存。"
        return _page(sitting_id, person_id, fault=fault, points=points, reason=reason), 409
    flash("得分已调整，已通知本人。")
    return redirect(url_for(".page", sitting_id=sitting_id, person_id=person_id))


def _number(told: str) -> Fraction:
    """So many points as somebody typed them; BadInput for what is no number."""
    plain = "".join(told.split()).translate(MINUS)
    try:
        if len(plain) > LONGEST or "/" in plain or "e" in plain.lower() or "_" in plain:
            raise ValueError(plain)
        return Fraction(plain)
    except ValueError:
        raise BadInput("", [Problem("", "分数要填数字，例如 2 或 -1.5。")]) from None


@bp.post("/adjustments/<string:adjustment_id>/withdrawal")
@needs(Action.SCORE_ADJUST)
def withdraw(adjustment_id: str) -> ResponseReturnValue:
    with writing() as session:
        sitting_id, person_id = adjustments.withdraw(session, actor(), adjustment_id, now=now())
    flash("得分调整已撤回，已通知本人。")
    return redirect(url_for(".page", sitting_id=sitting_id, person_id=person_id))
