"""单选: in which part the speech speaks of a name whose items it does not give (“三签三校”).

The items are never asked for: the speech does not say them. A name that all the country says, or of the form 一企一策,
tells its matter to anybody: asked are only those that the speech brings in itself (推行, 实行, 探索). Asked only where
the name stands in the part of one heading and nowhere else, that heading has at least two siblings, and where its part
ends is beyond doubt: the name stands in the heading's own paragraph, or another part follows; of what headings inside a
paragraph count off, the last one is never the key, for what follows it sums up all of them. The sentence of the name
has no word of its heading. The wrong options are the sibling headings. The key is found again by looking in which
option's part the speech says the name.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence

import rjieba

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import Heading
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span
from quizapp.core.stems import label_of
from quizapp.core.stems import quoted_name

FEWEST = 3
#: Wrong options beside the key.
WRONG = 3
#: Names that are said everywhere, each of one matter.
KNOWN = frozenset(
    ["两个确立", "两个维护", "四个意识", "四个自信", "四个全面", "五位一体", "三会一课", "三严三实", "两学一做"]
    + ["三重一大", "四个最严", "四不两直", "四不放过", "三管三必须", "一岗双责", "党政同责", "两客一危", "两客一危一货"]
    + ["八项规定", "四风", "三公经费", "三公", "三农", "三资", "三保", "六稳", "六保", "放管服", "一网通办"]
    + ["四种形态", "五老"]
    + ["双随机一公开", "最多跑一次", "四下基层", "三个区分开来", "两不愁三保障", "三品一标", "八防", "九小场所"]
)
#: What the speech does with a name of its own; what all have is 落实, 执行, 坚持.
BROUGHT_IN = re.compile(r"(?:[推实试]行|建立|探索|推出|首创|创新|叫响)[^，。；：]{0,6}$")
EACH_ONE = re.compile("一.{1,2}一.{1,2}")
CLASSIFIER = re.compile(r"^([一二三四五六七八九十两双]+)[个项大种条]")
#: Whose words they are is another matter than where they stand.
QUOTING = re.compile(r"强调|指出|批示|指示|讲话中|提出")


class Mention(DraftingKind):
    name = "MENTION"
    label = "提法出处"
    type = TypeName.SINGLE_CHOICE
    bloom = Bloom.REMEMBER
    ease = 3
    prior = 0.5

    def places(self, material: Material) -> list[int]:
        return [
            i
            for i in material.points_of([PointKind.MENTION])
            if material.point(i).rule is Rule.NO_ITEMS and material.point(i).attributed_to is None
            if not has_namesake(material, i)
        ]

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        said = occurrences(material, point)
        sentence = material.sentence_at(point.span.start)
        told = sentence.of(material.text) if sentence is not None else ""
        if sentence is None or QUOTING.search(told) or not is_own(point.name or "", told):
            return
        for heading in headings_above(material, point):
            siblings = siblings_of(material, heading)
            if len(siblings) >= FEWEST and is_inside(material, siblings, heading, said):
                is_told = shares_character(material, point, heading, siblings) or names_matter(
                    material, heading, sentence
                )
                if not is_told and not ends_row(material, siblings, heading):
                    yield located(material, index, heading, siblings, sentence)
                return

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        """The options in whose part all places stand where the speech says the one name of the stem."""
        named = {
            bare(material.point(i).name or ""): i
            for i in self.places(material)
            if quoted_name(material.point(i)) in candidate.question.stem
        }
        if len(named) != 1:
            return None
        said = occurrences(material, material.point(next(iter(named.values()))))
        return frozenset(
            option.id
            for option in candidate.question.options
            for node in material.reading.outline
            if label_of(node.text) == option.text and all(node.body.start <= at < node.body.end for at in said)
        )


def is_own(name: str, sentence: str) -> bool:
    """Whether a sentence brings in the name, and not everybody knows what it belongs to."""
    is_known = bare(name) in KNOWN or EACH_ONE.fullmatch(bare(name)) is not None
    return not is_known and BROUGHT_IN.search(sentence.split(name)[0]) is not None


def names_matter(material: Material, heading: int, sentence: Span) -> bool:
    """Whether a sentence, but for the heading it may begin with, has a word of it: 督促企业做到… under 压实企业责任."""
    node = material.reading.outline[heading]
    told = material.text[max(sentence.start, node.span.end) : sentence.end]
    return any(word in told for word in rjieba.cut(node.text) if len(word) > 1)


def ends_row(material: Material, siblings: Sequence[int], heading: int) -> bool:
    """Whether a heading is the last of a row inside a paragraph: what follows it may sum up the row."""
    return material.reading.outline[heading].inline and heading == siblings[-1]


def has_namesake(material: Material, index: int) -> bool:
    """Whether the speech has another set of nearly this name: 三统一 and 三个统一."""
    others = (point.name for i, point in enumerate(material.reading.points) if i != index and point.name)
    return plain_name(material.point(index).name or "") in map(plain_name, others)


def plain_name(name: str) -> str:
    """A name without the word that only counts."""
    return CLASSIFIER.sub(r"\1", bare(name))


def occurrences(material: Material, point: KeyPoint) -> list[int]:
    """Where the speech says the name."""
    return [found.start() for found in re.finditer(re.escape(point.name or "\n"), material.text)]


def headings_above(material: Material, point: KeyPoint) -> Iterator[int]:
    """The heading a name stands under, then those above it."""
    heading = point.heading
    while heading is not None:
        yield heading
        heading = material.reading.outline[heading].parent


def siblings_of(material: Material, heading: int) -> list[int]:
    """The headings of its list, itself among them."""
    node = material.reading.outline[heading]
    return [i for i, other in enumerate(material.reading.outline) if other.list_id == node.list_id]


def is_inside(material: Material, siblings: Sequence[int], heading: int, said: Sequence[int]) -> bool:
    """Whether the name is said in this part alone, not in the heading itself, and surely before the part ends."""
    node, text = material.reading.outline[heading], material.text
    labels = {label_of(material.reading.outline[i].text) for i in siblings}
    is_here = all(node.span.end <= at < node.body.end for at in said)
    is_sure = heading != siblings[-1] or all("\n" not in text[node.span.start : at] for at in said)
    return is_here and is_sure and len(labels) == len(siblings)


def shares_character(material: Material, point: KeyPoint, heading: int, siblings: Sequence[int]) -> bool:
    """Whether the name has a character that its own heading has and some other heading lacks: 三管三必须 and 监管."""
    texts = {i: material.reading.outline[i].text for i in siblings}
    shared = set(bare(point.name or "")) & set(texts[heading])
    return any(char not in text for char in shared for text in texts.values())


def located(material: Material, index: int, heading: int, siblings: Sequence[int], sentence: Span) -> Candidate:
    point, outline = material.point(index), material.reading.outline
    rng = material.rng(Mention.name, material.identity(index))
    wrongs = [wrong_of(outline[i], outline[heading]) for i in siblings if i != heading]
    rng.shuffle(wrongs)
    label, name = label_of(outline[heading].text), quoted_name(point)
    options, key, origins = mixed_options([(label, f"讲话全文只在这一部分提到{name}")], wrongs[:WRONG], rng)
    question = Question(
        TypeName.SINGLE_CHOICE,
        f"讲话在阐述（　）时，提到了{name}。",
        options,
        key,
        explanation=f"讲话在阐述“{label}”时说：{sentence.of(material.text).rstrip('。！；')}。",
        source=material.source(heading, sentence),
    )
    own = material.sentence_at(outline[heading].span.start)
    evidence = (sentence, own) if own is not None and own != sentence else (sentence,)
    asked = f"讲话在阐述{label}时，提到了{name}"
    return Candidate(Mention.name, index, question, evidence, asked, origins, heading=heading, contest=point.name or "")


def wrong_of(node: Heading, right: Heading) -> Wrong:
    proof = f"是讲话的另一方面；这一提法全文只在“{label_of(right.text)}”部分出现"
    return Wrong(label_of(node.text), Origin.SIBLING, proof)


KIND = Mention()
