"""What the speeches of a library lend each other: items of closed lists, as wrong options for lists of the same shape.

Two lists have the same shape when their items share what they begin or end with (勤奋型, 服务型) and their length, or
when their names share the noun that is counted (三服务, 四个服务) and their items the length. Only words are lent,
never a list: what stands in the text of the borrowing speech is no wrong option there.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from quizapp.core.distractors import common_ends
from quizapp.core.distractors import shape_length
from quizapp.core.lexicon import bare
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Reading
from quizapp.core.stems import NUMERAL
from quizapp.core.stems import is_telling

#: Words that other speeches lend, by shape.
Lent = Mapping[str, Sequence[str]]
#: Of one shape no drafting needs more.
MOST_LENT = 24
FEWEST, LONGEST_ITEM = 3, 24
COUNT = re.compile(rf"^{NUMERAL}+(?:大|个|项|种|条)?")


def shapes_of(point: KeyPoint) -> tuple[str, ...]:
    """The shapes under which a list lends its items and borrows others; none for a list that is no closed one of short
    demands, names or qualities."""
    texts = [item.display for item in point.items]
    if len(texts) < FEWEST or not point.complete or point.negative or max(map(len, texts)) > LONGEST_ITEM:
        return ()
    length = shape_length(texts)
    before, after = common_ends(texts)
    noun = COUNT.sub("", bare(point.name or "")) if is_telling(point.name) else ""
    ends = (f"{before}…{after}|{length}",) if before or after else ()
    return (*ends, f"{noun}|{length}") if len(noun) > 1 else ends


def offers(reading: Reading) -> Iterator[tuple[str, str]]:
    """What a speech lends, each as (shape, words)."""
    for point in reading.sets:
        if point.attributed_to is None:
            yield from ((shape, item.display) for shape in shapes_of(point) for item in point.items)


def needs(reading: Reading) -> list[str]:
    """The shapes a speech can borrow for, in order."""
    return sorted({shape for point in reading.sets for shape in shapes_of(point)})
