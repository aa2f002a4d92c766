"""The rota: which section hosts which week, and who leads. The same plan and changes always give the same rota."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import timedelta
from enum import StrEnum

from dateutil.rrule import WEEKLY
from dateutil.rrule import rrule

from quizapp.core import holidays
from quizapp.core.holidays import Day
from quizapp.core.holidays import DayKind


class HolidayPolicy(StrEnum):
    """What becomes of a study day that falls on a public holiday."""

    SKIP = "skip"
    MOVE = "move"


class ChangeKind(StrEnum):
    """What can be done to a rota that follows from a plan."""

    SWAP = "swap"
    SUBSTITUTE = "substitute"
    SKIP = "skip"
    EXTRA = "extra"


class ChangeState(StrEnum):
    """Where a change stands: a swap waits for the other chief, everything else stands at once."""

    ASKED = "asked"
    STANDS = "stands"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """What becomes of a day of the plan."""

    HELD = "held"
    MOVED = "moved"
    EXTRA = "extra"
    HOLIDAY = "holiday"
    SKIPPED = "skipped"


#: A study takes place, and it is somebody's turn.
TURNS = frozenset({Standing.HELD, Standing.MOVED})


class Stage(StrEnum):
    """How far the host section is with preparing its sitting."""

    TOPIC = "topic"
    PAPER = "paper"
    APPROVAL = "approval"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Entry:
    """Somebody in the order (a section that hosts, a person who leads), from `since` until the day before `until`."""

    id: int
    position: int
    since: date
    until: date | None = None

    def takes_turns_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Plan:
    """What the rota needs to know of a study plan. Monday is weekday 0."""

    weekday: int
    starts_on: date
    hosts: tuple[Entry, ...]
    leaders: tuple[Entry, ...]
    every_weeks: int = 1
    ends_on: date | None = None
    holidays: HolidayPolicy = HolidayPolicy.SKIP

    def may_be_held_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, order=True)
class Turn:
    """The n-th turn, from 1, of a section or a person."""

    id: int
    number: int


@dataclass(frozen=True)
class Skip:
    """No study on a day of the plan, or no extra one."""

    day: date
    reason: str = ""


@dataclass(frozen=True)
class Substitute:
    """Somebody else leads on a day of the plan."""

    day: date
    person_id: int


@dataclass(frozen=True)
class Extra:
    """A study beyond the plan: nobody's turn."""

    day: date
    host_id: int
    #: None once whoever was to lead has left.
    leader_id: int | None
    reason: str = ""


@dataclass(frozen=True)
class Swap:
    """Two sections host each other's turn. Turns are numbered, so that a swap goes with them when days are skipped."""

    one: Turn
    other: Turn


Change = Skip | Substitute | Extra | Swap
Calendar = Callable[[date], Day]


@dataclass(frozen=True)
class Duty:
    """One day of the rota: who hosts and who leads, and whose turn it was. Where no study is held, nobody."""

    #: The plan's own day; it names the duty.
    planned_on: date
    day: date
    standing: Standing
    #: The festival, or the reason somebody gave.
    why: str = ""
    turn: Turn | None = None
    host_id: int | None = None
    leader_id: int | None = None
    #: Whose turn it was to lead.
    leader_turn_id: int | None = None
    #: The holidays of this day's year are not known yet.
    unknown_year: bool = False

    @property
    def is_held(self) -> bool:
        return self.standing in TURNS or self.standing is Standing.EXTRA

    @property
    def is_swapped(self) -> bool:
        return self.turn is not None and self.turn.id != self.host_id

    @property
    def is_substituted(self) -> bool:
        return self.leader_turn_id is not None and self.leader_turn_id != self.leader_id


def duties(plan: Plan, changes: Sequence[Change], last: date, calendar: Calendar = holidays.day) -> tuple[Duty, ...]:
    """The rota from the plan's beginning, for all its days up to `last`, in order.

    Whose turn it is: whoever's last turn lies furthest back, or who has waited longest for the first. A day without
    study is nobody's turn, so whoever it would have been comes next.
    """
    days = planned_days(plan, last)
    found = tuple(_dated(plan, changes, days, calendar))
    found = _led(_hosted(found, plan.hosts, changes), plan.leaders, changes)
    extras = _extras(changes, {*days, *(duty.day for duty in found)}, last, calendar)
    return tuple(sorted((*found, *extras), key=lambda duty: (duty.day, duty.planned_on)))


