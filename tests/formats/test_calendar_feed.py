"""The feed as calendar programs read it."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from quizapp.formats.calendar_feed import Entry
from quizapp.formats.calendar_feed import calendar_feed

MADE = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
#: A byte order mark at the beginning is not text: whoever reads the feed takes it off.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), max_size=60).map(str.strip)
TIMES = st.integers(0, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    start = draw(st.one_of(TIMES, st.dates(date(2020, 1, 1), date(2099, 1, 1))))
    end = start + timedelta(hours=2) if isinstance(start, datetime) and draw(st.booleans()) else None
    return Entry(draw(st.uuids().map(str)), draw(TEXT), start, end, draw(TEXT), draw(TEXT))


@given(st.lists(entries(), max_size=5))
def test_what_is_written_is_read_again(written: list[Entry]) -> None:
    feed = calendar_feed("学习日历", written, "xuece.test", MADE)
    events = Calendar.from_ical(feed).walk("VEVENT")
    assert [
        Entry(
            str(event["UID"]).removesuffix("@xuece.test"),
            str(event["SUMMARY"]),
            event["DTSTART"].dt,
            event["DTEND"].dt if "DTEND" in event else None,
            str(event.get("LOCATION", "")),
            str(event.get("DESCRIPTION", "")),
        )
        for event in events
    ] == written


def test_a_day_is_a_whole_day_and_a_time_is_in_utc() -> None:
    day = Entry("due-1", "选题截止", date(2026, 11, 22))
    study = Entry("study-1", "集中学习", MADE, MADE + timedelta(hours=2), "三楼会议室", "一、领学；二、测验，讲评")
    lines = calendar_feed("日历", [day, study], "xuece.test", MADE).decode().replace("\r\n ", "").split("\r\n")
    assert "DTSTART;VALUE=DATE:20261122" in lines
    assert "DTSTART:20261120T060000Z" in lines
    assert "UID:study-1@xuece.test" in lines


def test_no_line_is_longer_than_programs_read() -> None:
    long = Entry("study-1", "学" * 100, MADE, MADE + timedelta(hours=2), "楼" * 100, "议程" * 300)
    feed = calendar_feed("日历", [long], "xuece.test", MADE)
    assert max(len(line) for line in feed.split(b"\r\n")) <= 75
