"""The review desk and the bank: approving, sending back, correcting, loading sets."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.question import Question
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.speech import Quote
from quizapp.core.speech import Span
from quizapp.core.states import MOVE_OF
from quizapp.core.states import MOVES
from quizapp.core.states import Decision
from quizapp.core.states import Move
from quizapp.core.states import QuestionState
from quizapp.core.states import after
from quizapp.core.types import TYPES
from quizapp.core.versions import PartCompared
from quizapp.core.versions import differences
from quizapp.db import bank
from quizapp.db import desk
from quizapp.db import people
from quizapp.db import speeches
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import ReviewRow
from quizapp.db.bank import version_columns
from quizapp.db.desk import DeskActLineRow
from quizapp.db.desk import DeskActRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import audit


class ChangedMeanwhile(QuizError):
    """Somebody corrected the question while this page was open; `version` is the newest number."""

    def __init__(self, version: int):
        super().__init__(version)
        self.version = version


@dataclass(frozen=True)
class LoadReport:
    """What loading a set did: questions added, given a new version, and left alone. `set_id` is the set's public id."""

    name: str
    added: int
    changed: int
    unchanged: int
    set_id: str = ""


@dataclass(frozen=True)
class Passage:
    """The sentence a question comes from, in the text of its speech: half-open offsets, and the speech's public id.

    `in_force` is False where only an earlier text of the speech has the sentence.
    """

    speech_id: str
    text: str
    start: int
    end: int
    in_force: bool


@dataclass(frozen=True)
class HistoryEntry:
    """One version, by whom (None: the site or a file), and what was decided about it, each with its reviewer's name."""

    version: QuestionVersionRow
    author: str | None
    decisions: tuple[tuple[ReviewRow, str], ...]


@dataclass(frozen=True)
class Dossier:
    """All that a reviewer needs to judge one question."""

    row: QuestionRow
    version: QuestionVersionRow
    question: Question
    set_name: str
    key_point: KeyPointRow | None
    #: None for a set from a file, which quotes its speech in words only.
    passage: Passage | None
    history: tuple[HistoryEntry, ...]
    #: The question that stays where this one was merged.
    merged_into: QuestionRow | None
    may_decide: bool

    def may(self, move: Move) -> bool:
        """Whether the state allows the move; who may make it is another question."""
        return (self.row.state, move) in MOVES

    @property
    def changes(self) -> tuple[PartCompared, ...]:
        """What the newest version changed in the one before; empty for a question that was never corrected."""
        if len(self.history) < 2:
            return ()
        return differences(self.history[1].version.question(), self.question)


@dataclass(frozen=True)
class SetLine:
    """One line of the bank: a set, the speech it comes from, and its questions by state."""

    question_set: QuestionSetRow
    speech: str
    counts: Mapping[QuestionState, int]


def dossier(session: Session, actor: Actor, public_id: str) -> Dossier:
    """One question with its proof and its history."""
    require(actor, Action.QUESTION_CORRECT, Subject("question", public_id))
    row = bank.question_in_context(session, public_id)
    newest = bank.version(session, row.version_id or 0)
    return Dossier(
        row=row,
        version=newest,
        question=newest.question(),
        set_name=row.question_set.name,
        key_point=row.key_point,
        passage=_passage(session, row, newest),
        history=_history(session, row),
        merged_into=desk.merged_into(session, row.id) if row.state is QuestionState.RETIRED else None,
        may_decide=may_approve(session, actor, newest),
    )


def _passage(session: Session, row: QuestionRow, version: QuestionVersionRow) -> Passage | None:
    """None where there is no speech, and where no text of it holds the quote: a wrong mark is worse than none."""
    if row.question_set.speech_id is None or version.source_start is None:
        return None
    texts = speeches.texts_of(session, row.question_set.speech_id)
    found = newest_holding(texts, Quote(version.source_quote, version.source_start))
    if found is None:
        return None
    text, span = found
    speech = session.get_one(SpeechRow, row.question_set.speech_id)
    return Passage(speech.public_id, text, span.start, span.end, text == texts[0])


def newest_holding(texts: Sequence[str], quote: Quote) -> tuple[str, Span] | None:
    """The newest text of a speech that has these words, and where: texts are replaced, proofs stay."""
    found = ((text, quote.find(text)) for text in texts)
    return next(((text, span) for text, span in found if span is not None), None)


def _history(session: Session, row: QuestionRow) -> tuple[HistoryEntry, ...]:
    """The newest version first."""
    decisions = bank.reviews_of(session, row.id)
    return tuple(
        HistoryEntry(version, author, tuple(d for d in decisions if d[0].version_id == version.id))
        for version, author in reversed(bank.versions_of(session, row.id))
    )


