"""What an editor corrects in a reading, kept in a form that holds when the text is read again.

A correction names what it changes by the words that stand there and where they stood, never by a number that another
reading would shift. Corrections are applied in the order they were made, each to what the ones before it left. One
that no longer finds its place is reported as lost and changes nothing.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from enum import StrEnum
from typing import Any
from typing import ClassVar

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.core.outline import Outline
from quizapp.core.reading import in_order
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import Confidence
from quizapp.core.speech import Heading
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Quote
from quizapp.core.speech import Reading
from quizapp.core.speech import Rule
from quizapp.core.speech import Span


class Verb(StrEnum):
    """What a correction does."""

    CONFIRM = "confirm"
    RENAME = "rename"
    RETYPE = "retype"
    SPLIT = "split"
    MERGE = "merge"
    ADD = "add"
    DELETE = "delete"
    LEVEL = "level"


DEEPEST = 9
NO_POINT = "要点清单里已没有这个要点，请刷新页面后再改"
NO_HEADING = "提纲里已没有这个标题，请刷新页面后再改"


def refusal(place: str, message: str) -> BadInput:
    return BadInput("", [Problem(place, message)])


# What corrections point at


@dataclass(frozen=True)
class PointRef:
    """A key point by what it says and where it stood."""

    kind: PointKind
    name: str | None
    items: tuple[str, ...]
    start: int

    def find(self, points: Sequence[KeyPoint]) -> KeyPoint | None:
        """The point that says this, nearest to where it stood."""
        same = [point for point in points if (point.kind, point.name, texts_of(point)) == self._said]
        return min(same, key=lambda point: abs(point.span.start - self.start), default=None)

    @property
    def _said(self) -> tuple[PointKind, str | None, tuple[str, ...]]:
        return self.kind, self.name, self.items

    def required(self, points: Sequence[KeyPoint]) -> KeyPoint:
        found = self.find(points)
        if found is None:
            raise refusal("要点", NO_POINT)
        return found


@dataclass(frozen=True)
class HeadingRef:
    """A heading by its words and where it stood."""

    marker: str
    text: str
    start: int

    def required(self, outline: Sequence[Heading]) -> int:
        same = [i for i, each in enumerate(outline) if (each.marker, each.text) == (self.marker, self.text)]
        if not same:
            raise refusal("标题", NO_HEADING)
        return min(same, key=lambda i: abs(outline[i].span.start - self.start))


def texts_of(point: KeyPoint) -> tuple[str, ...]:
    return tuple(item.text for item in point.items)


def point_ref(point: KeyPoint) -> PointRef:
    return PointRef(point.kind, point.name, texts_of(point), point.span.start)


def heading_ref(heading: Heading) -> HeadingRef:
    return HeadingRef(heading.marker, heading.text, heading.span.start)


# The corrections


@dataclass(frozen=True)
class Confirm:
    """The finding is right."""

    verb: ClassVar[Verb] = Verb.CONFIRM
    point: PointRef

    def apply(self, reading: Reading) -> Reading:
        point = self.point.required(reading.points)
        return _exchanged(reading, (point,), (_settled(point),))


@dataclass(frozen=True)
class Rename:
    """The speech calls it otherwise. Unnamed headings become a named set."""

    verb: ClassVar[Verb] = Verb.RENAME
    point: PointRef
    name: str

    def apply(self, reading: Reading) -> Reading:
        point = self.point.required(reading.points)
        _check_name(self.name, reading)
        kind = PointKind.NAMED if point.kind is PointKind.HEADINGS else point.kind
        return _exchanged(reading, (point,), (_settled(point, name=self.name, full_name=None, kind=kind),))


@dataclass(frozen=True)
class Retype:
    """It is another kind of key point."""

    verb: ClassVar[Verb] = Verb.RETYPE
    point: PointRef
    kind: PointKind

    def apply(self, reading: Reading) -> Reading:
        point = self.point.required(reading.points)
        bare = {"items": (), "pairs": (), "name_right": None, "template": ()} if self.kind is PointKind.MENTION else {}
        changed = _settled(point, kind=self.kind, fact=point.fact if self.kind is point.kind else None, **bare)
        _check_kind(changed)
        return _exchanged(reading, (point,), (changed,))


@dataclass(frozen=True)
class Split:
    """It is two: the second begins with item `at`, counted from 0. Neither keeps the name."""

    verb: ClassVar[Verb] = Verb.SPLIT
    point: PointRef
    at: int

    def apply(self, reading: Reading) -> Reading:
        point = self.point.required(reading.points)
        if not 0 < self.at < len(point.items):
            raise refusal("从第几项分开", f"共 {len(point.items)} 项，请选第 2 项或之后的一项，作为第二个要点的开头")
        middle = point.items[self.at].span.start
        tied = len(point.pairs) == len(point.items)
        parts = tuple(
            _settled(
                point,
                kind=PointKind.HEADINGS if point.kind in SET_KINDS else point.kind,
                name=None,
                full_name=None,
                name_right=None,
                items=point.items[part],
                count=len(point.items[part]),
                pairs=point.pairs[part] if tied else (),
                span=span,
            )
            for part, span in (
                (slice(None, self.at), Span(point.span.start, middle)),
                (slice(self.at, None), Span(middle, point.span.end)),
            )
        )
        for part in parts:
            _check_kind(part)
        return _exchanged(reading, (point,), parts)


@dataclass(frozen=True)
class Merge:
    """The two are one: all items in the order of the text, under the name of the first."""

    verb: ClassVar[Verb] = Verb.MERGE
    point: PointRef
    other: PointRef

    def apply(self, reading: Reading) -> Reading:
        point, other = self.point.required(reading.points), self.other.required(reading.points)
        if point is other:
            raise refusal("与哪个要点合并", "请另选一个要点")
        items = tuple(sorted({item.span: item for item in (*point.items, *other.items)}.values(), key=_start))
        if any(one.span.end > two.span.start for one, two in zip(items, items[1:], strict=False)):
            raise refusal("与哪个要点合并", "两个要点的各项在原文中互相重叠，不能合并")
        same = bool(point.pairs and other.pairs) and point.template == other.template
        merged = _settled(
            point,
            name=point.name or other.name,
            items=items,
            count=len(items),
            pairs=tuple(sorted((*point.pairs, *other.pairs), key=lambda pair: pair.left_span.start)) if same else (),
            template=point.template if same else (),
            span=Span(min(point.span.start, other.span.start), max(point.span.end, other.span.end)),
            complete=point.complete and other.complete,
            negative=point.negative and other.negative,
        )
        _check_kind(merged)
        return _exchanged(reading, (point, other), (merged,))


@dataclass(frozen=True)
class Add:
    """A passage of the text holds a key point that was not found; `items` stand in it, in order."""

    verb: ClassVar[Verb] = Verb.ADD
    kind: PointKind
    name: str | None
    passage: Quote
    items: tuple[str, ...]

    def apply(self, reading: Reading) -> Reading:
        span = self.passage.find(reading.clean.text)
        if span is None:
            raise refusal("原文", "讲话原文中没有这段文字，请从正文里选取或照原文粘贴")
        if self.name is not None:
            _check_name(self.name, reading)
        added = KeyPoint(
            kind=self.kind,
            name=self.name,
            full_name=None,
            count=len(self.items),
            items=_items_within(reading.clean.text, span, self.items),
            span=span,
            lead=_lead(reading, span),
            heading=Outline(reading.outline, ()).heading_at(span.start),
            rule=Rule.EDITOR,
            complete=True,
        )
        _check_kind(added)
        if point_ref(added).find(reading.points) is not None:
            raise refusal("原文", "要点清单里已有这个要点，没有重复添加")
        return _exchanged(reading, (), (added,))


@dataclass(frozen=True)
class Delete:
    """It is no key point."""

    verb: ClassVar[Verb] = Verb.DELETE
    point: PointRef

    def apply(self, reading: Reading) -> Reading:
        return _exchanged(reading, (self.point.required(reading.points),), ())


@dataclass(frozen=True)
class SetLevel:
    """A heading stands higher or lower; what is below it moves with it."""

    verb: ClassVar[Verb] = Verb.LEVEL
    heading: HeadingRef
    level: int

    def apply(self, reading: Reading) -> Reading:
        index = self.heading.required(reading.outline)
        highest = reading.outline[index - 1].level + 1 if index else 1
        if not 1 <= self.level <= min(highest, DEEPEST):
            raise refusal("标题级别", f"这里可选第 1 至第 {min(highest, DEEPEST)} 级：下级标题要紧跟在上级标题之后")
        return replace(reading, outline=_relevelled(reading.outline, index, self.level))


Correction = Confirm | Rename | Retype | Split | Merge | Add | Delete | SetLevel
CORRECTIONS: Mapping[Verb, type[Correction]] = {
    each.verb: each for each in (Confirm, Rename, Retype, Split, Merge, Add, Delete, SetLevel)
}


def corrected(reading: Reading, corrections: Iterable[Correction]) -> tuple[Reading, tuple[int, ...]]:
    """The reading with all corrections applied in order, and the places of those that were lost."""
    lost = []
    for place, correction in enumerate(corrections):
        try:
            reading = correction.apply(reading)
        except BadInput:
            lost.append(place)
    return reading, tuple(lost)


# Steps


def _settled(point: KeyPoint, **changes: Any) -> KeyPoint:
    """A point that a person stands for."""
    return replace(point, rule=Rule.EDITOR, confidence=Confidence.HIGH, **changes)


def _exchanged(reading: Reading, out: Sequence[KeyPoint], into: Sequence[KeyPoint]) -> Reading:
    kept = [point for point in reading.points if not any(point is gone for gone in out)]
    return replace(reading, points=in_order([*kept, *into]))


def _start(item: Item) -> int:
    return item.span.start


def _check_name(name: str, reading: Reading) -> None:
    """A name is what the speech says: a question asks for it in the speech's words."""
    if not name or name not in reading.clean.text:
        raise refusal("名称", f"讲话原文中没有“{name}”这一说法，请照原文填写" if name else "请填写名称")


