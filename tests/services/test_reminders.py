"""Who is told what, how often, and what becomes of a message that could not be sent."""

from collections.abc import Sequence
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
from factories import published_sitting
from factories import sitting_facts
from services.away import on_leave
from services.away import owing
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.reminders import Channel
from quizapp.core.reminders import ReminderKind
from quizapp.core.reminders import ReminderState
from quizapp.core.rota import ChangeKind
from quizapp.core.rota import ChangeState
from quizapp.db import sittings as sitting_rows
from quizapp.db.audit import AuditRow
from quizapp.db.bank import set_by_slug
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.plans import PlanLeaderRow
from quizapp.db.plans import PlanRow
from quizapp.db.plans import PlanSectionRow
from quizapp.db.plans import RotaChangeRow
from quizapp.db.reminders import ReminderRow
from quizapp.services import attempts
from quizapp.services import reminders
from quizapp.services import sittings

ZONE = ZoneInfo("Asia/Shanghai")
MAIL = Channel(0, "mailto", "电子邮件", "smtp.example.org", True, "mailto://u@smtp.example.org")
GROUP = Channel(1, "feishu", "飞书群", "", False, "feishu://token")
DAY = timedelta(days=1)


def reachable(session: Session, *people: Person, now: datetime) -> None:
    with writing() as writer:
        for person in people:
            reminders.remember_email(writer, person.actor, f"p{person.number}@example.org", now=now)


