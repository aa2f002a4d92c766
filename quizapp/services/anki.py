"""A question set as cards for Anki: its approved questions, and the key points of the speech it comes from.

Whoever takes the file away may hand it on, so nothing is in it that a paper still asks: neither a question on a paper
that is being composed, waits or is open, nor a key point that such a question is about.
"""

import hashlib
import re
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.question import BLANK
from quizapp.core.question import Source
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import PointKind
from quizapp.core.speech import Quote
from quizapp.core.speech import Span
from quizapp.core.states import ON_DESK
from quizapp.core.states import QuestionState
from quizapp.db import bank
from quizapp.db import speeches
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import is_no_mock
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.formats.anki import Card
from quizapp.formats.anki import Deck
from quizapp.formats.anki import pair_card
from quizapp.formats.anki import question_card
from quizapp.formats.anki import set_card
from quizapp.formats.anki import slogan_card
from quizapp.services.readings import UNNAMED

#: A finding of more characters is told by the sentences that hold what is asked.
LONGEST_QUOTE = 200
SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")

Entry = tuple[QuestionRow, QuestionVersionRow]


@dataclass(frozen=True)
class Cards:
    """The cards of a set, and what was left out."""

    question_set: QuestionSetRow
    questions: tuple[Card, ...]
    points: tuple[Card, ...]
    #: Approved questions that a paper still asks.
    on_paper: int
    #: Questions that are not approved, by where they stand.
    not_approved: Mapping[QuestionState, int]
    #: Key points that such a question on a paper is about.
    points_on_paper: int

    @property
    def deck(self) -> Deck:
        return Deck(self.question_set.public_id, self.question_set.name, self.questions + self.points)

    @property
    def on_desk(self) -> int:
        """How many questions an editor could still let in."""
        return sum(n for state, n in self.not_approved.items() if state in ON_DESK)


def cards_of_set(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Cards:
    """What of a set may leave as cards, for whoever may read the bank."""
    require(actor, Action.QUESTION_READ, Subject("question set", public_id))
    row = bank.set_by_public_id(session, public_id)
    entries = bank.questions_of_set(session, row.id)
    asked = _asked(session, row.id, now)
    approved = [entry for entry in entries if entry[0].state is QuestionState.APPROVED]
    told = [(question, version) for question, version in approved if question.id not in asked]
    others = [question.state for question, _ in entries if question.state is not QuestionState.APPROVED]
    points, held_back = _point_cards(session, row, [entry for entry in entries if entry[0].id in asked])
    return Cards(
        question_set=row,
        questions=tuple(question_card(question.public_id, version.question()) for question, version in told),
        points=points,
        on_paper=len(approved) - len(told),
        not_approved={state: others.count(state) for state in QuestionState if state in others},
        points_on_paper=held_back,
    )


def _asked(session: Session, set_id: int, now: datetime) -> Collection[int]:
    """The questions of a set on a paper that is not closed: one being composed, one that waits, one that is open."""
    return frozenset(
        session.scalars(
            select(QuestionVersionRow.question_id)
            .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
            .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
            .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
            .where(QuestionRow.set_id == set_id, or_(SittingRow.published_at.is_(None), SittingRow.closes_at > now))
            .where(is_no_mock())
        )
    )


def _point_cards(session: Session, row: QuestionSetRow, asked: Sequence[Entry]) -> tuple[tuple[Card, ...], int]:
    """The cards of the speech's key points, and how many key points were held back for what is asked."""
    if row.speech_id is None:
        return (), 0
    speech = session.get_one(SpeechRow, row.speech_id)
    title, text = speech.title or row.name, speech.text
    about, spans = {question.key_point_id for question, _ in asked}, _spans(text, asked)
    cards: list[Card] = []
    held_back = 0
    for point in speeches.key_points_of(session, speech.id):
        made = [] if point.gone_at else list(_cards_of_point(point, text, f"{speech.public_id}:{point.id}", title))
        if made and (point.id in about or any(span.start < point.end and point.start < span.end for span in spans)):
            held_back += 1
        else:
            cards += made
    return tuple(cards), held_back


def _spans(text: str, asked: Sequence[Entry]) -> Sequence[Span]:
    """Where the sentences stand now that prove what is asked."""
    quotes = (Quote(version.source_quote, version.source_start or 0) for _, version in asked)
    return [span for quote in quotes if (span := quote.find(text)) is not None]


def _cards_of_point(point: KeyPointRow, text: str, name: str, title: str) -> Iterator[Card]:
    """A named list asks for its members, a tie for its other side, a saying for its second half.

    Rows without a name, definitions and figures make no card: a question asks for them better.
    """
    passage = text[point.start : point.end]
    if point.kind is PointKind.SLOGAN and len(point.items) == 2:
        first, second = point.items
        yield slogan_card(_guid(name), first, second, Source(title, quote=passage))
    if point.kind in SET_KINDS and point.items and point.name != UNNAMED:
        yield set_card(_guid(name), point.name, point.items, Source(title, quote=_quote(passage, _alone(point.items))))
    called = point.name if point.kind in SET_KINDS and point.name != UNNAMED else ""
    for left, rights in _ties(point).items():
        source = Source(title, quote=_quote(passage, [(left, right) for right in rights]))
        context = "" if called else _with_blanks(passage, point, left)
        yield pair_card(_guid(name, left), called, left, rights, source, context)


def _ties(point: KeyPointRow) -> Mapping[str, Sequence[str]]:
    """What each left side is tied to; a side that is tied twice asks for both."""
    rights: dict[str, list[str]] = {}
    for left, right in point.pairs:
        rights.setdefault(left, []).append(right)
    return rights


def _with_blanks(passage: str, point: KeyPointRow, left: str) -> str:
    """A short passage without any of the right sides; "" where that would take away what is asked about too."""
    if len(passage) > LONGEST_QUOTE:
        return ""
    for right in sorted((right for _, right in point.pairs), key=len, reverse=True):
        passage = passage.replace(right, BLANK)
    return passage if left in passage and BLANK in passage else ""


def _alone(items: Sequence[str]) -> Sequence[tuple[str, ...]]:
    return [(item,) for item in items]


def _quote(passage: str, told: Sequence[tuple[str, ...]]) -> str:
    """The passage where it is short, else the first sentence that holds each group of words; "" where one has none."""
    if len(passage) <= LONGEST_QUOTE:
        return passage
    sentences = [found.strip() for found in SENTENCE.findall(passage)]
    holding = [next((s for s in sentences if all(word in s for word in words)), "") for words in told]
    return "……".join(dict.fromkeys(holding)) if all(holding) else ""


def _guid(*names: str) -> str:
    """A name that a key point's card keeps as long as the point is the same."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:22]
