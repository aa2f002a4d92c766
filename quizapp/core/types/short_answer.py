"""简答题: an answer in the person's own words, marked by a person point by point.

What is computed here is a proposal: a point is proposed as said when its keywords occur.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from fractions import Fraction

from quizapp.core.errors import Problem
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.question import ScoringPoint
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types.base import MAX_ESSAY
from quizapp.core.types.base import NOT_ANSWERED
from quizapp.core.types.base import QuestionType
from quizapp.core.types.base import TypedType
from quizapp.core.types.base import common_problems
from quizapp.core.types.base import foreign_problems
from quizapp.core.types.base import same_text
from quizapp.core.types.base import strings
from quizapp.core.types.base import texts
from quizapp.core.types.fill_in import plain


class ShortAnswer(TypedType):
    name = TypeName.SHORT_ANSWER
    interaction = Interaction.ESSAY
    label = "简答题"
    is_marked_by_person = True

    def problems(self, question: Question) -> list[Problem]:
        found = common_problems(question) + foreign_problems(question, self.label, {"points"})
        return [*found, *_point_problems(question.points)]

    def response(self, question: Question, raw: object) -> Response:
        """One text, kept as typed; () when there is nothing in it."""
        given = strings(raw, most=1, longest=MAX_ESSAY)
        return tuple(given) if any(text.strip() for text in given) else ()

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        """Share of the points that seem to be said: a proposal to the person who marks."""
        found = said(question, response)
        return Fraction(sum(found), len(found)) if found else Fraction(0)

    def guessed(self, question: Question, rule: MultipleRule) -> Fraction | None:
        return None

    def rule_text(self, rule: MultipleRule) -> str:
        return "按答出的要点数得分，每个要点分值相同；由阅卷人评定，意思正确即可，不要求与原文一字不差。"

    def key_text(self, question: Question) -> str:
        return "\n".join(self.key_lines(question))

    def key_lines(self, question: Question) -> tuple[str, ...]:
        return tuple(f"（{number}）{point.text}" for number, point in enumerate(question.points, start=1))

    def faults(self, question: Question, response: Response) -> tuple[str, ...]:
        return faults_said(question, said(question, response)) if response else ()

    def response_text(self, question: Question, response: Response) -> str:
        return "".join(texts(response)).strip() or NOT_ANSWERED

    def right_response(self, question: Question) -> Response:
        return ("；".join("，".join([p.text, *(wordings[0] for wordings in p.keywords)]) for p in question.points),)

    def example(self) -> Question:
        return Question(
            type=self.name,
            stem="简述向上级机关行文应当遵循的规则。",
            points=(
                ScoringPoint("原则上主送一个上级机关", (("主送",), ("一个",))),
                ScoringPoint("请示应当一文一事", (("一文一事", "一事一文"),)),
                ScoringPoint("不得在报告等非请示性公文中夹带请示事项", (("报告", "非请示性"), ("夹带",))),
            ),
            explanation="条例对向上级机关行文规定了六项规则，以上是其中三项。",
            source=Source("党政机关公文处理工作条例", heading="行文规则"),
        )


def faults_said(question: Question, found: Sequence[bool]) -> tuple[str, ...]:
    """What an answer lacks that says these points and not the others."""
    points = zip(question.points, found, strict=True)
    return tuple(f"没有答出：{point.text}" for point, is_said in points if not is_said)


def said(question: Question, response: Response) -> tuple[bool, ...]:
    """Which points the answer seems to say: those of which every keyword group occurs in one of its wordings."""
    answer = plain("".join(texts(response)))
    return tuple(_is_said(point, answer) for point in question.points)


def _is_said(point: ScoringPoint, answer: str) -> bool:
    return bool(point.keywords) and all(_occurs(wordings, answer) for wordings in point.keywords)


def _occurs(wordings: tuple[str, ...], answer: str) -> bool:
    return any(re.search(_whole_figures(sought), answer) for sought in map(plain, wordings) if sought)


def _whole_figures(sought: str) -> str:
    """A pattern for the text that finds 5项 in 抓好5项 but not in 15项, and 50 not in 50%."""
    before = "(?<![0-9.:])" if sought[0].isdecimal() else ""
    after = "(?![0-9.:%‰‱])" if sought[-1].isdecimal() else ""
    return before + re.escape(sought) + after


def _point_problems(points: tuple[ScoringPoint, ...]) -> Iterator[Problem]:
    if not 1 <= len(points) <= MAX_PARTS:
        yield Problem("points", f"采分点应有 1 到 {MAX_PARTS} 个，现有 {len(points)} 个。")
    seen: dict[str, int] = {}
    for index, point in enumerate(points):
        place, number = f"points[{index}]", index + 1
        if not point.text.strip():
            yield Problem(place, f"第{number}个采分点是空的，请填写内容或删除。")
        elif (same := seen.setdefault(same_text(point.text), number)) != number:
            yield Problem(place, f"第{number}个采分点与第{same}个相同，请修改其中一个。")
        yield from _keyword_problems(point, place, number)


def _keyword_problems(point: ScoringPoint, place: str, number: int) -> Iterator[Problem]:
    if not point.keywords:
        yield Problem(f"{place}.keywords", f"第{number}个采分点没有关键词，请至少填写一组。")
    for group, wordings in enumerate(point.keywords):
        if not wordings or not all(map(plain, wordings)):
            message = f"第{number}个采分点的第{group + 1}组关键词有空的，请填写或删除。"
            yield Problem(f"{place}.keywords[{group}]", message)


TYPE: QuestionType = ShortAnswer()
