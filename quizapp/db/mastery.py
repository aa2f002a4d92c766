"""How key points are remembered: one person's cards, sections' sums, and what speeches and questions say of each."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import ColumnElement
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
from quizapp.core.practice import Matter
from quizapp.core.practice import matter_of
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
class Topic:
    """What a card is about, as a map names it: a key point that its speech has now, or an approved question that
    belongs to none.

    `source` is the key of the Source, `heading` the top one that it stands under, empty where none is known; `number`
    is a key point's in its speech, from 1, `question` a question's public id.
    """

    matter: Matter
    source: str
    name: str
    heading: str
    number: int = 0
    question: str = ""

    @property
    def ref(self) -> str:
        """Tells it apart from all others."""
        if self.matter.key_point_id is not None:
            return f"point-{self.matter.key_point_id}"
        return f"question-{self.matter.question_id}"


@dataclass(frozen=True)
class Source:
    """A speech, or a question set that belongs to none; the public id of the other is empty."""

    key: str
    title: str
    speech: str = ""
    question_set: str = ""


# Topics


def topics(session: Session, question_ids: Collection[int]) -> Sequence[Topic]:
    """All key points that speeches have now, in the order of the texts, then these of the questions that belong to
    none."""
    return [*_points(session), *_questions(session, question_ids)]


def _points(session: Session) -> Iterable[Topic]:
    found = session.execute(
        select(KeyPointRow.id, KeyPointRow.speech_id, KeyPointRow.name)
        .where(KeyPointRow.gone_at.is_(None))
        .order_by(KeyPointRow.speech_id, KeyPointRow.start, KeyPointRow.id)
    ).all()
    headings = _headings(session)
    last: Counter[int] = Counter()
    for id_, speech_id, name in found:
        last[speech_id] += 1
        yield Topic(Matter(id_, None), _of_speech(speech_id), name, headings.get(id_, ""), number=last[speech_id])


def _headings(session: Session) -> Mapping[int, str]:
    """By key point, the top heading of the first of its questions that names one."""
    found = session.execute(
        select(QuestionRow.key_point_id, func.min(QuestionVersionRow.source_heading))
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.key_point_id.is_not(None), QuestionVersionRow.source_heading != "")
        .group_by(QuestionRow.key_point_id)
    )
    return {point: top_heading(path) for point, path in found if point is not None}


def _questions(session: Session, question_ids: Collection[int]) -> Iterable[Topic]:
    version = QuestionVersionRow
    found = session.execute(
        select(QuestionRow.id, QuestionRow.public_id, QuestionRow.set_id, QuestionSetRow.speech_id)
        .add_columns(version.stem, version.source_heading)
        .join(version, version.id == QuestionRow.version_id)
        .join(QuestionSetRow, QuestionSetRow.id == QuestionRow.set_id)
        .where(QuestionRow.id.in_(question_ids), QuestionRow.key_point_id.is_(None))
        .where(QuestionRow.state == QuestionState.APPROVED)
        .order_by(QuestionRow.set_id, QuestionRow.id)
    )
    for id_, public_id, set_id, speech_id, stem, heading in found:
        source = _of_set(set_id) if speech_id is None else _of_speech(speech_id)
        yield Topic(Matter(None, id_), source, stem, top_heading(heading), question=public_id)


def _of_speech(speech_id: int) -> str:
    return f"speech:{speech_id}"


def _of_set(set_id: int) -> str:
    return f"set:{set_id}"


def sources(session: Session) -> Sequence[Source]:
    """All speeches, the newest first, then the sets that belong to none."""
    spoken = session.execute(
        select(SpeechRow.id, SpeechRow.public_id, SpeechRow.title, SpeechRow.filename).order_by(
            func.coalesce(SpeechRow.held_on, func.date(SpeechRow.loaded_at)).desc(), SpeechRow.id.desc()
        )
    )
    others = session.execute(
        select(QuestionSetRow.id, QuestionSetRow.public_id, QuestionSetRow.name)
        .where(QuestionSetRow.speech_id.is_(None))
        .order_by(QuestionSetRow.id.desc())
    )
    return [
        *(Source(_of_speech(id_), title or file, speech=public_id) for id_, public_id, title, file in spoken),
        *(Source(_of_set(id_), name, question_set=public_id) for id_, public_id, name in others),
    ]


def open_matters(session: Session, now: datetime) -> frozenset[Matter]:
    """What a question may be practised about now."""
    found = select(QuestionRow.id, QuestionRow.key_point_id).where(may_be_practised(now))
    return frozenset(matter_of(id_, point_id) for id_, point_id in session.execute(found))


def quotes(session: Session, matters: Collection[Matter]) -> Mapping[Matter, str]:
    """The words of the speech in which each stands."""
    points = session.execute(
        select(KeyPointRow.id, KeyPointRow.start, KeyPointRow.end, SpeechRow.text)
        .join(SpeechRow, SpeechRow.id == KeyPointRow.speech_id)
        .where(KeyPointRow.id.in_([each.key_point_id for each in matters if each.key_point_id is not None]))
    )
    questions = session.execute(
        select(QuestionRow.id, QuestionVersionRow.source_quote)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(QuestionRow.id.in_([each.question_id for each in matters if each.question_id is not None]))
    )
    said = {Matter(id_, None): text[start:end] for id_, start, end, text in points}
    return said | {Matter(None, id_): quote for id_, quote in questions}


def point(session: Session, speech_id: str, number: int) -> KeyPointRow | None:
    """A key point that a speech (by its public id) has now, by its number in it."""
    if number < 1:
        return None
    return session.scalar(
        select(KeyPointRow)
        .join(SpeechRow, SpeechRow.id == KeyPointRow.speech_id)
        .where(SpeechRow.public_id == speech_id, KeyPointRow.gone_at.is_(None))
        .order_by(KeyPointRow.start, KeyPointRow.id)
        .offset(number - 1)
        .limit(1)
    )


def question(session: Session, public_id: str) -> int | None:
    """The id of an approved question that belongs to no key point."""
    return session.scalar(
        select(QuestionRow.id).where(
            QuestionRow.public_id == public_id,
            QuestionRow.key_point_id.is_(None),
            QuestionRow.state == QuestionState.APPROVED,
        )
    )


# One person


def cards(session: Session, person_id: int) -> Mapping[Matter, tuple[Memory | None, datetime | None]]:
    """By what they are about: what somebody remembers, and when it started anew."""
    found = session.execute(
        select(CardRow.key_point_id, CardRow.question_id, CardRow.stability, CardRow.difficulty)
        .add_columns(CardRow.rated_at, CardRow.anew_at)
        .where(CardRow.person_id == person_id)
    )
    return {
        Matter(point_id, question_id): (
            None if stability is None or difficulty is None or at is None else Memory(stability, difficulty, at),
            anew_at,
        )
        for point_id, question_id, stability, difficulty, at, anew_at in found
    }


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


def memories_in(session: Session, section_id: int) -> Iterable[tuple[Matter, Memory]]:
    """What each person who belongs to a section now remembers, of key points that there are and of questions. Columns,
    for there are many."""
    found = session.execute(
        select(CardRow.key_point_id, CardRow.question_id, CardRow.stability, CardRow.difficulty, CardRow.rated_at)
        .join(PersonRow, PersonRow.id == CardRow.person_id)
        .outerjoin(KeyPointRow, KeyPointRow.id == CardRow.key_point_id)
        .where(PersonRow.section_id == section_id, PersonRow.active, KeyPointRow.gone_at.is_(None))
        .where(CardRow.stability.is_not(None))
    )
    for point_id, question_id, stability, difficulty, rated_at in found:
        if stability is not None and difficulty is not None and rated_at is not None:
            yield Matter(point_id, question_id), Memory(stability, difficulty, rated_at)


def keep(session: Session, section_id: int, sums: Mapping[Matter, Remembered], today: date) -> None:
    """Put these sums in the place of a section's older ones."""
    row = session.get(SummedOnRow, section_id, with_for_update=True)
    if row is None:
        row = SummedOnRow(section_id=section_id)
        session.add(row)
        session.flush()
    session.execute(delete(PointMasteryRow).where(PointMasteryRow.section_id == section_id))
    made = [
        {
            "section_id": section_id,
            **matter._asdict(),
            "people": each.people,
            "recall": each.recall,
            "strong": each.strong,
            "made_on": today,
        }
        for matter, each in sums.items()
    ]
    if made:
        session.execute(insert(PointMasteryRow), made)
    row.day = today


