"""Any bytes at all: a reading or one clear sentence, never another exception, never more than the time allowed.

    python -m bench.fuzz [seconds] [seed]

Takes the fixture speeches and the demonstration speech, spoils them (as text, and as the bytes of the file) and reads
them. Prints each fault with the seed and the round that show it again, and the slowest input. Exit status 1 on faults.
"""

import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

from quizapp.core.errors import BadInput
from quizapp.core.reading import read_speech
from quizapp.formats.speech_files import read_speech_file

ROOT = Path(__file__).resolve().parent.parent
#: Two seconds for 200,000 characters, and a floor for what starting a reader in a process of its own costs.
SECONDS_PER_CHARACTER = 2 / 200_000
LEAST_SECONDS = 0.25
MOST_SECONDS_OF_A_FILE = 32
#: One round in so many spoils the file itself, where a process of its own reads it.
FILES_EVERY = 40
LENGTHS = (50, 500, 3_000, 20_000, 200_000)
_SIGNS = "，。、；：！？“”‘’（）()《》…—\n\t \u3000☆XX○*①（一）1.0123456789一二三四五六七八九十两双百千万是要第个项等和"
_WORDS = """
一是 二是 三要 第一， 首先 其次， 最后， 总之， 同志们： 一、 （二） “三个 五型” 即： 包括 等等 习近平总书记指出：“
由人事科负责 每天两次 6月底前 98.5% 是抓落实的根本
"""
PIECES = [*_SIGNS, *_WORDS.split(), "\n\n", "\ud800", "\x00", "\ufeff", "\u200b", "𠀀", "A", "<p>"]


def spoiled(text: str, rng: Random) -> str:
    """A text with stretches cut, doubled, moved and strewn with what means something to a reader."""
    for _ in range(rng.choice((1, 3, 10, 40))):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((1, 5, 50, 500)))
        cut, piece = text[start:end], rng.choice(PIECES)
        text = (
            rng.choice(
                (
                    text[:start] + text[end:],
                    text[:end] + cut * rng.choice((1, 2, 20)) + text[end:],
                    text[:start] + piece * rng.choice((1, 2, 30)) + text[start:],
                    text[:start] + "".join(rng.choices(PIECES, k=rng.choice((3, 30)))) + text[end:],
                    text[end:] + text[:end],
                )
            )[:200_000]
            or piece
        )
    return text


def stretched(text: str, rng: Random) -> str:
    """A long text out of a short one, the way that hurts: one stretch again and again."""
    length, start = rng.choice(LENGTHS), rng.randrange(len(text))
    unit = text[start : start + rng.choice((1, 2, 7, 40, 400))]
    return (unit * (length // len(unit) + 1))[:length]


def spoiled_bytes(content: bytes, rng: Random) -> bytes:
    mutable = bytearray(content)
    for _ in range(rng.choice((1, 4, 30, 300))):
        at = rng.randrange(len(mutable) + 1)
        if rng.random() < 0.5:
            mutable[at : at + rng.choice((1, 8, 200))] = rng.randbytes(rng.choice((0, 1, 4, 64)))
        elif mutable:
            mutable[at % len(mutable)] ^= 1 << rng.randrange(8)
    return bytes(mutable)


def fault_of(
    read: Callable[[], object], allowed: float, clock: Callable[[], float] = time.process_time
) -> tuple[str, float]:
    """What went wrong, empty for nothing, and the seconds it took; those of this process are hardly moved by others."""
    started = clock()
    try:
        read()
    except BadInput as bad:
        if len(bad.problems) != 1 or not str(bad).strip():
            return f"not one clear sentence: {bad}", 0
    except Exception:
        return traceback.format_exc(limit=-3), 0
    seconds = clock() - started
    return (f"{seconds:.2f} s, allowed {allowed:.2f} s" if seconds > allowed else ""), seconds


def run(seconds: float, seed: int) -> int:
    files = [path for path in (ROOT / "tests" / "speeches").iterdir() if path.suffix != ".yaml"]
    files.append(ROOT / "quizapp" / "cli" / "demo_speech.txt")
    texts = [path.read_text("utf-8") for path in files if path.suffix == ".txt"]
    end, faults, done = time.monotonic() + seconds, 0, Counter[str]()
    slowest = (0.0, "")
    number = 0
    while time.monotonic() < end:
        number += 1
        rng = Random(f"{seed}/{number}")
        kind, fault, cost = one(number, rng, files, texts)
        done[kind] += 1
        slowest = max(slowest, (cost, f"round {number} ({kind})"))
        if fault:
            faults += 1
            print(f"seed {seed}, round {number}, {kind}: {fault}")
    print(f"{number} rounds ({', '.join(f'{n} {kind}' for kind, n in done.items())}), {faults} faults")
    print(f"slowest for its length: {slowest[0] * 1e6:.1f} µs a character, {slowest[1]}")
    return 1 if faults else 0


def read_file(name: str, content: bytes) -> object:
    return read_speech(read_speech_file(name, content))


def one(number: int, rng: Random, files: Sequence[Path], texts: Sequence[str]) -> tuple[str, str, float]:
    if number % FILES_EVERY == 0:
        path = rng.choice(files)
        content = spoiled_bytes(path.read_bytes(), rng)
        read = partial(read_file, path.name, content)
        fault, _ = fault_of(read, MOST_SECONDS_OF_A_FILE, time.perf_counter)
        return path.suffix, fault, 0
    text = (stretched if rng.random() < 0.3 else spoiled)(rng.choice(texts), rng)
    allowed = LEAST_SECONDS + SECONDS_PER_CHARACTER * len(text)
    fault, seconds = fault_of(lambda: read_speech(text), allowed)
    return "text", fault, seconds / len(text) if len(text) > LENGTHS[2] else 0


if __name__ == "__main__":
    told = [float(word) for word in sys.argv[1:]]
    sys.exit(run(*(told[:1] or [60.0]), int((told[1:] or [1])[0])))
