"""Entering and correcting which studies a training authority recognised as hours of training (学时)."""

from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.errors import QuizError
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.types.base import text_fault
from quizapp.db import record as rows
from quizapp.db.attendance import names
from quizapp.db.base import addressed
from quizapp.db.record import RecognitionRow
from quizapp.services import audit
from quizapp.services.record import FIRST_YEAR
from quizapp.services.record import LAST_YEAR

LONGEST_AUTHORITY, LONGEST_DOCUMENT = 60, 100
MOST_MINUTES = 240
YEAR, AUTHORITY, DOCUMENT, MINUTES = "年度", "认定单位", "依据文件", "每学时分钟数"


@dataclass(frozen=True)
class RecognitionFacts:
    """What was recognised: of which year, by whom, by which document, and how many minutes are an hour."""

    year: int
    authority: str
    document: str
    minutes_per_hour: int


@dataclass(frozen=True)
class Recognition:
    """What was recognised, as it is listed, with who wrote it last and when."""

    public_id: str
    facts: RecognitionFacts
    version: int
    by: str
    at: datetime


class RecognisedMeanwhile(QuizError):
    """Somebody else changed it since the person began to write; `current` is what it is now."""

    def __init__(self, current: Recognition):
        super().__init__(current)
        self.current = current


def listed(session: Session, actor: Actor) -> Sequence[Recognition]:
    """All that was recognised, the newest year first."""
    _require(actor)
    return [_told(session, row) for row in rows.recognitions(session)]


def page(session: Session, actor: Actor, public_id: str) -> Recognition:
    _require(actor)
    return _told(session, addressed(session, RecognitionRow, public_id))


def add(session: Session, actor: Actor, facts: RecognitionFacts, *, now: datetime) -> None:
    """Enter what was recognised; the same a second time (a double tap) changes nothing.

    :raise BadInput: naming every fact that cannot be, or that something else of that year and authority is there
    """
    _require(actor)
    _must_be_sound(facts)
    if rows.keep_recognition(session, **asdict(facts), entered_by_id=actor.person_id, entered_at=now):
        row = rows.recognition_of(session, facts.year, facts.authority)
        assert row is not None
        audit.record(session, actor, "recognition:added", row.public_id, now, **_audited(facts))
    elif (there := rows.recognition_of(session, facts.year, facts.authority)) is None or _facts(there) != facts:
        raise _twice(facts)


def change(
    session: Session, actor: Actor, public_id: str, facts: RecognitionFacts, version: int, *, now: datetime
) -> None:
    """Correct what was entered, starting from this version of it.

    :raise BadInput: naming every fact that cannot be, or that something else of that year and authority is there
    :raise RecognisedMeanwhile: if somebody changed it since
    """
    row = _to_write(session, actor, public_id, version)
    _must_be_sound(facts)
    before = _facts(row)
    if facts == before:
        return
    other = rows.recognition_of(session, facts.year, facts.authority)
    if other is not None and other.id != row.id:
        raise _twice(facts)
    row.year, row.authority = facts.year, facts.authority
    row.document, row.minutes_per_hour = facts.document, facts.minutes_per_hour
    row.changed_by_id, row.changed_at = actor.person_id, now
    row.version += 1
    audit.record(session, actor, "recognition:changed", public_id, now, before=_audited(before), after=_audited(facts))


def withdraw(session: Session, actor: Actor, public_id: str, version: int, *, now: datetime) -> None:
    """Take away what was entered wrongly; the trail keeps what it said.

    :raise RecognisedMeanwhile: if somebody changed it since
    """
    row = _to_write(session, actor, public_id, version)
    facts = _facts(row)
    session.delete(row)
    session.flush()
    audit.record(session, actor, "recognition:withdrawn", public_id, now, **_audited(facts))


# Their parts


def _require(actor: Actor) -> None:
    require(actor, Action.RECOGNITION_MANAGE, Subject("recognition"))


def _to_write(session: Session, actor: Actor, public_id: str, version: int) -> RecognitionRow:
    _require(actor)
    row = addressed(session, RecognitionRow, public_id, lock=True)
    if row.version != version:
        raise RecognisedMeanwhile(_told(session, row))
    return row


def _told(session: Session, row: RecognitionRow) -> Recognition:
    by, at = row.changed_by_id or row.entered_by_id, row.changed_at or row.entered_at
    return Recognition(row.public_id, _facts(row), row.version, names(session, [by])[by], at)


def _facts(row: RecognitionRow) -> RecognitionFacts:
    return RecognitionFacts(row.year, row.authority, row.document, row.minutes_per_hour)


def _audited(facts: RecognitionFacts) -> dict[str, object]:
    return {
        "year": facts.year,
        "authority": facts.authority,
        "document": facts.document,
        "minutes": facts.minutes_per_hour,
    }


def _twice(facts: RecognitionFacts) -> BadInput:
    said = f"{facts.year} 年{facts.authority}的认定已经登记，请到列表中修改那一条"
    return BadInput("", [Problem(AUTHORITY, said)])


def _must_be_sound(facts: RecognitionFacts) -> None:
    found = []
    if not FIRST_YEAR <= facts.year <= LAST_YEAR:
        found.append(Problem(YEAR, f"请填写 {FIRST_YEAR} 到 {LAST_YEAR} 之间的年份"))
    for place, text, longest in (
        (AUTHORITY, facts.authority, LONGEST_AUTHORITY),
        (DOCUMENT, facts.document, LONGEST_DOCUMENT),
    ):
        if fault := _text_fault(text, longest):
            found.append(Problem(place, fault))
    if not 1 <= facts.minutes_per_hour <= MOST_MINUTES:
        found.append(Problem(MINUTES, f"请填写 1 到 {MOST_MINUTES} 之间的整数"))
    if found:
        raise BadInput("", found)


def _text_fault(text: str, longest: int) -> str | None:
    if not text.strip():
        return "请填写"
    return f"不超过 {longest} 字，现有 {len(text)} 字" if len(text) > longest else text_fault(text)
