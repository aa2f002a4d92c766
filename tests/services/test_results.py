"""After handing in: what is one's own, what waits for the end of the sitting, and what the server received."""

from dataclasses import fields
from datetime import timedelta
from fractions import Fraction

import pytest
from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from factories import ALL_TYPES
from factories import CANARY
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from services.judged import BLANKS
from services.judged import FULL_MARK
from services.judged import Quiz
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.arrival import DeviceClock
from quizapp.core.errors import NotAllowed
from quizapp.core.errors import NotFound
from quizapp.core.errors import NotNow
from quizapp.core.marking import DoubtReason
from quizapp.core.question import UNITS
from quizapp.core.question import Interaction
from quizapp.core.states import Arrival
from quizapp.core.states import AttemptState
from quizapp.core.states import Closer
from quizapp.core.states import Review
from quizapp.core.states import may_review
from quizapp.db.attempts import AttemptRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionSetRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import answers
from quizapp.services import attempts
from quizapp.services import doubts
from quizapp.services import notices
from quizapp.services import results
from quizapp.services import wordings
from quizapp.services.answers import Sent
from quizapp.services.results import Received
from quizapp.services.results import Record
from quizapp.services.results import Result
from quizapp.services.results import Withheld

OPENS, CLOSES = FRIDAY, FRIDAY + timedelta(hours=2)
#: Answers that are right, wrong, and half an essay.
GIVEN = {Interaction.CHOICE: ["A"], Interaction.TEXT: ["自己填的"], Interaction.ESSAY: ["关键词1，自己写的"]}


def open_quiz(office: Office, clock: Clock, review: Review) -> Quiz:
    """A sitting of two hours with one question of each type, reviewed by this policy."""
    with writing() as session:
        made = approved_set(session, office.editor.actor, office.second_editor.actor, each=1, now=clock())
        facts = sitting_facts(
            made.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), review=review
        )
        sitting = published_sitting(session, office.editor.actor, facts, now=clock(), spec=ALL_TYPES)
        return Quiz(office, clock, sitting.public_id, {})


@pytest.fixture(params=Review, ids=lambda review: review.value)
def review(request: pytest.FixtureRequest) -> Review:
    chosen: Review = request.param
    return chosen


MOMENTS = {"at once": timedelta(minutes=2), "one second before the end": timedelta(hours=2, seconds=-1)}
AFTER = {"at the end": timedelta(hours=2), "days later": timedelta(days=3)}


@pytest.mark.parametrize("later", (MOMENTS | AFTER).values(), ids=MOMENTS | AFTER)
def test_keys_are_in_a_result_exactly_when_the_plan_says(
    session: Session, office: Office, clock: Clock, review: Review, later: timedelta
) -> None:
    quiz = open_quiz(office, clock, review)
    attempt = quiz.hand_in(office.staff, GIVEN)
    found = results.result(db.session(), office.staff.actor, attempt, now=OPENS + later)
    expected = may_review(review, CLOSES, OPENS + later)
    assert isinstance(found, Result) is expected
    assert (CANARY in repr(found)) is expected


def test_what_is_withheld_has_no_place_for_a_key() -> None:
    assert [field.name for field in fields(Withheld)] == ["attempt", "answered", "passed", "waiting_mark"]
    assert [field.name for field in fields(results.Answered)] == ["shown", "given", "words", "method"]


@pytest.mark.parametrize("review", [Review.AFTER_CLOSING, Review.NEVER])
def test_the_own_answers_and_the_total_are_always_ones_own(
    session: Session, office: Office, clock: Clock, review: Review
) -> None:
    quiz = open_quiz(office, clock, review)
    own_words = {Interaction.CHOICE: ["A"], Interaction.TEXT: ["自己填的"], Interaction.ESSAY: ["自己写的"]}
    attempt = quiz.hand_in(office.staff, own_words)
    found = results.result(db.session(), office.staff.actor, attempt, now=clock())
    assert isinstance(found, Withheld)
    assert found.attempt.units == sum(quiz.units_of(office.staff, position) or 0 for position in (1, 2, 3, 4))
    assert (found.passed, found.waiting_mark) == (None, FULL_MARK)
    told = {answered.shown.interaction: answered for answered in found.answered}
    assert told[Interaction.CHOICE].given == ("A",)
    assert told[Interaction.TEXT].words == "第1空：自己填的"
    assert told[Interaction.ESSAY].words == "自己写的"
    assert (told[Interaction.ORDER].given, told[Interaction.ORDER].words) == ((), "")


