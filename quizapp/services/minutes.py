"""The minutes of a study: drafted from the facts when somebody asks, then written on by people."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import tzinfo

from sqlalchemy.orm import Session

from quizapp.core.attendance import Presence
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.labels import label
from quizapp.core.minutes import PARTS
from quizapp.core.minutes import QuizFacts
from quizapp.core.minutes import StudyFacts
from quizapp.core.minutes import draft
from quizapp.core.minutes import draft_again
from quizapp.core.question import UNITS
from quizapp.core.reports import NOBODY
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import allowed
from quizapp.core.roles import require
from quizapp.core.sitting import SittingKind
from quizapp.core.states import SittingPhase
from quizapp.core.types.base import text_fault
from quizapp.db import people
from quizapp.db import reports
from quizapp.db import sittings
from quizapp.db.attendance import names
from quizapp.db.meetings import MinutesRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.formats.minutes_docx import write_minutes
from quizapp.services import attendance
from quizapp.services import audit
from quizapp.services.printing import Expected
from quizapp.services.printing import expected
from quizapp.services.printing import room_subject

MOST_MISSED = 3
LONGEST_TITLE = 60
LONGEST_TEXT = 2000
NOT_YET = "学习还没有开始：开始后再生成记录"
NOT_SURE = "已经有记录：重新生成会替换人工修改过的内容，请先勾选确认"


class WrittenMeanwhile(QuizError):
    """Somebody else changed the minutes since the person began to write; what they wrote is not stored.

    `parts` and `version` are what the minutes are now, `by` and `at` whose change it was.
    """

    def __init__(self, parts: Mapping[str, str], version: int, by: str, at: datetime):
        super().__init__(version, by, at)
        self.parts, self.version, self.by, self.at = parts, version, by, at


@dataclass(frozen=True)
class Minutes:
    """The minutes of a sitting; `parts` are empty and `version` is 0 until somebody makes them."""

    sitting: SittingRow
    parts: Mapping[str, str]
    version: int
    made_by: str
    made_at: datetime | None
    changed_by: str
    changed_at: datetime | None
    may_write: bool
    has_begun: bool


def page(session: Session, actor: Actor, public_id: str, *, now: datetime) -> Minutes:
    """The minutes, for whoever may write them or oversees all who took part."""
    row = _sitting(session, public_id)
    may_write = allowed(actor, Action.MINUTES_WRITE, room_subject(row))
    if not may_write:
        scope = row.meeting.scope_section_id or people.root_section_id(session)
        require(actor, Action.REPORT_READ, Subject("minutes", public_id, section_id=scope))
    held = session.get(MinutesRow, row.id)
    who = (held.made_by_id, held.changed_by_id or held.made_by_id) if held else ()
    called = names(session, who)
    return Minutes(
        sitting=row,
        parts=held.parts if held else {},
        version=held.version if held else 0,
        made_by=called[held.made_by_id] if held else "",
        made_at=held.made_at if held else None,
        changed_by=called[held.changed_by_id] if held and held.changed_by_id else "",
        changed_at=held.changed_at if held else None,
        may_write=may_write,
        has_begun=_has_begun(row, now),
    )


def make(
    session: Session, actor: Actor, public_id: str, zone: tzinfo, *, replacing: int | None = None, now: datetime
) -> None:
    """Draft the minutes from the facts; again only for who says which version it replaces.

    What only people write is kept.

    :raise BadInput: before the study has begun, and when there are minutes and nothing was said of replacing them
    :raise WrittenMeanwhile: if somebody changed them since
    """
    row = _sitting_to_write(session, actor, public_id)
    if not _has_begun(row, now):
        raise BadInput("", [Problem("", NOT_YET)])
    held = session.get(MinutesRow, row.id)
    if held is None:
        parts = draft(_facts(session, actor, row, zone, now))
        session.add(MinutesRow(sitting_id=row.id, parts=parts, made_at=now, made_by_id=actor.person_id))
    elif replacing is None:
        raise BadInput("", [Problem("", NOT_SURE)])
    else:
        _must_be_newest(session, held, replacing)
        held.parts = draft_again(_facts(session, actor, row, zone, now), held.parts)
        held.made_at, held.made_by_id = now, actor.person_id
        held.changed_at = held.changed_by_id = None
        held.version += 1
    session.flush()
    audit.record(session, actor, "minutes:made", public_id, now, again=held is not None)


def change(
    session: Session, actor: Actor, public_id: str, parts: Mapping[str, str], version: int, *, now: datetime
) -> None:
    """Write the minutes anew, starting from this version of them.

    :raise BadInput: naming every part that cannot be stored
    :raise WrittenMeanwhile: if somebody changed them since
    """
    row = _sitting_to_write(session, actor, public_id)
    held = session.get(MinutesRow, row.id)
    if held is None:
        raise NotFound("minutes", public_id)
    _must_be_newest(session, held, version)
    told = {name: _lines(parts.get(name, "")) for name in PARTS}
    if problems := _problems(told):
        raise BadInput("", problems)
    changed = [name for name in PARTS if told[name] != held.parts.get(name, "")]
    if not changed:
        return
    held.parts = told
    held.changed_at, held.changed_by_id = now, actor.person_id
    held.version += 1
    audit.record(session, actor, "minutes:changed", public_id, now, parts=changed, version=held.version)


def file(session: Session, actor: Actor, public_id: str, *, now: datetime) -> tuple[str, bytes]:
    """The topic, and the minutes as one page .docx."""
    found = page(session, actor, public_id, now=now)
    if not found.version:
        raise NotFound("minutes", public_id)
    return found.sitting.topic, write_minutes(found.parts)


# Their parts


def _sitting(session: Session, public_id: str, *, lock: bool = False) -> SittingRow:
    row = sittings.sitting_by_public_id(session, public_id, lock=lock)
    if row.kind is SittingKind.MAKE_UP:
        raise NotFound("minutes", public_id)
    return row


def _sitting_to_write(session: Session, actor: Actor, public_id: str) -> SittingRow:
    """Locked, so that two who make the first minutes at once do so one after the other."""
    row = _sitting(session, public_id, lock=True)
    require(actor, Action.MINUTES_WRITE, room_subject(row))
    return row


def _has_begun(row: SittingRow, now: datetime) -> bool:
    return row.published_at is not None and (row.meeting.begins_at or row.opens_at) <= now


def _must_be_newest(session: Session, held: MinutesRow, version: int) -> None:
    if held.version != version:
        by, at = held.changed_by_id or held.made_by_id, held.changed_at or held.made_at
        raise WrittenMeanwhile(dict(held.parts), held.version, names(session, [by])[by], at)


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def _problems(told: Mapping[str, str]) -> list[Problem]:
    found = [Problem(PARTS[name], fault) for name, text in told.items() if (fault := _fault(name, text))]
    if not told["title"]:
        found.append(Problem(PARTS["title"], "请填写标题"))
    return found


def _fault(name: str, text: str) -> str | None:
    longest = LONGEST_TITLE if name == "title" else LONGEST_TEXT
    if len(text) > longest:
        return f"不超过 {longest} 个字，现有 {len(text)} 个"
    return text_fault(text)


def _facts(session: Session, actor: Actor, row: SittingRow, zone: tzinfo, now: datetime) -> StudyFacts:
    meeting, counted = row.meeting, attendance.total(attendance.counts(session, row))
    everybody = expected(session, row)
    leader = f"{row.leader.name}（{row.leader.post}）" if row.leader.post else row.leader.name
    who = session.get(SectionRow, meeting.scope_section_id or people.root_section_id(session))
    return StudyFacts(
        who=who.name if who else "",
        topic=row.topic,
        begins_at=(meeting.begins_at or row.opens_at).astimezone(zone),
        ends_at=(meeting.ends_at or row.closes_at).astimezone(zone),
        place=meeting.place,
        leader=leader,
        host=row.host_section.name,
        recorder=actor.name,
        expected=counted.expected,
        present=counted.present,
        on_leave=tuple(
            (one.person.name, label(one.known.leave) if one.known.leave else "请假")
            for one in _with(everybody, Presence.LEAVE)
        ),
        absent=tuple(one.person.name for one in _with(everybody, Presence.ABSENT)),
        speeches=_speeches(session, row),
        agenda=meeting.agenda,
        quiz=_quiz(session, row) if row.phase(now) is SittingPhase.CLOSED else None,
    )


def _with(everybody: Sequence[Expected], presence: Presence) -> list[Expected]:
    return [one for one in everybody if one.known.presence is presence]


def _speeches(session: Session, row: SittingRow) -> tuple[str, ...]:
    told = (place.question.source.speech for place in sittings.published_paper(session, row))
    return tuple(dict.fromkeys(filter(None, told)))


def _quiz(session: Session, row: SittingRow) -> QuizFacts:
    figures = reports.by_sitting(session, None, [row.id]).get(row.id, NOBODY)
    points = reports.missed_points(session, None, [row.id])
    missed = [point.name or f"《{point.speech}》" for point in points if point.facility < 1]
    return QuizFacts(
        scores=figures.closed,
        waiting=figures.waiting,
        full_mark=max(figures.scores, default=0) // UNITS,
        mean=figures.mean,
        passed=figures.passed,
        excellent=figures.excellent,
        missed=tuple(missed[:MOST_MISSED]),
    )
