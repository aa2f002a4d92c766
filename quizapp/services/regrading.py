"""更正答案并重新计分: a wrong key is found after the sitting.

An editor chooses what becomes of the question, sees what that would change, and confirms just that. What was decided
counts from then on wherever the question of this sitting is marked; the papers that were handed in before are taken a
few at a time, each few in a transaction of their own, so that a run that is killed goes on where it was.
"""

import hashlib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.labels import label
from quizapp.core.marking import NoticeKind
from quizapp.core.question import Question
from quizapp.core.regrading import Effect
from quizapp.core.regrading import Group
from quizapp.core.regrading import Method
from quizapp.core.regrading import NoNewKey
from quizapp.core.regrading import Progress
from quizapp.core.regrading import effect
from quizapp.core.regrading import in_letters_of
from quizapp.core.regrading import same_key
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import Decision
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.core.types import TYPES
from quizapp.core.types.base import text_fault
from quizapp.core.versions import PartCompared
from quizapp.core.versions import differences
from quizapp.db import attempts as attempt_rows
from quizapp.db import bank
from quizapp.db import marking as rows
from quizapp.db import people
from quizapp.db import regrade_answers
from quizapp.db import regrades
from quizapp.db import sittings
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.attendance import names
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.marking import NoticeRow
from quizapp.db.regrades import RegradeRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import audit
from quizapp.services import memory

#: Attempts looked at in one transaction.
AT_ONCE = 200
MAX_REASON = 200
#: Other sittings that asked the same version are named, the newest first.
ELSEWHERE = 20
TOLD_AS = {
    Method.NEW_KEY: NoticeKind.KEY_CORRECTED,
    Method.GRANT: NoticeKind.GRANTED,
    Method.VOID: NoticeKind.VOIDED,
}


class ChangedSinceShown(QuizError):
    """Answers, marks or decisions have changed since the dry run that was confirmed; nothing was done. `found` is the
    dry run as it is now."""

    def __init__(self, found: "DryRun"):
        super().__init__(found)
        self.found = found


class StillRunning(QuizError):
    """The sitting's papers are still being scored anew for what was decided before."""


@dataclass(frozen=True)
class Decided:
    """One decision about one question of a sitting, standing or withdrawn. `version` is the number of the newer one."""

    position: int
    method: Method
    version: int | None
    reason: str
    by: str
    at: datetime
    withdrawn_by: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    progress: Progress


@dataclass(frozen=True)
class Newer:
    """A newer approved version that asks the same: in the letters of the paper, and what it changed."""

    version_id: int
    number: int
    question: Question
    changes: tuple[PartCompared, ...]
    stem_changed: bool


@dataclass(frozen=True)
class Elsewhere:
    """Another closed sitting that asked the same version. `id` is its public id."""

    id: str
    topic: str
    kind: SittingKind
    closes_at: datetime
    position: int
    method: Method | None


@dataclass(frozen=True)
class Asked:
    """A question of a closed sitting, and what can become of it."""

    sitting: SittingRow
    place: Place
    #: How many questions the paper has.
    total: int
    question_id: str
    version: int
    #: As it counts now.
    counting: Place
    newer: Newer | None
    no_new_key: NoNewKey | None
    #: Everything that was decided of it, the newest first.
    decided: tuple[Decided, ...]
    running: Progress | None
    #: Whether the actor has a paper of this sitting.
    own: bool
    elsewhere: tuple[Elsewhere, ...]

    @property
    def methods(self) -> tuple[Method | None, ...]:
        """What can be chosen now; None withdraws what stands."""
        found = [method for method in Method if method is not self.counting.method or method is Method.NEW_KEY]
        if self.newer is None:
            found.remove(Method.NEW_KEY)
        return (*found, None) if self.counting.standing else tuple(found)


@dataclass(frozen=True)
class DryRun:
    """What a decision would change; `stamp` says of what it was reckoned. `method` None withdraws what stands."""

    method: Method | None
    version_id: int | None
    question: Question
    effect: Effect
    stamp: str


@dataclass(frozen=True)
class Line:
    """One question of a paper in the list of what was regraded."""

    position: int
    type_label: str
    stem: str
    method: Method | None


@dataclass(frozen=True)
class OfSitting:
    """A closed sitting: its questions, and all that was decided of them."""

    sitting: SittingRow
    lines: tuple[Line, ...]
    decided: tuple[Decided, ...]
    running: Progress | None


