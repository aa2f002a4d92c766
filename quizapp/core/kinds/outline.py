"""简答: what the speech as a whole is about, heading by heading.

Asked only where the speech is made of one list: all its headings of the top level belong to it, each opens a paragraph,
most of the text stands under them (`stems.is_outline`), and the list is whole. A heading that cannot be understood by
itself, or is longer than 36 characters, leaves the question unasked: no heading may be missing from the key. The key is
found again by looking for the one list of the speech that is its outline.
"""

from collections.abc import Iterator

from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.sets import evidence_of
from quizapp.core.kinds.sets import listed
from quizapp.core.kinds.sets import slots_of
from quizapp.core.kinds.short import is_answerable
from quizapp.core.kinds.short import points_of
from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import SET_KINDS
from quizapp.core.stems import COUNTS
from quizapp.core.stems import is_outline

#: A heading of fewer characters names its part and does not say what it is about.
SHORTEST_HEADING = 3


class Outline(DraftingKind):
    name = "OUTLINE"
    label = "提纲简答"
    type = TypeName.SHORT_ANSWER
    bloom = Bloom.UNDERSTAND
    ease = 3
    prior = 1.0
    recall = True

    def places(self, material: Material) -> list[int]:
        """The list that the speech is made of; the one with the fuller wordings, where it is told twice."""
        found = [i for i in material.points_of(SET_KINDS) if is_outline(material.reading, material.point(i))]
        return sorted(found, key=lambda i: (-sum(len(item.display) for item in material.point(i).items), i))[:1]

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        items = [item.display for item in point.items]
        if not is_answerable(point) or any(len(bare(text)) < SHORTEST_HEADING for text in items):
            return
        first = evidence_of(material, index, point.items)[0]
        question = Question(
            TypeName.SHORT_ANSWER,
            stem_of(len(items)),
            points=points_of(point, material.lexicon),
            explanation=f"讲话依次讲了{COUNTS[len(items)]}个方面：{listed(items)}。",
            source=material.source(point.heading, first),
        )
        evidence = evidence_of(material, index, point.items)
        slots = slots_of(material, point.items)
        yield Candidate(self.name, index, question, evidence, "、".join(items), slots=slots)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        """The headings of the list the speech is made of, if they are as many as the stem says."""
        for index in self.places(material):
            items = material.point(index).items
            if candidate.question.stem == stem_of(len(items)):
                return tuple(item.display for item in items)
        return None


def stem_of(count: int) -> str:
    return f"讲话主要讲了哪{COUNTS[count]}个方面的内容？"


KIND = Outline()
