"""A newer text of a speech: what it changes is shown first, then adopted or thrown away; the older one is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.core.comparison import Compared
from quizapp.core.comparison import Reason
from quizapp.core.comparison import compare
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Quote
from quizapp.core.speech import Reading
from quizapp.core.states import Move
from quizapp.core.states import QuestionState
from quizapp.core.states import after
from quizapp.db import bank
from quizapp.db import sittings
from quizapp.db import speeches
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.speeches import CorrectionRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.db.speeches import SpeechTextRow
from quizapp.services import audit
from quizapp.services import memory
from quizapp.services import readings
from quizapp.services.speeches import SpeechFile
from quizapp.services.speeches import speech_of_file
from quizapp.services.speeches import text_columns


class NothingWaits(NotFound):
    """The speech is there; a newer text of it is not, or no longer."""


class AnotherWaits(QuizError):
    """Somebody put another text in the place of the one that was shown."""


@dataclass(frozen=True)
class Unsettled:
    """A question that the newer text takes its ground from. `is_out`: a published paper that is not closed holds it."""

    question: QuestionRow
    version: QuestionVersionRow
    reason: Reason
    is_out: bool


@dataclass(frozen=True)
class Outlook:
    """What adopting the waiting text would do."""

    speech: SpeechRow
    waiting: SpeechTextRow
    paragraphs: tuple[Compared, ...]
    unsettled: tuple[Unsettled, ...]
    #: Corrections that would find no place any more.
    lost: tuple[CorrectionRow, ...]
    #: Questions whose ground stays as it is.
    settled: int
    #: Key points found now, and in the newer text.
    points: tuple[int, int]

    @property
    def leaving(self) -> int:
        """How many questions adopting sends to the desk; some may lie there already."""
        return sum(each.question.state is not QuestionState.RECHECK for each in self.unsettled)


@dataclass(frozen=True)
class Texts:
    """The texts of a speech: the one in force, what waits, what was replaced; and what replacing left to be done."""

    speech: SpeechRow
    waiting: SpeechTextRow | None
    replaced: Sequence[SpeechTextRow]
    question_set: QuestionSetRow | None
    recheck: int


def texts_of(session: Session, actor: Actor, public_id: str) -> Texts:
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    speech = speeches.speech_by_public_id(session, public_id)
    return Texts(
        speech=speech,
        waiting=speeches.waiting_text(session, speech.id),
        replaced=speeches.replaced_texts(session, speech.id),
        question_set=bank.set_of_speech(session, speech),
        recheck=sum(question.state is QuestionState.RECHECK for question, _ in _questions(session, speech)),
    )


def propose(session: Session, actor: Actor, public_id: str, file: SpeechFile, *, now: datetime) -> SpeechTextRow:
    """Keep a newer text beside the speech until somebody has seen what it changes; an earlier proposal goes.

    :raise BadInput: if the text is the one in force, or another speech's
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    speech = speeches.speech_by_public_id(session, public_id, lock=True)
    before = speeches.waiting_text(session, speech.id)
    if before is not None:
        session.delete(before)
        session.flush()
    _check_new(session, speech, file)
    row = SpeechTextRow(speech_id=speech.id, **text_columns(file, actor, now))
    session.add(row)
    session.flush()
    audit.record(session, actor, "speech:text-proposed", _called(speech), now, sha256=row.sha256)
    return row


def _check_new(session: Session, speech: SpeechRow, file: SpeechFile) -> None:
    if file.reading.clean.text == speech.text:
        raise BadInput("", [Problem("新文本", f"《{file.filename}》与现在的文本一字不差，没有保存")])
    known = speech_of_file(session, file.sha256)
    if known is not None and known.id != speech.id:
        raise BadInput(
            "", [Problem("新文本", f"《{file.filename}》已作为另一篇讲话《{_called(known)}》上传过，没有保存")]
        )
    if known is not None:
        raise BadInput("", [Problem("新文本", f"《{file.filename}》是这篇讲话以前用过的文本，没有保存")])


