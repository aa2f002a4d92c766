"""The gates a candidate must pass. Each is one function that answers whether it refuses; the first refusal counts.

A gate sees the question as a person will, the speech, and what was kept before it. No gate repairs: a question that
needs repair is refused, for fewer questions is a correct result and a wrong one is not.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import rjieba

from quizapp.core.distractors import Origin
from quizapp.core.distractors import common_ends
from quizapp.core.distractors import is_negative
from quizapp.core.distractors import marks_of
from quizapp.core.kinds import KINDS
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import answer_of
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import Span
from quizapp.core.stems import GENERIC
from quizapp.core.stems import namesakes

CHOICES = (TypeName.SINGLE_CHOICE, TypeName.MULTIPLE_CHOICE)
MASK = re.compile(r"[☆★○●□■◇◆※*＊×]|[XxＸ]{1,}(?![A-Za-z0-9])|某[某市县区省年月日]")
LEADER = re.compile(r"总书记|党中央|中央领导|中央政治局|毛主席|毛泽东|邓小平|习近平|总理|国家主席")
OPEN = re.compile(r"[”’）]*[、，]?(?:等(?![级待候同于着到你])|等等|以及|……|诸如此类)")
PRONOUN = re.compile(r"(?<![自忘])我|咱|你|(?<![其])他们|大家|今天|刚才|昨天|(?<!刹)那(?!曲)|这|本次|上述|以下")
#: A stem's own 这, which takes up what stands right before it.
POINTS_IN = re.compile(r"(?<=”)这一(?=要求|论述|现象)|(?<=。对照讲话指出的问题，)这(?=主要反映了)")
SAYING = re.compile(r"“[^“”]*”")
FIGURE = re.compile(r"\d+(?:\.\d+)?|[一二两三四五六七八九十]+")
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
#: Of so many lines of a matching one may share a character with its own option.
LINES_TOLD = 3
FUNCTION_WORDS = frozenset("的地得和与在上中下就对要是有")
FEWEST_STEM, FEWEST_STATEMENT = 8, 10
#: In a shorter statement only one value goes with the other in any speech: 要求十分严格.
FEWEST_TOLD = 7
CLAUSE_ENDS = "，。；：！？\n"
ONE_WORD = frozenset(["要求", "要点", "要素", "要领", "要害", "要紧", "是否", "是非"])
#: How a stem asks for what a list does not hold, and what would then be a second negative.
EXCLUDING, NEGATION = "不属于", re.compile(r"不|没|非|无")
CATCH_ALL = re.compile(r"以上(?:都|全)|都对|都不[对是]|其他")


@dataclass(frozen=True)
class Case:
    """What a gate judges: one candidate, the material it is from, and the candidates of the speech already kept."""

    candidate: Candidate
    material: Material
    kept: Sequence[Candidate] = ()

    @property
    def question(self) -> Question:
        return self.candidate.question

    @property
    def kind(self) -> DraftingKind:
        return KINDS[self.candidate.kind]

    @cached_property
    def point(self) -> KeyPoint | None:
        """The key point it asks about; None where it stands on a heading alone."""
        index = self.candidate.key_point
        return None if index is None else self.material.point(index)

    @property
    def is_choice(self) -> bool:
        return self.question.type in CHOICES

    @property
    def is_judged(self) -> bool:
        return self.question.type is TypeName.TRUE_FALSE

    @property
    def is_false(self) -> bool:
        return self.is_judged and "F" in self.question.key

    @property
    def body(self) -> str:
        """The statement of a stem that has one, without its opening; else the stem."""
        return self.candidate.statement or self.question.stem

    @cached_property
    def shown(self) -> str:
        """All a person sees before answering, and the answers."""
        options = (option.text for option in self.question.options)
        lefts = (left for left, _ in self.question.pairs)
        blanks = (form for blank in self.question.blanks for form in blank)
        return "\n".join((self.question.stem, *options, *lefts, *blanks, *self.points))

    @property
    def told(self) -> tuple[str, ...]:
        """The wordings that answer it: right options, first wordings of blanks, lines, all of an order, points."""
        firsts = tuple(blank[0] for blank in self.question.blanks)
        lefts = tuple(left for left, _ in self.question.pairs)
        whole = () if self.is_choice or self.is_judged else tuple(option.text for option in self.question.options)
        return (*self.right, *firsts, *lefts, *whole, *self.points)

    @property
    def points(self) -> tuple[str, ...]:
        """What a short answer has to say."""
        return tuple(point.text for point in self.question.points)

    @property
    def right(self) -> tuple[str, ...]:
        return self.candidate.right if self.is_choice else ()

    @property
    def wrong(self) -> tuple[str, ...]:
        return self.candidate.wrong if self.is_choice else ()

    @cached_property
    def stretch(self) -> tuple[Span, ...]:
        return (*self.candidate.evidence, source_span(self.question))


@dataclass(frozen=True)
class Gate:
    """A named rule. `refuses` answers whether a case must not become a draft; `reason` says why, to an editor."""

    name: str
    refuses: Callable[[Case], bool]
    reason: str


def refused_by(case: Case) -> str | None:
    """The first gate that refuses the case; None when all let it pass."""
    return next((gate.name for gate in GATES if gate.refuses(case)), None)


def source_span(question: Question) -> Span:
    return Span(question.source.start or 0, question.source.end or 0)


def g1_mask(case: Case) -> bool:
    """A name was masked in the stem, an option or an answer, or in a sentence the question stands on."""
    masks = case.material.masks
    return any(masks.touch(span) for span in case.stretch) or MASK.search(case.shown) is not None


def g2_broken(case: Case) -> bool:
    """A sentence it stands on is cut off or its quotation marks do not close."""
    broken = case.material.broken
    return any(broken.touch(span) for span in case.stretch) or not is_balanced(case.shown)


def is_balanced(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in ("“”", "‘’", "（）", "《》"))


def g3_leader(case: Case) -> bool:
    """Words of the highest leaders are never altered, nor mixed with words of ours: they may only be filled in.

    What the speech quotes from somebody else is not asked at all: our stems say what *the speech* demands.
    """
    if case.point is not None and case.point.attributed_to is not None:
        return True
    altered = case.question.type not in (TypeName.FILL_IN, TypeName.SHORT_ANSWER) and not is_verbatim(case)
    return altered and any(LEADER.search(span.of(case.material.text)) for span in case.stretch)


def is_verbatim(case: Case) -> bool:
    """Whether a person judges a sentence just as it was said."""
    return case.is_judged and not case.is_false


def g4_count(case: Case) -> bool:
    """The announced number is not the number of items, or the list is not whole."""
    point = case.point
    return case.kind.lists and point is not None and (not point.complete or point.count != len(point.items))


def g5_open_list(case: Case) -> bool:
    """The list goes on after its last item: 等, 以及."""
    if not case.kind.lists or case.point is None:
        return False
    last = max((item.span.end for item in case.point.items), default=0)
    return OPEN.match(case.material.text, last) is not None


def g6_proof(case: Case) -> bool:
    """An option has no proof, two options are too close, or the key is not what stem and speech give again."""
    if not all(option.proof for option in proven_options(case)):
        return True
    return has_near_options(case) or not is_key_again(case) or not is_grounded(case)


def proven_options(case: Case) -> Sequence[Option]:
    """Options that must carry a proof: all of them, but of true/false the right one."""
    return [option for option in case.question.options if not case.is_judged or option.id in case.question.key]


def has_near_options(case: Case) -> bool:
    """Whether a wrong option is too close to any other; items of one set may well be alike, right or wrong.

    In a matching every option is wrong for all lines but one.
    """
    wrong, right = case.wrong, case.right

    def near(one: str, other: str) -> bool:
        return case.material.lexicon.near(one, other) and not is_other_figure(one, other)

    if case.question.pairs:
        wrong = tuple(option.text for option in case.question.options)
    among = any(near(one, other) for i, one in enumerate(wrong) for other in wrong[i + 1 :])
    return (among and not case.kind.excludes) or any(near(one, other) for one in wrong for other in right)


def is_other_figure(one: str, other: str) -> bool:
    """Whether two wordings say different figures in the same words: 5个工作日内 and 15个工作日内."""
    first, second = FIGURE.findall(one), FIGURE.findall(other)
    return len(first) == len(second) == 1 and first != second and FIGURE.sub("", one) == FIGURE.sub("", other)


def is_key_again(case: Case) -> bool:
    """Whether stem and speech alone give the very key again. A list without a name of its own is left to G7."""
    if is_nameless(case):
        return True
    return case.kind.key_again(case.candidate, case.material) == answer_of(case.question)


def is_nameless(case: Case) -> bool:
    """Whether it asks about a list that no stem can name."""
    index = case.candidate.key_point
    return case.kind.lists and index is not None and case.material.subjects[index] is None


def is_grounded(case: Case) -> bool:
    """Whether every quoted word of the key point is in the speech where it claims to be, and the source is verbatim."""
    text, source, point = case.material.text, case.question.source, case.point
    quoted = text[source_span(case.question).start : source.end] == source.quote and bool(source.quote)
    if point is None or not quoted:
        return quoted
    items = all(item.span.of(text) == item.text for item in point.items)
    return items and all(
        pair.left_span.of(text) == pair.left and pair.right_span.of(text) == pair.right for pair in point.pairs
    )


def g7_homonym(case: Case) -> bool:
    """The stem names a set that another set could be, or only by a number, or by a part called like the set itself."""
    index = case.candidate.key_point
    if index is None or case.point is None:
        return False
    name = bare(case.point.name or "")
    if not case.kind.lists:
        return bool(name) and name in bare(case.question.stem) and is_shared_name(case, index)
    phrase = case.material.subjects[index]
    if phrase is None or not case.kind.names(case.question.stem, phrase):
        return True
    if not name:
        return False
    stands_alone = phrase in (f"讲话提出的{name}", f"讲话提出的“{name}”")
    return bare(phrase).count(name) > 1 or (stands_alone and (case.point.homonym or bool(GENERIC.fullmatch(name))))


def is_shared_name(case: Case, index: int) -> bool:
    """Whether the key point's name stands for another list too."""
    return case.material.point(index).homonym or bool(namesakes(case.material.reading, index))


