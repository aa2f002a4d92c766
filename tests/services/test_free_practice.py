"""Runs of practice: the same for the same address, what is new first, and no key of what a sitting still asks."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from conftest import Clock
from conftest import Office
from factories import SPEC
from factories import published_sitting
from factories import sitting_facts
from hypothesis import given
from hypothesis import strategies as st
from services.practised import ZONE
from services.practised import answer
from services.practised import answer_all
from services.practised import begin
from services.practised import standing
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.narrowing import Facet
from quizapp.core.practice import PracticeMode
from quizapp.core.question import TypeName
from quizapp.core.states import QuestionState
from quizapp.core.types import BadResponse
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.engine import writing
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.services import free_practice
from quizapp.services import practising
from quizapp.services.free_practice import PAGE_NAME
from quizapp.services.free_practice import Run
from quizapp.services.practising import Given
from quizapp.services.practising import Reserved

set_id = stocked_set()
ALL = 3 * len(TypeName)
CHOICES = {Facet.TYPE: TypeName.SINGLE_CHOICE.value}


@pytest.fixture
def bank(set_id: int, session: Session) -> int:
    return set_id


def questions_on_paper(session: Session) -> frozenset[int]:
    session.rollback()
    return frozenset(
        session.scalars(
            select(QuestionVersionRow.question_id).join(
                PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id
            )
        )
    )


def retire(question_id: int) -> None:
    with writing() as write:
        write.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(state=QuestionState.RETIRED))


def reserve(office: Office, set_id: int, clock: Clock) -> str:
    """A sitting of next week, whose paper takes two of each usual type."""
    opens = clock() + timedelta(days=7)
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens)
        return published_sitting(write, office.editor.actor, facts, now=clock(), spec=SPEC).public_id


def test_the_same_address_gives_the_same_questions_and_another_seed_others(
    bank: int, office: Office, clock: Clock
) -> None:
    run = begin(clock(), number=8)
    again, other = begin(clock(), number=8), begin(clock(), number=8, chance="0badcaff")
    first = [place.version_id for place in standing(office.staff, run, clock()).places]
    assert first == [place.version_id for place in standing(office.staff, again, clock()).places]
    assert first != [place.version_id for place in standing(office.staff, other, clock()).places]
    assert len(set(first)) == 8


def test_answered_questions_keep_their_places_whatever_becomes_of_the_others(
    bank: int, office: Office, clock: Clock
) -> None:
    run = begin(clock(), CHOICES, number=3)
    before = standing(office.staff, run, clock())
    answer(office.staff, run, 2, clock(), right=True)
    retire(before.places[0].question_id)
    clock.advance(hours=1)
    after = standing(office.staff, run, clock())
    assert [(place.number, place.question_id, place.answer is not None) for place in after.places] == [
        (1, before.places[2].question_id, False),
        (2, before.places[1].question_id, True),
    ]
    assert (after.answered, after.right, after.next_after(2)) == (1, 1, 1)


def test_a_second_tap_counts_once_and_another_answer_changes_nothing(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    run = begin(clock(), CHOICES)
    assert answer(office.staff, run, 1, clock(), right=True)
    assert answer(office.staff, run, 1, clock(), right=True)
    assert not answer(office.staff, run, 1, clock())
    session.rollback()
    (held,) = session.scalars(select(PracticeAnswerRow))
    assert (held.is_right, held.page, held.sequence, held.mode) == (True, run.page, 1, PracticeMode.FREE)


def test_what_was_never_answered_comes_first(bank: int, office: Office, clock: Clock) -> None:
    first = answer_all(office.staff, begin(clock(), number=15), clock(), right=True)
    clock.advance(minutes=1)
    known = {place.question_id for place in first.places}
    second = [place.question_id for place in standing(office.staff, begin(clock(), number=ALL), clock()).places]
    assert known.isdisjoint(second[: ALL - 15])
    assert known == set(second[ALL - 15 :])
    others = standing(office.colleague, begin(clock(), number=ALL), clock())
    assert not known.isdisjoint(place.question_id for place in others.places[: ALL - 15])


def test_answers_given_elsewhere_do_not_move_a_run_that_has_begun(bank: int, office: Office, clock: Clock) -> None:
    run, other = begin(clock(), number=6), begin(clock(), number=9, chance="00000001")
    before = [place.question_id for place in standing(office.staff, run, clock()).places]
    clock.advance(minutes=2)
    answer_all(office.staff, other, clock(), right=False)
    assert [place.question_id for place in standing(office.staff, run, clock()).places] == before


def test_each_choice_narrows_to_what_it_says(bank: int, session: Session, office: Office, clock: Clock) -> None:
    lines = free_practice.lines(session, office.staff.actor, now=clock())
    assert len(lines) == ALL
    for line in lines[::5]:
        chosen = dict(line.facets)
        places = standing(office.staff, begin(clock(), chosen, number=50), clock()).places
        assert line.question_id in {place.question_id for place in places}
        asked = {other.question_id for other in lines if other.facets == line.facets}
        assert {place.question_id for place in places} == asked
    assert standing(office.staff, begin(clock(), {Facet.HEADING: "没有这个标题"}), clock()).places == ()


def test_what_a_sitting_still_asks_is_neither_counted_nor_asked_until_it_has_closed(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    reserve(office, bank, clock)
    reserved = questions_on_paper(session)
    assert len(reserved) == 8
    run = begin(clock(), number=ALL)
    assert reserved.isdisjoint(
        line.question_id for line in free_practice.lines(session, office.staff.actor, now=clock())
    )
    assert reserved.isdisjoint(place.question_id for place in standing(office.staff, run, clock()).places)
    clock.advance(days=8)
    assert len(standing(office.staff, run, clock()).places) == ALL


def test_a_run_tells_no_key_of_what_was_put_on_a_paper_since(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    run = begin(clock(), number=ALL)
    done = answer_all(office.staff, run, clock(), right=False)
    assert all(shown.outcome for shown in free_practice.results(session, done))
    reserve(office, bank, clock)
    reserved = questions_on_paper(session)
    found = standing(office.staff, run, clock())
    told = {shown.place.question_id for shown in free_practice.results(session, found) if shown.outcome}
    assert told == {place.question_id for place in found.places} - reserved
    assert found.judged == ALL - len(reserved)
    for place in found.places:
        assert (free_practice.shown(session, found, place.number).outcome is None) == (place.question_id in reserved)


def test_an_answer_to_what_was_put_on_a_paper_since_is_refused_and_no_points_are_told(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    run = begin(clock(), {Facet.TYPE: TypeName.SHORT_ANSWER.value})
    place = standing(office.staff, run, clock()).places[0]
    (asked,) = practising.to_practise(session, [place.version_id], run.seed)
    sent = Given(asked.id, asked.version, run.seed, run.mode, ["关键词1"], False, run.page, 1)
    retire(place.question_id)
    session.rollback()
    with pytest.raises(Reserved):
        free_practice.to_judge(session, office.staff.actor, run, sent, now=clock())
    with pytest.raises(Reserved), writing() as write:
        free_practice.answer(write, office.staff.actor, run, sent, ZONE, now=clock())
    session.rollback()
    assert session.scalars(select(PracticeAnswerRow)).all() == []


def test_a_short_answer_counts_as_its_person_found_it(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    run = begin(clock(), {Facet.TYPE: TypeName.SHORT_ANSWER.value})
    places = standing(office.staff, run, clock()).places
    for place, said in zip(places[:2], (True, False), strict=True):
        (asked,) = practising.to_practise(session, [place.version_id], run.seed)
        sent = Given(asked.id, asked.version, run.seed, run.mode, ["大意"], False, "", place.number)
        points = free_practice.to_judge(session, office.staff.actor, run, sent, now=clock())
        assert points is not None and len(points.question.points) == 5
        with writing() as write:
            judged = Given(**{**vars(sent), "said_right": said})
            free_practice.answer(write, office.staff.actor, run, judged, ZONE, now=clock())
    found = standing(office.staff, run, clock())
    assert [place.answer.is_right for place in found.places if place.answer] == [True, False]


def test_only_a_short_answer_is_judged_by_its_person(bank: int, session: Session, office: Office, clock: Clock) -> None:
    run = begin(clock(), CHOICES)
    (asked,) = practising.to_practise(session, [standing(office.staff, run, clock()).places[0].version_id], run.seed)
    sent = Given(asked.id, asked.version, run.seed, run.mode, ["A"], False, "", 1)
    assert free_practice.to_judge(session, office.staff.actor, run, sent, now=clock()) is None


def test_an_answer_that_is_none_is_refused(bank: int, office: Office, clock: Clock) -> None:
    with pytest.raises(BadResponse):
        answer(office.staff, begin(clock(), CHOICES), 1, clock(), raw=["A", "B", "Z"])


def test_answers_are_shown_at_once_only_where_that_was_chosen(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    at_once = begin(clock(), CHOICES)
    later = Run(at_once.mode, at_once.chosen, at_once.number, at_once=False, seed=at_once.seed)
    answer(office.staff, at_once, 1, clock(), right=True)
    assert free_practice.shown(session, standing(office.staff, at_once, clock()), 1).outcome is not None
    held = free_practice.shown(session, standing(office.staff, later, clock()), 1)
    assert held.outcome is None
    assert len(held.given) == 1


RUNS = st.builds(
    Run,
    st.sampled_from([PracticeMode.FREE, PracticeMode.MISTAKES]),
    st.dictionaries(st.sampled_from(list(Facet)), st.text(min_size=1, max_size=3), max_size=3),
    st.integers(1, 50),
    st.booleans(),
    st.sampled_from(["00000000-00000000", "00000000-00000001"]),
)


@given(RUNS, RUNS)
def test_two_runs_hold_their_answers_apart_unless_they_are_the_same(one: Run, other: Run) -> None:
    def said(run: Run) -> tuple[PracticeMode, Mapping[Facet, str], int, str]:
        return run.mode, dict(run.chosen), run.number, run.seed

    assert len(one.page) == PAGE_NAME
    assert (one.page == other.page) == (said(one) == said(other))
