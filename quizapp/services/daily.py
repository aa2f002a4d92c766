"""今日五题: five questions for each person and day, the same on every device, and the streak of days they were done.

The five are chosen without holding the database (`choose_five`), and kept in a short transaction (`keep`): of two
devices that choose at once the first one's are kept. What may no longer be asked before it was answered (retired,
corrected, on a paper meanwhile) is shown as withdrawn, and choosing again puts another in its place.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import tzinfo
from functools import cache
from hashlib import sha256

from sqlalchemy import CompoundSelect
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveDecision
from quizapp.core.choosing import Candidate
from quizapp.core.choosing import choose
from quizapp.core.holidays import is_worked
from quizapp.core.memory import Memory
from quizapp.core.memory import due_at
from quizapp.core.practice import DAILY
from quizapp.core.practice import LONGEST_STREAK
from quizapp.core.practice import Matter
from quizapp.core.practice import PracticeMode
from quizapp.core.practice import matter_of
from quizapp.core.practice import streak
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import QuestionState
from quizapp.db import people
from quizapp.db import practice as rows
from quizapp.db.attempts import INSERT
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import LeaveRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.meetings import MeetingRow
from quizapp.db.practice import CardRow
from quizapp.db.practice import DailyRow
from quizapp.db.practice import MistakeRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.services import practising
from quizapp.services.practising import Explained
from quizapp.services.practising import Given
from quizapp.services.practising import Kept
from quizapp.services.practising import Outcome
from quizapp.services.practising import Reserved
from quizapp.services.practising import ToPractise

#: Who began before midnight may finish the day's five until then.
UNTIL = time(3)
#: A question answered within these days waits while the key point has another.
LATELY = timedelta(days=14)
#: The types by how fast they are answered on a phone; what people must mark is never among the five.
FAST = (
    TypeName.SINGLE_CHOICE,
    TypeName.TRUE_FALSE,
    TypeName.MULTIPLE_CHOICE,
    TypeName.FILL_IN,
    TypeName.MATCHING,
    TypeName.ORDERING,
)
#: Of so many newest sets key points are taken that nobody asked this person yet.
NEWEST_SETS = 8
#: How long it serves what a set offers; the questions themselves are looked up each time.
OFFERED_FOR = timedelta(minutes=1)
SETS_KEPT = 256


@dataclass(frozen=True)
class Five:
    """What one's questions of a day shall be; `seen` is what the row held then, None where there was none."""

    day: date
    seen: tuple[int, ...] | None
    version_ids: tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """One of the five. `explained` is None where it was retired, corrected or reserved since it was chosen, `outcome`
    until it is answered."""

    practised: ToPractise
    explained: Explained | None
    outcome: Outcome | None

    @property
    def is_withdrawn(self) -> bool:
        """It was not answered and cannot be any more; `choose_five` puts another in its place."""
        return self.outcome is None and self.explained is None


@dataclass(frozen=True)
class Standing:
    """How far one has come: whether today's five are done, and the days in a row."""

    day: date
    is_made: bool
    is_done: bool
    streak: int


@dataclass(frozen=True)
class Today:
    """One's five of a day as their page shows them. `due_tomorrow` key points will be due then."""

    standing: Standing
    places: Sequence[Place]
    due_tomorrow: int

    @property
    def next(self) -> Place | None:
        """The first that is to be answered."""
        return next((place for place in self.places if place.outcome is None and not place.is_withdrawn), None)

    @property
    def withdrawn(self) -> int:
        return sum(place.is_withdrawn for place in self.places)

    @property
    def right(self) -> int:
        return sum(place.outcome is not None and place.outcome.is_right for place in self.places)


# Looking


def standing(session: Session, actor: Actor, zone: tzinfo, *, now: datetime) -> Standing:
    """Whether today's five are done, and the streak: for the first page, which chooses nothing."""
    _require(actor)
    today = now.astimezone(zone).date()
    row = session.get(DailyRow, (actor.person_id, today))
    since = today - timedelta(days=LONGEST_STREAK)
    days = rows.practised_days(session, actor.person_id, since)
    on_leave = _days_of_leave(session, actor.person_id, since, zone) if days else frozenset()
    count = streak(days, today, lambda day: day in on_leave or not is_worked(day))
    return Standing(today, row is not None, row is not None and row.finished_at is not None, count)


