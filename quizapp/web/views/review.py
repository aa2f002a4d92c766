"""The review desk: one draft at a time, with the sentence that proves it."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import groupby
from typing import Any

from flask import Blueprint
from flask import abort
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField
from wtforms import FieldList
from wtforms import SelectField
from wtforms import SelectMultipleField
from wtforms import StringField
from wtforms import TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.validators import Length

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import Interaction
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.roles import Action
from quizapp.core.speech import Span
from quizapp.core.states import ON_DESK
from quizapp.core.states import Move
from quizapp.core.states import QuestionState
from quizapp.core.states import after
from quizapp.core.types import TYPES
from quizapp.core.types.base import ChoiceType
from quizapp.core.types.true_false import WORDS as FIXED_OPTIONS
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import bank
from quizapp.services.bank import Dossier
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.forms import Form
from quizapp.web.highlight import passage

bp = Blueprint("review", __name__, url_prefix="/review")

LETTERS = "ABCDEFGHIJ"
#: Empty places a form offers for more options or blanks.
SPARE = 2
COMMON_REASONS = (
    "题干表述不清",
    "答案与原文不符",
    "有多个选项都说得通",
    "干扰项太明显",
    "题目太简单，不值得考",
    "与其他题重复",
    "原文此处有笔误",
)
DIFFICULTIES = {1: "1（易）", 2: "2", 3: "3（中）", 4: "4", 5: "5（难）"}


class ReturnForm(Form):
    reason = StringField(
        "退回原因",
        [InputRequired("请填写退回原因"), Length(max=500, message="退回原因不超过 500 个字")],
        render_kw={"list": "common-reasons", "autocomplete": "off"},
    )


class CorrectionForm(Form):
    """What can be corrected whatever the interaction; its children add how the question is answered."""

    stem = TextAreaField("题干", render_kw={"rows": 3})
    explanation = TextAreaField("解析", render_kw={"rows": 3})
    difficulty = SelectField("难度", choices=[SelectChoice(n, words) for n, words in DIFFICULTIES.items()], coerce=int)
    #: Where a problem with this part of the question is shown.
    places = {"stem": "stem", "explanation": "explanation", "difficulty": "difficulty"}

    def show(self, question: Question) -> None:
        """Fill the form with a question."""
        self.stem.data, self.explanation.data = question.stem, question.explanation
        self.difficulty.data = question.difficulty

    def corrected(self, shown: Question) -> Question:
        """The question as the form has it; what the form does not hold stays as it was shown."""
        return replace(
            shown,
            stem=_text(self.stem.data),
            explanation=_text(self.explanation.data),
            difficulty=self.difficulty.data,
        )

    def refuse(self, error: BadInput) -> None:
        """Show each problem at the field it speaks of."""
        for problem in error.problems:
            name = self.places.get(_part(problem))
            if name is None:
                self.form_errors = [*self.form_errors, problem.message]
            else:
                self[name].errors = [*self[name].errors, problem.message]


class ChoiceForm(CorrectionForm):
    """A question answered by choosing: its options in order, and which of them are right."""

    options = FieldList(StringField("选项"), max_entries=MAX_PARTS)
    key = SelectMultipleField("答案", choices=list(LETTERS))
    places = CorrectionForm.places | {"options": "options", "proofs": "options", "key": "key"}

    def show(self, question: Question) -> None:
        super().show(question)
        for option in question.options:
            self.options.append_entry(option.text)
        self.key.data = [LETTERS[i] for i, option in enumerate(question.options) if option.id in question.key]
        _offer_more(self.options)

    def corrected(self, shown: Question) -> Question:
        """Options are lettered anew, in their order; a proof stays with an option that says the same as before."""
        kept = self._fixed(shown) if has_fixed_options(shown) else self._filled()
        key = frozenset(letter for place, letter, _ in kept if place in (self.key.data or []))
        options = tuple(Option(letter, text, _proof(shown, text, letter in key)) for _, letter, text in kept)
        return replace(super().corrected(shown), options=options, key=key)

    def _filled(self) -> list[tuple[str, str, str]]:
        """Each option that says something: its place in the form, its new letter, its text."""
        given = [
            (place, text) for place, field in zip(LETTERS, self.options, strict=False) if (text := _text(field.data))
        ]
        return [(place, letter, text) for letter, (place, text) in zip(LETTERS, given, strict=False)]

    def _fixed(self, shown: Question) -> list[tuple[str, str, str]]:
        return [(place, option.id, option.text) for place, option in zip(LETTERS, shown.options, strict=False)]


class TextForm(CorrectionForm):
    """A question answered by writing: the accepted wordings of each blank, one a line."""

    blanks = FieldList(TextAreaField("答案", render_kw={"rows": 2}), max_entries=MAX_PARTS)
    any_order = BooleanField("各空顺序不限")
    places = CorrectionForm.places | {"blanks": "blanks"}

    def show(self, question: Question) -> None:
        super().show(question)
        for wordings in question.blanks:
            self.blanks.append_entry("\n".join(wordings))
        self.any_order.data = question.any_order
        _offer_more(self.blanks)

    def corrected(self, shown: Question) -> Question:
        given = [tuple(filter(None, map(str.strip, _text(field.data).split("\n")))) for field in self.blanks]
        blanks = tuple(wordings for wordings in given if wordings)
        return replace(super().corrected(shown), blanks=blanks, any_order=self.any_order.data)


FORMS: dict[Interaction, type[CorrectionForm]] = {Interaction.CHOICE: ChoiceForm, Interaction.TEXT: TextForm}


@dataclass(frozen=True)
class Pile:
    """What lies on the desk of one set."""

    set_id: str
    name: str
    recheck: list[tuple[str, Question]]
    waiting: list[tuple[str, Question]]
    sent_back: list[tuple[str, Question]]

    @property
    def first(self) -> str | None:
        """The question to begin with."""
        return next((public_id for public_id, _ in (*self.recheck, *self.waiting)), None)


@bp.get("")
@needs(Action.QUESTION_CORRECT)
def index() -> ResponseReturnValue:
    piles = list(_piles())
    first = next((pile.first for pile in piles if pile.first), None)
    return render_template("review/index.html", piles=piles, first=first)


@bp.get("/<string:question_id>")
@needs(Action.QUESTION_CORRECT)
def page(question_id: str) -> ResponseReturnValue:
    return _page(question_id, ReturnForm())


@bp.post("/<string:question_id>/approval")
@needs(Action.QUESTION_REVIEW)
def approve(question_id: str) -> ResponseReturnValue:
    number, following = _shown_version(), bank.next_to_review(db.session(), question_id)
    with writing() as session:
        bank.approve(session, actor(), question_id, number, now=now())
    flash("已通过，进入题库。")
    return _go_on(following)


@bp.post("/<string:question_id>/return")
@needs(Action.QUESTION_REVIEW)
def send_back(question_id: str) -> ResponseReturnValue:
    form, number = ReturnForm(), _shown_version()
    if not form.validate():
        return _page(question_id, form, 422)
    following = bank.next_to_review(db.session(), question_id)
    try:
        with writing() as session:
            bank.send_back(session, actor(), question_id, number, form.reason.data, now=now())
    except BadInput as error:
        form.refuse(error)
        return _page(question_id, form, 422)
    flash("已退回，原因已记录。")
    return _go_on(following)


@bp.get("/<string:question_id>/correction")
@needs(Action.QUESTION_CORRECT)
def correction(question_id: str) -> ResponseReturnValue:
    dossier = _correctable(question_id)
    form = _form_for(dossier.question)
    form.show(dossier.question)
    return _correction_page(dossier, form)


@bp.post("/<string:question_id>/correction")
@needs(Action.QUESTION_CORRECT)
def correct(question_id: str) -> ResponseReturnValue:
    number, dossier = _shown_version(), _correctable(question_id)
    form, shown = _form_for(dossier.question), dossier.question
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
    return redirect(url_for(".page", question_id=question_id))


def _piles() -> Iterator[Pile]:
    """The desk set by set, in the order of the sets."""
    desk = sorted(bank.desk(db.session(), actor()), key=lambda entry: entry[0].set_id)
    names = {row.id: row for row in bank.sets_on_desk(db.session(), actor())}
    for set_id, group in groupby(desk, key=lambda entry: entry[0].set_id):
        by_state: dict[QuestionState, list[tuple[str, Question]]] = {}
        for row, version in group:
            by_state.setdefault(row.state, []).append((row.public_id, version.question()))
        yield Pile(names[set_id].public_id, names[set_id].name, *(by_state.get(state, []) for state in ON_DESK))


def _page(question_id: str, form: ReturnForm, status: int = 200) -> ResponseReturnValue:
    dossier = bank.dossier(db.session(), actor(), question_id)
    body = render_template(
        "review/page.html", dossier=dossier, passage=_passage(dossier), moves=Move, form=form, reasons=COMMON_REASONS
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
    )
    return body, status


def _passage(dossier: Dossier) -> Sequence[Any]:
    found = dossier.passage
    return passage(found.text, Span(found.start, found.end)) if found else ()


def _correctable(question_id: str) -> Dossier:
    """The question, unless its state allows no correction: then there is no form to show."""
    dossier = bank.dossier(db.session(), actor(), question_id)
    after(dossier.row.state, Move.CORRECT)
    return dossier


def _form_for(question: Question) -> CorrectionForm:
    return FORMS[TYPES[question.type].interaction]()


def _shown_version() -> int:
    """The number of the version that the person saw."""
    number = request.form.get("version", type=int)
    return number if number is not None else abort(400)


def _go_on(following: str | None) -> ResponseReturnValue:
    if following is None:
        flash("待审核的题都已审完。")
        return redirect(url_for(".index"))
    return redirect(url_for(".page", question_id=following))


def has_fixed_options(question: Question) -> bool:
    """Whether the type itself says what its options are."""
    return {option.id: option.text for option in question.options} == FIXED_OPTIONS


def _offer_more(fields: FieldList) -> None:
    for _ in range(min(SPARE, MAX_PARTS - len(fields))):
        fields.append_entry()


def _proof(shown: Question, text: str, is_right: bool) -> str:
    """The proof of an option, as long as its text and its being right or wrong stay as they were proved."""
    same = (o for o in shown.options if o.text == text and (o.id in shown.key) == is_right)
    return next((option.proof for option in same), "")


def _text(given: str | None) -> str:
    return (given or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _part(problem: Problem) -> str:
    """The part of the question that a problem speaks of: `options` of `options.B`, `blanks` of `blanks[0][1]`."""
    return problem.place.partition(".")[0].partition("[")[0]