def g8_boundary(case: Case) -> bool:
    """A blank, a slot or an option begins or ends inside a word, a quotation or a bracket."""
    if any(BAD_EDGE.search(text) or not is_balanced(text) for text in [*case.told, *case.wrong]):
        return True
    return any(splits_word(case.material, span) for span in case.candidate.slots)


def splits_word(material: Material, span: Span) -> bool:
    """Whether an edge of the span falls inside a word of its clause."""
    words = material.words_between(span)
    for edge in (span.start, span.end):
        at = bisect_right(words.starts, edge) - 1
        word, cut = words.texts[at], edge - words.starts[at]
        if 0 < cut < len(word) and is_one_word(word, cut) and edge not in material.heading_starts:
            return True
    return False


def is_one_word(word: str, cut: int) -> bool:
    """Whether a word that would be cut here really is one.

    The segmenter joins what it does not know (要勤), and takes 要 and 是 of an ordinal into the next word (二要|务求).
    """
    is_ordinal = cut == 1 and word[0] in "要是" and word not in ONE_WORD
    return rjieba.has_word(word) and not is_ordinal and not is_phrase(word, cut)


def is_phrase(word: str, cut: int) -> bool:
    """Whether the dictionary holds two words as one: 有|恒心, 攻坚|能力."""
    first, second = word[:cut], word[cut:]
    is_two = len(second) > 1 and (len(first) > 1 or first == "有")
    return is_two and rjieba.has_word(first) and rjieba.has_word(second) and rjieba.tag(word)[0][1] != "i"


