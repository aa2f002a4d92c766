"""Doubles: proposed where they are likely, merged by a person, taken back while nobody acted on them."""

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select

from quizapp.core.question import Question
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.states import QuestionState
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import version_columns
from quizapp.db.base import db
from quizapp.db.base import new_public_id
from quizapp.db.engine import writing
from quizapp.db.marking import DoubtRow
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import attempts
from quizapp.services import bank
from quizapp.services import doubts

HERE = Source("值班工作讲话", "一", "铃响三声以内接听")


def fill_in(stem: str, answer: str, source: Source = HERE) -> Question:
    return Question(TypeName.FILL_IN, stem, blanks=((answer,),), explanation="见原文。", source=source)


FIRST = fill_in("值班电话应当在铃响______以内接听。", "三声")
#: What lies on the desk, by what it is to the first.
QUESTIONS = {
    "the first": FIRST,
    "alike": fill_in("值班电话应当在铃响______以内接起。", "三声"),
    "another answer": fill_in("值班电话应当在铃响______以内挂断。", "一分钟"),
    "alike elsewhere": fill_in("值班电话应在铃响______以内接听。", "三声", Source("另一次讲话")),
    "the same elsewhere": replace(FIRST, source=Source("另一次讲话")),
}


@pytest.fixture
def desk(app, office, clock):
    """Public ids by what each question is to the first."""
    with app.app_context():
        with writing() as session:
            entries = tuple(Entry(name, each) for name, each in QUESTIONS.items())
            bank.load_question_set(
                session, office.editor.actor, QuestionSetFile("zhiban", "值班", "值班工作讲话", entries), now=clock()
            )
        found = dict(db.session.execute(select(QuestionRow.fingerprint, QuestionRow.public_id)).all())
        db.session.remove()
    return found


def rivals(browser, public_id):
    """The proposed doubles, in order, each with why."""
    page = browser.get(f"/review/{public_id}").get_data(as_text=True)
    part = page.partition('id="rivals"')[2].partition('id="filters"')[0]
    whys = re.findall(r"<p><span class=\"tag [^\"]*\">([^<]*)</span>", part)
    ids = re.findall(r'class="rival-stem"><a href="/review/([^"?]+)', part)
    return list(zip(ids, whys, strict=True))


def merge(browser, this, other, keep, version="1", other_version="1"):
    form = {"version": version, "other": other, "other_version": other_version, "keep": keep}
    return browser.submit(f"/review/{this}/merger", form)


def state_of(session, public_id):
    session.rollback()
    return session.scalars(select(QuestionRow.state).where(QuestionRow.public_id == public_id)).one()


def test_likely_doubles_are_proposed_the_surest_first(editor, desk):
    assert rivals(editor, desk["the first"]) == [
        (desk["the same elsewhere"], "题干和答案都相同"),
        (desk["alike"], "答案相同，题干相近"),
    ]
    assert rivals(editor, desk["another answer"]) == []
    # In the other speech the two are alike, to this one neither is but for being the very same.
    assert rivals(editor, desk["alike elsewhere"]) == [(desk["the same elsewhere"], "答案相同，题干相近")]


def test_the_other_stays_and_this_one_is_retired(editor, desk, session):
    answer = merge(editor, desk["the first"], desk["alike"], "other")
    assert answer.location.startswith("/review/")
    assert state_of(session, desk["the first"]) is QuestionState.RETIRED
    assert state_of(session, desk["alike"]) is QuestionState.IN_REVIEW
    page = editor.get(f"/review/{desk['the first']}").get_data(as_text=True)
    assert f'并入了<a href="/review/{desk["alike"]}">另一题</a>' in page
    assert "原因：并入“值班电话应当在铃响______以内接起。”" in page


