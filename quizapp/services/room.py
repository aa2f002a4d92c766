"""The room: the leader's buttons, and what boards and phones are told of it.

Where the room stands is in the database, so that any leader goes on at any machine. The leader's buttons only change
times and what is shown; from the times follows everything else. Whoever presses twice has pressed once.
"""

from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import selectinload

from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.errors import QuizError
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.room import Screen
from quizapp.core.room import Stand
from quizapp.core.room import Step
from quizapp.core.room import Window
from quizapp.core.room import as_it_stands
from quizapp.core.room import is_way
from quizapp.core.room import seconds_left
from quizapp.core.room import steps
from quizapp.core.room import window
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.sitting import SittingKind
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.core.states import phase as phase_at
from quizapp.db import rooms
from quizapp.db import sittings
from quizapp.db.meetings import BatchRow
from quizapp.db.rooms import RoomRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attendance
from quizapp.services import audit
from quizapp.services import review
from quizapp.services.attendance import Count
from quizapp.services.review import Shown
from quizapp.services.review import is_answered_live

#: How long boards and phones are told the same.
SNAPSHOT_SERVES = timedelta(seconds=2)
SNAPSHOTS_KEPT = 64
LONGEST_EXTENSION = 60
#: The first page offers the console to whoever leads, from so long before the quiz until so long after.
LED_BEFORE, LED_AFTER = timedelta(hours=12), timedelta(hours=4)


class Press(Enum):
    """The leader's buttons that change times."""

    START = "start"
    POSTPONE = "postpone"
    EXTEND = "extend"
    CLOSE = "close"


class PressedTooLate(QuizError):
    """The quiz is no longer where this button would change anything."""

    def __init__(self, press: Press, phase: SittingPhase):
        super().__init__(press, phase)
        self.press, self.phase = press, phase


class NoWayBack(QuizError):
    """While people answer question by question, what was told is not put to them again."""


# Who leads


def sitting_to_lead(session: Session, actor: Actor, public_id: str, *, lock: bool = False) -> SittingRow:
    """The sitting, for its leader or whoever oversees its host section.

    :raise NotNow: while its paper is being composed
    """
    row = sittings.sitting_by_public_id(session, public_id, lock=lock)
    subject = Subject("sitting", public_id, section_id=row.host_section_id, leader_id=row.leader_id)
    require(actor, Action.ROOM_LEAD, subject)
    must_have_room(row)
    if row.published_at is None:
        raise NotNow(SittingPhase.COMPOSING, SittingMove.START)
    return row


def must_have_room(sitting: SittingRow) -> None:
    """A make-up paper is taken alone."""
    if sitting.kind is SittingKind.MAKE_UP:
        raise NotFound("room", sitting.public_id)


def led_by(session: Session, actor: Actor, *, now: datetime) -> Sequence[SittingRow]:
    """The studies that the actor leads, from half a day before they begin until a few hours after. What each takes at
    a time of their own has no room to lead."""
    found = session.scalars(
        select(SittingRow)
        .where(
            SittingRow.leader_id == actor.person_id,
            SittingRow.kind == SittingKind.WEEKLY,
            SittingRow.published_at.is_not(None),
            SittingRow.opens_at < now + LED_BEFORE,
            SittingRow.closes_at > now - LED_AFTER,
            SittingRow.mode != Mode.INDIVIDUAL,
        )
        .options(selectinload(SittingRow.meeting))
        .order_by(SittingRow.opens_at)
    )
    return found.all()


# What is shown


def show(
    session: Session, actor: Actor, public_id: str, screen: Screen, stand: Stand | None = None, *, now: datetime
) -> RoomRow:
    """Put this on the big screen; a question with its step.

    :raise NotNow: while people answer their whole papers, when no question is shown
    :raise NoWayBack: where the question, or its step, was told already and people are still answering others
    """
    sitting = sitting_to_lead(session, actor, public_id, lock=True)
    room = rooms.room_to_change(session, sitting.id, actor.person_id, now)
    if (screen, stand) == (room.screen, room.stand if room.screen is Screen.QUESTION else None):
        return room
    if screen is Screen.QUESTION:
        _turn_to(session, sitting, room, stand, now)
    room.screen = screen
    _changed(session, actor, room, sitting, now)
    place = {} if stand is None else {"position": stand.position, "step": stand.step.value}
    audit.record(session, actor, "room:shown", public_id, now, screen=screen.value, **place)
    return room


def _turn_to(session: Session, sitting: SittingRow, room: RoomRow, stand: Stand | None, now: datetime) -> None:
    if stand is None or stand.position not in _positions(session, sitting):
        raise NotFound("question", None if stand is None else stand.position)
    live = is_answered_live(sitting, now)
    if sitting.phase(now) is not SittingPhase.CLOSED and not live or stand.step not in steps(answering=live):
        raise NotNow(sitting.phase(now), stand.step)
    if not is_way(room.stand, stand, answering=live):
        raise NoWayBack
    room.position, room.step = stand.position, stand.step


