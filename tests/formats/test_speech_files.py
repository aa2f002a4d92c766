"""Speech files: every honest file gives its text, every other gives one sentence that says what to do."""

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Docx
from docx.oxml.parser import parse_xml
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.errors import BadInput
from quizapp.formats import speech_files
from quizapp.formats.speech_files import MAX_BYTES
from quizapp.formats.speech_files import MAX_CHARACTERS
from quizapp.formats.speech_files import read_speech_file

SPEECHES = sorted((Path(__file__).resolve().parents[3] / "shared" / "speeches").glob("*.txt"))
TEXT = "在办公室会议上的讲话\n同志们：\n　　今天我讲三点意见，请大家认真贯彻落实。\n"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document: Docx) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@cache
def speech_docx() -> bytes:
    document = Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    return saved(document)


def docx_with(*body: str) -> bytes:
    """A real .docx whose body holds this WordprocessingML."""
    document = Document()
    for piece in body:
        element = parse_xml(f'<w:x {W} xmlns:mc="{speech_files.COMPATIBILITY.strip("{}")}">{piece}</w:x>')
        for child in list(element):
            document.element.body.insert(len(document.element.body) - 1, child)
    return saved(document)


def repacked(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The speech as a .docx with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(speech_docx())) as package:
        contents = {name: package.read(name) for name in package.namelist()}
    change(contents)
    return zipped(contents)


def zipped(contents: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return file.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    return repacked(lambda parts: parts.update({name: content}))


def refusal(content: bytes, filename: str = "讲话.docx") -> str:
    with pytest.raises(BadInput) as refused:
        read_speech_file(filename, content)
    assert refused.value.source == filename
    (problem,) = refused.value.problems
    return problem.message


# Text files

ENCODINGS = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": TEXT.encode("utf-8-sig"),
    "UTF-16 of Windows": b"\xff\xfe" + TEXT.encode("utf-16-le"),
    "UTF-16, the other end first": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "GBK": TEXT.encode("gbk"),
    "GB18030 with rare characters": (TEXT + "㐀𠮷").encode("gb18030"),
    "only ASCII": b"A speech.",
    "UTF-8 of traditional characters": "各位同志，今天我們召開會議。".encode(),
    "GBK of traditional characters": "各位同志，今天我們召開會議，研究部署下一步工作。".encode("gbk"),
}


@pytest.mark.parametrize("content", ENCODINGS.values(), ids=ENCODINGS)
def test_text_is_read_in_each_encoding_an_office_uses(content):
    assert read_speech_file("讲话.txt", content) in (
        TEXT,
        TEXT + "㐀𠮷",
        "A speech.",
        "各位同志，今天我們召開會議。",
        "各位同志，今天我們召開會議，研究部署下一步工作。",
    )


@pytest.mark.skipif(not SPEECHES, reason="the sample speeches are not beside the repository")
@pytest.mark.parametrize("path", SPEECHES, ids=lambda path: path.stem)
def test_a_real_speech_reads_the_same_in_every_encoding_and_as_a_docx(path):
    text = path.read_text(encoding="utf-8")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        assert read_speech_file("x.txt", text.encode(encoding)) == text
    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    assert read_speech_file("x.docx", saved(document)).split() == text.split()


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1).filter(lambda t: t[0] != "\ufeff")
)
def test_what_is_saved_as_utf_8_comes_back_or_holds_nothing_to_read(text):
    try:
        assert read_speech_file("x.txt", text.encode()) == text
    except BadInput as refused:
        sentence = refused.problems[0].message
        assert "没有文字" in sentence or any(sign in sentence for sign in ("网页", "RTF", "PDF", "图片", "压缩包"))


