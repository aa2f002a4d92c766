"""The gates a candidate must pass. Each is one function that answers whether it refuses; the first refusal counts.

A gate sees the question as a person will, the speech, and what was kept before it. No gate repairs: a question that
needs repair is refused, for fewer questions is a correct result and a wrong one is not.
"""

import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import rjieba

from quizapp.core.distractors import Origin
from quizapp.core.distractors import common_ends
from quizapp.core.distractors import is_negative
from quizapp.core.distractors import marks_of
from quizapp.core.drafts import Kind
from quizapp.core.kinds import KINDS
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import Material
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Span
from quizapp.core.stems import GENERIC
from quizapp.core.stems import namesakes

CHOICES = (Kind.SET_MC, Kind.PAIR_SC)
PAIRED = (Kind.PAIR_SC, Kind.PAIR_TF)
MASK = re.compile(r"[☆★○●□■◇◆※*＊×]|[XxＸ]{1,}(?![A-Za-z0-9])|某[某市县区省年月日]")
LEADER = re.compile(r"总书记|党中央|中央领导|中央政治局|毛主席|毛泽东|邓小平|习近平|总理|国家主席")
OPEN = re.compile(r"[”’）]*[、，]?(?:等(?![级待候同于着到你])|等等|以及|……|诸如此类)")
PRONOUN = re.compile(r"(?<![自忘])我|咱|你|(?<![其])他们|大家|今天|刚才|昨天|(?<!刹)那(?!曲)|这|本次|上述|以下")
BAD_EDGE = re.compile(r"^[的和与也都又而及、，；]|[的和与及、，；：]$")
HALVES = (
    ("不仅", "还|而且|也|更"),
    ("既", "又|也|更"),
    ("不但", "还|而且|也"),
    ("宁可", "也|不"),
    ("只有", "才"),
    ("无论", "都"),
)
ABSOLUTE = re.compile(r"一律|所有|从不|绝对|任何|完全|全部|唯一|永远|绝不")
#: What around two values makes a phrase of them and no sentence: 领导的关注点.
NO_PREDICATE = re.compile(r"[的之和与及、“”‘’]*")
LIGHT = frozenset(
    ["动脑筋", "下功夫", "想办法", "做工作", "抓工作", "做好", "抓好", "搞好", "落实好"]
    + ["高度重视", "提高认识", "统一思想", "加强领导"]
)
STEM_ROOM, OPTION_ROOM, STATEMENT_ROOM = 80, 36, 60
FEWEST_OPTIONS, MOST_OPTIONS = 3, 5
#: A key longer than every other option by this share gives itself away.
LONGER = 1.3
#: Of a key this short a single character tells.
SHORT_KEY = 4
FUNCTION_WORDS = frozenset("的地得和与在上中下就对要是有")
FEWEST_STEM, FEWEST_STATEMENT = 8, 10
#: In a shorter statement only one value goes with the other in any speech: 要求十分严格.
FEWEST_TOLD = 7
CLAUSE_ENDS = "，。；：！？\n"
CLAUSE_MARKS = "。，；：、“”‘’！？\n"
ONE_WORD = frozenset(["要求", "要点", "要素", "要领", "要害", "要紧", "是否", "是非"])
CATCH_ALL = re.compile(r"以上(?:都|全)|都对|都不[对是]|其他")


@dataclass(frozen=True)
class Case:
    """What a gate judges: one candidate, the material it is from, and the candidates of the speech already kept."""

    candidate: Candidate
    material: Material
    kept: tuple[Candidate, ...] = ()

    @property
    def question(self) -> Question:
        return self.candidate.question

    @property
    def point(self) -> KeyPoint:
        return self.material.point(self.candidate.key_point)

    @property
    def is_choice(self) -> bool:
        return self.candidate.kind in CHOICES

    @property
    def is_false(self) -> bool:
        return self.candidate.kind is Kind.PAIR_TF and "F" in self.question.key

    @property
    def body(self) -> str:
        """The stem without its opening, for pairs: the statement itself."""
        return self.question.stem.split("，", 1)[1] if self.candidate.kind in PAIRED else self.question.stem

    @cached_property
    def shown(self) -> str:
        """All a person sees before answering, and the answers."""
        options = (option.text for option in self.question.options)
        return "\n".join((self.question.stem, *options, *(form for blank in self.question.blanks for form in blank)))

    @cached_property
    def stretch(self) -> tuple[Span, ...]:
        return (*self.candidate.evidence, source_span(self.question))


