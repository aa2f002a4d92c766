"""Review and question by question: what may be told when, to whom, and that every figure equals a plain count."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from conftest import Clock
from conftest import Office
from factories import CANARY
from flask import Flask
from led import ESSAY
from led import FILL_IN
from led import MULTIPLE
from led import ORDER
from led import SINGLE
from led import SOME
from led import Led
from led import led_sitting
from sqlalchemy import event
from sqlalchemy import select

from quizapp.core.dealing import Drawing
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.paper import PaperSpec
from quizapp.core.question import TypeName
from quizapp.core.room import Screen
from quizapp.core.room import Step
from quizapp.core.sitting import Pace
from quizapp.core.splits import FEW
from quizapp.core.splits import OTHERS
from quizapp.core.states import Arrival
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import answers
from quizapp.services import live
from quizapp.services import marking
from quizapp.services import results
from quizapp.services import review
from quizapp.services.answers import Sent
from quizapp.services.live import Live
from quizapp.services.results import Result
from quizapp.services.review import Shown

BEFORE = (Step.READ, Step.ANSWER)
TOLD = (Step.SPLIT, Step.EXPLAIN)


@pytest.fixture
def led(app: Flask, office: Office, clock: Clock, session: object) -> Led:
    return led_sitting(office, clock)


def shown(led: Led, position: int, step: Step) -> Shown:
    return review.shown(db.session(), led.row, position, step, now=led.clock())


def following(led: Led) -> Live:
    db.session.rollback()
    staff = led.office.staff
    return live.following(db.session(), staff.actor, led.attempts[staff.id], now=led.clock())


def all_answer(led: Led, position: int, values: list[list[str]]) -> None:
    """Let as many people as there are values begin, and give one each."""
    people = led.office.everybody()[: len(values)]
    led.begin(*people)
    for person, value in zip(people, values, strict=True):
        led.send(person, position, value)


# What may be told when


@pytest.mark.parametrize("step", BEFORE)
def test_before_a_question_is_closed_nothing_of_it_tells_the_key(led: Led, step: Step) -> None:
    led.at(SINGLE, step)
    found = shown(led, SINGLE, step)
    assert (found.split, found.explained) == (None, None)
    assert CANARY not in str(asdict(found))


@pytest.mark.parametrize("step", TOLD)
def test_a_question_that_is_still_open_is_not_told(led: Led, step: Step) -> None:
    led.at(SINGLE, Step.ANSWER)
    with pytest.raises(NotNow):
        shown(led, SINGLE, step)


@pytest.mark.parametrize("step", Step)
def test_a_question_that_is_still_to_come_is_not_shown(led: Led, step: Step) -> None:
    led.at(SINGLE, Step.EXPLAIN)
    with pytest.raises(NotNow):
        shown(led, MULTIPLE, step)


def test_the_split_says_how_people_chose_and_not_what_is_right(led: Led) -> None:
    led.at(SINGLE, Step.ANSWER)
    all_answer(led, SINGLE, [["A"], ["A"], ["B"], []])
    led.at(SINGLE, Step.SPLIT)
    found = shown(led, SINGLE, Step.SPLIT)
    assert found.split is not None
    assert [(line.mark, line.times, line.right) for line in found.split.lines][:2] == [("A", 2, None), ("B", 1, None)]
    assert (found.answered, found.asked, found.split.blank) == (3, 4, 1)
    assert CANARY not in str(asdict(found))


def test_the_explanation_tells_the_key_and_the_sentence(led: Led) -> None:
    led.at(SINGLE, Step.ANSWER)
    all_answer(led, SINGLE, [["A"], ["A"], ["B"]])
    led.at(SINGLE, Step.EXPLAIN)
    found = shown(led, SINGLE, Step.EXPLAIN)
    assert found.explained is not None
    assert found.split is not None
    assert found.explained.key == ("选项A0",)
    assert (found.explained.sentence, found.explained.heading) == (f"{CANARY}原句0", f"{CANARY}标题0")
    assert [line.right for line in found.split.lines] == [True, False, False, False]


PHASES = {"before it opens": timedelta(minutes=-10), "while people answer": timedelta(minutes=10)}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("since_opening", PHASES.values(), ids=PHASES)
def test_of_a_whole_paper_nothing_is_shown_before_closing(
    session: object, office: Office, clock: Clock, sitting: str, step: Step, since_opening: timedelta
) -> None:
    whole = Led(office, clock, sitting)
    whole.at(SINGLE, Step.EXPLAIN)
    clock.moment += since_opening
    with pytest.raises(NotNow):
        shown(whole, SINGLE, step)
    assert review.choices(db.session(), whole.row, now=clock()) == ()


def test_of_a_whole_paper_everything_may_be_shown_after_closing(
    session: object, office: Office, clock: Clock, sitting: str
) -> None:
    clock.advance(hours=3)
    found = shown(Led(office, clock, sitting), SINGLE, Step.EXPLAIN)
    assert found.explained is not None
    assert found.explained.key


def test_a_question_that_is_not_on_the_paper_is_not_there(led: Led) -> None:
    with pytest.raises(NotFound):
        shown(led, 99, Step.READ)


# Nobody is named


@pytest.mark.parametrize("position", SOME)
def test_nothing_on_the_screen_names_anybody(led: Led, position: int) -> None:
    led.at(position, Step.ANSWER)
    all_answer(led, position, [SOME[position]] * len(led.office.everybody()))
    led.at(position, Step.EXPLAIN)
    told = str(asdict(shown(led, position, Step.EXPLAIN)))
    told += str(review.choices(db.session(), led.row, now=led.clock()))
    assert not [who.name for who in led.office.everybody() if who.name in told or who.number in told]


@pytest.mark.parametrize("position", SOME)
def test_fewer_than_three_answers_are_not_split(led: Led, position: int) -> None:
    led.at(position, Step.ANSWER)
    all_answer(led, position, [SOME[position], SOME[position], []])
    led.at(position, Step.SPLIT)
    split = shown(led, position, Step.SPLIT).split
    assert split is not None
    assert (split.few, split.lines) == (True, ())


# Figures


def test_answers_before_closing_and_after_it_split_alike(led: Led) -> None:
    led.at(MULTIPLE, Step.ANSWER)
    all_answer(led, MULTIPLE, [["A", "C"], ["A"], ["B", "D"], ["A", "C"], []])
    led.at(MULTIPLE, Step.EXPLAIN)
    during = shown(led, MULTIPLE, Step.EXPLAIN)
    led.close()
    assert shown(led, MULTIPLE, Step.EXPLAIN) == during


def test_a_short_answer_that_waits_for_its_mark_is_not_counted(led: Led) -> None:
    led.at(ESSAY, Step.ANSWER)
    all_answer(led, ESSAY, [["关键词1"]] * 4)
    led.close()
    waiting = shown(led, ESSAY, Step.SPLIT).split
    assert waiting is not None
    assert (waiting.lines, waiting.waiting) == ((), 4)
    assert facility_of(led, ESSAY) is None
    mark_all(led, [True, False, False, False, True])
    marked = shown(led, ESSAY, Step.EXPLAIN).split
    assert marked is not None
    assert [line.times for line in marked.lines] == [4, 0, 0, 0, 4]
    assert (marked.waiting, marked.few) == (0, False)
    assert facility_of(led, ESSAY) == Fraction(2, 5)


def facility_of(led: Led, position: int) -> Fraction | None:
    found = review.choices(db.session(), led.row, now=led.clock())
    return next(choice.facility for choice in found if choice.position == position)


def mark_all(led: Led, said: list[bool]) -> None:
    """Let an editor mark every short answer alike."""
    editor = led.office.second_editor.actor
    pile = marking.pile(db.session(), editor, led.public_id, ESSAY, now=led.clock())
    answer = marking.next_answer(db.session(), editor, pile)
    assert answer is not None
    with writing() as session:
        marking.mark(session, editor, answer.id, said, together=True, now=led.clock())


def test_the_commonest_wordings_of_a_blank_are_told_apart_by_the_key(led: Led) -> None:
    led.at(FILL_IN, Step.ANSWER)
    all_answer(led, FILL_IN, [[f"{CANARY}空0"]] * 3 + [["当天办结"]] * 3 + [["我的主意"]])
    led.at(FILL_IN, Step.EXPLAIN)
    split = shown(led, FILL_IN, Step.EXPLAIN).split
    assert split is not None
    assert {line.text: line.right for line in split.lines} == {f"{CANARY}空0": True, "当天办结": False, OTHERS: None}


def test_the_order_on_the_screen_is_never_the_right_one(led: Led) -> None:
    led.at(ORDER, Step.READ)
    texts = [text for _, text in shown(led, ORDER, Step.READ).question.options]
    assert sorted(texts) == ["选项A0", "选项B0", "选项C0", "选项D0"]
    assert texts != ["选项C0", "选项A0", "选项B0", "选项D0"]


def test_splits_of_own_papers_count_only_those_who_were_asked(session: object, office: Office, clock: Clock) -> None:
    single = TypeName.SINGLE_CHOICE
    spec = PaperSpec({single: 6}, {single: 5}, each={single: 2})
    led = led_sitting(office, clock, each=6, spec=spec, drawing=Drawing.PER_PERSON, pace=Pace.WHOLE)
    rng = Random(5)
    led.begin(*office.everybody())
    for person in office.everybody():
        for number in (1, 2):
            if rng.random() < 0.8:
                led.send(person, number, [rng.choice("ABCD")])
    led.close()
    asked = 0
    for position in range(1, 7):
        given, blank = by_hand(position)
        found = shown(led, position, Step.SPLIT)
        assert found.split is not None
        assert (found.answered, found.asked, found.split.blank) == (len(given), len(given) + blank, blank)
        assert [line.times for line in found.split.lines] == (
            [given.count([letter]) for letter in "ABCD"] if len(given) >= FEW else []
        )
        asked += found.asked
    assert asked == 2 * len(office.everybody())


def by_hand(position: int) -> tuple[list[list[str]], int]:
    """What was given at a place, one by one, and how many of those who were asked gave nothing."""
    rows = db.session.scalars(select(ResponseRow).where(ResponseRow.position == position)).all()
    given = [row.value for row in rows if row.value]
    return given, len(rows) - len(given)


# Which question first


def test_the_questions_of_the_key_point_most_missed_come_first(led: Led) -> None:
    for position, values in {SINGLE: [["A"]] * 4, MULTIPLE: [["A", "C"]] * 3 + [["B"]], FILL_IN: [["错"]] * 4}.items():
        led.at(position, Step.ANSWER)
        all_answer(led, position, values)
    led.close()
    found = review.choices(db.session(), led.row, now=led.clock())
    assert sorted(choice.position for choice in found) == sorted(SOME)
    facilities = [choice.facility for choice in found if choice.facility is not None]
    assert facilities == sorted(facilities)
    of = {choice.position: choice for choice in found}
    assert (of[SINGLE].facility, of[MULTIPLE].facility, of[FILL_IN].facility) == (1, Fraction(3, 4), 0)
    assert of[MULTIPLE].point == f"{CANARY}标题0"


def test_the_three_headings_most_missed_come_before_all_others(session: object, office: Office, clock: Clock) -> None:
    single = TypeName.SINGLE_CHOICE
    led = led_sitting(office, clock, each=5, spec=PaperSpec({single: 5}, {single: 5}))
    people = office.everybody()[:4]
    led.begin(*people)
    for position, wrong in {1: 4, 2: 0, 3: 2, 4: 3, 5: 1}.items():
        led.at(position, Step.ANSWER)
        (right,) = review.published_paper(db.session(), led.row)[position - 1].question.key
        for index, person in enumerate(people):
            led.send(person, position, ["D" if right == "A" else "A"] if index < wrong else [right])
    led.close()
    found = review.choices(db.session(), led.row, now=clock())
    assert [(choice.position, choice.rank) for choice in found] == [(1, 1), (4, 2), (3, 3), (5, 0), (2, 0)]


def test_while_the_room_goes_on_only_questions_that_were_told_have_a_figure(led: Led) -> None:
    led.at(SINGLE, Step.ANSWER)
    all_answer(led, SINGLE, [["A"], ["A"], ["B"], []])
    led.at(MULTIPLE, Step.ANSWER)
    for person in led.office.everybody()[:4]:
        led.send(person, MULTIPLE, ["A"])
    found = review.choices(db.session(), led.row, now=led.clock())
    assert [(choice.position, choice.facility) for choice in found] == [
        (SINGLE, Fraction(1, 2)),
        *((position, None) for position in SOME if position != SINGLE),
    ]


# Answers of a room that goes question by question


GATES = {
    "nothing was put yet": (None, Step.READ, Screen.SIGN_IN),
    "it is only read": (SINGLE, Step.READ, Screen.QUESTION),
    "another one is open": (MULTIPLE, Step.ANSWER, Screen.QUESTION),
    "how people chose is shown": (SINGLE, Step.SPLIT, Screen.QUESTION),
    "it is explained": (SINGLE, Step.EXPLAIN, Screen.QUESTION),
    "the screen shows something else": (SINGLE, Step.ANSWER, Screen.BLANK),
}


@pytest.mark.parametrize(("position", "step", "screen"), GATES.values(), ids=GATES)
def test_an_answer_counts_only_while_its_question_is_open(
    led: Led, position: int | None, step: Step, screen: Screen
) -> None:
    staff = led.office.staff
    led.begin(staff)
    led.at(SINGLE, Step.ANSWER)
    assert led.send(staff, SINGLE, ["A"]).arrival is Arrival.SAVED
    led.at(position, step, screen)
    refused = led.send(staff, SINGLE, ["B"])
    assert (refused.arrival, refused.closed) == (Arrival.TOO_LATE, False)
    assert refused.held is not None
    assert refused.held.value == ("A",)


def test_without_a_room_no_answer_counts(led: Led) -> None:
    led.begin(led.office.staff)
    assert led.send(led.office.staff, SINGLE, ["A"]).arrival is Arrival.TOO_LATE


def test_a_save_whose_reply_was_lost_is_still_told_as_saved_after_the_question_closed(led: Led) -> None:
    staff = led.office.staff
    led.begin(staff)
    led.at(SINGLE, Step.ANSWER)
    led.send(staff, SINGLE, ["A"], page="phone-page-0000000001A")
    led.at(SINGLE, Step.SPLIT)
    led.sequence -= 1
    assert led.send(staff, SINGLE, ["A"], page="phone-page-0000000001A").arrival is Arrival.SAVED


def test_a_whole_page_of_answers_changes_only_the_open_question(led: Led) -> None:
    staff = led.office.staff
    led.begin(staff)
    led.at(MULTIPLE, Step.ANSWER)
    page = {SINGLE: Sent(["A"], 0), MULTIPLE: Sent(["A"], 0)}
    with writing() as session:
        answers.save_page(session, staff.actor, led.attempts[staff.id], page, now=led.clock())
    assert [row.position for row in db.session.scalars(select(ResponseRow))] == [MULTIPLE]


def test_everybody_has_the_order_and_the_letters_of_the_screen(led: Led) -> None:
    people = (led.office.staff, led.office.stranger)
    led.begin(*people)
    led.at(SINGLE, Step.READ)
    papers = [
        answers.taking(db.session(), person.actor, led.attempts[person.id], now=led.clock()).questions
        for person in people
    ]
    assert papers[0] == papers[1]
    assert [q.type for q in papers[0]] == list(TypeName)
    for position, q in enumerate(papers[0], start=1):
        led.at(position, Step.READ)
        assert shown(led, position, Step.READ).question == q


def test_at_the_leaders_close_the_score_is_the_sum_as_ever(led: Led) -> None:
    staff = led.office.staff
    led.begin(staff)
    for position, value in {SINGLE: ["A"], MULTIPLE: ["A", "C"], FILL_IN: ["错"]}.items():
        led.at(position, Step.ANSWER)
        led.send(staff, position, value)
    led.close()
    found = results.result(db.session(), staff.actor, led.attempts[staff.id], now=led.clock())
    assert isinstance(found, Result)
    assert {marked.number: marked.fraction for marked in found.marked if marked.fraction} == {SINGLE: 1, MULTIPLE: 1}


# The phone


def test_the_phone_shows_a_question_only_while_it_is_open(led: Led) -> None:
    led.begin(led.office.staff)
    assert following(led).step is None
    led.at(SINGLE, Step.READ)
    assert (following(led).step, following(led).question) == (Step.READ, None)
    led.at(SINGLE, Step.ANSWER)
    open_now = following(led).question
    assert open_now is not None
    assert open_now.number == SINGLE
    led.at(SINGLE, Step.ANSWER, Screen.SIGN_IN)
    assert following(led).question is None


def test_the_phone_tells_no_key_before_the_explanation(led: Led) -> None:
    led.begin(led.office.staff)
    for position, value in SOME.items():
        for step in (Step.READ, Step.ANSWER, Step.SPLIT):
            led.at(position, step)
            if step is Step.ANSWER:
                led.send(led.office.staff, position, value)
            assert CANARY not in str(visible(following(led)))
        led.at(position, Step.EXPLAIN)
        assert CANARY in str(visible(following(led)))


def visible(found: Live) -> object:
    """What a page is rendered from, but for the attempt's own row."""
    return found.question, found.held, found.answered, found.marked


