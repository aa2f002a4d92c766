"""The book of mistakes: one's own alone, from sittings and practice, with keys only where they may be told."""

from datetime import datetime
from datetime import timedelta

import pytest
from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
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

from quizapp.core.errors import NotFound
from quizapp.core.narrowing import Chosen
from quizapp.core.narrowing import Facet
from quizapp.core.narrowing import MistakeState
from quizapp.core.narrowing import Times
from quizapp.core.practice import Origin
from quizapp.core.practice import PracticeMode
from quizapp.core.question import TypeName
from quizapp.core.states import QuestionState
from quizapp.core.states import Review
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.engine import writing
from quizapp.db.practice import MistakeRow
from quizapp.db.sittings import SittingRow
from quizapp.formats.mistakes_docx import Answers
from quizapp.services import attempts
from quizapp.services import memory
from quizapp.services import mistakes
from quizapp.services import timekeeping
from quizapp.services.mistakes import Book
from quizapp.services.mistakes import Line
from quizapp.services.mistakes import Mistake
from quizapp.services.mistakes import Standing
from quizapp.services.mistakes import StillAsked
from quizapp.web.tables import mistakes as tables

set_id = stocked_set()
ALL = 3 * len(TypeName)
OPEN = {Facet.STATE: MistakeState.OPEN.value}
CLEARED = {Facet.STATE: MistakeState.CLEARED.value}
JUDGED = {Facet.TYPE: TypeName.TRUE_FALSE.value}


@pytest.fixture
def bank(set_id: int, session: Session) -> int:
    return set_id


def book(
    session: Session, person: Person, now: datetime, chosen: Chosen = OPEN, first: int = 0, most: int = 50
) -> Book:
    session.rollback()
    return mistakes.book(session, person.actor, chosen, first=first, most=most, now=now)


def shown(found: Book) -> list[Mistake]:
    return [mistake for group in found.groups for mistake in group.mistakes]


def sit(office: Office, set_id: int, clock: Clock, person: Person, **changes: object) -> str:
    """A sitting of today that this person hands in blank, taken in after it has ended; the own paper's public id."""
    with writing() as write:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), **changes)
        sitting = published_sitting(write, office.editor.actor, facts, now=clock(), spec=SPEC).public_id
    with writing() as write:
        own = attempts.start(write, person.actor, sitting, now=clock()).public_id
        attempts.submit(write, person.actor, own, now=clock())
    clock.advance(hours=3)
    with writing() as write:
        timekeeping.note_ends(write, past=clock())
    with writing() as write:
        attempts.close_overdue(write, now=clock(), at_once=50)
    with writing() as write:
        while (ended := memory.sitting_to_take_in(write)) is not None:
            memory.take_in_sitting(write, ended, ZONE, now=clock())
    return own


def reserve(office: Office, set_id: int, clock: Clock) -> None:
    with writing() as write:
        opens = clock() + timedelta(days=7)
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens, topic="下周")
        published_sitting(write, office.editor.actor, facts, now=clock(), spec=SPEC)


def change_state(question_id: int, state: QuestionState) -> None:
    with writing() as write:
        write.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(state=state))


