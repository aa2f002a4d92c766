"""Definitions: X是Y的根本, X作为Y, “X”就是Y – what the speech says a thing is, in one clause."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import rjieba

from quizapp.core.keypoints.evidence import SoundSentences
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

#: 识别出来的文字常把句号印成半角的点。
_CLAUSE = re.compile(r"(?:[^，。；：！？\n.]++|(?<![一-龥])\.)++")
_SHORTEST, _LONGEST = 6, 60
_SUBJECT_LONGEST = 16

#: What the predicate ends with: the kinds of thing that a subject is said to be.
_KINDS = (
    "职能 职责 根本 手段 生命 生命线 基础 基石 根基 关键 关键所在 保障 保证 前提 灵魂 核心 中枢 枢纽 机构 机关 "
    "体现 渠道 抓手 途径 路径 宗旨 本质 标志 动力 源泉 纽带 桥梁 窗口 门面 传家宝 法宝 主线 载体 支撑 底线 红线 "
    "生命力 基本功 看家本领 使命 导向 主阵地 阵地 引擎 压舱石 稳定器 晴雨表 风向标 试金石 命脉 源头 要义 真谛 "
    "战斗力 竞争力 凝聚力 责任主体 责任人 大事 主力军 生力军 主战场 主引擎 题中之义 应有之义 必然要求 内在要求 "
    "本质要求 基本要求 重要内容 组成部分 要务 第一资源 生产力 民生 出发点 落脚点 着力点 突破口 切入点 牛鼻子 先导 "
    "先手棋 中心环节 重要环节 关键环节 最大优势 鲜明特征 重中之重 大本营 参谋部 综合部门 职能部门 一面旗帜 "
    "重要依据 第一责任 首要任务 中心任务 重要任务 政治任务 根本任务 总抓手 主渠道 执行者 组织者 排头兵 "
    "脸面 名片 本分 本色 天职 见证 缩影 镜子 标尺 标杆 高压线 护身符 主旋律 总开关 主心骨 顶梁柱 后盾 屏障 防线"
)
_ENDS = tuple(_KINDS.split())
_LAST_CHARACTERS = frozenset(end[-2:] for end in _ENDS)
_QUOTED_LONGEST = 10

#: 作风是机关的脸面: short on both sides, so that the last noun may be any.
_SHORT = re.compile(r"[^是的，“”]{2,10}是(?P<predicate>[^是的，“”]{1,10}的(?P<noun>[一-龥]{2,4}))")
_BEST = re.compile(r"最[一-龥]{1,2}的")
_A_WORK = re.compile(
    r"一[项种门](?!很|非常|十分)[^是“”]{2,20}的[一-龥]{0,4}(?:工作|事业|工程|任务|学问|艺术|本领|责任|制度)"
)
#: Nouns that say nothing of what something is.
_EMPTY = re.compile(
    "(?:问题|过程|事情|情况|结果|原因|时候|地方|东西|样子|意思|目的|话题|阶段|时期|日子|方面|时间|水平|状态|内容|做法|说法|态度|现象|毛病|差距|成绩)$"
)
_ALSO = re.compile(r"，(?:也|又|更|还|同时也?)?是(?P<predicate>[^，。；：！？\n]{3,40})")
#: 灾情就是命令，时间就是生命: one saying, and no two definitions.
_VERDICT = re.compile(r"[^是，。；：！？\n]{1,6}就是[^是，。；：！？\n”]{1,6}")
_USED_AS = re.compile("(?:依据|参考|内容)$")

#: 限定词留在两项之外：X始终是Y。
_COPULA = re.compile(
    rf"(?P<subject>[^是]{{1,{_SUBJECT_LONGEST}}}?)(?:始终|一直|历来|从来|永远|一向|(?<!首)都|(?<!成)就|正|无疑)?是(?:个(?=[^人]))?(?P<predicate>.+)"
)
_AS = re.compile(rf"(?P<subject>.{{2,{_SUBJECT_LONGEST}}}?)作为(?P<predicate>.+)")
_QUOTED_SUBJECT = re.compile(r"“(?P<subject>[^“”]{1,10})”(?:就是|是指|指的是|即是|是)(?P<predicate>[^是].{1,30})")

_OPENING = re.compile(
    r"(?:第?[一二三四五六七八九十]{1,3}(?:是|要|、)|第[一二三四五六七八九十]{1,3}要|首先|其次|再次|最后|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[.．、]|[①-⑳])?(?:但|而|因此|所以|同时|当然|因为|可以说|应该说|实践证明|事实证明|毫无疑问|要知道|须知)?"
)
_POINTS_OUT = re.compile(
    r"(?<![自忘])我|咱|你|(?<!其)他|她|它|大家|自己|这|那|此|其(?!他|实)|谁|什么|哪|某|有的|有些|一些|不少|今天|刚才|上述|以上"
)
#: Nouns that begin or end like a function word, for which they must not be taken.
_BEGINS_A_WORD = (
    "对外|对标|对口|从严|为民|为政|为人|就业|就医|应急|应收|能力|能源|能耗|会风|会议|会务|会计|会场|使命|和谐|和平|及时|要素|要事|要案"
    "|可持续|当地|有效|有序|有为|重点(?:项目|工程|工作|领域|产业|人群|任务)|关键(?:少数|岗位|核心|领域)|问题(?:导向|整改|线索|清单)"
    "|总量|总体|总部|主要(?:负责|领导)|将军|以人|以案|以训|在线|在编|在建|给水|请示|请假|结果运用|根本(?:宗旨|任务|目标)|不忘"
)
_ENDS_A_WORD = re.compile(
    "(?:社会|[办开与参散年]会|[工协商学全例晚大委机]会|[基阵当属驻绿耕产用工]地|土地|心得|[预核决结概]算|成就|首都|[职功动产效潜智技节]能|[纪摘需]要"
    "|[供响反效]应|许可|自由|[平高同]等|存在|未来|参与|普及|总和)$"
)
_NO_SUBJECT = re.compile(
    rf"(?!{_BEGINS_A_WORD})(?:如果|并非|绝非|难道|假如|倘若|既然|只要|只有|作为|对|关于|在|从|当|以|为|把|将|由|不|就|也|都|还|更|才|既|又|或|与"
    r"|和|及|等|的|要|必须|应|能|会|可|使|让|特别|尤其|主要|关键|重点|根本|目的|原因|结果|问题|实际上|其实|目前|当前|现在|今年|明年|去年|过去|无论|不论|不管|有|没|是"
    r"|任何|每|说|归根|一句话|讲到|即|所谓|谓|上述|总|真正|往往|常常|到底|究竟|凡|尽管|虽然|通过|根据|按照|围绕|已经|第一|最|给|请|希望|认为|知道|看到)"
)
_NO_SUBJECT_INSIDE = re.compile(
    r"[，。；：！？（）]|特别|尤其|必须|应该|应当|不能|把(?![关握脉控])|将(?![军领相])|如果|因为|由于|主要(?!负责|领导)|关键|不仅|不但|既|更加|视为|看作"
)
_NO_SUBJECT_END = re.compile(
    r"(?:[的地得不也又既还而更便只才仅或若要于可能算凡就都总像虽但并非即与和及在到了着过去来最应该会由等]|可以|应该|应当|必须|不仅|尤其|特别"
    r"|[度义]上|主要|关键|重点|往往|其实|真正|首先|根本|实际|实质|似乎|好像|已经|方面|时候|[一二三四五六七八九十第])$"
)
_NO_PREDICATE = re.compile(
    r"(?:要|不|否|为了|因为|由于|在|从(?![政业严事教医警])|对|把|让|使|靠|由|非|真|指|说|谁|什么|怎)"
)


@dataclass(frozen=True)
class _Definition:
    clause: Span
    subject: Span
    predicate: Span
    confidence: Confidence


def definitions(clean: CleanText, outline: Outline) -> tuple[KeyPoint, ...]:
    """Find what is defined, in the order of the text; the items are the subject and the predicate."""
    return tuple(
        _point(clean, outline, sentence, each)
        for sentence in SoundSentences(clean)
        for clause in _clauses(clean.text, sentence)
        if (found := _definition(clean.text, clause)) is not None
        for each in (found, *_carried_over(clean.text, sentence, found))
    )


def _clauses(text: str, sentence: Span) -> Iterator[Span]:
    """The clauses that may define, told at a glance: most sentences have none. A quotation's own marks are no part."""
    said = sentence.of(text)
    if "是" not in said and "作为" not in said:
        return
    for clause in _CLAUSE.finditer(text, sentence.start, sentence.end):
        words = clause.group()
        if _SHORTEST <= len(words) <= _LONGEST and ("是" in words or "作为" in words):
            yield _unquoted(words, clause.start())


