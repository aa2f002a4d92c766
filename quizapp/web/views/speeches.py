"""The library of speeches: outline and key points beside the text, drafting."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField
from wtforms import StringField
from wtforms.validators import InputRequired
from wtforms.validators import Length
from wtforms.validators import Optional

from quizapp.core.corrections import DEEPEST
from quizapp.core.corrections import from_stored
from quizapp.core.drafts import Rejected
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.gates import REASONS
from quizapp.core.kinds import KINDS
from quizapp.core.roles import Action
from quizapp.core.speech import About
from quizapp.core.speech import Confidence
from quizapp.core.speech import Heading
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Span
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.speeches import SpeechRow
from quizapp.services import readings
from quizapp.services import speeches
from quizapp.services.speeches import TITLE_LENGTH
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.correction_forms import Refused
from quizapp.web.correction_forms import in_words
from quizapp.web.forms import Form
from quizapp.web.highlight import Paragraph
from quizapp.web.highlight import evidence_marks
from quizapp.web.highlight import heading_places
from quizapp.web.highlight import marks_of
from quizapp.web.highlight import paragraphs
from quizapp.web.highlight import style_of
from quizapp.web.point_list import LINES
from quizapp.web.point_list import SIGNS
from quizapp.web.point_list import Places
from quizapp.web.point_list import PointLine
from quizapp.web.point_list import PointList
from quizapp.web.point_list import Wanted
from quizapp.web.point_list import lines_of
from quizapp.web.point_list import mergeable
from quizapp.web.point_list import place_in
from quizapp.web.point_list import point_list
from quizapp.web.point_list import wanted_from
from quizapp.web.tables import study as tables

bp = Blueprint("speeches", __name__, url_prefix="/speeches")

TITLE_TOO_LONG = f"标题不超过 {TITLE_LENGTH} 个字"
LINE_TOO_LONG = f"不超过 {TITLE_LENGTH} 个字"
PROPOSED = "据原文提出，请核对后保存。"
#: More questions than this no editor reads about one speech.
MOST_DRAFTS = 500
NOTHING_DRAFTED = (
    "没有拟出试题：要点中没有可以出题的。请核对下面的要点，可以手工添加有名称的要点、对应要点、并列表述、警句、数字等，"
    "再拟一次。"
)


class AboutForm(Form):
    """What the speech is; filled with what was confirmed, else with what the text states."""

    title = StringField("标题", [InputRequired("请填写讲话标题"), Length(max=TITLE_LENGTH, message=TITLE_TOO_LONG)])
    speaker = StringField("讲话人", [Length(max=TITLE_LENGTH, message=LINE_TOO_LONG)])
    occasion = StringField("场合", [Length(max=TITLE_LENGTH, message=LINE_TOO_LONG)])
    held_on = DateField("日期", [Optional()])

    def about(self) -> About:
        return About(
            _line(self.title.data), _line(self.speaker.data), _line(self.occasion.data), self.held_on.data or None
        )

    def mark_proposals(self, row: SpeechRow) -> None:
        """Say at each field that holds what nobody has confirmed yet."""
        for name in ("title", "speaker", "occasion", "held_on"):
            if self[name].data and not getattr(row, name):
                self[name].description = PROPOSED

    def refuse(self, error: BadInput) -> None:
        """Show each problem at the field it speaks of."""
        for problem in error.problems:
            field = next((field for field in self if problem.place.removeprefix("讲话") == field.label.text), None)
            if field is None:
                self.form_errors = [*self.form_errors, str(problem)]
            else:
                field.errors = [*field.errors, problem.message]


def _line(text: str | None) -> str | None:
    return (text or "").strip() or None


@dataclass(frozen=True)
class Branch:
    """A heading by its place in the outline, the lowest level it may have there, and the headings below it."""

    index: int
    heading: Heading
    deepest: int
    below: tuple["Branch", ...]


@dataclass(frozen=True)
class Line:
    """A paragraph of the text; a heading line is set as one."""

    paragraph: Paragraph
    is_heading: bool


@bp.get("")
@needs(Action.SPEECH_READ)
def index() -> ResponseReturnValue:
    lines = speeches.library(db.session(), actor())
    if exports.wanted():
        return exports.answer(tables.speeches(lines))
    return render_template("speeches/index.html", lines=lines)


@bp.get("/<string:speech_id>")
@needs(Action.SPEECH_READ)
def page(speech_id: str) -> ResponseReturnValue:
    return show(speech_id)


@bp.post("/<string:speech_id>/about")
@needs(Action.SPEECH_LOAD)
def describe(speech_id: str) -> ResponseReturnValue:
    form = AboutForm()
    if not form.validate():
        return show(speech_id, form, status=422)
    try:
        with writing() as session:
            speeches.describe(session, actor(), speech_id, form.about(), now=now())
    except BadInput as error:
        form.refuse(error)
        return show(speech_id, form, status=422)
    flash("讲话信息已保存。")
    return redirect(url_for(".page", speech_id=speech_id))


@bp.post("/<string:speech_id>/drafts")
@needs(Action.SPEECH_LOAD)
def draft(speech_id: str) -> ResponseReturnValue:
    row = speeches.speech(db.session(), actor(), speech_id)
    try:
        title, reading = speeches.titled(row), readings.understanding_of(db.session(), row).reading
        lent = speeches.lent_to(db.session(), row, reading)
        drafting = speeches.draft(reading, title, _number_wanted(), lent)
        with writing() as session:
            report = speeches.store_drafts(session, actor(), speech_id, reading, drafting, now=now())
    except BadInput as error:
        return show(speech_id, faults=error, status=422)
    if not drafting.drafts:
        flash(NOTHING_DRAFTED)
        return redirect(url_for(".page", speech_id=speech_id, _anchor="drafting"))
    flash(f"新拟 {report.added} 题，已有 {report.known} 题，核验未通过 {report.rejected} 题。")
    return redirect(url_for(".page", speech_id=speech_id, _anchor="drafting"))


def _number_wanted() -> int | None:
    """How many questions the editor asks for; None for all.

    :raise BadInput: for what is no number of questions
    """
    typed = request.form.get("number", "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or not 1 <= int(typed) <= MOST_DRAFTS:
        raise BadInput("", [Problem("拟题数量", f"请填写 1 到 {MOST_DRAFTS} 之间的整数，或留空拟出全部")])
    return int(typed)


@bp.get("/<string:speech_id>/rejected")
@needs(Action.SPEECH_LOAD)
def rejected(speech_id: str) -> ResponseReturnValue:
    """What the gates refused when the speech was last drafted, gate by gate."""
    row = speeches.speech(db.session(), actor(), speech_id)
    found = _rejected(row.drafting_summary)
    wanted = request.args.get("gate", "")
    gates = _counts_by_gate(row.drafting_summary)
    shown = [(gate, [each for each in found if each.gate == gate]) for gate, _ in gates if wanted in ("", gate)]
    return render_template(
        "speeches/rejected.html", speech=row, gates=gates, wanted=wanted, shown=shown, reasons=REASONS, kinds=KINDS
    )


def show(
    speech_id: str,
    form: AboutForm | None = None,
    *,
    refused: Refused | None = None,
    faults: BadInput | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page of a speech, with whatever was refused still in its form."""
    row = speeches.speech(db.session(), actor(), speech_id)
    known = readings.understanding_of(db.session(), row)
    reading = known.reading
    lines, places = lines_of(reading), Places(reading)
    form = form or _about_form(row, reading, faults)
    body = render_template(
        "speeches/page.html",
        speech=row,
        form=form,
        refused=refused,
        question_set=speeches.questions_of(db.session(), row),
        outline=branches(reading),
        headings=len(reading.outline),
        chosen_heading=place_in(request.args, "heading"),
        lines=_lines(reading),
        all_lines=lines,
        listed=_listed(lines, refused),
        mergeable=lambda line: mergeable(line, lines),
        place_of=places.of,
        counts=Counter(line.point.kind for line in lines),
        signs=SIGNS,
        line_words=LINES,
        style_of=style_of,
        all_kinds=list(PointKind),
        all_sures=list(Confidence),
        corrections=[(each, in_words(from_stored(each.detail))) for each in reversed(known.corrections)],
        lost=known.lost,
        proposals=sum(field.description == PROPOSED for field in form),
        evidence=len(reading.evidence),
        kinds=_counts_by_kind(row.drafting_summary),
        gates=_counts_by_gate(row.drafting_summary),
        gate_reasons=REASONS,
        most_drafts=MOST_DRAFTS,
    )
    return body, status


