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
from quizapp.core.marking import with_wordings
from quizapp.core.question import Question
from quizapp.core.reports import FEW
from quizapp.core.reports import NOBODY
from quizapp.core.reports import Figures
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.states import AttemptState
from quizapp.core.states import SittingPhase
from quizapp.core.types import TYPES
from quizapp.core.types.short_answer import faults_said
from quizapp.db import attempts as attempt_rows
from quizapp.db import marking
from quizapp.db import people
from quizapp.db import reports
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.people import PersonRow
from quizapp.db.reports import Given
from quizapp.db.reports import Missed
from quizapp.db.reports import MissedPoint
from quizapp.db.sittings import SittingRow
from quizapp.services.people import in_tree_order

#: A year of weeks has to be paged; a quarter fits one page.
SITTINGS_SHOWN = 12
#: As many sittings as a table of people holds on a wide screen.
SITTINGS_BESIDE_PEOPLE = 6
MOST_MISSED = 10
#: Nobody reads a question and its options in less: a paper that took less for each was hardly read.
READING_A_QUESTION = timedelta(seconds=2)
#: How many faults a report tells of one question.
MOST_FAULTS = 6


@dataclass(frozen=True)
class SectionName:
    """A section as a report names it; `above` names the one it belongs to where two would read the same."""

    id: int
    public_id: str
    name: str
    above: str = ""


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
class SectionLine:
    section: SectionName
    figures: Figures

    @property
    def few(self) -> bool:
        return self.figures.few


@dataclass(frozen=True)
class Trend:
    """One section over the sittings, oldest first; None where it was dealt nothing or has no score."""

    section: SectionName
    means: tuple[Fraction | None, ...]


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


@dataclass(frozen=True)
class PersonName:
    """A person as a report names them."""

    public_id: str
    name: str
    staff_number: str


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
class SideBySide:
    """The overseen sections beside each other in one sitting."""

    sitting: SittingName
    sections: tuple[SectionLine, ...]
    total: Figures


@dataclass(frozen=True)
class SittingReport:
    """The overseen sections in one sitting, and what they missed together."""

    side_by_side: SideBySide
    missed: tuple[MissedQuestion, ...]


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


@dataclass(frozen=True)
class Overview:
    """What somebody who oversees sees first: the newest sitting, the sections over time, the sittings before.

    `only` is there for a chief of one section, and then stands in place of `latest`.
    """

    sections: tuple[SectionName, ...]
    sittings: tuple[SittingLine, ...]
    latest: SideBySide | None
    only: SectionReport | None
    #: The closed sittings that `trends` run over, oldest first.
    past: tuple[SittingName, ...]
    trends: tuple[Trend, ...]


@dataclass(frozen=True)
class PersonRun:
    """One person over the newest sittings, by sitting id."""

    person: PersonName
    lines: Mapping[int, PersonLine]


@dataclass(frozen=True)
class SectionRun:
    """One section over time."""

    section: SectionName
    sittings: tuple[SittingLine, ...]
    trend: Trend
    #: The sittings that `people` runs over, newest first.
    beside_people: tuple[SittingName, ...]
    people: tuple[PersonRun, ...]
    missed: tuple[MissedPoint, ...]


@dataclass(frozen=True)
class PersonReport:
    """One person in the sittings they took while in an overseen section, newest first."""

    person: PersonName
    lines: tuple[PersonLine, ...]


# The reports


def overview(session: Session, actor: Actor, *, now: datetime) -> Overview:
    """The overseen sections in the newest sitting and over time."""
    overseen = _overseen(session, actor)
    names = _newest_sittings(session, overseen, now)
    figures = _by_section(session, overseen, names)
    past = tuple(name for name in reversed(names) if name.final)
    latest = only = None
    if names and len(overseen) == 1:
        only = _section_report(session, overseen[0], names[0])
    elif names:
        latest = _side_by_side(session, overseen, names[0])
    return Overview(
        sections=overseen,
        sittings=_sitting_lines(session, overseen, names),
        latest=latest,
        only=only,
        past=past,
        trends=tuple(_trend(section, past, figures) for section in overseen),
    )


