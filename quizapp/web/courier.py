"""The courier: makes reminders and sends them, in threads of its own.

Nothing is sent while a page waits or a transaction is open. Each channel has a thread to itself, so that one whose
server accepts and never answers holds up no other channel, no page and not the bell.
"""

import threading
from collections.abc import Callable
from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

from flask import Flask
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from quizapp.core.reminders import Channel
from quizapp.db.base import db
from quizapp.db.engine import GateBusy
from quizapp.db.engine import writing
from quizapp.formats import channels as addresses
from quizapp.services import reminders
from quizapp.services.reminders import Letter
from quizapp.web.access import now

SECONDS_BETWEEN = 60.0
#: Made in one transaction, and taken for sending in one.
MADE_AT_ONCE = 500
SENT_AT_ONCE = 20
#: After so many failures in a row a channel is left alone until the next round.
FAILURES_IN_A_ROW = 2


def start_courier(app: Flask, seconds: float = SECONDS_BETWEEN) -> threading.Event:
    """Make and send reminders in the background until the returned event is set.

    Every worker has a courier; they agree in the database on who sends what. Without channels there is none.
    """
    stop = threading.Event()
    channels: Sequence[Channel] = app.config["REMINDERS"]
    if channels:
        _begin(app, stop, seconds, "reminders", make_due)
    for channel in channels:
        _begin(app, stop, seconds, f"channel {channel.number}", partial(carry, channel))
    return stop


def _begin(app: Flask, stop: threading.Event, seconds: float, name: str, work: Callable[[], object]) -> None:
    def go_round() -> None:
        while not stop.wait(seconds):
            with app.app_context():
                try:
                    work()
                except (SQLAlchemyError, GateBusy, OSError) as error:  # the next round may succeed
                    app.logger.warning("courier waits: %s", error)

    threading.Thread(target=go_round, name=name, daemon=True).start()


def make_due() -> None:
    """Make the reminders that are due, and give up those whose time is over."""
    config, moment = current_app.config, now()
    zone, at_hour = ZoneInfo(config["OFFICE_ZONE"]), config["REMIND_AT"]
    rows = reminders.missing(db.session(), now=moment, zone=zone, at_hour=at_hour, channels=config["REMINDERS"])
    stale = reminders.any_stale(db.session(), moment)
    db.session.rollback()
    for start in range(0, len(rows), MADE_AT_ONCE):
        with writing() as session:
            reminders.add(session, rows[start : start + MADE_AT_ONCE])
    if stale:
        with writing() as session:
            reminders.give_up_stale(session, now=moment)


def carry(channel: Channel) -> None:
    """Send over a channel what is due, until nothing is left or it does not answer."""
    while letters := _claimed(channel):
        if not _sent(channel, letters):
            return


def _claimed(channel: Channel) -> Sequence[Letter]:
    waits = reminders.any_to_send(db.session(), channel, now())
    db.session.rollback()
    if not waits:
        return ()
    with writing() as session:
        return reminders.claim(session, channel, now=now(), limit=SENT_AT_ONCE)


def _sent(channel: Channel, letters: Sequence[Letter]) -> bool:
    """Send one after another; False where the channel does not answer, and the rest was put back."""
    failures = 0
    for number, letter in enumerate(letters, start=1):
        fault = send(channel, letter)
        with writing() as session:
            reminders.settle(session, letter.id, fault, now=now())
        failures = failures + 1 if fault else 0
        if failures == FAILURES_IN_A_ROW:
            with writing() as session:
                reminders.put_back(session, [rest.id for rest in letters[number:]], now=now())
            return False
    return True


def send(channel: Channel, letter: Letter) -> str | None:
    """Hand one message to its channel; what went wrong, without secrets, or None."""
    service = addresses.service_of(channel.address, letter.address or None)
    if service is None or (channel.personal and not letter.address):
        return "渠道或收件地址无法识别"
    body = f"{letter.body}\n\n{current_app.config['SITE']}"
    return addresses.send(service, letter.title, body, channel)
