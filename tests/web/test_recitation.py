"""Recitation cards on pages: chosen, turned over, rated once, and summed up."""

import re
from collections.abc import Callable
from collections.abc import Iterator

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from flask import Flask

from quizapp.db.bank import QuestionSetRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import speeches

ClientOf = Callable[[Person], Browser]
SPEECH = "同志们：\n\n希望大家记住“会议无小事，小事见水平”，办会是办公室的“看家本领”。"


@pytest.fixture
def speech(app: Flask, office: Office, clock: Clock) -> Iterator[str]:
    """The public id of a speech of two key points that is studied."""
    with app.app_context():
        with writing() as write:
            made = approved_set(write, office.editor.actor, office.second_editor.actor, each=1, now=clock())
            file = speeches.understand("speech.txt", SPEECH.encode())
            row, _ = speeches.load_speech(write, office.editor.actor, file, "办会讲话", now=clock())
            write.get_one(QuestionSetRow, made.id).speech_id = row.id
            public_id = row.public_id
        yield public_id
        db.session.remove()


def page(browser: Browser, path: str) -> str:
    answer = browser.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def fields(body: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(run|point|speech|again)" value="([^"]*)"', body))


def test_a_run_goes_from_card_to_card_to_its_summary(speech: str, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    assert "办会讲话" in page(browser, "/practice/recite")
    card = page(browser, f"/practice/recite/cards?speech={speech}")
    assert "第 1 张，共 2 张" in card
    assert "会议无小事，______" in card
    assert "<mark>会议无小事，小事见水平</mark>" in card
    first = fields(card)
    for _ in range(2):
        answer = browser.submit("/practice/recite/cards", {**first, "grade": "again"})
    assert "第 2 张，共 2 张" in page(browser, answer.headers["Location"])
    second = fields(page(browser, answer.headers["Location"]))
    answer = browser.submit("/practice/recite/cards", {**second, "grade": "hard"})
    end = page(browser, answer.headers["Location"])
    assert "这次背了 2 张" in end
    assert "没记住的" in end
    again = page(browser, f"/practice/recite/cards?again={first['run']}")
    assert "今天已经评过" in again
    answer = browser.submit("/practice/recite/cards", {**fields(again), "grade": "good"})
    assert "这次只作练习" in page(browser, answer.headers["Location"])
    assert "今天都评过了" in page(browser, "/practice/recite")


@pytest.mark.parametrize(
    "changed", [{"grade": "best"}, {"grade": ""}, {"point": "x", "grade": "good"}, {"run": "a b", "grade": "good"}]
)
def test_what_no_form_of_ours_sends_is_asked_again(
    speech: str, office: Office, client_of: ClientOf, changed: dict[str, str]
) -> None:
    browser = client_of(office.staff)
    sent = fields(page(browser, f"/practice/recite/cards?speech={speech}")) | changed
    answer = browser.submit("/practice/recite/cards", sent)
    assert "请再点一次" in page(browser, answer.headers["Location"])
    assert "还没有背过的要点" in page(browser, "/practice/recite")


def test_without_a_speech_the_page_says_what_to_do(app: Flask, office: Office, client_of: ClientOf) -> None:
    browser = client_of(office.staff)
    assert "还没有可以背的讲话" in page(browser, "/practice/recite")
    assert browser.get("/practice/recite/cards?speech=unknown&run=r").status_code == 404
