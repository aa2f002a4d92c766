"""What reading a speech gives: clean text, outline, key points. All offsets are half-open, in the clean text."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Span:
    """A piece of the clean text, [start, end)."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True)
class CleanText:
    """The text after cleaning, with the way back.

    `raw_offsets[i]` is the offset in the raw text of clean character i (len(text) entries). `paragraphs` are in order
    and hold no line break. `title` is None when the text states none: it is asked for, never invented.
    """

    text: str
    raw_offsets: tuple[int, ...]
    title: str | None
    paragraphs: tuple[Span, ...]
    #: Sentences in order, each inside one paragraph; their index is the sentence number.
    sentences: tuple[Span, ...]
    #: Spans of masked characters (☆ *** XX 某) that no question may touch.
    masks: tuple[Span, ...] = ()
    #: Sentences (by number) with an unclosed quotation mark or cut off at the end of the text.
    broken_sentences: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Heading:
    """One node of the outline. `parent` is an index into the outline, None at the top; `level` 1 is the top.

    `text` is the heading without its marker, verbatim; `long` the whole heading sentence where `text` is its head
    clause. `body` runs from the heading's marker to the end of what stands under it.
    """

    level: int
    marker: str
    text: str
    long: str
    span: Span
    body: Span
    parent: int | None
    inline: bool
    #: Headings of one list share this number.
    list_id: int


class SetKind(StrEnum):
    """How a set of items was announced."""

    NAMED = "named"  # “五型”干部, 三项重点: a name with a count
    COUNTED = "counted"  # 两点, 三点: only a count
    HEADINGS = "headings"  # unnamed ordinal siblings


@dataclass(frozen=True)
class Item:
    """One member of a set. `text` is verbatim in the clean text at `span`; `display` adds the set's affix where the
    office says it with one (勤奋 → 勤奋型)."""

    text: str
    display: str
    span: Span


@dataclass(frozen=True)
class Pair:
    """Two slot values that the speech ties together (勤奋型—懒), each verbatim at its span.

    `sentence` proves the tie.
    """

    left: str
    right: str
    left_span: Span
    right_span: Span
    sentence: Span


@dataclass(frozen=True)
class KeyPoint:
    """A named or unnamed set that questions can test.

    `rule` says why it was bound (one of the binding rules); `complete` is False when the list is open (等), cut short,
    or the announced count differs: such a set never gives an exhaustive key. `homonym` is True when the same name
    stands for another set elsewhere in the speech. `name_right` is the second name when the pairs tie two named sets.
    `template` holds the anchors between the slots of the pairs, e.g. ("争当“", "”干部，戒“", "”").
    """

    kind: SetKind
    name: str | None
    full_name: str | None
    count: int
    items: tuple[Item, ...]
    span: Span
    lead: Span
    heading: int | None
    rule: str
    complete: bool
    homonym: bool = False
    negative: bool = False
    pairs: tuple[Pair, ...] = ()
    name_right: str | None = None
    template: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A speech as the site understands it."""

    clean: CleanText
    outline: tuple[Heading, ...]
    sets: tuple[KeyPoint, ...]
