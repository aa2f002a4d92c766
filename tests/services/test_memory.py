"""What sittings and practice leave in people's cards and mistakes: once, in batches, and as marks stand."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import FRIDAY
from conftest import Clock
from conftest import Office
from conftest import Person
from services.judged import Quiz
from services.judged import open_quiz
from services.regraded import AT
from services.regraded import BLANKS
from services.regraded import ESSAY
from services.regraded import SINGLE
from services.regraded import correct
from services.regraded import decide
from services.regraded import hand_in
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from quizapp.core.memory import Grade
from quizapp.core.memory import Memory
from quizapp.core.memory import rated
from quizapp.core.practice import Matter
from quizapp.core.practice import Origin
from quizapp.core.question import TypeName
from quizapp.core.regrading import Method
from quizapp.core.speech import PointKind
from quizapp.core.states import Review
from quizapp.db import practice as rows
from quizapp.db.attempts import AttemptRow
from quizapp.db.attempts import ResponseRow
from quizapp.db.bank import QuestionRow
from quizapp.db.bank import QuestionVersionRow
from quizapp.db.base import db
from quizapp.db.engine import writing
from quizapp.db.practice import CardRow
from quizapp.db.practice import MistakeRow
from quizapp.db.practice import TakenInRow
from quizapp.db.sittings import SittingRow
from quizapp.db.speeches import KeyPointRow
from quizapp.db.speeches import SpeechRow
from quizapp.services import attempts
from quizapp.services import memory
from quizapp.services import newer_texts
from quizapp.services import speeches
from quizapp.services import timekeeping
from quizapp.services import wordings
from quizapp.services.memory import Answered

ZONE = ZoneInfo("Asia/Shanghai")
FRI = date(2026, 11, 20)
MULTIPLE, JUDGED = AT[TypeName.MULTIPLE_CHOICE], AT[TypeName.TRUE_FALSE]
#: In the bank's letters, what is right and what is wrong of the first three questions.
RIGHT = {SINGLE: ["A"], MULTIPLE: ["A", "C"], JUDGED: ["F"]}
WRONG = {SINGLE: ["B"], MULTIPLE: ["B", "D"], JUDGED: ["T"]}


@pytest.fixture
def quiz(session: Session, office: Office, clock: Clock) -> Quiz:
    """A quiz with a question of each type, about no key points, open now."""
    return open_quiz(office, clock)


def end(quiz: Quiz) -> None:
    """Close everything and note that it has ended, as the bell does."""
    quiz.close()
    with writing() as session:
        timekeeping.note_ends(session, past=quiz.clock())
        attempts.close_overdue(session, now=quiz.clock(), at_once=50)


def remember(clock: Clock) -> int:
    """What the bell does; in how many transactions."""
    runs = 0
    while (sitting_id := memory.sitting_to_take_in(db.session())) is not None:
        with writing() as session:
            memory.take_in_sitting(session, sitting_id, ZONE, now=clock())
        runs += 1
    db.session.rollback()
    return runs


def question_at(position: int) -> int:
    """The question of a place, by its type's only question."""
    name = list(TypeName)[position - 1].value
    return db.session.scalars(select(QuestionRow.id).where(QuestionRow.fingerprint == f"{name}-0")).one()


def card_of(person: Person, position: int) -> CardRow | None:
    db.session.rollback()
    return rows.card(db.session(), person.id, Matter(None, question_at(position)))


def grades(person: Person) -> Mapping[int, Memory | None]:
    """A person's cards about questions, by place."""
    db.session.rollback()
    held = {
        row.question_id: row.memory for row in db.session.scalars(select(CardRow).where(CardRow.person_id == person.id))
    }
    return {place: held[question_at(place)] for place in AT.values() if question_at(place) in held}


def mistakes(person: Person) -> Mapping[int, MistakeRow]:
    """A person's mistakes by place."""
    db.session.rollback()
    held = {
        row.question_id: row for row in db.session.scalars(select(MistakeRow).where(MistakeRow.person_id == person.id))
    }
    return {place: held[question_at(place)] for place in AT.values() if question_at(place) in held}


def first(grade: Grade, at: datetime = FRIDAY) -> Memory:
    return rated(None, grade, at)


def is_like(memory: Memory | None, grade: Grade) -> bool:
    """Whether this is what a first answer of this grade leaves."""
    expected = first(grade)
    return memory is not None and (memory.stability, memory.difficulty) == (expected.stability, expected.difficulty)


