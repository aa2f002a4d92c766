"""What stands in one person's calendar: the studies they attend, lead or prepare, and what they have to make up for."""

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import selectinload

from quizapp.core.errors import NotFound
from quizapp.core.reminders import said_day
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.rota import Stage
from quizapp.core.sitting import SittingKind
from quizapp.db import people
from quizapp.db import plans
from quizapp.db import rota as rota_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import MakeUpRow
from quizapp.db.base import new_public_id
from quizapp.db.people import PersonRow
from quizapp.db.sittings import SittingRow
from quizapp.formats.calendar_feed import Entry
from quizapp.services import audit
from quizapp.services import rota
from quizapp.services.rota import Due

#: What lies further back is of no use in a calendar.
KEPT = timedelta(weeks=26)
#: What is due at each stage.
DUE = {Stage.TOPIC: "选题截止", Stage.PAPER: "组卷截止", Stage.APPROVAL: "审批截止"}


def address(session: Session, actor: Actor) -> str | None:
    """The secret part of the actor's calendar address; None until they ask for one."""
    require(actor, Action.ACCOUNT_OWN, Subject("calendar"))
    return session.get_one(PersonRow, actor.person_id).calendar_token


def renew(session: Session, actor: Actor, *, now: datetime) -> str:
    """Give the actor a new address; the old one leads nowhere from now on."""
    require(actor, Action.ACCOUNT_OWN, Subject("calendar"))
    person = session.get_one(PersonRow, actor.person_id)
    person.calendar_token = new_public_id()
    audit.record(session, actor, "calendar:renewed", person.staff_number, now)
    return person.calendar_token


def feed(session: Session, token: str, *, zone: tzinfo, now: datetime) -> tuple[str, list[Entry]]:
    """Whose calendar an address is, and what stands in it.

    :raise NotFound: for an address that nobody has, or whose person has left
    """
    person = session.scalar(select(PersonRow).where(PersonRow.calendar_token == token, PersonRow.active))
    if person is None:
        raise NotFound("calendar", "")
    found = [*_studies(session, person, now), *_make_ups(session, person, now)]
    return person.name, [*found, *_duties(session, people.actor(session, person.id), zone, now)]


def _studies(session: Session, person: PersonRow, now: datetime) -> Iterator[Entry]:
    """The published sittings that the person was dealt or leads."""
    dealt = select(AttemptRow.sitting_id).where(AttemptRow.person_id == person.id)
    found = session.scalars(
        select(SittingRow)
        .where(
            SittingRow.published_at.is_not(None),
            SittingRow.kind == SittingKind.WEEKLY,
            SittingRow.closes_at > now - KEPT,
            SittingRow.id.in_(dealt) | (SittingRow.leader_id == person.id),
        )
        .options(selectinload(SittingRow.meeting), selectinload(SittingRow.host_section))
        .order_by(SittingRow.opens_at)
    )
    for row in found:
        yield from _study(row, leads=row.leader_id == person.id)


def _study(row: SittingRow, *, leads: bool) -> Sequence[Entry]:
    meeting, host = row.meeting, f"主持科室：{row.host_section.name}"
    quiz = Entry(f"quiz-{row.public_id}", f"学测：{row.topic}", row.opens_at, row.closes_at, meeting.place, host)
    if meeting.begins_at is None:
        return [quiz]
    title = f"{'带学' if leads else '集中学习'}：{row.topic}"
    words = "\n".join(filter(None, (host, meeting.agenda)))
    return [
        Entry(f"study-{row.public_id}", title, meeting.begins_at, meeting.ends_at, meeting.place, words),
        quiz,
    ]


def _make_ups(session: Session, person: PersonRow, now: datetime) -> Iterator[Entry]:
    found = session.scalars(
        select(MakeUpRow)
        .where(MakeUpRow.person_id == person.id, MakeUpRow.due > now - KEPT)
        .options(selectinload(MakeUpRow.sitting))
        .order_by(MakeUpRow.due)
    )
    for row in found:
        yield Entry(f"make-up-{row.public_id}", f"补学截止：{row.sitting.topic}", row.due)


def _duties(session: Session, actor: Actor, zone: tzinfo, now: datetime) -> Iterator[Entry]:
    """The studies to come that are not published yet, and what the sections that the actor oversees do for them."""
    today = now.astimezone(zone).date()
    names = rota_rows.section_names(session)
    for plan in plans.held_plans(session):
        takes_part = actor.section_id in people.with_all_below(session, [plan.scope_section_id])
        found = rota.stages(session, plan, rota.upcoming(session, plan, today, plan.weeks_ahead), today)
        for due in found.values():
            if due.stage is Stage.PUBLISHED:
                continue
            host = names[due.host_section_id]
            if takes_part or due.leader_id == actor.person_id:
                yield _planned(due, host, zone, leads=due.leader_id == actor.person_id)
            if due.host_section_id in actor.overseen:
                title = f"{DUE[due.stage]}：{said_day(due.duty.day)}学习（{host}主持）"
                yield Entry(f"due-{plan.public_id}-{due.duty.planned_on:%Y%m%d}", title, due.due_on)


def _planned(due: Due, host: str, zone: tzinfo, *, leads: bool) -> Entry:
    plan = due.plan
    begins_at = datetime.combine(due.duty.day, plan.starts_at, zone).astimezone(UTC)
    ends_at, place = begins_at + timedelta(minutes=plan.minutes), plan.place
    # Its host or an editor may have given it other hours and another place.
    meeting = due.sitting.meeting if due.sitting else None
    if meeting is not None and meeting.begins_at is not None and meeting.ends_at is not None:
        begins_at, ends_at, place = meeting.begins_at, meeting.ends_at, meeting.place
    title = f"{'带学' if leads else '集中学习'}（暂定）：{plan.name}"
    return Entry(
        f"planned-{plan.public_id}-{due.duty.planned_on:%Y%m%d}",
        title,
        begins_at,
        ends_at,
        place,
        f"主持科室：{host}",
    )
