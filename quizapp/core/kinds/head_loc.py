"""单选: under which heading a sentence of the speech stands.

Asked of evidence: a demand, a statement or a fault that stands in the speech once, under one of at least three
headings of one list, in a part that goes on to speak of the same things. It shares no pair of characters with any of
the headings, and with its own (or a short one) no telling character at all, so that nothing but the speech tells; and
none of its own words stands in the part of another option, so that no other option could be meant. General purposes
(确保…, 力争…) and what any part could say are refused. The wrong options are sibling headings: the sentence provably
stands elsewhere. The key is found again by looking for the sentence and asking which option's heading it stands under.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence

import rjieba

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.distractors import has_shape
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.kinds.passages import DEMANDS
from quizapp.core.kinds.passages import QUOTED
from quizapp.core.kinds.passages import part_at
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.solvers import bigrams
from quizapp.core.speech import Evidence
from quizapp.core.speech import EvidenceForm
from quizapp.core.stems import DEIXIS
from quizapp.core.stems import label_of
from quizapp.core.stems import nested

FEWEST_SIBLINGS, WRONG = 3, 3
SHORTEST_SAID, LONGEST_SAID, LONGEST_LABEL = 18, 44, 24
FEWEST_WORDS = 5
#: Headings that any speech has: nothing under them is theirs alone.
ANY_HEADING = re.compile(
    r"^(?:提高|统一|深化)(?:思想)?认识|^(?:突出|抓住|把握)重点$|^(?:加强|强化)(?:组织)?(?:领导|保障)|^狠?抓(?:好)?落实$"
    r"|^明确(?:目标|任务|责任)|^(?:压实|落实|强化)责任$|^形成合力|^认清形势|^总结成绩"
)
#: What follows for whom is no fault, though faults are named in it.
SANCTION = re.compile(r"由[^，]{2,12}(?:负责|追责|问责|处理|通报)|严肃|一律|追究")
#: A statement says what a thing is, or what follows from what.
STATES = re.compile(r"是|才能|就能|就会|意味|在于|取决|离不开|重于|关系")
#: Purposes and appeals that fit under any heading.
GENERAL = re.compile(
    r"^(?:确保|力争|力求|务求|努力|推动|形成|实现|促进|进一步|不断|切实|真正|坚决|各级|全体|全市|全县|全区|全办|所有)"
    r"|一流|更上|新台阶|新局面|新突破|全面提升|主动性|积极性|高标准|高质量|各项工作|有关工作|相关工作"
)
#: A sentence that only announces what its part speaks of, or one that needs the sentence before.
ANNOUNCES = re.compile(
    r"[一二三四五六七八九十]+(?:个|项|点|条|种|方面|大)|“[一二三四五六七八九十]|包括|主要是|分别是|如下"
)
#: Only whole things are quoted: a clause that begins with its verb may have lost what it is about.
BEGINS_LOST = re.compile(r"(?:必须|不得|不能|绝不|决不|要|每|并|及时|随时)")
#: Headings no longer than this say of what they are: 保管要严, 物资到位.
LONGEST_NAME = 6
#: Of headings this short one character tells; but these tell nothing.
SHORT_HEADING = 8
EMPTY = frozenset("的地得和与在上中下要是有不为一工作")
PLAIN = frozenset(
    ["工作", "办公室", "同志", "干部", "领导", "单位", "部门", "要求", "问题", "情况", "提高", "加强", "做好", "重点"]
)


class HeadLoc(DraftingKind):
    name = "HEAD_LOC"
    label = "出处单选"
    type = TypeName.SINGLE_CHOICE
    bloom = Bloom.UNDERSTAND
    ease = 3
    prior = 1.5

    def places(self, material: Material) -> Iterator[int]:
        """Indexes of the evidence."""
        return iter(range(len(material.reading.evidence)))

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        each = material.reading.evidence[index]
        said = each.span.of(material.text)
        if not is_quotable(material, each) or called(each, said) is None:
            return
        if part_at(material, each.heading, each.span.start) != each.heading:
            return
        wrongs = siblings(material, each)[:WRONG]
        if len(wrongs) >= WRONG - 1 and not is_odd(material, each, wrongs) and is_bound(material, each):
            yield choice(material, each, wrongs)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        said = re.sub("[‘’]", lambda mark: "“" if mark[0] == "‘" else "”", candidate.statement)
        at = material.text.find(said)
        if at < 0 or material.text.find(said, at + 1) >= 0:
            return None
        over = {shown(node.text) for node in material.reading.outline if node.body.start <= at < node.body.end}
        return frozenset(option.id for option in candidate.question.options if option.text in over)


def is_quotable(material: Material, each: Evidence) -> bool:
    """Whether it is one thing said, of words enough, and neither a general purpose nor the announcement of a list."""
    said = each.span.of(material.text)
    return (
        SHORTEST_SAID <= len(said) <= LONGEST_SAID
        and each.specificity >= FEWEST_WORDS
        and not GENERAL.search(said)
        and not ANNOUNCES.search(said)
        and not BEGINS_LOST.match(said)
        and "\t" not in said
    )


def called(each: Evidence, said: str) -> str | None:
    """What the stem calls it; None for what says neither what is to be done nor what a thing is."""
    if each.form is EvidenceForm.FAULT and not SANCTION.search(said):
        return "现象"
    if DEMANDS.search(QUOTED.sub("“”", said)) or SANCTION.search(said):
        return "要求"
    return "论述" if STATES.search(said) else None


def options_of(material: Material, each: Evidence) -> Sequence[int]:
    """The headings of the list that the evidence's own heading is of."""
    own = material.reading.outline[each.heading].list_id
    return [at for at, node in enumerate(material.reading.outline) if node.list_id == own]


