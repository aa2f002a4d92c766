"""What people remember: cards are rated by answers, and mistakes are kept until they are made good.

An answer in practice moves one card at once. The answers of a week's sitting move them once the sitting has ended, a
few papers at a time: nothing waits for it, and before that nobody may be told what was right.
"""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.memory import Grade
from quizapp.core.memory import grade_of
from quizapp.core.memory import rated
from quizapp.core.practice import DAYS_TO_CLEAR
from quizapp.core.practice import Matter
from quizapp.core.practice import Origin
from quizapp.core.practice import matter_of
from quizapp.core.question import UNITS
from quizapp.core.regrading import OVERRULING
from quizapp.core.sitting import SittingKind
from quizapp.core.states import Review
from quizapp.db import mastery
from quizapp.db import practice as rows
from quizapp.db import regrades
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.practice import CardRow
from quizapp.db.practice import MistakeRow
from quizapp.db.practice import TakenInRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow

#: Papers taken in within one transaction.
PAPERS_AT_ONCE = 40


@dataclass(frozen=True)
class Answered:
    """An answer as memory needs it: about which question, right or not, and when on which day of the office."""

    person_id: int
    question_id: int
    key_point_id: int | None
    version_id: int
    value: Sequence[str]
    is_right: bool
    is_unsure: bool
    at: datetime
    day: date
    #: The attempt, where it was given in a sitting or a mock.
    attempt_id: int | None = None
    origin: Origin = Origin.PRACTICE

    @property
    def matter(self) -> Matter:
        return matter_of(self.question_id, self.key_point_id)


# One answer


def take_in(session: Session, answered: Answered) -> bool:
    """Let an answer given in practice move its card and its mistake; whether it rated the card."""
    has_rated = rate(
        session, answered.person_id, answered.matter, grade_of(answered.is_right, answered.is_unsure),
        at=answered.at, day=answered.day,
    )  # fmt: skip
    _note(session, answered, rows.mistake(session, answered.person_id, answered.question_id))
    session.flush()
    return has_rated


def rate(session: Session, person_id: int, matter: Matter, grade: Grade, *, at: datetime, day: date) -> bool:
    """Rate a card, making it where there is none; False where it was rated on this day, or a later one, or where the
    answer was given before the key point changed."""
    card = rows.card(session, person_id, matter, lock=True)
    return _rate(session, person_id, matter, card, grade, at, day)


def _rate(
    session: Session, person_id: int, matter: Matter, card: CardRow | None, grade: Grade, at: datetime, day: date
) -> bool:
    if card is None:
        card = CardRow(person_id=person_id, key_point_id=matter.key_point_id, question_id=matter.question_id)
        card.ratings = card.lapses = 0
        session.add(card)
    elif (card.rated_on is not None and card.rated_on >= day) or (card.anew_at is not None and at < card.anew_at):
        return False
    memory = rated(card.memory, grade, at)
    card.stability, card.difficulty, card.rated_at = memory.stability, memory.difficulty, memory.rated_at
    card.rated_on, card.anew_at = day, None
    card.ratings += 1
    card.lapses += grade is Grade.AGAIN
    return True


def _note(session: Session, answered: Answered, held: MistakeRow | None) -> None:
    """Keep a wrong answer as a mistake, or count a right one towards making it good."""
    if answered.is_right:
        if held is not None:
            _count_right(held, answered.day)
    elif held is None:
        session.add(_mistake(answered))
    elif answered.attempt_id is None or held.attempt_id != answered.attempt_id:
        _once_more(held, answered)


def _mistake(answered: Answered) -> MistakeRow:
    return MistakeRow(
        person_id=answered.person_id,
        question_id=answered.question_id,
        times=1,
        right_days=0,
        first_at=answered.at,
        **_last(answered),
    )


def _once_more(held: MistakeRow, answered: Answered) -> None:
    held.times += 1
    if answered.at < held.last_at:
        return
    for name, value in _last(answered).items():
        setattr(held, name, value)
    held.right_days, held.right_on, held.cleared_on = 0, None, None


def _last(answered: Answered) -> dict[str, object]:
    return {
        "version_id": answered.version_id,
        "value": list(answered.value),
        "origin": answered.origin,
        "attempt_id": answered.attempt_id,
        "last_at": answered.at,
        "last_on": answered.day,
    }


