"""What the office makes of a speech: its reading with the editors' corrections, and a row for each key point."""

from collections import Counter
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from quizapp.core.corrections import Correction
from quizapp.core.corrections import as_stored
from quizapp.core.corrections import corrected
from quizapp.core.corrections import from_stored
from quizapp.core.errors import NotFound
from quizapp.core.library import offers
from quizapp.core.reading import read_speech
from quizapp.core.roles import Action
from quizapp.core.roles import Actor
from quizapp.core.roles import Subject
from quizapp.core.roles import require
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Reading
from quizapp.db import speeches
from quizapp.db.speeches import CorrectionRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import audit

NAME_LENGTH = 100
#: What `key_point.name` says of a set that has neither a name nor a heading above it.
UNNAMED = "并列要求"


@dataclass(frozen=True)
class Understanding:
    """A reading as corrected; `corrections` hold and are in order, `lost` are those among them that found no place."""

    reading: Reading
    corrections: tuple[CorrectionRow, ...]
    lost: tuple[CorrectionRow, ...]


def understanding_of(session: Session, row: SpeechRow) -> Understanding:
    """Read a stored speech again, as its editors corrected it; the same text always gives the same reading."""
    return understood(session, row, row.raw_text)


def understood(session: Session, row: SpeechRow, raw_text: str) -> Understanding:
    """Read any text of a speech with the corrections made so far."""
    made = tuple(speeches.corrections_of(session, row.id))
    reading, lost = corrected(read(raw_text), [from_stored(each.detail) for each in made])
    return Understanding(reading, made, tuple(made[place] for place in lost))


@lru_cache(maxsize=8)
def read(raw_text: str) -> Reading:
    """Kept for a few speeches, for a long one takes a second to read and its page is opened again and again."""
    return read_speech(raw_text)


