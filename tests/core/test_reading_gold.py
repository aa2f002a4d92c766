"""The five sample speeches, read against their annotation: what must be found, and nothing that is not there."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from quizapp.core.reading import read_speech
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
GOLD = SHARED / "gold" / "gold_seeds.yaml"
SEEDS = ["000", "001", "002", "003", "004"]

pytestmark = pytest.mark.skipif(not GOLD.exists(), reason="the sample speeches are not kept with the code")


@cache
def seeds() -> dict[str, Any]:
    return {seed["id"]: seed for seed in yaml.safe_load(GOLD.read_text("utf-8"))["seeds"]}


@cache
def reading(seed_id: str) -> Reading:
    raw = (SHARED / "speeches" / seeds()[seed_id]["file"]).read_bytes().decode("utf-8")
    return read_speech(raw)


def sets(seed_id: str, name: str) -> list[KeyPoint]:
    return [point for point in reading(seed_id).sets if point.name == name]


def shown(point: KeyPoint) -> list[str]:
    return [item.display for item in point.items]


def pairs(point: KeyPoint) -> list[list[str]]:
    return [[pair.left, pair.right] for pair in point.pairs]


# The outline


@pytest.mark.parametrize("seed_id", SEEDS)
def test_every_heading_is_found_at_its_level_and_nothing_else_is(seed_id):
    gold = [(node["level"], node["marker"], node["text"]) for node in seeds()[seed_id]["outline"]]
    assert [(heading.level, heading.marker, heading.text) for heading in reading(seed_id).outline] == gold


@pytest.mark.parametrize("seed_id", SEEDS)
def test_every_heading_stands_under_the_annotated_parent(seed_id):
    ids = [node["id"] for node in seeds()[seed_id]["outline"]]
    parents = [None if heading.parent is None else ids[heading.parent] for heading in reading(seed_id).outline]
    assert parents == [node_id.rpartition(".")[0] or None for node_id in ids]


# Named sets


def gold_sets(*kinds: str) -> list[tuple[str, dict[str, Any]]]:
    return [(seed_id, each) for seed_id in SEEDS for each in seeds()[seed_id]["sets"] if each["kind"] in kinds]


def same(gold: str, text: str) -> bool:
    """The matching rule of the annotation."""
    short, long = sorted((gold, text), key=len)
    return short in long and len(short) >= 0.6 * len(long)


def is_found(gold: dict[str, Any], point: KeyPoint) -> bool:
    return len(point.items) == gold["n"] and all(map(same, gold["items"], shown(point)))


def found(seed_id: str, gold: dict[str, Any]) -> list[KeyPoint]:
    name = gold["name"]
    points = reading(seed_id).sets if name is None else sets(seed_id, name.strip("“”"))
    return [point for point in points if is_found(gold, point)]


def test_every_named_and_counted_set_is_found_with_all_its_items():
    gold = gold_sets("named", "counted")
    hits = [each["id"] for seed_id, each in gold if len(found(seed_id, each)) == 1]
    print(f"named and counted sets: {len(hits)} of {len(gold)}")
    assert hits == [each["id"] for _, each in gold]


def test_every_unnamed_list_is_found_with_or_without_ordinals():
    gold = gold_sets("headings")
    missed = [each["id"] for seed_id, each in gold if not found(seed_id, each)]
    print(f"unnamed lists: {len(gold) - len(missed)} of {len(gold)}")
    assert not missed


def test_every_set_found_is_annotated():
    gold = gold_sets("named", "counted", "headings")
    extra = [
        (seed_id, point.name, shown(point))
        for seed_id in SEEDS
        for point in reading(seed_id).sets
        if not any(is_found(each, point) for its_seed, each in gold if its_seed == seed_id)
    ]
    print(f"sets beyond the annotation: {len(extra)} of {sum(len(reading(seed_id).sets) for seed_id in SEEDS)}")
    assert not extra


def test_every_annotated_pair_is_found():
    gold = [(seed_id, each) for seed_id, each in gold_sets("named", "counted", "headings") if each.get("pairs")]
    missed = [each["id"] for seed_id, each in gold if not any(pairs(p) == each["pairs"] for p in found(seed_id, each))]
    print(f"pair tables: {len(gold) - len(missed)} of {len(gold)}")
    assert not missed


def test_no_pairs_are_found_beyond_the_annotation():
    gold = [each["pairs"] for _, each in gold_sets("named", "counted", "headings") if each.get("pairs")]
    points = [point for seed_id in SEEDS for point in reading(seed_id).sets if point.pairs]
    assert all(pairs(point) in gold for point in points)


# Pairsets


def pairsets(seed_id: str) -> tuple[KeyPoint, ...]:
    return reading(seed_id).of_kind(PointKind.PAIRSET)


def test_every_annotated_pairset_is_found_with_all_its_items():
    gold = gold_sets("pairset")
    missed = [each["id"] for seed_id, each in gold if not any(is_found(each, point) for point in pairsets(seed_id))]
    print(f"pairsets: {len(gold) - len(missed)} of {len(gold)}")
    assert not missed


def test_pairsets_tie_what_the_annotation_ties():
    for seed_id, each in gold_sets("pairset"):
        (point,) = (point for point in pairsets(seed_id) if is_found(each, point))
        wanted = [value for pair in each.get("pairs") or () for value in pair]
        assert all(map(same, wanted, [value for pair in pairs(point) for value in pair])), each["id"]
        assert len(point.pairs) == len(each.get("pairs") or ())


#: Read by hand: each says in the speech, clause by clause, what is to be done about what.
RIGHT_BEYOND = {"001": [4], "004": [3]}


def test_pairsets_beyond_the_annotation_are_those_judged_right():
    extra = {
        seed_id: [
            point.count
            for point in pairsets(seed_id)
            if not any(is_found(each, point) for its_seed, each in gold_sets("pairset") if its_seed == seed_id)
        ]
        for seed_id in SEEDS
    }
    print(f"pairsets beyond the annotation: {sum(map(len, extra.values()))}")
    assert {seed_id: counts for seed_id, counts in extra.items() if counts} == RIGHT_BEYOND


def test_nearly_all_annotated_sets_are_found():
    gold = gold_sets("named", "counted", "headings", "pairset")
    hits = [
        each["id"]
        for seed_id, each in gold
        if found(seed_id, each) or any(is_found(each, point) for point in pairsets(seed_id))
    ]
    print(f"all sets: {len(hits)} of {len(gold)}")
    assert len(hits) >= 49


@pytest.mark.parametrize("seed_id", SEEDS)
def test_a_name_without_items_gives_no_set(seed_id):
    names = {each["name"] for each in seeds()[seed_id].get("name_only") or ()}
    assert not [point.name for point in reading(seed_id).sets if point.name in names]


def test_sets_of_faults_are_marked():
    negative = {each["id"] for _, each in gold_sets("headings") if each.get("polarity") == "negative"}
    marked = {each["id"] for seed_id, each in gold_sets("headings") if any(p.negative for p in found(seed_id, each))}
    assert marked == negative


# The sets people know by heart


def test_two_sets_of_one_name_are_kept_apart():
    first, second = sets("002", "三项重点")
    assert (shown(first), shown(second)) == (["参谋辅政", "统筹协调", "督查督办"], ["文稿", "信息", "调研"])
    assert first.homonym
    assert second.homonym


TIED = {"五型 and 五戒": ("000", "五型", "五戒"), "表率 and 机关": ("002", "六个表率", "六型机关")}


@pytest.mark.parametrize(("seed_id", "left", "right"), TIED.values(), ids=TIED)
def test_two_names_over_one_list_are_tied(seed_id, left, right):
    (first,), (second,) = sets(seed_id, left), sets(seed_id, right)
    assert (first.name_right, second.name_right) == (right, left)
    assert pairs(second) == [[b, a] for a, b in pairs(first)]
    assert first.template == second.template


SHOWN = {
    "an affix": ("000", "五型", ["勤奋型", "落实型", "务实型", "学习型", "廉洁型"]),
    "a bare slot": ("000", "五戒", ["懒", "虚", "躁", "骄", "贪"]),
    "a slot before de": ("002", "六个表率", ["对标看齐", "勤奋好学", "善做善成", "齐心协力", "事争一流", "遵规守纪"]),
    "an affix and a noun": (
        "002",
        "六型机关",
        ["政治型机关", "学习型机关", "效能型机关", "团结型机关", "标杆型机关", "纪律型机关"],
    ),
    "a role": ("004", "四个定位", ["指挥员", "班长", "参谋助手", "协调员"]),
    "whole items": ("002", "三通", ["思想上畅通", "生活上直通", "政治进步上贯通"]),
    "whole items with a core inside": ("004", "三个十分", ["位置十分重要", "责任十分重大", "要求十分严格"]),
}


@pytest.mark.parametrize(("seed_id", "name", "items"), SHOWN.values(), ids=SHOWN)
def test_items_are_shown_as_the_office_says_them(seed_id, name, items):
    assert [shown(point) for point in sets(seed_id, name)] == [items]


def test_a_set_of_the_closing_words_is_under_no_section():
    assert [point.heading for point in sets("002", "三通")] == [None]


# Noise


def test_titles_are_those_that_the_speeches_state():
    assert {seed_id: reading(seed_id).clean.title for seed_id in SEEDS} == {
        seed_id: seed["title"] for seed_id, seed in seeds().items()
    }


def test_the_unclosed_quotation_and_the_cut_end_are_the_only_broken_sentences():
    assert {seed_id: len(reading(seed_id).clean.broken_sentences) for seed_id in SEEDS} == {
        "000": 0,
        "001": 1,
        "002": 0,
        "003": 1,
        "004": 0,
    }


@pytest.mark.parametrize("seed_id", SEEDS)
def test_every_annotated_passage_stands_in_the_clean_text(seed_id):
    seed = seeds()[seed_id]
    quotes = [each["source_quote"] for key in ("sets", "parallels", "definitions") for each in seed[key]]
    assert [quote for quote in quotes if quote not in reading(seed_id).clean.text] == []


@pytest.mark.parametrize("seed_id", SEEDS)
def test_every_span_is_verbatim(seed_id):
    text = reading(seed_id).clean.text
    for point in (*reading(seed_id).sets, *pairsets(seed_id)):
        assert [item.span.of(text) for item in point.items] == [item.text for item in point.items]
        assert [[pair.left_span.of(text), pair.right_span.of(text)] for pair in point.pairs] == pairs(point)
