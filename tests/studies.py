"""What surrounds the quizzes in tests/world.py: a rota, papers that wait for their leader, a room, leave, minutes.

Each function is given the ids of what is there already and returns those of what it added.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import date
from datetime import timedelta
from io import BytesIO
from random import Random
from zoneinfo import ZoneInfo

import openpyxl
from conftest import Clock
from conftest import Office
from factories import ALL_TYPES
from factories import SPEC
from factories import approved_set
from factories import published_sitting
from factories import question
from factories import sitting_facts
from factories import weekly_plan
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attendance import LeaveKind
from quizapp.core.periods import PeriodKind
from quizapp.core.question import TypeName
from quizapp.core.reminders import ReminderKind
from quizapp.core.reminders import ReminderState
from quizapp.core.room import Screen
from quizapp.core.room import Step
from quizapp.core.sitting import Mode
from quizapp.core.sitting import Pace
from quizapp.core.states import QuestionState
from quizapp.db.attendance import MakeUpRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import set_by_slug
from quizapp.db.people import PersonRow
from quizapp.db.record import RecognitionRow
from quizapp.db.reminders import ReminderRow
from quizapp.db.rooms import RoomRow
from quizapp.db.sittings import SittingRow
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import attempts
from quizapp.services import attendance
from quizapp.services import bulletins
from quizapp.services import calendars
from quizapp.services import leave
from quizapp.services import make_ups
from quizapp.services import memory
from quizapp.services import minutes
from quizapp.services import paper_answers
from quizapp.services import plans
from quizapp.services import recognitions
from quizapp.services import rota
from quizapp.services import signing_in
from quizapp.services import sittings
from quizapp.services.bank import load_question_set
from quizapp.services.memory import Answered
from quizapp.services.recognitions import RecognitionFacts

Ids = dict[str, str]
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)
WEEK = timedelta(days=7)


def preparing(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    """A paper that waits for the deputy, and one led by finance_chief, who oversees nothing of its host (submitted)."""
    set_id = int(ids["set_number"])
    made = {}
    for days, (name, leader) in enumerate(
        {"submitted": office.deputy, "led_from_elsewhere": office.finance_chief}.items(), 2
    ):
        facts = sitting_facts(
            set_id,
            host=office.secretariat,
            leader=leader.id,
            opens_at=clock() + timedelta(days=days),
            topic=f"待审的学测{days}",
        )
        row = sittings.plan_sitting(session, office.editor.actor, facts, now=clock())
        sittings.draw(session, office.editor.actor, row.public_id, SPEC, Random(1), now=clock())
        sittings.submit(session, office.chief.actor, row.public_id, now=clock())
        made[name] = row.public_id
    return made


def room_to_start(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    secret, now = current_app.config["SECRET_KEY"], clock()
    facts = sitting_facts(
        int(ids["set_number"]),
        host=office.secretariat,
        leader=office.deputy.id,
        opens_at=now + timedelta(minutes=20),
        begins_at=now,
        ends_at=now + timedelta(hours=2),
        topic="马上开始的学测",
    )
    return {
        "to_start": published_sitting(session, office.editor.actor, facts, now=now).public_id,
        "board_key": signing_in.board_key(secret, ids["current"]),
        "sign_in_code": signing_in.code(secret, ids["current"], now),
    }


def question_by_question(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    made = approved_set(session, office.editor.actor, office.second_editor.actor, each=1, slug="led", now=clock())
    plan = {
        "topic": "逐题同步学测",
        "mode": Mode.TOGETHER,
        "pace": Pace.BY_QUESTION,
        "opens_at": clock() - timedelta(minutes=5),
    }
    facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, **plan)
    row = published_sitting(session, office.editor.actor, facts, now=clock() - timedelta(hours=1), spec=ALL_TYPES)
    session.add(
        RoomRow(
            sitting_id=row.id,
            screen=Screen.QUESTION,
            position=1,
            step=Step.ANSWER,
            changed_at=clock(),
            changed_by_id=office.deputy.id,
        )
    )
    attempt = attempts.start(session, office.staff.actor, row.public_id, now=clock())
    return {"led": row.public_id, "led_attempt": attempt.public_id}


def on_leave(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    editor, held = office.editor.actor, clock() - timedelta(days=10)
    made = approved_set(session, editor, office.second_editor.actor, slug="buxue", now=held)
    spoken = session.scalars(select(QuestionSetRow.id).where(QuestionSetRow.slug == "yuanwen")).one()
    plan = {"topic": "补学学测", "mode": Mode.TOGETHER, "opens_at": held, "set_ids": (made.id, spoken)}
    facts = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, **plan)
    sitting = published_sitting(session, editor, facts, now=held - timedelta(days=1))
    study = sitting.public_id
    waiting = {
        f"{who}s_leave": leave.ask(session, getattr(office, who).actor, study, LeaveKind.DUTY, "", now=held).public_id
        for who in ("colleague", "chief")
    }
    for who in ("staff", "stranger"):
        person = session.get_one(PersonRow, getattr(office, who).id)
        leave.give(session, office.director.actor, sitting, person, LeaveKind.TRAINING, clock())
    tasks = {
        f"{who}s_make_up": session.scalars(
            select(MakeUpRow.public_id).where(MakeUpRow.person_id == getattr(office, who).id)
        ).one()
        for who in ("staff", "stranger")
    }
    for part in make_ups.task_page(session, office.stranger.actor, tasks["strangers_make_up"], now=clock()).parts:
        make_ups.read_part(session, office.stranger.actor, tasks["strangers_make_up"], part.number, now=clock())
    coming = session.scalars(select(SittingRow.public_id).where(SittingRow.topic == "下周学测")).one()
    seen = attendance.stamp(attendance.presence_of(session, sitting)[office.editor.id])
    return {"closed_study": study, "coming_study": coming, "editor_seen": seen, **waiting, **tasks}


def on_paper(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    """A sitting that another section hosts for 秘书科 alone, minutes of it and of the past one, and an answer sheet."""
    made = set_by_slug(session, "ceshi")
    assert made is not None
    opens_at = clock() - timedelta(minutes=10)
    facts = sitting_facts(
        made.id, host=office.finance, leader=office.deputy.id, opens_at=opens_at, topic="财务科主持的学测"
    )
    hosted = published_sitting(session, office.editor.actor, facts, now=clock() - timedelta(hours=1))
    hosted.meeting.scope_section_id = office.secretariat
    session.flush()
    for public_id in (ids["past"], ids["led"], hosted.public_id):
        minutes.make(session, office.editor.actor, public_id, ZoneInfo("Asia/Shanghai"), now=clock())
    _, empty = paper_answers.empty_sheet(session, office.editor.actor, ids["current"], now=clock())
    book = openpyxl.load_workbook(BytesIO(empty))
    line = next(row for row in book["答卷"].iter_rows(min_row=2) if row[0].value == office.auditor.number)
    line[3].value = "A"
    filled = BytesIO()
    book.save(filled)
    return {"hosted_by_finance": hosted.public_id, "entry_sheet": b64encode(filled.getvalue()).decode("ascii")}


def failed_reminder(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    """One reminder that could not be sent."""
    row = ReminderRow(
        kind=ReminderKind.TAKE,
        person_id=office.colleague.id,
        day=clock().date(),
        channel=0,
        once="take:world",
        title="学测未作答",
        body="您还没有作答。",
        state=ReminderState.FAILED,
        tries=5,
        error="连不上服务器，或服务器没有应答",
        next_try_at=clock(),
        made_at=clock(),
    )
    session.add(row)
    session.flush()
    return {"failed_reminder": row.public_id}


def rota_of_the_office(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    """A plan with its rota, one to come, and a swap that 财务科 has not answered."""
    plan = plans.add_plan(session, office.editor.actor, weekly_plan(office), zone=ZONE, now=clock()).public_id
    to_come = weekly_plan(
        office, TODAY + WEEK, name="机关党课", weekday=1, hosts=(office.finance,), leaders=(office.director.id,)
    )
    later = plans.add_plan(session, office.editor.actor, to_come, zone=ZONE, now=clock()).public_id
    asked = rota.ask_swap(
        session, office.chief.actor, plan, TODAY + 3 * WEEK, TODAY + 5 * WEEK, "全科下乡", zone=ZONE, now=clock()
    )
    return {
        "plan": plan,
        "plan_to_come": later,
        "study_day": f"{TODAY}",
        "finance_study_day": f"{TODAY + 2 * WEEK}",
        "free_day": "2026-11-24",
        "swap_asked_of_finance": asked.public_id,
        "calendar_token": calendars.renew(session, office.staff.actor, now=clock()),
        "root_number": f"{office.root}",
        "finance_number": f"{office.finance}",
        "deputy_number": f"{office.deputy.id}",
        "chief_number": f"{office.chief.id}",
    }


def recognised_hours(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    """A recognition of this year's studies."""
    facts = RecognitionFacts(2026, "市委组织部", "组通〔2026〕8号", 45)
    recognitions.add(session, office.admin.actor, facts, now=clock())
    return {"recognition": session.scalars(select(RecognitionRow.public_id)).one()}


