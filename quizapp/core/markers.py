"""Ordinals: the marks by which a speech numbers what it says (一、 （一） 一是 第二要 首先 …), as one table."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from quizapp.core.speech import CleanText
from quizapp.core.speech import Span
from quizapp.core.text import is_title_line

_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", start=1)} | {"两": 2, "双": 2}
_HAN = "一二三四五六七八九十"
_NUMERAL = f"[{_HAN}]{{1,3}}"
_ARABIC = r"[0-9０-９]{1,2}"


def number(numeral: str) -> int | None:
    """Read a whole number up to 99 in Chinese or Arabic digits; None for anything else."""
    if numeral.isdecimal() and len(numeral) <= 2:
        return int(numeral)
    if "①" <= numeral <= "⑳" and len(numeral) == 1:
        return ord(numeral) - ord("①") + 1
    tens, ten, ones = numeral.rpartition("十")
    if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS) or not (ten or ones):
        return None
    return 10 * _DIGITS.get(tens, 1 if ten else 0) + _DIGITS.get(ones, 0)


class Family(StrEnum):
    """Kinds of ordinals; two marks of one list nearly always come from one kind."""

    PART = "part"  # 第一句话，
    HAN = "han"  # 一、
    BRACKETED = "bracketed"  # （一）
    ARABIC = "arabic"  # 1.
    BRACKETED_ARABIC = "bracketed_arabic"  # （1）
    CIRCLED = "circled"  # ①
    QUOTED = "quoted"  # “一”，
    DI = "di"  # 第一，第一要
    SHI = "shi"  # 一是
    YAO = "yao"  # 一要
    FIRST_NEXT = "first_next"  # 首先 其次 再次 最后
    QI = "qi"  # 其一
    LAI = "lai"  # 一来
    ZE = "ze"  # 一则
    VERB = "verb"  # 一靠 二靠 三靠: the same verb after each numeral


class Place(Enum):
    """Where marks of a family can stand: at a paragraph's start, after what ends a sentence, after any of these."""

    PARAGRAPH = "\n"
    SENTENCE = "。；！？：”」"
    #: After a comma only to begin a list or to go on with the same family; the outline decides.
    CLAUSE = "—，、"


@dataclass(frozen=True)
class _Form:
    """One row of the table. `rank` is None for soft families, which may stand at any depth.

    `begins` holds every character that the pattern can begin with.
    """

    place: Place
    rank: int | None
    begins: str
    pattern: str


_PARTS = "句话|部分|个问题|个方面|个层面|个环节|点|个标准|件事|章"
# 一抓二抓、一靠二靠：只认这些动词，“一个”“一次”“一级”“一线”后面的字不是动词。
_VERBS = (
    "靠抓看讲想问查建学做干争促管守防补练创强扩稳保调改提增推育引治优聚融破立读写算评督求盯严重在为有能用让给戒忌谈说"
)