TEXT_FAULTS = {
    "nothing": (b"", "空文件"),
    "white space": (" \r\n　\t".encode(), "没有文字"),
    "punctuation only": ("……——".encode(), "没有文字"),
    "a mark and no more": (b"\xef\xbb\xbf", "没有文字"),
    "a NUL": (TEXT.encode() + b"\0", "二进制"),
    "UTF-16 without a mark": (TEXT.encode("utf-16-le") + b"a\0b\0", "编码无法识别"),
    "UTF-32": (b"\xff\xfe\0\0" + TEXT.encode("utf-32-le"), "二进制"),
    "control characters": (b"\x01\x02\x03 abc", "控制字符"),
    "UTF-16 broken off": (b"\xff\xfe" + TEXT.encode("utf-16-le")[:-1], "编码无法识别"),
    "UTF-16 with half a character": (b"\xff\xfe\x00\xd8a\x00", "编码无法识别"),
    "a mark of UTF-8 before GBK": (b"\xef\xbb\xbf" + TEXT.encode("gbk"), "编码无法识别"),
    "Big5": ("各位同志，今天我們召開會議，研究部署下一步工作。".encode("big5"), "编码无法识别"),
    "EUC-JP": ("情況を報告します。今日は会議です。".encode("euc-jp"), "编码无法识别"),
    "Latin-1": ("déjà vu, ça va être là".encode("latin-1"), "编码无法识别"),
    "too long": ("字".encode() * (MAX_CHARACTERS + 1), "太长"),
    "too large": (b"a" * (MAX_BYTES + 1), "太大"),
    "a web page": (b"\n <!DOCTYPE html><p>text", "网页"),
    "a web archive": (b"MIME-Version: 1.0\n", "网页"),
    "RTF": (b"{\\rtf1 text}", "RTF"),
}


@pytest.mark.parametrize(("content", "sentence"), TEXT_FAULTS.values(), ids=TEXT_FAULTS)
def test_text_that_cannot_be_taken_is_refused_in_one_sentence(content, sentence):
    message = refusal(content, "讲话.txt")
    assert message.startswith("《讲话.txt》")
    assert sentence in message
    assert message.endswith("。")


def test_a_text_of_the_full_length_is_taken():
    assert len(read_speech_file("x.txt", "字".encode() * MAX_CHARACTERS)) == MAX_CHARACTERS


# Word files


def test_a_docx_gives_its_paragraphs_whatever_it_is_called():
    for name in ("讲话.docx", "讲话.txt", "讲话"):
        assert read_speech_file(name, speech_docx()) == TEXT.rstrip()


def test_text_called_docx_is_still_text():
    assert read_speech_file("讲话.docx", TEXT.encode()) == TEXT


def test_tables_stand_where_they_are_a_row_on_a_line():
    document = Document()
    document.add_paragraph("前")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ["科室", "人数", "综合科", "8"], strict=True
    ):
        cell.text = text
    document.add_paragraph("后")
    assert read_speech_file("x.docx", saved(document)).splitlines() == ["前", "科室\t人数", "综合科\t8", "后"]


def test_a_table_that_only_frames_the_text_keeps_its_paragraphs():
    document = Document()
    cell = document.add_table(1, 2).cell(0, 0)
    cell.text = "第一段"
    cell.add_paragraph("第二段")
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲", "乙"
    assert read_speech_file("x.docx", saved(document)).splitlines() == ["第一段", "第二段", "甲\t乙"]


def test_cells_merged_into_one_are_read_once():
    document = Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "标题"
    table.cell(1, 0).text, table.cell(1, 2).text = "甲", "丙"
    assert read_speech_file("x.docx", saved(document)).splitlines() == ["标题", "甲\t丙"]


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


BOX = f"<w:txbxContent><w:p>{run('框内')}</w:p></w:txbxContent>"
BOX_TWICE = f"<mc:AlternateContent><mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback></mc:AlternateContent>"
TAB_STOPS = "<w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr>"
PIECES = {
    "a smart tag": (f"<w:p><w:smartTag>{run('三月')}</w:smartTag>{run('五日')}</w:p>", "三月五日"),
    "a link": (f"<w:p><w:hyperlink>{run('网站')}</w:hyperlink></w:p>", "网站"),
    "inserted text": (f"<w:p><w:ins>{run('新增')}</w:ins></w:p>", "新增"),
    "deleted text": (f"<w:p>{run('留')}<w:del>{run('删')}</w:del></w:p>", "留"),
    "moved text": (f"<w:p>{run('留')}<w:moveFrom>{run('移')}</w:moveFrom></w:p>", "留"),
    "a content control": (f"<w:sdt><w:sdtContent><w:p>{run('控件')}</w:p></w:sdtContent></w:sdt>", "控件"),
    "a break and a tab": ("<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t></w:r></w:p>", "甲\n乙\t丙"),
    "tab stops": (f"<w:p>{TAB_STOPS}{run('甲')}</w:p>", "甲"),
    "a text box, given twice": (f"<w:p>{run('正文')}<w:r>{BOX_TWICE}</w:r></w:p>", "正文\n框内"),
    "a field": (f"<w:p><w:r><w:instrText>PAGE</w:instrText></w:r>{run('第1页')}</w:p>", "第1页"),
    "a comment in the XML": (f"<w:p><!-- 注 -->{run('正文')}</w:p>", "正文"),
}


