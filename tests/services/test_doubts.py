"""有疑问: raised by whoever answered, one for each version, answered by an editor who does not see names."""

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from services.judged import Quiz
from services.judged import open_quiz
from services.judged import verbs
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.marking import DoubtReason
from quizapp.core.marking import NoticeKind
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.marking import DoubtRow
from quizapp.services import attempts
from quizapp.services import doubts
from quizapp.services import notices


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    return open_quiz(office, clock)


def doubt(
    quiz: Quiz, person: Person, number: int, reason: DoubtReason = DoubtReason.UNCLEAR, words: str = "", of: str = ""
) -> None:
    with writing() as session:
        attempt = of or quiz.attempts[person.id]
        doubts.raise_doubt(session, person.actor, attempt, number, reason, words, now=quiz.clock())


def settle(quiz: Quiz, by: Person, doubt_id: str, answer: str) -> None:
    with writing() as session:
        doubts.settle(session, by.actor, doubt_id, answer, now=quiz.clock())


def only_doubt() -> str:
    db.session.rollback()
    [held] = doubts.open_doubts(db.session()).values()
    return held[0].id


def test_a_doubt_reaches_the_queue_without_its_name(quiz: Quiz, office: Office) -> None:
    for person in (office.staff, office.colleague):
        quiz.hand_in(person, {})
        doubt(quiz, person, 3, DoubtReason.KEY_WRONG, f"{person.number[-1]}号文件不是这样写的")
    db.session.rollback()
    [(question_id, held)] = doubts.open_doubts(db.session()).items()
    row = db.session().get_one(QuestionRow, question_id)
    assert row.fingerprint == "true_false-0"
    assert [(each.reason, each.version) for each in held] == [(DoubtReason.KEY_WRONG, 1)] * 2
    [told] = doubts.doubted_questions(db.session(), office.editor.actor)
    assert len(told.doubts) == 2
    assert not any(word in repr(told) for person in office.everybody() for word in (person.name, person.public_id))


def test_the_question_stays_in_the_bank_until_an_editor_decides(quiz: Quiz, office: Office) -> None:
    quiz.hand_in(office.staff, {})
    doubt(quiz, office.staff, 3)
    settle(quiz, office.editor, only_doubt(), "已核对原文，答案无误。")
    db.session.rollback()
    assert set(db.session().scalars(select(QuestionRow.state))) == {QuestionState.APPROVED}


def test_the_answer_reaches_the_person(quiz: Quiz, office: Office) -> None:
    attempt = quiz.hand_in(office.staff, {})
    doubt(quiz, office.staff, 3, DoubtReason.OTHER, "题干少一个字")
    settle(quiz, office.editor, only_doubt(), "已改正。")
    [notice] = notices.waiting(db.session(), office.staff.actor, now=quiz.clock())
    assert (notice.kind, notice.number, notice.words) == (NoticeKind.DOUBT_ANSWERED, 3, "已改正。")
    [own] = doubts.of_attempt(db.session(), office.staff.actor, attempt)[3]
    assert (own.words, own.answer, own.settled_at) == ("题干少一个字", "已改正。", quiz.clock())
    assert doubts.open_doubts(db.session()) == {}
    assert verbs(db.session())[-2:] == ["doubt:raised", "doubt:answered"]


def test_one_open_doubt_for_a_person_and_version(quiz: Quiz, office: Office) -> None:
    quiz.hand_in(office.staff, {})
    doubt(quiz, office.staff, 3)
    with pytest.raises(BadInput, match="正在等待答复"):
        doubt(quiz, office.staff, 3, DoubtReason.TWO_KEYS)
    settle(quiz, office.editor, only_doubt(), "答案无误。")
    doubt(quiz, office.staff, 3, DoubtReason.TWO_KEYS)
    assert len(doubts.of_attempt(db.session(), office.staff.actor, quiz.attempts[office.staff.id])[3]) == 2


