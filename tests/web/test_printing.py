"""The printed pages and the way back from paper, as people go it: download, fill in, check, confirm."""

import re
from base64 import b64encode
from collections.abc import Callable
from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from flask import Flask
from services.on_paper import planned
from sqlalchemy import select
from stocked import stocked_set

from quizapp.core.dealing import Drawing
from quizapp.core.sitting import Mode
from quizapp.db.attempts import AttemptRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.sittings import SittingRow

set_id = stocked_set()
ClientOf = Callable[[Person], Browser]
PAGES = ("paper", "answer-sheet", "key", "sign-in-sheet")


@pytest.fixture
def sitting_id(app: Flask, office: Office, clock: Clock, set_id: int) -> Iterator[str]:
    """A sitting that is open now, with one question of each type."""
    with app.app_context():
        with writing() as session:
            public_id = planned(session, office, clock)
        yield public_id
        db.session.remove()


def entered(person: Person) -> bool:
    db.session.rollback()
    found = db.session.scalar(select(AttemptRow).where(AttemptRow.person_id == person.id))
    return found is not None and found.on_paper


def sheet(browser: Browser, sitting_id: str, **cells: str) -> bytes:
    """The answer sheet as it is downloaded, with these cells filled in."""
    book = openpyxl.load_workbook(BytesIO(browser.get(f"/sittings/{sitting_id}/print/entry-sheet").get_data()))
    for name, value in cells.items():
        book["答卷"][name] = value
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def row_of(browser: Browser, sitting_id: str, person: Person) -> int:
    book = openpyxl.load_workbook(BytesIO(sheet(browser, sitting_id)))
    return next(row[0].row for row in book["答卷"].iter_rows(min_row=2) if row[0].value == person.number)


def upload(browser: Browser, sitting_id: str, content: bytes, name: str = "答卷表.xlsx") -> str:
    data = {"file": (BytesIO(content), name), "csrf_token": browser.token()}
    answer = browser.post(f"/sittings/{sitting_id}/print/entry-sheet", data=data)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_hub_says_what_each_page_is_for(office: Office, client_of: ClientOf, sitting_id: str) -> None:
    page = client_of(office.chief).get(f"/sittings/{sitting_id}/print").get_data(as_text=True)
    for name in PAGES:
        assert f'href="/sittings/{sitting_id}/print/{name}"' in page
    assert "录入答卷" in page


def test_the_paper_asks_everything_and_tells_nothing(office: Office, client_of: ClientOf, sitting_id: str) -> None:
    browser = client_of(office.editor)
    page = browser.get(f"/sittings/{sitting_id}/print/paper").get_data(as_text=True)
    assert "一、单选题（每题 5 分，共 5 分）" in page
    assert "共 7 题，满分 35 分" in page
    assert "______" in page
    assert "A. 选项A" in page
    assert CANARY not in page
    assert CANARY not in browser.get(f"/sittings/{sitting_id}/print/answer-sheet").get_data(as_text=True)


def test_a_paper_for_all_at_once_says_when_the_bell_rings_and_not_how_long(
    app: Flask, office: Office, client_of: ClientOf, clock: Clock, set_id: int
) -> None:
    with app.app_context(), writing() as session:
        public_id = planned(session, office, clock, mode=Mode.TOGETHER)
    for name in ("paper", "answer-sheet"):
        page = client_of(office.chief).get(f"/sittings/{public_id}/print/{name}").get_data(as_text=True)
        assert "16:00 统一收卷" in page
        assert "限时" not in page


def test_the_key_is_refused_to_editors_until_the_quiz_has_closed(
    office: Office, client_of: ClientOf, clock: Clock, sitting_id: str
) -> None:
    answer = client_of(office.editor).get(f"/sittings/{sitting_id}/print/key")
    assert answer.status_code == 409
    assert "只有带学领导和主持科室可以打印答案" in answer.get_data(as_text=True)
    assert CANARY not in answer.get_data(as_text=True)
    assert f"{CANARY}原句" in client_of(office.deputy).get(f"/sittings/{sitting_id}/print/key").get_data(as_text=True)
    clock.advance(hours=3)
    assert client_of(office.editor).get(f"/sittings/{sitting_id}/print/key").status_code == 200


def test_papers_of_ones_own_are_told_apart_and_the_list_is_printed(
    app: Flask, office: Office, client_of: ClientOf, sitting_id: str
) -> None:
    with writing() as session:
        found = session.scalar(select(AttemptRow.sitting_id))
        row = session.get(SittingRow, found)
        assert row is not None
        row.drawing = Drawing.PER_PERSON
    browser = client_of(office.chief)
    for name in ("paper", "answer-sheet", "key", "entries", "entry-sheet"):
        answer = browser.get(f"/sittings/{sitting_id}/print/{name}")
        assert answer.status_code == 409
        assert "一人一卷" in answer.get_data(as_text=True)
    assert "陆干部" in browser.get(f"/sittings/{sitting_id}/print/sign-in-sheet").get_data(as_text=True)


