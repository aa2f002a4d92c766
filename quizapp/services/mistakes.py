"""One's own mistakes, from sittings and from practice: as a list to narrow, to print, and to practise from.

A key that nobody may be told at the moment is not told here either: of a question that stands on the paper of a sitting
that has not closed, and of a sitting whose plan does not let people see what was right.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import tzinfo
from enum import StrEnum
from itertools import groupby
from typing import Any
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import NotFound
from quizapp.core.errors import QuizError
from quizapp.core.narrowing import Chosen
from quizapp.core.narrowing import Facet
from quizapp.core.narrowing import MistakeState
from quizapp.core.narrowing import Times
from quizapp.core.narrowing import narrowed
from quizapp.core.practice import Origin
from quizapp.core.practice import PracticeMode
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.states import QuestionState
from quizapp.core.states import may_review
from quizapp.db import bank
from quizapp.db import practice as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.practice import MistakeRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.services.practising import Explained
from quizapp.services.practising import Kept
from quizapp.services.practising import Outcome
from quizapp.services.practising import ToPractise
from quizapp.services.practising import explained
from quizapp.services.practising import outcomes
from quizapp.services.practising import to_practise

#: From it the letters follow in which the book shows its questions, always the same.
SEED = "mistakes"
#: What the book is narrowed by, in this order.
FACETS = (Facet.STATE, Facet.SPEECH, Facet.TYPE, Facet.ORIGIN, Facet.TIMES)
A_PAGE = 20
#: Where in a speech those stand that tell no place.
LAST = 10**9
#: More than this in one file or one print is read by nobody.
PRINTED = 200


Told = TypeVar("Told")


class StillAsked(QuizError):
    """A question that can still be practised leaves the book by right answers alone."""


class Standing(StrEnum):
    """What can be done with a mistake now."""

    OPEN = "open"
    #: It stands on the paper of a sitting that has not closed.
    RESERVED = "reserved"
    #: Its sitting does not let people see what was right.
    WITHHELD = "withheld"
    #: Editors are looking at it again.
    CHECKED = "checked"
    RETIRED = "retired"


#: Of these no key is told, and nothing of what was given: right or wrong would tell it.
WITHOUT_KEY = frozenset({Standing.RESERVED, Standing.WITHHELD})


@dataclass(frozen=True)
class Line:
    """One mistake as lists need it. `version_id` is what was answered, `bank_id` what the bank has now.

    `attempt` is the public id of the own paper and `topic` its sitting's, "" where it was in practice. `start` is where
    the sentence stands in the speech, -1 where nobody knows. While the key may not be told, heading and key point are
    not told either: 争当“廉洁型”干部 above a question answers it.
    """

    question_id: int
    public_id: str
    version_id: int
    bank_id: int | None
    standing: Standing
    value: Sequence[str]
    speech: str
    heading: str
    point: str
    start: int
    attempt: str
    topic: str
    held_at: datetime | None
    times: int
    first_at: datetime
    last_at: datetime
    last_on: date
    right_days: int
    right_on: date | None
    cleared_on: date | None
    facets: Mapping[Facet, str]

    @property
    def is_in_practice(self) -> bool:
        return self.facets[Facet.ORIGIN] == Origin.PRACTICE

    @property
    def shown_id(self) -> int:
        """The version to show: that of the bank where it can be practised, else the one that was answered."""
        return self.bank_id if self.standing is Standing.OPEN and self.bank_id is not None else self.version_id

    @property
    def practised_on(self) -> tuple[date, datetime, int]:
        """When it was last answered, to put the longest ago first."""
        return max(self.last_on, self.right_on or self.last_on), self.last_at, self.question_id


@dataclass(frozen=True)
class Mistake:
    """One mistake as pages show it: `shown` without its key; with it `outcome`, beside what was given.

    Where the question has changed since, `now_asks` takes the outcome's place. `reserved_until` is when the last
    sitting that asks it is to close; `mode` what was practised where it was in practice.
    """

    line: Line
    shown: ToPractise
    outcome: Outcome | None
    now_asks: Explained | None
    reserved_until: datetime | None
    mode: PracticeMode | None

    @property
    def explained(self) -> Explained | None:
        return self.outcome.explained if self.outcome is not None else self.now_asks


@dataclass(frozen=True)
class Group:
    """The mistakes about one key point, under its heading of its speech; each name "" where there is none."""

    speech: str
    heading: str
    point: str
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class Book:
    """All of one's mistakes, those that were asked for, and the ones shown of these."""

    everything: tuple[Line, ...]
    found: tuple[Line, ...]
    groups: tuple[Group, ...]

    @property
    def to_practise(self) -> int:
        """How many of those asked for can be practised now."""
        return sum(line.standing is Standing.OPEN for line in self.found)


