"""How fast is a speech read? Cleaning with the outline, and the whole reading, on one core.

Four tables: characters a second on speeches; time a character as the text grows (level means linear); the same on texts
made to be slow, by name; memory. Times are CPU time of this process, the best of several runs, so other work on the
machine counts little. Memory is the peak resident set of a fresh process (VmHWM of Linux: unlike `getrusage` it knows
nothing of the parent process), once for the imports alone and once for each length.

    python -m bench.reading [folder of .txt speeches]
"""

import gc
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Sequence
from itertools import cycle
from itertools import islice
from pathlib import Path

from quizapp.core.outline import read_lists
from quizapp.core.reading import read_speech
from quizapp.core.text import clean_text

PROJECT = Path(__file__).resolve().parent.parent
DEMO = PROJECT / "quizapp" / "cli" / "demo_speech.txt"
ROUNDS = 5
LENGTHS = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 700_000, 2_000_000)
NASTY_LENGTH = 50_000
#: 200,000 characters are what the site takes; 700,000 are two megabytes of UTF-8.
MEMORY_LENGTHS = (20_000, 200_000, 700_000)
#: A curve is level while no length costs this many times the cheapest one.
LEVEL = 2.0

Reader = Callable[[str], object]


def outline_of(text: str) -> object:
    return read_lists(clean_text(text))


READERS: dict[str, Reader] = {"cleaning + outline": outline_of, "whole reading": read_speech}


def repeated(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


NASTY = {
    "one line, no punctuation": "会",
    "empty lines": "\n",
    "lines of one character": "会\n",
    "spaces": " ",
    "a space after every character": "会 ",
    "tables of tabs": "会\t议\n",
    "opening quotation marks": "“",
    "quoted characters": "“会”",
    "quoted full stops": "“会。”的",
    "straight quotation marks": '会"',
    "half-width commas": "会,",
    "masks": "某",
    "rows of a page": "会" * 29 + "\n",
    "rows apart by spaces": "会" * 29 + " ",
    "one line again and again": "会议纪要\n",
    "page numbers": "— 3 —\n",
    "nothing behind 一、": "一、\n",
    "a heading every line": "一、会议\n",
    "numbered lines": "1.会\n",
    "一是 again and again": "一是",
    "a list of two, again and again": "一是会；二是议；",
    "首先 and 其次 in turn": "首先，会。其次，议。",
    "第一 after every comma": "第一，会，",
    "lists inside lists": "一是会。一要会。第一，会。首先，会。",
    "names of sets": "“三个会议”",
    "rows of words": "会议、",
    "parallel clauses": "办文要快，办会要实；",
    "figures": "增长3.5%，",
    "lines that trail off": "会议会议会议会议会议……\n",
}
WHOLE = {"brackets in brackets": "（" * (NASTY_LENGTH // 2) + "）" * (NASTY_LENGTH // 2)}


def main(folder: Path | None) -> None:
    speeches = [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))] if folder else []
    speeches = speeches or [repeated(DEMO.read_text("utf-8"), 20_000)]
    read_speech(speeches[0])  # the segmenter loads its dictionary once
    print_rates(speeches)
    whole = "\n".join(speeches)
    print_curve(whole)
    print_nasty()
    print_memory("bench.reading", "whole reading", MEMORY_LENGTHS, folder)


def seconds(reader: Reader, texts: list[str], rounds: int = ROUNDS) -> float:
    """CPU time for all the texts, the best of several rounds."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        for text in texts:
            reader(text)
        best = min(best, time.process_time() - start)
    return best


def print_rates(speeches: list[str]) -> None:
    size = sum(map(len, speeches))
    print(f"{len(speeches)} speeches, {size:,} characters\n\n{'':<22}{'characters/s':>14}{'µs/character':>14}")
    for name, reader in READERS.items():
        taken = seconds(reader, speeches)
        print(f"{name:<22}{size / taken:>14,.0f}{taken / size * 1e6:>14.2f}")


def print_curve(text: str) -> None:
    print(f"\n{'µs/character at length':<24}" + "".join(f"{name:>22}" for name in READERS))
    curves: dict[str, list[float]] = {name: [] for name in READERS}
    for length in LENGTHS:
        grown = repeated(text + "\n", length)
        rounds = 3 if length <= 100_000 else 1
        for name, reader in READERS.items():
            curves[name].append(seconds(reader, [grown], rounds) / length * 1e6)
        print(f"{length:<24,}" + "".join(f"{curve[-1]:>22.2f}" for curve in curves.values()), flush=True)
    for name, curve in curves.items():
        spread = max(curve) / min(curve)
        print(f"{name}: dearest length {spread:.2f} times the cheapest, {'linear' if spread < LEVEL else 'NOT LINEAR'}")


def print_nasty() -> None:
    texts = {name: repeated(unit, NASTY_LENGTH) for name, unit in NASTY.items()} | WHOLE
    found = {
        name: [seconds(reader, [text], 2) / len(text) * 1e6 for reader in READERS.values()]
        for name, text in texts.items()
    }
    print(f"\n{'µs/character, ' + format(NASTY_LENGTH, ',') + ' of':<34}" + "".join(f"{name:>22}" for name in READERS))
    for name, costs in sorted(found.items(), key=lambda row: -row[1][0]):
        print(f"{name:<34}" + "".join(f"{cost:>22.2f}" for cost in costs))


def print_memory(module: str, label: str, lengths: Sequence[int], folder: Path | None) -> None:
    """The peak of a fresh process of a module, for the imports alone and for each length of text."""
    print(f"\n{'peak memory, MB':<24}{label:>22}")
    for length in (0, *lengths):
        command = [sys.executable, "-m", module, "--peak", str(length), *([str(folder)] if folder else [])]
        peak = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
        print(f"{format(length, ',') if length else 'imports only':<24}{int(peak) / 1024:>22.0f}", flush=True)


def print_peak(reader: Reader, length: int, folder: Path | None) -> None:
    """In a process of its own: read so much, say the peak in KiB."""
    paths = sorted(folder.glob("*.txt")) if folder else [DEMO]
    if length:
        text = "\n".join(path.read_text("utf-8") for path in paths)
        reader("".join(islice(cycle(text + "\n"), length)))
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def run(reader: Reader, main: Callable[[Path | None], None]) -> None:
    """A benchmark from its command line: the folder of speeches, or the peak of one process."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--peak"]:
        print_peak(reader, int(arguments[1]), Path(arguments[2]).resolve() if arguments[2:] else None)
    else:
        main(Path(arguments[0]).resolve() if arguments else None)


if __name__ == "__main__":
    run(read_speech, main)
