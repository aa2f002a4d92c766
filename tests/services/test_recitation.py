"""Reciting: card after card of what is studied, rated by oneself, once a day and once however often it is tapped."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import Clock
from conftest import Office
from conftest import Person
from factories import approved_set
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.errors import BadInput
from quizapp.core.errors import NotFound
from quizapp.core.memory import Grade
from quizapp.core.practice import Matter
from quizapp.core.practice import PracticeMode
from quizapp.core.speech import PointKind
from quizapp.core.states import QuestionState
from quizapp.db.audit import AuditRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.engine import writing
from quizapp.db.practice import CardRow
from quizapp.db.practice import MistakeRow
from quizapp.db.practice import PracticeAnswerRow
from quizapp.db.speeches import KeyPointRow
from quizapp.services import memory
from quizapp.services import recitation
from quizapp.services import speeches
from quizapp.services.recitation import Progress
from quizapp.services.recitation import Scope

ZONE = ZoneInfo("Asia/Shanghai")
SPEECH = """在全市办公室工作会议上的讲话

同志们：

一、争做“四有”干部

希望大家争做“四有”干部。一是有信念，心中有党。二是有本领，干事有方。三是有担当，遇事有责。四是有底线，做人有戒。

二、抓好办会工作

办会是办公室的“看家本领”。希望大家记住“会议无小事，小事见水平”，每次会议要提前一天走一遍会场。
"""


@pytest.fixture
def speech(session: Session, office: Office, clock: Clock) -> str:
    """The public id of a speech that is studied: an approved question stands under each of its headings."""
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=1, now=clock())
        file = speeches.understand("speech.txt", SPEECH.encode())
        row, _ = speeches.load_speech(write, office.editor.actor, file, "", now=clock())
        write.get_one(QuestionSetRow, made.id).speech_id = row.id
        versions = write.scalars(select(QuestionVersionRow).order_by(QuestionVersionRow.id)).all()
        for version, heading in zip(versions, ("争做“四有”干部", "抓好办会工作 › 一"), strict=False):
            version.source_heading = heading
        return row.public_id


def look(session: Session, person: Person, clock: Clock, run: str = "run-1", scope: Scope | None = None) -> Progress:
    session.expire_all()
    return recitation.progress(session, person.actor, run, scope or Scope(), ZONE, now=clock())


def rate(person: Person, point: int, grade: Grade, clock: Clock, run: str = "run-1") -> bool:
    with writing() as write:
        return recitation.rate(write, person.actor, run, point, grade, ZONE, now=clock())


def recite(
    session: Session, person: Person, clock: Clock, grade: Grade, run: str = "run-1", scope: Scope | None = None
) -> int:
    """Rate the next card of a run; the key point it was about."""
    card = look(session, person, clock, run, scope).card
    assert card is not None
    rate(person, card.key_point_id, grade, clock, run)
    return card.key_point_id


def point(session: Session, kind: PointKind) -> int:
    return session.scalars(select(KeyPointRow.id).where(KeyPointRow.kind == kind).order_by(KeyPointRow.start)).all()[0]


def answers(session: Session) -> list[tuple[int | None, bool, bool]]:
    rows = session.scalars(select(PracticeAnswerRow).order_by(PracticeAnswerRow.id)).all()
    assert {(row.mode, row.question_id, tuple(row.value)) for row in rows} <= {(PracticeMode.RECITATION, None, ())}
    return [(row.key_point_id, row.is_right, row.is_unsure) for row in rows]


# What there is


def test_what_is_studied_can_be_recited_in_the_order_of_the_speech(
    session: Session, speech: str, office: Office, clock: Clock
) -> None:
    (choice,) = recitation.choices(session, office.staff.actor, ZONE, now=clock()).speeches
    assert (choice.id, choice.known, choice.due) == (speech, 0, 0)
    scope = Scope(speech)
    asked = []
    while (card := look(session, office.staff, clock, scope=scope).card) is not None:
        asked.append(card.face.asked)
        assert card.passages
        rate(office.staff, card.key_point_id, Grade.GOOD, clock)
    assert asked[0] == "“四有”包括哪些内容？"
    assert {"请接下半句：", "讲话怎么说“办会”？", "补全讲话的这一句："} <= set(asked)
    assert look(session, office.staff, clock, scope=scope).total == len(asked)


def test_a_speech_without_approved_questions_is_not_there_yet(
    session: Session, speech: str, office: Office, clock: Clock
) -> None:
    number = point(session, PointKind.SLOGAN)
    with writing() as write:
        write.execute(QuestionRow.__table__.update().values(state=QuestionState.IN_REVIEW))
    assert recitation.choices(session, office.staff.actor, ZONE, now=clock()).speeches == ()
    for asked in (
        lambda: recitation.parts(session, office.staff.actor, speech, now=clock()),
        lambda: look(session, office.staff, clock, scope=Scope(speech)),
        lambda: rate(office.staff, number, Grade.GOOD, clock),
        lambda: rate(office.staff, 10**6, Grade.GOOD, clock),
    ):
        with pytest.raises(NotFound):
            asked()


def test_a_part_holds_what_stands_under_its_heading(
    session: Session, speech: str, office: Office, clock: Clock
) -> None:
    found = recitation.parts(session, office.staff.actor, speech, now=clock())
    assert [(part.number, part.heading) for part in found.parts] == [(1, "争做“四有”干部"), (2, "抓好办会工作")]
    assert sum(part.points for part in found.parts) == found.choice.points
    card = look(session, office.staff, clock, scope=Scope(speech, 2)).card
    assert card is not None
    assert card.face.asked == "讲话怎么说“办会”？"
    with pytest.raises(NotFound):
        look(session, office.staff, clock, scope=Scope(speech, 3))


def test_a_run_has_so_many_cards(
    session: Session, speech: str, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recitation, "MOST", 2)
    scope = Scope(speech)
    for number in (1, 2):
        found = look(session, office.staff, clock, scope=scope)
        assert (found.number, found.total) == (number, 2)
        recite(session, office.staff, clock, Grade.HARD, scope=scope)
    done = look(session, office.staff, clock, scope=scope)
    assert (done.card, done.count(Grade.HARD), done.count(Grade.GOOD)) == (None, 2, 0)
    assert look(session, office.staff, clock, "run-2", scope).card is not None


# Rating


@pytest.mark.parametrize(
    ("grade", "kept"),
    [(Grade.GOOD, (True, False)), (Grade.HARD, (True, True)), (Grade.AGAIN, (False, False))],
    ids=["good", "hard", "again"],
)
def test_a_rating_is_kept_and_moves_the_card(
    session: Session, speech: str, office: Office, clock: Clock, grade: Grade, kept: tuple[bool, bool]
) -> None:
    before = session.scalar(select(func.count()).select_from(AuditRow))
    number = recite(session, office.staff, clock, grade, scope=Scope(speech))
    session.expire_all()
    assert answers(session) == [(number, *kept)]
    card = session.scalars(select(CardRow)).one()
    assert (card.person_id, card.matter, card.ratings) == (office.staff.id, Matter(number, None), 1)
    assert card.lapses == (grade is Grade.AGAIN)
    assert session.scalar(select(func.count()).select_from(MistakeRow)) == 0, "no question was answered"
    assert session.scalar(select(func.count()).select_from(AuditRow)) == before, "and it stands in no trail"


def test_a_second_tap_changes_nothing(session: Session, speech: str, office: Office, clock: Clock) -> None:
    number = point(session, PointKind.SLOGAN)
    assert rate(office.staff, number, Grade.AGAIN, clock)
    assert rate(office.staff, number, Grade.GOOD, clock)
    session.expire_all()
    assert answers(session) == [(number, False, False)]
    assert session.scalars(select(CardRow.lapses)).one() == 1


def test_only_the_first_of_a_day_counts_and_the_next_is_told(
    session: Session, speech: str, office: Office, clock: Clock
) -> None:
    number = recite(session, office.staff, clock, Grade.AGAIN, scope=Scope(speech))
    again = look(session, office.staff, clock, "run-2", Scope(again="run-1")).card
    assert again is not None
    assert (again.key_point_id, again.is_rated_today) == (number, True)
    assert not rate(office.staff, number, Grade.GOOD, clock, "run-2")
    session.expire_all()
    assert [kept[1] for kept in answers(session)] == [False, True]
    assert session.scalars(select(CardRow.ratings)).one() == 1
    clock.advance(days=1)
    card = look(session, office.staff, clock, "run-3").card
    assert card is not None
    assert (card.key_point_id, card.is_rated_today) == (number, False)
    assert rate(office.staff, number, Grade.GOOD, clock, "run-3")


def test_of_a_run_the_forgotten_can_be_recited_again(
    session: Session, speech: str, office: Office, clock: Clock
) -> None:
    forgotten = recite(session, office.staff, clock, Grade.AGAIN, scope=Scope(speech))
    recite(session, office.staff, clock, Grade.GOOD, scope=Scope(speech))
    assert recite(session, office.staff, clock, Grade.GOOD, "run-2", Scope(again="run-1")) == forgotten
    assert look(session, office.staff, clock, "run-2", Scope(again="run-1")).card is None


def test_runs_are_everybody_s_own(session: Session, speech: str, office: Office, clock: Clock) -> None:
    recite(session, office.staff, clock, Grade.AGAIN, scope=Scope(speech))
    assert look(session, office.colleague, clock, scope=Scope(speech)).turned == ()
    assert look(session, office.colleague, clock, "run-2", Scope(again="run-1")).total == 0
    assert look(session, office.colleague, clock).card is None


# What is due


def test_what_is_due_comes_before_the_weakest_and_what_was_rated_today_waits(
    session: Session, speech: str, office: Office, clock: Clock
) -> None:
    slogan, fact = point(session, PointKind.SLOGAN), point(session, PointKind.FACT)
    named, definition = point(session, PointKind.NAMED), point(session, PointKind.DEFINITION)
    with writing() as write:
        for number, grade, days in ((slogan, Grade.GOOD, 1), (fact, Grade.AGAIN, 9), (named, Grade.GOOD, 40)):
            at = clock() - timedelta(days=days)
            memory.rate(write, office.staff.id, Matter(number, None), grade, at=at, day=at.astimezone(ZONE).date())
    rate(office.staff, definition, Grade.AGAIN, clock, "earlier")
    found = recitation.choices(session, office.staff.actor, ZONE, now=clock())
    assert (found.known, found.due, found.ready) == (4, 2, 3)
    order = [recite(session, office.staff, clock, Grade.GOOD) for _ in range(3)]
    assert set(order[:2]) == {fact, named}
    assert order[2] == slogan
    assert look(session, office.staff, clock).card is None


def test_a_card_that_a_newer_text_changed_says_so_and_comes_first(
    session: Session, speech: str, office: Office, clock: Clock
) -> None:
    slogan = point(session, PointKind.SLOGAN)
    for _ in range(3):
        recite(session, office.staff, clock, Grade.AGAIN, scope=Scope(speech))
    rate(office.staff, slogan, Grade.GOOD, clock)
    with writing() as write:
        memory.start_anew(write, [slogan], now=clock())
    clock.advance(days=1)
    card = look(session, office.staff, clock, "run-2").card
    assert card is not None
    assert (card.key_point_id, card.is_anew) == (slogan, True)
    rate(office.staff, slogan, Grade.GOOD, clock, "run-2")
    session.expire_all()
    assert session.scalars(select(CardRow.anew_at).where(CardRow.key_point_id == slogan)).one() is None


def test_a_key_point_that_a_newer_text_took_away_is_left_out(
    session: Session, speech: str, office: Office, clock: Clock
) -> None:
    number = recite(session, office.staff, clock, Grade.AGAIN, scope=Scope(speech))
    with writing() as write:
        write.get_one(KeyPointRow, number).gone_at = clock()
    clock.advance(days=1)
    with pytest.raises(BadInput, match="新文本"):
        rate(office.staff, number, Grade.GOOD, clock, "run-2")
    found = look(session, office.staff, clock, scope=Scope(speech))
    assert found.turned[0].face is None
    assert found.card is not None
    assert look(session, office.staff, clock, "run-2").card is None
