"""今日五题: what is chosen, that it is the same everywhere, what replaces what was withdrawn, and the streak."""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import SPEC
from factories import approved_set
from factories import published_sitting
from factories import question
from factories import sitting_facts
from services.away import on_leave
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.memory import Memory
from quizapp.core.practice import PracticeMode
from quizapp.core.question import TypeName
from quizapp.core.speech import PointKind
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.practice import CardRow
from quizapp.db.practice import DailyRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import bank
from quizapp.services import daily
from quizapp.services import sittings
from quizapp.services.daily import Five
from quizapp.services.daily import Place
from quizapp.services.daily import Today
from quizapp.services.practising import Given
from quizapp.services.practising import Reserved

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


@pytest.fixture
def set_id(session: Session, office: Office, clock: Clock) -> int:
    """A set with two questions of each type, each about itself."""
    with writing() as write:
        return approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock()).id


def chosen(person: Person, now: datetime) -> Five | None:
    found = daily.choose_five(db.session(), person.actor, ZONE, now=now)
    db.session.rollback()
    return found


def begun(person: Person, now: datetime) -> Today:
    """As the page's button does it."""
    five = chosen(person, now)
    if five is not None:
        with writing() as write:
            daily.keep(write, person.actor, five, zone=ZONE, now=now)
    return looked_at(person, now)


def looked_at(person: Person, now: datetime) -> Today:
    db.session.rollback()
    return daily.of_today(db.session(), person.actor, ZONE, now=now)


def given(place: Place, *, right: bool = True, page: str = "page", **changes: object) -> Given:
    assert place.explained is not None
    kind, asked = place.explained.kind, place.explained.question
    raw = kind.stored(kind.right_response(asked)) if right else []
    facts = {
        "id": place.practised.id,
        "version": place.practised.version,
        "seed": place.practised.seed,
        "mode": PracticeMode.DAILY,
        "raw": raw,
        "is_unsure": False,
        "page": page,
        "sequence": place.practised.shown.number,
    }
    return Given(**(facts | changes))  # type: ignore[arg-type]


def answer(person: Person, place: Place, now: datetime, *, right: bool = True, page: str = "page") -> None:
    with writing() as write:
        daily.answer(write, person.actor, given(place, right=right, page=page), ZONE, now=now)


def do_all(person: Person, now: datetime) -> Today:
    today = begun(person, now)
    for place in today.places:
        answer(person, place, now, page=f"{now:%m%d%H%M}")
    return looked_at(person, now)


def held(person: Person) -> DailyRow:
    db.session.rollback()
    return db.session.scalars(select(DailyRow).where(DailyRow.person_id == person.id)).one()


def versions(today: Today) -> Sequence[tuple[str, int]]:
    return [(place.practised.id, place.practised.version) for place in today.places]


def questions_of(version_ids: Sequence[int]) -> list[QuestionRow]:
    statement = select(QuestionRow).join(QuestionVersionRow, QuestionVersionRow.question_id == QuestionRow.id)
    found = db.session.scalars(statement.where(QuestionVersionRow.id.in_(version_ids))).all()
    assert len(found) == len(version_ids)
    return list(found)


# Choosing


