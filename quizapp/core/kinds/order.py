"""排序: steps whose order the speech itself states.

Three ways of stating it count, and nothing else does. A chain, of which every link begins with the word that the one
before ends with: 有诉必接，接诉必办 (each link holds 必, 则, 即, 就 or 要, for 县包乡、乡包村 says who, not when). A
flow that the speech calls so, its steps apart by 、 or by arrows: 按照签收、登记、承办的程序办理; two are not enough. A
process told in words of time, clause after clause with nothing between: 先…再…后…, 首先…然后…最后…, demanded for a case
that the stem can name; 首先…其次… only counts up. At least three steps in one sentence, each understood by itself. The
key is found again by reading the sequences of the speech anew and looking for the only one that has these very steps.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import rjieba

from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import LETTERS
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import Span
from quizapp.core.stems import DEIXIS
from quizapp.core.stems import place
from quizapp.core.stems import within

FEWEST, MOST = 3, 8
SHORTEST_STEP, LONGEST_STEP = 2, 20
COUNTS = "〇一两三四五六七八"
#: Where a sequence may stand: one link ends as the next begins, or something comes first.
CUE = re.compile(r"([\u4e00-\u9fff])[，、]\1|先|流程|程序|步骤|链条|[→—][\u4e00-\u9fff]{2,6}[→—]")
#: Steps of a flow, with what leads to them and what calls them a flow.
FLOW = re.compile(
    r"(?P<before>[^，。；：“”、\n]{0,12}?)(?P<by>按照|按|遵循|执行|实行|建立了?|形成了?|完善)“?"
    r"(?P<steps>[\u4e00-\u9fff]{2,6}(?:、[\u4e00-\u9fff]{2,6}?){3,7}|[\u4e00-\u9fff]{2,6}(?:(?:→|—{1,2}|-)[\u4e00-\u9fff]{2,6}){3,7})”?"
    r"的(?P<named>[^，。；：、“”\n等]{0,6}?(?:流程|程序|步骤|链条)[^，。；：、“”\n]{0,6})(?=[，。；])"
)
STEP = re.compile(r"[\u4e00-\u9fff]+")
#: What a flow is for, where the clause before it says so.
ABOUT = re.compile(r"(?:^|[，。；：])(?P<about>对[^，。；：“”\n]{2,16}，)$")
FEWEST_OF_FLOW = 4
PIECE = re.compile(r"[^，。；：、！？“”\n]+")
#: A link of a chain. What demands the first one is no part of it.
LINK = re.compile(
    r"(?:.*(?:做到|坚持|形成|实行|落实|确保|达到))?"
    r"(?P<link>(?P<of>[\u4e00-\u9fff]{1,4}?)[必则即就要][\u4e00-\u9fff]{1,4})"
)
FIRST = re.compile(r"(?P<before>.*?)(?P<word>首先|(?<![率优事领原祖早预起首最争])先)(?![进行后导例锋天生前期于])")
FOLLOWERS = frozenset(["再", "然后", "接着", "随后", "而后", "最后", "最终", "后"])
#: A case, after which what is to be done stands without 要; or a work, after which 要 must stand.
CASE = re.compile(r"(?:遇到|碰到|接到|收到|发现|发生|出现|面对)")
TOPIC = re.compile(r"(?:[上中时后前]|工作|流程)$")
MODAL = re.compile(r"(?:应当|必须|都要|要|应|须)$")
NEGATION = re.compile(r"[不别勿莫没]")
SHORTEST_CASE, LONGEST_CASE = 4, 20
#: What is told of others, or has been done, or must not be done, is no demand.
NO_DEMAND = re.compile(r"不[要能得准可许]|切忌|严禁|禁止|有的|个别|一些|往往|习惯|[了过]")
#: 严格按照……的流程: nothing says what for.
ONLY_HOW = re.compile("(?:严格|认真|坚决|始终|必须|都)*")


@dataclass(frozen=True)
class Steps:
    """Steps in the order in which a sentence puts them.

    `case` says when they are to be taken, "" for a chain; `flow` is what the speech says of a flow, without its steps.
    """

    spans: tuple[Span, ...]
    case: str = ""
    flow: str = ""

    def texts(self, text: str) -> list[str]:
        return [span.of(text) for span in self.spans]


class Order(DraftingKind):
    name = "ORDER"
    label = "先后排序"
    type = TypeName.ORDERING
    bloom = Bloom.ANALYSE
    ease = 4
    prior = 1.5

    def places(self, material: Material) -> list[int]:
        """Where the sentences begin that may hold a sequence."""
        found = (material.sentence_at(cue.start()) for cue in CUE.finditer(material.text))
        return sorted({sentence.start for sentence in found if sentence is not None})

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        sentence = material.sentence_at(index)
        for steps in sequences(material.text, sentence) if sentence else ():
            if is_askable(steps, material):
                yield ordered(material, index, steps)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        """The order of the one sequence of the speech that has just these steps."""
        letters = {option.text: option.id for option in candidate.question.options}
        found = set()
        for start in self.places(material):
            sentence = material.sentence_at(start)
            told = [steps.texts(material.text) for steps in sequences(material.text, sentence)] if sentence else []
            found |= {tuple(letters[text] for text in texts) for texts in told if set(texts) == set(letters)}
        return found.pop() if len(found) == 1 else None


def sequences(text: str, sentence: Span) -> Iterator[Steps]:
    """The chains and the processes of a sentence."""
    pieces = [Span(found.start(), found.end()) for found in PIECE.finditer(text, sentence.start, sentence.end)]
    yield from chains(text, pieces)
    yield from processes(text, pieces)
    yield from flows(text, sentence)


def flows(text: str, sentence: Span) -> Iterator[Steps]:
    """The flows that a sentence says something or other goes by."""
    for found in FLOW.finditer(text, sentence.start, sentence.end):
        steps = STEP.finditer(text, *found.span("steps"))
        spans = tuple(Span(*step.span()) for step in steps)
        about = ABOUT.search(text[sentence.start : found.start()])
        told = told_of_flow(found, about["about"] if about else "", len(spans))
        if told and FEWEST_OF_FLOW <= len(spans) <= MOST:
            yield Steps(spans, flow=told)


def told_of_flow(found: re.Match[str], about: str, count: int) -> str:
    """What is said of a flow, its steps counted; "" where nothing says what it is for.

    收文按照签收、登记、承办的程序办理 becomes 收文按照下列三个环节的程序办理.
    """
    # 讲话要求，要…… says it twice; behind a clause of its own it is said once.
    before, named = found["before"] if about else found["before"].removeprefix("要"), found["named"]
    counted = f"下列{COUNTS[min(count, MOST)]}个环节"
    if "按" in found["by"] and (about or len(before) + 2 >= SHORTEST_CASE and not ONLY_HOW.fullmatch(before)):
        return f"讲话要求，{about}{before}{found['by']}{counted}的{named}"
    return f"讲话讲到的{named}包括{counted}" if named.endswith(("机制", "流程", "程序")) and len(named) > 2 else ""


def chains(text: str, pieces: Sequence[Span]) -> Iterator[Steps]:
    """Rows of links of which each begins with what the one before ends with; a row with a gap is no chain."""
    row: list[Span] = []
    for piece in [*pieces, None]:
        link = link_of(text, piece) if piece is not None else None
        if link is not None and row and piece is not None and is_next(row[-1], link, piece):
            row.append(link)
            continue
        if len(row) >= FEWEST and all(is_linked(text, one, other) for one, other in pairwise(row)):
            yield Steps(tuple(row))
        row = [link] if link is not None else []


def link_of(text: str, piece: Span) -> Span | None:
    """The link that a clause is, or ends with where it is the first."""
    found = LINK.fullmatch(text, piece.start, piece.end)
    return Span(*found.span("link")) if found else None


def is_next(one: Span, other: Span, piece: Span) -> bool:
    """Whether a link is a whole clause, and a single mark parts it from the one before."""
    return other.start == piece.start and other.start - one.end == 1


def is_linked(text: str, one: Span, other: Span) -> bool:
    """Whether a link begins with the word that the one before ends with."""
    found = LINK.fullmatch(text, other.start, other.end)
    of = found["of"] if found else ""
    return any(one.of(text).endswith(of[: size + 1]) for size in range(len(of)))


def processes(text: str, pieces: Sequence[Span]) -> Iterator[Steps]:
    """What comes first and what follows it, clause after clause."""
    for at, piece in enumerate(pieces):
        first = FIRST.match(text, piece.start, piece.end)
        if first is None:
            continue
        spans = [Span(first.end(), piece.end)]
        for later in pieces[at + 1 :]:
            word = next(iter(rjieba.cut(later.of(text))), "")
            if word not in FOLLOWERS or later.start - spans[-1].end != 1:
                break
            spans.append(Span(later.start + len(word), later.end))
        before = pieces[at - 1] if at and piece.start - pieces[at - 1].end == 1 else None
        case = case_of(first["before"], before.of(text) if before else "")
        if case and len(spans) >= FEWEST:
            yield Steps(tuple(without_modal(text, span) for span in spans), case)


def case_of(before: str, clause_before: str) -> str:
    """What a process is for: the clause before it, or what stands before its first word; "" where nothing says so."""
    if NEGATION.search(before):
        return ""
    case = MODAL.sub("", before)
    if case:
        return case if case != before or CASE.match(case) else ""
    is_topic = before and TOPIC.search(clause_before)
    return clause_before if is_topic or CASE.match(clause_before) else ""


def without_modal(text: str, span: Span) -> Span:
    return Span(span.start + 1, span.end) if text[span.start] in "要是" else span


def is_askable(steps: Steps, material: Material) -> bool:
    """Whether the steps all differ, and each says something to one who sees it alone."""
    texts = steps.texts(material.text)
    told = "，".join([steps.case, steps.flow, *texts])
    near = material.lexicon.near
    return (
        FEWEST <= len(texts) <= MOST
        and all(SHORTEST_STEP <= len(text) <= LONGEST_STEP for text in texts)
        and not any(near(one, other) for i, one in enumerate(texts) for other in texts[i + 1 :])
        and not DEIXIS.search(told)
        and not NO_DEMAND.search(told)
        and (not steps.case or SHORTEST_CASE <= len(steps.case) <= LONGEST_CASE)
        and (bool(steps.case or steps.flow) or has_one_order(texts))
    )


def has_one_order(texts: Sequence[str]) -> bool:
    """Whether the links of a chain fit together in one order only: no two begin alike, and the end leads nowhere."""
    return len({text[0] for text in texts}) == len(texts) and not any(texts[-1].endswith(text[0]) for text in texts)


def ordered(material: Material, index: int, steps: Steps) -> Candidate:
    sentence = material.sentence_at(index) or steps.spans[0]
    texts, heading = steps.texts(material.text), heading_at(material, index)
    mixed = list(texts)
    rng = material.rng(Order.name, "|".join(texts))
    while any(one in pairwise(texts) for one in pairwise(mixed)) and mixed != texts[::-1] or mixed == texts:
        rng.shuffle(mixed)
    letters = dict(zip(mixed, LETTERS, strict=False))
    question = Question(
        TypeName.ORDERING,
        stem_of(material, heading, steps),
        tuple(Option(letters[text], text, f"原文中的第{texts.index(text) + 1}步") for text in mixed),
        right_order=tuple(letters[text] for text in texts),
        explanation=f"讲话原文：{sentence.of(material.text).rstrip('。！；')}。",
        source=material.source(heading, sentence),
    )
    asked, slots = "、".join(texts), steps.spans
    return Candidate(Order.name, None, question, (sentence,), asked, heading=heading, contest=asked, slots=slots)


def heading_at(material: Material, at: int) -> int | None:
    """The innermost heading whose part holds a place of the text."""
    found = (i for i, node in enumerate(material.reading.outline) if node.body.start <= at < node.body.end)
    return max(found, key=lambda i: material.reading.outline[i].level, default=None)


def stem_of(material: Material, heading: int | None, steps: Steps) -> str:
    count = COUNTS[len(steps.spans)]
    if steps.flow:
        return f"{steps.flow}，请按先后顺序排列。"
    if steps.case:
        comma = "，" if CASE.match(steps.case) else ""
        return f"讲话要求，{steps.case}{comma}应当依次做到下列{count}项，请按先后顺序排列。"
    at = place(material.reading, heading)
    where = within(at) if at else "讲话"
    return f"{where}提出了环环相扣的{count}项要求，请按先后顺序排列。"


KIND = Order()
