"""Speeches: loading, naming, reading, drafting."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.drafting import draft_questions
from quizapp.core.drafts import Draft
from quizapp.core.drafts import Drafting
from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.library import MOST_LENT
from quizapp.core.library import Lent
from quizapp.core.library import needs
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.speech import About
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
from quizapp.formats.speech_files import read_pasted_text
from quizapp.formats.speech_files import read_speech_file
from quizapp.services import audit
from quizapp.services import readings

TITLE_LENGTH = 200
#: What pasted text is called among the files.
PASTED = "粘贴的文字.txt"
NOTHING_LENT: Lent = MappingProxyType({})
NOTHING_TO_ASK = (
    "全文没有“一、”“一要”“一是”“首先”之类的序号，也没有成组的要点、并列的表述或数字，无法拟题，因此没有保存。"
    "请确认是否传错文件，或补上序号后重新上传。"
)


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
    return _understood(filename, content, read_speech_file(filename, content))


def understand_pasted(text: str) -> SpeechFile:
    """Read text that somebody pasted; it is kept as a text file.

    :raise BadInput: with one sentence for what is wrong with it
    """
    return _understood(PASTED, text.encode(), read_pasted_text(text))


def _understood(filename: str, content: bytes, raw_text: str) -> SpeechFile:
    reading = readings.read(raw_text)
    if not reading.clean.text.strip():
        raise BadInput(filename, [Problem("", f"《{filename}》没有读到正文，请检查文件内容后重新上传。")])
    if not reading.outline and not reading.points:
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
    known = speech_of_file(session, file.sha256)
    if known is not None:
        return known, False
    row = SpeechRow(
        title=(title.strip() or file.reading.clean.title or "")[:TITLE_LENGTH] or None,
        **text_columns(file, actor, now),
    )
    session.add(row)
    session.flush()
    readings.sync_key_points(session, row, file.reading, now)
    audit.record(session, actor, "speech:loaded", row.title or row.filename, now, sha256=row.sha256)
    return row, True


def text_columns(file: SpeechFile, actor: Actor, now: datetime) -> dict[str, Any]:
    """The columns of a row that hold a file and its text, whichever table it lies in."""
    return {
        "filename": printable(file.filename)[-TITLE_LENGTH:],
        "sha256": file.sha256,
        "file": file.content,
        "raw_text": file.raw_text,
        "text": file.reading.clean.text,
        "loaded_by_id": actor.person_id,
        "loaded_at": now,
    }


def speech_of_file(session: Session, sha256: str) -> SpeechRow | None:
    """The speech that a file is, was or waits to be the text of."""
    known = speeches.speech_by_sha256(session, sha256)
    other = speeches.text_by_sha256(session, sha256)
    return known if other is None else session.get_one(SpeechRow, other.speech_id)


def printable(filename: str) -> str:
    """A file's own name as it can be stored and shown: no folders, no control characters, no lone surrogates."""
    return "".join(c for c in filename.replace("\\", "/").rpartition("/")[2] if c.isprintable())


def describe(session: Session, actor: Actor, public_id: str, about: About, *, now: datetime) -> SpeechRow:
    """Say what the speech is: its title, who spoke, where and when, as a person confirmed it.

    Questions drafted before keep the name they were drafted under.

    :raise BadInput: if the title is empty, or a line is too long or cannot be shown
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    _check_about(about)
    row = speeches.speech_by_public_id(session, public_id)
    before, row.title = row.title, (about.title or "").strip()
    row.speaker, row.occasion, row.held_on = about.speaker, about.occasion, about.held_on
    existing = bank.set_of_speech(session, row)
    if existing is not None:
        existing.name = row.title
    audit.record(session, actor, "speech:titled", row.title, now, before=before)
    return row


def proposed(row: SpeechRow, reading: Reading) -> About:
    """What the form shows: what a person confirmed, else what the text states."""
    stated = reading.about
    return About(
        row.title or stated.title,
        row.speaker or stated.speaker,
        row.occasion or stated.occasion,
        row.held_on or stated.held_on,
    )


def _check_about(about: About) -> None:
    if not (about.title or "").strip():
        raise BadInput("", [Problem("讲话标题", "请填写讲话标题")])
    lines = {"讲话标题": about.title, "讲话人": about.speaker, "场合": about.occasion}
    if problems := [problem for place, line in lines.items() for problem in _line_problems(place, line or "")]:
        raise BadInput("", problems)


def _check_title(title: str) -> None:
    if problems := _line_problems("讲话标题", title.strip()):
        raise BadInput("", problems)


def _line_problems(place: str, text: str) -> list[Problem]:
    if len(text) > TITLE_LENGTH:
        return [Problem(place, f"最多 {TITLE_LENGTH} 个字，现有 {len(text)} 个")]
    return [Problem(place, fault)] if (fault := text_fault(text)) else []


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


def titled(row: SpeechRow) -> str:
    """The speech's title; drafting needs it and nobody but a person gives it.

    :raise BadInput: while there is none
    """
    if row.title is None:
        raise BadInput("", [Problem("讲话标题", "这篇讲话还没有标题，请先填写标题，再拟题")])
    return row.title


def draft(reading: Reading, title: str, number: int | None = None, lent: Lent = NOTHING_LENT) -> Drafting:
    """Draft questions, the best `number` of them; pure apart from the lexicon's file, so it runs outside the write
    transaction."""
    return draft_questions(reading, load_lexicon(), title, number, lent)


def lent_to(session: Session, row: SpeechRow, reading: Reading) -> Lent:
    """What the other speeches of the library lend this one as wrong options."""
    return speeches.lent_items(session, row.id, needs(reading), MOST_LENT)


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
    rows = readings.sync_key_points(session, row, reading, now)
    for drafted in fresh:
        key_point = None if drafted.key_point is None else rows[drafted.key_point]
        _add_draft(session, question_set, drafted, key_point, now)
    row.drafted_at = now
    row.drafting_summary = {
        "kinds": dict(Counter(d.kind for d in drafting.drafts)),
        "gates": dict(drafting.histogram),
        "rejected": [[each.gate, each.kind, each.stem] for each in drafting.rejected],
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


def _add_draft(
    session: Session, question_set: QuestionSetRow, drafted: Draft, key_point: KeyPointRow | None, now: datetime
) -> None:
    question = QuestionRow(
        set_id=question_set.id,
        fingerprint=drafted.fingerprint,
        state=QuestionState.IN_REVIEW,
        key_point_id=None if key_point is None else key_point.id,
        kind=drafted.kind,
        bloom=drafted.bloom,
        worth=drafted.worth,
        reasons=list(drafted.reasons),
        created_at=now,
    )
    session.add(question)
    session.flush()
    version = QuestionVersionRow(question_id=question.id, number=1, created_at=now, **version_columns(drafted.question))
    session.add(version)
    session.flush()
    question.version_id = version.id
