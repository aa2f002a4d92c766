"""简答: what a set holds, what a part of the speech demands, which problems it names.

Asked of every closed and whole list of two to ten items of at most 36 characters that the stem can name, but of the
outline of the whole speech, which is a kind of its own. The scoring points are the items in their order; the keywords
of a point are the words in which it differs from the others, each with what the synonym file takes for the same.
Nothing is false here. The key is found again by asking of every list of the speech what the question about it would be.
"""

import re
from collections import Counter
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

import rjieba

from quizapp.core.distractors import common_ends
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.set_cloze import accepted
from quizapp.core.kinds.set_cloze import named_alike
from quizapp.core.kinds.sets import evidence_of
from quizapp.core.kinds.sets import explanation_of
from quizapp.core.kinds.sets import is_whole
from quizapp.core.kinds.sets import quote_of
from quizapp.core.kinds.sets import set_at
from quizapp.core.kinds.sets import slots_of
from quizapp.core.lexicon import Lexicon
from quizapp.core.lexicon import bare
from quizapp.core.question import MAX_PARTS
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import TypeName
from quizapp.core.speech import SET_KINDS
from quizapp.core.speech import Item
from quizapp.core.speech import KeyPoint
from quizapp.core.stems import COUNTS
from quizapp.core.stems import ONLY_A_COUNT
from quizapp.core.stems import even
from quizapp.core.stems import is_generic
from quizapp.core.stems import is_outline

FEWEST, LONGEST_POINT = 2, 36
#: How a phrase that names a list becomes a question that says how many there are.
DEMANDED = re.compile(r"提出的要求$")
TOLD = re.compile(r"讲到的(?P<named>[一两三四五六七八九十][个项][^“”]{2})$")
COUNTED = re.compile(r"(?P<verb>提出|指出|提到|讲到)的“?(?P<named>[^“”]{2,8})”?$")
FAULTS = re.compile(r"^讲话指出[的，].*(?:问题|不足|短板|差距)$")
#: What follows an item where the speech says what it means: the items are the names, and not what they mean.
GLOSS = ("就是", "是指", "即", "，就是", "，是指", "，即")
#: What is not put forward itself but said to be worked on.
ACTED_ON = re.compile(r"(?:环节|层面|步|要|字|词)$")
#: An item up to this long is one keyword, in all the wordings that count for it.
ONE_WORD = 4
#: Of one clause so many words are asked, of each of several one; of a whole point never more than three.
OF_CLAUSE, MOST_WORDS = 2, 3
#: Words that say how, not what.
EMPTY_BEFORE = frozenset("要能还不没的以为把在和与及每各第")
EMPTY_AFTER = frozenset("的了着过")
LIGHT_WORDS = frozenset(["达到", "低于", "高于", "超过", "以上", "以下", "不少于"]) | frozenset(
    ["进一步", "切实", "全面", "不断", "努力", "坚决", "必须", "充分", "全力", "当前", "扎实", "严重", "需要", "应予"]
    + ["有效", "着力", "大力", "始终", "认真", "深入", "积极", "十分", "深刻", "面临", "取得", "存在", "相关", "有关"]
    + ["加强", "加大", "做好", "抓好", "注重", "强化", "推进", "提高", "提升", "坚持", "狠下功夫", "下功夫", "开展"]
    + ["推动", "工作", "方面", "突出重点", "切实增强", "清醒认识", "充分认识", "深刻认识", "取得实效", "增强", "进行"]
    + ["一律", "确保", "保证", "实现", "促进", "当好", "做到", "更加", "继续", "严禁", "任何", "参与", "围绕"]
    + ["充分发挥", "发挥", "重要", "高度重视", "提高认识", "打造", "部门之间", "之间", "起来", "下来", "过来"]
)
#: Flags of nouns and of what stands for them; of counts and measures.
NOUN_FLAGS = ("n", "vn", "an", "nz", "nt", "ns", "i", "l", "j")
COUNT_FLAGS = ("m", "q", "x")
CLAUSES = re.compile("[，；。：]")
QUOTED = re.compile(r"“([^“”]{2,8})”")
#: 派单要准: what it is about, and how that is to be.
#: 全面督查与重点督查相结合, 把学习理论与研究问题结合起来.
JOINED_UP = re.compile(
    r"(?:坚持|做到|推动|实现|促进|注重)?把?(?:向)?(?P<one>[一-龥]{2,10})[与和同](?:向)?(?P<other>[一-龥]{2,10}?)(?:紧密)?相?(?:结合|并重|融合|统一)(?:起来)?"
)
FIGURE = re.compile(r"\d+(?:\.\d+)?[%％]?|[一二三四五六七八九十]+成")
TO_BE = re.compile(r"([^，、要]{1,3}[^，、要重主需必只紧首])要(?![求素点领害件])([^，、要]{1,3})")


