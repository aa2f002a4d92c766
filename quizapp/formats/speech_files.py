"""Speech files as raw text: .txt in the encodings Chinese offices use, and .docx.

The bytes decide what a file is, never its name. A .docx is unpacked here under limits, and only the text of its main
part and what numbers its paragraphs are looked at: nothing a file points to is ever opened.
"""

import codecs
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from io import BytesIO
from struct import error as StructError
from typing import Any
from xml.parsers import expat

from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from quizapp.core.errors import BadInput
from quizapp.core.errors import Problem

MAX_BYTES = 10_000_000
MAX_CHARACTERS = 200_000
MAX_ENTRIES = 2_000
MAX_UNPACKED = 100_000_000
MAX_ENTRY = 50_000_000
MAX_RATIO = 100
#: Smaller parts may be as uniform as they like: an empty picture is.
RATIO_COUNTS_FROM = 100_000
MAX_XML_ELEMENTS = 2_000_000
CHUNK = 1 << 16
#: More control characters than one in so many, and it is no text.
MAX_CONTROLS = 200

SAVE_AS_DOCX = "请用 Word 或 WPS 打开后另存为 .docx，再重新上传。"
SAVE_AGAIN = "请用 Word 或 WPS 打开，确认无误后另存为 .docx，再重新上传。"
ONLY_THESE = "请上传 .docx 或 .txt 格式的讲话。"
SAVE_AS_UTF8 = "请用记事本打开，另存为 UTF-8 编码后重新上传。"

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
PICTURE = f"是图片，不是文档：请把图中的文字录成文档。{ONLY_THESE}"
ARCHIVE = "是压缩包：请先解压，再上传其中的讲话文件。"
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "是 PDF 文件：请转换成 .docx，或把文字复制到 .txt 后上传。"),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"II*\0", PICTURE),
    (b"MM\0*", PICTURE),
    (b"RIFF", PICTURE),
    (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
    (b"{\\rtf", f"是 RTF 文件：{SAVE_AS_DOCX}"),
)
#: How marked-up text begins, which is not what anybody wants to study.
MARKUP = re.compile(r"<(?:!doctype|html|\?xml|head|body)\b|mime-version:", re.IGNORECASE)

# What a zip that is no .docx turns out to be, by a part that it holds.
OTHER_PACKAGES = {
    "xl/workbook.xml": f"是 Excel 表格：{ONLY_THESE}",
    "ppt/presentation.xml": f"是演示文稿：{ONLY_THESE}",
    "OFD.xml": "是 OFD 版式文件：请转换成 .docx，或把文字复制到 .txt 后上传。",
    "content.xml": f"是 OpenDocument 文件：{SAVE_AS_DOCX}",
}
DOCUMENT = "word/document.xml"
NUMBERING = "word/numbering.xml"
STYLES = "word/styles.xml"
CONTENT_TYPES = "[Content_Types].xml"

BROKEN = f"已损坏，无法打开：{SAVE_AGAIN}"
ENCRYPTED = "是加密文件：请在 Word 中去掉密码后重新上传。"
ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, OverflowError, StructError)
XML_FAULTS = (expat.ExpatError, SyntaxError, ValueError, LookupError)


class _Unreadable(Exception):
    """Why a file cannot be taken and what to do, as the rest of a sentence that begins with its name."""


def read_speech_file(filename: str, content: bytes) -> str:
    """The raw text of a speech. Raises BadInput, with one sentence that says what to do, for anything else."""
    try:
        text = _text(content)
        _check_text(text)
    except _Unreadable as reason:
        raise BadInput(filename, [Problem("", f"《{_shown_name(filename)}》{reason}")]) from reason
    return text


def _text(content: bytes) -> str:
    if not content:
        raise _Unreadable(f"是空文件：{ONLY_THESE}")
    if len(content) > MAX_BYTES:
        raise _Unreadable(f"太大：最大 {MAX_BYTES // 1_000_000} MB，请删去图片或拆成几个文件后重新上传。")
    if content.startswith(OLE):
        raise _Unreadable(_ole_reason(content))
    for magic, reason in MAGIC:
        if content.startswith(magic):
            raise _Unreadable(reason)
    return _docx_text(content) if content.startswith(ZIP) else _plain_text(content)


