"""Pages of making up: the list, the speech in parts, the fresh paper."""

import re
from collections.abc import Callable

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from services.away import owing_a_speech

from quizapp.db.base import db
from quizapp.db.engine import writing

ClientOf = Callable[[Person], Browser]
SPEECH = """在全市办公室工作会议上的讲话

一、争做“四有”干部

希望大家争做“四有”干部。一是有信念，心中有党。二是有本领，干事有方。三是有担当，遇事有责。四是有底线，做人有戒。

二、抓好三项重点

各科室要抓好落实，一项一项抓到底。
"""


@pytest.fixture
def task(app: Flask, sitting: str, office: Office, clock: Clock) -> str:
    """Staff's task for the sitting that is open now; its set has a speech of two parts."""
    with app.app_context():
        with writing() as session:
            public_id = owing_a_speech(session, office, sitting, SPEECH, clock())
        db.session.remove()
    return public_id


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def is_hidden(page: str, name: str) -> bool:
    found = re.search(f'id="{name}"([^>]*)>', page)
    assert found, name
    return "hidden" in found[1]


def test_before_the_sitting_closes_the_task_says_from_when(task: str, office: Office, client_of: ClientOf) -> None:
    staff = client_of(office.staff)
    assert "学习结束后（11月20日（周五） 16:00）可以开始" in text(staff, "/make-ups")
    page = text(staff, f"/make-ups/{task}")
    assert "这次学习还没有结束" in page
    assert "读完这一部分" not in page
    assert staff.submit(f"/make-ups/{task}/parts/0").status_code == 409
    assert staff.submit(f"/make-ups/{task}/attempt").status_code == 409


def test_the_speech_is_read_and_then_the_paper_taken(
    task: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    clock.advance(hours=3)
    staff = client_of(office.staff)
    page = text(staff, f"/make-ups/{task}")
    assert "一、争做“四有”干部" in page
    assert "各科室要抓好落实" in page
    assert (is_hidden(page, "to-start"), is_hidden(page, "to-read")) == (True, False)
    refused = staff.submit(f"/make-ups/{task}/attempt")
    assert refused.status_code == 422
    assert "还有 2 部分没有读完" in refused.get_data(as_text=True)
    assert staff.submit(f"/make-ups/{task}/parts/0").location.endswith("#part-1")
    assert '<progress id="progress" max="2" value="1">' in text(staff, f"/make-ups/{task}")
    assert staff.submit(f"/make-ups/{task}/parts/1").location.endswith("#paper")
    page = text(staff, f"/make-ups/{task}")
    assert (is_hidden(page, "to-start"), is_hidden(page, "to-read")) == (False, True)
    answer = staff.submit(f"/make-ups/{task}/attempt")
    assert "补学：“五型”干部学测" in text(staff, answer.location)
    assert "继续作答" in text(staff, f"/make-ups/{task}")
    staff.submit(f"{answer.location}/submission")
    assert "查看补学成绩" in text(staff, f"/make-ups/{task}")
    assert "已补" in text(staff, "/make-ups")
    assert "补学：“五型”干部学测" in text(staff, f"{answer.location}/result")


def test_a_script_is_told_how_much_is_read(task: str, office: Office, client_of: ClientOf, clock: Clock) -> None:
    clock.advance(hours=3)
    staff = client_of(office.staff)
    assert staff.send(f"/make-ups/{task}/parts/1", {}).get_json() == {"read": 1, "parts": 2, "all": False}
    assert staff.send(f"/make-ups/{task}/parts/0", {}).get_json() == {"read": 2, "parts": 2, "all": True}


def test_questions_that_were_asked_before_are_said(
    task: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    clock.advance(hours=3)
    staff = client_of(office.staff)
    for number in (0, 1):
        staff.submit(f"/make-ups/{task}/parts/{number}")
    assert "题库余题不足" not in text(staff, f"/make-ups/{task}")
    staff.submit(f"/make-ups/{task}/attempt")
    assert "试卷 8 题中有 4 题与当次学习相同" in text(staff, f"/make-ups/{task}")


def test_after_the_deadline_it_can_still_be_done_and_is_marked(
    task: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    clock.advance(days=9)
    staff = client_of(office.staff)
    assert "逾期" in text(staff, "/make-ups")
    assert "仍可以补学，记录为“逾期补完”" in text(staff, f"/make-ups/{task}")
    for number in (0, 1):
        staff.submit(f"/make-ups/{task}/parts/{number}")
    attempt = staff.submit(f"/make-ups/{task}/attempt").location
    staff.submit(f"{attempt}/submission")
    listed = text(client_of(office.chief), "/make-ups/sections")
    assert "逾期补完" in listed
    assert "11月29日（周日） 14:00 完成" in listed
    assert "待补 0 人，已补 0 人，逾期 1 人" in listed


@pytest.mark.parametrize("who", ["colleague", "chief", "editor"])
def test_a_task_is_nobody_elses(task: str, office: Office, client_of: ClientOf, clock: Clock, who: str) -> None:
    clock.advance(hours=3)
    other = client_of(getattr(office, who))
    assert other.get(f"/make-ups/{task}").status_code == 404
    assert other.submit(f"/make-ups/{task}/parts/0").status_code == 404
    assert other.submit(f"/make-ups/{task}/attempt").status_code == 404


def test_the_sections_list_is_for_overseers(task: str, office: Office, client_of: ClientOf) -> None:
    assert "陆干部" in text(client_of(office.chief), "/make-ups/sections")
    assert "近半年没有补学" in text(client_of(office.finance_chief), "/make-ups/sections")
    assert client_of(office.staff).get("/make-ups/sections").status_code == 404