def outlook(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Outlook:
    """What the waiting text changes.

    :raise NothingWaits: if none does
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    speech = speeches.speech_by_public_id(session, public_id)
    waiting = _waiting(session, speech)
    present = readings.understanding_of(session, speech)
    coming = readings.understood(session, speech, waiting.raw_text)
    questions, reasons = _questions(session, speech), _reasons(session, speech, coming.reading)
    out = _out(session, speech, now)
    unsettled = tuple(
        Unsettled(question, version, reasons[question.id], question.id in out)
        for question, version in questions
        if question.id in reasons
    )
    already = {row.id for row in present.lost}
    return Outlook(
        speech=speech,
        waiting=waiting,
        paragraphs=compare(_paragraphs(present.reading), _paragraphs(coming.reading)),
        unsettled=unsettled,
        lost=tuple(row for row in coming.lost if row.id not in already),
        settled=len(questions) - len(unsettled),
        points=(len(present.reading.points), len(coming.reading.points)),
    )


def adopt(session: Session, actor: Actor, public_id: str, sha256: str, *, now: datetime) -> int:
    """Put the waiting text in force; gives how many questions have to be looked at again.

    `sha256` is of the text that was shown.

    :raise NothingWaits: if none does any more
    :raise AnotherWaits: if that text is no longer the one
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    speech = speeches.speech_by_public_id(session, public_id, lock=True)
    waiting = _waiting(session, speech)
    if waiting.sha256 != sha256:
        raise AnotherWaits(waiting.sha256)
    coming = readings.understood(session, speech, waiting.raw_text).reading
    reasons = _reasons(session, speech, coming)
    unsettled = [
        question
        for question, _ in _questions(session, speech)
        if question.id in reasons and question.state is not QuestionState.RECHECK
    ]
    _exchange(session, speech, waiting, now)
    for question in unsettled:
        question.state = after(question.state, Move.RECHECK)
    said = {row.id: _says(row) for row in speeches.key_points_of(session, speech.id)}
    rows = readings.sync_key_points(session, speech, coming, now)
    memory.start_anew(session, [row.id for row in rows if _says(row) != said.get(row.id, _says(row))], now=now)
    audit.record(session, actor, "speech:text-adopted", _called(speech), now, sha256=sha256, recheck=len(unsettled))
    return len(unsettled)


def discard(session: Session, actor: Actor, public_id: str, *, now: datetime) -> None:
    """Throw the waiting text away; doing it twice is the same as once."""
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    speech = speeches.speech_by_public_id(session, public_id, lock=True)
    waiting = speeches.waiting_text(session, speech.id)
    if waiting is not None:
        session.delete(waiting)
        audit.record(session, actor, "speech:text-discarded", _called(speech), now, sha256=waiting.sha256)


def _waiting(session: Session, speech: SpeechRow) -> SpeechTextRow:
    waiting = speeches.waiting_text(session, speech.id)
    if waiting is None:
        raise NothingWaits("text", speech.public_id)
    return waiting


def _paragraphs(reading: Reading) -> list[str]:
    """As the page of the speech numbers them."""
    return [span.of(reading.clean.text) for span in reading.clean.paragraphs]


def _exchange(session: Session, speech: SpeechRow, waiting: SpeechTextRow, now: datetime) -> None:
    """The two texts change places; the unique hashes must not meet on the way."""
    columns = ("filename", "sha256", "file", "raw_text", "text", "loaded_by_id", "loaded_at")
    old = {name: getattr(speech, name) for name in columns}
    new = {name: getattr(waiting, name) for name in columns}
    session.delete(waiting)
    session.flush()
    for name, value in new.items():
        setattr(speech, name, value)
    session.add(SpeechTextRow(speech_id=speech.id, replaced_at=now, **old))
    session.flush()


# What a newer text takes the ground from


def _questions(session: Session, speech: SpeechRow) -> Sequence[tuple[QuestionRow, QuestionVersionRow]]:
    """Every question of the speech that is not retired, in its newest version."""
    question_set = bank.set_of_speech(session, speech)
    found = bank.questions_of_set(session, question_set.id) if question_set is not None else ()
    return [entry for entry in found if entry[0].state is not QuestionState.RETIRED]


def _out(session: Session, speech: SpeechRow, now: datetime) -> frozenset[int]:
    question_set = bank.set_of_speech(session, speech)
    return sittings.questions_out(session, question_set.id, now) if question_set is not None else frozenset()


def _reasons(session: Session, speech: SpeechRow, coming: Reading) -> dict[int, Reason]:
    """Why each question that the coming reading unsettles has to be looked at again, by its id.

    What a question had lost before, this text does not take: somebody has looked at it since, or is about to.
    """
    points = {row.id: row for row in speeches.key_points_of(session, speech.id) if row.gone_at is None}
    said = {_said_by(point, coming) for point in coming.points}
    reasons = {}
    for question, version in _questions(session, speech):
        point = points.get(question.key_point_id or 0)
        if _loses_quote(version, speech.text, coming.clean.text):
            reasons[question.id] = Reason.QUOTE_GONE
        elif point is not None and _says(point) not in said:
            reasons[question.id] = Reason.POINT_CHANGED
    return reasons


def _loses_quote(version: QuestionVersionRow, old: str, new: str) -> bool:
    if version.source_start is None:
        return False
    quote = Quote(version.source_quote, version.source_start)
    return quote.find(old) is not None and quote.find(new) is None


def _says(row: KeyPointRow) -> tuple[object, ...]:
    """What a question about a key point relies on: its name, its items in their order, its pairs."""
    return row.name, tuple(row.items), tuple((left, right) for left, right in row.pairs)


def _said_by(point: KeyPoint, reading: Reading) -> tuple[object, ...]:
    name = readings.key_point_name(point, reading)
    return name, tuple(item.display for item in point.items), tuple((pair.left, pair.right) for pair in point.pairs)


def _called(speech: SpeechRow) -> str:
    return speech.title or speech.filename
