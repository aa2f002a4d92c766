"""Names of sets: “五型”, “三项重点”, 三大鲜明用人导向 – a count, and what is counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import rjieba

from quizapp.core.markers import number
from quizapp.core.speech import CleanText
from quizapp.core.speech import Span

_NUMERALS = "一二两三四五六七八九十双"
_QUOTED = re.compile(rf"“([{_NUMERALS}][^“”，。；：！？、\n]{{1,7}})”")
_CLASSIFIER = "个方面|个层面|个环节|个维度|方面|层面|句话|个|项|大|点|种|条|件|类|对|关"
_COUNTED = re.compile(
    rf"(?P<numeral>[{_NUMERALS}]{{1,3}})(?P<classifier>{_CLASSIFIER})"
    r"(?!月|小时|多|人|左右|以上|以下|百分)(?P<core>[^，。；：！？、“”（）\n]{0,12}?)(?=[，。；：！？、“”（）\n]|$)"
)
#: After these a numeral is part of an ordinal, of a larger number or of a guess. Looked at only once a name is found.
_NO_COUNT_AFTER = frozenset("第十百千万亿几近每数")
_LEADING_NUMERAL = re.compile(rf"[{_NUMERALS}]+")
_LEADING_CLASSIFIER = re.compile(rf"{_CLASSIFIER}")
#: “三严三实”, “四不两直”: two counts in one name (but “三个十分” is one).
_DOUBLE = re.compile(rf"([{_NUMERALS}])[^{_NUMERALS}个项]([一二两三四五六七八九])[^{_NUMERALS}]")
#: 三个“不”: what is counted stands in quotation marks.
_QUOTED_CORE = re.compile(r"[个项种条类]“([^“”，。；：！？、\n]{1,6})”")
_NUMERAL_BEFORE = re.compile(rf"(?<![第十百千万亿几近每数“])([{_NUMERALS}]{{1,2}})$")

# 带数字而不是要点名的词：规划期、简称、俗语、量词短语。
_NO_NAMES = """
十四五 十五五 十三五 十二五 两会 两办 两院 两极 三农 三公 三军 五一 十一 七一 八一
一把手 一二把手 一刀切 一盘棋 一张网 一张图 一本账 一条心 一股绳 一阵风 一锅端 一揽子
一条龙 一站式 一窝蜂 一言堂 一票否决 一票否决制 一把利剑 一岗双责 一面旗帜 一席之地
一带一路 一国两制 两极分化 双刃剑 双赢 双向奔赴 双一流 三七开 三把火 四合院 百分之百
千里之外 一加一大于二 一竿子插到底
"""
#: What follows the count says nothing of its own; such a set is told by what announces it.
_ANYTHING = """
意见 问题 要求 工作 内容 事 事情 任务 措施 建议 体会 希望 想法 看法 原因 情况 环节
方面 点 话 重点工作 主要任务 工作要求 重点任务 具体要求 具体意见 主要问题 突出问题
工作任务 方面工作 方面要求 特点 亮点 变化 短板 不足 关系 关键
"""
_STOPPED = frozenset(_NO_NAMES.split())
_GENERIC = frozenset(_ANYTHING.split())
_GENERIC_EDGE = re.compile(r"^的|的$")
#: The noun after a quoted name belongs to it (“五型”干部) when it ends the phrase.
_NOUN = re.compile(r"([^，。；：！？、“”（）的和与是为在等\n]{2,4})(?=[，。；：！？、“”）\n]|$)")


@dataclass(frozen=True)
class SetName:
    """One mention of a name. `span` holds `text`, without quotation marks; `core` is what is counted."""

    text: str
    full: str | None
    count: int
    core: str
    quoted: bool
    #: Only a count and a word that fits anything: 两点, 三项内容.
    generic: bool
    #: A name made of nothing but numerals (“一三六”): each stands for a set of its own.
    numerals: bool
    span: Span

    @property
    def outer(self) -> Span:
        """The mention with its quotation marks."""
        return Span(self.span.start - 1, self.span.end + 1) if self.quoted else self.span


def set_names(clean: CleanText) -> tuple[SetName, ...]:
    """Find every mention of a name, in order; whether it has items is for the binding rules to say."""
    of_quoted = list(_names_of_quoted(clean.text))
    taken = {name.span.start for name in of_quoted}
    counted = (name for name in _counted_names(clean.text) if name.span.start not in taken)
    found = [*_quoted_names(clean.text), *counted, *of_quoted, *_names_in_phrases(clean.text)]
    return tuple(sorted(found, key=lambda name: (name.span.start, name.span.end)))


def _quoted_names(text: str) -> Iterator[SetName]:
    for match in _QUOTED.finditer(text):
        name = _quoted_name(text, match)
        if name is not None:
            yield name


def _quoted_name(text: str, match: re.Match[str]) -> SetName | None:
    name = match[1]
    count, core, numerals = _parts(name)
    if count is None or name in _STOPPED:
        return None
    noun = _NOUN.match(text, match.end())
    full = f"“{name}”{noun[1]}" if noun else None
    return SetName(name, full, count, core, True, False, numerals, Span(*match.span(1)))


def _parts(name: str) -> tuple[int | None, str, bool]:
    """Count, core, and whether the name is numerals only."""
    numeral = _LEADING_NUMERAL.match(name)
    if numeral is None:
        return None, "", False
    if numeral.end() == len(name):
        return len(name), "", True
    double = _DOUBLE.fullmatch(name)
    if double:
        return (number(double[1]) or 0) + (number(double[2]) or 0), "", False
    classifier = _LEADING_CLASSIFIER.match(name, numeral.end())
    core = name[classifier.end() if classifier else numeral.end() :]
    return number(numeral.group()), core, False


def _counted_names(text: str) -> Iterator[SetName]:
    for match in _COUNTED.finditer(text):
        count = number(match["numeral"])
        inside_quotes = text[match.start() - 1 : match.start()] == "“" and text[match.end() : match.end() + 1] == "”"
        if count is None or count < 2 or inside_quotes or text[match.start() - 1 : match.start()] in _NO_COUNT_AFTER:
            continue
        core = _without_predicate(text, match)
        bare = _GENERIC_EDGE.sub("", core)
        classifier = match["classifier"]
        generic = bare in _GENERIC or classifier.endswith("方面") or not (bare or classifier == "句话")
        span = Span(match.start(), match.start("core") + len(core))
        yield SetName(span.of(text), None, count, core, False, generic, False, span)


def _names_of_quoted(text: str) -> Iterator[SetName]:
    for match in _QUOTED_CORE.finditer(text):
        numeral = _NUMERAL_BEFORE.search(text, max(0, match.start() - 3), match.start())
        count = number(numeral[1]) if numeral else None
        if numeral is not None and count is not None and count > 1:
            span = Span(numeral.start(), match.end())
            yield SetName(span.of(text), None, count, match[1], False, False, False, span)


_IN_PHRASE = re.compile(
    rf"(?P<numeral>[{_NUMERALS}]{{1,2}})(?P<classifier>{_CLASSIFIER})"
    r"(?P<core>[^，。；：！？、“”（）的\n]{2,6})的(?=[^，。；：！？、“”（）\n]{4})"
)


def _names_in_phrases(text: str) -> Iterator[SetName]:
    """把A、B、C三个领域的问题清单…: the items before a count say that its noun ends before 的."""
    for match in _IN_PHRASE.finditer(text):
        count = number(match["numeral"])
        if count is None or text[match.start() - 1 : match.start()] in _NO_COUNT_AFTER:
            continue
        clause = _CLAUSE_MARKS.split(text[max(0, match.start() - _CLAUSE_WITHIN) : match.start()])[-1]
        if clause.count("、") == count - 1 > 0:
            generic = match["core"] in _GENERIC or match["classifier"].endswith("方面")
            span = Span(match.start(), match.end("core"))
            yield SetName(span.of(text), None, count, match["core"], False, generic, False, span)


# Where the noun of a counted name ends

_CLAUSE_WITHIN = 60
#: What opens a clause whose verb stands behind the name: 围绕…三大产业做文章.
_ABOUT = re.compile(r"(?:紧紧)?围绕|聚焦|紧扣|紧盯|瞄准|针对|依托|[在从以把将就按]")
_CLAUSE_MARKS = re.compile(r"[，。；：！？\n]")
_AT_WORK = """
上 上下 上用 做 做文章 做大 做强 做好 下 下功夫 发力 用力 使劲 着力 求 求突破 抓 抓好 抓实 抓起 做起 谋 谋划 聚 聚力
攻 攻坚 推 推进 推动 开展 展开 进行 落实 布局 培育 组织 安排 部署 入手 着手 突破 精准 持续 狠 深入 集中 全面 同步 协同
发展 打造 建设
"""
_ACTS = frozenset(_AT_WORK.split())


def _without_predicate(text: str, match: re.Match[str]) -> str:
    """What is counted, without the verb that follows it in such a clause."""
    core = match["core"]
    if len(core) < 4:
        return core
    clause = _CLAUSE_MARKS.split(text[max(0, match.start() - _CLAUSE_WITHIN) : match.start()])[-1]
    if not _ABOUT.search(clause):
        return core
    at = 0
    for word in rjieba.cut(core):
        if at and word in _ACTS:
            return core[:at]
        at += len(word)
    return core