def answered(person: Person, position: int, day: date, *, right: bool, hours: int = 10, **changes: object) -> Answered:
    """An answer in practice about the question at a place, given on this day."""
    question_id = question_at(position)
    version = db.session.scalars(
        select(QuestionVersionRow.id).where(QuestionVersionRow.question_id == question_id)
    ).first()
    at = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hours)
    facts = {"value": ["A"], "is_right": right, "is_unsure": False, "key_point_id": None}
    known = facts | {"person_id": person.id, "question_id": question_id, "version_id": version, "at": at, "day": day}
    return Answered(**(known | changes))  # type: ignore[arg-type]


def practise(person: Person, position: int, day: date, *, right: bool, **changes: object) -> bool:
    given = answered(person, position, day, right=right, **changes)  # type: ignore[arg-type]
    with writing() as session:
        return memory.take_in(session, given)


# A sitting


def test_nothing_is_taken_in_before_the_sitting_has_ended(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, WRONG)
    assert remember(clock) == 0
    assert not grades(office.staff)
    end(quiz)
    remember(clock)
    assert grades(office.staff)


def test_a_paper_rates_each_question_and_keeps_what_was_wrong(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, {SINGLE: ["A"], MULTIPLE: ["A"], JUDGED: ["T"]})
    end(quiz)
    remember(clock)
    found = grades(office.staff)
    assert is_like(found[SINGLE], Grade.GOOD)
    assert is_like(found[MULTIPLE], Grade.AGAIN), "half of the key is not the key"
    assert is_like(found[JUDGED], Grade.AGAIN)
    held = mistakes(office.staff)
    assert SINGLE not in held
    assert (held[JUDGED].value, held[JUDGED].origin, held[JUDGED].last_on) == (["T"], Origin.SITTING, FRI)
    assert held[JUDGED].attempt_id == quiz.attempt(office.staff).id


def test_a_blank_answer_is_not_known(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, {SINGLE: ["A"]})
    end(quiz)
    remember(clock)
    assert is_like(grades(office.staff)[BLANKS], Grade.AGAIN)
    assert mistakes(office.staff)[BLANKS].value == []


def test_whoever_stayed_away_remembers_nothing_of_it(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, RIGHT)
    end(quiz)
    remember(clock)
    assert not grades(office.colleague)
    assert not mistakes(office.colleague)


def test_a_right_answer_marked_unsure_was_hard(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, RIGHT)
    with writing() as session:
        session.execute(update(ResponseRow).where(ResponseRow.position == SINGLE).values(flagged=True))
    end(quiz)
    remember(clock)
    assert is_like(grades(office.staff)[SINGLE], Grade.HARD)
    assert SINGLE not in mistakes(office.staff)


def test_an_answer_that_waits_for_a_mark_says_nothing_yet(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, {**RIGHT, ESSAY: ["别的话"]})
    hand_in(quiz, office.stranger, RIGHT)
    end(quiz)
    remember(clock)
    assert ESSAY not in grades(office.staff)
    assert ESSAY not in mistakes(office.staff)
    assert ESSAY in mistakes(office.stranger), "left blank, it waits for nobody"


@pytest.mark.parametrize("method", [Method.GRANT, Method.VOID])
def test_what_was_granted_or_made_void_says_nothing(quiz: Quiz, office: Office, clock: Clock, method: Method) -> None:
    hand_in(quiz, office.staff, WRONG)
    end(quiz)
    decide(quiz, SINGLE, method)
    remember(clock)
    assert SINGLE not in grades(office.staff)
    assert SINGLE not in mistakes(office.staff)
    assert JUDGED in mistakes(office.staff)


def test_a_sitting_that_never_shows_its_keys_makes_no_mistakes(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, WRONG)
    end(quiz)
    with writing() as session:
        session.execute(update(SittingRow).values(review=Review.NEVER))
    remember(clock)
    assert grades(office.staff)
    assert not mistakes(office.staff)


def test_who_practised_that_morning_is_not_rated_again(quiz: Quiz, office: Office, clock: Clock) -> None:
    practise(office.staff, SINGLE, FRI, right=True)
    hand_in(quiz, office.staff, WRONG)
    end(quiz)
    remember(clock)
    assert is_like(grades(office.staff)[SINGLE], Grade.GOOD)
    assert mistakes(office.staff)[SINGLE].times == 1


