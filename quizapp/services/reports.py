"""How sections did, for those who oversee them.

While a sitting is open, scores are those of the papers handed in so far. What was asked and what is right leave here
only when nobody can take the quiz any more.
"""

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveKind
from quizapp.core.errors import NotFound
from quizapp.core.question import Question
from quizapp.core.reports import FEW
from quizapp.core.reports import NOBODY
from quizapp.core.reports import Figures
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingPhase
from quizapp.core.types import TYPES
from quizapp.core.types.short_answer import faults_said
from quizapp.db import attempts as attempt_rows
from quizapp.db import people
from quizapp.db import reports
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.reports import Given
from quizapp.db.reports import Missed
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts

#: A year of weeks has to be paged; a quarter fits one page, and a table of people on a wide screen.
SITTINGS_SHOWN = 12
#: A section has fewer people, as a rule; a longer list is paged.
PEOPLE_SHOWN = 60
MOST_MISSED = 10
#: Nobody reads a question and its options in less: a paper that took less for each was hardly read.
READING_A_QUESTION = timedelta(seconds=2)
#: How many faults a report tells of one question; of more answers than these none, reading them all takes too long.
MOST_FAULTS = 6
MOST_ANSWERS_READ = 30_000


@dataclass(frozen=True)
class SectionName:
    """A section as a report names it; `above` names the one it belongs to where two would read the same."""

    id: int
    public_id: str
    name: str
    above: str = ""
    #: Merged into another since: its past stays under its name.
    merged: bool = False


@dataclass(frozen=True)
class SittingName:
    """A sitting as a report names it."""

    id: int
    public_id: str
    topic: str
    opens_at: datetime
    closes_at: datetime
    phase: SittingPhase
    pass_percent: int
    host_section_id: int
    leader_id: int

    @property
    def final(self) -> bool:
        """Whether nobody can take the quiz any more: figures no longer change, and keys may be told."""
        return self.phase is SittingPhase.CLOSED


@dataclass(frozen=True)
class SittingLine:
    sitting: SittingName
    figures: Figures

    @property
    def few(self) -> bool:
        return self.figures.few


@dataclass(frozen=True)
class PersonName:
    """A person as a report names them."""

    public_id: str
    name: str
    staff_number: str
    id: int


@dataclass(frozen=True)
class MissedQuestion:
    """A question that was missed, with what is right and the sentence that says so."""

    position: int
    type_label: str
    stem: str
    key: tuple[str, ...]
    explanation: str
    speech: str
    heading: str
    quote: str
    answered: int
    asked: int
    facility: Fraction
    #: What was wrong in how many answers, most common first; none where few answered, for then it tells of persons.
    faults: tuple[tuple[str, int], ...]
    #: Whose answer did not earn the whole mark; only told of one section at a time.
    people: tuple[PersonName, ...] = ()


@dataclass(frozen=True)
class Circumstances:
    """How an attempt was made: facts for whoever knows the person, which no figure counts."""

    #: Answers that arrived after the bell and count.
    late: int = 0
    #: How often the paper was left for another window, or the screen went dark.
    left: int = 0
    #: Done in less time than it takes to read the questions.
    quick: bool = False


@dataclass(frozen=True)
class PersonLine:
    """How one person did in one sitting.

    `share`, `units`, `full_units` and `passed` stay None while there is no score. While `unmarked` answers wait for a
    person's mark, `units` are those of the others, and there is neither a share nor a verdict.
    """

    person: PersonName
    section_name: str
    sitting: SittingName
    state: AttemptState
    share: Fraction | None
    units: int | None
    full_units: int | None
    passed: bool | None
    seconds: float | None
    unmarked: int
    circumstances: Circumstances = Circumstances()
    #: Why the person was excused; None where they were not, or took it all the same.
    leave: LeaveKind | None = None
    #: Taken on paper, so nothing is known of how long it took.
    on_paper: bool = False


