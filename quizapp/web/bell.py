"""The bell: closes attempts whose deadline has passed, and scores anew what an accepted wording changes.

It also notes which sittings have ended, sums them up, takes them into what people remember, sums that up once a day,
and watches the server's clock. Nothing depends on it being on time.
"""

import threading
from datetime import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from quizapp.db.base import db
from quizapp.db.engine import GATE_SECONDS
from quizapp.db.engine import GateBusy
from quizapp.db.engine import writing
from quizapp.services import attempts
from quizapp.services import mastery
from quizapp.services import memory
from quizapp.services import regrading
from quizapp.services import summaries
from quizapp.services import timekeeping
from quizapp.services import wordings
from quizapp.web.access import now
from quizapp.web.clock import SteadyClock

SECONDS_BETWEEN = 3.0
#: Closed in one transaction; more wait for the next, so that saves get their turn in between.
AT_ONCE = 50
#: Sections whose mastery is summed up in one ring: papers that are overdue wait no longer than that.
SECTIONS_A_RING = 20
#: Between two runs of scoring anew: those who wait at the gate go first.
SECONDS_BETWEEN_RUNS = 0.05


def start_bell(app: Flask) -> threading.Event:
    """Ring in the background until the returned event is set.

    Every worker has one; closing is idempotent, and a bell that finds nothing overdue only reads.
    """
    stop = threading.Event()
    threading.Thread(target=_ring_until, args=(app, stop), name="bell", daemon=True).start()
    return stop


def _ring_until(app: Flask, stop: threading.Event) -> None:
    while not stop.wait(SECONDS_BETWEEN):
        with app.app_context():
            try:
                note_ends()
                watch_clock()
                while ring(AT_ONCE) == AT_ONCE and not stop.is_set():
                    pass
                while rescore() and not stop.wait(SECONDS_BETWEEN_RUNS):
                    pass
                while sum_up() and not stop.wait(SECONDS_BETWEEN_RUNS):
                    pass
                while remember() and not stop.wait(SECONDS_BETWEEN_RUNS):
                    pass
                sum_up_masteries(stop)
                make_items()
            except (SQLAlchemyError, GateBusy, OSError) as error:  # whatever fails now, the next ring may succeed
                app.logger.warning("bell waits: %s", error)


def ring(at_once: int) -> int:
    """Close overdue attempts, at most `at_once`; how many were."""
    past = _before_grace()
    if not attempts.any_overdue(db.session(), past):
        db.session.rollback()
        return 0
    with writing() as session:
        return attempts.close_overdue(session, now=past, at_once=at_once)


def _before_grace() -> datetime:
    """Answers of somebody whose network is away may still arrive in time, and wait at the gate."""
    return now() - timedelta(seconds=GATE_SECONDS + current_app.config["GRACE"])


def note_ends() -> None:
    """Note which sittings have ended, so that none opens again when the server's clock is set back."""
    past = _before_grace()
    waits = timekeeping.any_end_to_note(db.session(), past)
    db.session.rollback()
    if waits:
        with writing() as session:
            timekeeping.note_ends(session, past=past)


def watch_clock() -> None:
    """Compare the office's time with the server's clock; a jump is kept in the audit trail, once for all workers."""
    clock: SteadyClock | None = current_app.extensions.get("clock")
    if clock is None:
        return
    jump = clock.check(lambda: timekeeping.is_running(db.session(), clock.now()))
    db.session.rollback()
    if jump is not None:
        with writing() as session:
            timekeeping.record_jump(session, jump.office, jump.wall, followed=jump.followed)


def rescore() -> bool:
    """Score the next few attempts anew where a wording was accepted or withdrawn, or a question was regraded; False
    when nothing is left."""
    reworded, regraded = wordings.any_unfinished(db.session()), regrading.any_unfinished(db.session())
    db.session.rollback()
    if not reworded and not regraded:
        return False
    with writing() as session:
        return wordings.rescore(session, now=now()) if reworded else regrading.step(session, now=now())


def sum_up() -> bool:
    """Sum up the next few sections of a sitting that has ended; False when nothing is left."""
    sitting_id = summaries.sitting_to_sum_up(db.session())
    db.session.rollback()
    if sitting_id is None:
        return False
    with writing() as session:
        summaries.sum_up(session, sitting_id, now=now())
    return True


def remember() -> bool:
    """Take the next few papers of a sitting that has ended into people's cards and mistakes; False when nothing is
    left."""
    sitting_id = memory.sitting_to_take_in(db.session())
    db.session.rollback()
    if sitting_id is None:
        return False
    with writing() as session:
        memory.take_in_sitting(session, sitting_id, ZoneInfo(current_app.config["OFFICE_ZONE"]), now=now())
    return True


def sum_up_masteries(stop: threading.Event) -> None:
    """Those of the next few sections."""
    for _ in range(SECTIONS_A_RING):
        if not sum_up_mastery() or stop.wait(SECONDS_BETWEEN_RUNS):
            break


def sum_up_mastery() -> bool:
    """Sum up, once a day, what the people of one section remember of each key point; False where none is due. It is
    reckoned outside the gate, and once no sitting waits to be taken in."""
    today = now().astimezone(ZoneInfo(current_app.config["OFFICE_ZONE"])).date()
    section_id = mastery.section_to_sum_up(db.session(), today)
    db.session.rollback()
    if section_id is None:
        return False
    sums = mastery.read_section(db.session(), section_id, now=now())
    with writing() as session:
        mastery.keep_section(session, section_id, sums, today)
    return True


def make_items() -> bool:
    """Make the statistics of one sitting's items; False where none is due. They are reckoned outside the gate."""
    sitting_id = summaries.sitting_with_items_to_make(db.session(), now=now())
    db.session.rollback()
    if sitting_id is None:
        return False
    with writing() as session:
        mine = summaries.begin_items(session, sitting_id, now=now())
    if mine:
        items = summaries.read_items(db.session(), sitting_id)
        with writing() as session:
            summaries.keep_items(session, sitting_id, items, now=now())
    return mine
