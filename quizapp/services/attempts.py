"""Taking a quiz: dealing, starting, saving, handing in, the bell, the result.

The server alone decides the deadline; totals always come from the response rows.
"""

import hashlib
import secrets
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import selectinload

from quizapp.core.dealing import Deal
from quizapp.core.dealing import Presented
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import deal as deal_paper
from quizapp.core.dealing import present
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.grading import grade
from quizapp.core.grading import units
from quizapp.core.marking import is_blank
from quizapp.core.marking import with_wordings
from quizapp.core.question import UNITS
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.speech import Quote
from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.core.types.fill_in import plain
from quizapp.core.types.short_answer import said
from quizapp.db import attempts
from quizapp.db import marking
from quizapp.db import sittings
from quizapp.db import speeches
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.marking import MarkRow
from quizapp.db.people import PersonRow
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services.bank import newest_holding

MAX_SEQUENCE = 2**31 - 1


class SaveState(StrEnum):
    """What became of a save."""

    SAVED = "saved"
    #: The server already held this sequence number or a newer one; the receipt says which.
    OLDER = "older"


@dataclass(frozen=True)
class Receipt:
    """What the server holds for one question after a save."""

    state: SaveState
    sequence: int
    value: tuple[str, ...]
    saved_at: datetime
    #: How long ago the held answer was saved, by the server's clock.
    age: timedelta
    remaining: timedelta


@dataclass(frozen=True)
class Held:
    """A saved response as its person sees it: letters as shown, or texts."""

    value: tuple[str, ...]
    sequence: int
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


@dataclass(frozen=True)
class Marked:
    """One question of a closed attempt: as this person saw it, with key, response and mark.

    `waits` while a person has still to mark the answer; `units` are 0 until then and mean nothing.
    """

    number: int
    question: Question
    response: Response | None
    units: int
    full_mark: int
    waits: bool
    #: For each scoring point whether the person who marked found it said; None where nobody marks, or not yet.
    said: tuple[bool, ...] | None
    #: The paragraph of the speech around the quote, where the speech is in the library, split as before, quote, after.
    paragraph: tuple[str, str, str] | None

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.units, self.full_mark * UNITS)


@dataclass(frozen=True)
class Result:
    """A closed attempt with its marks; `passed` is None while answers wait for theirs."""

    attempt: AttemptRow
    marked: tuple[Marked, ...]
    passed: bool | None

    @property
    def waiting_mark(self) -> int:
        """How many points are still to be given or not."""
        return sum(each.full_mark for each in self.marked if each.waits)


# Dealing


def deal(session: Session, sitting: SittingRow) -> int:
    """Deal a published sitting to every active person; how many. Starting then costs one small write each."""
    people = session.execute(select(PersonRow.id, PersonRow.section_id).where(PersonRow.active)).all()
    rows = [_dealt(sitting.id, person_id, section_id) for person_id, section_id in people]
    if rows:
        session.execute(insert(AttemptRow), rows)
    return len(rows)


def deal_open_sittings(session: Session, person: PersonRow, now: datetime) -> None:
    """Deal the sittings that have not closed to a person who has joined or come back; papers they hold stay."""
    held = {row.sitting_id for row in attempts.attempts_of_person(session, person.id)}
    fresh = [row for row in sittings.published(session, closing_after=now) if row.id not in held]
    rows = [_dealt(row.id, person.id, person.section_id) for row in fresh]
    if rows:
        session.execute(insert(AttemptRow), rows)


def _dealt(sitting_id: int, person_id: int, section_id: int) -> dict[str, object]:
    return {
        "sitting_id": sitting_id,
        "person_id": person_id,
        "section_id": section_id,
        "seed": secrets.token_hex(16),
    }


# Starting, saving, handing in


def start(session: Session, actor: Actor, sitting_public_id: str, *, now: datetime) -> AttemptRow:
    """Open the actor's paper, or go on with the one already open: the deadline is fixed the first time."""
    sitting = sittings.sitting_by_public_id(session, sitting_public_id)
    attempt = attempts.attempt_of(session, sitting.id, actor.person_id, lock=True)
    if attempt is None:
        raise NotFound("attempt", sitting_public_id)
    if attempt.state is not AttemptState.NOT_STARTED:
        return attempt
    phase = sitting.phase(now)
    if phase is not SittingPhase.OPEN:
        raise NotNow(phase, SittingMove.START)
    attempt.started_at = now
    attempt.deadline = min(now + timedelta(minutes=sitting.duration_minutes), sitting.closes_at)
    attempt.section_id = actor.section_id
    audit.record(session, actor, "attempt:started", attempt.public_id, now)
    return attempt


