"""Planning sittings, choosing their topics, composing their papers, and approving them."""

import secrets
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from random import Random

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.mastery import FORGOTTEN_BELOW
from quizapp.core.paper import BadLock
from quizapp.core.paper import NoOtherQuestion
from quizapp.core.paper import NotEnoughQuestions
from quizapp.core.paper import wishes_of
from quizapp.core.roles import Action
from quizapp.core.roles import allowed
from quizapp.core.states import SittingPhase
from quizapp.core.types import TYPES
from quizapp.db import sittings as rows
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import preflight
from quizapp.services import sittings
from quizapp.services.balance import balance_of
from quizapp.web import exports
from quizapp.web import specification
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.sitting_forms import SittingForm
from quizapp.web.sitting_forms import TopicForm
from quizapp.web.sitting_forms import lines_of
from quizapp.web.sitting_forms import planned
from quizapp.web.tables import study as tables

bp = Blueprint("sittings", __name__, url_prefix="/sittings")


@bp.get("")
@needs(Action.PAPER_COMPOSE)
def index() -> ResponseReturnValue:
    listed = sittings.listed(db.session(), actor())
    if exports.wanted():
        return exports.answer(tables.sittings(listed, now()))
    return render_template("sittings/index.html", listed=listed, now=now())


# The plan


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
    form = SittingForm(**planned(sitting))
    form.offer_as_is(sitting)
    return render_template("sittings/form.html", form=form, sitting=sitting)