def _count_right(held: MistakeRow, day: date) -> None:
    """Right on a later day than the mistake, and each day once."""
    if held.cleared_on is not None or day <= max(held.last_on, held.right_on or held.last_on):
        return
    held.right_days, held.right_on = held.right_days + 1, day
    if held.right_days >= DAYS_TO_CLEAR:
        held.cleared_on = day


# Sittings that have ended


def sitting_to_take_in(session: Session) -> int | None:
    """An ended sitting whose answers still have to be taken in."""
    return rows.sitting_to_take_in(session)


def take_in_sitting(session: Session, sitting_id: int, zone: tzinfo, *, now: datetime) -> bool:
    """Take in the next few papers of an ended sitting; False when none is left."""
    progress = rows.hold_taken_in(session, sitting_id)
    if progress.done_at is not None:
        return False
    papers = _next_papers(session, sitting_id, progress.reached)
    if papers:
        _take_in_papers(session, sitting_id, papers, progress, zone)
        progress.reached = papers[-1].id
    if len(papers) < PAPERS_AT_ONCE:
        if not progress.again:
            mastery.sum_up_anew(session)
        progress.done_at, progress.again = now, False
    session.flush()
    return progress.done_at is None


def _next_papers(session: Session, sitting_id: int, reached: int) -> Sequence[AttemptRow]:
    statement = (
        select(AttemptRow)
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.id > reached, AttemptRow.closed_at.is_not(None))
        .order_by(AttemptRow.id)
        .limit(PAPERS_AT_ONCE)
    )
    return session.scalars(statement).all()


def _take_in_papers(
    session: Session, sitting_id: int, papers: Sequence[AttemptRow], progress: TakenInRow, zone: tzinfo
) -> None:
    asked = _asked(session, sitting_id)
    by_person = _answers(session, asked, papers, zone)
    if not progress.again:
        matters = {matter_of(place.question_id, place.key_point_id) for place in asked.values()}
        cards = rows.cards_of(session, by_person, matters)
        for person_id, answers in by_person.items():
            for matter, (grade, first) in _grades(answers).items():
                _rate(session, person_id, matter, cards.get((person_id, matter)), grade, first.at, first.day)
    if session.scalars(select(SittingRow.review).where(SittingRow.id == sitting_id)).one() is not Review.NEVER:
        held = rows.mistakes_of(session, by_person, {place.question_id for place in asked.values()})
        _settle_all(session, by_person, held)
        overruled = {place.question_id for place in asked.values() if place.is_overruled}
        ids = {paper.id for paper in papers}
        for mistake in held.values():
            if mistake.question_id in overruled and mistake.attempt_id in ids:
                _take_back(session, mistake)
    session.flush()


def _settle_all(
    session: Session, by_person: Mapping[int, Sequence[Answered]], held: Mapping[tuple[int, int], MistakeRow]
) -> None:
    for answered in (each for answers in by_person.values() for each in answers):
        mistake = held.get((answered.person_id, answered.question_id))
        if mistake is None or mistake.attempt_id != answered.attempt_id:
            _settle(session, answered, mistake)
        elif answered.is_right:
            _take_back(session, mistake)


def _settle(session: Session, answered: Answered, held: MistakeRow | None) -> None:
    """As any answer; but a mistake that was made again since has counted this one already, or another in its place."""
    if answered.is_right or held is None or held.last_at <= answered.at:
        _note(session, answered, held)


def _take_back(session: Session, held: MistakeRow) -> None:
    """What a sitting's answer was counted as is no mistake by now: by a corrected key, or a wording accepted later."""
    if held.times > 1:
        held.times, held.attempt_id, held.cleared_on = held.times - 1, None, held.cleared_on or held.last_on
    else:
        session.delete(held)


def _grades(answers: Iterable[Answered]) -> Mapping[Matter, tuple[Grade, Answered]]:
    """One grade for each matter of a paper, the lowest: who missed one of two questions about a point has missed it."""
    found: dict[Matter, tuple[Grade, Answered]] = {}
    for answered in answers:
        grade = grade_of(answered.is_right, answered.is_unsure)
        if answered.matter not in found or grade < found[answered.matter][0]:
            found[answered.matter] = (grade, answered)
    return found


