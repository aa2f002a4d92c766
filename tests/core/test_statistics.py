"""Statistics of questions and papers: against SciPy and NumPy, against Moodle's steps, and by hand."""

from collections import Counter
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from scipy import stats

from quizapp.core.statistics import NO_SCATTER
from quizapp.core.statistics import Discrimination
from quizapp.core.statistics import Ease
from quizapp.core.statistics import Item
from quizapp.core.statistics import ItemSums
from quizapp.core.statistics import Reliability
from quizapp.core.statistics import between_items
from quizapp.core.statistics import deviation
from quizapp.core.statistics import discrimination_band
from quizapp.core.statistics import discrimination_index
from quizapp.core.statistics import discriminative_efficiency
from quizapp.core.statistics import ease
from quizapp.core.statistics import effective_weights
from quizapp.core.statistics import error_ratio
from quizapp.core.statistics import facility
from quizapp.core.statistics import functions
from quizapp.core.statistics import in_tens
from quizapp.core.statistics import intended_weights
from quizapp.core.statistics import internal_consistency
from quizapp.core.statistics import is_suspect
from quizapp.core.statistics import item_sums
from quizapp.core.statistics import mean_score
from quizapp.core.statistics import people
from quizapp.core.statistics import point_biserial
from quizapp.core.statistics import reliability
from quizapp.core.statistics import scatter
from quizapp.core.statistics import score_figures
from quizapp.core.statistics import standard_error

#: What two computations of one figure may differ by.
NEAR = 1e-9
CHEAP = settings(deadline=None, max_examples=40)


def approx(value):
    return None if value is None else pytest.approx(float(value), rel=NEAR, abs=NEAR)


def items_of(marks, fulls):
    """The items of a paper from a table of marks: a row for each person, a column for each question."""
    totals = [sum(row) for row in marks]
    paper = sum(fulls)
    return [
        Item(item_sums([(row[at], total) for row, total in zip(marks, totals, strict=True)]), full, paper)
        for at, full in enumerate(fulls)
    ]


@st.composite
def papers(draw, least=2):
    """(marks, full marks): some people's marks on some questions, in units."""
    fulls = draw(st.lists(st.integers(1, 4).map(lambda mark: mark * 12), min_size=2, max_size=6))
    row = st.tuples(*(st.integers(0, 12).map(lambda part, full=full: part * full // 12) for full in fulls))
    return draw(st.lists(row, min_size=least, max_size=40)), fulls


# Against others


@CHEAP
@given(papers())
def test_items_are_what_numpy_says(paper):
    marks, fulls = paper
    table = np.array(marks, dtype=float)
    total = table.sum(axis=1)
    for at, item in enumerate(items_of(marks, fulls)):
        own, rest = table[:, at], total - table[:, at]
        found = scatter([item])
        assert float(facility([item])) == approx(own.mean() / fulls[at])
        assert deviation(found) == approx(own.std(ddof=1) / fulls[at])
        if np.ptp(own) and np.ptp(rest):
            assert discrimination_index(found) == approx(stats.pearsonr(own, rest).statistic)
            best = np.cov(np.sort(own), np.sort(rest))[0, 1]
            assert float(discriminative_efficiency(found)) == approx(np.cov(own, rest)[0, 1] / best)
        else:
            assert discrimination_index(found) is None
            assert discriminative_efficiency(found) is None


@CHEAP
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 30)), min_size=2, max_size=60))
def test_the_point_biserial_is_scipys(people):
    marks = [(12 * a, 24 * b, rest) for a, b, rest in people]
    item = items_of(marks, [12, 24, 30])[0]
    totals = [sum(row) for row in marks]
    right = [a for a, _, _ in people]
    if len(set(right)) > 1 and len(set(totals)) > 1:
        assert point_biserial([item]) == approx(stats.pointbiserialr(right, totals).statistic)
    else:
        assert point_biserial([item]) is None


