"""What other systems of the office may read, as values: their fields are the interface.

Each class here is one kind of object that an answer holds; web/api makes both answers and their description from it,
with the words beside each field. Shares are of 0 to 1. Where fewer than FEW people stand behind a figure it is None: it
would tell of persons.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Annotated
from typing import Generic
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy.orm import Session
from sqlalchemy.orm import selectinload

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.question import TypeName
from quizapp.core.reports import FEW
from quizapp.core.reports import Figures
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.core.sitting import SittingKind
from quizapp.core.states import QuestionState
from quizapp.core.states import SittingPhase
from quizapp.core.statistics import Discrimination
from quizapp.core.statistics import Ease
from quizapp.db import people as people_rows
from quizapp.db import reports
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import sitting_alone
from quizapp.services import statistics
from quizapp.services.statistics import ItemFigures
from quizapp.services.statistics import ItemLine
from quizapp.services.statistics import VersionStatistics

#: Who asks for statistics where no person does.
READER = Actor(0, "对外接口", 0, frozenset({Role.EDITOR}))
Item = TypeVar("Item")


class NotClosed(QuizError):
    """The sitting is known, but somebody may still take its quiz: its figures would change."""


@dataclass(frozen=True)
class Asked:
    """How much is asked for: so many, from behind the one that `cursor` names."""

    limit: int
    cursor: str | None = None


@dataclass(frozen=True)
class Batch(Generic[Item]):
    """So many of a list; `cursor` asks for what comes behind them, None where nothing does."""

    items: tuple[Item, ...]
    cursor: str | None


# People and sections


@dataclass(frozen=True)
class SectionRef:
    id: Annotated[str, "科室的编号"]
    name: Annotated[str, "科室名称"]


@dataclass(frozen=True)
class Person:
    staff_number: Annotated[str, "工号，前导零保留"]
    name: Annotated[str, "姓名"]
    section: Annotated[SectionRef, "现在所在的科室"]
    active: Annotated[bool, "是否在用；停用的人员不能登录，以往成绩保留"]


@dataclass(frozen=True)
class Section:
    id: Annotated[str, "科室的编号"]
    name: Annotated[str, "科室名称"]
    parent_id: Annotated[str | None, "上级的编号；最上层没有上级"]
    position: Annotated[int, "在同级中的次序"]
    active: Annotated[bool, "是否在用；并入其他科室的为 false，以往成绩仍在它名下"]


def people(session: Session, asked: Asked, *, section_id: str | None, active: bool | None) -> Batch[Person]:
    """The roster in the order in which it grew: who joins while somebody reads stands behind, and nobody moves."""
    statement = _behind(session, select(PersonRow), PersonRow, asked).options(selectinload(PersonRow.section))
    if section_id is not None:
        statement = statement.where(PersonRow.section_id == _section(session, section_id).id)
    if active is not None:
        statement = statement.where(PersonRow.active == active)
    return _batch(session, statement, asked, _person)


def _person(row: PersonRow) -> Person:
    return Person(row.staff_number, row.name, _ref(row.section), row.active)


def sections(session: Session, asked: Asked) -> Batch[Section]:
    """The organisation tree, each section with the one above it, in the order in which it grew."""
    statement = _behind(session, select(SectionRow), SectionRow, asked)
    names = {row.id: row.public_id for row in people_rows.sections(session)}
    return _batch(session, statement, asked, lambda row: _branch(row, names))


def _branch(row: SectionRow, names: Mapping[int, str]) -> Section:
    parent = names[row.parent_id] if row.parent_id is not None else None
    return Section(row.public_id, row.name, parent, row.position, row.closed_at is None)


def _ref(row: SectionRow) -> SectionRef:
    return SectionRef(row.public_id, row.name)


def _section(session: Session, public_id: str) -> SectionRow:
    try:
        return people_rows.section_by_public_id(session, public_id)
    except NotFound as unknown:
        raise BadInput("", [Problem("section", "没有这个科室")]) from unknown


# Sittings


@dataclass(frozen=True)
class Sitting:
    id: Annotated[str, "场次的编号"]
    topic: Annotated[str, "学习主题"]
    phase: Annotated[SittingPhase, "planned 已安排、open 作答中、closed 已结束"]
    opens_at: Annotated[datetime, "测验开始"]
    closes_at: Annotated[datetime, "测验结束"]
    begins_at: Annotated[datetime | None, "集中学习开始；不集中的没有"]
    ends_at: Annotated[datetime | None, "集中学习结束"]
    place: Annotated[str | None, "集中学习地点"]
    host: Annotated[SectionRef, "主持科室"]
    pass_percent: Annotated[int, "得分达到满分的百分之几为合格"]


def sittings(
    session: Session,
    asked: Asked,
    *,
    phase: SittingPhase | None,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
) -> Batch[Sitting]:
    """The published sittings in the order in which they were published; they opened, or will, in that time."""
    row, place = SittingRow, (SittingRow.published_at, SittingRow.id)
    statement = (
        select(row)
        .where(row.published_at.is_not(None), row.kind == SittingKind.WEEKLY)
        .options(selectinload(row.host_section), selectinload(row.meeting))
        .order_by(*place)
    )
    if phase is not None:
        statement = statement.where(_in_phase(phase, now))
    if since is not None:
        statement = statement.where(row.opens_at >= since)
    if until is not None:
        statement = statement.where(row.opens_at < until)
    if asked.cursor is not None:
        behind = select(*place).where(row.public_id == asked.cursor, row.published_at.is_not(None))
        last = session.execute(behind).one_or_none()
        if last is None:
            raise _bad_cursor()
        statement = statement.where(tuple_(*place) > tuple_(*last))
    return _batch(session, statement, asked, lambda found: _sitting(found, now))


def _in_phase(phase: SittingPhase, now: datetime) -> ColumnElement[bool]:
    row = SittingRow
    if phase is SittingPhase.CLOSED:
        return or_(row.ended_at.is_not(None), row.closes_at <= now)
    begun = row.opens_at <= now if phase is SittingPhase.OPEN else row.opens_at > now
    return and_(row.ended_at.is_(None), row.closes_at > now, begun)


def _sitting(row: SittingRow, now: datetime) -> Sitting:
    meeting = row.meeting
    return Sitting(
        id=row.public_id,
        topic=row.topic,
        phase=row.phase(now),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        begins_at=meeting.begins_at,
        ends_at=meeting.ends_at,
        place=meeting.place or None,
        host=_ref(row.host_section),
        pass_percent=row.pass_percent,
    )


# Scores


@dataclass(frozen=True)
class SectionScores:
    section: Annotated[SectionRef, "科室；人员按学习时所在的科室统计"]
    expected: Annotated[int, "应参加人数，不含请假的；多场合计时为人次，下同"]
    started: Annotated[int, "开始作答的人数"]
    scored: Annotated[int, "已有最后得分的人数"]
    mean: Annotated[Fraction | None, "平均得分率，0 至 1；不足 3 人有得分时为 null"]
    spread: Annotated[float | None, "得分率的标准差（样本，n−1）；不足 3 人有得分时为 null"]
    pass_rate: Annotated[Fraction | None, "合格率，0 至 1；不足 3 人有得分时为 null"]
    excellent_rate: Annotated[Fraction | None, "优秀率（得分率 90% 以上），0 至 1；不足 3 人有得分时为 null"]
    on_leave: Annotated[int, "请假、没有参加的人数"]
    made_up: Annotated[int, "已按期补学的人数，不计入以上成绩"]


def scores_of_sitting(session: Session, asked: Asked, sitting_id: str, *, now: datetime) -> Batch[SectionScores]:
    """The sections of one closed sitting.

    :raise NotClosed: while somebody may still take it
    """
    row = closed_sitting(session, sitting_id, now)
    figures = reports.over_sittings(session, None, [row.id])
    return _scores(session, asked, figures, {section_id: each.closed for section_id, each in figures.items()})


def scores_over(
    session: Session, asked: Asked, since: datetime, until: datetime, *, now: datetime
) -> Batch[SectionScores]:
    """The sections over all closed sittings that opened in that time, every sitting of a person counted."""
    section_ids = [row.id for row in people_rows.sections(session)]
    sitting_ids = [row.id for row in reports.closed_sittings(session, section_ids, now, since, until)]
    figures = reports.over_sittings(session, None, sitting_ids) if sitting_ids else {}
    return _scores(session, asked, figures, reports.most_scores(session, list(figures), sitting_ids))


def closed_sitting(session: Session, public_id: str, now: datetime) -> SittingRow:
    """A week's sitting that nobody can take any more.

    :raise NotClosed: if it is published, and somebody still can
    """
    row = sitting_alone(session, public_id)
    phase = row.phase(now)
    if row.kind is not SittingKind.WEEKLY or phase is SittingPhase.COMPOSING:
        raise NotFound("sitting", public_id)
    if phase is not SittingPhase.CLOSED:
        raise NotClosed(public_id)
    return row


def _scores(
    session: Session, asked: Asked, figures: Mapping[int, Figures], behind: Mapping[int, int]
) -> Batch[SectionScores]:
    """Sections with figures, as the office grew; `behind` says how many people stand behind each."""
    statement = _behind(session, select(SectionRow).where(SectionRow.id.in_(figures)), SectionRow, asked)
    return _batch(session, statement, asked, lambda row: _section_scores(row, figures[row.id], behind[row.id] >= FEW))


def _section_scores(row: SectionRow, figures: Figures, enough: bool) -> SectionScores:
    return SectionScores(
        section=_ref(row),
        expected=figures.expected,
        started=figures.started,
        scored=figures.closed,
        mean=figures.mean if enough else None,
        spread=figures.spread if enough else None,
        pass_rate=figures.pass_rate if enough else None,
        excellent_rate=figures.excellent_rate if enough else None,
        on_leave=figures.excused,
        made_up=figures.made_up,
    )


# Statistics


@dataclass(frozen=True)
class QuestionFigures:
    people: Annotated[int, "作答这道题、已有最后得分的人数"]
    facility: Annotated[Fraction | None, "易度：平均得到本题分值的几成，0 至 1，越高越容易；不足 3 人时为 null"]
    ease: Annotated[Ease | None, "易度所在的档"]
    deviation: Annotated[float | None, "得分率的标准差"]
    guessed: Annotated[Fraction | None, "乱答期望得到的几成；由人评阅的题没有"]
    discrimination: Annotated[float | None, "区分度指数，−1 至 1；人数不足以判断时为 null，下同"]
    discrimination_band: Annotated[Discrimination | None, "区分度所在的档；negative 的请核对答案"]
    efficiency: Annotated[Fraction | None, "区分效率，实际区分度与可能达到的最大值之比"]
    point_biserial: Annotated[float | None, "点二列相关系数，−1 至 1"]


@dataclass(frozen=True)
class PaperQuestion:
    position: Annotated[int, "在试卷上的题号，从 1 起"]
    question_id: Annotated[str, "试题的编号"]
    version: Annotated[int, "试题的第几版"]
    type: Annotated[TypeName, "题型"]
    figures: Annotated[QuestionFigures, "统计"]
    seconds: Annotated[float | None, "作答用时的中位数，秒"]


@dataclass(frozen=True)
class PaperStatistics:
    sitting_id: Annotated[str, "场次的编号"]
    made_at: Annotated[datetime | None, "统计生成的时间；还没有生成时为 null，几分钟内会有"]
    people: Annotated[int, "已有最后得分的人数"]
    mean: Annotated[Fraction | None, "平均得分率；不足 3 人时为 null，下同"]
    median: Annotated[Fraction | None, "得分率的中位数"]
    deviation: Annotated[float | None, "得分率的标准差（样本，n−1）"]
    consistency: Annotated[Fraction | None, "内部一致性系数（Cronbach α）；人数不足或各人试卷不同时为 null"]
    standard_error: Annotated[float | None, "测量标准误，得分率"]
    questions: Annotated[tuple[PaperQuestion, ...], "各题，按题号"]


@dataclass(frozen=True)
class QuestionVersion:
    number: Annotated[int, "第几版"]
    type: Annotated[TypeName, "题型"]
    figures: Annotated[QuestionFigures, "各场合并的统计"]
    sitting_ids: Annotated[tuple[str, ...], "用到这一版、已结束的场次"]


@dataclass(frozen=True)
class QuestionStatistics:
    id: Annotated[str, "试题的编号"]
    state: Annotated[QuestionState, "试题的状态"]
    versions: Annotated[tuple[QuestionVersion, ...], "考过的各版，新的在前"]


def statistics_of_sitting(session: Session, sitting_id: str, *, now: datetime) -> PaperStatistics:
    """What a closed sitting says of its paper: figures only, neither stems nor keys.

    :raise NotClosed: while somebody may still take it
    """
    closed_sitting(session, sitting_id, now)
    found = statistics.of_sitting(session, READER, sitting_id, now=now)
    scores = found.figures if not found.few else None
    return PaperStatistics(
        sitting_id=sitting_id,
        made_at=found.made_at,
        people=found.n,
        mean=scores.mean if scores else None,
        median=scores.median if scores else None,
        deviation=scores.deviation if scores else None,
        consistency=found.consistency,
        standard_error=found.standard_error,
        questions=tuple(map(_paper_question, found.items)),
    )


def _paper_question(line: ItemLine) -> PaperQuestion:
    return PaperQuestion(
        position=line.position,
        question_id=line.question_id,
        version=line.version,
        type=line.type,
        figures=_question_figures(line.figures),
        seconds=line.seconds,
    )


def statistics_of_question(session: Session, question_id: str, *, now: datetime) -> QuestionStatistics:
    """What closed sittings say of a question.

    :raise NotFound: also where none has asked it: that it waits in the bank is nobody's to know
    """
    found = statistics.of_question(session, READER, question_id, now=now)
    if not found.versions:
        raise NotFound("question", question_id)
    return QuestionStatistics(found.id, found.state, tuple(map(_question_version, found.versions)))


def _question_version(found: VersionStatistics) -> QuestionVersion:
    asked = tuple(line.sitting.id for line in found.asked)
    return QuestionVersion(found.number, found.type, _question_figures(found.figures), asked)


def _question_figures(figures: ItemFigures) -> QuestionFigures:
    return QuestionFigures(
        people=figures.n,
        facility=figures.facility,
        ease=figures.ease,
        deviation=figures.deviation,
        guessed=figures.guessed,
        discrimination=figures.index,
        discrimination_band=figures.band,
        efficiency=figures.efficiency,
        point_biserial=figures.point_biserial,
    )


# Batches


Row = TypeVar("Row", PersonRow, SectionRow, SittingRow)


def _batch(session: Session, statement: Select[Row], asked: Asked, item: Callable[[Row], Item]) -> Batch[Item]:
    """The next of a list. One more is read than is given: only that tells whether something comes behind."""
    rows: Sequence[Row] = session.scalars(statement.limit(asked.limit + 1)).all()
    given = rows[: asked.limit]
    more = len(rows) > len(given)
    return Batch(tuple(map(item, given)), given[-1].public_id if more else None)


def _behind(
    session: Session, statement: Select[Row], row: type[PersonRow] | type[SectionRow], asked: Asked
) -> Select[Row]:
    """In the order in which they came, from behind what the cursor names."""
    ordered = statement.order_by(row.id)
    if asked.cursor is None:
        return ordered
    last = session.scalar(select(row.id).where(row.public_id == asked.cursor))
    if last is None:
        raise _bad_cursor()
    return ordered.where(row.id > last)


def _bad_cursor() -> BadInput:
    return BadInput("", [Problem("cursor", "不是上一页给出的值，请从第一页重新读取")])
