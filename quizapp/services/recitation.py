"""背诵卡: which cards somebody turns over, one after another, and what their own rating leaves.

The speech is the text that everybody studies: its key points are no secret while it is examined. No question is shown.
"""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import tzinfo

from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.memory import Grade
from quizapp.core.memory import Memory
from quizapp.core.memory import grade_of
from quizapp.core.paper import top_heading
from quizapp.core.practice import Matter
from quizapp.core.practice import PracticeMode
from quizapp.core.recitation import Face
from quizapp.core.recitation import Standing
from quizapp.core.recitation import Told
from quizapp.core.recitation import face
from quizapp.core.recitation import in_turn
from quizapp.core.recitation import is_due
from quizapp.core.recitation import passages
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.speech import Span
from quizapp.db import practice
from quizapp.db import recitation as rows
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.recitation import Card as CardValues
from quizapp.db.recitation import SpeechLine
from quizapp.db.speeches import KeyPointRow
from quizapp.services import memory
from quizapp.services.readings import UNNAMED

#: As many cards in one go.
MOST = 20
#: As many characters as number a heading at most: “第十一部分　”.
MARKER = 8


@dataclass(frozen=True)
class Scope:
    """Which cards a run is about: a speech (its public id) or a part of it (from 1; 0 is all), what was forgotten in an
    earlier run (its name), or, where nothing is said, one's own cards of all speeches."""

    speech: str = ""
    part: int = 0
    again: str = ""


@dataclass(frozen=True)
class Choice:
    """A speech that can be recited."""

    id: str
    title: str
    held_on: date | None
    points: int
    #: How many of them one has recited or been asked before, and how many are due now.
    known: int
    due: int


@dataclass(frozen=True)
class Choices:
    """What one can choose between. Of the cards of all speeches `due` are due, and `ready` were not rated today."""

    speeches: tuple[Choice, ...]
    known: int
    due: int
    ready: int


@dataclass(frozen=True)
class Part:
    """A part of a speech under a heading of its first level; `number` is what addresses call it."""

    number: int
    heading: str
    points: int
    due: int


@dataclass(frozen=True)
class Parts:
    """A speech and its parts."""

    choice: Choice
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Card:
    """A card to turn over: both sides, where the speech says so, and what its person should know before rating it."""

    key_point_id: int
    face: Face
    passages: tuple[tuple[str, str, str], ...]
    speech: str
    #: A newer text changed it: what was remembered of it is another thing.
    is_anew: bool
    #: It was rated today already: rating it again moves nothing.
    is_rated_today: bool


@dataclass(frozen=True)
class Turned:
    """A card that was turned over in a run; without a face where a newer text has done away with it."""

    face: Face | None
    grade: Grade


@dataclass(frozen=True)
class Progress:
    """How far a run is: the next card, None at its end; what was turned over so far; how many there are."""

    card: Card | None
    turned: tuple[Turned, ...]
    total: int

    @property
    def number(self) -> int:
        return len(self.turned) + 1

    def count(self, grade: Grade) -> int:
        return sum(each.grade is grade for each in self.turned)


# Choosing


def choices(session: Session, actor: Actor, zone: tzinfo, *, now: datetime) -> Choices:
    """The speeches that are studied, the newest first, with how one stands with each."""
    _require(actor)
    points, today = rows.counts(session), now.astimezone(zone).date()
    own = _by_speech(rows.cards_of(session, actor.person_id))
    ready = sum(_is_ready(each, today) for standings in own.values() for each in standings)
    told = [_choice(line, points.get(line.id, 0), own.get(line.id, ()), now) for line in rows.studied(session)]
    found = tuple(each for each in told if each.points)
    return Choices(found, sum(each.known for each in found), sum(each.due for each in found), ready)


def parts(session: Session, actor: Actor, speech_id: str, *, now: datetime) -> Parts:
    """A speech with its parts, in the order of its text.

    :raise NotFound: if it is not studied
    """
    _require(actor)
    line = _speech(session, speech_id)
    standings = _standings_of(session, actor, line)
    found = _bounds(session, line)
    told = []
    for number, (heading, span) in enumerate(found, start=1):
        here = [each for each in standings if span.start <= each.place[1] < span.end]
        told.append(Part(number, heading, len(here), sum(is_due(each, now) for each in here)))
    own = _by_speech(rows.cards_of(session, actor.person_id)).get(line.id, ())
    return Parts(_choice(line, len(standings), own, now), tuple(part for part in told if part.points))


