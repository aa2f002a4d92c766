"""Facts: figures, times, deadlines, who is responsible, what system is tried – by fixed patterns, nothing guessed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import NamedTuple

import rjieba

from quizapp.core.keypoints.evidence import SoundSentences
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import FactKind
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_DIGIT = "[一二三四五六七八九]"
_SMALL = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_MONTH = r"(?:\d{1,2}|十[一二]|[一二三四五六七八九十])月"
_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]"
_YEAR = r"(?:\d{4}年|[今明去本当]年)"
_QUARTER = r"(?:[一二三四1-4]季度|本季度|每?季度)"
_ABOUT = "(?:以上|以下|以内|左右)?"
_REGION = "全(?:[国省市县区州盟镇]|系统|行业)"

_DAY_PART = "(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|每晚|夜间)"
_CLOCK = (
    rf"(?:{_DAY_PART}(?:\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})[点时：:](?:\d{{1,2}}分?|半|整|一刻|三刻|[一二三四五]?十[一二三四五六七八九]?分?)?"
    r"|\d{1,2}[点时]\d{1,2}分?|\d{1,2}[点时](?:半|整|钟|(?=之?[前后]|以[前后]))|[012]?\d[:：][0-5]\d)(?:钟|整)?(?:之[前后]|以[前后]|[前后](?!进|提|来|续))?"
)
_BY = r"(?:之前|以前|前(?!后|往|来|期|段|[一二三四五六七八九十\d]))"
_DEADLINE = (
    rf"{_YEAR}?{_MONTH}(?:份|底|初|末|[上中下]旬|{_DAY})?{_BY}"
    rf"|(?:{_YEAR}|本)?(?:年[底末中]|[本下当]?月[底末]|{_QUARTER}[末底]|本?周末|[上下]半年|{_DAY}){_BY}"
    rf"|{_SMALL}个?(?:工作日|自然日|小时|分钟|天|日|周|月|年)(?:之内|以内|内(?![部容设涵外地参需在控化]))"
    r"|(?<=到)\d{4}年(?:底|末|年底)?"
    rf"|\d{{4}}年(?:{_BY}|[底末](?:之?前)?)"
)
_OF_MONTH = f"(?:份|底|初|末|[上中下]旬|{_DAY})"
_DATE = rf"(?:{_YEAR}{_MONTH}|\d{{1,2}}月){_OF_MONTH}?(?!内)|{_MONTH}{_OF_MONTH}"
_EVERY = (
    r"每(?:个?(?:工作日|季度|月|周|星期)|半年|半月|两周|[两三]天|(?:[二两三四五六八]|\d{1,2})个?小时|天|日|年|季|旬)"
)
_POINT_OF = (
    rf"(?:{_EVERY}(?:[月年季周][初末底]|[初末底](?![一-龥]?率)|[上中下]旬|年[初末底]|{_DAY})"
    r"|每(?:周|个?星期)[一二三四五六日天](?![次个篇期场轮遍条份件天家名]|小时))(?:之前|以前|前)?"
)
_TIMES = (
    rf"(?:不少于|不低于|不超过|至少|最多)?(?P<number>{_SMALL})(?:次|轮|篇|期|场|遍|条|小时|个小时|天|节课|堂课){_ABOUT}"
)
_FREQUENCY = rf"(?P<period>{_EVERY})[^，。；：！？、“”（）\n每]{{0,12}}?(?P<times>{_TIMES})"
_SAID_OF_RANK = r"(?=[，。；！、”（）的行先\n]|$)"
_RANK = (
    rf"{_REGION}(?:前{_SMALL}[名位强]?{_SAID_OF_RANK}|第{_SMALL}(?:[名位]|方阵|梯队)?{_SAID_OF_RANK}|首位|榜首)"
    rf"|前{_SMALL}[名强](?![制度])|(?<=[居列排])第{_SMALL}位?{_SAID_OF_RANK}|第{_SMALL}名"
)
_PERCENT = (
    rf"百分之[一二三四五六七八九十点零]{{1,6}}{_ABOUT}|\d{{1,5}}(?:\.\d{{1,3}})?(?:%|％|‰|个百分点){_ABOUT}"
    rf"|{_DIGIT}成(?:以上|左右|多)"
)
_HAN_NUMBER = rf"{_DIGIT}[十百千][一二三四五六七八九十百千零]{{0,6}}"
_AMOUNT = (
    r"(?:\d{1,8}(?:\.\d{1,4})?[多余]?(?:万亿|[百千]?亿|[百千]?万|[百千])?|"
    rf"(?:{_HAN_NUMBER}|[一二两三四五六七八九十])[多余]?(?:万亿|[百千]?亿|[百千]?万)|{_HAN_NUMBER})"
    rf"[多余]?(?:人民币|美|欧)?元{_ABOUT}(?![旦宵素老勋帅件])"
)
_UNIT = (
    "人次|人|名|户|家|件|项|个|条|篇|期|场|次|份|所|座|处|台|套|辆|起|宗|间|平方公里|平方米|公里|公顷|亩|万亩|吨|千瓦"
    "|班次|批次|例"
)
_THING = (
    "(?:重点)?(?:项目|企业|乡镇|镇街|街道|社区|行政村|村|部门|单位|科室|岗位|工程|案件|问题|窗口|网点|站点|小区|家庭|事项"
    "|中心|园区|平台|党支部|支部|专班|工作组|工作专班|责任单位)"
)
_COUNT = (
    rf"(?:\d{{2,8}}(?:\.\d{{1,2}})?|\d\.\d{{1,2}}|{_HAN_NUMBER})[多余]?[万亿]?[多余]?(?:{_UNIT})(?:{_THING})?"
    r"(?![月小点大方层百种类])"
    rf"|\d[多余]?[万亿]?(?:个|家|项|件|户|所|座|处){_THING}"
)
_SYSTEM = (
    r"(?:试行|推行|实行|施行|探索建立|建立健全|建立)了?“?"
    r"(?P<system>[^，。；：！？、“”（）《》\n的和与及]{2,12}?(?:制度?|机制))(?=[，。；！、”（\n]|$)"
)
_AGENT = (
    r"由(?P<agent>(?!于|此|来|衷|我|你|他|她|大家|谁|专人|专门|各自)[^，。；：！？“”（）\n由把对]{2,18}?)"
    r"(?:共同|统一|具体|直接|分别|牵头)?"
    r"(?:负总责|负责|牵头|主办|承办|协办|主管|组织实施|督办|审核|汇总|审批|包保|包联|包抓|把关)"
)
#: What any fact may begin with; most places of a text fail here at once.
_FIRST = r"(?=[\d一二两三四五六七八九十百每由前全第今明去本当下上早中傍晚凌清夜年月周季试推实施探建])"
_BEHIND = r"(?<![-–—~～\d.第几数近好前十百千万亿点])"
_FACT = re.compile(
    rf"{_FIRST}(?:{_AGENT}|{_SYSTEM}|(?P<pointed>{_POINT_OF})|{_FREQUENCY}|{_BEHIND}(?:(?P<time>{_CLOCK})|(?P<deadline>{_DEADLINE})"
    rf"|(?P<percent>{_PERCENT})|(?P<amount>{_AMOUNT})|(?P<date>{_DATE})|(?P<count>{_COUNT}))|(?P<rank>{_RANK}))"
)
_KIND_OF = {
    "agent": FactKind.AGENT,
    "system": FactKind.SYSTEM,
    "pointed": FactKind.FREQUENCY,
    "times": FactKind.FREQUENCY,
    "time": FactKind.TIME,
    "deadline": FactKind.DEADLINE,
    "percent": FactKind.PERCENT,
    "amount": FactKind.AMOUNT,
    "date": FactKind.DATE,
    "count": FactKind.COUNT,
    "rank": FactKind.RANK,
}
_LEADS = re.compile(
    r"(?<![^，。；：\n])(?P<agent>[^，。；：！？“”（）\n由把对]{1,12}[科室局办委部处厅院会站所队组股])(?:负责)?牵头(?=[，。；、负会组制落抓]|$)"
)
_ONE = frozenset(["一", "1"])
#: 泛指的制度和承办人，问不出东西。
_ANY_SYSTEM = re.compile(
    r"(?:各|相关|有关|一|长效|良好|科学|相应|健全|完善|规章|规范|具体|严格|管理制度|工作制度|工作机制$)"
)
_ANY_AGENT = re.compile(r".*(?:的|同志|哪|是|等$|自己)|(?:各单位|各部门|各级|有关部门|相关部门|责任单位)$")
_NO_FACT_BEFORE = re.compile(r"(?:第|星期|周|初|不是|并非|比如|例如|好像|如同)$")

# The stretch that a question can be asked of

_BREAK = re.compile(r"[，；：。！？]")
_STRETCH_LONGEST = 90
_CLAUSES_AT_MOST = 6
#: A clause with no more than this beside the answer says nothing: “10月底前，”.
_ROOM = 1
_HANGING = re.compile(r"[，、\s]*(?:其中|这|那|其|他|她|它|并|而|但|也|还|同时|此外|另外|因此|所以|于是|从而|以及)")
_ADVERBS = re.compile(
    r"(?:今年|明年|去年|近年来|近期|目前|当前|今后|下一步|同时|特别是?|力争|确保|务必|要|必须|应当?|一定|继续|严格|努力|争取"
    r"|已经?|共|全面|预计|计划|到|截至|自|从|于|在|按照|每[天日周月季年]|原则上|\d+年|\d+月份?|[一二三四五六七八九十]+月份?|底|前|，)+"
)
_NO_SUBJECT = re.compile(r"由|对|把|将|以|为|给|向|让|使")
_SUBJECT_TAGS = frozenset("nrs")
_SKIPPED_TAGS = frozenset("dtcxmqfbuyi")


class _Found(NamedTuple):
    start: int
    end: int
    kind: FactKind


def facts(clean: CleanText, outline: Outline) -> tuple[KeyPoint, ...]:
    """Find what the speech fixes in figures, days and offices, in the order of the text."""
    sound, stretches = SoundSentences(clean), _Stretches(clean.text)
    points = []
    for start, end, kind in sorted([*_by_pattern(clean.text), *_by_lead(clean.text)]):
        sentence = sound.at(start)
        if sentence is None or sentence.end < end:
            continue
        answer = Span(start, end)
        span = stretches.around(answer, sentence)
        if span is not None and span.start >= _body_start(clean) and not _numbers_heading(outline, answer):
            points.append(_point(clean, outline, kind, answer, span, sentence))
    return tuple(points)


def _body_start(clean: CleanText) -> int:
    """A title's figures are not said by the speech."""
    return clean.paragraphs[0].end if clean.title is not None and clean.paragraphs else 0


