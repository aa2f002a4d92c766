"""一人一卷: everybody gets some of the paper's questions, as many as everybody, and every figure still adds up."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.marking import DoubtReason
from quizapp.core.paper import PaperSpec
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.core.question import TypeName
from quizapp.db import reports as figures
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import doubts
from quizapp.services import marking
from quizapp.services import report_runs
from quizapp.services import reports
from quizapp.services import results
from quizapp.services import sittings
from quizapp.services import wordings
from quizapp.services.answers import Sent
from quizapp.services.answers import Taking
from quizapp.services.attempts import own_attempt
from quizapp.services.results import Result

#: Six of each type are drawn, two of each go to one person.
SPEC = PaperSpec(dict.fromkeys(TypeName, 6), dict.fromkeys(TypeName, 5), dict.fromkeys(TypeName, 2))
QUESTIONS, FULL_MARK = 14, 70
AFTER = FRIDAY + timedelta(hours=3)
TAKERS = ("staff", "colleague", "stranger", "chief", "editor")


@pytest.fixture
def sitting(session: Session, office: Office, clock: Clock) -> str:
    """The public id of an open sitting of seven types, in which everybody has a paper of their own."""
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=6, now=clock())
        facts = sitting_facts(
            made.id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=clock(),
            drawing=Drawing.PER_PERSON,
        )
        return published_sitting(write, office.editor.actor, facts, now=clock(), spec=SPEC).public_id


def begin(person: Person, sitting: str, clock: Clock) -> str:
    with writing() as write:
        return attempts.start(write, person.actor, sitting, now=clock()).public_id


def look(person: Person, attempt: str, clock: Clock) -> Taking:
    db.session.rollback()
    return answers.taking(db.session(), person.actor, attempt, now=clock())


def hand_in(person: Person, sitting: str, clock: Clock, given: Mapping[Interaction, list[str]]) -> str:
    """Start, answer the questions of these kinds, and hand in."""
    attempt = begin(person, sitting, clock)
    questions = look(person, attempt, clock).questions
    with writing() as write:
        for question in questions:
            if question.interaction in given:
                sent = Sent(given[question.interaction], 1)
                answers.save(write, person.actor, attempt, question.number, sent, now=clock())
        attempts.submit(write, person.actor, attempt, now=clock() + timedelta(minutes=5))
    return attempt


def play(office: Office, sitting: str, clock: Clock, seed: int) -> None:
    """Let people answer by chance: some of the questions rightly, some wrongly, some not at all."""
    rng = Random(seed)
    for who in TAKERS:
        kinds = [kind for kind in (Interaction.CHOICE, Interaction.TEXT) if rng.random() < 0.7]
        words = {Interaction.CHOICE: [rng.choice("AB")], Interaction.TEXT: ["随便填的"]}
        hand_in(getattr(office, who), sitting, clock, {kind: words[kind] for kind in kinds})


def asked_of(attempt: str, person: Person) -> set[int]:
    """The positions of the sitting's paper that stand on one's own."""
    db.session.rollback()
    row = own_attempt(db.session(), person.actor, attempt)
    return {place.position for _, place in attempts.numbered_places(db.session(), row)}


# Papers


def test_two_people_get_different_questions_of_the_same_number_and_worth(
    office: Office, sitting: str, clock: Clock
) -> None:
    papers = {}
    for who in TAKERS:
        person = getattr(office, who)
        attempt = begin(person, sitting, clock)
        taking = look(person, attempt, clock)
        assert [q.type for q in taking.questions] == [name for name in TypeName for _ in range(2)]
        assert taking.full_mark == FULL_MARK
        papers[who] = frozenset(asked_of(attempt, person))
    assert len(set(papers.values())) > 1


def test_the_same_person_gets_the_same_paper_on_every_page(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office.staff, sitting, clock)
    first = look(office.staff, attempt, clock)
    clock.advance(minutes=5)
    assert look(office.staff, attempt, clock).questions == first.questions


def test_a_question_that_is_not_on_ones_own_paper_cannot_be_answered_or_doubted(
    office: Office, sitting: str, clock: Clock
) -> None:
    attempt = hand_in(office.staff, sitting, clock, {})
    with pytest.raises(NotFound), writing() as write:
        doubts.raise_doubt(write, office.staff.actor, attempt, 15, DoubtReason.UNCLEAR, "", now=clock())
    with writing() as write:
        doubts.raise_doubt(write, office.staff.actor, attempt, 14, DoubtReason.UNCLEAR, "", now=clock())
    [(number, _)] = doubts.of_attempt(db.session(), office.staff.actor, attempt).items()
    assert number == 14


def test_the_score_is_out_of_ones_own_paper(office: Office, sitting: str, clock: Clock) -> None:
    attempt = hand_in(office.staff, sitting, clock, {Interaction.CHOICE: ["A"]})
    found = results.result(db.session(), office.staff.actor, attempt, now=clock())
    assert isinstance(found, Result)
    assert len(found.marked) == QUESTIONS
    assert found.attempt.full_units == FULL_MARK * UNITS
    assert found.attempt.units == sum(marked.units for marked in found.marked)


def test_what_was_asked_and_left_blank_has_a_row_that_earned_nothing(
    office: Office, sitting: str, clock: Clock
) -> None:
    attempt = hand_in(office.staff, sitting, clock, {Interaction.CHOICE: ["A"]})
    row = own_attempt(db.session(), office.staff.actor, attempt)
    held = db.session.scalars(select(ResponseRow).where(ResponseRow.attempt_id == row.id)).all()
    assert {response.position for response in held} == asked_of(attempt, office.staff)
    blank = [response for response in held if response.value == []]
    assert len(blank) == QUESTIONS - 6
    assert {(response.units, response.sequence) for response in blank} == {(0, 0)}


def test_a_blank_that_the_server_filled_in_is_no_answer_anybody_gave(
    office: Office, sitting: str, clock: Clock
) -> None:
    attempt = hand_in(office.staff, sitting, clock, {Interaction.CHOICE: ["A"]})
    record = results.record(db.session(), office.staff.actor, attempt)
    assert (len(record.received), record.held) == (6, 6)
    found = results.result(db.session(), office.staff.actor, attempt, now=clock())
    assert isinstance(found, Result)
    assert sum(marked.response is None for marked in found.marked) == QUESTIONS - 6


# Figures


@pytest.mark.parametrize("seed", range(3))
def test_what_was_asked_answered_and_earned_adds_up_over_the_section(
    office: Office, sitting: str, clock: Clock, seed: int
) -> None:
    play(office, sitting, clock, seed)
    db.session.rollback()
    row = db.session.scalars(select(sitting_rows.SittingRow)).one()
    closed = db.session.scalars(select(AttemptRow).where(AttemptRow.closed_at.is_not(None))).all()
    told = figures.missed(db.session(), {attempt.section_id for attempt in closed}, row.id)
    assert sum(missed.asked for missed in told) == QUESTIONS * len(closed)
    held = db.session.scalars(select(ResponseRow)).all()
    assert sum(missed.answered for missed in told) == sum(response.value != [] for response in held)
    units = sum(missed.facility * missed.asked * 5 * UNITS for missed in told)
    assert units == sum(attempt.units or 0 for attempt in closed)
    for missed in told:
        assert missed.asked == sum(response.position == missed.position for response in held)


def test_a_question_that_nobody_got_is_in_no_report(office: Office, sitting: str, clock: Clock) -> None:
    attempt = hand_in(office.staff, sitting, clock, {})
    section = db.session.get_one(SectionRow, office.secretariat).public_id
    report = reports.section_report(db.session(), office.chief.actor, sitting, section, now=AFTER)
    assert {missed.position for missed in report.missed} <= asked_of(attempt, office.staff)
    assert {(missed.asked, missed.answered) for missed in report.missed} == {(1, 0)}
    assert (report.figures.mean, report.present[0].full_units) == (Fraction(0), FULL_MARK * UNITS)
    run = report_runs.section_over_time(db.session(), office.chief.actor, section, now=AFTER)
    assert 0 < sum(point.asked for point in run.points) <= QUESTIONS


def test_how_often_a_question_was_used_counts_those_who_got_it(office: Office, sitting: str, clock: Clock) -> None:
    given = [asked_of(hand_in(getattr(office, who), sitting, clock, {}), getattr(office, who)) for who in TAKERS]
    set_id = db.session.scalars(select(QuestionSetRow.id)).one()
    used = figures.use_of_questions(db.session(), set_id, AFTER)
    places = db.session.execute(
        select(PaperQuestionRow.position, QuestionVersionRow.question_id).join(
            QuestionVersionRow, QuestionVersionRow.id == PaperQuestionRow.version_id
        )
    )
    expected = {question: sum(position in paper for paper in given) for position, question in places}
    assert {question: times for question, (times, _) in used.items()} == {q: n for q, n in expected.items() if n}


def test_only_essays_that_were_asked_and_written_wait_for_a_marker(office: Office, sitting: str, clock: Clock) -> None:
    written = hand_in(office.staff, sitting, clock, {Interaction.ESSAY: ["关键词1"]})
    hand_in(office.colleague, sitting, clock, {})
    row = own_attempt(db.session(), office.staff.actor, written)
    assert row.unmarked == 2
    piles = marking.piles(db.session(), office.editor.actor, now=AFTER)
    assert [pile.waiting for pile in piles] == [1, 1]
    assert {pile.position for pile in piles} < asked_of(written, office.staff)
    section = db.session.get_one(SectionRow, office.secretariat).public_id
    report = reports.section_report(db.session(), office.chief.actor, sitting, section, now=AFTER)
    assert report.figures.waiting == 1


def test_an_accepted_wording_changes_only_who_was_asked(office: Office, sitting: str, clock: Clock) -> None:
    for who in TAKERS:
        hand_in(getattr(office, who), sitting, clock, {Interaction.TEXT: ["随便填的"]})
    filled = db.session.scalars(select(QuestionRow).where(QuestionRow.fingerprint == "fill_in-0")).one().public_id
    with writing() as write:
        wordings.accept(write, office.editor.actor, filled, 1, 0, "随便填的", now=clock())
        while wordings.rescore(write, now=clock()):
            pass
    [version] = wordings.wordings_of(db.session(), office.editor.actor, filled, now=AFTER).versions
    assert version.progress is not None
    assert (version.progress.looked, version.progress.finished) == (len(TAKERS), True)
    assert version.progress.changed == version.answered
    scores = db.session.scalars(select(AttemptRow.units).where(AttemptRow.closed_at.is_not(None))).all()
    assert sum(scores) == version.answered * 5 * UNITS


def test_too_fast_is_reckoned_by_the_questions_one_person_got(office: Office, sitting: str, clock: Clock) -> None:
    section = db.session.get_one(SectionRow, office.secretariat).public_id
    for who, seconds in (("staff", 2 * QUESTIONS - 1), ("colleague", 2 * QUESTIONS)):
        person = getattr(office, who)
        attempt = begin(person, sitting, clock)
        with writing() as write:
            attempts.submit(write, person.actor, attempt, now=clock() + timedelta(seconds=seconds))
    report = reports.section_report(db.session(), office.chief.actor, sitting, section, now=AFTER)
    quick = {line.person.public_id: line.circumstances.quick for line in report.present}
    assert quick == {office.staff.public_id: True, office.colleague.public_id: False}


# Planning


@pytest.fixture
def planned(session: Session, office: Office, clock: Clock) -> str:
    """A sitting that is still composed, for papers of one's own."""
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=6, now=clock())
        return sittings.plan_sitting(write, office.editor.actor, plan(office, made.id), now=clock()).public_id