@dataclass(frozen=True)
class Gate:
    """A named rule. `refuses` answers whether a case must not become a draft."""

    name: str
    refuses: Callable[[Case], bool]


def refused_by(case: Case) -> str | None:
    """The first gate that refuses the case; None when all let it pass."""
    return next((gate.name for gate in GATES if gate.refuses(case)), None)


def source_span(question: Question) -> Span:
    return Span(question.source.start or 0, question.source.end or 0)


def touches(span: Span, other: Span) -> bool:
    return span.start < other.end and other.start < span.end


def g1_mask(case: Case) -> bool:
    """A name was masked in the stem, an option or an answer, or in a sentence the question stands on."""
    masked = any(touches(span, mask) for span in case.stretch for mask in case.material.reading.clean.masks)
    return masked or MASK.search(case.shown) is not None


def g2_broken(case: Case) -> bool:
    """A sentence it stands on is cut off or its quotation marks do not close."""
    clean = case.material.reading.clean
    broken = [span for number, span in enumerate(clean.sentences) if number in clean.broken_sentences]
    return any(touches(span, other) for span in case.stretch for other in broken) or not is_balanced(case.shown)


def is_balanced(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in ("“”", "‘’", "（）", "《》"))


def g3_leader(case: Case) -> bool:
    """Words of the highest leaders are never altered, nor mixed with words of ours: they may only be filled in.

    What the speech quotes from somebody else is not asked at all: our stems say what *the speech* demands.
    """
    if case.point.attributed_to is not None:
        return True
    altered = case.is_false or case.is_choice
    return altered and any(LEADER.search(span.of(case.material.text)) for span in case.stretch)


def g4_count(case: Case) -> bool:
    """The announced number is not the number of items, or the list is not whole."""
    point = case.point
    return not point.complete or point.count != len(point.items)


def g5_open_list(case: Case) -> bool:
    """The list goes on after its last item: 等, 以及."""
    text, last = case.material.text, max(item.span.end for item in case.point.items)
    return OPEN.match(text, last) is not None


def g6_proof(case: Case) -> bool:
    """An option has no proof, two options are too close, or the key is not what stem and speech give again."""
    if not all(option.proof for option in proven_options(case)):
        return True
    return has_near_options(case) or not is_key_again(case) or not is_grounded(case)


def proven_options(case: Case) -> Sequence[Option]:
    """Options that must carry a proof: all of a choice, the right one of true/false."""
    return [option for option in case.question.options if case.is_choice or option.id in case.question.key]


def has_near_options(case: Case) -> bool:
    """Whether a wrong option is too close to any other; right ones of one set may well be alike."""
    if not case.is_choice:
        return False
    wrong, right, near = case.candidate.wrong, case.candidate.right, case.material.lexicon.near
    among = any(near(one, other) for i, one in enumerate(wrong) for other in wrong[i + 1 :])
    return among or any(near(one, other) for one in wrong for other in right)


def is_key_again(case: Case) -> bool:
    """Whether stem and speech alone give the very key again. A set without a name of its own is left to G7."""
    if case.candidate.kind not in PAIRED and case.material.subjects[case.candidate.key_point] is None:
        return True
    again = KINDS[case.candidate.kind].key_again(case.candidate, case.material)
    return again == (case.question.key if case.question.options else case.question.blanks)


def is_grounded(case: Case) -> bool:
    """Whether every quoted word of the key point is in the speech where it claims to be, and the source is verbatim."""
    text, source = case.material.text, case.question.source
    items = all(item.span.of(text) == item.text for item in case.point.items)
    pairs = all(
        pair.left_span.of(text) == pair.left and pair.right_span.of(text) == pair.right for pair in case.point.pairs
    )
    return (
        items and pairs and bool(source.quote) and text[source_span(case.question).start : source.end] == source.quote
    )


def g7_homonym(case: Case) -> bool:
    """The stem names a set that another set could be, or only by a number, or by a part called like the set itself."""
    if case.candidate.kind in PAIRED:
        return is_shared_name(case) and bare(case.point.name or "") in bare(case.question.stem)
    name = bare(case.point.name or "")
    phrase = case.material.subjects[case.candidate.key_point]
    if phrase is None or phrase not in case.question.stem:
        return True
    if not name:
        return False
    stands_alone = phrase in (f"讲话提出的{name}", f"讲话提出的“{name}”")
    return bare(phrase).count(name) > 1 or (stands_alone and (case.point.homonym or bool(GENERIC.fullmatch(name))))


def is_shared_name(case: Case) -> bool:
    return case.point.homonym or bool(namesakes(case.material.reading, case.candidate.key_point))