@CHEAP
@given(papers())
def test_alpha_is_that_of_the_covariance_matrix(paper):
    marks, fulls = paper
    covariances = np.cov(np.array(marks, dtype=float), rowvar=False)
    found = internal_consistency(items_of(marks, fulls))
    if covariances.sum() < NEAR:
        assert found is None
        return
    p = len(fulls)
    assert float(found) == approx(p / (p - 1) * (1 - np.trace(covariances) / covariances.sum()))
    between = (covariances.sum() - np.trace(covariances)) / (p * (p - 1))
    assert float(between_items(found, p)) == approx(between / (np.trace(covariances) / p))


@CHEAP
@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from([10, 12, 15])), min_size=1, max_size=60))
def test_scores_are_spread_as_scipy_says(scores):
    found = score_figures(Counter(scores))
    shares = np.array([units / full for units, full in scores])
    assert found.n == len(scores)
    assert found.mean == mean_score(Counter(scores))
    assert float(found.mean) == approx(shares.mean())
    assert float(found.median) == approx(np.median(shares))
    if found.n > 1:
        assert found.deviation == approx(shares.std(ddof=1))
    same = len({Fraction(*score) for score in scores}) == 1
    assert (found.skewness is None) == (same or found.n < 3)
    assert (found.kurtosis is None) == (same or found.n < 4)
    if found.skewness is not None:
        assert found.skewness == approx(stats.skew(shares, bias=False))
    if found.kurtosis is not None:
        assert float(found.kurtosis) == approx(stats.kurtosis(shares, bias=False))


def moodle_items(marks):
    """Moodle's calculator, step by step: two walks over all steps, then the quotients, each a hundredfold."""
    s, slots = len(marks), range(len(marks[0]))
    sums = [sum(row) for row in marks]
    found, roots = [], 0.0
    for slot in slots:
        own, other = [row[slot] for row in marks], [total - row[slot] for row, total in zip(marks, sums, strict=True)]
        mean, other_mean, sums_mean = sum(own) / s, sum(other) / s, sum(sums) / s
        variance = sum((m - mean) ** 2 for m in own) / (s - 1)
        other_variance = sum((r - other_mean) ** 2 for r in other) / (s - 1)
        covariance = sum((m - mean) * (r - other_mean) for m, r in zip(own, other, strict=True)) / (s - 1)
        pairs = zip(sorted(own), sorted(other), strict=True)
        best = sum((m - mean) * (r - other_mean) for m, r in pairs) / (s - 1)
        overall = sum((m - mean) * (t - sums_mean) for m, t in zip(own, sums, strict=True)) / (s - 1)
        roots += sqrt(overall) if overall >= 0 else 0
        found.append((variance, other_variance, covariance, best, overall))
    return [
        {
            "variance": variance,
            "index": 100 * covariance / sqrt(variance * other) if variance * other else None,
            "efficiency": 100 * covariance / best if best else None,
            "weight": 100 * sqrt(overall) / roots if overall >= 0 and roots else None,
        }
        for variance, other, covariance, best, overall in found
    ]


def moodle_paper(sums, p, sum_of_variances):
    s = len(sums)
    mean = sum(sums) / s
    m2, m3, m4 = (sum((total - mean) ** power for total in sums) / s for power in (2, 3, 4))
    k2 = s * m2 / (s - 1)
    k3 = s * s * m3 / ((s - 1) * (s - 2))
    k4 = s * s * ((s + 1) * m4 - 3 * (s - 1) * m2 * m2) / ((s - 1) * (s - 2) * (s - 3))
    cic = (100 * p / (p - 1)) * (1 - sum_of_variances / k2)
    ratio = 100 * sqrt(1 - cic / 100)
    return {
        "skewness": k3 / k2**1.5,
        "kurtosis": k4 / (k2 * k2),
        "cic": cic,
        "ratio": ratio,
        "error": ratio * sqrt(k2) / 100,
    }


def hundredfold(value):
    return None if value is None else 100 * float(value)