def _answers(
    session: Session, asked: Mapping[int, "_Place"], papers: Collection[AttemptRow], zone: tzinfo
) -> Mapping[int, Sequence[Answered]]:
    """What these papers say of what people know, by person. A question left blank is not known; one that waits for a
    person's mark, or that marks say nothing of, is left out."""
    given: dict[int, dict[int, ResponseRow]] = defaultdict(dict)
    for row in session.scalars(select(ResponseRow).where(ResponseRow.attempt_id.in_([paper.id for paper in papers]))):
        given[row.attempt_id][row.position] = row
    return {paper.person_id: list(_answers_on(paper, asked, given[paper.id], zone)) for paper in papers}


@dataclass(frozen=True)
class _Place:
    question_id: int
    key_point_id: int | None
    version_id: int
    full_units: int
    #: Everybody is asked it, so that no answer is a blank one.
    is_for_all: bool
    #: It was granted to everybody, or made void: marks say nothing of what people know.
    is_overruled: bool
    origin: Origin


def _asked(session: Session, sitting_id: int) -> Mapping[int, _Place]:
    sitting = session.get_one(SittingRow, sitting_id)
    for_all = sitting.drawing is Drawing.SAME
    origin = Origin.PRACTICE if sitting.kind is SittingKind.MOCK else Origin.SITTING
    decided = regrades.standing(session, sitting_id)
    overruled = {position for position, row in decided.items() if row.method in OVERRULING}
    found = session.execute(
        select(
            PaperQuestionRow.position,
            QuestionRow.id,
            QuestionRow.key_point_id,
            PaperQuestionRow.version_id,
            PaperQuestionRow.full_mark,
        )
        .join(QuestionVersionRow, QuestionVersionRow.id == PaperQuestionRow.version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
        .where(PaperQuestionRow.sitting_id == sitting_id)
        .order_by(PaperQuestionRow.position)
    )
    return {
        position: _Place(question_id, point, version_id, full_mark * UNITS, for_all, position in overruled, origin)
        for position, question_id, point, version_id, full_mark in found
    }


def _answers_on(
    paper: AttemptRow, asked: Mapping[int, _Place], given: Mapping[int, ResponseRow], zone: tzinfo
) -> Iterable[Answered]:
    at = paper.closed_at
    assert at is not None
    for position, place in asked.items():
        row = given.get(position)
        if place.is_overruled or (row is None and not place.is_for_all):
            continue
        if row is not None and row.units is None:
            continue
        yield Answered(
            person_id=paper.person_id,
            question_id=place.question_id,
            key_point_id=place.key_point_id,
            version_id=place.version_id,
            value=row.value if row is not None else (),
            is_right=row is not None and row.units == place.full_units,
            is_unsure=row is not None and row.flagged,
            at=at,
            day=at.astimezone(zone).date(),
            attempt_id=paper.id,
            origin=place.origin,
        )


def look_again_at_sitting(session: Session, sitting_id: int) -> None:
    """Marks of a sitting have changed: what counts as right by now is no mistake, and the other way round."""
    rows.look_again(session, PaperQuestionRow.sitting_id == sitting_id)


def look_again_at_version(session: Session, version_id: int) -> None:
    """The same for all sittings that asked this version, or are marked by it."""
    rows.look_again(session, regrades.uses_version(version_id))


def take_in_more(session: Session, sitting_id: int, attempt_ids: Collection[int]) -> None:
    """Papers of a sitting were typed in: where it was taken in before, they still have to be."""
    rows.take_in_more(session, sitting_id, attempt_ids)


# Key points that change


def start_anew(session: Session, key_point_ids: Collection[int], *, now: datetime) -> None:
    """A newer text has changed these key points: what was remembered of them is another thing."""
    session.execute(
        update(CardRow)
        .where(CardRow.key_point_id.in_(key_point_ids), CardRow.stability.is_not(None))
        .values(stability=None, difficulty=None, rated_at=None, rated_on=None, anew_at=now)
    )
    mastery.sum_up_anew(session)