class Ask(Enum):
    """What is asked of a list: what its words are, which names it holds, or what its items say."""

    WORDS = "words"
    NAMES = "names"
    GIST = "gist"


class Short(DraftingKind):
    name = "SHORT"
    label = "要点简答"
    type = TypeName.SHORT_ANSWER
    bloom = Bloom.UNDERSTAND
    ease = 4
    prior = 1.0
    lists = True
    recall = True

    def places(self, material: Material) -> list[int]:
        return material.points_of(SET_KINDS)

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point, phrase = set_at(material, index), material.subjects[index]
        if phrase is None or not is_answerable(point) or is_outline(material.reading, point):
            return
        question = Question(
            TypeName.SHORT_ANSWER,
            question_about(phrase, point, material.text),
            points=points_of(point, material.lexicon),
            explanation=explanation_of(material, index),
            source=material.source(point.heading, quote_of(material, index, point.items)),
        )
        asked = "、".join(item.display for item in point.items)
        evidence = evidence_of(material, index, point.items)
        yield Candidate(self.name, index, question, evidence, asked, slots=slots_of(material, point.items))

    def names(self, stem: str, phrase: str) -> bool:
        counts = range(FEWEST, MAX_PARTS + 1)
        return any(question_of(phrase, count, ask) == stem for count in counts for ask in Ask)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        """The items of the one list of which this would be the question."""
        found = lists_by_question(material).get(candidate.question.stem, frozenset())
        return next(iter(found)) if len(found) == 1 else None


@lru_cache(1)
def lists_by_question(material: Material) -> Mapping[str, frozenset[tuple[str, ...]]]:
    """The items of every list that can be named, by the question that would be asked about it."""
    found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for point, phrase in zip(map(even, material.reading.points), material.subjects, strict=True):
        if phrase is not None:
            found[question_about(phrase, point, material.text)].add(tuple(item.display for item in point.items))
    return {question: frozenset(lists) for question, lists in found.items()}


def is_answerable(point: KeyPoint) -> bool:
    """Whether the list is whole, its items all differ, and none is longer than one can be expected to tell."""
    texts = {bare(item.display) for item in point.items}
    return (
        is_whole(point)
        and FEWEST <= len(point.items) <= MAX_PARTS
        and len(texts) == len(point.items)
        and all(len(item.display) <= LONGEST_POINT for item in point.items)
        and (point.name is not None or all(len(text) > 1 for text in texts))
    )


def question_about(phrase: str, point: KeyPoint, text: str) -> str:
    """The question about a list that is called by this phrase."""
    if any(len(bare(item.display)) > ONE_WORD for item in point.items):
        return question_of(phrase, len(point.items), Ask.GIST)
    are_told = all(text.startswith(GLOSS, item.span.end) for item in point.items)
    return question_of(phrase, len(point.items), Ask.NAMES if are_told else Ask.WORDS)


def question_of(phrase: str, count: int, ask: Ask) -> str:
    """The question about a list of so many items."""
    if DEMANDED.search(phrase):
        return DEMANDED.sub(f"提出了哪{COUNTS[count]}项要求？", phrase)
    if told := TOLD.search(phrase):
        return f"{phrase[: told.start()]}讲到了哪{told['named']}？"
    counted = COUNTED.search(phrase)
    if counted and is_generic(counted["named"]) and not ACTED_ON.search(counted["named"]):
        noun = "要求" if ONLY_A_COUNT.fullmatch(counted["named"]) else ""
        return f"{phrase[: counted.start()]}{counted['verb']}了哪{counted['named']}{noun}？"
    if FAULTS.search(phrase):
        return f"{phrase}有哪些？" if "主要" in phrase else f"{phrase}主要有哪些？"
    if ask is Ask.NAMES:
        return f"{phrase}包括哪{COUNTS[count]}项？"
    verb = "是什么" if "句话" in phrase else "指什么"
    return f"{phrase}分别{verb}？" if ask is Ask.WORDS else f"请简述{phrase}的主要内容。"


def points_of(point: KeyPoint, lexicon: Lexicon) -> tuple[ScoringPoint, ...]:
    """Each item with the words that an answer must hold to have said it.

    What would count for two points at once (办法 for 方式 and for 方法) counts for neither.
    """
    told = [keywords(item, point.items, lexicon) for item in point.items]
    offered = Counter(form for groups in told for form in {form for group in groups for form in group[1:]})
    return tuple(
        ScoringPoint(item.display, tuple(unshared(group, offered) for group in groups))
        for item, groups in zip(point.items, told, strict=True)
    )


def unshared(group: Sequence[str], offered: Counter[str]) -> tuple[str, ...]:
    """A keyword without the wordings that several points have."""
    return (group[0], *(form for form in group[1:] if offered[form] < 2))


