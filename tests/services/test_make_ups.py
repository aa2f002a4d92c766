"""Making up: the speech in parts, a fresh paper, and a deadline of one's own."""

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
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import MakeUpState
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.paper import Quota
from quizapp.core.paper import Wishes
from quizapp.core.paper import set_area
from quizapp.core.paper import stored
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.sitting import SittingKind
from quizapp.core.states import Closer
from quizapp.db import sittings as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.db.practice import CardRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.services import attempts
from quizapp.services import leave
from quizapp.services import make_ups
from quizapp.services import memory
from quizapp.services import people
from quizapp.services import report_runs
from quizapp.services import sittings
from quizapp.services import speeches
from quizapp.services import timekeeping
from quizapp.services.make_ups import Task
from quizapp.services.make_ups import TaskPage
from quizapp.services.people import PersonFacts

SPEECH = """在全市办公室工作会议上的讲话

同志们：

一、争做“四有”干部

希望大家争做“四有”干部。一是有信念，心中有党。二是有本领，干事有方。三是有担当，遇事有责。四是有底线，做人有戒。

二、抓好三项重点

各科室要抓好落实，一项一项抓到底。
"""


def hold(office: Office, clock: Clock, *, each: int = 4, spoken: bool = False) -> str:
    """A sitting that opens now and closes in two hours; of each type `each` questions are in the bank."""
    with writing() as session:
        made = approved_set(session, office.editor.actor, office.second_editor.actor, each=each, now=clock())
        if spoken:
            file = speeches.understand("speech.txt", SPEECH.encode())
            row, _ = speeches.load_speech(session, office.editor.actor, file, "", now=clock())
            session.get_one(QuestionSetRow, made.id).speech_id = row.id
        facts = sitting_facts(
            made.id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=clock(),
            mode=Mode.TOGETHER,
            pace=Pace.BY_QUESTION,
        )
        return published_sitting(session, office.editor.actor, facts, now=clock()).public_id


def excuse(person: Person, by: Person, sitting: str, clock: Clock) -> str:
    """Leave, and the public id of the task it makes."""
    with writing() as session:
        leave.enter(session, by.actor, sitting, person.public_id, LeaveKind.DUTY, "", now=clock())
        return session.scalars(select(MakeUpRow.public_id).where(MakeUpRow.person_id == person.id)).one()


def page(session: Session, person: Person, task: str, clock: Clock) -> TaskPage:
    session.expire_all()
    return make_ups.task_page(session, person.actor, task, now=clock())


def begin(person: Person, task: str, clock: Clock) -> AttemptRow:
    with writing() as session:
        return make_ups.start(session, person.actor, task, Random(2), now=clock())


def hand_in(person: Person, attempt: AttemptRow, clock: Clock) -> None:
    with writing() as session:
        attempts.submit(session, person.actor, attempt.public_id, now=clock())


def read(person: Person, task: str, number: int, clock: Clock) -> TaskPage:
    with writing() as session:
        return make_ups.read_part(session, person.actor, task, number, now=clock())


def only(session: Session, person: Person, clock: Clock) -> Task:
    session.expire_all()
    (task,) = make_ups.own(session, person.actor, now=clock())
    return task


def questions(session: Session, sitting: SittingRow) -> list[int]:
    return [place.version.question_id for place in rows.paper(session, sitting.id)]


@pytest.fixture
def missed(session: Session, office: Office, clock: Clock) -> str:
    """A sitting that staff is on leave from, open now."""
    return hold(office, clock)


@pytest.fixture
def task(missed: str, office: Office, clock: Clock) -> str:
    """Their task, after the sitting has closed."""
    public_id = excuse(office.staff, office.chief, missed, clock)
    clock.advance(hours=3)
    return public_id


# The fresh paper


def test_a_task_can_be_begun_when_the_sitting_has_closed(
    session: Session, missed: str, office: Office, clock: Clock
) -> None:
    task = excuse(office.staff, office.chief, missed, clock)
    assert not only(session, office.staff, clock).can_begin
    with pytest.raises(NotNow):
        begin(office.staff, task, clock)
    with pytest.raises(NotNow):
        read(office.staff, task, 0, clock)
    clock.advance(hours=2)
    assert only(session, office.staff, clock).can_begin
    assert begin(office.staff, task, clock).started_at == clock()