def save(
    session: Session, actor: Actor, public_id: str, number: int, raw: object, sequence: int, *, now: datetime
) -> Receipt:
    """Save one answer; the newest sequence number wins, and a repeated request changes nothing.

    `number` counts the questions as the person sees them, from 1; `raw` is what the browser sent: letters as shown, or
    a text for each blank; an empty list clears the answer.

    :raise NotNow: when the attempt is closed or its deadline has passed; nothing is stored then
    :raise BadResponse: when the value is no answer to this question
    """
    return _save_one(session, _open_paper(session, actor, public_id, now, lock=True), number, raw, sequence, now)


def save_page(
    session: Session, actor: Actor, public_id: str, answers: Mapping[int, tuple[object, int]], *, now: datetime
) -> None:
    """Save a whole page of answers, number → (what the browser sent, the sequence number its page knew).

    All or nothing. An answer that another device gave after this page was made is newer and stays.
    """
    paper = _open_paper(session, actor, public_id, now, lock=True)
    held = _held(paper, attempts.responses(session, paper.attempt.id), now)
    for number, (raw, known) in answers.items():
        mine = held.get(number)
        if mine is not None and (mine.sequence > known or list(mine.value) == raw):
            continue
        if raw or mine is not None:
            _save_one(session, paper, number, raw, known + 1, now)


@dataclass(frozen=True)
class _Paper:
    """A running attempt with its paper and deal."""

    attempt: AttemptRow
    places: Sequence[Place]
    dealt: Deal


def _open_paper(session: Session, actor: Actor, public_id: str, now: datetime, *, lock: bool = False) -> _Paper:
    attempt = own_attempt(session, actor, public_id, lock=lock)
    _must_be_running(attempt, now)
    places = sittings.published_paper(session, attempt.sitting)
    return _Paper(attempt, places, _deal_of(attempt, places))


def _save_one(session: Session, paper: _Paper, number: int, raw: object, sequence: int, now: datetime) -> Receipt:
    if not 1 <= number <= len(paper.places):
        raise BadResponse("试卷上没有这道题，请刷新页面。")
    if not 0 < sequence <= MAX_SEQUENCE:
        raise BadResponse("保存请求的序号不对，请刷新页面。")
    position = number - 1
    place = paper.places[paper.dealt.order[position]]
    question = place.question
    value = _canonical(question, paper.dealt, position, raw)
    remaining = _remaining(paper.attempt, now)
    if attempts.save_response(session, paper.attempt.id, place.position, value, sequence, now):
        shown = _as_shown(question, paper.dealt, position, value)
        return Receipt(SaveState.SAVED, sequence, shown, now, timedelta(0), remaining)
    held = session.get_one(ResponseRow, (paper.attempt.id, place.position), populate_existing=True)
    shown = _as_shown(question, paper.dealt, position, held.value)
    return Receipt(SaveState.OLDER, held.sequence, shown, held.saved_at, now - held.saved_at, remaining)


def submit(session: Session, actor: Actor, public_id: str, *, now: datetime) -> AttemptRow:
    """Hand in; a second time, or after the bell, is the same as once."""
    attempt = own_attempt(session, actor, public_id, lock=True)
    if attempt.state is AttemptState.NOT_STARTED:
        raise NotNow(attempt.state, SittingMove.ANSWER)
    if attempt.state is AttemptState.IN_PROGRESS:
        late = _is_overdue(attempt, now)
        _close(session, attempt, Closer.SERVER if late else Closer.PERSON, now)
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


