"""填空: a closed list with one or two of its items left out.

Asked of a set of three to eight short items that the stem can name; at least two items stay visible. Nothing is
false here. The key is found again by reading which set the stem names and which of its items the stem does not show;
two blanks may be filled in any order. An item is accepted with its affix and without, and without what all items of the
list share (转变工作方式 = 工作方式).
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import combinations

import rjieba

from quizapp.core.distractors import common_ends
from quizapp.core.distractors import shared_characters
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.sets import asked_set
from quizapp.core.kinds.sets import called
from quizapp.core.kinds.sets import evidence_of
from quizapp.core.kinds.sets import explanation_of
from quizapp.core.kinds.sets import is_askable
from quizapp.core.kinds.sets import listed
from quizapp.core.kinds.sets import quote_of
from quizapp.core.kinds.sets import set_at
from quizapp.core.kinds.sets import slots_of
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint

#: From this many items on two are left out.
TWO_BLANKS = 5
#: Nobody recalls a longer wording to the letter.
LONGEST_BLANK = 10
#: How many choices of blanks are tried before a set is given up.
TRIES = 6
OPTIONAL_BEFORE = frozenset("能要求戒讲")
#: What an item cannot do without, though all begin with it.
NEGATIONS = frozenset("不没无非勿莫未别零禁忌反在")
OPTIONAL_AFTER = re.compile(
    r"(?:型.{0,2}|化|性|制度|意识|精神|机制|领域|能力|清单|环节|部门|工程|行动|到位|的表率|的关系|上狠?下功夫)$"
)
#: 信仰要坚定: 信仰坚定 is the same.
INNER_MODAL = re.compile(r"[^，、要]{2,}要[^，、求]+")
#: An item with this share of its own characters in the name of its part is told by it.
TOLD_SHARE = 0.6
#: So many items that begin alike, each so long, show that the word only leads them.
FEW_ALIKE, LONG_ITEM = 3, 6
#: 征集, 认领, 开设.
VERB_LENGTH = 2
PARTICLES = frozenset("好了着过到的与和")


class SetCloze(DraftingKind):
    name = "SET_CLOZE"
    label = "要点填空"
    type = TypeName.FILL_IN
    bloom = Bloom.REMEMBER
    ease = 2
    prior = 0.5
    lists = True
    recall = True

    def places(self, material: Material) -> list[int]:
        return material.points_of(SET_KINDS)

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = set_at(material, index)
        if not is_askable(point):
            return
        short = blankable(point, called(material, index))
        choices = list(combinations(short, 2 if len(point.items) >= TWO_BLANKS else 1))
        material.rng(self.name, material.identity(index)).shuffle(choices)
        # A set that cannot be named is refused once, not for each of its items.
        wanted = choices[: TRIES if material.subjects[index] else 1]
        yield from (cloze(material, index, chosen) for chosen in wanted)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        found = asked_set(candidate.question.stem, material)
        if found is None:
            return None
        items = set_at(material, found).items
        shown = {bare(part) for part in shown_parts(candidate.question.stem, [item.display for item in items])}
        hidden = [item for item in items if bare(item.display) not in shown]
        return tuple(accepted(item, items) for item in hidden)


def blankable(point: KeyPoint, about: str) -> list[int]:
    """The items that can be left out: no longer than one can recall, of one clause, and not told by the stem."""
    return [i for i, item in enumerate(point.items) if is_recalled(item) and not is_told(item, point.items, about)]


def is_recalled(item: Item) -> bool:
    return len(bare(item.display)) <= LONGEST_BLANK and not any(mark in item.display for mark in "，、；")


def is_told(item: Item, items: Sequence[Item], about: str) -> bool:
    """Whether the name of the list holds most characters that the item has for itself: 清廉, 清正廉洁."""
    own = set(bare(item.display)) - shared_characters([each.display for each in items])
    return len(own) > 1 and len(own & set(about)) >= TOLD_SHARE * len(own)


def shown_parts(stem: str, items: Sequence[str]) -> list[str]:
    """What stands between the list's separators in a stem."""
    listing = stem.split("：", 1)[-1].removesuffix("。")
    return listing.split("；" if "；" in listing or len(items) == 1 else "、")


