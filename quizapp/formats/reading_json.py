"""A reading as plain values: what `flask speech read --json` prints and measurements compare.

All offsets are half-open, in the clean text. A set is {"name", "kind", "count", "items", "pairs", "attributed_to",
"complete", "start", "end"}; pairsets stand among the sets.
"""

from typing import Any

from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import Heading
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.core.speech import Span

LISTS = SET_KINDS | {PointKind.PAIRSET}


def reading_as_values(reading: Reading) -> dict[str, Any]:
    """Everything that was found in a speech, ready for JSON."""
    text, about = reading.clean.text, reading.about
    return {
        "title": about.title,
        "speaker": about.speaker,
        "occasion": about.occasion,
        "date": about.held_on.isoformat() if about.held_on else None,
        "outline": [_heading(each) for each in reading.outline],
        "sets": [_set(point) for point in reading.points if point.kind in LISTS],
        "parallels": [[item.text for item in point.items] for point in reading.of_kind(PointKind.PARALLEL)],
        "slogans": [point.span.of(text) for point in reading.of_kind(PointKind.SLOGAN)],
        "definitions": [
            {"subject": point.items[0].text, "predicate": point.items[1].text, **_found(point)}
            for point in reading.of_kind(PointKind.DEFINITION)
        ],
        "facts": [
            {"answer": point.items[0].text, "type": point.fact, "clause": point.span.of(text), **_found(point)}
            for point in reading.of_kind(PointKind.FACT)
        ],
        "mentions": [
            {"name": point.name, "count": point.count, **_found(point)} for point in reading.of_kind(PointKind.MENTION)
        ],
        "evidence": [
            {"heading": each.heading, "text": each.span.of(text), "form": each.form, **_place(each.span)}
            for each in reading.evidence
        ],
    }


def _heading(heading: Heading) -> dict[str, Any]:
    return {"level": heading.level, "marker": heading.marker, "heading": heading.text, **_place(heading.span)}


def _set(point: KeyPoint) -> dict[str, Any]:
    return {
        "name": point.name,
        "kind": point.kind,
        "count": point.count,
        "items": [item.display for item in point.items],
        "pairs": [[pair.left, pair.right] for pair in point.pairs],
        "complete": point.complete,
        "negative": point.negative,
        **_found(point),
    }


def _found(point: KeyPoint) -> dict[str, Any]:
    """What every finding tells of itself."""
    told = {"attributed_to": point.attributed_to, "rule": point.rule, "confidence": point.confidence}
    return {**told, **_place(point.span)}


def _place(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
