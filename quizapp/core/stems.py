"""How a question speaks of what it asks about: the set, its place in the speech, and the statement of a pair."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

import rjieba

from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import Heading
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

#: 讲话 as a stem says it of its own speech: at its beginning, or after 属于, 请简述, 请根据, 对照, 左栏.
THE_SPEECH = re.compile("(?:^|(?<=[于述据照栏]))(?:这篇)?讲话")
NUMERAL = "[一二三四五六七八九十两双几]"
#: Names that say a number and nothing else; alone they name nothing.
GENERIC = re.compile(
    rf"{NUMERAL}+(?:(?:大|个)?(?:点|条|项|要|方面|层面|环节|部分|问题|件事|步)(?:的?(?:内容|要求|意见|工作|任务|建议|希望|问题))?"
    r"|[个种类](?:情形|情况|原因|表现|特点|领域|场所|对象|群体|字|词)?)"
)
#: A count that wants the word 要求.
ONLY_A_COUNT = re.compile(r"[一二两三四五六七八九十]+(?:点|条|项)")
#: A count with no noun says nothing at all, wherever it stands.
BARE_COUNT = re.compile(rf"{NUMERAL}+[个条项种类步]")
#: Names of what a speech points out or touches on, and does not put forward.
POINTED_OUT = re.compile(r"(?:问题|情形|情况|原因|表现|特点)$")
TOUCHED_ON = re.compile(r"(?:领域|场所|对象|群体)$")
#: What the sentence of a name holds where the speech itself puts the name forward, and where it reports it.
PUT_FORWARD = re.compile(
    r"(?<![重主需只紧首])要(?!求|素|点|领|害|件)|必须|务必|应|[争当][当做创好]|做到|坚持|坚决|树立|落实|[推实执]行|开展|打造|[弘发]扬|"
    r"提出|抓[好住]|突出|力争|养成|把握|[强深]化|推[进动]|建设|处理好|[用管]好|盯|完善|建立|健全|加强|围绕|按|确定|概括|归纳|"
    r"努力|践行|通过|带头|力戒|大兴|倡导|实施|牢记|增强|提[高升]|[做抓][实细]|做好"
)
REPORTED = re.compile(r"导致|造成|暴露|年初|去年|前年|此前|曾经?|以来|体会|感受|亮点|从[^，。]{1,6}看|存在")
#: A name that is no unit of its own: a count, a noun, and a verb of the sentence (在三个方面努力).
COUNT_FIRST = re.compile(rf"{NUMERAL}+(?:[个大种条项件点张类级]|(?=[^个大种条项件点张类级]))(?P<rest>.+)")
#: Whose members an apposed list with 的 names (三个村的工程): not the work, but where it is done.
ASPECT = re.compile(r"(?:方面|层面|维度|环节)的")
#: Words that the tagger calls verbs and that follow a name as nouns.
NOUNS = frozenset(["要求", "活动", "驱动", "行动", "建设", "管理", "工作", "服务", "工程", "责任"])
#: What an unnamed list is counted as where all its items end with the word.
COUNTED_AS = {
    **dict.fromkeys(["领域", "环节", "阶段", "部门"], "个"),
    **dict.fromkeys(["制度", "机制", "工作", "措施", "任务", "工程", "行动"], "项"),
}
#: How many answers about wordings are kept.
KEPT = 4096
COUNTS = "〇一两三四五六七八九十"
#: What begins a heading that demands, and is tagged a noun by the tagger.
VERBS = re.compile(
    r"(?:紧[盯抓扣]|整治|治理|整改|统筹|合并|压减|开展|[实推执]行|精准|巩固|规范|保障|服务|监督|检查|培育|壮大|查|把)"
)
#: A part that looks back tells what was done, not what is to be done.
LOOKS_BACK = re.compile(r"成绩|成效|回顾|过去|去年|体会|亮点|怎么看|肯定")
#: So many demands before the first item are another list than the items.
OTHER_DEMANDS = 3
DEMANDED_HERE = re.compile(r"(?<![重主需必只紧首])要(?![求素点领害件闻道紧塞务义旨])")
#: Bans are demands: 八个严禁.
BAN = re.compile(r"(?:一律)?(?:严禁|禁止|不得|不准|不许|不|杜绝|切忌|严防|防止|力戒)")
#: An item that says of its own subject how it is to be: 收集要全.
SUBJECT_FIRST = re.compile(r"[^，、]{2,8}要[^，、求]{1,8}")
MEMBERS = re.compile(r"(?:环节|领域|部门|岗位|对象|阶段|方面)$")
#: A part called by a fault tells of faults: what stands in it is neither a demand nor just some content.
FAULTY = re.compile(r"(?:不[力足够高强实严到畅深细透]|滞后|缺失|缺位|薄弱)$")
#: Faults of some are not what the speech finds on the whole.
SOME = re.compile(r"有的|一些|个别|少数|某些|部分")
#: A count of something that only a governing phrase would tell: 三种情形, 两项内容.
VAGUE = re.compile(rf"{NUMERAL}+[个种类条项](?:情形|情况|原因|表现|特点|领域|场所|对象|群体|字|词|内容)")
#: What leads to a count and demands nothing: 主要有三个, 概括为三个字.
NO_DEMAND = re.compile(r"[有是为出括在于]$")
WORDS_OF_SPEECH = re.compile(rf"{NUMERAL}+句话")
LONG_LABEL = 22
#: A statement with fewer words of its own between its two values says too little without the name of its set.
FEW_ANCHORS = 4
LEADING = re.compile(r"^(?:就是要|就是|必须要|必须|要|应当|应该)(?![求素点领害件闻道紧塞务义旨])")
LEAD_IN = re.compile(
    r"^(?:下面|下一步|今后|当前|目前|具体来[讲说]|总的来[讲说]|首先|同时)?[，,]?"
    r"(?:重点|关键|主要|核心)?(?:就是|在于|是)?(?:要|必须|应当|应)?(?!求)"
)
#: The marker of a heading that announces a list.
ORDINAL = re.compile(rf"^(?:[（(]?(?:{NUMERAL}|[十\d])+[)）、.．]|[一二三四五六七八九十]+[是要]|第{NUMERAL}+[、]?)")
#: 怎么抓好落实 / 能不能当好这个班长: what the points that follow are about.
WHETHER = re.compile(r"能不能(?P<do>[^，。？；：]{2,14})$")
HOW = re.compile(r"(?P<how>(?:怎么|如何|怎样)[^，。？；：]{2,14})$")
PROBLEMS = re.compile(
    r"(?P<where>[^，。；：]{0,16}?)(?:还|仍|也)?存在(?:着)?[^，。；：]{0,6}?(?P<what>(?:突出|主要)?(?:问题|不足|短板|差距))"
)
#: An ordinal, and what may stand before a heading, take up no more than this.
NEAR = 8
#: The parts of an outline hold at least this share of the speech.
MOST_OF_TEXT = 0.5
#: 抓好 says something with a name beside it, but a part of the speech says more; 教育干部努力做到 says enough.
SHORT_DOING, TELLING_DOING, LONG_DOING = 2, 4, 16
DEIXIS = re.compile(r"(?<![自忘])我|咱|你|大家|今天|刚才|这|那|以下|上述")
DEMAND = re.compile(
    r"当好|(?<![重主需必只紧首])要(?!求|素|点|领|害)|必须|务必|不得|"
    r"^(?:争当|坚持|打造|做到|加强|强化|推进|提高|树立|落实|发扬|保持|转变|管[好住]|严|抓|用|力戒|戒|"
    r"盯[住紧牢]|建[好立强]|把好|做[好实细]|压实|筑牢|健全|完善|优化|深化|改进|精简|突出|务求|敢于|善于|勇于)"
)
#: What closes the clause of a statement.
CLAUSE_END = re.compile("[，。；]")
STATED = re.compile(r"是(?!否)|为|作为")


def among_speeches(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions of one paper; where several speeches meet on it, each says which one it asks about."""
    speeches = {question.source.speech for question in questions if question.source.speech}
    return tuple(map(told_of, questions)) if len(speeches) > 1 else tuple(questions)


