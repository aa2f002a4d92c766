"""背诵卡: choosing what to recite, turning over card after card, and rating oneself."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.errors import BadInput
from quizapp.core.memory import Grade
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.base import new_public_id
from quizapp.db.engine import writing
from quizapp.services import recitation
from quizapp.services.recitation import Scope
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.practised import PAGE

bp = Blueprint("recitation", __name__, url_prefix="/practice/recite")
#: What a person can say of themselves, by the value of the button.
GRADES = {"good": Grade.GOOD, "hard": Grade.HARD, "again": Grade.AGAIN}
WORDS = {Grade.GOOD: "记得", Grade.HARD: "想了一会", Grade.AGAIN: "没记住"}
NOT_COUNTED = "这个要点今天已经评过，掌握度按当天第一次算，这次只作练习。"
UNCLEAR = "没有收到您的选择，请再点一次。"


@bp.get("")
@needs(Action.PRACTICE_OWN)
def index() -> ResponseReturnValue:
    found = recitation.choices(db.session(), actor(), _zone(), now=now())
    return render_template("practice/recite.html", choices=found)


@bp.get("/speeches/<string:speech_id>")
@needs(Action.PRACTICE_OWN)
def parts(speech_id: str) -> ResponseReturnValue:
    found = recitation.parts(db.session(), actor(), speech_id, now=now())
    return render_template("practice/recite_parts.html", found=found)


@bp.get("/cards")
@needs(Action.PRACTICE_OWN)
def card() -> ResponseReturnValue:
    """The next card of a run; who comes without a run begins one, which changes nothing yet."""
    scope = _scope()
    run = _named("run")
    if not run:
        return redirect(url_for(".card", run=new_public_id(), **_query(scope)))
    found = recitation.progress(db.session(), actor(), run, scope, _zone(), now=now())
    template = "practice/recite_card.html" if found.card else "practice/recite_end.html"
    return render_template(
        template, found=found, run=run, query=_query(scope), scope=scope, grades=GRADES, words=WORDS, Grade=Grade
    )


@bp.post("/cards")
@needs(Action.PRACTICE_OWN)
def rate() -> ResponseReturnValue:
    run, point, grade = _named("run"), request.form.get("point", ""), GRADES.get(request.form.get("grade", ""))
    scope = _scope()
    if not run or grade is None or not (point.isascii() and point.isdecimal() and len(point) < 10):
        flash(UNCLEAR, "error")
        return redirect(url_for(".card", run=run or None, **_query(scope)))
    try:
        with writing() as session:
            counts = recitation.rate(session, actor(), run, int(point), grade, _zone(), now=now())
    except BadInput as bad:
        flash(f"{bad}。", "error")
    else:
        if not counts:
            flash(NOT_COUNTED)
    return redirect(url_for(".card", run=run, **_query(scope)))


def _scope() -> Scope:
    """What the address, or the form, says the run is about; what cannot be is left out."""
    part = request.values.get("part", "")
    is_number = part.isascii() and part.isdecimal() and len(part) < 4
    return Scope(_named("speech"), int(part) if is_number else 0, _named("again"))


def _query(scope: Scope) -> dict[str, Any]:
    return {"speech": scope.speech or None, "part": scope.part or None, "again": scope.again or None}


def _named(field: str) -> str:
    value = request.values.get(field, "")
    return value if PAGE.fullmatch(value) else ""


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])
