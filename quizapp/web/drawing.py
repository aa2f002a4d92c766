"""Drawings by pygal made fit for our pages: nothing inline, nothing foreign, colour and type by class.

pygal computes scales, bars, lines and guides. Of the tree that it gives only the elements, attributes and classes named
here go on, so that neither its scripts and styles nor anything that it may write tomorrow reaches a page. Words are
ours: they are placed by what was drawn, and escaped as they are written.
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
from markupsafe import Markup
from markupsafe import escape
from pygal.graph.graph import Graph
from pygal.style import Style
from pygal.view import Box as View

#: Type in units of a drawing, and the same for those who chose large type: words must have room for it.
TYPE, LARGE_TYPE = 14, 17
#: A Latin letter or a figure is about so wide, in parts of the type; a Chinese character is as wide as the type.
LATIN = 0.58

#: What of pygal's tree goes on: elements, attributes, and classes under a name of our own.
ELEMENTS = frozenset({"svg", "g", "rect", "circle", "path", "text"})
ATTRIBUTES = frozenset({"x", "y", "width", "height", "cx", "cy", "r", "d", "transform", "viewBox", "text-anchor"})
CLASSES: Mapping[str, str] = {
    "line": "chart-line",
    "guide": "chart-guide",
    "axis": "chart-axis",
    "rect": "chart-bar",
    "marked": "is-marked",
    "dot": "chart-dot",
    "x": "chart-x",
    "y": "chart-y",
    **{f"serie-{number}": f"chart-{number}" for number in range(8)},
}
#: Ground that our stylesheet does not paint, and a box that only pygal's script would fill.
DROPPED = frozenset({"background", "tooltip-overlay", "titles"})
NUMBER = re.compile(r"-?\d+\.\d+")

# It finds pygal's maps for `import`, in a way that Python has given up and complains of; we draw no maps.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

COMMON: Mapping[str, object] = {
    "js": [],
    "css": [],
    "explicit_size": True,
    "show_legend": False,
    "margin": 0,
    "spacing": 6,
    "title": None,
    "no_prefix": True,
    "style": Style(label_font_size=TYPE, value_font_size=TYPE, major_label_font_size=TYPE),
}


@dataclass(frozen=True)
class Box:
    """A rectangle as drawn, in units of the whole drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Words:
    """A line of text in a drawing; `y` is the middle of the line, `kind` its class."""

    x: float
    y: float
    text: str
    kind: str = "chart-label"
    anchor: str = "start"


@dataclass(frozen=True)
class Drawn:
    """What pygal drew: the tree, and the frame in which its plot lies."""

    root: Any
    left: float
    top: float

    def boxes(self, series: int = 0) -> list[Box]:
        """The bars of one series, in the order they were given; there is none at a gap."""
        return [self._box(node) for node in self._of(series, "rect")]

    def ends(self, plot_right: float) -> tuple[float, float]:
        """Where nought and one lie across, in a drawing of shares whose plot ends there."""
        # pygal leaves a margin on both sides of what it draws.
        margin = View.margin / (1 + 2 * View.margin) * (plot_right - self.left)
        return self.left + margin, plot_right - margin

    def dots(self, series: int) -> list[tuple[float, float]]:
        """The dots of one series, in the order they were given; there is none at a gap."""
        return [
            (self.left + float(node.get("cx")), self.top + float(node.get("cy"))) for node in self._of(series, "circle")
        ]

    def _of(self, series: int, tag: str) -> Iterator[Any]:
        for group in self.root.iter("g"):
            if f"serie-{series}" in group.get("class", "").split():
                yield from group.iter(tag)

    def _box(self, node: Any) -> Box:
        # pygal writes no attribute for a length of nought.
        x, y, width, height = (float(node.get(name, 0)) for name in ("x", "y", "width", "height"))
        return Box(self.left + x, self.top + y, width, height)


class Quick:
    """What makes pygal's charts leave out what only its script would show, half of their time."""

    def _tooltip_data(self, *places: object, **options: object) -> None: ...

    def _static_value(self, *places: object, **options: object) -> None: ...


def draw(graph: Graph) -> Drawn:
    """Let pygal draw."""
    root = graph.render_tree()
    plot = next(group for group in root.iter("g") if group.get("class") == "plot")
    left, top = re.findall(r"-?\d+", plot.get("transform"))
    return Drawn(root, float(left), float(top))


def written(drawn: Drawn, words: Iterable[Words] = (), below: Iterable[str] = (), *, kind: str) -> Markup:
    """The drawing as SVG for a page, shapes of ours below it and words above; its table twin speaks in its place."""
    inside = "".join([*below, *_children(drawn.root), *map(_text, words)])
    width, height = int(drawn.root.get("width")), int(drawn.root.get("height"))
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    # Every part of it was escaped when it was written.
    return Markup(f'<svg class="{kind}" {size} aria-hidden="true" focusable="false">{inside}</svg>')  # noqa: S704


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


def _text(words: Words) -> str:
    place = f'x="{words.x:.1f}" y="{words.y:.1f}" text-anchor="{words.anchor}"'
    return f'<text class="{words.kind}" {place}>{escape(words.text)}</text>'


def _children(node: Any) -> Iterator[str]:
    for child in node:
        if _goes_on(child):
            inside = "".join([str(escape(child.text or "")) if child.tag == "text" else "", *_children(child)])
            if inside or child.tag not in ("g", "text"):
                yield f"<{child.tag}{_attributes(child)}>{inside}</{child.tag}>"


def _goes_on(node: Any) -> bool:
    if node.tag not in ELEMENTS or not DROPPED.isdisjoint(_classes(node)):
        return False
    return node.tag != "rect" or float(node.get("width", 0)) > 0


def _classes(node: Any) -> list[str]:
    return (node.get("class") or "").split()


def _attributes(node: Any) -> str:
    classes = " ".join(CLASSES[name] for name in _classes(node) if name in CLASSES)
    found = f' class="{classes}"' if classes else ""
    for name, value in node.items():
        if name in ATTRIBUTES:
            found += f' {name}="{escape(_rounded(value))}"'
    return found


def _rounded(value: str) -> str:
    """Tenths of a unit are finer than any screen."""
    return NUMBER.sub(lambda number: f"{float(number.group()):.1f}", value)
