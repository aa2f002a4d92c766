"""What a file is. Its bytes decide, never its name."""

import re
import shutil

from quizapp.formats.speech_files.plain import MARKS
from quizapp.formats.speech_files.refusals import COPY_TEXT
from quizapp.formats.speech_files.refusals import ENCRYPTED
from quizapp.formats.speech_files.refusals import MAX_BYTES
from quizapp.formats.speech_files.refusals import ONLY_THESE
from quizapp.formats.speech_files.refusals import SAVE_AS_DOCX
from quizapp.formats.speech_files.refusals import Unreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
RTF = b"{\\rtf"
PDF = b"%PDF-"
#: How the first entry of every OpenDocument text begins: its type, stored as it is under this name.
ODT = b"mimetypeapplication/vnd.oasis.opendocument.text"
PICTURE = f"是图片，不是文档：请把图中的文字录成文档。{ONLY_THESE}"
ARCHIVE = "是压缩包：请先解压，再上传其中的讲话文件。"
REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"II*\0", PICTURE),
    (b"MM\0*", PICTURE),
    (b"RIFF", PICTURE),
    (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
)
BLANK = b" \t\r\n\0"
HEAD = 4_000
#: How a page begins that a browser saved, or Word.
PAGE = re.compile(
    r"\s*+(?:<!--.{0,1000}?-->\s*+){0,5}<(?:!doctype\s+html|(?:html|head|body|title|meta|link|style|script|div|table|p"
    r"|h[1-6]|section|article|center|font|span)\b)"
    r"|\s*+<\?xml[^>]{0,200}>\s*+<(?:!doctype\s+html|html\b)",
    re.IGNORECASE | re.DOTALL,
)
OTHER_MARKUP = re.compile(r"\s*+<(?:\?xml\b|!doctype\b)", re.IGNORECASE)
#: The header lines of a page saved as one file, as mail is: .mht.
ARCHIVE_HEAD = re.compile(
    r"\s*+(?:[A-Za-z-]{1,40}:[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n){0,20}){0,30}?MIME-Version:", re.I
)
OLD_WORD = "WordDocument".encode("utf-16-le")
SECTOR = 512


def kind_of(content: bytes) -> str:
    """The name of the reader for these bytes; empty for plain text.

    :raise Unreadable: for what has no reader
    """
    if not content:
        raise Unreadable(f"是空文件：{ONLY_THESE}")
    if len(content) > MAX_BYTES:
        raise Unreadable(f"太大：最大 {MAX_BYTES // 1_000_000} MB，请删去图片或拆成几个文件后重新上传。")
    for magic, reason in REFUSED:
        if content.startswith(magic):
            raise Unreadable(reason)
    return _packed_kind(content) or _marked_up_kind(content)


def _packed_kind(content: bytes) -> str:
    if content.startswith(OLE):
        return _ole_kind(content)
    if content.startswith(ZIP):
        return _office_kind("OpenDocument 文件") if ODT in content[:200] else "docx"
    if content.startswith(RTF):
        return _office_kind("RTF 文件")
    return "pdf" if content[:HEAD].lstrip(BLANK + b"\xef\xbb\xbf").startswith(PDF) else ""


def _ole_kind(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content or _has_old_password(content):
        raise Unreadable(ENCRYPTED)
    if OLD_WORD not in content:
        raise Unreadable(f"是旧版 Office 文件：{SAVE_AS_DOCX}")
    return _office_kind("旧版 Word 文件（.doc）")


def _has_old_password(content: bytes) -> bool:
    """Whether the head of a .doc (the first sector with its mark) says that what follows is encrypted."""
    heads = (content[place : place + 12] for place in range(SECTOR, len(content), SECTOR))
    head = next((head for head in heads if head.startswith(b"\xec\xa5")), b"")
    return len(head) == 12 and bool(head[11] & 1)


def _office_kind(name: str) -> str:
    """LibreOffice reads these, where it is installed."""
    if converter() is None:
        raise Unreadable(f"是{name}：{SAVE_AS_DOCX}")
    return "office"


def converter() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _marked_up_kind(content: bytes) -> str:
    head = content[:HEAD]
    encoding = next((name for mark, name in MARKS.items() if head.startswith(mark)), "latin-1")
    # Of a page in any encoding, what is looked at here is ASCII; the cut may fall inside a character.
    text = head[: HEAD - 2 if len(content) > HEAD else len(head)].decode(encoding, "ignore")
    if PAGE.match(text) or ARCHIVE_HEAD.match(text):
        return "html"
    if OTHER_MARKUP.match(text):
        raise Unreadable(f"是标记文件，不是网页：{COPY_TEXT}")
    return ""
