"""Is any answer lost when everything fails? Many people take a quiz while workers die and replies go astray.

The real server, as `flask serve` starts it, has its workers killed and paused. People answer as the page does: each
answer carries the name of its page and a sequence number, and is sent again until the server has said that it holds it.
A fifth of the replies are never read, a fifth of the requests come twice or late, some break off half way. Afterwards
the database is compared with what every person sent and was told. Exit status 1 when anything differs.

    python -m bench.chaos [--people 200] [--saves 20000] [--kills 60] [--limit SECONDS] [--seed N]
                          [--database sqlite|postgresql|both]

The seed repeats the people and the faults, not how they meet. Bounded, and on the loopback address only.
"""

import argparse
import asyncio
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session

from quizapp import create_app
from quizapp.cli import demo
from quizapp.core.dealing import Deal
from quizapp.core.dealing import as_shown
from quizapp.core.dealing import deal
from quizapp.core.grading import grade
from quizapp.core.grading import units
from quizapp.core.question import MultipleRule
from quizapp.core.roles import SYSTEM
from quizapp.core.roles import Role
from quizapp.core.states import COUNTING
from quizapp.core.types import TYPES
from quizapp.db import attempts as attempt_rows
from quizapp.db import people as people_rows
from quizapp.db import sittings as sitting_rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ReceiptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.audit import AuditRow
from quizapp.db.audit import broken_links
from quizapp.db.bank import set_by_slug
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.sittings import Place
from quizapp.db.sittings import SittingRow
from quizapp.formats.question_sets import read_question_set
from quizapp.services import people
from quizapp.services import sign_in
from quizapp.services import sittings
from quizapp.services.bank import load_question_set
from quizapp.services.people import PersonFacts
from quizapp.services.sittings import SittingFacts
from quizapp.web.filters import points
from tests.postgres import running

PROJECT = Path(__file__).resolve().parent.parent
WORKERS = 2
#: Requests under way at once.
AT_ONCE = 24
#: Connections that one page keeps.
LINES = 3
#: How long a page waits for a reply, and before it tries again.
PATIENCE, REST = 8.0, (0.1, 0.8)
#: Shares of the requests: the reply is never read, the request breaks off, it comes again later.
UNREAD, BROKEN_OFF, AGAIN = 0.2, 0.03, 0.2
#: Seconds from one fault of the server to the next, and how long a paused worker stands still.
BETWEEN, PAUSE = (1.0, 4.0), (0.5, 2.5)
#: Share of the faults that are pauses, and of the others that kill all workers at once.
PAUSES, ALL_AT_ONCE = 0.25, 0.2
#: At most so late comes what comes again.
LATEST = 3.0
SLUGS = ("wuxing-wujie", "liuge-biaoshuai", demo.RULES)


@dataclass(frozen=True)
class Load:
    """What is asked of a run: so many people, and in so many seconds at least so many saves and killed workers."""

    people: int
    saves: int
    kills: int
    limit: int
    seed: int

    @property
    def pace(self) -> int:
        """How far the people get from one fault of the server to the next: a slow machine has slower faults too."""
        return self.saves // (2 * self.kills)


@dataclass(frozen=True)
class Quiz:
    """A sitting that is open now, a sign-in for everybody, and texts that people might type."""

    sitting: str
    tokens: Sequence[str]
    texts: Sequence[str]


@dataclass
class Sent:
    """The state of one question as a page sent it. `seconds` is None until the page was told that it is held."""

    attempt: str
    number: int
    page: str
    sequence: int
    value: list[str]
    flagged: bool
    began: float
    seconds: float | None = None


@dataclass
class Run:
    """What happened: everything that was sent, what each attempt's result page showed, and how often what failed."""

    load: Load
    port: int
    history: list[Sent] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def steps(self) -> int:
        """How far the people have got."""
        return self.counts["saves"] + len(self.shown)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--saves", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--limit", type=int, default=3600, help="seconds")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    asked = parser.parse_args()
    # Whoever ends a run ends its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    load = Load(asked.people, asked.saves, asked.kills, asked.limit, asked.seed)
    kinds = ("sqlite", "postgresql") if asked.database == "both" else (asked.database,)
    return max([run_on(kind, load) for kind in kinds])


