"""The queue of the desk: what was chosen stays chosen, what was opened is approved together, acts are taken back."""

import re
from html import unescape

import pytest
from factories import approved_set
from factories import published_sitting
from factories import question
from factories import sitting_facts
from sqlalchemy import func
from sqlalchemy import select

from quizapp.core.desk import Choice
from quizapp.core.question import TypeName
from quizapp.core.roles import SYSTEM
from quizapp.core.states import Decision
from quizapp.core.states import QuestionState
from quizapp.db.audit import AuditRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import ReviewRow
from quizapp.db.base import db
from quizapp.db.desk import DeskActRow
from quizapp.db.desk import DeskOpeningRow
from quizapp.db.engine import writing
from quizapp.db.sittings import PaperQuestionRow
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import bank
from quizapp.services import desk

EACH = 3


@pytest.fixture
def colleague(client_of, office):
    return client_of(office.second_editor)


@pytest.fixture
def loaded(app, office, clock):
    """Two sets of choice and blanks; gives the public ids in the order of the desk."""
    with app.app_context():
        for slug in ("yi", "er"):
            entries = tuple(
                Entry(f"{name.value}-{n}", question(name, n))
                for name in (TypeName.SINGLE_CHOICE, TypeName.FILL_IN)
                for n in range(EACH)
            )
            with writing() as session:
                file = QuestionSetFile(slug, f"题集{slug}", f"讲话{slug}", entries)
                bank.load_question_set(session, office.editor.actor, file, now=clock())
        found = [line.public_id for line in desk.queue(db.session(), SYSTEM, Choice()).lines]
        db.session.remove()
    return found


def listed(page):
    """The questions that a queue page shows, by public id."""
    return re.findall(r'<a href="/review/([^"/?]+)[^"]*">', page.partition('<ol class="queue"')[2])


def chip(page, words):
    """The address behind a filter and the number beside it."""
    found = re.search(rf'<a href="([^"]*)"[^>]*>{words} <span class="chip-count">(\d+)</span>', page)
    assert found, words
    return unescape(found[1]), int(found[2])


def state_of(session, public_id):
    session.rollback()
    return session.scalars(select(QuestionRow.state).where(QuestionRow.public_id == public_id)).one()


def text(browser, path):
    return browser.get(path).get_data(as_text=True)


def test_each_filter_shows_as_many_as_it_says(editor, loaded):
    page = text(editor, "/review")
    for words in ("单选题", "填空题", "题集yi", "题集er"):
        address, n = chip(page, words)
        assert n == 2 * EACH
        assert len(listed(text(editor, address))) == n


def test_filters_add_up_and_each_is_taken_off_by_itself(editor, loaded):
    by_set, _ = chip(text(editor, "/review"), "题集yi")
    both, n = chip(text(editor, by_set), "填空题")
    page = text(editor, both)
    assert n == len(listed(page)) == EACH
    assert set(listed(text(editor, chip(page, "题集yi")[0]))) > set(listed(page))
    assert len(listed(text(editor, chip(page, "填空题")[0]))) == 2 * EACH


def test_what_is_chosen_stays_chosen_from_question_to_question(editor, loaded):
    page = text(editor, "/review?type=fill_in")
    ids = listed(page)
    shown = text(editor, f"/review/{ids[0]}?type=fill_in")
    assert f"第 1 题，共 {2 * EACH} 题" in shown
    assert f'href="/review/{ids[1]}?type=fill_in" rel="next"' in shown
    answer = editor.submit(f"/review/{ids[0]}/approval?type=fill_in", {"version": "1"})
    assert answer.location == f"/review/{ids[1]}?type=fill_in"
    answer = editor.submit(f"/review/{ids[1]}/return?type=fill_in", {"version": "1", "reason": "题干不清"})
    assert answer.location == f"/review/{ids[2]}?type=fill_in"


def test_after_the_last_of_a_filter_the_filter_is_what_is_done(editor, loaded):
    ids = listed(text(editor, "/review?type=fill_in&difficulty=2"))
    for public_id in ids:
        answer = editor.submit(f"/review/{public_id}/approval?type=fill_in&difficulty=2", {"version": "1"})
    assert answer.location == "/review?type=fill_in&difficulty=2"
    page = text(editor, answer.location)
    assert "这个筛选下没有等待审核的题了" in page
    assert f"看审题台上的全部 {2 * EACH} 题" in page


