"""The rota in use: preparing, swapping with consent, substitutes, skips, extras; what is published stays."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import SPEC
from factories import approved_set
from factories import weekly_plan
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.rota import ChangeState
from quizapp.core.rota import HolidayPolicy
from quizapp.core.rota import Stage
from quizapp.core.sitting import Mode
from quizapp.db import people as people_rows
from quizapp.db import plans as rows
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.plans import PlanRow
from quizapp.db.plans import RotaChangeRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.services import people
from quizapp.services import plans
from quizapp.services import rota
from quizapp.services import rota_pages
from quizapp.services import sittings
from quizapp.services.plans import PlanFacts

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)  # a Friday
WEEK = timedelta(days=7)
REASON = "全科下乡"


def friday(n: int) -> date:
    """The n-th Friday of the plan, from 0, which is today."""
    return TODAY + n * WEEK


@dataclass
class Desk:
    """One plan, and what people do with its rota."""

    session: Session
    office: Office
    clock: Clock
    plan: str

    def skip(self, n: int, by: Person | None = None, reason: str = REASON) -> None:
        self.do(rota.skip, by or self.office.editor, friday(n), reason)

    def substitute(self, n: int, person: Person, by: Person | None = None) -> None:
        self.do(rota.substitute, by or self.office.editor, friday(n), person.id, REASON)

    def add_extra(self, day: date, section: int, person: Person, by: Person | None = None) -> None:
        self.do(rota.add_extra, by or self.office.editor, day, section, person.id, REASON)

    def swap(self, one: int, other: int, by: Person | None = None) -> str:
        self.do(rota.ask_swap, by or self.office.chief, friday(one), friday(other), REASON)
        return self.newest()

    def do(self, verb: Callable[..., object], by: Person, *args: object) -> None:
        with writing() as write:
            verb(write, by.actor, self.plan, *args, zone=ZONE, now=self.clock())

    def decide(self, change: str, agrees: bool, by: Person) -> None:
        with writing() as write:
            rota.decide_swap(write, by.actor, change, agrees, zone=ZONE, now=self.clock())

    def withdraw(self, change: str, by: Person | None = None) -> None:
        with writing() as write:
            rota.withdraw(write, (by or self.office.editor).actor, change, zone=ZONE, now=self.clock())

    def newest(self) -> str:
        self.session.rollback()
        return self.session.scalars(select(RotaChangeRow.public_id).order_by(RotaChangeRow.id.desc())).first() or ""

    def prepare(self, n: int, by: Person | None = None) -> int:
        return self.prepare_on(friday(n), by)

    def prepare_on(self, day: date, by: Person | None = None) -> int:
        with writing() as write:
            who = (by or self.office.editor).actor
            return rota.prepare(write, who, self.plan, day, zone=ZONE, now=self.clock()).id

    def publish(self, n: int) -> int:
        return self.publish_on(friday(n))

    def publish_on(self, day: date) -> int:
        """Prepare, compose and approve the study of a day."""
        id_, office = self.prepare_on(day), self.office
        with writing() as write:
            known = approved_set(
                write, office.editor.actor, office.second_editor.actor, each=2, slug=f"ti{day:%m%d}", now=self.clock()
            )
            write.add(SittingSetRow(sitting_id=id_, set_id=known.id))
        with writing() as write:
            row = write.get_one(SittingRow, id_)
            sittings.draw(write, office.editor.actor, row.public_id, SPEC, Random(1), now=self.clock())
            leader = people_rows.actor(write, row.leader_id)
            sittings.publish(write, leader, row.public_id, now=self.clock())
        return id_

    def hosts(self, weeks: int = 6) -> str:
        self.session.rollback()
        o = self.office
        letters = {o.secretariat: "S", o.inspection: "I", o.finance: "F", None: "-"}
        return "".join(letters[duty.host_id] for duty in rota.upcoming(self.session, self.row(), TODAY, weeks))

    def leaders(self, weeks: int = 6) -> list[int | None]:
        self.session.rollback()
        return [duty.leader_id for duty in rota.upcoming(self.session, self.row(), TODAY, weeks)]

    def row(self) -> PlanRow:
        return rows.plan_by_public_id(self.session, self.plan)

    def day_of(self, sitting_id: int) -> tuple[date, int, int]:
        """On which day a sitting stands, in the office's zone, who hosts it and who leads."""
        self.session.rollback()
        row = self.session.get_one(SittingRow, sitting_id)
        return row.opens_at.astimezone(ZONE).date(), row.host_section_id, row.leader_id


