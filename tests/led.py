"""A sitting that a leader takes the office through question by question, one question of every type on its paper."""

from dataclasses import dataclass
from dataclasses import field

from conftest import Clock
from conftest import Office
from conftest import Person
from factories import ALL_TYPES
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select
from sqlalchemy import update

from quizapp.core.paper import PaperSpec
from quizapp.core.room import Screen
from quizapp.core.room import Step
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.rooms import RoomRow
from quizapp.db.sittings import SittingRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services.answers import Receipt
from quizapp.services.answers import Sent

#: As they stand on the paper, which is the order of the types.
SINGLE, MULTIPLE, TRUE_FALSE, FILL_IN, MATCH, ORDER, ESSAY = range(1, 8)
#: An answer to each in the letters of the room; what is right is in the factories.
SOME = {
    SINGLE: ["A"],
    MULTIPLE: ["A", "C"],
    TRUE_FALSE: ["A"],
    FILL_IN: ["当天办结"],
    MATCH: ["A", "B", "C", "D"],
    ORDER: ["A", "B", "C", "D"],
    ESSAY: ["关键词1"],
}


@dataclass
class Led:
    """The sitting, and where its leader has brought the room."""

    office: Office
    clock: Clock
    public_id: str
    sequence: int = 0
    attempts: dict[int, str] = field(default_factory=dict)

    @property
    def row(self) -> SittingRow:
        db.session.rollback()
        return db.session.scalars(select(SittingRow).where(SittingRow.public_id == self.public_id)).one()

    def at(self, position: int | None, step: Step = Step.READ, screen: Screen = Screen.QUESTION) -> None:
        """Bring the room there, as the leader's console does."""
        with writing() as session:
            sitting_id = session.scalars(select(SittingRow.id).where(SittingRow.public_id == self.public_id)).one()
            room = session.get(RoomRow, sitting_id)
            if room is None:
                leader = self.office.deputy.id
                room = RoomRow(sitting_id=sitting_id, version=0, changed_at=self.clock(), changed_by_id=leader)
                session.add(room)
            room.screen, room.position, room.step, room.version = screen, position, step, room.version + 1

    def begin(self, *people: Person) -> None:
        with writing() as session:
            for person in people:
                row = attempts.start(session, person.actor, self.public_id, now=self.clock())
                self.attempts[person.id] = row.public_id

    def send(self, person: Person, number: int, value: list[str], page: str = "") -> Receipt:
        self.sequence += 1
        with writing() as session:
            attempt, sent = self.attempts[person.id], Sent(value, self.sequence, page=page)
            return answers.save(session, person.actor, attempt, number, sent, now=self.clock())

    def close(self) -> None:
        """End the sitting now, and let the bell collect all papers."""
        with writing() as session:
            session.execute(update(SittingRow).values(closes_at=self.clock()))
            session.execute(update(AttemptRow).where(AttemptRow.started_at.is_not(None)).values(deadline=self.clock()))
        with writing() as session:
            attempts.close_overdue(session, now=self.clock(), at_once=100)


def led_sitting(office: Office, clock: Clock, *, each: int = 1, spec: PaperSpec = ALL_TYPES, **changes: object) -> Led:
    """A sitting question by question that has opened just now, of a set with `each` questions of every type."""
    with writing() as session:
        made = approved_set(session, office.editor.actor, office.second_editor.actor, each=each, now=clock())
        plan = {"mode": Mode.TOGETHER, "pace": Pace.BY_QUESTION} | changes
        facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), **plan)
        row = published_sitting(session, office.editor.actor, facts, now=clock(), spec=spec)
        public_id = row.public_id
    clock.advance(seconds=1)
    return Led(office, clock, public_id)
