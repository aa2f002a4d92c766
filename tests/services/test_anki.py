"""Which cards of a set may leave: approved questions and key points, and nothing that a paper still asks."""

from datetime import timedelta
from random import Random

import pytest
from conftest import Clock
from conftest import Office
from factories import ALL_TYPES
from factories import sitting_facts
from services.on_paper import planned
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.errors import NotAllowed
from quizapp.core.question import TypeName
from quizapp.core.states import QuestionState
from quizapp.db import bank as rows
from quizapp.db import sittings as sitting_rows
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.engine import writing
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.speeches import KeyPointRow
from quizapp.services import bank
from quizapp.services import readings
from quizapp.services import sittings
from quizapp.services import speeches
from quizapp.services.anki import Cards
from quizapp.services.anki import cards_of_set

set_id = stocked_set(each=2)
SPEECH = """在全市办公室工作会议上的讲话

一、争做“四有”干部

希望大家争做“四有”干部。一是有信念，心中有党。二是有本领，干事有方。三是有担当，遇事有责。四是有底线，做人有戒。

二、搞好配合

急件由值班室办，突出一个“快”字；要件由秘书科办，突出一个“准”字；难件由督查科办，突出一个“实”字。大家要记住“分工不分家，补位不越位”。
"""


def look(session: Session, office: Office, set_id: int, clock: Clock) -> Cards:
    session.rollback()
    row = session.get_one(QuestionSetRow, set_id)
    return cards_of_set(session, office.editor.actor, row.public_id, now=clock())


def guids_on_paper(session: Session, sitting: str) -> set[str]:
    row = sitting_rows.sitting_by_public_id(session, sitting)
    questions = {place.version.question_id for place in sitting_rows.paper(session, row.id)}
    return set(session.scalars(select(QuestionRow.public_id).where(QuestionRow.id.in_(questions))))


def test_approved_questions_leave_in_the_order_of_the_set(
    session: Session, office: Office, set_id: int, clock: Clock
) -> None:
    found = look(session, office, set_id, clock)
    questions = [question.public_id for question, _ in rows.questions_of_set(session, set_id)]
    assert [card.guid for card in found.deck.cards] == questions
    assert len(questions) == 2 * len(TypeName)
    assert (found.on_paper, found.not_approved, found.points_on_paper) == (0, {}, 0)


def test_only_those_who_read_the_bank_may_take_it(session: Session, office: Office, set_id: int, clock: Clock) -> None:
    row = session.get_one(QuestionSetRow, set_id)
    assert cards_of_set(session, office.chief.actor, row.public_id, now=clock()).questions
    for person in (office.staff, office.admin, office.auditor):
        with pytest.raises(NotAllowed):
            cards_of_set(session, person.actor, row.public_id, now=clock())


def test_what_an_open_paper_asks_stays_until_it_closes(
    session: Session, office: Office, set_id: int, clock: Clock
) -> None:
    with writing() as write:
        sitting = planned(write, office, clock, opens_at=clock() + timedelta(hours=1))
    asked = guids_on_paper(session, sitting)
    for phase in ("waits", "is open"):
        found = look(session, office, set_id, clock)
        assert not asked & {card.guid for card in found.questions}, phase
        assert found.on_paper == len(asked) == len(TypeName)
        clock.advance(hours=2)
    clock.advance(hours=1)
    closed = look(session, office, set_id, clock)
    assert asked < {card.guid for card in closed.questions}
    assert closed.on_paper == 0


def test_what_a_paper_in_the_making_asks_stays_too(session: Session, office: Office, set_id: int, clock: Clock) -> None:
    opens = clock() + timedelta(days=1)
    facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens)
    with writing() as write:
        row = sittings.plan_sitting(write, office.editor.actor, facts, now=clock())
        sittings.draw(write, office.editor.actor, row.public_id, ALL_TYPES, Random(1), now=clock())
        sitting = row.public_id
    asked = guids_on_paper(session, sitting)
    found = look(session, office, set_id, clock)
    assert not asked & {card.guid for card in found.questions}
    assert found.on_paper == len(asked) == len(TypeName)


