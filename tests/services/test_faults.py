"""What a report tells of the answers to a question: which lines, places, blanks and points went wrong, how often."""

from collections.abc import Sequence

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from services.judged import Quiz
from services.judged import open_quiz
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.dealing import Presented
from quizapp.core.question import Interaction
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.marking import AcceptedWordingRow
from quizapp.db.people import SectionRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import marking
from quizapp.services import reports

#: What each of three people gives, in the words of the options.
MATCHED = (("A0", "B0", "D0", "C0"), ("A0", "", "D0", "C0"), ("B0", "A0", "D0", "C0"))
ORDERED = (("C0", "A0", "B0", "D0"), ("A0", "C0", "B0", "D0"), ())
BLANKS = ("没有印象", "记不得了", "密钥金丝雀空0")
SAID = ((True, True, True, True, True), (True, True, True, False, True), (False, True, True, False, True))


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    return open_quiz(office, clock)


def three_people(quiz: Quiz) -> tuple[Person, Person, Person]:
    return quiz.office.staff, quiz.office.colleague, quiz.office.chief


def in_letters(question: Presented, given: Sequence[str]) -> list[str]:
    letters = {text.removeprefix("选项"): letter for letter, text in question.options}
    return [letters.get(text, "") for text in given]


def hand_in(quiz: Quiz, person: Person, number: int) -> None:
    """Answer as the table above says, in the letters that this person sees."""
    with writing() as session:
        opened = attempts.start(session, person.actor, quiz.sitting, now=quiz.clock())
        taking = answers.taking(session, person.actor, opened.public_id, now=quiz.clock())
        texts = {Interaction.MATCH: MATCHED[number], Interaction.ORDER: ORDERED[number]}
        sent = {q.interaction: in_letters(q, texts[q.interaction]) for q in taking.questions if q.interaction in texts}
    quiz.hand_in(person, {**sent, Interaction.TEXT: [BLANKS[number]], Interaction.ESSAY: ["关键词1"]})


def faults(quiz: Quiz) -> dict[str, dict[str, int]]:
    """What the chief of the section is told when nobody can take the quiz any more, by the type's name."""
    quiz.close()
    db.session.rollback()
    section = db.session().get_one(SectionRow, quiz.office.secretariat).public_id
    report = reports.section_report(db.session(), quiz.office.chief.actor, quiz.sitting, section, now=quiz.clock())
    return {question.type_label: dict(question.faults) for question in report.missed}


def test_wrong_lines_and_misplaced_items_are_counted_over_everybody_whatever_letters_they_saw(quiz: Quiz) -> None:
    for number, person in enumerate(three_people(quiz)):
        hand_in(quiz, person, number)
    told = faults(quiz)
    assert told["匹配题"] == {"左项0 — 选项A0": 2, "左项1 — 选项B0": 1, "左项1 — 未选": 1}
    assert told["排序题"] == {}, "only two have answered"
    assert told["填空题"] == {"第1空填错": 2}
    assert not any(typed in repr(told) for typed in BLANKS[:2])


def test_of_a_short_answer_only_what_a_person_found_is_counted(quiz: Quiz) -> None:
    for number, person in enumerate(three_people(quiz)):
        hand_in(quiz, person, number)
    short_answer = TYPES[TypeName.SHORT_ANSWER].label
    assert faults(quiz).get(short_answer, {}) == {}
    for person, said in zip(three_people(quiz), SAID, strict=True):
        with writing() as session:
            marking.mark(session, quiz.office.editor.actor, quiz.answer(person), said, now=quiz.clock())
    assert faults(quiz)[short_answer] == {"没有答出：密钥金丝雀采分点4": 2, "没有答出：密钥金丝雀采分点1": 1}


def test_where_fewer_than_three_answered_nothing_tells_what_they_gave(quiz: Quiz) -> None:
    for number, person in enumerate(three_people(quiz)[:2]):
        hand_in(quiz, person, number)
    assert all(told == {} for told in faults(quiz).values())


def test_an_accepted_wording_is_no_fault(quiz: Quiz) -> None:
    for number, person in enumerate(three_people(quiz)):
        hand_in(quiz, person, number)
    before = faults(quiz)["填空题"]
    held = db.session().scalars(select(QuestionVersionRow).where(QuestionVersionRow.blanks != [])).one()
    with writing() as session:
        version = session.get_one(QuestionVersionRow, held.id)
        editor = quiz.office.editor.id
        row = AcceptedWordingRow(version_id=version.id, blank=0, wording=BLANKS[0], accepted_by_id=editor)
        row.accepted_at = quiz.clock()
        session.add(row)
    assert (before, faults(quiz)["填空题"]) == ({"第1空填错": 2}, {"第1空填错": 1})