def question_sets(session: Session, actor: Actor) -> Sequence[SetLine]:
    """Every set, newest first, with its figures."""
    require(actor, Action.QUESTION_READ, Subject("question set"))
    named = bank.speeches_named(session)
    return [SetLine(row, named.get(row.id, ""), counts) for row, counts in bank.sets_with_counts(session)]


def question_set(
    session: Session, actor: Actor, public_id: str
) -> tuple[QuestionSetRow, Sequence[tuple[QuestionRow, QuestionVersionRow]]]:
    """One set and its questions in their newest version."""
    require(actor, Action.QUESTION_READ, Subject("question set", public_id))
    row = bank.set_by_public_id(session, public_id)
    return row, bank.questions_of_set(session, row.id)


def may_approve(session: Session, actor: Actor, version: QuestionVersionRow) -> bool:
    """Whether this actor may decide on this version (the author may not where the office has two editors)."""
    return allowed(actor, Action.QUESTION_REVIEW, _review_subject(session, actor, version))


def approve(session: Session, actor: Actor, public_id: str, number: int, *, now: datetime) -> QuestionRow:
    """Approve the version that was shown; it joins the bank. Doing it twice is the same as once."""
    return _decide(session, actor, public_id, number, Decision.APPROVED, "", now)


def send_back(
    session: Session, actor: Actor, public_id: str, number: int, reason: str, *, now: datetime
) -> QuestionRow:
    """Send the version that was shown back with a reason; it stays out of the bank until corrected."""
    if not reason.strip():
        raise BadInput("", [Problem("退回原因", "请填写退回原因")])
    return _decide(session, actor, public_id, number, Decision.SENT_BACK, reason.strip(), now)


def _decide(
    session: Session, actor: Actor, public_id: str, number: int, decision: Decision, reason: str, now: datetime
) -> QuestionRow:
    question, version = shown(session, public_id, number)
    if _is_done(session, actor, question, version, decision):
        return question
    require(actor, Action.QUESTION_REVIEW, _review_subject(session, actor, version))
    line = decided(session, actor, question, version, decision, reason, now)
    keep_act(session, actor, decision, [line], now)
    audit.record(session, actor, f"question:{decision}", public_id, now, version=number, reason=reason)
    return question


def _is_done(
    session: Session, actor: Actor, question: QuestionRow, version: QuestionVersionRow, decision: Decision
) -> bool:
    """Whether the last word on the question is just this decision by this editor: a button pressed twice."""
    last = bank.last_review(session, question.id)
    if last is None or (last.version_id, last.reviewer_id, last.decision) != (version.id, actor.person_id, decision):
        return False
    return question.state in {to for (_, move), to in MOVES.items() if move is MOVE_OF[decision]}


def decided(
    session: Session,
    actor: Actor,
    question: QuestionRow,
    version: QuestionVersionRow,
    decision: Decision,
    reason: str,
    now: datetime,
) -> DeskActLineRow:
    """Make the decision's move and leave it in the history; gives what an act keeps so that it can be withdrawn."""
    was = question.state
    question.state = after(was, MOVE_OF[decision])
    review = ReviewRow(version_id=version.id, reviewer_id=actor.person_id, decision=decision, reason=reason, at=now)
    session.add(review)
    session.flush()
    return DeskActLineRow(question_id=question.id, review_id=review.id, state_before=was)


def keep_act(
    session: Session, actor: Actor, decision: Decision, lines: Sequence[DeskActLineRow], now: datetime
) -> DeskActRow:
    """Keep what was done in one go, so that it can be withdrawn in one go."""
    row = DeskActRow(person_id=actor.person_id, decision=decision, at=now, lines=list(lines))
    session.add(row)
    session.flush()
    return row


def correct(
    session: Session, actor: Actor, public_id: str, number: int, question: Question, *, now: datetime
) -> QuestionRow:
    """Give the question a new version, which somebody else reviews; old versions never change.

    :raise BadInput: naming everything the type finds wrong
    :raise ChangedMeanwhile: if another correction came first
    """
    require(actor, Action.QUESTION_CORRECT, Subject("question", public_id))
    row, newest = shown(session, public_id, number)
    problems = TYPES[question.type].problems(question)
    if problems:
        raise BadInput("", problems)
    if newest.question() == question:
        return row
    row.state = after(row.state, Move.CORRECT)
    _new_version(session, row, question, newest.number + 1, actor.person_id, now)
    audit.record(session, actor, "question:corrected", public_id, now, version=newest.number + 1)
    return row


