"""The office's clock: it goes on evenly, whatever is done to the server's own while people answer.

Time is counted by a clock that nobody can set, plus what was once read from the server's (the offset). The offset is
kept in the instance folder for as long as the machine is not restarted, so that all workers, and those that replace
them, tell the same time; a worker learns of a new offset when its bell next rings, within a few seconds.

A step of the server's clock of a few seconds is followed at once (back: by standing still until it is made up for). A
larger one is followed only while nobody is taking a quiz. Where the server's clock is right and ours is not, delete
clock.json in the instance folder: the server's time is taken anew within a few seconds.
"""

import fcntl
import json
import logging
import math
import os
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path

from flask import Flask

#: Two clocks that are read one after the other never agree to the microsecond.
NOISE_SECONDS = 0.1
#: A step as setting a clock by the network makes it; more is a fault, or somebody's hand.
SMALL_STEP_SECONDS = 5.0
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Give the application its clock; tests bring one of their own."""
    if app.config.get("CLOCK") is None:
        app.extensions["clock"] = SteadyClock(Path(app.config["INSTANCE"]) / "clock.json")


def steady_seconds() -> float:
    """A clock that nobody sets and that also counts while the machine sleeps, where there is one."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def boot_id() -> str:
    """What names the time since the machine was started; empty where the system does not say."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


@dataclass(frozen=True)
class Jump:
    """A large step of the server's clock, and whether the office's time went with it."""

    office: datetime
    wall: datetime
    followed: bool


@dataclass(frozen=True)
class Kept:
    """What the file holds."""

    boot: str
    #: Seconds from the steady clock to the office's time.
    offset: float
    #: The step that was told of and not followed; None while the server's clock agrees.
    told: float | None = None


class SteadyClock:
    """The office's time: the steady clock plus an offset that all workers share."""

    def __init__(
        self,
        path: Path,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = steady_seconds,
        boot: str | None = None,
    ):
        self._path, self._wall, self._steady = path, wall, steady
        self._boot = boot_id() if boot is None else boot
        self._seen: tuple[int, int] | None = None
        #: None where the folder cannot be written: workers could not agree, so each follows the server's clock.
        self._kept: Kept | None = None
        #: Time stands still below this, after a small step back.
        self._floor = -math.inf
        self._complained = False
        try:
            with self._locked():
                self._begin()
        except OSError as fault:
            self._kept = None
            self._complain(fault, "改用服务器时钟，请勿在测验期间调整服务器时间")

    def now(self) -> datetime:
        """The office's time, in UTC; reads no file."""
        return datetime.fromtimestamp(self._seconds(), UTC)

    def _seconds(self) -> float:
        kept = self._kept
        return self._wall() if kept is None else max(self._floor, self._steady() + kept.offset)

    def check(self, is_running: Callable[[], bool]) -> Jump | None:
        """Compare with the server's clock and with what other workers found; a jump is returned once.

        `is_running` says whether somebody is taking a quiz by the office's time; it is asked only after a large step.
        """
        if self._kept is None:
            return None
        try:
            if self._stamp() == self._seen and abs(self._step()) <= NOISE_SECONDS and self._kept.told is None:
                return None
            with self._locked():
                self._read_again()
                return self._settle(self._step(), is_running)
        except OSError as fault:
            self._complain(fault, "各进程暂按原来的时间继续")
            return None

    def _complain(self, fault: OSError, meanwhile: str) -> None:
        """Say it once, not every few seconds."""
        if not self._complained:
            log.warning("无法读写时钟记录 %s（%s），%s", self._path, fault.strerror, meanwhile)
        self._complained = True

    def _step(self) -> float:
        """How far the server's clock has gone away from the office's time."""
        assert self._kept is not None
        return self._wall() - (self._steady() + self._kept.offset)

    def _settle(self, step: float, is_running: Callable[[], bool]) -> Jump | None:
        assert self._kept is not None
        told, office = self._kept.told, self.now()
        if abs(step) <= SMALL_STEP_SECONDS:
            self._follow(step)
            return None
        wall = datetime.fromtimestamp(self._wall(), UTC)
        if not is_running():
            self._follow(step)
            log.warning("服务器时钟与网站时间相差 %+.0f 秒，当前无人作答，已改用服务器时钟", step)
            return Jump(office, wall, followed=True) if told is None else None
        if told is not None and abs(step - told) <= SMALL_STEP_SECONDS:
            return None
        self._keep(replace(self._kept, told=step))
        log.warning("服务器时钟跳变 %+.0f 秒，测验正在进行，网站时间不随之改变", step)
        return Jump(office, wall, followed=False)

    def _follow(self, step: float) -> None:
        assert self._kept is not None
        if abs(step) > NOISE_SECONDS or self._kept.told is not None:
            self._keep(Kept(self._boot, self._kept.offset + step))

    # The file

    def _begin(self) -> None:
        """Take the offset that others took since the machine was started, else the server's clock."""
        kept = self._read()
        if kept is not None and kept.boot == self._boot and self._boot:
            self._take(kept)
        else:
            self._keep(Kept(self._boot, self._wall() - self._steady()))

    def _read_again(self) -> None:
        """Take what other workers wrote; what was deleted is begun anew, what was damaged is put right."""
        if not self._path.exists():
            log.warning("时钟记录已被删除，重新采用服务器时钟")
            self._begin()
        elif self._stamp() != self._seen:
            kept = self._read()
            if kept is None or kept.boot != self._boot:
                assert self._kept is not None
                self._keep(self._kept)
            else:
                self._take(kept)

    def _read(self) -> Kept | None:
        """What the file says; None where there is none or it cannot be understood."""
        if not self._path.exists():
            return None
        try:
            return _kept(json.loads(self._path.read_bytes()))
        except (ValueError, KeyError, TypeError):
            log.warning("时钟记录 %s 已损坏，重新生成", self._path)
            return None

    def _keep(self, kept: Kept) -> None:
        """Write it in one piece, then go by it."""
        self._take(kept)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(kept)), encoding="ascii")
        os.replace(fresh, self._path)
        self._seen = self._stamp()

    def _take(self, kept: Kept) -> None:
        before = self._kept
        if before is not None and before.offset - kept.offset <= SMALL_STEP_SECONDS:
            self._floor = self._seconds()
        else:
            self._floor = -math.inf
        self._kept = kept
        self._seen = self._stamp()

    def _stamp(self) -> tuple[int, int] | None:
        """Changes whenever somebody writes the file."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return None
        return stat.st_ino, stat.st_mtime_ns

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one worker at a time look at the file and decide."""
        with open(self._path.with_suffix(".lock"), "ab") as lock:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
            yield


def _kept(found: dict[str, object]) -> Kept:
    """The file's content.

    :raise ValueError: where a number is none
    """
    offset, told = found["offset"], found["told"]
    numbers = [offset] if told is None else [offset, told]
    if not all(isinstance(number, float) and math.isfinite(number) for number in numbers):
        raise ValueError("no number")
    return Kept(str(found["boot"]), *numbers)  # type: ignore[arg-type]
