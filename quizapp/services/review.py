"""Review: what the big screen may show of a question at each step, and which question is worth showing first.

Nothing here names anybody. How people chose, and what is right, leave here only once nobody can answer any more: after
the sitting has closed or, question by question, after the leader has closed the question.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.core.dealing import Deal
from quizapp.core.dealing import Drawing
from quizapp.core.dealing import Presented
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import present
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.grading import grade
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.regrading import Standing
from quizapp.core.room import TOLD
from quizapp.core.room import Screen
from quizapp.core.room import Step
from quizapp.core.sitting import Pace
from quizapp.core.splits import FEW
from quizapp.core.splits import Line
from quizapp.core.splits import point_lines
from quizapp.core.splits import split_lines
from quizapp.core.states import SittingPhase
from quizapp.core.types import TYPES
from quizapp.db import reports
from quizapp.db import splits
from quizapp.db.reports import Given
from quizapp.db.reports import Missed
from quizapp.db.rooms import RoomRow
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import published_paper
from quizapp.services import attempts
from quizapp.services import results

#: The key points that a review begins with.
MOST_MISSED = 3
#: What stands around a sentence on a big screen, in characters on either side; more cannot be read from the back row.
AROUND = 40
#: What the biggest letters of a big screen have room for.
MANY_LINES = 6
MANY_LETTERS = 160


@dataclass(frozen=True)
class Split:
    """How people answered. No lines where fewer answered than make a group."""

    lines: tuple[Line, ...]
    #: How many were asked and gave nothing.
    blank: int
    #: How many answers wait for a person's mark, and are in no line.
    waiting: int
    few: bool


@dataclass(frozen=True)
class Explained:
    """What is right, and the sentence that says so, with what stands around it in its paragraph."""

    key: tuple[str, ...]
    explanation: str
    speech: str
    heading: str
    before: str
    sentence: str
    after: str
    #: What was decided of the question after the sitting; None while it counts as it was asked.
    standing: Standing | None


@dataclass(frozen=True)
class Shown:
    """One question as the big screen may show it at a step; what the step does not tell yet is None."""

    position: int
    #: How many questions the paper has.
    total: int
    step: Step
    question: Presented
    #: How many have answered, of how many.
    answered: int
    asked: int
    split: Split | None
    explained: Explained | None

    @property
    def is_much(self) -> bool:
        """Whether there is so much to read that the letters have to be smaller."""
        texts = [*self.question.prompts, *(text for _, text in self.question.options)]
        return len(texts) > MANY_LINES or len(self.question.stem) + sum(map(len, texts)) > MANY_LETTERS


@dataclass(frozen=True)
class Choice:
    """A question of the paper that the leader can put on the screen.

    `facility` (the mean share of its mark) is None until it may be told, while answers wait for a person's mark, or
    where nobody was asked.
    """

    position: int
    type: TypeName
    stem: str
    #: The key point that it asks about, or the heading where it knows no key point; empty where it knows neither.
    point: str
    facility: Fraction | None
    answered: int
    asked: int
    #: 1 for the questions of the key point most missed, 2 and 3 for the next; 0 for all others.
    rank: int = 0


# When what may be told


def step_of(room: RoomRow | None, position: int) -> Step:
    """Where the leader has brought a question of a sitting that goes question by question.

    The room goes one way: what stands before its question was told, what stands after it is still to be put.
    """
    if room is None or room.position is None or position > room.position:
        return Step.READ
    if position < room.position:
        return Step.EXPLAIN
    return Step.READ if room.step is Step.ANSWER and room.screen is not Screen.QUESTION else room.step


def is_answered_live(sitting: SittingRow, now: datetime) -> bool:
    """Whether people are answering one question after another."""
    return sitting.pace is Pace.BY_QUESTION and sitting.phase(now) is SittingPhase.OPEN


def _must_be_showable(session: Session, sitting: SittingRow, position: int, step: Step, now: datetime) -> None:
    """No question before it is put, no answer before all have given theirs."""
    phase = sitting.phase(now)
    if phase is SittingPhase.CLOSED:
        return
    room = session.get(RoomRow, sitting.id)
    if not is_answered_live(sitting, now) or room is None or position > (room.position or 0):
        raise NotNow(phase, step)
    if step in TOLD and step_of(room, position) not in TOLD:
        raise NotNow(step_of(room, position), step)


# One question on the screen


def shown(session: Session, sitting: SittingRow, position: int, step: Step, *, now: datetime) -> Shown:
    """What the big screen may show of a question at this step.

    :raise NotNow: while people may still be answering what the step would tell
    """
    places = published_paper(session, sitting)
    index = next((index for index, place in enumerate(places) if place.position == position), None)
    if index is None:
        raise NotFound("question", position)
    _must_be_showable(session, sitting, position, step, now)
    dealt = attempts.deal_together(sitting, places)
    place = attempts.counting_now(session, sitting.id, [places[index]])[0]
    if step in TOLD:
        answered, asked, split = _split(session, sitting, place, dealt, index, step, now)
    else:
        (answered, asked), split = progress(session, sitting, position, now=now), None
    return Shown(
        position=position,
        total=len(places),
        step=step,
        question=_presented(places, dealt)[index],
        answered=answered,
        asked=asked,
        split=split,
        explained=_explained(session, place, dealt, index) if step is Step.EXPLAIN else None,
    )


def progress(session: Session, sitting: SittingRow, position: int, *, now: datetime) -> tuple[int, int]:
    """How many have answered a question, of how many; cheap, for the screen asks again and again."""
    closed = sitting.phase(now) is SittingPhase.CLOSED
    return splits.answered_at(session, sitting.id, position), splits.takers(session, sitting.id, closed=closed)


def _presented(places: Sequence[Place], dealt: Deal) -> tuple[Presented, ...]:
    marks = {place.question.type: place.full_mark for place in places}
    return present([place.question for place in places], dealt, marks)


def _split(
    session: Session, sitting: SittingRow, place: Place, dealt: Deal, index: int, step: Step, now: datetime
) -> tuple[int, int, Split]:
    """How many answered, of how many, and what they gave."""
    closed = sitting.phase(now) is SittingPhase.CLOSED
    given = splits.given_at(session, sitting.id, [place.position], closed=closed)[place.position]
    answers = [each for each in given if any(each.value)]
    answered = sum(each.times for each in answers)
    asked = _asked(session, sitting, given, closed=closed)
    counted, waiting = _counted(place.question, answers)
    few = sum(each.times for each in counted) < FEW
    question = as_shown(place.question, dealt, index)
    lines = () if few else _lines(question, counted, dealt.letters(index), told=step is Step.EXPLAIN)
    return answered, asked, Split(lines, max(asked - answered, 0), waiting, few)


def _asked(session: Session, sitting: SittingRow, given: Sequence[Given], *, closed: bool) -> int:
    """How many were asked: where papers differ only the rows tell, and they are all there once papers are closed."""
    if sitting.drawing is Drawing.PER_PERSON and sitting.pace is Pace.WHOLE:
        return sum(each.times for each in given)
    return splits.takers(session, sitting.id, closed=closed)


def _counted(question: Question, answers: Sequence[Given]) -> tuple[Sequence[Given], int]:
    """The answers that a split counts, and how many wait for a person's mark."""
    if not TYPES[question.type].is_marked_by_person:
        return answers, 0
    marked = [each for each in answers if each.said is not None]
    return marked, sum(each.times for each in answers if each.said is None)


