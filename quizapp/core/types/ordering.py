"""排序题: the options are put in their right order; each that is followed by the right one earns its share."""

from fractions import Fraction
from itertools import pairwise

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
from quizapp.core.types.base import BadResponse
from quizapp.core.types.base import PlacedType
from quizapp.core.types.base import QuestionType
from quizapp.core.types.base import common_problems
from quizapp.core.types.base import foreign_problems
from quizapp.core.types.base import option_problems
from quizapp.core.types.base import option_texts
from quizapp.core.types.base import placed_ids
from quizapp.core.types.base import texts

MIN_ITEMS = 3


class Ordering(PlacedType):
    name = TypeName.ORDERING
    interaction = Interaction.ORDER
    label = "排序题"

    def problems(self, question: Question) -> list[Problem]:
        found = common_problems(question) + option_problems(question.options) + _order_problems(question)
        return found + foreign_problems(question, self.label, {"options", "right_order"})

    def response(self, question: Question, raw: object) -> Response:
        """The option ids in the order given, "" in a place left empty; () when there is none at all."""
        placed = placed_ids(question, raw, most=len(question.options))
        chosen = [option_id for option_id in placed if option_id]
        if len(frozenset(chosen)) < len(chosen):
            raise BadResponse("同一项不能排在两个位置，请改正其中一处。")
        return placed

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        """Share of the neighbours that follow each other rightly; nothing until every item has its place."""
        given = texts(response)
        if not given or frozenset(given) != frozenset(question.right_order):
            return Fraction(0)
        right = frozenset(pairwise(question.right_order))
        return Fraction(sum(pair in right for pair in pairwise(given)), len(right))

    def rule_text(self, rule: MultipleRule) -> str:
        return "把各项按正确顺序排列，全部排完方可得分；按前后相接正确的处数得分，每处分值相同。"

    def key_text(self, question: Question) -> str:
        return self.response_text(question, question.right_order)

    def key_lines(self, question: Question) -> tuple[str, ...]:
        return _lines(question, question.right_order)

    def response_text(self, question: Question, response: Response) -> str:
        return "\n".join(_lines(question, response)) or NOT_ANSWERED

    def faults(self, question: Question, response: Response) -> tuple[str, ...]:
        """The items that do not stand where they should, each with the place it was given."""
        wrong = (given != right for given, right in zip(texts(response), question.right_order, strict=False))
        return tuple(line for line, is_wrong in zip(_lines(question, response), wrong, strict=True) if is_wrong)

    def right_response(self, question: Question) -> Response:
        return question.right_order

    def example(self) -> Question:
        return Question(
            type=self.name,
            stem="将收文办理的下列程序按先后顺序排列。",
            options=(Option("A", "签收"), Option("B", "登记"), Option("C", "初审"), Option("D", "承办")),
            right_order=("A", "B", "C", "D"),
            explanation="收文办理的主要程序依次是签收、登记、初审、承办、传阅、催办、答复。",
            source=Source("党政机关公文处理工作条例", heading="公文办理"),
        )


def _lines(question: Question, response: Response) -> tuple[str, ...]:
    items = option_texts(question)
    given = enumerate(texts(response), start=1)
    return tuple(f"{number}. {items[option_id] if option_id else '未排'}" for number, option_id in given)


def _order_problems(question: Question) -> list[Problem]:
    found = []
    ids = [option.id for option in question.options]
    if not MIN_ITEMS <= len(ids) <= MAX_PARTS:
        found.append(Problem("options", f"排序题应有 {MIN_ITEMS} 到 {MAX_PARTS} 项，现有 {len(ids)} 项。"))
    if sorted(question.right_order) != sorted(ids):
        found.append(Problem("right_order", "正确顺序要把每一项恰好排一次，请改正。"))
    return found


TYPE: QuestionType = Ordering()
