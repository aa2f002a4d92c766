"""Taking a sitting question by question: the phone beside the big screen."""

from datetime import datetime
from datetime import timedelta

from flask import Blueprint
from flask import flash
from flask import make_response
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.roles import Action
from quizapp.core.room import Step
from quizapp.core.sitting import Pace
from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import live
from quizapp.services.answers import Receipt
from quizapp.services.answers import Sent
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now

bp = Blueprint("live", __name__)


@bp.get("/attempts/<string:attempt_id>/live")
@needs(Action.ATTEMPT_TAKE)
def page(attempt_id: str) -> ResponseReturnValue:
    moment = now()
    attempt = attempts.own_attempt(db.session(), actor(), attempt_id)
    return _elsewhere(attempt) or render_template("live/page.html", **_following(attempt, moment))


@bp.get("/attempts/<string:attempt_id>/live/question")
@needs(Action.ATTEMPT_TAKE)
def question(attempt_id: str) -> ResponseReturnValue:
    """The part of the page that changes with the room; nothing where it has not changed."""
    moment = now()
    attempt = attempts.own_attempt(db.session(), actor(), attempt_id)
    version = live.version_of(db.session(), attempt, now=moment)
    if request.if_none_match.contains(version):
        return "", 304
    if moved := _elsewhere(attempt):
        return moved
    answer = make_response(render_template("live/_now.html", **_following(attempt, moment)))
    answer.set_etag(version)
    return answer


@bp.post("/attempts/<string:attempt_id>/live/answer")
@needs(Action.ATTEMPT_TAKE)
def save(attempt_id: str) -> ResponseReturnValue:
    """Save the answer to one question: the way without JavaScript."""
    arrived = now()
    number, known = (request.form.get(name, 0, type=int) for name in ("number", "sequence"))
    given = [text.replace("\r\n", "\n") for text in request.form.getlist(f"q{number}")]
    sent = Sent(given if any(given) else [], known + 1)
    try:
        with writing() as session:
            receipt = answers.save(session, actor(), attempt_id, number, sent, now=arrived, grace=timedelta(0))
    except BadResponse as bad:
        flash(f"没有保存：{bad.reason}", "error")
    else:
        _say(receipt)
    return redirect(url_for(".page", attempt_id=attempt_id))


def why_too_late(receipt: Receipt) -> str:
    """Why an answer that was received does not count."""
    if receipt.closed or not receipt.remaining or receipt.step is Step.ANSWER:
        return "这份试卷已经交卷或已到截止时间"
    return "这道题还没有开始作答" if receipt.step is Step.READ else "这道题已停止作答"


def _say(receipt: Receipt) -> None:
    if receipt.arrival is Arrival.TOO_LATE:
        flash(f"没有保存：{why_too_late(receipt)}。", "error")
    elif receipt.arrival is Arrival.OLDER:
        flash("另一台设备后来改过这题，以较新的答案为准。", "error")
    else:
        flash("✓ 已保存。停止作答前还可以修改。")


def _elsewhere(attempt: AttemptRow) -> ResponseReturnValue | None:
    """Where an attempt is to be seen that is not answered here."""
    if attempt.state is AttemptState.CLOSED:
        return redirect(url_for("results.result", attempt_id=attempt.public_id))
    if attempt.state is AttemptState.NOT_STARTED:
        return redirect(url_for("home.index"))
    if attempt.sitting.pace is Pace.WHOLE:
        return redirect(url_for("attempts.take", attempt_id=attempt.public_id))
    return None


def _following(attempt: AttemptRow, moment: datetime) -> dict[str, object]:
    """What the page and its changing part are rendered from."""
    session = db.session()
    return {
        "live": live.following(session, actor(), attempt.public_id, now=moment),
        "version": live.version_of(session, attempt, now=moment),
        "running": attempts.is_running(attempt, moment),
        "server": int(moment.timestamp() * 1000),
        "types": TYPES,
    }
