"""阅卷: people mark short answers point by point, blind; the score follows from the rows.

A marker reads answers without names, in an order that chance has fixed. Who may mark what stands in core/roles.py;
lists are narrowed to it here. Whoever may still take a quiz does not see its scoring points.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import case
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.marking import NoticeKind
from quizapp.core.marking import keyword_spans
from quizapp.core.marking import units_said
from quizapp.core.question import Question
from quizapp.core.regrading import OVERRULING
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.speech import Span
from quizapp.core.states import SittingPhase
from quizapp.core.types.base import text_fault
from quizapp.db import attempts
from quizapp.db import marking as rows
from quizapp.db import regrades
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.base import addressed
from quizapp.db.base import new_public_id
from quizapp.db.marking import MarkRow
from quizapp.db.marking import NoticeRow
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.services import audit

#: A marker takes back what was just given; after that a mark is changed, with a reason.
UNDO_WITHIN = timedelta(minutes=15)
MAX_REASON = 200


class AlreadyMarked(QuizError):
    """Somebody else marked the answer meanwhile: their mark stands. `said` is what they found, `units` the mark."""

    def __init__(self, said: tuple[bool, ...], units: int):
        super().__init__(said, units)
        self.said, self.units = said, units


class NothingToUndo(QuizError):
    """The actor has given no mark here that may still be taken back."""


@dataclass(frozen=True)
class Pile:
    """The answers to one question of one sitting that the actor may mark. `sitting_id` is the public id."""

    sitting_id: str
    topic: str
    position: int
    question: Question
    full_mark: int
    waiting: int
    marked: int
    #: False while the actor may still take this quiz: nothing of the question is shown then.
    open: bool
    #: Whether the question was granted or made void: marks are kept, and count once that is withdrawn.
    overruled: bool

    @property
    def point_units(self) -> int:
        """What one scoring point is worth."""
        return units_said([True] + [False] * (len(self.question.points) - 1), self.full_mark)


@dataclass(frozen=True)
class Answer:
    """One answer without its person: what a marker, or an editor who looks again, decides on."""

    id: str
    pile: Pile
    text: str
    #: Where keywords of the scoring points stand in the text.
    keywords: tuple[Span, ...]
    proposed: tuple[bool, ...]
    #: What a person found said; None while it waits.
    said: tuple[bool, ...] | None
    units: int | None
    #: How many more answers say the same and wait.
    same: int


@dataclass(frozen=True)
class Given:
    """What marking did: the mark, how many answers got it, and how many still wait in the pile."""

    sitting_id: str
    position: int
    units: int
    answers: int
    waiting: int


# What there is to mark


def piles(session: Session, actor: Actor, *, now: datetime) -> list[Pile]:
    """Everything the actor may mark or has marked, the oldest sitting first; piles that are done come last."""
    found = [
        _pile(session, actor, sitting, position, int(waiting), int(marked), now)
        for sitting, position, waiting, marked in session.execute(_counts(actor))
    ]
    return sorted(found, key=lambda pile: pile.waiting == 0 or pile.overruled)


def waiting_for(session: Session, actor: Actor) -> int:
    """How many answers wait that the actor may mark."""
    return (
        session.scalar(
            select(func.count())
            .select_from(MarkRow)
            .join(AttemptRow, AttemptRow.id == MarkRow.attempt_id)
            .where(MarkRow.marked_at.is_(None), ~_is_overruled(), *_in_reach(actor))
        )
        or 0
    )


def _counts(actor: Actor) -> Select[SittingRow, int, int, int]:
    waiting = func.sum(case((MarkRow.marked_at.is_(None), 1), else_=0))
    return (
        select(SittingRow, MarkRow.position, waiting, func.count() - waiting)
        .join(MarkRow, MarkRow.sitting_id == SittingRow.id)
        .join(AttemptRow, AttemptRow.id == MarkRow.attempt_id)
        .where(*_in_reach(actor))
        .group_by(SittingRow.id, MarkRow.position)
        .order_by(SittingRow.opens_at, SittingRow.id, MarkRow.position)
    )


def _in_reach(actor: Actor) -> list[ColumnElement[bool]]:
    """The rule of core/roles.py as conditions: nobody's own; an editor any, others those of overseen sections."""
    others = AttemptRow.person_id != actor.person_id
    if allowed(actor, Action.ANSWER_MARK, Subject("answer")):
        return [others]
    return [others, AttemptRow.section_id.in_(actor.overseen)]


