"""The bank's pages: whole files or nothing, and nothing in a chief's hands."""

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlalchemy import select

from quizapp.core.paper import PaperSpec
from quizapp.core.question import TypeName
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import set_by_public_id
from quizapp.db.engine import writing
from tests.factories import CANARY
from tests.factories import approved_set
from tests.factories import published_sitting
from tests.factories import sitting_facts

SHIPPED = Path(__file__).parents[2] / "questions" / "wuxing-wujie.yaml"
QUESTION = """
  - id: {id}
    type: 单选
    stem: {stem}
    options: {{A: 甲项, B: 乙项, C: 丙项}}
    key: B
    explanation: 讲话原文如此。
    heading: 第一部分
"""


def set_file(**stems):
    head = "format: quiz/1\nset: ceshi\nname: 测试题集\nsource: {speech: 测试讲话}\nquestions:\n"
    return (head + "".join(QUESTION.format(id=id_, stem=stem) for id_, stem in stems.items())).encode()


def uploaded(browser, content, name="ceshi.yaml"):
    return browser.submit("/question-sets/new", {"file": (BytesIO(content), name)}, follow_redirects=True)


def count(session, table):
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def bank_set(app, office, clock):
    """A set with three approved questions of each type: its public id."""
    with app.app_context(), writing() as session:
        return approved_set(session, office.editor.actor, office.second_editor.actor, now=clock()).public_id


def first_question(session):
    session.rollback()
    return session.scalars(select(QuestionRow).order_by(QuestionRow.id)).first()


def test_the_empty_bank_says_what_to_do(editor):
    page = editor.get("/question-sets").get_data(as_text=True)

    assert "题库还是空的" in page
    assert 'href="/question-sets/new"' in page


def test_a_shipped_set_loads_into_review_with_a_report(editor, session):
    answer = uploaded(editor, SHIPPED.read_bytes(), SHIPPED.name)

    made = count(session, QuestionRow)
    assert made > 0
    assert f"新增 {made} 题、更新 0 题、未变 0 题" in answer.get_data(as_text=True)
    assert set(session.scalars(select(QuestionRow.state))) == {QuestionState.IN_REVIEW}


def test_loading_again_changes_only_what_the_file_changed(editor, session):
    uploaded(editor, set_file(a1="题干一（　）。", a2="题干二（　）。"))
    answer = uploaded(editor, set_file(a1="题干一（　）。", a2="题干二改（　）。", a3="题干三（　）。"))

    assert "新增 1 题、更新 1 题、未变 1 题" in answer.get_data(as_text=True)
    assert count(session, QuestionSetRow) == 1
    assert count(session, QuestionVersionRow) == 4


def test_one_problem_keeps_the_whole_file_out_and_says_where(editor, session):
    content = set_file(a1="题干一（　）。", a2="题干二（　）。").replace(b"key: B", b"key: D", 1)
    line = content[: content.index(b"key: D")].count(b"\n") + 1
    answer = uploaded(editor, content)

    assert answer.status_code == 422
    assert f"第{line}行" in answer.get_data(as_text=True)
    assert count(session, QuestionSetRow) == count(session, QuestionRow) == 0


def test_every_problem_of_a_file_is_listed(editor):
    page = uploaded(editor, set_file(a1="题干一（　）。", a2="题干二（　）。").replace(b"key: B", b"key: D"))

    assert page.get_data(as_text=True).split('id="errors"')[1].count("<li>") == 2


def test_a_file_that_is_no_text_is_refused(editor, session):
    assert uploaded(editor, b"\xff\xfe\x00\x01").status_code == 422
    assert count(session, QuestionSetRow) == 0


def test_a_retired_question_stays_retired_when_its_file_is_loaded_again(app, editor, session):
    uploaded(editor, set_file(a1="题干一（　）。"))
    with app.app_context(), writing() as writer:
        writer.scalars(select(QuestionRow)).one().state = QuestionState.RETIRED
    answer = uploaded(editor, set_file(a1="题干一改（　）。"))

    assert "未变 1 题" in answer.get_data(as_text=True)
    assert first_question(session).state is QuestionState.RETIRED


