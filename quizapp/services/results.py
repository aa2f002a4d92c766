"""What a person sees of their own attempts: results by the sitting's review policy, what was received, history."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.dealing import Deal
from quizapp.core.dealing import Presented
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import present
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.question import UNITS
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.regrading import OVERRULING
from quizapp.core.regrading import Method
from quizapp.core.regrading import Standing
from quizapp.core.roles import Actor
from quizapp.core.sitting import SittingKind
from quizapp.core.speech import Quote
from quizapp.core.speech import Span
from quizapp.core.states import COUNTING
from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingMove
from quizapp.core.states import may_review
from quizapp.core.types import TYPES
from quizapp.db import attempts as attempt_rows
from quizapp.db import marking
from quizapp.db import sittings
from quizapp.db import speeches
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.marking import MarkRow
from quizapp.db.sittings import Place
from quizapp.services import attempts
from quizapp.services.bank import newest_holding

#: As many sittings as a small line can tell apart.
SITTINGS_DRAWN = 12


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
    #: What was decided of the question after the sitting; None while it counts as it was asked.
    standing: Standing | None
    #: For each scoring point whether the person who marked found it said; None where nobody marks, or not yet.
    said: tuple[bool, ...] | None
    #: The paragraph of the speech around the quote, where the speech is in the library, split as before, quote, after.
    paragraph: tuple[str, str, str] | None

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.units, self.full_mark * UNITS)

    @property
    def is_void(self) -> bool:
        return self.standing is not None and self.standing.method is Method.VOID


@dataclass(frozen=True)
class Result:
    """A closed attempt with its keys and marks; `passed` is None while answers wait for theirs."""

    attempt: AttemptRow
    marked: tuple[Marked, ...]
    passed: bool | None

    @property
    def waiting_mark(self) -> int:
        """How many points are still to be given or not."""
        return sum(each.full_mark for each in self.marked if each.waits)


@dataclass(frozen=True)
class Answered:
    """A question as its person saw it, and what they gave, in letters as shown or texts, and in words."""

    shown: Presented
    given: tuple[str, ...]
    words: str
    #: What was decided of the question after the sitting, but for what that says of its key.
    method: Method | None = None


@dataclass(frozen=True)
class Withheld:
    """What of a closed attempt is its person's own while keys are not to be seen: nothing in it tells one."""

    attempt: AttemptRow
    answered: tuple[Answered, ...]
    passed: bool | None
    waiting_mark: int


@dataclass(frozen=True)
class Received:
    """One answer as the server received it, in its person's numbering and letters."""

    number: int
    #: What was given; empty where it cleared the question.
    words: str
    flagged: bool
    received_at: datetime
    given_at: datetime | None
    arrival: Arrival
    #: Which of the pages that sent something, from 1; 0 for a page without scripts.
    page: int
    #: Whether this is what the server holds for the question now.
    held: bool


@dataclass(frozen=True)
class Record:
    """Everything the server received for an attempt, oldest first, and how often the paper was left and how long."""

    attempt: AttemptRow
    received: tuple[Received, ...]
    held: int
    leavings: tuple[int, int]


@dataclass(frozen=True)
class SpeechPage:
    """The whole speech behind one question: its text, and where the sentence stands that proves the key."""

    title: str
    text: str
    quote: Span
    #: Whether the speech still reads so; else this is the text from before.
    in_force: bool


# Results


def is_reviewable(attempt: AttemptRow, now: datetime) -> bool:
    """Whether its person may see keys and explanations of an attempt."""
    sitting = attempt.sitting
    return attempt.state is AttemptState.CLOSED and may_review(sitting.review, sitting.closes_at, now)


