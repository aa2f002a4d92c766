"""Questions as they are practised: which may be, how they are shown, and what becomes of an answer.

The answer is shown with the sentence that proves it. Nothing here enters a score.
"""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from quizapp.core.dealing import Deal
from quizapp.core.dealing import Presented
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import deal
from quizapp.core.dealing import present
from quizapp.core.errors import NotFound
from quizapp.core.errors import QuizError
from quizapp.core.practice import PracticeMode
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.types import TYPES
from quizapp.core.types import QuestionType
from quizapp.db import practice as rows
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.people import PersonRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.services import memory
from quizapp.services.results import paragraph
from quizapp.services.results import speech_texts

#: An answer given without a network is believed to be this old at most.
OLDEST = timedelta(days=7)


class Reserved(QuizError):
    """The question has come onto the paper of a sitting: until that has closed nobody is told its key."""


@dataclass(frozen=True)
class ToPractise:
    """A question as its page shows it before it is answered: nothing in `shown` tells the key.

    `id` is the question's public id, `version` the number of the version; `seed` gives the letters.
    """

    id: str
    version: int
    seed: str
    shown: Presented
    key_point: str


@dataclass(frozen=True)
class Explained:
    """A question with what is right, in the letters its person saw, and the sentence that proves it.

    `paragraph` is split as before, quote, after; None where the speech is not in the library.
    """

    id: str
    version: int
    question: Question
    key_point: str
    paragraph: tuple[str, str, str] | None

    @property
    def kind(self) -> QuestionType:
        return TYPES[self.question.type]


@dataclass(frozen=True)
class Given:
    """An answer as a page sent it: letters as shown, or texts.

    `age` is how long ago it was given, where the network was away; `said_right` is what its person found of an answer
    that only people can mark.
    """

    id: str
    version: int
    seed: str
    mode: PracticeMode
    raw: Sequence[str]
    is_unsure: bool
    page: str
    sequence: int
    age: timedelta = timedelta(0)
    said_right: bool | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of an answer. `has_rated`: it moved the card, being the first about it today."""

    explained: Explained
    response: Response
    fraction: Fraction
    is_right: bool
    is_unsure: bool
    has_rated: bool


@dataclass(frozen=True)
class Kept:
    """An answer that is held, in the bank's option ids; `is_right` as it was counted."""

    version_id: int
    value: Sequence[str]
    is_right: bool
    is_unsure: bool = False


# Showing


def to_practise(session: Session, version_ids: Sequence[int], seed: str) -> tuple[ToPractise, ...]:
    """These versions in this order, as their pages show them, numbered; the same seed gives the same letters."""
    found = _versions(session, version_ids)
    there = [found[id_] for id_ in version_ids if id_ in found]
    return tuple(_to_practise(*each, seed, number) for number, each in enumerate(there, start=1))


def explained(session: Session, version_ids: Sequence[int], seed: str) -> tuple[Explained, ...]:
    """These versions in this order with their keys; only for somebody who may be told them now."""
    found = _versions(session, version_ids)
    texts = speech_texts(session, {question.id for question, _ in found.values()})
    return tuple(_explained(*found[id_], texts, seed) for id_ in version_ids if id_ in found)


def outcomes(session: Session, answers: Sequence[Kept], seed: str) -> tuple[Outcome, ...]:
    """What became of answers that are held, in this order; only for somebody who may be told the keys now."""
    ids = [kept.version_id for kept in answers]
    found = _versions(session, ids)
    texts = speech_texts(session, {question.id for question, _ in found.values()})
    return tuple(_outcome(*found[kept.version_id], texts, seed, kept) for kept in answers if kept.version_id in found)


def shown_value(session: Session, kept: Kept, seed: str) -> tuple[str, ...]:
    """An answer that is held, in the letters its person saw: it tells nothing that they did not give."""
    version = session.get_one(QuestionVersionRow, kept.version_id)
    question = version.question()
    kind = TYPES[question.type]
    return tuple(kind.stored(_lettered(question, version.id, seed, kept.value)))


