"""Drawing papers: whole, spread, fresh, never twice the same, and the same again for the same arguments."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from itertools import combinations
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.errors import NotFound
from quizapp.core.paper import BadLock
from quizapp.core.paper import Candidate
from quizapp.core.paper import LockFault
from quizapp.core.paper import NoOtherQuestion
from quizapp.core.paper import NotEnoughQuestions
from quizapp.core.paper import PaperSpec
from quizapp.core.paper import Quota
from quizapp.core.paper import QuotaShortage
from quizapp.core.paper import Shortage
from quizapp.core.paper import Wishes
from quizapp.core.paper import draw_paper
from quizapp.core.paper import heading_area
from quizapp.core.paper import point_area
from quizapp.core.paper import quotas_met
from quizapp.core.paper import set_area
from quizapp.core.paper import shortages
from quizapp.core.paper import stored
from quizapp.core.paper import swap
from quizapp.core.paper import top_heading
from quizapp.core.paper import wishes_of
from quizapp.core.question import TypeName

SINGLE, MULTIPLE, TRUE_FALSE, FILL_IN, MATCHING, ORDERING, SHORT_ANSWER = TypeName
MARKS = dict.fromkeys(TypeName, 2)


def spec(**counts: int) -> PaperSpec:
    return PaperSpec({TypeName(name): count for name, count in counts.items()}, MARKS)


def candidate(number: int, kind: TypeName = SINGLE, **changes: object) -> Candidate:
    facts = {
        "question_id": number,
        "version_id": 1000 + number,
        "type": kind,
        "key_point": None,
        "difficulty": 2,
        "fingerprint": f"f{number}",
        "last_used": None,
    }
    return Candidate(**{**facts, **changes})


def of_version(bank: list[Candidate], version_ids: tuple[int, ...]) -> list[Candidate]:
    known = {one.version_id: one for one in bank}
    return [known[version_id] for version_id in version_ids]


BANK = [candidate(n, kind, key_point=n % 7) for n, kind in enumerate(list(TypeName) * 10)]

candidates = st.builds(
    Candidate,
    question_id=st.integers(1, 12),
    version_id=st.integers(1, 10_000),
    type=st.sampled_from(TypeName),
    key_point=st.none() | st.integers(1, 4),
    difficulty=st.integers(1, 5),
    fingerprint=st.sampled_from(["", "a", "b", "c", "d", "e", "f", "g"]),
    last_used=st.none() | st.dates(date(2024, 1, 1), date(2024, 12, 31)),
)
banks = st.lists(candidates, max_size=20, unique_by=lambda one: one.version_id)
specs = st.builds(PaperSpec, st.dictionaries(st.sampled_from(TypeName), st.integers(0, 4)), st.just(MARKS))


def test_a_paper_runs_from_single_choice_to_blanks_with_the_numbers_asked():
    paper = draw_paper(spec(fill_in=2, single_choice=3, true_false=1, multiple_choice=2), BANK, [], Random(1))
    kinds = [one.type for one in of_version(BANK, paper)]
    assert kinds == [SINGLE] * 3 + [MULTIPLE] * 2 + [TRUE_FALSE] + [FILL_IN] * 2


def test_the_same_arguments_draw_the_same_paper_however_the_bank_is_ordered():
    wanted = spec(single_choice=5, fill_in=5)
    first = draw_paper(wanted, BANK, [], Random("s"))
    assert draw_paper(wanted, list(reversed(BANK)), [], Random("s")) == first


def test_another_seed_draws_another_paper():
    assert len({draw_paper(spec(single_choice=3), BANK, [], Random(seed)) for seed in range(20)}) > 10


def test_every_question_of_an_even_bank_gets_its_turn():
    bank = [candidate(n) for n in range(10)]
    drawn = Counter(draw_paper(spec(single_choice=1), bank, [], Random(seed))[0] for seed in range(1000))
    assert len(drawn) == 10
    assert min(drawn.values()) > 50


def test_a_paper_spreads_over_the_key_points_across_its_types():
    bank = [candidate(n, SINGLE, key_point=n % 2) for n in range(20)] + [
        candidate(100 + n, FILL_IN, key_point=n % 4) for n in range(20)
    ]
    paper = of_version(bank, draw_paper(spec(single_choice=2, fill_in=2), bank, [], Random(3)))
    assert sorted(one.key_point for one in paper) == [0, 1, 2, 3]


def test_a_paper_counts_the_key_points_of_locked_questions_too():
    bank = [candidate(n, key_point=n % 2) for n in range(20)]
    paper = of_version(bank, draw_paper(spec(single_choice=2), bank, [1004], Random(3)))
    assert [one.key_point for one in paper] == [0, 1]


def test_questions_never_used_come_first_then_those_used_longest_ago():
    days = [date(2024, 9, 1), None, date(2024, 3, 1), date(2024, 6, 1), None]
    bank = [candidate(n, last_used=day) for n, day in enumerate(days)]
    for seed in range(10):
        assert set(draw_paper(spec(single_choice=3), bank, [], Random(seed))) == {1001, 1004, 1002}


def test_between_equals_the_difficulties_are_mixed():
    bank = [candidate(n, difficulty=1 + n // 10) for n in range(30)]
    paper = of_version(bank, draw_paper(spec(single_choice=6), bank, [], Random(5)))
    assert Counter(one.difficulty for one in paper) == {1: 2, 2: 2, 3: 2}


def test_what_asks_the_same_thing_stands_on_a_paper_once_only():
    bank = [candidate(n, fingerprint=f"same{n // 3}") for n in range(9)]
    paper = of_version(bank, draw_paper(spec(single_choice=3), bank, [], Random(2)))
    assert {one.fingerprint for one in paper} == {"same0", "same1", "same2"}
    assert shortages(spec(single_choice=4), bank, []) == (Shortage(SINGLE, 4, 3),)


def test_what_two_types_ask_alike_counts_for_the_first_that_needs_it():
    bank = [candidate(1, SINGLE, fingerprint="x"), candidate(2, FILL_IN, fingerprint="x")]
    assert shortages(spec(single_choice=1, fill_in=1), bank, []) == (Shortage(FILL_IN, 1, 0),)
    assert draw_paper(spec(fill_in=1), bank, [], Random(0)) == (1002,)


def test_two_versions_of_a_question_never_meet():
    bank = [candidate(1), candidate(1, version_id=2001, fingerprint="edited"), candidate(2)]
    assert sorted(draw_paper(spec(single_choice=2), bank, [], Random(0))) == [1002, 2001]
    assert shortages(spec(single_choice=3), bank, [1001]) == (Shortage(SINGLE, 3, 2),)


def test_locked_questions_stay_and_the_rest_is_drawn_around_them():
    paper = draw_paper(spec(single_choice=4, fill_in=1), BANK, [1003, 1007], Random(9))
    assert paper[0] == 1007
    assert paper[-1] == 1003
    assert len(set(paper)) == 5


def test_every_type_that_lacks_questions_is_named_with_both_figures():
    bank = [candidate(1), candidate(2, FILL_IN), candidate(3, FILL_IN)]
    lacking = (Shortage(SINGLE, 2, 1), Shortage(TRUE_FALSE, 1, 0))
    wanted = spec(single_choice=2, true_false=1, fill_in=2)
    assert shortages(wanted, bank, []) == lacking
    with pytest.raises(NotEnoughQuestions) as refusal:
        draw_paper(wanted, bank, [], Random(0))
    assert refusal.value.shortages == lacking


LOCKS = {
    "gone from the bank": ([1001, 999], LockFault.GONE, (999,)),
    "asking the same thing": ([1001, 1003], LockFault.SAME, (1001, 1003)),
    "more than the paper takes": ([1001, 1002], LockFault.TOO_MANY, (1001, 1002)),
    "the same one twice": ([1001, 1001], LockFault.SAME, (1001, 1001)),
}


@pytest.mark.parametrize(("locked", "fault", "named"), LOCKS.values(), ids=LOCKS)
def test_locked_questions_that_cannot_be_kept_are_named(locked, fault, named):
    bank = [candidate(1), candidate(2), candidate(3, FILL_IN, fingerprint="f1")]
    with pytest.raises(BadLock) as refusal:
        draw_paper(spec(single_choice=1, fill_in=1), bank, locked, Random(0))
    assert (refusal.value.fault, refusal.value.version_ids) == (fault, named)


@settings(deadline=None)
@given(wanted=specs, bank=banks, seed=st.integers(), data=st.data())
def test_a_paper_is_drawn_exactly_when_nothing_is_short_and_is_then_as_wanted(wanted, bank, seed, data):
    locked = data.draw(st.lists(st.sampled_from([one.version_id for one in bank]), max_size=2)) if bank else []
    try:
        short = shortages(wanted, bank, locked)
    except BadLock:
        return
    if short:
        with pytest.raises(NotEnoughQuestions):
            draw_paper(wanted, bank, locked, Random(seed))
        return
    paper = of_version(bank, draw_paper(wanted, bank, locked, Random(seed)))
    fingerprints = [one.fingerprint for one in paper if one.fingerprint]
    assert Counter(one.type for one in paper) == +Counter(wanted.counts)
    assert [one.type for one in paper] == sorted((one.type for one in paper), key=list(TypeName).index)
    assert len({one.question_id for one in paper}) == len(paper)
    assert len(set(fingerprints)) == len(fingerprints)
    assert set(locked) <= {one.version_id for one in paper}


def test_a_swap_changes_one_place_to_another_question_of_its_type():
    paper = draw_paper(spec(single_choice=3, fill_in=2), BANK, [], Random(4))
    swapped = swap(paper, 3, BANK, Random(1))
    changed = [place for place, (old, new) in enumerate(zip(paper, swapped, strict=True)) if old != new]
    assert changed == [3]
    assert swapped[3] not in paper
    assert of_version(BANK, swapped)[3].type is FILL_IN


def test_a_swap_prefers_a_key_point_the_rest_of_the_paper_does_not_ask_about():
    bank = [candidate(1, key_point=1), candidate(2, key_point=2), candidate(3, key_point=2), candidate(4, key_point=1)]
    assert swap((1001, 1002), 0, bank, Random(0)) == (1004, 1002)


def test_a_swap_never_brings_in_what_the_paper_asks_already():
    bank = [
        candidate(1),
        candidate(2, FILL_IN, fingerprint="x"),
        candidate(3, fingerprint="x"),
        candidate(4, TRUE_FALSE),
    ]
    with pytest.raises(NoOtherQuestion) as refusal:
        swap((1001, 1002), 0, bank, Random(0))
    assert refusal.value.type is SINGLE


@pytest.mark.parametrize(("paper", "position"), [((1000,), 1), ((1000,), -1), ((999,), 0)])
def test_a_swap_of_what_is_not_there_is_refused(paper, position):
    with pytest.raises(NotFound):
        swap(paper, position, BANK, Random(0))


def test_the_full_mark_of_a_paper_is_the_sum_of_its_questions():
    marks = {SINGLE: 2, MULTIPLE: 3, TRUE_FALSE: 1, FILL_IN: 5}
    assert PaperSpec({SINGLE: 10, MULTIPLE: 5, FILL_IN: 1}, marks).full_mark == 40


BAD_SPECS = {
    "no questions": (PaperSpec({}, MARKS), ["counts"]),
    "too many questions": (PaperSpec({SINGLE: 201}, MARKS), ["counts"]),
    "fewer than none": (PaperSpec({SINGLE: -1, FILL_IN: 2}, MARKS), ["counts.single_choice"]),
    "no mark": (
        PaperSpec({SINGLE: 1, FILL_IN: 1}, {SINGLE: 0, FILL_IN: 101}),
        ["marks.single_choice", "marks.fill_in"],
    ),
    "a type without a mark": (PaperSpec({SINGLE: 1}, {}), ["marks.single_choice"]),
}


@pytest.mark.parametrize(("wrong", "places"), BAD_SPECS.values(), ids=BAD_SPECS)
def test_a_specification_says_what_is_wrong_with_it(wrong, places):
    assert [problem.place for problem in wrong.problems()] == places


def test_a_sound_specification_has_no_problems():
    assert spec(single_choice=10, multiple_choice=0).problems() == []


def own(each: dict[TypeName, int] | None, **counts: int) -> PaperSpec:
    return PaperSpec({TypeName(name): count for name, count in counts.items()}, MARKS, each)


EACH = {
    "none: everybody gets all": (None, []),
    "as many as there are": ({SINGLE: 6, FILL_IN: 2}, []),
    "some of them": ({SINGLE: 3, FILL_IN: 0}, []),
    "of one type only": ({SINGLE: 1}, []),
    "more than there are": ({SINGLE: 7, FILL_IN: 1}, ["each.single_choice"]),
    "less than none": ({SINGLE: 2, FILL_IN: -1}, ["each.fill_in"]),
    "of a type that is not on the paper": ({SINGLE: 2, MATCHING: 1}, ["each.matching"]),
    "nothing": ({}, ["each"]),
    "nothing of anything": ({SINGLE: 0, FILL_IN: 0}, ["each"]),
}


@pytest.mark.parametrize(("each", "places"), EACH.values(), ids=EACH)
def test_what_one_person_gets_is_some_of_the_paper(each, places):
    assert [problem.place for problem in own(each, single_choice=6, fill_in=2).problems()] == places


def test_the_full_mark_is_what_one_person_can_earn():
    assert own(None, single_choice=6, fill_in=2).full_mark == 16
    assert own({SINGLE: 3, FILL_IN: 1}, single_choice=6, fill_in=2).full_mark == 8


@given(specs, st.dictionaries(st.sampled_from(TypeName), st.integers(-1, 5)))
def test_a_specification_without_problems_gives_everybody_something_and_no_more_than_there_is(wanted, each):
    wanted = PaperSpec(wanted.counts, wanted.marks, each)
    if not wanted.problems():
        assert 0 < sum(each.values()) <= sum(wanted.counts.values())
        assert all(0 <= count <= wanted.counts.get(name, 0) for name, count in each.items())


# Quotas, emphasis, what was missed, what rests

DAY = date(2024, 12, 20)
ONE, TWO = heading_area(1, "一、讲学习"), heading_area(1, "二、讲担当")


def wished(counts: dict[TypeName, int], *quotas: Quota, **others: object) -> PaperSpec:
    return PaperSpec(counts, MARKS, wishes=Wishes(quotas, **others))


areas = st.sampled_from(["", set_area(1), set_area(2), heading_area(1, "一"), heading_area(2, "二"), point_area(1)])
quotas = st.builds(
    Quota, st.integers(1, 3), st.none() | st.sampled_from([SINGLE, FILL_IN]), areas, st.none() | st.integers(1, 2)
)
wishes = st.builds(
    Wishes,
    st.lists(quotas, max_size=3).map(tuple),
    st.lists(areas.filter(bool), max_size=2).map(tuple),
    st.integers(0, 100),
    st.integers(0, 8),
    st.booleans(),
)


@st.composite
def small_banks(draw: st.DrawFn) -> list[Candidate]:
    """Few questions of two types, some of which ask the same thing as another of their type."""
    made = []
    for number in range(1, draw(st.integers(0, 7)) + 1):
        kind = draw(st.sampled_from([SINGLE, FILL_IN]))
        made.append(
            candidate(
                number,
                kind,
                key_point=draw(st.none() | st.integers(1, 2)),
                difficulty=draw(st.integers(1, 2)),
                fingerprint=draw(st.sampled_from(["", f"{kind} a", f"{kind} b"])),
                last_used=draw(st.none() | st.dates(DAY - timedelta(weeks=9), DAY)),
                set_id=draw(st.integers(1, 2)),
                heading=draw(st.sampled_from(["一", "二"])),
                missed=draw(st.booleans()),
            )
        )
    return made


def counts_for_each(wanted: Sequence[Quota], paper: Sequence[Candidate]) -> bool:
    """By trying everything: whether each quota can have questions of its own."""
    slots = [quota for quota in wanted for _ in range(quota.count)]
    return any(
        all(quota.fits(one) for quota, one in zip(slots, chosen, strict=True))
        for chosen in permutations(paper, len(slots))
    )


def can_be_drawn(wanted: PaperSpec, bank: Sequence[Candidate], locked: Sequence[int], day: date) -> bool:
    """By trying every paper."""
    awake = [one for one in bank if one.version_id in locked or not wanted.wishes.rests(one, day)]
    for paper in combinations(awake, sum(wanted.counts.values())):
        asked = [one.fingerprint for one in paper if one.fingerprint]
        if (
            Counter(one.type for one in paper) == +Counter(wanted.counts)
            and len(set(asked)) == len(asked)
            and set(locked) <= {one.version_id for one in paper}
            and counts_for_each(wanted.wishes.quotas, paper)
        ):
            return True
    return False


@settings(deadline=None, max_examples=400)
@given(
    counts=st.fixed_dictionaries({SINGLE: st.integers(0, 3), FILL_IN: st.integers(0, 3)}),
    wanted=wishes,
    bank=small_banks(),
    seed=st.integers(),
    data=st.data(),
)
def test_whatever_can_be_drawn_is_drawn_as_wished_and_what_cannot_is_named(counts, wanted, bank, seed, data):
    locked = data.draw(st.lists(st.sampled_from([one.version_id for one in bank]), max_size=2)) if bank else []
    asked = PaperSpec(counts, MARKS, wishes=wanted)
    try:
        short = shortages(asked, bank, locked, day=DAY)
    except BadLock:
        return
    assert bool(short) is not can_be_drawn(asked, bank, locked, DAY)
    if short:
        with pytest.raises(NotEnoughQuestions) as refusal:
            draw_paper(asked, bank, locked, Random(seed), day=DAY)
        assert refusal.value.shortages == short
        assert all(one.available < one.wanted for one in short)
        return
    version_ids = draw_paper(asked, bank, locked, Random(seed), day=DAY)
    assert draw_paper(asked, bank[::-1], locked, Random(seed), day=DAY) == version_ids
    paper = of_version(bank, version_ids)
    fingerprints = [one.fingerprint for one in paper if one.fingerprint]
    assert Counter(one.type for one in paper) == +Counter(counts)
    assert len(set(fingerprints)) == len(fingerprints)
    assert set(locked) <= set(version_ids)
    assert counts_for_each(wanted.quotas, paper)
    assert quotas_met(wanted.quotas, paper) == tuple(quota.count for quota in wanted.quotas)
    assert all(one.version_id in locked or not wanted.rests(one, DAY) for one in paper)


@settings(deadline=None)
@given(
    counts=st.dictionaries(st.sampled_from([SINGLE, TRUE_FALSE, FILL_IN]), st.integers(0, 4)),
    bank=st.lists(st.tuples(st.sampled_from([SINGLE, TRUE_FALSE, FILL_IN]), st.booleans()), min_size=4, max_size=24),
    percent=st.integers(0, 100),
    seed=st.integers(),
)
def test_as_many_missed_questions_are_drawn_as_wished_as_far_as_there_are(counts, bank, percent, seed):
    bank = [candidate(n, kind, missed=missed) for n, (kind, missed) in enumerate(bank)]
    wanted = wished(counts, missed_percent=percent)
    if shortages(wanted, bank, []):
        return
    paper = of_version(bank, draw_paper(wanted, bank, [], Random(seed)))
    there = Counter(one.type for one in bank if one.missed)
    possible = sum(min(count, there[kind]) for kind, count in counts.items())
    share = -(-sum(counts.values()) * percent // 100)
    assert sum(one.missed for one in paper) >= min(share, possible)


def test_the_quota_that_lacks_is_named_with_what_it_can_have_beside_those_before_it():
    bank = [candidate(n, set_id=1, heading="一、讲学习") for n in range(3)] + [candidate(9, difficulty=4)]
    first, second, third = Quota(2, None, ONE), Quota(2, SINGLE, ONE), Quota(1, None, "", 4)
    short = shortages(wished({SINGLE: 4, FILL_IN: 1}, first, second, third), bank, [])
    assert short == (Shortage(FILL_IN, 1, 0), QuotaShortage(2, second, 1))
    assert (short[1].wanted, short[1].available) == (2, 1)


def test_a_quota_gives_way_where_another_question_serves_as_well():
    bank = [candidate(1, difficulty=4, set_id=1, heading="一、讲学习"), candidate(2, set_id=1, heading="一、讲学习")]
    either, hard = Quota(1, None, ONE), Quota(1, None, "", 4)
    assert shortages(wished({SINGLE: 2}, either, hard), bank, []) == ()


def test_what_is_locked_counts_for_a_quota():
    bank = [candidate(n) for n in range(4)] + [candidate(9, difficulty=5)]
    wanted = wished({SINGLE: 2}, Quota(1, None, "", 5))
    assert 1009 in draw_paper(wanted, bank, [1001], Random(0))
    short = shortages(wanted, bank, [1001, 1002])
    assert short == (QuotaShortage(1, wanted.wishes.quotas[0], 0),)


def test_what_was_used_lately_rests_and_the_shortage_says_how_many_do():
    used = [DAY - timedelta(days=days) for days in (7, 14, 15, 28)]
    bank = [candidate(n, last_used=day) for n, day in enumerate(used)] + [candidate(9)]
    wanted = wished({SINGLE: 3}, rest_weeks=2)
    assert sorted(draw_paper(wanted, bank, [], Random(0), day=DAY)) == [1002, 1003, 1009]
    short = shortages(wished({SINGLE: 4}, Quota(4, SINGLE), rest_weeks=2), bank, [], day=DAY)
    assert [(one.available, one.resting) for one in short] == [(3, 2), (3, 2)]


def test_a_locked_question_stays_though_it_was_used_lately():
    bank = [candidate(1, last_used=DAY), candidate(2)]
    assert draw_paper(wished({SINGLE: 1}, rest_weeks=8), bank, [1001], Random(0), day=DAY) == (1001,)


def test_what_is_emphasised_comes_first_when_there_is_a_choice():
    bank = [candidate(n, key_point=n, set_id=1, heading="一、讲学习" if n < 3 else "二、讲担当") for n in range(9)]
    emphasis = (ONE, point_area(7))
    for seed in range(5):
        drawn = draw_paper(wished({SINGLE: 5}, emphasis=emphasis), bank, [], Random(seed))
        assert {1000, 1001, 1002, 1007} < set(drawn)
    assert 1007 not in draw_paper(wished({SINGLE: 1}, Quota(1, None, ONE), emphasis=(TWO,)), bank, [], Random(0))


def test_a_swap_keeps_the_quotas_where_it_can():
    bank = [candidate(n, difficulty=1 + n % 2) for n in range(12)]
    wanted = Wishes((Quota(2, None, "", 2),))
    paper = (1001, 1003, 1000)
    for seed in range(10):
        swapped = of_version(bank, swap(paper, 0, bank, Random(seed), wishes=wanted))
        assert quotas_met(wanted.quotas, swapped) == (2,)
    only_easy = [one for one in bank if one.difficulty == 1 or one.version_id in paper]
    assert swap(paper, 0, only_easy, Random(0), wishes=wanted)[0] not in paper


def test_a_swap_takes_nothing_that_was_used_lately():
    bank = [candidate(1), candidate(2, last_used=DAY - timedelta(weeks=1)), candidate(3, FILL_IN)]
    assert swap((1001, 1003), 0, bank, Random(0), wishes=Wishes(), day=DAY) == (1002, 1003)
    with pytest.raises(NoOtherQuestion):
        swap((1001, 1003), 0, bank, Random(0), wishes=Wishes(rest_weeks=1), day=DAY)


@given(wishes)
def test_wishes_survive_being_stored(wanted):
    assert wishes_of(json.loads(json.dumps(stored(wanted)))) == wanted


def test_a_sitting_that_never_wished_anything_wishes_nothing():
    assert wishes_of({}) == Wishes()


def test_wishes_stored_before_forgetting_was_known_ask_for_what_was_missed_alone():
    older = {"quotas": [], "emphasis": [], "missed_percent": 30, "rest_weeks": 2}
    assert wishes_of(older) == Wishes(missed_percent=30, rest_weeks=2, forgotten=False)


BAD_WISHES = {
    "a quota of nothing": (Wishes((Quota(1), Quota(0))), ["quotas.2"]),
    "more in quotas than on the paper": (Wishes((Quota(2), Quota(2))), ["quotas"]),
    "more than all were missed": (Wishes(missed_percent=101), ["missed"]),
    "less than no rest": (Wishes(rest_weeks=-1), ["rest"]),
    "more than a year's rest": (Wishes(rest_weeks=53), ["rest"]),
}


@pytest.mark.parametrize(("wrong", "places"), BAD_WISHES.values(), ids=BAD_WISHES)
def test_wishes_say_what_is_wrong_with_them(wrong, places):
    assert [problem.place for problem in PaperSpec({SINGLE: 3}, MARKS, wishes=wrong).problems()] == places


@pytest.mark.parametrize(
    ("path", "top"), [("一、讲学习 › （二）勤学", "一、讲学习"), ("一、讲学习", "一、讲学习"), ("", "")]
)
def test_the_top_heading_is_the_first_of_a_path(path, top):
    assert top_heading(path) == top