def test_this_one_stays_and_the_page_with_it(editor, desk, session):
    answer = merge(editor, desk["the first"], desk["alike"], "this")
    assert answer.location == f"/review/{desk['the first']}"
    assert state_of(session, desk["alike"]) is QuestionState.RETIRED
    assert rivals(editor, desk["the first"]) == [(desk["the same elsewhere"], "题干和答案都相同")]


def test_a_merger_is_taken_back(editor, desk, session):
    answer = merge(editor, desk["the first"], desk["alike"], "other")
    page = editor.get(answer.location).get_data(as_text=True)
    back = editor.submit(unescape(re.search(r'action="(/review/acts/[^"]+)"', page)[1]))
    assert back.location == f"/review/{desk['the first']}"
    assert state_of(session, desk["the first"]) is QuestionState.IN_REVIEW
    assert "并入了" not in editor.get(back.location).get_data(as_text=True)


def test_a_question_in_the_bank_goes_back_to_the_bank(app, editor, office, desk, clock, session):
    with app.app_context(), writing() as writer:
        bank.approve(writer, office.second_editor.actor, desk["alike"], 1, now=clock())
    answer = merge(editor, desk["the first"], desk["alike"], "this")
    page = editor.get(answer.location).get_data(as_text=True)
    editor.submit(unescape(re.search(r'action="(/review/acts/[^"]+)"', page)[1]))
    assert state_of(session, desk["alike"]) is QuestionState.APPROVED


REFUSED = {
    "an older version of this one": ({"version": "7"}, 409),
    "an older version of the other": ({"other_version": "7"}, 409),
    "no version": ({"version": ""}, 400),
    "a question that is not there": ({"other": "no-such-question"}, 404),
    "no other": ({"other": ""}, 404),
    "a NUL": ({"other": "\0"}, 404),
}


