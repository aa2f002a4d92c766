"""Which WSGI server for this work? The quiz's own requests against granian, gunicorn and waitress, interleaved.

Everybody in the demonstration office takes a fresh quiz: page, one save a question, hand-in page, submission, result.
Server and generator share the machine, so read CPU per request and the ratios, not the latencies. Bounded: a few
thousand requests a round, on the loopback address only.

    python -m bench.servers [rounds]
"""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from urllib.request import urlopen

from flask import Flask
from sqlalchemy import select

from quizapp import create_app
from quizapp.cli import demo
from quizapp.db import people as people_rows
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.people import PersonRow
from quizapp.services import sign_in
from quizapp.services import sittings

PROJECT = Path(__file__).resolve().parent.parent
AT_ONCE = 24
SERVERS = {
    "gunicorn gthread 2x4": ["-m", "gunicorn", "wsgi:app", "-b", "127.0.0.1:{port}", "-k", "gthread", "-w", "2",
                             "--threads", "4", "--log-level", "warning"],
    "granian 2x4": ["-m", "granian", "--interface", "wsgi", "wsgi:app", "--host", "127.0.0.1", "--port", "{port}",
                    "--workers", "2", "--blocking-threads", "4", "--log-level", "warning"],
    "waitress 1x8": ["-m", "waitress", "--listen", "127.0.0.1:{port}", "--threads", "8", "wsgi:app"],
}  # fmt: skip


@dataclass
class Round:
    """What one server did in one round. `seconds` holds each save's time as the person waits for it."""

    requests: int = 0
    failures: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    seconds: list[float] = field(default_factory=list)


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"QUIZAPP_INSTANCE": folder})
        with app.app_context():
            db.create_all()
            demo.load(Path(folder), UTC, print)
        found: dict[str, list[Round]] = {name: [] for name in SERVERS}
        for number in range(rounds):
            for name, arguments in SERVERS.items():
                found[name].append(measure(app, folder, arguments))
                print(f"round {number + 1} {name}: {found[name][-1].requests} requests", flush=True)
    report(found)


def measure(app: Flask, folder: str, arguments: list[str]) -> Round:
    sitting, tokens = fresh_quiz(app)
    with serving(folder, arguments) as (port, pid):
        before = cpu_seconds(pid)
        result = Round()
        start = time.perf_counter()
        asyncio.run(everybody(port, sitting, tokens, result))
        result.wall = time.perf_counter() - start
        result.cpu = cpu_seconds(pid) - before
    return result


def fresh_quiz(app: Flask) -> tuple[str, list[str]]:
    """A newly published sitting, and a signed-in session for everybody."""
    now = datetime.now(UTC)
    with app.app_context(), writing() as session:
        everyone = session.scalars(select(PersonRow.id)).all()
        actors = [people_rows.actor(session, person_id) for person_id in everyone]
        cast = demo.cast_of(session)
        sets = ("wuxing-wujie", "liuge-biaoshuai", demo.RULES)
        plan = demo.plan_of(session, cast, "压测", sets, "秘书科", now, now + timedelta(hours=1))
        row = sittings.plan_sitting(session, cast.editors[0], plan, now=now)
        sittings.draw(session, cast.editors[0], row.public_id, demo.SPEC, Random(1), now=now)
        demo.publish(session, row, now)
        return row.public_id, [sign_in.open_session(session, a.person_id, "127.0.0.1", now) for a in actors]


@contextmanager
def serving(folder: str, arguments: list[str]) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, *(part.format(port=port) for part in arguments)]
    environ = os.environ | {"QUIZAPP_INSTANCE": folder}
    server = subprocess.Popen(command, cwd=PROJECT, env=environ, start_new_session=True)
    try:
        wait_for(port)
        yield port, server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(15)


def wait_for(port: int) -> None:
    """Until the server answers, and then a little on, so that every worker has loaded the application."""
    for _ in range(300):
        try:
            urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5).close()
            break
        except OSError:
            time.sleep(0.1)
    else:
        raise SystemExit("the server did not come up")
    for _ in range(40):
        urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=30).close()
    time.sleep(1)


def cpu_seconds(pid: int) -> float:
    """User and system time of the process group that `pid` leads."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == pid:
            total += sum(int(ticks) for ticks in fields[11:15])
    return total / os.sysconf("SC_CLK_TCK")


async def everybody(port: int, sitting: str, tokens: list[str], result: Round) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(token: str) -> None:
        async with gate:
            person = Person(port, token, result)
            await person.take(sitting)

    await asyncio.gather(*(one(token) for token in tokens))


class Person:
    """One keep-alive connection that speaks just enough HTTP/1.1."""

    def __init__(self, port: int, token: str, result: Round):
        self.port, self.cookies, self.result = port, {"sid": token}, result
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def take(self, sitting: str) -> None:
        _, home = await self.ask("GET", "/")
        csrf = found(r'name="csrf_token" value="([^"]+)"', home)
        place, _ = await self.ask("POST", f"/sittings/{sitting}/attempt", form=f"csrf_token={csrf}")
        _, page = await self.ask("GET", place)
        numbers = re.findall(r'data-number="(\d+)" data-interaction="(\w+)"', page)
        for number, interaction in numbers:
            value = ["勤奋型"] if interaction == "text" else ["A"]
            start = time.perf_counter()
            await self.ask("POST", f"{place}/answers/{number}", csrf=csrf, sent={"value": value, "sequence": 1})
            self.result.seconds.append(time.perf_counter() - start)
        await self.ask("GET", f"{place}/hand-in")
        result, _ = await self.ask("POST", f"{place}/submission", form=f"csrf_token={csrf}")
        await self.ask("GET", result)
        if self.writer is not None:
            self.writer.close()

    async def ask(
        self, method: str, path: str, *, form: str = "", csrf: str = "", sent: object = None
    ) -> tuple[str, str]:
        """Send one request; the Location header and the body."""
        kind = "application/json" if sent is not None else "application/x-www-form-urlencoded"
        body = json.dumps(sent).encode() if sent is not None else form.encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nAccept: */*\r\n"
            f"X-CSRFToken: {csrf}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        for _ in range(2):
            try:
                if self.writer is None:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
                self.writer.write(head.encode() + body)
                status, headers, answer = await self.receive()
                break
            except (ConnectionError, asyncio.IncompleteReadError):
                self.writer = None
        else:
            raise SystemExit("the server hung up twice")
        self.result.requests += 1
        self.result.failures += status >= 400
        return headers.get("location", ""), answer

    async def receive(self) -> tuple[int, dict[str, str], str]:
        assert self.reader is not None
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers: dict[str, str] = {}
        for line in lines[1:-2]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            headers[name.lower()] = value
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.writer = None
        return int(lines[0].split()[1]), headers, body.decode()


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, "the page does not hold what it should"
    return match[1]


def report(rounds: dict[str, list[Round]]) -> None:
    print(f"\n{'server':<22}{'req/s':>8}{'CPU ms/req':>12}{'save p50 ms':>13}{'p99 ms':>9}{'failures':>10}")
    for name, measured in rounds.items():
        rate = median(r.requests / r.wall for r in measured)
        cpu = median(r.cpu / r.requests * 1000 for r in measured)
        saves = sorted(s for r in measured for s in r.seconds)
        p50, p99 = (saves[int(len(saves) * q)] * 1000 for q in (0.5, 0.99))
        failures = sum(r.failures for r in measured)
        print(f"{name:<22}{rate:>8.0f}{cpu:>12.2f}{p50:>13.1f}{p99:>9.1f}{failures:>10}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
