"""A comparison loses no word of either text, says what changed where a person would, and never takes long."""

from collections.abc import Callable
from collections.abc import Sequence
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.comparison import Change
from quizapp.core.comparison import Compared
from quizapp.core.comparison import compare

#: Few letters, so that much is alike and much is repeated.
PARAGRAPHS = st.lists(st.text(alphabet="学习落实，。一二", max_size=15), max_size=15)


def side(paragraph: Compared, but: Change) -> str:
    return "".join(piece.text for piece in paragraph.pieces if piece.change is not but)


def told(paragraphs: Sequence[Compared]) -> list[tuple[int | None, int | None, str]]:
    """The comparison as a person would write it: [-out-], {+in+}."""
    marks = {Change.SAME: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    return [
        (each.old, each.new, "".join(marks[piece.change].format(piece.text) for piece in each.pieces))
        for each in paragraphs
    ]


@given(PARAGRAPHS, PARAGRAPHS)
def test_what_is_kept_and_removed_is_the_old_text(old: list[str], new: list[str]) -> None:
    there = [each for each in compare(old, new) if each.old is not None]
    assert [each.old for each in there] == list(range(1, len(old) + 1))
    assert [side(each, Change.ADDED) for each in there] == old


@given(PARAGRAPHS, PARAGRAPHS)
def test_what_is_kept_and_added_is_the_new_text(old: list[str], new: list[str]) -> None:
    there = [each for each in compare(old, new) if each.new is not None]
    assert [each.new for each in there] == list(range(1, len(new) + 1))
    assert [side(each, Change.REMOVED) for each in there] == new


@given(PARAGRAPHS, PARAGRAPHS)
def test_no_piece_is_empty_and_no_two_neighbours_say_the_same_change(old: list[str], new: list[str]) -> None:
    for each in compare(old, new):
        changes = [piece.change for piece in each.pieces]
        assert all(piece.text for piece in each.pieces) or each.is_same or len(changes) == 1
        assert not any(one is other for one, other in zip(changes, changes[1:], strict=False))


@given(PARAGRAPHS)
def test_a_text_is_the_same_as_itself(text: list[str]) -> None:
    assert all(each.is_same and each.old == each.new for each in compare(text, text))


@given(PARAGRAPHS, PARAGRAPHS, st.data())
def test_paragraphs_put_in_are_all_that_changed(text: list[str], more: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    changed = [each for each in compare(text, [*text[:at], *more, *text[at:]]) if not each.is_same]
    assert all(each.old is None for each in changed)
    assert len(changed) == len(more)


SCENES: dict[str, tuple[list[str], list[str], list[tuple[int | None, int | None, str]]]] = {
    "one word": (
        ["各科室要勤检查。"],
        ["各科室要常检查。"],
        [(1, 1, "各科室要[-勤-]{+常+}检查。")],
    ),
    "an item more": (
        ["抓好三件事，即学习、督查、落实。"],
        ["抓好四件事，即学习、督查、反馈、落实。"],
        [(1, 1, "抓好[-三-]{+四+}件事，即学习、督查{+、反馈+}、落实。")],
    ),
    "a paragraph before": (
        ["一、抓学习", "二、抓落实"],
        ["同志们：", "一、抓学习", "二、抓落实"],
        [(None, 1, "{+同志们：+}"), (1, 2, "一、抓学习"), (2, 3, "二、抓落实")],
    ),
    "a paragraph gone": (
        ["一、抓学习", "这一段不要了。", "二、抓落实"],
        ["一、抓学习", "二、抓落实"],
        [(1, 1, "一、抓学习"), (2, None, "[-这一段不要了。-]"), (3, 2, "二、抓落实")],
    ),
    "another paragraph in its place": (
        ["天气晴好，宜于登高。"],
        ["会议推迟到下周举行。"],
        [(1, None, "[-天气晴好，宜于登高。-]"), (None, 1, "{+会议推迟到下周举行。+}")],
    ),
    "one in front of a changed one": (
        ["每周要核对一次清单。"],
        ["新加的一段。", "每周要认真核对一次清单。"],
        [(None, 1, "{+新加的一段。+}"), (1, 2, "每周要{+认真+}核对一次清单。")],
    ),
    "the first of many like it": (
        ["完毕。", "完毕。", "完毕。"],
        ["完毕。", "完毕。"],
        [(1, 1, "完毕。"), (2, 2, "完毕。"), (3, None, "[-完毕。-]")],
    ),
    "a long paragraph with one word changed": (
        ["前" + "甲乙丙丁" * 1_000 + "学习" + "戊己庚辛" * 1_000],
        ["前" + "甲乙丙丁" * 1_000 + "落实" + "戊己庚辛" * 1_000],
        [(1, 1, "前" + "甲乙丙丁" * 1_000 + "[-学习-]{+落实+}" + "戊己庚辛" * 1_000)],
    ),
    "nothing before": ([], ["一"], [(None, 1, "{+一+}")]),
    "nothing after": (["一"], [], [(1, None, "[-一-]")]),
}


@pytest.mark.parametrize(("old", "new", "expected"), SCENES.values(), ids=SCENES)
def test_a_comparison_reads_as_a_person_would_write_it(
    old: list[str], new: list[str], expected: list[tuple[int | None, int | None, str]]
) -> None:
    assert told(compare(old, new)) == expected


HAN = [chr(0x4E00 + n) for n in range(2_500)]


def paragraphs(rng: Random, count: int, length: int, letters: Sequence[str] = HAN) -> list[str]:
    return ["".join(rng.choices(letters, k=length)) for _ in range(count)]


def edited(rng: Random, text: list[str], changes: int) -> list[str]:
    """Each paragraph with so many characters replaced."""

    def edit(paragraph: str) -> str:
        letters = list(paragraph)
        for _ in range(changes):
            letters[rng.randrange(len(letters))] = rng.choice(HAN)
        return "".join(letters)

    return [edit(paragraph) for paragraph in text]


#: Texts of 200,000 characters, the most that is taken.
LONG: dict[str, Callable[[Random, list[str]], tuple[list[str], list[str]]]] = {
    "every paragraph edited": lambda rng, text: (text, edited(rng, text, 100)),
    "every paragraph another": lambda rng, text: (text, paragraphs(rng, 200, 1_000)),
    "four letters": lambda rng, _: (paragraphs(rng, 200, 1_000, HAN[:4]), paragraphs(rng, 200, 1_000, HAN[:4])),
    "one letter": lambda rng, _: (["啊" * 1_000] * 200, ["啊" * 999 + "呀"] * 200),
    "one paragraph": lambda rng, text: (["".join(text)], edited(rng, ["".join(text)], 500)),
    "20,000 lines all alike": lambda rng, _: (["一样的一行文字完毕。"] * 20_000, ["一样的一行文字完毕。"] * 19_990),
    "20,000 lines all edited": lambda rng, _: (["一样的一行文字完毕。"] * 20_000, ["一样的一行话完毕了。"] * 20_000),
    "20,000 lines turned round": lambda rng, _: ((lines := paragraphs(rng, 20_000, 10)), lines[::-1]),
    "two lines by turns": lambda rng, _: (["甲", "乙"] * 10_000, ["乙", "甲"] * 10_000),
}


@pytest.mark.parametrize("made", LONG.values(), ids=LONG)
def test_the_longest_texts_are_compared_in_seconds(
    made: Callable[[Random, list[str]], tuple[list[str], list[str]]],
) -> None:
    rng = Random(7)
    old, new = made(rng, paragraphs(rng, 200, 1_000))
    start = process_time()
    compare(old, new)
    # Seconds on any machine: without its bounds the comparison of these does not end at all.
    assert process_time() - start < 60
