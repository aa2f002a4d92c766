"""Clean the raw text of a speech, and keep the way back to it.

The steps run in this order: characters and line breaks; hard wraps undone; spaces and half-width punctuation; web
residue; teaser; title and its repetition; masks; quotation marks; a text that is cut off. Lines are normalised before
anything is recognised in them, so that cleaning a clean text changes nothing. Every step is linear in the text.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from quizapp.core.speech import CleanText
from quizapp.core.speech import Span

_IDEOGRAPHS = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
_CJK = re.compile(rf"[{_IDEOGRAPHS}\u3001-\u303f\uff00-\uffef]")
# 引号、破折号、省略号中西文共用，只在含汉字的行里算作中文标点。
_CJK_OR_SHARED = re.compile(rf"[{_IDEOGRAPHS}\u3001-\u303f\uff00-\uffef“”‘’—…·]")

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CARRIAGE = re.compile(r"\r(?=\n)")
_LINE_BREAK = re.compile(r"[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACE = re.compile(r"[^\S\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f]")
# A lone surrogate cannot be stored or sent as UTF-8.
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_SPACES = re.compile(r" +")
_LOOSE = re.compile(r"[ ,;:!?()]+")
_HALF_TO_FULL = str.maketrans(",;:!?()", "，；：！？（）")
_OPENERS = "(（"
_CLOSERS = ")）"

_WRAP_MIN_GAPS = 8
_WRAP_MIN_WIDTH = 15
_WRAP_MAX_WIDTH = 60
_WRAP_SLACK = 3

_RESIDUE_MAX = 20
_RESIDUE = re.compile(
    r"购物车|我的足迹|我的收藏|返回顶部|返回首页|网站首页|打印本页|关闭窗口|分享到.{0,12}|扫一扫.{0,12}|上一篇|下一篇"
    r"|.{0,14}(?:立即下载|免费下载|点击下载|下载本文|下载文档|在线阅读)"
    r"|(?:[上下]一[篇条]|来源|责任编辑|编辑|作者|发布时间|发布日期|浏览次数|阅读次数|点击数|字体|字号|当前位置|您的位置)：.{0,16}"
    r"|[-—– ]{0,4}\d{1,4}[-—– ]{0,4}|第 ?\d{1,4} ?页(?:[，/ ]?共 ?\d{1,4} ?页)?"
)
_TEASER_END = re.compile(r"(?:\.{3,}|…+)$")
_TEASER_MIN = 10
_TITLE_MAX = 40
_TITLE_MIN_REPEATED = 6
_NOT_IN_TITLE = re.compile(r'[。！？；，：!?;,:"]')
_ORDINAL_START = re.compile(
    r"第?[一二三四五六七八九十\d]+[、.．，是要]|[（(][一二三四五六七八九十\d]+[）)]|首先|同志们"
)

_SENTENCE_END = re.compile(r"[。！？!?]+[”’》）】」』]*")
# 引语之后句子常常还没有完：“……。”的要求、“……？”，
_GOES_ON = frozenset("，、；：的和与及这")
_QUOTE = re.compile(r"[“”]")
_MASK = re.compile(
    r"[☆★×✕╳※]+|[○◯●]{2,}|\*{2,}|[XxＸｘ]{2,}(?![A-Za-z0-9])|(?<![A-Za-z0-9])[XＸ](?![A-Za-z0-9])"
    r"|某(?:某|省|市|县|区|州|旗|局|厅|委|办|镇|乡|村|街道|单位|部门|同志|领导)"
)
_TERMINATED = re.compile(r"[。！？!?”》）…]$")
_SIGN_OFF_MAX = 12
_CLAUSE_MARK = re.compile(r"[，、；：]")


_Run = tuple[int, int]


class _Traced(NamedTuple):
    """Text with the raw offset of each of its characters."""

    text: str
    offsets: list[int]

    def part(self, start: int, end: int) -> "_Traced":
        return _Traced(self.text[start:end], self.offsets[start:end])

    def without(self, holes: Iterable[_Run]) -> "_Traced":
        texts, offsets, at = [], [], 0
        for start, end in holes:
            texts.append(self.text[at:start])
            offsets += self.offsets[at:start]
            at = end
        return _Traced("".join(texts) + self.text[at:], offsets + self.offsets[at:])

    def rewritten(self, text: str) -> "_Traced":
        """The same characters under other names, one for one."""
        return _Traced(text, self.offsets)

    def stripped(self) -> "_Traced":
        start = len(self.text) - len(self.text.lstrip(" "))
        return self.part(start, max(start, len(self.text.rstrip(" "))))


def clean_text(raw: str) -> CleanText:
    """Give the text as the rest of the pipeline reads it; any string is accepted.

    A stated title stays in the text as its first paragraph.
    """
    lines = [_with_full_punctuation(line) for long in _lines(_characters(raw)) for line in _unwrapped(long)]
    kept, title = _titled(_without_teaser([line for line in lines if line.text and not _is_residue(line.text)]))
    return _assembled(kept, title)


# Characters and lines


def _characters(raw: str) -> _Traced:
    traced = _dropped(_Traced(raw, list(range(len(raw)))), _INVISIBLE)
    traced = _dropped(traced, _CARRIAGE)
    text = _SPACE.sub(" ", _LINE_BREAK.sub("\n", traced.text))
    return _dropped(traced.rewritten(_SURROGATE.sub("\ufffd", text)), _CONTROL)


def _dropped(traced: _Traced, pattern: re.Pattern[str]) -> _Traced:
    return traced.without(match.span() for match in pattern.finditer(traced.text))


def _lines(traced: _Traced) -> Iterator[_Traced]:
    at = 0
    for line in traced.text.split("\n"):
        if line.strip(" "):
            yield traced.part(at, at + len(line)).stripped()
        at += len(line) + 1


# Hard wraps that became spaces


def _unwrapped(line: _Traced) -> list[_Traced]:
    """Split a line that swallowed its paragraphs: where a wrapped row is short and ends a sentence, one ended."""
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


def _split_rows(line: _Traced, gaps: list[_Run], width: int) -> Iterator[_Traced]:
    start, row_start = 0, 0
    for gap_start, gap_end in gaps:
        if gap_start - row_start < width - _WRAP_SLACK and line.text[gap_start - 1] in "。！？：!?:":
            yield line.part(start, gap_start)
            start = gap_end
        row_start = gap_end
    yield line.part(start, len(line.text))


# Spaces and punctuation


def _touches(text: str, start: int, end: int, kind: re.Pattern[str]) -> bool:
    return bool(start and kind.match(text[start - 1])) or bool(end < len(text) and kind.match(text[end]))


def _with_full_punctuation(line: _Traced) -> _Traced:
    """Make the punctuation beside Chinese full width and drop the spaces there; 3.5 and 8:40 stay as they are."""
    line = line.stripped()
    if not _CJK.search(line.text):
        return line
    line = line.rewritten(_curly_quotes(line.text)) if _IDEOGRAPH.search(line.text) else line
    runs = [match.span() for match in _LOOSE.finditer(line.text)]
    hot = _chinese_runs(line.text, runs)
    return _full_width(line, [run for run in runs if run in hot])


def _curly_quotes(text: str) -> str:
    if '"' not in text or text.count('"') % 2:
        return text
    pieces = text.split('"')
    return "".join(piece + ("”" if index % 2 else "“") for index, piece in enumerate(pieces[:-1])) + pieces[-1]


def _chinese_runs(text: str, runs: list[_Run]) -> set[_Run]:
    """The runs of loose punctuation that touch Chinese, or share a pair of brackets with one that does."""
    kind = _CJK_OR_SHARED if _IDEOGRAPH.search(text) else _CJK
    hot = {run for run in runs if _touches(text, *run, kind)}
    links = _bracket_links(text, runs)
    waiting: list[_Run | None] = [None, *hot]
    while waiting:
        fresh = {run for run in links.get(waiting.pop(), ()) if run is not None} - hot
        hot |= fresh
        waiting += fresh
    return hot


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


def _full_width(line: _Traced, runs: list[_Run]) -> _Traced:
    pieces, at = [], 0
    for start, end in runs:
        pieces += [line.text[at:start], line.text[start:end].translate(_HALF_TO_FULL)]
        at = end
    text = "".join(pieces) + line.text[at:]
    spaces = [match.span() for start, end in runs for match in _SPACES.finditer(text, start, end)]
    return line.rewritten(text).without(spaces)


# Residue, teaser, title


def _is_residue(text: str) -> bool:
    return len(text) <= _RESIDUE_MAX and _RESIDUE.fullmatch(text) is not None


def _without_teaser(lines: list[_Traced]) -> list[_Traced]:
    """Drop the shortened copy of the opening that web pages put above a text."""
    while len(lines) > 1 and _is_teaser(lines[0].text, lines[1:4]):
        lines = lines[1:]
    while len(lines) > 2 and _is_teaser(lines[1].text, lines[2:5]):
        lines = lines[:1] + lines[2:]
    return lines


def _is_teaser(text: str, following: list[_Traced]) -> bool:
    end = _TEASER_END.search(text)
    core = text[: end.start()] if end else ""
    return len(core) >= _TEASER_MIN and any(
        "".join(line.text for line in following[skip:]).startswith(core) for skip in range(min(2, len(following)))
    )


def _titled(lines: list[_Traced]) -> tuple[list[_Traced], str | None]:
    if len(lines) < 2 or not _is_title(lines[0].text):
        return lines, None
    title = lines[0].text
    return [lines[0], *_without_repeated(title, lines[1:])], title


def _is_title(text: str) -> bool:
    return len(text) <= _TITLE_MAX and not _NOT_IN_TITLE.search(text) and not _ORDINAL_START.match(text)


def _without_repeated(title: str, lines: list[_Traced]) -> list[_Traced]:
    """Strip the title from where the body states it again."""
    first = 0
    while len(title) >= _TITLE_MIN_REPEATED and first < len(lines) and lines[first].text.startswith(title):
        rest = lines[first].part(len(title), len(lines[first].text)).stripped()
        lines[first] = rest
        first += not rest.text or _is_residue(rest.text)
    return lines[first:]


# The clean text


def _assembled(lines: list[_Traced], title: str | None) -> CleanText:
    text = "\n".join(line.text for line in lines)
    paragraphs = tuple(_paragraphs(lines))
    quotes, unpaired = _quotations(text)
    sentences = tuple(sentence for paragraph in paragraphs for sentence in _sentences(text, paragraph, quotes))
    broken = {_sentence_at(sentences, position) for position in unpaired}
    if sentences and _is_cut_off(text, paragraphs[-1]):
        broken.add(len(sentences) - 1)
    return CleanText(
        text=text,
        raw_offsets=tuple(_joined_offsets(lines)),
        title=title,
        paragraphs=paragraphs,
        sentences=sentences,
        masks=tuple(Span(*match.span()) for match in _MASK.finditer(text)),
        broken_sentences=frozenset(broken),
    )


def _joined_offsets(lines: list[_Traced]) -> list[int]:
    """Give each line break of the clean text the raw offset just after the line it ends."""
    offsets: list[int] = []
    for line in lines:
        if offsets:
            offsets.append(offsets[-1] + 1)
        offsets += line.offsets
    return offsets


def _paragraphs(lines: list[_Traced]) -> Iterator[Span]:
    at = 0
    for line in lines:
        yield Span(at, at + len(line.text))
        at += len(line.text) + 1


def _quotations(text: str) -> tuple[dict[int, int], list[int]]:
    """Pair the quotation marks of each line: (opening → closing, positions of marks that have no partner).

    An opening mark met while another is open means that the earlier one was never closed.
    """
    pairs: dict[int, int] = {}
    unpaired: list[int] = []
    open_at: int | None = None
    for match in re.finditer(r"[“”\n]", text):
        if match.group() == "”" and open_at is not None:
            pairs[open_at], open_at = match.start(), None
            continue
        unpaired += [open_at] if open_at is not None else [match.start()] if match.group() == "”" else []
        open_at = match.start() if match.group() == "“" else None
    return pairs, unpaired + ([open_at] if open_at is not None else [])


def _sentences(text: str, paragraph: Span, quotes: dict[int, int]) -> Iterator[Span]:
    start = paragraph.start
    for end in _sentence_ends(text, paragraph, quotes):
        yield Span(start, end)
        start = end
    if start < paragraph.end:
        yield Span(start, paragraph.end)


def _sentence_ends(text: str, paragraph: Span, quotes: dict[int, int]) -> Iterator[int]:
    """Where sentences end; full stops inside a quotation end none."""
    marks = iter([m.start() for m in _QUOTE.finditer(text, paragraph.start, paragraph.end) if m.start() in quotes])
    opening = next(marks, None)
    for match in _SENTENCE_END.finditer(text, paragraph.start, paragraph.end):
        while opening is not None and quotes[opening] < match.start():
            opening = next(marks, None)
        inside = opening is not None and opening < match.start() and match.end() <= quotes[opening]
        if not inside and not _sentence_goes_on(text, match, paragraph.end):
            yield match.end()


def _sentence_goes_on(text: str, end: re.Match[str], limit: int) -> bool:
    return end.end() < limit and text[end.end() - 1] in "”》" and text[end.end()] in _GOES_ON


def _sentence_at(sentences: tuple[Span, ...], position: int) -> int:
    return bisect_right(sentences, position, key=lambda sentence: sentence.start) - 1


def _is_cut_off(text: str, last: Span) -> bool:
    """Say whether the text breaks off; a short closing line (谢谢大家) needs no full stop."""
    closing = last.of(text)
    if _TERMINATED.search(closing):
        return False
    return len(closing) > _SIGN_OFF_MAX or _CLAUSE_MARK.search(closing) is not None