#: What a kind needs, and how that is said.
_NEEDS_NAME = frozenset({PointKind.NAMED, PointKind.COUNTED, PointKind.MENTION})
_FEWEST = {PointKind.HEADINGS: 2, PointKind.PARALLEL: 2, PointKind.DEFINITION: 2, PointKind.MENTION: 0}
_MOST = {PointKind.DEFINITION: 2, PointKind.FACT: 1, PointKind.MENTION: 0}


def _check_kind(point: KeyPoint) -> None:
    fewest, most = _FEWEST.get(point.kind, 1), _MOST.get(point.kind)
    if point.kind in _NEEDS_NAME and not point.name:
        raise refusal("类型", "这类要点要有名称，请先填写名称")
    if point.kind is PointKind.PAIRSET and not point.pairs:
        raise refusal("类型", "这个要点没有成对的内容，不能归入“对应要点”")
    if len(point.items) < fewest or (most is not None and len(point.items) > most):
        wanted = f"{fewest} 项" if most == fewest else f"至少 {fewest} 项"
        raise refusal("各项", f"这类要点要有{wanted}，现有 {len(point.items)} 项")


def _items_within(text: str, span: Span, items: Sequence[str]) -> tuple[Item, ...]:
    found, at = [], span.start
    for number, item in enumerate(items, start=1):
        start = text.find(item, at, span.end) if item else -1
        if start < 0:
            raise refusal(f"第 {number} 项", f"所选原文里没有“{item}”，各项要照原文、按先后填写")
        at = start + len(item)
        found.append(Item(item, item, Span(start, at)))
    return tuple(found)