@pytest.mark.parametrize(("piece", "text"), PIECES.values(), ids=PIECES)
def test_what_a_reader_sees_in_word_is_read_and_nothing_else(piece, text):
    assert read_speech_file("x.docx", docx_with(piece)) == text


LEVEL = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
LEVELS = [
    ("chineseCountingThousand", "%1、"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("decimal", "%1-%4 "),
    ("bullet", "●"),
    ("decimalEnclosedCircle", "%6"),
]


def numbered_docx(*depths: int | None, restart: bool = False) -> bytes:
    """Paragraphs numbered by Word, at these levels; None is a paragraph without a number."""
    levels = "".join(LEVEL.format(depth, form, text) for depth, (form, text) in enumerate(LEVELS))
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    number = '<w:num w:numId="{}"><w:abstractNumId w:val="70"/>{}</w:num>'
    document = Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="70">{levels}</w:abstractNum>'))
    for number_id, extra in ((71, ""), (72, override)):
        numbering.append(parse_xml(number.format(number_id, extra).replace("<w:num ", f"<w:num {W} ", 1)))
    for place, depth in enumerate(depths):
        paragraph = document.add_paragraph("题")
        if depth is not None:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = depth
            properties.get_or_add_numId().val = 72 if restart and place >= len(depths) // 2 else 71
    return saved(document)


def markers(content: bytes) -> list[str]:
    return [line.removesuffix("题") for line in read_speech_file("x.docx", content).splitlines()]


def test_numbers_that_word_writes_by_itself_are_read():
    assert markers(numbered_docx(0, 1, 1, None, 2, 0, 1, 2, 2)) == [
        "一、", "（一）", "（二）", "", "1.", "二、", "（一）", "1.", "2."
    ]  # fmt: skip


def test_numbers_of_many_forms_and_parts_are_read():
    assert markers(numbered_docx(0, 0, 3, 4, 5, 5)) == ["一、", "二、", "二-1 ", "", "①", "②"]


def test_chinese_numbers_go_on_past_ten():
    assert markers(numbered_docx(*[0] * 21))[8:] == [
        *["九、", "十、", "十一、", "十二、", "十三、", "十四、", "十五、"],
        *["十六、", "十七、", "十八、", "十九、", "二十、", "二十一、"],
    ]


def test_a_list_that_starts_anew_counts_anew():
    assert markers(numbered_docx(0, 0, 0, 0, restart=True)) == ["一、", "二、", "一、", "二、"]


def test_a_number_that_comes_from_the_style_is_read():
    document = Document()
    for text in ("甲", "乙"):
        document.add_paragraph(text, style="List Number")
    assert read_speech_file("x.docx", saved(document)) == "1.甲\n2.乙"


# Files that are no honest .docx


def ole(*streams: str) -> bytes:
    return speech_files.OLE + b"\0" * 600 + b"".join(name.encode("utf-16-le") for name in streams)


def flagged_as_encrypted() -> bytes:
    content = bytearray(speech_docx())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def lying_about_sizes() -> bytes:
    """Every size in the directory says 10 bytes; what comes out is 30 MB."""
    content = bytearray(with_part("word/media/big.bin", b"\0" * 30_000_000))
    place = 0
    while (place := content.find(b"PK\x01\x02", place)) >= 0:
        struct.pack_into("<I", content, place + 24, 10)
        place += 4
    return bytes(content)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "x">]>'
BILLION = b'<!DOCTYPE d [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'.encode() for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
EXTERNAL = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
BODY = f"<w:document {W}><w:body><w:p><w:r><w:t>文&x;</w:t></w:r></w:p></w:body></w:document>".encode()
NOISE = random.Random(7).randbytes(1_000_000)
GB2312_XML = b"<?xml version='1.0' encoding='gb2312'?><a/>"


def declaring_macros() -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        types = parts["[Content_Types].xml"]
        parts["[Content_Types].xml"] = types.replace(b"wordprocessingml.document.main", b"document.macroEnabled.main")

    return repacked(change)


def with_parts(count: int, content: bytes) -> bytes:
    return repacked(lambda parts: parts.update(dict.fromkeys((f"{n}.bin" for n in range(count)), content)))