@CHEAP
@given(papers(least=4))
def test_items_and_paper_are_what_moodle_computes(paper):
    marks, fulls = paper
    sums = [sum(row) for row in marks]
    # Where roundings of floats decide what is nought, only exact arithmetic is right.
    assume(all(len({row[at] for row in marks}) > 1 for at in range(len(fulls))) and len(set(sums)) > 1)
    assume(all(len({total - row[at] for row, total in zip(marks, sums, strict=True)}) > 1 for at in range(len(fulls))))
    items = items_of(marks, fulls)
    assume(all(not (w is not None and w < 1e-6) for w in effective_weights(items)))
    told = moodle_items(marks)
    for item, weight, expected in zip(items, effective_weights(items), told, strict=True):
        found = scatter([item])
        assert hundredfold(discrimination_index(found)) == approx(expected["index"])
        assert hundredfold(discriminative_efficiency(found)) == approx(expected["efficiency"])
        assert hundredfold(weight) == approx(expected["weight"])
    paper_told = moodle_paper(sums, len(fulls), sum(expected["variance"] for expected in told))
    figures, alpha = score_figures(Counter((total, sum(fulls)) for total in sums)), internal_consistency(items)
    assert figures.skewness == approx(paper_told["skewness"])
    assert float(figures.kurtosis) == approx(paper_told["kurtosis"])
    assert hundredfold(alpha) == approx(paper_told["cic"])
    assert hundredfold(error_ratio(alpha)) == approx(paper_told["ratio"])
    assert standard_error(alpha, figures.deviation) * sum(fulls) == approx(paper_told["error"])


# By hand

#: Four people, three questions of one point: 3, 2, 1 and 0 right, as a Guttman scale has it.
SCALE = [(1, 1, 1), (1, 1, 0), (1, 0, 0), (0, 0, 0)]


def test_a_perfect_scale_by_hand():
    first, middle, last = items_of(SCALE, [1, 1, 1])
    assert [facility([item]) for item in (first, middle, last)] == [Fraction(3, 4), Fraction(1, 2), Fraction(1, 4)]
    # m = 1 1 1 0, r = 2 1 0 0: S_mr = 3 - 3·3/4, S_mm = 3/4, S_rr = 5 - 9/4.
    assert discrimination_index(scatter([first])) == approx(Fraction(3, 4) / sqrt(Fraction(3, 4) * Fraction(11, 4)))
    # m = 1 1 0 0, r = 2 1 1 0: nothing could pair them better.
    assert discriminative_efficiency(scatter([middle])) == 1
    # Item variances 1/4, 1/3, 1/4; of the score 5/3.
    assert internal_consistency([first, middle, last]) == Fraction(3, 2) * (1 - Fraction(5, 6) / Fraction(5, 3))
    assert between_items(Fraction(3, 4), 3) == Fraction(1, 2)
    assert intended_weights([first, middle, last]) == (Fraction(1, 3),) * 3


def test_what_the_better_ones_get_wrong_discriminates_negatively_and_has_no_effective_weight():
    right_for_the_weak = [(0, 2, 2), (0, 2, 1), (1, 0, 1), (1, 0, 0)]
    items = items_of(right_for_the_weak, [1, 2, 2])
    index = discrimination_index(scatter([items[0]]))
    assert index < -0.8
    assert discrimination_band(index) is Discrimination.NEGATIVE
    weights = effective_weights(items)
    assert weights[0] is None
    assert sum(weights[1:]) == approx(1)


def test_scores_by_hand():
    found = score_figures({(2, 10): 1, (4, 10): 1, (6, 10): 1, (16, 20): 1})
    assert (found.n, found.mean, found.median) == (4, Fraction(1, 2), Fraction(1, 2))
    assert found.deviation == approx(sqrt(Fraction(1, 15)))
    assert found.skewness == 0
    assert found.kurtosis == Fraction(-6, 5)


def test_the_sums_are_what_they_say():
    assert item_sums([(2, 5), (0, 4), (1, 9)]) == ItemSums(
        n=3, marks=3, squares=5, totals=18, total_squares=122, products=19, best=0 * 3 + 1 * 4 + 2 * 8
    )


# Several sittings


