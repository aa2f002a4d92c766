"""The speech out of a saved web page (.html, .mht), without what the site puts around it.

readability-lxml says where the article is. It was made to show an article, not to keep one: it lets go of short
paragraphs and headings in boxes of their own. So every line of the page is numbered first, and its choice is completed:
what stands between the first and the last chosen line belongs to the speech unless it is a list of links.
"""

import email
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from lxml import etree
from lxml import html
from readability import Document
from readability.readability import Unparseable

from quizapp.formats.speech_files.kinds import ARCHIVE_HEAD
from quizapp.formats.speech_files.plain import check_characters
from quizapp.formats.speech_files.plain import decoded
from quizapp.formats.speech_files.refusals import COPY_TEXT
from quizapp.formats.speech_files.refusals import Unreadable

BROKEN = f"是网页，但已损坏，无法打开：{COPY_TEXT}"
NO_PAGE = f"是网页存档，但其中没有网页：{COPY_TEXT}"
MARK = "data-line-of"
CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
#: What pages call their encoding, and the one that reads it; GB18030 holds all that the older two hold.
ENCODINGS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("gb18030", "gbk", "gb2312"), "gb18030"),
    "big5": "big5",
}
HEAD = 8_000

NOT_READ = ("script", "style", "noscript", "template", "select", "button", "textarea", "iframe", "object", "svg", "rt")
#: To readability only some elements are boxes of text; these are boxes too.
BOXES = ("section", "article", "main", "center", "figure", "fieldset")
BLOCKS = frozenset(
    {
        *("address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li"),
        *("main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
CELLS = frozenset({"td", "th"})
SPACES = re.compile(r"[ \t\r\n\f]+")
#: A cell of a table holds no more lines than this; one that does lays out the page.
CELL_LINES = 3
#: A headline has as many letters and stands within so many lines of the speech.
TITLE_LENGTH = 4
TITLE_WITHIN = 8
#: Of the boxes a line lies in, as many tell what kind of line it is.
DEPTH = 5
#: A line of prose, and how much of the prose of a page the speech must hold to be believed.
PROSE = re.compile(r"[。；！？]")
PROSE_LENGTH = 30
BELIEVED = 0.6


@dataclass(frozen=True)
class _Line:
    """One line of a page; `path` says what boxes it lies in, innermost first, by number and by name."""

    text: str
    block: int
    linked: int
    path: tuple[tuple[int, str], ...]
    chosen: bool = False

    @property
    def is_links(self) -> bool:
        return 2 * self.linked > len(self.text)

    @property
    def is_prose(self) -> bool:
        return len(self.text) >= PROSE_LENGTH and PROSE.search(self.text) is not None and not self.is_links

    def goes_on(self, other: "_Line") -> bool:
        """Whether it is the same kind of paragraph in the same box as another."""
        same_kind = [name for _, name in self.path] == [name for _, name in other.path]
        return same_kind and bool(self._shared() & other._shared()) and not self.is_links

    def _shared(self) -> set[int]:
        """What it lies in together with its neighbours; everything lies in the body."""
        return {number for number, name in self.path[1:] if not name.startswith("body")}


def text_of(content: bytes) -> str:
    page = _tree(_page(content))
    lines = _chosen(page, _lines(page))
    speech = _speech(lines)
    return "\n".join([*_title(page, lines, speech), *(line.text for line in speech)])


# Bytes to elements


def _page(content: bytes) -> str:
    if ARCHIVE_HEAD.match(content[:HEAD].decode("latin-1")):
        content, charset = _archived(content)
    else:
        charset = ""
    stated = CHARSET.search(content[:HEAD])
    name = (charset or (stated[1].decode() if stated else "")).lower()
    text = decoded(content, ENCODINGS.get(name, ""))
    check_characters(text)
    return text


def _archived(content: bytes) -> tuple[bytes, str]:
    """The page in a web archive, which is built like a mail, and the encoding its headers state."""
    try:
        message = email.message_from_bytes(content.lstrip())
        for part in message.walk():
            if part.get_content_type() == "text/html" and isinstance(page := part.get_payload(decode=True), bytes):
                return page, str(part.get_content_charset() or "")
    except (ValueError, LookupError, TypeError) as fault:
        raise Unreadable(BROKEN) from fault
    raise Unreadable(NO_PAGE)


def _tree(text: str) -> Any:
    """The elements of a page, each with its number; comments, scripts and controls left out."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as fault:
        raise Unreadable(BROKEN) from fault
    etree.strip_elements(page, *NOT_READ, with_tail=False)
    for number, element in enumerate(page.iter(etree.Element)):
        element.set(MARK, str(number))
    return page


# Elements to lines


class _Lines:
    """Collects the lines of a page while its elements open and close."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self._boxes: list[tuple[int, str]] = [(-1, "")]
        self._pieces: list[str] = []
        self._linked = 0
        self._links = 0
        self._kept = 0
        #: Of each open row: where its lines begin; of each of its cells so far: where it begins.
        self._rows: list[list[int]] = []

    def open(self, element: Any) -> None:
        if element.tag in BLOCKS or element.tag == "br":
            self._end_line()
        if element.tag in BLOCKS:
            self._boxes.append((int(element.get(MARK)), f"{element.tag}.{element.get('class') or ''}"))
        self._links += element.tag == "a"
        self._kept += element.tag == "pre"
        if element.tag == "tr":
            self._rows.append([])
        elif element.tag in CELLS and self._rows:
            self._rows[-1].append(len(self.lines))
        self._add(element.text)

    def close(self, element: Any) -> None:
        if element.tag in BLOCKS:
            self._end_line()
            if element.tag == "tr":
                self._end_row(self._rows.pop())
            self._boxes.pop()
        self._links -= element.tag == "a"
        self._kept -= element.tag == "pre"
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        for number, piece in enumerate((text or "").split("\n")):
            if number and self._kept:
                self._end_line()
            elif number:
                piece = " " + piece
            self._pieces.append(piece)
            self._linked += len(piece.strip()) if self._links else 0

    def _end_line(self) -> None:
        text = SPACES.sub(" ", "".join(self._pieces)).strip()
        if text:
            path = tuple(reversed(self._boxes[-DEPTH:]))
            self.lines.append(_Line(text, path[0][0], self._linked, path))
        self._pieces, self._linked = [], 0

    def _end_row(self, starts: list[int]) -> None:
        """A row of several short cells is a line; what only lays out a page stays as it is."""
        if not starts:  # a damaged page may have a row without cells
            return
        ends = [*starts[1:], len(self.lines)]
        cells = [lines for start, end in zip(starts, ends, strict=True) if (lines := self.lines[start:end])]
        if len(cells) < 2 or any(len(lines) > CELL_LINES for lines in cells):
            return
        path = tuple(reversed(self._boxes[-DEPTH:]))
        linked = sum(line.linked for lines in cells for line in lines)
        text = "\t".join(" ".join(line.text for line in lines) for lines in cells)
        self.lines[starts[0] :] = [_Line(text, path[0][0], linked, path)]


def _lines(page: Any) -> list[_Line]:
    lines = _Lines()
    body = page.find("body")
    for event, element in etree.iterwalk(page if body is None else body, events=("start", "end")):
        (lines.open if event == "start" else lines.close)(element)
    return lines.lines


# Lines to the speech


def _chosen(page: Any, lines: Sequence[_Line]) -> list[_Line]:
    """The lines, those marked that readability takes for the article."""
    copy = deepcopy(page)
    for element in copy.iter(*BOXES):
        element.tag = "div"
    try:
        article = Document(copy).summary(html_partial=True)
    except Unparseable:
        return list(lines)
    blocks = {int(number) for number in re.findall(rf'{MARK}="([0-9]+)"', article)}
    return [replace(line, chosen=line.block in blocks) for line in lines]


def _speech(lines: Sequence[_Line]) -> list[_Line]:
    """The chosen lines, what they leave out between them, and what goes on before and after them."""
    if not lines:
        return []
    first, last = _span(lines)
    while first > 0 and lines[first - 1].goes_on(lines[first]):
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].goes_on(lines[last]):
        last += 1
    return [line for line in lines[first : last + 1] if line.chosen or not line.is_links]


def _span(lines: Sequence[_Line]) -> tuple[int, int]:
    """Where the speech begins and ends: its prose, and what was chosen together with it on either side."""
    prose = [place for place, line in enumerate(lines) if line.is_prose]
    chosen = [place for place in prose if lines[place].chosen]
    if sum(len(lines[place].text) for place in chosen) < BELIEVED * sum(len(lines[place].text) for place in prose):
        chosen = prose
    if not chosen:
        chosen = [place for place, line in enumerate(lines) if line.chosen] or list(range(len(lines)))
    first, last = chosen[0], chosen[-1]
    while first > 0 and lines[first - 1].chosen:
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].chosen:
        last += 1
    return first, last


def _title(page: Any, lines: Sequence[_Line], speech: Sequence[_Line]) -> list[str]:
    """The headline above the speech: the line nearest before it that the page's own title holds too."""
    stated = "".join((page.findtext(".//title") or "").split())
    if not speech or any(_is_part(line, stated) for line in speech[:TITLE_WITHIN]):
        return []
    above = lines[: lines.index(speech[0])][-TITLE_WITHIN:]
    return [line.text for line in reversed(above) if _is_part(line, stated)][:1]


def _is_part(line: _Line, title: str) -> bool:
    text = "".join(line.text.split())
    return len(text) >= TITLE_LENGTH and text in title and not line.is_links
