"""What those who oversee sections see of them: places in the tree, sittings, sections, people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor
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

from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.reminders import said_time
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import reminders
from quizapp.services import report_places
from quizapp.services import report_runs
from quizapp.services import reports
from quizapp.services.reminders import Reminded
from quizapp.services.report_places import ORDERS
from quizapp.services.report_places import AtSitting
from quizapp.services.report_places import InPeriod
from quizapp.services.report_places import Line
from quizapp.services.report_places import Node
from quizapp.services.report_places import Overview
from quizapp.services.report_places import Place
from quizapp.services.report_runs import SectionRun
from quizapp.services.report_runs import Wanted
from quizapp.services.reports import SectionReport
from quizapp.services.reports import SittingName
from quizapp.web import charts
from quizapp.web import exports
from quizapp.web import report_charts
from quizapp.web import report_periods
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.filters import day
from quizapp.web.filters import office_time
from quizapp.web.report_periods import Chosen
from quizapp.web.tables import reports as tables

bp = Blueprint("reports", __name__, url_prefix="/reports")
#: What the columns that lines are sorted by are called.
COLUMNS = {
    "expected": "应答",
    "started": "已答",
    "excused": "请假",
    "made_up": "已补",
    "participation": "参与率",
    "mean": "平均得分率",
    "pass_rate": "合格率",
    "excellent_rate": "优秀率",
    "change": "较上次",
    "place": "名次",
}
#: What comes first where a column is sorted for the first time: the highest, but the first place.
UP_FIRST = frozenset({"place"})
#: What of an address goes on to the next one.
KEPT = frozenset({"section", "period", "day", "from", "to"})


@bp.get("")
@needs(Action.REPORT_READ)
def index() -> ResponseReturnValue:
    at, chosen = report_places.node(db.session(), actor(), request.args.get("section", "")), report_periods.read()
    if at.is_leaf and at.section is not None:
        return _section_page(at.section.public_id, chosen)
    if chosen.problem:
        return render_template("reports/unclear.html", chosen=chosen, **_around(at)), 422
    return _newest(at, chosen) if chosen.span is None else _in_period(at, chosen)


@bp.get("/sittings/<string:sitting_id>")
@needs(Action.REPORT_READ)
def sitting(sitting_id: str) -> ResponseReturnValue:
    at = report_places.node(db.session(), actor(), request.args.get("section", ""))
    report = report_places.at_sitting(db.session(), at, sitting_id, now=now())
    if exports.wanted():
        return _place_file(report.place, report, exports.chosen("sections", "questions"))
    return render_template("reports/sitting.html", report=report, **_of_sitting(at, report), **_around(at))


@bp.get("/sittings/<string:sitting_id>/sections/<string:section_id>")
@needs(Action.REPORT_READ)
def section_in_sitting(sitting_id: str, section_id: str) -> ResponseReturnValue:
    report = reports.section_report(db.session(), actor(), sitting_id, section_id, now=now())
    if exports.wanted():
        called = f"{report.section.name} {report.sitting.topic}"
        if exports.chosen("people", "questions") == "questions":
            return exports.answer(tables.questions(report.missed, called))
        return exports.answer(tables.people_at(report))
    at = report_places.node(db.session(), actor(), section_id)
    return render_template(
        "reports/section_in_sitting.html",
        report=report,
        reminder_text=_reminder_text(report),
        distribution=report_charts.distribution_of_people(report),
        **_around(at),
    )


@bp.post("/sittings/<string:sitting_id>/sections/<string:section_id>/reminder")
@needs(Action.REMINDER_SEND)
def remind(sitting_id: str, section_id: str) -> ResponseReturnValue:
    channels, zone = current_app.config["REMINDERS"], _zone()
    try:
        with writing() as session:
            sent = reminders.remind_section(
                session, actor(), sitting_id, section_id, channels=channels, now=now(), zone=zone
            )
    except NotNow:
        flash("作答已经结束，没有发送提醒。", "error")
    else:
        flash(_reminded(sent))
    address = url_for(".section_in_sitting", sitting_id=sitting_id, section_id=section_id)
    return redirect(f"{address}#absent")


@bp.get("/sections/<string:section_id>")
@needs(Action.REPORT_READ)
def section(section_id: str) -> ResponseReturnValue:
    return _section_page(section_id, report_periods.read())


@bp.get("/people/<string:person_id>")
@needs(Action.REPORT_READ)
def person(person_id: str) -> ResponseReturnValue:
    report = report_runs.person_report(db.session(), actor(), person_id, _page("page"), now=now())
    if exports.wanted():
        if exports.chosen("sittings", "points") == "points":
            return exports.answer(tables.points(report.points, report.person.name))
        return exports.answer(tables.person(report))
    return render_template("reports/person.html", report=report, trend=report_charts.trend_of_person(report))


# A place in the tree


def _newest(at: Node, chosen: Chosen) -> ResponseReturnValue:
    report = report_places.overview(db.session(), at, now=now())
    if exports.wanted():
        if report is None:
            raise NotFound("export", request.full_path)
        return _overview_file(report)
    around = _around(at)
    if report is None:
        return render_template("reports/none.html", chosen=chosen, **around)
    trend = report_charts.trend(_name_of(at), report.past, report.means)
    shown = _of_sitting(at, report)
    return render_template("reports/index.html", report=report, chosen=chosen, trend=trend, **shown, **around)


def _in_period(at: Node, chosen: Chosen) -> ResponseReturnValue:
    assert chosen.moments and chosen.moments_before and chosen.span
    report = report_places.in_period(db.session(), at, chosen.moments, chosen.moments_before, now=now())
    if exports.wanted():
        return _period_file(at, report, chosen.span.name)
    addresses = _Addresses(None, chosen.query)
    return render_template(
        "reports/period.html",
        report=report,
        chosen=chosen,
        pages=report_runs.Paging.of(len(report.sittings), reports.SITTINGS_SHOWN, _page("page")),
        at_once=reports.SITTINGS_SHOWN,
        trend=report_charts.trend(_name_of(at), report.past, report.means),
        topics={name.id: name for name in report.past},
        **_beside(report.place, addresses, "人次"),
        **_around(at),
    )


@dataclass(frozen=True)
class _Addresses:
    """Where the lines of a place lead: on at the same sitting, or on in the same period."""

    sitting: SittingName | None
    query: Mapping[str, Any]

    def of(self, line: Line) -> str:
        section_id = line.section.public_id
        if self.sitting is not None and line.has_below:
            return url_for(".sitting", sitting_id=self.sitting.public_id, section=section_id)
        if self.sitting is not None:
            return url_for(".section_in_sitting", sitting_id=self.sitting.public_id, section_id=section_id)
        if line.has_below:
            return url_for(".index", section=section_id, **self.query)
        return url_for(".section", section_id=section_id, **self.query)


def _of_sitting(at: Node, report: AtSitting) -> dict[str, Any]:
    """What the page of a place at one sitting shows beside the figures."""
    drawn = None
    if report.distribution:
        percent = report.sitting.pass_percent
        drawn = charts.distribution("distribution", "得分率分布", report.distribution, percent)
    return {"distribution": drawn, **_beside(report.place, _Addresses(report.sitting, {}), "人")}


def _beside(place: Place, addresses: _Addresses, counted: str) -> dict[str, Any]:
    """The lines of a place in the order asked for, where they lead, and their bars."""
    by, down = request.args.get("by", ""), "down" in request.args
    # Whoever was dealt nothing is named below the table: there is nothing to compare.
    lines = [line for line in report_places.in_order(place.lines, by, down=down) if line.figures.dealt]
    bars = [
        charts.Bar(tables.named(line), line.figures.mean, line.figures.closed, note="" if line.people else "没有成绩")
        for line in lines
    ]
    return {
        "lines": [(line, addresses.of(line)) for line in lines],
        "bars": charts.bars("means", "平均得分率", bars, of="科室", figure="平均得分率", counted=counted),
        "sorting": [_sorting(name, by, down) for name in ("", *COLUMNS)],
    }


@dataclass(frozen=True)
class Sorting:
    """A way to sort: its name and words, the address, and which way it is sorted now: up, down or not (empty)."""

    name: str
    words: str
    address: str
    now: str


def _sorting(name: str, by: str, down: bool) -> Sorting:
    is_now = name == (by if by in ORDERS else "")
    downwards = not down if is_now else name not in UP_FIRST
    others: dict[str, Any] = {key: value for key, value in request.args.items() if key in KEPT}
    asked = others if not name else others | {"by": name} | ({"down": "1"} if downwards else {})
    address = url_for(str(request.endpoint), **(request.view_args or {}), **asked)
    return Sorting(name, COLUMNS.get(name, "科室"), address, ("down" if down else "up") if is_now and name else "")


def _around(at: Node) -> dict[str, Any]:
    """The place itself and its way up, with the same period or sitting."""
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key in KEPT and key != "section"}
    in_sitting = (request.view_args or {}).get("sitting_id")
    crumbs = [
        (
            above.name,
            url_for(".sitting", sitting_id=in_sitting, section=above.public_id)
            if in_sitting
            else url_for(".index", section=above.public_id, **kept),
        )
        for above in at.above
    ]
    top = url_for(".sitting", sitting_id=in_sitting) if in_sitting else url_for(".index", **kept)
    # Without anything above it a place is the top itself, or one of several branches.
    several = at.section is not None and not at.above and len(actor().overseen) > len(at.ids)
    return {
        "at": at,
        "place_name": _name_of(at),
        "crumbs": [("全部分管科室", top), *crumbs] if several else crumbs,
        "period_choices": list(report_periods.CHOICES.items()),
    }


def _name_of(at: Node) -> str:
    return at.section.name if at.section else "分管科室"


def _place_file(place: Place, report: AtSitting, which: str) -> ResponseReturnValue:
    called = f"{_name_of(place.node)} {report.sitting.topic}"
    if which == "questions":
        return exports.answer(tables.questions(report.missed, called))
    return _lines_file(place, called)


def _lines_file(place: Place, called: str) -> ResponseReturnValue:
    lines = report_places.in_order(place.lines, request.args.get("by", ""), down="down" in request.args)
    return exports.answer(tables.side_by_side(place, lines, called))


def _overview_file(report: Overview) -> ResponseReturnValue:
    which = exports.chosen("sections", "sittings", "questions")
    if which == "sittings":
        return exports.answer(tables.sittings(report.sittings, _name_of(report.place.node)))
    return _place_file(report.place, report, which)


def _period_file(at: Node, report: InPeriod, period: str) -> ResponseReturnValue:
    which, called = exports.chosen("sections", "sittings", "points"), f"{_name_of(at)} {period}"
    if which == "sections":
        return _lines_file(report.place, called)
    made = tables.sittings(report.sittings, called) if which == "sittings" else tables.points(report.points, called)
    return exports.answer(made)


# A section


def _section_page(section_id: str, chosen: Chosen) -> ResponseReturnValue:
    file = None if chosen.problem else exports.wanted()
    wanted = Wanted(chosen.moments, chosen.moments_before, _page("page"), _page("people"), everybody=file is not None)
    run = report_runs.section_over_time(db.session(), actor(), section_id, wanted, now=now())
    if file:
        return _section_file(run)
    at = report_places.node(db.session(), actor(), section_id)
    page = render_template(
        "reports/section.html",
        run=run,
        chosen=chosen,
        reminder_text=_reminder_text(run.newest) if run.newest else "",
        trend=report_charts.trend(run.section.name, run.past, run.means, run.office),
        by_sitting=report_charts.people_by_sitting(run, section_id),
        by_point=report_charts.people_by_point(run),
        topics={name.id: name for name in run.past},
        **_around(at),
    )
    return (page, 422) if chosen.problem else page


def _section_file(run: SectionRun) -> ResponseReturnValue:
    which = exports.chosen("sittings", "people", "points", "points-of-people")
    if which == "people":
        return exports.answer(tables.people_over_time(run))
    if which == "points":
        return exports.answer(tables.points(run.points, run.section.name))
    if which == "points-of-people":
        return exports.answer(tables.points_of_people(run))
    return exports.answer(tables.sittings(run.sittings, run.section.name))


def _reminder_text(report: SectionReport) -> str:
    """What a chief can send by other ways: who has not begun, and until when they can."""
    if report.sitting.final or not report.absent:
        return ""
    names = "、".join(line.person.name for line in report.absent)
    until = said_time(report.sitting.closes_at, _zone())
    return f"【学测提醒】“{report.sitting.topic}”{until} 截止。{names}还没有作答，请尽快登录每周学测完成。"


def _reminded(sent: Reminded) -> str:
    """What a tap did, in one sentence or two."""
    parts = [f"已给 {sent.now} 人发出邮件提醒。"] if sent.now else []
    if sent.before:
        parts.append(f"{sent.before} 人今天已经提醒过，不再重复。")
    if sent.without_address:
        parts.append(
            f"{sent.without_address} 人收不到邮件（没有填写邮箱，或网站没有设置邮件），请复制下面的文字另行提醒。"
        )
    return "".join(parts) or "大家都已开始作答，不用提醒。"


# Words


@bp.app_template_filter("tenths")
def tenths(share: Fraction | None) -> str:
    """85.3%, rounded down; a dash for no share."""
    if share is None:
        return "—"
    found = floor(share * 1000)
    return f"{found // 10}.{found % 10}%"


@bp.app_template_filter("change")
def change(share: Fraction | None) -> str:
    """▲ 升 1.2; in percentage points."""
    if share is None:
        return "—"
    if share == 0:
        return "持平"
    return f"{'▲ 升' if share > 0 else '▼ 降'} {float(abs(share) * 100):.1f}"


@bp.app_template_filter("long_day")
def long_day(moment: datetime) -> str:
    """2026年11月22日（周日）"""
    return f"{office_time(moment).year}年{day(moment)}"


def _page(name: str) -> int:
    """The page that the address asks for; what is no number is the first."""
    asked = request.args.get(name, "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["OFFICE_ZONE"])
