"""Figures of a group of people: how many took part and how they scored, exact, and addable over groups and weeks."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from fractions import Fraction
from math import sqrt
from typing import TypeVar

#: Fewer scores than this make a mean that says more of the person than of the section: no ranking, a word of warning.
FEW = 3
#: A score of at least so many percent of the full score is excellent (优秀).
EXCELLENT_PERCENT = 90


@dataclass(frozen=True)
class Scores:
    """Final scores out of one full score: how many, their sum, and the sum of their squares, all in units."""

    people: int
    units: int
    squares: int

    def __add__(self, other: "Scores") -> "Scores":
        return Scores(self.people + other.people, self.units + other.units, self.squares + other.squares)


@dataclass(frozen=True)
class Figures:
    """How a group did in one sitting, or in several: then everybody counts once for each (人次).

    `dealt` people were dealt a paper, `started` opened it; `scores` holds the final ones by their full score in units.
    `passed` and `excellent` count scores at or above these marks. `waiting` more have handed in, but answers of theirs
    wait for a person's mark: they have no score yet. `excused` are on leave by what attendance knows, and did not take
    it; `made_up` did so later, in time, on a paper that counts nowhere here.
    """

    dealt: int = 0
    started: int = 0
    passed: int = 0
    excellent: int = 0
    waiting: int = 0
    excused: int = 0
    made_up: int = 0
    scores: Mapping[int, Scores] = field(default_factory=dict)

    def __add__(self, other: "Figures") -> "Figures":
        scores = dict(self.scores)
        for full, more in other.scores.items():
            scores[full] = scores[full] + more if full in scores else more
        return Figures(
            dealt=self.dealt + other.dealt,
            started=self.started + other.started,
            passed=self.passed + other.passed,
            excellent=self.excellent + other.excellent,
            waiting=self.waiting + other.waiting,
            excused=self.excused + other.excused,
            made_up=self.made_up + other.made_up,
            scores=scores,
        )

    @property
    def expected(self) -> int:
        """Who was dealt a paper and is not excused."""
        return self.dealt - self.excused

    @property
    def closed(self) -> int:
        """How many have a final score."""
        return sum(scores.people for scores in self.scores.values())

    @property
    def few(self) -> bool:
        return 0 < self.closed < FEW

    @property
    def mean(self) -> Fraction | None:
        """The mean share of the full score, 0..1; every score weighs the same. None while there is no score."""
        return sum(self._shares(), Fraction(0)) / self.closed if self.closed else None

    @property
    def spread(self) -> float | None:
        """The standard deviation of the shares, of a sample (n − 1); None below two scores."""
        n = self.closed
        if n < 2:
            return None
        squares = sum((Fraction(s.squares, full * full) for full, s in self.scores.items()), Fraction(0))
        total = sum(self._shares(), Fraction(0))
        return sqrt((squares - total * total / n) / (n - 1))

    def _shares(self) -> Iterable[Fraction]:
        return (Fraction(scores.units, full) for full, scores in self.scores.items())

    @property
    def participation(self) -> Fraction | None:
        return Fraction(self.started, self.expected) if self.expected else None

    @property
    def pass_rate(self) -> Fraction | None:
        return Fraction(self.passed, self.closed) if self.closed else None

    @property
    def excellent_rate(self) -> Fraction | None:
        return Fraction(self.excellent, self.closed) if self.closed else None


NOBODY = Figures()


def together(figures: Iterable[Figures]) -> Figures:
    """The figures of several groups, or of one in several sittings, as those of one."""
    return sum(figures, NOBODY)


Line = TypeVar("Line")


def places(lines: Sequence[Line], figures_of: Callable[[Line], Figures]) -> list[int | None]:
    """The place of each line by its mean, 1 being the highest; None for groups of fewer than three scores.

    Equal means share a place, and the next one counts on from there (1, 2, 2, 4), as in sports.
    """
    means = [None if (f := figures_of(line)).closed < FEW else f.mean for line in lines]
    ranked = [mean for mean in means if mean is not None]
    return [None if mean is None else 1 + sum(other > mean for other in ranked) for mean in means]
