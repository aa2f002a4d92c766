"""A quarter of weeks by a clock that the test moves: holidays, swaps, leave, make-up, a section that was merged into
another, a leader who left. What is said at the end is said from the rows alone."""

from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
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

from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import MakeUpState
from quizapp.core.attendance import Presence
from quizapp.core.errors import BadInput
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Actor
from quizapp.core.rota import Standing
from quizapp.core.states import SittingPhase
from quizapp.db import people as people_rows
from quizapp.db import plans as plan_rows
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services import attendance_over_time
from quizapp.services import leave
from quizapp.services import make_ups
from quizapp.services import minutes
from quizapp.services import people
from quizapp.services import plans
from quizapp.services import report_places
from quizapp.services import rota
from quizapp.services import sections
from quizapp.services import signing_in
from quizapp.services import sittings
from quizapp.services.sittings import Topic

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 9, 4)
WEEK = timedelta(weeks=1)
#: The Fridays of the quarter that are public holidays: Mid-Autumn, National Day.
HOLIDAYS = {date(2026, 9, 25): "中秋节", date(2026, 10, 2): "国庆节"}


@dataclass
class Quarter:
    """The office, its plan and its clock."""

    session: Session
    office: Office
    clock: Clock
    plan: str
    set_id: int
    #: The sittings held, by their day.
    held: dict[date, str] = field(default_factory=dict)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Move the clock to this moment in the office."""
        self.clock.moment = datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)
        return self.clock.moment

    def duties(self, first: date = FIRST, weeks: int = 13) -> list[rota.Duty]:
        return list(rota.upcoming(self.session, self._plan(), first, weeks))

    def hosts(self, first: date = FIRST, weeks: int = 13) -> dict[date, str]:
        """Who hosts, by the day of the study."""
        names = {row.id: row.name for row in people_rows.sections(self.session)}
        return {duty.day: names[duty.host_id] for duty in self.duties(first, weeks) if duty.host_id is not None}

    def _plan(self) -> plan_rows.PlanRow:
        self.session.rollback()
        return plan_rows.plan_by_public_id(self.session, self.plan)

    def prepare(self, day: date, by: Person) -> str:
        """Two days before it, choose the topic, draw the paper, put it before the leader; their approval publishes."""
        now, me = self.at(day - timedelta(days=2), 10), self.actor(by)
        with writing() as write:
            row = rota.prepare(write, me, self.plan, day, zone=ZONE, now=now)
            topic = Topic(f"{day:%m%d}集中学习", (self.set_id,), (), "领学\n测验\n讲评")
            sittings.choose_topic(write, me, row.public_id, topic, now=now)
            sittings.draw(write, me, row.public_id, SPEC, Random(day.toordinal()), now=now)
            sittings.submit(write, me, row.public_id, now=now)
            leader = people_rows.actor(write, row.leader_id)
            self.held[day] = sittings.publish(write, leader, row.public_id, now=now).public_id
        return self.held[day]

    def meet(self, day: date, without: tuple[Person, ...] = ()) -> None:
        """The afternoon: everybody who takes part is ticked off, takes the quiz and hands in, but for some."""
        sitting = self.held[day]
        now = self.at(day, 14, 35)
        with writing() as write:
            row = sitting_rows.sitting_by_public_id(write, sitting)
            leader = people_rows.actor(write, row.leader_id)
            missing = {person.id for person in without}
            expected = select(AttemptRow.person_id).where(AttemptRow.sitting_id == row.id)
            came = [id_ for id_ in write.scalars(expected) if id_ not in missing]
            for person_id in came:
                signing_in.tick(write, leader, sitting, self.public_id_of(write, person_id), now=now)
        opened = self.at(day, 15, 31)
        with writing() as write:
            for person_id in came:
                me = people_rows.actor(write, person_id)
                attempt = attempts.start(write, me, sitting, now=opened)
                attempts.submit(write, me, attempt.public_id, now=opened + timedelta(minutes=6))
        self.at(day, 17)

    @staticmethod
    def public_id_of(session: Session, person_id: int) -> str:
        return session.get_one(people_rows.PersonRow, person_id).public_id

    def actor(self, person: Person) -> Actor:
        """The person with the rights they have today."""
        return people_rows.actor(self.session, person.id)


@pytest.fixture
def quarter(session: Session, office: Office, clock: Clock) -> Quarter:
    """The first of September: the office plans to study every Friday, in turn."""
    clock.moment = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    with writing() as write:
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=8, now=clock())
        facts = weekly_plan(office, FIRST, leaders=(office.deputy.id, office.director.id))
        plan = plans.add_plan(write, office.editor.actor, facts, zone=ZONE, now=clock())
        return Quarter(session, office, clock, plan.public_id, known.id)


def test_a_quarter_of_weeks(quarter: Quarter) -> None:
    assert list(quarter.hosts(weeks=3).values()) == ["秘书科", "督查室", "财务科"]
    assert {duty.day: duty.why for duty in quarter.duties() if duty.standing is Standing.HOLIDAY} == HOLIDAYS
    swap_the_first_turn(quarter)
    hold_the_first_study(quarter)
    pass_two_holidays(quarter)
    skip_a_week(quarter)
    merge_a_section(quarter)
    lose_a_leader(quarter)
    look_back(quarter)


def swap_the_first_turn(q: Quarter) -> None:
    """Two sections host each other's first turn; until the other chief agrees nothing changes."""
    office = q.office
    now = q.at(date(2026, 9, 1), 10)
    with writing() as write:
        asked = rota.ask_swap(
            write, q.actor(office.chief), q.plan, FIRST, FIRST + 2 * WEEK, "会务冲突", zone=ZONE, now=now
        ).public_id
    assert q.hosts(weeks=1)[FIRST] == "秘书科"
    with writing() as write:
        rota.decide_swap(write, q.actor(office.finance_chief), asked, True, zone=ZONE, now=now)
    assert list(q.hosts(weeks=3).values()) == ["财务科", "督查室", "秘书科"]


