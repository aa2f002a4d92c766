"""The pages of a newer text: what it changes is shown before it counts, and nobody adopts what they have not seen."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from quizapp.core.corrections import Delete
from quizapp.core.corrections import point_ref
from quizapp.core.states import QuestionState
from quizapp.db import sittings
from quizapp.db.bank import QuestionRow
from quizapp.db.engine import writing
from quizapp.db.speeches import SpeechRow
from quizapp.db.speeches import SpeechTextRow
from quizapp.services import bank
from quizapp.services import readings

DEMO = (Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt").read_text(encoding="utf-8")
CHANGED = DEMO.replace("“诚实型”干部", "“坦诚型”干部")
LONGER = DEMO.replace("同志们：\n", "同志们：\n\n先把<b>上周</b>的情况说一说。\n", 1)


@pytest.fixture
def speech(editor):
    """The address of the demonstration speech, just uploaded."""
    return editor.submit("/speeches/new", {"file": (BytesIO(DEMO.encode()), "讲话.txt"), "title": ""}).location


@pytest.fixture
def drafted(editor, speech):
    editor.submit(speech + "/drafts")
    return speech


def proposed(browser, speech, text, name="新.txt"):
    return browser.submit(speech + "/text/new", {"file": (BytesIO(text.encode()), name), "text": ""})


def shown(browser, speech):
    return browser.get(speech + "/text").get_data(as_text=True)


def adopted(browser, speech, **changes):
    """Adopt what the page shows."""
    sha256 = re.search(r'name="sha256" value="([^"]*)"', shown(browser, speech))[1]
    return browser.submit(speech + "/text/adoption", {"sha256": sha256} | changes)


def figures(page):
    """The figures at the top by their word."""
    return dict(re.findall(r"<li><span>([^<]+)</span><strong>([^<]+)</strong></li>", page))


def text_of(session):
    session.rollback()
    return session.scalar(select(SpeechRow.text))


def states(session):
    session.rollback()
    return list(session.scalars(select(QuestionRow.state).order_by(QuestionRow.id)))


def test_the_page_says_what_is_taken_and_which_text_is_in_force(editor, speech):
    page = editor.get(speech + "/text/new").get_data(as_text=True)

    assert "200,000 字" in page
    assert "现用" in page
    assert "讲话.txt" in page
    assert "已替换" not in page


@pytest.mark.parametrize(
    "given", [{"text": CHANGED.replace("\n", "\r\n")}, {"file": True, "text": ""}], ids=["pasted", "a file"]
)
def test_a_newer_text_comes_as_a_file_or_pasted(editor, speech, session, given):
    if given.get("file"):
        given = given | {"file": (BytesIO(CHANGED.encode()), "新.txt")}
    answer = editor.submit(speech + "/text/new", given)

    assert answer.location == speech + "/text"
    assert session.scalars(select(SpeechTextRow.file)).one().decode() == CHANGED
    assert text_of(session) == session.scalar(select(SpeechRow.text))
    assert "诚实型" in text_of(session)


REFUSED = {
    "nothing": ("", 'href="#file"'),
    "the text in force": (DEMO, "一字不差"),
    "no speech": ("今天天气很好，我们去公园散步。" * 20, "序号"),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_text_that_cannot_be_taken_is_refused_and_stays_on_the_page(editor, speech, session, text, sentence):
    answer = editor.submit(speech + "/text/new", {"text": text})

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert text[:100] in answer.get_data(as_text=True)
    assert session.scalars(select(SpeechTextRow)).all() == []


def test_the_comparison_shows_what_was_taken_out_and_put_in_by_sign_and_word(editor, speech):
    proposed(editor, speech, CHANGED)
    page = shown(editor, speech)
    told = re.findall(r"<(del|ins)><span class=\"visually-hidden\">(.*?)</span><span[^>]*>(.)</span>([^<]*)</\1>", page)

    assert told[-2:] == [("del", "删去：", "−", "诚实"), ("ins", "新增：", "+", "坦诚")]
    assert "± 改动" in page


def test_what_is_the_same_is_folded_and_counted(editor, speech, session):
    proposed(editor, speech, CHANGED)
    page = shown(editor, speech)
    same = sum(map(int, re.findall(r"<summary>相同 (\d+) 段</summary>", page)))

    assert figures(page)["相同"] == f"{same} 段"
    assert same == len(text_of(session).split("\n")) - 1
    assert (figures(page)["改动"], figures(page)["新增"], figures(page)["删去"]) == ("1 段", "0 段", "0 段")


def test_both_texts_can_be_read_from_the_comparison(editor, speech, session):
    """Whatever is folded or marked: without the additions it is the old text, without what is gone the new one."""
    old = text_of(session)
    proposed(editor, speech, LONGER.replace("“诚实型”", "“坦诚型”"))
    page = shown(editor, speech).split('class="comparison"')[1].split("</section>")[0]
    body = re.sub(r"<summary>.*?</summary>|<span.*?</span>", "", page.partition(">")[2])
    session.rollback()
    sides = {"del": old, "ins": session.scalar(select(SpeechTextRow.text))}
    for kept, text in sides.items():
        dropped = {"del": "ins", "ins": "del"}[kept]
        plain = re.sub(r"<[^>]+>", "", re.sub(rf"<{dropped}>.*?</{dropped}>", "", body))
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert "".join(plain.split()) == "".join(escaped.split())


def test_a_text_is_shown_as_text_whatever_it_holds(editor, speech):
    proposed(editor, speech, LONGER, name="<i>新</i>.txt")
    page = shown(editor, speech)

    assert "&lt;b&gt;" in page
    assert "<b>上周" not in page
    assert "<i>新" not in page


def test_questions_that_lose_their_ground_are_listed_with_their_reason(editor, drafted, session):
    proposed(editor, drafted, CHANGED)
    page = shown(editor, drafted)
    leaving = int(figures(page)["转为需复核"].split()[0])

    assert leaving > 0
    assert page.count('<td data-label="原因">') == leaving
    assert "引用的原句已不在新文本中" in page
    assert "所依据的要点在新文本中有改动" in page
    assert "待审核" in page
    assert int(figures(page)["不受影响"].split()[0]) == len(states(session)) - leaving


def test_a_question_on_a_paper_in_use_is_marked(editor, drafted, session, monkeypatch):
    ids = frozenset(session.scalars(select(QuestionRow.id)))
    monkeypatch.setattr(sittings, "questions_out", lambda *_: ids)
    proposed(editor, drafted, CHANGED)
    page = shown(editor, drafted)

    assert page.count('tag-bad">正在使用的试卷里有') == int(figures(page)["转为需复核"].split()[0])
    assert "仍按原题作答" in page


def test_without_questions_the_page_says_so(editor, speech):
    proposed(editor, speech, CHANGED)

    assert "这篇讲话还没有试题" in shown(editor, speech)


def test_a_change_that_touches_no_question_says_so(editor, drafted):
    proposed(editor, drafted, LONGER)

    assert "没有受影响的题" in shown(editor, drafted)


def test_a_correction_that_loses_its_place_is_named(app, editor, speech, office, clock, session):
    row = session.scalars(select(SpeechRow)).one()
    reading = readings.understanding_of(session, row).reading
    point = next(each for each in reading.points if each.name == "四型")
    session.rollback()
    with app.app_context(), writing() as write:
        readings.correct(write, office.editor.actor, row.public_id, Delete(point_ref(point)), now=clock())
    proposed(editor, speech, CHANGED)
    told = shown(editor, speech).split('id="lost-heading"')[1].split("</section>")[0]

    assert "删除" in told
    assert "四型" in told
    assert office.editor.name in told


def test_adopting_exchanges_the_text_and_leads_to_the_desk(editor, drafted, session):
    proposed(editor, drafted, CHANGED)
    leaving = int(figures(shown(editor, drafted))["转为需复核"].split()[0])
    page = editor.get(adopted(editor, drafted).location).get_data(as_text=True)

    assert f"有 {leaving} 题转为需复核" in page
    assert re.search(r'href="/review\?set=[^"]+">去复核', page)
    assert "已替换" in page
    assert "坦诚型" in text_of(session)
    assert states(session).count(QuestionState.RECHECK) == leaving


def test_the_desk_begins_with_what_has_to_be_looked_at_again(editor, drafted, session):
    untouched = session.scalars(select(QuestionRow.public_id).order_by(QuestionRow.id)).first()
    proposed(editor, drafted, DEMO.replace("督办到位", "督促到位"))
    adopted(editor, drafted)
    session.rollback()
    recheck = set(session.scalars(select(QuestionRow.public_id).where(QuestionRow.state == QuestionState.RECHECK)))
    page = editor.get("/review").get_data(as_text=True)
    first = re.search(r'class="btn btn-primary" href="/review/([^"]+)"', page)[1]
    told = editor.get(f"/review/{first}").get_data(as_text=True)

    assert untouched not in recheck
    assert first in recheck
    assert re.search(rf"需复核 <span class=\"chip-count\">{len(recheck)}</span>", page)
    assert f"/review/{first}/approval" in told
    assert "讲话换了新文本" in told


def test_a_question_is_judged_beside_the_sentence_of_the_older_text(editor, drafted, session):
    proposed(editor, drafted, CHANGED)
    rows = shown(editor, drafted).split("</tr>")
    gone = re.search(r'href="/review/([^"]+)"', next(row for row in rows if "引用的原句已不在" in row))[1]
    adopted(editor, drafted)
    page = editor.get(f"/review/{gone}").get_data(as_text=True)

    assert "讲话现在的文本里已没有这一句" in page
    assert "诚实型" in "".join(re.findall(r'<mark class="source">(.*?)</mark>', page, re.S))


def test_another_text_that_came_meanwhile_is_shown_and_not_adopted(editor, client_of, office, speech, session):
    proposed(editor, speech, CHANGED)
    seen = re.search(r'name="sha256" value="([^"]*)"', shown(editor, speech))[1]
    proposed(client_of(office.second_editor), speech, LONGER)
    before = text_of(session)
    answer = editor.submit(speech + "/text/adoption", {"sha256": seen})

    assert answer.status_code == 409
    assert "又有人上传了另一份新文本" in answer.get_data(as_text=True)
    assert "上周" in answer.get_data(as_text=True)
    assert text_of(session) == before


@pytest.mark.parametrize("sha256", ["", "x", "0" * 64], ids=["none", "nonsense", "another"])
def test_adopting_without_the_text_that_was_shown_changes_nothing(editor, speech, session, sha256):
    proposed(editor, speech, CHANGED)
    before = text_of(session)

    assert editor.submit(speech + "/text/adoption", {"sha256": sha256}).status_code == 409
    assert text_of(session) == before


def test_adopting_twice_is_as_once(editor, speech, session):
    proposed(editor, speech, CHANGED)
    sha256 = re.search(r'name="sha256" value="([^"]*)"', shown(editor, speech))[1]
    editor.submit(speech + "/text/adoption", {"sha256": sha256})
    answer = editor.submit(speech + "/text/adoption", {"sha256": sha256})

    assert answer.location == speech + "/text/new"
    assert "没有等待启用的新文本" in editor.get(answer.location).get_data(as_text=True)
    assert len(session.scalars(select(SpeechTextRow)).all()) == 1


def test_a_text_thrown_away_leaves_the_speech_as_it_was(editor, drafted, session):
    before = (text_of(session), states(session))
    proposed(editor, drafted, CHANGED)
    answer = editor.submit(drafted + "/text/removal")

    assert answer.location == drafted
    assert (text_of(session), states(session)) == before
    assert session.scalars(select(SpeechTextRow)).all() == []
    assert editor.submit(drafted + "/text/removal").status_code == 302


def test_without_a_text_that_waits_the_page_leads_to_where_one_is_uploaded(editor, speech):
    answer = editor.get(speech + "/text")

    assert answer.location == speech + "/text/new"
    assert "没有等待启用的新文本" in editor.get(answer.location).get_data(as_text=True)


def test_a_text_that_waits_is_told_before_another_takes_its_place(editor, speech, session, office):
    proposed(editor, speech, CHANGED)
    page = editor.get(speech + "/text/new").get_data(as_text=True)

    assert "已有一份新文本等待启用" in page
    assert f'href="{speech}/text"' in page
    assert office.editor.name in page


def test_the_question_is_approved_again_as_it_stands(editor, drafted, session, app, office, clock):
    """What a newer text only shook can be let stand."""
    proposed(editor, drafted, CHANGED)
    adopted(editor, drafted)
    public_id = session.scalars(select(QuestionRow.public_id).where(QuestionRow.state == QuestionState.RECHECK)).first()
    editor.submit(f"/review/{public_id}/approval", {"version": "1"})
    session.rollback()
    with app.app_context():
        assert bank.dossier(session, office.editor.actor, public_id).row.state is QuestionState.APPROVED


PAGES = ("/text", "/text/new")
DEEDS = ("/text/new", "/text/adoption", "/text/removal")


@pytest.mark.parametrize("who", ["staff", "chief", "director", "admin", "auditor"])
def test_only_editors_know_of_the_pages(client_of, office, editor, speech, who):
    proposed(editor, speech, CHANGED)
    browser = client_of(getattr(office, who))

    assert {browser.get(speech + page).status_code for page in PAGES} == {404}
    assert {browser.submit(speech + deed, {"text": LONGER}).status_code for deed in DEEDS} == {404}


def test_a_speech_that_is_not_there_has_no_pages(editor, office):
    assert {editor.get("/speeches/no-such-speech" + page).status_code for page in PAGES} == {404}
    sent = {"text": LONGER, "sha256": "0"}
    assert {editor.submit("/speeches/no-such-speech" + deed, sent).status_code for deed in DEEDS} == {404}
