"""Corrections between a page and the reading: from what a form sends, and back into words."""

import json
from bisect import bisect_left
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.core.corrections import NO_POINT
from quizapp.core.corrections import Add
from quizapp.core.corrections import Confirm
from quizapp.core.corrections import Correction
from quizapp.core.corrections import Delete
from quizapp.core.corrections import HeadingRef
from quizapp.core.corrections import Merge
from quizapp.core.corrections import PointRef
from quizapp.core.corrections import Rename
from quizapp.core.corrections import Retype
from quizapp.core.corrections import SetLevel
from quizapp.core.corrections import Split
from quizapp.core.corrections import Verb
from quizapp.core.corrections import point_ref
from quizapp.core.corrections import refusal
from quizapp.core.errors import BadInput
from quizapp.core.labels import label
from quizapp.core.speech import PointKind
from quizapp.core.speech import Quote
from quizapp.core.speech import Reading
from quizapp.services.readings import NAME_LENGTH
from quizapp.web.point_list import key_of

START_MOST = 10_000_000
PASSAGE_MOST = 5_000
ITEMS_MOST = 100
SHORT = 40

Form = Mapping[str, str]


class Malformed(ValueError):
    """A form that no page of ours sends."""


# From a form


def verb_from(form: Form) -> Verb:
    try:
        return Verb(form.get("verb", ""))
    except ValueError:
        raise Malformed from None


def correction_from(form: Form, reading: Reading) -> Correction:
    """The correction that a form asks for.

    :raise Malformed: if it holds what no page sends
    :raise BadInput: if something is still to be chosen or filled in
    """
    return _READERS[verb_from(form)](form, reading)


