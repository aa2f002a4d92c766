"""Clean the raw text of a speech, and keep the way back to it.

The steps run in this order: characters and line breaks; lines that swallowed their paragraphs; spaces, half-width
punctuation and table cells; then, until nothing changes, web residue, page furniture, rows joined to paragraphs,
teaser, title and its repetition; at last quotation marks, sentences and masks. Lines are normalised before anything is
recognised in them, so that cleaning a clean text changes nothing. Every step is linear in the text.

A table row stays one paragraph. Its cells stay apart by the tab that the file had, and each is a sentence of its own,
so that nothing is ever read across them.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from quizapp.core.speech import CleanText
from quizapp.core.speech import Span

_IDEOGRAPHS = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
_CHINESE = rf"{_IDEOGRAPHS}\u3001-\u303f\uff00-\uffef"
_CJK = re.compile(f"[{_CHINESE}]")
# 引号、破折号、省略号中西文共用，只在含汉字的行里算作中文标点。
_CHINESE_OR_SHARED = rf"{_CHINESE}“”‘’—…·"
_CJK_OR_SHARED = re.compile(f"[{_CHINESE_OR_SHARED}]")

_CARRIAGE = re.compile(r"\r(?=\n)")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_PAGE_BREAK = "\x0c"
_ODD_SPACE = re.compile(r"[^\S \n\t\x0c]")
_LINE_BREAKS = frozenset("\r\x0b\x1c\x1d\x1e\x85\u2028\u2029")
# A lone surrogate cannot be stored or sent as UTF-8.
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_BLANKS = " \t"
_SPACES = re.compile(r" +")
_PUNCTUATION = re.compile(r"[ ,;:!?()\"]")
_LOOSE = re.compile(r"[ ,;:!?()]+")


def _beside(kind: str) -> re.Pattern[str]:
    """Runs of loose punctuation that touch one of these characters; every run is tried from its start only."""
    loose = "[ ,;:!?]"
    return re.compile(f"(?<=[{kind}]){loose}++|(?<!{loose}){loose}++(?=[{kind}])")


_BESIDE_CJK = _beside(_CHINESE)
_BESIDE_CJK_OR_SHARED = _beside(_CHINESE_OR_SHARED)
_HALF_TO_FULL = str.maketrans(",;:!?()", "，；：！？（）")
_BRACKETS = re.compile(r"[()]")
_HALF_STOP = re.compile(
    rf"(?<=[{_IDEOGRAPHS}”》])(?<!^[一二三四五六七八九十])(?<!^[一二三四五六七八九十]{{2}})\.(?=[{_IDEOGRAPHS}“《]|$)"
)
_OPENERS = "(（"

_HAN = "一二三四五六七八九"
# 二○二四年、一○三号：圆圈是零，不是隐去的字。
_ZERO = re.compile(rf"(?<![{_HAN}〇零○◯OＯ])[一二][{_HAN}〇零○◯OＯ]{{3}}(?=年)|(?<=[{_HAN}〇])[○◯](?=[{_HAN}〇○◯])")
_ZEROS = str.maketrans("○◯OＯ", "〇〇〇〇")
_SPACED_DIGITS = re.compile(r"(?<![\d.])(?<!\d )\d(?: \d){2,}+(?= ?[年月日%％个项件人万亿元])")
_TWO_BLANKS = re.compile(r"[ \t]{2}")
_BLANK_RUN = re.compile(r"[ \t]+")
_NUMBER_BEFORE_TAB = re.compile(
    r"(?:[(（] *+)?第? *+(?:[一二三四五六七八九十]{1,3}|\d{1,2}) *+[)）、.．，,] *+(?=\t)|[①-⑳] *+(?=\t)"
)

_WRAP_MIN_GAPS = 8
_WRAP_MIN_WIDTH = 15
_WRAP_MAX_WIDTH = 60
_WRAP_SLACK = 3

# One class of characters first, so that the search runs from one to the next.
_SENTENCE_END = re.compile(r"[。！？!?\t\n](?:(?<![\t\n])[。！？!?]*[”’》）】」』]*)?")
# 引语之后句子常常还没有完：“……。”的要求、“……？”，
_GOES_ON = frozenset("，、；：的和与及这")
_QUOTES = (("“", "”"), ("「", "」"))
_MASK_START = re.compile(r"[☆★×✕╳※○◯●□■*＊_XxＸｘ某]")
_MASK = re.compile(
    r"[☆★×✕╳※]+|[○◯●□■]{2,}|[*＊_]{2,}|[XxＸｘ]{2,}(?![A-Za-z0-9])|(?<![A-Za-z0-9])[XＸ](?![A-Za-z0-9])"
    r"|某(?:某|省|市|县|区|州|旗|局|厅|委|办|镇|乡|村|街道|单位|部门|同志|领导)"
)
_TERMINATED = frozenset("。！？!?”》）…」』")
_DATED = re.compile(r"[\d一二三四五六七八九十]日$")
_SIGN_OFF_MAX = 12
_DATED_MAX = 40
_CLAUSE_MARK = re.compile(r"[，、；：]")


_Run = tuple[int, int]


class _Line(NamedTuple):
    """Text with the raw offset of each of its characters, and how it stood on the page."""

    text: str
    offsets: Sequence[int]
    indent: int = 0
    #: After an empty line.
    apart: bool = False
    #: First on its page.
    turned: bool = False

    def part(self, start: int, end: int) -> "_Line":
        return self._replace(text=self.text[start:end], offsets=self.offsets[start:end])

    def without(self, holes: Iterable[_Run]) -> "_Line":
        texts: list[str] = []
        offsets: list[int] = []
        at = 0
        for start, end in holes:
            texts.append(self.text[at:start])
            offsets += self.offsets[at:start]
            at = end
        if not at:
            return self
        return self._replace(text="".join(texts) + self.text[at:], offsets=[*offsets, *self.offsets[at:]])

    def rewritten(self, text: str) -> "_Line":
        """The same characters under other names, one for one."""
        return self if text == self.text else self._replace(text=text)

    def stripped(self) -> "_Line":
        text = self.text.strip(_BLANKS)
        if len(text) == len(self.text):
            return self
        start = len(self.text) - len(self.text.lstrip(_BLANKS))
        return self.part(start, start + len(text))

    def plain(self) -> "_Line":
        """Without what only the page knew."""
        return _Line(self.text, self.offsets) if self.indent or self.apart or self.turned else self


def clean_text(raw: str) -> CleanText:
    """Give the text as the rest of the pipeline reads it; any string is accepted.

    A stated title stays in the text as its first paragraph.
    """
    lines = [_normal(line) for long in _lines(_characters(raw)) for line in _unwrapped(long)]
    return _assembled(*_settled([line for line in lines if line.text]))


# Characters and lines


def _characters(raw: str) -> _Line:
    line = _Line(raw, range(len(raw)))
    if "\r" in raw:
        line = _dropped(line, _CARRIAGE)
    line = _dropped(line, _INVISIBLE)
    text = _ODD_SPACE.sub(lambda odd: "\n" if odd[0] in _LINE_BREAKS else " ", line.text)
    return line.rewritten(text if _can_be_stored(text) else _SURROGATE.sub("\ufffd", text))


def _can_be_stored(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _dropped(line: _Line, pattern: re.Pattern[str]) -> _Line:
    return line.without(match.span() for match in pattern.finditer(line.text))


def _lines(whole: _Line) -> Iterator[_Line]:
    at, apart = 0, False
    for page in whole.text.split(_PAGE_BREAK):
        turned = at > 0
        for line in page.split("\n"):
            text = line.strip(_BLANKS)
            if text:
                indent = 0 if len(text) == len(line) else len(line) - len(line.lstrip(_BLANKS))
                start = at + indent
                yield _Line(text, whole.offsets[start : start + len(text)], indent, apart, turned)
                turned = False
            apart = not text
            at += len(line) + 1


# Hard wraps that became spaces


def _unwrapped(line: _Line) -> list[_Line]:
    """Split a line that swallowed its paragraphs: where a wrapped row is short and ends a sentence, one ended."""
    if line.text.count(" ") < _WRAP_MIN_GAPS:
        return [line]
    gaps = [match.span() for match in _SPACES.finditer(line.text) if _touches(line.text, *match.span(), _CJK)]
    width = _wrap_width(gaps, len(line.text))
    if width is None:
        return [line]
    return list(_split_rows(line, gaps, width))


def _wrap_width(gaps: list[_Run], length: int) -> int | None:
    if len(gaps) < _WRAP_MIN_GAPS or length > _WRAP_MAX_WIDTH * (len(gaps) + 1):
        return None
    rows = [following[0] - gap[1] for gap, following in pairwise(gaps)]
    width = max(Counter(rows).items(), key=lambda row: (row[1], row[0]))[0]
    near = sum(abs(row - width) <= _WRAP_SLACK for row in rows)
    return width if width >= _WRAP_MIN_WIDTH and 2 * near >= len(rows) else None


def _split_rows(line: _Line, gaps: list[_Run], width: int) -> Iterator[_Line]:
    start, row_start = 0, 0
    for gap_start, gap_end in gaps:
        if gap_start - row_start < width - _WRAP_SLACK and line.text[gap_start - 1] in "。！？：!?:":
            yield line.part(start, gap_start)
            start = gap_end
        row_start = gap_end
    yield line.part(start, len(line.text))


# Spaces, punctuation, cells


def _touches(text: str, start: int, end: int, kind: re.Pattern[str]) -> bool:
    return bool(start and kind.match(text[start - 1])) or bool(end < len(text) and kind.match(text[end]))


def _normal(line: _Line) -> _Line:
    """Bring the characters of one line into the form in which everything is recognised."""
    if "\t" in line.text:
        line = _with_single_tabs(line)
    if _PUNCTUATION.search(line.text):
        line = _with_full_punctuation(line)
    if "." in line.text:
        line = _with_full_stops(line)
    return _with_zeros(line)


def _with_single_tabs(line: _Line) -> _Line:
    """Keep one tab between cells; one that only sets a number apart from its heading separates nothing."""
    numbered = _NUMBER_BEFORE_TAB.match(line.text)
    if not numbered and not _TWO_BLANKS.search(line.text):
        return line
    holes = []
    for match in _BLANK_RUN.finditer(line.text):
        start, end = match.span()
        tab = line.text.find("\t", start, end)
        if numbered and start <= numbered.end() <= end:
            holes.append((start, end))
        elif tab >= 0:
            holes += [(start, tab), (tab + 1, end)]
    return line.without(holes)


def _with_full_stops(line: _Line) -> _Line:
    """A scan's “.” that ends a Chinese sentence; 3.5, 一.抓落实 and names of files stay as they are."""
    return line.rewritten(_HALF_STOP.sub("。", line.text)) if _HALF_STOP.search(line.text) else line


