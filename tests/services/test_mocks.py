"""Mocks: by the paper's specification without its questions, one at a time, and nobody's but their person's."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import ALL_TYPES
from factories import SPEC
from factories import sitting_facts
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import Quota
from quizapp.core.paper import Wishes
from quizapp.core.paper import stored
from quizapp.core.practice import Origin
from quizapp.core.question import TypeName
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.sitting import SittingKind
from quizapp.core.states import AttemptState
from quizapp.core.states import Review
from quizapp.db import sittings as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import mocks_of_person
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.db.practice import CardRow
from quizapp.db.practice import MistakeRow
from quizapp.db.practice import MockRow
from quizapp.db.rooms import sitting_of_room
from quizapp.db.sittings import SittingRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import memory
from quizapp.services import mocks
from quizapp.services import results
from quizapp.services import room
from quizapp.services import sittings
from quizapp.services import timekeeping
from quizapp.services.answers import Sent
from quizapp.services.mocks import Basis
from quizapp.services.mocks import Drawn
from quizapp.services.mocks import Reduced

ZONE = ZoneInfo("Asia/Shanghai")
set_id = stocked_set(5)


def plan(
    office: Office,
    clock: Clock,
    set_id: int,
    *,
    days: float = 3,
    spec: PaperSpec | None = SPEC,
    publish: bool = False,
    **changes: object,
) -> str:
    """A sitting so many days ahead: its paper drawn where there is a specification, published where that is said."""
    with writing() as session:
        opens_at = clock() + timedelta(days=days)
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at, **changes)
        row = sittings.plan_sitting(session, office.editor.actor, facts, now=clock())
        if spec is not None:
            sittings.draw(session, office.editor.actor, row.public_id, spec, Random(1), now=clock())
        if publish:
            sittings.publish(session, office.deputy.actor, row.public_id, now=clock())
        return row.public_id


def draw(person: Person, sitting: str, clock: Clock, seed: int = 2) -> Drawn:
    with writing() as session:
        return mocks.draw(session, person.actor, sitting, Random(seed), ZONE, now=clock())


def hand_in(person: Person, drawn: Drawn, clock: Clock) -> None:
    with writing() as session:
        attempts.submit(session, person.actor, drawn.attempt_id, now=clock())


def paper_of(session: Session, sitting: str) -> SittingRow:
    return session.scalars(select(SittingRow).where(SittingRow.public_id == sitting)).one()


def mock_of(session: Session, drawn: Drawn) -> SittingRow:
    session.expire_all()
    attempt = session.scalars(select(AttemptRow).where(AttemptRow.public_id == drawn.attempt_id)).one()
    return session.get_one(SittingRow, attempt.sitting_id)


def questions(session: Session, sitting: SittingRow) -> set[int]:
    return {place.version.question_id for place in rows.paper(session, sitting.id)}


def remember(clock: Clock) -> None:
    """What the bell does."""
    with writing() as session:
        while (sitting_id := memory.sitting_to_take_in(session)) is not None:
            memory.take_in_sitting(session, sitting_id, ZONE, now=clock())


# What is drawn


@pytest.mark.parametrize("publish", [False, True], ids=["composing", "published"])
def test_a_mock_asks_as_much_as_the_paper_and_none_of_its_questions(
    session: Session, office: Office, clock: Clock, set_id: int, publish: bool
) -> None:
    model = plan(office, clock, set_id, publish=publish, mode=Mode.TOGETHER, pace=Pace.BY_QUESTION)
    other = plan(office, clock, set_id, days=10, spec=PaperSpec({TypeName.FILL_IN: 1}, {TypeName.FILL_IN: 5}))
    drawn = draw(office.staff, model, clock)
    mock = mock_of(session, drawn)
    places = rows.paper(session, mock.id)
    assert {t: sum(p.version.type is t for p in places) for t in SPEC.counts} == SPEC.counts
    assert {place.full_mark for place in places} == {5}
    reserved = questions(session, paper_of(session, model)) | questions(session, paper_of(session, other))
    assert not questions(session, mock) & reserved
    assert drawn.reduced == ()


def test_it_is_taken_alone_in_the_time_of_the_paper_and_by_its_rules_with_keys_at_once(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    model = plan(office, clock, set_id, mode=Mode.TOGETHER, pace=Pace.BY_QUESTION, review=Review.NEVER)
    drawn = draw(office.staff, model, clock)
    mock, like = mock_of(session, drawn), paper_of(session, model)
    assert (mock.kind, mock.mode, mock.pace, mock.review) == (
        SittingKind.MOCK,
        Mode.INDIVIDUAL,
        Pace.WHOLE,
        Review.AT_ONCE,
    )
    assert mock.topic == f"模拟：{like.topic}"
    assert (mock.multiple_rule, mock.pass_percent) == (like.multiple_rule, like.pass_percent)
    attempt = attempts.own_attempt(session, office.staff.actor, drawn.attempt_id)
    assert attempt.deadline == mock.closes_at == clock() + timedelta(minutes=like.duration_minutes)
    hand_in(office.staff, drawn, clock)
    session.expire_all()
    assert isinstance(results.result(session, office.staff.actor, drawn.attempt_id, now=clock()), results.Result)


def test_where_everybody_has_a_paper_of_their_own_a_mock_is_as_long_as_one_of_them(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    spec = replace(SPEC, each=dict.fromkeys(SPEC.counts, 1))
    model = plan(office, clock, set_id, spec=spec, drawing=Drawing.PER_PERSON)
    assert len(questions(session, mock_of(session, draw(office.staff, model, clock)))) == len(SPEC.counts)


def test_what_the_bank_lacks_is_left_out_and_said(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    wanted = PaperSpec({TypeName.SINGLE_CHOICE: 4, TypeName.FILL_IN: 2}, dict.fromkeys(TypeName, 5))
    drawn = draw(office.staff, plan(office, clock, set_id, spec=wanted), clock)
    assert drawn.reduced == (Reduced(TypeName.SINGLE_CHOICE, 4, 1, needs_person=False),)
    assert len(questions(session, mock_of(session, drawn))) == 3


def test_nothing_waits_for_a_mark_that_nobody_would_give(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    drawn = draw(office.staff, plan(office, clock, set_id, spec=ALL_TYPES), clock)
    assert drawn.reduced == (Reduced(TypeName.SHORT_ANSWER, 1, 0, needs_person=True),)
    hand_in(office.staff, drawn, clock)
    assert attempts.own_attempt(session, office.staff.actor, drawn.attempt_id).share is not None


def test_nothing_begins_where_nothing_may_be_practised(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    model = plan(office, clock, set_id, spec=PaperSpec({TypeName.ORDERING: 5}, {TypeName.ORDERING: 2}))
    with pytest.raises(BadInput, match="学测结束以后再来"):
        draw(office.staff, model, clock)
    assert session.scalar(select(func.count()).select_from(MockRow)) == 0


def test_quotas_are_kept_as_far_as_the_bank_goes_and_nothing_rests(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    past = plan(office, clock, set_id, publish=True, days=0)
    clock.advance(days=1)
    model = plan(office, clock, set_id, spec=None)
    for quotas, wanted in (((Quota(2, TypeName.FILL_IN),), 8), ((Quota(9, difficulty=5),), 8)):
        with writing() as write:
            row = rows.sitting_by_public_id(write, model)
            row.specification = rows.sitting_by_public_id(write, past).specification
            row.wishes = stored(Wishes(quotas=quotas, rest_weeks=52))
        drawn = draw(office.staff, model, clock)
        assert len(questions(session, mock_of(session, drawn))) == wanted
        hand_in(office.staff, drawn, clock)


def test_a_second_mock_asks_first_what_the_first_did_not(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    spec = PaperSpec({TypeName.MATCHING: 1, TypeName.ORDERING: 1}, dict.fromkeys(TypeName, 5))
    model = plan(office, clock, set_id, spec=spec)
    found = []
    for seed in range(3):
        drawn = draw(office.staff, model, clock, seed)
        hand_in(office.staff, drawn, clock)
        found.append(questions(session, mock_of(session, drawn)))
    assert len(set.union(*found)) == 6


def test_mocks_wear_no_question_out(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    model = plan(office, clock, set_id)
    before = rows.candidates(session, [set_id])
    hand_in(office.staff, draw(office.staff, model, clock), clock)
    session.expire_all()
    assert rows.candidates(session, [set_id]) == before


# Whose specification


def test_without_a_paper_the_last_one_s_specification_serves(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    past = plan(office, clock, set_id, days=0, publish=True)
    clock.advance(hours=3)
    (model,) = mocks.coming(session, office.staff.actor, now=clock())
    assert (model.id, model.basis, model.counts) == (past, Basis.AGAIN, SPEC.counts)
    ahead = plan(office, clock, set_id, spec=None, topic="新题目", set_ids=(), duration_minutes=30)
    (model,) = mocks.coming(session, office.staff.actor, now=clock())
    assert (model.id, model.basis, model.counts, model.minutes) == (ahead, Basis.LAST, SPEC.counts, 30)
    mock = mock_of(session, draw(office.staff, ahead, clock))
    assert (mock.topic, len(questions(session, mock))) == ("模拟：新题目", 8)


def test_without_any_paper_there_is_nothing_to_follow(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    assert mocks.coming(session, office.staff.actor, now=clock()) == ()
    ahead = plan(office, clock, set_id, spec=None)
    (model,) = mocks.coming(session, office.staff.actor, now=clock())
    assert (model.basis, model.questions) == (Basis.OWN, 0)
    with pytest.raises(BadInput, match="还没有组卷要求"):
        draw(office.staff, ahead, clock)


def test_only_what_one_takes_part_in_is_offered(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    model = plan(office, clock, set_id, scope_section_id=office.finance)
    assert [each.id for each in mocks.coming(session, office.stranger.actor, now=clock())] == [model]
    assert mocks.coming(session, office.staff.actor, now=clock()) == ()
    with pytest.raises(NotFound):
        draw(office.staff, model, clock)
    with writing() as write:
        sittings.publish(write, office.deputy.actor, model, now=clock())
    assert mocks.coming(session, office.staff.actor, now=clock()) == ()


def test_nothing_is_drawn_for_a_mock(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    drawn = draw(office.staff, plan(office, clock, set_id), clock)
    mock = mock_of(session, drawn).public_id
    hand_in(office.staff, drawn, clock)
    with pytest.raises(NotFound):
        draw(office.staff, mock, clock)


# One at a time


def test_a_mock_under_way_is_gone_on_with(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    model, other = plan(office, clock, set_id), plan(office, clock, set_id, days=9)
    first = draw(office.staff, model, clock)
    clock.advance(minutes=19)
    assert draw(office.staff, other, clock) == Drawn(first.attempt_id, is_new=False)
    assert mocks.page(session, office.staff.actor, ZONE, now=clock()).running is not None
    clock.advance(minutes=1)
    assert draw(office.staff, other, clock).is_new


@pytest.mark.usefixtures("session")
def test_so_many_a_day_of_the_office(office: Office, clock: Clock, set_id: int) -> None:
    model = plan(office, clock, set_id)
    for _ in range(mocks.MOST_A_DAY):
        hand_in(office.staff, draw(office.staff, model, clock), clock)
    with pytest.raises(BadInput, match="明天可以再做"):
        draw(office.staff, model, clock)
    assert draw(office.colleague, model, clock).is_new
    clock.advance(hours=9.9)  # 23:54 in the office
    with pytest.raises(BadInput):
        draw(office.staff, model, clock)
    clock.advance(hours=0.2)
    assert draw(office.staff, model, clock).is_new


# What stays of it


def test_its_answers_move_cards_and_mistakes_once_like_practice(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    drawn = draw(office.staff, plan(office, clock, set_id), clock)
    mock = mock_of(session, drawn)
    attempt = attempts.own_attempt(session, office.staff.actor, drawn.attempt_id)
    places = attempts.numbered_places(session, attempt)
    number, place = next(each for each in places if each[1].question.type is TypeName.TRUE_FALSE)
    asked, right = questions(session, mock), ["A" if "T" in place.question.key else "B"]
    with writing() as write:
        answers.save(write, office.staff.actor, drawn.attempt_id, number, Sent(right, 1), now=clock())
    remember(clock)
    assert session.scalar(select(func.count()).select_from(CardRow)) == 0, "it is not handed in"
    hand_in(office.staff, drawn, clock)
    for _ in range(2):
        remember(clock)
    session.expire_all()
    mistakes = session.scalars(select(MistakeRow)).all()
    assert {row.question_id for row in mistakes} == asked - {place.question_id}
    assert {(row.person_id, row.origin, row.times) for row in mistakes} == {(office.staff.id, Origin.PRACTICE, 1)}
    cards = session.scalars(select(CardRow)).all()
    assert {(row.question_id, row.ratings) for row in cards} == {(id_, 1) for id_ in asked}


def test_a_mock_left_open_is_closed_by_the_bell_and_taken_in(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    drawn = draw(office.staff, plan(office, clock, set_id), clock)
    clock.advance(hours=1)
    with writing() as write:
        timekeeping.note_ends(write, past=clock())
    remember(clock)
    assert session.scalar(select(func.count()).select_from(CardRow)) == 0, "its paper is still to be closed"
    with writing() as write:
        attempts.close_overdue(write, now=clock(), at_once=9)
    remember(clock)
    session.expire_all()
    assert attempts.own_attempt(session, office.staff.actor, drawn.attempt_id).state is AttemptState.CLOSED
    assert session.scalar(select(func.count()).select_from(CardRow)) == 8


# Nobody else's


def test_nobody_finds_it(session: Session, office: Office, clock: Clock, set_id: int) -> None:
    drawn = draw(office.staff, plan(office, clock, set_id), clock)
    mock = mock_of(session, drawn).public_id
    for other in (office.colleague, office.chief, office.deputy, office.director, office.editor, office.admin):
        with pytest.raises(NotFound):
            attempts.own_attempt(session, other.actor, drawn.attempt_id)
        with pytest.raises(NotFound):
            attempts.start(session, other.actor, mock, now=clock())
    for asked in (
        lambda: sittings.sitting_to_compose(session, office.editor.actor, mock),
        lambda: room.sitting_to_lead(session, office.deputy.actor, mock),
        lambda: sitting_of_room(session, mock),
    ):
        with pytest.raises(NotFound):
            asked()


def test_it_leaves_no_trail_and_is_no_part_of_one_s_history(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    model = plan(office, clock, set_id)
    before = session.scalar(select(func.count()).select_from(AuditRow))
    first = draw(office.staff, model, clock)
    hand_in(office.staff, first, clock)
    second = draw(office.staff, model, clock)
    hand_in(office.staff, second, clock)
    assert session.scalar(select(func.count()).select_from(AuditRow)) == before
    assert results.history(session, office.staff.actor) == []
    newest, _ = mocks_of_person(session, office.staff.id)
    assert len(results.shares_until(session, office.staff.actor, newest)) == 2


def test_it_holds_no_clock_and_reserves_no_question(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    model = plan(office, clock, set_id)
    draw(office.staff, model, clock)
    assert not timekeeping.is_running(session, clock())
    assert rows.questions_out(session, set_id, clock()) == frozenset()
