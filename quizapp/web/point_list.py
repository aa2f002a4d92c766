"""The list of a speech's key points as an editor goes through it: filtered, counted, and so many at a time."""

import hashlib
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from quizapp.core.corrections import PointRef
from quizapp.core.corrections import point_ref
from quizapp.core.speech import Confidence
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Rule
from quizapp.core.stems import nested
from quizapp.services import readings

#: So many key points stand on one page of the list.
AT_ONCE = 100
#: Of the points that one could be merged with, so many on either side are offered.
NEIGHBOURS = 10
#: Among so many: what stands further off is no neighbour.
LOOKED_AT = 200
WORDS_MOST = 50
PLACE_MOST = 100_000

#: The sign of a kind in the text, beside its colour and its line.
SIGNS: Mapping[PointKind, str] = {
    PointKind.NAMED: "名",
    PointKind.COUNTED: "数",
    PointKind.HEADINGS: "标",
    PointKind.PAIRSET: "对",
    PointKind.PARALLEL: "并",
    PointKind.SLOGAN: "警",
    PointKind.DEFINITION: "定",
    PointKind.FACT: "量",
    PointKind.MENTION: "提",
}
#: The line of a kind, as the style sheet draws it.
LINES: Mapping[PointKind, str] = {
    PointKind.NAMED: "实线",
    PointKind.COUNTED: "双线",
    PointKind.HEADINGS: "短划线",
    PointKind.PAIRSET: "点线",
    PointKind.PARALLEL: "波浪线",
    PointKind.SLOGAN: "粗线",
    PointKind.DEFINITION: "上下线",
    PointKind.FACT: "方框",
    PointKind.MENTION: "上点线",
}
#: A row or a list is one from two items on; of these each item can stand alone.
SINGLE = frozenset({PointKind.PAIRSET, PointKind.SLOGAN})
#: Lists of any of these kinds can be put together; the others only with their like.
LISTS = frozenset(
    {PointKind.NAMED, PointKind.COUNTED, PointKind.HEADINGS, PointKind.PAIRSET, PointKind.PARALLEL},
)
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Wanted:
    """Which key points somebody wants to see."""

    kind: PointKind | None = None
    sure: Confidence | None = None
    words: str = ""

    @property
    def everything(self) -> bool:
        return self == Wanted()

    def query(self) -> dict[str, str]:
        """The filter as part of an address."""
        told = {"kind": self.kind, "sure": self.sure, "words": self.words}
        return {name: str(value) for name, value in told.items() if value}

    def has_words(self, line: "PointLine") -> bool:
        return all(word in line.words for word in self.words.casefold().split())


def wanted_from(args: Mapping[str, str]) -> Wanted:
    """The filter that an address asks for; what it names wrongly is not filtered by."""
    words = " ".join(args.get("words", "").split())[:WORDS_MOST]
    return Wanted(_member(PointKind, args.get("kind")), _member(Confidence, args.get("sure")), words)


def _member(words: type[Word], told: str | None) -> Word | None:
    return words(told) if told in {each.value for each in words} else None


@dataclass(frozen=True)
class PointLine:
    """A key point with its number from 1 and the name people call it by."""

    number: int
    point: KeyPoint
    name: str

    @property
    def ref(self) -> PointRef:
        return point_ref(self.point)

    @property
    def items_json(self) -> str:
        return json.dumps(self.ref.items, ensure_ascii=False)

    @property
    def key(self) -> str:
        return key_of(self.ref)

    @property
    def title(self) -> str:
        """What stands at the head of the point: its number and its name."""
        right = f" ↔ {self.point.name_right}" if self.point.name_right else ""
        return f"{self.number}. {self.name}{right}"

    @property
    def says_items(self) -> bool:
        """Whether its name is nothing but its items, so that they need not be told twice."""
        return self.name == "、".join(item.display for item in self.point.items)

    @property
    def splits(self) -> range:
        """The items, counted from 0, with which a second point can begin."""
        fewest = 1 if self.point.kind in SINGLE else 2
        return range(fewest, len(self.point.items) - fewest + 1)

    @property
    def settled(self) -> bool:
        """Whether a person stands for it."""
        return self.point.rule is Rule.EDITOR

    @cached_property
    def words(self) -> str:
        """What a search looks through."""
        pairs = [word for pair in self.point.pairs for word in (pair.left, pair.right)]
        items = [item.display for item in self.point.items]
        told = [self.name, self.point.name_right, *items, *pairs, self.point.attributed_to]
        return " ".join(" ".join(dict.fromkeys(word for word in told if word)).casefold().split())


