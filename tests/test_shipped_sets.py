"""The question sets that ship with the site: they read, they are fair, and they say what the speeches say."""

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
import yaml

from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.types.short_answer import said
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.formats.question_sets import read_question_set

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
GOLD = SHARED / "gold" / "gold_seeds.yaml"
SETS = sorted((ROOT / "questions").glob("*.yaml"))
#: The sets that are drawn from a speech each; the rest are about public rules.
FROM_SPEECHES = [ROOT / "questions" / f"{s}.yaml" for s in ("liuge-biaoshuai", "sanfuwu-zhineng", "wuxing-wujie")]
SHORT_TYPES = (TypeName.SINGLE_CHOICE, TypeName.MULTIPLE_CHOICE, TypeName.TRUE_FALSE, TypeName.FILL_IN)
LONG_TYPES = (TypeName.MATCHING, TypeName.ORDERING, TypeName.SHORT_ANSWER)
#: The pairs of each set, by the set's slug and the ids of the two sides in the gold file.
PAIRED = {"wuxing-wujie": "000-S2", "liuge-biaoshuai": "002-S10"}
#: What an office adds to a pair's word or leaves out: “勤奋型”干部, 勤奋型; 效能型机关, 效能型.
DECORATION = re.compile(r"[“”‘’]|干部$|机关$|的表率$")
FULL_WIDTH = str.maketrans(",;:!?()", "，；：！？（）")

needs_gold = pytest.mark.skipif(not GOLD.is_file(), reason="the annotated speeches are not beside the repository")
each_set = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
each_set_from_a_speech = pytest.mark.parametrize("path", FROM_SPEECHES, ids=lambda path: path.stem)


@cache
def shipped(path: Path) -> QuestionSetFile:
    return read_question_set(path.name, path.read_bytes())


def questions_of(path: Path, *types: TypeName) -> list[Question]:
    return [question for _, question in shipped(path).entries if question.type in (types or TypeName)]


def key_texts(question: Question) -> list[str]:
    return [option.text for option in question.options if option.id in question.key]


def test_the_three_promised_sets_ship():
    assert {shipped(path).slug for path in SETS} >= {"wuxing-wujie", "liuge-biaoshuai", "sanfuwu-zhineng"}


@each_set
def test_a_set_reads_without_a_problem_and_is_named_like_its_file(path):
    assert shipped(path).slug == path.stem


@each_set_from_a_speech
def test_a_set_from_a_speech_has_fifteen_questions_and_three_of_each_short_type(path):
    count = Counter(question.type for question in questions_of(path))
    assert count.total() >= 15
    assert all(count[name] >= 3 for name in SHORT_TYPES), count


def test_the_set_on_public_rules_has_three_of_each_long_type_and_no_other():
    count = Counter(question.type for question in questions_of(ROOT / "questions" / "gongwen-chuli.yaml"))
    assert set(count) == set(LONG_TYPES)
    assert min(count.values()) >= 3, count


def test_most_matchings_have_more_options_than_lines_and_differ_in_length():
    matchings = [question for path in SETS for question in questions_of(path, TypeName.MATCHING)]
    assert all(len(question.options) > len(question.pairs) for question in matchings)
    assert len({len(question.pairs) for question in matchings}) >= 2


def test_the_points_of_a_short_answer_are_found_in_their_own_words_and_not_in_the_stem():
    for path in SETS:
        for question in questions_of(path, TypeName.SHORT_ANSWER):
            whole = "；".join(point.text for point in question.points)
            assert all(said(question, (whole,))), question.stem
            assert not any(said(question, (question.stem,))), question.stem


@each_set
def test_every_question_explains_itself_and_says_where_it_stands(path):
    silent = [
        entry_id
        for entry_id, question in shipped(path).entries
        if len(question.explanation) < 15 or not question.source.heading or not question.source.speech
    ]
    assert silent == []


@each_set
def test_stems_and_quotes_are_short(path):
    long = [
        entry_id
        for entry_id, question in shipped(path).entries
        if len(question.stem) > 80 or len(question.source.quote) > 20
    ]
    assert long == []


def test_no_question_id_or_stem_is_used_twice():
    entries = [entry for path in SETS for entry in shipped(path).entries]
    assert len({entry_id for entry_id, _ in entries}) == len(entries)
    assert len({question.stem for _, question in entries}) == len(entries)


@each_set_from_a_speech
def test_no_letter_holds_more_than_45_percent_of_the_single_choice_keys(path):
    singles = questions_of(path, TypeName.SINGLE_CHOICE)
    most = Counter(letter for question in singles for letter in question.key).most_common(1)[0][1]
    assert Fraction(most, len(singles)) <= Fraction(45, 100)


@each_set_from_a_speech
def test_true_and_false_are_both_common(path):
    statements = questions_of(path, TypeName.TRUE_FALSE)
    true = sum(question.key == {"T"} for question in statements)
    assert Fraction(1, 3) <= Fraction(true, len(statements)) <= Fraction(2, 3)


@each_set_from_a_speech
def test_multiple_choice_asks_for_different_numbers_and_never_for_all(path):
    multiples = questions_of(path, TypeName.MULTIPLE_CHOICE)
    assert len({len(question.key) for question in multiples}) >= 2
    assert all(2 <= len(question.key) < len(question.options) for question in multiples)


