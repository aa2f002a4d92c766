"""What reading a speech gives: clean text, outline, key points. All offsets are half-open, in the clean text."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from quizapp.core.said import Said


@dataclass(frozen=True)
class Span:
    """A piece of the clean text, [start, end)."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True)
class Quote:
    """Words of the text, and the offset they stood at."""

    text: str
    start: int

    def find(self, text: str) -> Span | None:
        """Where the words stand now: of several places the one nearest to the old; None where they are gone."""
        if not self.text:
            return None
        after = text.find(self.text, max(self.start, 0))
        before = text.rfind(self.text, 0, max(self.start, 0) + len(self.text))
        places = [place for place in (after, before) if place >= 0]
        if not places:
            return None
        start = min(places, key=lambda place: abs(place - self.start))
        return Span(start, start + len(self.text))


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


class PointKind(StrEnum):
    """What a key point is."""

    NAMED = "named"  # “五型”干部, 三项重点: a set whose name has a count
    COUNTED = "counted"  # 两点, 三点: a set with only a count
    HEADINGS = "headings"  # unnamed ordinal siblings
    PAIRSET = "pairset"  # items each tied to something (对上—请示, 对下—督查), under no counting name
    PARALLEL = "parallel"  # an unnamed row of parallel words or clauses
    SLOGAN = "slogan"  # a quoted saying of two matching halves
    DEFINITION = "definition"  # X是Y的根本
    FACT = "fact"  # a figure, a time, a deadline, who is responsible
    MENTION = "mention"  # the name of a set whose items the speech does not give


#: Lists that the speech announces or numbers.
SET_KINDS = frozenset({PointKind.NAMED, PointKind.COUNTED, PointKind.HEADINGS})


class FactKind(StrEnum):
    """What a fact tells."""

    TIME = "time"  # 8点40分
    DATE = "date"  # 3月份, 2024年5月6日
    DEADLINE = "deadline"  # 6月底前, 三日内
    FREQUENCY = "frequency"  # 每天两次, 每月月初
    RANK = "rank"  # 前三名
    PERCENT = "percent"  # 98.5%, 九成
    AMOUNT = "amount"  # 120亿元
    COUNT = "count"  # 46个
    AGENT = "agent"  # 由人事科负责
    SYSTEM = "system"  # 首办负责制


class Rule(StrEnum):
    """Why a finding was taken."""

    # Sets: where the items of a name stand.
    LEAD = "lead"  # the name ends what announces the list
    HEADING = "heading"  # the heading over the list contains it
    NAMELY = "namely"  # the name, then 即, 包括, a colon or a bracket, then the items
    APPOSED = "apposed"  # the items, then the name: A、B、C三项重点
    ANNOUNCED = "announced"  # 讲三句话，A、B、C
    NUMERALS = "numerals"  # “一三六”: each numeral names a set of its own
    SIBLINGS = "siblings"  # no name: headings of one list
    LISTED = "listed"  # no name, no ordinals: a lead, then the items apart by semicolons or commas
    # Pairsets: how two values are tied.
    CLAUSES = "clauses"  # parallel clauses of one template: 办文要办成精品，办会要办成样板
    FRAME = "frame"  # a fixed frame: A的“B”精神, 在A找到“B”
    EXPLAINED = "explained"  # each item is taken up and explained: “谱”就是规章制度
    # Parallels.
    ENUMERATED = "enumerated"  # apart by 、
    ANCHORED = "anchored"  # clauses that share a word at the same place
    # The others.
    HALVES = "halves"  # quoted, two halves of one length
    COPULA = "copula"  # X是Y的根本
    FIGURE = "figure"  # a number with its unit
    OFFICE = "office"  # 由X负责, 试行X制
    NO_ITEMS = "no_items"  # a name whose items stand nowhere
    MISCOUNTED = "miscounted"  # a name whose list has another number of items
    EDITOR = "editor"  # a person says so


