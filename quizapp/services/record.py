"""A person's own learning record: scores beside those of section and office, key points, attendance, minutes.

Means are told only where they say nothing of a colleague: of three scores or more, and the office's only where what is
left of it besides the own section is three or more too. Key points count once a sitting has closed and its plan lets
people see what was right.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo
from fractions import Fraction

from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from quizapp.core.attendance import Presence
from quizapp.core.errors import NotFound
from quizapp.core.record import Grasp
from quizapp.core.record import grasp
from quizapp.core.record import others_can_be_told
from quizapp.core.reports import FEW
from quizapp.core.reports import NOBODY
from quizapp.core.reports import Figures
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import AttemptState
from quizapp.db import attendance
from quizapp.db import record as rows
from quizapp.db import reports
from quizapp.db.attempts import AttemptRow
from quizapp.db.people import PersonRow
from quizapp.db.record import RecognitionRow
from quizapp.db.reports import MissedPoint
from quizapp.db.sittings import SittingRow
from quizapp.services import make_ups
from quizapp.services import results

#: Years that an address may ask for.
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Mean:
    """The mean share of n scores; None where there are too few to be told."""

    share: Fraction | None
    n: int


@dataclass(frozen=True)
class OwnLine:
    """One closed study: one's own score beside those of the section one was in then and of the whole office."""

    topic: str
    opens_at: datetime
    #: The own paper, where there is something to see of it.
    attempt_id: str | None
    section_name: str
    #: None where it was not taken, or waits for marks.
    share: Fraction | None
    passed: bool | None
    waits: bool
    section: Mean
    office: Mean
    presence: Presence
    made_up: bool
    #: How long people met; None where they did not meet.
    minutes: int | None

    @property
    def counted_minutes(self) -> int | None:
        """The minutes that count as studied: of a meeting that one was at."""
        return self.minutes if self.presence is Presence.PRESENT else None


@dataclass(frozen=True)
class OwnPoint:
    """A key point, and how one did on all questions about it; `attempt_id` is a paper on which it was missed most."""

    name: str
    speech: str
    share: Fraction
    asked: int
    answered: int
    sittings: int
    grasp: Grasp
    attempt_id: str


@dataclass(frozen=True)
class Recognised:
    """Minutes as hours of training, as an authority recognised them."""

    authority: str
    document: str
    minutes_per_hour: int
    hours: Fraction


@dataclass(frozen=True)
class StudyYear:
    """How long one studied in a year: in the meetings one was at, and, apart, what one made up for.

    `made_up_minutes` are those of the meetings that were missed; nobody measured the time it took to make up for them.
    """

    year: int
    expected: int
    present: int
    leave: int
    absent: int
    minutes: int
    #: Of the studies one was at, those without the time of a meeting.
    without_meeting: int
    made_up: int
    made_up_minutes: int
    recognised: tuple[Recognised, ...]

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.present, self.expected) if self.expected else None


@dataclass(frozen=True)
class LearningRecord:
    """One's own record over a year, or over all years where `year` is None; lines are the oldest first."""

    name: str
    staff_number: str
    section_name: str
    year: int | None
    #: What there is to choose from, the newest first.
    years: tuple[int, ...]
    lines: tuple[OwnLine, ...]
    points: tuple[OwnPoint, ...]
    #: The chosen year, or all, the newest first.
    studied: tuple[StudyYear, ...]

    @property
    def scored(self) -> int:
        return sum(line.share is not None for line in self.lines)

    @property
    def mean(self) -> Fraction | None:
        """The mean of one's own shares, each study weighing the same."""
        shares = [line.share for line in self.lines if line.share is not None]
        return sum(shares, Fraction(0)) / len(shares) if shares else None

    @property
    def passed(self) -> int:
        return sum(line.passed is True for line in self.lines)

    def with_grasp(self, grasp: Grasp) -> tuple[OwnPoint, ...]:
        """The key points that are grasped so."""
        return tuple(point for point in self.points if point.grasp is grasp)


def own(session: Session, actor: Actor, asked: str, zone: tzinfo, *, now: datetime) -> LearningRecord:
    """One's own record; `asked` is a year, "all", or empty for the newest year that has something.

    :raise NotFound: if it asks for no period
    """
    require(actor, Action.RECORD_OWN, Subject("record", actor.person_id, owner_id=actor.person_id))
    dealt = rows.closed_attempts(session, actor.person_id, now)
    studies = [(attempt, there) for attempt, there in dealt if attempt.sitting.kind is SittingKind.WEEKLY]
    years = _years(studies, zone, now)
    year = _period(asked, years, {_year(attempt.sitting, zone) for attempt, _ in studies})
    done = _made_up(session, actor, now)
    within = [(attempt, there) for attempt, there in studies if year in (None, _year(attempt.sitting, zone))]
    answered = [attempt for attempt, _ in dealt if year in (None, _year(attempt.sitting, zone))]
    person = session.get_one(PersonRow, actor.person_id, options=[joinedload(PersonRow.section)])
    return LearningRecord(
        name=person.name,
        staff_number=person.staff_number,
        section_name=person.section.name,
        year=year,
        years=years,
        lines=_lines(session, within, done),
        points=_points(session, actor, [row for row in answered if results.is_reviewable(row, now)]),
        studied=_studied(session, studies, done, years if year is None else (year,), zone),
    )


# The period


def _year(sitting: SittingRow, zone: tzinfo) -> int:
    return (sitting.meeting.begins_at or sitting.opens_at).astimezone(zone).year


