"""匹配题: each line of the left column gets the option of the right column that belongs to it."""

from collections.abc import Iterator
from fractions import Fraction

from quizapp.core.errors import Problem
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types.base import NOT_ANSWERED
from quizapp.core.types.base import PlacedType
from quizapp.core.types.base import QuestionType
from quizapp.core.types.base import common_problems
from quizapp.core.types.base import foreign_problems
from quizapp.core.types.base import option_problems
from quizapp.core.types.base import option_texts
from quizapp.core.types.base import placed_ids
from quizapp.core.types.base import same_text
from quizapp.core.types.base import texts

MIN_LINES = 2


class Matching(PlacedType):
    name = TypeName.MATCHING
    interaction = Interaction.MATCH
    label = "匹配题"

    def problems(self, question: Question) -> list[Problem]:
        found = common_problems(question) + option_problems(question.options)
        return [*found, *_line_problems(question), *foreign_problems(question, self.label, {"options", "pairs"})]

    def response(self, question: Question, raw: object) -> Response:
        """One option id for each line, "" where none was chosen; () when there is none at all.

        One option on two lines is accepted, for that is how two lines are exchanged; one of them at most is right.
        """
        return placed_ids(question, raw, most=len(question.pairs))

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        """Share of the lines that are right."""
        right = right_lines(question, response)
        return Fraction(sum(right), len(right)) if right else Fraction(0)

    def rule_text(self, rule: MultipleRule) -> str:
        return "把左列各项与右列选项一一对应，按对应正确的项数得分，每项分值相同；右列可能有多余的选项。"

    def key_text(self, question: Question) -> str:
        return self.response_text(question, self.right_response(question))

    def key_lines(self, question: Question) -> tuple[str, ...]:
        return _lines(question, self.right_response(question))

    def response_text(self, question: Question, response: Response) -> str:
        return "\n".join(_lines(question, response)) if response else NOT_ANSWERED

    def faults(self, question: Question, response: Response) -> tuple[str, ...]:
        """The lines of the left column that are wrong, each with what it was given."""
        right = right_lines(question, response)
        given = _lines(question, response) if response else ()
        return tuple(line for line, is_right in zip(given, right, strict=False) if not is_right)

    def right_response(self, question: Question) -> Response:
        return tuple(option_id for _, option_id in question.pairs)

    def example(self) -> Question:
        return Question(
            type=self.name,
            stem="将下列情形与应当使用的公文文种对应起来。",
            options=(Option("A", "请示"), Option("B", "报告"), Option("C", "函"), Option("D", "通告")),
            pairs=(("向上级机关请求指示、批准", "A"), ("向上级机关汇报工作", "B"), ("不相隶属机关之间商洽工作", "C")),
            explanation="请示用于请求指示、批准，报告用于汇报工作，函用于不相隶属机关之间商洽工作。",
            source=Source("党政机关公文处理工作条例", heading="公文种类"),
        )


def _lines(question: Question, response: Response) -> tuple[str, ...]:
    right = option_texts(question)
    chosen = zip(question.pairs, texts(response), strict=True)
    return tuple(f"{left} — {right[option_id] if option_id else '未选'}" for (left, _), option_id in chosen)


def right_lines(question: Question, response: Response) -> tuple[bool, ...]:
    """Which lines of the left column got the option that belongs to them; all wrong when there is no answer."""
    given = texts(response) or ("",) * len(question.pairs)
    return tuple(option_id == chosen for (_, option_id), chosen in zip(question.pairs, given, strict=True))


def _line_problems(question: Question) -> Iterator[Problem]:
    if not MIN_LINES <= len(question.pairs) <= MAX_PARTS:
        yield Problem("pairs", f"左列应有 {MIN_LINES} 到 {MAX_PARTS} 项，现有 {len(question.pairs)} 项。")
    ids = {option.id for option in question.options}
    lefts: dict[str, int] = {}
    used: dict[str, int] = {}
    for index, (left, option_id) in enumerate(question.pairs):
        place, number = f"pairs[{index}]", index + 1
        if not left.strip():
            yield Problem(place, f"左列第{number}项是空的，请填写内容或删除。")
        elif (same := lefts.setdefault(same_text(left), number)) != number:
            yield Problem(place, f"左列第{number}项与第{same}项内容相同，请修改其中一项。")
        if option_id not in ids:
            yield Problem(place, f"左列第{number}项对应的选项“{option_id}”不在右列，请改正。")
        elif (same := used.setdefault(option_id, number)) != number:
            yield Problem(place, f"左列第{same}项和第{number}项对应同一个选项 {option_id}，每个选项只能用一次。")


TYPE: QuestionType = Matching()