def _with_zeros(line: _Line) -> _Line:
    if "○" in line.text or "◯" in line.text or "O" in line.text or "Ｏ" in line.text:
        return line.rewritten(_ZERO.sub(lambda year: year[0].translate(_ZEROS), line.text))
    return line


def _with_full_punctuation(line: _Line) -> _Line:
    """Make the punctuation beside Chinese full width and drop the spaces there; 3.5 and 8:40 stay as they are."""
    line = line.stripped()
    if not _CJK.search(line.text):
        return line
    has_words = _IDEOGRAPH.search(line.text) is not None
    if has_words:
        line = _with_whole_numbers(line.rewritten(_curly_quotes(line.text)))
    return _full_width(line, _chinese_runs(line.text, has_words))


def _with_whole_numbers(line: _Line) -> _Line:
    """2 0 2 4年 is one number that a scan took apart."""
    numbers = [match.span() for match in _SPACED_DIGITS.finditer(line.text)]
    return line.without(space.span() for number in numbers for space in _SPACES.finditer(line.text, *number))


def _curly_quotes(text: str) -> str:
    if '"' not in text or text.count('"') % 2:
        return text
    pieces = text.split('"')
    return "".join(piece + ("”" if index % 2 else "“") for index, piece in enumerate(pieces[:-1])) + pieces[-1]