def test_the_index_counts_questions_by_state_and_names_the_speech(editor, bank_set):
    page = editor.get("/question-sets").get_data(as_text=True)

    assert "测试题集 ceshi" in page
    assert "《测试讲话》" in page
    assert 'data-label="已入库">21<' in page
    assert 'data-label="合计">21<' in page


def test_a_set_shows_stem_key_state_and_source(editor, bank_set):
    page = editor.get(f"/question-sets/{bank_set}").get_data(as_text=True)

    assert page.count('<article class="question"') == 21
    assert "✓ 答案" in page
    assert "已入库" in page
    assert "出处：《测试讲话》" in page


@pytest.mark.parametrize("who", ["chief", "deputy", "director"])
def test_overseers_read_the_bank_and_change_nothing(client_of, office, session, bank_set, who):
    browser, question = client_of(getattr(office, who)), first_question(session)
    page = browser.get(f"/question-sets/{bank_set}").get_data(as_text=True)

    assert "第1题" in page
    assert "停用" not in page
    assert "/correction" not in page
    assert browser.get("/question-sets/new").status_code == 404
    address = f"/question-sets/{bank_set}/questions/{question.public_id}/retirement"
    assert browser.submit(address, {"version": "1"}).status_code == 404
    assert first_question(session).state is QuestionState.APPROVED


@pytest.mark.parametrize("who", ["staff", "stranger", "admin", "auditor"])
def test_others_do_not_know_of_the_bank(client_of, office, bank_set, who):
    browser = client_of(getattr(office, who))

    assert browser.get("/question-sets").status_code == 404
    assert browser.get(f"/question-sets/{bank_set}").status_code == 404


def test_an_editor_retires_an_approved_question(editor, session, bank_set):
    question = first_question(session)
    answer = editor.submit(f"/question-sets/{bank_set}/questions/{question.public_id}/retirement", {"version": "1"})

    assert answer.status_code == 302
    assert first_question(session).state is QuestionState.RETIRED


def test_a_question_is_retired_once(editor, session, bank_set):
    address = f"/question-sets/{bank_set}/questions/{first_question(session).public_id}/retirement"
    editor.submit(address, {"version": "1"})

    assert editor.submit(address, {"version": "1"}).status_code == 409


def test_a_question_is_retired_under_its_own_set_only(app, editor, session, office, bank_set, clock):
    with app.app_context(), writing() as writer:
        other = approved_set(
            writer, office.editor.actor, office.second_editor.actor, slug="qita", now=clock()
        ).public_id
    question = first_question(session)
    answer = editor.submit(f"/question-sets/{other}/questions/{question.public_id}/retirement", {"version": "1"})

    assert answer.status_code == 404
    assert first_question(session).state is QuestionState.APPROVED


def test_retiring_needs_the_version_that_was_seen(editor, session, bank_set):
    address = f"/question-sets/{bank_set}/questions/{first_question(session).public_id}/retirement"

    assert editor.submit(address).status_code == 400
    assert editor.submit(address, {"version": "2"}).status_code == 409
    assert first_question(session).state is QuestionState.APPROVED


def test_a_set_that_is_not_there_is_a_missing_page(editor):
    assert editor.get("/question-sets/no-such-set").status_code == 404


def test_what_is_being_asked_shows_no_key_until_the_sitting_closes(app, client_of, office, bank_set, clock):
    with app.app_context(), writing() as session:
        row = set_by_public_id(session, bank_set)
        facts = sitting_facts(row.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        everything = PaperSpec(dict.fromkeys(TypeName, 3), dict.fromkeys(TypeName, 5))
        published_sitting(session, office.editor.actor, facts, now=clock(), spec=everything)

    for person in (office.chief, office.editor):
        page = client_of(person).get(f"/question-sets/{bank_set}").get_data(as_text=True)
        assert CANARY not in page
        assert "学测结束后显示" in page
    clock.advance(hours=3)
    assert CANARY in client_of(office.chief).get(f"/question-sets/{bank_set}").get_data(as_text=True)