def g9_fragment(case: Case) -> bool:
    """Half a sentence: cut out of a clause, without a predicate, one part of a connective, or too little said."""
    if case.point is not None and case.candidate.statement and case.kind.ties and is_no_sentence(case, case.point):
        return True
    if any(is_half(text) for text in [case.body, *case.told]):
        return True
    return len(bare(case.question.stem)) < (FEWEST_STATEMENT if case.is_judged else FEWEST_STEM)


def is_no_sentence(case: Case, point: KeyPoint) -> bool:
    """Whether a pair's statement has no predicate, says too little, or is cut out of a longer clause."""
    told, text = case.candidate.asked, case.material.text
    end = text.find(told) + len(told)
    is_cut = text[end : end + 1] not in ("", *CLAUSE_ENDS)
    return bool(NO_PREDICATE.fullmatch("".join(point.template[:2]))) or len(bare(told)) < FEWEST_TOLD or is_cut


def is_half(text: str) -> bool:
    """Whether the text has the first part of a paired connective and not the second."""
    return any(first in text and not re.search(second, text.split(first, 1)[1]) for first, second in HALVES)


def g10_pronoun(case: Case) -> bool:
    """A word that points outside the question: 我们, 大家, 这, 今天."""
    return PRONOUN.search(SAYING.sub(without_days, POINTS_IN.sub("", case.shown))) is not None


def without_days(saying: re.Match[str]) -> str:
    """A quoted saying without its 今天 and 昨天, which are any day."""
    return re.sub("[今昨]天", "", saying[0])


