"""Figures by section, from SQL; sections are those at the time of the attempt."""

import json
from collections import Counter
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import cast
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import true
from sqlalchemy import tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import selectinload

from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.dealing import Drawing
from quizapp.core.question import UNITS
from quizapp.core.reports import EXCELLENT_PERCENT
from quizapp.core.reports import Figures
from quizapp.core.reports import Scores
from quizapp.core.sitting import SittingKind
from quizapp.db import sittings
from quizapp.db import summaries
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.attendance import LeaveRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.attendance import expected
from quizapp.db.attendance import of_same_place
from quizapp.db.attendance import presence
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.marking import MarkRow
from quizapp.db.people import PersonRow
from quizapp.db.regrades import is_void
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import is_no_mock
from quizapp.db.speeches import KeyPointRow
from quizapp.db.summaries import QuestionSummaryRow
from quizapp.db.summaries import SectionSummaryRow
from quizapp.db.summaries import SummedUp

#: An answer that was given and cleared again is stored as an empty list: it was not answered.
CLEARED = "[]"


@dataclass(frozen=True)
class Missed:
    """A question of a paper and how a group did on it; `facility` is the mean share of its mark (high = easy)."""

    position: int
    version: QuestionVersionRow
    answered: int
    asked: int
    facility: Fraction


@dataclass(frozen=True)
class MissedPoint:
    """A key point and how a group did on all questions about it, over several sittings.

    `name` is the key point's, or the heading's for questions that know no key point; empty where they know neither.
    """

    speech: str
    name: str
    sittings: int
    answered: int
    asked: int
    facility: Fraction
    #: The sentence of the speech that proves the question missed most; empty where none of them has one.
    quote: str
    #: (sitting, position) of every question about it, the one missed most first.
    places: tuple[tuple[int, int], ...] = ()


def opened_sittings(session: Session, section_ids: Collection[int], now: datetime, limit: int) -> Sequence[SittingRow]:
    """The weeks' published sittings that have opened and were dealt to these sections, newest first."""
    dealt = exists().where(AttemptRow.sitting_id == SittingRow.id, AttemptRow.section_id.in_(section_ids))
    return session.scalars(
        select(SittingRow)
        .where(SittingRow.published_at.is_not(None), SittingRow.opens_at <= now, _of_the_week(), dealt)
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
        .limit(limit)
    ).all()


def closed_sittings(
    session: Session,
    section_ids: Collection[int],
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[SittingRow]:
    """The weeks' closed sittings that were dealt to these sections and opened in that time, newest first."""
    dealt = exists().where(AttemptRow.sitting_id == SittingRow.id, AttemptRow.section_id.in_(section_ids))
    closed = or_(SittingRow.closes_at <= now, SittingRow.ended_at.is_not(None))
    statement = (
        select(SittingRow)
        .where(SittingRow.published_at.is_not(None), SittingRow.opens_at <= now, _of_the_week(), closed, dealt)
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
    )
    if since is not None:
        statement = statement.where(SittingRow.opens_at >= since)
    if until is not None:
        statement = statement.where(SittingRow.opens_at < until)
    return session.scalars(statement).all()


def _of_the_week() -> ColumnElement[bool]:
    """What makes up for a missed sitting is never mixed with the room's figures."""
    return SittingRow.kind == SittingKind.WEEKLY


# Figures: from the sums of what is summed up, from the rows of all else


def by_section(
    session: Session, section_ids: Collection[int], sitting_ids: Collection[int]
) -> dict[tuple[int, int], Figures]:
    """Figures by (section, sitting); sections that were dealt nothing are left out."""
    return {
        (section, sitting): figures
        for (sitting, section), figures in _grouped(session, section_ids, sitting_ids, (0, 1)).items()
    }


def by_sitting(
    session: Session, section_ids: Collection[int] | None, sitting_ids: Collection[int]
) -> dict[int, Figures]:
    """Figures of all these sections together (None: of the whole office), by sitting."""
    return {key[0]: figures for key, figures in _grouped(session, section_ids, sitting_ids, (0,)).items()}


def over_sittings(
    session: Session, section_ids: Collection[int] | None, sitting_ids: Collection[int]
) -> dict[int, Figures]:
    """Figures of all these sittings together, by section."""
    return {key[0]: figures for key, figures in _grouped(session, section_ids, sitting_ids, (1,)).items()}


def _grouped(
    session: Session, section_ids: Collection[int] | None, sitting_ids: Collection[int], by: tuple[int, ...]
) -> dict[tuple[int, ...], Figures]:
    """Figures by what `by` picks of (sitting, section)."""
    found: dict[tuple[int, ...], Figures] = {}
    for place, figures in _sums(session, section_ids, sitting_ids, by):
        found[place] = found[place] + figures if place in found else figures
    return found


#: What a sum is made of, in the order of the columns of SectionSummaryRow.
SUMS = ("dealt", "started", "closed", "passed", "excellent", "units", "squares", "waiting", "excused", "made_up")


def _sums(
    session: Session, section_ids: Collection[int] | None, sitting_ids: Collection[int], by: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], Figures]]:
    made = summaries.summed_up(session, sitting_ids)
    row = SectionSummaryRow
    keys = [(row.sitting_id, row.section_id)[index] for index in by]
    if made.sittings:
        summed = select(*keys, row.full_units, *(func.sum(getattr(row, name)) for name in SUMS))
        summed = summed.where(row.sitting_id.in_(made.sittings), ~row.outdated, _among(row.section_id, section_ids))
        for values in session.execute(summed.group_by(*keys, row.full_units)):
            yield _figures(values, len(by))
    if (left := _left(made, sitting_ids)) is not None:
        counted = figures_from_rows().where(left, _among(AttemptRow.section_id, section_ids))
        for values in session.execute(counted):
            yield _figures([*(values[index] for index in by), *values[2:]], len(by))