def sum_up_anew(session: Session) -> None:
    """Cards of many people have changed: the sums of all sections are made anew when the bell rings next."""
    session.execute(update(SummedOnRow).values(day=None), execution_options={"synchronize_session": False})


def sums_of(session: Session, section_ids: Collection[int]) -> Mapping[Matter, Mapping[int, Remembered]]:
    """What is kept of these sections, by what it is about and by section."""
    row = PointMasteryRow
    found = session.execute(
        select(row.key_point_id, row.question_id, row.section_id, row.people, row.recall, row.strong).where(
            row.section_id.in_(section_ids)
        )
    )
    sums: dict[Matter, dict[int, Remembered]] = {}
    for point_id, question_id, section_id, count, recall, strong in found:
        sums.setdefault(Matter(point_id, question_id), {})[section_id] = Remembered(count, recall, strong)
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


def office_sums(session: Session, scope: int | None = None) -> Mapping[Matter, Remembered]:
    """What a section with all below it, or everybody, remembers; of three people and more."""
    row = PointMasteryRow
    found = session.execute(
        select(row.key_point_id, row.question_id, func.sum(row.people), func.sum(row.recall), func.sum(row.strong))
        .outerjoin(KeyPointRow, KeyPointRow.id == row.key_point_id)
        .where(KeyPointRow.gone_at.is_(None), _within(session, scope))
        .group_by(row.key_point_id, row.question_id)
        .having(func.sum(row.people) >= FEW)
    )
    return {
        Matter(point_id, question_id): Remembered(int(people), float(recall), int(strong))
        for point_id, question_id, people, recall, strong in found
    }


def forgotten(session: Session, scope: int | None) -> frozenset[Matter]:
    """What has a mean recall below FORGOTTEN_BELOW in a section with all below it, or among everybody."""
    return frozenset(matter for matter, each in office_sums(session, scope).items() if each.mean < FORGOTTEN_BELOW)


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
        select(QuestionRow.public_id, version.type, version.stem)
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


def questions_about(session: Session, matters: Collection[Matter]) -> Mapping[Matter, Sequence[tuple[str, str]]]:
    """The public id and stem of each approved question about these."""
    points = [each.key_point_id for each in matters if each.key_point_id is not None]
    questions = [each.question_id for each in matters if each.question_id is not None]
    found = session.execute(
        select(QuestionRow.id, QuestionRow.key_point_id, QuestionRow.public_id, QuestionVersionRow.stem)
        .join(QuestionVersionRow, QuestionVersionRow.id == QuestionRow.version_id)
        .where(or_(QuestionRow.key_point_id.in_(points), QuestionRow.id.in_(questions)))
        .where(QuestionRow.state == QuestionState.APPROVED)
        .order_by(QuestionRow.id)
    )
    about: dict[Matter, list[tuple[str, str]]] = {}
    for id_, point_id, public_id, stem in found:
        about.setdefault(matter_of(id_, point_id), []).append((public_id, stem))
    return about
