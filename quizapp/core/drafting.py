"""From a reading to drafts: what could be asked, less what a gate refuses, each thing asked once, the best chosen."""

from collections import Counter
from collections import defaultdict
from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from quizapp.core.drafts import Draft
from quizapp.core.drafts import Drafting
from quizapp.core.drafts import Rejected
from quizapp.core.gates import Case
from quizapp.core.gates import refused_by
from quizapp.core.kinds import KINDS
from quizapp.core.kinds.base import LETTERS
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import bare
from quizapp.core.library import Lent
from quizapp.core.question import TypeName
from quizapp.core.ranking import Scored
from quizapp.core.ranking import scored
from quizapp.core.selection import Selection
from quizapp.core.selection import distinct
from quizapp.core.speech import Reading


def draft_questions(
    reading: Reading,
    lexicon: Lexicon,
    title: str | None = None,
    number: int | None = None,
    lent: Lent = MappingProxyType({}),
) -> Drafting:
    """Draft all questions that pass the gates, or the best `number` of them.

    `lent` are words that other speeches of the library lend as wrong options. The same reading, lexicon, title, number
    and lent words always give the same drafts.
    """
    material = Material(reading, lexicon, title, lent)
    sieve = Sieve(material).run()
    found = distinct([scored(each, material) for each in sieve.kept])
    chosen = sorted(Selection(found, material, number).best(), key=lambda each: in_order(each.candidate, material))
    drafts = tuple(draft_of(each, material) for each in placed(chosen, material))
    return Drafting(drafts, tuple(dict.fromkeys(sieve.rejected)))


#: After so many candidates in a row that were refused, or found no room, a place is left.
MOST_IN_VAIN = 5


class Sieve:
    """What of all that could be asked passes every gate, as much of each contest as its kind allows."""

    def __init__(self, material: Material):
        self.material = material
        self.kept: list[Candidate] = []
        self.rejected: list[Rejected] = []
        self._room: Counter[Hashable] = Counter()
        self._asked: set[Hashable] = set()
        self._on_sentence: defaultdict[int, list[Candidate]] = defaultdict(list)

    def run(self) -> "Sieve":
        for kind in KINDS.values():
            for index in kind.places(self.material):
                self._take_from(kind, index)
        return self

    def _take_from(self, kind: DraftingKind, index: int) -> None:
        """What one place gives: no more than its kind allows where its candidates compete with each other alone, and
        nothing after so many in vain."""
        in_vain = 0
        for candidate in kind.candidates(self.material, index):
            in_vain = 0 if self._keeps(candidate) else in_vain + 1
            is_full = not candidate.contest and self._room[contest(candidate)] >= kind.limit
            if is_full or in_vain >= MOST_IN_VAIN:
                break

    def _keeps(self, candidate: Candidate) -> bool:
        """Keep a candidate that there is room for, that is not asked already and that every gate lets pass."""
        place, thing = contest(candidate), asks(candidate, self.material)
        if self._room[place] >= KINDS[candidate.kind].limit or thing in self._asked:
            return False
        if gate := refused_by(Case(candidate, self.material, self._beside(candidate))):
            self.rejected.append(Rejected(gate, candidate.kind, candidate.question.stem))
            return False
        self._room[place] += 1
        self._asked.add(thing)
        self.kept.append(candidate)
        for sentence in candidate.evidence:
            self._on_sentence[sentence.start].append(candidate)
        return True

    def _beside(self, candidate: Candidate) -> list[Candidate]:
        """What was kept of the same sentences: nothing else can tell the answer."""
        return [each for sentence in candidate.evidence for each in self._on_sentence[sentence.start]]


def contest(candidate: Candidate) -> Hashable:
    """What candidates compete for: their key point, unless the kind says what."""
    return candidate.kind, candidate.contest or candidate.key_point


def asks(candidate: Candidate, material: Material) -> Hashable:
    """What is the same thing asked in the same way: the same list, under whatever name, or the same statement."""
    if candidate.statement or candidate.key_point is None or not KINDS[candidate.kind].lists:
        return candidate.kind, bare(candidate.asked)
    return candidate.kind, tuple(item.text for item in material.point(candidate.key_point).items)


def in_order(candidate: Candidate, material: Material) -> tuple[object, ...]:
    """The order of the speech: where the key point stands, then the sentence, then the kind."""
    start = candidate.question.source.start or 0
    first = start
    if candidate.key_point is not None:
        point = material.point(candidate.key_point)
        first = min(point.span.start, point.lead.start)
    return first, candidate.kind, start, candidate.question.stem


def placed(chosen: Sequence[Scored], material: Material) -> Iterator[Scored]:
    """The same questions, the key of single choices at each place equally often and in no order to be guessed."""
    waiting: dict[int, list[int]] = {}
    for each in chosen:
        if each.candidate.question.type is not TypeName.SINGLE_CHOICE:
            yield each
            continue
        count = len(each.candidate.question.options)
        if not waiting.get(count):
            waiting[count] = list(range(count))
            material.rng(each.candidate.kind, each.candidate.asked, "places", str(count)).shuffle(waiting[count])
        yield replace(each, candidate=with_key_at(each.candidate, waiting[count].pop()))


def with_key_at(candidate: Candidate, position: int) -> Candidate:
    """The candidate with its one right option at a position, lettered anew."""
    options = candidate.question.options
    (right,) = [option for option in options if option.id in candidate.question.key]
    others = [option for option in options if option is not right]
    mixed = [*others[:position], right, *others[position:]]
    letters = {option.id: letter for option, letter in zip(mixed, LETTERS, strict=False)}
    question = replace(
        candidate.question,
        options=tuple(replace(option, id=letters[option.id]) for option in mixed),
        key=frozenset({letters[right.id]}),
    )
    return replace(candidate, question=question, origins=tuple((letters[i], o) for i, o in candidate.origins))


def draft_of(each: Scored, material: Material) -> Draft:
    candidate = each.candidate
    return Draft(
        candidate.kind,
        replace(candidate.question, difficulty=each.difficulty),
        candidate.key_point,
        fingerprint(candidate, material),
        KINDS[candidate.kind].bloom,
        each.worth,
        each.reasons,
        candidate.heading,
    )


def fingerprint(candidate: Candidate, material: Material) -> str:
    """What stays the same when the speech is drafted again: the key point's passage, the kind, what is asked."""
    about = "" if candidate.key_point is None else material.identity(candidate.key_point)
    is_true = sorted(candidate.question.key) if candidate.question.type is TypeName.TRUE_FALSE else []
    parts = (candidate.kind, about, candidate.statement, candidate.asked, *is_true)
    return sha256("|".join(parts).encode()).hexdigest()
