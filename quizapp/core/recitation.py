"""背诵卡: a key point as a card, asked in front and answered behind in the speech's words; which card comes next."""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from quizapp.core.memory import Memory
from quizapp.core.memory import due_at
from quizapp.core.memory import recall
from quizapp.core.question import BLANK
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span

#: A sentence longer than this is not read on a card.
LONGEST = 200
#: As many characters a sentence keeps beside its blanks at least, or nobody knows what is asked.
LEAST_CONTEXT = 5
#: As many sentences stand under an answer.
MOST_PASSAGES = 12
TIE = " —— "

_ENDS = "。！？；\n"
_SENTENCE = re.compile(rf"[^{_ENDS}]+[。！？；]?")
_WORD = re.compile(r"\w")
_QUOTED = re.compile("“[^”]*”")
#: How a sentence says that a list follows: by a colon (but for 同志们：), or by a count.
_ANNOUNCES = re.compile(r".{4}(?<!们)：$|[一二三四五六七八九十两几][个点件条项句层]|[一二三四五六七八九十两几]方面")


@dataclass(frozen=True)
class Told:
    """A key point as its speech has it; `name` is "" where it has none of its own, `span` lies in the clean text."""

    kind: PointKind
    name: str
    items: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    span: Span


@dataclass(frozen=True)
class Face:
    """Both sides of a card, line by line: what is asked with what helps to understand it, and the answer."""

    asked: str
    clues: tuple[str, ...]
    answer: tuple[str, ...]


# Faces


def face(told: Told, text: str) -> Face | None:
    """The card of a key point of this text; None where nothing sensible could be asked."""
    make = _FACES.get(told.kind)
    return make(told, text) if make and told.items else None


def _named(told: Told, text: str) -> Face | None:
    """What a name stands for, and what each member is tied to: “四型”, 朴实型—奢."""
    if not told.name:
        return None
    ties = _ties_told_apart(told)
    asked = f"“{_nested(told.name)}”包括哪些内容{'，分别对应什么' if ties else ''}？"
    return Face(asked, (_so_many(told),), _members(told, ties))


def _counted(told: Told, text: str) -> Face | None:
    """A number alone says nothing; what announces it does: 道理有三条."""
    lead = _lead(told, text)
    if not told.name or told.name not in lead:
        return None
    return Face(f"“{_nested(told.name)}”是哪些？", (lead, _so_many(told)), _members(told, _ties_told_apart(told)))


def _headings(told: Told, text: str) -> Face | None:
    if told.name:
        return Face(f"“{_nested(told.name)}”这一部分讲了哪几点？", (_so_many(told),), told.items)
    lead = _lead(told, text)
    is_announced = _ANNOUNCES.search(_QUOTED.sub("", lead)) is not None
    return Face("讲话接着讲了哪几点？", (lead, _so_many(told)), told.items) if is_announced else None


def _tied(told: Told, text: str) -> Face | None:
    ties = _ties(told)
    clues = tuple(f"{left}{TIE}？" for left in ties)
    return Face("下面各项分别对应什么？", clues, _lines(ties)) if ties else None


def _row(told: Told, text: str) -> Face | None:
    """A row of words is asked for in its sentence; each stands there once, in this order."""
    sentence = _sentence_around(told, text)
    if sentence is None:
        return None
    at = told.span.start
    blanked = text[sentence.start : at]
    for item in told.items:
        found = text.find(item, at, told.span.end)
        if found < 0:
            return None
        blanked += text[at:found] + BLANK
        at = found + len(item)
    return _completed(blanked + text[at : sentence.end], told.items)


def _halves(told: Told, text: str) -> Face | None:
    first, *rest = told.items
    return Face("请接下半句：", (f"{first}，{BLANK}",), ("，".join(rest),)) if rest else None


def _definition(told: Told, text: str) -> Face | None:
    if len(told.items) != 2:
        return None
    subject, predicate = told.items
    before, found, after = told.span.of(text).rpartition(predicate)
    clue = f"{before}{BLANK}{after}" if found and subject in before else f"{subject}是{BLANK}"
    return Face(f"讲话怎么说“{_nested(subject)}”？", (clue,), (predicate,))


def _figure(told: Told, text: str) -> Face | None:
    """In its own clause; where little is left of that, in its sentence."""
    answer, sentence = told.items[0], _sentence_around(told, text)
    clause = told.span.of(text).replace(answer, BLANK)
    found = _completed(clause, (answer,))
    if found is None and sentence is not None:
        whole = text[sentence.start : told.span.start] + clause + text[told.span.end : sentence.end]
        return _completed(whole, (answer,))
    return found


_FACES: Mapping[PointKind, Callable[[Told, str], Face | None]] = {
    PointKind.NAMED: _named,
    PointKind.COUNTED: _counted,
    PointKind.HEADINGS: _headings,
    PointKind.PAIRSET: _tied,
    PointKind.PARALLEL: _row,
    PointKind.SLOGAN: _halves,
    PointKind.DEFINITION: _definition,
    PointKind.FACT: _figure,
}
#: Kinds of which a card may be made. A mention is a name without items: there is nothing to recite.
RECITED = frozenset(_FACES)


