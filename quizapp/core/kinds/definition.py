"""单选 and 填空: of what the speech says that it is the root, the key, the first duty.

Asked of statements X是Y whose predicate can be said of one subject only: a superlative, a first, a root, a life.
The wrong options are other subjects that the speech defines, each by a predicate of its own and of another kind of
thing, and no two questions of a speech show the same options; where fewer than two of them have the key's length, the
subject is left blank instead, and a fuller name of it, or its verb before its noun, is right too. An office is never
asked for as the subject of its own description. The key is found again by looking for the predicate in the speech.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import rjieba

from quizapp.core.distractors import Origin
from quizapp.core.distractors import Wrong
from quizapp.core.distractors import is_negative
from quizapp.core.drafts import Bloom
from quizapp.core.kinds.base import Answer
from quizapp.core.kinds.base import Candidate
from quizapp.core.kinds.base import DraftingKind
from quizapp.core.kinds.base import Material
from quizapp.core.kinds.base import mixed_options
from quizapp.core.kinds.passages import POINTS_OUT
from quizapp.core.kinds.passages import is_own
from quizapp.core.lexicon import bare
from quizapp.core.question import BLANK
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Span
from quizapp.core.stems import nested

GAP = "（　）"
WRONG = 3
SHORTEST, LONGEST = 2, 6
LONGEST_PREDICATE = 20
#: 最重要的职能, 决策的生命, 抓好落实的根本: there is one of each.
ONLY_ONE = re.compile(
    r"最(?!终|后|近)|首要|第一|唯一|(?:根本|生命线?|灵魂|核心|关键|基石|根基|生命力|总开关|主心骨|牛鼻子|试金石|晴雨表|压舱石"
    r"|护身符|底线|本分|本色|天职|脸面|名片|标尺|尺子|见证)”?$"
)
MOST = re.compile("最|首要|第一|唯一")
#: What a speech names so often is what it is about: nobody needs to recall it.
TOPIC = 8
#: An office describes itself by its own name.
OFFICE = re.compile(r"办公室|机关$|政府|党委|系统$|单位$|部门|[一-龥]{2}[科室局委厅院]$")
#: 人人, 谁: nobody in particular.
ANYBODY = re.compile(r"人人|个个|谁|每|各|所有|大家|任何|自己")
ENDS = ("", *"，。；！？\n”")
FEWEST_PREDICATE = 5
COPULAS = frozenset({"是", "就是", "始终是", "历来是", "都是", "才是"})


class Definition(DraftingKind):
    name = "DEF"
    label = "论断"
    type = TypeName.SINGLE_CHOICE
    bloom = Bloom.REMEMBER
    ease = 2
    prior = 1.0
    recall = True

    def places(self, material: Material) -> list[int]:
        return material.points_of([PointKind.DEFINITION])

    def candidates(self, material: Material, index: int) -> Iterator[Candidate]:
        point = material.point(index)
        if not (is_askable(material, point) and is_only(material, index)):
            return
        wrongs = others(material, index)
        if len(wrongs) >= WRONG - 1:
            yield choice(material, index, wrongs)
        # 最好的保护 says not even of what: a blank before it could be filled with anything.
        elif material.text.count(subject_of(point)) < TOPIC and not point.items[1].text.startswith("最"):
            yield blank(material, index)

    def key_again(self, candidate: Candidate, material: Material) -> Answer | None:
        mark = GAP if candidate.question.options else BLANK
        told = bare(candidate.statement.replace(mark, ""))
        subjects = {subject_of(each) for each in told_by(material, told)}
        if not candidate.question.options:
            return (wordings(material, subjects.pop()),) if len(subjects) == 1 else None
        return frozenset(option.id for option in candidate.question.options if option.text in subjects)


def subject_of(point: KeyPoint) -> str:
    return point.items[0].text


def statement_of(material: Material, point: KeyPoint) -> str:
    """X是Y, letter for letter."""
    return Span(point.items[0].span.start, point.items[1].span.end).of(material.text)


def rest_of(material: Material, point: KeyPoint) -> str:
    return statement_of(material, point).removeprefix(subject_of(point))


def told_by(material: Material, rest: str) -> Iterator[KeyPoint]:
    """The definitions of the speech that say this of their subject."""
    points = (material.point(i) for i in material.points_of([PointKind.DEFINITION]))
    return (point for point in points if bare(rest_of(material, point)) == rest)


def is_askable(material: Material, point: KeyPoint) -> bool:
    """Whether it is one plain sentence of the speaker's about one thing that can be named in a word."""
    subject, predicate = (item.text for item in point.items)
    rest = rest_of(material, point)
    return (
        is_own(point)
        and rest.removesuffix(predicate) in COPULAS
        and SHORTEST <= len(bare(subject)) <= LONGEST
        and "，" not in rest
        and FEWEST_PREDICATE <= len(predicate) <= LONGEST_PREDICATE
        and ONLY_ONE.search(predicate) is not None
        and not (OFFICE.search(subject) or ANYBODY.search(subject))
        and not POINTS_OUT.search(predicate)
        and not is_negative(rest)
        and not set(bare(subject)) & set(bare(predicate))
        and material.text[point.items[1].span.end : point.items[1].span.end + 1] in ENDS
    )


