"""One section over time, person by person and point by point; one person; and reminding at a tap."""

from datetime import timedelta
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

import pytest
from conftest import FRIDAY
from conftest import Office
from conftest import Person
from services.held import AFTER
from services.held import FULL_UNITS
from services.held import WEEK
from services.held import excuse
from services.held import hold
from services.held import make_up
from services.held import play
from services.held import public_id
from services.held import score
from services.held import transfer
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.attendance import LeaveKind
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotNow
from quizapp.core.question import UNITS
from quizapp.core.reminders import Channel
from quizapp.core.roles import SYSTEM
from quizapp.core.sitting import SittingKind
from quizapp.db import people as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.reminders import ReminderRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.services import people
from quizapp.services import reminders
from quizapp.services import report_runs
from quizapp.services import reports
from quizapp.services.people import PersonFacts
from quizapp.services.reminders import Reminded
from quizapp.services.report_runs import PersonReport
from quizapp.services.report_runs import PersonRun
from quizapp.services.report_runs import SectionRun
from quizapp.services.report_runs import Wanted
from quizapp.services.reports import PEOPLE_SHOWN

set_id = stocked_set()
ZONE = ZoneInfo("Asia/Shanghai")
MAIL = Channel(0, "mailto", "电子邮件", "smtp.example.org", True, "mailto://u@smtp.example.org")
GROUP = Channel(1, "feishu", "飞书群", "", False, "feishu://token")


def run_of(session: Session, office: Office, wanted: Wanted | None = None) -> SectionRun:
    section = public_id(session, office.secretariat)
    return report_runs.section_over_time(session, office.chief.actor, section, wanted or Wanted(), now=AFTER)


def of(run: SectionRun, person: Person) -> PersonRun:
    return next(each for each in run.people if each.person.public_id == person.public_id)


# The grids


