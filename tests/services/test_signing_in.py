"""Signing in: codes that change, passes of a device, wrong codes, ticks, and one phone for several people."""

from datetime import timedelta

import pytest
from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import Presence
from quizapp.core.attendance import Way
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.db import attendance as attendance_rows
from quizapp.db import rooms
from quizapp.db import sittings as sitting_rows
from quizapp.db.attendance import AttendanceRow
from quizapp.db.audit import AuditRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import leading
from quizapp.services import signing_in
from quizapp.services.signing_in import TRIES
from quizapp.services.signing_in import DoorShut
from quizapp.services.signing_in import NotExpected
from quizapp.services.signing_in import PassExpired
from quizapp.services.signing_in import WrongCode

SECRET = "a secret of the site that nobody guesses"
PHONE = "the name that one phone keeps"


@pytest.fixture
def study(session: Session, office: Office, clock: Clock) -> str:
    """A study of all but the inspection, that begins in half an hour and is led by the deputy."""
    with writing() as write:
        known = approved_set(write, office.editor.actor, office.second_editor.actor, each=2, now=clock())
        opens_at = clock() + timedelta(minutes=60)
        facts = sitting_facts(
            known.id,
            host=office.secretariat,
            leader=office.deputy.id,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(minutes=20),
            begins_at=clock() + timedelta(minutes=30),
            ends_at=clock() + timedelta(minutes=120),
            scope_section_id=office.secretariat,
        )
        return published_sitting(write, office.editor.actor, facts, now=clock()).public_id


def scan(study: str, person: Person, clock: Clock, phone: str = PHONE) -> AttendanceRow:
    token = signing_in.qr_token(SECRET, study, clock())
    given = signing_in.pass_after_scan(SECRET, study, token, phone, clock())
    assert given is not None
    with writing() as write:
        return signing_in.sign_by_pass(write, person.actor, study, given, phone, secret=SECRET, now=clock())


def type_code(study: str, person: Person, digits: str, clock: Clock) -> WrongCode | None:
    with writing() as write:
        return signing_in.sign_by_code(write, person.actor, study, digits, PHONE, secret=SECRET, now=clock())


def right_code(study: str, clock: Clock) -> str:
    return signing_in.code(SECRET, study, clock())


def wrong_code(study: str, clock: Clock) -> str:
    now, before = right_code(study, clock), signing_in.code(SECRET, study, clock() - timedelta(seconds=60))
    return next(f"{n:06d}" for n in range(3) if f"{n:06d}" not in (now, before))


def signed(study: str) -> dict[int, AttendanceRow]:
    db.session.rollback()
    sitting = sitting_rows.sitting_alone(db.session(), study)
    rows = db.session().scalars(select(AttendanceRow).where(AttendanceRow.sitting_id == sitting.id))
    return {row.person_id: row for row in rows}


# Codes


@given(sitting=st.text("abc123-_", min_size=1, max_size=22), other=st.text("abc123-_", min_size=1, max_size=22))
def test_a_code_is_good_for_its_own_sitting_only(sitting: str, other: str) -> None:
    clock = Clock(FRIDAY)
    token = signing_in.qr_token(SECRET, sitting, clock())
    assert signing_in.is_qr_token(SECRET, other, token, clock()) == (sitting == other)
    assert signing_in.is_board_key(SECRET, other, signing_in.board_key(SECRET, sitting)) == (sitting == other)


def test_no_code_opens_another_door(clock: Clock) -> None:
    made = {
        signing_in.qr_token(SECRET, "s", clock()),
        signing_in.board_key(SECRET, "s"),
        signing_in.code(SECRET, "s", clock()),
        signing_in.qr_token("another secret", "s", clock()),
    }
    assert len(made) == 4


@given(st.text(max_size=40))
def test_what_is_no_code_is_refused_and_never_an_error(given_text: str) -> None:
    clock = Clock(FRIDAY)
    assert not signing_in.is_qr_token(SECRET, "s", given_text, clock())
    assert not signing_in.is_pass(SECRET, "s", given_text, PHONE, clock())
    assert not signing_in.is_board_key(SECRET, "s", given_text)


