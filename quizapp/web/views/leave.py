"""Leave from a sitting: asking for it, entering it for others, deciding."""

from dataclasses import dataclass

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms import TextAreaField
from wtforms.validators import AnyOf
from wtforms.validators import Length

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.errors import BadInput
from quizapp.core.labels import label
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import leave
from quizapp.services.leave import MAX_REASON
from quizapp.services.leave import AlreadyDecided
from quizapp.services.leave import LeavePage
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import day_time
from quizapp.web.forms import Form
from quizapp.web.forms import choices_of
from quizapp.web.tables import attendance as tables

bp = Blueprint("leave", __name__)
#: What an approver can say.
DECISIONS = frozenset({LeaveDecision.APPROVED, LeaveDecision.DECLINED})


class LeaveForm(Form):
    kind = SelectField(
        "请假类别",
        [AnyOf([kind.value for kind in LeaveKind], "请从列出的类别中选择请假类别")],
        choices=choices_of(LeaveKind),
        validate_choice=False,
    )
    reason = TextAreaField(
        "事由",
        [Length(max=MAX_REASON, message=f"事由不超过 {MAX_REASON} 字")],
        description=f"不超过 {MAX_REASON} 字，只有本人和审批人能看到；类别选“其他”时必填。",
        render_kw={"rows": 3, "maxlength": MAX_REASON},
    )


@dataclass(frozen=True)
class Refused:
    """A decision that was not kept, and why; where leave was to be declined, also which, and the reason as written."""

    sentence: str
    declined_id: str = ""
    reason: str = ""


# One's own


@bp.get("/sittings/<string:sitting_id>/leave")
@needs(Action.LEAVE_ASK)
def own(sitting_id: str) -> ResponseReturnValue:
    page = leave.own_page(db.session(), actor(), sitting_id, now=now())
    return render_template("leave/own.html", page=page, form=_form_of(page))


@bp.post("/sittings/<string:sitting_id>/leave")
@needs(Action.LEAVE_ASK)
def ask(sitting_id: str) -> ResponseReturnValue:
    form = LeaveForm()
    if form.validate():
        try:
            with writing() as session:
                asked = leave.ask(
                    session, actor(), sitting_id, LeaveKind(form.kind.data), form.reason.data or "", now=now()
                )
                stands = asked.decision is LeaveDecision.APPROVED
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash("已登记请假。" if stands else "请假已提交，等待审批。")
            return redirect(url_for(".own", sitting_id=sitting_id))
    page = leave.own_page(db.session(), actor(), sitting_id, now=now())
    return render_template("leave/own.html", page=page, form=form), 422


@bp.post("/leave/<string:leave_id>/withdrawal")
@needs(Action.LEAVE_ASK)
def withdraw(leave_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            sitting_id = leave.withdraw(session, actor(), leave_id, now=now())
    except AlreadyDecided as told:
        flash(f"没有撤回：{_first(told)}。", "error")
        return redirect(url_for("home.index"))
    flash("请假已撤回。")
    return redirect(url_for(".own", sitting_id=sitting_id))


# The approvers'


@bp.get("/leave")
@needs(Action.LEAVE_DECIDE)
def index() -> ResponseReturnValue:
    if exports.wanted():
        return exports.answer(tables.leave_decided(leave.queue(db.session(), actor(), now=now())[1]))
    return _index(None)


@bp.post("/leave/<string:leave_id>/decision")
@needs(Action.LEAVE_DECIDE)
def decide(leave_id: str) -> ResponseReturnValue:
    decision, reason = request.form.get("decision"), request.form.get("reason", "")
    if decision not in DECISIONS:
        return _index(Refused("请选择准假或不准假")), 422
    approve = decision == LeaveDecision.APPROVED
    try:
        with writing() as session:
            row = leave.decide(session, actor(), leave_id, approve, reason, now=now())
            name = row.person.name
    except BadInput as bad:
        return _index(Refused(str(bad)) if approve else Refused(str(bad), leave_id, reason)), 422
    except AlreadyDecided as told:
        return _index(Refused(f"{_first(told)}，您的操作没有生效")), 409
    flash(f"已准假：{name}。" if approve else f"未准假：{name}。")
    return redirect(url_for(".index"))


def _index(refused: Refused | None) -> str:
    waiting, decided = leave.queue(db.session(), actor(), now=now())
    return render_template("leave/index.html", waiting=waiting, decided=decided, refused=refused, longest=MAX_REASON)


def _first(told: AlreadyDecided) -> str:
    return f"{told.by}已于 {day_time(told.at)} 审批，结果是“{label(told.decision)}”"


@bp.get("/sittings/<string:sitting_id>/leave/<string:person_id>")
@needs(Action.LEAVE_DECIDE)
def of_person(sitting_id: str, person_id: str) -> ResponseReturnValue:
    page = leave.page_for(db.session(), actor(), sitting_id, person_id, now=now())
    return render_template("leave/of_person.html", page=page, form=_form_of(page))


@bp.post("/sittings/<string:sitting_id>/leave/<string:person_id>")
@needs(Action.LEAVE_DECIDE)
def enter(sitting_id: str, person_id: str) -> ResponseReturnValue:
    form = LeaveForm()
    if form.validate():
        kind, reason = LeaveKind(form.kind.data), form.reason.data or ""
        try:
            with writing() as session:
                leave.enter(session, actor(), sitting_id, person_id, kind, reason, now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash("已登记请假，即时生效。")
            return redirect(url_for("attendance.sitting", sitting_id=sitting_id))
    page = leave.page_for(db.session(), actor(), sitting_id, person_id, now=now())
    return render_template("leave/of_person.html", page=page, form=form), 422


def _form_of(page: LeavePage) -> LeaveForm:
    """The form as it was last sent."""
    asked = page.leave
    return LeaveForm(kind=asked.kind.value if asked else None, reason=asked.reason if asked else "")
