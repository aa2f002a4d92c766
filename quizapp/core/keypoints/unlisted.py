"""Lists that the outline does not hold: numbered inside a quotation, or opening paragraphs without any number."""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace

from quizapp.core.keypoints.pairsets import Place
from quizapp.core.keypoints.pairsets.clauses import FEWEST
from quizapp.core.keypoints.pairsets.clauses import MOST
from quizapp.core.keypoints.pairsets.clauses import Clauses
from quizapp.core.keypoints.pairsets.rows import Row
from quizapp.core.keypoints.pairsets.rows import may_be_topics
from quizapp.core.keypoints.pairsets.shapes import table
from quizapp.core.markers import number
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span


def unlisted_sets(clean: CleanText, outline: Outline, clauses: Clauses) -> Iterator[KeyPoint]:
    """Find the lists that numbers inside a quotation make, and those that the openings of paragraphs make."""
    place = Place(clean, outline)
    for items in numbered_in_quotations(clean.text):
        yield _point(place, items, Confidence.HIGH)
    for items in paragraph_openings(clauses):
        yield _point(place, items, Confidence.MEDIUM)


def _point(place: Place, spans: Sequence[Span], confidence: Confidence) -> KeyPoint:
    point = place.unnamed(PointKind.HEADINGS, Rule.SIBLINGS, spans, confidence)
    return replace(point, pairs=_pairs(place, spans))


def _pairs(place: Place, spans: Sequence[Span]) -> tuple[Pair, ...]:
    found = table(place.text, Row(tuple((span,) for span in spans), "；")) if len(spans) >= FEWEST else None
    if found is None:
        return ()
    return tuple(place.pair(left, right) for left, right in zip(found.lefts, found.rights, strict=True))


# Numbers inside a quotation

_QUOTATION = re.compile(r"“[^“”\n]{12,400}”")
_NUMBERED = re.compile(r"([一二三四五六七八九十])(要|是|靠|抓|讲)([^，。；：！？”\n]{2,40})")
_BEFORE_NEXT = "，；。"


def numbered_in_quotations(text: str) -> Iterator[list[Span]]:
    """“工作一要…，二要…，三要…”: items that count on from one, each to the end of its clause."""
    for quotation in _QUOTATION.finditer(text):
        run: list[re.Match[str]] = []
        for match in _NUMBERED.finditer(text, *quotation.span()):
            if match[1] == "一":
                yield from _counted(run)
                run = [match]
            elif run and _goes_on(text, run, match):
                run.append(match)
        yield from _counted(run)


def _goes_on(text: str, run: Sequence[re.Match[str]], match: re.Match[str]) -> bool:
    counts = number(match[1]) == len(run) + 1 and match[2] == run[0][2]
    return counts and text[match.start() - 1] in _BEFORE_NEXT


def _counted(run: Sequence[re.Match[str]]) -> Iterator[list[Span]]:
    if 2 <= len(run) <= MOST:
        yield [Span(*match.span(3)) for match in run]


# Openings of paragraphs

_OPENING_MAX = 14
_HINGE = re.compile(r"(?:要|重在|贵在|必须|应当)(?![求点素件])")


def paragraph_openings(clauses: Clauses) -> Iterator[list[Span]]:
    """会前要周密。…⏎会中要稳妥。…: neighbouring paragraphs that each open with a short sentence of one build."""
    run: list[Span] = []
    build = None
    openings = [index for index, mark in enumerate(clauses.marks) if mark == "\n"]
    for index in openings:
        told = _build(clauses, index)
        if told is None or told != build:
            yield from _whole(clauses.text, run)
            run = []
        build = told
        if told is not None:
            run.append(clauses.span(index))
    yield from _whole(clauses.text, run)


def _build(clauses: Clauses, index: int) -> tuple[str, int, str] | None:
    """The first character, where its hinge stands, and the hinge, of an opening that is a sentence of one clause."""
    start, end = clauses.bounds(index)
    if end - start > _OPENING_MAX or not clauses.text.startswith("。", end) or not clauses.firsts[index]:
        return None
    hinge = _HINGE.search(clauses.text, start + 1, end - 1)
    return (clauses.text[start], hinge.start() - start, hinge.group()) if hinge else None


def _whole(text: str, run: Sequence[Span]) -> Iterator[list[Span]]:
    openings = [span.of(text) for span in run]
    if FEWEST <= len(run) <= MOST and len(set(openings)) == len(run) and may_be_topics(openings):
        yield list(run)
