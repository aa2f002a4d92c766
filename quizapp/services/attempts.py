"""Attempts from dealing to closing: dealt, started, handed in or closed by the bell.

The server alone decides the deadline; totals always come from the response rows.
"""

import hashlib
import secrets
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from datetime import timedelta

from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import selectinload

from quizapp.core.dealing import Deal
from quizapp.core.dealing import Drawing
from quizapp.core.dealing import deal as deal_paper
from quizapp.core.dealing import deal_for_all
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.errors import QuizError
from quizapp.core.marking import is_blank
from quizapp.core.marking import with_wordings
from quizapp.core.question import UNITS
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.regrading import Method
from quizapp.core.regrading import Standing
from quizapp.core.regrading import in_letters_of
from quizapp.core.regrading import mark
from quizapp.core.regrading import still_sound
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.sitting import SittingKind
from quizapp.core.sitting import deadline
from quizapp.core.sitting import next_start
from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.core.types import TYPES
from quizapp.core.types.fill_in import plain
from quizapp.core.types.short_answer import said
from quizapp.db import attempts
from quizapp.db import marking
from quizapp.db import people
from quizapp.db import regrades
from quizapp.db import sittings
from quizapp.db import summaries
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.attendance import drop_untouched_make_up
from quizapp.db.attendance import outdate_made_up
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.marking import MarkRow
from quizapp.db.people import PersonRow
from quizapp.db.regrades import RegradeRow
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services import memory


class BetweenBatches(QuizError):
    """One batch has ended and the next has not begun; `next_start` is None after the last."""

    def __init__(self, next_start: datetime | None):
        super().__init__(next_start)
        self.next_start = next_start


# Dealing


def deal(session: Session, sitting: SittingRow) -> int:
    """Deal a published sitting to every active person who takes part; how many. Starting then costs one small write
    each."""
    everybody = select(PersonRow.id, PersonRow.section_id).where(PersonRow.active)
    scope = sitting.meeting.scope_section_id
    if scope is not None:
        everybody = everybody.where(PersonRow.section_id.in_(people.with_all_below(session, [scope])))
    rows = [_dealt(sitting.id, person_id, section_id) for person_id, section_id in session.execute(everybody)]
    if rows:
        session.execute(insert(AttemptRow), rows)
    return len(rows)


def deal_open_sittings(session: Session, person: PersonRow, now: datetime) -> None:
    """Deal the sittings that have not closed to a person who has joined or come back; papers they hold stay."""
    held = set(session.scalars(select(AttemptRow.sitting_id).where(AttemptRow.person_id == person.id)))
    ahead = [(id_, scope) for id_, scope in sittings.still_to_close(session, now) if id_ not in held]
    taking_part = {scope for _, scope in ahead if _takes_part(session, scope, person.section_id)}
    rows = [_dealt(id_, person.id, person.section_id) for id_, scope in ahead if scope in taking_part]
    if rows:
        session.execute(insert(AttemptRow), rows)


def _takes_part(session: Session, scope: int | None, section_id: int) -> bool:
    return scope is None or section_id in people.with_all_below(session, [scope])


def deal_to(session: Session, sitting: SittingRow, person_id: int, section_id: int) -> AttemptRow:
    """Deal a sitting to one person; again is the same as once."""
    held = attempts.attempt_of(session, sitting.id, person_id, lock=True)
    if held is None:
        session.execute(insert(AttemptRow), [_dealt(sitting.id, person_id, section_id)])
        held = attempts.attempt_of(session, sitting.id, person_id)
    assert held is not None
    return held


def _dealt(sitting_id: int, person_id: int, section_id: int) -> dict[str, object]:
    return {
        "sitting_id": sitting_id,
        "person_id": person_id,
        "section_id": section_id,
        "seed": secrets.token_hex(16),
    }


# Starting, handing in


