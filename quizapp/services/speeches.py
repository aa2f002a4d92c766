"""Speeches: loading, naming, reading, drafting."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from quizapp.core.drafting import draft_questions
from quizapp.core.drafts import Draft
from quizapp.core.drafts import Drafting
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.reading import read_speech
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.core.states import QuestionState
from quizapp.core.types.base import text_fault
from quizapp.db import bank
from quizapp.db import speeches
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import version_columns
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.formats.lexicon import load_lexicon
from quizapp.formats.speech_files import read_speech_file
from quizapp.services import audit

TITLE_LENGTH = 200
NOTHING_TO_ASK = (
    "全文没有“一、”“一要”“一是”“首先”之类的序号，也没有成组的要点，无法拟题，因此没有保存。"
    "请确认是否传错文件，或补上序号后重新上传。"
)
NAME_LENGTH = 100
#: What `key_point.name` says of a set that has neither a name nor a heading above it.
UNNAMED = "并列要求"


@dataclass(frozen=True)
class SpeechFile:
    """A file that was understood, before anything is stored."""

    filename: str
    content: bytes
    raw_text: str
    reading: Reading

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class SpeechLine:
    """One line of the library: a speech, its key points, and its questions in all and in the bank."""

    speech: SpeechRow
    key_points: int
    questions: int
    approved: int


@dataclass(frozen=True)
class DraftingReport:
    """What drafting added to the desk; `known` drafts were there already."""

    added: int
    known: int
    rejected: int


def understand(filename: str, content: bytes) -> SpeechFile:
    """Read a file into text, outline and key points; touches no database.

    :raise BadInput: with one sentence for what is wrong with the file
    """
    raw_text = read_speech_file(filename, content)
    reading = read_speech(raw_text)
    if not reading.clean.text.strip():
        raise BadInput(filename, [Problem("", f"《{filename}》没有读到正文，请检查文件内容后重新上传。")])
    if not reading.outline and not reading.sets:
        raise BadInput(filename, [Problem("", f"《{filename}》{NOTHING_TO_ASK}")])
    return SpeechFile(filename, content, raw_text, reading)


def load_speech(
    session: Session, actor: Actor, file: SpeechFile, title: str, *, now: datetime
) -> tuple[SpeechRow, bool]:
    """Store a speech; the same file a second time gives the stored one. The second value tells whether it is new.

    `title` is the editor's; empty takes what the text itself states, and nothing where it states none.
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech"))
    if title.strip():
        _check_title(title)
    known = speeches.speech_by_sha256(session, file.sha256)
    if known is not None:
        return known, False
    row = SpeechRow(
        title=(title.strip() or file.reading.clean.title or "")[:TITLE_LENGTH] or None,
        filename=printable(file.filename)[-TITLE_LENGTH:],
        sha256=file.sha256,
        file=file.content,
        raw_text=file.raw_text,
        text=file.reading.clean.text,
        loaded_by_id=actor.person_id,
        loaded_at=now,
    )
    session.add(row)
    session.flush()
    _key_point_rows(session, row, file.reading)
    audit.record(session, actor, "speech:loaded", row.title or row.filename, now, sha256=row.sha256)
    return row, True


def printable(filename: str) -> str:
    """A file's own name as it can be stored and shown: no folders, no control characters, no lone surrogates."""
    return "".join(c for c in filename.replace("\\", "/").rpartition("/")[2] if c.isprintable())


def give_title(session: Session, actor: Actor, public_id: str, title: str, *, now: datetime) -> SpeechRow:
    """Name a speech; questions drafted before keep the name they were drafted under.

    :raise BadInput: if the title is empty, too long or cannot be shown
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    _check_title(title)
    row = speeches.speech_by_public_id(session, public_id)
    before, row.title = row.title, title.strip()
    existing = bank.set_of_speech(session, row)
    if existing is not None:
        existing.name = row.title
    audit.record(session, actor, "speech:titled", row.title, now, before=before)
    return row


def _check_title(title: str) -> None:
    text = title.strip()
    if not text:
        raise BadInput("", [Problem("讲话标题", "请填写讲话标题")])
    if len(text) > TITLE_LENGTH:
        raise BadInput("", [Problem("讲话标题", f"标题最多 {TITLE_LENGTH} 个字，现有 {len(text)} 个")])
    if fault := text_fault(text):
        raise BadInput("", [Problem("讲话标题", fault)])


def library(session: Session, actor: Actor) -> Sequence[SpeechLine]:
    """All speeches, newest first, with their figures."""
    require(actor, Action.SPEECH_READ, Subject("speech"))
    key_points, questions = speeches.key_point_counts(session), bank.counts_by_speech(session)
    lines = []
    for row in speeches.all_speeches(session):
        states = questions.get(row.id, {})
        approved = states.get(QuestionState.APPROVED, 0)
        lines.append(SpeechLine(row, key_points.get(row.id, 0), sum(states.values()), approved))
    return lines


def speech(session: Session, actor: Actor, public_id: str) -> SpeechRow:
    require(actor, Action.SPEECH_READ, Subject("speech", public_id))
    return speeches.speech_by_public_id(session, public_id)


def questions_of(session: Session, row: SpeechRow) -> QuestionSetRow | None:
    """The set that holds the speech's questions; None while nothing was drafted."""
    return bank.set_of_speech(session, row)


