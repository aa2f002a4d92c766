"""Paper for a room without a network: what is printed, and the results that come back from it."""

from base64 import b64decode
from base64 import b64encode
from collections.abc import Callable
from collections.abc import Mapping
from functools import wraps
from typing import TypeVar

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.roles import Action
from quizapp.db.attempts import count_open
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.formats.answer_sheets import MAX_BYTES
from quizapp.formats.answer_sheets import AnswerSheet
from quizapp.formats.answer_sheets import read_answer_sheet
from quizapp.services import paper_answers
from quizapp.services import printing
from quizapp.services.paper_answers import MOST_PEOPLE
from quizapp.services.printing import NotOnPaper
from quizapp.services.speeches import printable
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.files import FileKind
from quizapp.web.files import attachment

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
bp = Blueprint("printing", __name__, url_prefix="/sittings/<string:sitting_id>/print")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_THE_FILE = "核对过的内容不完整，没有录入。请重新上传答卷表"


def or_says_why(view: View) -> View:
    """What cannot be put on paper, or not now, is answered by the hub with the reason."""

    @wraps(view)
    def told(sitting_id: str, **parts: str) -> ResponseReturnValue:
        try:
            return view(sitting_id, **parts)
        except NotOnPaper as refused:
            return _hub(sitting_id, refused.reason), 409

    return told  # type: ignore[return-value]


@bp.get("")
@needs(Action.PAPER_COMPOSE)
def index(sitting_id: str) -> ResponseReturnValue:
    return _hub(sitting_id)


@bp.get("/paper")
@needs(Action.PAPER_COMPOSE)
@or_says_why
def paper(sitting_id: str) -> ResponseReturnValue:
    return render_template("printing/paper.html", paper=printing.paper(db.session(), actor(), sitting_id))


@bp.get("/answer-sheet")
@needs(Action.PAPER_COMPOSE)
@or_says_why
def answer_sheet(sitting_id: str) -> ResponseReturnValue:
    return render_template("printing/answer_sheet.html", paper=printing.paper(db.session(), actor(), sitting_id))


@bp.get("/key")
@needs(Action.PAPER_COMPOSE)
@or_says_why
def key(sitting_id: str) -> ResponseReturnValue:
    return render_template("printing/key.html", key=printing.key_sheet(db.session(), actor(), sitting_id, now=now()))


@bp.get("/sign-in-sheet")
@needs(Action.PAPER_COMPOSE)
@or_says_why
def sign_in_sheet(sitting_id: str) -> ResponseReturnValue:
    return render_template(
        "printing/sign_in_sheet.html", sheet=printing.signing_sheet(db.session(), actor(), sitting_id)
    )


@bp.get("/entries")
@needs(Action.PAPER_ENTER)
@or_says_why
def entries(sitting_id: str) -> ResponseReturnValue:
    return _entries_page(sitting_id, [])


@bp.get("/entry-sheet")
@needs(Action.PAPER_ENTER)
@or_says_why
def entry_sheet(sitting_id: str) -> ResponseReturnValue:
    topic, made = paper_answers.empty_sheet(db.session(), actor(), sitting_id, now=now())
    return attachment(made, f"答卷表 {topic}", FileKind.XLSX)


@bp.post("/entry-sheet")
@needs(Action.PAPER_ENTER)
@or_says_why
def check(sitting_id: str) -> ResponseReturnValue:
    """Say what would become of a sheet. It is kept nowhere but in the page that asks whether to write it."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return _entries_page(sitting_id, [Problem("", "请选择填好的答卷表")]), 422
    content = given.read(MAX_BYTES + 1)
    paper_answers.sitting_to_enter(db.session(), actor(), sitting_id, now=now())
    try:
        sheet = read_answer_sheet(printable(given.filename), content)
    except BadInput as bad:
        return _entries_page(sitting_id, bad.problems, bad.source)
    return _checked_page(sitting_id, sheet, b64encode(content).decode("ascii"))


@bp.post("/entry-sheet/confirmation")
@needs(Action.PAPER_ENTER)
@or_says_why
def confirm(sitting_id: str) -> ResponseReturnValue:
    """Write a sheet that was looked at. It is read and checked again: what a page sends back proves nothing."""
    paper_answers.sitting_to_enter(db.session(), actor(), sitting_id, now=now())
    try:
        sheet = read_answer_sheet("答卷表", _content_sent_back())
        with writing() as session:
            count = paper_answers.enter_sheet(session, actor(), sitting_id, sheet, now=now())
    except BadInput as bad:
        return _entries_page(sitting_id, bad.problems, bad.source), 422
    flash(f"已录入 {count} 人的答卷，并记为已到。")
    return redirect(url_for(".entries", sitting_id=sitting_id))


@bp.get("/entries/<string:person_id>")
@needs(Action.PAPER_ENTER)
@or_says_why
def entry(sitting_id: str, person_id: str) -> ResponseReturnValue:
    return _entry_page(sitting_id, person_id, {}, [])


@bp.post("/entries/<string:person_id>")
@needs(Action.PAPER_ENTER)
@or_says_why
def enter(sitting_id: str, person_id: str) -> ResponseReturnValue:
    written = {int(name[1:]): text for name, text in request.form.items() if _names_question(name)}
    try:
        with writing() as session:
            name = paper_answers.enter(session, actor(), sitting_id, person_id, written, now=now()).name
    except BadInput as bad:
        return _entry_page(sitting_id, person_id, written, bad.problems), 422
    flash(f"已录入{name}的答卷，并记为已到。")
    return redirect(url_for(".entries", sitting_id=sitting_id))


def _content_sent_back() -> bytes:
    try:
        return b64decode(request.form.get("content", ""), validate=True)
    except ValueError as bad:
        raise BadInput("答卷表", [Problem("", NOT_THE_FILE)]) from bad


def _names_question(name: str) -> bool:
    return name[:1] == "q" and name[1:].isascii() and name[1:].isdigit() and len(name) < 5


def _hub(sitting_id: str, refusal: str = "") -> str:
    hub = printing.hub(db.session(), actor(), sitting_id, now=now())
    return render_template("printing/index.html", hub=hub, sitting=hub.sitting, refusal=refusal)


def _entries_page(sitting_id: str, problems: list[Problem], source: str = "") -> str:
    standing = paper_answers.standing(db.session(), actor(), sitting_id, now=now())
    return render_template(
        "printing/entries.html",
        standing=standing,
        sitting=standing.sitting,
        problems=problems,
        source=source,
        most_kilobytes=MAX_BYTES // 1000,
        most_people=MOST_PEOPLE,
    )


def _checked_page(sitting_id: str, sheet: AnswerSheet, content: str) -> ResponseReturnValue:
    found = paper_answers.check_sheet(db.session(), actor(), sitting_id, sheet, now=now())
    if found.problems:
        return _entries_page(sitting_id, list(found.problems), "答卷表")
    return render_template(
        "printing/checked.html",
        sitting=found.sitting,
        missing=count_open(db.session(), found.sitting.id),
        count=len(found.entries),
        content=content,
    )


def _entry_page(sitting_id: str, person_id: str, written: Mapping[int, str], problems: list[Problem]) -> str:
    blank = paper_answers.blank(db.session(), actor(), sitting_id, person_id, now=now())
    return render_template(
        "printing/entry.html", blank=blank, sitting=blank.sitting, written=written, problems=problems
    )
