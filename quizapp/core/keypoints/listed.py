"""Lists without ordinals and without a counting name: announced and told, taken up by headings, or explained."""

import re
from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from quizapp.core.keypoints.binding import long_span
from quizapp.core.keypoints.pairsets import Place
from quizapp.core.keypoints.pairsets.clauses import FEWEST
from quizapp.core.keypoints.pairsets.clauses import MOST
from quizapp.core.keypoints.pairsets.clauses import Clauses
from quizapp.core.keypoints.pairsets.clauses import most_rows
from quizapp.core.keypoints.pairsets.clauses import pieces
from quizapp.core.keypoints.pairsets.clauses import said_until
from quizapp.core.keypoints.pairsets.shapes import Table
from quizapp.core.outline import OrdinalList
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Confidence
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

_ITEM_MAX = 24
_OPEN = re.compile(r"等")
_MORE = re.compile(r"等等?[^、等]{0,6}$")
_MORE_WITHIN = 8
_SHORTEST = 2


def listed_sets(clean: CleanText, outline: Outline, clauses: Clauses) -> Iterator[KeyPoint]:
    """Find the lists that are announced in words, and those that headings take up one by one."""
    place = Place(clean, outline)
    for lead, items, closed in announced(clauses, clean.text):
        yield _listed(place, lead, items, closed, Confidence.MEDIUM)
    for lead, items in taken_up(clean, outline, clauses):
        yield _listed(place, lead, items, True, Confidence.HIGH)


def _listed(place: Place, lead: Span, items: Sequence[Span], closed: bool, confidence: Confidence) -> KeyPoint:
    point = place.unnamed(PointKind.HEADINGS, Rule.LISTED, items, confidence, lead)
    return point if closed else replace(point, complete=False)


# A lead with a colon, then the items

_ANNOUNCES = re.compile(
    r"(?:表现[在为]|表现有|体现[在为]|反映[在为]|归纳起来[就主要]{0,2}[是有]?|概括起来[就主要讲说]{0,2}[是有]?|概括[为成]|概括地[讲说]就?是?"
    r"|归结为|总结为|总的[讲说来看]+[就主要]{0,2}[是有]|主要[是有]|具体[是有]|具体[来地]?[说讲看][就主要]{0,2}[是有]?|分别[是为]|就是要?做到"
    r"|(?:特点|原因|问题|不足|差距|短板|要求|任务|目标|原则|做法|经验|体会|启示|亮点|举措|措施)(?:主要|集中|突出)?(?:表现在?|体现在?)?[是有为]?)$"
)


_ANNOUNCED_WITHIN = 16


def announced(clauses: Clauses, text: str) -> Iterator[tuple[Span, list[Span], bool]]:
    """Give what announces a list, its items, and whether they are all."""
    for index, mark in enumerate(clauses.marks):
        if mark != "：" or not index or not clauses.firsts[index]:
            continue
        before, end = clauses.bounds(index - 1)
        if _ANNOUNCES.search(text, max(before, end - _ANNOUNCED_WITHIN), end):
            lead = Span(_sentence_start(clauses, index), clauses.starts[index])
            items = _items(clauses, text, index)
            if items is not None:
                yield lead, items, not _OPEN.match(text, items[-1].end)


def _sentence_start(clauses: Clauses, index: int) -> int:
    first = index - 1
    while first and index - first < MOST and clauses.marks[first] in "，：；":
        first -= 1
    return clauses.starts[first]


def _items(clauses: Clauses, text: str, index: int) -> list[Span] | None:
    """Read items to the end of the sentence: apart by semicolons, else by 、, else by commas."""
    stop = index + 1
    while stop < len(clauses) and stop - index <= 3 * MOST and clauses.marks[stop] in "，；":
        stop += 1
    within = clauses.spans(index, stop)
    if not all(clauses.firsts[index:stop]):
        return None
    if "；" in clauses.marks[index + 1 : stop]:
        return _good(text, _by_semicolon(clauses, text, index, stop))
    if len(within) == 1 or text.count("、", within[0].start, within[0].end) >= FEWEST - 1:
        return _good(text, _by_enumeration(text, within[0]))
    return _good(text, list(within)) if _are_twins(text, within) else None


def _good(text: str, items: Sequence[Span]) -> list[Span] | None:
    values = {item.of(text) for item in items}
    lengths = [item.end - item.start for item in items]
    if not FEWEST <= len(items) <= MOST or len(values) < len(items):
        return None
    sized = min(lengths) >= _SHORTEST and max(lengths) <= _ITEM_MAX
    return list(items) if sized and all(value.count("“") == value.count("”") for value in values) else None