def test_the_paper_is_a_sitting_of_its_own_by_the_same_rules(
    session: Session, task: str, missed: str, office: Office, clock: Clock
) -> None:
    attempt = begin(office.staff, task, clock)
    session.expire_all()
    paper = session.get_one(SittingRow, attempt.sitting_id)
    before = rows.sitting_by_public_id(session, missed)
    assert (paper.kind, paper.mode, paper.pace) == (SittingKind.MAKE_UP, Mode.INDIVIDUAL, Pace.WHOLE)
    assert paper.topic == f"补学：{before.topic}"
    assert (paper.duration_minutes, paper.pass_percent, paper.review) == (20, 60, before.review)
    assert (paper.host_section_id, paper.leader_id) == (before.host_section_id, before.leader_id)
    assert rows.sitting_by_public_id(session, paper.public_id).meeting.approved_by_id == office.deputy.id
    dealt = select(func.count()).select_from(AttemptRow).where(AttemptRow.sitting_id == paper.id)
    assert session.scalar(dealt) == 1, "nobody else has it"


def test_it_asks_as_many_of_each_type_and_nothing_that_was_asked(
    session: Session, task: str, missed: str, office: Office, clock: Clock
) -> None:
    attempt = begin(office.staff, task, clock)
    paper = session.get_one(SittingRow, attempt.sitting_id)
    places = rows.paper(session, paper.id)
    assert {t: sum(p.version.type is t for p in places) for t in SPEC.counts} == SPEC.counts
    assert {p.full_mark for p in places} == {5}
    assert not set(questions(session, paper)) & set(questions(session, rows.sitting_by_public_id(session, missed)))
    assert page(session, office.staff, task, clock).repeated == (0, 8)


BANKS = {
    "some are asked again where the bank is short": (3, 4),
    "all are asked again where it holds nothing else": (2, 8),
}


@pytest.mark.parametrize(("each", "repeated"), BANKS.values(), ids=BANKS)
def test_a_short_bank_is_said(session: Session, office: Office, clock: Clock, each: int, repeated: int) -> None:
    task = excuse(office.staff, office.chief, hold(office, clock, each=each), clock)
    clock.advance(hours=3)
    begin(office.staff, task, clock)
    assert page(session, office.staff, task, clock).repeated == (repeated, 8)


def test_it_is_drawn_by_the_wishes_of_the_sitting(session: Session, office: Office, clock: Clock) -> None:
    missed = hold(office, clock)
    with writing() as writer:
        other = approved_set(writer, office.editor.actor, office.second_editor.actor, slug="er", now=clock())
        row = rows.sitting_by_public_id(writer, missed)
        row.sets = [*row.sets, SittingSetRow(set_id=other.id)]
        row.wishes = stored(Wishes(quotas=(Quota(5, area=set_area(other.id)),)))
        set_id = other.id
    task = excuse(office.staff, office.chief, missed, clock)
    clock.advance(hours=3)
    paper = session.get_one(SittingRow, begin(office.staff, task, clock).sitting_id)
    sets = [session.get_one(QuestionRow, question_id).set_id for question_id in questions(session, paper)]
    assert sets.count(set_id) >= 5
    assert len(sets) == 8


def test_all_who_missed_a_sitting_share_one_paper(session: Session, missed: str, office: Office, clock: Clock) -> None:
    first = excuse(office.staff, office.chief, missed, clock)
    second = excuse(office.stranger, office.finance_chief, missed, clock)
    clock.advance(hours=3)
    one = begin(office.staff, first, clock)
    clock.advance(hours=1)
    other = begin(office.stranger, second, clock)
    assert one.sitting_id == other.sitting_id
    assert session.scalar(select(func.count()).where(SittingRow.kind == SittingKind.MAKE_UP)) == 1


def test_opening_it_again_goes_on_with_it(session: Session, task: str, office: Office, clock: Clock) -> None:
    first = begin(office.staff, task, clock)
    clock.advance(minutes=5)
    again = begin(office.staff, task, clock)
    assert (again.id, again.deadline) == (first.id, first.deadline)


def test_it_is_nobody_elses(task: str, office: Office, clock: Clock) -> None:
    for person in (office.colleague, office.chief):
        with pytest.raises(NotFound):
            begin(person, task, clock)


def test_no_report_of_the_week_knows_of_it(session: Session, task: str, office: Office, clock: Clock) -> None:
    hand_in(office.staff, begin(office.staff, task, clock), clock)
    section = session.get_one(SectionRow, office.secretariat).public_id
    run = report_runs.section_over_time(session, office.chief.actor, section, now=clock())
    assert [line.sitting.topic for line in run.sittings] == ["“五型”干部学测"]


# The deadline


def test_done_before_the_deadline(session: Session, task: str, office: Office, clock: Clock) -> None:
    assert only(session, office.staff, clock).state is MakeUpState.DUE
    attempt = begin(office.staff, task, clock)
    assert only(session, office.staff, clock).state is MakeUpState.DUE
    clock.advance(minutes=5)
    hand_in(office.staff, attempt, clock)
    done = only(session, office.staff, clock)
    assert (done.state, done.done_at, done.was_late) == (MakeUpState.DONE, clock(), False)
    clock.advance(days=30)
    assert only(session, office.staff, clock).state is MakeUpState.DONE


