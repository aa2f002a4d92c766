"""One's own learning record, as tables and in the words of a paper."""

from math import floor

from quizapp.core.labels import label
from quizapp.core.record import GRASPED_FROM
from quizapp.core.record import WEAK_BELOW
from quizapp.core.record import Grasp
from quizapp.formats.record_docx import PaperPart
from quizapp.formats.record_docx import PaperTable
from quizapp.formats.record_docx import RecordPaper
from quizapp.formats.tables import Cell
from quizapp.formats.tables import Column
from quizapp.formats.tables import Kind
from quizapp.formats.tables import Table
from quizapp.services.record import LearningRecord
from quizapp.services.record import OwnLine
from quizapp.services.record import Recognised
from quizapp.services.record import StudyYear
from quizapp.web.filters import office_time
from quizapp.web.filters import percent

MADE_UP = "已补学"
#: So many key points a paper lists; the file for spreadsheets has them all.
POINTS_ON_PAPER = 30
WHAT_MEANS_MEAN = (
    "平均得分率按当时所在科室统计；成绩不足 3 人的不列，全办平均在会推算出个别人成绩时也不列。补学成绩不计入平均。"
)
WHAT_MINUTES_MEAN = "学习分钟数为到会的集中学习按安排的起止时间合计，不等于学时；补学单列，不计入。"


def period_words(record: LearningRecord) -> str:
    return "历年" if record.year is None else f"{record.year} 年"


def thresholds() -> str:
    """What the words for a key point mean."""
    least, weak = percent(GRASPED_FROM), percent(WEAK_BELOW)
    return f"按要点所有题目的得分率：{least} 以上为掌握，{weak} 至 {least} 为基本掌握，不足 {weak} 为薄弱。"


def hours_words(found: Recognised) -> str:
    """Hours of training to a tenth, rounded down, and who says so."""
    tenths = floor(found.hours * 10)
    hours = str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
    return f"经{found.authority}认定（{found.document}，{found.minutes_per_hour} 分钟折合 1 学时），折合 {hours} 学时"


def presence_words(line: OwnLine) -> str:
    return label(line.presence) + (f"（{MADE_UP}）" if line.made_up else "")


def studies(record: LearningRecord) -> Table:
    columns = (
        *(Column("日期", Kind.DATE), Column("主题"), Column("当时科室"), Column("到会"), Column("补学")),
        *(Column("本人得分率", Kind.SHARE), Column("是否合格")),
        *(Column("科室平均得分率", Kind.SHARE), Column("科室成绩人数", Kind.COUNT)),
        *(Column("全办平均得分率", Kind.SHARE), Column("全办成绩人数", Kind.COUNT)),
        Column("到会学习分钟", Kind.COUNT),
    )
    rows = [_study(line) for line in record.lines]
    return Table(_title(record, "学习和成绩"), columns, rows, (), (WHAT_MEANS_MEAN, WHAT_MINUTES_MEAN))


def _study(line: OwnLine) -> tuple[Cell, ...]:
    return (
        *(office_time(line.opens_at).date(), line.topic, line.section_name, label(line.presence)),
        *(MADE_UP if line.made_up else None, line.share, _verdict(line)),
        *(line.section.share, line.section.n, line.office.share, line.office.n),
        line.counted_minutes,
    )


def _verdict(line: OwnLine) -> str | None:
    if line.waits:
        return "简答题待评阅"
    return None if line.passed is None else "合格" if line.passed else "未合格"


def points(record: LearningRecord) -> Table:
    columns = (
        *(Column("要点"), Column("出处"), Column("掌握程度"), Column("得分率", Kind.SHARE)),
        *(Column("作答题次", Kind.COUNT), Column("应答题次", Kind.COUNT), Column("场次", Kind.COUNT)),
    )
    rows = [
        (point.name, point.speech, label(point.grasp), point.share, point.answered, point.asked, point.sittings)
        for point in record.points
    ]
    return Table(_title(record, "要点掌握情况"), columns, rows, (), (thresholds(),))