MAIN = "word/document.xml"
#: What a file is, how it is made, a part of the sentence that refuses it.
DISGUISES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "是图片"),
    "a photograph": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 100, "是图片"),
    "a PDF": (lambda: b"%PDF-1.7\n", "是 PDF"),
    "an archive": (lambda: b"Rar!\x1a\x07\x01\0", "压缩包"),
    "an encrypted document": (lambda: ole("EncryptionInfo", "EncryptedPackage"), "是加密文件：请在 Word 中去掉密码"),
    "an old document": (lambda: ole("WordDocument", "1Table"), "旧版 Word"),
    "an old table": (lambda: ole("Workbook"), "旧版 Office"),
    "a zip broken off": (lambda: speech_docx()[:2000], "已损坏"),
    "a zip with a hole": (lambda: speech_docx()[:3000] + b"\0" * 500 + speech_docx()[3500:], "已损坏"),
    "an empty zip": (lambda: zipped({}), "缺少正文"),
    "any zip": (lambda: zipped({"讲话.txt": TEXT.encode()}), "缺少正文"),
    "a table": (lambda: zipped({"xl/workbook.xml": b"<x/>"}), "Excel"),
    "slides": (lambda: zipped({"ppt/presentation.xml": b"<x/>"}), "演示文稿"),
    "an OFD": (lambda: zipped({"OFD.xml": b"<x/>"}), "OFD"),
    "an open document": (lambda: zipped({"content.xml": b"<x/>"}), "OpenDocument"),
    "no main part": (lambda: repacked(lambda parts: parts.pop(MAIN)), "缺少正文"),
    "a main part that is no XML": (lambda: with_part(MAIN, b"text"), "已损坏"),
    "a main part broken off": (lambda: with_part(MAIN, b"<a><b>"), "已损坏"),
    "a main part without text": (lambda: with_part(MAIN, b"<a/>"), "没有文字"),
    "a part in no known encoding": (lambda: with_part("word/x.xml", GB2312_XML), "已损坏"),
    "macros": (lambda: with_part("word/vbaProject.bin", b"x"), "含有宏"),
    "macros by content type": (declaring_macros, "含有宏"),
    "an entity": (lambda: with_part(MAIN, DOCTYPE + BODY), "DOCTYPE"),
    "an external entity": (lambda: with_part(MAIN, EXTERNAL + BODY), "DOCTYPE"),
    "entities without end": (lambda: with_part(MAIN, BILLION + b"]><a>&h;</a>"), "DOCTYPE"),
    "a DOCTYPE in UTF-16": (lambda: with_part("word/settings.xml", "<!DOCTYPE a><a/>".encode("utf-16")), "DOCTYPE"),
    "a DOCTYPE in a relationship": (lambda: with_part("word/_rels/document.xml.rels", DOCTYPE + b"<a/>"), "DOCTYPE"),
    "a bomb": (lambda: with_part("word/media/big.bin", b"\0" * 10_000_000), "压缩炸弹"),
    "a bomb of many parts": (lambda: with_parts(1100, NOISE[:100] + b"\0" * 95_000), "压缩炸弹"),
    "a bomb that lies about its size": (lying_about_sizes, "已损坏"),
    "parts without end": (lambda: with_parts(2001, b""), "压缩炸弹"),
    "elements without end": (lambda: with_part(MAIN, b"<a>" + b"<b/>" * 2_100_000 + b"</a>"), "压缩炸弹"),
    "elements in elements": (lambda: with_part(MAIN, b"<a>" * 5000 + b"</a>" * 5000), "已损坏"),
    "an encrypted part": (flagged_as_encrypted, "加密"),
}


@pytest.mark.parametrize(("made", "sentence"), DISGUISES.values(), ids=DISGUISES)
def test_a_file_that_is_no_honest_docx_is_refused_in_one_sentence(made, sentence):
    message = refusal(made())
    assert message.startswith("《讲话.docx》")
    assert sentence in message, message
    assert message.endswith("。")


def test_elements_are_counted_even_where_they_barely_compress(monkeypatch):
    monkeypatch.setattr(speech_files, "MAX_XML_ELEMENTS", 10)
    assert "过于复杂" in refusal(speech_docx())


def test_what_comes_out_of_all_parts_together_is_counted(monkeypatch):
    monkeypatch.setattr(speech_files, "MAX_UNPACKED", 20_000)
    monkeypatch.setattr(speech_files, "_check_directory", lambda entries: None)
    assert "压缩炸弹" in refusal(speech_docx())