def test_the_five_are_the_same_on_every_device_and_none_waits_for_a_persons_mark(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    phone = chosen(office.staff, clock())
    assert phone is not None
    # A second device chose too, before the first one's were kept.
    desktop = Five(phone.day, None, phone.version_ids[::-1])
    for five in (phone, desktop):
        with writing() as write:
            daily.keep(write, office.staff.actor, five, zone=ZONE, now=clock())
    assert tuple(held(office.staff).version_ids) == phone.version_ids
    one, other = looked_at(office.staff, clock()), looked_at(office.staff, clock() + timedelta(hours=5))
    assert [place.practised for place in one.places] == [place.practised for place in other.places]
    assert len(one.places) == 5
    assert not {place.practised.shown.type for place in one.places} & {TypeName.SHORT_ANSWER}
    assert chosen(office.staff, clock()) is None


def test_where_nothing_may_be_practised_nothing_is_kept(session: Session, office: Office, clock: Clock) -> None:
    today = begun(office.staff, clock())
    assert (today.places, today.standing.is_made, session.scalars(select(DailyRow)).all()) == ((), False, [])


def test_what_the_next_sitting_asks_comes_first_and_nothing_of_its_paper(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    with writing() as write:
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=4, slug="next", now=clock())
        facts = sitting_facts(known.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock() + 3 * DAY)
        composing = sittings.plan_sitting(write, office.editor.actor, facts, now=clock()).public_id
        newer = approved_set(write, office.editor.actor, office.second_editor.actor, each=4, slug="newer", now=clock())
        of_sitting, newest = known.id, newer.id
    five = chosen(office.staff, clock())
    assert five is not None
    assert {row.set_id for row in questions_of(five.version_ids)} == {of_sitting} != {newest}
    with writing() as write:
        sittings.draw(write, office.editor.actor, composing, SPEC, Random(1), now=clock())
    later = clock() + timedelta(minutes=2)
    five = chosen(office.staff, later)
    assert five is not None
    on_paper = set(db.session.scalars(select(PaperQuestionRow.version_id)))
    assert on_paper
    assert not on_paper & set(five.version_ids)
    assert {row.set_id for row in questions_of(five.version_ids)} == {of_sitting}


def test_a_mistake_is_asked_again_itself_and_a_point_without_questions_is_passed_over(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    today = begun(office.staff, clock())
    for place in today.places:
        answer(office.staff, place, clock(), right=place is not today.places[2])
    mistaken = today.places[2].practised.id
    with writing() as write:
        # All others but one that were ever answered leave the bank.
        for place in (today.places[0], today.places[1]):
            bank.retire(write, office.editor.actor, place.practised.id, place.practised.version, now=clock())
    five = chosen(office.staff, clock() + 3 * DAY)
    assert five is not None
    asked = {row.public_id for row in questions_of(five.version_ids)}
    assert mistaken in asked
    assert len(asked) == 5
    assert not asked & {today.places[0].practised.id, today.places[1].practised.id}


def test_of_a_point_with_two_questions_the_one_that_was_not_asked_lately(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    with writing() as write:
        both = write.scalars(select(QuestionRow).where(QuestionRow.fingerprint.in_(["fill_in-0", "fill_in-1"]))).all()
        point = a_point(write, office)
        for row in both:
            row.key_point_id = point
        ids = [row.id for row in both]
        add_card(write, office.staff, clock() - 9 * DAY, key_point_id=point)
    first = chosen(office.staff, clock())
    assert first is not None
    (asked,) = [row.id for row in questions_of(first.version_ids) if row.id in ids]
    for place in begun(office.staff, clock()).places:
        answer(office.staff, place, clock())
    with writing() as write:
        # Answered rightly it would wait for long; the point is asked for again soon.
        write.execute(update(CardRow).where(CardRow.key_point_id == point).values(stability=1.0))
    second = chosen(office.staff, clock() + 6 * DAY)
    assert second is not None
    (then,) = [row.id for row in questions_of(second.version_ids) if row.id in ids]
    assert then != asked


def test_what_was_rated_in_the_morning_is_not_asked_in_the_evening(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    morning, evening = clock() - timedelta(hours=6), clock() + timedelta(hours=8)
    with writing() as write:
        row = write.scalars(select(QuestionRow).where(QuestionRow.fingerprint == "fill_in-0")).one()
        row.key_point_id = a_point(write, office)
        add_card(write, office.staff, morning, key_point_id=row.key_point_id)
        only = row.version_id
        write.execute(update(QuestionRow).where(QuestionRow.id != row.id).values(state=QuestionState.RETIRED))
    assert chosen(office.staff, evening) is None
    tomorrow = chosen(office.staff, morning + DAY)
    assert tomorrow is not None
    assert tomorrow.version_ids == (only,)


def a_point(write: Session, office: Office) -> int:
    text = {"filename": "a.txt", "raw_text": "甲乙", "text": "甲乙", "file": b"", "sha256": "0" * 64}
    speech = SpeechRow(loaded_by_id=office.editor.id, loaded_at=FRIDAY, drafting_summary={}, **text)
    write.add(speech)
    write.flush()
    point = KeyPointRow(speech_id=speech.id, kind=PointKind.NAMED, name="甲", start=0, end=1, items=[], pairs=[])
    write.add(point)
    write.flush()
    return point.id


def add_card(write: Session, person: Person, rated_at: datetime, **about: int) -> None:
    memory = Memory(2.0, 5.0, rated_at)
    write.add(
        CardRow(
            person_id=person.id,
            stability=memory.stability,
            difficulty=memory.difficulty,
            rated_at=rated_at,
            rated_on=rated_at.date(),
            **about,
        )
    )


# What changes during the day


def test_what_is_withdrawn_before_it_was_answered_is_replaced_and_what_was_answered_stays(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    before = begun(office.staff, clock())
    answer(office.staff, before.places[0], clock())
    with writing() as write:
        for place in before.places[:2]:
            bank.retire(write, office.editor.actor, place.practised.id, place.practised.version, now=clock())
    today = looked_at(office.staff, clock())
    assert (today.withdrawn, today.places[0].outcome is not None, today.places[0].explained) == (1, True, None)
    assert today.next is today.places[2]
    after = begun(office.staff, clock())
    assert (after.withdrawn, len(after.places)) == (0, 5)
    kept, new = set(versions(before)) & set(versions(after)), set(versions(after)) - set(versions(before))
    assert kept == {pair for pair in versions(before) if pair != versions(before)[1]}
    assert len(new) == 1


def test_a_corrected_question_is_asked_in_its_new_words_once_they_are_approved(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    before = begun(office.staff, clock())
    place = before.places[0]
    with writing() as write:
        newer = question(place.practised.shown.type, 90)
        bank.correct(write, office.editor.actor, place.practised.id, place.practised.version, newer, now=clock())
        row = bank.shown(write, place.practised.id, 2)[0]
        row.state = QuestionState.APPROVED
    after = begun(office.staff, clock())
    assert versions(after) == [(id_, 2 if id_ == place.practised.id else 1) for id_, _ in versions(before)]


def test_with_nothing_to_put_in_its_place_the_others_finish_the_day(
    session: Session, office: Office, clock: Clock
) -> None:
    with writing() as write:
        approved_set(write, office.editor.actor, office.second_editor.actor, each=1, now=clock())
        for row in write.scalars(
            select(QuestionRow).where(QuestionRow.fingerprint.not_in(["fill_in-0", "true_false-0", "ordering-0"]))
        ):
            bank.retire(write, office.editor.actor, row.public_id, 1, now=clock())
    today = begun(office.staff, clock())
    assert len(today.places) == 3
    for place in today.places[:2]:
        answer(office.staff, place, clock())
    last = today.places[2]
    with writing() as write:
        bank.retire(write, office.editor.actor, last.practised.id, 1, now=clock())
    today = begun(office.staff, clock())
    assert (len(today.places), today.standing.is_done, today.right) == (2, True, 2)


# Answering


def test_of_two_answers_to_a_question_the_first_counts_and_the_same_one_comes_once(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    place = begun(office.staff, clock()).places[0]
    answer(office.staff, place, clock(), right=False, page="phone")
    answer(office.staff, place, clock() + timedelta(minutes=1), right=True, page="desktop")
    answer(office.staff, place, clock() + timedelta(minutes=2), right=False, page="phone")
    today = looked_at(office.staff, clock())
    assert today.places[0].outcome is not None
    assert not today.places[0].outcome.is_right
    assert len(session.scalars(select(PracticeAnswerRow)).all()) == 2


def test_an_answer_given_after_midnight_finishes_the_day_it_began_on(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    late = datetime(2026, 11, 20, 23, 58, tzinfo=ZONE)
    today = begun(office.staff, late)
    for place in today.places[:4]:
        answer(office.staff, place, late)
    answer(office.staff, today.places[4], late + timedelta(minutes=4))
    assert held(office.staff).finished_at == late + timedelta(minutes=4)
    assert looked_at(office.staff, late + timedelta(minutes=5)).standing.streak == 1


def test_a_reserved_question_that_is_none_of_ones_five_tells_nothing(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    mine = begun(office.staff, clock()).places[0]
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock() + DAY)
        spec = type(SPEC)(counts=dict.fromkeys(TypeName, 2), marks=dict.fromkeys(TypeName, 5))
        published_sitting(write, office.editor.actor, facts, now=clock(), spec=spec)
    # Whose page held the key already may still say what they answered; nobody else is told.
    answer(office.staff, mine, clock())
    assert looked_at(office.staff, clock()).places[0].explained is None
    with pytest.raises(Reserved), writing() as write:
        daily.answer(write, office.colleague.actor, given(mine), ZONE, now=clock())
    assert not session.scalars(
        select(PracticeAnswerRow).where(PracticeAnswerRow.person_id == office.colleague.id)
    ).all()


# The streak


def test_a_weekend_and_leave_break_no_streak_and_a_day_missed_does(
    session: Session, office: Office, clock: Clock, set_id: int
) -> None:
    assert do_all(office.staff, FRIDAY).standing.streak == 1
    # Saturday and Sunday: nobody expects it.
    assert do_all(office.staff, FRIDAY + 3 * DAY).standing.streak == 2
    # On leave on Tuesday, when the study was.
    with writing() as write:
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, slug="tue", now=FRIDAY)
        tuesday = FRIDAY + 4 * DAY
        facts = sitting_facts(known.id, host=office.secretariat, leader=office.deputy.id, opens_at=tuesday)
        row: SittingRow = published_sitting(write, office.editor.actor, facts, now=FRIDAY)
        on_leave(write, row.id, office.staff, FRIDAY)
    wednesday = looked_at(office.staff, FRIDAY + 5 * DAY).standing
    assert (wednesday.streak, wednesday.is_done) == (2, False)
    # And a working day without a reason.
    assert looked_at(office.staff, FRIDAY + 6 * DAY).standing.streak == 0
