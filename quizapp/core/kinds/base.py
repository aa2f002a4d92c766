"""What the kinds of drafted question have in common: the material they work from, and the candidate they make."""

import re
from abc import ABC
from abc import abstractmethod
from bisect import bisect_left
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from random import Random

import rjieba

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.distractors import outsiders
from quizapp.core.drafts import Bloom
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import bare
from quizapp.core.library import Lent
from quizapp.core.library import shapes_of
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Span
from quizapp.core.stems import heading_path
from quizapp.core.stems import subject

LETTERS = "ABCDEFGHIJ"
#: What answers a question: option ids (choice); accepted wordings of each blank (text); left texts with the id of their
#: option (match); option ids in order (order); the points in words (essay).
Answer = frozenset[str] | tuple[tuple[str, ...], ...] | tuple[tuple[str, str], ...] | tuple[str, ...]


#: Every name of a list begins with it.
SPEECH = re.compile("讲话")
#: What parts the pieces that are segmented into words, each on its own.
CLAUSE_MARKS = re.compile("[。，；：、“”‘’！？\n]")


@dataclass(frozen=True)
class Words:
    """The words of one clause and the offsets they start at."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True)
class Stretches:
    """Pieces of the text that do not overlap, in order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> "Stretches":
        ordered = sorted(spans, key=lambda span: span.start)
        return cls(tuple(span.start for span in ordered), tuple(span.end for span in ordered))

    def touch(self, span: Span) -> bool:
        """Whether a span shares a character with any of the pieces."""
        at = bisect_left(self.starts, span.end) - 1
        return at >= 0 and self.ends[at] > span.start