def _is_overruled() -> ColumnElement[bool]:
    return regrades.stands_at(MarkRow.sitting_id, MarkRow.position, OVERRULING)


def _pile(
    session: Session, actor: Actor, sitting: SittingRow, position: int, waiting: int, marked: int, now: datetime
) -> Pile:
    place = _place(session, sitting, position)
    return Pile(
        sitting_id=sitting.public_id,
        topic=sitting.topic,
        position=position,
        question=place.question,
        full_mark=place.full_mark,
        waiting=waiting,
        marked=marked,
        open=not _may_still_take(session, actor, sitting, now),
        overruled=regrades.is_overruled(session, sitting.id, position),
    )


def _place(session: Session, sitting: SittingRow, position: int) -> Place:
    return next(place for place in sittings.published_paper(session, sitting) if place.position == position)


def _may_still_take(session: Session, actor: Actor, sitting: SittingRow, now: datetime) -> bool:
    if sitting.phase(now) is SittingPhase.CLOSED:
        return False
    own = attempts.attempt_of(session, sitting.id, actor.person_id)
    return own is not None and own.closed_at is None


def pile(session: Session, actor: Actor, sitting_id: str, position: int, *, now: datetime) -> Pile:
    """One pile; what holds nothing for the actor, or must not be seen yet, is not there."""
    sitting = sittings.sitting_by_public_id(session, sitting_id)
    counted = session.execute(_counts(actor).where(SittingRow.id == sitting.id, MarkRow.position == position)).first()
    if counted is None:
        raise NotFound("pile", sitting_id)
    found = _pile(session, actor, sitting, position, int(counted[2]), int(counted[3]), now)
    if not found.open:
        raise NotFound("pile", sitting_id)
    return found


def next_answer(session: Session, actor: Actor, pile: Pile, *, after: str = "") -> Answer | None:
    """The answer to mark after this one (by public id), from the top again at the end; None when none waits.

    Each marker begins somewhere else, so that two at one pile seldom meet.
    """
    begin = after or _beginning(actor, pile)
    waiting = _answers(actor, pile).where(MarkRow.marked_at.is_(None)).limit(1)
    row = session.scalar(waiting.where(MarkRow.public_id > begin)) or session.scalar(waiting)
    return None if row is None else _answer(session, actor, pile, row)


def _beginning(actor: Actor, pile: Pile) -> str:
    """A place among the public ids, which are spelt in the same letters."""
    told = f"{actor.person_id} {pile.sitting_id} {pile.position}"
    return urlsafe_b64encode(hashlib.sha256(told.encode()).digest()).decode()


def marked_answers(session: Session, actor: Actor, pile: Pile) -> list[Answer]:
    """What has been marked in a pile, for editors, who may change it."""
    require(actor, Action.ANSWER_REMARK, Subject("pile", pile.sitting_id))
    found = session.scalars(_answers(actor, pile).where(MarkRow.marked_at.is_not(None))).all()
    return [_answer(session, actor, pile, row) for row in found]


def _answers(actor: Actor, pile: Pile) -> Select[MarkRow]:
    """The pile in its order, which is chance's."""
    return (
        select(MarkRow)
        .join(AttemptRow, AttemptRow.id == MarkRow.attempt_id)
        .join(SittingRow, SittingRow.id == MarkRow.sitting_id)
        .where(SittingRow.public_id == pile.sitting_id, MarkRow.position == pile.position, *_in_reach(actor))
        .options(joinedload(MarkRow.response))
        .order_by(MarkRow.public_id)
    )


def answer_of(session: Session, actor: Actor, answer_id: str, *, now: datetime) -> Answer:
    """One answer by its own address, whether it waits or not."""
    row = _row(session, actor, Action.ANSWER_MARK, answer_id)
    sitting = session.get_one(SittingRow, row.sitting_id)
    return _answer(session, actor, pile(session, actor, sitting.public_id, row.position, now=now), row)