@pytest.mark.parametrize("seconds", [0, 4, 14, 19])
def test_a_picture_of_the_board_is_taken_while_it_is_shown_and_five_seconds_more(clock: Clock, seconds: int) -> None:
    clock.moment = clock.moment.replace(second=0)
    token = signing_in.qr_token(SECRET, "s", clock())
    clock.advance(seconds=seconds)
    assert signing_in.is_qr_token(SECRET, "s", token, clock())


@pytest.mark.parametrize("seconds", [20, 30, 3600, -1, -3600])
def test_a_picture_of_another_time_is_not(clock: Clock, seconds: int) -> None:
    clock.moment = clock.moment.replace(second=0)
    token = signing_in.qr_token(SECRET, "s", clock())
    clock.advance(seconds=seconds)
    assert not signing_in.is_qr_token(SECRET, "s", token, clock())


def test_a_scan_serves_for_five_minutes_on_the_phone_that_scanned(clock: Clock) -> None:
    given_pass = signing_in.pass_after_scan(SECRET, "s", signing_in.qr_token(SECRET, "s", clock()), PHONE, clock())
    assert given_pass
    for later, serves in ((0, True), (299, True), (1, False), (3600, False)):
        clock.advance(seconds=later)
        assert signing_in.is_pass(SECRET, "s", given_pass, PHONE, clock()) is serves
    clock.advance(seconds=-3900)
    assert not signing_in.is_pass(SECRET, "s", given_pass, "another phone", clock())
    assert not signing_in.is_pass(SECRET, "other", given_pass, PHONE, clock())
    clock.advance(hours=-1)
    assert not signing_in.is_pass(SECRET, "s", given_pass, PHONE, clock())


# Signing


def test_whoever_scans_and_confirms_is_there(study: str, office: Office, clock: Clock) -> None:
    scan(study, office.staff, clock)
    row = signed(study)[office.staff.id]
    assert (row.presence, row.way, row.at, row.by_id) == (Presence.PRESENT, Way.QR, clock(), office.staff.id)
    assert row.device == signing_in.device_of(PHONE) != PHONE


def test_signing_twice_is_signing_once_and_the_first_way_stays(study: str, office: Office, clock: Clock) -> None:
    scan(study, office.staff, clock)
    first = clock()
    clock.advance(minutes=1)
    scan(study, office.staff, clock)
    assert type_code(study, office.staff, right_code(study, clock), clock) is None
    assert (signed(study)[office.staff.id].way, signed(study)[office.staff.id].at) == (Way.QR, first)
    noted = select(func.count()).where(AuditRow.verb == "attendance:signed")
    assert db.session().scalar(noted) == 1


@pytest.mark.parametrize(
    ("minutes", "is_open"),
    [(-1, False), (0, True), (119, True), (120, False)],
    ids=["too early", "half an hour before", "the last minute", "over"],
)
def test_the_door_is_open_from_half_an_hour_before_until_the_end(
    study: str, office: Office, clock: Clock, minutes: int, is_open: bool
) -> None:
    clock.advance(minutes=minutes)
    if is_open:
        scan(study, office.staff, clock)
    else:
        with pytest.raises(DoorShut):
            scan(study, office.staff, clock)
        with pytest.raises(DoorShut):
            type_code(study, office.staff, right_code(study, clock), clock)
        with pytest.raises(DoorShut), writing() as write:
            signing_in.tick(write, office.deputy.actor, study, office.staff.public_id, now=clock())
    assert (office.staff.id in signed(study)) is is_open


def test_who_is_not_expected_is_told_so(study: str, office: Office, clock: Clock) -> None:
    with pytest.raises(NotExpected):
        scan(study, office.stranger, clock)
    assert signing_in.arriving(db.session(), office.stranger.actor, study, now=clock()).attempt is None
    assert not signed(study)


def test_an_old_pass_signs_nobody(study: str, office: Office, clock: Clock) -> None:
    token = signing_in.qr_token(SECRET, study, clock())
    given_pass = signing_in.pass_after_scan(SECRET, study, token, PHONE, clock())
    clock.advance(minutes=6)
    with pytest.raises(PassExpired), writing() as write:
        signing_in.sign_by_pass(write, office.staff.actor, study, given_pass or "", PHONE, secret=SECRET, now=clock())
    assert not signed(study)


# The six digits