def reading_of(row: SpeechRow) -> Reading:
    """Read a stored speech again; the same text always gives the same reading."""
    return _reading(row.raw_text)


@lru_cache(maxsize=8)
def _reading(raw_text: str) -> Reading:
    """Kept for a few speeches, for a long one takes seconds to read and its page is opened again and again."""
    return read_speech(raw_text)


def titled(row: SpeechRow) -> str:
    """The speech's title; drafting needs it and nobody but a person gives it.

    :raise BadInput: while there is none
    """
    if row.title is None:
        raise BadInput("", [Problem("讲话标题", "这篇讲话还没有标题，请先填写标题，再拟题")])
    return row.title


def draft(reading: Reading, title: str) -> Drafting:
    """Draft questions; pure apart from the lexicon's file, so it runs outside the write transaction."""
    return draft_questions(reading, load_lexicon(), title)


def store_drafts(
    session: Session, actor: Actor, public_id: str, reading: Reading, drafting: Drafting, *, now: datetime
) -> DraftingReport:
    """Put new drafts on the desk; what is there already stays as people left it.

    :raise BadInput: while the speech has no title
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    row = speeches.speech_by_public_id(session, public_id)
    titled(row)
    question_set = _set_for(session, row, now)
    known = bank.fingerprints(session, question_set.id)
    fresh = [d for d in drafting.drafts if d.fingerprint not in known]
    key_points = _key_point_rows(session, row, reading)
    for drafted in fresh:
        _add_draft(session, question_set, drafted, key_points[drafted.key_point], now)
    row.drafted_at = now
    row.drafting_summary = {
        "kinds": dict(Counter(d.kind.value for d in drafting.drafts)),
        "gates": dict(Counter(r.gate for r in drafting.rejected)),
    }
    audit.record(session, actor, "speech:drafted", row.title or row.filename, now, added=len(fresh))
    return DraftingReport(len(fresh), len(drafting.drafts) - len(fresh), len(drafting.rejected))


def _set_for(session: Session, row: SpeechRow, now: datetime) -> QuestionSetRow:
    existing = bank.set_of_speech(session, row)
    if existing is not None:
        return existing
    made = QuestionSetRow(slug=row.public_id, name=titled(row), speech_id=row.id, created_at=now)
    session.add(made)
    session.flush()
    return made


def key_point_name(point: KeyPoint, reading: Reading) -> str:
    """What the desk calls a key point: its name, else the heading above it."""
    if point.name:
        return point.name[:NAME_LENGTH]
    return reading.outline[point.heading].text[:NAME_LENGTH] if point.heading is not None else UNNAMED


def _key_point_rows(session: Session, row: SpeechRow, reading: Reading) -> list[KeyPointRow]:
    """One row for each set of the reading, by index; rows that exist are used again."""
    known = {(p.start, p.end, p.name): p for p in speeches.key_points_of(session, row.id)}
    rows = []
    for point in reading.sets:
        place = (point.span.start, point.span.end, key_point_name(point, reading))
        if place not in known:
            known[place] = KeyPointRow(
                speech_id=row.id,
                kind=point.kind,
                name=place[2],
                start=place[0],
                end=place[1],
                items=[item.display for item in point.items],
                pairs=[[pair.left, pair.right] for pair in point.pairs],
            )
            session.add(known[place])
        rows.append(known[place])
    session.flush()
    return rows


def _add_draft(
    session: Session, question_set: QuestionSetRow, drafted: Draft, key_point: KeyPointRow, now: datetime
) -> None:
    question = QuestionRow(
        set_id=question_set.id,
        fingerprint=drafted.fingerprint,
        state=QuestionState.IN_REVIEW,
        key_point_id=key_point.id,
        created_at=now,
    )
    session.add(question)
    session.flush()
    version = QuestionVersionRow(question_id=question.id, number=1, created_at=now, **version_columns(drafted.question))
    session.add(version)
    session.flush()
    question.version_id = version.id
