"""判断: a statement that ties two values, as the speech does or with one value swapped.

Asked of the same tables as 单选, but only where the slot that is swapped holds short names, roles, quoted words or
four-character phrases: a swapped predicate makes nonsense, not a false statement. A false statement differs from the
true one in that slot alone. The key is found again by looking for the statement in the speech.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from quizapp.core.drafts import Kind
from quizapp.core.kinds import pairs
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import bare
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair

OPTIONS = (Option("T", "正确"), Option("F", "错误"))
LONGEST_NAME = 8
#: What stands before a name: 办公室主任是指挥员, 全力打造学习型机关.
BEFORE_NAME = re.compile(r"(?:是|为|叫|打造|建设|当好|争当|争做|成为|作为|找到)“?$")


class PairTF:
    kind = Kind.PAIR_TF
    limit = 1

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        """True statements from one end of the table, false ones from the other: they tell of different pairs."""
        if not pairs.is_askable(material, index) or not is_nominal(material.point(index)):
            return
        ordered = pairs.in_chance_order(material, index)
        yield from (true_statement(material, index, pair) for pair in ordered)
        for pair in reversed(ordered):
            yield from false_statements(material, index, pair)

    def aspect(self, candidate: Candidate) -> str:
        (key,) = candidate.question.key
        return key

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        _, text = candidate.question.stem.split("，", 1)
        return frozenset({"T" if pairs.says(material, text) else "F"})


def is_nominal(point: KeyPoint) -> bool:
    """Whether every right value is quoted, a role or a fixed phrase: such values can be swapped without nonsense."""
    _, between, after = point.template
    rights = [bare(pair.right) for pair in point.pairs]
    is_quoted = between.endswith("“") and after.startswith("”") or all(pair.right[0] == "“" for pair in point.pairs)
    is_named = BEFORE_NAME.search(between) is not None and all(len(right) <= LONGEST_NAME for right in rights)
    return is_quoted or is_named or all(len(right) == 4 for right in rights)


def true_statement(material: Material, index: int, pair: Pair) -> Candidate:
    point = material.point(index)
    true = pairs.told(point, pair.left, pair.right)
    question = Question(
        TypeName.TRUE_FALSE,
        pairs.stem_of(material, index, (pair.left, pair.right)),
        (replace(OPTIONS[0], proof="讲话原文如此"), OPTIONS[1]),
        frozenset({"T"}),
        explanation=pairs.explanation_of(point, pair),
        source=material.source(index, pairs.sentence_of(material, pair)),
    )
    return Candidate(Kind.PAIR_TF, index, question, (pairs.sentence_of(material, pair),), true)


def false_statements(material: Material, index: int, pair: Pair) -> Iterator[Candidate]:
    point, rng = material.point(index), material.rng(Kind.PAIR_TF, index, pair.left)
    wrongs = list(pairs.wrong_rights(material, point, pair))
    rng.shuffle(wrongs)
    true = pairs.told(point, pair.left, pair.right)
    for wrong in wrongs:
        question = Question(
            TypeName.TRUE_FALSE,
            pairs.stem_of(material, index, (pair.left, wrong.text)),
            (OPTIONS[0], replace(OPTIONS[1], proof=f"“{wrong.text}”{wrong.proof}")),
            frozenset({"F"}),
            explanation=pairs.explanation_of(point, pair),
            source=material.source(index, pairs.sentence_of(material, pair)),
        )
        yield Candidate(
            Kind.PAIR_TF, index, question, (pairs.sentence_of(material, pair),), true, (("F", wrong.origin),)
        )


KIND = PairTF()