def longest_wins(question: Question) -> Fraction:
    """What somebody earns who always takes a longest option, by lot where several are."""
    length = max(len(option.text) for option in question.options)
    longest = [option.id for option in question.options if len(option.text) == length]
    return Fraction(len(question.key & set(longest)), len(longest))


@each_set_from_a_speech
def test_choosing_the_longest_option_is_hardly_better_than_chance(path):
    singles = questions_of(path, TypeName.SINGLE_CHOICE)
    chance = sum((Fraction(1, len(question.options)) for question in singles), Fraction(0))
    gained = sum((longest_wins(question) for question in singles), Fraction(0))
    assert (gained - chance) / len(singles) <= Fraction(15, 100)


@each_set
def test_no_option_says_all_of_the_above(path):
    options = [option.text for question in questions_of(path) for option in question.options]
    assert [text for text in options if re.search("以上|都对|都是|均", text)] == []


def normalised(text: str) -> str:
    return re.sub(r"\s", "", text).translate(FULL_WIDTH)


@cache
def speeches() -> tuple[str, ...]:
    return tuple(normalised(path.read_text(encoding="utf-8")) for path in sorted(SHARED.glob("speeches/*.txt")))


@cache
def gold_pairs(slug: str) -> tuple[tuple[str, str], ...]:
    """The pairs of the annotated speech: (勤奋型, 懒), (对标看齐, 政治型) …"""
    seeds = yaml.safe_load(GOLD.read_text(encoding="utf-8"))["seeds"]
    (found,) = [points for seed in seeds for points in seed["sets"] if points["id"] == PAIRED[slug]]
    return tuple((plain(left), plain(right)) for left, right in found["pairs"])


def plain(text: str) -> str:
    return DECORATION.sub("", DECORATION.sub("", text))


def names(stem: str, value: str) -> bool:
    """Whether the stem speaks of a pair's value; a value of one character counts only in quotation marks."""
    return f"“{value}”" in stem if len(value) == 1 else value in stem


def both_ways(slug: str) -> Iterator[tuple[str, str]]:
    for left, right in gold_pairs(slug):
        yield left, right
        yield right, left


def partners_of_named(slug: str, stem: str) -> list[str]:
    """The partner of every pair value that the stem speaks of."""
    return [partner for value, partner in both_ways(slug) if names(stem, value)]


def side_of(slug: str, value: str) -> int | None:
    sides = zip(*gold_pairs(slug), strict=True)
    return next((number for number, side in enumerate(sides) if value in side), None)


def asked_pairs(slug: str) -> list[tuple[str, str, str]]:
    """(stem, key, gold partner) of each single choice that names one side of a pair and asks for the other."""
    found = []
    for question in questions_of(ROOT / "questions" / f"{slug}.yaml", TypeName.SINGLE_CHOICE):
        (key,) = map(plain, key_texts(question))
        # Judged by the options, not by the key: a key from outside the pairs must not slip through.
        offered = {side_of(slug, plain(option.text)) for option in question.options}
        for partner in partners_of_named(slug, question.stem):
            if side_of(slug, partner) in offered:
                found.append((question.stem, key, partner))
    return found


@needs_gold
@pytest.mark.parametrize("slug", PAIRED)
def test_single_choice_on_a_pair_has_the_partner_of_the_gold_file_as_key(slug):
    asked = asked_pairs(slug)
    assert len(asked) >= 2, "no question of this set asks for a pair any more, or the test no longer sees them"
    assert [(stem, key) for stem, key, partner in asked if key != partner] == []


@needs_gold
@pytest.mark.parametrize("slug", PAIRED)
def test_statements_that_join_two_sides_are_true_exactly_when_the_gold_file_joins_them(slug):
    joined = []
    for question in questions_of(ROOT / "questions" / f"{slug}.yaml", TypeName.TRUE_FALSE):
        lefts = [left for left, _ in gold_pairs(slug) if names(question.stem, left)]
        rights = [right for _, right in gold_pairs(slug) if names(question.stem, right)]
        if lefts and rights:
            joined.append(question)
            assert (question.key == {"T"}) == ((lefts[0], rights[0]) in gold_pairs(slug)), question.stem
    assert len(joined) >= 2


@needs_gold
@pytest.mark.parametrize("slug", PAIRED)
def test_blanks_that_ask_for_a_pair_accept_the_partner_of_the_gold_file(slug):
    asked = 0
    for question in questions_of(ROOT / "questions" / f"{slug}.yaml", TypeName.FILL_IN):
        partners = partners_of_named(slug, question.stem)
        if len(partners) == 1 and len(question.blanks) == 1:
            asked += 1
            assert partners[0] in question.blanks[0], question.stem
    assert asked >= 1


@needs_gold
@each_set_from_a_speech
def test_every_quote_stands_in_one_of_the_speeches(path):
    strange = [
        entry_id
        for entry_id, question in shipped(path).entries
        if not any(normalised(question.source.quote) in speech for speech in speeches())
    ]
    assert strange == []


@needs_gold
@each_set_from_a_speech
def test_every_key_is_worded_by_the_speech_its_quote_is_from(path):
    invented = []
    for entry_id, question in shipped(path).entries:
        sources = [speech for speech in speeches() if normalised(question.source.quote) in speech]
        right = [] if question.type is TypeName.TRUE_FALSE else key_texts(question) + [b[0] for b in question.blanks]
        invented += [(entry_id, text) for text in right if not any(normalised(text) in speech for speech in sources)]
    assert invented == []
