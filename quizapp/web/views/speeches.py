"""The library of speeches: upload, outline and key points beside the text, drafting."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from flask_wtf.file import FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired
from wtforms.validators import Length

from quizapp.core.drafts import Kind
from quizapp.core.errors import BadInput
from quizapp.core.labels import label
from quizapp.core.roles import Action
from quizapp.core.speech import Heading
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.core.speech import Span
from quizapp.core.stems import nested
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.formats.speech_files import MAX_BYTES
from quizapp.formats.speech_files import MAX_CHARACTERS
from quizapp.services import speeches
from quizapp.services.speeches import TITLE_LENGTH
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.forms import Form
from quizapp.web.highlight import Paragraph
from quizapp.web.highlight import marks_of
from quizapp.web.highlight import paragraphs

bp = Blueprint("speeches", __name__, url_prefix="/speeches")

LIMITS = f"支持 .docx 和 .txt，不超过 {MAX_BYTES // 1_000_000} MB、{MAX_CHARACTERS:,} 字。"
TITLE_TOO_LONG = f"标题不超过 {TITLE_LENGTH} 个字"

#: What each gate refuses, as an editor reads it.
GATE_WORDS = {
    "G1": "涉及隐去的人名、地名（如 ×××）",
    "G2": "原句不完整或引号不成对",
    "G3": "领导人原话不作改动",
    "G4": "所列各项与所说的数目不符",
    "G5": "列举未完（有“等”字）",
    "G6": "有选项不能由原文证明对错",
    "G7": "名称有歧义或过于笼统",
    "G8": "所取词语不完整",
    "G9": "题干不成完整的句子",
    "G10": "有指代不明的词（我们、这、今天）",
    "G11": "题干透露了答案",
    "G12": "答案的长短、形式与其他选项明显不同",
    "G13": "选项个数或排列不合要求",
    "G14": "“一律”“所有”等绝对词透露了答案",
    "G15": "题干或选项过长",
    "G16": "内容空泛，不值得考",
    "G17": "正面要求与反面问题混在一起",
    "G18": "错误选项换个说法也成立",
    "G19": "否定问法或双重否定",
    "G20": "与另一道题互相透露答案",
}


class SpeechForm(Form):
    file = FileField(
        "讲话文件", [FileRequired("请选择讲话文件")], description=LIMITS, render_kw={"accept": ".docx,.txt"}
    )
    title = StringField(
        "讲话标题（选填）",
        [Length(max=TITLE_LENGTH, message=TITLE_TOO_LONG)],
        description="不填则取文中的标题；文中没有标题的，上传后再补。",
    )


class TitleForm(Form):
    title = StringField("讲话标题", [InputRequired("请填写讲话标题"), Length(max=TITLE_LENGTH, message=TITLE_TOO_LONG)])


@dataclass(frozen=True)
class Branch:
    """A heading with the number of its paragraph and the headings below it."""

    heading: Heading
    paragraph: int
    below: tuple["Branch", ...]


@dataclass(frozen=True)
class Line:
    """A paragraph of the text; a heading line is set as one."""

    paragraph: Paragraph
    is_heading: bool


@bp.get("")
@needs(Action.SPEECH_READ)
def index() -> ResponseReturnValue:
    return render_template("speeches/index.html", lines=speeches.library(db.session(), actor()))


@bp.get("/new")
@needs(Action.SPEECH_LOAD)
def new() -> ResponseReturnValue:
    return render_template("speeches/new.html", form=SpeechForm())


@bp.post("/new")
@needs(Action.SPEECH_LOAD)
def upload() -> ResponseReturnValue:
    form = SpeechForm()
    if not form.validate():
        return render_template("speeches/new.html", form=form), 422
    given = form.file.data
    try:
        file = speeches.understand(speeches.printable(given.filename), given.read())
        with writing() as session:
            row, is_new = speeches.load_speech(session, actor(), file, form.title.data or "", now=now())
            public_id = row.public_id
    except BadInput as error:
        form.refuse(error)
        return render_template("speeches/new.html", form=form), 422
    flash("讲话已保存。" if is_new else "这份文件以前上传过，没有重复保存，下面就是已存的讲话。")
    return redirect(url_for(".page", speech_id=public_id))


@bp.get("/<string:speech_id>")
@needs(Action.SPEECH_READ)
def page(speech_id: str) -> ResponseReturnValue:
    return _page(speech_id, TitleForm())


@bp.post("/<string:speech_id>/title")
@needs(Action.SPEECH_LOAD)
def give_title(speech_id: str) -> ResponseReturnValue:
    form = TitleForm()
    if not form.validate():
        return _page(speech_id, form, 422)
    try:
        with writing() as session:
            speeches.give_title(session, actor(), speech_id, form.title.data, now=now())
    except BadInput as error:
        form.refuse(error)
        return _page(speech_id, form, 422)
    flash("标题已保存。")
    return redirect(url_for(".page", speech_id=speech_id))


@bp.post("/<string:speech_id>/drafts")
@needs(Action.SPEECH_LOAD)
def draft(speech_id: str) -> ResponseReturnValue:
    row = speeches.speech(db.session(), actor(), speech_id)
    try:
        title, reading = speeches.titled(row), speeches.reading_of(row)
        drafting = speeches.draft(reading, title)
        with writing() as session:
            report = speeches.store_drafts(session, actor(), speech_id, reading, drafting, now=now())
    except BadInput as error:
        form = TitleForm()
        form.refuse(error)
        return _page(speech_id, form, 422)
    flash(f"新拟 {report.added} 题，已有 {report.known} 题，核验未通过 {report.rejected} 题。")
    return redirect(url_for(".page", speech_id=speech_id, _anchor="drafting"))


def _page(speech_id: str, form: TitleForm, status: int = 200) -> ResponseReturnValue:
    row = speeches.speech(db.session(), actor(), speech_id)
    if request.method == "GET":
        form.title.data = row.title
    reading = speeches.reading_of(row)
    body = render_template(
        "speeches/page.html",
        speech=row,
        form=form,
        question_set=speeches.questions_of(db.session(), row),
        outline=branches(reading),
        lines=_lines(reading),
        points=reading.sets,
        names=[speeches.key_point_name(point, reading) for point in reading.sets],
        rules=[label(point.rule) for point in reading.sets],
        places=[_place_of(point, reading) for point in reading.sets],
        kinds=_counts_by_kind(row.drafting_summary),
        gates=_counts_by_gate(row.drafting_summary),
    )
    return body, status


def branches(reading: Reading) -> tuple[Branch, ...]:
    """The outline as a tree."""
    below: dict[int | None, list[int]] = {}
    for index, heading in enumerate(reading.outline):
        below.setdefault(heading.parent, []).append(index)

    def grow(at: int | None) -> tuple[Branch, ...]:
        return tuple(
            Branch(reading.outline[i], paragraph_at(reading, reading.outline[i].span.start), grow(i))
            for i in below.get(at, [])
        )

    return grow(None)


def paragraph_at(reading: Reading, offset: int) -> int:
    """The number, from 1, of the paragraph that an offset falls in or comes before."""
    ends = [span.end for span in reading.clean.paragraphs]
    return next((number for number, end in enumerate(ends, start=1) if offset < end), max(len(ends), 1))


def _lines(reading: Reading) -> list[Line]:
    spans = reading.clean.paragraphs
    told = paragraphs(reading.clean.text, spans, marks_of(reading.sets))
    headings = [heading.span for heading in reading.outline if not heading.inline]
    return [Line(each, _is_heading(span, headings)) for each, span in zip(told, spans, strict=True)]


def _is_heading(paragraph: Span, headings: Sequence[Span]) -> bool:
    """Whether a heading runs to the end of the paragraph (but for a stop), so that nothing else stands in it."""
    return any(paragraph.start <= h.start and paragraph.end - 1 <= h.end <= paragraph.end for h in headings)


def _place_of(point: KeyPoint, reading: Reading) -> str:
    """Where a key point stands, as an editor says it: its paragraph, and the heading above it."""
    heading = "" if point.heading is None else f"，“{nested(reading.outline[point.heading].text)}”之下"
    return f"第 {paragraph_at(reading, point.span.start)} 段{heading}"


def _counts_by_kind(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    kinds = summary.get("kinds", {})
    return [(label(kind), kinds[kind]) for kind in Kind if kind in kinds]


def _counts_by_gate(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The most frequent first."""
    gates = summary.get("gates", {})
    counted = [(GATE_WORDS.get(gate, gate), n) for gate, n in gates.items()]
    return sorted(counted, key=lambda entry: (-entry[1], entry[0]))
