"""Everybody's own calendar, for the calendar program of their phone."""

from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import Response
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.formats.calendar_feed import calendar_feed
from quizapp.services import calendars
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.access import public

bp = Blueprint("calendars", __name__)


@bp.get("/calendar")
@needs(Action.ACCOUNT_OWN)
def page() -> ResponseReturnValue:
    token = calendars.address(db.session(), actor())
    address = url_for(".feed", token=token, _external=True) if token else None
    return render_template("calendars/page.html", address=address)


@bp.post("/calendar/address")
@needs(Action.ACCOUNT_OWN)
def renew() -> ResponseReturnValue:
    with writing() as session:
        had_one = calendars.address(session, actor()) is not None
        calendars.renew(session, actor(), now=now())
    flash("地址已更换，原来的地址已失效，请在日历程序里换成新地址。" if had_one else "订阅地址已生成。")
    return redirect(url_for(".page"))


@bp.get("/calendars/<string:token>")
@public
def feed(token: str) -> ResponseReturnValue:
    """The calendar behind an address that nobody can guess: calendar programs cannot sign in."""
    moment = now()
    name, entries = calendars.feed(db.session(), token, zone=ZoneInfo(current_app.config["OFFICE_ZONE"]), now=moment)
    site = request.host.partition(":")[0]
    answer = Response(calendar_feed(f"{name}的学习日历", entries, site, moment), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = "inline; filename=study.ics"
    return answer
