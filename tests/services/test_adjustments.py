"""One person's score adjusted by hand: who may, what is refused, what it gives, and that it can be withdrawn."""

from fractions import Fraction

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from services.judged import Quiz
from services.judged import open_quiz
from services.regraded import SINGLE
from services.regraded import WHOLE
from services.regraded import decide
from services.regraded import hand_in
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.marking import NoticeKind
from quizapp.core.question import UNITS
from quizapp.core.question import TypeName
from quizapp.core.regrading import Method
from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.regrades import AdjustmentRow
from quizapp.services import adjustments
from quizapp.services import notices

PAPER = len(TypeName) * WHOLE


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    """Closed: staff of 秘书科 and its chief have 5 of 35 points."""
    made = open_quiz(office, clock)
    for person in (office.staff, office.chief, office.editor):
        hand_in(made, person, {SINGLE: ["A"]})
    made.close()
    return made


def seen(quiz: Quiz, by: Person, whose: Person) -> adjustments.Adjusted:
    db.session.rollback()
    return adjustments.of_person(db.session(), by.actor, quiz.sitting, whose.public_id, now=quiz.clock())


def adjust(
    quiz: Quiz, by: Person, whose: Person, points: str, reason: str = "现场抢答加分", stamp: str | None = None
) -> None:
    stamp = seen(quiz, by, whose).stamp if stamp is None else stamp
    with writing() as session:
        act = (session, by.actor, quiz.sitting, whose.public_id, Fraction(points), reason, stamp)
        adjustments.adjust(*act, now=quiz.clock())