def run_on(kind: str, load: Load) -> int:
    """One run on a database of its own; the exit status."""
    with tempfile.TemporaryDirectory() as folder, address_of(kind) as address:
        environ = {"QUIZAPP_INSTANCE": folder} | ({"DATABASE_URL": address} if address else {})
        app = create_app(environ)
        with app.app_context():
            quiz = prepare(load.people)
        with serving(environ, Path(folder)) as (port, pid):
            run = Run(load, port)
            start = time.perf_counter()
            asyncio.run(everybody(run, quiz, pid))
            wall = time.perf_counter() - start
        with app.app_context():
            found = run.faults + check(run, quiz)
            db.session.remove()
            db.engine.dispose()
        report(kind, run, found, wall)
        if found:
            print((Path(folder) / "server.log").read_text(encoding="utf-8")[-4000:], file=sys.stderr)
    return 1 if found else 0


@contextmanager
def address_of(kind: str) -> Iterator[str]:
    """Where a fresh database of this kind is; nothing for SQLite, which lies in the instance folder."""
    if kind == "sqlite":
        yield ""
        return
    with running() as server:
        yield server.create()


# The office


def prepare(number: int) -> Quiz:
    """Build the tables by their migrations, hire so many people, publish a quiz and sign everybody in."""
    upgrade()
    now = datetime.now(UTC)
    with writing() as session:
        section = people.add_section(session, SYSTEM, "市政府办公室", None, now=now).id
        ids = [hire(session, section, n, now) for n in range(number)]
        editors = [people_rows.actor(session, person_id) for person_id in ids[:2]]
        for slug in SLUGS:
            path = PROJECT / "questions" / f"{slug}.yaml"
            shipped = read_question_set(path.name, path.read_bytes())
            load_question_set(session, SYSTEM, shipped, approved_by=editors[1], now=now)
        row = sittings.plan_sitting(session, editors[0], facts(session, section, ids[0], now), now=now)
        sittings.draw(session, editors[0], row.public_id, demo.SPEC, Random(1), now=now)
        sittings.publish(session, editors[0], row.public_id, now=now)
        tokens = [sign_in.open_session(session, person_id, "127.0.0.1", now) for person_id in ids]
        blanks = [blank for place in sitting_rows.published_paper(session, row) for blank in place.question.blanks]
        quiz = Quiz(row.public_id, tokens, [wordings[0] for wordings in blanks] + ["记不清了", "真抓实干"])
    db.session.remove()
    db.engine.dispose()
    return quiz


def hire(session: Session, section: int, number: int, now: datetime) -> int:
    roles = frozenset({Role.EDITOR}) if number < 2 else frozenset[Role]()
    oversees = frozenset({section}) if number == 0 else frozenset[int]()
    told = PersonFacts(str(10_000 + number), f"干部{number}", "科员", section, roles, oversees)
    return people.add_person(session, SYSTEM, told, "no password opens this", now=now, must_change=False).id


def facts(session: Session, section: int, leader: int, now: datetime) -> SittingFacts:
    sets = [set_by_slug(session, slug) for slug in SLUGS]
    return SittingFacts(
        topic="在故障中学测",
        host_section_id=section,
        leader_id=leader,
        opens_at=now,
        closes_at=now + timedelta(hours=9),
        duration_minutes=480,
        pass_percent=60,
        multiple_rule=MultipleRule.PARTIAL,
        set_ids=tuple(row.id for row in sets if row is not None),
    )


# The server and its faults


