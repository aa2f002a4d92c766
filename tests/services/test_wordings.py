"""Accepting a wording for everybody: what is shown and refused, and that scoring anew is whole, resumable, told."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import ALL_TYPES
from factories import CANARY
from factories import published_sitting
from factories import question
from factories import sitting_facts
from services.judged import BLANKS
from services.judged import FULL_MARK
from services.judged import Quiz
from services.judged import open_quiz
from services.judged import verbs
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.marking import NoticeKind
from quizapp.core.marking import with_wordings
from quizapp.core.question import BLANK
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.core.question import TypeName
from quizapp.db.attempts import AttemptRow
from quizapp.db.audit import AuditRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import set_by_slug
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.marking import NoticeRow
from quizapp.db.marking import RescoringRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import notices
from quizapp.services import results
from quizapp.services import wordings
from quizapp.services.answers import Sent

WHOLE = FULL_MARK * UNITS


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    return open_quiz(office, clock)


def filled(quiz: Quiz) -> str:
    """The public id of the fill-in question of the quiz."""
    return str(db.session().scalar(select(QuestionRow.public_id).where(QuestionRow.fingerprint == "fill_in-0")))


def accept(quiz: Quiz, wording: str, *, blank: int = 0, by: Person | None = None) -> str:
    with writing() as session:
        actor = (by or quiz.office.editor).actor
        row = wordings.accept(session, actor, filled(quiz), 1, blank, wording, now=quiz.clock())
        return str(row.public_id)


def withdraw(quiz: Quiz, wording_id: str) -> None:
    with writing() as session:
        wordings.withdraw(session, quiz.office.editor.actor, wording_id, now=quiz.clock())


def rescore(quiz: Quiz, at_once: int = 100) -> int:
    """Score everything anew; in how many transactions."""
    runs = 0
    more = True
    while more:
        with writing() as session:
            more = wordings.rescore(session, now=quiz.clock(), at_once=at_once)
        runs += more
    return runs


def told(quiz: Quiz, person: Person) -> Sequence[notices.Notice]:
    db.session.rollback()
    return notices.waiting(db.session(), person.actor, now=quiz.clock())


def looked_at(quiz: Quiz) -> wordings.VersionWordings:
    quiz.close()
    db.session.rollback()
    return wordings.wordings_of(db.session(), quiz.office.editor.actor, filled(quiz), now=quiz.clock()).versions[0]


# What was typed


def test_wrong_wordings_are_counted_as_they_are_compared_and_without_names(quiz: Quiz, office: Office) -> None:
    for person, text in (
        (office.staff, "日事日毕"),
        (office.colleague, "日事 日毕。"),
        (office.stranger, "日事日毕"),
        (office.chief, "不拖延"),
        (office.deputy, f"{CANARY}空0"),
    ):
        quiz.fill_in(person, text)
    found = looked_at(quiz)
    assert [(w.blank, w.text, w.times) for w in found.wrong] == [(0, "日事日毕", 3), (0, "不拖延", 1)]
    assert (found.answered, found.right) == (5, (1,))
    assert not any(person.name in repr(found) for person in office.everybody())


def test_only_closed_attempts_are_counted(quiz: Quiz, office: Office) -> None:
    now = quiz.clock()
    with writing() as session:
        attempt = attempts.start(session, office.staff.actor, quiz.sitting, now=now).public_id
        answers.save(session, office.staff.actor, attempt, BLANKS, Sent(["日事日毕"], 1), now=now)
    assert looked_at(quiz).wrong == ()


def test_whoever_may_still_take_the_quiz_sees_no_wordings(quiz: Quiz, office: Office) -> None:
    quiz.fill_in(office.staff, "日事日毕")
    assert wordings.wordings_of(db.session(), office.editor.actor, filled(quiz), now=quiz.clock()).versions == ()


def test_only_editors_see_and_accept(quiz: Quiz, office: Office) -> None:
    for person in (office.staff, office.chief, office.director, office.admin, office.auditor):
        with pytest.raises(NotFound):
            wordings.wordings_of(db.session(), person.actor, filled(quiz), now=quiz.clock())
        with pytest.raises(NotFound):
            accept(quiz, "日事日毕", by=person)


# Accepting


def test_accepting_raises_every_closed_attempt_and_tells_its_person(quiz: Quiz, office: Office) -> None:
    for person, text in ((office.staff, "日事日毕"), (office.colleague, "日事，日毕"), (office.stranger, "不拖延")):
        quiz.fill_in(person, text)
    accept(quiz, "日事日毕")
    rescore(quiz)
    assert [quiz.attempt(p).units for p in (office.staff, office.colleague, office.stranger)] == [WHOLE, WHOLE, 0]
    [notice] = told(quiz, office.colleague)
    assert (notice.kind, notice.words, notice.number, notice.before_units, notice.after_units) == (
        NoticeKind.WORDING_ACCEPTED, "日事，日毕", BLANKS, 0, WHOLE,
    )  # fmt: skip
    assert told(quiz, office.stranger) == []


def test_the_version_stays_as_it_was(quiz: Quiz, office: Office) -> None:
    before = {row.id: row.question() for row in db.session().scalars(select(QuestionVersionRow))}
    accept(quiz, "日事日毕")
    db.session.rollback()
    assert {row.id: row.question() for row in db.session().scalars(select(QuestionVersionRow))} == before


def test_attempts_that_close_later_count_it_from_the_start(quiz: Quiz, office: Office) -> None:
    accept(quiz, "日事日毕")
    rescore(quiz)
    attempt = quiz.fill_in(office.staff, "日事日毕")
    assert quiz.attempt(office.staff).units == WHOLE
    assert told(quiz, office.staff) == []
    shown = results.result(db.session(), office.staff.actor, attempt, now=quiz.clock()).marked[BLANKS - 1]
    assert "日事日毕" in shown.question.blanks[0]


def test_the_audit_trail_says_how_many_changed(quiz: Quiz, office: Office) -> None:
    for person, text in ((office.staff, "日事日毕"), (office.colleague, "不拖延")):
        quiz.fill_in(person, text)
    accept(quiz, "日事日毕")
    rescore(quiz)
    row = db.session().scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert row is not None
    assert (row.verb, row.person_name) == ("wording:rescored", office.editor.name)
    assert (row.detail["attempts"], row.detail["changed"]) == (2, 1)
    assert verbs(db.session()).count("wording:accepted") == 1


def test_withdrawing_takes_the_points_back_and_tells(quiz: Quiz, office: Office) -> None:
    quiz.fill_in(office.staff, "日事日毕")
    accepted = accept(quiz, "日事日毕")
    rescore(quiz)
    withdraw(quiz, accepted)
    rescore(quiz)
    assert quiz.attempt(office.staff).units == 0
    notice = told(quiz, office.staff)[0]
    assert (notice.kind, notice.before_units, notice.after_units) == (NoticeKind.WORDING_WITHDRAWN, WHOLE, 0)
    assert looked_at(quiz).accepted == ()


def test_withdrawing_twice_is_the_same_as_once(quiz: Quiz, office: Office) -> None:
    accepted = accept(quiz, "日事日毕")
    for _ in range(2):
        withdraw(quiz, accepted)
    assert db.session().scalar(select(func.count()).select_from(RescoringRow)) == 2


def test_a_mark_given_by_a_person_survives_scoring_anew(quiz: Quiz, office: Office) -> None:
    quiz.hand_in(office.staff, {Interaction.TEXT: ["日事日毕"], Interaction.ESSAY: ["关键词1"]})
    accept(quiz, "日事日毕")
    rescore(quiz)
    row = quiz.attempt(office.staff)
    assert (row.units, row.unmarked) == (WHOLE, 1)


# What is refused


REFUSED = {
    "what counts already": (0, f"{CANARY}空0。", "已经算对"),
    "a blank that is not there": (1, "日事日毕", "第几空"),
    "nothing but punctuation": (0, "。。", "空的"),
    "a text that is too long": (0, "日" * 201, "太长"),
}


@pytest.mark.parametrize(("blank", "wording", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_may_not_count_is_refused(quiz: Quiz, blank: int, wording: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        accept(quiz, wording, blank=blank)
    assert db.session().scalar(select(func.count()).select_from(RescoringRow)) == 0


def test_a_wording_is_accepted_once(quiz: Quiz) -> None:
    accept(quiz, "日事日毕")
    with pytest.raises(BadInput, match="已经算对"):
        accept(quiz, "日事 日毕")


def test_in_any_order_a_word_of_another_blank_is_refused(quiz: Quiz) -> None:
    """Typed twice, it would earn both blanks."""
    with writing() as session:
        version = session.scalars(select(QuestionVersionRow).where(QuestionVersionRow.type == TypeName.FILL_IN)).one()
        version.stem, version.any_order = f"{BLANK}、{BLANK}", True
        version.blanks = [["实事求是"], ["精简高效"]]
    with pytest.raises(BadInput, match="第1空与第2空"):
        accept(quiz, "实事求是", blank=1)
    accept(quiz, "务实", blank=0)
    with pytest.raises(BadInput, match="第1空与第2空"):
        accept(quiz, "务实", blank=1)


def test_more_wordings_never_lower_a_mark() -> None:
    plain = question(TypeName.FILL_IN, 0)
    more = with_wordings(plain, [(0, "甲"), (0, "乙")])
    assert more.blanks == ((*plain.blanks[0], "甲", "乙"),)
    assert replace(more, blanks=plain.blanks) == plain


# Killed in the middle


def test_a_run_that_is_killed_goes_on_where_it_was(quiz: Quiz, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [p for p in office.everybody() if p is not office.editor]
    for person in people:
        quiz.fill_in(person, "日事日毕")
    accept(quiz, "日事日毕")
    for _ in range(2):
        with writing() as session:
            assert wordings.rescore(session, now=quiz.clock(), at_once=3)
    store = wordings._store

    def store_and_die(*args: object) -> None:
        store(*args)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(wordings, "_store", store_and_die)
    with pytest.raises(KeyboardInterrupt), writing() as session:
        wordings.rescore(session, now=quiz.clock(), at_once=3)
    db.session.remove()
    monkeypatch.undo()
    done = looked_at(quiz).progress
    assert done is not None
    assert (done.looked, done.changed, done.finished) == (6, 6, False)
    assert db.session().scalar(select(func.count()).select_from(NoticeRow)) == 6
    rescore(quiz, at_once=3)
    assert [quiz.attempt(person).units for person in people] == [WHOLE] * len(people)
    assert [len(told(quiz, person)) for person in people] == [1] * len(people)


def test_scoring_anew_twice_changes_nothing_more(quiz: Quiz, office: Office) -> None:
    quiz.fill_in(office.staff, "日事日毕")
    accept(quiz, "日事日毕")
    rescore(quiz)
    with writing() as session:
        run = session.scalars(select(RescoringRow)).one()
        run.finished_at, run.reached_sitting, run.reached_person = None, 0, 0
    rescore(quiz)
    assert len(told(quiz, office.staff)) == 1


def test_an_attempt_that_closes_while_the_run_goes_on_is_right_either_way(quiz: Quiz, office: Office) -> None:
    for person in (office.staff, office.colleague, office.stranger):
        quiz.fill_in(person, "日事日毕")
    accept(quiz, "日事日毕")
    with writing() as session:
        wordings.rescore(session, now=quiz.clock(), at_once=1)
    for person in (office.director, office.auditor):
        quiz.fill_in(person, "日事日毕")
    rescore(quiz, at_once=1)
    scores = db.session().scalars(select(AttemptRow.units).where(AttemptRow.closed_at.is_not(None))).all()
    assert list(scores) == [WHOLE] * 5
    assert told(quiz, office.director) == told(quiz, office.auditor) == []


def test_every_sitting_with_the_version_is_scored_anew(quiz: Quiz, office: Office) -> None:
    quiz.fill_in(office.staff, "日事日毕")
    later = Quiz(office, quiz.clock, second_sitting(quiz), {})
    later.fill_in(office.staff, "日事日毕")
    accept(quiz, "日事日毕")
    assert rescore(quiz, at_once=1) == 3
    assert quiz.attempt(office.staff).units == later.attempt(office.staff).units == WHOLE
    assert {notice.attempt_id for notice in told(quiz, office.staff)} == {
        quiz.attempts[office.staff.id],
        later.attempts[office.staff.id],
    }


def second_sitting(quiz: Quiz) -> str:
    """Another sitting with the same questions, open at the same time."""
    with writing() as session:
        made = set_by_slug(session, "ceshi")
        assert made is not None
        office = quiz.office
        facts = sitting_facts(made.id, host=office.finance, leader=office.deputy.id, opens_at=quiz.clock())
        row = published_sitting(session, office.editor.actor, facts, now=quiz.clock(), spec=ALL_TYPES)
        return str(row.public_id)
