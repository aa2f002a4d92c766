"""填空: a row of parallel clauses with one of them left out.

Asked of a closed row of three to seven members of one length, each of which says something: lists of things are
refused, for there another word would do as well, and so are thanks, hopes, praise and what every speech says. The
row stands in a passage that demands something, and that names its subject or its part of the speech, and holds no other
row; a row that is a list of the speech is left to the kinds that ask of lists. All members but one stay visible, never
the first one is left out; where each member ends in a quoted word, only that word is. Nothing is false here. The key is
found again by looking for the words around the blank in the speech.
"""

import re
from collections import Counter
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from functools import lru_cache

from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.passages import clause_end
from quizapp.core.kinds.passages import filled_by
from quizapp.core.kinds.passages import in_body
from quizapp.core.kinds.passages import is_demanded
from quizapp.core.kinds.passages import is_own
from quizapp.core.kinds.passages import is_ritual
from quizapp.core.kinds.passages import occurs_once
from quizapp.core.kinds.passages import opening_of
from quizapp.core.kinds.passages import passage
from quizapp.core.kinds.passages import tagged
from quizapp.core.kinds.passages import with_gap
from quizapp.core.kinds.set_cloze import accepted
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import Confidence
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span

FEWEST, MOST = 3, 7
SHORTEST, LONGEST = 3, 8
#: A passage that says little beside its row tells nobody what the row is of.
FEWEST_BESIDE = 2
#: Marks of another row in the passage: with so many it has one.
OTHER_ROW = 2
ENDS = frozenset("、，；。：！？”\n")
#: 不当“传声筒”: what is told of the quoted word may be put in many ways.
QUOTED_END = re.compile(r"[^“”]+“(?P<word>[^“”]+)”")
#: A wording without it says the contrary.
NEGATION = re.compile(r"[不没无非别勿未]")
#: How the same thing is said to come off: 经得起 and 经得住.
OUTCOMES = frozenset("住起得了好下上着")
#: 这“八个严禁”既是铁规矩，也是护身符，…: what the row is about stands before the passage.
TAKES_UP = re.compile(r"(?:[一二三四五六七八九十]是)?[，：]?(?:这|那|此|其)")
#: What is done with everything, and the name of a rule that everybody knows.
TRIVIAL = re.compile(r"(?:落实|执行|推进|到位|改进|加强|提高|完成|开展|实施|整改)$")
WELL_KNOWN = re.compile(r"党政同责|一岗双责|四不放过|不打招呼|早发现|依法行政|有法可依|不忘初心")
SAYING_TAGS = frozenset("vadilz")


class ParCloze(DraftingKind):
    name = "PAR_CLOZE"
    label = "排比填空"
    type = TypeName.FILL_IN
    bloom = Bloom.REMEMBER
    ease = 2
    prior = 0.5
    recall = True

    def places(self, material: Material) -> list[int]:
        return material.points_of([PointKind.PARALLEL])

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        if not (is_row(point) and in_body(material, point.span.start)) or is_listed(material, point):
            return
        told = passage(material, point.span)
        if told is None or is_ritual(told.of(material.text)) or not is_placed(material, point, told):
            return
        if not (is_demanded(material, told) or forbids(point)) or WELL_KNOWN.search(point.span.of(material.text)):
            return  # praise and complaints are no news to anybody
        if not all(says_something(item.text) for item in point.items):
            return
        later = list(point.items[1:])
        material.rng(self.name, material.identity(index)).shuffle(later)
        fit = (item for item in later if occurs_once(material, item.text) and is_whole(material, item))
        yield from (cloze(material, index, told, item) for item in fit if not TRIVIAL.search(item.text))

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        said = filled_by(material, candidate.statement)
        if said is None or candidate.key_point is None:
            return None
        items = material.point(candidate.key_point).items
        return tuple(wordings(item, items) for item in items if asked_of(item, items).of(material.text) == said)


def is_row(point: KeyPoint) -> bool:
    """Whether the row is closed, of members of one length, and none of them a fault."""
    lengths = {len(bare(item.text)) for item in point.items}
    return (
        FEWEST <= len(point.items) <= MOST
        and point.complete
        and not point.negative
        and is_own(point)
        and point.confidence is not Confidence.LOW
        and len(lengths) == 1
        and SHORTEST <= min(lengths) <= LONGEST
    )


