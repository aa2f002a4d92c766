"""Study plans: what comes again every week, who takes turns, and who leaves the order."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import tzinfo
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.reminders import said_day
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.rota import ChangeKind
from quizapp.core.rota import ChangeState
from quizapp.core.rota import HolidayPolicy
from quizapp.core.sitting import Mode
from quizapp.db import people
from quizapp.db import plans
from quizapp.db import rota as rows
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.plans import PlanLeaderRow
from quizapp.db.plans import PlanRow
from quizapp.db.plans import PlanSectionRow
from quizapp.services import audit
from quizapp.services import rota

DAY = timedelta(days=1)
LATEST_START = timedelta(days=366)
LONGEST_NAME, LONGEST_PLACE = 50, 100
#: Whole numbers of a plan: what they are called, the smallest and the largest.
NUMBERS = {
    "every_weeks": ("间隔周数", 1, 8),
    "minutes": ("学习时长", 10, 600),
    "quiz_after_minutes": ("测验开始", 0, 600),
    "quiz_minutes": ("测验时长", 1, 600),
    "weeks_ahead": ("提前安排", 1, 26),
    "topic_due_days": ("选题截止", 0, 60),
    "paper_due_days": ("组卷截止", 0, 60),
    "make_up_days": ("补学期限", 1, 60),
    "pass_percent": ("合格线", 1, 100),
}
#: From these the days of the rota follow; what has begun keeps them, or its past would change.
PATTERN = ("weekday", "every_weeks", "starts_on", "holidays")
#: What is prepared takes these from its plan, also when they change.
TAKEN_OVER = ("place", "scope_section_id", *sorted(rota.TIMES))
Row = TypeVar("Row", PlanSectionRow, PlanLeaderRow)


@dataclass(frozen=True)
class PlanFacts:
    """What an editor says of a plan. `hosts` and `leaders` are ids of sections and people in the order of turns."""

    name: str
    scope_section_id: int
    weekday: int
    starts_at: time
    minutes: int
    starts_on: date
    hosts: tuple[int, ...]
    leaders: tuple[int, ...]
    ends_on: date | None = None
    every_weeks: int = 1
    place: str = ""
    holidays: HolidayPolicy = HolidayPolicy.SKIP
    weeks_ahead: int = 4
    topic_due_days: int = 9
    paper_due_days: int = 3
    make_up_days: int = 7
    mode: Mode = Mode.TOGETHER
    quiz_after_minutes: int = 60
    quiz_minutes: int = 20
    pass_percent: int = 60

    def problems(self) -> list[Problem]:
        found = [] if self.name.strip() else [Problem("名称", "请填写计划名称")]
        if len(self.name) > LONGEST_NAME:
            found.append(Problem("名称", f"名称不超过 {LONGEST_NAME} 字"))
        if len(self.place) > LONGEST_PLACE:
            found.append(Problem("地点", f"地点不超过 {LONGEST_PLACE} 字"))
        return found + self._problems_of_numbers() + self._problems_of_days() + self._problems_of_order()

    def _problems_of_numbers(self) -> list[Problem]:
        found = [
            Problem(words, f"请填写 {least} 到 {most} 之间的整数")
            for name, (words, least, most) in NUMBERS.items()
            if not least <= getattr(self, name) <= most
        ]
        if self.quiz_after_minutes + self.quiz_minutes > self.minutes:
            found.append(Problem("测验时长", "测验要在学习结束前完成：测验开始与测验时长之和不能超过学习时长"))
        if self.paper_due_days > self.topic_due_days:
            found.append(Problem("组卷截止", "组卷截止不能早于选题截止"))
        return found

    def _problems_of_days(self) -> list[Problem]:
        found = [] if 0 <= self.weekday <= 6 else [Problem("学习日", "请选择星期几")]
        if self.ends_on is not None and self.ends_on < self.starts_on:
            found.append(Problem("结束日期", "结束日期不能早于开始日期"))
        return found

    def _problems_of_order(self) -> list[Problem]:
        found = []
        for words, order in (("主持科室", self.hosts), ("带学领导", self.leaders)):
            if not order:
                found.append(Problem(words, "请至少选择一个，并填写轮值顺序"))
            elif len(set(order)) < len(order):
                found.append(Problem(words, "同一个只能排一次"))
        return found


def all_plans(session: Session, actor: Actor) -> Sequence[PlanRow]:
    """All plans, those still held first."""
    require(actor, Action.PLAN_MANAGE, Subject("plan"))
    return plans.all_plans(session)


def plan(session: Session, actor: Actor, public_id: str) -> PlanRow:
    """One plan to look at or change."""
    require(actor, Action.PLAN_MANAGE, Subject("plan", public_id))
    return plans.plan_by_public_id(session, public_id)


def add_plan(session: Session, actor: Actor, facts: PlanFacts, *, zone: tzinfo, now: datetime) -> PlanRow:
    """Begin a study that comes again; the first turns go by the order given."""
    require(actor, Action.PLAN_MANAGE, Subject("plan"))
    today = now.astimezone(zone).date()
    _refuse(facts.problems() + _unknown(session, facts) + _start_of(facts, today))
    row = PlanRow(created_at=now, hosts=[], leaders=[])
    _take(row, facts)
    session.add(row)
    session.flush()
    _keep_orders(row, facts, today)
    session.flush()
    audit.record(session, actor, "plan:added", facts.name, now)
    return row


def change_plan(
    session: Session, actor: Actor, public_id: str, facts: PlanFacts, *, zone: tzinfo, now: datetime
) -> PlanRow:
    """Change a plan from the first day whose study is not published; what was stays.

    Who stays keeps the place in the order; who is new comes last. Where the order of those who stay is another, the
    round begins anew.
    """
    require(actor, Action.PLAN_MANAGE, Subject("plan", public_id))
    row = rota.held_plan(session, public_id)
    today = now.astimezone(zone).date()
    _refuse(facts.problems() + _unknown(session, facts) + _pattern_kept(row, facts, today))
    before = {name: getattr(row, name) for name in TAKEN_OVER}
    with rota.changing(session, row, today):
        _take(row, facts)
        _keep_orders(row, facts, first_free_day(session, row, today))
    rota.follow_plan(session, row, {name for name in before if getattr(row, name) != before[name]}, today, zone)
    audit.record(session, actor, "plan:changed", facts.name, now)
    return row


def retire_plan(session: Session, actor: Actor, public_id: str, *, now: datetime) -> PlanRow:
    """Hold no more studies of a plan; what is prepared or published goes on as a sitting like any other."""
    require(actor, Action.PLAN_MANAGE, Subject("plan", public_id))
    row = rota.held_plan(session, public_id)
    row.retired_at = now
    audit.record(session, actor, "plan:retired", row.name, now)
    return row


def first_free_day(session: Session, row: PlanRow, today: date, *, opened_by: datetime | None = None) -> date:
    """The first day from which the order may change: nothing published is held on it or after it.

    With `opened_by`, only what had opened then is in the way.
    """
    # A study that moved is held within a week of its day of the plan, before or after it.
    published = {day for day in rows.published_days(session, row.id, today - rota.WEEK, opened_by=opened_by) if day}
    if not published:
        return today
    found = rota.between(session, row, today, max(published) + rota.WEEK)
    return max((duty.day + DAY for duty in found if duty.planned_on in published), default=today)


def _take(row: PlanRow, facts: PlanFacts) -> None:
    row.name, row.place = facts.name.strip(), facts.place.strip()
    row.holidays, row.mode = facts.holidays, facts.mode
    for name in ("scope_section_id", "weekday", "starts_at", "starts_on", "ends_on", *NUMBERS):
        setattr(row, name, getattr(facts, name))


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise BadInput("", problems)


def _unknown(session: Session, facts: PlanFacts) -> list[Problem]:
    """Sections that do not take part and leaders who are gone."""
    scope = session.get(SectionRow, facts.scope_section_id)
    if scope is None or scope.closed_at is not None:
        return [Problem("参加范围", "请选择参加学习的单位或科室")]
    return _unknown_hosts(session, facts, scope) + _unknown_leaders(session, facts)


def _unknown_hosts(session: Session, facts: PlanFacts, scope: SectionRow) -> list[Problem]:
    inside = people.with_all_below(session, [scope.id])
    known = session.scalars(select(SectionRow).where(SectionRow.id.in_(facts.hosts))).all()
    outside = [f"{row.name}不在参加范围（{scope.name}）之内" for row in known if row.id not in inside]
    merged = [f"{row.name}已经合并，不能再主持" for row in known if row.id in inside and row.closed_at is not None]
    gone = ["有的科室已经不在名单上，请刷新页面重新填写"] if len(known) < len(set(facts.hosts)) else []
    return [Problem("主持科室", words) for words in (*outside, *merged, *gone)]


def _unknown_leaders(session: Session, facts: PlanFacts) -> list[Problem]:
    known = session.scalars(select(PersonRow).where(PersonRow.id.in_(facts.leaders))).all()
    left = [f"{person.name}已停用，请去掉" for person in known if not person.active]
    gone = ["有的领导已经不在名单上，请刷新页面重新填写"] if len(known) < len(set(facts.leaders)) else []
    return [Problem("带学领导", words) for words in (*left, *gone)]


def _start_of(facts: PlanFacts, today: date) -> list[Problem]:
    if today <= facts.starts_on <= today + LATEST_START:
        return []
    return [Problem("开始日期", "开始日期不能早于今天，也不能晚于一年之后")]


def _pattern_kept(row: PlanRow, facts: PlanFacts, today: date) -> list[Problem]:
    """What has begun keeps its days; what has not cannot begin in the past."""
    if row.starts_on > today:
        return _start_of(facts, today)
    if any(getattr(row, name) != getattr(facts, name) for name in PATTERN):
        said = (
            f"计划已从{said_day(row.starts_on)}开始，学习日、间隔、开始日期和节假日安排不能再改；请停用本计划，另建一个"
        )
        return [Problem("学习日", said)]
    if facts.ends_on is not None and facts.ends_on < today:
        return [Problem("结束日期", "结束日期不能早于今天；不再学习的，请停用本计划")]
    return []


# The order of turns


def _keep_orders(row: PlanRow, facts: PlanFacts, since: date) -> None:
    _keep_order(
        row.hosts,
        facts.hosts,
        since,
        lambda host: host.section_id,
        lambda id_, n: PlanSectionRow(section_id=id_, position=n, since=since),
    )
    _keep_order(
        row.leaders,
        facts.leaders,
        since,
        lambda leader: leader.person_id,
        lambda id_, n: PlanLeaderRow(person_id=id_, position=n, since=since),
    )


def _keep_order(
    held: list[Row], wanted: Sequence[int], since: date, id_of: Callable[[Row], int], new: Callable[[int, int], Row]
) -> None:
    """End and begin turns so that they go by this order from a day on."""
    current = in_order(held)
    staying = [row for row in current if id_of(row) in wanted]
    if [id_of(row) for row in staying] != [id_ for id_ in wanted if id_ in {id_of(row) for row in staying}]:
        staying = []
    for row in current:
        if row not in staying:
            row.until = since
    known = {id_of(row) for row in staying}
    rear = max((row.position for row in held), default=0) + 1
    held.extend(new(id_, rear + n) for n, id_ in enumerate(id_ for id_ in wanted if id_ not in known))


def in_order(held: Sequence[Row]) -> list[Row]:
    """Those who still take turns, in the order in which turns go."""
    return sorted((row for row in held if row.until is None), key=lambda row: row.position)


def leave_rota(session: Session, person_id: int, *, now: datetime) -> None:
    """Let somebody who leaves the office lead no more: the next in the order takes their turns.

    A study that has begun keeps its leader, whatever the office's clock says of the day.
    """
    for row in plans.held_plans(session, lock=True):
        first = first_free_day(session, row, now.date(), opened_by=now)
        leading = [leader for leader in row.leaders if leader.person_id == person_id and leader.until is None]
        over = {duty.planned_on for duty in rota.between(session, row, first - 2 * rota.WEEK, first)}
        known = rows.changes_of_person(session, row.id, person_id, first - rota.WEEK)
        named = [change for change in known if change.day not in over]
        if not leading and not named:
            continue
        with rota.changing(session, row, first):
            for leader in leading:
                leader.until = first
            for change in named:
                if change.kind is ChangeKind.EXTRA:
                    change.person_id = None
                else:
                    change.state = ChangeState.WITHDRAWN


def section_leaves(session: Session, section_id: int, into_id: int, today: date) -> None:
    """Let a section that was merged host no more, but for what is published; extra studies go to the other section.

    An extra study is nobody's turn: it goes there also where a later study is published and the order stays till then.
    """
    for row in plans.held_plans(session, lock=True):
        first = first_free_day(session, row, today)
        hosting = [host for host in row.hosts if host.section_id == section_id and host.until is None]
        published = rows.published_days(session, row.id, today)
        changes = plans.changes(session, row.id)
        named = [change for change in changes if section_id in (change.section_id, change.other_section_id)]
        if not hosting and not named and row.scope_section_id != section_id:
            continue
        with rota.changing(session, row, today):
            if row.scope_section_id == section_id:
                row.scope_section_id = into_id
            for host in hosting:
                host.until = first
            for change in named:
                if change.state is ChangeState.ASKED:
                    change.state = ChangeState.WITHDRAWN
                elif change.kind is ChangeKind.EXTRA and change.day >= today and change.day not in published:
                    change.section_id = into_id
