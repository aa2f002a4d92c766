"""One's own record: exactly one's own, beside means that tell of nobody; minutes; what was recognised."""

from collections.abc import Iterable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from conftest import FRIDAY
from conftest import Office
from conftest import Person
from factories import SPEC
from factories import published_sitting
from factories import sitting_facts
from services.away import on_leave
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.attendance import Presence
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.question import UNITS
from quizapp.core.record import Grasp
from quizapp.core.sitting import Mode
from quizapp.core.sitting import SittingKind
from quizapp.core.states import Closer
from quizapp.core.states import Review
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.audit import AuditRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.record import RecognitionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.summaries import SectionSummaryRow
from quizapp.services import recognitions
from quizapp.services import record
from quizapp.services import summaries
from quizapp.services.recognitions import RecognisedMeanwhile
from quizapp.services.recognitions import RecognitionFacts
from quizapp.services.record import LearningRecord
from quizapp.services.record import Mean

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = timedelta(weeks=1)
FULL_UNITS = sum(n * SPEC.marks[name] for name, n in SPEC.counts.items()) * UNITS
NEW_YEAR = FRIDAY + 6 * WEEK
set_id = stocked_set()


def hold(office: Office, set_id: int, opens_at: datetime = FRIDAY, **changes: object) -> str:
    """A sitting open for two hours; whoever opens it was there."""
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at, **changes)
        return published_sitting(write, office.editor.actor, facts, now=opens_at - timedelta(hours=1)).public_id


def take(sitting: str, person: Person, share: Fraction, *, unmarked: int = 0) -> None:
    """Hand in a paper whose every answer earned this share of its mark."""
    with writing() as write:
        row, attempt = write.execute(
            select(SittingRow, AttemptRow)
            .join(AttemptRow, AttemptRow.sitting_id == SittingRow.id)
            .where(SittingRow.public_id == sitting, AttemptRow.person_id == person.id)
        ).one()
        attempt.started_at, attempt.closed_at = row.opens_at, row.opens_at + timedelta(minutes=9)
        attempt.deadline, attempt.closer = row.opens_at + timedelta(minutes=20), Closer.PERSON
        attempt.units, attempt.full_units, attempt.unmarked = int(share * FULL_UNITS), FULL_UNITS, unmarked
        for place in write.scalars(select(PaperQuestionRow).where(PaperQuestionRow.sitting_id == row.id)):
            units = int(share * place.full_mark * UNITS)
            answer = {"value": ["A"], "sequence": 1, "saved_at": row.opens_at, "units": units}
            write.add(ResponseRow(attempt_id=attempt.id, position=place.position, **answer))


def of(
    session: Session, person: Person, asked: str = "", now: datetime = FRIDAY + timedelta(hours=3)
) -> LearningRecord:
    session.expire_all()
    return record.own(session, person.actor, asked, ZONE, now=now)


def move(person: Person, section_id: int) -> None:
    with writing() as write:
        write.get_one(PersonRow, person.id).section_id = section_id


def all_take(sitting: str, people: Iterable[Person], share: Fraction) -> None:
    for person in people:
        take(sitting, person, share)


# Scores


