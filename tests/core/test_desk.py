"""What an editor chose of the desk: narrowed, counted, in order, and what comes next."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.desk import NONE
from quizapp.core.desk import Choice
from quizapp.core.desk import Facet
from quizapp.core.desk import Group
from quizapp.core.desk import Line
from quizapp.core.desk import Order
from quizapp.core.desk import chosen
from quizapp.core.desk import counts
from quizapp.core.desk import next_to_decide
from quizapp.core.desk import top_heading
from quizapp.core.question import TypeName
from quizapp.core.states import QuestionState

LINE = Line(
    1, "one", 1, QuestionState.IN_REVIEW, "set-a", 1, TypeName.SINGLE_CHOICE, "SET_MC", "一、认清 › （一）", 2, 1.0
)


def line(n: int, **changes: object) -> Line:
    return replace(LINE, question_id=n, public_id=f"q{n}", **changes)  # type: ignore[arg-type]


DESK = [
    line(1, start=50, worth=1.0),
    line(2, start=10, worth=3.0, kind="", type=TypeName.FILL_IN),
    line(3, start=30, state=QuestionState.SENT_BACK, worth=9.0),
    line(4, start=90, state=QuestionState.RECHECK),
    line(5, start=20, set_id="set-b", set_place=2, heading="", worth=2.0, difficulty=5),
    line(6, start=5, state=QuestionState.APPROVED, is_doubted=True),
]


def ids(lines: list[Line]) -> list[int]:
    return [each.question_id for each in lines]


def test_the_piles_come_one_after_the_other_each_as_the_speech_goes() -> None:
    assert ids(chosen(DESK, Choice())) == [4, 6, 2, 1, 5, 3]


def test_the_worthiest_comes_first_within_its_pile() -> None:
    assert ids(chosen(DESK, Choice(order=Order.WORTH))) == [4, 6, 2, 5, 1, 3]


CHOICES = {
    "one pile": ({Facet.GROUP: "waiting"}, [2, 1, 5]),
    "what is doubted": ({Facet.GROUP: "doubted"}, [6]),
    "a set": ({Facet.SET: "set-b"}, [5]),
    "a type": ({Facet.TYPE: "fill_in"}, [2]),
    "a kind": ({Facet.KIND: "SET_MC", Facet.GROUP: "waiting"}, [1, 5]),
    "no kind": ({Facet.KIND: NONE}, [2]),
    "a heading": ({Facet.HEADING: "一、认清", Facet.GROUP: "waiting"}, [2, 1]),
    "no heading": ({Facet.HEADING: NONE}, [5]),
    "a difficulty": ({Facet.DIFFICULTY: "5"}, [5]),
    "what nothing is": ({Facet.SET: "no such set"}, []),
}


@pytest.mark.parametrize(("values", "expected"), CHOICES.values(), ids=CHOICES)
def test_the_desk_is_narrowed(values: dict[Facet, str], expected: list[int]) -> None:
    assert ids(chosen(DESK, Choice(values))) == expected


def test_a_count_is_what_choosing_the_value_would_show() -> None:
    choice = Choice({Facet.GROUP: "waiting", Facet.TYPE: "single_choice"})
    for facet in Facet:
        for value, n in counts(DESK, choice, facet).items():
            assert n == len(chosen(DESK, Choice({**choice.values, facet: value}))), (facet, value)


def test_a_doubted_question_under_review_lies_on_two_piles() -> None:
    assert line(7, is_doubted=True).groups == {Group.DOUBTED, Group.WAITING}


def test_a_suspect_lies_on_its_own_pile_and_waits_for_a_decision() -> None:
    suspect = line(8, state=QuestionState.APPROVED, is_suspect=True)
    assert suspect.groups == {Group.SUSPECT}
    assert suspect.is_to_decide
    assert ids(chosen([*DESK, suspect], Choice({Facet.GROUP: "suspect"}))) == [8]


def test_what_was_sent_back_waits_for_a_correction_not_for_a_decision() -> None:
    assert [each.question_id for each in DESK if not each.is_to_decide] == [3]


@pytest.mark.parametrize("order", Order)
@given(data=st.data())
def test_going_from_question_to_question_reaches_all_that_wait(order: Order, data: st.DataObject) -> None:
    lines = chosen(DESK, Choice(order=order))
    here = data.draw(st.sampled_from(lines))
    seen = []
    while (following := next_to_decide(lines, here, order)) is not None and following.question_id not in seen:
        seen.append(following.question_id)
        here = following
    assert set(seen) >= {each.question_id for each in lines if each.is_to_decide} - {here.question_id}


def test_what_comes_next_does_not_hang_on_the_question_being_there_still() -> None:
    lines = chosen(DESK, Choice({Facet.GROUP: "waiting"}))
    gone = replace(lines[1], state=QuestionState.APPROVED)
    following = next_to_decide([lines[0], lines[2]], gone, Order.SPEECH)
    assert following is lines[2]


def test_after_the_last_comes_the_first_and_after_the_only_one_nothing() -> None:
    lines = chosen(DESK, Choice({Facet.GROUP: "waiting"}))
    assert next_to_decide(lines, lines[-1], Order.SPEECH) is lines[0]
    assert next_to_decide(lines[:1], lines[0], Order.SPEECH) is None


@pytest.mark.parametrize(("path", "top"), [("一 › （一） › 1.", "一"), ("一", "一"), ("", "")])
def test_the_top_heading_of_a_path(path: str, top: str) -> None:
    assert top_heading(path) == top