def plan(office: Office, set_id: int, drawing: Drawing = Drawing.PER_PERSON) -> sittings.SittingFacts:
    return sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=FRIDAY, drawing=drawing)


def draw(office: Office, planned: str, spec: PaperSpec, clock: Clock) -> None:
    with writing() as write:
        sittings.draw(write, office.editor.actor, planned, spec, Random(1), now=clock())


def row_of(planned: str) -> sitting_rows.SittingRow:
    db.session.rollback()
    return sitting_rows.sitting_by_public_id(db.session(), planned)


def test_a_draw_keeps_how_many_of_each_one_person_gets(office: Office, planned: str, clock: Clock) -> None:
    draw(office, planned, SPEC, clock)
    assert row_of(planned).specification == {name.value: [6, 5, 2] for name in TypeName}
    assert row_of(planned).each == dict.fromkeys(TypeName, 2)


REFUSED = {
    "nothing said": None,
    "nothing at all": dict.fromkeys(TypeName, 0),
    "more than there are": {TypeName.FILL_IN: 7},
}


@pytest.mark.parametrize("each", REFUSED.values(), ids=REFUSED)
def test_a_draw_that_would_give_nobody_a_fair_paper_is_refused(
    office: Office, planned: str, clock: Clock, each: Mapping[TypeName, int] | None
) -> None:
    with pytest.raises(BadInput, match="每人"):
        draw(office, planned, PaperSpec(SPEC.counts, SPEC.marks, each), clock)
    assert db.session.scalar(select(func.count()).select_from(PaperQuestionRow)) == 0