def open_versions(session: Session, question_ids: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Of these questions the ones that may be practised now, each with the version in the bank."""
    found = session.execute(
        select(QuestionRow.id, QuestionRow.version_id).where(
            QuestionRow.id.in_(question_ids), rows.may_be_practised(now)
        )
    )
    return {question_id: version_id for question_id, version_id in found if version_id is not None}


def _versions(session: Session, version_ids: Collection[int]) -> Mapping[int, tuple[QuestionRow, QuestionVersionRow]]:
    found = session.execute(
        select(QuestionRow, QuestionVersionRow)
        .join(QuestionVersionRow, QuestionVersionRow.question_id == QuestionRow.id)
        .where(QuestionVersionRow.id.in_(version_ids))
        .options(joinedload(QuestionRow.key_point))
    )
    return {version.id: (question, version) for question, version in found}


def _dealt(question: Question, version_id: int, seed: str) -> Deal:
    return deal([question], f"{seed}:{version_id}")


def _to_practise(row: QuestionRow, version: QuestionVersionRow, seed: str, number: int) -> ToPractise:
    question = version.question()
    (shown,) = present([question], _dealt(question, version.id, seed), {question.type: 1})
    return ToPractise(row.public_id, version.number, seed, replace(shown, number=number), _point(row))


def _explained(
    row: QuestionRow, version: QuestionVersionRow, texts: Mapping[int, Sequence[str]], seed: str
) -> Explained:
    question = version.question()
    shown = as_shown(question, _dealt(question, version.id, seed), 0)
    return Explained(row.public_id, version.number, shown, _point(row), paragraph(question, texts.get(row.id, ())))


def _outcome(
    row: QuestionRow, version: QuestionVersionRow, texts: Mapping[int, Sequence[str]], seed: str, kept: Kept
) -> Outcome:
    question = version.question()
    kind = TYPES[question.type]
    fraction = kind.fraction(question, kind.restored(kept.value), MultipleRule.ALL_OR_NOTHING)
    response = _lettered(question, version.id, seed, kept.value)
    told = _explained(row, version, texts, seed)
    return Outcome(told, response, fraction, kept.is_right, kept.is_unsure, has_rated=False)


def _lettered(question: Question, version_id: int, seed: str, value: Sequence[str]) -> Response:
    """A held answer in the letters of its page. An answer of blanks alone is none."""
    kind = TYPES[question.type]
    restored = kind.restored(value if any(value) else ())
    return kind.relettered(restored, _dealt(question, version_id, seed).letters(0))


def _point(row: QuestionRow) -> str:
    return row.key_point.name if row.key_point is not None else ""


# Answering


def version_named(session: Session, public_id: str, number: int) -> tuple[int, int]:
    """The ids of a question and of one of its versions, as pages name them.

    :raise NotFound: if there is no such version
    """
    row, version = _asked(session, public_id, number)
    return row.id, version.id


def answer(session: Session, actor: Actor, given: Given, zone: tzinfo, *, now: datetime) -> Outcome:
    """Take an answer in; the same one again, from the same page, changes nothing and says the same.

    :raise NotFound: if there is no such version
    :raise Reserved: if its key may not be told any more, but for the five of a day, whose page holds the keys
    :raise BadResponse: if what was sent is no answer to it
    """
    require(actor, Action.PRACTICE_OWN, Subject("practice", given.id, owner_id=actor.person_id))
    row, version = _asked(session, given.id, given.version)
    if given.mode is not PracticeMode.DAILY and not open_versions(session, [row.id], now=now):
        raise Reserved(given.id)
    question = version.question()
    dealt = _dealt(question, version.id, given.seed)
    kind = TYPES[question.type]
    response = kind.response(as_shown(question, dealt, 0), list(given.raw))
    value = kind.stored(kind.relettered(response, dealt.ids(0)))
    fraction = kind.fraction(question, kind.restored(value), MultipleRule.ALL_OR_NOTHING)
    is_right = fraction == 1
    if kind.is_marked_by_person and given.said_right is not None:
        is_right = given.said_right
    _take_turns(session, actor.person_id)
    held = rows.answer_held(session, actor.person_id, given.page, given.sequence)
    has_rated = held is None and _keep(session, actor, given, row, version, value, is_right, zone, now)
    (shown,) = explained(session, [version.id], given.seed)
    return Outcome(shown, response, fraction, is_right, given.is_unsure, has_rated)


def _take_turns(session: Session, person_id: int) -> None:
    """Let two taps, or two pages, of one person come one after the other: either may be the first about a card."""
    session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update(key_share=True))


def _asked(session: Session, public_id: str, number: int) -> tuple[QuestionRow, QuestionVersionRow]:
    found = session.execute(
        select(QuestionRow, QuestionVersionRow)
        .join(QuestionVersionRow, QuestionVersionRow.question_id == QuestionRow.id)
        .where(QuestionRow.public_id == public_id, QuestionVersionRow.number == number)
    ).one_or_none()
    if found is None:
        raise NotFound("question", public_id)
    row, version = found
    return row, version


def _keep(
    session: Session,
    actor: Actor,
    given: Given,
    row: QuestionRow,
    version: QuestionVersionRow,
    value: Sequence[str],
    is_right: bool,
    zone: tzinfo,
    now: datetime,
) -> bool:
    at = now - min(max(given.age, timedelta(0)), OLDEST)
    day = at.astimezone(zone).date()
    session.add(
        PracticeAnswerRow(
            person_id=actor.person_id,
            key_point_id=row.key_point_id,
            question_id=row.id,
            version_id=version.id,
            mode=given.mode,
            page=given.page,
            sequence=given.sequence,
            value=list(value),
            is_right=is_right,
            is_unsure=given.is_unsure,
            given_at=at,
            day=day,
            received_at=now,
        )
    )
    session.flush()
    return memory.take_in(
        session,
        memory.Answered(
            person_id=actor.person_id,
            question_id=row.id,
            key_point_id=row.key_point_id,
            version_id=version.id,
            value=value,
            is_right=is_right,
            is_unsure=given.is_unsure,
            at=at,
            day=day,
        ),
    )
