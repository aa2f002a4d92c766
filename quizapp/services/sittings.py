"""Planning a sitting: facts, topic, paper, approval."""

import hashlib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core import paper as papers
from quizapp.core.dealing import Drawing
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotNow
from quizapp.core.errors import Problem
from quizapp.core.labels import label
from quizapp.core.paper import Candidate
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import Wishes
from quizapp.core.paper import wishes_of
from quizapp.core.question import MultipleRule
from quizapp.core.question import TypeName
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.rota import Stage
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.sitting import SittingKind
from quizapp.core.states import Review
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.db import people
from quizapp.db import sittings
from quizapp.db.meetings import BatchRow
from quizapp.db.meetings import MeetingRow
from quizapp.db.missed import forgotten_in
from quizapp.db.missed import missed_as_wished
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.db.sittings import SittingSetRow
from quizapp.services import attempts
from quizapp.services import audit
from quizapp.services import preflight

MAX_REASON = 300
#: What was missed in sittings that closed within so long is asked again.
MISSED_WITHIN = timedelta(weeks=8)
#: As long as a topic may be.
TOPIC_LENGTH = 100


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
    mode: Mode = Mode.INDIVIDUAL
    pace: Pace = Pace.WHOLE
    #: The batches' starts, where it is taken in batches.
    starts: tuple[datetime, ...] = ()
    #: Who takes part; None is the whole office.
    scope_section_id: int | None = None
    #: The meeting that the quiz is part of.
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    agenda: str = ""
    make_up_days: int = 7

    def problems(self) -> list[Problem]:
        found = []
        if self.opens_at >= self.closes_at:
            found.append(Problem("结束时间", "结束时间应晚于开始时间"))
        return found + self._problems_of_mode() + self._problems_of_meeting()

    def _problems_of_mode(self) -> list[Problem]:
        found = []
        # Starts that were typed in before somebody chose another mode are not kept, and hinder nobody.
        starts = self.starts if self.mode is Mode.BATCHED else ()
        if self.mode is Mode.BATCHED and not starts:
            found.append(Problem("各批开始时间", "分批作答请至少填写一批的开始时间"))
        if any(not self.opens_at <= start < self.closes_at for start in starts):
            found.append(Problem("各批开始时间", "各批的开始时间应在开始时间和结束时间之间"))
        if self.pace is Pace.BY_QUESTION and self.drawing is Drawing.PER_PERSON:
            found.append(Problem("作答步调", "逐题同步作答时全体须用同一份试卷，请把出题方式改为“全体同一份试卷”"))
        if self.pace is Pace.BY_QUESTION and self.mode is not Mode.TOGETHER:
            found.append(Problem("作答步调", "逐题同步作答须统一作答，请把组织方式改为“统一作答，同时收卷”"))
        return found

    def _problems_of_meeting(self) -> list[Problem]:
        if self.begins_at is None and self.ends_at is None:
            return []
        if self.begins_at is None or self.ends_at is None:
            return [Problem("学习时间", "请同时填写学习开始时间和学习结束时间，不集中学习的都留空")]
        if self.begins_at >= self.ends_at:
            return [Problem("学习结束时间", "学习结束时间应晚于学习开始时间")]
        if self.opens_at < self.begins_at:
            return [Problem("开始时间", "测验的开始时间不能早于学习开始时间")]
        return []


def plan_sitting(session: Session, actor: Actor, facts: SittingFacts, *, now: datetime) -> SittingRow:
    """Put a sitting on the calendar; its paper is composed next."""
    require(actor, Action.SITTING_PLAN, Subject("sitting"))
    _check(session, facts)
    row = SittingRow(created_at=now, specification={}, sets=[], batches=[], meeting=MeetingRow())
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
    _withdraw(row)
    audit.record(session, actor, "sitting:changed", facts.topic, now)
    return row


