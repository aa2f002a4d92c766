"""阅卷: what waits for whom, that no mark is lost or given twice, and what a score is until then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from threading import Barrier

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from services.judged import ESSAY
from services.judged import FULL_MARK
from services.judged import Quiz
from services.judged import open_quiz
from services.judged import verbs
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.marking import NoticeKind
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import marking
from quizapp.services import notices
from quizapp.services import reports
from quizapp.services import results
from quizapp.services.answers import Sent
from quizapp.services.marking import AlreadyMarked
from quizapp.services.marking import NothingToUndo

ONE, NONE, ALL = (True, False, False, False, False), (False,) * 5, (True,) * 5


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    return open_quiz(office, clock)


def mark(quiz: Quiz, by: Person, of: Person, said: tuple[bool, ...], **how: bool) -> marking.Given:
    quiz.close()
    quiz.clock.advance(seconds=1)
    answer = quiz.answer(of)
    with writing() as session:
        return marking.mark(session, by.actor, answer, said, now=quiz.clock(), **how)


def undo(quiz: Quiz, by: Person) -> str:
    with writing() as session:
        return marking.undo(session, by.actor, quiz.sitting, ESSAY, now=quiz.clock())


def of_section(quiz: Quiz) -> reports.SectionReport:
    section = db.session().get_one(SectionRow, quiz.office.secretariat).public_id
    return reports.section_report(db.session(), quiz.office.chief.actor, quiz.sitting, section, now=quiz.clock())


def only_pile(quiz: Quiz, by: Person) -> marking.Pile:
    return marking.pile(db.session(), by.actor, quiz.sitting, ESSAY, now=quiz.clock())


def waiting(quiz: Quiz, by: Person) -> int:
    db.session.rollback()
    return marking.waiting_for(db.session(), by.actor)


# What a score is until a person has marked


def test_a_short_answer_has_no_mark_when_the_attempt_closes(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1、关键词2")
    row = quiz.attempt(office.staff)
    assert quiz.units_of(office.staff, ESSAY) is None
    assert (row.unmarked, row.share) == (1, None)
    quiz.close()
    answer = marking.answer_of(db.session(), office.editor.actor, quiz.answer(office.staff), now=quiz.clock())
    assert answer.proposed == (True, True, False, False, False)


def test_the_score_counts_what_is_marked_and_is_not_final(quiz: Quiz, office: Office) -> None:
    attempt = quiz.hand_in(office.staff, {Interaction.ESSAY: ["关键词1"], Interaction.CHOICE: ["A"]})
    result = results.result(db.session(), office.staff.actor, attempt, now=quiz.clock())
    assert (result.passed, result.waiting_mark) == (None, FULL_MARK)
    assert [m.waits for m in result.marked] == [False] * 6 + [True]
    assert result.attempt.units == sum(m.units for m in result.marked if not m.waits)


BLANK_ANSWERS = {"nothing": None, "blanks": ["  　 "], "punctuation alone": ["……。"]}


@pytest.mark.parametrize("essay", BLANK_ANSWERS.values(), ids=BLANK_ANSWERS)
def test_an_answer_that_says_nothing_is_nought_without_a_person(
    quiz: Quiz, office: Office, essay: list[str] | None
) -> None:
    attempt = quiz.hand_in(office.staff, {Interaction.ESSAY: essay} if essay else {})
    result = results.result(db.session(), office.staff.actor, attempt, now=quiz.clock())
    assert (result.attempt.unmarked, result.passed) == (0, False)
    assert waiting(quiz, office.editor) == 0


def test_reports_count_nobody_whose_score_is_not_final(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.hand_in(office.colleague, {})
    report = of_section(quiz)
    assert (report.figures.closed, report.figures.waiting, report.figures.mean) == (1, 1, Fraction(0))
    lines = {line.person.name: line for line in report.present}
    assert (lines[office.staff.name].share, lines[office.staff.name].passed) == (None, None)
    assert lines[office.colleague.name].passed is False


def test_marking_makes_the_score_final_and_tells_its_person(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1")
    given = mark(quiz, office.editor, office.staff, ONE)
    assert (given.units, given.answers, given.waiting) == (FULL_MARK * UNITS // 5, 1, 0)
    row = quiz.attempt(office.staff)
    assert (row.units, row.unmarked, row.share) == (UNITS, 0, Fraction(1, 35))
    told = notices.waiting(db.session(), office.staff.actor, now=quiz.clock())
    assert [(n.kind, n.after_units) for n in told] == [(NoticeKind.MARKED, UNITS)]


def test_a_question_whose_answers_wait_counts_in_no_figure_of_questions(quiz: Quiz, office: Office) -> None:
    """Only the person who left it empty is asked for the short answer as far as statistics go."""
    quiz.write(office.staff, "关键词1")
    quiz.hand_in(office.colleague, {})
    quiz.close()
    report = of_section(quiz)
    asked = {missed.position: missed.asked for missed in report.missed}
    assert (asked[ESSAY], asked[1]) == (1, 2)


# Who marks what


def test_a_chief_marks_the_section_and_an_editor_any(quiz: Quiz, office: Office) -> None:
    for person in (office.staff, office.colleague, office.stranger):
        quiz.write(person, f"关键词1 {person.number}")
    seen = {"editor": 3, "chief": 2, "finance_chief": 1, "deputy": 2, "director": 3, "staff": 0, "admin": 0}
    quiz.close()
    assert {who: waiting(quiz, getattr(office, who)) for who in seen} == seen
    with pytest.raises(NotFound):
        mark(quiz, office.chief, office.stranger, ONE)
    with pytest.raises(NotFound):
        mark(quiz, office.staff, office.colleague, ONE)


def test_nobody_marks_their_own_answer(quiz: Quiz, office: Office) -> None:
    for person in (office.editor, office.chief):
        quiz.write(person, "关键词1")
    for person in (office.editor, office.chief):
        with pytest.raises(NotFound):
            mark(quiz, person, person, ALL)
    assert (waiting(quiz, office.editor), waiting(quiz, office.chief)) == (1, 1)


def test_identical_answers_marked_together_leave_out_ones_own(quiz: Quiz, office: Office) -> None:
    for person in (office.staff, office.colleague, office.chief):
        quiz.write(person, "关键词1")
    assert mark(quiz, office.chief, office.staff, ONE, together=True).answers == 2
    assert quiz.attempt(office.chief).unmarked == 1


def test_whoever_may_still_take_the_quiz_sees_nothing_of_it(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1")
    [pile] = marking.piles(db.session(), office.editor.actor, now=quiz.clock())
    assert not pile.open
    with pytest.raises(NotFound):
        only_pile(quiz, office.editor)
    quiz.hand_in(office.editor, {})
    assert only_pile(quiz, office.editor).waiting == 1


def test_the_order_is_chance_and_stays(quiz: Quiz, office: Office) -> None:
    people = [p for p in office.everybody() if p is not office.editor]
    for person in people:
        quiz.write(person, f"关键词1 {person.number}")
    quiz.close()

    def order() -> list[str]:
        pile, after, found = only_pile(quiz, office.editor), "", []
        for _ in people:
            answer = marking.next_answer(db.session(), office.editor.actor, pile, after=after)
            assert answer is not None
            found.append(answer.id)
            after = answer.id
        return found

    assert sorted(order()) == sorted(quiz.answer(person) for person in people)
    assert order() == order()
    assert order() != [quiz.answer(person) for person in people]


def test_two_markers_begin_at_different_places(quiz: Quiz, office: Office) -> None:
    people = [p for p in office.everybody() if p not in (office.editor, office.second_editor, office.director)]
    for person in people:
        quiz.write(person, f"关键词1 {person.number}")
    quiz.close()
    ids, places = sorted(quiz.answer(person) for person in people), set()
    for marker in (office.editor, office.second_editor, office.director):
        pile = only_pile(quiz, marker)
        place = marking._beginning(marker.actor, pile)
        places.add(place)
        answer = marking.next_answer(db.session(), marker.actor, pile)
        assert answer is not None
        assert answer.id == next((each for each in ids if each > place), ids[0])
    assert len(places) == 3


# Together, twice, back, anew


SAME = ["文不过夜，事不隔天", "文不过夜 事不隔天。", "「文不过夜」、事不隔天"]


def test_identical_answers_get_the_same_mark_when_that_is_wanted(quiz: Quiz, office: Office) -> None:
    people = [office.staff, office.colleague, office.stranger]
    for person, text in zip(people, SAME, strict=True):
        quiz.write(person, text)
    quiz.write(office.chief, "另一种答案")
    quiz.close()
    answer = marking.answer_of(db.session(), office.editor.actor, quiz.answer(office.staff), now=quiz.clock())
    assert answer.same == 2
    assert mark(quiz, office.editor, office.staff, ONE, together=True).answers == 3
    assert [quiz.attempt(person).units for person in people] == [UNITS] * 3
    assert waiting(quiz, office.editor) == 1


def test_without_being_asked_identical_answers_stay(quiz: Quiz, office: Office) -> None:
    for person in (office.staff, office.colleague):
        quiz.write(person, "关键词1")
    quiz.close()
    mark(quiz, office.editor, office.staff, ONE)
    assert waiting(quiz, office.editor) == 1


def test_the_second_marker_is_told_and_changes_nothing(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.close()
    mark(quiz, office.editor, office.staff, ONE)
    with pytest.raises(AlreadyMarked) as told:
        mark(quiz, office.chief, office.staff, ALL)
    assert (told.value.said, told.value.units) == (ONE, UNITS)
    assert quiz.attempt(office.staff).units == UNITS
    assert verbs(db.session()).count("answer:marked") == 1


def test_two_markers_at_the_same_moment_give_one_mark(
    app: Flask, quiz: Quiz, office: Office, client_of: Callable[[Person], Browser]
) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.close()
    answer, start = quiz.answer(office.staff), Barrier(2)
    browsers = {"1": client_of(office.editor), "2": client_of(office.chief)}
    for browser in browsers.values():
        browser.token()

    def give(said: str) -> str:
        start.wait()
        form = {"points": "5", "said": said}
        return browsers[said].submit(f"/marking/answers/{answer}", form, follow_redirects=True).get_data(as_text=True)

    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(give, browsers))
    assert sum("另一位评阅人" in page for page in pages) == 1
    assert quiz.attempt(office.staff).units == UNITS
    assert verbs(db.session()).count("answer:marked") == 1
    assert [n.kind for n in notices.waiting(db.session(), office.staff.actor, now=quiz.clock())] == [NoticeKind.MARKED]


def test_undo_takes_back_the_last_mark_with_all_given_together(quiz: Quiz, office: Office) -> None:
    for person, text in ((office.staff, "甲"), (office.colleague, "乙"), (office.stranger, "乙")):
        quiz.write(person, text)
    quiz.close()
    mark(quiz, office.editor, office.staff, ALL)
    mark(quiz, office.editor, office.colleague, ONE, together=True)
    assert undo(quiz, office.editor) in {quiz.answer(office.colleague), quiz.answer(office.stranger)}
    assert [quiz.attempt(p).unmarked for p in (office.staff, office.colleague, office.stranger)] == [0, 1, 1]
    assert quiz.units_of(office.stranger, ESSAY) is None
    assert notices.waiting(db.session(), office.stranger.actor, now=quiz.clock()) == []


def test_undo_is_for_ones_own_marks_of_the_last_minutes(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.close()
    mark(quiz, office.editor, office.staff, ONE)
    with pytest.raises(NothingToUndo):
        undo(quiz, office.chief)
    quiz.clock.advance(minutes=16)
    with pytest.raises(NothingToUndo):
        undo(quiz, office.editor)
    assert quiz.attempt(office.staff).units == UNITS


def change(quiz: Quiz, by: Person, said: tuple[bool, ...], reason: str, known: tuple[bool, ...] = ONE) -> None:
    answer = quiz.answer(quiz.office.staff)
    with writing() as session:
        marking.change(session, by.actor, answer, said, reason, known=known, now=quiz.clock())


def test_an_editor_changes_a_mark_with_a_reason_and_the_person_is_told(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.close()
    mark(quiz, office.chief, office.staff, ONE)
    change(quiz, office.editor, ALL, "意思都说到了")
    assert quiz.attempt(office.staff).units == FULL_MARK * UNITS
    told = notices.waiting(db.session(), office.staff.actor, now=quiz.clock())[0]
    assert (told.kind, told.words, told.before_units, told.after_units, told.number) == (
        NoticeKind.MARK_CHANGED, "意思都说到了", UNITS, FULL_MARK * UNITS, 7,
    )  # fmt: skip
    assert verbs(db.session())[-1] == "answer:remarked"
    with pytest.raises(NothingToUndo):
        undo(quiz, office.chief)


def test_a_mark_is_changed_by_editors_only_with_a_reason_and_as_it_was_shown(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.close()
    mark(quiz, office.editor, office.staff, ONE)
    with pytest.raises(NotFound):
        change(quiz, office.chief, ALL, "复核")
    with pytest.raises(BadInput, match="原因"):
        change(quiz, office.editor, ALL, "  ")
    with pytest.raises(AlreadyMarked):
        change(quiz, office.editor, ALL, "复核", known=NONE)
    assert quiz.attempt(office.staff).units == UNITS


def test_points_that_are_not_on_the_question_are_refused(quiz: Quiz, office: Office) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.close()
    with pytest.raises(BadInput):
        mark(quiz, office.editor, office.staff, (True,) * 4)
    assert quiz.attempt(office.staff).unmarked == 1


def test_the_bell_leaves_short_answers_to_people_too(quiz: Quiz, office: Office) -> None:
    now = quiz.clock()
    with writing() as session:
        attempt = attempts.start(session, office.staff.actor, quiz.sitting, now=now).public_id
        answers.save(session, office.staff.actor, attempt, 7, Sent(["关键词1"], 1), now=now)
    quiz.attempts[office.staff.id] = attempt
    with writing() as session:
        assert attempts.close_overdue(session, now=now + timedelta(minutes=30), at_once=10) == 1
    assert quiz.attempt(office.staff).unmarked == 1
