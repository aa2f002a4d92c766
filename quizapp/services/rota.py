"""The rota as people use it: what is due, what can be changed, and how a duty becomes a sitting."""

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo

from sqlalchemy.orm import Session

from quizapp.core import rota
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import Problem
from quizapp.core.holidays import last_worked
from quizapp.core.labels import label
from quizapp.core.question import MultipleRule
from quizapp.core.reminders import said_day
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.rota import ChangeKind
from quizapp.core.rota import ChangeState
from quizapp.core.rota import Duty
from quizapp.core.rota import Stage
from quizapp.core.rota import Turn
from quizapp.core.sitting import Mode
from quizapp.db import people
from quizapp.db import plans
from quizapp.db import rota as rows
from quizapp.db.meetings import BatchRow
from quizapp.db.meetings import MeetingRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.plans import PlanRow
from quizapp.db.plans import RotaChangeRow
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services import sittings

WEEK = timedelta(days=7)
#: How far ahead what was prepared is followed when the rota changes.
HORIZON = 26 * WEEK
LONGEST_REASON = 200
#: From these follow the times of what is prepared.
TIMES = frozenset({"starts_at", "minutes", "quiz_after_minutes", "quiz_minutes"})


@dataclass(frozen=True)
class Due:
    """What a host section still has to do for a duty, or its leader."""

    plan: PlanRow
    duty: Duty
    stage: Stage
    due_on: date
    late: bool
    host_section_id: int
    leader_id: int | None
    #: None until somebody began to prepare.
    sitting: SittingRow | None


@dataclass(frozen=True)
class OwnDuty:
    """A duty as the first page shows it to somebody."""

    due: Due
    host_name: str
    leader_name: str
    #: The person belongs to the host section.
    is_own_section: bool
    may_prepare: bool


# What follows from a plan


def upcoming(session: Session, plan: PlanRow, first: date, weeks: int) -> tuple[Duty, ...]:
    """The duties of so many weeks from this day on, also those without study; the plan has its hosts and leaders."""
    return between(session, plan, first, first + weeks * WEEK)


def between(session: Session, plan: PlanRow, first: date, end: date) -> tuple[Duty, ...]:
    """The duties from this day until the day before `end`; a day that moves stays within its week."""
    found = rota.duties(plan.plan(), plans.standing_changes(session, plan.id), end + WEEK)
    return tuple(duty for duty in found if first <= duty.day < end)


def due(session: Session, today: date) -> Sequence[Due]:
    """What is still to be done for the duties that can be prepared now, the most urgent first."""
    found = [
        at_stage
        for plan in plans.held_plans(session)
        for at_stage in stages(session, plan, upcoming(session, plan, today, plan.weeks_ahead), today).values()
    ]
    open_ones = [at_stage for at_stage in found if at_stage.stage is not Stage.PUBLISHED]
    return sorted(open_ones, key=lambda at_stage: (at_stage.due_on, at_stage.duty.day))


def stages(session: Session, plan: PlanRow, duties: Sequence[Duty], today: date) -> dict[date, Due]:
    """How far each of these duties is, by the plan's own day."""
    held = [duty for duty in duties if duty.is_held]
    since = min((duty.planned_on for duty in held), default=today)
    prepared = {row.meeting.planned_on: row for row in rows.sittings_of_plan(session, plan.id, since)}
    return {
        duty.planned_on: _due(plan, duty, duty.host_id, prepared.get(duty.planned_on), today)
        for duty in held
        if duty.host_id is not None
    }


def _due(plan: PlanRow, duty: Duty, host_id: int, sitting: SittingRow | None, today: date) -> Due:
    stage = Stage.TOPIC if sitting is None else sittings.stage_of(sitting)
    days = plan.topic_due_days if stage is Stage.TOPIC else plan.paper_due_days
    due_on = last_worked(duty.day - timedelta(days=days))
    late = stage is not Stage.PUBLISHED and today > due_on
    # An editor can give what is prepared another host and another leader: then it is theirs to do.
    leader_id = sitting.leader_id if sitting else duty.leader_id
    return Due(plan, duty, stage, due_on, late, sitting.host_section_id if sitting else host_id, leader_id, sitting)


