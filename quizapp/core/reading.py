"""Read a speech: from the raw text to the key points that questions are drafted from."""

from quizapp.core.keypoints import key_points
from quizapp.core.outline import read_lists
from quizapp.core.speech import Reading
from quizapp.core.text import clean_text


def read_speech(raw: str) -> Reading:
    """Understand a speech as far as it states its own structure; any string is accepted."""
    clean = clean_text(raw)
    outline = read_lists(clean)
    return Reading(clean, outline.headings, key_points(clean, outline))