# What there is to decide


def of_sitting(session: Session, actor: Actor, sitting_id: str, *, now: datetime) -> OfSitting:
    """Every question of a closed sitting, and everything that was decided of them."""
    sitting = closed_sitting(session, actor, sitting_id, now)
    places = attempts.counting_now(session, sitting.id, sittings.published_paper(session, sitting))
    lines = (Line(p.position, TYPES[p.question.type].label, p.question.stem, p.method) for p in places)
    decided = _decided(session, regrades.of_sitting(session, sitting.id))
    return OfSitting(sitting, tuple(lines), decided, _running(session, sitting))


def closed_sitting(
    session: Session,
    actor: Actor,
    sitting_id: str,
    now: datetime,
    *,
    action: Action = Action.SCORE_REGRADE,
    lock: bool = False,
) -> SittingRow:
    """The sitting, for whoever may regrade it; while somebody may answer nobody looks at keys.

    :raise NotNow: before it has closed
    """
    if action is Action.SCORE_REGRADE:
        require(actor, action, Subject("sitting", sitting_id))
    sitting = sittings.sitting_by_public_id(session, sitting_id, lock=lock)
    phase = sitting.phase(now)
    if phase is not SittingPhase.CLOSED:
        raise NotNow(phase, SittingMove.REGRADE)
    return sitting


def asked(session: Session, actor: Actor, sitting_id: str, position: int, *, now: datetime) -> Asked:
    """One question of a closed sitting, and what can become of it."""
    return _asked(session, actor, closed_sitting(session, actor, sitting_id, now), position, now)


def _asked(session: Session, actor: Actor, sitting: SittingRow, position: int, now: datetime) -> Asked:
    paper = sittings.published_paper(session, sitting)
    place = next((place for place in paper if place.position == position), None)
    if place is None:
        raise NotFound("question", position)
    counting = attempts.counting_now(session, sitting.id, [place])[0]
    version = bank.version(session, place.version_id)
    newer, no_new_key = _newer(session, place, version, counting)
    of_place = [row for row in regrades.of_sitting(session, sitting.id) if row.position == position]
    return Asked(
        sitting=sitting,
        place=place,
        total=len(paper),
        question_id=session.get_one(QuestionRow, place.question_id).public_id,
        version=version.number,
        counting=counting,
        newer=newer,
        no_new_key=no_new_key,
        decided=_decided(session, of_place),
        running=_running(session, sitting),
        own=attempt_rows.attempt_of(session, sitting.id, actor.person_id) is not None,
        elsewhere=_elsewhere(session, place.version_id, sitting, now),
    )


def _newer(
    session: Session, place: Place, version: QuestionVersionRow, counting: Place
) -> tuple[Newer | None, NoNewKey | None]:
    """The newest approved version after the one that was asked, where it marks otherwise; or why there is none."""
    if TYPES[place.question.type].is_marked_by_person:
        return None, NoNewKey.BY_PEOPLE
    later = [row for row, _ in bank.versions_of(session, place.question_id) if row.number > version.number]
    approved = _approved(session, place.question_id)
    found = next((row for row in reversed(later) if row.id in approved), None)
    if found is None:
        return None, NoNewKey.NOT_APPROVED if later else NoNewKey.NO_NEWER
    corrected = in_letters_of(place.question, found.question())
    if corrected is None:
        return None, NoNewKey.ASKS_OTHER
    accepted = rows.accepted_wordings(session, [place.version_id, found.id])
    question = attempts.with_newer_key(place.question, found, accepted.get(place.version_id, ()), accepted)
    if counting.method in (None, Method.NEW_KEY) and same_key(question, counting.question):
        return None, NoNewKey.SAME_KEY
    changes = differences(version.question(), found.question())
    return Newer(found.id, found.number, question, changes, found.stem != version.stem), None


def _approved(session: Session, question_id: int) -> frozenset[int]:
    """The versions of which the last word is that they are approved."""
    last = {review.version_id: review.decision for review, _ in bank.reviews_of(session, question_id)}
    return frozenset(version_id for version_id, decision in last.items() if decision is Decision.APPROVED)


