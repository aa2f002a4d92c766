"""Planning a sitting: facts, paper, publication."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from random import Random

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core import paper as papers
from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotNow
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.paper import Candidate
from quizapp.core.paper import PaperSpec
from quizapp.core.question import MultipleRule
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.states import Review
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.db import sittings
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.services import attempts
from quizapp.services import audit


@dataclass(frozen=True)
class SittingFacts:
    """What a plan says of a sitting."""

    topic: str
    host_section_id: int
    leader_id: int
    opens_at: datetime
    closes_at: datetime
    duration_minutes: int
    pass_percent: int
    multiple_rule: MultipleRule
    set_ids: tuple[int, ...]
    review: Review = Review.AT_ONCE
    drawing: Drawing = Drawing.SAME

    def problems(self) -> list[Problem]:
        found = []
        if self.opens_at >= self.closes_at:
            found.append(Problem("结束时间", "结束时间应晚于开始时间"))
        if not self.set_ids:
            found.append(Problem("题集", "请至少选择一个题集"))
        return found


def plan_sitting(session: Session, actor: Actor, facts: SittingFacts, *, now: datetime) -> SittingRow:
    """Put a sitting on the calendar; its paper is composed next."""
    require(actor, Action.SITTING_PLAN, Subject("sitting"))
    _check(session, facts)
    row = SittingRow(created_at=now, specification={}, sets=[])
    _take(row, facts)
    session.add(row)
    session.flush()
    audit.record(session, actor, "sitting:planned", facts.topic, now)
    return row


def change_sitting(session: Session, actor: Actor, public_id: str, facts: SittingFacts, *, now: datetime) -> SittingRow:
    """Change the plan while the paper is being composed."""
    require(actor, Action.SITTING_PLAN, Subject("sitting", public_id))
    row = sittings.sitting_by_public_id(session, public_id, lock=True)
    _must_be_composing(row, now)
    _check(session, facts)
    _take(row, facts)
    audit.record(session, actor, "sitting:changed", facts.topic, now)
    return row


def _check(session: Session, facts: SittingFacts) -> None:
    problems = facts.problems()
    if session.get(SectionRow, facts.host_section_id) is None:
        problems.append(Problem("主持科室", "请选择主持科室"))
    if session.get(PersonRow, facts.leader_id) is None:
        problems.append(Problem("带学领导", "请选择带学领导"))
    if problems:
        raise BadInput("", problems)


def _take(row: SittingRow, facts: SittingFacts) -> None:
    row.topic, row.host_section_id, row.leader_id = facts.topic, facts.host_section_id, facts.leader_id
    row.opens_at, row.closes_at, row.duration_minutes = facts.opens_at, facts.closes_at, facts.duration_minutes
    row.pass_percent, row.multiple_rule = facts.pass_percent, facts.multiple_rule
    row.review, row.drawing = facts.review, facts.drawing
    if facts.drawing is Drawing.SAME:
        row.specification = {name: asked[:2] for name, asked in row.specification.items()}
    row.sets = [SittingSetRow(set_id=set_id) for set_id in dict.fromkeys(facts.set_ids)]


def sitting_to_compose(session: Session, actor: Actor, public_id: str, *, lock: bool = False) -> SittingRow:
    """The sitting, for an editor or whoever oversees its host section; with `lock` nobody else composes meanwhile."""
    row = sittings.sitting_by_public_id(session, public_id, lock=lock)
    require(actor, Action.PAPER_COMPOSE, Subject("sitting", public_id, section_id=row.host_section_id))
    return row


def visible_to(session: Session, actor: Actor) -> list[SittingRow]:
    """The sittings whose paper this actor may compose, newest first."""
    from_all = sittings.all_sittings(session)
    return [row for row in from_all if _may_compose(actor, row)]


def _may_compose(actor: Actor, row: SittingRow) -> bool:
    try:
        require(actor, Action.PAPER_COMPOSE, Subject("sitting", row.public_id, section_id=row.host_section_id))
    except QuizError:
        return False
    return True


def draw(
    session: Session, actor: Actor, public_id: str, spec: PaperSpec, rng: Random, *, now: datetime
) -> list[PaperQuestionRow]:
    """Draw the paper anew, keeping locked questions.

    :raise NotEnoughQuestions: naming every type that lacks; the old paper stays
    """
    row = sitting_to_compose(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    spec = replace(spec, each=(spec.each or {}) if row.drawing is Drawing.PER_PERSON else None)
    if problems := spec.problems():
        raise BadInput("", problems)
    found = _candidates(session, row)
    old = {place.version_id: place for place in sittings.paper(session, row.id)}
    available = {candidate.version_id for candidate in found}
    locked = [version_id for version_id, place in old.items() if place.locked and version_id in available]
    chosen = papers.draw_paper(spec, found, locked, rng)
    row.specification = _specification(spec)
    types = {candidate.version_id: candidate.type for candidate in found}
    places = _lay(session, row, [(v, spec.marks[types[v]], v in locked) for v in chosen])
    audit.record(session, actor, "paper:drawn", public_id, now, versions=list(chosen))
    return places


def _specification(spec: PaperSpec) -> dict[str, list[int]]:
    asked = {type_: [count, spec.marks[type_]] for type_, count in spec.counts.items()}
    if spec.each is not None:
        asked = {type_: [*numbers, spec.each.get(type_, 0)] for type_, numbers in asked.items()}
    return {type_.value: numbers for type_, numbers in asked.items()}


def lock(session: Session, actor: Actor, public_id: str, position: int, locked: bool, *, now: datetime) -> None:
    """Keep one question when the paper is drawn again, or stop keeping it."""
    row = sitting_to_compose(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    place = session.get(PaperQuestionRow, (row.id, position))
    if place is None:
        raise BadInput("", [Problem(f"第 {position} 题", "试卷上没有这道题")])
    place.locked = locked
    audit.record(session, actor, "paper:locked" if locked else "paper:unlocked", public_id, now, position=position)


def swap(session: Session, actor: Actor, public_id: str, position: int, rng: Random, *, now: datetime) -> None:
    """Put another approved question of the same type in this place."""
    row = sitting_to_compose(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    places = sittings.paper(session, row.id)
    if not 1 <= position <= len(places):
        raise BadInput("", [Problem(f"第 {position} 题", "试卷上没有这道题")])
    old = tuple(place.version_id for place in places)
    new = papers.swap(old, position - 1, _with_standing(_candidates(session, row), places), rng)
    _lay(
        session,
        row,
        [(v, place.full_mark, place.locked and v == place.version_id) for v, place in zip(new, places, strict=True)],
    )
    audit.record(session, actor, "paper:swapped", public_id, now, position=position)


def publish(session: Session, actor: Actor, public_id: str, *, now: datetime) -> SittingRow:
    """Fix the paper and deal it to everybody; from here only the clock moves the sitting.

    :raise BadInput: if there is no paper, a question left the bank meanwhile, or the closing time has passed
    """
    row = sitting_to_compose(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    places = sittings.paper(session, row.id)
    problems = _problems_of_paper(places, {c.version_id for c in _candidates(session, row)})
    if places and row.each is not None and not any(row.each.values()):
        problems.append(Problem("每人抽", "还没有定每人抽几题，请填写后重新抽题"))
    if row.closes_at <= now:
        problems.append(Problem("结束时间", "结束时间已过，请先修改时间"))
    if problems:
        raise BadInput("", problems)
    row.published_at = now
    session.flush()
    dealt = attempts.deal(session, row)
    audit.record(session, actor, "sitting:published", public_id, now, questions=len(places), people=dealt)
    return row


def _problems_of_paper(places: Sequence[PaperQuestionRow], in_bank: set[int]) -> list[Problem]:
    if not places:
        return [Problem("试卷", "还没有组卷：请先按组卷要求抽题")]
    return [
        Problem(f"第 {place.position} 题", "这道题已被修改或停用，请换一题")
        for place in places
        if place.version_id not in in_bank
    ]


def _must_be_composing(row: SittingRow, now: datetime) -> None:
    state = row.phase(now)
    if state is not SittingPhase.COMPOSING:
        raise NotNow(state, SittingMove.COMPOSE)


def _candidates(session: Session, row: SittingRow) -> Sequence[Candidate]:
    return sittings.candidates(session, [chosen.set_id for chosen in row.sets], but=row.id)


def _with_standing(found: Sequence[Candidate], places: Sequence[PaperQuestionRow]) -> list[Candidate]:
    """The candidates, and whatever else stands on the paper: a question that left the bank can still be swapped out."""
    known = {candidate.version_id for candidate in found}
    gone = [place.version for place in places if place.version_id not in known]
    return [*found, *(Candidate(v.question_id, v.id, v.type, None, v.difficulty, "", None) for v in gone)]


def _lay(session: Session, row: SittingRow, places: Sequence[tuple[int, int, bool]]) -> list[PaperQuestionRow]:
    """Replace the paper by these (version, full mark, locked), in order."""
    session.execute(delete(PaperQuestionRow).where(PaperQuestionRow.sitting_id == row.id))
    session.expire_all()
    laid = [
        PaperQuestionRow(sitting_id=row.id, position=position, version_id=version, full_mark=mark, locked=locked)
        for position, (version, mark, locked) in enumerate(places, start=1)
    ]
    session.add_all(laid)
    session.flush()
    return laid


def available(session: Session, row: SittingRow) -> Mapping[TypeName, int]:
    """How many approved questions of each type the chosen sets hold."""
    found = _candidates(session, row)
    return {type_: sum(c.type is type_ for c in found) for type_ in TypeName}


def leaders(session: Session) -> Sequence[PersonRow]:
    """Who may lead a session: people who oversee anything, by staff number."""
    return session.scalars(
        select(PersonRow)
        .where(PersonRow.active, PersonRow.id.in_(select(OversightRow.person_id)))
        .order_by(PersonRow.staff_number)
    ).all()
