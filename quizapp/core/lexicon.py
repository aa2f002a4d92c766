"""What the office's language offers beside a speech: classes of terms of one kind, and terms too close to part."""

import re
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

#: Above this share of common characters two wordings are too close to stand against each other.
NEAR_SHARE = 0.7
MARKS = re.compile(r"[\s“”‘’\"'《》〈〉（）()【】、，,。．.；;：:！!？?…—·-]+")


def bare(text: str) -> str:
    """The wording without quotation marks, punctuation and spaces, for comparing."""
    return MARKS.sub("", text)


def char_overlap(one: str, other: str) -> float:
    """Jaccard share of the characters two wordings have in common."""
    first, second = set(bare(one)), set(bare(other))
    return len(first & second) / len(first | second) if first | second else 0.0


@dataclass(frozen=True)
class TermClass:
    """Terms that can stand in the same place of a sentence.

    `form` is a shell pattern that every term has. `cues` are words of which a set's name must hold one. A class without
    cues whose form says nothing but a length is known by its members: a set belongs to it when two of its items do.
    """

    name: str
    terms: tuple[str, ...]
    form: str = "*"
    cues: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing but its members tells this class."""
        return not self.cues and not self.form.strip("*?")

    def holds(self, items: Sequence[str], name: str) -> bool:
        """Whether a set of these items, called `name`, is of this class."""
        if not all(fnmatchcase(item, self.form) for item in items):
            return False
        if self.cues:
            return any(cue in name for cue in self.cues)
        return not self.is_open or len({bare(item) for item in items} & self._members) >= 2

    @cached_property
    def _members(self) -> frozenset[str]:
        return frozenset(map(bare, self.terms))


@dataclass(frozen=True)
class Lexicon:
    """All classes, and the groups of terms that must never stand against one another."""

    classes: tuple[TermClass, ...] = ()
    synonyms: tuple[frozenset[str], ...] = ()

    @cached_property
    def _spoken_for(self) -> dict[str, str]:
        """Each synonym → the first of its group: the word that stands for all of them."""
        chosen: dict[str, str] = {}
        for group in self.synonyms:
            chosen |= {bare(term): min(group) for term in sorted(group) if bare(term) not in chosen}
        return chosen

    @cached_property
    def _any_synonym(self) -> re.Pattern[str]:
        longest_first = sorted(self._spoken_for, key=lambda term: (-len(term), term))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def levelled(self, text: str) -> str:
        """The bare wording with each synonym replaced by the one that stands for its group."""
        return self._any_synonym.sub(lambda found: self._spoken_for[found[0]], bare(text))

    def near(self, one: str, other: str) -> bool:
        """Whether two wordings are too close in form or meaning to be one right and one wrong."""
        first, second = bare(one), bare(other)
        if first in second or second in first:
            return True
        return self.levelled(one) == self.levelled(other) or char_overlap(one, other) > NEAR_SHARE

    def near_any(self, text: str, others: Iterable[str]) -> bool:
        return any(self.near(text, other) for other in others)

    def classes_of(self, items: Sequence[str], name: str) -> tuple[TermClass, ...]:
        """The classes a set is of, the most closely described first."""
        found = [each for each in self.classes if each.holds(items, name)]
        return tuple(sorted(found, key=lambda each: (each.is_open, not each.cues)))
