"""模拟测试: a paper that one person draws and takes alone, by the specification of a coming sitting.

It is a sitting of its own, so that all of taking serves it: timed, saved, resumed, with keys and sentences at the end.
It counts nowhere, and nobody else knows of it.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import tzinfo
from enum import StrEnum
from random import Random

from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.paper import Candidate
from quizapp.core.paper import NotEnoughQuestions
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import Shortage
from quizapp.core.paper import Wishes
from quizapp.core.paper import draw_paper
from quizapp.core.paper import shortages
from quizapp.core.paper import wishes_of
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import Review
from quizapp.core.types import TYPES
from quizapp.db import people
from quizapp.db import practice as rows
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import mocks_of_person
from quizapp.db.meetings import MeetingRow
from quizapp.db.missed import missed_as_wished
from quizapp.db.practice import MockRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.services import attempts
from quizapp.services.sittings import MISSED_WITHIN
from quizapp.services.sittings import taken_alone

#: As many on one day of the office: a paper that is drawn all day is guessed, not known.
MOST_A_DAY = 3
#: Sittings ahead that are offered, of so many that may be drawn for.
OFFERED, LOOKED_AHEAD = 3, 20
#: How many sittings back a specification is looked for.
LOOKED_BACK = 12


class Basis(StrEnum):
    """Whose specification a mock follows."""

    OWN = "own"  # the sitting's
    LAST = "last"  # that of the last sitting that has closed: this one has none yet
    AGAIN = "again"  # of the last sitting itself: none is ahead


@dataclass(frozen=True)
class Model:
    """A sitting that a mock may be drawn for. `counts` is what its paper asks of one person, by type, with the full
    mark of each question; empty where nothing says what a paper would ask."""

    id: str
    topic: str
    opens_at: datetime
    minutes: int
    basis: Basis
    counts: Mapping[TypeName, int]
    marks: Mapping[TypeName, int]

    @property
    def questions(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Reduced:
    """A type of which a mock has fewer questions than the paper; because of people's marks it has none at all."""

    type: TypeName
    wanted: int
    drawn: int
    needs_person: bool


@dataclass(frozen=True)
class Drawn:
    """The mock that is to be answered now, new or under way, by its attempt's public id."""

    attempt_id: str
    is_new: bool
    reduced: tuple[Reduced, ...] = ()


@dataclass(frozen=True)
class OwnMocks:
    """What one's own page shows: what may be drawn, the mocks so far (the newest first), the one under way."""

    models: tuple[Model, ...]
    attempts: tuple[AttemptRow, ...]
    running: AttemptRow | None
    left_today: int


# What may be drawn


def page(session: Session, actor: Actor, zone: tzinfo, *, now: datetime) -> OwnMocks:
    _require(actor)
    own = mocks_of_person(session, actor.person_id)
    return OwnMocks(coming(session, actor, now=now), tuple(own), _running(own, now), _left(own, zone, now))


def coming(session: Session, actor: Actor, *, now: datetime) -> tuple[Model, ...]:
    """The next sittings that this person takes part in, the nearest first; without any, the last that has closed."""
    _require(actor)
    return tuple(model for model, _, _ in _models(session, actor, now)[:OFFERED])


def _require(actor: Actor) -> None:
    require(actor, Action.PRACTICE_OWN, Subject("mock", owner_id=actor.person_id))


def _models(session: Session, actor: Actor, now: datetime) -> list[tuple[Model, SittingRow, SittingRow]]:
    """Each model with its sitting, and the sitting whose specification, sets and wishes it follows."""
    behind = rows.sittings_behind(session, actor.person_id, now, LOOKED_BACK)
    last = next((row for row in behind if row.specification and row.sets), None)
    ahead = rows.sittings_ahead(session, actor.person_id, now, LOOKED_AHEAD)
    found = [_model(row, last) for row in ahead if _joins(session, actor, row)]
    if not found and last is not None:
        found = [(_told(last, last, Basis.AGAIN), last, last)]
    return found


def _joins(session: Session, actor: Actor, row: SittingRow) -> bool:
    """Whether a person takes part; what is published was dealt to them."""
    scope = row.meeting.scope_section_id
    if row.published_at is not None or scope is None:
        return True
    return actor.section_id in people.with_all_below(session, [scope])


def _model(row: SittingRow, last: SittingRow | None) -> tuple[Model, SittingRow, SittingRow]:
    if (row.specification and row.sets) or last is None:
        return _told(row, row, Basis.OWN), row, row
    return _told(row, last, Basis.LAST), row, last


def _told(row: SittingRow, like: SittingRow, basis: Basis) -> Model:
    """What a person is asked where each gets a paper of their own is the third number, else the first."""
    asked = {TypeName(name): numbers for name, numbers in like.specification.items()} if like.sets else {}
    each = like.drawing is Drawing.PER_PERSON
    counts = {name: numbers[2 if each and len(numbers) > 2 else 0] for name, numbers in asked.items()}
    return Model(
        id=row.public_id,
        topic=row.topic,
        opens_at=row.opens_at,
        minutes=row.duration_minutes,
        basis=basis,
        counts={name: count for name, count in counts.items() if count},
        marks={name: numbers[1] for name, numbers in asked.items()},
    )


# Drawing


