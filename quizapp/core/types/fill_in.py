"""填空题: each blank takes a short text, compared by what it says and not by how it is typed."""

import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from quizapp.core.errors import Problem
from quizapp.core.figures import DIGITS as DIGITS
from quizapp.core.figures import NUMERALS
from quizapp.core.figures import in_figures
from quizapp.core.figures import with_usual_signs
from quizapp.core.question import BLANK
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.types.base import MAX_ANSWER
from quizapp.core.types.base import NOT_ANSWERED
from quizapp.core.types.base import QuestionType
from quizapp.core.types.base import TypedType
from quizapp.core.types.base import common_problems
from quizapp.core.types.base import foreign_problems
from quizapp.core.types.base import strings
from quizapp.core.types.base import texts

COUNTING_SIGNS = "%‰‱"  # punctuation to Unicode, but 5% is not 5


class FillIn(TypedType):
    name = TypeName.FILL_IN
    interaction = Interaction.TEXT
    label = "填空题"

    def problems(self, question: Question) -> list[Problem]:
        found = common_problems(question) + _stem_problems(question) + _wording_problems(question)
        if not question.blanks:
            found.append(Problem("blanks", "没有答案，请为每个空填写答案。"))
        if len(question.blanks) > MAX_PARTS:
            found.append(Problem("blanks", f"最多 {MAX_PARTS} 个空，现有 {len(question.blanks)} 个。"))
        found += foreign_problems(question, self.label, {"blanks"})
        return found + (_overlap_problems(question) if question.any_order else [])

    def response(self, question: Question, raw: object) -> Response:
        """One text for each blank, kept as typed; () when there is nothing in any of them."""
        given = strings(raw, most=len(question.blanks))
        given += [""] * (len(question.blanks) - len(given))
        return tuple(given) if any(text.strip() for text in given) else ()

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        """Share of the blanks that are right; blanks of one list may be filled in any order, each once."""
        right = _right_blanks(question, response)
        return Fraction(len(right), len(question.blanks)) if question.blanks else Fraction(0)

    def guessed(self, question: Question, rule: MultipleRule) -> Fraction | None:
        """Nobody types the right words by chance."""
        return Fraction(0)

    def rule_text(self, rule: MultipleRule) -> str:
        return "按填对的空数得分，每空分值相同；标点、空格、大小写和全角半角不影响得分。"

    def key_text(self, question: Question) -> str:
        text = "；".join(f"第{number}空：{_wordings_text(w)}" for number, w in enumerate(question.blanks, start=1))
        return f"{text}（顺序不限）" if question.any_order and len(question.blanks) > 1 else text

    def key_lines(self, question: Question) -> tuple[str, ...]:
        return (self.key_text(question),)

    def faults(self, question: Question, response: Response) -> tuple[str, ...]:
        """The blanks that are wrong; what people typed there is not repeated."""
        right = _right_blanks(question, response) if response else frozenset(range(len(question.blanks)))
        return tuple(f"第{blank + 1}空填错" for blank in range(len(question.blanks)) if blank not in right)

    def response_text(self, question: Question, response: Response) -> str:
        given = enumerate(texts(response), start=1)
        return "；".join(f"第{number}空：{text.strip() or '未填'}" for number, text in given) or NOT_ANSWERED

    def right_response(self, question: Question) -> Response:
        return tuple(wordings[0] for wordings in question.blanks)

    def example(self) -> Question:
        return Question(
            type=self.name,
            stem=f"公文处理工作应当坚持实事求是、{BLANK}、精简高效、{BLANK}的原则。",
            blanks=(("准确规范",), ("安全保密", "保密安全")),
            any_order=True,
            explanation="条例规定，公文处理工作应当坚持实事求是、准确规范、精简高效、安全保密的原则。",
            source=Source("党政机关公文处理工作条例", heading="总则"),
        )