def _lead(reading: Reading, span: Span) -> Span:
    """The rest of the sentence before the passage."""
    start = max((each.start for each in reading.clean.sentences if each.start <= span.start), default=span.start)
    return Span(start, span.start)


def _relevelled(outline: Sequence[Heading], index: int, level: int) -> tuple[Heading, ...]:
    by = level - outline[index].level
    moved = {i for i in range(len(outline)) if i == index or _is_below(outline, i, index)}
    levels = [each.level + by * (i in moved) for i, each in enumerate(outline)]
    parents: list[int | None] = []
    open_: list[int] = []
    for i, each in enumerate(levels):
        while open_ and levels[open_[-1]] >= each:
            open_.pop()
        parents.append(open_[-1] if open_ else None)
        open_.append(i)
    ends = [each.body.end for each in outline]
    for i in reversed(range(len(outline))):
        parent = parents[i]
        if parent is not None:
            ends[parent] = max(ends[parent], ends[i])
    return tuple(
        replace(each, level=levels[i], parent=parents[i], body=Span(each.body.start, ends[i]))
        for i, each in enumerate(outline)
    )


def _is_below(outline: Sequence[Heading], index: int, above: int) -> bool:
    parent = outline[index].parent
    while parent is not None and parent != above:
        parent = outline[parent].parent
    return parent is not None


# As stored


def as_stored(correction: Correction) -> dict[str, Any]:
    """Plain values, for a JSON column."""
    return {"verb": correction.verb.value, **asdict(correction)}


def from_stored(stored: Mapping[str, Any]) -> Correction:
    """The correction that `as_stored` told."""
    values = {name: _value(name, value) for name, value in stored.items() if name != "verb"}
    return CORRECTIONS[Verb(stored["verb"])](**values)


def _point_ref(told: Mapping[str, Any]) -> PointRef:
    return PointRef(PointKind(told["kind"]), told["name"], tuple(told["items"]), told["start"])


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "point": _point_ref,
    "other": _point_ref,
    "heading": lambda told: HeadingRef(**told),
    "passage": lambda told: Quote(**told),
    "kind": PointKind,
    "items": tuple,
}


def _value(name: str, value: Any) -> Any:
    return _READERS[name](value) if name in _READERS else value