def sitting_report(session: Session, actor: Actor, public_id: str, *, now: datetime) -> SittingReport:
    """The overseen sections side by side in one sitting."""
    overseen, name = _overseen(session, actor), _opened(session, public_id, now)
    return SittingReport(_side_by_side(session, overseen, name), _most_missed(session, overseen, name))


def section_report(
    session: Session, actor: Actor, sitting_public_id: str, section_public_id: str, *, now: datetime
) -> SectionReport:
    """One section in one sitting, person by person."""
    section = _overseen_section(session, actor, section_public_id)
    return _section_report(session, section, _opened(session, sitting_public_id, now))


def section_over_time(session: Session, actor: Actor, public_id: str, *, now: datetime) -> SectionRun:
    """One section in its newest sittings: figures, people, the key points that are not understood."""
    section = _overseen_section(session, actor, public_id)
    names = _newest_sittings(session, [section], now)
    final = [name for name in names if name.final]
    figures = _by_section(session, [section], names)
    beside = tuple(final[:SITTINGS_BESIDE_PEOPLE])
    points = reports.missed_points(session, [section.id], [name.id for name in final])
    return SectionRun(
        section=section,
        sittings=tuple(SittingLine(name, figures[section.id, name.id]) for name in names),
        trend=_trend(section, list(reversed(final)), figures),
        beside_people=beside,
        people=_person_runs(session, section, beside),
        missed=tuple(point for point in points if point.facility < 1)[:MOST_MISSED],
    )


def person_report(session: Session, actor: Actor, public_id: str, *, now: datetime) -> PersonReport:
    """One person's sittings, those taken while in an overseen section; nothing of other sections is told."""
    row = people.person_by_public_id(session, public_id)
    attempts = reports.attempts_in_sections(session, row.id, actor.overseen, now)
    for section_id in {attempt.section_id for attempt in attempts} or {row.section_id}:
        require(actor, Action.REPORT_READ, Subject("person", public_id, section_id=section_id))
    person = _person_name(row)
    lines = (_line(attempt, person, attempt.section.name, _name_of(attempt.sitting, now)) for attempt in attempts)
    return PersonReport(person, tuple(lines))


# Their parts


def _overseen(session: Session, actor: Actor) -> tuple[SectionName, ...]:
    """The sections the actor oversees, in the office's order."""
    tree = [row for row, _ in in_tree_order(people.sections(session))]
    rows = [row for row in tree if row.id in actor.overseen]
    for row in rows:
        require(actor, Action.REPORT_READ, Subject("section", row.public_id, section_id=row.id))
    same = Counter(row.name for row in rows)
    names = {row.id: row.name for row in tree}
    above = {row.id: names[row.parent_id] for row in rows if row.parent_id and same[row.name] > 1}
    return tuple(SectionName(row.id, row.public_id, row.name, above.get(row.id, "")) for row in rows)


def _overseen_section(session: Session, actor: Actor, public_id: str) -> SectionName:
    row = people.section_by_public_id(session, public_id)
    require(actor, Action.REPORT_READ, Subject("section", public_id, section_id=row.id))
    return SectionName(row.id, row.public_id, row.name)


def _opened(session: Session, public_id: str, now: datetime) -> SittingName:
    """A sitting that has opened; before that there is nothing to report, not even that it will be."""
    name = _name_of(sittings.sitting_alone(session, public_id), now)
    if name.phase not in (SittingPhase.OPEN, SittingPhase.CLOSED):
        raise NotFound("sitting", public_id)
    return name


def _name_of(row: SittingRow, now: datetime) -> SittingName:
    return SittingName(row.id, row.public_id, row.topic, row.opens_at, row.closes_at, row.phase(now), row.pass_percent)


def _newest_sittings(session: Session, sections: Iterable[SectionName], now: datetime) -> list[SittingName]:
    rows = reports.opened_sittings(session, _ids(sections), now, SITTINGS_SHOWN)
    return [_name_of(row, now) for row in rows]


