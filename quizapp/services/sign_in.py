"""Signing in and out. Sessions are rows, so that signing out, disabling and resetting really end them."""

import hashlib
import secrets
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from ipaddress import ip_address

from sqlalchemy import ColumnElement
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.display import Display
from quizapp.core.display import TypeSize
from quizapp.core.errors import QuizError
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.db import attempts
from quizapp.db import people
from quizapp.db.people import PersonRow
from quizapp.db.people import SignInFailureRow
from quizapp.db.people import SignInSessionRow
from quizapp.services import audit
from quizapp.services import passwords

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)
FAILURES_OF_ADDRESS = 200
ADDRESS_WINDOW = timedelta(minutes=10)
IDLE = timedelta(minutes=30)
IDLE_ADMIN = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
ABSOLUTE_ADMIN = timedelta(hours=8)
SESSIONS_A_PERSON = 3
#: Activity is written at most this often, so that reading a page is not a write.
TOUCH_EVERY = timedelta(seconds=60)


class TooManyFailures(QuizError):
    """Too many wrong passwords; `address` tells whether the whole address is held back."""

    def __init__(self, address: bool):
        super().__init__(address)
        self.address = address


class ChangedSince(QuizError):
    """The account changed while its password was being checked, which takes a while."""


@dataclass(frozen=True)
class Credentials:
    """What is needed to check a password outside the write transaction."""

    person_id: int | None
    password_hash: str | None


@dataclass(frozen=True)
class SignedIn:
    """A valid sign-in session: who, and what the pages must know of the account."""

    actor: Actor
    public_id: str
    must_change_password: bool
    display: Display
    token_sha256: str
    last_seen_at: datetime


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def spelt_out(ip: str) -> str:
    """An address in its one full form, so that a network is a prefix of it; what is no address stays as it is."""
    try:
        address = ip_address(ip.partition("%")[0])
    except ValueError:
        return ip
    return (getattr(address, "ipv4_mapped", None) or address).exploded


def network(ip: str) -> str:
    """The part of an address that failures are counted by: IPv4 /24, IPv6 /64; all of what is no address."""
    whole = spelt_out(ip)
    if ":" in whole:
        return whole[: len("2001:0db8:0000:0000:")]
    return whole.rpartition(".")[0] + "." if "." in whole else whole


def credentials(session: Session, staff_number: str, ip: str, now: datetime) -> Credentials:
    """Look the person up, unless this account or address is held back for now.

    :raise TooManyFailures: after 5 failures in 15 minutes for the account from this network, or 200 in 10 minutes from
        one address
    """
    if _failures(session, now - LOCK, *_of_account(staff_number[:32], ip)) >= FAILURES_BEFORE_LOCK:
        raise TooManyFailures(address=False)
    if _failures(session, now - ADDRESS_WINDOW, SignInFailureRow.ip == spelt_out(ip)) >= FAILURES_OF_ADDRESS:
        raise TooManyFailures(address=True)
    person = people.person_by_number(session, staff_number)
    if person is None or not person.active or _expired(person, now):
        return Credentials(None, None)
    return Credentials(person.id, person.password_hash)


def _expired(person: PersonRow, now: datetime) -> bool:
    return (
        person.must_change_password
        and person.initial_password_expires_at is not None
        and person.initial_password_expires_at <= now
    )


def _of_account(staff_number: str, ip: str) -> tuple[ColumnElement[bool], ...]:
    """Failures for this account from this network."""
    return SignInFailureRow.staff_number == staff_number, SignInFailureRow.ip.startswith(network(ip), autoescape=True)


def _failures(session: Session, since: datetime, *conditions: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(SignInFailureRow).where(SignInFailureRow.at > since, *conditions)
    return session.scalar(statement) or 0


def record_failure(session: Session, staff_number: str, ip: str, now: datetime) -> None:
    """Count a wrong password; old counts are swept on the way."""
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.at < now - timedelta(days=1)))
    session.add(SignInFailureRow(staff_number=staff_number[:32] or "-", ip=spelt_out(ip), at=now))
    stranger = Actor(0, staff_number[:32], 0, frozenset(), ip=ip)
    audit.record(session, stranger, "sign-in:failed", staff_number[:32], now)


