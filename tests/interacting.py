"""A quiz of one choice, one matching, one ordering and one short answer, and somebody who has begun it."""

from conftest import Clock
from conftest import Office
from factories import CANARY
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.paper import PaperSpec
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import set_by_slug
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import attempts
from quizapp.services.bank import load_question_set

SOURCE = Source("测试讲话", f"{CANARY}标题", f"{CANARY}原句")
LEFTS = (
    "向上级机关请求指示或者批准事项",
    "向上级机关汇报工作",
    "与不相隶属机关商洽工作",
    "公布应当遵守的事项",
    "记载会议主要情况",
)
RIGHTS = ("请示", "报告", "函", "通告", "纪要", "通报")
STEPS = ("签收来文并逐件清点", "登记", "初审", "承办", "办结后把结果答复来文机关")


def _options(texts: str | tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(letter, text, f"{CANARY}依据") for letter, text in zip("ABCDEF", texts, strict=False))


#: As they stand on the paper, which is the order of the types.
QUESTIONS = (
    Question(TypeName.SINGLE_CHOICE, "讲话要求文不过（　）。", _options("夜日周月"), frozenset("A"), source=SOURCE),
    Question(
        TypeName.MATCHING,
        "将下列情形与应当使用的文种对应起来。",
        _options(RIGHTS),
        pairs=tuple(zip(LEFTS, "ABCDE", strict=True)),
        source=SOURCE,
    ),
    Question(
        TypeName.ORDERING,
        "将收文办理的程序按先后顺序排列。",
        _options(STEPS),
        right_order=tuple("ABCDE"),
        source=SOURCE,
    ),
    Question(
        TypeName.SHORT_ANSWER,
        "简述向上级机关行文应当遵循的规则。",
        points=(
            ScoringPoint(f"{CANARY}主送一个上级机关", ((f"{CANARY}主送",), ("一个",))),
            ScoringPoint(f"{CANARY}请示应当一文一事", ((f"{CANARY}一文一事", "一事一文"),)),
        ),
        source=SOURCE,
    ),
)
CHOICE, MATCH, ORDER, ESSAY = "1", "2", "3", "4"


def begun(session: Session, office: Office, clock: Clock) -> str:
    """The attempt that one person has begun at an open sitting with the four questions."""
    entries = tuple(Entry(f"i-{n}", question) for n, question in enumerate(QUESTIONS))
    file = QuestionSetFile("lianxian", "连线题集", "测试讲话", entries)
    load_question_set(session, office.editor.actor, file, approved_by=office.second_editor.actor, now=clock())
    row = set_by_slug(session, "lianxian")
    assert row is not None
    facts = sitting_facts(row.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock())
    asked = {name: int(name in {q.type for q in QUESTIONS}) for name in TypeName}
    spec = PaperSpec(counts=asked, marks=dict.fromkeys(TypeName, 5))
    sitting = published_sitting(session, office.editor.actor, facts, now=clock(), spec=spec)
    return attempts.start(session, office.staff.actor, sitting.public_id, now=clock()).public_id


def held(session: Session) -> dict[str, list[str]]:
    """What the database holds of the one attempt, in the bank's letters, by the question's number."""
    session.rollback()
    return {str(row.position): list(row.value) for row in session.scalars(select(ResponseRow))}
