"""PDF files: paragraphs come back whole, what every page repeats stays out, and a scan is called a scan."""

import http.server
import shutil
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from formats.test_speech_files import read_here
from formats.test_speech_files import refusal
from formats.test_speech_files_html import HEADINGS
from formats.test_speech_files_html import SPEECH
from formats.test_speech_files_html import TITLE
from formats.test_speech_files_html import table
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.core.errors import BadInput
from quizapp.formats.speech_files import read_speech_file
from quizapp.formats.speech_files.pdf import MAX_PAGES
from quizapp.formats.speech_files.refusals import MAX_CHARACTERS

#: Where a text stands on its page, from the lower left in points, its size, and the text.
Placed = tuple[float, float, float, str]
SIZE = 16
LEFT, RIGHT = 80, 80 + 25 * SIZE
FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
    b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 5 0 R"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
    b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -120 1000 880]/ItalicAngle 0/Ascent 880"
    b"/Descent -120/CapHeight 880/StemV 93>>",
)


def pdf(*pages: Sequence[Placed], kids: bytes | None = None, trailer: bytes = b"", extra: bytes = b"") -> bytes:
    """A PDF in its plainest form, with a Chinese font that every reader brings."""
    numbers = [6 + 2 * place for place in range(len(pages))]
    listed = b" ".join(b"%d 0 R" % number for number in numbers) if kids is None else kids
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), listed), *FONT]
    for number, texts in zip(numbers, pages, strict=True):
        shown = b"".join(
            b"/F1 %g Tf 1 0 0 1 %g %g Tm <%s> Tj " % (size, x, y, text.encode("utf-16-be").hex().encode())
            for x, y, size, text in texts
        )
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R%s>>"
            % (number + 1, extra)
        )
        objects.append(b"<</Length %d>>stream\nBT %sET\nendstream" % (len(shown) + 5, shown))
    return assembled(objects, trailer)


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    content, places = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        trailer,
        len(content),
    )


def typeset(paragraphs: Sequence[str], indent: int = 2, width: int = 25, step: float = 28) -> list[list[Placed]]:
    """Pages of 20 lines, each line full but the last of a paragraph, as an office's own papers are set."""
    lines: list[tuple[float, str]] = []
    for text in paragraphs:
        lines.append((LEFT + indent * SIZE, text[: width - indent]))
        rest = text[width - indent :]
        lines += [(LEFT, rest[place : place + width]) for place in range(0, len(rest), width)]
    pages = [lines[place : place + 20] for place in range(0, len(lines), 20)]
    return [[(left, 700 - step * row, SIZE, text) for row, (left, text) in enumerate(page)] for page in pages]


def framed(pages: list[list[Placed]], head: str = "某市人民政府办公室文件", foot: str = "— {} —") -> list[list[Placed]]:
    return [[(200, 790, 10, head), *page, (280, 50, 10, foot.format(number))] for number, page in enumerate(pages, 1)]


@pytest.mark.parametrize("indent", [2, 0], ids=["indented", "flush"])
def test_paragraphs_come_back_whole_over_lines_and_pages(indent):
    pages = typeset(SPEECH, indent)
    assert len(pages) > 2
    assert read_here(pdf(*pages)).splitlines() == SPEECH


def test_a_full_last_line_ends_its_paragraph_where_the_next_is_indented():
    paragraphs = ["甲" * 22 + "。" + "乙" * 24 + "。", "丙" * 40 + "。", "丁" * 60 + "。"]
    assert read_here(pdf(*typeset(paragraphs))).splitlines() == paragraphs


def test_a_heading_that_fills_its_line_ends_before_a_number():
    paragraphs = ["一、" + "甲" * 21, "一要" + "乙" * 40 + "。", "二要" + "丙" * 60 + "。"]
    assert read_here(pdf(*typeset(paragraphs))).splitlines() == paragraphs


def test_an_item_whose_lines_hang_comes_back_whole():
    lines = [(LEFT, "1.甲" + "甲" * 22), (LEFT + 32, "乙" * 23), (LEFT + 32, "丙" * 10 + "。")]
    texts = [(left, 700 - 28 * row, SIZE, text) for row, (left, text) in enumerate(lines * 2)]
    whole = "".join(text for _, text in lines)
    assert read_here(pdf(texts)).splitlines() == [whole, whole]