def test_a_cell_tells_leave_absence_and_what_was_made_up_apart(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id, weeks_ago=1)
    again = hold(office, set_id, kind=SittingKind.MAKE_UP)
    excuse(sitting, office.staff)
    score(again, office.colleague, FULL_UNITS)
    make_up(sitting, again, office.colleague, due=AFTER)
    score(sitting, office.chief, FULL_UNITS // 2)
    run = run_of(session, office)
    (line,) = run.sittings
    at = line.sitting.id
    assert of(run, office.staff).lines[at].leave is LeaveKind.SICK
    assert of(run, office.colleague).made_up == {at}
    assert of(run, office.colleague).lines[at].leave is None
    assert of(run, office.chief).lines[at].share == Fraction(1, 2)
    assert of(run, office.chief).made_up == frozenset()


def test_twelve_sittings_stand_on_a_page_and_the_older_ones_on_the_next(
    session: Session, office: Office, set_id: int
) -> None:
    held = [hold(office, set_id, weeks_ago=weeks) for weeks in range(14)]
    first, second = run_of(session, office), run_of(session, office, Wanted(sitting_page=2))
    assert [line.sitting.public_id for line in first.sittings] == held[:12]
    assert [line.sitting.public_id for line in second.sittings] == held[12:]
    assert (first.sitting_pages.pages, first.newest is not None, second.newest) == (2, True, None)
    beyond = run_of(session, office, Wanted(sitting_page=99))
    assert beyond.sittings == second.sittings, "beyond the last page is the last page"


def test_a_long_list_of_people_is_paged_and_a_file_holds_them_all(
    session: Session, office: Office, set_id: int
) -> None:
    with writing() as write:
        for n in range(PEOPLE_SHOWN):
            facts = PersonFacts(f"9{n:03}", f"新人{n}", "", office.secretariat)
            people.add_person(write, SYSTEM, facts, "x", now=FRIDAY - 2 * WEEK)
    hold(office, set_id, weeks_ago=1)
    pages = [run_of(session, office, Wanted(people_page=page)).people for page in (1, 2)]
    assert [len(page) for page in pages] == [PEOPLE_SHOWN, 4]
    everybody = run_of(session, office, Wanted(everybody=True)).people
    assert [run.person for run in everybody] == [run.person for page in pages for run in page]


def test_points_of_people_equal_a_plain_count(session: Session, office: Office, set_id: int) -> None:
    held = [hold(office, set_id, weeks_ago=weeks) for weeks in (1, 2)]
    for number, sitting in enumerate(held):
        play(sitting, Random(number))
    run = run_of(session, office)
    assert run.points_beside
    for person in run.people:
        for number, point in enumerate(run.points_beside):
            expected = plain(session, office, person, point.places)
            told = person.points.get(number)
            assert (told and (told.asked, told.answered, told.units, told.full)) == expected


def plain(
    session: Session, office: Office, run: PersonRun, places: tuple[tuple[int, int], ...]
) -> tuple[int, int, int, int] | None:
    """(asked, answered, units, full) of one person at these places, one answer at a time."""
    person = next(each for each in office.everybody() if each.public_id == run.person.public_id)
    asked = answered = units = full = 0
    for sitting_id, position in places:
        found = select(AttemptRow).where(AttemptRow.sitting_id == sitting_id, AttemptRow.person_id == person.id)
        attempt = session.scalars(found).one()
        if attempt.closed_at is None:
            continue
        response = session.get(ResponseRow, (attempt.id, position))
        asked += 1
        answered += bool(response and response.value)
        units += (response.units or 0) if response else 0
        full += session.get_one(PaperQuestionRow, (sitting_id, position)).full_mark * UNITS
    return (asked, answered, units, full) if asked else None


def test_who_missed_a_question_is_named_to_the_sections_own_overseers(
    session: Session, office: Office, set_id: int
) -> None:
    sitting = hold(office, set_id)
    play(sitting, Random(4))
    section = public_id(session, office.secretariat)
    report = reports.section_report(session, office.chief.actor, sitting, section, now=AFTER)
    assert report.missed
    handed_in = {line.person for line in report.present if line.units is not None}
    for question in report.missed:
        assert set(question.people) == {
            person for person in handed_in if lost(session, report.sitting.id, person.public_id, question.position)
        }
        assert question.people


def lost(session: Session, sitting_id: int, person: str, position: int) -> bool:
    attempt = session.scalars(
        select(AttemptRow).join(PersonRow).where(AttemptRow.sitting_id == sitting_id, PersonRow.public_id == person)
    ).one()
    response = session.get(ResponseRow, (attempt.id, position))
    full = session.get_one(PaperQuestionRow, (sitting_id, position)).full_mark * UNITS
    return response is None or (response.units or 0) < full


def test_the_offices_mean_is_told_where_three_others_took_part(session: Session, office: Office, set_id: int) -> None:
    few, enough = hold(office, set_id, weeks_ago=2), hold(office, set_id, weeks_ago=1)
    for sitting, others in ((few, 2), (enough, 3)):
        for person in (office.staff, office.colleague, office.chief):
            score(sitting, person, FULL_UNITS)
        for person in (office.stranger, office.finance_chief, office.admin)[:others]:
            score(sitting, person, 0)
    run = run_of(session, office)
    assert run.means.shares == (1, 1)
    assert run.office.shares == (None, Fraction(1, 2))


def test_a_period_is_compared_with_the_one_before(session: Session, office: Office, set_id: int) -> None:
    for weeks, units in ((1, FULL_UNITS), (6, FULL_UNITS // 2)):
        sitting = hold(office, set_id, weeks_ago=weeks)
        for person in (office.staff, office.colleague, office.chief):
            score(sitting, person, units)
    wanted = Wanted((FRIDAY - 4 * WEEK, FRIDAY), (FRIDAY - 8 * WEEK, FRIDAY - 4 * WEEK))
    run = run_of(session, office, wanted)
    assert (run.total.closed, run.change, run.newest) == (3, Fraction(1, 2), None)
    empty = run_of(session, office, Wanted((FRIDAY + WEEK, FRIDAY + 2 * WEEK), (FRIDAY, FRIDAY + WEEK)))
    assert (empty.sittings, empty.people, empty.points, empty.change) == ((), (), (), None)


def test_a_section_without_people_has_nothing_to_tell(session: Session, office: Office, set_id: int) -> None:
    with writing() as write:
        empty = people.add_section(write, SYSTEM, "新设科", office.root, now=FRIDAY - WEEK).public_id
    hold(office, set_id)
    director = rows.actor(session, office.director.id)
    run = report_runs.section_over_time(session, director, empty, now=AFTER)
    assert (run.newest, run.sittings, run.people) == (None, (), ())


# A person


def test_who_moved_twice_is_told_of_only_while_overseen(session: Session, office: Office, set_id: int) -> None:
    held = []
    for weeks, section in ((2, office.finance), (1, office.secretariat), (0, office.secretariat)):
        held.append(hold(office, set_id, weeks_ago=weeks))
        score(held[-1], office.staff, FULL_UNITS)
        transfer(office, office.staff, section)
    first, there, back = held
    chief = report_runs.person_report(session, office.chief.actor, office.staff.public_id, now=AFTER)
    assert [line.sitting.public_id for line in chief.lines] == [back, first]
    assert chief.shares == (1, 1)
    other = report_runs.person_report(session, office.finance_chief.actor, office.staff.public_id, now=AFTER)
    assert [(line.sitting.public_id, line.section_name) for line in other.lines] == [(there, "财务科")]


def test_a_person_stands_beside_the_mean_of_the_section_they_were_in(
    session: Session, office: Office, set_id: int
) -> None:
    sitting = hold(office, set_id, weeks_ago=1)
    for person, units in ((office.staff, FULL_UNITS), (office.colleague, 0), (office.chief, FULL_UNITS // 2)):
        score(sitting, person, units)
    found: PersonReport = report_runs.person_report(session, office.chief.actor, office.staff.public_id, now=AFTER)
    assert (found.shares, found.sections.shares, found.sections.people) == ((1,), (Fraction(1, 2),), (3,))


def test_a_persons_points_are_those_they_lost_marks_on(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id, weeks_ago=1)
    score(sitting, office.staff, 0)
    found = report_runs.person_report(session, office.chief.actor, office.staff.public_id, now=AFTER)
    assert found.points
    assert {(point.facility, point.answered) for point in found.points} == {(Fraction(0), 0)}
    inside = report_runs.person_report(
        session, office.chief.actor, office.staff.public_id, now=FRIDAY - WEEK + timedelta(hours=1)
    )
    assert (inside.points, inside.past) == ((), ()), "while the sitting is open nothing of its paper is told"


# Reminding


def remind(session: Session, office: Office, who: Person, sitting: str, *channels: Channel, hours: int = 1) -> Reminded:
    section = public_id(session, office.secretariat)
    with writing() as write:
        return reminders.remind_section(
            write, who.actor, sitting, section, channels=channels, now=FRIDAY + timedelta(hours=hours), zone=ZONE
        )


def reachable(*people_: Person) -> None:
    with writing() as write:
        for person in people_:
            reminders.remember_email(write, person.actor, f"p{person.number}@example.org", now=FRIDAY)


def written_to(session: Session) -> list[int | None]:
    session.rollback()
    return list(session.scalars(select(ReminderRow.person_id).order_by(ReminderRow.person_id)))


def test_a_tap_writes_to_who_has_not_begun_and_is_not_on_leave(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    reachable(office.staff, office.colleague, office.chief, office.stranger)
    excuse(sitting, office.colleague)
    score(sitting, office.chief, 0)
    done = remind(session, office, office.chief, sitting, MAIL, GROUP)
    assert (done.now, done.before, done.without_address) == (1, 0, 1)
    assert written_to(session) == [office.staff.id], "nobody of another section, and no group"
    row = session.scalars(select(ReminderRow)).one()
    assert office.chief.name in row.body
    trail = session.scalars(select(AuditRow).where(AuditRow.verb == "reminder:sent")).one()
    assert (trail.subject, trail.detail) == (sitting, {"section": "秘书科", "reminded": 1})


def test_a_double_tap_writes_once(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    reachable(office.staff)
    done = [remind(session, office, who, sitting, MAIL) for who in (office.chief, office.chief, office.deputy)]
    assert [(each.now, each.before) for each in done] == [(1, 0), (0, 1), (0, 1)]
    assert written_to(session) == [office.staff.id]
    assert len(session.scalars(select(AuditRow).where(AuditRow.verb == "reminder:sent")).all()) == 1


def test_without_a_way_to_write_nothing_is_made(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    reachable(office.staff)
    done = remind(session, office, office.chief, sitting, GROUP)
    assert (done.now, done.without_address) == (0, 4)
    assert written_to(session) == []


def test_after_the_bell_nobody_is_reminded(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    reachable(office.staff)
    with pytest.raises(NotNow):
        remind(session, office, office.chief, sitting, MAIL, hours=3)
    assert written_to(session) == []


@pytest.mark.parametrize("who", ["finance_chief", "staff", "editor", "admin", "auditor"])
def test_only_who_oversees_a_section_reminds_it(session: Session, office: Office, set_id: int, who: str) -> None:
    sitting = hold(office, set_id)
    with pytest.raises(NotAllowed):
        remind(session, office, getattr(office, who), sitting, MAIL)