def _decided(session: Session, found: Sequence[RegradeRow]) -> tuple[Decided, ...]:
    called = names(session, [row.withdrawn_by_id for row in found if row.withdrawn_by_id is not None])
    return tuple(
        Decided(
            position=row.position,
            method=row.method,
            version=None if row.version is None else row.version.number,
            reason=row.reason,
            by=row.by.name,
            at=row.at,
            withdrawn_by=called.get(row.withdrawn_by_id or 0, ""),
            withdrawn_at=row.withdrawn_at,
            withdrawn_reason=row.withdrawn_reason,
            progress=_progress(row),
        )
        for row in found
    )


def _progress(row: RegradeRow) -> Progress:
    return Progress(row.total, row.looked, row.changed, row.finished_at is not None)


def _running(session: Session, sitting: SittingRow) -> Progress | None:
    row = regrades.unfinished(session, sitting.id)
    return None if row is None else _progress(row)


def asked_in(session: Session, actor: Actor, question_id: str, *, now: datetime) -> tuple[Elsewhere, ...]:
    """The newest closed sittings that asked a question (by its public id) in whatever version."""
    require(actor, Action.SCORE_REGRADE, Subject("question", question_id))
    versions = [row.id for row, _ in bank.versions_of(session, bank.question_by_public_id(session, question_id).id)]
    return _asked_in(session, versions, now)


def _elsewhere(session: Session, version_id: int, sitting: SittingRow, now: datetime) -> tuple[Elsewhere, ...]:
    return tuple(each for each in _asked_in(session, [version_id], now) if each.id != sitting.public_id)


def _asked_in(session: Session, version_ids: Sequence[int], now: datetime) -> tuple[Elsewhere, ...]:
    found = session.execute(
        select(SittingRow, PaperQuestionRow.position, RegradeRow.method)
        .join(PaperQuestionRow, PaperQuestionRow.sitting_id == SittingRow.id)
        .outerjoin(
            RegradeRow,
            (RegradeRow.sitting_id == SittingRow.id)
            & (RegradeRow.position == PaperQuestionRow.position)
            & RegradeRow.withdrawn_at.is_(None),
        )
        .where(
            PaperQuestionRow.version_id.in_(version_ids),
            SittingRow.published_at.is_not(None),
            SittingRow.closes_at <= now,
            sittings.is_no_mock(),
        )
        .order_by(SittingRow.closes_at.desc(), SittingRow.id.desc())
        .limit(ELSEWHERE)
    )
    return tuple(
        Elsewhere(row.public_id, row.topic, row.kind, row.closes_at, position, method)
        for row, position, method in found
    )


# What it would change


def dry_run(
    session: Session, actor: Actor, sitting_id: str, position: int, method: Method | None, *, now: datetime
) -> DryRun:
    """What a decision would change, without names.

    :raise BadInput: if it cannot be made
    """
    return _dry_run(session, asked(session, actor, sitting_id, position, now=now), method)


def _dry_run(session: Session, found: Asked, method: Method | None) -> DryRun:
    _must_be_offered(found, method)
    newer = found.newer if method is Method.NEW_KEY else None
    question = newer.question if newer else _as_asked(session, found.place)
    groups = regrade_answers.answers_at(session, found.sitting.id, found.place.position)
    changed = effect(
        groups,
        found.counting.method,
        method,
        question,
        found.place.full_mark,
        found.sitting.multiple_rule,
        found.sitting.pass_percent,
    )
    version_id = newer.version_id if newer else None
    return DryRun(method, version_id, question, changed, _stamp(found, method, question, groups))


def _must_be_offered(found: Asked, method: Method | None) -> None:
    if method in found.methods:
        return
    if method is None:
        raise BadInput("", [Problem("", "这道题没有更正过，不用撤回。")])
    if method is Method.NEW_KEY and found.no_new_key is not None:
        raise BadInput("", [Problem("", label(found.no_new_key))])
    raise BadInput("", [Problem("", f"这道题已经{label(method)}。")])


def _as_asked(session: Session, place: Place) -> Question:
    """The question as it counts where nothing was decided: with the wordings accepted for it."""
    accepted = rows.accepted_wordings(session, [place.version_id])
    return attempts.with_newer_key(place.question, None, accepted.get(place.version_id, ()), accepted)