def test_an_adjustment_is_a_row_of_its_own_with_reason_and_author(quiz: Quiz, office: Office) -> None:
    adjust(quiz, office.editor, office.staff, "2")
    adjust(quiz, office.chief, office.staff, "-0.5", "迟交")
    assert quiz.attempt(office.staff).units == WHOLE + 3 * UNITS // 2
    held = seen(quiz, office.deputy, office.staff)
    assert [(each.units, each.reason, each.by) for each in held.adjustments] == [
        (2 * UNITS, "现场抢答加分", office.editor.name),
        (-UNITS // 2, "迟交", office.chief.name),
    ]
    assert (held.earned, quiz.units_of(office.staff, SINGLE)) == (WHOLE, WHOLE)


def test_the_person_is_told_by_whom_and_why(quiz: Quiz, office: Office) -> None:
    adjust(quiz, office.chief, office.staff, "2")
    [notice] = notices.waiting(db.session(), office.staff.actor, now=quiz.clock())
    assert (notice.kind, notice.before_units, notice.after_units) == (NoticeKind.ADJUSTED, WHOLE, WHOLE + 2 * UNITS)
    assert notice.words == f"+2 分，现场抢答加分（{office.chief.name}）"


@pytest.mark.parametrize(("points", "score"), [("35", PAPER), ("-35", 0)])
def test_no_score_leaves_its_bounds(quiz: Quiz, office: Office, points: str, score: int) -> None:
    adjust(quiz, office.editor, office.staff, points)
    assert quiz.attempt(office.staff).units == score


def test_what_went_beyond_the_full_score_counts_once_there_is_room(quiz: Quiz, office: Office) -> None:
    """The sum is held within its bounds, not each adjustment."""
    adjust(quiz, office.editor, office.staff, "35")
    decide(quiz, SINGLE, Method.VOID)
    assert quiz.attempt(office.staff).units == PAPER - WHOLE
    adjust(quiz, office.editor, office.staff, "-10")
    assert quiz.attempt(office.staff).units == 25 * UNITS


def test_withdrawing_gives_the_score_from_before_and_tells(quiz: Quiz, office: Office) -> None:
    adjust(quiz, office.editor, office.staff, "2")
    made = seen(quiz, office.chief, office.staff).adjustments[0].id
    for _ in range(2):
        with writing() as session:
            adjustments.withdraw(session, office.chief.actor, made, now=quiz.clock())
    assert quiz.attempt(office.staff).units == WHOLE
    assert seen(quiz, office.chief, office.staff).adjustments == ()
    kinds = [notice.kind for notice in notices.waiting(db.session(), office.staff.actor, now=quiz.clock())]
    assert kinds == [NoticeKind.ADJUSTMENT_WITHDRAWN, NoticeKind.ADJUSTED]


def test_who_may_adjust_whose_score(quiz: Quiz, office: Office) -> None:
    may = {
        office.staff: {"chief", "deputy", "director", "editor", "second_editor"},
        office.chief: {"deputy", "director", "editor", "second_editor"},
        office.editor: {"chief", "deputy", "director", "second_editor"},
    }
    for whose, allowed in may.items():
        found = set()
        for by in office.everybody():
            try:
                seen(quiz, by, whose)
                found.add(by.name)
            except NotFound:
                with pytest.raises(NotFound):
                    adjust(quiz, by, whose, "2", stamp="")
        assert found == {getattr(office, name).name for name in allowed}


def test_a_score_that_is_not_there_is_not_adjusted(quiz: Quiz, office: Office) -> None:
    with pytest.raises(NotFound):
        seen(quiz, office.editor, office.colleague)


def test_nothing_is_adjusted_while_the_sitting_is_open(session: Session, office: Office, clock: Clock) -> None:
    quiz = open_quiz(office, clock)
    hand_in(quiz, office.staff, {})
    with pytest.raises(NotNow):
        seen(quiz, office.editor, office.staff)


@pytest.mark.parametrize(
    ("points", "reason"),
    [("0", "加分"), ("0.25", "加分"), ("36", "加分"), ("-36", "扣分"), ("2", ""), ("2", "长" * 201)],
    ids=["nothing", "too fine", "too much", "too little", "no reason", "long reason"],
)
def test_what_is_refused(quiz: Quiz, office: Office, points: str, reason: str) -> None:
    with pytest.raises(BadInput):
        adjust(quiz, office.editor, office.staff, points, reason)
    assert db.session().scalar(select(func.count()).select_from(AdjustmentRow)) == 0


def test_a_double_tap_adjusts_once(quiz: Quiz, office: Office) -> None:
    stamp = seen(quiz, office.editor, office.staff).stamp
    for _ in range(2):
        adjust(quiz, office.editor, office.staff, "2", stamp=stamp)
    assert quiz.attempt(office.staff).units == WHOLE + 2 * UNITS


def test_who_did_not_see_the_newest_score_adjusts_nothing(quiz: Quiz, office: Office) -> None:
    stamp = seen(quiz, office.chief, office.staff).stamp
    adjust(quiz, office.editor, office.staff, "2")
    with pytest.raises(adjustments.AdjustedMeanwhile):
        adjust(quiz, office.chief, office.staff, "2", stamp=stamp)


def test_editors_find_people_by_staff_number_but_for_themselves(quiz: Quiz, office: Office) -> None:
    def find(by: Person, number: str) -> str:
        return adjustments.find_person(db.session(), by.actor, quiz.sitting, number, now=quiz.clock())

    assert find(office.editor, f" {office.staff.number} ") == office.staff.public_id
    for number in (office.editor.number, office.colleague.number, "9999"):
        with pytest.raises(BadInput, match="没有可以调整的成绩"):
            find(office.editor, number)
    with pytest.raises(NotFound):
        find(office.chief, office.staff.number)


def test_the_audit_trail_says_whose_score_and_why(quiz: Quiz, office: Office) -> None:
    adjust(quiz, office.editor, office.staff, "-1.5", "作弊")
    row = db.session().scalars(select(AuditRow).where(AuditRow.verb == "score:adjusted")).one()
    assert (row.person_name, row.detail) == (
        office.editor.name,
        {"person": office.staff.number, "adjusted": "−1.5", "reason": "作弊"},
    )