def test_of_two_questions_on_one_key_point_the_lower_counts(quiz: Quiz, office: Office, clock: Clock) -> None:
    point = key_point(office)
    about(point, [SINGLE, JUDGED])
    hand_in(quiz, office.staff, {SINGLE: ["A"], JUDGED: ["T"]})
    end(quiz)
    remember(clock)
    db.session.rollback()
    card = rows.card(db.session(), office.staff.id, Matter(point, None))
    assert card is not None
    assert is_like(card.memory, Grade.AGAIN)
    assert (card.ratings, card.lapses) == (1, 1)


def key_point(office: Office) -> int:
    with writing() as session:
        text = {"filename": "a.txt", "raw_text": "甲乙", "text": "甲乙", "file": b"", "sha256": "0" * 64}
        speech = SpeechRow(loaded_by_id=office.editor.id, loaded_at=FRIDAY, drafting_summary={}, **text)
        session.add(speech)
        session.flush()
        point = KeyPointRow(speech_id=speech.id, kind=PointKind.NAMED, name="甲", start=0, end=1, items=[], pairs=[])
        session.add(point)
        session.flush()
        return point.id


def about(point: int, positions: Collection[int]) -> None:
    asked = [question_at(position) for position in positions]
    with writing() as session:
        session.execute(update(QuestionRow).where(QuestionRow.id.in_(asked)).values(key_point_id=point))


# In batches, again, and after a stop


def test_papers_are_taken_in_a_few_at_a_time_and_each_once(
    quiz: Quiz, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "PAPERS_AT_ONCE", 2)
    who = [office.staff, office.colleague, office.stranger, office.editor, office.admin]
    for person in who:
        hand_in(quiz, person, WRONG)
    end(quiz)
    assert remember(clock) == 3
    assert all(mistakes(person)[SINGLE].times == 1 for person in who)
    assert remember(clock) == 0


def test_a_batch_that_was_stopped_is_taken_in_by_the_next(
    quiz: Quiz, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "PAPERS_AT_ONCE", 1)
    for person in (office.staff, office.colleague):
        hand_in(quiz, person, WRONG)
    end(quiz)
    take_in_one(clock)
    with pytest.raises(ZeroDivisionError), writing() as session:
        memory.take_in_sitting(session, memory.sitting_to_take_in(session) or 0, ZONE, now=clock())
        raise ZeroDivisionError
    assert mistakes(office.staff)
    assert not mistakes(office.colleague)
    remember(clock)
    assert [mistakes(person)[SINGLE].times for person in (office.staff, office.colleague)] == [1, 1]
    assert card_of(office.staff, SINGLE).ratings == 1  # type: ignore[union-attr]


def take_in_one(clock: Clock) -> None:
    with writing() as session:
        memory.take_in_sitting(session, memory.sitting_to_take_in(session) or 0, ZONE, now=clock())


def test_taking_a_sitting_in_from_the_beginning_changes_nothing(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, {**WRONG, BLANKS: ["密钥金丝雀空0"]})
    end(quiz)
    remember(clock)
    before = told(office.staff)
    with writing() as session:
        session.execute(delete(TakenInRow))
    assert remember(clock) == 1
    assert told(office.staff) == before


def told(person: Person) -> object:
    """All that is kept of a person."""
    db.session.rollback()
    kept = []
    for table in (CardRow, MistakeRow):
        found = db.session.scalars(select(table).where(table.person_id == person.id).order_by(table.question_id))
        kept += [{column.name: getattr(row, column.name) for column in table.__table__.columns} for row in found]
    return kept


def test_nobody_is_passed_over_while_the_bell_is_still_closing(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, WRONG)
    with writing() as session:
        attempts.start(session, office.colleague.actor, quiz.sitting, now=clock())
    quiz.close()
    with writing() as session:
        timekeeping.note_ends(session, past=clock())
    assert remember(clock) == 0
    with writing() as session:
        attempts.close_overdue(session, now=clock(), at_once=50)
    remember(clock)
    assert SINGLE in mistakes(office.colleague)


def test_a_paper_typed_in_after_the_end_is_taken_in_too(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.stranger, WRONG)
    end(quiz)
    remember(clock)
    before = told(office.stranger)
    with writing() as session:
        mine = select(AttemptRow).where(AttemptRow.person_id == office.staff.id).options(joinedload(AttemptRow.sitting))
        attempts.enter_on_paper(session, [(session.scalars(mine).one(), WRONG)], now=clock())
    remember(clock)
    assert mistakes(office.staff)[SINGLE].value == ["B"]
    assert is_like(grades(office.staff)[SINGLE], Grade.AGAIN)
    assert told(office.stranger) == before


