"""Drawings by pygal made fit for our pages: nothing inline, nothing foreign, colour and type by class.

pygal computes scales, bars, lines and guides. Of the tree that it gives only numbers, a path's moves and the labels of
the axes go on, as plain values that a template writes; so neither its scripts and styles nor anything that it may write
tomorrow reaches a page. Words are ours, placed by what was drawn.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pygal
from pygal.graph.graph import Graph
from pygal.style import Style
from pygal.view import Box as View

#: Type in units of a drawing, and the same for those who chose large type: words must have room for it.
TYPE, LARGE_TYPE = 14, 17
#: A Latin letter or a figure is about so wide, in parts of the type; a Chinese character is as wide as the type.
LATIN = 0.58

#: What pygal's classes are called here; a shape without one of these goes no further.
CLASSES: Mapping[str, str] = {
    "line": "chart-line",
    "rect": "chart-bar",
    "marked": "is-marked",
    "dot": "chart-dot",
    **{f"serie-{number}": f"chart-{number}" for number in range(8)},
}
MOVES = re.compile(r"[MLHVhv0-9 .-]+")
NUMBER = re.compile(r"-?\d+\.\d+")

# It finds pygal's maps for `import`, in a way that Python has given up and complains of; we draw no maps.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

COMMON = pygal.Config(
    js=[],
    css=[],
    explicit_size=True,
    show_legend=False,
    margin=0,
    spacing=6,
    title=None,
    no_prefix=True,
    style=Style(label_font_size=TYPE, value_font_size=TYPE, major_label_font_size=TYPE),
)


@dataclass(frozen=True)
class Box:
    """A rectangle, in units of the whole drawing; `kind` is its class."""

    x: float
    y: float
    width: float
    height: float
    kind: str = "chart-bar"

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Dot:
    """A dot; `kind` is its class."""

    x: float
    y: float
    r: float
    kind: str


@dataclass(frozen=True)
class Path:
    """A line by its moves, in units of the plot; `kind` is its class."""

    moves: str
    kind: str


@dataclass(frozen=True)
class Words:
    """A line of text; `y` is the middle of the line, `kind` its class."""

    x: float
    y: float
    text: str
    kind: str = "chart-label"
    anchor: str = "start"


@dataclass(frozen=True)
class Drawing:
    """All that a page needs to write a chart as SVG, from the back to the front."""

    kind: str
    width: int
    height: int
    #: Where the plot lies, in which the paths are.
    left: int
    top: int
    boxes: tuple[Box, ...]
    paths: tuple[Path, ...]
    dots: tuple[Dot, ...]
    words: tuple[Words, ...]


@dataclass(frozen=True)
class Drawn:
    """What pygal drew: the tree, and where in it the plot lies."""

    root: Any
    left: int
    top: int

    def boxes(self, series: int = 0) -> list[Box]:
        """The bars of one series, in the order they were given; there is none at a gap."""
        return [self._box(node) for group in self._series(series) for node in group.iter("rect")]

    def ends(self, plot_right: float) -> tuple[float, float]:
        """Where nought and one lie across, in a drawing of shares whose plot ends there."""
        # pygal leaves a margin on both sides of what it draws.
        margin = View.margin / (1 + 2 * View.margin) * (plot_right - self.left)
        return self.left + margin, plot_right - margin

    def dots(self, series: int) -> list[Dot]:
        """The dots of one series, in the order they were given; there is none at a gap."""
        return [self._dot(node, series) for group in self._series(series) for node in group.iter("circle")]

    def paths(self) -> Iterator[Path]:
        """The guides of the axis of shares, and the lines of all series."""
        for group in self.root.iter("g"):
            names = _classes(group)
            if "axis" in names and "y" in names:
                yield from (_path(node, "") for node in group.iter("path"))
            if "series" in names:
                yield from (_path(node, CLASSES[names[1]]) for node in group.iter("path"))

    def labels(self) -> Iterator[Words]:
        """What stands at the axes."""
        for group in self.root.iter("g"):
            names = _classes(group)
            if "axis" in names:
                anchor = "end" if "y" in names else "middle"
                for node in group.iter("text"):
                    x, y = self.left + float(node.get("x")), self.top + float(node.get("y")) - TYPE * 0.35
                    yield Words(round(x, 1), round(y, 1), node.text or "", "chart-mark", anchor)

    def _series(self, series: int) -> Iterator[Any]:
        return (group for group in self.root.iter("g") if f"serie-{series}" in _classes(group))

    def _box(self, node: Any) -> Box:
        # pygal writes no attribute for a length of nought.
        x, y, width, height = (float(node.get(name, 0)) for name in ("x", "y", "width", "height"))
        place = (round(self.left + x, 1), round(self.top + y, 1), round(width, 1), round(height, 1))
        return Box(*place, _kind(node))

    def _dot(self, node: Any, series: int) -> Dot:
        x, y = self.left + float(node.get("cx")), self.top + float(node.get("cy"))
        return Dot(round(x, 1), round(y, 1), float(node.get("r")), f"{_kind(node)} chart-{series}")


class Quick:
    """What makes pygal's charts leave out what only its script would show, half of their time."""

    def _tooltip_data(self, *places: object, **options: object) -> None: ...

    def _static_value(self, *places: object, **options: object) -> None: ...


