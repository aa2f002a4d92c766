"""How a reading is compared with an annotation: the rules stand at the head of the annotated samples.

Two wordings are the same if one contains the other and is at least three fifths as long; a set is found if it has the
same number of items and each is the same, in order, and the name is equal.
"""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

Values = Mapping[str, Any]
_IGNORED = re.compile(r"[\s“”‘’「」『』《》，。、；：！？,.;:!?—…·（）()]")
KINDS = ("outline", "named", "sets", "parallels", "slogans", "definitions", "facts", "mentions")


@dataclass
class Tally:
    """What was wanted, what of it was found, what was found beyond it."""

    found: list[Any] = field(default_factory=list)
    missed: list[Any] = field(default_factory=list)
    extra: list[Any] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        return len(self.found) + len(self.missed)

    @property
    def recall(self) -> float:
        return len(self.found) / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        said = len(self.found) + len(self.extra)
        return len(self.found) / said if said else 1.0

    def __str__(self) -> str:
        return f"{len(self.found)} of {self.wanted}, {len(self.extra)} beyond"


def plain(text: str) -> str:
    return _IGNORED.sub("", text)


def same(gold: str, text: str) -> bool:
    """The matching rule of the annotation."""
    short, long = sorted((plain(gold), plain(text)), key=len)
    return bool(short) and short in long and len(short) >= 0.6 * len(long)


def same_items(gold: Sequence[str], items: Sequence[str]) -> bool:
    return len(gold) == len(items) and all(map(same, gold, items))


def tally(gold: Iterable[Any], said: Sequence[Any], is_it: Callable[[Any, Any], bool]) -> Tally:
    """Match each annotation with one finding; findings that are nobody's are extra."""
    result, left = Tally(), list(said)
    for each in gold:
        hit = next((finding for finding in left if is_it(each, finding)), None)
        if hit is None:
            result.missed.append(each)
        else:
            result.found.append(each)
            left.remove(hit)
    result.extra = left
    return result


def score(gold: Values, said: Values) -> dict[str, Tally]:
    """A tally for each kind of finding of one speech. Incomplete lists count for nothing, either way."""
    sets = gold.get("sets") or []
    whole = [each for each in sets if each.get("complete", True)]
    parts = [each for each in sets if not each.get("complete", True)]
    kept = [each for each in said["sets"] if not any(_is_part(part, each) for part in parts)]
    told = {
        "outline": tally(gold.get("outline") or [], said["outline"], is_heading),
        "named": tally([each for each in whole if each["kind"] in ("named", "counted")], kept, is_set),
        "sets": tally(whole, kept, is_set),
        "slogans": tally(gold.get("slogans") or [], said["slogans"], same),
        "definitions": tally(gold.get("definitions") or [], said["definitions"], is_definition),
        "facts": tally(_facts(gold), said["facts"], lambda each, fact: same(str(each["answer"]), fact["answer"])),
        "mentions": tally(
            [each for each in gold.get("name_only") or [] if "note" not in each],
            said["mentions"],
            lambda each, mention: plain(each["name"]) == plain(mention["name"]),
        ),
        "parallels": _parallels(gold, said, whole),
    }
    told["named"].extra = [each for each in told["sets"].extra if each["kind"] in ("named", "counted")]
    return told


def _facts(gold: Values) -> list[Any]:
    return [each for each in gold.get("facts") or [] if each["answer"] is not None]


def _parallels(gold: Values, said: Values, sets: Sequence[Any]) -> Tally:
    """A parallel may also have been read as a set, and a set as a parallel: that is no mistake of this kind."""
    rows = [*said["parallels"], *(each["items"] for each in said["sets"])]
    result = tally(gold.get("parallels") or [], rows, lambda each, row: same_items(each["items"], row))
    result.extra = [
        row
        for row in said["parallels"]
        if not any(same_items(each["items"], row) for each in [*(gold.get("parallels") or []), *sets])
    ]
    return result


def is_heading(gold: Values, heading: Values) -> bool:
    said = any(same(text, heading["heading"]) for text in (gold["text"], gold.get("long", "")) if text)
    return said and gold["level"] == heading["level"]


def is_set(gold: Values, found: Values) -> bool:
    views = [gold["items"], gold.get("short_items", [])]
    whose = gold.get("attributed_to")
    named = gold["kind"] not in ("named", "counted") or plain(gold["name"]) == plain(found["name"] or "")
    attributed = whose is None or same(whose, found["attributed_to"] or "")
    return named and attributed and any(same_items(items, found["items"]) for items in views if items)


def _is_part(gold: Values, found: Values) -> bool:
    return not found["complete"] and any(same(gold["items"][0], item) for item in found["items"])


def is_definition(gold: Values, found: Values) -> bool:
    return same(gold["subject"], found["subject"]) and same(gold["predicate"], found["predicate"])


def together(tallies: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    """The tallies of several speeches as one."""
    total = {kind: Tally() for kind in KINDS}
    for each in tallies:
        for kind, tally_ in each.items():
            total[kind].found += tally_.found
            total[kind].missed += tally_.missed
            total[kind].extra += tally_.extra
    return total