def keywords(item: Item, items: Sequence[Item], lexicon: Lexicon) -> tuple[tuple[str, ...], ...]:
    """Groups of wordings: one for a term, else one for each word that is the item's own."""
    others = [bare(other.display) for other in items if other is not item]
    plain = bare(item.text)
    if len(plain) <= ONE_WORD and (is_term(plain, lexicon) or len(plain) != ONE_WORD):
        forms = [bare(form) for form in accepted(item, items)]
        return (wordings(forms, others, [like for form in forms for like in lexicon.wordings(form)]),)
    if noun := named_alike(item.display, [each.display for each in items]):
        return ((noun,),)
    if poles := poles_of(item.text):
        return poles
    if found := TO_BE.fullmatch(plain):
        return tuple(wordings([word], others, equals(word, lexicon)) for word in (found[1], found[2]))
    own = list(dict.fromkeys([*FIGURE.findall(item.text), *telling_words(item.text, others)]))[:MOST_WORDS]
    groups = {frozenset(told): told for word in own if (told := wordings(turned(word), others, equals(word, lexicon)))}
    return tuple(groups.values()) or ((plain,),)


def poles_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Both sides of what is to be joined: 全面督查, 重点督查; each also without what they end with alike."""
    found = JOINED_UP.fullmatch(text)
    if found is None:
        return ()
    one, other = found["one"], found["other"]
    _, after = common_ends([one, other])
    return tuple(
        (side, *([short] if len(short := side.removesuffix(after)) > 1 and after else [])) for side in (one, other)
    )


def is_term(plain: str, lexicon: Lexicon) -> bool:
    """Whether a short item is one word, or has wordings of its own; else two words that may change places."""
    parts = list(rjieba.cut(plain))
    return [len(part) for part in parts] != [2, 2] or bool(lexicon.wordings(plain))


def equals(word: str, lexicon: Lexicon) -> list[str]:
    """What may be said for a word inside a clause: only where no wording of its group is of another length.

    责任 goes with 勇于担当 where a quality is meant, and not where it is what is to be pressed home.
    """
    group = lexicon.wordings(word)
    return list(group) if all(len(form) == len(word) for form in group) else []


def turned(word: str) -> list[str]:
    """A quality and what has it in either order: 严峻形势, 形势严峻."""
    is_phrase = len(word) == ONE_WORD and rjieba.has_word(word[2:]) and rjieba.tag(word[:2])[0][1][0] == "a"
    return [word, word[2:] + word[:2]] if is_phrase else [word]


def wordings(forms: Sequence[str], others: Sequence[str], like: Sequence[str]) -> tuple[str, ...]:
    """The forms of a keyword, and what is said for them, but nothing that another item says of itself."""
    return tuple(dict.fromkeys([*forms, *(other for other in like if not any(other in each for each in others))]))


def telling_words(text: str, others: Sequence[str]) -> list[str]:
    """The words of an item that say what it is about, in order: two of a single clause, of several clauses one each."""
    clauses = [clause for clause in CLAUSES.split(text) if clause]
    found = [clause_words(clause, others) for clause in clauses]
    room = OF_CLAUSE if sum(map(bool, found)) < 2 else 1
    chosen = [word for words in found for word in in_text(words[:room], text)]
    return list(dict.fromkeys(chosen))[:MOST_WORDS]


def in_text(words: Sequence[str], text: str) -> list[str]:
    return sorted(words, key=bare(text).find)


def clause_words(clause: str, others: Sequence[str]) -> list[str]:
    """The telling words of a clause, the most telling first: a quoted one, one no other item has, a noun or the last
    word, a late one."""
    quoted = [found[1] for found in QUOTED.finditer(clause)]
    tagged = [each for each in joined(rjieba.tag(QUOTED.sub("，", clause))) if is_telling_word(*each)]
    told = [(word, flag) for word, flag in tagged if not others or not all(word in other for other in others)]

    def rank(place: int) -> tuple[bool, bool, int]:
        word, flag = told[place]
        is_shared = any(word in other for other in others)
        return is_shared, flag not in NOUN_FLAGS and place < len(told) - 1, -place

    ranked = sorted(range(len(told)), key=rank)
    return list(dict.fromkeys([*quoted, *(told[place][0] for place in ranked)]))


def joined(tagged: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The words, two single characters at the end taken as one: the segmenter does not know 会所."""
    if len(tagged) < 2 or any(len(word) > 1 or word in EMPTY_BEFORE | EMPTY_AFTER for word, _ in tagged[-2:]):
        return list(tagged)
    return [*tagged[:-2], (tagged[-2][0] + tagged[-1][0], "n")]


def is_telling_word(word: str, flag: str) -> bool:
    """Whether a word alone says something: no particle, modal or negation begins it, no particle ends it, no count."""
    is_written = all("\u4e00" <= char <= "\u9fff" for char in word)
    is_empty = word in LIGHT_WORDS or word[0] in EMPTY_BEFORE or word[-1] in EMPTY_AFTER
    return len(word) > 1 and is_written and not is_empty and flag not in COUNT_FLAGS


KIND = Short()