def _by_semicolon(clauses: Clauses, text: str, index: int, stop: int) -> list[Span]:
    """Each first clause is an item; so is a clause after it that is its twin (思路不够宽，效率不够高)."""
    items: list[Span] = []
    for at in range(index, stop):
        span = clauses.span(at)
        begins = at == index or clauses.marks[at] == "；"
        if begins or (items[-1] == clauses.span(at - 1) and are_twins(text, items[-1], span)):
            items.append(span)
    return items


def _by_enumeration(text: str, span: Span) -> list[Span]:
    more = _MORE.search(text, max(span.start, span.end - _MORE_WITHIN), span.end)
    items = list(pieces(text, span.start, more.start() if more else span.end))
    lengths = [item.end - item.start for item in items]
    return items if max(lengths) <= 2 * min(lengths) + 4 else []


def _are_twins(text: str, spans: Sequence[Span]) -> bool:
    return len(spans) >= FEWEST and all(are_twins(text, one, two) for one, two in zip(spans, spans[1:], strict=False))


def are_twins(text: str, one: Span, two: Span) -> bool:
    """Say whether two clauses are of one length and share characters at the same places."""
    left, right = one.of(text), two.of(text)
    same = sum(a == b for a, b in zip(left, right, strict=False))
    return len(left) == len(right) and 4 * same >= len(left)


# A row that headings take up

_BEFORE_LIST = 160


def taken_up(clean: CleanText, outline: Outline, clauses: Clauses) -> Iterator[tuple[Span, list[Span]]]:
    """Give rows A、B、C shortly before a list that is cut short, yet takes up A, B … one by one."""
    for each in outline.lists:
        if each.complete or len(each.headings) < 2:
            continue
        start = outline.headings[each.headings[0]].body.start
        first = bisect_left(clauses.starts, start - _BEFORE_LIST)
        stop = bisect_left(clauses.starts, start)
        rows = (i for i in range(stop - 1, first - 1, -1) if clean.text.count("、", *clauses.bounds(i)) >= FEWEST - 1)
        for index in rows:
            items = _row_of(clean, outline, each, clauses.span(index))
            if items is not None:
                yield Span(_sentence_start(clauses, index + 1), items[0].start), items
                break


def _row_of(clean: CleanText, outline: Outline, each: OrdinalList, clause: Span) -> list[Span] | None:
    """The items of a clause, where the headings of a list begin with the first of them."""
    text = clean.text
    row = list(pieces(text, clause.start, clause.end))
    if not max(FEWEST, len(each.headings)) <= len(row) <= MOST:
        return None
    heads = [outline.headings[index].text for index in each.headings]
    first = Span(row[0].end - _shared(row[0].of(text), heads[0]), row[0].end)
    inner = row[1:-1]
    taken = all(head.startswith(item.of(text)) for head, item in zip(heads[1:], inner, strict=False))
    last = _last(text, row[-1], {item.end - item.start for item in (first, *inner)})
    if last is None or not taken or first.end - first.start < _SHORTEST:
        return None
    items = [first, *inner, last]
    return items if len(heads) < len(items) or heads[-1].startswith(last.of(text)) else None


def _shared(piece: str, head: str) -> int:
    """How much of its beginning a heading shares with the end of a piece."""
    return next((size for size in range(min(len(head), len(piece)), 0, -1) if piece.endswith(head[:size])), 0)


def _last(text: str, piece: Span, lengths: set[int]) -> Span | None:
    """The last item ends with its clause, or is as long as all the others before a 的."""
    if len(lengths) != 1:
        return piece
    end = piece.start + lengths.pop()
    return Span(piece.start, end) if end == piece.end or text.startswith(("的", "等", "之"), end) else None


# Items that are announced, then explained one by one

_TERM_MAX = 8
_REACH = 800
#: How often a term may be spoken of before it is explained.
_TRIES = 8
_EXPLAINS = re.compile(r"就是|是指|指的是|即是?")
_TAKES_UP = re.compile(rf"”?(?:[，：]|{_EXPLAINS.pattern})")
_UNIT_MARKS = frozenset("。；：！？\n")