def own_duties(session: Session, actor: Actor, *, today: date) -> Sequence[OwnDuty]:
    """What the first page says to somebody: the duties of the sections given to them; whatever is late below them; and
    what they lead, once it waits for their word or is late."""
    if not actor.is_overseer:
        return []
    direct = rows.directly_overseen(session, actor.person_id)
    found = [at_stage for at_stage in due(session, today) if _concerns(at_stage, actor, direct)]
    sections = rows.section_names(session)
    names = rows.person_names(session, {at_stage.leader_id for at_stage in found if at_stage.leader_id})
    return [
        OwnDuty(
            at_stage,
            sections[at_stage.host_section_id],
            names.get(at_stage.leader_id or 0, ""),
            actor.section_id == at_stage.host_section_id,
            may_prepare(actor, at_stage.host_section_id),
        )
        for at_stage in found
    ]


def _concerns(at_stage: Due, actor: Actor, direct: Collection[int]) -> bool:
    if at_stage.host_section_id in direct:
        return True
    if at_stage.leader_id == actor.person_id and at_stage.stage is Stage.APPROVAL:
        return True
    return at_stage.late and (at_stage.host_section_id in actor.overseen or at_stage.leader_id == actor.person_id)


def may_prepare(actor: Actor, host_id: int | None) -> bool:
    return allowed(actor, Action.PAPER_COMPOSE, Subject("sitting", section_id=host_id))


def may_change(actor: Actor, plan: PlanRow, leader_id: int | None = None) -> bool:
    """Whether somebody may skip and add studies of a plan, or say who leads instead of this leader."""
    return allowed(actor, Action.ROTA_CHANGE, _subject(plan, leader_id))


def may(actor: Actor, plan: PlanRow, duty: Duty, kind: ChangeKind) -> bool:
    """Whether somebody may make such a change of this duty: its host offers a swap, the rest is the plan's matter."""
    if kind is ChangeKind.SWAP:
        return allowed(actor, Action.ROTA_CHANGE, Subject("duty", plan.public_id, section_id=duty.host_id))
    return may_change(actor, plan, duty.leader_id if kind is ChangeKind.SUBSTITUTE else None)


def _subject(plan: PlanRow, leader_id: int | None = None) -> Subject:
    return Subject("rota", plan.public_id, section_id=plan.scope_section_id, leader_id=leader_id)


# Preparing


def prepare(
    session: Session, actor: Actor, plan_public_id: str, planned_on: date, *, zone: tzinfo, now: datetime
) -> SittingRow:
    """Make the sitting of a duty, for its host to choose topic and paper; again is the same as once."""
    plan = held_plan(session, plan_public_id)
    today = now.astimezone(zone).date()
    duty = _duty_ahead(session, plan, planned_on, today)
    require(actor, Action.PAPER_COMPOSE, Subject("duty", plan_public_id, section_id=duty.host_id))
    there = rows.sitting_of_day(session, plan.id, planned_on)
    if there is not None:
        return there
    first = duty.day - plan.weeks_ahead * WEEK
    if not duty.is_held or today < first:
        said = f"{said_day(first)}起才能准备" if duty.is_held else "这一天不安排学习"
        raise BadInput("", [Problem(said_day(planned_on), said)])
    row = _sitting(session, plan, duty, zone, now)
    audit.record(session, actor, "sitting:prepared", row.topic, now)
    return row


def _sitting(session: Session, plan: PlanRow, duty: Duty, zone: tzinfo, now: datetime) -> SittingRow:
    if duty.host_id is None or duty.leader_id is None:
        raise BadInput("", [Problem(said_day(duty.day), "还没有主持科室或带学领导，请先在学习计划里补上")])
    year, week, _ = duty.day.isocalendar()
    row = SittingRow(
        topic=f"{year}年第{week}周集中学习",
        host_section_id=duty.host_id,
        leader_id=duty.leader_id,
        multiple_rule=MultipleRule.PARTIAL,
        pass_percent=plan.pass_percent,
        mode=plan.mode,
        specification={},
        sets=[],
        batches=[],
        meeting=MeetingRow(plan_id=plan.id, planned_on=duty.planned_on, make_up_days=plan.make_up_days),
        created_at=now,
    )
    row.meeting.place, row.meeting.scope_section_id = plan.place, _scope(session, plan)
    _set_times(row, plan, duty.day, zone)
    session.add(row)
    session.flush()
    return row


