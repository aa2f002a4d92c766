"""A person's calendar as other programs subscribe to it (iCalendar, RFC 5545)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta

from icalendar import Calendar
from icalendar import Event

#: How often a calendar program should ask again.
ASK_AGAIN = timedelta(hours=4)


@dataclass(frozen=True)
class Entry:
    """One entry; of whole days where `start` is a date, of a moment where a time has no `end`.

    `uid` stays the same when the entry changes.
    """

    uid: str
    title: str
    start: datetime | date
    end: datetime | None = None
    place: str = ""
    words: str = ""


def calendar_feed(name: str, entries: Sequence[Entry], site: str, made_at: datetime) -> bytes:
    """The feed, entries in the order given; times are written in UTC."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{site}//meizhou xuece//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, site, made_at))
    feed: bytes = calendar.to_ical()
    return feed


def _event(entry: Entry, site: str, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{site}")
    event.add("dtstamp", made_at)
    event.add("summary", entry.title)
    event.add("dtstart", entry.start)
    if entry.end is not None:
        event.add("dtend", entry.end)
    if entry.place:
        event.add("location", entry.place)
    if entry.words:
        event.add("description", entry.words)
    return event
