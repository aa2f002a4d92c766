"""How sections and people did, as tables."""

from collections.abc import Sequence

from quizapp.core.labels import label
from quizapp.core.reports import FEW
from quizapp.core.reports import Figures
from quizapp.core.states import AttemptState
from quizapp.db.reports import MissedPoint
from quizapp.formats.tables import Cell
from quizapp.formats.tables import Column
from quizapp.formats.tables import Kind
from quizapp.formats.tables import Table
from quizapp.services.report_places import Line
from quizapp.services.report_places import Place
from quizapp.services.report_runs import PersonReport
from quizapp.services.report_runs import SectionRun
from quizapp.services.reports import MissedQuestion
from quizapp.services.reports import PersonLine
from quizapp.services.reports import SectionReport
from quizapp.services.reports import SittingLine
from quizapp.web.filters import office_time

FIGURES = (
    *(Column("应答", Kind.COUNT), Column("已答", Kind.COUNT), Column("请假", Kind.COUNT), Column("已补", Kind.COUNT)),
    *(Column("参与率", Kind.SHARE), Column("成绩数", Kind.COUNT), Column("平均得分率", Kind.SHARE)),
    *(Column("标准差（百分点）", Kind.NUMBER), Column("合格率", Kind.SHARE), Column("优秀率", Kind.SHARE)),
    Column("待评阅", Kind.COUNT),
)
HOW_COUNTED = "请假的人不计入应答；补学另用新卷，成绩不计入平均得分率和合格率。"
NO_PLACES_FOR_FEW = f"成绩不足 {FEW} 人的不排名次，也不与上次比较。"
ELSEWHERE = "空格：当时不在本科室。已补学：缺席或请假后已补学，成绩不计入。"


def side_by_side(place: Place, lines: Sequence[Line], called: str) -> Table:
    more = (Column("较上次（百分点）", Kind.NUMBER), Column("名次", Kind.COUNT))
    rows = [(named(line), *_figures(line.figures), _points(line), line.place) for line in lines]
    total = [("合计", *_figures(place.total.figures), _points(place.total), None)] if len(lines) > 1 else ()
    notes = (HOW_COUNTED, NO_PLACES_FOR_FEW if place.ranked else "成绩还会变化，暂不排名次。")
    return Table(f"各科室情况 {called}", (Column("科室"), *FIGURES, *more), rows, total, notes)


def named(line: Line) -> str:
    name = f"{line.section.above} · {line.section.name}" if line.section.above else line.section.name
    if line.is_own:
        return f"{name}（本级人员）"
    return f"{name}（已并入其他科室）" if line.section.merged else name


def sittings(lines: Sequence[SittingLine], called: str) -> Table:
    rows = [
        (line.sitting.topic, line.sitting.opens_at, label(line.sitting.phase), *_figures(line.figures))
        for line in lines
    ]
    columns = (Column("场次"), Column("时间", Kind.MOMENT), Column("状态"), *FIGURES)
    return Table(f"各场情况 {called}", columns, rows, (), (HOW_COUNTED,))


def _figures(figures: Figures) -> tuple[Cell, ...]:
    spread = None if figures.spread is None else figures.spread * 100
    return (
        *(figures.expected, figures.started, figures.excused, figures.made_up, figures.participation),
        *(figures.closed, figures.mean, spread, figures.pass_rate, figures.excellent_rate, figures.waiting),
    )


def _points(line: Line) -> Cell:
    return None if line.change is None else line.change * 100


def questions(missed: Sequence[MissedQuestion], called: str) -> Table:
    """The questions most missed; with names where they are of one section."""
    texts = ("题型", "题目", "正确答案", "讲话", "标题", "原句")
    counts = (Column("得分率", Kind.SHARE), Column("作答人数", Kind.COUNT), Column("应答人数", Kind.COUNT))
    with_names = any(question.people for question in missed)
    rows = [
        (
            *(each.position, each.type_label, each.stem, "；".join(each.key)),
            *(each.speech or None, each.heading or None, each.quote or None, each.facility, each.answered, each.asked),
            *(("、".join(person.name for person in each.people) or None,) if with_names else ()),
        )
        for each in missed
    ]
    names = (Column("失分人员"),) if with_names else ()
    columns = (Column("题号", Kind.COUNT), *map(Column, texts), *counts, *names)
    return Table(f"失分最多的题 {called}", columns, rows)