def g11_stem_leak(case: Case) -> bool:
    """The stem says the key, or a word of it that the wrong options do not have."""
    if case.question.blanks:
        visible = bare(case.question.stem.replace(BLANK, ""))
        return any(bare(form) in visible for blank in case.question.blanks for form in own_forms(blank))
    if case.question.pairs:
        told = sum(line_leaks(case, left, right_id) for left, right_id in case.question.pairs)
        return told * LINES_TOLD > len(case.question.pairs)
    if any(bare(point) in bare(case.question.stem) for point in case.points):
        return True
    return any(leaks(case, right) for right in case.right)


def line_leaks(case: Case, left: str, right_id: str) -> bool:
    """Whether a line shares a character with its own option that no other option has."""
    texts = {option.id: bare(option.text) for option in case.question.options}
    own = (set(bare(left)) & set(texts[right_id])) - FUNCTION_WORDS
    return any(not any(char in text for other, text in texts.items() if other != right_id) for char in own)


def own_forms(blank: Sequence[str]) -> Iterator[str]:
    """The wordings of a blank that say what is its own: not those that are only what all items share."""
    return (form for form in blank if len(bare(form)) > 1)


def leaks(case: Case, right: str) -> bool:
    """Whether a piece of a right option that no wrong one has stands in the stem. One character tells a short key."""
    stem, own = bare(case.body), own_part(case, right)
    size = 1 if case.kind.ties and len(own) <= SHORT_KEY else 2
    wrong = [bare(text) for text in case.wrong]
    pieces = (own[i : i + size] for i in range(len(own) - size + 1))
    told = any(piece in stem and not any(piece in each for each in wrong) for piece in pieces)
    return told or name_leaks(case, right) or given_leaks(case, right)


def given_leaks(case: Case, right: str) -> bool:
    """Whether the other value of the pair, which the stem shows, shares a telling character with the key."""
    if case.point is None or not case.kind.ties:
        return False
    values = {pair.left: pair.right for pair in case.point.pairs} | {pair.right: pair.left for pair in case.point.pairs}
    given = bare(values.get(right, ""))
    shared = (set(given) & set(bare(right))) - FUNCTION_WORDS
    is_short = min(len(given), len(own_part(case, right))) <= SHORT_KEY
    return is_short and any(not any(char in each for each in case.wrong) for char in shared)


def name_leaks(case: Case, right: str) -> bool:
    """Whether the set's name holds a character of this option that some wrong option lacks: 一三六 and 一个目标.

    Where the key is what is no item, also a character of all items that the key lacks: 三通 and 畅通.
    """
    if case.point is None or not case.kind.lists:
        return False
    name = set(bare(case.point.name or ""))
    if case.kind.excludes and any(all(char in each for each in case.wrong) for char in name - set(right)):
        return True
    return any(char not in each for char in name & set(bare(right)) for each in case.wrong)


def own_part(case: Case, right: str) -> str:
    """A right option without what all options begin and end with."""
    texts = [bare(option.text) for option in case.question.options]
    before, after = common_ends(texts)
    return bare(right).removeprefix(before).removesuffix(after)


def g12_shape_leak(case: Case) -> bool:
    """The key can be told from the others by its form: length, marks, first or last character."""
    if not case.is_choice:
        return False
    right, wrong = case.right, case.wrong
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
        or not case.right
        or not case.wrong
    )


def g14_absolutes(case: Case) -> bool:
    """一律, 所有 stand only in what is false, and so give it away."""
    false = [case.body] if case.is_false else list(case.wrong)
    true = [case.candidate.asked, *case.right]
    return any(ABSOLUTE.search(text) for text in false) and not any(ABSOLUTE.search(text) for text in true)


def g15_too_long(case: Case) -> bool:
    """Longer than a phone shows at a glance, or two points in one: a false statement that changes more than one value,
    or a set whose items each tie two values across a comma, so that its name may mean the one or the other.
    """
    room = STATEMENT_ROOM if case.is_judged else STEM_ROOM
    too_long = len(case.question.stem) > room or any(len(option.text) > OPTION_ROOM for option in case.question.options)
    return too_long or (case.is_false and not differs_in_one_value(case)) or has_double_items(case)


def has_double_items(case: Case) -> bool:
    """Whether the named set's items are whole statements of a table of two clauses: 争当“钻研型”干部，戒“浅”."""
    point = case.point
    if point is None or not case.kind.lists or not point.name or "，" not in "".join(point.template[1:2]):
        return False
    together = zip(point.items, point.pairs, strict=False)
    return any(pair.left in item.text and pair.right in item.text for item, pair in together)


