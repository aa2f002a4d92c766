"""The pages of 试题统计, and a doubtful key on the desk."""

from collections.abc import Callable

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from services.summed import Told
from services.summed import closed
from sqlalchemy import select
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.statistics import KeyCheckRow
from quizapp.services import bank
from quizapp.web.views.statistics import hundredths
from quizapp.web.views.statistics import tenth_percent

set_id = stocked_set(each=1)

#: The first question goes against the rest; of its options one is chosen by one of thirty, one by nobody.
MARKS = [(0, 5, 5), (5, 0, 0), (0, 5, 5)] * 10
CHOSEN = [(["A"], 10), (["B"], 19), (["C"], 1)]
FINDING = {"version": "1", "seen": "30", "conclusion": "已核对原文，答案无误。"}


@pytest.fixture
def told(session: Session, office: Office, clock: Clock, set_id: int) -> Told:
    made = closed(office, clock, set_id, MARKS, {1: CHOSEN})
    session.rollback()
    return made


@pytest.fixture
def editor(client_of: Callable[[Person], Browser], office: Office, told: Told) -> Browser:
    """Signed in once the sitting is over, days later."""
    return client_of(office.editor)


def read(browser: Browser, address: str) -> str:
    answer = browser.get(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "None" not in page
    return page


def test_the_list_leads_to_the_paper_and_the_paper_to_its_questions(editor: Browser, told: Told) -> None:
    index = read(editor, "/statistics")
    assert f"/statistics/sittings/{told.id}" in index
    assert "有 1 道题区分度为负" in index
    paper = read(editor, f"/statistics/sittings/{told.id}")
    assert all(f"/statistics/questions/{question}" in paper for question in told.questions)
    assert "✕</span> 疑似答案错误" in paper
    assert "2 个选项少有人选" in paper


def test_a_question_shows_how_its_options_fall_apart(editor: Browser, told: Told) -> None:
    page = read(editor, f"/statistics/questions/{told.questions[0]}")
    assert "✓ 正确答案" in page
    assert page.count("△ 少有人选") > 2
    assert "第 1 版：1 场，30 人次" in page
    assert "选项分布（30 人次）" in page


def test_a_blank_has_its_wordings_and_a_small_sample_says_so(
    client_of: Callable[[Person], Browser], office: Office, clock: Clock, set_id: int, session: Session
) -> None:
    small = closed(office, clock, set_id, MARKS[:6], {3: [(["别的填法"], 4), ([], 2)]})
    editor = client_of(office.editor)
    page = read(editor, f"/statistics/questions/{small.questions[2]}")
    assert "别的填法" in page
    assert "另有 2 人次没有作答" in page
    assert "样本少（6 人）" in page
    assert "样本少（6 人）" in read(editor, f"/statistics/sittings/{small.id}")


def test_what_is_not_there_yet_says_what_comes(
    client_of: Callable[[Person], Browser], office: Office, clock: Clock, set_id: int, session: Session
) -> None:
    assert "还没有已结束的场次" in read(client_of(office.editor), "/statistics")
    fresh = closed(office, clock, set_id, [])
    editor = client_of(office.editor)
    assert "正在汇总" in read(editor, "/statistics")
    assert "正在汇总" in read(editor, f"/statistics/sittings/{fresh.id}")
    assert "还没有在已结束的场次中考过" in read(editor, f"/statistics/questions/{fresh.questions[0]}")
    assert "没有这一页" in read(editor, "/statistics?page=9")


def test_a_doubtful_key_lies_on_the_desk_with_its_figures(editor: Browser, told: Told) -> None:
    queue = read(editor, "/review?group=suspect")
    assert "疑似答案错误" in queue
    page = read(editor, f"/review/{told.questions[0]}?group=suspect")
    assert "区分度 −" in page
    assert f"/statistics/questions/{told.questions[0]}" in page
    assert f"/statistics/sittings/{told.id}" in page


THEN = {"keep": QuestionState.APPROVED, "retire": QuestionState.RETIRED}


@pytest.mark.parametrize(("then", "state"), THEN.items(), ids=THEN)
def test_a_doubtful_key_is_looked_at_and_the_question_kept_or_retired(
    editor: Browser, told: Told, session: Session, then: str, state: QuestionState
) -> None:
    address = f"/review/{told.questions[0]}/key-check?group=suspect"
    answer = editor.submit(address, {**FINDING, "then": then})
    assert (answer.status_code, answer.location) == (302, "/review?group=suspect")
    assert session.scalars(select(KeyCheckRow.words)).all() == [FINDING["conclusion"]]
    assert state_of(session, told.questions[0]) is state
    page = read(editor, f"/review/{told.questions[0]}")
    assert "答案核对记录" in page
    assert "疑似答案错误" not in page
    again = editor.submit(address, {**FINDING, "then": "keep"}, follow_redirects=True)
    assert "已有人核对过" in again.get_data(as_text=True)


BAD = {
    "nothing said": ({"conclusion": " "}, "请填写核对结论"),
    "other figures seen": ({"seen": "20"}, "现为 30 人次"),
    "no number seen": ({"seen": "abc"}, "现为 30 人次"),
}


@pytest.mark.parametrize(("changes", "words"), BAD.values(), ids=BAD)
def test_a_finding_that_cannot_be_kept_comes_back_with_its_words(
    editor: Browser, told: Told, session: Session, changes: dict[str, str], words: str
) -> None:
    form = {**FINDING, "then": "retire", **changes}
    answer = editor.submit(f"/review/{told.questions[0]}/key-check", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert form["conclusion"].strip() in page
    assert state_of(session, told.questions[0]) is QuestionState.APPROVED


def test_a_question_retired_meanwhile_keeps_nothing_half_done(
    editor: Browser, told: Told, office: Office, clock: Clock, session: Session
) -> None:
    with writing() as write:
        bank.retire(write, office.second_editor.actor, told.questions[0], 1, now=clock())
    answer = editor.submit(f"/review/{told.questions[0]}/key-check", {**FINDING, "then": "retire"})
    assert answer.status_code == 302
    assert session.scalars(select(KeyCheckRow)).all() == []


def state_of(session: Session, question: str) -> QuestionState:
    db.session.rollback()
    return session.scalars(select(QuestionRow.state).where(QuestionRow.public_id == question)).one()


NUMBERS = {
    "as its band reads": (0.2999, "0.29"),
    "little below nought": (-0.001, "−0.01"),
    "more than one": (1.5, "1.50"),
    "less than minus one": (-1.25, "−1.25"),
    "nought": (0, "0.00"),
    "none": (None, "—"),
}


@pytest.mark.parametrize(("value", "words"), NUMBERS.values(), ids=NUMBERS)
def test_a_coefficient_is_rounded_down(value: float | None, words: str) -> None:
    assert hundredths(value) == words


def test_a_share_has_one_decimal() -> None:
    assert [tenth_percent(value) for value in (0.6789, 1, 0, -0.05, None)] == ["67.8%", "100.0%", "0.0%", "−5.0%", "—"]
