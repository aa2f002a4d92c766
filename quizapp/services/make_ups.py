"""Making up for a sitting that was missed: the speech is read in parts, then a fresh paper is taken by the deadline."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from itertools import groupby
from random import Random

from sqlalchemy.orm import Session

from quizapp.core.attendance import MakeUpState
from quizapp.core.attendance import Part
from quizapp.core.attendance import Presence
from quizapp.core.attendance import make_up_due
from quizapp.core.attendance import make_up_state
from quizapp.core.attendance import reading_parts
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.errors import Problem
from quizapp.core.paper import NotEnoughQuestions
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import draw_paper
from quizapp.core.paper import wishes_of
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.db import attendance as rows
from quizapp.db import people
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import Known
from quizapp.db.attendance import MakeUpPaperRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.meetings import MeetingRow
from quizapp.db.missed import missed_as_wished
from quizapp.db.people import PersonRow
from quizapp.db.practice import await_papers
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import audit
from quizapp.services import readings
from quizapp.services.people import in_tree_order
from quizapp.services.sittings import MISSED_WITHIN
from quizapp.services.sittings import taken_alone

#: How far back the sections' list goes.
LISTED_FOR = timedelta(days=180)


@dataclass(frozen=True)
class Task:
    """A make-up task as lists show it."""

    public_id: str
    #: The sitting that was missed.
    topic: str
    sitting_id: str
    closes_at: datetime
    #: False until that sitting has closed: then the task can be begun.
    can_begin: bool
    due: datetime
    state: MakeUpState
    is_read: bool
    #: The paper that makes up for it, once it was opened.
    attempt_id: str | None
    done_at: datetime | None

    @property
    def was_late(self) -> bool:
        """逾期补完: done, but after the deadline."""
        return self.done_at is not None and self.state is MakeUpState.OVERDUE


@dataclass(frozen=True)
class Reading:
    """One part of a speech to read; `number` counts from 0 through all speeches of the sitting."""

    number: int
    speech: str
    part: Part
    is_read: bool


@dataclass(frozen=True)
class TaskPage:
    """One's own task. Without `parts` there is no speech to read, and the paper comes at once."""

    task: Task
    parts: tuple[Reading, ...]
    minutes: int
    pass_percent: int
    #: How many questions are those of the sitting that was missed, and how many there are; None until it is drawn.
    repeated: tuple[int, int] | None

    @property
    def parts_read(self) -> int:
        return len(self.parts) if self.task.is_read else sum(part.is_read for part in self.parts)


@dataclass(frozen=True)
class PersonTask:
    """Somebody's task, for those who oversee the section they were in."""

    name: str
    staff_number: str
    section: str
    task: Task


@dataclass(frozen=True)
class SittingTasks:
    """Who makes up for one sitting, as far as the reader oversees them."""

    topic: str
    public_id: str
    opens_at: datetime
    people: tuple[PersonTask, ...]

    def count(self, state: MakeUpState) -> int:
        return sum(person.task.state is state for person in self.people)


# Being told to


def missable_sitting(session: Session, public_id: str, *, lock: bool = False) -> SittingRow:
    """A sitting that people can be there at, be on leave from and make up for: a published one of the week."""
    sitting = sittings.sitting_by_public_id(session, public_id, lock=lock)
    if sitting.published_at is None or sitting.kind is SittingKind.MAKE_UP:
        raise NotFound("sitting", public_id)
    return sitting


def assign(session: Session, sitting: SittingRow, person_id: int, by: Actor, *, now: datetime) -> None:
    """Make the task of somebody who is not there; again is the same as once. The caller has asked permission."""
    days = session.get_one(MeetingRow, sitting.id).make_up_days
    due = make_up_due(sitting.closes_at, days, now)
    values = {
        "sitting_id": sitting.id,
        "person_id": person_id,
        "due": due,
        "assigned_by_id": by.person_id,
        "made_at": now,
    }
    if rows.keep_make_up(session, values):
        audit.record(session, by, "make-up:assigned", sitting.public_id, now, person=person_id, due=due.isoformat())


def assign_to(
    session: Session, actor: Actor, sitting_public_id: str, person_public_ids: Collection[str], *, now: datetime
) -> int:
    """Have people who were not there make up for it; how many.

    :raise NotFound: if one of them is not expected there, or is not the actor's to correct
    :raise BadInput: if nobody is named, or one of them was there
    """
    sitting = missable_sitting(session, sitting_public_id, lock=True)
    must_have_closed(sitting, now)
    if not person_public_ids:
        raise BadInput("", [Problem("补学", "请勾选要补学的人员")])
    wanted = set(person_public_ids)
    dealt = {person.public_id: person for person, _ in rows.dealt_people(session, [sitting.id], actor.overseen)}
    if not wanted <= dealt.keys():
        raise NotFound("attendance", sitting_public_id)
    named = [person for public_id, person in dealt.items() if public_id in wanted]
    rows.hold(session, sitting.id, [person.id for person in named])
    known = rows.known_of(session, sitting.id, actor.overseen)
    for person in named:
        _must_have_missed(actor, person, known[person.id])
        assign(session, sitting, person.id, actor, now=now)
    return len(named)


