"""Who was there, as tables."""

from collections.abc import Sequence

from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.labels import label
from quizapp.formats.tables import Cell
from quizapp.formats.tables import Column
from quizapp.formats.tables import Kind
from quizapp.formats.tables import Table
from quizapp.services.attendance import Count
from quizapp.services.attendance import PersonLine
from quizapp.services.attendance import SittingAttendance
from quizapp.services.attendance_over_time import Cell as Mark
from quizapp.services.attendance_over_time import OverTime
from quizapp.services.attendance_over_time import OwnAttendance
from quizapp.services.leave import Asked
from quizapp.services.make_ups import SittingTasks
from quizapp.web.filters import office_time

COUNTS = (
    Column("应到", Kind.COUNT),
    Column("实到", Kind.COUNT),
    Column("请假", Kind.COUNT),
    Column("未到", Kind.COUNT),
    Column("到会率", Kind.SHARE),
)
MADE_UP = "已补学"
WHAT_MARKS_MEAN = "已补学：缺席或请假后已补学，不计入到会。空格：当时不在本科室。"


def sections_over_time(found: OverTime) -> Table:
    return Table(
        f"各科室签到合计（最近 {len(found.sittings)} 次）",
        (Column("科室"), *COUNTS),
        [(run.name, *_counts(run.total)) for run in found.sections],
        [("合计", *_counts(found.total))] if len(found.sections) > 1 else (),
    )


def people_over_time(found: OverTime) -> Table:
    """A row for each person, a column for each sitting."""
    sittings = tuple(Column(f"{office_time(row.opens_at):%Y-%m-%d} {row.topic}") for row in found.sittings)
    last = (Column("实到次数", Kind.COUNT), Column("应到次数", Kind.COUNT), Column("到会率", Kind.SHARE))
    rows: list[tuple[Cell, ...]] = []
    for run, people in found.people:
        for person in people:
            marks = (_mark(person.cells.get(row.id)) for row in found.sittings)
            rows.append(
                (run.name, *(person.name, person.staff_number), *marks, person.present, len(person.cells), person.rate)
            )
    return Table(
        "历次签到", (Column("科室"), Column("姓名"), Column("工号"), *sittings, *last), rows, (), (WHAT_MARKS_MEAN,)
    )


def sections_at(found: SittingAttendance) -> Table:
    return Table(
        f"各科室签到 {found.sitting.topic}",
        (Column("科室"), *COUNTS),
        [(each.name, *_counts(each)) for each in found.sections],
        [("合计", *_counts(found.total))] if len(found.sections) > 1 else (),
        () if found.has_closed else ("学习结束前会变化。",),
    )


def people_at(found: SittingAttendance) -> Table:
    texts = ("科室", "姓名", "工号", "情况", "签到方式", "请假类别", "代签或更正人", "更正理由", "备注", "补学")
    columns = (*map(Column, texts), Column("签到或更正时间", Kind.MOMENT))
    rows = [(sheet.count.name, *_person(line)) for sheet in found.sheets for line in sheet.people]
    return Table(f"签到情况 {found.sitting.topic}", columns, rows)


def own(found: OwnAttendance) -> Table:
    columns = (Column("主题"), Column("时间", Kind.DATE), Column("签到"))
    rows = [(row.topic, office_time(row.opens_at).date(), _mark(mark)) for row, mark in found.lines]
    return Table("我的签到", columns, rows)


def make_ups(found: Sequence[SittingTasks]) -> Table:
    moments = (Column("截止时间", Kind.MOMENT), Column("完成时间", Kind.MOMENT))
    columns = (
        Column("学习主题"),
        Column("学习时间", Kind.DATE),
        *map(Column, ("科室", "姓名", "工号", "状态")),
        *moments,
    )
    rows: list[tuple[Cell, ...]] = []
    for sitting in found:
        day = office_time(sitting.opens_at).date()
        for person in sitting.people:
            task = person.task
            state = "逾期补完" if task.was_late else label(task.state)
            who = (person.section, person.name, person.staff_number)
            rows.append((sitting.topic, day, *who, state, task.due, task.done_at))
    return Table("补学情况", columns, rows, (), ("近半年所分管科室的补学，不计入当次的平均分、合格率和到会率。",))


def leave_decided(found: Sequence[Asked]) -> Table:
    texts = ("姓名", "科室", "学习主题")
    more = ("类别", "补假", "结果", "审批人")
    columns = (
        *map(Column, texts),
        Column("学习时间", Kind.DATE),
        *map(Column, more),
        Column("审批时间", Kind.MOMENT),
    )
    return Table("近三十天请假审批", columns, [_leave(each) for each in found])


def _leave(told: Asked) -> tuple[Cell, ...]:
    row = told.leave
    return (
        *(row.person.name, row.person.section.name, row.sitting.topic, office_time(row.sitting.opens_at).date()),
        *(label(row.kind), "是" if told.is_late else "否", label(row.decision), told.decided_by),
        row.decided_at,
    )


def _counts(count: Count) -> tuple[Cell, ...]:
    return count.expected, count.present, count.leave, count.absent, count.rate


def _mark(mark: Mark | None) -> str | None:
    """A person at a sitting, in a word; None where they were not expected."""
    if mark is None:
        return None
    return MADE_UP if mark.made_up else label(mark.presence)


def _person(line: PersonLine) -> tuple[Cell, ...]:
    known = line.known
    on_leave = known.presence is Presence.LEAVE and known.leave is not None
    return (
        *(line.name, line.staff_number, label(known.presence), label(known.way) if known.way else None),
        *(label(known.leave) if on_leave and known.leave else None, line.by or None, _reason(line), _remark(line)),
        *("已安排" if line.has_task else None, known.at),
    )


def _reason(line: PersonLine) -> str | None:
    return line.known.reason if line.known.way is Way.CORRECTED else None


def _remark(line: PersonLine) -> str | None:
    """What is worth knowing of somebody who has not signed in."""
    if line.known.way or line.known.presence is not Presence.ABSENT:
        return None
    if line.leave_waits:
        return "请假待审批"
    if line.known.handed_in:
        return "已交卷，没有签到"
    return "已开始作答，没有签到" if line.known.started else None
