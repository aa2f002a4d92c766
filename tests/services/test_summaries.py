"""Figures of closed sittings, summed up once: whatever happens afterwards, they are those of the rows."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from random import Random
from statistics import stdev

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from services.judged import ESSAY
from services.judged import Quiz
from services.judged import open_quiz
from services.regraded import SINGLE
from services.regraded import decide
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.core.regrading import Method
from quizapp.core.reports import Figures
from quizapp.core.statistics import item_sums
from quizapp.db import attendance as attendance_rows
from quizapp.db import reports
from quizapp.db import sittings as sitting_rows
from quizapp.db import summaries as summary_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.regrades import RegradeRow
from quizapp.db.summaries import SectionSummaryRow
from quizapp.db.summaries import SummaryRow
from quizapp.services import adjustments
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services import leave
from quizapp.services import make_ups
from quizapp.services import marking
from quizapp.services import paper_answers
from quizapp.services import people
from quizapp.services import summaries
from quizapp.services import timekeeping
from quizapp.services import wordings
from quizapp.services.attendance import Correction

GIVEN = {Interaction.CHOICE: ["A"], Interaction.TEXT: ["当天办结"], Interaction.ESSAY: ["关键词1"]}


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    """A closed quiz: one who answered, one with other answers, one who handed in nothing, and many who stayed away."""
    made = open_quiz(office, clock)
    made.hand_in(office.staff, GIVEN)
    made.hand_in(office.stranger, {Interaction.CHOICE: ["B"], Interaction.ESSAY: ["别的"]})
    made.hand_in(office.editor, {})
    made.close()
    return made


def sum_up(clock: Clock) -> None:
    """What the bell does."""
    with writing() as write:
        timekeeping.note_ends(write, past=clock())
    while (sitting_id := summaries.sitting_to_sum_up(db.session())) is not None:
        with writing() as write:
            summaries.sum_up(write, sitting_id, now=clock())
    clock.advance(minutes=10)
    while (sitting_id := summaries.sitting_with_items_to_make(db.session(), now=clock())) is not None:
        with writing() as write:
            assert summaries.begin_items(write, sitting_id, now=clock())
        items = summaries.read_items(db.session(), sitting_id)
        with writing() as write:
            summaries.keep_items(write, sitting_id, items, now=clock())


def sitting_id(quiz: Quiz) -> int:
    return sitting_rows.sitting_alone(db.session(), quiz.sitting).id


# What a plain count says


def plain(sitting: int) -> dict[int, dict[str, object]]:
    """The figures by section, person by person."""
    db.session.rollback()
    known = attendance_rows.known_of(db.session(), sitting)
    of_section: dict[int, list[AttemptRow]] = defaultdict(list)
    for attempt in db.session().scalars(select(AttemptRow).where(AttemptRow.sitting_id == sitting)):
        of_section[attempt.section_id].append(attempt)
    return {section: counted(rows, known) for section, rows in of_section.items()}


def counted(rows: list[AttemptRow], known: dict[int, attendance_rows.Known]) -> dict[str, object]:
    shares = [row.share for row in rows if row.closed_at is not None and row.share is not None]
    excused = [r for r in rows if known[r.person_id].presence is Presence.LEAVE and r.started_at is None]
    return {
        "dealt": len(rows),
        "expected": len(rows) - len(excused),
        "started": sum(row.started_at is not None for row in rows),
        "closed": len(shares),
        "passed": sum(share >= Fraction(60, 100) for share in shares),
        "excellent": sum(share >= Fraction(90, 100) for share in shares),
        "waiting": sum(row.unmarked > 0 for row in rows),
        "excused": len(excused),
        "made_up": sum(made_up(row) for row in rows),
        "mean": sum(shares, Fraction(0)) / len(shares) if shares else None,
        "spread": pytest.approx(stdev(map(float, shares)), abs=1e-9) if len(shares) > 1 else None,
    }


def made_up(attempt: AttemptRow) -> bool:
    task = attendance_rows.make_up_of(db.session(), attempt.sitting_id, attempt.person_id)
    again = db.session().get(AttemptRow, task.attempt_id) if task is not None and task.attempt_id else None
    return again is not None and task is not None and again.closed_at is not None and again.closed_at <= task.due


def told(figures: Figures) -> dict[str, object]:
    names = ("dealt", "expected", "started", "closed", "passed", "excellent", "waiting", "excused", "made_up")
    return {name: getattr(figures, name) for name in (*names, "mean", "spread")}


def plain_questions(sitting: int) -> dict[int, tuple[int, int, Fraction]]:
    """(asked, answered, facility) by position, over everybody who has handed in."""
    closed = db.session().scalars(
        select(AttemptRow.id).where(AttemptRow.sitting_id == sitting, AttemptRow.closed_at.is_not(None))
    )
    ids, found = list(closed), {}
    for place in sitting_rows.paper(db.session(), sitting):
        if place.position in overruled(sitting, Method.VOID):
            continue
        given = [db.session().get(ResponseRow, (attempt, place.position)) for attempt in ids]
        counts = [row for row in given if row is None or row.units is not None]
        if counts:
            earned = sum(row.units or 0 for row in counts if row is not None)
            answered = sum(row is not None and row.value != [] for row in counts)
            facility = Fraction(earned, place.full_mark * UNITS * len(counts))
            found[place.position] = (len(counts), answered, facility)
    return found


def overruled(sitting: int, *methods: Method) -> set[int]:
    """The positions at which one of these decisions stands."""
    standing = select(RegradeRow).where(RegradeRow.sitting_id == sitting, RegradeRow.withdrawn_at.is_(None))
    return {row.position for row in db.session().scalars(standing) if row.method in methods}


def agrees(sitting: int) -> None:
    """What reports read is what a plain count says."""
    by_section = plain(sitting)
    read = reports.by_section(db.session(), list(by_section), [sitting])
    assert {section: told(figures) for (section, _), figures in read.items()} == by_section
    (together,) = reports.by_sitting(db.session(), None, [sitting]).values()
    assert together.dealt == sum(figures.dealt for figures in read.values())
    missed = reports.missed(db.session(), list(by_section), sitting)
    assert {m.position: (m.asked, m.answered, m.facility) for m in missed} == plain_questions(sitting)


def items_agree(sitting: int) -> None:
    final = {
        row.id: row.units or 0
        for row in db.session().scalars(select(AttemptRow).where(AttemptRow.sitting_id == sitting))
        if row.closed_at is not None and not row.unmarked
    }
    rows = summary_rows.items_of(db.session(), sitting)
    silent = overruled(sitting, Method.VOID, Method.GRANT)
    asked = [place.position for place in sitting_rows.paper(db.session(), sitting)]
    assert [row.position for row in rows] == [position for position in asked if position not in silent]
    for row in rows:
        given = {attempt: db.session().get(ResponseRow, (attempt, row.position)) for attempt in final}
        marks = [((held.units or 0) if held else 0, final[attempt]) for attempt, held in given.items()]
        assert row.sums == item_sums(marks)
        values = [list(held.value) if held else [] for held in given.values()]
        assert {tuple(value): times for value, times in row.answers} == {tuple(v): values.count(v) for v in values}


# Once summed up, always right


def test_a_sitting_is_summed_up_when_it_has_ended_and_not_before(quiz: Quiz, clock: Clock) -> None:
    clock.moment -= timedelta(hours=2)
    sum_up(clock)
    assert not summary_rows.summed_up(db.session(), [sitting_id(quiz)]).sittings
    quiz.close()
    sum_up(clock)
    assert summary_rows.summed_up(db.session(), [sitting_id(quiz)]).sittings
    assert db.session().scalar(select(func.sum(SectionSummaryRow.dealt))) == len(quiz.office.everybody())
    agrees(sitting_id(quiz))
    items_agree(sitting_id(quiz))


def test_nothing_is_summed_up_while_somebody_has_a_paper_open(quiz: Quiz, office: Office, clock: Clock) -> None:
    clock.moment -= timedelta(hours=2)
    with writing() as write:
        attempts.start(write, office.chief.actor, quiz.sitting, now=clock())
    quiz.close()
    with writing() as write:
        timekeeping.note_ends(write, past=clock())
    assert summaries.sitting_to_sum_up(db.session()) is None
    with writing() as write:
        attempts.close_overdue(write, now=clock(), at_once=10)
    assert summaries.sitting_to_sum_up(db.session()) == sitting_id(quiz)


def mark(quiz: Quiz) -> None:
    with writing() as write:
        marking.mark(write, quiz.office.editor.actor, quiz.answer(quiz.office.staff), (True,) * 5, now=quiz.clock())


def mark_and_take_back(quiz: Quiz) -> None:
    mark(quiz)
    with writing() as write:
        marking.undo(write, quiz.office.editor.actor, quiz.sitting, ESSAY, now=quiz.clock())


def accept_a_wording(quiz: Quiz) -> None:
    question = str(db.session().scalar(select(QuestionRow.public_id).where(QuestionRow.fingerprint == "fill_in-0")))
    with writing() as write:
        wordings.accept(write, quiz.office.editor.actor, question, 1, 0, "当天办结", now=quiz.clock())
    more = True
    while more:
        with writing() as write:
            more = wordings.rescore(write, now=quiz.clock())


def enter_on_paper(quiz: Quiz) -> None:
    who = quiz.office.colleague.public_id
    with writing() as write:
        paper_answers.enter(write, quiz.office.director.actor, quiz.sitting, who, {1: "A"}, now=quiz.clock())


def correct_attendance(quiz: Quiz) -> None:
    person = quiz.office.colleague
    with writing() as write:
        _, _, before = attendance._to_correct(write, quiz.office.chief.actor, quiz.sitting, person.public_id)
        correction = Correction(Presence.LEAVE, LeaveKind.DUTY, "补登", attendance.stamp(before))
        attendance.correct(write, quiz.office.chief.actor, quiz.sitting, person.public_id, correction, now=quiz.clock())


def give_leave(quiz: Quiz, person: Person | None = None) -> None:
    who = person or quiz.office.colleague
    with writing() as write:
        leave.enter(
            write, quiz.office.director.actor, quiz.sitting, who.public_id, LeaveKind.DUTY, "", now=quiz.clock()
        )


def make_up(quiz: Quiz) -> None:
    give_leave(quiz)
    with writing() as write:
        task = write.scalars(select(MakeUpRow.public_id)).one()
        actor = quiz.office.colleague.actor
        attempt = make_ups.start(write, actor, task, Random(1), now=quiz.clock())
        attempts.submit(write, actor, attempt.public_id, now=quiz.clock())


def grant(quiz: Quiz) -> None:
    decide(quiz, SINGLE, Method.GRANT)


def make_void(quiz: Quiz) -> None:
    decide(quiz, SINGLE, Method.VOID)


def make_void_and_withdraw(quiz: Quiz) -> None:
    make_void(quiz)
    decide(quiz, SINGLE, None)


def adjust(quiz: Quiz) -> None:
    office, who = quiz.office, quiz.office.editor.public_id
    shown = adjustments.of_person(db.session(), office.chief.actor, quiz.sitting, who, now=quiz.clock())
    with writing() as write:
        adjustments.adjust(
            write, office.chief.actor, quiz.sitting, who, Fraction(3), "笔误", shown.stamp, now=quiz.clock()
        )


LATER = {
    "a question is granted": grant,
    "a question is made void": make_void,
    "that is withdrawn": make_void_and_withdraw,
    "a score is adjusted by hand": adjust,
    "a short answer is marked": mark,
    "a mark is taken back": mark_and_take_back,
    "a wording is accepted": accept_a_wording,
    "a paper is typed in": enter_on_paper,
    "attendance is corrected": correct_attendance,
    "leave is given": give_leave,
    "somebody makes up": make_up,
}


@pytest.mark.parametrize("happens", LATER.values(), ids=LATER)
def test_figures_stay_those_of_the_rows_when(quiz: Quiz, clock: Clock, happens: Callable[[Quiz], None]) -> None:
    sum_up(clock)
    sitting = sitting_id(quiz)
    before = plain(sitting), plain_questions(sitting)
    happens(quiz)
    if happens not in (mark_and_take_back, make_void_and_withdraw):
        assert (plain(sitting), plain_questions(sitting)) != before
    assert summary_rows.summed_up(db.session(), [sitting]).outdated
    agrees(sitting)
    sum_up(clock)
    assert not summary_rows.summed_up(db.session(), [sitting]).outdated
    agrees(sitting)
    items_agree(sitting)


def transfer(quiz: Quiz) -> None:
    """Move somebody twice."""
    for section in (quiz.office.finance, quiz.office.inspection):
        with writing() as write:
            people.transfer(write, write.get_one(PersonRow, quiz.office.staff.id), section, quiz.clock())


def disable(quiz: Quiz) -> None:
    with writing() as write:
        row = write.get_one(PersonRow, quiz.office.colleague.id)
        people._set_active(write, row, False, quiz.clock())


AFTERWARDS = {"somebody moves twice": transfer, "somebody leaves the office": disable}


@pytest.mark.parametrize("happens", AFTERWARDS.values(), ids=AFTERWARDS)
def test_the_past_stays_with_the_section_of_its_time_when(
    quiz: Quiz, clock: Clock, happens: Callable[[Quiz], None]
) -> None:
    sum_up(clock)
    sitting = sitting_id(quiz)
    before = plain(sitting)
    happens(quiz)
    assert plain(sitting) == before
    agrees(sitting)


def test_only_the_section_that_changed_is_counted_anew(quiz: Quiz, clock: Clock) -> None:
    sum_up(clock)
    mark(quiz)
    sitting = sitting_id(quiz)
    assert summary_rows.summed_up(db.session(), [sitting]).outdated == {(sitting, quiz.office.secretariat)}


def test_what_changes_while_items_are_reckoned_is_reckoned_after(quiz: Quiz, clock: Clock) -> None:
    sum_up(clock)
    mark(quiz)
    clock.advance(minutes=10)
    sitting = sitting_id(quiz)
    with writing() as write:
        assert summaries.begin_items(write, sitting, now=clock())
    items = summaries.read_items(db.session(), sitting)
    with writing() as write:
        marking.undo(write, quiz.office.editor.actor, quiz.sitting, ESSAY, now=clock())
    with writing() as write:
        summaries.keep_items(write, sitting, items, now=clock())
    assert db.session().get_one(SummaryRow, sitting).items_outdated
    sum_up(clock)
    items_agree(sitting)


def test_who_was_stopped_in_the_middle_is_replaced_after_a_while(quiz: Quiz, clock: Clock) -> None:
    sum_up(clock)
    mark(quiz)
    clock.advance(minutes=2)
    sitting = sitting_id(quiz)
    with writing() as write:
        assert summaries.begin_items(write, sitting, now=clock())
        assert not summaries.begin_items(write, sitting, now=clock())
    assert summaries.sitting_with_items_to_make(db.session(), now=clock()) is None
    clock.advance(minutes=6)
    sum_up(clock)
    items_agree(sitting)
