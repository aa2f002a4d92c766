"""Evidence: sentences that stand under one heading only and ask, state or describe something of their own."""

import re
from bisect import bisect_left
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from collections.abc import Set
from itertools import pairwise

import rjieba

from quizapp.core.keypoints.polarity import is_fault
from quizapp.core.keypoints.polarity import tells_faults
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Evidence
from quizapp.core.speech import EvidenceForm
from quizapp.core.speech import Span

SHORTEST, LONGEST = 12, 44
FEWEST_WORDS = 3
#: Two places that begin alike for so long say the same.
_ALIKE = SHORTEST
_STEP = 6
#: Sayings are short.
_SAYING_HALF = 8

_CLAUSE = re.compile(r"[^，；：。！？]+")
#: A modal stands at the head of its clause, behind its subject at most.
_MODAL_WITHIN = 14
#: A sentence of more characters is read no further: nobody speaks it, and a question could not quote it.
_SENTENCE_MAX = 400
# Every branch of these patterns begins with a plain character: only so is a text searched at the speed of the machine.
_MODAL = re.compile(
    r"坚决(?<![^，；：。！？\n]坚决)|一定要|必须|务必|务求|力争|力求|确保|不得|严禁|不能(?<!能不能)|不准|决不(?<!坚决不)|绝不|切忌|应当|一律"
    r"|要(?<![需主只重想而次首紧]要)(?![求点素么是闻害领紧务不])"
)
_POINTS_OUT = (
    r"我(?<!自我)|咱|你|他|她|它|大家|这|那(?!曲)|此|其(?![他实中余])|刚才|今天|昨天|上述|以[上下](?![两]级)|下面|前面"
    r"|刚刚"
)
_RHETORIC = (
    r"一旦|导致|致使|可以说|应该说|比如|例如|譬如|如果|假如|否则|反之|总之|说明|所谓|俗话|常言|古人|所以|因此|因为|由于|或者说|证明"
    r"|书记|省长(?![期远效])|市长(?![期远效])|县长(?![期远效])|区长(?![期远效])|党的[一二三四五六七八九十]|主席|党中央|中央|总理|国务院"
    r"|？|\?|…|《|》|："
)
_NESTED = (
    "|".join(f"{numeral}(?:是(?!否|一)|要(?!素|件))" for numeral in "一二三四五六七八九十")
    + r"|第[一二三四五六七八九十]{1,3}(?:[，、：]|要|是)|首先|其次|再次|最后"
    + r"|（[一二三四五六七八九十\d]|\([一二三四五六七八九十\d]|"
    + "|".join("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
    + "|一方面|另一方面"
)
_LEANS = re.compile(f"{_POINTS_OUT}|{_RHETORIC}|{_NESTED}")
#: Words that begin or end like a function word, for which they must not be taken.
_BEGINS_A_WORD = (
    "及时|及早|就业|就医|就地|就近|更新|更换|如实|如期|和谐|和睦|使命|与会|都市|并联|再生|即时|即知|的确|还款"
)
_ENDS_A_WORD = re.compile(
    "(?:[核应校相]对|[作行有]为|担当|[及按准随同]时|[落善事]后|[集适]中|马上|[提超靠]前|供给|[方导动风取]向|[平均优]等|参与|普及|缓和)$"
)
_HANGING_START = re.compile(
    rf"(?!{_BEGINS_A_WORD})(?:但|而|也|还|又|才|就|并|和|与|及|或|则|却|更|再|同时|以及|特别|尤其|从而|使|让|为了|另外|此外|都|即|只有|不但"
    r"|等|的|以便|进而|因而|于是|然而|至于|包括|乃至|甚至|直到|直接|真正|不是|如|是|[”’）、])"
)
_HANGING_WITHIN = 2
_HANGING_END = re.compile(
    r"(?:[的时后中上下前里等和与及]|方面|而言|来说|来讲|同时|之一|期间|以来|为|对|在|把|将|给|向|[“‘（、])$"
)
#: One clause that only says how or where, and one whose object stood before it.
_ADVERBIAL = re.compile(
    r"(?:以|对|在|从|为|把|将|按|根据|围绕|通过|结合|面对|本着|随着|作为|当)[^，]*$"
    r"|(?:要|必须)(?:通过|围绕|按照|根据|结合|针对|面对|在|从)[^，]*$"
    r"|(?:要|必须)(?:始终|切实|真正|紧紧|牢牢)?[放摆列纳挂抓][在入到]"
)
#: What the modal after it governs: 对重大决策，要深入研究.
_TOPIC = re.compile(r"对|关于|针对|涉及|围绕|按照|根据|在|遇到|面对")
_TOPIC_NEXT = re.compile(r"(?:但|而|同时)?(?:对|关于|针对|涉及)")
#: “都”指着前面说过的人和事；前面没有，话就不完整。
_ALL_OF_WHAT = re.compile(r"[^，每各所任无不人凡]{0,12}都")
_DESCRIBED = re.compile(r"有的|有些|一些(?:同志|人|干部|单位|部门|科室)|存在")
_HALVES = (
    (re.compile("不仅|不但|不只"), re.compile("还|而且|也|更")),
    (re.compile("既(?!定|然|往|得)"), re.compile("又|也|更|还")),
    (re.compile("宁可|宁愿"), re.compile("也|不")),
    (re.compile("只有"), re.compile("才")),
    (re.compile("只要"), re.compile("就|便")),
    (re.compile("无论|不论|不管"), re.compile("都|也|均")),
    (re.compile("虽然|尽管"), re.compile("但|却|也")),
    (re.compile("要么"), re.compile("要么.*要么")),
    (re.compile("不是(?!.*就是)"), re.compile("而是")),
)
_OPENS_HALF = re.compile("不[仅但只论管是]|既|宁[可愿]|只[有要]|无论|虽然|尽管|要么")
_CLOSED_BY = {"“": "”", "‘": "’", "（": "）"}
#: Words that any speech has in any sentence: they tell one heading from another for nobody.
_ANYWHERE = """
工作 办公室 同志 同志们 领导 干部 人员 要求 问题 情况 方面 进行 做到 做好 抓好 搞好 加强 提高 提升 推进 推动 确保 落实
进一步 不断 切实 认真 全面 积极 努力 深入 坚持 发挥 作用 重要 必须 能够 一定 各项 全市 全办 全区 全县 全省 单位 部门
力争 实现 开展 强化 完善 建设 发展 服务 形成 具有 成为 使得 需要 应当 充分 始终 更加 非常 特别 十分 目标 任务 事情 东西
时候 下功夫 想办法 动脑筋 水平 质量 效率 能力 完成 严格 保证 促进 增强 促使 各级 思想 意识 我市 我县 有效 良好 起来
高度 相关 有关 重点 整体 总体 方式 方法 措施 力度 过程 基础 上来 下去 出来 没有 不能 不要 可以 还有 就是 作为
"""
_GENERIC = frozenset(_ANYWHERE.split())
_CONTENT_TAGS = frozenset("nvailzj")


class SoundSentences:
    """The sentences of a speech that may be quoted: whole, and with nothing masked in them."""

    def __init__(self, clean: CleanText):
        self._clean = clean
        self._starts = [sentence.start for sentence in clean.sentences]
        self._mask_ends = [mask.end for mask in clean.masks]
        masked = {self._number(mask.start) for mask in clean.masks} | {
            self._number(mask.end - 1) for mask in clean.masks
        }
        self._unsound = masked | clean.broken_sentences

    def _number(self, position: int) -> int:
        return bisect_right(self._starts, position) - 1

    def __iter__(self) -> Iterator[Span]:
        return (span for number, span in enumerate(self._clean.sentences) if number not in self._unsound)

    def holding(self, position: int) -> Span:
        """The sentence that a position stands in, sound or not."""
        return self._clean.sentences[self._number(position)]

    def is_masked(self, span: Span) -> bool:
        """Whether a mask stands in a stretch."""
        index = bisect_right(self._mask_ends, span.start)
        return index < len(self._mask_ends) and self._clean.masks[index].start < span.end

    def at(self, position: int) -> Span | None:
        """The sentence that a position stands in; None where it must not be quoted."""
        number = self._number(position)
        return None if number < 0 or number in self._unsound else self._clean.sentences[number]


def evidence(clean: CleanText, outline: Outline) -> tuple[Evidence, ...]:
    """Find what can be asked after as “under which heading does this stand?”, in the order of the text."""
    placed = [(span, heading) for span in _candidates(clean) if (heading := _only_heading(outline, span)) is not None]
    sayable = [(span, heading) for span, heading in placed if _is_whole(span.of(clean.text))]
    once = _said_once(clean.text, [span for span, _ in sayable])
    kept = [(span, heading) for span, heading in sayable if span in once]
    counts = _specificities(clean.text, [span for span, _ in kept])
    faulty = _fault_headings(clean.text, outline)
    return tuple(
        Evidence(heading, span, _form(span.of(clean.text), heading in faulty), count)
        for (span, heading), count in zip(kept, counts, strict=True)
        if count >= FEWEST_WORDS
    )


# Whole sentences, and the clauses from a modal on


def _candidates(clean: CleanText) -> Iterator[Span]:
    for sentence in SoundSentences(clean):
        length = sentence.end - sentence.start
        if length <= LONGEST + 1:
            whole = _whole(clean.text, sentence) if length >= SHORTEST else None
            if whole is not None:
                yield whole
        elif length <= _SENTENCE_MAX:
            yield from _parts(clean.text, sentence)


def _whole(text: str, sentence: Span) -> Span | None:
    length = len(sentence.of(text).rstrip("。！；"))
    end = sentence.start + length
    return Span(sentence.start, end) if SHORTEST <= length <= LONGEST and not text.startswith("：", end) else None


def _parts(text: str, sentence: Span) -> Iterator[Span]:
    """What each modal of a long sentence governs: up to the next modal, or to a semicolon."""
    modals = [found.start() for found in _MODAL.finditer(text, sentence.start, sentence.end)]
    if not modals:
        return
    clauses = [found.span() for found in _CLAUSE.finditer(text, sentence.start, sentence.end)]
    modal = [_stands_in(modals, start, min(end, start + _MODAL_WITHIN)) for start, end in clauses]
    breaks = [
        index for index, (start, _) in enumerate(clauses) if modal[index] or text[start - 1 : start] in ("；", "：")
    ]
    for first, following in pairwise([*breaks, len(clauses)]):
        topical = first > 0 and not modal[first - 1] and _TOPIC.match(text, *clauses[first - 1]) is not None
        hands_on = following - 1 > first and _TOPIC_NEXT.match(text, *clauses[following - 1]) is not None
        start, end = clauses[first - topical][0], clauses[following - 1 - hands_on][1]
        if modal[first] and SHORTEST <= end - start <= LONGEST and not text.startswith("：", end):
            yield Span(start, end)


def _stands_in(positions: Sequence[int], start: int, end: int) -> bool:
    index = bisect_left(positions, start)
    return index < len(positions) and positions[index] < end


def _has_modal(text: str) -> bool:
    """Whether one of the clauses of a wording has a modal at its head."""
    return any(_MODAL.search(clause, 0, _MODAL_WITHIN) for clause in text.split("，"))


# Under one heading


def _only_heading(outline: Outline, span: Span) -> int | None:
    """The heading it stands under, unless it is of the heading's own words or reaches into another's part."""
    index = outline.heading_at(span.start)
    if index is None or outline.heading_at(span.end - 1) != index:
        return None
    heading = outline.headings[index]
    said = max(heading.span.end, heading.span.start + len(heading.long))
    return index if span.start >= said else None


def _fault_headings(text: str, outline: Outline) -> frozenset[int]:
    """The headings of lists that tell what is wrong."""
    return frozenset(
        index
        for each in outline.lists
        if tells_faults(each.lead.of(text), [outline.headings[i].text for i in each.headings])
        for index in each.headings
    )


# Whole


def _is_whole(text: str) -> bool:
    """Whether a person who reads nothing else understands it as one complete utterance."""
    if _LEANS.search(text) or _HANGING_START.match(text):
        return False
    if _HANGING_END.search(text[-_HANGING_WITHIN:]) and not _ENDS_A_WORD.search(text):
        return False
    if _is_adverbial(text) or _ALL_OF_WHAT.match(text) or _is_saying(text):
        return False
    return _is_balanced(text) and not _is_half(text)


def _is_balanced(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in _CLOSED_BY.items())


def _is_half(text: str) -> bool:
    if not _OPENS_HALF.search(text):
        return False
    return any((found := first.search(text)) and not second.search(text, found.end()) for first, second in _HALVES)


def _is_adverbial(text: str) -> bool:
    return _ADVERBIAL.match(text) is not None and not (text[0] in "以对在从为把将按" and _has_modal(text))


def _is_saying(text: str) -> bool:
    """Words that everybody knows stand under any heading: all in quotation marks, or two halves of one length."""
    if text[0] == "“" and text.find("”") == len(text) - 1:
        return True
    halves = text.split("，")
    even = len(halves) == 2 and len(halves[0]) == len(halves[1]) <= _SAYING_HALF
    return even and not _has_modal(text)


# Said once, and saying something


def _said_once(text: str, spans: Sequence[Span]) -> frozenset[Span]:
    """Those whose opening stands in the text at one place only."""
    openings = {text[span.start : span.start + _ALIKE] for span in spans}
    counts = Counter(_occurrences(text, openings))
    return frozenset(span for span in spans if counts[text[span.start : span.start + _ALIKE]] == 1)


def _occurrences(text: str, openings: Set[str]) -> Iterator[str]:
    """Each time one of the openings stands anywhere in the text.

    Wherever one stands, one of its inner pieces begins at a multiple of the step; only there is it looked for.
    """
    size = _ALIKE - _STEP + 1
    pieces = {opening[skip : skip + size] for opening in openings for skip in range(_STEP)}
    for at in [at for at in range(0, len(text), _STEP) if text[at : at + size] in pieces]:
        around = [text[start : start + _ALIKE] for start in range(max(0, at - _STEP + 1), at + 1)]
        yield from [opening for opening in around if opening in openings]


def _specificities(text: str, spans: Sequence[Span]) -> list[int]:
    """How many different words of their own the spans have; all are tagged in one go, for speed."""
    words = rjieba.tag("\n".join(span.of(text) for span in spans)) if spans else []
    return [len(said) for said in _by_line(words, len(spans))]


def _by_line(words: Iterable[tuple[str, str]], lines: int) -> list[set[str]]:
    said: list[set[str]] = [set() for _ in range(lines)]
    line = 0
    for word, tag in words:
        if word == "\n":
            line += 1
        elif len(word) > 1 and tag[0] in _CONTENT_TAGS and word not in _GENERIC:
            said[line].add(word)
    return said


def _form(text: str, under_faults: bool) -> EvidenceForm:
    if _has_modal(text):
        return EvidenceForm.FAULT if under_faults else EvidenceForm.DEMAND
    return EvidenceForm.FAULT if under_faults or is_fault(text) or _DESCRIBED.search(text) else EvidenceForm.STATEMENT