def _about_form(row: SpeechRow, reading: Reading, faults: BadInput | None) -> AboutForm:
    """A form that was not sent: it shows what is known and what the text proposes."""
    form = AboutForm(formdata=None, data=asdict(speeches.proposed(row, reading)))
    form.mark_proposals(row)
    if faults is not None:
        form.refuse(faults)
    return form


def _listed(lines: Sequence[PointLine], refused: Refused | None) -> PointList:
    """The page of the list that the address asks for: under a filter, or the one that has a certain point."""
    at = place_in(request.args, "at")
    wanted = wanted_from(request.args) if at is None else Wanted()
    listed = point_list(lines, wanted, at or place_in(request.args, "from") or 1)
    number = refused.number if refused else None
    if number is None or number in listed.numbers:
        return listed
    place = next((place for place, line in enumerate(listed.fitting, start=1) if line.number == number), None)
    return point_list(lines, wanted, place) if place else point_list(lines, Wanted(), number)


def branches(reading: Reading) -> tuple[Branch, ...]:
    """The outline as a tree."""
    below: dict[int | None, list[int]] = {}
    for index, heading in enumerate(reading.outline):
        below.setdefault(heading.parent, []).append(index)

    def grow(at: int | None) -> tuple[Branch, ...]:
        return tuple(Branch(i, reading.outline[i], _deepest(reading, i), grow(i)) for i in below.get(at, []))

    return grow(None)


