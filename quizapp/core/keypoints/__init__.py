"""Key points of a speech: its named sets, its counted and unnamed lists, and the pairs their headings tie together."""

from bisect import bisect_left
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import islice

from quizapp.core.keypoints.binding import Binding
from quizapp.core.keypoints.binding import bindings
from quizapp.core.keypoints.binding import long_span
from quizapp.core.keypoints.listed import explained_sets
from quizapp.core.keypoints.listed import explained_terms
from quizapp.core.keypoints.listed import listed_sets
from quizapp.core.keypoints.listed import quoted_terms
from quizapp.core.keypoints.listed import with_explanations
from quizapp.core.keypoints.naming import SetName
from quizapp.core.keypoints.naming import set_names
from quizapp.core.keypoints.pairsets import Place
from quizapp.core.keypoints.pairsets import pair_sets
from quizapp.core.keypoints.pairsets.clauses import Clauses
from quizapp.core.keypoints.polarity import is_negative
from quizapp.core.keypoints.splits import Split
from quizapp.core.keypoints.splits import explanations
from quizapp.core.keypoints.splits import first_clauses
from quizapp.core.keypoints.templates import Template
from quizapp.core.keypoints.templates import induce
from quizapp.core.keypoints.unlisted import unlisted_sets
from quizapp.core.keypoints.views import View
from quizapp.core.keypoints.views import quoted_view
from quizapp.core.keypoints.views import topic_view
from quizapp.core.keypoints.views import view_of
from quizapp.core.outline import OrdinalList
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Pair
from quizapp.core.speech import PointKind
from quizapp.core.speech import Rule
from quizapp.core.speech import Span

#: So many names or lists a text of this many characters may have that are read closely; no speech comes near.
_FEW_SETS = 50
_CHARACTERS_A_SET = 40
#: Among how many sets before and behind a finding the one that holds it already is sought.
_NEIGHBOURS = 24


def key_points(clean: CleanText, outline: Outline, names: Sequence[SetName] | None = None) -> tuple[KeyPoint, ...]:
    """Give the sets that questions can test, in the order of the speech. Nothing is filled in from elsewhere.

    `names` are those of the text, for who has them already.
    """
    names = set_names(clean) if names is None else names
    most = _FEW_SETS + len(clean.text) // _CHARACTERS_A_SET
    bound = bindings(clean, outline, names)[:most]
    clauses = Clauses(clean, outline)
    maker = _Maker(clean, outline, clauses, names)
    found = [point for binding in bound for point in maker.named(binding)]
    named = {binding.list_id for binding in bound}
    unnamed = (index for index in range(len(outline.lists)) if index not in named)
    found += [point for index in islice(unnamed, most) for point in maker.unnamed(index)]
    further = (
        *listed_sets(clean, outline, clauses),
        *explained_sets(clean, outline, clauses),
        *explained_terms(clean, outline, clauses),
        *quoted_terms(clean, outline),
        *unlisted_sets(clean, outline, clauses),
        *pair_sets(clean, outline, clauses),
    )
    sound = _each_once(filter(_is_sound, found), filter(_is_sound, further))
    return tuple(sorted(sound, key=lambda point: (point.span.start, point.lead.start, point.span.end)))


def _each_once(sets: Iterable[KeyPoint], further: Iterable[KeyPoint]) -> list[KeyPoint]:
    """Add what no set holds yet; a set that has no pairs takes those of the pairset that explains its items."""
    found = sorted(sets, key=lambda point: point.span.start)
    starts = [point.span.start for point in found]
    added: dict[tuple[str, ...], KeyPoint] = {}
    for point in further:
        at = bisect_left(starts, point.span.start)
        near = range(max(0, at - _NEIGHBOURS), min(len(found), at + _NEIGHBOURS))
        same = next((index for index in near if _holds(found[index], point)), None)
        if same is None or _says_more(point, found[same]):
            added.setdefault(tuple(item.text for item in point.items), point)
        elif point.rule is Rule.EXPLAINED and not found[same].pairs:
            found[same] = replace(found[same], pairs=point.pairs, template=point.template)
    return [*found, *added.values()]


def _says_more(point: KeyPoint, held: KeyPoint) -> bool:
    """Say whether a finding ties, at a place of its own, what the other only lists."""
    apart = point.span.end <= held.span.start or point.span.start >= held.span.end
    return apart and bool(point.pairs) and not held.pairs and point.rule is not Rule.EXPLAINED


def _holds(point: KeyPoint, other: KeyPoint) -> bool:
    """Say whether a finding has the items of another, in order, as its items or as a side of its pairs."""
    if point.count != other.count:
        return False
    wanted = [item.text for item in other.items]
    if all(map(_is_part, [item.display for item in point.items], wanted)):
        return True
    sides = ([pair.left for pair in point.pairs], [pair.right for pair in point.pairs])
    return bool(point.pairs) and any(all(map(_is_part, side, wanted)) for side in sides)