def start(session: Session, actor: Actor, sitting_public_id: str, *, now: datetime) -> AttemptRow:
    """Open the actor's paper, or go on with the one already open: the deadline is fixed the first time."""
    sitting = sittings.sitting_to_start(session, sitting_public_id)
    attempt = attempts.attempt_of(session, sitting.id, actor.person_id, lock=True)
    if attempt is None:
        raise NotFound("attempt", sitting_public_id)
    if attempt.state is not AttemptState.NOT_STARTED:
        return attempt
    phase = sitting.phase(now)
    if phase is not SittingPhase.OPEN:
        raise NotNow(phase, SittingMove.START)
    ends_at = deadline_of(session, sitting, now)
    if ends_at is None:
        raise BetweenBatches(next_start(sittings.batch_starts(session, sitting.id), now))
    attempt.started_at = now
    attempt.deadline = ends_at
    attempt.section_id = actor.section_id
    if sitting.kind is SittingKind.WEEKLY:
        drop_untouched_make_up(session, sitting.id, actor.person_id)
    if sitting.kind is not SittingKind.MOCK:  # whether somebody practises stands in no trail
        audit.record(session, actor, "attempt:started", attempt.public_id, now)
    return attempt


def deadline_of(session: Session, sitting: SittingRow, now: datetime) -> datetime | None:
    """When the time of somebody who starts now is up; None between two batches."""
    starts = sittings.batch_starts(session, sitting.id) if sitting.mode is Mode.BATCHED else ()
    return deadline(sitting.mode, sitting.closes_at, timedelta(minutes=sitting.duration_minutes), starts, now)


def submit(session: Session, actor: Actor, public_id: str, *, now: datetime) -> AttemptRow:
    """Hand in; a second time, or after the bell, is the same as once."""
    attempt = own_attempt(session, actor, public_id, lock=True)
    if attempt.state is AttemptState.NOT_STARTED:
        raise NotNow(attempt.state, SittingMove.ANSWER)
    if attempt.state is AttemptState.IN_PROGRESS:
        if attempt.sitting.pace is Pace.BY_QUESTION and attempt.sitting.phase(now) is SittingPhase.OPEN:
            # Whoever hands in may be shown keys of questions that are still to be put to everybody.
            raise NotNow(SittingPhase.OPEN, SittingMove.HAND_IN)
        late = _is_overdue(attempt, now)
        _close(session, attempt, Closer.SERVER if late else Closer.PERSON, now)
        if attempt.sitting.kind is not SittingKind.MOCK:
            audit.record(session, actor, "attempt:submitted", attempt.public_id, now, late=late)
    return attempt


def any_overdue(session: Session, now: datetime) -> bool:
    return bool(attempts.overdue(session, now, limit=1))


def close_overdue(session: Session, *, now: datetime, at_once: int) -> int:
    """Close attempts whose deadline has passed with all that was saved; how many were closed."""
    ids = attempts.overdue(session, now, limit=at_once)
    rows = session.scalars(
        select(AttemptRow)
        .where(AttemptRow.id.in_(ids), AttemptRow.closed_at.is_(None))
        .options(selectinload(AttemptRow.sitting))
        .with_for_update(skip_locked=True, of=AttemptRow)
    ).all()
    for attempt in rows:
        _close(session, attempt, Closer.SERVER, now)
    session.flush()
    return len(rows)


def enter_on_paper(
    session: Session, papers: Sequence[tuple[AttemptRow, Mapping[int, Sequence[str]]]], *, now: datetime
) -> None:
    """Close attempts at one sitting that were taken on paper, each with the answers by position that somebody typed in.

    :raise NotNow: if one of these people took it here after all
    """
    marking.share_wordings(session)
    sitting = papers[0][0].sitting
    places = counting_now(session, sitting.id, sittings.published_paper(session, sitting))
    for attempt, values in papers:
        if attempt.state is not AttemptState.NOT_STARTED:
            raise NotNow(attempt.state, SittingMove.ANSWER)
        attempt.on_paper = True
        attempt.started_at, attempt.deadline = attempt.sitting.opens_at, attempt.sitting.closes_at
        held = {
            position: ResponseRow(attempt_id=attempt.id, position=position, value=list(value), sequence=1, saved_at=now)
            for position, value in values.items()
        }
        session.add_all(held.values())
        _mark_and_close(session, attempt, places, held, Closer.SERVER, now)
    ids = [attempt.id for attempt, _ in papers]
    summaries.outdate_attempts(session, ids)
    memory.take_in_more(session, sitting.id, ids)


