"""Attribution: which findings the speech quotes from somebody else – a higher leader, a document, the ancients."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

from quizapp.core.keypoints.scan import Scanner
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import CleanText
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Span

# Who can be quoted

#: 姓氏只用来给职务前面的名字划界：“学习张市长”里的名字是“张市长”。
_SURNAME = (
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文习温]"
)
_STATESMAN = (
    "习近平|毛泽东|周恩来|刘少奇|朱德|邓小平|陈云|江泽民|胡锦涛|温家宝|李克强|李强|王岐山"
    "|焦裕禄|雷锋|马克思|恩格斯|列宁|孙中山|鲁迅"
)
_TITLE = (
    "总书记|国家主席|委员长|副?总理|书记|副?省长|副?市长|副?县长|副?区长|副?州长|副?部长|副?局长"
    "|副?主任|副?秘书长|厅长|主席|同志|先生"
)
_LEVEL = "[省市县区州旗镇]"
_LEADERS = "(?:主要领导|主要负责同志|主要负责人|领导)(?:同志)?"
_BY_NAME = rf"(?:{_STATESMAN})(?:总书记|主席|总理|同志|先生)?|毛主席|周总理|{_SURNAME}[一-龥]{{0,2}}?(?:{_TITLE})"
_BY_OFFICE = (
    rf"(?:{_LEVEL}?(?:委|政府|人大|政协))?(?:常委、?)?(?:副?书记|副?[省市县区]长)?{_SURNAME}[一-龥]{{0,2}}?(?:{_TITLE})"
    rf"|{_LEVEL}(?:委)?(?:副?书记|长)(?:{_SURNAME}[一-龥]{{1,2}})?(?:同志)?"
    rf"|(?:[省市县区州]委?|[省市县区州]政府){_LEADERS}"
)
#: Bodies no speaker of an office speaks for, and who leads them.
_HIGHEST = (
    rf"(?:中共中央)?总书记|中央{_LEADERS}|党中央|中共中央|国务院|中央八项规定(?:精神)?|中央(?:经济|农村|政法|城市)工作会议"
    "|全国[一-龥]{2,6}会议|党的[一二三四五六七八九十]{1,3}(?:大|届[一二三四五六七八九十]中全会)(?:报告)?"
)
_BODY = "[省市县区州](?:委|政府)(?:办公室|办)?|上级|[省市县区][一-龥]{0,6}(?:党代会|全会|两会)"
_DOCUMENT = r"《[^《》\n]{2,40}》"
_ANCIENTS = "古人|古语|俗话|老话|常言|谚语|古训|民谚|[孔孟老庄荀墨]子|诸葛亮|范仲淹|林则徐|曾国藩|韩非子|司马迁"

# How one is quoted

_WHERE = r"在[^。；！？“”\n]{1,36}?(?:时|上|中|期间|后|里)，?"
_HOW = (
    "(?:曾经?|多次|反复|一再|再次|明确|还|又|也|都|就|专门|特别|深刻|强烈|郑重|鲜明|语重心长地|所|要|早就|早已|最近|近日"
    "|日前|近期|严肃|精辟|一针见血地|殷切|始终|，){0,4}"
)
_SAYS = "指出|强调|提出|要求|说|讲|告诫|写道|嘱托|叮嘱|号召|批示|认为|规定|明确|寄语|希望"
#: “按照领导要求，……”里的“要求”是名词：后面没有话。
_SAID = (
    rf"(?:(?:{_SAYS})(?:过|了|道|的是|的)?[，：]{{0,2}}(?=“)"
    "|(?:指出|强调|写道|说|讲|提出)(?:过|了|道|的是)?(?![的、和与。；])"
    "|(?:要求|规定|明确|告诫|号召|希望)(?![。；：、的和与精]|基本|得到))"
)
_QUOTED_AFTER = r"(?=[，：]{0,2}[“‘：])"
_PERSON_SAYS = (
    rf"(?:(?:{_WHERE})?{_HOW}(?P<says>{_SAID})"
    rf"|(?:曾|在)[^。；！？“”\n我]{{1,40}}?，{_HOW}(?P<says_late>指出|强调|提出|要求)"
    r"|(?P<owned>(?:关于|对)?[^。；！？\n，我“]{0,20}?(?:“[^“”\n]{1,40}”[^。；！？\n，我“]{0,8}){0,3}?的(?:重要)?(?:指示|讲话|论述|嘱托|批示|要求|教导)))"
)
#: Each of those who can be quoted, by what they begin with, and how they are.
_FROM = Scanner(
    # 常 may be a surname, and begins 常委 too.
    (_SURNAME.strip("[]").replace("常", "焦恩列鲁"), f"(?P<person>{_BY_NAME}){_PERSON_SAYS}"),
    ("省市县区州旗镇委政人常书副", f"(?P<person>{_BY_OFFICE}){_PERSON_SAYS}"),
    ("总中党国全", f"(?P<person>{_HIGHEST}){_PERSON_SAYS}"),
    ("省市县区州上", rf"(?P<body>{_BODY})(?:{_WHERE})?{_HOW}(?P<says_body>{_SAID}){_QUOTED_AFTER}"),
    (
        "《",
        rf"(?P<document>{_DOCUMENT})(?:第[一二三四五六七八九十\d]{{1,4}}条)?{_HOW}"
        r"(?P<says_document>规定|明确|要求|指出|强调|提出)",
    ),
    (
        "古俗老常谚民孔孟庄荀墨诸范林曾韩司",
        rf"(?P<ancients>{_ANCIENTS})(?:[云曰讲言]|说得?好?|有云|常说|所说|道)",
    ),
)
_WHO = ("person", "body", "document", "ancients")
_VERBS = ("says", "says_late", "says_body", "says_document")
_QUOTATION_LONGEST = 500
_RIGHT_AFTER = re.compile(r"(?:的|：|，|时|过|了|要|坚持|做到|“){0,2}[，：]?“")
_TAIL = re.compile(r"(?:[、和与，]?“[^“”\n]{1,60}”)*[^，。；：！？\n“”]{0,10}[，。：]?")
_SPEAKER_AGAIN = re.compile(
    r"[，；](?:我们|我[市县区省办]|大家|全[市县区省办]|各[级地]|这[些就也是]|为此|对照|因此|所以)"
)
_GOES_ON = re.compile(
    r"(?:“|(?:他|她|总书记|同时|并|文件|意见|会议)(?:还|又|同时|特别)?(?:强调|指出|要求|提出|明确|规定))"
)
#: “按照省委书记要求，”：引的人只是宾语。“我要求”：说话人自己是主语。
_CARRIES_OUT = re.compile(
    r"(?:按照|根据|遵照|依照|落实|贯彻|执行|响应|对照|围绕|结合|领会|学习)[^，。；：！？\n]{0,8}$"
)
_CARRIES_OUT_WITHIN = 16
_SPEAKER_SAYS = re.compile(r"我们?$|咱们?$|本[人办]$|我[市县区省办]$")


@dataclass(frozen=True)
class _Reach:
    """How far the words of one who is quoted go."""

    who: str
    span: Span


def attributed(clean: CleanText, points: Sequence[KeyPoint]) -> tuple[KeyPoint, ...]:
    """Give the same points, with whom the speech has them from."""
    reaches = tuple(_reaches(clean))
    if not reaches:
        return tuple(points)
    starts = [reach.span.start for reach in reaches]
    return tuple([_with_source(point, reaches, starts) for point in points])


def _with_source(point: KeyPoint, reaches: Sequence[_Reach], starts: Sequence[int]) -> KeyPoint:
    for position in _anchors(point):
        index = bisect_right(starts, position) - 1
        if index >= 0 and position < reaches[index].span.end:
            return replace(point, attributed_to=reaches[index].who)
    return point


def _anchors(point: KeyPoint) -> Iterator[int]:
    """Where a finding must stand to be another's: its first item; for a list, the end of what announces it too."""
    if point.kind in SET_KINDS and point.lead.end > point.lead.start:
        yield point.lead.end - 1
    yield point.items[0].span.start if point.items else point.span.start


