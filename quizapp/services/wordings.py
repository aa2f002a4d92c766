"""Accepting a wording for everybody: it stands beside the version, and closed attempts are scored anew.

A version never changes. What is accepted counts from then on wherever the version stands on a paper; attempts that
were closed before are taken a few at a time, each few in a transaction of their own, so that a run that is killed goes
on where it was and nobody waits long at the write gate.
"""

import json
from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.marking import NoticeKind
from quizapp.core.marking import with_wordings
from quizapp.core.question import Question
from quizapp.core.regrading import Progress
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.types import TYPES
from quizapp.core.types.fill_in import plain
from quizapp.db import bank
from quizapp.db import marking as rows
from quizapp.db import people
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import addressed
from quizapp.db.marking import AcceptedWordingRow
from quizapp.db.marking import NoticeRow
from quizapp.db.marking import RescoringRow
from quizapp.db.regrades import uses_version
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import audit
from quizapp.services import memory

#: Attempts looked at in one transaction.
AT_ONCE = 200
#: Wrong wordings shown of one blank.
SHOWN = 50


@dataclass(frozen=True)
class WrongWording:
    """A wording that earned nothing, as it was typed most often, and how many typed what compares the same.

    `blank` counts from 0; it is None where the blanks may be filled in any order, so that it belongs to none.
    """

    blank: int | None
    text: str
    times: int


@dataclass(frozen=True)
class Accepted:
    """A wording that counts for everybody. `id` is its public id."""

    id: str
    blank: int
    wording: str
    accepted_at: datetime


@dataclass(frozen=True)
class VersionWordings:
    """What was typed into the blanks of one version, in closed attempts."""

    number: int
    question: Question
    answered: int
    #: How many typed the right thing, for each blank; in any order only the sum tells something.
    right: tuple[int, ...]
    wrong: tuple[WrongWording, ...]
    accepted: tuple[Accepted, ...]
    #: The newest run; None where none was needed yet.
    progress: Progress | None


@dataclass(frozen=True)
class QuestionWordings:
    """A fill-in question with what was typed into each of its versions, the newest first. `id` is its public id."""

    id: str
    set_id: str
    set_name: str
    stem: str
    #: Empty where the actor may still take a quiz that asks this: nobody sees a key before handing in.
    versions: tuple[VersionWordings, ...]


# What was typed


def wordings_of(session: Session, actor: Actor, question_id: str, *, now: datetime) -> QuestionWordings:
    """What people typed into the blanks of a question, counted, never with names."""
    require(actor, Action.QUESTION_CORRECT, Subject("question", question_id))
    row = bank.question_in_context(session, question_id)
    versions = [version for version, _ in bank.versions_of(session, row.id) if version.blanks]
    if not versions:
        raise NotFound("wordings", question_id)
    hidden = _may_still_be_asked(session, actor, row.id, now)
    return QuestionWordings(
        id=question_id,
        set_id=row.question_set.public_id,
        set_name=row.question_set.name,
        stem=versions[-1].stem,
        versions=() if hidden else tuple(_version_wordings(session, version) for version in reversed(versions)),
    )


def _may_still_be_asked(session: Session, actor: Actor, question_id: int, now: datetime) -> bool:
    """Whether the actor has a paper with this question that is not closed and may still be answered."""
    own = (
        select(AttemptRow.id)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .join(PaperQuestionRow, PaperQuestionRow.sitting_id == SittingRow.id)
        .join(QuestionVersionRow, QuestionVersionRow.id == PaperQuestionRow.version_id)
        .where(
            AttemptRow.person_id == actor.person_id,
            AttemptRow.closed_at.is_(None),
            SittingRow.closes_at > now,
            QuestionVersionRow.question_id == question_id,
        )
    )
    return session.scalar(own.limit(1)) is not None


