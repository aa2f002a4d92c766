"""The charts of the site: drawn for the eye with direct labels, each with the same figures as a table.

A view makes a chart from figures that a service counted, and `parts/chart.html` shows it. Each is drawn twice, for a
wide screen and for a phone, because words in a drawing shrink with it; the stylesheet shows the one that fits. Charts
stay small however much there is: of many bars the first are drawn, in the order given, and the table has them all.
"""

from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from math import floor
from typing import TypeVar

import pygal

from quizapp.web.drawing import COMMON
from quizapp.web.drawing import LARGE_TYPE
from quizapp.web.drawing import TYPE
from quizapp.web.drawing import Box
from quizapp.web.drawing import Dot
from quizapp.web.drawing import Drawing
from quizapp.web.drawing import Path
from quizapp.web.drawing import Quick
from quizapp.web.drawing import Words
from quizapp.web.drawing import apart
from quizapp.web.drawing import draw
from quizapp.web.drawing import drawing
from quizapp.web.drawing import fitted
from quizapp.web.filters import percent

#: So many bars fill a screen; nobody compares more at a glance.
MOST_BARS = 30
#: Lines that one can still tell apart.
MOST_LINES = 3
#: A histogram of shares has a bar for every ten percent.
TENS = 10
#: Shares from which a cell of a heat grid is one level paler; below the first it is the strongest.
LEVELS = (Fraction(60, 100), Fraction(70, 100), Fraction(80, 100), Fraction(90, 100))


@dataclass(frozen=True)
class Chart:
    """A chart and its table: drawn wide and narrow, both None where there is nothing to draw.

    `name` is its own on a page, of letters and hyphens. `rest` says what of many lines only the table has.
    """

    name: str
    title: str
    wide: Drawing | None
    narrow: Drawing | None
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rest: str = ""

    @property
    def empty(self) -> bool:
        return self.narrow is None


@dataclass(frozen=True)
class Bar:
    """A share (0..1) of n, None where there is none to show, and then `note` says why.

    `mark` is a word for the one bar that stands out, as 本科室.
    """

    label: str
    share: Fraction | None
    n: int | None = None
    mark: str = ""
    note: str = ""


@dataclass(frozen=True)
class Line:
    """Shares over time, oldest first; None is a gap. `counts` are the n behind them, where they are means."""

    label: str
    shares: tuple[Fraction | None, ...]
    counts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Option:
    """An option of a question as it is shown, and how many chose it."""

    letter: str
    text: str
    times: int
    is_key: bool


@dataclass(frozen=True)
class Cell:
    """A cell of a heat grid: a share, or words in its place."""

    share: Fraction | None
    words: str = "—"
    #: What stands beside the share, as the n behind it.
    quiet: str = ""

    @property
    def level(self) -> int | None:
        """0 (weak) to 4 (strong)."""
        return None if self.share is None else bisect_right(LEVELS, self.share)


@dataclass(frozen=True)
class Head:
    """What a row or a column of a heat grid is called, with a page of its own where there is one."""

    label: str
    address: str = ""
    quiet: str = ""


