"""Things that tests need often, made through the services that make them in an office."""

from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from quizapp.core.paper import PaperSpec
from quizapp.core.question import BLANK
from quizapp.core.question import MultipleRule
from quizapp.core.question import Option
from quizapp.core.question import Question
from quizapp.core.question import ScoringPoint
from quizapp.core.question import Source
from quizapp.core.question import TypeName
from quizapp.core.roles import Actor
from quizapp.db import people
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import set_by_slug
from quizapp.db.sittings import SittingRow
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import sittings
from quizapp.services.bank import load_question_set
from quizapp.services.plans import PlanFacts
from quizapp.services.sittings import SittingFacts

if TYPE_CHECKING:
    from conftest import Office  # which asks for these factories itself

#: Stands in every part of a question that nobody may see before their attempt is closed.
CANARY = "密钥金丝雀"
#: What a paper asks that nothing else is said of: types that the site itself marks, in as few questions as may be.
USUAL = (TypeName.SINGLE_CHOICE, TypeName.MULTIPLE_CHOICE, TypeName.TRUE_FALSE, TypeName.FILL_IN)
SPEC = PaperSpec(counts=dict.fromkeys(USUAL, 2), marks=dict.fromkeys(USUAL, 5))
#: One question of every type, short answers among them.
ALL_TYPES = PaperSpec(counts=dict.fromkeys(TypeName, 1), marks=dict.fromkeys(TypeName, 5))


def question(type_: TypeName, n: int) -> Question:
    """A sound question of this type; n makes it different from its neighbours."""
    common = {
        "explanation": f"{CANARY}解析{n}",
        "source": Source("测试讲话", f"{CANARY}标题{n}", f"{CANARY}原句{n}"),
    }
    if type_ is TypeName.FILL_IN:
        return Question(type_, f"第{n}题：文不过夜，{BLANK}。", blanks=((f"{CANARY}空{n}",),), **common)
    if type_ is TypeName.TRUE_FALSE:
        options = (Option("T", "正确", CANARY), Option("F", "错误", CANARY))
        return Question(type_, f"第{n}题：讲话要求事不隔天。", options, frozenset({"T" if n % 2 else "F"}), **common)
    if type_ is TypeName.SHORT_ANSWER:
        points = tuple(ScoringPoint(f"{CANARY}采分点{m}", ((f"关键词{m}",),)) for m in range(1, 6))
        return Question(type_, f"第{n}题：简述讲话的要求。", points=points, **common)
    options = tuple(Option(letter, f"选项{letter}{n}", CANARY) for letter in "ABCD")
    if type_ is TypeName.MATCHING:
        pairs = tuple((f"左项{m}", letter) for m, letter in enumerate("BADC"))
        return Question(type_, f"第{n}题：把左右两列连起来。", options, pairs=pairs, **common)
    if type_ is TypeName.ORDERING:
        return Question(type_, f"第{n}题：按讲话的顺序排列。", options, right_order=tuple("CABD"), **common)
    key = frozenset("AC") if type_ is TypeName.MULTIPLE_CHOICE else frozenset("ABCD"[n % 4])
    return Question(type_, f"第{n}题：讲话提出的要求是（　）。", options, key, **common)


def approved_set(
    session: Session, editor: Actor, approver: Actor, *, each: int = 3, slug: str = "ceshi", now: datetime
) -> QuestionSetRow:
    """A set with `each` approved questions of every type."""
    entries = tuple(Entry(f"{name.value}-{n}", question(name, n)) for name in TypeName for n in range(each))
    file = QuestionSetFile(slug, f"测试题集 {slug}", "测试讲话", entries)
    load_question_set(session, editor, file, approved_by=approver, now=now)
    row = set_by_slug(session, slug)
    assert row is not None
    return row


def sitting_facts(set_id: int, *, host: int, leader: int, opens_at: datetime, **changes: object) -> SittingFacts:
    facts: dict[str, object] = {
        "topic": "“五型”干部学测",
        "host_section_id": host,
        "leader_id": leader,
        "opens_at": opens_at,
        "closes_at": opens_at + timedelta(hours=2),
        "duration_minutes": 20,
        "pass_percent": 60,
        "multiple_rule": MultipleRule.PARTIAL,
        "set_ids": (set_id,),
    }
    return SittingFacts(**(facts | changes))  # type: ignore[arg-type]


def published_sitting(
    session: Session, editor: Actor, facts: SittingFacts, *, now: datetime, spec: PaperSpec = SPEC
) -> SittingRow:
    """A sitting whose paper is drawn, approved by its leader and dealt; open from `facts.opens_at`."""
    row = sittings.plan_sitting(session, editor, facts, now=now)
    sittings.draw(session, editor, row.public_id, spec, Random(1), now=now)
    return sittings.publish(session, people.actor(session, facts.leader_id), row.public_id, now=now)


def weekly_plan(office: "Office", starts_on: date = date(2026, 11, 20), **changes: object) -> PlanFacts:
    """The office's study of every Friday: three sections host in turn, and two people lead."""
    facts: dict[str, object] = {
        "name": "每周集中学习",
        "scope_section_id": office.root,
        "weekday": 4,
        "starts_at": time(14, 30),
        "minutes": 120,
        "starts_on": starts_on,
        "hosts": (office.secretariat, office.inspection, office.finance),
        "leaders": (office.director.id, office.deputy.id),
        "place": "三楼会议室",
        "topic_due_days": 5,
        "paper_due_days": 2,
    }
    return PlanFacts(**(facts | changes))  # type: ignore[arg-type]
