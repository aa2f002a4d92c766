"""Old Word files, RTF and OpenDocument: read through LibreOffice where it is installed, else one sentence."""

import http.server
import io
import shutil
import subprocess
import threading
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from docx import Document
from formats.test_speech_files import TEXT
from formats.test_speech_files import refusal
from formats.test_speech_files import saved
from formats.test_speech_files_docx import numbered_docx

from quizapp.core.errors import BadInput
from quizapp.formats.speech_files import kinds
from quizapp.formats.speech_files import read_speech_file
from quizapp.formats.speech_files.kinds import OLE
from quizapp.formats.speech_files.kinds import converter

needs_office = pytest.mark.skipif(converter() is None, reason="LibreOffice, which reads these files, is not installed")
SUFFIXES = {"doc": "doc:MS Word 97", "rtf": "rtf:Rich Text Format", "odt": "odt:writer8"}
SECRET = "words of another file"


def ole(*streams: str) -> bytes:
    return OLE + b"\0" * 600 + b"".join(name.encode("utf-16-le") for name in streams)


def odt(body: str = "<text:p>正文</text:p>") -> bytes:
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in {"office": "office", "text": "text", "draw": "drawing", "svg": "svg-compatible"}.items()
    )
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"/>'
        '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f'<office:document-content{names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", manifest)
    return file.getvalue()


WITHOUT = {
    "an old document": (ole("WordDocument", "1Table"), "旧版 Word"),
    "RTF": (b"{\\rtf1 text}", "RTF"),
    "an open document": (odt(), "OpenDocument"),
}


@pytest.mark.parametrize(("content", "sentence"), WITHOUT.values(), ids=WITHOUT)
def test_without_libreoffice_one_sentence_says_what_to_do(monkeypatch, content, sentence):
    monkeypatch.setattr(kinds, "converter", lambda: None)
    message = refusal(content, "讲话.doc")
    assert sentence in message
    assert message.endswith("另存为 .docx，再重新上传。")


def test_an_old_document_with_a_password_is_called_encrypted():
    head = bytearray(b"\xec\xa5\xc1\0" + b"\0" * 508)
    head[11] = 1
    content = (OLE + b"\0" * 504) + bytes(head) + "WordDocument".encode("utf-16-le")
    assert "是加密文件" in refusal(content, "讲话.doc")


@cache
def converted(suffix: str, content: bytes) -> bytes:
    """A .docx as LibreOffice saves it in another format."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "speech.docx"
        source.write_bytes(content)
        subprocess.run(
            [
                *(str(converter()), f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless"),
                *("--convert-to", SUFFIXES[suffix], "--outdir", folder, str(source)),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return source.with_suffix(f".{suffix}").read_bytes()


@cache
def numbered_speech() -> bytes:
    document = Document(io.BytesIO(numbered_docx(0, 1, 1, 0)))
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "综合科", "128"
    document.add_paragraph("谢谢大家！")
    return saved(document)


@needs_office
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_speech_in_another_format_is_read_with_its_numbers_and_tables(suffix):
    text = read_speech_file("讲话", converted(suffix, numbered_speech()))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines[4:] == [*(line.strip() for line in TEXT.splitlines()), "综合科\t128", "谢谢大家！"]
    # What LibreOffice writes as RTF has lost the full-width punctuation of the numbers.
    numbers = ["一", "一", "二", "二"] if suffix == "rtf" else ["一、题", "（一）题", "（二）题", "二、题"]
    assert all(number in line for number, line in zip(numbers, lines, strict=False))


@needs_office
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_document_broken_off_is_read_or_refused(share):
    content = converted("doc", numbered_speech())
    try:
        assert read_speech_file("讲话.doc", content[: int(share * len(content))]).strip()
    except BadInput as refused:
        (problem,) = refused.problems
        assert problem.message.endswith("。")


@needs_office
def test_what_only_looks_like_an_old_document_is_refused():
    assert "无法转换" in refusal(ole("WordDocument", "1Table"), "讲话.doc")


@needs_office
def test_nothing_that_a_document_points_to_is_opened(tmp_path):
    asked: list[str] = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

    other = tmp_path / "other.txt"
    other.write_text(SECRET, encoding="utf-8")
    server = http.server.HTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    frame = '<text:p><draw:frame svg:width="2cm" svg:height="2cm"><draw:{} xlink:href="{}/{}"/></draw:frame></text:p>'
    linked = '<text:section text:name="{}"><text:section-source xlink:href="{}"/><text:p>旧文</text:p></text:section>'
    documents = (
        odt(
            "<text:p>正文</text:p>"
            + linked.format("A", other.as_uri())
            + linked.format("B", f"{address}/b.odt")
            + frame.format("image", address, "c.png")
            + frame.format("object", address, "d.odt")
        ),
        f'{{\\rtf1{{\\*\\template {address}/t.dotx}}text {{\\field{{\\*\\fldinst INCLUDETEXT "{other}"}}}}'
        f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "{address}/e.png" \\\\d}}}}}}'.encode(),
    )
    try:
        texts = [read_speech_file("讲话", document) for document in documents]
    finally:
        server.shutdown()
        server.server_close()
    assert "正文" in texts[0]
    assert "text" in texts[1]
    assert asked == []
    assert not any(SECRET in text for text in texts)


def test_libreoffice_may_go_by_either_name(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/libreoffice" if name == "libreoffice" else None)
    assert converter() == "/usr/bin/libreoffice"
