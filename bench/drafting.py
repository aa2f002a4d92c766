"""How fast do questions come out of a speech? From the text to the chosen drafts, on one core.

Four tables: characters a second on speeches, reading and drafting apart and together; time a character as the text
grows (level means linear); what a library of 1,000 speeches that lend wrong options adds to the drafting of one;
memory. How time and memory are taken, `bench.reading` says.

    python -m bench.drafting [folder of .txt speeches]
"""

import tempfile
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.reading import DEMO
from bench.reading import LEVEL
from bench.reading import print_memory
from bench.reading import repeated
from bench.reading import run
from bench.reading import seconds
from quizapp.core.drafting import draft_questions
from quizapp.core.library import MOST_LENT
from quizapp.core.library import needs
from quizapp.core.library import offers
from quizapp.core.reading import read_speech
from quizapp.core.speech import Reading
from quizapp.db.speeches import LentItemRow
from quizapp.db.speeches import lent_items
from quizapp.formats.lexicon import load_lexicon

LENGTHS = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
MEMORY_LENGTHS = (20_000, 200_000)
LIBRARY = 1_000
#: Names of other people's qualities and tasks, so that every speech of the library lends words of its own.
SYLLABLES = "安保创达恩丰广恒吉康利茂宁平勤荣顺泰旺兴"


def main(folder: Path | None) -> None:
    paths = sorted(folder.glob("*.txt")) if folder else [DEMO]
    texts = [path.read_text("utf-8") for path in paths]
    drafted(texts[0])  # the segmenter loads its dictionary once
    print_rates(texts)
    print_curve("\n".join(texts))
    print_library([read_speech(text) for text in texts])
    print_memory("bench.drafting", "text to drafts", MEMORY_LENGTHS, folder)


def drafted(text: str) -> object:
    return draft_questions(read_speech(text), load_lexicon())


def print_rates(texts: list[str]) -> None:
    size, readings = sum(map(len, texts)), {text: read_speech(text) for text in texts}
    steps = {
        "text to reading": read_speech,
        "reading to drafts": lambda text: draft_questions(readings[text], load_lexicon()),
        "text to drafts": drafted,
    }
    found = sum(len(draft_questions(reading, load_lexicon()).drafts) for reading in readings.values())
    print(f"{len(texts)} speeches, {size:,} characters, {found} drafts\n\n{'':<22}{'characters/s':>14}")
    for name, step in steps.items():
        # A reading remembers what was derived from it: every round of drafting begins with a fresh one.
        readings.update({text: read_speech(text) for text in texts})
        print(f"{name:<22}{size / seconds(step, texts, 1 if name == 'reading to drafts' else 5):>14,.0f}")


def print_curve(text: str) -> None:
    print(f"\n{'length':<12}{'µs/character':>14}")
    curve = []
    for length in LENGTHS:
        curve.append(seconds(drafted, [repeated(text + "\n", length)], 2) / length * 1e6)
        print(f"{length:<12,}{curve[-1]:>14.2f}", flush=True)
    spread = max(curve[1:]) / min(curve[1:])
    print(f"dearest length {spread:.2f} times the cheapest, {'linear' if spread < LEVEL else 'NOT LINEAR'}")


def print_library(readings: list[Reading]) -> None:
    """The drafting of one speech alone, and with what a thousand others lend it."""
    shapes = sorted({shape for reading in readings for shape, _ in offers(reading)})
    rows = [
        {"speech_id": number, "shape": shape, "text": f"{word}{number}"}
        for number in range(1, LIBRARY + 1)
        for shape in shapes
        for word in SYLLABLES[number % 16 : number % 16 + 4]
    ]
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/library.sqlite3")
        LentItemRow.__table__.create(engine)  # type: ignore[attr-defined]
        with Session(engine) as session:
            session.execute(insert(LentItemRow), rows)
            session.commit()
            alone = seconds(lambda _: [draft_questions(each, load_lexicon()) for each in readings], [""])
            lent = seconds(lambda _: [drafted_with(session, each) for each in readings], [""])
    print(f"\n{LIBRARY:,} speeches lend {len(rows):,} words: drafting takes {lent / alone:.2f} times as long")


def drafted_with(session: Session, reading: Reading) -> object:
    lent = lent_items(session, 0, needs(reading), MOST_LENT)
    return draft_questions(reading, load_lexicon(), lent=lent)


if __name__ == "__main__":
    run(drafted, main)