def _numbers_heading(outline: Outline, answer: Span) -> bool:
    index = outline.heading_at(answer.start)
    return index is not None and answer.start < outline.headings[index].span.start


def _by_pattern(text: str) -> Iterator[_Found]:
    for match in _FACT.finditer(text):
        group = match.lastgroup if match.lastgroup in _KIND_OF else _group(match)
        start, end = match.span(group)
        if group == "times" and match["number"] in _ONE:
            start, end = match.span("period")
        if not _is_empty(text, group, start, end):
            yield _Found(start, end, _KIND_OF[group])


def _group(match: re.Match[str]) -> str:
    return next(group for group in _KIND_OF if match[group] is not None)


def _is_empty(text: str, group: str, start: int, end: int) -> bool:
    """Whether the match says nothing that could be asked."""
    if group == "system":
        return _ANY_SYSTEM.match(text, start, end) is not None
    if group == "agent":
        return _ANY_AGENT.match(text, start, end) is not None
    return _NO_FACT_BEFORE.search(text[max(0, start - 2) : start]) is not None


def _by_lead(text: str) -> Iterator[_Found]:
    """发改局牵头，财政局配合: the office opens the clause."""
    at = text.find("牵头")
    while at >= 0:
        start = 1 + max(text.rfind(mark, max(0, at - 16), at) for mark in "，。；：\n")
        found = _LEADS.match(text, start, min(len(text), at + 3)) if start else None
        if found is not None and not _ANY_AGENT.match(found["agent"]):
            yield _Found(*found.span("agent"), FactKind.AGENT)
        at = text.find("牵头", at + 2)