def hold_the_first_study(q: Quarter) -> None:
    """One is on leave, one stays away. Both have to make up for it; one does."""
    office = q.office
    session = q.session
    q.prepare(FIRST, office.finance_chief)
    with writing() as write:
        now = q.at(FIRST - timedelta(days=1), 9)
        wish = leave.ask(write, q.actor(office.staff), q.held[FIRST], LeaveKind.SICK, "门诊", now=now)
        leave.decide(write, q.actor(office.chief), wish.public_id, True, "", now=now)
    q.meet(FIRST, without=(office.staff, office.colleague))
    row = sitting_rows.sitting_by_public_id(session, q.held[FIRST])
    known = attendance.presence_of(session, row)
    assert known[office.staff.id].presence is Presence.LEAVE
    assert known[office.colleague.id].presence is Presence.ABSENT
    with writing() as write:
        minutes.make(write, q.actor(office.director), q.held[FIRST], ZONE, now=q.clock())
        ids = [office.colleague.public_id]
        make_ups.assign_to(write, q.actor(office.chief), q.held[FIRST], ids, now=q.clock())
    written = " ".join(minutes.page(session, q.actor(office.director), q.held[FIRST], now=q.clock()).parts.values())
    assert "陆干部" in written and "财务科" in written and "三楼会议室" in written
    task = session.scalars(select(MakeUpRow.public_id).where(MakeUpRow.person_id == office.staff.id)).one()
    with writing() as write:
        now = q.at(FIRST + timedelta(days=3), 20)
        attempt = make_ups.start(write, q.actor(office.staff), task, Random(1), now=now)
        attempts.submit(write, q.actor(office.staff), attempt.public_id, now=now + timedelta(minutes=5))