@CHEAP
@given(st.lists(papers(), min_size=1, max_size=4))
def test_several_sittings_are_pooled_within_them(asked):
    """The correlation of what is left of each share once its own sitting's mean is taken away."""
    own, rest = [], []
    for marks, fulls in asked:
        table = np.array(marks, dtype=float)
        share = table[:, 0] / fulls[0]
        others = table[:, 1:].sum(axis=1) / sum(fulls[1:])
        own += list(share - share.mean())
        rest += list(others - others.mean())
    items = [items_of(marks, fulls)[0] for marks, fulls in asked]
    pooled = scatter(items)
    assert pooled.freedom == len(own) - len(asked)
    index = discrimination_index(pooled)
    square = np.dot(own, own) * np.dot(rest, rest)
    assert (index is None) == bool(square < NEAR)
    if index is not None:
        assert index == approx(np.dot(own, rest) / sqrt(square))


def test_an_easier_paper_makes_no_correlation():
    most_right = [(1, 1)] * 4 + [(0, 1)] * 2 + [(1, 0)] * 2 + [(0, 0)]
    most_wrong = [(1 - a, 1 - b) for a, b in most_right]
    easy, hard = items_of(most_right, [1, 1])[0], items_of(most_wrong, [1, 1])[0]
    as_one_sitting = items_of(most_right + most_wrong, [1, 1])[0]
    assert discrimination_index(scatter([easy, hard])) == approx(0)
    assert discrimination_index(scatter([as_one_sitting])) == approx(Fraction(1, 9))
    assert facility([easy, hard]) == Fraction(1, 2)
    assert people([easy, hard]) == 18


def test_full_marks_may_differ_between_sittings():
    twice = [tuple(2 * mark for mark in row) for row in SCALE]
    one, two = items_of(SCALE, [1, 1, 1])[1], items_of(twice, [2, 2, 2])[1]
    assert discrimination_index(scatter([one, two])) == approx(discrimination_index(scatter([one])))
    assert deviation(scatter([two])) == approx(deviation(scatter([one])))
    assert facility([one, two]) == facility([one])


# Where little or nothing differs


def test_nobody():
    nobody = Item(item_sums([]), 10, 100)
    assert nobody.sums == ItemSums()
    assert facility([nobody]) is None
    assert facility([]) is None
    assert scatter([nobody]) == NO_SCATTER == scatter([])
    assert point_biserial([nobody]) is None
    assert internal_consistency([nobody, nobody]) is None
    assert internal_consistency([]) is None
    assert effective_weights([nobody, nobody]) == (None, None)
    assert score_figures({}) is None
    assert score_figures({(0, 0): 3}) is None
    assert mean_score({}) is mean_score({(0, 0): 3}) is None


def test_one_person():
    items = items_of([(5, 7)], [10, 10])
    found = scatter(items[:1])
    assert facility(items[:1]) == Fraction(1, 2)
    assert (deviation(found), discrimination_index(found), discriminative_efficiency(found)) == (None, None, None)
    assert internal_consistency(items) is None
    assert effective_weights(items) == (None, None)
    figures = score_figures({(12, 20): 1})
    assert (figures.mean, figures.median, figures.deviation) == (Fraction(3, 5), Fraction(3, 5), None)
    assert (figures.skewness, figures.kurtosis) == (None, None)


@pytest.mark.parametrize(("mark", "share"), [(10, 1), (0, 0), (5, Fraction(1, 2))], ids=["right", "wrong", "half"])
def test_all_alike(mark, share):
    items = items_of([(mark, mark)] * 25, [10, 10])
    found = scatter(items[:1])
    assert facility(items[:1]) == share
    assert deviation(found) == 0
    assert discrimination_index(found) is None
    assert discriminative_efficiency(found) is None
    assert point_biserial(items[:1]) is None
    assert internal_consistency(items) is None
    assert effective_weights(items) == (None, None)
    figures = score_figures({(2 * mark, 20): 25})
    assert (figures.mean, figures.deviation, figures.skewness, figures.kurtosis) == (share, 0, None, None)


def test_a_part_of_a_mark_makes_it_no_matter_of_right_or_wrong():
    assert items_of([(10, 0), (0, 3)], [10, 10])[0].is_right_or_wrong
    assert not items_of([(10, 0), (5, 3)], [10, 10])[0].is_right_or_wrong
    assert point_biserial([items_of([(10, 0), (5, 3), (0, 0)], [10, 10])[0]]) is None