def test_a_docx_without_macros_may_hold_pictures_that_do_not_compress():
    assert read_speech_file("x.docx", with_part("word/media/image1.png", NOISE)) == TEXT.rstrip()


def test_two_parts_of_one_name_are_refused():
    file = io.BytesIO(speech_docx())
    with zipfile.ZipFile(file, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr("word/document.xml", b"<a/>")
    assert "已损坏" in refusal(file.getvalue())


def test_nothing_that_a_document_points_to_is_opened(monkeypatch):
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    for kind, target in (("image", "http://192.0.2.1/a.png"), ("attachedTemplate", "//192.0.2.1/share/a.dotm")):
        relation = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}" '
            'TargetMode="External"/></Relationships>'
        )
        monkeypatch.setattr("socket.socket.connect", opened)
        monkeypatch.setattr("socket.getaddrinfo", opened)
        assert read_speech_file("x.docx", with_part("word/_rels/document.xml.rels", relation.encode())) == TEXT.rstrip()


NAMES = {"../../etc/讲话.docx": "讲话.docx", "C:\\文档\\讲话.docx": "讲话.docx", "a\r\nb\0.docx": "ab.docx", "": "文件"}


@pytest.mark.parametrize(("filename", "shown"), NAMES.items(), ids=repr)
def test_a_file_is_named_without_its_path_and_control_characters(filename, shown):
    assert refusal(b"", filename).startswith(f"《{shown}》")


# No bytes at all give anything but text or one sentence


def reads_or_refuses(content: bytes) -> None:
    try:
        text = read_speech_file("讲话.docx", content)
    except BadInput as refused:
        (problem,) = refused.problems
        assert problem.message.startswith("《讲话.docx》")
        assert problem.message.endswith("。")
    else:
        assert text.strip()
        assert "\0" not in text


@settings(deadline=None)
@given(st.binary(max_size=2000))
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"PK\x05\x06" + b"\xff" * 18)
def test_any_bytes_are_read_or_refused(content):
    reads_or_refuses(content)
    reads_or_refuses(b"PK\x03\x04" + content)
    reads_or_refuses(b"\xff\xfe" + content)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_docx_is_read_or_refused(data):
    content = bytearray(speech_docx())
    for _ in range(data.draw(st.integers(1, 6))):
        # The directory at the end is where a zip is most easily led astray.
        place = data.draw(st.integers(0, len(content) - 1) | st.integers(len(content) - 1500, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    reads_or_refuses(bytes(content[: data.draw(st.just(len(content)) | st.integers(0, len(content)))]))


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_a_docx_with_damaged_xml_is_read_or_refused(data):
    name = data.draw(
        st.sampled_from(["word/document.xml", "word/numbering.xml", "word/styles.xml", "[Content_Types].xml"])
    )
    piece = data.draw(
        st.sampled_from(
            [b"", b"<", b">", b'"', b"&amp;", b"\xff", b"<!DOCTYPE a>", b"<w:p>", b"w:", b"-9", b"99999999999"]
        )
    )

    def damage(parts: dict[str, bytes]) -> None:
        start = data.draw(st.integers(0, len(parts[name])))
        parts[name] = parts[name][:start] + piece + parts[name][start + data.draw(st.integers(0, 12)) :]

    reads_or_refuses(repacked(damage))


VALUE = re.compile(rb'(w:val|w:ilvl|w:numId|w:abstractNumId|w:styleId)="[^"]*"')


@cache
def numbered_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(numbered_docx(0, 1, 2, 0, 5))) as package:
        return {name: package.read(name) for name in package.namelist()}


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_a_numbered_docx_with_odd_values_is_read_or_refused(data):
    parts = dict(numbered_parts())
    for name in (MAIN, "word/numbering.xml", "word/styles.xml"):
        found = list(VALUE.finditer(parts[name]))
        chosen = data.draw(st.sampled_from(found[:60]))
        odd = data.draw(st.sampled_from(["", "-1", "0", "8", "999999", "9" * 30, "%1%9%5", "none", "decimal", "71"]))
        attribute = b'%s="%s"' % (chosen[1], odd.encode())
        parts[name] = parts[name][: chosen.start()] + attribute + parts[name][chosen.end() :]
    reads_or_refuses(zipped(parts))