@pytest.mark.parametrize(("changes", "status"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_merged_is_left_as_it_is(editor, desk, session, changes, status):
    form = {"version": "1", "other": desk["alike"], "other_version": "1", "keep": "other"} | changes
    assert editor.submit(f"/review/{desk['the first']}/merger", form).status_code == status
    assert state_of(session, desk["the first"]) is QuestionState.IN_REVIEW


def test_a_question_is_not_merged_into_itself(editor, desk, session):
    assert merge(editor, desk["the first"], desk["the first"], "other").status_code == 422
    assert state_of(session, desk["the first"]) is QuestionState.IN_REVIEW


def test_nothing_is_merged_into_what_is_retired(editor, desk, session):
    merge(editor, desk["alike"], desk["the first"], "other")
    assert merge(editor, desk["the first"], desk["alike"], "other").status_code == 409
    assert state_of(session, desk["the first"]) is QuestionState.IN_REVIEW


def test_a_merged_question_is_no_rival_any_more(editor, desk):
    merge(editor, desk["alike"], desk["the first"], "other")
    assert desk["alike"] not in [each for each, _ in rivals(editor, desk["the first"])]


MANY = 20_000


def test_a_page_of_the_desk_does_not_read_the_bank(app, editor, office, desk, clock):
    """However many questions the bank holds: as many statements, and each finds its rows by an index."""
    few, _ = statements(app, lambda: editor.get(f"/review/{desk['the first']}"))
    with app.app_context(), writing() as session:
        fill_bank(session, clock())
    many, plans = statements(app, lambda: editor.get(f"/review/{desk['the first']}"))
    assert many <= few
    scans = [step for step in plans if re.match(r"SCAN (question|question_version|review|paper_question)\b", step)]
    assert scans == []


def fill_bank(session, now):
    """A bank of many questions, each with one version, past the services for the sake of time."""
    set_id = session.scalar(select(QuestionRow.set_id).limit(1))
    rows = [
        {"id": 1000 + n, "public_id": new_public_id(), "set_id": set_id, "fingerprint": f"many-{n}", "created_at": now}
        for n in range(MANY)
    ]
    session.execute(insert(QuestionRow), [row | {"state": QuestionState.APPROVED} for row in rows])
    columns = [version_columns(fill_in(f"第 {n} 条要求是______。", f"要求{n}")) for n in range(MANY)]
    session.execute(
        insert(QuestionVersionRow),
        [
            {**columns[n], "id": 1000 + n, "question_id": 1000 + n, "number": 1, "any_order": False, "created_at": now}
            for n in range(MANY)
        ],
    )
    session.execute(
        QuestionRow.__table__.update().where(QuestionRow.id >= 1000).values(version_id=QuestionRow.__table__.c.id)
    )
    session.connection().exec_driver_sql("ANALYZE")


def statements(app, ask):
    """How many statements a request makes, and how SQLite goes about the reading ones."""
    seen = []
    with app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    plans = []
    with engine.connect() as connection:
        for statement, parameters in seen:
            if statement.lstrip().upper().startswith("SELECT"):
                found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans += [f"{row[3]} — {statement}" for row in found]
    return len(seen), plans


# What people doubt


@pytest.fixture
def doubted(app, sitting, office, clock):
    """The public id of a question in the bank that somebody doubts."""
    with app.app_context():
        with writing() as session:
            attempt = attempts.start(session, office.staff.actor, sitting, now=clock())
            attempts.submit(session, office.staff.actor, attempt.public_id, now=clock())
            reason = list(doubts.DoubtReason)[0]
            doubts.raise_doubt(session, office.staff.actor, attempt.public_id, 1, reason, "第三项也对", now=clock())
        row = db.session.scalars(
            select(QuestionRow)
            .join(QuestionVersionRow, QuestionVersionRow.question_id == QuestionRow.id)
            .join(DoubtRow, DoubtRow.version_id == QuestionVersionRow.id)
        ).one()
        public_id = row.public_id
        assert db.session.scalar(select(AttemptRow.id)) is not None
        db.session.remove()
    return public_id


def test_a_doubted_question_lies_on_the_desk_with_what_is_doubted(editor, doubted):
    queue = editor.get("/review?group=doubted").get_data(as_text=True)
    page = editor.get(f"/review/{doubted}?group=doubted").get_data(as_text=True)
    assert f"/review/{doubted}?group=doubted" in queue
    assert "第 1 题，共 1 题" in page
    assert "有 1 人提出疑问" in page
    assert "第三项也对" in page


@pytest.mark.parametrize(
    ("then", "state"), [("keep", QuestionState.APPROVED), ("retire", QuestionState.RETIRED)], ids=["keep", "retire"]
)
def test_a_doubt_is_answered_and_the_question_kept_or_retired(editor, doubted, session, then, state):
    form = {"version": "1", "answer": "答案与原文一致。", "then": then}
    answer = editor.submit(f"/review/{doubted}/answer?group=doubted", form)
    assert answer.location == "/review?group=doubted"
    assert state_of(session, doubted) is state
    assert session.scalars(select(DoubtRow.answer)).all() == ["答案与原文一致。"]
    assert "提出疑问" not in editor.get(f"/review/{doubted}").get_data(as_text=True)


def test_a_doubt_needs_an_answer(editor, doubted, session):
    answer = editor.submit(f"/review/{doubted}/answer", {"version": "1", "answer": "  ", "then": "retire"})
    assert answer.status_code == 422
    assert "请填写答复" in answer.get_data(as_text=True)
    assert state_of(session, doubted) is QuestionState.APPROVED


def test_a_question_retired_meanwhile_keeps_its_doubts(app, editor, doubted, office, clock, session):
    with app.app_context(), writing() as writer:
        bank.retire(writer, office.second_editor.actor, doubted, 1, now=clock())
    form = {"version": "1", "answer": "答案与原文一致。", "then": "retire"}
    assert editor.submit(f"/review/{doubted}/answer", form).status_code == 409
    assert session.scalars(select(DoubtRow.settled_at)).all() == [None]