# Marks that change afterwards


def test_by_a_corrected_key_a_mistake_goes_and_another_comes(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, {**RIGHT, SINGLE: ["B"]})
    hand_in(quiz, office.colleague, {**RIGHT, SINGLE: ["A"]})
    end(quiz)
    remember(clock)
    before = grades(office.staff)
    correct(quiz, TypeName.SINGLE_CHOICE, key=frozenset("B"))
    decide(quiz, SINGLE, Method.NEW_KEY)
    remember(clock)
    assert SINGLE not in mistakes(office.staff)
    assert SINGLE in mistakes(office.colleague)
    assert grades(office.staff) == before, "no card is rated again"


@pytest.mark.parametrize("method", [Method.GRANT, Method.VOID])
def test_what_is_granted_or_made_void_afterwards_is_no_mistake(
    quiz: Quiz, office: Office, clock: Clock, method: Method
) -> None:
    hand_in(quiz, office.staff, WRONG)
    end(quiz)
    remember(clock)
    decide(quiz, SINGLE, method)
    remember(clock)
    assert SINGLE not in mistakes(office.staff)
    decide(quiz, SINGLE, None)
    remember(clock)
    assert mistakes(office.staff)[SINGLE].times == 1, "withdrawn, the mistake is one again"


def test_by_a_wording_accepted_later_a_mistake_goes(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, {BLANKS: ["当天办结"]})
    end(quiz)
    remember(clock)
    assert BLANKS in mistakes(office.staff)
    accept("当天办结", office, clock)
    remember(clock)
    assert BLANKS not in mistakes(office.staff)
    assert SINGLE in mistakes(office.staff)


def accept(wording: str, office: Office, clock: Clock) -> None:
    """Accept a wording of the blank and score anew."""
    asked = db.session.get_one(QuestionRow, question_at(BLANKS)).public_id
    with writing() as session:
        wordings.accept(session, office.second_editor.actor, asked, 1, 0, wording, now=clock())
    more = True
    while more:
        with writing() as session:
            more = wordings.rescore(session, now=clock())


def test_looking_again_counts_no_mistake_twice(quiz: Quiz, office: Office, clock: Clock) -> None:
    hand_in(quiz, office.staff, WRONG)
    end(quiz)
    remember(clock)
    practise(office.staff, SINGLE, date(2026, 11, 23), right=False)
    before = told(office.staff)
    for _ in range(2):
        with writing() as session:
            memory.look_again_at_sitting(session, session.scalars(select(SittingRow.id)).one())
        remember(clock)
    assert told(office.staff) == before
    assert mistakes(office.staff)[SINGLE].times == 2


def test_a_mistake_made_before_the_sitting_is_counted_down_once(quiz: Quiz, office: Office, clock: Clock) -> None:
    for day in (16, 17):
        practise(office.staff, SINGLE, date(2026, 11, day), right=False)
    hand_in(quiz, office.staff, WRONG)
    end(quiz)
    remember(clock)
    assert mistakes(office.staff)[SINGLE].times == 3
    decide(quiz, SINGLE, Method.VOID)
    remember(clock)
    with writing() as session:
        memory.look_again_at_sitting(session, session.scalars(select(SittingRow.id)).one())
    remember(clock)
    assert mistakes(office.staff)[SINGLE].times == 2
    assert mistakes(office.staff)[SINGLE].cleared_on == FRI


# Practice


def test_only_the_first_answer_of_a_day_rates(quiz: Quiz, office: Office) -> None:
    assert practise(office.staff, SINGLE, FRI, right=False, hours=9)
    assert not practise(office.staff, SINGLE, FRI, right=True, hours=10)
    assert is_like(grades(office.staff)[SINGLE], Grade.AGAIN)
    assert practise(office.staff, SINGLE, FRI + timedelta(days=1), right=True)
    card = card_of(office.staff, SINGLE)
    assert card is not None
    assert (card.ratings, card.lapses, card.rated_on) == (2, 1, FRI + timedelta(days=1))


def test_an_answer_of_an_earlier_day_that_comes_late_rates_nothing(quiz: Quiz, office: Office) -> None:
    assert practise(office.staff, SINGLE, FRI, right=True)
    assert not practise(office.staff, SINGLE, FRI - timedelta(days=2), right=False)


