"""The pages of mastery: files hold what the page shows and no name, and the wish for what was forgotten stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from factories import sitting_facts
from flask import Flask
from sqlalchemy import select
from stocked import stocked_set

from quizapp.core.memory import Grade
from quizapp.core.paper import wishes_of
from quizapp.core.practice import Matter
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import mastery
from quizapp.services import memory
from quizapp.services import sittings

ClientOf = Callable[..., Browser]
set_id = stocked_set()


@pytest.fixture
def section(set_id: int, app: Flask, office: Office, clock: Clock) -> str:
    """The public id of 秘书科, three of whom have forgotten one question and remember another."""
    with app.app_context():
        with writing() as session:
            ids = session.scalars(select(QuestionRow.id).where(QuestionRow.fingerprint.like("fill_in-%"))).all()
            for person in (office.staff, office.colleague, office.chief):
                for id_, grade, days in ((ids[0], Grade.AGAIN, 60), (ids[1], Grade.GOOD, 0)):
                    at = clock() - timedelta(days=days)
                    memory.rate(session, person.id, Matter(None, id_), grade, at=at, day=at.date())
            sums = mastery.read_section(session, office.secretariat, now=clock())
            mastery.keep_section(session, office.secretariat, sums, clock().date())
            public_id = session.get_one(SectionRow, office.secretariat).public_id
        db.session.remove()
    return public_id


def test_a_sections_page_and_file_name_nobody(section: str, office: Office, client_of: ClientOf) -> None:
    client, address = client_of(office.chief), f"/reports/sections/{section}/mastery"
    page, file = (client.get(f"{address}{query}").get_data(as_text=True) for query in ("", "?as=csv"))
    body = page[page.index("<main") :]
    for told in (body, file):
        assert "第0题：文不过夜" in told
        assert not [each.name for each in (office.staff, office.colleague) if each.name in told]
    lines = file.strip().splitlines()
    assert [line for line in lines if "第0题" in line or "第1题" in line][0].count("第0题") == 1, "the weakest first"


def test_the_own_map_can_be_narrowed_to_what_is_weak(section: str, office: Office, client_of: ClientOf) -> None:
    client = client_of(office.staff)
    weak = client.get("/practice/mastery?standing=weak").get_data(as_text=True)
    assert ("第0题：文不过夜" in weak, "第1题：文不过夜" in weak) == (True, False)
    nonsense = client.get("/practice/mastery?standing=nonsense").get_data(as_text=True)
    assert "第1题：文不过夜" in nonsense
    assert "没有“重新开始”的要点" in client.get("/practice/mastery?standing=anew").get_data(as_text=True)


def test_the_wish_for_what_was_forgotten_is_kept_and_says_how_much_there_is(
    section: str, set_id: int, office: Office, app: Flask, clock: Clock, client_of: ClientOf
) -> None:
    with app.app_context():
        with writing() as session:
            facts = sitting_facts(
                set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock() + timedelta(days=1)
            )
            planned = sittings.plan_sitting(session, office.editor.actor, facts, now=clock()).public_id
        db.session.remove()
    client = client_of(office.chief)
    before = client.get(f"/sittings/{planned}").get_data(as_text=True)
    assert "所选题集里现有 1 个" in before
    assert 'name="forgotten" value="1" checked' not in before
    form = {"count-fill_in": "1", "mark-fill_in": "5", "missed": "100", "forgotten": "1", "rest": "0"}
    form |= {"quota-count-1": ""} | {
        f"{part}-{name}": "0"
        for part in ("count", "each")
        for name in ("single_choice", "multiple_choice", "true_false", "matching", "ordering", "short_answer")
    }
    form |= {f"mark-{name.removeprefix('count-')}": "5" for name in form if name.startswith("count-")}
    client.submit(f"/sittings/{planned}/paper", form | {"each-fill_in": "1"})
    after = client.get(f"/sittings/{planned}").get_data(as_text=True)
    assert 'name="forgotten" value="1" checked' in after
    assert "第0题：文不过夜" in after
    with app.app_context():
        row = db.session.scalars(select(SittingRow).where(SittingRow.public_id == planned)).one()
        assert (wishes_of(row.wishes).missed_percent, wishes_of(row.wishes).forgotten) == (100, True)
