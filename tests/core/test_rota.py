"""Turns go round fairly, whatever is skipped, moved, swapped and led by others; the same plan gives the same rota."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.holidays import Day
from quizapp.core.holidays import DayKind
from quizapp.core.rota import Calendar
from quizapp.core.rota import Change
from quizapp.core.rota import Duty
from quizapp.core.rota import Entry
from quizapp.core.rota import Extra
from quizapp.core.rota import HolidayPolicy
from quizapp.core.rota import Plan
from quizapp.core.rota import Skip
from quizapp.core.rota import Standing
from quizapp.core.rota import Substitute
from quizapp.core.rota import Swap
from quizapp.core.rota import Turn
from quizapp.core.rota import duties
from quizapp.core.rota import duty_on
from quizapp.core.rota import followed

START = date(2026, 10, 30)  # a Friday
A, B, C = 1, 2, 3
X, Y, OUTSIDER = 11, 12, 99
WEEK = timedelta(days=7)


def entries(*ids: int, since: date = START) -> tuple[Entry, ...]:
    return tuple(Entry(id_, position, since) for position, id_ in enumerate(ids))


PLAN = Plan(weekday=4, starts_on=START, hosts=entries(A, B, C), leaders=entries(X, Y))


def friday(n: int) -> date:
    """The n-th Friday of the plan, from 0."""
    return START + n * WEEK


def rota(*changes: Change, plan: Plan = PLAN, weeks: int = 9) -> tuple[Duty, ...]:
    return duties(plan, changes, friday(weeks - 1), ordinary)


def ordinary(day: date) -> Day:
    return Day(DayKind.WORK if day.weekday() < 5 else DayKind.REST)


def hosts(found: Sequence[Duty]) -> str:
    return "".join({A: "A", B: "B", C: "C", None: "-"}[duty.host_id] for duty in found)


def leaders(found: Sequence[Duty]) -> str:
    return "".join({X: "X", Y: "Y", OUTSIDER: "o", None: "-"}[duty.leader_id] for duty in found)


# The plan's days


def test_a_plan_that_starts_on_another_weekday_begins_with_its_own_next() -> None:
    monday = replace(PLAN, starts_on=date(2026, 10, 26), every_weeks=2)
    assert [duty.day for duty in rota(plan=monday, weeks=5)] == [friday(0), friday(2), friday(4)]


def test_a_plan_ends_on_its_last_day() -> None:
    assert [duty.day for duty in rota(plan=replace(PLAN, ends_on=friday(2)))] == [friday(0), friday(1), friday(2)]


def test_a_year_that_nobody_announced_is_said_and_not_guessed() -> None:
    found = duties(PLAN, [], date(2027, 1, 8))
    assert [(duty.day, duty.unknown_year) for duty in found[-3:]] == [
        (date(2026, 12, 25), False),
        (date(2027, 1, 1), True),
        (date(2027, 1, 8), True),
    ]
    assert all(duty.standing is Standing.HELD for duty in found)


HOLIDAYS = {
    "skipped": (HolidayPolicy.SKIP, date(2026, 10, 1), Standing.HOLIDAY, date(2026, 10, 1)),
    "moved to a day before, where nothing after it is worked": (
        HolidayPolicy.MOVE,
        date(2026, 10, 1),
        Standing.MOVED,
        date(2026, 9, 30),
    ),
    "moved to the next working day of the week": (
        HolidayPolicy.MOVE,
        date(2026, 10, 7),
        Standing.MOVED,
        date(2026, 10, 8),
    ),
    "moved past the whole festival": (
        HolidayPolicy.MOVE,
        date(2026, 2, 23),
        Standing.MOVED,
        date(2026, 2, 24),
    ),
    "skipped after all, where the week has no working day": (
        HolidayPolicy.MOVE,
        date(2026, 2, 18),
        Standing.HOLIDAY,
        date(2026, 2, 18),
    ),
}


@pytest.mark.parametrize(("policy", "planned_on", "standing", "day"), HOLIDAYS.values(), ids=HOLIDAYS)
def test_a_study_on_a_public_holiday_is(policy: HolidayPolicy, planned_on: date, standing: Standing, day: date) -> None:
    start = planned_on - WEEK
    plan = Plan(planned_on.weekday(), start, entries(A, since=start), entries(X, since=start), holidays=policy)
    found = duty_on(duties(plan, [], planned_on + WEEK), planned_on)
    assert found is not None
    assert (found.standing, found.day) == (standing, day)
    assert found.why


def test_a_study_moves_to_a_saturday_that_is_worked_in_lieu() -> None:
    def calendar(day: date) -> Day:
        saturday = friday(1) + timedelta(days=1)
        return (
            Day(DayKind.HOLIDAY, "节") if day == friday(1) else Day(DayKind.WORK) if day == saturday else ordinary(day)
        )

    found = duties(replace(PLAN, holidays=HolidayPolicy.MOVE), [], friday(2), calendar)
    assert [duty.day for duty in found] == [friday(0), friday(1) + timedelta(days=1), friday(2)]


def test_a_moved_study_makes_way_for_an_extra_one() -> None:
    start = date(2026, 9, 30)
    plan = Plan(2, start, entries(A, since=start), entries(X, since=start), holidays=HolidayPolicy.MOVE)
    found = duties(plan, [Extra(date(2026, 10, 8), B, Y, "专题")], date(2026, 10, 14))
    assert [(duty.planned_on, duty.day) for duty in found] == [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 8), date(2026, 10, 8)),
        (date(2026, 10, 7), date(2026, 10, 9)),
        (date(2026, 10, 14), date(2026, 10, 14)),
    ]


def test_a_study_never_moves_beyond_the_plan_s_end() -> None:
    start = date(2026, 9, 30)
    plan = Plan(2, start, entries(A), entries(X), ends_on=date(2026, 10, 7), holidays=HolidayPolicy.MOVE)
    assert duties(plan, [], date(2026, 10, 14))[-1].standing is Standing.HOLIDAY


# Turns


def test_sections_host_and_leaders_lead_in_turn() -> None:
    found = rota()
    assert (hosts(found), leaders(found)) == ("ABCABCABC", "XYXYXYXYX")


def test_the_one_skipped_comes_next() -> None:
    found = rota(Skip(friday(1), "防汛"))
    assert (hosts(found), leaders(found)) == ("A-BCABCAB", "X-YXYXYXY")
    assert (found[1].standing, found[1].why) == (Standing.SKIPPED, "防汛")


def test_who_leaves_takes_no_more_turns_and_who_joins_comes_last() -> None:
    leaving = replace(PLAN.hosts[1], until=friday(3))
    joining = Entry(C, 9, friday(2))
    found = rota(plan=replace(PLAN, hosts=(PLAN.hosts[0], leaving, joining)))
    assert hosts(found) == "ABACACACA"


def test_a_round_that_begins_anew_goes_by_its_own_order() -> None:
    ended = tuple(replace(entry, until=friday(4)) for entry in PLAN.hosts)
    found = rota(plan=replace(PLAN, hosts=(*ended, *entries(C, B, A, since=friday(4)))))
    assert hosts(found) == "ABCACBACB"


def test_a_plan_that_everybody_left_has_studies_and_no_host() -> None:
    found = rota(plan=replace(PLAN, hosts=tuple(replace(entry, until=friday(1)) for entry in PLAN.hosts)), weeks=3)
    assert hosts(found) == "A--"
    assert all(duty.is_held for duty in found)


# Swaps


def test_a_swap_exchanges_two_hosts_and_leaves_later_rounds_alone() -> None:
    found = rota(Swap(Turn(A, 2), Turn(C, 2)))
    assert hosts(found) == "ABCCBAABC"
    assert [duty.is_swapped for duty in found] == [False] * 3 + [True, False, True] + [False] * 3


def test_a_swap_stays_with_its_turns_when_a_day_is_skipped() -> None:
    assert hosts(rota(Swap(Turn(A, 2), Turn(C, 2)), Skip(friday(1)))) == "A-BCCBAAB"


def test_a_swap_with_a_section_that_left_comes_to_nothing() -> None:
    leaving = replace(PLAN.hosts[2], until=friday(4))
    assert hosts(rota(Swap(Turn(A, 2), Turn(C, 2)), plan=replace(PLAN, hosts=(*PLAN.hosts[:2], leaving)))) == (
        "ABCCBABAB"
    )
    gone = replace(PLAN.hosts[2], until=friday(3))
    assert hosts(rota(Swap(Turn(A, 2), Turn(C, 2)), plan=replace(PLAN, hosts=(*PLAN.hosts[:2], gone)))) == "ABCABABAB"


# Leaders


def test_a_leader_of_the_order_who_steps_in_exchanges_turns() -> None:
    plan = replace(PLAN, leaders=entries(X, Y, OUTSIDER))
    assert leaders(rota(Substitute(friday(0), OUTSIDER), plan=plan)) == "oYXXYoXYo"


def test_where_somebody_else_steps_in_the_one_replaced_leads_next_time() -> None:
    found = rota(Substitute(friday(1), OUTSIDER))
    assert leaders(found) == "XoYXYXYXY"
    assert [duty.is_substituted for duty in found] == [False, True] + [False] * 7


def test_the_last_word_on_a_day_counts() -> None:
    assert leaders(rota(Substitute(friday(1), OUTSIDER), Substitute(friday(1), Y))) == "XYXYXYXYX"


# Extra studies


def test_an_extra_study_is_nobody_s_turn() -> None:
    tuesday = friday(1) + timedelta(days=4)
    found = rota(Extra(tuesday, C, OUTSIDER, "专题"))
    assert hosts(found) == "ABCCABCABC"
    assert (found[2].day, found[2].standing, found[2].turn, found[2].leader_id) == (
        tuesday,
        Standing.EXTRA,
        None,
        OUTSIDER,
    )


def test_an_extra_study_can_be_led_by_another_and_called_off() -> None:
    tuesday = friday(1) + timedelta(days=4)
    extra = Extra(tuesday, C, OUTSIDER)
    assert duty_on(rota(extra, Substitute(tuesday, Y)), tuesday) == Duty(
        tuesday, tuesday, Standing.EXTRA, host_id=C, leader_id=Y, leader_turn_id=OUTSIDER
    )
    assert duty_on(rota(extra, Skip(tuesday, "改为自学")), tuesday) == Duty(
        tuesday, tuesday, Standing.SKIPPED, "改为自学"
    )


def test_one_date_holds_one_study() -> None:
    assert rota(Extra(friday(2), C, OUTSIDER)) == rota()


# What holds whatever happens

WEEKS = 40
DAYS = st.integers(0, WEEKS - 1).map(friday)
ORDERS = st.integers(1, 6).map(lambda n: entries(*range(1, n + 1)))


@st.composite
def histories(draw: st.DrawFn) -> tuple[Plan, list[Change], frozenset[date]]:
    """A plan nobody joins or leaves, what was changed, and which of its Fridays are holidays."""
    policy = draw(st.sampled_from(HolidayPolicy))
    plan = replace(PLAN, hosts=draw(ORDERS), leaders=draw(ORDERS), holidays=policy)
    numbers = st.integers(1, 5)
    turns = st.builds(Turn, st.sampled_from([entry.id for entry in plan.hosts]), numbers)
    swaps = draw(st.lists(st.builds(Swap, turns, turns), max_size=4))
    skips = draw(st.lists(st.builds(Skip, DAYS), max_size=8))
    extras = draw(st.lists(st.builds(Extra, DAYS.map(lambda day: day + timedelta(days=3)), st.just(1), st.just(1))))
    off = draw(st.frozensets(DAYS, max_size=8))
    return plan, [*swaps, *skips, *extras], off


def calendar_without(off: frozenset[date]) -> Calendar:
    return lambda day: Day(DayKind.HOLIDAY, "节") if day in off else ordinary(day)


def shares(ids: Sequence[int | None], entries_: Sequence[Entry]) -> int:
    """By how much the one with most turns is ahead of the one with fewest."""
    counted = Counter(ids)
    numbers = [counted[entry.id] for entry in entries_]
    return max(numbers) - min(numbers)


@given(histories())
def test_turns_never_differ_by_more_than_one(history: tuple[Plan, list[Change], frozenset[date]]) -> None:
    plan, changes, off = history
    found = duties(plan, changes, friday(WEEKS - 1), calendar_without(off))
    turns = [duty.turn.id for duty in found if duty.turn]
    for end in range(len(turns) + 1):
        assert shares(turns[:end], plan.hosts) <= 1


@given(histories())
def test_once_all_swapped_turns_are_over_everybody_hosted_as_often_as_it_was_their_turn(
    history: tuple[Plan, list[Change], frozenset[date]],
) -> None:
    plan, changes, off = history
    found = duties(plan, changes, friday(WEEKS + 20), calendar_without(off))
    held = [duty for duty in found if duty.turn]
    swapped = {turn for change in changes if isinstance(change, Swap) for turn in (change.one, change.other)}
    assert swapped <= {duty.turn for duty in held}
    assert Counter(duty.host_id for duty in held) == Counter(duty.turn.id for duty in held if duty.turn)
    assert shares([duty.host_id for duty in held], plan.hosts) <= 1


@given(histories())
def test_skips_and_holidays_shift_the_order_and_lose_nobody(
    history: tuple[Plan, list[Change], frozenset[date]],
) -> None:
    plan, changes, off = history
    swaps = [change for change in changes if isinstance(change, Swap)]
    shifted = duties(plan, changes, friday(WEEKS - 1), calendar_without(off))
    plain = duties(plan, swaps, friday(WEEKS - 1), ordinary)
    kept = [(duty.turn, duty.host_id) for duty in shifted if duty.turn]
    assert kept == [(duty.turn, duty.host_id) for duty in plain][: len(kept)]


@given(histories(), st.lists(st.builds(Substitute, DAYS, st.integers(1, 8)), max_size=8))
def test_leaders_of_the_order_lead_their_share(
    history: tuple[Plan, list[Change], frozenset[date]], instead: list[Substitute]
) -> None:
    plan, changes, off = history
    known = {entry.id for entry in plan.leaders}
    within = [change for change in instead if change.person_id in known]
    found = duties(plan, [*changes, *within], friday(WEEKS - 1), calendar_without(off))
    assert shares([duty.leader_turn_id for duty in found if duty.turn], plan.leaders) <= 1


@given(histories(), st.integers(1, WEEKS - 1))
def test_the_same_plan_gives_the_same_rota_however_far_one_looks(
    history: tuple[Plan, list[Change], frozenset[date]], weeks: int
) -> None:
    plan, changes, off = history
    near, far = (duties(plan, changes, friday(n), calendar_without(off)) for n in (weeks, WEEKS))
    assert near == tuple(duty for duty in far if duty.planned_on <= friday(weeks))


@given(histories())
def test_no_date_holds_two_studies(history: tuple[Plan, list[Change], frozenset[date]]) -> None:
    plan, changes, off = history
    found = duties(plan, changes, friday(WEEKS - 1), calendar_without(off))
    days = [duty.day for duty in found if duty.is_held]
    assert len(set(days)) == len(days)
    assert days == sorted(days)


# What is prepared goes with its section


def test_what_is_prepared_shifts_with_the_turn() -> None:
    prepared = {friday(0): A, friday(1): B}
    assert followed(rota(), rota(Skip(friday(0))), prepared, ()) == {friday(0): friday(1), friday(1): friday(2)}


def test_what_is_prepared_goes_along_when_turns_are_swapped() -> None:
    goes = followed(rota(), rota(Swap(Turn(A, 1), Turn(C, 1))), {friday(0): A, friday(2): C}, ())
    assert goes == {friday(0): friday(2), friday(2): friday(0)}


def test_what_was_prepared_for_an_extra_study_called_off_serves_the_section_s_next() -> None:
    tuesday = friday(1) + timedelta(days=4)
    before, after = rota(Extra(tuesday, C, X)), rota(Extra(tuesday, C, X), Skip(tuesday))
    assert followed(before, after, {tuesday: C, friday(1): B}, ()) == {tuesday: friday(2), friday(1): friday(1)}


def test_what_is_fixed_makes_no_way() -> None:
    assert followed(rota(), rota(Skip(friday(0))), {friday(0): A}, {friday(1)}) == {friday(0): friday(4)}


@given(histories(), st.sets(DAYS, max_size=10), st.sets(DAYS, max_size=3))
def test_no_two_things_prepared_get_the_same_day(
    history: tuple[Plan, list[Change], frozenset[date]], prepared: set[date], fixed: set[date]
) -> None:
    plan, changes, off = history
    before = duties(plan, [], friday(WEEKS - 1), ordinary)
    after = duties(plan, changes, friday(WEEKS - 1), calendar_without(off))
    by_day = {duty.planned_on: duty for duty in before}
    whose = {day: by_day[day].host_id or 0 for day in prepared - fixed}
    goes = followed(before, after, whose, fixed)
    assert goes.keys() == whose.keys()
    days = [day for day in goes.values() if day is not None]
    assert len(set(days)) == len(days)
    assert not fixed.intersection(days)
    assert all(duty is not None and duty.is_held for duty in (duty_on(after, day) for day in days))
