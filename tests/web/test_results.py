"""After handing in, through its pages: what is shown when, what never leaves the server, and what it received."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from datetime import timedelta

import pytest
from conftest import FRIDAY
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import ALL_TYPES
from factories import CANARY
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from flask import Flask
from sqlalchemy import select
from sqlalchemy import update

from quizapp.core.states import Review
from quizapp.core.states import may_review
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import attempts
from quizapp.services import wordings

ClientOf = Callable[[Person], Browser]
CLOSES = FRIDAY + timedelta(hours=2)
#: In every part of a page that says what is right, and nowhere else.
TELLING = (
    CANARY,
    "✓ 正确",
    "✗ 错误",
    "△ 部分正确",
    "正确答案</dt>",
    "应为：",
    "全对题数",
    "is-key",
    "采分点",
    "有疑问",
)
#: Addresses that an attempt has, as they end; the last is asked for each of seven questions.
ADDRESSES = ("/result", "/receipts", "", "/state", "/hand-in", *(f"/questions/{n}/speech" for n in range(1, 8)))
#: The rest of the site that speaks of one's own attempts.
OWN_PAGES = ("/", "/history")


@pytest.fixture(params=Review, ids=lambda review: review.value)
def review(request: pytest.FixtureRequest) -> Review:
    chosen: Review = request.param
    return chosen


@pytest.fixture
def sitting(app: Flask, office: Office, clock: Clock, review: Review) -> Iterator[str]:
    """The public id of an open sitting with one question of each type, all on a sentence of a speech."""
    with app.app_context():
        with writing() as session:
            made = approved_set(session, office.editor.actor, office.second_editor.actor, each=1, now=clock())
            stand_on_speech(session, office)
            facts = sitting_facts(
                made.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), review=review
            )
            public_id = published_sitting(session, office.editor.actor, facts, now=clock(), spec=ALL_TYPES).public_id
        yield public_id
        db.session.remove()


def stand_on_speech(session: object, office: Office) -> None:
    """Let every question stand on a sentence of a speech, which tells the key too."""
    quote = f"{CANARY}原句"
    text = f"讲话\n\n前面的话，{quote}，后面的话。\n\n结尾。"
    speech = SpeechRow(
        title="讲话", filename="a.txt", sha256="0" * 64, file=b"", raw_text=text, text=text,
        loaded_by_id=office.editor.id, loaded_at=FRIDAY, drafting_summary={},
    )  # fmt: skip
    session.add(speech)
    session.flush()
    session.execute(update(QuestionSetRow).values(speech_id=speech.id))
    start = text.index(quote)
    place = {"source_quote": quote, "source_start": start, "source_end": start + len(quote)}
    session.execute(update(QuestionVersionRow).values(**place))


def begin(browser: Browser, sitting: str) -> str:
    return str(browser.submit(f"/sittings/{sitting}/attempt").location)


def hand_in(browser: Browser, sitting: str) -> str:
    """Answer two questions, hand in; the attempt's address."""
    paper = begin(browser, sitting)
    browser.send(f"{paper}/answers/1", {"value": ["A"], "sequence": 1, "page": "phone"})
    browser.send(f"{paper}/answers/4", {"value": ["自己填的"], "sequence": 1, "page": "phone"})
    browser.submit(f"{paper}/submission")
    return paper


