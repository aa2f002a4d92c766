"""How long do the pages of scores take in an office with 2,000,000 answers?

    python -m bench.pages <folder> [<DATABASE_URL>] [<words of an address>]

for a folder that `python -m bench.office` has filled. Each page is asked for in turn by whoever uses it, ROUNDS times;
the table gives the median and the slowest of the times (ms on the clock, then ms of CPU in this process), how many
queries were made, and the KB of the page.
"""

import sys
import time
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.office import opened
from quizapp.core.roles import Role
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import OversightRow
from quizapp.db.people import PersonRoleRow
from quizapp.db.people import PersonRow
from quizapp.db.people import SectionRow
from quizapp.db.sittings import PaperQuestionRow
from quizapp.db.sittings import SittingRow
from quizapp.services import sign_in

ROUNDS = 7


@dataclass
class Page:
    """An address, who asks for it, and what that cost each time."""

    who: str
    path: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    queries: int = 0
    size: int = 0

    def __str__(self) -> str:
        ms = [1000 * value for value in (median(self.wall), max(self.wall), median(self.cpu))]
        numbers = "".join(f"{value:>8.0f}" for value in (*ms, self.queries, self.size / 1024))
        return f"{numbers}  {self.who:<9}{self.path}"


@dataclass(frozen=True)
class Places:
    """Public ids of what the pages are about."""

    root: str
    department: str
    section: str
    whole: str
    part: str
    question: str
    person: str


def main(folder: str, database: str = "", words: str = "") -> None:
    if database and "://" not in database:
        database, words = "", database
    app = opened(Path(folder), database)
    with app.app_context():
        browsers = {who: browser(app, person) for who, person in people(db.session()).items()}
        asked = [page for page in pages(places(db.session())) if words in page.path]
        db.session.rollback()
        db.session.remove()
    for _ in range(ROUNDS + 1):
        for page in asked:
            ask(app, browsers[page.who], page)
    print(f"{'median':>8}{'slowest':>8}{'CPU':>8}{'queries':>8}{'KB':>8}")
    for page in asked:
        page.wall, page.cpu = page.wall[1:], page.cpu[1:]  # the first warms up
        print(page)


def people(session: Session) -> dict[str, int]:
    """One of each kind; the deputy oversees a department, and the chief a section in it."""
    root = session.scalars(select(SectionRow.id).where(SectionRow.parent_id.is_(None))).one()
    overseers = select(OversightRow.person_id, OversightRow.section_id).order_by(OversightRow.person_id.desc())
    last = session.execute(overseers.limit(2)).all()
    deputy = next(each for each in last if session.get_one(SectionRow, each.section_id).parent_id == root)
    chief = next(each for each in last if each is not deputy)
    editors = select(PersonRoleRow.person_id).where(PersonRoleRow.role == Role.EDITOR)
    admins = select(PersonRoleRow.person_id).where(PersonRoleRow.role == Role.ADMIN)
    director = select(OversightRow.person_id).where(OversightRow.section_id == root)
    return {
        "director": session.scalars(director.limit(1)).one(),
        "deputy": deputy.person_id,
        "chief": chief.person_id,
        "staff": session.scalars(select(func.max(PersonRow.id))).one(),
        "editor": session.scalars(editors.limit(1)).one(),
        "admin": session.scalars(admins.limit(1)).one(),
    }


def browser(app: Flask, person: int) -> FlaskClient:
    made = app.test_client()
    with writing() as session:
        token = sign_in.open_session(session, person, "127.0.0.1", datetime.now(UTC))
    made.set_cookie(app.config["SIGN_IN_COOKIE_NAME"], token)
    return made


def places(session: Session) -> Places:
    found = people(session)
    chief = session.get_one(PersonRow, found["chief"])
    section = session.get_one(SectionRow, chief.section_id)
    department = session.get_one(SectionRow, section.parent_id)
    root = session.get_one(SectionRow, department.parent_id)
    dealt = select(AttemptRow.sitting_id, func.count().label("people")).group_by(AttemptRow.sitting_id).subquery()
    held = session.execute(
        select(SittingRow, dealt.c.people)
        .join(dealt, dealt.c.sitting_id == SittingRow.id)
        .where(SittingRow.ended_at.is_not(None))
        .order_by(SittingRow.id.desc())
    ).all()
    of_section = select(AttemptRow.sitting_id).where(AttemptRow.section_id == section.id)
    own = set(session.scalars(of_section))
    whole = next(row for row, count in held if count > 10_000)
    part = next(row for row, count in held if count <= 10_000 and row.id in own)
    question = session.scalars(
        select(QuestionRow.public_id)
        .join(QuestionVersionRow, QuestionVersionRow.question_id == QuestionRow.id)
        .join(PaperQuestionRow, PaperQuestionRow.version_id == QuestionVersionRow.id)
        .where(PaperQuestionRow.sitting_id == whole.id)
        .limit(1)
    ).one()
    return Places(
        root.public_id,
        department.public_id,
        section.public_id,
        whole.public_id,
        part.public_id,
        question,
        chief.public_id,
    )


def pages(at: Places) -> Sequence[Page]:
    today = datetime.now(UTC).date()
    year = f"from={today - timedelta(days=365)}&to={today}"
    addresses = {
        "director": [
            "/reports",
            f"/reports?section={at.department}",
            f"/reports/sittings/{at.whole}",
            f"/reports/sittings/{at.part}",
            f"/reports/sittings/{at.whole}/sections/{at.section}",
            f"/reports/sections/{at.section}",
            f"/reports/people/{at.person}",
            f"/reports?section={at.root}&period=custom&{year}",
            f"/reports?section={at.root}&period=custom&{year}&as=xlsx",
        ],
        "deputy": ["/", "/reports", f"/reports/sittings/{at.whole}", f"/reports/sections/{at.section}"],
        "chief": [
            "/",
            "/reports",
            f"/reports/sections/{at.section}",
            f"/reports/sittings/{at.whole}/sections/{at.section}",
        ],
        "staff": ["/", "/record", "/history"],
        "editor": [
            "/statistics",
            f"/statistics/sittings/{at.whole}",
            f"/statistics/questions/{at.question}",
            f"/sittings/{at.whole}/questions/1/regrade",
            f"/sittings/{at.whole}/questions/1/regrade?method=grant",
            f"/sittings/{at.whole}/regrades",
            "/bulletins",
        ],
    }
    return [Page(who, path) for who, paths in addresses.items() for path in paths]


def ask(app: Flask, client: FlaskClient, page: Page) -> None:
    with counted(app) as queries:
        wall, cpu = time.perf_counter(), time.process_time()
        answer = client.get(page.path)
        page.wall.append(time.perf_counter() - wall)
        page.cpu.append(time.process_time() - cpu)
    if answer.status_code != 200:
        raise SystemExit(f"{page.who} asked for {page.path}: {answer.status}")
    page.queries, page.size = len(queries), len(answer.data)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    said: list[str] = []

    def note(conn: object, cursor: object, statement: str, *others: object) -> None:
        said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main(*sys.argv[1:])
