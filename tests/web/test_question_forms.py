"""Correcting what is matched, ordered and answered in one's own words, through the desk's forms."""

import html
import re
from dataclasses import replace

import pytest
from conftest import Browser
from conftest import Clock
from conftest import Office
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.engine import writing
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import bank

PROOF = "原文如此"
MATCHING = TYPES[TypeName.MATCHING].example()
ORDERING = TYPES[TypeName.ORDERING].example()
ESSAY = TYPES[TypeName.SHORT_ANSWER].example()


def proved(question: Question) -> Question:
    return replace(question, options=tuple(replace(option, proof=PROOF) for option in question.options))


@pytest.fixture
def desk(app: Flask, office: Office, clock: Clock) -> dict[TypeName, str]:
    """One question of each of these types on the desk: their public ids."""
    questions = [proved(MATCHING), proved(ORDERING), ESSAY]
    entries = tuple(Entry(q.type.value, replace(q, source=replace(q.source, speech="测试讲话"))) for q in questions)
    with app.app_context(), writing() as session:
        file = QuestionSetFile("ceshi", "测试题集", "测试讲话", entries)
        bank.load_question_set(session, office.editor.actor, file, now=clock())
        return {TypeName(row.fingerprint): row.public_id for row in session.scalars(select(QuestionRow))}


def offered(browser: Browser, public_id: str) -> dict[str, str]:
    """The correction form as its page offers it, ready to be changed and sent."""
    page = browser.get(f"/review/{public_id}/correction").get_data(as_text=True).split("<main")[1]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        if name := re.search(r'name="([^"]+)"', tag):
            value = re.search(r'value="([^"]*)"', tag)
            fields[name[1]] = html.unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', page, re.S):
        fields[name] = html.unescape(text)
    fields["difficulty"] = re.findall(r'<option selected value="(\d)"', page)[0]
    return fields


def send(browser: Browser, public_id: str, **changes: str) -> str:
    """Send the form with these changes; what the page then says."""
    changes = {name.replace("__", "-"): text for name, text in changes.items()}
    answer = browser.submit(f"/review/{public_id}/correction", offered(browser, public_id) | changes)
    if answer.status_code == 302:
        answer = browser.get(answer.location)
    return answer.get_data(as_text=True)


def newest(session: Session, public_id: str) -> Question:
    session.rollback()
    row = session.scalars(select(QuestionRow).where(QuestionRow.public_id == public_id)).one()
    return session.get_one(QuestionVersionRow, row.version_id).question()


@pytest.mark.parametrize("name", [TypeName.MATCHING, TypeName.ORDERING, TypeName.SHORT_ANSWER])
def test_a_form_that_is_sent_as_it_was_offered_changes_nothing(
    editor: Browser, desk: dict[TypeName, str], name: TypeName
) -> None:
    assert "没有改动" in send(editor, desk[name])


def test_a_line_can_be_added_changed_and_taken_away(
    editor: Browser, desk: dict[TypeName, str], session: Session
) -> None:
    public_id = desk[TypeName.MATCHING]
    changes = {
        "lefts__0": "",
        "rights__0": "",
        "lefts__3": "记载会议主要情况",
        "rights__3": "纪要",
        "extras": "通告\n决定",
    }
    assert "等待审核" in send(editor, public_id, **changes)
    question = newest(session, public_id)
    texts = {option.id: option.text for option in question.options}
    assert [(left, texts[option_id]) for left, option_id in question.pairs] == [
        ("向上级机关汇报工作", "报告"),
        ("不相隶属机关之间商洽工作", "函"),
        ("记载会议主要情况", "纪要"),
    ]
    assert set(texts.values()) == {"报告", "函", "纪要", "通告", "决定"}


def test_an_option_that_moves_to_another_line_loses_its_proof_and_the_others_keep_theirs(
    editor: Browser, desk: dict[TypeName, str], session: Session
) -> None:
    public_id = desk[TypeName.MATCHING]
    send(editor, public_id, rights__0="报告", rights__1="请示")
    proofs = {option.text: option.proof for option in newest(session, public_id).options}
    assert proofs == {"请示": "", "报告": "", "函": PROOF, "通告": PROOF}


