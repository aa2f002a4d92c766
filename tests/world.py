"""An office in the middle of its week, for tests that walk through the whole house: built once, put back after each."""

import hashlib
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import studies
from conftest import FRIDAY
from conftest import Browser
from conftest import Clock
from conftest import Office
from conftest import Person
from conftest import _build as build_office
from factories import ALL_TYPES
from factories import SPEC
from factories import approved_set
from factories import published_sitting
from factories import question
from factories import sitting_facts
from flask import Flask
from sqlalchemy import event
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp import create_app
from quizapp.core.api import Scope
from quizapp.core.corrections import Confirm
from quizapp.core.corrections import point_ref
from quizapp.core.marking import DoubtReason
from quizapp.core.marking import NoticeKind
from quizapp.core.memory import Grade
from quizapp.core.paper import PaperSpec
from quizapp.core.practice import Matter
from quizapp.core.question import Interaction
from quizapp.core.question import TypeName
from quizapp.core.regrading import Method
from quizapp.db.api_tokens import ApiTokenRow
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.base import db
from quizapp.db.desk import DeskActRow
from quizapp.db.engine import writing
from quizapp.db.marking import AcceptedWordingRow
from quizapp.db.marking import MarkRow
from quizapp.db.marking import NoticeRow
from quizapp.db.people import SectionRow
from quizapp.db.regrades import AdjustmentRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.formats.question_sets import Entry
from quizapp.formats.question_sets import QuestionSetFile
from quizapp.services import adjustments
from quizapp.services import answers
from quizapp.services import api_tokens
from quizapp.services import attempts
from quizapp.services import bank
from quizapp.services import doubts
from quizapp.services import marking
from quizapp.services import mastery
from quizapp.services import memory
from quizapp.services import newer_texts
from quizapp.services import readings
from quizapp.services import regrading
from quizapp.services import sign_in
from quizapp.services import sittings
from quizapp.services import speeches
from quizapp.services import wordings
from quizapp.services.answers import Sent
from quizapp.services.bank import load_question_set

#: Everybody who may ask, by the name that tests/authz.yml uses.
PRINCIPALS = (
    "anonymous",
    "staff",
    "colleague",
    "stranger",
    "chief",
    "finance_chief",
    "deputy",
    "director",
    "editor",
    "second_editor",
    "admin",
    "auditor",
)
#: Where the short answer stands on a paper with one question of each type.
ESSAY = len(TypeName)
#: What differs from page to page without meaning anything.
FLEETING = (
    re.compile(r'name="csrf_token"[^>]*value="[^"]*"'),
    re.compile(r'nonce="[^"]*"'),
    re.compile(r'name="next" value="[^"]*"'),
)
SPEECH = """在全市办公室工作会议上的讲话

一、争做“四有”干部

希望大家争做“四有”干部。一是有信念，心中有党。二是有本领，干事有方。三是有担当，遇事有责。四是有底线，做人有戒。
"""


@dataclass(eq=False)
class World:
    """The application, who is in the office, and the addresses of what they work on."""

    app: Flask
    office: Office
    clock: Clock
    #: Public ids (and a few numbers), by the name that tests/authz.yml uses.
    ids: dict[str, str]
    cookies: dict[str, tuple[str, str, str]]
    _still: Path
    #: The checksum before anybody did anything.
    at_rest: dict[str, str] = field(default_factory=dict)
    #: The last checksum; None once somebody has written since.
    _seen: dict[str, str] | None = None
    _listens: bool = False

    @property
    def database(self) -> Path:
        return Path(self.app.config["INSTANCE"]) / "quizapp.sqlite3"

    def browser(self, who: str) -> Browser:
        """A browser of this person's own, signed in, with its CSRF token."""
        sign_in_token, web, csrf = self.cookies[who]
        browser = self.app.test_client()
        assert isinstance(browser, Browser)
        if sign_in_token:
            browser.set_cookie(self.app.config["SIGN_IN_COOKIE_NAME"], sign_in_token)
        browser.set_cookie(self.app.config["SESSION_COOKIE_NAME"], web)
        browser.csrf = csrf
        return browser

    def put_back(self) -> None:
        """Make the database what it was when everybody came in."""
        self._seen = None
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)
        shutil.copy(self._still, self.database)

    def checksum(self) -> dict[str, str]:
        """Every table's content; when somebody was last seen, what an editor has looked at, and that somebody was
        refused, are left out. Taken anew only where somebody has written since."""
        if not self._listens:
            self._listens = True
            with self.app.app_context():
                event.listen(db.engine, "before_cursor_execute", self._note_writing)
        if self._seen is None:
            with closing(sqlite3.connect(self.database)) as connection:
                names = [name for name in _tables(connection) if name != "desk_opening"]
                self._seen = {name: _digest(connection, name) for name in names}
        return self._seen

    def _note_writing(self, connection: object, cursor: object, statement: str, values: Any, *rest: object) -> None:
        """Forget the checksum when anything is written, but that somebody was refused."""
        is_reading = statement.lstrip().upper().startswith(("SELECT", "WITH", "BEGIN", "PRAGMA"))
        if not is_reading and not (statement.startswith("INSERT INTO audit") and "refused" in values):
            self._seen = None

    def address(self, rule: Rule, chosen: dict[str, str]) -> str:
        """The rule's address with the ids of these things."""
        values = {name: self.ids.get(value, value) for name, value in chosen.items()}
        with self.app.test_request_context():
            adapter = self.app.url_map.bind("localhost")
            return adapter.build(rule.endpoint, {n: _typed(rule, n, v) for n, v in values.items()})


