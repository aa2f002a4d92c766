"""The minutes as pages: made, read, written on by two at once, taken away as a file."""

from collections.abc import Callable
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import quote

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from docx import Document
from flask import Flask
from services.on_paper import planned

from quizapp.core.minutes import PARTS
from quizapp.db.base import db
from quizapp.db.engine import writing

ClientOf = Callable[[Person], Browser]


@pytest.fixture
def address(app: Flask, office: Office, clock: Clock) -> Iterator[str]:
    """Where the minutes of a sitting that is open now stand."""
    with app.app_context():
        with writing() as session:
            public_id = planned(session, office, clock)
        yield f"/sittings/{public_id}/minutes"
        db.session.remove()


def text(browser: Browser, address: str) -> str:
    return browser.get(address).get_data(as_text=True)


def form(version: int, **parts: str) -> dict[str, object]:
    return {name: parts.get(name, f"写的{words}") for name, words in PARTS.items()} | {"version": version}


def test_the_minutes_are_made_read_and_taken_away(office: Office, client_of: ClientOf, address: str) -> None:
    browser = client_of(office.chief)
    assert "还没有记录" in text(browser, address)
    assert browser.get(f"{address}/edit").status_code == 404
    assert browser.get(f"{address}/file").status_code == 404
    assert browser.submit(address).status_code == 302
    page = text(browser, address)
    assert "市政府办公室集中学习记录" in page
    assert "顾科长于 11月20日（周五） 14:00 生成" in page
    answer = browser.get(f"{address}/file")
    assert quote("学习记录 “五型”干部学测.docx") in answer.headers["Content-Disposition"]
    document = Document(BytesIO(answer.get_data()))
    assert document.paragraphs[0].text == "市政府办公室集中学习记录"


def test_they_are_written_on_and_made_again_only_when_ticked(office: Office, client_of: ClientOf, address: str) -> None:
    browser = client_of(office.chief)
    browser.submit(address)
    assert browser.submit(f"{address}/edit", form(1, remarks="第一\r\n第二")).status_code == 302
    page = text(browser, address)
    assert "<p>第一<br>第二</p>" in page
    assert "顾科长于 11月20日（周五） 14:00 修改" in page
    refused = browser.submit(address)
    assert refused.status_code == 422
    assert "请先勾选确认" in refused.get_data(as_text=True)
    assert browser.submit(address, {"replacing": "1"}).status_code == 409
    assert browser.submit(address, {"replacing": "2"}).status_code == 302
    page = text(browser, address)
    assert "<p>第一<br>第二</p>" in page
    assert "写的地点" not in page


def test_who_saves_second_keeps_their_text_and_sees_the_other_one(
    office: Office, client_of: ClientOf, address: str
) -> None:
    first, second = client_of(office.deputy), client_of(office.chief)
    first.submit(address)
    first.submit(f"{address}/edit", form(1, remarks="沈副主任写的"))
    answer = second.submit(f"{address}/edit", form(1, remarks="顾科长写的"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "您写的内容还没有保存" in page
    assert ">顾科长写的</textarea>" in page
    assert "<p>沈副主任写的</p>" in page
    assert page.count("现在存着的是") == 1
    assert 'name="version" value="2"' in page
    assert second.submit(f"{address}/edit", form(2, remarks="两人写的")).status_code == 302
    assert "<p>两人写的</p>" in text(first, address)


def test_a_part_that_cannot_be_kept_is_named_and_the_rest_stays_typed(
    office: Office, client_of: ClientOf, address: str
) -> None:
    browser = client_of(office.chief)
    browser.submit(address)
    answer = browser.submit(f"{address}/edit", form(1, title="长" * 61, remarks="留着的话"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "标题：不超过 60 个字" in page
    assert ">留着的话</textarea>" in page


def test_who_only_reads_is_offered_no_change(app: Flask, office: Office, client_of: ClientOf, clock: Clock) -> None:
    """The chief oversees all who take part, while another section hosts."""
    with app.app_context(), writing() as session:
        others: dict[str, object] = {"host": office.finance, "leader": office.finance_chief.id}
        study = planned(session, office, clock, scope_section_id=office.secretariat, **others)
    address = f"/sittings/{study}/minutes"
    assert "由主持科室或带学领导生成后" in text(client_of(office.chief), address)
    client_of(office.finance_chief).submit(address)
    page = text(client_of(office.chief), address)
    assert f"{address}/file" in page
    assert f"{address}/edit" not in page
    assert "重新生成" not in page
    assert client_of(office.chief).get(f"{address}/edit").status_code == 404
    assert client_of(office.staff).get(address).status_code == 404