def test_after_a_question_its_person_sees_what_they_gave(led: Led) -> None:
    led.begin(led.office.staff)
    led.at(SINGLE, Step.ANSWER)
    led.send(led.office.staff, SINGLE, ["B"])
    led.at(SINGLE, Step.SPLIT)
    found = following(led).answered
    assert found is not None
    assert found.given == ("B",)
    led.at(SINGLE, Step.EXPLAIN)
    marked = following(led).marked
    assert marked is not None
    assert (marked.fraction, marked.response) == (0, frozenset("B"))


# Cost


def test_a_split_costs_as_many_queries_for_all_as_for_one(led: Led) -> None:
    led.at(SINGLE, Step.ANSWER)
    all_answer(led, SINGLE, [["A"]] * 3)
    led.at(SINGLE, Step.EXPLAIN)
    few = queries(lambda: shown(led, SINGLE, Step.EXPLAIN))
    led.at(SINGLE, Step.ANSWER)
    all_answer(led, SINGLE, [["A"]] * len(led.office.everybody()))
    led.at(SINGLE, Step.EXPLAIN)
    assert queries(lambda: shown(led, SINGLE, Step.EXPLAIN)) == few


def test_the_list_of_questions_costs_as_many_queries_after_the_last_as_after_the_first(led: Led) -> None:
    led.begin(led.office.staff)
    led.at(MULTIPLE, Step.READ)
    early = queries(lambda: review.choices(db.session(), led.row, now=led.clock()))
    led.at(ESSAY, Step.EXPLAIN)
    assert queries(lambda: review.choices(db.session(), led.row, now=led.clock())) == early


def queries(act: Callable[[], object]) -> int:
    """How many statements something costs once everything that is kept is there."""
    act()
    count = []

    def counted(*_: object) -> None:
        count.append(1)

    event.listen(db.engine, "before_cursor_execute", counted)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", counted)
    return len(count)