@dataclass(frozen=True)
class SectionReport:
    """One section in one sitting: who took part, who did not, what was missed."""

    sitting: SittingName
    section: SectionName
    figures: Figures
    absent: tuple[PersonLine, ...]
    excused: tuple[PersonLine, ...]
    present: tuple[PersonLine, ...]
    missed: tuple[MissedQuestion, ...]

    @property
    def few(self) -> bool:
        return self.figures.few

    @property
    def has_circumstances(self) -> bool:
        return any(line.circumstances != Circumstances() for line in self.present)


# The reports


def section_report(
    session: Session, actor: Actor, sitting_public_id: str, section_public_id: str, *, now: datetime
) -> SectionReport:
    """One section in one sitting, person by person."""
    section = overseen_section(session, actor, section_public_id)
    return section_at(session, section, opened(session, sitting_public_id, now))


# Their parts


def overseen_section(session: Session, actor: Actor, public_id: str) -> SectionName:
    row = people.section_by_public_id(session, public_id)
    require(actor, Action.REPORT_READ, Subject("section", public_id, section_id=row.id))
    return section_name(row)


def section_name(row: SectionRow, above: str = "") -> SectionName:
    return SectionName(row.id, row.public_id, row.name, above, row.closed_at is not None)


def opened(session: Session, public_id: str, now: datetime) -> SittingName:
    """A week's sitting that has opened; before that there is nothing to report, not even that it will be."""
    row = sittings.sitting_alone(session, public_id)
    name = sitting_name(row, now)
    if row.kind is not SittingKind.WEEKLY or name.phase not in (SittingPhase.OPEN, SittingPhase.CLOSED):
        raise NotFound("sitting", public_id)
    return name


def sitting_name(row: SittingRow, now: datetime) -> SittingName:
    times = (row.opens_at, row.closes_at, row.phase(now))
    return SittingName(row.id, row.public_id, row.topic, *times, row.pass_percent, row.host_section_id, row.leader_id)


def newest_sittings(session: Session, section_ids: Collection[int], now: datetime, limit: int) -> list[SittingName]:
    """The newest sittings that have opened and were dealt to these sections."""
    return [sitting_name(row, now) for row in reports.opened_sittings(session, section_ids, now, limit)]


def ids(named: Iterable[SectionName | SittingName]) -> list[int]:
    return [name.id for name in named]


def section_at(session: Session, section: SectionName, sitting: SittingName) -> SectionReport:
    found = reports.by_section(session, [section.id], [sitting.id])
    rows = reports.attempts_of_section(session, section.id, [sitting.id])
    told = _circumstances(session, sitting, rows)
    leaves = reports.leaves_of_section(session, section.id, [sitting.id])
    lines = [
        replace(
            person_line(row, person_name(row.person), section.name, sitting),
            circumstances=told[row.id],
            leave=leave_of(row, leaves),
        )
        for row in rows
    ]
    missed = most_missed(session, [section.id], sitting)
    return SectionReport(
        sitting=sitting,
        section=section,
        figures=found.get((section.id, sitting.id), NOBODY),
        absent=tuple(line for line in lines if line.state is AttemptState.NOT_STARTED and line.leave is None),
        excused=tuple(line for line in lines if line.leave is not None),
        present=tuple(line for line in lines if line.state is not AttemptState.NOT_STARTED),
        missed=_with_names(session, section, sitting, missed, rows),
    )


def _with_names(
    session: Session,
    section: SectionName,
    sitting: SittingName,
    missed: Sequence[MissedQuestion],
    rows: Sequence[AttemptRow],
) -> tuple[MissedQuestion, ...]:
    """The same questions, each with the people of the section who did not earn its whole mark."""
    places = [(sitting.id, question.position) for question in missed]
    lost: dict[int, set[int]] = {}
    for person_id, (_, position), asked in reports.asked_of_people(session, section.id, places):
        if asked.units < asked.full:
            lost.setdefault(position, set()).add(person_id)
    return tuple(
        replace(
            question,
            people=tuple(person_name(row.person) for row in rows if row.person_id in lost.get(question.position, ())),
        )
        for question in missed
    )