def explained_sets(clean: CleanText, outline: Outline, clauses: Clauses) -> Iterator[KeyPoint]:
    """Rows A、B、C whose members are taken up one after the other: 容人，就是…；容事，…."""
    text, place = clean.text, Place(clean, outline)
    end = -1
    spoken = ((clause, row) for clause, row in clauses.rows_within if _is_spoken_of(text, row, clause.end))
    for clause, row in islice(spoken, most_rows(text)):
        lefts = _taken_up_in_turn(text, row, clause.end) if clause.start >= end else None
        found = _told(text, clauses, lefts) if lefts else None
        if found is not None:
            end = found.span.end
            yield place.point(found, Span(place.lead(clause.start).start, clause.end))


_EXPLAINED_TERM_MAX = 4
_EXPLAINING = frozenset("就是指即")
_NAMED_WITHIN = 120


def explained_terms(clean: CleanText, outline: Outline, clauses: Clauses) -> Iterator[KeyPoint]:
    """Terms that follow each other, each explained: 真，就是…；常，就是…. Two are enough if both were quoted before."""
    place = Place(clean, outline)
    run: list[int] = []
    last = -1
    for index in _explaining(clauses):
        unit = bisect_right(clauses.units, index) - 1
        if clauses.units[unit] != index - 1:
            continue
        if unit != last + 1:
            yield from _explained(place, clauses, run)
            run = []
        run.append(index - 1)
        last = unit
    yield from _explained(place, clauses, run)


def _explaining(clauses: Clauses) -> Iterator[int]:
    """The clauses that say of a short term before them what it is."""
    for index, first in enumerate(clauses.firsts):
        if first not in _EXPLAINING or not index or clauses.marks[index] != "，" or not clauses.firsts[index - 1]:
            continue
        if len(clauses.texts[index - 1]) <= _EXPLAINED_TERM_MAX + 2 and _EXPLAINS.match(clauses.texts[index]):
            yield index


def _explained(place: Place, clauses: Clauses, run: Sequence[int]) -> Iterator[KeyPoint]:
    if not 2 <= len(run) <= MOST:
        return
    lefts = [_bare_term(place.text, clauses.span(unit)) for unit in run]
    before = place.text[max(0, lefts[0].start - _NAMED_WITHIN) : lefts[0].start]
    if not all(f"“{left.of(place.text)}”" in before for left in lefts):
        return
    found = _told(place.text, clauses, lefts)
    if found is not None:
        yield place.point(found)


def _bare_term(text: str, term: Span) -> Span:
    quoted = text.startswith("“", term.start) and text.startswith("”", term.end - 1)
    return Span(term.start + 1, term.end - 1) if quoted and term.end - term.start > 2 else term


def _is_spoken_of(text: str, row: Sequence[str], position: int) -> bool:
    """Say whether a row can be taken up at all: its inner members come again."""
    for member in row[1:-1]:
        value = member.strip("“”")
        if not 0 < len(value) <= _TERM_MAX or text.find(value, position, position + _REACH) < 0:
            return False
    return True


def _taken_up_in_turn(text: str, row: Sequence[str], position: int) -> list[Span] | None:
    """Where the members are taken up; before the first there may be other words in the row, behind the last too."""
    values = [member.strip("“”") for member in row]
    lefts: list[Span] = []
    for terms in (_endings(values[0]), *([value] for value in values[1:-1]), _beginnings(values[-1])):
        found = (each for term in terms if (each := _taken_up_at(text, term, position)) is not None)
        left = next(found, None)
        if left is None:
            return None
        lefts.append(left)
        position = left.end
    return lefts


def _endings(value: str) -> list[str]:
    value = value.rpartition("“")[2]
    return [value[at:] for at in range(max(0, len(value) - _TERM_MAX), len(value))]


def _beginnings(value: str) -> list[str]:
    value = value.partition("”")[0]
    return [value[:size] for size in range(min(len(value), _TERM_MAX), 0, -1)]


def _taken_up_at(text: str, term: str, position: int) -> Span | None:
    """The first place after a position where a term opens a sentence, or a group of clauses, that explains it."""
    at = position
    for _ in range(_TRIES):
        at = text.find(term, at, position + _REACH)
        if at < 0:
            return None
        before = at - (text[at - 1] == "“")
        if text[before - 1] in _UNIT_MARKS and _TAKES_UP.match(text, at + len(term)):
            return Span(at, at + len(term))
        at += len(term)
    return None


