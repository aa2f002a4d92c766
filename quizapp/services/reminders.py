"""Reminders: made from what is due, sent by the courier, and shown on the site to whom they concern."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import tzinfo
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.errors import Problem
from quizapp.core.labels import label
from quizapp.core.reminders import LONGEST_BODY
from quizapp.core.reminders import LONGEST_ERROR
from quizapp.core.reminders import LONGEST_TITLE
from quizapp.core.reminders import MAKE_UP_DAYS
from quizapp.core.reminders import Channel
from quizapp.core.reminders import ReminderKind
from quizapp.core.reminders import ReminderState
from quizapp.core.reminders import is_email
from quizapp.core.reminders import next_try
from quizapp.core.reminders import once
from quizapp.core.reminders import one_line
from quizapp.core.reminders import remind_at
from quizapp.core.reminders import said_day
from quizapp.core.reminders import said_time
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.rota import Stage
from quizapp.core.sitting import SittingKind
from quizapp.core.states import SittingMove
from quizapp.core.states import SittingPhase
from quizapp.db import people
from quizapp.db import reminders
from quizapp.db import sittings
from quizapp.db.attendance import MakeUpRow
from quizapp.db.base import addressed
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.plans import RotaChangeRow
from quizapp.db.reminders import ReminderRow
from quizapp.db.sittings import SittingRow
from quizapp.services import audit
from quizapp.services import rota
from quizapp.services.rota import Due

#: Whoever is sending has so long before another worker takes the message for unsent.
LEASE = timedelta(minutes=10)
#: What was to be sent longer ago helps nobody any more.
STALE = timedelta(days=1)
TOO_LATE = "一天之内没有送达，不再自动发送"
SHOWN_AT_ONCE = 100
STAGES = {
    Stage.TOPIC: ReminderKind.TOPIC_DUE,
    Stage.PAPER: ReminderKind.PAPER_DUE,
    Stage.APPROVAL: ReminderKind.APPROVAL_DUE,
}


@dataclass(frozen=True)
class Telling:
    """Something to tell some people, and the office's groups where it points at nobody."""

    kind: ReminderKind
    #: What makes it different from others of its kind; each person is told once.
    subject: str
    people: frozenset[int]
    title: str
    body: str
    to_groups: bool = False
    sitting_id: int | None = None


@dataclass(frozen=True)
class Letter:
    """One message as it is sent; `address` is empty for a group."""

    id: int
    title: str
    body: str
    address: str


@dataclass(frozen=True)
class ChannelState:
    """How a channel has been doing."""

    channel: Channel
    sent_at: datetime | None
    waiting: int
    failed: int
    #: What last went wrong, unless something was sent since.
    error: str