def told_of(question: Question) -> Question:
    """The question with the title of its speech in place of 讲话; as it is where the stem does not begin so."""
    title = f"《{question.source.speech}》".replace("《《", "《").replace("》》", "》")
    if not question.source.speech or "《" in question.stem:
        return question
    return replace(question, stem=THE_SPEECH.sub(lambda _: title, question.stem, count=1))


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


def part_of(reading: Reading, point: KeyPoint) -> int | None:
    """The heading a list stands under; the one above it for what follows the last of a row inside a paragraph: nothing
    shows where that part ends, and what follows may be said of all of them."""
    if point.heading is None:
        return None
    node, start = reading.outline[point.heading], min(point.lead.start, point.span.start)
    *_, last = (other for other in reading.outline if other.list_id == node.list_id)
    is_beyond = any(node.span.end <= end < start for end in ends_of_sentences(reading, node.span.start, start))
    return node.parent if node.inline and node is last and is_beyond else point.heading


def ends_of_sentences(reading: Reading, start: int, end: int) -> Iterator[int]:
    """Where the sentences end between two places."""
    sentences = reading.clean.sentences
    first = bisect_right(sentences, start, key=lambda span: span.start) - 1
    return (span.end - 1 for span in takewhile(lambda span: span.start < end, sentences[max(0, first) :]))


