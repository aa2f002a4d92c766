"""What answers say about questions and papers: classical item analysis, by Moodle's definitions.

m is the mark on an item, M the whole score of the paper, r = M - m the rest of it; n people. Marks come in whole units,
exactly; what is a quotient of sums leaves as a Fraction, what needs a root as a float. Shares and indices are 0..1 (or
-1..1), where Moodle prints a hundredfold. None stands for what is not defined: too few people, nobody differs.

The definitions are those of Moodle's question/classes/statistics/questions/calculator.php (items) and
mod/quiz/report/statistics/classes/calculator.php (papers), explained in its developer documentation under "Quiz
statistics calculations". Every variance and covariance divides by n - 1, as there.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import copysign
from math import lcm
from math import sqrt

#: Below so many people discrimination and reliability are chance more than anything else, and are not shown (样本少).
ENOUGH = 20
#: A distractor that fewer than this share of people choose does not function: Haladyna & Downing, "How many options is
#: enough for a multiple-choice test item?", Educational and Psychological Measurement 53 (1993), 999-1010.
FUNCTIONING = Fraction(5, 100)

#: The scores of a paper: (units, full units) -> how many people have it.
Distribution = Mapping[tuple[int, int], int]


# Bands


class Ease(StrEnum):
    """How a facility reads. Questions of a study are meant to be easy: the highest band is a success, no defect."""

    VERY_EASY = "very_easy"
    EASY = "easy"
    MODERATE = "moderate"
    HARD = "hard"
    VERY_HARD = "very_hard"


class Discrimination(StrEnum):
    """How a discrimination index reads; a negative one says that the key is probably wrong."""

    VERY_GOOD = "very_good"
    ADEQUATE = "adequate"
    WEAK = "weak"
    VERY_WEAK = "very_weak"
    NEGATIVE = "negative"


class Reliability(StrEnum):
    """How a coefficient of internal consistency reads."""

    SATISFACTORY = "satisfactory"
    FAIR = "fair"
    UNSATISFACTORY = "unsatisfactory"


#: The least facility of each band: Moodle's bands (docs.moodle.org, Quiz statistics report), its nine in five.
EASE = (
    (Fraction(90, 100), Ease.VERY_EASY),
    (Fraction(65, 100), Ease.EASY),
    (Fraction(35, 100), Ease.MODERATE),
    (Fraction(20, 100), Ease.HARD),
)
#: The least index of each band below very good, which is above .50: the same page.
VERY_GOOD_ABOVE = Fraction(50, 100)
DISCRIMINATION = (
    (Fraction(30, 100), Discrimination.ADEQUATE),
    (Fraction(20, 100), Discrimination.WEAK),
    (Fraction(0), Discrimination.VERY_WEAK),
)
#: docs.moodle.org, Quiz report statistics: anything above 75 % is satisfactory, below 64 % the paper is not.
SATISFACTORY_ABOVE = Fraction(75, 100)
UNSATISFACTORY_BELOW = Fraction(64, 100)


def ease(facility: Fraction) -> Ease:
    return next((band for least, band in EASE if facility >= least), Ease.VERY_HARD)


def discrimination_band(index: float) -> Discrimination:
    if index > VERY_GOOD_ABOVE:
        return Discrimination.VERY_GOOD
    return next((band for least, band in DISCRIMINATION if index >= least), Discrimination.NEGATIVE)


def reliability(consistency: Fraction) -> Reliability:
    if consistency > SATISFACTORY_ABOVE:
        return Reliability.SATISFACTORY
    return Reliability.UNSATISFACTORY if consistency < UNSATISFACTORY_BELOW else Reliability.FAIR


def functions(times: int, people: int) -> bool:
    """Whether a distractor that so many of these people chose does its work."""
    return times >= FUNCTIONING * people


# Items


@dataclass(frozen=True)
class ItemSums:
    """Sums of one item over the people who were asked it, in units and squares of units.

    All but `best` add up over groups of people; `best` of two groups adds up to the most within each of them.
    """

    n: int = 0
    #: The sums of m and m².
    marks: int = 0
    squares: int = 0
    #: The sums of M and M².
    totals: int = 0
    total_squares: int = 0
    #: The sum of m·M.
    products: int = 0
    #: The sum of m·r once both lists are sorted: the most that any pairing of these marks and rests gives.
    best: int = 0


def item_sums(pairs: Iterable[tuple[int, int]]) -> ItemSums:
    """The sums of an item from each person's (mark on it, whole score), both in units."""
    asked = list(pairs)
    marks, totals = [mark for mark, _ in asked], [total for _, total in asked]
    rests = sorted(total - mark for mark, total in asked)
    return ItemSums(
        n=len(asked),
        marks=sum(marks),
        squares=sum(mark * mark for mark in marks),
        totals=sum(totals),
        total_squares=sum(total * total for total in totals),
        products=sum(mark * total for mark, total in asked),
        best=sum(mark * rest for mark, rest in zip(sorted(marks), rests, strict=True)),
    )


