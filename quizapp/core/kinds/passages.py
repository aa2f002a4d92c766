"""What the kinds that ask about a passage share: the part of a sentence that can be understood by itself."""

import re
from collections.abc import Iterator
from collections.abc import Sequence

import rjieba

from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.speech import Heading
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Span
from quizapp.core.stems import place
from quizapp.core.stems import within

ROOM = 60
STOPS = frozenset("，；：。！？\n\t")
#: What a passage may begin with and loses nothing by: an ordinal, a connective before its comma.
OPENER = re.compile(
    r"(?:(?:同志们|各位[^，。]{1,4}|首先|其次|再次|最后|同时|另外|此外|当前|目前|今后|下一步|近期|为此|对此|一来|二来)，|(?:特别是|尤其是)，?"
    r"|(?:因此|所以|因而|总之|可见)，?|(?:首先|其次|再次|最后)(?=要)"
    r"|第[一二三四五六七八九十]{1,3}[，、：]|[一二三四五六七八九十]{1,3}(?:是(?!否)|要(?![求素点领害])|、)"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)|[①-⑳])*"
)
#: A word that begins like a connective and is none.
NO_CONNECTIVE = "及时|及早|就业|就医|就地|就近|更新|更换|如实|如期|再生|并联|还款|即时|使命|与会"
HANGING = re.compile(
    rf"(?!{NO_CONNECTIVE})(?:但|而|也|还|又|才|就|并|和|与|及|或|则|却|更|再|以及|特别|尤其|从而|使|让|以便|进而|因而|于是|然而"
    r"|至于|包括|乃至|甚至|直到|其中|都|即|只有|不但|而是|不是|等|的|如|可以说|导致|致使|以此|由此|不仅|反之|否则|因为|由于"
    r"|如果|一旦|虽然|尽管|只要|为了|通过|随着|当|[”’）、])"
)
#: A list that goes on inside: its items are asked for by other kinds.
NESTED = re.compile(
    r"[；，。](?:[一二三四五六七八九十](?:是(?!否)|要(?!素)|来)|第[一二三四五六七八九十]{1,2}[，、：]|首先|其次|再次|最后)"
)
#: What somebody is to be able to do, and nobody says who.
ABLE = re.compile(r"要?(?:能(?![力否量级动])|会(?![议务场风前中后])|有(?![关效序力]))")
POINTS_OUT = re.compile(
    r"(?<![自忘])我|咱|你|他们|她|它|大家|这|那(?!曲)|此(?!外|后)|其(?![他实中余])|本次|刚才|刚刚|昨天|上述|以上(?!的)|以下"
    r"|前面|下面|如何|[？?…]|比如|例如|总书记|习近平|党中央|中央领导|主席|俗话|古人|常言"
)
#: Today is the day of the speech; in a saying it is any day.
TODAY = re.compile(r"今天|明天")
QUOTED = re.compile(r"“[^“”]*”")
MODAL = (
    r"(?:(?<![重主需只首紧必而次想概提])要(?![求素点么是害领紧想])|必须|务必|应当|应(?![急对用])|须|不得|不能|不准|严禁"
    r"|切忌|绝不|决不|坚决|一律)"
)
#: 要把 is left to its 把, 要求 and 要想 are words.
BARE_MODAL = re.compile(r"要(?![求素点么是害领紧想])(?=[一-龥“])")
HOW = (
    "(?:进一步|始终|切实|继续|真正|坚决|努力|着力|全力|严格|大力|充分|主动|积极|认真|不断|牢固|持续|深入|扎实|全面|自觉|带头"
    "|时刻|处处|及时|统筹)"
)
DOING = (
    "坚持|做到|做好|当好|加强|强化|推进|推动|提高|提升|树立|树牢|落实|发扬|弘扬|保持|转变|执行|建立|健全|完善|试行|推行|实行"
    "|确保|力争|力求|争当|争做|打造|抓好|抓住|紧扣|突出|聚焦|深化|开展|履行|发挥|把握|防止|杜绝|避免|叫响|大兴|锤炼|严把"
    "|注重|善于|敢于|盯住|盯紧|守住|把好|管好|完成|练就|拿出|锻造|筑牢|牢记|养成|增强|明确"
)
DEMANDED = re.compile(rf"{HOW}*(?:{MODAL}|{DOING})")
DEMANDS = re.compile(rf"(?:^|[，；])[^，；“”]{{0,14}}?{MODAL}|(?:^|[，；]){HOW}*(?:{DOING})")
#: What is told of somebody, and only then asked: 对不合格的，要…; without the demand it says half.
TOPIC = re.compile(r"对|在|从|为|把|将|按照?|围绕|结合|针对|遇到|面对")
SKIPPED_TAGS, SUBJECT_TAGS = frozenset("dtcxmqfbuyaj"), frozenset("nrs")
#: What stands before a subject and is none: 各科室, 县信访局.
EACH = frozenset("各每全省市县区镇乡")
#: 回访不能只问一句: what is told opens the clause, as a verb.
ABOUT_DOING = re.compile(rf"[一-龥、]{{2,10}}?{MODAL}")
UNFINISHED = re.compile(r"(?:[的时和与及或在把将给向为对]|方面|而言|来说|来讲|同时|期间|以来)$")
#: What opens a sentence about a whole list.
SUMS_UP = re.compile(r"这[一二三四五六七八九十几些]|在[^，。]{2,8}上，|年底|由[^，。]{2,12}牵头|以上|总之")
#: What a stem that names its part of the speech has room for.
STEM_ROOM = 64
#: Thanks, hopes and calls say nothing of their own; every speech opens and closes with them.
RITUAL = re.compile(
    r"再立新功|再谱新篇|再创|新局面|新台阶|新篇章|新气象|新贡献|砥砺|奋进|奋力|凝聚共识|凝心聚力|凝神聚力|统一思想|提高认识|更高标准"
    r"|更严要求|更实举措|更加饱满|更加昂扬|任劳任怨|兢兢业业|恪尽职守|希望|祝愿?|感谢|谢谢|致敬|同志们|让我们|辛勤|辛苦|贡献|圆满"
    r"|讲党性|讲政治|责任感|使命感|紧迫感|新形势|新任务|新要求|高质量发展|不忘初心|牢记使命|加班加点|饱满的"
)