def most_scores(session: Session, section_ids: Collection[int], sitting_ids: Collection[int]) -> dict[int, int]:
    """How many scores each section has of the sitting of which it has most: so many people stand behind its figures."""
    made, row = summaries.summed_up(session, sitting_ids), SectionSummaryRow
    most: dict[int, int] = {}
    if made.sittings:
        each = select(row.section_id, func.sum(row.closed).label("closed")).group_by(row.section_id, row.sitting_id)
        at_each = each.where(
            row.sitting_id.in_(made.sittings), ~row.outdated, row.section_id.in_(section_ids)
        ).subquery()
        found = select(at_each.c.section_id, func.max(at_each.c.closed)).group_by(at_each.c.section_id)
        most = {section_id: int(closed) for section_id, closed in session.execute(found)}
    if (left := _left(made, sitting_ids)) is not None:
        counted: Counter[tuple[int, int]] = Counter()
        for values in session.execute(figures_from_rows().where(left, AttemptRow.section_id.in_(section_ids))):
            counted[values[0], values[1]] += int(values[3 + SUMS.index("closed")])
        for (_, section_id), closed in counted.items():
            most[section_id] = max(closed, most.get(section_id, 0))
    return most


def _among(column: InstrumentedAttribute[int], ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if ids is None else column.in_(ids)


def _left(made: SummedUp, sitting_ids: Collection[int]) -> ColumnElement[bool] | None:
    """Which attempts at these sittings have to be counted one by one; None where none has."""
    not_summed = set(sitting_ids) - made.sittings
    parts: list[ColumnElement[bool]] = [AttemptRow.sitting_id.in_(not_summed)] if not_summed else []
    if made.outdated:
        parts.append(tuple_(AttemptRow.sitting_id, AttemptRow.section_id).in_(made.outdated))
    return or_(*parts) if parts else None


def _figures(values: Sequence[Any], keys: int) -> tuple[tuple[int, ...], Figures]:
    full_units, *numbers = map(int, values[keys:])
    sums = dict(zip(SUMS, numbers, strict=True))
    scores = Scores(sums.pop("closed"), sums.pop("units"), sums.pop("squares"))
    return tuple(values[:keys]), Figures(**sums, scores={full_units: scores} if scores.people else {})


def figures_from_rows() -> Select[*tuple[Any, ...]]:
    """(sitting, section, full score, and the sums of SUMS), counted from the rows of all attempts.

    The full score is that of the people with a final score, and 0 for those without one.
    """
    closed, passed, excellent = _has_score(), _scored(SittingRow.pass_percent), _scored(EXCELLENT_PERCENT)
    excused = and_(presence() == Presence.LEAVE, AttemptRow.started_at.is_(None))
    again = aliased(AttemptRow)
    units = cast(AttemptRow.units, BigInteger)
    bucket = case((closed, AttemptRow.full_units), else_=0)
    return (
        expected(
            AttemptRow.sitting_id,
            AttemptRow.section_id,
            bucket.label("full_units"),
            func.count(AttemptRow.id),
            func.count(AttemptRow.started_at),
            _times(closed),
            _times(passed),
            _times(excellent),
            func.coalesce(func.sum(case((closed, units), else_=0)), 0),
            func.coalesce(func.sum(case((closed, units * units), else_=0)), 0),
            _times(AttemptRow.unmarked > 0),
            _times(excused),
            _times(again.closed_at <= MakeUpRow.due),
        )
        .outerjoin(MakeUpRow, of_same_place(MakeUpRow))
        .outerjoin(again, again.id == MakeUpRow.attempt_id)
        .group_by(AttemptRow.sitting_id, AttemptRow.section_id, bucket)
    )


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _has_score() -> ColumnElement[bool]:
    """Closed, and no answer waits for a person's mark."""
    return and_(AttemptRow.closed_at.is_not(None), AttemptRow.unmarked == 0)


def _scored(percent: InstrumentedAttribute[int] | int) -> ColumnElement[bool]:
    """Has a score of so many percent of the full score, or more."""
    # A hundred times the units of a long paper is more than a plain integer of PostgreSQL holds.
    units, full_units = cast(AttemptRow.units, BigInteger), cast(AttemptRow.full_units, BigInteger)
    return and_(_has_score(), units * 100 >= percent * full_units)


# People


def attempts_of_section(
    session: Session, section_id: int, sitting_ids: Collection[int], person_ids: Collection[int] | None = None
) -> Sequence[AttemptRow]:
    """Every attempt dealt to the section in these sittings, or to some of its people, in order of staff number."""
    some = true() if person_ids is None else AttemptRow.person_id.in_(person_ids)
    return session.scalars(
        select(AttemptRow)
        .join(PersonRow, PersonRow.id == AttemptRow.person_id)
        .where(AttemptRow.section_id == section_id, AttemptRow.sitting_id.in_(sitting_ids), some)
        .options(selectinload(AttemptRow.person))
        .order_by(PersonRow.staff_number, AttemptRow.sitting_id)
    ).all()


def people_of_section(session: Session, section_id: int, sitting_ids: Collection[int]) -> Sequence[PersonRow]:
    """Who was dealt one of these sittings while in the section, in order of staff number."""
    dealt = select(AttemptRow.person_id).where(
        AttemptRow.section_id == section_id, AttemptRow.sitting_id.in_(sitting_ids)
    )
    return session.scalars(select(PersonRow).where(PersonRow.id.in_(dealt)).order_by(PersonRow.staff_number)).all()


def scores_in_tens(session: Session, section_ids: Collection[int], sitting_id: int) -> tuple[int, ...]:
    """How many final scores of these sections lie in each ten percent of the full score; a full one in the last."""
    tenth = cast(AttemptRow.units, BigInteger) * 10 // AttemptRow.full_units
    counts = [0] * 10
    for place, people in session.execute(
        select(tenth, func.count())
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.section_id.in_(section_ids), _has_score())
        .where(AttemptRow.full_units > 0)
        .group_by(tenth)
    ):
        counts[min(int(place), 9)] += people
    return tuple(counts)