def of_today(session: Session, actor: Actor, zone: tzinfo, *, now: datetime) -> Today:
    """One's five of today as they are kept: none where nothing was to be practised."""
    where = standing(session, actor, zone, now=now)
    row = session.get(DailyRow, (actor.person_id, where.day))
    return Today(where, _places(session, row, zone, now) if row else (), _due_tomorrow(session, actor, zone, now))


def count_mistakes(session: Session, actor: Actor) -> int:
    """How many of one's mistakes are not made good."""
    _require(actor)
    mine = select(func.count()).select_from(MistakeRow).where(MistakeRow.person_id == actor.person_id)
    return session.scalar(mine.where(MistakeRow.cleared_on.is_(None))) or 0


def seed_of(person_id: int, day: date) -> str:
    """What gives one's five of a day their letters, on every device the same."""
    return sha256(f"{person_id}:{day}".encode()).hexdigest()[:16]


def _require(actor: Actor) -> None:
    require(actor, Action.PRACTICE_OWN, Subject("practice", "daily", owner_id=actor.person_id))


def _places(session: Session, row: DailyRow, zone: tzinfo, now: datetime) -> Sequence[Place]:
    seed = seed_of(row.person_id, row.day)
    held = _answers(session, row, zone)
    kept = [Kept(id_, answer.value, answer.is_right, answer.is_unsure) for id_, answer in held.items()]
    outcomes = dict(zip(held, practising.outcomes(session, kept, seed), strict=True))
    shown = practising.to_practise(session, row.version_ids, seed)
    explained = practising.explained(session, row.version_ids, seed)
    questions = _questions_of(session, row.version_ids)
    open_ones = practising.open_versions(session, questions.values(), now=now)

    def may_be_told(version_id: int) -> bool:
        current = open_ones.get(questions[version_id])
        return current is not None if version_id in held else current == version_id

    return [
        Place(practised, told if may_be_told(version_id) else None, outcomes.get(version_id))
        for version_id, practised, told in zip(row.version_ids, shown, explained, strict=True)
    ]


def _answers(session: Session, row: DailyRow, zone: tzinfo) -> Mapping[int, PracticeAnswerRow]:
    """The first answer to each question of a day's five, by version."""
    found = session.scalars(
        select(PracticeAnswerRow)
        .where(
            PracticeAnswerRow.person_id == row.person_id,
            PracticeAnswerRow.day.in_([row.day, row.day + timedelta(days=1)]),
            PracticeAnswerRow.mode == PracticeMode.DAILY,
            PracticeAnswerRow.version_id.in_(row.version_ids),
        )
        .order_by(PracticeAnswerRow.given_at, PracticeAnswerRow.id)
    )
    end = datetime.combine(row.day + timedelta(days=1), UNTIL, tzinfo=zone)
    first: dict[int, PracticeAnswerRow] = {}
    for answer in found:
        if answer.given_at < end and answer.version_id is not None:
            first.setdefault(answer.version_id, answer)
    return first


def _questions_of(session: Session, version_ids: Collection[int]) -> Mapping[int, int]:
    """The questions of these versions."""
    found = session.execute(
        select(QuestionVersionRow.id, QuestionVersionRow.question_id).where(QuestionVersionRow.id.in_(version_ids))
    )
    return dict(found.all())


def _days_of_leave(session: Session, person_id: int, since: date, zone: tzinfo) -> frozenset[date]:
    """The days of the studies from which one had leave."""
    found = session.execute(
        select(SittingRow.opens_at, MeetingRow.begins_at)
        .join(LeaveRow, LeaveRow.sitting_id == SittingRow.id)
        .join(MeetingRow, MeetingRow.sitting_id == SittingRow.id)
        .where(LeaveRow.person_id == person_id, LeaveRow.decision == LeaveDecision.APPROVED)
    )
    days = {(begins_at or opens_at).astimezone(zone).date() for opens_at, begins_at in found}
    return frozenset(day for day in days if day >= since)


def _due_tomorrow(session: Session, actor: Actor, zone: tzinfo, now: datetime) -> int:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    memories = rows.memories_of(session, actor.person_id).values()
    return sum(memory is not None and due_at(memory).astimezone(zone).date() <= tomorrow for memory, _ in memories)


# Choosing