HALVES = {"without its right side": {"rights__1": ""}, "without its left side": {"lefts__1": ""}}


@pytest.mark.parametrize("changes", HALVES.values(), ids=HALVES)
def test_half_a_line_is_refused_with_its_number_and_nothing_typed_is_lost(
    editor: Browser, desk: dict[TypeName, str], session: Session, changes: dict[str, str]
) -> None:
    page = send(editor, desk[TypeName.MATCHING], stem="改过的题干", **changes)
    assert "第 2 行只填了一边" in page
    assert "改过的题干" in page
    assert newest(session, desk[TypeName.MATCHING]).stem == MATCHING.stem


def test_a_folded_line_is_open_once_something_stands_in_it(editor: Browser, desk: dict[TypeName, str]) -> None:
    folded = "<details><summary>再加"
    assert folded in send(editor, desk[TypeName.MATCHING], rights__1="")
    page = send(editor, desk[TypeName.MATCHING], lefts__7="记载会议主要情况")
    assert folded not in page
    assert "<details open><summary>再加" in page


def test_an_option_of_two_lines_is_refused(editor: Browser, desk: dict[TypeName, str]) -> None:
    assert "每个选项只能用一次" in send(editor, desk[TypeName.MATCHING], rights__1="请示")


def test_items_are_reordered_by_their_lines(editor: Browser, desk: dict[TypeName, str], session: Session) -> None:
    public_id = desk[TypeName.ORDERING]
    send(editor, public_id, items="签收\r\n初审\r\n登记\r\n承办\r\n答复")
    question = newest(session, public_id)
    texts = {option.id: option.text for option in question.options}
    assert [texts[option_id] for option_id in question.right_order] == ["签收", "初审", "登记", "承办", "答复"]
    assert {o.text: o.proof for o in question.options if o.proof} == {"签收": PROOF, "承办": PROOF}


BAD_ORDERS = {
    "an item twice": "签收\n登记\n签收\n承办",
    "two items": "签收\n登记",
    "more than ten": "\n".join("甲乙丙丁戊己庚辛壬癸子"),
}


@pytest.mark.parametrize("items", BAD_ORDERS.values(), ids=BAD_ORDERS)
def test_an_order_that_is_none_is_refused_at_its_field(
    editor: Browser, desk: dict[TypeName, str], session: Session, items: str
) -> None:
    page = send(editor, desk[TypeName.ORDERING], items=items)
    assert 'id="items-error"' in page
    assert newest(session, desk[TypeName.ORDERING]).right_order == ORDERING.right_order


def test_more_lines_than_there_are_letters_are_a_fault_of_the_form_and_not_of_the_site(
    editor: Browser, desk: dict[TypeName, str]
) -> None:
    many = "\n".join(f"第{n}步" for n in range(40))
    assert 'id="items-error"' in send(editor, desk[TypeName.ORDERING], items=many)
    assert "选项应有" in send(editor, desk[TypeName.MATCHING], extras=many)


def test_points_take_groups_of_keywords_one_a_line_with_wordings_between_strokes(
    editor: Browser, desk: dict[TypeName, str], session: Session
) -> None:
    public_id = desk[TypeName.SHORT_ANSWER]
    send(editor, public_id, points__0="", keywords__0="", points__3="抄送下级机关", keywords__3="抄送｜ 抄报 |\r\n下级")
    points = newest(session, public_id).points
    assert points[:2] == ESSAY.points[1:]
    assert points[2:] == (ScoringPoint("抄送下级机关", (("抄送", "抄报"), ("下级",))),)


def test_a_point_without_keywords_is_refused_with_its_number(editor: Browser, desk: dict[TypeName, str]) -> None:
    page = send(editor, desk[TypeName.SHORT_ANSWER], points__3="抄送下级机关")
    assert "第4个采分点没有关键词" in page
    assert 'id="points-error"' in page
