"""The text layer of a .pdf, through PDFium: each visual line with its place, then whole paragraphs (pdf_lines.py).

Nothing in the file is run or fetched: no form is filled, no action taken, no attachment opened.
"""

import ctypes
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium

from quizapp.formats.speech_files.pdf_lines import GAP_MARK
from quizapp.formats.speech_files.pdf_lines import Line
from quizapp.formats.speech_files.pdf_lines import paragraphs
from quizapp.formats.speech_files.radicals import as_ideographs
from quizapp.formats.speech_files.refusals import COPY_TEXT
from quizapp.formats.speech_files.refusals import MAX_CHARACTERS
from quizapp.formats.speech_files.refusals import Unreadable
from quizapp.formats.speech_files.refusals import too_long

MAX_PAGES = 500
#: In ems, a gap that no justified line has.
GAP = 2.0
#: A page with fewer letters than this has no text to speak of.
BARE = 20
#: Of the letters of a text, the share that may stand for no character at all.
MAX_UNKNOWN = 0.1

SCAN = "是扫描件，没有可读取的文字：请用文字识别（OCR）软件转成文字并核对，存成 .docx 或 .txt 后重新上传。"
LOCKED = "是加密的 PDF：请打开后去掉密码另存，再重新上传。"
BROKEN = f"是 PDF 文件，但已损坏，无法打开：{COPY_TEXT}"
GARBLED = f"是 PDF 文件，但其中的文字没有正确的编码，复制出来是乱码：{COPY_TEXT}"
LOCKS = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


@dataclass(frozen=True)
class _Character:
    text: str
    left: float
    right: float
    bottom: float
    top: float


def text_of(content: bytes) -> str:
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        raise Unreadable(LOCKED if pdfium.FPDF_GetLastError() in LOCKS else BROKEN)
    try:
        return _document_text(document)
    finally:
        pdfium.FPDF_CloseDocument(document)


def _document_text(document: Any) -> str:
    count = pdfium.FPDF_GetPageCount(document)
    if count > MAX_PAGES:
        raise Unreadable(f"有 {count} 页，最多 {MAX_PAGES} 页：请拆成几个文件后重新上传。")
    pages: list[list[Line]] = []
    length = 0
    for number in range(count):
        pages.append(_page_lines(document, number))
        length += sum(len(line.text) for line in pages[-1])
        if length > 2 * MAX_CHARACTERS:
            raise too_long(length)
    _check_layer(pages)
    return "\n".join(paragraphs(pages))


def _check_layer(pages: Sequence[Sequence[Line]]) -> None:
    """Refuse pictures of pages, and letters that stand for nothing."""
    texts = ["".join(line.text for line in page) for page in pages]
    letters = [sum(character.isalnum() for character in text) for text in texts]
    unknown = sum(character == "\ufffd" or "\ue000" <= character <= "\uf8ff" for text in texts for character in text)
    if unknown > BARE and unknown > MAX_UNKNOWN * sum(letters):
        raise Unreadable(GARBLED)
    bare = sum(count < BARE for count in letters)
    if not any(letters) or (len(pages) > 1 and 2 * bare > len(pages)):
        raise Unreadable(SCAN)


def _page_lines(document: Any, number: int) -> list[Line]:
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise Unreadable(BROKEN)
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        if not text_page:
            return []
        height = pdfium.FPDF_GetPageHeightF(page)
        return [_line(characters, number, height) for characters in _visual_lines(text_page)]
    finally:
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _visual_lines(text_page: Any) -> Iterator[list[_Character]]:
    """The characters between the breaks that PDFium finds from their places; blank lines left out."""
    line: list[_Character] = []
    for character in _characters(text_page):
        if character.text not in "\r\n":
            line.append(character)
        elif any(other.text.strip() for other in line):
            yield line
            line = []
    if any(other.text.strip() for other in line):
        yield line


def _characters(text_page: Any) -> Iterator[_Character]:
    count = pdfium.FPDFText_CountChars(text_page)
    if count > 10 * MAX_CHARACTERS:
        raise too_long(count)
    sides = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = sides
    places = [ctypes.byref(side) for side in sides]
    high = 0
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if not pdfium.FPDFText_GetCharBox(text_page, index, *places):
            left.value = right.value = bottom.value = top.value = 0.0
        yield _Character(_written(code), left.value, right.value, bottom.value, top.value)


def _written(code: int) -> str:
    """A character; nothing for what only steers (a hyphen that PDFium marks at the end of a line, a mark of order)."""
    if code < 0x20 and code not in (0x09, 0x0A, 0x0D) or code in (0xFFFE, 0xFFFF, 0xFEFF) or code > 0x10FFFF:
        return ""
    return as_ideographs(chr(code))


def _line(characters: Sequence[_Character], page: int, page_height: float) -> Line:
    seen = [character for character in characters if character.text.strip()]
    # The largest letter of a line nearly fills an em one way or the other; most punctuation does not.
    em = max(1.0, *(max(character.right - character.left, character.top - character.bottom) for character in seen))
    return Line(
        text="".join(_with_gaps(characters, em)).strip(),
        page=page,
        left=min(character.left for character in seen),
        right=max(character.right for character in seen),
        middle=median((character.top + character.bottom) / 2 for character in seen),
        em=em,
        page_height=max(page_height, 1.0),
    )


def _with_gaps(characters: Sequence[_Character], em: float) -> Iterator[str]:
    """The characters of a line, with a tab for a gap as between the cells of a table."""
    before: _Character | None = None
    for character in characters:
        if character.text.strip():
            if before is not None and character.left - before.right > GAP * em:
                yield GAP_MARK
            before = character
        yield character.text.replace(GAP_MARK, " ")