def _close(session: Session, attempt: AttemptRow, closer: Closer, now: datetime) -> None:
    """Close an attempt with all that was saved."""
    marking.share_wordings(session)
    whole = sittings.published_paper(session, attempt.sitting)
    dealt = [whole[index] for index in deal_of(attempt, whole).order]
    places = counting_now(session, attempt.sitting_id, dealt)
    _mark_and_close(session, attempt, places, attempts.responses(session, attempt.id), closer, now)


def _mark_and_close(
    session: Session,
    attempt: AttemptRow,
    places: Sequence[Place],
    held: Mapping[int, ResponseRow],
    closer: Closer,
    now: datetime,
) -> None:
    """Mark every response row and sum the score from them; a bell that rings late closes at the deadline.

    What a person has to mark waits: only an answer that says nothing has its mark, which is nought.
    """
    by_people = [place for place in places if place.position in held and _needs_person(place, held[place.position])]
    session.add_all(_waiting_mark(attempt, place, held[place.position]) for place in by_people)
    rows = dict(held)
    for place in places:
        if place.position not in rows and needs_row(attempt.sitting.drawing, place):
            rows[place.position] = _left_blank(attempt, place, now)
        if place.position in rows:
            rows[place.position].units = units_now(place, rows[place.position].value, None, attempt.sitting)
    session.add_all(row for position, row in rows.items() if position not in held)
    marks = [rows[place.position].units for place in places if place.position in rows]
    attempt.units = sum(units or 0 for units in marks)
    attempt.full_units = sum(place.full_mark for place in places if place.method is not Method.VOID) * UNITS
    attempt.unmarked = marks.count(None)
    attempt.closed_at = min(now, attempt.deadline or now)
    attempt.closer = closer
    if attempt.sitting.kind is SittingKind.MAKE_UP:
        outdate_made_up(session, attempt.id)
    if attempt.sitting.kind is SittingKind.MOCK:
        attempt.sitting.ended_at = attempt.closed_at


def _left_blank(attempt: AttemptRow, place: Place, now: datetime) -> ResponseRow:
    return ResponseRow(attempt_id=attempt.id, position=place.position, value=[], sequence=0, saved_at=now)


def needs_row(drawing: Drawing, place: Place) -> bool:
    """Whether what was asked and left blank has a row: where papers differ, only the rows tell who was asked what;
    and what was granted earns its mark there."""
    return drawing is Drawing.PER_PERSON or place.method is Method.GRANT


def counting_now(session: Session, sitting_id: int, places: Sequence[Place]) -> Sequence[Place]:
    """The places of a sitting's paper as they count now: with every wording accepted after publication, and with what
    was decided of a question after the sitting.

    Never deal with these: what people were dealt follows from what was published.
    """
    standing = regrades.standing(session, sitting_id)
    accepted = marking.accepted_wordings(session, _versions_with_blanks(places, standing))
    return [_counting(place, standing.get(place.position), accepted) for place in places]


def _versions_with_blanks(places: Sequence[Place], standing: Mapping[int, RegradeRow]) -> Sequence[int]:
    blanks = [place for place in places if place.question.blanks]
    newer = (standing[place.position].version_id for place in blanks if place.position in standing)
    return [*(place.version_id for place in blanks), *(id_ for id_ in newer if id_ is not None)]


def _counting(place: Place, row: RegradeRow | None, accepted: Mapping[int, Sequence[tuple[int, str]]]) -> Place:
    earlier = accepted.get(place.version_id, ())
    if row is None:
        return replace(place, question=with_wordings(place.question, earlier)) if earlier else place
    question = with_newer_key(place.question, row.version, earlier, accepted)
    return replace(place, question=question, standing=Standing(row.method, row.reason, row.at))


def questions_now(session: Session, sitting_id: int, asked: Mapping[int, QuestionVersionRow]) -> Mapping[int, Question]:
    """The questions at these positions of a sitting's paper as they count now, for lists that hold no places."""
    standing = regrades.standing(session, sitting_id)
    newer = {position: row.version for position, row in standing.items()}
    versions = [row.id for row in (*asked.values(), *newer.values()) if row is not None and row.blanks]
    accepted = marking.accepted_wordings(session, versions)
    return {
        position: with_newer_key(row.question(), newer.get(position), accepted.get(row.id, ()), accepted)
        for position, row in asked.items()
    }