def _must_have_missed(actor: Actor, person: PersonRow, known: Known) -> None:
    subject = Subject("person", person.public_id, owner_id=person.id, section_id=known.section_id)
    require(actor, Action.ATTENDANCE_CORRECT, subject)
    if known.presence is Presence.PRESENT or known.started:
        raise BadInput("", [Problem(person.name, "已参加学习，不需要补学")])


def must_have_closed(sitting: SittingRow, now: datetime) -> None:
    phase = sitting.phase(now)
    if phase is not SittingPhase.CLOSED:
        raise NotNow(phase, SittingMove.START)


# One's own tasks


def own(session: Session, actor: Actor, *, now: datetime) -> tuple[Task, ...]:
    """One's own tasks: what is still to be done first, by its deadline; then what was done, the newest first."""
    found = [_task(row, now) for row in rows.make_ups_of_person(session, actor.person_id)]
    open_ones = [task for task in found if task.done_at is None]
    return (*open_ones, *(task for task in reversed(found) if task.done_at is not None))


def task_page(session: Session, actor: Actor, public_id: str, *, now: datetime) -> TaskPage:
    row = _own_row(session, actor, public_id)
    return TaskPage(
        task=_task(row, now),
        parts=_parts(session, row),
        minutes=row.sitting.duration_minutes,
        pass_percent=row.sitting.pass_percent,
        repeated=_repeated(session, row),
    )


def read_part(session: Session, actor: Actor, public_id: str, number: int, *, now: datetime) -> TaskPage:
    """Note that a part of the speech was read; again changes nothing.

    :raise NotFound: if the speech has no such part
    """
    row = _own_row(session, actor, public_id, lock=True)
    must_have_closed(row.sitting, now)
    numbers = {part.number for part in _parts(session, row)}
    if number not in numbers:
        raise NotFound("part", number)
    row.read = sorted({*row.read, number})
    if row.read_at is None and numbers <= set(row.read):
        row.read_at = now
    session.flush()
    return task_page(session, actor, public_id, now=now)


def start(session: Session, actor: Actor, public_id: str, rng: Random, *, now: datetime) -> AttemptRow:
    """Open the fresh paper, or go on with it; it is drawn when the first who missed the sitting needs it.

    :raise NotNow: if the sitting that was missed has not closed
    :raise BadInput: if parts of the speech are still to be read
    """
    row = _own_row(session, actor, public_id, lock=True)
    if row.attempt is not None:
        return row.attempt
    must_have_closed(row.sitting, now)
    _must_be_read(session, row, now)
    paper = _paper(session, row.sitting, rng, now)
    attempts.deal_to(session, paper, actor.person_id, actor.section_id)
    attempt = attempts.start(session, actor, paper.public_id, now=now)
    if row.due > now and attempt.deadline is not None:
        attempt.deadline = min(attempt.deadline, row.due)
    row.attempt_id = attempt.id
    audit.record(session, actor, "make-up:started", public_id, now, sitting=row.sitting.public_id)
    return attempt


def _own_row(session: Session, actor: Actor, public_id: str, *, lock: bool = False) -> MakeUpRow:
    row = rows.make_up_by_public_id(session, public_id, lock=lock)
    require(actor, Action.MAKE_UP_DO, Subject("make-up", public_id, owner_id=row.person_id))
    return row


def _must_be_read(session: Session, row: MakeUpRow, now: datetime) -> None:
    if row.read_at is not None:
        return
    left = [part for part in _parts(session, row) if not part.is_read]
    if left:
        raise BadInput("", [Problem("学习讲话", f"还有 {len(left)} 部分没有读完，请先读完再作答")])
    row.read_at = now


def _parts(session: Session, row: MakeUpRow) -> tuple[Reading, ...]:
    found = []
    for speech in rows.speeches_of(session, row.sitting_id):
        reading = readings.understanding_of(session, speech).reading
        title = speech.title or speech.filename
        found += [(title, part) for part in reading_parts(reading.clean, reading.outline)]
    all_read = row.read_at is not None
    return tuple(
        Reading(number, title, part, all_read or number in row.read) for number, (title, part) in enumerate(found)
    )


def _task(row: MakeUpRow, now: datetime) -> Task:
    done = done_at(row.attempt, now)
    return Task(
        public_id=row.public_id,
        topic=row.sitting.topic,
        sitting_id=row.sitting.public_id,
        closes_at=row.sitting.closes_at,
        can_begin=row.sitting.phase(now) is SittingPhase.CLOSED,
        due=row.due,
        state=make_up_state(row.due, done, now),
        is_read=row.read_at is not None,
        attempt_id=row.attempt.public_id if row.attempt else None,
        done_at=done,
    )


