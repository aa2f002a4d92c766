"""The facts of one month, for tests of what a bulletin says and how its file looks."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from quizapp.core.bulletin import BulletinFacts
from quizapp.core.bulletin import Group
from quizapp.core.bulletin import Held
from quizapp.core.bulletin import Point
from quizapp.core.bulletin import SectionLine
from quizapp.core.periods import PeriodKind
from quizapp.core.periods import period_with
from quizapp.core.reports import Figures
from quizapp.core.reports import Scores

FULL = 100
NOVEMBER = period_with(PeriodKind.MONTH, date(2026, 11, 20))


def group(
    expected: int, shares: Mapping[int, int], *, excused: int = 0, made_up: int = 0, sittings: int = 1, waiting: int = 0
) -> Group:
    """So many expected; scores as {percent: times}, spread evenly over some sittings."""
    people, units = sum(shares.values()), sum(share * times for share, times in shares.items())
    figures = Figures(
        dealt=expected + excused,
        started=people + waiting,
        passed=sum(times for share, times in shares.items() if share >= 60),
        excellent=sum(times for share, times in shares.items() if share >= 90),
        waiting=waiting,
        excused=excused,
        made_up=made_up,
        scores={FULL: Scores(people, units, 0)} if people else {},
    )
    return Group(figures, expected // sittings, people // sittings)


POINT = Point("“五型”干部", "全市办公室工作会议讲话", "要争做“五型”干部，做到勤奋、务实、创新。", 40, Fraction(45, 100))
SLOGAN = Point("文不过夜，事不隔天", "全市办公室工作会议讲话", "", 40, Fraction(2, 3))
USUAL = BulletinFacts(
    scope="市政府办公室",
    period=NOVEMBER,
    as_of=date(2026, 12, 1),
    held=(Held(date(2026, 11, 6), "“五型”干部学测"), Held(date(2026, 11, 20), "办文办会")),
    sections=(
        SectionLine(1, "秘书科", group(20, {95: 8, 80: 10}, excused=2, made_up=1, sittings=2)),
        SectionLine(2, "督查室", group(10, {90: 4, 50: 4}, sittings=2, waiting=1)),
        SectionLine(3, "财务科", group(4, {40: 2}, sittings=2)),
    ),
    last=group(30, {85: 27, 30: 3}, sittings=2),
    points=(POINT, SLOGAN),
    missed=5,
    missed_made_up=1,
    due=date(2026, 12, 7),
)