def test_one_paper_for_all_asks_for_no_third_number(office: Office, planned: str, clock: Clock) -> None:
    draw(office, planned, SPEC, clock)
    change(office, planned, Drawing.SAME, clock)
    assert row_of(planned).specification == {name.value: [6, 5] for name in TypeName}
    assert row_of(planned).each is None
    draw(office, planned, SPEC, clock)
    assert row_of(planned).specification == {name.value: [6, 5] for name in TypeName}
    publish(office, planned, clock)
    assert look(office.staff, begin(office.staff, planned, clock), clock).full_mark == 6 * 5 * len(TypeName)


def change(office: Office, planned: str, drawing: Drawing, clock: Clock) -> None:
    set_id = row_of(planned).sets[0].set_id
    with writing() as write:
        sittings.change_sitting(write, office.editor.actor, planned, plan(office, set_id, drawing), now=clock())


def publish(office: Office, planned: str, clock: Clock) -> None:
    with writing() as write:
        sittings.publish(write, office.deputy.actor, planned, now=clock())


def test_a_paper_drawn_for_all_is_not_published_as_papers_of_ones_own(
    office: Office, planned: str, clock: Clock
) -> None:
    change(office, planned, Drawing.SAME, clock)
    draw(office, planned, SPEC, clock)
    change(office, planned, Drawing.PER_PERSON, clock)
    with pytest.raises(BadInput, match="每人抽"):
        publish(office, planned, clock)
    draw(office, planned, SPEC, clock)
    publish(office, planned, clock)
    assert look(office.staff, begin(office.staff, planned, clock), clock).full_mark == FULL_MARK