def _chinese_runs(text: str, has_words: bool) -> list[_Run]:
    """The runs of loose punctuation that touch Chinese, or share a pair of brackets with one that does."""
    if not _BRACKETS.search(text):
        beside = _BESIDE_CJK_OR_SHARED if has_words else _BESIDE_CJK
        return [match.span() for match in beside.finditer(text)]
    kind = _CJK_OR_SHARED if has_words else _CJK
    runs = [match.span() for match in _LOOSE.finditer(text)]
    hot = {run for run in runs if _touches(text, *run, kind)}
    links = _bracket_links(text, runs)
    waiting: list[_Run | None] = [None, *hot]
    while waiting:
        fresh = {run for run in links.get(waiting.pop(), ()) if run is not None} - hot
        hot |= fresh
        waiting += fresh
    return [run for run in runs if run in hot]


def _bracket_links(text: str, runs: list[_Run]) -> dict[_Run | None, list[_Run | None]]:
    """Which runs hold the two brackets of one pair; None stands for a bracket that is full width already."""
    links: dict[_Run | None, list[_Run | None]] = {}
    open_runs: list[_Run | None] = []
    for match in re.finditer(r"[()（）]", text):
        run = _run_at(runs, match.start()) if match.group() in "()" else None
        if match.group() in _OPENERS:
            open_runs.append(run)
        elif open_runs:
            partner = open_runs.pop()
            links.setdefault(run, []).append(partner)
            links.setdefault(partner, []).append(run)
    return links


