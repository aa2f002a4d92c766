"""Taking a quiz: what is saved, who closes, what is shown."""

from datetime import timedelta

import pytest
from conftest import Clock
from conftest import Office
from factories import SPEC
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.dealing import as_shown
from quizapp.core.dealing import deal
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.core.types import BadResponse
from quizapp.db import sittings as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import people
from quizapp.services import results
from quizapp.services.answers import Sent
from quizapp.services.answers import Taking
from quizapp.services.people import PersonFacts

FULL_MARK = sum(n * SPEC.marks[name] for name, n in SPEC.counts.items())


def begin(office: Office, sitting: str, clock: Clock) -> str:
    with writing() as session:
        return attempts.start(session, office.staff.actor, sitting, now=clock()).public_id


def look(office: Office, attempt: str, clock: Clock) -> Taking:
    return answers.taking(db.session(), office.staff.actor, attempt, now=clock())


def give(office: Office, attempt: str, number: int, value: object, sequence: int, clock: Clock) -> Arrival:
    with writing() as session:
        return answers.save(session, office.staff.actor, attempt, number, Sent(value, sequence), now=clock()).arrival


def first_choice(taking: Taking) -> int:
    return next(q.number for q in taking.questions if q.interaction is Interaction.CHOICE)


def test_publishing_deals_an_attempt_to_every_active_person(session: Session, office: Office, sitting: str) -> None:
    assert session.scalar(select(func.count()).select_from(AttemptRow)) == len(office.everybody())


def test_starting_twice_keeps_the_first_deadline(office: Office, sitting: str, clock: Clock) -> None:
    first = begin(office, sitting, clock)
    deadline = attempts.own_attempt(db.session(), office.staff.actor, first).deadline
    clock.advance(minutes=5)
    assert begin(office, sitting, clock) == first
    assert attempts.own_attempt(db.session(), office.staff.actor, first).deadline == deadline


def test_the_deadline_is_never_later_than_the_sittings_closing_time(office: Office, sitting: str, clock: Clock) -> None:
    clock.advance(minutes=115)
    attempt = begin(office, sitting, clock)
    assert look(office, attempt, clock).remaining == timedelta(minutes=5)


def test_a_sitting_cannot_be_started_before_it_opens_or_after_it_closes(
    office: Office, sitting: str, clock: Clock
) -> None:
    clock.advance(minutes=-1)
    with pytest.raises(NotNow):
        begin(office, sitting, clock)
    clock.advance(minutes=121)
    with pytest.raises(NotNow):
        begin(office, sitting, clock)


def test_an_answer_is_there_on_another_device_in_the_same_order(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office, sitting, clock)
    before = look(office, attempt, clock)
    number = first_choice(before)
    give(office, attempt, number, ["B"], 1, clock)
    after = look(office, attempt, clock)
    assert after.questions == before.questions
    assert after.held[number].value == ("B",)


def test_the_newest_sequence_wins_whatever_the_order_of_arrival(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office, sitting, clock)
    number = first_choice(look(office, attempt, clock))
    assert give(office, attempt, number, ["A"], 3, clock) is Arrival.SAVED
    assert give(office, attempt, number, ["B"], 2, clock) is Arrival.OLDER
    assert give(office, attempt, number, ["B"], 3, clock) is Arrival.OLDER
    assert look(office, attempt, clock).held[number].value == ("A",)


def test_an_empty_answer_clears_the_question(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office, sitting, clock)
    number = first_choice(look(office, attempt, clock))
    give(office, attempt, number, ["A"], 1, clock)
    give(office, attempt, number, [], 2, clock)
    assert look(office, attempt, clock).held[number].value == ()


BAD_VALUES = {
    "a letter that is no option": ["Z"],
    "a number": 5,
    "nothing": None,
    "a list of numbers": [1],
    "two letters for a single choice": ["A", "B"],
    "a lone surrogate": ["\ud800"],
    "a text of 1 MB": ["A" * 1_000_000],
    "an object": {"A": "B"},
}


@pytest.mark.parametrize("value", BAD_VALUES.values(), ids=BAD_VALUES)
def test_what_is_no_answer_is_refused_and_changes_nothing(
    office: Office, sitting: str, clock: Clock, value: object
) -> None:
    attempt = begin(office, sitting, clock)
    number = first_choice(look(office, attempt, clock))
    with pytest.raises(BadResponse):
        give(office, attempt, number, value, 1, clock)
    assert db.session().scalar(select(func.count()).select_from(ResponseRow)) == 0


@pytest.mark.parametrize("number", [0, -1, 99])
def test_a_question_that_is_not_on_the_paper_is_refused(
    office: Office, sitting: str, clock: Clock, number: int
) -> None:
    attempt = begin(office, sitting, clock)
    with pytest.raises(BadResponse):
        give(office, attempt, number, ["A"], 1, clock)


def test_nobody_answers_somebody_elses_attempt(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office, sitting, clock)
    with pytest.raises(NotFound), writing() as session:
        answers.save(session, office.colleague.actor, attempt, 1, Sent(["A"], 1), now=clock())


