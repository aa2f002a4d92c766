"""Answering: what a page sends while a paper is open, and what the server holds of it.

Every answer is one upsert with a sequence number and a receipt. What arrives when it no longer counts is kept all the
same, and changes nothing.
"""

import re
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from quizapp.core.arrival import DeviceClock
from quizapp.core.arrival import is_late_but_counts
from quizapp.core.arrival import seconds_until_next
from quizapp.core.dealing import Deal
from quizapp.core.dealing import Presented
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import present
from quizapp.core.errors import NotNow
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.roles import Actor
from quizapp.core.room import Step
from quizapp.core.sitting import Pace
from quizapp.core.states import COUNTING
from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingMove
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.db import attempts as rows
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import Given
from quizapp.db.attempts import ResponseRow
from quizapp.db.rooms import RoomRow
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import review

#: Nobody changes an answer as often from one page.
MAX_SEQUENCE = 9_999
MAX_LEAVINGS = 999
#: How long answers that were given before the bell may take to arrive, unless the office sets another time.
GRACE = timedelta(seconds=60)
#: After another page took over, for this long both ask for the newest state often.
SHARED_FOR = timedelta(minutes=5)
#: How long a count of those answering serves.
CROWD_COUNTED_FOR = timedelta(seconds=10)
CROWDS_KEPT = 16
PAGE = re.compile(r"[A-Za-z0-9_-]{0,22}")


@dataclass(frozen=True)
class Sent:
    """The state of one question as a page sends it.

    `value` is what the browser sent: letters as shown, or a text for each blank; an empty list clears the answer.
    `sequence` is one more than the page knew; a form sends what it knew. `page` is the random name that an open page
    gave itself, empty for one without scripts; `live` says that the person is there now.
    """

    value: object
    sequence: int
    flagged: bool = False
    page: str = ""
    live: bool = False
    clock: DeviceClock | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of an answer, and what the server holds for its question now."""

    arrival: Arrival
    #: None where nothing is held.
    held: "Held | None"
    remaining: timedelta
    #: Whether the page that sent it is the one on which the paper is being answered.
    live: bool
    closed: bool
    #: Where this question stands in a sitting that goes question by question; ANSWER wherever answers are taken.
    step: Step = Step.ANSWER


@dataclass(frozen=True)
class Held:
    """A saved response as its person sees it: letters as shown, or texts."""

    value: tuple[str, ...]
    flagged: bool
    sequence: int
    page: str
    saved_at: datetime
    #: How long ago that was.
    age: timedelta


@dataclass(frozen=True)
class Taking:
    """The open paper as one person sees it; nothing in it tells a key."""

    attempt: AttemptRow
    questions: tuple[Presented, ...]
    held: Mapping[int, Held]
    rules: Mapping[TypeName, str]
    full_mark: int
    remaining: timedelta
    #: How often the paper was left, and for how many seconds in all.
    leavings: tuple[int, int]


@dataclass(frozen=True)
class Standing:
    """What the server holds of a running attempt."""

    held: Mapping[int, Held]
    remaining: timedelta
    #: The page on which the paper is being answered.
    page: str
    #: Seconds until a page should ask again.
    again: int


def save(
    session: Session,
    actor: Actor,
    public_id: str,
    number: int,
    sent: Sent,
    *,
    now: datetime,
    grace: timedelta = GRACE,
) -> Receipt:
    """Save one answer; the newest sequence number wins, and a repeated request changes nothing.

    `number` counts the questions as the person sees them, from 1. What arrives when it no longer counts is kept for the
    record; the receipt says so.

    :raise NotNow: while the attempt has not been started
    :raise BadResponse: when the value is no answer to this question
    """
    return _receive(session, _paper(session, actor, public_id, lock=True), number, sent, now, grace)


def save_page(
    session: Session, actor: Actor, public_id: str, answers: Mapping[int, Sent], *, now: datetime
) -> tuple[int, ...]:
    """Save a whole page of answers by number, each with the sequence number its page knew.

    All or nothing. An answer that another device gave after this page was made is newer and stays: their numbers are
    returned.
    """
    paper = _paper(session, actor, public_id, lock=True)
    held = _held(paper, rows.responses(session, paper.attempt.id), now)
    kept = []
    for number, sent in answers.items():
        mine = held.get(number)
        if mine is None and not (sent.value or sent.flagged):
            continue
        if mine is not None and list(mine.value) == sent.value and mine.flagged == sent.flagged:
            continue
        receipt = _receive(session, paper, number, replace(sent, sequence=sent.sequence + 1), now, timedelta(0))
        if receipt.arrival is Arrival.OLDER:
            kept.append(number)
    return tuple(kept)


@dataclass(frozen=True)
class _Paper:
    """A started attempt, its sitting's paper, and the places as this person sees them, in that order."""

    attempt: AttemptRow
    whole: Sequence[Place]
    dealt: Deal

    @cached_property
    def places(self) -> Sequence[Place]:
        return [self.whole[index] for index in self.dealt.order]


