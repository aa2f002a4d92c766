"""Mistakes and free practice as pages: what a browser without scripts sees, sends, and sends twice."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from urllib.parse import urlencode

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from docx import Document
from factories import CANARY
from factories import SPEC
from factories import published_sitting
from factories import sitting_facts
from services.practised import answer_all
from services.practised import begin
from services.practised import standing
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.narrowing import Facet
from quizapp.core.practice import PracticeMode
from quizapp.core.question import TypeName
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.engine import writing
from quizapp.db.practice import MistakeRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.services.free_practice import Run

set_id = stocked_set()
BOOK = "/practice/mistakes"


@pytest.fixture
def browser(set_id: int, session: Session, client_of: Callable[..., Browser], office: Office) -> Browser:
    return client_of(office.staff)


def address(run: Run, at: int | None = None, page: str = "") -> str:
    told = {"mode": run.mode.value, "number": run.number, "when": "each" if run.at_once else "end", "seed": run.seed}
    more = {} if at is None else {"at": at}
    return f"/practice/run{page}?{urlencode({**told, **run.chosen, **more})}"


def body_of(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def form_of(body: str) -> dict[str, str]:
    """The hidden fields of the question on a page."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body)
    return {name: unescape(value) for name, value in hidden if name != "csrf_token"}


def held(session: Session) -> list[PracticeAnswerRow]:
    session.rollback()
    return list(session.scalars(select(PracticeAnswerRow).order_by(PracticeAnswerRow.id)))


def of_type(name: TypeName, clock: Clock, *, at_once: bool = True, mode: PracticeMode = PracticeMode.FREE) -> Run:
    seed = begin(clock(), chance="00000007").seed
    return Run(mode, {Facet.TYPE: name.value}, 3, at_once, seed)


def test_what_is_chosen_stands_in_links_and_leads_to_a_run(browser: Browser) -> None:
    body = body_of(browser, "/practice/free?type=single_choice")
    assert "开始练习（共 3 题可练）" in body
    start = next(unescape(link) for link in re.findall(r'href="(/practice/run\?[^"]*)"', body))
    assert "type=single_choice" in start
    assert "已答 0／3 题" in body_of(browser, start)
    assert "没有可练的题" in body_of(browser, "/practice/free?type=no_type")


def test_an_answer_is_shown_at_once_with_its_sentence_and_a_second_tap_counts_once(
    browser: Browser, session: Session, clock: Clock
) -> None:
    run = of_type(TypeName.SINGLE_CHOICE, clock)
    asked = body_of(browser, address(run))
    assert CANARY not in asked
    sent = {**form_of(asked), "q1": "A"}
    for _ in range(2):
        answer = browser.submit(address(run, page="/answers"), sent)
        assert answer.status_code == 302
    told = body_of(browser, answer.headers["Location"])
    assert f"{CANARY}原句" in told
    assert "下一题" in told
    (row,) = held(session)
    other = browser.submit(address(run, page="/answers"), {**sent, "q1": "B"}, follow_redirects=True)
    assert "以先提交的为准" in other.get_data(as_text=True)
    assert [each.value for each in held(session)] == [row.value]


def test_nothing_given_is_refused_with_what_to_do_and_giving_up_is_an_answer(
    browser: Browser, session: Session, clock: Clock
) -> None:
    run = of_type(TypeName.FILL_IN, clock)
    sent = form_of(body_of(browser, address(run)))
    refused = browser.submit(address(run, page="/answers"), {**sent, "q1": "", "unsure": "1"})
    assert refused.status_code == 422
    assert "不会，看答案" in refused.get_data(as_text=True)
    assert held(session) == []
    browser.submit(address(run, page="/answers"), {**sent, "q1": "", "give-up": "1"})
    assert [(row.is_right, row.value) for row in held(session)] == [(False, [])]


def test_with_answers_at_the_end_no_page_tells_one_before_the_result(
    browser: Browser, session: Session, clock: Clock
) -> None:
    run = of_type(TypeName.SINGLE_CHOICE, clock, at_once=False)
    for number in (1, 2, 3):
        sent = {**form_of(body_of(browser, address(run, number))), f"q{number}": "A"}
        browser.submit(address(run, page="/answers"), sent)
        assert CANARY not in body_of(browser, address(run, number))
    assert len(held(session)) == 3
    ended = browser.get(address(run))
    assert "/practice/run/result" in ended.headers["Location"]
    assert body_of(browser, ended.headers["Location"]).count(f"<mark>{CANARY}原句") == 3


