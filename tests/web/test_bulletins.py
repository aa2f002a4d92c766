"""The bulletin's pages: what was typed stays, what changed is told, names stay with who may know them."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from docx import Document
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from stocked import stocked_set

from quizapp.core.periods import PeriodKind
from quizapp.core.question import UNITS
from quizapp.db import attempts
from quizapp.db import people
from quizapp.db import sittings
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import bulletins

ZONE = ZoneInfo("Asia/Shanghai")
set_id = stocked_set(each=2)
SignIn = Callable[[Person], Browser]


@pytest.fixture
def waiting(app: Flask, set_id: int, office: Office, clock: Clock) -> str:
    """The address of an editor's draft of November, in which the chief had 80 %, and nobody else took part."""
    with app.app_context():
        with writing() as write:
            facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
            sitting = published_sitting(write, office.editor.actor, facts, now=clock() - timedelta(days=1)).public_id
        take(sitting, office.chief)
        clock.advance(hours=5)
        root = next(row for row in people.sections(db.session()) if row.id == office.root).public_id
        author, day = office.editor.actor, clock().date()
        basis = bulletins.read(db.session(), author, PeriodKind.MONTH, day, root, ZONE, now=clock())
        with writing() as write:
            made, _ = bulletins.make(write, author, basis, now=clock())
        db.session.remove()
    return f"/bulletins/{made}"


def take(sitting: str, *taken_by: Person) -> None:
    with writing() as write:
        row = sittings.sitting_by_public_id(write, sitting)
        for person in taken_by:
            attempt = attempts.attempt_of(write, row.id, person.id)
            assert attempt is not None
            attempt.started_at = attempt.closed_at = row.closes_at
            attempt.full_units, attempt.units = 40 * UNITS, 32 * UNITS


def typed(version: int, **parts: str) -> dict[str, str]:
    usual = {"title": "通报", "addressee": "各科室：", "overall": "情况", "signer": "办公室"}
    return usual | {"version": str(version)} | parts


def test_from_the_form_to_the_file(client_of: SignIn, office: Office, clock: Clock, waiting: str) -> None:
    director = client_of(office.director)
    page = director.get(waiting).get_data(as_text=True)
    assert "待签发" not in page
    assert ">签发</button>" in page
    assert director.submit(f"{waiting}/approval", {"version": "1"}).status_code == 302
    staff = client_of(office.staff)
    page = staff.get(waiting).get_data(as_text=True)
    assert "已印发" in page
    assert "2026年11月20日" in page
    assert "唐编辑于" in page
    assert "陆干部</th>" not in page
    file = staff.get(f"{waiting}/file")
    assert "docx" in file.headers["Content-Disposition"]
    assert len(Document(BytesIO(file.data)).tables) == 1
    assert len(Document(BytesIO(director.get(f"{waiting}/file").data)).tables) == 2
    assert "陆干部</th>" in director.get(f"{waiting}/print").get_data(as_text=True)
    assert "陆干部</th>" not in staff.get(f"{waiting}/print").get_data(as_text=True)


def test_what_was_typed_stays_when_it_cannot_be_kept(client_of: SignIn, office: Office, waiting: str) -> None:
    answer = client_of(office.editor).submit(f"{waiting}/edit", typed(1, title="", problems="（一）写了很久的问题"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "标题：请填写" in page
    assert "（一）写了很久的问题" in page


def test_what_was_typed_stays_when_somebody_was_faster(client_of: SignIn, office: Office, waiting: str) -> None:
    assert client_of(office.director).submit(f"{waiting}/edit", typed(1, demands="主任的要求")).status_code == 302
    answer = client_of(office.editor).submit(f"{waiting}/edit", typed(1, demands="编辑的要求"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "周主任在" in page
    assert "主任的要求</p>" in page
    assert "编辑的要求</textarea>" in page
    assert 'name="version" value="2"' in page


def test_what_was_typed_stays_when_it_was_issued_meanwhile(client_of: SignIn, office: Office, waiting: str) -> None:
    client_of(office.director).submit(f"{waiting}/approval", {"version": "1"})
    answer = client_of(office.editor).submit(f"{waiting}/edit", typed(1, demands="来不及的要求"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "刚刚已经签发，不能再改" in page
    assert "来不及的要求</textarea>" in page


def test_what_the_page_did_not_show_is_not_approved(client_of: SignIn, office: Office, waiting: str) -> None:
    client_of(office.editor).submit(f"{waiting}/edit", typed(1, demands="改过的要求"))
    answer = client_of(office.director).submit(f"{waiting}/approval", {"version": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "唐编辑刚刚改过通报，没有签发" in page
    assert "改过的要求" in page


def test_an_issued_page_tells_what_todays_data_would_change(
    app: Flask, client_of: SignIn, office: Office, waiting: str
) -> None:
    client_of(office.director).submit(f"{waiting}/approval", {"version": "1"})
    reader = client_of(office.stranger)
    assert "签发后数据有变化" not in reader.get(waiting).get_data(as_text=True)
    with app.app_context():
        row = bulletins.rows.bulletin_by_public_id(db.session(), waiting.rsplit("/", 1)[1])
        found = bulletins.rows.weekly_sittings(db.session(), row.made_at - timedelta(days=3), row.made_at)
        sitting = found[0].public_id
        db.session.rollback()
        take(sitting, office.staff, office.colleague)
        db.session.remove()
    page = reader.get(waiting).get_data(as_text=True)
    assert "签发后数据有变化，通报保持签发时的样子。" in page
    assert '<td data-label="通报中">1</td><td data-label="现在">3</td>' in page


def test_a_form_says_what_is_wrong_with_the_period(client_of: SignIn, office: Office, waiting: str) -> None:
    editor = client_of(office.editor)
    page = editor.get("/bulletins/new").get_data(as_text=True)
    scope = page.split('name="section"')[1].split('value="')[1].split('"')[0]
    for day, told in (("2026-12-24", "还没有开始"), ("", "请填写日期"), ("2026-09-01", "没有发布过集中学习")):
        answer = editor.submit("/bulletins", {"kind": "month", "day": day, "section": scope})
        assert answer.status_code == 422
        assert told in answer.get_data(as_text=True)
    again = editor.submit("/bulletins", {"kind": "month", "day": "2026-11-02", "section": scope})
    assert again.headers["Location"] == waiting


def test_refreshing_shows_both_texts_and_takes_what_is_ticked(client_of: SignIn, office: Office, waiting: str) -> None:
    editor = client_of(office.editor)
    editor.submit(f"{waiting}/edit", typed(1, problems="人工写的问题"))
    page = editor.get(f"{waiting}/refresh").get_data(as_text=True)
    assert "存在问题：人工改过，保留" in page
    assert "人工写的问题" in page
    editor.submit(f"{waiting}/refresh", {"version": "2", "take": "problems"})
    assert "人工写的问题" not in editor.get(waiting).get_data(as_text=True)


def test_without_bulletins_the_list_says_what_to_do(client_of: SignIn, office: Office) -> None:
    assert "点“起草通报”" in client_of(office.editor).get("/bulletins").get_data(as_text=True)
    page = client_of(office.staff).get("/bulletins").get_data(as_text=True)
    assert "签发以后，在这里查看" in page
    assert "起草通报" not in page
