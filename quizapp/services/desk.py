"""The review desk: what an editor sees of it, what was opened there, many approvals at once, taking back."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.desk import Choice
from quizapp.core.desk import Facet
from quizapp.core.desk import Line
from quizapp.core.desk import chosen
from quizapp.core.desk import counts
from quizapp.core.desk import next_to_decide
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotNow
from quizapp.core.errors import QuizError
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.states import MOVE_OF
from quizapp.core.states import MOVES
from quizapp.core.states import WAITING
from quizapp.core.states import Decision
from quizapp.core.states import Hindrance
from quizapp.core.states import Move
from quizapp.core.states import before
from quizapp.db import bank
from quizapp.db import desk
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import ReviewRow
from quizapp.db.desk import DeskActLineRow
from quizapp.db.desk import DeskActRow
from quizapp.db.desk import DeskOpeningRow
from quizapp.services import audit
from quizapp.services import suspicions
from quizapp.services.bank import decided
from quizapp.services.bank import keep_act
from quizapp.services.bank import may_approve

#: How long something done at the desk is offered to be taken back.
OFFERED = timedelta(hours=12)


class TooLate(QuizError):
    """Nothing of an act can be taken back any more; `hindrance` is why."""

    def __init__(self, hindrance: Hindrance):
        super().__init__(hindrance)
        self.hindrance = hindrance


@dataclass(frozen=True)
class Place:
    """Where a question lies in the queue: the n-th of so many, and its neighbours by public id."""

    number: int
    total: int
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Queue:
    """The desk as one editor chose to see it. `here` is the question on the screen, on the desk or not."""

    everything: Sequence[Line]
    choice: Choice
    here: Line | None = None

    @cached_property
    def lines(self) -> Sequence[Line]:
        """What was chosen, in order."""
        return chosen(self.everything, self.choice)

    @property
    def to_decide(self) -> Sequence[Line]:
        return [line for line in self.lines if line.is_to_decide]

    @property
    def opened(self) -> Sequence[Line]:
        """What waits for approval and has been on this editor's screen."""
        return [line for line in self.lines if line.is_opened and line.state in WAITING]

    def counts(self, facet: Facet) -> Mapping[str, int]:
        return counts(self.everything, self.choice, facet)

    @property
    def place(self) -> Place | None:
        """None for a question that is not among what was chosen."""
        ids = [line.public_id for line in self.lines]
        if self.here is None or self.here.public_id not in ids:
            return None
        at = ids.index(self.here.public_id)
        before_it, after_it = ids[at - 1 : at], ids[at + 1 : at + 2]
        return Place(at + 1, len(ids), before_it[0] if before_it else None, after_it[0] if after_it else None)

    @property
    def following(self) -> str | None:
        """The question to decide after this one; None when none is left."""
        found = next_to_decide(self.lines, self.here, self.choice.order) if self.here else None
        return found.public_id if found else None


@dataclass(frozen=True)
class LeftOut:
    """A question that was not done with the others, and why."""

    stem: str
    hindrance: Hindrance


@dataclass(frozen=True)
class Many:
    """What became of many questions at once."""

    done: int
    left_out: tuple[LeftOut, ...]


def queue(session: Session, actor: Actor, choice: Choice, *, here: str | None = None) -> Queue:
    """Everything on the desk, and what was chosen of it; `here` is the public id of the question on the screen."""
    require(actor, Action.QUESTION_CORRECT, Subject("question"))
    doubted, suspected = desk.doubted(session), suspicions.suspected(session)
    others = {*doubted, *suspected, *([bank.question_by_public_id(session, here).id] if here else [])}
    lines = {row.public_id: _line(row, doubted, suspected) for row in desk.lines(session, actor.person_id, others)}
    on_desk = [line for line in lines.values() if line.groups]
    return Queue(on_desk, choice, lines[here] if here else None)


def _line(row: Any, doubted: frozenset[int], suspected: frozenset[int]) -> Line:
    return Line(
        question_id=row.id,
        public_id=row.public_id,
        number=row.number,
        state=row.state,
        set_id=row.set_public_id,
        set_place=row.set_id,
        type=row.type,
        kind=row.kind,
        heading=row.source_heading,
        difficulty=row.difficulty,
        worth=row.worth,
        start=row.source_start,
        is_doubted=row.id in doubted,
        is_suspect=row.id in suspected,
        is_opened=row.opened_at is not None,
    )


def set_names(session: Session, shown: Queue) -> Mapping[str, str]:
    """The names of the sets on the desk, and of the one that was chosen, by public id, in the order of the sets."""
    on_desk = {line.set_id for line in shown.everything}
    return desk.set_names(session, on_desk | {shown.choice.values.get(Facet.SET, "")})


def stems(session: Session, lines: Sequence[Line]) -> Mapping[int, str]:
    """The stems of these questions, by question id."""
    return desk.stems(session, [line.question_id for line in lines])


def is_opened(session: Session, actor: Actor, public_id: str) -> bool:
    """Whether there is nothing to note: the editor has had this version on the screen, or it waits for nobody."""
    row = bank.question_by_public_id(session, public_id)
    return row.state not in WAITING or bool(desk.opened(session, actor.person_id, [row.version_id or 0]))