def is_own(point: KeyPoint) -> bool:
    """Whether the speaker says it himself, and not a leader or a proverb."""
    return point.attributed_to is None


def in_body(material: Material, start: int) -> bool:
    """Whether a place is under a heading, or, where there are none, neither in the first nor in the last paragraph."""
    clean, outline = material.reading.clean, material.reading.outline
    if outline:
        return outline[0].span.start <= start and not is_closing(material, start)
    return clean.paragraphs[0].end < start < clean.paragraphs[-1].start


def is_closing(material: Material, start: int) -> bool:
    """Whether a place is in the last paragraph and under no heading."""
    last, outline = material.reading.clean.paragraphs[-1], material.reading.outline
    return start >= last.start and not any(node.body.start <= start < node.body.end for node in outline)


def passage(material: Material, inside: Span, room: int = ROOM) -> Span | None:
    """The longest part of a sentence that holds a place, ends with its clause and can be understood by itself."""
    sentence = material.sentence_at(inside.start)
    if sentence is None or inside.end > sentence.end:
        return None
    end = clause_end(material.text, inside.end, sentence)
    for start in starts(material.text, inside.start, sentence):
        is_demand = material.text[start - 1 : start] == "要"
        if end - start <= room and stands_alone(material.text[start:end], is_demand):
            return Span(start, end)
    return None


def clause_end(text: str, at: int, sentence: Span) -> int:
    """Where the clause ends; marks inside quotation marks or brackets end none."""
    while at < sentence.end and (text[at] not in STOPS or is_inside(text, at, sentence)):
        at += 1
    return at


def is_inside(text: str, at: int, sentence: Span) -> bool:
    """Whether a mark stands inside quotation marks or brackets of its sentence."""
    pairs = (("“", "”"), ("（", "）"))
    return any(text.count(one, sentence.start, at) > text.count(other, sentence.start, at) for one, other in pairs)


def starts(text: str, before: int, sentence: Span) -> Iterator[int]:
    """Where a passage may begin: with the sentence, then with each clause of it, openers left out."""
    for start in range(sentence.start, before + 1):
        if start > sentence.start and (text[start - 1] not in STOPS or is_inside(text, start - 1, sentence)):
            continue
        found = OPENER.match(text, start, before)
        yield after_modal(text, found.end() if found else start)


def after_modal(text: str, start: int) -> int:
    """Behind a bare 要: 讲话要求 has said it."""
    return start + 1 if BARE_MODAL.match(text, start) else start


def stands_alone(piece: str, is_demand: bool = False) -> bool:
    """Whether the words name who or what they speak of, or say at once what is to be done, and are complete."""
    begins_badly = HANGING.match(piece) or ABLE.match(piece)
    goes_badly = NESTED.search(piece) or UNFINISHED.search(piece) or POINTS_OUT.search(piece)
    if begins_badly or goes_badly or TODAY.search(QUOTED.sub("", piece)):
        return False
    balanced = all(piece.count(one) == piece.count(other) for one, other in ("“”", "（）", "《》", "‘’"))
    if not balanced:
        return False
    begun = is_demand or DEMANDED.match(piece) or not TOPIC.match(piece) and ABOUT_DOING.match(piece)
    return bool(begun) or begins_with_subject(piece)