def leaves_of_section(
    session: Session, section_id: int, sitting_ids: Collection[int]
) -> Mapping[tuple[int, int], LeaveKind]:
    """Why people of a section were excused, by (sitting, person)."""
    return _leaves(session, AttemptRow.section_id == section_id, sitting_ids)


def leaves_of_person(
    session: Session, person_id: int, sitting_ids: Collection[int]
) -> Mapping[tuple[int, int], LeaveKind]:
    """Why one person was excused, by (sitting, person)."""
    return _leaves(session, AttemptRow.person_id == person_id, sitting_ids)


def _leaves(
    session: Session, who: ColumnElement[bool], sitting_ids: Collection[int]
) -> Mapping[tuple[int, int], LeaveKind]:
    found = session.execute(
        expected(AttemptRow.sitting_id, AttemptRow.person_id, LeaveRow.kind).where(
            AttemptRow.sitting_id.in_(sitting_ids), who, presence() == Presence.LEAVE
        )
    )
    return {(sitting_id, person_id): kind for sitting_id, person_id, kind in found}


def attempts_in_sections(
    session: Session, person_id: int, section_ids: Collection[int], now: datetime
) -> Sequence[AttemptRow]:
    """A person's attempts made while in one of these sections, newest sitting first."""
    return session.scalars(
        select(AttemptRow)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .where(
            AttemptRow.person_id == person_id,
            AttemptRow.section_id.in_(section_ids),
            SittingRow.opens_at <= now,
            _of_the_week(),
        )
        .options(selectinload(AttemptRow.sitting), selectinload(AttemptRow.section))
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
    ).all()