def cloze(material: Material, index: int, chosen: tuple[int, ...]) -> Candidate:
    point = set_at(material, index)
    items = point.items
    hidden = [items[i] for i in chosen]
    told = [item.display for item in items]
    # The separator is chosen from the whole list: a blank must not change how the others are parted.
    separator = listed(told)[len(told[0])]
    parts = [BLANK if i in chosen else text for i, text in enumerate(told)]
    question = Question(
        TypeName.FILL_IN,
        f"{called(material, index)}是：{separator.join(parts)}。",
        blanks=tuple(accepted(item, items) for item in hidden),
        any_order=len(hidden) > 1,
        explanation=explanation_of(material, index),
        source=material.source(point.heading, quote_of(material, index, hidden)),
    )
    evidence = evidence_of(material, index, items)
    asked = "、".join(item.display for item in hidden)
    return Candidate(SetCloze.name, index, question, evidence, asked, slots=slots_of(material, items))


def accepted(item: Item, items: Sequence[Item]) -> tuple[str, ...]:
    """The wordings of an item that count as right, the office's own first.

    No synonyms: the blank asks for the speech's own word, and an editor who reads what people gave can accept more.
    """
    shared_before, shared_after = common_ends([each.display for each in items])
    after = optional_after(shared_after)
    display, starts = item.display, optional_starts(shared_before)
    forms = [item.text, *(display.removeprefix(start) for start in starts)]
    if after:
        forms += [display.removeprefix(start).removesuffix(after) for start in ("", *starts)]
    if after.startswith("型"):
        forms.append(display.removesuffix(after) + "型")
    if frame := frame_of(shared_before, shared_after):
        forms = [item.text, display.removeprefix("在").removesuffix(frame)]
    forms += loosened(display, [each.display for each in items])
    taken = {bare(text) for each in items if each is not item for text in (each.display, each.text)}
    fit = (form for form in map(trimmed, forms) if bare(form) and bare(form) not in taken)
    return tuple(dict.fromkeys([display, *fit]))


def loosened(display: str, others: Sequence[str]) -> Iterator[str]:
    """An item without the modal inside it, and without the word that most items begin with; without its own verb where
    what all items do is done to things of one name (征集微心愿, 开设微课堂)."""
    if all(map(INNER_MODAL.fullmatch, others)):
        yield display.replace("要", "", 1)
    if noun := named_alike(display, others):
        yield noun
    first, *rest = rjieba.cut(display)
    count = sum(other.startswith(first) for other in others)
    is_anchor = len(first) == 1 and count == len(others) and first not in NEGATIONS and all_begin_with(first, others)
    is_verb = len(first) == 2 and count >= FEW_ALIKE and count * 2 > len(others) and len(display) >= LONG_ITEM
    if (is_anchor or is_verb) and rest and rest[0][0] not in PARTICLES and first[0] not in NEGATIONS:
        yield "".join(rest)


def named_alike(display: str, others: Sequence[str]) -> str:
    """What follows the verb of an item, where all items have a verb of their own and then the same character."""
    tails = [other[VERB_LENGTH:] for other in others]
    verbs = {other[:VERB_LENGTH] for other in others}
    is_alike = len(verbs) == len(others) and all(len(tail) > 1 for tail in tails) and len({t[0] for t in tails}) == 1
    if not is_alike:
        return ""
    firsts = [next(iter(rjieba.tag(other))) for other in others]
    has_verbs = all(
        word == other[:VERB_LENGTH] and flag == "v" for (word, flag), other in zip(firsts, others, strict=True)
    )
    return display[VERB_LENGTH:] if has_verbs else ""


def all_begin_with(word: str, texts: Sequence[str]) -> bool:
    return all(next(iter(rjieba.cut(text))) == word for text in texts)


def frame_of(before: str, after: str) -> str:
    """The end of a frame that goes as a whole: 在……上下功夫; 要在……上下功夫 does not."""
    found = OPTIONAL_AFTER.search(after)
    return found[0] if found and before.startswith("在") and found[0].startswith("上") else ""


def optional_starts(before: str) -> list[str]:
    """What may be left out at the beginning: the first word that all items share, or all that they share.

    One character is often half a word; only those that are a word of their own may go, and none may leave a particle.
    """
    first = next(iter(rjieba.cut(before)), "")
    starts = [start for start in dict.fromkeys((first, before)) if len(bare(start)) > 1 or start in OPTIONAL_BEFORE]
    return [start for start in starts if before[len(start) : len(start) + 1] not in PARTICLES]


def optional_after(after: str) -> str:
    """What may be left out at the end: an affix or a noun that only names the kind; 通 of 畅通 is neither."""
    found = OPTIONAL_AFTER.search(after)
    return found[0] if found and not found[0].endswith("下功夫") else ""


def trimmed(form: str) -> str:
    """The form without a quotation mark that has lost its other half."""
    return form if form.count("“") == form.count("”") else form.replace("“", "").replace("”", "")


KIND = SetCloze()
