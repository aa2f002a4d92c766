"""Recitation cards: what each kind of key point asks and answers, and which card comes next."""

from datetime import timedelta
from pathlib import Path

import pytest
from conftest import FRIDAY
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.memory import Grade
from quizapp.core.memory import Memory
from quizapp.core.memory import rated
from quizapp.core.question import BLANK
from quizapp.core.reading import read_speech
from quizapp.core.recitation import LONGEST
from quizapp.core.recitation import MOST_PASSAGES
from quizapp.core.recitation import RECITED
from quizapp.core.recitation import Face
from quizapp.core.recitation import Standing
from quizapp.core.recitation import Told
from quizapp.core.recitation import face
from quizapp.core.recitation import in_turn
from quizapp.core.recitation import is_due
from quizapp.core.recitation import passages
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Span

TODAY = FRIDAY.date()
SPEECHES = sorted(path for path in (Path(__file__).parent.parent / "speeches").glob("*.txt"))

TEXT = """我讲三点要求。
一要争当“勤奋型”干部，戒“懒”。多学一点，多跑一趟。
二要争当“朴实型”干部，戒“虚”。有一说一，有二说二。
党建工作的毛病有三条：一是松；二是散；三是软。
办文要字斟句酌，办会要滴水不漏。“会议无小事，小事见水平”。政治建设是机关党建的根本。
每次会议要提前一天走一遍会场。办公室管着会务、用车和接待，花的都是群众的钱。按时，按量。"""


def told(
    kind: PointKind,
    words: str,
    *items: str,
    name: str = "",
    pairs: tuple[tuple[str, str], ...] = (),
    text: str = TEXT,
) -> Told:
    """A key point whose finding is these words of the text."""
    start = text.index(words)
    return Told(kind, name, items, pairs, Span(start, start + len(words)))


TWO_TYPES = TEXT[TEXT.index("一要争当") : TEXT.index("有二说二。")]
MADE = {
    "a named set": (
        told(PointKind.NAMED, TWO_TYPES, "勤奋型", "朴实型", name="两型"),
        Face("“两型”包括哪些内容？", ("共 2 项",), ("勤奋型", "朴实型")),
    ),
    "a named set whose members are tied": (
        told(PointKind.NAMED, TWO_TYPES, "勤奋型", "朴实型", name="两型", pairs=(("勤奋型", "懒"), ("朴实型", "虚"))),
        Face("“两型”包括哪些内容，分别对应什么？", ("共 2 项",), ("勤奋型 —— 懒", "朴实型 —— 虚")),
    ),
    "a name with a name inside": (
        told(PointKind.NAMED, TWO_TYPES, "勤奋型", "朴实型", name="“两型”干部"),
        Face("“‘两型’干部”包括哪些内容？", ("共 2 项",), ("勤奋型", "朴实型")),
    ),
    "a count, by what announces it": (
        told(PointKind.COUNTED, "一是松；二是散；三是软", "松", "散", "软", name="三条"),
        Face("“三条”是哪些？", ("党建工作的毛病有三条：", "共 3 项"), ("松", "散", "软")),
    ),
    "headings of a part that has a name": (
        told(PointKind.HEADINGS, TWO_TYPES, "争当“勤奋型”干部", "争当“朴实型”干部", name="转变作风"),
        Face("“转变作风”这一部分讲了哪几点？", ("共 2 项",), ("争当“勤奋型”干部", "争当“朴实型”干部")),
    ),
    "headings without a name, by what announces them": (
        told(PointKind.HEADINGS, TWO_TYPES, "争当“勤奋型”干部", "争当“朴实型”干部"),
        Face("讲话接着讲了哪几点？", ("我讲三点要求。", "共 2 项"), ("争当“勤奋型”干部", "争当“朴实型”干部")),
    ),
    "pairs": (
        told(
            PointKind.PAIRSET,
            "办文要字斟句酌，办会要滴水不漏",
            "办文",
            "办会",
            name="办文、办会",
            pairs=(("办文", "字斟句酌"), ("办会", "滴水不漏"), ("办会", "有条不紊")),
        ),
        Face(
            "下面各项分别对应什么？",
            ("办文 —— ？", "办会 —— ？"),
            ("办文 —— 字斟句酌", "办会 —— 滴水不漏、有条不紊"),
        ),
    ),
    "a row of words, in its sentence": (
        told(PointKind.PARALLEL, "会务、用车和接待", "会务", "用车", "接待", name="会务、用车、接待"),
        Face(
            "补全讲话的这一句：",
            (f"办公室管着{BLANK}、{BLANK}和{BLANK}，花的都是群众的钱",),
            ("会务", "用车", "接待"),
        ),
    ),
    "a slogan": (
        told(PointKind.SLOGAN, "会议无小事，小事见水平", "会议无小事", "小事见水平"),
        Face("请接下半句：", (f"会议无小事，{BLANK}",), ("小事见水平",)),
    ),
    "a definition": (
        told(PointKind.DEFINITION, "政治建设是机关党建的根本", "政治建设", "机关党建的根本", name="政治建设"),
        Face("讲话怎么说“政治建设”？", (f"政治建设是{BLANK}",), ("机关党建的根本",)),
    ),
    "a figure": (
        told(PointKind.FACT, "每次会议要提前一天走一遍会场", "一天"),
        Face("补全讲话的这一句：", (f"每次会议要提前{BLANK}走一遍会场",), ("一天",)),
    ),
    "a figure that is nearly all of its clause, in its sentence": (
        told(PointKind.FACT, "多跑一趟", "一趟"),
        Face("补全讲话的这一句：", (f"多学一点，多跑{BLANK}",), ("一趟",)),
    ),
}