@bp.post("/<string:sitting_id>/plan")
@needs(Action.SITTING_PLAN)
def change(sitting_id: str) -> ResponseReturnValue:
    sitting = sittings.sitting_to_compose(db.session(), actor(), sitting_id)
    form = SittingForm()
    form.offer_as_is(sitting)
    if form.validate():
        try:
            with _changing(sitting_id) as session:
                sittings.change_sitting(session, actor(), sitting_id, form.facts(), now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            return redirect(url_for(".compose", sitting_id=sitting_id))
    return render_template("sittings/form.html", form=form, sitting=sitting), 422


# The topic


@bp.get("/<string:sitting_id>/topic")
@needs(Action.PAPER_COMPOSE)
def topic(sitting_id: str) -> ResponseReturnValue:
    sitting = sittings.sitting_to_compose(db.session(), actor(), sitting_id)
    form = TopicForm(
        topic=sitting.topic,
        sets=[chosen.set_id for chosen in sitting.sets],
        emphasis=list(wishes_of(sitting.wishes).emphasis),
        agenda=sitting.meeting.agenda,
    )
    form.offer()
    return render_template("sittings/topic.html", form=form, sitting=sitting)


@bp.post("/<string:sitting_id>/topic")
@needs(Action.PAPER_COMPOSE)
def choose_topic(sitting_id: str) -> ResponseReturnValue:
    form = TopicForm()
    form.offer()
    if form.validate():
        try:
            with _changing(sitting_id) as session:
                sittings.choose_topic(session, actor(), sitting_id, form.chosen(), now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            return _after_topic(sitting_id)
    sitting = sittings.sitting_to_compose(db.session(), actor(), sitting_id)
    return render_template("sittings/topic.html", form=form, sitting=sitting), 422


def _after_topic(sitting_id: str) -> ResponseReturnValue:
    if request.form.get("then") == "emphasis":
        flash("选题已保存。下面可以再选重点。")
        return redirect(url_for(".topic", sitting_id=sitting_id, _anchor="emphasis"))
    flash("选题已保存，请按组卷要求抽题。")
    return redirect(url_for(".compose", sitting_id=sitting_id))


# The paper


@bp.get("/<string:sitting_id>")
@needs(Action.PAPER_COMPOSE)
def compose(sitting_id: str) -> ResponseReturnValue:
    return _compose_page(sitting_id)


@bp.post("/<string:sitting_id>/paper")
@needs(Action.PAPER_COMPOSE)
def draw(sitting_id: str) -> ResponseReturnValue:
    try:
        with _changing(sitting_id) as session:
            sittings.draw(session, actor(), sitting_id, specification.sent(), _rng(), now=now())
    except (BadInput, NotEnoughQuestions, BadLock) as fault:
        return _compose_page(sitting_id, fault), 422
    flash("已按要求抽题，试卷见下。")
    return redirect(url_for(".compose", sitting_id=sitting_id, _anchor="paper"))


@bp.post("/<string:sitting_id>/paper/<int:position>/lock")
@needs(Action.PAPER_COMPOSE)
def lock(sitting_id: str, position: int) -> ResponseReturnValue:
    try:
        with writing() as session:
            is_locked = request.form.get("locked") == "1"
            sittings.lock(session, actor(), sitting_id, position, is_locked, seen=_seen(), now=now())
    except BadInput as fault:
        return _compose_page(sitting_id, fault), 422
    return redirect(url_for(".compose", sitting_id=sitting_id, _anchor=f"p{position}"))


@bp.post("/<string:sitting_id>/paper/<int:position>/swap")
@needs(Action.PAPER_COMPOSE)
def swap(sitting_id: str, position: int) -> ResponseReturnValue:
    try:
        with _changing(sitting_id) as session:
            sittings.swap(session, actor(), sitting_id, position, _rng(), seen=_seen(), now=now())
    except (BadInput, NoOtherQuestion) as fault:
        return _compose_page(sitting_id, fault), 422
    return redirect(url_for(".compose", sitting_id=sitting_id, _anchor=f"p{position}"))


@bp.post("/<string:sitting_id>/paper/<int:position>/position")
@needs(Action.PAPER_COMPOSE)
def move(sitting_id: str, position: int) -> ResponseReturnValue:
    try:
        with _changing(sitting_id) as session:
            to = _place_sent(position)
            sittings.move(session, actor(), sitting_id, position, to, seen=_seen(), now=now())
    except BadInput as fault:
        return _compose_page(sitting_id, fault), 422
    return redirect(url_for(".compose", sitting_id=sitting_id, _anchor=f"p{to}"))


def _place_sent(position: int) -> int:
    """The place a question is moved to: one up, one down, or a number."""
    text = request.form.get("to", "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise BadInput("", [Problem(f"第 {position} 题", "请填写要移到第几题，用整数")])
    return int(text)


# Approval


@bp.post("/<string:sitting_id>/submission")
@needs(Action.PAPER_COMPOSE)
def submit(sitting_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            sitting = sittings.submit(session, actor(), sitting_id, now=now())
            leader = sitting.leader.name
    except BadInput as fault:
        return _compose_page(sitting_id, fault), 422
    flash(f"已送审，等{leader}批准。此后再改动试卷或安排，送审会自动撤回。")
    return redirect(url_for(".compose", sitting_id=sitting_id))


@bp.post("/<string:sitting_id>/return")
@needs(Action.SITTING_APPROVE)
def send_back(sitting_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            sittings.send_back(session, actor(), sitting_id, lines_of(request.form.get("reason")), now=now())
    except BadInput as fault:
        return _compose_page(sitting_id, fault), 422
    flash("已退回，组卷的科室会看到退回原因。")
    return redirect(url_for(".compose", sitting_id=sitting_id))


@bp.post("/<string:sitting_id>/publication")
@needs(Action.SITTING_APPROVE)
def publish(sitting_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            sittings.publish(session, actor(), sitting_id, seen=request.form.get("seen"), now=now())
    except BadInput as fault:
        return _compose_page(sitting_id, fault), 422
    flash("已批准发布：到开始时间自动开放，结束时间自动收卷。")
    return redirect(url_for(".compose", sitting_id=sitting_id))


@contextmanager
def _changing(sitting_id: str) -> Iterator[Session]:
    """Open the write transaction of a change; where it withdrew what had been submitted, the next page says so."""
    with writing() as session:
        sitting = sittings.sitting_to_compose(session, actor(), sitting_id, lock=True)
        was_submitted = sitting.meeting.submitted_at is not None
        yield session
    if was_submitted:
        flash("这份试卷已经送审，有了改动，送审已自动撤回；改好后请重新送审。")


def _seen() -> int | None:
    """The question version that the page showed in the place it speaks of."""
    return request.form.get("version", type=int)


def _compose_page(sitting_id: str, fault: QuizError | None = None) -> str:
    session = db.session()
    sitting = sittings.sitting_to_read(session, actor(), sitting_id)
    phase = sitting.phase(now())
    places = rows.paper(session, sitting.id)
    composing = phase is SittingPhase.COMPOSING
    areas = rows.areas(session, [chosen.set_id for chosen in sitting.sets])
    available = sittings.available(session, sitting)
    return render_template(
        "sittings/compose.html",
        sitting=sitting,
        phase=phase,
        stage=sittings.stage_of(sitting),
        places=places,
        own_paper=_own_paper(sitting, places),
        per_person=sitting.drawing is Drawing.PER_PERSON,
        may_compose=composing and sittings.may_compose(actor(), sitting),
        may_approve=composing and _may_approve(sitting),
        checks=preflight.checks(session, sitting, now=now()) if composing else (),
        imprint=sittings.imprint(sitting, places),
        balance=balance_of(places),
        areas=areas,
        available=available,
        asked=specification.shown(sitting, available),
        forgotten_points=sittings.forgotten_points(session, sitting) if composing else 0,
        forgotten_below=FORGOTTEN_BELOW,
        marked_by_person=[name for name, kind in TYPES.items() if kind.is_marked_by_person],
        reason=request.form.get("reason", ""),
        faults=specification.sentences(fault, areas) if fault else [],
    )


def _may_approve(sitting: SittingRow) -> bool:
    return allowed(actor(), Action.SITTING_APPROVE, sittings.approval_subject(db.session(), sitting))


def _own_paper(sitting: SittingRow, places: Sequence[PaperQuestionRow]) -> tuple[int, int]:
    """How many questions of the paper one person gets, and for how many points."""
    each = sitting.each
    if each is None:
        return len(places), sum(place.full_mark for place in places)
    marks = {place.version.type: place.full_mark for place in places}
    return sum(each.values()), sum(count * marks.get(type_, 0) for type_, count in each.items())


def _rng() -> Random:
    return Random(secrets.token_hex(16))