def key_of(ref: PointRef) -> str:
    """A short name for what a reference says, for a list to choose from."""
    told = json.dumps([ref.kind, ref.name, ref.items, ref.start], ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def lines_of(reading: Reading) -> tuple[PointLine, ...]:
    return tuple(
        PointLine(number, point, readings.key_point_name(point, reading))
        for number, point in enumerate(reading.points, start=1)
    )


@dataclass(frozen=True)
class PointList:
    """What is shown of the key points. `first` is the place, from 1, of the first one shown among those that fit."""

    wanted: Wanted
    fitting: tuple[PointLine, ...]
    shown: tuple[PointLine, ...]
    first: int
    total: int
    kinds: Mapping[PointKind, int]
    sures: Mapping[Confidence, int]

    @property
    def last(self) -> int:
        return self.first + len(self.shown) - 1

    @property
    def before(self) -> int | None:
        """Where the page before this one begins; None on the first."""
        return max(self.first - AT_ONCE, 1) if self.first > 1 else None

    @property
    def after(self) -> int | None:
        return self.last + 1 if self.last < len(self.fitting) else None

    @property
    def whole(self) -> bool:
        """Whether all key points of the speech stand on the page."""
        return len(self.shown) == self.total

    @cached_property
    def numbers(self) -> Collection[int]:
        return frozenset(line.number for line in self.shown)


def point_list(lines: Sequence[PointLine], wanted: Wanted, first: int) -> PointList:
    """The key points that fit, from the page on that holds the `first` of them."""
    told = [line for line in lines if wanted.has_words(line)]
    of_kind = [line for line in told if wanted.kind in (None, line.point.kind)]
    of_sure = [line for line in told if wanted.sure in (None, line.point.confidence)]
    fitting = tuple(line for line in of_kind if wanted.sure in (None, line.point.confidence))
    begin = (min(max(first, 1), max(len(fitting), 1)) - 1) // AT_ONCE * AT_ONCE
    return PointList(
        wanted,
        fitting,
        fitting[begin : begin + AT_ONCE],
        begin + 1,
        len(lines),
        Counter(line.point.kind for line in of_sure),
        Counter(line.point.confidence for line in of_kind),
    )


def place_in(args: Mapping[str, str], name: str) -> int | None:
    """A place that an address names; None where it names none."""
    told = args.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) <= len(str(PLACE_MOST)) else None


def mergeable(line: PointLine, lines: Sequence[PointLine]) -> list[PointLine]:
    """The points nearest to this one that it can be merged with, in the order of the text."""
    place = line.number - 1
    before = _nearest(line, lines[max(0, place - LOOKED_AT) : place][::-1])
    return [*reversed(before), *_nearest(line, lines[place + 1 : place + 1 + LOOKED_AT])]


def _nearest(line: PointLine, lines: Sequence[PointLine]) -> list[PointLine]:
    kind = line.point.kind
    return [each for each in lines if each.point.kind is kind or {kind, each.point.kind} <= LISTS][:NEIGHBOURS]


class Places:
    """Where offsets of a reading stand, as an editor says it."""

    def __init__(self, reading: Reading):
        self._reading = reading
        self._ends = [span.end for span in reading.clean.paragraphs]

    def paragraph(self, offset: int) -> int:
        """The number, from 1, of the paragraph that an offset falls in or comes before."""
        return min(bisect_right(self._ends, offset) + 1, max(len(self._ends), 1))

    def of(self, point: KeyPoint) -> str:
        """The paragraph, and the heading above it."""
        outline = self._reading.outline
        heading = "" if point.heading is None else f"，“{nested(outline[point.heading].text)}”之下"
        return f"第 {self.paragraph(point.span.start)} 段{heading}"
