"""How a question speaks of what it asks about: the set, its place in the speech, and the statement of a pair."""

import re
from dataclasses import dataclass

from quizapp.core.lexicon import bare
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Span

NUMERAL = "[一二三四五六七八九十两双几]"
#: Names that say a number and nothing else; alone they name nothing.
GENERIC = re.compile(
    rf"{NUMERAL}+(?:大|个)?(?:点|条|项|要|方面|层面|环节|问题|件事|步)(?:内容|要求|意见|工作|任务|建议|希望|问题)?"
)
WORDS_OF_SPEECH = re.compile(rf"{NUMERAL}+句话")
LONG_LABEL = 22
#: A statement with fewer words of its own between its two values says too little without the name of its set.
FEW_ANCHORS = 4
LEADING = re.compile(r"^(?:就是要|就是|必须要|必须|要|应当|应)(?!求|素|点|领|害)")
LEAD_IN = re.compile(
    r"^(?:下面|下一步|今后|当前|目前|具体来[讲说]|总的来[讲说]|首先|同时)?[，,]?"
    r"(?:重点|关键|主要|核心)?(?:就是|在于|是)?(?:要|必须|应当|应)?(?!求)"
)
#: 怎么抓好落实 / 能不能当好这个班长: what the points that follow are about.
WHETHER = re.compile(r"能不能(?P<do>[^，。？；：]{2,14})$")
HOW = re.compile(r"(?P<how>(?:怎么|如何|怎样)[^，。？；：]{2,14})$")
PROBLEMS = re.compile(
    r"(?P<where>[^，。；：]{0,16}?)(?:还|仍|也)?存在(?:着)?[^，。；：]{0,6}(?P<what>问题|不足|短板|差距)"
)
#: 抓好 says something with a name beside it, but a part of the speech says more; 教育干部努力做到 says enough.
SHORT_DOING, TELLING_DOING, LONG_DOING = 2, 4, 16
DEIXIS = re.compile(r"(?<![自忘])我|咱|你|大家|今天|刚才|这|那|以下|上述")
DEMAND = re.compile(
    r"当好|(?<![重主需必只紧首])要(?!求|素|点|领|害)|必须|务必|不得|"
    r"^(?:争当|坚持|打造|做到|加强|强化|推进|提高|树立|落实|发扬|保持|转变|管好|严|抓|用|力戒|戒)"
)
STATED = re.compile(r"是(?!否)|为|作为")


def heading_path(reading: Reading, heading: int | None) -> list[str]:
    """The headings above a place, from the top."""
    path: list[str] = []
    while heading is not None:
        path.insert(0, reading.outline[heading].text)
        heading = reading.outline[heading].parent
    return path


def nested(text: str) -> str:
    """The text as it stands inside quotation marks."""
    return text.replace("“", "‘").replace("”", "’")


def label_of(heading_text: str) -> str:
    """A heading as the name of its part of the speech: no modal, and only its first clause where it is long."""
    text = LEADING.sub("", heading_text.strip("。：；，"))
    about = re.match(r"(?:就|对).{2,20}而言，(?P<told>.+)", text)
    text = about["told"] if about else text
    return nested(text.split("，")[0] if len(text) > LONG_LABEL else text)


@dataclass(frozen=True)
class Place:
    """A part of the speech, with the heading it is."""

    label: str
    body: Span


def place(reading: Reading, heading: int | None, avoid: str = "") -> Place | None:
    """The part of the speech a heading opens; one level up for as long as the label would say `avoid` itself."""
    while heading is not None:
        node = reading.outline[heading]
        label = label_of(node.text)
        if not (avoid and bare(avoid) in bare(label)) and not DEIXIS.search(label) and len(label) <= LONG_LABEL + 8:
            return Place(label, node.body)
        heading = node.parent
    return None


def within(at: Place) -> str:
    """讲话在“抓落实”部分; 讲话中“在参谋辅政上狠下功夫”部分, so that 在 is not said twice."""
    return f"讲话中“{at.label}”部分" if at.label.startswith("在") else f"讲话在“{at.label}”部分"