def g8_boundary(case: Case) -> bool:
    """A blank, a slot or an option begins or ends inside a word, a quotation or a bracket."""
    asked = [*case.candidate.right, *(blank[0] for blank in case.question.blanks)]
    if any(BAD_EDGE.search(text) or not is_balanced(text) for text in [*asked, *case.candidate.wrong]):
        return True
    spans = slot_spans(case) if case.candidate.kind in PAIRED else item_spans(case)
    return any(splits_word(case.material, span) for span in spans)


def slot_spans(case: Case) -> list[Span]:
    return [span for pair in case.point.pairs for span in (pair.left_span, pair.right_span)]


def item_spans(case: Case) -> list[Span]:
    """Where the items stand, with their affix where the speech says it there: 勤奋型, not 勤奋."""
    return [displayed(case.material.text, item) for item in case.point.items]


def displayed(text: str, item: Item) -> Span:
    before = item.display.find(item.text)
    start = item.span.start - max(before, 0)
    end = start + len(item.display)
    return Span(start, end) if text[start:end] == item.display else item.span


def splits_word(material: Material, span: Span) -> bool:
    """Whether an edge of the span falls inside a word of its clause."""
    text = material.text
    start = max(text.rfind(mark, 0, span.start) + 1 for mark in CLAUSE_MARKS)
    ends = [at for mark in CLAUSE_MARKS if (at := text.find(mark, span.end)) >= 0]
    at, edges = start, [edge for edge in (span.start, span.end) if not starts_heading(material, edge)]
    for word in rjieba.cut(text[start : min(ends, default=len(text))]):
        if any(at < edge < at + len(word) and is_one_word(word, edge - at) for edge in edges):
            return True
        at += len(word)
    return False


def starts_heading(material: Material, at: int) -> bool:
    """Whether the outline has a heading whose own text begins here, right after its ordinal."""
    nodes = (node for node in material.reading.outline if node.span.start <= at < node.span.end)
    return any(material.text.startswith(node.text, at) for node in nodes)


def is_one_word(word: str, cut: int) -> bool:
    """Whether a word that would be cut here really is one.

    The segmenter joins what it does not know (要勤), and takes 要 and 是 of an ordinal into the next word (二要|务求).
    """
    is_ordinal = cut == 1 and word[0] in "要是" and word not in ONE_WORD
    return rjieba.has_word(word) and not is_ordinal


def g9_fragment(case: Case) -> bool:
    """Half a sentence: cut out of a clause, without a predicate, one part of a connective, or too little said."""
    if case.candidate.kind in PAIRED and is_no_sentence(case):
        return True
    if any(is_half(text) for text in [case.body, *case.candidate.right, *(b[0] for b in case.question.blanks)]):
        return True
    if case.candidate.kind is Kind.PAIR_TF:
        return len(bare(case.question.stem)) < FEWEST_STATEMENT
    return len(bare(case.question.stem)) < FEWEST_STEM


def is_no_sentence(case: Case) -> bool:
    """Whether a pair's statement has no predicate, says too little, or is cut out of a longer clause."""
    told, text = case.candidate.asked, case.material.text
    end = text.find(told) + len(told)
    is_cut = text[end : end + 1] not in ("", *CLAUSE_ENDS)
    return bool(NO_PREDICATE.fullmatch("".join(case.point.template[:2]))) or len(bare(told)) < FEWEST_TOLD or is_cut


def is_half(text: str) -> bool:
    """Whether the text has the first part of a paired connective and not the second."""
    return any(first in text and not re.search(second, text.split(first, 1)[1]) for first, second in HALVES)


def g10_pronoun(case: Case) -> bool:
    """A word that points outside the question: 我们, 大家, 这, 今天."""
    return PRONOUN.search(case.shown) is not None


def g11_stem_leak(case: Case) -> bool:
    """The stem says the key, or a word of it that the wrong options do not have."""
    if case.candidate.kind is Kind.SET_CLOZE:
        visible = bare(case.question.stem.replace(BLANK, ""))
        return any(bare(form) in visible for blank in case.question.blanks for form in own_forms(case, blank))
    if not case.is_choice:
        return False
    return any(leaks(case, right) for right in case.candidate.right)


def own_forms(case: Case, blank: Sequence[str]) -> Iterator[str]:
    """The wordings of a blank that say what is its own: not those that are only what all items share."""
    return (form for form in blank if len(bare(form)) > 1)