def _check(session: Session, facts: SittingFacts) -> None:
    problems = facts.problems()
    if session.get(SectionRow, facts.host_section_id) is None:
        problems.append(Problem("主持科室", "请选择主持科室"))
    if session.get(PersonRow, facts.leader_id) is None:
        problems.append(Problem("带学领导", "请选择带学领导"))
    if facts.scope_section_id is not None and session.get(SectionRow, facts.scope_section_id) is None:
        problems.append(Problem("参加范围", "请选择参加范围"))
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
    row.mode, row.pace = facts.mode, facts.pace
    starts = sorted(set(facts.starts)) if facts.mode is Mode.BATCHED else []
    row.batches = [BatchRow(starts_at=start) for start in starts]
    meeting = row.meeting
    meeting.scope_section_id, meeting.begins_at, meeting.ends_at = (
        facts.scope_section_id,
        facts.begins_at,
        facts.ends_at,
    )
    meeting.place, meeting.agenda, meeting.make_up_days = facts.place, facts.agenda, facts.make_up_days


def facts_of(row: SittingRow) -> SittingFacts:
    """What the plan says of a sitting now."""
    meeting = row.meeting
    return SittingFacts(
        topic=row.topic,
        host_section_id=row.host_section_id,
        leader_id=row.leader_id,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        duration_minutes=row.duration_minutes,
        pass_percent=row.pass_percent,
        multiple_rule=row.multiple_rule,
        set_ids=tuple(sorted(chosen.set_id for chosen in row.sets)),
        review=row.review,
        drawing=row.drawing,
        mode=row.mode,
        pace=row.pace,
        starts=tuple(batch.starts_at for batch in row.batches),
        scope_section_id=meeting.scope_section_id,
        begins_at=meeting.begins_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        agenda=meeting.agenda,
        make_up_days=meeting.make_up_days,
    )


def sitting_to_compose(session: Session, actor: Actor, public_id: str, *, lock: bool = False) -> SittingRow:
    """The sitting, for an editor or whoever oversees its host section; with `lock` nobody else composes meanwhile."""
    row = sittings.sitting_by_public_id(session, public_id, lock=lock)
    require(actor, Action.PAPER_COMPOSE, Subject("sitting", public_id, section_id=row.host_section_id))
    return row


def sitting_to_read(session: Session, actor: Actor, public_id: str) -> SittingRow:
    """The sitting, for those who compose its paper or approve it."""
    row = sittings.sitting_by_public_id(session, public_id)
    if not may_compose(actor, row):
        require(actor, Action.SITTING_APPROVE, approval_subject(session, row))
    return row


def may_compose(actor: Actor, row: SittingRow) -> bool:
    return allowed(actor, Action.PAPER_COMPOSE, Subject("sitting", row.public_id, section_id=row.host_section_id))


@dataclass(frozen=True)
class Listed:
    """A sitting in the list of those who compose or approve it, and how far it is."""

    row: SittingRow
    stage: Stage
    may_compose: bool
    may_approve: bool


def listed(session: Session, actor: Actor) -> list[Listed]:
    """The sittings that this actor composes, leads or may approve, newest first."""
    rows = sittings.all_sittings(session)
    root = people.root_section_id(session) if rows else 0
    found = [
        Listed(
            row,
            stage_of(row),
            may_compose(actor, row),
            allowed(actor, Action.SITTING_APPROVE, _approval_subject(row, root)),
        )
        for row in rows
    ]
    return [each for each in found if each.may_compose or each.may_approve]


def stage_of(row: SittingRow) -> Stage:
    """How far a sitting is, with its sets and its meeting loaded."""
    if row.published_at is not None:
        return Stage.PUBLISHED
    if row.meeting.submitted_at is not None:
        return Stage.APPROVAL
    return Stage.PAPER if row.sets else Stage.TOPIC


# The topic


@dataclass(frozen=True)
class Topic:
    """What the host section chooses: the topic, the sets to draw from, what comes first, the agenda."""

    topic: str
    set_ids: tuple[int, ...]
    #: Parts of the bank as core/paper.py names them.
    emphasis: tuple[str, ...]
    agenda: str


