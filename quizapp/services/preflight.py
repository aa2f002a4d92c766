"""What a paper still lacks before it may be published, and what whoever approves it should know."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.errors import Problem
from quizapp.core.labels import label
from quizapp.core.paper import Candidate
from quizapp.core.paper import quotas_met
from quizapp.core.paper import wishes_of
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.states import Review
from quizapp.core.types import TYPES
from quizapp.db import sittings
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow

#: Within so many weeks people remember a question.
REMEMBERED_WEEKS = 4


class Finding(StrEnum):
    """Whether something is in order, worth a look, or in the way of publishing."""

    LACK = "lack"
    WARNING = "warning"
    OK = "ok"


class Remedy(StrEnum):
    """Where to put it right."""

    PLAN = "plan"
    TOPIC = "topic"
    PAPER = "paper"
    PEOPLE = "people"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: what it is about, what was found, where to put it right."""

    finding: Finding
    place: str
    message: str
    remedy: Remedy
    #: The question it is about, where it is about one.
    position: int | None = None

    @property
    def problem(self) -> Problem:
        return Problem(self.place, self.message)


@dataclass(frozen=True)
class Flight:
    """A sitting with all that is looked at."""

    row: SittingRow
    places: Sequence[PaperQuestionRow]
    bank: Sequence[Candidate]
    takers: int
    has_chief: bool
    now: datetime

    @cached_property
    def on_paper(self) -> list[Candidate]:
        known = {candidate.version_id: candidate for candidate in self.bank}
        return [known[place.version_id] for place in self.places if place.version_id in known]


def checks(session: Session, row: SittingRow, *, now: datetime) -> tuple[Check, ...]:
    """All that was looked at, what is in the way first."""
    flight = Flight(
        row=row,
        places=sittings.paper(session, row.id),
        bank=sittings.candidates(session, [chosen.set_id for chosen in row.sets], but=row.id),
        takers=sittings.count_takers(session, row.meeting.scope_section_id),
        has_chief=sittings.has_chief(session, row.host_section_id),
        now=now,
    )
    found = [check for look in LOOKS for check in look(flight)]
    return tuple(sorted(found, key=lambda check: list(Finding).index(check.finding)))


def lacks(found: Sequence[Check]) -> list[Problem]:
    """What is in the way."""
    return [check.problem for check in found if check.finding is Finding.LACK]


# The topic and the paper


def look_at_topic(flight: Flight) -> Iterator[Check]:
    if not flight.row.topic.strip():
        yield Check(Finding.LACK, "学习主题", "还没有学习主题，请先选题", Remedy.TOPIC)
    if not flight.row.sets:
        yield Check(Finding.LACK, "题集", "还没有选题集，请先选题", Remedy.TOPIC)
    else:
        yield Check(Finding.OK, "题集", f"{len(flight.row.sets)} 个题集，已入库 {len(flight.bank)} 题", Remedy.TOPIC)


def look_at_paper(flight: Flight) -> Iterator[Check]:
    if not flight.places:
        yield Check(Finding.LACK, "试卷", "还没有组卷：请先按组卷要求抽题", Remedy.PAPER)
        return
    in_bank = {candidate.version_id for candidate in flight.bank}
    gone = [place.position for place in flight.places if place.version_id not in in_bank]
    for position in gone:
        said = "这道题已被修改或停用，或不在所选题集里，请换一题"
        yield Check(Finding.LACK, f"第 {position} 题", said, Remedy.PAPER, position)
    if not gone:
        yield Check(Finding.OK, "试卷", f"{len(flight.places)} 题，都在题库中", Remedy.PAPER)


def look_at_quotas(flight: Flight) -> Iterator[Check]:
    quotas = wishes_of(flight.row.wishes).quotas
    if not flight.places or not quotas:
        return
    met = quotas_met(quotas, flight.on_paper)
    for number, (quota, found) in enumerate(zip(quotas, met, strict=True), start=1):
        if found < quota.count:
            said = f"要求至少 {quota.count} 题，试卷现在只有 {found} 题，请换题，或修改要求后重新抽题"
            yield Check(Finding.LACK, f"第 {number} 条细目要求", said, Remedy.PAPER)
    if met == tuple(quota.count for quota in quotas):
        yield Check(Finding.OK, "细目要求", f"{len(quotas)} 条都已满足", Remedy.PAPER)


def look_at_own_papers(flight: Flight) -> Iterator[Check]:
    each = flight.row.each
    if not flight.places or each is None:
        return
    if not any(each.values()):
        yield Check(Finding.LACK, "每人抽", "还没有定每人抽几题，请填写后重新抽题", Remedy.PAPER)
        return
    there = Counter(place.version.type for place in flight.places)
    for type_, count in each.items():
        if count > there[type_]:
            said = f"每人抽 {count} 道{label(type_)}，试卷只有 {there[type_]} 道，请重新抽题"
            yield Check(Finding.LACK, "每人抽", said, Remedy.PAPER)