def years(record: LearningRecord) -> Table:
    counts = ("应到次数", "实到次数", "请假次数", "未到次数", "学习分钟", "补学次数", "补学对应分钟")
    columns = (
        Column("年度"),
        *(Column(word, Kind.COUNT) for word in counts),
        Column("到会率", Kind.SHARE),
        Column("学时认定"),
    )
    rows = [
        (
            *(f"{each.year}", each.expected, each.present, each.leave, each.absent, each.minutes),
            *(each.made_up, each.made_up_minutes, each.rate),
            "；".join(map(hours_words, each.recognised)) or None,
        )
        for each in record.studied
    ]
    return Table(_title(record, "学习时间"), columns, rows, (), (WHAT_MINUTES_MEAN,))


def _title(record: LearningRecord, what: str) -> str:
    return f"{record.name} {period_words(record)}{what}"


# In words


def paper(record: LearningRecord, made_on: str) -> RecordPaper:
    return RecordPaper(
        title="个人学习档案",
        about=(
            f"姓名：{record.name}　　工号：{record.staff_number}",
            f"科室：{record.section_name}",
            f"时间：{period_words(record)}　　导出：{made_on}",
        ),
        parts=(_time_part(record), _score_part(record), _point_part(record)),
        notes=(WHAT_MEANS_MEAN, WHAT_MINUTES_MEAN, thresholds()),
    )


def _time_part(record: LearningRecord) -> PaperPart:
    lines = [_year_words(each) for each in record.studied if each.expected or each.recognised]
    return PaperPart("一、学习时间", tuple(lines) or ("没有学习记录。",))


def _year_words(each: StudyYear) -> str:
    told = [
        f"{each.year} 年应到 {each.expected} 次，实到 {each.present} 次，请假 {each.leave} 次，未到 {each.absent} 次",
        f"到会学习合计 {each.minutes} 分钟",
    ]
    if each.made_up:
        told.append(f"另补学 {each.made_up} 次（对应会议 {each.made_up_minutes} 分钟，不计入）")
    return "；".join([*told, *map(hours_words, each.recognised)]) + "。"


def _score_part(record: LearningRecord) -> PaperPart:
    if not record.lines:
        return PaperPart("二、历次成绩", ("没有已结束的学习场次。",))
    told = f"有成绩 {record.scored} 次，平均得分率 {percent(record.mean)}，合格 {record.passed} 次。"
    table = PaperTable(
        columns=("日期", "主题", "当时科室", "到会", "本人", "科室平均", "人数", "全办平均", "人数", "分钟"),
        widths=(19, 33, 18, 16, 12, 14, 9, 14, 11, 10),
        rows=tuple(_paper_row(line) for line in record.lines),
        left=frozenset({1, 2}),
    )
    return PaperPart("二、历次成绩", (told,), table)


def _paper_row(line: OwnLine) -> tuple[str, ...]:
    minutes = line.counted_minutes
    return (
        *(f"{office_time(line.opens_at):%Y.%m.%d}", line.topic, line.section_name, presence_words(line)),
        "待评阅" if line.waits else percent(line.share),
        *(percent(line.section.share), f"{line.section.n}", percent(line.office.share), f"{line.office.n}"),
        "—" if minutes is None else f"{minutes}",
    )


def _point_part(record: LearningRecord) -> PaperPart:
    if not record.points:
        return PaperPart("三、要点掌握", ("还没有可以统计的要点。",))
    counts = "，".join(f"{label(grasp)} {len(record.with_grasp(grasp))} 个" for grasp in Grasp)
    shown = record.points[:POINTS_ON_PAPER]
    rest = len(record.points) - len(shown)
    told = f"考到要点 {len(record.points)} 个：{counts}。"
    more = f"下表列出得分率最低的 {len(shown)} 个。" if rest else ""
    table = PaperTable(
        columns=("要点", "出处", "掌握程度", "得分率", "作答题次"),
        widths=(64, 44, 18, 14, 16),
        rows=tuple(
            (
                *(each.name or "（未标明要点）", each.speech or "—", label(each.grasp), percent(each.share)),
                f"{each.answered}／{each.asked}",
            )
            for each in shown
        ),
        left=frozenset({0, 1}),
    )
    return PaperPart("三、要点掌握", (told + more,), table)
