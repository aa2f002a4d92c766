"""What of a speech has been asked, paragraph by paragraph and key point by key point: an editor's view."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from quizapp.core.coverage import Use
from quizapp.core.coverage import paragraphs_of
from quizapp.core.coverage import together
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Quote
from quizapp.core.speech import Reading
from quizapp.core.speech import Span
from quizapp.core.states import ON_DESK
from quizapp.core.states import QuestionState
from quizapp.db import bank
from quizapp.db import reports
from quizapp.db import speeches
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import readings


@dataclass(frozen=True)
class PointCover:
    """A key point of the reading, by its number from 1, and what became of its questions."""

    number: int
    point: KeyPoint
    name: str
    paragraph: int
    use: Use


@dataclass(frozen=True)
class ParagraphCover:
    """A paragraph, by its number from 1, and what became of the questions that stand on it."""

    number: int
    opening: str
    use: Use


@dataclass(frozen=True)
class GonePoint:
    """A key point that the reading no longer has, though questions about it remain."""

    name: str
    use: Use


@dataclass(frozen=True)
class Coverage:
    """The whole map of a speech."""

    speech: SpeechRow
    question_set: QuestionSetRow | None
    #: All questions of the speech together.
    use: Use
    paragraphs: tuple[ParagraphCover, ...]
    points: tuple[PointCover, ...]
    gone: tuple[GonePoint, ...]


OPENING_LENGTH = 24


def coverage(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Coverage:
    """The coverage map of a speech, from its corrected reading and from the sittings that are closed."""
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    speech = speeches.speech_by_public_id(session, public_id)
    reading = readings.understanding_of(session, speech).reading
    rows = speeches.key_points_of(session, speech.id)
    points = readings.points_of(rows, reading)
    questions = _questions(session, speech, now)
    by_row: dict[int | None, list[Use]] = defaultdict(list)
    by_paragraph: dict[int, list[Use]] = defaultdict(list)
    for question, version, use in questions:
        by_row[question.key_point_id].append(use)
        for paragraph in _paragraphs(version, points.get(question.key_point_id or 0), reading):
            by_paragraph[paragraph].append(use)
    by_point = {id(points[row_id]): uses for row_id, uses in by_row.items() if row_id in points}
    return Coverage(
        speech=speech,
        question_set=bank.set_of_speech(session, speech),
        use=together([use for _, _, use in questions]),
        paragraphs=_paragraph_covers(reading, by_paragraph),
        points=tuple(
            PointCover(
                number,
                point,
                readings.key_point_name(point, reading),
                paragraphs_of(reading.clean.paragraphs, point.span).start + 1,
                together(by_point.get(id(point), [])),
            )
            for number, point in enumerate(reading.points, start=1)
        ),
        gone=tuple(_gone([row for row in rows if row.id not in points], by_row)),
    )


def _gone(rows: Sequence[KeyPointRow], uses: Mapping[int | None, Sequence[Use]]) -> Iterator[GonePoint]:
    for row in rows:
        use = together(uses.get(row.id, []))
        if use.approved or use.waiting:
            yield GonePoint(row.name, use)


def _questions(
    session: Session, speech: SpeechRow, now: datetime
) -> Sequence[tuple[QuestionRow, QuestionVersionRow, Use]]:
    """Every question of the speech, with what became of it. One that was retired has been asked all the same."""
    question_set = bank.set_of_speech(session, speech)
    if question_set is None:
        return []
    asked = reports.use_of_questions(session, question_set.id, now)
    return [
        (question, version, _use(question, asked))
        for question, version in bank.questions_of_set(session, question_set.id)
    ]


def _use(question: QuestionRow, asked: Mapping[int, tuple[int, Fraction]]) -> Use:
    use = Use(int(question.state is QuestionState.APPROVED), int(question.state in ON_DESK))
    return replace(use, asked=asked[question.id][0], facility=asked[question.id][1]) if question.id in asked else use


def _paragraphs(version: QuestionVersionRow, point: KeyPoint | None, reading: Reading) -> frozenset[int]:
    """The paragraphs a question stands on: that of its quote, and those of its key point's items."""
    quote = None
    if version.source_start is not None:
        quote = Quote(version.source_quote, version.source_start).find(reading.clean.text)
    spans: list[Span] = [quote] if quote is not None else []
    spans += [item.span for item in point.items] if point is not None else []
    return frozenset(i for span in spans for i in paragraphs_of(reading.clean.paragraphs, span))


def _paragraph_covers(reading: Reading, uses: Mapping[int, Sequence[Use]]) -> tuple[ParagraphCover, ...]:
    text = reading.clean.text
    return tuple(
        ParagraphCover(index + 1, span.of(text)[:OPENING_LENGTH], together(uses.get(index, [])))
        for index, span in enumerate(reading.clean.paragraphs)
    )
