"""When people are reminded, how often a failed message is tried, and what counts as an address."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.reminders import LONGEST_EMAIL
from quizapp.core.reminders import SHORTEST_WINDOW
from quizapp.core.reminders import WAITS
from quizapp.core.reminders import Channel
from quizapp.core.reminders import ReminderKind
from quizapp.core.reminders import is_email
from quizapp.core.reminders import next_try
from quizapp.core.reminders import once
from quizapp.core.reminders import one_line
from quizapp.core.reminders import remind_at
from quizapp.core.reminders import said_time

ZONE = ZoneInfo("Asia/Shanghai")
MAIL = Channel(0, "mailto", "电子邮件", "smtp.example.org", True, "mailto://u:geheim@smtp.example.org", ("geheim",))


def office(day: int, hour: int) -> datetime:
    """An hour of November 2026 in the office."""
    return datetime(2026, 11, day, hour, tzinfo=ZONE)


WHEN = {
    "the morning before it closes": (office(16, 9), office(20, 18), office(19, 9)),
    "its last morning, where it opened after that": (office(19, 14), office(20, 18), office(20, 9)),
    "the morning before, where it closes early": (office(16, 9), office(20, 8), office(19, 9)),
    "the moment it opens, where that is the hour": (office(19, 9), office(20, 9), office(19, 9)),
    "never, where it is too short": (office(20, 8), office(20, 18), None),
}


@pytest.mark.parametrize(("opens_at", "closes_at", "expected"), WHEN.values(), ids=WHEN)
def test_people_are_reminded_of_an_open_sitting(
    opens_at: datetime, closes_at: datetime, expected: datetime | None
) -> None:
    assert remind_at(opens_at, closes_at, ZONE, 9) == expected


MOMENTS = st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed)


@given(opens_at=MOMENTS, window=st.timedeltas(SHORTEST_WINDOW, timedelta(days=40)), hour=st.integers(0, 23))
def test_every_sitting_of_a_day_or_more_has_its_hour_while_it_is_open(
    opens_at: datetime, window: timedelta, hour: int
) -> None:
    closes_at = opens_at + window
    at = remind_at(opens_at, closes_at, ZONE, hour)
    assert at is not None
    assert opens_at <= at < closes_at
    assert closes_at - at <= timedelta(days=2)
    assert at.astimezone(ZONE).hour == hour


def test_a_failed_message_is_tried_four_times_more_and_then_given_up() -> None:
    minutes = [wait and wait.total_seconds() / 60 for wait in map(next_try, range(1, 6))]
    assert minutes == [1, 5, 30, 120, None]
    assert next_try(len(WAITS) + 10) is None


GOOD = [
    "zhang.san@example.gov.cn",
    "a@b.cn",
    "lu_ganbu+xuece@mail.example.org",
    "1102@xn--fiqs8s.xn--55qx5d",
    "A-B%c@sub-domain.example.org",
]
BAD = {
    "no at": "zhang.san.example.org",
    "no domain": "zhang@",
    "no name": "@example.org",
    "no dot": "zhang@localhost",
    "two at": "a@b@example.org",
    "two addresses": "a@example.org,b@example.org",
    "two addresses apart": "a@example.org b@example.org",
    "a name before it": "张三 <a@example.org>",
    "a header after it": "a@example.org\nBcc: b@example.org",
    "a line end after it": "a@example.org\n",
    "a return before it": "\ra@example.org",
    "a semicolon": "a@example.org;b",
    "quotes": '"a b"@example.org',
    "full width": "ａ@example.org",
    "a dot too many": "a..b@example.org",
    "a hyphen at the end": "a@example-.org",
    "a number for an end": "a@127.0.0.1",
    "too long a name": "a" * 65 + "@example.org",
    "too long": "a@" + "b." * 130 + "org",
    "nothing": "",
}


@pytest.mark.parametrize("text", GOOD)
def test_an_address_as_offices_write_them_is_one(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_mail_cannot_reach_is_no_address(text: str) -> None:
    assert not is_email(text)


@given(st.text(max_size=300))
def test_an_address_never_ends_a_line_or_names_a_second_reader(text: str) -> None:
    if is_email(text):
        assert text.isascii()
        assert text.isprintable()
        assert text.count("@") == 1
        assert not set(text) & set(" ,;<>()\"'\\:")
        assert len(text) <= LONGEST_EMAIL


@given(st.text(max_size=300), st.integers(2, 100))
def test_a_title_is_one_line_and_fits(text: str, longest: int) -> None:
    title = one_line(text, longest)
    assert len(title) <= longest
    assert len(title.splitlines()) <= 1


def test_what_must_be_sent_once_is_told_apart_by_kind_subject_person_and_channel() -> None:
    other = Channel(1, "feishu", "飞书群", "", False, "feishu://token")
    names = {
        once(kind, subject, channel, person)
        for kind in (ReminderKind.TAKE, ReminderKind.MAKE_UP_DUE)
        for subject in ("1", "2")
        for channel in (MAIL, other)
        for person in (None, 1, 2)
    }
    assert len(names) == 24


def test_a_channel_never_shows_its_secrets() -> None:
    assert "geheim" not in repr(MAIL)
    assert MAIL.without_secrets("535 user u, password geheim") == "535 user u, password ****"


def test_times_are_said_as_the_office_says_them() -> None:
    assert said_time(datetime(2026, 11, 22, 6, 30, tzinfo=UTC), ZONE) == "11月22日（周日） 14:30"