def _run_at(runs: list[_Run], position: int) -> _Run:
    return runs[bisect_right(runs, position, key=lambda run: run[0]) - 1]


def _full_width(line: _Line, runs: list[_Run]) -> _Line:
    if not runs:
        return line
    pieces, at = [], 0
    for start, end in runs:
        pieces += [line.text[at:start], line.text[start:end].translate(_HALF_TO_FULL)]
        at = end
    text = "".join(pieces) + line.text[at:]
    spaces = [match.span() for start, end in runs for match in _SPACES.finditer(text, start, end)]
    return line.rewritten(text).without(spaces)


# What settles


#: Passes after which nearly every text has come to rest; the bound keeps a malicious one from asking for more.
_PASSES = 6


def _settled(lines: list[_Line]) -> tuple[list[_Line], str | None]:
    """Take away what belongs to the page, and join the rows of one paragraph, until nothing changes."""
    title = None
    for _ in range(_PASSES):
        before = lines
        lines, title = _titled(_without_teaser(_joined(_without_pages(_without_residue(lines)))))
        if lines == before:
            break
    return lines, title


# Web residue

_RESIDUE_MAX = 20
_LABELS_MAX = 100
_LABELS_MIN = 2
_DOWNLOAD = ("立即下载", "免费下载", "点击下载", "下载本文", "下载文档", "在线阅读")
_LABEL = (
    r"(?:[上下]一[篇条]|(?:信息|文章|稿件|内容|新闻)?来源|稿源|(?:责任|网站|网页)?编辑|责编|作者|审核|编审|校对"
    r"|发布(?:时间|日期|机构|人|者)|发文时间|更新(?:时间|日期)|(?:浏览|阅读|点击|访问)(?:次数|[量数率])|浏览|人气"
    r"|字体(?:大小)?|字号|(?:您|你)?的?(?:当前|现在|所在)的?位置|您的位置|分享[到至]|索引号|打印)："
)
_ONE_LABEL = re.compile(f"[【（]?{_LABEL}[^。！？；]{{0,16}}")
_LABELLED = re.compile(_LABEL)
_BREADCRUMB = re.compile(r"[^。！？；，]{0,12}位置：[^。！？；]*[>＞»›/→][^。！？；]*")
_BUTTON = (
    r"(?:打印(?:本[页文])?|关闭(?:窗口|本页)?|返回(?:顶部|首页|列表|上一?页)?|分享|收藏(?:本页|文章)?|首页|网站(?:首页|地图)"
    r"|联系我们|购物车|我的足迹|我的收藏|加入收藏|设为首页|上一[篇条]|下一[篇条]|大|中|小|字[体号]：?|保护视力色)"
)
_RESIDUE = re.compile(
    rf"(?:[【（\[]?{_BUTTON}[】）\]]?[|｜/· ]?)++|分享到.{{0,12}}|扫一扫.{{0,12}}|版权所有.{{0,14}}|阅读全文"
)
_RESIDUE_STARTS = frozenset("【（[打关返分收首网联购我加设上下大中小字保扫版阅")


