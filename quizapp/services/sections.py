"""Merging one section into another: people, what is below, oversight and duties go along, the past stays."""

from datetime import date
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.db import people
from quizapp.db import rota as rows
from quizapp.db.meetings import MeetingRow
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services import plans
from quizapp.services.people import transfer


def merge(
    session: Session, actor: Actor, section_public_id: str, into_public_id: str, *, today: date, now: datetime
) -> SectionRow:
    """Merge a section into another; papers begun or handed in stay with the old one, as do its past studies."""
    require(actor, Action.PEOPLE_MANAGE, Subject("section", section_public_id))
    people.hold_sections(session, (section_public_id, into_public_id))
    row = people.section_by_public_id(session, section_public_id)
    into = people.section_by_public_id(session, into_public_id)
    _check(session, row, into)
    _move_below(session, row, into)
    _move_oversight(session, row, into)
    session.flush()
    moved = _move_people(session, row, into, now)
    for sitting in rows.unpublished_hosted_by(session, row.id):
        sitting.host_section_id = into.id
    unpublished = select(SittingRow.id).where(SittingRow.published_at.is_(None))
    session.execute(
        update(MeetingRow)
        .where(MeetingRow.scope_section_id == row.id, MeetingRow.sitting_id.in_(unpublished))
        .values(scope_section_id=into.id)
    )
    plans.section_leaves(session, row.id, into.id, today)
    row.closed_at = now
    audit.record(session, actor, "section:merged", row.name, now, into=into.name, moved=moved)
    return into


def _check(session: Session, row: SectionRow, into: SectionRow) -> None:
    problem = ""
    if row.closed_at is not None or into.closed_at is not None:
        problem = f"“{row.name if row.closed_at else into.name}”已经并入其他科室，请刷新页面"
    elif row.parent_id is None:
        problem = "最上层的单位不能并入其他科室"
    elif into.id in people.with_all_below(session, [row.id]):
        problem = "不能并入自己或自己的下级科室，请另选一个"
    elif same := _same_names(session, row, into):
        problem = f"两边都有下级科室“{same[0]}”，请先给其中一个改名"
    if problem:
        raise BadInput("", [Problem("并入", problem)])


def _same_names(session: Session, row: SectionRow, into: SectionRow) -> list[str]:
    """The names that stand below both."""
    found = people.open_sections(session)
    below = {other.name for other in found if other.parent_id == into.id and other is not row}
    return [other.name for other in found if other.parent_id == row.id and other.name in below]


def _move_people(session: Session, row: SectionRow, into: SectionRow, now: datetime) -> int:
    found = session.scalars(select(PersonRow).where(PersonRow.section_id == row.id)).all()
    for person in found:
        transfer(session, person, into.id, now)
    return len(found)


def _move_below(session: Session, row: SectionRow, into: SectionRow) -> None:
    """The sections below come after those of the other."""
    last = session.scalar(select(func.max(SectionRow.position)).where(SectionRow.parent_id == into.id)) or 0
    below = session.scalars(select(SectionRow).where(SectionRow.parent_id == row.id)).all()
    for n, section in enumerate(sorted(below, key=lambda found: (found.position, found.id)), start=last + 1):
        section.parent_id, section.position = into.id, n


def _move_oversight(session: Session, row: SectionRow, into: SectionRow) -> None:
    """Who oversaw the section oversees the other; what they may do changed, so they sign in again."""
    held = set(session.scalars(select(OversightRow.person_id).where(OversightRow.section_id == into.id)))
    for oversight in session.scalars(select(OversightRow).where(OversightRow.section_id == row.id)).all():
        if oversight.person_id not in held:
            session.add(OversightRow(person_id=oversight.person_id, section_id=into.id))
        session.delete(oversight)
        people.end_sessions(session, oversight.person_id)
