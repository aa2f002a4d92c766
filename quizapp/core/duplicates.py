"""Questions that ask the same thing twice: what two of them must have in common, and how sure that makes it."""

from enum import StrEnum
from hashlib import sha256

from quizapp.core.lexicon import bare
from quizapp.core.question import Question
from quizapp.core.question import TypeName


class Double(StrEnum):
    """Why a question may be the double of another, the surest first."""

    SAME = "same"
    ALIKE = "alike"
    SAME_POINT = "same_point"


#: Stems that share more of their pairs of neighbouring characters say the same in other words.
ALIKE = 0.6


def answer_hash(question: Question) -> str:
    """Sixteen characters that all questions of one type with one answer share, whatever their letters and order."""
    told = "\n".join([question.type, *map(bare, _answer(question))])
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _answer(question: Question) -> list[str]:
    """The parts of the right answer, in an order that does not hang on how options lie."""
    text = {option.id: option.text for option in question.options}
    if question.type is TypeName.TRUE_FALSE:
        # “正确”本身不是答案：判断题问的是那句话。
        return [*sorted(question.key), question.source.quote or question.stem]
    blanks = [wordings[0] for wordings in question.blanks if wordings]
    return [
        *sorted(text.get(each, each) for each in question.key),
        *(sorted(blanks) if question.any_order else blanks),
        *sorted(f"{left}\t{text.get(right, right)}" for left, right in question.pairs),
        *(text.get(each, each) for each in question.right_order),
        *(point.text for point in question.points),
    ]


def likeness(one: str, other: str) -> float:
    """Jaccard share of the pairs of neighbouring characters that two stems have in common, marks aside."""
    first, second = _pairs(bare(one)), _pairs(bare(other))
    return len(first & second) / len(first | second) if first | second else float(one == other)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, zip(text, text[1:], strict=False)))


def double_of(one: Question, other: Question, *, same_point: bool) -> Double | None:
    """Why one may be the double of the other; None where it is none.

    A named set belongs to the speech that defined it: questions of different speeches are doubles only where stem and
    answer are the same.
    """
    same_answer = answer_hash(one) == answer_hash(other)
    if same_answer and bare(one.stem) == bare(other.stem):
        return Double.SAME
    if one.source.speech != other.source.speech:
        return None
    if same_answer and likeness(one.stem, other.stem) > ALIKE:
        return Double.ALIKE
    return Double.SAME_POINT if same_point and one.type is other.type else None
