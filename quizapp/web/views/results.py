"""After handing in: the result, the speech behind a question, what the server received, one's own history."""

from datetime import datetime

from flask import Blueprint
from flask import redirect
from flask import render_template
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.marking import DoubtReason
from quizapp.core.roles import Action
from quizapp.core.sitting import SittingKind
from quizapp.core.states import AttemptState
from quizapp.core.types import TYPES
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.services import adjustments
from quizapp.services import attempts
from quizapp.services import doubts
from quizapp.services import notices
from quizapp.services import results
from quizapp.services.results import Result
from quizapp.services.results import Withheld
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.charts import Chart
from quizapp.web.charts import Line
from quizapp.web.charts import trend
from quizapp.web.filters import day
from quizapp.web.filters import office_time
from quizapp.web.highlight import SOURCE
from quizapp.web.highlight import Mark
from quizapp.web.highlight import lines
from quizapp.web.highlight import paragraphs
from quizapp.web.highlight import passage
from quizapp.web.tables import study as tables

bp = Blueprint("results", __name__)


@bp.app_template_test("reviewable")
def is_reviewable(attempt: AttemptRow) -> bool:
    """Whether the keys of one's own attempt are to be seen now."""
    return results.is_reviewable(attempt, now())


@bp.app_template_filter("to_second")
def to_second(moment: datetime) -> str:
    """11月22日（周日） 14:30:07"""
    return f"{day(moment)} {office_time(moment):%H:%M:%S}"


@bp.get("/attempts/<string:attempt_id>/result")
@needs(Action.ATTEMPT_TAKE)
def result(attempt_id: str) -> ResponseReturnValue:
    attempt = attempts.own_attempt(db.session(), actor(), attempt_id)
    if attempt.state is not AttemptState.CLOSED:
        return redirect(url_for("attempts.take", attempt_id=attempt_id))
    found = results.result(db.session(), actor(), attempt_id, now=now())
    return _reviewed(found) if isinstance(found, Result) else _withheld(found)


def _reviewed(found: Result) -> str:
    session, attempt = db.session(), found.attempt
    return render_template(
        "results/result.html",
        result=found,
        notices=notices.of_attempt(session, actor(), attempt.public_id, now=now()),
        trend=_trend(attempt),
        adjustments=adjustments.of_attempt(session, attempt.id),
        doubts=doubts.of_attempt(session, actor(), attempt.public_id),
        reasons=list(DoubtReason),
        types=TYPES,
    )


def _withheld(found: Withheld) -> str:
    session, attempt = db.session(), found.attempt
    return render_template(
        "results/withheld.html",
        result=found,
        notices=notices.of_attempt(session, actor(), attempt.public_id, now=now()),
        trend=_trend(attempt),
        adjustments=adjustments.of_attempt(session, attempt.id),
    )


def _trend(attempt: AttemptRow) -> Chart | None:
    """One's own scores up to this one; None where there are not two to compare."""
    shares = results.shares_until(db.session(), actor(), attempt)
    if sum(share is not None for _, share in shares) < 2:
        return None
    days = [office_time(opens_at) for opens_at, _ in shares]
    last = "最右为本场" if attempt.share is not None else "本场还没有最后得分"
    what = "次模拟" if attempt.sitting.kind is SittingKind.MOCK else "场"
    title = f"我最近 {len(shares)} {what}的得分率（{last}）"
    moments = [f"{local.month}.{local.day}" for local in days]
    return trend("own-trend", title, moments, [Line("本人", tuple(share for _, share in shares))])


@bp.get("/attempts/<string:attempt_id>/questions/<int:number>/speech")
@needs(Action.ATTEMPT_TAKE)
def speech(attempt_id: str, number: int) -> ResponseReturnValue:
    """The whole speech, with the sentence that proves the key."""
    found = results.speech_page(db.session(), actor(), attempt_id, number, now=now())
    told = paragraphs(found.text, list(lines(found.text)), [Mark(found.quote, SOURCE)])
    return render_template(
        "results/speech.html",
        speech=found,
        paragraphs=told,
        at=passage(found.text, found.quote)[0].number,
        attempt_id=attempt_id,
        number=number,
    )


@bp.get("/attempts/<string:attempt_id>/receipts")
@needs(Action.ATTEMPT_TAKE)
def receipts(attempt_id: str) -> ResponseReturnValue:
    return render_template("results/receipts.html", record=results.record(db.session(), actor(), attempt_id))


@bp.get("/history")
@needs(Action.ACCOUNT_OWN)
def history() -> ResponseReturnValue:
    own = results.history(db.session(), actor())
    if exports.wanted():
        return exports.answer(tables.own_scores(own, now()))
    return render_template("results/history.html", attempts=own, now=now(), states=AttemptState)