def _paper(session: Session, actor: Actor, public_id: str, *, lock: bool = False) -> _Paper:
    attempt = attempts.own_attempt(session, actor, public_id, lock=lock)
    if attempt.state is AttemptState.NOT_STARTED:
        raise NotNow(attempt.state, SittingMove.ANSWER)
    places = sittings.published_paper(session, attempt.sitting)
    return _Paper(attempt, places, attempts.deal_of(attempt, places))


def _receive(session: Session, paper: _Paper, number: int, sent: Sent, now: datetime, grace: timedelta) -> Receipt:
    """Hold the answer if it counts and nothing newer is held; note in any case that it came."""
    attempt, given = paper.attempt, _given(paper, number, sent)
    step = _step(session, attempt, given.position)
    arrival = _arrival(attempt, sent.clock, now, grace) if step is Step.ANSWER else Arrival.TOO_LATE
    late = arrival is Arrival.LATE
    if arrival in COUNTING and rows.save_response(session, attempt.id, given, now, late=late):
        given_at = sent.clock.given_at if sent.clock and late else None
        rows.keep_receipt(session, attempt.id, given, arrival, now, given_at)
        _answer_on(attempt, sent, now)
        held: Given | ResponseRow | None = given
    else:
        held = session.get(ResponseRow, (attempt.id, given.position), populate_existing=True)
        arrival = _not_taken(session, attempt.id, given, held, arrival, now)
    return Receipt(
        arrival=arrival,
        held=None if held is None else _held_as_shown(paper, number - 1, held, now),
        remaining=attempts.remaining(attempt, now),
        live=attempt.page in ("", sent.page),
        closed=attempt.state is AttemptState.CLOSED,
        step=step,
    )


def _step(session: Session, attempt: AttemptRow, position: int) -> Step:
    """Where the leader has brought a question; over a whole paper people go by themselves."""
    if attempt.sitting.pace is Pace.WHOLE:
        return Step.ANSWER
    return review.step_of(session.get(RoomRow, attempt.sitting_id, populate_existing=True), position)


def _given(paper: _Paper, number: int, sent: Sent) -> Given:
    """What was sent, checked against what was shown, in the bank's terms."""
    if not 1 <= number <= len(paper.places):
        raise BadResponse("试卷上没有这道题，请刷新页面。")
    if not 0 < sent.sequence <= MAX_SEQUENCE:
        raise BadResponse("保存请求的序号不对，请刷新页面。")
    _must_be_page(sent.page)
    place = paper.places[number - 1]
    value = _canonical(place.question, paper.dealt, number - 1, sent.value)
    return Given(place.position, value, sent.flagged, sent.sequence, sent.page)


def _must_be_page(page: str) -> None:
    if not PAGE.fullmatch(page):
        raise BadResponse("页面的标识不对，请刷新页面。")


def _arrival(attempt: AttemptRow, clock: DeviceClock | None, now: datetime, grace: timedelta) -> Arrival:
    """Whether an answer that arrives now counts."""
    if attempts.is_running(attempt, now):
        return Arrival.SAVED
    open_still = attempt.state is AttemptState.IN_PROGRESS and attempt.deadline is not None
    if open_still and is_late_but_counts(clock, attempt.deadline or now, now, grace):
        return Arrival.LATE
    return Arrival.TOO_LATE


def _not_taken(
    session: Session, attempt_id: int, given: Given, held: ResponseRow | None, arrival: Arrival, now: datetime
) -> Arrival:
    """What became of an answer that changes nothing: perhaps it is here already, for its receipt was lost."""
    before = rows.receipt_of(session, attempt_id, given)
    if before is None:
        refused = arrival if arrival is Arrival.TOO_LATE else Arrival.OLDER
        rows.keep_receipt(session, attempt_id, given, refused, now)
        return refused
    if before.arrival not in COUNTING or held is None:
        return before.arrival
    is_this = (held.page, held.sequence) == (given.page, given.sequence)
    same = is_this and (held.value, held.flagged) == (list(given.value), given.flagged)
    return before.arrival if same else Arrival.OLDER


def _answer_on(attempt: AttemptRow, sent: Sent, now: datetime) -> None:
    """The page where the person is becomes the one on which the paper is answered."""
    if sent.live and sent.page and attempt.page != sent.page:
        attempt.moved_at = now if attempt.page else None
        attempt.page = sent.page


