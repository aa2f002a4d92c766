"""A sitting that is taken together, in batches, or by each at their own time; and by whom."""

from datetime import timedelta

import pytest
from conftest import Clock
from conftest import Office
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import NotFound
from quizapp.core.roles import SYSTEM
from quizapp.core.sitting import Mode
from quizapp.core.states import AttemptState
from quizapp.db.attempts import AttemptRow
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import people
from quizapp.services.attempts import BetweenBatches


def made(session: Session, office: Office, clock: Clock, **changes: object) -> SittingRow:
    """A published sitting that opens now and closes in two hours."""
    known = approved_set(session, office.editor.actor, office.second_editor.actor, now=clock())
    facts = sitting_facts(
        known.id,
        host=office.secretariat,
        leader=office.deputy.id,
        opens_at=clock(),
        **changes,  # type: ignore[arg-type]
    )
    return published_sitting(session, office.editor.actor, facts, now=clock())


def test_together_whoever_starts_late_has_less_time(session: Session, office: Office, clock: Clock) -> None:
    with writing() as write:
        sitting = made(write, office, clock, mode=Mode.TOGETHER)
        closes_at, public_id = sitting.closes_at, sitting.public_id
        clock.advance(minutes=50)
        attempt = attempts.start(write, office.staff.actor, public_id, now=clock())
        assert attempt.deadline == closes_at


def test_between_two_batches_nobody_starts_and_the_next_is_named(
    session: Session, office: Office, clock: Clock
) -> None:
    starts = (clock(), clock() + timedelta(minutes=45))
    with writing() as write:
        public_id = made(write, office, clock, mode=Mode.BATCHED, starts=starts).public_id
    clock.advance(minutes=25)
    with pytest.raises(BetweenBatches) as told, writing() as write:
        attempts.start(write, office.staff.actor, public_id, now=clock())
    assert told.value.next_start == starts[1]
    clock.advance(minutes=25)
    with writing() as write:
        attempt = attempts.start(write, office.staff.actor, public_id, now=clock())
        assert attempt.deadline == starts[1] + timedelta(minutes=20)


def test_who_does_not_take_part_is_not_dealt_a_paper(session: Session, office: Office, clock: Clock) -> None:
    with writing() as write:
        sitting = made(write, office, clock, scope_section_id=office.secretariat)
        dealt = set(write.scalars(select(AttemptRow.person_id).where(AttemptRow.sitting_id == sitting.id)))
        public_id = sitting.public_id
    of_section = select(PersonRow.id).where(PersonRow.section_id == office.secretariat)
    assert dealt == set(session.scalars(of_section))
    with pytest.raises(NotFound), writing() as write:
        attempts.start(write, office.stranger.actor, public_id, now=clock())


def test_who_moves_into_a_part_that_takes_part_is_dealt_its_paper(
    session: Session, office: Office, clock: Clock
) -> None:
    with writing() as write:
        public_id = made(write, office, clock, scope_section_id=office.secretariat).public_id
    with writing() as write:
        person = people.person_with_rights(write, SYSTEM, office.stranger.public_id)
        facts = people.facts_of(person)
        moved = type(facts)(**(vars(facts) | {"section_id": office.secretariat}))
        people.change_person(write, SYSTEM, person.id, moved, now=clock())
    with writing() as write:
        attempt = attempts.start(write, office.stranger.actor, public_id, now=clock())
        assert attempt.state is AttemptState.IN_PROGRESS


def test_a_sitting_once_seen_closed_does_not_open_again_when_the_clock_is_set_back(
    session: Session, office: Office, clock: Clock
) -> None:
    with writing() as write:
        sitting = made(write, office, clock)
        sitting.ended_at = sitting.closes_at
        assert sitting.phase(clock()).value == "closed"
