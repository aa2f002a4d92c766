"""Signing in to the room: by the QR code on the big screen, by the code beside it, or by the tick of who oversees."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy.orm import Session

from quizapp.core.attendance import Way
from quizapp.core.errors import NotFound
from quizapp.core.errors import QuizError
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.room import CODE_EVERY
from quizapp.core.room import CODE_MORE
from quizapp.core.room import QR_EVERY
from quizapp.core.room import QR_MORE
from quizapp.core.room import Door
from quizapp.core.room import Window
from quizapp.core.room import slot
from quizapp.core.room import slots_taken
from quizapp.core.states import SittingPhase
from quizapp.db import attempts
from quizapp.db import attendance as attendance_rows
from quizapp.db import people
from quizapp.db import rooms
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import AttendanceRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attendance
from quizapp.services import audit
from quizapp.services import room

#: Whoever scanned has this long to sign in to the site with a password.
PASS_SERVES = timedelta(minutes=5)
TRIES = 5
TRIES_KEPT = timedelta(minutes=15)


class DoorShut(QuizError):
    """It is too early or too late to sign in."""

    def __init__(self, door: Door, window: Window):
        super().__init__(door, window)
        self.door, self.window = door, window


class NotExpected(QuizError):
    """Somebody who has no paper of this sitting."""


class PassExpired(QuizError):
    """What was scanned no longer serves, or was scanned on another device."""


@dataclass(frozen=True)
class WrongCode:
    """A sign-in code that does not serve: how many tries are left, and when the next is taken where none is."""

    left: int
    again_at: datetime | None


# Codes: each follows from the site's secret, the sitting and the time, so that nothing is stored and all workers agree


def _seal(secret: str, purpose: str, *parts: object) -> bytes:
    return hmac.digest(secret.encode(), "\n".join([purpose, *map(str, parts)]).encode(), "sha256")


def _short(seal: bytes) -> str:
    """72 bits of a seal, for an address: short, so that the QR code has few and large squares."""
    return urlsafe_b64encode(seal[:9]).decode()


def _is(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def qr_token(secret: str, sitting: str, now: datetime) -> str:
    """What the QR code on the big screen says now."""
    return _short(_seal(secret, "qr", sitting, slot(now, QR_EVERY)))


def is_qr_token(secret: str, sitting: str, given: str, now: datetime) -> bool:
    taken = slots_taken(now, QR_EVERY, QR_MORE)
    return any(_is(given, _short(_seal(secret, "qr", sitting, each))) for each in taken)


def code(secret: str, sitting: str, now: datetime) -> str:
    """The six digits beside the QR code."""
    return _digits(_seal(secret, "code", sitting, slot(now, CODE_EVERY)))


def _digits(seal: bytes) -> str:
    return f"{int.from_bytes(seal[:8]) % 1_000_000:06d}"


def is_code(secret: str, sitting: str, given: str, now: datetime) -> bool:
    taken = slots_taken(now, CODE_EVERY, CODE_MORE)
    return any(_is(given, _digits(_seal(secret, "code", sitting, each))) for each in taken)


def board_key(secret: str, sitting: str) -> str:
    """What a big screen shows instead of a password: it stays on when whoever opened it has signed out."""
    return _short(_seal(secret, "board", sitting))


def is_board_key(secret: str, sitting: str, given: str) -> bool:
    return _is(given, board_key(secret, sitting))


def device_of(name: str) -> str:
    """What is stored of the name that a phone's browser keeps; nothing for no name."""
    return hashlib.sha256(name.encode()).hexdigest() if name else ""


def pass_after_scan(secret: str, sitting: str, given: str, device: str, now: datetime) -> str | None:
    """What lets this device sign in for a while, after its scan; None where it scanned too late."""
    if not is_qr_token(secret, sitting, given, now):
        return None
    second = int(now.timestamp())
    return f"{second}.{_short(_seal(secret, 'pass', sitting, second, device))}"


def is_pass(secret: str, sitting: str, given: str, device: str, now: datetime) -> bool:
    second, _, seal = given.partition(".")
    if not device or not second.isascii() or not second.isdecimal() or len(second) > 12:
        return False
    age = now.timestamp() - int(second)
    return -1 < age < PASS_SERVES.total_seconds() and _is(seal, _short(_seal(secret, "pass", sitting, second, device)))


# Signing in


@dataclass(frozen=True)
class Arriving:
    """Somebody at the door of a sitting: what is known of them, and whether the door is open."""

    sitting: SittingRow
    #: None for somebody who is not expected.
    attempt: AttemptRow | None
    known: AttendanceRow | None
    window: Window
    door: Door
    phase: SittingPhase

    @property
    def may_sign(self) -> bool:
        """Whether there is anything left to sign."""
        return self.attempt is not None and self.known is None and self.door is Door.OPEN