@contextmanager
def serving(environ: Mapping[str, str], folder: Path) -> Iterator[tuple[int, int]]:
    """The server of `make run`: its port and the process that looks after its workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"QUIZAPP_PORT": str(port), "QUIZAPP_WORKERS": str(WORKERS), "QUIZAPP_DEMO": "0"}
    command = [sys.executable, "-m", "flask", "--app", "quizapp", "serve"]
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(
            command, cwd=PROJECT, env=os.environ | environ | settings, start_new_session=True, stdout=log, stderr=log
        )
        try:
            yield port, server.pid
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(40)


async def trouble(run: Run, pid: int) -> None:
    """Kill or pause a worker, whenever the people have got on since the last time, until this is cancelled."""
    rng = Random(f"{run.load.seed} server")
    before = 0
    while True:
        await asyncio.sleep(rng.uniform(*BETWEEN))
        workers = [worker for worker in workers_of(pid) if is_up(worker)]
        if not workers or run.steps < before + run.load.pace:
            continue
        before = run.steps
        if rng.random() < PAUSES:
            run.counts["pauses"] += 1
            await pause(rng.choice(workers), rng.uniform(*PAUSE))
        else:
            for worker in workers if rng.random() < ALL_AT_ONCE else [rng.choice(workers)]:
                run.counts["kills"] += 1
                strike(worker, signal.SIGKILL)


async def tell(run: Run) -> None:
    """Say how it goes, until this is cancelled."""
    while True:
        await asyncio.sleep(10)
        print(f"  {run.counts['saves']} saves, {run.counts['kills']} kills, {len(run.shown)} handed in", flush=True)


def workers_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_up(worker: int) -> bool:
    """Whether a worker has loaded the application, whose bell is a thread of its own."""
    return len(list(Path(f"/proc/{worker}/task").glob("*"))) > 1


async def pause(worker: int, seconds: float) -> None:
    strike(worker, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        strike(worker, signal.SIGCONT)


def strike(worker: int, blow: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # after so many requests a worker makes room for another by itself
        os.kill(worker, blow)


# The people


async def everybody(run: Run, quiz: Quiz, pid: int) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    takers = [Taker(run, quiz, token, number, gate) for number, token in enumerate(quiz.tokens)]
    try:
        async with asyncio.timeout(run.load.limit), asyncio.TaskGroup() as group:
            beside = [group.create_task(trouble(run, pid)), group.create_task(tell(run))]
            await asyncio.gather(*(group.create_task(taker.take()) for taker in takers))
            for task in beside:
                task.cancel()
    except TimeoutError:
        run.faults.append(f"after {run.load.limit} seconds not everybody had handed in")


class Lost(Exception):
    """No reply came, or none was waited for: nobody knows whether the request arrived."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