def retire(
    session: Session, actor: Actor, public_id: str, number: int, *, of_set: str | None = None, now: datetime
) -> QuestionRow:
    """Take a question out of the bank; papers that hold it keep it.

    :raise NotFound: if it is not a question of the set `of_set` (a public id)
    """
    require(actor, Action.QUESTION_CORRECT, Subject("question", public_id))
    row, _ = shown(session, public_id, number)
    if of_set is not None and row.set_id != bank.set_by_public_id(session, of_set).id:
        raise NotFound("question", public_id)
    row.state = after(row.state, Move.RETIRE)
    audit.record(session, actor, "question:retired", public_id, now, version=number)
    return row


def load_question_set(
    session: Session, actor: Actor, file: QuestionSetFile, *, approved_by: Actor | None = None, now: datetime
) -> LoadReport:
    """Load a set. A question known by its id gets a new version only where the file says something new.

    Loaded questions wait at the desk, unless `approved_by` (an editor) vouches for the file. A question that was
    retired stays so, whatever the file says.
    """
    require(actor, Action.QUESTION_LOAD, Subject("question set", file.slug))
    row = _set_of_file(session, file, now)
    known = {question.fingerprint: question for question, _ in bank.questions_of_set(session, row.id)}
    added = changed = 0
    for entry in file.entries:
        question = known.get(entry.id)
        if question is None:
            question = _add_question(session, row, entry.id, entry.question, now)
            added += 1
        elif question.state is not QuestionState.RETIRED and not _is_known_text(session, question, entry.question):
            _load_correction(session, question, entry.question, now)
            changed += 1
        if approved_by is not None:
            _vouch(session, approved_by, question, entry.question, now)
    audit.record(session, actor, "question-set:loaded", file.slug, now, added=added, changed=changed)
    return LoadReport(file.name, added, changed, len(file.entries) - added - changed, row.public_id)


def _vouch(session: Session, editor: Actor, question: QuestionRow, text: Question, now: datetime) -> None:
    """Approve a question that waits with just the text of the file."""
    version = bank.version(session, question.version_id or 0)
    if question.state is not QuestionState.IN_REVIEW or version.question() != text:
        return
    require(editor, Action.QUESTION_REVIEW, _review_subject(session, editor, version))
    decided(session, editor, question, version, Decision.APPROVED, "", now)
    audit.record(session, editor, "question:approved", question.public_id, now, version=version.number, reason="")


def _set_of_file(session: Session, file: QuestionSetFile, now: datetime) -> QuestionSetRow:
    row = bank.set_by_slug(session, file.slug)
    if row is None:
        row = QuestionSetRow(slug=file.slug, name=file.name, created_at=now)
        session.add(row)
        session.flush()
    row.name = file.name
    return row


def _add_question(
    session: Session, question_set: QuestionSetRow, fingerprint: str, question: Question, now: datetime
) -> QuestionRow:
    row = QuestionRow(set_id=question_set.id, fingerprint=fingerprint, state=QuestionState.IN_REVIEW, created_at=now)
    session.add(row)
    session.flush()
    _new_version(session, row, question, 1, None, now)
    return row


def _load_correction(session: Session, row: QuestionRow, question: Question, now: datetime) -> None:
    newest = bank.version(session, row.version_id or 0)
    row.state = after(row.state, Move.CORRECT)
    _new_version(session, row, question, newest.number + 1, None, now)


def _is_known_text(session: Session, row: QuestionRow, question: Question) -> bool:
    """Whether any version already says this: a local correction is not undone by loading the same file again."""
    versions = session.scalars(select(QuestionVersionRow).where(QuestionVersionRow.question_id == row.id))
    return any(version.question() == question for version in versions)


def _new_version(
    session: Session, row: QuestionRow, question: Question, number: int, author_id: int | None, now: datetime
) -> None:
    version = QuestionVersionRow(
        question_id=row.id, number=number, author_id=author_id, created_at=now, **version_columns(question)
    )
    session.add(version)
    session.flush()
    row.version_id = version.id


def shown(session: Session, public_id: str, number: int) -> tuple[QuestionRow, QuestionVersionRow]:
    """The question and its newest version, which must be the one that was shown."""
    question = bank.question_by_public_id(session, public_id, lock=True)
    version = bank.version(session, question.version_id or 0)
    if version.number != number:
        raise ChangedMeanwhile(version.number)
    return question, version


def _review_subject(session: Session, actor: Actor, version: QuestionVersionRow) -> Subject:
    editors = people.active_holders(session, Role.EDITOR)
    return Subject("question", version.question_id, author_id=version.author_id, other_reviewer=editors > 1)