def choose_five(session: Session, actor: Actor, zone: tzinfo, *, now: datetime) -> Five | None:
    """What today's five shall be; None where they stand as they are, or nothing is to be practised."""
    _require(actor)
    today = now.astimezone(zone).date()
    row = session.get(DailyRow, (actor.person_id, today))
    if row is None:
        new = _picked(session, actor, DAILY, frozenset(), today, now=now, seed=seed_of(actor.person_id, today))
        return Five(today, None, tuple(new)) if new else None
    if row.finished_at is not None:
        return None
    seen = tuple(row.version_ids)
    kept = _still_asked(session, row, zone, now)
    lost = len(seen) - len(kept)
    if lost:
        but = _matters_of(session, kept)
        kept += _picked(session, actor, lost, but, today, now=now, seed=f"{seed_of(actor.person_id, today)}:{seen}")
    return None if tuple(kept) == seen else Five(today, seen, tuple(kept))


def keep(session: Session, actor: Actor, five: Five, *, zone: tzinfo, now: datetime) -> None:
    """Keep them, unless another device has been faster."""
    _require(actor)
    if five.seen is None:
        values = {"person_id": actor.person_id, "day": five.day, "version_ids": list(five.version_ids), "made_at": now}
        session.execute(INSERT[session.get_bind().dialect.name](DailyRow).values(**values).on_conflict_do_nothing())
        return
    row = session.get(DailyRow, (actor.person_id, five.day), with_for_update=True)
    if row is None or tuple(row.version_ids) != five.seen:
        return
    if five.version_ids:
        row.version_ids = list(five.version_ids)
        session.flush()
        _finish(session, row, zone, now)
    else:
        session.delete(row)
    session.flush()


def _still_asked(session: Session, row: DailyRow, zone: tzinfo, now: datetime) -> list[int]:
    """What was answered, and what may be asked still: a corrected question in its new version."""
    answered = _answers(session, row, zone)
    questions = _questions_of(session, row.version_ids)
    open_ones = practising.open_versions(session, questions.values(), now=now)
    current = [id_ if id_ in answered else open_ones.get(questions[id_]) for id_ in row.version_ids]
    return list(dict.fromkeys(id_ for id_ in current if id_ is not None))


def _matters_of(session: Session, version_ids: Collection[int]) -> frozenset[Matter]:
    found = session.execute(
        select(QuestionRow.id, QuestionRow.key_point_id)
        .join(QuestionVersionRow, QuestionVersionRow.question_id == QuestionRow.id)
        .where(QuestionVersionRow.id.in_(version_ids))
    )
    return frozenset(matter_of(question_id, point) for question_id, point in found)


def _picked(
    session: Session, actor: Actor, number: int, but: Collection[Matter], today: date, *, now: datetime, seed: str
) -> list[int]:
    """A version for each of the key points that are worth most, at most `number`."""
    mistakes = _mistakes(session, actor.person_id)
    candidates = _candidates(session, actor, number, frozenset(mistakes.values()), today, now)
    for matter in but:
        candidates.pop(matter, None)
    is_narrowed = False
    while True:
        chosen = choose(list(candidates.values()), number, now, seed)
        found = _questions_for(session, actor.person_id, chosen, mistakes, now=now, seed=seed)
        empty = [matter for matter in chosen if matter not in found]
        if not empty:
            return [found[matter] for matter in chosen]
        for matter in empty:
            del candidates[matter]
        if not is_narrowed:
            # Once only: where one key point has lost its questions, others of its speech have too.
            is_narrowed = True
            asked = _cards_that_ask(session, actor.person_id)
            candidates = {m: each for m, each in candidates.items() if each.memory is None or m in asked}


def _candidates(
    session: Session, actor: Actor, number: int, wrong: Collection[Matter], today: date, now: datetime
) -> dict[Matter, Candidate[Matter]]:
    """One's cards, what was wrong, what the next sitting's sets ask, and where that is too little what is newest."""
    coming = _coming(session, actor, now)
    held = rows.memories_of(session, actor.person_id)
    # What was rated today is out: a second answer would rate nothing, however many hours have passed.
    found: dict[Matter, Memory | None] = {
        matter: memory for matter, (memory, on) in held.items() if on is None or on < today
    }
    found |= {matter: None for matter in (*wrong, *coming) if matter not in held}
    new = sum(memory is None for memory in found.values())
    for matter in _newest(session, number - new, frozenset(found) | held.keys(), now):
        found[matter] = None
    return {matter: Candidate(matter, memory, matter in wrong, matter in coming) for matter, memory in found.items()}


def _mistakes(session: Session, person_id: int) -> Mapping[int, Matter]:
    """The questions that were answered wrongly and not made good, each with what its card is about."""
    found = session.execute(
        select(QuestionRow.id, QuestionRow.key_point_id)
        .join(MistakeRow, MistakeRow.question_id == QuestionRow.id)
        .where(MistakeRow.person_id == person_id, MistakeRow.cleared_on.is_(None))
    )
    return {question_id: matter_of(question_id, point) for question_id, point in found}


