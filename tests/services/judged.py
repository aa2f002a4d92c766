"""A quiz with questions of every type, taken by whoever a test names: what marking, wordings and doubts are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import ALL_TYPES
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.question import Interaction
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.marking import MarkRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services.answers import Sent

#: Where the short answer and the fill-in question stand on such a paper.
ESSAY, BLANKS = 7, 4
FULL_MARK = 5


@dataclass
class Quiz:
    """A sitting of two hours that is open now, and who has handed in what."""

    office: Office
    clock: Clock
    sitting: str
    attempts: dict[int, str]

    def hand_in(self, person: Person, given: Mapping[Interaction, list[str]]) -> str:
        """Let a person start, answer the questions of these kinds, and hand in; the attempt's public id."""
        now = self.clock()
        with writing() as session:
            attempt = attempts.start(session, person.actor, self.sitting, now=now).public_id
        taking = answers.taking(db.session(), person.actor, attempt, now=now)
        with writing() as session:
            for question in taking.questions:
                if question.interaction in given:
                    sent = Sent(given[question.interaction], 1)
                    answers.save(session, person.actor, attempt, question.number, sent, now=now)
            attempts.submit(session, person.actor, attempt, now=now + timedelta(minutes=1))
        self.attempts[person.id] = attempt
        return attempt

    def close(self) -> None:
        """Let the sitting be over, so that everybody may see what was asked."""
        self.clock.moment = max(self.clock(), FRIDAY + timedelta(hours=3))

    def write(self, person: Person, essay: str) -> str:
        return self.hand_in(person, {Interaction.ESSAY: [essay]})

    def fill_in(self, person: Person, text: str) -> str:
        return self.hand_in(person, {Interaction.TEXT: [text]})

    def attempt(self, person: Person) -> AttemptRow:
        db.session.rollback()
        return attempts.own_attempt(db.session(), person.actor, self.attempts[person.id])

    def answer(self, person: Person) -> str:
        """The public id under which a person's short answer is marked."""
        return str(db.session().scalar(select(MarkRow.public_id).where(MarkRow.attempt_id == self.attempt(person).id)))

    def units_of(self, person: Person, position: int) -> int | None:
        return db.session().get_one(ResponseRow, (self.attempt(person).id, position), populate_existing=True).units


def open_quiz(office: Office, clock: Clock) -> Quiz:
    """A quiz with one question of each type; each is worth FULL_MARK."""
    with writing() as session:
        made = approved_set(session, office.editor.actor, office.second_editor.actor, each=1, now=clock())
        facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        sitting = published_sitting(session, office.editor.actor, facts, now=clock(), spec=ALL_TYPES)
        return Quiz(office, clock, sitting.public_id, {})


def verbs(session: Session) -> list[str]:
    """What the audit trail says, the oldest first."""
    return list(session.scalars(select(AuditRow.verb).order_by(AuditRow.id)))
