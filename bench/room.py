"""Do those who take the quiz feel the phones that wait and the big screens? Saves alone, and beside a full room.

People of the demonstration office save answers at an even pace, in turns of a few seconds: alone, then while 500 phones
ask for the pulse every five seconds and 20 boards for the snapshot every two, then alone again. Server and generator
share the machine, and what they share differs from turn to turn: read the ratio. Bounded, on the loopback address only.

    python -m bench.room [rounds] [phones] [boards]
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from pathlib import Path
from statistics import median

from bench.servers import SERVERS
from bench.servers import Person
from bench.servers import Round
from bench.servers import cpu_seconds
from bench.servers import found
from bench.servers import fresh_quiz
from bench.servers import serving
from quizapp import create_app
from quizapp.cli import demo
from quizapp.db.base import db
from quizapp.services import signing_in

SECONDS = 10.0
#: So many answer, each once a second.
TAKERS = 40
PULSE_EVERY, SNAPSHOT_EVERY = 5.0, 2.0


@dataclass
class Turn:
    """What was measured in one turn: the waits for a save, the server's CPU, and what the room asked beside it."""

    cpu: float = 0.0
    polls: int = 0
    failures: int = 0
    seconds: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * share)]


class Taker:
    """Somebody with an open paper, who changes an answer again and again."""

    def __init__(self, port: int, token: str):
        self.person = Person(port, token, Round())
        self.sequence = 0

    async def begin(self, sitting: str) -> None:
        _, home = await self.person.ask("GET", "/")
        self.csrf = found(r'name="csrf_token" value="([^"]+)"', home)
        self.place, _ = await self.person.ask("POST", f"/sittings/{sitting}/attempt", form=f"csrf_token={self.csrf}")
        _, page = await self.person.ask("GET", self.place)
        self.number = found(r'data-number="(\d+)" data-interaction="choice"', page)

    async def save_until(self, end: float, turn: Turn, late: float) -> None:
        await asyncio.sleep(late)
        while (start := time.perf_counter()) < end:
            self.sequence += 1
            sent = {"value": ["AB"[self.sequence % 2]], "sequence": self.sequence}
            await self.person.ask("POST", f"{self.place}/answers/{self.number}", csrf=self.csrf, sent=sent)
            turn.seconds.append(time.perf_counter() - start)
            await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - start)))


async def poll_until(port: int, path: str, every: float, end: float, turn: Turn, late: float) -> None:
    """Ask as a page does: a connection of its own each time, and what it knows already."""
    known = ""
    await asyncio.sleep(late)
    while time.perf_counter() < end:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nIf-None-Match: {known}\r\n\r\n"
        writer.write(head.encode())
        answer = (await reader.read()).decode()
        writer.close()
        turn.polls += 1
        turn.failures += answer.split(" ", 2)[1] not in ("200", "304")
        tag = re.search(r"(?i)^etag: (\S+)", answer, re.MULTILINE)
        known = tag[1] if tag else known
        await asyncio.sleep(every)


async def turn_of(port: int, pid: int, takers: list[Taker], polls: list[tuple[str, float]]) -> Turn:
    turn, end, before = Turn(), time.perf_counter() + SECONDS, cpu_seconds(pid)
    saving = [taker.save_until(end, turn, n / len(takers)) for n, taker in enumerate(takers)]
    asking = [poll_until(port, path, every, end, turn, every * n / len(polls)) for n, (path, every) in enumerate(polls)]
    await asyncio.gather(*saving, *asking)
    turn.cpu = cpu_seconds(pid) - before
    return turn


async def measure(
    port: int, pid: int, sitting: str, tokens: list[str], polls: list[tuple[str, float]], rounds: int
) -> dict[str, list[Turn]]:
    takers = [Taker(port, token) for token in tokens[:TAKERS]]
    for taker in takers:
        await taker.begin(sitting)
    turns: dict[str, list[Turn]] = {"alone": [], "beside the room": []}
    for number in range(rounds):
        for name, asked in (("alone", []), ("beside the room", polls)):
            turns[name].append(await turn_of(port, pid, takers, asked))
            print(f"round {number + 1} {name}: {len(turns[name][-1].seconds)} saves", flush=True)
    return turns


def main(rounds: int, phones: int, boards: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"QUIZAPP_INSTANCE": folder})
        with app.app_context():
            db.create_all()
            demo.load(Path(folder), UTC, lambda _: None)
        sitting, tokens = fresh_quiz(app)
        board = signing_in.board_key(app.config["SECRET_KEY"], sitting)
        polls = [(f"/rooms/{sitting}/pulse", PULSE_EVERY)] * phones
        polls += [(f"/rooms/{sitting}/boards/{board}/snapshot", SNAPSHOT_EVERY)] * boards
        with serving(folder, SERVERS["gunicorn gthread 2x4"]) as (port, pid):
            turns = asyncio.run(measure(port, pid, sitting, tokens, polls, rounds))
    report(turns)


def report(turns: dict[str, list[Turn]]) -> None:
    print(f"\n{'':<18}{'save p50 ms':>12}{'p99 ms':>9}{'saves':>8}{'polls':>8}{'CPU s':>8}{'failures':>10}")
    for name, each in turns.items():
        p50, p99 = (median(turn.quantile(share) for turn in each) * 1000 for share in (0.5, 0.99))
        saves, polls, failures = (
            sum(n) for n in zip(*((len(t.seconds), t.polls, t.failures) for t in each), strict=True)
        )
        cpu = sum(turn.cpu for turn in each)
        print(f"{name:<18}{p50:>12.1f}{p99:>9.1f}{saves:>8}{polls:>8}{cpu:>8.1f}{failures:>10}")
    alone, beside = turns.values()
    for share in (0.5, 0.99):
        ratio = median(b.quantile(share) / a.quantile(share) for a, b in zip(alone, beside, strict=True))
        print(f"a save beside the room takes {ratio:.2f} times as long as alone (p{share * 100:.0f})")
    more = sum(turn.cpu for turn in beside) - sum(turn.cpu for turn in alone)
    asked = sum(turn.polls for turn in beside)
    print(f"a poll costs the server {more / max(asked, 1) * 1000:.2f} ms CPU")
    print(f"the machine's load was {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:4]]
    main(*(given + [3, 500, 20][len(given) :]))