def _typed(rule: Rule, name: str, value: str) -> str | int:
    return int(value) if f"<int:{name}>" in rule.rule else value


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


def _digest(connection: sqlite3.Connection, table: str) -> str:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "last_seen_at"]
    where = " WHERE verb <> 'refused'" if table == "audit" else ""
    names = ", ".join(f'"{column}"' for column in columns)
    rows = connection.execute(f"SELECT {names} FROM {table}{where}")  # noqa: S608 - names of our own tables
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


def without_the_fleeting(body: str) -> str:
    """A page without tokens, nonces and its own address, so that two can be compared."""
    for pattern in FLEETING:
        body = pattern.sub("", body)
    return body


def text_of(answer: TestResponse) -> str:
    """What a page or a file says."""
    if answer.mimetype.endswith(("sheet", "document")):
        with ZipFile(BytesIO(answer.data)) as package:
            return "\n".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
    return answer.data.decode("utf-8-sig", "replace")


@cache
def shared_world(empty_database: Path, password_hash: str) -> World:
    """One world a test run, for all tests that leave it as they found it."""
    folder = empty_database.parent / "world"
    folder.mkdir()
    return build_world(folder, empty_database, password_hash)


def build_world(folder: Path, empty_database: Path, password_hash: str) -> World:
    """An office with a past, an open, a planned and an unpublished sitting, drafts on the desk and a speech."""
    instance = folder / "instance"
    instance.mkdir()
    shutil.copy(empty_database, instance)
    clock = Clock(FRIDAY)
    app = create_app({"QUIZAPP_INSTANCE": str(instance)}, CLOCK=clock, TESTING=True, PROPAGATE_EXCEPTIONS=False)
    app.test_client_class = Browser
    with app.app_context():
        with writing() as session:
            office = build_office(session, password_hash, clock())
        with writing() as session:
            ids = _work(session, office, clock)
        with writing() as session:
            tokens = {who: _token(session, office, who, clock) for who in PRINCIPALS}
        db.session.remove()
        db.engine.dispose()
    still = folder / "still.sqlite3"
    shutil.copy(instance / "quizapp.sqlite3", still)
    world = World(app, office, clock, ids, {}, still)
    world.cookies = {who: _cookies(app, tokens[who]) for who in PRINCIPALS}
    world.at_rest = world.checksum()
    return world


def _token(session: Session, office: Office, who: str, clock: Clock) -> str:
    if who == "anonymous":
        return ""
    return sign_in.open_session(session, getattr(office, who).id, "127.0.0.1", clock())


def _cookies(app: Flask, token: str) -> tuple[str, str, str]:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    if token:
        browser.set_cookie(app.config["SIGN_IN_COOKIE_NAME"], token)
    csrf = browser.token()
    web = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert web is not None
    return token, web.value, csrf