@dataclass(frozen=True)
class HeatGrid:
    """Persons by sittings, persons by key points: as many cells in each row as there are columns."""

    name: str
    title: str
    corner: str
    columns: tuple[Head, ...]
    rows: tuple[tuple[Head, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class _Size:
    """How one of the two drawings is laid out, in its units; phones show the narrow one about as large as life."""

    kind: str
    width: int
    #: Room for what stands right of a bar or a line.
    right: int
    #: Room for the names of bars; 0 where they stand above.
    names: int
    height: int
    marks: int
    #: The largest type that its words must have room for.
    type_size: float


WIDE = _Size("chart-wide", 720, 130, 220, 220, 6, TYPE)
ABOVE = _Size("chart-wide", 720, 130, 0, 220, 6, TYPE)
NARROW = _Size("chart-narrow", 300, 116, 0, 190, 2, LARGE_TYPE)
#: Between a bar or a line and its words.
GAP = 8
#: The height of a line of words above a bar, and of a bar with the space around it; words keep to the bar below them.
SLOT, NEARER = 25, 4
#: Between a figure and its n.
SPACE = "\N{EN SPACE}"


class _Bars(Quick, pygal.HorizontalBar):
    """Bars of two thirds of their slots."""

    _series_margin = 0.16


class _Line(Quick, pygal.Line): ...


class _Histogram(Quick, pygal.Histogram): ...


def bars(name: str, title: str, lines: Sequence[Bar], *, of: str, figure: str = "得分率", counted: str = "人") -> Chart:
    """Horizontal bars in the order given; `of` heads the names, `figure` the shares, `counted` is what n counts."""
    shown = lines[:MOST_BARS]
    drawable = any(bar.share is not None for bar in shown)
    rows = tuple(_Lane(_named(bar), bar.share, _bar_words(bar, counted), bool(bar.mark)) for bar in shown)
    return Chart(
        name=name,
        title=title,
        wide=_bars(rows, WIDE) if drawable else None,
        narrow=_bars(rows, NARROW) if drawable else None,
        head=(of, figure, f"{counted}数"),
        rows=tuple((_named(bar), bar.note or percent(bar.share), _count(bar.n)) for bar in lines),
        rest=_rest(lines[MOST_BARS:]),
    )


def split(name: str, title: str, options: Sequence[Option], n: int) -> Chart:
    """How many of n chose each option; the key is told by a word and a sign."""
    rows = tuple(
        _Lane(
            label=f"{'✓ 正确答案　' if option.is_key else ''}{option.letter}. {option.text}",
            share=Fraction(option.times, n) if n else Fraction(0),
            words=f"{option.times} 人{SPACE}{percent(Fraction(option.times, n) if n else None)}",
            marked=option.is_key,
        )
        for option in options
    )
    return Chart(
        name=name,
        title=title,
        wide=_bars(rows, ABOVE, "chart-split", lines=2) if n else None,
        narrow=_bars(rows, NARROW, "chart-split", lines=2) if n else None,
        head=("选项", "正确答案", "人数", f"占 {n} 人"),
        rows=tuple(
            (
                f"{option.letter}. {option.text}",
                "✓ 是" if option.is_key else "",
                str(option.times),
                percent(Fraction(option.times, n) if n else None),
            )
            for option in options
        ),
    )


def trend(name: str, title: str, moments: Sequence[str], lines: Sequence[Line], *, of: str = "场次") -> Chart:
    """Shares over time; `moments` name the places on the axis, oldest first, the first line is the one that matters.

    :raise ValueError: for more lines than can be told apart
    """
    if len(lines) > MOST_LINES:
        raise ValueError(f"{len(lines)} lines in one chart")
    known = tuple(line for line in lines if any(share is not None for share in line.shares))
    head = [of]
    for line in lines:
        head += [line.label, f"{line.label}人数"] if line.counts else [line.label]
    return Chart(
        name=name,
        title=title,
        wide=_trend(tuple(moments), known, WIDE) if known else None,
        narrow=_trend(tuple(moments), known, NARROW) if known else None,
        head=tuple(head),
        rows=tuple((moment, *_of_moment(lines, place)) for place, moment in enumerate(moments)),
    )


def distribution(name: str, title: str, counts: Sequence[int], pass_percent: int | None = None) -> Chart:
    """How many scores lie in each ten percent, from 0 to 100 (a full score in the last); with the pass mark.

    :raise ValueError: for anything but ten counts
    """
    if len(counts) != TENS:
        raise ValueError(f"{len(counts)} counts for {TENS} bars")
    some = any(counts)
    return Chart(
        name=name,
        title=title,
        wide=_histogram(tuple(counts), pass_percent, WIDE) if some else None,
        narrow=_histogram(tuple(counts), pass_percent, NARROW) if some else None,
        head=("得分率", "人数"),
        rows=tuple((_tenth(place), str(count)) for place, count in enumerate(counts)),
    )


def in_tens(shares: Sequence[Fraction]) -> tuple[int, ...]:
    """How many of these shares lie in each ten percent."""
    places = [min(floor(share * TENS), TENS - 1) for share in shares]
    return tuple(places.count(place) for place in range(TENS))


# Words


def _named(bar: Bar) -> str:
    return f"{bar.label}（{bar.mark}）" if bar.mark else bar.label


def _bar_words(bar: Bar, counted: str) -> str:
    count = "" if bar.n is None else f"{SPACE}{bar.n} {counted}"
    return (bar.note or "—") + count if bar.share is None else percent(bar.share) + count


def _count(n: int | None) -> str:
    return "—" if n is None else str(n)


def _rest(lines: Sequence[Bar]) -> str:
    if not lines:
        return ""
    shares = [bar.share for bar in lines if bar.share is not None]
    between = f"（{percent(min(shares))} 至 {percent(max(shares))}）" if shares else ""
    return f"其余 {len(lines)} 项{between}见数据表。"


def _of_moment(lines: Sequence[Line], place: int) -> list[str]:
    found = []
    for line in lines:
        found.append(percent(line.shares[place]))
        if line.counts:
            found.append(str(line.counts[place]))
    return found


def _tenth(place: int) -> str:
    return f"{place * 10}%—{place * 10 + 9}%" if place < TENS - 1 else "90%—100%"


# Drawings


Shape = TypeVar("Shape", Path, Dot)
#: Figures of a closed sitting seldom change: most drawings were made before.
_kept = lru_cache(maxsize=256)


@dataclass(frozen=True)
class _Lane:
    """A bar with its words."""

    label: str
    share: Fraction | None
    words: str
    marked: bool


@_kept
def _bars(rows: tuple[_Lane, ...], size: _Size, kind: str = "chart-bars", lines: int = 1) -> Drawing:
    """A bar on its ground for each row, the name before or above it, the figure behind it."""
    names = [fitted(row.label, size.names - GAP if size.names else size.width, lines, size.type_size) for row in rows]
    above = 0 if size.names else max(map(len, names))
    drawn = draw(_bar_graph(rows, size, above))
    boxes = list(reversed(drawn.boxes()))
    left, right = drawn.ends(size.width - size.right)
    words: list[Words] = []
    for row, name, box in zip(rows, names, boxes, strict=True):
        strong = " is-marked" if row.marked else ""
        x, first = (0.0, box.middle) if size.names else (left, box.middle - SLOT * len(name) + NEARER)
        words += [Words(x, first + SLOT * place, text, f"chart-label{strong}") for place, text in enumerate(name)]
        beside = left if row.share is None else right + GAP
        words.append(Words(beside, box.middle, row.words, f"chart-figure{strong}"))
    grounds = [_ground(left, right, box) for row, box in zip(rows, boxes, strict=True) if row.share is not None]
    return drawing(drawn, f"{size.kind} {kind}", boxes=[*grounds, *boxes], words=words)


def _bar_graph(rows: Sequence[_Lane], size: _Size, above: int) -> _Bars:
    graph = _Bars(
        COMMON,
        width=size.width,
        height=SLOT * (above + 1) * len(rows),
        margin_left=size.names,
        margin_right=size.right,
        range=(0, 1),
        show_x_labels=False,
        show_y_labels=False,
    )
    # pygal draws from the bottom. The slots of words hold nothing; a row without a share has a bar without a length.
    graph.add("", [slot for row in reversed(rows) for slot in (_drawable(row), *[None] * above)])
    return graph


def _drawable(row: _Lane) -> dict[str, object]:
    return {"value": float(row.share or 0), "node": {"class": "rect marked" if row.marked else "rect"}}


def _ground(left: float, right: float, box: Box) -> Box:
    return Box(round(left, 1), box.y, round(right - left, 1), box.height, "chart-ground")


@_kept
def _trend(moments: tuple[str, ...], lines: tuple[Line, ...], size: _Size) -> Drawing:
    """Lines that part at gaps, each named at its end with its newest figure."""
    graph = _Line(
        COMMON,
        width=size.width,
        height=size.height,
        margin_top=8,
        margin_bottom=SLOT,
        margin_right=size.right,
        margin_left=8,
        range=(0, 1),
        y_labels=[0, 0.5, 1],
        value_formatter=lambda value: f"{value:.0%}",
        allow_interruptions=True,
        dots_size=3.5,
    )
    for line in lines:
        graph.add("", [None if share is None else float(share) for share in line.shares])
    drawn = draw(graph)
    dots = [drawn.dots(number) for number in range(len(lines))]
    heights = apart([of_line[-1].y for of_line in dots], SLOT - 5, 10, size.height - SLOT)
    words = [
        Words(size.width - size.right + GAP, y, f"{line.label} {percent(line.shares[-1])}", f"chart-end chart-{number}")
        for number, (line, y) in enumerate(zip(lines, heights, strict=True))
    ]
    words += _marks(moments, size.marks, drawn.ends(size.width - size.right), size.height - SLOT / 2)
    words += drawn.labels()
    kind = f"{size.kind} chart-trend"
    # The line that matters most lies above the others.
    return drawing(drawn, kind, paths=_front_last(drawn.paths()), dots=_front_last(chain(*dots)), words=words)


def _front_last(shapes: Iterable[Shape]) -> list[Shape]:
    return sorted(shapes, key=lambda shape: shape.kind.endswith("chart-0"))


def _marks(moments: tuple[str, ...], most: int, ends: tuple[float, float], y: float) -> Iterator[Words]:
    """The words below the axis: the first, the last, and as many between as do not touch."""
    last = len(moments) - 1
    if last == 0:
        yield Words(sum(ends) / 2, y, moments[0], "chart-mark", "middle")
        return
    for place in sorted({round(last * step / (most - 1)) for step in range(most)}):
        anchor = {0: "start", last: "end"}.get(place, "middle")
        x = ends[0] + (ends[1] - ends[0]) * place / last
        yield Words(x, y, moments[place], "chart-mark", anchor)


@_kept
def _histogram(counts: tuple[int, ...], pass_percent: int | None, size: _Size) -> Drawing:
    """A bar for every ten percent, its count above it, and the pass mark as a line with its word."""
    graph = _Histogram(
        COMMON,
        width=size.width,
        height=size.height,
        margin_top=2 * SLOT,
        margin_left=8,
        margin_right=8,
        x_labels=[place * 20 for place in range(6)],
        x_value_formatter=lambda value: f"{value}%",
        show_y_labels=False,
    )
    graph.add("", [(count, place * 10, place * 10 + 10) for place, count in enumerate(counts)])
    drawn = draw(graph)
    boxes = drawn.boxes()
    words = [
        Words(box.x + box.width / 2, box.y - 10, str(count), "chart-figure", "middle")
        for box, count in zip(boxes, counts, strict=True)
        if count
    ]
    words += drawn.labels()
    kind = f"{size.kind} chart-histogram"
    if pass_percent is None:
        return drawing(drawn, kind, boxes=boxes, words=words)
    x = boxes[0].x + (boxes[-1].x + boxes[-1].width - boxes[0].x) * pass_percent / 100
    foot = boxes[0].y + boxes[0].height
    line = Path(f"M{x - drawn.left:.1f} {SLOT - drawn.top} V{foot - drawn.top:.1f}", "chart-pass")
    words.append(Words(x, SLOT / 2, f"合格线 {pass_percent}%", "chart-label", "middle"))
    return drawing(drawn, kind, boxes=boxes, paths=[line], words=words)
