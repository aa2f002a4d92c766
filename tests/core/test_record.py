"""How key points are called by their share, and when the mean of everybody may be told."""

from fractions import Fraction

import pytest

from quizapp.core.record import Grasp
from quizapp.core.record import grasp
from quizapp.core.record import others_can_be_told

SHARES = {
    "the whole": (Fraction(1), Grasp.GRASPED),
    "just grasped": (Fraction(4, 5), Grasp.GRASPED),
    "a little less": (Fraction(799, 1000), Grasp.PARTLY),
    "just not weak": (Fraction(3, 5), Grasp.PARTLY),
    "weak": (Fraction(599, 1000), Grasp.WEAK),
    "nothing": (Fraction(0), Grasp.WEAK),
}


@pytest.mark.parametrize(("share", "word"), SHARES.values(), ids=SHARES)
def test_a_key_point_is_grasped_by_its_share(share: Fraction, word: Grasp) -> None:
    assert grasp(share) is word


CASES = {
    "a few in all": (2, 2, False),
    "one section is the office": (3, 3, True),
    "one other would be told": (4, 3, False),
    "two others would be told": (5, 3, False),
    "three others": (6, 3, True),
    "a small section in a large office": (100, 1, True),
    "nobody of the section": (3, 0, True),
}


@pytest.mark.parametrize(("everybody", "group", "told"), CASES.values(), ids=CASES)
def test_the_mean_of_everybody_tells_of_no_one_or_two_others(everybody: int, group: int, told: bool) -> None:
    assert others_can_be_told(everybody, group, 3) is told