def _close(session: Session, attempt: AttemptRow, closer: Closer, now: datetime) -> None:
    """Mark every response row and sum the score from them; a bell that rings late closes at the deadline.

    What a person has to mark waits: only an answer that says nothing has its mark, which is nought.
    """
    marking.share_wordings(session)
    places = counting_now(session, sittings.published_paper(session, attempt.sitting))
    held = attempts.responses(session, attempt.id)
    waiting = [place for place in places if place.position in held and _needs_person(place, held[place.position])]
    for place in places:
        if place.position in held and place not in waiting:
            held[place.position].units = _units(place, held[place.position], attempt.sitting.multiple_rule)
    session.add_all(_waiting_mark(attempt, place, held[place.position]) for place in waiting)
    attempt.units = sum(row.units or 0 for row in held.values())
    attempt.full_units = sum(place.full_mark for place in places) * UNITS
    attempt.unmarked = len(waiting)
    attempt.closed_at = min(now, attempt.deadline or now)
    attempt.closer = closer


def counting_now(session: Session, places: Sequence[Place]) -> Sequence[Place]:
    """The places with every wording that counts now, those accepted after publication among them."""
    versions = [place.version_id for place in places if place.question.blanks]
    accepted = marking.accepted_wordings(session, versions)
    if not accepted:
        return places
    return [
        replace(place, question=with_wordings(place.question, accepted.get(place.version_id, ()))) for place in places
    ]


def _needs_person(place: Place, row: ResponseRow) -> bool:
    return TYPES[place.question.type].is_marked_by_person and not is_blank("".join(row.value))


def _waiting_mark(attempt: AttemptRow, place: Place, row: ResponseRow) -> MarkRow:
    return MarkRow(
        attempt_id=attempt.id,
        position=place.position,
        sitting_id=attempt.sitting_id,
        same=hashlib.sha256(plain("".join(row.value)).encode()).hexdigest(),
        proposed=list(said(place.question, _response(place.question, row.value))),
    )


def _units(place: Place, row: ResponseRow, rule: MultipleRule) -> int:
    question = place.question
    if TYPES[question.type].is_marked_by_person:
        return 0
    return units(grade(question, _response(question, row.value), rule), place.full_mark)


# Seeing