def book(session: Session, actor: Actor, chosen: Chosen, *, first: int, most: int, now: datetime) -> Book:
    """One's own mistakes; of those that are as chosen so many are shown, from the one at `first`."""
    everything = lines(session, actor, now=now)
    found = narrowed(everything, chosen)
    return Book(tuple(everything), tuple(found), _groups(_shown(session, actor, found[first : first + most], now)))


def lines(session: Session, actor: Actor, *, now: datetime) -> list[Line]:
    """All of one's own mistakes: the speech missed last first, in each as the speech goes."""
    require(actor, Action.PRACTICE_OWN, Subject("practice", "mistakes", owner_id=actor.person_id))
    found = [_line(row, now) for row in session.execute(_own(actor.person_id, now))]
    return _in_order(found)


def _own(person_id: int, now: datetime) -> Any:
    return (
        select(
            MistakeRow,
            QuestionRow.public_id,
            QuestionRow.state,
            QuestionRow.version_id,
            rows.is_reserved(now).label("is_reserved"),
            QuestionVersionRow.type,
            QuestionVersionRow.source_speech,
            QuestionVersionRow.source_heading,
            QuestionVersionRow.source_start,
            SpeechRow.title,
            KeyPointRow.name,
            AttemptRow.public_id.label("attempt"),
            SittingRow.topic,
            SittingRow.opens_at,
            SittingRow.closes_at,
            SittingRow.review,
        )
        .join(QuestionRow, QuestionRow.id == MistakeRow.question_id)
        .join(QuestionVersionRow, QuestionVersionRow.id == MistakeRow.version_id)
        .join(QuestionSetRow, QuestionSetRow.id == QuestionRow.set_id)
        .outerjoin(SpeechRow, SpeechRow.id == QuestionSetRow.speech_id)
        .outerjoin(KeyPointRow, KeyPointRow.id == QuestionRow.key_point_id)
        .outerjoin(AttemptRow, AttemptRow.id == MistakeRow.attempt_id)
        .outerjoin(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .where(MistakeRow.person_id == person_id)
    )


def _line(row: Any, now: datetime) -> Line:
    held: MistakeRow = row.MistakeRow
    speech = row.title or row.source_speech
    standing = _standing(row, now)
    is_told = standing not in WITHOUT_KEY
    return Line(
        question_id=held.question_id,
        public_id=row.public_id,
        version_id=held.version_id,
        bank_id=row.version_id,
        standing=standing,
        value=held.value,
        speech=speech,
        heading=row.source_heading if is_told else "",
        point=(row.name or "") if is_told else "",
        start=(-1 if row.source_start is None else row.source_start) if is_told else LAST,
        attempt=row.attempt or "",
        topic=row.topic or "",
        held_at=row.opens_at,
        times=held.times,
        first_at=held.first_at,
        last_at=held.last_at,
        last_on=held.last_on,
        right_days=held.right_days,
        right_on=held.right_on,
        cleared_on=held.cleared_on,
        facets={
            Facet.STATE: MistakeState.OPEN if held.cleared_on is None else MistakeState.CLEARED,
            Facet.SPEECH: speech,
            Facet.TYPE: row.type,
            Facet.ORIGIN: held.origin,
            Facet.TIMES: Times.AGAIN if held.times > 1 else Times.ONCE,
        },
    )


def _standing(row: Any, now: datetime) -> Standing:
    if row.is_reserved:
        return Standing.RESERVED
    if row.review is not None and not may_review(row.review, row.closes_at, now):
        return Standing.WITHHELD
    told = {QuestionState.APPROVED: Standing.OPEN, QuestionState.RETIRED: Standing.RETIRED}
    return told.get(row.state, Standing.CHECKED)


def _in_order(found: Iterable[Line]) -> list[Line]:
    """By speech, the one missed last first; by heading, by key point, then the newest mistake first."""
    newest: dict[str, datetime] = {}
    starts: dict[tuple[str, ...], int] = {}
    held = list(found)
    for line in held:
        newest[line.speech] = max(newest.get(line.speech, line.last_at), line.last_at)
        for place in ((line.speech, line.heading), (line.speech, line.heading, line.point)):
            starts[place] = min(starts.get(place, line.start), line.start)

    def place_of(line: Line) -> tuple[Any, ...]:
        under, about = (line.speech, line.heading), (line.speech, line.heading, line.point)
        since = -line.last_at.timestamp()
        return (
            -newest[line.speech].timestamp(),
            line.speech,
            starts[under],
            line.heading,
            starts[about],
            line.point,
            since,
            line.question_id,
        )

    return sorted(held, key=place_of)


# What pages show


def _groups(mistakes: Iterable[Mistake]) -> tuple[Group, ...]:
    together = groupby(mistakes, key=lambda each: (each.line.speech, each.line.heading, each.line.point))
    return tuple(Group(*names, mistakes=tuple(found)) for names, found in together)


def _shown(session: Session, actor: Actor, found: Sequence[Line], now: datetime) -> list[Mistake]:
    shown = _by_question(found, to_practise(session, [line.shown_id for line in found], SEED))
    told = [line for line in found if line.standing not in WITHOUT_KEY]
    same = [line for line in told if line.shown_id == line.version_id]
    other = [line for line in told if line.shown_id != line.version_id]
    kept = [Kept(line.version_id, line.value, is_right=False) for line in same]
    judged = _by_question(same, outcomes(session, kept, SEED))
    changed = _by_question(other, explained(session, [line.shown_id for line in other], SEED))
    until = rows.reserved_until(session, [line.question_id for line in found], now)
    modes = _modes(session, actor.person_id, [line.question_id for line in found if line.is_in_practice])
    return [
        Mistake(
            line=line,
            shown=shown[line.question_id],
            outcome=judged.get(line.question_id),
            now_asks=changed.get(line.question_id),
            reserved_until=until.get(line.question_id),
            mode=modes.get(line.question_id),
        )
        for line in found
    ]


def _by_question(found: Sequence[Line], told: Sequence[Told]) -> dict[int, Told]:
    return {line.question_id: each for line, each in zip(found, told, strict=True)}


def _modes(session: Session, person_id: int, question_ids: Collection[int]) -> Mapping[int, PracticeMode]:
    """What was practised when each of these questions was last answered wrongly."""
    found = session.execute(
        select(PracticeAnswerRow.question_id, PracticeAnswerRow.mode)
        .where(
            PracticeAnswerRow.person_id == person_id,
            PracticeAnswerRow.question_id.in_(question_ids),
            PracticeAnswerRow.is_right.is_(False),
        )
        .order_by(PracticeAnswerRow.given_at, PracticeAnswerRow.id)
    )
    return {question_id: mode for question_id, mode in found if question_id is not None}


# Taking one out by hand


def remove(session: Session, actor: Actor, public_id: str, zone: tzinfo, *, now: datetime) -> None:
    """Take a question that was retired out of one's own book; again changes nothing.

    :raise NotFound: if it is not in it
    :raise StillAsked: if it can still be practised, now or later
    """
    question = bank.question_by_public_id(session, public_id)
    held = rows.mistake(session, actor.person_id, question.id)
    if held is None:
        raise NotFound("mistake", public_id)
    require(actor, Action.PRACTICE_OWN, Subject("mistake", public_id, owner_id=held.person_id))
    if question.state is not QuestionState.RETIRED:
        raise StillAsked(public_id)
    held.cleared_on = held.cleared_on or now.astimezone(zone).date()
    session.flush()