def choose_topic(session: Session, actor: Actor, public_id: str, chosen: Topic, *, now: datetime) -> SittingRow:
    """Choose what the sitting is about; emphasis on what the chosen sets do not hold is dropped.

    A paper that was drawn stays: what no longer belongs to it is named before it can be submitted.
    """
    row = _sitting_to_change(session, actor, public_id, now)
    if not chosen.set_ids:
        raise BadInput("", [Problem("题集", "请至少选择一个题集")])
    there = {area.ref for group in sittings.areas(session, chosen.set_ids) for area in group.all}
    emphasis = tuple(ref for ref in dict.fromkeys(chosen.emphasis) if ref in there)
    row.topic, row.meeting.agenda = chosen.topic, chosen.agenda
    row.sets = [SittingSetRow(set_id=set_id) for set_id in dict.fromkeys(chosen.set_ids)]
    row.wishes = papers.stored(replace(wishes_of(row.wishes), emphasis=emphasis))
    audit.record(session, actor, "sitting:changed", chosen.topic, now)
    return row


# The paper


def draw(
    session: Session, actor: Actor, public_id: str, spec: PaperSpec, rng: Random, *, now: datetime
) -> list[PaperQuestionRow]:
    """Draw the paper anew, keeping locked questions; the emphasis is the topic's.

    :raise NotEnoughQuestions: naming everything that lacks; the old paper stays
    """
    row = _sitting_to_change(session, actor, public_id, now)
    spec = _as_planned(row, spec)
    if problems := spec.problems():
        raise BadInput("", problems)
    found = _candidates(session, row, spec.wishes, now)
    old = {place.version_id: place for place in sittings.paper(session, row.id)}
    available = {candidate.version_id for candidate in found}
    locked = [version_id for version_id, place in old.items() if place.locked and version_id in available]
    chosen = papers.draw_paper(spec, found, locked, rng, day=row.opens_at.date())
    row.specification, row.wishes = _specification(spec), papers.stored(spec.wishes)
    types = {candidate.version_id: candidate.type for candidate in found}
    places = _lay(session, row, [(v, spec.marks[types[v]], v in locked) for v in chosen])
    audit.record(session, actor, "paper:drawn", public_id, now, versions=list(chosen))
    return places


def _as_planned(row: SittingRow, spec: PaperSpec) -> PaperSpec:
    wishes = replace(spec.wishes, emphasis=wishes_of(row.wishes).emphasis)
    return replace(spec, each=(spec.each or {}) if row.drawing is Drawing.PER_PERSON else None, wishes=wishes)


def _specification(spec: PaperSpec) -> dict[str, list[int]]:
    asked = {type_: [count, spec.marks[type_]] for type_, count in spec.counts.items()}
    if spec.each is not None:
        asked = {type_: [*numbers, spec.each.get(type_, 0)] for type_, numbers in asked.items()}
    return {type_.value: numbers for type_, numbers in asked.items()}


