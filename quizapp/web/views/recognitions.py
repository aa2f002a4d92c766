"""Which studies a training authority recognised as hours of training: listed, entered, corrected, taken away."""

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField
from wtforms import StringField
from wtforms.validators import InputRequired
from wtforms.validators import Length
from wtforms.validators import NumberRange

from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import recognitions
from quizapp.services.recognitions import LONGEST_AUTHORITY
from quizapp.services.recognitions import LONGEST_DOCUMENT
from quizapp.services.recognitions import MOST_MINUTES
from quizapp.services.recognitions import RecognisedMeanwhile
from quizapp.services.recognitions import RecognitionFacts
from quizapp.services.record import FIRST_YEAR
from quizapp.services.record import LAST_YEAR
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import office_time
from quizapp.web.forms import Form

bp = Blueprint("recognitions", __name__, url_prefix="/recognitions")


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class RecognitionForm(Form):
    year = IntegerField(
        "年度",
        [
            InputRequired("请填写年度"),
            NumberRange(FIRST_YEAR, LAST_YEAR, f"请填写 {FIRST_YEAR} 到 {LAST_YEAR} 之间的年份"),
        ],
        render_kw={"inputmode": "numeric"},
    )
    authority = StringField(
        "认定单位",
        [InputRequired("请填写认定单位"), Length(max=LONGEST_AUTHORITY, message="认定单位不超过 60 字")],
        filters=[_stripped],
        description="如：中共某某市委组织部。",
        render_kw={"maxlength": LONGEST_AUTHORITY},
    )
    document = StringField(
        "依据文件",
        [InputRequired("请填写依据文件的文号或名称"), Length(max=LONGEST_DOCUMENT, message="依据文件不超过 100 字")],
        filters=[_stripped],
        description="文号或文件名称，原样填写。",
        render_kw={"maxlength": LONGEST_DOCUMENT},
    )
    minutes_per_hour = IntegerField(
        "每学时分钟数",
        [
            InputRequired("请填写每学时分钟数"),
            NumberRange(1, MOST_MINUTES, f"请填写 1 到 {MOST_MINUTES} 之间的整数"),
        ],
        description="认定文件规定多少分钟折合 1 学时。",
        render_kw={"inputmode": "numeric"},
    )

    def facts(self) -> RecognitionFacts:
        return RecognitionFacts(self.year.data, self.authority.data, self.document.data, self.minutes_per_hour.data)


@bp.get("")
@needs(Action.RECOGNITION_MANAGE)
def index() -> ResponseReturnValue:
    return _list(RecognitionForm(formdata=None, year=office_time(now()).year))


@bp.post("")
@needs(Action.RECOGNITION_MANAGE)
def add() -> ResponseReturnValue:
    form = RecognitionForm()
    if not form.validate():
        return _list(form), 422
    try:
        with writing() as session:
            recognitions.add(session, actor(), form.facts(), now=now())
    except BadInput as bad:
        form.refuse(bad)
        return _list(form), 422
    flash("已登记，相应年度的学习档案会写明折合的学时。")
    return redirect(url_for(".index"))


@bp.get("/<string:recognition_id>")
@needs(Action.RECOGNITION_MANAGE)
def page(recognition_id: str) -> ResponseReturnValue:
    held = recognitions.page(db.session(), actor(), recognition_id)
    return _form(recognition_id, RecognitionForm(formdata=None, obj=held.facts), held.version)


@bp.post("/<string:recognition_id>")
@needs(Action.RECOGNITION_MANAGE)
def change(recognition_id: str) -> ResponseReturnValue:
    form, version = RecognitionForm(), _version()
    if not form.validate():
        return _form(recognition_id, form, version), 422
    try:
        with writing() as session:
            recognitions.change(session, actor(), recognition_id, form.facts(), version, now=now())
    except BadInput as bad:
        form.refuse(bad)
        return _form(recognition_id, form, version), 422
    except RecognisedMeanwhile as meanwhile:
        return _form(recognition_id, form, meanwhile.current.version, meanwhile), 409
    flash("已保存。")
    return redirect(url_for(".index"))


@bp.post("/<string:recognition_id>/withdrawal")
@needs(Action.RECOGNITION_MANAGE)
def withdraw(recognition_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            recognitions.withdraw(session, actor(), recognition_id, _version(), now=now())
    except RecognisedMeanwhile as meanwhile:
        held = RecognitionForm(formdata=None, obj=meanwhile.current.facts)
        return _form(recognition_id, held, meanwhile.current.version, meanwhile), 409
    flash("已撤销这条认定，学习档案不再写折合的学时。原内容保留在审计记录中。")
    return redirect(url_for(".index"))


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _list(form: RecognitionForm) -> str:
    return render_template("recognitions/index.html", found=recognitions.listed(db.session(), actor()), form=form)


def _form(
    recognition_id: str, form: RecognitionForm, version: int, meanwhile: RecognisedMeanwhile | None = None
) -> str:
    held = recognitions.page(db.session(), actor(), recognition_id)
    return render_template(
        "recognitions/page.html", held=held, form=form, version=version, current=meanwhile and meanwhile.current
    )
