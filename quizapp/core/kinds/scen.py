"""情景单选: which of the faults that the speech lists a case shows.

Asked of a list of at least three faults that all belong to headings. The case is what the speech says under one of
them of some people (有的同志, 有的科室), told of one (某工作人员, 某科室) and without the clause that tells what
comes of it. It shares no telling word with its own fault, and none of its own words stands under another. The wrong
options are the other faults of the list. The key is found again by taking the case back to the words of the speech
and asking under which of the options it stands.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.kinds.passages import POINTS_OUT
from quizapp.core.kinds.passages import is_own
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.solvers import bigrams
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Span

FEWEST, WRONG = 3, 3
SHORTEST, LONGEST = 12, 58
LONGEST_FAULT = 20
ENDING = "。对照讲话指出的问题，这主要反映了（　）。"
#: Who is told of: 有的同志, 个别单位, 有的窗口人员.
CASE = re.compile(
    r"(?:有的|有些|一些|个别|少数|极少数)(?P<whom>(?:[一-龥]{2}){0,2}?"
    r"(?:人员|干部|同志|科室|单位|部门|企业|乡镇|街道|窗口|检查组|学校|医院|支部))(?P<does>[^。！？\n]+)"
)
#: Of whom nothing more is told.
PEOPLE = {"同志": "工作人员", "人员": "工作人员"}
ONE = re.compile(r"某(?:[一-龥]{2}){0,2}?(?:人员|干部|科室|单位|部门|企业|乡镇|街道|窗口|检查组|学校|医院|支部)")
#: 在面对急难工作时，推诿扯皮: nobody is named, and it can be any office.
FACED = re.compile(r"(?:在?面对|遇到|碰到)[^。！？\n，]{2,20}，[^。！？\n]+")
OFFICES = ("某科室", "某单位")
#: What comes of it is no part of the case.
RESULT = re.compile(r"[，；](?:致使|导致|造成|使得|以致|结果|影响|甚至|一旦|阻碍|让|给).*$")
SECOND = re.compile(r"[；，](?:有的|有些|个别|一些|还有的?).*$")
PLAIN = frozenset(
    ["工作", "办公室", "同志", "干部", "领导", "单位", "部门", "科室", "问题", "情况", "任务", "事情", "时候", "没有"]
)
SENTENCE_STARTS = ("。", "；", "\n", "")
#: A heading's own marker stands before its text.
NEAR = 8
DOUBLED = re.compile(r"([一-龥])\1([一-龥])\2")
TELLING_TAGS = frozenset("nvailz")


@dataclass(frozen=True)
class Case:
    """What some people do, by the speech, and under which of the faults."""

    whom: str
    does: str
    span: Span
    fault: int


class Scen(DraftingKind):
    name = "SCEN"
    label = "情景单选"
    type = TypeName.SINGLE_CHOICE
    bloom = Bloom.APPLY
    ease = 4
    prior = 2.0
    limit = 3

    def places(self, material: Material) -> list[int]:
        return [i for i in material.points_of(SET_KINDS) if material.point(i).negative]

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        bodies = bodies_of(material, point)
        if not (is_own(point) and point.complete and len(bodies) == len(point.items) >= FEWEST):
            return
        if any(len(item.text) > LONGEST_FAULT for item in point.items):
            return
        yield from (
            choice(material, index, each) for each in cases(material, bodies) if is_clear(material, point, bodies, each)
        )

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        case = candidate.question.stem.removesuffix(ENDING)
        at = material.text.find(ONE.sub("", case, count=1))
        over = {node.text for node in material.reading.outline if node.body.start <= at < node.body.end}
        return frozenset(option.id for option in candidate.question.options if option.text in over)


def bodies_of(material: Material, point: KeyPoint) -> list[Span]:
    """The parts of the speech under the faults that are headings."""
    nodes = {
        node.text: node for node in material.reading.outline if node.span.start >= point.items[0].span.start - NEAR
    }
    found = (nodes.get(item.text) for item in point.items)
    return [node.body for node in found if node is not None]


def cases(material: Material, bodies: Sequence[Span]) -> Iterator[Case]:
    """What the speech says of some people, or of nobody in particular, under each fault."""
    for fault, body in enumerate(bodies):
        named = CASE.finditer(material.text, body.start, body.end)
        unnamed = FACED.finditer(material.text, body.start, body.end)
        told = [(one_of(found["whom"]), found.start("does"), found["does"], found.start()) for found in named]
        told += [(office(material), found.start(), found[0], found.start()) for found in unnamed]
        for whom, start, does, opens in told:
            done = SECOND.sub("", RESULT.sub("", does))
            if material.text[opens - 1 : opens] in SENTENCE_STARTS:
                yield Case(whom, done, Span(start, start + len(done)), fault)


def one_of(people: str) -> str:
    return f"某{PEOPLE.get(people, people)}"


def office(material: Material) -> str:
    """What a speech to an office calls its parts, and any other speech."""
    return OFFICES["科室" not in material.text]


def is_clear(material: Material, point: KeyPoint, bodies: Sequence[Span], case: Case) -> bool:
    """Whether the case stands alone and only its own fault can be meant."""
    is_whole = not POINTS_OUT.search(case.does) and case.does.count("“") == case.does.count("”")
    if not (is_whole and SHORTEST <= len(case.does) <= LONGEST):
        return False
    others = "\n".join(body.of(material.text) for at, body in enumerate(bodies) if at != case.fault)
    own = point.items[case.fault].text
    return not any(word in own or word in others for word in telling_words(case.does))


def telling_words(text: str) -> list[str]:
    """The words that say what is the matter; of 拖拖拉拉 also the plain 拖拉."""
    tagged = rjieba.tag(bare(text))
    plain = [found[1] + found[2] for found in DOUBLED.finditer(bare(text))]
    return plain + [word for word, tag in tagged if len(word) > 1 and tag[0] in TELLING_TAGS and word not in PLAIN]


def choice(material: Material, index: int, case: Case) -> Candidate:
    point = material.point(index)
    rng = material.rng(Scen.name, material.identity(index), str(case.span.start))
    wrongs = [
        Wrong(item.text, Origin.SIBLING, "讲话在指出这一问题时没有讲到这一情形")
        for at, item in enumerate(point.items)
        if at != case.fault
    ]
    rng.shuffle(wrongs)
    stem = f"{case.whom}{case.does}{ENDING}"
    # A word that the stem shares with the key must not be the key's alone.
    wrongs.sort(key=lambda wrong: -len(bigrams(wrong.text) & bigrams(stem)))
    fault = point.items[case.fault]
    options, key, origins = mixed_options([(fault.text, "讲话在指出这一问题时讲到这一情形")], wrongs[:WRONG], rng)
    sentence = material.sentence_at(case.span.start) or case.span
    question = Question(
        TypeName.SINGLE_CHOICE,
        stem,
        options,
        key,
        explanation=f"讲话在指出“{fault.text}”时讲到：{sentence.of(material.text).rstrip('。！？；')}。",
        source=material.source(point.heading, sentence),
    )
    return Candidate(
        Scen.name,
        index,
        question,
        (sentence,),
        case.span.of(material.text),
        origins,
        contest=(index, case.fault),
    )


KIND = Scen()
