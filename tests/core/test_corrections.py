"""Corrections: what each does, what it refuses, and that they hold when a text is read again."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.corrections import CORRECTIONS
from quizapp.core.corrections import Add
from quizapp.core.corrections import Confirm
from quizapp.core.corrections import Correction
from quizapp.core.corrections import Delete
from quizapp.core.corrections import HeadingRef
from quizapp.core.corrections import Merge
from quizapp.core.corrections import PointRef
from quizapp.core.corrections import Rename
from quizapp.core.corrections import Retype
from quizapp.core.corrections import SetLevel
from quizapp.core.corrections import Split
from quizapp.core.corrections import Verb
from quizapp.core.corrections import as_stored
from quizapp.core.corrections import corrected
from quizapp.core.corrections import from_stored
from quizapp.core.corrections import heading_ref
from quizapp.core.corrections import point_ref
from quizapp.core.errors import BadInput
from quizapp.core.reading import read_speech
from quizapp.core.speech import Confidence
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Quote
from quizapp.core.speech import Reading
from quizapp.core.speech import Rule
from tests.core.hand_readings import STYLE
from tests.core.hand_readings import style_reading
from tests.core.hand_readings import style_set

DEMO = Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt"
TASKS = "三项任务"


@cache
def demo() -> Reading:
    return read_speech(DEMO.read_text(encoding="utf-8"))


def named(reading: Reading, name: str) -> KeyPoint:
    return next(point for point in reading.points if point.name == name)


def texts(point: KeyPoint) -> list[str]:
    return [item.text for item in point.items]


def added(reading: Reading, before: Reading) -> list[KeyPoint]:
    return [point for point in reading.points if point not in before.points]


# What each does


def test_what_an_editor_confirms_is_sure_and_the_editor_s() -> None:
    reading = style_reading()
    point = named(Confirm(point_ref(named(reading, TASKS))).apply(reading), TASKS)
    assert (point.rule, point.confidence) == (Rule.EDITOR, Confidence.HIGH)


def test_a_renamed_point_keeps_its_items() -> None:
    reading = style_reading()
    changed = Rename(point_ref(named(reading, TASKS)), "业务").apply(reading)
    assert texts(named(changed, "业务")) == texts(named(reading, TASKS))
    assert not any(point.name == TASKS for point in changed.points)


def test_unnamed_headings_become_a_named_set_by_their_name() -> None:
    unnamed = style_set(name=None, kind=PointKind.HEADINGS)
    changed = Rename(point_ref(unnamed), "四型").apply(style_reading(unnamed))
    assert named(changed, "四型").kind is PointKind.NAMED


def test_a_retyped_point_is_of_the_other_kind() -> None:
    reading = style_reading()
    changed = Retype(point_ref(named(reading, TASKS)), PointKind.PARALLEL).apply(reading)
    assert named(changed, TASKS).kind is PointKind.PARALLEL


def test_a_mere_mention_has_neither_items_nor_pairs() -> None:
    reading = style_reading()
    point = named(Retype(point_ref(named(reading, "四型")), PointKind.MENTION).apply(reading), "四型")
    assert (point.items, point.pairs, point.template) == ((), (), ())


def test_a_split_point_is_two_with_all_items_and_pairs_between_them() -> None:
    reading = style_reading()
    whole = named(reading, "四型")
    first, second = added(Split(point_ref(whole), 2).apply(reading), reading)
    assert first.items + second.items == whole.items
    assert first.pairs + second.pairs == whole.pairs
    assert (first.name, second.name) == (None, None)
    assert first.span.end <= second.span.start


def test_what_was_split_can_be_merged_again() -> None:
    reading = style_reading()
    whole = named(reading, "四型")
    first, second = added(Split(point_ref(whole), 2).apply(reading), reading)
    again = Merge(point_ref(first), point_ref(second)).apply(Split(point_ref(whole), 2).apply(reading))
    (point,) = added(again, reading)
    assert (point.items, point.pairs, point.span) == (whole.items, whole.pairs, whole.span)


def test_a_merged_point_has_the_name_of_the_first_and_all_items_in_the_order_of_the_text() -> None:
    reading = style_reading()
    later, earlier = named(reading, TASKS), named(reading, "四型")
    (point,) = Merge(point_ref(later), point_ref(earlier)).apply(reading).points
    assert point.name == TASKS
    assert texts(point) == texts(earlier) + texts(later)
    assert point.count == len(point.items)


def test_an_added_point_stands_where_its_passage_does() -> None:
    reading, passage = style_reading(), "材料准、程序清、时限严"
    items = ("材料准", "程序清", "时限严")
    changed = Add(PointKind.PARALLEL, None, Quote(passage, 0), items).apply(reading)
    (point,) = added(changed, reading)
    assert [item.span.of(STYLE) for item in point.items] == list(items)
    assert point.span.of(STYLE) == passage
    assert point.rule is Rule.EDITOR


def test_a_deleted_point_is_gone_and_no_other() -> None:
    reading = style_reading()
    changed = Delete(point_ref(named(reading, TASKS))).apply(reading)
    assert [point.name for point in changed.points] == ["四型"]


def test_a_heading_moves_with_what_is_below_it() -> None:
    reading = demo()
    index = next(i for i in range(1, len(reading.outline)) if any(each.parent == i for each in reading.outline))
    below = [i for i, each in enumerate(reading.outline) if each.parent == index]
    heading = reading.outline[index]
    changed = SetLevel(heading_ref(heading), heading.level + 1).apply(reading)
    assert changed.outline[index].level == heading.level + 1
    assert changed.outline[index].parent == index - 1
    assert [changed.outline[i].level for i in below] == [reading.outline[i].level + 1 for i in below]
    assert all(changed.outline[i].parent == index for i in below)


def test_a_heading_that_moves_there_and_back_leaves_the_outline_as_it_was() -> None:
    reading = demo()
    heading = reading.outline[1]
    away = SetLevel(heading_ref(heading), heading.level + 1)
    back = SetLevel(heading_ref(heading), heading.level)
    levels = [(each.level, each.parent) for each in reading.outline]
    assert [(each.level, each.parent) for each in corrected(reading, [away, back])[0].outline] == levels


# What is refused

STRANGER = PointRef(PointKind.NAMED, "没有的要点", ("甲", "乙"), 0)
REFUSED: dict[str, Callable[[Reading], Correction]] = {
    "a point that is not there": lambda r: Confirm(STRANGER),
    "a name the speech does not say": lambda r: Rename(point_ref(named(r, TASKS)), "三大任务"),
    "no name": lambda r: Rename(point_ref(named(r, TASKS)), ""),
    "pairs where there are none": lambda r: Retype(point_ref(named(r, TASKS)), PointKind.PAIRSET),
    "a definition of three": lambda r: Retype(point_ref(named(r, TASKS)), PointKind.DEFINITION),
    "a fact of three": lambda r: Retype(point_ref(named(r, TASKS)), PointKind.FACT),
    "split at the first": lambda r: Split(point_ref(named(r, TASKS)), 0),
    "split behind the last": lambda r: Split(point_ref(named(r, TASKS)), 3),
    "split into a list of one": lambda r: Split(point_ref(named(r, TASKS)), 1),
    "merged with itself": lambda r: Merge(point_ref(named(r, TASKS)), point_ref(named(r, TASKS))),
    "merged with nobody": lambda r: Merge(point_ref(named(r, TASKS)), STRANGER),
    "words that are not there": lambda r: Add(PointKind.PARALLEL, None, Quote("没有这句话", 0), ("没有", "这句")),
    "items in another order": lambda r: Add(PointKind.PARALLEL, None, Quote("程序清、时限严", 0), ("时限严", "程序清")),
    "an empty item": lambda r: Add(PointKind.PARALLEL, None, Quote("程序清、时限严", 0), ("程序清", "")),
    "a set without a name": lambda r: Add(PointKind.NAMED, None, Quote("程序清、时限严", 0), ("程序清", "时限严")),
    "a point twice": lambda r: Add(
        PointKind.NAMED, TASKS, Quote("公文办理、会务保障、档案管理", 0), ("公文办理", "会务保障", "档案管理")
    ),
    "a heading that is not there": lambda r: SetLevel(HeadingRef("一、", "没有", 0), 1),
}


@pytest.mark.parametrize("made", REFUSED.values(), ids=REFUSED)
def test_a_correction_that_cannot_be_says_so_and_changes_nothing(made: Callable[[Reading], Correction]) -> None:
    reading = style_reading()
    with pytest.raises(BadInput) as refused:
        made(reading).apply(reading)
    assert refused.value.problems[0].message
    assert corrected(reading, [made(reading)]) == (reading, (0,))


def test_a_level_that_leaves_a_gap_is_refused() -> None:
    first = demo().outline[0]
    with pytest.raises(BadInput):
        SetLevel(heading_ref(first), 2).apply(demo())
    with pytest.raises(BadInput):
        SetLevel(heading_ref(first), 0).apply(demo())


def test_facts_are_not_merged_into_a_fact_of_two() -> None:
    reading = style_reading()
    items = named(reading, TASKS).items
    facts = [
        replace(named(reading, TASKS), kind=PointKind.FACT, name=None, items=(item,), span=item.span) for item in items
    ]
    reading = replace(reading, points=tuple(facts))
    with pytest.raises(BadInput):
        Merge(point_ref(facts[0]), point_ref(facts[1])).apply(reading)


# How they hold


def test_a_correction_finds_its_point_wherever_the_text_has_moved_it() -> None:
    text = DEMO.read_text(encoding="utf-8")
    made = Rename(point_ref(next(p for p in demo().points if p.name and p.kind is PointKind.NAMED)), "干部")
    later = read_speech(text.replace("同志们：\n", "同志们：\n\n先说几句题外话，再讲正题。\n", 1))
    reading, lost = corrected(later, [made])
    assert lost == ()
    assert any(point.name == "干部" for point in reading.points)


def test_of_two_points_that_say_the_same_the_nearer_one_is_meant() -> None:
    reading = style_reading()
    point = named(reading, TASKS)
    ref = replace(point_ref(point), start=10_000)
    twin = replace(point, span=replace(point.span, start=0))
    assert ref.find([twin, point]) is point


def test_what_is_lost_is_told_and_the_rest_still_holds() -> None:
    reading = style_reading()
    gone, held = Delete(STRANGER), Delete(point_ref(named(reading, TASKS)))
    after, lost = corrected(reading, [gone, held, held])
    assert lost == (0, 2)
    assert [point.name for point in after.points] == ["四型"]


def test_each_correction_sees_what_the_ones_before_it_left() -> None:
    reading = style_reading()
    renamed = Rename(point_ref(named(reading, TASKS)), "业务")
    after_it = Delete(replace(point_ref(named(reading, TASKS)), name="业务"))
    assert corrected(reading, [renamed, after_it])[1] == ()
    assert corrected(reading, [after_it, renamed])[1] == (0,)


def test_every_verb_has_its_correction() -> None:
    assert set(CORRECTIONS) == set(Verb)


WORDS = st.text(alphabet="学习落实“四型”", max_size=6)
KINDS = st.sampled_from(PointKind)
REFS = st.builds(PointRef, KINDS, st.none() | WORDS, st.lists(WORDS, max_size=4).map(tuple), st.integers(0, 9_999))
ANY = st.one_of(
    st.builds(Confirm, REFS),
    st.builds(Rename, REFS, WORDS),
    st.builds(Retype, REFS, KINDS),
    st.builds(Split, REFS, st.integers(-1, 9)),
    st.builds(Merge, REFS, REFS),
    st.builds(Add, KINDS, st.none() | WORDS, st.builds(Quote, WORDS, st.integers(-5, 999)), st.lists(WORDS).map(tuple)),
    st.builds(Delete, REFS),
    st.builds(SetLevel, st.builds(HeadingRef, WORDS, WORDS, st.integers(0, 999)), st.integers(-1, 12)),
)


@given(ANY)
def test_what_is_stored_as_json_comes_back_the_same(correction: Correction) -> None:
    assert from_stored(json.loads(json.dumps(as_stored(correction)))) == correction


def _aimed(data: st.DataObject, reading: Reading) -> Correction:
    """A correction of something that this reading has, in most cases."""
    text = reading.clean.text
    refs = [point_ref(point) for point in reading.points] or [STRANGER]
    start = data.draw(st.integers(0, len(text) - 1))
    passage = text[start : start + data.draw(st.integers(0, 60))]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(passage)), max_size=5, unique=True)))
    items = tuple(passage[i:j] for i, j in zip(cuts, cuts[1:], strict=False))
    ref, name = st.sampled_from(refs), st.sampled_from([passage[:4], "没有的说法", ""])
    headings = [heading_ref(heading) for heading in reading.outline]
    return data.draw(
        st.one_of(
            st.builds(Confirm, ref),
            st.builds(Rename, ref, name),
            st.builds(Retype, ref, KINDS),
            st.builds(Split, ref, st.integers(0, 6)),
            st.builds(Merge, ref, ref),
            st.builds(Add, KINDS, st.none() | name, st.just(Quote(passage, start)), st.just(items)),
            st.builds(Delete, ref),
            st.builds(SetLevel, st.sampled_from(headings), st.integers(1, 9)),
            ANY,
        )
    )


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_row_of_corrections_ever_fails_or_breaks_the_reading(data: st.DataObject) -> None:
    reading, made = demo(), []
    for _ in range(data.draw(st.integers(1, 8))):
        made.append(_aimed(data, reading))
        reading, _ = corrected(reading, made[-1:])
        _check(reading)
    assert corrected(demo(), made)[0] == reading


def _check(reading: Reading) -> None:
    """What every reading promises, whoever made its points."""
    text = reading.clean.text
    starts = [point.span.start for point in reading.points]
    assert starts == sorted(starts)
    for point in reading.points:
        assert all(item.span.of(text) == item.text for item in point.items)
        assert all(pair.left_span.of(text) == pair.left for pair in point.pairs)
        assert point.items or point.kind is PointKind.MENTION
    for index, heading in enumerate(reading.outline):
        if heading.parent is not None:
            assert heading.parent < index
            assert reading.outline[heading.parent].level < heading.level


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_taking_the_last_correction_back_gives_what_was_before_it(data: st.DataObject) -> None:
    """A reading is made from the text each time, so that nothing of a correction taken back is left."""
    made = [_aimed(data, demo()) for _ in range(data.draw(st.integers(1, 4)))]
    stored = [json.loads(json.dumps(as_stored(each))) for each in made]
    before = corrected(demo(), made[:-1])
    corrected(demo(), made)
    assert corrected(demo(), [from_stored(each) for each in stored[:-1]]) == before