class Line:
    """A connection that speaks just enough HTTP/1.1, and fails as networks do."""

    def __init__(self, taker: "Taker"):
        self.taker = taker
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, sent: object = None, *, faulty: bool = False) -> Reply:
        """Send one request, JSON where something is `sent`, else a form; the reply.

        :raise Lost: when there is none
        """
        request = self._request(method, path, sent)
        try:
            async with self.taker.gate, asyncio.timeout(PATIENCE):
                return await self._exchange(request, self._end(request) if faulty else len(request))
        except (OSError, EOFError, TimeoutError) as fault:
            self.hang_up()
            raise Lost from fault
        except BaseException:
            self.hang_up()
            raise

    def _request(self, method: str, path: str, sent: object) -> bytes:
        kind = "application/json" if sent is not None else "application/x-www-form-urlencoded"
        form = f"csrf_token={self.taker.csrf}" if method == "POST" else ""
        body = json.dumps(sent).encode() if sent is not None else form.encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.taker.cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nAccept: text/html, */*\r\n"
            f"X-CSRFToken: {self.taker.csrf}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _end(self, request: bytes) -> int:
        """How much of a request is sent: sometimes half; 0 stands for all of it, and a reply that nobody reads."""
        counts, chance = self.taker.run.counts, self.taker.rng.random()
        if chance < BROKEN_OFF:
            counts["broken off"] += 1
            return len(request) - len(request) // 8
        if chance < BROKEN_OFF + UNREAD:
            counts["replies unread"] += 1
            return 0
        return len(request)

    async def _exchange(self, request: bytes, end: int) -> Reply:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.taker.run.port)
        self.writer.write(request[: end or None])
        await self.writer.drain()
        if end < len(request):
            raise EOFError
        return await self._receive()

    async def _receive(self) -> Reply:
        assert self.reader is not None
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers: dict[str, str] = {}
        for line in lines[1:-2]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.taker.cookies[key] = rest.partition(";")[0]
            headers[name.lower()] = value
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.hang_up()
        return Reply(int(lines[0].split()[1]), headers, body.decode())

    def hang_up(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


@dataclass(frozen=True)
class Asked:
    """A question as far as a page must know it to answer."""

    number: int
    interaction: str
    letters: Sequence[str]
    fields: int
    many: bool


class Taker:
    """One person: cookies, chance, and everything sent under this name."""

    def __init__(self, run: Run, quiz: Quiz, token: str, number: int, gate: asyncio.Semaphore):
        self.run, self.quiz, self.gate = run, quiz, gate
        self.rng = Random(f"{run.load.seed} {number}")
        self.cookies, self.csrf = {"sid": token}, ""
        self.attempt, self.acknowledged = "", 0
        # Some are through early, so that people hand in while others still answer.
        self.share = self.rng.uniform(0.8, 1.6) * run.load.saves / run.load.people
        self.echoes: list[asyncio.Task[None]] = []

    async def take(self) -> None:
        line = Line(self)
        home = await self.insist(line, "GET", "/")
        self.csrf = found(r'name="csrf_token" value="([^"]+)"', home.body)
        started = await self.insist(line, "POST", f"/sittings/{self.quiz.sitting}/attempt")
        self.attempt = started.headers["location"].rpartition("/")[2]
        line.hang_up()
        while self.acknowledged < self.share or self.run.counts["kills"] < self.run.load.kills:
            pages = [Page(self) for _ in range(2 if self.rng.random() < 0.1 else 1)]
            await asyncio.gather(*(page.visit() for page in pages))
        await self.hand_in()

    async def insist(self, line: Line, method: str, path: str) -> Reply:
        """Ask until an answer comes; what it did once it must not do twice."""
        while True:
            with suppress(Lost):
                reply = await line.ask(method, path, faulty=True)
                if reply.status < 400:
                    return reply
                self.expect(reply, {503})
            await asyncio.sleep(self.rng.uniform(*REST))

    def expect(self, reply: Reply, statuses: set[int]) -> None:
        """Note a refusal, and one that nobody may see as a fault."""
        if reply.status >= 400:
            self.run.counts[f"status {reply.status}"] += 1
        if reply.status not in statuses:
            self.run.faults.append(f"attempt {self.attempt}: status {reply.status} {reply.body[:300]}")

    async def hand_in(self) -> None:
        """Tap twice, as people do, while old requests still come in; then look at the result."""
        path = f"/attempts/{self.attempt}"
        lines = Line(self), Line(self)
        await asyncio.gather(*(self.insist(line, "POST", f"{path}/submission") for line in lines))
        result = await self.insist(lines[0], "GET", f"{path}/result")
        self.run.shown[self.attempt] = found(r"<strong>([\d.]+)</strong><span>得分", result.body)
        await asyncio.gather(*self.echoes)
        for line in lines:
            line.hang_up()

    def echo(self, path: str, sent: object) -> None:
        """Let a request come once more, later, and on a line of its own."""
        if self.rng.random() < AGAIN:
            self.run.counts["repeats"] += 1
            self.echoes.append(asyncio.create_task(self._echo(path, sent, self.rng.uniform(0, LATEST))))

    async def _echo(self, path: str, sent: object, later: float) -> None:
        await asyncio.sleep(later)
        line = Line(self)
        with suppress(Lost):
            self.expect(await line.ask("POST", path, sent), {200, 409, 503})
        line.hang_up()


class Page:
    """One load of the paper: its name, the questions, and the newest sequence it knows of each."""

    def __init__(self, taker: Taker):
        self.taker, self.run, self.rng = taker, taker.run, taker.rng
        self.name = secrets.token_urlsafe(16)
        self.known: dict[int, int] = {}
        self.server, self.synced = 0, 0.0
        self.lines: asyncio.Queue[Line] = asyncio.Queue()
        for _ in range(LINES):
            self.lines.put_nowait(Line(taker))

    async def visit(self) -> None:
        """Look at the paper, answer for a while, and mostly stay until all is held; some go in the midst of it."""
        self.run.counts["pages"] += 1
        questions = await self.open()
        taps = [asyncio.create_task(self.tap(self.rng.choice(questions))) for _ in range(self.rng.randint(5, 40))]
        if self.rng.random() < 0.2:
            await asyncio.wait(taps, return_when=asyncio.FIRST_COMPLETED)
            self.run.counts["pages abandoned"] += 1
            for tap in taps:
                tap.cancel()
        for outcome in await asyncio.gather(*taps, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
        while not self.lines.empty():
            self.lines.get_nowait().hang_up()

    async def open(self) -> list[Asked]:
        line, path = await self.lines.get(), f"/attempts/{self.taker.attempt}"
        paper = await self.taker.insist(line, "GET", path)
        state = await self.taker.insist(line, "GET", f"{path}/state?page={self.name}")
        self.lines.put_nowait(line)
        self.taker.csrf = found(r'name="csrf_token" value="([^"]+)"', paper.body)
        told = state.json()
        self.known = {int(number): held["sequence"] for number, held in told["held"].items()}
        self.server, self.synced = told.get("server", 0), time.monotonic()
        return [asked_in(part) for part in paper.body.split("<fieldset")[1:] if "data-number" in part]

    async def tap(self, asked: Asked) -> None:
        """Answer a question; where another page was quicker, answer it anew upon that."""
        await asyncio.sleep(self.rng.uniform(0, 5))
        value, flagged = answer(asked, self.taker.quiz.texts, self.rng), self.rng.random() < 0.2
        began = time.perf_counter()
        while True:
            self.known[asked.number] = self.known.get(asked.number, 0) + 1
            sent = Sent(
                self.taker.attempt, asked.number, self.name, self.known[asked.number], value, flagged, time.monotonic()
            )
            self.run.history.append(sent)
            told = await self.deliver(sent)
            if told is None or told["state"] == "saved" or told["page"] == self.name:
                break
            self.run.counts["conflicts"] += 1
            self.known[asked.number] = max(self.known[asked.number], told["sequence"])
        if told is not None and told["state"] == "saved":
            sent.seconds = time.perf_counter() - began
            self.taker.acknowledged += 1
            self.run.counts["saves"] += 1

    async def deliver(self, sent: Sent) -> dict[str, Any] | None:
        """Send an answer until the server says what it holds; None where it refused, which is a fault."""
        path = f"/attempts/{sent.attempt}/answers/{sent.number}"
        while True:
            body = self._body(sent)
            self.taker.echo(path, body)
            line = await self.lines.get()
            with suppress(Lost):
                try:
                    reply = await line.ask("POST", path, body, faulty=True)
                finally:
                    self.lines.put_nowait(line)
                if reply.status == 200:
                    return reply.json()
                self.taker.expect(reply, {503})
                if reply.status < 500:
                    return None
            await asyncio.sleep(self.rng.uniform(*REST))

    def _body(self, sent: Sent) -> dict[str, object]:
        now = time.monotonic()
        return {
            "value": sent.value,
            "flagged": sent.flagged,
            "sequence": sent.sequence,
            "page": sent.page,
            "live": now - sent.began < 10,
            "synced": self.server,
            "given": sent.began - self.synced,
            "sent": now - self.synced,
        }


def asked_in(part: str) -> Asked:
    """What the HTML of one question says of it."""
    number = int(found(r'data-number="(\d+)"', part))
    letters = dict.fromkeys(re.findall(r'(?:<option|name="q\d+") value="([A-Z])"', part))
    fields = len(re.findall(r'<(?:select|input)[^>]* name="q\d+"', part))
    return Asked(
        number,
        found(r'data-interaction="(\w+)"', part),
        list(letters),
        fields,
        bool(re.search(r'type="checkbox" name="q', part)),
    )


def answer(asked: Asked, texts: Sequence[str], rng: Random) -> list[str]:
    """Something that a person might give; now and then nothing."""
    if rng.random() < 0.05:
        return []
    if asked.interaction == "text":
        return [rng.choice(texts) for _ in range(asked.fields)]
    if asked.interaction == "choice":
        return sorted(rng.sample(asked.letters, rng.randint(1, len(asked.letters)) if asked.many else 1))
    return rng.sample(asked.letters, asked.fields)


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise ValueError(f"a page does not hold {pattern}: {page[:300]}")
    return match[1]


# What the database says


def check(run: Run, quiz: Quiz) -> list[str]:
    """Compare the database with what was sent and told; a sentence for everything that differs."""
    session = db.session()
    sitting = sitting_rows.sitting_by_public_id(session, quiz.sitting)
    rows = session.scalars(select(AttemptRow).where(AttemptRow.sitting_id == sitting.id)).all()
    sent: dict[str, list[Sent]] = {row.public_id: [] for row in rows}
    for each in run.history:
        sent[each.attempt].append(each)
    different = [word for row in rows for word in check_attempt(session, sitting, row, sent[row.public_id], run)]
    return different + check_people(rows, quiz) + check_trail(session, rows) + check_tables(session)


def check_people(rows: Sequence[AttemptRow], quiz: Quiz) -> list[str]:
    times = Counter(row.person_id for row in rows)
    wrong = [f"person {person} has {n} attempts" for person, n in times.items() if n != 1]
    return wrong + ([] if len(times) == len(quiz.tokens) else ["somebody has no attempt"])


def check_trail(session: Session, rows: Sequence[AttemptRow]) -> list[str]:
    """Whether the chain is whole, and each start and each handing in stands in it once."""
    wrong = [f"audit row {id_} does not fit the chain" for id_ in broken_links(session)]
    for verb in ("attempt:started", "attempt:submitted"):
        subjects = Counter(session.scalars(select(AuditRow.subject).where(AuditRow.verb == verb)))
        names = [row.public_id for row in rows if subjects[row.public_id] != 1]
        wrong += [f"{verb} of {name} stands {subjects[name]} times in the trail" for name in names]
    return wrong


def check_tables(session: Session) -> list[str]:
    """Whether the file is sound and every reference leads somewhere."""
    wrong = []
    if session.get_bind().dialect.name == "sqlite":
        told = session.scalars(text("PRAGMA integrity_check")).all()
        wrong += [f"integrity_check: {word}" for word in told if word != "ok"]
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            target = key.column.table.alias()
            there = exists().where(target.c[key.column.name] == key.parent)
            orphans = session.scalar(select(func.count()).select_from(table).where(key.parent.is_not(None), ~there))
            wrong += [f"{orphans} rows of {table.name} lead nowhere by {key.parent.name}"] if orphans else []
    return wrong


@dataclass(frozen=True)
class Paper:
    """One attempt's paper, to turn what a page sent into what the tables hold."""

    places: Sequence[Place]
    dealt: Deal

    def position(self, number: int) -> int:
        return self.places[self.dealt.order[number - 1]].position

    def stored(self, sent: Sent) -> list[str]:
        question = self.places[self.dealt.order[sent.number - 1]].question
        kind = TYPES[question.type]
        response = kind.response(as_shown(question, self.dealt, sent.number - 1), sent.value)
        return list(kind.stored(kind.relettered(response, self.dealt.ids(sent.number - 1))))


def check_attempt(
    session: Session, sitting: SittingRow, row: AttemptRow, history: Sequence[Sent], run: Run
) -> list[str]:
    places = sitting_rows.published_paper(session, sitting)
    paper = Paper(places, deal([place.question for place in places], row.seed))
    responses = attempt_rows.responses(session, row.id)
    receipts = attempt_rows.receipts(session, row.id)
    wrong = check_saves(paper, history, responses, receipts) + check_receipts(paper, history, responses, receipts)
    return [f"attempt {row.public_id}: {word}" for word in wrong + check_score(sitting, row, places, responses, run)]


def check_saves(
    paper: Paper, history: Sequence[Sent], responses: Mapping[int, ResponseRow], receipts: Sequence[ReceiptRow]
) -> list[str]:
    """Everything that a page was told is held has a receipt, and is the response or older than it."""
    kept = {(receipt.position, receipt.page, receipt.sequence): receipt for receipt in receipts}
    lost = []
    for sent in history:
        if sent.seconds is None:
            continue
        position = paper.position(sent.number)
        receipt, held = kept.get((position, sent.page, sent.sequence)), responses.get(position)
        is_kept = receipt is not None and receipt.arrival in COUNTING and same(receipt, sent, paper)
        replaced = held is not None and held.sequence > sent.sequence
        is_held = held is not None and (held.page, held.sequence) == (sent.page, sent.sequence)
        if not is_kept or not (replaced or is_held):
            lost.append(f"LOST {sent}: receipt {receipt and receipt.arrival}, held {held and held.sequence}")
    return lost


def same(row: ReceiptRow | ResponseRow, sent: Sent, paper: Paper) -> bool:
    return (list(row.value), row.flagged) == (paper.stored(sent), sent.flagged)


def check_receipts(
    paper: Paper, history: Sequence[Sent], responses: Mapping[int, ResponseRow], receipts: Sequence[ReceiptRow]
) -> list[str]:
    """Nothing is noted twice or was sent by nobody; the response is the receipt of the highest sequence that counts."""
    times = Counter((receipt.position, receipt.page, receipt.sequence) for receipt in receipts)
    wrong = [f"noted {n} times: {name}" for name, n in times.items() if n > 1]
    known = {(paper.position(sent.number), sent.page, sent.sequence): sent for sent in history}
    newest: dict[int, ReceiptRow] = {}
    for receipt in receipts:
        sent = known.get((receipt.position, receipt.page, receipt.sequence))
        if sent is None or not same(receipt, sent, paper):
            wrong.append(f"nobody sent receipt {receipt.id}")
        best = newest.get(receipt.position)
        if receipt.arrival in COUNTING and (best is None or receipt.sequence > best.sequence):
            newest[receipt.position] = receipt
    for position in newest.keys() | responses.keys():
        best, held = newest.get(position), responses.get(position)
        if best is None or held is None or facts_of(best) != facts_of(held):
            wrong.append(f"the response at {position} is not the newest that was accepted")
    return wrong


def facts_of(row: ReceiptRow | ResponseRow) -> tuple[object, ...]:
    return row.page, row.sequence, list(row.value), row.flagged


def check_score(
    sitting: SittingRow, row: AttemptRow, places: Sequence[Place], responses: Mapping[int, ResponseRow], run: Run
) -> list[str]:
    """The score computed anew from the responses is the stored one and the one that was shown."""
    total = 0
    for place in places:
        held = responses.get(place.position)
        response = None if held is None else TYPES[place.question.type].restored(held.value)
        total += units(grade(place.question, response, sitting.multiple_rule), place.full_mark)
    if row.closed_at is None or row.public_id not in run.shown:
        return ["was never handed in, or its result never seen"]
    if total == row.units and points(total) == run.shown.get(row.public_id):
        return []
    return [f"WRONG SCORE: {total} from the responses, {row.units} stored, {run.shown.get(row.public_id)} shown"]


def report(kind: str, run: Run, found: Sequence[str], wall: float) -> None:
    seconds = sorted(sent.seconds for sent in run.history if sent.seconds is not None)
    p50, p99 = (seconds[int(len(seconds) * q)] * 1000 for q in (0.5, 0.99)) if seconds else (0, 0)
    lost, wrong = (sum(word in fault for fault in found) for word in ("LOST", "WRONG SCORE"))
    counts = ", ".join(f"{name} {number}" for name, number in sorted(run.counts.items()))
    print(f"\n{kind}, seed {run.load.seed}: {len(run.shown)} people, {wall:.0f} s")
    print(f"  {len(seconds)} saves acknowledged of {len(run.history)} sent, {lost} lost, {wrong} wrong scores")
    print(f"  a save with all its repetitions: p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    print(f"  {counts}", flush=True)
    for fault in found[:50]:
        print(f"  ✗ {fault}")


if __name__ == "__main__":
    sys.exit(main())