# 三是要求十分严格：“要”属于“要求”，所以“三是”之后的“要”不算序数；一要求“实”则是“一要”加“求‘实’”。
# “一是一、二是二”“三要素”“一、二月份”“3.5”都不是序数。
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_FIGURES = "0123456789０１２３４５６７８９"
FORMS = {
    Family.PART: _Form(Place.PARAGRAPH, 0, "第", rf"第(?P<part>{_NUMERAL}|{_ARABIC})(?:{_PARTS})(?:[，：、]|就?是)?"),
    Family.HAN: _Form(
        Place.PARAGRAPH,
        1,
        _HAN,
        rf"(?P<han>{_NUMERAL})[、．.](?!{_NUMERAL}(?:[、月季线等类级期楼号批层审]|产业)|[0-9])",
    ),
    Family.BRACKETED: _Form(Place.SENTENCE, 2, "（(", rf"[（(](?P<bracketed>{_NUMERAL})[）)]、?"),
    Family.ARABIC: _Form(Place.SENTENCE, 3, _FIGURES, rf"(?P<arabic>{_ARABIC})[.．、](?![0-9０-９])"),
    Family.BRACKETED_ARABIC: _Form(
        Place.SENTENCE, 4, "（(" + _FIGURES, rf"[（(]?(?P<bracketed_arabic>{_ARABIC})[）)]、?"
    ),
    Family.CIRCLED: _Form(Place.SENTENCE, 5, _CIRCLES, "(?P<circled>[①-⑳])、?"),
    Family.QUOTED: _Form(Place.PARAGRAPH, 2, "“", rf"“(?P<quoted>{_NUMERAL})”[，：、]?"),
    Family.DI: _Form(
        Place.CLAUSE,
        None,
        "第",
        rf"第(?P<di>{_NUMERAL}|{_ARABIC})(?:[，：]|、(?!第?{_NUMERAL}|[0-9])|要(?![素件务义领])|是(?!否))",
    ),
    Family.SHI: _Form(Place.CLAUSE, None, _HAN, rf"(?P<shi>{_NUMERAL})是(?!否|非|{_NUMERAL}(?:[，、。；”]|$))"),
    Family.YAO: _Form(Place.CLAUSE, None, _HAN, rf"(?P<yao>{_NUMERAL})要(?!素|件|么|点[，。、；]|{_NUMERAL}不)"),
    Family.FIRST_NEXT: _Form(
        Place.CLAUSE,
        None,
        "首其再然最末",
        r"(?P<first_next>首先|其次|(?:再次|再者|然后|最后)(?=[，要是])|末了(?=，))[，：]?",
    ),
    Family.QI: _Form(Place.CLAUSE, None, "其", rf"其(?P<qi>{_NUMERAL})(?:[，、：]|是)"),
    Family.LAI: _Form(Place.CLAUSE, None, _HAN, rf"(?P<lai>{_NUMERAL})来(?!{_NUMERAL}|[往源自到就])[，、：]?"),
    Family.ZE: _Form(Place.CLAUSE, None, _HAN, rf"(?P<ze>{_NUMERAL})则(?!消息|新闻|通[知报]|公告|故事)[，、：]?"),
    Family.VERB: _Form(Place.CLAUSE, None, _HAN, rf"(?P<verb>{_NUMERAL})(?=[{_VERBS}][^，。、；：！？”\s])"),
}

#: Place of each word of the first-next family; 0 stands for the last, whatever its number.
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "然后": 3, "最后": 0, "末了": 0}

_FAMILIES = {family.value: family for family in Family}

#: Families that are ordinals only beside their like: a lone 一来 or 一看 is none.
_TOGETHER = frozenset({Family.LAI, Family.ZE, Family.VERB})


def _by_first_character(*places: Place) -> dict[str, re.Pattern[str]]:
    forms = [form for form in FORMS.values() if form.place in places]
    return {
        first: re.compile("|".join(form.pattern for form in forms if first in form.begins))
        for first in {first for form in forms for first in form.begins}
    }


#: What can stand after a character, by the character that it begins with.
_AFTER = (
    dict.fromkeys(Place.PARAGRAPH.value, _by_first_character(*Place))
    | dict.fromkeys(Place.SENTENCE.value, _by_first_character(Place.SENTENCE, Place.CLAUSE))
    | dict.fromkeys(Place.CLAUSE.value, _by_first_character(Place.CLAUSE))
)
# Where a mark can stand and how it can begin: all else is passed over without a closer look.
_CANDIDATE = re.compile(rf"[{''.join(_AFTER)}](?=[{''.join({f: '' for form in FORMS.values() for f in form.begins})}])")
_PAIRS = {"“": "”", "「": "」", "《": "》"}
_PAIRED = re.compile(rf"[{''.join(_PAIRS)}{''.join(_PAIRS.values())}]")
_SAYS_NOTHING = frozenset("。；！？\n")
_HEADING_BELOW_MAX = 60
#: More ordinals than this, and one in fewer characters than that: the bound keeps a malicious text from costing more.
_MANY = 1_000
_APART = 10


class Marker(NamedTuple):
    """One ordinal as it stands in the text. `value` is 0 for “the last”; `verb` is what 一靠 repeats."""

    family: Family
    value: int
    text: str
    span: Span
    paragraph: int
    opens_paragraph: bool
    after_comma: bool
    verb: str = ""