def _without_residue(lines: list[_Line]) -> list[_Line]:
    return [line for line in lines if not _is_residue(line.text)]


def _is_residue(text: str) -> bool:
    return _is_button(text) or _is_labelled(text)


def _is_button(text: str) -> bool:
    if len(text) > _RESIDUE_MAX:
        return False
    return text.endswith(_DOWNLOAD) or (text[0] in _RESIDUE_STARTS and _RESIDUE.fullmatch(text) is not None)


def _is_labelled(text: str) -> bool:
    if len(text) > _LABELS_MAX or "：" not in text:
        return False
    return _ONE_LABEL.fullmatch(text) is not None or _BREADCRUMB.fullmatch(text) is not None or _is_label_row(text)


def _is_label_row(text: str) -> bool:
    """来源：… 发布时间：… 浏览次数：… on one line."""
    labels = len(_LABELLED.findall(text))
    return labels >= _LABELS_MIN and labels == text.count("：") and _LABELLED.match(text.lstrip("【（")) is not None


# Page numbers and running headers

_PAGE_NUMBER_MAX = 20
_DASHES = r"[-—–－―·•. ]{0,4}"
_COUNT = rf"(?:\d{{1,4}}|[{_HAN}十百]{{1,5}})"
_PAGE_NUMBER = re.compile(
    rf"{_DASHES}\d{{1,4}}{_DASHES}|\d{{1,3}} ?/ ?\d{{1,3}}|[Pp]age ?\d{{1,4}}(?: ?(?:of|/) ?\d{{1,4}})?"
    rf"|{_DASHES}(?:第 ?{_COUNT} ?页[，/、 ]?|共 ?{_COUNT} ?页[，/、 ]?){{1,2}}{_DASHES}"
)
_PAGE_STARTS = frozenset("0123456789０１２３４５６７８９-—–－―·•. 第共Pp")
_HEADER_MIN = 4
_HEADER_MAX = 40
_HEADER_NUMBER = re.compile(rf"{_DASHES}(?:第?\d{{1,4}}页?){_DASHES}$|^{_DASHES}(?:第?\d{{1,4}}页?){_DASHES}")
_HEADER_TWICE = 2
_CALLED_SPEECH = re.compile(r"(?:讲话|发言|报告|致辞|讲稿)(?:稿|提纲|要点)?$")


def _without_pages(lines: list[_Line]) -> list[_Line]:
    """Drop page numbers and the headers that come again on every page; the title above the text stays."""
    numbers = {index for index, line in enumerate(lines) if _is_page_number(line.text)}
    gone = numbers | _running_headers(lines, numbers)
    if not gone:
        return lines
    # What empty lines there are beside them part pages, not paragraphs.
    return [
        line._replace(apart=line.apart and index - 1 not in gone)
        for index, line in enumerate(lines)
        if index not in gone
    ]


def _is_page_number(text: str) -> bool:
    return len(text) <= _PAGE_NUMBER_MAX and text[0] in _PAGE_STARTS and _PAGE_NUMBER.fullmatch(text) is not None


def _running_headers(lines: list[_Line], numbers: set[int]) -> set[int]:
    places: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if _HEADER_MIN <= len(line.text) <= _HEADER_MAX and line.text[-1] not in _ROW_ENDS:
            places.setdefault(_HEADER_NUMBER.sub("", line.text), []).append(index)
    found: set[int] = set()
    for header, where in places.items():
        if len(where) >= _HEADER_TWICE and len(header) >= _HEADER_MIN and not _ORDINAL_START.match(header):
            breaks = sum(_breaks_page(lines, index, numbers) for index in where)
            found.update(index for index in where if breaks >= _HEADER_TWICE and (index or _stands_over_title(lines)))
    return found


def _stands_over_title(lines: list[_Line]) -> bool:
    """Say whether the first line is a header even on the first page: the title itself is the line below it."""
    first, second = lines[0].text, lines[1].text
    return _CALLED_SPEECH.search(second) is not None and _CALLED_SPEECH.search(first) is None