def note_opening(session: Session, actor: Actor, public_id: str, *, now: datetime) -> None:
    """Remember that the editor has the newest version on the screen; a second time changes nothing."""
    require(actor, Action.QUESTION_CORRECT, Subject("question", public_id))
    if not is_opened(session, actor, public_id):
        row = bank.question_by_public_id(session, public_id)
        session.add(DeskOpeningRow(person_id=actor.person_id, version_id=row.version_id or 0, at=now))
        session.flush()


# Many at once


def approve_opened(session: Session, actor: Actor, shown: Mapping[str, int], *, now: datetime) -> Many:
    """Approve the versions that were shown (number by public id), each looked at again: whatever does not fit is left.

    One act, taken back as one.
    """
    require(actor, Action.QUESTION_REVIEW, Subject("question"))
    found = desk.newest_of(session, list(shown))
    seen = desk.opened(session, actor.person_id, [version.id for _, version in found.values()])
    left, lines = [], []
    for public_id, (question, version) in found.items():
        hindrance = _against_approval(session, actor, question, version, shown[public_id], version.id in seen)
        if hindrance is not None:
            left.append(LeftOut(version.stem, hindrance))
            continue
        lines.append(decided(session, actor, question, version, Decision.APPROVED, "", now))
    if lines:
        keep_act(session, actor, Decision.APPROVED, lines, now)
        ids = [found_id for found_id, (question, _) in found.items() if question.id in {x.question_id for x in lines}]
        audit.record(session, actor, "question:approved-many", f"{len(ids)} 题", now, ids=ids, left_out=len(left))
    return Many(len(lines), tuple(left))


def _against_approval(
    session: Session, actor: Actor, question: QuestionRow, version: QuestionVersionRow, shown: int, is_seen: bool
) -> Hindrance | None:
    if version.number != shown:
        return Hindrance.CHANGED
    if (question.state, Move.APPROVE) not in MOVES:
        return Hindrance.DECIDED
    if not is_seen:
        return Hindrance.NOT_OPENED
    # Only where the actor wrote this version does it matter who else could approve it.
    if version.author_id == actor.person_id and not may_approve(session, actor, version):
        return Hindrance.OWN
    return None


# Taking back


def last_act(session: Session, actor: Actor, *, now: datetime) -> DeskActRow | None:
    """What this editor did last and can still take back, as far as time goes."""
    return desk.last_act(session, actor.person_id, now - OFFERED)


def withdraw(session: Session, actor: Actor, act_id: str, *, now: datetime) -> tuple[DeskActRow, Many]:
    """Take back what the act did with each question where nobody has acted since; doing it twice is the same as once.

    The decisions stay in the history, each with its withdrawal.

    :raise NotAllowed: if it is somebody else's act
    :raise TooLate: if nothing of it can be taken back
    """
    act = desk.act(session, act_id)
    if act.person_id != actor.person_id:
        raise NotAllowed("act", act_id)
    if act.withdrawn_at is not None:
        return act, Many(0, ())
    against = _against_withdrawal(session, act)
    back = [line for line in act.lines if line.question_id not in against]
    if not back:
        raise TooLate(next(iter(against.values())))
    for line in back:
        _take_back(session, actor, act, line, now)
    act.withdrawn_at = now
    ids = [line.question.public_id for line in back]
    audit.record(session, actor, "question:withdrawn", ids[0] if len(ids) == 1 else f"{len(ids)} 题", now, ids=ids)
    stems = desk.stems(session, list(against))
    return act, Many(len(back), tuple(LeftOut(stems[each], why) for each, why in against.items()))


def _take_back(session: Session, actor: Actor, act: DeskActRow, line: DeskActLineRow, now: datetime) -> None:
    line.question.state = before(line.question.state, MOVE_OF[act.decision], line.state_before)
    session.add(
        ReviewRow(
            version_id=line.review.version_id,
            reviewer_id=actor.person_id,
            decision=Decision.WITHDRAWN,
            reason="",
            at=now,
        )
    )


def _against_withdrawal(session: Session, act: DeskActRow) -> dict[int, Hindrance]:
    """Why each question that cannot be given back cannot, by its id."""
    newest = bank.newest_reviews(session, [line.question_id for line in act.lines])
    versions = [line.review.version_id for line in act.lines]
    on_paper = desk.published_since(session, versions, act.at) if act.decision is Decision.APPROVED else frozenset()
    found = {}
    for line in act.lines:
        if line.review.version_id in on_paper:
            found[line.question_id] = Hindrance.ON_PAPER
        elif line.question.version_id != line.review.version_id:
            found[line.question_id] = Hindrance.CHANGED
        elif newest[line.question_id] != line.review_id or not _is_as_left(act, line):
            found[line.question_id] = Hindrance.DECIDED
    return found


def _is_as_left(act: DeskActRow, line: DeskActLineRow) -> bool:
    try:
        before(line.question.state, MOVE_OF[act.decision], line.state_before)
    except NotNow:
        return False
    return True