def test_a_paper_of_one_question_has_no_rest_and_no_consistency():
    item = Item(item_sums([(1, 1), (0, 0)]), 1, 1)
    assert scatter([item]) == NO_SCATTER
    assert internal_consistency([item]) is None
    assert facility([item]) == Fraction(1, 2)


def test_items_of_different_people_have_no_consistency():
    items = items_of(SCALE, [1, 1, 1])
    others = items_of(SCALE[1:], [1, 1, 1])
    assert internal_consistency([items[0], others[1], items[2]]) is None


# Bands

FACILITIES = {"all": (1, Ease.VERY_EASY), "nine in ten": (Fraction(9, 10), Ease.VERY_EASY)} | {
    "just below": (Fraction(899, 1000), Ease.EASY),
    "half": (Fraction(1, 2), Ease.MODERATE),
    "a third": (Fraction(1, 3), Ease.HARD),
    "a fifth": (Fraction(1, 5), Ease.HARD),
    "nobody": (0, Ease.VERY_HARD),
}


@pytest.mark.parametrize(("facility", "band"), FACILITIES.values(), ids=FACILITIES)
def test_facility_bands(facility, band):
    assert ease(Fraction(facility)) is band


INDICES = {
    "above .50": (0.5001, Discrimination.VERY_GOOD),
    ".50": (0.5, Discrimination.ADEQUATE),
    "above .30": (0.3001, Discrimination.ADEQUATE),
    ".29": (0.29, Discrimination.WEAK),
    ".19": (0.19, Discrimination.VERY_WEAK),
    "nought": (0.0, Discrimination.VERY_WEAK),
    "below": (-0.001, Discrimination.NEGATIVE),
}


@pytest.mark.parametrize(("index", "band"), INDICES.values(), ids=INDICES)
def test_discrimination_bands(index, band):
    assert discrimination_band(index) is band


CONSISTENCIES = {
    "above .75": (Fraction(76, 100), Reliability.SATISFACTORY),
    ".75": (Fraction(75, 100), Reliability.FAIR),
    ".64": (Fraction(64, 100), Reliability.FAIR),
    "below .64": (Fraction(63, 100), Reliability.UNSATISFACTORY),
    "negative": (Fraction(-1, 2), Reliability.UNSATISFACTORY),
}


@pytest.mark.parametrize(("consistency", "band"), CONSISTENCIES.values(), ids=CONSISTENCIES)
def test_reliability_bands(consistency, band):
    assert reliability(consistency) is band


def test_a_distractor_functions_from_one_in_twenty():
    assert functions(1, 20)
    assert not functions(0, 20)
    assert functions(5, 100)
    assert not functions(4, 100)


def test_tens_hold_everybody_once_and_full_marks_in_the_last():
    found = in_tens({(0, 10): 1, (1, 10): 2, (99, 100): 3, (10, 10): 4, (5, 5): 5})
    assert found == (1, 2, 0, 0, 0, 0, 0, 0, 0, 12)


# Doubtful keys

#: Whoever knows the rest gets the first question wrong, and the other way round; and the contrary.
AGAINST, FOR = [(0, 1), (1, 0)], [(1, 1), (0, 0)]


def asked(*pairs):
    return items_of([row for rows, times in pairs for row in rows * times], [1, 1])[0]


SUSPECTS = {
    "enough people of one sitting": ([asked((AGAINST, 10))], True),
    "one too few": ([asked((AGAINST, 9), ([(0, 1)], 1))], False),
    "two sittings together": ([asked((AGAINST, 5)), asked((AGAINST, 5))], True),
    "one sitting against, more people for it elsewhere": ([asked((AGAINST, 10)), asked((FOR, 100))], True),
    "too few against, more people for it elsewhere": ([asked((AGAINST, 5)), asked((FOR, 100))], False),
    "nobody": ([], False),
    "no correlation": ([asked((AGAINST, 10), (FOR, 10))], False),
}


@pytest.mark.parametrize(("items", "suspect"), SUSPECTS.values(), ids=SUSPECTS)
def test_a_key_is_suspect_when_enough_people_speak_against_it(items, suspect):
    assert is_suspect(items) is suspect