def _work(session: Session, office: Office, clock: Clock) -> dict[str, str]:
    """What everybody works on, and how to find it."""
    editor, now = office.editor.actor, clock()
    made = approved_set(session, editor, office.second_editor.actor, now=now - timedelta(days=9))

    def facts(days: float, host: int, **changes: Any) -> Any:
        opens_at = now + timedelta(days=days)
        return sitting_facts(made.id, host=host, leader=office.deputy.id, opens_at=opens_at, **changes)

    past = published_sitting(session, editor, facts(-7, office.secretariat), now=now - timedelta(days=8))
    for person in (office.staff, office.colleague, office.stranger, office.chief):
        _take(session, person, past.public_id, now - timedelta(days=7))
    current = published_sitting(
        session, editor, facts(-0.02, office.secretariat, topic="本周学测"), now=now - timedelta(days=1)
    )
    running = attempts.start(session, office.staff.actor, current.public_id, now=now - timedelta(minutes=5))
    _take(session, office.colleague, current.public_id, now - timedelta(minutes=20))
    published_sitting(session, editor, facts(5, office.finance, topic="下周学测"), now=now)
    composing = {
        host: sittings.plan_sitting(session, editor, facts(6, section, topic=f"组卷中{host}"), now=now).public_id
        for host, section in (("secretariat", office.secretariat), ("finance", office.finance))
    }
    for public_id in composing.values():
        sittings.draw(session, editor, public_id, SPEC, Random(1), now=now)
    ids = {
        "set": made.public_id,
        "set_number": str(made.id),
        "past": past.public_id,
        "current": current.public_id,
        "composing": composing["secretariat"],
        "composing_of_finance": composing["finance"],
        "running_attempt": running.public_id,
        "closed_attempt": _attempt(session, past.id, office.staff),
        "strangers_attempt": _attempt(session, past.id, office.stranger),
        "deputy_number": str(office.deputy.id),
        **{f"{who}_id": getattr(office, who).public_id for who in PRINCIPALS[1:]},
        **_sections(session, office),
        **_judged(session, office, made.id, clock),
        **_desk(session, office, clock),
        **_library(session, office, clock),
        **_systems(session, office, clock),
    }
    for add in studies.ALL:
        ids |= add(session, office, clock, ids)
    return ids


def _take(session: Session, person: Person, sitting: str, start: Any) -> None:
    attempt = attempts.start(session, person.actor, sitting, now=start)
    attempts.submit(session, person.actor, attempt.public_id, now=start + timedelta(minutes=4))


def _regraded(session: Session, office: Office, sitting: str, clock: Clock) -> dict[str, str]:
    """A question granted after its sitting, one that an editor may make void, and a score adjusted by hand."""
    editor, now = office.second_editor.actor, clock()
    shown = regrading.dry_run(session, editor, sitting, 2, Method.GRANT, now=now)
    regrading.confirm(session, editor, sitting, 2, Method.GRANT, "题意不清", shown.stamp, now=now)
    while regrading.step(session, now=now):
        pass
    whose = {"staff": office.staff, "stranger": office.stranger}
    for who in whose.values():
        seen = adjustments.of_person(session, editor, sitting, who.public_id, now=now).stamp
        adjustments.adjust(session, editor, sitting, who.public_id, Fraction(2), "现场抢答加分", seen, now=now)
    made = session.execute(
        select(AdjustmentRow.public_id, AttemptRow.person_id).join(
            AttemptRow, AttemptRow.id == AdjustmentRow.attempt_id
        )
    )
    ids = {person_id: public_id for public_id, person_id in made}
    return {f"{name}s_adjustment": ids[who.id] for name, who in whose.items()}


def _shown(session: Session, office: Office, sitting: str, clock: Clock) -> dict[str, str]:
    """What the forms about scores carry of what their pages showed."""
    editor, now = office.second_editor.actor, clock()
    chief = adjustments.of_person(session, editor, sitting, office.chief.public_id, now=now)
    void = regrading.dry_run(session, editor, sitting, 1, Method.VOID, now=now)
    return {"void_shown": void.stamp, "chief_seen": chief.stamp}


