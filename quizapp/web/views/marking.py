"""阅卷: short answers, one at a time and without names."""

from collections.abc import Iterator
from collections.abc import Sequence

from flask import Blueprint
from flask import abort
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from quizapp.core.errors import BadInput
from quizapp.core.question import MAX_PARTS
from quizapp.core.roles import Action
from quizapp.core.speech import Span
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import marking
from quizapp.services.marking import AlreadyMarked
from quizapp.services.marking import NothingToUndo
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import may_page
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import points
from quizapp.web.highlight import Mark
from quizapp.web.highlight import Piece
from quizapp.web.highlight import lines
from quizapp.web.highlight import pieces
from quizapp.web.tables import study as tables

bp = Blueprint("marking", __name__, url_prefix="/marking")
KEYWORD = "keyword"


@bp.app_template_global("marks_waiting")
def marks_waiting() -> int:
    """How many answers wait for the person who asks; 0 where the database cannot say: a menu is no reason to fail."""
    if not may_page("answer:mark"):
        return 0
    try:
        return marking.waiting_for(db.session(), actor())
    except SQLAlchemyError:
        return 0


@bp.app_template_filter("with_keywords")
def with_keywords(text: str, spans: Sequence[Span]) -> Iterator[tuple[Piece, ...]]:
    """An answer line by line, its keywords marked."""
    marks = [Mark(span, KEYWORD) for span in spans]
    return (pieces(text, line, marks) for line in lines(text))


@bp.get("")
@needs(Action.ANSWER_MARK)
def index() -> ResponseReturnValue:
    piles = marking.piles(db.session(), actor(), now=now())
    if exports.wanted():
        return exports.answer(tables.piles(piles))
    return render_template("marking/index.html", piles=piles)


@bp.get("/sittings/<string:sitting_id>/questions/<int:position>")
@needs(Action.ANSWER_MARK)
def pile(sitting_id: str, position: int) -> ResponseReturnValue:
    """The next answer of a pile; `answer` asks for one that was just taken back, `after` for the one behind another."""
    session = db.session()
    found = marking.pile(session, actor(), sitting_id, position, now=now())
    answer = None
    if asked := request.args.get("answer", ""):
        answer = marking.answer_of(session, actor(), asked, now=now())
    if answer is None or answer.said is not None or answer.pile != found:
        answer = marking.next_answer(session, actor(), found, after=request.args.get("after", ""))
    return render_template("marking/pile.html", pile=found, answer=answer)


@bp.post("/answers/<string:answer_id>")
@needs(Action.ANSWER_MARK)
def mark(answer_id: str) -> ResponseReturnValue:
    said, together = _said(), bool(request.form.get("together"))
    try:
        with writing() as session:
            given = marking.mark(session, actor(), answer_id, said, together=together, now=now())
    except AlreadyMarked as other:
        return _told_of_other(answer_id, said, other)
    many = f"同样的答案共 {given.answers} 份，各" if given.answers > 1 else ""
    flash(f"{many}记 {points(given.units)} 分，还有 {given.waiting} 份。")
    return redirect(url_for(".pile", sitting_id=given.sitting_id, position=given.position, after=answer_id))


def _told_of_other(answer_id: str, said: Sequence[bool], other: AlreadyMarked) -> ResponseReturnValue:
    """Say whose mark stands, and what the one who came second had found."""
    place = marking.answer_of(db.session(), actor(), answer_id, now=now()).pile
    same = "，与您的判断相同" if tuple(said) == other.said else f"；您勾选的是{_in_words(said)}，没有记入"
    flash(f"这份答案刚由另一位评阅人评为 {points(other.units)} 分（{_in_words(other.said)}）{same}。", "error")
    return redirect(url_for(".pile", sitting_id=place.sitting_id, position=place.position, after=answer_id))


def _in_words(said: Sequence[bool]) -> str:
    found = [f"（{number}）" for number, is_said in enumerate(said, start=1) if is_said]
    return "第" + "".join(found) + "点" if found else "各点都未答到"


def _said(prefix: str = "said") -> tuple[bool, ...]:
    """For each scoring point whether its box is ticked."""
    count = request.form.get("points", type=int)
    if count is None or not 0 < count <= MAX_PARTS:
        abort(400)
    ticked = request.form.getlist(prefix)
    return tuple(str(number) in ticked for number in range(1, count + 1))


@bp.post("/sittings/<string:sitting_id>/questions/<int:position>/undo")
@needs(Action.ANSWER_MARK)
def undo(sitting_id: str, position: int) -> ResponseReturnValue:
    try:
        with writing() as session:
            answer = marking.undo(session, actor(), sitting_id, position, now=now())
    except NothingToUndo:
        flash("没有可以撤销的评分：只能撤销您在 15 分钟内评的最近一份。", "error")
        return redirect(url_for(".pile", sitting_id=sitting_id, position=position))
    flash("已撤销，请重新评这一份。")
    return redirect(url_for(".pile", sitting_id=sitting_id, position=position, answer=answer))


@bp.get("/sittings/<string:sitting_id>/questions/<int:position>/marked")
@needs(Action.ANSWER_REMARK)
def marked(sitting_id: str, position: int) -> ResponseReturnValue:
    found = marking.pile(db.session(), actor(), sitting_id, position, now=now())
    return render_template(
        "marking/marked.html", pile=found, answers=marking.marked_answers(db.session(), actor(), found)
    )


@bp.get("/answers/<string:answer_id>")
@needs(Action.ANSWER_REMARK)
def answer(answer_id: str) -> ResponseReturnValue:
    found = marking.marked_answer(db.session(), actor(), answer_id, now=now())
    return render_template("marking/answer.html", answer=found, said=found.said, reason="", fault="")


@bp.post("/answers/<string:answer_id>/change")
@needs(Action.ANSWER_REMARK)
def change(answer_id: str) -> ResponseReturnValue:
    said, known, reason = _said(), _said("known"), request.form.get("reason", "")
    try:
        with writing() as session:
            changed = marking.change(session, actor(), answer_id, said, reason, known=known, now=now())
    except (BadInput, AlreadyMarked) as error:
        fault = str(error) if isinstance(error, BadInput) else "这份答案的评分刚被别人改过，请核对后再改。"
        found = marking.marked_answer(db.session(), actor(), answer_id, now=now())
        page = render_template("marking/answer.html", answer=found, said=said, reason=reason, fault=fault)
        return page, 422 if isinstance(error, BadInput) else 409
    flash("评分已改动，得分已重新计算并通知本人。")
    return redirect(url_for(".marked", sitting_id=changed.pile.sitting_id, position=changed.pile.position))
