"""Marking, wordings, doubts and notices through their pages: what is told, what is hidden, where a form leads."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from flask import Flask
from services.judged import ESSAY
from services.judged import Quiz
from services.judged import open_quiz
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.services import marking
from quizapp.services import wordings
from quizapp.web import bell

ClientOf = Callable[[Person], Browser]


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    return open_quiz(office, clock)


def text(browser: Browser, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def pile(quiz: Quiz) -> str:
    return f"/marking/sittings/{quiz.sitting}/questions/{ESSAY}"


def answer_on(page: str) -> str:
    found = re.search(r'action="/marking/answers/([^"]+)" id="mark"', page)
    assert found
    return found[1]


# Marking


def test_the_desk_names_nobody_and_leads_to_nobody(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    for person in (office.staff, office.stranger):
        quiz.write(person, f"关键词1 {person.number[-1]}")
    quiz.close()
    browser = client_of(office.editor)
    pages = [text(browser, path) for path in ("/marking", pile(quiz), f"{pile(quiz)}/marked")]
    told = {person.name for person in office.everybody() if person is not office.editor}
    told |= {person.public_id for person in office.everybody()} | set(quiz.attempts.values())
    told |= {"秘书科", "财务科", *(person.number for person in office.everybody())}
    for page in pages:
        assert not {word for word in told if word in page}


def test_the_proposal_is_ticked_and_called_a_proposal(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    quiz.write(office.staff, "先说关键词2，再说关键词4。")
    quiz.close()
    page = text(client_of(office.editor), pile(quiz))
    ticked = re.findall(r'name="said" value="(\d)"[^>]*? checked', page)
    assert ticked == ["2", "4"]
    assert page.count("系统建议：答到") == 2
    assert '<mark class="keyword">关键词2</mark>' in page
    assert "请以您的判断为准" in page


def test_marking_leads_to_the_next_and_says_how_many_are_left(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    for person in (office.staff, office.colleague, office.stranger):
        quiz.write(person, f"关键词1 {person.number}")
    quiz.close()
    browser, seen = client_of(office.editor), []
    page = text(browser, pile(quiz))
    for left in (2, 1, 0):
        assert f"还有 {left + 1} 份" in page
        seen.append(answer_on(page))
        form = {"points": "5", "said": ["1", "2"]}
        page = browser.submit(f"/marking/answers/{seen[-1]}", form, follow_redirects=True).get_data(as_text=True)
        assert f"记 2 分，还有 {left} 份" in page
    assert len(set(seen)) == 3
    assert "已全部评完" in page


def test_the_second_marker_reads_what_stands_and_what_was_theirs(
    quiz: Quiz, office: Office, client_of: ClientOf
) -> None:
    for person in (office.staff, office.colleague):
        quiz.write(person, f"关键词1 {person.number}")
    quiz.close()
    first, second = client_of(office.editor), client_of(office.deputy)
    answer = answer_on(text(second, pile(quiz)))
    first.submit(f"/marking/answers/{answer}", {"points": "5", "said": ["1"]})
    told = second.submit(f"/marking/answers/{answer}", {"points": "5", "said": ["2", "3"]}, follow_redirects=True)
    page = told.get_data(as_text=True)
    assert "另一位评阅人评为 1 分（第（1）点）" in page
    assert "您勾选的是第（2）（3）点，没有记入" in page
    assert answer_on(page) != answer


def test_undo_brings_the_answer_back(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    for person in (office.staff, office.colleague):
        quiz.write(person, f"关键词1 {person.number}")
    quiz.close()
    browser = client_of(office.editor)
    answer = answer_on(text(browser, pile(quiz)))
    browser.submit(f"/marking/answers/{answer}", {"points": "5", "said": ["1"]})
    page = browser.submit(f"{pile(quiz)}/undo", follow_redirects=True).get_data(as_text=True)
    assert "已撤销" in page
    assert answer_on(page) == answer
    assert "没有可以撤销的评分" in browser.submit(f"{pile(quiz)}/undo", follow_redirects=True).get_data(as_text=True)


BAD_FORMS = {"no count": {}, "no number": {"points": "x"}, "too many points": {"points": "11"}, "none": {"points": "0"}}


@pytest.mark.parametrize("form", BAD_FORMS.values(), ids=BAD_FORMS)
def test_a_form_without_its_points_is_refused(
    quiz: Quiz, office: Office, client_of: ClientOf, form: dict[str, str]
) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.close()
    answer = quiz.answer(office.staff)
    assert client_of(office.editor).submit(f"/marking/answers/{answer}", form).status_code == 400
    assert quiz.attempt(office.staff).unmarked == 1


def test_a_change_without_a_reason_keeps_the_ticks(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    quiz.write(office.staff, "关键词1")
    quiz.close()
    browser, answer = client_of(office.editor), quiz.answer(office.staff)
    browser.submit(f"/marking/answers/{answer}", {"points": "5", "said": ["1"]})
    form = {"points": "5", "known": ["1"], "said": ["4", "5"], "reason": ""}
    told = browser.submit(f"/marking/answers/{answer}/change", form)
    assert told.status_code == 422
    assert "请填写改动的原因" in told.get_data(as_text=True)
    assert re.findall(r'name="said" value="(\d)"[^>]*? checked', told.get_data(as_text=True)) == ["4", "5"]
    assert browser.submit(f"/marking/answers/{answer}/change", form | {"reason": "复核"}).status_code == 302
    assert quiz.attempt(office.staff).units == 2 * 2520


def test_a_menu_is_no_reason_to_fail(quiz: Quiz, office: Office, client_of: ClientOf, monkeypatch: Any) -> None:
    def locked(*args: object) -> int:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    monkeypatch.setattr(marking, "waiting_for", locked)
    assert client_of(office.editor).get("/marking").status_code == 200


# Provisional


def test_wherever_a_score_stands_it_says_that_it_waits(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    attempt = quiz.write(office.staff, "关键词1")
    staff, chief = client_of(office.staff), client_of(office.chief)
    pages = {path: text(staff, path) for path in ("/", "/history", f"/attempts/{attempt}/result")}
    person = f"/reports/people/{office.staff.public_id}"
    pages |= {path: text(chief, path) for path in ("/reports", person)}
    for path, page in pages.items():
        assert "简答题待评阅" in page, path
        assert "合格</strong>" not in page, path


def test_the_result_is_final_once_marked(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    attempt = quiz.write(office.staff, "关键词1")
    quiz.close()
    form = {"points": "5", "said": ["1", "2", "3", "4", "5"]}
    client_of(office.editor).submit(f"/marking/answers/{quiz.answer(office.staff)}", form)
    page = text(client_of(office.staff), f"/attempts/{attempt}/result")
    assert "简答题待评阅" not in page
    assert "未合格" in page
    assert "简答题已评阅，总分 5" in text(client_of(office.staff), "/")


# Wordings


def filled() -> str:
    db.session.rollback()
    return str(db.session().scalar(select(QuestionRow.public_id).where(QuestionRow.fingerprint == "fill_in-0")))


def test_accepting_on_the_page_scores_anew_and_tells_on_the_home_page(
    quiz: Quiz, office: Office, client_of: ClientOf
) -> None:
    for person in (office.staff, office.colleague):
        quiz.fill_in(person, "日事日毕")
    quiz.close()
    browser, path = client_of(office.editor), f"/questions/{filled()}/wordings"
    assert "日事日毕" in text(browser, path)
    form = {"version": "1", "blank": "0", "wording": "日事日毕"}
    page = browser.submit(path, form, follow_redirects=True).get_data(as_text=True)
    assert "核对 2 份，得分有变化的 2 份" in page
    home = text(client_of(office.staff), "/")
    assert "第 4 题：您填写的“日事日毕”已被认可，得分由 0 改为 5。" in home
    again = browser.submit(path, form)
    assert again.status_code == 422
    assert "已经算对" in again.get_data(as_text=True)


def test_the_bell_goes_on_where_the_request_stopped(
    app: Flask, quiz: Quiz, office: Office, client_of: ClientOf, monkeypatch: Any
) -> None:
    for person in (office.staff, office.colleague, office.stranger):
        quiz.fill_in(person, "日事日毕")
    quiz.close()
    monkeypatch.setattr("quizapp.web.views.wordings.RUNS_AT_ONCE", 1)
    monkeypatch.setattr(wordings.rescore, "__kwdefaults__", {"at_once": 1})
    browser, path = client_of(office.editor), f"/questions/{filled()}/wordings"
    form = {"version": "1", "blank": "0", "wording": "日事日毕"}
    page = browser.submit(path, form, follow_redirects=True).get_data(as_text=True)
    assert "已核对 1 / 3 份" in page
    assert '<meta http-equiv="refresh"' in page
    with app.app_context():
        while bell.rescore():
            pass
    assert "核对 3 份，得分有变化的 3 份" in text(browser, path)
    assert '<meta http-equiv="refresh"' not in text(browser, path)


def test_the_command_finishes_what_was_left(app: Flask, quiz: Quiz, office: Office) -> None:
    quiz.fill_in(office.staff, "日事日毕")
    with writing() as session:
        wordings.accept(session, office.editor.actor, filled(), 1, 0, "日事日毕", now=quiz.clock())
    assert "已全部重新计分" in app.test_cli_runner().invoke(args=["attempts", "rescore"]).output
    assert quiz.attempt(office.staff).units == 5 * 2520


# Doubts and notices


def test_a_doubt_goes_there_and_back(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    attempt = quiz.hand_in(office.staff, {})
    staff, editor = client_of(office.staff), client_of(office.editor)
    form = {"reason": "two_keys", "words": "B 和 C 都对"}
    page = staff.submit(f"/attempts/{attempt}/questions/1/doubt", form, follow_redirects=True).get_data(as_text=True)
    assert "正在等待编辑答复" in page
    queue = text(editor, "/doubts")
    assert "有两个答案 1 人" in queue
    assert office.staff.name not in queue
    [path] = re.findall(r'action="(/doubts/questions/[^"]+)"', queue)
    assert editor.submit(path, {"answer": " "}).status_code == 422
    editor.submit(path, {"answer": "只有 B 对，见原句。"})
    assert "没有等待答复的疑问" in text(editor, "/doubts")
    assert "只有 B 对，见原句。" in text(staff, f"/attempts/{attempt}/result")
    home = text(staff, "/")
    assert "您对第 1 题的疑问已答复：只有 B 对，见原句。" in home
    [aside] = re.findall(r'action="(/notices/[^"]+)"', home)
    assert "疑问已答复" not in staff.submit(aside, follow_redirects=True).get_data(as_text=True)


REFUSED = {"no reason": ({}, "请选择疑问的类型"), "other alone": ({"reason": "other"}, "请写明疑问是什么")}


@pytest.mark.parametrize(("form", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_doubt_that_is_refused_says_why(
    quiz: Quiz, office: Office, client_of: ClientOf, form: dict[str, str], sentence: str
) -> None:
    attempt = quiz.hand_in(office.staff, {})
    told = client_of(office.staff).submit(f"/attempts/{attempt}/questions/1/doubt", form, follow_redirects=True)
    assert sentence in told.get_data(as_text=True)


def test_what_somebody_writes_is_shown_as_text(quiz: Quiz, office: Office, client_of: ClientOf) -> None:
    evil = "<img src=x onerror=alert(1)>"
    attempt = quiz.write(office.staff, evil)
    form = {"reason": "other", "words": evil}
    client_of(office.staff).submit(f"/attempts/{attempt}/questions/1/doubt", form)
    quiz.close()
    editor = client_of(office.editor)
    for path in (pile(quiz), "/doubts"):
        assert "<img" not in text(editor, path)
        assert "&lt;img" in text(editor, path)
