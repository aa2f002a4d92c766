"""练习: where everybody practises for themselves, and 今日五题, the five questions of a day."""

from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import jsonify
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.practice import PracticeMode
from quizapp.core.roles import Action
from quizapp.core.types import BadResponse
from quizapp.db.base import db
from quizapp.db.base import new_public_id
from quizapp.db.engine import writing
from quizapp.services import daily
from quizapp.services.practising import Reserved
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.access import signed_in
from quizapp.web.filters import office_time
from quizapp.web.practised import given_by_form
from quizapp.web.practised import given_by_script
from quizapp.web.practised import judging
from quizapp.web.practised import verdict

bp = Blueprint("practice", __name__)
NOTHING_GIVEN = "还没有作答。不会也没关系，点“不会，看答案”。"
WITHDRAWN = "这道题已经撤下，不用再答；这次作答没有计入。"
OTHER_PERSON = "这份答案不是现在登录的人作的，没有保存。"


@bp.get("/practice")
@needs(Action.PRACTICE_OWN)
def index() -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "practice/index.html",
        standing=daily.standing(session, actor(), _zone(), now=now()),
        mistakes=daily.count_mistakes(session, actor()),
    )


@bp.get("/practice/daily")
@needs(Action.PRACTICE_OWN)
def today() -> ResponseReturnValue:
    return _daily_page()


@bp.post("/practice/daily/five")
@needs(Action.PRACTICE_OWN)
def begin() -> ResponseReturnValue:
    """Choose today's five where they are not yet, and others for those that were withdrawn meanwhile."""
    moment, zone = now(), _zone()
    five = daily.choose_five(db.session(), actor(), zone, now=moment)
    if five is not None:
        with writing() as session:
            daily.keep(session, actor(), five, zone=zone, now=moment)
    return redirect(url_for(".today"))


@bp.post("/practice/daily")
@needs(Action.PRACTICE_OWN)
def answer_by_form() -> ResponseReturnValue:
    """One of the five, without scripts."""
    try:
        given = given_by_form(request.form, PracticeMode.DAILY)
        if not given.raw and "skip" not in request.form:
            raise BadResponse(NOTHING_GIVEN)
        with writing() as session:
            daily.answer(session, actor(), given, _zone(), now=now())
    except BadResponse as bad:
        return _daily_page(fault=bad.reason), 422
    except Reserved:
        return _daily_page(fault=WITHDRAWN), 409
    return redirect(url_for(".answered", number=given.sequence))


@bp.get("/practice/daily/<int:number>")
@needs(Action.PRACTICE_OWN)
def answered(number: int) -> ResponseReturnValue:
    """What became of the answer to one of today's five; to the others leads their page."""
    found = daily.of_today(db.session(), actor(), _zone(), now=now())
    place = next((place for place in found.places if place.practised.shown.number == number), None)
    if place is None or place.outcome is None:
        return redirect(url_for(".today"))
    return render_template("practice/answered.html", today=found, place=place)


@bp.post("/practice/answers")
@needs(Action.PRACTICE_OWN)
def save() -> ResponseReturnValue:
    """One of the five as a page's script sends it, at once or when there is a network again."""
    arrived, zone, sent = now(), _zone(), request.get_json()
    # Who signed in at this browser after the page was opened answers nothing by it.
    if isinstance(sent, dict) and sent.get("person", signed_in().public_id) != signed_in().public_id:
        return jsonify(error="other-person", message=OTHER_PERSON), 409
    try:
        given = given_by_script(sent, PracticeMode.DAILY)
        with writing() as session:
            outcome = daily.answer(session, actor(), given, zone, now=arrived)
    except BadResponse as bad:
        return jsonify(error="bad-response", message=bad.reason), 422
    except Reserved:
        return jsonify(error="withdrawn", message=WITHDRAWN), 409
    standing = daily.standing(db.session(), actor(), zone, now=arrived)
    return jsonify(
        verdict=verdict(outcome),
        saved_at=office_time(arrived).strftime("%H:%M:%S"),
        done=standing.is_done,
        streak=standing.streak,
    )


def _daily_page(fault: str = "") -> str:
    moment, zone = now(), _zone()
    found = daily.of_today(db.session(), actor(), zone, now=moment)
    return render_template(
        "practice/daily.html",
        today=found,
        may_begin=not found.places and daily.choose_five(db.session(), actor(), zone, now=moment) is not None,
        page=new_public_id(),
        judging=judging,
        fault=fault,
        refused=request.form.get("id", "") if fault else "",
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])
