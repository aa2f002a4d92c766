"""Whatever is marked, accepted, regraded, adjusted, withdrawn or handed in late, in whatever order: the scores in the
rows are those that somebody would compute from scratch."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from services.judged import Quiz
from services.judged import open_quiz
from services.regraded import BLANKS
from services.regraded import ESSAY
from services.regraded import SINGLE
from services.regraded import correct
from services.regraded import hand_in
from services.regraded import scores_from_scratch
from services.regraded import start
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import QuizError
from quizapp.core.question import TypeName
from quizapp.core.regrading import Method
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionRow
from quizapp.db.engine import writing
from quizapp.db.marking import AcceptedWordingRow
from quizapp.db.marking import MarkRow
from quizapp.db.regrades import AdjustmentRow
from quizapp.db.sittings import SittingRow
from quizapp.services import adjustments
from quizapp.services import attempts
from quizapp.services import marking
from quizapp.services import regrading
from quizapp.services import wordings

WORDINGS = ("日事日毕", "当日清")


class Over(Exception):
    """Takes back everything that one example did."""


@dataclass
class Desk:
    """An editor and a chief at work on one closed sitting, all in one transaction that is rolled back."""

    quiz: Quiz
    session: Session

    @property
    def editor(self) -> Person:
        return self.quiz.office.editor

    def mark(self, at: int, said: tuple[bool, ...]) -> None:
        marking.mark(self.session, self.editor.actor, self._answer(at), said, now=self.quiz.clock())

    def change(self, at: int, said: tuple[bool, ...]) -> None:
        row = self.session.scalars(select(MarkRow).order_by(MarkRow.attempt_id)).all()[at]
        known = row.said or []
        act = (self.editor.actor, row.public_id, said, "重新评阅")
        marking.change(self.session, *act, known=known, now=self.quiz.clock())

    def undo(self) -> None:
        marking.undo(self.session, self.editor.actor, self.quiz.sitting, ESSAY, now=self.quiz.clock())

    def _answer(self, at: int) -> str:
        return self.session.scalars(select(MarkRow.public_id).order_by(MarkRow.attempt_id)).all()[at]

    def accept(self, number: int, wording: str) -> None:
        question = self.session.scalars(
            select(QuestionRow.public_id).where(QuestionRow.fingerprint == "fill_in-0")
        ).one()
        wordings.accept(self.session, self.editor.actor, question, number, 0, wording, now=self.quiz.clock())

    def take_back_wording(self) -> None:
        newest = select(AcceptedWordingRow.public_id).where(AcceptedWordingRow.withdrawn_at.is_(None))
        found = self.session.scalars(newest.order_by(AcceptedWordingRow.id.desc())).first()
        if found:
            wordings.withdraw(self.session, self.editor.actor, found, now=self.quiz.clock())

    def decide(self, position: int, method: Method | None) -> None:
        act = (self.session, self.editor.actor, self.quiz.sitting, position, method)
        shown = regrading.dry_run(*act, now=self.quiz.clock())
        regrading.confirm(*act, "更正", shown.stamp, now=self.quiz.clock())

    def step(self, at_once: int) -> None:
        """One of the two runs goes on a little, and the next act finds it unfinished."""
        regrading.step(self.session, now=self.quiz.clock(), at_once=at_once)
        wordings.rescore(self.session, now=self.quiz.clock(), at_once=at_once)

    def adjust(self, person: str, tenths: int) -> None:
        chosen = getattr(self.quiz.office, person).public_id
        act = (self.session, self.editor.actor, self.quiz.sitting, chosen)
        seen = adjustments.of_person(*act, now=self.quiz.clock()).stamp
        adjustments.adjust(*act, Fraction(tenths, 10), "现场加分", seen, now=self.quiz.clock())

    def take_back_adjustment(self) -> None:
        newest = select(AdjustmentRow.public_id).where(AdjustmentRow.withdrawn_at.is_(None))
        found = self.session.scalars(newest.order_by(AdjustmentRow.id.desc())).first()
        if found:
            adjustments.withdraw(self.session, self.editor.actor, found, now=self.quiz.clock())

    def close_late(self) -> None:
        attempts.close_overdue(self.session, now=self.quiz.clock(), at_once=10)

    def type_in(self, letter: str) -> None:
        who = AttemptRow.person_id == self.quiz.office.deputy.id
        row = self.session.scalars(select(AttemptRow).where(who)).one()
        self.session.refresh(row, ["sitting"])
        attempts.enter_on_paper(self.session, [(row, {SINGLE: [letter], ESSAY: ["手写的答案"]})], now=self.quiz.clock())

    def settle(self) -> None:
        """Let every run come to its end."""
        now = self.quiz.clock()
        while regrading.step(self.session, now=now) or wordings.rescore(self.session, now=now):
            pass


ALL, SOME, NONE = (True,) * 5, (True, True, False, False, False), (False,) * 5
#: What is done in some order. What works on one another stands here more than once, so that it meets.
ACTS: tuple[tuple[str, tuple[object, ...]], ...] = (
    *((("settle", ()),) * 4),
    *(("mark", (at, said)) for at in (0, 1, 2) for said in (ALL, SOME)),
    *(("change", (at, said)) for at in (0, 1) for said in (ALL, NONE)),
    ("undo", ()),
    *(("accept", (number, wording)) for number in (1, 2) for wording in WORDINGS),
    ("take_back_wording", ()),
    *(("decide", (SINGLE, method)) for method in (*Method, None)),
    *((("decide", (BLANKS, method))) for method in (Method.NEW_KEY, Method.NEW_KEY, Method.GRANT, None)),
    *((("decide", (ESSAY, method))) for method in (Method.GRANT, Method.VOID, None)),
    *(("step", (at_once,)) for at_once in (1, 3)),
    *(("adjust", (who, tenths)) for who, tenths in (("staff", -300), ("colleague", 5), ("chief", 300))),
    ("take_back_adjustment", ()),
    ("close_late", ()),
    *(("type_in", (letter,)) for letter in "AB"),
)


@pytest.fixture
def desk(session: Session, office: Office, clock: Clock) -> Callable[[], object]:
    """A closed sitting: three handed in, the chief's paper is still open, the deputy's is on paper."""
    quiz = open_quiz(office, clock)
    hand_in(quiz, office.staff, {SINGLE: ["A"], BLANKS: [WORDINGS[0]], ESSAY: ["关键词1"]})
    hand_in(quiz, office.colleague, {SINGLE: ["B"], BLANKS: [WORDINGS[1]], ESSAY: ["关键词1，关键词2"]})
    hand_in(quiz, office.stranger, {BLANKS: ["不拖延"]})
    start(quiz, office.chief, {SINGLE: ["B"], BLANKS: [WORDINGS[0]], ESSAY: ["关键词3"]})
    quiz.close()
    correct(quiz, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    correct(quiz, TypeName.FILL_IN, blanks=((WORDINGS[0],),))

    @contextmanager
    def at_work() -> Iterator[Desk]:
        with suppress(Over), writing() as session:
            yield Desk(quiz, session)
            raise Over

    return at_work


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ACTS), min_size=1, max_size=20))
def test_the_scores_are_those_computed_from_scratch(
    desk: Callable[[], "contextmanager[Desk]"], acts: list[tuple[str, tuple[object, ...]]]
) -> None:
    with desk() as at:
        for name, arguments in acts:
            # What is refused (no such answer, still running, not offered) changes nothing, and the next act goes on.
            with suppress(QuizError, IndexError), at.session.begin_nested():
                getattr(at, name)(*arguments)
            at.session.expire_all()
        at.settle()
        at.session.expire_all()
        rows = at.session.scalars(select(AttemptRow).where(AttemptRow.closed_at.is_not(None))).all()
        assert {r.id: (r.units, r.full_units, r.unmarked) for r in rows} == scores_from_scratch(at.session)


def test_the_acts_really_act(desk: Callable[[], "contextmanager[Desk]"]) -> None:
    """Else the sequences above would prove nothing."""
    with desk() as at:
        at.decide(SINGLE, Method.NEW_KEY)
        at.step(2)
        at.settle()
        at.accept(1, WORDINGS[1])
        at.mark(0, (True,) * 5)
        at.adjust("staff", 5)
        at.close_late()
        at.type_in("B")
        at.settle()
        at.session.expire_all()
        closed = select(func.count()).select_from(AttemptRow).where(AttemptRow.closed_at.is_not(None))
        assert at.session.scalar(closed) == 5
        sitting = at.session.scalars(select(SittingRow).where(SittingRow.public_id == at.quiz.sitting)).one()
        assert {row.units for row in at.session.scalars(select(AttemptRow).where(AttemptRow.sitting_id == sitting.id))}
        assert at.session.scalar(select(func.count()).select_from(AdjustmentRow)) == 1