@dataclass(frozen=True, eq=False)
class Material:
    """All that drafting works from: the reading of one speech, the lexicon, the speech's title if it has one, and what
    other speeches lend."""

    reading: Reading
    lexicon: Lexicon
    title: str | None = None
    #: Words that other speeches lend as wrong options.
    lent: Lent = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        return self.reading.clean.text

    @cached_property
    def bare_text(self) -> str:
        return self.reading.said.bare

    @cached_property
    def bare_lines(self) -> str:
        """The sentences without marks and spaces, one a line."""
        return "\n".join(bare(span.of(self.text)) for span in self.reading.clean.sentences)

    @cached_property
    def subjects(self) -> tuple[str | None, ...]:
        """What stems call each list, in the order of the points; None for what is no list or has no clear name."""
        return tuple(subject(self.reading, index) for index in range(len(self.reading.points)))

    @cached_property
    def _subjects_by_phrase(self) -> Mapping[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for index, phrase in enumerate(self.subjects):
            if phrase:
                found[phrase].append(index)
        return found

    def named_in(self, stem: str) -> list[int]:
        """The lists that a stem names; where one name is part of another, those of the longest."""
        starts = [found.start() for found in SPEECH.finditer(stem)]
        lengths = sorted({len(phrase) for phrase in self._subjects_by_phrase}, reverse=True)
        told = (stem[at : at + length] for length in lengths for at in starts)
        return next((self._subjects_by_phrase[phrase] for phrase in told if phrase in self._subjects_by_phrase), [])

    @cached_property
    def _digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def masks(self) -> Stretches:
        return Stretches.of(self.reading.clean.masks)

    @cached_property
    def broken(self) -> Stretches:
        """The sentences that are cut off, or whose quotation marks do not close."""
        clean = self.reading.clean
        return Stretches.of(clean.sentences[number] for number in clean.broken_sentences)

    @cached_property
    def heading_starts(self) -> frozenset[int]:
        """Where the headings' own texts begin, right after their ordinals."""
        nodes = self.reading.outline
        return frozenset(self.text.find(node.text, node.span.start, node.span.end) for node in nodes)

    @cached_property
    def _clause_marks(self) -> list[int]:
        return [found.start() for found in CLAUSE_MARKS.finditer(self.text)]

    @cached_property
    def _words(self) -> dict[tuple[int, int], Words]:
        return {}

    def words_between(self, span: Span) -> Words:
        """The words of the clauses that a span lies in, segmented as one piece."""
        before, after = bisect_left(self._clause_marks, span.start), bisect_left(self._clause_marks, span.end)
        start = self._clause_marks[before - 1] + 1 if before else 0
        end = self._clause_marks[after] if after < len(self._clause_marks) else len(self.text)
        if (start, end) not in self._words:
            texts = tuple(rjieba.cut(self.text[start:end])) or ("",)
            self._words[start, end] = Words(texts, tuple(accumulate(map(len, texts[:-1]), initial=start)))
        return self._words[start, end]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [span.start for span in self.reading.clean.sentences]

    def point(self, index: int) -> KeyPoint:
        return self.reading.points[index]

    def outsiders(self, index: int) -> Sequence[Wrong]:
        """What provably is not in a set and looks as if it were, the nearest first; found once for all kinds."""
        if index not in self._outsiders:
            rng = self.rng("outsiders", self.identity(index))
            self._outsiders[index] = tuple(outsiders(self.reading, self.lexicon, index, rng, self.lent_to(index)))
        return self._outsiders[index]

    @cached_property
    def _outsiders(self) -> dict[int, Sequence[Wrong]]:
        return {}

    def lent_to(self, index: int) -> list[str]:
        """What other speeches lend a list, in an order that does not depend on theirs."""
        return sorted({text for shape in shapes_of(self.point(index)) for text in self.lent.get(shape, ())})

    def points_of(self, kinds: Iterable[PointKind]) -> list[int]:
        """The indexes of the key points of these kinds, in the order of the text."""
        wanted = frozenset(kinds)
        return [i for i, point in enumerate(self.reading.points) if point.kind in wanted]

    def sentence_at(self, place: int) -> Span | None:
        """The sentence that holds a place of the text."""
        at = bisect_right(self._sentence_starts, place) - 1
        if at < 0:
            return None
        found = self.reading.clean.sentences[at]
        return found if place < found.end else None

    def sentences_between(self, start: int, end: int) -> int:
        """How many sentences begin from the one place to the other."""
        return bisect_left(self._sentence_starts, end) - bisect_left(self._sentence_starts, start)

    def identity(self, index: int) -> str:
        """What tells a key point from every other of the speech, wherever it stands in the list."""
        point = self.point(index)
        return f"{point.name or ''}|{point.span.of(self.text)}"

    def rng(self, kind: str, about: str, *more: str) -> Random:
        """Chance that is the same for the same speech, kind and thing asked about, on every machine."""
        seed = "|".join((self._digest, kind, about, *more))
        return Random(int(sha256(seed.encode()).hexdigest(), 16))

    def source(self, heading: int | None, span: Span) -> Source:
        path = " › ".join(heading_path(self.reading, heading))
        return Source(self.title or "", path, span.of(self.text), span.start, span.end)


@dataclass(frozen=True)
class Candidate:
    """A question before the gates.

    `key_point` is an index into the reading's points, None where it stands on `heading` alone. `evidence` are the
    sentences it stands on. `asked` is the true thing it asks for, in words: the statement with the right value in it,
    or the items. `origins` says of every wrong option where it came from. `statement` is what a person judges or
    completes, without its opening; `swapped` the right value and the wrong one in its place, where it is false. Of the
    candidates of one kind that share `contest`, at most `limit` are kept. `slots` are spans of the text that blanks,
    options or lines were cut from.
    """

    kind: str
    key_point: int | None
    question: Question
    evidence: tuple[Span, ...]
    asked: str
    origins: tuple[tuple[str, Origin], ...] = ()
    heading: int | None = None
    statement: str = ""
    swapped: tuple[str, str] | None = None
    contest: Hashable = ""
    slots: tuple[Span, ...] = ()

    @property
    def right(self) -> tuple[str, ...]:
        return tuple(option.text for option in self.question.options if option.id in self.question.key)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The wrong options of a choice."""
        return tuple(option.text for option in self.question.options if option.id not in self.question.key)


class DraftingKind(ABC):
    """One kind of drafted question: when it can be asked, how, and how its key is found again."""

    #: As drafts, files and the desk's filters call it: SET_MC.
    name: str
    #: In words people read.
    label: str
    type: TypeName
    bloom: Bloom
    #: How hard it is, 1 to 5, before anything is known of the question.
    ease: int
    #: What the kind itself adds to the worth of a question.
    prior: float
    #: At most this many questions of the kind in one contest.
    limit: int = 1
    #: Whether its key says what belongs to a list and what does not: the list must be closed and whole, and the stem
    #: must name it without doubt.
    lists: bool = False
    #: Whether it asks which two values the speech ties to each other.
    ties: bool = False
    #: Whether it asks to recall (to fill in, to tell) and not to recognise.
    recall: bool = False
    #: Whether its key is what does not belong to a list, and the stem therefore asks by a negative.
    excludes: bool = False

    @abstractmethod
    def places(self, material: Material) -> Iterable[int]:
        """What it could ask about: indexes of key points, or of evidence, whatever `candidates` takes."""

    @abstractmethod
    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        """What could be asked about one of the places, the most wanted first."""

    def names(self, stem: str, phrase: str) -> bool:
        """Whether a stem calls a list by the phrase that names it."""
        return phrase in stem

    @abstractmethod
    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        """The key, derived from the stem and the speech alone; None when they give no single one."""


def answer_of(question: Question) -> Answer:
    """What the question holds as its key, in the form `key_again` gives."""
    if question.points:
        return tuple(point.text for point in question.points)
    return question.key or question.blanks or question.pairs or question.right_order


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