def planned_days(plan: Plan, last: date) -> list[date]:
    """The plan's own days up to `last`; one that begins on another weekday begins with the next of its own."""
    until = last if plan.ends_on is None else min(last, plan.ends_on)
    first = plan.starts_on + timedelta(days=(plan.weekday - plan.starts_on.weekday()) % 7)
    midnight = datetime.min.time()
    days = rrule(
        WEEKLY,
        dtstart=datetime.combine(first, midnight),
        interval=plan.every_weeks,
        until=datetime.combine(until, midnight),
    )
    return [moment.date() for moment in days]


# What becomes of the plan's days


def _dated(plan: Plan, changes: Sequence[Change], days: Sequence[date], calendar: Calendar) -> Iterator[Duty]:
    skipped = {change.day: change.reason for change in changes if isinstance(change, Skip)}
    taken = {change.day for change in changes if isinstance(change, Extra)}.difference(days, skipped)
    for day in days:
        known = calendar(day)
        if day in skipped:
            yield Duty(day, day, Standing.SKIPPED, skipped[day])
        elif known.kind is DayKind.HOLIDAY:
            yield _around_holiday(plan, day, known, taken, calendar)
        else:
            yield Duty(day, day, Standing.HELD, unknown_year=known.kind is DayKind.UNKNOWN)


def _around_holiday(plan: Plan, day: date, known: Day, taken: Collection[date], calendar: Calendar) -> Duty:
    """The first working day after it in its week, else the last one before it, else none; by the plan's choice."""
    if plan.holidays is HolidayPolicy.MOVE:
        monday = day - timedelta(days=day.weekday())
        week = [monday + timedelta(days=n) for n in range(7)]
        nearest = [other for other in week if other > day] + [other for other in reversed(week) if other < day]
        for other in nearest:
            if plan.may_be_held_on(other) and other not in taken and calendar(other).kind is DayKind.WORK:
                return Duty(day, other, Standing.MOVED, known.name)
    return Duty(day, day, Standing.HOLIDAY, known.name)


def _extras(changes: Sequence[Change], taken: Collection[date], last: date, calendar: Calendar) -> Iterator[Duty]:
    """The extra studies; one date holds one study, and the plan's own comes first."""
    skipped = {change.day: change.reason for change in changes if isinstance(change, Skip)}
    led = {change.day: change.person_id for change in changes if isinstance(change, Substitute)}
    extras = {change.day: change for change in changes if isinstance(change, Extra)}
    for day, extra in extras.items():
        if day > last or day in taken:
            continue
        unknown = calendar(day).kind is DayKind.UNKNOWN
        if day in skipped:
            yield Duty(day, day, Standing.SKIPPED, skipped[day], unknown_year=unknown)
        else:
            yield Duty(
                day,
                day,
                Standing.EXTRA,
                extra.reason,
                host_id=extra.host_id,
                leader_id=led.get(day, extra.leader_id),
                leader_turn_id=extra.leader_id,
                unknown_year=unknown,
            )


# Whose turn it is


class _Order:
    """Who takes turns, and when each did last."""

    def __init__(self, entries: Sequence[Entry]):
        self._entries = entries
        self._last: dict[int, date] = {}
        self._taken: Counter[int] = Counter()

    def next_on(self, day: date) -> int | None:
        """Whose turn it is on a day; None while nobody takes turns."""
        waiting = [entry for entry in self._entries if entry.takes_turns_on(day)]
        return min(waiting, key=self._rank).id if waiting else None

    def _rank(self, entry: Entry) -> tuple[date, bool, int]:
        """Who was entered anew waits anew; on one day, whoever waits for the first turn goes before whoever took it."""
        last = self._last.get(entry.id)
        has_turned = last is not None and last >= entry.since
        return (last if has_turned and last else entry.since, has_turned, entry.position)

    def takes_turns_on(self, id_: int, day: date) -> bool:
        return any(entry.id == id_ and entry.takes_turns_on(day) for entry in self._entries)

    def take(self, id_: int, day: date) -> Turn:
        self._last[id_] = day
        self._taken[id_] += 1
        return Turn(id_, self._taken[id_])