def _point(clean: CleanText, outline: Outline, kind: FactKind, answer: Span, span: Span, sentence: Span) -> KeyPoint:
    said = answer.of(clean.text)
    by_office = kind in (FactKind.AGENT, FactKind.SYSTEM)
    return KeyPoint(
        kind=PointKind.FACT,
        name=None,
        full_name=None,
        count=1,
        items=(Item(said, said, answer),),
        span=span,
        lead=Span(sentence.start, span.start),
        heading=outline.heading_at(span.start),
        rule=Rule.OFFICE if by_office else Rule.FIGURE,
        complete=True,
        confidence=Confidence.HIGH,
        fact=kind,
    )


@dataclass
class _Stretches:
    """Finds the clauses around an answer from the one that has a subject on. Each clause is tagged once."""

    text: str
    _known: dict[int, bool] = field(default_factory=dict)

    def around(self, answer: Span, sentence: Span) -> Span | None:
        """The clause of the answer, with those before it that it leans on; None where it cannot be asked."""
        outer = self._bracketed(answer, sentence)
        end = self._end(outer.end, sentence)
        if end - outer.start > _STRETCH_LONGEST:
            return None
        start = self._start(outer.start, sentence)
        if end - start <= answer.end - answer.start + _ROOM and end + 1 < sentence.end:
            end = self._end(end + 1, sentence)
        for _ in range(_CLAUSES_AT_MOST):
            if end - start > _STRETCH_LONGEST:
                return None
            if start == sentence.start or self.text[start - 1] in "；：" or self._has_subject(start, sentence):
                break
            start = self._start(start - 1, sentence)
        start = self._after_ordinal(start, answer)
        stretch = Span(start, end)
        return stretch if end - start <= _STRETCH_LONGEST and _stands_alone(stretch.of(self.text)) else None

    def _bracketed(self, answer: Span, sentence: Span) -> Span:
        """The brackets that an answer stands in, else the answer itself."""
        low = max(sentence.start, answer.start - _STRETCH_LONGEST)
        opening = self.text.rfind("（", low, answer.start)
        if opening < 0 or self.text.find("）", opening, answer.start) >= 0:
            return answer
        closing = self.text.find("）", answer.end, min(sentence.end, answer.end + _STRETCH_LONGEST))
        return answer if closing < 0 else Span(opening, closing + 1)

    def _end(self, position: int, sentence: Span) -> int:
        """The end of the clause; marks inside brackets end none."""
        limit = min(sentence.end, position + _STRETCH_LONGEST + 1)
        for found in _BREAK.finditer(self.text, position, limit):
            if self.text.count("（", position, found.start()) == self.text.count("）", position, found.start()):
                return found.start()
        return limit

    def _start(self, position: int, sentence: Span) -> int:
        low = max(sentence.start, position - _STRETCH_LONGEST - 1)
        return max([low, *(self.text.rfind(mark, low, position) + 1 for mark in "，；：")])

    def _has_subject(self, start: int, sentence: Span) -> bool:
        if start not in self._known:
            clause = self.text[start : self._end(start, sentence)]
            self._known[start] = _has_subject(clause)
        return self._known[start]

    def _after_ordinal(self, start: int, answer: Span) -> int:
        found = _ORDINAL.match(self.text, start, answer.start)
        return found.end() if found else start


_ORDINAL = re.compile(
    r"(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}(?:是|要(?!求)|、)|第[一二三四五六七八九十]{1,3}[，、]|\d{1,2}[.．、](?!\d)|[①-⑳])"
)


def _stands_alone(text: str) -> bool:
    balanced = all(text.count(opening) == text.count(closing) for opening, closing in ("“”", "（）", "《》"))
    return balanced and _HANGING.match(text) is None


def _has_subject(clause: str) -> bool:
    """Whether a noun or a pronoun comes before the first verb, adverbs and times aside."""
    if _NO_SUBJECT.match(clause):
        return False
    found = _ADVERBS.match(clause)
    for word, tag in rjieba.tag(clause[found.end() if found else 0 :][:24]):
        if tag[0] in _SUBJECT_TAGS or tag == "vn":
            return len(word) > 1 or tag[0] != "r"
        if tag[0] not in _SKIPPED_TAGS:
            return False
    return False
