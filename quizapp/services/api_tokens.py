"""Tokens for the office's other systems: made, revoked, recognised and counted."""

import hashlib
import secrets
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.core.api import LONGEST_LIFE
from quizapp.core.api import PREFIX
from quizapp.core.api import REQUESTS
from quizapp.core.api import WINDOW
from quizapp.core.api import Scope
from quizapp.core.api import TokenState
from quizapp.core.api import token_state
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.db import api_tokens as rows
from quizapp.db.api_tokens import ApiTokenRow
from quizapp.db.base import addressed
from quizapp.services import audit

LONGEST_NAME = 50


class NoToken(QuizError):
    """The token is unknown, expired or revoked; `reason` says which of the last two, for those who hold it."""

    def __init__(self, reason: TokenState | None):
        super().__init__(reason)
        self.reason = reason


class Spent(QuizError):
    """The window's requests are used up; another can be made after so many seconds."""

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Caller:
    """The system that asks, by its token."""

    id: int
    public_id: str
    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True)
class Quota:
    """What is left of a window, and the seconds until the next."""

    left: int
    seconds: int


@dataclass(frozen=True)
class TokenLine:
    """A token as the administrators' page lists it: whatever is known of it but the token."""

    public_id: str
    name: str
    scopes: tuple[Scope, ...]
    state: TokenState
    expires_at: datetime
    made_at: datetime
    made_by: str
    revoked_at: datetime | None
    revoked_by: str
    last_used_at: datetime | None


# What administrators do


def listing(session: Session, actor: Actor, *, now: datetime) -> list[TokenLine]:
    """All tokens: those that work first, the newest of each first."""
    require(actor, Action.API_MANAGE, Subject("token"))
    lines = [_line(row, now) for row in rows.tokens(session)]
    return sorted(lines, key=lambda line: line.state is not TokenState.ACTIVE)


def _line(row: ApiTokenRow, now: datetime) -> TokenLine:
    return TokenLine(
        public_id=row.public_id,
        name=row.name,
        scopes=_scopes(row),
        state=token_state(row.expires_at, row.revoked_at, now),
        expires_at=row.expires_at,
        made_at=row.made_at,
        made_by=row.made_by.name,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by.name if row.revoked_by else "",
        last_used_at=row.last_used_at,
    )


def _scopes(row: ApiTokenRow) -> tuple[Scope, ...]:
    return tuple(scope for scope in Scope if scope in row.scopes)


def make(
    session: Session, actor: Actor, name: str, scopes: Collection[Scope], expires_at: datetime, *, now: datetime
) -> str:
    """Make a token and return it; it is stored nowhere, and nobody can be told it again.

    :raise BadInput: if it would read nothing, is past or more than a year away, or a system has that name already
    """
    require(actor, Action.API_MANAGE, Subject("token"))
    _check(session, name, scopes, expires_at, now)
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiTokenRow(
        name=name,
        token_sha256=_digest(token),
        scopes=[scope.value for scope in Scope if scope in scopes],
        expires_at=expires_at,
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as taken:  # somebody else has just made one of that name
        raise BadInput("", [Problem("name", _taken(name))]) from taken
    until = expires_at.isoformat(timespec="minutes")
    audit.record(session, actor, "token:made", name, now, scopes=row.scopes, expires=until)
    return token


def _check(session: Session, name: str, scopes: Collection[Scope], expires_at: datetime, now: datetime) -> None:
    problems = []
    if not name or len(name) > LONGEST_NAME:
        problems.append(Problem("name", f"系统名称为 1 到 {LONGEST_NAME} 个字"))
    elif rows.is_named(session, name):
        problems.append(Problem("name", _taken(name)))
    if not scopes:
        problems.append(Problem("scopes", "请至少选择一项可读取的内容"))
    if not now < expires_at <= now + LONGEST_LIFE:
        problems.append(Problem("expires_on", "有效期至少到今天，最长一年"))
    if problems:
        raise BadInput("", problems)


def _taken(name: str) -> str:
    return f"“{name}”已有一个没有停用的令牌。请先停用它，或换一个名称"


def revoke(session: Session, actor: Actor, public_id: str, *, now: datetime) -> str:
    """Revoke a token at once; the name of its system. Once more changes nothing."""
    require(actor, Action.API_MANAGE, Subject("token", public_id))
    row = addressed(session, ApiTokenRow, public_id, lock=True)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by_id = now, actor.person_id
        audit.record(session, actor, "token:revoked", row.name, now)
    return row.name


# What its system does


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def recognise(session: Session, token: str, *, now: datetime) -> Caller:
    """The system behind a token. Looked up by its digest: how long that takes tells nothing of any token.

    :raise NoToken: if there is none, or it works no more
    """
    row = rows.by_digest(session, _digest(token))
    if row is None:
        raise NoToken(None)
    state = token_state(row.expires_at, row.revoked_at, now)
    if state is not TokenState.ACTIVE:
        raise NoToken(state)
    return Caller(row.id, row.public_id, row.name, frozenset(_scopes(row)))


def count(session: Session, caller: Caller, *, now: datetime) -> Quota:
    """Count a request of this system; exact over all processes, for one statement in its row does it.

    :raise Spent: if there have been too many, which is not counted
    :raise NoToken: if the token has been revoked since it was recognised
    """
    counted = rows.count_request(session, caller.id, now)
    if counted is None:
        raise _why_not(session, caller, now)
    window_at, requests = counted
    return Quota(REQUESTS - requests, _seconds_left(window_at, now))


def _why_not(session: Session, caller: Caller, now: datetime) -> QuizError:
    row = session.get_one(ApiTokenRow, caller.id, populate_existing=True)
    state = token_state(row.expires_at, row.revoked_at, now)
    if state is not TokenState.ACTIVE:
        return NoToken(state)
    return Spent(_seconds_left(row.window_at or now, now))


def _seconds_left(window_at: datetime, now: datetime) -> int:
    return max(1, ceil((window_at + WINDOW - now).total_seconds()))


def scopes_named(words: Sequence[str]) -> frozenset[Scope]:
    """The scopes that a form names; what is none is left out."""
    return frozenset(scope for scope in Scope if scope.value in words)
