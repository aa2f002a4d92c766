"""What speeches lend each other, and that nothing is lent which the borrowing speech says."""

from quizapp.core.drafting import draft_questions
from quizapp.core.lexicon import Lexicon
from quizapp.core.library import needs
from quizapp.core.library import offers
from quizapp.core.library import shapes_of
from quizapp.core.reading import read_speech

OURS = (
    "在作风会议上的讲话\n\n一、争做“四型”干部。\n一要争做钻研型干部。二要争做亲民型干部。三要争做节俭型干部。四要争做敏捷型干部。\n"
    "要抓好三项任务，即公文办理、会务保障、档案管理。\n"
)
THEIRS = (
    "在表彰会议上的讲话\n\n一、争做“四型”干部。\n"
    "一要争做果敢型干部。二要争做亲民型干部。三要争做沉稳型干部。四要争做热情型干部。\n"
)


def lent(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for shape, words in offers(read_speech(text)):
        found.setdefault(shape, []).append(words)
    return found


def outside(text: str, lent_words: dict[str, list[str]]) -> set[str]:
    """The wrong options that drafting without a lexicon gives."""
    drafting = draft_questions(read_speech(text), Lexicon(), lent=lent_words)
    choices = [draft.question for draft in drafting.drafts if draft.kind in ("SET_MC", "SET_NOT")]
    return {option.text for question in choices for option in question.options if "其他讲话" in option.proof}


def test_lists_of_one_ending_and_length_lend_to_each_other() -> None:
    assert set(needs(read_speech(OURS))) & set(lent(THEIRS))


def test_what_another_speech_lends_becomes_a_wrong_option() -> None:
    assert outside(OURS, lent(THEIRS)) & {"果敢型", "沉稳型", "热情型"}


def test_what_the_speech_says_itself_is_no_wrong_option() -> None:
    assert "亲民型" not in outside(OURS, lent(THEIRS))


def test_without_a_library_nothing_is_lent() -> None:
    assert outside(OURS, {}) == set()


def test_the_order_of_the_library_does_not_matter() -> None:
    there = lent(THEIRS)
    back = {shape: words[::-1] for shape, words in reversed(there.items())}

    assert draft_questions(read_speech(OURS), Lexicon(), lent=there) == draft_questions(
        read_speech(OURS), Lexicon(), lent=back
    )


def test_faults_and_open_lists_lend_nothing() -> None:
    open_list = "要抓好三项任务，即公文办理、会务保障、档案管理等。\n"
    faults = "当前还存在三个问题：一是标准不够高。二是节奏不够快。三是作风不够实。\n"
    points = [*read_speech(open_list).sets, *read_speech(faults).sets]

    assert points
    assert [shapes_of(point) for point in points] == [()] * len(points)