def test_a_record_holds_ones_own_score_beside_the_means(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    take(sitting, office.staff, Fraction(9, 10))
    all_take(sitting, (office.colleague, office.chief), Fraction(6, 10))
    all_take(sitting, (office.second_editor, office.admin, office.auditor), Fraction(1, 2))
    (line,) = of(session, office.staff).lines
    assert (line.share, line.passed, line.section_name) == (Fraction(9, 10), True, "秘书科")
    assert line.section == Mean(Fraction(7, 10), 3)
    assert line.office == Mean(Fraction(6, 10), 6)


def test_a_record_is_exactly_ones_own(session: Session, office: Office, set_id: int) -> None:
    for weeks in range(3):
        sitting = hold(office, set_id, FRIDAY - weeks * WEEK)
        take(sitting, office.colleague, Fraction(1, 4))
        if weeks != 1:
            take(sitting, office.staff, Fraction(weeks + 1, 4))
    found = of(session, office.staff)
    own = session.scalars(select(AttemptRow).where(AttemptRow.person_id == office.staff.id)).all()
    assert [line.share for line in found.lines] == [Fraction(3, 4), None, Fraction(1, 4)]
    assert {line.attempt_id for line in found.lines} - {None} <= {attempt.public_id for attempt in own}
    assert {point.attempt_id for point in found.points} <= {attempt.public_id for attempt in own}
    assert not [other.name for other in office.everybody() if other is not office.staff and other.name in repr(found)]


def test_the_same_is_told_once_sums_are_made(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    all_take(sitting, (office.staff, office.colleague, office.chief), Fraction(3, 4))
    counted = of(session, office.staff)
    with writing() as write:
        row = write.scalars(select(SittingRow)).one()
        summaries.sum_up(write, row.id, now=FRIDAY + timedelta(hours=3))
        assert write.scalars(select(SectionSummaryRow)).all()
    assert of(session, office.staff) == counted


def test_a_small_section_has_no_mean_and_none_that_gives_a_colleague_away(
    session: Session, office: Office, set_id: int
) -> None:
    sitting = hold(office, set_id)
    all_take(sitting, (office.stranger, office.finance_chief), Fraction(1, 2))
    all_take(sitting, (office.staff, office.colleague, office.chief), Fraction(1))
    of_two = of(session, office.stranger).lines[0]
    assert of_two.section == Mean(None, 2)
    assert of_two.office == Mean(Fraction(4, 5), 5)
    of_three = of(session, office.staff).lines[0]
    assert of_three.section == Mean(Fraction(1), 3)
    assert of_three.office == Mean(None, 5), "five less three are the two of 财务科"


def test_each_study_stands_beside_the_section_one_was_in_then(session: Session, office: Office, set_id: int) -> None:
    others = {
        office.inspection: (office.second_editor, office.admin, office.auditor),
        office.secretariat: (office.colleague, office.chief, office.editor),
    }
    for weeks, section in ((3, office.secretariat), (2, office.inspection), (1, office.secretariat)):
        move(office.staff, section)
        sitting = hold(office, set_id, FRIDAY - weeks * WEEK)
        take(sitting, office.staff, Fraction(1))
        for each, people in others.items():
            all_take(sitting, people, Fraction(1, 2) if each == section else Fraction(0))
    move(office.staff, office.finance)
    found = of(session, office.staff)
    assert [line.section_name for line in found.lines] == ["秘书科", "督查室", "秘书科"]
    assert {line.section for line in found.lines} == {Mean(Fraction(5, 8), 4)}
    assert found.section_name == "财务科"


def test_a_score_that_waits_for_marks_is_none_yet(session: Session, office: Office, set_id: int) -> None:
    take(hold(office, set_id), office.staff, Fraction(1, 2), unmarked=1)
    (line,) = of(session, office.staff).lines
    assert (line.share, line.passed, line.waits) == (None, None, True)
    assert of(session, office.staff).mean is None


# Key points


def test_key_points_are_told_by_ones_own_share_the_weakest_first(session: Session, office: Office, set_id: int) -> None:
    sitting = hold(office, set_id)
    take(sitting, office.staff, Fraction(1))
    take(sitting, office.colleague, Fraction(0))
    heads = by_heading(session)
    weak, partly, *_ = heads
    with writing() as write:
        attempt = write.scalars(select(AttemptRow).where(AttemptRow.person_id == office.staff.id)).one()
        for share, places in ((Fraction(1, 10), heads[weak]), (Fraction(7, 10), heads[partly])):
            for place in places:
                write.get_one(ResponseRow, (attempt.id, place.position)).units = int(share * place.full_mark * UNITS)
    found = of(session, office.staff)
    assert [(point.name, point.share) for point in found.points][:2] == [
        (weak, Fraction(1, 10)),
        (partly, Fraction(7, 10)),
    ]
    assert {point.share for point in found.points[2:]} == {Fraction(1)}
    assert [len(found.with_grasp(grasp)) for grasp in (Grasp.WEAK, Grasp.PARTLY)] == [1, 1]
    assert {point.name: (point.asked, point.answered) for point in found.points} == {
        head: (len(places), len(places)) for head, places in heads.items()
    }
    assert {point.attempt_id for point in found.points} == {attempt.public_id}
    assert {point.share for point in of(session, office.colleague).points} == {Fraction(0)}


def by_heading(session: Session) -> dict[str, list[PaperQuestionRow]]:
    """The places of the only paper by the heading that their questions are about."""
    found: dict[str, list[PaperQuestionRow]] = {}
    rows = session.execute(
        select(PaperQuestionRow, QuestionVersionRow.source_heading).join(
            QuestionVersionRow, QuestionVersionRow.id == PaperQuestionRow.version_id
        )
    )
    for place, heading in rows:
        found.setdefault(heading, []).append(place)
    return found


HIDDEN = {
    "before it closes": ({}, FRIDAY + timedelta(hours=1)),
    "where the plan never shows keys": ({"review": Review.NEVER}, FRIDAY + timedelta(hours=3)),
}


@pytest.mark.parametrize(("changes", "now"), HIDDEN.values(), ids=HIDDEN)
def test_no_key_point_is_told(
    session: Session, office: Office, set_id: int, changes: dict[str, object], now: datetime
) -> None:
    take(hold(office, set_id, **changes), office.staff, Fraction(1))
    assert of(session, office.staff, now=now).points == ()


def test_a_sitting_is_on_record_once_it_has_closed(session: Session, office: Office, set_id: int) -> None:
    all_take(hold(office, set_id), (office.staff, office.colleague, office.chief), Fraction(1))
    inside = of(session, office.staff, now=FRIDAY + timedelta(hours=1))
    assert (inside.lines, inside.studied[0].expected) == ((), 0)
    assert len(of(session, office.staff).lines) == 1


# Attendance and minutes


def test_minutes_are_those_of_meetings_one_was_at_and_made_up_ones_stand_apart(
    session: Session, office: Office, set_id: int
) -> None:
    def meet(weeks: int, minutes: int) -> str:
        begins_at = FRIDAY - weeks * WEEK
        met = {"begins_at": begins_at, "ends_at": begins_at + timedelta(minutes=minutes)}
        return hold(office, set_id, begins_at, **met)

    take(meet(4, 90), office.staff, Fraction(1))
    take(meet(3, 60), office.staff, Fraction(1))
    missed, _ = meet(2, 45), meet(1, 30)
    take(hold(office, set_id, FRIDAY - 5 * WEEK), office.staff, Fraction(1))
    again = hold(office, set_id, FRIDAY - 8 * WEEK)
    take(again, office.staff, Fraction(1))
    with writing() as write:
        sitting = write.scalars(select(SittingRow).where(SittingRow.public_id == missed)).one()
        fresh = write.scalars(select(SittingRow).where(SittingRow.public_id == again)).one()
        fresh.kind = SittingKind.MAKE_UP
        on_leave(write, sitting.id, office.staff, FRIDAY)
        paper = write.scalars(
            select(AttemptRow).where(AttemptRow.sitting_id == fresh.id, AttemptRow.person_id == office.staff.id)
        ).one()
        task = {"due": FRIDAY, "assigned_by_id": office.chief.id, "made_at": FRIDAY, "attempt_id": paper.id}
        write.add(MakeUpRow(sitting_id=sitting.id, person_id=office.staff.id, **task))
    found = of(session, office.staff)
    (year,) = found.studied
    assert (year.expected, year.present, year.leave, year.absent) == (5, 3, 1, 1)
    assert (year.minutes, year.without_meeting) == (150, 1)
    assert (year.made_up, year.made_up_minutes) == (1, 45)
    assert year.rate == Fraction(3, 5)
    assert [(line.presence, line.made_up, line.counted_minutes) for line in found.lines] == [
        (Presence.PRESENT, False, None),
        (Presence.PRESENT, False, 90),
        (Presence.PRESENT, False, 60),
        (Presence.LEAVE, True, None),
        (Presence.ABSENT, False, None),
    ]
    assert found.scored == 3, "what was made up for has no line of its own"


def test_whoever_was_ticked_absent_in_a_room_gets_no_minutes_for_handing_in(
    session: Session, office: Office, set_id: int
) -> None:
    met = {"mode": Mode.TOGETHER, "begins_at": FRIDAY, "ends_at": FRIDAY + timedelta(hours=2)}
    take(hold(office, set_id, **met), office.staff, Fraction(1))
    assert of(session, office.staff).studied[0].minutes == 0


# Years


def test_a_study_belongs_to_the_year_of_the_offices_clocks(session: Session, office: Office, set_id: int) -> None:
    late = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    take(hold(office, set_id, late), office.staff, Fraction(1))
    take(hold(office, set_id, late + timedelta(minutes=1)), office.staff, Fraction(1, 2))
    now = NEW_YEAR + WEEK
    assert [line.share for line in of(session, office.staff, "2026", now).lines] == [Fraction(1)]
    assert [line.share for line in of(session, office.staff, "2027", now).lines] == [Fraction(1, 2)]
    both = of(session, office.staff, "all", now)
    assert [line.share for line in both.lines] == [Fraction(1), Fraction(1, 2)]
    assert [each.year for each in both.studied] == [2027, 2026]


def test_a_year_without_studies_is_empty_and_the_newest_with_some_comes_first(
    session: Session, office: Office, set_id: int
) -> None:
    take(hold(office, set_id), office.staff, Fraction(1))
    found = of(session, office.staff, "2027", NEW_YEAR + WEEK)
    assert (found.lines, found.points, found.mean, found.studied[0].rate) == ((), (), None, None)
    assert found.years == (2027, 2026)
    assert of(session, office.staff, "", NEW_YEAR + WEEK).year == 2026


def test_whoever_is_new_has_an_empty_record(session: Session, office: Office) -> None:
    found = of(session, office.staff)
    assert (found.year, found.years, found.lines, found.points) == (2026, (2026,), (), ())


@pytest.mark.parametrize("asked", ["1999", "2101", "20261", "-2026", "２０２６", "2026.0", "ALL", " 2026"])
def test_what_is_no_period_is_not_there(session: Session, office: Office, asked: str) -> None:
    with pytest.raises(NotFound):
        of(session, office.staff, asked)


# What was recognised

FACTS = RecognitionFacts(2026, "市委组织部", "组通〔2026〕8号", 45)


def recognise(by: Person, facts: RecognitionFacts = FACTS) -> None:
    with writing() as write:
        recognitions.add(write, by.actor, facts, now=FRIDAY)


def entered(session: Session) -> RecognitionRow:
    session.expire_all()
    return session.scalars(select(RecognitionRow)).one()


def test_minutes_become_hours_where_an_authority_recognised_that_year(
    session: Session, office: Office, set_id: int
) -> None:
    take(hold(office, set_id, begins_at=FRIDAY, ends_at=FRIDAY + timedelta(minutes=120)), office.staff, Fraction(1))
    assert of(session, office.staff).studied[0].recognised == ()
    recognise(office.admin)
    recognise(office.admin, RecognitionFacts(2025, "市委组织部", "组通〔2025〕3号", 45))
    (found,) = of(session, office.staff).studied[0].recognised
    assert (found.authority, found.document, found.hours) == ("市委组织部", "组通〔2026〕8号", Fraction(8, 3))


def test_the_same_entered_twice_is_entered_once(session: Session, office: Office) -> None:
    recognise(office.admin)
    recognise(office.editor)
    assert entered(session).entered_by_id == office.admin.id
    assert len(session.scalars(select(AuditRow).where(AuditRow.verb == "recognition:added")).all()) == 1


def test_another_of_the_same_year_and_authority_is_refused(session: Session, office: Office) -> None:
    recognise(office.admin)
    other = RecognitionFacts(2025, "市委组织部", "组通〔2025〕3号", 45)
    recognise(office.admin, other)
    with pytest.raises(BadInput, match="已经登记"):
        recognise(office.admin, RecognitionFacts(2026, "市委组织部", "另一份文件", 50))
    row = session.scalars(select(RecognitionRow).where(RecognitionRow.year == 2025)).one()
    with pytest.raises(BadInput, match="已经登记"), writing() as write:
        recognitions.change(write, office.admin.actor, row.public_id, FACTS, 1, now=FRIDAY)


def test_a_correction_starts_from_what_was_seen(session: Session, office: Office) -> None:
    recognise(office.admin)
    public_id = entered(session).public_id
    changed = RecognitionFacts(2026, "市委组织部", "组通〔2026〕9号", 50)
    with writing() as write:
        recognitions.change(write, office.editor.actor, public_id, changed, 1, now=FRIDAY)
    assert (entered(session).minutes_per_hour, entered(session).version) == (50, 2)
    with pytest.raises(RecognisedMeanwhile) as meanwhile, writing() as write:
        recognitions.change(write, office.admin.actor, public_id, FACTS, 1, now=FRIDAY)
    assert (meanwhile.value.current.facts, meanwhile.value.current.by) == (changed, office.editor.name)
    with pytest.raises(RecognisedMeanwhile), writing() as write:
        recognitions.withdraw(write, office.admin.actor, public_id, 1, now=FRIDAY)


def test_what_was_taken_away_stays_in_the_trail(session: Session, office: Office) -> None:
    recognise(office.admin)
    with writing() as write:
        recognitions.withdraw(write, office.admin.actor, entered(session).public_id, 1, now=FRIDAY)
    assert recognitions.listed(session, office.admin.actor) == []
    row = session.scalars(select(AuditRow).where(AuditRow.verb == "recognition:withdrawn")).one()
    assert row.detail == {"year": 2026, "authority": "市委组织部", "document": "组通〔2026〕8号", "minutes": 45}


def test_every_fault_is_named(session: Session, office: Office) -> None:
    with pytest.raises(BadInput) as bad:
        recognise(office.admin, RecognitionFacts(1999, " ", "长" * 101, 0))
    assert [problem.place for problem in bad.value.problems] == ["年度", "认定单位", "依据文件", "每学时分钟数"]
    assert session.scalars(select(RecognitionRow)).all() == []


@pytest.mark.parametrize("who", ["staff", "chief", "director", "auditor"])
def test_only_editors_and_administrators_enter_what_was_recognised(session: Session, office: Office, who: str) -> None:
    with pytest.raises(NotFound):
        recognise(getattr(office, who))
