"""What other systems of the office may read, and how often."""

from datetime import datetime
from datetime import timedelta
from enum import StrEnum

#: What a token begins with, so that a scanner of files and mails knows one when it sees it.
PREFIX = "xc_"
#: A token that nobody renews must not outlive the system it was made for.
LONGEST_LIFE = timedelta(days=366)
#: So many requests within one window, counted from its first.
REQUESTS = 120
WINDOW = timedelta(seconds=60)


class Scope(StrEnum):
    """What a token may read, `<resource>:read`."""

    PEOPLE_READ = "people:read"
    SCORES_READ = "scores:read"
    SITTINGS_READ = "sittings:read"
    STATISTICS_READ = "statistics:read"


class TokenState(StrEnum):
    """Where a token stands; follows from its times, never stored."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def token_state(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> TokenState:
    """The state of a token; what was revoked stays so, whenever it would have expired."""
    if revoked_at is not None:
        return TokenState.REVOKED
    return TokenState.ACTIVE if now < expires_at else TokenState.EXPIRED
