"""Figures by section, from SQL; sections are those at the time of the attempt."""

import json
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

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
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import selectinload

from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Presence
from quizapp.core.dealing import Drawing
from quizapp.core.question import UNITS
from quizapp.core.sitting import SittingKind
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
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import KeyPointRow

#: An answer that was given and cleared again is stored as an empty list: it was not answered.
CLEARED = "[]"


@dataclass(frozen=True)
class Figures:
    """How a group did in one sitting.

    `expected` people were dealt a paper and are not excused, `started` opened it, `closed` have a score. `mean` is the
    mean share of the full score, 0..1, and `passed` counts scores at or above the pass mark; `mean` is None while there
    is no score. `waiting` more have handed in, but answers of theirs wait for a person's mark: they have no score yet.
    `excused` are on leave by what attendance knows, and did not take it; `made_up` did so later, in time, on a paper
    that counts nowhere here.
    """

    expected: int
    started: int
    closed: int
    passed: int
    mean: Fraction | None
    waiting: int = 0
    excused: int = 0
    made_up: int = 0

    @property
    def participation(self) -> Fraction | None:
        return Fraction(self.started, self.expected) if self.expected else None

    @property
    def pass_rate(self) -> Fraction | None:
        return Fraction(self.passed, self.closed) if self.closed else None


NOBODY = Figures(0, 0, 0, 0, None)


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


def opened_sittings(session: Session, section_ids: Collection[int], now: datetime, limit: int) -> Sequence[SittingRow]:
    """The weeks' published sittings that have opened and were dealt to these sections, newest first."""
    dealt = exists().where(AttemptRow.sitting_id == SittingRow.id, AttemptRow.section_id.in_(section_ids))
    return session.scalars(
        select(SittingRow)
        .where(SittingRow.published_at.is_not(None), SittingRow.opens_at <= now, _of_the_week(), dealt)
        .order_by(SittingRow.opens_at.desc(), SittingRow.id.desc())
        .limit(limit)
    ).all()


def _of_the_week() -> ColumnElement[bool]:
    """What makes up for a missed sitting is never mixed with the room's figures."""
    return SittingRow.kind == SittingKind.WEEKLY


def _figures_of(
    section_ids: Collection[int], sitting_ids: Collection[int]
) -> Select[int, int, int, int, int, int, int, int, int]:
    """The sums behind `_figures`; to be grouped by sitting.

    Everybody in a sitting has the same full score, so the quotient of the sums is the mean share.
    """
    closed, passed = _has_score(), _scored(SittingRow.pass_percent)
    excused = and_(presence() == Presence.LEAVE, AttemptRow.started_at.is_(None))
    again = aliased(AttemptRow)
    return (
        expected(
            func.count(AttemptRow.id),
            func.count(AttemptRow.started_at),
            func.coalesce(func.sum(case((closed, 1), else_=0)), 0),
            func.coalesce(func.sum(case((passed, 1), else_=0)), 0),
            func.coalesce(func.sum(case((closed, AttemptRow.units), else_=0)), 0),
            func.coalesce(func.sum(case((closed, AttemptRow.full_units), else_=0)), 0),
            func.coalesce(func.sum(case((AttemptRow.unmarked > 0, 1), else_=0)), 0),
            func.coalesce(func.sum(case((excused, 1), else_=0)), 0),
            func.coalesce(func.sum(case((again.closed_at <= MakeUpRow.due, 1), else_=0)), 0),
        )
        .outerjoin(MakeUpRow, of_same_place(MakeUpRow))
        .outerjoin(again, again.id == MakeUpRow.attempt_id)
        .where(AttemptRow.section_id.in_(section_ids), AttemptRow.sitting_id.in_(sitting_ids))
    )


def _has_score() -> ColumnElement[bool]:
    """Closed, and no answer waits for a person's mark."""
    return and_(AttemptRow.closed_at.is_not(None), AttemptRow.unmarked == 0)