def test_a_wider_gap_ends_a_paragraph():
    texts = [(LEFT, 700 - 28 * row - 14 * (row > 1), SIZE, "甲乙丙丁戊" * 5) for row in range(5)]
    assert read_here(pdf(texts)).splitlines() == ["甲乙丙丁戊" * 10, "甲乙丙丁戊" * 15]


def test_a_heading_of_another_size_stands_alone():
    texts = [(LEFT, 740, 22, "在全市会议上关于这项工作的讲话"), *typeset(SPEECH[:2], 0)[0]]
    assert read_here(pdf(texts)).splitlines() == ["在全市会议上关于这项工作的讲话", *SPEECH[:2]]


FEET = {
    "dashes": "— {} —",
    "bare": "{}",
    "of": "{}/9",
    "in words": "第 {} 页 共 9 页",
    "hyphens": "-{}-",
}


@pytest.mark.parametrize("foot", FEET.values(), ids=FEET)
def test_heads_feet_and_page_numbers_are_left_out(foot):
    pages = framed(typeset(SPEECH), foot=foot)
    assert read_here(pdf(*pages)).splitlines() == SPEECH


def test_a_repeated_line_in_the_middle_of_pages_is_text():
    pages = [[(LEFT, 400, SIZE, "谢谢大家，我们一定把各项工作都认真地抓好落实！")]] * 4
    assert read_here(pdf(*pages)).count("谢谢大家") == 4


def test_the_years_of_a_speech_are_no_page_numbers():
    pages = [[(LEFT, 700, SIZE, "今年的工作要点已经印发，请大家认真学习领会。"), (LEFT, 400, SIZE, "2024")]]
    assert "2024" in read_here(pdf(*pages))


def test_two_columns_are_read_one_after_the_other():
    def column(texts: list[list[Placed]], shift: float) -> list[Placed]:
        return [(x * 0.5 + shift, y, SIZE / 2, text) for page in texts for x, y, _, text in page]

    first, second = ["甲" * 60 + "。", "乙" * 50 + "。"], ["丙" * 70 + "。", "丁" * 40 + "。"]
    page = column(typeset(first), 0) + column(typeset(second), 260)
    assert read_here(pdf(page)).splitlines() == first + second


def test_radicals_that_look_like_ideographs_become_ideographs():
    texts = [(LEFT, 700, SIZE, "⼈⺠⾄上，⼀切为了⼈⺠，认真学习领会会议精神。")]
    assert read_here(pdf(texts)) == "人民至上，一切为了人民，认真学习领会会议精神。"


def test_cells_that_stand_side_by_side_are_one_line():
    texts = [
        (LEFT, 700, SIZE, "综合科"),
        (LEFT + 200, 700, SIZE, "128"),
        (LEFT, 672, SIZE, "秘书科"),
        (LEFT + 200, 672, SIZE, "96"),
    ]
    assert [line.split() for line in read_here(pdf(texts)).splitlines()] == [["综合科", "128"], ["秘书科", "96"]]


# What cannot be read

LOOP = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]/Parent 2 0 R>>"]
LOCK = b"/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O<%s>/U<%s>>>/ID[<%s><%s>]" % (
    b"ab" * 32,
    b"cd" * 32,
    b"00" * 16,
    b"00" * 16,
)
FAULTS = {
    "pages of pictures": (pdf([], [], []), "扫描件"),
    "pictures with page numbers": (pdf(*framed([[], [], []])), "扫描件"),
    "a cover before pictures": (pdf(typeset(SPEECH)[0], [], [], []), "扫描件"),
    "a password": (pdf(typeset(SPEECH)[0], trailer=LOCK), "加密"),
    "a lock nobody knows": (pdf([], trailer=b"/Encrypt<</Filter/Unknown/V 9>>"), "。"),
    "only a head": (b"%PDF-1.7\n", "已损坏"),
    "broken off": (pdf(typeset(SPEECH)[0])[:400], "。"),
    "pages that hold themselves": (assembled(LOOP), "。"),
    "letters that stand for nothing": (pdf([(LEFT, 700, SIZE, "\ue001\ue002\ue003" * 12)] * 2), "乱码"),
    "too many pages": (pdf(*[[]] * (MAX_PAGES + 1)), f"有 {MAX_PAGES + 1} 页，最多 {MAX_PAGES} 页"),
    "too long": (pdf(*[[(LEFT, 700 - 6 * y, 4, "字" * 900) for y in range(25)]] * 9), f"最多 {MAX_CHARACTERS} 个字符"),
}


