"""The room of a sitting: what its big screen shows, and what its leader sees of who came."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import ForeignKey
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column

from quizapp.core.errors import NotFound
from quizapp.core.room import Screen
from quizapp.core.room import Stand
from quizapp.core.room import Step
from quizapp.core.sitting import SittingKind
from quizapp.db.attempts import INSERT
from quizapp.db.attempts import AttemptRow
from quizapp.db.attendance import AttendanceRow
from quizapp.db.attendance import CodeTryRow
from quizapp.db.base import Base
from quizapp.db.base import addressed
from quizapp.db.base import words
from quizapp.db.people import PersonRow
from quizapp.db.sittings import SittingRow


class RoomRow(Base):
    """Where the leader has brought the room; there is none until somebody presses a button of the console."""

    __tablename__ = "room"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True, autoincrement=False)
    screen: Mapped[Screen] = mapped_column(words(Screen), default=Screen.SIGN_IN)
    #: The question on the screen, by its position on the paper; None while none was chosen.
    position: Mapped[int | None]
    step: Mapped[Step] = mapped_column(words(Step), default=Step.READ)
    #: The figures as they stood when the leader froze them; None while they move.
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: Grows with every change: boards and phones draw anew when it does.
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    @property
    def stand(self) -> Stand | None:
        """Where the leader is with the questions; None while none was chosen."""
        return None if self.position is None else Stand(self.position, self.step)


def room_of(session: Session, sitting_id: int) -> RoomRow | None:
    return session.get(RoomRow, sitting_id)


def room_to_change(session: Session, sitting_id: int, person_id: int, now: datetime) -> RoomRow:
    """The room, made where it is the first press, and other writers kept off it."""
    values = {
        "sitting_id": sitting_id,
        "screen": Screen.SIGN_IN,
        "step": Step.READ,
        "version": 1,
        "changed_at": now,
        "changed_by_id": person_id,
    }
    insert = INSERT[session.get_bind().dialect.name](RoomRow).values(**values)
    session.execute(insert.on_conflict_do_nothing())
    return session.scalars(select(RoomRow).where(RoomRow.sitting_id == sitting_id).with_for_update()).one()


def sitting_of_room(session: Session, public_id: str) -> SittingRow:
    """The sitting with its meeting: for boards and phones, which ask often."""
    row = addressed(session, SittingRow, public_id, joinedload(SittingRow.meeting))
    if row.kind is SittingKind.MOCK:
        raise NotFound("sitting", public_id)
    return row


def move_deadlines(session: Session, sitting_id: int, by: timedelta, now: datetime) -> None:
    """Give everybody whose paper is open, and whose bell is ahead, so much more time."""
    running = select(AttemptRow.id, AttemptRow.deadline).where(
        AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_(None), AttemptRow.deadline > now
    )
    moved = [{"id": id_, "deadline": until + by} for id_, until in session.execute(running) if until]
    if moved:
        session.execute(update(AttemptRow), moved)


def ring_now(session: Session, sitting_id: int, now: datetime) -> None:
    """Let the bell of everybody whose paper is open ring now."""
    session.execute(
        update(AttemptRow)
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.closed_at.is_(None), AttemptRow.deadline > now)
        .values(deadline=now)
    )


@dataclass(frozen=True)
class Expected:
    """Somebody who was dealt a sitting."""

    person_id: int
    public_id: str
    name: str
    #: Their section when it was dealt, or when they began.
    section_id: int


def expected(session: Session, sitting_id: int, section_ids: Collection[int]) -> Sequence[Expected]:
    """Everybody of these sections who is expected, by staff number."""
    rows = session.execute(
        select(PersonRow.id, PersonRow.public_id, PersonRow.name, AttemptRow.section_id)
        .join(AttemptRow, AttemptRow.person_id == PersonRow.id)
        .where(AttemptRow.sitting_id == sitting_id, AttemptRow.section_id.in_(section_ids))
        .order_by(PersonRow.staff_number)
    )
    return [Expected(*row) for row in rows]


def shared_devices(session: Session, sitting_id: int, section_ids: Collection[int]) -> Sequence[Sequence[str]]:
    """The names of those who signed in on one device, in the order in which they did; a list for each such device.

    Devices on which anybody of another section signed are left out.
    """
    rows = session.execute(
        select(AttendanceRow.device, PersonRow.name, AttemptRow.section_id)
        .join(PersonRow, PersonRow.id == AttendanceRow.person_id)
        .join(AttemptRow, and_(AttemptRow.person_id == PersonRow.id, AttemptRow.sitting_id == sitting_id))
        .where(AttendanceRow.sitting_id == sitting_id, AttendanceRow.device.in_(_used_by_several(sitting_id)))
        .order_by(AttendanceRow.at, AttendanceRow.person_id)
    )
    signed: dict[str, list[tuple[str, int]]] = {}
    for device, name, section_id in rows:
        signed.setdefault(device, []).append((name, section_id))
    known = set(section_ids)
    return [[name for name, _ in people] for people in signed.values() if {at for _, at in people} <= known]


def _used_by_several(sitting_id: int) -> Select[str]:
    return (
        select(AttendanceRow.device)
        .where(AttendanceRow.sitting_id == sitting_id, AttendanceRow.device != "")
        .group_by(AttendanceRow.device)
        .having(func.count() > 1)
    )


def wrong_codes(session: Session, sitting_id: int, person_id: int) -> CodeTryRow | None:
    return session.get(CodeTryRow, (sitting_id, person_id), populate_existing=True)


def count_wrong_code(session: Session, sitting_id: int, person_id: int, now: datetime, kept: timedelta) -> int:
    """Count a wrong code; how many there have been since the last pause of at least `kept`.

    One statement, so that workers who count at the same moment count both.
    """
    insert = INSERT[session.get_bind().dialect.name](CodeTryRow).values(
        sitting_id=sitting_id, person_id=person_id, times=1, last_at=now
    )
    # A last try that is still ahead was made before the clock was set back.
    forgotten = or_(CodeTryRow.last_at <= now - kept, CodeTryRow.last_at > now)
    counted = insert.on_conflict_do_update(
        index_elements=[CodeTryRow.sitting_id, CodeTryRow.person_id],
        set_={"times": case((forgotten, 1), else_=CodeTryRow.times + 1), "last_at": insert.excluded.last_at},
    )
    return int(session.execute(counted.returning(CodeTryRow.times)).scalar_one())
