"""The demonstration office: fictional people, real services, believable scores.

Everything goes through the same services as in an office, in one transaction: a demonstration that was interrupted
leaves an empty database.
"""

import os
import secrets
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import tzinfo
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.config import PROJECT
from quizapp.core.attendance import LeaveKind
from quizapp.core.attendance import Way
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import deal
from quizapp.core.paper import PaperSpec
from quizapp.core.question import Interaction
from quizapp.core.question import MultipleRule
from quizapp.core.question import Question
from quizapp.core.question import TypeName
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Actor
from quizapp.core.roles import Role
from quizapp.core.rota import HolidayPolicy
from quizapp.core.sitting import Mode
from quizapp.core.types import TYPES
from quizapp.db import bank
from quizapp.db import people as people_rows
from quizapp.db import sittings as sitting_rows
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.db.sittings import SittingRow
from quizapp.formats.question_sets import read_question_set
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services import leave
from quizapp.services import passwords
from quizapp.services import people
from quizapp.services import plans
from quizapp.services import sittings
from quizapp.services import speeches
from quizapp.services.answers import Sent
from quizapp.services.bank import load_question_set
from quizapp.services.people import PersonFacts
from quizapp.services.plans import PlanFacts
from quizapp.services.sittings import SittingFacts

HERE = Path(__file__).parent
PASSWORD_FILE = "demo_password"  # noqa: S105 - a file's name
SPEC = PaperSpec(
    counts={
        TypeName.SINGLE_CHOICE: 5,
        TypeName.MULTIPLE_CHOICE: 3,
        TypeName.TRUE_FALSE: 4,
        TypeName.FILL_IN: 3,
        TypeName.MATCHING: 1,
        TypeName.ORDERING: 1,
    },
    marks={
        TypeName.SINGLE_CHOICE: 5,
        TypeName.MULTIPLE_CHOICE: 8,
        TypeName.TRUE_FALSE: 4,
        TypeName.FILL_IN: 7,
        TypeName.MATCHING: 8,
        TypeName.ORDERING: 6,
    },
)
#: The set that every paper takes its matching and its ordering from; the others hold none.
RULES = "gongwen-chuli"
#: (topic, set, weeks ago, section that hosts, share of people who take part)
PAST = (
    ("“五型”干部与“五戒”", "wuxing-wujie", 3, "秘书科", 0.93),
    ("“六个表率”与“六型机关”", "liuge-biaoshuai", 2, "综合一科", 0.86),
    ("“三服务”与办公室职能", "sanfuwu-zhineng", 1, "督查室", 0.9),
)
#: Nobody of the demonstration loses more of the marks than this.
MOST_LOST = Fraction(6, 10)
OPEN = ("“五型”“六个表率”综合学测", ("wuxing-wujie", "liuge-biaoshuai", RULES), "信息科")
PLACE = "三楼会议室"
AGENDA = "领学讲话\n学测\n讲评\n布置下周工作"
PLANNED = ("办公室职能再学习", ("sanfuwu-zhineng", RULES), "法制科")


@dataclass(frozen=True)
class Cast:
    """The people of the demonstration whom the rest of it needs."""

    sections: Mapping[str, int]
    leaders: tuple[int, ...]
    editors: tuple[Actor, ...]
    staff: tuple[int, ...]


def demo_password(instance: Path) -> str:
    """The password of all fictional people: made by chance for this machine, kept with mode 600."""
    path = instance / PASSWORD_FILE
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("Yanshi-" + secrets.token_hex(4))
    return path.read_text().strip()


def is_here(session: Session, instance: Path) -> bool:
    """Whether this database holds the fictional office, and this machine its password."""
    first = _office()["people"][0]
    held = people_rows.person_by_number(session, first["number"])
    return (instance / PASSWORD_FILE).exists() and held is not None and held.name == first["name"]