def claim(session: Session, actor: Actor, public_id: str, page: str, *, now: datetime) -> None:
    """Go on answering on this page; the one before it shows what is answered here."""
    attempt = attempts.own_attempt(session, actor, public_id, lock=True)
    _must_be_page(page)
    attempts.must_be_running(attempt, now)
    _answer_on(attempt, Sent([], 0, page=page, live=True), now)


def leave(
    session: Session, actor: Actor, public_id: str, page: str, number: int, seconds: int | None, *, now: datetime
) -> None:
    """Note that this page was left for the `number`th time, or with `seconds` that the person is back after them."""
    attempt = attempts.own_attempt(session, actor, public_id, lock=True)
    _must_be_page(page)
    attempts.must_be_running(attempt, now)
    if not page or not 1 <= number <= MAX_LEAVINGS or not (seconds is None or 0 <= seconds <= 24 * 3600):
        raise BadResponse("离开记录不完整。")
    rows.keep_leaving(session, attempt.id, page, number, seconds, now)


def taking(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Taking:
    """The open paper with everything saved so far, in this person's order, on whatever device."""
    paper = _paper(session, actor, public_id)
    attempt = paper.attempt
    if attempt.state is AttemptState.CLOSED:
        raise NotNow(attempt.state, SittingMove.ANSWER)
    shown = present(
        [place.question for place in paper.whole],
        paper.dealt,
        {place.question.type: place.full_mark for place in paper.whole},
    )
    rule = attempt.sitting.multiple_rule
    return Taking(
        attempt=attempt,
        questions=shown,
        held=_held(paper, rows.responses(session, attempt.id), now),
        rules={name: TYPES[name].rule_text(rule) for name in dict.fromkeys(p.type for p in shown)},
        full_mark=sum(place.full_mark for place in paper.places),
        remaining=attempts.remaining(attempt, now),
        leavings=rows.leavings(session, [attempt.id]).get(attempt.id, (0, 0)),
    )


def version_held(session: Session, attempt: AttemptRow) -> str:
    """A text that changes whenever what is held of an attempt does, or its deadline; cheap, for pages ask often."""
    until = attempt.deadline.timestamp() if attempt.deadline else 0
    return f"{attempt.page}.{rows.held_version(session, attempt.id)}.{until:.0f}"


def standing(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Standing:
    """What the server holds of a running attempt."""
    paper = _paper(session, actor, public_id)
    attempt = paper.attempt
    attempts.must_be_running(attempt, now)
    shared = attempt.moved_at is not None and now - attempt.moved_at < SHARED_FOR
    return Standing(
        held=_held(paper, rows.responses(session, attempt.id), now),
        remaining=attempts.remaining(attempt, now),
        page=attempt.page,
        again=seconds_until_next(_answering(session, attempt.sitting, now), shared=shared),
    )


#: How many answer in a sitting and until when that serves, by the sitting's public id, which no two databases share.
_crowds: dict[str, tuple[datetime, int]] = {}


def _answering(session: Session, sitting: SittingRow, now: datetime) -> int:
    until, count = _crowds.get(sitting.public_id, (now, 0))
    if until <= now:
        count = rows.answering(session, sitting.id, now)
        if len(_crowds) >= CROWDS_KEPT:
            _crowds.clear()
        _crowds[sitting.public_id] = (now + CROWD_COUNTED_FOR, count)
    return count


def _held(paper: _Paper, held: Mapping[int, ResponseRow], now: datetime) -> Mapping[int, Held]:
    """The saved responses by the person's own numbering."""
    return {
        position + 1: _held_as_shown(paper, position, held[place.position], now)
        for position, place in enumerate(paper.places)
        if place.position in held
    }


def _held_as_shown(paper: _Paper, position: int, held: ResponseRow | Given, now: datetime) -> Held:
    """What is held, in the letters of its person; what has just been given is as old as now."""
    value = attempts.shown_value(paper.places[position].question, paper.dealt, position, held.value)
    saved_at = held.saved_at if isinstance(held, ResponseRow) else now
    return Held(value, held.flagged, held.sequence, held.page, saved_at, now - saved_at)


def _canonical(question: Question, dealt: Deal, position: int, raw: object) -> Sequence[str]:
    """What the browser sent, checked against what was shown, with letters turned back into the bank's option ids."""
    kind = TYPES[question.type]
    response = kind.response(as_shown(question, dealt, position), raw)
    return kind.stored(kind.relettered(response, dealt.ids(position)))
