"""Word files: what a reader sees in Word is read, and a file that is no honest .docx is refused in one sentence."""

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from functools import cache

import pytest
from docx import Document
from docx.oxml.parser import parse_xml
from formats.test_speech_files import TEXT
from formats.test_speech_files import read_here
from formats.test_speech_files import reads_or_refuses
from formats.test_speech_files import refusal
from formats.test_speech_files import saved
from formats.test_speech_files import speech_docx
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.formats.speech_files import package
from quizapp.formats.speech_files import read_speech_file
from quizapp.formats.speech_files.kinds import OLE
from quizapp.formats.speech_files.refusals import Unreadable
from quizapp.formats.speech_files.wordml import NAMESPACES

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_with(*body: str) -> bytes:
    """A real .docx whose body holds this WordprocessingML."""
    document = Document()
    for piece in body:
        element = parse_xml(f'<w:x {W} xmlns:mc="{NAMESPACES["mc"]}">{piece}</w:x>')
        for child in list(element):
            document.element.body.insert(len(document.element.body) - 1, child)
    return saved(document)


def repacked(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The speech as a .docx with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(speech_docx())) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    return zipped(contents)


def zipped(contents: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    return repacked(lambda parts: parts.update({name: content}))


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
    assert read_here(saved(document)).splitlines() == ["前", "科室\t人数", "综合科\t8", "后"]


def test_a_table_that_only_frames_the_text_keeps_its_paragraphs():
    document = Document()
    cell = document.add_table(1, 2).cell(0, 0)
    cell.text = "第一段"
    cell.add_paragraph("第二段")
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲", "乙"
    assert read_here(saved(document)).splitlines() == ["第一段", "第二段", "甲\t乙"]


def test_cells_merged_into_one_are_read_once():
    document = Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "标题"
    table.cell(1, 0).text, table.cell(1, 2).text = "甲", "丙"
    assert read_here(saved(document)).splitlines() == ["标题", "甲\t丙"]


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


BOX = f"<w:txbxContent><w:p>{run('框内')}</w:p></w:txbxContent>"
BOX_TWICE = f"<mc:AlternateContent><mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback></mc:AlternateContent>"
TAB_STOPS = "<w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr>"
PIECES = {
    "hidden text": (f"<w:p>{run('见')}<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r></w:p>", "见"),
    "text that is hidden no more": ("<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>现</w:t></w:r></w:p>", "现"),
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
    assert read_here(docx_with(piece)) == text


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
    return [line.removesuffix("题") for line in read_here(content).splitlines()]


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
    assert read_here(saved(document)) == "1.甲\n2.乙"


# Lists whose levels depend on one another


def leveled(*levels: str) -> Callable[[dict[str, bytes]], None]:
    """Put a list with these levels in the place of every list of a .docx."""

    def change(parts: dict[str, bytes]) -> None:
        inner = "".join(f'<w:lvl w:ilvl="{depth}">{level}</w:lvl>' for depth, level in enumerate(levels))
        parts["word/numbering.xml"] = (
            f'<w:numbering {W}><w:abstractNum w:abstractNumId="1">{inner}</w:abstractNum>'
            '<w:num w:numId="71"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
        ).encode()

    return change


def level(form: str, text: str, more: str = "") -> str:
    return f'<w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'


CHINESE = level("chineseCounting", "%1、")
DEPTHS = (0, 1, 1, 0, 1)


def lines_of(content: bytes, change: Callable[[dict[str, bytes]], None]) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    return markers(zipped(parts))


LISTS = {
    "a level that never counts anew": (
        (CHINESE, level("decimal", "%2.", '<w:lvlRestart w:val="0"/>')),
        DEPTHS,
        ["一、", "1.", "2.", "二、", "3."],
    ),
    "a level that counts anew below the first only": (
        (CHINESE, level("decimal", "%2."), level("decimal", "%3)", '<w:lvlRestart w:val="1"/>')),
        (0, 1, 2, 1, 2, 0, 1, 2),
        ["一、", "1.", "1)", "2.", "2)", "二、", "1.", "1)"],
    ),
    "figures throughout": (
        (CHINESE, level("decimal", "%1.%2", "<w:isLgl/>")),
        DEPTHS,
        ["一、", "1.1", "1.2", "二、", "2.1"],
    ),
    "Chinese and figures mixed": (
        (CHINESE, level("decimal", "%1.%2")),
        DEPTHS,
        ["一、", "一.1", "一.2", "二、", "二.1"],
    ),
}


@pytest.mark.parametrize(("levels", "depths", "expected"), LISTS.values(), ids=LISTS)
def test_levels_count_as_word_counts_them(levels, depths, expected):
    assert lines_of(numbered_docx(*depths), leveled(*levels)) == expected


FORMS = {
    "chineseLegalSimplified": ["壹", "贰", "叁"],
    "upperRoman": ["I", "II", "III"],
    "lowerLetter": ["a", "b", "c"],
    "decimalZero": ["01", "02", "03"],
    "decimalEnclosedParen": ["⑴", "⑵", "⑶"],
    "ideographTraditional": ["甲", "乙", "丙"],
    "none": ["", "", ""],
    "a form nobody knows": ["1", "2", "3"],
}


@pytest.mark.parametrize(("form", "shown"), FORMS.items(), ids=FORMS)
def test_numbers_take_the_form_their_list_gives_them(form, shown):
    assert lines_of(numbered_docx(0, 0, 0), leveled(level(form, "%1"))) == shown


def test_a_level_may_belong_to_a_style():
    def change(parts: dict[str, bytes]) -> None:
        leveled(CHINESE, level("chineseCounting", "（%2）", '<w:pStyle w:val="ListNumber"/>'))(parts)
        parts["word/styles.xml"] = re.sub(
            rb'(w:styleId="ListNumber".*?<w:numId w:val=")[0-9]+',
            rb"\g<1>71",
            parts["word/styles.xml"],
            flags=re.DOTALL,
        )

    document = Document()
    for _ in range(2):
        document.add_paragraph("题", style="List Number")
    assert lines_of(saved(document), change) == ["（一）", "（二）"]


# Notes


def noted(*body: str, notes: str = "", kind: str = "footnote") -> bytes:
    """A .docx with notes as Word stores them: a part of its own, the first two of them only lines."""
    separators = "".join(
        f'<w:{kind} w:type="separator" w:id="{number}"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
        for number in (-1, 0)
    )
    with zipfile.ZipFile(io.BytesIO(docx_with(*body))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[f"word/{kind}s.xml"] = f"<w:{kind}s {W}>{separators}{notes}</w:{kind}s>".encode()
    relation = (
        f'<Relationship Id="rNote" Target="{kind}s.xml" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}s"/></Relationships>'
    )
    relations = "word/_rels/document.xml.rels"
    parts[relations] = parts[relations].replace(b"</Relationships>", relation.encode())
    return zipped(parts)


def note(number: int, *lines: str, kind: str = "footnote") -> str:
    paragraphs = "".join(f"<w:p><w:r><w:{kind}Ref/></w:r>{run(' ' + line)}</w:p>" for line in lines)
    return f'<w:{kind} w:id="{number}">{paragraphs}</w:{kind}>'


def reference(number: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_note_stands_after_the_paragraph_that_refers_to_it(kind):
    body = (
        f"<w:p>{run('甲')}{reference(2, kind)}{run('乙')}{reference(1, kind)}</w:p>",
        f"<w:p>{run('丙')}</w:p>",
    )
    notes = note(1, "注一", kind=kind) + note(2, "注二", "又二", kind=kind)
    assert read_here(noted(*body, notes=notes, kind=kind)).splitlines() == ["甲乙", "注二", "又二", "注一", "丙"]


def test_notes_of_a_table_stand_after_their_row():
    cells = "".join(
        f"<w:tc><w:p>{run(text)}{reference(number)}</w:p></w:tc>" for number, text in ((1, "甲"), (2, "乙"))
    )
    table = f"<w:tbl><w:tr>{cells}</w:tr><w:tr><w:tc><w:p>{run('丙')}</w:p></w:tc></w:tr></w:tbl>"
    notes = note(1, "注一") + note(2, "注二")
    assert read_here(noted(table, notes=notes)).splitlines() == ["甲\t乙", "注一", "注二", "丙"]


def test_a_note_that_refers_to_itself_or_is_missing_is_read_once():
    circular = f'<w:footnote w:id="1"><w:p>{run("注")}{reference(1)}</w:p></w:footnote>'
    body = f"<w:p>{run('甲')}{reference(1)}{reference(9)}</w:p>"
    assert read_here(noted(body, notes=circular)).splitlines() == ["甲", "注"]


# Parts by other names


def test_the_main_part_may_have_another_name():
    def change(parts: dict[str, bytes]) -> None:
        parts["word/document2.xml"] = parts.pop("word/document.xml")
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"word/document.xml", b"/word/document2.xml")

    assert read_here(repacked(change)) == TEXT.rstrip()


def test_the_strict_form_of_the_standard_is_read():
    def change(parts: dict[str, bytes]) -> None:
        for name, part in parts.items():
            for usual, strict in zip(package.USUAL, package.STRICT, strict=True):
                part = part.replace(usual, strict)
            parts[name] = part

    assert read_here(repacked(change)) == TEXT.rstrip()


# Files that are no honest .docx


def ole(*streams: str) -> bytes:
    return OLE + b"\0" * 600 + b"".join(name.encode("utf-16-le") for name in streams)


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
    "an encrypted document": (lambda: ole("EncryptionInfo", "EncryptedPackage"), "是加密文件：请在 Word 中去掉密码"),
    "an old table": (lambda: ole("Workbook"), "旧版 Office"),
    "a zip broken off": (lambda: speech_docx()[:2000], "已损坏"),
    "a zip with a hole": (lambda: speech_docx()[:3000] + b"\0" * 500 + speech_docx()[3500:], "已损坏"),
    "an empty zip": (lambda: zipped({}), "缺少正文"),
    "any zip": (lambda: zipped({"讲话.txt": TEXT.encode()}), "缺少正文"),
    "a table": (lambda: zipped({"xl/workbook.xml": b"<x/>"}), "Excel"),
    "slides": (lambda: zipped({"ppt/presentation.xml": b"<x/>"}), "演示文稿"),
    "an OFD": (lambda: zipped({"OFD.xml": b"<x/>"}), "OFD"),
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
    with pytest.raises(Unreadable) as refused:
        read_here(made())
    assert sentence in str(refused.value)
    assert str(refused.value).endswith("。")


def test_elements_are_counted_even_where_they_barely_compress(monkeypatch):
    monkeypatch.setattr(package, "MAX_XML_ELEMENTS", 10)
    with pytest.raises(Unreadable, match="过于复杂"):
        read_here(speech_docx())


def test_what_comes_out_of_all_parts_together_is_counted(monkeypatch):
    monkeypatch.setattr(package, "MAX_UNPACKED", 20_000)
    monkeypatch.setattr(package, "_check_directory", lambda entries: None)
    with pytest.raises(Unreadable, match="压缩炸弹"):
        read_here(speech_docx())


def test_a_docx_without_macros_may_hold_pictures_that_do_not_compress():
    assert read_here(with_part("word/media/image1.png", NOISE)) == TEXT.rstrip()


def test_two_parts_of_one_name_are_refused():
    file = io.BytesIO(speech_docx())
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("word/document.xml", b"<a/>")
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
        assert read_here(with_part("word/_rels/document.xml.rels", relation.encode())) == TEXT.rstrip()


# No bytes at all give anything but text or one sentence


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
    with zipfile.ZipFile(io.BytesIO(numbered_docx(0, 1, 2, 0, 5))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


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