def result(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Result | Withheld:
    """The marked paper, or what of it may be seen; only after closing."""
    attempt = attempts.own_attempt(session, actor, public_id)
    if attempt.state is not AttemptState.CLOSED:
        raise NotNow(attempt.state, SittingMove.ANSWER)
    return _result(session, attempt) if is_reviewable(attempt, now) else _withheld(session, attempt)


def _result(session: Session, attempt: AttemptRow) -> Result:
    published = sittings.published_paper(session, attempt.sitting)
    places = attempts.counting_now(session, attempt.sitting_id, published)
    held = attempt_rows.responses(session, attempt.id)
    marks = marking.mark_rows(session, attempt.id)
    dealt = attempts.deal_of(attempt, published)
    texts = speech_texts(session, {place.question_id for place in places})
    marked = tuple(
        _marked(position, place, held.get(place.position), marks.get(place.position), dealt, texts)
        for position, place in enumerate(places[index] for index in dealt.order)
    )
    return Result(attempt, marked, _passed(attempt))


def _passed(attempt: AttemptRow) -> bool | None:
    passed = (attempt.units or 0) * 100 >= attempt.sitting.pass_percent * (attempt.full_units or 0)
    return None if attempt.unmarked else passed


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
        response = attempts.response_of(question, list(attempts.shown_value(question, dealt, position, row.value)))
    return Marked(
        number=position + 1,
        question=as_shown(question, dealt, position),
        response=response,
        units=(row.units or 0) if row else 0,
        full_mark=place.full_mark,
        waits=mark is not None and mark.said is None and place.method not in OVERRULING,
        standing=place.standing,
        said=None if mark is None or mark.said is None else tuple(mark.said),
        paragraph=paragraph(question, texts.get(place.question_id, ())),
    )


def paragraph(question: Question, texts: Sequence[str]) -> tuple[str, str, str] | None:
    """The paragraph around the quote, split as before, quote, after; None where the speech is not in the library.

    It is that of the newest text that has the quote.
    """
    found = _passage(question, texts)
    if found is None:
        return None
    text, span = found
    left = text.rfind("\n", 0, span.start) + 1
    right = text.find("\n", span.end)
    return text[left : span.start], span.of(text), text[span.end : right if right >= 0 else len(text)]


def _passage(question: Question, texts: Sequence[str]) -> tuple[str, Span] | None:
    if question.source.start is None:
        return None
    return newest_holding(texts, Quote(question.source.quote, question.source.start))


def speech_texts(session: Session, question_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """The clean texts, the newest first, of the speech behind each question, by question id."""
    rows = session.execute(
        select(QuestionRow.id, QuestionSetRow.speech_id)
        .join(QuestionSetRow, QuestionSetRow.id == QuestionRow.set_id)
        .where(QuestionRow.id.in_(question_ids), QuestionSetRow.speech_id.is_not(None))
    ).all()
    texts = {speech_id: speeches.texts_of(session, speech_id) for speech_id in {row.speech_id for row in rows}}
    return {question_id: texts[speech_id] for question_id, speech_id in rows}


def _withheld(session: Session, attempt: AttemptRow) -> Withheld:
    published = sittings.published_paper(session, attempt.sitting)
    places = attempts.counting_now(session, attempt.sitting_id, published)
    dealt = attempts.deal_of(attempt, published)
    held = attempt_rows.responses(session, attempt.id)
    shown = present(
        [place.question for place in places], dealt, {place.question.type: place.full_mark for place in places}
    )
    answered = []
    for position, (presented, index) in enumerate(zip(shown, dealt.order, strict=True)):
        row = held.get(places[index].position)
        value = row.value if row is not None else ()
        words = _in_words(places[index].question, dealt, position, value)
        answered.append(Answered(presented, *words, method=places[index].method))
    waiting = [mark for mark in marking.mark_rows(session, attempt.id).values() if mark.said is None]
    marks = {place.position: place.full_mark for place in places if place.method not in OVERRULING}
    return Withheld(attempt, tuple(answered), _passed(attempt), sum(marks.get(mark.position, 0) for mark in waiting))


def _in_words(question: Question, dealt: Deal, position: int, value: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """A stored value as its person sees it: letters as shown or texts, and one text; both empty where it is."""
    if not any(value):
        return (), ""
    shown = attempts.shown_value(question, dealt, position, value)
    kind = TYPES[question.type]
    return shown, kind.response_text(as_shown(question, dealt, position), kind.restored(shown))


def speech_page(session: Session, actor: Actor, public_id: str, number: int, *, now: datetime) -> SpeechPage:
    """The speech behind one question of one's own paper; NotFound while keys are not to be seen."""
    attempt = attempts.own_attempt(session, actor, public_id)
    if not is_reviewable(attempt, now):
        raise NotFound("review", public_id)
    place = attempts.counting_now(session, attempt.sitting_id, [attempts.place_of(session, attempt, number)])[0]
    texts = speech_texts(session, [place.question_id]).get(place.question_id, ())
    found = _passage(place.question, texts)
    if found is None:
        raise NotFound("speech", number)
    text, span = found
    return SpeechPage(place.question.source.speech, text, span, text == texts[0])


# What was received


def record(session: Session, actor: Actor, public_id: str) -> Record:
    """What the server received for one's own attempt, while it runs too."""
    attempt = attempts.own_attempt(session, actor, public_id)
    held = attempt_rows.responses(session, attempt.id)
    received = attempt_rows.receipts(session, attempt.id)
    return Record(
        attempt=attempt,
        received=_received(session, attempt, received, held),
        held=sum(any(row.value) for row in held.values()),
        leavings=attempt_rows.leavings(session, [attempt.id]).get(attempt.id, (0, 0)),
    )


def _received(
    session: Session, attempt: AttemptRow, receipts: Sequence[ReceiptRow], held: Mapping[int, ResponseRow]
) -> tuple[Received, ...]:
    places = sittings.published_paper(session, attempt.sitting)
    dealt = attempts.deal_of(attempt, places)
    at = {places[index].position: (position, places[index].question) for position, index in enumerate(dealt.order)}
    pages = {page: number for number, page in enumerate(dict.fromkeys(row.page for row in receipts if row.page), 1)}
    found = []
    for row in receipts:
        position, question = at[row.position]
        found.append(
            Received(
                number=position + 1,
                words=_in_words(question, dealt, position, row.value)[1],
                flagged=row.flagged,
                received_at=row.received_at,
                given_at=row.given_at,
                arrival=row.arrival,
                page=pages.get(row.page, 0),
                held=_is_held(row, held.get(row.position)),
            )
        )
    return tuple(found)


def _is_held(receipt: ReceiptRow, row: ResponseRow | None) -> bool:
    same = row is not None and (row.page, row.sequence) == (receipt.page, receipt.sequence)
    return same and receipt.arrival in COUNTING


# Over time


def history(session: Session, actor: Actor) -> list[AttemptRow]:
    """All of one's own attempts but mocks, newest sitting first."""
    return list(attempt_rows.attempts_of_person(session, actor.person_id))


def mocks(session: Session, actor: Actor) -> list[AttemptRow]:
    """One's own attempts at mocks, the newest first."""
    return list(attempt_rows.mocks_of_person(session, actor.person_id))


def shares_until(session: Session, actor: Actor, attempt: AttemptRow) -> tuple[tuple[datetime, Fraction | None], ...]:
    """When sittings opened and one's own shares of the full score there, up to this attempt, oldest sitting first.

    There is None where there is no score. Up to a mock they are one's own mocks, and only those.
    """
    is_mock = attempt.sitting.kind is SittingKind.MOCK
    own = mocks(session, actor) if is_mock else history(session, actor)
    at = next(place for place, row in enumerate(own) if row.id == attempt.id)
    return tuple((row.sitting.opens_at, row.share) for row in reversed(own[at : at + SITTINGS_DRAWN]))