def _set_times(row: SittingRow, plan: PlanRow, day: date, zone: tzinfo) -> None:
    """The times of a study as its plan has them."""
    begins_at = datetime.combine(day, plan.starts_at, zone).astimezone(UTC)
    row.opens_at = begins_at + timedelta(minutes=plan.quiz_after_minutes)
    row.closes_at = row.opens_at + timedelta(minutes=plan.quiz_minutes)
    row.duration_minutes = plan.quiz_minutes
    row.meeting.begins_at, row.meeting.ends_at = begins_at, begins_at + timedelta(minutes=plan.minutes)
    if row.mode is Mode.BATCHED:
        row.batches = [BatchRow(starts_at=row.opens_at)]


def _scope(session: Session, plan: PlanRow) -> int | None:
    """Who takes part, as a sitting says it."""
    return None if plan.scope_section_id == people.root_section_id(session) else plan.scope_section_id


def follow_plan(session: Session, plan: PlanRow, changed: Collection[str], today: date, zone: tzinfo) -> None:
    """Give what is prepared and not published what `changed` in its plan; the rest stays as its host has made it."""
    duties = {duty.planned_on: duty for duty in between(session, plan, today, today + HORIZON)}
    for row in rows.sittings_of_plan(session, plan.id, today - WEEK, lock=True):
        duty = duties.get(row.meeting.planned_on) if row.meeting.planned_on else None
        if duty is None or row.published_at is not None:
            continue
        if TIMES & set(changed):
            _set_times(row, plan, duty.day, zone)
        if "place" in changed:
            row.meeting.place = plan.place
        if "scope_section_id" in changed:
            row.meeting.scope_section_id = _scope(session, plan)


# Changing


def skip(
    session: Session, actor: Actor, plan_public_id: str, planned_on: date, reason: str, *, zone: tzinfo, now: datetime
) -> None:
    """Hold no study on a day of the rota; whose turn it was comes next."""
    plan = held_plan(session, plan_public_id)
    require(actor, Action.ROTA_CHANGE, _subject(plan))
    today = now.astimezone(zone).date()
    _held_duty(session, plan, planned_on, today)
    row = RotaChangeRow(kind=ChangeKind.SKIP, day=planned_on, reason=_reason(reason))
    with changing(session, plan, today):
        _keep(session, actor, plan, row, now)


def substitute(
    session: Session,
    actor: Actor,
    plan_public_id: str,
    planned_on: date,
    person_id: int,
    reason: str,
    *,
    zone: tzinfo,
    now: datetime,
) -> None:
    """Let somebody else lead one study."""
    plan = held_plan(session, plan_public_id)
    today = now.astimezone(zone).date()
    duty = _held_duty(session, plan, planned_on, today)
    require(actor, Action.ROTA_CHANGE, _subject(plan, duty.leader_id))
    _must_be_here(session, person_id)
    if person_id == duty.leader_id:
        raise BadInput("", [Problem("带学领导", "这次本来就由这位领导带学，请另选一位")])
    row = RotaChangeRow(kind=ChangeKind.SUBSTITUTE, day=planned_on, person_id=person_id, reason=_reason(reason))
    with changing(session, plan, today):
        _keep(session, actor, plan, row, now)


def add_extra(
    session: Session,
    actor: Actor,
    plan_public_id: str,
    day: date,
    section_id: int,
    person_id: int,
    reason: str,
    *,
    zone: tzinfo,
    now: datetime,
) -> None:
    """Hold one study more; it is nobody's turn."""
    plan = held_plan(session, plan_public_id)
    require(actor, Action.ROTA_CHANGE, _subject(plan))
    today = now.astimezone(zone).date()
    _must_be_free(session, plan, day, today)
    _must_take_part(session, plan, section_id)
    _must_be_here(session, person_id)
    row = RotaChangeRow(
        kind=ChangeKind.EXTRA, day=day, section_id=section_id, person_id=person_id, reason=_reason(reason)
    )
    with changing(session, plan, today):
        _keep(session, actor, plan, row, now)


