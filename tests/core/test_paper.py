"""Drawing papers: whole, spread, fresh, never twice the same, and the same again for the same arguments."""

from collections import Counter
from datetime import date
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
from quizapp.core.paper import Shortage
from quizapp.core.paper import draw_paper
from quizapp.core.paper import shortages
from quizapp.core.paper import swap
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
