"""The roster: sections, people, roles, oversight, passwords set for others."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import selectinload

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.roles import EXCLUSIVE_ROLES
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.db import people
from quizapp.db.attempts import AttemptRow
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRoleRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.people import SignInFailureRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import audit
from quizapp.services import plans

#: A password set by someone else stops working after this.
INITIAL_PASSWORD_LIFE = timedelta(hours=72)
#: The roster's page lists at most this many people; a larger office searches or opens a section.
LISTED_AT_ONCE = 300


@dataclass(frozen=True)
class PersonFacts:
    """What the roster says of a person."""

    staff_number: str
    name: str
    post: str
    section_id: int
    roles: frozenset[Role] = frozenset()
    oversees: frozenset[int] = frozenset()
    active: bool = True

    @property
    def rights(self) -> tuple[frozenset[Role], frozenset[int]]:
        """What this person may do beyond what everybody may."""
        return self.roles - {Role.STAFF}, self.oversees


@dataclass(frozen=True)
class Branch:
    """A section in the organisation tree. `people` are those listed; `count` is how many active people it has."""

    section: SectionRow
    depth: int
    count: int
    people: tuple[PersonRow, ...]


@dataclass(frozen=True)
class Directory:
    """The organisation tree. `listed` tells whether people are listed or the office is too large for that."""

    branches: tuple[Branch, ...]
    total: int
    listed: bool
    #: More people fit the search than are listed.
    cut: bool
    section_names: Mapping[int, str]


def directory(
    session: Session, actor: Actor, words: str = "", section_public_id: str = "", *, most: int | None = None
) -> Directory:
    """The tree with its people, those whose name or number holds `words`, or those of one section.

    A large office lists people only where a search or a section narrows them down; `most` asks for more than a page's.
    """
    require(actor, Action.PEOPLE_MANAGE, Subject("person"))
    most = LISTED_AT_ONCE if most is None else most
    tree = in_tree_order(people.open_sections(session))
    counts = _active_by_section(session)
    narrowed = bool(words or section_public_id)
    listed = narrowed or sum(counts.values()) <= most
    found = _matching(session, words, section_public_id, most) if listed else []
    by_section: dict[int, list[PersonRow]] = {}
    for person in found[:most]:
        by_section.setdefault(person.section_id, []).append(person)
    branches = (Branch(row, depth, counts.get(row.id, 0), tuple(by_section.get(row.id, ()))) for row, depth in tree)
    return Directory(
        branches=tuple(branch for branch in branches if branch.people or not narrowed),
        total=len(found[:most]) if listed else sum(counts.values()),
        listed=listed,
        cut=len(found) > most,
        section_names={row.id: row.name for row, _ in tree},
    )


def _active_by_section(session: Session) -> dict[int, int]:
    counted = select(PersonRow.section_id, func.count().label("people")).where(PersonRow.active)
    return {row.section_id: row.people for row in session.execute(counted.group_by(PersonRow.section_id))}


def _matching(session: Session, words: str, section_public_id: str, most: int) -> Sequence[PersonRow]:
    """People by staff number, one more than are listed; % and _ in a search are only what they are."""
    statement = select(PersonRow).order_by(PersonRow.staff_number).limit(most + 1)
    if words:
        fits_name = PersonRow.name.icontains(words, autoescape=True)
        statement = statement.where(or_(fits_name, PersonRow.staff_number.icontains(words, autoescape=True)))
    if section_public_id:
        section = people.section_by_public_id(session, section_public_id)
        statement = statement.where(PersonRow.section_id == section.id)
    options = (selectinload(PersonRow.roles), selectinload(PersonRow.oversights))
    return session.scalars(statement.options(*options)).all()


def in_tree_order(rows: Sequence[SectionRow]) -> list[tuple[SectionRow, int]]:
    """Sections as the organisation tree reads, each with its depth; `rows` come in the office's order of siblings."""
    below: dict[int | None, list[SectionRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)

    def walk(parent_id: int | None, depth: int) -> Iterator[tuple[SectionRow, int]]:
        for row in below.get(parent_id, ()):
            yield row, depth
            yield from walk(row.id, depth + 1)

    return list(walk(None, 0))


def section_tree(session: Session, actor: Actor) -> list[tuple[SectionRow, int]]:
    """The sections to choose from, each with its depth."""
    require(actor, Action.PEOPLE_MANAGE, Subject("section"))
    return in_tree_order(people.open_sections(session))


def section(session: Session, actor: Actor, public_id: str) -> SectionRow:
    """One section for the roster's page."""
    require(actor, Action.PEOPLE_MANAGE, Subject("section", public_id))
    return people.section_by_public_id(session, public_id)


def add_section(session: Session, actor: Actor, name: str, parent_id: int | None, *, now: datetime) -> SectionRow:
    require(actor, Action.PEOPLE_MANAGE, Subject("section"))
    name = _section_name(session, name, parent_id)
    siblings = session.scalars(select(SectionRow).where(SectionRow.parent_id == parent_id)).all()
    row = SectionRow(name=name, parent_id=parent_id, position=max((s.position for s in siblings), default=0) + 1)
    session.add(row)
    session.flush()
    audit.record(session, actor, "section:added", name, now)
    return row


def rename_section(session: Session, actor: Actor, section: SectionRow, name: str, *, now: datetime) -> None:
    """Give a section another name; reports of the past show it under the new one."""
    require(actor, Action.PEOPLE_MANAGE, Subject("section", section.public_id))
    name = _section_name(session, name, section.parent_id, but=section.id)
    if name != section.name:
        audit.record(session, actor, "section:renamed", name, now, before=section.name)
        section.name = name


def _section_name(session: Session, name: str, parent_id: int | None, *, but: int | None = None) -> str:
    """The name as it is stored, unless it is empty or a section beside it has the same."""
    name = name.strip()
    if not name:
        raise BadInput("", [Problem("名称", "请填写科室名称")])
    same = select(SectionRow).where(SectionRow.parent_id == parent_id, SectionRow.name == name)
    for row in session.scalars(same):
        if row.id != but:
            taken = f"同一上级之下已有名为“{name}”的科室"
            merged = f"“{name}”已并入其他科室，以往的记录仍用这个名称，请换一个名称"
            raise BadInput("", [Problem("名称", merged if row.closed_at else taken)])
    return name


def add_person(
    session: Session, actor: Actor, facts: PersonFacts, password_hash: str, *, now: datetime, must_change: bool = True
) -> PersonRow:
    """Add a person whose password someone else has set; sittings still to close are dealt to them."""
    require(actor, Action.PEOPLE_MANAGE, Subject("person"))
    if people.person_by_number(session, facts.staff_number) is not None:
        raise BadInput("", [Problem("工号", f"工号 {facts.staff_number} 已有人使用")])
    _check(facts)
    person = PersonRow(
        staff_number=facts.staff_number,
        name=facts.name,
        post=facts.post,
        section_id=facts.section_id,
        password_hash=password_hash,
        must_change_password=must_change,
        initial_password_expires_at=now + INITIAL_PASSWORD_LIFE if must_change else None,
        created_at=now,
        roles=[PersonRoleRow(role=role) for role in sorted(facts.roles)],
        oversights=[OversightRow(section_id=i) for i in sorted(facts.oversees)],
    )
    session.add(person)
    session.flush()
    attempts.deal_open_sittings(session, person, now)
    audit.record(session, actor, "person:added", facts.staff_number, now, **_told(facts))
    return person


def change_person(session: Session, actor: Actor, person_id: int, facts: PersonFacts, *, now: datetime) -> PersonRow:
    """Change what the roster says, but for the staff number, which stays.

    Sign-in sessions end when rights change; scores already earned stay where they were earned.
    """
    require(actor, Action.PEOPLE_MANAGE, Subject("person", person_id))
    person = _with_rights(session, person_id)
    _check(facts)
    before = facts_of(person)
    _keep_own_rights(actor, before, facts, person_id)
    _keep_an_admin(session, before, facts)
    person.name, person.post = facts.name, facts.post
    if facts.section_id != person.section_id:
        transfer(session, person, facts.section_id, now)
    if facts.active != before.active:
        _set_active(session, person, facts.active, now)
    if before.rights != facts.rights:
        person.roles = [PersonRoleRow(role=role) for role in sorted(facts.roles)]
        person.oversights = [OversightRow(section_id=i) for i in sorted(facts.oversees)]
    if before.rights != facts.rights or not facts.active:
        people.end_sessions(session, person_id)
    audit.record(session, actor, "person:changed", person.staff_number, now, before=_told(before), after=_told(facts))
    return person


def transfer(session: Session, person: PersonRow, section_id: int, now: datetime) -> None:
    """Move a person; papers dealt but not started, in sittings still to close, move along. What the new section takes
    part in and the old one does not is dealt now."""
    person.section_id = section_id
    session.execute(update(AttemptRow).where(*_waiting_papers(person, now)).values(section_id=section_id))
    if person.active:
        attempts.deal_open_sittings(session, person, now)


def _set_active(session: Session, person: PersonRow, active: bool, now: datetime) -> None:
    """Who leaves is no longer expected to answer; who comes back is dealt what is still to close."""
    person.active = active
    if not active:
        session.execute(delete(AttemptRow).where(*_waiting_papers(person, now)))
        plans.leave_rota(session, person.id, now=now)
    else:
        attempts.deal_open_sittings(session, person, now)


def _waiting_papers(person: PersonRow, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Papers dealt but not started, in sittings still to close."""
    still_to_close = select(SittingRow.id).where(SittingRow.closes_at > now)
    return (
        AttemptRow.person_id == person.id,
        AttemptRow.sitting_id.in_(still_to_close),
        AttemptRow.started_at.is_(None),
    )


def reset_password(session: Session, actor: Actor, person_id: int, password_hash: str, *, now: datetime) -> PersonRow:
    """Set a one-time password that must be changed: sessions end, and so does a lock after wrong passwords."""
    require(actor, Action.PEOPLE_MANAGE, Subject("person", person_id))
    if actor.person_id == person_id:
        raise BadInput("", [Problem("密码", "本人的密码请在“账号”页面修改")])
    person = session.get_one(PersonRow, person_id)
    person.password_hash = password_hash
    person.must_change_password = True
    person.initial_password_expires_at = now + INITIAL_PASSWORD_LIFE
    people.end_sessions(session, person_id)
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.staff_number == person.staff_number))
    audit.record(session, actor, "password:reset", person.staff_number, now)
    return person


def facts_of(person: PersonRow) -> PersonFacts:
    """What the roster says of a person loaded with roles and oversight."""
    return PersonFacts(
        person.staff_number,
        person.name,
        person.post,
        person.section_id,
        frozenset(row.role for row in person.roles),
        frozenset(row.section_id for row in person.oversights),
        person.active,
    )


def person_with_rights(session: Session, actor: Actor, public_id: str) -> PersonRow:
    """One person for the roster's page."""
    require(actor, Action.PEOPLE_MANAGE, Subject("person", public_id))
    return _with_rights(session, people.person_by_public_id(session, public_id).id)


def _with_rights(session: Session, person_id: int) -> PersonRow:
    """The person with roles and oversight, also where this session met the row before without them."""
    options = (selectinload(PersonRow.roles), selectinload(PersonRow.oversights))
    return session.scalars(select(PersonRow).where(PersonRow.id == person_id).options(*options)).one()


def _check(facts: PersonFacts) -> None:
    problems = [
        Problem(place, f"请填写{place}")
        for place, text in (("工号", facts.staff_number), ("姓名", facts.name))
        if not text.strip()
    ]
    if len(EXCLUSIVE_ROLES & facts.roles) > 1:
        problems.append(Problem("角色", "管理员与审计员不能由同一人担任"))
    if problems:
        raise BadInput("", problems)


def _keep_own_rights(actor: Actor, before: PersonFacts, after: PersonFacts, person_id: int) -> None:
    """Nobody changes what they themselves may do."""
    if actor.person_id == person_id and (before.rights != after.rights or not after.active):
        raise BadInput("", [Problem("角色", "不能修改本人的角色和分管，也不能停用本人，请由另一位管理员操作")])


def _keep_an_admin(session: Session, before: PersonFacts, after: PersonFacts) -> None:
    """The last administrator stays."""
    loses = Role.ADMIN in before.roles and before.active and not (Role.ADMIN in after.roles and after.active)
    if loses and people.active_holders(session, Role.ADMIN, lock=True) <= 1:
        raise BadInput("", [Problem("角色", "这是最后一位管理员，不能停用或取消")])


def _told(facts: PersonFacts) -> dict[str, object]:
    """The facts as the audit trail keeps them."""
    return {
        "name": facts.name,
        "post": facts.post,
        "section": facts.section_id,
        "roles": sorted(facts.roles),
        "oversees": sorted(facts.oversees),
        "active": facts.active,
    }
