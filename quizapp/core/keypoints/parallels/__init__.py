"""Unnamed parallel structures: words apart by 、 and clauses that repeat a word at the same place.

`stretches` tells where they can stand, `items` what belongs to them; here the sound ones become key points. A row never
passes a sentence, an ordinal, or the edge of a quotation that holds more than a term.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from quizapp.core.keypoints.parallels.anchors import SPREAD
from quizapp.core.keypoints.parallels.anchors import has_anchor
from quizapp.core.keypoints.parallels.anchors import same_places
from quizapp.core.keypoints.parallels.items import items_of
from quizapp.core.keypoints.parallels.stretches import ITEM_MAX
from quizapp.core.keypoints.parallels.stretches import ITEM_MIN
from quizapp.core.keypoints.parallels.stretches import LISTED
from quizapp.core.keypoints.parallels.stretches import Piece
from quizapp.core.keypoints.parallels.stretches import rows
from quizapp.core.markers import number
from quizapp.core.outline import Outline
from quizapp.core.outline import declared_count
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_ITEMS_MAX = 16
#: Speeches have a row in a line or two; of a text that is denser than this not every row is looked at.
_ROWS_FREE, _ROWS_EVERY = 32, 30
_QUOTE = re.compile(r"“[^“”、，；。：！？（）\n]{1,20}”|《[^《》、，；。：！？（）\n]{1,30}》|[“”《》]")
_BAR = "\n"


def parallels(clean: CleanText, outline: Outline) -> tuple[KeyPoint, ...]:
    """Give the unnamed parallel structures of a speech in the order of the text; no two overlap."""
    page, found, free = _Page(clean, outline), [], 0
    for count, row in enumerate(rows(page.barred())):
        if len(row.pieces) > _ITEMS_MAX or count > _ROWS_FREE + row.pieces[0][0] // _ROWS_EVERY:
            continue
        for whole in filter(None, items_of(page.text, row)):
            pieces = [_unquoted(page.text, piece) for piece in whole]
            texts = [page.text[start:end] for start, end in pieces]
            if pieces[0][0] >= free and page.is_sound(pieces, texts):
                free = pieces[-1][1]
                rule = Rule.ANCHORED if row.links.strip(LISTED) else Rule.ENUMERATED
                found.append(page.point(pieces, texts, rule))
    return tuple(found)


def _unquoted(text: str, piece: Piece) -> Piece:
    start, end = piece
    if text[start] == "“" and text.find("”", start, end) == end - 1:
        return start + 1, end - 1
    return piece


# What is no row

#: Organisations and persons, told by how their names end.
_ORGANISATION_END = (
    r"[党市省区县州纪]委|政法委|党组|党支部|政府|人大|政协|[委府大协]办|中央|国务院|[法医学]院|检察院|部门|单位|机关|[科处]室|办公室|街道"
    r"|乡镇|机构|企业|学校|银行|公司|集团|[大支]队|委员会|管委会|小组|(?<![全大格布结政时])局|(?<!大)厅|(?<![学百专])科|(?<![好长短益坏用难到深])处"
    r"|^[省市县区乡镇村]"
)
_PERSON_END = (
    r"书记|主任|[科处局部厅省市县区镇乡村]长|秘书长|委员|常委|代表|同志们?|朋友们?|领导|干部|负责人|人员|先生|人士"
)
_ORGANISATION = re.compile(f"(?:{_ORGANISATION_END})$")
_NAME_END = re.compile(f"(?:{_ORGANISATION_END}|{_PERSON_END})$")
_BODY = re.compile(
    r"本?(?:[省市县区州乡镇]?(?:[党省市区县州纪]委|政府|人大|政协|直属)|部门|单位|机关|科室|处室|企业|街道|乡镇)"
)
_NAME_LAST = frozenset("委组部府大协办央院门位关科室道镇构业校行司团队会局厅处省市县区乡村记任长员常表志们友导人士生")
_NUMBER = re.compile(
    r"\D{0,4}[0-9０-９][0-9０-９.,]*[%％]?.{0,2}$|第?[一二三四五六七八九十百千万亿两]+[年月日号时点元名位人]?.?$"
)
_CLAUSE_MARKS = frozenset("了着把被不")
_SET_AFTER = re.compile(
    r"[”这]{0,2}“?([两二三四五六七八九十]{1,2})(?:个|项|大|点|种|条|件|类|方面|层面|句话|[^“”，。、个项]{1,6}”)"
)
_SET_BEFORE = re.compile(r"[，。：；](?:即|也就是|就是|分别是|包括)?[：，“]*$")
_SET_MARKS = frozenset("，。：；“即是括")
_SET_WITHIN = 24
_NUMERALS = frozenset("一二两三四五六七八九十双")


def _has_size(texts: Sequence[str]) -> bool:
    """Say whether items are distinct and of like weight."""
    sizes = [*map(len, texts)]
    low, high = min(sizes), max(sizes)
    if low < ITEM_MIN or high > ITEM_MAX or high > 2 * low + 1 or len(set(texts)) < len(texts):
        return False
    # The one inner item that is longer than both its neighbours holds other words.
    bulges = len(sizes) == 3 and sizes[1] > 1 + max(sizes[0], sizes[2])
    return not bulges or has_anchor(texts)


def _are_names(texts: Sequence[str]) -> bool:
    return 2 * sum(map(_is_name, texts)) >= len(texts)


def _is_name(text: str) -> bool:
    if text[-1] in _NAME_LAST and _NAME_END.search(text):
        # 文件发到了企业 ends in a name and is none.
        return _CLAUSE_MARKS.isdisjoint(text)
    return _NUMBER.match(text) is not None


def _joins_organisations(text: str, pieces: Sequence[Piece]) -> bool:
    """Say whether a 、 of the row stands between two names: 党委、政府的决策 is no beginning of a row."""
    joints = [(left, right) for left, right in pairwise(pieces) if text[left[1] - 1] in _NAME_LAST]
    return any(
        _BODY.match(text, *right) and _ORGANISATION.search(text[max(left[0], left[1] - 3) : left[1]])
        for left, right in joints
    )


# What is said of a row

_MORE = re.compile(r"等|，?(?:以及|及其他|和其他|还有)")
_EXAMPLE = re.compile(r"(?:例如|比如|诸如|譬如|如|像)[，：]?$")
_BAN = re.compile(
    r"(?:不[能得可要许准应搞]|严禁|禁止|切忌|避免|防止|杜绝|克服|反对|摒弃|力戒|破除|纠正|整治|谨防|没有)[^，。；]{0,8}$"
)
_OTHERS = re.compile(r"(?:^|[，；。：])(?:但|但是)?(?:还|仍|也)?(?:有的|有些|个别|少数|一些|部分)|存在|不同程度")
_MAY_BE_OTHERS = re.compile("有的|有些|个别|少数|一些|部分|存在|不同程度")
_DEMAND = re.compile(r"要|必须|应当|应该|务必|力争|确保")
_FAULT = re.compile(r"不够|不到位|不强|不严|不高|不足|不实|不力|不深|不扎实|不主动|短板|弱项|缺乏|欠缺|薄弱|滞后|差距")
_DENIED = frozenset("不没无未")
_LEAD_MAX = 60
_BAN_WITHIN, _EXAMPLE_WITHIN = 12, 3
_LEAD_END = re.compile(r"[，；：。！？（）\n]")
_SENTENCE_END = re.compile(r"[。；！？\n]")


def _tells_of_others(text: str, start: int, end: int) -> bool:
    """有的同志…、一些科室存在…: what the sentence says of others is a fault, until it demands something."""
    if not _MAY_BE_OTHERS.search(text, start, end):
        return False
    before = _SENTENCE_END.split(text[start:end])[-1]
    told = list(_OTHERS.finditer(before))
    return bool(told) and _DEMAND.search(before, told[-1].end()) is None


def _confidence(texts: Sequence[str]) -> Confidence:
    sizes = [*map(len, texts)]
    spread = max(sizes) - min(sizes)
    if len(texts) == 2:
        return Confidence.LOW if spread == 0 and 2 * same_places(*texts) < sizes[0] - 2 else Confidence.MEDIUM
    if (spread == 0 and sizes[0] > ITEM_MIN) or has_anchor(texts):
        return Confidence.HIGH
    return Confidence.MEDIUM if spread < SPREAD else Confidence.LOW


class _Page:
    """The clean text with what a row is judged by: where ordinals, masks and headings stand."""

    def __init__(self, clean: CleanText, outline: Outline):
        self.clean, self.text, self.outline = clean, clean.text, outline
        #: Where the text, ordinals and their headings begin.
        self.edges = sorted({0, *(at for each in outline.headings for at in (each.body.start, each.span.start))})
        self.mask_ends = [mask.end for mask in clean.masks]

    def barred(self) -> str:
        """The text with a bar where no row may pass; every character keeps its place."""
        text = _QUOTE.sub(lambda quote: quote.group() if len(quote.group()) > 1 else _BAR, self.text)
        return "".join(text[start : end - 1] + _BAR for start, end in pairwise(self.edges)) + text[self.edges[-1] :]

    def is_sound(self, pieces: Sequence[Piece], texts: Sequence[str]) -> bool:
        """Say whether a row is worth a question: no names, titles, figures, nothing masked, no set with a name."""
        if not _has_size(texts) or _are_names(texts) or _joins_organisations(self.text, pieces):
            return False
        return not self._is_masked(pieces[0][0], pieces[-1][1]) and not self._is_set(pieces)

    def _is_masked(self, start: int, end: int) -> bool:
        index = bisect_right(self.mask_ends, start)
        return index < len(self.mask_ends) and self.clean.masks[index].start < end

    def _is_set(self, pieces: Sequence[Piece]) -> bool:
        """Say whether the speech counts the row, before or after it: such a row has a name and is read with it."""
        after = _SET_AFTER.match(self.text, pieces[-1][1])
        if after is not None and number(after[1]) == len(pieces):
            return True
        before = self.text[max(0, pieces[0][0] - _SET_WITHIN) : pieces[0][0]]
        if before[-1:] not in _SET_MARKS or _NUMERALS.isdisjoint(before):
            return False
        begun = _SET_BEFORE.search(before)
        return begun is not None and declared_count(before[: begun.start()]) == len(pieces)

    def point(self, pieces: Sequence[Piece], texts: Sequence[str], rule: Rule) -> KeyPoint:
        """The key point of a sound row."""
        start, end = pieces[0][0], pieces[-1][1]
        lead = _LEAD_END.split(self._before(start))[-1]
        return KeyPoint(
            kind=PointKind.PARALLEL,
            name=None,
            full_name=None,
            count=len(pieces),
            items=tuple([Item(text, text, Span(*piece)) for text, piece in zip(texts, pieces, strict=True)]),
            span=Span(start, end),
            lead=Span(start - len(lead), start),
            heading=self.outline.heading_at(start),
            rule=rule,
            complete=self._is_complete(lead, end),
            negative=self._is_negative(lead, texts, start),
            confidence=_confidence(texts),
        )

    def _before(self, position: int) -> str:
        """What stands before a row, back to the last ordinal."""
        edge = self.edges[bisect_right(self.edges, position) - 1]
        return self.text[max(position - _LEAD_MAX, edge) : position]

    def _is_complete(self, lead: str, end: int) -> bool:
        """Say whether the row neither goes on (等), nor gives examples, nor breaks off with the text."""
        if end == len(self.text) and len(self.clean.sentences) - 1 in self.clean.broken_sentences:
            return False
        return _MORE.match(self.text, end) is None and not _EXAMPLE.search(lead[-_EXAMPLE_WITHIN:])

    def _is_negative(self, lead: str, texts: Sequence[str], start: int) -> bool:
        """Say whether the items are faults, or stand under a ban."""
        if _BAN.search(lead[-_BAN_WITHIN:]) or all(map(_FAULT.search, texts)):
            return True
        if lead.endswith("得") and all(text[0] in _DENIED for text in texts):
            return True
        return _tells_of_others(self.text, max(0, start - _LEAD_MAX), start)
