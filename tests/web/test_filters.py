"""How numbers are rounded for people: never upwards past a line they did not reach."""

from fractions import Fraction

import pytest

from quizapp.core.question import UNITS
from quizapp.web.filters import percent
from quizapp.web.filters import points

SHARES = {"a half": (Fraction(1, 2), "50%"), "just short": (Fraction(5999, 10000), "59%"), "nothing known": (None, "—")}


@pytest.mark.parametrize(("share", "shown"), SHARES.values(), ids=SHARES)
def test_a_share_is_rounded_down(share: Fraction | None, shown: str) -> None:
    assert percent(share) == shown


MARKS = {"whole": (60 * UNITS, "60"), "just short": (60 * UNITS - 1, "59.9"), "a third": (UNITS // 3, "0.3")}


@pytest.mark.parametrize(("units", "shown"), MARKS.values(), ids=MARKS)
def test_points_are_rounded_down_to_a_tenth(units: int, shown: str) -> None:
    assert points(units) == shown