def within(at: Place) -> str:
    """讲话在“抓落实”部分; 讲话中“在参谋辅政上狠下功夫”部分, so that 在 is not said twice."""
    return f"讲话中“{at.label}”部分" if at.label.startswith("在") else f"讲话在“{at.label}”部分"


def quoted_name(point: KeyPoint) -> str:
    """The set's name as it is written in a stem: with the noun that follows it in the speech, in quotation marks."""
    full, name = point.full_name or "", point.name or ""
    if "“" in full and full.count("“") == full.count("”"):
        return with_noun(full)
    if name.endswith("”") and name.count("“") == 1:
        return name  # 四个“坚持” has its own marks
    return f"“{nested(full if full and bare(name) in bare(full) else name)}”"


def with_noun(full: str) -> str:
    """A quoted name with what follows its marks, if that is a noun: “五型”干部, but “七种能力” of “七种能力”上来."""
    quoted, _, after = full.rpartition("”")
    return full if not after or is_noun(after) else f"{quoted}”"


def even(point: KeyPoint) -> KeyPoint:
    """A list whose last item alone has the noun that follows the name, without it: 学习型…廉洁型办公室."""
    noun = (point.full_name or "").rpartition("”")[2]
    *others, last = point.items or (None,)
    if not noun or last is None or not last.display.endswith(noun) or last.display == noun:
        return point
    if not others or any(item is None or item.display.endswith(noun) for item in others):
        return point
    cut = len(noun) if last.text.endswith(noun) else 0
    span = Span(last.span.start, last.span.end - cut)
    items = (*point.items[:-1], Item(last.text[: len(last.text) - cut], last.display.removesuffix(noun), span))
    return replace(point, items=items)


def is_noun(text: str) -> bool:
    """Whether all words are nouns, or such as stand for nouns."""
    return all(flag[0] in "nzalj" or flag in ("vn", "an") or word in NOUNS for word, flag in rjieba.tag(text))


def is_generic(name: str | None) -> bool:
    return name is not None and GENERIC.fullmatch(bare(name)) is not None


def namesakes(reading: Reading, index: int) -> list[KeyPoint]:
    """Other sets of the same name and other items."""
    point = reading.points[index]
    if point.name is None:
        return []
    items = [item.text for item in point.items]
    others = (other for other in reading.sets_named.get(point.name, ()) if other is not point)
    return [other for other in others if [item.text for item in other.items] != items]