@pytest.mark.parametrize(("point", "expected"), MADE.values(), ids=MADE)
def test_a_key_point_makes_its_card(point: Told, expected: Face) -> None:
    assert face(point, TEXT) == expected


LEFT_OUT = {
    "a mention has nothing to recite": told(PointKind.MENTION, "党建工作", name="五个坚持"),
    "a count that nothing announces": told(PointKind.COUNTED, "松；二是散；三是软", "松", "散", "软", name="三个"),
    "headings without a name that nothing announces": told(
        PointKind.HEADINGS, "有一说一，有二说二", "有一说一", "有二说二"
    ),
    "a saying of one half": told(PointKind.SLOGAN, "会议无小事", "会议无小事"),
    "a row that is all of its sentence": told(PointKind.PARALLEL, "按时，按量", "按时", "按量"),
    "words that do not stand there": told(PointKind.PARALLEL, "会务、用车和接待", "文电", "机要"),
    "a figure that does not stand there": told(PointKind.FACT, "每次会议要提前一天走一遍会场", "三天"),
}


@pytest.mark.parametrize("point", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_makes_no_sensible_card_makes_none(point: Told) -> None:
    assert face(point, TEXT) is None


@pytest.mark.parametrize("lead", ["各位领导、同志们：", "要抓好“三项重点”。"])
def test_an_address_or_a_name_announces_no_list(lead: str) -> None:
    text = f"{lead}\n把学习抓实，把作风抓好。"
    assert face(told(PointKind.HEADINGS, "把学习抓实", "把学习抓实", text=text), text) is None


def test_every_kind_but_mentions_is_recited() -> None:
    assert frozenset(PointKind) - {PointKind.MENTION} == RECITED


# Real speeches


def of_point(reading: Reading, point: KeyPoint) -> Told:
    pairs = tuple((pair.left, pair.right) for pair in point.pairs)
    return Told(point.kind, point.name or "", tuple(item.display for item in point.items), pairs, point.span)


@pytest.mark.parametrize("path", SPEECHES[:6], ids=lambda path: path.stem)
def test_no_front_tells_its_answer_and_every_back_stands_in_the_speech(path: Path) -> None:
    reading = read_speech(path.read_text("utf-8"))
    text = reading.clean.text
    cards = [(point, made) for each in reading.points if (made := face(point := of_point(reading, each), text))]
    assert cards
    for point, made in cards:
        shown = passages(point, text)
        assert 0 < len(shown) <= MOST_PASSAGES
        assert all("".join(said) in text and said[1] for said in shown)
        if point.kind in (PointKind.PARALLEL, PointKind.FACT, PointKind.DEFINITION):
            assert BLANK in made.clues[0]
            assert len(made.clues[0]) <= LONGEST
        if point.kind in (PointKind.COUNTED, PointKind.HEADINGS):
            assert not any(line in clue for clue in made.clues for line in point.items)


def test_a_point_within_one_paragraph_is_shown_in_it() -> None:
    point = MADE["a slogan"][0]
    ((before, words, after),) = passages(point, TEXT)
    assert words == "会议无小事，小事见水平"
    assert f"{before}{words}{after}" in TEXT.split("\n")


def test_a_list_over_paragraphs_is_shown_by_the_sentence_of_each_member() -> None:
    point = MADE["a named set"][0]
    assert passages(point, TEXT) == (
        ("一要争当“", "勤奋型", "”干部，戒“懒”。"),
        ("二要争当“", "朴实型", "”干部，戒“虚”。"),
    )


def test_a_long_paragraph_is_cut_to_the_sentence() -> None:
    text = f"{'开头的话。' * 60}会议无小事，小事见水平。{'后面的话。' * 60}"
    point = told(PointKind.SLOGAN, "会议无小事，小事见水平", "会议无小事", "小事见水平", text=text)
    assert passages(point, text) == (("", "会议无小事，小事见水平", "。"),)


# Which comes next


def standing(number: int, days_ago: int | None = None, grade: Grade = Grade.GOOD, *, anew: bool = False) -> Standing:
    """A card rated once, so many days ago."""
    if days_ago is None:
        return Standing(number, (1, number), None, None, anew)
    at = FRIDAY - timedelta(days=days_ago)
    return Standing(number, (1, number), rated(None, grade, at), at.date(), anew)


def test_what_changed_comes_first_then_what_is_due_then_what_is_new_then_the_weakest() -> None:
    fresh, new, earlier = standing(1, 1), standing(3), standing(2)
    due, worse, anew, today = standing(4, 20), standing(5, 20, Grade.AGAIN), standing(6, anew=True), standing(7, 0)
    turn = in_turn([today, fresh, new, earlier, due, worse, anew], FRIDAY, TODAY)
    assert [each.key_point_id for each in turn] == [6, 5, 4, 2, 3, 1, 7]


@given(st.lists(st.tuples(st.none() | st.integers(0, 300), st.booleans()), max_size=12))
def test_nothing_that_is_due_waits_behind_what_is_not(held: list[tuple[int | None, bool]]) -> None:
    cards = [standing(number, days, anew=anew and days is None) for number, (days, anew) in enumerate(held)]
    turn = in_turn(cards, FRIDAY, TODAY)
    assert sorted(each.key_point_id for each in turn) == list(range(len(held)))
    due = [is_due(each, FRIDAY) for each in turn]
    assert due == sorted(due, reverse=True)


def test_what_starts_anew_is_due_and_what_was_never_asked_is_not() -> None:
    assert is_due(standing(1, anew=True), FRIDAY)
    assert not is_due(standing(1), FRIDAY)
    assert not is_due(Standing(1, (1, 1), Memory(50.0, 5.0, FRIDAY), TODAY, is_anew=False), FRIDAY)