@dataclass(frozen=True)
class Item:
    """A question as one sitting asked it: what people earned, and its full mark and the paper's, in units."""

    sums: ItemSums
    full: int
    paper: int

    @property
    def is_right_or_wrong(self) -> bool:
        """Whether everybody earned all or nothing: m² = full·m for each, and m² < full·m for any part of the mark."""
        return self.sums.squares == self.full * self.sums.marks


@dataclass(frozen=True)
class Scatter:
    """Sums of squares and products about the means, of an item's share m, the rest's share r and the paper's share M.

    Over several sittings it is pooled within them: each sitting's own means are taken away before anything is added,
    S_xy = Σ_s Σ_(i in s) (x_i - x̄_s)(y_i - ȳ_s), so that an easier paper or a stronger year makes no correlation. What
    is added is shares of full marks, for the same question may count 2 points of 20 here and 5 of 100 there. The
    degrees of freedom are Σ_s (n_s - 1).
    """

    freedom: int
    marks: Fraction
    rests: Fraction
    totals: Fraction
    with_rests: Fraction
    with_totals: Fraction
    #: with_rests, were marks and rests as well paired as they can be.
    best: Fraction

    def __add__(self, other: "Scatter") -> "Scatter":
        return Scatter(
            self.freedom + other.freedom,
            self.marks + other.marks,
            self.rests + other.rests,
            self.totals + other.totals,
            self.with_rests + other.with_rests,
            self.with_totals + other.with_totals,
            self.best + other.best,
        )


NO_SCATTER = Scatter(0, *[Fraction(0)] * 6)


def scatter(items: Iterable[Item]) -> Scatter:
    """One question's scatter over its sittings, pooled within; a sitting whose paper asks nothing else has no rest."""
    found = NO_SCATTER
    for item in items:
        if item.sums.n and item.full and item.paper > item.full:
            found += _scatter(item)
    return found


def _scatter(item: Item) -> Scatter:
    sums, full, paper = item.sums, item.full, item.paper
    rest, rests = paper - full, sums.totals - sums.marks
    rest_squares = sums.total_squares - 2 * sums.products + sums.squares

    def about_means(products: int, one: int, other: int, scale: int) -> Fraction:
        return Fraction(sums.n * products - one * other, sums.n * scale)

    return Scatter(
        freedom=sums.n - 1,
        marks=about_means(sums.squares, sums.marks, sums.marks, full * full),
        rests=about_means(rest_squares, rests, rests, rest * rest),
        totals=about_means(sums.total_squares, sums.totals, sums.totals, paper * paper),
        with_rests=about_means(sums.products - sums.squares, sums.marks, rests, full * rest),
        with_totals=about_means(sums.products, sums.marks, sums.totals, full * paper),
        best=about_means(sums.best, sums.marks, rests, full * rest),
    )


def people(items: Iterable[Item]) -> int:
    return sum(item.sums.n for item in items)


def facility(items: Sequence[Item]) -> Fraction | None:
    """The mean share of the mark earned over all who were asked, 1 being easiest; None while nobody was."""
    asked = [item for item in items if item.sums.n and item.full]
    earned = sum((Fraction(item.sums.marks, item.full) for item in asked), Fraction(0))
    return earned / people(asked) if asked else None