def _deepest(reading: Reading, index: int) -> int:
    """The lowest level that a heading may have: one below the heading before it."""
    return min(reading.outline[index - 1].level + 1, DEEPEST) if index else 1


def _lines(reading: Reading) -> list[Line]:
    spans = reading.clean.paragraphs
    marks = [*heading_places(reading.outline), *marks_of(reading.points), *evidence_marks(reading.evidence)]
    told = paragraphs(reading.clean.text, spans, marks)
    whole = _heading_paragraphs(reading)
    return [Line(each, each.number in whole) for each in told]


def _heading_paragraphs(reading: Reading) -> frozenset[int]:
    """The numbers of the paragraphs in which nothing stands after a heading but a stop."""
    places, spans = Places(reading), reading.clean.paragraphs
    return frozenset(
        number
        for heading in reading.outline
        if not heading.inline and spans
        for number in [places.paragraph(heading.span.start)]
        if _fills(heading.span, spans[number - 1])
    )


def _fills(heading: Span, paragraph: Span) -> bool:
    return paragraph.start <= heading.start and paragraph.end - 1 <= heading.end <= paragraph.end


def _counts_by_kind(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    kinds = summary.get("kinds", {})
    return [(KINDS[name].label if name in KINDS else name, n) for name, n in sorted(kinds.items())]


def _rejected(summary: Mapping[str, Any]) -> list[Rejected]:
    return [Rejected(*entry) for entry in summary.get("rejected", ())]


def _counts_by_gate(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The most frequent first."""
    gates = summary.get("gates", {})
    return sorted(((gate, n) for gate, n in gates.items()), key=lambda entry: (-entry[1], entry[0]))