def _coming(session: Session, actor: Actor, now: datetime) -> frozenset[Matter]:
    """What the sets of the next sitting ask in which this person takes part; nothing of its paper among it."""
    sitting_id = _coming_sitting(session, actor, now)
    if sitting_id is None:
        return frozenset()
    sets = session.execute(
        select(QuestionSetRow.id, QuestionSetRow.public_id)
        .join(SittingSetRow, SittingSetRow.set_id == QuestionSetRow.id)
        .where(SittingSetRow.sitting_id == sitting_id)
    )
    return frozenset(matter for set_id, public_id in sets for matter in _offered(session, set_id, public_id, now))


def _coming_sitting(session: Session, actor: Actor, now: datetime) -> int | None:
    """The next of the week's sittings that has sets: published and dealt to this person, or still being composed for
    their section or one above it."""
    asking = {"person": actor.person_id, "section": actor.section_id, "now": now}
    return session.scalar(_coming_sitting_statement(), asking)


# Statements that are asked whenever five are chosen are put together once: that takes longer than the answer.


@cache
def _coming_sitting_statement() -> Select[int]:
    dealt = exists().where(AttemptRow.sitting_id == SittingRow.id, AttemptRow.person_id == bindparam("person"))
    composed = SittingRow.published_at.is_(None) & or_(
        MeetingRow.scope_section_id.is_(None),
        MeetingRow.scope_section_id.in_(people.ids_of_all_above(bindparam("section"))),
    )
    return (
        select(SittingRow.id)
        .join(MeetingRow, MeetingRow.sitting_id == SittingRow.id)
        .where(SittingRow.kind == SittingKind.WEEKLY, SittingRow.ended_at.is_(None))
        .where(SittingRow.closes_at > bindparam("now"))
        .where(or_(dealt, composed), exists().where(SittingSetRow.sitting_id == SittingRow.id))
        .order_by(SittingRow.opens_at, SittingRow.id)
        .limit(1)
    )


def _newest(session: Session, number: int, known: Collection[Matter], now: datetime) -> Sequence[Matter]:
    """What the newest sets ask and this person was never asked: at least so many, where there are."""
    if number <= 0:
        return ()
    sets = session.execute(
        select(QuestionSetRow.id, QuestionSetRow.public_id)
        .where(exists().where(QuestionRow.set_id == QuestionSetRow.id, QuestionRow.state == QuestionState.APPROVED))
        .order_by(QuestionSetRow.created_at.desc(), QuestionSetRow.id.desc())
        .limit(NEWEST_SETS)
    ).all()
    found: dict[Matter, None] = {}
    for set_id, public_id in sets:
        found |= dict.fromkeys(matter for matter in _offered(session, set_id, public_id, now) if matter not in known)
        if len(found) >= number:
            break
    return tuple(found)


#: What each set offers and when that was read, by the set's public id, which no two databases share.
_offers: dict[str, tuple[datetime, tuple[Matter, ...]]] = {}


def _offered(session: Session, set_id: int, public_id: str, now: datetime) -> tuple[Matter, ...]:
    """What a set has questions about that may be practised."""
    read_at, matters = _offers.get(public_id, (None, ()))
    if read_at is None or not timedelta(0) <= now - read_at < OFFERED_FOR:
        if len(_offers) >= SETS_KEPT:
            _offers.clear()
        matters = tuple(dict.fromkeys(_asked_in(session, set_id, now)))
        _offers[public_id] = (now, matters)
    return matters


def _asked_in(session: Session, set_id: int, now: datetime) -> Iterable[Matter]:
    found = session.execute(
        select(QuestionRow.id, QuestionRow.key_point_id)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.set_id == set_id, QuestionVersionRow.type.in_(FAST), rows.may_be_practised(now))
        .order_by(QuestionRow.id)
    )
    return [matter_of(question_id, point) for question_id, point in found]


def _cards_that_ask(session: Session, person_id: int) -> frozenset[Matter]:
    """Of one's cards those that the bank has a question about, be it reserved or not."""
    found = session.execute(_cards_that_ask_statement(), {"person": person_id})
    return frozenset(Matter(point, question) for point, question in found)