def _positions(session: Session, sitting: SittingRow) -> list[int]:
    return [place.position for place in sittings.published_paper(session, sitting)]


def freeze(session: Session, actor: Actor, public_id: str, frozen: bool, *, now: datetime) -> RoomRow:
    """Keep the figures on the screen as they are, or let them move again."""
    sitting = sitting_to_lead(session, actor, public_id, lock=True)
    room = rooms.room_to_change(session, sitting.id, actor.person_id, now)
    if frozen is (room.frozen is not None):
        return room
    room.frozen = {"sections": [asdict(each) for each in _figures(session, sitting)]} if frozen else None
    _changed(session, actor, room, sitting, now)
    audit.record(session, actor, "room:shown", public_id, now, frozen=frozen)
    return room


def _changed(session: Session, actor: Actor, room: RoomRow, sitting: SittingRow, now: datetime) -> None:
    room.version += 1
    room.changed_at, room.changed_by_id = now, actor.person_id
    _snapshots.pop(sitting.public_id, None)
    session.flush()


# What changes the times


def start(session: Session, actor: Actor, public_id: str, *, seen: datetime | None, now: datetime) -> SittingRow:
    """Begin the quiz now; it lasts as long as it was planned to. `seen` is the beginning that the page knew.

    :raise PressedTooLate: if it has begun without this
    """
    sitting = sitting_to_lead(session, actor, public_id, lock=True)
    if _was_pressed_before(sitting.opens_at, seen):
        return sitting
    _must_be(sitting, SittingPhase.PLANNED, Press.START, now)
    _move(sitting, now - sitting.opens_at)
    room = rooms.room_to_change(session, sitting.id, actor.person_id, now)
    room.screen = Screen.PROGRESS
    _changed(session, actor, room, sitting, now)
    audit.record(session, actor, "room:started", public_id, now)
    return sitting


def postpone(
    session: Session, actor: Actor, public_id: str, minutes: int, *, seen: datetime | None, now: datetime
) -> SittingRow:
    """Begin the quiz so much later, and end it so much later. `seen` is the beginning that the page knew.

    :raise PressedTooLate: if it has begun
    """
    sitting = sitting_to_lead(session, actor, public_id, lock=True)
    if _was_pressed_before(sitting.opens_at, seen):
        return sitting
    _must_be(sitting, SittingPhase.PLANNED, Press.POSTPONE, now)
    _move(sitting, _minutes(minutes))
    _times_changed(session, actor, sitting, now)
    audit.record(session, actor, "room:postponed", public_id, now, minutes=minutes)
    return sitting


def extend(
    session: Session, actor: Actor, public_id: str, minutes: int, *, seen: datetime | None, now: datetime
) -> SittingRow:
    """Close so much later, and give everybody who is answering as much. `seen` is the end that the page knew.

    :raise PressedTooLate: if the quiz has not begun or is over
    """
    sitting = sitting_to_lead(session, actor, public_id, lock=True)
    if _was_pressed_before(sitting.closes_at, seen):
        return sitting
    _must_be(sitting, SittingPhase.OPEN, Press.EXTEND, now)
    sitting.closes_at += _minutes(minutes)
    rooms.move_deadlines(session, sitting.id, _minutes(minutes), now)
    _times_changed(session, actor, sitting, now)
    audit.record(session, actor, "room:extended", public_id, now, minutes=minutes)
    return sitting


def close(session: Session, actor: Actor, public_id: str, *, now: datetime) -> SittingRow:
    """End the quiz now: every paper is closed with what was saved.

    :raise PressedTooLate: if the quiz has not begun
    """
    sitting = sitting_to_lead(session, actor, public_id, lock=True)
    if sitting.phase(now) is SittingPhase.CLOSED:
        return sitting
    _must_be(sitting, SittingPhase.OPEN, Press.CLOSE, now)
    # Whatever its times say, an ended sitting stays closed; a quiz of no length the database does not know.
    sitting.closes_at, sitting.ended_at = max(now, sitting.opens_at + timedelta(seconds=1)), now
    rooms.ring_now(session, sitting.id, now)
    room = rooms.room_to_change(session, sitting.id, actor.person_id, now)
    room.screen, room.position, room.step = Screen.PROGRESS, None, Step.READ
    _changed(session, actor, room, sitting, now)
    audit.record(session, actor, "room:closed", public_id, now)
    return sitting


def _was_pressed_before(stands: datetime, seen: datetime | None) -> bool:
    return seen is not None and seen != stands


def _must_be(sitting: SittingRow, wanted: SittingPhase, press: Press, now: datetime) -> None:
    if sitting.phase(now) is not wanted:
        raise PressedTooLate(press, sitting.phase(now))


def _move(sitting: SittingRow, by: timedelta) -> None:
    sitting.opens_at, sitting.closes_at = sitting.opens_at + by, sitting.closes_at + by
    if sitting.mode is Mode.BATCHED:
        sitting.batches = [BatchRow(starts_at=batch.starts_at + by) for batch in sitting.batches]