def correct(session: Session, actor: Actor, public_id: str, correction: Correction, *, now: datetime) -> CorrectionRow:
    """Correct the reading of a speech, for good.

    :raise BadInput: if the correction finds no place, or would leave a key point that cannot be
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    speech = speeches.speech_by_public_id(session, public_id, lock=True)
    before = understanding_of(session, speech).reading
    after = correction.apply(before)
    row = CorrectionRow(
        speech_id=speech.id,
        verb=correction.verb,
        detail=as_stored(correction),
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    _carry_over(session, speech, before, after)
    sync_key_points(session, speech, after, now)
    audit.record(session, actor, "speech:corrected", speech.title or speech.filename, now, correction=correction.verb)
    return row


def undo(session: Session, actor: Actor, public_id: str, correction_id: int, *, now: datetime) -> None:
    """Take a correction back; later ones stay.

    :raise NotFound: if it is none of this speech, or was taken back already
    """
    require(actor, Action.SPEECH_LOAD, Subject("speech", public_id))
    speech = speeches.speech_by_public_id(session, public_id, lock=True)
    before = understanding_of(session, speech)
    row = next((each for each in before.corrections if each.id == correction_id), None)
    if row is None:
        raise NotFound("correction", correction_id)
    row.undone_at = now
    session.flush()
    after = understanding_of(session, speech).reading
    _carry_over(session, speech, before.reading, after)
    sync_key_points(session, speech, after, now)
    audit.record(session, actor, "speech:correction-undone", speech.title or speech.filename, now, correction=row.verb)


def _carry_over(session: Session, speech: SpeechRow, before: Reading, after: Reading) -> None:
    """Where one key point took the place of another, its row goes along, and its questions with it."""
    old = {place_of(point, before): point for point in before.points}
    new = {place_of(point, after): point for point in after.points}
    out, into = [place for place in old if place not in new], [place for place in new if place not in old]
    if len(out) != 1 or len(into) != 1:
        return
    rows = {_place(each): each for each in speeches.key_points_of(session, speech.id)}
    row = rows.get(out[0])
    if row is not None and into[0] not in rows:
        _write(row, new[into[0]], after)
        session.flush()


# Rows


def key_point_name(point: KeyPoint, reading: Reading) -> str:
    """What people call a key point: its name, else what it says, else the heading above it."""
    if point.name:
        return point.name[:NAME_LENGTH]
    if point.kind is PointKind.HEADINGS:
        return reading.outline[point.heading].text[:NAME_LENGTH] if point.heading is not None else UNNAMED
    if point.kind in (PointKind.SLOGAN, PointKind.FACT):
        return point.span.of(reading.clean.text)[:NAME_LENGTH]
    if point.kind is PointKind.DEFINITION:
        return point.items[0].display[:NAME_LENGTH]
    return "、".join(item.display for item in point.items)[:NAME_LENGTH]


def sync_key_points(session: Session, speech: SpeechRow, reading: Reading, now: datetime) -> list[KeyPointRow]:
    """A row for each point of the reading, in its order; rows that say the same are used again, the rest are gone."""
    rows = list(speeches.key_points_of(session, speech.id))
    found = _matched(rows, reading)
    _step_aside(session, [row for row, point in zip(found, reading.points, strict=True) if _moves(row, point, reading)])
    written: dict[tuple[int, int, str], KeyPointRow] = {}
    for place, point in enumerate(reading.points):
        row = found[place] or written.get(place_of(point, reading)) or KeyPointRow(speech_id=speech.id)
        _write(row, point, reading)
        row.gone_at = None
        session.add(row)
        written[_place(row)] = found[place] = row
    kept = {id(row) for row in found}
    for row in rows:
        if id(row) not in kept and row.gone_at is None:
            row.gone_at = now
    speeches.set_lent_items(session, speech.id, list(dict.fromkeys(offers(reading))))
    session.flush()
    return [row for row in found if row is not None]


def _matched(rows: Sequence[KeyPointRow], reading: Reading) -> list[KeyPointRow | None]:
    """The row of each point; none is given twice.

    It is the one at the point's place, else the nearest that says the same, else the only one of its kind and name:
    a list that a newer text changed is the same key point, and its questions stay with it.
    """
    by_place = {_place(row): row for row in rows}
    found = [by_place.pop(place_of(point, reading), None) for point in reading.points]
    alike: dict[tuple[object, ...], list[KeyPointRow]] = defaultdict(list)
    for row in by_place.values():
        alike[_says(row)].append(row)
    for place, point in enumerate(reading.points):
        if found[place] is None and (same := alike[_said_by(point, reading)]):
            nearest = min(same, key=lambda row: abs(row.start - point.span.start))
            same.remove(nearest)
            found[place] = nearest
    left = [row for rows_left in alike.values() for row in rows_left if row.gone_at is None]
    _match_names(found, left, reading)
    return found


def _match_names(found: list[KeyPointRow | None], left: Sequence[KeyPointRow], reading: Reading) -> None:
    """Give what is left to points of the same kind and name, where there is just one of either."""
    names = [(row.kind, row.name) for row in left]
    wanted = [
        (point.kind, key_point_name(point, reading)) if found[place] is None else None
        for place, point in enumerate(reading.points)
    ]
    counts, asked = Counter(names), Counter(wanted)
    for name, row in zip(names, left, strict=True):
        if counts[name] == asked[name] == 1 and row.name != UNNAMED:
            found[wanted.index(name)] = row


def points_of(rows: Sequence[KeyPointRow], reading: Reading) -> dict[int, KeyPoint]:
    """The point of the reading that each row stands for, by the row's id; a row that stands for none is not there."""
    current = [row for row in rows if row.gone_at is None]
    found = zip(_matched(current, reading), reading.points, strict=True)
    return {row.id: point for row, point in found if row is not None}


def _moves(row: KeyPointRow | None, point: KeyPoint, reading: Reading) -> bool:
    return row is not None and _place(row) != place_of(point, reading)


def _step_aside(session: Session, rows: Sequence[KeyPointRow | None]) -> None:
    """Rows that move leave their places first, for two may change places and no place is ever held twice."""
    for row in rows:
        if row is not None:
            row.start = -row.id
    if rows:
        session.flush()


def _place(row: KeyPointRow) -> tuple[int, int, str]:
    return row.start, row.end, row.name


def place_of(point: KeyPoint, reading: Reading) -> tuple[int, int, str]:
    return point.span.start, point.span.end, key_point_name(point, reading)


def _says(row: KeyPointRow) -> tuple[PointKind, str, tuple[str, ...]]:
    return row.kind, row.name, tuple(row.items)


def _said_by(point: KeyPoint, reading: Reading) -> tuple[PointKind, str, tuple[str, ...]]:
    return point.kind, key_point_name(point, reading), tuple(item.display for item in point.items)


def _write(row: KeyPointRow, point: KeyPoint, reading: Reading) -> None:
    row.kind = point.kind
    row.start, row.end, row.name = place_of(point, reading)
    row.items = [item.display for item in point.items]
    row.pairs = [[pair.left, pair.right] for pair in point.pairs]
