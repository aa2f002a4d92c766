"""Leading the room: what its leader sees of it and the one thing that comes next, and the roll of who is there."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.errors import NotFound
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import allowed
from quizapp.core.room import Next
from quizapp.core.room import Screen
from quizapp.core.room import Stand
from quizapp.core.room import Step
from quizapp.core.room import Window
from quizapp.core.room import as_it_stands
from quizapp.core.room import next_move
from quizapp.core.room import seconds_left
from quizapp.core.room import stand_after
from quizapp.core.room import stand_before
from quizapp.core.states import SittingPhase
from quizapp.db import attendance as attendance_rows
from quizapp.db import rooms
from quizapp.db import sittings
from quizapp.db.rooms import RoomRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attendance
from quizapp.services import review
from quizapp.services.attendance import Count
from quizapp.services.attendance import SectionCount
from quizapp.services.review import Choice
from quizapp.services.review import is_answered_live
from quizapp.services.room import must_have_room
from quizapp.services.room import sitting_to_lead
from quizapp.services.room import window_of
from quizapp.services.signing_in import tick_subject

#: Beyond so many people the console lists sections only, and each section's people on a page of their own.
NAMED_AT_ONCE = 300
#: Whom the leader looks for first.
NEED = (Presence.ABSENT, Presence.LEAVE, Presence.PRESENT)


@dataclass(frozen=True)
class OnRoll:
    """Somebody who is expected, and whether they are there."""

    public_id: str
    name: str
    presence: Presence
    way: Way | None
    at: datetime | None


@dataclass(frozen=True)
class SectionRoll:
    """A section's people; nobody where there are too many to name them all, or the actor oversees others."""

    count: SectionCount
    people: tuple[OnRoll, ...]
    #: Whether the actor may say that somebody of it is there.
    may_tick: bool


@dataclass(frozen=True)
class Console:
    """What the leader sees of the room, and the one thing that comes next."""

    sitting: SittingRow
    phase: SittingPhase
    room: RoomRow | None
    screen: Screen
    window: Window
    #: Until the quiz begins, or else until it ends.
    seconds: int
    total: Count
    roll: tuple[SectionRoll, ...]
    #: Names of people who signed in on one device, as far as the actor may know them.
    shared_devices: Sequence[Sequence[str]]
    choices: Sequence[Choice]
    next: Next
    #: Where the leader is with the questions, or has left them for another screen.
    here: Stand | None
    forward: Stand | None
    back: Stand | None

    @property
    def unfinished(self) -> int:
        """How many have begun and not handed in."""
        return self.total.started - self.total.handed_in


def console(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Console:
    """Where the room stands, for its leader."""
    sitting = sitting_to_lead(session, actor, public_id)
    phase, room, counted = sitting.phase(now), rooms.room_of(session, sitting.id), attendance.counts(session, sitting)
    screen, choices = room.screen if room else Screen.SIGN_IN, review.choices(session, sitting, now=now)
    live, ticked = is_answered_live(sitting, now), _ticked_by(actor, sitting, counted)
    here = as_it_stands(room.stand, answering=live) if room and room.stand else None
    after, back = _ways(here, [choice.position for choice in choices], live)
    move = next_move(phase, sitting.pace, screen, begun=here is not None, more=after is not None)
    return Console(
        sitting=sitting,
        phase=phase,
        room=room,
        screen=screen,
        window=window_of(sitting),
        seconds=seconds_left(phase, sitting.opens_at, sitting.closes_at, now),
        total=attendance.total(counted),
        roll=_roll(session, sitting, counted, ticked),
        shared_devices=rooms.shared_devices(session, sitting.id, ticked),
        choices=choices,
        here=here,
        next=move,
        # Whoever showed something else in between comes back to where the question was left.
        forward=here if here and after and screen is not Screen.QUESTION else after,
        back=back,
    )


def _ways(here: Stand | None, order: Sequence[int], live: bool) -> tuple[Stand | None, Stand | None]:
    """Where the leader can go on to and back to; to the first question where none was shown yet."""
    if here is None:
        return (Stand(order[0], Step.READ) if order else None), None
    return stand_after(here, order, answering=live), stand_before(here, order, answering=live)


# The roll


def roll(
    session: Session, actor: Actor, public_id: str, section_id: str | None
) -> tuple[SittingRow, tuple[SectionRoll, ...]]:
    """The sitting, and the people whom the actor may tick, of one section or of all.

    :raise NotFound: if there are none, or not in this section
    """
    sitting = sittings.sitting_by_public_id(session, public_id)
    must_have_room(sitting)
    asked = [count for count in attendance.counts(session, sitting) if section_id in (None, count.public_id)]
    ticked = _ticked_by(actor, sitting, asked)
    if not ticked or sitting.published_at is None:
        raise NotFound("room", public_id)
    chosen = [count for count in asked if count.section_id in ticked]
    return sitting, _roll(session, sitting, chosen, ticked, whole=section_id is not None)


def _ticked_by(actor: Actor, sitting: SittingRow, counted: Sequence[SectionCount]) -> list[int]:
    """The sections whose people the actor may tick, and so may know by name."""
    ids = [count.section_id for count in counted]
    return [id_ for id_ in ids if allowed(actor, Action.ATTENDANCE_TICK, tick_subject(sitting, id_))]


def _roll(
    session: Session,
    sitting: SittingRow,
    counted: Sequence[SectionCount],
    ticked: Sequence[int],
    *,
    whole: bool = False,
) -> tuple[SectionRoll, ...]:
    named = whole or sum(count.expected for count in counted if count.section_id in ticked) <= NAMED_AT_ONCE
    people = _people(session, sitting, ticked) if named else {}
    return tuple(SectionRoll(c, tuple(people.get(c.section_id, ())), c.section_id in ticked) for c in counted)


def _people(session: Session, sitting: SittingRow, section_ids: Sequence[int]) -> Mapping[int, list[OnRoll]]:
    known = attendance_rows.known_of(session, sitting.id, section_ids)
    found: dict[int, list[OnRoll]] = {}
    for person in rooms.expected(session, sitting.id, section_ids):
        fact = known[person.person_id]
        one = OnRoll(person.public_id, person.name, fact.presence, fact.way, fact.at)
        found.setdefault(person.section_id, []).append(one)
    return {section_id: sorted(people, key=_need) for section_id, people in found.items()}


def _need(one: OnRoll) -> int:
    return NEED.index(one.presence)