def _reaches(clean: CleanText) -> Iterator[_Reach]:
    """In order, and none inside another."""
    sentences = clean.sentences
    starts = [sentence.start for sentence in sentences]
    done = 0
    for found in _FROM.finditer(clean.text):
        number = bisect_right(starts, found.start()) - 1
        if number < 0 or found.start() < done or found.end() > sentences[number].end:
            continue
        reach = _reach(clean, found, number)
        if reach is not None:
            yield reach
            done = reach.span.end


def _reach(clean: CleanText, found: re.Match[str], number: int) -> _Reach | None:
    said = found.groupdict()
    role = next(role for role in _WHO if said.get(role))
    before = clean.text[max(0, found.start() - _CARRIES_OUT_WITHIN) : found.start()]
    is_object = _CARRIES_OUT.search(before) is not None and clean.text[found.end() : found.end() + 1] == "，"
    if is_object or _SPEAKER_SAYS.search(before):
        return None
    if said.get("owned"):
        return _Reach(found[role], Span(*found.span()))
    says = found.end() if role == "ancients" else max(found.end(verb) for verb in _VERBS if said.get(verb))
    sentence = clean.sentences[number]
    end = _quotation_end(clean.text, says, sentence) or _own_end(clean.text, says, sentence)
    return _Reach(found[role], Span(says, _gone_on(clean, number, end)))


def _quotation_end(text: str, says: int, sentence: Span) -> int | None:
    """The end of the quotation that opens right after the verb, with the words that close its clause."""
    opening = _RIGHT_AFTER.match(text, says, sentence.end)
    closing = text.find("”", opening.end(), min(sentence.end, says + _QUOTATION_LONGEST)) if opening else -1
    if closing < 0:
        return None
    tail = _TAIL.match(text, closing + 1, sentence.end)
    return tail.end() if tail else closing + 1


def _own_end(text: str, says: int, sentence: Span) -> int:
    """Without quotation marks: to the end of the sentence, or to where the speaker says 我们 again."""
    again = _SPEAKER_AGAIN.search(text, says, sentence.end)
    return again.start() if again else sentence.end


def _gone_on(clean: CleanText, number: int, end: int) -> int:
    """Take the next sentence in where it goes on quoting."""
    if number + 1 >= len(clean.sentences) or end < clean.sentences[number].end:
        return end
    following = clean.sentences[number + 1]
    return following.end if _GOES_ON.match(clean.text, following.start, following.end) else end
