"""The first page: this week's quiz before anything else."""

from dataclasses import dataclass

from flask import Blueprint
from flask import render_template
from flask.typing import ResponseReturnValue

from quizapp.core.roles import Action
from quizapp.core.roles import may_ask
from quizapp.core.states import WAITING
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingPhase
from quizapp.db import bank
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.services import notices
from quizapp.services import results
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now

bp = Blueprint("home", __name__)
RECENT = 3


@dataclass(frozen=True)
class Week:
    """What the first page shows of one's own attempts."""

    open: list[AttemptRow]
    planned: list[AttemptRow]
    recent: list[AttemptRow]


@bp.get("/")
@needs(Action.ACCOUNT_OWN)
def index() -> ResponseReturnValue:
    session, asking = db.session(), actor()
    waiting = bank.count_in_states(session, WAITING) if may_ask(asking, Action.QUESTION_CORRECT) else 0
    return render_template(
        "home/index.html",
        week=_week(results.history(session, asking)),
        waiting=waiting,
        notices=notices.waiting(session, asking, now=now()),
    )


def _week(own: list[AttemptRow]) -> Week:
    by_phase: dict[SittingPhase, list[AttemptRow]] = {phase: [] for phase in SittingPhase}
    for attempt in own:
        by_phase[attempt.sitting.phase(now())].append(attempt)
    return Week(
        open=by_phase[SittingPhase.OPEN][::-1],
        planned=by_phase[SittingPhase.PLANNED][::-1],
        recent=[a for a in by_phase[SittingPhase.CLOSED] if a.state is AttemptState.CLOSED][:RECENT],
    )
