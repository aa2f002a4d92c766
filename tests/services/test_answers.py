"""Answering: what is held, what is noted, and what changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from conftest import Clock
from conftest import Office
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update

from quizapp.core.arrival import SECONDS_ALONE
from quizapp.core.arrival import SECONDS_SHARED
from quizapp.core.arrival import DeviceClock
from quizapp.core.errors import NotNow
from quizapp.core.question import Interaction
from quizapp.core.states import COUNTING
from quizapp.core.states import Arrival
from quizapp.core.types import BadResponse
from quizapp.db import attempts as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import LeavingRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services.answers import Receipt
from quizapp.services.answers import Sent
from quizapp.services.answers import Standing

PHONE, DESK = "phone-page-0000000001A", "desk--page-0000000001A"
#: Of an attempt that began when the sitting opened.
LIMIT = timedelta(minutes=20)


@dataclass
class Taker:
    """One person at an open paper, on whatever pages."""

    office: Office
    clock: Clock
    attempt: str
    #: The number of a question that is answered by choosing one option.
    number: int

    def send(self, value: object, sequence: int, page: str = PHONE, **facts: object) -> Receipt:
        sent = Sent(value, sequence, page=page, **facts)  # type: ignore[arg-type]
        with writing() as session:
            return answers.save(session, self.office.staff.actor, self.attempt, self.number, sent, now=self.clock())

    def standing(self) -> Standing:
        db.session.rollback()
        return answers.standing(db.session(), self.office.staff.actor, self.attempt, now=self.clock())

    def version(self) -> str:
        return answers.version_held(db.session(), self.row())

    def held(self) -> tuple[str, ...]:
        return self.standing().held[self.number].value

    def claim(self, page: str) -> None:
        with writing() as session:
            answers.claim(session, self.office.staff.actor, self.attempt, page, now=self.clock())

    def leave(self, number: int, seconds: int | None, page: str = PHONE) -> None:
        with writing() as session:
            actor = self.office.staff.actor
            answers.leave(session, actor, self.attempt, page, number, seconds, now=self.clock())

    def hand_in(self) -> None:
        with writing() as session:
            attempts.submit(session, self.office.staff.actor, self.attempt, now=self.clock())

    def row(self) -> AttemptRow:
        db.session.rollback()
        return attempts.own_attempt(db.session(), self.office.staff.actor, self.attempt)

    def receipts(self) -> list[tuple[list[str], int, Arrival]]:
        return [(r.value, r.sequence, r.arrival) for r in rows.receipts(db.session(), self.row().id)]

    def device(self, given: timedelta, sent: timedelta) -> DeviceClock:
        """A device that last heard from the server when the paper was opened."""
        started = self.row().started_at
        assert started is not None
        return DeviceClock(started, given, sent)


@pytest.fixture
def taker(office: Office, sitting: str, clock: Clock) -> Taker:
    with writing() as session:
        attempt = attempts.start(session, office.staff.actor, sitting, now=clock()).public_id
    shown = answers.taking(db.session(), office.staff.actor, attempt, now=clock()).questions
    number = next(q.number for q in shown if q.interaction is Interaction.CHOICE)
    return Taker(office, clock, attempt, number)


# Repeated, reordered, replayed


def test_a_save_whose_receipt_was_lost_is_answered_alike_and_noted_once(taker: Taker) -> None:
    first, again = taker.send(["A"], 1), taker.send(["A"], 1)
    assert (first.arrival, again.arrival) == (Arrival.SAVED, Arrival.SAVED)
    assert again.held is not None
    assert (again.held.value, again.held.sequence, again.held.page) == (("A",), 1, PHONE)
    assert len(taker.receipts()) == 1


def test_an_old_save_that_comes_again_changes_nothing_and_says_what_is_held(taker: Taker) -> None:
    taker.send(["A"], 1)
    taker.send(["B"], 2)
    replayed = taker.send(["A"], 1)
    assert replayed.arrival is Arrival.OLDER
    assert replayed.held is not None
    assert replayed.held.value == ("B",)
    assert len(taker.receipts()) == 2


def test_the_same_sequence_with_another_answer_is_no_repeat(taker: Taker) -> None:
    """A page whose receipt was lost and whose person has changed the answer since learns what is held."""
    taker.send(["A"], 1)
    changed = taker.send(["B"], 1)
    assert changed.arrival is Arrival.OLDER
    assert changed.held is not None
    assert (changed.held.value, changed.held.page) == (("A",), PHONE)


def test_what_another_page_gave_is_not_overwritten_in_silence(taker: Taker) -> None:
    taker.send(["A"], 1, DESK)
    refused = taker.send(["B"], 1, PHONE)
    assert refused.arrival is Arrival.OLDER
    assert refused.held is not None
    assert (refused.held.value, refused.held.page) == (("A",), DESK)
    assert taker.send(["B"], 2, PHONE).arrival is Arrival.SAVED
    assert [arrival for _, _, arrival in taker.receipts()] == [Arrival.SAVED, Arrival.OLDER, Arrival.SAVED]


def test_an_answer_and_its_flag_are_held_together(taker: Taker) -> None:
    taker.send(["A"], 1, flagged=True)
    assert taker.standing().held[taker.number].flagged
    taker.send([], 2, flagged=True)
    held = taker.standing().held[taker.number]
    assert (held.value, held.flagged) == ((), True)


requests = st.lists(
    st.tuples(st.sampled_from([PHONE, DESK]), st.integers(1, 6), st.sampled_from("ABC"), st.booleans()), max_size=25
)


@contextmanager
def forgotten(taker: Taker) -> Iterator[None]:
    """Each example begins with an empty paper."""
    with writing() as session:
        session.execute(delete(ReceiptRow))
        session.execute(delete(ResponseRow))
        session.execute(update(AttemptRow).values(page="", moved_at=None))
    yield


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests)
def test_whatever_arrives_in_whatever_order_the_highest_accepted_sequence_is_held(
    taker: Taker, sent: list[tuple[str, int, str, bool]]
) -> None:
    with forgotten(taker):
        held: tuple[int, str, str, bool] | None = None
        for page, sequence, letter, flagged in sent:
            before = held
            receipt = taker.send([letter], sequence, page, flagged=flagged)
            if held is None or sequence > held[0]:
                held = (sequence, page, letter, flagged)
            accepted = held == (sequence, page, letter, flagged)
            assert (receipt.arrival is Arrival.SAVED) is accepted
            if not accepted:
                assert held == before
            assert receipt.held is not None
            told = receipt.held
            assert (told.sequence, told.page, *told.value, told.flagged) == held
        noted = [(r.page, r.sequence) for r in rows.receipts(db.session(), taker.row().id)]
        assert len(noted) == len(set(noted)) == len({(page, sequence) for page, sequence, _, _ in sent})


# Two pages


def test_the_page_where_the_person_is_becomes_the_one_that_answers(taker: Taker) -> None:
    assert taker.send(["A"], 1, PHONE, live=True).live
    taker.claim(DESK)
    assert taker.standing().page == DESK
    assert not taker.send(["B"], 2, PHONE, live=False).live, "what was kept in a pocket does not take the paper back"
    assert taker.send(["C"], 3, PHONE, live=True).live


def test_a_page_alone_asks_seldom_and_one_that_shares_often_for_a_while(taker: Taker) -> None:
    taker.send(["A"], 1, PHONE, live=True)
    assert taker.standing().again == SECONDS_ALONE.start
    taker.claim(DESK)
    assert taker.standing().again == SECONDS_SHARED
    taker.clock.advance(minutes=6)
    assert taker.standing().again == SECONDS_ALONE.start


def test_the_version_changes_with_every_answer_and_every_move_and_else_stays(taker: Taker) -> None:
    seen = [taker.version()]
    assert taker.version() == seen[0]
    for step in (
        lambda: taker.send(["A"], 1, PHONE, live=True),
        lambda: taker.send(["A"], 2, PHONE),
        lambda: taker.claim(DESK),
    ):
        step()
        seen.append(taker.version())
    assert len(set(seen)) == len(seen)
    taker.send(["A"], 2, PHONE)
    assert taker.version() == seen[-1]


# After the bell


def test_an_answer_given_before_the_bell_counts_within_the_grace_and_says_so(taker: Taker) -> None:
    taker.send(["A"], 1)
    taker.clock.advance(seconds=LIMIT.total_seconds() + 30)
    late = taker.send(["B"], 2, clock=taker.device(LIMIT - timedelta(seconds=5), LIMIT + timedelta(seconds=29)))
    assert late.arrival is Arrival.LATE
    again = taker.send(["B"], 2, clock=taker.device(LIMIT - timedelta(seconds=5), LIMIT + timedelta(seconds=29)))
    assert again.arrival is Arrival.LATE
    [row] = db.session().scalars(select(ResponseRow))
    assert (row.sequence, row.late) == (2, True)
    noted = rows.receipts(db.session(), row.attempt_id)[-1]
    assert noted.given_at == taker.row().started_at + LIMIT - timedelta(seconds=5)  # type: ignore[operator]


@pytest.mark.parametrize("after", [30, 61, 3600])
def test_what_does_not_count_any_more_is_kept_for_the_record(taker: Taker, after: int) -> None:
    taker.send(["A"], 1)
    taker.clock.advance(seconds=LIMIT.total_seconds() + after)
    said = None if after == 30 else taker.device(LIMIT, LIMIT + timedelta(seconds=after))
    for _ in range(2):
        assert taker.send(["B"], 2, clock=said).arrival is Arrival.TOO_LATE
    [row] = db.session().scalars(select(ResponseRow))
    assert (row.sequence, row.late) == (1, False)
    assert [(sequence, arrival) for _, sequence, arrival in taker.receipts()] == [
        (1, Arrival.SAVED),
        (2, Arrival.TOO_LATE),
    ]


def test_after_handing_in_nothing_counts_and_the_score_stays(taker: Taker) -> None:
    taker.send(["A"], 1)
    taker.hand_in()
    units = taker.row().units
    refused = taker.send(["B"], 2)
    assert (refused.arrival, refused.closed) == (Arrival.TOO_LATE, True)
    assert taker.row().units == units
    [row] = db.session().scalars(select(ResponseRow))
    assert row.sequence == 1


def test_a_save_that_counted_is_still_said_to_when_its_receipt_was_lost_and_the_paper_is_closed(taker: Taker) -> None:
    taker.send(["A"], 1)
    taker.hand_in()
    assert taker.send(["A"], 1).arrival in COUNTING


def test_nothing_is_kept_of_what_is_no_answer_even_after_the_bell(taker: Taker) -> None:
    taker.clock.advance(hours=1)
    for sent in ({"value": ["Z"], "sequence": 1}, {"value": ["A"], "sequence": 10_000}, {"value": 3, "sequence": 1}):
        with pytest.raises(BadResponse):
            taker.send(**sent)  # type: ignore[arg-type]
    with pytest.raises(BadResponse):
        taker.send(["A"], 1, "a page with blanks")
    assert taker.receipts() == []


# Leaving


def test_leaving_and_coming_back_is_one_fact_however_often_it_is_told(taker: Taker) -> None:
    taker.leave(1, None)
    taker.clock.advance(seconds=12)
    taker.leave(1, 12)
    taker.leave(1, 40)
    taker.leave(2, 3)
    assert rows.leavings(db.session(), [taker.row().id]) == {taker.row().id: (2, 15)}
    first = db.session().scalars(select(LeavingRow).order_by(LeavingRow.number)).first()
    assert first is not None
    assert first.left_at == taker.row().started_at


@pytest.mark.parametrize(("number", "seconds", "page"), [(0, 1, PHONE), (1000, 1, PHONE), (1, -1, PHONE), (1, 1, "")])
def test_a_leaving_that_cannot_be_is_refused(taker: Taker, number: int, seconds: int, page: str) -> None:
    with pytest.raises(BadResponse):
        taker.leave(number, seconds, page)


def test_nobody_leaves_or_claims_a_closed_paper(taker: Taker) -> None:
    taker.hand_in()
    with pytest.raises(NotNow):
        taker.leave(1, 3)
    with pytest.raises(NotNow):
        taker.claim(DESK)


# A form


def test_a_form_is_told_for_which_questions_another_page_was_newer(app: Flask, taker: Taker) -> None:
    taker.send(["A"], 1)
    other = taker.number + 1
    with writing() as session:
        kept = answers.save_page(
            session,
            taker.office.staff.actor,
            taker.attempt,
            {taker.number: Sent(["B"], 0), other: Sent([], 0, flagged=True)},
            now=taker.clock(),
        )
    assert kept == (taker.number,)
    held = taker.standing().held
    assert (held[taker.number].value, held[other].flagged) == (("A",), True)