def _check_text(text: str) -> None:
    if not any(character.isalnum() for character in text):
        raise _Unreadable("里没有文字：如果内容是图片或扫描件，请先把文字录成文档再上传。")
    if len(text) > MAX_CHARACTERS:
        raise _Unreadable(f"太长：最多 {MAX_CHARACTERS} 个字符，现有 {len(text)} 个，请拆成几个文件后重新上传。")


def _ole_reason(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return ENCRYPTED
    if "WordDocument".encode("utf-16-le") in content:
        return f"是旧版 Word 文件（.doc）：{SAVE_AS_DOCX}"
    return f"是旧版 Office 文件：{SAVE_AS_DOCX}"


def _shown_name(filename: str) -> str:
    name = re.split(r"[/\\]", filename)[-1]
    return "".join(character for character in name if character.isprintable())[:80] or "文件"


# Plain text


def _plain_text(content: bytes) -> str:
    text = _decoded(content)
    if "\0" in text:
        raise _Unreadable(f"含有二进制内容，不是文本文件：{ONLY_THESE}")
    controls = sum(character < " " and character not in "\t\n\v\f\r\x1a" for character in text)
    if controls * MAX_CONTROLS > len(text):
        raise _Unreadable(f"含有大量控制字符，不是文本文件：{ONLY_THESE}")
    if MARKUP.match(text[:1000].lstrip()):
        raise _Unreadable("是网页或标记文件：请把其中的文字复制到 .txt 后上传。")
    return text


def _decoded(content: bytes) -> str:
    """By byte-order mark, else UTF-8, else GB18030, each to the letter: an encoding is never guessed."""
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    marked = [encoding for mark, encoding in marks.items() if content.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or "\0" in text or _reads_as_chinese(text):
            return text
    raise _Unreadable(f"的文字编码无法识别：{SAVE_AS_UTF8}")


def _reads_as_chinese(text: str) -> bool:
    """Whether text decoded as GB18030 is made of common characters.

    Nearly any bytes decode; what was Big5 or Japanese comes out as rare characters and kana.
    """
    letters = [character for character in text if character > "\x7f" and character.isalpha()]
    common = sum(b"\xb0" <= character.encode("gb2312", "ignore")[:1] <= b"\xd7" for character in letters)
    kana = sum("\u3040" <= character <= "\u30ff" for character in letters)
    return common >= 0.4 * len(letters) and kana <= 0.1 * len(letters)


# The package of a .docx


def _docx_text(content: bytes) -> str:
    parts = _parts(content)
    document = _xml(parts[DOCUMENT])
    return "\n".join(_lines(document, _markers(parts)))


def _markers(parts: Mapping[str, bytes]) -> "_Markers | None":
    if NUMBERING not in parts:
        return None
    return _Markers(_xml(parts[NUMBERING]), _xml(parts[STYLES]) if STYLES in parts else None)


def _parts(content: bytes) -> dict[str, bytes]:
    """The parts that are read, by name; every part is unpacked and counted, every XML part is checked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            _check_directory(entries)
            return dict(_unpacked(package, entries))
    except ZIP_FAULTS as fault:
        raise _Unreadable(BROKEN) from fault


def _check_directory(entries: Sequence[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _Unreadable(f"解压后过大或文件过多，可能是压缩炸弹：{SAVE_AGAIN}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise _Unreadable(ENCRYPTED)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _Unreadable("含有宏：请用 Word 另存为不带宏的 .docx 后重新上传。")
    if len(set(names)) < len(names):
        raise _Unreadable(BROKEN)
    if DOCUMENT not in names:
        known = (reason for name, reason in OTHER_PACKAGES.items() if name in names)
        raise _Unreadable(next(known, f"不是 Word 文档（缺少正文）：{ONLY_THESE}"))


def _unpacked(package: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    room = MAX_UNPACKED
    for entry in entries:
        part = _unpack(package, entry, min(room, MAX_ENTRY))
        room -= len(part)
        if entry.filename.lower().endswith((".xml", ".rels")):
            _check_xml(part)
        if entry.filename == CONTENT_TYPES and b"macroEnabled" in part:
            raise _Unreadable("含有宏：请用 Word 另存为不带宏的 .docx 后重新上传。")
        if entry.filename in (DOCUMENT, NUMBERING, STYLES):
            yield entry.filename, part


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """One part, counting what really comes out: the sizes in the directory may lie."""
    chunks, size = [], 0
    with package.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most or (size > RATIO_COUNTS_FROM and size > MAX_RATIO * max(entry.compress_size, 1)):
                raise _Unreadable(f"解压后过大，可能是压缩炸弹：{SAVE_AGAIN}")
            chunks.append(chunk)
    return b"".join(chunks)


def _check_xml(part: bytes) -> None:
    """Refuse a DOCTYPE before anything in it is read, and XML that is broken or too rich to build a tree of."""
    left = MAX_XML_ELEMENTS

    def refuse_doctype(*_: object) -> None:
        raise _Unreadable(f"含有不安全的 XML 声明（DOCTYPE）：{SAVE_AGAIN}")

    def count_element(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _Unreadable(f"结构过于复杂：{SAVE_AGAIN}")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = count_element
    try:
        parser.Parse(part, True)
    except XML_FAULTS as fault:
        raise _Unreadable(BROKEN) from fault


def _xml(part: bytes) -> Any:
    try:
        root = parse_xml(part)
    except XML_FAULTS as fault:
        raise _Unreadable(BROKEN) from fault
    if root.getroottree().docinfo.doctype:
        raise _Unreadable(f"含有不安全的 XML 声明（DOCTYPE）：{SAVE_AGAIN}")
    return root


# The text of the main part, in reading order

COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
#: Deleted and moved-away text, the second copy of a drawing, the reading aid above a character.
NOT_READ = {qn("w:del"), qn("w:moveFrom"), qn("w:rt"), qn("w:pPr"), qn("w:rPr"), f"{COMPATIBILITY}Fallback"}
BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
TEXT, PARAGRAPH, TEXT_BOX = qn("w:t"), qn("w:p"), qn("w:txbxContent")
TABLE, ROW, CELL = qn("w:tbl"), qn("w:tr"), qn("w:tc")


def _lines(element: Any, markers: "_Markers | None") -> Iterator[str]:
    """The paragraphs under an element, tables and text boxes where they stand."""
    for child in element:
        if child.tag == PARAGRAPH:
            yield (markers.marker(child) if markers else "") + "".join(_words(child))
            yield from _boxed_lines(child, markers)
        elif child.tag == TABLE:
            yield from _table_lines(child, markers)
        elif child.tag not in NOT_READ:
            yield from _lines(child, markers)


def _words(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == TEXT:
            yield child.text or ""
        elif child.tag in BREAKS:
            yield BREAKS[child.tag]
        elif child.tag not in NOT_READ and child.tag != TEXT_BOX:
            yield from _words(child)


def _boxed_lines(paragraph: Any, markers: "_Markers | None") -> Iterator[str]:
    for child in paragraph:
        if child.tag == TEXT_BOX:
            yield from _lines(child, markers)
        elif child.tag not in NOT_READ:
            yield from _boxed_lines(child, markers)


def _table_lines(table: Any, markers: "_Markers | None") -> Iterator[str]:
    """A row is a line, its cells apart by tabs; a row with one filled cell only frames that cell's paragraphs."""
    for row in _nearest(table, ROW):
        cells = [[line for line in _lines(cell, markers) if line.strip()] for cell in _nearest(row, CELL)]
        filled = [lines for lines in cells if lines]
        yield from filled[0] if len(filled) == 1 else ["\t".join(" ".join(lines) for lines in filled)]


def _nearest(element: Any, tag: str) -> Iterator[Any]:
    """The elements of this tag under an element, not those inside one of them."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in NOT_READ:
            yield from _nearest(child, tag)


# The numbers that Word writes before paragraphs, which stand nowhere in their text: without them a speech whose
# headings are numbered automatically would have no headings


@dataclass(frozen=True)
class _Level:
    """How one level of a list is numbered; `text` is like `（%1）`. `restart` is a first number set anew."""

    start: int
    form: str
    text: str
    restart: int | None = None


class _Markers:
    """Counts the numbered paragraphs of a document, which must be asked about in their order."""

    def __init__(self, numbering: Any, styles: Any | None):
        abstract = {_value(e, "w:abstractNumId"): e for e in numbering.iterchildren(qn("w:abstractNum"))}
        lists = {_value(e, "w:numId"): e for e in numbering.iterchildren(qn("w:num"))}
        self._list_of = {number: _child_value(e, "w:abstractNumId") for number, e in lists.items()}
        self._levels = {n: _levels(abstract.get(self._list_of[n]), e) for n, e in lists.items()}
        self._of_style = dict(_style_numbers(styles)) if styles is not None else {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._restarted: set[tuple[str, int]] = set()

    def marker(self, paragraph: Any) -> str:
        number, depth = self._place(paragraph)
        level = self._levels.get(number, {}).get(depth)
        if level is None or level.form == "bullet":
            return ""
        self._count(number, depth, level)
        return re.sub("%([1-9])", lambda place: self._shown(number, int(place[1]) - 1), level.text)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return "", 0
        of_style = self._of_style.get(_child_value(properties, "w:pStyle"), ("", 0))
        numbering = properties.find(qn("w:numPr"))
        if numbering is None:
            return of_style
        return _child_value(numbering, "w:numId") or of_style[0], _child_number(numbering, "w:ilvl", of_style[1])

    def _count(self, number: str, depth: int, level: _Level) -> None:
        counts = self._counts[self._list_of[number]]
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        if level.restart is not None and (number, depth) not in self._restarted:
            self._restarted.add((number, depth))
            counts[depth] = level.restart

    def _shown(self, number: str, depth: int) -> str:
        level = self._levels[number].get(depth)
        if level is None:
            return ""
        return FORMS.get(level.form, str)(self._counts[self._list_of[number]].get(depth, level.start))


def _levels(abstract: Any | None, own: Any) -> dict[int, _Level]:
    if abstract is None:
        return {}
    levels = {_number(_value(e, "w:ilvl"), 0): _level(e) for e in abstract.iterchildren(qn("w:lvl"))}
    for override in own.iterchildren(qn("w:lvlOverride")):
        depth = _number(_value(override, "w:ilvl"), 0)
        if (start := override.find(qn("w:startOverride"))) is not None and depth in levels:
            levels[depth] = replace(levels[depth], restart=_number(_value(start, "w:val"), 1))
    return levels


def _level(element: Any) -> _Level:
    return _Level(
        start=_child_number(element, "w:start", 1),
        form=_child_value(element, "w:numFmt"),
        text=_child_value(element, "w:lvlText"),
    )


def _style_numbers(styles: Any) -> Iterator[tuple[str, tuple[str, int]]]:
    """The list and level that each paragraph style brings, its own or that of a style it is based on."""
    by_id = {_value(style, "w:styleId"): style for style in styles.iterchildren(qn("w:style"))}
    for style_id, style in by_id.items():
        seen: set[str] = set()
        while style is not None and (name := _value(style, "w:styleId")) not in seen:
            seen.add(name)
            numbering = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if numbering is not None:
                yield style_id, (_child_value(numbering, "w:numId"), _child_number(numbering, "w:ilvl", 0))
                break
            style = by_id.get(_child_value(style, "w:basedOn"))


def _value(element: Any, attribute: str) -> str:
    return element.get(qn(attribute)) or ""


def _child_value(element: Any, tag: str) -> str:
    child = element.find(qn(tag))
    return "" if child is None else _value(child, "w:val")


def _child_number(element: Any, tag: str, default: int) -> int:
    return _number(_child_value(element, tag), default)


def _number(written: str, default: int) -> int:
    return int(written) if re.fullmatch("[0-9]{1,6}", written) else default


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    digits = " 一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + digits[ones].strip()


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 0 < number <= 20 else str(number)


def _letter(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26)


FORMS: Mapping[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographTraditional": lambda number: "甲乙丙丁戊己庚辛壬癸"[(number - 1) % 10],
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": lambda number: str(number).translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    "upperLetter": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
    "none": lambda _: "",
}
