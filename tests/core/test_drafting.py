"""Drafting as a whole: what it gives, that it always gives the same, and how it does on real speeches."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.drafting import draft_questions
from quizapp.core.drafts import Draft
from quizapp.core.drafts import Drafting
from quizapp.core.kinds import KINDS
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.reading import read_speech
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.types import TYPES
from quizapp.formats.lexicon import load_lexicon
from tests.core.hand_readings import STYLE
from tests.core.hand_readings import clean
from tests.core.hand_readings import key_point
from tests.core.hand_readings import style_reading
from tests.core.hand_readings import style_set
from tests.core.hand_readings import tasks_set

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
SPEECHES = ["000", "001", "002", "003", "004"]
#: Sets that an office would be missing: the speech, the name, one of the items (a name may stand for two sets).
WANTED = [
    ("000", "五型", "勤奋"),
    ("000", "五戒", "懒"),
    ("002", "三项重点", "督查督办"),
    ("002", "三项重点", "文稿"),
    ("002", "六个表率", "对标看齐"),
    ("002", "六型机关", "政治"),
    ("002", "三通", "思想上畅通"),
    ("004", "三个十分", "位置十分重要"),
    ("004", "四个定位", "指挥员"),
]


def drafted(reading: Reading | None = None, lexicon: Lexicon | None = None) -> Drafting:
    return draft_questions(reading or style_reading(), lexicon or load_lexicon(), "一则讲话")


def of_kind(drafting: Drafting, kind: str) -> list[Question]:
    return [draft.question for draft in drafting.drafts if draft.kind is kind]


def test_the_sample_gives_questions_about_its_lists_and_its_table() -> None:
    assert {draft.kind for draft in drafted().drafts} >= {"SET_MC", "SET_CLOZE", "PAIR_SC", "PAIR_TF"}


def test_drafting_twice_gives_the_same() -> None:
    assert drafted() == drafted()


HASHED = f"""
from quizapp.core.drafting import draft_questions
from quizapp.core.reading import read_speech
from quizapp.core.types import TYPES
from quizapp.formats.lexicon import load_lexicon
drafting = draft_questions(read_speech({STYLE!r}), load_lexicon(), "一则讲话")
print([(d.kind, d.question.stem, d.question.options, sorted(d.question.key), d.question.blanks, d.fingerprint)
       for d in drafting.drafts], drafting.rejected)
