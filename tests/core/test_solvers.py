"""Solvers that never read the speech: what they take, and that real drafts give them no more than chance."""

from collections import defaultdict
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from quizapp.core.drafting import draft_questions
from quizapp.core.drafts import Draft
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.reading import read_speech
from quizapp.core.solvers import CHOICES
from quizapp.core.solvers import SOLVERS
from quizapp.core.solvers import expected
from quizapp.core.solvers import guesses
from quizapp.formats.lexicon import load_lexicon

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT.parent / "shared" / "speeches", ROOT / "tests" / "speeches")
#: A solver may do better than chance by so much, and by what chance itself allows a kind of so few questions.
ROOM = 0.05


def choice(*texts: str, key: str, stem: str = "讲话要求戒（　）。") -> Question:
    options = tuple(Option(letter, text) for letter, text in zip("ABCDE", texts, strict=False))
    type_name = TypeName.SINGLE_CHOICE if len(key) == 1 else TypeName.MULTIPLE_CHOICE
    return Question(type_name, stem, options, frozenset(key))


def test_the_longest_option_is_taken_for_right() -> None:
    assert expected(choice("懒", "十分骄傲", "虚", key="B"), SOLVERS["longest option"]) == (1, Fraction(1, 3))
    assert expected(choice("懒", "十分骄傲", "虚", key="A"), SOLVERS["longest option"])[0] == 0


def test_ties_are_shared_out() -> None:
    assert expected(choice("懒", "骄", "虚", "躁", key="A"), SOLVERS["longest option"]) == (
        Fraction(1, 4),
        Fraction(1, 4),
    )


def test_of_several_right_options_the_share_counts() -> None:
    question = choice("抓好落实", "懒", "改进作风", "虚", key="AB")

    assert expected(question, SOLVERS["longest option"]) == (Fraction(1, 2), Fraction(1, 2))


def test_the_odd_one_and_the_one_like_the_others_are_opposites() -> None:
    question = choice("勤奋型", "务实型", "清廉", key="C")

    assert expected(question, SOLVERS["odd one out"])[0] == 1
    assert expected(question, SOLVERS["most like the others"])[0] == 0


def test_a_stem_that_says_a_word_of_the_key_alone_gives_it_away() -> None:
    assert guesses(choice("督查工作", "会务保障", key="A", stem="讲话指出，抓好督查要靠（　）。"))
    assert not guesses(choice("督查工作", "会务保障", key="B", stem="讲话指出，抓好督查要靠（　）。"))
    assert not guesses(choice("督查工作", "会务保障", key="A", stem="讲话指出，要靠（　）。"))


@cache
def real() -> tuple[Draft, ...]:
    paths = [path for folder in FOLDERS for path in sorted(folder.glob("*.txt"))]
    readings = [read_speech(path.read_text("utf-8")) for path in paths]
    return tuple(draft for reading in readings for draft in draft_questions(reading, load_lexicon()).drafts)


@pytest.mark.parametrize("solver", SOLVERS)
def test_real_drafts_give_a_solver_no_more_than_chance(solver: str) -> None:
    """Prints what each solver earns by kind; of a kind with few drafts one lucky guess is no proof of a leak."""
    if not FOLDERS[0].exists():
        pytest.skip("the speeches are not here")
    by_kind: dict[str, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for draft in real():
        if draft.question.type in CHOICES:
            by_kind[draft.kind].append(expected(draft.question, SOLVERS[solver]))
    assert by_kind
    for kind, found in sorted(by_kind.items()):
        earned, chance = (float(sum(column) / len(found)) for column in zip(*found, strict=True))
        print(f"{solver:<24}{kind:<12}{len(found):>4} {earned:.2f} (chance {chance:.2f})")
        assert earned <= chance + ROOM + lucky(chance, len(found))


def lucky(chance: float, number: int) -> float:
    """One standard error of the share that blind guessing earns of so many questions."""
    return float((chance * (1 - chance) / number) ** 0.5)
