"""Read a speech: from the raw text to everything in it that questions can be drafted from, or must leave alone."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace

from quizapp.core.about import about
from quizapp.core.keypoints import key_points
from quizapp.core.keypoints.attribution import attributed
from quizapp.core.keypoints.definitions import definitions
from quizapp.core.keypoints.evidence import evidence
from quizapp.core.keypoints.facts import facts
from quizapp.core.keypoints.mentions import mentions
from quizapp.core.keypoints.naming import set_names
from quizapp.core.keypoints.parallels import parallels
from quizapp.core.keypoints.slogans import slogans
from quizapp.core.outline import read_lists
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.core.text import clean_text


def read_speech(raw: str) -> Reading:
    """Understand a speech as far as it states its own structure; any string is accepted."""
    clean = clean_text(raw)
    outline = read_lists(clean)
    names = set_names(clean)
    sets = key_points(clean, outline, names)
    found = [
        *sets,
        *slogans(clean, outline),
        *_unlisted(parallels(clean, outline), sets),
        *definitions(clean, outline),
        *facts(clean, outline),
        *mentions(clean, outline, names, sets),
    ]
    points = attributed(clean, in_order(found))
    return Reading(clean, outline.headings, points, evidence(clean, outline), about(clean))


def in_order(points: Iterable[KeyPoint]) -> tuple[KeyPoint, ...]:
    """The points in the order of the text; a name that stands for several sets of the speech is marked on each."""
    ordered = sorted(points, key=lambda point: (point.span.start, point.lead.start, point.span.end))
    counts = Counter(point.name for point in ordered if point.name is not None and point.kind in SET_KINDS)
    return tuple([_marked(point, point.name is not None and counts[point.name] > 1) for point in ordered])


def _marked(point: KeyPoint, homonym: bool) -> KeyPoint:
    return replace(point, homonym=homonym) if point.name and point.homonym != homonym else point


def _unlisted(rows: Iterable[KeyPoint], sets: Sequence[KeyPoint]) -> Iterator[KeyPoint]:
    """The parallels that are not the items of a set all over again."""
    taken = {tuple(item.span for item in point.items) for point in sets}
    return (row for row in rows if tuple(item.span for item in row.items) not in taken)
