"""Reminders: what people are told before it is too late, over which channels, and when a failed one is tried again."""

import re
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo
from enum import StrEnum

WEEKDAYS = "一二三四五六日"


class ReminderKind(StrEnum):
    """What a reminder is about."""

    TAKE = "take"
    TOPIC_DUE = "topic_due"
    PAPER_DUE = "paper_due"
    APPROVAL_DUE = "approval_due"
    SWAP_ASKED = "swap_asked"
    MAKE_UP_DUE = "make_up_due"


class ReminderState(StrEnum):
    """Where a reminder stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Channel:
    """One way to reach people. What holds a secret is never printed."""

    #: Its place in the settings, from 0.
    number: int
    scheme: str
    #: The service's own name.
    name: str
    #: Empty where the address names no host, or where what stands there is the secret.
    host: str
    #: Reaches one person at a time (e-mail); else everybody behind it at once.
    personal: bool
    address: str = field(repr=False)
    #: The parts of the address that no message may repeat.
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def without_secrets(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "****")
        return text


#: Until the next try, by the tries that failed; after the last, somebody has to look.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
#: A shorter sitting needs no reminder: people sit in the room.
SHORTEST_WINDOW = timedelta(days=1)
#: Days before a make-up is due on which its person is told.
MAKE_UP_DAYS = (2, 0)
LONGEST_TITLE, LONGEST_BODY, LONGEST_ERROR = 100, 500, 200
LONGEST_EMAIL = 254
EMAIL = re.compile(
    r"[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def is_email(text: str) -> bool:
    """Whether mail can be sent to this, as offices write addresses; no blank, no line break, no second address."""
    return len(text) <= LONGEST_EMAIL and len(text.partition("@")[0]) <= 64 and EMAIL.fullmatch(text) is not None


def next_try(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None when it is given up."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def remind_at(opens_at: datetime, closes_at: datetime, zone: tzinfo, hour: int) -> datetime | None:
    """When those who have not taken an open sitting are told, once: at this hour of the day before it closes.

    A sitting that opens later than that is reminded of on its last day; None where no such hour is left.
    """
    if closes_at - opens_at < SHORTEST_WINDOW:
        return None
    last = closes_at.astimezone(zone).replace(hour=hour, minute=0, second=0, microsecond=0)
    found = [at for at in (last - timedelta(days=1), last) if opens_at <= at < closes_at]
    return found[0] if found else None


def once(kind: ReminderKind, subject: str, channel: Channel, person_id: int | None) -> str:
    """What is equal for two reminders of which only one may be sent."""
    return f"{kind}:{subject}:{'group' if person_id is None else person_id}:{channel.number}"


def one_line(text: str, longest: int) -> str:
    """A text as the subject of a message: one line, cut with an ellipsis."""
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def said_day(day: date) -> str:
    """11月22日（周日）"""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def said_time(moment: datetime, zone: tzinfo) -> str:
    """11月22日（周日） 14:30"""
    local = moment.astimezone(zone)
    return f"{said_day(local.date())} {local:%H:%M}"