def _breaks_page(lines: list[_Line], index: int, numbers: set[int]) -> bool:
    """Say whether a page ends here: at its number, at a page break, or in the middle of a clause."""
    if lines[index].turned or index - 1 in numbers or index + 1 in numbers:
        return True
    row = lines[index - 1].text if index else "。"
    prose = len(row) >= _WRAP_MIN_WIDTH and _CLAUSE_MARK.search(row) is not None
    return prose and row[-1] not in _SENTENCE_ENDS and not _ORDINAL_START.match(row)


# Rows of one paragraph

_ROW_ENDS = frozenset("。！？：；!?:;…，、")
_SENTENCE_ENDS = frozenset("。！？：；!?:;…")
_PROSE = re.compile(r"[，、；：。]")
_CLOSING_MARKS = "”’』」》）】"
_CANNOT_BEGIN = frozenset("，。、；：！？”’』」》）】…%％")
_ROWS_MIN = 6
_MID_CLAUSE_MIN = 4
#: Columns are counted in half widths.
_SLACK = 2 * _WRAP_SLACK
_COLUMNS = range(2 * _WRAP_MIN_WIDTH, 2 * _WRAP_MAX_WIDTH + 1)
_RANKED_START = re.compile(
    r"[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[.．、](?!\d)|[①-⑳]"
    r"|第[一二三四五六七八九十]{1,3}(?:部分|章|节|句话|个问题|个方面)"
)
_ORDINAL_START = re.compile(
    r"第?[一二三四五六七八九十\d]+[、.．，是要]|[（(][一二三四五六七八九十\d]+[）)]|首先|同志们|各位|尊敬的"
)


class _Page(NamedTuple):
    """How wide the rows are, and where a row begins that is not indented."""

    width: int
    margin: int
    indents: bool
    gaps: bool


def _joined(lines: list[_Line]) -> list[_Line]:
    """Join the rows of a paragraph that was broken at the page's width."""
    widths = [_columns(line.text) for line in lines]
    width = _row_width(lines, widths)
    if width is None:
        return lines
    page = _page(lines, widths, width)
    groups = [[lines[0]]]
    for row, columns, following in zip(lines, widths, lines[1:], strict=False):
        if _row_goes_on(row, columns, following, page):
            groups[-1].append(following)
        else:
            groups.append([following])
    return [_paragraph(group) for group in groups]


def _columns(text: str) -> int:
    return len(text.encode("gbk", "replace")) if len(text) <= _COLUMNS.stop else 2 * len(text)


def _row_width(lines: list[_Line], widths: list[int]) -> int | None:
    """The width at which rows break in mid-clause, None where lines are paragraphs."""
    if len(lines) < _ROWS_MIN or max(widths) < _COLUMNS.start:
        return None
    open_rows = Counter(
        width
        for line, width in zip(lines, widths, strict=True)
        if width in _COLUMNS and line.text[-1] not in _SENTENCE_ENDS
    )
    if open_rows.total() < _MID_CLAUSE_MIN:
        return None
    width = max(open_rows.items(), key=lambda row: (row[1], row[0]))[0]
    return width if _are_rows(lines, widths, width) else None


def _are_rows(lines: list[_Line], widths: list[int], width: int) -> bool:
    """Many rows break in mid-clause, nearly all of them are prose, and hardly any line is longer."""
    broken = [
        row.text
        for row, columns, following in zip(lines, widths, lines[1:], strict=False)
        if columns <= width + _SLACK and not _is_short(row.text, width) and _breaks_clause(row.text, following.text)
    ]
    if len(broken) < max(_MID_CLAUSE_MIN, len(lines) / 3):
        return False
    prose = sum(_PROSE.search(row) is not None for row in broken)
    return 2 * prose >= len(broken) and 10 * sum(each > width + _SLACK for each in widths) <= len(lines)


def _is_short(row: str, width: int) -> bool:
    """A row is full by its columns or, where the page gave every character a whole one, by its characters."""
    return 2 * len(row) < width - _SLACK


def _breaks_clause(row: str, following: str) -> bool:
    return row[-1] not in _SENTENCE_ENDS and not _RANKED_START.match(following) and "\t" not in row + following