def test_begun_shortly_before_the_deadline_it_ends_with_it(
    session: Session, task: str, office: Office, clock: Clock
) -> None:
    due = only(session, office.staff, clock).due
    clock.moment = due - timedelta(minutes=4)
    assert begin(office.staff, task, clock).deadline == due
    clock.advance(minutes=10)
    done = only(session, office.staff, clock)
    assert (done.state, done.done_at) == (MakeUpState.DONE, due), "also while nobody has closed it yet"
    with writing() as writer:
        assert attempts.close_overdue(writer, now=clock(), at_once=9) == 1
    attempt = session.scalars(select(AttemptRow).where(AttemptRow.public_id == done.attempt_id)).one()
    assert attempt.closer is Closer.SERVER
    assert only(session, office.staff, clock).done_at == due


def test_done_late_stays_overdue_and_says_when(session: Session, task: str, office: Office, clock: Clock) -> None:
    clock.advance(days=9)
    assert only(session, office.staff, clock).state is MakeUpState.OVERDUE
    attempt = begin(office.staff, task, clock)
    assert attempt.deadline == clock() + timedelta(minutes=20)
    clock.advance(minutes=6)
    hand_in(office.staff, attempt, clock)
    done = only(session, office.staff, clock)
    assert (done.state, done.done_at, done.was_late) == (MakeUpState.OVERDUE, clock(), True)


def test_the_paper_opens_again_for_whoever_is_late(session: Session, missed: str, office: Office, clock: Clock) -> None:
    first = excuse(office.staff, office.chief, missed, clock)
    second = excuse(office.colleague, office.chief, missed, clock)
    clock.advance(hours=3)
    attempt = begin(office.staff, first, clock)
    with writing() as writer:
        writer.get_one(SittingRow, attempt.sitting_id).ended_at = clock() + timedelta(days=8)
    clock.advance(days=20)
    assert begin(office.colleague, second, clock).deadline == clock() + timedelta(minutes=20)


def test_what_was_answered_is_remembered_once_the_paper_has_closed_also_of_whoever_is_late(
    session: Session, missed: str, office: Office, clock: Clock
) -> None:
    first = excuse(office.staff, office.chief, missed, clock)
    second = excuse(office.colleague, office.chief, missed, clock)
    clock.advance(hours=3)
    for person, task in ((office.staff, first), (office.colleague, second)):
        attempt = begin(person, task, clock)
        hand_in(person, attempt, clock)
        assert not cards_of(session, person)
        clock.advance(days=20)
        remember(clock)
        asked = questions(session, session.get_one(SittingRow, attempt.sitting_id))
        assert cards_of(session, person) == set(asked)


def cards_of(session: Session, person: Person) -> set[int | None]:
    """The questions that somebody has cards of; these belong to no key point."""
    session.expire_all()
    return set(session.scalars(select(CardRow.question_id).where(CardRow.person_id == person.id)))


def remember(clock: Clock) -> None:
    """What the bell does."""
    with writing() as session:
        timekeeping.note_ends(session, past=clock())
    while True:
        with writing() as session:
            sitting_id = memory.sitting_to_take_in(session)
            if sitting_id is None:
                return
            memory.take_in_sitting(session, sitting_id, ZoneInfo("Asia/Shanghai"), now=clock())


# Reading


@pytest.fixture
def spoken(session: Session, office: Office, clock: Clock) -> str:
    """A task with a speech of two parts to read first."""
    public_id = excuse(office.staff, office.chief, hold(office, clock, spoken=True), clock)
    clock.advance(hours=3)
    return public_id


def test_the_speech_is_read_part_by_part_before_the_paper(
    session: Session, spoken: str, office: Office, clock: Clock
) -> None:
    parts = page(session, office.staff, spoken, clock).parts
    assert [part.part.title for part in parts] == ["一、争做“四有”干部", "二、抓好三项重点"]
    with pytest.raises(BadInput, match="还有 2 部分没有读完"):
        begin(office.staff, spoken, clock)
    assert read(office.staff, spoken, 1, clock).parts_read == 1
    with pytest.raises(BadInput, match="还有 1 部分没有读完"):
        begin(office.staff, spoken, clock)
    assert read(office.staff, spoken, 1, clock).parts_read == 1
    after = read(office.staff, spoken, 0, clock)
    assert (after.parts_read, after.task.is_read) == (2, True)
    assert begin(office.staff, spoken, clock).started_at == clock()


