"""Bulletins: listed by year, drafted, written on, approved, printed, taken away as a file."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from quizapp.core import bulletin as texts
from quizapp.core.bulletin import COLUMNS
from quizapp.core.bulletin import LEAD_IN
from quizapp.core.bulletin import LINES
from quizapp.core.bulletin import OUTLINE
from quizapp.core.bulletin import PARTS
from quizapp.core.bulletin import BulletinFacts
from quizapp.core.bulletin import Difference
from quizapp.core.bulletin import SectionLine
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotNow
from quizapp.core.errors import Problem
from quizapp.core.periods import PeriodKind
from quizapp.core.periods import day_words
from quizapp.core.roles import Action
from quizapp.core.states import BulletinState
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import bulletins
from quizapp.services.bulletins import LONGEST_REASON
from quizapp.services.bulletins import Bulletin
from quizapp.services.minutes import WrittenMeanwhile
from quizapp.web import charts
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.charts import Bar
from quizapp.web.charts import Chart
from quizapp.web.files import FileKind
from quizapp.web.files import attachment
from quizapp.web.filters import office_time
from quizapp.web.forms import Form
from quizapp.web.forms import choices_of

bp = Blueprint("bulletins", __name__, url_prefix="/bulletins")
LEVEL = "　"
#: So many signs of a title stand in one line on paper.
TITLE_SIGNS = 20
#: So many changes of figures are told one by one.
MOST_DIFFERENCES = 20


class DraftForm(Form):
    kind = SelectField(
        "期间",
        choices=choices_of(PeriodKind),
        default=PeriodKind.MONTH.value,
        description="周从周一到周日，月、季度、年按日历。",
    )
    day = DateField(
        "日期",
        [InputRequired("请填写日期，例如 2026-11-20")],
        description="填这一期里的任何一天。期间还没有结束的，只计入已经结束的学习，以后可以刷新数据。",
    )
    # Which sections somebody may speak of, the service says: whoever may not is told nothing.
    section = SelectField("范围", description="所选单位或科室及其下级都在内。", validate_choice=False)

    def offer(self) -> None:
        """Fill the choices with the sections that may be spoken of."""
        found = bulletins.scopes(db.session(), actor())
        self.section.choices = [SelectChoice(row.public_id, LEVEL * depth + row.name) for row, depth in found]


# The list


@bp.get("")
@needs(Action.BULLETIN_READ)
def index() -> ResponseReturnValue:
    year = request.args.get("year", type=int)
    found = bulletins.index(db.session(), actor(), year, now=now(), zone=_zone())
    return render_template("bulletins/index.html", found=found)


# Drafting


@bp.get("/new")
@needs(Action.BULLETIN_WRITE)
def new() -> ResponseReturnValue:
    form = DraftForm(day=office_time(now()).date())
    form.offer()
    return render_template("bulletins/new.html", form=form)


@bp.post("")
@needs(Action.BULLETIN_WRITE)
def make() -> ResponseReturnValue:
    form = DraftForm()
    form.offer()
    if form.validate():
        day: date = form.day.data
        try:
            kind, section = PeriodKind(form.kind.data), form.section.data or ""
            basis = bulletins.read(db.session(), actor(), kind, day, section, _zone(), now=now())
            with writing() as session:
                made, is_new = bulletins.make(session, actor(), basis, now=now())
        except BadInput as bad:
            form.refuse(bad)
        else:
            flash("已按数据起草，请核对和修改后送签。" if is_new else "这一期已经有人起草，没有另起一份。")
            return redirect(url_for(".page", bulletin_id=made))
    return render_template("bulletins/new.html", form=form), 422


# One bulletin


@bp.get("/<string:bulletin_id>")
@needs(Action.BULLETIN_READ)
def page(bulletin_id: str) -> ResponseReturnValue:
    return _page(bulletin_id, [])


@bp.get("/<string:bulletin_id>/print")
@needs(Action.BULLETIN_READ)
def printed(bulletin_id: str) -> ResponseReturnValue:
    found = bulletins.sheet(db.session(), actor(), bulletin_id, _section())
    return render_template("bulletins/printed.html", bulletin=found, **_sheet(found))


@bp.get("/<string:bulletin_id>/file")
@needs(Action.BULLETIN_READ)
def file(bulletin_id: str) -> ResponseReturnValue:
    title, made = bulletins.file(db.session(), actor(), bulletin_id, _section())
    return attachment(made, title, FileKind.DOCX)


@bp.get("/<string:bulletin_id>/edit")
@needs(Action.BULLETIN_WRITE)
def edit(bulletin_id: str) -> ResponseReturnValue:
    found = bulletins.to_edit(db.session(), actor(), bulletin_id)
    if found.row.state is BulletinState.ISSUED:
        return redirect(url_for(".page", bulletin_id=bulletin_id))
    return _form(found, found.row.parts, found.row.version, [])


@bp.post("/<string:bulletin_id>/edit")
@needs(Action.BULLETIN_WRITE)
def change(bulletin_id: str) -> ResponseReturnValue:
    parts = {name: request.form.get(name, "") for name in PARTS}
    version = request.form.get("version", 0, type=int)
    try:
        with writing() as session:
            bulletins.change(session, actor(), bulletin_id, parts, version, now=now())
    except BadInput as bad:
        return _form_again(bulletin_id, parts, version, bad.problems), 422
    except WrittenMeanwhile as meanwhile:
        return _form_again(bulletin_id, parts, meanwhile.version, [], meanwhile), 409
    except NotNow:
        issued = "这份通报刚刚已经签发，不能再改。您写的还在下面的框里，没有存下，需要的请复制留用"
        return _form_again(bulletin_id, parts, version, [Problem("", issued)]), 409
    flash("通报已保存。")
    return redirect(url_for(".page", bulletin_id=bulletin_id))


@bp.get("/<string:bulletin_id>/refresh")
@needs(Action.BULLETIN_WRITE)
def refresh_page(bulletin_id: str) -> ResponseReturnValue:
    return _refresh_page(bulletin_id, "")


@bp.post("/<string:bulletin_id>/refresh")
@needs(Action.BULLETIN_WRITE)
def refresh(bulletin_id: str) -> ResponseReturnValue:
    version, take = request.form.get("version", 0, type=int), request.form.getlist("take")
    try:
        basis = bulletins.read_again(db.session(), actor(), bulletin_id, _zone(), now=now())
        with writing() as session:
            bulletins.refresh(session, actor(), bulletin_id, version, basis, take=take, now=now())
    except WrittenMeanwhile as meanwhile:
        said = f"{meanwhile.by}刚刚改过通报，没有刷新。请看过下面的内容再决定"
        return _refresh_page(bulletin_id, said), 409
    flash("数据已刷新。")
    return redirect(url_for(".page", bulletin_id=bulletin_id))


# Towards its issue


@bp.post("/<string:bulletin_id>/submission")
@needs(Action.BULLETIN_WRITE)
def submit(bulletin_id: str) -> ResponseReturnValue:
    version = request.form.get("version", 0, type=int)
    try:
        with writing() as session:
            bulletins.submit(session, actor(), bulletin_id, version, now=now())
    except WrittenMeanwhile as meanwhile:
        return _page(bulletin_id, [_changed_by(meanwhile, "送签")]), 409
    flash("已送签。")
    return redirect(url_for(".page", bulletin_id=bulletin_id))


@bp.post("/<string:bulletin_id>/return")
@needs(Action.BULLETIN_ISSUE)
def send_back(bulletin_id: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    try:
        with writing() as session:
            bulletins.send_back(session, actor(), bulletin_id, reason, now=now())
    except BadInput as bad:
        return _page(bulletin_id, bad.problems, reason), 422
    flash("已退回修改。")
    return redirect(url_for(".page", bulletin_id=bulletin_id))


@bp.post("/<string:bulletin_id>/approval")
@needs(Action.BULLETIN_ISSUE)
def issue(bulletin_id: str) -> ResponseReturnValue:
    version = request.form.get("version", 0, type=int)
    try:
        with writing() as session:
            bulletins.issue(session, actor(), bulletin_id, version, _zone(), now=now())
    except WrittenMeanwhile as meanwhile:
        return _page(bulletin_id, [_changed_by(meanwhile, "签发")]), 409
    flash("已签发。范围内的人都可以查看。")
    return redirect(url_for(".page", bulletin_id=bulletin_id))


@bp.post("/<string:bulletin_id>/removal")
@needs(Action.BULLETIN_WRITE)
def remove(bulletin_id: str) -> ResponseReturnValue:
    with writing() as session:
        bulletins.remove(session, actor(), bulletin_id, now=now())
    flash("草稿已删除。")
    return redirect(url_for(".index"))


# Their parts


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])


def _section() -> str:
    """Whose names are asked for, where there are too many to list them all."""
    return request.args.get("section", "")


def _changed_by(meanwhile: WrittenMeanwhile, what: str) -> Problem:
    return Problem("", f"{meanwhile.by}刚刚改过通报，没有{what}。请看过下面的内容再{what}")


def _page(bulletin_id: str, problems: Sequence[Problem], reason: str = "") -> str:
    found = bulletins.page(db.session(), actor(), bulletin_id, _zone(), _section(), now=now())
    return render_template(
        "bulletins/page.html",
        section_id=_section(),
        bulletin=found,
        problems=problems,
        reason=reason,
        longest_reason=LONGEST_REASON,
        drawn=_chart(found.facts),
        **_told(found.differences),
        **_sheet(found),
    )


def _told(differences: Collection[Difference]) -> dict[str, Any]:
    return {"differences": list(differences)[:MOST_DIFFERENCES], "more": max(0, len(differences) - MOST_DIFFERENCES)}


def _sheet(found: Bulletin) -> dict[str, Any]:
    """What the paper itself shows."""
    facts = found.facts
    return {
        "title": texts.title_lines(found.row.parts["title"], TITLE_SIGNS),
        "outline": OUTLINE,
        "lead_in": LEAD_IN,
        "columns": COLUMNS,
        "rows": texts.rows(facts),
        "notes": texts.notes(facts),
        "dated": day_words(found.row.dated) if found.row.dated else "",
        "as_of": day_words(facts.as_of),
    }


def _chart(facts: BulletinFacts) -> Chart:
    bars = [Bar(line.name, line.group.mean, line.group.figures.closed, note=_untold(line)) for line in facts.sections]
    return charts.bars("sections", "各科室平均得分率", bars, of="科室", figure="平均得分率", counted="份")


def _untold(line: SectionLine) -> str:
    """Why a section has no bar."""
    if line.group.tells_scores:
        return ""
    return "人数较少，不列" if line.group.figures.closed else "没有成绩"


def _form_again(
    bulletin_id: str,
    parts: Mapping[str, str],
    version: int,
    problems: Sequence[Problem],
    meanwhile: WrittenMeanwhile | None = None,
) -> str:
    found = bulletins.to_edit(db.session(), actor(), bulletin_id)
    return _form(found, parts, version, problems, meanwhile)


def _form(
    found: Bulletin,
    parts: Mapping[str, str],
    version: int,
    problems: Sequence[Problem],
    meanwhile: WrittenMeanwhile | None = None,
) -> str:
    return render_template(
        "bulletins/edit.html",
        bulletin=found,
        parts=parts,
        version=version,
        words=PARTS,
        lines=LINES,
        problems=problems,
        meanwhile=meanwhile,
        faulty={problem.place for problem in problems},
    )


def _refresh_page(bulletin_id: str, said: str) -> str:
    found = bulletins.refresh_page(db.session(), actor(), bulletin_id, _zone(), now=now())
    return render_template("bulletins/refresh.html", refresh=found, words=PARTS, said=said, **_told(found.differences))
