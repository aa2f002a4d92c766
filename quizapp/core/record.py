"""What a person's own record says of their learning: how well key points are grasped, and recognised hours."""

from enum import StrEnum
from fractions import Fraction

#: From this share of the marks on a key point it counts as grasped, below the other as weak.
GRASPED_FROM = Fraction(80, 100)
WEAK_BELOW = Fraction(60, 100)


class Grasp(StrEnum):
    """How well somebody has a key point, by their share of the marks on it."""

    GRASPED = "grasped"
    PARTLY = "partly"
    WEAK = "weak"


def grasp(share: Fraction) -> Grasp:
    """How well a key point is grasped of whose marks this share (0..1) was earned."""
    if share >= GRASPED_FROM:
        return Grasp.GRASPED
    return Grasp.WEAK if share < WEAK_BELOW else Grasp.PARTLY


def others_can_be_told(everybody: int, group: int, few: int) -> bool:
    """Whether the mean of everybody may stand beside that of a group without telling of those outside the group.

    Two means and their n give the mean of the rest away: of one or two people, that is nearly their scores.
    """
    return everybody >= few and (everybody == group or everybody - group >= few)