def draw(session: Session, actor: Actor, sitting_id: str, rng: Random, zone: tzinfo, *, now: datetime) -> Drawn:
    """Draw a mock for a sitting and begin it, or go on with the one under way: of two taps, or on two devices, one is
    drawn.

    :raise NotFound: if it is no sitting that a mock may be drawn for
    :raise BadInput: if today's are used up, or nothing can be drawn
    """
    _require(actor)
    rows.hold_person(session, actor.person_id)
    own = mocks_of_person(session, actor.person_id)
    running = _running(own, now)
    if running is not None:
        return Drawn(running.public_id, is_new=False)
    found = next((each for each in _models(session, actor, now) if each[0].id == sitting_id), None)
    if found is None:
        raise NotFound("sitting", sitting_id)
    if not _left(own, zone, now):
        why = f"今天已经做过 {MOST_A_DAY} 次，明天可以再做；今日五题和自由练习不受影响"
        raise BadInput("", [Problem("模拟测试", why)])
    return _begin(session, actor, *found, rng, now)


def _running(own: Sequence[AttemptRow], now: datetime) -> AttemptRow | None:
    """Never more than one is under way, and it is the newest."""
    return next((attempt for attempt in own[:1] if attempts.is_running(attempt, now)), None)


def _left(own: Sequence[AttemptRow], zone: tzinfo, now: datetime) -> int:
    today = now.astimezone(zone).date()
    drawn = sum(attempt.sitting.opens_at.astimezone(zone).date() == today for attempt in own)
    return max(MOST_A_DAY - drawn, 0)


def _begin(
    session: Session, actor: Actor, model: Model, sitting: SittingRow, like: SittingRow, rng: Random, now: datetime
) -> Drawn:
    spec, chosen, reduced = _drawn(session, actor, model, like, rng, now)
    mock = _sitting(sitting, like, spec, now)
    session.add(mock)
    session.flush()
    session.add(MockRow(person_id=actor.person_id, model_id=sitting.id, sitting_id=mock.id, made_at=now))
    rows.await_papers(session, mock.id)
    session.add_all(
        PaperQuestionRow(
            sitting_id=mock.id, position=place, version_id=each.version_id, full_mark=spec.marks[each.type]
        )
        for place, each in enumerate(chosen, start=1)
    )
    session.flush()
    attempts.deal_to(session, mock, actor.person_id, actor.section_id)
    attempt = attempts.start(session, actor, mock.public_id, now=now)
    return Drawn(attempt.public_id, is_new=True, reduced=reduced)


def _drawn(
    session: Session, actor: Actor, model: Model, like: SittingRow, rng: Random, now: datetime
) -> tuple[PaperSpec, Sequence[Candidate], tuple[Reduced, ...]]:
    """The questions of the paper, and how it differs from what was asked for."""
    # Rest is a matter of the weeks' papers: what one of them used lately is just what is to be practised.
    wishes = replace(wishes_of(like.wishes), rest_weeks=0)
    pool = _pool(session, actor, like, wishes, now)
    asked = {name: 0 if TYPES[name].is_marked_by_person else count for name, count in model.counts.items()}
    short = shortages(PaperSpec(asked, model.marks), pool, [])
    lacking = {each.type: each.available for each in short if isinstance(each, Shortage)}
    counts = {name: min(count, lacking.get(name, count)) for name, count in asked.items()}
    if not any(counts.values()):
        raise BadInput("", [Problem("模拟测试", _why_none(model))])
    spec = PaperSpec({name: count for name, count in counts.items() if count}, model.marks, wishes=wishes)
    known = {candidate.version_id: candidate for candidate in pool}
    chosen = [known[version_id] for version_id in _paper(spec, pool, rng)]
    reduced = (
        Reduced(name, wanted, counts[name], TYPES[name].is_marked_by_person)
        for name, wanted in model.counts.items()
        if counts[name] < wanted
    )
    return spec, chosen, tuple(reduced)


def _why_none(model: Model) -> str:
    if not model.counts:
        return "还没有组卷要求可以参照：等主持科室抽出试卷，或第一次学测结束以后再来"
    return "题库里现在没有可以练的试题：正式试卷上的题到学测结束才放开，请学测结束以后再来"


def _pool(session: Session, actor: Actor, like: SittingRow, wishes: Wishes, now: datetime) -> Sequence[Candidate]:
    """What may be drawn, each with the day on which this person last practised it: what is new to them comes first."""
    missed = missed_as_wished(session, wishes, like.meeting.scope_section_id, now - MISSED_WITHIN, now)
    set_ids = [each.set_id for each in like.sets]
    allowed = rows.practisable(session, set_ids, now)
    seen = rows.last_practised(session, actor.person_id)
    found = sittings.candidates(session, set_ids, missed=missed)
    return [replace(each, last_used=seen.get(each.question_id)) for each in found if each.question_id in allowed]


def _paper(spec: PaperSpec, pool: Sequence[Candidate], rng: Random) -> Sequence[int]:
    """The bank fills every count of the specification; quotas that it cannot fill beside them are let go."""
    try:
        return draw_paper(spec, pool, [], rng)
    except NotEnoughQuestions:
        return draw_paper(replace(spec, wishes=replace(spec.wishes, quotas=())), pool, [], rng)


def _sitting(model: SittingRow, like: SittingRow, spec: PaperSpec, now: datetime) -> SittingRow:
    """By the model's rules, open as long as it takes, and with keys at once. Host and leader are the model's, as every
    sitting has them; they find nothing of it."""
    return taken_alone(
        model,
        SittingKind.MOCK,
        "模拟",
        now,
        review=Review.AT_ONCE,
        drawing=Drawing.SAME,
        specification={name.value: [count, spec.marks[name]] for name, count in spec.counts.items()},
        wishes={},
        sets=[SittingSetRow(set_id=chosen.set_id) for chosen in like.sets],
        meeting=MeetingRow(),
    )