def _circumstances(session: Session, sitting: SittingName, rows: Sequence[AttemptRow]) -> Mapping[int, Circumstances]:
    ids = [row.id for row in rows]
    late, left = attempt_rows.late_answers(session, ids), attempt_rows.leavings(session, ids)
    reading = READING_A_QUESTION * reports.questions_of_each(session, sitting.id)
    return {
        row.id: Circumstances(late.get(row.id, 0), left.get(row.id, (0, 0))[0], _took_less_than(reading, row))
        for row in rows
    }


def _took_less_than(time: timedelta, row: AttemptRow) -> bool:
    if row.on_paper or row.started_at is None or row.closed_at is None:
        return False
    return row.closed_at - row.started_at < time


def person_name(row: PersonRow) -> PersonName:
    return PersonName(row.public_id, row.name, row.staff_number, row.id)


def leave_of(row: AttemptRow, leaves: Mapping[tuple[int, int], LeaveKind]) -> LeaveKind | None:
    """Why somebody was excused who did not take a sitting, of the leaves by (sitting, person)."""
    return leaves.get((row.sitting_id, row.person_id)) if row.state is AttemptState.NOT_STARTED else None


def person_line(row: AttemptRow, person: PersonName, section_name: str, sitting: SittingName) -> PersonLine:
    scored = row.units is not None and row.full_units is not None
    units, full_units = (row.units or 0, row.full_units or 0) if scored else (0, 0)
    final = scored and not row.unmarked
    return PersonLine(
        person=person,
        section_name=section_name,
        sitting=sitting,
        state=row.state,
        share=row.share,
        units=units if scored else None,
        full_units=full_units if scored else None,
        passed=units * 100 >= sitting.pass_percent * full_units if final else None,
        seconds=(row.closed_at - row.started_at).total_seconds() if row.closed_at and row.started_at else None,
        unmarked=row.unmarked,
        on_paper=row.on_paper,
    )


def most_missed(session: Session, section_ids: Collection[int], sitting: SittingName) -> tuple[MissedQuestion, ...]:
    """The questions not everybody got right, most missed first; none while somebody may still take the quiz."""
    if not sitting.final:
        return ()
    found = [m for m in reports.missed(session, section_ids, sitting.id) if m.facility < 1][:MOST_MISSED]
    given: Mapping[int, Sequence[Given]] = {}
    if sum(m.answered for m in found) <= MOST_ANSWERS_READ:
        given = reports.given(session, section_ids, sitting.id, [m.position for m in found])
    questions = attempts.questions_now(session, sitting.id, {m.position: m.version for m in found})
    return tuple(_missed_question(m, questions[m.position], given.get(m.position, ())) for m in found)


def _missed_question(missed: Missed, question: Question, given: Iterable[Given]) -> MissedQuestion:
    kind = TYPES[question.type]
    return MissedQuestion(
        position=missed.position,
        type_label=kind.label,
        stem=question.stem,
        key=kind.key_lines(question),
        explanation=question.explanation,
        speech=question.source.speech,
        heading=question.source.heading,
        quote=question.source.quote,
        answered=missed.answered,
        asked=missed.asked,
        facility=missed.facility,
        faults=_faults(question, given) if missed.answered >= FEW else (),
    )


def _faults(question: Question, given: Iterable[Given]) -> tuple[tuple[str, int], ...]:
    """What is wrong in how many of these answers, most common first."""
    count: Counter[str] = Counter()
    for answer in given:
        count.update(dict.fromkeys(_wrong(question, answer), answer.times))
    return tuple(sorted(count.items(), key=lambda fault: (-fault[1], fault[0]))[:MOST_FAULTS])


def _wrong(question: Question, answer: Given) -> tuple[str, ...]:
    if answer.said is not None:
        return faults_said(question, answer.said)
    kind = TYPES[question.type]
    return kind.faults(question, kind.restored(answer.value))