# Making


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add what was missing, unless another worker did meanwhile; how many were added."""
    return reminders.keep(session, rows)


def missing(
    session: Session, *, now: datetime, zone: tzinfo, at_hour: int, channels: Sequence[Channel]
) -> list[Mapping[str, Any]]:
    """What is due today and was not made yet; only reads, and finds nothing before the hour."""
    local = now.astimezone(zone)
    if local.hour < at_hour or not channels:
        return []
    found = [*_to_take(session, now, zone, at_hour), *_make_ups(session, now, zone), *_swaps(session)]
    found += _duties(session, local.date())
    concerned = {person_id for telling in found for person_id in telling.people}
    reachable = reminders.with_address(session, concerned)
    wanted = [row for telling in found for row in _rows(telling, reachable, local.date(), now, channels)]
    held = reminders.made_already(session, [row["once"] for row in wanted])
    return [row for row in wanted if row["once"] not in held]


def _rows(
    telling: Telling, reachable: frozenset[int], day: date, now: datetime, channels: Sequence[Channel]
) -> Iterator[Mapping[str, Any]]:
    """A row for each message that tells it: to each person with an address, and once to each group."""
    facts = {
        "kind": telling.kind,
        "sitting_id": telling.sitting_id,
        "day": day,
        "title": one_line(telling.title, LONGEST_TITLE),
        "body": telling.body[:LONGEST_BODY],
        "next_try_at": now,
        "made_at": now,
    }
    for channel in channels:
        to: Sequence[int | None] = [None] if telling.to_groups else []
        if channel.personal:
            to = sorted(telling.people & reachable)
        for person_id in to:
            name = once(telling.kind, telling.subject, channel, person_id)
            yield facts | {"channel": channel.number, "person_id": person_id, "once": name}


def _to_take(session: Session, now: datetime, zone: tzinfo, at_hour: int) -> Iterator[Telling]:
    """Who has not begun a sitting that closes soon: everybody is told once of each sitting, and once a day at most."""
    due = [row for row in reminders.open_sittings(session, now) if _is_time(row, now, zone, at_hour)]
    if not due:
        return
    day = now.astimezone(zone).date()
    told = reminders.told_to_take(session, day)
    for row in due:
        words = f"{row.topic}，{said_time(row.closes_at, zone)} 截止"
        people = reminders.not_started(session, row.id) - told
        told |= people
        yield Telling(
            ReminderKind.TAKE,
            f"{day}",
            people,
            f"学测未作答：{row.topic}",
            f"您还没有作答：{words}。",
            sitting_id=row.id,
        )
        if reminders.anybody_not_started(session, row.id):
            title, body = f"学测即将截止：{row.topic}", f"{words}，尚未作答的同志请按时作答。"
            yield Telling(ReminderKind.TAKE, f"s{row.id}", frozenset(), title, body, to_groups=True, sitting_id=row.id)


def _is_time(row: SittingRow, now: datetime, zone: tzinfo, at_hour: int) -> bool:
    at = remind_at(row.opens_at, row.closes_at, zone, at_hour)
    return at is not None and at <= now


def _make_ups(session: Session, now: datetime, zone: tzinfo) -> Iterator[Telling]:
    """Make-ups that are due today or in two days."""
    today = now.astimezone(zone).date()
    for row in reminders.make_ups_due(session, now, now + timedelta(days=max(MAKE_UP_DAYS) + 1)):
        if (row.due.astimezone(zone).date() - today).days in MAKE_UP_DAYS:
            yield _make_up(row, f"{row.id}-{today}", zone)


def _make_up(row: MakeUpRow, subject: str, zone: tzinfo) -> Telling:
    body = f"请在 {said_time(row.due, zone)} 前完成补学：先学习讲话，再完成测验。"
    title = f"补学待完成：{row.sitting.topic}"
    return Telling(ReminderKind.MAKE_UP_DUE, subject, frozenset({row.person_id}), title, body)


def _swaps(session: Session) -> Iterator[Telling]:
    """Swaps that wait for the other section's word."""
    for row in reminders.swaps_asked(session):
        if row.section_id is not None and row.other_section_id is not None:
            yield _swap(session, row, row.section_id, row.other_section_id)


def _swap(session: Session, row: RotaChangeRow, asking_id: int, asked_id: int) -> Telling:
    asking, asked = _section(session, asking_id), _section(session, asked_id)
    people = reminders.nearest_overseers(session, asked_id)
    body = f"{asking}想与{asked}对调轮值（{said_day(row.day)}）：{row.reason}。请到轮值表答复。"
    return Telling(ReminderKind.SWAP_ASKED, f"{row.id}", people, f"{asking}申请对调轮值", body)


def _duties(session: Session, today: date) -> Iterator[Telling]:
    """What hosts and leaders still have to prepare: the day before it is due, and once more when it is late."""
    for due in rota.due(session, today):
        kind = STAGES.get(due.stage)
        if kind is not None and (due.late or due.due_on - today == timedelta(days=1)):
            yield _duty(session, due, kind)


def _duty(session: Session, due: Due, kind: ReminderKind) -> Telling:
    host = _section(session, due.host_section_id)
    is_approval = kind is ReminderKind.APPROVAL_DUE
    people = {due.leader_id} if is_approval else reminders.nearest_overseers(session, due.host_section_id)
    until = f"{label(kind)}：{said_day(due.due_on)}"
    late = "，已经逾期，请尽快办理" if due.late else ""
    return Telling(
        kind,
        f"{due.plan.id}-{due.duty.planned_on}-{'late' if due.late else 'before'}",
        frozenset(person for person in people if person is not None),
        f"{until}（{host}）",
        f"{said_day(due.duty.day)}的集中学习由{host}主持。{until}{late}。",
        to_groups=not is_approval,
    )


