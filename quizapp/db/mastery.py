"""How key points are remembered: one person's cards, sections' sums, and what speeches and questions say of each."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import Row
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import true
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.mastery import FORGOTTEN_BELOW
from quizapp.core.mastery import Remembered
from quizapp.core.memory import Memory
from quizapp.core.paper import top_heading
from quizapp.core.question import UNITS
from quizapp.core.question import TypeName
from quizapp.core.reports import FEW
from quizapp.core.sitting import SittingKind
from quizapp.core.states import QuestionState
from quizapp.db import people
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.practice import CardRow
from quizapp.db.practice import PointMasteryRow
from quizapp.db.practice import SummedOnRow
from quizapp.db.practice import may_be_practised
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.db.summaries import ItemStatisticsRow


@dataclass(frozen=True)
class Point:
    """A key point that its speech has now, with its number in it, from 1.

    `heading` is the top one above its questions, empty where none says it.
    """

    id: int
    speech_id: int
    number: int
    name: str
    heading: str = ""


@dataclass(frozen=True)
class SpeechName:
    """A speech as a map names it. `public_id` leads to it."""

    id: int
    public_id: str
    title: str
    held_on: date | None


# Key points


def points(session: Session) -> Sequence[Point]:
    """The key points that speeches have now, in the order of their speeches' texts."""
    found = session.execute(
        select(KeyPointRow.id, KeyPointRow.speech_id, KeyPointRow.name)
        .where(KeyPointRow.gone_at.is_(None))
        .order_by(KeyPointRow.speech_id, KeyPointRow.start, KeyPointRow.id)
    ).all()
    headings = _headings(session)
    last: dict[int, int] = {}
    points = []
    for id_, speech_id, name in found:
        last[speech_id] = last.get(speech_id, 0) + 1
        points.append(Point(id_, speech_id, last[speech_id], name, headings.get(id_, "")))
    return points


def _headings(session: Session) -> Mapping[int, str]:
    """By key point, the top heading of the first of its questions that names one."""
    found = session.execute(
        select(QuestionRow.key_point_id, func.min(QuestionVersionRow.source_heading))
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.key_point_id.is_not(None), QuestionVersionRow.source_heading != "")
        .group_by(QuestionRow.key_point_id)
    )
    return {point: top_heading(path) for point, path in found if point is not None}


def speech_names(session: Session) -> Sequence[SpeechName]:
    """All speeches, the newest first."""
    found = session.execute(
        select(SpeechRow.id, SpeechRow.public_id, SpeechRow.title, SpeechRow.filename, SpeechRow.held_on).order_by(
            func.coalesce(SpeechRow.held_on, func.date(SpeechRow.loaded_at)).desc(), SpeechRow.id.desc()
        )
    )
    return [SpeechName(id_, public_id, title or filename, on) for id_, public_id, title, filename, on in found]


def points_to_practise(session: Session, now: datetime) -> frozenset[int]:
    """The key points that a question may be practised about now."""
    found = select(QuestionRow.key_point_id).where(QuestionRow.key_point_id.is_not(None), may_be_practised(now))
    return frozenset(point for point in session.scalars(found.distinct()) if point is not None)


def quotes(session: Session, point_ids: Collection[int]) -> Mapping[int, str]:
    """The words of the speech in which each key point stands."""
    found = session.execute(
        select(KeyPointRow.id, KeyPointRow.start, KeyPointRow.end, SpeechRow.text)
        .join(SpeechRow, SpeechRow.id == KeyPointRow.speech_id)
        .where(KeyPointRow.id.in_(point_ids))
    )
    return {id_: text[start:end] for id_, start, end, text in found}


def point(session: Session, speech_id: str, number: int) -> tuple[KeyPointRow, SpeechRow] | None:
    """A key point that a speech (by its public id) has now, by its number in it, with the speech."""
    if number < 1:
        return None
    found = session.execute(
        select(KeyPointRow, SpeechRow)
        .join(SpeechRow, SpeechRow.id == KeyPointRow.speech_id)
        .where(SpeechRow.public_id == speech_id, KeyPointRow.gone_at.is_(None))
        .order_by(KeyPointRow.start, KeyPointRow.id)
        .offset(number - 1)
        .limit(1)
    ).one_or_none()
    return None if found is None else (found[0], found[1])


