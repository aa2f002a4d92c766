"""The rota as its pages show it: the next weeks line by line, what somebody may do with each, and what was changed."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

from sqlalchemy.orm import Session

from quizapp.core.errors import NotAllowed
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.rota import TURNS
from quizapp.core.rota import ChangeKind
from quizapp.core.rota import ChangeState
from quizapp.core.rota import Duty
from quizapp.core.rota import Stage
from quizapp.core.rota import Turn
from quizapp.core.rota import duty_of
from quizapp.core.rota import duty_on
from quizapp.db import plans
from quizapp.db import rota as rows
from quizapp.db.plans import PlanRow
from quizapp.db.plans import RotaChangeRow
from quizapp.services import rota
from quizapp.services.rota import Due

#: How many weeks the rota's page shows.
WEEKS = 12
#: Of the changes, what lies further back is left to the audit trail.
CHANGES_KEPT = timedelta(weeks=8)


@dataclass(frozen=True)
class Line:
    """One study of the rota, and what the person who looks may do with it."""

    duty: Duty
    host_name: str
    leader_name: str
    #: Whose turn it was, where another section hosts or another person leads.
    turn_name: str
    leader_turn_name: str
    #: How far its host is; None for whom that does not concern, and where no study is held.
    due: Due | None
    is_published: bool
    #: The sections that have been asked to swap have not answered.
    is_asked: bool
    may_prepare: bool
    may_swap: bool
    may_substitute: bool
    may_skip: bool

    @property
    def may_anything(self) -> bool:
        return self.may_prepare or self.may_swap or self.may_substitute or self.may_skip


@dataclass(frozen=True)
class Told:
    """One change of the rota, in words."""

    change: RotaChangeRow
    #: When its studies are held now: a day moves for a holiday, and a swap goes with its turns when days are skipped.
    day: date
    other_day: date | None
    section_name: str
    other_section_name: str
    person_name: str
    author_name: str
    decided_by_name: str
    may_decide: bool
    may_withdraw: bool


@dataclass(frozen=True)
class Rota:
    """The rota of one plan."""

    plan: PlanRow
    lines: tuple[Line, ...]
    changes: tuple[Told, ...]
    #: Years among its days whose holidays nobody knows yet.
    unknown_years: tuple[int, ...]
    may_change: bool


@dataclass(frozen=True)
class _Names:
    sections: Mapping[int, str]
    people: Mapping[int, str]


def rotas(session: Session, actor: Actor, *, today: date) -> list[Rota]:
    """The rotas of all plans that are held."""
    require(actor, Action.ROTA_READ, Subject("rota"))
    return [_rota(session, actor, plan, today) for plan in plans.held_plans(session)]


def _rota(session: Session, actor: Actor, plan: PlanRow, today: date) -> Rota:
    duties = rota.upcoming(session, plan, today, WEEKS)
    made = plans.changes(session, plan.id)
    changes = [row for row in made if _last_day(row) > today - CHANGES_KEPT]
    names = _names(session, duties, changes)
    known = _to_prepare(session, plan, duties, today)
    asked = rota.asked_turns(made)
    lines = tuple(_line(actor, plan, duty, known.get(duty.planned_on), names, asked) for duty in duties)
    years = tuple(sorted({duty.day.year for duty in duties if duty.unknown_year}))
    told = tuple(_told(actor, plan, row, duties, names, today) for row in reversed(changes))
    return Rota(plan, lines, told, years, rota.may_change(actor, plan))


def _to_prepare(session: Session, plan: PlanRow, duties: Sequence[Duty], today: date) -> dict[date, Due]:
    """How far the duties are that can be prepared now, or already are."""
    end = today + plan.weeks_ahead * rota.WEEK
    known = rota.stages(session, plan, duties, today)
    return {day: due for day, due in known.items() if due.sitting is not None or due.duty.day <= end}


def _last_day(row: RotaChangeRow) -> date:
    return max(row.day, row.other_day or row.day)


def _names(session: Session, duties: Sequence[Duty], changes: Sequence[RotaChangeRow]) -> _Names:
    ids = {id_ for duty in duties for id_ in (duty.leader_id, duty.leader_turn_id) if id_}
    ids |= {id_ for row in changes for id_ in (row.person_id, row.author_id, row.decided_by_id) if id_}
    return _Names(rows.section_names(session), rows.person_names(session, ids))


def _line(actor: Actor, plan: PlanRow, duty: Duty, due: Due | None, names: _Names, asked: frozenset[Turn]) -> Line:
    is_published = due is not None and due.stage is Stage.PUBLISHED
    is_open = duty.is_held and not is_published
    is_asked = duty.turn in asked
    may = {kind: duty.is_held and rota.may(actor, plan, duty, kind) for kind in ChangeKind}
    return Line(
        duty=duty,
        host_name=names.sections.get(duty.host_id or 0, "待定") if duty.is_held else "",
        leader_name=names.people.get(duty.leader_id or 0, "待定") if duty.is_held else "",
        turn_name=names.sections.get(duty.turn.id, "") if duty.turn and duty.is_swapped else "",
        leader_turn_name=names.people.get(duty.leader_turn_id or 0, "") if duty.is_substituted else "",
        due=due if due and _may_see(actor, plan, due) else None,
        is_published=is_published,
        is_asked=is_asked,
        may_prepare=due is not None and is_open and rota.may_prepare(actor, due.host_section_id),
        may_swap=is_open and may[ChangeKind.SWAP] and _can_swap(duty, is_asked),
        may_substitute=may[ChangeKind.SUBSTITUTE],
        may_skip=is_open and may[ChangeKind.SKIP],
    )


def _can_swap(duty: Duty, is_asked: bool) -> bool:
    return duty.standing in TURNS and not duty.is_swapped and not is_asked


def _may_see(actor: Actor, plan: PlanRow, due: Due) -> bool:
    """Preparation concerns the host's overseers, the leader, editors, and whoever oversees all who take part."""
    overseen = {due.host_section_id, plan.scope_section_id} & actor.overseen
    return bool(overseen) or Role.EDITOR in actor.roles or due.leader_id == actor.person_id


