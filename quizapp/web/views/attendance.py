"""Who was there: one sitting, everybody over time, one's own; and corrections."""

from datetime import datetime

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms import RadioField
from wtforms import SelectField
from wtforms import TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf
from wtforms.validators import InputRequired
from wtforms.validators import Length

from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import attendance
from quizapp.services import attendance_over_time
from quizapp.services.attendance import MAX_REASON
from quizapp.services.attendance import Correction
from quizapp.services.attendance import KnownMeanwhile
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import office_time
from quizapp.web.forms import Form
from quizapp.web.forms import choices_of
from quizapp.web.tables import attendance as tables

bp = Blueprint("attendance", __name__)


class CorrectionForm(Form):
    presence = RadioField(
        "更正为",
        [AnyOf([presence.value for presence in Presence], "请选择更正为已到、请假还是未到")],
        choices=choices_of(Presence),
        validate_choice=False,
    )
    kind = SelectField(
        "请假类别",
        [AnyOf(["", *(kind.value for kind in LeaveKind)], "请从列出的类别中选择请假类别")],
        choices=[SelectChoice("", "不是请假"), *choices_of(LeaveKind)],
        validate_choice=False,
        description="更正为“请假”时选择。",
    )
    reason = TextAreaField(
        "更正理由",
        [InputRequired("请填写更正理由"), Length(max=MAX_REASON, message=f"更正理由不超过 {MAX_REASON} 字")],
        description="必填，与更正人一起显示在签到情况中，并记入审计记录。",
        render_kw={"rows": 2, "maxlength": MAX_REASON},
    )
    #: What the page showed when it was made.
    seen = HiddenField()

    def correction(self) -> Correction:
        kind = LeaveKind(self.kind.data) if self.kind.data else None
        return Correction(Presence(self.presence.data), kind, self.reason.data, self.seen.data or "")


@bp.get("/attendance")
@needs(Action.ATTENDANCE_CORRECT)
def index() -> ResponseReturnValue:
    found = attendance_over_time.of_sections(db.session(), actor(), request.args.get("section", ""), now=now())
    if exports.wanted():
        people = exports.chosen("sections", "people") == "people"
        return exports.answer(tables.people_over_time(found) if people else tables.sections_over_time(found))
    return render_template("attendance/index.html", found=found, chosen=request.args.get("section", ""))


@bp.get("/attendance/own")
@needs(Action.ROOM_JOIN)
def own() -> ResponseReturnValue:
    found = attendance_over_time.own(db.session(), actor(), now=now())
    if exports.wanted():
        return exports.answer(tables.own(found))
    return render_template("attendance/own.html", found=found)


@bp.get("/sittings/<string:sitting_id>/attendance")
@needs(Action.ATTENDANCE_TICK)
def sitting(sitting_id: str) -> ResponseReturnValue:
    section_id = request.args.get("section", "")
    found = attendance.sitting_page(db.session(), actor(), sitting_id, section_id, now=now())
    if exports.wanted():
        people = exports.chosen("sections", "people") == "people"
        return exports.answer(tables.people_at(found) if people else tables.sections_at(found))
    return render_template("attendance/sitting.html", found=found, chosen=section_id)


@bp.get("/sittings/<string:sitting_id>/attendance/<string:person_id>")
@needs(Action.ATTENDANCE_CORRECT)
def person(sitting_id: str, person_id: str) -> ResponseReturnValue:
    return _person_page(sitting_id, person_id, CorrectionForm(formdata=None), None)


@bp.post("/sittings/<string:sitting_id>/attendance/<string:person_id>")
@needs(Action.ATTENDANCE_CORRECT)
def correct(sitting_id: str, person_id: str) -> ResponseReturnValue:
    form = CorrectionForm()
    if not form.validate():
        return _person_page(sitting_id, person_id, form, None), 422
    try:
        with writing() as session:
            attendance.correct(session, actor(), sitting_id, person_id, form.correction(), now=now())
    except BadInput as bad:
        form.refuse(bad)
        return _person_page(sitting_id, person_id, form, None), 422
    except KnownMeanwhile as meanwhile:
        return _person_page(sitting_id, person_id, form, meanwhile), 409
    flash("已更正，理由和更正人一并显示。")
    return redirect(url_for(".sitting", sitting_id=sitting_id))


def _person_page(sitting_id: str, person_id: str, form: CorrectionForm, meanwhile: KnownMeanwhile | None) -> str:
    found, line = attendance.correction_page(db.session(), actor(), sitting_id, person_id, now=now())
    form.seen.data = attendance.stamp(line.known)
    return render_template("attendance/person.html", sitting=found, line=line, form=form, meanwhile=meanwhile)


@bp.app_template_filter("short_day")
def short_day(moment: datetime) -> str:
    """11.20"""
    local = office_time(moment)
    return f"{local.month}.{local.day}"
