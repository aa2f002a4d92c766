"""单选题: one option is right."""

from fractions import Fraction

from quizapp.core.errors import Problem
from quizapp.core.question import MultipleRule
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types.base import ChoiceType
from quizapp.core.types.base import QuestionType
from quizapp.core.types.base import choice_problems


class SingleChoice(ChoiceType):
    name = TypeName.SINGLE_CHOICE
    label = "单选题"

    def problems(self, question: Question) -> list[Problem]:
        found = choice_problems(question)
        if len(question.key) > 1:
            found.append(Problem("key", f"单选题只能有一个答案，现有 {len(question.key)} 个；如有多个，请改为多选。"))
        return found

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        return Fraction(bool(response) and response == question.key)

    def rule_text(self, rule: MultipleRule) -> str:
        return "每题只有一个正确答案，选对得分，不选、错选不得分。"

    def example(self) -> Question:
        return Question(
            type=self.name,
            stem="公文标题一般由发文机关名称、事由和（　）组成。",
            options=(Option("A", "文种"), Option("B", "密级"), Option("C", "签发人"), Option("D", "印发日期")),
            key=frozenset("A"),
            explanation="公文标题由发文机关名称、事由和文种组成。",
            source=Source("党政机关公文处理工作条例", heading="公文格式"),
        )


TYPE: QuestionType = SingleChoice()
