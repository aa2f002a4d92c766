"""Study plans: what comes again every week, and in which order sections host and people lead."""

import re
from dataclasses import dataclass
from datetime import date
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField
from wtforms import IntegerField
from wtforms import SelectField
from wtforms import StringField
from wtforms import TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.validators import Length
from wtforms.validators import NumberRange
from wtforms.validators import Optional

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.roles import Action
from quizapp.core.rota import HolidayPolicy
from quizapp.core.sitting import Mode
from quizapp.db import people
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.plans import PlanRow
from quizapp.services import plans
from quizapp.services import sittings
from quizapp.services.people import in_tree_order
from quizapp.services.plans import PlanFacts
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import WEEKDAYS
from quizapp.web.filters import office_time
from quizapp.web.forms import Form
from quizapp.web.forms import choices_of

bp = Blueprint("plans", __name__, url_prefix="/plans")
LEVEL = "　"
#: The fields of the order of turns; an id that no database holds names nobody.
ORDER_FIELD = re.compile(r"(?P<kind>host|leader)-(?P<id>[1-9][0-9]{0,8})")
PLACE_IN_ORDER = re.compile(r"0{0,2}[1-9][0-9]{0,2}")


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _number(words: str, name: str, help_: str = "", usual: int | None = None) -> IntegerField:
    """A whole number of a plan, within what the service allows; `usual` where the plan itself has no usual one."""
    _, least, most = plans.NUMBERS[name]
    said = f"请填写 {least} 到 {most} 之间的整数"
    within = [InputRequired(said), NumberRange(least, most, said)]
    return IntegerField(
        words, within, default=getattr(PlanFacts, name, usual), description=help_, render_kw={"inputmode": "numeric"}
    )


class PlanForm(Form):
    name = StringField(
        "名称",
        [InputRequired("请填写计划名称"), Length(max=plans.LONGEST_NAME, message="名称不超过 50 字")],
        filters=[_stripped],
        default="每周集中学习",
    )
    scope = SelectField("参加范围", coerce=int, description="所选单位或科室及其下级都参加。")
    weekday = SelectField(
        "学习日", coerce=int, choices=[SelectChoice(n, f"星期{word}") for n, word in enumerate(WEEKDAYS)], default=4
    )
    every_weeks = _number("每隔几周一次", "every_weeks", "每周一次填 1。")
    starts_at = TimeField("学习开始时刻", [InputRequired("请填写开始时刻")], default=time(14, 30))
    minutes = _number("学习时长（分钟）", "minutes", usual=120)
    place = StringField("地点", [Length(max=plans.LONGEST_PLACE, message="地点不超过 100 字")], filters=[_stripped])
    starts_on = DateField("开始日期", [InputRequired("请填写开始日期")], description="这一天起的第一个学习日为第一次。")
    ends_on = DateField("结束日期", [Optional()], description="不填为长期。")
    holidays = SelectField("遇节假日", choices=choices_of(HolidayPolicy))
    mode = SelectField("组织方式", choices=choices_of(Mode))
    quiz_after_minutes = _number("测验在学习开始几分钟后", "quiz_after_minutes")
    quiz_minutes = _number("测验时长（分钟）", "quiz_minutes")
    pass_percent = _number("合格线（满分的百分比）", "pass_percent")
    weeks_ahead = _number("提前几周可以准备", "weeks_ahead", "这些周的学习也会出现在大家的日历里。")
    topic_due_days = _number("选题截止（学习日前几天）", "topic_due_days", "截止日遇休息日，提前到最近的工作日。")
    paper_due_days = _number("组卷截止（学习日前几天）", "paper_due_days")
    make_up_days = _number("补学期限（学习日后几天）", "make_up_days")

    def offer(self) -> None:
        """Fill the choices from the organisation tree."""
        tree = in_tree_order(people.open_sections(db.session()))
        self.scope.choices = [SelectChoice(row.id, LEVEL * depth + row.name) for row, depth in tree]

    def facts(self) -> PlanFacts:
        return PlanFacts(
            name=self.name.data,
            scope_section_id=self.scope.data,
            weekday=self.weekday.data,
            starts_at=self.starts_at.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            place=self.place.data,
            holidays=HolidayPolicy(self.holidays.data),
            mode=Mode(self.mode.data),
            hosts=_order_of_form("host", "主持科室顺序"),
            leaders=_order_of_form("leader", "带学领导顺序"),
            **{name: self[name].data for name in plans.NUMBERS},
        )


@dataclass(frozen=True)
class Place:
    """Somebody who could take turns, and what stands in the field for their place in the order."""

    field: str
    name: str
    place: str