def test_a_wrong_answer_in_practice_is_in_the_book_with_key_and_sentence(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    answer(office.staff, begin(clock(), JUDGED), 1, clock())
    found = book(session, office.staff, clock())
    (mistake,) = shown(found)
    assert mistake.line.is_in_practice
    assert mistake.mode is PracticeMode.FREE
    assert mistake.line.times == 1
    assert mistake.outcome is not None and not mistake.outcome.response
    assert CANARY in mistake.outcome.explained.question.source.quote
    assert found.to_practise == 1


def test_what_was_missed_in_a_sitting_is_in_the_book_with_the_own_paper(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    own = sit(office, bank, clock, office.staff)
    found = shown(book(session, office.staff, clock()))
    assert len(found) == sum(SPEC.counts.values())
    assert {(each.line.attempt, each.line.topic, each.line.facets[Facet.ORIGIN]) for each in found} == {
        (own, "“五型”干部学测", Origin.SITTING)
    }
    assert all(each.outcome is not None for each in found)


def test_a_sitting_that_never_tells_keys_leaves_nothing_in_the_book(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    sit(office, bank, clock, office.staff, review=Review.NEVER)
    assert book(session, office.staff, clock()).everything == ()


def test_no_key_is_told_once_a_sitting_lets_nobody_see_it_any_more(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    sit(office, bank, clock, office.staff)
    with writing() as write:
        write.execute(update(SittingRow).values(review=Review.NEVER))
    found = book(session, office.staff, clock())
    assert {each.line.standing for each in shown(found)} == {Standing.WITHHELD}
    assert all(each.explained is None for each in shown(found))
    assert found.to_practise == 0


def test_nobody_finds_the_mistakes_of_another(bank: int, session: Session, office: Office, clock: Clock) -> None:
    run = begin(clock(), number=3)
    answer_all(office.staff, run, clock(), right=False)
    assert len(book(session, office.staff, clock()).everything) == 3
    for other in (office.colleague, office.chief, office.director, office.admin, office.auditor):
        assert book(session, other, clock()).everything == ()
        assert standing(other, begin(clock(), OPEN, mode=PracticeMode.MISTAKES), clock()).places == ()


def test_what_is_reserved_stands_without_its_key_and_says_until_when(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    answer_all(office.staff, begin(clock(), number=ALL), clock(), right=False)
    reserve(office, bank, clock)
    found = book(session, office.staff, clock())
    reserved = [each for each in shown(found) if each.line.standing is Standing.RESERVED]
    assert len(reserved) == sum(SPEC.counts.values())
    assert found.to_practise == ALL - len(reserved)
    for each in reserved:
        assert each.explained is None
        assert each.reserved_until == clock() + timedelta(days=7, hours=2)
        # Neither what is right nor what was given, which would tell it of two options.
        assert CANARY not in repr(each.shown)
    printed = tables.paper(found, Answers.UNDER, "陆干部", "", clock())
    without = [line for line in printed.mistakes if line.answers[0].startswith("（这道题在没有结束的学测试卷上")]
    assert len(without) == len(reserved)
    assert all(len(line.answers) == 1 and CANARY not in repr(line) for line in without)
    clock.advance(days=8)
    assert book(session, office.staff, clock()).to_practise == ALL


def test_a_retired_question_that_an_open_paper_asks_tells_no_key_either(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    answer_all(office.staff, begin(clock(), number=ALL), clock(), right=False)
    reserve(office, bank, clock)
    line = next(each for each in book(session, office.staff, clock()).found if each.standing is Standing.RESERVED)
    change_state(line.question_id, QuestionState.RETIRED)
    again = next(each for each in shown(book(session, office.staff, clock())) if each.line.public_id == line.public_id)
    assert (again.line.standing, again.explained) == (Standing.RESERVED, None)


@pytest.mark.parametrize(
    ("state", "standing_"), [(QuestionState.RETIRED, Standing.RETIRED), (QuestionState.RECHECK, Standing.CHECKED)]
)
def test_what_has_left_the_bank_stays_in_the_book_and_is_not_practised(
    bank: int, session: Session, office: Office, clock: Clock, state: QuestionState, standing_: Standing
) -> None:
    answer(office.staff, begin(clock(), JUDGED), 1, clock())
    (line,) = book(session, office.staff, clock()).everything
    change_state(line.question_id, state)
    found = book(session, office.staff, clock())
    assert [each.line.standing for each in shown(found)] == [standing_]
    assert shown(found)[0].explained is not None
    assert standing(office.staff, begin(clock(), OPEN, mode=PracticeMode.MISTAKES), clock()).places == ()


def test_a_retired_question_is_taken_out_by_hand_once_and_only_from_the_own_book(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    answer(office.staff, begin(clock(), JUDGED), 1, clock())
    (line,) = book(session, office.staff, clock()).everything
    with pytest.raises(StillAsked), writing() as write:
        mistakes.remove(write, office.staff.actor, line.public_id, ZONE, now=clock())
    change_state(line.question_id, QuestionState.RETIRED)
    with pytest.raises(NotFound), writing() as write:
        mistakes.remove(write, office.colleague.actor, line.public_id, ZONE, now=clock())
    for days in (0, 1):
        with writing() as write:
            mistakes.remove(write, office.staff.actor, line.public_id, ZONE, now=clock() + timedelta(days=days))
    session.rollback()
    assert session.scalars(select(MistakeRow.cleared_on)).all() == [clock().astimezone(ZONE).date()]
    assert book(session, office.staff, clock()).found == ()
    assert len(book(session, office.staff, clock(), CLEARED).found) == 1


def test_a_question_that_was_corrected_since_is_shown_as_it_is_now(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    answer(office.staff, begin(clock(), JUDGED), 1, clock())
    (line,) = book(session, office.staff, clock()).everything
    with writing() as write:
        old = write.get_one(QuestionVersionRow, line.version_id)
        told = {
            column.name: getattr(old, column.name)
            for column in QuestionVersionRow.__table__.columns
            if column.name != "id"
        }
        new = QuestionVersionRow(**{**told, "number": 2, "stem": "改过的题干", "key": ["F"]})
        write.add(new)
        write.flush()
        write.get_one(QuestionRow, line.question_id).version_id = new.id
    (mistake,) = shown(book(session, office.staff, clock()))
    assert (mistake.shown.shown.stem, mistake.shown.version) == ("改过的题干", 2)
    assert mistake.outcome is None
    assert mistake.now_asks is not None and mistake.now_asks.version == 2


def test_practising_asks_the_longest_ago_first_and_right_on_two_days_clears(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    asked = begin(clock(), JUDGED, number=3)
    for number in (2, 1, 3):
        answer(office.staff, asked, number, clock())
        clock.advance(minutes=1)
    missed = [place.question_id for place in standing(office.staff, asked, clock()).places]
    longest_ago_first = [missed[1], missed[0], missed[2]]
    for day in (1, 2):
        clock.moment = FRIDAY + timedelta(days=day)
        run = begin(clock(), OPEN, number=3, mode=PracticeMode.MISTAKES)
        places = standing(office.staff, run, clock()).places
        assert [place.question_id for place in places] == longest_ago_first
        done = answer_all(office.staff, run, clock(), right=True)
        # What is made good by now has left what was chosen, and keeps its place in the run all the same.
        assert [place.question_id for place in done.places] == longest_ago_first
        assert {line.right_days for line in book(session, office.staff, clock(), {}).everything} == {day}
    assert book(session, office.staff, clock()).found == ()
    assert len(book(session, office.staff, clock(), CLEARED).found) == 3


def test_pages_hold_the_whole_book_once_and_groups_are_whole_within_them(
    bank: int, session: Session, office: Office, clock: Clock
) -> None:
    answer_all(office.staff, begin(clock(), number=ALL), clock(), right=False)
    whole = shown(book(session, office.staff, clock()))
    pages = [shown(book(session, office.staff, clock(), first=first, most=8)) for first in (0, 8, 16, 24)]
    assert [len(page) for page in pages] == [8, 8, 5, 0]
    assert [each.line for page in pages for each in page] == [each.line for each in whole]
    groups = book(session, office.staff, clock()).groups
    assert len({(group.speech, group.heading, group.point) for group in groups}) == len(groups)


def test_missed_again_counts_and_can_be_asked_for(bank: int, session: Session, office: Office, clock: Clock) -> None:
    answer_all(office.staff, begin(clock(), JUDGED, number=3), clock(), right=False)
    answer(office.staff, begin(clock(), JUDGED, number=3, chance="00000001"), 1, clock())
    again = book(session, office.staff, clock(), {Facet.TIMES: Times.AGAIN.value}).found
    assert [line.times for line in again] == [2]
    assert len(book(session, office.staff, clock(), {Facet.TIMES: Times.ONCE.value}).found) == 2


def line_of(speech: str, heading: str, point: str, start: int, minutes: int, id_: int) -> Line:
    at = FRIDAY + timedelta(minutes=minutes)
    return Line(
        question_id=id_, public_id=f"{id_}", version_id=id_, bank_id=id_, standing=Standing.OPEN, value=(),
        speech=speech, heading=heading, point=point, start=start, attempt="", topic="", held_at=None, times=1,
        first_at=at, last_at=at, last_on=at.date(), right_days=0, right_on=None, cleared_on=None, facets={},
    )  # fmt: skip


LINES = st.lists(
    st.builds(
        line_of,
        st.sampled_from("甲乙"),
        st.sampled_from(["", "一", "二"]),
        st.sampled_from(["", "要点"]),
        st.integers(-1, 9),
        st.integers(0, 9),
        st.integers(1, 99),
    ),
    unique_by=lambda line: line.question_id,
    max_size=12,
)


@given(LINES, st.randoms(use_true_random=False))
def test_whatever_the_order_they_come_in_each_speech_heading_and_point_stands_together(
    lines: list[Line], random: object
) -> None:
    ordered = mistakes._in_order(lines)
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert mistakes._in_order(shuffled) == ordered
    for names in (lambda line: line.speech, lambda line: (line.speech, line.heading, line.point)):
        runs = [names(line) for line in ordered]
        heads = [name for index, name in enumerate(runs) if index == 0 or runs[index - 1] != name]
        assert len(heads) == len(set(heads))
    if ordered:
        assert ordered[0].speech in {line.speech for line in lines if line.last_at == max(o.last_at for o in lines)}