def pass_two_holidays(q: Quarter) -> None:
    """On a holiday nothing can be prepared, and nobody loses a turn."""
    office = q.office
    session = q.session
    for day, host in ((FIRST + WEEK, office.deputy), (FIRST + 2 * WEEK, office.chief)):
        q.prepare(day, host)
        q.meet(day)
    with pytest.raises(BadInput), writing() as write:
        rota.prepare(
            write, q.actor(office.editor), q.plan, date(2026, 9, 25), zone=ZONE, now=q.at(date(2026, 9, 22), 9)
        )
    assert q.hosts(date(2026, 9, 25), 3) == {date(2026, 10, 9): "秘书科"}
    states = {
        t.name: t.task.state
        for s in make_ups.of_sections(session, q.actor(office.chief), now=q.clock())
        for t in s.people
    }
    assert states == {"陆干部": MakeUpState.DONE, "丁干部": MakeUpState.OVERDUE}


def skip_a_week(q: Quarter) -> None:
    """Whoever's week is skipped comes next."""
    office = q.office
    q.prepare(date(2026, 10, 9), office.chief)
    q.meet(date(2026, 10, 9))
    with writing() as write:
        rota.skip(
            write,
            q.actor(office.director),
            q.plan,
            date(2026, 10, 16),
            "全市会议",
            zone=ZONE,
            now=q.at(date(2026, 10, 12), 9),
        )
    assert q.hosts(date(2026, 10, 16), 3) == {date(2026, 10, 23): "督查室", date(2026, 10, 30): "财务科"}
    q.prepare(date(2026, 10, 23), office.deputy)
    q.meet(date(2026, 10, 23))


def merge_a_section(q: Quarter) -> None:
    """What a merged section did stays its own; it takes no more turns."""
    office = q.office
    session = q.session
    before = {day: name for day, name in q.hosts().items() if day < date(2026, 10, 26)}
    now = q.at(date(2026, 10, 26), 9)
    with writing() as write:
        one, other = (write.get_one(SectionRow, id_).public_id for id_ in (office.inspection, office.secretariat))
        sections.merge(write, q.actor(office.admin), one, other, now=now, today=date(2026, 10, 26))
    assert {day: name for day, name in q.hosts().items() if day < date(2026, 10, 26)} == before
    assert set(q.hosts(date(2026, 10, 26), 6).values()) == {"秘书科", "财务科"}
    past = attendance_over_time.of_sections(session, q.actor(office.director), now=q.clock())
    assert "督查室" in {run.name for run in past.sections}


def lose_a_leader(q: Quarter) -> None:
    """The deputy leaves on the days before a study that was theirs to lead, and that is already prepared."""
    office = q.office
    session = q.session
    day = next(duty.day for duty in q.duties(date(2026, 10, 30), 6) if duty.leader_id == office.deputy.id)
    with writing() as write:
        now = q.at(day - timedelta(days=5), 9)
        prepared = rota.prepare(write, q.actor(office.editor), q.plan, day, zone=ZONE, now=now).public_id
    with writing() as write:
        now = q.at(day - timedelta(days=4), 9)
        row = people.person_with_rights(write, SYSTEM, office.deputy.public_id)
        facts = people.facts_of(row)
        people.change_person(write, SYSTEM, row.id, type(facts)(**(vars(facts) | {"active": False})), now=now)
    session.rollback()
    assert sitting_rows.sitting_by_public_id(session, prepared).leader_id == office.director.id
    assert {duty.leader_id for duty in q.duties(day, 4) if duty.is_held} == {office.director.id}
    q.prepare(day, office.editor)
    q.meet(day)


def look_back(q: Quarter) -> None:
    """Everything opened and closed by itself, who was skipped has hosted, make-ups are apart."""
    office = q.office
    session = q.session
    q.at(date(2026, 12, 4), 9)
    phases = {sitting_rows.sitting_alone(session, public_id).phase(q.clock()) for public_id in q.held.values()}
    assert phases == {SittingPhase.CLOSED}
    overview = report_places.overview(session, report_places.node(session, q.actor(office.director)), now=q.clock())
    assert overview is not None
    lines = overview.sittings
    assert {line.sitting.public_id for line in lines} == set(q.held.values())
    first = next(line for line in lines if line.sitting.public_id == q.held[FIRST])
    assert (first.figures.excused, first.figures.made_up) == (1, 1)
    unknown = [duty.day for duty in q.duties(date(2026, 12, 4), 6) if duty.unknown_year]
    assert unknown and min(unknown).year == 2027