def done_at(attempt: AttemptRow | None, now: datetime) -> datetime | None:
    """When the paper was handed in; its bell closes it also while nobody is there to do so."""
    if attempt is None or attempt.closed_at is not None:
        return attempt.closed_at if attempt else None
    return attempt.deadline if attempt.deadline is not None and attempt.deadline <= now else None


# The fresh paper


def _paper(session: Session, missed: SittingRow, rng: Random, now: datetime) -> SittingRow:
    """The sitting of the fresh paper, open for whoever needs it now."""
    sitting = sittings.sitting_by_public_id(session, missed.public_id, lock=True)
    paper = rows.make_up_paper(session, sitting.id) or _made(session, sitting, rng, now)
    latest = rows.latest_due(session, sitting.id) or now
    paper.closes_at = max(paper.closes_at, latest, now + timedelta(minutes=paper.duration_minutes))
    # Whoever is late for their own deadline finds it closed: it opens again for them.
    paper.ended_at = None
    session.flush()
    await_papers(session, paper.id)
    return paper


def _made(session: Session, missed: SittingRow, rng: Random, now: datetime) -> SittingRow:
    """Draw the paper as it was asked for and approved for the sitting, and publish it in the approver's name."""
    paper = _like(missed, now)
    session.add(paper)
    session.flush()
    session.add(MakeUpPaperRow(sitting_id=missed.id, paper_sitting_id=paper.id))
    session.add_all(
        PaperQuestionRow(sitting_id=paper.id, position=position, version_id=version_id, full_mark=mark)
        for position, (version_id, mark) in enumerate(_drawn(session, missed, rng, now), start=1)
    )
    return paper


def _like(missed: SittingRow, now: datetime) -> SittingRow:
    """A sitting by the same rules, which everybody takes alone."""
    approved = MeetingRow(
        scope_section_id=missed.meeting.scope_section_id, approved_by_id=missed.meeting.approved_by_id
    )
    return taken_alone(missed, SittingKind.MAKE_UP, "补学", now, meeting=approved)


def _drawn(session: Session, missed: SittingRow, rng: Random, now: datetime) -> list[tuple[int, int]]:
    """Versions and full marks: other questions by the same specification, else of the same types at least; where the
    bank has too few, some or all of the same."""
    places = sittings.paper(session, missed.id)
    marks = {place.version.type: place.full_mark for place in places}
    plain = PaperSpec(Counter(place.version.type for place in places), marks)
    wishes = wishes_of(missed.wishes)
    lately = missed_as_wished(session, wishes, missed.meeting.scope_section_id, now - MISSED_WITHIN, now)
    found = sittings.candidates(session, [each.set_id for each in missed.sets], missed=lately)
    asked = {place.version.question_id for place in places}
    fresh = [candidate for candidate in found if candidate.question_id not in asked]
    types = {candidate.version_id: candidate.type for candidate in found}
    wished = replace(plain, wishes=wishes)
    for spec, pool in ((wished, fresh), (plain, fresh), (plain, found)):
        with suppress(NotEnoughQuestions):
            chosen = draw_paper(spec, pool, [], rng, day=missed.closes_at.date())
            return [(version_id, marks[types[version_id]]) for version_id in chosen]
    return [(place.version_id, place.full_mark) for place in places]


def _repeated(session: Session, row: MakeUpRow) -> tuple[int, int] | None:
    paper = rows.make_up_paper(session, row.sitting_id)
    if paper is None:
        return None
    before = {place.version.question_id for place in sittings.paper(session, row.sitting_id)}
    after = [place.version.question_id for place in sittings.paper(session, paper.id)]
    return sum(question_id in before for question_id in after), len(after)


# The sections' tasks


def of_sections(session: Session, actor: Actor, *, now: datetime) -> tuple[SittingTasks, ...]:
    """Who of the overseen sections makes up for which sitting, the newest sitting first; of a make-up the room's
    figures know nothing."""
    tree = [row for row, _ in in_tree_order(people.sections(session))]
    places = {row.id: (place, row.name) for place, row in enumerate(tree)}
    found = rows.make_ups_in_sections(session, actor.overseen, now - LISTED_FOR)
    by_sitting = groupby(found, key=lambda each: each[0].sitting_id)
    return tuple(_sitting_tasks(list(group), places, now) for _, group in by_sitting)


def _sitting_tasks(
    found: Sequence[tuple[MakeUpRow, int]], places: Mapping[int, tuple[int, str]], now: datetime
) -> SittingTasks:
    sitting = found[0][0].sitting
    listed = tuple(
        PersonTask(row.person.name, row.person.staff_number, places[section_id][1], _task(row, now))
        for row, section_id in sorted(found, key=lambda each: places[each[1]])
    )
    return SittingTasks(sitting.topic, sitting.public_id, sitting.opens_at, listed)
