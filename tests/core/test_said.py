"""Words looked up in a text, against looking at the text itself."""

from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.said import Said

TEXT = "办文要快，办会要实。“办事”要准。\n督查要严，办会要细。"
SENTENCES = [(0, 10), (10, 17), (18, 28)]


def test_a_wording_is_said_whatever_its_marks() -> None:
    said = Said(TEXT, SENTENCES)

    assert said.has("办事要准")
    assert said.has("办文要快、办会要实")
    assert not said.has("办事要快")


def test_words_stand_together_only_in_one_sentence() -> None:
    said = Said(TEXT, SENTENCES)

    assert said.together(frozenset({"办文", "办会"}))
    assert not said.together(frozenset({"办文", "督查"}))
    assert not said.together(frozenset({"办文", "没有"}))
    assert not said.together(frozenset())


def test_a_part_of_the_text_is_looked_at_alone() -> None:
    said = Said(TEXT, SENTENCES)

    assert said.together_between(frozenset({"督查", "办会"}), 18, 28)
    assert not said.together_between(frozenset({"督查", "办会"}), 0, 17)


@given(st.text("办会文 ，。“", max_size=40), st.text("办会文", min_size=1, max_size=3))
def test_places_are_all_places(text: str, word: str) -> None:
    assert Said(text, []).places(word) == tuple(at for at in range(len(text)) if text.startswith(word, at))