def _minutes(minutes: int) -> timedelta:
    return timedelta(minutes=max(1, min(minutes, LONGEST_EXTENSION)))


def _times_changed(session: Session, actor: Actor, sitting: SittingRow, now: datetime) -> None:
    room = rooms.room_to_change(session, sitting.id, actor.person_id, now)
    _changed(session, actor, room, sitting, now)


# What boards and phones are told


@dataclass(frozen=True)
class Figures(Count):
    """How many of a section, or of all, and nothing by which the section is addressed."""

    name: str


@dataclass(frozen=True)
class Snapshot:
    """A room as boards and phones are told of it: numbers, nobody's name and nobody's score."""

    sitting_id: int
    version: int
    screen: Screen
    pace: Pace
    topic: str
    place: str
    opens_at: datetime
    closes_at: datetime
    is_ended: bool
    is_frozen: bool
    window: Window
    sections: tuple[Figures, ...]
    total: Figures
    #: The sum as it is, for the leader, while the figures of the screen stand still.
    moving: Figures
    #: How many have answered the question that the leader has put, question by question; nought without one.
    answered: int

    def phase(self, now: datetime) -> SittingPhase:
        return SittingPhase.CLOSED if self.is_ended else phase_at(True, self.opens_at, self.closes_at, now)

    def seconds(self, now: datetime) -> int:
        return seconds_left(self.phase(now), self.opens_at, self.closes_at, now)


#: What was told last and when, by the sitting's public id, which no two databases share.
_snapshots: dict[str, tuple[datetime, Snapshot]] = {}


def snapshot(session: Session, public_id: str, *, now: datetime) -> Snapshot:
    """What is told of a room now; read once in two seconds for each process, however many ask.

    :raise NotFound: if there is no such room, or not yet
    """
    taken_at, held = _snapshots.get(public_id, (now, None))
    # One that was taken in the future stems from before the clock was set back.
    if held is not None and timedelta(0) <= now - taken_at < SNAPSHOT_SERVES:
        return held
    return newest_snapshot(session, public_id, now=now)


def newest_snapshot(session: Session, public_id: str, *, now: datetime) -> Snapshot:
    """The same, read now: for who was told by another process, which may know more than this one, that it changed."""
    fresh = _taken(session, public_id, now)
    if len(_snapshots) >= SNAPSHOTS_KEPT:
        _snapshots.clear()
    _snapshots[public_id] = (now, fresh)
    return fresh


def _taken(session: Session, public_id: str, now: datetime) -> Snapshot:
    sitting = rooms.sitting_of_room(session, public_id)
    must_have_room(sitting)
    if sitting.published_at is None:
        raise NotFound("room", public_id)
    room = rooms.room_of(session, sitting.id)
    frozen = room.frozen if room else None
    moving = _figures(session, sitting)
    sections = tuple(Figures(**each) for each in frozen["sections"]) if frozen else moving
    return Snapshot(
        sitting_id=sitting.id,
        version=room.version if room else 0,
        screen=room.screen if room else Screen.SIGN_IN,
        pace=sitting.pace,
        topic=sitting.topic,
        place=sitting.meeting.place,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        is_ended=sitting.ended_at is not None,
        is_frozen=frozen is not None,
        window=window_of(sitting),
        sections=sections,
        total=_together(sections),
        moving=_together(moving),
        answered=_answered(session, sitting, room, now),
    )


def _answered(session: Session, sitting: SittingRow, room: RoomRow | None, now: datetime) -> int:
    if room is None or room.position is None or room.screen is not Screen.QUESTION or room.step is not Step.ANSWER:
        return 0
    return review.progress(session, sitting, room.position, now=now)[0]


def _figures(session: Session, sitting: SittingRow) -> tuple[Figures, ...]:
    counted = attendance.counts(session, sitting)
    return tuple(Figures(c.expected, c.present, c.leave, c.started, c.handed_in, c.name) for c in counted)


def _together(sections: Sequence[Figures]) -> Figures:
    return Figures(**vars(attendance.total(sections)), name="合计")


def window_of(sitting: SittingRow) -> Window:
    """When people sign in; the meeting must be loaded."""
    meeting = sitting.meeting
    return window((sitting.opens_at, sitting.closes_at), (meeting.begins_at, meeting.ends_at))


def question_on_screen(session: Session, public_id: str, *, now: datetime) -> Shown | None:
    """The question on the big screen as far as its step tells it; None where there is none to show."""
    sitting = sittings.sitting_by_public_id(session, public_id)
    room = rooms.room_of(session, sitting.id)
    if room is None or room.screen is not Screen.QUESTION or room.stand is None:
        return None
    here = as_it_stands(room.stand, answering=is_answered_live(sitting, now))
    try:
        return review.shown(session, sitting, here.position, here.step, now=now)
    except NotNow:
        return None
