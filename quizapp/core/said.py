"""Where a speech says what: words looked up in its text, each looked for once."""

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from quizapp.core.lexicon import bare


class Said:
    """The text of one speech, to be asked for words; `sentences` are half-open (start, end), in order."""

    def __init__(self, text: str, sentences: Iterable[tuple[int, int]]):
        self.text = text
        self._ends = [end for _, end in sentences]
        self._has: dict[str, bool] = {}
        self._places: dict[str, tuple[int, ...]] = {}
        self._together: dict[frozenset[str], bool] = {}

    @cached_property
    def bare(self) -> str:
        return bare(self.text)

    def has(self, wording: str) -> bool:
        """Whether the speech says a wording, marks and spaces aside."""
        plain = bare(wording)
        if plain not in self._has:
            self._has[plain] = plain in self.bare
        return self._has[plain]

    def places(self, word: str) -> tuple[int, ...]:
        """Every offset at which a word begins."""
        if word not in self._places:
            self._places[word] = tuple(self._found(word))
        return self._places[word]

    def _found(self, word: str) -> Iterable[int]:
        at = self.text.find(word) if word else -1
        while at >= 0:
            yield at
            at = self.text.find(word, at + 1)

    def together(self, words: frozenset[str]) -> bool:
        """Whether any sentence has all of the words."""
        if words not in self._together:
            self._together[words] = self.together_between(words, 0, len(self.text))
        return self._together[words]

    def together_between(self, words: frozenset[str], start: int, end: int) -> bool:
        """Whether any sentence of a part of the text, [start, end), has all of the words."""
        held = [{self.sentence_of(at) for at in self.places(word) if start <= at < end} for word in sorted(words)]
        return bool(held) and bool(set.intersection(*held))

    def sentence_of(self, place: int) -> int:
        """The number of the sentence that a place lies in, or behind."""
        return bisect_right(self._ends, place)
