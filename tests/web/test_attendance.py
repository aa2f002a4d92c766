"""Pages of attendance: one sitting, over time, one's own, corrections."""

import re
from collections.abc import Callable

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.core.attendance import Way
from quizapp.db import sittings as rows
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import SectionRow
from quizapp.services import attendance

ClientOf = Callable[[Person], Browser]


def sign(app: Flask, sitting: str, person: Person, clock: Clock) -> None:
    with app.app_context():
        with writing() as session:
            row = rows.sitting_by_public_id(session, sitting)
            attendance.sign(session, row, person.id, Way.CODE, device="d", by_id=person.id, now=clock())
        db.session.remove()


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def row_of(page: str, name: str) -> str:
    """What a table says of somebody, without its tags."""
    found = next(part for part in page.split("<tr>") if name in part)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def seen(page: str) -> str:
    found = re.search(r'name="seen" type="hidden" value="([^"]*)"', page)
    assert found
    return found[1]


def correct(browser: Browser, path: str, presence: str, reason: str = "会议纪要可证", kind: str = "") -> int:
    form = {"presence": presence, "kind": kind, "reason": reason, "seen": seen(text(browser, path))}
    return browser.submit(path, form).status_code


def test_the_host_sees_everybody_and_others_their_own_sections(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    sign(app, sitting, office.staff, clock)
    path = f"/sittings/{sitting}/attendance"
    page = text(client_of(office.chief), path)
    assert "陆干部" in page
    assert "孟干部" in page
    assert "已到 签到码，14:00" in row_of(page, "陆干部")
    page = text(client_of(office.finance_chief), path)
    assert "孟干部" in page
    assert "陆干部" not in page
    assert "秘书科" not in re.sub(r"主持科室.*", "", page)
    assert client_of(office.staff).get(path).status_code == 404


def test_who_leads_sees_everybody_and_corrects_whom_they_oversee(
    sitting: str, office: Office, client_of: ClientOf
) -> None:
    page = text(client_of(office.deputy), f"/sittings/{sitting}/attendance")
    assert f"/attendance/{office.staff.public_id}" in page
    assert "孟干部" in page
    assert f"/attendance/{office.stranger.public_id}" not in page


def test_leave_that_waits_is_told_beside_the_name(sitting: str, office: Office, client_of: ClientOf) -> None:
    client_of(office.staff).submit(f"/sittings/{sitting}/leave", {"kind": "duty", "reason": ""})
    page = text(client_of(office.chief), f"/sittings/{sitting}/attendance")
    assert "未到 请假待审批" in row_of(page, "陆干部")
    assert "请假待审批" in text(client_of(office.chief), f"/sittings/{sitting}/attendance/{office.staff.public_id}")


def test_a_section_that_is_not_ones_own_is_not_there(
    session: Session, sitting: str, office: Office, client_of: ClientOf
) -> None:
    others = session.get_one(SectionRow, office.secretariat).public_id
    browser = client_of(office.finance_chief)
    for path in (f"/sittings/{sitting}/attendance", "/attendance"):
        for section in (others, "abc"):
            assert browser.get(f"{path}?section={section}").status_code == 404


def test_a_correction_shows_who_made_it_and_why(sitting: str, office: Office, client_of: ClientOf) -> None:
    chief = client_of(office.chief)
    path = f"/sittings/{sitting}/attendance/{office.staff.public_id}"
    assert correct(chief, path, "present", "手机没电，本人在场") == 302
    shown = row_of(text(chief, f"/sittings/{sitting}/attendance"), "陆干部")
    assert "已到" in shown
    assert "顾科长 11月20日（周五） 14:00 更正：手机没电，本人在场" in shown


def test_a_correction_to_leave_makes_the_task(sitting: str, office: Office, client_of: ClientOf, clock: Clock) -> None:
    chief = client_of(office.chief)
    path = f"/sittings/{sitting}/attendance/{office.staff.public_id}"
    assert correct(chief, path, "leave", kind="sick") == 302
    assert "请假" in row_of(text(chief, f"/sittings/{sitting}/attendance"), "陆干部")
    assert "“五型”干部学测" in text(client_of(office.staff), "/make-ups")
    assert correct(chief, path, "present") == 302
    assert "没有需要补的学习" in text(client_of(office.staff), "/make-ups")


BAD = {
    "no reason": ({"presence": "present", "reason": " "}, "请填写"),
    "nothing to correct it to": ({"presence": ""}, "请选择更正为"),
    "something else": ({"presence": "gone"}, "请选择更正为"),
    "a kind that is none": ({"presence": "leave", "kind": "holiday"}, "请从列出的类别中选择请假类别"),
    "leave of no kind": ({"presence": "leave"}, "更正为请假时请选择类别"),
    "what it says already": ({"presence": "absent"}, "与现有记录相同"),
    "a reason too long": ({"presence": "present", "reason": "长" * 201}, "更正理由不超过 200 字"),
}


@pytest.mark.parametrize(("change", "sentence"), BAD.values(), ids=BAD)
def test_what_is_wrong_with_a_correction_is_said(
    sitting: str, office: Office, client_of: ClientOf, change: dict[str, str], sentence: str
) -> None:
    chief = client_of(office.chief)
    path = f"/sittings/{sitting}/attendance/{office.staff.public_id}"
    form = {"presence": "present", "kind": "", "reason": "在场", "seen": seen(text(chief, path))}
    answer = chief.submit(path, form | change)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert "未到" in row_of(text(chief, f"/sittings/{sitting}/attendance"), "陆干部")


def test_of_two_corrections_at_once_the_second_is_told(sitting: str, office: Office, client_of: ClientOf) -> None:
    chief, deputy = client_of(office.chief), client_of(office.deputy)
    path = f"/sittings/{sitting}/attendance/{office.staff.public_id}"
    before = seen(text(deputy, path))
    assert correct(chief, path, "present", "在场") == 302
    form = {"presence": "leave", "kind": "duty", "reason": "公出", "seen": before}
    answer = deputy.submit(path, form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "记录已有变化（顾科长）" in page
    assert "公出" in page, "what was written is still there"
    assert "已到" in row_of(text(chief, f"/sittings/{sitting}/attendance"), "陆干部")
    assert deputy.submit(path, form | {"seen": seen(page)}).status_code == 302


def test_nobody_corrects_themselves_or_other_sections(sitting: str, office: Office, client_of: ClientOf) -> None:
    chief = client_of(office.chief)
    for person in (office.chief, office.stranger):
        path = f"/sittings/{sitting}/attendance/{person.public_id}"
        assert chief.get(path).status_code == 404
        form = {"presence": "present", "kind": "", "reason": "在场", "seen": ""}
        assert chief.submit(path, form).status_code == 404


def test_over_time_every_person_has_a_mark_in_words(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    assert "还没有结束的学习" in text(client_of(office.chief), "/attendance")
    sign(app, sitting, office.staff, clock)
    chief = client_of(office.chief)
    correct(chief, f"/sittings/{sitting}/attendance/{office.colleague.public_id}", "leave", kind="sick")
    clock.advance(hours=3)
    chief = client_of(office.chief)
    page = text(chief, "/attendance")
    assert "● 到 100% 1／1" in row_of(page, "陆干部")
    assert "△ 假 0% 0／1" in row_of(page, "丁干部")
    assert "○ 缺" in row_of(page, "唐编辑")
    assert "4 1 1 2 25%" in row_of(page, "秘书科")
    task = re.search(r"/make-ups/([\w-]{22})", text(client_of(office.colleague), "/make-ups"))
    assert task
    attempt = client_of(office.colleague).submit(f"/make-ups/{task[1]}/attempt").location
    client_of(office.colleague).submit(f"{attempt}/submission")
    assert "◇ 补 0% 0／1" in row_of(text(chief, "/attendance"), "丁干部"), "made up for, and not present all the same"


def test_ones_own_attendance(app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock) -> None:
    assert "还没有签到记录" in text(client_of(office.staff), "/attendance/own")
    sign(app, sitting, office.staff, clock)
    clock.advance(hours=3)
    page = text(client_of(office.staff), "/attendance/own")
    assert "到会 1 次，到会率 100%" in page
    assert "到会 0 次，到会率 0%" in text(client_of(office.colleague), "/attendance/own")


def test_who_was_absent_is_told_to_make_up_for_it(
    sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    assert 'name="person"' not in text(client_of(office.chief), f"/sittings/{sitting}/attendance")
    clock.advance(hours=3)
    chief = client_of(office.chief)
    answer = chief.submit(f"/sittings/{sitting}/make-ups", {"person": [office.staff.public_id]})
    page = text(chief, answer.location)
    assert "已给 1 人安排补学" in page
    assert "已安排" in row_of(page, "陆干部")
    answer = chief.submit(f"/sittings/{sitting}/make-ups")
    assert "没有安排：补学：请勾选要补学的人员" in text(chief, answer.location)
    assert "陆干部" in text(chief, "/make-ups/sections")
