"""What a text states of itself: title, speaker, occasion, date. Only what is written there; nothing is guessed.

Speaker and date stand on lines of their own between the title and the salutation, or sign the text at its end. The
occasion stands in the title, or in the first sentences where they say plainly which meeting was called.
"""

import re
from collections.abc import Iterator
from datetime import date

from quizapp.core.speech import About
from quizapp.core.speech import CleanText
from quizapp.core.speech import Span

#: Lines above the text proper, and under it, that can say who spoke and when.
_HEAD_LINES = 6
_TAIL_LINES = 3
_LINE_MAX = 60
#: The beginning of a text that can say which meeting this is.
_OPENING_SENTENCES = 4
_OPENING_MAX = 150


def about(clean: CleanText) -> About:
    """Find what the text states of itself; a person confirms it."""
    head, tail = list(_head(clean)), list(_tail(clean))
    return About(
        title=clean.title,
        speaker=next(_speakers(clean, head, tail), None),
        occasion=next(_occasions(clean, head), None),
        held_on=next(_dates(clean, [*head, *tail]), None),
    )


# The lines around the text

_PROSE = re.compile(r"[。！？；]")
_SALUTATION = re.compile(r"(?:同志们|各位|尊敬的|女士们|朋友们).{0,40}$")
_NUMBERED = re.compile(
    r"第?[一二三四五六七八九十]{1,3}[、．.]|（[一二三四五六七八九十]{1,3}）|[一二三四五六七八九十][是要]"
)


def _head(clean: CleanText) -> Iterator[Span]:
    """The title and the lines under it, as far as the salutation or the first sentence."""
    for line in clean.paragraphs[:_HEAD_LINES]:
        text = line.of(clean.text) if line.end - line.start <= _LINE_MAX else "。"
        if _PROSE.search(text) or _SALUTATION.match(text) or _NUMBERED.match(text):
            return
        yield line


def _tail(clean: CleanText) -> Iterator[Span]:
    """The short lines under the last sentence."""
    for line in reversed(clean.paragraphs[_HEAD_LINES:][-_TAIL_LINES:]):
        text = line.of(clean.text) if line.end - line.start <= _LINE_MAX else "。"
        if _PROSE.search(text) or _NUMBERED.match(text):
            return
        yield line


# The date

_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_YEAR = r"(?P<year>[12]\d{3}|[一二][〇零○一二三四五六七八九]{3})"
_DAY = r"(?:\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_DATE = re.compile(
    rf"{_YEAR}年(?P<month>{_DAY})月(?P<day>{_DAY})日|(?P<y>[12]\d{{3}})(?P<sep>[-./])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})"
)
_AROUND_DATE = re.compile(
    r"[（(]?(?:(?:讲话|会议|发言)?(?:时间|日期)：)?\0(?:[（(]?(?:星期|周)[一二三四五六日天][）)]?)?(?:[上下]午|晚上?)?[）)]?"
)


def _dates(clean: CleanText, lines: list[Span]) -> Iterator[date]:
    for line in lines:
        for found in _DATE.finditer(clean.text, line.start, line.end):
            day = _day(found)
            if day and (_stands_alone(clean, line, found) or _closes_line(clean, line, found)):
                yield day


def _day(found: re.Match[str]) -> date | None:
    year, month, day = found.group("year", "month", "day") if found["year"] else found.group("y", "m", "d")
    try:
        return date(_year(year), _number(month), _number(day))
    except ValueError:
        return None


def _year(year: str) -> int:
    return int(year) if year.isdecimal() else int("".join(str(_DIGITS[digit]) for digit in year))


def _number(numeral: str) -> int:
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return 10 * (_DIGITS[tens] if tens else bool(ten)) + (_DIGITS[ones] if ones else 0)


def _stands_alone(clean: CleanText, line: Span, found: re.Match[str]) -> bool:
    rest = clean.text[line.start : found.start()] + "\0" + clean.text[found.end() : line.end]
    return _AROUND_DATE.fullmatch(rest) is not None


_SIGNATURE_MAX = 24


def _closes_line(clean: CleanText, line: Span, found: re.Match[str]) -> bool:
    """在……会议上的讲话（2024年3月5日）；综合科 李明 2024年3月5日"""
    before, after = clean.text[line.start : found.start()], clean.text[found.end() : line.end]
    if before.endswith("（"):
        return after == "）"
    return not after and len(before) <= _SIGNATURE_MAX