def siblings(material: Material, each: Evidence) -> list[Wrong]:
    """The other headings of the list that nothing in the sentence or its words could be meant by."""
    outline, at = material.reading.outline, options_of(material, each)
    if len(at) < FEWEST_SIBLINGS or tells(material, each, at) or is_table(material, at):
        return []
    own = shown(outline[each.heading].text)
    if not is_label(own) or ANY_HEADING.search(own):
        return []
    fit = [
        Wrong(label, Origin.SIBLING, "原文中该句不在这一部分")
        for label in (shown(outline[heading].text) for heading in at if heading != each.heading)
        if is_label(label) and has_shape(label, [own]) or len(label) <= LONGEST_LABEL and is_like(label, own)
    ]
    material.rng(HeadLoc.name, str(each.span.start)).shuffle(fit)
    return fit


def is_table(material: Material, headings: Sequence[int]) -> bool:
    """Whether each heading only names a thing and how it is to be: whatever is about 保管 stands under 保管要严."""
    texts = [material.reading.outline[heading].text for heading in headings]
    if all(len(bare(text)) <= LONGEST_NAME for text in texts):
        return True
    spans = [material.reading.outline[heading].span for heading in headings]
    tables = (point.pairs for point in material.reading.points if len(point.pairs) == len(spans))
    return any(
        all(span.start <= pair.left_span.start < span.end for span, pair in zip(spans, table, strict=True))
        for table in tables
    )


def is_odd(material: Material, each: Evidence, wrongs: Sequence[Wrong]) -> bool:
    """Whether all wrong options share a telling character that the right one lacks: 善管善用 and 严管严护."""
    own = shown(material.reading.outline[each.heading].text)
    return bool(frozenset.intersection(*(frozenset(bare(wrong.text)) for wrong in wrongs)) - frozenset(own) - EMPTY)


def shown(heading: str) -> str:
    """A heading as an option shows it, which stands in no quotation marks."""
    return label_of(heading).replace("‘", "“").replace("’", "”")


def is_like(label: str, own: str) -> bool:
    """Whether two headings have one build: as many clauses, and lengths that differ by a few characters."""
    return label.count("，") == own.count("，") and abs(len(label) - len(own)) <= max(2, len(own) // 3)


def is_label(text: str) -> bool:
    return len(bare(text)) >= 2 and len(text) <= LONGEST_LABEL and not DEIXIS.search(text)


def tells(material: Material, each: Evidence, headings: Sequence[int]) -> bool:
    """Whether a heading and the sentence share what not all of the headings have: a pair of characters, or, of its own
    heading or a short one, a single one."""
    said = bare(each.span.of(material.text))
    outline = material.reading.outline
    pieces = [pieces_of(outline[heading].text, heading == each.heading) for heading in headings]
    common = frozenset.intersection(*(frozenset(bare(outline[heading].text)) for heading in headings))
    return any(piece in said for own in pieces for piece in own if not set(piece) <= common)


def pieces_of(heading: str, is_own: bool) -> frozenset[str]:
    """What of a heading would tell: each character of its own one and of a short one, each pair of a long other."""
    is_short = len(bare(heading)) <= SHORT_HEADING
    return frozenset(bare(heading)) - EMPTY if is_own or is_short else bigrams(heading)


def own_words(material: Material, each: Evidence) -> list[str]:
    """The telling words of the sentence."""
    tagged = rjieba.tag(bare(each.span.of(material.text)))
    return [word for word, tag in tagged if len(word) > 1 and tag[0] in "nvailz" and word not in PLAIN]


def is_bound(material: Material, each: Evidence) -> bool:
    """Whether the rest of its own part takes up one of its words, and no other part of the list any of them."""
    text, outline = material.text, material.reading.outline
    own = outline[each.heading].body
    rest = text[own.start : each.span.start] + "\n" + text[each.span.end : own.end]
    bodies = [outline[at].body.of(text) for at in options_of(material, each) if at != each.heading]
    words = own_words(material, each)
    is_taken_up = any(word in rest for word in words)
    return is_taken_up and sum(any(word in body for body in bodies) for word in words) <= len(words) // 6


def choice(material: Material, each: Evidence, wrongs: Sequence[Wrong]) -> Candidate:
    said = nested(each.span.of(material.text))
    own = shown(material.reading.outline[each.heading].text)
    rng = material.rng(HeadLoc.name, str(each.span.start), "options")
    options, key, origins = mixed_options([(own, "原文中该句在这一部分")], wrongs, rng)
    sentence = material.sentence_at(each.span.start) or each.span
    question = Question(
        TypeName.SINGLE_CHOICE,
        f"讲话中“{said}”这一{called(each, said)}，是围绕下列哪一方面提出的？",
        options,
        key,
        explanation=f"讲话在“{nested(own)}”部分提出：{sentence.of(material.text).rstrip('。！？；')}。",
        source=material.source(each.heading, sentence),
    )
    return Candidate(
        HeadLoc.name,
        None,
        question,
        (sentence,),
        each.span.of(material.text),
        origins,
        heading=each.heading,
        statement=said,
        contest=each.heading,
    )


KIND = HeadLoc()
