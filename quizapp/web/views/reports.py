"""What those who oversee sections see of them: sittings, sections, people."""

from collections.abc import Iterator
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from flask import Blueprint
from flask import render_template
from flask.typing import ResponseReturnValue

from quizapp.core.roles import Action
from quizapp.db.base import db
from quizapp.services import reports
from quizapp.web.access import actor
from quizapp.web.access import needs
from quizapp.web.access import now

bp = Blueprint("reports", __name__, url_prefix="/reports")
#: A trend line is drawn on this ground, with room for its dots at every edge.
TREND_WIDTH, TREND_HEIGHT, TREND_EDGE = 120, 36, 4


@bp.get("")
@needs(Action.REPORT_READ)
def index() -> ResponseReturnValue:
    return render_template("reports/index.html", report=reports.overview(db.session(), actor(), now=now()))


@bp.get("/sittings/<string:sitting_id>")
@needs(Action.REPORT_READ)
def sitting(sitting_id: str) -> ResponseReturnValue:
    report = reports.sitting_report(db.session(), actor(), sitting_id, now=now())
    return render_template("reports/sitting.html", report=report)


@bp.get("/sittings/<string:sitting_id>/sections/<string:section_id>")
@needs(Action.REPORT_READ)
def section_in_sitting(sitting_id: str, section_id: str) -> ResponseReturnValue:
    report = reports.section_report(db.session(), actor(), sitting_id, section_id, now=now())
    return render_template("reports/section_in_sitting.html", report=report)


@bp.get("/sections/<string:section_id>")
@needs(Action.REPORT_READ)
def section(section_id: str) -> ResponseReturnValue:
    report = reports.section_over_time(db.session(), actor(), section_id, now=now())
    return render_template("reports/section.html", report=report)


@bp.get("/people/<string:person_id>")
@needs(Action.REPORT_READ)
def person(person_id: str) -> ResponseReturnValue:
    report = reports.person_report(db.session(), actor(), person_id, now=now())
    return render_template("reports/person.html", report=report)


@bp.app_template_filter("trend_lines")
def trend_lines(shares: Sequence[Fraction | None]) -> list[list[tuple[str, str]]]:
    """The places of a trend line's dots, as x and y in its drawing; a gap in the shares parts the line."""
    step = Fraction(TREND_WIDTH - 2 * TREND_EDGE, max(len(shares) - 1, 1))
    dots = ((index * step, share) for index, share in enumerate(shares))
    runs = groupby(dots, key=lambda dot: dot[1] is None)
    return [list(_places(run)) for is_gap, run in runs if not is_gap]


def _places(dots: Iterator[tuple[Fraction, Fraction | None]]) -> Iterator[tuple[str, str]]:
    height = TREND_HEIGHT - 2 * TREND_EDGE
    for x, share in dots:
        yield f"{float(TREND_EDGE + x):.1f}", f"{float(TREND_EDGE + height * (1 - (share or 0))):.1f}"
