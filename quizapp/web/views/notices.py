"""Putting aside what one was told about an attempt."""

from flask import Blueprint
from flask import redirect
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.roles import Action
from quizapp.db.engine import writing
from quizapp.services import notices
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now

bp = Blueprint("notices", __name__)


@bp.post("/notices/<string:notice_id>/dismissal")
@needs(Action.ACCOUNT_OWN)
def dismiss(notice_id: str) -> ResponseReturnValue:
    with writing() as session:
        notices.dismiss(session, actor(), notice_id, now=now())
    return redirect(url_for("home.index"))