@pytest.fixture
def desk(session: Session, office: Office, clock: Clock) -> Desk:
    """A plan whose first study is this afternoon: 秘书科, 督查室, 财务科 host in turn; director and deputy lead."""
    clock.advance(hours=-4)
    return desk_with(session, office, clock, weekly_plan(office))


def desk_with(session: Session, office: Office, clock: Clock, facts: PlanFacts) -> Desk:
    with writing() as write:
        plan = plans.add_plan(write, office.editor.actor, facts, zone=ZONE, now=clock()).public_id
    return Desk(session, office, clock, plan)


# Preparing


def test_a_duty_becomes_a_sitting_with_the_plan_s_times(desk: Desk, session: Session, office: Office) -> None:
    row = session.get_one(SittingRow, desk.prepare(1, by=office.deputy))
    assert row.topic == "2026年第48周集中学习"
    assert (row.host_section_id, row.leader_id, row.mode) == (office.inspection, office.deputy.id, Mode.TOGETHER)
    assert row.opens_at.astimezone(ZONE) == datetime(2026, 11, 27, 15, 30, tzinfo=ZONE)
    assert row.closes_at - row.opens_at == timedelta(minutes=row.duration_minutes)
    found = rota.stages(session, desk.row(), rota.upcoming(session, desk.row(), TODAY, 2), TODAY)
    meeting = found[friday(1)].sitting.meeting  # type: ignore[union-attr]
    assert (meeting.place, meeting.scope_section_id) == ("三楼会议室", None)
    assert meeting.begins_at.astimezone(ZONE) == datetime(2026, 11, 27, 14, 30, tzinfo=ZONE)  # type: ignore[union-attr]


def test_preparing_twice_is_the_same_as_once(desk: Desk, session: Session) -> None:
    assert desk.prepare(0) == desk.prepare(0)
    assert len(session.scalars(select(SittingRow)).all()) == 1


CANNOT = {
    "too early": (lambda d: d.prepare(9), "起才能准备"),
    "a day that is over": (lambda d: (d.clock.advance(days=2), d.prepare(0)), "这一天已过"),
    "a day without study": (lambda d: (d.skip(1), d.prepare(1)), "这一天不安排学习"),
    "no day of the plan": (
        lambda d: d.do(rota.prepare, d.office.editor, TODAY + timedelta(days=1)),
        "这一天不在轮值表上",
    ),
}


