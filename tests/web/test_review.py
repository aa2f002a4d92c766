"""The review desk: the proof beside the question, one decision a time, and never by the author."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from quizapp.core.desk import Choice
from quizapp.core.question import Option
from quizapp.core.question import TypeName
from quizapp.core.roles import SYSTEM
from quizapp.core.states import Decision
from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.bank import ReviewRow
from quizapp.db.bank import questions_of_set
from quizapp.db.bank import set_by_slug
from quizapp.db.bank import versions_of
from quizapp.db.engine import writing
from quizapp.db.speeches import SpeechRow
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import bank
from quizapp.services import desk
from tests.factories import question

DEMO = (Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt").read_bytes()


@pytest.fixture
def colleague(client_of, office):
    """The other editor."""
    return client_of(office.second_editor)


@pytest.fixture
def drafted(editor):
    """The demonstration speech, drafted: the desk holds its questions."""
    address = editor.submit("/speeches/new", {"file": (BytesIO(DEMO), "讲话.txt"), "title": ""}).location
    editor.submit(address + "/drafts")


@pytest.fixture
def loaded(app, office, clock):
    """A set from a file, one question of each type: their public ids by type."""
    entries = tuple(Entry(name.value, question(name, 1)) for name in TypeName)
    with app.app_context(), writing() as session:
        file = QuestionSetFile("ceshi", "测试题集", "测试讲话", entries)
        bank.load_question_set(session, office.editor.actor, file, now=clock())
        row = set_by_slug(session, "ceshi")
        return {TypeName(entry.fingerprint): entry.public_id for entry, _ in questions_of_set(session, row.id)}


def order(session):
    """The desk as it is when nothing is chosen."""
    session.rollback()
    return [line.public_id for line in desk.queue(session, SYSTEM, Choice()).lines]


def row_of(session, public_id):
    session.rollback()
    return session.scalars(select(QuestionRow).where(QuestionRow.public_id == public_id)).one()


def newest(session, public_id):
    return session.get_one(QuestionVersionRow, row_of(session, public_id).version_id)


def versions(session, public_id):
    found = row_of(session, public_id)
    return [version for version, _ in versions_of(session, found.id)]


def decisions(session):
    session.rollback()
    return session.scalars(select(ReviewRow.decision).order_by(ReviewRow.id)).all()


def asked_again(browser, public_id):
    """The correction form of a question as its page offers it, ready to be changed and sent."""
    page = browser.get(f"/review/{public_id}/correction").get_data(as_text=True).split("<main")[1].split("</main")[0]
    form = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag and 'type="radio"' not in tag or " checked" in tag):
            form.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', page, re.S):
        form[name] = [text]
    form["difficulty"] = re.findall(r'<option selected value="(\d)"', page)
    del form["csrf_token"]
    return form


def corrected(browser, public_id, **changes):
    return browser.submit(f"/review/{public_id}/correction", asked_again(browser, public_id) | changes)


def test_the_empty_desk_says_where_questions_come_from(editor):
    page = editor.get("/review").get_data(as_text=True)

    assert "没有等待审核的题" in page
    assert "开始审题" not in page


def test_the_desk_lists_what_waits_set_by_set_and_starts_at_the_first(editor, drafted, loaded, session):
    page = editor.get("/review").get_data(as_text=True)
    listed = re.findall(r'<a href="/review/([^"/]+)">', page.split('<ol class="queue"')[1])

    assert listed == order(session)[: len(listed)]
    assert f'class="btn btn-primary" href="/review/{order(session)[0]}"' in page
    assert f"<strong>{len(order(session))}</strong> 题" in page


def test_every_draft_is_shown_with_its_sentence_marked_in_its_paragraph(editor, drafted, session):
    text = session.scalar(select(SpeechRow.text))
    for public_id in order(session):
        page = editor.get(f"/review/{public_id}").get_data(as_text=True)
        marked = "".join(re.findall(r'<mark class="source">(.*?)</mark>', page, re.S))
        quote = newest(session, public_id).source_quote
        assert marked.replace("\n", "") == quote.replace("\n", "")
        told = re.sub(r"<[^>]+>", "", re.search(r"<blockquote.*?</blockquote>", page, re.S)[0])
        first = text[: text.index(quote)].rpartition("\n")[2]
        assert first in told
        assert "要点：" in page
        assert re.search(r'href="/speeches/[^"#]+#paragraph-\d+"', page)


def test_a_draft_says_where_it_lies_and_why_each_option_is_right_or_wrong(editor, drafted, session):
    waiting = order(session)
    page = editor.get(f"/review/{waiting[1]}").get_data(as_text=True)

    assert f"第 2 题，共 {len(waiting)} 题" in page
    assert f'href="/review/{waiting[0]}" rel="prev"' in page
    assert f'href="/review/{waiting[2]}" rel="next"' in page
    proven = [public_id for public_id in waiting if any(o["proof"] for o in newest(session, public_id).options)]
    told = unescape(editor.get(f"/review/{proven[0]}").get_data(as_text=True))
    for option in newest(session, proven[0]).options:
        assert f"：{option['proof']}" in told


def test_the_ends_of_the_desk_have_no_neighbour(editor, drafted, session):
    waiting = order(session)

    assert 'rel="prev"' not in editor.get(f"/review/{waiting[0]}").get_data(as_text=True)
    assert 'rel="next"' not in editor.get(f"/review/{waiting[-1]}").get_data(as_text=True)


def test_a_question_from_a_file_shows_its_quote_and_marks_nothing(editor, loaded):
    page = editor.get(f"/review/{loaded[TypeName.FILL_IN]}").get_data(as_text=True)

    assert "出处：《测试讲话》" in page
    assert "<mark" not in page


def test_the_sentence_is_not_marked_where_the_text_does_not_hold_the_quote(app, editor, drafted, session):
    public_id = order(session)[0]
    version_id = newest(session, public_id).id
    with app.app_context(), writing() as writer:
        writer.get_one(QuestionVersionRow, version_id).source_quote = "别的话"
    page = editor.get(f"/review/{public_id}").get_data(as_text=True)

    assert "<mark" not in page
    assert "别的话" in page


def test_approval_puts_the_question_into_the_bank_and_goes_on(editor, drafted, session):
    waiting = order(session)
    answer = editor.submit(f"/review/{waiting[0]}/approval", {"version": "1"})

    assert answer.location == f"/review/{waiting[1]}"
    assert row_of(session, waiting[0]).state is QuestionState.APPROVED


def test_after_the_last_of_the_desk_the_first_that_still_waits_comes(editor, loaded, session):
    waiting = order(session)

    assert editor.submit(f"/review/{waiting[-1]}/approval", {"version": "1"}).location == f"/review/{waiting[0]}"


def test_after_the_very_last_the_desk_is_empty(editor, loaded, session):
    for public_id in order(session):
        answer = editor.submit(f"/review/{public_id}/approval", {"version": "1"})

    assert answer.location == "/review"
    assert "都已审完" in editor.get("/review").get_data(as_text=True)


def test_a_return_needs_a_reason(editor, loaded, session):
    public_id = order(session)[0]
    answer = editor.submit(f"/review/{public_id}/return", {"version": "1", "reason": "  "})

    assert answer.status_code == 422
    assert "请填写退回原因" in answer.get_data(as_text=True)
    assert row_of(session, public_id).state is QuestionState.IN_REVIEW


def test_a_return_keeps_its_reason_in_the_history_and_waits_for_correction(editor, loaded, session, office):
    waiting = order(session)
    answer = editor.submit(f"/review/{waiting[0]}/return", {"version": "1", "reason": "题干表述不清"})
    page = editor.get(f"/review/{waiting[0]}").get_data(as_text=True)

    assert answer.location == f"/review/{waiting[1]}"
    assert row_of(session, waiting[0]).state is QuestionState.SENT_BACK
    assert order(session)[-1] == waiting[0]
    assert "原因：题干表述不清" in page
    assert office.editor.name in page.split("历次版本")[1]
    assert f"/review/{waiting[0]}/approval" not in page


def test_a_decision_on_a_version_that_is_not_the_newest_is_refused(editor, loaded, session):
    public_id = loaded[TypeName.FILL_IN]
    corrected(editor, public_id, explanation="新的解析")
    answer = editor.submit(f"/review/{public_id}/approval", {"version": "1"})

    assert answer.status_code == 409
    assert "第 2 版" in answer.get_data(as_text=True)
    assert row_of(session, public_id).state is QuestionState.IN_REVIEW


@pytest.mark.parametrize("verb", ["approval", "return", "correction"])
def test_no_change_without_the_version_that_was_seen(editor, loaded, session, verb):
    public_id = loaded[TypeName.FILL_IN]

    assert editor.submit(f"/review/{public_id}/{verb}", {"reason": "原因"}).status_code == 400
    assert newest(session, public_id).number == 1


def test_a_button_pressed_twice_decides_once_and_leads_to_the_same_question(editor, loaded, session):
    waiting = order(session)
    answers = [editor.submit(f"/review/{waiting[1]}/approval", {"version": "1"}) for _ in range(2)]

    assert [answer.location for answer in answers] == [f"/review/{waiting[2]}"] * 2
    assert decisions(session) == [Decision.APPROVED]


def test_what_another_editor_has_decided_is_not_decided_again(editor, colleague, loaded, session):
    public_id = order(session)[0]
    editor.submit(f"/review/{public_id}/approval", {"version": "1"})

    assert colleague.submit(f"/review/{public_id}/approval", {"version": "1"}).status_code == 409
    assert decisions(session) == [Decision.APPROVED]


@pytest.mark.parametrize("type_", TypeName)
def test_a_form_sent_as_it_came_changes_nothing(editor, loaded, session, type_):
    answer = corrected(editor, loaded[type_])

    assert answer.status_code == 302
    assert newest(session, loaded[type_]).number == 1
    assert "没有改动" in editor.get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize("type_", TypeName)
def test_a_correction_is_a_new_version_and_the_old_one_stays(editor, loaded, session, type_):
    before = newest(session, loaded[type_]).question()
    answer = corrected(editor, loaded[type_], explanation="改过的解析", difficulty="5")
    assert answer.status_code == 302
    assert [version.question() for version in versions(session, loaded[type_])] == [
        before,
        replace(before, explanation="改过的解析", difficulty=5),
    ]


def test_options_can_be_changed_dropped_and_lettered_anew(editor, loaded, session):
    public_id = loaded[TypeName.MULTIPLE_CHOICE]
    form = {"options-1": "", "options-3": "另一项", "options-4": "新的一项", "key": ["A", "C", "E"]}
    answer = corrected(editor, public_id, **form)
    options = newest(session, public_id).question()

    assert answer.status_code == 302
    assert [(o.id, o.text) for o in options.options] == [
        ("A", "选项A1"),
        ("B", "选项C1"),
        ("C", "另一项"),
        ("D", "新的一项"),
    ]
    assert options.key == frozenset("ABD")


def test_a_proof_does_not_outlive_the_option_it_proved(editor, loaded, session):
    public_id = loaded[TypeName.MULTIPLE_CHOICE]
    corrected(editor, public_id, **{"options-1": "改过的干扰项", "key": ["A", "D"]})

    assert [bool(option.proof) for option in newest(session, public_id).question().options] == [
        True,  # right as before
        False,  # its text is new
        False,  # was right, is wrong now
        False,  # was wrong, is right now
    ]


def test_true_and_false_stay_what_they_are(editor, loaded, session):
    public_id = loaded[TypeName.TRUE_FALSE]
    page = editor.get(f"/review/{public_id}/correction").get_data(as_text=True)
    answer = corrected(editor, public_id, key=["B"])

    assert 'name="options-0"' not in page
    assert answer.status_code == 302
    assert newest(session, public_id).question().key == frozenset("F")
    assert [o.text for o in newest(session, public_id).question().options] == ["正确", "错误"]


def test_more_wordings_and_blanks_can_be_accepted(editor, loaded, session):
    public_id = loaded[TypeName.FILL_IN]
    form = {
        "stem": "文不过夜，______，今日事______。",
        "blanks-0": "事不隔天\r\n事不隔日\r\n",
        "blanks-1": "今日毕",
        "any_order": "y",
    }
    answer = corrected(editor, public_id, **form)
    made = newest(session, public_id).question()

    assert answer.status_code == 302
    assert made.blanks == (("事不隔天", "事不隔日"), ("今日毕",))
    assert made.any_order


REFUSED = {
    "no stem": (TypeName.SINGLE_CHOICE, {"stem": " "}, "#stem", "请填写题干"),
    "no key": (TypeName.SINGLE_CHOICE, {"key": []}, "#key", "没有答案"),
    "two options alike": (TypeName.SINGLE_CHOICE, {"options-1": "选项A1"}, "#options", "内容相同"),
    "one option left": (TypeName.MULTIPLE_CHOICE, {f"options-{i}": "" for i in (1, 2, 3)}, "#options", "选项应有"),
    "more blanks than answers": (TypeName.FILL_IN, {"stem": "______与______。"}, "#stem", "两者应当相等"),
    "an answer of marks only": (TypeName.FILL_IN, {"blanks-0": "，。"}, "#blanks", "没有人能答对"),
    "a difficulty that is none": (TypeName.FILL_IN, {"difficulty": "9"}, "#difficulty", ""),
}


@pytest.mark.parametrize(("type_", "changes", "place", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_question_that_cannot_be_asked_is_refused_at_its_field(
    editor, loaded, session, type_, changes, place, sentence
):
    answer = corrected(editor, loaded[type_], **changes)
    summary = answer.get_data(as_text=True).split('id="errors"')[1].split("</div>")[0]

    assert answer.status_code == 422
    assert f'href="{place}"' in summary
    assert sentence in summary
    assert newest(session, loaded[type_]).number == 1


def test_a_refused_form_keeps_what_was_typed(editor, loaded):
    changes = {"stem": " ", "explanation": "打了很久的字", "options-0": "改过的选项"}
    page = corrected(editor, loaded[TypeName.SINGLE_CHOICE], **changes).get_data(as_text=True)

    assert "打了很久的字" in page
    assert 'value="改过的选项"' in page


def test_the_author_of_a_correction_leaves_it_to_another_editor(editor, colleague, loaded, session):
    public_id = loaded[TypeName.FILL_IN]
    corrected(editor, public_id, explanation="改过的解析")
    own, other = (browser.get(f"/review/{public_id}").get_data(as_text=True) for browser in (editor, colleague))

    assert "这一版由您修改，请另一位编辑审核" in own
    assert f"/review/{public_id}/approval" not in own
    assert editor.submit(f"/review/{public_id}/approval", {"version": "2"}).status_code == 404
    assert f"/review/{public_id}/approval" in other
    assert colleague.submit(f"/review/{public_id}/approval", {"version": "2"}).status_code == 302
    assert row_of(session, public_id).state is QuestionState.APPROVED


def test_correcting_an_approved_question_sends_it_back_to_the_desk(editor, colleague, loaded, session):
    public_id = loaded[TypeName.FILL_IN]
    editor.submit(f"/review/{public_id}/approval", {"version": "1"})
    corrected(colleague, public_id, explanation="改过的解析")

    assert row_of(session, public_id).state is QuestionState.IN_REVIEW


def test_a_retired_question_has_no_correction_form(app, editor, loaded, session):
    public_id = loaded[TypeName.FILL_IN]
    row_id = row_of(session, public_id).id
    with app.app_context(), writing() as writer:
        writer.get_one(QuestionRow, row_id).state = QuestionState.RETIRED

    assert editor.get(f"/review/{public_id}/correction").status_code == 409
    assert editor.get(f"/review/{public_id}").status_code == 200


def test_the_history_names_who_wrote_and_who_decided(editor, colleague, loaded, office):
    public_id = loaded[TypeName.SINGLE_CHOICE]
    editor.submit(f"/review/{public_id}/return", {"version": "1", "reason": "答案与原文不符"})
    corrected(colleague, public_id, stem="改过的题干（　）。")
    history = editor.get(f"/review/{public_id}").get_data(as_text=True).split("历次版本")[1]

    assert "（2 版）" in history
    assert history.index("第 2 版") < history.index("第 1 版")
    assert office.second_editor.name in history.split("第 1 版")[0]
    assert f"{office.editor.name}：" in history
    assert "答案与原文不符" in history


def test_a_question_is_shown_as_text_whatever_it_holds(editor, app, office, clock):
    nasty = replace(
        question(TypeName.SINGLE_CHOICE, 1),
        stem="<script>alert(1)</script>（　）。",
        options=(Option("A", '"><img src=x>', "<b>"), Option("B", "乙")),
        key=frozenset("A"),
    )
    with app.app_context(), writing() as session:
        file = QuestionSetFile("x", "<i>题集</i>", "测试讲话", (Entry("x", nasty),))
        bank.load_question_set(session, office.editor.actor, file, now=clock())
        public_id = session.scalars(select(QuestionRow.public_id)).one()
    pages = [editor.get(path).get_data(as_text=True) for path in ("/review", f"/review/{public_id}")]
    pages.append(editor.get(f"/review/{public_id}/correction").get_data(as_text=True))

    assert not any(bad in page for page in pages for bad in ("<script>alert", "<img src=x", "<i>题集"))


@pytest.mark.parametrize("who", ["staff", "chief", "director", "admin", "auditor"])
def test_only_editors_know_of_the_desk(client_of, office, loaded, who):
    browser, public_id = client_of(getattr(office, who)), loaded[TypeName.FILL_IN]

    for path in ("/review", f"/review/{public_id}", f"/review/{public_id}/correction"):
        assert browser.get(path).status_code == 404
    for verb in ("approval", "return", "correction"):
        assert browser.submit(f"/review/{public_id}/{verb}", {"version": "1", "reason": "原因"}).status_code == 404


def test_a_question_that_is_not_there_is_a_missing_page(editor):
    assert editor.get("/review/no-such-question").status_code == 404
    assert editor.submit("/review/no-such-question/approval", {"version": "1"}).status_code == 404