def _lines(question: Question, given: Sequence[Given], letters: Mapping[str, str], *, told: bool) -> tuple[Line, ...]:
    kind = TYPES[question.type]
    if kind.is_marked_by_person:
        return point_lines(question, [(each.said or (), each.times) for each in given], told=told)
    answers = [(kind.relettered(kind.restored(each.value), letters), each.times) for each in given]
    return split_lines(question, answers, told=told)


def _explained(session: Session, place: Place, dealt: Deal, index: int) -> Explained:
    question = place.question
    before, sentence, after = _sentence(session, place)
    return Explained(
        key=TYPES[question.type].key_lines(as_shown(question, dealt, index)),
        explanation=question.explanation,
        speech=question.source.speech,
        heading=question.source.heading,
        before=before,
        sentence=sentence,
        after=after,
        standing=place.standing,
    )


def _sentence(session: Session, place: Place) -> tuple[str, str, str]:
    """The sentence that proves the key and, where the speech is in the library, what stands around it."""
    texts = results.speech_texts(session, [place.question_id]).get(place.question_id, ())
    before, sentence, after = results.paragraph(place.question, texts) or ("", place.question.source.quote, "")
    return _cut(before[::-1])[::-1], sentence, _cut(after)


def _cut(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND]}……"


# Which question


