"""Which items a name stands for. A name is bound by structure only; where none says so, it has no items."""

import re
from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

from quizapp.core.keypoints.naming import SetName
from quizapp.core.keypoints.runs import Run
from quizapp.core.keypoints.runs import run_after
from quizapp.core.keypoints.runs import run_before
from quizapp.core.markers import Family
from quizapp.core.markers import number
from quizapp.core.outline import OrdinalList
from quizapp.core.outline import Outline
from quizapp.core.speech import CleanText
from quizapp.core.speech import Heading
from quizapp.core.speech import Rule
from quizapp.core.speech import Span


@dataclass(frozen=True)
class Binding:
    """Names with their items: an ordinal list, a run, or both where the run says the list more briefly."""

    names: tuple[SetName, ...]
    rule: Rule
    lead: Span
    list_id: int | None = None
    run: Run | None = None


#: So many names a text of this many characters may have that are looked at; no speech comes near.
_FEW_NAMES = 50
_CHARACTERS_A_NAME = 40
#: How far from a name its items may stand; keeps every look-up local.
_REACH_AFTER = 400
_REACH_BEFORE = 160
_HEADING_MAX = 200
#: Among how many lists that follow a run the one that works it out is sought.
_LISTS_AFTER = 6
_AFTER_NAME = "”：。，、 "
_NAMELY = re.compile(
    r"”?[^，。；：！？“”（）、\n]{0,8}?(?:"
    r"(?:[，。]|——|（)?(?:也就是|即是|就是|即|分别是|分别为|主要包括|具体包括|包括|是指|指的是|具体是|主要是)[：，]?"
    r"|是(?=“|[^“”，。；：、]{1,12}、)|：|（|——)"
    # 括号里的“即”离名称可以远些：“五个坚持”的重要指示和明确要求（即……）。
    r"|”?[^，。；：！？“”（）、\n]{0,20}（(?:也就是|即是|就是|即|分别是|分别为|主要包括|包括|是指|指的是)[：，]?"
)
_ANNOUNCES = re.compile(r"(?:讲|谈|说|强调|提|提出|作|做)(?:以下|如下|这|几句|了)?$")
_ANNOUNCED = re.compile(r"”?[，：]")
#: “四实”干部，做到A、B、C、D: believed where every item bears what is counted.
_FOLLOWED = re.compile(r"”?[^，。；：！？“”（）、\n的]{0,8}，")
_DOES = re.compile(
    r"(?:就是|就)?(?:要|必须|应当)?(?:切实|真正|努力|自觉|着力|始终)?(?:做到|坚持|实现|体现|突出|注重|力求|确保|弘扬|要)"
)
#: 在“四个环节”上用足功夫, 从“三个层面”入手: words around a name that lead up to its list.
_IN = re.compile(r"(?:[在从]|围绕|聚焦|紧扣|抓住|抓好|把握)$")
_ACTED_ON = re.compile(
    r"(?:上|中|里|方面)[^，。；：“”、的]{0,8}|(?:着手|入手|做起|抓起|用力|发力|展开|突破|下功夫|做文章|求突破)"
)