@pytest.mark.parametrize(
    "query", ["type=none", "group=x", "kind=%00", "set=zz&heading=<b>", "order=zz", "page=99", "page=x"]
)
def test_an_address_that_says_nothing_known_is_an_empty_queue_or_the_whole(editor, loaded, query):
    answer = editor.get(f"/review?{query}")
    assert answer.status_code == 200
    assert "<b>" not in answer.get_data(as_text=True)


def test_the_worthiest_comes_first_where_that_is_asked_for(app, editor, loaded):
    with app.app_context(), writing() as session:
        row = session.scalars(select(QuestionRow).where(QuestionRow.public_id == loaded[-1])).one()
        row.worth, row.reasons, row.kind = 7.5, ["一级标题下的内容", "答案信息量大"], "NO_SUCH_KIND"
    assert listed(text(editor, "/review?order=worth"))[0] == loaded[-1]
    page = text(editor, f"/review/{loaded[-1]}?order=worth")
    assert "入选理由：一级标题下的内容；答案信息量大" in page
    assert "NO_SUCH_KIND" in page


def test_a_question_outside_the_filter_is_shown_without_a_place(editor, loaded):
    page = text(editor, f"/review/{loaded[0]}?type=short_answer")
    assert "<h1>试题</h1>" in page
    assert 'rel="next"' not in page


def test_a_long_queue_has_pages(app, editor, office, clock):
    entries = tuple(Entry(f"n{n}", question(TypeName.FILL_IN, n)) for n in range(120))
    with app.app_context(), writing() as session:
        bank.load_question_set(
            session, office.editor.actor, QuestionSetFile("chang", "长题集", "讲话", entries), now=clock()
        )
    pages = [text(editor, f"/review?page={n}") for n in (1, 2, 3)]
    assert [len(listed(page)) for page in pages] == [50, 50, 20]
    assert len({public_id for page in pages for public_id in listed(page)}) == 120
    assert '<ol class="queue" start="101">' in pages[2]


# Opening


def openings(session):
    session.rollback()
    return session.scalar(select(func.count()).select_from(DeskOpeningRow))


def test_looking_at_a_question_marks_it_as_seen_by_this_editor_only(editor, colleague, loaded, session):
    for _ in range(2):
        editor.get(f"/review/{loaded[0]}")
    assert openings(session) == 1
    assert text(editor, "/review").count(">已看<") == 1
    assert ">已看<" not in text(colleague, "/review")


def test_looking_leaves_no_line_in_the_trail(editor, loaded, session):
    session.rollback()
    before = session.scalar(select(func.count()).select_from(AuditRow))
    editor.get(f"/review/{loaded[0]}")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(AuditRow)) == before


def test_asking_for_the_head_of_a_page_is_not_looking(editor, loaded, session):
    assert editor.head(f"/review/{loaded[0]}").status_code == 200
    assert openings(session) == 0


def test_a_corrected_question_has_to_be_looked_at_again(app, editor, office, loaded, clock, session):
    editor.get(f"/review/{loaded[0]}")
    with app.app_context(), writing() as writer:
        bank.correct(
            writer, office.second_editor.actor, loaded[0], 1, question(TypeName.SINGLE_CHOICE, 77), now=clock()
        )
    assert ">已看<" not in text(editor, "/review")


# Many at once


def shown(browser, path="/review"):
    return re.findall(r'name="shown" value="([^"]+)"', text(browser, path))


def approve_shown(browser, entries):
    return browser.submit("/review/approvals", {"shown": entries})


def test_what_was_opened_is_approved_together_as_one_act(editor, loaded, session):
    for public_id in loaded[:3]:
        editor.get(f"/review/{public_id}")
    page = text(editor, "/review")
    assert "通过已看的 3 题" in page
    answer = approve_shown(editor, shown(editor))
    assert answer.location == "/review"
    assert "已通过 3 题" in text(editor, "/review")
    assert [state_of(session, public_id) for public_id in loaded[:4]] == [QuestionState.APPROVED] * 3 + [
        QuestionState.IN_REVIEW
    ]
    assert session.scalar(select(func.count()).select_from(DeskActRow)) == 1
    assert session.scalar(select(func.count()).select_from(ReviewRow)) == 3


def test_only_what_the_filter_shows_is_offered(editor, loaded):
    for public_id in loaded:
        editor.get(f"/review/{public_id}")
    assert len(shown(editor, "/review?type=fill_in")) == 2 * EACH
    assert len(shown(editor, "/review")) == 4 * EACH