def _version_wordings(session: Session, version: QuestionVersionRow) -> VersionWordings:
    accepted = session.scalars(
        select(AcceptedWordingRow)
        .where(AcceptedWordingRow.version_id == version.id, AcceptedWordingRow.withdrawn_at.is_(None))
        .order_by(AcceptedWordingRow.id)
    ).all()
    question = with_wordings(version.question(), [(row.blank, row.wording) for row in accepted])
    typed = _typed(session, version.id)
    return VersionWordings(
        number=version.number,
        question=version.question(),
        answered=sum(typed.values()),
        right=_right(question, typed),
        wrong=tuple(_wrong(question, typed)),
        accepted=tuple(Accepted(row.public_id, row.blank, row.wording, row.accepted_at) for row in accepted),
        progress=_progress(session, version.id),
    )


def _typed(session: Session, version_id: int) -> Mapping[tuple[str, ...], int]:
    """How often each answer was given in closed attempts, but for mocks: what people practise is shown to nobody."""
    value = cast(ResponseRow.value, String)
    found = session.execute(
        select(value, func.count())
        .select_from(PaperQuestionRow)
        .join(AttemptRow, AttemptRow.sitting_id == PaperQuestionRow.sitting_id)
        .join(
            ResponseRow,
            and_(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position == PaperQuestionRow.position),
        )
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .where(PaperQuestionRow.version_id == version_id, AttemptRow.closed_at.is_not(None), sittings.is_no_mock())
        .group_by(value)
    )
    return {tuple(given): times for text, times in found if (given := json.loads(text))}


def _is_right(question: Question, blank: int, text: str) -> bool:
    blanks = question.blanks if question.any_order else question.blanks[blank : blank + 1]
    return any(plain(text) == plain(wording) for wordings in blanks for wording in wordings)


def _right(question: Question, typed: Mapping[tuple[str, ...], int]) -> tuple[int, ...]:
    right = [0] * len(question.blanks)
    for given, times in typed.items():
        for blank, text in enumerate(given):
            right[blank] += times if _is_right(question, blank, text) else 0
    return tuple(right)


def _wrong(question: Question, typed: Mapping[tuple[str, ...], int]) -> Iterable[WrongWording]:
    """What earned nothing, the most frequent first."""
    counted: dict[tuple[int | None, str], Counter[str]] = {}
    for given, times in typed.items():
        for blank, text in enumerate(given):
            if plain(text) and not _is_right(question, blank, text):
                kind = (None if question.any_order else blank, plain(text))
                counted.setdefault(kind, Counter())[text.strip()] += times
    found = [WrongWording(blank, texts.most_common(1)[0][0], texts.total()) for (blank, _), texts in counted.items()]
    found.sort(key=lambda wrong: (wrong.blank or 0, -wrong.times, wrong.text))
    for place in dict.fromkeys(wrong.blank for wrong in found):
        yield from [wrong for wrong in found if wrong.blank == place][:SHOWN]


def _progress(session: Session, version_id: int) -> Progress | None:
    row = session.scalar(
        select(RescoringRow)
        .join(AcceptedWordingRow, AcceptedWordingRow.id == RescoringRow.wording_id)
        .where(AcceptedWordingRow.version_id == version_id)
        .order_by(RescoringRow.id.desc())
        .limit(1)
    )
    return None if row is None else Progress(row.total, row.looked, row.changed, row.finished_at is not None)


# Accepting and withdrawing


def accept(
    session: Session, actor: Actor, question_id: str, number: int, blank: int, wording: str, *, now: datetime
) -> AcceptedWordingRow:
    """Let a wording count for a blank (from 0) of a version, for everybody; `rescore` takes the closed attempts.

    :raise BadInput: if it counts already, or may not count: a word that belongs to another blank earns only once
    """
    require(actor, Action.QUESTION_CORRECT, Subject("question", question_id))
    rows.hold_wordings(session)
    version = _version(session, question_id, number)
    wording = wording.strip()
    _check(session, version, blank, wording)
    row = AcceptedWordingRow(
        version_id=version.id, blank=blank, wording=wording, accepted_by_id=actor.person_id, accepted_at=now
    )
    session.add(row)
    session.flush()
    _begin(session, actor, row, now)
    facts = {"version": number, "blank": blank + 1, "wording": wording}
    audit.record(session, actor, "wording:accepted", question_id, now, **facts)
    return row