def _unquoted(words: str, start: int) -> Span:
    """The clause without a quotation mark that it only opens, only closes, or opens and closes all of."""
    opened, closed = words.count("“"), words.count("”")
    whole = words[0] == "“" and words[-1] == "”" and opened == closed == 1
    ahead = words[0] == "“" and (opened > closed or whole)
    behind = words[-1] == "”" and (closed > opened or whole)
    return Span(start + ahead, start + len(words) - behind)


def _definition(text: str, clause: Span) -> _Definition | None:
    said = clause.of(text)
    if "就是" in said and _is_half_of_saying(text, clause):
        return None
    for reader in (_quoted_subject, _copula, _as):
        found = reader(text, clause, said)
        if found is not None:
            return found
    return None


def _quoted_subject(text: str, clause: Span, said: str) -> _Definition | None:
    """“谱”就是规章制度."""
    if said[0] != "“":
        return None
    found = _QUOTED_SUBJECT.fullmatch(text, clause.start, clause.end)
    return None if found is None else _sound(text, clause, found, Confidence.HIGH)


def _copula(text: str, clause: Span, said: str) -> _Definition | None:
    """督查是抓落实的有效手段."""
    if "是" not in said:
        return None
    quoted, start = _is_quoted_end(said), _opened(text, clause)
    if not quoted and not _ends_with_kind(said) and not _is_short(text, start, clause.end) and not _is_work(said):
        return None
    found = _COPULA.fullmatch(text, start, clause.end)
    sure = Confidence.HIGH if _ends_with_kind(said) else Confidence.MEDIUM
    return None if found is None else _sound(text, clause, found, sure)