@cache
def _cards_that_ask_statement() -> CompoundSelect[int | None, int | None]:
    """In two halves, for each of which there is an index."""
    asks = and_(
        QuestionVersionRow.id == QuestionRow.version_id,
        QuestionVersionRow.type.in_(FAST),
        QuestionRow.state == QuestionState.APPROVED,
    )
    mine = select(CardRow.key_point_id, CardRow.question_id).where(CardRow.person_id == bindparam("person"))
    about_points = exists().where(QuestionRow.key_point_id == CardRow.key_point_id, asks)
    about_questions = exists().where(QuestionRow.id == CardRow.question_id, QuestionRow.key_point_id.is_(None), asks)
    return union_all(
        mine.where(CardRow.key_point_id.is_not(None), about_points),
        mine.where(CardRow.question_id.is_not(None), about_questions),
    )


def _questions_for(
    session: Session,
    person_id: int,
    matters: Collection[Matter],
    mistakes: Collection[int],
    *,
    now: datetime,
    seed: str,
) -> Mapping[Matter, int]:
    """For each of these the version of its best question today: the mistake itself, what was not asked lately, what is
    answered fast. Left out is what has none."""
    about = {
        "points": [matter.key_point_id for matter in matters if matter.key_point_id],
        "questions": [matter.question_id for matter in matters if matter.question_id],
    }
    asked = session.execute(_questions_statement(), {**about, "now": now}).all()
    last = _last_answered(session, person_id, [question_id for question_id, *_ in asked])
    best: dict[Matter, tuple[tuple[object, ...], int]] = {}
    for question_id, point, version_id, type_ in asked:
        at = last.get(question_id)
        lately = 0.0 if at is None else max(0.0, LATELY / timedelta(days=1) - (now - at) / timedelta(days=1))
        tie = sha256(f"{seed}:{question_id}".encode()).digest()
        rank = (question_id not in mistakes, lately, FAST.index(type_), tie)
        matter = matter_of(question_id, point)
        if matter not in best or rank < best[matter][0]:
            best[matter] = (rank, version_id)
    return {matter: best[matter][1] for matter in matters if matter in best}


@cache
def _questions_statement() -> Select[int, int | None, int, TypeName]:
    about = or_(
        QuestionRow.key_point_id.in_(bindparam("points", expanding=True)),
        QuestionRow.id.in_(bindparam("questions", expanding=True)),
    )
    return (
        select(QuestionRow.id, QuestionRow.key_point_id, QuestionVersionRow.id, QuestionVersionRow.type)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(about, QuestionVersionRow.type.in_(FAST), rows.may_be_practised(bindparam("now")))
    )


def _last_answered(session: Session, person_id: int, question_ids: Collection[int]) -> Mapping[int, datetime]:
    found = session.execute(
        select(PracticeAnswerRow.question_id, func.max(PracticeAnswerRow.given_at))
        .where(PracticeAnswerRow.person_id == person_id, PracticeAnswerRow.question_id.in_(question_ids))
        .group_by(PracticeAnswerRow.question_id)
    )
    return {question_id: at for question_id, at in found if question_id is not None}


# Answering


def answer(session: Session, actor: Actor, given: Given, zone: tzinfo, *, now: datetime) -> Outcome:
    """Take in an answer to one of one's five, of today or of a day whose answers were kept on a device.

    :raise NotFound: if there is no such question
    :raise Reserved: if it was never among them and may not be practised now, or never was but is on a paper
    :raise BadResponse: if what was sent is no answer to it
    """
    _require(actor)
    given = replace(given, mode=PracticeMode.DAILY)
    since = now.astimezone(zone).date() - practising.OLDEST
    days = session.scalars(
        select(DailyRow).where(DailyRow.person_id == actor.person_id, DailyRow.day >= since).order_by(DailyRow.day)
    ).all()
    question_id, version_id = practising.version_named(session, given.id, given.version)
    is_own = any(version_id in row.version_ids for row in days)
    if not is_own and not practising.open_versions(session, [question_id], now=now):
        raise Reserved(given.id)
    outcome = practising.answer(session, actor, given, zone, now=now)
    for row in days:
        if row.finished_at is None and version_id in row.version_ids:
            _finish(session, row, zone, now)
    session.flush()
    return outcome


def _finish(session: Session, row: DailyRow, zone: tzinfo, now: datetime) -> None:
    """Two devices that give the last two answers at once: the rows of the day are held, so the second sees both."""
    session.refresh(row, with_for_update=True)
    if row.finished_at is None and set(row.version_ids) <= _answers(session, row, zone).keys():
        row.finished_at = now