def marked_answer(session: Session, actor: Actor, answer_id: str, *, now: datetime) -> Answer:
    """One marked answer, for an editor who looks again."""
    require(actor, Action.ANSWER_REMARK, Subject("answer", answer_id))
    found = answer_of(session, actor, answer_id, now=now)
    if found.said is None:
        raise NotFound("answer", answer_id)
    return found


def _answer(session: Session, actor: Actor, pile: Pile, row: MarkRow) -> Answer:
    text = "".join(row.response.value)
    return Answer(
        id=row.public_id,
        pile=pile,
        text=text,
        keywords=keyword_spans(text, pile.question.points),
        proposed=tuple(row.proposed),
        said=None if row.said is None else tuple(row.said),
        units=None if row.said is None else units_said(row.said, pile.full_mark),
        same=0 if row.said is not None else len(_same(session, actor, row)),
    )


def _same(session: Session, actor: Actor, row: MarkRow, *, lock: bool = False) -> Sequence[MarkRow]:
    """The other answers within reach that say the same and wait."""
    statement = (
        select(MarkRow)
        .join(AttemptRow, AttemptRow.id == MarkRow.attempt_id)
        .where(
            MarkRow.sitting_id == row.sitting_id,
            MarkRow.position == row.position,
            MarkRow.same == row.same,
            MarkRow.attempt_id != row.attempt_id,
            MarkRow.marked_at.is_(None),
            *_in_reach(actor),
        )
        .options(joinedload(MarkRow.response))
        .order_by(MarkRow.attempt_id)
    )
    return session.scalars(statement.with_for_update(of=MarkRow) if lock else statement).all()


def _row(session: Session, actor: Actor, action: Action, answer_id: str, *, lock: bool = False) -> MarkRow:
    load = joinedload(MarkRow.response), joinedload(MarkRow.attempt)
    row = addressed(session, MarkRow, answer_id, *load, lock=lock)
    owner, section = row.attempt.person_id, row.attempt.section_id
    require(actor, action, Subject("answer", answer_id, owner_id=owner, section_id=section))
    return row


# Marking


def mark(
    session: Session, actor: Actor, answer_id: str, said: Sequence[bool], *, together: bool = False, now: datetime
) -> Given:
    """Give the mark for these points; `together` gives it to every waiting answer that says the same.

    :raise AlreadyMarked: if another marker was first; nothing changes then
    """
    rows.share_wordings(session)
    row = _row(session, actor, Action.ANSWER_MARK, answer_id, lock=True)
    sitting = session.get_one(SittingRow, row.sitting_id)
    shown = pile(session, actor, sitting.public_id, row.position, now=now)
    _check_points(shown, said)
    if row.said is not None:
        raise AlreadyMarked(tuple(row.said), units_said(row.said, shown.full_mark))
    given = [row, *(_same(session, actor, row, lock=True) if together else ())]
    act, mark_units = new_public_id(), units_said(said, shown.full_mark)
    for each in given:
        each.said, each.marker_id, each.marked_at, each.act = list(said), actor.person_id, now, act
        _set_units(session, shown, each, mark_units)
    if not shown.overruled:
        _sum_up_and_tell(session, given, now)
    audit.record(session, actor, "answer:marked", answer_id, now, **_facts(sitting, row, said), answers=len(given))
    return Given(sitting.public_id, row.position, mark_units, len(given), shown.waiting - len(given))


def _check_points(shown: Pile, said: Sequence[bool]) -> None:
    if len(said) != len(shown.question.points):
        raise BadInput("", [Problem("", "采分点的个数不对，请刷新页面后再评。")])


def _set_units(session: Session, shown: Pile, row: MarkRow, value: int | None) -> None:
    """Let the mark count, unless the question was granted or made void: then what the person found is only kept."""
    if not shown.overruled:
        session.get_one(ResponseRow, (row.attempt_id, row.position)).units = value


def _facts(sitting: SittingRow, row: MarkRow, said: Sequence[bool]) -> dict[str, object]:
    return {"sitting": sitting.public_id, "position": row.position, "points": _numbers(said)}


def _numbers(said: Sequence[bool]) -> list[int]:
    return [number for number, is_said in enumerate(said, start=1) if is_said]