def open_sitting(
    session: Session, office: Office, clock: Clock, *, topic: str = "本周学测", until: timedelta = DAY
) -> str:
    """A sitting open since yesterday; its last day but one is today, unless it closes later."""
    with writing() as writer:
        held = set_by_slug(writer, "ceshi")
        held = held or approved_set(writer, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        facts = sitting_facts(
            held.id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=clock() - DAY,
            closes_at=clock() + until,
            topic=topic,
        )
        return published_sitting(writer, office.editor.actor, facts, now=clock()).public_id


def made(clock: Clock, *channels: Channel, at_hour: int = 9) -> int:
    """Make what is due as the courier does; how many reminders that is."""
    with writing() as writer:
        due = reminders.missing(writer, now=clock(), zone=ZONE, at_hour=at_hour, channels=channels or (MAIL,))
        return reminders.add(writer, due)


def rows(session: Session, *kinds: ReminderKind) -> Sequence[ReminderRow]:
    session.rollback()
    return session.scalars(
        select(ReminderRow).where(ReminderRow.kind.in_(kinds or tuple(ReminderKind))).order_by(ReminderRow.id)
    ).all()


def told(session: Session, *kinds: ReminderKind) -> list[int | None]:
    return [row.person_id for row in rows(session, *kinds)]


# Sittings


def test_who_has_not_begun_is_told_once(session: Session, office: Office, clock: Clock) -> None:
    public_id = open_sitting(session, office, clock, topic="“五型”干部")
    reachable(session, office.staff, office.colleague, office.stranger, now=clock())
    with writing() as writer:
        attempts.start(writer, office.colleague.actor, public_id, now=clock())
    assert [made(clock), made(clock)] == [2, 0]
    assert sorted(told(session)) == sorted([office.staff.id, office.stranger.id])
    row = rows(session)[0]
    assert row.title == "学测未作答：“五型”干部"
    assert "11月21日（周六） 14:00 截止" in row.body
    clock.advance(hours=20)
    assert made(clock) == 0, "the next day too"


def test_nobody_is_told_who_is_on_leave_gone_or_without_address(session: Session, office: Office, clock: Clock) -> None:
    public_id = open_sitting(session, office, clock)
    reachable(session, office.staff, office.colleague, office.stranger, now=clock())
    with writing() as writer:
        sitting = sitting_rows.sitting_by_public_id(writer, public_id)
        for person, decision in ((office.staff, LeaveDecision.APPROVED), (office.colleague, LeaveDecision.WAITING)):
            on_leave(writer, sitting.id, person, clock(), decision=decision)
        writer.get_one(PersonRow, office.stranger.id).active = False
    made(clock)
    assert told(session) == [office.colleague.id]


def test_nothing_is_made_before_the_hour(session: Session, office: Office, clock: Clock) -> None:
    open_sitting(session, office, clock)
    reachable(session, office.staff, now=clock())
    assert made(clock, at_hour=15) == 0
    clock.advance(hours=1)
    assert made(clock, at_hour=15) == 1


def test_a_sitting_that_closes_later_is_not_spoken_of_yet(session: Session, office: Office, clock: Clock) -> None:
    open_sitting(session, office, clock, until=2 * DAY)
    reachable(session, office.staff, now=clock())
    assert made(clock) == 0
    clock.advance(days=1)
    assert made(clock) == 1


def test_a_sitting_of_one_afternoon_needs_no_reminder(
    session: Session, office: Office, clock: Clock, sitting: str
) -> None:
    reachable(session, office.staff, now=clock())
    assert made(clock) == 0


def test_a_person_is_told_of_one_sitting_a_day(session: Session, office: Office, clock: Clock) -> None:
    for topic, until in (("第一场", timedelta(hours=22)), ("第二场", timedelta(hours=23))):
        open_sitting(session, office, clock, topic=topic, until=until)
    reachable(session, office.staff, now=clock())
    assert made(clock) == 1
    assert "第一场" in rows(session)[0].body, "the one that closes first"
    clock.advance(hours=20)
    assert made(clock) == 1
    assert "第二场" in rows(session)[1].body


def test_a_group_is_told_once_of_each_sitting_and_of_nobody(session: Session, office: Office, clock: Clock) -> None:
    open_sitting(session, office, clock)
    reachable(session, office.staff, now=clock())
    assert [made(clock, GROUP), made(clock, GROUP)] == [1, 0]
    (row,) = rows(session)
    assert row.person_id is None
    assert [person.name for person in office.everybody() if person.name in row.title + row.body] == []


def test_a_group_is_not_told_when_everybody_has_begun(session: Session, office: Office, clock: Clock) -> None:
    public_id = open_sitting(session, office, clock)
    with writing() as writer:
        for person in office.everybody():
            attempts.start(writer, person.actor, public_id, now=clock())
    assert made(clock, GROUP) == 0


def test_a_group_is_not_told_of_what_nobody_has_still_to_take(session: Session, office: Office, clock: Clock) -> None:
    """Whoever is on leave or gone from the office is not waited for."""
    public_id = open_sitting(session, office, clock)
    with writing() as writer:
        sitting = sitting_rows.sitting_by_public_id(writer, public_id)
        on_leave(writer, sitting.id, office.staff, clock())
        writer.get_one(PersonRow, office.stranger.id).active = False
        for person in office.everybody():
            if person not in (office.staff, office.stranger):
                attempts.start(writer, person.actor, public_id, now=clock())
    assert made(clock, GROUP) == 0


def test_what_two_workers_found_missing_is_added_once(session: Session, office: Office, clock: Clock) -> None:
    open_sitting(session, office, clock)
    reachable(session, *office.everybody(), now=clock())
    found = [reminders.missing(session, now=clock(), zone=ZONE, at_hour=9, channels=[MAIL, GROUP]) for _ in range(2)]
    with writing() as writer:
        assert [reminders.add(writer, rows) for rows in found] == [len(office.everybody()) + 1, 0]
    assert sorted(row for row in told(session) if row) == sorted(person.id for person in office.everybody())


# Make-ups and swaps


def test_a_make_up_is_spoken_of_two_days_before_and_on_its_day_until_it_is_done(
    session: Session, office: Office, clock: Clock
) -> None:
    public_id = open_sitting(session, office, clock, until=timedelta(hours=1))
    reachable(session, office.staff, now=clock())
    with writing() as writer:
        sitting = sitting_rows.sitting_by_public_id(writer, public_id)
        owing(writer, sitting.id, office.staff, clock() + 4 * DAY, clock())
    days = []
    for day in range(6):
        made(clock)
        days += [day] * (len(rows(session, ReminderKind.MAKE_UP_DUE)) - len(days))
        clock.advance(days=1)
    assert days == [2, 4]


def friday_plan(writer: Session, office: Office, now: datetime) -> PlanRow:
    """Every Friday from the 27th on, 秘书科 and 财务科 in turn, led by the deputy."""
    start = date(2026, 11, 27)
    plan = PlanRow(
        name="周五学习",
        scope_section_id=office.root,
        weekday=4,
        starts_at=time(14, 30),
        minutes=120,
        starts_on=start,
        topic_due_days=2,
        paper_due_days=2,
        created_at=now,
    )
    writer.add(plan)
    writer.flush()
    for position, section in enumerate((office.secretariat, office.finance)):
        writer.add(PlanSectionRow(plan_id=plan.id, section_id=section, position=position, since=start))
    writer.add(PlanLeaderRow(plan_id=plan.id, person_id=office.deputy.id, position=0, since=start))
    writer.flush()
    return plan


def asked_swap(session: Session, office: Office, now: datetime) -> None:
    """秘书科 asks 财务科 to change turns."""
    with writing() as writer:
        writer.add(
            RotaChangeRow(
                plan_id=friday_plan(writer, office, now).id,
                kind=ChangeKind.SWAP,
                state=ChangeState.ASKED,
                day=date(2026, 11, 27),
                section_id=office.secretariat,
                turn=1,
                other_section_id=office.finance,
                other_turn=1,
                other_day=date(2026, 12, 4),
                reason="科里出差",
                author_id=office.chief.id,
                made_at=now,
            )
        )


def days_told(session: Session, clock: Clock, days: int, *kinds: ReminderKind) -> list[tuple[str, str]]:
    """(day, whom) of each reminder of these kinds that the next days bring."""
    for _ in range(days):
        made(clock, MAIL, GROUP)
        clock.advance(days=1)
    found = session.execute(
        select(ReminderRow.day, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == ReminderRow.person_id)
        .where(ReminderRow.kind.in_(kinds))
        .order_by(ReminderRow.id)
    )
    return [(f"{day:%m-%d}", name or "群") for day, name in found]


def test_a_host_is_told_of_its_topic_the_day_before_it_is_due_and_once_when_it_is_late(
    session: Session, office: Office, clock: Clock
) -> None:
    """The study is on Friday the 27th, its topic due two days before."""
    reachable(session, *office.everybody(), now=clock())
    with writing() as writer:
        friday_plan(writer, office, clock())
    hosts = [office.chief.name, office.deputy.name]
    told_of = days_told(session, clock, 7, ReminderKind.TOPIC_DUE)
    assert [day for day, _ in told_of] == ["11-24"] * 3 + ["11-26"] * 3
    assert sorted(who for day, who in told_of if day == "11-24") == sorted([*hosts, "群"])
    assert [row.title for row in rows(session, ReminderKind.TOPIC_DUE)][-1] == "选题截止：11月25日（周三）（秘书科）"
    assert "逾期" in rows(session, ReminderKind.TOPIC_DUE)[-1].body


def test_the_leader_alone_is_told_of_a_paper_that_waits_for_approval(
    session: Session, office: Office, clock: Clock
) -> None:
    reachable(session, *office.everybody(), now=clock())
    with writing() as writer:
        plan = friday_plan(writer, office, clock())
        held = approved_set(writer, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        opens_at = clock() + 7 * DAY
        facts = sitting_facts(held.id, host=office.secretariat, leader=office.director.id, opens_at=opens_at)
        row = sittings.plan_sitting(writer, office.editor.actor, facts, now=clock())
        row.meeting.plan_id, row.meeting.planned_on = plan.id, date(2026, 11, 27)
        sittings.draw(writer, office.editor.actor, row.public_id, SPEC, Random(1), now=clock())
        sittings.submit(writer, office.editor.actor, row.public_id, now=clock())
    told_of = days_told(session, clock, 7, *set(ReminderKind) - {ReminderKind.TOPIC_DUE})
    assert told_of == [("11-24", office.director.name), ("11-26", office.director.name)]


def test_a_swap_is_told_once_to_the_chief_who_is_asked(session: Session, office: Office, clock: Clock) -> None:
    reachable(session, *office.everybody(), now=clock())
    asked_swap(session, office, clock())
    assert days_told(session, clock, 3, ReminderKind.SWAP_ASKED) == [("11-20", office.finance_chief.name)]
    (row,) = rows(session, ReminderKind.SWAP_ASKED)
    assert (row.person_id, row.title) == (office.finance_chief.id, "秘书科申请对调轮值")
    assert "科里出差" in row.body


def test_where_a_section_has_no_overseer_the_next_one_above_is_told(
    session: Session, office: Office, clock: Clock
) -> None:
    reachable(session, *office.everybody(), now=clock())
    with writing() as writer:
        writer.get_one(PersonRow, office.finance_chief.id).active = False
    asked_swap(session, office, clock())
    made(clock)
    assert told(session, ReminderKind.SWAP_ASKED) == [office.director.id]


# On the site


def test_the_site_tells_a_person_what_concerns_them_without_any_channel(
    session: Session, office: Office, clock: Clock
) -> None:
    public_id = open_sitting(session, office, clock, until=timedelta(hours=1))
    asked_swap(session, office, clock())
    with writing() as writer:
        sitting = sitting_rows.sitting_by_public_id(writer, public_id)
        owing(writer, sitting.id, office.staff, clock() + DAY, clock())
    seen = {
        person.name: [telling.kind for telling in reminders.waiting_for(session, person.actor, now=clock(), zone=ZONE)]
        for person in office.everybody()
    }
    assert {name: kinds for name, kinds in seen.items() if kinds} == {
        office.staff.name: [ReminderKind.MAKE_UP_DUE],
        office.finance_chief.name: [ReminderKind.SWAP_ASKED],
    }


# Sending


@pytest.fixture
def waiting(session: Session, office: Office, clock: Clock) -> list[int]:
    """The ids of reminders that wait, for everybody in the office."""
    open_sitting(session, office, clock)
    reachable(session, *office.everybody(), now=clock())
    made(clock)
    return [row.id for row in rows(session)]


def claimed(clock: Clock, limit: int = 100, channel: Channel = MAIL) -> list[int]:
    with writing() as writer:
        return [letter.id for letter in reminders.claim(writer, channel, now=clock(), limit=limit)]


def settled(clock: Clock, reminder_id: int, error: str | None) -> None:
    with writing() as writer:
        reminders.settle(writer, reminder_id, error, now=clock())


def test_what_one_worker_took_no_other_takes_while_its_lease_lasts(clock: Clock, waiting: list[int]) -> None:
    first, second = claimed(clock, 4), claimed(clock, 100)
    assert sorted(first + second) == waiting
    assert len(first) == 4
    clock.advance(minutes=9)
    assert claimed(clock) == []
    clock.advance(minutes=1)
    assert sorted(claimed(clock)) == waiting, "whoever took them died"


def test_a_channel_takes_only_its_own(clock: Clock, waiting: list[int]) -> None:
    assert claimed(clock, channel=GROUP) == []


def test_a_letter_is_for_one_person_at_their_present_address(
    session: Session, office: Office, clock: Clock, waiting: list[int]
) -> None:
    with writing() as writer:
        reminders.remember_email(writer, office.staff.actor, "new@example.org", now=clock())
        reminders.remember_email(writer, office.colleague.actor, "", now=clock())
        letters = reminders.claim(writer, MAIL, now=clock(), limit=100)
    assert "new@example.org" in [letter.address for letter in letters]
    assert len(letters) == len(waiting) - 1
    failed = [row for row in rows(session) if row.state is ReminderState.FAILED]
    assert [(row.person_id, row.error) for row in failed] == [(office.colleague.id, "本人已停用或没有填写电子邮箱")]


def test_a_failing_message_is_tried_again_ever_later_and_then_given_up(
    session: Session, clock: Clock, waiting: list[int]
) -> None:
    moments = []
    start = clock()
    for _ in range(400):
        if waiting[0] in claimed(clock):
            moments.append((clock() - start).total_seconds() / 60)
            settled(clock, waiting[0], "服务器没有应答")
        clock.advance(minutes=1)
    assert moments == [0, 1, 6, 36, 156]
    row = rows(session)[0]
    assert (row.state, row.tries, row.error) == (ReminderState.FAILED, 5, "服务器没有应答")


def test_a_sent_message_is_not_sent_again(session: Session, clock: Clock, waiting: list[int]) -> None:
    claimed(clock)
    settled(clock, waiting[0], None)
    clock.advance(days=3)
    assert waiting[0] not in claimed(clock)
    row = rows(session)[0]
    assert (row.state, row.sent_at) == (ReminderState.SENT, clock() - 3 * DAY)


def test_what_was_put_back_has_not_been_tried(session: Session, clock: Clock, waiting: list[int]) -> None:
    taken = claimed(clock, 3)
    with writing() as writer:
        reminders.put_back(writer, taken[1:], now=clock())
    assert sorted(claimed(clock)) == waiting[1:]
    assert {row.tries for row in rows(session)} == {1}


def test_news_of_yesterday_is_not_sent(session: Session, clock: Clock, waiting: list[int]) -> None:
    clock.advance(days=1)
    assert not reminders.any_stale(session, clock())
    clock.advance(seconds=1)
    assert reminders.any_stale(session, clock())
    with writing() as writer:
        reminders.give_up_stale(writer, now=clock())
    assert {row.state for row in rows(session)} == {ReminderState.FAILED}
    assert claimed(clock) == []


def test_an_error_of_any_length_is_kept_in_one_short_line(session: Session, clock: Clock, waiting: list[int]) -> None:
    claimed(clock)
    settled(clock, waiting[0], "fault\n" * 500)
    assert len(rows(session)[0].error) <= 200
    assert "\n" not in rows(session)[0].error


# Sending again


def test_a_failed_reminder_is_sent_again_by_whoever_may_see_it(
    session: Session, office: Office, clock: Clock, waiting: list[int]
) -> None:
    with writing() as writer:
        for row in writer.scalars(select(ReminderRow)):
            row.state, row.tries = ReminderState.FAILED, 5
    ids = [row.public_id for row in rows(session)]
    with pytest.raises(NotAllowed), writing() as writer:
        reminders.retry(writer, office.chief.actor, ids[0], now=clock())
    with pytest.raises(NotFound), writing() as writer:
        reminders.retry(writer, office.admin.actor, "nosuch", now=clock())
    with writing() as writer:
        reminders.retry(writer, office.admin.actor, ids[0], now=clock())
        reminders.retry(writer, office.admin.actor, ids[0], now=clock())
    assert claimed(clock) == [waiting[0]]
    with writing() as writer:
        assert reminders.retry_all(writer, office.editor.actor, now=clock()) == len(waiting) - 1
    assert sorted(claimed(clock)) == waiting[1:]
    done = session.scalars(select(AuditRow).where(AuditRow.verb == "reminder:retried")).all()
    assert [row.person_name for row in done] == [office.admin.name, office.editor.name]


# One's own address


def test_an_address_is_kept_without_blanks_around_it_and_the_trail_does_not_repeat_it(
    session: Session, office: Office, clock: Clock
) -> None:
    with writing() as writer:
        reminders.remember_email(writer, office.staff.actor, "  lu@example.org ", now=clock())
        reminders.remember_email(writer, office.staff.actor, "lu@example.org", now=clock())
    assert reminders.own_email(session, office.staff.actor) == "lu@example.org"
    trail = session.scalars(select(AuditRow).where(AuditRow.verb == "person:changed")).all()
    assert len(trail) == 1
    assert "lu@" not in str(trail[0].detail)


def test_what_is_no_address_is_refused_and_the_old_one_stays(session: Session, office: Office, clock: Clock) -> None:
    reachable(session, office.staff, now=clock())
    with pytest.raises(BadInput, match="电子邮箱"), writing() as writer:
        reminders.remember_email(writer, office.staff.actor, "lu@example.org\nBcc: x@example.org", now=clock())
    session.rollback()
    assert reminders.own_email(session, office.staff.actor) == f"p{office.staff.number}@example.org"
