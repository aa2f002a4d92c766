"""Scores by section: every page and every file, for every kind of person, names exactly whom they may know of."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Person
from sqlalchemy import or_
from sqlalchemy import select

from quizapp.core.sitting import SittingKind
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.db.bulletins import BulletinRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.regrades import RegradeRow
from quizapp.db.sittings import SittingRow
from tests.world import PRINCIPALS
from tests.world import World
from tests.world import shared_world
from tests.world import text_of

#: Where scores are told: by address, with what its names stand for.
PAGES = (
    "/reports",
    "/reports?section={section}",
    "/reports?section={section}&period=year",
    "/reports/sittings/{sitting}",
    "/reports/sittings/{sitting}/sections/{section}",
    "/reports/sections/{section}",
    "/reports/people/{person}",
    "/record",
    "/history",
    "/statistics",
    "/statistics/sittings/{sitting}",
    "/bulletins",
    "/bulletins/{bulletin}",
    "/bulletins/{bulletin}/print",
    "/bulletins/{bulletin}/file",
    "/sittings/{sitting}/regrades",
)


@dataclass(frozen=True)
class Told:
    """One answer: where, its status, and everything in it as text."""

    address: str
    status: int
    text: str


@pytest.fixture(scope="module")
def world(empty_database: Path, password_hash: str) -> World:
    return shared_world(empty_database, password_hash)


@pytest.fixture(scope="module")
def things(world: World) -> Mapping[str, list[str]]:
    """The public ids of what pages are about: weekly sittings that were closed, sections, people, bulletins."""
    with world.app.app_context():
        session = db.session()
        ended = select(SittingRow.public_id).where(
            SittingRow.closes_at <= world.clock(), SittingRow.kind == SittingKind.WEEKLY
        )
        found = {
            "sitting": list(session.scalars(ended.where(SittingRow.published_at.is_not(None)))),
            "section": list(session.scalars(select(SectionRow.public_id))),
            "person": list(session.scalars(select(PersonRow.public_id))),
            "bulletin": list(session.scalars(select(BulletinRow.public_id))),
        }
        db.session.remove()
    assert all(found.values()), found
    return found


def addresses(things: Mapping[str, list[str]]) -> Iterator[str]:
    for page in PAGES:
        filled = [page]
        for name, ids in things.items():
            here = f"{{{name}}}"
            filled = [one.replace(here, id_) for one in filled for id_ in (ids if here in one else [""])]
        yield from filled


def asked(world: World, who: str, things: Mapping[str, list[str]]) -> Iterator[Told]:
    """Every page that this person gets, and its table as a file; workbooks hold what CSV files hold."""
    browser = world.browser(who)
    for address in addresses(things):
        page = browser.get(address)
        yield Told(address, page.status_code, text_of(page) if page.status_code == 200 else "")
        if b"as=csv" in page.data:
            address += f"{'&' if '?' in address else '?'}as=csv"
            file = browser.get(address)
            yield Told(address, file.status_code, text_of(file))


def may_know(world: World, who: Person) -> set[str]:
    """The names that may be told somebody: their own, those of overseen sections now and then, who leads a study, and
    who drafted or signed a bulletin or decided about a key."""
    with world.app.app_context():
        session = db.session()
        overseen = who.actor.overseen
        now = select(PersonRow.id).where(PersonRow.section_id.in_(overseen))
        then = select(AttemptRow.person_id).where(AttemptRow.section_id.in_(overseen))
        officials = (SittingRow.leader_id, BulletinRow.author_id, BulletinRow.approver_id, RegradeRow.by_id)
        named = [select(column) for column in officials]
        known = (PersonRow.id.in_(ids) for ids in (now, then, *named, [who.id]))
        names = set(session.scalars(select(PersonRow.name).where(or_(*known))))
        db.session.remove()
    return names


KINDS = [name for name in PRINCIPALS if name != "anonymous"]


@pytest.mark.parametrize("who", KINDS)
def test_scores_name_nobody_whom_the_reader_may_not_know_of(
    world: World, things: Mapping[str, list[str]], who: str
) -> None:
    person: Person = getattr(world.office, who)
    with world.app.app_context():
        everybody = set(db.session().scalars(select(PersonRow.name)))
        db.session.remove()
    strangers = everybody - may_know(world, person)
    told = list(asked(world, who, things))
    assert any(each.status == 200 for each in told)
    assert {each.status for each in told} <= {200, 404}
    assert {each.address: found for each in told if (found := {n for n in strangers if n in each.text})} == {}


@pytest.mark.parametrize("who", KINDS)
def test_what_is_of_other_sections_is_not_there(world: World, things: Mapping[str, list[str]], who: str) -> None:
    person: Person = getattr(world.office, who)
    with world.app.app_context():
        session = db.session()
        of_others = select(SectionRow.public_id).where(SectionRow.id.not_in(person.actor.overseen))
        hidden = set(session.scalars(of_others))
        db.session.remove()
    browser = world.browser(who)
    for section in things["section"]:
        status = browser.get(f"/reports/sections/{section}").status_code
        assert status == (404 if section in hidden else 200), section
        for sitting in things["sitting"]:
            status = browser.get(f"/reports/sittings/{sitting}/sections/{section}").status_code
            assert status == (404 if section in hidden else 200), (sitting, section)


def test_a_chief_reads_of_everybody_in_the_own_section_and_of_nobody_else(
    world: World, things: Mapping[str, list[str]]
) -> None:
    """Exactly: all who were dealt a sitting there have their row in its file, and no others have one."""
    office = world.office
    for who, section_id in (("chief", office.secretariat), ("finance_chief", office.finance)):
        browser = world.browser(who)
        with world.app.app_context():
            section = db.session().get_one(SectionRow, section_id).public_id
            dealt = {sitting: set(db.session().scalars(_dealt(sitting, section_id))) for sitting in things["sitting"]}
            db.session.remove()
        for sitting, names in dealt.items():
            page = browser.get(f"/reports/sittings/{sitting}/sections/{section}").get_data(as_text=True)
            links = {name for name in names if f">{name}</a>" in page}
            assert links == names, sitting


def _dealt(sitting: str, section_id: int):  # type: ignore[no-untyped-def]
    return (
        select(PersonRow.name)
        .join(AttemptRow, AttemptRow.person_id == PersonRow.id)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .where(SittingRow.public_id == sitting, AttemptRow.section_id == section_id)
    )