def _require(actor: Actor) -> None:
    require(actor, Action.PRACTICE_OWN, Subject("recitation", owner_id=actor.person_id))


def _speech(session: Session, public_id: str) -> SpeechLine:
    line = rows.speech(session, public_id)
    if line is None:
        raise NotFound("speech", public_id)
    return line


def _by_speech(cards: Iterable[CardValues]) -> Mapping[int, Sequence[Standing]]:
    found: dict[int, list[Standing]] = {}
    for card in cards:
        found.setdefault(card.speech_id, []).append(_standing(card))
    return found


def _standing(card: CardValues) -> Standing:
    held = None
    if card.stability is not None and card.difficulty is not None and card.rated_at is not None:
        held = Memory(card.stability, card.difficulty, card.rated_at)
    return Standing(card.key_point_id, (card.speech_id, card.start), held, card.rated_on, card.anew_at is not None)


def _is_ready(standing: Standing, today: date) -> bool:
    """Whether a rating would count."""
    return standing.rated_on is None or standing.rated_on < today


def _choice(line: SpeechLine, points: int, own: Sequence[Standing], now: datetime) -> Choice:
    return Choice(line.public_id, line.title, line.held_on, points, len(own), sum(is_due(each, now) for each in own))


def _standings_of(session: Session, actor: Actor, line: SpeechLine) -> list[Standing]:
    own = {each.key_point_id: each for each in map(_standing, rows.cards_of(session, actor.person_id))}
    return [
        own.get(row.id) or Standing(row.id, (line.id, row.start), None, None, is_anew=False)
        for row in rows.points_of(session, line.id)
    ]


def _bounds(session: Session, line: SpeechLine) -> Sequence[tuple[str, Span]]:
    """The headings of the first level that questions stand under, each with the stretch of the text below it.

    Read from the questions: to read the whole speech anew would take a second for each who opens the page.
    """
    _, text = rows.texts(session, [line.id])[line.id]
    names = {top_heading(path) for path in rows.heading_paths(session, line.id)} - {""}
    starts = sorted((at, name) for name in names if (at := _line_of(name, text)) >= 0)
    ends = [*(at for at, _ in starts[1:]), len(text)][: len(starts)]
    return [(name, Span(at, end)) for (at, name), end in zip(starts, ends, strict=True)]


def _line_of(heading: str, text: str) -> int:
    """Where the line of a heading begins, which has hardly more before it than its number; -1 where there is none."""
    found = re.search(rf"^.{{0,{MARKER}}}{re.escape(heading)}", text, re.MULTILINE)
    return found.start() if found else -1


# A run


def progress(session: Session, actor: Actor, run: str, scope: Scope, zone: tzinfo, *, now: datetime) -> Progress:
    """The next card of a run, and what was turned over in it.

    :raise NotFound: if the run is about a speech that is not studied, or a part that it does not have
    """
    _require(actor)
    done = rows.turned(session, actor.person_id, run)
    seen = {row.key_point_id for row in done}
    today = now.astimezone(zone).date()
    ahead = [each for each in _ahead(session, actor, scope, now, today) if each.key_point_id not in seen]
    library = _Library(session)
    left = list(library.faces(ahead, max(MOST - len(done), 0)))
    card = _card(library, *left[0], today) if left else None
    return Progress(card, _turned(session, library, done), len(done) + len(left))