def test_nobody_reads_anothers_result_or_record(session: Session, office: Office, clock: Clock) -> None:
    quiz = open_quiz(office, clock, Review.AT_ONCE)
    attempt = quiz.hand_in(office.staff, GIVEN)
    for other in (office.colleague, office.chief, office.director, office.editor, office.admin, office.auditor):
        with pytest.raises(NotAllowed):
            results.result(db.session(), other.actor, attempt, now=clock())
        with pytest.raises(NotAllowed):
            results.record(db.session(), other.actor, attempt)
        with pytest.raises(NotAllowed):
            results.speech_page(db.session(), other.actor, attempt, 1, now=clock())


# What else could tell a key


def test_while_keys_wait_no_question_can_be_doubted(session: Session, office: Office, clock: Clock) -> None:
    quiz = open_quiz(office, clock, Review.AFTER_CLOSING)
    attempt = quiz.hand_in(office.staff, GIVEN)
    for now, refused in ((clock(), True), (CLOSES, False)):
        if refused:
            with pytest.raises(NotFound), writing() as write:
                doubts.raise_doubt(write, office.staff.actor, attempt, 1, DoubtReason.UNCLEAR, "", now=now)
        else:
            with writing() as write:
                doubts.raise_doubt(write, office.staff.actor, attempt, 1, DoubtReason.UNCLEAR, "", now=now)


def test_while_keys_wait_a_notice_tells_the_score_and_not_what_was_right(
    session: Session, office: Office, clock: Clock
) -> None:
    quiz = open_quiz(office, clock, Review.AFTER_CLOSING)
    attempt = quiz.hand_in(office.staff, GIVEN)
    accept(office, "自己填的", clock)
    [before] = notices.waiting(db.session(), office.staff.actor, now=CLOSES - timedelta(seconds=1))
    assert (before.number, before.words) == (None, "")
    assert before.after_units == (before.before_units or 0) + FULL_MARK * UNITS
    assert notices.of_attempt(db.session(), office.staff.actor, attempt, now=clock()) == [before]
    [after] = notices.waiting(db.session(), office.staff.actor, now=CLOSES)
    assert (after.number, after.words) == (BLANKS, "自己填的")


def accept(office: Office, wording: str, clock: Clock) -> None:
    with writing() as write:
        filled = write.scalars(select(QuestionRow).where(QuestionRow.fingerprint == "fill_in-0")).one()
        wordings.accept(write, office.editor.actor, filled.public_id, 1, 0, wording, now=clock())
        while wordings.rescore(write, now=clock()):
            pass


# The speech behind a question

TEXT = "在会议上的讲话\n\n要做到事不隔天、文不过夜。\n\n大家共勉。"
QUOTE = "事不隔天、文不过夜"


def tie_to_speech(office: Office, quote: str = QUOTE) -> None:
    """Let every question stand on one sentence of a speech in the library."""
    with writing() as write:
        speech = SpeechRow(
            title="讲话", filename="a.txt", sha256="0" * 64, file=b"", raw_text=TEXT, text=TEXT,
            loaded_by_id=office.editor.id, loaded_at=FRIDAY, drafting_summary={},
        )  # fmt: skip
        write.add(speech)
        write.flush()
        write.execute(update(QuestionSetRow).values(speech_id=speech.id))
        start = TEXT.index(QUOTE)
        write.execute(
            update(QuestionVersionRow).values(
                source_quote=quote, source_start=start, source_end=start + len(quote), source_speech="讲话"
            )
        )


