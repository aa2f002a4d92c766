"""Slogans: quoted sayings of two matching halves, sayings that answer themselves, and unquoted antitheses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace

from quizapp.core.keypoints.evidence import SoundSentences
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_QUOTED = re.compile(r"“([^“”\n]{5,30}|零[一-龥]{2,3})”")
_MARK = re.compile(r"[，、；。]")
_FEWEST, _SHORTEST_HALF = 7, 3
_ROW_SHORTEST = 4
#: A row of more than two is a slogan when commas part it; words apart by 、 are a list of words.
_ROW_MARKS = frozenset("，；")
#: 引号后面紧跟着集合名（“党建强、业务强”“双轮”驱动；“……”三个转变），引的是那个集合的各项。
_NAMES_A_SET = re.compile(r"(?:这)?[“‘]?[二两三四五六七八九十双][^，。；：！？、\n]{0,2}")
_SET_NAME = re.compile(r"[一二两三四五六七八九十双]{1,3}(?:个|项|大|种|条|点|方面|句话)?[^，、；。]{0,8}")
_SAID = re.compile(
    r"(?:俗话|老话|古语|谚语|古人|常言|民间|古训)[^，。“”\n]{0,6}[，：]?$|有句(?:老|古|俗)?话[^。“”\n]{0,8}[，：]$"
)
_SAID_WITHIN = 14
_SAYING_LONGEST = 16
_NOT_SAID = re.compile(r"[《》（）\d…？?]")
#: A verdict on both sides of one hinge: 今日事今日毕, 绿水青山就是金山银山.
_HINGES = ("就是", "不如", "胜过", "等于", "重于", "大于")

#: Two clauses that are a sentence by themselves.
_PAIR = re.compile(r"([^，。；：！？、“”（）《》\d\n]{5,16})，([^，。；：！？、“”（）《》\d\n]{5,16})[。！]")
_PAIR_LONGEST = 34
_DEMAND = re.compile(r"[要对在从以为把将既又也更是我你他这那有]|必须|应当|一方面|同时|各|全|首先")
_STRONG, _WEAK = 0.45, 0.3
_MAXIM_LONGEST = 8
#: 群众的小事，就是机关的大事: the halves are of one length without the hinge that opens the second.
_OPENS_SECOND = re.compile(r"，(?:就是|才是|便是|也是|不如|胜过|就有|才有|才能|必有|莫过于)")
#: “零差错”, “零距离”: a standard in one word.
_NOUGHT = re.compile(r"零[一-龥]{2,4}")
_STANDARD = re.compile(
    r"”[一-龥]{0,2}(?:为?(?:目标|标准|追求|要求|底线)|(?:服务|工作|管理|安全)?(?:理念|意识|目标|标准|要求))"
)


@dataclass(frozen=True)
class _Saying:
    span: Span
    halves: tuple[Span, ...]
    confidence: Confidence


def slogans(clean: CleanText, outline: Outline) -> tuple[KeyPoint, ...]:
    """Find the sayings of a speech, each once, in the order of the text. Titles and names of sets are none."""
    sound = SoundSentences(clean)
    found = sorted([*_quoted(clean.text), *_antitheses(clean.text, sound)], key=lambda each: each.span.start)
    kept: dict[str, KeyPoint] = {}
    for saying in found:
        if not sound.is_masked(saying.span):
            sure = saying if sound.at(saying.span.start) else replace(saying, confidence=Confidence.LOW)
            kept.setdefault(_worded(saying.span.of(clean.text)), _point(clean, outline, sure, sound))
    return tuple(kept.values())


def _worded(text: str) -> str:
    """The saying whatever marks stand in it: 今天再晚也是早、明天… is the same with a comma."""
    return _MARK.sub("", text.strip("“”"))


def _point(clean: CleanText, outline: Outline, saying: _Saying, sound: SoundSentences) -> KeyPoint:
    items = tuple(Item(half.of(clean.text), half.of(clean.text), half) for half in saying.halves)
    return KeyPoint(
        kind=PointKind.SLOGAN,
        name=None,
        full_name=None,
        count=len(items),
        items=items,
        span=saying.span,
        lead=Span(sound.holding(saying.span.start).start, saying.span.start),
        heading=outline.heading_at(saying.span.start),
        rule=Rule.HALVES,
        complete=True,
        confidence=saying.confidence,
    )


# In quotation marks


def _quoted(text: str) -> Iterator[_Saying]:
    for found in _QUOTED.finditer(text):
        saying = _saying(text, found)
        if saying is not None:
            yield saying


def _saying(text: str, found: re.Match[str]) -> _Saying | None:
    start, end = found.span(1)
    end -= len(found[1]) - len(found[1].rstrip("，、；。！"))
    if _NOUGHT.fullmatch(text, start, end):
        is_standard = _STANDARD.match(text, end) is not None
        return _Saying(Span(start, end), (Span(start, end),), Confidence.LOW) if is_standard else None
    if end - start < 5 or _NOT_SAID.search(text, start, end):
        return None
    marks = [each.start() for each in _MARK.finditer(text, start, end)]
    if not marks:
        return _one_saying(text, Span(start, end))
    if end - start < _FEWEST or _NAMES_A_SET.match(text, found.end()):
        return None
    span = Span(start, end)
    return _two_halves(text, span, marks) or _hinged(text, span, marks) or _row(text, span, marks)


def _two_halves(text: str, span: Span, marks: list[int]) -> _Saying | None:
    """Cut at the mark that leaves two halves of one length: at a semicolon before a comma."""
    even = [mark for mark in marks if abs((mark - span.start) - (span.end - mark - 1)) <= 1]
    if not even:
        return None
    mark = min(even, key=lambda at: "；。，、".index(text[at]))
    halves = (Span(span.start, mark), Span(mark + 1, span.end))
    if any(_SET_NAME.fullmatch(half.of(text)) for half in halves) or mark - span.start < _SHORTEST_HALF:
        return None
    sure = text[mark] != "、" and len(marks) != 2
    return _Saying(span, halves, Confidence.HIGH if sure else Confidence.MEDIUM)


def _hinged(text: str, span: Span, marks: list[int]) -> _Saying | None:
    """Two halves of one length but for the hinge between them: 今天的工作，就是明天的档案."""
    hinge = _OPENS_SECOND.match(text, marks[0], span.end) if len(marks) == 1 else None
    if hinge is None or not _SHORTEST_HALF <= marks[0] - span.start == span.end - hinge.end():
        return None
    return _Saying(span, (Span(span.start, marks[0]), Span(marks[0] + 1, span.end)), Confidence.MEDIUM)


def _row(text: str, span: Span, marks: list[int]) -> _Saying | None:
    """Three clauses of one length: 白天加班加点，晚上干过零点，节假日照常到点."""
    starts = [span.start, *(mark + 1 for mark in marks)]
    parts = tuple(Span(start, end) for start, end in zip(starts, [*marks, span.end], strict=True))
    lengths = [part.end - part.start for part in parts]
    even = max(lengths) - min(lengths) <= 1 and min(lengths) >= _ROW_SHORTEST
    if len(parts) != 3 or not even or not {text[mark] for mark in marks} <= _ROW_MARKS:
        return None
    return _Saying(span, parts, Confidence.LOW)


def _one_saying(text: str, span: Span) -> _Saying | None:
    """A saying without a mark in it is one for a person to confirm."""
    said = span.of(text)
    if len(said) > _SAYING_LONGEST or _SET_NAME.fullmatch(said):
        return None
    announced = _SAID.search(text[max(0, span.start - 1 - _SAID_WITHIN) : span.start - 1]) is not None
    return _Saying(span, (span,), Confidence.LOW) if announced or _answers_itself(said) else None


def _answers_itself(said: str) -> bool:
    """Two halves that run alike: one or more characters at the same places, others at the rest."""
    hinge = next((hinge for hinge in _HINGES if hinge in said), None)
    if hinge is not None:
        before, _, after = said.partition(hinge)
        return len(before) == len(after) >= 2 and before != after
    half = len(said) // 2
    if len(said) % 2 or half < _SHORTEST_HALF:
        return False
    same = sum(one == other for one, other in zip(said[:half], said[half:], strict=True))
    return same >= 2 and same < half


# Without quotation marks


def _antitheses(text: str, sound: SoundSentences) -> Iterator[_Saying]:
    for sentence in sound:
        short = sentence.end - sentence.start <= _PAIR_LONGEST
        found = _PAIR.fullmatch(text, sentence.start, sentence.end) if short else None
        alike = max(_alikeness(found[1], found[2]), _maxim(found[1], found[2])) if found else 0.0
        if found and alike >= _WEAK and not _DEMAND.match(found[1]):
            halves = (Span(*found.span(1)), Span(*found.span(2)))
            sure = Confidence.MEDIUM if alike >= _STRONG else Confidence.LOW
            yield _Saying(Span(halves[0].start, halves[1].end), halves, sure)


def _maxim(one: str, other: str) -> float:
    """Short halves of one length that turn on the same hinge, or of which one takes up how the other ends."""
    if len(one) != len(other) or len(one) > _MAXIM_LONGEST or one[:2] == other[:2]:
        return 0.0
    turn = any(one.find(hinge) == other.find(hinge) > 0 for hinge in _HINGES)
    taken_up = one[-2:] == other[:2] and not _DEMAND.search(one)
    return _STRONG if turn or taken_up else 0.0


def _alikeness(one: str, other: str) -> float:
    """Share of places where two clauses of one length have the same character; 0 unless they also part twice."""
    same = [first == second for first, second in zip(one, other, strict=False)]
    opens_alike = sum(same[:2]) == 2
    if len(one) != len(other) or sum(same) > len(same) - 2 or not (opens_alike or sum(same) / len(same) >= _STRONG):
        return 0.0
    return sum(same) / len(same)
