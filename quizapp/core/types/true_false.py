"""判断题: a statement is right or wrong. Its options are the same in every question, in this order."""

from fractions import Fraction

from quizapp.core.errors import Problem
from quizapp.core.question import MultipleRule
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types.base import NOT_ANSWERED
from quizapp.core.types.base import ChoiceType
from quizapp.core.types.base import QuestionType
from quizapp.core.types.base import choice_problems
from quizapp.core.types.base import chosen_ids

WORDS = {"T": "正确", "F": "错误"}


class TrueFalse(ChoiceType):
    name = TypeName.TRUE_FALSE
    label = "判断题"

    def problems(self, question: Question) -> list[Problem]:
        found = choice_problems(question)
        if [(option.id, option.text) for option in question.options] != list(WORDS.items()):
            found.append(Problem("options", "判断题的选项固定为 T 正确、F 错误，不能改动。"))
        if len(question.key) > 1:
            found.append(Problem("key", "判断题的答案只能是“对”或“错”中的一个。"))
        return found

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        return Fraction(bool(response) and response == question.key)

    def rule_text(self, rule: MultipleRule) -> str:
        return "每题判断正确或错误，判断对得分，不答、判断错不得分。"

    def response_text(self, question: Question, response: Response) -> str:
        chosen = chosen_ids(response)
        return "、".join(option.text for option in question.options if option.id in chosen) or NOT_ANSWERED

    def example(self) -> Question:
        return Question(
            type=self.name,
            stem="请示应当一文一事。",
            options=tuple(Option(letter, text) for letter, text in WORDS.items()),
            key=frozenset("T"),
            explanation="条例规定，请示应当一文一事。",
            source=Source("党政机关公文处理工作条例", heading="行文规则"),
        )


TYPE: QuestionType = TrueFalse()
