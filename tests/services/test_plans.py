"""Plans: what cannot be is refused by field, and who takes turns changes without losing anybody's place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from datetime import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import weekly_plan
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.rota import HolidayPolicy
from quizapp.core.sitting import Mode
from quizapp.db import plans as rows
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.db.meetings import BatchRow
from quizapp.db.meetings import MeetingRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.plans import PlanRow
from quizapp.db.plans import PlanSectionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import people
from quizapp.services import plans
from quizapp.services import rota
from quizapp.services.plans import PlanFacts

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)  # a Friday
WEEK = timedelta(days=7)


@pytest.fixture
def facts(office: Office) -> PlanFacts:
    return weekly_plan(office)


def added(office: Office, clock: Clock, facts: PlanFacts) -> str:
    with writing() as session:
        return plans.add_plan(session, office.editor.actor, facts, zone=ZONE, now=clock()).public_id


def changed(office: Office, clock: Clock, public_id: str, facts: PlanFacts) -> None:
    with writing() as session:
        plans.change_plan(session, office.editor.actor, public_id, facts, zone=ZONE, now=clock())


def hosts(session: Session, office: Office, public_id: str, weeks: int, first: date = TODAY) -> str:
    session.rollback()
    letters = {office.secretariat: "S", office.inspection: "I", office.finance: "F", None: "-"}
    found = rota.upcoming(session, rows.plan_by_public_id(session, public_id), first, weeks)
    return "".join(letters[duty.host_id] for duty in found)


def leaders(session: Session, public_id: str, weeks: int) -> list[int | None]:
    session.rollback()
    found = rota.upcoming(session, rows.plan_by_public_id(session, public_id), TODAY, weeks)
    return [duty.leader_id for duty in found]


Change = Callable[[PlanFacts, Office], PlanFacts]
REFUSED: dict[str, tuple[Change, str]] = {
    "a plan without sections": (lambda f, o: replace(f, hosts=()), "主持科室：请至少选择一个"),
    "a plan without leaders": (lambda f, o: replace(f, leaders=()), "带学领导：请至少选择一个"),
    "a section twice": (lambda f, o: replace(f, hosts=(o.finance, o.finance)), "主持科室：同一个只能排一次"),
    "no name": (lambda f, o: replace(f, name=" "), "名称：请填写计划名称"),
    "a name without end": (lambda f, o: replace(f, name="学" * 51), "名称：名称不超过 50 字"),
    "a place without end": (lambda f, o: replace(f, place="楼" * 101), "地点：地点不超过 100 字"),
    "an end before the beginning": (
        lambda f, o: replace(f, ends_on=TODAY - timedelta(days=1)),
        "结束日期：结束日期不能早于开始日期",
    ),
    "a beginning in the past": (
        lambda f, o: replace(f, starts_on=TODAY - timedelta(days=1)),
        "开始日期：开始日期不能早于今天",
    ),
    "a beginning that nobody lives to see": (
        lambda f, o: replace(f, starts_on=date(9999, 12, 31)),
        "也不能晚于一年之后",
    ),
    "a quiz that does not fit": (
        lambda f, o: replace(f, minutes=60, quiz_after_minutes=50),
        "测验时长：测验要在学习结束前完成",
    ),
    "no time at all": (lambda f, o: replace(f, minutes=0), "学习时长：请填写 10 到 600 之间的整数"),
    "a weekday that is none": (lambda f, o: replace(f, weekday=7), "学习日：请选择星期几"),
    "a paper due before its topic": (
        lambda f, o: replace(f, topic_due_days=1, paper_due_days=3),
        "组卷截止：组卷截止不能早于选题截止",
    ),
    "a section that does not take part": (
        lambda f, o: replace(f, scope_section_id=o.secretariat, hosts=(o.finance,)),
        "主持科室：财务科不在参加范围（秘书科）之内",
    ),
    "a section that is none": (lambda f, o: replace(f, hosts=(9999,)), "主持科室：有的科室已经不在名单上"),
    "a leader who is nobody": (lambda f, o: replace(f, leaders=(9999,)), "带学领导：有的领导已经不在名单上"),
    "a scope that is none": (lambda f, o: replace(f, scope_section_id=9999), "参加范围：请选择"),
}


@pytest.mark.parametrize(("change", "words"), REFUSED.values(), ids=REFUSED)
def test_a_plan_is_refused_by_field_and_nothing_is_kept(
    session: Session, office: Office, clock: Clock, facts: PlanFacts, change: Change, words: str
) -> None:
    with pytest.raises(BadInput) as refused:
        added(office, clock, change(facts, office))
    assert words in str(refused.value)
    assert session.scalars(select(PlanRow)).all() == []


def test_a_leader_who_has_left_is_named(session: Session, office: Office, clock: Clock, facts: PlanFacts) -> None:
    with writing() as write:
        write.get_one(PersonRow, office.deputy.id).active = False
    with pytest.raises(BadInput, match="带学领导：沈副主任已停用"):
        added(office, clock, facts)


def test_a_section_that_was_merged_is_named(session: Session, office: Office, clock: Clock, facts: PlanFacts) -> None:
    with writing() as write:
        write.get_one(SectionRow, office.finance).closed_at = clock()
    with pytest.raises(BadInput, match="主持科室：财务科已经合并"):
        added(office, clock, facts)


@pytest.mark.parametrize("who", ["staff", "chief", "director", "auditor"])
def test_only_editors_and_administrators_plan(
    session: Session, office: Office, clock: Clock, facts: PlanFacts, who: str
) -> None:
    person: Person = getattr(office, who)
    with pytest.raises(NotFound), writing() as write:
        plans.add_plan(write, person.actor, facts, zone=ZONE, now=clock())


def test_a_plan_over_the_year_s_end_works_and_says_which_days_are_not_sure(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, replace(facts, ends_on=date(2027, 1, 15)))
    found = rota.upcoming(session, rows.plan_by_public_id(session, public_id), TODAY, 52)
    assert len(found) == 9
    assert {duty.day.year for duty in found if duty.unknown_year} == {2027}


def test_a_plan_is_kept_with_everything_it_says(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    said = replace(facts, every_weeks=2, holidays=HolidayPolicy.MOVE, make_up_days=9, weeks_ahead=3)
    row = rows.plan_by_public_id(session, added(office, clock, said))
    assert {name: getattr(row, name) for name in (*plans.NUMBERS, *plans.TAKEN_OVER, *plans.PATTERN)} == {
        name: getattr(said, name) for name in (*plans.NUMBERS, *plans.TAKEN_OVER, *plans.PATTERN)
    }


# The order of turns


def test_a_section_left_out_takes_no_more_turns_and_the_others_keep_their_place(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, facts)
    assert hosts(session, office, public_id, 6) == "SIFSIF"
    clock.advance(days=8)
    changed(office, clock, public_id, replace(facts, hosts=(office.secretariat, office.finance)))
    assert hosts(session, office, public_id, 6) == "SIFSFS"


def test_a_new_section_comes_last_even_where_its_number_is_the_first(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, replace(facts, hosts=(office.secretariat, office.inspection)))
    clock.advance(days=1)
    changed(office, clock, public_id, replace(facts, hosts=(office.finance, office.secretariat, office.inspection)))
    assert hosts(session, office, public_id, 6) == "SISFIS"


def test_another_order_begins_the_round_anew_and_leaves_the_past(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, facts)
    clock.advance(days=8)
    order = (office.finance, office.secretariat, office.inspection)
    changed(office, clock, public_id, replace(facts, hosts=order))
    assert hosts(session, office, public_id, 7) == "SIFSIFS"
    again = (office.inspection, office.finance, office.secretariat)
    changed(office, clock, public_id, replace(facts, hosts=again))
    assert hosts(session, office, public_id, 7) == "SIIFSIF"


def test_saving_what_was_there_changes_nothing(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, facts)
    clock.advance(days=10)
    changed(office, clock, public_id, facts)
    kept = session.scalars(select(PlanSectionRow)).all()
    assert [(row.section_id, row.since, row.until) for row in kept] == [(id_, TODAY, None) for id_ in facts.hosts]


PATTERN = {
    "another weekday": {"weekday": 2},
    "another interval": {"every_weeks": 2},
    "another beginning": {"starts_on": TODAY + WEEK},
    "another policy for holidays": {"holidays": HolidayPolicy.MOVE},
}


@pytest.mark.parametrize("change", PATTERN.values(), ids=PATTERN)
def test_what_has_begun_keeps_its_days(
    session: Session, office: Office, clock: Clock, facts: PlanFacts, change: dict[str, object]
) -> None:
    public_id = added(office, clock, facts)
    with pytest.raises(BadInput, match="另建一个"):
        changed(office, clock, public_id, replace(facts, **change))  # type: ignore[arg-type]


def test_what_has_not_begun_may_become_anything_but_past(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    later = replace(facts, starts_on=TODAY + WEEK)
    public_id = added(office, clock, later)
    changed(office, clock, public_id, replace(later, weekday=2, starts_on=TODAY + timedelta(days=3)))
    assert hosts(session, office, public_id, 4) == "SIFS"
    with pytest.raises(BadInput, match="不能早于今天"):
        changed(office, clock, public_id, replace(later, starts_on=TODAY - WEEK))


def test_what_is_prepared_gets_the_new_hour(session: Session, office: Office, clock: Clock, facts: PlanFacts) -> None:
    public_id = added(office, clock, facts)
    with writing() as write:
        rota.prepare(write, office.chief.actor, public_id, TODAY, zone=ZONE, now=clock())
    changed(office, clock, public_id, replace(facts, starts_at=time(9, 0), place="二楼", quiz_minutes=30))
    row = session.scalars(select(SittingRow)).one()
    assert row.opens_at.astimezone(ZONE).time() == time(10, 0)
    assert row.closes_at - row.opens_at == timedelta(minutes=30)


def test_another_place_leaves_the_hours_that_the_host_has_made(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    batched = replace(facts, mode=Mode.BATCHED)
    public_id = added(office, clock, batched)
    with writing() as write:
        row = rota.prepare(write, office.chief.actor, public_id, TODAY, zone=ZONE, now=clock())
        second = row.opens_at + timedelta(minutes=30)
        row.closes_at = second + timedelta(minutes=20)
        row.batches = [BatchRow(starts_at=row.opens_at), BatchRow(starts_at=second)]
    changed(office, clock, public_id, replace(batched, place="二楼"))
    assert session.scalars(select(MeetingRow.place)).one() == "二楼"
    assert session.scalars(select(SittingRow.closes_at)).one() == second + timedelta(minutes=20)
    assert len(session.scalars(select(BatchRow)).all()) == 2


# Who leaves


def test_a_leader_who_leaves_the_office_leads_no_more(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, facts)
    with writing() as write:
        soon = rota.prepare(write, office.chief.actor, public_id, TODAY, zone=ZONE, now=clock())
        assert soon.leader_id == office.director.id
        rota.add_extra(
            write,
            office.editor.actor,
            public_id,
            TODAY + timedelta(days=4),
            office.finance,
            office.director.id,
            "专题",
            zone=ZONE,
            now=clock(),
        )
        rota.substitute(
            write, office.editor.actor, public_id, TODAY + WEEK, office.director.id, "出差", zone=ZONE, now=clock()
        )
    with writing() as write:
        left = people.facts_of(people.person_with_rights(write, office.admin.actor, office.director.public_id))
        people.change_person(write, office.admin.actor, office.director.id, replace(left, active=False), now=clock())
    assert leaders(session, public_id, 3) == [office.deputy.id, None, office.deputy.id, office.deputy.id]
    assert session.scalars(select(SittingRow)).one().leader_id == office.deputy.id


def test_a_merged_section_s_turns_and_preparation_go_to_the_other(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, facts)
    with writing() as write:
        rota.prepare(write, office.editor.actor, public_id, TODAY, zone=ZONE, now=clock())
        prepared = write.scalars(select(SittingRow)).one()
        prepared.host_section_id = office.inspection
        plans.section_leaves(write, office.secretariat, office.inspection, TODAY)
    assert hosts(session, office, public_id, 4) == "IFIF"
    row = session.scalars(select(SittingRow)).one()
    assert (row.host_section_id, row.opens_at.astimezone(ZONE).date()) == (office.inspection, TODAY)


# Retiring


def test_a_retired_plan_is_held_no_more_and_cannot_be_changed(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, facts)
    with writing() as write:
        plans.retire_plan(write, office.editor.actor, public_id, now=clock())
    assert rows.held_plans(session) == []
    assert rota.due(session, TODAY) == []
    with pytest.raises(BadInput, match="本计划已停用"):
        changed(office, clock, public_id, facts)


def test_every_change_of_a_plan_leaves_its_trace(
    session: Session, office: Office, clock: Clock, facts: PlanFacts
) -> None:
    public_id = added(office, clock, facts)
    changed(office, clock, public_id, facts)
    with writing() as write:
        plans.retire_plan(write, office.editor.actor, public_id, now=clock())
    verbs = session.scalars(select(AuditRow.verb).where(AuditRow.verb.startswith("plan:")).order_by(AuditRow.id))
    assert verbs.all() == ["plan:added", "plan:changed", "plan:retired"]