"""


def test_drafting_does_not_depend_on_how_python_hashes() -> None:
    outputs = set()
    for seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", HASHED], cwd=ROOT, env=environment, capture_output=True, check=True)
        outputs.add(run.stdout)

    assert len(outputs) == 1
    assert b"SET_CLOZE" in outputs.pop()


def test_fingerprints_are_all_different_and_do_not_depend_on_the_order_of_the_sets() -> None:
    there, back = drafted(style_reading(style_set(), tasks_set())), drafted(style_reading(tasks_set(), style_set()))
    prints = [draft.fingerprint for draft in there.drafts]

    assert len(set(prints)) == len(prints)
    assert set(prints) == {draft.fingerprint for draft in back.drafts}


def test_a_fingerprint_changes_with_the_passage() -> None:
    text = STYLE.replace("业务书要天天翻", "业务书要常翻")
    other = replace(style_reading(), clean=clean(text))
    moved = [shifted(point, -1) for point in style_reading().sets]
    prints = {draft.fingerprint for draft in drafted().drafts if draft.key_point == 0}

    assert prints.isdisjoint(draft.fingerprint for draft in drafted(replace(other, points=tuple(moved))).drafts)


def shifted(point: KeyPoint, by: int) -> KeyPoint:
    """The set as it stands when the text before some of its items has become shorter; only its passage matters here."""
    return replace(point, span=replace(point.span, end=point.span.end + by))


def test_one_list_under_two_names_is_asked_once() -> None:
    reading = style_reading(tasks_set(), tasks_set(name="三项工程"))

    assert len(of_kind(drafted(reading), "SET_CLOZE")) == 1


def test_a_table_read_from_both_ends_is_asked_once() -> None:
    point = style_set()
    mirrored = tuple(
        replace(pair, left=pair.right, right=pair.left, left_span=pair.right_span, right_span=pair.left_span)
        for pair in point.pairs
    )
    once, twice = drafted(style_reading(point)), drafted(style_reading(point, replace(point, pairs=mirrored)))

    for kind in ("PAIR_SC", "PAIR_TF"):
        assert len(of_kind(twice, kind)) == len(of_kind(once, kind))


def test_a_table_is_asked_at_most_once_a_direction_and_no_pair_twice() -> None:
    text = "".join(f"在第{n}科，{left}要{right}。" for n, (left, right) in enumerate(TABLE))
    point = key_point(text, "在第", [left for left, _ in TABLE], TABLE, name="六度", template=("", "要", ""))
    questions = of_kind(drafted(Reading(clean(text), (), (point,))), "PAIR_SC")
    asks_right = Counter(question.stem.endswith("（　）。") for question in questions)

    assert questions
    assert max(asks_right.values()) == 1
    assert len({question.source.quote for question in questions}) == len(questions)


TABLE = [
    ("起草材料", "反复推敲"),
    ("组织会议", "环环相扣"),
    ("接待来访", "笑脸相迎"),
    ("管理档案", "分门别类"),
    ("采购物品", "货比三家"),
    ("车辆调度", "统一登记"),
]


def test_an_open_list_gives_nothing_and_says_why() -> None:
    drafting = drafted(style_reading(tasks_set(complete=False)))

    assert drafting.drafts == ()
    assert {each.gate for each in drafting.rejected} == {"G4"}


def test_a_reading_without_sets_gives_nothing() -> None:
    assert drafted(Reading(clean("一段没有条目的话。"), (), ())) == Drafting((), ())


def test_without_a_lexicon_there_are_still_pairs_and_blanks() -> None:
    kinds = {draft.kind for draft in drafted(lexicon=Lexicon()).drafts}

    assert kinds >= {"SET_CLOZE", "PAIR_SC", "PAIR_TF"}
    assert "SET_MC" not in kinds


def test_the_title_is_the_name_of_the_source() -> None:
    assert {draft.question.source.speech for draft in drafted().drafts} == {"一则讲话"}
    untitled = draft_questions(style_reading(), load_lexicon())
    assert {draft.question.source.speech for draft in untitled.drafts} == {""}


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "一要",
            "二要",
            "三要",
            "一是",
            "二是",
            "三是",
            "一、",
            "二、",
            "三、",
            "“三实”",
            "即：",
            "三项重点",
            "包括",
            "\n",
            "。",
        ]
        + [
            "、",
            "，",
            "；",
            "：",
            "抓落实",
            "转作风",
            "促发展",
            "争当“实干型”干部",
            "等",
            "总书记",
            "☆",
            "“",
            "”",
            "不够高",
        ]
        + ["思想上畅通", "作风上贯通", "存在一些问题", "我们", "就全局而言，主任是班长", "位置十分重要", "责任十分重大"]
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(FRAGMENTS)
def test_whatever_is_read_only_sound_drafts_come_out(pieces: list[str]) -> None:
    reading = read_speech("".join(pieces))

    for draft in drafted(reading).drafts:
        assert_sound(draft, reading)


def point_of(draft: Draft, reading: Reading) -> KeyPoint:
    assert draft.key_point is not None
    return reading.points[draft.key_point]


def assert_sound(draft: Draft, reading: Reading) -> None:
    """What holds for every draft of any speech."""
    question, text = draft.question, reading.clean.text
    assert question.source.start is not None
    assert text[question.source.start : question.source.end] == question.source.quote != ""
    assert question.explanation.startswith("讲话")
    assert 1 <= question.difficulty <= 5
    assert not list(TYPES[question.type].problems(question))
    assert len(question.stem) <= 80
    assert question.stem.count(BLANK) == len(question.blanks) <= MAX_PARTS
    assert not any(blank[0] in question.stem for blank in question.blanks)
    if question.key:
        assert_key_among_options(question)
    if draft.kind == "SET_MC":
        assert_set_key(draft, reading)


def assert_key_among_options(question: Question) -> None:
    ids = [option.id for option in question.options]
    assert question.key < set(ids)
    assert ids == (["T", "F"] if question.type is TypeName.TRUE_FALSE else list("ABCDE"[: len(ids)]))


def assert_set_key(draft: Draft, reading: Reading) -> None:
    """Every right option stands in the target's passage, and no wrong one does."""
    point = point_of(draft, reading)
    items, passage = {item.display for item in point.items}, bare(point.span.of(reading.clean.text))
    for option in draft.question.options:
        if option.id in draft.question.key:
            assert option.text in items
        else:
            assert option.text not in items
            assert bare(option.text) not in passage


@cache
def gold() -> dict[str, Any]:
    path = SHARED / "gold" / "gold_seeds.yaml"
    if not path.exists():
        pytest.skip("the annotated speeches are not here")
    return {seed["id"]: seed for seed in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]}


@cache
def real(speech: str) -> tuple[Reading, Drafting]:
    path = SHARED / "speeches" / gold()[speech]["file"]
    if not path.exists():
        pytest.skip("the speeches are not here")
    reading = read_speech(path.read_text(encoding="utf-8"))
    return reading, draft_questions(reading, load_lexicon(), reading.clean.title)


def gold_set(speech: str, point: KeyPoint) -> dict[str, Any]:
    """The annotated set with as many items, each of them the same wording or part of it."""
    for each in gold()[speech]["sets"]:
        together = zip(each["items"], point.items, strict=False)
        if each["n"] == len(point.items) and all(is_same(told, item.display) for told, item in together):
            return dict(each)
    raise AssertionError(f"no annotated set is {point.name} {[item.display for item in point.items]}")