@pytest.fixture
def spoken(session: Session, office: Office, clock: Clock) -> Quiz:
    """A sitting whose questions stand in a speech; keys are told after the end."""
    with writing() as write:
        made = approved_set(write, office.editor.actor, office.second_editor.actor, each=1, now=clock())
    tie_to_speech(office)
    with writing() as write:
        facts = sitting_facts(
            made.id, host=office.secretariat, leader=office.deputy.id, opens_at=clock(), review=Review.AFTER_CLOSING
        )
        sitting = published_sitting(write, office.editor.actor, facts, now=clock(), spec=ALL_TYPES)
        return Quiz(office, clock, sitting.public_id, {})


def test_the_speech_is_shown_with_its_sentence_when_keys_are(spoken: Quiz, office: Office) -> None:
    attempt = spoken.hand_in(office.staff, {})
    with pytest.raises(NotFound):
        results.speech_page(db.session(), office.staff.actor, attempt, 1, now=CLOSES - timedelta(seconds=1))
    shown = results.speech_page(db.session(), office.staff.actor, attempt, 1, now=CLOSES)
    assert (shown.title, shown.text, shown.quote.of(shown.text), shown.in_force) == ("讲话", TEXT, QUOTE, True)
    found = results.result(db.session(), office.staff.actor, attempt, now=CLOSES)
    assert isinstance(found, Result)
    assert {marked.paragraph for marked in found.marked} == {("要做到", QUOTE, "。")}


@pytest.mark.parametrize("number", [0, 8, -1])
def test_a_question_that_is_not_on_the_paper_has_no_speech(spoken: Quiz, office: Office, number: int) -> None:
    attempt = spoken.hand_in(office.staff, {})
    with pytest.raises(NotFound):
        results.speech_page(db.session(), office.staff.actor, attempt, number, now=CLOSES)


def test_a_set_that_names_its_source_in_words_has_no_speech_to_show(
    session: Session, office: Office, clock: Clock
) -> None:
    quiz = open_quiz(office, clock, Review.AT_ONCE)
    attempt = quiz.hand_in(office.staff, {})
    with pytest.raises(NotFound):
        results.speech_page(db.session(), office.staff.actor, attempt, 1, now=clock())


# What was received


def record_of(office: Office, attempt: str) -> Record:
    db.session.rollback()
    return results.record(db.session(), office.staff.actor, attempt)


def begin(quiz: Quiz) -> str:
    with writing() as write:
        return attempts.start(write, quiz.office.staff.actor, quiz.sitting, now=quiz.clock()).public_id


def send(quiz: Quiz, attempt: str, number: int, sent: Sent) -> Arrival:
    with writing() as write:
        return answers.save(write, quiz.office.staff.actor, attempt, number, sent, now=quiz.clock()).arrival


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    return open_quiz(office, clock, Review.NEVER)


def test_everything_received_is_told_in_its_order_and_the_letters_seen(quiz: Quiz, office: Office) -> None:
    attempt = begin(quiz)
    quiz.clock.advance(seconds=7)
    send(quiz, attempt, 1, Sent(["B"], 1, page="phone"))
    quiz.clock.advance(seconds=5)
    send(quiz, attempt, 1, Sent(["C"], 2, flagged=True, page="desk"))
    send(quiz, attempt, 1, Sent(["D"], 2, page="phone"))
    send(quiz, attempt, 4, Sent(["自己填的"], 1))
    send(quiz, attempt, 4, Sent([], 2, page="phone"))
    told = [(r.number, r.words, r.flagged, r.arrival, r.page, r.held) for r in record_of(office, attempt).received]
    assert told == [
        (1, "B", False, Arrival.SAVED, 1, False),
        (1, "C", True, Arrival.SAVED, 2, True),
        (1, "D", False, Arrival.OLDER, 1, False),
        (4, "第1空：自己填的", False, Arrival.SAVED, 0, False),
        (4, "", False, Arrival.SAVED, 1, True),
    ]
    record = record_of(office, attempt)
    assert [(r.received_at - OPENS).seconds for r in record.received] == [7, 12, 12, 12, 12]
    assert record.held == 1
    assert record.attempt.state is AttemptState.IN_PROGRESS
    assert CANARY not in repr(record)


