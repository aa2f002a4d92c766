"""Reminders: how the channels are doing, and what could not be sent."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import reminders
from quizapp.services.reminders import Telling
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now

bp = Blueprint("reminders", __name__, url_prefix="/reminders")


@bp.get("")
@needs(Action.REMINDER_READ)
def index() -> ResponseReturnValue:
    session, asking, channels = db.session(), actor(), current_app.config["REMINDERS"]
    return render_template(
        "reminders/index.html",
        states=reminders.channel_states(session, asking, channels),
        failed=reminders.failed(session, asking),
        names={channel.number: channel.name for channel in channels},
        at_hour=current_app.config["REMIND_AT"],
        site=current_app.config["SITE"],
    )


@bp.post("/<string:reminder_id>/retry")
@needs(Action.REMINDER_READ)
def retry(reminder_id: str) -> ResponseReturnValue:
    with writing() as session:
        reminders.retry(session, actor(), reminder_id, now=now())
    flash("这条提醒将在一分钟内重新发送，结果请稍后刷新本页查看。")
    return redirect(url_for(".index"))


@bp.post("/retry")
@needs(Action.REMINDER_READ)
def retry_all() -> ResponseReturnValue:
    with writing() as session:
        number = reminders.retry_all(session, actor(), now=now())
    flash(f"{number} 条提醒将陆续重新发送，结果请稍后刷新本页查看。" if number else "没有需要重发的提醒。")
    return redirect(url_for(".index"))


@bp.app_template_global()
def reminders_waiting() -> Sequence[Telling]:
    """What the person is reminded of on the first page."""
    zone = ZoneInfo(current_app.config["OFFICE_ZONE"])
    return reminders.waiting_for(db.session(), actor(), now=now(), zone=zone)
