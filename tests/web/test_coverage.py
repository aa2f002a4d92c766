"""The coverage of a speech on its page: a cell for each paragraph, a line for each key point, and what to do next."""

import re
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from quizapp.core.coverage import Covered
from quizapp.core.labels import label
from quizapp.core.states import QuestionState
from quizapp.db import reports
from quizapp.db.bank import QuestionRow
from quizapp.db.engine import writing
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow

DEMO = (Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt").read_bytes()


@pytest.fixture
def speech(editor):
    return editor.submit("/speeches/new", {"file": (BytesIO(DEMO), "讲话.txt"), "title": ""}).location


@pytest.fixture
def drafted(editor, speech):
    editor.submit(speech + "/drafts")
    return speech


@pytest.fixture
def approve(app, drafted):
    """Puts every question about a key point of this name into the bank."""

    def settle(name):
        with app.app_context(), writing() as session:
            about = select(QuestionRow).join(KeyPointRow, KeyPointRow.id == QuestionRow.key_point_id)
            found = session.scalars(about.where(KeyPointRow.name == name)).all()
            for row in found:
                row.state = QuestionState.APPROVED
            return [row.id for row in found]

    return settle


def page_of(browser, speech, query=""):
    return browser.get(speech + "/coverage" + query).get_data(as_text=True)


def cells(page):
    """Each cell of the map: the state its class tells, the paragraph and the number of questions it shows."""
    told = re.findall(r'<a class="cover-cell cover-([a-z-]+)" href="[^"]*#paragraph-(\d+)".*?</a>', page, re.S)
    counts = re.findall(r'<span class="cover-count"><span[^>]*>.</span> (\d+)<', page)
    return [(state, int(number), int(n)) for (state, number), n in zip(told, counts, strict=True)]


def lines(page):
    """The list of key points: name → (state, next step)."""
    rows = page.split('id="points-heading"')[1].split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]
    found = {}
    for row in rows:
        plain = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.split(r"</t[hd]>", row)[:-1]]
        found[re.match(r"\d+\. (\S+)", plain[0])[1]] = (plain[1][2:], plain[5])
    return found


def test_before_drafting_the_page_leads_to_drafting(editor, speech):
    page = page_of(editor, speech)

    assert "还没有拟题" in page
    assert f'href="{speech}#drafting"' in page
    assert "cover-cell" not in page


def test_there_is_a_cell_for_each_paragraph_in_order(editor, drafted, session):
    found = cells(page_of(editor, drafted))
    paragraphs = [line for line in session.scalar(select(SpeechRow.text)).split("\n") if line.strip()]

    assert [number for _, number, _ in found] == list(range(1, len(paragraphs) + 1))
    assert {state for state, _, n in found if n} == {"waiting"}
    assert {state for state, _, n in found if not n} == {"no-question"}


def test_each_cell_leads_to_its_paragraph(editor, drafted):
    text = editor.get(drafted).get_data(as_text=True)

    assert all(f'id="paragraph-{number}"' in text for _, number, _ in cells(page_of(editor, drafted)))


def test_the_table_tells_what_the_map_draws(editor, drafted, approve):
    approve("三个到位")
    page = page_of(editor, drafted)
    table = page.split("逐段列表")[1].split("<tbody>")[1].split("</tbody>")[0]
    words = [label(Covered(state.replace("-", "_"))) for state, _, _ in cells(page)]

    assert re.findall(r"</span> (\S+)</span>\s*</span></td>", table) == words


def test_a_cell_tells_its_state_in_words_too(editor, drafted):
    page = page_of(editor, drafted)

    assert page.count("段：有题待审，") == sum(state == "waiting" for state, _, _ in cells(page))


def test_key_points_say_what_to_do_next(editor, drafted, approve):
    approve("三个到位")
    found = lines(page_of(editor, drafted))

    assert found["四型"] == ("有题待审", "去审题")
    assert found["三个到位"] == ("从未考过", "可用于组卷")
    assert ("没有试题", "未拟出题") in found.values()


def test_what_was_asked_is_told_with_its_share_and_how_often(editor, drafted, approve, monkeypatch):
    known, asked = approve("三个到位"), approve("四型")
    shares = {n: (40, Fraction(19, 20)) for n in known} | {n: (40, Fraction(1, 2)) for n in asked}
    monkeypatch.setattr(reports, "use_of_questions", lambda *_: shares)
    page = page_of(editor, drafted)
    found = lines(page)

    assert found["三个到位"] == ("普遍掌握", "可以停用")
    assert found["四型"] == ("已考", "可再考")
    assert "95%" in page
    assert f'data-label="作答人次">{40 * len(known)}<' in page
    assert f"{40 * len(known + asked)} 人次" in page


@pytest.mark.parametrize("covered", Covered)
def test_the_list_is_narrowed_to_a_state(editor, drafted, approve, covered):
    approve("三个到位")
    everything = lines(page_of(editor, drafted))
    wanted = {name for name, (state, _) in everything.items() if state == label(covered)}
    page = page_of(editor, drafted, f"?covered={covered.value}")

    assert re.search(rf'covered={covered.value}#points-heading" aria-current="true"', page)
    if wanted:
        assert set(lines(page)) == wanted
    else:
        assert f"没有“{label(covered)}”的要点" in page


@pytest.mark.parametrize("query", ["?covered=nonsense", "?covered=", "?covered=%00"], ids=["word", "empty", "NUL"])
def test_a_state_that_is_none_shows_everything(editor, drafted, query):
    assert lines(page_of(editor, drafted, query)) == lines(page_of(editor, drafted))


def test_points_that_are_gone_are_listed_while_they_have_questions(app, editor, drafted, session):
    assert "原文已没有" not in page_of(editor, drafted)
    shorter = DEMO.decode()
    start = shorter.index("三、狠抓落实")
    shorter = shorter[:start] + shorter[shorter.index("各科室之间还要") :]
    editor.submit(drafted + "/text/new", {"text": shorter})
    shown = editor.get(drafted + "/text").get_data(as_text=True)
    sha256 = re.search(r'name="sha256" value="([^"]*)"', shown)[1]
    editor.submit(drafted + "/text/adoption", {"sha256": sha256})
    told = page_of(editor, drafted).split('id="gone-heading"')[1]

    assert "三个到位" in told
    assert "题待审" in told


@pytest.mark.parametrize("who", ["staff", "chief", "director", "admin", "auditor"])
def test_only_editors_know_of_the_page(client_of, office, speech, who):
    assert client_of(getattr(office, who)).get(speech + "/coverage").status_code == 404


def test_a_speech_that_is_not_there_has_no_coverage(editor):
    assert editor.get("/speeches/no-such-speech/coverage").status_code == 404
