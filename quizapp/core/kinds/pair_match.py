"""匹配: the two columns of a table of pairs.

Asked of a table of three to seven pairs that is one to one both ways, each of whose statements is said in one
sentence of the speech. The left column keeps the order of the speech, the right one is in a chance order; where a
pair's statement has two clauses, each column shows its own. Every right value is wrong for all lines but its own,
because the speech ties it elsewhere; a table of which the speech also says one line with another's value is refused,
and so are questions that the speech answers later, what was reached, and a second table of the same lines. The key is
found again by looking, for each line, which of the options stands next behind it in a sentence of the speech.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence

from quizapp.core.distractors import common_ends
from quizapp.core.drafts import Bloom
from quizapp.core.kinds import pairs
from quizapp.core.kinds.base import LETTERS
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.passages import part_at
from quizapp.core.lexicon import bare
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import Span
from quizapp.core.stems import is_telling
from quizapp.core.stems import nested
from quizapp.core.stems import place
from quizapp.core.stems import quoted_name

MOST = 7
LONGEST_LEFT, LONGEST_RIGHT = 24, 36
#: Between a line and its option stand no more characters than these.
REACH = 24
MARKS = re.compile("[，。；：、]")
#: 思想上畅通: the place goes with the left value.
#: 党政领导|责任要|扛在肩上, 没有明确时限|的一律|退回重报: the demand goes with the right value.
HINGE = re.compile(r"(?P<left>[一-龥]{0,4}?)(?P<right>(?:要|必须|应当|一律|就是|更加|不得)[^，]*)")
CLAUSE_ENDS = ("", *"，。；：！？、”\n")
PLACES = frozenset({"上", "中", "下", "内"})
#: 办公室主任是指挥员, 办公室主任是班长: what all say of one subject goes without it.
SUBJECT = re.compile("[一-龥]{2,}是")
#: 就是听得进不同意见, 就是要大事讲原则: what all explanations begin with.
COPULA = re.compile("就是|是|即")
#: The second part of 变…为…, 由…向…: it goes where the first part goes.
TURNED_INTO = re.compile("^(?:转变为|变为|变成|当作|当成|为|成|向|到)")
#: What an anchor before the left value must have to be shown with it: 管好自己的, and not 在.
SHOWN_ANCHOR = 2
#: Lines that a stem may name: what stands before them, and how long they are together.
ABOUT_BEFORE, LONGEST_ABOUT = ("", "把", "对", "在"), 24


class PairMatch(DraftingKind):
    name = "PAIR_MATCH"
    label = "对应匹配"
    type = TypeName.MATCHING
    bloom = Bloom.UNDERSTAND
    ease = 3
    prior = 2.0
    ties = True

    def places(self, material: Material) -> list[int]:
        return pairs.places(material)

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        if not is_table(material, point) or is_mixed(material, point) or is_second(material, index):
            return
        lines = columns(material, point)
        if all(len(left) <= LONGEST_LEFT and len(right) <= LONGEST_RIGHT for left, right in lines):
            yield matching(material, index, lines)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        question = candidate.question
        lines = [left for left, _ in question.pairs]
        found = [next_behind(material, left, lines, question.options) for left in lines]
        return tuple((left, each) for left, each in zip(lines, found, strict=True) if each)


def is_table(material: Material, point: KeyPoint) -> bool:
    """Whether there are lines enough, all different, each of both columns said in one sentence and short."""
    lefts, rights = [pair.left for pair in point.pairs], [pair.right for pair in point.pairs]
    return (
        pairs.FEWEST <= len(point.pairs) <= MOST
        and len(set(lefts)) == len(lefts)
        and len(set(rights)) == len(rights)
        and all(is_in_sentence(material, pair) for pair in point.pairs)
        and not pairs.is_asking(point)
        and not pairs.is_past(material, point)
        and (bool(point.name_right) or not point.template or tail_of(material, point) is not None)
    )


def is_mixed(material: Material, point: KeyPoint) -> bool:
    """Whether the speech elsewhere says one line right before another's value: 立场要鲜明 here, 立场坚定 there."""
    said = material.bare_text
    return any(
        bare(one.left) + bare(other.right) in said for one in point.pairs for other in point.pairs if one is not other
    )