def _scored(percent: ColumnElement[int] | InstrumentedAttribute[int] | int) -> ColumnElement[bool]:
    """Has a score of so many percent of the full score, or more."""
    # A hundred times the units of a long paper is more than a plain integer of PostgreSQL holds.
    units, full_units = cast(AttemptRow.units, BigInteger), cast(AttemptRow.full_units, BigInteger)
    return and_(_has_score(), units * 100 >= percent * full_units)


def _figures(
    dealt: int,
    started: int,
    closed: int,
    passed: int,
    units: int,
    full_units: int,
    waiting: int,
    excused: int,
    made_up: int,
) -> Figures:
    mean = Fraction(int(units), int(full_units)) if full_units else None
    return Figures(
        expected=dealt - int(excused),
        started=started,
        closed=int(closed),
        passed=int(passed),
        mean=mean,
        waiting=int(waiting),
        excused=int(excused),
        made_up=int(made_up),
    )


def by_section(
    session: Session, section_ids: Collection[int], sitting_ids: Collection[int]
) -> dict[tuple[int, int], Figures]:
    """Figures by (section, sitting); sections that were dealt nothing are left out."""
    rows = session.execute(
        _figures_of(section_ids, sitting_ids)
        .add_columns(AttemptRow.section_id, AttemptRow.sitting_id)
        .group_by(AttemptRow.section_id, AttemptRow.sitting_id)
    )
    return {(section_id, sitting_id): _figures(*sums) for *sums, section_id, sitting_id in rows}


def by_sitting(session: Session, section_ids: Collection[int], sitting_ids: Collection[int]) -> dict[int, Figures]:
    """Figures of all these sections together, by sitting."""
    rows = session.execute(
        _figures_of(section_ids, sitting_ids).add_columns(AttemptRow.sitting_id).group_by(AttemptRow.sitting_id)
    )
    return {sitting_id: _figures(*sums) for *sums, sitting_id in rows}


def scores_from(session: Session, sitting_id: int, percent: int) -> tuple[int, int]:
    """How many scores of a sitting are so many percent of the full score, or more; and the full score in units."""
    reached = func.coalesce(func.sum(case((_scored(percent), 1), else_=0)), 0)
    full_units = func.coalesce(func.max(AttemptRow.full_units), 0)
    found = select(reached, full_units).where(AttemptRow.sitting_id == sitting_id, _has_score())
    count, full = session.execute(found).one()
    return int(count), int(full)


def attempts_of_section(session: Session, section_id: int, sitting_ids: Collection[int]) -> Sequence[AttemptRow]:
    """Every attempt dealt to the section in these sittings, people in order of staff number."""
    return session.scalars(
        select(AttemptRow)
        .join(PersonRow, PersonRow.id == AttemptRow.person_id)
        .where(AttemptRow.section_id == section_id, AttemptRow.sitting_id.in_(sitting_ids))
        .options(selectinload(AttemptRow.person))
        .order_by(PersonRow.staff_number, AttemptRow.sitting_id)
    ).all()


def leaves_of_section(session: Session, section_id: int, sitting_id: int) -> Mapping[int, LeaveKind]:
    """Why people of a section were excused from a sitting, by person."""
    found = session.execute(
        expected(AttemptRow.person_id, LeaveRow.kind).where(
            AttemptRow.sitting_id == sitting_id, AttemptRow.section_id == section_id, presence() == Presence.LEAVE
        )
    )
    return {row.person_id: row.kind for row in found}


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