def test_the_code_of_the_last_minute_is_still_taken(study: str, office: Office, clock: Clock) -> None:
    digits = right_code(study, clock)
    clock.advance(seconds=60)
    assert type_code(study, office.staff, digits, clock) is None
    clock.advance(seconds=60)
    assert type_code(study, office.colleague, digits, clock) == WrongCode(TRIES - 1, None)


def test_after_five_wrong_codes_the_right_one_has_to_wait(study: str, office: Office, clock: Clock) -> None:
    for left in range(TRIES - 1, 0, -1):
        assert type_code(study, office.staff, wrong_code(study, clock), clock) == WrongCode(left, None)
    until = clock() + timedelta(minutes=15)
    assert type_code(study, office.staff, wrong_code(study, clock), clock) == WrongCode(0, until)
    clock.advance(minutes=14)
    assert type_code(study, office.staff, right_code(study, clock), clock) == WrongCode(0, until)
    # Nobody else waits, and the phone's camera is no guess.
    assert type_code(study, office.colleague, right_code(study, clock), clock) is None
    scan(study, office.staff, clock)
    assert office.staff.id in signed(study)


def test_after_a_quarter_of_an_hour_there_are_five_new_tries(study: str, office: Office, clock: Clock) -> None:
    for _ in range(TRIES):
        type_code(study, office.staff, wrong_code(study, clock), clock)
    clock.advance(minutes=15)
    assert type_code(study, office.staff, wrong_code(study, clock), clock) == WrongCode(TRIES - 1, None)
    assert type_code(study, office.staff, right_code(study, clock), clock) is None


def test_a_clock_that_is_set_back_locks_nobody_out(study: str, office: Office, clock: Clock) -> None:
    clock.advance(minutes=70)
    for _ in range(TRIES):
        type_code(study, office.staff, wrong_code(study, clock), clock)
    clock.advance(minutes=-60)
    assert type_code(study, office.staff, wrong_code(study, clock), clock) == WrongCode(TRIES - 1, None)


# Ticks


@pytest.mark.parametrize("who", ["deputy", "director", "chief"])
def test_who_leads_or_oversees_says_that_somebody_is_there(study: str, office: Office, clock: Clock, who: str) -> None:
    by = getattr(office, who)
    with writing() as write:
        signing_in.tick(write, by.actor, study, office.staff.public_id, now=clock())
    row = signed(study)[office.staff.id]
    assert (row.way, row.by_id, row.device) == (Way.TICK, by.id, "")


@pytest.mark.parametrize("who", ["finance_chief", "colleague", "editor", "admin"])
def test_nobody_else_does(study: str, office: Office, clock: Clock, who: str) -> None:
    with pytest.raises(NotAllowed), writing() as write:
        signing_in.tick(write, getattr(office, who).actor, study, office.staff.public_id, now=clock())
    assert not signed(study)


def test_nobody_is_ticked_who_is_not_expected(study: str, office: Office, clock: Clock) -> None:
    with pytest.raises(NotFound), writing() as write:
        signing_in.tick(write, office.director.actor, study, office.stranger.public_id, now=clock())


# One phone


def test_one_phone_that_signs_for_several_is_flagged_and_not_stopped(study: str, office: Office, clock: Clock) -> None:
    for person in (office.colleague, office.staff):
        scan(study, person, clock)
        clock.advance(seconds=20)
    scan(study, office.chief, clock, phone="another phone")
    with writing() as write:
        signing_in.tick(write, office.deputy.actor, study, office.editor.public_id, now=clock())
    assert len(signed(study)) == 4
    names = [office.colleague.name, office.staff.name]
    assert not rooms.shared_devices(db.session(), rooms.sitting_of_room(db.session(), study).id, [office.finance])
    assert leading.console(db.session(), office.deputy.actor, study, now=clock()).shared_devices == [names]


def test_a_correction_is_not_undone_by_signing_in(study: str, office: Office, clock: Clock) -> None:
    scan(study, office.staff, clock)
    with writing() as write:
        row = attendance_rows.attendance_row(write, rooms.sitting_of_room(write, study).id, office.staff.id)
        assert row is not None
        row.presence, row.way = Presence.ABSENT, Way.CORRECTED
    assert scan(study, office.staff, clock).presence is Presence.ABSENT
