"""Ordinals: the marks by which a speech numbers what it says (一、 （一） 一是 第二要 首先 …), as one table."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from enum import StrEnum

from quizapp.core.speech import CleanText
from quizapp.core.speech import Span

_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", start=1)} | {"两": 2, "双": 2}
_NUMERAL = "[一二三四五六七八九十]{1,3}"
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


class Place(Enum):
    """Where marks of a family can stand."""

    PARAGRAPH = "(?:^)"
    SENTENCE = "(?:^|(?<=[。；！？：”]))"
    #: After a comma only to begin a list or to go on with the same family; the outline decides.
    CLAUSE = "(?:^|(?<=[。；！？：”—，、]))"


@dataclass(frozen=True)
class _Form:
    """One row of the table. `rank` is None for soft families, which may stand at any depth."""

    place: Place
    rank: int | None
    pattern: str


# 三是要求十分严格：“要”属于“要求”，所以“三是”之后的“要”不算序数；一要求“实”则是“一要”加“求‘实’”。
# “一是一、二是二”“三要素”“一、二月份”“3.5”都不是序数。
FORMS = {
    Family.PART: _Form(
        Place.PARAGRAPH,
        0,
        rf"第(?P<part>{_NUMERAL}|{_ARABIC})(?:句话|部分|个问题|个方面|点|个标准)(?:[，：、]|就?是)?",
    ),
    Family.HAN: _Form(Place.PARAGRAPH, 1, rf"(?P<han>{_NUMERAL})、(?!{_NUMERAL}(?:[、月季线等类级]|产业))"),
    Family.BRACKETED: _Form(Place.SENTENCE, 2, rf"[（(](?P<bracketed>{_NUMERAL})[）)]、?"),
    Family.ARABIC: _Form(Place.SENTENCE, 3, rf"(?P<arabic>{_ARABIC})[.．、](?![0-9０-９])"),
    Family.BRACKETED_ARABIC: _Form(Place.SENTENCE, 4, rf"[（(](?P<bracketed_arabic>{_ARABIC})[）)]、?"),
    Family.CIRCLED: _Form(Place.SENTENCE, 5, "(?P<circled>[①-⑳])、?"),
    Family.QUOTED: _Form(Place.PARAGRAPH, 2, rf"“(?P<quoted>{_NUMERAL})”[，：、]?"),
    Family.DI: _Form(
        Place.CLAUSE,
        None,
        rf"第(?P<di>{_NUMERAL}|{_ARABIC})(?:[，：]|、(?!第?{_NUMERAL}|[0-9])|要(?![素件务义领])|是(?!否))",
    ),
    Family.SHI: _Form(Place.CLAUSE, None, rf"(?P<shi>{_NUMERAL})是(?!否|非|{_NUMERAL}[，、。；])"),
    Family.YAO: _Form(Place.CLAUSE, None, rf"(?P<yao>{_NUMERAL})要(?!素|件|么|点[，。、；])"),
    Family.FIRST_NEXT: _Form(
        Place.CLAUSE, None, r"(?P<first_next>首先|其次|(?:再次|再者|然后|最后)(?=[，要是])|末了(?=，))[，：]?"
    ),
    Family.QI: _Form(Place.CLAUSE, None, rf"其(?P<qi>{_NUMERAL})(?:[，、：]|是)"),
}

#: Place of each word of the first-next family; 0 stands for the last, whatever its number.
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "然后": 3, "最后": 0, "末了": 0}


def _patterns(place: Place) -> str:
    return "|".join(form.pattern for form in FORMS.values() if form.place is place)


_MARK = re.compile("|".join(f"{place.value}(?:{_patterns(place)})" for place in Place), re.MULTILINE)


@dataclass(frozen=True)
class Marker:
    """One ordinal as it stands in the text. `value` is 0 for “the last”."""

    family: Family
    value: int
    text: str
    span: Span
    paragraph: int
    opens_paragraph: bool
    after_comma: bool


def markers(clean: CleanText) -> tuple[Marker, ...]:
    """Find everything that can be an ordinal, in order; which of them number a list is for the outline to say."""
    return tuple(_found(clean))


def _found(clean: CleanText) -> Iterator[Marker]:
    starts = [paragraph.start for paragraph in clean.paragraphs]
    for match in _MARK.finditer(clean.text):
        family = Family(match.lastgroup or "")
        value = _value(family, match[family.value])
        if value is None:
            continue
        start = match.start()
        paragraph = bisect_right(starts, start) - 1
        opens = starts[paragraph] == start
        comma = not opens and clean.text[start - 1] in "，、—"
        yield Marker(family, value, match.group(), Span(start, match.end()), paragraph, opens, comma)


def _value(family: Family, numeral: str) -> int | None:
    return _WORDS[numeral] if family is Family.FIRST_NEXT else number(numeral)
