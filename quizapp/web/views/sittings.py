"""Planning sittings and composing their papers."""

import secrets
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import DateTimeLocalField
from wtforms import IntegerField
from wtforms import SelectField
from wtforms import SelectMultipleField
from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.validators import Length
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput
from wtforms.widgets import ListWidget

from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.labels import label
from quizapp.core.paper import BadLock
from quizapp.core.paper import NoOtherQuestion
from quizapp.core.paper import NotEnoughQuestions
from quizapp.core.paper import PaperSpec
from quizapp.core.question import MultipleRule
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.states import QuestionState
from quizapp.core.states import Review
from quizapp.core.types import TYPES
from quizapp.db import bank
from quizapp.db import people
from quizapp.db import sittings as rows
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import sittings
from quizapp.services.sittings import SittingFacts
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.forms import Form

bp = Blueprint("sittings", __name__, url_prefix="/sittings")
#: What a new paper asks for until somebody says otherwise: count and mark of each question.
USUAL = {
    TypeName.SINGLE_CHOICE: (8, 5),
    TypeName.MULTIPLE_CHOICE: (4, 6),
    TypeName.TRUE_FALSE: (6, 4),
    TypeName.FILL_IN: (2, 6),
    # Asked for when somebody wants them: the usual paper stays a round hundred, and short answers cost people's time.
    TypeName.MATCHING: (0, 5),
    TypeName.ORDERING: (0, 5),
    TypeName.SHORT_ANSWER: (0, 10),
}
#: Where every person gets a paper of their own, so many times the usual count is drawn, as far as there is.
POOL = 3
#: The parts of a specification, by the places that its problems name.
PARTS = {"counts": "题数", "marks": "每题分值", "each": "每人抽"}


class SittingForm(Form):
    topic = StringField("学习主题", [InputRequired("请填写学习主题"), Length(max=100, message="主题不超过 100 字")])
    host = SelectField("主持科室", [InputRequired("请选择主持科室")], coerce=int)
    leader = SelectField("带学领导", [InputRequired("请选择带学领导")], coerce=int)
    opens_at = DateTimeLocalField("开始时间", [InputRequired("请填写开始时间")])
    closes_at = DateTimeLocalField("结束时间", [InputRequired("请填写结束时间")])
    duration = IntegerField(
        "作答时长（分钟）",
        [InputRequired("请填写作答时长"), NumberRange(1, 600, "时长应为 1 到 600 分钟")],
        default=20,
    )
    pass_percent = IntegerField(
        "合格线（满分的百分比）",
        [InputRequired("请填写合格线"), NumberRange(1, 100, "合格线应为 1 到 100")],
        default=60,
    )
    multiple_rule = SelectField(
        "多选题评分",
        choices=[SelectChoice(rule.value, label(rule)) for rule in MultipleRule],
        default=MultipleRule.PARTIAL.value,
    )
    review = SelectField(
        "成绩和解析",
        choices=[SelectChoice(review.value, label(review)) for review in Review],
        default=Review.AT_ONCE.value,
        description="交卷后，得分和本人答案随时可看；这里定正确答案和解析何时可看。立即可看时，先交卷的人会先知道答案。",
    )
    drawing = SelectField(
        "出题方式",
        choices=[SelectChoice(drawing.value, label(drawing)) for drawing in Drawing],
        default=Drawing.SAME.value,
        description="一人一卷：每人从试卷中各抽一部分题，题目不同，各题型的题数和满分相同。",
    )
    sets = SelectMultipleField("题集", coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())

    def offer(self) -> None:
        """Fill the choices from the database."""
        session = db.session()
        self.host.choices = [SelectChoice(s.id, s.name) for s in people.sections(session)]
        self.leader.choices = [SelectChoice(p.id, f"{p.name}（{p.post}）") for p in sittings.leaders(session)]
        self.sets.choices = [
            SelectChoice(row.id, f"{row.name}（已入库 {counts.get(QuestionState.APPROVED, 0)} 题）")
            for row, counts in bank.sets_with_counts(session)
        ]

    def facts(self) -> SittingFacts:
        return SittingFacts(
            topic=self.topic.data.strip(),
            host_section_id=self.host.data,
            leader_id=self.leader.data,
            opens_at=_to_utc(self.opens_at.data),
            closes_at=_to_utc(self.closes_at.data),
            duration_minutes=self.duration.data,
            pass_percent=self.pass_percent.data,
            multiple_rule=MultipleRule(self.multiple_rule.data),
            set_ids=tuple(self.sets.data or ()),
            review=Review(self.review.data),
            drawing=Drawing(self.drawing.data),
        )


