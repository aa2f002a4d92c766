"""How a paper is spread over headings, types and difficulties."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.core.paper import top_heading
from quizapp.core.question import TypeName
from quizapp.db.sittings import PaperQuestionRow


@dataclass(frozen=True)
class Spread:
    """Some places of a paper, and how many of them are of each type and difficulty."""

    speech: str
    heading: str
    places: tuple[PaperQuestionRow, ...]
    types: Mapping[TypeName, int]
    difficulties: Mapping[int, int]


@dataclass(frozen=True)
class Balance:
    """The places heading by heading in the order of the paper, and all together; what is not there is not listed."""

    headings: tuple[Spread, ...]
    whole: Spread

    @property
    def types(self) -> list[TypeName]:
        return [name for name in TypeName if self.whole.types.get(name)]

    @property
    def difficulties(self) -> list[int]:
        return sorted(self.whole.difficulties)


def balance_of(places: Sequence[PaperQuestionRow]) -> Balance:
    """How these places are spread; the same heading in another speech is another heading."""
    by_heading: dict[tuple[str, str], list[PaperQuestionRow]] = {}
    for place in places:
        heading = place.version.source_speech, top_heading(place.version.source_heading)
        by_heading.setdefault(heading, []).append(place)
    headings = [_spread(speech, heading, found) for (speech, heading), found in by_heading.items()]
    return Balance(tuple(headings), _spread("", "", places))


def _spread(speech: str, heading: str, places: Sequence[PaperQuestionRow]) -> Spread:
    types = Counter(place.version.type for place in places)
    return Spread(speech, heading, tuple(places), types, Counter(place.version.difficulty for place in places))