def test_a_sheet_is_downloaded_filled_in_checked_and_confirmed(
    office: Office, client_of: ClientOf, sitting_id: str
) -> None:
    browser = client_of(office.chief)
    row = row_of(browser, sitting_id, office.staff)
    page = upload(browser, sitting_id, sheet(browser, sitting_id, **{f"D{row}": "a", f"F{row}": "对"}))
    assert "没有发现问题，1 人可录入" in page
    assert not entered(office.staff)
    content = re.search(r'name="content" value="([^"]+)"', page)
    assert content is not None
    answer = browser.submit(f"/sittings/{sitting_id}/print/entry-sheet/confirmation", {"content": content[1]})
    assert answer.status_code == 302
    assert "已录入 1 人的答卷" in browser.get(answer.location).get_data(as_text=True)
    assert entered(office.staff)


def test_a_sheet_with_a_fault_is_not_offered_for_writing(office: Office, client_of: ClientOf, sitting_id: str) -> None:
    browser = client_of(office.chief)
    page = upload(browser, sitting_id, sheet(browser, sitting_id, D2="Z", E3="=1"))
    assert "“答卷”第 3 行第2题：是公式" in page
    assert 'name="content"' not in page
    page = upload(browser, sitting_id, sheet(browser, sitting_id, D2="Z"))
    assert "“答卷”第 2 行第1题：没有选项“Z”" in page
    assert 'name="content"' not in page
    assert "不是 Excel 表格" in upload(browser, sitting_id, b"nothing", "<b>.xlsx")
    answer = browser.submit(f"/sittings/{sitting_id}/print/entry-sheet")
    assert answer.status_code == 422
    assert "请选择填好的答卷表" in answer.get_data(as_text=True)


def test_what_is_confirmed_is_checked_again(office: Office, client_of: ClientOf, sitting_id: str) -> None:
    browser = client_of(office.chief)
    address = f"/sittings/{sitting_id}/print/entry-sheet/confirmation"
    row = row_of(browser, sitting_id, office.staff)
    bad = b64encode(sheet(browser, sitting_id, **{f"D{row}": "Z"})).decode()
    for content, told in ((bad, "没有选项“Z”"), ("not base64 中", "核对过的内容不完整"), ("", "不是 Excel 表格")):
        answer = browser.submit(address, {"content": content})
        assert answer.status_code == 422
        assert told in answer.get_data(as_text=True)
    assert not entered(office.staff)
    good = b64encode(sheet(browser, sitting_id, **{f"D{row}": "A"})).decode()
    assert browser.submit(address, {"content": good}).status_code == 302
    again = browser.submit(address, {"content": good})
    assert again.status_code == 422
    assert "陆干部已经交卷" in again.get_data(as_text=True)


def test_a_paper_is_typed_in_by_hand_and_what_was_typed_stays_when_it_is_refused(
    office: Office, client_of: ClientOf, sitting_id: str
) -> None:
    browser = client_of(office.chief)
    address = f"/sittings/{sitting_id}/print/entries/{office.staff.public_id}"
    assert f'href="{address}"' in browser.get(f"/sittings/{sitting_id}/print/entries").get_data(as_text=True)
    assert CANARY not in browser.get(address).get_data(as_text=True)
    answer = browser.submit(address, {"q1": "A", "q2": "AZ"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "第2题：没有选项“Z”" in page
    assert 'value="AZ"' in page
    assert browser.submit(address, {"q1": "A", "q2": "AC"}).status_code == 302
    assert entered(office.staff)
    assert browser.get(address).status_code == 409
    page = browser.get(f"/sittings/{sitting_id}/print/entries").get_data(as_text=True)
    assert f'href="{address}"' not in page
    assert "纸质录入 1 人" in page


@pytest.mark.parametrize("name", ["", "/paper", "/key", "/sign-in-sheet", "/entries", "/entry-sheet"])
def test_others_see_no_trace_of_it(office: Office, client_of: ClientOf, sitting_id: str, name: str) -> None:
    for person in (office.staff, office.finance_chief, office.admin):
        assert client_of(person).get(f"/sittings/{sitting_id}/print{name}").status_code == 404


def test_somebody_who_is_not_expected_has_no_paper(office: Office, client_of: ClientOf, sitting_id: str) -> None:
    address = f"/sittings/{sitting_id}/print/entries/0000000000000000000000"
    assert client_of(office.chief).get(address).status_code == 404
