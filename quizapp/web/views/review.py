"""The review desk: one draft at a time, with the sentence that proves it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask import abort
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import session as cookie
from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError
from wtforms import StringField
from wtforms import TextAreaField
from wtforms.validators import InputRequired
from wtforms.validators import Length

from quizapp.core.errors import BadInput
from quizapp.core.labels import label
from quizapp.core.roles import Action
from quizapp.core.speech import Span
from quizapp.core.states import Decision
from quizapp.core.states import Move
from quizapp.core.states import after
from quizapp.core.types import TYPES
from quizapp.core.types.base import ChoiceType
from quizapp.core.types.true_false import WORDS as FIXED_OPTIONS
from quizapp.db.base import db
from quizapp.db.engine import GateBusy
from quizapp.db.engine import writing
from quizapp.services import bank
from quizapp.services import desk
from quizapp.services import doubts
from quizapp.services import merging
from quizapp.services import suspicions
from quizapp.services.bank import Dossier
from quizapp.services.desk import Many
from quizapp.services.desk import Queue
from quizapp.services.desk import TooLate
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.desk_filters import choice
from quizapp.web.desk_filters import filters
from quizapp.web.desk_filters import kind_word
from quizapp.web.desk_filters import query_of
from quizapp.web.forms import Form
from quizapp.web.highlight import Paragraph
from quizapp.web.highlight import lines as paragraph_spans
from quizapp.web.highlight import paragraphs
from quizapp.web.highlight import passage
from quizapp.web.question_forms import LETTERS
from quizapp.web.question_forms import CorrectionForm
from quizapp.web.question_forms import form_for
from quizapp.web.question_forms import has_fixed_options

bp = Blueprint("review", __name__, url_prefix="/review")
bp.add_app_template_filter(kind_word, "kind_word")

#: At most nine, for a digit chooses each.
COMMON_REASONS = (
    "题干表述不清",
    "答案与原文不符",
    "有多个选项都说得通",
    "干扰项太明显",
    "题目太简单，不值得考",
    "与其他题重复",
    "原文此处有笔误",
)
A_PAGE = 50
#: How many paragraphs before and after the sentence are at hand.
AROUND = 2
#: How many questions a report names one by one.
NAMED = 5
MOST_SHOWN = 2000
#: How much of a stem is enough to know it by.
OPENING = 16


class ReturnForm(Form):
    reason = StringField(
        "或者另写退回原因",
        [InputRequired("请填写退回原因"), Length(max=500, message="退回原因不超过 500 个字")],
        render_kw={"autocomplete": "off"},
    )


class DoubtForm(Form):
    answer = TextAreaField(
        "答复提出疑问的人",
        [InputRequired("请填写答复"), Length(max=doubts.MAX_DOUBT_ANSWER, message="答复太长")],
        render_kw={"rows": 2},
    )


class KeyCheckForm(Form):
    conclusion = TextAreaField(
        "核对结论",
        [InputRequired("请填写核对结论"), Length(max=suspicions.MAX_WORDS, message="核对结论太长")],
        description="例如：已核对原文，答案无误，是题干容易误解。",
        render_kw={"rows": 2},
    )


@dataclass(frozen=True)
class Source:
    """The paragraphs that the sentence stands in, and those before and after."""

    before: Sequence[Paragraph]
    marked: Sequence[Paragraph]
    after: Sequence[Paragraph]


# The queue


@bp.get("")
@needs(Action.QUESTION_CORRECT)
def index() -> ResponseReturnValue:
    queue = desk.queue(db.session(), actor(), choice())
    names = desk.set_names(db.session(), queue)
    number = max(request.args.get("page", 1, type=int), 1)
    shown = queue.lines[(number - 1) * A_PAGE : number * A_PAGE]
    return render_template(
        "review/index.html",
        queue=queue,
        shown=shown,
        stems=desk.stems(db.session(), shown),
        first=next((line.public_id for line in queue.to_decide), None),
        number=number,
        pages=-(-len(queue.lines) // A_PAGE),
        first_number=(number - 1) * A_PAGE + 1,
        names=names,
        undo=_undo(),
        **filters(queue, names),
    )


@bp.post("/approvals")
@needs(Action.QUESTION_REVIEW)
def approve_opened() -> ResponseReturnValue:
    """Approve what was opened, each in the version that the queue showed."""
    shown = [entry.rpartition(":") for entry in request.form.getlist("shown")[:MOST_SHOWN]]
    numbers = {public_id: int(number) for public_id, _, number in shown if number.isdecimal() and len(number) < 6}
    with writing() as session:
        done = desk.approve_opened(session, actor(), numbers, now=now())
    if done.done:
        _remember(f"已通过 {done.done} 题")
    _tell_left_out("没有通过", done)
    return redirect(url_for(".index", **query_of(choice())))


def _tell_left_out(what: str, many: Many) -> None:
    if not many.left_out:
        return
    named = "；".join(f"“{each.stem}”（{label(each.hindrance)}）" for each in many.left_out[:NAMED])
    flash(f"{len(many.left_out)} 题{what}：{named}{'等' if len(many.left_out) > NAMED else ''}。", "error")


# One question


@bp.get("/<string:question_id>")
@needs(Action.QUESTION_CORRECT)
def page(question_id: str) -> ResponseReturnValue:
    if request.method == "GET" and not desk.is_opened(db.session(), actor(), question_id):
        _note_opening(question_id)
    return _page(question_id, ReturnForm(), DoubtForm())


def _note_opening(question_id: str) -> None:
    """Whoever only looks is not turned away because this could not be noted; then it is not approved unseen either."""
    with suppress(GateBusy, OperationalError, IntegrityError), writing() as session:
        desk.note_opening(session, actor(), question_id, now=now())


@bp.post("/<string:question_id>/approval")
@needs(Action.QUESTION_REVIEW)
def approve(question_id: str) -> ResponseReturnValue:
    number, queue = _shown_version(), _queue(question_id)
    with writing() as session:
        bank.approve(session, actor(), question_id, number, now=now())
    _remember(f"已通过{_called(queue)}")
    return _go_on(queue)


@bp.post("/<string:question_id>/return")
@needs(Action.QUESTION_REVIEW)
def send_back(question_id: str) -> ResponseReturnValue:
    form, number = ReturnForm(), _shown_version()
    if not form.validate():
        return _page(question_id, form, DoubtForm(formdata=None), 422)
    queue = _queue(question_id)
    try:
        with writing() as session:
            bank.send_back(session, actor(), question_id, number, form.reason.data, now=now())
    except BadInput as error:
        form.refuse(error)
        return _page(question_id, form, DoubtForm(formdata=None), 422)
    _remember(f"已退回{_called(queue)}：{form.reason.data.strip()}")
    return _go_on(queue)


@bp.post("/<string:question_id>/merger")
@needs(Action.QUESTION_CORRECT)
def merge(question_id: str) -> ResponseReturnValue:
    """Merge this question and another; `keep` says which of the two stays."""
    number, queue = _shown_version(), _queue(question_id)
    other, other_number = request.form.get("other", ""), request.form.get("other_version", 0, type=int)
    ours, theirs = (question_id, number), (other, other_number)
    going, staying = (theirs, ours) if request.form.get("keep") == "this" else (ours, theirs)
    with writing() as session:
        merging.merge(session, actor(), going, staying, now=now())
    if staying is ours:
        _remember("已停用相近的那题，保留本题")
        return redirect(url_for(".page", question_id=question_id, **query_of(choice())))
    _remember(f"已停用{_called(queue)}，保留相近的那题")
    return _go_on(queue)


@bp.post("/<string:question_id>/answer")
@needs(Action.QUESTION_CORRECT)
def answer(question_id: str) -> ResponseReturnValue:
    """Answer what people doubt; the question stays, or is retired with the answer."""
    form, number = DoubtForm(), _shown_version()
    if not form.validate():
        return _page(question_id, ReturnForm(formdata=None), form, 422)
    queue = _queue(question_id)
    is_retired = request.form.get("then") == "retire"
    try:
        with writing() as session:
            told = doubts.settle_question(session, actor(), question_id, form.answer.data, now=now())
            if is_retired:
                bank.retire(session, actor(), question_id, number, now=now())
    except BadInput as error:
        form.refuse(error)
        return _page(question_id, ReturnForm(formdata=None), form, 422)
    flash(f"已答复 {told} 人的疑问，{'试题已停用' if is_retired else '试题保留'}。")
    return _go_on(queue)


@bp.post("/<string:question_id>/key-check")
@needs(Action.QUESTION_CORRECT)
def check_key(question_id: str) -> ResponseReturnValue:
    """Keep what was found of a key that answers speak against; the question stays, or is retired."""
    form, number = KeyCheckForm(), _shown_version()
    if not form.validate():
        return _page(question_id, ReturnForm(formdata=None), DoubtForm(formdata=None), 422, form)
    queue = _queue(question_id)
    seen = request.form.get("seen", 0, type=int)
    try:
        with writing() as session:
            settled = suspicions.settle(session, actor(), question_id, seen, form.conclusion.data, now=now())
            if settled and request.form.get("then") == "retire":
                bank.retire(session, actor(), question_id, number, now=now())
    except BadInput as error:
        form.refuse(error)
        return _page(question_id, ReturnForm(formdata=None), DoubtForm(formdata=None), 422, form)
    flash("核对结论已记下。" if settled else "这道题的答案已有人核对过，您的结论没有另外记下。")
    return _go_on(queue)


@bp.post("/acts/<string:act_id>/withdrawal")
@needs(Action.QUESTION_CORRECT)
def withdraw(act_id: str) -> ResponseReturnValue:
    """Take back what one did, and show the question again."""
    kept = query_of(choice())
    try:
        with writing() as session:
            act, many = desk.withdraw(session, actor(), act_id, now=now())
            ids = [line.question.public_id for line in act.lines]
    except TooLate as error:
        flash(f"不能撤销：{label(error.hindrance)}。", "error")
        return redirect(url_for(".index", **kept))
    flash("已撤销，题目回到原来的状态。" if len(ids) == 1 else f"已撤销，{many.done} 题回到原来的状态。")
    _tell_left_out("不能撤销", many)
    return redirect(url_for(".page", question_id=ids[0], **kept) if len(ids) == 1 else url_for(".index", **kept))


@bp.get("/<string:question_id>/correction")
@needs(Action.QUESTION_CORRECT)
def correction(question_id: str) -> ResponseReturnValue:
    dossier = _correctable(question_id)
    form = form_for(dossier.question)
    form.show(dossier.question)
    return _correction_page(dossier, form)


@bp.post("/<string:question_id>/correction")
@needs(Action.QUESTION_CORRECT)
def correct(question_id: str) -> ResponseReturnValue:
    number, dossier = _shown_version(), _correctable(question_id)
    form, shown = form_for(dossier.question), dossier.question
    if not form.validate():
        return _correction_page(dossier, form, 422)
    corrected = form.corrected(shown)
    try:
        with writing() as session:
            bank.correct(session, actor(), question_id, number, corrected, now=now())
    except BadInput as error:
        form.refuse(error)
        return _correction_page(_correctable(question_id), form, 422)
    flash("没有改动，仍是原来的版本。" if corrected == shown else "修改已保存为新版本，等待审核。")
    return redirect(url_for(".page", question_id=question_id, **query_of(choice())))


def _queue(question_id: str) -> Queue:
    """The queue as the address chooses it, with the question on the screen."""
    return desk.queue(db.session(), actor(), choice(), here=question_id)


def _page(
    question_id: str,
    form: ReturnForm,
    doubt_form: DoubtForm,
    status: int = 200,
    check_form: KeyCheckForm | None = None,
) -> ResponseReturnValue:
    session = db.session()
    dossier, queue = bank.dossier(session, actor(), question_id), _queue(question_id)
    body = render_template(
        "review/page.html",
        dossier=dossier,
        place=queue.place,
        following=queue.following,
        passage=_passage(dossier),
        source=_source(dossier),
        rivals=merging.rivals(session, dossier.row, dossier.version) if dossier.may(Move.MERGE) else (),
        doubts=doubts.open_doubts(session)[dossier.row.id] if queue.here and queue.here.is_doubted else (),
        suspicion=suspicions.suspicion(session, actor(), question_id) if queue.here and queue.here.is_suspect else None,
        checks=suspicions.checks(session, actor(), question_id),
        check_form=check_form or KeyCheckForm(formdata=None),
        moves=Move,
        form=form,
        doubt_form=doubt_form,
        reasons=COMMON_REASONS,
        undo=_undo(),
        **filters(queue, desk.set_names(session, queue)),
    )
    return body, status


def _correction_page(dossier: Dossier, form: CorrectionForm, status: int = 200) -> ResponseReturnValue:
    kind = TYPES[dossier.question.type]
    body = render_template(
        f"review/correction_{kind.interaction}.html",
        dossier=dossier,
        form=form,
        passage=_passage(dossier),
        letters=LETTERS,
        one_key=isinstance(kind, ChoiceType) and kind.most(dossier.question) == 1,
        fixed=FIXED_OPTIONS if has_fixed_options(dossier.question) else None,
        query=query_of(choice()),
    )
    return body, status


def _passage(dossier: Dossier) -> Sequence[Any]:
    found = dossier.passage
    return passage(found.text, Span(found.start, found.end)) if found else ()


def _source(dossier: Dossier) -> Source | None:
    found = dossier.passage
    if found is None:
        return None
    marked = passage(found.text, Span(found.start, found.end))
    told = paragraphs(found.text, list(paragraph_spans(found.text)), [])
    first, last = marked[0].number - 1, marked[-1].number
    return Source(told[max(first - AROUND, 0) : first], marked, told[last : last + AROUND])


# What was done last, and how to take it back


@dataclass(frozen=True)
class Undo:
    """What the editor did last: in words, and by its public id."""

    words: str
    act_id: str


def _remember(words: str) -> None:
    """Keep the words for the page that comes next."""
    cookie["desk_done"] = words


def _undo() -> Undo | None:
    act = desk.last_act(db.session(), actor(), now=now())
    words = cookie.pop("desk_done", "")
    if act is None:
        return None
    return Undo(words or _done_words(act.decision, len(act.lines)), act.public_id)


def _done_words(decision: Decision, n: int) -> str:
    return f"上次：{label(decision)} {n} 题"


def _called(queue: Queue) -> str:
    """The question on the screen, as somebody remembers it: its number in the queue, and how its stem begins."""
    number = f"第 {queue.place.number} 题" if queue.place else "一题"
    stem = "".join(desk.stems(db.session(), [queue.here] if queue.here else []).values())
    return f"{number}“{stem[:OPENING]}{'…' if len(stem) > OPENING else ''}”"


def _correctable(question_id: str) -> Dossier:
    """The question, unless its state allows no correction: then there is no form to show."""
    dossier = bank.dossier(db.session(), actor(), question_id)
    after(dossier.row.state, Move.CORRECT)
    return dossier


def _shown_version() -> int:
    """The number of the version that the person saw."""
    number = request.form.get("version", type=int)
    return number if number is not None else abort(400)


def _go_on(queue: Queue) -> ResponseReturnValue:
    kept = query_of(queue.choice)
    if queue.following is None:
        flash("这个筛选下没有等待审核的题了。" if kept else "待审核的题都已审完。")
        return redirect(url_for(".index", **kept))
    return redirect(url_for(".page", question_id=queue.following, **kept))