def _page(lines: list[_Line], widths: list[int], width: int) -> _Page:
    full = [line.indent for line, each in zip(lines, widths, strict=True) if abs(each - width) <= _SLACK]
    margin = min(full, default=0)
    apart = sum(line.apart for line in lines)
    return _Page(width, margin, any(line.indent > margin for line in lines), 0 < 2 * apart <= len(lines))


def _row_goes_on(row: _Line, width: int, following: _Line, page: _Page) -> bool:
    """Say whether the next row belongs to the same paragraph."""
    if "\t" in row.text or "\t" in following.text:
        return False
    if following.text[0] in _CANNOT_BEGIN:
        return True
    if _is_short(row.text, page.width) or following.indent > page.margin or (page.gaps and following.apart):
        return False
    if row.text.rstrip(_CLOSING_MARKS)[-1:] in _SENTENCE_ENDS:
        return _fills(width, following, page)
    return not (_RANKED_START.match(row.text) and _RANKED_START.match(following.text))


def _fills(width: int, following: _Line, page: _Page) -> bool:
    """After a full row that ends a sentence: without indents only a row without any room left may go on."""
    if _RANKED_START.match(following.text):
        return False
    return page.indents or page.gaps or (width >= page.width - 1 and not _ORDINAL_START.match(following.text))


def _paragraph(rows: list[_Line]) -> _Line:
    if len(rows) == 1:
        return rows[0].plain()
    texts, offsets = [rows[0].text], list(rows[0].offsets)
    for before, row in pairwise(rows):
        if _are_latin(before.text[-1], row.text[0]):
            texts.append(" ")
            offsets.append(offsets[-1] + 1)
        texts.append(row.text)
        offsets += row.offsets
    return _normal(_Line("".join(texts), offsets))


def _are_latin(last: str, first: str) -> bool:
    return last.isascii() and first.isascii() and last.isalpha() and first.isalpha()


# Teaser, title

_TEASER_END = re.compile(r"(?:\.{3,}|…+)$")
_TEASER_MIN = 10
_TEASER_MAX = 2000
_TITLE_MAX = 40
_TITLE_MIN_REPEATED = 6
_NOT_IN_TITLE = re.compile(r'[。！？；，：!?;,:"\t]')
_DAY = r"[\d一二三四五六七八九十]{1,3}"
_DATE_LINE = re.compile(rf"[（(]?(?:\d{{4}}|[{_HAN}〇零○]{{4}})[年.\-/]{_DAY}[月.\-/]{_DAY}日?[）)]?")


def _without_teaser(lines: list[_Line]) -> list[_Line]:
    """Drop the shortened copy of the opening that web pages put above a text."""
    first = 0
    while len(lines) - first > 1 and _is_teaser(lines[first].text, lines[first + 1 : first + 4]):
        first += 1
    second = first + 1
    while len(lines) - second > 1 and _is_teaser(lines[second].text, lines[second + 1 : second + 4]):
        second += 1
    return [lines[first], *lines[second:]] if second > 1 else lines


def _is_teaser(text: str, following: list[_Line]) -> bool:
    if text[-1] not in ".…" or len(text) > _TEASER_MAX:
        return False
    end = _TEASER_END.search(text)
    core = text[: end.start()] if end else ""
    return len(core) >= _TEASER_MIN and any(
        "".join(line.text for line in following[skip:]).startswith(core) for skip in range(min(2, len(following)))
    )


def _titled(lines: list[_Line]) -> tuple[list[_Line], str | None]:
    if len(lines) < 2 or not is_title_line(lines[0].text):
        return lines, None
    title = lines[0].text
    return [lines[0], *_without_repeated(title, lines[1:])], title


def is_title_line(text: str) -> bool:
    """Say whether a line can be a title: short, without a clause, neither numbered nor a salutation nor a date."""
    if len(text) > _TITLE_MAX or _NOT_IN_TITLE.search(text):
        return False
    return not _ORDINAL_START.match(text) and not _DATE_LINE.fullmatch(text)


