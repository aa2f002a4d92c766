"""Mentions: names of sets whose items the speech does not give. Nothing is ever filled in for them."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from collections.abc import Sequence
from collections.abc import Set

import rjieba

from quizapp.core.keypoints.evidence import SoundSentences
from quizapp.core.keypoints.naming import SetName
from quizapp.core.markers import number
from quizapp.core.outline import OrdinalList
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_NUMERAL = "[一二三四五六七八九两双]"
#: “一岗双责”, “三会一课”: two counts in one name.
_DOUBLE = re.compile(
    rf"“(({_NUMERAL})[^一二两三四五六七八九十双“”，、\n]({_NUMERAL})[^一二两三四五六七八九十双“”，、\n])”"
)
_NO_QUOTES = str.maketrans("", "", "“”‘’")
_NO_SETS = frozenset(["一带一路", "一国两制", "一心一意", "一五一十", "一上一下", "一对一帮"])
#: How the dictionary marks sayings (四平八稳, 七上八下); the names of campaigns it has (一岗双责) are marked otherwise.
_SAYING_TAGS = frozenset("im")
_SUM = re.compile(r"[一二三四五六七八九十]加[一二三四五六七八九十]")
_CLASSIFIED = re.compile(rf"{_NUMERAL}(?:个|项|大|种|条)")
#: A count alone is a date or a plan (“五四”“八一”) unless it is called one of these.
_NUMERALS_NAME = re.compile(r"”(?:工作|发展|总体)?(?:思路|战略|布局|目标|计划|工程|体系|模式|行动|举措|工作法|机制)")

# 没有引号的“两个确立”“四个意识”：计数之后是说得出内容的词，前面或后面还要有个名分。
_CORE = re.compile(
    r"(?:坚持|确立|维护|意识|自信|转变|确保|注重|优先|统筹|导向|体系|工程|行动|战役|攻坚战|抓手|原则|机制|战略|建设|革命|"
    r"安全|任务|目标|定位|方针|举措|关口|防线|底线|清单|台账|走在前|务必|规律|重点|满意|过硬|结合|提升|突破|强化|到位|"
    r"下功夫|一线|问题|优势|支撑|保障|考验|危险|纪律|规定|规范|准则|禁令|不准|严禁|必须)$"
)
_CORE_LONGEST = 6
_NAMED_BY = re.compile(
    r"(?:坚持|做到|增强|坚定|捍卫|践行|落实|贯彻|打好|打赢|推进|实施|牢记|树立|把握|遵循|围绕|聚焦|按照|执行|遵守|筑牢|强化|深化|抓实"
    r"|抓好|拥护|领悟|领会|开展|建好|实行|严守|恪守|弘扬|完善|健全|践诺|对照|领会好|突出|提升|推动|扣|、|了|好|的|和)$"
)
_NAMED_BY_WITHIN = 3


def mentions(
    clean: CleanText, outline: Outline, names: Sequence[SetName], points: Sequence[KeyPoint]
) -> tuple[KeyPoint, ...]:
    """Give each name without a set once, where it is first said, in the order of the text."""
    given = {_bare(text) for point in points for text in (point.name, point.full_name, point.name_right) if text}
    openings = {text[:length] for text in given for length in range(1, len(text) + 1)}
    found: dict[str, SetName] = {}
    for name in sorted([*names, *_double_names(clean.text, names)], key=lambda each: each.span.start):
        key = _bare(name.text)
        if key not in found and not _is_given(name, given, openings) and _is_told(clean.text, name):
            found[key] = name
    lists = _ListsByLead(outline)
    sound = SoundSentences(clean)
    return tuple(_point(clean, outline, name, lists.announced_by(name), sound) for name in found.values())


def _bare(name: str) -> str:
    return name.translate(_NO_QUOTES)


def _is_given(name: SetName, given: Set[str], openings: Set[str]) -> bool:
    """Whether a set has this name, or the name with the noun that belongs to it (五型, 五型干部)."""
    return _bare(name.text) in openings or (name.full is not None and _bare(name.full) in given)


# Which names say that a set is meant


def _is_told(text: str, name: SetName) -> bool:
    if name.count < 2 or name.generic:
        return False
    return _is_quoted_name(text, name) if name.quoted else _is_plain(text, name)


def _is_quoted_name(text: str, name: SetName) -> bool:
    if name.numerals:
        return _NUMERALS_NAME.match(text, name.span.end) is not None
    if _SUM.match(name.text) or name.text in _NO_SETS:
        return False
    if not name.core:
        return not (rjieba.has_word(name.text) and _is_saying(name.text))
    return not rjieba.has_word(name.text) or _CLASSIFIED.match(name.text) is not None


def _is_plain(text: str, name: SetName) -> bool:
    """Without quotation marks it must be called something, and stand where one names what all know."""
    core = name.core
    before = text[max(0, name.span.start - _NAMED_BY_WITHIN) : name.span.start]
    return (
        name.count <= 10 and len(core) <= _CORE_LONGEST and bool(_CORE.search(core)) and bool(_NAMED_BY.search(before))
    )


def _double_names(text: str, names: Sequence[SetName]) -> Iterator[SetName]:
    """Names of two counts that the reading of names leaves out because they are proverbial (“一岗双责”)."""
    seen = {name.span.start for name in names}
    for found in _DOUBLE.finditer(text):
        name = found[1]
        if found.start(1) in seen or name in _NO_SETS or (rjieba.has_word(name) and _is_saying(name)):
            continue
        count = (number(found[2]) or 0) + (number(found[3]) or 0)
        yield SetName(name, None, count, "", True, False, False, Span(*found.span(1)))


def _is_saying(name: str) -> bool:
    return rjieba.tag(name)[0][1] in _SAYING_TAGS


# A list after the name that has another number of items


class _ListsByLead:
    """The lists of ordinals, by where what announces them ends."""

    def __init__(self, outline: Outline):
        self._lists = sorted(outline.lists, key=lambda each: each.lead.end)
        self._ends = [each.lead.end for each in self._lists]

    def announced_by(self, name: SetName) -> OrdinalList | None:
        """The list directly after a name: nothing but a mark and the noun of the name stands in between."""
        index = bisect_left(self._ends, name.outer.end)
        each = self._lists[index] if index < len(self._lists) else None
        full = name.outer.start + len(name.full) if name.full else name.outer.end
        if each is None or each.lead.end > max(full, name.outer.end) + 1 or each.lead.start > name.span.start:
            return None
        return each


def _point(
    clean: CleanText, outline: Outline, name: SetName, each: OrdinalList | None, sound: SoundSentences
) -> KeyPoint:
    miscounted = each is not None and len(each.headings) != name.count
    return KeyPoint(
        kind=PointKind.MENTION,
        name=name.text,
        full_name=name.full,
        count=name.count,
        items=(),
        span=name.outer,
        lead=Span(sound.holding(name.outer.start).start, name.outer.start),
        heading=outline.heading_at(name.outer.start),
        rule=Rule.MISCOUNTED if miscounted else Rule.NO_ITEMS,
        complete=False,
        confidence=Confidence.LOW if miscounted else Confidence.HIGH,
    )
