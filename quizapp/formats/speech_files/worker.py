"""What runs in a child process: limit yourself, read standard input, give back the text or why there is none.

Started as a script by child.py. The answer is one letter and then text in UTF-8; every error that is not a refusal ends
the process with a code other than 0.
"""

import ctypes
import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
#: Packages whose own code (the web application, the starting of children) a child has no use for.
BARE = {"quizapp": HERE.parents[1], "quizapp.formats.speech_files": HERE}
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TOO_MUCH = "过于复杂，读取时占用内存过多：请删去图片或拆成几个文件后重新上传。"


def main() -> None:
    order = json.loads(sys.argv[1])
    answer_to = _own_output()
    _limit(order["cpu"], order["memory"])
    _cut_off_network()
    sys.path[:] = order["paths"]
    for name, folder in BARE.items():
        _add_bare_package(name, folder)
    reader = importlib.import_module(f"quizapp.formats.speech_files.{order['kind']}")
    refusals = importlib.import_module("quizapp.formats.speech_files.refusals")
    answer = _answer(reader, refusals, sys.stdin.buffer.read())
    with os.fdopen(answer_to, "wb") as file:
        file.write(answer)
    # What a parser left behind is not worth taking apart in order.
    os._exit(0)


def _answer(reader: Any, refusals: Any, content: bytes) -> bytes:
    try:
        text = reader.text_of(content)
        refusals.check_text(text)
    except refusals.Unreadable as reason:
        return b"R" + str(reason).encode()
    except MemoryError:
        return b"R" + TOO_MUCH.encode()
    return b"T" + str(text).replace("\0", "").encode("utf-8", "replace")


def _own_output() -> int:
    """Keep standard output for the answer alone: a library that prints must not spoil it."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return kept


def _limit(cpu: int, memory: int) -> None:
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return  # no such thing on this platform: the clock of the parent remains
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The first limit ends the process with a signal of its own, the second whatever ignores it.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cut_off_network() -> None:
    """Leave the network for an empty one, where the system lets an ordinary process do so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _add_bare_package(name: str, folder: Path) -> None:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


if __name__ == "__main__":
    main()