def _without_repeated(title: str, lines: list[_Line]) -> list[_Line]:
    """Strip the title from where the body states it again."""
    first = 0
    while len(title) >= _TITLE_MIN_REPEATED and first < len(lines) and lines[first].text.startswith(title):
        rest = lines[first].part(len(title), len(lines[first].text)).stripped()
        lines[first] = rest
        first += not rest.text or _is_residue(rest.text)
    return lines[first:]


# The clean text


def _assembled(lines: list[_Line], title: str | None) -> CleanText:
    text = "\n".join([line.text for line in lines])
    paragraphs = tuple(_paragraphs(lines))
    quotes, unpaired = quotations(text)
    sentences = tuple(_sentences(text, quotes))
    broken = {_sentence_at(sentences, position) for position in unpaired}
    if sentences and _is_cut_off(text, paragraphs[-1]):
        broken.add(len(sentences) - 1)
    return CleanText(
        text=text,
        raw_offsets=tuple(_joined_offsets(lines)),
        title=title,
        paragraphs=paragraphs,
        sentences=sentences,
        masks=tuple(_masks(text)),
        broken_sentences=frozenset(broken),
    )


def _joined_offsets(lines: list[_Line]) -> list[int]:
    """Give each line break of the clean text the raw offset just after the line it ends."""
    offsets: list[int] = []
    for line in lines:
        if offsets:
            offsets.append(offsets[-1] + 1)
        offsets += line.offsets
    return offsets


def _paragraphs(lines: list[_Line]) -> Iterator[Span]:
    at = 0
    for line in lines:
        end = at + len(line.text)
        yield Span(at, end)
        at = end + 1


def quotations(text: str) -> tuple[dict[int, int], list[int]]:
    """Pair the quotation marks of each line: (opening → closing, positions of marks that have no partner).

    An opening mark met while another is open means that the earlier one was never closed.
    """
    pairs: dict[int, int] = {}
    unpaired: list[int] = []
    for opening, closing in _QUOTES:
        if opening in text or closing in text:
            _pair(text, opening, closing, pairs, unpaired)
    return pairs, unpaired


def _pair(text: str, opening: str, closing: str, pairs: dict[int, int], unpaired: list[int]) -> None:
    open_at: int | None = None
    for match in re.finditer(rf"[{opening}{closing}\n]", text):
        mark = match.group()
        if mark == closing and open_at is not None:
            pairs[open_at], open_at = match.start(), None
            continue
        unpaired += [open_at] if open_at is not None else [match.start()] if mark == closing else []
        open_at = match.start() if mark == opening else None
    if open_at is not None:
        unpaired.append(open_at)


def _sentences(text: str, quotes: dict[int, int]) -> Iterator[Span]:
    """Sentences end with their full stop, a cell or a line; a full stop inside a quotation ends none."""
    marks = iter(sorted(quotes.items()))
    opening, closing = next(marks, (len(text), len(text)))
    start = 0
    for match in _SENTENCE_END.finditer(text):
        at, end = match.span()
        is_break = text[at] == "\n"
        while closing < at:
            opening, closing = next(marks, (len(text), len(text)))
        inside = opening < at and end <= closing
        if is_break or not (inside or (end - at > 1 and _sentence_goes_on(text, end))):
            if start < end - is_break:
                yield Span(start, end - is_break)
            start = end
    if start < len(text):
        yield Span(start, len(text))


def _sentence_goes_on(text: str, end: int) -> bool:
    return text[end - 1] in "”》」" and end < len(text) and text[end] in _GOES_ON


def _sentence_at(sentences: tuple[Span, ...], position: int) -> int:
    return bisect_right(sentences, position, key=lambda sentence: sentence.start) - 1


def _masks(text: str) -> Iterator[Span]:
    end = 0
    for start in _MASK_START.finditer(text):
        mask = _MASK.match(text, start.start()) if start.start() >= end else None
        if mask:
            end = mask.end()
            yield Span(mask.start(), end)


def _is_cut_off(text: str, last: Span) -> bool:
    """Say whether the text breaks off; a short closing line (谢谢大家) and a date need no full stop."""
    closing = last.of(text)
    if closing[-1] in _TERMINATED or (len(closing) <= _DATED_MAX and _DATED.search(closing)):
        return False
    return len(closing) > _SIGN_OFF_MAX or _CLAUSE_MARK.search(closing) is not None