def test_what_is_not_approved_is_counted_by_where_it_stands(
    session: Session, office: Office, set_id: int, clock: Clock
) -> None:
    with writing() as write:
        for (question, version), state in zip(
            rows.questions_of_set(write, set_id), ("retired", "review"), strict=False
        ):
            if state == "retired":
                bank.retire(write, office.editor.actor, question.public_id, version.number, now=clock())
            else:
                question.state = QuestionState.IN_REVIEW
    found = look(session, office, set_id, clock)
    assert found.not_approved == {QuestionState.RETIRED: 1, QuestionState.IN_REVIEW: 1}
    assert (len(found.questions), found.on_desk) == (2 * len(TypeName) - 2, 1)


@pytest.fixture
def spoken(session: Session, office: Office, clock: Clock) -> int:
    """The set of a speech, its drafts waiting: its number."""
    with writing() as write:
        editor = office.editor.actor
        loaded = speeches.load_speech(write, editor, speeches.understand("a.txt", SPEECH.encode()), "", now=clock())[0]
        reading = readings.understanding_of(write, loaded).reading
        drafting = speeches.draft(reading, loaded.title or "")
        speeches.store_drafts(write, editor, loaded.public_id, reading, drafting, now=clock())
        made = rows.set_of_speech(write, loaded)
        assert made
        return made.id


def test_key_points_leave_with_the_sentence_that_says_so(
    session: Session, office: Office, spoken: int, clock: Clock
) -> None:
    found = look(session, office, spoken, clock)
    assert found.questions == ()
    told = {card.front[0]: card for card in found.points}
    members = told["【要点】“四有”包括哪些内容？（共 4 项）"]
    assert [line[3:] for line in members.answer] == ["有信念", "有本领", "有担当", "有底线"]
    assert "四是有底线，做人有戒。" in members.source.quote
    tie = told["【要点】与“急件”对应的是什么？"]
    assert tie.answer == ("值班室",)
    assert tie.front[1].startswith("急件由______办，突出一个“快”字；要件由______办")
    assert told["【要点】请接下半句：分工不分家，______"].answer == ("补位不越位",)
    assert all(card.source.speech == "在全市办公室工作会议上的讲话" for card in found.points)
    assert all(line not in "".join(card.front) for card in found.points for line in card.answer)


def test_guids_are_the_same_whenever_a_set_leaves_and_never_two_alike(
    session: Session, office: Office, spoken: int, clock: Clock
) -> None:
    guids = [card.guid for card in look(session, office, spoken, clock).points]
    assert len(set(guids)) == len(guids)
    with writing() as write:
        speech = write.get_one(QuestionSetRow, spoken).speech_id
        for point in write.scalars(select(KeyPointRow).where(KeyPointRow.speech_id == speech)):
            point.items = [f"{item}改" for item in point.items]
    clock.advance(days=7)
    assert [card.guid for card in look(session, office, spoken, clock).points] == guids


def test_a_key_point_stays_while_a_paper_asks_about_it(
    session: Session, office: Office, spoken: int, clock: Clock
) -> None:
    before = look(session, office, spoken, clock)
    opens = clock()
    facts = sitting_facts(spoken, host=office.secretariat, leader=office.deputy.id, opens_at=opens)
    with writing() as write:
        name = select(KeyPointRow.id).where(KeyPointRow.name == "四有")
        asked = write.scalars(select(QuestionRow).where(QuestionRow.key_point_id.in_(name)).limit(1)).one()
        sitting = sittings.plan_sitting(write, office.editor.actor, facts, now=clock())
        write.add(PaperQuestionRow(sitting_id=sitting.id, position=1, version_id=asked.version_id, full_mark=5))
    held = look(session, office, spoken, clock)
    gone = {card.front[0] for card in before.points} - {card.front[0] for card in held.points}
    assert "【要点】“四有”包括哪些内容？（共 4 项）" in gone
    assert "【要点】与“急件”对应的是什么？" in {card.front[0] for card in held.points}
    assert held.points_on_paper > 0