def _years(studies: Iterable[tuple[AttemptRow, Presence]], zone: tzinfo, now: datetime) -> tuple[int, ...]:
    found = {_year(attempt.sitting, zone) for attempt, _ in studies} | {now.astimezone(zone).year}
    return tuple(sorted(found, reverse=True))


def _period(asked: str, years: tuple[int, ...], studied: Collection[int]) -> int | None:
    if asked == "all":
        return None
    if not asked:
        return max(studied, default=years[0])
    if not (asked.isascii() and asked.isdecimal() and FIRST_YEAR <= int(asked) <= LAST_YEAR):
        raise NotFound("year", asked)
    return int(asked)


# Scores


def _made_up(session: Session, actor: Actor, now: datetime) -> frozenset[int]:
    """The sittings that one made up for, in time or later."""
    tasks = attendance.make_ups_of_person(session, actor.person_id)
    return frozenset(task.sitting_id for task in tasks if make_ups.done_at(task.attempt, now) is not None)


def _lines(
    session: Session, studies: Sequence[tuple[AttemptRow, Presence]], made_up: Collection[int]
) -> tuple[OwnLine, ...]:
    sitting_ids = [attempt.sitting_id for attempt, _ in studies]
    by_section = reports.by_section(session, {attempt.section_id for attempt, _ in studies}, sitting_ids)
    by_sitting = reports.by_sitting(session, None, sitting_ids)
    lines = []
    for attempt, there in reversed(studies):
        section = by_section.get((attempt.section_id, attempt.sitting_id), NOBODY)
        office = by_sitting.get(attempt.sitting_id, NOBODY)
        lines.append(_line(attempt, there, attempt.sitting_id in made_up, section, office))
    return tuple(lines)


def _line(attempt: AttemptRow, there: Presence, made_up: bool, section: Figures, office: Figures) -> OwnLine:
    sitting, share = attempt.sitting, attempt.share
    office_mean = office.mean if others_can_be_told(office.closed, section.closed, FEW) else None
    return OwnLine(
        topic=sitting.topic,
        opens_at=sitting.meeting.begins_at or sitting.opens_at,
        attempt_id=attempt.public_id if attempt.state is AttemptState.CLOSED else None,
        section_name=attempt.section.name,
        share=share,
        passed=None if share is None else share * 100 >= sitting.pass_percent,
        waits=attempt.state is AttemptState.CLOSED and attempt.unmarked > 0,
        section=Mean(section.mean if section.closed >= FEW else None, section.closed),
        office=Mean(office_mean, office.closed),
        presence=there,
        made_up=made_up and there is not Presence.PRESENT,
        minutes=_minutes(sitting),
    )


# Key points


def _points(session: Session, actor: Actor, attempts: Sequence[AttemptRow]) -> tuple[OwnPoint, ...]:
    """How one did on the key points of these papers, the weakest first."""
    by_sitting = {attempt.sitting_id: attempt.public_id for attempt in attempts}
    sections = {attempt.section_id for attempt in attempts}
    asked = reports.asked_of_person(session, actor.person_id, sections, by_sitting.keys())
    found = reports.by_point(session, asked, by_sitting.keys())
    return tuple(_point(point, by_sitting) for point in found if point.name or point.speech)


def _point(point: MissedPoint, by_sitting: Mapping[int, str]) -> OwnPoint:
    return OwnPoint(
        name=point.name,
        speech=point.speech,
        share=point.facility,
        asked=point.asked,
        answered=point.answered,
        sittings=point.sittings,
        grasp=grasp(point.facility),
        attempt_id=by_sitting[point.places[0][0]],
    )


# Minutes


def _minutes(sitting: SittingRow) -> int | None:
    begins_at, ends_at = sitting.meeting.begins_at, sitting.meeting.ends_at
    return None if begins_at is None or ends_at is None else (ends_at - begins_at) // timedelta(minutes=1)


def _studied(
    session: Session,
    studies: Sequence[tuple[AttemptRow, Presence]],
    made_up: Collection[int],
    years: Iterable[int],
    zone: tzinfo,
) -> tuple[StudyYear, ...]:
    recognised = rows.recognitions(session)
    found = []
    for year in years:
        within = [(attempt.sitting, there) for attempt, there in studies if _year(attempt.sitting, zone) == year]
        found.append(_study_year(year, within, made_up, [row for row in recognised if row.year == year]))
    return tuple(found)


def _study_year(
    year: int,
    within: Sequence[tuple[SittingRow, Presence]],
    made_up: Collection[int],
    recognised: Sequence[RecognitionRow],
) -> StudyYear:
    at = [sitting for sitting, there in within if there is Presence.PRESENT]
    later = [sitting for sitting, there in within if there is not Presence.PRESENT and sitting.id in made_up]
    minutes = sum(_minutes(sitting) or 0 for sitting in at)
    return StudyYear(
        year=year,
        expected=len(within),
        present=len(at),
        leave=sum(there is Presence.LEAVE for _, there in within),
        absent=sum(there is Presence.ABSENT for _, there in within),
        minutes=minutes,
        without_meeting=sum(_minutes(sitting) is None for sitting in at),
        made_up=len(later),
        made_up_minutes=sum(_minutes(sitting) or 0 for sitting in later),
        recognised=tuple(
            Recognised(row.authority, row.document, row.minutes_per_hour, Fraction(minutes, row.minutes_per_hour))
            for row in recognised
        ),
    )