def _ids(named: Iterable[SectionName | SittingName]) -> list[int]:
    return [name.id for name in named]


def _by_section(
    session: Session, sections: Collection[SectionName], names: Collection[SittingName]
) -> dict[tuple[int, int], Figures]:
    """Figures by (section, sitting)."""
    return reports.by_section(session, _ids(sections), _ids(names))


def _sitting_lines(
    session: Session, sections: Collection[SectionName], names: Sequence[SittingName]
) -> tuple[SittingLine, ...]:
    found = reports.by_sitting(session, _ids(sections), _ids(names))
    return tuple(SittingLine(name, found[name.id]) for name in names)


def _side_by_side(session: Session, sections: Sequence[SectionName], sitting: SittingName) -> SideBySide:
    figures = _by_section(session, sections, [sitting])
    total = reports.by_sitting(session, _ids(sections), [sitting.id]).get(sitting.id, NOBODY)
    return SideBySide(
        sitting=sitting,
        sections=tuple(SectionLine(s, figures[s.id, sitting.id]) for s in sections if (s.id, sitting.id) in figures),
        total=total,
    )


def _section_report(session: Session, section: SectionName, sitting: SittingName) -> SectionReport:
    figures = _by_section(session, [section], [sitting]).get((section.id, sitting.id), NOBODY)
    rows = reports.attempts_of_section(session, section.id, [sitting.id])
    told = _circumstances(session, sitting, rows)
    leaves = reports.leaves_of_section(session, section.id, sitting.id)
    lines = [
        replace(
            _line(row, _person_name(row.person), section.name, sitting),
            circumstances=told[row.id],
            leave=leaves.get(row.person_id) if row.state is AttemptState.NOT_STARTED else None,
        )
        for row in rows
    ]
    return SectionReport(
        sitting=sitting,
        section=section,
        figures=figures,
        absent=tuple(line for line in lines if line.state is AttemptState.NOT_STARTED and line.leave is None),
        excused=tuple(line for line in lines if line.leave is not None),
        present=tuple(line for line in lines if line.state is not AttemptState.NOT_STARTED),
        missed=_most_missed(session, [section], sitting),
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


def _person_name(row: PersonRow) -> PersonName:
    return PersonName(row.public_id, row.name, row.staff_number)


def _line(row: AttemptRow, person: PersonName, section_name: str, sitting: SittingName) -> PersonLine:
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


def _trend(section: SectionName, past: Sequence[SittingName], figures: Mapping[tuple[int, int], Figures]) -> Trend:
    return Trend(section, tuple(figures.get((section.id, name.id), NOBODY).mean for name in past))


def _person_runs(session: Session, section: SectionName, names: Sequence[SittingName]) -> tuple[PersonRun, ...]:
    by_id = {name.id: name for name in names}
    lines: dict[PersonName, dict[int, PersonLine]] = {}
    for row in reports.attempts_of_section(session, section.id, list(by_id)):
        line = _line(row, _person_name(row.person), section.name, by_id[row.sitting_id])
        lines.setdefault(line.person, {})[row.sitting_id] = line
    return tuple(PersonRun(person, of_person) for person, of_person in lines.items())


def _most_missed(
    session: Session, sections: Collection[SectionName], sitting: SittingName
) -> tuple[MissedQuestion, ...]:
    """The questions not everybody got right, most missed first; none while somebody may still take the quiz."""
    if not sitting.final:
        return ()
    section_ids = _ids(sections)
    found = [m for m in reports.missed(session, section_ids, sitting.id) if m.facility < 1][:MOST_MISSED]
    given = reports.given(session, section_ids, sitting.id, [m.position for m in found])
    accepted = marking.accepted_wordings(session, [m.version.id for m in found])
    questions = [with_wordings(m.version.question(), accepted.get(m.version.id, ())) for m in found]
    return tuple(_missed_question(m, q, given.get(m.position, ())) for m, q in zip(found, questions, strict=True))


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
