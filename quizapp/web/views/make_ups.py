"""Making up for a sitting: one's own tasks, the speech in parts, the fresh paper; and the sections' lists."""

import secrets
from random import Random

from flask import Blueprint
from flask import flash
from flask import jsonify
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.attendance import MakeUpState
from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import make_ups
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.access import wants_json
from quizapp.web.tables import attendance as tables

bp = Blueprint("make_ups", __name__)


@bp.get("/make-ups")
@needs(Action.MAKE_UP_DO)
def index() -> ResponseReturnValue:
    return render_template("make_ups/index.html", tasks=make_ups.own(db.session(), actor(), now=now()))


@bp.get("/make-ups/sections")
@needs(Action.ATTENDANCE_CORRECT)
def sections() -> ResponseReturnValue:
    found = make_ups.of_sections(db.session(), actor(), now=now())
    if exports.wanted():
        return exports.answer(tables.make_ups(found))
    return render_template("make_ups/sections.html", sittings=found, states=list(MakeUpState))


@bp.get("/make-ups/<string:make_up_id>")
@needs(Action.MAKE_UP_DO)
def task(make_up_id: str) -> ResponseReturnValue:
    page = make_ups.task_page(db.session(), actor(), make_up_id, now=now())
    return render_template("make_ups/task.html", page=page)


@bp.post("/make-ups/<string:make_up_id>/parts/<int:number>")
@needs(Action.MAKE_UP_DO)
def read(make_up_id: str, number: int) -> ResponseReturnValue:
    """Note that a part of the speech was read: a button, or a page that saw it being read."""
    with writing() as session:
        page = make_ups.read_part(session, actor(), make_up_id, number, now=now())
    if wants_json():
        return jsonify(read=page.parts_read, parts=len(page.parts), all=page.task.is_read)
    unread = next((part for part in page.parts if not part.is_read), None)
    anchor = f"part-{unread.number}" if unread else "paper"
    return redirect(url_for(".task", make_up_id=make_up_id, _anchor=anchor))


@bp.post("/make-ups/<string:make_up_id>/attempt")
@needs(Action.MAKE_UP_DO)
def start(make_up_id: str) -> ResponseReturnValue:
    with writing() as session:
        attempt = make_ups.start(session, actor(), make_up_id, Random(secrets.token_hex(16)), now=now())
        public_id = attempt.public_id
    return redirect(url_for("attempts.take", attempt_id=public_id))


@bp.post("/sittings/<string:sitting_id>/make-ups")
@needs(Action.ATTENDANCE_CORRECT)
def assign(sitting_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            count = make_ups.assign_to(session, actor(), sitting_id, request.form.getlist("person"), now=now())
    except BadInput as bad:
        flash(f"没有安排：{bad}。", "error")
    else:
        flash(f"已给 {count} 人安排补学。")
    return redirect(url_for("attendance.sitting", sitting_id=sitting_id))
