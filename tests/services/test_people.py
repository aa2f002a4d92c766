"""The roster: who may change it, what a change does, and what nobody can do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import FRIDAY
from conftest import PASSWORD
from conftest import Office
from conftest import Person
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Role
from quizapp.db import people as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.audit import AuditRow
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.people import SignInSessionRow
from quizapp.services import attempts
from quizapp.services import people
from quizapp.services import sign_in
from quizapp.services.people import PersonFacts
from quizapp.services.sign_in import TooManyFailures


def facts_about(session: Session, office: Office, person: Person) -> PersonFacts:
    return people.facts_of(people.person_with_rights(session, office.admin.actor, person.public_id))


def change(session: Session, office: Office, person: Person, **changes: object) -> None:
    facts = replace(facts_about(session, office, person), **changes)
    with writing() as write:
        people.change_person(write, office.admin.actor, person.id, facts, now=FRIDAY)


def open_sitting(office: Office) -> str:
    """The public id of a sitting that opens on Friday."""
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, now=FRIDAY)
        facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=FRIDAY)
        return published_sitting(write, office.editor.actor, facts, now=FRIDAY - timedelta(hours=1)).public_id


def paper_of(session: Session, person: Person) -> AttemptRow | None:
    return session.scalar(select(AttemptRow).where(AttemptRow.person_id == person.id))


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(AuditRow.verb).order_by(AuditRow.id)))


# Who may


@pytest.mark.parametrize("who", ["director", "chief", "staff", "editor", "auditor"])
def test_only_administrators_manage_people(session: Session, office: Office, who: str) -> None:
    actor = getattr(office, who).actor
    facts = PersonFacts("9001", "新人", "", office.finance)
    with pytest.raises(NotAllowed):
        people.directory(session, actor)
    with pytest.raises(NotAllowed), writing() as write:
        people.add_person(write, actor, facts, "x", now=FRIDAY)
    with pytest.raises(NotAllowed), writing() as write:
        people.change_person(write, actor, office.staff.id, facts, now=FRIDAY)
    with pytest.raises(NotAllowed), writing() as write:
        people.reset_password(write, actor, office.staff.id, "x", now=FRIDAY)
    with pytest.raises(NotAllowed), writing() as write:
        people.add_section(write, actor, "新科", None, now=FRIDAY)
    with pytest.raises(NotAllowed), writing() as write:
        people.rename_section(write, actor, write.get_one(SectionRow, office.finance), "新名", now=FRIDAY)


def test_nobody_changes_their_own_roles_or_oversight(session: Session, office: Office) -> None:
    with pytest.raises(BadInput, match="本人"):
        change(session, office, office.admin, roles=frozenset({Role.ADMIN, Role.EDITOR}))
    with pytest.raises(BadInput, match="本人"):
        change(session, office, office.admin, oversees=frozenset({office.finance}))
    with pytest.raises(BadInput, match="本人"):
        change(session, office, office.admin, active=False)
    assert people.facts_of(people.person_with_rights(session, office.admin.actor, office.admin.public_id)).rights == (
        frozenset({Role.ADMIN}),
        frozenset(),
    )


def test_an_administrator_may_still_change_their_own_name(session: Session, office: Office) -> None:
    change(session, office, office.admin, name="白经理")
    assert facts_about(session, office, office.admin).name == "白经理"


@pytest.mark.parametrize("changes", [{"roles": frozenset()}, {"active": False}], ids=["role taken", "disabled"])
def test_the_last_administrator_stays(session: Session, office: Office, changes: dict[str, object]) -> None:
    facts = replace(facts_about(session, office, office.admin), **changes)
    with pytest.raises(BadInput, match="最后一位管理员"), writing() as write:
        people.change_person(write, SYSTEM, office.admin.id, facts, now=FRIDAY)
    assert rows.active_holders(session, Role.ADMIN) == 1


def test_one_of_two_administrators_can_go(session: Session, office: Office) -> None:
    change(session, office, office.stranger, roles=frozenset({Role.ADMIN}))
    second = rows.actor(session, office.stranger.id)
    facts = replace(facts_about(session, office, office.admin), roles=frozenset())
    with writing() as write:
        people.change_person(write, second, office.admin.id, facts, now=FRIDAY)
    assert rows.active_holders(session, Role.ADMIN) == 1


def test_a_disabled_administrator_does_not_count_as_one(session: Session, office: Office) -> None:
    change(session, office, office.stranger, roles=frozenset({Role.ADMIN}), active=False)
    facts = replace(facts_about(session, office, office.admin), roles=frozenset())
    with pytest.raises(BadInput, match="最后一位管理员"), writing() as write:
        people.change_person(write, SYSTEM, office.admin.id, facts, now=FRIDAY)


def test_administrator_and_auditor_are_never_one_person(session: Session, office: Office) -> None:
    both = frozenset({Role.ADMIN, Role.AUDITOR})
    with pytest.raises(BadInput, match="审计员"):
        change(session, office, office.staff, roles=both)
    with pytest.raises(BadInput, match="审计员"), writing() as write:
        people.add_person(write, office.admin.actor, PersonFacts("9", "甲", "", office.root, both), "x", now=FRIDAY)
    assert rows.person_by_number(session, "9") is None


# What a change does


def test_a_staff_number_is_given_once(session: Session, office: Office) -> None:
    with pytest.raises(BadInput, match="1102"), writing() as write:
        people.add_person(write, office.admin.actor, PersonFacts("1102", "重名", "", office.root), "x", now=FRIDAY)


@pytest.mark.parametrize(("number", "name"), [(" ", "甲"), ("9001", "　")], ids=["no number", "no name"])
def test_a_person_needs_a_number_and_a_name(session: Session, office: Office, number: str, name: str) -> None:
    with pytest.raises(BadInput, match="请填写"), writing() as write:
        people.add_person(write, office.admin.actor, PersonFacts(number, name, "", office.root), "x", now=FRIDAY)


def test_a_new_person_is_dealt_the_open_sitting(session: Session, office: Office) -> None:
    open_sitting(office)
    with writing() as write:
        person = people.add_person(
            write, office.admin.actor, PersonFacts("9001", "新人", "", office.finance), "x", now=FRIDAY
        )
        assert write.scalar(select(AttemptRow.section_id).where(AttemptRow.person_id == person.id)) == office.finance


def test_a_first_password_stops_working_after_72_hours(session: Session, office: Office) -> None:
    with writing() as write:
        added = people.add_person(
            write, office.admin.actor, PersonFacts("9001", "新人", "", office.root), "hash", now=FRIDAY
        )
        added_id = added.id
    just_before, then = FRIDAY + timedelta(hours=72, seconds=-1), FRIDAY + timedelta(hours=72)
    assert sign_in.credentials(session, "9001", "::1", just_before).person_id == added_id
    assert sign_in.credentials(session, "9001", "::1", then).person_id is None


def test_a_transfer_takes_an_unstarted_paper_along(session: Session, office: Office) -> None:
    open_sitting(office)
    change(session, office, office.staff, section_id=office.finance)
    assert paper_of(session, office.staff).section_id == office.finance


def test_a_transfer_leaves_a_started_paper_where_it_was_started(session: Session, office: Office) -> None:
    sitting = open_sitting(office)
    with writing() as write:
        attempts.start(write, office.staff.actor, sitting, now=FRIDAY)
    change(session, office, office.staff, section_id=office.finance)
    assert paper_of(session, office.staff).section_id == office.secretariat


def test_a_transfer_leaves_a_paper_of_a_past_sitting_alone(session: Session, office: Office) -> None:
    open_sitting(office)
    facts = replace(facts_about(session, office, office.staff), section_id=office.finance)
    with writing() as write:
        people.change_person(write, office.admin.actor, office.staff.id, facts, now=FRIDAY + timedelta(hours=3))
    assert paper_of(session, office.staff).section_id == office.secretariat


def test_who_is_disabled_is_no_longer_expected_and_is_dealt_again_on_return(session: Session, office: Office) -> None:
    open_sitting(office)
    change(session, office, office.staff, active=False)
    assert paper_of(session, office.staff) is None
    change(session, office, office.staff, active=True)
    assert paper_of(session, office.staff) is not None


def test_disabling_leaves_started_and_past_papers(session: Session, office: Office) -> None:
    sitting = open_sitting(office)
    with writing() as write:
        attempts.start(write, office.staff.actor, sitting, now=FRIDAY)
    change(session, office, office.staff, active=False)
    change(session, office, office.staff, active=True)
    count = select(func.count()).select_from(AttemptRow).where(AttemptRow.person_id == office.staff.id)
    assert session.scalar(count) == 1


CHANGES = {
    "a role given": ({"roles": frozenset({Role.EDITOR})}, True),
    "oversight given": ({"oversees": frozenset({1})}, True),
    "disabled": ({"active": False}, True),
    "another name": ({"name": "改名"}, False),
    "another post": ({"post": "副科长"}, False),
}


@pytest.mark.parametrize(("changes", "ends"), CHANGES.values(), ids=CHANGES)
def test_sign_in_sessions_end_exactly_when_rights_change(
    session: Session, office: Office, changes: dict[str, object], ends: bool
) -> None:
    with writing() as write:
        sign_in.open_session(write, office.staff.id, "::1", FRIDAY)
    change(session, office, office.staff, **changes)
    held = select(func.count()).select_from(SignInSessionRow).where(SignInSessionRow.person_id == office.staff.id)
    assert session.scalar(held) == (0 if ends else 1)


def test_roles_and_oversight_are_stored_as_given(session: Session, office: Office) -> None:
    change(
        session, office, office.staff, roles=frozenset({Role.EDITOR, Role.AUDITOR}), oversees=frozenset({office.root})
    )
    change(session, office, office.staff, roles=frozenset({Role.AUDITOR}))
    actor = rows.actor(session, office.staff.id)
    assert actor.roles == {Role.STAFF, Role.AUDITOR}
    assert actor.overseen == {office.root, office.secretariat, office.inspection, office.finance}


def test_a_change_is_recorded_with_before_and_after(session: Session, office: Office) -> None:
    change(session, office, office.staff, post="副科长")
    row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert (row.verb, row.person_name) == ("person:changed", office.admin.name)
    assert (row.detail["before"]["post"], row.detail["after"]["post"]) == ("科员", "副科长")


# Passwords


def test_a_reset_ends_sessions_and_must_be_changed_within_72_hours(session: Session, office: Office) -> None:
    with writing() as write:
        sign_in.open_session(write, office.staff.id, "::1", FRIDAY)
        people.reset_password(write, office.admin.actor, office.staff.id, "fresh", now=FRIDAY)
    row = session.get_one(PersonRow, office.staff.id)
    assert (row.password_hash, row.must_change_password) == ("fresh", True)
    assert row.initial_password_expires_at == FRIDAY + timedelta(hours=72)
    held = select(func.count()).select_from(SignInSessionRow).where(SignInSessionRow.person_id == office.staff.id)
    assert session.scalar(held) == 0
    assert verbs(session)[-1] == "password:reset"


def test_a_reset_lifts_the_lock_after_wrong_passwords(session: Session, office: Office) -> None:
    with writing() as write:
        for _ in range(sign_in.FAILURES_BEFORE_LOCK):
            sign_in.record_failure(write, office.staff.number, "10.0.0.9", FRIDAY)
    with pytest.raises(TooManyFailures):
        sign_in.credentials(session, office.staff.number, "10.0.0.9", FRIDAY)
    with writing() as write:
        people.reset_password(write, office.admin.actor, office.staff.id, "fresh", now=FRIDAY)
    assert sign_in.credentials(session, office.staff.number, "10.0.0.9", FRIDAY).password_hash == "fresh"


def test_nobody_resets_their_own_password_without_knowing_it(session: Session, office: Office) -> None:
    before = session.get_one(PersonRow, office.admin.id).password_hash
    with pytest.raises(BadInput, match="本人"), writing() as write:
        people.reset_password(write, office.admin.actor, office.admin.id, "fresh", now=FRIDAY)
    assert session.get_one(PersonRow, office.admin.id).password_hash == before


def test_no_password_reaches_the_audit_trail(session: Session, office: Office) -> None:
    with writing() as write:
        people.reset_password(write, office.admin.actor, office.staff.id, "hash-canary", now=FRIDAY)
        facts = PersonFacts("9001", "新人", "", office.root)
        people.add_person(write, office.admin.actor, facts, "hash-canary", now=FRIDAY)
    kept = [f"{row.subject} {row.detail}" for row in session.scalars(select(AuditRow))]
    assert not [text for text in kept if "hash-canary" in text or PASSWORD in text]


# Sections


def test_sections_beside_each_other_have_different_names(session: Session, office: Office) -> None:
    with pytest.raises(BadInput, match="财务科"), writing() as write:
        people.add_section(write, office.admin.actor, " 财务科 ", office.root, now=FRIDAY)
    with pytest.raises(BadInput, match="财务科"), writing() as write:
        people.rename_section(
            write, office.admin.actor, write.get_one(SectionRow, office.secretariat), "财务科", now=FRIDAY
        )
    assert session.get_one(SectionRow, office.secretariat).name == "秘书科"


def test_the_same_name_may_stand_under_another_parent(session: Session, office: Office) -> None:
    with writing() as write:
        added = people.add_section(write, office.admin.actor, "财务科", office.inspection, now=FRIDAY)
        assert added.parent_id == office.inspection


def test_a_section_keeps_its_name_when_saved_unchanged(session: Session, office: Office) -> None:
    with writing() as write:
        section = write.get_one(SectionRow, office.finance)
        people.rename_section(write, office.admin.actor, section, "财务科", now=FRIDAY)
    assert "section:renamed" not in verbs(session)


def test_a_section_needs_a_name(session: Session, office: Office) -> None:
    with pytest.raises(BadInput, match="请填写"), writing() as write:
        people.add_section(write, office.admin.actor, "　", office.root, now=FRIDAY)


# Reading


def test_the_tree_reads_parents_before_children_and_counts_active_people(session: Session, office: Office) -> None:
    with writing() as write:
        people.add_section(write, office.admin.actor, "文书组", office.secretariat, now=FRIDAY)
    change(session, office, office.colleague, active=False)
    directory = people.directory(session, office.admin.actor)
    shape = [(branch.section.name, branch.depth, branch.count) for branch in directory.branches]
    assert shape == [("市政府办公室", 0, 2), ("秘书科", 1, 3), ("文书组", 2, 0), ("督查室", 1, 3), ("财务科", 1, 2)]


def test_a_search_finds_names_and_numbers(session: Session, office: Office) -> None:
    assert found(session, office, "干部") == {"陆干部", "丁干部", "孟干部"}
    assert found(session, office, "140") == {"钱科长", "孟干部"}


def test_wildcards_in_a_search_stand_for_themselves(session: Session, office: Office) -> None:
    with writing() as write:
        people.add_person(write, office.admin.actor, PersonFacts("A_1", "百分之%", "", office.root), "x", now=FRIDAY)
    assert found(session, office, "%") == {"百分之%"}
    assert found(session, office, "_") == {"百分之%"}
    assert found(session, office, "a_1") == {"百分之%"}
    assert found(session, office, "\\") == set()


def found(session: Session, office: Office, words: str) -> set[str]:
    directory = people.directory(session, office.admin.actor, words)
    return {person.name for branch in directory.branches for person in branch.people}


def test_a_large_office_lists_people_only_where_narrowed(
    session: Session, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LISTED_AT_ONCE", 3)
    everybody = people.directory(session, office.admin.actor)
    assert not everybody.listed
    assert not any(branch.people for branch in everybody.branches)
    assert sum(branch.count for branch in everybody.branches) == everybody.total == 11
    public_id = session.get_one(SectionRow, office.finance).public_id
    finance = people.directory(session, office.admin.actor, section_public_id=public_id)
    assert [p.name for branch in finance.branches for p in branch.people] == ["钱科长", "孟干部"]
    cut = people.directory(session, office.admin.actor, "1")
    assert cut.cut
    assert cut.total == 3


def test_rights_are_read_of_a_person_met_before_without_them(session: Session, office: Office) -> None:
    met = session.get_one(PersonRow, office.admin.id)
    person = people.person_with_rights(session, office.admin.actor, office.admin.public_id)
    assert person is met
    assert people.facts_of(person).roles == {Role.ADMIN}


def test_an_unknown_person_or_section_is_not_found(session: Session, office: Office) -> None:
    with pytest.raises(NotFound):
        people.person_with_rights(session, office.admin.actor, "nobody")
    with pytest.raises(NotFound):
        people.section(session, office.admin.actor, "nowhere")
