"""Read a speech: from the raw text to the key points that questions are drafted from."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from quizapp.core.keypoints import key_points
from quizapp.core.outline import read_lists
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.core.text import clean_text


def read_speech(raw: str) -> Reading:
    """Understand a speech as far as it states its own structure; any string is accepted."""
    clean = clean_text(raw)
    outline = read_lists(clean)
    return Reading(clean, outline.headings, in_order(key_points(clean, outline)))


def in_order(points: Iterable[KeyPoint]) -> tuple[KeyPoint, ...]:
    """The points in the order of the text; a name that stands for several sets of the speech is marked on each."""
    ordered = sorted(points, key=lambda point: (point.span.start, point.lead.start, point.span.end))
    counts = Counter(point.name for point in ordered if point.name is not None and point.kind in SET_KINDS)
    return tuple(replace(point, homonym=counts[point.name] > 1) if point.name else point for point in ordered)
