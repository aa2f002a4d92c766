"""How an answer is written down where there are no boxes to tap: ABD, 对, 1A 2C; on the answer sheet and in its form.

The question is always the one that was printed, so letters are those on the paper.
"""

import re
import unicodedata
from collections.abc import Callable
from collections.abc import Mapping

from quizapp.core.question import Interaction
from quizapp.core.question import Question
from quizapp.core.question import Response
from quizapp.core.types import TYPES
from quizapp.core.types import BadResponse
from quizapp.core.types.base import chosen_ids
from quizapp.core.types.base import texts

#: What people put between letters; width is folded before.
BETWEEN = re.compile(r"[\s、,;:.。/\\|+\-—–→>=~()和与及]+")
BETWEEN_BLANKS = re.compile(r"[;；|｜]")
LINE = re.compile(r"(\d{1,2})([A-Z])")
#: How people write that a statement is right or wrong, by the words of the two options.
SAID = {
    "正确": frozenset({"正确", "对", "√", "✓", "✔", "T", "TRUE", "Y", "是"}),
    "错误": frozenset({"错误", "错", "×", "✗", "✘", "X", "F", "FALSE", "N", "否"}),
}
#: How to write an answer, by how the question is answered.
EXAMPLES: Mapping[Interaction, str] = {
    Interaction.CHOICE: "填选项字母，如 A；多选连着写，如 ABD；判断填“对”或“错”",
    Interaction.TEXT: "填文字；有几个空的，各空之间用“；”隔开",
    Interaction.MATCH: "填左列序号和右列字母，如 1A 2C 3B",
    Interaction.ORDER: "按正确顺序填字母，如 CABD",
    Interaction.ESSAY: "填写全文",
}


def read_answer(question: Question, written: str) -> Response:
    """What somebody wrote down, as a value; nothing written is the cleared answer.

    :raise BadResponse: when it is no answer to this question
    """
    kind = TYPES[question.type]
    raw = READERS[kind.interaction](question, written) if written.strip() else []
    return kind.response(question, raw)


def write_answer(question: Question, response: Response) -> str:
    """A response as it would be written down, short enough for a table of keys."""
    return WRITERS[TYPES[question.type].interaction](question, response)


# Reading


def _read_choice(question: Question, written: str) -> list[str]:
    if not _is_statement(question):
        return _letters(question, _solid(written))
    said = _solid(written)
    for option in question.options:
        if said in SAID[option.text]:
            return [option.id]
    raise BadResponse("判断题请填“对”或“错”。")


def _is_statement(question: Question) -> bool:
    """Whether it asks for right or wrong: words of their own, which no letter stands for on paper."""
    return {option.text for option in question.options} == SAID.keys()


def _read_text(question: Question, written: str) -> list[str]:
    blanks = len(question.blanks)
    parts = [part.strip() for part in BETWEEN_BLANKS.split(written)] if blanks > 1 else [written.strip()]
    if len(parts) > blanks:
        raise BadResponse(f"这道题有 {blanks} 个空，却填了 {len(parts)} 段；各空之间用“；”隔开。")
    return parts


def _read_match(question: Question, written: str) -> list[str]:
    solid, lines = _solid(written), len(question.pairs)
    if solid.isalpha() and len(solid) == lines:
        return _letters(question, solid)
    if not re.fullmatch(f"({LINE.pattern})+", solid):
        raise BadResponse("请写成左列序号加右列字母，如 1A 2C。")
    placed = [""] * lines
    for number, letter in LINE.findall(solid):
        if not 1 <= int(number) <= lines:
            raise BadResponse(f"左列没有第 {int(number)} 项，只有 {lines} 项。")
        if placed[int(number) - 1]:
            raise BadResponse(f"左列第 {int(number)} 项写了两次。")
        placed[int(number) - 1] = _letters(question, letter)[0]
    return placed


def _read_order(question: Question, written: str) -> list[str]:
    letters = _letters(question, _solid(written))
    if len(letters) > len(question.options):
        raise BadResponse(f"这道题只有 {len(question.options)} 项，却排了 {len(letters)} 项。")
    return letters


def _read_essay(question: Question, written: str) -> list[str]:
    return [written.strip()]


def _solid(written: str) -> str:
    """One width, capital letters, nothing between them."""
    return BETWEEN.sub("", unicodedata.normalize("NFKC", written).upper())


def _letters(question: Question, solid: str) -> list[str]:
    ids = [option.id for option in question.options]
    for letter in solid:
        if letter not in ids:
            raise BadResponse(f"没有选项“{letter}”，这道题的选项是 {'、'.join(ids)}。")
    return list(solid)


READERS: Mapping[Interaction, Callable[[Question, str], list[str]]] = {
    Interaction.CHOICE: _read_choice,
    Interaction.TEXT: _read_text,
    Interaction.MATCH: _read_match,
    Interaction.ORDER: _read_order,
    Interaction.ESSAY: _read_essay,
}


# Writing


def _write_choice(question: Question, response: Response) -> str:
    chosen = chosen_ids(response)
    if _is_statement(question):
        return "".join(option.text for option in question.options if option.id in chosen)
    return "".join(sorted(chosen))


def _write_match(question: Question, response: Response) -> str:
    return " ".join(f"{number}{letter}" for number, letter in enumerate(texts(response), start=1) if letter)


def _write_in_a_row(question: Question, response: Response) -> str:
    return "".join(texts(response))


def _write_text(question: Question, response: Response) -> str:
    return "；".join(texts(response))


WRITERS: Mapping[Interaction, Callable[[Question, Response], str]] = {
    Interaction.CHOICE: _write_choice,
    Interaction.TEXT: _write_text,
    Interaction.MATCH: _write_match,
    Interaction.ORDER: _write_in_a_row,
    Interaction.ESSAY: _write_in_a_row,
}
