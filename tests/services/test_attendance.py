"""Who was there: expected, present, on leave, absent."""

from datetime import datetime
from datetime import timedelta

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from services.away import on_leave
from sqlalchemy import event
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.sitting import Mode
from quizapp.db import people as people_rows
from quizapp.db.attendance import AttendanceRow
from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services import attendance_over_time
from quizapp.services import people
from quizapp.services import reports
from quizapp.services import sections
from quizapp.services.attendance import Correction
from quizapp.services.people import PersonFacts


def publish(office: Office, clock: Clock, mode: Mode = Mode.TOGETHER) -> SittingRow:
    with writing() as session:
        made = approved_set(session, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), mode=mode)
        return published_sitting(session, office.editor.actor, facts, now=clock())


@pytest.fixture
def together(session: Session, office: Office, clock: Clock) -> SittingRow:
    """A sitting that everybody takes together, open now."""
    return publish(office, clock)


def sign(sitting: SittingRow, person: Person, clock: Clock, way: Way = Way.QR) -> AttendanceRow:
    with writing() as session:
        return attendance.sign(session, sitting, person.id, way, device="d", by_id=person.id, now=clock())


def leave(sitting: SittingRow, person: Person, clock: Clock, decision: LeaveDecision = LeaveDecision.APPROVED) -> None:
    with writing() as session:
        on_leave(session, sitting.id, person, clock(), decision=decision)


def found_absent(sitting: SittingRow, person: Person, by: Person, clock: Clock) -> None:
    """Somebody corrected a person's presence to absence."""
    with writing() as session:
        row = AttendanceRow(sitting_id=sitting.id, person_id=person.id, presence=Presence.ABSENT, way=Way.CORRECTED)
        row.at, row.by_id, row.reason = clock(), by.id, "由他人代扫"
        session.add(row)


def figures(session: Session, sitting: SittingRow) -> dict[str, tuple[int, int, int, int]]:
    counted = attendance.counts(session, sitting)
    return {each.name: (each.expected, each.present, each.leave, each.absent) for each in counted}


