"""Speech files as raw text, whatever a cadre hands over: .txt, .docx, .pdf, saved web pages, and through LibreOffice
.doc, .wps, .rtf and .odt.

The bytes decide what a file is, never its name. Plain text is read here; every other kind has a reader that runs in a
child process under limits. Nothing a file points to is ever opened.
"""

import re

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem
from quizapp.formats.speech_files.child import read_in_child
from quizapp.formats.speech_files.kinds import kind_of
from quizapp.formats.speech_files.plain import check_characters
from quizapp.formats.speech_files.plain import decoded
from quizapp.formats.speech_files.refusals import MAX_BYTES
from quizapp.formats.speech_files.refusals import MAX_CHARACTERS
from quizapp.formats.speech_files.refusals import Unreadable
from quizapp.formats.speech_files.refusals import check_text

__all__ = ["MAX_BYTES", "MAX_CHARACTERS", "read_pasted_text", "read_speech_file"]

PASTED = "粘贴的文字"


def read_speech_file(filename: str, content: bytes) -> str:
    """The raw text of a speech. Raises BadInput, with one sentence that says what to do, for anything else."""
    try:
        kind = kind_of(content)
        return read_in_child(kind, content) if kind else _checked(decoded(content))
    except Unreadable as reason:
        raise BadInput(filename, [Problem("", f"《{_shown_name(filename)}》{reason}")]) from reason


def read_pasted_text(text: str) -> str:
    """The text of a speech that somebody pasted, by the same rules as a text file.

    :raise BadInput: with one sentence that says what to do
    """
    try:
        return _checked(text)
    except Unreadable as reason:
        raise BadInput(PASTED, [Problem("", f"{PASTED}{reason}")]) from reason


def _checked(text: str) -> str:
    check_characters(text)
    check_text(text)
    return text


def _shown_name(filename: str) -> str:
    name = re.split(r"[/\\]", filename)[-1]
    return "".join(character for character in name if character.isprintable())[:80] or "文件"
