"""Two devices that rate the same card at the same time, on a database that lets both in."""

from zoneinfo import ZoneInfo

import pytest
from at_once import one_after_the_other
from conftest import Clock
from conftest import Office
from factories import approved_set
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.memory import Grade
from quizapp.core.speech import PointKind
from quizapp.db.bank import QuestionSetRow
from quizapp.db.engine import writing
from quizapp.db.practice import CardRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.speeches import KeyPointRow
from quizapp.services import recitation
from quizapp.services import speeches
from quizapp.services.recitation import Scope

pytestmark = pytest.mark.parametrize("on_postgres", [True], ids=["postgresql"], indirect=True)

ZONE = ZoneInfo("Asia/Shanghai")
SPEECH = "同志们：\n\n希望大家记住“会议无小事，小事见水平”，办会是办公室的“看家本领”。"


def test_of_two_ratings_of_a_run_one_is_kept_and_of_two_runs_one_counts(
    app: Flask, session: Session, office: Office, clock: Clock
) -> None:
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=1, now=clock())
        file = speeches.understand("speech.txt", SPEECH.encode())
        row, _ = speeches.load_speech(write, office.editor.actor, file, "讲话", now=clock())
        write.get_one(QuestionSetRow, made.id).speech_id = row.id
        speech = row.public_id
    wanted = select(KeyPointRow.id).where(KeyPointRow.kind.in_([PointKind.SLOGAN, PointKind.DEFINITION]))
    point, other = session.scalars(wanted.order_by(KeyPointRow.start)).all()
    session.rollback()
    counted: list[bool] = []

    def rate(run: str, number: int, write: Session) -> None:
        counted.append(recitation.rate(write, office.staff.actor, run, number, Grade.HARD, ZONE, now=clock()))

    one_after_the_other(app, lambda write: rate("a", point, write), lambda write: rate("a", point, write))
    one_after_the_other(app, lambda write: rate("b", other, write), lambda write: rate("c", other, write))
    assert counted == [True, True, True, False]
    rows = session.scalars(select(PracticeAnswerRow).order_by(PracticeAnswerRow.id)).all()
    assert [(row.page, row.key_point_id) for row in rows] == [("a", point), ("b", other), ("c", other)]
    assert session.scalars(select(CardRow.ratings)).all() == [1, 1]
    done = recitation.progress(session, office.staff.actor, "a", Scope(speech), ZONE, now=clock())
    assert done.count(Grade.HARD) == 1
    assert recitation.choices(session, office.staff.actor, ZONE, now=clock()).ready == 0