def plain(text: str) -> str:
    """The text as it is compared: no spaces, no punctuation, one width, one case, numbers and times in figures."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    solid = "".join(c for c in folded if unicodedata.category(c)[0] not in "ZC")
    # What stood around a mark or a space may combine now: once more into one form.
    return unicodedata.normalize("NFKC", in_figures(_without_punctuation(with_usual_signs(solid))))


def _without_punctuation(text: str) -> str:
    """Drop punctuation, but keep what stands between figures: 3.5 is not 35, and 3、5 is neither; nor is -5 5."""
    runs = [(mark, "".join(characters)) for mark, characters in groupby(text, key=_is_punctuation)]
    kept = []
    for index, (mark, run) in enumerate(runs):
        before, after = (runs[i][1] if 0 <= i < len(runs) else " " for i in (index - 1, index + 1))
        if not mark:
            kept.append(run)
        elif before[-1] in NUMERALS + COUNTING_SIGNS and after[0] in NUMERALS:
            kept.append(run if run in (".", ":") else "|")
        elif before == " " and run[-1] == "-" and after[0] in NUMERALS:
            kept.append("-")
    return "".join(kept)


def _is_punctuation(character: str) -> bool:
    # Our own separator counts as punctuation too, so that comparing twice changes nothing.
    return character in "~|" or (unicodedata.category(character)[0] == "P" and character not in COUNTING_SIGNS)


def _right_blanks(question: Question, response: Response) -> frozenset[int]:
    """The indices of the blanks that are filled in rightly."""
    accepted = [{plain(wording) for wording in wordings} - {""} for wordings in question.blanks]
    given = [plain(text) for text in texts(response)]
    return frozenset((_best_match if question.any_order else _right_in_place)(given, accepted))


def _right_in_place(given: Sequence[str], accepted: Sequence[set[str]]) -> Iterable[int]:
    return [blank for blank, (text, wordings) in enumerate(zip(given, accepted, strict=False)) if text in wordings]


def _best_match(given: Sequence[str], accepted: Sequence[set[str]]) -> Iterable[int]:
    """The blanks when as many texts as possible have one of their own (augmenting paths; at most ten of each)."""
    owner: dict[int, int] = {}

    def finds_blank(text: int, tried: set[int]) -> bool:
        for blank, wordings in enumerate(accepted):
            if given[text] in wordings and blank not in tried:
                tried.add(blank)
                if blank not in owner or finds_blank(owner[blank], tried):
                    owner[blank] = text
                    return True
        return False

    for text in range(len(given)):
        finds_blank(text, set())
    return owner


def _wordings_text(wordings: Sequence[str]) -> str:
    return "".join(wordings[:1]) + (f"（或：{'、'.join(wordings[1:])}）" if wordings[1:] else "")


def _stem_problems(question: Question) -> list[Problem]:
    runs = re.findall("_+", question.stem)
    if any(len(run) % len(BLANK) for run in runs):
        return [Problem("stem", f"每个空要写成 {len(BLANK)} 个下划线：{BLANK}。")]
    if question.stem.count(BLANK) != len(question.blanks):
        there, answered = question.stem.count(BLANK), len(question.blanks)
        return [Problem("stem", f"题干里有 {there} 个空（{BLANK}），答案有 {answered} 个，两者应当相等。")]
    return []


def _wording_problems(question: Question) -> list[Problem]:
    found = []
    for index, wordings in enumerate(question.blanks):
        if not wordings:
            found.append(Problem(f"blanks[{index}]", f"第{index + 1}空没有答案。"))
        for number, wording in enumerate(wordings):
            place = f"blanks[{index}][{number}]"
            if not plain(wording):
                found.append(Problem(place, f"第{index + 1}空的答案“{wording}”除去空格和标点后是空的，没有人能答对。"))
            if len(wording) > MAX_ANSWER:
                found.append(Problem(place, f"第{index + 1}空的答案太长：最多 {MAX_ANSWER} 个字。"))
    return found


def _overlap_problems(question: Question) -> list[Problem]:
    """Blanks of one list must differ, or one word typed twice would earn both."""
    seen: dict[str, int] = {}
    found = []
    for index, wordings in enumerate(question.blanks):
        for number, wording in enumerate(wordings):
            first = seen.setdefault(plain(wording), index)
            if first != index:
                message = f"顺序不限的空，答案不能相同：第{first + 1}空与第{index + 1}空都有“{wording}”。"
                found.append(Problem(f"blanks[{index}][{number}]", message))
    return found


TYPE: QuestionType = FillIn()