def _as(text: str, clause: Span, said: str) -> _Definition | None:
    """秘书科作为全办“协调中心”."""
    if "作为" not in said or not (_ends_with_kind(said) or _is_quoted_end(said)):
        return None
    found = _AS.fullmatch(text, _opened(text, clause), clause.end)
    return None if found is None or _USED_AS.search(said) else _sound(text, clause, found, Confidence.MEDIUM)


def _carried_over(text: str, sentence: Span, first: _Definition) -> Iterator[_Definition]:
    """作风是机关的脸面，也是干部的名片: the second says it of the same subject."""
    found = _ALSO.match(text, first.clause.end, sentence.end)
    if found is None:
        return
    predicate, said = Span(*found.span("predicate")), found["predicate"]
    is_one = _ends_with_kind(said) or _is_quoted_end(said) or _names_what_it_is(said)
    if is_one and _is_predicate(said):
        yield _Definition(Span(first.clause.start, found.end()), first.subject, predicate, Confidence.MEDIUM)


def _is_half_of_saying(text: str, clause: Span) -> bool:
    """Whether the clause before or behind gives the same verdict in as many characters."""
    length, hinge = clause.end - clause.start, text.find("就是", clause.start, clause.end) - clause.start
    for start in (clause.start - length - 1, clause.end + 1):
        if start >= 0 and text.startswith("就是", start + hinge) and _VERDICT.fullmatch(text, start, start + length):
            return True
    return False


def _is_short(text: str, start: int, end: int) -> bool:
    found = _SHORT.fullmatch(text, start, end) if "的" in text[end - 5 : end] else None
    return found is not None and _names_what_it_is(found["predicate"])


def _is_work(said: str) -> bool:
    return "是一" in said and _A_WORK.search(said) is not None


def _names_what_it_is(predicate: str) -> bool:
    """机关的脸面: something's noun, as the dictionary has it; 最好的保护 may end with a verb."""
    said, _, noun = predicate.rpartition("的")
    if not said or said.startswith("一个") or not 2 <= len(noun) <= 4 or _EMPTY.search(noun):
        return False
    tags = [tag for _, tag in rjieba.tag(noun)]
    return tags[-1][0] == "n" or tags[-1] in ("vn", "an") or bool(_BEST.match(predicate))


def _ends_with_kind(said: str) -> bool:
    return said[-2:] in _LAST_CHARACTERS and said.endswith(_ENDS)


def _is_quoted_end(said: str) -> bool:
    """Whether a short quoted word ends the clause: 全办“协调中心”."""
    return said[-1] == "”" and 2 <= len(said) - 2 - said.rfind("“") <= _QUOTED_LONGEST


def _opened(text: str, clause: Span) -> int:
    """Where the clause begins once its ordinal and its connective are taken off."""
    found = _OPENING.match(text, clause.start, clause.end)
    return found.end() if found else clause.start


def _sound(text: str, clause: Span, found: re.Match[str], confidence: Confidence) -> _Definition | None:
    subject, predicate = found["subject"], found["predicate"]
    if not (_is_subject(subject) and _is_predicate(predicate)):
        return None
    return _Definition(clause, Span(*found.span("subject")), Span(*found.span("predicate")), confidence)


def _is_subject(subject: str) -> bool:
    if _POINTS_OUT.search(subject) or _NO_SUBJECT.match(subject) or _NO_SUBJECT_INSIDE.search(subject):
        return False
    ends_well = _ENDS_A_WORD.search(subject) is not None or _NO_SUBJECT_END.search(subject) is None
    return ends_well and _is_balanced(subject)


def _is_predicate(predicate: str) -> bool:
    if _POINTS_OUT.search(predicate) or _NO_PREDICATE.match(predicate):
        return False
    return len(predicate) >= 2 and _is_balanced(predicate)


def _is_balanced(text: str) -> bool:
    return text.count("“") == text.count("”") and text.count("（") == text.count("）")


def _point(clean: CleanText, outline: Outline, sentence: Span, found: _Definition) -> KeyPoint:
    spans = (found.subject, found.predicate)
    return KeyPoint(
        kind=PointKind.DEFINITION,
        name=None,
        full_name=None,
        count=2,
        items=tuple(Item(span.of(clean.text), span.of(clean.text), span) for span in spans),
        span=found.clause,
        lead=Span(sentence.start, found.clause.start),
        heading=outline.heading_at(found.clause.start),
        rule=Rule.COPULA,
        complete=True,
        confidence=found.confidence,
    )
