"""How a room's answers to one question fall apart: for each option how many chose it, for each part how many had it.

Answers come as (response, how many gave it), in the letters that the question has here.
"""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizapp.core.question import Interaction
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.types import TYPES
from quizapp.core.types.base import chosen_ids
from quizapp.core.types.base import option_texts
from quizapp.core.types.base import texts
from quizapp.core.types.fill_in import plain
from quizapp.core.types.matching import right_lines

#: Fewer people than this are no group: what they gave would tell of persons.
FEW = 3
#: As many wordings as a big screen shows, shared by the blanks of a question.
WORDINGS_SHOWN = 6
OTHERS = "其他答案"

Answers = Sequence[tuple[Response, int]]


@dataclass(frozen=True)
class Line:
    """One line of a split: how many answers fall to it, and their share of all that were given.

    `right` says whether it is the key's, where a line stands for an answer; None where it stands for a part of the
    question and counts those who had it right, and always while the key is not to be told.
    """

    #: The letter or number of what stands here; empty where there is none.
    mark: str
    text: str
    times: int
    share: Fraction
    right: bool | None = None


def split_lines(question: Question, answers: Answers, *, told: bool) -> tuple[Line, ...]:
    """The lines of a split; no line names, marks or betrays the key until it may be `told`."""
    total = sum(times for _, times in answers)
    lines = SPLITS[TYPES[question.type].interaction](question, answers, told)
    return tuple(Line(mark, text, times, Fraction(times, total or 1), right) for mark, text, times, right in lines)


#: (mark, text, times, right)
Counts = Iterator[tuple[str, str, int, bool | None]]


def _by_option(question: Question, answers: Answers, told: bool) -> Counts:
    chosen: Counter[str] = Counter()
    for response, times in answers:
        chosen.update(dict.fromkeys(chosen_ids(response), times))
    for option in question.options:
        yield option.id, option.text, chosen[option.id], option.id in question.key if told else None


def _by_wording(question: Question, answers: Answers, told: bool) -> Counts:
    shown = max(2, WORDINGS_SHOWN // len(question.blanks))
    for blank in range(len(question.blanks)):
        mark = f"第{blank + 1}空" if len(question.blanks) > 1 else ""
        forms = _forms([(texts(response)[blank], times) for response, times in answers])
        listed = [(form, form_times) for form, form_times in forms if form_times >= FEW][:shown]
        for (form, wording), times in listed:
            yield mark, wording, times, _is_accepted(question, blank, form) if told else None
        if others := sum(times for _, times in forms) - sum(times for _, times in listed):
            yield mark, OTHERS, others, None


def _forms(typed: Sequence[tuple[str, int]]) -> list[tuple[tuple[str, str], int]]:
    """Texts that compare as equal, as ((their common form, the wording most of them have), times), commonest first."""
    wordings: dict[str, Counter[str]] = {}
    for text, times in typed:
        if form := plain(text):
            wordings.setdefault(form, Counter())[text.strip()] += times
    found = [((form, _most(counted)), counted.total()) for form, counted in wordings.items()]
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _most(counted: Mapping[str, int]) -> str:
    return min(counted, key=lambda text: (-counted[text], text))


def _is_accepted(question: Question, blank: int, form: str) -> bool:
    fitting = question.blanks if question.any_order else (question.blanks[blank],)
    return any(form == plain(wording) for wordings in fitting for wording in wordings)


def _by_pair(question: Question, answers: Answers, told: bool) -> Counts:
    right = option_texts(question)
    had = _each_right(answers, len(question.pairs), lambda response: right_lines(question, response))
    for number, ((left, option_id), times) in enumerate(zip(question.pairs, had, strict=True), start=1):
        yield str(number), f"{left} — {right[option_id]}" if told else left, times, None


def _by_place(question: Question, answers: Answers, told: bool) -> Counts:
    items = option_texts(question)
    order = question.right_order
    had = _each_right(
        answers, len(order), lambda response: [a == b for a, b in zip(texts(response), order, strict=False)]
    )
    for number, (option_id, times) in enumerate(zip(order, had, strict=True), start=1):
        yield str(number), items[option_id] if told else f"第 {number} 位", times, None


def _each_right(answers: Answers, parts: int, right: Callable[[Response], Sequence[bool]]) -> list[int]:
    """For each part of a question how many answers have it right."""
    had = [0] * parts
    for response, times in answers:
        for part, is_right in enumerate(right(response)):
            had[part] += times * is_right
    return had


#: What is written freely has no split: people mark it point by point.
SPLITS: Mapping[Interaction, Callable[[Question, Answers, bool], Counts]] = {
    Interaction.CHOICE: _by_option,
    Interaction.TEXT: _by_wording,
    Interaction.MATCH: _by_pair,
    Interaction.ORDER: _by_place,
}


def point_lines(question: Question, marked: Sequence[tuple[Sequence[bool], int]], *, told: bool) -> tuple[Line, ...]:
    """For each scoring point in how many marked answers it was found, given as (which were said, times)."""
    total = sum(times for _, times in marked)
    return tuple(
        Line(
            mark=str(number + 1),
            text=point.text if told else f"要点 {number + 1}",
            times=(times := sum(n for said, n in marked if said[number])),
            share=Fraction(times, total or 1),
        )
        for number, point in enumerate(question.points)
    )
