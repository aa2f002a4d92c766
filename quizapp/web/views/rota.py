"""The rota: who hosts and who leads the next weeks, how far they are, and what can be changed."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import DateField
from wtforms import RadioField
from wtforms import SelectField
from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.validators import Length

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.reminders import said_day
from quizapp.core.roles import Action
from quizapp.core.rota import ChangeKind
from quizapp.core.rota import ChangeState
from quizapp.db import people
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.plans import PlanRow
from quizapp.services import rota
from quizapp.services import rota_pages
from quizapp.services import sittings
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import office_time
from quizapp.web.forms import Form
from quizapp.web.tables import study as tables

bp = Blueprint("rota", __name__, url_prefix="/rota")
bp.add_app_template_filter(said_day, "said_day")


class ReasonForm(Form):
    reason = StringField(
        "原因",
        [
            InputRequired("请写明原因"),
            Length(max=rota.LONGEST_REASON, message=f"原因不超过 {rota.LONGEST_REASON} 字"),
        ],
        description="轮值表上人人可见。",
        render_kw={"autocomplete": "off"},
    )


class SwapForm(ReasonForm):
    other = RadioField("与哪一次对调", [InputRequired("请选择与哪一次对调")])


class SubstituteForm(ReasonForm):
    leader = SelectField("改由谁带学", [InputRequired("请选择带学领导")], coerce=int)


class ExtraForm(ReasonForm):
    day = DateField("日期", [InputRequired("请填写日期")], render_kw={"class": "date-input"})
    host = SelectField("主持科室", [InputRequired("请选择主持科室")], coerce=int)
    leader = SelectField("带学领导", [InputRequired("请选择带学领导")], coerce=int)


@bp.get("")
@needs(Action.ROTA_READ)
def index() -> ResponseReturnValue:
    rotas = rota_pages.rotas(db.session(), actor(), today=_today())
    if exports.wanted():
        return exports.answer(tables.rota(rotas))
    return render_template("rota/index.html", rotas=rotas)


@bp.get("/<string:plan_id>/studies/<string:day>/swap")
@needs(Action.ROTA_CHANGE)
def swap(plan_id: str, day: str) -> ResponseReturnValue:
    return _page(ChangeKind.SWAP, plan_id, day, _swap_form(plan_id, day))


@bp.post("/<string:plan_id>/studies/<string:day>/swap")
@needs(Action.ROTA_CHANGE)
def ask_swap(plan_id: str, day: str) -> ResponseReturnValue:
    form = _swap_form(plan_id, day)

    def make(session: Session) -> str:
        change = rota.ask_swap(
            session,
            actor(),
            plan_id,
            _date(day),
            _date(form.other.data),
            form.reason.data,
            zone=_zone(),
            now=now(),
        )
        return "已提出对调，待对方科室答复。" if change.state is ChangeState.ASKED else "已对调。"

    return _made(form, make) or (_page(ChangeKind.SWAP, plan_id, day, form), 422)


@bp.get("/<string:plan_id>/studies/<string:day>/leader")
@needs(Action.ROTA_CHANGE)
def substitute(plan_id: str, day: str) -> ResponseReturnValue:
    form = SubstituteForm()
    _offer_leaders(form.leader)
    return _page(ChangeKind.SUBSTITUTE, plan_id, day, form)


@bp.post("/<string:plan_id>/studies/<string:day>/leader")
@needs(Action.ROTA_CHANGE)
def change_leader(plan_id: str, day: str) -> ResponseReturnValue:
    form = SubstituteForm()
    _offer_leaders(form.leader)

    def make(session: Session) -> str:
        rota.substitute(
            session, actor(), plan_id, _date(day), form.leader.data, form.reason.data, zone=_zone(), now=now()
        )
        return "带学领导已替换。"

    return _made(form, make) or (_page(ChangeKind.SUBSTITUTE, plan_id, day, form), 422)


@bp.get("/<string:plan_id>/studies/<string:day>/skip")
@needs(Action.ROTA_CHANGE)
def skip(plan_id: str, day: str) -> ResponseReturnValue:
    return _page(ChangeKind.SKIP, plan_id, day, ReasonForm())


@bp.post("/<string:plan_id>/studies/<string:day>/skip")
@needs(Action.ROTA_CHANGE)
def make_skip(plan_id: str, day: str) -> ResponseReturnValue:
    form = ReasonForm()

    def make(session: Session) -> str:
        rota.skip(session, actor(), plan_id, _date(day), form.reason.data, zone=_zone(), now=now())
        return "已停学一次，轮到的科室和领导顺延到下一次。"

    return _made(form, make) or (_page(ChangeKind.SKIP, plan_id, day, form), 422)


@bp.get("/<string:plan_id>/extra")
@needs(Action.ROTA_CHANGE)
def extra(plan_id: str) -> ResponseReturnValue:
    plan, form = _extra_form(plan_id)
    return render_template("rota/extra.html", plan=plan, form=form)


@bp.post("/<string:plan_id>/extra")
@needs(Action.ROTA_CHANGE)
def add_extra(plan_id: str) -> ResponseReturnValue:
    plan, form = _extra_form(plan_id)

    def make(session: Session) -> str:
        rota.add_extra(
            session,
            actor(),
            plan_id,
            form.day.data,
            form.host.data,
            form.leader.data,
            form.reason.data,
            zone=_zone(),
            now=now(),
        )
        return "已加学一次，不占用轮值顺序。"

    return _made(form, make) or (render_template("rota/extra.html", plan=plan, form=form), 422)


@bp.post("/<string:plan_id>/studies/<string:day>/sitting")
@needs(Action.PAPER_COMPOSE)
def prepare(plan_id: str, day: str) -> ResponseReturnValue:
    with writing() as session:
        public_id = rota.prepare(session, actor(), plan_id, _date(day), zone=_zone(), now=now()).public_id
    return redirect(url_for("sittings.topic", sitting_id=public_id))


@bp.post("/changes/<string:change_id>/decision")
@needs(Action.ROTA_CHANGE)
def decide(change_id: str) -> ResponseReturnValue:
    if request.form.get("agrees") not in ("1", "0"):
        raise BadInput("", [Problem("答复", "请点“同意对调”或“不同意”")])
    agrees = request.form["agrees"] == "1"
    with writing() as session:
        rota.decide_swap(session, actor(), change_id, agrees, zone=_zone(), now=now())
    flash("已同意对调，轮值表已更新。" if agrees else "已答复：不同意对调，轮值不变。")
    return redirect(url_for(".index"))


@bp.post("/changes/<string:change_id>/withdrawal")
@needs(Action.ROTA_CHANGE)
def withdraw(change_id: str) -> ResponseReturnValue:
    with writing() as session:
        rota.withdraw(session, actor(), change_id, zone=_zone(), now=now())
    flash("已撤回，轮值表已恢复。")
    return redirect(url_for(".index"))


def _made(form: Form, make: Callable[[Session], str]) -> ResponseReturnValue | None:
    """Make a change that a form asks for and go back to the rota; None where the form has to be shown again."""
    if not form.validate():
        return None
    try:
        with writing() as session:
            words = make(session)
    except BadInput as bad:
        form.refuse(bad)
        return None
    flash(words)
    return redirect(url_for(".index"))


def _page(kind: ChangeKind, plan_id: str, day: str, form: Form) -> str:
    """A page about one study; whoever may not change it finds no such page."""
    plan, line = rota_pages.line_to_change(db.session(), actor(), plan_id, _date(day), kind, today=_today())
    return render_template(f"rota/{kind.value}.html", plan=plan, line=line, form=form)


def _swap_form(plan_id: str, day: str) -> SwapForm:
    """A form that offers the studies to come that other sections host."""
    form = SwapForm()
    others = rota_pages.to_swap_with(db.session(), actor(), plan_id, _date(day), today=_today())
    form.other.choices = [
        SelectChoice(f"{line.duty.planned_on}", f"{said_day(line.duty.day)} {line.host_name}主持") for line in others
    ]
    return form


def _extra_form(plan_id: str) -> tuple[PlanRow, ExtraForm]:
    """The plan that is to have one study more, and a form that offers the sections that take part in it."""
    session, form = db.session(), ExtraForm()
    plan = rota_pages.plan_to_change(session, actor(), plan_id)
    scope = people.with_all_below(session, [plan.scope_section_id])
    form.host.choices = [SelectChoice(row.id, row.name) for row in people.open_sections(session) if row.id in scope]
    _offer_leaders(form.leader)
    return plan, form


def _offer_leaders(field: SelectField) -> None:
    known = sittings.leaders(db.session())
    field.choices = [SelectChoice(row.id, f"{row.name}（{row.post}）" if row.post else row.name) for row in known]


def _date(text: str) -> date:
    """A day in an address."""
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise NotFound("day", text) from fault


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])


def _today() -> date:
    return office_time(now()).date()