def test_what_came_late_says_when_the_device_had_it_and_what_came_too_late_is_kept(quiz: Quiz, office: Office) -> None:
    attempt = begin(quiz)
    send(quiz, attempt, 1, Sent(["A"], 1, page="phone"))
    quiz.clock.advance(minutes=20, seconds=30)
    given = DeviceClock(OPENS, timedelta(minutes=19), timedelta(minutes=20, seconds=30))
    assert send(quiz, attempt, 2, Sent(["B"], 1, page="phone", clock=given)) is Arrival.LATE
    quiz.clock.advance(minutes=10)
    assert send(quiz, attempt, 1, Sent(["B"], 2, page="phone", clock=given)) is Arrival.TOO_LATE
    with writing() as write:
        attempts.close_overdue(write, now=quiz.clock(), at_once=9)
    record = record_of(office, attempt)
    assert [(r.arrival, r.given_at, r.held) for r in record.received] == [
        (Arrival.SAVED, None, True),
        (Arrival.LATE, OPENS + timedelta(minutes=19), True),
        (Arrival.TOO_LATE, None, False),
    ]
    assert (record.attempt.closer, record.held) == (Closer.SERVER, 2)


def test_how_often_and_how_long_the_paper_was_left_is_told(quiz: Quiz, office: Office) -> None:
    attempt = begin(quiz)
    assert record_of(office, attempt).leavings == (0, 0)
    for number, seconds in ((1, 20), (2, 15)):
        with writing() as write:
            answers.leave(write, office.staff.actor, attempt, "phone", number, seconds, now=quiz.clock())
    assert record_of(office, attempt).leavings == (2, 35)


def test_a_paper_nobody_started_has_an_empty_record(quiz: Quiz, office: Office) -> None:
    dealt = db.session.scalars(
        select(AttemptRow.public_id)
        .join(SittingRow, SittingRow.id == AttemptRow.sitting_id)
        .where(AttemptRow.person_id == office.staff.id)
    ).one()
    record = record_of(office, dealt)
    assert (record.received, record.held, record.leavings) == ((), 0, (0, 0))
    with pytest.raises(NotNow):
        results.result(db.session(), office.staff.actor, dealt, now=quiz.clock())


def test_received_values_hold_these_fields_and_no_others() -> None:
    assert [field.name for field in fields(Received)] == [
        "number",
        "words",
        "flagged",
        "received_at",
        "given_at",
        "arrival",
        "page",
        "held",
    ]


# Over time


def test_ones_own_shares_run_up_to_the_sitting_that_is_looked_at(
    session: Session, office: Office, clock: Clock
) -> None:
    first = open_quiz(office, clock, Review.AT_ONCE)
    first.hand_in(office.staff, {})
    with writing() as write:
        write.execute(update(AttemptRow).where(AttemptRow.closed_at.is_not(None)).values(units=1, full_units=4))
    set_id = db.session.scalars(select(QuestionSetRow.id)).one()
    for weeks, units in ((1, None), (2, 3)):
        with writing() as write:
            facts = sitting_facts(
                set_id, host=office.secretariat, leader=office.deputy.id, opens_at=OPENS + timedelta(weeks=weeks)
            )
            sitting = published_sitting(write, office.editor.actor, facts, now=clock(), spec=ALL_TYPES)
            if units:
                dealt = write.scalars(
                    select(AttemptRow).where(
                        AttemptRow.sitting_id == sitting.id, AttemptRow.person_id == office.staff.id
                    )
                ).one()
                dealt.started_at = dealt.closed_at = OPENS + timedelta(weeks=weeks)
                dealt.units, dealt.full_units = units, 4
    newest, between, oldest = results.history(db.session(), office.staff.actor)
    opened = [attempt.sitting.opens_at for attempt in (oldest, between, newest)]
    told = results.shares_until(db.session(), office.staff.actor, newest)
    assert told == tuple(zip(opened, (Fraction(1, 4), None, Fraction(3, 4)), strict=True))
    assert results.shares_until(db.session(), office.staff.actor, oldest) == told[:1]