def test_sections_are_counted_as_the_tree_reads(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    sign(together, office.staff, clock)
    leave(together, office.colleague, clock)
    leave(together, office.stranger, clock, LeaveDecision.WAITING)
    assert list(figures(session, together).items()) == [
        ("市政府办公室", (2, 0, 0, 2)),
        ("秘书科", (4, 1, 1, 2)),
        ("督查室", (3, 0, 0, 3)),
        ("财务科", (2, 0, 0, 2)),
    ]
    counted = attendance.total(attendance.counts(session, together))
    assert (counted.expected, counted.present, counted.leave, counted.absent) == (11, 1, 1, 9)


def test_everybody_is_known_by_one_rule_with_the_counts(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    sign(together, office.staff, clock)
    leave(together, office.staff, clock)
    leave(together, office.colleague, clock)
    known = attendance.presence_of(session, together)
    assert len(known) == len(office.everybody())
    assert (known[office.staff.id].presence, known[office.staff.id].way) == (Presence.PRESENT, Way.QR)
    assert known[office.staff.id].at == clock()
    assert (known[office.colleague.id].presence, known[office.colleague.id].leave) == (Presence.LEAVE, LeaveKind.DUTY)
    assert (known[office.stranger.id].presence, known[office.stranger.id].way) == (Presence.ABSENT, None)


WHO_ANSWERS = {
    "in the room answering is no sign of presence": (Mode.TOGETHER, Presence.ABSENT, None),
    "where everybody answers alone it is": (Mode.INDIVIDUAL, Presence.PRESENT, Way.ANSWERED),
}


@pytest.mark.parametrize(("mode", "presence", "way"), WHO_ANSWERS.values(), ids=WHO_ANSWERS)
def test_who_answered(
    session: Session, office: Office, clock: Clock, mode: Mode, presence: Presence, way: Way | None
) -> None:
    sitting = publish(office, clock, mode)
    with writing() as writer:
        attempt = attempts.start(writer, office.staff.actor, sitting.public_id, now=clock())
        attempts.submit(writer, office.staff.actor, attempt.public_id, now=clock())
    known = attendance.presence_of(session, sitting)[office.staff.id]
    assert (known.presence, known.way, known.started, known.handed_in) == (presence, way, True, True)
    here = next(each for each in attendance.counts(session, sitting) if each.section_id == office.secretariat)
    assert (here.present, here.started, here.handed_in) == (int(presence is Presence.PRESENT), 1, 1)


def test_the_first_way_of_signing_stays(session: Session, together: SittingRow, office: Office, clock: Clock) -> None:
    first = sign(together, office.staff, clock, Way.CODE)
    clock.advance(minutes=3)
    again = sign(together, office.staff, clock, Way.TICK)
    assert (again.way, again.at) == (Way.CODE, first.at)


def test_a_correction_is_not_signed_over(session: Session, together: SittingRow, office: Office, clock: Clock) -> None:
    found_absent(together, office.staff, office.chief, clock)
    assert sign(together, office.staff, clock).presence is Presence.ABSENT


def test_who_was_dealt_nothing_cannot_sign(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    with writing() as writer:
        facts = PersonFacts("1999", "新同志", "科员", office.finance)
        late = people.add_person(writer, office.admin.actor, facts, "x", now=clock() + timedelta(hours=3)).id
    with pytest.raises(NotFound), writing() as writer:
        attendance.sign(writer, together, late, Way.QR, device="", by_id=late, now=clock())


def leave_office(office: Office, person: Person, section: int, clock: Clock) -> None:
    facts = PersonFacts(person.number, person.name, "科员", section, active=False)
    with writing() as session:
        people.change_person(session, office.admin.actor, person.id, facts, now=clock())


def test_who_leaves_the_office_is_no_longer_expected_and_stays_in_the_past(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    leave_office(office, office.colleague, office.secretariat, clock)
    assert figures(session, together)["秘书科"] == (3, 0, 0, 3)
    clock.advance(days=2)
    leave_office(office, office.staff, office.secretariat, clock)
    assert figures(session, together)["秘书科"] == (3, 0, 0, 3)


def test_who_moved_is_counted_where_they_were(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    sign(together, office.staff, clock)
    clock.advance(days=2)
    facts = PersonFacts(office.staff.number, office.staff.name, "科员", office.finance)
    with writing() as writer:
        people.change_person(writer, office.admin.actor, office.staff.id, facts, now=clock())
    assert figures(session, together)["秘书科"][:2] == (4, 1)
    assert figures(session, together)["财务科"][:2] == (2, 0)


def test_reports_excuse_whom_attendance_knows_to_be_on_leave(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    """Who came after all, or was found absent, is expected to take the quiz like everybody else."""
    for person in (office.staff, office.colleague, office.editor):
        leave(together, person, clock)
    sign(together, office.staff, clock)
    found_absent(together, office.editor, office.chief, clock)
    clock.advance(hours=3)
    section = session.get_one(SectionRow, office.secretariat).public_id
    report = reports.section_report(session, office.chief.actor, together.public_id, section, now=clock())
    assert [line.person.name for line in report.excused] == [office.colleague.name]
    assert (report.figures.expected, report.figures.excused) == (3, 1)
    assert figures(session, together)["秘书科"] == (4, 1, 1, 2)


def test_nobody_expected_has_no_rate() -> None:
    assert attendance.total([]).rate is None


# Corrections


def correct(
    session: Session, by: Person, sitting: SittingRow, person: Person, presence: Presence, now: datetime
) -> None:
    known = attendance.presence_of(session, sitting)[person.id]
    kind = LeaveKind.SICK if presence is Presence.LEAVE else None
    correction = Correction(presence, kind, " 有会场照片为证 ", attendance.stamp(known))
    attendance.correct(session, by.actor, sitting.public_id, person.public_id, correction, now=now)


def test_a_correction_keeps_who_why_and_what_was_before(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    sign(together, office.staff, clock)
    clock.advance(minutes=30)
    with writing() as writer:
        correct(writer, office.deputy, together, office.staff, Presence.ABSENT, clock())
    known = attendance.presence_of(session, together)[office.staff.id]
    assert (known.presence, known.way, known.at) == (Presence.ABSENT, Way.CORRECTED, clock())
    assert (known.by_id, known.reason) == (office.deputy.id, "有会场照片为证")
    kept = session.scalars(select(AuditRow).where(AuditRow.verb == "attendance:corrected")).one()
    assert kept.detail["before"].startswith("present qr")
    assert (kept.detail["after"], kept.detail["reason"]) == ("absent", "有会场照片为证")


def test_before_the_study_there_is_nothing_to_correct(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    with pytest.raises(BadInput, match="学习还没有开始"), writing() as writer:
        correct(writer, office.chief, together, office.staff, Presence.PRESENT, clock() - timedelta(minutes=1))
    assert attendance.presence_of(session, together)[office.staff.id].presence is Presence.ABSENT


def test_a_correction_can_be_corrected(session: Session, together: SittingRow, office: Office, clock: Clock) -> None:
    for presence in (Presence.LEAVE, Presence.PRESENT, Presence.LEAVE, Presence.ABSENT):
        with writing() as writer:
            correct(writer, office.chief, together, office.staff, presence, clock())
        assert attendance.presence_of(session, together)[office.staff.id].presence is presence
        clock.advance(minutes=1)


def test_a_correction_sent_twice_is_made_once(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    seen = attendance.stamp(attendance.presence_of(session, together)[office.staff.id])
    said = Correction(Presence.LEAVE, LeaveKind.SICK, "住院", seen)
    for _ in range(2):
        with writing() as writer:
            attendance.correct(
                writer, office.chief.actor, together.public_id, office.staff.public_id, said, now=clock()
            )
        clock.advance(seconds=1)
    assert len(session.scalars(select(AuditRow).where(AuditRow.verb == "attendance:corrected")).all()) == 1


# Over time


def test_a_merged_section_keeps_its_past(session: Session, together: SittingRow, office: Office, clock: Clock) -> None:
    sign(together, office.stranger, clock)
    clock.advance(hours=3)
    finance, secretariat = (session.get_one(SectionRow, i).public_id for i in (office.finance, office.secretariat))
    with writing() as writer:
        sections.merge(writer, office.admin.actor, finance, secretariat, today=clock().date(), now=clock())
    director = people_rows.actor(session, office.director.id)
    found = attendance_over_time.of_sections(session, director, now=clock())
    past = {run.name: (run.total.expected, run.total.present) for run in found.sections}
    assert past["财务科"] == (2, 1)
    assert past["秘书科"] == (4, 0)
    listed = next(of_section for run, of_section in found.people if run.name == "财务科")
    assert [(person.name, person.present) for person in listed] == [("钱科长", 0), ("孟干部", 1)]


def test_only_closed_sittings_of_the_week_are_counted(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    assert attendance_over_time.of_sections(session, office.chief.actor, now=clock()).sittings == ()
    clock.advance(hours=3)
    (sitting,) = attendance_over_time.of_sections(session, office.chief.actor, now=clock()).sittings
    assert sitting.id == together.id
    assert len(attendance_over_time.own(session, office.staff.actor, now=clock()).lines) == 1


def test_of_many_people_one_section_is_listed_at_a_time(
    session: Session, together: SittingRow, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "LISTED_AT_ONCE", 3)
    clock.advance(hours=3)
    page = attendance.sitting_page(session, office.director.actor, together.public_id, now=clock())
    assert (len(page.sections), page.sheets) == (4, ())
    assert attendance_over_time.of_sections(session, office.director.actor, now=clock()).people == ()
    finance = session.get_one(SectionRow, office.finance).public_id
    page = attendance.sitting_page(session, office.director.actor, together.public_id, finance, now=clock())
    assert [line.name for sheet in page.sheets for line in sheet.people] == ["钱科长", "孟干部"]
    ((run, listed),) = attendance_over_time.of_sections(session, office.director.actor, finance, now=clock()).people
    assert (run.name, len(listed)) == ("财务科", 2)


def test_a_section_is_there_only_for_whoever_oversees_it(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    finance = session.get_one(SectionRow, office.finance).public_id
    with pytest.raises(NotFound):
        attendance_over_time.of_sections(session, office.chief.actor, finance, now=clock())


def test_over_time_asks_the_database_as_often_of_many_sections_as_of_one(
    session: Session, together: SittingRow, office: Office, clock: Clock
) -> None:
    clock.advance(hours=3)

    def questions(person: Person) -> int:
        asked: list[object] = []
        session.rollback()

        def note(*statement: object) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        found = attendance_over_time.of_sections(session, person.actor, now=clock())
        event.remove(db.engine, "before_cursor_execute", note)
        assert len(found.people) == len(found.sections) > 0
        return len(asked)

    assert questions(office.director) == questions(office.finance_chief)