def is_listed(material: Material, point: KeyPoint) -> bool:
    """Whether a list that stems can name has the same members."""
    lists = (at for item in point.items for at in lists_by_start(material).get(item.span.start, ()))
    return max(Counter(lists).values(), default=0) > 1


@lru_cache(1)
def lists_by_start(material: Material) -> Mapping[int, Sequence[int]]:
    """The lists that stems can name, by where their members begin."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for at, (point, subject) in enumerate(zip(material.reading.points, material.subjects, strict=True)):
        for start in {item.span.start for item in point.items} if subject is not None else ():
            found[start].append(at)
    return found


def forbids(point: KeyPoint) -> bool:
    return all(item.text[0] == "不" for item in point.items)


def is_whole(material: Material, item: Item) -> bool:
    """Whether the member ends where its clause does: not 不该去的地方 of 不该去的地方不去."""
    return material.text[item.span.end : item.span.end + 1] in ENDS


def asked_of(item: Item, items: Sequence[Item]) -> Span:
    """What is left out: the member, or its quoted word where every member ends in one."""
    if all(QUOTED_END.fullmatch(each.text) for each in items):
        found = QUOTED_END.fullmatch(item.text)
        return Span(item.span.start + found.start("word"), item.span.start + found.end("word")) if found else item.span
    return item.span


def wordings(item: Item, items: Sequence[Item]) -> tuple[str, ...]:
    """What fills the blank: the member, also as most of the others would say it, and never its contrary."""
    found = QUOTED_END.fullmatch(item.text)
    if found and all(QUOTED_END.fullmatch(each.text) for each in items):
        return (found["word"],)
    forms = [*accepted(item, items), levelled(item, items)]
    nays = len(NEGATION.findall(item.text))
    return tuple(dict.fromkeys(form for form in forms if len(NEGATION.findall(form)) == nays and len(bare(form)) > 1))


def levelled(item: Item, items: Sequence[Item]) -> str:
    """The member as all others say that it comes off: 经得住 beside 耐得住, 守得住."""
    others = [each.text for each in items if each is not item and len(each.text) == len(item.text)]
    shared = [Counter(chars).most_common(1)[0] for chars in zip(*others, strict=True)]
    if len(others) < FEWEST - 1 or not shared:
        return item.text
    places = zip(item.text, shared, strict=True)
    return "".join(char if count == len(others) and {own, char} <= OUTCOMES else own for own, (char, count) in places)


def says_something(text: str) -> bool:
    """Whether a member is no bare name: it has a verb, an adjective or is a set phrase."""
    tags = [tag for _, tag in tagged(text)]
    return any(tag[0] in SAYING_TAGS and tag not in ("vn", "an") for tag in tags)


def is_placed(material: Material, point: KeyPoint, told: Span) -> bool:
    """Whether the passage says more than the row, and the row goes on no further than its last member."""
    text = material.text
    rest = text[point.span.end : clause_end(text, point.span.end, told)]
    beside = bare(text[told.start : point.span.start] + rest)
    has_other_row = (text[told.start : point.span.start] + rest).count("、") >= OTHER_ROW
    sentence = material.sentence_at(told.start)
    if has_other_row or (sentence and sentence.start < told.start and TAKES_UP.match(text, sentence.start)):
        return False
    return (
        len(beside) >= FEWEST_BESIDE
        and not has_other_row
        and not rest.startswith(("等", "以及", "和", "、", "及", "与"))
    )


def cloze(material: Material, index: int, told: Span, item: Item) -> Candidate:
    point = material.point(index)
    gap = asked_of(item, point.items)
    statement = with_gap(material, told, gap)
    said = told.of(material.text)
    sentence = material.sentence_at(told.start) or told
    question = Question(
        TypeName.FILL_IN,
        f"{opening_of(material, told, point.heading, forbids(point))}{statement}。",
        blanks=(wordings(item, point.items),),
        explanation=f"讲话原文：{said}。",
        source=material.source(point.heading, sentence),
    )
    return Candidate(
        ParCloze.name,
        index,
        question,
        (sentence,),
        gap.of(material.text),
        statement=statement,
        slots=(gap,),
    )


KIND = ParCloze()