def deviation(found: Scatter) -> float | None:
    """The standard deviation of the share earned, within sittings: sqrt(S_mm / Σ(n - 1)); None for one person."""
    return sqrt(found.marks / found.freedom) if found.freedom else None


def discrimination_index(found: Scatter) -> float | None:
    """The correlation of an item with the rest of the paper, -1..1; None where either is the same for everybody."""
    return _correlation(found.with_rests, found.marks, found.rests)


def discriminative_efficiency(found: Scatter) -> Fraction | None:
    """How much of the discrimination that these marks could give at best the item gives, at most 1."""
    return found.with_rests / found.best if found.best else None


def point_biserial(items: Sequence[Item]) -> float | None:
    """The correlation of being right with the whole score; None where anybody earned a part of the mark.

    The uncorrected coefficient, item included, as the name is used in Lord & Novick, "Statistical theories of mental
    test scores" (1968), ch. 15, and in Crocker & Algina, "Introduction to classical and modern test theory" (1986),
    ch. 14; the corrected one, against the rest, is the discrimination index.
    """
    if not all(item.is_right_or_wrong for item in items):
        return None
    found = scatter(items)
    return _correlation(found.with_totals, found.marks, found.totals)


def _correlation(together: Fraction, one: Fraction, other: Fraction) -> float | None:
    if not one or not other:
        return None
    return copysign(sqrt(together * together / (one * other)), together)


def intended_weights(items: Sequence[Item]) -> tuple[Fraction | None, ...]:
    """Each item's share of the full marks of one paper."""
    full = sum(item.full for item in items)
    return tuple(Fraction(item.full, full) if full else None for item in items)


def effective_weights(items: Sequence[Item]) -> tuple[float | None, ...]:
    """Each item's share in how the scores of one paper differ: sqrt(cov(m, M)) over the sum of these roots.

    None where cov(m, M) is negative: who does well on the paper does badly on this item. Such items are left out of
    the sum, as Moodle does.
    """
    roots = [sqrt(c) if (c := _with_total(item)) is not None and c >= 0 else None for item in items]
    whole = sum(root for root in roots if root is not None)
    return tuple(root / whole if root is not None and whole else None for root in roots)


def _with_total(item: Item) -> Fraction | None:
    """cov(m, M) in squares of units."""
    sums = item.sums
    if sums.n < 2:
        return None
    return Fraction(sums.n * sums.products - sums.marks * sums.totals, sums.n * (sums.n - 1))


# Papers


@dataclass(frozen=True)
class ScoreFigures:
    """How the scores of a paper are spread, as shares of its full score."""

    n: int
    mean: Fraction
    median: Fraction
    #: None for one person.
    deviation: float | None
    #: From the k-statistics k2, k3, k4; None below three and four people, and where all scores are the same.
    skewness: float | None
    kurtosis: Fraction | None


def score_figures(scores: Distribution) -> ScoreFigures | None:
    """The figures of a paper from how many people have which score; None for nobody.

    Skewness is k3 / k2^(3/2), kurtosis k4 / k2² (nought for a normal distribution), where with the central moments m2,
    m3, m4 (dividing by n): k2 = n·m2 / (n-1), k3 = n²·m3 / ((n-1)(n-2)), k4 = n²·((n+1)·m4 - 3(n-1)·m2²) /
    ((n-1)(n-2)(n-3)).
    """
    by_share = _in_order(scores)
    n = sum(by_share.values())
    if not n:
        return None
    mean, k2, k3, k4 = _moments(by_share, n)
    return ScoreFigures(
        n=n,
        mean=mean,
        median=_median(by_share, n),
        deviation=None if k2 is None else sqrt(k2),
        skewness=copysign(sqrt(k3 * k3 / k2**3), k3) if k2 and k3 is not None else None,
        kurtosis=k4 / (k2 * k2) if k2 and k4 is not None else None,
    )


def mean_score(scores: Distribution) -> Fraction | None:
    """The mean share of the full score; None for nobody."""
    n, earned = 0, dict.fromkeys({full for _, full in scores if full}, 0)
    for (units, full), times in scores.items():
        if full:
            n, earned[full] = n + times, earned[full] + units * times
    return sum((Fraction(units, full) for full, units in earned.items()), Fraction(0)) / n if n else None