# Questions


def missed(session: Session, section_ids: Collection[int], sitting_id: int) -> Sequence[Missed]:
    """The paper's questions by facility, most missed first; unanswered counts as nothing earned."""
    asked = _asked_at(session, section_ids, [sitting_id])
    found = [
        Missed(row.position, row.version, sums.answered, sums.asked, sums.facility)
        for row in sittings.paper(session, sitting_id)
        if (sums := asked.get((sitting_id, row.position))) is not None
    ]
    return sorted(found, key=lambda m: (m.facility, m.position))


@dataclass(frozen=True)
class Asked:
    """How often something was asked and answered; `units` were earned of `full` to be earned."""

    asked: int
    answered: int
    units: int
    full: int

    def __add__(self, other: "Asked") -> "Asked":
        return Asked(
            self.asked + other.asked,
            self.answered + other.answered,
            self.units + other.units,
            self.full + other.full,
        )

    @property
    def facility(self) -> Fraction:
        return Fraction(self.units, self.full)


def _asked_at(
    session: Session, section_ids: Collection[int] | None, sitting_ids: Collection[int]
) -> dict[tuple[int, int], Asked]:
    """How these sections (None: the whole office) did by (sitting, position); what nobody was asked is left out."""
    found: dict[tuple[int, int], Asked] = {}
    for sitting_id, position, *sums in _asked_sums(session, section_ids, sitting_ids):
        asked = Asked(*map(int, sums))
        place = (sitting_id, position)
        found[place] = found[place] + asked if place in found else asked
    return {place: asked for place, asked in found.items() if asked.full}


def _asked_sums(
    session: Session, section_ids: Collection[int] | None, sitting_ids: Collection[int]
) -> Iterator[Sequence[Any]]:
    made = summaries.summed_up(session, sitting_ids)
    row = QuestionSummaryRow
    if made.sittings:
        summed = (
            select(row.sitting_id, row.position)
            .add_columns(*(func.sum(column) for column in (row.asked, row.answered, row.units, row.full)))
            .where(row.sitting_id.in_(made.sittings), _among(row.section_id, section_ids))
            .group_by(row.sitting_id, row.position)
        )
        if made.outdated:
            summed = summed.where(tuple_(row.sitting_id, row.section_id).not_in(made.outdated))
        yield from session.execute(summed)
    if (left := _left(made, sitting_ids)) is not None:
        counted = asked_from_rows().where(left, _among(AttemptRow.section_id, section_ids))
        yield from ((sitting, position, *sums) for sitting, _, position, *sums in session.execute(counted))


def asked_from_rows() -> Select[*tuple[Any, ...]]:
    """(sitting, section, position, asked, answered, units, full), counted from the rows of all answers."""
    place = (AttemptRow.sitting_id, AttemptRow.section_id, PaperQuestionRow.position)
    sums = (
        func.count(),
        func.coalesce(func.sum(_answered()), 0),
        func.coalesce(func.sum(ResponseRow.units), 0),
        func.coalesce(func.sum(PaperQuestionRow.full_mark) * UNITS, 0),
    )
    return _asked_of_people(*place, *sums).group_by(*place)


