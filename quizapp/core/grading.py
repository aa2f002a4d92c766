"""From a response to a mark. Fractions are exact, and so are the units that the database adds up."""

from fractions import Fraction

from quizapp.core.question import UNITS
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.types import TYPES


def grade(question: Question, response: Response | None, rule: MultipleRule) -> Fraction:
    """The share of the mark earned; nothing for a question that was never answered."""
    return Fraction(0) if response is None else TYPES[question.type].fraction(question, response, rule)


def units(fraction: Fraction, full_mark: int) -> int:
    """The mark in whole units of 1/UNITS, exactly. Raises ValueError where that would need rounding."""
    if not 0 <= fraction <= 1 or full_mark < 0:
        raise ValueError(f"no mark: {fraction} of {full_mark}")
    exact = fraction * full_mark * UNITS
    if exact.denominator != 1:
        raise ValueError(f"{fraction} of {full_mark} is no whole number of units of 1/{UNITS}")
    return exact.numerator
