"""What the office's language offers beside a speech: classes of terms of one kind, and terms too close to part."""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property
from functools import lru_cache
from hashlib import sha256
from itertools import chain

#: Above this share of common characters two wordings are too close to stand against each other.
NEAR_SHARE = 0.7
MARKS = re.compile(r"[\s“”‘’\"'《》〈〉（）()【】、，,。．.；;：:！!？?…—·-]+")
#: How many answers are kept: drafting asks for the same few hundred wordings again and again, beside a whole speech and
#: the passage in question.
KEPT_WORDINGS, KEPT_PAIRS, KEPT_SETS, KEPT_TEXTS = 8192, 16384, 1024, 4
#: What is longer than this is a passage, not a wording.
LONGEST_WORDING = 200
VERSION_LENGTH = 12
#: What of a form stands for any character, or for one of several.
WILD = re.compile(r"\[.[^\]]*\]|[*?]")


def bare(text: str) -> str:
    """The wording without quotation marks, punctuation and spaces, for comparing."""
    return _bare_wording(text) if len(text) <= LONGEST_WORDING else _bare_passage(text)


@lru_cache(KEPT_WORDINGS)
def _bare_wording(text: str) -> str:
    return MARKS.sub("", text)


@lru_cache(KEPT_TEXTS)
def _bare_passage(text: str) -> str:
    return MARKS.sub("", text)


@lru_cache(KEPT_WORDINGS)
def _characters(text: str) -> frozenset[str]:
    return frozenset(bare(text))


def char_overlap(one: str, other: str) -> float:
    """Jaccard share of the characters two wordings have in common."""
    first, second = _characters(one), _characters(other)
    common = len(first & second)
    return common / (len(first) + len(second) - common) if first or second else 0.0


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

    @cached_property
    def is_open(self) -> bool:
        """Whether nothing but its members tells this class."""
        return not self.cues and not self.form.strip("*?")

    def holds(self, items: Sequence[str], name: str) -> bool:
        """Whether a set of these items, called `name`, is of this class."""
        if self.cues and not any(cue in name for cue in self.cues):
            return False
        if not all(map(self.has_form, items)):
            return False
        return not self.is_open or len(self.members.intersection(map(bare, items))) >= 2

    @cached_property
    def has_form(self) -> Callable[[str], object]:
        """Whether a wording has the form of this class."""
        return re.compile(translate(self.form)).match

    @cached_property
    def members(self) -> frozenset[str]:
        """The bare terms."""
        return frozenset(map(bare, self.terms))

    @cached_property
    def letter(self) -> str:
        """A character that every wording of the form has; empty where the form names none."""
        return WILD.sub("", self.form)[:1]