def _completed(sentence: str, answer: tuple[str, ...]) -> Face | None:
    sentence = sentence.strip()
    rest = _WORD.findall(sentence.replace(BLANK, ""))
    if BLANK not in sentence or len(rest) < LEAST_CONTEXT or len(sentence) > LONGEST:
        return None
    return Face("补全讲话的这一句：", (sentence,), answer)


def _so_many(told: Told) -> str:
    return f"共 {len(told.items)} 项"


def _ties(told: Told) -> Mapping[str, Sequence[str]]:
    """What each left side is tied to; one that is tied twice has both."""
    rights: dict[str, list[str]] = {}
    for left, right in told.pairs:
        rights.setdefault(left, []).append(right)
    return rights


def _ties_told_apart(told: Told) -> Mapping[str, Sequence[str]]:
    """The ties of a list whose members do not say themselves what they are tied to (理论学习要在深化上下功夫 does)."""
    ties = _ties(told)
    return ties if set(ties) == set(told.items) else {}


def _members(told: Told, ties: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return _lines({item: ties[item] for item in told.items}) if ties else told.items


def _lines(ties: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(f"{left}{TIE}{'、'.join(rights)}" for left, rights in ties.items())


def _lead(told: Told, text: str) -> str:
    """The sentence that ends right before a key point; "" where it is long, or already tells an item."""
    before = text[: told.span.start].rstrip()
    start = max(before.rfind(mark, 0, len(before) - 1) for mark in _ENDS) + 1
    lead = before[start:].strip()
    return "" if len(lead) > LONGEST or any(item in lead for item in told.items) else lead


def _sentence_around(told: Told, text: str) -> Span | None:
    start = max(text.rfind(mark, 0, told.span.start) for mark in _ENDS) + 1
    ends = [found for mark in _ENDS if (found := text.find(mark, told.span.end)) >= 0]
    end = min(ends, default=len(text))
    return Span(start, end) if not any(mark in told.span.of(text) for mark in _ENDS) else None


def _nested(text: str) -> str:
    """As it stands inside quotation marks."""
    return text.replace("“", "‘").replace("”", "’")


# What the speech says


def passages(told: Told, text: str) -> tuple[tuple[str, str, str], ...]:
    """Where the speech says so, each split as before, words, after: the paragraph with the key point, or for one that
    spreads over more than a card shows the sentence of each member."""
    left = text.rfind("\n", 0, told.span.start) + 1
    right = text.find("\n", told.span.end)
    right = len(text) if right < 0 else right
    if "\n" not in told.span.of(text) and right - left <= LONGEST:
        return ((text[left : told.span.start], told.span.of(text), text[told.span.end : right]),)
    sentence = _sentence_around(told, text)
    if sentence is not None and sentence.end - sentence.start <= LONGEST:
        after = text[told.span.end : sentence.end + 1].rstrip("\n")
        return ((text[sentence.start : told.span.start], told.span.of(text), after),)
    return tuple(_sentences_of(told, text))[:MOST_PASSAGES]


def _sentences_of(told: Told, text: str) -> Iterable[tuple[str, str, str]]:
    """The first sentence that holds each member, those of one sentence once."""
    sentences = [found.group().strip() for found in _SENTENCE.finditer(told.span.of(text))]
    shown = set()
    for item in told.items:
        sentence = next((each for each in sentences if item in each), None)
        if sentence is not None and sentence not in shown:
            shown.add(sentence)
            before, words, after = sentence.partition(item)
            yield before, words, after


# Which comes next


@dataclass(frozen=True)
class Standing:
    """How one person stands with a key point: `memory` is None for what was never asked, or starts anew."""

    key_point_id: int
    #: Where it stands: by speech, then in its text.
    place: tuple[int, int]
    memory: Memory | None
    rated_on: date | None
    is_anew: bool


def is_due(standing: Standing, now: datetime) -> bool:
    """Whether it is time for it: what starts anew is due at once."""
    return standing.is_anew or (standing.memory is not None and due_at(standing.memory) <= now)


def in_turn(standings: Iterable[Standing], now: datetime, today: date) -> list[Standing]:
    """What changed first, then what is due, then what was never asked in the order of the speech, then the rest: the
    weakest first. What was rated today is last, for it would not count."""

    def turn(standing: Standing) -> tuple[int, float, tuple[int, int]]:
        recalled = 0.0 if standing.memory is None else recall(standing.memory, now)
        if standing.rated_on is not None and standing.rated_on >= today:
            return 4, recalled, standing.place
        if standing.is_anew:
            return 0, recalled, standing.place
        if standing.memory is None:
            return 2, recalled, standing.place
        return (1 if is_due(standing, now) else 3), recalled, standing.place

    return sorted(standings, key=turn)
