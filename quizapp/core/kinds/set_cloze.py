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
from quizapp.core.drafts import Kind
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.sets import asked_set
from quizapp.core.kinds.sets import called
from quizapp.core.kinds.sets import evidence_of
from quizapp.core.kinds.sets import explanation_of
from quizapp.core.kinds.sets import is_askable
from quizapp.core.kinds.sets import listed
from quizapp.core.kinds.sets import quote_of
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import Item

#: From this many items on two are left out.
TWO_BLANKS = 5
#: Nobody recalls a longer wording to the letter.
LONGEST_BLANK = 12
#: How many choices of blanks are tried before a set is given up.
TRIES = 6
OPTIONAL_BEFORE = frozenset("能要求戒讲")
OPTIONAL_AFTER = re.compile(r"(?:型.{0,2}|化|性|制度|意识|精神|机制|到位|的表率|的关系|上狠?下功夫)$")
PARTICLES = frozenset("好了着过到的与和")


class SetCloze:
    kind = Kind.SET_CLOZE
    limit = 1

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        if not is_askable(point):
            return
        short = [i for i, item in enumerate(point.items) if len(bare(item.display)) <= LONGEST_BLANK]
        choices = list(combinations(short, 2 if len(point.items) >= TWO_BLANKS else 1))
        material.rng(self.kind, index).shuffle(choices)
        # A set that cannot be named is refused once, not for each of its items.
        wanted = choices[: TRIES if material.subjects[index] else 1]
        yield from (cloze(material, index, chosen) for chosen in wanted)

    def aspect(self, candidate: Candidate) -> str:
        return "set"

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        found = asked_set(candidate.question.stem, material)
        if found is None:
            return None
        items = material.point(found).items
        shown = {bare(part) for part in shown_parts(candidate.question.stem, [item.display for item in items])}
        hidden = [item for item in items if bare(item.display) not in shown]
        return tuple(accepted(item, items) for item in hidden)


def shown_parts(stem: str, items: Sequence[str]) -> list[str]:
    """What stands between the list's separators in a stem."""
    listing = stem.split("：", 1)[-1].removesuffix("。")
    return listing.split("；" if "；" in listing or len(items) == 1 else "、")


def cloze(material: Material, index: int, chosen: tuple[int, ...]) -> Candidate:
    items = material.point(index).items
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
        source=material.source(index, quote_of(material, index, hidden)),
    )
    evidence = evidence_of(material, index, items)
    return Candidate(Kind.SET_CLOZE, index, question, evidence, "、".join(item.display for item in hidden))


def accepted(item: Item, items: Sequence[Item]) -> tuple[str, ...]:
    """The wordings of an item that count as right, the office's own first."""
    shared_before, shared_after = common_ends([each.display for each in items])
    after = optional_after(shared_after)
    display, starts = item.display, optional_starts(shared_before)
    forms = [item.text, *(display.removeprefix(start) for start in starts)]
    if after:
        forms += [display.removeprefix(start).removesuffix(after) for start in ("", *starts)]
    if after.startswith("型"):
        forms.append(display.removesuffix(after) + "型")
    if is_frame(shared_before, after):
        forms = [item.text, display.removeprefix("在").removesuffix(after)]
    taken = {bare(text) for each in items if each is not item for text in (each.display, each.text)}
    fit = (form for form in map(trimmed, forms) if bare(form) and bare(form) not in taken)
    return tuple(dict.fromkeys([display, *fit]))


def is_frame(before: str, after: str) -> bool:
    """Whether the two ends are one frame that goes as a whole: 在……上下功夫."""
    return before.startswith("在") and after.startswith("上")


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
    return found[0] if found else ""


def trimmed(form: str) -> str:
    """The form without a quotation mark that has lost its other half."""
    return form if form.count("“") == form.count("”") else form.replace("“", "").replace("”", "")


KIND = SetCloze()