def is_same(one: str, other: str) -> bool:
    return bare(one) in bare(other) or bare(other) in bare(one)


@pytest.mark.parametrize("speech", SPEECHES)
def test_real_every_draft_is_sound(speech: str) -> None:
    reading, drafting = real(speech)

    assert drafting.drafts
    for draft in drafting.drafts:
        assert_sound(draft, reading)


@pytest.mark.parametrize(("speech", "name", "item"), WANTED)
def test_real_named_sets_have_an_objective_and_a_recall_question(speech: str, name: str, item: str) -> None:
    reading, drafting = real(speech)
    (index,) = [
        i
        for i, point in enumerate(reading.points)
        if point.name == name and any(item in each.display for each in point.items)
    ]
    kinds = {draft.kind for draft in drafting.drafts if draft.key_point == index}

    assert any(not KINDS[kind].recall for kind in kinds)
    assert any(KINDS[kind].recall for kind in kinds)


@pytest.mark.parametrize("speech", SPEECHES)
def test_real_no_set_question_contradicts_the_annotation(speech: str) -> None:
    reading, drafting = real(speech)
    for draft in drafting.drafts:
        if draft.kind not in ("SET_MC", "SET_CLOZE"):
            continue
        items = gold_set(speech, point_of(draft, reading))["items"]
        question = draft.question
        for option in question.options:
            assert any(is_same(option.text, item) for item in items) is (option.id in question.key), question.stem
        for blank in question.blanks:
            assert any(is_same(blank[0], item) for item in items), question.stem


@pytest.mark.parametrize("speech", SPEECHES)
def test_real_no_pair_question_contradicts_the_annotation(speech: str) -> None:
    reading, drafting = real(speech)
    for draft in drafting.drafts:
        for statement, is_right in statements(draft):
            if point_of(draft, reading).kind is PointKind.PAIRSET:
                continue
            pairs = gold_set(speech, point_of(draft, reading))["pairs"]
            assert any(left in statement and right in statement for left, right in pairs) is is_right, statement


def statements(draft: Draft) -> Iterator[tuple[str, bool]]:
    """Each statement a pair question makes or could make, and whether it holds it for right."""
    question = draft.question
    if draft.kind == "PAIR_SC":
        for option in question.options:
            yield question.stem.replace("（　）", option.text), option.id in question.key
    elif draft.kind == "PAIR_TF":
        yield question.stem, "T" in question.key


@pytest.mark.parametrize("speech", SPEECHES)
def test_real_true_and_false_are_balanced(speech: str) -> None:
    questions = [draft.question for draft in real(speech)[1].drafts]
    judged = Counter("T" in each.key for each in questions if each.type is TypeName.TRUE_FALSE)

    assert abs(judged[True] - judged[False]) <= 1


def test_real_key_positions_are_even() -> None:
    for speech in SPEECHES:
        found = [d.question for d in real(speech)[1].drafts if d.question.type is TypeName.SINGLE_CHOICE]
        for count in {len(question.options) for question in found}:
            places = Counter(next(iter(q.key)) for q in found if len(q.options) == count)
            all_places = [places[letter] for letter in "ABCDE"[:count]]
            assert max(all_places) - min(all_places) <= 1


@pytest.mark.parametrize("speech", SPEECHES)
def test_real_drafts_follow_the_speech(speech: str) -> None:
    reading, drafting = real(speech)
    starts = [start_of(draft, reading) for draft in drafting.drafts]

    assert starts == sorted(starts)


def start_of(draft: Draft, reading: Reading) -> int:
    if draft.key_point is None:
        return draft.question.source.start or 0
    point = point_of(draft, reading)
    return min(point.span.start, point.lead.start)


@pytest.mark.parametrize("speech", SPEECHES)
def test_real_a_name_that_two_sets_share_carries_its_place(speech: str) -> None:
    reading, drafting = real(speech)
    asked = [draft for draft in drafting.drafts if draft.key_point is not None]
    stems = [draft.question.stem.split("：")[0] for draft in asked if point_of(draft, reading).homonym]
    named = [stem for stem in stems if "“三项重点”" in stem]

    assert all("部分" in stem or "一并" in stem for stem in named)


def test_real_namesakes_are_asked_apart() -> None:
    reading, drafting = real("002")
    by_set: dict[int, set[str]] = {}
    for draft in drafting.drafts:
        if draft.kind == "SET_CLOZE" and point_of(draft, reading).name == "三项重点":
            assert draft.key_point is not None
            by_set.setdefault(draft.key_point, set()).add(draft.question.stem.split("是：")[0])

    assert len(by_set) == len(set.union(*by_set.values())) == 2