def accounts() -> list[tuple[str, str, str]]:
    """One account for each kind of person: (what they are, staff number, name)."""
    told = _office()["people"]

    def first(words: str, fits: Callable[[Mapping[str, Any]], bool]) -> tuple[str, str, str]:
        person = next(p for p in told if fits(p))
        return words, person["number"], person["name"]

    plain = [p for p in told if not p.get("roles") and not p.get("oversees")]
    return [
        first("主任", lambda p: p["post"] == "主任" and bool(p.get("oversees"))),
        first("副主任（分管三个科室）", lambda p: len(p.get("oversees", [])) > 1),
        first("科长（秘书科）", lambda p: p["section"] == "秘书科" and bool(p.get("oversees"))),
        first("编辑甲", lambda p: "editor" in p.get("roles", [])),
        ("编辑乙", *_second_editor(told)),
        first("管理员", lambda p: "admin" in p.get("roles", [])),
        first("审计员", lambda p: "auditor" in p.get("roles", [])),
        ("干部", plain[-1]["number"], plain[-1]["name"]),
    ]


def _second_editor(told: list[Mapping[str, Any]]) -> tuple[str, str]:
    second = [p for p in told if "editor" in p.get("roles", [])][1]
    return second["number"], second["name"]


def _office() -> dict[str, Any]:
    office: dict[str, Any] = yaml.safe_load((HERE / "demo_office.yaml").read_text(encoding="utf-8"))
    return office


def load(instance: Path, zone: tzinfo, say: Callable[[str], object]) -> None:
    """Build the whole demonstration in one transaction; `zone` is the office's."""
    now = datetime.now(UTC).replace(microsecond=0)
    hashed = passwords.hash_password(demo_password(instance))
    speech = speeches.understand("demo_speech.txt", (HERE / "demo_speech.txt").read_bytes())
    drafting = speeches.draft(speech.reading, speech.reading.clean.title or "")
    rng = Random(7)  # fictional scores: the same story every time
    with writing() as session:
        say("  正在建立科室和人员……")
        cast = _hire(session, hashed, now - timedelta(days=30))
        say("  正在读入题集和演示讲话……")
        _fill_bank(session, cast, now - timedelta(days=25))
        row, _ = speeches.load_speech(session, cast.editors[0], speech, "", now=now - timedelta(days=2))
        speeches.store_drafts(
            session, cast.editors[0], row.public_id, speech.reading, drafting, now=now - timedelta(days=2)
        )
        for story in PAST:
            say(f"  正在生成往期学测：{story[0]}……")
            _hold_past(session, cast, story, now, rng)
        say("  正在发布本周学测……")
        _open_now(session, cast, now, rng)
        _plan_next(session, cast, now)
        _plan_weeks(session, cast, zone, now)


def _hire(session: Session, hashed: str, then: datetime) -> Cast:
    told = _office()
    root = people.add_section(session, SYSTEM, told["root"], None, now=then)
    ids = {told["root"]: root.id}
    for name in told["sections"]:
        ids[name] = people.add_section(session, SYSTEM, name, root.id, now=then).id
    for person in told["people"]:
        facts = PersonFacts(
            staff_number=person["number"],
            name=person["name"],
            post=person["post"],
            section_id=ids[person["section"]],
            roles=frozenset(Role(role) for role in person.get("roles", [])),
            oversees=frozenset(ids[name] for name in person.get("oversees", [])),
        )
        people.add_person(session, SYSTEM, facts, hashed, now=then, must_change=False)
    return cast_of(session)


def cast_of(session: Session) -> Cast:
    """The people of a demonstration office that is there already."""
    everybody = session.scalars(select(PersonRow).order_by(PersonRow.staff_number)).all()
    actors = [people_rows.actor(session, person.id) for person in everybody]
    return Cast(
        sections={section.name: section.id for section in people_rows.sections(session)},
        leaders=tuple(a.person_id for a in actors if len(a.overseen) > 1),
        editors=tuple(a for a in actors if Role.EDITOR in a.roles),
        staff=tuple(a.person_id for a in actors),
    )