def begins_with_subject(piece: str) -> bool:
    """Whether a noun comes before the first verb, adverbs and times aside; a topic needs its demand."""
    if TOPIC.match(piece):
        return re.search(rf"，{HOW}*{MODAL}", piece) is not None
    for word, tag in rjieba.tag(piece[:24]):
        if word in EACH:
            continue
        if tag[0] in SUBJECT_TAGS or tag == "vn":
            return len(word) > 1
        if tag[0] not in SKIPPED_TAGS and word not in "“‘":
            return False
    return False


def is_demanded(material: Material, told: Span) -> bool:
    """Whether the passage says what is to be done."""
    said = QUOTED.sub("“”", told.of(material.text))
    return material.text[told.start - 1 : told.start] == "要" or DEMANDS.search(said) is not None


def opening_of(material: Material, told: Span, heading: int | None = None, demands: bool = False) -> str:
    """讲话要求 before what is to be done, 讲话指出 before what is so or is planned.

    A passage that begins with its verb says nothing of whom or what: the part of the speech does, where there is one.
    """
    said = told.of(material.text)
    verb = "要求" if (demands or is_demanded(material, told)) and not is_planned(said) else "指出"
    at = None if names_topic(said) else place(material.reading, part_at(material, heading, told.start))
    if at is None or len(said) + len(at.label) > STEM_ROOM or bare(at.label) in bare(said):
        return f"讲话{verb}，"
    return f"{within(at)}{verb}，"


def names_topic(said: str) -> bool:
    """Whether it names whom or what it is about: a subject, a topic with its demand, or a doing: 回访不能只问一句."""
    if begins_with_subject(said):
        return True
    is_doing = ABOUT_DOING.match(said) is not None and not DEMANDED.match(said)
    return is_doing and next(tag for _, tag in rjieba.tag(said))[0] in "vnrz"


def is_planned(said: str) -> bool:
    """Whether it tells what somebody is going to do: 工委将组织评议, and not 将评议结果纳入考核."""
    after = said.partition("将")[2]
    return bool(after) and next(tag for _, tag in rjieba.tag(after))[0] == "v"


def part_at(material: Material, heading: int | None, at: int) -> int | None:
    """The heading of the part that a place surely stands in.

    What follows the last item of a list may be said of the whole list: it stands in the part above.
    """
    if heading is None:
        return None
    outline = material.reading.outline
    node = outline[heading]
    beside = [each for each in outline if each.list_id == node.list_id]
    is_last = len(beside) > 1 and beside[-1] is node
    return node.parent if is_last and is_beyond(material, beside, at) else heading


def is_beyond(material: Material, items: Sequence[Heading], at: int) -> bool:
    """Whether a place of the last item's part sums up, or is further on than any other item's sentences go."""
    sentence = material.sentence_at(at)
    before = material.sentences_between(items[-1].body.start, sentence.start if sentence else at)
    if before < 1:
        return False
    if sentence is not None and SUMS_UP.match(material.text, sentence.start):
        return True
    return before >= max(material.sentences_between(each.body.start, each.body.end) for each in items[:-1])


def with_gap(material: Material, told: Span, gap: Span, mark: str = BLANK) -> str:
    """The passage with a place of it left out."""
    return f"{material.text[told.start : gap.start]}{mark}{material.text[gap.end : told.end]}"


def filled_by(material: Material, blanked: str, mark: str = BLANK) -> str | None:
    """What stands in the speech where the stem has its gap; None where it is said nowhere, or twice and not alike."""
    before, after = blanked.split(mark)
    text, found = material.text, set[str]()
    for at in material.reading.said.places(before):
        start = at + len(before)
        end = text.find(after, start, start + ROOM + len(after)) if after else clause_stop(text, start)
        if 0 <= end - start <= ROOM:
            found.add(text[start:end])
    return found.pop() if len(found) == 1 else None


def clause_stop(text: str, at: int) -> int:
    while at < len(text) and text[at] not in STOPS and text[at] not in "”（":
        at += 1
    return at


def opens_sentence(material: Material, told: Span) -> bool:
    """Whether nothing but an opener stands before the passage in its sentence, or since a semicolon."""
    sentence = material.sentence_at(told.start)
    before = material.text[sentence.start : told.start] if sentence else ""
    return OPENER.fullmatch(before.removesuffix("要")) is not None or before.endswith("；")


def is_complete(material: Material, told: Span) -> bool:
    """Whether nothing before the passage is missed: it opens its sentence, or has its subject behind the demand."""
    if opens_sentence(material, told):
        return True
    said = told.of(material.text)
    found = DEMANDED.match(said)
    return begins_with_subject(said[found.end() if found else 0 :])


def is_ritual(text: str) -> bool:
    return RITUAL.search(text) is not None


def occurs_once(material: Material, text: str) -> bool:
    return material.bare_text.count(bare(text)) == 1


def tagged(text: str) -> Sequence[tuple[str, str]]:
    return rjieba.tag(bare(text))