def subject(reading: Reading, index: int) -> str | None:
    """The phrase that names the set and no other of the speech; None when the speech gives no such phrase."""
    point = reading.points[index]
    if point.kind not in SET_KINDS or lacks_noun(reading, point):
        return None
    if point.negative and not is_ban(point):
        return problem_subject(reading, point)
    if point.kind is PointKind.HEADINGS or point.name is None:
        return headings_subject(reading, point)
    if WORDS_OF_SPEECH.fullmatch(bare(point.name)):
        return f"讲话所讲的“{bare(point.name)}”"
    if point.kind is PointKind.COUNTED or is_generic(point.name):
        return counted_subject(reading, point)
    is_no_name = is_cut_off(reading, point) or is_fault_by_name(reading, point)
    return None if is_no_name else named_subject(reading, index)


def named_subject(reading: Reading, index: int) -> str | None:
    """A list with a name of its own is called by it, and by what the speech does with it."""
    point = reading.points[index]
    if point.homonym or namesakes(reading, index):
        return homonym_subject(reading, index)
    if names_members(point):
        return f"讲话就{quoted_name(point)}提出的要求"
    verb = verb_of(reading, point)
    return f"讲话{'中' if verb == '讲到' else ''}{verb}的{quoted_name(point)}"


def is_ban(point: KeyPoint) -> bool:
    """Whether a list has a name and forbids, item by item: the speech puts it forward, and finds no fault."""
    return point.name is not None and all(BAN.match(item.display) for item in point.items)


def names_members(point: KeyPoint) -> bool:
    """Whether the name counts what the items speak of, and each item says how that is to be: “四个环节”, 收集要全."""
    is_counted = MEMBERS.search(bare(point.name or "")) is not None
    return is_counted and all(SUBJECT_FIRST.fullmatch(item.display) for item in point.items)


def is_cut_off(reading: Reading, point: KeyPoint) -> bool:
    """Whether a name that the speech does not quote runs on into its sentence, or names where something is done."""
    name = point.name or ""
    found = COUNT_FIRST.fullmatch(name)
    if found is None or f"“{name}" in reading.clean.text:
        return False
    if "的" in name:
        return point.rule is Rule.APPOSED and ASPECT.search(name) is None
    flags = [flag for _, flag in rjieba.tag(found["rest"])]
    return len(flags) > 1 and flags[0][0] == "n" and flags[-1] in ("v", "d", "ad", "f", "p", "t")


def is_put_forward(reading: Reading, point: KeyPoint) -> bool:
    """Whether the sentence of the name demands or proposes something, and does not tell what was found or done."""
    sentence = sentence_of_name(reading, point)
    return PUT_FORWARD.search(sentence) is not None and REPORTED.search(sentence) is None


def sentence_of_name(reading: Reading, point: KeyPoint) -> str:
    """The sentence that says the name of a list."""
    text, sentences = reading.clean.text, reading.clean.sentences
    at = text.find(point.name or "", min(point.lead.start, point.span.start))
    number = bisect_right(sentences, at, key=lambda span: span.start) - 1
    return sentences[number].of(text) if at >= 0 <= number else point.lead.of(text)


def is_fault_by_name(reading: Reading, point: KeyPoint) -> bool:
    """Whether the name is that of a fault to be overcome (解决党建与业务“两张皮”的问题): its words are no items."""
    name = re.escape(bare(point.name or ""))
    told = f"{name}[”’]?的?(?:问题|现象|状况|矛盾|倾向)|(?:解决|破解|避免|防止|克服|杜绝|消除)[^，。；]{{0,20}}{name}"
    return bool(name) and re.search(told, sentence_of_name(reading, point)) is not None


def verb_of(reading: Reading, point: KeyPoint) -> str:
    """What the speech does with a name: it puts it forward, or only speaks of it."""
    return "提出" if is_put_forward(reading, point) else "讲到"


