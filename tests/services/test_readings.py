"""Key points keep their rows, and their questions, through corrections and newer texts."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Clock
from conftest import Office
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.corrections import Add
from quizapp.core.corrections import Correction
from quizapp.core.corrections import Delete
from quizapp.core.corrections import Merge
from quizapp.core.corrections import Rename
from quizapp.core.corrections import Split
from quizapp.core.corrections import point_ref
from quizapp.core.errors import BadInput
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.speech import KeyPoint
from quizapp.core.speech import PointKind
from quizapp.core.speech import Quote
from quizapp.core.speech import Reading
from quizapp.db.audit import AuditRow
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.db.speeches import corrections_of
from quizapp.services import readings
from quizapp.services import speeches

DEMO = Path(__file__).parents[2] / "quizapp" / "cli" / "demo_speech.txt"


@pytest.fixture
def speech(session: Session, office: Office, clock: Clock) -> str:
    """The demonstration speech, drafted."""
    with writing() as write:
        file = speeches.understand(DEMO.name, DEMO.read_bytes())
        row, _ = speeches.load_speech(write, office.editor.actor, file, "", now=clock())
        drafting = speeches.draft(file.reading, row.title or "")
        speeches.store_drafts(write, office.editor.actor, row.public_id, file.reading, drafting, now=clock())
        return row.public_id


def row_of(public_id: str) -> SpeechRow:
    db.session.rollback()
    return db.session.scalars(select(SpeechRow).where(SpeechRow.public_id == public_id)).one()


def reading_of(public_id: str) -> Reading:
    return readings.understanding_of(db.session(), row_of(public_id)).reading


def named(reading: Reading, name: str) -> KeyPoint:
    return next(point for point in reading.points if point.name == name)


def rows() -> list[tuple[Any, ...]]:
    """Every key point row as plain values."""
    db.session.rollback()
    found = db.session.scalars(select(KeyPointRow).order_by(KeyPointRow.id)).all()
    return [(r.id, r.kind, r.start, r.end, r.name, tuple(r.items), str(r.pairs), r.gone_at is None) for r in found]


def point_row(name: str) -> KeyPointRow:
    db.session.rollback()
    return db.session.scalars(select(KeyPointRow).where(KeyPointRow.name == name, KeyPointRow.gone_at.is_(None))).one()


def questions_of(row_id: int) -> int:
    return len(db.session.scalars(select(QuestionRow).where(QuestionRow.key_point_id == row_id)).all())


def correct(office: Office, speech: str, correction: Correction, now: datetime) -> int:
    with writing() as write:
        return readings.correct(write, office.editor.actor, speech, correction, now=now).id


def undo(office: Office, speech: str, correction: int, now: datetime) -> None:
    with writing() as write:
        readings.undo(write, office.editor.actor, speech, correction, now=now)


def some_corrections(reading: Reading) -> dict[str, Correction]:
    four, three = named(reading, "四型"), named(reading, "三个到位")
    return {
        "rename": Rename(point_ref(four), "四忌"),
        "split": Split(point_ref(four), 2),
        "merge": Merge(point_ref(four), point_ref(three)),
        "delete": Delete(point_ref(four)),
        "add": Add(PointKind.NAMED, "三道关口", Quote("自校、互校、审校", 0), ("自校", "互校", "审校")),
    }


VERBS = ("rename", "split", "merge", "delete", "add")


def test_every_point_has_a_row_of_its_own(office: Office, speech: str) -> None:
    reading = reading_of(speech)
    places = {(start, end, name) for _, _, start, end, name, *_ in rows()}
    assert places == {readings.place_of(point, reading) for point in reading.points}


@pytest.mark.parametrize("verb", VERBS)
def test_a_correction_changes_what_is_read_from_then_on(office: Office, speech: str, clock: Clock, verb: str) -> None:
    before = reading_of(speech)
    made = some_corrections(before)[verb]
    correct(office, speech, made, clock())
    assert reading_of(speech) == made.apply(before) != before


@pytest.mark.parametrize("verb", VERBS)
def test_taking_a_correction_back_restores_the_reading_and_every_row(
    office: Office, speech: str, clock: Clock, verb: str
) -> None:
    before, rows_before = reading_of(speech), rows()
    number = correct(office, speech, some_corrections(before)[verb], clock())
    assert rows() != rows_before
    undo(office, speech, number, clock())
    assert reading_of(speech) == before
    assert [row for row in rows() if row[-1]] == rows_before


def test_a_renamed_point_keeps_its_row_and_its_questions(office: Office, speech: str, clock: Clock) -> None:
    old = point_row("三个到位")
    asked = questions_of(old.id)
    correct(office, speech, Rename(point_ref(named(reading_of(speech), "三个到位")), "责任到位"), clock())
    assert point_row("责任到位").id == old.id
    assert questions_of(old.id) == asked > 0


def test_a_point_renamed_to_what_another_is_called_keeps_its_questions(
    office: Office, speech: str, clock: Clock
) -> None:
    """The other becomes a namesake by it, which is no reason to lose anything."""
    old = point_row("三个到位")
    correct(office, speech, Rename(point_ref(named(reading_of(speech), "三个到位")), "四型"), clock())
    db.session.rollback()
    row = db.session.get_one(KeyPointRow, old.id)
    assert (row.name, row.gone_at) == ("四型", None)


def test_the_questions_of_a_deleted_point_stay_with_its_row(office: Office, speech: str, clock: Clock) -> None:
    old = point_row("三个到位")
    asked = questions_of(old.id)
    correct(office, speech, Delete(point_ref(named(reading_of(speech), "三个到位"))), clock())
    db.session.rollback()
    assert db.session.get_one(KeyPointRow, old.id).gone_at is not None
    assert questions_of(old.id) == asked > 0


def test_of_two_corrections_the_earlier_can_be_taken_back_alone(office: Office, speech: str, clock: Clock) -> None:
    reading = reading_of(speech)
    first = correct(office, speech, Delete(point_ref(named(reading, "三个到位"))), clock())
    correct(office, speech, Rename(point_ref(named(reading, "四型")), "四忌"), clock())
    undo(office, speech, first, clock())
    names = [point.name for point in reading_of(speech).points]
    assert "三个到位" in names
    assert "四型" not in names


def test_a_correction_of_what_an_earlier_one_made_is_told_as_lost_without_it(
    office: Office, speech: str, clock: Clock
) -> None:
    reading = reading_of(speech)
    renamed = Rename(point_ref(named(reading, "三个到位")), "责任到位")
    first = correct(office, speech, renamed, clock())
    second = correct(office, speech, Delete(point_ref(named(reading_of(speech), "责任到位"))), clock())
    undo(office, speech, first, clock())
    known = readings.understanding_of(db.session(), row_of(speech))
    assert [row.id for row in known.lost] == [second]
    assert named(known.reading, "三个到位")


def test_a_refused_correction_is_not_stored(office: Office, speech: str, clock: Clock) -> None:
    stranger = replace(point_ref(named(reading_of(speech), "四型")), name="没有的")
    before = rows()
    with pytest.raises(BadInput):
        correct(office, speech, Delete(stranger), clock())
    assert rows() == before
    assert corrections_of(db.session(), row_of(speech).id) == []


def test_a_correction_is_taken_back_once(office: Office, speech: str, clock: Clock) -> None:
    number = correct(office, speech, Delete(point_ref(named(reading_of(speech), "四型"))), clock())
    undo(office, speech, number, clock())
    with pytest.raises(NotFound):
        undo(office, speech, number, clock())


def test_only_editors_correct(office: Office, speech: str, clock: Clock) -> None:
    made = Delete(point_ref(named(reading_of(speech), "四型")))
    for who in (office.staff, office.chief, office.director, office.admin, office.auditor):
        with pytest.raises(NotAllowed), writing() as write:
            readings.correct(write, who.actor, speech, made, now=clock())
        with pytest.raises(NotAllowed), writing() as write:
            readings.undo(write, who.actor, speech, 1, now=clock())


def test_the_trail_says_who_corrected_and_who_took_it_back(office: Office, speech: str, clock: Clock) -> None:
    number = correct(office, speech, Delete(point_ref(named(reading_of(speech), "四型"))), clock())
    undo(office, speech, number, clock())
    verbs = db.session.scalars(select(AuditRow.verb).order_by(AuditRow.id.desc()).limit(2)).all()
    assert verbs == ["speech:correction-undone", "speech:corrected"]


def test_reading_again_moves_no_row(office: Office, speech: str, clock: Clock) -> None:
    before = rows()
    with writing() as write:
        row = write.scalars(select(SpeechRow)).one()
        readings.sync_key_points(write, row, readings.understanding_of(write, row).reading, clock())
    assert rows() == before


def test_points_that_change_places_change_rows_with_them(office: Office, speech: str, clock: Clock) -> None:
    """What stands first in the one text and second in the other is still the same key point."""
    text = DEMO.read_text(encoding="utf-8")
    one, other = "学政策、学业务、学案例", "会查、会写、会讲"
    swapped = text.replace(one, "@").replace(other, one).replace("@", other)
    with writing() as write:
        row = write.scalars(select(SpeechRow)).one()
        before = {r.name: r.id for r in write.scalars(select(KeyPointRow))}
        readings.sync_key_points(write, row, readings.read(swapped), clock())
        after = {r.name: r.id for r in write.scalars(select(KeyPointRow).where(KeyPointRow.gone_at.is_(None)))}
    assert {name: after[name] for name in after if name in before} == {n: before[n] for n in after if n in before}
    assert set(before) == set(after)