def _asked_of_people(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Every question put to whoever has handed in, answered or not; an answer that waits for a mark is left out, and so
    is a question that was made void."""
    # Where each person has a paper of their own, what was asked and left blank has a row too.
    left_blank = and_(ResponseRow.attempt_id.is_(None), SittingRow.drawing == Drawing.SAME)
    return (
        select(*columns)
        .select_from(AttemptRow)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .join(PaperQuestionRow, PaperQuestionRow.sitting_id == AttemptRow.sitting_id)
        .outerjoin(
            ResponseRow,
            and_(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position == PaperQuestionRow.position),
        )
        .where(AttemptRow.closed_at.is_not(None), or_(left_blank, ResponseRow.units.is_not(None)), ~is_void())
    )


def _answered() -> ColumnElement[int]:
    return case((cast(ResponseRow.value, String) != CLEARED, 1), else_=0)


def asked_of_person(
    session: Session, person_id: int, section_ids: Collection[int], sitting_ids: Collection[int]
) -> dict[tuple[int, int], Asked]:
    """What one person was asked while in one of these sections, by (sitting, position)."""
    place = (AttemptRow.sitting_id, PaperQuestionRow.position)
    rows = session.execute(
        _asked_of_people(*place, _answered(), func.coalesce(ResponseRow.units, 0), PaperQuestionRow.full_mark).where(
            AttemptRow.person_id == person_id,
            AttemptRow.section_id.in_(section_ids),
            AttemptRow.sitting_id.in_(sitting_ids),
        )
    )
    return {
        (sitting, position): Asked(1, done, units, mark * UNITS)
        for sitting, position, done, units, mark in rows
        if mark
    }


def asked_of_people(
    session: Session, section_id: int, places: Collection[tuple[int, int]], person_ids: Collection[int] | None = None
) -> Iterator[tuple[int, tuple[int, int], Asked]]:
    """(person, (sitting, position), how they did) at these places of papers, of the section's people or of some."""
    columns = (AttemptRow.person_id, AttemptRow.sitting_id, PaperQuestionRow.position)
    statement = _asked_of_people(
        *columns, _answered(), func.coalesce(ResponseRow.units, 0), PaperQuestionRow.full_mark
    ).where(AttemptRow.section_id == section_id, AttemptRow.sitting_id.in_({sitting for sitting, _ in places}))
    statement = statement.where(tuple_(PaperQuestionRow.sitting_id, PaperQuestionRow.position).in_(places))
    if person_ids is not None:
        statement = statement.where(AttemptRow.person_id.in_(person_ids))
    for person, sitting, position, done, units, mark in session.execute(statement):
        if mark:
            yield person, (sitting, position), Asked(1, done, units, mark * UNITS)


@dataclass(frozen=True)
class Given:
    """One answer, and how many people gave just that; `said` where a person marked it point by point."""

    value: list[str]
    said: list[bool] | None
    times: int


def given(
    session: Session, section_ids: Collection[int], sitting_id: int, positions: Collection[int]
) -> Mapping[int, Sequence[Given]]:
    """What these sections answered at some positions of a paper, by position; answers that wait for a mark left out."""
    value, said = cast(ResponseRow.value, String), cast(MarkRow.said, String)
    rows = session.execute(
        select(ResponseRow.position, value, said, func.count())
        .join(AttemptRow, AttemptRow.id == ResponseRow.attempt_id)
        .outerjoin(
            MarkRow, and_(MarkRow.attempt_id == ResponseRow.attempt_id, MarkRow.position == ResponseRow.position)
        )
        .where(
            AttemptRow.sitting_id == sitting_id,
            AttemptRow.section_id.in_(section_ids),
            AttemptRow.closed_at.is_not(None),
            ResponseRow.position.in_(positions),
            ResponseRow.units.is_not(None),
            value != CLEARED,
        )
        .group_by(ResponseRow.position, value, said)
    )
    found: dict[int, list[Given]] = {}
    for position, answer, points, times in rows:
        found.setdefault(position, []).append(Given(json.loads(answer), json.loads(points or "null"), times))
    return found


def missed_points(
    session: Session, section_ids: Collection[int] | None, sitting_ids: Collection[int]
) -> Sequence[MissedPoint]:
    """Key points by facility over these sittings, most missed first; of the whole office where no sections are given.

    The same name in another speech is another key point.
    """
    return by_point(session, _asked_at(session, section_ids, sitting_ids), sitting_ids)


def by_point(
    session: Session, asked: Mapping[tuple[int, int], Asked], sitting_ids: Collection[int]
) -> Sequence[MissedPoint]:
    """What was asked at places of these papers, by (sitting, position), gathered by key point, most missed first."""
    found: dict[tuple[Any, ...], list[tuple[tuple[int, int], Asked, str]]] = {}
    for sitting_id, position, *point, quote in session.execute(_points_on(sitting_ids)):
        if (sums := asked.get((sitting_id, position))) is not None:
            found.setdefault(tuple(point), []).append(((sitting_id, position), sums, quote))
    missed = [_missed_point(speech, name, uses) for (_, speech, name), uses in found.items()]
    return sorted(missed, key=lambda m: (m.facility, m.speech, m.name))


def _points_on(sitting_ids: Collection[int]) -> Select[int, int, int | None, str, str, str]:
    """(sitting, position, key point, speech, its name or the heading, quote) of every place of these papers."""
    version = QuestionVersionRow
    name = func.coalesce(KeyPointRow.name, version.source_heading)
    return (
        select(PaperQuestionRow.sitting_id, PaperQuestionRow.position)
        .add_columns(QuestionRow.key_point_id, version.source_speech, name, version.source_quote)
        .join(version, version.id == PaperQuestionRow.version_id)
        .join(QuestionRow, QuestionRow.id == version.question_id)
        .outerjoin(KeyPointRow, KeyPointRow.id == QuestionRow.key_point_id)
        .where(PaperQuestionRow.sitting_id.in_(sitting_ids))
    )


def _missed_point(speech: str, name: str, uses: Sequence[tuple[tuple[int, int], Asked, str]]) -> MissedPoint:
    total = reduce(add, (sums for _, sums, _ in uses))
    quoted = sorted((sums.facility, quote) for _, sums, quote in uses if quote)
    return MissedPoint(
        speech=speech,
        name=name,
        sittings=len({sitting_id for (sitting_id, _), _, _ in uses}),
        answered=total.answered,
        asked=total.asked,
        facility=total.facility,
        quote=quoted[0][1] if quoted else "",
        places=tuple(place for place, _, _ in sorted(uses, key=lambda use: (use[1].facility, use[0]))),
    )


def use_of_questions(session: Session, set_id: int, now: datetime) -> dict[int, tuple[int, Fraction]]:
    """For each question of a set that sittings closed by now asked: how often, and the mean share of its mark; mocks
    left out."""
    rows = session.execute(
        select(PaperQuestionRow.sitting_id, PaperQuestionRow.position, QuestionRow.id)
        .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
        .join(QuestionVersionRow, QuestionVersionRow.id == PaperQuestionRow.version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
        .where(QuestionRow.set_id == set_id, SittingRow.closes_at <= now, is_no_mock())
    ).all()
    asked = _asked_at(session, None, {row.sitting_id for row in rows})
    found: dict[int, Asked] = {}
    for sitting_id, position, question_id in rows:
        if (sums := asked.get((sitting_id, position))) is not None:
            found[question_id] = found[question_id] + sums if question_id in found else sums
    return {question_id: (sums.asked, sums.facility) for question_id, sums in found.items()}


def questions_of_each(session: Session, sitting_id: int) -> int:
    """How many questions one person got in a sitting."""
    on_paper = select(func.count()).where(PaperQuestionRow.sitting_id == SittingRow.id).scalar_subquery()
    row, count = session.execute(select(SittingRow, on_paper).where(SittingRow.id == sitting_id)).one()
    return int(count) if row.each is None else sum(row.each.values())
