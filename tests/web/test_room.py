"""The room's pages: signing in, the console without scripts, the big screen, and what boards and phones ask."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from datetime import timedelta

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import CANARY
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from led import Led
from sqlalchemy import select

from quizapp.core.room import Screen
from quizapp.core.sitting import Mode
from quizapp.db.attendance import AttendanceRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.meetings import MeetingRow
from quizapp.db.sittings import SittingRow
from quizapp.services import attempts
from quizapp.services import signing_in

ClientOf = Callable[[Person], Browser]


@pytest.fixture
def study(app: Flask, office: Office, clock: Clock) -> Iterator[str]:
    """The public id of a study that people can sign in to now; its quiz of twenty minutes begins in half an hour."""
    with app.app_context():
        with writing() as session:
            known = approved_set(session, office.editor.actor, office.second_editor.actor, each=2, now=clock())
            opens_at = clock() + timedelta(minutes=30)
            facts = sitting_facts(
                known.id,
                host=office.secretariat,
                leader=office.deputy.id,
                opens_at=opens_at,
                closes_at=opens_at + timedelta(minutes=20),
                begins_at=clock(),
                ends_at=clock() + timedelta(minutes=90),
                mode=Mode.TOGETHER,
                scope_section_id=office.secretariat,
            )
            public_id = published_sitting(session, office.editor.actor, facts, now=clock()).public_id
        yield public_id
        db.session.remove()


@pytest.fixture
def leader(client_of: ClientOf, office: Office) -> Browser:
    return client_of(office.deputy)


def token(app: Flask, study: str, clock: Clock) -> str:
    return signing_in.qr_token(app.config["SECRET_KEY"], study, clock())


def board(app: Flask, study: str) -> str:
    return f"/rooms/{study}/boards/{signing_in.board_key(app.config['SECRET_KEY'], study)}"


def scanned(browser: Browser, app: Flask, study: str, clock: Clock) -> str:
    """What the page after a scan sends on."""
    page = browser.get(f"/rooms/{study}/enter?c={token(app, study, clock)}", follow_redirects=True)
    found = re.search(r'name="scanned" value="([^"]+)"', page.get_data(as_text=True))
    return found[1] if found else ""


def present() -> set[int]:
    db.session.rollback()
    return set(db.session().scalars(select(AttendanceRow.person_id)))


def words(browser: Browser, path: str) -> str:
    return browser.get(path, follow_redirects=True).get_data(as_text=True)


# Signing in


def test_a_scan_and_a_press_sign_in(app: Flask, office: Office, study: str, clock: Clock, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    given = scanned(browser, app, study, clock)
    assert not present()
    page = browser.submit(f"/rooms/{study}/sign-in", {"scanned": given}, follow_redirects=True).get_data(as_text=True)
    assert "已签到" in page
    assert "扫码" in page
    assert present() == {office.staff.id}


def test_a_scan_before_signing_in_to_the_site_is_not_lost(
    app: Flask, office: Office, study: str, clock: Clock, anonymous: Browser, client_of: ClientOf
) -> None:
    first = anonymous.get(f"/rooms/{study}/enter?c={token(app, study, clock)}")
    there = anonymous.get(first.location)
    assert there.location.startswith("/sign-in?next=")
    clock.advance(minutes=2)
    signed_in = client_of(office.staff).get_cookie(app.config["SIGN_IN_COOKIE_NAME"])
    assert signed_in is not None
    anonymous.set_cookie(app.config["SIGN_IN_COOKIE_NAME"], signed_in.value)
    assert "确认签到" in words(anonymous, first.location)


def test_who_has_signed_in_is_not_told_to_scan_again(
    app: Flask, office: Office, study: str, clock: Clock, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    given = scanned(browser, app, study, clock)
    browser.submit(f"/rooms/{study}/sign-in", {"scanned": given})
    clock.advance(minutes=6)
    again = words(browser, f"/rooms/{study}/sign-in?scanned={given}")
    again += browser.submit(f"/rooms/{study}/sign-in", {"scanned": given}).get_data(as_text=True)
    assert again.count("已签到") == 2
    assert "二维码已过期" not in again


@pytest.mark.parametrize("later", [20, 3600], ids=["the next picture", "an hour later"])
def test_a_photograph_of_the_board_is_worth_nothing(
    app: Flask, office: Office, study: str, clock: Clock, client_of: ClientOf, later: int
) -> None:
    clock.moment = clock.moment.replace(second=0)
    old = token(app, study, clock)
    clock.advance(seconds=later)
    page = words(client_of(office.staff), f"/rooms/{study}/enter?c={old}")
    assert "二维码已过期" in page
    assert "确认签到" not in page


def test_a_scan_serves_no_other_phone(
    app: Flask, office: Office, study: str, clock: Clock, client_of: ClientOf
) -> None:
    given = scanned(client_of(office.staff), app, study, clock)
    other = client_of(office.colleague)
    words(other, f"/rooms/{study}/sign-in")
    answer = other.submit(f"/rooms/{study}/sign-in", {"scanned": given})
    assert answer.status_code == 422
    assert "二维码已过期" in answer.get_data(as_text=True)
    assert not present()


def test_the_phone_keeps_its_name_for_long_and_scripts_cannot_read_it(app: Flask, study: str, clock: Clock) -> None:
    answer = app.test_client().get(f"/rooms/{study}/enter?c={token(app, study, clock)}")
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("device=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert int(re.findall(r"Max-Age=(\d+)", cookie)[0]) > 300 * 24 * 3600


MEETINGS: dict[str, tuple[dict[str, object], bool]] = {
    "a study with its own hours": ({}, True),
    "a quiz for all at once": ({"begins_at": None, "ends_at": None}, True),
    "a quiz that each takes alone": ({"begins_at": None, "ends_at": None, "mode": Mode.INDIVIDUAL}, False),
}


@pytest.mark.parametrize(("change", "is_told"), MEETINGS.values(), ids=MEETINGS)
def test_who_cannot_scan_is_led_from_the_first_page_to_where_the_digits_are_typed(
    app: Flask, office: Office, study: str, clock: Clock, client_of: ClientOf, change: dict[str, object], is_told: bool
) -> None:
    with writing() as session:
        row = session.scalars(select(SittingRow).where(SittingRow.public_id == study)).one()
        meeting = session.get_one(MeetingRow, row.id)
        for name, value in change.items():
            setattr(row if name == "mode" else meeting, name, value)
    clock.advance(minutes=25)
    assert (f'href="/rooms/{study}/sign-in"' in words(client_of(office.staff), "/")) is is_told


def test_the_digits_may_be_typed_as_they_stand_on_the_board(
    app: Flask, office: Office, study: str, clock: Clock, client_of: ClientOf
) -> None:
    digits = signing_in.code(app.config["SECRET_KEY"], study, clock())
    answer = client_of(office.staff).submit(f"/rooms/{study}/sign-in", {"code": f"{digits[:3]} {digits[3:]}"})
    assert answer.status_code == 302
    assert present() == {office.staff.id}


def test_wrong_digits_are_counted_and_said(office: Office, study: str, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    said = [browser.submit(f"/rooms/{study}/sign-in", {"code": "不是数字"}).get_data(as_text=True) for _ in range(6)]
    assert "还可以试 4 次" in said[0]
    assert "14:15 后再试" in said[4]
    assert "14:15 后再试" in said[5]
    assert not present()


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [(-31, "13:30 起可以签到"), (90, "签到已经结束")],
    ids=["too early", "too late"],
)
def test_before_and_after_the_page_says_when(
    office: Office, study: str, clock: Clock, client_of: ClientOf, minutes: int, sentence: str
) -> None:
    clock.advance(minutes=minutes)
    browser = client_of(office.staff)
    assert sentence in words(browser, f"/rooms/{study}/sign-in")
    browser.submit(f"/rooms/{study}/sign-in", {"code": "123456"})
    assert not present()


def test_who_is_not_expected_is_told_so(office: Office, study: str, client_of: ClientOf) -> None:
    page = words(client_of(office.stranger), f"/rooms/{study}/sign-in")
    assert "不在这次学习的应到人员里" in page
    assert "开始作答" not in page


def test_after_signing_in_the_way_to_the_quiz_shows_when_it_opens(
    app: Flask, office: Office, study: str, clock: Clock, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    start = re.compile(r"data-start( hidden)?>")
    assert (start.search(words(browser, f"/rooms/{study}/sign-in")) or [""])[1] == " hidden"
    clock.advance(minutes=30)
    page = words(client_of(office.staff), f"/rooms/{study}/sign-in")
    assert (start.search(page) or ["", ""])[1] is None
    browser = client_of(office.staff)
    assert "/attempts/" in browser.submit(f"/sittings/{study}/attempt").location
    assert "继续作答" in words(browser, f"/rooms/{study}/sign-in")


# The console, as it works without scripts


def test_an_afternoon_by_forms_alone(study: str, leader: Browser, clock: Clock) -> None:
    def press(words_of_button: str) -> str:
        page = words(leader, f"/rooms/{study}")
        form = re.search(
            rf'<form[^>]*action="([^"]+)"[^>]*>((?:(?!</form>).)*)<button[^>]*>{words_of_button}', page, re.DOTALL
        )
        assert form, f"no button {words_of_button}"
        fields = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form[2]))
        return leader.submit(form[1], fields, follow_redirects=True).get_data(as_text=True)

    press("推迟")
    assert "测验 14:35—14:55" in words(leader, f"/rooms/{study}")
    press("现在开始测验")
    page = press("延长")
    assert "大屏：作答进度" in page
    assert "测验 14:00—14:25" in page
    assert "数字已冻结" in press("冻结数字")
    assert "数字已冻结" not in press("恢复更新数字")
    page = press("确认收卷")
    assert "已结束" in page
    assert "第 1 题，出示题目" in press("讲第 1 题")
    assert "第 1 题，看选择分布" in press("下一步：看选择分布")
    assert "第 1 题，看解析" in press("下一步：看解析")
    assert "第 1 题，看选择分布" in press("上一步")
    assert "大屏：空白" in press("空白")


@pytest.mark.parametrize(
    ("path", "minutes", "form", "sentence"),
    [
        ("start", 31, {}, "测验已经开始"),
        ("start", 60, {}, "测验已经结束"),
        ("postponement", 31, {}, "不能推迟"),
        ("extension", 0, {}, "不用延长"),
        ("extension", 60, {}, "不能延长"),
        ("closing", 0, {}, "测验还没有开始"),
        ("extension", 31, {"minutes": "61"}, "1 到 60"),
        ("extension", 31, {"minutes": "两"}, "1 到 60"),
        ("postponement", 0, {"minutes": "0"}, "1 到 60"),
        ("question", 0, {"position": "1"}, "测验还没有开始"),
        ("question", 31, {"position": "1"}, "大家还在作答"),
        ("question", 60, {"position": "1", "step": "answer"}, "测验已经结束"),
    ],
)
def test_what_cannot_be_done_now_is_said_and_nothing_changes(
    app: Flask,
    study: str,
    office: Office,
    client_of: ClientOf,
    clock: Clock,
    path: str,
    minutes: int,
    form: dict[str, str],
    sentence: str,
) -> None:
    def times() -> tuple[object, object]:
        db.session.rollback()
        row = db.session().scalars(select(SittingRow).where(SittingRow.public_id == study)).one()
        return row.opens_at, row.closes_at

    before = times()
    clock.advance(minutes=minutes)
    browser = client_of(office.deputy)
    assert sentence in browser.submit(f"/rooms/{study}/{path}", form, follow_redirects=True).get_data(as_text=True)
    assert times() == before


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("screen", {"screen": "nothing"}),
        ("screen", {}),
        ("screen", {"screen": "question"}),
        ("question", {"position": "99"}),
        ("question", {"position": "-1"}),
        ("question", {"position": "１"}),
        ("question", {"position": "1", "step": "x"}),
    ],
)
def test_what_no_button_sends_is_no_page(
    study: str, office: Office, client_of: ClientOf, clock: Clock, path: str, form: dict[str, str]
) -> None:
    clock.advance(hours=1)
    assert client_of(office.deputy).submit(f"/rooms/{study}/{path}", form).status_code == 404


def test_a_tick_leads_back_to_where_it_was_made(
    study: str, office: Office, leader: Browser, client_of: ClientOf
) -> None:
    answer = leader.submit(f"/rooms/{study}/roll/{office.staff.public_id}", {"back": "console"})
    assert answer.location.endswith(f"/rooms/{study}")
    chief = client_of(office.chief)
    assert office.colleague.name in words(chief, f"/rooms/{study}/roll")
    answer = chief.submit(f"/rooms/{study}/roll/{office.colleague.public_id}", {"back": "roll"})
    assert answer.location.endswith(f"/rooms/{study}/roll")
    assert present() == {office.staff.id, office.colleague.id}


def test_while_people_answer_the_console_shows_no_question(
    study: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    clock.advance(minutes=31)
    page = words(client_of(office.deputy), f"/rooms/{study}")
    assert CANARY not in page
    assert "讲第" not in page


# The big screen


def test_the_board_opens_for_whoever_leads_and_stays_when_they_have_signed_out(
    study: str, leader: Browser, anonymous: Browser
) -> None:
    address = leader.get(f"/rooms/{study}/board").location
    assert "签到码" in words(anonymous, address)
    assert anonymous.get(f"{address}/snapshot").status_code == 200
    assert anonymous.get(f"{address}x").status_code == 404
    assert anonymous.get(address.replace("/boards/", "/boards/x")).status_code == 404


def test_the_board_of_one_study_opens_no_other(app: Flask, study: str, sitting: str, anonymous: Browser) -> None:
    assert anonymous.get(board(app, study)).status_code == 200
    assert anonymous.get(board(app, study).replace(study, sitting)).status_code == 404


def test_the_code_changes_and_is_told_to_boards_only(
    app: Flask, study: str, office: Office, clock: Clock, anonymous: Browser, leader: Browser
) -> None:
    first = anonymous.get(f"{board(app, study)}/snapshot").json or {}
    assert first["code"] == signing_in.code(app.config["SECRET_KEY"], study, clock())
    clock.advance(seconds=61)
    second = anonymous.get(f"{board(app, study)}/snapshot").json or {}
    assert first["code"] != second["code"]
    assert first["qr"] != second["qr"]
    for path in ("snapshot", "pulse"):
        told = leader.get(f"/rooms/{study}/{path}").json or {}
        assert not {"code", "qr"} & set(told)
    leader.submit(f"/rooms/{study}/screen", {"screen": "blank"})
    assert (anonymous.get(f"{board(app, study)}/snapshot").json or {})["code"] == ""
    assert second["code"] not in words(anonymous, f"{board(app, study)}/screen")


def test_a_board_draws_what_another_process_told_it_though_this_one_knows_less(
    app: Flask, study: str, office: Office, clock: Clock, anonymous: Browser
) -> None:
    anonymous.get(f"{board(app, study)}/snapshot")
    Led(office, clock, study).at(None, screen=Screen.PROGRESS)
    assert "screen-progress" in words(anonymous, f"{board(app, study)}/screen")


def test_whoever_knows_what_is_told_is_told_nothing_until_it_changes(
    app: Flask, study: str, office: Office, clock: Clock, anonymous: Browser, leader: Browser
) -> None:
    for path in (f"{board(app, study)}/snapshot", f"/rooms/{study}/pulse"):
        first = anonymous.get(path)
        assert anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        leader.submit(f"/rooms/{study}/screen", {"screen": "blank" if "pulse" in path else "progress"})
        assert anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_pulse_says_how_far_the_room_is_and_nothing_else(study: str, clock: Clock, anonymous: Browser) -> None:
    told = anonymous.get(f"/rooms/{study}/pulse").json or {}
    assert set(told) == {"version", "phase", "again", "server"}
    assert told["phase"] == "planned"
    clock.advance(minutes=30)
    assert (anonymous.get(f"/rooms/{study}/pulse").json or {})["phase"] == "open"


def test_no_reply_of_the_room_names_anybody_or_tells_a_score(
    app: Flask, study: str, office: Office, clock: Clock, leader: Browser, anonymous: Browser
) -> None:
    """Everything that boards and phones can be told, through a whole afternoon."""
    names = [person.name for person in office.everybody()]

    def look() -> None:
        clock.advance(seconds=3)
        replies = [f"{board(app, study)}{part}" for part in ("", "/screen", "/snapshot")] + [f"/rooms/{study}/pulse"]
        for path in replies:
            said = words(anonymous, path)
            assert not [name for name in names if name in said]
            assert not re.search(r"得分|分数|总分|score", said)

    def press(path: str, **form: str) -> None:
        leader.submit(f"/rooms/{study}/{path}", form)
        look()

    look()
    press(f"roll/{office.staff.public_id}")
    press("start")
    with app.app_context(), writing() as session:
        attempts.start(session, office.staff.actor, study, now=clock())
    press("freeze", frozen="1")
    press("freeze", frozen="0")
    press("closing")
    with app.app_context(), writing() as session:
        attempts.close_overdue(session, now=clock(), at_once=50)
    for position in range(1, 9):
        for step in ("read", "split", "explain"):
            press("question", position=str(position), step=step)
    press("screen", screen="blank")


def test_a_study_without_a_paper_has_no_board_and_no_pulse(
    app: Flask, study: str, anonymous: Browser, clock: Clock
) -> None:
    with app.app_context(), writing() as session:
        session.scalars(select(SittingRow).where(SittingRow.public_id == study)).one().published_at = None
    for path in (board(app, study), f"/rooms/{study}/pulse"):
        assert anonymous.get(path).status_code == 404
