"""填空题: each blank takes a short text, compared by what it says and not by how it is typed."""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from quizapp.core.errors import Problem
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
from quizapp.core.types.base import common_problems
from quizapp.core.types.base import strings
from quizapp.core.types.base import texts

DIGITS = str.maketrans("零〇一二两三四五六七八九", "001223456789")
NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千]+")
# A whole number below ten thousand as it is properly said, 零 included: 十一五 (the plan) is none and must not become
# 十五, and 三百五 is not 305.
PROPER_NUMERAL = re.compile(r"(?!.*(?:[百千][1-9]$|千[1-9]?十))(?:(\d)千0?)?(?:(\d)百0?)?(?:(\d?)(十))?(\d)?")
TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[点时:]([0-5]\d)(?!\d)分?|[点时](\d)分)")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
COUNTING_SIGNS = "%‰"  # punctuation to Unicode, but 5% is not 5


class FillIn:
    name = TypeName.FILL_IN
    interaction = Interaction.TEXT
    label = "填空题"

    def problems(self, question: Question) -> list[Problem]:
        found = common_problems(question) + _stem_problems(question) + _wording_problems(question)
        if not question.blanks:
            found.append(Problem("blanks", "没有答案，请为每个空填写答案。"))
        if len(question.blanks) > MAX_PARTS:
            found.append(Problem("blanks", f"最多 {MAX_PARTS} 个空，现有 {len(question.blanks)} 个。"))
        if question.options or question.key:
            found.append(Problem("options", "填空题没有选项，请删除选项，或把题型改为单选、多选。"))
        return found + (_overlap_problems(question) if question.any_order else [])

    def response(self, question: Question, raw: object) -> Response:
        """One text for each blank, kept as typed; () when there is nothing in any of them."""
        given = strings(raw, most=len(question.blanks))
        given += [""] * (len(question.blanks) - len(given))
        return tuple(given) if any(text.strip() for text in given) else ()

    def fraction(self, question: Question, response: Response, rule: MultipleRule) -> Fraction:
        """Share of the blanks that are right; blanks of one list may be filled in any order, each once."""
        if not question.blanks:
            return Fraction(0)
        accepted = [{plain(wording) for wording in wordings} - {""} for wordings in question.blanks]
        given = [plain(text) for text in texts(response)]
        right = _best_match(given, accepted) if question.any_order else _right_in_place(given, accepted)
        return Fraction(right, len(accepted))

    def rule_text(self, rule: MultipleRule) -> str:
        return "按填对的空数得分，每空分值相同；标点、空格、大小写和全角半角不影响得分。"

    def key_text(self, question: Question) -> str:
        text = "；".join(f"第{number}空：{_wordings_text(w)}" for number, w in enumerate(question.blanks, start=1))
        return f"{text}（顺序不限）" if question.any_order and len(question.blanks) > 1 else text

    def response_text(self, question: Question, response: Response) -> str:
        given = enumerate(texts(response), start=1)
        return "；".join(f"第{number}空：{text.strip() or '未填'}" for number, text in given) or NOT_ANSWERED

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
    """The text as it is compared: no spaces, no punctuation, one width, one case, numerals and times in figures."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    solid = "".join(c for c in folded if unicodedata.category(c)[0] not in "ZC")
    figures = THOUSANDS.sub("", NUMERAL.sub(lambda run: _figures(run[0]), solid))
    return _without_punctuation(TIME.sub(_clock_time, figures))


def _figures(run: str) -> str:
    digits = run.translate(DIGITS)
    if digits.isdecimal():
        return digits
    said = PROPER_NUMERAL.fullmatch(digits)
    if not said:
        return run
    thousands, hundreds, tens, ten, ones = said.groups()
    tens = (tens or "1") if ten else "0"
    return str(int(thousands or 0) * 1000 + int(hundreds or 0) * 100 + int(tens) * 10 + int(ones or 0))


def _clock_time(time: re.Match[str]) -> str:
    hour, minutes, minute = time.groups()
    return f"{int(hour)}:{int(minutes or minute):02}"


def _without_punctuation(text: str) -> str:
    """Drop punctuation, but keep what stands between figures: 3.5 is not 35, and 3、5 is neither."""
    runs = [(mark, "".join(characters)) for mark, characters in groupby(text, key=_is_punctuation)]
    kept = []
    for index, (mark, run) in enumerate(runs):
        if not mark:
            kept.append(run)
        elif 0 < index < len(runs) - 1 and runs[index - 1][1][-1].isdecimal() and runs[index + 1][1][0].isdecimal():
            kept.append(run if run in (".", ":") else "|")
    return "".join(kept)


def _is_punctuation(character: str) -> bool:
    # Our own separator counts as punctuation too, so that comparing twice changes nothing.
    return character in "~|" or (unicodedata.category(character)[0] == "P" and character not in COUNTING_SIGNS)


def _right_in_place(given: Sequence[str], accepted: Sequence[set[str]]) -> int:
    return sum(text in wordings for text, wordings in zip(given, accepted, strict=False))


def _best_match(given: Sequence[str], accepted: Sequence[set[str]]) -> int:
    """How many texts can be given a blank of their own (augmenting paths; at most ten of each)."""
    owner: dict[int, int] = {}

    def finds_blank(text: int, tried: set[int]) -> bool:
        for blank, wordings in enumerate(accepted):
            if given[text] in wordings and blank not in tried:
                tried.add(blank)
                if blank not in owner or finds_blank(owner[blank], tried):
                    owner[blank] = text
                    return True
        return False

    return sum(finds_blank(text, set()) for text in range(len(given)))


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