def _in_order(scores: Distribution) -> dict[Fraction, int]:
    """How many people have which share of the full score, lowest first; a paper without marks counts for nothing."""
    found: dict[Fraction, int] = {}
    for (units, full), times in scores.items():
        if full and times:
            share = Fraction(units, full)
            found[share] = found.get(share, 0) + times
    return dict(sorted(found.items()))


def _median(by_share: Mapping[Fraction, int], n: int) -> Fraction:
    shares, upto = list(by_share), list(accumulate(by_share.values()))

    def at(place: int) -> Fraction:
        return next(share for share, reached in zip(shares, upto, strict=True) if place < reached)

    return (at((n - 1) // 2) + at(n // 2)) / 2


def _moments(
    by_share: Mapping[Fraction, int], n: int
) -> tuple[Fraction, Fraction | None, Fraction | None, Fraction | None]:
    """The mean, k2, k3 and k4, those that so many people have."""
    # Whole numbers over one denominator: exact fractions are slow to add by the thousand.
    scale = lcm(*(share.denominator for share in by_share))
    whole = {share.numerator * (scale // share.denominator): times for share, times in by_share.items()}
    total = sum(score * times for score, times in whole.items())
    # n times each distance from the mean, whole again.
    far = {n * score - total: times for score, times in whole.items()}
    m2, m3, m4 = (
        Fraction(sum(distance**power * times for distance, times in far.items()), n * (n * scale) ** power)
        for power in (2, 3, 4)
    )
    k2 = n * m2 / (n - 1) if n > 1 else None
    k3 = n * n * m3 / ((n - 1) * (n - 2)) if n > 2 else None
    k4 = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2 * m2) / ((n - 1) * (n - 2) * (n - 3)) if n > 3 else None
    return Fraction(total, n * scale), k2, k3, k4


def internal_consistency(items: Sequence[Item]) -> Fraction | None:
    """Cronbach's alpha (信度), Moodle's coefficient of internal consistency: p/(p-1) · (1 - Σ var mᵢ / var M).

    At most 1, negative where items contradict each other. None for fewer than two items or people, where all scores
    are the same, and where the items were not all asked of the same people.
    """
    if len(items) < 2 or len({(i.sums.n, i.sums.totals, i.sums.total_squares) for i in items}) > 1:
        return None
    first = items[0].sums
    whole = first.n * first.total_squares - first.totals**2
    if first.n < 2 or not whole:
        return None
    parts = sum(item.sums.n * item.sums.squares - item.sums.marks**2 for item in items)
    return Fraction(len(items), len(items) - 1) * (1 - Fraction(parts, whole))


def between_items(consistency: Fraction, items: int) -> Fraction:
    """What two items of a paper have in common on average: their mean covariance over the mean variance of one.

    Alpha solved for it (Cronbach 1951): alpha grows with the number of items, this does not.
    """
    return consistency / (items - (items - 1) * consistency)


def error_ratio(consistency: Fraction) -> float:
    """The part of the standard deviation that is chance: sqrt(1 - alpha); above 1 where alpha is negative."""
    return sqrt(1 - consistency)


def standard_error(consistency: Fraction, deviation: float) -> float:
    """By how much a person's score, as a share of the full one, would differ by chance: error ratio · deviation."""
    return error_ratio(consistency) * deviation


def in_tens(scores: Distribution) -> tuple[int, ...]:
    """How many people scored in each ten percent, from the lowest; full marks are in the last."""
    found = [0] * 10
    for share, times in _in_order(scores).items():
        found[min(int(share * 10), 9)] += times
    return tuple(found)


# Doubtful keys


def is_suspect(items: Sequence[Item]) -> bool:
    """Whether a question's key is probably wrong: who knows the rest gets it wrong more often than who does not.

    So it is where enough people of one sitting say so, or of several sittings together.
    """
    return any(_speaks_against([item]) for item in items) or _speaks_against(items)


def _speaks_against(items: Sequence[Item]) -> bool:
    return people(items) >= ENOUGH and scatter(items).with_rests < 0
