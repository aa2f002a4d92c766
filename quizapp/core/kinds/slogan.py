"""填空: a saying of two matching halves, the second of which is left out.

Asked of a saying of exactly two halves of four to eight characters without marks inside, that the speaker says
himself. The name of a campaign (“不忘初心、牢记使命”主题教育) is no saying of the speech. The passage around it
stays where it can be understood by itself; else the saying stands alone. A hinge that opens the second half (就是,
不如) stays visible. Nothing is false here. The key is found again by looking for the words around the blank in the
speech.
"""

import re
from collections.abc import Iterator

from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.passages import filled_by
from quizapp.core.kinds.passages import is_own
from quizapp.core.kinds.passages import is_ritual
from quizapp.core.kinds.passages import opening_of
from quizapp.core.kinds.passages import passage
from quizapp.core.kinds.passages import with_gap
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span

HALVES = 2
SHORTEST, LONGEST = 4, 8
#: What everybody says, whatever the speech: to complete it shows nothing.
WELL_KNOWN = re.compile(
    "空谈误国|台上一分钟|民以食为天|失败是成功|千里之行|千里之堤|冰冻三尺|时间就是(?:金钱|生命)|细节决定成败|不忘初心|书山有路|宝剑锋|水能载舟"
    "|前事不忘|三人行|学而不思|己所不欲|有则改之|知无不言|天下兴亡|先天下之忧|少壮不努力|一寸光阴|吃一堑|众人拾柴|兼听则明|得道多助"
)
INNER_MARKS = re.compile(r"[，、；。：]")
HINGE = re.compile(r"(?:就是|才是|便是|也是|不如|就有|才有|才能|必有|莫过于)(?=.{3})")
#: 破除“各吹各的号、各唱各的调”现象: nobody is to say it.
OF_FAULT = re.compile(r"”?的?[一-龥]{0,2}(?:现象|问题|倾向|思想|心态|做法|怪圈|老路|状态)")
CAMPAIGN = re.compile(r"”[一-龥]{0,6}(?:教育|活动|行动|工程|计划|专项|战略|论坛|大赛)")
SAID_BY = re.compile(r"[常总]?[讲说][，：]?$")
#: What may follow a saying inside its passage.
AFTER_SAYING = frozenset("的，；。、“”为之")
MEANS, SHORT_TAIL = frozenset("以用按把将靠"), 6
LINK = re.compile("就是|就要|就有|就能|才是|才能|才有|便是|必须|一定")
#: Around a saying that is a sentence of its own nothing is said.
LEAST_AROUND = 2


class Slogan(DraftingKind):
    name = "SLOGAN"
    label = "名句填空"
    type = TypeName.FILL_IN
    bloom = Bloom.REMEMBER
    ease = 2
    prior = 0.5
    recall = True

    def places(self, material: Material) -> list[int]:
        return material.points_of([PointKind.SLOGAN])

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        if is_saying(material, point):
            yield cloze(material, index)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        said = filled_by(material, candidate.statement)
        point = None if candidate.key_point is None else material.point(candidate.key_point)
        return None if said is None or point is None else (wordings(said, point),)


def is_saying(material: Material, point: KeyPoint) -> bool:
    text = material.text
    halves = [item.text for item in point.items]
    return (
        len(halves) == HALVES
        and is_own(point)
        and not any(INNER_MARKS.search(half) for half in halves)
        and SHORTEST <= len(bare(blanked(point).of(text))) <= LONGEST
        and not CAMPAIGN.match(text, point.span.end)
        and not is_ritual(point.span.of(text))
        and not WELL_KNOWN.search(point.span.of(text))
        and not is_half_of_more(material, point)
        and not OF_FAULT.match(text, point.span.end)
    )


def is_half_of_more(material: Material, point: KeyPoint) -> bool:
    """Whether the quotation goes on after the second half, or began before the first."""
    text, span = material.text, point.span
    quoted = text[span.start - 1 : span.start] == "“"
    return quoted and text[span.end : span.end + 1] not in "”。！，；"


def blanked(point: KeyPoint) -> Span:
    """The second half, behind its hinge."""
    second = point.items[1].span
    found = HINGE.match(point.items[1].text)
    return Span(second.start + (found.end() if found else 0), second.end)


def wordings(said: str, point: KeyPoint) -> tuple[str, ...]:
    """What was said; also with the link of the first half, where the second has another: 就是 for 就要."""
    first, second = (LINK.search(item.text) for item in point.items)
    if not (first and second) or first[0] == second[0] or second[0] not in said:
        return (said,)
    return said, said.replace(second[0], first[0])


def saying(material: Material, point: KeyPoint) -> Span:
    """The saying with its quotation marks."""
    text, span = material.text, point.span
    closed = re.match(r"[。！，；]?”", text[span.end : span.end + 2])
    if text[span.start - 1 : span.start] == "“" and closed:
        return Span(span.start - 1, span.end + closed.end())
    return span


def is_alone(material: Material, whole: Span, told: Span) -> bool:
    """Whether the passage only introduces the saying, or adds next to nothing to it."""
    text = material.text
    around = bare(text[told.start : whole.start] + text[whole.end : told.end])
    # 提升“聚焦服务，提质增效”实效: what goes on without 的 is no passage for a saying.
    is_inserted = text[whole.end - 1] == "”" and whole.end < told.end and text[whole.end] not in AFTER_SAYING
    # 以“……”的姿态 wants its verb, which the clause behind has.
    is_means = text[whole.start - 1] in MEANS and told.end - whole.end <= SHORT_TAIL
    return (
        is_inserted
        or is_means
        or len(around) < LEAST_AROUND
        or SAID_BY.search(text[told.start : whole.start]) is not None
    )


def has_other(material: Material, index: int, told: Span) -> bool:
    """Whether the passage holds another saying, which a question of its own may ask to complete."""
    others = (material.point(at).span for at in material.points_of([PointKind.SLOGAN]) if at != index)
    return any(told.start <= span.start < told.end for span in others)


def cloze(material: Material, index: int) -> Candidate:
    """The saying in its passage; by itself where that cannot be understood alone, or adds nothing."""
    point = material.point(index)
    whole = saying(material, point)
    told = passage(material, whole)
    gap = blanked(point)
    if told is None or is_alone(material, whole, told) or has_other(material, index, told):
        told, stem = point.span, f"讲话中讲到：“{with_gap(material, point.span, gap)}”。"
    else:
        stem = f"{opening_of(material, told, point.heading)}{with_gap(material, told, gap)}。"
    sentence = material.sentence_at(point.span.start) or point.span
    question = Question(
        TypeName.FILL_IN,
        stem,
        blanks=(wordings(gap.of(material.text), point),),
        explanation=f"讲话原文：{sentence.of(material.text).rstrip('。！？；')}。",
        source=material.source(point.heading, sentence),
    )
    return Candidate(
        Slogan.name,
        index,
        question,
        (sentence,),
        gap.of(material.text),
        statement=with_gap(material, told, gap, BLANK),
        slots=(gap,),
    )


KIND = Slogan()