# The speaker

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤"
    "滕殷罗毕郝邬安常于傅皮卞齐康伍余顾孟黄穆萧尹姚邵湛汪祁毛禹狄米贝臧戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路娄江童颜郭梅盛林刁钟徐邱骆"
    "高夏蔡田樊胡凌霍虞万柯管卢莫丁邓郁单杭洪包左石崔吉龚程邢裴陆荣翁荀甄曲封储靳段焦巴牧谷车侯全仲伊宫宁仇甘厉戎祖武符刘景詹束龙叶司黎薄印"
    "白怀蒲索赖卓屠池乔胥苍闻党翟谭贡姬申冉郦桑桂牛寿边扈燕冀浦尚农温庄晏柴瞿阎慕连习艾容向古易廖耿匡寇欧沃利蔚越师巩聂晁敖冷辛阚那简饶曾沙"
    "鞠关相查游权肖付代闫佟仝苟岳帅"
)
_COMPOUND = "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒|东方|南宫|端木|独孤"
_HAN = r"[\u4e00-\u9fff]"
#: A blank that the text had between two words; the clean text has none beside Chinese.
_GAP = "\0"
_NAME = rf"(?P<name>(?:(?:{_COMPOUND})\0?{_HAN}\0?{_HAN}?|[{_SURNAMES}]\0?{_HAN}\0?{_HAN}?))"
_OFFICES = (
    "书记|省长|市长|县长|区长|州长|旗长|镇长|乡长|村长|主任|秘书长|厅长|局长|处长|科长|股长|部长|院长|校长|所长|站长|队长|会长|组长|主席"
    "|常委|委员|巡视员|调研员|专员|科员|经理|总裁|董事长|秘书|干事|代表|负责人"
)
_UNITS = "科|处|室|股|局|委|厅|部|办|组|中心|支队|大队|站|所|院|学校|公司|集团|街道|镇|乡|村|社区|支部|政府"
_SPEAKERS = (
    re.compile(r"(?:讲话人|主讲人|发言人|报告人|汇报人|演讲人|主讲)：(?P<who>(?P<name>.{2,36}))"),
    re.compile(rf"(?P<who>.{{0,36}}(?:{_OFFICES})(?:（[^（）]{{1,16}}）)?\0?{_NAME})(?:\0?同志)?"),
    re.compile(rf"(?P<who>.{{0,36}}(?:{_UNITS})\0{_NAME})(?:\0?同志)?"),
    re.compile(rf"(?P<who>{_NAME}(?:（[^（）]{{1,24}}）|同志|\0.{{0,24}}(?:{_OFFICES})))"),
)
_NAME_ALONE = re.compile(rf"（?(?P<who>{_NAME})）?")
_IN_TITLE = re.compile(
    rf"(?P<who>(?P<name>(?:.{{0,30}}(?:{_OFFICES})(?:{_HAN}{{2,3}})?|[{_SURNAMES}]{_HAN}{{1,2}}(?=同志))))(?:同志)?"
    r"在.{2,60}[上中]的.{1,8}(?:（[^（）]{1,24}）)?"
)
_KINDS = (
    "讲话",
    "发言",
    "致辞",
    "致词",
    "报告",
    "讲稿",
    "主持词",
    "党课",
    "辅导",
    "汇报",
    "提纲",
    "要点",
    "摘要",
    "节选",
)
_NO_NAMES = ("关于", "谢谢", "完毕")


def _speakers(clean: CleanText, head: list[Span], tail: list[Span]) -> Iterator[str]:
    titled = clean.title is not None
    if titled:
        yield from _who(clean, head[0], (_IN_TITLE,)) if head else ()
    for line in head[titled:]:
        yield from _who(clean, _undated(clean, line), (*_SPEAKERS, _NAME_ALONE) if titled else _SPEAKERS)
    signed = any(True for _ in _dates(clean, tail))
    for line in tail:
        yield from _who(clean, _undated(clean, line), (*_SPEAKERS, _NAME_ALONE) if signed else _SPEAKERS)


def _undated(clean: CleanText, line: Span) -> Span:
    found = _DATE.search(clean.text, line.start, line.end)
    if found is None:
        return line
    return Span(line.start, line.start + len(clean.text[line.start : found.start()].rstrip("（ ，、")))


def _who(clean: CleanText, line: Span, forms: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    """Whom the line names; nobody whose name is masked."""
    if any(mask.start < line.end and line.start < mask.end for mask in clean.masks):
        return
    text = _with_gaps(clean, line)
    if text.endswith(_KINDS) and _IN_TITLE not in forms:
        return
    for form in forms:
        found = form.fullmatch(text)
        if found and found["name"].replace(_GAP, "") not in _NO_NAMES:
            yield _written(found["who"], found["name"])
            return


def _with_gaps(clean: CleanText, line: Span) -> str:
    """The line with a mark where the raw text had blanks."""
    offsets = clean.raw_offsets
    return "".join(
        (_GAP if at > line.start and offsets[at] > offsets[at - 1] + 1 else "") + clean.text[at]
        for at in range(line.start, line.end)
    )


def _written(who: str, name: str) -> str:
    """With a blank between office and name where the text has one; 李 明 is one name."""
    return who.replace(name, name.replace(_GAP, "")).replace(_GAP, " ")


# The occasion

_MEETING = r"(?:会议|大会|[\u4e00-\u9fff]会|培训班|研讨班|开班式|仪式|活动)"
_TITLE_OCCASION = re.compile(
    rf"(?:^|.*?[^现存])在(?P<occasion>.{{4,60}}?)(?:上|中|时)的?[^上在]{{0,8}}(?:{'|'.join(_KINDS)})(?:（.*）)?$"
)
# “今天传达上周召开的会议精神”说的不是这一次。
_CALLED = re.compile(
    r"(?:今天|今日|今早|现在|这次)(?:(?!上周|上月|去年|昨天|日前|前不久|学习|传达|贯彻|落实)[^。！？]){0,30}?"
    rf"(?:召开|举行|举办)(?:的是?|了)?+(?P<occasion>(?!第|[一二两三]次|一[个场]|[这此]|全体)[^，。；：！？“”、是]{{2,38}}?{_MEETING})"
    r"(?=[，。；！]|是|$)"
)


def _occasions(clean: CleanText, head: list[Span]) -> Iterator[str]:
    if clean.title and (found := _TITLE_OCCASION.match(clean.title)):
        yield found["occasion"]
    for line in head[1:]:
        if found := _TITLE_OCCASION.match(line.of(clean.text).strip("（）—")):
            yield found["occasion"]
    first = len(head)
    for sentence in clean.sentences[first : first + 1 + _OPENING_SENTENCES]:
        if found := _CALLED.search(clean.text, sentence.start, min(sentence.end, sentence.start + _OPENING_MAX)):
            yield found["occasion"]
