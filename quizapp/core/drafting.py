"""From a reading to drafts: what could be asked, less what a gate refuses, each thing asked once."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import combinations

from quizapp.core.drafts import Draft
from quizapp.core.drafts import Drafting
from quizapp.core.drafts import Kind
from quizapp.core.drafts import Rejected
from quizapp.core.gates import PAIRED
from quizapp.core.gates import Case
from quizapp.core.gates import refused_by
from quizapp.core.kinds import KINDS
from quizapp.core.kinds.base import LETTERS
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import bare
from quizapp.core.lexicon import char_overlap
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import Reading

#: How hard a kind is before anything is known of the question.
EASE = {Kind.PAIR_TF: 1, Kind.SET_CLOZE: 2, Kind.PAIR_SC: 3, Kind.SET_MC: 3}
MANY_ITEMS = 6
ALIKE = 0.5
#: A wording said this often is no news to anybody who listened.
OFTEN = 3
#: True statements are between these shares of all true/false drafts of a speech.
LEAST_TRUE, MOST_TRUE = 0.4, 0.6


def draft_questions(reading: Reading, lexicon: Lexicon, title: str | None = None) -> Drafting:
    """Draft all questions that pass the gates. The same reading, lexicon and title always give the same drafts."""
    material = Material(reading, lexicon, title)
    kept: list[Candidate] = []
    rejected: list[Rejected] = []
    room: Counter[object] = Counter()
    for candidate in every_candidate(material):
        place = contest(candidate, material)
        if room[place] >= KINDS[candidate.kind].limit or is_double(candidate, kept, material):
            continue
        if gate := refused_by(Case(candidate, material, tuple(kept))):
            rejected.append(Rejected(gate, candidate.kind, candidate.question.stem))
            continue
        room[place] += 1
        kept.append(candidate)
    ordered = sorted(balanced(kept), key=lambda each: in_order(each, material))
    drafts = tuple(draft_of(each, material) for each in placed(ordered, material))
    return Drafting(drafts, tuple(dict.fromkeys(rejected)))


def every_candidate(material: Material) -> Iterator[Candidate]:
    for kind in KINDS.values():
        for index in range(len(material.reading.sets)):
            yield from kind.candidates(material, index)


def contest(candidate: Candidate, material: Material) -> object:
    """What candidates compete for: one set, or one table of pairs however often it was read, and one aspect of it."""
    kind, point = KINDS[candidate.kind], material.point(candidate.key_point)
    about: object = candidate.key_point
    if candidate.kind in PAIRED:
        about = frozenset(frozenset((pair.left_span, pair.right_span)) for pair in point.pairs)
    return kind.kind, about, kind.aspect(candidate)


def is_double(candidate: Candidate, kept: Iterable[Candidate], material: Material) -> bool:
    """Whether the same thing is asked in the same way already: the same list, under whatever name, or the same pair."""

    def asks(each: Candidate) -> tuple[object, ...]:
        items = tuple(item.text for item in material.point(each.key_point).items)
        return each.kind, bare(each.asked) if each.kind in PAIRED else items

    return any(asks(candidate) == asks(other) for other in kept)


def balanced(kept: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with as many true as false statements, near enough; the last of the many side go."""
    judged = [each for each in kept if each.question.type is TypeName.TRUE_FALSE]
    while judged:
        true = [each for each in judged if "T" in each.question.key]
        if LEAST_TRUE <= len(true) / len(judged) <= MOST_TRUE:
            break
        many = true if len(true) * 2 > len(judged) else [each for each in judged if each not in true]
        judged.remove(many[-1])
    return [each for each in kept if each.question.type is not TypeName.TRUE_FALSE or each in judged]


def in_order(candidate: Candidate, material: Material) -> tuple[object, ...]:
    """The order of the speech: where the set stands, then the sentence, then the kind."""
    point = material.point(candidate.key_point)
    kinds = list(Kind)
    start = candidate.question.source.start or 0
    return min(point.span.start, point.lead.start), kinds.index(candidate.kind), start, candidate.question.stem


def placed(candidates: Sequence[Candidate], material: Material) -> Iterator[Candidate]:
    """The same questions, the key of single choices at each place equally often and in no order to be guessed."""
    waiting: dict[int, list[int]] = {}
    for each in candidates:
        if each.kind is not Kind.PAIR_SC:
            yield each
            continue
        count = len(each.question.options)
        if not waiting.get(count):
            waiting[count] = list(range(count))
            material.rng(each.kind, each.key_point, "places", str(count)).shuffle(waiting[count])
        yield with_key_at(each, waiting[count].pop())


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


def draft_of(candidate: Candidate, material: Material) -> Draft:
    question = replace(candidate.question, difficulty=difficulty(candidate, material))
    return Draft(candidate.kind, question, candidate.key_point, fingerprint(candidate, material))


def fingerprint(candidate: Candidate, material: Material) -> str:
    """What stays the same when the speech is drafted again: the set's passage, the kind, what is asked and how."""
    aspect = KINDS[candidate.kind].aspect(candidate)
    parts = (candidate.kind.value, material.identity(candidate.key_point), aspect, candidate.asked)
    return sha256("|".join(parts).encode()).hexdigest()


def difficulty(candidate: Candidate, material: Material) -> int:
    """An estimate from 1 to 5, until people have answered."""
    point = material.point(candidate.key_point)
    harder = len(point.items) >= MANY_ITEMS or point.homonym or likeness(candidate.question) > ALIKE
    easier = is_common_knowledge(candidate, material)
    return min(5, max(1, EASE[candidate.kind] + int(harder) - int(easier)))


def likeness(question: Question) -> float:
    """How alike the options are, on average."""
    shares = [char_overlap(one.text, other.text) for one, other in combinations(question.options, 2)]
    return sum(shares) / len(shares) if shares and question.type is not TypeName.TRUE_FALSE else 0.0


def is_common_knowledge(candidate: Candidate, material: Material) -> bool:
    """Whether the speech says every right wording again and again."""
    asked = [*candidate.right, *(blank[0] for blank in candidate.question.blanks)]
    is_judged = candidate.kind is Kind.PAIR_TF
    return not is_judged and all(material.text.count(text) >= OFTEN for text in asked)