def differs_in_one_value(case: Case) -> bool:
    """Whether the false statement is the true one with one wrong value in place of the right one."""
    if case.candidate.swapped is None:
        return False
    true, false = map(bare, case.candidate.swapped)
    return bare(case.candidate.asked).replace(true, false) == bare(case.body) != bare(case.candidate.asked)


def g16_trivial(case: Case) -> bool:
    """What is asked for says nothing: 下功夫, 想办法."""
    return any(bare(text) in LIGHT for text in case.told)


def g17_polarity(case: Case) -> bool:
    """Faults stand among demands, or demands among faults."""
    if case.kind.ties:
        return case.point is not None and case.point.negative
    signs = {is_negative(text) for text in case.wrong}
    return len(signs) > 0 and signs != {is_negative("".join(case.right))}


def g18_true_anyway(case: Case) -> bool:
    """What counts as wrong would be right in other words: the swapped value is a synonym, or the speech says so too."""
    if case.is_false:
        levelled = case.material.lexicon.levelled
        return has_near_values(case) or levelled(case.body) == levelled(case.candidate.asked)
    outside = [text for text in case.wrong if is_from(case, text, Origin.LEXICON, Origin.LIBRARY)]
    said = case.material.bare_text
    return any(bare(text) in said for text in outside) or (case.kind.ties and has_near_values(case))


def is_from(case: Case, text: str, *wanted: Origin) -> bool:
    origins = dict(case.candidate.origins)
    return any(option.text == text and origins.get(option.id) in wanted for option in case.question.options)


def has_near_values(case: Case) -> bool:
    """Whether two values that stand against each other here mean nearly the same."""
    near = case.material.lexicon.near
    if case.candidate.swapped is not None:
        return near(*case.candidate.swapped)
    return any(near(right, wrong) for right in case.right for wrong in case.wrong)


def g19_negation(case: Case) -> bool:
    """The stem asks by a negative, or what is to be judged or excluded has a second one.

    A kind that asks for what a list does not hold says 不属于, once, and no option of it is a negative.
    """
    if case.kind.excludes:
        told = case.shown.replace(EXCLUDING, "", 1)
        return EXCLUDING not in case.question.stem or NEGATION.search(told) is not None
    asks_negative = re.search(r"不属于|不包括|不是|没有提", case.question.stem) is not None
    return asks_negative or (case.is_judged and len(NEGATION.findall(case.body)) > 1)


def g20_hinge(case: Case) -> bool:
    """A true statement of the speech's drafts says what a choice asks, or the other way round.

    Questions about one set show its items to each other whatever they ask; a paper keeps them apart by their key point.
    """
    return any(gives_away(case.candidate, other) or gives_away(other, case.candidate) for other in case.kept)


def gives_away(teller: Candidate, asker: Candidate) -> bool:
    """Whether the stem of one says the whole answer of the other."""
    if not asker.statement or not teller.statement or teller.kind == asker.kind:
        return False
    return bare(asker.asked) in bare(teller.question.stem)


GATES = (
    Gate("G1", g1_mask, "涉及隐去的人名、地名（如 ×××）"),
    Gate("G2", g2_broken, "原句不完整或引号不成对"),
    Gate("G3", g3_leader, "领导人原话、引用别人的话，不改也不当作讲话的要求"),
    Gate("G4", g4_count, "所列各项与所说的数目不符"),
    Gate("G5", g5_open_list, "列举未完（有“等”字）"),
    Gate("G6", g6_proof, "有选项不能由原文证明对错"),
    Gate("G7", g7_homonym, "名称有歧义或过于笼统"),
    Gate("G8", g8_boundary, "所取词语不完整"),
    Gate("G9", g9_fragment, "题干不成完整的句子"),
    Gate("G10", g10_pronoun, "有指代不明的词（我们、这、今天）"),
    Gate("G11", g11_stem_leak, "题干透露了答案"),
    Gate("G12", g12_shape_leak, "答案的长短、形式与其他选项明显不同"),
    Gate("G13", g13_options, "选项个数或排列不合要求"),
    Gate("G14", g14_absolutes, "“一律”“所有”等绝对词透露了答案"),
    Gate("G15", g15_too_long, "题干或选项过长"),
    Gate("G16", g16_trivial, "内容空泛，不值得考"),
    Gate("G17", g17_polarity, "正面要求与反面问题混在一起"),
    Gate("G18", g18_true_anyway, "错误选项换个说法也成立"),
    Gate("G19", g19_negation, "否定问法或双重否定"),
    Gate("G20", g20_hinge, "与另一道题互相透露答案"),
)
#: Why each gate refuses, in words.
REASONS = MappingProxyType({gate.name: gate.reason for gate in GATES})