def _fill_bank(session: Session, cast: Cast, then: datetime) -> None:
    for file in sorted((PROJECT / "questions").glob("*.yaml")):
        shipped = read_question_set(file.name, file.read_bytes())
        load_question_set(session, SYSTEM, shipped, approved_by=cast.editors[1], now=then)


def _compose(session: Session, cast: Cast, facts: SittingFacts, then: datetime, rng: Random) -> SittingRow:
    editor = cast.editors[0]
    row = sittings.plan_sitting(session, editor, facts, now=then)
    sittings.draw(session, editor, row.public_id, SPEC, rng, now=then)
    return publish(session, row, then)


def publish(session: Session, row: SittingRow, now: datetime) -> SittingRow:
    """Have its leader approve a paper."""
    return sittings.publish(session, people_rows.actor(session, row.leader_id), row.public_id, now=now)


def plan_of(
    session: Session,
    cast: Cast,
    topic: str,
    slugs: tuple[str, ...],
    host: str,
    opens: datetime,
    closes: datetime,
    **changes: Any,
) -> SittingFacts:
    """The facts of a sitting; `changes` are those that differ from the usual."""
    sets = [bank.set_by_slug(session, slug) for slug in slugs]
    return SittingFacts(
        topic=topic,
        host_section_id=cast.sections[host],
        leader_id=cast.leaders[len(topic) % len(cast.leaders)],
        opens_at=opens,
        closes_at=closes,
        duration_minutes=20,
        pass_percent=60,
        multiple_rule=MultipleRule.PARTIAL,
        set_ids=tuple(row.id for row in sets if row is not None),
        **changes,
    )


def _afternoon(opens: datetime) -> dict[str, Any]:
    """The study around a quiz that opens an hour after it began."""
    return {
        "begins_at": opens - timedelta(hours=1),
        "ends_at": opens + timedelta(hours=1),
        "place": PLACE,
        "agenda": AGENDA,
    }


def _hold_past(
    session: Session, cast: Cast, story: tuple[str, str, int, str, float], now: datetime, rng: Random
) -> None:
    topic, slug, weeks, host, share = story
    opens = _friday_afternoon(now) - timedelta(weeks=weeks)
    closes = opens + timedelta(hours=2)
    plan = plan_of(session, cast, topic, (slug, RULES), host, opens, closes, **_afternoon(opens))
    row = _compose(session, cast, plan, opens - timedelta(days=2), rng)
    away = []
    for person_id in cast.staff:
        if rng.random() < share:
            attendance.sign(session, row, person_id, Way.QR, by_id=person_id, now=opens - timedelta(minutes=55))
            _take(session, row, person_id, opens + timedelta(minutes=rng.randint(0, 40)), rng)
        else:
            away.append(session.get_one(PersonRow, person_id))
    leader = people_rows.actor(session, row.leader_id)
    for person in away[::2]:
        leave.give(session, leader, row, person, LeaveKind.DUTY, opens - timedelta(days=1))


def _open_now(session: Session, cast: Cast, now: datetime, rng: Random) -> None:
    topic, slugs, host = OPEN
    plan = plan_of(session, cast, topic, slugs, host, now - timedelta(hours=1), now + timedelta(days=7))
    row = _compose(session, cast, plan, now - timedelta(days=1), rng)
    waiting = {number for _, number, _ in accounts()}
    for person_id in cast.staff:
        person = session.get_one(PersonRow, person_id)
        if person.staff_number not in waiting and rng.random() < 0.4:
            _take(session, row, person_id, now - timedelta(minutes=rng.randint(25, 55)), rng)


def _plan_next(session: Session, cast: Cast, now: datetime) -> None:
    topic, slugs, host = PLANNED
    opens = _friday_afternoon(now) + timedelta(weeks=1)
    closes = opens + timedelta(minutes=30)
    plan = plan_of(session, cast, topic, slugs, host, opens, closes, mode=Mode.TOGETHER, **_afternoon(opens))
    _compose(session, cast, plan, now, Random(11))