# One person


def cards(session: Session, person_id: int) -> Mapping[int, tuple[Memory | None, datetime | None]]:
    """By key point: what somebody remembers, and when it started anew."""
    found = session.execute(
        select(CardRow.key_point_id, CardRow.stability, CardRow.difficulty, CardRow.rated_at, CardRow.anew_at).where(
            CardRow.person_id == person_id, CardRow.key_point_id.is_not(None)
        )
    )
    return {row.key_point_id: (_memory(row), row.anew_at) for row in found}


def _memory(row: Row[*tuple[object, ...]]) -> Memory | None:
    if row.stability is None or row.difficulty is None or row.rated_at is None:
        return None
    return Memory(row.stability, row.difficulty, row.rated_at)


# Sections


def section_to_sum_up(session: Session, today: date) -> int | None:
    """A section whose sums were not made today."""
    return session.scalar(
        select(SectionRow.id)
        .outerjoin(SummedOnRow, SummedOnRow.section_id == SectionRow.id)
        .where(or_(SummedOnRow.day.is_(None), SummedOnRow.day < today))
        .order_by(SectionRow.id)
        .limit(1)
    )


def memories_in(session: Session, section_id: int) -> Iterable[tuple[int, Memory]]:
    """What each person who belongs to a section now remembers of each key point that there is. Columns, for there are
    many."""
    found = session.execute(
        select(CardRow.key_point_id, CardRow.stability, CardRow.difficulty, CardRow.rated_at)
        .join(PersonRow, PersonRow.id == CardRow.person_id)
        .join(KeyPointRow, KeyPointRow.id == CardRow.key_point_id)
        .where(PersonRow.section_id == section_id, PersonRow.active, KeyPointRow.gone_at.is_(None))
        .where(CardRow.stability.is_not(None))
    )
    for point_id, stability, difficulty, rated_at in found:
        if point_id is not None and stability is not None and difficulty is not None and rated_at is not None:
            yield point_id, Memory(stability, difficulty, rated_at)


def keep(session: Session, section_id: int, sums: Mapping[int, Remembered], today: date) -> None:
    """Put these sums, by key point, in the place of a section's older ones."""
    row = session.get(SummedOnRow, section_id, with_for_update=True)
    if row is None:
        row = SummedOnRow(section_id=section_id)
        session.add(row)
        session.flush()
    session.execute(delete(PointMasteryRow).where(PointMasteryRow.section_id == section_id))
    made = [
        {
            "section_id": section_id,
            "key_point_id": point_id,
            "people": each.people,
            "recall": each.recall,
            "strong": each.strong,
            "made_on": today,
        }
        for point_id, each in sums.items()
    ]
    if made:
        session.execute(insert(PointMasteryRow), made)
    row.day = today


def sum_up_anew(session: Session) -> None:
    """Cards of many people have changed: the sums of all sections are made anew when the bell rings next."""
    session.execute(update(SummedOnRow).values(day=None), execution_options={"synchronize_session": False})


def sums_of(session: Session, section_ids: Collection[int]) -> Mapping[int, Mapping[int, Remembered]]:
    """By key point and section, what is kept of key points that there are."""
    found = session.execute(
        select(
            PointMasteryRow.key_point_id,
            PointMasteryRow.section_id,
            PointMasteryRow.people,
            PointMasteryRow.recall,
            PointMasteryRow.strong,
        )
        .join(KeyPointRow, KeyPointRow.id == PointMasteryRow.key_point_id)
        .where(PointMasteryRow.section_id.in_(section_ids), KeyPointRow.gone_at.is_(None))
    )
    sums: dict[int, dict[int, Remembered]] = {}
    for point_id, section_id, count, recall, strong in found:
        sums.setdefault(point_id, {})[section_id] = Remembered(count, recall, strong)
    return sums


def summed_on(session: Session, section_ids: Collection[int] | None = None) -> date | None:
    """The oldest day on which sums of these sections, or of all, were made; None where some wait."""
    here = true() if section_ids is None else SectionRow.id.in_(section_ids)
    oldest, summed, sections = session.execute(
        select(func.min(SummedOnRow.day), func.count(SummedOnRow.day), func.count(SectionRow.id))
        .select_from(SectionRow)
        .outerjoin(SummedOnRow, SummedOnRow.section_id == SectionRow.id)
        .where(here)
    ).one()
    return oldest if summed == sections else None