def test_a_mistake_is_made_good_on_two_later_days(quiz: Quiz, office: Office) -> None:
    days = [FRI + timedelta(days=n) for n in range(4)]
    practise(office.staff, SINGLE, days[0], right=False, hours=9)
    practise(office.staff, SINGLE, days[0], right=True, hours=10)
    assert mistakes(office.staff)[SINGLE].right_days == 0, "right on the same day makes nothing good"
    practise(office.staff, SINGLE, days[1], right=True, hours=9)
    practise(office.staff, SINGLE, days[1], right=True, hours=10)
    assert (mistakes(office.staff)[SINGLE].right_days, mistakes(office.staff)[SINGLE].cleared_on) == (1, None)
    practise(office.staff, SINGLE, days[2], right=True)
    assert mistakes(office.staff)[SINGLE].cleared_on == days[2]
    practise(office.staff, SINGLE, days[3], right=False)
    again = mistakes(office.staff)[SINGLE]
    assert (again.times, again.right_days, again.cleared_on) == (2, 0, None)


def test_right_in_a_sitting_counts_towards_making_a_mistake_good(quiz: Quiz, office: Office, clock: Clock) -> None:
    practise(office.staff, SINGLE, FRI - timedelta(days=3), right=False)
    practise(office.staff, SINGLE, FRI - timedelta(days=1), right=True)
    hand_in(quiz, office.staff, RIGHT)
    end(quiz)
    remember(clock)
    assert mistakes(office.staff)[SINGLE].cleared_on == FRI


# A newer text

DEMO = """关于办公室干部队伍建设的讲话

一、做“四型”干部

要做“四型”干部：“学习型”干部、“勤奋型”干部、“细致型”干部、“诚实型”干部。

二、守住“三条底线”

要守住“三条底线”：纪律底线、保密底线、廉洁底线。
"""


def test_a_newer_text_starts_the_points_anew_that_it_changes_and_no_others(
    session: Session, office: Office, clock: Clock
) -> None:
    public_id = load(office, clock)
    points = live_points()
    for point in points.values():
        rate(office.staff, point, FRI)
    adopt(office, public_id, DEMO.replace("“诚实型”干部", "“坦诚型”干部"), clock)
    anew = {row.key_point_id for row in cards(office.staff) if row.anew_at == clock()}
    assert anew, "a list that changed is another thing to remember"
    assert {name for name, point in points.items() if point in anew} <= {name for name in points if "四型" in name}
    assert all(row.memory is None for row in cards(office.staff) if row.key_point_id in anew)
    assert all(row.memory is not None for row in cards(office.staff) if row.key_point_id not in anew)


def test_what_was_answered_of_the_older_text_does_not_rate_what_starts_anew(
    session: Session, office: Office, clock: Clock
) -> None:
    load(office, clock)
    point = next(iter(live_points().values()))
    rate(office.staff, point, FRI - timedelta(days=7))
    with writing() as write:
        memory.start_anew(write, [point], now=clock() + timedelta(hours=3))
    assert not rate(office.staff, point, FRI), "given before the point changed"
    (card,) = cards(office.staff)
    assert (card.memory, card.ratings) == (None, 1)
    assert rate(office.staff, point, FRI + timedelta(days=1))
    (card,) = cards(office.staff)
    assert (card.anew_at, card.ratings) == (None, 2)
    assert is_like(card.memory, Grade.GOOD)


def load(office: Office, clock: Clock) -> str:
    with writing() as session:
        file = speeches.understand("jianghua.txt", DEMO.encode())
        return speeches.load_speech(session, office.editor.actor, file, "", now=clock())[0].public_id


def adopt(office: Office, speech: str, text: str, clock: Clock) -> None:
    file = speeches.understand("xin.txt", text.encode())
    with writing() as session:
        sha256 = newer_texts.propose(session, office.editor.actor, speech, file, now=clock()).sha256
        newer_texts.adopt(session, office.editor.actor, speech, sha256, now=clock())


def live_points() -> Mapping[str, int]:
    db.session.rollback()
    return {row.name: row.id for row in db.session.scalars(select(KeyPointRow).where(KeyPointRow.gone_at.is_(None)))}


def rate(person: Person, point: int, day: date) -> bool:
    at = datetime(day.year, day.month, day.day, 15, tzinfo=ZONE)
    with writing() as session:
        return memory.rate(session, person.id, Matter(point, None), Grade.GOOD, at=at, day=day)


def cards(person: Person) -> Sequence[CardRow]:
    db.session.rollback()
    return db.session.scalars(select(CardRow).where(CardRow.person_id == person.id)).all()