def taking(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Taking:
    """The open paper with everything saved so far, in this person's order, on whatever device."""
    paper = _open_paper(session, actor, public_id, now)
    attempt, places = paper.attempt, paper.places
    shown = present(
        [place.question for place in places],
        paper.dealt,
        {place.question.type: place.full_mark for place in places},
    )
    rule = attempt.sitting.multiple_rule
    return Taking(
        attempt=attempt,
        questions=shown,
        held=_held(paper, attempts.responses(session, attempt.id), now),
        rules={name: TYPES[name].rule_text(rule) for name in dict.fromkeys(p.type for p in shown)},
        full_mark=sum(place.full_mark for place in places),
        remaining=_remaining(attempt, now),
    )


def _held(paper: _Paper, rows: Mapping[int, ResponseRow], now: datetime) -> Mapping[int, Held]:
    """The saved responses by the person's own numbering."""
    held = {}
    for position, index in enumerate(paper.dealt.order):
        row = rows.get(paper.places[index].position)
        if row is not None:
            value = _as_shown(paper.places[index].question, paper.dealt, position, row.value)
            held[position + 1] = Held(value, row.sequence, row.saved_at, now - row.saved_at)
    return held


def result(session: Session, actor: Actor, public_id: str) -> Result:
    """The marked paper; only after closing."""
    attempt = own_attempt(session, actor, public_id)
    if attempt.state is not AttemptState.CLOSED:
        raise NotNow(attempt.state, SittingMove.ANSWER)
    places = counting_now(session, sittings.published_paper(session, attempt.sitting))
    rows = attempts.responses(session, attempt.id)
    marks = marking.mark_rows(session, attempt.id)
    dealt = _deal_of(attempt, places)
    texts = _speech_texts(session, places)
    marked = tuple(
        _marked(position, place, rows.get(place.position), marks.get(place.position), dealt, texts)
        for position, place in enumerate(places[index] for index in dealt.order)
    )
    passed = (attempt.units or 0) * 100 >= attempt.sitting.pass_percent * (attempt.full_units or 0)
    return Result(attempt, marked, None if attempt.unmarked else passed)


def _marked(
    position: int,
    place: Place,
    row: ResponseRow | None,
    mark: MarkRow | None,
    dealt: Deal,
    texts: Mapping[int, Sequence[str]],
) -> Marked:
    question = place.question
    response = None
    if row is not None and row.value:
        response = _response(question, list(_as_shown(question, dealt, position, row.value)))
    return Marked(
        number=position + 1,
        question=as_shown(question, dealt, position),
        response=response,
        units=(row.units or 0) if row else 0,
        full_mark=place.full_mark,
        waits=mark is not None and mark.said is None,
        said=None if mark is None or mark.said is None else tuple(mark.said),
        paragraph=_paragraph(question, texts.get(place.question_id, ())),
    )


def _paragraph(question: Question, texts: Sequence[str]) -> tuple[str, str, str] | None:
    """The paragraph around the quote, in the newest text that has it; None where the speech is not in the library."""
    if question.source.start is None:
        return None
    found = newest_holding(texts, Quote(question.source.quote, question.source.start))
    if found is None:
        return None
    text, span = found
    left = text.rfind("\n", 0, span.start) + 1
    right = text.find("\n", span.end)
    return text[left : span.start], span.of(text), text[span.end : right if right >= 0 else len(text)]


def _speech_texts(session: Session, places: Sequence[Place]) -> Mapping[int, Sequence[str]]:
    """The clean texts, the newest first, of the speech behind each question, by question id."""
    rows = session.execute(
        select(QuestionRow.id, QuestionSetRow.speech_id)
        .join(QuestionSetRow, QuestionSetRow.id == QuestionRow.set_id)
        .where(QuestionRow.id.in_([place.question_id for place in places]), QuestionSetRow.speech_id.is_not(None))
    ).all()
    texts = {speech_id: speeches.texts_of(session, speech_id) for speech_id in {row.speech_id for row in rows}}
    return {question_id: texts[speech_id] for question_id, speech_id in rows}


def history(session: Session, actor: Actor) -> list[AttemptRow]:
    """All of one's own attempts, newest sitting first."""
    return list(attempts.attempts_of_person(session, actor.person_id))


# Shared


def own_attempt(session: Session, actor: Actor, public_id: str, *, lock: bool = False) -> AttemptRow:
    """One's own attempt; anybody else's looks like none. `lock` keeps other writers off it."""
    attempt = attempts.attempt_by_public_id(session, public_id, lock=lock)
    require(actor, Action.ATTEMPT_TAKE, Subject("attempt", public_id, owner_id=attempt.person_id))
    return attempt


def numbered_places(session: Session, attempt: AttemptRow) -> Iterable[tuple[int, Place]]:
    """The places of an attempt's paper with their numbers as its person sees them."""
    places = sittings.published_paper(session, attempt.sitting)
    return enumerate((places[index] for index in _deal_of(attempt, places).order), start=1)


def place_of(session: Session, attempt: AttemptRow, number: int) -> Place:
    """The place that the person of this attempt sees under this number."""
    for found, place in numbered_places(session, attempt):
        if found == number:
            return place
    raise NotFound("question", number)


def _must_be_running(attempt: AttemptRow, now: datetime) -> None:
    if attempt.state is not AttemptState.IN_PROGRESS or _is_overdue(attempt, now):
        state = AttemptState.CLOSED if attempt.state is AttemptState.IN_PROGRESS else attempt.state
        raise NotNow(state, SittingMove.ANSWER)


def _is_overdue(attempt: AttemptRow, now: datetime) -> bool:
    return attempt.deadline is not None and now >= attempt.deadline


def _remaining(attempt: AttemptRow, now: datetime) -> timedelta:
    return max((attempt.deadline or now) - now, timedelta(0))


def _deal_of(attempt: AttemptRow, places: Sequence[Place]) -> Deal:
    return deal_paper([place.question for place in places], attempt.seed)


def _canonical(question: Question, dealt: Deal, position: int, raw: object) -> Sequence[str]:
    """What the browser sent, checked against what was shown, with letters turned back into the bank's option ids."""
    kind = TYPES[question.type]
    response = kind.response(as_shown(question, dealt, position), raw)
    return kind.stored(kind.relettered(response, dealt.ids(position)))


def _as_shown(question: Question, dealt: Deal, position: int, value: Sequence[str]) -> tuple[str, ...]:
    kind = TYPES[question.type]
    return tuple(kind.stored(kind.relettered(kind.restored(value), dealt.letters(position))))


def _response(question: Question, value: Sequence[str]) -> Response:
    return TYPES[question.type].restored(value)
