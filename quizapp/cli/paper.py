"""Drafts at a terminal, as an office prints questions: by type, numbered, each with its key and its source."""

from collections.abc import Iterator
from collections.abc import Sequence

from quizapp.core.drafts import Draft
from quizapp.core.drafts import Drafting
from quizapp.core.gates import REASONS
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.types import TYPES

HAN = "一二三四五六七"
NOTHING = (
    "没有拟出试题：文中没有读到可以出题的要点（有名称的要点、对应要点、并列表述、警句、数字与时限等）。"
    "可以在网站的讲话页手工添加要点，再拟题；也可以补上“一是”“二是”之类的序号后重新上传。"
)


def printed(name: str, drafting: Drafting) -> Iterator[str]:
    """All drafts of one speech, then how many candidates were refused and why."""
    yield f"《{name}》拟题 {len(drafting.drafts)} 道"
    if not drafting.drafts:
        yield NOTHING
    groups = [(each, [d for d in drafting.drafts if d.question.type is each]) for each in TypeName]
    for numeral, (type_name, drafts) in zip(HAN, [group for group in groups if group[1]], strict=False):
        yield f"\n{numeral}、{TYPES[type_name].label}"
        yield from _numbered(drafts)
    if drafting.rejected:
        yield "\n核验未通过"
        yield from (f"  {gate}　{REASONS[gate]}：{count} 题" for gate, count in drafting.histogram.items())


def _numbered(drafts: Sequence[Draft]) -> Iterator[str]:
    for number, draft in enumerate(drafts, start=1):
        yield f"{number}. {draft.question.stem}（难度 {draft.question.difficulty}）"
        yield from (f"   {line}" for line in _lines(draft.question))


def _lines(question: Question) -> Iterator[str]:
    yield from (f"〔{number}〕{left}" for number, (left, _) in enumerate(question.pairs, start=1))
    if question.type is not TypeName.TRUE_FALSE:
        yield from (f"{option.id}. {option.text}" for option in question.options)
    yield f"【答案】{TYPES[question.type].key_text(question)}"
    yield f"【解析】{question.explanation}"
    source = question.source
    yield f"【出处】{source.heading + '：' if source.heading else ''}{source.quote}"
