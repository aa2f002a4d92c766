"""The best so many drafts: what must be among them, what may not crowd them, and why each is there."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.drafting import draft_questions
from quizapp.core.drafts import Draft
from quizapp.core.drafts import Drafting
from quizapp.core.kinds import KINDS
from quizapp.core.question import TypeName
from quizapp.core.reading import read_speech
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.formats.lexicon import load_lexicon

SPEECHES = Path(__file__).parents[2].parent / "shared" / "speeches"
DEMO = Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt"


@cache
def demo() -> Reading:
    return read_speech(DEMO.read_text("utf-8"))


def drafted(number: int | None = None) -> Drafting:
    return draft_questions(demo(), load_lexicon(), "讲话", number)


def top(draft: Draft, reading: Reading) -> int | None:
    """The heading of the top level over a draft."""
    heading = draft.heading if draft.key_point is None else reading.points[draft.key_point].heading
    while heading is not None and (parent := reading.outline[heading].parent) is not None:
        heading = parent
    return heading


def test_as_many_come_as_were_asked_for() -> None:
    everything = len(drafted().drafts)

    assert everything > 12
    assert len(drafted(12).drafts) == 12
    assert len(drafted(10_000).drafts) == everything


def test_the_best_are_among_all() -> None:
    assert {draft.fingerprint for draft in drafted(12).drafts} <= {draft.fingerprint for draft in drafted().drafts}


def test_every_draft_says_why_it_is_there() -> None:
    for draft in drafted(12).drafts:
        assert draft.reasons
        assert "须有" in draft.reasons[0] or draft.reasons[0] == "按价值入选"


def test_every_named_list_that_can_be_asked_is_asked_objectively_and_by_recall() -> None:
    def asked(drafting: Drafting) -> set[tuple[int, bool]]:
        named = [draft for draft in drafting.drafts if is_named(draft)]
        return {(draft.key_point or 0, KINDS[draft.kind].recall) for draft in named}

    whole = asked(drafted())

    assert whole
    assert asked(drafted(2 * len(whole) + 2 * len(demo().outline))) == whole


def is_named(draft: Draft) -> bool:
    return draft.key_point is not None and demo().points[draft.key_point].kind is PointKind.NAMED


@pytest.mark.parametrize("number", [10, 20])
def test_no_top_heading_takes_more_than_its_share(number: int) -> None:
    if not SPEECHES.exists():
        pytest.skip("the speeches are not here")
    for path in sorted(SPEECHES.glob("*.txt")):
        reading = read_speech(path.read_text("utf-8"))
        everything, chosen = (draft_questions(reading, load_lexicon(), "讲话", n).drafts for n in (None, number))
        if len(chosen) == len(everything) or len({top(draft, reading) for draft in everything}) < 3:
            continue
        crowd = Counter(heading for draft in chosen if (heading := top(draft, reading)) is not None)
        assert max(crowd.values()) <= -(-len(chosen) * 2 // 5)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60))
def test_true_and_false_are_even_and_negative_stems_few(number: int) -> None:
    questions = [draft.question for draft in drafted(number).drafts]
    judged = Counter("T" in each.key for each in questions if each.type is TypeName.TRUE_FALSE)

    assert abs(judged[True] - judged[False]) <= 1
    assert sum("不属于" in each.stem for each in questions) <= len(questions) * 0.1


def test_nothing_is_asked_twice_in_the_same_words() -> None:
    stems = Counter((draft.question.stem, draft.question.options) for draft in drafted().drafts)

    assert max(stems.values()) == 1
