"""The leader's buttons, what the big screen may show, and what boards and phones are told."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from datetime import timedelta

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.room import Next
from quizapp.core.room import Screen
from quizapp.core.room import Stand
from quizapp.core.room import Step
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.states import SittingPhase
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.rooms import RoomRow
from quizapp.services import attempts
from quizapp.services import leading
from quizapp.services import room
from quizapp.services import signing_in
from quizapp.services.room import NoWayBack
from quizapp.services.room import Press
from quizapp.services.room import PressedTooLate

Make = Callable[..., str]


@pytest.fixture
def make(session: Session, office: Office, clock: Clock) -> Iterator[Make]:
    """Makes a published sitting led by the deputy, whose quiz of twenty minutes begins in half an hour."""

    def made(**changes: object) -> str:
        with writing() as write:
            known = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock())
            opens_at = clock() + timedelta(minutes=30)
            facts: dict[str, object] = {
                "opens_at": opens_at,
                "closes_at": opens_at + timedelta(minutes=20),
                "mode": Mode.TOGETHER,
                "begins_at": clock(),
                "ends_at": clock() + timedelta(minutes=90),
                "place": "三楼会议室",
            }
            planned = sitting_facts(
                known.id,
                host=office.secretariat,
                leader=office.deputy.id,
                **(facts | changes),  # type: ignore[arg-type]
            )
            return published_sitting(write, office.editor.actor, planned, now=clock()).public_id

    yield made
    db.session.remove()


def times(sitting: str) -> tuple[datetime, datetime]:
    db.session.rollback()
    row = sitting_rows.sitting_alone(db.session(), sitting)
    return row.opens_at, row.closes_at


def begin(office: Office, sitting: str, person: Person, now: datetime) -> str:
    with writing() as write:
        return attempts.start(write, person.actor, sitting, now=now).public_id


def deadline(attempt: str) -> datetime | None:
    db.session.rollback()
    return db.session().scalar(select(AttemptRow.deadline).where(AttemptRow.public_id == attempt))


def verbs() -> list[str]:
    rows = db.session().scalars(select(AuditRow.verb).where(AuditRow.verb.startswith("room:")).order_by(AuditRow.id))
    return list(rows)


# Times


def test_starting_now_keeps_the_length_that_was_planned(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    clock.advance(minutes=10)
    with writing() as write:
        room.start(write, office.deputy.actor, sitting, seen=None, now=clock())
    assert times(sitting) == (clock(), clock() + timedelta(minutes=20))
    assert room.snapshot(db.session(), sitting, now=clock()).screen is Screen.PROGRESS


def test_starting_now_lets_the_batches_follow(make: Make, office: Office, clock: Clock) -> None:
    first = clock() + timedelta(minutes=30)
    starts = (first, first + timedelta(minutes=30))
    sitting = make(mode=Mode.BATCHED, starts=starts, closes_at=first + timedelta(hours=1), duration_minutes=20)
    clock.advance(minutes=25)
    with writing() as write:
        room.start(write, office.deputy.actor, sitting, seen=None, now=clock())
    row = sitting_rows.sitting_by_public_id(db.session(), sitting)
    assert [batch.starts_at for batch in row.batches] == [clock(), clock() + timedelta(minutes=30)]
    attempt = begin(office, sitting, office.staff, clock())
    assert deadline(attempt) == clock() + timedelta(minutes=20)


@pytest.mark.parametrize("minutes", [5, 17, 60])
def test_postponing_moves_both_ends(make: Make, office: Office, clock: Clock, minutes: int) -> None:
    sitting = make()
    opens_at, closes_at = times(sitting)
    with writing() as write:
        room.postpone(write, office.deputy.actor, sitting, minutes, seen=opens_at, now=clock())
    by = timedelta(minutes=minutes)
    assert times(sitting) == (opens_at + by, closes_at + by)


@pytest.mark.parametrize("mode", [Mode.TOGETHER, Mode.INDIVIDUAL], ids=str)
def test_extending_gives_everybody_who_answers_as_much_more(
    make: Make, office: Office, clock: Clock, mode: Mode
) -> None:
    sitting = make(mode=mode, duration_minutes=8)
    opens_at, closes_at = times(sitting)
    clock.moment = opens_at
    early = begin(office, sitting, office.staff, clock())
    clock.advance(minutes=4)
    late = begin(office, sitting, office.stranger, clock())
    before = [deadline(early), deadline(late)]
    with writing() as write:
        room.extend(write, office.deputy.actor, sitting, 3, seen=closes_at, now=clock())
    assert [deadline(early), deadline(late)] == [until and until + timedelta(minutes=3) for until in before]
    assert times(sitting) == (opens_at, closes_at + timedelta(minutes=3))


def test_extending_opens_no_paper_that_was_handed_in_or_whose_bell_has_rung(
    make: Make, office: Office, clock: Clock
) -> None:
    sitting = make(mode=Mode.INDIVIDUAL, duration_minutes=8)
    clock.moment = times(sitting)[0]
    handed_in, rung = begin(office, sitting, office.staff, clock()), begin(office, sitting, office.stranger, clock())
    with writing() as write:
        attempts.submit(write, office.staff.actor, handed_in, now=clock())
    clock.advance(minutes=9)
    before = [deadline(handed_in), deadline(rung)]
    with writing() as write:
        room.extend(write, office.deputy.actor, sitting, 5, seen=None, now=clock())
    assert [deadline(handed_in), deadline(rung)] == before


def test_closing_rings_everybodys_bell_now(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    clock.moment = times(sitting)[0]
    attempt = begin(office, sitting, office.staff, clock())
    clock.advance(minutes=6)
    with writing() as write:
        room.close(write, office.deputy.actor, sitting, now=clock())
    assert deadline(attempt) == times(sitting)[1] == clock()
    with pytest.raises(NotNow), writing() as write:
        attempts.start(write, office.stranger.actor, sitting, now=clock())
    with writing() as write:
        assert attempts.close_overdue(write, now=clock(), at_once=50) == 1


def test_what_was_closed_stays_closed_when_the_clock_is_set_back(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    clock.moment = times(sitting)[0]
    with writing() as write:
        room.close(write, office.deputy.actor, sitting, now=clock())
    clock.advance(hours=-1)
    assert room.snapshot(db.session(), sitting, now=clock()).phase(clock()) is SittingPhase.CLOSED
    with pytest.raises(PressedTooLate), writing() as write:
        room.start(write, office.deputy.actor, sitting, seen=None, now=clock())


PRESSES = {
    Press.START: lambda s, o, sitting, now: room.start(s, o.deputy.actor, sitting, seen=None, now=now),
    Press.POSTPONE: lambda s, o, sitting, now: room.postpone(s, o.deputy.actor, sitting, 5, seen=None, now=now),
    Press.EXTEND: lambda s, o, sitting, now: room.extend(s, o.deputy.actor, sitting, 5, seen=None, now=now),
    Press.CLOSE: lambda s, o, sitting, now: room.close(s, o.deputy.actor, sitting, now=now),
}


@pytest.mark.parametrize(
    ("press", "minutes"),
    [(Press.START, 31), (Press.START, 51), (Press.POSTPONE, 31), (Press.POSTPONE, 51), (Press.EXTEND, 0)]
    + [(Press.EXTEND, 51), (Press.CLOSE, 0)],
    ids=lambda value: value.value if isinstance(value, Press) else f"after {value} minutes",
)
def test_a_button_that_comes_too_late_or_too_early_changes_nothing(
    make: Make, office: Office, clock: Clock, press: Press, minutes: int
) -> None:
    sitting = make()
    before = times(sitting)
    clock.advance(minutes=minutes)
    with pytest.raises(PressedTooLate) as told, writing() as write:
        PRESSES[press](write, office, sitting, clock())
    assert told.value.press is press
    assert times(sitting) == before
    assert verbs() == []


@pytest.mark.parametrize("press", ["start", "postpone", "extend"])
def test_a_double_tap_is_one_tap(make: Make, office: Office, clock: Clock, press: str) -> None:
    sitting = make()
    seen = times(sitting)[press == "extend"]
    clock.advance(minutes=31 if press == "extend" else 0)
    more = {} if press == "start" else {"minutes": 5}
    found = []
    for _ in range(2):
        clock.advance(seconds=1)
        with writing() as write:
            getattr(room, press)(write, office.deputy.actor, sitting, **more, seen=seen, now=clock())
        found.append(times(sitting))
    assert found[0] == found[1]
    assert len(verbs()) == 1


def test_closing_twice_is_closing_once(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    clock.moment = times(sitting)[0]
    for _ in range(2):
        clock.advance(minutes=1)
        with writing() as write:
            room.close(write, office.deputy.actor, sitting, now=clock())
    assert times(sitting)[1] == clock() - timedelta(minutes=1)
    assert verbs() == ["room:closed"]


@pytest.fixture
def quiz(make: Make) -> str:
    return make()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taps=st.lists(st.tuples(st.sampled_from(Press), st.integers(0, 15)), max_size=8))
def test_whatever_is_pressed_the_quiz_ends_after_it_began_and_no_bell_rings_after_its_end(
    quiz: str, office: Office, clock: Clock, taps: list[tuple[Press, int]]
) -> None:
    as_planned(quiz, clock())
    for press, pause in taps:
        clock.advance(minutes=pause)
        with suppress(PressedTooLate), writing() as write:
            PRESSES[press](write, office, quiz, clock())
        with suppress(NotNow):
            begin(office, quiz, office.staff, clock())
        opens_at, closes_at = times(quiz)
        assert opens_at < closes_at
        bells = db.session().scalars(select(AttemptRow.deadline).where(AttemptRow.deadline.is_not(None)))
        assert all(until <= closes_at for until in bells)


def as_planned(sitting: str, now: datetime) -> None:
    """Put a sitting back to what it was before anybody pressed or began anything."""
    with writing() as write:
        row = sitting_rows.sitting_alone(write, sitting)
        row.opens_at, row.ended_at = now + timedelta(minutes=30), None
        row.closes_at = row.opens_at + timedelta(minutes=20)
        write.execute(update(AttemptRow).values(started_at=None, deadline=None))


# Who leads


@pytest.mark.parametrize("who", ["director", "deputy", "chief"])
def test_whoever_leads_or_oversees_the_host_goes_on_where_another_left(
    make: Make, office: Office, clock: Clock, who: str
) -> None:
    sitting = make()
    with writing() as write:
        room.show(write, office.deputy.actor, sitting, Screen.BLANK, now=clock())
    taking_over = getattr(office, who).actor
    assert leading.console(db.session(), taking_over, sitting, now=clock()).screen is Screen.BLANK
    with writing() as write:
        room.show(write, taking_over, sitting, Screen.SIGN_IN, now=clock())
    assert room.snapshot(db.session(), sitting, now=clock()).screen is Screen.SIGN_IN


@pytest.mark.parametrize("who", ["staff", "finance_chief", "editor", "admin", "auditor"])
def test_nobody_else_leads(make: Make, office: Office, clock: Clock, who: str) -> None:
    sitting, other = make(), getattr(office, who).actor
    with pytest.raises(NotAllowed):
        leading.console(db.session(), other, sitting, now=clock())
    with pytest.raises(NotAllowed), writing() as write:
        room.show(write, other, sitting, Screen.BLANK, now=clock())
    with pytest.raises(NotAllowed), writing() as write:
        room.close(write, other, sitting, now=clock())


# The screen


def test_while_people_answer_their_papers_no_question_is_shown(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    for minutes in (0, 31):
        clock.advance(minutes=minutes)
        with pytest.raises(NotNow), writing() as write:
            room.show(write, office.deputy.actor, sitting, Screen.QUESTION, Stand(1, Step.READ), now=clock())
        assert room.question_on_screen(db.session(), sitting, now=clock()) is None
        assert leading.console(db.session(), office.deputy.actor, sitting, now=clock()).choices == ()


def test_a_question_was_put_and_its_answers_told_so_it_is_not_put_again(
    make: Make, office: Office, clock: Clock
) -> None:
    sitting = make(pace=Pace.BY_QUESTION)
    clock.advance(minutes=31)

    def turn(position: int, step: Step) -> None:
        with writing() as write:
            room.show(write, office.deputy.actor, sitting, Screen.QUESTION, Stand(position, step), now=clock())

    for step in Step:
        turn(1, step)
    for there in (Step.READ, Step.ANSWER):
        with pytest.raises(NoWayBack):
            turn(1, there)
    turn(2, Step.ANSWER)
    with pytest.raises(NoWayBack):
        turn(1, Step.READ)
    with writing() as write:
        room.close(write, office.deputy.actor, sitting, now=clock())
    turn(1, Step.READ)


@pytest.mark.parametrize("position", [0, 9, 99])
def test_a_question_that_is_not_on_the_paper_is_not_shown(
    make: Make, office: Office, clock: Clock, position: int
) -> None:
    sitting = make()
    clock.advance(hours=1)
    with pytest.raises(NotFound), writing() as write:
        room.show(write, office.deputy.actor, sitting, Screen.QUESTION, Stand(position, Step.READ), now=clock())


def test_the_review_leads_through_the_paper_one_step_after_another(make: Make, office: Office, clock: Clock) -> None:
    sitting, leader = make(), office.deputy.actor
    clock.advance(hours=1)
    found, moves = leading.console(db.session(), leader, sitting, now=clock()), []
    while found.next in (Next.FIRST, Next.ON):
        assert found.forward is not None
        moves.append(found.forward)
        with writing() as write:
            room.show(write, leader, sitting, Screen.QUESTION, found.forward, now=clock())
        assert room.question_on_screen(db.session(), sitting, now=clock()) is not None
        found = leading.console(db.session(), leader, sitting, now=clock())
    assert found.next is Next.BLANK
    assert len(moves) == len(set(moves)) == 3 * len(found.choices)
    assert [move.position for move in moves[::3]] == [choice.position for choice in found.choices]
    with writing() as write:
        room.show(write, leader, sitting, Screen.BLANK, now=clock())
    assert leading.console(db.session(), leader, sitting, now=clock()).next is Next.DONE


def test_whoever_shows_something_else_in_between_comes_back_to_the_question(
    make: Make, office: Office, clock: Clock
) -> None:
    sitting, leader = make(), office.deputy.actor
    clock.advance(hours=1)
    with writing() as write:
        room.show(write, leader, sitting, Screen.QUESTION, Stand(3, Step.SPLIT), now=clock())
        room.show(write, leader, sitting, Screen.BLANK, now=clock())
    assert leading.console(db.session(), leader, sitting, now=clock()).forward == Stand(3, Step.SPLIT)


def test_a_question_that_was_open_when_the_time_ran_out_is_gone_back_to_by_reading_it(
    make: Make, office: Office, clock: Clock
) -> None:
    sitting, leader = make(pace=Pace.BY_QUESTION), office.deputy.actor
    clock.advance(minutes=31)
    with writing() as write:
        room.show(write, leader, sitting, Screen.QUESTION, Stand(1, Step.ANSWER), now=clock())
        room.show(write, leader, sitting, Screen.PROGRESS, now=clock())
    clock.advance(minutes=30)
    forward = leading.console(db.session(), leader, sitting, now=clock()).forward
    assert forward == Stand(1, Step.READ)
    with writing() as write:
        room.show(write, leader, sitting, Screen.QUESTION, forward, now=clock())


@pytest.mark.parametrize(
    ("screen", "stand"), [(Screen.BLANK, None), (Screen.QUESTION, Stand(1, Step.SPLIT))], ids=["a screen", "a question"]
)
def test_showing_what_is_shown_changes_nothing(
    make: Make, office: Office, clock: Clock, screen: Screen, stand: Stand | None
) -> None:
    sitting = make()
    clock.advance(hours=1)
    for _ in range(3):
        with writing() as write:
            version = room.show(write, office.deputy.actor, sitting, screen, stand, now=clock()).version
    assert version == 2
    assert verbs() == ["room:shown"]


# Figures


def test_frozen_figures_stand_still_and_move_again(make: Make, office: Office, clock: Clock) -> None:
    sitting, leader = make(), office.deputy.actor

    def present() -> int:
        clock.advance(seconds=3)
        return room.snapshot(db.session(), sitting, now=clock()).total.present

    def sign(person: Person) -> None:
        with writing() as write:
            signing_in.tick(write, leader, sitting, person.public_id, now=clock())

    sign(office.staff)
    with writing() as write:
        room.freeze(write, leader, sitting, True, now=clock())
    sign(office.colleague)
    assert present() == 1
    # The leader knows better than the screen.
    assert leading.console(db.session(), leader, sitting, now=clock()).total.present == 2
    with writing() as write:
        room.freeze(write, leader, sitting, False, now=clock())
    assert present() == 2


def test_boards_and_phones_are_told_the_same_for_two_seconds(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    first = room.snapshot(db.session(), sitting, now=clock())
    with writing() as write:
        signing_in.tick(write, office.deputy.actor, sitting, office.staff.public_id, now=clock())
    clock.advance(seconds=1)
    assert room.snapshot(db.session(), sitting, now=clock()) is first
    clock.advance(seconds=1)
    assert room.snapshot(db.session(), sitting, now=clock()).total.present == 1


def test_a_clock_that_is_set_back_freezes_no_figures(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    clock.advance(minutes=20)
    room.snapshot(db.session(), sitting, now=clock())
    with writing() as write:
        signing_in.tick(write, office.deputy.actor, sitting, office.staff.public_id, now=clock())
    clock.advance(minutes=-10)
    assert room.snapshot(db.session(), sitting, now=clock()).total.present == 1


def test_a_phase_is_never_two_seconds_old(make: Make, clock: Clock) -> None:
    sitting = make()
    clock.moment = times(sitting)[0] - timedelta(seconds=1)
    told = room.snapshot(db.session(), sitting, now=clock())
    assert told.phase(clock()) is SittingPhase.PLANNED
    clock.advance(seconds=1)
    assert room.snapshot(db.session(), sitting, now=clock()) is told
    assert told.phase(clock()) is SittingPhase.OPEN


def test_the_sum_is_that_of_the_sections(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    clock.advance(minutes=31)
    begin(office, sitting, office.staff, clock())
    with writing() as write:
        signing_in.tick(write, office.deputy.actor, sitting, office.stranger.public_id, now=clock())
    told = room.snapshot(db.session(), sitting, now=clock())
    for name in ("expected", "present", "leave", "started", "handed_in"):
        assert getattr(told.total, name) == sum(getattr(section, name) for section in told.sections)
    assert (told.total.expected, told.total.present, told.total.started) == (len(office.everybody()), 1, 1)


def test_what_is_told_to_boards_names_nobody(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    clock.advance(minutes=31)
    begin(office, sitting, office.staff, clock())
    told = repr(asdict(room.snapshot(db.session(), sitting, now=clock())))
    assert not [person.name for person in office.everybody() if person.name in told]


def test_a_sitting_that_is_being_composed_has_no_room(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    with writing() as write:
        sitting_rows.sitting_alone(write, sitting).published_at = None
    with pytest.raises(NotFound):
        room.snapshot(db.session(), sitting, now=clock())
    with pytest.raises(NotNow):
        leading.console(db.session(), office.deputy.actor, sitting, now=clock())


# The roll


def test_a_chief_ticks_the_section_and_sees_no_other(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    _, sections = leading.roll(db.session(), office.finance_chief.actor, sitting, None)
    assert [section.count.name for section in sections] == ["财务科"]
    assert {one.name for one in sections[0].people} == {office.finance_chief.name, office.stranger.name}
    own = sections[0].count.public_id
    assert leading.roll(db.session(), office.finance_chief.actor, sitting, own)[1] == sections
    with pytest.raises(NotFound):
        leading.roll(db.session(), office.chief.actor, sitting, own)
    with pytest.raises(NotFound):
        leading.roll(db.session(), office.staff.actor, sitting, None)


def test_who_oversees_the_host_leads_the_room_but_is_named_nobody_of_other_sections(
    make: Make, office: Office, clock: Clock
) -> None:
    found = leading.console(db.session(), office.chief.actor, make(), now=clock())
    assert {section.count.name for section in found.roll if section.people} == {"秘书科"}
    assert {section.count.name for section in found.roll} == {"市政府办公室", "秘书科", "督查室", "财务科"}


def test_the_console_names_those_first_who_are_looked_for(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    with writing() as write:
        signing_in.tick(write, office.deputy.actor, sitting, office.chief.public_id, now=clock())
    found = leading.console(db.session(), office.deputy.actor, sitting, now=clock())
    section = next(section for section in found.roll if section.count.name == "秘书科")
    assert section.people[-1].name == office.chief.name
    assert section.may_tick


def test_the_room_is_made_by_the_first_press_and_not_by_looking(make: Make, office: Office, clock: Clock) -> None:
    sitting = make()
    leading.console(db.session(), office.deputy.actor, sitting, now=clock())
    room.snapshot(db.session(), sitting, now=clock())
    assert db.session().scalar(select(RoomRow)) is None