def text(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


# Nothing tells a key before it may


def told_to(browser: Browser, paper: str) -> Iterator[tuple[str, str]]:
    """Everything this browser gets to see of an attempt, bodies and headers, by address."""
    for path in (*(f"{paper}{end}" for end in ADDRESSES), *OWN_PAGES):
        answer = browser.get(path)
        assert "/sign-in" not in answer.headers.get("Location", "")
        yield path, answer.get_data(as_text=True) + str(answer.headers)


STATES = ("running", "handed in", "closed by the bell", "notices waiting")
MOMENTS = {"while the sitting is open": timedelta(minutes=21), "when it is over": timedelta(hours=3)}


@pytest.mark.parametrize("later", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("state", STATES)
def test_a_key_leaves_the_server_only_when_the_plan_says(
    app: Flask, sitting: str, review: Review, office: Office, client_of: ClientOf, clock: Clock,
    state: str, later: timedelta,
) -> None:  # fmt: skip
    browser = client_of(office.staff)
    paper = begin(browser, sitting) if state in ("running", "closed by the bell") else hand_in(browser, sitting)
    if state != "running":
        clock.moment = FRIDAY + later
    if state == "closed by the bell":
        ring(app, clock)
    if state == "notices waiting":
        accept_wording(app, office, clock)
    allowed = state != "running" and may_review(review, CLOSES, clock())
    # Days later one has to sign in again.
    told = list(told_to(client_of(office.staff), paper))
    assert any(CANARY in body for _, body in told) is allowed
    for path, body in told:
        if not allowed:
            assert [sign for sign in TELLING if sign in body] == [], path
    for path, body in told_to(client_of(office.colleague), paper):
        assert [sign for sign in TELLING if sign in body] == [], path


def ring(app: Flask, clock: Clock) -> None:
    with app.app_context():
        with writing() as session:
            attempts.close_overdue(session, now=clock(), at_once=100)
        db.session.remove()


def accept_wording(app: Flask, office: Office, clock: Clock) -> None:
    """What staff filled in counts from now on; they are told."""
    with app.app_context():
        with writing() as session:
            filled = session.scalars(select(QuestionRow).where(QuestionRow.fingerprint == "fill_in-0")).one()
            wordings.accept(session, office.editor.actor, filled.public_id, 1, 0, "自己填的", now=clock())
            while wordings.rescore(session, now=clock()):
                pass
        db.session.remove()


def test_a_notice_names_the_question_only_when_keys_are_shown(
    app: Flask, sitting: str, review: Review, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    paper = hand_in(browser, sitting)
    accept_wording(app, office, clock)
    for path in ("/", f"{paper}/result"):
        page = text(browser, path)
        assert "得分由" in page
        assert ("“自己填的”已被认可" in page) is (review is Review.AT_ONCE)
        assert ("有一道题重新评过分" in page) is (review is not Review.AT_ONCE)


def test_a_question_can_be_doubted_only_when_keys_are_shown(
    sitting: str, review: Review, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    paper = hand_in(browser, sitting)
    answer = browser.submit(f"{paper}/questions/1/doubt", {"reason": "unclear"})
    assert answer.status_code == (302 if review is Review.AT_ONCE else 404)


WORDS = {
    Review.AT_ONCE: ("逐题解析", "查看成绩和解析", "看解析"),
    Review.AFTER_CLOSING: ("解析在 11月20日（周五） 16:00 全部结束后公布", "查看成绩</a>", "看成绩"),
    Review.NEVER: ("不提供正确答案和解析", "查看成绩</a>", "看成绩"),
}


def test_every_page_says_what_is_to_be_seen_and_when(
    sitting: str, review: Review, office: Office, client_of: ClientOf
) -> None:
    browser = client_of(office.staff)
    paper = hand_in(browser, sitting)
    on_result, on_home, in_history = WORDS[review]
    page = text(browser, f"{paper}/result")
    assert on_result in page
    assert "第1空：自己填的" in page
    assert "满分 35" in page
    assert on_home in text(browser, "/")
    assert in_history in text(browser, "/history")


def test_the_result_leads_to_the_sentence_in_the_speech(
    sitting: str, review: Review, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    paper = hand_in(browser, sitting)
    clock.moment = CLOSES
    browser = client_of(office.staff)
    if review is Review.NEVER:
        text(browser, f"{paper}/questions/1/speech", 404)
        return
    links = re.findall(r'href="([^"]+/speech)#quote"', text(browser, f"{paper}/result"))
    assert links == [f"{paper}/questions/{number}/speech" for number in range(1, 8)]
    page = text(browser, links[0])
    assert f'<p id="quote">前面的话，<mark class="source">{CANARY}原句</mark>，后面的话。</p>' in page
    assert "结尾。" in page
    assert f'href="{paper}/result#m1"' in page
    text(browser, f"{paper}/questions/8/speech", 404)
    text(client_of(office.colleague), links[0], 404)


# What was received


@pytest.mark.parametrize("review", [Review.NEVER], indirect=True)
class TestReceipts:
    def test_the_record_tells_every_answer_to_the_second(
        self, sitting: str, office: Office, client_of: ClientOf, clock: Clock
    ) -> None:
        browser = client_of(office.staff)
        paper = begin(browser, sitting)
        assert "还没有收到答案" in text(browser, f"{paper}/receipts")
        clock.advance(minutes=3, seconds=7)
        browser.send(f"{paper}/answers/1", {"value": ["B"], "sequence": 1, "page": "phone"})
        browser.send(f"{paper}/answers/1", {"value": ["C"], "sequence": 2, "page": "desk", "flagged": True})
        browser.submit(f"{paper}/answers", {"q2": ["A", "B"], "s2": "0", "next": "stay"})
        browser.send(f"{paper}/answers/2", {"value": [], "sequence": 2, "page": "desk"})
        lines = rows_of(text(browser, f"{paper}/receipts"))
        assert [line[0] for line in lines] == ["11月20日（周五） 14:03:07"] * 4
        assert [line[1:3] for line in lines] == [
            ["第 1 题", "B"],
            ["第 1 题", "C 标记待查"],
            ["第 2 题", "A、B"],
            ["第 2 题", "（空）"],
        ]
        assert [line[4] for line in lines] == ["第 1 个页面", "第 2 个页面", "无脚本页面", "第 2 个页面"]
        assert ["当前保存的答案" in line[3] for line in lines] == [False, True, False, True]

    def test_it_says_how_the_paper_was_taken_and_handed_in(
        self, sitting: str, office: Office, client_of: ClientOf, clock: Clock
    ) -> None:
        browser = client_of(office.staff)
        paper = begin(browser, sitting)
        for number, seconds in ((1, 20), (2, 15)):
            sent = {"page": "phone", "number": number, "seconds": seconds}
            assert browser.send(f"{paper}/leavings", sent).status_code == 204
        page = text(browser, f"{paper}/receipts")
        assert "2 次，共 35 秒（含锁屏、来电），只作记录，不扣分" in page
        assert "还没有交卷" in page
        assert f'href="{paper}">继续作答' in page
        clock.advance(minutes=5)
        browser.submit(f"{paper}/submission")
        page = text(browser, f"{paper}/receipts")
        assert "11月20日（周五） 14:05:00，本人交卷" in page
        assert "11月20日（周五） 14:20:00" in page

    def test_a_long_answer_is_folded_and_whole(self, sitting: str, office: Office, client_of: ClientOf) -> None:
        browser = client_of(office.staff)
        paper = begin(browser, sitting)
        essay = "关键词1" + "很长" * 100
        browser.send(f"{paper}/answers/7", {"value": [essay], "sequence": 1, "page": "phone"})
        page = text(browser, f"{paper}/receipts")
        assert "（共 204 字）" in page
        assert essay in page

    def test_an_attempt_from_before_receipts_were_kept_says_so(
        self, app: Flask, sitting: str, office: Office, client_of: ClientOf
    ) -> None:
        browser = client_of(office.staff)
        paper = hand_in(browser, sitting)
        with app.app_context(), writing() as session:
            session.query(ReceiptRow).delete()
        assert "还没有逐次留存；保存的 2 题答案都在" in text(browser, f"{paper}/receipts")

    def test_a_paper_not_started_has_a_record_that_says_so(
        self, app: Flask, sitting: str, office: Office, client_of: ClientOf
    ) -> None:
        with app.app_context():
            dealt = db.session.scalars(
                select(AttemptRow.public_id)
                .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
                .where(AttemptRow.person_id == office.staff.id)
            ).one()
            db.session.remove()
        assert "还没有开始" in text(client_of(office.staff), f"/attempts/{dealt}/receipts")

    def test_anothers_record_looks_like_none(self, sitting: str, office: Office, client_of: ClientOf) -> None:
        paper = hand_in(client_of(office.staff), sitting)
        for other in (office.colleague, office.chief, office.director, office.editor, office.admin, office.auditor):
            text(client_of(other), f"{paper}/receipts", 404)
            text(client_of(other), f"{paper}/result", 404)

    def test_result_and_history_lead_to_it(self, sitting: str, office: Office, client_of: ClientOf) -> None:
        browser = client_of(office.staff)
        paper = hand_in(browser, sitting)
        for path in (f"{paper}/result", "/history"):
            assert f'href="{paper}/receipts"' in text(browser, path)


def rows_of(page: str) -> list[list[str]]:
    """The cells of the table of answers, without marks and doubled spaces."""
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in body.split("</tr>")[:-1]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_with_two_scores_the_result_draws_ones_own_line(
    app: Flask, sitting: str, office: Office, client_of: ClientOf, clock: Clock
) -> None:
    browser = client_of(office.staff)
    first = hand_in(browser, sitting)
    assert "chart-line" not in text(browser, f"{first}/result")
    with app.app_context():
        with writing() as session:
            set_id = session.scalars(select(QuestionSetRow.id)).one()
            opens_at = clock() + timedelta(weeks=1)
            facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at)
            second = published_sitting(session, office.editor.actor, facts, now=clock(), spec=ALL_TYPES).public_id
            session.execute(update(AttemptRow).where(AttemptRow.closed_at.is_not(None)).values(unmarked=0))
        db.session.remove()
    clock.advance(weeks=1)
    browser = client_of(office.staff)
    page = text(browser, f"{hand_in(browser, second)}/result")
    assert "我最近 2 场的得分率" in page
    assert page.count('class="chart-line chart-0"') == 1
    assert 'href="/history"' in page