@pytest.mark.parametrize(("content", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_pdf_that_cannot_be_read_is_refused_in_one_sentence(content, sentence):
    message = refusal(content, "讲话.pdf")
    assert message.startswith("《讲话.pdf》")
    assert sentence in message
    assert message.endswith("。")


def test_a_file_called_txt_that_is_a_pdf_is_read_as_one():
    assert read_speech_file("讲话.txt", pdf(*typeset(SPEECH))).splitlines() == SPEECH


def test_nothing_that_a_pdf_points_to_is_opened():
    asked: list[str] = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    server = http.server.HTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/".encode()
    action = b"/AA<</O<</S/URI/URI(%s)>>>>" % address
    content = pdf(*typeset(SPEECH), extra=action).replace(
        b"/Pages 2 0 R>>",
        b"/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.launchURL\\('%s'\\))>>/AA<</WC<</S/URI/URI(%s)>>>>>>"
        % (address, address),
        1,
    )
    try:
        assert read_speech_file("x.pdf", content).splitlines() == SPEECH
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_damaged_pdf_comes_back_as_text_or_one_sentence(data):
    content = bytearray(pdf(*typeset(SPEECH[:6])))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_speech_file("讲话.pdf", bytes(content[: data.draw(st.integers(1, len(content)))])).strip()
    except BadInput as refused:
        (problem,) = refused.problems
        assert problem.message.startswith("《讲话.pdf》")
        assert problem.message.endswith("。")


# PDFs that a browser prints, with the fonts of this machine

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SHEET = (
    "@page{size:A4;margin:37mm 26mm 35mm 28mm}body{font-size:16pt;line-height:28pt;text-align:justify}p{margin:0}"
    "h1{text-align:center;font-size:22pt}"
)
STYLES = {
    "indented": "p{text-indent:2em}",
    "flush and apart": "p{margin-bottom:14pt}",
    "two columns, ragged": "body{column-count:2;font-size:10pt;line-height:16pt;text-align:left}"
    "h1{font-size:13pt}p{text-indent:2em}",
}


def printed(folder: Path, style: str, body: str, *options: str) -> bytes:
    page = folder / "page.html"
    page.write_text(
        f"<meta charset=utf-8><title>{TITLE}</title><style>{SHEET}{style}</style><h1>{TITLE}</h1>{body}",
        encoding="utf-8",
    )
    result = folder / "page.pdf"
    subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'browser'}"),
            *(*options, f"--print-to-pdf={result}", str(page)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return result.read_bytes()


needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium, which prints the pages, is not installed")
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in SPEECH)


@needs_chromium
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_printed_page_gives_its_paragraphs_whole(tmp_path, style):
    content = printed(tmp_path, style, PARAGRAPHS, "--no-pdf-header-footer")
    assert read_here(content).splitlines() == [TITLE, *SPEECH]


@needs_chromium
def test_what_a_browser_prints_around_a_page_is_left_out(tmp_path):
    content = printed(tmp_path, STYLES["indented"], PARAGRAPHS)
    assert read_here(content).splitlines() == [TITLE, *SPEECH]


@needs_chromium
def test_a_printed_table_stands_where_it_is(tmp_path):
    body = PARAGRAPHS.replace(
        f"<p>{HEADINGS[1]}", table("<td>{}</td>").replace("<table", "<table width=100%") + f"<p>{HEADINGS[1]}"
    )
    lines = read_here(printed(tmp_path, STYLES["indented"], body, "--no-pdf-header-footer")).splitlines()
    place = lines.index(HEADINGS[1])
    rows = [line.split() for line in lines[place - 3 : place]]
    assert rows == [["科室", "文件数", "办结率"], ["综合科", "128", "98%"], ["秘书科", "96", "97%"]]
    assert [line for line in lines if line in SPEECH] == SPEECH
