"""模拟测试: drawing one, going on with it, and one's own so far."""

import secrets
from collections.abc import Sequence
from random import Random
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.errors import BadInput
from quizapp.core.labels import label
from quizapp.core.roles import Action
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import attempts
from quizapp.services import mocks
from quizapp.services.mocks import MOST_A_DAY
from quizapp.services.mocks import Drawn
from quizapp.services.mocks import Reduced
from quizapp.services.results import SITTINGS_DRAWN
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.charts import Chart
from quizapp.web.charts import Line
from quizapp.web.charts import trend
from quizapp.web.filters import office_time

bp = Blueprint("mocks", __name__)


@bp.get("/practice/mocks")
@needs(Action.PRACTICE_OWN)
def index() -> ResponseReturnValue:
    moment = now()
    found = mocks.page(db.session(), actor(), _zone(), now=moment)
    return render_template(
        "practice/mocks.html",
        page=found,
        remaining=attempts.remaining(found.running, moment) if found.running else None,
        trend=_trend(found.attempts),
        most=MOST_A_DAY,
    )


@bp.post("/practice/mocks/<string:sitting_id>")
@needs(Action.PRACTICE_OWN)
def start(sitting_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            drawn = mocks.draw(session, actor(), sitting_id, Random(secrets.token_hex(16)), _zone(), now=now())
    except BadInput as bad:
        flash(f"没有开始：{bad}。", "error")
        return redirect(url_for(".index"))
    if words := _words(drawn):
        flash(words)
    return redirect(url_for("attempts.take", attempt_id=drawn.attempt_id))


def _words(drawn: Drawn) -> str:
    """What whoever begins has to know: that it is one begun before, or how it differs from the paper."""
    if not drawn.is_new:
        return "您有一份模拟测试还没有交卷，请接着作答；交卷后可以另抽一份。"
    return "".join(_difference(each) for each in drawn.reduced)


def _difference(each: Reduced) -> str:
    if each.needs_person:
        return f"{label(each.type)}要由人评阅，模拟测试不出。"
    return f"题库里可以练的{label(each.type)}不够：要求 {each.wanted} 题，现有 {each.drawn} 题。"


def _trend(own: Sequence[AttemptRow]) -> Chart | None:
    """One's own shares, oldest first; None where there are not two to compare."""
    final = [attempt for attempt in own if attempt.share is not None][:SITTINGS_DRAWN][::-1]
    if len(final) < 2:
        return None
    days = [office_time(attempt.sitting.opens_at) for attempt in final]
    line = Line("本人", tuple(attempt.share for attempt in final))
    moments = [f"{day.month}.{day.day}" for day in days]
    return trend("mock-trend", f"我最近 {len(final)} 次模拟的得分率", moments, [line], of="日期")


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])