def lacks_noun(reading: Reading, point: KeyPoint) -> bool:
    """Whether the speech says each item with the noun of the name after it, and the list without: “绣花”精神, 绣花."""
    noun, text = bare(point.name or "")[-2:], reading.clean.text
    return len(noun) == 2 and all(
        text.startswith((noun, f"”{noun}"), item.span.end) and not item.display.endswith(noun) for item in point.items
    )


def headings_subject(reading: Reading, point: KeyPoint) -> str | None:
    """An unnamed list is called by the part of the speech it stands in; two lists of one part share no call."""
    if any(reading.clean.text.endswith("“", 0, item.span.start) for item in point.items):
        return None  # quoted words are neither demands nor contents: what 参谋部 and 作战部 are, only a name would say
    rivals = [other for other in reading.sets_named.get(None, ()) if is_same_place(other, point)]
    if point.heading is None:
        return f"讲话主要讲的{COUNTS[len(point.items)]}个方面" if is_outline(reading, point) else None
    at = place(reading, point.heading)
    if at is None or FAULTY.search(at.label) or not is_whole_of(reading, point):
        return None
    if any(is_whole_of(reading, other) for other in rivals) or has_other_demands(reading, point):
        return None
    if is_called_for(reading, point) and not LOOKS_BACK.search(at.label):
        return f"{within(at)}提出的要求"
    noun = shared_noun(point)
    return f"{within(at)}讲到的{COUNTS[len(point.items)]}{COUNTED_AS[noun]}{noun}" if noun else None


def has_other_demands(reading: Reading, point: KeyPoint) -> bool:
    """Whether the part demands as much before its first item as its items do: the stem would mean either."""
    start = reading.outline[point.heading].span.end if point.heading is not None else 0
    before = reading.clean.text[start : point.items[0].span.start - 1]
    return len(DEMANDED_HERE.findall(before)) >= OTHER_DEMANDS


def is_called_for(reading: Reading, point: KeyPoint) -> bool:
    """Whether every item tells what to do: as a demand, or by the verb it begins with."""
    return is_demanded(reading, point) or all(begins_with_verb(item.text) for item in point.items)


@lru_cache(KEPT)
def begins_with_verb(text: str) -> bool:
    """Whether a wording tells what to do by its first word."""
    first = next(iter(rjieba.tag(text)), ("", ""))
    return first[1] == "v" or bool(DEMAND.search(text) or VERBS.match(text))


def shared_noun(point: KeyPoint) -> str:
    """The word that all items end with, where a list can be counted by it; "" where there is none."""
    return next((noun for noun in COUNTED_AS if all(item.display.endswith(noun) for item in point.items)), "")


def is_same_place(other: KeyPoint, point: KeyPoint) -> bool:
    """Whether two different lists stand under one heading."""
    return other is not point and other.heading == point.heading and other.items != point.items


def is_whole_of(reading: Reading, point: KeyPoint) -> bool:
    """Whether the items are all the headings right under the point's own: the part may then stand for the list."""
    children = [reading.outline[child] for child in reading.children.get(point.heading, ())]
    return len(children) == len(point.items) and all(map(is_headed, children, point.items))


def is_headed(node: Heading, item: Item) -> bool:
    """Whether an item stands in the part of a heading, at its very beginning."""
    return node.body.start <= item.span.start < max(node.span.end, node.body.start + NEAR)


def is_outline(reading: Reading, point: KeyPoint) -> bool:
    """Whether the list is what the speech as a whole is made of: all its headings of the top level, each opening a
    paragraph, most of the text under them. What it counts off inside a paragraph may stand beside them."""
    tops = [node for top in reading.children.get(None, ()) if not (node := reading.outline[top]).inline]
    told = sum(node.body.end - node.body.start for node in tops)
    return (
        point.heading is None
        and len(tops) == len(point.items)
        and len({node.list_id for node in tops}) == 1
        and all(map(is_headed, tops, point.items))
        and told >= MOST_OF_TEXT * len(reading.clean.text)
    )