def test_after_the_deadline_nothing_is_saved_and_the_bell_closes_with_what_was(
    office: Office, sitting: str, clock: Clock
) -> None:
    attempt = begin(office, sitting, clock)
    number = first_choice(look(office, attempt, clock))
    give(office, attempt, number, ["A"], 1, clock)
    clock.advance(minutes=20)
    assert give(office, attempt, number, ["B"], 2, clock) is Arrival.TOO_LATE
    assert attempts.any_overdue(db.session(), clock())
    with writing() as session:
        assert attempts.close_overdue(session, now=clock(), at_once=10) == 1
    row = attempts.own_attempt(db.session(), office.staff.actor, attempt)
    assert (row.state, row.closer, row.closed_at) == (AttemptState.CLOSED, Closer.SERVER, row.deadline)
    [held] = db.session().scalars(select(ResponseRow))
    assert (held.sequence, held.late) == (1, False)


def test_the_bell_is_idempotent(office: Office, sitting: str, clock: Clock) -> None:
    begin(office, sitting, clock)
    clock.advance(hours=3)
    for expected in (1, 0):
        with writing() as session:
            assert attempts.close_overdue(session, now=clock(), at_once=10) == expected


def test_submitting_twice_is_the_same_as_once(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office, sitting, clock)
    seen = []
    for _ in range(2):
        clock.advance(minutes=1)
        with writing() as session:
            row = attempts.submit(session, office.staff.actor, attempt, now=clock())
            seen.append((row.closed_at, row.units, row.full_units, row.closer))
    assert seen[0] == seen[1]


def test_the_whole_key_earns_the_whole_mark(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office, sitting, clock)
    answer_all_rightly(office, attempt, clock)
    with writing() as session:
        row = attempts.submit(session, office.staff.actor, attempt, now=clock())
        assert row.units == row.full_units == FULL_MARK * UNITS
    result = results.result(db.session(), office.staff.actor, attempt, now=clock())
    assert result.passed
    assert all(marked.fraction == 1 for marked in result.marked)


def test_an_attempt_without_answers_earns_nothing_and_does_not_pass(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office, sitting, clock)
    with writing() as session:
        attempts.submit(session, office.staff.actor, attempt, now=clock())
    result = results.result(db.session(), office.staff.actor, attempt, now=clock())
    assert (result.attempt.units, result.passed) == (0, False)
    assert all(marked.response is None for marked in result.marked)


def test_the_result_is_not_to_be_seen_while_the_attempt_is_open(office: Office, sitting: str, clock: Clock) -> None:
    attempt = begin(office, sitting, clock)
    with pytest.raises(NotNow):
        results.result(db.session(), office.staff.actor, attempt, now=clock())


def test_two_people_see_different_orders_of_the_same_paper(office: Office, sitting: str, clock: Clock) -> None:
    papers = set()
    for person in office.everybody():
        with writing() as session:
            attempt = attempts.start(session, person.actor, sitting, now=clock()).public_id
        shown = answers.taking(db.session(), person.actor, attempt, now=clock())
        papers.add(tuple((q.stem, q.options) for q in shown.questions))
    assert len(papers) > len(office.everybody()) // 2


def test_the_section_of_an_attempt_is_the_one_at_its_start_and_stays(
    office: Office, sitting: str, clock: Clock
) -> None:
    attempt = begin(office, sitting, clock)
    move(office, office.staff, office.finance, clock)
    row = attempts.own_attempt(db.session(), office.staff.actor, attempt)
    assert row.section_id == office.secretariat


def test_a_paper_not_yet_started_moves_with_its_person(office: Office, sitting: str, clock: Clock) -> None:
    move(office, office.staff, office.finance, clock)
    row = db.session().scalar(select(AttemptRow).where(AttemptRow.person_id == office.staff.id))
    assert row is not None
    assert row.section_id == office.finance


def test_somebody_who_joins_while_a_sitting_is_open_gets_a_paper(
    office: Office, sitting: str, clock: Clock, password_hash: str
) -> None:
    with writing() as session:
        facts = PersonFacts("1999", "新来的", "科员", office.finance)
        person = people.add_person(session, office.admin.actor, facts, password_hash, now=clock())
        dealt = session.scalar(select(AttemptRow).where(AttemptRow.person_id == person.id))
    assert dealt is not None


def move(office: Office, person: object, section_id: int, clock: Clock) -> None:
    with writing() as session:
        row = people.person_with_rights(session, office.admin.actor, person.public_id)  # type: ignore[attr-defined]
        facts = people.facts_of(row)
        changed = PersonFacts(facts.staff_number, facts.name, facts.post, section_id, facts.roles, facts.oversees)
        people.change_person(session, office.admin.actor, row.id, changed, now=clock())


def answer_all_rightly(office: Office, attempt: str, clock: Clock) -> None:
    """Answer as somebody who knows every key, through the letters that this person sees."""
    row = attempts.own_attempt(db.session(), office.staff.actor, attempt)
    questions = [place.version.question() for place in rows.paper(db.session(), row.sitting_id)]
    dealt = deal(questions, row.seed)
    for position, index in enumerate(dealt.order):
        shown = as_shown(questions[index], dealt, position)
        value = sorted(shown.key) or [wordings[0] for wordings in shown.blanks]
        give(office, attempt, position + 1, value, 1, clock)