def quoted_name(point: KeyPoint) -> str:
    """The set's name as it is written in a stem: with the noun that follows it in the speech, in quotation marks."""
    full = point.full_name or ""
    if "“" in full and full.count("“") == full.count("”"):
        return full
    return f"“{nested(full if full and bare(point.name or '') in bare(full) else point.name or '')}”"


def is_generic(name: str | None) -> bool:
    return name is not None and GENERIC.fullmatch(bare(name)) is not None


def namesakes(reading: Reading, index: int) -> list[KeyPoint]:
    """Other sets of the same name and other items."""
    point = reading.sets[index]
    items = [item.text for item in point.items]
    return [
        other
        for other in reading.sets
        if other is not point and other.name == point.name is not None and [item.text for item in other.items] != items
    ]


def subject(reading: Reading, index: int) -> str | None:
    """The phrase that names the set and no other of the speech; None when the speech gives no such phrase."""
    point = reading.sets[index]
    if point.negative:
        return problem_subject(reading, point)
    if point.kind is PointKind.HEADINGS or point.name is None:
        return headings_subject(reading, point)
    if WORDS_OF_SPEECH.fullmatch(bare(point.name)):
        return f"讲话所讲的“{bare(point.name)}”"
    if point.kind is PointKind.COUNTED or is_generic(point.name):
        return counted_subject(reading, point)
    if point.homonym or namesakes(reading, index):
        return homonym_subject(reading, index)
    return f"讲话提出的{quoted_name(point)}"


def headings_subject(reading: Reading, point: KeyPoint) -> str | None:
    """An unnamed list is called by the part of the speech it stands in; two lists of one part share no call."""
    if any(reading.clean.text[: item.span.start].endswith("“") for item in point.items):
        return None  # quoted words are neither demands nor contents: what 参谋部 and 作战部 are, only a name would say
    rivals = [other for other in reading.sets if other.name is None and is_same_place(other, point)]
    if point.heading is None and is_whole_of(reading, point):
        return "讲话主要讲的几个方面"
    at = place(reading, point.heading)
    if at is None or not is_whole_of(reading, point) or any(is_whole_of(reading, other) for other in rivals):
        return None
    return f"{within(at)}{'提出的要求' if is_demanded(reading, point) else '讲到的几项内容'}"


def is_same_place(other: KeyPoint, point: KeyPoint) -> bool:
    """Whether two different lists stand under one heading."""
    return other is not point and other.heading == point.heading and other.items != point.items


def is_whole_of(reading: Reading, point: KeyPoint) -> bool:
    """Whether the items are all the headings right under the point's own: the part may then stand for the list."""
    children = [node for node in reading.outline if node.parent == point.heading]
    return len(children) == len(point.items)


def is_demanded(reading: Reading, point: KeyPoint) -> bool:
    """Whether the list tells what to do: every item begins after a 要, or says itself that it is to be done."""
    text = reading.clean.text
    return all(text[: item.span.start].endswith("要") or DEMAND.search(item.text) is not None for item in point.items)


def counted_subject(reading: Reading, point: KeyPoint) -> str | None:
    """A name that is only a number is filled from the lead: what it is about, or what is to be done."""
    name = bare(point.name or "")
    clauses = [clause for clause in re.split(r"[，。：；？]", lead_text(reading, point)) if clause]
    at = next((i for i, clause in enumerate(clauses) if name in bare(clause)), None)
    if at is None:
        return placed_subject(reading, point)
    before = clauses[at - 1] if at else ""
    if topic := question_topic(before):
        return f"讲话就“{topic}”提出的{name}"
    doing = LEAD_IN.sub("", clauses[at].split(name)[0].rstrip("“")).removesuffix("以下").removesuffix("下面")
    placed = placed_subject(reading, point)
    if DEIXIS.search(doing) or doing.count("“") != doing.count("”") or not SHORT_DOING <= len(doing) <= LONG_DOING:
        return placed
    return placed if placed and len(doing) < TELLING_DOING else f"讲话要求{doing}的“{name}”"


