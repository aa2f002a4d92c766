"""Coverage counts what is there: questions by where they stand, answers of closed sittings, nothing twice."""

from datetime import datetime
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import Clock
from conftest import Office
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.corrections import Delete
from quizapp.core.corrections import point_ref
from quizapp.core.coverage import Covered
from quizapp.core.coverage import Use
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.paper import PaperSpec
from quizapp.core.question import UNITS
from quizapp.core.question import TypeName
from quizapp.core.states import Closer
from quizapp.core.states import QuestionState
from quizapp.db import bank as bank_rows
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.speeches import KeyPointRow
from quizapp.services import bank
from quizapp.services import newer_texts
from quizapp.services import readings
from quizapp.services import speeches
from quizapp.services.coverage import Coverage
from quizapp.services.coverage import PointCover
from quizapp.services.coverage import coverage

DEMO = (Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt").read_text(encoding="utf-8")


@pytest.fixture
def loaded(session: Session, office: Office, clock: Clock) -> str:
    with writing() as write:
        file = speeches.understand("jianghua.txt", DEMO.encode())
        return speeches.load_speech(write, office.editor.actor, file, "", now=clock())[0].public_id


@pytest.fixture
def drafted(loaded: str, office: Office, clock: Clock) -> str:
    with writing() as write:
        row = speeches.speech(write, office.editor.actor, loaded)
        reading = readings.understanding_of(write, row).reading
        drafting = speeches.draft(reading, row.title or "")
        speeches.store_drafts(write, office.editor.actor, loaded, reading, drafting, now=clock())
    return loaded


@pytest.fixture
def approved(drafted: str, office: Office, clock: Clock) -> str:
    with writing() as write:
        for row, version in bank_rows.queue(write, [QuestionState.IN_REVIEW]):
            bank.approve(write, office.editor.actor, row.public_id, version.number, now=clock())
    return drafted


def look(office: Office, speech: str, now: datetime) -> Coverage:
    db.session.rollback()
    return coverage(db.session(), office.editor.actor, speech, now=now)


def point(found: Coverage, name: str) -> PointCover:
    return next(each for each in found.points if each.name == name)


def questions_about(name: str) -> list[QuestionRow]:
    row = db.session.scalars(select(KeyPointRow).where(KeyPointRow.name == name)).one()
    return list(db.session.scalars(select(QuestionRow).where(QuestionRow.key_point_id == row.id)))


def hold(office: Office, now: datetime) -> int:
    """A sitting of two hours that asks everything in the bank; its number."""
    set_id = db.session.scalars(select(QuestionRow.set_id)).first() or 0
    found = sitting_rows.candidates(db.session(), [set_id])
    counts = {name: n for name in TypeName if (n := sum(each.type is name for each in found))}
    spec = PaperSpec(counts=counts, marks=dict.fromkeys(counts, 5))
    facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=now)
    with writing() as write:
        return published_sitting(write, office.editor.actor, facts, now=now, spec=spec).id


def answer(sitting_id: int, people: int, right: frozenset[int], now: datetime) -> None:
    """Close so many attempts with full marks for these questions and none for the others."""
    with writing() as write:
        places = sitting_rows.paper(write, sitting_id)
        attempts = write.scalars(select(AttemptRow).where(AttemptRow.sitting_id == sitting_id).limit(people)).all()
        assert len(attempts) == people
        for attempt in attempts:
            for place in places:
                if place.version.question_id in right:
                    write.add(_response(attempt, place, now))
            attempt.started_at = attempt.deadline = attempt.closed_at = now
            attempt.closer, attempt.units = Closer.PERSON, 0
            attempt.full_units = sum(place.full_mark for place in places) * UNITS


def _response(attempt: AttemptRow, place: PaperQuestionRow, now: datetime) -> ResponseRow:
    units = place.full_mark * UNITS
    return ResponseRow(
        attempt_id=attempt.id, position=place.position, value=["A"], sequence=1, saved_at=now, units=units
    )


def test_before_drafting_nothing_has_a_question(office: Office, loaded: str, clock: Clock) -> None:
    found = look(office, loaded, clock())
    assert found.question_set is None
    assert found.use == Use()
    assert {each.use.covered for each in (*found.points, *found.paragraphs)} == {Covered.NO_QUESTION}


def test_every_paragraph_and_every_point_is_there_in_order(office: Office, loaded: str, clock: Clock) -> None:
    found = look(office, loaded, clock())
    reading = readings.understanding_of(db.session(), found.speech).reading
    assert [each.number for each in found.paragraphs] == list(range(1, len(reading.clean.paragraphs) + 1))
    assert [each.point for each in found.points] == list(reading.points)
    text = reading.clean.text
    for each in found.points:
        paragraph = reading.clean.paragraphs[each.paragraph - 1]
        assert paragraph.start <= each.point.span.start < paragraph.end
    openings = [paragraph.of(text)[:24] for paragraph in reading.clean.paragraphs]
    assert [each.opening for each in found.paragraphs] == openings