def test_what_changed_meanwhile_is_left_out_and_named(app, editor, office, loaded, clock, session):
    corrected, own, decided, unseen, sound = loaded[:5]
    for public_id in (corrected, decided, sound):
        editor.get(f"/review/{public_id}")
    with app.app_context(), writing() as writer:
        bank.correct(writer, office.editor.actor, own, 1, question(TypeName.FILL_IN, 66), now=clock())
    editor.get(f"/review/{own}")
    entries = [*shown(editor), f"{unseen}:1", "no-such-question:1", "nonsense", ":", f"{sound}:x"]
    assert f"{own}:2" in entries
    with app.app_context(), writing() as writer:
        bank.correct(writer, office.second_editor.actor, corrected, 1, question(TypeName.FILL_IN, 67), now=clock())
        bank.send_back(writer, office.second_editor.actor, decided, 1, "题干不清", now=clock())
    approve_shown(editor, entries)
    page = unescape(text(editor, "/review"))
    for why in ("已有更新的版本", "这一版由您修改", "已有人作了处理", "这一版您还没有打开看过"):
        assert why in page
    assert "4 题没有通过" in page
    assert state_of(session, sound) is QuestionState.APPROVED
    assert [state_of(session, each) for each in (corrected, own, decided, unseen)] == [
        QuestionState.IN_REVIEW,
        QuestionState.IN_REVIEW,
        QuestionState.SENT_BACK,
        QuestionState.IN_REVIEW,
    ]


def test_approving_nothing_changes_nothing(editor, loaded, session):
    assert approve_shown(editor, []).location == "/review"
    assert session.scalar(select(func.count()).select_from(DeskActRow)) == 0


# Taking back


def undo(browser, path="/review", **kwargs):
    found = re.search(r'action="(/review/acts/[^"]+)"', text(browser, path))
    return browser.submit(unescape(found[1]), **kwargs) if found else None


def test_the_last_decision_is_taken_back_and_stays_in_the_history(editor, loaded, session):
    editor.submit(f"/review/{loaded[0]}/approval?type=single_choice", {"version": "1"})
    page = text(editor, f"/review/{loaded[1]}?type=single_choice")
    assert "已通过第 1 题" in page
    answer = undo(editor, f"/review/{loaded[1]}?type=single_choice")
    assert answer.location == f"/review/{loaded[0]}?type=single_choice"
    assert state_of(session, loaded[0]) is QuestionState.IN_REVIEW
    kept = session.scalars(select(ReviewRow.decision).order_by(ReviewRow.id)).all()
    assert kept == [Decision.APPROVED, Decision.WITHDRAWN]
    history = text(editor, f"/review/{loaded[0]}").split("历次版本")[1]
    assert history.index("通过") < history.index("撤销")


def test_decisions_are_taken_back_one_after_the_other(editor, loaded, session):
    editor.submit(f"/review/{loaded[0]}/approval", {"version": "1"})
    editor.submit(f"/review/{loaded[1]}/return", {"version": "1", "reason": "题干不清"})
    assert undo(editor).location == f"/review/{loaded[1]}"
    assert undo(editor).location == f"/review/{loaded[0]}"
    assert undo(editor) is None
    assert {state_of(session, public_id) for public_id in loaded[:2]} == {QuestionState.IN_REVIEW}


def test_a_withdrawal_sent_twice_is_one(editor, loaded, session):
    editor.submit(f"/review/{loaded[0]}/approval", {"version": "1"})
    address = re.search(r'action="(/review/acts/[^"]+)"', text(editor, "/review"))[1]
    for _ in range(2):
        assert editor.submit(address).status_code == 302
    assert session.scalar(select(func.count()).select_from(ReviewRow)) == 2


def test_what_was_approved_together_is_taken_back_together(editor, loaded, session):
    for public_id in loaded[:3]:
        editor.get(f"/review/{public_id}")
    approve_shown(editor, shown(editor))
    assert undo(editor).location == "/review"
    assert {state_of(session, public_id) for public_id in loaded[:3]} == {QuestionState.IN_REVIEW}


def test_nobody_takes_back_what_somebody_else_did(editor, colleague, loaded, session):
    editor.submit(f"/review/{loaded[0]}/approval", {"version": "1"})
    address = re.search(r'action="(/review/acts/[^"]+)"', text(editor, "/review"))[1]
    assert "/review/acts/" not in text(colleague, "/review")
    assert colleague.submit(address).status_code == 404
    assert state_of(session, loaded[0]) is QuestionState.APPROVED