def is_only(material: Material, index: int) -> bool:
    """Whether no other subject of the speech has this predicate, or one that is the same kind of thing."""
    point = material.point(index)
    predicate = point.items[1].text
    rivals = (material.point(i) for i in material.points_of([PointKind.DEFINITION]) if i != index)
    return not any(
        subject_of(each) != subject_of(point)
        and material.lexicon.near(each.items[1].text, predicate)
        and not (MOST.search(predicate) and not MOST.search(each.items[1].text))
        for each in rivals
    )


def others(material: Material, index: int) -> list[Wrong]:
    """Other subjects of the speech of one length with the key, none of them called the same kind of thing."""
    point = material.point(index)
    subject, predicate = subject_of(point), point.items[1].text
    told: dict[str, list[str]] = {}
    for at in material.points_of([PointKind.DEFINITION]):
        each = material.point(at)
        told.setdefault(subject_of(each), []).append(each.items[1].text)
    fit = [
        Wrong(text, Origin.SIBLING, f"讲话称之为“{nested(said[0])}”")
        for text, said in told.items()
        if text != subject
        and len(bare(text)) == len(bare(subject))
        and not (OFFICE.search(text) or ANYBODY.search(text))
        and not any(each[-2:] == predicate[-2:] for each in said)
        and not set(bare(text)) & set(bare(predicate))
        and not material.lexicon.near(text, subject)
    ]
    material.rng(Definition.name, material.identity(index)).shuffle(fit)
    return fit[:WRONG]


def wordings(material: Material, subject: str) -> tuple[str, ...]:
    """What fills the blank: the subject, and what else the speech calls it; 落实责任 for 责任落实."""
    fuller = sorted({f"{found[1]}{subject}" for found in re.finditer(rf"([0-9A-Za-z]+){subject}", material.text)})
    turned = [subject[2:] + subject[:2]] if len(subject) == 4 and is_noun_and_verb(subject) else []
    about = [each for each in (f"{subject}工作", f"{subject}建设", f"抓{subject}") if each in material.text]
    return tuple(dict.fromkeys((subject, *fuller, *turned, *about)))


def is_noun_and_verb(text: str) -> bool:
    """责任落实: a noun, then what is done with it."""
    return [tag[0] for _, tag in rjieba.tag(text[:2]) + rjieba.tag(text[2:])] == ["n", "v"]


def choice(material: Material, index: int, wrongs: list[Wrong]) -> Candidate:
    point = material.point(index)
    rng = material.rng(Definition.name, material.identity(index), "options")
    options, key, origins = mixed_options([(subject_of(point), "讲话原文如此")], wrongs, rng)
    statement = GAP + rest_of(material, point)
    question = Question(
        TypeName.SINGLE_CHOICE,
        f"讲话指出，{statement}。",
        options,
        key,
        explanation=f"讲话原文：{statement_of(material, point)}。",
        source=material.source(point.heading, sentence_of(material, point)),
    )
    contest = frozenset(option.text for option in options)
    return replace(candidate_of(material, index, question, statement, origins), contest=contest)


def blank(material: Material, index: int) -> Candidate:
    point = material.point(index)
    statement = BLANK + rest_of(material, point)
    question = Question(
        TypeName.FILL_IN,
        f"讲话指出，{statement}。",
        blanks=(wordings(material, subject_of(point)),),
        explanation=f"讲话原文：{statement_of(material, point)}。",
        source=material.source(point.heading, sentence_of(material, point)),
    )
    return candidate_of(material, index, question, statement)


def candidate_of(
    material: Material, index: int, question: Question, statement: str, origins: tuple[tuple[str, Origin], ...] = ()
) -> Candidate:
    point = material.point(index)
    return Candidate(
        Definition.name,
        index,
        question,
        (sentence_of(material, point),),
        statement_of(material, point),
        origins,
        statement=statement,
        slots=(point.items[0].span,),
    )


def sentence_of(material: Material, point: KeyPoint) -> Span:
    return material.sentence_at(point.items[0].span.start) or point.span


KIND = Definition()