def choices(session: Session, sitting: SittingRow, *, now: datetime) -> Sequence[Choice]:
    """The questions that the leader can put on the screen now.

    After closing the most missed come first: those of the three key points most missed, then the others. Question by
    question they stand as on the paper. Otherwise there are none: while people answer, no question is shown.
    """
    places = published_paper(session, sitting)
    if sitting.phase(now) is SittingPhase.CLOSED:
        return _most_missed_first(session, sitting, places)
    return _as_on_paper(session, sitting, places) if is_answered_live(sitting, now) else ()


def _as_on_paper(session: Session, sitting: SittingRow, places: Sequence[Place]) -> Sequence[Choice]:
    """The questions of a sitting that goes question by question; those that were told with their figures."""
    room = session.get(RoomRow, sitting.id)
    told = [place.position for place in places if step_of(room, place.position) in TOLD]
    given = splits.given_at(session, sitting.id, told, closed=False)
    asked = splits.takers(session, sitting.id, closed=False)
    return [_live_choice(place, given.get(place.position), asked, sitting.multiple_rule) for place in places]


def _live_choice(place: Place, given: Sequence[Given] | None, asked: int, rule: MultipleRule) -> Choice:
    question = place.question
    chosen = Choice(place.position, question.type, question.stem, question.source.heading, None, 0, 0)
    if given is None:
        return chosen
    answers = [each for each in given if any(each.value)]
    facility = _facility(question, answers, asked, rule)
    return replace(chosen, facility=facility, answered=sum(each.times for each in answers), asked=asked)


def _facility(question: Question, given: Sequence[Given], asked: int, rule: MultipleRule) -> Fraction | None:
    """The mean share of marks that are still to be given; None where a person gives them."""
    if not asked or TYPES[question.type].is_marked_by_person:
        return None
    earned = (grade(question, attempts.response_of(question, each.value), rule) * each.times for each in given)
    return sum(earned, Fraction(0)) / asked


def _most_missed_first(session: Session, sitting: SittingRow, places: Sequence[Place]) -> Sequence[Choice]:
    sections = splits.sections_asked(session, sitting.id)
    waiting = splits.waiting_places(session, sitting.id)
    counted = (each for each in reports.missed(session, sections, sitting.id) if each.position not in waiting)
    missed = {each.position: each for each in counted}
    points = {place.position: point for place, point in zip(places, _points(session, places), strict=True)}
    ranks = _ranks(places, points, missed)
    found = [
        _choice(place, points[place.position], missed.get(place.position), ranks.get(points[place.position], 0))
        for place in places
    ]
    return sorted(found, key=_by_need)


#: What a question asks about: the key point's id (0 where it knows none), the speech, and the name people read.
Point = tuple[int, str, str]


def _points(session: Session, places: Sequence[Place]) -> Sequence[Point]:
    named = splits.points_of(session, [place.question_id for place in places])
    sources = ((place.question.source, named.get(place.question_id, (0, ""))) for place in places)
    return [(id_, source.speech, name or source.heading) for source, (id_, name) in sources]


def _ranks(places: Sequence[Place], points: Mapping[int, Point], missed: Mapping[int, Missed]) -> Mapping[Point, int]:
    """The key points most missed, counted from 1; what everybody knew is none of them."""
    lost: dict[Point, tuple[Fraction, int]] = {}
    for place in places:
        at = missed.get(place.position)
        if at is not None and points[place.position][2]:
            weight = at.asked * place.full_mark
            before, full = lost.get(points[place.position], (Fraction(0), 0))
            lost[points[place.position]] = (before + (1 - at.facility) * weight, full + weight)
    shares = {point: units / full for point, (units, full) in lost.items() if units}
    worst = sorted(shares, key=lambda point: (-shares[point], point))[:MOST_MISSED]
    return {point: rank for rank, point in enumerate(worst, start=1)}


def _choice(place: Place, point: Point, missed: Missed | None, rank: int) -> Choice:
    question = place.question
    facility, answered, asked = (missed.facility, missed.answered, missed.asked) if missed else (None, 0, 0)
    return Choice(place.position, question.type, question.stem, point[2], facility, answered, asked, rank)


def _by_need(choice: Choice) -> tuple[int, Fraction, int]:
    """Ranked key points in their order, then the rest; in each the most missed first, what nobody was asked last."""
    share = Fraction(2) if choice.facility is None else choice.facility
    return choice.rank or MOST_MISSED + 1, share, choice.position