def is_demanded(reading: Reading, point: KeyPoint) -> bool:
    """Whether the list tells what to do: every item begins after a 要, or says itself that it is to be done."""
    text = reading.clean.text
    return all(text.endswith("要", 0, item.span.start) or DEMAND.search(item.text) is not None for item in point.items)


def counted_subject(reading: Reading, point: KeyPoint) -> str | None:
    """A name that is only a number is filled from the lead: what it is about, or what is to be done."""
    name = bare(point.name or "")
    clauses = [clause for clause in re.split(r"[，。：；？]", lead_text(reading, point)) if clause]
    at = next((i for i, clause in enumerate(clauses) if name in bare(clause)), None)
    if at is None:
        return placed_subject(reading, point)
    before = clauses[at - 1] if at else ""
    if topic := question_topic(before):
        return f"讲话就“{topic}”提出的{name}{'要求' if ONLY_A_COUNT.fullmatch(name) else ''}"
    lead = ORDINAL.sub("", clauses[at].split(name)[0].rstrip("“"))
    doing = LEAD_IN.sub("", lead).removesuffix("以下").removesuffix("下面")
    placed = placed_subject(reading, point)
    if DEIXIS.search(doing) or doing.count("“") != doing.count("”") or not SHORT_DOING <= len(doing) <= LONG_DOING:
        return placed
    if NO_DEMAND.search(doing) or any(bare(item.text) in bare(doing) for item in point.items):
        return placed
    if all(item.text[0] == point.items[0].text[0] in doing for item in point.items):
        return None  # 盯住的“三类场所”是：盯食堂、盯市场: the items do what the name already says
    if placed and len(doing) < TELLING_DOING:
        return placed
    return f"讲话{'提出的' if DEMANDED_HERE.search(doing) else '要求'}{doing}的“{name}”"


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
    at = place(reading, part_of(reading, point), avoid=name)
    if at is None or BARE_COUNT.fullmatch(name) or VAGUE.fullmatch(name) or is_cut_off(reading, point):
        return None
    if names_members(point):
        return f"{within(at)}就“{name}”提出的要求"
    verb = "指出" if POINTED_OUT.search(name) else "提到" if TOUCHED_ON.search(name) else verb_of(reading, point)
    return f"{within(at)}{verb}的“{name}”"


def problem_subject(reading: Reading, point: KeyPoint) -> str | None:
    """Problems are called by the sentence that announces them, never by the heading above, which may praise."""
    found = PROBLEMS.search(lead_text(reading, point))
    if not found or DEIXIS.search(found["where"]) or SOME.search(found["where"]):
        return None
    where = re.sub(r"^(?:但|同时|当前)?(?:也)?(?:必须)?(?:清醒地?)?(?:认识到|看到)?", "", found["where"])
    where, what = where.removesuffix("自身"), found["what"]
    return f"讲话指出，{where}存在的{what}" if where else f"讲话指出的{what if len(what) > 2 else '主要' + what}"


def homonym_subject(reading: Reading, index: int) -> str | None:
    """A name that two sets share is told apart by the part of the speech, or by the names that stand beside it."""
    point, others = reading.points[index], namesakes(reading, index)
    at = place(reading, part_of(reading, point), avoid=point.name or "")
    if at and not any(at.body.start <= other.lead.start < at.body.end for other in others):
        return f"{within(at)}{verb_of(reading, point)}的{quoted_name(point)}"
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
    return f"{before}{left}{between}{right}{CLAUSE_END.split(after, 1)[0]}"


def is_stated(point: KeyPoint, reading: Reading, pair: Pair) -> bool:
    """Whether the speech says the pair's sentence, letter for letter."""
    return len(point.template) == 3 and statement(point, pair.left, pair.right) in reading.clean.text


def opening(reading: Reading, index: int) -> str:
    """How the stem of a pair begins. A short statement says which set it is from; on its own it has no subject."""
    point = reading.points[index]
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
