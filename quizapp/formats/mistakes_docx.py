"""One's own mistakes as .docx, to be worked through on paper: in the form of the office's other papers (GB/T 9704)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from quizapp.formats.official_docx import BODY_FONT
from quizapp.formats.official_docx import BODY_SIZE
from quizapp.formats.official_docx import HEAD_FONT
from quizapp.formats.official_docx import LINE
from quizapp.formats.official_docx import SUBHEAD_FONT
from quizapp.formats.official_docx import add_title
from quizapp.formats.official_docx import content_of
from quizapp.formats.official_docx import indent
from quizapp.formats.official_docx import official_document
from quizapp.formats.official_docx import write
from quizapp.formats.tables import clean


class Answers(Enum):
    """Where answers stand on the paper."""

    NONE = "none"
    UNDER = "under"
    END = "end"


@dataclass(frozen=True)
class PrintedMistake:
    """A question in words: `head` says what kind it is, `lines` ask it, `answers` tell what is right and why."""

    number: int
    head: str
    lines: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class PrintedPart:
    """The mistakes of one heading of a speech; the speech is named where it begins, else ""."""

    speech: str
    heading: str
    mistakes: tuple[PrintedMistake, ...]


@dataclass(frozen=True)
class MistakesPaper:
    """A book of mistakes in words."""

    title: str
    about: tuple[str, ...]
    parts: tuple[PrintedPart, ...]
    answers: Answers

    @property
    def mistakes(self) -> Iterator[PrintedMistake]:
        return (mistake for part in self.parts for mistake in part.mistakes)


def write_mistakes(paper: MistakesPaper) -> bytes:
    """The book as a document: the questions, and answers under each or all at the end."""
    document = official_document(clean(paper.title))
    add_title(document, clean(paper.title))
    _add_line(document, "")
    for line in paper.about:
        _add_line(document, line)
    for part in paper.parts:
        _add_part(document, part, with_answers=paper.answers is Answers.UNDER)
    if paper.answers is Answers.END:
        _add_key(document, paper)
    return content_of(document)


def _add_part(document: Any, part: PrintedPart, *, with_answers: bool) -> None:
    if part.speech:
        _add_head(document, part.speech, HEAD_FONT)
    if part.heading:
        _add_head(document, part.heading, SUBHEAD_FONT)
    for mistake in part.mistakes:
        first, *rest = mistake.lines
        asked = [_add_line(document, f"{mistake.number}. {mistake.head}{first}")]
        asked += [_add_line(document, line) for line in rest]
        answers = [_add_line(document, line) for line in mistake.answers] if with_answers else []
        # A question is not parted from its options by the end of a page; from its answer it may be.
        for paragraph in asked[:-1] + answers[:1]:
            paragraph.paragraph_format.keep_with_next = True


def _add_key(document: Any, paper: MistakesPaper) -> None:
    head = _add_head(document, "答案和原句", HEAD_FONT)
    head.paragraph_format.page_break_before = True
    for mistake in paper.mistakes:
        for index, line in enumerate(mistake.answers):
            _add_line(document, line if index else f"{mistake.number}. {line}")


def _add_head(document: Any, text: str, font: str) -> Any:
    head = _add_line(document, text, font)
    head.paragraph_format.keep_with_next = True
    return head


def _add_line(document: Any, text: str, font: str = BODY_FONT) -> Any:
    paragraph = document.add_paragraph()
    write(paragraph, clean(text), font, BODY_SIZE, LINE)
    indent(paragraph, first=2)
    return paragraph