def is_second(material: Material, index: int) -> bool:
    """Whether an earlier table of the speech has the same lines: each of the two would show the other's."""
    lines = {pair.left for pair in material.point(index).pairs}
    earlier = material.reading.points[:index]
    return any({pair.left for pair in point.pairs} == lines for point in earlier if point.pairs)


def columns(material: Material, point: KeyPoint) -> list[tuple[str, str]]:
    """The lines with their own options, as both columns show them."""
    tail = tail_of(material, point) or ""
    rights = [right_of(material, point, pair, tail) for pair in point.pairs]
    before, _ = common_ends(rights)
    subject = SUBJECT.match(before) or COPULA.match(before)
    shown = [right.removeprefix(subject[0] if subject else "") for right in rights]
    return [(left_of(point, pair), right) for pair, right in zip(point.pairs, shown, strict=True)]


def is_in_sentence(material: Material, pair: Pair) -> bool:
    sentence = material.sentence_at(pair.left_span.start)
    return sentence is not None and sentence.start <= pair.right_span.start and pair.right_span.end <= sentence.end


def left_of(point: KeyPoint, pair: Pair) -> str:
    """The left value as a line shows it: with its clause, or an anchor that says something, or in quotation marks."""
    before, between, _ = anchors(point)
    if "，" in between:
        return closed(before + pair.left + between.split("，")[0])
    if before.endswith("“") and between.startswith("”"):
        return f"“{pair.left}”"
    more = HINGE.match(between)
    with_it = more["left"].removesuffix("的") if more else between if between in PLACES else ""
    is_shown = len(bare(before)) >= SHOWN_ANCHOR or with_it in PLACES
    return (before if is_shown and "“" not in before else "") + pair.left + with_it


def right_of(material: Material, point: KeyPoint, pair: Pair, tail: str) -> str:
    """The right value with what the speech says between the two: 要办得圆满, 重“细”."""
    before, between, _ = anchors(point)
    if "，" in between:
        return closed(between.split("，", 1)[1] + pair.right + tail)
    if not point.template and pair.left_span.end <= pair.right_span.start:
        said = material.text[pair.left_span.end : pair.right_span.end]
        return said if not MARKS.search(said) else pair.right
    if before.endswith("“") and between.startswith("”"):
        between = between[1:]
    more = HINGE.match(between)
    opened = more["right"] if more else "" if between in PLACES else between.removeprefix("的")
    if pairs.FROM_TO.search(before):
        opened = TURNED_INTO.sub("", opened)
    return opened + pair.right + tail


def tail_of(material: Material, point: KeyPoint) -> str | None:
    """What follows every right value to the end of its clause; None where the clauses go on with words of their own."""
    after = re.split("[，。；]", anchors(point)[2])[0]
    text = material.text
    ends = [pair.right_span.end + len(after) for pair in point.pairs]
    if all(text[end : end + 1] in CLAUSE_ENDS for end in ends):
        return after
    return "”" if after.startswith("”") else None


def anchors(point: KeyPoint) -> tuple[str, str, str]:
    """The template; for two named columns the bare values are shown."""
    if len(point.template) != 3 or point.name_right:
        return "", "", ""
    before, between, after = point.template
    return before, between, after


def closed(text: str) -> str:
    """The clause without marks at its ends."""
    return text.strip("，。；：、")