def with_newer_key(
    asked: Question,
    newer: QuestionVersionRow | None,
    earlier: Sequence[tuple[int, str]],
    accepted: Mapping[int, Sequence[tuple[int, str]]],
) -> Question:
    """The question as it was asked, with the key of a newer version where there is one; with the wordings accepted for
    the version that was asked (`earlier`) and for the newer one."""
    corrected = None if newer is None else in_letters_of(asked, newer.question())
    if newer is None or corrected is None:
        return with_wordings(asked, earlier)
    question = with_wordings(corrected, accepted.get(newer.id, ()))
    return with_wordings(question, still_sound(question, earlier))


def units_now(place: Place, value: Sequence[str], said: Sequence[bool] | None, sitting: SittingRow) -> int | None:
    """The mark of a stored answer at a place as it counts now; None while a person has to give it.

    `said` is what a person found in a short answer.
    """
    return mark(place.question, value, said, place.full_mark, sitting.multiple_rule, place.method)


def _needs_person(place: Place, row: ResponseRow) -> bool:
    return TYPES[place.question.type].is_marked_by_person and not is_blank("".join(row.value))


def _waiting_mark(attempt: AttemptRow, place: Place, row: ResponseRow) -> MarkRow:
    return MarkRow(
        attempt_id=attempt.id,
        position=place.position,
        sitting_id=attempt.sitting_id,
        same=hashlib.sha256(plain("".join(row.value)).encode()).hexdigest(),
        proposed=list(said(place.question, response_of(place.question, row.value))),
    )


# Shared


def own_attempt(session: Session, actor: Actor, public_id: str, *, lock: bool = False) -> AttemptRow:
    """One's own attempt; anybody else's looks like none. `lock` keeps other writers off it."""
    attempt = attempts.attempt_by_public_id(session, public_id, lock=lock)
    require(actor, Action.ATTEMPT_TAKE, Subject("attempt", public_id, owner_id=attempt.person_id))
    return attempt


def numbered_places(session: Session, attempt: AttemptRow) -> Iterable[tuple[int, Place]]:
    """The places of an attempt's paper with their numbers as its person sees them."""
    places = sittings.published_paper(session, attempt.sitting)
    return enumerate((places[index] for index in deal_of(attempt, places).order), start=1)


def place_of(session: Session, attempt: AttemptRow, number: int) -> Place:
    """The place that the person of this attempt sees under this number."""
    for found, place in numbered_places(session, attempt):
        if found == number:
            return place
    raise NotFound("question", number)


def is_running(attempt: AttemptRow, now: datetime) -> bool:
    """Whether answers to it are taken: started, not handed in, and the bell is ahead."""
    return attempt.state is AttemptState.IN_PROGRESS and not _is_overdue(attempt, now)


def must_be_running(attempt: AttemptRow, now: datetime) -> None:
    if not is_running(attempt, now):
        state = AttemptState.CLOSED if attempt.state is AttemptState.IN_PROGRESS else attempt.state
        raise NotNow(state, SittingMove.ANSWER)


def _is_overdue(attempt: AttemptRow, now: datetime) -> bool:
    return attempt.deadline is not None and now >= attempt.deadline


def remaining(attempt: AttemptRow, now: datetime) -> timedelta:
    return max((attempt.deadline or now) - now, timedelta(0))


def deal_of(attempt: AttemptRow, places: Sequence[Place]) -> Deal:
    """The person's own deal; question by question everybody has what the big screen shows."""
    if attempt.sitting.pace is Pace.BY_QUESTION:
        return deal_together(attempt.sitting, places)
    return deal_paper([place.question for place in places], attempt.seed, attempt.sitting.each)


def deal_together(sitting: SittingRow, places: Sequence[Place]) -> Deal:
    """The paper as a room looks at it together: one order, one set of letters."""
    return deal_for_all([place.question for place in places], sitting.public_id)


def shown_value(question: Question, dealt: Deal, position: int, value: Sequence[str]) -> tuple[str, ...]:
    """A stored value in the letters that this person sees."""
    kind = TYPES[question.type]
    return tuple(kind.stored(kind.relettered(kind.restored(value), dealt.letters(position))))


def response_of(question: Question, value: Sequence[str]) -> Response:
    """A stored value as its type understands it."""
    return TYPES[question.type].restored(value)
