"""The package of a .docx: a zip that is unpacked under limits, and XML that is checked before a tree is built of it."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from io import BytesIO
from struct import error as StructError
from typing import Any
from xml.parsers import expat

from lxml import etree

from quizapp.formats.speech_files.refusals import BROKEN
from quizapp.formats.speech_files.refusals import ENCRYPTED
from quizapp.formats.speech_files.refusals import ONLY_THESE
from quizapp.formats.speech_files.refusals import SAVE_AGAIN
from quizapp.formats.speech_files.refusals import SAVE_AS_DOCX
from quizapp.formats.speech_files.refusals import Unreadable

MAX_ENTRIES = 2_000
MAX_UNPACKED = 100_000_000
MAX_ENTRY = 50_000_000
MAX_RATIO = 100
#: Smaller parts may be as uniform as they like: an empty picture is.
RATIO_COUNTS_FROM = 100_000
MAX_XML_ELEMENTS = 2_000_000
CHUNK = 1 << 16

# What a zip that is no .docx turns out to be, by a part that it holds.
OTHER_PACKAGES = {
    "xl/workbook.xml": f"是 Excel 表格：{ONLY_THESE}",
    "ppt/presentation.xml": f"是演示文稿：{ONLY_THESE}",
    "OFD.xml": "是 OFD 版式文件：请转换成 .docx，或把文字复制到 .txt 后上传。",
    "content.xml": f"是 OpenDocument 文件：{SAVE_AS_DOCX}",
}
CONTENT_TYPES = "[Content_Types].xml"
USUAL_MAIN_PART = "word/document.xml"
MACROS = "含有宏：请用 Word 另存为不带宏的 .docx 后重新上传。"
DOCTYPE = f"含有不安全的 XML 声明（DOCTYPE）：{SAVE_AGAIN}"
BOMB = f"解压后过大或文件过多，可能是压缩炸弹：{SAVE_AGAIN}"

#: The names that the strict form of the standard uses, and the usual ones.
STRICT = (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://purl.oclc.org/ooxml/officeDocument/")
USUAL = (
    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/",
)

ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, OverflowError, StructError)
XML_FAULTS = (expat.ExpatError, SyntaxError, ValueError, LookupError)


def read_parts(content: bytes) -> dict[str, bytes]:
    """The XML parts by name; every part is unpacked and counted, every XML part is checked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            _check_directory(entries)
            return dict(_unpacked(package, entries))
    except ZIP_FAULTS as fault:
        raise Unreadable(BROKEN) from fault


def main_part(parts: Mapping[str, bytes]) -> str:
    """The name of the part that holds the text."""
    for name in (related_parts(parts, "").get("officeDocument", ""), USUAL_MAIN_PART):
        if name in parts:
            return name
    raise Unreadable(BROKEN)


def related_parts(parts: Mapping[str, bytes], name: str) -> dict[str, str]:
    """The parts inside this package that a part (empty for the package itself) points to, by what they are to it."""
    folder, base = posixpath.split(name)
    relations = parts.get(posixpath.join(folder, "_rels", f"{base}.rels"))
    if relations is None:
        return {}
    inside = [e for e in tree(relations) if isinstance(e.tag, str) and e.get("TargetMode") != "External"]
    targets = {(e.get("Type") or "").rpartition("/")[2]: e.get("Target") or "" for e in reversed(inside)}
    return {kind: posixpath.normpath(posixpath.join("/", folder, target))[1:] for kind, target in targets.items()}


def tree(part: bytes) -> Any:
    """The elements of an XML part that has passed the checks: nothing is looked up, nothing is replaced."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    for strict, usual in zip(STRICT, USUAL, strict=True):
        part = part.replace(strict, usual)
    try:
        root = etree.fromstring(part, parser)
    except XML_FAULTS as fault:
        raise Unreadable(BROKEN) from fault
    if root.getroottree().docinfo.doctype:
        raise Unreadable(DOCTYPE)
    return root


def _check_directory(entries: Sequence[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable(BOMB)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(ENCRYPTED)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable(MACROS)
    if len(set(names)) < len(names):
        raise Unreadable(BROKEN)
    if not any(re.fullmatch(r"word/document\d{0,3}\.xml", name) for name in names):
        known = (reason for name, reason in OTHER_PACKAGES.items() if name in names)
        raise Unreadable(next(known, f"不是 Word 文档（缺少正文）：{ONLY_THESE}"))


def _unpacked(package: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    room = MAX_UNPACKED
    for entry in entries:
        part = _unpack(package, entry, min(room, MAX_ENTRY))
        room -= len(part)
        if entry.filename == CONTENT_TYPES and b"macroEnabled" in part:
            raise Unreadable(MACROS)
        if entry.filename.lower().endswith((".xml", ".rels")):
            _check_xml(part)
            yield entry.filename, part


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """One part, counting what really comes out: the sizes in the directory may lie."""
    chunks, size = [], 0
    with package.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most or (size > RATIO_COUNTS_FROM and size > MAX_RATIO * max(entry.compress_size, 1)):
                raise Unreadable(BOMB)
            chunks.append(chunk)
    return b"".join(chunks)


def _check_xml(part: bytes) -> None:
    """Refuse a DOCTYPE before anything in it is read, and XML that is broken or too rich to build a tree of."""
    left = MAX_XML_ELEMENTS

    def refuse_doctype(*_: object) -> None:
        raise Unreadable(DOCTYPE)

    def count_element(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Unreadable(f"结构过于复杂：{SAVE_AGAIN}")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = count_element
    try:
        parser.Parse(part, True)
    except XML_FAULTS as fault:
        raise Unreadable(BROKEN) from fault
