"""多选题: two or more options are right."""

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
from quizapp.core.types.base import chosen_ids

RULES = {
    MultipleRule.PARTIAL: "每题有两个以上正确答案，全部选对得满分，少选按选对的比例得分，不选、错选不得分。",
    MultipleRule.ALL_OR_NOTHING: "每题有两个以上正确答案，全部选对得分，不选、少选、错选不得分。",
}


class MultipleChoice(ChoiceType):
    name = TypeName.MULTIPLE_CHOICE
    label = "多选题"

    def most(self, question: Question) -> int:
        return len(question.options)

    def problems(self, question: Question) -> list[Problem]:
        found = choice_problems(question)
        if len(question.key) == 1:
            found.append(Problem("key", "多选题至少要有两个答案；如只有一个正确，请改为单选。"))
        return found

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        """Share of the key that was chosen; nothing once a distractor is."""
        chosen = chosen_ids(response)
        if not chosen or not chosen <= question.key:
            return Fraction(0)
        share = Fraction(len(chosen), len(question.key))
        return share if rule is MultipleRule.PARTIAL else Fraction(share == 1)

    def guessed(self, question: Question, rule: MultipleRule) -> Fraction | None:
        """Every choice of one option or more is as likely; the shares of those within a key of k add up to 2^(k-1)."""
        choices = 2 ** len(question.options) - 1
        earned = 2 ** (len(question.key) - 1) if rule is MultipleRule.PARTIAL else 1
        return Fraction(earned, choices)

    def rule_text(self, rule: MultipleRule) -> str:
        return RULES[rule]

    def example(self) -> Question:
        return Question(
            type=self.name,
            stem="下列属于法定公文文种的有（　）。",
            options=(Option("A", "通报"), Option("B", "短信"), Option("C", "纪要"), Option("D", "函")),
            key=frozenset("ACD"),
            explanation="条例规定的十五种公文包括通报、函、纪要，没有短信。",
            source=Source("党政机关公文处理工作条例", heading="公文种类"),
        )


TYPE: QuestionType = MultipleChoice()
