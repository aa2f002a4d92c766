"""Solvers that have never read the speech: how far a choice can be answered from its form alone.

Testwiseness cues after Millman, Bishop and Ebel (1965): the longest option, the one most like the stem, the odd one
out, the one most like the others. A sound set of questions gives none of them more than chance.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from fractions import Fraction

from quizapp.core.lexicon import bare
from quizapp.core.lexicon import char_overlap
from quizapp.core.question import Question
from quizapp.core.question import TypeName

CHOICES = (TypeName.SINGLE_CHOICE, TypeName.MULTIPLE_CHOICE)


def by_length(question: Question) -> list[float]:
    return [float(len(bare(option.text))) for option in question.options]


def by_stem(question: Question) -> list[float]:
    """The share of an option's bigrams that the stem has."""
    told = bigrams(question.stem)
    return [len(own & told) / len(own) if (own := bigrams(option.text)) else 0.0 for option in question.options]


def by_likeness(question: Question) -> list[float]:
    """How like the other options an option is, on average."""
    texts = [option.text for option in question.options]
    return [mean_overlap(text, [*texts[:at], *texts[at + 1 :]]) for at, text in enumerate(texts)]


def by_oddness(question: Question) -> list[float]:
    return [-likeness for likeness in by_likeness(question)]


#: By the name a report prints: each scores the options of a question; what it scores highest it takes for right.
SOLVERS: Mapping[str, Callable[[Question], list[float]]] = {
    "longest option": by_length,
    "overlap with the stem": by_stem,
    "odd one out": by_oddness,
    "most like the others": by_likeness,
}


def bigrams(text: str) -> frozenset[str]:
    plain = bare(text)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def mean_overlap(text: str, others: Sequence[str]) -> float:
    return sum(char_overlap(text, other) for other in others) / len(others) if others else 0.0


def expected(question: Question, solver: Callable[[Question], list[float]]) -> tuple[Fraction, Fraction]:
    """The share of right options among those the solver takes, and among all: what it earns, and what chance earns.

    It takes as many options as are right; ties are shared out evenly.
    """
    scores, count = solver(question), len(question.key)
    chance = Fraction(count, len(question.options))
    line = sorted(scores, reverse=True)[count - 1]
    sure = [option for option, score in zip(question.options, scores, strict=True) if score > line]
    tied = [option for option, score in zip(question.options, scores, strict=True) if score == line]
    right = sum(option.id in question.key for option in sure)
    shared = Fraction(sum(option.id in question.key for option in tied) * (count - len(sure)), len(tied))
    return (right + shared) / count, chance


def guesses(question: Question) -> bool:
    """Whether the stem alone gives the key of a single choice away to one who looks for shared words."""
    if question.type is not TypeName.SINGLE_CHOICE:
        return False
    scores = by_stem(question)
    best = max(scores)
    taken = [option.id for option, score in zip(question.options, scores, strict=True) if score == best]
    return best > 0 and taken == list(question.key)