def points(missed: Sequence[MissedPoint], called: str) -> Table:
    counts = (Column("得分率", Kind.SHARE), Column("作答人次", Kind.COUNT), Column("应答人次", Kind.COUNT))
    rows = [
        (each.name or None, each.speech or None, each.quote or None, each.facility, each.answered, each.asked)
        + (each.sittings,)
        for each in missed
    ]
    columns = (Column("要点"), Column("讲话"), Column("原句"), *counts, Column("场次", Kind.COUNT))
    return Table(f"失分最多的要点 {called}", columns, rows)


def people_at(report: SectionReport) -> Table:
    texts = ("姓名", "工号", "情况")
    columns = (
        *map(Column, texts),
        *(Column("得分", Kind.POINTS), Column("满分", Kind.POINTS), Column("得分率", Kind.SHARE)),
        *(Column("用时", Kind.DURATION), Column("断网补传题数", Kind.COUNT), Column("离开页面次数", Kind.COUNT)),
        Column("用时很短"),
    )
    rows = [_person_at(line) for line in (*report.absent, *report.excused, *report.present)]
    notes = ("断网补传、离开页面、用时很短只作记录，不扣分。",) if report.has_circumstances else ()
    return Table(f"{report.section.name} {report.sitting.topic}", columns, rows, (), notes)


def _person_at(line: PersonLine) -> tuple[Cell, ...]:
    told = line.circumstances
    return (
        *(line.person.name, line.person.staff_number, became(line)),
        *(line.units, line.full_units, line.share, None if line.on_paper else line.seconds),
        *(told.late or None, told.left or None, "是" if told.quick else None),
    )


def became(line: PersonLine, *, made_up: bool = False) -> str:
    """What became of somebody's paper, in a word."""
    if made_up:
        return "已补学"
    if line.leave is not None:
        return f"请假（{label(line.leave)}）"
    if line.unmarked:
        return "简答题待评阅"
    if line.passed is not None:
        return "合格" if line.passed else "不合格"
    if line.sitting.final:
        return "未参加" if line.state is AttemptState.NOT_STARTED else "待计分"
    return label(line.state)


def people_over_time(run: SectionRun) -> Table:
    """A row for each person, a column for each sitting: the share, or a word in its place."""
    heads = tuple(
        Column(f"{office_time(line.sitting.opens_at):%Y-%m-%d} {line.sitting.topic}") for line in run.sittings
    )
    rows: list[tuple[Cell, ...]] = []
    for person in run.people:
        cells = (said(person.lines.get(line.sitting.id), line.sitting.id in person.made_up) for line in run.sittings)
        rows.append((person.person.name, person.person.staff_number, *cells))
    return Table(f"{run.section.name} 人员与场次", (Column("姓名"), Column("工号"), *heads), rows, (), (ELSEWHERE,))


def said(line: PersonLine | None, made_up: bool) -> str | None:
    """One person at one sitting; None where they were in another section."""
    if line is None:
        return None
    if line.share is not None:
        tenths = line.share * 1000
        return f"{tenths // 10}.{int(tenths) % 10}%"
    return became(line, made_up=made_up)


def points_of_people(run: SectionRun) -> Table:
    """A row for each person and key point that they were asked about."""
    columns = (
        *(Column("姓名"), Column("工号"), Column("要点"), Column("讲话")),
        *(Column("得分率", Kind.SHARE), Column("作答次数", Kind.COUNT), Column("应答次数", Kind.COUNT)),
    )
    rows = [
        (
            *(person.person.name, person.person.staff_number, point.name or None, point.speech or None),
            *(asked.facility, asked.answered, asked.asked),
        )
        for person in run.people
        for number, point in enumerate(run.points_beside)
        if (asked := person.points.get(number)) is not None
    ]
    return Table(f"{run.section.name} 人员与要点", columns, rows)


def person(report: PersonReport) -> Table:
    columns = (
        *(Column("场次"), Column("时间", Kind.MOMENT), Column("当时科室"), Column("情况")),
        *(Column("得分", Kind.POINTS), Column("满分", Kind.POINTS), Column("得分率", Kind.SHARE)),
        Column("用时", Kind.DURATION),
    )
    rows = [
        (
            *(line.sitting.topic, line.sitting.opens_at, line.section_name),
            became(line, made_up=line.sitting.id in report.made_up),
            *(line.units, line.full_units, line.share, None if line.on_paper else line.seconds),
        )
        for line in report.lines
    ]
    return Table(f"{report.person.name} 学习情况", columns, rows)