def _told(text: str, clauses: Clauses, lefts: Sequence[Span]) -> Table | None:
    rights = [_right(text, clauses, left) for left in lefts]
    if len({left.of(text) for left in lefts}) < len(lefts) or not all(right.start < right.end for right in rights):
        return None
    between = {text[left.end : right.start] for left, right in zip(lefts, rights, strict=True)}
    around = ("", between.pop(), "") if len(between) == 1 else ()
    return Table(tuple(lefts), tuple(lefts), tuple(rights), around, Rule.EXPLAINED, Confidence.HIGH)


def _right(text: str, clauses: Clauses, left: Span) -> Span:
    """What is said of a term from where it is taken up."""
    index = bisect_right(clauses.starts, left.start) - 1
    unit = bisect_right(clauses.units, index)
    stop = clauses.units[unit] if unit < len(clauses.units) else len(clauses)
    rest = Span(left.end + text.startswith("”", left.end), clauses.ends[index])
    said = [rest] if rest.start < rest.end else []
    said += clauses.spans(index + 1, min(stop, index + MOST))
    return Span(said[0].start, said_until(text, said)) if said else Span(left.end, left.end)


def with_explanations(clean: CleanText, outline: Outline, clauses: Clauses, point: KeyPoint, list_id: int) -> KeyPoint:
    """Pair the headings of a list with the sentences after them, where each of these says what its heading means."""
    ends = [outline.headings[index].span.end for index in outline.lists[list_id].headings]
    if len(ends) != len(point.items):
        return point
    said = [_explanation(clean.text, clauses, end, item) for end, item in zip(ends, point.items, strict=True)]
    rights = [span for span in said if span is not None]
    if len(rights) < len(ends) or len({span.of(clean.text) for span in rights}) < len(rights):
        return point
    return replace(point, pairs=tuple(_pair(clean.text, *each) for each in zip(point.items, rights, strict=True)))


def _pair(text: str, item: Item, right: Span) -> Pair:
    return Pair(item.text, right.of(text), item.span, right, Span(item.span.start, right.end))


def _explanation(text: str, clauses: Clauses, position: int, item: Item) -> Span | None:
    index = bisect_left(clauses.starts, position)
    if index == len(clauses) or clauses.marks[index] not in "。：，" or not clauses.firsts[index]:
        return None
    start = clauses.starts[index]
    start += _opening(text, start, item.text)
    if _EXPLAINS.match(text, start) is None or start >= clauses.ends[index]:
        return None
    stop = bisect_right(clauses.units, index)
    following = clauses.units[stop] if stop < len(clauses.units) else len(clauses)
    said = [Span(start, clauses.ends[index]), *clauses.spans(index + 1, min(following, index + MOST))]
    return Span(start, said_until(text, said))


def _opening(text: str, start: int, term: str) -> int:
    """How much of a sentence only names again what it explains."""
    return next((len(each) for each in (f"“{term}”", term) if text.startswith(each, start)), 0)


# Quoted terms that a heading names side by side

_SIDE_BY_SIDE = re.compile(r"“[^“”，。；\n]{1,10}”(?:(?:和|与|、|及|以及)?“[^“”，。；\n]{1,10}”)+")
_TERM = re.compile(r"“([^“”]+)”")
_COUNTS = re.compile(r"[一二两三四五六七八九十双]")


def quoted_terms(clean: CleanText, outline: Outline) -> Iterator[KeyPoint]:
    """“坚强前哨”和“巩固后院”: two terms of one length, or more, that are all a heading puts in quotation marks."""
    place = Place(clean, outline)
    for index, heading in enumerate(outline.headings):
        if heading.long.count("“") < 2:
            continue
        span = long_span(clean.text, heading)
        row = _SIDE_BY_SIDE.search(clean.text, span.start, min(span.end, span.start + 200))
        terms = [Span(*term.span(1)) for term in _TERM.finditer(row.group())] if row else []
        if row is None or len(terms) != heading.long.count("“") or not _are_terms(row.group(), terms):
            continue
        items = tuple(Span(row.start() + term.start, row.start() + term.end) for term in terms)
        yield place.point(Table(items, (), (), (), Rule.FRAME, Confidence.HIGH), span, index)


def _are_terms(text: str, terms: Sequence[Span]) -> bool:
    values = [term.of(text) for term in terms]
    named = any(_COUNTS.match(value) for value in values)
    alike = len(values) >= FEWEST or len(values[0]) == len(values[1])
    return alike and not named and len(set(values)) == len(values)