def _version(session: Session, question_id: str, number: int) -> QuestionVersionRow:
    question = bank.question_by_public_id(session, question_id)
    for version, _ in bank.versions_of(session, question.id):
        if version.number == number and version.blanks:
            return version
    raise NotFound("wordings", question_id)


def _check(session: Session, version: QuestionVersionRow, blank: int, wording: str) -> None:
    """Refuse what would not be sound as a wording of the question itself, and what counts already."""
    if not 0 <= blank < len(version.blanks):
        raise BadInput("", [Problem("", "请选择这个填法属于第几空。")])
    accepted = rows.accepted_wordings(session, [version.id]).get(version.id, ())
    question = with_wordings(version.question(), accepted)
    if any(plain(wording) == plain(held) for held in question.blanks[blank]):
        raise BadInput("", [Problem("", f"第 {blank + 1} 空填“{wording}”已经算对，不用再认可。")])
    problems = TYPES[version.type].problems(with_wordings(question, [(blank, wording)]))
    if problems:
        raise BadInput("", [Problem("", problem.message) for problem in problems])


def withdraw(session: Session, actor: Actor, wording_id: str, *, now: datetime) -> AcceptedWordingRow:
    """Let a wording count no longer; closed attempts are scored anew. A second time changes nothing."""
    require(actor, Action.QUESTION_CORRECT, Subject("wording", wording_id))
    rows.hold_wordings(session)
    row = addressed(session, AcceptedWordingRow, wording_id, lock=True)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by_id = now, actor.person_id
        session.flush()
        _begin(session, actor, row, now)
        facts = {"blank": row.blank + 1, "wording": row.wording}
        audit.record(session, actor, "wording:withdrawn", question_of(session, row), now, **facts)
    return row


def question_of(session: Session, row: AcceptedWordingRow) -> str:
    """The public id of the question that a wording belongs to."""
    version = bank.version(session, row.version_id)
    return session.get_one(QuestionRow, version.question_id).public_id


def _begin(session: Session, actor: Actor, row: AcceptedWordingRow, now: datetime) -> None:
    closed = select(func.count()).select_from(AttemptRow).where(
        AttemptRow.sitting_id.in_(_sittings_with(row.version_id)), AttemptRow.closed_at.is_not(None)
    )  # fmt: skip
    total = session.scalar(closed) or 0
    run = RescoringRow(wording_id=row.id, total=total, started_by_id=actor.person_id, started_at=now)
    session.add(run)
    session.flush()


# Scoring anew


def any_unfinished(session: Session) -> bool:
    return session.scalar(select(RescoringRow.id).where(RescoringRow.finished_at.is_(None)).limit(1)) is not None


def rescore(session: Session, *, now: datetime, at_once: int = AT_ONCE) -> bool:
    """Score the next few closed attempts anew; False when nothing is left to do.

    Each call is a transaction of its own and remembers how far it came.
    """
    run = session.scalar(
        select(RescoringRow)
        .where(RescoringRow.finished_at.is_(None))
        .options(joinedload(RescoringRow.wording))
        .order_by(RescoringRow.id)
        .limit(1)
        .with_for_update(of=RescoringRow)
    )
    if run is None:
        return False
    found = _next_attempts(session, run, at_once)
    if not found:
        _finish(session, run, now)
        return True
    changed = _changed(session, found)
    _store(session, run, changed, now)
    run.reached_sitting, run.reached_person = found[-1].sitting_id, found[-1].person_id
    run.looked += len(found)
    run.changed += len(changed)
    session.flush()
    return True


def _next_attempts(session: Session, run: RescoringRow, at_once: int) -> Sequence[Any]:
    """The closed attempts after those that are done, with the answer to this version: sitting by sitting."""
    version_id = run.wording.version_id
    for sitting_id in session.scalars(_sittings_with(version_id).order_by(PaperQuestionRow.sitting_id)).all():
        if sitting_id < run.reached_sitting:
            continue
        after = run.reached_person if sitting_id == run.reached_sitting else 0
        found = session.execute(_attempts_with_answer(version_id, sitting_id, after).limit(at_once)).all()
        if found:
            return found
    return ()