def test_a_part_that_is_not_there_is_not_read(spoken: str, office: Office, clock: Clock) -> None:
    for number in (2, 99):
        with pytest.raises(NotFound):
            read(office.staff, spoken, number, clock)


def test_without_a_speech_there_is_nothing_to_read(session: Session, task: str, office: Office, clock: Clock) -> None:
    assert page(session, office.staff, task, clock).parts == ()
    begin(office.staff, task, clock)
    assert only(session, office.staff, clock).is_read


# Who is told to


def test_a_chief_has_those_who_were_not_there_make_up_for_it(
    session: Session, missed: str, office: Office, clock: Clock
) -> None:
    wanted = [office.staff.public_id, office.colleague.public_id]
    with pytest.raises(NotNow), writing() as writer:
        make_ups.assign_to(writer, office.chief.actor, missed, wanted, now=clock())
    clock.advance(hours=2)
    with writing() as writer:
        assert make_ups.assign_to(writer, office.chief.actor, missed, wanted, now=clock()) == 2
    assert only(session, office.staff, clock).due == clock() + timedelta(days=7)


NOT_ASSIGNED = {
    "another section's": ("stranger", NotFound),
    "the chief themselves": ("chief", NotFound),
    "who took the quiz, also while nobody has closed their paper": ("staff", BadInput),
}


@pytest.mark.parametrize(("who", "fault"), NOT_ASSIGNED.values(), ids=NOT_ASSIGNED)
def test_nobody_is_told_half(
    session: Session, missed: str, office: Office, clock: Clock, who: str, fault: type[Exception]
) -> None:
    with writing() as writer:
        attempts.start(writer, office.staff.actor, missed, now=clock())
    clock.advance(hours=2)
    wanted = [office.colleague.public_id, getattr(office, who).public_id]
    with pytest.raises(fault), writing() as writer:
        make_ups.assign_to(writer, office.chief.actor, missed, wanted, now=clock())
    assert session.scalars(select(MakeUpRow)).all() == []


def test_nobody_makes_up_for_a_make_up_or_for_what_is_not_published(
    session: Session, task: str, missed: str, office: Office, clock: Clock
) -> None:
    paper = session.get_one(SittingRow, begin(office.staff, task, clock).sitting_id).public_id
    with writing() as writer:
        chosen = tuple(each.set_id for each in rows.sitting_by_public_id(writer, missed).sets)
        facts = sitting_facts(chosen[0], host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        draft = sittings.plan_sitting(writer, office.editor.actor, facts, now=clock()).public_id
    clock.advance(days=30)
    for public_id in (paper, draft):
        with pytest.raises(NotFound), writing() as writer:
            make_ups.assign_to(writer, office.chief.actor, public_id, [office.staff.public_id], now=clock())


def test_naming_nobody_is_said(missed: str, office: Office, clock: Clock) -> None:
    clock.advance(hours=2)
    with pytest.raises(BadInput, match="请勾选要补学的人员"), writing() as session:
        make_ups.assign_to(session, office.chief.actor, missed, [], now=clock())


def test_the_sections_list_shows_what_one_oversees(session: Session, missed: str, office: Office, clock: Clock) -> None:
    first = excuse(office.staff, office.chief, missed, clock)
    excuse(office.stranger, office.finance_chief, missed, clock)
    clock.advance(hours=3)
    hand_in(office.staff, begin(office.staff, first, clock), clock)
    seen = {
        person.name: [
            (each.name, each.section, each.task.state)
            for sitting in make_ups.of_sections(session, person.actor, now=clock())
            for each in sitting.people
        ]
        for person in (office.chief, office.finance_chief, office.director, office.staff)
    }
    done = ("陆干部", "秘书科", MakeUpState.DONE)
    due = ("孟干部", "财务科", MakeUpState.DUE)
    assert seen == {"顾科长": [done], "钱科长": [due], "周主任": [done, due], "陆干部": []}


def test_who_moved_stays_on_the_list_of_the_section_they_were_in(
    session: Session, missed: str, office: Office, clock: Clock
) -> None:
    excuse(office.staff, office.chief, missed, clock)
    clock.advance(hours=3)
    with writing() as writer:
        facts = PersonFacts(office.staff.number, office.staff.name, "科员", office.finance)
        people.change_person(writer, office.admin.actor, office.staff.id, facts, now=clock())
    (listed,) = make_ups.of_sections(session, office.chief.actor, now=clock())
    assert [(each.name, each.section) for each in listed.people] == [("陆干部", "秘书科")]
    assert make_ups.of_sections(session, office.finance_chief.actor, now=clock()) == ()