def _told(actor: Actor, plan: PlanRow, row: RotaChangeRow, duties: Sequence[Duty], names: _Names, today: date) -> Told:
    day, other_day = _days_now(row, duties)
    # What nobody answered keeps its turns from other swaps, also once one of its days is over.
    is_ahead = row.state is ChangeState.ASKED or min(day, other_day or day) >= today
    return Told(
        change=row,
        day=day,
        other_day=other_day,
        section_name=names.sections.get(row.section_id or 0, ""),
        other_section_name=names.sections.get(row.other_section_id or 0, ""),
        person_name=names.people.get(row.person_id or 0, "待定"),
        author_name=names.people.get(row.author_id, ""),
        decided_by_name=names.people.get(row.decided_by_id or 0, ""),
        may_decide=rota.may_decide(actor, row),
        may_withdraw=is_ahead and rota.may_withdraw(actor, plan, row),
    )


def _days_now(row: RotaChangeRow, duties: Sequence[Duty]) -> tuple[date, date | None]:
    if row.kind is not ChangeKind.SWAP:
        duty = duty_on(duties, row.day)
        return duty.day if duty else row.day, None
    one, other = (duty_of(duties, turn) for turn in rota.turns_of(row))
    return one.day if one else row.day, other.day if other else row.other_day


# Pages about one study


def plan_to_change(session: Session, actor: Actor, plan_public_id: str) -> PlanRow:
    """The plan whose rota somebody wants to change."""
    plan = plans.plan_by_public_id(session, plan_public_id)
    if not rota.may_change(actor, plan):
        raise NotAllowed("rota", plan_public_id)
    return plan


def line_to_change(
    session: Session, actor: Actor, plan_public_id: str, planned_on: date, kind: ChangeKind, *, today: date
) -> tuple[PlanRow, Line]:
    """One study that somebody wants to change."""
    plan, duty = rota.duty_to_change(session, plan_public_id, planned_on, today)
    if not rota.may(actor, plan, duty, kind):
        raise NotAllowed("duty", f"{plan_public_id} {planned_on}")
    due = _to_prepare(session, plan, [duty], today).get(planned_on)
    asked = rota.asked_turns(plans.changes(session, plan.id))
    return plan, _line(actor, plan, duty, due, _names(session, [duty], []), asked)


def to_swap_with(session: Session, actor: Actor, plan_public_id: str, planned_on: date, *, today: date) -> list[Line]:
    """The studies shown on the rota that other sections host, and whose host can still change."""
    plan, duty = rota.duty_to_change(session, plan_public_id, planned_on, today)
    return [
        line
        for line in _rota(session, actor, plan, today).lines
        if line.duty.host_id != duty.host_id and not line.is_published and _can_swap(line.duty, line.is_asked)
    ]
