"""Uploading a speech: as a file, or as text pasted into the page."""

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import Length

from quizapp.core.errors import BadInput
from quizapp.core.roles import Action
from quizapp.db.engine import writing
from quizapp.services import speeches
from quizapp.services.speeches import TITLE_LENGTH
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.sources import SourceForm

bp = Blueprint("uploads", __name__, url_prefix="/speeches")


class SpeechForm(SourceForm):
    title = StringField(
        "讲话标题（选填）",
        [Length(max=TITLE_LENGTH, message=f"标题不超过 {TITLE_LENGTH} 个字")],
        description="不填则取文中的标题；文中没有标题的，上传后再补。",
    )


@bp.get("/new")
@needs(Action.SPEECH_LOAD)
def new() -> ResponseReturnValue:
    return _page(SpeechForm())


@bp.post("/new")
@needs(Action.SPEECH_LOAD)
def upload() -> ResponseReturnValue:
    form = SpeechForm()
    if not form.validate():
        return _page(form, 422)
    try:
        file = form.understood()
        with writing() as session:
            row, is_new = speeches.load_speech(session, actor(), file, form.title.data or "", now=now())
            public_id = row.public_id
    except BadInput as error:
        form.refuse(error)
        return _page(form, 422)
    flash("讲话已保存。" if is_new else "这篇讲话以前上传过，没有重复保存，下面就是已存的讲话。")
    return redirect(url_for("speeches.page", speech_id=public_id))


def _page(form: SpeechForm, status: int = 200) -> ResponseReturnValue:
    return render_template("speeches/new.html", form=form), status