def _must_take_part(session: Session, plan: PlanRow, section_id: int) -> None:
    section = session.get(SectionRow, section_id)
    scope = people.with_all_below(session, [plan.scope_section_id])
    if section is None or section.closed_at is not None or section_id not in scope:
        raise BadInput("", [Problem("主持科室", "请选择参加本计划的科室")])


def _must_be_free(session: Session, plan: PlanRow, day: date, today: date) -> None:
    if day < today or day > today + HORIZON:
        raise BadInput("", [Problem("日期", "请选择今天起半年之内的日期")])
    found = between(session, plan, day - WEEK, day + WEEK)
    if any(day in (duty.day, duty.planned_on) for duty in found):
        raise BadInput("", [Problem("日期", f"{said_day(day)}已在轮值表上，请换一天，或撤回对这一天的调整")])


def ask_swap(
    session: Session,
    actor: Actor,
    plan_public_id: str,
    planned_on: date,
    other_planned_on: date,
    reason: str,
    *,
    zone: tzinfo,
    now: datetime,
) -> RotaChangeRow:
    """Ask the other section to host each other's turn; it stands at once where the actor oversees both."""
    plan = held_plan(session, plan_public_id)
    today = now.astimezone(zone).date()
    duty, other = (_held_duty(session, plan, day, today) for day in (planned_on, other_planned_on))
    require(actor, Action.ROTA_CHANGE, Subject("duty", plan_public_id, section_id=duty.host_id))
    if problem := _why_no_swap(session, plan, duty, other):
        raise BadInput("", [Problem("对调的日期", problem)])
    row = _swap(duty, other, _reason(reason))
    if other.host_id in actor.overseen:
        with changing(session, plan, today):
            _keep(session, actor, plan, row, now)
    else:
        row.state = ChangeState.ASKED
        _keep(session, actor, plan, row, now, verb="rota:asked")
    return row


def _swap(duty: Duty, other: Duty, reason: str) -> RotaChangeRow:
    assert duty.turn is not None
    assert other.turn is not None
    return RotaChangeRow(
        kind=ChangeKind.SWAP,
        day=duty.planned_on,
        section_id=duty.turn.id,
        turn=duty.turn.number,
        other_section_id=other.turn.id,
        other_turn=other.turn.number,
        other_day=other.planned_on,
        reason=reason,
    )


def _why_no_swap(session: Session, plan: PlanRow, duty: Duty, other: Duty) -> str:
    """Why these two cannot be swapped, in a sentence; empty where they can."""
    if duty.turn is None or other.turn is None:
        return "加学不参加轮值，不能对调"
    if duty.is_swapped or other.is_swapped:
        return "其中一次已经对调过，请先撤回原来的对调"
    if duty.host_id == other.host_id:
        return "两次由同一科室主持，请另选一次"
    if {duty.turn, other.turn} & asked_turns(plans.changes(session, plan.id)):
        return "其中一次已有对调在等对方答复，请先撤回或等待答复"
    there = rows.sittings_of_plan(session, plan.id, min(duty.planned_on, other.planned_on))
    fixed = {row.meeting.planned_on for row in there if row.published_at is not None}
    return "其中一次学习已发布，不能再换主持科室" if {duty.planned_on, other.planned_on} & fixed else ""


def asked_turns(changes: Sequence[RotaChangeRow]) -> frozenset[Turn]:
    """The turns that somebody has asked to swap, while the other side has not answered."""
    return frozenset(turn for row in changes if row.state is ChangeState.ASKED for turn in turns_of(row))


def turns_of(row: RotaChangeRow) -> tuple[Turn, Turn]:
    """The two turns of a swap."""
    return Turn(row.section_id or 0, row.turn or 0), Turn(row.other_section_id or 0, row.other_turn or 0)


def may_decide(actor: Actor, change: RotaChangeRow) -> bool:
    """Whether the other side's word is theirs; an editor's right to change the rota does not speak for a section."""
    return change.state is ChangeState.ASKED and change.other_section_id in actor.overseen