def test_a_person_has_twenty_doubts_open_at_most(quiz: Quiz, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doubts.MOST_OPEN == 20
    monkeypatch.setattr(doubts, "MOST_OPEN", 3)
    quiz.hand_in(office.staff, {})
    for number in (1, 2, 3):
        doubt(quiz, office.staff, number)
    with pytest.raises(BadInput, match="3 个疑问"):
        doubt(quiz, office.staff, 4)
    quiz.hand_in(office.colleague, {})
    doubt(quiz, office.colleague, 4)


REFUSED = {
    "other without words": (DoubtReason.OTHER, "  ", "请写明"),
    "too many words": (DoubtReason.UNCLEAR, "疑" * 201, "最多 200 个字"),
    "a character nobody sees": (DoubtReason.UNCLEAR, "疑\x07问", "看不见"),
}


@pytest.mark.parametrize(("reason", "words", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_kept_is_refused(
    quiz: Quiz, office: Office, reason: DoubtReason, words: str, sentence: str
) -> None:
    quiz.hand_in(office.staff, {})
    with pytest.raises(BadInput, match=sentence):
        doubt(quiz, office.staff, 1, reason, words)
    assert db.session().scalars(select(DoubtRow)).all() == []


def test_only_the_person_doubts_and_only_after_closing(quiz: Quiz, office: Office) -> None:
    mine = quiz.hand_in(office.staff, {})
    with pytest.raises(NotFound):
        doubt(quiz, office.colleague, 1, of=mine)
    with writing() as session:
        running = attempts.start(session, office.colleague.actor, quiz.sitting, now=quiz.clock()).public_id
    with pytest.raises(NotNow):
        doubt(quiz, office.colleague, 1, of=running)
    for number in (0, 8, -1):
        with pytest.raises(NotFound):
            doubt(quiz, office.staff, number)


def test_only_editors_answer_and_each_doubt_once(quiz: Quiz, office: Office) -> None:
    quiz.hand_in(office.staff, {})
    doubt(quiz, office.staff, 1)
    held = only_doubt()
    for person in (office.staff, office.chief, office.director, office.admin):
        with pytest.raises(NotFound):
            settle(quiz, person, held, "好")
        with pytest.raises(NotFound):
            doubts.doubted_questions(db.session(), person.actor)
    with pytest.raises(BadInput, match="请填写答复"):
        settle(quiz, office.editor, held, " ")
    settle(quiz, office.editor, held, "好")
    with pytest.raises(NotFound):
        settle(quiz, office.second_editor, held, "不好")
    assert len(notices.waiting(db.session(), office.staff.actor, now=quiz.clock())) == 1


def test_everybody_who_doubts_a_question_gets_the_answer(quiz: Quiz, office: Office) -> None:
    people = (office.staff, office.colleague, office.stranger)
    for person in people:
        quiz.hand_in(person, {})
        doubt(quiz, person, 2)
    [told] = doubts.doubted_questions(db.session(), office.editor.actor)
    with writing() as session:
        actor = office.editor.actor
        assert doubts.settle_question(session, actor, told.question_id, "按原文为准。", now=quiz.clock()) == 3
    assert [notices.waiting(db.session(), p.actor, now=quiz.clock())[0].words for p in people] == ["按原文为准。"] * 3


def test_a_notice_is_put_aside_by_its_person_only(quiz: Quiz, office: Office) -> None:
    quiz.hand_in(office.staff, {})
    doubt(quiz, office.staff, 1)
    settle(quiz, office.editor, only_doubt(), "好")
    [notice] = notices.waiting(db.session(), office.staff.actor, now=quiz.clock())
    with pytest.raises(NotFound), writing() as session:
        notices.dismiss(session, office.colleague.actor, notice.id, now=quiz.clock())
    with writing() as session:
        notices.dismiss(session, office.staff.actor, notice.id, now=quiz.clock())
    assert notices.waiting(db.session(), office.staff.actor, now=quiz.clock()) == []
    of_attempt = quiz.attempts[office.staff.id]
    assert len(notices.of_attempt(db.session(), office.staff.actor, of_attempt, now=quiz.clock())) == 1