def missed(session: Session, section_ids: Collection[int], sitting_id: int) -> Sequence[Missed]:
    """The paper's questions by facility, most missed first; unanswered counts as nothing earned."""
    place = (PaperQuestionRow.position, PaperQuestionRow.version_id, PaperQuestionRow.full_mark)
    rows = session.execute(_asked_of(section_ids, [sitting_id]).add_columns(*place).group_by(*place)).all()
    wanted = select(QuestionVersionRow).where(QuestionVersionRow.id.in_([row.version_id for row in rows]))
    versions = {version.id: version for version in session.scalars(wanted)}
    found = [
        Missed(position, versions[version_id], answered, asked, Fraction(int(units), int(full)))
        for asked, answered, units, full, position, version_id, _ in rows
    ]
    return sorted(found, key=lambda m: (m.facility, m.position))


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
    session: Session, section_ids: Collection[int], sitting_ids: Collection[int]
) -> Sequence[MissedPoint]:
    """Key points by facility over these sittings, most missed first.

    The same name in another speech is another key point.
    """
    name = func.coalesce(KeyPointRow.name, QuestionVersionRow.source_heading)
    point = (QuestionRow.key_point_id, QuestionVersionRow.source_speech, name)
    rows = session.execute(
        _asked_of(section_ids, sitting_ids)
        .join(QuestionVersionRow, QuestionVersionRow.id == PaperQuestionRow.version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
        .outerjoin(KeyPointRow, KeyPointRow.id == QuestionRow.key_point_id)
        .add_columns(func.count(PaperQuestionRow.sitting_id.distinct()), *point)
        .group_by(*point)
    )
    found = [
        MissedPoint(speech, heading, sittings, answered, asked, Fraction(int(units), int(full)))
        for asked, answered, units, full, sittings, _, speech, heading in rows
    ]
    return sorted(found, key=lambda m: (m.facility, m.speech, m.name))


def use_of_questions(session: Session, set_id: int, now: datetime) -> dict[int, tuple[int, Fraction]]:
    """For each question of a set that sittings closed by now asked: how often, and the mean share of its mark."""
    rows = session.execute(
        _asked()
        .join(QuestionVersionRow, QuestionVersionRow.id == PaperQuestionRow.version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
        .where(QuestionRow.set_id == set_id, SittingRow.closes_at <= now)
        .add_columns(QuestionRow.id)
        .group_by(QuestionRow.id)
    )
    return {question_id: (asked, Fraction(int(units), int(full))) for asked, _, units, full, question_id in rows}


def _asked_of(section_ids: Collection[int], sitting_ids: Collection[int]) -> Select[int, int, int, int]:
    """What these sections were asked in these sittings; the sums are those of `_asked`."""
    return _asked().where(AttemptRow.sitting_id.in_(sitting_ids), AttemptRow.section_id.in_(section_ids))


def _asked() -> Select[int, int, int, int]:
    """Every question put to whoever has handed in, answered or not; an answer that waits for a mark is left out.

    The sums: how often it was asked, how often answered, units earned, units to be earned.
    """
    answered = case((cast(ResponseRow.value, String) != CLEARED, 1), else_=0)
    # Where each person has a paper of their own, what was asked and left blank has a row too.
    left_blank = and_(ResponseRow.attempt_id.is_(None), SittingRow.drawing == Drawing.SAME)
    return (
        select(
            func.count().label("asked"),
            func.coalesce(func.sum(answered), 0).label("answered"),
            func.coalesce(func.sum(ResponseRow.units), 0).label("units"),
            func.coalesce(func.sum(PaperQuestionRow.full_mark) * UNITS, 0).label("full"),
        )
        .select_from(AttemptRow)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .join(PaperQuestionRow, PaperQuestionRow.sitting_id == AttemptRow.sitting_id)
        .outerjoin(
            ResponseRow,
            and_(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position == PaperQuestionRow.position),
        )
        .where(AttemptRow.closed_at.is_not(None), or_(left_blank, ResponseRow.units.is_not(None)))
    )


def questions_of_each(session: Session, sitting_id: int) -> int:
    """How many questions one person got in a sitting."""
    on_paper = select(func.count()).where(PaperQuestionRow.sitting_id == SittingRow.id).scalar_subquery()
    row, count = session.execute(select(SittingRow, on_paper).where(SittingRow.id == sitting_id)).one()
    return int(count) if row.each is None else sum(row.each.values())