def markers(clean: CleanText) -> tuple[Marker, ...]:
    """Find everything that can be an ordinal, in order; which of them number a list is for the outline to say.

    What stands inside a quotation or a title is somebody else's. A long text with an ordinal in every line or clause
    is a table, no speech, and has none.
    """
    most = max(_MANY, len(clean.text) // _APART)
    enclosed = _Enclosed(clean)
    found = [m for m in islice(_found(clean), most + 1) if m.opens_paragraph or not enclosed.holds(m)]
    if len(found) > most:
        return ()
    if not any(marker.family in _TOGETHER for marker in found):
        return tuple(found)
    runs = _runs(marker for marker in found if marker.family in _TOGETHER)
    return tuple(marker for marker in found if marker.family not in _TOGETHER or marker.span.start in runs)


def _found(clean: CleanText) -> Iterator[Marker]:
    text, paragraphs = clean.text, clean.paragraphs
    paragraph, passed = -1, 0
    for start in _candidates(text):
        match = _match(text, start) if start >= passed else None
        if match is None:
            continue
        family = _FAMILIES[match.lastgroup or ""]
        value = _value(family, match[family.value])
        while paragraph + 1 < len(paragraphs) and paragraphs[paragraph + 1].start <= start:
            paragraph += 1
        if value is None or not _says_something(clean, family, match.end(), paragraph):
            continue
        passed = match.end()
        opens = paragraphs[paragraph].start == start
        comma = not opens and text[start - 1] in Place.CLAUSE.value
        verb = text[passed] if family is Family.VERB else ""
        yield Marker(family, value, match.group(), Span(start, passed), paragraph, opens, comma, verb)


def _candidates(text: str) -> Iterator[int]:
    if text:
        yield 0
    for match in _CANDIDATE.finditer(text):
        yield match.end()


def _match(text: str, start: int) -> re.Match[str] | None:
    pattern = _AFTER[text[start - 1] if start else "\n"].get(text[start])
    return pattern.match(text, start) if pattern else None


def _value(family: Family, numeral: str) -> int | None:
    if len(numeral) == 1 and numeral in _DIGITS:
        return _DIGITS[numeral]
    return _WORDS[numeral] if family is Family.FIRST_NEXT else number(numeral)


def _says_something(clean: CleanText, family: Family, end: int, paragraph: int) -> bool:
    """An ordinal with nothing behind it numbers nothing, unless its heading stands on the next line."""
    if end < clean.paragraphs[paragraph].end:
        return clean.text[end] not in _SAYS_NOTHING
    return family is Family.PART or (FORMS[family].rank is not None and heading_below(clean, paragraph) is not None)


def heading_below(clean: CleanText, paragraph: int) -> Span | None:
    """The line under an ordinal that fills its own line, where that can be a heading."""
    if paragraph + 1 >= len(clean.paragraphs):
        return None
    below = clean.paragraphs[paragraph + 1]
    line = below.of(clean.text) if below.end - below.start <= _HEADING_BELOW_MAX else ""
    return below if line and is_title_line(line.replace("，", "")) else None


class _Enclosed:
    """Tells what stands between the two marks of one pair, within a paragraph."""

    def __init__(self, clean: CleanText):
        self.clean = clean
        self.marks: dict[str, list[int]] = {opening: [] for opening in _PAIRS}
        of = {mark: self.marks[opening] for opening, closing in _PAIRS.items() for mark in (opening, closing)}
        for match in _PAIRED.finditer(clean.text):
            of[match.group()].append(match.start())

    def holds(self, marker: Marker) -> bool:
        return any(self._between(marker, opening, marks) for opening, marks in self.marks.items() if marks)

    def _between(self, marker: Marker, opening: str, marks: list[int]) -> bool:
        text, paragraph = self.clean.text, self.clean.paragraphs[marker.paragraph]
        after = bisect_left(marks, marker.span.start)
        if not 0 < after < len(marks) or marks[after - 1] < paragraph.start or marks[after] >= paragraph.end:
            return False
        return text[marks[after - 1]] == opening and text[marks[after]] == _PAIRS[opening]


def _runs(found: Iterable[Marker]) -> set[int]:
    """Where the marks stand that count on from one, two or more of them, in one paragraph or each opening its own."""
    runs: dict[tuple[Family, str], list[Marker]] = {}
    kept: set[int] = set()
    for marker in found:
        run = runs.setdefault((marker.family, marker.verb), [])
        if marker.value == 1:
            run[:] = [marker]
        elif run and marker.value == run[-1].value + 1 and _beside(run[-1], marker):
            run.append(marker)
            kept |= {run[0].span.start, marker.span.start}
    return kept


def _beside(marker: Marker, following: Marker) -> bool:
    return marker.paragraph == following.paragraph or (marker.opens_paragraph and following.opens_paragraph)