def draw(graph: Graph) -> Drawn:
    """Let pygal draw."""
    root = graph.render_tree()
    plot = next(group for group in root.iter("g") if group.get("class") == "plot")
    left, top = re.findall(r"-?\d+", plot.get("transform"))
    return Drawn(root, int(left), int(top))


def drawing(
    drawn: Drawn,
    kind: str,
    *,
    boxes: Iterable[Box] = (),
    paths: Iterable[Path] = (),
    dots: Iterable[Dot] = (),
    words: Iterable[Words] = (),
) -> Drawing:
    """These shapes and words at the size of what was drawn."""
    width, height = int(drawn.root.get("width")), int(drawn.root.get("height"))
    seen = tuple(box for box in boxes if box.width > 0)
    return Drawing(kind, width, height, drawn.left, drawn.top, seen, tuple(paths), tuple(dots), tuple(words))


def em(text: str) -> float:
    """How wide a text is, in parts of its type."""
    return sum(1 if unicodedata.east_asian_width(char) in "WFA" else LATIN for char in text)


def fitted(text: str, width: float, lines: int = 1, type_size: float = TYPE) -> list[str]:
    """A text in at most so many lines of so many units; what does not fit is cut with an ellipsis."""
    room = width / type_size
    found: list[str] = [""]
    for char in " ".join(text.split()):
        if em(found[-1] + char) <= room:
            found[-1] += char
        elif len(found) < lines:
            found.append(char)
        else:
            return [*found[:-1], _cut(found[-1], room)]
    return found


def apart(places: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """These places moved so that none lies nearer to another than the gap, in the same order, as near as may be."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    lowest = top - gap
    for index in order:
        moved[index] = lowest = max(moved[index], lowest + gap)
    highest = bottom + gap
    for index in reversed(order):
        moved[index] = highest = min(moved[index], highest - gap)
    return moved


def _cut(text: str, room: float) -> str:
    while text and em(text) + 1 > room:
        text = text[:-1]
    return text + "…"


def _classes(node: Any) -> list[str]:
    return (node.get("class") or "").split()


def _kind(node: Any) -> str:
    return " ".join(CLASSES[name] for name in _classes(node) if name in CLASSES)


def _path(node: Any, series: str) -> Path:
    moves = NUMBER.sub(lambda number: f"{float(number.group()):.1f}", node.get("d"))
    assert MOVES.fullmatch(moves), moves
    return Path(moves, f"{_kind(node)} {series}".strip())