def _stamp(found: Asked, method: Method | None, question: Question, groups: Sequence[Group]) -> str:
    """What the dry run was reckoned of: whoever confirms it confirms just that. Another process says the same."""
    newer = found.newer.version_id if found.newer and method is Method.NEW_KEY else None
    told = (found.sitting.public_id, found.place.position, method, newer, question.blanks, len(found.decided), groups)
    return hashlib.sha256(repr(told).encode()).hexdigest()


# Deciding


def confirm(
    session: Session,
    actor: Actor,
    sitting_id: str,
    position: int,
    method: Method | None,
    reason: str,
    stamp: str,
    *,
    now: datetime,
) -> None:
    """Decide what becomes of a question, or (None) withdraw what stands; `step` takes the papers handed in before.

    A second tap is the same as one.

    :raise BadInput: if the reason is missing or too long, or this cannot be decided
    :raise ChangedSinceShown: if what was shown (`stamp`) is not what it would change now
    :raise StillRunning: while the sitting is still being scored anew
    """
    # Whoever marks by the old key ends before; whoever comes later sees what was decided.
    rows.hold_wordings(session)
    sitting = closed_sitting(session, actor, sitting_id, now, lock=True)
    if _is_done(session, sitting, position, method, stamp):
        return
    reason = checked_reason(reason)
    if regrades.unfinished(session, sitting.id) is not None:
        raise StillRunning
    found = _asked(session, actor, sitting, position, now)
    run = _dry_run(session, found, method)
    if run.stamp != stamp:
        raise ChangedSinceShown(run)
    if run.effect.leaves_nothing:
        raise BadInput("", [Problem("", "作废之后，有人的试卷没有一题计分。请改用送分或按新答案。")])
    before = regrades.standing(session, sitting.id).get(position)
    if before is not None:
        before.withdrawn_at, before.withdrawn_by_id = now, actor.person_id
        before.withdrawn_reason = reason if method is None else f"改用“{label(method)}”"
        session.flush()
    row = before if method is None else _new_row(actor, sitting, position, run, reason, now)
    assert row is not None  # nothing is withdrawn but what stands
    session.add(row)
    row.stamp, row.finished_at, row.reached_person, row.looked, row.changed = stamp, None, 0, 0, 0
    row.total = regrade_answers.count_closed(session, sitting.id)
    session.flush()
    _record(session, actor, found, run, reason, now)


def _is_done(session: Session, sitting: SittingRow, position: int, method: Method | None, stamp: str) -> bool:
    """Whether the last word on the question is just what was confirmed: a button pressed twice."""
    last = next((row for row in regrades.of_sitting(session, sitting.id) if row.position == position), None)
    if last is None or last.stamp != stamp:
        return False
    return last.withdrawn_at is not None if method is None else (last.method is method and last.withdrawn_at is None)


def _new_row(actor: Actor, sitting: SittingRow, position: int, run: DryRun, reason: str, now: datetime) -> RegradeRow:
    assert run.method is not None
    return RegradeRow(
        sitting_id=sitting.id,
        position=position,
        method=run.method,
        version_id=run.version_id,
        reason=reason,
        by_id=actor.person_id,
        at=now,
    )


def checked_reason(reason: str) -> str:
    """The reason as it is kept; BadInput for one that cannot be."""
    reason = reason.strip()
    if not reason:
        raise BadInput("", [Problem("", "请填写原因，得分有变化的人会看到。")])
    if len(reason) > MAX_REASON:
        raise BadInput("", [Problem("", f"原因最多 {MAX_REASON} 个字，现有 {len(reason)} 个。")])
    if fault := text_fault(reason):
        raise BadInput("", [Problem("", fault)])
    return reason


def _record(session: Session, actor: Actor, found: Asked, run: DryRun, reason: str, now: datetime) -> None:
    newer = found.newer if run.method is Method.NEW_KEY else None
    facts = {
        "position": found.place.position,
        **({"method": run.method.value} if run.method else {}),
        **({"version": newer.number} if newer else {}),
        "reason": reason,
        "scores_changed": run.effect.changed,
        "now_pass": run.effect.now_pass,
        "no_longer_pass": run.effect.no_longer_pass,
        "own": found.own,
    }
    verb = "regrade:decided" if run.method else "regrade:withdrawn"
    audit.record(session, actor, verb, found.sitting.public_id, now, **facts)


# Scoring anew