def _plan_weeks(session: Session, cast: Cast, zone: tzinfo, now: datetime) -> None:
    """From the Friday after next on, all sections take turns to host, and the deputies to lead."""
    facts = PlanFacts(
        name="每周集中学习",
        scope_section_id=people_rows.root_section_id(session),
        weekday=4,
        starts_at=time(14, 0),
        minutes=120,
        starts_on=(_friday_afternoon(now) + timedelta(weeks=2)).astimezone(zone).date(),
        hosts=tuple(cast.sections[name] for name in _office()["sections"]),
        leaders=cast.leaders,
        place=PLACE,
        holidays=HolidayPolicy.MOVE,
    )
    plans.add_plan(session, cast.editors[0], facts, zone=zone, now=now)


def _friday_afternoon(now: datetime) -> datetime:
    """The latest Friday, today included, at 15:00 in the office."""
    return (now - timedelta(days=(now.weekday() - 4) % 7)).replace(hour=7, minute=0, second=0)


def _take(session: Session, row: SittingRow, person_id: int, start: datetime, rng: Random) -> None:
    """One person takes the quiz as people do: able to a degree that is theirs, worse on hard questions.

    Chance is asked question by question in the order of the paper: the story does not depend on how it was dealt.
    """
    actor = people_rows.actor(session, person_id)
    attempt = attempts.start(session, actor, row.public_id, now=start)
    questions = [place.version.question() for place in sitting_rows.paper(session, row.id)]
    dealt = deal(questions, attempt.seed)
    ability = Random(person_id).uniform(0.62, 0.97)
    given: dict[int, Sent] = {}
    may_lose = MOST_LOST * sum(SPEC.marks[question.type] for question in questions)
    for position, index in sorted(enumerate(dealt.order), key=itemgetter(1)):
        shown = as_shown(questions[index], dealt, position)
        mark = SPEC.marks[shown.type]
        right = rng.random() < ability - 0.05 * (shown.difficulty - 2) or mark > may_lose
        may_lose -= 0 if right else mark
        given[position + 1] = Sent(_answer(shown, right, rng), 0)
    end = start + timedelta(minutes=rng.randint(4, 17), seconds=rng.randint(0, 59))
    answers.save_page(session, actor, attempt.public_id, given, now=end - timedelta(seconds=20))
    attempts.submit(session, actor, attempt.public_id, now=end)


def _answer(question: Question, right: bool, rng: Random) -> list[str]:
    kind = TYPES[question.type]
    if right:
        return kind.stored(kind.right_response(question))
    return WRONG[kind.interaction](question, rng)


def _wrong_choice(question: Question, rng: Random) -> list[str]:
    known = sorted(question.key)[:1] if question.type is TypeName.MULTIPLE_CHOICE else []
    wrong = [option.id for option in question.options if option.id not in question.key]
    if known and (rng.random() < 0.5 or not wrong):
        return known
    return [*known, rng.choice(wrong)]


def _forgotten(question: Question, rng: Random) -> list[str]:
    return ["不记得了" for _ in question.blanks]


def _mixed_up_lines(question: Question, rng: Random) -> list[str]:
    """Two lines have each other's option; the rest is right."""
    return _with_two_exchanged([option_id for _, option_id in question.pairs], rng)


def _mixed_up_order(question: Question, rng: Random) -> list[str]:
    return _with_two_exchanged(list(question.right_order), rng)


def _with_two_exchanged(ids: list[str], rng: Random) -> list[str]:
    one, other = rng.sample(range(len(ids)), 2)
    ids[one], ids[other] = ids[other], ids[one]
    return ids


def _half_said(question: Question, rng: Random) -> list[str]:
    points = [point.text for point in question.points]
    return ["；".join(points[: len(points) // 2]) or "认真学习，抓好落实。"]


#: What people answer who do not know, by interaction.
WRONG: Mapping[Interaction, Callable[[Question, Random], list[str]]] = {
    Interaction.CHOICE: _wrong_choice,
    Interaction.TEXT: _forgotten,
    Interaction.MATCH: _mixed_up_lines,
    Interaction.ORDER: _mixed_up_order,
    Interaction.ESSAY: _half_said,
}
