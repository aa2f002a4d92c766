"""What is drawn on the pages of those who oversee sections."""

from collections.abc import Sequence

from flask import url_for

from quizapp.services import report_places
from quizapp.services.report_places import Means
from quizapp.services.report_runs import PersonReport
from quizapp.services.report_runs import PersonRun
from quizapp.services.report_runs import SectionRun
from quizapp.services.reports import PersonLine
from quizapp.services.reports import SectionReport
from quizapp.services.reports import SittingName
from quizapp.web import charts
from quizapp.web.charts import Chart
from quizapp.web.charts import HeatGrid
from quizapp.web.filters import office_time
from quizapp.web.tables import reports as tables

#: What heads a column; the whole name stands below, with its sentence.
LONGEST_HEAD = 14


def people_by_sitting(run: SectionRun, section_id: str) -> HeatGrid:
    shown = [line.sitting for line in run.sittings]
    columns = tuple(
        charts.Head(words, url_for("reports.section_in_sitting", sitting_id=sitting.public_id, section_id=section_id))
        for words, sitting in zip(_short_days(shown), shown, strict=True)
    )
    rows = tuple((_head(person), tuple(_cell(person, sitting) for sitting in shown)) for person in run.people)
    return HeatGrid("people-sittings", "每人各场得分率（左为最近一场）", "姓名", columns, rows)


def _cell(person: PersonRun, name: SittingName) -> charts.Cell:
    line = person.lines.get(name.id)
    if line is None:
        return charts.Cell(None)
    if line.share is not None:
        return charts.Cell(line.share)
    return charts.Cell(None, "待评" if line.unmarked else _became(line, made_up=name.id in person.made_up))


def _became(line: PersonLine, *, made_up: bool) -> str:
    return "请假" if line.leave is not None and not made_up else tables.became(line, made_up=made_up)


def people_by_point(run: SectionRun) -> HeatGrid:
    columns = tuple(charts.Head(_cut(point.name or "未标明要点")) for point in run.points_beside)
    rows = tuple(
        (
            _head(person),
            tuple(
                charts.Cell(asked.facility, quiet=f"{asked.asked} 题")
                if (asked := person.points.get(number)) is not None
                else charts.Cell(None)
                for number in range(len(columns))
            ),
        )
        for person in run.people
    )
    return HeatGrid("people-points", "每人各要点得分率", "姓名", columns, rows)


def _head(person: PersonRun) -> charts.Head:
    address = url_for("reports.person", person_id=person.person.public_id)
    return charts.Head(person.person.name, address, person.person.staff_number)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_HEAD else f"{name[: LONGEST_HEAD - 1]}…"


def trend(name: str, past: Sequence[SittingName], means: Means, office: Means | None = None) -> Chart:
    lines = [charts.Line(name, means.shares, means.people)]
    if office is not None and any(share is not None for share in office.shares):
        lines.append(charts.Line("全单位", office.shares, office.people))
    return charts.trend("trend", "平均得分率走势", _short_days(past), lines)


def trend_of_person(report: PersonReport) -> Chart:
    lines = [charts.Line("本人", report.shares)]
    if any(share is not None for share in report.sections.shares):
        lines.append(charts.Line("所在科室", report.sections.shares, report.sections.people))
    return charts.trend("trend", "得分率走势", _short_days(report.past), lines)


def distribution_of_people(report: SectionReport) -> Chart | None:
    shares = [line.share for line in report.present if line.share is not None]
    if not report.sitting.final or len(shares) < report_places.LEAST_DISTRIBUTED:
        return None
    counts = charts.in_tens(shares)
    return charts.distribution("distribution", "得分率分布", counts, report.sitting.pass_percent)


def _short_days(named: Sequence[SittingName]) -> list[str]:
    """11月22日; where there are several years 26.11.22, which is no longer than that."""
    days = [office_time(sitting.opens_at) for sitting in named]
    with_year = len({local.year for local in days}) > 1
    return [f"{local:%y.%m.%d}" if with_year else f"{local.month}月{local.day}日" for local in days]
