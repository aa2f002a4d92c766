"""The readers of everything but plain text, each run in a child process of its own.

A child is a fresh interpreter: forking a server with threads is not safe, and a fresh one knows neither the address of
the database nor the key of the site. It imports only the reader it needs and sets its own limits before the first byte
of the file is looked at (worker.py).
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from quizapp.formats.speech_files.refusals import SAVE_AGAIN
from quizapp.formats.speech_files.refusals import Unreadable

PACKAGE = Path(__file__).resolve().parent
WORKER = PACKAGE / "worker.py"
#: What a child inherits of the environment; everything else, secrets above all, stays here.
INHERITED = ("PATH", "SYSTEMROOT")
GIB = 1 << 30
#: Children at once: more would wait for the processors anyway, and each may take a gibibyte.
ROOM = BoundedSemaphore(2)
#: Seconds to wait for room.
PATIENCE = 60
TEXT, REFUSAL = b"T", b"R"

TOO_SLOW = f"过于复杂，读取超时：{SAVE_AGAIN}"
FAILED = f"无法读取，可能已损坏或过于复杂：{SAVE_AGAIN}"
NO_CHILD = "暂时无法读取，服务器正忙：请稍后重新上传。"


@dataclass(frozen=True)
class Limits:
    """What a child may use: seconds on the clock, seconds of the processor, bytes of address space."""

    wall: int
    cpu: int
    memory: int


LIMITS = Limits(wall=30, cpu=20, memory=GIB)
#: LibreOffice takes a few seconds before it begins.
LIMITS_OF = {"office": Limits(wall=60, cpu=50, memory=GIB)}


def read_in_child(kind: str, content: bytes) -> str:
    """The text that the reader of this kind finds.

    :raise Unreadable: the reader's own reason, or that it died, hung or wanted too much
    """
    limits = LIMITS_OF.get(kind, LIMITS)
    with _room(), tempfile.TemporaryDirectory(prefix="speech-", ignore_cleanup_errors=True) as folder:
        code, answer = _run(_command(kind, limits), content, limits.wall, folder)
    if code != 0:
        raise Unreadable(TOO_SLOW if code == -getattr(signal, "SIGXCPU", 0) else FAILED)
    text = answer[1:].decode("utf-8", "replace")
    if not answer.startswith(TEXT):
        raise Unreadable(text or FAILED)
    return text


@contextmanager
def _room() -> Iterator[None]:
    if not ROOM.acquire(timeout=PATIENCE):
        raise Unreadable(NO_CHILD)
    try:
        yield
    finally:
        ROOM.release()


def _command(kind: str, limits: Limits) -> list[str]:
    # The paths are passed by name: an isolated interpreter looks for packages nowhere by itself.
    paths = [path for path in sys.path if path] + [str(PACKAGE.parents[2])]
    return [sys.executable, "-I", "-S", str(WORKER), json.dumps({"kind": kind, "paths": paths, **asdict(limits)})]


def _run(command: list[str], content: bytes, wall: int, folder: str) -> tuple[int, bytes]:
    """Run a command in a group of its own; at the end nothing of the group is left."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
    except OSError as fault:
        raise Unreadable(NO_CHILD) from fault
    with process:
        try:
            answer, _ = process.communicate(content, timeout=wall)
        except subprocess.TimeoutExpired as fault:
            raise Unreadable(TOO_SLOW) from fault
        finally:
            if process.returncode != 0:
                _kill_group(process)
    return process.returncode, answer


def _environment(folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | {"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
