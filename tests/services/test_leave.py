"""Leave: asked for, decided once, made up for."""

from datetime import timedelta

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.roles import Role
from quizapp.core.sitting import Mode
from quizapp.db import people as people_rows
from quizapp.db import sittings as rows
from quizapp.db.attendance import LeaveRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services import leave
from quizapp.services import make_ups
from quizapp.services import people
from quizapp.services import sittings
from quizapp.services.attendance import Correction
from quizapp.services.leave import AlreadyDecided
from quizapp.services.people import PersonFacts


@pytest.fixture
def coming(session: Session, office: Office, clock: Clock) -> str:
    """A published sitting that opens tomorrow, for two hours."""
    with writing() as writer:
        made = approved_set(writer, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        facts = sitting_facts(
            made.id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=clock() + timedelta(days=1),
            mode=Mode.TOGETHER,
        )
        return published_sitting(writer, office.editor.actor, facts, now=clock()).public_id


def ask(person: Person, sitting: str, clock: Clock, kind: LeaveKind = LeaveKind.DUTY, reason: str = "下乡") -> str:
    with writing() as session:
        return leave.ask(session, person.actor, sitting, kind, reason, now=clock()).public_id


def decide(person: Person, public_id: str, clock: Clock, approve: bool = True, reason: str = "") -> None:
    with writing() as session:
        leave.decide(session, person.actor, public_id, approve, reason, now=clock())


def row(session: Session, public_id: str) -> LeaveRow:
    session.expire_all()
    return session.scalars(select(LeaveRow).where(LeaveRow.public_id == public_id)).one()


def waiting(session: Session, person: Person, clock: Clock) -> list[str]:
    return [asked.leave.person.name for asked in leave.queue(session, person.actor, now=clock())[0]]


def tasks(session: Session) -> list[int]:
    return list(session.scalars(select(MakeUpRow.person_id).order_by(MakeUpRow.person_id)))


def test_leave_waits_for_whoever_oversees_the_person(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    public_id = ask(office.staff, coming, clock)
    assert row(session, public_id).decision is LeaveDecision.WAITING
    for person in (office.chief, office.deputy, office.director):
        assert waiting(session, person, clock) == ["陆干部"]
    assert waiting(session, office.finance_chief, clock) == []
    assert tasks(session) == [], "nothing is to be made up for before it is decided"


def test_leave_that_is_given_makes_the_task(session: Session, coming: str, office: Office, clock: Clock) -> None:
    public_id = ask(office.staff, coming, clock)
    decide(office.chief, public_id, clock)
    given = row(session, public_id)
    assert (given.decision, given.decided_by_id, given.decided_at) == (
        LeaveDecision.APPROVED,
        office.chief.id,
        clock(),
    )
    task = session.scalars(select(MakeUpRow)).one()
    assert (task.person_id, task.due) == (office.staff.id, clock() + timedelta(days=1, hours=2) + timedelta(days=7))


def test_the_first_decision_stands_and_the_other_approver_is_told(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    public_id = ask(office.staff, coming, clock)
    decide(office.chief, public_id, clock)
    with pytest.raises(AlreadyDecided) as told:
        decide(office.deputy, public_id, clock, approve=False, reason="人手不够")
    assert (told.value.decision, told.value.by) == (LeaveDecision.APPROVED, "顾科长")
    decide(office.chief, public_id, clock)
    assert row(session, public_id).decision is LeaveDecision.APPROVED
    assert tasks(session) == [office.staff.id]


def test_declining_needs_a_reason_which_the_trail_keeps(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    public_id = ask(office.staff, coming, clock)
    for reason, sentence in ((" ", "不准假的理由"), ("有\0事", "含有无法保存的字符")):
        with pytest.raises(BadInput, match=sentence):
            decide(office.chief, public_id, clock, approve=False, reason=reason)
    decide(office.chief, public_id, clock, approve=False, reason="当天轮到主持")
    assert row(session, public_id).decision is LeaveDecision.DECLINED
    kept = session.scalars(select(AuditRow).where(AuditRow.verb == "leave:declined")).one()
    assert kept.detail["reason"] == "当天轮到主持"
    assert tasks(session) == []


def test_who_was_declined_may_ask_again(session: Session, coming: str, office: Office, clock: Clock) -> None:
    public_id = ask(office.staff, coming, clock)
    decide(office.chief, public_id, clock, approve=False, reason="请先与同事商量")
    assert ask(office.staff, coming, clock, LeaveKind.SICK, "") == public_id
    assert waiting(session, office.chief, clock) == ["陆干部"]


def test_a_chief_does_not_decide_on_their_own_leave(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    public_id = ask(office.chief, coming, clock)
    assert waiting(session, office.chief, clock) == []
    with pytest.raises(NotFound):
        decide(office.chief, public_id, clock)
    with pytest.raises(NotFound), writing() as writer:
        leave.enter(writer, office.chief.actor, coming, office.chief.public_id, LeaveKind.SICK, "", now=clock())
    decide(office.deputy, public_id, clock)
    assert row(session, public_id).decision is LeaveDecision.APPROVED


def test_whom_nobody_oversees_has_leave_at_once(session: Session, coming: str, office: Office, clock: Clock) -> None:
    public_id = ask(office.director, coming, clock)
    assert row(session, public_id).decision is LeaveDecision.APPROVED
    assert row(session, ask(office.deputy, coming, clock)).decision is LeaveDecision.WAITING


def test_a_chief_enters_leave_that_stands_at_once(session: Session, coming: str, office: Office, clock: Clock) -> None:
    with writing() as writer:
        leave.enter(writer, office.chief.actor, coming, office.colleague.public_id, LeaveKind.TRAINING, "", now=clock())
    given = leave.own_page(session, office.colleague.actor, coming, now=clock())
    assert given.leave is not None
    assert (given.leave.decision, given.decided_by) == (LeaveDecision.APPROVED, "顾科长")
    assert given.make_up is not None


def test_another_sections_people_are_not_there(coming: str, office: Office, clock: Clock) -> None:
    with pytest.raises(NotFound), writing() as session:
        leave.enter(session, office.chief.actor, coming, office.stranger.public_id, LeaveKind.SICK, "", now=clock())
    public_id = ask(office.stranger, coming, clock)
    with pytest.raises(NotFound):
        decide(office.chief, public_id, clock)


def test_what_waits_can_be_withdrawn_by_whoever_asked(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    public_id = ask(office.staff, coming, clock)
    with pytest.raises(NotFound), writing() as writer:
        leave.withdraw(writer, office.colleague.actor, public_id, now=clock())
    with writing() as writer:
        assert leave.withdraw(writer, office.staff.actor, public_id, now=clock()) == coming
    assert waiting(session, office.chief, clock) == []
    public_id = ask(office.staff, coming, clock)
    decide(office.chief, public_id, clock)
    with pytest.raises(AlreadyDecided), writing() as writer:
        leave.withdraw(writer, office.staff.actor, public_id, now=clock())


REFUSED = {
    "three days after the study": (timedelta(days=4, hours=2), LeaveKind.DUTY, "下乡", "不能再补假"),
    "another kind without saying which": (timedelta(0), LeaveKind.OTHER, "  ", "事由：类别选“其他”时请写明事由"),
    "a reason too long": (timedelta(0), LeaveKind.DUTY, "长" * 201, "事由：不超过 200 字，现有 201 字"),
}


@pytest.mark.parametrize(("later", "kind", "reason", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_is_said(
    session: Session,
    coming: str,
    office: Office,
    clock: Clock,
    later: timedelta,
    kind: LeaveKind,
    reason: str,
    sentence: str,
) -> None:
    clock.advance(seconds=later.total_seconds())
    with pytest.raises(BadInput) as told:
        ask(office.staff, coming, clock, kind, reason)
    assert sentence in str(told.value)
    assert session.scalars(select(LeaveRow)).all() == []


def test_leave_asked_for_after_the_study_is_marked(session: Session, coming: str, office: Office, clock: Clock) -> None:
    ask(office.staff, coming, clock)
    clock.advance(days=3)
    ask(office.colleague, coming, clock)
    late = {
        asked.leave.person.name: asked.is_late for asked in leave.queue(session, office.chief.actor, now=clock())[0]
    }
    assert late == {"陆干部": False, "丁干部": True}


def test_late_leave_leaves_time_to_make_up(session: Session, coming: str, office: Office, clock: Clock) -> None:
    clock.advance(days=3)
    public_id = ask(office.staff, coming, clock)
    clock.advance(days=20)
    decide(office.chief, public_id, clock)
    assert session.scalars(select(MakeUpRow.due)).one() == clock() + timedelta(days=3)


def test_who_comes_after_all_was_there_and_has_nothing_to_make_up_for(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    public_id = ask(office.staff, coming, clock)
    decide(office.chief, public_id, clock)
    clock.advance(days=1)
    with writing() as writer:
        sitting = rows.sitting_by_public_id(writer, coming)
        attendance.sign(writer, sitting, office.staff.id, Way.QR, device="d", by_id=office.staff.id, now=clock())
    page = leave.own_page(session, office.staff.actor, coming, now=clock())
    assert (page.came, page.make_up, page.known.presence) == (True, None, Presence.PRESENT)
    assert tasks(session) == []


def test_who_signed_in_needs_no_leave(session: Session, coming: str, office: Office, clock: Clock) -> None:
    clock.advance(days=1)
    with writing() as writer:
        sitting = rows.sitting_by_public_id(writer, coming)
        attendance.sign(writer, sitting, office.staff.id, Way.QR, device="d", by_id=office.staff.id, now=clock())
    assert not leave.own_page(session, office.staff.actor, coming, now=clock()).can_ask
    with pytest.raises(BadInput, match="不用请假"):
        ask(office.staff, coming, clock)


def test_a_correction_to_absence_is_not_outvoted_by_leave(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    public_id = ask(office.staff, coming, clock)
    clock.advance(days=1)
    with writing() as writer:
        sitting = rows.sitting_by_public_id(writer, coming)
        attendance.sign(writer, sitting, office.staff.id, Way.CODE, by_id=office.staff.id, now=clock())
    with writing() as writer:
        seen = attendance.stamp(
            attendance.presence_of(writer, rows.sitting_by_public_id(writer, coming))[office.staff.id]
        )
        said = Correction(Presence.ABSENT, None, "由他人代签", seen)
        attendance.correct(writer, office.deputy.actor, coming, office.staff.public_id, said, now=clock())
    with pytest.raises(BadInput, match="已更正为未到"):
        decide(office.chief, public_id, clock)
    with pytest.raises(BadInput, match="已更正为未到"):
        ask(office.staff, coming, clock)
    page = leave.own_page(session, office.staff.actor, coming, now=clock())
    assert (page.can_ask, page.known.presence) == (False, Presence.ABSENT)
    decide(office.chief, public_id, clock, approve=False, reason="由他人代签")
    assert (row(session, public_id).decision, tasks(session)) == (LeaveDecision.DECLINED, [])


def test_who_took_the_quiz_before_leave_was_given_makes_up_for_nothing(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    public_id = ask(office.staff, coming, clock)
    clock.advance(days=1)
    with writing() as writer:
        attempt = attempts.start(writer, office.staff.actor, coming, now=clock())
        attempts.submit(writer, office.staff.actor, attempt.public_id, now=clock())
    decide(office.chief, public_id, clock)
    assert tasks(session) == []


def test_there_is_no_leave_from_what_is_not_published_or_not_dealt(
    session: Session, coming: str, office: Office, clock: Clock
) -> None:
    with writing() as writer:
        made = approved_set(writer, office.editor.actor, office.second_editor.actor, slug="er", now=clock())
        facts = sitting_facts(made.id, host=office.finance, leader=office.deputy.id, opens_at=clock())
        draft = sittings.plan_sitting(writer, office.editor.actor, facts, now=clock()).public_id
        later = PersonFacts("1999", "新同志", "科员", office.finance, frozenset({Role.STAFF}))
        joined = people.add_person(writer, office.admin.actor, later, "x", now=clock() + timedelta(days=9))
        newcomer = people_rows.actor(writer, joined.id)
    with pytest.raises(NotFound):
        ask(office.staff, draft, clock)
    with pytest.raises(NotFound), writing() as writer:
        leave.ask(writer, newcomer, coming, LeaveKind.SICK, "", now=clock())


def test_make_ups_are_made_once(session: Session, coming: str, office: Office, clock: Clock) -> None:
    decide(office.chief, ask(office.staff, coming, clock), clock)
    with writing() as writer:
        sitting = rows.sitting_by_public_id(writer, coming)
        make_ups.assign(writer, sitting, office.staff.id, office.chief.actor, now=clock() + timedelta(days=40))
    assert tasks(session) == [office.staff.id]
