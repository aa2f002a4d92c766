"""The minutes of a study: read, made when asked, written on, taken away as a file."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.minutes import FACTS
from quizapp.core.minutes import PARTS
from quizapp.core.minutes import TEXTS
from quizapp.core.minutes import WRITTEN
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import minutes
from quizapp.services.minutes import WrittenMeanwhile
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.files import FileKind
from quizapp.web.files import attachment

bp = Blueprint("minutes", __name__, url_prefix="/sittings/<string:sitting_id>/minutes")


@bp.get("")
@needs(Action.MINUTES_WRITE)
def page(sitting_id: str) -> ResponseReturnValue:
    return _page(sitting_id, [])


@bp.post("")
@needs(Action.MINUTES_WRITE)
def make(sitting_id: str) -> ResponseReturnValue:
    zone = ZoneInfo(current_app.config["OFFICE_ZONE"])
    replacing = request.form.get("replacing", type=int)
    try:
        with writing() as session:
            minutes.make(session, actor(), sitting_id, zone, replacing=replacing, now=now())
    except BadInput as bad:
        return _page(sitting_id, bad.problems), 422
    except WrittenMeanwhile as meanwhile:
        return _page(
            sitting_id, [Problem("", f"{meanwhile.by}刚刚改过记录，没有重新生成。请看过下面的内容再决定")]
        ), 409
    flash("已按签到和测验结果生成记录，请核对并补写发言要点和会议要求。")
    return redirect(url_for(".edit", sitting_id=sitting_id))


@bp.get("/edit")
@needs(Action.MINUTES_WRITE)
def edit(sitting_id: str) -> ResponseReturnValue:
    found = minutes.page(db.session(), actor(), sitting_id, now=now())
    if not (found.may_write and found.version):
        raise NotFound("minutes", sitting_id)
    return _form(sitting_id, found.parts, found.version, [])


@bp.post("/edit")
@needs(Action.MINUTES_WRITE)
def change(sitting_id: str) -> ResponseReturnValue:
    parts = {name: request.form.get(name, "") for name in PARTS}
    version = request.form.get("version", 0, type=int)
    try:
        with writing() as session:
            minutes.change(session, actor(), sitting_id, parts, version, now=now())
    except BadInput as bad:
        return _form(sitting_id, parts, version, bad.problems), 422
    except WrittenMeanwhile as meanwhile:
        return _form(sitting_id, parts, meanwhile.version, [], meanwhile), 409
    flash("记录已保存。")
    return redirect(url_for(".page", sitting_id=sitting_id))


@bp.get("/file")
@needs(Action.MINUTES_WRITE)
def file(sitting_id: str) -> ResponseReturnValue:
    topic, made = minutes.file(db.session(), actor(), sitting_id, now=now())
    return attachment(made, f"学习记录 {topic}", FileKind.DOCX)


def _page(sitting_id: str, problems: list[Problem]) -> str:
    found = minutes.page(db.session(), actor(), sitting_id, now=now())
    return render_template(
        "minutes/page.html",
        minutes=found,
        sitting=found.sitting,
        words=PARTS,
        facts=FACTS,
        texts=TEXTS,
        kept=[PARTS[name] for name in WRITTEN],
        problems=problems,
    )


def _form(
    sitting_id: str,
    parts: Mapping[str, str],
    version: int,
    problems: list[Problem],
    meanwhile: WrittenMeanwhile | None = None,
) -> str:
    found = minutes.page(db.session(), actor(), sitting_id, now=now())
    return render_template(
        "minutes/edit.html",
        sitting=found.sitting,
        parts=parts,
        version=version,
        words=PARTS,
        texts=TEXTS,
        problems=problems,
        meanwhile=meanwhile,
        faulty={problem.place for problem in problems},
    )
