"""One's own learning record: over time, beside section and office, as a page and as files."""

from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import current_app
from flask import render_template
from flask import request
from flask.typing import ResponseReturnValue

from quizapp.core.record import Grasp
from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.formats.record_docx import write_record
from quizapp.services import record
from quizapp.services.record import LearningRecord
from quizapp.web import charts
from quizapp.web import exports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now
from quizapp.web.charts import Chart
from quizapp.web.charts import Line
from quizapp.web.files import FileKind
from quizapp.web.files import attachment
from quizapp.web.filters import office_time
from quizapp.web.tables import record as tables

bp = Blueprint("record", __name__, url_prefix="/record")
#: A chart of more studies than two years have shows nothing any more.
STUDIES_DRAWN = 104


@bp.get("")
@needs(Action.RECORD_OWN)
def page() -> ResponseReturnValue:
    found = _asked()
    if exports.wanted():
        which = exports.chosen("studies", "points", "years")
        made = {"studies": tables.studies, "points": tables.points, "years": tables.years}[which]
        return exports.answer(made(found))
    return render_template(
        "record/page.html",
        record=found,
        trend=_trend(found),
        grasps=Grasp,
        period=tables.period_words(found),
        thresholds=tables.thresholds(),
        notes=(tables.WHAT_MEANS_MEAN, tables.WHAT_MINUTES_MEAN),
    )


@bp.get("/file")
@needs(Action.RECORD_OWN)
def file() -> ResponseReturnValue:
    found = _asked()
    moment = office_time(now())
    made = write_record(tables.paper(found, f"{moment.year} 年 {moment.month} 月 {moment.day} 日"))
    return attachment(made, f"个人学习档案 {found.name} {tables.period_words(found)}", FileKind.DOCX)


def _asked() -> LearningRecord:
    zone = ZoneInfo(current_app.config["OFFICE_ZONE"])
    return record.own(db.session(), actor(), request.args.get("year", ""), zone, now=now())


def _trend(found: LearningRecord) -> Chart:
    lines = found.lines[-STUDIES_DRAWN:]
    local = [office_time(line.opens_at) for line in lines]
    several = len({moment.year for moment in local}) > 1
    return charts.trend(
        "own-trend",
        f"{tables.period_words(found)}得分率走势",
        [f"{moment:%y.}{moment.month}.{moment.day}" if several else f"{moment.month}.{moment.day}" for moment in local],
        [
            Line("本人", tuple(line.share for line in lines)),
            Line("科室", tuple(line.section.share for line in lines)),
            Line("全办", tuple(line.office.share for line in lines)),
        ],
    )


@bp.app_template_filter("hours_words")
def hours_words(found: record.Recognised) -> str:
    return tables.hours_words(found)


@bp.app_template_filter("whole_day")
def whole_day(line: record.OwnLine) -> str:
    """2026.11.20"""
    return f"{office_time(line.opens_at):%Y.%m.%d}"