def _is_part(one: str, two: str) -> bool:
    return one in two or two in one


def _is_sound(point: KeyPoint) -> bool:
    """A set whose items are empty or say the same twice tests nothing."""
    texts = {item.text for item in point.items}
    return len(texts) == len(point.items) and "" not in texts


@dataclass(frozen=True)
class _Siblings:
    """The parallel texts of one set – its headings, or the items of its run – and what they have in common."""

    spans: tuple[Span, ...]
    template: Template | None

    def shown(self, view: View, index: int) -> Span:
        """The displayed part of one text."""
        assert self.template is not None
        slot = self.template.fillings[index][view.slot]
        start = self.spans[index].start
        return Span(start + slot.start - view.ahead, start + slot.end + view.behind)

    def bare(self, view: View, index: int) -> Span:
        return self.shown(View(view.slot), index)


class _Maker:
    """Makes key points out of bindings."""

    def __init__(self, clean: CleanText, outline: Outline, clauses: Clauses, names: Sequence[SetName]):
        self.clean, self.text, self.outline, self.clauses, self.names = clean, clean.text, outline, clauses, names
        self.name_starts = [name.span.start for name in names]
        self.place = Place(clean, outline)

    # Sets with a name

    def named(self, binding: Binding) -> Iterator[KeyPoint]:
        siblings = self._siblings(binding)
        if len(binding.names) == 1:
            yield self._one_name(binding, binding.names[0], siblings)
        elif siblings.template is not None:
            yield from self._many_names(binding, siblings, siblings.template)

    def _one_name(self, binding: Binding, name: SetName, siblings: _Siblings) -> KeyPoint:
        template = siblings.template
        told = explanations(self.text, siblings.spans)
        if told is not None:
            return self._tied(self._point(binding, name, self._whole(told.lefts)), told, siblings)
        view = view_of(name, template) if template else None
        point = self._point(binding, name, self._items(binding, siblings, view))
        if template is None:
            return point
        return self._paired(point, siblings, _pair_views(template, view))

    def _many_names(self, binding: Binding, siblings: _Siblings, template: Template) -> Iterator[KeyPoint]:
        """Two names over one list: each must have a slot of its own, or neither is believed."""
        views = {name: view_of(name, template) for name in binding.names}
        owned = [(name, view) for name, view in views.items() if view is not None]
        if len({view.slot for _, view in owned}) < len(owned):
            return
        for name, view in owned:
            other = next(((each, its) for each, its in owned if each is not name), None)
            point = self._point(
                replace(binding, run=None), name, self._items(replace(binding, run=None), siblings, view)
            )
            if other is None:
                yield self._paired(point, siblings, _pair_views(template, view))
            else:
                paired = self._paired(point, siblings, (view, other[1]))
                yield replace(paired, name_right=other[0].text)

    def _point(self, binding: Binding, name: SetName, items: tuple[Item, ...]) -> KeyPoint:
        each = None if binding.list_id is None else self.outline.lists[binding.list_id]
        closed = binding.run.closed if binding.run is not None else True
        if each is not None and binding.rule is not Rule.NUMERALS:
            closed = closed and each.complete
        return KeyPoint(
            kind=PointKind.COUNTED if name.generic else PointKind.NAMED,
            name=name.text,
            full_name=name.full,
            count=len(items),
            items=items,
            span=self._span(binding),
            lead=binding.lead,
            heading=each.parent if each is not None else self.outline.heading_at(name.span.start),
            rule=binding.rule,
            complete=closed and name.count == len(items),
            negative=is_negative(self.text, binding.lead, items),
        )

    def _span(self, binding: Binding) -> Span:
        if binding.list_id is None:
            assert binding.run is not None
            return binding.run.span
        return self.list_span(binding.list_id)

    def list_span(self, index: int) -> Span:
        headings = self.outline.lists[index].headings
        return Span(self.outline.headings[headings[0]].body.start, self.outline.headings[headings[-1]].body.end)

    # Sets without

    def unnamed(self, index: int) -> Iterator[KeyPoint]:
        """The headings of a list that nothing names, where the list is whole."""
        each = self.outline.lists[index]
        if len(each.headings) < 2 or not (each.complete or self._is_uncounted(each)):
            return
        binding = Binding((), Rule.SIBLINGS, each.lead, index)
        siblings = self._siblings(binding)
        view = quoted_view(siblings.template) if siblings.template else None
        split = first_clauses(self.text, self._sentences(each)) if view is None and self._is_inline(each) else None
        items = self._whole(split.lefts) if split else self._items(binding, siblings, view)
        point = KeyPoint(
            kind=PointKind.HEADINGS,
            name=None,
            full_name=None,
            count=len(items),
            items=items,
            span=self.list_span(index),
            lead=each.lead,
            heading=each.parent,
            rule=Rule.SIBLINGS,
            complete=True,
            negative=is_negative(self.text, each.lead, items),
        )
        paired = point
        if split is not None and split.rights:
            paired = self._tied(point, split, siblings)
        elif siblings.template is not None:
            paired = self._paired(point, siblings, _pair_views(siblings.template, None))
        yield paired if paired.pairs else with_explanations(self.clean, self.outline, self.clauses, point, index)

    def _sentences(self, each: OrdinalList) -> list[Span]:
        """The headings with all that their sentences say."""
        headings = [self.outline.headings[index] for index in each.headings]
        ends = [long_span(self.text, heading).end for heading in headings]
        return [
            Span(heading.span.start, max(end, heading.span.end)) for heading, end in zip(headings, ends, strict=True)
        ]

    def _is_inline(self, each: OrdinalList) -> bool:
        """Say whether a list stands within a paragraph, which its first ordinal may open."""
        return any(self.outline.headings[index].inline for index in each.headings)

    def _is_uncounted(self, each: OrdinalList) -> bool:
        """Say whether the count that a list seems to miss is that of a name the speech only mentions before it."""
        if each.declared is None or self.place.is_cut_off(self.outline.headings[each.headings[-1]].body):
            return False
        named = self.names[
            bisect_left(self.name_starts, each.lead.start) : bisect_left(self.name_starts, each.lead.end)
        ]
        counts = [name for name in named if name.count == each.declared]
        return bool(counts) and counts[-1].quoted and "，" in self.text[counts[-1].span.end : each.lead.end]

    # Parts

    def _whole(self, spans: Sequence[Span]) -> tuple[Item, ...]:
        return tuple(self._item(span, span) for span in spans)

    def _tied(self, point: KeyPoint, split: Split, siblings: _Siblings) -> KeyPoint:
        pairs = tuple(
            Pair(left.of(self.text), right.of(self.text), left, right, whole)
            for left, right, whole in zip(split.lefts, split.rights, siblings.spans, strict=True)
        )
        return replace(point, pairs=pairs, template=("", split.between, ""))

    def _siblings(self, binding: Binding) -> _Siblings:
        """A run that only names other sets (一三六) has no headings of its own to compare."""
        if binding.list_id is None or binding.rule is Rule.NUMERALS:
            assert binding.run is not None
            spans = binding.run.items
        else:
            spans = tuple(self.outline.headings[i].span for i in self.outline.lists[binding.list_id].headings)
        return _Siblings(spans, induce([span.of(self.text) for span in spans]))

    def _items(self, binding: Binding, siblings: _Siblings, view: View | None) -> tuple[Item, ...]:
        if view is not None:
            return tuple(
                self._item(siblings.bare(view, i), siblings.shown(view, i)) for i in range(len(siblings.spans))
            )
        spans = siblings.spans
        if binding.run is not None and _length(binding.run.items) < _length(spans):
            spans = binding.run.items
        return tuple(self._item(span, span) for span in spans)

    def _item(self, span: Span, shown: Span) -> Item:
        return Item(span.of(self.text), shown.of(self.text), span)

    def _paired(self, point: KeyPoint, siblings: _Siblings, views: tuple[View, View] | None) -> KeyPoint:
        if views is None:
            return point
        left, right = views
        pairs = tuple(self._pair(siblings, left, right, index) for index in range(len(siblings.spans)))
        return replace(point, pairs=pairs, template=self._anchors(siblings, left, right))

    def _pair(self, siblings: _Siblings, left: View, right: View, index: int) -> Pair:
        left_span, right_span = siblings.shown(left, index), siblings.shown(right, index)
        return Pair(left_span.of(self.text), right_span.of(self.text), left_span, right_span, siblings.spans[index])

    def _anchors(self, siblings: _Siblings, left: View, right: View) -> tuple[str, ...]:
        """What stands before, between and after the two slots, in the order of the heading."""
        assert siblings.template is not None
        first, second = sorted((left, right), key=lambda view: view.slot)
        anchors = siblings.template.anchors
        one, two = siblings.shown(first, 0), siblings.shown(second, 0)
        before = anchors[first.slot][: len(anchors[first.slot]) - first.ahead]
        return before, self.text[one.end : two.start], anchors[second.slot + 1][second.behind :]


def _length(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _pair_views(template: Template, view: View | None) -> tuple[View, View] | None:
    """The first two neighbouring slots that are tied by words; the named one is shown with its affix."""
    for left in list(template.slots)[:-1]:
        good = template.is_good(left) and template.is_good(left + 1) and template.relates(left, left + 1)
        if good and (view is None or view.slot in (left, left + 1)):
            views = (topic_view(left, template), View(left + 1))
            return (
                view if view is not None and view.slot == left else views[0],
                view if view is not None and view.slot == left + 1 else views[1],
            )
    return None