def _hosted(found: Sequence[Duty], entries: Sequence[Entry], changes: Sequence[Change]) -> tuple[Duty, ...]:
    """The same days with the sections that host them."""
    order = _Order(entries)
    host_of = _hosts_after([change for change in changes if isinstance(change, Swap)])
    hosted = []
    for duty in found:
        whose = order.next_on(duty.day) if duty.standing in TURNS else None
        if whose is not None:
            turn = order.take(whose, duty.day)
            host = host_of.get(turn, whose)
            # Who no longer takes turns cannot host for somebody else either.
            duty = replace(duty, turn=turn, host_id=host if order.takes_turns_on(host, duty.day) else whose)
        hosted.append(duty)
    return tuple(hosted)


def _hosts_after(swaps: Sequence[Swap]) -> Mapping[Turn, int]:
    """Who hosts which turn once all swaps are made, one after the other."""
    hosts: dict[Turn, int] = {}
    for swap in swaps:
        one, other = hosts.get(swap.one, swap.one.id), hosts.get(swap.other, swap.other.id)
        hosts[swap.one], hosts[swap.other] = other, one
    return hosts


def _led(found: Sequence[Duty], entries: Sequence[Entry], changes: Sequence[Change]) -> tuple[Duty, ...]:
    """The same days with the people who lead them.

    Somebody of the order who steps in gives the one they replace their own next turn; where anybody else steps in, the
    one replaced leads next time.
    """
    order = _Order(entries)
    instead = {change.day: change.person_id for change in changes if isinstance(change, Substitute)}
    #: Of each person, who leads their next turns for them.
    given: dict[int, list[int]] = {}
    led = []
    for duty in found:
        whose = order.next_on(duty.day) if duty.standing in TURNS else None
        if whose is None:
            led.append(duty)
            continue
        heirs = [heir for heir in given.get(whose, []) if order.takes_turns_on(heir, duty.day)]
        due = heirs[0] if heirs else whose
        leader = instead.get(duty.planned_on, due)
        if leader == due or order.takes_turns_on(leader, duty.day):
            order.take(whose, duty.day)
            given[whose] = heirs[1:]
            if leader != due:
                given.setdefault(leader, []).append(due)
        led.append(replace(duty, leader_id=leader, leader_turn_id=whose))
    return tuple(led)


# What people ask of a rota


def duty_on(found: Sequence[Duty], planned_on: date) -> Duty | None:
    """The duty that this day of the plan names."""
    return next((duty for duty in found if duty.planned_on == planned_on), None)


def duty_of(found: Sequence[Duty], turn: Turn) -> Duty | None:
    """When this turn is taken."""
    return next((duty for duty in found if duty.turn == turn), None)


def followed(
    before: Sequence[Duty], after: Sequence[Duty], prepared: Mapping[date, int], fixed: Collection[date]
) -> dict[date, date | None]:
    """Where what sections have prepared goes when the rota changes: days of the plan, before and after.

    It goes with the section: what it prepared for its n-th study to come stays for its n-th. Where that is gone, it
    goes to a free study of the section (`prepared` says whose it is now), or stays on its day; else it has no day any
    more. `fixed` days stay as they are.
    """
    free = {duty.planned_on: duty for duty in after if duty.is_held and duty.planned_on not in fixed}
    goes: dict[date, date | None] = {}
    for day in sorted(prepared):
        same = _same_study(before, after, day, fixed)
        if same in free:
            goes[day] = same
            del free[same]
    for day in sorted(prepared.keys() - goes.keys()):
        hosted = [other for other, duty in free.items() if duty.host_id == prepared[day] and duty.standing in TURNS]
        goes[day] = min(hosted, default=day if day in free else None)
        free.pop(goes[day] or day, None)
    return goes


def _same_study(before: Sequence[Duty], after: Sequence[Duty], day: date, fixed: Collection[date]) -> date | None:
    """The day on which the same section hosts the same of its studies; an extra one is tied to its day."""
    duty = duty_on(before, day)
    if duty is None or duty.standing is Standing.EXTRA:
        return day
    old, new = (
        [other.planned_on for other in found if other.standing in TURNS and other.host_id == duty.host_id]
        for found in (before, after)
    )
    place = [other for other in old if other not in fixed].index(day) if day in old else len(new)
    later = [other for other in new if other not in fixed]
    return later[place] if place < len(later) else None