class Confidence(StrEnum):
    """How sure the reading is of a finding. What is low is shown to the editor as such, not guessed away."""

    HIGH = "high"  # the speech's own structure says so
    MEDIUM = "medium"  # its wording says so
    LOW = "low"  # likely, for a person to confirm


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
    """One thing that questions can test, or a name they must not ask the items of.

    A set (named, counted, headings) or a pairset has `items`, and `pairs` where each is tied to something. A parallel
    has its members as items, a slogan its halves, a definition its subject and its predicate, a fact its answer; a
    mention has a name, the announced `count` and no items. `span` holds the whole finding; `lead` what announces it.

    `rule` says why it was taken. `complete` is False when the list is open (等), cut short, or the announced count
    differs: such a set never gives an exhaustive key. `homonym` is True when the same name stands for another set
    elsewhere in the speech. `name_right` is the second name when the pairs tie two named sets. `template` holds the
    anchors between the slots of the pairs, e.g. ("争当“", "”干部，戒“", "”"). `attributed_to` is whom the speech quotes
    it from, None where it is the speaker's own. `negative` tells faults and bans from demands.
    """

    kind: PointKind
    name: str | None
    full_name: str | None
    count: int
    items: tuple[Item, ...]
    span: Span
    lead: Span
    heading: int | None
    rule: Rule
    complete: bool
    homonym: bool = False
    negative: bool = False
    pairs: tuple[Pair, ...] = ()
    name_right: str | None = None
    template: tuple[str, ...] = ()
    confidence: Confidence = Confidence.HIGH
    attributed_to: str | None = None
    fact: FactKind | None = None


class EvidenceForm(StrEnum):
    """How an evidence sentence speaks."""

    DEMAND = "demand"  # 要求
    STATEMENT = "statement"  # 论述
    FAULT = "fault"  # 现象


@dataclass(frozen=True)
class Evidence:
    """A sentence, or clauses of one, that stands under one heading only and says what the heading asks for.

    `heading` is an index into the outline; `specificity` counts its specific content words.
    """

    heading: int
    span: Span
    form: EvidenceForm
    specificity: int


@dataclass(frozen=True)
class About:
    """What the text states of itself, to be confirmed by a person; None where it states nothing.

    `occasion` is the meeting, `speaker` the name and office as written.
    """

    title: str | None = None
    speaker: str | None = None
    occasion: str | None = None
    held_on: date | None = None


@dataclass(frozen=True)
class Reading:
    """A speech as the site understands it; `points` in the order of the text."""

    clean: CleanText
    outline: tuple[Heading, ...]
    points: tuple[KeyPoint, ...]
    evidence: tuple[Evidence, ...] = ()
    about: About = About()

    @cached_property
    def sets(self) -> tuple[KeyPoint, ...]:
        """The lists that the speech announces or numbers."""
        return tuple(point for point in self.points if point.kind in SET_KINDS)

    @cached_property
    def said(self) -> Said:
        """The text, to be asked for words."""
        return Said(self.clean.text, [(span.start, span.end) for span in self.clean.sentences])

    @cached_property
    def sets_named(self) -> Mapping[str | None, Sequence[KeyPoint]]:
        """The lists by their name; None for those without."""
        found: defaultdict[str | None, list[KeyPoint]] = defaultdict(list)
        for point in self.sets:
            found[point.name].append(point)
        return found

    @cached_property
    def _place_of_set(self) -> Mapping[int, int]:
        return {id(point): place for place, point in enumerate(self.sets)}

    def sets_around(self, point: KeyPoint, most: int) -> Sequence[KeyPoint]:
        """The lists that stand nearest to one of them, half before and half behind it, itself among them."""
        at = self._place_of_set.get(id(point), 0)
        return self.sets[max(0, at - most // 2) : at + most // 2 + 1]

    @cached_property
    def children(self) -> Mapping[int | None, Sequence[int]]:
        """The headings right under each heading, by index; under None those of the top."""
        found: defaultdict[int | None, list[int]] = defaultdict(list)
        for index, node in enumerate(self.outline):
            found[node.parent].append(index)
        return found

    def of_kind(self, kind: PointKind) -> tuple[KeyPoint, ...]:
        return tuple(point for point in self.points if point.kind is kind)