def leaks(case: Case, right: str) -> bool:
    """Whether a piece of a right option that no wrong one has stands in the stem. One character tells a short key."""
    stem = bare(case.body if case.candidate.kind in PAIRED else case.question.stem)
    short = case.candidate.kind in PAIRED and len(own_part(case, right)) <= SHORT_KEY
    wrong = [bare(text) for text in case.candidate.wrong]
    pieces = (own_part(case, right)[i : i + (1 if short else 2)] for i in range(len(own_part(case, right))))
    whole = [piece for piece in pieces if len(piece) == (1 if short else 2)]
    told = any(piece in stem and not any(piece in each for each in wrong) for piece in whole)
    return told or name_leaks(case, right) or given_leaks(case, right)


def given_leaks(case: Case, right: str) -> bool:
    """Whether the other value of the pair, which the stem shows, shares a telling character with the key."""
    if case.candidate.kind not in PAIRED:
        return False
    values = {pair.left: pair.right for pair in case.point.pairs} | {pair.right: pair.left for pair in case.point.pairs}
    given = bare(values.get(right, ""))
    shared = (set(given) & set(bare(right))) - FUNCTION_WORDS
    is_short = min(len(given), len(own_part(case, right))) <= SHORT_KEY
    return is_short and any(not any(char in each for each in case.candidate.wrong) for char in shared)


def name_leaks(case: Case, right: str) -> bool:
    """Whether the set's name holds a character of this option that some wrong option lacks: 一三六 and 一个目标."""
    if case.candidate.kind in PAIRED:
        return is_shared_name(case) and bare(case.point.name or "") in bare(case.question.stem)
    name = set(bare(case.point.name or "")) & set(bare(right))
    return any(char not in each for char in name for each in case.candidate.wrong)


def own_part(case: Case, right: str) -> str:
    """A right option without what all options begin and end with."""
    texts = [bare(option.text) for option in case.question.options]
    before, after = common_ends(texts)
    return bare(right).removeprefix(before).removesuffix(after)


def g12_shape_leak(case: Case) -> bool:
    """The key can be told from the others by its form: length, marks, first or last character."""
    if not case.is_choice:
        return False
    right, wrong = case.candidate.right, case.candidate.wrong
    if not right or not wrong:
        return False
    if min(len(bare(text)) for text in right) >= LONGER * max(len(bare(text)) for text in wrong):
        return True
    return any(tells_apart(feature, right, wrong) for feature in FEATURES)


FEATURES: tuple[Callable[[str], object], ...] = (
    lambda text: len(bare(text)),
    marks_of,
    lambda text: bare(text)[:1],
    lambda text: bare(text)[-1:],
    is_negative,
)


def tells_apart(feature: Callable[[str], object], right: Sequence[str], wrong: Sequence[str]) -> bool:
    """Whether all wrong options agree in a feature that no right one has, or all right ones in one no wrong one has.

    With one right option only the first counts: any one option differs from the rest in its first character.
    """
    rights, wrongs = {feature(text) for text in right}, {feature(text) for text in wrong}
    if rights & wrongs:
        return False
    return (len(wrong) > 1 and len(wrongs) == 1) or (len(right) > 1 and len(rights) == 1)


def g13_options(case: Case) -> bool:
    """Not three to five different options lettered in order, none right, none wrong, or one speaks of the others."""
    if not case.is_choice:
        return False
    texts, letters = [o.text for o in case.question.options], [o.id for o in case.question.options]
    return (
        not FEWEST_OPTIONS <= len(texts) <= MOST_OPTIONS
        or letters != list("ABCDE"[: len(letters)])
        or len({bare(text) for text in texts}) != len(texts)
        or any(CATCH_ALL.match(text) for text in texts)
        or not case.candidate.right
        or not case.candidate.wrong
    )


def g14_absolutes(case: Case) -> bool:
    """一律, 所有 stand only in what is false, and so give it away."""
    false = [case.body] if case.is_false else list(case.candidate.wrong) if case.is_choice else []
    true = [case.candidate.asked, *(case.candidate.right if case.is_choice else ())]
    return any(ABSOLUTE.search(text) for text in false) and not any(ABSOLUTE.search(text) for text in true)


def g15_too_long(case: Case) -> bool:
    """Longer than a phone shows at a glance, or two points in one: a false statement that changes more than one value,
    or a set whose items each tie two values across a comma, so that its name may mean the one or the other.
    """
    room = STATEMENT_ROOM if case.candidate.kind is Kind.PAIR_TF else STEM_ROOM
    too_long = len(case.question.stem) > room or any(len(option.text) > OPTION_ROOM for option in case.question.options)
    return too_long or (case.is_false and not differs_in_one_value(case)) or has_double_items(case)