def bindings(clean: CleanText, outline: Outline, names: Sequence[SetName]) -> list[Binding]:
    """Bind names to lists and to runs; where both say the same, give one binding with both."""
    names = names[: _FEW_NAMES + len(clean.text) // _CHARACTERS_A_NAME]
    reader = _Binder(clean, outline, names)
    runs = [reader.with_list(run) for name in names for run in reader.runs(name)]
    by_name: dict[str, list[Binding]] = {}
    for run in runs:
        by_name.setdefault(run.names[0].text, []).append(run)
    listed = [_with_run(binding, by_name) for binding in reader.lists()]
    return [*listed, *reader.numerals(), *_unlisted(clean.text, runs, listed)]


def long_span(text: str, heading: Heading) -> Span:
    """Where the whole heading sentence stands."""
    start = text.find(heading.long, heading.body.start + len(heading.marker), heading.body.end)
    start = heading.span.start if start < 0 else start
    return Span(start, start + len(heading.long))


class _Binder:
    """What the rules look at: the text, its outline, and the names by place."""

    def __init__(self, clean: CleanText, outline: Outline, names: Sequence[SetName]):
        self.clean, self.text, self.outline, self.names = clean, clean.text, outline, names
        self.starts = [name.span.start for name in names]
        self.sentence_starts = [sentence.start for sentence in clean.sentences]
        self.list_starts = [outline.headings[each.headings[0]].body.start for each in outline.lists]
        self.heading_starts = [heading.body.start for heading in outline.headings]
        self.firsts: dict[tuple[int | None, int], int] = {}
        for index, each in enumerate(outline.lists):
            self.firsts.setdefault((each.parent, len(each.headings)), index)

    # Lists

    def lists(self) -> Iterator[Binding]:
        for index, each in enumerate(self.outline.lists):
            binding = self._list_binding(index, each)
            if binding is not None:
                yield binding

    def _list_binding(self, index: int, each: OrdinalList) -> Binding | None:
        in_heading = self._heading_names(index, each)
        at_lead = self._lead_names(each)
        if at_lead and not {name.text for name in at_lead} <= {name.text for name in in_heading}:
            return Binding(at_lead, Rule.LEAD, each.lead, index)
        if in_heading:
            return Binding(in_heading, Rule.HEADING, self.sentence(in_heading[0].span.start), index)
        return None

    def _lead_names(self, each: OrdinalList) -> tuple[SetName, ...]:
        """Rule a: nothing but marks stands between name and list, or the noun of a name that every item bears."""
        found = [name for name in self._names_in(each.lead) if name.count == len(each.headings)]
        ending = [name for name in found if self._ends_lead(name, each)][-1:]
        return (*self._names_beside(found, ending, each), *ending)

    def _names_beside(
        self, found: Sequence[SetName], ending: Sequence[SetName], each: OrdinalList
    ) -> tuple[SetName, ...]:
        """The name before the last one of the lead, where every item bears both: “五型”科室、争做“五比”先锋."""
        if not ending or not self._is_borne(ending[0], each):
            return ()
        start = self.sentence(ending[0].span.start).start
        before = [name for name in found if start <= name.span.start < ending[0].span.start]
        return tuple(name for name in before[-1:] if name.text != ending[0].text and self._is_borne(name, each))

    def _is_borne(self, name: SetName, each: OrdinalList) -> bool:
        return bool(name.core) and all(name.core in self.outline.headings[index].text for index in each.headings)

    def _ends_lead(self, name: SetName, each: OrdinalList) -> bool:
        between = self.text[name.span.end : each.lead.end].strip(_AFTER_NAME)
        noun = (name.full or "").rpartition("”")[2]
        if not between or (between == noun and self._is_borne(name, each)):
            return True
        led = _IN.search(self.text, max(0, name.outer.start - 2), name.outer.start)
        return led is not None and _ACTED_ON.fullmatch(between) is not None

    def _heading_names(self, index: int, each: OrdinalList) -> tuple[SetName, ...]:
        """Rule b: the parent heading contains the name, and this is its only list of that length."""
        if each.parent is None or self.firsts[each.parent, len(each.headings)] != index:
            return ()
        span = self._heading_span(each.parent)
        found = [name for name in self._names_in(span) if name.count == len(each.headings)]
        return tuple({name.text: name for name in found}.values())

    def _heading_span(self, index: int) -> Span:
        span = long_span(self.text, self.outline.headings[index])
        return Span(span.start, min(span.end, span.start + _HEADING_MAX))

    def _names_in(self, span: Span) -> Sequence[SetName]:
        return self.names[bisect_left(self.starts, span.start) : bisect_left(self.starts, span.end)]

    # Runs

    def runs(self, name: SetName) -> Iterator[Binding]:
        if name.numerals:
            return
        for rule, run in (
            (Rule.NAMELY, self._namely(name)),
            (Rule.APPOSED, self._apposed(name)),
            self._announced(name),
        ):
            if run is not None:
                yield Binding((name,), rule, self.sentence(name.span.start), None, run)
                return

    def _namely(self, name: SetName) -> Run | None:
        """Rule c. A set of one is only believed in quotation marks: “一个目标”。即：“……”."""
        match = _NAMELY.match(self.text, name.span.end, self._limit(name.span.end))
        if match is None or (name.count == 1 and not self.text.startswith("“", match.end())):
            return None
        return run_after(self.text, match.end(), self._region_end(match), name.count)

    def _region_end(self, match: re.Match[str]) -> int:
        """Items of a run end with the sentence, with the bracket, and where an ordinal begins."""
        end = min(self.sentence(match.end()).end, self._limit(match.end()), self._next_heading(match.end()))
        bracket = self.text.find("）", match.end(), end) if "（" in match.group() else -1
        return end if bracket < 0 else bracket

    def _apposed(self, name: SetName) -> Run | None:
        """Rule d."""
        end = name.outer.start
        start = max(self.sentence(end).start, end - _REACH_BEFORE)
        return run_before(self.text, start, end, name.count) if start < end and name.count > 1 else None

    def _announced(self, name: SetName) -> tuple[Rule, Run | None]:
        """Rule e."""
        match = _ANNOUNCED.match(self.text, name.span.end)
        before = self.text[max(0, name.outer.start - 4) : name.outer.start]
        if match is None or _ANNOUNCES.search(before) is None:
            return Rule.ANNOUNCED, self._followed(name)
        return Rule.ANNOUNCED, run_after(self.text, match.end(), self._region_end(match), name.count)

    def _followed(self, name: SetName) -> Run | None:
        """Rule f: a comma, perhaps a verb, and exactly as many items, each of which bears what is counted."""
        match = _FOLLOWED.match(self.text, name.span.end) if name.core and name.count > 1 else None
        if match is None:
            return None
        start, end = match.end(), self._region_end(match)
        if self.text.count(name.core, start, end) < name.count:
            return None
        verb = _DOES.match(self.text, start, end)
        starts = [start] if verb is None or name.core in verb.group() else [verb.end(), start]
        runs = (run_after(self.text, at, end, name.count) for at in starts)
        return next((run for run in runs if run is not None and self._bears(run, name.core)), None)

    def _bears(self, run: Run, core: str) -> bool:
        """Say whether all items hold the core; a single character at one and the same end."""
        values = [item.of(self.text).strip("“”") for item in run.items]
        if len(core) > 1:
            return all(core in value for value in values)
        return all(value.startswith(core) for value in values) or all(value.endswith(core) for value in values)

    def _next_heading(self, position: int) -> int:
        index = bisect_left(self.heading_starts, position)
        return self.heading_starts[index] if index < len(self.heading_starts) else len(self.text)

    def _limit(self, position: int) -> int:
        return min(len(self.text), position + _REACH_AFTER)

    def sentence(self, position: int) -> Span:
        """The sentence that a position stands in."""
        index = bisect_right(self.sentence_starts, position) - 1
        return self.clean.sentences[max(index, 0)]

    # Numerals

    def numerals(self) -> Iterator[Binding]:
        """“一三六”, with a list marked “一” “三” “六” whose headings each name a set of that count."""
        names = {name.text: name for name in reversed(self.names) if name.numerals}
        for index, each in enumerate(self.outline.lists):
            if each.family is not Family.QUOTED:
                continue
            marks = [self.outline.headings[i].marker.strip("“”，、：") for i in each.headings]
            items = [
                self._named_by(self.outline.headings[i], mark) for i, mark in zip(each.headings, marks, strict=True)
            ]
            name = names.get("".join(marks))
            if name is not None and all(items):
                run = Run(tuple(item for item in items if item is not None), True)
                yield Binding((name,), Rule.NUMERALS, self.sentence(name.span.start), index, run)

    def _named_by(self, heading: Heading, mark: str) -> Span | None:
        span = long_span(self.text, heading)
        return next((name.span for name in self._names_in(span) if name.count == number(mark)), None)

    # One set, said twice

    def with_list(self, run: Binding) -> Binding:
        """Give a run the list that works it out."""
        assert run.run is not None
        first = bisect_left(self.list_starts, run.run.span.start)
        near = range(first, min(first + _LISTS_AFTER, len(self.list_starts)))
        return replace(run, list_id=next((index for index in near if self._says(run.run, index)), None))

    def _says(self, run: Run | None, list_id: int | None) -> bool:
        """Say whether each heading of the list contains its item of the run."""
        if run is None or list_id is None:
            return False
        each = self.outline.lists[list_id]
        if len(each.headings) != len(run.items) or self.outline.headings[each.headings[0]].span.start < run.span.start:
            return False
        heads = (self.outline.headings[index] for index in each.headings)
        return all(item.of(self.text) in head.long for item, head in zip(run.items, heads, strict=True))


def _with_run(binding: Binding, runs: Mapping[str, Sequence[Binding]]) -> Binding:
    """Take over the run that says the headings of a bound list more briefly."""
    same = (run for name in binding.names for run in runs.get(name.text, ()) if run.list_id == binding.list_id)
    found = next(same, None)
    return binding if found is None else replace(binding, run=found.run)


def _unlisted(text: str, runs: Sequence[Binding], listed: Sequence[Binding]) -> Iterator[Binding]:
    """The runs that no list has taken over, each said once."""
    taken = {binding.list_id for binding in listed}
    seen = {_identity(text, binding) for binding in listed}
    for binding in runs:
        identity = _identity(text, binding)
        if identity in seen:
            continue
        seen.add(identity)
        if binding.list_id is None:
            yield binding
        elif binding.list_id not in taken:
            taken.add(binding.list_id)
            yield binding


def _identity(text: str, binding: Binding) -> tuple[str, tuple[str, ...]]:
    items = binding.run.items if binding.run is not None else ()
    return binding.names[0].text, tuple(item.of(text) for item in items)