def arriving(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Arriving:
    """How the actor stands with a sitting that people sign in to."""
    require(actor, Action.ROOM_JOIN, Subject("room", public_id, owner_id=actor.person_id))
    sitting = _sitting(session, public_id)
    window = room.window_of(sitting)
    return Arriving(
        sitting=sitting,
        attempt=attempts.attempt_of(session, sitting.id, actor.person_id),
        known=attendance_rows.attendance_row(session, sitting.id, actor.person_id),
        window=window,
        door=window.door(now),
        phase=sitting.phase(now),
    )


def _sitting(session: Session, public_id: str) -> SittingRow:
    sitting = rooms.sitting_of_room(session, public_id)
    room.must_have_room(sitting)
    if sitting.published_at is None:
        raise NotFound("room", public_id)
    return sitting


def sign_by_pass(
    session: Session, actor: Actor, public_id: str, given: str, device: str, *, secret: str, now: datetime
) -> AttendanceRow:
    """Sign in on the device that scanned; a second time is the same as once.

    :raise PassExpired: if it scanned too long ago
    :raise DoorShut: if it is too early or too late
    :raise NotExpected: if the actor has no paper of this sitting
    """
    sitting = _at_open_door(session, actor, public_id, now)
    if not is_pass(secret, public_id, given, device, now):
        raise PassExpired
    return _sign(session, actor, sitting, actor.person_id, Way.QR, device, now)


def sign_by_code(
    session: Session, actor: Actor, public_id: str, given: str, device: str, *, secret: str, now: datetime
) -> WrongCode | None:
    """Sign in by the digits on the big screen; what was wrong with them, or None.

    A wrong code is counted, so this is to be committed either way. The errors are those of `sign_by_pass`.
    """
    sitting = _at_open_door(session, actor, public_id, now)
    tried = rooms.wrong_codes(session, sitting.id, actor.person_id)
    if tried is not None and tried.times >= TRIES and tried.last_at <= now < tried.last_at + TRIES_KEPT:
        return WrongCode(0, tried.last_at + TRIES_KEPT)
    if not is_code(secret, public_id, given, now):
        times = rooms.count_wrong_code(session, sitting.id, actor.person_id, now, TRIES_KEPT)
        return WrongCode(max(TRIES - times, 0), now + TRIES_KEPT if times >= TRIES else None)
    _sign(session, actor, sitting, actor.person_id, Way.CODE, device, now)
    return None


def tick(session: Session, actor: Actor, public_id: str, person_public_id: str, *, now: datetime) -> AttendanceRow:
    """Say that somebody is there: for whoever oversees their section, or leads the sitting.

    :raise DoorShut: if it is too early or too late
    """
    sitting = _sitting(session, public_id)
    person = people.person_by_public_id(session, person_public_id)
    attempt = attempts.attempt_of(session, sitting.id, person.id)
    if attempt is None:
        raise NotFound("attendance", person_public_id)
    require(actor, Action.ATTENDANCE_TICK, tick_subject(sitting, attempt.section_id))
    _must_be_open(sitting, now)
    return _sign(session, actor, sitting, person.id, Way.TICK, "", now)


def tick_subject(sitting: SittingRow, section_id: int) -> Subject:
    """What the permission table needs to know of whom somebody wants to tick."""
    return Subject("attendance", sitting.public_id, section_id=section_id, leader_id=sitting.leader_id)


def _at_open_door(session: Session, actor: Actor, public_id: str, now: datetime) -> SittingRow:
    require(actor, Action.ROOM_JOIN, Subject("room", public_id, owner_id=actor.person_id))
    sitting = _sitting(session, public_id)
    _must_be_open(sitting, now)
    if attempts.attempt_of(session, sitting.id, actor.person_id) is None:
        raise NotExpected
    return sitting


def _must_be_open(sitting: SittingRow, now: datetime) -> None:
    window = room.window_of(sitting)
    if window.door(now) is not Door.OPEN:
        raise DoorShut(window.door(now), window)


def _sign(
    session: Session, actor: Actor, sitting: SittingRow, person_id: int, way: Way, device: str, now: datetime
) -> AttendanceRow:
    before = attendance_rows.attendance_row(session, sitting.id, person_id)
    row = attendance.sign(session, sitting, person_id, way, device=device_of(device), by_id=actor.person_id, now=now)
    if before is None:
        verb = "attendance:ticked" if way is Way.TICK else "attendance:signed"
        audit.record(session, actor, verb, sitting.public_id, now, person=person_id, way=row.way.value)
    return row