def point_from(form: Form) -> PointRef:
    """The key point that a form is about."""
    try:
        items = json.loads(form["point-items"])
        kind, name = PointKind(form["point-kind"]), form["point-name"]
    except (KeyError, ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise Malformed
    return PointRef(kind, name or None, tuple(items), _whole(form, "point-start"))


def heading_from(form: Form) -> HeadingRef:
    if "heading-marker" not in form or "heading-text" not in form:
        raise Malformed
    return HeadingRef(form["heading-marker"], form["heading-text"], _whole(form, "heading-start"))


def _whole(form: Form, name: str) -> int:
    """A number of few digits."""
    told = form.get(name, "")
    if not (told.isascii() and told.isdigit() and len(told) < len(str(START_MOST))):
        raise Malformed
    return int(told)


def _kind(form: Form) -> PointKind:
    try:
        return PointKind(form.get("kind", ""))
    except ValueError:
        raise Malformed from None


def _name(form: Form) -> str:
    name = form.get("name", "").strip()
    if len(name) > NAME_LENGTH:
        raise refusal("名称", f"不超过 {NAME_LENGTH} 个字，现有 {len(name)} 个")
    return name


def _confirm(form: Form, reading: Reading) -> Confirm:
    return Confirm(point_from(form))


def _rename(form: Form, reading: Reading) -> Rename:
    return Rename(point_from(form), _name(form))


def _retype(form: Form, reading: Reading) -> Retype:
    return Retype(point_from(form), _kind(form))


def _split(form: Form, reading: Reading) -> Split:
    point = point_from(form)
    if not form.get("at"):
        raise refusal("从第几项分开", "请选择第二个要点从哪一项开始")
    return Split(point, _whole(form, "at"))


def _merge(form: Form, reading: Reading) -> Merge:
    point, chosen = point_from(form), form.get("other")
    if not chosen:
        raise refusal("与哪个要点合并", "请选择要合并的要点")
    other = next((ref for ref in map(point_ref, reading.points) if key_of(ref) == chosen), None)
    if other is None:
        raise refusal("与哪个要点合并", NO_POINT)
    return Merge(point, other)


def _add(form: Form, reading: Reading) -> Add:
    kind, name = _kind(form), _name(form)
    items = tuple(line.strip() for line in form.get("items", "").splitlines() if line.strip())
    if len(items) > ITEMS_MOST:
        raise refusal("各项", f"最多 {ITEMS_MOST} 项，现有 {len(items)} 项")
    return Add(kind, name or None, _passage(form, reading.clean.text), items)


def _passage(form: Form, text: str) -> Quote:
    told = form.get("passage", "").strip()
    if not told:
        raise refusal("原文", "请从正文里选取，或照原文粘贴")
    if len(told) > PASSAGE_MOST:
        raise refusal("原文", f"最多 {PASSAGE_MOST} 个字，现有 {len(told)} 个，请只选列出要点的部分")
    start = _whole(form, "start") if form.get("start") else 0
    return quote_in(text, told, start) or Quote(told, start)


def quote_in(text: str, told: str, start: int) -> Quote | None:
    """Where the text has these words, whatever blanks and line breaks were copied with them; nearest to `start`."""
    kept = [place for place, character in enumerate(text) if not character.isspace()]
    dense = "".join(text[place] for place in kept)
    found = Quote("".join(told.split()), bisect_left(kept, start)).find(dense)
    if found is None:
        return None
    first, last = kept[found.start], kept[found.end - 1]
    return Quote(text[first : last + 1], first)


def _level(form: Form, reading: Reading) -> SetLevel:
    return SetLevel(heading_from(form), _whole(form, "level"))


def _delete(form: Form, reading: Reading) -> Delete:
    return Delete(point_from(form))


_READERS: Mapping[Verb, Callable[[Form, Reading], Correction]] = {
    Verb.CONFIRM: _confirm,
    Verb.RENAME: _rename,
    Verb.RETYPE: _retype,
    Verb.SPLIT: _split,
    Verb.MERGE: _merge,
    Verb.ADD: _add,
    Verb.DELETE: _delete,
    Verb.LEVEL: _level,
}


# A correction that was refused


@dataclass(frozen=True)
class Refused:
    """What was typed and why it was not taken. `place` begins the ids of the form it was typed into; it is empty
    where the page no longer has that form."""

    verb: Verb
    typed: Form
    place: str
    error: BadInput

    def all_errors(self) -> list[tuple[str, str]]:
        """(field id, sentence) for the summary at the top of the page."""
        return [(self.field(problem.place), str(problem)) for problem in self.error.problems]

    @property
    def fields(self) -> frozenset[str]:
        """The ids of the fields that are wrong."""
        return frozenset(field for field, _ in self.all_errors())

    @property
    def number(self) -> int | None:
        """The number of the key point it was about, where it was about one that is still there."""
        return int(self.place.removeprefix("point-")) if self.place.startswith("point-") else None

    def field(self, place: str) -> str:
        if not self.place:
            return ""
        name = _ADD_FIELDS.get(place, "items") if self.verb is Verb.ADD else _FIELDS.get(self.verb)
        return f"{self.place}-{name}" if name else self.place


#: The field in which each verb is told what to do; where there is none the form itself is meant.
_FIELDS: Mapping[Verb, str] = {
    Verb.RENAME: "name",
    Verb.RETYPE: "kind",
    Verb.SPLIT: "at",
    Verb.MERGE: "other",
    Verb.LEVEL: "level",
}
_ADD_FIELDS = {"名称": "name", "类型": "kind", "原文": "passage"}


def refused(form: Form, error: BadInput, reading: Reading) -> Refused:
    verb = verb_from(form)
    return Refused(verb, form, _place(verb, form, reading), error)


def _place(verb: Verb, form: Form, reading: Reading) -> str:
    if verb is Verb.ADD:
        return "add"
    if verb is Verb.LEVEL:
        return _heading_place(heading_from(form), reading)
    found = point_from(form).find(reading.points)
    number = next((number for number, point in enumerate(reading.points, start=1) if point is found), None)
    return f"point-{number}" if number else ""


def _heading_place(ref: HeadingRef, reading: Reading) -> str:
    try:
        return f"outline-{ref.required(reading.outline)}"
    except BadInput:
        return ""


# In words


def in_words(correction: Correction) -> str:
    """What a correction does, in one line."""
    return _WORDS[correction.verb](correction)


def _retype_words(made: Retype) -> str:
    return f"{called(made.point)} 由“{label(made.point.kind)}”改为“{label(made.kind)}”"


def _level_words(made: SetLevel) -> str:
    return f"标题“{_short(made.heading.marker + made.heading.text)}”改为第 {made.level} 级"


_WORDS: Mapping[Verb, Callable[[Any], str]] = {
    Verb.CONFIRM: lambda made: f"{called(made.point)} 核对无误",
    Verb.RENAME: lambda made: f"{called(made.point)} 改名称为“{made.name}”",
    Verb.RETYPE: _retype_words,
    Verb.SPLIT: lambda made: f"{called(made.point)} 从第 {made.at + 1} 项起分为两个要点",
    Verb.MERGE: lambda made: f"{called(made.point)} 与{called(made.other)}合并",
    Verb.ADD: lambda made: f"添加“{_short(made.name or made.passage.text)}”（{label(made.kind)}）",
    Verb.DELETE: lambda made: f"删除{called(made.point)}",
    Verb.LEVEL: _level_words,
}


def called(point: PointRef) -> str:
    """A key point by its name, else by its items."""
    return f"“{_short(point.name or '、'.join(point.items) or label(point.kind))}”"


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
