"""The numbers that Word writes before paragraphs.

They stand nowhere in the text: without them a speech whose headings are numbered automatically would have no headings.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from quizapp.formats.speech_files.wordml import child_number
from quizapp.formats.speech_files.wordml import child_value
from quizapp.formats.speech_files.wordml import is_on
from quizapp.formats.speech_files.wordml import name
from quizapp.formats.speech_files.wordml import number
from quizapp.formats.speech_files.wordml import value


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered; `text` is like `（%1）`. `restart` is a first number set anew."""

    start: int
    form: str
    text: str
    style: str
    #: Every number in it in figures, whatever the other levels write.
    in_figures: bool
    #: It counts anew after a paragraph of a level above this depth; 0 never.
    anew_below: int
    restart: int | None = None


class Markers:
    """Counts the numbered paragraphs of a document, which must be asked about in their order."""

    def __init__(self, numbering: Any, styles: Any | None):
        abstract = _abstract_lists(numbering)
        lists = {value(e, "w:numId"): e for e in numbering.iterchildren(name("w:num"))}
        self._list_of = {number_id: child_value(e, "w:abstractNumId") for number_id, e in lists.items()}
        self._levels = {n: _levels(abstract.get(self._list_of[n]), e) for n, e in lists.items()}
        self._of_style = dict(_style_numbers(styles, self._levels)) if styles is not None else {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._restarted: set[tuple[str, int]] = set()

    def marker(self, paragraph: Any) -> str:
        number_id, depth = self._place(paragraph)
        level = self._levels.get(number_id, {}).get(depth)
        if level is None or level.form == "bullet":
            return ""
        self._count(number_id, depth, level)
        return re.sub("%([1-9])", lambda place: self._shown(number_id, int(place[1]) - 1, level), level.text)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        properties = paragraph.find(name("w:pPr"))
        if properties is None:
            return "", 0
        of_style = self._of_style.get(child_value(properties, "w:pStyle"), ("", 0))
        numbering = properties.find(name("w:numPr"))
        if numbering is None:
            return of_style
        return child_value(numbering, "w:numId") or of_style[0], child_number(numbering, "w:ilvl", of_style[1])

    def _count(self, number_id: str, depth: int, level: Level) -> None:
        counts = self._counts[self._list_of[number_id]]
        for deeper in [other for other in counts if other > depth]:
            if self._restarts(number_id, deeper, depth):
                del counts[deeper]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        if level.restart is not None and (number_id, depth) not in self._restarted:
            self._restarted.add((number_id, depth))
            counts[depth] = level.restart

    def _restarts(self, number_id: str, deeper: int, depth: int) -> bool:
        level = self._levels[number_id].get(deeper)
        return level is None or depth < level.anew_below

    def _shown(self, number_id: str, depth: int, within: Level) -> str:
        level = self._levels[number_id].get(depth)
        if level is None:
            return ""
        count = self._counts[self._list_of[number_id]].get(depth, level.start)
        return str(count) if within.in_figures and level.form != "none" else FORMS.get(level.form, str)(count)


def _abstract_lists(numbering: Any) -> dict[str, Any]:
    """The descriptions of lists by number; one that only names a list style is the one that the style brings."""
    lists = list(numbering.iterchildren(name("w:abstractNum")))
    of_style = {child_value(e, "w:styleLink"): e for e in lists if child_value(e, "w:styleLink")}
    return {value(e, "w:abstractNumId"): of_style.get(child_value(e, "w:numStyleLink"), e) for e in lists}


def _levels(abstract: Any | None, own: Any) -> dict[int, Level]:
    if abstract is None:
        return {}
    levels = dict(_level(e) for e in abstract.iterchildren(name("w:lvl")))
    for override in own.iterchildren(name("w:lvlOverride")):
        depth = number(value(override, "w:ilvl"), 0)
        if (instead := override.find(name("w:lvl"))) is not None:
            levels[depth] = _level(instead)[1]
        if (start := override.find(name("w:startOverride"))) is not None and depth in levels:
            levels[depth] = replace(levels[depth], restart=number(value(start), 1))
    return levels


def _level(element: Any) -> tuple[int, Level]:
    depth = number(value(element, "w:ilvl"), 0)
    return depth, Level(
        start=child_number(element, "w:start", 1),
        form=child_value(element, "w:numFmt"),
        text=child_value(element, "w:lvlText"),
        style=child_value(element, "w:pStyle"),
        in_figures=is_on(element, "w:isLgl"),
        anew_below=child_number(element, "w:lvlRestart", depth),
    )


def _style_numbers(styles: Any, levels: Mapping[str, Mapping[int, Level]]) -> Iterator[tuple[str, tuple[str, int]]]:
    """The list and level that each paragraph style brings, its own or that of a style it is based on."""
    by_id = {value(style, "w:styleId"): style for style in styles.iterchildren(name("w:style"))}
    for style_id, style in by_id.items():
        seen: set[str] = set()
        while style is not None and (based_on := value(style, "w:styleId")) not in seen:
            seen.add(based_on)
            numbering = style.find(f"{name('w:pPr')}/{name('w:numPr')}")
            if numbering is not None:
                number_id = child_value(numbering, "w:numId")
                stated = child_number(numbering, "w:ilvl", 0)
                yield style_id, (number_id, _linked_depth(levels.get(number_id, {}), style_id, stated))
                break
            style = by_id.get(child_value(style, "w:basedOn"))


def _linked_depth(levels: Mapping[int, Level], style_id: str, stated: int) -> int:
    """A level may name the style it belongs to, which counts for more than what the style says."""
    return next((depth for depth, level in levels.items() if level.style == style_id), stated)


def _chinese(count: int) -> str:
    if not 0 < count < 1000:
        return str(count)
    hundreds, rest = divmod(count, 100)
    if not hundreds:
        return _below_hundred(rest)
    tail = "零" + DIGITS[rest] if rest < 10 else DIGITS[rest // 10] + "十" + DIGITS[rest % 10].strip()
    return f"{DIGITS[hundreds]}百" + (tail if rest else "")


def _below_hundred(count: int) -> str:
    tens, ones = divmod(count, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + DIGITS[ones].strip()


def _financial(count: int) -> str:
    """As on cheques, where every ten says how many."""
    written = "壹拾" + _chinese(count)[1:] if 10 <= count < 20 else _chinese(count)
    return written.translate(str.maketrans("一二三四五六七八九十百", "壹贰叁肆伍陆柒捌玖拾佰"))


def _from(first: str, last: int) -> Callable[[int], str]:
    """Numbers that Unicode has as characters in a row."""
    return lambda count: chr(ord(first) + count - 1) if 0 < count <= last else str(count)


def _letter(count: int) -> str:
    """A to Z, then AA to ZZ, as Word goes on."""
    return chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 % 10 + 1) if count > 0 else str(count)


def _roman(count: int) -> str:
    if not 0 < count < 400:
        return str(count)
    tens = ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "C" * (count // 100) + tens[count // 10 % 10] + ones[count % 10]


DIGITS = " 一二三四五六七八九"
FULL_WIDTH = {48 + digit: 0xFF10 + digit for digit in range(10)}
FORMS: Mapping[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "chineseLegalSimplified": _financial,
    "ideographDigital": lambda count: str(count).translate(str.maketrans("0123456789", "〇一二三四五六七八九")),
    "ideographTraditional": lambda count: "甲乙丙丁戊己庚辛壬癸"[(count - 1) % 10],
    "ideographZodiac": lambda count: "子丑寅卯辰巳午未申酉戌亥"[(count - 1) % 12],
    "decimalEnclosedCircle": _from("①", 20),
    "decimalEnclosedCircleChinese": _from("①", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "decimalFullWidth": lambda count: str(count).translate(FULL_WIDTH),
    "decimalZero": lambda count: f"{count:02}",
    "upperLetter": _letter,
    "lowerLetter": lambda count: _letter(count).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda count: _roman(count).lower(),
    "none": lambda _: "",
}