def look_at_repetition(flight: Flight) -> Iterator[Check]:
    quotes: dict[str, list[int]] = {}
    for place in flight.places:
        if place.version.source_quote:
            quotes.setdefault(place.version.source_quote, []).append(place.position)
    shared = [positions for positions in quotes.values() if len(positions) > 1]
    if shared:
        groups = "；".join(f"第 {'、'.join(map(str, positions))} 题" for positions in shared)
        said = f"{groups}：出自同一句原文，答案可能互相提示"
        yield Check(Finding.WARNING, "同一句原文", said, Remedy.PAPER, shared[0][0])


def look_at_use(flight: Flight) -> Iterator[Check]:
    since = flight.row.opens_at.date() - timedelta(weeks=REMEMBERED_WEEKS)
    lately = {c.version_id for c in flight.on_paper if c.last_used is not None and c.last_used >= since}
    positions = [place.position for place in flight.places if place.version_id in lately]
    if positions:
        said = f"第 {'、'.join(map(str, positions))} 题在前后 {REMEMBERED_WEEKS} 周的试卷里也有"
        yield Check(Finding.WARNING, "近期用过", said, Remedy.PAPER, positions[0])


def look_at_marking(flight: Flight) -> Iterator[Check]:
    by_hand = [place for place in flight.places if TYPES[place.version.type].is_marked_by_person]
    if by_hand:
        said = f"有 {len(by_hand)} 道题由人评阅，评完才出总分，请安排评阅人"
        yield Check(Finding.WARNING, "人工评阅", said, Remedy.PAPER, by_hand[0].position)


# The times


def look_at_times(flight: Flight) -> Iterator[Check]:
    row = flight.row
    if row.closes_at <= flight.now:
        yield Check(Finding.LACK, "结束时间", "结束时间已过，请先修改时间", Remedy.PLAN)
    elif row.opens_at < flight.now:
        yield Check(Finding.WARNING, "开始时间", "开始时间已过，批准后立即开放作答", Remedy.PLAN)
    else:
        yield Check(Finding.OK, "时间", "开始和结束时间都还没有到", Remedy.PLAN)
    window = row.closes_at - row.opens_at
    if row.mode is not Mode.TOGETHER and window < timedelta(minutes=row.duration_minutes):
        minutes = int(window.total_seconds() // 60)
        said = f"开放只有 {minutes} 分钟，短于作答时长 {row.duration_minutes} 分钟，到结束时间即收卷"
        yield Check(Finding.WARNING, "作答时长", said, Remedy.PLAN)


def look_at_batches(flight: Flight) -> Iterator[Check]:
    row = flight.row
    if row.mode is not Mode.BATCHED:
        return
    if not row.batches:
        yield Check(Finding.LACK, "各批开始时间", "分批作答还没有填写各批的开始时间", Remedy.PLAN)
    if any(not row.opens_at <= batch.starts_at < row.closes_at for batch in row.batches):
        yield Check(Finding.LACK, "各批开始时间", "有一批的开始时间不在开始时间和结束时间之间", Remedy.PLAN)
    ends = [batch.starts_at + timedelta(minutes=row.duration_minutes) for batch in row.batches]
    if any(end > after.starts_at for end, after in zip(ends, row.batches[1:], strict=False)):
        yield Check(Finding.WARNING, "各批开始时间", "后一批开始时，前一批的作答时间还没有到", Remedy.PLAN)
    if row.review is Review.AT_ONCE and len(row.batches) > 1 and row.drawing is Drawing.SAME:
        said = "各批用同一份试卷，交卷后立即可看答案，答案可能传到后面的批次"
        yield Check(Finding.WARNING, "成绩和解析", said, Remedy.PLAN)


def look_at_pace(flight: Flight) -> Iterator[Check]:
    row = flight.row
    if row.pace is Pace.BY_QUESTION and (row.drawing is not Drawing.SAME or row.mode is not Mode.TOGETHER):
        said = "逐题同步作答须全体用同一份试卷、统一作答"
        yield Check(Finding.LACK, "作答步调", said, Remedy.PLAN)


# The people


def look_at_people(flight: Flight) -> Iterator[Check]:
    row = flight.row
    if not row.leader.active:
        yield Check(Finding.LACK, "带学领导", f"{row.leader.name}已停用，请改由他人带学", Remedy.PLAN)
    if row.host_section.closed_at is not None:
        yield Check(Finding.LACK, "主持科室", f"{row.host_section.name}已撤并，请改由其他科室主持", Remedy.PLAN)
    elif not flight.has_chief:
        said = f"{row.host_section.name}没有在岗的负责人，选题和组卷要由编辑代办"
        yield Check(Finding.WARNING, "主持科室", said, Remedy.PEOPLE)
    if flight.takers:
        yield Check(Finding.OK, "参加人员", f"{flight.takers} 人", Remedy.PLAN)
    else:
        yield Check(Finding.LACK, "参加人员", "参加范围内没有在岗人员，请修改参加范围", Remedy.PLAN)


LOOKS: tuple[Callable[[Flight], Iterator[Check]], ...] = (
    look_at_topic,
    look_at_paper,
    look_at_quotas,
    look_at_own_papers,
    look_at_times,
    look_at_batches,
    look_at_pace,
    look_at_people,
    look_at_repetition,
    look_at_use,
    look_at_marking,
)
