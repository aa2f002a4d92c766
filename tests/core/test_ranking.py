"""What a draft is worth and how hard it is: what raises it, what lowers it, and that the reasons say so."""

from dataclasses import replace

from quizapp.core.kinds import KINDS
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import Lexicon
from quizapp.core.question import Option
from quizapp.core.ranking import Cues
from quizapp.core.ranking import difficulty
from quizapp.core.ranking import likeness
from quizapp.core.ranking import scored
from quizapp.core.ranking import worth_of
from quizapp.core.speech import PointKind
from tests.core.hand_readings import STYLE
from tests.core.hand_readings import style_reading
from tests.core.hand_readings import style_set

MATERIAL = Material(style_reading(), Lexicon())
PLAIN = Cues(is_guessed=False, is_known=False)


def first(kind: str, material: Material = MATERIAL) -> Candidate:
    return next(iter(KINDS[kind].candidates(material, 0)))


def worth(candidate: Candidate, material: Material = MATERIAL, cues: Cues = PLAIN) -> float:
    return sum(value for _, value in worth_of(candidate, material, cues))


def test_a_named_list_is_worth_more_than_one_that_is_only_counted() -> None:
    counted = Material(style_reading(style_set(kind=PointKind.COUNTED)), Lexicon())

    assert worth(first("PAIR_SC")) > worth(first("PAIR_SC", counted), counted)


def test_a_long_stem_costs() -> None:
    candidate = first("PAIR_SC")
    long = replace(candidate, question=replace(candidate.question, stem=candidate.question.stem + "很" * 60))

    assert worth(long) < worth(candidate)


def test_what_can_be_guessed_or_is_known_to_all_is_worth_less_and_easier() -> None:
    candidate = first("PAIR_SC")
    for cues in (Cues(is_guessed=True, is_known=False), Cues(is_guessed=False, is_known=True)):
        assert worth(candidate, cues=cues) < worth(candidate)
        assert difficulty(candidate, MATERIAL, cues) == difficulty(candidate, MATERIAL, PLAIN) - 1


def test_a_word_that_the_speech_says_again_and_again_is_known() -> None:
    often = Material(style_reading(), Lexicon())
    candidate = first("PAIR_SC", often)
    (right,) = candidate.right
    loud = replace(often, reading=replace(often.reading, clean=replace(often.reading.clean, text=STYLE + right * 3)))

    assert any("反复" in reason for reason in scored(candidate, loud).reasons)
    assert not any("反复" in reason for reason in scored(candidate, often).reasons)


def test_options_that_are_alike_make_a_question_harder() -> None:
    candidate = first("PAIR_SC")
    alike = tuple(Option(letter, f"抓好{text}工作") for letter, text in zip("ABC", "文会事", strict=True))
    hard = replace(candidate, question=replace(candidate.question, options=alike, key=frozenset("A")))

    assert likeness(hard.question) > likeness(candidate.question)
    assert difficulty(hard, MATERIAL, PLAIN) == difficulty(candidate, MATERIAL, PLAIN) + 1


def test_the_reasons_add_up_to_the_worth() -> None:
    for kind in ("PAIR_SC", "PAIR_TF", "SET_CLOZE"):
        found = scored(first(kind), MATERIAL)
        told = sum(float(reason.rsplit(" ", 1)[1]) for reason in found.reasons)
        assert abs(told - found.worth) < 0.05 * len(found.reasons)
        assert 1 <= found.difficulty <= 5