def decide_swap(
    session: Session, actor: Actor, change_public_id: str, agrees: bool, *, zone: tzinfo, now: datetime
) -> RotaChangeRow:
    """Agree to host each other's turn, or not."""
    row = plans.change_by_public_id(session, change_public_id)
    if row.other_section_id not in actor.overseen:
        raise NotAllowed("rota change", change_public_id)
    plan = _hold_plan_of(session, row)
    if row.state is not ChangeState.ASKED:
        raise BadInput("", [Problem("对调", f"这项申请{label(row.state)}，不用再答复")])
    today = now.astimezone(zone).date()
    with changing(session, plan, today):
        if agrees:
            _must_be_ahead(session, plan, row, today)
        row.state = ChangeState.STANDS if agrees else ChangeState.DECLINED
        row.decided_by_id, row.decided_at = actor.person_id, now
    audit.record(session, actor, "rota:decided", _subject_words(plan, row), now, answer=label(row.state))
    return row


def may_withdraw(actor: Actor, plan: PlanRow, change: RotaChangeRow) -> bool:
    """Whether somebody may take a change back: who made it, and who may change the plan's rota."""
    is_open = change.state in (ChangeState.ASKED, ChangeState.STANDS)
    return is_open and (change.author_id == actor.person_id or may_change(actor, plan))


def withdraw(session: Session, actor: Actor, change_public_id: str, *, zone: tzinfo, now: datetime) -> RotaChangeRow:
    """Take back a change, as long as its days are to come."""
    row = plans.change_by_public_id(session, change_public_id)
    plan = _hold_plan_of(session, row)
    if row.author_id != actor.person_id:
        require(actor, Action.ROTA_CHANGE, _subject(plan))
    if row.state not in (ChangeState.ASKED, ChangeState.STANDS):
        raise BadInput("", [Problem("调整", f"这项调整{label(row.state)}，不用再撤回")])
    today = now.astimezone(zone).date()
    with changing(session, plan, today):
        if row.state is ChangeState.STANDS:
            _must_be_ahead(session, plan, row, today)
        row.state = ChangeState.WITHDRAWN
        row.decided_by_id, row.decided_at = actor.person_id, now
    audit.record(session, actor, "rota:withdrawn", _subject_words(plan, row), now)
    return row


def _hold_plan_of(session: Session, change: RotaChangeRow) -> PlanRow:
    """The change's plan, held by this transaction; while it waited, others may have answered the change."""
    plan = held_plan(session, plans.public_id_of(session, change.plan_id))
    session.refresh(change)
    return plan


def _must_be_ahead(session: Session, plan: PlanRow, row: RotaChangeRow, today: date) -> None:
    """Refuse to touch what has been, wherever the days or turns of the plan went that the change names."""
    ahead = between(session, plan, today, today + HORIZON)
    if row.kind is ChangeKind.SWAP:
        if not all(rota.duty_of(ahead, turn) for turn in turns_of(row)):
            raise BadInput("", [Problem("对调", "其中一次已经过去，或已不在轮值表上，不能再改")])
    elif row.day < today and rota.duty_on(ahead, row.day) is None:
        raise BadInput("", [Problem(said_day(row.day), "这一天已过，不能再调整")])


def _keep(
    session: Session, actor: Actor, plan: PlanRow, row: RotaChangeRow, now: datetime, verb: str = "rota:changed"
) -> None:
    row.plan_id, row.author_id, row.made_at = plan.id, actor.person_id, now
    session.add(row)
    session.flush()
    audit.record(session, actor, verb, _subject_words(plan, row), now, reason=row.reason)


def _subject_words(plan: PlanRow, row: RotaChangeRow) -> str:
    return f"{plan.name} {said_day(row.day)} {label(row.kind)}"


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise BadInput("", [Problem("原因", "请写明原因，轮值表上人人可见")])
    if len(text) > LONGEST_REASON:
        raise BadInput("", [Problem("原因", f"原因不超过 {LONGEST_REASON} 字")])
    return text


def held_plan(session: Session, public_id: str) -> PlanRow:
    """The plan, held by this transaction: two changes of one rota never cross."""
    plan = plans.plan_by_public_id(session, public_id, lock=True)
    if plan.retired_at is not None:
        raise BadInput("", [Problem(plan.name, "本计划已停用，轮值不能再调整")])
    return plan