def lock(
    session: Session,
    actor: Actor,
    public_id: str,
    position: int,
    locked: bool,
    *,
    seen: int | None = None,
    now: datetime,
) -> None:
    """Keep one question when the paper is drawn again, or stop keeping it; `seen` as in `_meant`."""
    row = sitting_to_compose(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    place = _meant(sittings.paper(session, row.id), position, seen)
    place.locked = locked
    audit.record(
        session, actor, "paper:locked" if locked else "paper:unlocked", public_id, now, position=place.position
    )


def swap(
    session: Session,
    actor: Actor,
    public_id: str,
    position: int,
    rng: Random,
    *,
    seen: int | None = None,
    now: datetime,
) -> None:
    """Put another approved question of the same type in this place; `seen` as in `_meant`."""
    row = _sitting_to_change(session, actor, public_id, now)
    places = sittings.paper(session, row.id)
    position = _meant(places, position, seen).position
    old = tuple(place.version_id for place in places)
    wishes = wishes_of(row.wishes)
    found = _with_standing(_candidates(session, row, wishes, now), places)
    new = papers.swap(old, position - 1, found, rng, wishes=wishes, day=row.opens_at.date())
    _lay(
        session,
        row,
        [(v, place.full_mark, place.locked and v == place.version_id) for v, place in zip(new, places, strict=True)],
    )
    audit.record(session, actor, "paper:swapped", public_id, now, position=position)


def move(
    session: Session, actor: Actor, public_id: str, position: int, to: int, *, seen: int | None = None, now: datetime
) -> None:
    """Put a question in another place among those of its type; types stay together, as people are dealt them so.

    `seen` as in `_meant`.
    """
    row = _sitting_to_change(session, actor, public_id, now)
    places = list(sittings.paper(session, row.id))
    place = _meant(places, position, seen)
    type_ = place.version.type
    alike = [each.position for each in places if each.version.type is type_]
    if to not in alike:
        within = f"{label(type_)}是第 {alike[0]} 到第 {alike[-1]} 题，只能在其中调整次序"
        raise BadInput("", [Problem(f"第 {position} 题", within)])
    position = place.position
    places.remove(place)
    places.insert(to - 1, place)
    _lay(session, row, [(each.version_id, each.full_mark, each.locked) for each in places])
    audit.record(session, actor, "paper:moved", public_id, now, position=position, changed=to)


def _meant(places: Sequence[PaperQuestionRow], position: int, seen: int | None) -> PaperQuestionRow:
    """The place that somebody means: where the question version they saw (`seen`) stands now, else by its number.

    :raise BadInput: if the paper has no such place, or the question is no longer on it
    """
    for place in places:
        if seen == place.version_id or (seen is None and position == place.position):
            return place
    why = "试卷上没有这道题" if seen is None else "这道题已经不在试卷上，请看过现在的试卷再操作"
    raise BadInput("", [Problem(f"第 {position} 题", why)])


def _sitting_to_change(session: Session, actor: Actor, public_id: str, now: datetime) -> SittingRow:
    """The sitting, while it is composed; what is changed has to be submitted again."""
    row = sitting_to_compose(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    _withdraw(row)
    return row


def _withdraw(row: SittingRow) -> None:
    row.meeting.submitted_at = row.meeting.submitted_by_id = None


# Approval


def submit(session: Session, actor: Actor, public_id: str, *, now: datetime) -> SittingRow:
    """Put a paper that is ready before its leader.

    :raise BadInput: naming all that is in the way
    """
    row = sitting_to_compose(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    _must_lack_nothing(session, row, now)
    row.meeting.submitted_at, row.meeting.submitted_by_id, row.meeting.returned = now, actor.person_id, ""
    audit.record(session, actor, "sitting:submitted", public_id, now)
    return row


def send_back(session: Session, actor: Actor, public_id: str, reason: str, *, now: datetime) -> SittingRow:
    """Return a submitted paper to those who compose it, with the reason."""
    row = sitting_to_approve(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    if row.meeting.submitted_at is None:
        raise BadInput("", [Problem("退回", "这份试卷还没有送审，或送审已经撤回")])
    if not 1 <= len(reason) <= MAX_REASON:
        raise BadInput("", [Problem("退回原因", f"请填写 1 到 {MAX_REASON} 字")])
    _withdraw(row)
    row.meeting.returned = reason
    audit.record(session, actor, "sitting:returned", public_id, now, reason=reason)
    return row


def sitting_to_approve(session: Session, actor: Actor, public_id: str, *, lock: bool = False) -> SittingRow:
    """The sitting, for its leader or whoever oversees all who take part."""
    row = sittings.sitting_by_public_id(session, public_id, lock=lock)
    require(actor, Action.SITTING_APPROVE, approval_subject(session, row))
    return row


def approval_subject(session: Session, row: SittingRow) -> Subject:
    """What the permission table needs to know of who approves a paper."""
    return _approval_subject(row, people.root_section_id(session))


def _approval_subject(row: SittingRow, root_section_id: int) -> Subject:
    scope = row.meeting.scope_section_id or root_section_id
    return Subject("sitting", row.public_id, section_id=scope, leader_id=row.leader_id)


def publish(session: Session, actor: Actor, public_id: str, *, seen: str | None = None, now: datetime) -> SittingRow:
    """Approve the paper, which fixes it and deals it to everybody; from here the clock moves the sitting.

    `seen` is the imprint of what was read; None approves it as it stands.
    :raise BadInput: naming all that is in the way, or that paper or plan are no longer what was read
    """
    row = sitting_to_approve(session, actor, public_id, lock=True)
    _must_be_composing(row, now)
    places = sittings.paper(session, row.id)
    if seen is not None and seen != imprint(row, places):
        raise BadInput("", [Problem("试卷", "您打开页面以后试卷或安排有改动，没有发布；请看过现在的再批准")])
    _must_lack_nothing(session, row, now)
    row.published_at = now
    row.meeting.approved_by_id = actor.person_id
    session.flush()
    dealt = attempts.deal(session, row)
    audit.record(session, actor, "sitting:published", public_id, now, questions=len(places), people=dealt)
    return row


def imprint(row: SittingRow, places: Sequence[PaperQuestionRow]) -> str:
    """A short word that changes whenever a question, its place or its mark does, or anything of the plan."""
    paper = [(place.version_id, place.full_mark) for place in places]
    told = repr((facts_of(row), sorted((row.each or {}).items()), paper))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _must_lack_nothing(session: Session, row: SittingRow, now: datetime) -> None:
    if problems := preflight.lacks(preflight.checks(session, row, now=now)):
        raise BadInput("", problems)


def _must_be_composing(row: SittingRow, now: datetime) -> None:
    state = row.phase(now)
    if state is not SittingPhase.COMPOSING:
        raise NotNow(state, SittingMove.COMPOSE)


def _candidates(session: Session, row: SittingRow, wishes: Wishes, now: datetime) -> Sequence[Candidate]:
    missed = missed_as_wished(session, wishes, row.meeting.scope_section_id, now - MISSED_WITHIN, now)
    return sittings.candidates(session, [chosen.set_id for chosen in row.sets], but=row.id, missed=missed)


def forgotten_points(session: Session, row: SittingRow) -> int:
    """How many key points, or questions that belong to none, those who take part have forgotten, of those that the
    sitting's sets ask about."""
    return len(forgotten_in(session, [chosen.set_id for chosen in row.sets], row.meeting.scope_section_id))


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
    return dict.fromkeys(TypeName, 0) | sittings.count_by_type(session, [chosen.set_id for chosen in row.sets])


def leaders(session: Session) -> Sequence[PersonRow]:
    """Who may lead a session: people who oversee anything, by staff number."""
    return session.scalars(
        select(PersonRow)
        .where(PersonRow.active, PersonRow.id.in_(select(OversightRow.person_id)))
        .order_by(PersonRow.staff_number)
    ).all()


# Papers taken alone


def taken_alone(model: SittingRow, kind: SittingKind, named: str, now: datetime, **own: Any) -> SittingRow:
    """A sitting by the model's rules that everybody takes alone, open from now for as long as it takes; `own` says
    what differs. Host and leader are the model's, as every sitting has them."""
    rules = {
        "review": model.review,
        "drawing": model.drawing,
        "specification": model.specification,
        "wishes": model.wishes,
        "sets": [SittingSetRow(set_id=chosen.set_id) for chosen in model.sets],
    }
    return SittingRow(
        topic=f"{named}：{model.topic}"[:TOPIC_LENGTH],
        host_section_id=model.host_section_id,
        leader_id=model.leader_id,
        opens_at=now,
        closes_at=now + timedelta(minutes=model.duration_minutes),
        duration_minutes=model.duration_minutes,
        pass_percent=model.pass_percent,
        multiple_rule=model.multiple_rule,
        kind=kind,
        mode=Mode.INDIVIDUAL,
        pace=Pace.WHOLE,
        published_at=now,
        created_at=now,
        batches=[],
        **(rules | own),
    )