def _section(session: Session, section_id: int) -> str:
    row = session.get(SectionRow, section_id)
    return row.name if row else ""


# At a tap


@dataclass(frozen=True)
class Reminded:
    """What became of reminding a section: how many people are written to now, were today already, cannot be."""

    now: int
    before: int
    without_address: int


def remind_section(
    session: Session,
    actor: Actor,
    sitting_public_id: str,
    section_public_id: str,
    *,
    channels: Sequence[Channel],
    now: datetime,
    zone: tzinfo,
) -> Reminded:
    """Write to everybody of a section who has not begun an open sitting; nobody is told twice on one day.

    The office's groups are told nothing: what they show would point at people.

    :raise NotNow: if the sitting is not open
    """
    section = people.section_by_public_id(session, section_public_id)
    require(actor, Action.REMINDER_SEND, Subject("section", section_public_id, section_id=section.id))
    sitting = sittings.sitting_alone(session, sitting_public_id)
    if sitting.kind is not SittingKind.WEEKLY or sitting.phase(now) in (SittingPhase.COMPOSING, SittingPhase.PLANNED):
        raise NotFound("sitting", sitting_public_id)
    if sitting.phase(now) is not SittingPhase.OPEN:
        raise NotNow(sitting.phase(now), SittingMove.ANSWER)
    found = reminders.still_to_take(session, sitting.id, section.id)
    reachable = reminders.with_address(session, found) if any(each.personal for each in channels) else frozenset()
    told = reminders.told_to_take(session, now.astimezone(zone).date()) & found
    telling = _asked_to_take(sitting, actor, found - told, now, zone)
    added = reminders.keep(session, list(_rows(telling, reachable, now.astimezone(zone).date(), now, channels)))
    reached = (found - told) & reachable if added else frozenset()
    if reached:
        facts = {"section": section.name, "reminded": len(reached)}
        audit.record(session, actor, "reminder:sent", sitting.public_id, now, **facts)
    return Reminded(len(reached), len(told), len(found - told - reachable))


def _asked_to_take(sitting: SittingRow, actor: Actor, to: frozenset[int], now: datetime, zone: tzinfo) -> Telling:
    # By the day, as what is made by itself: whoever was told of this or another sitting today is left in peace.
    subject, until = f"{now.astimezone(zone).date()}", said_time(sitting.closes_at, zone)
    body = f"您还没有作答：{sitting.topic}，{until} 截止。（{actor.name}提醒）"
    return Telling(ReminderKind.TAKE, subject, to, f"学测未作答：{sitting.topic}", body, sitting_id=sitting.id)


# On the site


def waiting_for(session: Session, actor: Actor, *, now: datetime, zone: tzinfo) -> Sequence[Telling]:
    """What the actor is told of on the first page; open sittings and duties stand there anyway."""
    soon = reminders.make_ups_due(session, now, now + timedelta(days=max(MAKE_UP_DAYS)), actor.person_id)
    found = [_make_up(row, row.public_id, zone) for row in soon]
    if actor.is_overseer:
        found += _swaps(session)
    return [telling for telling in found if actor.person_id in telling.people]


# Sending


def any_to_send(session: Session, channel: Channel, now: datetime) -> bool:
    return reminders.any_due(session, channel.number, now)


def claim(session: Session, channel: Channel, *, now: datetime, limit: int) -> Sequence[Letter]:
    """Take what is to be sent over a channel now: no other worker sends it while the lease lasts."""
    rows = reminders.due(session, channel.number, now, limit)
    for row in rows:
        row.tries += 1
        row.next_try_at = now + LEASE
    return [_letter(row) for row in rows if _reader_is_there(row, now)]


def _reader_is_there(row: ReminderRow, now: datetime) -> bool:
    """Whether the person still has an address and belongs to the office; else nothing is sent."""
    if row.person_id is None or (row.person is not None and row.person.active and row.person.email):
        return True
    row.state, row.tries, row.error = ReminderState.FAILED, 0, "本人已停用或没有填写电子邮箱"
    return False


