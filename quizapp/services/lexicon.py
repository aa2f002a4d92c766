"""Hold the lexicon against the library: which of its terms the speeches say themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from quizapp.core.lexicon_check import shared_terms
from quizapp.core.reading import read_speech
from quizapp.core.speech import Reading
from quizapp.db.speeches import all_speeches
from quizapp.formats.lexicon import load_lexicon
from quizapp.formats.speech_files import read_speech_file
from quizapp.services.readings import key_point_name
from quizapp.services.readings import understanding_of


@dataclass(frozen=True)
class Shared:
    """A term of the lexicon, its class, and the speech and the set that have it as an item."""

    term: str
    term_class: str
    speech: str
    set_name: str


def shared_with_library(session: Session) -> Iterator[Shared]:
    """What the lexicon shares with each speech of the library, as its editors corrected it; only reads."""
    for row in all_speeches(session):
        yield from _shared(row.title or row.filename, understanding_of(session, row).reading)


def shared_with_file(name: str, content: bytes) -> Iterator[Shared]:
    """What the lexicon shares with a speech that is in no library yet.

    :raise BadInput: if the file cannot be read
    """
    yield from _shared(name, read_speech(read_speech_file(name, content)))


def _shared(speech: str, reading: Reading) -> Iterator[Shared]:
    for found in shared_terms(reading, load_lexicon()):
        yield Shared(found.term, found.term_class.name, speech, key_point_name(found.point, reading))
