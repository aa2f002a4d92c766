"""Taking the week's quiz: start, answer, hand in, see the result, one's own history."""

from typing import Any

from flask import Blueprint
from flask import jsonify
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.marking import DoubtReason
from quizapp.core.question import Interaction
from quizapp.core.roles import Action
from quizapp.core.states import AttemptState
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import attempts
from quizapp.services import doubts
from quizapp.services import notices
from quizapp.services.attempts import Receipt
from quizapp.services.attempts import Taking
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import office_time

bp = Blueprint("attempts", __name__)


@bp.post("/sittings/<string:sitting_id>/attempt")
@needs(Action.ATTEMPT_TAKE)
def start(sitting_id: str) -> ResponseReturnValue:
    arrived = now()
    with writing() as session:
        attempt = attempts.start(session, actor(), sitting_id, now=arrived)
        public_id = attempt.public_id
    return redirect(url_for(".take", attempt_id=public_id))


@bp.get("/attempts/<string:attempt_id>")
@needs(Action.ATTEMPT_TAKE)
def take(attempt_id: str) -> ResponseReturnValue:
    moved = _elsewhere(attempt_id)
    if moved:
        return moved
    taking = attempts.taking(db.session(), actor(), attempt_id, now=now())
    return render_template("attempts/take.html", taking=taking, interactions=Interaction)


@bp.get("/attempts/<string:attempt_id>/state")
@needs(Action.ATTEMPT_TAKE)
def state(attempt_id: str) -> ResponseReturnValue:
    """What the server holds, for a page that comes back from the background or from another device."""
    taking = attempts.taking(db.session(), actor(), attempt_id, now=now())
    return jsonify(
        remaining=taking.remaining.total_seconds(),
        held={
            number: {
                "value": held.value,
                "sequence": held.sequence,
                "saved_at": _second(held.saved_at),
                "age": held.age.total_seconds(),
            }
            for number, held in taking.held.items()
        },
    )


@bp.post("/attempts/<string:attempt_id>/answers/<int:number>")
@needs(Action.ATTEMPT_TAKE)
def save(attempt_id: str, number: int) -> ResponseReturnValue:
    sent = request.get_json()
    value, sequence = (sent.get("value"), sent.get("sequence")) if isinstance(sent, dict) else (None, None)
    if not isinstance(sequence, int) or isinstance(sequence, bool):
        return jsonify(error="bad-sequence", message="保存请求不完整，请刷新页面。"), 422
    # The time of arrival counts, not the time at which the gate opened.
    arrived = now()
    try:
        with writing() as session:
            receipt = attempts.save(session, actor(), attempt_id, number, value, sequence, now=arrived)
    except BadResponse as bad:
        return jsonify(error="bad-response", message=bad.reason), 422
    return jsonify(_told(receipt))


@bp.post("/attempts/<string:attempt_id>/answers")
@needs(Action.ATTEMPT_TAKE)
def save_page(attempt_id: str) -> ResponseReturnValue:
    """Save all answers of the page: the way without JavaScript, and the last step before handing in."""
    moved = _elsewhere(attempt_id)
    if moved:
        return moved
    arrived = now()
    try:
        with writing() as session:
            attempts.save_page(session, actor(), attempt_id, _answers_of_form(), now=arrived)
    except BadResponse as bad:
        taking = attempts.taking(db.session(), actor(), attempt_id, now=now())
        return render_template("attempts/take.html", taking=taking, interactions=Interaction, fault=bad.reason), 422
    going_on = url_for(".confirm", attempt_id=attempt_id) if request.form.get("next") == "hand-in" else None
    return redirect(going_on or url_for(".take", attempt_id=attempt_id, saved=1))


@bp.get("/attempts/<string:attempt_id>/hand-in")
@needs(Action.ATTEMPT_TAKE)
def confirm(attempt_id: str) -> ResponseReturnValue:
    """What the server holds and what is blank, before handing in."""
    moved = _elsewhere(attempt_id)
    if moved:
        return moved
    taking = attempts.taking(db.session(), actor(), attempt_id, now=now())
    blank = [q.number for q in taking.questions if not _is_answered(taking, q.number)]
    return render_template("attempts/hand_in.html", taking=taking, blank=blank)


@bp.post("/attempts/<string:attempt_id>/submission")
@needs(Action.ATTEMPT_TAKE)
def submit(attempt_id: str) -> ResponseReturnValue:
    arrived = now()
    with writing() as session:
        attempts.submit(session, actor(), attempt_id, now=arrived)
    return redirect(url_for(".result", attempt_id=attempt_id))


@bp.get("/attempts/<string:attempt_id>/result")
@needs(Action.ATTEMPT_TAKE)
def result(attempt_id: str) -> ResponseReturnValue:
    attempt = attempts.own_attempt(db.session(), actor(), attempt_id)
    if attempt.state is not AttemptState.CLOSED:
        return redirect(url_for(".take", attempt_id=attempt_id))
    return render_template(
        "attempts/result.html",
        result=attempts.result(db.session(), actor(), attempt_id),
        notices=notices.of_attempt(db.session(), actor(), attempt_id),
        doubts=doubts.of_attempt(db.session(), actor(), attempt_id),
        reasons=list(DoubtReason),
        types=TYPES,
    )


@bp.get("/history")
@needs(Action.ACCOUNT_OWN)
def history() -> ResponseReturnValue:
    own = attempts.history(db.session(), actor())
    return render_template("attempts/history.html", attempts=own, now=now(), states=AttemptState)


def _elsewhere(attempt_id: str) -> ResponseReturnValue | None:
    """Where an attempt that cannot be answered now is to be seen instead; None while it is running."""
    attempt = attempts.own_attempt(db.session(), actor(), attempt_id)
    if attempt.state is AttemptState.CLOSED:
        return redirect(url_for(".result", attempt_id=attempt_id))
    if attempt.state is AttemptState.NOT_STARTED:
        return redirect(url_for("home.index"))
    if attempt.deadline is not None and attempt.deadline <= now():
        return render_template("attempts/closing.html", attempt=attempt)
    return None


def _answers_of_form() -> dict[int, tuple[object, int]]:
    """Number → (what was given, the sequence number the page knew), for every question of the page that was sent."""
    answers: dict[int, tuple[object, int]] = {}
    for field, known in request.form.items():
        number = field.removeprefix("s")
        if field != number and _is_count(number) and _is_count(known):
            # A plain form ends its lines by two characters, and counts both; what is saved by script has one.
            given = [text.replace("\r\n", "\n") for text in request.form.getlist(f"q{number}")]
            answers[int(number)] = (given if any(given) else [], int(known))
    return answers


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _is_answered(taking: Taking, number: int) -> bool:
    held = taking.held.get(number)
    return held is not None and any(held.value)


def _told(receipt: Receipt) -> dict[str, Any]:
    return {
        "state": receipt.state,
        "sequence": receipt.sequence,
        "value": receipt.value,
        "saved_at": _second(receipt.saved_at),
        "age": receipt.age.total_seconds(),
        "remaining": receipt.remaining.total_seconds(),
    }


def _second(moment: Any) -> str:
    return office_time(moment).strftime("%H:%M:%S")