def test_drafts_wait_and_approved_questions_were_never_asked(office: Office, drafted: str, clock: Clock) -> None:
    before = point(look(office, drafted, clock()), "三个到位").use
    assert (before.covered, before.waiting) == (Covered.WAITING, len(questions_about("三个到位")))
    (first, *_) = questions_about("三个到位")
    with writing() as write:
        bank.approve(write, office.editor.actor, first.public_id, 1, now=clock())
    after = point(look(office, drafted, clock()), "三个到位").use
    assert (after.covered, after.approved, after.waiting) == (Covered.NEVER_ASKED, 1, before.waiting - 1)


def test_every_question_is_counted_once_among_the_points(office: Office, approved: str, clock: Clock) -> None:
    found = look(office, approved, clock())
    assert (
        sum(each.use.approved for each in found.points)
        == found.use.approved
        == len(db.session.scalars(select(QuestionRow)).all())
    )


def test_a_question_stands_on_the_paragraphs_of_its_items(office: Office, approved: str, clock: Clock) -> None:
    found = look(office, approved, clock())
    told = point(found, "四型").point
    text = readings.understanding_of(db.session(), found.speech).reading.clean
    where = {
        number
        for number, paragraph in enumerate(text.paragraphs, start=1)
        if any(paragraph.start <= item.span.start < paragraph.end for item in told.items)
    }
    assert len(where) == 4
    assert all(found.paragraphs[number - 1].use.approved >= len(questions_about("四型")) for number in where)
    assert found.paragraphs[0].use == Use()


def test_what_is_asked_is_known_only_when_the_sitting_is_over(office: Office, approved: str, clock: Clock) -> None:
    sitting = hold(office, clock())
    answer(sitting, 10, frozenset(q.id for q in questions_about("三个到位")), clock())
    clock.advance(minutes=119)
    assert point(look(office, approved, clock()), "三个到位").use.covered is Covered.NEVER_ASKED
    clock.advance(minutes=1)
    found = look(office, approved, clock())
    assert point(found, "三个到位").use.covered is Covered.KNOWN
    assert point(found, "四型").use.covered is Covered.ASKED
    assert point(found, "四型").use.facility == 0


def test_shares_are_those_of_everybody_who_handed_in(office: Office, approved: str, clock: Clock) -> None:
    first, second = hold(office, clock()), hold(office, clock())
    right = frozenset(q.id for q in questions_about("三个到位"))
    answer(first, 8, right, clock())
    answer(second, 4, frozenset(), clock())
    use = point(look(office, approved, clock() + timedelta(hours=3)), "三个到位").use
    assert use.asked == 12 * len(right)
    assert use.facility == Fraction(8, 12)


def test_what_was_asked_and_then_retired_is_not_asked_for_again(office: Office, approved: str, clock: Clock) -> None:
    right = frozenset(q.id for q in questions_about("三个到位"))
    answer(hold(office, clock()), 10, right, clock())
    with writing() as write:
        for question in questions_about("三个到位"):
            bank.retire(write, office.editor.actor, question.public_id, 1, now=clock())
    use = point(look(office, approved, clock() + timedelta(hours=3)), "三个到位").use
    assert (use.covered, use.approved, use.waiting) == (Covered.KNOWN, 0, 0)


def test_a_retired_question_that_was_never_asked_counts_for_nothing(
    office: Office, approved: str, clock: Clock
) -> None:
    with writing() as write:
        for question in questions_about("三个到位"):
            bank.retire(write, office.editor.actor, question.public_id, 1, now=clock())
    found = look(office, approved, clock())
    assert point(found, "三个到位").use == Use()
    assert found.gone == ()


def test_a_point_that_is_gone_is_told_while_it_has_questions(office: Office, approved: str, clock: Clock) -> None:
    before = look(office, approved, clock())
    assert before.gone == ()
    with writing() as write:
        readings.correct(
            write, office.editor.actor, approved, Delete(point_ref(point(before, "三个到位").point)), now=clock()
        )
    found = look(office, approved, clock())
    assert [(each.name, each.use.approved) for each in found.gone] == [("三个到位", len(questions_about("三个到位")))]
    with writing() as write:
        for question in questions_about("三个到位"):
            bank.retire(write, office.editor.actor, question.public_id, 1, now=clock())
    assert look(office, approved, clock()).gone == ()


def test_after_a_newer_text_the_map_is_of_that_text(office: Office, approved: str, clock: Clock) -> None:
    later = DEMO.replace("“诚实型”干部", "“坦诚型”干部").replace("同志们：\n", "同志们：\n\n先说上周的情况。\n", 1)
    before = look(office, approved, clock())
    counts = (len(before.paragraphs), point(before, "四型").use.approved)
    with writing() as write:
        file = speeches.understand("xin.txt", later.encode())
        row = newer_texts.propose(write, office.editor.actor, approved, file, now=clock())
        newer_texts.adopt(write, office.editor.actor, approved, row.sha256, now=clock())
    found = look(office, approved, clock())
    assert len(found.paragraphs) == counts[0] + 1
    assert point(found, "四型").use == Use(waiting=counts[1])
    assert found.gone == ()


def test_only_editors_see_the_map(office: Office, approved: str, clock: Clock) -> None:
    for who in (office.staff, office.chief, office.deputy, office.director, office.admin, office.auditor):
        with pytest.raises(NotAllowed):
            coverage(db.session(), who.actor, approved, now=clock())
    with pytest.raises(NotFound):
        coverage(db.session(), office.editor.actor, "no-such-speech", now=clock())
