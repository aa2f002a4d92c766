"""A newer text of a speech: handed over, held against the one in force, adopted or thrown away."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.comparison import Change
from quizapp.core.comparison import Compared
from quizapp.core.corrections import from_stored
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import newer_texts
from quizapp.services.newer_texts import AnotherWaits
from quizapp.services.newer_texts import NothingWaits
from quizapp.services.newer_texts import Outlook
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.correction_forms import in_words
from quizapp.web.forms import Form
from quizapp.web.sources import SourceForm

bp = Blueprint("newer_texts", __name__, url_prefix="/speeches/<string:speech_id>/text")

NOTHING_WAITS = "没有等待启用的新文本：可能已被启用或放弃，也可能还没有上传。"
ANOTHER_WAITS = "您查看之后，又有人上传了另一份新文本，因此没有启用。下面是最新的一份，请重新核对。"


@dataclass(frozen=True)
class Stretch:
    """Paragraphs one after another that are all the same in both texts, or all changed."""

    is_same: bool
    paragraphs: tuple[Compared, ...]


@bp.get("/new")
@needs(Action.SPEECH_LOAD)
def new(speech_id: str) -> ResponseReturnValue:
    return _new_page(speech_id, SourceForm())


@bp.post("/new")
@needs(Action.SPEECH_LOAD)
def upload(speech_id: str) -> ResponseReturnValue:
    form = SourceForm()
    if not form.validate():
        return _new_page(speech_id, form, 422)
    try:
        file = form.understood()
        with writing() as session:
            newer_texts.propose(session, actor(), speech_id, file, now=now())
    except BadInput as error:
        form.refuse(error)
        return _new_page(speech_id, form, 422)
    return redirect(url_for(".page", speech_id=speech_id))


@bp.get("")
@needs(Action.SPEECH_LOAD)
def page(speech_id: str) -> ResponseReturnValue:
    try:
        return _page(speech_id, Form())
    except NothingWaits:
        return _nothing_waits(speech_id)


@bp.post("/adoption")
@needs(Action.SPEECH_LOAD)
def adopt(speech_id: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            unsettled = newer_texts.adopt(session, actor(), speech_id, request.form.get("sha256", ""), now=now())
    except NothingWaits:
        return _nothing_waits(speech_id)
    except AnotherWaits:
        form = Form()
        form.refuse(BadInput("", [Problem("", ANOTHER_WAITS)]))
        return _page(speech_id, form, 409)
    flash(f"新文本已启用。{f'有 {unsettled} 题转为需复核。' if unsettled else '没有题目需要复核。'}")
    return redirect(url_for(".new", speech_id=speech_id))


@bp.post("/removal")
@needs(Action.SPEECH_LOAD)
def discard(speech_id: str) -> ResponseReturnValue:
    with writing() as session:
        newer_texts.discard(session, actor(), speech_id, now=now())
    flash("新文本已放弃，讲话仍用原来的文本。")
    return redirect(url_for("speeches.page", speech_id=speech_id))


def _new_page(speech_id: str, form: SourceForm, status: int = 200) -> ResponseReturnValue:
    texts = newer_texts.texts_of(db.session(), actor(), speech_id)
    return render_template("newer_texts/new.html", form=form, texts=texts), status


def _page(speech_id: str, form: Form, status: int = 200) -> ResponseReturnValue:
    outlook = newer_texts.outlook(db.session(), actor(), speech_id, now=now())
    body = render_template(
        "newer_texts/page.html",
        form=form,
        outlook=outlook,
        counts=_counts(outlook),
        stretches=list(stretches(outlook.paragraphs)),
        lost=[(row, in_words(from_stored(row.detail))) for row in outlook.lost],
        changes=Change,
    )
    return body, status


def _nothing_waits(speech_id: str) -> ResponseReturnValue:
    flash(NOTHING_WAITS)
    return redirect(url_for(".new", speech_id=speech_id))


def stretches(paragraphs: Sequence[Compared]) -> Iterator[Stretch]:
    """The comparison cut where what is the same and what is changed meet."""
    for is_same, group in groupby(paragraphs, key=lambda each: each.is_same):
        yield Stretch(is_same, tuple(group))


def _counts(outlook: Outlook) -> dict[str, int]:
    """How many paragraphs are the same, changed inside, new and gone."""
    told = [_what_became(each) for each in outlook.paragraphs]
    return {words: told.count(words) for words in ("改动", "新增", "删去", "相同")}


@bp.app_template_filter("what_became")
def _what_became(paragraph: Compared) -> str:
    """What became of a paragraph, in a word."""
    if paragraph.old is None:
        return "新增"
    if paragraph.new is None:
        return "删去"
    return "相同" if paragraph.is_same else "改动"