@bp.get("")
@needs(Action.PAPER_COMPOSE)
def index() -> ResponseReturnValue:
    found = sittings.visible_to(db.session(), actor())
    return render_template("sittings/index.html", sittings=found, now=now())


@bp.get("/new")
@needs(Action.SITTING_PLAN)
def new() -> ResponseReturnValue:
    form = SittingForm()
    form.offer()
    return render_template("sittings/form.html", form=form, sitting=None)


@bp.post("/new")
@needs(Action.SITTING_PLAN)
def plan() -> ResponseReturnValue:
    form = SittingForm()
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                public_id = sittings.plan_sitting(session, actor(), form.facts(), now=now()).public_id
        except BadInput as bad:
            form.refuse(bad)
        else:
            return redirect(url_for(".compose", sitting_id=public_id))
    return render_template("sittings/form.html", form=form, sitting=None), 422


@bp.get("/<string:sitting_id>/plan")
@needs(Action.SITTING_PLAN)
def edit(sitting_id: str) -> ResponseReturnValue:
    sitting = sittings.sitting_to_compose(db.session(), actor(), sitting_id)
    form = SittingForm(
        topic=sitting.topic,
        host=sitting.host_section_id,
        leader=sitting.leader_id,
        opens_at=_to_office(sitting.opens_at),
        closes_at=_to_office(sitting.closes_at),
        duration=sitting.duration_minutes,
        pass_percent=sitting.pass_percent,
        multiple_rule=sitting.multiple_rule.value,
        review=sitting.review.value,
        drawing=sitting.drawing.value,
        sets=[chosen.set_id for chosen in sitting.sets],
    )
    form.offer()
    return render_template("sittings/form.html", form=form, sitting=sitting)