def _judged(session: Session, office: Office, set_id: int, clock: Clock) -> dict[str, str]:
    """A past quiz with short answers, one of them marked; a wording accepted, a doubt raised."""
    editor, opens_at = office.editor.actor, clock() - timedelta(days=14)
    plan = sitting_facts(set_id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at, topic="简答学测")
    sitting = published_sitting(session, editor, plan, now=opens_at - timedelta(days=1), spec=ALL_TYPES)
    takers = ("staff", "colleague", "chief", "stranger")
    for who in takers:
        _write(session, getattr(office, who), sitting.public_id, opens_at)
    answers = {f"{who}s_answer": _answer(session, sitting.id, getattr(office, who)) for who in takers}
    marking.mark(session, editor, answers["colleagues_answer"], [True] + [False] * 4, now=clock())
    attempt = _attempt(session, sitting.id, office.staff)
    adjusted = _regraded(session, office, sitting.public_id, clock)
    filled = session.scalars(select(QuestionRow).where(QuestionRow.fingerprint == "fill_in-0")).one()
    wordings.accept(session, editor, filled.public_id, 1, 0, "另一种说法", now=clock())
    while wordings.rescore(session, now=clock()):
        pass
    later = clock() + timedelta(seconds=1)
    marking.mark(session, editor, answers["chiefs_answer"], [False] * 5, now=later)
    marking.undo(session, editor, sitting.public_id, ESSAY, now=later)
    doubts.raise_doubt(session, office.staff.actor, attempt, 4, DoubtReason.UNCLEAR, "", now=clock())
    place = attempts.place_of(session, attempts.own_attempt(session, office.staff.actor, attempt), 4)
    notice = NoticeRow(
        person_id=office.staff.id,
        attempt_id=session.scalars(select(AttemptRow.id).where(AttemptRow.public_id == attempt)).one(),
        position=1,
        kind=NoticeKind.DOUBT_ANSWERED,
        words="已核对",
        made_at=clock(),
    )
    session.add(notice)
    session.flush()
    return (
        answers
        | adjusted
        | _shown(session, office, sitting.public_id, clock)
        | {
            "essays": sitting.public_id,
            "essay_number": str(ESSAY),
            "essay_attempt": attempt,
            "filled": filled.public_id,
            "wording": session.scalars(select(AcceptedWordingRow.public_id)).one(),
            "doubted": session.get_one(QuestionRow, place.question_id).public_id,
            "notice": notice.public_id,
        }
    )


def _write(session: Session, person: Person, sitting: str, start: Any) -> None:
    """Hand in a paper on which only the short answer is answered, like everybody's and yet not the same."""
    attempt = attempts.start(session, person.actor, sitting, now=start)
    taking = answers.taking(session, person.actor, attempt.public_id, now=start)
    essay = next(q.number for q in taking.questions if q.interaction is Interaction.ESSAY)
    text = f"关键词1，以及{person.number}"
    answers.save(session, person.actor, attempt.public_id, essay, Sent([text], 1), now=start)
    attempts.submit(session, person.actor, attempt.public_id, now=start + timedelta(minutes=4))


def _answer(session: Session, sitting_id: int, person: Person) -> str:
    found = session.scalars(
        select(MarkRow.public_id)
        .join(AttemptRow, AttemptRow.id == MarkRow.attempt_id)
        .where(MarkRow.sitting_id == sitting_id, AttemptRow.person_id == person.id)
    ).one()
    return str(found)


def _attempt(session: Session, sitting_id: int, person: Person) -> str:
    found = session.scalars(
        select(AttemptRow.public_id).where(AttemptRow.sitting_id == sitting_id, AttemptRow.person_id == person.id)
    ).one()
    return str(found)


def _sections(session: Session, office: Office) -> dict[str, str]:
    names = ("root", "secretariat", "inspection", "finance")
    ids = {name: getattr(office, name) for name in names}
    public = {name: session.get_one(SectionRow, number).public_id for name, number in ids.items()}
    return public | {f"{name}_number": str(number) for name, number in ids.items()}


def _systems(session: Session, office: Office, clock: Clock) -> dict[str, str]:
    """A system that may read everything."""
    until = clock() + timedelta(days=90)
    api_tokens.make(session, office.admin.actor, "机关综合平台", frozenset(Scope), until, now=clock())
    return {"token": session.scalars(select(ApiTokenRow.public_id)).one()}


