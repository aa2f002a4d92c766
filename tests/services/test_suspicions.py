"""疑似答案错误: raised by the answers of a closed sitting, on the desk until an editor has looked, raised again."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import replace

import pytest
from conftest import Clock
from conftest import Office
from factories import approved_set
from services.judged import verbs
from services.summed import Marks
from services.summed import Told
from services.summed import closed
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.desk import Choice
from quizapp.core.desk import Facet
from quizapp.core.desk import Group
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.statistics import KeyCheckRow
from quizapp.services import bank
from quizapp.services import desk
from quizapp.services import suspicions

#: Twenty people of whom those who know the rest get the first question wrong; and twenty who get it right.
AGAINST: Marks = [(0, 5, 5), (5, 0, 0)] * 10
FOR: Marks = [(5, 5, 5), (0, 0, 0)] * 10
FINDING = "已核对原文，答案无误。"

Close = Callable[[Marks], Told]


@pytest.fixture
def close(session: Session, office: Office, clock: Clock) -> Close:
    """Hold a sitting with the same three questions and let it be over, these being the marks."""
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=1, now=clock()).id
    return lambda marks: closed(office, clock, made, marks)


def on_desk(office: Office) -> list[str]:
    """The public ids of what lies on the pile of suspects."""
    db.session.rollback()
    queue = desk.queue(db.session(), office.editor.actor, Choice({Facet.GROUP: Group.SUSPECT.value}))
    return [line.public_id for line in queue.lines]


def settle(office: Office, clock: Clock, question: str, words: str = FINDING, seen: int | None = None) -> bool:
    db.session.rollback()
    told = suspicions.suspicion(db.session(), office.editor.actor, question)
    seen = seen if seen is not None else told.n if told else 0
    with writing() as session:
        return suspicions.settle(session, office.editor.actor, question, seen, words, now=clock())


def test_answers_against_a_key_lay_the_question_on_the_desk_with_the_figures(close: Close, office: Office) -> None:
    told = close(AGAINST)
    assert on_desk(office) == [told.questions[0]]
    found = suspicions.suspicion(db.session(), office.editor.actor, told.questions[0])
    assert found is not None
    assert (found.n, found.index, found.facility) == (20, -1, 0.5)
    assert [(each.id, each.n, each.index) for each in found.sittings] == [(told.id, 20, -1)]
    [line] = [line for line in desk.queue(db.session(), office.editor.actor, Choice()).to_decide if line.is_suspect]
    assert line.state is QuestionState.APPROVED


NOT_RAISED: dict[str, Sequence[Marks]] = {
    "answers for the key": [FOR],
    "too few people": [AGAINST[:19]],
    "nobody": [[]],
    "too few against, enough for it": [AGAINST[:10], FOR],
}


@pytest.mark.parametrize("sittings", NOT_RAISED.values(), ids=NOT_RAISED)
def test_nothing_else_does(close: Close, office: Office, sittings: Sequence[Marks]) -> None:
    for marks in sittings:
        told = close(marks)
    assert on_desk(office) == []
    assert suspicions.suspicion(db.session(), office.editor.actor, told.questions[0]) is None


def test_small_sittings_speak_together(close: Close, office: Office) -> None:
    close(AGAINST[:10])
    assert on_desk(office) == []
    told = close(AGAINST[:10])
    assert on_desk(office) == [told.questions[0]]
    found = suspicions.suspicion(db.session(), office.editor.actor, told.questions[0])
    assert found is not None
    assert [each.index for each in found.sittings] == [None, None]


def test_a_good_sitting_does_not_settle_what_no_editor_has(close: Close, office: Office) -> None:
    told = close(AGAINST)
    close(FOR * 10)
    assert on_desk(office) == [told.questions[0]]


def test_what_an_editor_found_is_kept_until_a_later_sitting_speaks(close: Close, office: Office, clock: Clock) -> None:
    question = close(AGAINST).questions[0]
    assert settle(office, clock, question)
    assert on_desk(office) == []
    first = clock()
    close(FOR)
    assert on_desk(office) == []
    close(AGAINST)
    assert on_desk(office) == [question]
    assert settle(office, clock, question, "题干有歧义，已请出题人修改。")
    assert on_desk(office) == []
    checks = suspicions.checks(db.session(), office.editor.actor, question)
    assert [(each.words, each.at) for each in checks] == [("题干有歧义，已请出题人修改。", clock()), (FINDING, first)]
    assert verbs(db.session()).count("question:key-checked") == 2
    assert db.session().scalars(select(QuestionRow.state).where(QuestionRow.public_id == question)).one() == "approved"


def test_a_second_tap_finds_nothing_left_to_settle(close: Close, office: Office, clock: Clock) -> None:
    question = close(AGAINST).questions[0]
    assert [settle(office, clock, question), settle(office, clock, question)] == [True, False]
    assert len(db.session().scalars(select(KeyCheckRow)).all()) == 1


def test_whoever_saw_other_figures_has_to_look_again(close: Close, office: Office, clock: Clock) -> None:
    question = close(AGAINST).questions[0]
    close(FOR)
    with pytest.raises(BadInput, match="现为 40 人次"):
        settle(office, clock, question, seen=20)
    assert on_desk(office) == [question]


@pytest.mark.parametrize("words", ["", " \r\n ", "长" * 501, "控制\x07字符"], ids=["none", "blank", "long", "bell"])
def test_a_finding_is_said_in_words(close: Close, office: Office, clock: Clock, words: str) -> None:
    question = close(AGAINST).questions[0]
    with pytest.raises(BadInput):
        settle(office, clock, question, words)
    assert on_desk(office) == [question]


def test_a_correction_ends_a_suspicion(close: Close, office: Office, clock: Clock) -> None:
    question = close(AGAINST).questions[0]
    shown = bank.dossier(db.session(), office.editor.actor, question).question
    with writing() as write:
        new = replace(shown, key=frozenset({"B"}))
        bank.correct(write, office.editor.actor, question, 1, new, now=clock())
    assert on_desk(office) == []


def test_a_retired_question_is_no_suspect(close: Close, office: Office, clock: Clock) -> None:
    question = close(AGAINST).questions[0]
    with writing() as write:
        bank.retire(write, office.editor.actor, question, 1, now=clock())
    assert on_desk(office) == []


def test_suspicions_are_for_editors(close: Close, office: Office, clock: Clock) -> None:
    question = close(AGAINST).questions[0]
    asks: list[Callable[..., object]] = [
        lambda actor: suspicions.suspicion(db.session(), actor, question),
        lambda actor: suspicions.checks(db.session(), actor, question),
        lambda actor: suspicions.settle(db.session(), actor, question, 20, FINDING, now=clock()),
    ]
    for person in (office.staff, office.director, office.admin, office.auditor):
        for ask in asks:
            with pytest.raises(NotAllowed):
                ask(person.actor)