def question_topic(clause: str) -> str | None:
    """怎么抓好落实 stays; 能不能当好这个班长 asks about 当好班长."""
    if how := HOW.search(clause):
        return how["how"] if not DEIXIS.search(how["how"]) else None
    if whether := WHETHER.search(clause):
        topic = re.sub(r"[这那]个?", "", whether["do"])
        return topic if not DEIXIS.search(topic) else None
    return None


def placed_subject(reading: Reading, point: KeyPoint) -> str | None:
    name = bare(point.name or "")
    at = place(reading, point.heading, avoid=name)
    return f"{within(at)}提出的“{name}”" if at else None


def problem_subject(reading: Reading, point: KeyPoint) -> str | None:
    """Problems are called by the sentence that announces them, never by the heading above, which may praise."""
    found = PROBLEMS.search(lead_text(reading, point))
    if not found or DEIXIS.search(found["where"]):
        return None
    where = re.sub(r"^(?:但|同时|当前)?(?:也)?(?:必须)?(?:清醒地?)?(?:认识到|看到)?", "", found["where"])
    where = where.removesuffix("自身")
    return f"讲话指出的{where}存在的{found['what']}" if where else f"讲话指出的主要{found['what']}"


def homonym_subject(reading: Reading, index: int) -> str | None:
    """A name that two sets share is told apart by the part of the speech, or by the names that stand beside it."""
    point, others = reading.sets[index], namesakes(reading, index)
    at = place(reading, point.heading, avoid=point.name or "")
    if at and not any(at.body.start <= other.lead.start < at.body.end for other in others):
        return f"{within(at)}提出的{quoted_name(point)}"
    beside = "".join(names_beside(reading, point))
    return f"讲话中与{beside}一并提出的{quoted_name(point)}" if beside else None


def names_beside(reading: Reading, point: KeyPoint) -> list[str]:
    """The quoted names in the headings next to the one that holds the point's own name."""
    name = bare(point.name or "")
    chain = []
    heading = point.heading
    while heading is not None:
        chain.append(heading)
        heading = reading.outline[heading].parent
    own = next((i for i in chain if name in bare(reading.outline[i].text)), None)
    if own is None:
        return []
    node = reading.outline[own]
    beside = [each for each in reading.outline if each.list_id == node.list_id and each is not node]
    return [f"“{found[1]}”" for each in beside if (found := re.search(r"“([^“”]{2,8})”", each.text))]


def lead_text(reading: Reading, point: KeyPoint) -> str:
    return point.lead.of(reading.clean.text)


def statement(point: KeyPoint, left: str, right: str) -> str:
    """The pair's sentence with these values in its slots, no further than the clause that closes it."""
    before, between, after = point.template
    return f"{before}{left}{between}{right}{re.split('[，。；]', after)[0]}"


def is_stated(point: KeyPoint, reading: Reading, pair: Pair) -> bool:
    """Whether the speech says the pair's sentence, letter for letter."""
    return len(point.template) == 3 and statement(point, pair.left, pair.right) in reading.clean.text


def opening(reading: Reading, index: int) -> str:
    """How the stem of a pair begins. A short statement says which set it is from; on its own it has no subject."""
    point = reading.sets[index]
    verb = "要求" if any(is_pair_demanded(reading, point, each) for each in point.pairs) else "指出"
    is_clear = is_telling(point.name) and not point.homonym and not namesakes(reading, index)
    if is_clear and len(bare("".join(point.template))) < FEW_ANCHORS:
        return f"讲话在阐述{quoted_name(point)}时{verb}，"
    return f"讲话{verb}，"


def is_telling(name: str | None) -> bool:
    """Whether there is a name and it says more than a number."""
    return name is not None and not is_generic(name) and not WORDS_OF_SPEECH.fullmatch(bare(name))


def is_pair_demanded(reading: Reading, point: KeyPoint, pair: Pair) -> bool:
    """Whether a pair's statement tells what to do, by its own words or by the 要 before it."""
    if STATED.search("".join(point.template)):
        return False
    start = min(pair.left_span.start, pair.right_span.start) - len(point.template[0])
    return reading.clean.text[max(0, start - 1) : start] == "要" or bool(
        DEMAND.search(statement(point, pair.left, pair.right))
    )