def places(told: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for text, place in told:
        found.setdefault(text, []).append(place)
    return found


@dataclass(frozen=True)
class Lexicon:
    """All classes, and the groups of terms that must never stand against one another.

    What it answers is kept, up to a bound, for drafting asks the same of it thousands of times.
    """

    classes: tuple[TermClass, ...] = ()
    synonyms: tuple[frozenset[str], ...] = ()

    @cached_property
    def version(self) -> str:
        """A short name of the content: two lexicons that say the same have the same, on every machine."""
        classes = [[each.name, each.form, list(each.cues), list(each.terms)] for each in self.classes]
        groups = sorted(sorted(group) for group in self.synonyms)
        return sha256(repr([classes, groups]).encode()).hexdigest()[:VERSION_LENGTH]

    @cached_property
    def _spoken_for(self) -> dict[str, str]:
        """Each synonym → the first of its group: the word that stands for all of them."""
        chosen: dict[str, str] = {}
        for group in self.synonyms:
            chosen |= {bare(term): min(group) for term in sorted(group) if bare(term) not in chosen}
        return chosen

    @cached_property
    def _any_synonym(self) -> re.Pattern[str]:
        """The synonyms by their first character, so that each place of a text is compared with a few of them only."""
        longest_first = sorted(self._spoken_for, key=lambda term: (-len(term), term))
        tails: dict[str, list[str]] = {}
        for term in filter(None, longest_first):
            tails.setdefault(term[0], []).append(re.escape(term[1:]))
        forms = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(tails.items()))
        return re.compile("|".join(forms) or r"(?!)")

    @cached_property
    def _group_of(self) -> dict[str, tuple[str, ...]]:
        """Each synonym → all terms of its group, in one order."""
        return {bare(term): tuple(sorted(group)) for group in self.synonyms for term in sorted(group)}

    def wordings(self, term: str) -> tuple[str, ...]:
        """What may be said in place of a term: all terms of its group, itself among them; () where it has none."""
        return self._group_of.get(bare(term), ())

    def levelled(self, text: str) -> str:
        """The bare wording with each synonym replaced by the one that stands for its group."""
        return self._kept_levelled(text) if len(text) <= LONGEST_WORDING else self._levelled(text)

    def near(self, one: str, other: str) -> bool:
        """Whether two wordings are too close in form or meaning to be one right and one wrong."""
        return self._kept_near(one, other) if len(one) + len(other) <= LONGEST_WORDING else self._near(one, other)

    def near_any(self, text: str, others: Iterable[str]) -> bool:
        return any(self.near(text, other) for other in others)

    def classes_of(self, items: Sequence[str], name: str) -> tuple[TermClass, ...]:
        """The classes a set is of, the most closely described first."""
        return self._kept_classes_of(tuple(items), name)

    def _levelled(self, text: str) -> str:
        return self._any_synonym.sub(lambda found: self._spoken_for[found[0]], bare(text))

    def _near(self, one: str, other: str) -> bool:
        first, second = bare(one), bare(other)
        if first in second or second in first:
            return True
        level, level_too = self.levelled(one), self.levelled(other)
        return char_overlap(one, other) > NEAR_SHARE or level in level_too or level_too in level

    def _classes_of(self, items: tuple[str, ...], name: str) -> tuple[TermClass, ...]:
        found = [each for each in self._candidates(items) if each.holds(items, name)]
        return tuple(sorted(found, key=lambda each: (each.is_open, not each.cues)))

    def _candidates(self, items: tuple[str, ...]) -> tuple[TermClass, ...]:
        """The classes that may hold these items, in their order: by a letter of the form, or by a member."""
        if not items:
            return self.classes
        by_letter = (self._by_letter.get(letter, ()) for letter in ("", *items[0]))
        by_member = (self._by_member.get(bare(item), ()) for item in items)
        return tuple(self.classes[place] for place in sorted({*chain(*by_letter), *chain(*by_member)}))

    @cached_property
    def _by_letter(self) -> dict[str, list[int]]:
        """Where the classes stand that are told by their form or by a cue, by the letter of the form."""
        return places((each.letter, place) for place, each in enumerate(self.classes) if not each.is_open)

    @cached_property
    def _by_member(self) -> dict[str, list[int]]:
        """Where the classes stand that are known by their members, by each member."""
        open_classes = ((each, place) for place, each in enumerate(self.classes) if each.is_open)
        return places((member, place) for each, place in open_classes for member in sorted(each.members))

    # The answers are kept by each lexicon for itself: a cache on the method would keep every lexicon alive, and hash
    # all its terms at each question.

    @cached_property
    def _kept_levelled(self) -> Callable[[str], str]:
        return lru_cache(KEPT_WORDINGS)(self._levelled)

    @cached_property
    def _kept_near(self) -> Callable[[str, str], bool]:
        return lru_cache(KEPT_PAIRS)(self._near)

    @cached_property
    def _kept_classes_of(self) -> Callable[[tuple[str, ...], str], tuple[TermClass, ...]]:
        return lru_cache(KEPT_SETS)(self._classes_of)