@pytest.mark.parametrize(("try_it", "words"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_be_prepared_says_why(desk: Desk, try_it: Callable[[Desk], object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        try_it(desk)


@pytest.mark.parametrize("who", ["staff", "finance_chief", "admin"])
def test_only_the_host_s_overseers_and_editors_prepare(desk: Desk, office: Office, who: str) -> None:
    with pytest.raises(NotFound):
        desk.prepare(0, by=getattr(office, who))


# What is due


def test_what_is_due_follows_from_how_far_the_host_is(desk: Desk, session: Session, office: Office) -> None:
    def stage_of(n: int, today: date = TODAY) -> tuple[Stage, date, bool] | None:
        session.rollback()
        found = [due for due in rota.due(session, today) if due.duty.planned_on == friday(n)]
        return (found[0].stage, found[0].due_on, found[0].late) if found else None

    topic_due = date(2026, 11, 20)  # five days before the 27th is a Sunday
    assert stage_of(1) == (Stage.TOPIC, topic_due, False)
    assert stage_of(1, date(2026, 11, 21)) == (Stage.TOPIC, topic_due, True)
    id_ = desk.prepare(1)
    assert stage_of(1) == (Stage.TOPIC, topic_due, False)
    with writing() as write:
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=desk.clock())
        write.add(SittingSetRow(sitting_id=id_, set_id=known.id))
    assert stage_of(1) == (Stage.PAPER, date(2026, 11, 25), False)
    with writing() as write:
        public_id = write.get_one(SittingRow, id_).public_id
        sittings.draw(write, office.editor.actor, public_id, SPEC, Random(1), now=desk.clock())
    assert stage_of(1) == (Stage.PAPER, date(2026, 11, 25), False)
    with writing() as write:
        sittings.submit(write, office.editor.actor, public_id, now=desk.clock())
    assert stage_of(1, date(2026, 11, 26)) == (Stage.APPROVAL, date(2026, 11, 25), True)
    with writing() as write:
        sittings.publish(write, office.deputy.actor, public_id, now=desk.clock())
    assert stage_of(1) is None


def test_nothing_is_due_that_cannot_be_prepared_yet(desk: Desk, session: Session) -> None:
    assert [due.duty.planned_on for due in rota.due(session, TODAY)] == [friday(n) for n in range(4)]


def test_the_first_page_tells_each_what_concerns_them(desk: Desk, session: Session, office: Office) -> None:
    def told(person: Person, today: date = TODAY) -> list[tuple[date, bool]]:
        found = rota.own_duties(session, person.actor, today=today)
        return [(own.due.duty.planned_on, own.is_own_section) for own in found]

    assert told(office.staff) == []
    assert told(office.chief) == [(friday(0), True), (friday(3), True)]
    assert told(office.finance_chief) == [(friday(2), True)]
    # The topic of today's study was due on Sunday: late for whoever oversees them all, or leads.
    assert told(office.director) == [(friday(0), False)]
    assert (friday(1), False) in told(office.deputy)


def test_whoever_was_given_what_is_prepared_has_to_finish_it(desk: Desk, session: Session, office: Office) -> None:
    id_ = desk.prepare(1)
    with writing() as write:
        write.get_one(SittingRow, id_).host_section_id = office.finance
    theirs, others = (
        [own.due.duty.planned_on for own in rota.own_duties(session, person.actor, today=TODAY) if own.may_prepare]
        for person in (office.finance_chief, office.deputy)
    )
    assert friday(1) in theirs
    assert friday(1) not in others
    lines = rota_pages.rotas(session, office.finance_chief.actor, today=TODAY)[0].lines
    assert lines[1].may_prepare


# Skipping


def test_whose_day_is_skipped_comes_next_and_takes_the_preparation_along(desk: Desk, office: Office) -> None:
    prepared = desk.prepare(1)
    desk.skip(1)
    assert desk.hosts() == "S-IFSI"
    assert desk.day_of(prepared) == (friday(2), office.inspection, office.deputy.id)


def test_what_several_sections_prepared_shifts_together(desk: Desk, office: Office) -> None:
    prepared = [desk.prepare(n) for n in (0, 1, 2)]
    desk.skip(0)
    assert [desk.day_of(id_)[:2] for id_ in prepared] == [
        (friday(1), office.secretariat),
        (friday(2), office.inspection),
        (friday(3), office.finance),
    ]


def test_a_skip_that_is_taken_back_leaves_everything_as_it_was(desk: Desk, office: Office) -> None:
    prepared, before = desk.prepare(1), desk.hosts()
    desk.skip(1)
    desk.withdraw(desk.newest())
    assert (desk.hosts(), desk.day_of(prepared)[0]) == (before, friday(1))


REFUSED = {
    "a day that is over": (lambda d: (d.clock.advance(days=1), d.skip(0)), "这一天已过"),
    "a day that is skipped already": (lambda d: (d.skip(1), d.skip(1)), "这一天不安排学习"),
    "no reason": (lambda d: d.skip(1, reason="  "), "原因：请写明原因"),
    "a reason without end": (lambda d: d.skip(1, reason="因" * 201), "原因不超过 200 字"),
    "a study that is published": (lambda d: (d.publish(1), d.skip(1)), "11月27日.*已发布"),
    "a study before one that is published": (lambda d: (d.publish(1), d.skip(0)), "11月27日.*已发布"),
    "a swap of one that is published": (lambda d: (d.publish(0), d.swap(0, 1)), "已发布"),
    "a swap with one that is published": (lambda d: (d.publish(1), d.swap(0, 1)), "已发布"),
    "a swap with oneself": (lambda d: d.swap(0, 3), "由同一科室主持"),
    "a swap of what was swapped": (
        lambda d: (d.swap(0, 1, by=d.office.deputy), d.swap(1, 2, by=d.office.deputy)),
        "已经对调过",
    ),
    "a swap while another is asked": (lambda d: (d.swap(0, 2), d.swap(0, 1)), "在等对方答复"),
    "the leader instead of themselves": (lambda d: d.substitute(0, d.office.director), "本来就由这位领导"),
    "an extra study on a day of the plan": (
        lambda d: d.add_extra(friday(2), d.office.finance, d.office.deputy),
        "已在轮值表上",
    ),
    "an extra study in the past": (
        lambda d: d.add_extra(TODAY - timedelta(days=1), d.office.finance, d.office.deputy),
        "今天起半年之内",
    ),
    "an extra study hosted by nobody": (
        lambda d: d.add_extra(TODAY + timedelta(days=4), 9999, d.office.deputy),
        "主持科室",
    ),
}


@pytest.mark.parametrize(("try_it", "words"), REFUSED.values(), ids=REFUSED)
def test_a_change_that_cannot_be_is_refused_in_a_sentence(
    desk: Desk, try_it: Callable[[Desk], object], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        try_it(desk)


def test_what_is_refused_changes_nothing(desk: Desk) -> None:
    published, before = desk.publish(1), desk.hosts()
    kept = desk.day_of(published)
    with pytest.raises(BadInput):
        desk.skip(0)
    assert (desk.hosts(), desk.day_of(published)) == (before, kept)


# Swapping


def test_a_swap_waits_for_the_other_chief(desk: Desk, office: Office) -> None:
    mine, theirs = desk.prepare(0), desk.prepare(2)
    change = desk.swap(0, 2)
    assert desk.hosts() == "SIFSIF"
    desk.decide(change, True, office.finance_chief)
    assert desk.hosts() == "FISSIF"
    assert desk.day_of(mine) == (friday(2), office.secretariat, office.director.id)
    assert desk.day_of(theirs) == (friday(0), office.finance, office.director.id)


def test_a_swap_that_is_declined_changes_nothing(desk: Desk, session: Session, office: Office) -> None:
    change = desk.swap(0, 2)
    desk.decide(change, False, office.finance_chief)
    assert desk.hosts() == "SIFSIF"
    assert rows.change_by_public_id(session, change).state is ChangeState.DECLINED
    with pytest.raises(BadInput, match="不用再答复"):
        desk.decide(change, True, office.finance_chief)


@pytest.mark.parametrize("who", ["chief", "editor", "deputy", "staff"])
def test_nobody_speaks_for_the_other_section(desk: Desk, office: Office, who: str) -> None:
    change = desk.swap(0, 2)
    with pytest.raises(NotFound):
        desk.decide(change, True, getattr(office, who))


@pytest.mark.parametrize("who", ["finance_chief", "staff", "admin"])
def test_only_the_host_offers_its_turn(desk: Desk, office: Office, who: str) -> None:
    with pytest.raises(NotFound):
        desk.swap(0, 2, by=getattr(office, who))


def test_who_oversees_both_needs_nobody_s_word(desk: Desk, office: Office) -> None:
    desk.swap(0, 1, by=office.deputy)
    assert desk.hosts() == "ISFSIF"


def test_a_swap_answered_too_late_is_refused(desk: Desk, office: Office) -> None:
    change = desk.swap(0, 2)
    desk.clock.advance(days=1)
    with pytest.raises(BadInput, match="已经过去"):
        desk.decide(change, True, office.finance_chief)


def test_a_swap_asked_before_a_publication_is_refused_after_it(desk: Desk, office: Office) -> None:
    change = desk.swap(0, 2)
    desk.publish(2)
    with pytest.raises(BadInput, match="已发布"):
        desk.decide(change, True, office.finance_chief)


def test_who_asked_can_take_it_back(desk: Desk, office: Office) -> None:
    change = desk.swap(0, 2)
    with pytest.raises(NotFound):
        desk.withdraw(change, by=office.finance_chief)
    desk.withdraw(change, by=office.chief)
    with pytest.raises(BadInput, match="不用再撤回"):
        desk.withdraw(change, by=office.chief)


# Leaders


def test_a_substitute_leads_the_published_study_too(desk: Desk, office: Office) -> None:
    published = desk.publish(1)
    desk.substitute(1, office.chief)
    assert desk.day_of(published) == (friday(1), office.inspection, office.chief.id)
    # The one replaced leads next time.
    assert desk.leaders(4) == [office.director.id, office.chief.id, office.deputy.id, office.director.id]


def test_two_leaders_of_the_order_exchange_their_turns(desk: Desk, office: Office) -> None:
    later = desk.prepare(1)
    desk.substitute(0, office.deputy)
    assert desk.leaders(3) == [office.deputy.id, office.director.id, office.director.id]
    assert desk.day_of(later)[2] == office.director.id


def test_who_has_left_cannot_step_in(desk: Desk, office: Office) -> None:
    with writing() as write:
        write.get_one(PersonRow, office.chief.id).active = False
    with pytest.raises(BadInput, match="请选择在用的带学领导"):
        desk.substitute(0, office.chief)


@pytest.mark.parametrize("who", ["chief", "finance_chief", "staff"])
def test_the_plan_is_not_one_section_s_to_change(desk: Desk, office: Office, who: str) -> None:
    person: Person = getattr(office, who)
    for attempt in (
        lambda: desk.skip(1, by=person),
        lambda: desk.substitute(1, office.chief, by=person),
        lambda: desk.add_extra(TODAY + timedelta(days=4), office.finance, office.deputy, by=person),
    ):
        with pytest.raises(NotFound):
            attempt()


# Extra studies


def test_an_extra_study_takes_nobody_s_turn_and_can_be_prepared(desk: Desk, session: Session, office: Office) -> None:
    tuesday = TODAY + timedelta(days=4)
    desk.add_extra(tuesday, office.finance, office.deputy, by=office.director)
    assert desk.hosts() == "SFIFSIF"
    desk.do(rota.prepare, office.finance_chief, tuesday)
    row = session.scalars(select(SittingRow)).one()
    assert (row.host_section_id, row.leader_id) == (office.finance, office.deputy.id)


def test_an_extra_study_taken_back_leaves_a_sitting_of_its_own(desk: Desk, session: Session, office: Office) -> None:
    tuesday = TODAY + timedelta(days=4)
    desk.add_extra(tuesday, office.finance, office.deputy)
    change = desk.newest()
    prepared = desk.prepare(2)
    desk.do(rota.prepare, office.finance_chief, tuesday)
    desk.withdraw(change)
    assert desk.hosts() == "SIFSIF"
    assert desk.day_of(prepared)[0] == friday(2)
    assert len(session.scalars(select(SittingRow)).all()) == 2


def test_a_merged_section_s_extra_study_goes_along_though_a_later_study_is_published(
    desk: Desk, office: Office
) -> None:
    tuesday = TODAY + timedelta(days=4)
    desk.add_extra(tuesday, office.finance, office.deputy)
    desk.publish(1)
    with writing() as write:
        plans.section_leaves(write, office.finance, office.secretariat, TODAY)
    assert desk.hosts() == "SSISISI"


# A study that moved


#: The plan's own day, in the National Day holidays, and the first working day after them.
PLANNED, MOVED_TO = date(2026, 10, 5), date(2026, 10, 8)


@pytest.fixture
def moved(session: Session, office: Office, clock: Clock) -> Desk:
    """A plan of Mondays: 秘书科 hosts and the director leads today, 督查室 and the deputy the one that moves."""
    clock.moment = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
    return desk_with(session, office, clock, mondays(office))


def mondays(office: Office) -> PlanFacts:
    return weekly_plan(office, date(2026, 9, 28), weekday=0, holidays=HolidayPolicy.MOVE)


def leaves(desk: Desk, person: Person) -> None:
    with writing() as write:
        facts = people.facts_of(people.person_with_rights(write, desk.office.admin.actor, person.public_id))
        gone = replace(facts, active=False)
        people.change_person(write, desk.office.admin.actor, person.id, gone, now=desk.clock())


def test_a_published_study_that_moved_keeps_its_host_when_that_takes_no_more_turns(moved: Desk, office: Office) -> None:
    published = moved.publish_on(PLANNED)
    facts = replace(mondays(office), hosts=(office.secretariat, office.finance))
    with writing() as write:
        plans.change_plan(write, office.editor.actor, moved.plan, facts, zone=ZONE, now=moved.clock())
    assert moved.day_of(published) == (MOVED_TO, office.inspection, office.deputy.id)


def test_whoever_leaves_after_a_study_that_moved_began_has_led_it(moved: Desk, office: Office) -> None:
    published = moved.publish_on(PLANNED)
    moved.clock.moment = datetime(2026, 10, 8, 16, 0, tzinfo=ZONE)
    leaves(moved, office.deputy)
    assert moved.day_of(published) == (MOVED_TO, office.inspection, office.deputy.id)


def test_whoever_leaves_before_a_study_that_moved_does_not_step_in_for_it(moved: Desk, office: Office) -> None:
    prepared = moved.prepare_on(PLANNED)
    moved.do(rota.substitute, office.editor, PLANNED, office.chief.id, REASON)
    assert moved.day_of(prepared) == (MOVED_TO, office.inspection, office.chief.id)
    moved.clock.moment = datetime(2026, 10, 7, 9, 0, tzinfo=ZONE)
    leaves(moved, office.chief)
    assert moved.day_of(prepared) == (MOVED_TO, office.inspection, office.deputy.id)


def test_whoever_steps_in_for_a_study_that_moved_can_be_taken_back_until_it_is_held(
    moved: Desk, session: Session, office: Office
) -> None:
    prepared = moved.prepare_on(PLANNED)
    moved.do(rota.substitute, office.editor, PLANNED, office.chief.id, REASON)
    moved.clock.moment = datetime(2026, 10, 7, 9, 0, tzinfo=ZONE)
    told = rota_pages.rotas(session, office.editor.actor, today=date(2026, 10, 7))[0].changes[0]
    assert (told.day, told.may_withdraw) == (MOVED_TO, True)
    moved.withdraw(moved.newest())
    assert moved.day_of(prepared) == (MOVED_TO, office.inspection, office.deputy.id)


# The page


def test_how_far_a_section_is_concerns_only_some(desk: Desk, session: Session, office: Office) -> None:
    def seen(person: Person) -> list[bool]:
        lines = rota_pages.rotas(session, person.actor, today=TODAY)[0].lines[:3]
        return [line.due is not None for line in lines]

    assert seen(office.staff) == [False, False, False]
    assert seen(office.chief) == [True, False, False]
    assert seen(office.deputy) == [True, True, False]
    assert seen(office.director) == [True, True, True]
    assert seen(office.editor) == [True, True, True]


def test_the_page_offers_only_what_would_be_allowed(desk: Desk, session: Session, office: Office) -> None:
    def offered(person: Person, n: int) -> tuple[bool, bool, bool, bool]:
        line = rota_pages.rotas(session, person.actor, today=TODAY)[0].lines[n]
        return line.may_prepare, line.may_swap, line.may_substitute, line.may_skip

    desk.publish(1)
    assert offered(office.staff, 0) == (False, False, False, False)
    assert offered(office.chief, 0) == (True, True, False, False)
    assert offered(office.chief, 1) == (False, False, False, False)
    assert offered(office.director, 0) == (True, True, True, True)
    assert offered(office.director, 1) == (False, False, True, False)


def test_the_page_says_what_was_changed_by_whom_and_why(desk: Desk, session: Session, office: Office) -> None:
    change = desk.swap(0, 2)
    desk.decide(change, True, office.finance_chief)
    told = rota_pages.rotas(session, office.staff.actor, today=TODAY)[0].changes[0]
    assert (told.author_name, told.decided_by_name, told.change.reason) == ("顾科长", "钱科长", REASON)
    assert (told.section_name, told.other_section_name) == ("秘书科", "财务科")
    assert not told.may_withdraw


def test_a_swap_that_nobody_answered_in_time_is_taken_back_and_frees_its_turns(
    desk: Desk, session: Session, office: Office
) -> None:
    change = desk.swap(0, 2)
    desk.clock.advance(days=1)
    told = rota_pages.rotas(session, office.chief.actor, today=TODAY + timedelta(days=1))[0].changes[0]
    assert told.may_withdraw
    desk.withdraw(change, by=office.chief)
    desk.swap(1, 2, by=office.deputy)


def test_a_swap_is_told_with_the_days_to_which_its_turns_went(desk: Desk, session: Session, office: Office) -> None:
    desk.swap(0, 2)
    desk.skip(1)
    told = rota_pages.rotas(session, office.staff.actor, today=TODAY)[0].changes[-1]
    assert (told.day, told.other_day) == (friday(0), friday(3))


def test_every_change_leaves_its_trace(desk: Desk, session: Session, office: Office) -> None:
    desk.decide(desk.swap(0, 2), True, office.finance_chief)
    desk.skip(3)
    desk.withdraw(desk.newest())
    verbs = session.scalars(select(AuditRow.verb).where(AuditRow.verb.startswith("rota:")).order_by(AuditRow.id))
    assert verbs.all() == ["rota:asked", "rota:decided", "rota:changed", "rota:withdrawn"]