def test_what_somebody_corrected_since_is_not_taken_back(app, editor, office, loaded, clock, session):
    editor.submit(f"/review/{loaded[0]}/return", {"version": "1", "reason": "题干不清"})
    with app.app_context(), writing() as writer:
        bank.correct(
            writer, office.second_editor.actor, loaded[0], 1, question(TypeName.SINGLE_CHOICE, 88), now=clock()
        )
    answer = undo(editor)
    assert answer.location == "/review"
    assert "不能撤销：已有更新的版本" in text(editor, "/review")
    assert state_of(session, loaded[0]) is QuestionState.IN_REVIEW


def test_what_somebody_retired_since_is_not_taken_back(app, editor, office, loaded, clock, session):
    editor.submit(f"/review/{loaded[0]}/approval", {"version": "1"})
    with app.app_context(), writing() as writer:
        bank.retire(writer, office.second_editor.actor, loaded[0], 1, now=clock())
    undo(editor)
    assert "不能撤销：已有人作了处理" in text(editor, "/review")
    assert state_of(session, loaded[0]) is QuestionState.RETIRED


def test_what_a_published_paper_took_is_not_taken_back(app, editor, office, clock, session):
    """Approved together: what a paper took stays in the bank, the rest goes back to the desk."""
    with app.app_context():
        with writing() as writer:
            made = approved_set(writer, office.editor.actor, office.second_editor.actor, each=2, now=clock())
            set_id = made.id
            for row in writer.scalars(select(QuestionRow).where(QuestionRow.set_id == set_id)):
                row.state = QuestionState.RECHECK
            extra = tuple(Entry(f"mehr-{n}", question(TypeName.TRUE_FALSE, 90 + n)) for n in range(1))
            bank.load_question_set(
                writer, office.editor.actor, QuestionSetFile("mehr", "另一题集", "讲话", extra), now=clock()
            )
        ids = [line.public_id for line in desk.queue(db.session(), SYSTEM, Choice()).lines]
        db.session.remove()
    for public_id in ids:
        editor.get(f"/review/{public_id}")
    approve_shown(editor, shown(editor))
    with app.app_context(), writing() as writer:
        facts = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
        published_sitting(writer, office.editor.actor, facts, now=clock())
    undo(editor)
    page = unescape(text(editor, "/review"))
    assert "已编入发布的试卷" in page
    session.rollback()
    held = session.scalars(
        select(QuestionRow.public_id)
        .join(QuestionVersionRow, QuestionVersionRow.question_id == QuestionRow.id)
        .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
    ).all()
    assert 0 < len(held) < len(ids)
    for public_id in ids:
        assert (state_of(session, public_id) is QuestionState.APPROVED) == (public_id in held)
    assert state_of(session, ids[-1]) is QuestionState.IN_REVIEW


@pytest.mark.parametrize(("hours", "is_offered"), [(11, True), (13, False)])
def test_taking_back_is_offered_for_half_a_day(client_of, office, editor, loaded, clock, hours, is_offered):
    editor.submit(f"/review/{loaded[0]}/approval", {"version": "1"})
    clock.advance(hours=hours)
    page = text(client_of(office.editor), "/review")
    assert "开始审题" in page
    assert ("/review/acts/" in page) is is_offered


def test_a_file_that_an_editor_vouches_for_is_no_act_of_the_desk(app, office, clock, session):
    with app.app_context(), writing() as writer:
        approved_set(writer, office.editor.actor, office.second_editor.actor, each=1, now=clock())
    assert session.scalar(select(func.count()).select_from(DeskActRow)) == 0


# The versions beside each other


def test_the_words_a_correction_changed_are_marked_in_both_versions(app, editor, office, loaded, clock, session):
    old = session.scalars(
        select(QuestionVersionRow)
        .join(QuestionRow, QuestionRow.id == QuestionVersionRow.question_id)
        .where(QuestionRow.public_id == loaded[0])
    ).one()
    session.rollback()
    with app.app_context(), writing() as writer:
        bank.correct(writer, office.second_editor.actor, loaded[0], 1, question(TypeName.SINGLE_CHOICE, 4), now=clock())
    assert old is not None
    page = text(editor, f"/review/{loaded[0]}")
    table = page.partition('id="changes"')[2].partition("</details>")[0]
    assert "第 2 版改了什么" in table
    assert re.search(r'<del><span class="visually-hidden">删去：</span>', table)
    assert re.search(r'<ins><span class="visually-hidden">新增：</span>', table)
    for before, now in re.findall(r"<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>", table, re.S):
        assert "<ins>" not in before
        assert "<del>" not in now
    assert "没有改动：" in table


def test_a_question_never_corrected_has_nothing_to_compare(editor, loaded):
    assert 'id="changes"' not in text(editor, f"/review/{loaded[0]}")