def _letter(row: ReminderRow) -> Letter:
    return Letter(row.id, row.title, row.body, row.person.email if row.person else "")


def settle(session: Session, reminder_id: int, error: str | None, *, now: datetime) -> None:
    """Note that a message was sent, or why not: it is tried again later, and given up after the last try."""
    row = session.get_one(ReminderRow, reminder_id)
    if error is None:
        row.state, row.sent_at, row.error = ReminderState.SENT, now, ""
        return
    wait = next_try(row.tries)
    row.state = ReminderState.FAILED if wait is None else ReminderState.WAITING
    row.next_try_at = now + (wait or timedelta(0))
    row.error = one_line(error, LONGEST_ERROR)


def put_back(session: Session, reminder_ids: Sequence[int], *, now: datetime) -> None:
    """Give back what was claimed and not tried: the channel does not answer."""
    for reminder_id in reminder_ids:
        row = session.get_one(ReminderRow, reminder_id)
        row.tries, row.next_try_at = row.tries - 1, now


def any_stale(session: Session, now: datetime) -> bool:
    return reminders.any_stale(session, now - STALE)


def give_up_stale(session: Session, *, now: datetime) -> None:
    """Send no news of yesterday."""
    reminders.give_up(session, now - STALE, TOO_LATE, now)


# The page


def channel_states(session: Session, actor: Actor, channels: Sequence[Channel]) -> Sequence[ChannelState]:
    """How each channel has been doing, in the order of the settings."""
    require(actor, Action.REMINDER_READ, Subject("reminders"))
    numbers, sent = reminders.numbers_by_state(session), reminders.last_sent(session)
    return [
        ChannelState(
            channel,
            sent.get(channel.number),
            numbers.get((channel.number, ReminderState.WAITING), 0),
            numbers.get((channel.number, ReminderState.FAILED), 0),
            reminders.last_error(session, channel.number, sent.get(channel.number)),
        )
        for channel in channels
    ]


def failed(session: Session, actor: Actor) -> Sequence[ReminderRow]:
    """The newest of what could not be sent, each with its person."""
    require(actor, Action.REMINDER_READ, Subject("reminders"))
    return reminders.failed(session, SHOWN_AT_ONCE)


def retry(session: Session, actor: Actor, public_id: str, *, now: datetime) -> None:
    """Send a failed reminder again; one that is not failed any more is left alone."""
    require(actor, Action.REMINDER_READ, Subject("reminder", public_id))
    row = addressed(session, ReminderRow, public_id, lock=True)
    if row.state is ReminderState.FAILED:
        _begin_anew(row, now)
        audit.record(session, actor, "reminder:retried", public_id, now)


def retry_all(session: Session, actor: Actor, *, now: datetime) -> int:
    """Send everything again that failed; how much that is."""
    require(actor, Action.REMINDER_READ, Subject("reminders"))
    rows = reminders.all_failed(session)
    for row in rows:
        _begin_anew(row, now)
    if rows:
        audit.record(session, actor, "reminder:retried", "all", now, added=len(rows))
    return len(rows)


def _begin_anew(row: ReminderRow, now: datetime) -> None:
    row.state, row.tries, row.next_try_at, row.error = ReminderState.WAITING, 0, now, ""


# One's own address


def own_email(session: Session, actor: Actor) -> str:
    return session.get_one(PersonRow, actor.person_id).email


def remember_email(session: Session, actor: Actor, email: str, *, now: datetime) -> str:
    """Keep where the actor's reminders go, and say it as it was kept; nothing means nowhere.

    :raise BadInput: if no mail can be sent there
    """
    plain = email.strip()
    if plain and not is_email(plain):
        raise BadInput(
            "", [Problem("电子邮箱", "请填写完整的电子邮箱地址，如 name@example.gov.cn；不需要邮件提醒可留空")]
        )
    row = session.get_one(PersonRow, actor.person_id)
    if row.email != plain:
        row.email = plain
        audit.record(session, actor, "person:changed", row.public_id, now, changed="电子邮箱")
    return plain
