"""Pages of one's own record, its files, and of what was recognised."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from urllib.parse import unquote

import openpyxl
import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from docx import Document
from flask import Flask
from sqlalchemy import select

from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.meetings import MeetingRow
from quizapp.db.record import RecognitionRow
from quizapp.db.sittings import SittingRow

ClientOf = Callable[[Person], Browser]
ENTERED = {"year": "2026", "authority": "市委组织部", "document": "组通〔2026〕8号", "minutes_per_hour": "45"}


@pytest.fixture
def studied(app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock) -> str:
    """A meeting of an hour and a half that staff was at, and whose paper they and their colleague handed in empty."""
    with app.app_context():
        with writing() as session:
            sitting_id = session.scalars(select(SittingRow.id).where(SittingRow.public_id == sitting)).one()
            meeting = session.get_one(MeetingRow, sitting_id)
            meeting.begins_at, meeting.ends_at = clock(), clock() + timedelta(minutes=90)
        db.session.remove()
    for person in (office.staff, office.colleague):
        browser = client_of(person)
        attempt = browser.submit(f"/sittings/{sitting}/attempt").location
        assert browser.submit(f"{attempt}/submission").status_code == 302
    clock.advance(hours=3)
    return sitting


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_somebody_new_is_told_what_will_be_here(office: Office, client_of: ClientOf) -> None:
    page = text(client_of(office.staff), "/record")
    assert "2026 年还没有已结束的学习" in page
    assert "<svg" not in page


@pytest.mark.usefixtures("studied")
def test_the_page_shows_exactly_ones_own_record(office: Office, client_of: ClientOf) -> None:
    page = text(client_of(office.staff), "/record")
    assert "陆干部（1102），秘书科" in page
    assert page.count('<svg class="chart-') == 2
    assert re.search(r"<strong>90</strong><span>到会学习分钟", page)
    assert "看解析" in page
    assert "学时" not in page.replace("不等于学时", ""), "nothing was recognised"
    others = [person.name for person in office.everybody() if person is not office.staff]
    assert not [name for name in others if name in page]


@pytest.mark.usefixtures("studied")
def test_a_year_without_studies_and_all_years_can_be_asked_for(office: Office, client_of: ClientOf) -> None:
    staff = client_of(office.staff)
    assert "2025 年还没有已结束的学习" in text(staff, "/record?year=2025")
    assert "历年得分率走势" in text(staff, "/record?year=all")
    assert staff.get("/record?year=x").status_code == 404
    assert staff.get("/record/file?year=1").status_code == 404


@pytest.mark.usefixtures("studied")
def test_the_files_hold_exactly_ones_own_record(office: Office, client_of: ClientOf) -> None:
    staff = client_of(office.staff)
    others = [person.name for person in office.everybody() if person is not office.staff]
    books = {which: staff.get(f"/record?as=xlsx&of={which}") for which in ("studies", "points", "years")}
    rows = {
        which: list(openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
        for which, answer in books.items()
    }
    assert [row[1] for row in rows["studies"][1:2]] == ["“五型”干部学测"]
    assert rows["studies"][0][5] == "本人得分率"
    assert rows["years"][1][:7] == ("2026", 1, 1, 0, 0, 90, 0)
    assert len(rows["points"]) > 2
    answer = staff.get("/record/file?year=2026")
    assert "个人学习档案 陆干部 2026 年.docx" in unquote(answer.headers["Content-Disposition"])
    document = Document(BytesIO(answer.data))
    told = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "姓名：陆干部　　工号：1102" in told
    assert "到会学习合计 90 分钟" in told
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "“五型”干部学测" in cells
    everything = told + "".join(cells) + repr(rows)
    assert not [name for name in others if name in everything]
    assert "学时" not in told.replace("不等于学时", "")


@pytest.mark.usefixtures("studied")
def test_what_an_authority_recognised_is_told_on_the_page_and_in_the_file(office: Office, client_of: ClientOf) -> None:
    admin, staff = client_of(office.admin), client_of(office.staff)
    assert "还没有登记过学时认定" in text(admin, "/recognitions")
    assert admin.submit("/recognitions", ENTERED).status_code == 302
    assert admin.submit("/recognitions", ENTERED).status_code == 302, "a double tap enters it once"
    words = "经市委组织部认定（组通〔2026〕8号，45 分钟折合 1 学时），折合 2 学时"
    assert words in text(staff, "/record")
    document = Document(BytesIO(staff.get("/record/file").data))
    assert any(words in paragraph.text for paragraph in document.paragraphs)


def test_what_is_wrong_is_named_and_what_was_written_is_kept(app: Flask, office: Office, client_of: ClientOf) -> None:
    admin = client_of(office.admin)
    answer = admin.submit("/recognitions", ENTERED | {"minutes_per_hour": "三刻钟", "document": ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请填写依据文件的文号或名称" in page
    assert 'value="市委组织部"' in page
    admin.submit("/recognitions", ENTERED)
    assert "已经登记" in admin.submit("/recognitions", ENTERED | {"document": "另一份"}).get_data(as_text=True)
    with app.app_context():
        assert len(db.session.scalars(select(RecognitionRow)).all()) == 1


def test_two_who_correct_the_same_do_not_overwrite_each_other(app: Flask, office: Office, client_of: ClientOf) -> None:
    admin, editor = client_of(office.admin), client_of(office.editor)
    admin.submit("/recognitions", ENTERED)
    with app.app_context():
        page = f"/recognitions/{db.session.scalars(select(RecognitionRow.public_id)).one()}"
    assert 'name="version" value="1"' in text(editor, page)
    changed = ENTERED | {"document": "组通〔2026〕9号", "version": "1"}
    assert editor.submit(page, changed).status_code == 302
    late = admin.submit(page, ENTERED | {"minutes_per_hour": "50", "version": "1"})
    told = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "唐编辑在" in told
    assert "组通〔2026〕9号" in told
    assert 'value="50"' in told
    assert 'name="version" value="2"' in told
    assert admin.submit(f"{page}/withdrawal", {"version": "1"}).status_code == 409
    assert admin.submit(f"{page}/withdrawal", {"version": "2"}).status_code == 302
    assert editor.get(page).status_code == 404