def _sum_up_and_tell(session: Session, given: Sequence[MarkRow], now: datetime) -> None:
    """Compute the scores anew, and tell everybody whose score is final now."""
    ids = [row.attempt_id for row in given]
    rows.sum_up(session, ids)
    done = session.scalars(select(AttemptRow).where(AttemptRow.id.in_(ids), AttemptRow.unmarked == 0)).all()
    session.add_all(
        NoticeRow(
            person_id=attempt.person_id,
            attempt_id=attempt.id,
            kind=NoticeKind.MARKED,
            after_units=attempt.units,
            made_at=now,
        )
        for attempt in done
    )
    session.flush()


def undo(session: Session, actor: Actor, sitting_id: str, position: int, *, now: datetime) -> str:
    """Take back the last mark the actor gave in a pile, with those given together with it; the answer's public id.

    :raise NothingToUndo: if there is none, or it was given too long ago
    """
    rows.share_wordings(session)
    shown = pile(session, actor, sitting_id, position, now=now)
    last = session.scalars(
        _answers(actor, shown)
        .where(MarkRow.marker_id == actor.person_id, MarkRow.act.is_not(None), MarkRow.marked_at > now - UNDO_WITHIN)
        .order_by(None)
        .order_by(MarkRow.marked_at.desc(), MarkRow.act)
        .limit(1)
    ).first()
    if last is None:
        raise NothingToUndo
    given = session.scalars(
        select(MarkRow).where(MarkRow.act == last.act, MarkRow.sitting_id == last.sitting_id).with_for_update()
    ).all()
    for each in given:
        each.said = each.marker_id = each.marked_at = each.act = None
        _set_units(session, shown, each, None)
    if not shown.overruled:
        _sum_up_and_untell(session, given)
    facts = {"sitting": sitting_id, "position": position, "answers": len(given)}
    audit.record(session, actor, "answer:unmarked", last.public_id, now, **facts)
    return str(last.public_id)


def _sum_up_and_untell(session: Session, taken: Sequence[MarkRow]) -> None:
    ids = [row.attempt_id for row in taken]
    rows.sum_up(session, ids)
    session.execute(delete(NoticeRow).where(NoticeRow.attempt_id.in_(ids), NoticeRow.kind == NoticeKind.MARKED))


def change(
    session: Session,
    actor: Actor,
    answer_id: str,
    said: Sequence[bool],
    reason: str,
    *,
    known: Sequence[bool],
    now: datetime,
) -> Answer:
    """Change a mark that was given, with a reason; the person is told where the score changes.

    :raise AlreadyMarked: if it is no longer the mark that was shown (`known`)
    """
    rows.share_wordings(session)
    row = _row(session, actor, Action.ANSWER_REMARK, answer_id, lock=True)
    shown = marked_answer(session, actor, answer_id, now=now)
    _check_points(shown.pile, said)
    _check_reason(reason)
    if shown.said != tuple(known):
        raise AlreadyMarked(shown.said or (), shown.units or 0)
    before = row.attempt.units
    row.said, row.marker_id, row.marked_at, row.act = list(said), actor.person_id, now, None
    _set_units(session, shown.pile, row, units_said(said, shown.pile.full_mark))
    rows.sum_up(session, [row.attempt_id])
    _tell_of_change(session, row, before, reason.strip(), now)
    facts = {"sitting": shown.pile.sitting_id, "position": row.position}
    both = {"before": {"points": _numbers(known)}, "after": {"points": _numbers(said), "reason": reason.strip()}}
    audit.record(session, actor, "answer:remarked", answer_id, now, **facts, **both)
    return shown


def _check_reason(reason: str) -> None:
    reason = reason.strip()
    if not reason:
        raise BadInput("", [Problem("", "请填写改动的原因。")])
    if len(reason) > MAX_REASON:
        raise BadInput("", [Problem("", f"原因最多 {MAX_REASON} 个字，现有 {len(reason)} 个。")])
    if fault := text_fault(reason):
        raise BadInput("", [Problem("", fault)])


def _tell_of_change(session: Session, row: MarkRow, before: int | None, reason: str, now: datetime) -> None:
    attempt = session.get_one(AttemptRow, row.attempt_id)
    if attempt.units == before:
        return
    session.add(
        NoticeRow(
            person_id=attempt.person_id,
            attempt_id=attempt.id,
            position=row.position,
            kind=NoticeKind.MARK_CHANGED,
            words=reason,
            before_units=before,
            after_units=attempt.units,
            made_at=now,
        )
    )