# The office


def office_sums(session: Session, scope: int | None = None) -> Mapping[int, Remembered]:
    """By key point, what a section with all below it, or everybody, remembers; of three people and more."""
    found = session.execute(
        select(
            PointMasteryRow.key_point_id,
            func.sum(PointMasteryRow.people),
            func.sum(PointMasteryRow.recall),
            func.sum(PointMasteryRow.strong),
        )
        .join(KeyPointRow, KeyPointRow.id == PointMasteryRow.key_point_id)
        .where(KeyPointRow.gone_at.is_(None), _within(session, scope))
        .group_by(PointMasteryRow.key_point_id)
        .having(func.sum(PointMasteryRow.people) >= FEW)
    )
    return {point_id: Remembered(int(people), float(recall), int(strong)) for point_id, people, recall, strong in found}


def forgotten(session: Session, scope: int | None) -> frozenset[int]:
    """The key points whose mean recall in a section with all below it, or of everybody, lies below FORGOTTEN_BELOW."""
    return frozenset(id_ for id_, each in office_sums(session, scope).items() if each.mean < FORGOTTEN_BELOW)


def _within(session: Session, scope: int | None) -> ColumnElement[bool]:
    if scope is None:
        return true()
    return PointMasteryRow.section_id.in_(people.with_all_below(session, [scope]))


# Questions


@dataclass(frozen=True)
class AskedQuestion:
    """An approved question and what closed sittings say of it: of so many answers, in so many sittings, the marks
    earned of those that could be, in units."""

    public_id: str
    key_point_id: int | None
    type: TypeName
    stem: str
    set_id: str
    set_name: str
    answers: int
    sittings: int
    units: int
    full: int


def asked_questions(session: Session) -> Sequence[AskedQuestion]:
    """Every approved question that closed weekly sittings asked, from their sums."""
    item = ItemStatisticsRow
    version = QuestionVersionRow
    sums = (
        select(
            version.question_id,
            func.sum(item.people).label("answers"),
            func.count(func.distinct(item.sitting_id)).label("sittings"),
            func.sum(item.marks).label("units"),
            func.sum(item.people * item.full_mark).label("full"),
        )
        .join(version, version.id == item.version_id)
        .join(SittingRow, SittingRow.id == item.sitting_id)
        .where(SittingRow.kind == SittingKind.WEEKLY)
        .group_by(version.question_id)
        .subquery()
    )
    found = session.execute(
        select(QuestionRow.public_id, QuestionRow.key_point_id, version.type, version.stem)
        .add_columns(QuestionSetRow.public_id.label("of"), QuestionSetRow.name)
        .add_columns(sums.c.answers, sums.c.sittings, sums.c.units, sums.c.full)
        .join(sums, sums.c.question_id == QuestionRow.id)
        .join(version, version.id == QuestionRow.version_id)
        .join(QuestionSetRow, QuestionSetRow.id == QuestionRow.set_id)
        .where(QuestionRow.state == QuestionState.APPROVED)
        .order_by(QuestionRow.id)
    )
    return [
        AskedQuestion(
            public_id=row.public_id,
            key_point_id=row.key_point_id,
            type=row.type,
            stem=row.stem,
            set_id=row.of,
            set_name=row.name,
            answers=int(row.answers),
            sittings=int(row.sittings),
            units=int(row.units),
            full=int(row.full) * UNITS,
        )
        for row in found
    ]


def questions_about(session: Session, point_ids: Collection[int]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """By key point, the public id and stem of each approved question about it."""
    found = session.execute(
        select(QuestionRow.key_point_id, QuestionRow.public_id, QuestionVersionRow.stem)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.key_point_id.in_(point_ids), QuestionRow.state == QuestionState.APPROVED)
        .order_by(QuestionRow.id)
    )
    about: dict[int, list[tuple[str, str]]] = {}
    for point_id, public_id, stem in found:
        if point_id is not None:
            about.setdefault(point_id, []).append((public_id, stem))
    return about