def _desk(session: Session, office: Office, clock: Clock) -> dict[str, str]:
    """A question from a file, one that an editor wrote, and one in the bank."""
    entries = tuple(Entry(f"w-{n}", question(TypeName.SINGLE_CHOICE, 40 + n)) for n in range(3))
    file = QuestionSetFile("daishen", "待审题集", "测试讲话", entries)
    load_question_set(session, office.editor.actor, file, now=clock())
    waiting = session.scalars(select(QuestionRow).where(QuestionRow.fingerprint.like("w-%")).order_by(QuestionRow.id))
    from_file, corrected, sent_back = waiting.all()
    bank.correct(
        session, office.editor.actor, corrected.public_id, 1, question(TypeName.SINGLE_CHOICE, 50), now=clock()
    )
    bank.send_back(session, office.editor.actor, sent_back.public_id, 1, "题干不清", now=clock())
    act = session.scalars(select(DeskActRow.public_id)).one()
    in_bank = session.scalars(select(QuestionRow).where(QuestionRow.fingerprint == "true_false-0")).one()
    return {
        "waiting": from_file.public_id,
        "waiting_shown": f"{from_file.public_id}:1",
        "by_editor": corrected.public_id,
        "editors_act": act,
        "in_bank": in_bank.public_id,
    }


def _library(session: Session, office: Office, clock: Clock) -> dict[str, str]:
    file = speeches.understand("speech.txt", SPEECH.encode())
    row, _ = speeches.load_speech(session, office.editor.actor, file, "", now=clock())
    row.drafted_at = clock()
    row.drafting_summary = {
        "kinds": {},
        "gates": {"G7": 1},
        "rejected": [["G7", "SET_MC", "讲话提出的“三点”包括（　）。"]],
    }
    newer = speeches.understand("speech-2.txt", SPEECH.replace("遇事有责", "遇事不推").encode())
    waiting = newer_texts.propose(session, office.editor.actor, row.public_id, newer, now=clock())
    confirmed = Confirm(point_ref(file.reading.points[0]))
    correction = readings.correct(session, office.editor.actor, row.public_id, confirmed, now=clock())
    told = {"speech": row.public_id, "newer_text": waiting.sha256, "correction": str(correction.id)}
    told["remembered_question"] = _remembered(session, office, row, clock)
    told["spoken_attempt"] = _spoken(session, office, row, clock)
    # On no paper that is still to be closed, so that it may be practised.
    told["practised"] = session.scalars(select(QuestionRow.public_id).where(QuestionRow.fingerprint == "s-1")).one()
    return told


def _remembered(session: Session, office: Office, speech: SpeechRow, clock: Clock) -> str:
    """The first key point of a speech, which three of 秘书科 remember, and a question that staff remembers; its id."""
    of_speech = select(KeyPointRow.id).where(KeyPointRow.speech_id == speech.id)
    point = session.scalars(of_speech.order_by(KeyPointRow.start, KeyPointRow.id)).first()
    for person in (office.staff, office.colleague, office.chief):
        at = clock() - timedelta(days=3)
        memory.rate(session, person.id, Matter(point, None), Grade.GOOD, at=at, day=at.date())
    sums = mastery.read_section(session, office.secretariat, now=clock())
    mastery.keep_section(session, office.secretariat, sums, clock().date())
    alone = session.scalars(select(QuestionRow).where(QuestionRow.fingerprint == "true_false-1")).one()
    memory.rate(session, office.staff.id, Matter(None, alone.id), Grade.GOOD, at=clock(), day=clock().date())
    return alone.public_id


def _spoken(session: Session, office: Office, speech: SpeechRow, clock: Clock) -> str:
    """A past quiz of one question, which stands on a sentence of this speech; the attempt of staff."""
    editor, opens_at, quote = office.editor.actor, clock() - timedelta(days=3), "有信念，心中有党"
    start = speech.text.index(quote)
    asked = question(TypeName.TRUE_FALSE, 60)
    asked = replace(asked, source=replace(asked.source, quote=quote, start=start, end=start + len(quote)))
    file = QuestionSetFile("yuanwen", "原文题集", "测试讲话", (Entry("s-1", asked),))
    load_question_set(session, editor, file, approved_by=office.second_editor.actor, now=opens_at)
    made = session.scalars(select(QuestionSetRow).where(QuestionSetRow.slug == "yuanwen")).one()
    made.speech_id = speech.id
    plan = sitting_facts(made.id, host=office.secretariat, leader=office.deputy.id, opens_at=opens_at, topic="原文学测")
    spec = PaperSpec({TypeName.TRUE_FALSE: 1}, {TypeName.TRUE_FALSE: 5})
    sitting = published_sitting(session, editor, plan, now=opens_at - timedelta(days=1), spec=spec)
    _take(session, office.staff, sitting.public_id, opens_at)
    return _attempt(session, sitting.id, office.staff)