def _ahead(session: Session, actor: Actor, scope: Scope, now: datetime, today: date) -> list[Standing]:
    """What the run is about, in turn. Of one's own cards those that were rated today wait until tomorrow."""
    own = {each.key_point_id: each for each in map(_standing, rows.cards_of(session, actor.person_id))}
    if scope.again:
        forgotten = [row for row in rows.turned(session, actor.person_id, scope.again) if not row.is_right]
        return [own[row.key_point_id] for row in forgotten if row.key_point_id in own]
    if not scope.speech:
        return in_turn((each for each in own.values() if _is_ready(each, today)), now, today)
    line = _speech(session, scope.speech)
    found = _standings_of(session, actor, line)
    if scope.part:
        bounds = _bounds(session, line)
        if not 0 < scope.part <= len(bounds):
            raise NotFound("part", scope.part)
        _, span = bounds[scope.part - 1]
        found = [each for each in found if span.start <= each.place[1] < span.end]
    return in_turn(found, now, today)


class _Library:
    """Key points and texts, read as far as cards are made of them."""

    def __init__(self, session: Session):
        self.session = session
        self.known: dict[int, tuple[str, str]] = {}

    def text(self, speech_id: int) -> tuple[str, str]:
        if speech_id not in self.known:
            self.known |= rows.texts(self.session, [speech_id])
        return self.known[speech_id]

    def face(self, row: KeyPointRow) -> Face | None:
        return face(_told(row), self.text(row.speech_id)[1])

    def faces(self, standings: Sequence[Standing], most: int) -> Iterable[tuple[Standing, KeyPointRow, Face]]:
        """The first so many of these of which a card can be made."""
        points = rows.points_by_id(self.session, [each.key_point_id for each in standings])
        for standing in standings:
            if most <= 0:
                return
            row = points.get(standing.key_point_id)
            made = self.face(row) if row is not None else None
            if row is not None and made is not None:
                most -= 1
                yield standing, row, made


def _told(row: KeyPointRow) -> Told:
    name = "" if row.name == UNNAMED else row.name
    pairs = tuple((left, right) for left, right in row.pairs)
    return Told(row.kind, name, tuple(row.items), pairs, Span(row.start, row.end))


def _card(library: _Library, standing: Standing, row: KeyPointRow, made: Face, today: date) -> Card:
    title, text = library.text(row.speech_id)
    is_ready = _is_ready(standing, today)
    return Card(row.id, made, passages(_told(row), text), title, standing.is_anew, is_rated_today=not is_ready)


def _turned(session: Session, library: _Library, done: Sequence[PracticeAnswerRow]) -> tuple[Turned, ...]:
    points = rows.points_by_id(session, [row.key_point_id for row in done if row.key_point_id is not None])
    found = []
    for row in done:
        point = points.get(row.key_point_id or 0)
        found.append(Turned(library.face(point) if point is not None else None, _grade(row)))
    return tuple(found)


def _grade(row: PracticeAnswerRow) -> Grade:
    return grade_of(row.is_right, row.is_unsure)


# Rating


def rate(
    session: Session, actor: Actor, run: str, key_point_id: int, grade: Grade, zone: tzinfo, *, now: datetime
) -> bool:
    """Keep how well somebody recited a card, and move it: whether it counts, being the first about it today.

    A card is rated once in a run; again, by a second tap or on another device, changes nothing and says True.

    :raise NotFound: if there is no such key point in a speech that is studied
    :raise BadInput: if a newer text has done away with it meanwhile
    """
    _require(actor)
    if not rows.was_studied(session, key_point_id):
        raise NotFound("key point", key_point_id)
    if key_point_id not in rows.points_by_id(session, [key_point_id]):
        raise BadInput("", [Problem("背诵卡", "讲话换了新文本，这个要点已经没有了，这次不计")])
    practice.hold_person(session, actor.person_id)
    # Of a run a card is turned over once, so that its number serves as the number of the answer.
    if practice.answer_held(session, actor.person_id, run, key_point_id) is not None:
        return True
    today = now.astimezone(zone).date()
    session.add(
        PracticeAnswerRow(
            person_id=actor.person_id,
            key_point_id=key_point_id,
            mode=PracticeMode.RECITATION,
            page=run,
            sequence=key_point_id,
            value=[],
            is_right=grade is not Grade.AGAIN,
            is_unsure=grade is Grade.HARD,
            given_at=now,
            day=today,
            received_at=now,
        )
    )
    counts = memory.rate(session, actor.person_id, Matter(key_point_id, None), grade, at=now, day=today)
    session.flush()
    return counts