@bp.post("/<string:sitting_id>/plan")
@needs(Action.SITTING_PLAN)
def change(sitting_id: str) -> ResponseReturnValue:
    form = SittingForm()
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                sittings.change_sitting(session, actor(), sitting_id, form.facts(), now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            return redirect(url_for(".compose", sitting_id=sitting_id))
    sitting = sittings.sitting_to_compose(db.session(), actor(), sitting_id)
    return render_template("sittings/form.html", form=form, sitting=sitting), 422


@bp.get("/<string:sitting_id>")
@needs(Action.PAPER_COMPOSE)
def compose(sitting_id: str) -> ResponseReturnValue:
    return _compose_page(sitting_id, [])


@bp.post("/<string:sitting_id>/paper")
@needs(Action.PAPER_COMPOSE)
def draw(sitting_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            sittings.draw(session, actor(), sitting_id, _spec_of_form(), _rng(), now=now())
    except (BadInput, NotEnoughQuestions, BadLock) as fault:
        return _compose_page(sitting_id, _sentences(fault)), 422
    flash("已按要求抽题，试卷见下。")
    return redirect(url_for(".compose", sitting_id=sitting_id, _anchor="paper"))


@bp.post("/<string:sitting_id>/paper/<int:position>/lock")
@needs(Action.PAPER_COMPOSE)
def lock(sitting_id: str, position: int) -> ResponseReturnValue:
    with writing() as session:
        sittings.lock(session, actor(), sitting_id, position, request.form.get("locked") == "1", now=now())
    return redirect(url_for(".compose", sitting_id=sitting_id, _anchor=f"p{position}"))


@bp.post("/<string:sitting_id>/paper/<int:position>/swap")
@needs(Action.PAPER_COMPOSE)
def swap(sitting_id: str, position: int) -> ResponseReturnValue:
    try:
        with writing() as session:
            sittings.swap(session, actor(), sitting_id, position, _rng(), now=now())
    except NoOtherQuestion as fault:
        return _compose_page(sitting_id, _sentences(fault)), 422
    return redirect(url_for(".compose", sitting_id=sitting_id, _anchor=f"p{position}"))


@bp.post("/<string:sitting_id>/publication")
@needs(Action.PAPER_COMPOSE)
def publish(sitting_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            sittings.publish(session, actor(), sitting_id, now=now())
    except BadInput as fault:
        return _compose_page(sitting_id, _sentences(fault)), 422
    flash("已发布：到开始时间自动开放，结束时间自动收卷。")
    return redirect(url_for(".compose", sitting_id=sitting_id))


def _compose_page(sitting_id: str, faults: list[str]) -> str:
    session = db.session()
    sitting = sittings.sitting_to_compose(session, actor(), sitting_id)
    places = rows.paper(session, sitting.id)
    available = sittings.available(session, sitting)
    return render_template(
        "sittings/compose.html",
        sitting=sitting,
        phase=sitting.phase(now()),
        places=places,
        own_paper=_own_paper(sitting, places),
        per_person=sitting.drawing is Drawing.PER_PERSON,
        available=available,
        asked={t: _asked(sitting, t, available) for t in TypeName},
        marked_by_person=[name for name, kind in TYPES.items() if kind.is_marked_by_person],
        faults=faults,
    )


def _own_paper(sitting: SittingRow, places: Sequence[PaperQuestionRow]) -> tuple[int, int]:
    """How many questions of the paper one person gets, and for how many points."""
    each = sitting.each
    if each is None:
        return len(places), sum(place.full_mark for place in places)
    marks = {place.version.type: place.full_mark for place in places}
    return sum(each.values()), sum(count * marks.get(type_, 0) for type_, count in each.items())


def _asked(sitting: SittingRow, type_: TypeName, available: Mapping[TypeName, int]) -> tuple[object, object, object]:
    """Count, mark and count for each person to show: what was just sent, else what the last draw asked, else the usual
    as far as there is."""
    if f"count-{type_.value}" in request.form:
        count, mark, each = (request.form.get(f"{part}-{type_.value}", "") for part in ("count", "mark", "each"))
        return count, mark, each
    usual, usual_mark = USUAL[type_]
    pool = usual * POOL if sitting.drawing is Drawing.PER_PERSON else usual
    drawn, worth, *given = sitting.specification.get(type_.value, (min(pool, available[type_]), usual_mark))
    return drawn, worth, given[0] if given else min(usual, drawn)


def _spec_of_form() -> PaperSpec:
    """Counts and marks as the form has them; anything that is no whole number is named."""
    return PaperSpec(
        counts={t: _whole(f"count-{t.value}", f"{label(t)}题数") for t in TypeName},
        marks={t: _whole(f"mark-{t.value}", f"{label(t)}每题分值") for t in TypeName},
        each={t: _whole(f"each-{t.value}", f"{label(t)}每人抽") for t in TypeName},
    )


def _whole(field: str, words: str) -> int:
    text = request.form.get(field, "").strip() or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise BadInput("", [Problem(words, "请填写整数")])
    return int(text)


def _sentences(fault: Exception) -> list[str]:
    """What is wrong with a paper, in words for whoever composes it."""
    if isinstance(fault, NotEnoughQuestions):
        return [
            f"{label(s.type)}不足：需要 {s.wanted} 题，所选题集只有 {s.available} 题，"
            f"还差 {s.wanted - s.available} 题。请减少题数、多选几个题集，或先审核入库更多试题。"
            for s in fault.shortages
        ]
    if isinstance(fault, NoOtherQuestion):
        return [f"题集里没有其他{label(fault.type)}可换。请多选几个题集，或先审核入库更多试题。"]
    if isinstance(fault, BadLock):
        return ["锁定的题不能全部保留（题数少于锁定数，或题目已修改），请解除部分锁定。"]
    return [_told(problem) for problem in fault.problems] if isinstance(fault, BadInput) else []


def _told(problem: Problem) -> str:
    part, _, type_ = problem.place.partition(".")
    if part not in PARTS:
        return str(problem)
    return f"{label(TypeName(type_)) if type_ else ''}{PARTS[part]}：{problem.message}"


def _rng() -> Random:
    return Random(secrets.token_hex(16))


def _to_utc(local: datetime) -> datetime:
    return local.replace(tzinfo=ZoneInfo(current_app.config["OFFICE_ZONE"])).astimezone(UTC)


def _to_office(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(current_app.config["OFFICE_ZONE"])).replace(tzinfo=None)