def any_unfinished(session: Session) -> bool:
    return session.scalar(select(RegradeRow.id).where(RegradeRow.finished_at.is_(None)).limit(1)) is not None


def step(session: Session, *, now: datetime, at_once: int = AT_ONCE) -> bool:
    """Score the next few papers anew; False when nothing is left to do.

    Each call is a transaction of its own and remembers how far it came.
    """
    rows.hold_wordings(session)
    run = session.scalar(
        select(RegradeRow)
        .where(RegradeRow.finished_at.is_(None))
        .order_by(RegradeRow.id)
        .limit(1)
        .with_for_update(of=RegradeRow)
    )
    if run is None:
        return False
    sitting = session.get_one(SittingRow, run.sitting_id)
    found = regrade_answers.next_attempts(session, sitting.id, run.position, run.reached_person, at_once)
    if not found:
        _finish(session, run, sitting, now)
        return True
    run.changed += _score_anew(session, run, sitting, found, now)
    run.reached_person = found[-1].person_id
    run.looked += len(found)
    session.flush()
    return True


def _score_anew(session: Session, run: RegradeRow, sitting: SittingRow, found: Sequence[Any], now: datetime) -> int:
    """Give these papers the mark that counts now, sum them up, and tell those whose score changed; how many."""
    paper = sittings.published_paper(session, sitting)
    published = [place for place in paper if place.position == run.position]
    place = attempts.counting_now(session, sitting.id, published)[0]
    # Where papers differ, only those with a row were asked.
    dealt = [row for row in found if row.has_row or sitting.drawing is Drawing.SAME]
    marks = _marks(place, sitting, dealt)
    changed = [row for row in dealt if row.has_row and marks[row.id] != row.units]
    missing = [row for row in dealt if not row.has_row and attempts.needs_row(sitting.drawing, place)]
    where = {"position": run.position}
    if changed:
        session.execute(
            update(ResponseRow), [{"attempt_id": row.id, **where, "units": marks[row.id]} for row in changed]
        )
    if missing:
        blank = {**where, "value": [], "sequence": 0, "saved_at": now}
        session.execute(
            insert(ResponseRow), [{"attempt_id": row.id, **blank, "units": marks[row.id]} for row in missing]
        )
    return _sum_up_and_tell(session, run, dealt, now)


def _marks(place: Place, sitting: SittingRow, dealt: Sequence[Any]) -> Mapping[int, int | None]:
    """The mark that counts now, by attempt; what many answered alike is marked once."""
    known: dict[tuple[object, ...], int | None] = {}
    found = {}
    for row in dealt:
        alike = (tuple(row.value or ()), None if row.said is None else tuple(row.said))
        if alike not in known:
            known[alike] = attempts.units_now(place, row.value or (), row.said, sitting)
        found[row.id] = known[alike]
    return found


def _sum_up_and_tell(session: Session, run: RegradeRow, dealt: Sequence[Any], now: datetime) -> int:
    ids = [row.id for row in dealt]
    rows.sum_up(session, ids)
    summed = select(AttemptRow.id, AttemptRow.units, AttemptRow.full_units).where(AttemptRow.id.in_(ids))
    after = {attempt_id: (units, full) for attempt_id, units, full in session.execute(summed)}
    changed = [row for row in dealt if after[row.id] != (row.score, row.full_units)]
    if changed:
        session.execute(insert(NoticeRow), [_notice(run, row, after[row.id][0], now) for row in changed])
    return len(changed)


def _notice(run: RegradeRow, row: Any, score: int | None, now: datetime) -> dict[str, object]:
    withdrawn = run.withdrawn_at is not None
    return {
        "person_id": row.person_id,
        "attempt_id": row.id,
        "position": run.position,
        "kind": NoticeKind.REGRADE_WITHDRAWN if withdrawn else TOLD_AS[run.method],
        "words": run.withdrawn_reason if withdrawn else run.reason,
        "before_units": row.score,
        "after_units": score,
        "made_at": now,
    }


def _finish(session: Session, run: RegradeRow, sitting: SittingRow, now: datetime) -> None:
    run.finished_at = now
    memory.look_again_at_sitting(session, sitting.id)
    actor = people.actor(session, run.withdrawn_by_id or run.by_id)
    facts = {"position": run.position, "attempts": run.looked, "changed": run.changed}
    audit.record(session, actor, "regrade:finished", sitting.public_id, now, **facts)