def has_double_items(case: Case) -> bool:
    """Whether the named set's items are whole statements of a table of two clauses: 争当“钻研型”干部，戒“浅”."""
    if case.candidate.kind in PAIRED or not case.point.name or "，" not in "".join(case.point.template[1:2]):
        return False
    together = zip(case.point.items, case.point.pairs, strict=False)
    return any(pair.left in item.text and pair.right in item.text for item, pair in together)


def differs_in_one_value(case: Case) -> bool:
    """Whether the false statement is the true one with one right value in place of another."""
    true, false = bare(case.candidate.asked), bare(case.body)
    values = [bare(pair.right) for pair in case.point.pairs]
    return any(true.replace(one, other) == false for one in values for other in values if one != other and one in true)


def g16_trivial(case: Case) -> bool:
    """What is asked for says nothing: 下功夫, 想办法."""
    asked = [*case.candidate.right, *(blank[0] for blank in case.question.blanks)]
    return any(bare(text) in LIGHT for text in asked)


def g17_polarity(case: Case) -> bool:
    """Faults stand among demands, or demands among faults."""
    if case.candidate.kind is Kind.SET_MC:
        signs = {is_negative(text) for text in case.candidate.wrong}
        return signs != {is_negative("".join(case.candidate.right))} and len(signs) > 0
    return case.candidate.kind in PAIRED and case.point.negative


def g18_true_anyway(case: Case) -> bool:
    """What counts as wrong would be right in other words: the swapped value is a synonym, or the speech says so too."""
    if case.is_false:
        levelled = case.material.lexicon.levelled
        return has_near_values(case) or levelled(case.body) == levelled(case.candidate.asked)
    if not case.is_choice:
        return False
    outside = [text for text in case.candidate.wrong if is_from(case, text, Origin.LEXICON)]
    said = case.material.bare_text
    return any(bare(text) in said for text in outside) or (
        case.candidate.kind is Kind.PAIR_SC and has_near_values(case)
    )


def is_from(case: Case, text: str, origin: Origin) -> bool:
    origins = dict(case.candidate.origins)
    return any(option.text == text and origins.get(option.id) is origin for option in case.question.options)


def has_near_values(case: Case) -> bool:
    """Whether two values that stand against each other here mean nearly the same."""
    near = case.material.lexicon.near
    if case.is_choice:
        return any(near(right, wrong) for right in case.candidate.right for wrong in case.candidate.wrong)
    said = [pair.right for pair in case.point.pairs if bare(pair.right) in bare(case.candidate.asked)]
    told = [pair.right for pair in case.point.pairs if bare(pair.right) in bare(case.body)]
    return any(near(one, other) for one in said for other in told)


def g19_negation(case: Case) -> bool:
    """The stem asks by a negative, or a statement to judge has two."""
    asks_negative = re.search(r"不属于|不包括|不是|没有提", case.question.stem) is not None
    return asks_negative or (case.candidate.kind is Kind.PAIR_TF and len(re.findall(r"不|没|非|无", case.body)) > 1)


def g20_hinge(case: Case) -> bool:
    """A true statement of the speech's drafts says what a choice asks, or the other way round.

    Questions about one set show its items to each other whatever they ask; a paper keeps them apart by their key point.
    """
    return any(gives_away(case.candidate, other) or gives_away(other, case.candidate) for other in case.kept)


def gives_away(teller: Candidate, asker: Candidate) -> bool:
    """Whether the stem of one says the whole answer of the other."""
    if asker.kind not in PAIRED or teller.kind not in PAIRED or teller.kind is asker.kind:
        return False
    return bare(asker.asked) in bare(teller.question.stem)


GATES = (
    Gate("G1", g1_mask),
    Gate("G2", g2_broken),
    Gate("G3", g3_leader),
    Gate("G4", g4_count),
    Gate("G5", g5_open_list),
    Gate("G6", g6_proof),
    Gate("G7", g7_homonym),
    Gate("G8", g8_boundary),
    Gate("G9", g9_fragment),
    Gate("G10", g10_pronoun),
    Gate("G11", g11_stem_leak),
    Gate("G12", g12_shape_leak),
    Gate("G13", g13_options),
    Gate("G14", g14_absolutes),
    Gate("G15", g15_too_long),
    Gate("G16", g16_trivial),
    Gate("G17", g17_polarity),
    Gate("G18", g18_true_anyway),
    Gate("G19", g19_negation),
    Gate("G20", g20_hinge),
)