def open_session(
    session: Session,
    person_id: int,
    ip: str,
    now: datetime,
    *,
    checked: str | None = None,
    rehashed: str | None = None,
) -> str:
    """Start a session and return its token, which is stored nowhere else; the oldest beyond the limit end.

    :raise ChangedSince: if the person was disabled, or the password is no longer the one whose hash was `checked`
    """
    person = session.get_one(PersonRow, person_id)
    if checked is not None and (person.password_hash != checked or not person.active):
        raise ChangedSince
    if rehashed is not None:
        person.password_hash = rehashed
    # Failures from other networks stay: somebody else may be guessing there.
    session.execute(delete(SignInFailureRow).where(*_of_account(person.staff_number, ip)))
    _keep_newest(session, person_id, SESSIONS_A_PERSON - 1)
    token = secrets.token_urlsafe(32)
    session.add(SignInSessionRow(token_sha256=token_hash(token), person_id=person_id, created_at=now, last_seen_at=now))
    audit.record(session, replace(people.actor(session, person_id), ip=ip), "sign-in", person.staff_number, now)
    return token


def _keep_newest(session: Session, person_id: int, keep: int) -> None:
    hashes = session.scalars(
        select(SignInSessionRow.token_sha256)
        .where(SignInSessionRow.person_id == person_id)
        .order_by(SignInSessionRow.created_at.desc())
        .offset(keep)
    ).all()
    session.execute(delete(SignInSessionRow).where(SignInSessionRow.token_sha256.in_(hashes)))


def resume(session: Session, token: str, ip: str, now: datetime) -> SignedIn | None:
    """The session behind a cookie, or None when it is unknown, ended, idle for too long, or its person disabled."""
    # Columns, not rows: every request begins here.
    found = session.execute(
        select(
            SignInSessionRow.created_at,
            SignInSessionRow.last_seen_at,
            PersonRow.id,
            PersonRow.public_id,
            PersonRow.name,
            PersonRow.section_id,
            PersonRow.must_change_password,
            PersonRow.large_type,
            PersonRow.theme,
            PersonRow.contrast,
        )
        .join(PersonRow, PersonRow.id == SignInSessionRow.person_id)
        .where(SignInSessionRow.token_sha256 == token_hash(token), PersonRow.active)
    ).one_or_none()
    if found is None:
        return None
    actor = replace(people.actor_named(session, found.id, found.name, found.section_id), ip=ip)
    if not _alive(session, found.created_at, found.last_seen_at, actor, now):
        return None
    display = Display(TypeSize.LARGE if found.large_type else TypeSize.STANDARD, found.theme, found.contrast)
    return SignedIn(actor, found.public_id, found.must_change_password, display, token_hash(token), found.last_seen_at)


def _alive(session: Session, created_at: datetime, last_seen_at: datetime, actor: Actor, now: datetime) -> bool:
    """Within the absolute limit, and either in use lately or with a paper that is still being answered."""
    admin = Role.ADMIN in actor.roles
    idle, absolute = (IDLE_ADMIN, ABSOLUTE_ADMIN) if admin else (IDLE, ABSOLUTE)
    if now - created_at > absolute:
        return False
    return now - last_seen_at <= idle or attempts.is_answering(session, actor.person_id, now)


def touch(session: Session, token_sha256: str, now: datetime) -> None:
    """Remember that the session is in use."""
    session.execute(
        update(SignInSessionRow).where(SignInSessionRow.token_sha256 == token_sha256).values(last_seen_at=now)
    )


def sign_out(session: Session, signed_in: SignedIn, now: datetime) -> None:
    session.execute(delete(SignInSessionRow).where(SignInSessionRow.token_sha256 == signed_in.token_sha256))
    audit.record(session, signed_in.actor, "sign-out", signed_in.actor.name, now)


def change_own_password(session: Session, signed_in: SignedIn, password_hash: str, now: datetime) -> str:
    """Set one's own password; every session ends and a new one starts, whose token is returned."""
    person = session.get_one(PersonRow, signed_in.actor.person_id)
    person.password_hash = password_hash
    person.must_change_password = False
    person.initial_password_expires_at = None
    people.end_sessions(session, person.id)
    audit.record(session, signed_in.actor, "password:changed", person.staff_number, now)
    return open_session(session, person.id, signed_in.actor.ip, now)


def remember_display(session: Session, actor: Actor, display: Display, now: datetime) -> None:
    person = session.get_one(PersonRow, actor.person_id)
    person.large_type = display.type_size is TypeSize.LARGE
    person.theme, person.contrast = display.theme, display.contrast
    audit.record(session, actor, "account:display", person.staff_number, now, **asdict(display))


def password_faults(session: Session, actor: Actor, password: str) -> list[str]:
    """What is wrong with a new password for this person."""
    person = session.get_one(PersonRow, actor.person_id)
    units = people.with_all_above(session, person.section_id)
    return passwords.faults(password, (person.name, person.staff_number, *units, "xuece", "学测"))


def own_password_hash(session: Session, actor: Actor) -> str:
    return session.get_one(PersonRow, actor.person_id).password_hash
