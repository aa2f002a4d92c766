"""Study plans, whose turn comes in which order, and what was changed in the rota that follows."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import time

from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from quizapp.core.rota import Change
from quizapp.core.rota import ChangeKind
from quizapp.core.rota import ChangeState
from quizapp.core.rota import Entry
from quizapp.core.rota import Extra
from quizapp.core.rota import HolidayPolicy
from quizapp.core.rota import Plan
from quizapp.core.rota import Skip
from quizapp.core.rota import Substitute
from quizapp.core.rota import Swap
from quizapp.core.rota import Turn
from quizapp.core.sitting import Mode
from quizapp.db.base import Addressable
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow


class PlanRow(Addressable, Base):
    """A study that comes again and again: every week on a fixed afternoon."""

    __tablename__ = "study_plan"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_of_a_week"),
        CheckConstraint("every_weeks > 0", name="comes_again"),
        CheckConstraint("minutes > 0 AND quiz_minutes > 0 AND quiz_after_minutes >= 0", name="takes_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    #: The part of the organisation that takes part: this section and all below it.
    scope_section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    #: Monday is 0.
    weekday: Mapped[int]
    every_weeks: Mapped[int] = mapped_column(default=1)
    #: In the office's zone.
    starts_at: Mapped[time]
    #: How long the whole study takes.
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(100), default="")
    starts_on: Mapped[date]
    #: The last day it may be held; None has no end.
    ends_on: Mapped[date | None]
    holidays: Mapped[HolidayPolicy] = mapped_column(words(HolidayPolicy), default=HolidayPolicy.SKIP)
    #: So many weeks before its day a sitting can be prepared and stands in everybody's calendar.
    weeks_ahead: Mapped[int] = mapped_column(default=4)
    #: Days before the study day by which the topic must be chosen, and the paper drawn; before a day of rest, by the
    #: last day that is worked.
    topic_due_days: Mapped[int]
    paper_due_days: Mapped[int]
    #: Days after the study day by which it must be made up for.
    make_up_days: Mapped[int] = mapped_column(default=7)
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.TOGETHER)
    #: The quiz begins so many minutes after the study, and takes so many.
    quiz_after_minutes: Mapped[int] = mapped_column(default=60)
    quiz_minutes: Mapped[int] = mapped_column(default=20)
    pass_percent: Mapped[int] = mapped_column(default=60)
    #: No longer held; what was stays.
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    scope: Mapped[SectionRow] = relationship(lazy="raise")
    hosts: Mapped[list["PlanSectionRow"]] = relationship(lazy="raise", order_by="PlanSectionRow.id")
    leaders: Mapped[list["PlanLeaderRow"]] = relationship(lazy="raise", order_by="PlanLeaderRow.id")

    def plan(self) -> Plan:
        """What the rota needs to know, of a plan loaded with hosts and leaders."""
        return Plan(
            weekday=self.weekday,
            starts_on=self.starts_on,
            hosts=tuple(Entry(row.section_id, row.position, row.since, row.until) for row in self.hosts),
            leaders=tuple(Entry(row.person_id, row.position, row.since, row.until) for row in self.leaders),
            every_weeks=self.every_weeks,
            ends_on=self.ends_on,
            holidays=self.holidays,
        )


class PlanSectionRow(Base):
    """A section that takes its turn to host from `since` on, until it left the rota; never deleted."""

    __tablename__ = "study_plan_section"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("study_plan.id"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    position: Mapped[int]
    since: Mapped[date]
    #: The first day on which it no longer takes turns.
    until: Mapped[date | None]

    section: Mapped[SectionRow] = relationship(lazy="raise")


class PlanLeaderRow(Base):
    """Somebody who takes their turn to lead from `since` on, until they left the rota; never deleted."""

    __tablename__ = "study_plan_leader"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("study_plan.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int]
    since: Mapped[date]
    until: Mapped[date | None]

    person: Mapped[PersonRow] = relationship(lazy="raise")


class RotaChangeRow(Addressable, Base):
    """One change of a plan's rota, with who made it and why; never deleted."""

    __tablename__ = "rota_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("study_plan.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(words(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(words(ChangeState), default=ChangeState.STANDS)
    #: The plan's own day that is skipped or led by another, the day of the extra study; of a swap, for reading only.
    day: Mapped[date]
    #: Of a swap: the n-th turn (from 1) of this section, against the n-th turn of the other. Of an extra one: its host.
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    turn: Mapped[int | None]
    other_section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    other_turn: Mapped[int | None]
    other_day: Mapped[date | None]
    #: Who leads instead; of an extra study, who leads.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    def change(self) -> Change:
        """The change as the rota knows it."""
        if self.kind is ChangeKind.SKIP:
            return Skip(self.day, self.reason)
        if self.kind is ChangeKind.EXTRA:
            return Extra(self.day, self.section_id or 0, self.person_id, self.reason)
        if self.kind is ChangeKind.SUBSTITUTE:
            return Substitute(self.day, self.person_id or 0)
        return Swap(Turn(self.section_id or 0, self.turn or 0), Turn(self.other_section_id or 0, self.other_turn or 0))


def _whole() -> tuple[ExecutableOption, ...]:
    """What a plan is read with: its scope, and everybody who took or takes turns."""
    return (
        selectinload(PlanRow.scope),
        selectinload(PlanRow.hosts).selectinload(PlanSectionRow.section),
        selectinload(PlanRow.leaders).selectinload(PlanLeaderRow.person),
    )


def all_plans(session: Session) -> Sequence[PlanRow]:
    """Plans with scope, hosts and leaders: those still held first, then in the order they were made."""
    return session.scalars(
        select(PlanRow).options(*_whole()).order_by(PlanRow.retired_at.is_not(None), PlanRow.id)
    ).all()


def held_plans(session: Session, *, lock: bool = False) -> Sequence[PlanRow]:
    """The plans that are not retired, with scope, hosts and leaders; with `lock` their rotas change nowhere else."""
    statement = select(PlanRow).where(PlanRow.retired_at.is_(None)).options(*_whole()).order_by(PlanRow.id)
    return session.scalars(statement.with_for_update(of=PlanRow) if lock else statement).all()


def plan_by_public_id(session: Session, public_id: str, *, lock: bool = False) -> PlanRow:
    """The plan with scope, hosts and leaders."""
    return addressed(session, PlanRow, public_id, *_whole(), lock=lock)


def public_id_of(session: Session, plan_id: int) -> str:
    """How a plan is addressed; the plan itself is not loaded, so that whoever locks it reads it as it is then."""
    return session.scalars(select(PlanRow.public_id).where(PlanRow.id == plan_id)).one()


def changes(session: Session, plan_id: int) -> Sequence[RotaChangeRow]:
    """All changes of a plan's rota, in the order they came to stand: a swap when the other side agreed."""
    rows = session.scalars(select(RotaChangeRow).where(RotaChangeRow.plan_id == plan_id)).all()
    return sorted(rows, key=lambda row: (row.decided_at or row.made_at, row.id))


def standing_changes(session: Session, plan_id: int) -> list[Change]:
    """The changes that stand, as the rota knows them."""
    return [row.change() for row in changes(session, plan_id) if row.state is ChangeState.STANDS]


def change_by_public_id(session: Session, public_id: str) -> RotaChangeRow:
    return addressed(session, RotaChangeRow, public_id)