@bp.get("")
@needs(Action.PLAN_MANAGE)
def index() -> ResponseReturnValue:
    found = plans.all_plans(db.session(), actor())
    ordered = [(row, plans.in_order(row.hosts), plans.in_order(row.leaders)) for row in found]
    return render_template("plans/index.html", plans=ordered)


@bp.get("/new")
@needs(Action.PLAN_MANAGE)
def new() -> ResponseReturnValue:
    form = PlanForm(starts_on=_today())
    return _form_page(form, None)


@bp.post("/new")
@needs(Action.PLAN_MANAGE)
def add() -> ResponseReturnValue:
    form = PlanForm()
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                plans.add_plan(session, actor(), form.facts(), zone=_zone(), now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash("学习计划已建立，轮值表见下。")
            return redirect(url_for("rota.index"))
    return _form_page(form, None), 422


@bp.get("/<string:plan_id>")
@needs(Action.PLAN_MANAGE)
def edit(plan_id: str) -> ResponseReturnValue:
    plan = plans.plan(db.session(), actor(), plan_id)
    same = {name: getattr(plan, name) for name in plans.NUMBERS}
    form = PlanForm(
        name=plan.name,
        scope=plan.scope_section_id,
        weekday=plan.weekday,
        starts_at=plan.starts_at,
        place=plan.place,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        holidays=plan.holidays.value,
        mode=plan.mode.value,
        **same,
    )
    return _form_page(form, plan)


@bp.post("/<string:plan_id>")
@needs(Action.PLAN_MANAGE)
def change(plan_id: str) -> ResponseReturnValue:
    form = PlanForm()
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                plans.change_plan(session, actor(), plan_id, form.facts(), zone=_zone(), now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash("学习计划已保存，轮值表已更新。")
            return redirect(url_for("rota.index"))
    return _form_page(form, plans.plan(db.session(), actor(), plan_id)), 422


@bp.post("/<string:plan_id>/retirement")
@needs(Action.PLAN_MANAGE)
def retire(plan_id: str) -> ResponseReturnValue:
    with writing() as session:
        name = plans.retire_plan(session, actor(), plan_id, now=now()).name
    flash(f"“{name}”已停用，以往的学习和成绩都保留。")
    return redirect(url_for(".index"))


def _form_page(form: PlanForm, plan: PlanRow | None) -> str:
    form.offer()
    session = db.session()
    sections = in_tree_order(people.open_sections(session))
    hosts = _places(plan.hosts if plan else [], lambda row: row.section_id)
    leaders = _places(plan.leaders if plan else [], lambda row: row.person_id)
    return render_template(
        "plans/form.html",
        form=form,
        plan=plan,
        hosts=[_place("host", row.id, LEVEL * depth + row.name, hosts) for row, depth in sections],
        leaders=[_place("leader", id_, name, leaders) for id_, name in _leaders(plan).items()],
        has_begun=plan is not None and plan.starts_on <= _today(),
    )


def _places(held: Any, id_of: Any) -> dict[int, int]:
    """Each one's place in the order, from 1."""
    return {id_of(row): n for n, row in enumerate(plans.in_order(held), start=1)}


def _place(kind: str, id_: int, name: str, places: dict[int, int]) -> Place:
    field = f"{kind}-{id_}"
    return Place(field, name, request.form.get(field, str(places.get(id_, ""))))


def _leaders(plan: PlanRow | None) -> dict[int, str]:
    """Who may lead by id, with those who already do."""
    known = {row.id: row.name for row in sittings.leaders(db.session())}
    held = plans.in_order(plan.leaders) if plan else []
    return {row.person_id: row.person.name for row in held} | known


def _order_of_form(kind: str, words: str) -> tuple[int, ...]:
    """The ids in the order of the numbers beside them; who has no number takes no turns."""
    placed: dict[int, int] = {}
    for field, text in request.form.items():
        named = ORDER_FIELD.fullmatch(field)
        if named is None or named["kind"] != kind or not text.strip():
            continue
        if not PLACE_IN_ORDER.fullmatch(text.strip()):
            raise BadInput("", [Problem(words, "请填写 1 到 999 之间的整数，不参加轮值的留空")])
        placed[int(named["id"])] = int(text)
    if len(set(placed.values())) < len(placed):
        raise BadInput("", [Problem(words, "有两个填了同一个顺序号，请各填一个")])
    return tuple(sorted(placed, key=lambda id_: placed[id_]))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])


def _today() -> date:
    return office_time(now()).date()
