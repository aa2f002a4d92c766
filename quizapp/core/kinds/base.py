"""What the kinds of drafted question have in common: the material they work from, and the candidate they make."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import Protocol

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.drafts import Kind
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import bare
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import Source
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.core.speech import Span
from quizapp.core.stems import heading_path
from quizapp.core.stems import subject

LETTERS = "ABCDEFGHIJ"
#: What a question can be answered with: option ids, or the accepted wordings of each blank.
Answer = frozenset[str] | tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Material:
    """All that drafting works from: the reading of one speech, the lexicon, the speech's title if it has one."""

    reading: Reading
    lexicon: Lexicon
    title: str | None = None

    @cached_property
    def text(self) -> str:
        return self.reading.clean.text

    @cached_property
    def bare_text(self) -> str:
        return bare(self.text)

    @cached_property
    def subjects(self) -> tuple[str | None, ...]:
        """What stems call each set, in the order of the sets."""
        return tuple(subject(self.reading, index) for index in range(len(self.reading.sets)))

    @cached_property
    def _digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    def point(self, index: int) -> KeyPoint:
        return self.reading.sets[index]

    def identity(self, index: int) -> str:
        """What tells a key point from every other of the speech, wherever it stands in the list."""
        point = self.point(index)
        return f"{point.name or ''}|{point.span.of(self.text)}"

    def rng(self, kind: Kind, index: int, *more: str) -> Random:
        """Chance that is the same for the same speech, kind and key point, on every machine."""
        seed = "|".join((self._digest, kind.value, self.identity(index), *more))
        return Random(int(sha256(seed.encode()).hexdigest(), 16))

    def source(self, index: int, span: Span) -> Source:
        path = " › ".join(heading_path(self.reading, self.point(index).heading))
        return Source(self.title or "", path, span.of(self.text), span.start, span.end)


@dataclass(frozen=True)
class Candidate:
    """A question before the gates.

    `evidence` are the sentences it stands on. `asked` is the true thing it asks for, in words: the statement with the
    right value in it, or the items. `origins` says of every wrong option where it came from.
    """

    kind: Kind
    key_point: int
    question: Question
    evidence: tuple[Span, ...]
    asked: str
    origins: tuple[tuple[str, Origin], ...] = ()

    @property
    def right(self) -> tuple[str, ...]:
        return tuple(option.text for option in self.question.options if option.id in self.question.key)

    @property
    def wrong(self) -> tuple[str, ...]:
        return tuple(option.text for option in self.question.options if option.id not in self.question.key)


class DraftingKind(Protocol):
    """One kind of drafted question: when it can be asked, how, and how its key is found again."""

    kind: Kind
    #: At most this many questions of the kind about one set and `aspect`.
    limit: int

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        """What could be asked about one set, the most wanted first."""

    def aspect(self, candidate: Candidate) -> str:
        """Candidates of one aspect compete for the `limit`."""

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        """The key, derived from the stem and the speech alone; None when they give no single one."""


def mixed_options(
    right: Sequence[tuple[str, str]], wrong: Sequence[Wrong], rng: Random
) -> tuple[tuple[Option, ...], frozenset[str], tuple[tuple[str, Origin], ...]]:
    """Options in a chance order with their letters; the letters of the right ones; where the wrong ones came from.

    `right` are (text, proof).
    """
    told = [(text, proof, None) for text, proof in right] + [(each.text, each.proof, each.origin) for each in wrong]
    rng.shuffle(told)
    lettered = list(zip(LETTERS, told, strict=False))
    options = tuple(Option(letter, text, proof) for letter, (text, proof, _) in lettered)
    key = frozenset(letter for letter, (_, _, origin) in lettered if origin is None)
    return options, key, tuple((letter, origin) for letter, (_, _, origin) in lettered if origin is not None)