def duty_to_change(session: Session, plan_public_id: str, planned_on: date, today: date) -> tuple[PlanRow, Duty]:
    """The duty that a page about changing it shows."""
    plan = plans.plan_by_public_id(session, plan_public_id)
    return plan, _duty_ahead(session, plan, planned_on, today)


def _duty_ahead(session: Session, plan: PlanRow, planned_on: date, today: date) -> Duty:
    """The duty of a day of the plan that is not over."""
    duty = None
    if abs(planned_on - today) < 2 * HORIZON:
        duty = rota.duty_on(between(session, plan, planned_on - WEEK, planned_on + WEEK), planned_on)
    if duty is None:
        raise BadInput("", [Problem(said_day(planned_on), "这一天不在轮值表上")])
    if duty.day < today:
        raise BadInput("", [Problem(said_day(planned_on), "这一天已过，不能再调整")])
    return duty


def _held_duty(session: Session, plan: PlanRow, planned_on: date, today: date) -> Duty:
    duty = _duty_ahead(session, plan, planned_on, today)
    if not duty.is_held:
        raise BadInput("", [Problem(said_day(planned_on), "这一天不安排学习")])
    return duty


def _must_be_here(session: Session, person_id: int) -> None:
    person = session.get(PersonRow, person_id)
    if person is None or not person.active:
        raise BadInput("", [Problem("带学领导", "请选择在用的带学领导")])


# What was prepared follows


@contextmanager
def changing(session: Session, plan: PlanRow, today: date) -> Iterator[None]:
    """Change a plan or its rota: what is prepared goes with its section, and what is published stays as it is.

    :raise BadInput: if a published study would get another day or another host
    """
    before = between(session, plan, today, today + HORIZON)
    yield
    session.flush()
    _settle(session, plan, before, between(session, plan, today, today + HORIZON), today)


def _settle(session: Session, plan: PlanRow, before: Sequence[Duty], after: Sequence[Duty], today: date) -> None:
    was = {duty.planned_on: duty for duty in before}
    there = {
        row.meeting.planned_on: row
        for row in rows.sittings_of_plan(session, plan.id, today - WEEK, lock=True)
        if row.meeting.planned_on in was
    }
    fixed = {day for day, row in there.items() if day is not None and row.published_at is not None}
    prepared = {day: row.host_section_id for day, row in there.items() if day is not None and day not in fixed}
    _must_stay(fixed, was, {duty.planned_on: duty for duty in after})
    goes = rota.followed(before, after, prepared, fixed)
    # Two of them may change places, and one day holds one sitting at any moment.
    for day in goes:
        there[day].meeting.planned_on = None
    session.flush()
    for day, to in {**goes, **{day: day for day in fixed}}.items():
        _follow(there[day], was[day], rota.duty_on(after, to) if to else None)
    session.flush()


def _must_stay(fixed: Collection[date], was: Mapping[date, Duty], now: Mapping[date, Duty]) -> None:
    for day in sorted(fixed):
        old, new = was[day], now.get(day)
        if old.is_held and (new is None or (new.day, new.host_id) != (old.day, old.host_id)):
            said = "这次学习已发布，这样调整会改动它的日期或主持科室，没有保存"
            raise BadInput("", [Problem(said_day(old.day), said)])


def _follow(row: SittingRow, old: Duty, new: Duty | None) -> None:
    """Give a sitting what its duty now says, as far as that changed; without a duty it is a sitting of its own."""
    if new is None:
        row.meeting.plan_id = None
        return
    row.meeting.planned_on = new.planned_on
    if new.host_id is not None and new.host_id != old.host_id:
        row.host_section_id = new.host_id
    if new.leader_id is not None and new.leader_id != old.leader_id:
        row.leader_id = new.leader_id
    if new.day != old.day:
        _shift(row, new.day - old.day)


def _shift(row: SittingRow, by: timedelta) -> None:
    row.opens_at, row.closes_at = row.opens_at + by, row.closes_at + by
    if row.batches:
        row.batches = [BatchRow(starts_at=batch.starts_at + by) for batch in row.batches]
    meeting = row.meeting
    meeting.begins_at = meeting.begins_at and meeting.begins_at + by
    meeting.ends_at = meeting.ends_at and meeting.ends_at + by
