"""The first page: this week's quiz before anything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import render_template
from flask.typing import ResponseReturnValue

from quizapp.core.roles import Action
from quizapp.core.roles import may_ask
from quizapp.core.room import Door
from quizapp.core.sitting import Mode
from quizapp.core.states import WAITING
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingPhase
from quizapp.db import bank
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.db.sittings import SittingRow
from quizapp.services import daily
from quizapp.services import leave
from quizapp.services import make_ups
from quizapp.services import notices
from quizapp.services import results
from quizapp.services import room
from quizapp.services import rota
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import office_time

bp = Blueprint("home", __name__)
RECENT = 3


@dataclass(frozen=True)
class Week:
    """What the first page shows of one's own attempts."""

    open: list[AttemptRow]
    planned: list[AttemptRow]
    recent: list[AttemptRow]
    #: The studies whose door is open: people sign in now.
    signing_in: list[AttemptRow]
    #: The studies that the person leads, from the day on which they meet until it is over.
    leading: Sequence[SittingRow]


@bp.get("/")
@needs(Action.ACCOUNT_OWN)
def index() -> ResponseReturnValue:
    session, asking = db.session(), actor()
    waiting = bank.count_in_states(session, WAITING) if may_ask(asking, Action.QUESTION_CORRECT) else 0
    moment = now()
    return render_template(
        "home/index.html",
        week=_week(results.history(session, asking), room.led_by(session, asking, now=moment), moment),
        waiting=waiting,
        notices=notices.waiting(session, asking, now=moment),
        duties=rota.own_duties(session, asking, today=office_time(moment).date()),
        make_ups=[task for task in make_ups.own(session, asking, now=moment) if task.done_at is None],
        standing=daily.standing(session, asking, ZoneInfo(current_app.config["OFFICE_ZONE"]), now=moment)
        if may_ask(asking, Action.PRACTICE_OWN)
        else None,
        leaves_waiting=len(leave.queue(session, asking, now=moment)[0]) if asking.is_overseer else 0,
    )


def _week(own: list[AttemptRow], leading: Sequence[SittingRow], moment: datetime) -> Week:
    by_phase: dict[SittingPhase, list[AttemptRow]] = {phase: [] for phase in SittingPhase}
    for attempt in own:
        by_phase[attempt.sitting.phase(moment)].append(attempt)
    return Week(
        open=by_phase[SittingPhase.OPEN][::-1],
        planned=by_phase[SittingPhase.PLANNED][::-1],
        signing_in=[a for a in own if _is_in_a_room(a.sitting) and room.window_of(a.sitting).door(moment) is Door.OPEN],
        leading=leading,
        recent=[a for a in by_phase[SittingPhase.CLOSED] if a.state is AttemptState.CLOSED][:RECENT],
    )


def _is_in_a_room(sitting: SittingRow) -> bool:
    """Whether people come together for it; who takes a quiz alone within a week has no door to pass."""
    return sitting.meeting.begins_at is not None or sitting.mode is not Mode.INDIVIDUAL
