"""Speech files: every honest file gives its text, every other gives one sentence that says what to do."""

import io
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Docx
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.errors import BadInput
from quizapp.formats.speech_files import MAX_BYTES
from quizapp.formats.speech_files import MAX_CHARACTERS
from quizapp.formats.speech_files import read_pasted_text
from quizapp.formats.speech_files import read_speech_file
from quizapp.formats.speech_files.kinds import kind_of
from quizapp.formats.speech_files.refusals import Unreadable
from quizapp.formats.speech_files.refusals import check_text

SPEECHES = sorted((Path(__file__).resolve().parents[3] / "shared" / "speeches").glob("*.txt"))
TEXT = "在办公室会议上的讲话\n同志们：\n　　今天我讲三点意见，请大家认真贯彻落实。\n"


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


def read_here(content: bytes) -> str:
    """What the child process would do, in this process: quick, and every error is seen. What another program converts
    needs the child's own folder."""
    kind = kind_of(content)
    if kind in ("", "office"):
        return read_speech_file("x", content)
    text = import_module(f"quizapp.formats.speech_files.{kind}").text_of(content)
    check_text(text)
    return text


def refusal(content: bytes, filename: str = "讲话.docx") -> str:
    """The whole sentence, by the way that every file goes."""
    with pytest.raises(BadInput) as refused:
        read_speech_file(filename, content)
    assert refused.value.source == filename
    (problem,) = refused.value.problems
    return problem.message


def reads_or_refuses(content: bytes) -> None:
    try:
        text = read_here(content)
    except BadInput as refused:
        (problem,) = refused.problems
        assert problem.message.startswith("《x》")
        assert problem.message.endswith("。")
    except Unreadable as reason:
        assert str(reason).endswith("。")
    else:
        assert text.strip()


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
    "markup that is no page": (b"<?xml version='1.0'?><w:wordDocument/>", "标记文件"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "是图片"),
    "a photograph": (b"\xff\xd8\xff\xe0" + b"\0" * 100, "是图片"),
    "an archive": (b"Rar!\x1a\x07\x01\0", "压缩包"),
}


@pytest.mark.parametrize(("content", "sentence"), TEXT_FAULTS.values(), ids=TEXT_FAULTS)
def test_text_that_cannot_be_taken_is_refused_in_one_sentence(content, sentence):
    message = refusal(content, "讲话.txt")
    assert message.startswith("《讲话.txt》")
    assert sentence in message
    assert message.endswith("。")


def test_a_text_of_the_full_length_is_taken():
    assert len(read_speech_file("x.txt", "字".encode() * MAX_CHARACTERS)) == MAX_CHARACTERS


# Pasted text


def test_pasted_text_is_taken_as_it_is():
    assert read_pasted_text(TEXT) == TEXT


PASTED_FAULTS = {
    "nothing": ("", "没有文字"),
    "too long": ("字" * (MAX_CHARACTERS + 1), "太长"),
    "a NUL": ("讲话\0", "二进制"),
    "control characters": ("\x01\x02讲话", "控制字符"),
}


@pytest.mark.parametrize(("text", "sentence"), PASTED_FAULTS.values(), ids=PASTED_FAULTS)
def test_pasted_text_is_refused_by_the_same_rules(text, sentence):
    with pytest.raises(BadInput) as refused:
        read_pasted_text(text)
    (problem,) = refused.value.problems
    assert problem.message.startswith("粘贴的文字")
    assert sentence in problem.message
    assert problem.message.endswith("。")


# What a file is called


NAMES = {"../../etc/讲话.docx": "讲话.docx", "C:\\文档\\讲话.docx": "讲话.docx", "a\r\nb\0.docx": "ab.docx", "": "文件"}


@pytest.mark.parametrize(("filename", "shown"), NAMES.items(), ids=repr)
def test_a_file_is_named_without_its_path_and_control_characters(filename, shown):
    assert refusal(b"", filename).startswith(f"《{shown}》")


# No bytes at all give anything but text or one sentence


@settings(deadline=None)
@given(st.binary(max_size=2000))
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"PK\x05\x06" + b"\xff" * 18)
@example(b"MIME-Version: 1.0\n")
@example(b"<html>")
@example(b"<p>\xff\xfe")
def test_any_bytes_are_read_or_refused(content):
    reads_or_refuses(content)
    reads_or_refuses(b"PK\x03\x04" + content)
    reads_or_refuses(b"\xff\xfe" + content)
    reads_or_refuses(b"<html><body>" + content)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<p>", b"MIME-Version: 1.0\n\n"]), st.binary(max_size=500))
def test_any_bytes_come_back_from_a_child_as_text_or_one_sentence(head, tail):
    try:
        assert read_speech_file("讲话", head + tail).strip()
    except BadInput as refused:
        (problem,) = refused.problems
        assert problem.message.startswith("《讲话》")
        assert problem.message.endswith("。")
