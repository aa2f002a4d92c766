"""The sittings of a plan, and what stands in one person's calendar."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm import selectinload

from quizapp.core.rota import ChangeState
from quizapp.db.meetings import MeetingRow
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.plans import RotaChangeRow
from quizapp.db.sittings import SittingRow


def sittings_of_plan(session: Session, plan_id: int, since: date, *, lock: bool = False) -> Sequence[SittingRow]:
    """The sittings of a plan's own days from this one on, by day, each with its meeting, sets and batches.

    With `lock` nobody composes or publishes one meanwhile, and each is read as whoever did so before has left it.
    """
    statement = (
        select(SittingRow)
        .join(MeetingRow, MeetingRow.sitting_id == SittingRow.id)
        .where(MeetingRow.plan_id == plan_id, MeetingRow.planned_on >= since)
        .options(contains_eager(SittingRow.meeting), selectinload(SittingRow.sets), selectinload(SittingRow.batches))
        .order_by(MeetingRow.planned_on)
    )
    if lock:
        statement = statement.with_for_update(of=SittingRow).execution_options(populate_existing=True)
    return session.scalars(statement).all()


def sitting_of_day(session: Session, plan_id: int, planned_on: date) -> SittingRow | None:
    """The sitting that was prepared for a day of the plan."""
    return session.scalar(
        select(SittingRow)
        .join(MeetingRow, MeetingRow.sitting_id == SittingRow.id)
        .where(MeetingRow.plan_id == plan_id, MeetingRow.planned_on == planned_on)
    )


def published_days(
    session: Session, plan_id: int, since: date, *, opened_by: datetime | None = None
) -> frozenset[date | None]:
    """The plan's own days from this one on whose sitting is published; with `opened_by`, those that had opened then."""
    statement = (
        select(MeetingRow.planned_on)
        .join(SittingRow, SittingRow.id == MeetingRow.sitting_id)
        .where(MeetingRow.plan_id == plan_id, MeetingRow.planned_on >= since, SittingRow.published_at.is_not(None))
    )
    if opened_by is not None:
        statement = statement.where(SittingRow.opens_at <= opened_by)
    return frozenset(session.scalars(statement))


def unpublished_hosted_by(session: Session, section_id: int) -> Sequence[SittingRow]:
    """What a section still prepares."""
    return session.scalars(
        select(SittingRow).where(SittingRow.host_section_id == section_id, SittingRow.published_at.is_(None))
    ).all()


def directly_overseen(session: Session, person_id: int) -> frozenset[int]:
    """The sections that were given to a person by name; what lies below them is not among them."""
    return frozenset(session.scalars(select(OversightRow.section_id).where(OversightRow.person_id == person_id)))


def section_names(session: Session) -> Mapping[int, str]:
    return {row.id: row.name for row in session.execute(select(SectionRow.id, SectionRow.name))}


def person_names(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    found = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(ids)))
    return {row.id: row.name for row in found}


def changes_of_person(session: Session, plan_id: int, person_id: int, since: date) -> Sequence[RotaChangeRow]:
    """The changes that stand, of the plan's own days from this one on, by which a person leads."""
    return session.scalars(
        select(RotaChangeRow).where(
            RotaChangeRow.plan_id == plan_id,
            RotaChangeRow.person_id == person_id,
            RotaChangeRow.day >= since,
            RotaChangeRow.state == ChangeState.STANDS,
        )
    ).all()