def bulletins_of_the_office(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    """A chief's draft, an editor's that waits for the director, and two that were issued: to all, and to 财务科."""
    made: Ids = {}
    for name, author, section, kind in (
        ("bulletin_draft", office.chief, "secretariat", PeriodKind.MONTH),
        ("bulletin_waiting", office.editor, "root", PeriodKind.MONTH),
        ("bulletin_issued", office.editor, "root", PeriodKind.QUARTER),
        ("bulletin_of_finance", office.finance_chief, "finance", PeriodKind.QUARTER),
    ):
        basis = bulletins.read(session, author.actor, kind, TODAY, ids[section], ZONE, now=clock())
        made[name], _ = bulletins.make(session, author.actor, basis, now=clock())
    bulletins.submit(session, office.editor.actor, made["bulletin_waiting"], 1, now=clock())
    for name in ("bulletin_issued", "bulletin_of_finance"):
        bulletins.issue(session, office.director.actor, made[name], 1, ZONE, now=clock())
    return made


def mistakes_of_staff(session: Session, office: Office, clock: Clock, ids: Ids) -> Ids:
    """Two of staff's mistakes: one that can be practised, and one whose question has been retired since."""
    entries = tuple(Entry(f"lianxi-{n}", question(TypeName.SINGLE_CHOICE, 900 + n)) for n in (1, 2))
    file = QuestionSetFile("lianxi", "练习用题", "测试讲话", entries)
    load_question_set(session, office.editor.actor, file, approved_by=office.second_editor.actor, now=clock())
    made = set_by_slug(session, "lianxi")
    assert made is not None
    rows = session.scalars(select(QuestionRow).where(QuestionRow.set_id == made.id).order_by(QuestionRow.id)).all()
    for row in rows:
        assert row.version_id is not None
        at = clock() - timedelta(days=3)
        wrong = Answered(office.staff.id, row.id, None, row.version_id, (), False, False, at, at.date())
        memory.take_in(session, wrong)
    rows[1].state = QuestionState.RETIRED
    session.flush()
    return {"retired_mistake": rows[1].public_id}


#: In the order in which they need each other.
ALL: tuple[Callable[[Session, Office, Clock, Ids], Ids], ...] = (
    preparing,
    room_to_start,
    question_by_question,
    on_leave,
    on_paper,
    failed_reminder,
    rota_of_the_office,
    recognised_hours,
    bulletins_of_the_office,
    mistakes_of_staff,
)
