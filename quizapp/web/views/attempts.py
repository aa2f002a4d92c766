"""Taking the week's quiz: start, answer, hand in."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

from flask import Blueprint
from flask import current_app
from flask import jsonify
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.arrival import DeviceClock
from quizapp.core.question import Interaction
from quizapp.core.roles import Action
from quizapp.core.sitting import Pace
from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.core.types import BadResponse
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services.answers import Held
from quizapp.services.answers import Receipt
from quizapp.services.answers import Sent
from quizapp.services.answers import Taking
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import office_time
from quizapp.web.views.live import why_too_late

bp = Blueprint("attempts", __name__)
#: Milliseconds of a date far away: what a device says beyond it is no time.
LARGEST_NUMBER = 10**14


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
    """The open paper; after the bell too, until it is closed: the page may hold answers that still count."""
    return _not_open(attempts.own_attempt(db.session(), actor(), attempt_id)) or _paper_page(attempt_id)


@bp.get("/attempts/<string:attempt_id>/state")
@needs(Action.ATTEMPT_TAKE)
def state(attempt_id: str) -> ResponseReturnValue:
    """What the server holds, for a page that asks now and then, or comes back from the background."""
    attempt = attempts.own_attempt(db.session(), actor(), attempt_id)
    if not attempts.is_running(attempt, now()):
        return jsonify(error="closed", closed=attempt.state is AttemptState.CLOSED), 409
    version = answers.version_held(db.session(), attempt)
    if request.if_none_match.contains(version):
        return "", 304
    answer = jsonify(_standing(attempt_id, request.args.get("page", "")))
    answer.set_etag(version)
    return answer


@bp.post("/attempts/<string:attempt_id>/pages")
@needs(Action.ATTEMPT_TAKE)
def claim(attempt_id: str) -> ResponseReturnValue:
    """Go on answering on this open page."""
    page = _text_of(request.get_json(), "page")
    try:
        with writing() as session:
            answers.claim(session, actor(), attempt_id, page, now=now())
    except BadResponse as bad:
        return _no_answer(bad)
    return jsonify(_standing(attempt_id, page))


@bp.post("/attempts/<string:attempt_id>/leavings")
@needs(Action.ATTEMPT_TAKE)
def leave(attempt_id: str) -> ResponseReturnValue:
    """Note that the page was left for another window, or that the person is back."""
    sent = request.get_json()
    number, seconds = _number_of(sent, "number"), _number_of(sent, "seconds")
    try:
        with writing() as session:
            answers.leave(
                session,
                actor(),
                attempt_id,
                _text_of(sent, "page"),
                0 if number is None else int(number),
                None if seconds is None else int(seconds),
                now=now(),
            )
    except BadResponse as bad:
        return _no_answer(bad)
    return "", 204


@bp.post("/attempts/<string:attempt_id>/answers/<int:number>")
@needs(Action.ATTEMPT_TAKE)
def save(attempt_id: str, number: int) -> ResponseReturnValue:
    # The time of arrival counts, not the time at which the gate opened.
    arrived = now()
    sent = _sent(request.get_json())
    if sent is None:
        return jsonify(error="bad-sequence", message="保存请求不完整，请刷新页面。"), 422
    try:
        with writing() as session:
            receipt = answers.save(session, actor(), attempt_id, number, sent, now=arrived, grace=_grace())
    except BadResponse as bad:
        return _no_answer(bad)
    if receipt.arrival is Arrival.TOO_LATE:
        words = f"{why_too_late(receipt)}，这个答案已留存备查，不计入得分。"
        return jsonify(error="closed", message=words, recorded=True, closed=receipt.closed), 409
    return jsonify(_told(receipt, arrived))


@bp.post("/attempts/<string:attempt_id>/answers")
@needs(Action.ATTEMPT_TAKE)
def save_page(attempt_id: str) -> ResponseReturnValue:
    """Save all answers of the page: the way without JavaScript."""
    arrived = now()
    try:
        with writing() as session:
            kept = answers.save_page(session, actor(), attempt_id, _answers_of_form(), now=arrived)
    except BadResponse as bad:
        return _elsewhere(attempt_id) or (_paper_page(attempt_id, fault=bad.reason), 422)
    moved = _elsewhere(attempt_id)
    if moved:
        return moved
    newer = ",".join(map(str, kept)) or None
    if request.form.get("next") == "hand-in":
        return redirect(url_for(".confirm", attempt_id=attempt_id, kept=newer))
    return redirect(url_for(".take", attempt_id=attempt_id, saved=1, kept=newer))


@bp.get("/attempts/<string:attempt_id>/hand-in")
@needs(Action.ATTEMPT_TAKE)
def confirm(attempt_id: str) -> ResponseReturnValue:
    """What the server holds and what is blank, before handing in."""
    moved = _elsewhere(attempt_id)
    if moved:
        return moved
    taking = answers.taking(db.session(), actor(), attempt_id, now=now())
    return render_template(
        "attempts/hand_in.html",
        taking=taking,
        blank=[q.number for q in taking.questions if not _is_answered(taking, q.number)],
        flagged=[number for number, held in taking.held.items() if held.flagged],
        kept=_kept(),
    )


@bp.post("/attempts/<string:attempt_id>/submission")
@needs(Action.ATTEMPT_TAKE)
def submit(attempt_id: str) -> ResponseReturnValue:
    arrived = now()
    attempt = attempts.own_attempt(db.session(), actor(), attempt_id)
    if attempt.sitting.pace is Pace.BY_QUESTION and attempts.is_running(attempt, arrived):
        # Whoever has handed in may see keys, those of questions that are still to be put among them.
        return redirect(url_for("live.page", attempt_id=attempt_id))
    with writing() as session:
        attempts.submit(session, actor(), attempt_id, now=arrived)
    return redirect(url_for("results.result", attempt_id=attempt_id))


def _elsewhere(attempt_id: str) -> ResponseReturnValue | None:
    """Where an attempt that cannot be answered now is to be seen instead; None while it is running."""
    attempt = attempts.own_attempt(db.session(), actor(), attempt_id)
    moved = _not_open(attempt)
    if moved is None and not attempts.is_running(attempt, now()):
        return render_template("attempts/closing.html", attempt=attempt)
    return moved


def _not_open(attempt: AttemptRow) -> ResponseReturnValue | None:
    if attempt.state is AttemptState.CLOSED:
        return redirect(url_for("results.result", attempt_id=attempt.public_id))
    if attempt.state is AttemptState.NOT_STARTED:
        return redirect(url_for("home.index"))
    if attempt.sitting.pace is Pace.BY_QUESTION:
        return redirect(url_for("live.page", attempt_id=attempt.public_id))
    return None


def _paper_page(attempt_id: str, fault: str = "") -> str:
    moment = now()
    return render_template(
        "attempts/take.html",
        taking=answers.taking(db.session(), actor(), attempt_id, now=moment),
        interactions=Interaction,
        server=_milliseconds(moment),
        kept=_kept(),
        fault=fault,
    )


def _kept() -> list[str]:
    """The numbers of the questions for which another device had a newer answer than the form that was just sent."""
    return [number for number in request.args.get("kept", "").split(",") if _is_count(number)]


def _answers_of_form() -> dict[int, Sent]:
    """What was given for every question of the page that was sent, with the sequence number the page knew."""
    found: dict[int, Sent] = {}
    for field, known in request.form.items():
        number = field.removeprefix("s")
        if field != number and _is_count(number) and _is_count(known):
            # A plain form ends its lines by two characters, and counts both; what is saved by script has one.
            given = [text.replace("\r\n", "\n") for text in request.form.getlist(f"q{number}")]
            flagged = request.form.get(f"f{number}") == "1"
            found[int(number)] = Sent(given if any(given) else [], int(known), flagged)
    return found


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _is_answered(taking: Taking, number: int) -> bool:
    held = taking.held.get(number)
    return held is not None and any(held.value)


def _sent(body: Any) -> Sent | None:
    """What a script sent for one question; None where it does not even say which version of the answer it is."""
    sequence = body.get("sequence") if isinstance(body, dict) else None
    if not isinstance(sequence, int) or isinstance(sequence, bool):
        return None
    return Sent(
        value=body.get("value"),
        sequence=sequence,
        flagged=body.get("flagged") is True,
        page=_text_of(body, "page"),
        live=body.get("live") is True,
        clock=_clock(body),
    )


def _clock(body: dict[str, Any]) -> DeviceClock | None:
    """What the device says of time, where it says something that can be."""
    synced, given, sent = (_number_of(body, name) for name in ("synced", "given", "sent"))
    if synced is None or given is None or sent is None:
        return None
    try:
        moment = datetime.fromtimestamp(synced / 1000, UTC)
        return DeviceClock(moment, timedelta(seconds=given), timedelta(seconds=sent))
    except (ValueError, OverflowError, OSError):
        return None


def _text_of(body: Any, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""


def _number_of(body: Any, name: str) -> float | None:
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < LARGEST_NUMBER else None


def _grace() -> timedelta:
    return timedelta(seconds=current_app.config["GRACE"])


def _no_answer(bad: BadResponse) -> ResponseReturnValue:
    return jsonify(error="bad-response", message=bad.reason), 422


def _told(receipt: Receipt, moment: datetime) -> dict[str, Any]:
    held = {} if receipt.held is None else _held(receipt.held)
    return held | {
        "state": "older" if receipt.arrival is Arrival.OLDER else "saved",
        "late": receipt.arrival is Arrival.LATE,
        "live": receipt.live,
        "remaining": receipt.remaining.total_seconds(),
        "server": _milliseconds(moment),
    }


def _standing(attempt_id: str, page: str) -> dict[str, Any]:
    moment = now()
    found = answers.standing(db.session(), actor(), attempt_id, now=moment)
    return {
        "remaining": found.remaining.total_seconds(),
        "server": _milliseconds(moment),
        "closed": False,
        "page": found.page,
        "live": found.page in ("", page),
        "again": found.again,
        "held": {number: _held(held) for number, held in found.held.items()},
    }


def _held(held: Held) -> dict[str, Any]:
    return {
        "value": held.value,
        "flagged": held.flagged,
        "sequence": held.sequence,
        "page": held.page,
        "saved_at": _second(held.saved_at),
        "age": held.age.total_seconds(),
    }


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _second(moment: datetime) -> str:
    return office_time(moment).strftime("%H:%M:%S")
