"""The week's studies, the library, the bank and one's own scores, as tables."""

from collections.abc import Sequence
from datetime import datetime

from quizapp.core.coverage import Use
from quizapp.core.labels import label
from quizapp.core.states import AttemptState
from quizapp.core.states import QuestionState
from quizapp.core.states import SittingPhase
from quizapp.db.attempts import AttemptRow
from quizapp.formats.tables import Cell
from quizapp.formats.tables import Column
from quizapp.formats.tables import Kind
from quizapp.formats.tables import Table
from quizapp.services.bank import SetLine
from quizapp.services.coverage import ParagraphCover
from quizapp.services.coverage import PointCover
from quizapp.services.marking import Pile
from quizapp.services.rota_pages import Line
from quizapp.services.rota_pages import Rota
from quizapp.services.sittings import Listed
from quizapp.services.speeches import SpeechLine

USE = (
    Column("情况"),
    Column("在库题数", Kind.COUNT),
    Column("待审题数", Kind.COUNT),
    Column("作答人次", Kind.COUNT),
    Column("答对率", Kind.SHARE),
)
#: Says of a score that it can still change.
PROVISIONAL = "暂计（简答题待评阅）"


def own_scores(found: Sequence[AttemptRow], now: datetime) -> Table:
    columns = (
        *(Column("主题"), Column("开始时间", Kind.MOMENT), Column("状态")),
        *(Column("得分", Kind.POINTS), Column("满分", Kind.POINTS), Column("得分率", Kind.SHARE), Column("备注")),
    )
    return Table("我的成绩", columns, [_own_score(row, now) for row in found])


def _own_score(row: AttemptRow, now: datetime) -> tuple[Cell, ...]:
    missed = row.state is AttemptState.NOT_STARTED and row.sitting.phase(now) is SittingPhase.CLOSED
    provisional = PROVISIONAL if row.units is not None and row.unmarked else None
    return (
        *(row.sitting.topic, row.sitting.opens_at, "未参加" if missed else label(row.state)),
        *(row.units, row.full_units if row.units is not None else None, row.share, provisional),
    )


def sittings(found: Sequence[Listed], now: datetime) -> Table:
    times = (Column("开始", Kind.MOMENT), Column("结束", Kind.MOMENT))
    columns = (Column("主题"), Column("状态"), *times, Column("主持科室"), Column("带学领导"))
    return Table("学习场次", columns, [_sitting(each, now) for each in found])


def _sitting(each: Listed, now: datetime) -> tuple[Cell, ...]:
    row, phase = each.row, each.row.phase(now)
    state = label(each.stage) if phase is SittingPhase.COMPOSING else label(phase)
    return row.topic or "（未定主题）", state, row.opens_at, row.closes_at, row.host_section.name, row.leader.name


def rota(found: Sequence[Rota]) -> Table:
    heads = ("主持科室", "带学领导", "状态", "说明", "准备情况")
    columns = (Column("学习计划"), Column("日期", Kind.DATE), *map(Column, heads), Column("准备截止", Kind.DATE))
    rows = [_duty(rota.plan.name, line) for rota in found for line in rota.lines]
    unknown = sorted({year for rota in found for year in rota.unknown_years})
    return Table("轮值表", columns, rows, (), tuple(f"{year} 年放假安排尚未公布，按原定日期暂列。" for year in unknown))


def _duty(plan: str, line: Line) -> tuple[Cell, ...]:
    duty, due = line.duty, line.due
    notes = (
        f"与{line.turn_name}对调" if line.turn_name else "",
        f"替{line.leader_turn_name}带学" if line.leader_turn_name else "",
        f"原定 {duty.planned_on:%Y-%m-%d}" if duty.planned_on != duty.day else "",
        duty.why,
        "放假安排未公布，暂列" if duty.unknown_year else "",
        "对调待答复" if line.is_asked else "",
    )
    return (
        *(plan, duty.day, line.host_name or None, line.leader_name or None, label(duty.standing)),
        "；".join(filter(None, notes)) or None,
        *(label(due.stage) + ("，已逾期" if due.late else "") if due else None, due.due_on if due else None),
    )


def question_sets(found: Sequence[SetLine]) -> Table:
    counts = (*(Column(label(state), Kind.COUNT) for state in QuestionState), Column("合计", Kind.COUNT))
    rows = [
        (
            *(line.question_set.name, line.speech or None),
            *(line.counts.get(state, 0) for state in QuestionState),
            sum(line.counts.values()),
        )
        for line in found
    ]
    return Table("题库", (Column("题集"), Column("出自讲话"), *counts), rows)


def speeches(found: Sequence[SpeechLine]) -> Table:
    counts = (Column("要点", Kind.COUNT), Column("拟题", Kind.COUNT), Column("已入库", Kind.COUNT))
    columns = (Column("标题"), Column("文件"), Column("上传时间", Kind.MOMENT), Column("上传人"), *counts)
    rows = [
        (
            *(line.speech.title or "（待补标题）", line.speech.filename, line.speech.loaded_at),
            *(line.speech.loaded_by.name, line.key_points),
            *(line.questions if line.speech.drafted_at else None, line.approved),
        )
        for line in found
    ]
    return Table("讲话", columns, rows)


def covered_points(called: str, found: Sequence[PointCover]) -> Table:
    columns = (Column("序号", Kind.COUNT), Column("要点"), Column("类别"), Column("段落", Kind.COUNT), *USE)
    rows = [(each.number, each.name, label(each.point.kind), each.paragraph, *_use(each.use)) for each in found]
    return Table(f"要点覆盖情况 {called}", columns, rows)


def covered_paragraphs(called: str, found: Sequence[ParagraphCover]) -> Table:
    columns = (Column("段落", Kind.COUNT), Column("开头"), *USE)
    return Table(f"逐段覆盖情况 {called}", columns, [(each.number, each.opening, *_use(each.use)) for each in found])


def _use(use: Use) -> tuple[Cell, ...]:
    return label(use.covered), use.approved, use.waiting, use.asked, use.facility


def piles(found: Sequence[Pile]) -> Table:
    """How far marking is; a question that the reader may still be asked is not shown."""
    counts = (Column("题号", Kind.COUNT), Column("待评份数", Kind.COUNT), Column("已评份数", Kind.COUNT))
    rows = [
        (pile.topic, pile.question.stem if pile.open else "（您交卷后可见）", pile.position, pile.waiting, pile.marked)
        for pile in found
    ]
    return Table("阅卷进度", (Column("场次"), Column("题目"), *counts), rows)