def test_a_short_answer_is_held_once_its_person_has_judged_it(browser: Browser, session: Session, clock: Clock) -> None:
    run = of_type(TypeName.SHORT_ANSWER, clock)
    sent = {**form_of(body_of(browser, address(run))), "q1": "我的大意\r\n第二行"}
    points = browser.submit(address(run, page="/answers"), sent).get_data(as_text=True)
    assert f"{CANARY}采分点1" in points
    assert "我的大意" in points
    assert held(session) == []
    again = {**form_of(points), "q1": "我的大意\r\n第二行", "said": "1"}
    browser.submit(address(run, page="/answers"), again)
    assert [(row.is_right, row.value) for row in held(session)] == [(True, ["我的大意\n第二行"])]


@pytest.mark.parametrize(
    "query",
    ["", "?mode=free", "?mode=daily&number=5&seed=00000000-00000000", "?mode=free&number=51&seed=00000000-00000000"],
)
def test_an_address_that_says_no_run_leads_to_the_choice(browser: Browser, query: str) -> None:
    for page in ("/practice/run", "/practice/run/result"):
        assert browser.get(page + query).headers["Location"] == "/practice/free"


def test_no_page_print_or_file_tells_the_key_of_what_a_sitting_still_asks(
    browser: Browser, set_id: int, session: Session, office: Office, clock: Clock
) -> None:
    run = begin(clock(), number=3 * len(TypeName))
    answer_all(office.staff, run, clock(), right=False)
    pages = [BOOK, f"{BOOK}?page=2", f"{BOOK}/print?answers=under", f"{BOOK}/print", address(run, page="/result")]
    assert all(CANARY in body_of(browser, page) for page in pages)
    with writing() as write:
        opens = clock() + timedelta(days=7)
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens)
        every = dict.fromkeys(TypeName, 3)
        spec = type(SPEC)(counts=every, marks=dict.fromkeys(TypeName, 1))
        published_sitting(write, office.editor.actor, facts, now=clock(), spec=spec)
    for page in [*pages, *(address(run, place.number) for place in standing(office.staff, run, clock()).places)]:
        assert CANARY not in body_of(browser, page), page
    file = Document(BytesIO(browser.get(f"{BOOK}/file?answers=under").data))
    words = "\n".join(paragraph.text for paragraph in file.paragraphs)
    assert CANARY not in words
    assert words.count("大约在 11 月 27 日") == 3 * len(TypeName)


def test_the_book_is_narrowed_practised_and_taken_away(
    browser: Browser, session: Session, office: Office, clock: Clock
) -> None:
    assert "您还没有错题" in body_of(browser, BOOK)
    answer_all(office.staff, begin(clock(), number=6), clock(), right=False)
    body = body_of(browser, f"{BOOK}?origin=practice")
    practise = next(unescape(link) for link in re.findall(r'href="(/practice/run\?[^"]*)"', body))
    assert "mode=mistakes" in practise
    assert "已答 0／6 题" in body_of(browser, practise)
    assert "这个范围里没有错题" in body_of(browser, f"{BOOK}?origin=sitting")
    answer = browser.get(f"{BOOK}/file?answers=end")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    words = [paragraph.text for paragraph in Document(BytesIO(answer.data)).paragraphs]
    assert words.index("答案和原句") > max(place for place, line in enumerate(words) if line.startswith("6. 〔"))
    # Neither answers nor headings, which may tell them.
    assert CANARY not in body_of(browser, f"{BOOK}/print?answers=none")


def test_a_question_that_was_taken_down_is_moved_out_by_its_person_and_nobody_else(
    browser: Browser, session: Session, office: Office, clock: Clock, client_of: Callable[..., Browser]
) -> None:
    answer_all(office.staff, begin(clock(), {Facet.TYPE: "ordering"}, number=1), clock(), right=False)
    public_id = session.scalars(select(QuestionRow.public_id).join(MistakeRow)).one()
    kept = browser.submit(f"{BOOK}/{public_id}/removal", follow_redirects=True).get_data(as_text=True)
    assert "还可以练习" in kept
    with writing() as write:
        write.execute(update(QuestionRow).values(state=QuestionState.RETIRED))
    assert client_of(office.colleague).submit(f"{BOOK}/{public_id}/removal").status_code == 404
    assert "试题已撤下" in body_of(browser, BOOK)
    gone = browser.submit(f"{BOOK}/{public_id}/removal", follow_redirects=True).get_data(as_text=True)
    assert "已移出" in gone
    assert "试题已撤下" in body_of(browser, f"{BOOK}?state=cleared")