def matching(material: Material, index: int, lines: Sequence[tuple[str, str]]) -> Candidate:
    point = material.point(index)
    order = list(range(len(point.pairs)))
    material.rng(PairMatch.name, material.identity(index)).shuffle(order)
    options = tuple(
        Option(letter, lines[at][1], f"原文中与“{nested(point.pairs[at].left)}”相对应")
        for letter, at in zip(LETTERS, order, strict=False)
    )
    letters = {at: option.id for at, option in zip(order, options, strict=True)}
    span = passage_of(material, point)
    question = Question(
        TypeName.MATCHING,
        stem_of(material, index),
        options,
        pairs=tuple((left, letters[at]) for at, (left, _) in enumerate(lines)),
        explanation=f"讲话原文的对应关系为：{'；'.join(f'{left}——{right}' for left, right in lines)}。",
        source=material.source(point.heading, span),
    )
    return Candidate(
        PairMatch.name,
        index,
        question,
        sentences_of(material, point),
        "；".join(f"{pair.left}—{pair.right}" for pair in point.pairs),
        contest=pairs.contest(material, index, "match"),
        slots=pairs.slots_of(point),
    )


def stem_of(material: Material, index: int) -> str:
    """What the columns are: two named sets, what the speech says of one, or of a part of the speech."""
    point = material.point(index)
    if point.name_right and is_telling(point.name) and is_telling(point.name_right):
        return f"请将左栏讲话提出的{quoted_name(point)}与右栏对应的“{nested(point.name_right)}”连线。"
    if is_telling(point.name):
        return f"请根据讲话对{quoted_name(point)}的阐述，将左栏各项与右栏对应的内容连线。"
    at = place(material.reading, part_at(material, point.heading, point.pairs[-1].left_span.start))
    part = f"讲话“{at.label}”部分的内容" if at else about(material, point)
    return f"请根据{part}，将左栏各项与右栏对应的内容连线。"


def about(material: Material, point: KeyPoint) -> str:
    """What the columns are about where no part of the speech says it: the lines themselves, where they are short."""
    lefts = [pair.left for pair in point.pairs]
    opens = not point.template or point.template[0].strip("“") in ABOUT_BEFORE
    is_topic = opens and not "".join(point.template[1:2]).startswith("的") and len("".join(lefts)) <= LONGEST_ABOUT
    if not is_topic:
        return "讲话内容"
    verb = "要求" if point.template and pairs.is_demanded(material, point) else "阐述"
    is_quoted = any(point.template[0:1]) and point.template[0].endswith("“")
    told = "".join(f"“{nested(left)}”" for left in lefts) if is_quoted else "、".join(map(nested, lefts))
    return f"讲话对{told}的{verb}"


def passage_of(material: Material, point: KeyPoint) -> Span:
    """The passage of the whole table; the sentence of its first line where the table spreads over paragraphs."""
    sentences = sentences_of(material, point)
    passage = Span(sentences[0].start, sentences[-1].end)
    return sentences[0] if "\n" in passage.of(material.text) else passage


def sentences_of(material: Material, point: KeyPoint) -> tuple[Span, ...]:
    found = (material.sentence_at(pair.left_span.start) for pair in point.pairs)
    return tuple(sorted({each for each in found if each}, key=lambda each: each.start))


def next_behind(material: Material, left: str, lines: Sequence[str], options: Sequence[Option]) -> str | None:
    """The option that stands behind a line in a sentence of the speech before any other line; None where several do."""
    others = [bare(line) for line in lines if line != left]
    found: set[str] = set()
    for tail in tails(material, bare(left)):
        ends = [at for other in others if (at := tail.find(other)) >= 0]
        near = {option.id: tail.find(bare(option.text), 0, min(ends, default=None)) for option in options}
        told = [letter for letter, at in near.items() if 0 <= at <= REACH]
        found |= set(told)
    return found.pop() if len(found) == 1 else None


def tails(material: Material, left: str) -> Iterator[str]:
    """What follows a wording, marks aside, wherever it stands, up to the end of its sentence."""
    lines = material.bare_lines
    at = lines.find(left)
    while at >= 0:
        start = at + len(left)
        yield lines[start : start + REACH + LONGEST_RIGHT].split("\n", 1)[0]
        at = lines.find(left, at + 1)


KIND = PairMatch()