def _sittings_with(version_id: int) -> Select[int]:
    """Mocks keep the marks they had when they were handed in."""
    return (
        select(PaperQuestionRow.sitting_id)
        .join(SittingRow, SittingRow.id == PaperQuestionRow.sitting_id)
        .where(uses_version(version_id), sittings.is_no_mock())
    )


def _attempts_with_answer(version_id: int, sitting_id: int, after: int) -> Select[*tuple[Any, ...]]:
    place = and_(PaperQuestionRow.sitting_id == AttemptRow.sitting_id, uses_version(version_id))
    answer = and_(ResponseRow.attempt_id == AttemptRow.id, ResponseRow.position == PaperQuestionRow.position)
    return (
        select(
            AttemptRow.id,
            AttemptRow.sitting_id,
            AttemptRow.person_id,
            AttemptRow.units.label("score"),
            PaperQuestionRow.position,
            ResponseRow.value,
            ResponseRow.units,
        )
        .select_from(AttemptRow)
        .join(PaperQuestionRow, place)
        .outerjoin(ResponseRow, answer)
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.person_id > after, AttemptRow.closed_at.is_not(None))
        .order_by(AttemptRow.person_id)
        .with_for_update(of=AttemptRow)
    )


def _changed(session: Session, found: Sequence[Any]) -> list[tuple[Any, int]]:
    """The attempts, all at one sitting, whose mark for this question is another now, each with the new mark."""
    sitting = session.get_one(SittingRow, found[0].sitting_id)
    paper = sittings.published_paper(session, sitting)
    asked = [place for place in paper if place.position == found[0].position]
    place = attempts.counting_now(session, sitting.id, asked)[0]
    known: dict[tuple[str, ...], int] = {}

    def mark(row: Any) -> int:
        value = tuple(row.value)
        if value not in known:
            known[value] = attempts.units_now(place, value, None, sitting) or 0
        return known[value]

    return [(row, mark(row)) for row in found if row.value and mark(row) != row.units]


def _store(session: Session, run: RescoringRow, changed: Sequence[tuple[Any, int]], now: datetime) -> None:
    """Write the new marks, sum the scores up from the rows, and tell everybody whose score changed."""
    if not changed:
        return
    session.execute(
        update(ResponseRow),
        [{"attempt_id": row.id, "position": row.position, "units": mark} for row, mark in changed],
    )
    rows.sum_up(session, [row.id for row, _ in changed])
    summed = select(AttemptRow.id, AttemptRow.units).where(AttemptRow.id.in_([row.id for row, _ in changed]))
    scores = {attempt_id: score or 0 for attempt_id, score in session.execute(summed)}
    session.execute(insert(NoticeRow), [_notice(session, run, row, scores[row.id], now) for row, _ in changed])


def _notice(session: Session, run: RescoringRow, row: Any, score: int, now: datetime) -> dict[str, object]:
    return {
        "person_id": row.person_id,
        "attempt_id": row.id,
        "position": row.position,
        "kind": NoticeKind.WORDING_ACCEPTED if score > row.score else NoticeKind.WORDING_WITHDRAWN,
        "words": _own_words(run.wording, row.value),
        "before_units": row.score,
        "after_units": score,
        "made_at": now,
    }


def _own_words(wording: AcceptedWordingRow, value: Sequence[str]) -> str:
    """The wording as this person typed it."""
    return next((text.strip() for text in value if plain(text) == plain(wording.wording)), wording.wording)


def _finish(session: Session, run: RescoringRow, now: datetime) -> None:
    run.finished_at = now
    memory.look_again_at_version(session, run.wording.version_id)
    actor = people.actor(session, run.started_by_id)
    facts = {"attempts": run.looked, "changed": run.changed, "wording": run.wording.wording}
    audit.record(session, actor, "wording:rescored", question_of(session, run.wording), now, **facts)
